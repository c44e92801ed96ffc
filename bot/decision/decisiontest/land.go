package decisiontest

import "github.com/vidimus-bot/vidimus/bot/decision/facts"

// The ways in which a landing comes about, as derived from Git.
const (
	ByMerge  = "merge"
	BySquash = "squash"
	ByRebase = "rebase"
	Directly = "direct"
)

// Land merges the pull request by that method. The edits are made on the merged
// tree, by whoever merges: there are none in an honest landing.
func (h *History) Land(method, by string, edits ...Edit) {
	h.tick()
	before := h.base
	from := h.from(h.pull.head)
	tree, _ := threeWay(from.Tree, h.pull.head.Tree, before.Tree)
	edits = append([]Edit{Replace(tree)}, edits...)
	act := Act{By: by, Seal: HostKey, Edits: edits}
	var landed []*Commit
	switch method {
	case ByMerge:
		landed = append(landed, h.made(act, before, h.pull.head))
	case ByRebase:
		first := h.made(Act{By: h.pull.author.Slug, Seal: NoKey}, before)
		act.Seal = NoKey
		landed = append(landed, first, h.made(act, first))
	default:
		landed = append(landed, h.made(act, before))
	}
	h.land(&landing{before: before, commits: landed, by: Named(by), method: method, pulled: true})
}

// DirectPush pushes commits to main, past any pull request.
func (h *History) DirectPush(by string, acts ...Act) {
	h.tick()
	before := h.base
	var landed []*Commit
	tip := before
	for _, act := range acts {
		tip = h.Make(act, tip)
		landed = append(landed, tip)
		h.app.record(h, facts.Observation{Act: facts.ActCommit, Commit: tip.ID}, facts.ByDelivery)
	}
	h.land(&landing{before: before, commits: landed, by: Named(by), method: Directly})
}

func (h *History) land(l *landing) {
	l.at = h.now
	h.landing = l
	h.base = l.commits[len(l.commits)-1]
}

// Landed says whether something landed already.
func (h *History) Landed() bool { return h.landing != nil }
