package approval_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/signature/approval"
)

// roster is who holds which role; all confirmed that approvals sign but those
// named silent.
type roster struct {
	roles  map[string][]string // by person
	silent string
}

func (r roster) Holds(slug, role string) bool { return slices.Contains(r.roles[slug], role) }

func (r roster) ApprovalSigns(slug string) bool { return slug != r.silent && slug != "" }

// northquay is the roster of the tables.
func northquay() roster {
	return roster{roles: map[string][]string{
		"aoife": {"ciso"}, "tomasz": {"head-of-it"}, "fergal": {"ceo", "counsel"}, "deirdre": {"counsel"},
	}, silent: "tomasz"}
}

// policy is the document of the tables: ciso and head-of-it, by statement.
func policy() approval.Subject {
	return approval.Subject{
		ID: "POL-CLOUD", Version: "2.10", Level: approval.LevelStatement,
		Head:  approval.Bound{Mode: "100644", SHA256: digit64("a"), Path: "policy/cloud.md"},
		Rules: []approval.Rule{{Name: "rules[0]", Require: all("ciso", "head-of-it")}},
	}
}

func all(roles ...string) approval.Requirement { return approval.Requirement{All: leaves(roles)} }

func leaves(roles []string) []approval.Requirement {
	var list []approval.Requirement
	for _, r := range roles {
		list = append(list, approval.Requirement{Role: r})
	}
	return list
}

// by is an approving review with one right line, bound by its delivery.
func by(id int64, person, role string) approval.Review {
	line := approval.Line{Role: role, ID: "POL-CLOUD", Version: "2.10", SHA256: digit64("a")}
	head := policy().Head
	return approval.Review{
		ID: id, Person: person, User: true, Login: person, State: approval.StateApproved, Witness: approval.WitnessDelivery,
		Lines:   []approval.Line{line},
		Content: map[string]approval.Bound{head.Path: head}, Named: map[approval.Line]approval.Bound{line: head},
	}
}

// with changes a review.
func with(r approval.Review, change func(*approval.Review)) approval.Review {
	change(&r)
	return r
}

// codes are the reasons of the signatures of one person that do not count, "counts"
// for those that do.
func codes(r approval.Result, person string) []string {
	var found []string
	for _, s := range r.Signatures {
		if s.Person != person {
			continue
		}
		if s.Counts {
			found = append(found, "counts")
		} else {
			found = append(found, s.Code)
		}
	}
	return found
}

