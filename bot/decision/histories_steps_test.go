package decision_test

import (
	"fmt"
	"path"
	"slices"
	"strings"

	dt "github.com/vidimus-bot/vidimus/bot/decision/decisiontest"
)

// happen lets so many things happen to an open pull request.
func (p *play) happen(times int) {
	for range times {
		p.take([]step{
			{30, "somebody signs", func() { p.sign(pick(p, dt.Aoife, dt.Tomasz, dt.Deirdre, dt.Fergal)) }},
			{18, "a strange review", func() { p.strangeReview() }},
			{12, "another commit", func() { p.push() }},
			{8, "an objection", func() { p.object() }},
			{6, "an edit", func() { p.edit() }},
			{7, "a dismissal", func() { p.dismissSomething() }},
			{14, "the base moves", func() { p.moveBase() }},
			{8, "update branch", func() { p.say("updated: %v", p.h.UpdateBranch(pick(p, dt.Ruben, dt.Daan, dt.Aoife))) }},
			{4, "rebase", func() { p.say("rebased: %v", p.h.Rebase(dt.Act{By: pick(p, dt.Ruben, dt.Daan)})) }},
			{4, "back to an earlier head", func() { p.back() }},
			{6, "merge by hand", func() { p.mergeByHand() }},
			{14, "side branches", func() { p.sideBranches() }},
			{8, "the App goes down or up", func() { p.toggle() }},
			{2, "the App forgets everything", func() { p.h.Forget() }},
			{10, "two witnesses of one review", func() { p.contradict() }},
			{8, "there and back", func() { p.thereAndBack() }},
			{22, "objection and dismissal", func() { p.objectAndDismiss() }},
			{8, "approved, pushed, updated", func() { p.moveUnderApproval() }},
			{4, "approval, approval, dismissal", func() { p.approveTwice() }},
			{14, "the log comes late", func() { p.lateLog() }},
		})
	}
}

// push adds a commit; its edits may bring back earlier bytes.
func (p *play) push() {
	p.heads = append(p.heads, p.h.Head())
	p.h.Push(p.act(p.edits()...))
}

func (p *play) back() {
	if len(p.heads) > 0 {
		p.h.PushTo(pick(p, p.heads...))
	}
}

// toggle stops or starts the App.
func (p *play) toggle() {
	if p.chance(50) {
		p.h.Down()
		return
	}
	p.wake()
}

// thereAndBack changes a document and takes the change back, by a commit or by
// force. LAW 6.2.
func (p *play) thereAndBack() {
	before := p.h.Head()
	docs := slices.DeleteFunc(p.h.Changed(), func(c string) bool { return !strings.HasSuffix(c, ".md") || before.Tree[c].SHA256 == "" })
	if len(docs) == 0 {
		return
	}
	document := pick(p, docs...)
	p.h.Push(dt.Act{By: pick(p, dt.Ruben, dt.Daan), Edits: []dt.Edit{dt.Put(document, []byte("nothing"))}})
	if p.chance(50) {
		p.h.PushTo(before)
		return
	}
	p.h.Push(dt.Act{By: pick(p, dt.Ruben, dt.Daan), Edits: []dt.Edit{dt.Put(document, before.Tree[document].Bytes)}})
}

// objectAndDismiss: an objection is dismissed at once, sometimes unheard.
func (p *play) objectAndDismiss() {
	person := pick(p, dt.Aoife, dt.Tomasz, dt.Deirdre, dt.Fergal)
	if person == p.author {
		return
	}
	id := p.h.Object(person)
	unheard := p.chance(55)
	if unheard {
		p.h.Down()
	}
	p.dismiss(id)
	if unheard {
		p.h.Up(dt.LogOver)
		if p.chance(35) {
			p.h.HideTimeline()
		}
	}
}

// approveTwice: the second approval is dismissed; the first does not come back.
func (p *play) approveTwice() {
	person := pick(p, dt.Aoife, dt.Tomasz, dt.Deirdre)
	if person == p.author {
		return
	}
	p.h.Approve(person, p.linesOf(person, false)...)
	second := p.h.Approve(person, p.linesOf(person, false)...)
	p.dismiss(second)
}

// lateLog: the App reads a review as it stands, and later what it was given on.
func (p *play) lateLog() {
	p.h.Down()
	if p.chance(60) {
		p.moveUnderApproval()
	} else {
		p.sign(pick(p, dt.Aoife, dt.Tomasz, dt.Deirdre))
	}
	p.h.Up(dt.LogPending)
	p.h.ReadLog()
}

// moveUnderApproval: an approval without lines, then another text, then GitHub's
// button, which moves the approval to bytes that its author never saw. LAW 5.1.
func (p *play) moveUnderApproval() {
	person := pick(p, dt.Aoife, dt.Deirdre)
	if person == p.author {
		return
	}
	p.h.Approve(person)
	p.h.Push(dt.Act{By: pick(p, dt.Ruben, dt.Daan), Edits: []dt.Edit{p.bump(pick(p, "records/note.md", "policy/travel.md"))}})
	other := dt.Text{Type: "record", ID: "REC-OTHER", Version: "1.0", Body: fmt.Sprintf("Of others, %d.", p.rng.IntN(100))}
	p.h.MoveBase(dt.Put("records/other.md", other.Bytes()))
	p.say("updated: %v", p.h.UpdateBranch(dt.Ruben))
}

