package approval

import "fmt"

// State is what a review says, whatever became of it later.
type State int

// The states that matter here; comments say nothing.
const (
	StateOther State = iota
	StateApproved
	StateChangesRequested
)

// Bound is one document as it stands at a commit: what two bindings compare.
// For a deletion Mode is "000000" and SHA256 that of the base.
type Bound struct {
	Mode   string
	SHA256 string
	Path   string
	Images string // images digest, "" without images
}

// Witness says how a review was bound. LAW 5.1.
type Witness string

// The witnesses, and none.
const (
	WitnessNone         Witness = ""
	WitnessDelivery     Witness = "delivery"
	WitnessSeen         Witness = "seen"
	WitnessStatement    Witness = "statement"
	WitnessContradicted Witness = "contradicted"
)

// Review is one review of the pull request, joined with what was witnessed of
// it. Reviews are given in the order of submission.
type Review struct {
	ID          int64
	SubmittedAt string
	Person      string // slug, "" if the account is nobody's in the roster
	User        bool   // the account is of type User
	Login       string // display only
	// State is what the review said when it was submitted. Dismissed says that it
	// was dismissed since (or before the landing, when one is judged).
	State     State
	Dismissed bool
	// DismissalCounts: the dismissal is by the author, or by a person who may
	// dismiss. It lifts an objection; anybody's ends an approval. LAW 6.3, 6.4.
	DismissalCounts bool
	Edited          bool
	// Unproven: nobody saw the text as it was submitted, and it may have been
	// another one.
	Unproven bool
	Lines    []Line
	Problems []LineProblem
	Witness  Witness
	// Content are the documents of the bound commit's content list by path;
	// unset when no commit is bound.
	Content map[string]Bound
	// Named is, for each of Lines, what the bound commit has for it; a line
	// without a match is not in it. With WitnessStatement there is no commit and
	// the lines stand for themselves.
	Named map[Line]Bound
}

// Rule is one rule that applies to a document.
type Rule struct {
	Name    string // "rules[3]", "config", "signatories", "self"
	Require Requirement
}

// Subject is one document that has to be signed.
type Subject struct {
	ID      string // document id; for configuration and keys the path
	Version string
	Head    Bound
	Rules   []Rule
	Level   Level
	// SeveralRoles: one person may fill several roles here.
	SeveralRoles bool
	Contributors map[string]bool // by slug
	Self         string          // the owner of a key file, who signs as "self"
}

// RoleSelf is the role of a key's owner.
const RoleSelf = "self"

// Roster answers what the base's configuration says of people.
type Roster interface {
	Holds(slug, role string) bool
	ApprovalSigns(slug string) bool
}

// Question is all that Judge needs.
type Question struct {
	Subjects []Subject
	Reviews  []Review
	Roster   Roster
	// LogRead: GitHub's delivery log was read, so a review without witness has
	// none. LAW 5.3.
	LogRead bool
}

// Signature is one review for one document in one role, and whether it counts.
type Signature struct {
	Review  int64
	Person  string
	Role    string
	Subject int // index into Question.Subjects
	Line    string
	Witness Witness
	Counts  bool
	Code    string // reason when it does not count
	Reason  string
}

// Outcome says how a role of a rule stands.
type Outcome string

// The outcomes of evidence-format.md 2.3.
const (
	Signed    Outcome = "signed"
	Missing   Outcome = "missing"
	NotNeeded Outcome = "not-needed"
)

// RoleOutcome is one role of one rule for one document. Signature is an index
// into Result.Signatures, -1 without one.
type RoleOutcome struct {
	Rule      string
	Role      string
	Outcome   Outcome
	Signature int
}

// SubjectResult is the state of one document.
type SubjectResult struct {
	Met      bool
	Outcomes []RoleOutcome
}

// Objection is a review that blocks. LAW 6.4.
type Objection struct {
	Review int64
	Person string
	Reason string
}

// Result answers a Question; Subjects are in its order.
type Result struct {
	Signatures []Signature
	Subjects   []SubjectResult
	Objections []Objection
}

// Judge decides which reviews are signatures. The same question always gives the
// same result, in the same order. LAW 3, 5.2, 6.
func Judge(q Question) Result {
	var r Result
	for i := range q.Subjects {
		candidates := q.candidates(i)
		filled, outcome := assign(q.Subjects[i], candidates)
		offset := len(r.Signatures)
		r.Signatures = append(r.Signatures, settle(candidates, filled)...)
		r.Subjects = append(r.Subjects, outcome.shifted(offset))
	}
	r.Objections = q.objections()
	return r
}

