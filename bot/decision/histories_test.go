package decision_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	dt "github.com/vidimus-bot/vidimus/bot/decision/decisiontest"
)

// world is an organisation from which random histories begin.
type world struct {
	name    string
	charter dt.Charter
	founded *dt.History
}

// worlds are the organisations of the random histories; they share their keys.
func worlds() []world {
	keys := dt.NewKeys()
	charters := map[string]dt.Charter{"northquay": dt.Northquay(), "small": smallCharter(), "strict": strictCharter()}
	var all []world
	for _, name := range []string{"northquay", "small", "strict"} {
		var edits []dt.Edit
		for path, text := range library() {
			edits = append(edits, dt.Put(path, text.Bytes()))
		}
		edits = append(edits, dt.Put("policy/img/diagram.png", dt.Image(0)), dt.Put("README.md", []byte("Governance\n")))
		all = append(all, world{name, charters[name], dt.Founded(keys, charters[name], edits...)})
	}
	return all
}

// library are the documents that every organisation has.
func library() map[string]dt.Text {
	return map[string]dt.Text{
		"policy/travel.md":  {Type: "topic-policy", ID: "TOP-TRAVEL", Version: "1.0", Body: "Travel is booked in good time."},
		"policy/devices.md": {Type: "topic-policy", ID: "TOP-DEVICES", Version: "1.0", Body: "Devices are locked.", Images: []string{"img/diagram.png"}},
		"policy/idea.md":    {Type: "topic-policy", ID: "TOP-IDEA", Version: "0.1", Status: "draft", Body: "An idea."},
		"records/note.md":   {Type: "record", ID: "REC-NOTE", Version: "1.0", Body: "A note was taken.", Signatories: []string{"counsel"}},
		"records/board.md":  {Type: "record", ID: "REC-BOARD", Version: "1.0", Body: "The board met."},
	}
}

// smallCharter: two people hold two roles each, approvals sign policies.
func smallCharter() dt.Charter {
	c := dt.Northquay()
	c.ApprovalSigns = []string{dt.Aoife, dt.Tomasz, dt.Deirdre}
	c.Roles = []dt.Role{
		{ID: "ciso", Holders: []string{dt.Aoife, dt.Tomasz}},
		{ID: "head-of-it", Holders: []string{dt.Tomasz, dt.Aoife}},
		{ID: "counsel", Holders: []string{dt.Deirdre}},
		{ID: "ceo", Holders: []string{dt.Fergal}},
	}
	c.Rules = []dt.Rule{
		{For: "{type: topic-policy, path: policy/*.md}", Require: "{all: [head-of-it, ciso]}", Level: "approval", HostKey: true},
		{For: "{type: record}", Require: "{any: [{all: [ciso, counsel]}, ceo]}", Level: "statement"},
		{For: "{id: REC-BOARD}", Require: "{count: 2, of: [ciso, head-of-it, counsel]}", Level: "statement", SeveralRoles: true},
	}
	c.MayDismiss = []string{"counsel"}
	return c
}

// strictCharter: the configuration is signed by any one of two, nested rules, an
// App that may author commits.
func strictCharter() dt.Charter {
	c := dt.Northquay()
	c.Rules = []dt.Rule{
		{For: "{path: policy/*.md}", Require: "{all: [ciso, {any: [head-of-it, counsel]}]}", Level: "statement"},
		{For: "{id: [TOP-DEVICES, TOP-TRAVEL]}", Require: "head-of-it", Level: "approval", HostKey: true},
		{For: "{type: record}", Require: "{count: 2, of: [ciso, counsel, ceo]}", Level: "approval", HostKey: true, SeveralRoles: true},
	}
	c.Config = dt.Rule{Require: "{any: [ciso, ceo]}", Level: "statement"}
	c.MayDismiss = []string{"ciso", "ceo"}
	c.Bots = []string{dt.Robot}
	return c
}

// play is one random history in the making.
type play struct {
	rng      *rand.Rand
	w        world
	h        *dt.History
	texts    map[string]dt.Text // as the proposal's author last wrote them
	author   string
	heads    []*dt.Commit
	log      []string
	founding bool
}

// randomHistory plays one history; the same seed plays the same one.
func randomHistory(all []world, seed uint64, n int) *play {
	p := &play{rng: rand.New(rand.NewPCG(seed, uint64(n)))}
	p.w = all[p.rng.IntN(len(all))]
	p.h = p.w.founded.Fork()
	p.texts = library()
	switch roll := p.rng.IntN(100); {
	case roll < 10:
		p.playFounding()
	case roll < 17:
		p.playDirectPush()
	case roll < 33:
		p.playTwist()
	default:
		p.playProposal()
	}
	return p
}

func (p *play) say(format string, args ...any) { p.log = append(p.log, fmt.Sprintf(format, args...)) }

// chance is true in so many of a hundred cases.
func (p *play) chance(percent int) bool { return p.rng.IntN(100) < percent }

func pick[T any](p *play, from ...T) T { return from[p.rng.IntN(len(from))] }

// step is something that can happen, with its weight.
type step struct {
	weight int
	name   string
	do     func()
}

