package report_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/decision/report"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// golden compares got with testdata/NAME.md, or rewrites it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".md")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got); if it is meant, run with -update and read it:\n%s", file, diff)
	}
}

// show writes down everything that people see of a check run and a comment.
func show(c report.Check, comment string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<!-- CHECK RUN, conclusion %s -->\n<!-- title: %s -->\n\n%s", c.Conclusion, c.Title, c.Summary)
	if c.Text != "" {
		fmt.Fprintf(&b, "\n<!-- CHECK RUN, details -->\n\n%s", c.Text)
	}
	for _, a := range c.Annotations {
		fmt.Fprintf(&b, "\n<!-- ANNOTATION %s, %s:%d-%d:%d-%d -->\n%s\n%s\n", a.Level, a.Path, a.StartLine, a.EndLine, a.StartColumn, a.EndColumn, a.Title, a.Message)
	}
	if comment == "" {
		return b.String()
	}
	fmt.Fprintf(&b, "\n<!-- COMMENT on the pull request -->\n\n%s", comment)
	return b.String()
}

func TestTexts_areAsTheyWereRead(t *testing.T) {
	for name, in := range cases(t) {
		t.Run(name, func(t *testing.T) {
			golden(t, name, show(report.CheckRun(in), report.Comment(in)))
		})
	}
}
