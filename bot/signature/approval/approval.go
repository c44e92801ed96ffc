// Package approval decides which reviews are signatures: reviews joined with
// their witnesses, and the rules for each document, go in; signatures with their
// reasons, who is missing and why, and objections come out. It implements LAW 1.3,
// 3.1 to 3.5, 5.2, 6.1 to 6.4. It never reads YAML, Git or GitHub, and it never
// believes a time: bytes bind.
package approval

// Level is what an act must hold to be a signature. LAW 5.2. The zero value is
// no level at all and is never met.
type Level int

// The levels in rising order.
const (
	LevelUnset Level = iota
	LevelApproval
	LevelStatement
	LevelPersonalKey
)

// String is the word of the configuration.
func (l Level) String() string {
	switch l {
	case LevelApproval:
		return "approval"
	case LevelStatement:
		return "statement"
	case LevelPersonalKey:
		return "personal-key"
	default:
		return "unset"
	}
}

// ParseLevel is the inverse of String.
func ParseLevel(word string) (Level, bool) {
	for _, l := range []Level{LevelApproval, LevelStatement, LevelPersonalKey} {
		if word == l.String() {
			return l, true
		}
	}
	return LevelUnset, false
}

// Requirement is one node of a rule's "require": a role, or exactly one of All,
// Any, or Count of Of. The zero value requires nothing that can be met: it is
// never satisfied, because an empty rule must not pass.
type Requirement struct {
	Role  string
	All   []Requirement
	Any   []Requirement
	Of    []Requirement
	Count int
}

// Roles are the roles of all leaves, each once, in order.
func (r Requirement) Roles() []string {
	var roles []string
	seen := map[string]bool{}
	r.leaves(func(role string) {
		if !seen[role] {
			seen[role] = true
			roles = append(roles, role)
		}
	})
	return roles
}

func (r Requirement) leaves(visit func(role string)) {
	if r.Role != "" {
		visit(r.Role)
		return
	}
	for _, group := range [][]Requirement{r.All, r.Any, r.Of} {
		for _, child := range group {
			child.leaves(visit)
		}
	}
}

// satisfied says whether the filled roles meet r.
func (r Requirement) satisfied(filled func(role string) bool) bool {
	switch {
	case r.Role != "":
		return filled(r.Role)
	case len(r.All) > 0:
		return countSatisfied(r.All, filled) == len(r.All)
	case len(r.Any) > 0:
		return countSatisfied(r.Any, filled) > 0
	default:
		return r.Count > 0 && countSatisfied(r.Of, filled) >= r.Count
	}
}

func countSatisfied(group []Requirement, filled func(role string) bool) int {
	n := 0
	for _, child := range group {
		if child.satisfied(filled) {
			n++
		}
	}
	return n
}

// The codes of LAW 11 that a signature can carry as its reason.
const (
	CodeUnsigned     = "SIG001"
	CodeContributor  = "SIG002"
	CodeBytesMoved   = "SIG003"
	CodeRoleNotHeld  = "SIG004"
	CodeTwoRoles     = "SIG005"
	CodeLine         = "SIG006"
	CodeNotAPerson   = "SIG007"
	CodeEdited       = "SIG008"
	CodeNoWitness    = "SIG011"
	CodeObjection    = "SIG012"
	CodeContradicted = "SIG013"
)
