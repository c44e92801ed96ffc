package approval

// objections are the requests for changes that block: by a person who may fill a
// role that some document needs, not lifted by a later approval of the same person
// that stands, nor by a dismissal that counts. An edit never lifts one. LAW 6.3,
// 6.4.
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
		if r.Person == person && r.State == StateApproved && r.stands() {
			return true
		}
	}
	return false
}

// stands says that an approval is the person's word still: neither void, edited
// nor dismissed, nor one about which our own witnesses contradict each other. Who
// dismissed it does not matter: then the objection is the last word that stands.
func (r Review) stands() bool {
	for _, l := range r.Lines {
		if _, ok := r.Named[l]; r.Content != nil && !ok {
			return false
		}
	}
	return !r.Dismissed && !r.Edited && len(r.Problems) == 0 && r.Witness != WitnessContradicted
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
