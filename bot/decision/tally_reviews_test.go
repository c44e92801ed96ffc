package decision_test

import (
	"slices"
	"sort"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
)

// given is one review with what is known of it.
type given struct {
	r       facts.Review
	person  string // slug, or "account:ID" of somebody who is none
	state   string // as it is, or was at the landing: LAW 9.1
	was     string // of a dismissed one: what it was before; "" is unknown
	witness string // delivery, seen, statement, or ""
	commit  string // bound to, with delivery or seen
	lines   []statement
	void    string // the code that voids it
}

// readReviews is LAW 5 and the voiding part of 1.3 and 6.3.
func (t *tally) readReviews() {
	for _, r := range t.f.Reviews {
		if r.State == "PENDING" || r.SubmittedAt == "" {
			continue
		}
		if t.f.Landing != nil && r.SubmittedAt > t.f.Landing.At {
			t.because("9.1 later review")
			if t.on("9.1 later review") {
				continue
			}
		}
		g := &given{r: r, state: r.State, person: t.charter.byAccount(r.User.ID)}
		if r.User.Type != "User" || g.person == "" { // LAW 3.1
			g.person = "account:" + r.User.Login
		}
		t.dismissed(g)
		t.bind(g)
		t.readLines(g)
		if t.edited(g) {
			g.void = "SIG008 edit"
		}
		t.reviews = append(t.reviews, g)
	}
	sort.SliceStable(t.reviews, func(i, j int) bool {
		a, b := t.reviews[i].r, t.reviews[j].r
		return a.SubmittedAt < b.SubmittedAt || (a.SubmittedAt == b.SubmittedAt && a.ID < b.ID)
	})
}

// covers is LAW 6.1. READING 6.1: what an edited review covered when it was given
// cannot be told from what it says now, so it is taken to cover every document:
// otherwise a person could take the lines out of an approval, and an older one
// would stand in for it. The same holds for a dismissed approval of which nobody
// saw the text as it was submitted, and at level approval for one that is bound to
// nothing.
func (t *tally) covers(g *given, d *doc) bool {
	if g.void == "SIG008 edit" || (g.state == "DISMISSED" && !t.textIsProven(g)) {
		return true
	}
	for _, line := range g.lines {
		if speaksOf(line, d) {
			return true
		}
	}
	if d.level != "approval" {
		t.because("SIG006 no line")
		return !t.on("SIG006 no line")
	}
	if g.commit == "" {
		return g.state == "DISMISSED"
	}
	return t.inContentList(g.commit, d.path)
}

// textIsProven: a first sight has the review's text, or it was never edited.
func (t *tally) textIsProven(g *given) bool {
	for _, o := range t.observations(facts.ActReview, g.r.ID) {
		if o.BodySHA256 == facts.Digest([]byte(g.r.Body)) {
			return true
		}
	}
	return g.r.LastEdited == "never"
}

// inContentList: the document is in the content list of the commit.
func (t *tally) inContentList(commit, p string) bool {
	at, from := t.trees[commit], t.trees[t.commits[commit].FromBase]
	_, a := t.shown(at, p)
	_, b := t.shown(from, p)
	return !same(at, from, p) || a != b
}

// unmoved is LAW 6.2: the document's line at the bound commit is the head's.
func (t *tally) unmoved(g *given, d *doc) bool {
	at, from := t.trees[g.commit], t.trees[t.commits[g.commit].FromBase]
	e, there := at[d.path]
	_, images := t.shown(at, d.path)
	if d.deleted {
		return !there && from[d.path].SHA256 == d.sha
	}
	return there && e.SHA256 == d.sha && e.Mode == d.mode && images == d.images
}

// latest is LAW 6.1: among the person's reviews that approve and cover the
// document, were dismissed and covered it, or request changes, the latest decides.
// READING 6.1: a dismissed request for changes, and a dismissed review of which
// nobody knows what it was, end earlier approvals too.
func (t *tally) latest(person string, d *doc) *given {
	var latest *given
	for _, g := range t.reviews {
		if g.person != person {
			continue
		}
		competes := false
		switch g.state {
		case "APPROVED":
			competes = t.covers(g, d)
		case "CHANGES_REQUESTED":
			competes = t.on("6.1 objection ends approval")
			if latest != nil {
				t.because("6.1 objection ends approval")
			}
		case "DISMISSED":
			competes = g.was == "CHANGES_REQUESTED" || g.was == "" || t.covers(g, d)
			if latest != nil {
				t.because("6.1 dismissal ends approval")
			}
			competes = competes && t.on("6.1 dismissal ends approval")
		}
		if competes {
			latest = g
		}
	}
	return latest
}

