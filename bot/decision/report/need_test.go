package report_test

import (
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/report"
	"github.com/vidimus-bot/vidimus/bot/signature/approval"
)

func role(id string) approval.Requirement { return approval.Requirement{Role: id} }

func TestNeed_saysWhatIsStillMissing(t *testing.T) {
	a, b, c := role("a"), role("b"), role("c")
	all := approval.Requirement{All: []approval.Requirement{a, b, c}}
	any := approval.Requirement{Any: []approval.Requirement{a, b}}
	two := approval.Requirement{Count: 2, Of: []approval.Requirement{a, b, c}}
	nested := approval.Requirement{All: []approval.Requirement{a, {Any: []approval.Requirement{b, {All: []approval.Requirement{c, role("d")}}}}}}
	for _, x := range []struct {
		require approval.Requirement
		filled  string
		want    string
	}{
		{a, "", "a"},
		{a, "a", ""},
		{all, "", "a, b and c"},
		{all, "b", "a and c"},
		{all, "a b", "c"},
		{all, "a b c", ""},
		{any, "", "one of a or b"},
		{any, "b", ""},
		{two, "", "2 of a, b and c"},
		{two, "c", "one of a or b"},
		{two, "a c", ""},
		{nested, "", "a and (one of b or (c and d))"},
		{nested, "a", "one of b or (c and d)"},
		{nested, "a c", "one of b or d"},
		{nested, "a b", ""},
		{nested, "c d", "a"},
	} {
		filled := map[string]bool{}
		for _, r := range strings.Fields(x.filled) {
			filled[r] = true
		}
		if got, _, _ := report.Missing(x.require, filled); got != x.want {
			t.Errorf("with %q filled, %+v needs %q, want %q", x.filled, x.require, got, x.want)
		}
	}
}

// TestNeed_shrinksWithEachSignature: filling a role that is named never makes the need larger, and filling all
// of them ends it.
func TestNeed_shrinksWithEachSignature(t *testing.T) {
	var trees []approval.Requirement
	leaves := []approval.Requirement{role("a"), role("b"), role("c"), role("d")}
	for count := 1; count <= 4; count++ {
		trees = append(trees, approval.Requirement{Count: count, Of: leaves})
		trees = append(trees, approval.Requirement{All: []approval.Requirement{role("e"), {Count: count, Of: leaves}}})
		trees = append(trees, approval.Requirement{Any: []approval.Requirement{{All: leaves[:count]}, role("e")}})
	}
	for _, tree := range trees {
		filled := map[string]bool{}
		for range 6 {
			_, roles, _ := report.Missing(tree, filled)
			if len(roles) == 0 {
				break
			}
			filled[roles[0]] = true
			if _, next, _ := report.Missing(tree, filled); len(next) >= len(roles) {
				t.Errorf("%+v with %v filled names %v, before %v", tree, filled, next, roles)
			}
		}
		if words, _, _ := report.Missing(tree, filled); words != "" {
			t.Errorf("%+v with %v filled still needs %q", tree, filled, words)
		}
	}
}

// TestCheckRun_unknownRuleAsksForAllThatIsMissing: with a configuration that does not fit the decision, never
// less is asked than the decision misses.
func TestCheckRun_unknownRuleAsksForAllThatIsMissing(t *testing.T) {
	d := contract()
	for i := range d.Requirements {
		d.Requirements[i].Rule = "rules[77]"
	}
	s := report.CheckRun(about(t, decided(decision.StateWaiting, d))).Summary
	if !strings.HasPrefix(s, "**Waiting for 3 people: Deirdre Quilligan, General Counsel; Aoife Brannigan, CISO; Fergal O'Rourke, Chief Executive Officer, since") {
		t.Errorf("the summary begins %.200s", s)
	}
}

// TestCheckRun_ruleWithinARuleIsSaidOnce: what one rule needs for itself is no choice in another.
func TestCheckRun_ruleWithinARuleIsSaidOnce(t *testing.T) {
	d := matrix()
	d.Requirements = append(d.Requirements, missing("rules[2]", "ciso"), missing("rules[2]", "ceo"), missing("rules[2]", "general-counsel"))
	s := report.CheckRun(about(t, decided(decision.StateWaiting, d))).Summary
	first, _, _ := strings.Cut(s, "\n")
	want := "**Waiting for Tomasz Wiśniewski, Head of IT; Aoife Brannigan, CISO; Deirdre Quilligan or Oisín Farrell, General Counsel, " +
		"since 2026-11-23.** Everything else is in order."
	if first != want {
		t.Errorf("the summary begins\n%s, want\n%s", first, want)
	}
}

