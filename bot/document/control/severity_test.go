package control_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/control"
)

// isLaw74 is LAW.md 7.4, written out once more: the families and rules that nobody lowers.
func isLaw74(rule string) bool {
	for _, family := range []string{"ENC", "LIM", "HID", "GIT", "CFG", "VER", "SIG", "MRG", "EXC"} {
		if strings.HasPrefix(rule, family) {
			return true
		}
	}
	return slices.Contains([]string{"FM001", "FM002", "FM003", "FM009", "REC002"}, rule)
}

// everyRule lowers or raises every rule of the catalogue at once.
func everyRule(to document.Severity) map[string]control.Override {
	severities := map[string]control.Override{}
	for _, r := range control.Rules() {
		severities[r.ID] = control.Override{To: to, Reason: "the whole catalogue at once"}
	}
	return severities
}

// Over every case of every rule: whatever an organisation writes under severities, what LAW.md 7.4 protects is found at
// the same places and stops no less.
func TestCheck_severitiesNeverTouchWhatTheLawProtects(t *testing.T) {
	paths, err := filepath.Glob("testdata/rules/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	protected, others := 0, 0
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			c, _, _ := readCase(t, f)
			set := document.NewSet(".", sorted(c.files))
			c.params.Severities = nil
			own := control.Check(set, c.params)
			for _, to := range []document.Severity{control.Off, document.Warn} {
				c.params.Severities = everyRule(to)
				got := control.Check(set, c.params)
				if diff := cmp.Diff(ofLaw(own), ofLaw(got)); diff != "" {
					t.Errorf("%s %s: all rules to %s (-own +got):\n%s", filepath.Base(path), f.Name, to, diff)
				}
				if rest := len(got) - len(ofLaw(got)); to == control.Off && rest > 0 {
					t.Errorf("%s %s: %d findings of rules that are off", filepath.Base(path), f.Name, rest)
				}
			}
			protected, others = protected+len(ofLaw(own)), others+len(own)-len(ofLaw(own))
		}
	}
	if protected < 50 || others < 50 {
		t.Errorf("only %d protected and %d other findings were weighed", protected, others)
	}
}

// ofLaw returns the findings that nobody lowers.
func ofLaw(findings []document.Finding) []document.Finding {
	var kept []document.Finding
	for _, f := range findings {
		if isLaw74(f.Rule) {
			kept = append(kept, f)
		}
	}
	return kept
}

// A protected rule that only warns may be raised; raising changes nothing but the severity.
func TestCheck_everyRuleRaisedBlocksAtTheSamePlaces(t *testing.T) {
	files := edited(t, "matrices/booking.md", "We patch the guests", "We regularly patch the gu\u200bests")
	params := kestrelParams()
	own := control.Check(document.NewSet(".", files), params)
	params.Severities = everyRule(document.Block)
	raised := control.Judge(document.NewSet(".", files), params)
	if len(own) == 0 || document.Blocking(own) && len(raised.Findings) != len(own) {
		t.Fatalf("findings %q, raised %q", rulesOf(own), rulesOf(raised.Findings))
	}
	for i, f := range raised.Findings {
		want := own[i]
		want.Severity = document.Block
		if diff := cmp.Diff(want, f); diff != "" {
			t.Errorf("raised (-want +got):\n%s", diff)
		}
	}
}

// supplierNote is a type of an organisation's own that speaks of a service, relies on exceptions and names its signatory.
func supplierNote() document.Type {
	return document.Type{
		Name: "supplier-note", Title: "supplier note", Folder: "notes", Prefix: "NOT", Sections: []string{"Facts"}, Signatories: []string{"ciso"},
		Fields: []document.FieldRule{{Key: "service-id", Form: document.Slug, About: "Service of the register"}},
	}
}

const supplierNoteText = `---
type: supplier-note
id: NOT-A
title: A
version: "1.0"
status: approved
classification: internal
owner: ciso
effective: 2026-10-05
last-review: 2026-09-01
next-review: 2027-09-01
signatories: [ciso]
change: material
change-summary: First.
service-id: survey
exceptions: [EXC-2026-001]
---

# A

## Facts

The supplier was visited; see [its review](../contracts/survey.md).
`

