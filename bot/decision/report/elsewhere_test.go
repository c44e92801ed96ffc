package report_test

import (
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/report"
	"github.com/vidimus-bot/vidimus/bot/document/control"
)

// What a change does elsewhere, and by which severities it was judged, stands in the check run; hostile text in it does
// nothing.
func TestCheckRun_impactsAndSeveritiesAreTold(t *testing.T) {
	d := decided(decision.StateWaiting, matrix())
	d.Impacts = []control.Impact{
		{Path: "policy/cloud.md", Line: 20, Column: 34, Message: "Lowering a from 72 to 24 puts 3 contract reviews out of bounds."},
		{Message: "Together, the changes put 1 file out of bounds."},
	}
	d.Overrides = []control.Applied{{Rule: "WSL001", From: "warn", To: "off", Reason: "ask @everyone | <!-- x -->", Findings: 3}}
	got := report.CheckRun(about(t, d)).Text
	for _, want := range []string{
		"- `policy/cloud.md:20`: Lowering a from 72 to 24 puts 3 contract reviews out of bounds.", "- Together, the changes put 1 file out of bounds.",
		"| WSL001 | warn | off | ", " | 3 |",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the text lacks %q:\n%s", want, got)
		}
	}
	checkText(t, "impacts", got)
	if plain := report.CheckRun(about(t, decided(decision.StateWaiting, matrix()))).Text; strings.Contains(plain, "does not touch") || strings.Contains(plain, "weighs otherwise") {
		t.Errorf("there is nothing to tell:\n%s", plain)
	}
}
