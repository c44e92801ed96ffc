package control_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/control"
)

const impactCases = "testdata/impacts.txtar"

// What a change does to documents that it does not touch is told at the value that does it.
func TestJudge_impactsByCase(t *testing.T) {
	archive, err := txtar.ParseFile(impactCases)
	if err != nil || len(archive.Files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for i, f := range archive.Files {
		t.Run(f.Name, func(t *testing.T) {
			c, edits, want := readCase(t, f)
			judgement := control.Judge(document.NewSet(".", sorted(c.files)), c.params)
			got := printImpacts(judgement.Impacts)
			if diff := cmp.Diff(judgement, concludeOneByOne(sorted(c.files), c.params)); diff != "" {
				t.Errorf("one by one, with slim documents, the judgement differs:\n%s", diff)
			}
			for _, impact := range judgement.Impacts {
				for _, found := range impact.Findings {
					if c.params.Touched[found.Path] || !slices.Contains(judgement.Findings, found) {
						t.Errorf("%s is no finding elsewhere: %+v", impact.Path, found)
					}
				}
			}
			if diff := cmp.Diff(strings.TrimSpace(want), strings.TrimSpace(got)); diff != "" && !*update {
				t.Errorf("impacts (-want +got):\n%s", diff)
			}
			archive.Files[i].Data = []byte(edits + "want\n" + got)
		})
	}
	if *update {
		if err := os.WriteFile(impactCases, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func printImpacts(impacts []control.Impact) string {
	if len(impacts) == 0 {
		return "no impact\n"
	}
	var b strings.Builder
	for _, i := range impacts {
		fmt.Fprintf(&b, "%s:%d:%d-%d\n  %s\n", i.Path, i.Line, i.Column, i.EndColumn, i.Message)
		for _, f := range i.Findings {
			fmt.Fprintf(&b, "  %s:%d:%d %s %s\n", f.Path, f.Line, f.Column, f.Severity, f.Rule)
		}
	}
	return b.String()
}

// A change of many files is told as one; trying each alone would cost a run of the rules for each.
func TestJudge_largeChangeIsToldAsOne(t *testing.T) {
	base, params := kestrelFiles(t), kestrelParams()
	params.Base, params.Touched = document.NewSet(".", sorted(base)), map[string]bool{"policy/cloud.md": true}
	files := kestrelFiles(t)
	policy := files["policy/cloud.md"]
	policy.Bytes = []byte(strings.Replace(string(policy.Bytes), "incident-notification-hours-max: 72", "incident-notification-hours-max: 24", 1))
	files[policy.Path] = policy
	for i := range 20 {
		path := fmt.Sprintf("records/note-%d.md", i)
		files[path] = document.File{Path: path, Mode: document.ModeRegular, Bytes: []byte("# Note\n")}
		params.Touched[path] = true
	}
	impacts := control.Judge(document.NewSet(".", sorted(files)), params).Impacts
	if len(impacts) != 1 || impacts[0].Path != "" || impacts[0].Message != "Together, the changes put 1 contract review out of bounds: contracts/booking.md." {
		t.Errorf("impacts %+v", impacts)
	}
}

func TestJudge_overridesAreCounted(t *testing.T) {
	files := edited(t, "matrices/booking.md", "We patch the guests", "We regularly patch the guests and promptly tell")
	params := kestrelParams()
	params.Severities = map[string]control.Override{
		"WSL001": {To: control.Off, Reason: "our style guide applies"}, "ENC005": {To: document.Block}, "EXI001": {To: document.Warn, Reason: "accepted"},
		"HID001": {To: document.Warn, Reason: "never"}, "DAT001": {To: document.Block},
	}
	want := []control.Applied{
		{Rule: "ENC005", From: document.Warn, To: document.Block},
		{Rule: "EXI001", From: document.Block, To: document.Warn, Reason: "accepted"},
		{Rule: "WSL001", From: document.Warn, To: control.Off, Reason: "our style guide applies", Findings: 2},
	}
	judgement := control.Judge(document.NewSet(".", files), params)
	if diff := cmp.Diff(want, judgement.Overrides); diff != "" || len(judgement.Findings) > 0 {
		t.Errorf("overrides (-want +got):\n%s\nfindings %+v", diff, judgement.Findings)
	}
}

func TestJudge_loweredFindingSaysWhyItPasses(t *testing.T) {
	files := edited(t, "exit/booking.md", "max-tolerable-exit-days: 90", "max-tolerable-exit-days: 30")
	params := kestrelParams()
	params.Severities = map[string]control.Override{"EXI001": {To: document.Warn, Reason: "accepted by the board in 2026"}}
	findings := control.Check(document.NewSet(".", files), params)
	if len(findings) != 1 || !strings.HasSuffix(findings[0].Message, ` This organisation lets it pass: "accepted by the board in 2026".`) {
		t.Errorf("findings %+v", findings)
	}
}
