package report_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/decision/report"
)

// landed is a landing of documents with their deviations, as the App would report it.
func landed(t testing.TB, deviations []decision.Deviation, documents ...decision.Document) report.Landed {
	d := decided(decision.StateWaiting, documents...)
	d.Pull, d.Deviations = 39, deviations
	return report.Landed{
		Decision: d, Config: northquay(t), ID: "DEV-2026-002", Issue: 41, Branch: "main",
		Links: report.Links{Site: "https://northquay.github.io/cloud-governance/"},
		At:    "2026-10-02T17:26:03Z", SeenAt: "2026-10-02T17:26:31Z", Due: "2026-11-30",
		By: facts.Account{ID: 61000113, Login: "isolheim-nq", Type: "User"},
	}
}

func deviationOf(d decision.Document, how decision.How, missing ...string) decision.Deviation {
	return decision.Deviation{
		Path: d.Path, ID: d.ID, How: how, Commit: "4be1d07c93a60000000000000000000000000000", SHA256: d.SHA256, Mode: d.Mode,
		Missing: missing, Text: "what happened, as the decision tells it",
	}
}

func deviationCases(t testing.TB) map[string]report.Landed {
	bypass := landed(t, []decision.Deviation{deviationOf(assurance(), decision.BypassMerge, "ciso")}, assurance())

	unnumbered := bypass
	unnumbered.ID = ""

	other := deviationOf(matrix(), decision.EvilMerge)
	other.SHA256, other.SignedSHA256 = changedDigest, matrixDigest
	evil := landed(t, []decision.Deviation{other}, matrix())

	pushed := landed(t, []decision.Deviation{deviationOf(matrix(), decision.DirectPush), deviationOf(register(), decision.DirectPush)}, matrix(), register())
	pushed.Decision.Pull = 0

	gone := deviationOf(founding(".vidimus.yml", "configuration", "Configuration of Vidimus"), decision.ConfigurationMissing)
	gone.Deleted, gone.Mode = true, "000000"
	removed := landed(t, []decision.Deviation{gone})
	removed.Decision.Pull = 0

	both := moved()
	went, came := deviationOf(both[0], decision.DirectPush), deviationOf(both[1], decision.DirectPush)
	went.Deleted = true
	move := landed(t, []decision.Deviation{went, came}, both...)
	move.Decision.Pull = 0
	among := landed(t, []decision.Deviation{went, came, deviationOf(register(), decision.DirectPush)}, append(both, register())...)
	among.Decision.Pull = 0

	mixed := landed(t, []decision.Deviation{deviationOf(assurance(), decision.BypassMerge, "ciso"), other, gone}, assurance(), matrix())
	mixed.ID, mixed.Issue, mixed.Links, mixed.Due, mixed.SeenAt = "", 0, report.Links{}, "", ""
	mixed.Config = repoconfig.Config{}
	return map[string]report.Landed{
		"deviation-bypass": bypass, "deviation-unnumbered": unnumbered, "deviation-evil-merge": evil, "deviation-direct-push": pushed,
		"deviation-configuration": removed, "deviation-mixed": mixed, "deviation-none": landed(t, nil, matrix()),
		"deviation-move": move, "deviation-move-among-others": among,
	}
}

func TestDeviation_textsAreAsTheyWereRead(t *testing.T) {
	for name, in := range deviationCases(t) {
		t.Run(name, func(t *testing.T) {
			got := show(report.CheckDeviation(in), "")
			if len(in.Decision.Deviations) > 0 {
				title, body, labels := report.DeviationIssue(in)
				got += fmt.Sprintf("\n<!-- ISSUE, title: %s -->\n<!-- labels: %s -->\n\n%s", title, strings.Join(labels, ", "), body)
			}
			golden(t, name, got)
		})
	}
}
