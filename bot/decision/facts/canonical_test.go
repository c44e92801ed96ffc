package facts_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
)

type sample struct {
	Zeta  string         `json:"zeta"`
	Alpha int            `json:"alpha"`
	List  []string       `json:"list"`
	Gone  string         `json:"gone,omitempty"`
	Inner map[string]int `json:"inner,omitempty"`
	Deep  *sample        `json:"deep,omitempty"`
}

func TestCanonical_sortsKeysAndKeepsEmptyLists(t *testing.T) {
	got, err := facts.Canonical(sample{Zeta: "z", Alpha: -3, Inner: map[string]int{"b": 2, "a": 1}, Deep: &sample{List: []string{"x"}}})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"alpha":-3,"deep":{"alpha":0,"list":["x"],"zeta":""},"inner":{"a":1,"b":2},"list":[],"zeta":"z"}`
	if string(got) != want {
		t.Errorf("Canonical = %s, want %s", got, want)
	}
}

// The strings are those of RFC 8785 §3.2.2.2 and its appendix B, as far as they
// are strings; numbers beyond integers are refused here.
func TestCanonical_escapesOnlyWhatTheStandardEscapes(t *testing.T) {
	got, err := facts.Canonical("\u20ac$\u000f\nA'\u0042\"\\\"/<>&\u2028\u0080\u007f\t\b\f\r")
	if err != nil {
		t.Fatal(err)
	}
	want := "\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\"/<>&\u2028\u0080\u007f\\t\\b\\f\\r\""
	if string(got) != want {
		t.Errorf("Canonical = %q, want %q", got, want)
	}
}

func TestCanonical_refusesWhatHasNoOneForm(t *testing.T) {
	for name, v := range map[string]any{
		"null":             map[string]any{"a": nil},
		"fraction":         1.5,
		"too large":        int64(1) << 53,
		"not UTF-8":        "\xff",
		"key not ASCII":    map[string]int{"ü": 1},
		"nil at the top":   nil,
		"keys not strings": map[int]int{1: 1},
	} {
		if got, err := facts.Canonical(v); err == nil {
			t.Errorf("%s: Canonical = %s, want an error", name, got)
		}
	}
}

func TestReadCanonical_refusesEveryOtherSpelling(t *testing.T) {
	good := `{"alpha":1,"list":[],"zeta":"<é>"}`
	var s sample
	if err := facts.ReadCanonical([]byte(good), &s); err != nil || s.Zeta != "<é>" {
		t.Fatalf("ReadCanonical(%s) = %v, %+v", good, err, s)
	}
	for name, bad := range map[string]string{
		"white space":     `{"alpha": 1,"list":[],"zeta":"<é>"}`,
		"order":           `{"list":[],"alpha":1,"zeta":"<é>"}`,
		"key twice":       `{"alpha":2,"alpha":1,"list":[],"zeta":"<é>"}`,
		"escape":          `{"alpha":1,"list":[],"zeta":"\u003cé>"}`,
		"missing field":   `{"alpha":1,"zeta":"<é>"}`,
		"other case":      `{"Alpha":1,"list":[],"zeta":"<é>"}`,
		"line at the end": good + "\n",
		"second value":    good + good,
		"null":            `{"alpha":1,"list":null,"zeta":"<é>"}`,
		"number form":     `{"alpha":1.0,"list":[],"zeta":"<é>"}`,
		"lone surrogate":  `{"alpha":1,"list":[],"zeta":"\ud800"}`,
	} {
		var s sample
		if err := facts.ReadCanonical([]byte(bad), &s); err == nil {
			t.Errorf("%s: ReadCanonical(%s) succeeded", name, bad)
		}
	}
	err := facts.ReadCanonical([]byte(good+"\n"), &s)
	if !errors.Is(err, facts.ErrNotCanonical) {
		t.Errorf("error = %v, want one that wraps ErrNotCanonical", err)
	}
}

func TestReadCanonical_namesAnUnknownField(t *testing.T) {
	var s sample
	err := facts.ReadCanonical([]byte(`{"alpha":1,"list":[],"news":1,"zeta":""}`), &s)
	if err == nil || !strings.Contains(err.Error(), "news") {
		t.Errorf("error = %v, want one that names the field", err)
	}
}

func FuzzReadCanonical(f *testing.F) {
	f.Add(`{"alpha":1,"list":["a","\"\\\u0001"],"zeta":"z"}`)
	f.Add(`{"alpha":1,"deep":{"alpha":0,"list":[],"zeta":""},"inner":{"a":1},"list":[],"zeta":""}`)
	f.Fuzz(func(t *testing.T, in string) {
		var s sample
		if facts.ReadCanonical([]byte(in), &s) != nil {
			return
		}
		again, err := facts.Canonical(s)
		if err != nil || string(again) != in {
			t.Errorf("accepted %q, encodes as %q, %v", in, again, err)
		}
	})
}
