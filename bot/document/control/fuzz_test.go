package control_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/control"
)

// FuzzCheck puts any text in the place of one valid document, and holds that the rules judge it without panic, the
// same each time, in order, one by one as all at once, and only with rules of the catalogue.
func FuzzCheck(f *testing.F) {
	valid := kestrelFiles(f)
	paths := []string{
		"policy/cloud.md", "register/booking.md", "contracts/survey.md", "matrices/booking.md", "exit/booking.md", "assurance/booking.md", "exceptions/EXC-2026-001.md",
		"receipts/new.md", "records/new.md", ".vidimus.yml",
	}
	for i, path := range paths {
		f.Add(i, valid[path].Bytes)
		f.Add(i+1, valid[path].Bytes)
	}
	known := map[string]bool{}
	for _, r := range control.Rules() {
		known[r.ID] = true
	}
	params := kestrelParams()
	params.Base, params.Touched = document.NewSet(".", sorted(valid)), map[string]bool{}
	for _, path := range paths {
		params.Touched[path] = true
	}
	checker := control.New(document.Layout{Root: "."}, params)
	read := map[string]control.Reading{}
	for _, file := range valid {
		read[file.Path] = checker.Read(checker.Layout().Read(file))
	}
	f.Fuzz(func(t *testing.T, where int, raw []byte) {
		path := paths[uint(where)%uint(len(paths))]
		file := document.File{Path: path, Mode: document.ModeRegular, Bytes: raw}
		var whole, slim []control.Reading
		for _, other := range sorted(valid) {
			if other.Path != path {
				whole, slim = append(whole, read[other.Path]), append(slim, read[other.Path].Slim())
			}
		}
		findings := checker.Judge(append(whole, checker.Read(checker.Layout().Read(file))))
		again := checker.Judge(append(slim, checker.Read(checker.Layout().Read(file)).Slim()))
		if !slices.Equal(findings, again) {
			t.Errorf("judged again, with slim documents: %s", cmp.Diff(findings, again))
		}
		ordered := slices.Clone(findings)
		document.SortFindings(ordered)
		if !slices.Equal(ordered, findings) {
			t.Errorf("not in order: %s", cmp.Diff(ordered, findings))
		}
		for _, f := range findings {
			if !known[f.Rule] || f.Message == "" || f.Fix == "" || strings.Contains(f.Message, "%!") || f.Severity != document.Block && f.Severity != document.Warn {
				t.Errorf("finding %+v", f)
			}
		}
	})
}
