package approval

// maxSteps bounds the search for an assignment; beyond it the document is not
// signed. Real rules need a few dozen steps: each of five roles has one or two
// persons.
const maxSteps = 200_000

// assignment is one search: which candidate fills which role, so that each
// person fills at most one (unless several are allowed) and all rules are met.
type assignment struct {
	subject    Subject
	candidates []Signature
	roles      []string
	filled     map[string]int // role → candidate
	busy       map[string]bool
	steps      int
}

// assign finds the first assignment in rule order that meets all rules; when
// there is none, one that fills as many roles as can be, so that people see what
// is there. It returns which candidate fills which role.
func assign(s Subject, candidates []Signature) (map[string]int, SubjectResult) {
	a := &assignment{subject: s, candidates: candidates, roles: s.roles(), filled: map[string]int{}, busy: map[string]bool{}}
	met := len(s.Rules) > 0 && a.complete(0)
	if !met {
		a.filled, a.busy = map[string]int{}, map[string]bool{}
		for _, role := range a.roles {
			a.fillOrMove(role, map[string]bool{})
		}
	}
	return a.filled, SubjectResult{Met: met, Outcomes: a.outcomes()}
}

// complete tries roles[i:], each first with its candidates in order of
// submission, then without one.
func (a *assignment) complete(i int) bool {
	a.steps++
	if a.steps > maxSteps || !a.reachable(i) {
		return false
	}
	if i == len(a.roles) {
		return true // reachable with nothing left to fill: all rules are met
	}
	role := a.roles[i]
	for c, candidate := range a.candidates {
		if candidate.Role != role || !candidate.Counts || a.busy[candidate.Person] {
			continue
		}
		a.take(role, c)
		if a.complete(i + 1) {
			return true
		}
		a.release(role)
	}
	return a.complete(i + 1)
}

// reachable says whether the rules could still be met if every role from i on
// were filled.
func (a *assignment) reachable(i int) bool {
	open := map[string]bool{}
	for _, role := range a.roles[i:] {
		open[role] = true
	}
	for _, rule := range a.subject.Rules {
		if !rule.Require.satisfied(func(role string) bool { return a.has(role) || open[role] }) {
			return false
		}
	}
	return true
}

func (a *assignment) has(role string) bool {
	_, ok := a.filled[role]
	return ok
}

func (a *assignment) take(role string, candidate int) {
	a.filled[role] = candidate
	if !a.subject.SeveralRoles {
		a.busy[a.candidates[candidate].Person] = true
	}
}

func (a *assignment) release(role string) {
	delete(a.busy, a.candidates[a.filled[role]].Person)
	delete(a.filled, role)
}

// fillOrMove fills role, moving persons to their other roles where that frees
// one (Kuhn's algorithm for bipartite matching).
func (a *assignment) fillOrMove(role string, visited map[string]bool) bool {
	for c, candidate := range a.candidates {
		if candidate.Role != role || !candidate.Counts || visited[candidate.Person] {
			continue
		}
		visited[candidate.Person] = true
		other, taken := a.roleOf(candidate.Person)
		if !taken || a.subject.SeveralRoles || a.fillOrMove(other, visited) {
			a.filled[role] = c
			return true
		}
	}
	return false
}

// roleOf is the role that a person fills now.
func (a *assignment) roleOf(person string) (string, bool) {
	for _, role := range a.roles {
		if c, ok := a.filled[role]; ok && a.candidates[c].Person == person {
			return role, true
		}
	}
	return "", false
}

// outcomes lists every role of every rule, in rule order.
func (a *assignment) outcomes() []RoleOutcome {
	var found []RoleOutcome
	for _, rule := range a.subject.Rules {
		a.list(rule.Name, rule.Require, false, &found)
	}
	return found
}

// list walks one rule; met says that a node above is satisfied already, so that
// what is unfilled below it is not needed.
func (a *assignment) list(rule string, r Requirement, met bool, found *[]RoleOutcome) {
	met = met || r.satisfied(a.has)
	if r.Role == "" {
		for _, group := range [][]Requirement{r.All, r.Any, r.Of} {
			for _, child := range group {
				a.list(rule, child, met, found)
			}
		}
		return
	}
	o := RoleOutcome{Rule: rule, Role: r.Role, Outcome: Missing, Signature: -1}
	if c, ok := a.filled[r.Role]; ok {
		o.Outcome, o.Signature = Signed, c
	} else if met {
		o.Outcome = NotNeeded
	}
	*found = append(*found, o)
}

// shifted moves the indices of signatures, because each document's are appended
// to those of the ones before.
func (s SubjectResult) shifted(by int) SubjectResult {
	for i := range s.Outcomes {
		if s.Outcomes[i].Signature >= 0 {
			s.Outcomes[i].Signature += by
		}
	}
	return s
}
