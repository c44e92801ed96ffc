package decision_test

import (
	"fmt"
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
		{3, "with another host's key", func() { act.Edits = append(act.Edits, dt.Put(dt.KeyPath(dt.Host), p.h.Keys().Public(dt.Eve))) }},
		{2, "without a configuration", func() { act.Edits = append(act.Edits, dt.Remove(dt.ConfigPath)) }},
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