// moveBase lands another pull request on main.
func (p *play) moveBase() {
	if p.founding { // there are no rules yet that could move
		p.moveSame()
		return
	}
	p.take([]step{
		{6, "with another document", func() {
			other := dt.Text{Type: "record", ID: "REC-OTHER", Version: "1.0", Body: "Of others."}
			p.h.MoveBase(dt.Put("records/other.md", other.Bytes()))
		}},
		{5, "with a change of the same document", func() { p.moveSame() }},
		{1, "with a change of the picture", func() { p.h.MoveBase(dt.Put("policy/img/diagram.png", dt.Image(5))) }},
		{2, "with other rules", func() {
			c := p.w.charter
			c.ApprovalSigns = []string{dt.Fergal, dt.Tomasz, dt.Deirdre}
			c.Extra = "# moved\n"
			p.h.MoveBase(dt.Put(dt.ConfigPath, c.YAML()))
		}},
		{1, "with a key less", func() { p.h.MoveBase(dt.Remove(dt.KeyPath(dt.Daan))) }},
	})
}

// moveSame lands another text of a document that the pull request changes.
func (p *play) moveSame() {
	document := "policy/travel.md"
	for _, changed := range p.h.Changed() {
		if _, known := library()[changed]; known {
			document = changed
		}
	}
	t := library()[document]
	t.Body = "This is how others see it."
	p.h.MoveBase(dt.Put(document, t.Bytes()))
}

// crissCross: two commits change one document differently, each side merges the
// other and takes its own; both are merged by somebody who did nothing before.
func (p *play) crissCross() {
	head := p.h.Head()
	document := pick(p, "policy/travel.md", "records/note.md")
	left := p.h.Make(dt.Act{By: dt.Ruben, Edits: []dt.Edit{p.bump(document)}}, head)
	right := p.h.Make(dt.Act{By: dt.Ruben, Edits: []dt.Edit{p.bump(document)}}, head)
	ours := p.h.Make(dt.Act{By: dt.Ruben}, left, right)
	theirs := p.h.Make(dt.Act{By: dt.Ruben, Edits: []dt.Edit{dt.Put(document, left.Tree[document].Bytes)}}, right, left)
	p.h.PushTo(p.h.Make(p.mergeAct(), ours, theirs))
	p.completely()
}

// mergeByHand merges main on a laptop, with or without something of one's own.
func (p *play) mergeByHand() {
	if p.h.Head() == p.h.Base() {
		return
	}
	act := p.mergeAct()
	p.take([]step{
		{4, "cleanly", func() {}},
		{4, "with own text", func() { act.Edits = []dt.Edit{p.bump(pick(p, "policy/travel.md", "records/note.md"))} }},
		{2, "with our side of main's other document", func() { act.Edits = []dt.Edit{dt.Remove("records/other.md")} }},
	})
	p.h.MergeMain(act)
}

// sideBranches: two commits beside each other, merged, now and then criss-cross.
func (p *play) sideBranches() {
	head := p.h.Head()
	left := p.h.Make(p.act(p.bump("records/note.md")), head)
	edit := p.bump("records/board.md")
	if p.chance(40) {
		edit = p.bump("records/note.md") // both change one file, perhaps alike
	}
	right := p.h.Make(p.act(edit), head)
	merged := p.h.Make(p.mergeAct(), left, right)
	if p.chance(40) {
		other := p.h.Make(dt.Act{By: dt.Daan}, right, left)
		if p.chance(50) {
			other = p.h.Make(dt.Act{By: dt.Daan, Edits: []dt.Edit{p.bump("records/board.md")}}, right, left)
		}
		merged = p.h.Make(p.mergeAct(), merged, other)
	}
	p.h.PushTo(merged)
}

// mergeAct is a merge by somebody who may propose, or not quite so.
func (p *play) mergeAct() dt.Act {
	act := dt.Act{By: pick(p, dt.Ruben, dt.Daan)}
	switch roll := p.rng.IntN(100); {
	case roll < 25:
		act.By = pick(p, dt.Aoife, dt.Tomasz)
	case roll < 40:
		act.Seal = pick(p, dt.NoKey, dt.HostKey)
	}
	p.say("merge by %s, seal %d", act.By, act.Seal)
	return act
}

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
		{6, "a stranger's", func() {
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

// playFounding: the first configuration comes.
func (p *play) playFounding() {
	c := p.w.charter
	if p.chance(50) {
		c.Config.Require = "{any: [ciso, head-of-it, ceo]}"
	}
	p.w.charter = c
	p.founding = true
	note := library()["records/note.md"]
	p.h = dt.Empty(p.h.Keys(), dt.Put("records/note.md", note.Bytes()))
	p.author = pick(p, dt.Ruben, dt.Daan, dt.Eve)
	act := dt.Act{By: pick(p, dt.Ruben, dt.Daan), Edits: dt.Foundation(p.h.Keys(), c)}
	p.take([]step{
		{12, "rightly", func() {}},
		{2, "by the host's editor", func() { act.Seal = dt.HostKey }},
		{1, "unsigned", func() { act.Seal = dt.NoKey }},
		{2, "with a document", func() { act.Edits = append(act.Edits, p.bump("policy/travel.md")) }},
		{2, "with another host's key", func() { act.Edits = append(act.Edits, dt.Put(dt.KeyPath(dt.Host), p.h.Keys().Public(dt.Eve))) }},
		{1, "without a configuration", func() { act.Edits = append(act.Edits, dt.Remove(dt.ConfigPath)) }},
	})
	p.h.Open(p.author, act)
	if p.chance(70) {
		p.complete()
	} else {
		p.happen(3)
	}
	if p.chance(25) {
		p.h.Land(dt.ByMerge, dt.Daan)
	}
	p.wake()
}