// The rules across documents hold a type of the organisation's own like any other: identity, service, exceptions,
// signatories, links, dates, and what a change may do to it.
func TestCheck_ownTypesAcrossDocuments(t *testing.T) {
	layout := document.Layout{Types: []document.Type{supplierNote()}}
	judge := func(text string, base string) []string {
		files := append(sorted(kestrelFiles(t)), document.File{Path: "notes/a.md", Mode: document.ModeRegular, Bytes: []byte(text)})
		params := kestrelParams()
		if base != "" {
			params.Base = layout.NewSet(append(sorted(kestrelFiles(t)), document.File{Path: "notes/a.md", Mode: document.ModeRegular, Bytes: []byte(base)}))
			params.Touched = map[string]bool{"notes/a.md": true}
		}
		set := layout.NewSet(files)
		findings := control.Check(set, params)
		checker := control.New(layout, params)
		var readings []control.Reading
		for _, item := range set.Items() {
			readings = append(readings, checker.Read(item).Slim())
		}
		if diff := cmp.Diff(findings, checker.Judge(readings)); diff != "" {
			t.Errorf("one by one, with slim documents, the findings differ:\n%s", diff)
		}
		return rulesOf(findings)
	}
	for name, c := range map[string]struct {
		old, with, base string
		want            []string
	}{
		"valid":                         {"", "", "", nil},
		"an id that is taken":           {"id: NOT-A", "id: SVC-SURVEY", "", []string{"block FM005", "block XRF001"}},
		"a service that nobody knows":   {"service-id: survey", "service-id: surveys", "", []string{"block XRF002", "block XRF005"}},
		"an exception that is not ours": {"service-id: survey", "service-id: booking", "", []string{"block XRF005"}},
		"an exception that is none":     {"EXC-2026-001", "EXC-2026-009", "", []string{"block XRF005"}},
		"its signatory left out":        {"signatories: [ciso]", "signatories: [ceo]", "", []string{"block FM009"}},
		"a link to nowhere":             {"contracts/survey.md", "contracts/surveys.md", "", []string{"warn XRF006"}},
		"an overdue review":             {"next-review: 2027-09-01", "next-review: 2026-11-23", "", []string{"block DAT001"}},
		"its section is missing":        {"## Facts", "## Figures", "", []string{"block STR001"}},
		"changed under one version":     {"was visited", "was called", supplierNoteText, []string{"block VER001"}},
		"another id":                    {"id: NOT-A", "id: NOT-B", supplierNoteText, []string{"block VER003", "block VER001"}},
		"another service":               {"service-id: survey\nexceptions: [EXC-2026-001]", "service-id: booking", supplierNoteText, []string{"block VER001", "block VER003"}},
		"unchanged":                     {"", "", supplierNoteText, nil},
	} {
		text := supplierNoteText
		if c.old != "" {
			text = strings.ReplaceAll(text, c.old, c.with)
		}
		got := judge(text, c.base)
		slices.Sort(got)
		slices.Sort(c.want)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestCheck_ownTypeThatIsDeletedBlocks(t *testing.T) {
	layout := document.Layout{Types: []document.Type{supplierNote()}}
	params := kestrelParams()
	params.Base = layout.NewSet(append(sorted(kestrelFiles(t)), document.File{Path: "notes/a.md", Mode: document.ModeRegular, Bytes: []byte(supplierNoteText)}))
	params.Touched = map[string]bool{"notes/a.md": true}
	params.DefaultSignatories = map[string][]string{"supplier-note": {"ceo"}}
	got := control.Check(layout.NewSet(sorted(kestrelFiles(t))), params)
	if len(got) != 1 || got[0].Rule != "VER004" || got[0].Path != "notes/a.md" {
		t.Errorf("findings:\n%s", printFindings(got))
	}
}