// settle marks the candidates that lost their role to a person's other role.
func settle(candidates []Signature, filled map[string]int) []Signature {
	used := map[int]bool{}
	for _, i := range filled {
		used[i] = true
	}
	for i := range candidates {
		c := &candidates[i]
		if !c.Counts || used[i] {
			continue
		}
		for _, j := range filled {
			if candidates[j].Person == c.Person && candidates[j].Role != c.Role {
				c.Counts, c.Code = false, CodeTwoRoles
				c.Reason = fmt.Sprintf("one person fills one role on a document; this one counts as %s", candidates[j].Role)
			}
		}
	}
	return candidates
}

// candidates judges, for one document, each person's deciding review.
func (q Question) candidates(subject int) []Signature {
	s := q.Subjects[subject]
	var found []Signature
	for _, r := range q.deciding(s) {
		for _, c := range q.signatures(s, r) {
			c.Subject = subject
			found = append(found, c)
		}
	}
	return found
}

// deciding are, for each account, the latest of its reviews that say something
// about s, in order of submission. LAW 6.1. Who only has approvals of which nobody
// knows what they covered, or without the lines that s asks for, gets the latest
// of these, so that it is told: it cannot count.
func (q Question) deciding(s Subject) []Review {
	last := map[string]int{}
	for i, r := range q.Reviews {
		if r.State == StateApproved && (r.Witness == WitnessNone || q.lacksLines(s, r)) {
			last[r.author()] = i
		}
	}
	for i, r := range q.Reviews {
		if r.concerns(s) {
			last[r.author()] = i
		}
	}
	var reviews []Review
	for i, r := range q.Reviews {
		if at, ok := last[r.author()]; ok && at == i {
			reviews = append(reviews, r)
		}
	}
	return reviews
}

// lacksLines: somebody who could sign s approved without any line.
func (q Question) lacksLines(s Subject, r Review) bool {
	return s.Level == LevelStatement && len(r.Lines)+len(r.Problems) == 0 && len(q.rolesOf(s, r.Person)) > 0
}

// author tells reviewers apart; a slug cannot begin with "@".
func (r Review) author() string {
	if r.Person != "" {
		return r.Person
	}
	return "@" + r.Login
}

func (r Review) concerns(s Subject) bool {
	switch r.State {
	case StateChangesRequested:
		return true
	case StateApproved:
		return r.covers(s)
	default:
		return false
	}
}

// covers says whether an approving review is about s: its lines name it, or, at
// level approval, the bound commit's content list holds it. What an edited approval
// covered cannot be told from its text, nor what a dismissed one covered without a
// bound commit or a text that was seen; then it counts as all, so that no older
// approval of the person stands in for it.
func (r Review) covers(s Subject) bool {
	if len(r.linesFor(s)) > 0 || r.Edited || (r.Dismissed && r.Unproven) {
		return true
	}
	if s.Level != LevelApproval {
		return false
	}
	if r.Content == nil {
		return r.Dismissed
	}
	_, ok := r.Content[s.Head.Path]
	return ok
}

// linesFor are the lines that name s. A document that moves is a deletion and an
// addition with one id, and each has its line.
func (r Review) linesFor(s Subject) []Line {
	var lines []Line
	for _, l := range r.Lines {
		named := l.ID == s.ID || (l.ID == "" && l.Path == s.ID)
		if named && l.Deleted == s.Head.deleted() {
			lines = append(lines, l)
		}
	}
	return lines
}

// signatures are what review r gives for s: one for each role, each with its
// verdict. An objection gives none.
func (q Question) signatures(s Subject, r Review) []Signature {
	if r.State != StateApproved {
		return nil
	}
	code, reason := q.fault(s, r)
	var found []Signature
	for _, l := range q.claims(s, r) {
		c := Signature{Review: r.ID, Person: r.Person, Role: l.Role, Witness: r.Witness, Code: code, Reason: reason}
		if l.SHA256 != "" {
			c.Line = l.String()
		}
		if code == "" {
			c.Code, c.Reason = q.roleFault(s, r, l)
		}
		c.Counts = c.Code == ""
		found = append(found, c)
	}
	return found
}

// claims are the roles in which r would sign s: those that its lines name, else,
// where none are asked for or none are given at all, every role of the rules that
// the person holds.
func (q Question) claims(s Subject, r Review) []Line {
	lines := r.linesFor(s)
	if len(lines) > 0 || (s.Level != LevelApproval && !q.lacksLines(s, r)) {
		return lines
	}
	for _, role := range q.rolesOf(s, r.Person) {
		lines = append(lines, Line{Role: role})
	}
	if len(lines) == 0 {
		lines = append(lines, Line{})
	}
	return lines
}

