package control_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/control"
)

// storedForms are ways to store the same text.
func storedForms() map[string]func(string) string {
	crlf := func(s string) string {
		if strings.Contains(s, "\r") {
			return s
		}
		return strings.ReplaceAll(s, "\n", "\r\n")
	}
	bom := func(s string) string { return "\ufeff" + strings.TrimPrefix(s, "\ufeff") }
	return map[string]func(string) string{
		"line ends of Windows": crlf, "byte order mark": bom,
		"both": func(s string) string { return bom(crlf(s)) }, "no line end at the end": func(s string) string { return strings.TrimRight(s, "\n") },
	}
}

// The law of a mend, over every case of every rule and however its text is stored: bytes outside the lines that its edits
// name stay, each edit's finding is gone (a missing row is a row to decide), and a second run changes nothing.
func TestMend_changesOnlyWhatItSays(t *testing.T) {
	paths, err := filepath.Glob("testdata/rules/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	edits := map[string]int{}
	for _, path := range append(paths, mendCases) {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			name := filepath.Base(path) + " " + f.Name
			plain, _, _ := readCase(t, f)
			if mendStored(t, name, plain, strings.Clone) == 0 {
				continue // there is nothing to mend in any form
			}
			for form, store := range storedForms() {
				c, _, _ := readCase(t, f)
				edits[form] += mendStored(t, name+", "+form, c, store)
			}
		}
	}
	for form, n := range edits {
		if n < 20 {
			t.Errorf("%s: only %d edits were made", form, n)
		}
	}
}

// mendStored mends the documents of one case, stored in one form, and returns how many edits were made.
func mendStored(t *testing.T, name string, c *ruleCase, store func(string) string) int {
	t.Helper()
	for _, files := range []map[string]document.File{c.files, c.base} {
		for path, f := range files {
			if document.Classify(".", path) == document.Markdown && len(f.Bytes) < 1<<17 {
				f.Bytes = []byte(store(string(f.Bytes)))
				files[path] = f
			}
		}
	}
	c.compareWithBase()
	checker := control.New(document.Layout{Root: "."}, c.params)
	before := control.Check(document.NewSet(".", sorted(c.files)), c.params)
	total, mended := 0, map[string][]control.Edit{}
	for _, f := range sorted(c.files) {
		edits := checker.Mend(document.Parse(f.Path, f.Bytes), before)
		after := control.Apply(f.Bytes, edits)
		sameOutside(t, name+", "+f.Path, string(f.Bytes), string(after), edits)
		mended[f.Path], total = edits, total+len(edits)
		f.Bytes = after
		c.files[f.Path] = f
	}
	if total == 0 {
		return 0
	}
	after := control.Check(document.NewSet(".", sorted(c.files)), c.params)
	for path, edits := range mended {
		fewerFindings(t, name, path, edits, before, after)
		if again := checker.Mend(document.Parse(path, c.files[path].Bytes), after); len(again) > 0 {
			t.Errorf("%s: %s is mended again: %+v", name, path, again)
		}
	}
	return total
}

// sameOutside compares two texts line by line with their ends: what differs must be a line that an edit names, and what
// is new must stand below one.
func sameOutside(t *testing.T, name, before, after string, edits []control.Edit) {
	t.Helper()
	named := map[int]int{}
	for _, e := range edits {
		named[e.Line]++
	}
	lines, j := strings.SplitAfter(after, "\n"), 0
	for i, line := range strings.SplitAfter(before, "\n") {
		if j == len(lines) {
			t.Errorf("%s: the text ends before line %d", name, i+1)
			return
		}
		unterminated := strings.TrimRight(lines[j], "\r\n") // a line below the last one ends it
		if named[i+1] == 0 && lines[j] != line && !(unterminated == line && named[i+1] > 0) {
			t.Errorf("%s: line %d was %q and is %q, and no edit names it", name, i+1, line, lines[j])
			return
		}
		if end := lineEndOf(line); end != "" && lineEndOf(lines[j]) != end {
			t.Errorf("%s: line %d ended with %q and ends with %q", name, i+1, end, lineEndOf(lines[j]))
		}
		j++
		for n := named[i+1]; n > 0 && j < len(lines) && isInserted(lines[j]); n-- {
			j++
		}
	}
	if j != len(lines) {
		t.Errorf("%s: %d lines more than the edits name: %q", name, len(lines)-j, lines[j:])
	}
}

func lineEndOf(line string) string { return line[len(strings.TrimRight(line, "\r\n")):] }

// isInserted reports a row to be decided, or the line under a table's header.
func isInserted(line string) bool {
	return strings.Contains(line, "TODO: decide") || strings.Trim(line, "|- \r\n") == "" && strings.Contains(line, "---")
}

// fewerFindings holds that a document has fewer findings of each rule that was mended in it.
func fewerFindings(t *testing.T, name, path string, edits []control.Edit, before, after []document.Finding) {
	t.Helper()
	count := func(findings []document.Finding, rule string) (n int) {
		for _, f := range findings {
			if f.Path == path && f.Rule == rule {
				n++
			}
		}
		return n
	}
	for _, e := range edits {
		if was, is := count(before, e.Rule), count(after, e.Rule); is >= was {
			t.Errorf("%s: %s:%d, %q: %d findings %s before and %d after", name, path, e.Line, e.What, was, e.Rule, is)
		}
		if inserts := strings.Contains(e.What, "TODO: decide"); inserts && count(after, "TAB007") == 0 {
			t.Errorf("%s: %s: a row to be decided does not block", name, path)
		}
	}
}

// A valid document has nothing to mend, however it is stored.
func TestMend_validDocumentsStayAsTheyAre(t *testing.T) {
	for form, store := range storedForms() {
		files := kestrelFiles(t)
		for path, f := range files {
			f.Bytes = []byte(store(string(f.Bytes)))
			files[path] = f
		}
		findings := control.Check(document.NewSet(".", sorted(files)), kestrelParams())
		if len(findings) > 0 {
			t.Errorf("%s: findings:\n%s", form, printFindings(findings))
		}
		checker := control.New(document.Layout{Root: "."}, kestrelParams())
		for _, f := range sorted(files) {
			d := document.Parse(f.Path, f.Bytes)
			if edits := slices.Concat(checker.Mend(d, findings), control.Align(d)); len(edits) > 0 {
				t.Errorf("%s: %s is mended: %+v", form, f.Path, edits)
			}
		}
	}
}