// take does one of the steps, by weight.
func (p *play) take(steps []step) {
	sum := 0
	for _, s := range steps {
		sum += s.weight
	}
	roll := p.rng.IntN(sum)
	for _, s := range steps {
		if roll -= s.weight; roll < 0 {
			p.say("%s", s.name)
			s.do()
			return
		}
	}
}

// playProposal: somebody proposes, people act, something may land.
func (p *play) playProposal() {
	if p.chance(4) {
		p.say("main is tampered with")
		p.tamper()
	}
	p.author = pick(p, dt.Ruben, dt.Ruben, dt.Ruben, dt.Daan, dt.Daan, dt.Bruno, dt.Aoife, dt.Tomasz, dt.Eve)
	p.open()
	if p.chance(7) {
		p.say("draft")
		p.h.Draft(true)
	}
	if p.chance(1) {
		p.h.Retarget("elsewhere")
	}
	p.happen(p.rng.IntN(5))
	if p.chance(75) {
		p.complete()
		if p.chance(50) {
			p.happen(1)
		} else if p.chance(12) {
			p.moveBase()
		}
	}
	if p.chance(15) {
		p.say("the timeline is not read")
		p.h.HideTimeline()
	}
	if p.chance(5) {
		p.h.HideEdits()
	}
	if p.chance(40) {
		p.landPull()
	}
	p.wake()
}

// open makes the first commits and opens the pull request with them.
func (p *play) open() {
	for range 1 + p.rng.IntN(2) {
		act := p.act(p.edits()...)
		p.heads = append(p.heads, p.h.Make(act, p.tip()))
	}
	p.h.OpenAt(p.author, p.tip())
	p.say("%s opens pull request with %v", p.author, p.h.Changed())
}

func (p *play) tip() *dt.Commit {
	if len(p.heads) == 0 {
		return p.h.Base()
	}
	return p.heads[len(p.heads)-1]
}

// playDirectPush: main changes past any pull request.
func (p *play) playDirectPush() {
	p.author = pick(p, dt.Ruben, dt.Daan)
	if p.chance(40) {
		p.tamper()
	}
	act := dt.Act{By: p.author}
	p.take([]step{
		{20, "documents directly", func() { act.Edits = p.edits() }},
		{28, "restore the configuration directly", func() {
			act.Edits = []dt.Edit{dt.Put(dt.ConfigPath, p.w.charter.YAML()), dt.Remove(dt.KeyPath(dt.Fergal))}
		}},
		{15, "delete the configuration directly", func() { act.Edits = []dt.Edit{dt.Remove(dt.ConfigPath)} }},
		{20, "shrink what is governed directly", func() {
			c := p.w.charter
			c.Root = "governance"
			act.Edits = []dt.Edit{dt.Put(dt.ConfigPath, c.YAML())}
		}},
		{8, "restore a document directly", func() {
			travel := library()["policy/travel.md"]
			p.h.Tamper(dt.Put("policy/travel.md", []byte("tampered with")))
			act.Edits = []dt.Edit{dt.Put("policy/travel.md", travel.Bytes())}
		}},
		{5, "nothing governed directly", func() { act.Edits = []dt.Edit{dt.Put("README.md", []byte("Hello\n"))} }},
	})
	p.h.DirectPush(p.author, act)
}

// landPull merges the pull request, by any method, now and then with other
// content or after a withdrawal; then things happen too late.
func (p *play) landPull() {
	if p.chance(22) {
		p.withdraw()
	}
	var edits []dt.Edit
	if p.chance(22) {
		p.say("with other content")
		edits = append(edits, p.bump(pick(p, "policy/travel.md", "records/note.md", "records/board.md")))
	}
	method := pick(p, dt.ByMerge, dt.ByMerge, dt.BySquash, dt.BySquash, dt.ByRebase)
	p.h.Wait(time.Minute)
	p.h.Land(method, pick(p, dt.Daan, dt.Ruben, dt.Fergal), edits...)
	p.say("landed by %s", method)
	for p.chance(35) {
		p.withdraw()
	}
	if p.chance(30) {
		p.say("signed too late")
		p.complete()
	}
}

// withdraw takes something back: a dismissal, an objection, an edit.
func (p *play) withdraw() {
	ids := p.h.Reviews()
	if len(ids) == 0 {
		return
	}
	id := pick(p, ids...)
	p.take([]step{
		{3, "dismiss", func() { p.dismiss(id) }},
		{3, "object", func() { p.object() }},
		{1, "edit", func() { p.h.Edit(id, p.h.ReviewNow(id).Body, "and more") }},
	})
}

// wake starts the App, if it is down, so that it can gather facts.
func (p *play) wake() {
	log := dt.LogRead
	if p.chance(50) {
		log = pick(p, dt.LogOver, dt.LogPending)
	}
	p.h.Up(log)
	p.say("awake, log %d", log)
}

func (p *play) String() string { return p.w.name + ":\n  " + strings.Join(p.log, "\n  ") }

// holders of a role in this world.
func (p *play) holders(role string) []string {
	i := slices.IndexFunc(p.w.charter.Roles, func(r dt.Role) bool { return r.ID == role })
	if i < 0 {
		return nil
	}
	return p.w.charter.Roles[i].Holders
}
