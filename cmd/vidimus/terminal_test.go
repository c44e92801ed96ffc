package main

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPrintable(t *testing.T) {
	for text, want := range map[string]string{
		"":                      "",
		"Aoife Brannigan":       "Aoife Brannigan",
		"Peß 漢 Wiśniewski":      "Peß 漢 Wiśniewski",
		"a\nb\tc\r":             `a\u000ab\u0009c\u000d`,
		"\x1b[31mred":           `\u001b[31mred`,
		"left\u202eright\u2066": `left\u202eright\u2066`,
		"no\u00a0break\u200b":   `no\u00a0break\u200b`,
		"bytes \xff\xfe":        `bytes \xff\xfe`,
		"tag \U000e0041":        `tag \U000e0041`,
	} {
		if got := printable(text); got != want {
			t.Errorf("printable(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestWrapped(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  []string
	}{
		{"", 10, []string{""}},
		{"one two three four", 9, []string{"one two", "three", "four"}},
		{"averyveryverylongword and more", 8, []string{"averyveryverylongword", "and more"}},
		{"żółć gęśl ą", 9, []string{"żółć gęśl", "ą"}},
	} {
		if diff := cmp.Diff(c.want, wrapped(c.text, c.width)); diff != "" {
			t.Errorf("wrapped(%q, %d) (-want +got):\n%s", c.text, c.width, diff)
		}
	}
}

func TestPaint_coloursOnlyWhenAsked(t *testing.T) {
	var out bytes.Buffer
	for when, want := range map[string]string{"auto": "bad", "never": "bad", "always": "\x1b[1;31mbad\x1b[0m"} {
		if got := newPaint(when, &out).bad("bad"); got != want {
			t.Errorf("--color %s: %q, want %q", when, got, want)
		}
	}
}