// TestCheckRun_linesAreWholeAndOnlyForWhoMustSign: LAW 1.3.
func TestCheckRun_linesAreWholeAndOnlyForWhoMustSign(t *testing.T) {
	shown := matrix()
	shown.Images = digest("1111")
	nameless := register()
	nameless.ID, nameless.Version = "register/azure platform.md", ""
	in := about(t, decided(decision.StateWaiting, shown, deletion(), renewedKey(), nameless))
	want := map[string]bool{
		"I sign as head-of-it: SRM-AZURE-PLATFORM 3.0 sha256:" + matrixDigest + " images:sha256:" + digest("1111"): true,
		"I sign as ciso: SRM-AZURE-PLATFORM 3.0 sha256:" + matrixDigest + " images:sha256:" + digest("1111"):       true,
		"I sign as head-of-it: SVC-AZURE-PLATFORM 2.4 deleted sha256:" + registerDigest:                            true,
		"I sign as ciso: keys/dmulder.asc sha256:" + digest("de1"):                                                 true,
		"I sign as head-of-it: keys/dmulder.asc sha256:" + digest("de1"):                                           true,
		"I sign as ceo: keys/dmulder.asc sha256:" + digest("de1"):                                                  true,
		"I sign as self: keys/dmulder.asc sha256:" + digest("de1"):                                                 true,
	}
	for where, s := range map[string]string{"summary": report.CheckRun(in).Summary, "comment": report.Comment(in)} {
		found := map[string]bool{}
		for _, l := range strings.Split(s, "\n") {
			if strings.HasPrefix(l, "I sign as") {
				if !want[l] || found[l] {
					t.Errorf("the %s offers %s", where, l)
				}
				found[l] = true
			}
		}
		if len(found) != len(want) {
			t.Errorf("the %s offers %d lines, want %d", where, len(found), len(want))
		}
	}
}

// TestCheckRun_ownerWhoProposedTheirKeyIsToldWho: nobody can sign as self then. LAW 2.4, 3.4.
func TestCheckRun_ownerWhoProposedTheirKeyIsToldWho(t *testing.T) {
	d := renewedKey()
	d.Contributors = []string{"dmulder"}
	s := report.CheckRun(about(t, decided(decision.StateWaiting, d))).Summary
	if !strings.HasPrefix(s, "**Nobody can sign keys/dmulder.asc as owner of the key:** Daan Mulder contributed") ||
		!strings.Contains(s, "A key has to be proposed by somebody else than its owner") {
		t.Errorf("the summary begins %.300s", s)
	}
}

// TestCheckRun_whoFillsOneRoleIsNotAskedForTheOther: LAW 3.5.
func TestCheckRun_whoFillsOneRoleIsNotAskedForTheOther(t *testing.T) {
	d := matrix()
	s := sign(&d, "abrannigan", "ciso", 1, "2026-11-23T15:40:11Z")
	in := about(t, decided(decision.StateWaiting, d))
	in.Decision.Signatures = []decision.Signature{s}
	for i, r := range in.Config.Roles {
		if r.ID == "head-of-it" {
			in.Config.Roles[i].Holders = []string{"abrannigan"}
		}
	}
	const stuck = "**Nobody can sign SRM-AZURE-PLATFORM as Head of IT:** Aoife Brannigan signed it in another role (SIG005) and nobody else holds the role."
	if got := report.CheckRun(in).Summary; !strings.HasPrefix(got, stuck) {
		t.Errorf("the summary begins %.300s", got)
	}
	for i := range in.Config.Rules {
		in.Config.Rules[i].SeveralRoles = true
	}
	if got := report.CheckRun(in).Summary; !strings.HasPrefix(got, "**Waiting for 1 person: Aoife Brannigan, Head of IT") {
		t.Errorf("with several roles allowed the summary begins %.300s", got)
	}
}

// TestCheckRun_secondFounderSignsInAnotherRole: a role that is filled is not offered to its other holder.
func TestCheckRun_secondFounderSignsInAnotherRole(t *testing.T) {
	in := foundingCases(t)["founding-second-person"]
	for i, r := range in.Config.Roles {
		if r.ID == "ciso" {
			in.Config.Roles[i].Holders = []string{"abrannigan", "twisniewski"}
		}
	}
	s := report.CheckRun(in).Summary
	if strings.Contains(s, "I sign as ciso:") || !strings.Contains(s, "I sign as head-of-it: .vidimus.yml") {
		t.Errorf("the CISO's role is filled, and the lines are\n%s", s)
	}
}

// TestCheckRun_roleThatNobodyHoldsIsSaid: an empty role is a mistake that the configuration's reader refuses,
// and a text must not pass over it.
func TestCheckRun_roleThatNobodyHoldsIsSaid(t *testing.T) {
	in := about(t, decided(decision.StateWaiting, register()))
	in.Config.Roles = nil
	if got := report.CheckRun(in).Summary; !strings.HasPrefix(got, "**Nobody can sign SVC-AZURE-PLATFORM as head-of-it:** nobody holds the role.") {
		t.Errorf("the summary begins %.300s", got)
	}
}

// TestCheckRun_approvalLevelWithoutConfirmationSaysWhatIsMissing: LAW 5.2.
func TestCheckRun_approvalLevelWithoutConfirmationSaysWhatIsMissing(t *testing.T) {
	in := about(t, decided(decision.StateWaiting, assurance()))
	for i := range in.Config.People {
		in.Config.People[i].ApprovalSigns = false
	}
	const want = "Approvals of Aoife Brannigan are no signatures yet: a signed change of `.vidimus.yml` has to say `approval-signs: true`"
	if s := report.CheckRun(in).Summary; !strings.Contains(s, want) {
		t.Errorf("the summary does not say it:\n%s", s)
	}
}