// What one review of the CISO is worth, while the Head of IT signed rightly.
func TestJudge_oneReviewIsASignatureOrSaysWhyNot(t *testing.T) {
	for _, c := range []struct {
		claim  string
		review approval.Review
		want   []string
	}{
		{"the right line, delivered", by(1, "aoife", "ciso"), []string{"counts"}},
		{"the right line, seen (5.1)", with(by(1, "aoife", "ciso"), func(r *approval.Review) { r.Witness = approval.WitnessSeen }), []string{"counts"}},
		{"the right line that stands for itself (5.1)", with(by(1, "aoife", "ciso"), func(r *approval.Review) {
			r.Witness, r.Content, r.Named = approval.WitnessStatement, nil, nil
		}), []string{"counts"}},
		{"for itself, but another version", with(by(1, "aoife", "ciso"), func(r *approval.Review) {
			r.Witness, r.Content, r.Named = approval.WitnessStatement, nil, nil
			r.Lines = []approval.Line{{Role: "ciso", ID: "POL-CLOUD", Version: "2.9", SHA256: digit64("a")}}
		}), []string{"SIG003"}},
		{"no witness (5.3)", with(by(1, "aoife", "ciso"), func(r *approval.Review) {
			r.Witness, r.Content, r.Named = approval.WitnessNone, nil, nil
		}), []string{"SIG011"}},
		{"contradicting witnesses (5.4)", with(by(1, "aoife", "ciso"), func(r *approval.Review) {
			r.Witness, r.Content, r.Named = approval.WitnessContradicted, nil, nil
		}), []string{"SIG013"}},
		{"dismissed (6.3)", with(by(1, "aoife", "ciso"), func(r *approval.Review) { r.Dismissed = true }), []string{"SIG008"}},
		{"dismissed by who may: an approval ends all the same (6.3)", with(by(1, "aoife", "ciso"), func(r *approval.Review) {
			r.Dismissed, r.DismissalCounts = true, true
		}), []string{"SIG008"}},
		{"edited (6.3)", with(by(1, "aoife", "ciso"), func(r *approval.Review) { r.Edited = true }), []string{"SIG008"}},
		{"a malformed line besides (1.3)", with(by(1, "aoife", "ciso"), func(r *approval.Review) {
			r.Problems = []approval.LineProblem{{Number: 2, Text: "is none"}}
		}), []string{"SIG006"}},
		{"a line that the bound commit does not have (1.3)", with(by(1, "aoife", "ciso"), func(r *approval.Review) {
			r.Named = map[approval.Line]approval.Bound{}
		}), []string{"SIG006"}},
		{"other bytes at the bound commit than at the head (6.2)", with(by(1, "aoife", "ciso"), func(r *approval.Review) {
			moved := policy().Head
			moved.SHA256 = digit64("b")
			r.Named = map[approval.Line]approval.Bound{r.Lines[0]: moved}
		}), []string{"SIG003"}},
		{"another path at the bound commit (1.1)", with(by(1, "aoife", "ciso"), func(r *approval.Review) {
			moved := policy().Head
			moved.Path = "policy/old.md"
			r.Named = map[approval.Line]approval.Bound{r.Lines[0]: moved}
		}), []string{"SIG003"}},
		{"another mode at the bound commit (1.1)", with(by(1, "aoife", "ciso"), func(r *approval.Review) {
			moved := policy().Head
			moved.Mode = "100755"
			r.Named = map[approval.Line]approval.Bound{r.Lines[0]: moved}
		}), []string{"SIG003"}},
		{"other images at the bound commit (1.2)", with(by(1, "aoife", "ciso"), func(r *approval.Review) {
			moved := policy().Head
			moved.Images = digit64("d")
			r.Named = map[approval.Line]approval.Bound{r.Lines[0]: moved}
		}), []string{"SIG003"}},
		{"a role that she does not hold (3.2)", by(1, "aoife", "head-of-it"), []string{"SIG004"}},
		{"a role that no rule asks for", with(by(1, "aoife", "ceo"), func(r *approval.Review) { r.Person = "fergal" }), nil},
		{"no person's account (3.1)", with(by(1, "aoife", "ciso"), func(r *approval.Review) { r.User = false }), []string{"SIG007"}},
		{"a comment (6.1)", with(by(1, "aoife", "ciso"), func(r *approval.Review) { r.State = approval.StateOther }), nil},
	} {
		q := approval.Question{
			Subjects: []approval.Subject{policy()}, Roster: northquay(), LogRead: true,
			Reviews: []approval.Review{by(9, "tomasz", "head-of-it"), c.review},
		}
		r := approval.Judge(q)
		if diff := cmp.Diff(c.want, codes(r, "aoife")); diff != "" {
			t.Errorf("%s: Judge (-want +got):\n%s", c.claim, diff)
		}
		met := slices.Equal(c.want, []string{"counts"})
		if r.Subjects[0].Met != met {
			t.Errorf("%s: met is %v, want %v", c.claim, r.Subjects[0].Met, met)
		}
	}
}

// LAW 5.2: levels.
func TestJudge_levels(t *testing.T) {
	bare := func(person string) approval.Review {
		return with(by(1, person, ""), func(r *approval.Review) { r.Lines, r.Named = nil, nil })
	}
	for _, c := range []struct {
		claim  string
		level  approval.Level
		review approval.Review
		met    bool
	}{
		{"approval: the act is enough", approval.LevelApproval, bare("aoife"), true},
		{"approval: not of a person who never confirmed that it signs", approval.LevelApproval, bare("tomasz"), false},
		{"approval: a statement's witness is not enough", approval.LevelApproval, with(by(1, "aoife", "ciso"), func(r *approval.Review) {
			r.Witness = approval.WitnessStatement
		}), false},
		{"approval: only what is in the content list", approval.LevelApproval, with(bare("aoife"), func(r *approval.Review) {
			r.Content = map[string]approval.Bound{"policy/other.md": {Path: "policy/other.md"}}
		}), false},
		{"statement: the act alone is not enough", approval.LevelStatement, bare("aoife"), false},
		{"personal-key is not judged yet", approval.LevelPersonalKey, by(1, "aoife", "ciso"), false},
		{"no level is never met", approval.LevelUnset, by(1, "aoife", "ciso"), false},
	} {
		s := policy()
		s.Level = c.level
		s.Rules = []approval.Rule{{Name: "rules[0]", Require: approval.Requirement{Any: leaves([]string{"ciso", "head-of-it"})}}}
		r := approval.Judge(approval.Question{Subjects: []approval.Subject{s}, Roster: northquay(), LogRead: true, Reviews: []approval.Review{c.review}})
		if r.Subjects[0].Met != c.met {
			t.Errorf("%s: met is %v, want %v (%v)", c.claim, r.Subjects[0].Met, c.met, r.Signatures)
		}
	}
}

