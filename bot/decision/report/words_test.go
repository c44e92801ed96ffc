package report_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/decision/report"
	"github.com/vidimus-bot/vidimus/bot/document"
)

// TestTitles_sayWhatBlocks: the longest title that fits, for each kind of obstacle.
func TestTitles_sayWhatBlocks(t *testing.T) {
	problem := func(code, path string) decision.Problem {
		return decision.Problem{Code: code, Path: path, Text: "t", Mend: "m"}
	}
	finding := func(path string) document.Finding {
		return document.Finding{Rule: "FM001", Severity: document.Block, Path: path, Line: 1, Message: "m", Fix: "f"}
	}
	long := "policy/" + strings.Repeat("long-", 20) + "name.md"
	for _, c := range []struct {
		name   string
		change func(d *decision.Decision)
		want   string
	}{
		{"one finding", func(d *decision.Decision) { d.Findings = []document.Finding{finding("a.md")} }, "1 finding to mend in a.md"},
		{"two files", func(d *decision.Decision) { d.Findings = []document.Finding{finding("a.md"), finding("b.md")} }, "2 findings to mend in 2 files"},
		{"long path", func(d *decision.Decision) { d.Findings = []document.Finding{finding(long)} }, "1 finding to mend"},
		{"base moved", func(d *decision.Decision) { d.Problems = []decision.Problem{problem("MRG001", "a.md")} }, "main has moved: bring this change up to date"},
		{"founding with more", func(d *decision.Decision) { d.Problems = []decision.Problem{problem("CFG006", "a.md")} }, "1 finding to mend in a.md"},
		{"stranger", unknownAddress, "1 commit is by somebody whom the roster does not know"},
		{"long path on the base", func(d *decision.Decision) {
			d.Problems = []decision.Problem{problem("CFG005", long)}
		}, "Not signed: configuration or a key is not what was signed last"},
		{"more than is judged", func(d *decision.Decision) {
			d.Problems = []decision.Problem{problem("CFG004", ".vidimus.yml")}
		}, "Not signed: .vidimus.yml on main asks for more than is judged"},
		{"unreadable", func(d *decision.Decision) {
			d.Problems = []decision.Problem{{Code: "CFG001", Path: ".vidimus.yml", Line: 1204, Text: "t", Mend: "m"}}
		}, "Not signed: .vidimus.yml on main, line 1204, cannot be read"},
		{"two tasks", func(d *decision.Decision) {
			d.Findings, d.Problems = []document.Finding{finding("a.md")}, []decision.Problem{problem("MRG001", "a.md")}
		}, "Bring the change up to date and mend 1 finding"},
		{"a code that nobody knows", func(d *decision.Decision) { d.Problems = []decision.Problem{problem("XXX001", "")} }, "1 finding to mend in 1 file"},
	} {
		d := decided(decision.StateBlocked, matrix())
		c.change(&d)
		if got := report.CheckRun(about(t, d)).Title; got != c.want {
			t.Errorf("%s: title %q, want %q", c.name, got, c.want)
		}
	}
}

// TestDocuments_versionsAreSaidInWords: new, raised, unchanged and deleted; configuration and keys have none.
func TestDocuments_versionsAreSaidInWords(t *testing.T) {
	for _, c := range []struct {
		change       decision.Change
		version, was string
		want         string
	}{
		{decision.Added, "1.0", "", "| new, 1.0 |"},
		{decision.Modified, "2.0", "1.9", "| 1.9 → 2.0 |"},
		{decision.Modified, "2.0", "2.0", "| 2.0 |"},
		{decision.Deleted, "2.0", "2.0", "| 2.0, deleted |"},
		{decision.Added, "", "", "| new |"},
		{decision.Modified, "", "", "| changed |"},
		{decision.Deleted, "", "", "| deleted |"},
	} {
		d := register()
		d.Change, d.Version, d.Was = c.change, c.version, &decision.Was{Version: c.was}
		if s := report.CheckRun(about(t, decided(decision.StateWaiting, d))).Summary; !strings.Contains(s, c.want) {
			t.Errorf("%s %q before %q: the table has no %q:\n%.600s", c.change, c.version, c.was, c.want, s)
		}
	}
}

