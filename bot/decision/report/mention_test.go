package report_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/decision/report"
)

// mentions are the logins that GitHub notifies, in order.
func mentions(markdown string) []string {
	markdown = regexp.MustCompile("(?s)```.*?```|`[^`]*`").ReplaceAllString(markdown, "")
	var found []string
	for _, m := range regexp.MustCompile(`@([A-Za-z0-9][A-Za-z0-9_-]*)`).FindAllStringSubmatch(markdown, -1) {
		found = append(found, m[1])
	}
	return found
}

// TestComment_mentionsOnlyWhoMustAct: one mention, one notice.
func TestComment_mentionsOnlyWhoMustAct(t *testing.T) {
	want := map[string][]string{
		"waiting":                          {"twisniewski-nq"},
		"waiting-choice":                   {"dquilligan-nq", "abrannigan-nq", "forourke-nq"},
		"waiting-nobody":                   {"abrannigan-nq"},
		"signed":                           nil,
		"draft":                            nil,
		"draft-in-order":                   nil,
		"ended":                            {"abrannigan-nq", "twisniewski-nq"},
		"blocked-findings":                 {"bcarvalhaes-nq"},
		"blocked-all-at-once":              {"bcarvalhaes-nq"},
		"blocked-stranger":                 {"octocat"},
		"blocked-facts":                    nil,
		"blocked-configuration-unreadable": nil,
		"blocked-configuration-unsigned":   {"abrannigan-nq", "twisniewski-nq", "forourke-nq"},
		"founding":                         {"abrannigan-nq", "twisniewski-nq", "forourke-nq"},
		"founding-begun":                   {"twisniewski-nq", "forourke-nq"},
		"founding-second-person":           nil,
		"approval-bot":                     {"twisniewski-nq", "abrannigan-nq"},
		"waiting-key":                      {"abrannigan-nq", "twisniewski-nq", "forourke-nq", "dmulder-nq"},
	}
	all := cases(t)
	for name, logins := range want {
		in, ok := all[name]
		if !ok {
			t.Errorf("there is no case %s", name)
		}
		if got := mentions(report.Comment(in)); !slices.Equal(got, logins) {
			t.Errorf("the comment of %s mentions %v, want %v", name, got, logins)
		}
	}
}

// TestComment_beginsWithTheMarkerAndWhoMustAct: the marker finds the comment again, line 1 says it all.
func TestComment_beginsWithTheMarkerAndWhoMustAct(t *testing.T) {
	for name, in := range cases(t) {
		comment := report.Comment(in)
		lines := strings.Split(comment, "\n")
		if lines[0] != report.Marker || !strings.Contains(lines[1], "**") {
			t.Errorf("the comment of %s begins\n%s\n%s", name, lines[0], lines[1])
		}
		if strings.Count(comment, report.Marker) != 1 {
			t.Errorf("the comment of %s has the marker more than once", name)
		}
	}
}

// TestComment_draftWithFindingsNamesWithoutNotice: a draft gets findings, no requests.
func TestComment_draftWithFindingsNamesWithoutNotice(t *testing.T) {
	for _, name := range []string{"blocked-all-at-once", "ended", "blocked-configuration-later"} {
		in := cases(t)[name]
		in.Proposal.Draft = true
		if got := mentions(report.Comment(in)); len(got) > 0 {
			t.Errorf("the comment of the draft %s mentions %v", name, got)
		}
	}
}

// TestComment_botAsProposerIsNotMentioned: "dependabot[bot]" is nobody whom GitHub notifies.
func TestComment_botAsProposerIsNotMentioned(t *testing.T) {
	in := blockedCases(t)["blocked-findings"]
	in.Proposal.Author = facts.Account{ID: 49699333, Login: "dependabot[bot]", Type: "Bot"}
	comment := report.Comment(in)
	if got := mentions(comment); len(got) > 0 || !strings.Contains(comment, "dependabot&#91;bot&#93;") {
		t.Errorf("mentions %v in\n%s", got, comment)
	}
}

// TestComment_signedAgainIsNotEnded: a signature that was replaced, or is not needed any more, is no news.
func TestComment_signedAgainIsNotEnded(t *testing.T) {
	in := ended(t, "SIG003", "the text changed after it was signed")
	again := in.Decision.Documents[0]
	in.Decision.Documents = slices.Clone(in.Decision.Documents)
	s := sign(&again, "abrannigan", "ciso", 2491500000, "2026-11-24T09:00:00Z")
	in.Decision.Documents[0] = again
	in.Decision.Signatures = append(slices.Clone(in.Decision.Signatures[1:]), s)
	if c := report.Comment(in); strings.Contains(c, "sign again") {
		t.Errorf("the CISO has signed again, and is asked:\n%s", c)
	}
}

// TestComment_endedWithoutPreviousIsStillTold: the decision itself knows signatures that lost their bytes.
func TestComment_endedWithoutPreviousIsStillTold(t *testing.T) {
	in := ended(t, "SIG003", "the text changed after it was signed")
	in.Previous = nil
	const want = "please sign again. Your signature of 2026-11-23 on SRM-AZURE-PLATFORM 3.0 has ended, because the text changed after it."
	if c := report.Comment(in); !strings.Contains(c, want) {
		t.Errorf("the comment does not say that the signature ended:\n%s", c)
	}
	in = ended(t, "SIG008", "the approval was dismissed")
	in.Previous = nil
	const edited = "has ended, because the approval was edited or dismissed after it was given."
	if c := report.Comment(in); !strings.Contains(c, edited) {
		t.Errorf("the comment does not say that the signature ended:\n%s", c)
	}
	in = ended(t, "SIG008", "the approval was dismissed")
	in.Decision.Signatures = in.Decision.Signatures[1:] // as if GitHub had lost the review
	if c := report.Comment(in); !strings.Contains(c, "has ended, because the approval is gone.") {
		t.Errorf("the comment does not say that the signature is gone:\n%s", c)
	}
}

// TestComment_onlyItsLastLineKnowsTheTime: the caller compares comments without it, and edits nothing for time.
func TestComment_onlyItsLastLineKnowsTheTime(t *testing.T) {
	for name, in := range cases(t) {
		in.Now = "2026-11-24T06:00:12Z"
		with := report.Comment(in)
		in.Now = ""
		without := report.Comment(in)
		last := with[strings.LastIndex(strings.TrimSpace(with), "\n")+1:]
		if !strings.HasPrefix(last, "Last update 2026-11-24 06:00 UTC.") || strings.TrimSpace(strings.TrimSuffix(with, last)) != strings.TrimSpace(without) {
			t.Errorf("the comment of %s depends on the time in more than its last line, %q", name, last)
		}
	}
}

// TestComment_manyRolesBecomeRows: a table of more than four roles would not fit a screen.
func TestComment_manyRolesBecomeRows(t *testing.T) {
	d := matrix()
	for _, role := range []string{"ceo", "general-counsel", "head-of-engineering"} {
		d.Requirements = append(d.Requirements, missing("signatories", role))
	}
	d.Contributors = nil
	c := report.Comment(about(t, decided(decision.StateWaiting, d)))
	if !strings.Contains(c, "| Document | Version | Signs | State |") {
		t.Errorf("five roles stand as columns:\n%s", c)
	}
}