// rolesOf are the roles that the person's deciding review fills on the document,
// before contributors and assignment.
func (t *tally) rolesOf(person string, d *doc) (review *given, roles []string) {
	g := t.latest(person, d)
	if g == nil {
		return nil, nil
	}
	approves := g.state == "APPROVED"
	if g.state == "DISMISSED" && g.was == "APPROVED" {
		t.because("SIG008 dismissal")
		approves = !t.on("SIG008 dismissal")
	}
	if !approves {
		return nil, nil
	}
	if g.void != "" {
		t.because(g.void)
		return nil, nil
	}
	return g, t.claimed(g, d)
}

// claimed are the roles that a good review claims on the document: LAW 5.2, 6.2.
func (t *tally) claimed(g *given, d *doc) []string {
	if g.witness == "" {
		t.because("SIG011")
		return nil
	}
	spoken := false
	var roles []string
	for _, line := range g.lines {
		if !speaksOf(line, d) {
			continue
		}
		spoken = true
		if !lineHolds(line, d) || (g.commit != "" && !t.unmoved(g, d)) {
			t.because("SIG003")
			if t.on("SIG003") {
				continue
			}
		} else if t.outlives(g, d) {
			continue
		}
		// READING 5.2: level approval needs delivery or seen, also with a line,
		// and the person's confirmation. The owner's own line is a statement
		// whatever the level (2.4).
		if d.level == "approval" && line.role != "self" && !t.approvalSigns(g) {
			continue
		}
		roles = append(roles, line.role)
	}
	if spoken {
		return roles // a statement line fixes the role, LAW 3.5
	}
	if d.level == "approval" && !t.approvalSigns(g) {
		return nil
	}
	if !t.unmoved(g, d) {
		t.because("SIG003")
		if t.on("SIG003") {
			return nil
		}
	} else if t.outlives(g, d) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(d.roles), func(r string) bool { return r == "self" || !t.holds(g.person, r, d) })
}

// outlives notes why a signature stands on another commit than the head, LAW 6.2;
// it says true where that rule is left out.
func (t *tally) outlives(g *given, d *doc) bool {
	if g.commit == "" || g.commit == t.f.Head {
		return false
	}
	t.because("6.2 kept after a push")
	if t.revived(g, d) {
		t.because("6.2 revived")
		return !t.on("6.2 revived") || !t.on("6.2 kept after a push")
	}
	return !t.on("6.2 kept after a push")
}

// revived: a head after the bound commit had other bytes.
func (t *tally) revived(g *given, d *doc) bool {
	later := false
	for _, w := range t.f.Witnesses {
		for _, o := range w.Observations {
			if o.Act != facts.ActHead {
				continue
			}
			if later && t.trees[o.Commit] != nil && !same(t.trees[o.Commit], t.head, d.path) {
				return true
			}
			later = later || o.Commit == g.commit
		}
	}
	return false
}

// approvalSigns is LAW 5.2 for level approval.
func (t *tally) approvalSigns(g *given) bool {
	if g.witness == "statement" {
		t.because("SIG011")
		return !t.on("SIG011")
	}
	if !t.charter.People[g.person].ApprovalSigns {
		t.because("5.2 approval-signs")
		return !t.on("5.2 approval-signs")
	}
	return true
}

// holds is LAW 3.2 without teams, and 2.4 for the owner of a key.
func (t *tally) holds(person, role string, d *doc) bool {
	if strings.HasPrefix(person, "account:") {
		t.because("SIG007")
		return !t.on("SIG007")
	}
	if role == "self" {
		return d.path == "keys/"+person+".asc" || d.path == "keys/"+person+".pub"
	}
	return slices.Contains(t.charter.Roles[role].Holders, person)
}

// people are all who reviewed, in a fixed order.
func (t *tally) people() []string {
	var all []string
	for _, g := range t.reviews {
		if !slices.Contains(all, g.person) {
			all = append(all, g.person)
		}
	}
	sort.Strings(all)
	return all
}