// A requirement that asks for nothing is met by nothing: an empty rule must not
// pass. Pitfall 34.
func TestJudge_emptyRequirementsAreNeverMet(t *testing.T) {
	for claim, rules := range map[string][]approval.Rule{
		"no rule at all":    nil,
		"an empty rule":     {{Name: "rules[0]"}},
		"all of nothing":    {{Name: "rules[0]", Require: approval.Requirement{All: []approval.Requirement{{}}}}},
		"none of something": {{Name: "rules[0]", Require: approval.Requirement{Count: 0, Of: leaves([]string{"ciso"})}}},
	} {
		s := policy()
		s.Rules = rules
		r := approval.Judge(approval.Question{
			Subjects: []approval.Subject{s}, Roster: northquay(), LogRead: true, Reviews: []approval.Review{by(1, "aoife", "ciso")},
		})
		if r.Subjects[0].Met {
			t.Errorf("%s is met", claim)
		}
	}
}

// LAW 6.4, with what lifts an objection.
func TestJudge_objections(t *testing.T) {
	objection := with(by(1, "aoife", "ciso"), func(r *approval.Review) { r.State, r.Lines, r.Named = approval.StateChangesRequested, nil, nil })
	for _, c := range []struct {
		claim   string
		reviews []approval.Review
		blocks  bool
	}{
		{"it blocks", []approval.Review{objection}, true},
		{"edited it blocks", []approval.Review{with(objection, func(r *approval.Review) { r.Edited = true })}, true},
		{"its author approves later", []approval.Review{objection, by(2, "aoife", "ciso")}, false},
		{"its author approved before", []approval.Review{by(2, "aoife", "ciso"), objection}, true},
		{"somebody else approves", []approval.Review{objection, by(2, "tomasz", "head-of-it")}, true},
		{"dismissed by who may", []approval.Review{with(objection, func(r *approval.Review) { r.Dismissed, r.DismissalCounts = true, true })}, false},
		{"dismissed by who may not", []approval.Review{with(objection, func(r *approval.Review) { r.Dismissed = true })}, true},
		{"of a person without a required role", []approval.Review{with(objection, func(r *approval.Review) { r.Person = "deirdre" })}, false},
		{"of nobody", []approval.Review{with(objection, func(r *approval.Review) { r.Person = "" })}, false},
		{"of an App", []approval.Review{with(objection, func(r *approval.Review) { r.User = false })}, false},
	} {
		r := approval.Judge(approval.Question{Subjects: []approval.Subject{policy()}, Roster: northquay(), LogRead: true, Reviews: c.reviews})
		if (len(r.Objections) > 0) != c.blocks {
			t.Errorf("%s: objections %v, want some: %v", c.claim, r.Objections, c.blocks)
		}
	}
}

// LAW 3.5: whether an assignment exists is what trying all of them says. The seed
// is printed with each failure.
func TestJudge_findsAnAssignmentExactlyWhenThereIsOne(t *testing.T) {
	roles := []string{"a", "b", "c", "d"}
	people := []string{"p", "q", "r", "s"}
	metCount := 0
	for seed := range uint64(4000) {
		rng := rand.New(rand.NewPCG(11, seed))
		held := map[string][]string{}
		var reviews []approval.Review
		for i, person := range people {
			for _, role := range roles {
				if rng.IntN(100) < 45 {
					held[person] = append(held[person], role)
				}
			}
			if rng.IntN(100) < 80 {
				reviews = append(reviews, with(by(int64(i+1), person, ""), func(r *approval.Review) { r.Lines, r.Named = nil, nil }))
			} else {
				delete(held, person) // who signs nothing holds nothing that matters
			}
		}
		s := policy()
		s.Level, s.SeveralRoles = approval.LevelApproval, rng.IntN(4) == 0
		s.Rules = nil
		for i := range 1 + rng.IntN(2) {
			s.Rules = append(s.Rules, approval.Rule{Name: fmt.Sprintf("rules[%d]", i), Require: randomRequirement(rng, roles, 2)})
		}
		r := approval.Judge(approval.Question{Subjects: []approval.Subject{s}, Roster: roster{roles: held}, LogRead: true, Reviews: reviews})
		want := someAssignment(s, roles, people, held, map[string]string{})
		if r.Subjects[0].Met != want {
			t.Errorf("seed %d: met is %v, want %v; rules %+v, held %v, several %v", seed, r.Subjects[0].Met, want, s.Rules, held, s.SeveralRoles)
		}
		checkAssigned(t, seed, s, r)
		if want {
			metCount++
		}
	}
	if metCount < 500 || metCount > 3500 {
		t.Errorf("%d of 4000 are met: the cases are too easy or too hard to say anything", metCount)
	}
}

