package decision_test

import (
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
)

// seat is a person who may fill a role on a document by a review.
type seat struct {
	person string
	g      *given
}

// sign is LAW 2, 3 and 6 for one document.
func (t *tally) sign(d *doc) {
	t.demand(d)
	t.contribute(d)
	if d.noRule {
		return
	}
	if d.free {
		d.met = true // LAW 2.3
		return
	}
	seats := t.seats(d)
	for role, list := range seats {
		for _, s := range list {
			d.valid = append(d.valid, counted{d.path, role, s.person, s.g.r.ID})
		}
	}
	d.signatures, d.met = t.assign(d, seats)
	for _, s := range d.signatures {
		t.notePositive(s)
	}
}

// seats are, for each role, who can fill it, in the order in which they signed.
// READING 3.5: "the first assignment in rule order" orders roles; that persons are
// tried in the order of their reviews is a choice, and only what is recorded
// depends on it.
func (t *tally) seats(d *doc) map[string][]seat {
	seats := map[string][]seat{}
	for _, person := range t.people() {
		g, roles := t.rolesOf(person, d)
		if g == nil {
			continue
		}
		for _, role := range roles {
			if !slices.Contains(d.roles, role) {
				continue
			}
			if !t.holds(person, role, d) {
				t.because("SIG004")
				if t.on("SIG004") || strings.HasPrefix(person, "account:") {
					continue
				}
			}
			if d.contributors[person] { // LAW 3.4
				t.because("SIG002")
				if t.on("SIG002") {
					continue
				}
			}
			if !slices.ContainsFunc(seats[role], func(s seat) bool { return s.person == person }) {
				seats[role] = append(seats[role], seat{person, g})
			}
		}
	}
	for _, list := range seats {
		slices.SortStableFunc(list, func(a, b seat) int { return slices.Index(t.reviews, a.g) - slices.Index(t.reviews, b.g) })
	}
	return seats
}

// assign is LAW 3.5: every assignment is tried in rule order, a role filled rather
// than left, its holders in their order; the first that satisfies all rules
// stands. When none does, the one that fills the most roles.
func (t *tally) assign(d *doc, seats map[string][]seat) ([]counted, bool) {
	var best, chosen []counted
	satisfied := false
	filled := map[string]string{}
	var try func(i int) bool
	try = func(i int) bool {
		if i == len(d.roles) {
			if t.satisfies(d, filled) {
				best, satisfied = slices.Clone(chosen), true
				return true
			}
			if len(chosen) > len(best) {
				best = slices.Clone(chosen)
			}
			return false
		}
		role := d.roles[i]
		for _, s := range seats[role] {
			if !t.mayFillAnother(d, chosen, s.person) {
				continue
			}
			filled[role] = s.person
			chosen = append(chosen, counted{d.path, role, s.person, s.g.r.ID})
			if try(i + 1) {
				return true
			}
			chosen = chosen[:len(chosen)-1]
			delete(filled, role)
		}
		return try(i + 1)
	}
	try(0)
	return best, satisfied
}

// mayFillAnother: each person fills at most one role of a document, unless several
// are allowed.
func (t *tally) mayFillAnother(d *doc, chosen []counted, person string) bool {
	if !slices.ContainsFunc(chosen, func(c counted) bool { return c.Person == person }) {
		return true
	}
	if d.several {
		t.because("3.5 several roles")
		return t.on("3.5 several roles")
	}
	t.because("SIG005")
	return !t.on("SIG005")
}

func (t *tally) satisfies(d *doc, filled map[string]string) bool {
	for _, need := range d.needs {
		if !met(need, filled) {
			return false
		}
	}
	if !t.founding {
		return true
	}
	// LAW 8.2: at least two persons, one if people has one. READING 8.2: on each
	// document of the founding; the second need not be of the rule, but must sign
	// in a role that the configuration gives them.
	persons := map[string]bool{}
	for _, p := range filled {
		persons[p] = true
	}
	if len(persons) < min(2, len(t.charter.People)) {
		t.because("8.2 two persons")
		return !t.on("8.2 two persons")
	}
	return true
}

// notePositive notes the witness that made a signature count.
func (t *tally) notePositive(s counted) {
	for _, g := range t.reviews {
		if g.r.ID == s.Review {
			t.because("witness " + g.witness)
		}
	}
}

// judgeObjections is LAW 6.4.
func (t *tally) judgeObjections() {
	for i, g := range t.reviews {
		// READING 6.4: a dismissed review of which nobody knows what it was may
		// have been an objection.
		objects := g.state == "CHANGES_REQUESTED" || (g.state == "DISMISSED" && g.was != "APPROVED" && g.was != "COMMENTED")
		if !objects || !t.mayFill(g.person) {
			continue
		}
		rule := t.lifted(i)
		if rule != "" {
			t.because(rule)
		}
		// What lifts is left out in a count without it; what does not lift would.
		if strings.HasPrefix(rule, "lifted") == t.on(rule) && rule != "" {
			continue
		}
		t.because("SIG012")
		t.objected = true
	}
}

// mayFill: the person holds a role that a changed document requires. READING 6.4:
// also a contributor, who could not sign.
func (t *tally) mayFill(person string) bool {
	for _, d := range t.docs {
		if d.free {
			continue
		}
		for _, role := range d.roles {
			if !strings.HasPrefix(person, "account:") && t.holds(person, role, d) {
				return true
			}
		}
	}
	return false
}

// lifted names what lifts an objection, or why its dismissal does not; "" if
// nobody tried.
func (t *tally) lifted(i int) string {
	g := t.reviews[i]
	// READING 6.4: an approval lifts while it stands: one that was dismissed, or
	// is void, does not.
	for _, later := range t.reviews[i+1:] {
		if later.person == g.person && later.state == "APPROVED" && later.void == "" {
			return "lifted by approval"
		}
	}
	if g.state != "DISMISSED" {
		return ""
	}
	by, how := int64(0), ""
	if t.f.Landing == nil { // LAW 9.1: after a landing only the timeline counts
		for _, o := range t.observations(facts.ActDismissal, g.r.ID) {
			by, how = o.Actor, "delivery"
		}
	}
	for _, d := range t.f.Dismissals {
		if d.Review == g.r.ID && how == "" && (t.f.Landing == nil || d.At <= t.f.Landing.At) {
			by, how = d.By.ID, "timeline"
		}
	}
	if how == "" {
		return "dismissed, nobody knows by whom"
	}
	if by == g.r.User.ID {
		return "lifted by its author, " + how
	}
	for _, role := range t.charter.MayDismiss {
		if slices.Contains(t.charter.Roles[role].Holders, t.charter.byAccount(by)) {
			return "lifted by may-dismiss, " + how
		}
	}
	return "dismissed by a stranger"
}
