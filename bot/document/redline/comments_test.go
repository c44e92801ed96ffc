package redline_test

import (
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/redline"
)

// noted returns what is shown of the comments of a front matter.
func noted(front string) string {
	for _, v := range redline.Values(document.Parse("policy/a.md", []byte("---\n"+front+"---\n\n# A # b\n"))) {
		if v.Key == "#" {
			return v.Text
		}
	}
	return ""
}

func TestValues_showWhatACommentSays(t *testing.T) {
	for front, want := range map[string]string{
		"title: A\n": "",
		"title: A\n# Not binding at weekends.\nowner: ciso\n":               "# Not binding at weekends.",
		"title: A # one\nmap:\n  x: 1\t# two\n#three\n":                     "# one; # two; #three",
		"title: \"C # D\"\nlist: [a, 'b # c']\ncolour: C#7 is no comment\n": "",
		"title: \"C # D\" # and this is\n":                                  "# and this is",
		"title: |\n  text\n  # text too\n":                                  "",
		"title: A\r\n# Windows\r\n":                                         "# Windows",
		"title: A\n# evil \u202e\n":                                         `# evil \u202e`,
		"#\n# # #\ntitle: A\n":                                              "",
	} {
		if got := noted(front); got != want && !(strings.Contains(want, `\u202e`) && strings.Contains(got, "202") && !strings.Contains(got, "\u202e")) {
			t.Errorf("comments of %q = %q, want %q", front, got, want)
		}
	}
}

// A comment that changes is seen like a field that changes.
func TestCompare_aCommentThatChangesIsSeen(t *testing.T) {
	version := func(comment string) redline.Version {
		return redline.Version{Document: document.Parse("policy/a.md", []byte("---\ntitle: A\n"+comment+"---\n\n# A\n"))}
	}
	got := redline.Compare(version("# binding\n"), version("# not binding\n"))
	if len(got.Fields) != 1 || got.Fields[0].Before != "# binding" || got.Fields[0].After != "# not binding" || got.Unseen {
		t.Errorf("fields %+v, unseen %v", got.Fields, got.Unseen)
	}
}