func randomRequirement(rng *rand.Rand, roles []string, depth int) approval.Requirement {
	if depth == 0 || rng.IntN(3) == 0 {
		return approval.Requirement{Role: roles[rng.IntN(len(roles))]}
	}
	var group []approval.Requirement
	for range 1 + rng.IntN(3) {
		group = append(group, randomRequirement(rng, roles, depth-1))
	}
	switch rng.IntN(3) {
	case 0:
		return approval.Requirement{All: group}
	case 1:
		return approval.Requirement{Any: group}
	}
	return approval.Requirement{Of: group, Count: 1 + rng.IntN(len(group))}
}

// someAssignment tries every one.
func someAssignment(s approval.Subject, roles, people []string, held map[string][]string, filled map[string]string) bool {
	if len(roles) == 0 {
		for _, rule := range s.Rules {
			if !holds(rule.Require, filled) {
				return false
			}
		}
		return true
	}
	if someAssignment(s, roles[1:], people, held, filled) {
		return true
	}
	for _, person := range people {
		if !slices.Contains(held[person], roles[0]) || (!s.SeveralRoles && fills(filled, person)) {
			continue
		}
		filled[roles[0]] = person
		if someAssignment(s, roles[1:], people, held, filled) {
			return true
		}
		delete(filled, roles[0])
	}
	return false
}

func fills(filled map[string]string, person string) bool {
	for _, p := range filled {
		if p == person {
			return true
		}
	}
	return false
}

func holds(r approval.Requirement, filled map[string]string) bool {
	n := 0
	for _, child := range slices.Concat(r.All, r.Any, r.Of) {
		if holds(child, filled) {
			n++
		}
	}
	switch {
	case r.Role != "":
		return filled[r.Role] != ""
	case r.All != nil:
		return n == len(r.All)
	case r.Any != nil:
		return n > 0
	}
	return r.Count > 0 && n >= r.Count
}

// checkAssigned: what is recorded is an assignment, and where the document is met
// it meets the rules.
func checkAssigned(t *testing.T, seed uint64, s approval.Subject, r approval.Result) {
	t.Helper()
	filled := map[string]string{}
	for _, o := range r.Subjects[0].Outcomes {
		if o.Outcome != approval.Signed {
			continue
		}
		signature := r.Signatures[o.Signature]
		if signature.Role != o.Role || !signature.Counts {
			t.Errorf("seed %d: role %s is filled by %+v", seed, o.Role, signature)
		}
		filled[o.Role] = signature.Person
	}
	persons := map[string]int{}
	for _, p := range filled {
		persons[p]++
		if persons[p] > 1 && !s.SeveralRoles {
			t.Errorf("seed %d: %s fills %d roles", seed, p, persons[p])
		}
	}
	for _, rule := range s.Rules {
		if r.Subjects[0].Met && !holds(rule.Require, filled) {
			t.Errorf("seed %d: met, but %+v is not met by %v", seed, rule.Require, filled)
		}
	}
}

// LAW 2.1: the strictest level is the greatest.
func TestLevel_wordsAndOrder(t *testing.T) {
	words := []string{"approval", "statement", "personal-key"}
	last := approval.LevelUnset
	for _, word := range words {
		level, ok := approval.ParseLevel(word)
		if !ok || level.String() != word || level <= last {
			t.Errorf("ParseLevel(%q) = %v, %v; want it above %v and printed alike", word, level, ok, last)
		}
		last = level
	}
	for _, word := range []string{"", "unset", "Approval", "key"} {
		if level, ok := approval.ParseLevel(word); ok {
			t.Errorf("ParseLevel(%q) = %v, want none", word, level)
		}
	}
}