// TestDetails_sayHowEachSignatureIsKnown: LAW 5.1.
func TestDetails_sayHowEachSignatureIsKnown(t *testing.T) {
	d := matrix()
	s := sign(&d, "abrannigan", "ciso", 2491180276, "2026-11-23T15:40:11Z")
	for _, c := range []struct{ witness, line, want string }{
		{"delivery", s.Line, "statement in the review, as GitHub delivered it"},
		{"seen", s.Line, "statement in the review, as it was first seen"},
		{"statement", s.Line, "statement in the review |"},
		{"delivery", "", "approving review, as GitHub delivered it"},
	} {
		s.Witness, s.Line = c.witness, c.line
		in := about(t, decided(decision.StateWaiting, d))
		in.Decision.Signatures = []decision.Signature{s}
		if text := report.CheckRun(in).Text; !strings.Contains(text, c.want) || !strings.Contains(text, "| 2491180276 |") {
			t.Errorf("witness %q, line %q: the details do not say %q:\n%s", c.witness, c.line, c.want, text)
		}
	}
}

func TestDetails_nameKeysRulesAndDigestsWhole(t *testing.T) {
	d := decided(decision.StateWaiting, deletion())
	d.Commits[0].Fingerprint, d.Commits[0].Committer = "SHA256:abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ", "dmulder"
	text := report.CheckRun(about(t, d)).Text
	for _, want := range []string{
		"`SHA256:abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ`", "`97B6 6948 E2A0 71F8 68AB 0D19 E25F 5A86 1E5E B96D`",
		"Bruno Carvalhães, Head of Engineering, committed by Daan Mulder, Workplace Services Lead",
		"deleted; was `" + registerDigest + "`", "| Rules | read from main at `a3f08c51d9e2` |", "| Verdict | 118 |",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the details do not say %q:\n%s", want, text)
		}
	}
	d.Founding = true
	if text := report.CheckRun(about(t, d)).Text; !strings.Contains(text, "of this change itself, because it is the founding") {
		t.Errorf("the details of a founding say\n%s", text)
	}
	if text := report.CheckRun(report.Input{Decision: d}).Text; !strings.Contains(text, "| Rules | none could be read |") {
		t.Errorf("the details without a configuration say\n%s", text)
	}
}

// TestDeviation_everyWayIsNamed: LAW 9.2.
func TestDeviation_everyWayIsNamed(t *testing.T) {
	for how, want := range map[decision.How]struct{ title, row string }{
		decision.DirectPush:   {"Pushed to main without a signature", "Pushed to main without a pull request"},
		decision.BypassMerge:  {"Merged past the check", "Merged past the check, which had something against it"},
		decision.EditedSquash: {"Merged with other text than was signed", "Squashed into other text than was signed"},
		decision.EvilMerge:    {"Merged with other text than was signed", "Merged with other text than was signed"},
		decision.Withdrawn: {
			"Merged after a signature was withdrawn or somebody objected",
			"Merged after a signature was withdrawn or somebody objected",
		},
		decision.ConfigurationMissing: {"The configuration was deleted from main", "The configuration was deleted from main"},
		decision.Ungoverned:           {"Documents were taken out of governance", "Taken out of governance without the signatures that needs"},
		"unheard-of":                  {"Landed other than signed", "What happened, as the decision tells it"},
	} {
		c := report.CheckDeviation(landed(t, []decision.Deviation{deviationOf(matrix(), how)}, matrix()))
		if c.Conclusion != decision.Failure || c.Title != want.title || !strings.Contains(c.Summary, "| "+want.row+" |") {
			t.Errorf("%s: %s, %q:\n%s", how, c.Conclusion, c.Title, c.Summary)
		}
	}
}

