package control_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/control"
)

// edited returns the valid documents with words of one replaced.
func edited(t *testing.T, path, old, with string) []document.File {
	t.Helper()
	files := kestrelFiles(t)
	f := files[path]
	if strings.Count(string(f.Bytes), old) == 0 {
		t.Fatalf("%s does not hold %q", path, old)
	}
	f.Bytes = []byte(strings.ReplaceAll(string(f.Bytes), old, with))
	files[path] = f
	return sorted(files)
}

func rulesOf(findings []document.Finding) []string {
	var rules []string
	for _, f := range findings {
		rules = append(rules, string(f.Severity)+" "+f.Rule)
	}
	return rules
}

func TestCheck_severitiesOfTheOrganisation(t *testing.T) {
	warned := edited(t, "matrices/booking.md", "We patch the guests", "We regularly patch the guests")
	blocked := edited(t, "exit/booking.md", "max-tolerable-exit-days: 90", "max-tolerable-exit-days: 30")
	hidden := edited(t, "exit/booking.md", "Machines move first", "<!-- x --> Machines move first")
	for name, c := range map[string]struct {
		files    []document.File
		rule     string
		override control.Override
		want     []string
	}{
		"as they are":                  {warned, "", control.Override{}, []string{"warn WSL001"}},
		"raised without a reason":      {warned, "WSL001", control.Override{To: document.Block}, []string{"block WSL001"}},
		"off with a reason":            {warned, "WSL001", control.Override{To: control.Off, Reason: "style guide applies"}, nil},
		"off without a reason":         {warned, "WSL001", control.Override{To: control.Off}, []string{"warn WSL001"}},
		"lowered with a reason":        {blocked, "EXI001", control.Override{To: document.Warn, Reason: "accepted in 2026"}, []string{"warn EXI001"}},
		"lowered without a reason":     {blocked, "EXI001", control.Override{To: document.Warn, Reason: "  "}, []string{"block EXI001"}},
		"a word that does not exist":   {blocked, "EXI001", control.Override{To: "note", Reason: "x"}, []string{"block EXI001"}},
		"a protected rule cannot go":   {hidden, "HID001", control.Override{To: control.Off, Reason: "x"}, []string{"block HID001"}},
		"another rule stays as it is":  {blocked, "EXI002", control.Override{To: control.Off, Reason: "x"}, []string{"block EXI001"}},
		"the zero override is nothing": {blocked, "EXI001", control.Override{}, []string{"block EXI001"}},
	} {
		params := kestrelParams()
		params.Severities = map[string]control.Override{c.rule: c.override}
		if diff := cmp.Diff(c.want, rulesOf(control.Check(document.NewSet(".", c.files), params))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestCheck_withoutADayNothingIsInDate(t *testing.T) {
	params := kestrelParams()
	params.AsOf = document.Date{}
	findings := control.Check(document.NewSet(".", sorted(kestrelFiles(t))), params)
	if !document.Blocking(findings) || !slices.Contains(rulesOf(findings), "block DAT001") {
		t.Errorf("findings %q, want DAT001", rulesOf(findings))
	}
}

func TestCheck_retiredDocumentsAreLeftInPeace(t *testing.T) {
	files := kestrelFiles(t)
	f := files["exit/booking.md"]
	f.Path = "exit/old.md"
	text := strings.NewReplacer("EXI-BOOKING", "EXI-OLD", "status: approved", "status: retired", "next-review: 2027-09-01", "next-review: 2020-09-01",
		"last-review: 2026-09-01", "last-review: 2019-09-01", "service-id: booking", "service-id: forgotten", "[head-of-it, head-of-harbour]", "[head-of-it]")
	f.Bytes = []byte(text.Replace(string(f.Bytes)))
	files[f.Path] = f
	if got := control.Check(document.NewSet(".", sorted(files)), kestrelParams()); len(got) > 0 {
		t.Errorf("findings:\n%s", printFindings(got))
	}
}

func TestCheck_rootBelowTheRepository(t *testing.T) {
	files := sorted(kestrelFiles(t))
	for i := range files {
		files[i].Path = "governance/cloud/" + files[i].Path
	}
	files = append(files, document.File{Path: "policy/notes.txt", Mode: document.ModeRegular, Bytes: []byte("not governed")})
	if got := control.Check(document.NewSet("governance/cloud", files), kestrelParams()); len(got) > 0 {
		t.Errorf("findings:\n%s", printFindings(got))
	}
}

func TestCheck_twoPoliciesBindBoth(t *testing.T) {
	files := kestrelFiles(t)
	f := files["policy/cloud.md"]
	f.Path = "policy/stricter.md"
	f.Bytes = []byte(strings.NewReplacer("POL-CLOUD", "POL-STRICT", "incident-notification-hours-max: 72", "incident-notification-hours-max: 24").Replace(string(f.Bytes)))
	files[f.Path] = f
	findings := control.Check(document.NewSet(".", sorted(files)), kestrelParams())
	if len(findings) != 1 || findings[0].Rule != "CON002" || !strings.Contains(findings[0].Message, "24, policy/stricter.md:20") {
		t.Errorf("findings:\n%s", printFindings(findings))
	}
}

// A document whose front matter cannot be read is one finding to mend, not the reason for ten others.
func TestCheck_unreadableDocumentDoesNotLookMissing(t *testing.T) {
	for _, path := range []string{"policy/cloud.md", "register/booking.md", "contracts/booking.md", "matrices/booking.md", "exit/booking.md", "exceptions/EXC-2026-001.md"} {
		files := edited(t, path, "status: approved", "status: approved: really")
		for _, f := range control.Check(document.NewSet(".", files), kestrelParams()) {
			if f.Path != path && f.Rule != "CON002" { // without its exception a contract is out of bounds
				t.Errorf("%s unreadable: %s %s: %s", path, f.Path, f.Rule, f.Message)
			}
		}
	}
}

func TestCheck_ownTypeIsHeldAgainstItsDescription(t *testing.T) {
	note := document.Type{
		Name: "supplier-note", Title: "supplier note", Folder: "notes", Prefix: "NOT", Sections: []string{"Facts"},
		Fields: []document.FieldRule{{Key: "supplier", Form: document.Text, About: "Who supplies"}},
		Tables: []document.TableRule{{Section: "Facts", Key: "Fact", Columns: []document.ColumnRule{{Name: "Fact"}, {Name: "Known", Form: document.Word, Allowed: []string{"Yes", "No"}}}}},
	}
	layout := document.Layout{Types: []document.Type{note}}
	text := `---
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
supplier: Nimbus
---

# A

## Facts

| Fact | Known |
| --- | --- |
| Size | Yes |
`
	judge := func(text string) []string {
		files := append(sorted(kestrelFiles(t)), document.File{Path: "notes/a.md", Mode: document.ModeRegular, Bytes: []byte(text)})
		return rulesOf(control.Check(layout.NewSet(files), kestrelParams()))
	}
	if got := judge(text); len(got) > 0 {
		t.Errorf("valid: %q", got)
	}
	broken := strings.NewReplacer("supplier: Nimbus\n", "", "## Facts", "## Fact", "id: NOT-A", "id: SVC-A").Replace(text)
	if diff := cmp.Diff([]string{"block FM004", "block FM005", "block STR001"}, judge(broken)); diff != "" {
		t.Errorf("broken (-want +got):\n%s", diff)
	}
	if got := judge(strings.Replace(text, "| Yes |", "| Maybe |", 1)); !slices.Equal(got, []string{"block TAB005"}) {
		t.Errorf("broken cell: %q", got)
	}
}
