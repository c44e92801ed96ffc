package report_test

import (
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/report"
)

// TestConclusion_isTheAndOverAllPullRequests: LAW 7.2, 7.3.
func TestConclusion_isTheAndOverAllPullRequests(t *testing.T) {
	of := func(s decision.State) decision.Decision { return decided(s) }
	for _, c := range []struct {
		name   string
		own    decision.State
		others []decision.State
		want   decision.Conclusion
	}{
		{"alone and signed", decision.StateSigned, nil, decision.Success},
		{"signed and signed", decision.StateSigned, []decision.State{decision.StateSigned}, decision.Success},
		{"signed and waiting", decision.StateSigned, []decision.State{decision.StateWaiting}, decision.ActionRequired},
		{"waiting and blocked", decision.StateWaiting, []decision.State{decision.StateSigned, decision.StateBlocked}, decision.Failure},
		{"blocked and signed", decision.StateBlocked, []decision.State{decision.StateSigned}, decision.Failure},
		{"not governed and waiting", decision.StateNotGoverned, []decision.State{decision.StateWaiting}, decision.ActionRequired},
		{"not governed alone", decision.StateNotGoverned, nil, decision.Neutral},
		{"a draft alone never passes", decision.StateDraft, nil, decision.ActionRequired},
		{"a draft beside one that is ready does not count", decision.StateDraft, []decision.State{decision.StateSigned}, decision.Success},
		{"a state that nobody knows", "unheard-of", nil, decision.Failure},
		{"another's state that nobody knows", decision.StateSigned, []decision.State{"unheard-of"}, decision.Failure},
	} {
		var others []decision.Decision
		for _, s := range c.others {
			others = append(others, of(s))
		}
		if got := report.Conclusion(of(c.own), others); got != c.want {
			t.Errorf("%s: Conclusion = %s, want %s", c.name, got, c.want)
		}
	}
}

// TestCheckRun_otherPullRequestIsNamedFirst: whoever reads only line 1 knows where something is missing.
func TestCheckRun_otherPullRequestIsNamedFirst(t *testing.T) {
	in := cases(t)["others"]
	c := report.CheckRun(in)
	first, _, _ := strings.Cut(c.Summary, "\n")
	if !strings.Contains(first, "#62") || !strings.Contains(c.Title, "#62") || strings.Contains(c.Summary, "can be merged") {
		t.Errorf("title %q, summary begins %q", c.Title, first)
	}
	in.Decision.Conclusion, in.Decision.State = decision.Failure, decision.StateBlocked
	c = report.CheckRun(in)
	first, rest, _ := strings.Cut(c.Summary, "\n")
	if strings.Contains(first, "#62") || strings.Count(rest, "#62") != 1 {
		t.Errorf("this change is blocked itself, and the text speaks of the other first, or not at all:\n%s", c.Summary)
	}
}

// TestTitles_fallBackToRoles: names first, roles when they are too long, a number at last.
func TestTitles_fallBackToRoles(t *testing.T) {
	in := about(t, decided(decision.StateWaiting, matrix()))
	long := strings.Repeat("Karl-Theodor Maria ", 3)
	for i := range in.Config.People {
		in.Config.People[i].Name = long + in.Config.People[i].Slug
	}
	if got, want := report.CheckRun(in).Title, "Waiting for Head of IT and CISO"; got != want {
		t.Errorf("title %q, want %q", got, want)
	}
	for i := range in.Config.Roles {
		in.Config.Roles[i].Title = strings.Repeat("Responsible ", 6) + in.Config.Roles[i].ID
	}
	if got, want := report.CheckRun(in).Title, "Waiting for signatures of 2 roles"; got != want {
		t.Errorf("title %q, want %q", got, want)
	}
}
