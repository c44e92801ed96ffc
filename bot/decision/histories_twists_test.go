package decision_test

import (
	"strings"

	dt "github.com/vidimus-bot/vidimus/bot/decision/decisiontest"
)

// playTwist: one document, rightly changed and signed by all, and then one thing
// happens; so that it decides.
func (p *play) playTwist() {
	p.author = pick(p, dt.Ruben, dt.Daan)
	if p.chance(7) {
		p.author = dt.Aoife
	}
	document := pick(p, "policy/travel.md", "records/note.md", "records/board.md")
	edit := p.bump(document)
	renewal := p.chance(15)
	if renewal {
		p.author = dt.Ruben
		edit = dt.Put(dt.KeyPath(dt.Daan), p.h.Keys().Renewed(dt.Daan))
	}
	p.h.Open(p.author, dt.Act{By: dt.Ruben, Edits: []dt.Edit{edit}})
	p.say("twist: %v", p.h.Changed())
	if renewal {
		p.review(dt.Daan, "APPROVED", p.linesOf(dt.Daan, false))
		p.sign(pick(p, dt.Aoife, dt.Tomasz, dt.Fergal))
		return
	}
	p.signAll()
	p.twist()
	if p.chance(20) {
		p.landPull()
	}
	p.wake()
}

// signAll lets everybody sign; now and then the App is down meanwhile, or the opener
// signs too.
func (p *play) signAll() {
	deaf := p.chance(32)
	if deaf {
		p.say("unheard")
		p.h.Down()
	}
	p.completely()
	if p.h.Author() == dt.Aoife {
		p.say("the opener approves")
		p.h.Approve(dt.Aoife, p.linesOf(dt.Aoife, false)...)
	}
	if deaf {
		p.beMoved()
		p.wake()
	}
}

// twist is the one thing that happens to a signed proposal.
func (p *play) twist() {
	p.take([]step{
		{4, "nothing", func() {}},
		{4, "the same document on main", func() { p.moveSame() }},
		{18, "objection and dismissal", func() { p.objectAndDismiss() }},
		{3, "an objection", func() { p.object() }},
		{3, "a dismissal", func() { p.dismissSomething() }},
		{3, "two witnesses", func() {
			p.heads = append(p.heads, p.h.Base())
			p.contradict()
		}},
		{13, "side branches", func() { p.sideBranches(); p.completely() }},
		{15, "criss-cross merges", func() { p.crissCross() }},
		{3, "all is forgotten, and what was approved is not witnessed", func() { p.h.Forget(); p.h.HideEdits() }},
		{3, "there and back", func() { p.thereAndBack() }},
		{6, "a right line and one of a document that is not there", func() {
			stray := "I sign as ciso: TOP-NOWHERE 1.0 sha256:" + strings.Repeat("0", 64)
			p.review(dt.Aoife, "APPROVED", append(p.linesOf(dt.Aoife, false), stray))
		}},
		{4, "a right line and a malformed one", func() {
			p.review(dt.Aoife, "APPROVED", append(p.linesOf(dt.Aoife, false), "I sign as I please."))
		}},
		{5, "two write the same, and it is merged", func() { p.mergedAlike() }},
		{6, "one writes, another renames", func() { p.writeAndRename() }},
		{3, "another branch", func() { p.h.Retarget("elsewhere") }},
		{2, "a draft", func() { p.h.Draft(true) }},
		{6, "Aoife's mere approvals sign no more", func() {
			c := p.w.charter
			c.ApprovalSigns = []string{dt.Fergal}
			p.h.MoveBase(dt.Put(dt.ConfigPath, c.YAML()))
		}},
		{3, "a role of somebody else", func() {
			p.h.Dismiss(p.h.Reviews()[0], dt.Tomasz)
			p.review(dt.Tomasz, "APPROVED", p.linesOf(dt.Aoife, true))
		}},
	})
}

// mergedAlike: two commits beside each other bring the same text, and somebody who
// wrote neither merges them. LAW 4.1.
func (p *play) mergedAlike() {
	head, edit := p.h.Head(), p.bump("policy/travel.md")
	left := p.h.Make(dt.Act{By: dt.Ruben, Edits: []dt.Edit{edit}}, head)
	right := p.h.Make(dt.Act{By: dt.Daan, Edits: []dt.Edit{edit}}, head)
	p.h.PushTo(p.h.Make(dt.Act{By: dt.Aoife}, left, right))
	p.completely()
}

// writeAndRename: Aoife writes a text, and somebody else gives it another path; she
// contributed to it all the same. LAW 3.4.
func (p *play) writeAndRename() {
	p.h.Push(dt.Act{By: dt.Aoife, Edits: []dt.Edit{p.bump("policy/travel.md")}})
	written := p.h.Head().Tree["policy/travel.md"].Bytes
	p.h.Push(dt.Act{By: dt.Ruben, Edits: []dt.Edit{dt.Remove("policy/travel.md"), dt.Put("policy/journeys.md", written)}})
	p.completely()
}

// beMoved lets GitHub move the approvals, now and then.
func (p *play) beMoved() {
	if p.chance(50) {
		return
	}
	other := dt.Text{Type: "record", ID: "REC-OTHER", Version: "1.0", Body: "Of others."}
	p.h.MoveBase(dt.Put("records/other.md", other.Bytes()))
	p.say("updated: %v", p.h.UpdateBranch(dt.Ruben))
}

// completely: everybody signs.
func (p *play) completely() {
	for _, person := range []string{dt.Tomasz, dt.Deirdre, dt.Fergal, dt.Aoife} {
		if lines := p.linesOf(person, false); len(lines) > 0 {
			p.review(person, "APPROVED", lines)
		}
	}
}
