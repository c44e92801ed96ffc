package decision_test

import (
	"path"
	"slices"
	"strings"

	dt "github.com/vidimus-bot/vidimus/bot/decision/decisiontest"
)

// rolesAt are the roles that have something to sign at a path.
func (p *play) rolesAt(changed string) []string {
	switch {
	case changed == dt.ConfigPath || strings.HasPrefix(changed, "keys/"):
		return []string{"ciso", "head-of-it", "ceo"}
	case strings.HasPrefix(changed, "policy/"):
		return []string{"ciso", "head-of-it", "counsel"}
	default:
		return []string{"ciso", "counsel", "ceo", "head-of-it"}
	}
}

// linesOf are the right lines of a person for all changed documents: one for each,
// or one for each role.
func (p *play) linesOf(person string, allRoles bool) []string {
	var lines []string
	for _, changed := range p.h.Changed() {
		var roles []string
		for _, role := range p.rolesAt(changed) {
			if slices.Contains(p.holders(role), person) {
				roles = append(roles, role)
			}
		}
		if changed == dt.KeyPath(person) {
			roles = []string{"self"}
		}
		if len(roles) > 1 && !allRoles {
			roles = []string{pick(p, roles...)}
		}
		for _, role := range roles {
			lines = append(lines, p.h.Line(role, changed))
		}
	}
	return lines
}

// sign is an approving review that is right in every way, if the person may.
func (p *play) sign(person string) {
	lines := p.linesOf(person, p.chance(25))
	if p.chance(15) {
		lines = nil // approves without lines
	}
	p.review(person, "APPROVED", lines)
}

// review gives it, as a comment where GitHub refuses people's own approvals.
func (p *play) review(person, state string, body []string) {
	if person == p.author && p.chance(80) {
		state = "COMMENTED" // and 3.4 must hold even where a host allows more
	}
	p.say("%s by %s: %d lines", state, person, len(body))
	p.h.Review(person, state, strings.Join(body, "\n"))
}

// complete: all who have something to sign do so.
func (p *play) complete() {
	people := []string{dt.Aoife, dt.Tomasz, dt.Deirdre, dt.Fergal}
	p.rng.Shuffle(len(people), func(i, j int) { people[i], people[j] = people[j], people[i] })
	for _, changed := range p.h.Changed() {
		if owner := strings.TrimSuffix(path.Base(changed), ".asc"); strings.HasPrefix(changed, "keys/") && !slices.Contains(people, owner) && owner != dt.Host {
			people = append(people, owner)
		}
	}
	key := slices.ContainsFunc(p.h.Changed(), func(c string) bool { return strings.HasPrefix(c, "keys/") })
	if p.chance(12) || (key && p.chance(50)) {
		p.say("some do not sign")
		people = people[p.rng.IntN(4):]
	}
	for _, person := range people {
		if lines := p.linesOf(person, p.chance(20)); len(lines) > 0 && p.chance(95) {
			p.review(person, "APPROVED", lines)
		}
	}
}

// strangeReview is one that is not right in some way.
func (p *play) strangeReview() {
	person := pick(p, dt.Aoife, dt.Tomasz, dt.Deirdre, dt.Fergal)
	lines := p.linesOf(person, false)
	if len(lines) == 0 {
		lines = []string{"Fine with me."}
	}
	p.take([]step{
		{3, "no lines", func() { p.review(person, "APPROVED", nil) }},
		{3, "a comment", func() { p.review(person, "COMMENTED", lines) }},
		{4, "a malformed line", func() { p.review(person, "APPROVED", append(lines, "I sign as everything")) }},
		{12, "a quoted line", func() { p.review(person, "APPROVED", []string{"> " + strings.Join(lines, "\n> ")}) }},
		{2, "fenced lines", func() { p.review(person, "APPROVED", []string{"```\n" + strings.Join(lines, "  \r\n") + "\n```"}) }},
		{2, "lines twice", func() { p.review(person, "APPROVED", append(lines, lines...)) }},
		{10, "wrong digits", func() { p.review(person, "APPROVED", wrongDigits(lines)) }},
		{8, "roles of others", func() {
			p.review(person, "APPROVED", p.linesOf(pick(p, dt.Aoife, dt.Tomasz, dt.Deirdre, dt.Fergal), true))
		}},
		{3, "all roles at once", func() { p.review(person, "APPROVED", p.linesOf(person, true)) }},
		{8, "a stranger's", func() {
			p.h.Review(pick(p, dt.Eve, dt.Robot, dt.Bruno), "APPROVED", append(p.linesOf(dt.Aoife, true), p.linesOf(dt.Tomasz, true)...)...)
		}},
		{4, "of an earlier head", func() {
			if len(p.heads) > 0 && person != p.author {
				p.h.ReviewOf(pick(p, p.heads...), person, "APPROVED", lines...)
			}
		}},
		{2, "one line only", func() { p.review(person, "APPROVED", lines[:1]) }},
	})
}

// wrongDigits changes the last digit of the first line.
func wrongDigits(lines []string) []string {
	wrong := slices.Clone(lines)
	last := wrong[0][len(wrong[0])-1]
	other := byte('0')
	if last == '0' {
		other = '1'
	}
	wrong[0] = wrong[0][:len(wrong[0])-1] + string(other)
	return wrong
}

func (p *play) object() {
	person := pick(p, dt.Aoife, dt.Tomasz, dt.Deirdre, dt.Fergal, dt.Bruno)
	if person != p.author {
		p.say("by %s", person)
		p.h.Object(person)
	}
}

func (p *play) edit() {
	if ids := p.h.Reviews(); len(ids) > 0 {
		id := pick(p, ids...)
		p.h.Edit(id, p.h.ReviewNow(id).Body, pick(p, "", "I think."))
	}
}

// dismissSomething dismisses a review, rather one that objects.
func (p *play) dismissSomething() {
	var objections, approvals []int64
	for _, id := range p.h.Reviews() {
		switch p.h.ReviewNow(id).State {
		case "CHANGES_REQUESTED":
			objections = append(objections, id)
		case "APPROVED":
			approvals = append(approvals, id)
		}
	}
	if len(objections) > 0 && (len(approvals) == 0 || p.chance(70)) {
		p.dismiss(pick(p, objections...))
	} else if len(approvals) > 0 {
		p.dismiss(pick(p, approvals...))
	}
}

func (p *play) dismiss(id int64) {
	r := p.h.ReviewNow(id)
	if r.State != "APPROVED" && r.State != "CHANGES_REQUESTED" {
		return
	}
	by := pick(p, dt.Deirdre, dt.Daan, dt.Eve)
	switch roll := p.rng.IntN(100); {
	case roll < 35:
		by = slugOf(r.User.ID)
	case roll < 78:
		by = pick(p, p.holders(p.w.charter.MayDismiss[0])...)
	}
	p.say("%s dismisses review %d, %s of %s", by, id, r.State, r.User.Login)
	p.h.Dismiss(id, by)
}

func slugOf(id int64) string {
	for _, p := range dt.Cast() {
		if p.ID == id {
			return p.Slug
		}
	}
	return dt.Eve
}

// contradict adds a second statement of first sight, about another commit.
func (p *play) contradict() {
	ids := p.h.Reviews()
	if len(ids) == 0 || len(p.heads) == 0 {
		return
	}
	p.h.Contradict(pick(p, ids...), pick(p, p.heads...))
}
