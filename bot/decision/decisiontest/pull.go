package decisiontest

import (
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
)

// pull is the pull request as GitHub holds it.
type pull struct {
	number  int
	author  Person
	branch  string
	draft   bool
	head    *Commit
	reviews []*review
}

// review is a review with what GitHub forgets: on what it was given, and what it
// was before its dismissal.
type review struct {
	facts.Review
	given     *Commit
	was       string
	edited    string // time of the last edit
	dismissal *facts.Dismissal
	// kept is the body at the landing, which the App keeps if it ever saw it.
	kept *string
}

func (p *pull) fork() *pull {
	c := *p
	c.reviews = nil
	for _, r := range p.reviews {
		copied := *r
		c.reviews = append(c.reviews, &copied)
	}
	return &c
}

// Open opens pull request 7 into main, with the commits.
func (h *History) Open(author string, acts ...Act) {
	h.tick()
	h.pull = &pull{number: 7, author: Named(author), branch: "main", head: h.base}
	h.Push(acts...)
}

// OpenAt opens it with a commit that was made before.
func (h *History) OpenAt(author string, head *Commit) {
	h.tick()
	h.pull = &pull{number: 7, author: Named(author), branch: "main", head: head}
	h.pushed()
}

// Author is the slug of who opened the pull request.
func (h *History) Author() string { return h.pull.author.Slug }

// Draft makes the pull request a draft, or takes that back.
func (h *History) Draft(draft bool) { h.pull.draft = draft }

// Retarget changes the branch on which the pull request is to land.
func (h *History) Retarget(branch string) { h.pull.branch = branch }

// Push makes the commits, one on the other, and pushes them together.
func (h *History) Push(acts ...Act) {
	for _, act := range acts {
		h.pull.head = h.Make(act)
	}
	h.pushed()
}

// PushTo moves the head to a commit that was made before, by force if need be.
func (h *History) PushTo(c *Commit) {
	h.tick()
	h.pull.head = c
	h.pushed()
}

// UpdateBranch presses GitHub's button: main is merged into the head, by GitHub's
// key and in the name of the person who pressed. It says false, and does nothing,
// when there is a conflict. GitHub moves the approvals to the new head.
func (h *History) UpdateBranch(by string) bool {
	bases := mergeBases(h.pull.head, h.base)
	if len(bases) == 0 || ancestors(h.pull.head)[h.base] {
		return false
	}
	if _, conflicts := threeWay(bases[0].Tree, h.pull.head.Tree, h.base.Tree); len(conflicts) > 0 {
		return false
	}
	h.pull.head = h.Make(Act{By: by, Seal: HostKey}, h.pull.head, h.base)
	h.moveApprovals()
	h.pushed()
	return true
}

// MergeMain merges main into the head on somebody's laptop; the edits are what
// they make of it besides.
func (h *History) MergeMain(act Act) {
	h.pull.head = h.Make(act, h.pull.head, h.base)
	h.pushed()
}

// Rebase puts one commit with the head's whole change onto the tip of main and
// pushes it by force. It says false, and does nothing, when there is a conflict.
// The patch is the same, so GitHub moves the approvals.
func (h *History) Rebase(act Act) bool {
	from := h.from(h.pull.head)
	tree, conflicts := threeWay(from.Tree, h.pull.head.Tree, h.base.Tree)
	if len(conflicts) > 0 {
		return false
	}
	act.Edits = []Edit{Replace(tree)}
	h.pull.head = h.Make(act, h.base)
	h.moveApprovals()
	h.pushed()
	return true
}

// moveApprovals is what GitHub does on its own: approvals point at the new head,
// other reviews stay. LAW 5.1.
func (h *History) moveApprovals() {
	for _, r := range h.pull.reviews {
		if r.State == "APPROVED" {
			r.CommitID = h.pull.head.ID
		}
	}
}

// pushed tells the App of the new head.
func (h *History) pushed() {
	h.app.sawCommits(h, facts.ByDelivery)
}

// Review gives a review on the head and returns its id. State is APPROVED,
// CHANGES_REQUESTED or COMMENTED.
func (h *History) Review(by, state string, body ...string) int64 {
	return h.ReviewOf(h.pull.head, by, state, body...)
}

// ReviewOf gives a review on an earlier commit of the pull request, as a page does
// that was opened before a push.
func (h *History) ReviewOf(c *Commit, by, state string, body ...string) int64 {
	h.tick()
	r := &review{given: c, was: state, Review: facts.Review{
		ID: h.id(), NodeID: "PRR", User: account(by), Body: strings.Join(body, "\n"), State: state,
		SubmittedAt: h.Now(), CommitID: c.ID, URL: "https://github.example/northquay/cloud-governance/pull/7",
	}}
	h.pull.reviews = append(h.pull.reviews, r)
	h.app.heard(h, r)
	return r.ID
}

// Approve gives an approving review on the head.
func (h *History) Approve(by string, body ...string) int64 { return h.Review(by, "APPROVED", body...) }

// Object requests changes.
func (h *History) Object(by string) int64 {
	return h.Review(by, "CHANGES_REQUESTED", "This must not be so.")
}

// Edit changes the body of a review.
func (h *History) Edit(id int64, body ...string) {
	h.tick()
	r := h.review(id)
	if h.landing != nil && r.kept == nil && h.app.reviews[id] {
		body := r.Body
		r.kept = &body
	}
	r.Body, r.edited = strings.Join(body, "\n"), h.Now()
	h.app.deliver(h, facts.Observation{Act: facts.ActEdit, ID: id, Actor: r.User.ID, BodySHA256: digest(r.Body)})
}

// Dismiss dismisses an approving review or a request for changes.
func (h *History) Dismiss(id int64, by string) {
	h.tick()
	r := h.review(id)
	r.dismissal = &facts.Dismissal{Review: id, By: account(by), At: h.Now(), State: strings.ToLower(r.was)}
	r.State = "DISMISSED"
	h.app.deliver(h, facts.Observation{Act: facts.ActDismissal, ID: id, Actor: Named(by).ID})
}

// review finds one by id.
func (h *History) review(id int64) *review {
	i := slices.IndexFunc(h.pull.reviews, func(r *review) bool { return r.ID == id })
	if i < 0 {
		panic("decisiontest: there is no such review")
	}
	return h.pull.reviews[i]
}

// Reviews are the ids of all reviews, in their order.
func (h *History) Reviews() []int64 {
	var ids []int64
	for _, r := range h.pull.reviews {
		ids = append(ids, r.ID)
	}
	return ids
}

// ReviewNow gives a review as GitHub shows it at this moment.
func (h *History) ReviewNow(id int64) facts.Review { return h.review(id).Review }
