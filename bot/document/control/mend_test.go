package control_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/control"
)

const mendCases = "testdata/mends.txtar"

// What has one right answer is mended, as a difference of lines; what would need a guess stays.
func TestMend_byCase(t *testing.T) {
	archive, err := txtar.ParseFile(mendCases)
	if err != nil || len(archive.Files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for i, f := range archive.Files {
		t.Run(f.Name, func(t *testing.T) {
			c, edits, want := readCase(t, f)
			got := mended(t, c)
			if diff := cmp.Diff(strings.TrimSpace(want), strings.TrimSpace(got)); diff != "" && !*update {
				t.Errorf("mended (-want +got):\n%s", diff)
			}
			archive.Files[i].Data = []byte(edits + "want\n" + got)
		})
	}
	if *update {
		if err := os.WriteFile(mendCases, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// mended mends all documents of a case, holds the law and prints what changed and what remains.
func mended(t *testing.T, c *ruleCase) string {
	t.Helper()
	checker := control.New(document.Layout{Root: "."}, c.params)
	findings := control.Check(document.NewSet(".", sorted(c.files)), c.params)
	var b strings.Builder
	for _, f := range sorted(c.files) {
		after, edits := mendFile(t, checker, f, findings)
		for _, e := range edits {
			fmt.Fprintf(&b, "%s:%d %s: %s\n", f.Path, e.Line, e.Rule, e.What)
		}
		if len(edits) > 0 {
			b.WriteString(difference(string(f.Bytes), string(after)))
		}
		f.Bytes = after
		c.files[f.Path] = f
	}
	for _, f := range control.Check(document.NewSet(".", sorted(c.files)), c.params) {
		fmt.Fprintf(&b, "remains %s:%d %s\n", f.Path, f.Line, f.Rule)
	}
	if b.Len() == 0 {
		return "nothing\n"
	}
	return b.String()
}

// mendFile mends one file and holds that only the lines change that the edits name, and that it is mended then.
func mendFile(t *testing.T, checker *control.Checker, f document.File, findings []document.Finding) ([]byte, []control.Edit) {
	t.Helper()
	d := document.Parse(f.Path, f.Bytes)
	edits := checker.Mend(d, findings)
	after := control.Apply(f.Bytes, edits)
	layout := control.Align(document.Parse(f.Path, after))
	if len(edits) == 0 && string(after) != string(f.Bytes) {
		t.Errorf("%s changes without an edit", f.Path)
	}
	named := map[int]bool{}
	for _, e := range edits {
		named[e.Line] = true
	}
	kept := strings.SplitAfter(string(after), "\n")
	for n, line := range strings.SplitAfter(string(f.Bytes), "\n") {
		if !named[n+1] && !slices.Contains(kept, line) {
			t.Errorf("%s: line %d, %q, is gone, and no edit names it", f.Path, n+1, line)
		}
	}
	return control.Apply(after, layout), append(edits, layout...)
}

// difference lists the lines that went and came.
func difference(before, after string) string {
	a, b := strings.Split(before, "\n"), strings.Split(after, "\n")
	var out strings.Builder
	for _, line := range a {
		if !slices.Contains(b, line) {
			fmt.Fprintf(&out, "  - %s\n", strings.TrimPrefix(visible(line), "\ufeff"))
		}
	}
	for _, line := range b {
		if !slices.Contains(a, line) {
			fmt.Fprintf(&out, "  + %s\n", visible(line))
		}
	}
	return out.String()
}

// visible writes out what a reader of the case would not see.
func visible(line string) string {
	return strings.NewReplacer("\r", `\r`, "\u200b", `\u200b`).Replace(line)
}

func TestAlign_onlyTablesThatWereAligned(t *testing.T) {
	text := "---\ntype: record\n---\n# A\n\n| Name   | Known |\n| ------ | ----: |\n| 漢字   | Yes   |\n| Size and weight | No |\n| a\\|b   | No    |\n\n| A | B |\n| --- | --- |\n| long text | x |\n"
	want := "---\ntype: record\n---\n# A\n\n| Name            | Known |\n| --------------- | ----: |\n| 漢字            | Yes   |\n| Size and weight | No    |\n| a\\|b            | No    |\n\n| A | B |\n| --- | --- |\n| long text | x |\n"
	got := control.Apply([]byte(text), control.Align(document.Parse("records/a.md", []byte(text))))
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("aligned (-want +got):\n%s", diff)
	}
	if again := control.Align(document.Parse("records/a.md", got)); len(again) > 0 {
		t.Errorf("aligned again: %+v", again)
	}
}

// Over every failing case of every rule: a mend never makes a finding of another kind but TAB007, is made once, and
// changes only what it says.
func TestMend_overAllCases(t *testing.T) {
	paths, err := filepath.Glob("testdata/rules/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	total := 0
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			c, _, _ := readCase(t, f)
			total += mendAll(t, filepath.Base(path)+" "+f.Name, c)
		}
	}
	if total < 20 {
		t.Errorf("only %d edits were made", total)
	}
}

func mendAll(t *testing.T, name string, c *ruleCase) int {
	t.Helper()
	checker := control.New(document.Layout{Root: "."}, c.params)
	before := control.Check(document.NewSet(".", sorted(c.files)), c.params)
	total := 0
	for _, f := range sorted(c.files) {
		if document.Classify(".", f.Path) != document.Markdown {
			continue
		}
		after, edits := mendFile(t, checker, f, before)
		total += len(edits)
		f.Bytes = after
		c.files[f.Path] = f
	}
	after := control.Check(document.NewSet(".", sorted(c.files)), c.params)
	had := map[string]bool{"TAB007": true}
	for _, f := range before {
		had[f.Rule] = true
	}
	for _, f := range after {
		if !had[f.Rule] && total > 0 && !strings.HasPrefix(f.Rule, "DAT") && f.Severity == document.Block {
			t.Errorf("%s: mending brings %s:%d %s: %s", name, f.Path, f.Line, f.Rule, f.Message)
		}
	}
	for _, f := range sorted(c.files) {
		if again := checker.Mend(document.Parse(f.Path, f.Bytes), after); total > 0 && len(again) > 0 {
			t.Errorf("%s: %s is mended again: %+v", name, f.Path, again)
		}
	}
	return total
}