// TestDeviation_asksWhoIsMissingElseWhoWouldHaveSignedElseTheGovernors.
func TestDeviation_asksWhoIsMissingElseWhoWouldHaveSignedElseTheGovernors(t *testing.T) {
	for _, c := range []struct {
		in   report.Landed
		want string
	}{
		{landed(t, []decision.Deviation{deviationOf(matrix(), decision.BypassMerge, "ciso")}, matrix()), "**Aoife Brannigan (@abrannigan-nq), CISO:"},
		{landed(t, []decision.Deviation{deviationOf(register(), decision.DirectPush)}, register()), "**Tomasz Wiśniewski (@twisniewski-nq), Head of IT:"},
		{landed(t, []decision.Deviation{deviationOf(register(), decision.DirectPush)}), "**Aoife Brannigan (@abrannigan-nq), CISO; Tomasz Wiśniewski (@twisniewski-nq), Head of IT; Fergal"},
		{report.Landed{Decision: landed(t, []decision.Deviation{deviationOf(register(), decision.DirectPush)}).Decision}, "**Whoever looks after `.vidimus.yml`:"},
	} {
		_, body, _ := report.DeviationIssue(c.in)
		if !strings.HasPrefix(body, c.want) {
			t.Errorf("the issue begins %.160q, want %q", body, c.want)
		}
	}
}

// TestDeviation_namesThatCannotBePastedAreGivenByHand.
func TestDeviation_namesThatCannotBePastedAreGivenByHand(t *testing.T) {
	odd := deviationOf(matrix(), decision.EvilMerge)
	odd.Path = "policy/it's `odd`.md"
	plain := deviationOf(register(), decision.EvilMerge)
	plain.Path = "policy/two words.md"
	_, body, _ := report.DeviationIssue(landed(t, []decision.Deviation{odd, plain}))
	if !strings.Contains(body, "By hand, because the name cannot be pasted or the earlier text is not known:\n\n- policy/it's &#96;odd&#96;.md\n") {
		t.Errorf("the issue does not name it:\n%s", body)
	}
	if !strings.Contains(body, "--staged --worktree 'policy/two words.md'\n") {
		t.Errorf("a name with a blank is not quoted:\n%s", body)
	}
}

// TestCheckRun_forkOfAnUnknownHostHasNoCommands: commands with half an address would be worse than none.
func TestCheckRun_forkOfAnUnknownHostHasNoCommands(t *testing.T) {
	in := blockedCases(t)["blocked-fork"]
	in.Decision.Repository = facts.Repository{Host: "", ID: 1, Name: "northquay/cloud-governance"}
	if s := report.CheckRun(in).Summary; strings.Contains(s, "git rebase") || !strings.Contains(s, "**unsigned**") {
		t.Errorf("the summary says\n%s", s)
	}
}

// TestCheckRun_commitThatCouldNotBeJudgedIsToldWithoutVerdict.
func TestCheckRun_commitThatCouldNotBeJudgedIsToldWithoutVerdict(t *testing.T) {
	d := decided(decision.StateBlocked, matrix())
	d.Commits = nil
	d.Problems = []decision.Problem{{Code: "SIG009", Commit: "3e5571c08d1f0000000000000000000000000001", Text: "two signature headers (at byte 212)", Mend: "m"}}
	s := report.CheckRun(about(t, d)).Summary
	if !strings.Contains(s, "| `3e5571c08d1f` | nobody in the roster | **not judged**: two signature headers (at byte 212) (SIG009) |") {
		t.Errorf("the summary says\n%s", s)
	}
}

// TestCheckRun_manyNamesAreCounted: a sentence names six at most.
func TestCheckRun_manyNamesAreCounted(t *testing.T) {
	in := about(t, decided(decision.StateWaiting, register()))
	in.Config.Roles = slices.Clone(in.Config.Roles)
	for i := range in.Config.Roles {
		if in.Config.Roles[i].ID == "head-of-it" {
			in.Config.Roles[i].Holders = nil
			for _, slug := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
				in.Config.People = append(in.Config.People, repoconfig.Person{Slug: slug, Name: "Person " + slug, Login: slug})
				in.Config.Roles[i].Holders = append(in.Config.Roles[i].Holders, slug)
			}
		}
	}
	if s := report.CheckRun(in).Summary; !strings.HasPrefix(s, "**Waiting for Person a, Person b, Person c, Person d, Person e or 3 others, Head of IT, since") {
		t.Errorf("the summary begins %.200s", s)
	}
	if got := mentions(report.Comment(in)); len(got) > 0 {
		t.Errorf("eight people of whom one must act are all notified: %v", got)
	}
}