// rolesOf are the roles of s that a person holds, in rule order; nobody holds none.
func (q Question) rolesOf(s Subject, person string) []string {
	var held []string
	for _, role := range s.roles() {
		if person != "" && (q.Roster.Holds(person, role) || (role == RoleSelf && person == s.Self)) {
			held = append(held, role)
		}
	}
	return held
}

// roles are those that any rule of s names, each once, in rule order.
func (s Subject) roles() []string {
	all := Requirement{}
	for _, rule := range s.Rules {
		all.All = append(all.All, rule.Require)
	}
	return all.Roles()
}

// fault is why review r signs nothing on s, whatever the role.
func (q Question) fault(s Subject, r Review) (code, reason string) {
	switch {
	case !r.User:
		return CodeNotAPerson, "only an account of a person can sign"
	case r.Person == "":
		return CodeRoleNotHeld, "this account is nobody's in the roster"
	case r.Dismissed:
		return CodeEdited, "the approval was dismissed"
	case r.Edited:
		return CodeEdited, "the text of the approval was edited after it was given"
	case len(r.Problems) > 0:
		p := r.Problems[0]
		return CodeLine, fmt.Sprintf("line %d of the approval %s", p.Number, p.Text)
	case r.Witness == WitnessContradicted:
		return CodeContradicted, "two witnesses bind this approval to different texts"
	case r.Witness == WitnessNone && !q.LogRead:
		return CodeNoWitness, "what was approved is not known yet; GitHub's delivery log is being read"
	case r.Witness == WitnessNone:
		return CodeNoWitness, "we were not listening when you approved; approve again"
	}
	return q.bindingFault(s, r)
}

// bindingFault compares bytes, and what the level asks of the act.
func (q Question) bindingFault(s Subject, r Review) (code, reason string) {
	for _, l := range r.Lines {
		if _, ok := r.Named[l]; r.Witness != WitnessStatement && !ok {
			return CodeLine, fmt.Sprintf("the approval names %s, which the approved commit does not have", l.target())
		}
	}
	switch s.Level {
	case LevelApproval:
		if r.Witness != WitnessDelivery && r.Witness != WitnessSeen {
			return CodeNoWitness, "we were not listening when you approved; approve again"
		}
		if !q.Roster.ApprovalSigns(r.Person) {
			return CodeLine, "this person has not confirmed that approving reviews here are signatures (approval-signs)"
		}
	case LevelStatement:
		if q.lacksLines(s, r) {
			return CodeLine, "the approval holds no line that says what is signed"
		}
	default:
		return CodeLine, "signing at level " + s.Level.String() + " is not judged by this version"
	}
	if !r.boundTo(s) {
		return CodeBytesMoved, "the text changed after it was signed"
	}
	return "", ""
}

// target is the document that a line names, with its digest.
func (l Line) target() string {
	name := l.Path
	if l.ID != "" {
		name = l.ID + " " + l.Version
	}
	return name + " sha256:" + l.SHA256
}

// boundTo says whether what r is bound to for s is what the head holds.
func (r Review) boundTo(s Subject) bool {
	lines := r.linesFor(s)
	for _, l := range lines {
		if r.Witness == WitnessStatement {
			if !l.names(s) {
				return false
			}
		} else if r.Named[l] != s.Head {
			return false
		}
	}
	if len(lines) > 0 {
		return true
	}
	return r.Content[s.Head.Path] == s.Head
}

// names says whether l, standing for itself, is about s as it is at the head.
func (l Line) names(s Subject) bool {
	return l.SHA256 == s.Head.SHA256 && l.Images == s.Head.Images &&
		l.Deleted == s.Head.deleted() && (l.ID == "" || l.Version == s.Version)
}

// ModeDeleted stands for "no file" in a content list.
const ModeDeleted = "000000"

func (b Bound) deleted() bool { return b.Mode == ModeDeleted }

// roleFault is why this one role is not filled.
func (q Question) roleFault(s Subject, r Review, l Line) (code, reason string) {
	switch {
	case s.Contributors[r.Person]:
		return CodeContributor, "who contributed to a document cannot sign it"
	case l.Role == "":
		return CodeRoleNotHeld, "this person holds none of the roles that sign this document"
	case l.Role == RoleSelf && r.Person != s.Self:
		return CodeRoleNotHeld, "only the owner of a key signs it as self"
	case l.Role != RoleSelf && !q.Roster.Holds(r.Person, l.Role):
		return CodeRoleNotHeld, "this person does not hold the role " + l.Role
	case !s.needs(l.Role):
		return CodeRoleNotHeld, "no rule asks for the role " + l.Role + " on this document"
	}
	return "", ""
}

func (s Subject) needs(role string) bool {
	for _, r := range s.roles() {
		if r == role {
			return true
		}
	}
	return false
}
