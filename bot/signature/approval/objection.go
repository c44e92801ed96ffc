package approval

// objections are the requests for changes that block: by a person who may fill a
// role that some document needs, not lifted by a later approval of the same
// person nor by a dismissal that counts. An edit never lifts one. LAW 6.3, 6.4.
func (q Question) objections() []Objection {
	var found []Objection
	for i, r := range q.Reviews {
		if r.State != StateChangesRequested || r.Person == "" || !r.User || !q.mayFill(r.Person) {
			continue
		}
		if (r.Dismissed && r.DismissalCounts) || q.approvedLater(r.Person, i) {
			continue
		}
		reason := "requested changes"
		if r.Dismissed {
			reason = "requested changes; dismissed by somebody who may not"
		}
		found = append(found, Objection{Review: r.ID, Person: r.Person, Reason: reason})
	}
	return found
}

func (q Question) approvedLater(person string, i int) bool {
	for _, r := range q.Reviews[i+1:] {
		if r.Person == person && r.State == StateApproved {
			return true
		}
	}
	return false
}

// mayFill says whether the person holds a role that any document needs.
func (q Question) mayFill(person string) bool {
	for _, s := range q.Subjects {
		for _, role := range s.roles() {
			if q.Roster.Holds(person, role) || (role == RoleSelf && person == s.Self) {
				return true
			}
		}
	}
	return false
}
