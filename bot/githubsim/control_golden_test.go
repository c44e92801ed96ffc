package githubsim_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/vidimus-bot/vidimus/bot/githubsim/githubsimtest"
)

// fitsGolden compares an answer with its golden form. Fields of the answer that the golden form does not have are later
// additions and are passed over.
func fitsGolden(golden, answer any, path string) error {
	switch want := golden.(type) {
	case map[string]any:
		got, is := answer.(map[string]any)
		if !is {
			return fmt.Errorf("%s is %v, want an object", path, answer)
		}
		for name, field := range want {
			value, has := got[name]
			if !has {
				return fmt.Errorf("%s.%s is missing", path, name)
			}
			if err := fitsGolden(field, value, path+"."+name); err != nil {
				return err
			}
		}
		return nil
	case []any:
		got, is := answer.([]any)
		if !is || len(got) != len(want) {
			return fmt.Errorf("%s is %v, want a list of %d", path, answer, len(want))
		}
		for i := range want {
			if err := fitsGolden(want[i], got[i], fmt.Sprintf("%s[%d]", path, i)); err != nil {
				return err
			}
		}
		return nil
	case string:
		if strings.HasPrefix(want, "<") {
			return fitsWord(want, answer, path)
		}
	}
	if golden != answer {
		return fmt.Errorf("%s = %v, want %v", path, answer, golden)
	}
	return nil
}

// fitsWord checks what is made up anew each time by its form.
func fitsWord(word string, answer any, path string) error {
	forms := map[string]string{
		"<token>": `^ghp_[0-9a-f]{36}$`, "<pem>": `^-----BEGIN RSA PRIVATE KEY-----\n`, "<guid>": `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`,
		"<time>": `^2026-11-02T09:\d\d:\d\dZ$`, "<commit>": `^[0-9a-f]{40}$`, "<email>": `^\d+\+[a-z-]+@users\.noreply\.github\.com$`,
	}
	is := false
	switch word {
	case "<number>":
		_, is = answer.(float64)
	case "<object>":
		_, is = answer.(map[string]any)
	default:
		text, isText := answer.(string)
		is = isText && forms[word] != "" && regexp.MustCompile(forms[word]).MatchString(text)
	}
	if !is {
		return fmt.Errorf("%s = %v, want a %s", path, answer, word)
	}
	return nil
}

// TestControl_versionOneIsAnsweredForEver reads the published sample of version 1.
func TestControl_versionOneIsAnsweredForEver(t *testing.T) {
	t.Parallel()
	archive, err := txtar.ParseFile("testdata/control-1.txtar")
	if err != nil {
		t.Fatal(err)
	}
	s := githubsimtest.Start(t)
	for i := 0; i+1 < len(archive.Files); i += 2 {
		words := strings.Fields(archive.Files[i].Name)
		if words[2] == "deliveries?app=vidimus" {
			s.Flush()
		}
		var golden, answer any
		text := strings.ReplaceAll(string(archive.Files[i+1].Data), "<site>", s.URL())
		if err := json.Unmarshal([]byte(text), &golden); err != nil {
			t.Fatalf("%s: %v", archive.Files[i+1].Name, err)
		}
		control(t, s, words[1], words[2], string(archive.Files[i].Data), &answer)
		if err := fitsGolden(golden, answer, words[2]); err != nil {
			t.Errorf("%s: %v", archive.Files[i].Name, err)
		}
	}
}

// TestFitsGolden_canFail makes sure that the comparison of this file is one.
func TestFitsGolden_canFail(t *testing.T) {
	for golden, answers := range map[string][]string{
		`{"a": 1}`:            {`{}`, `{"a": 2}`, `{"a": "1"}`, `[]`, `null`},
		`[{"a": "<number>"}]`: {`[]`, `[{"a": "1"}]`, `[{"a": 1}, {"a": 2}]`},
		`{"a": "<commit>"}`:   {`{"a": "x"}`, `{"a": 7}`},
		`{"a": null}`:         {`{"a": false}`},
		`{"a": "<object>"}`:   {`{"a": []}`},
	} {
		for _, text := range answers {
			var want, got any
			if json.Unmarshal([]byte(golden), &want) != nil || json.Unmarshal([]byte(text), &got) != nil {
				t.Fatal(golden, text)
			}
			if fitsGolden(want, got, "x") == nil {
				t.Errorf("%s fits %s", text, golden)
			}
		}
	}
}
