package decisiontest

import (
	"fmt"
	"maps"
	"slices"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
)

// app is what the App heard and saw, as its witness statements hold it.
type app struct {
	down bool
	// missed are the observations whose deliveries came while the App was down.
	missed    []facts.Observation
	witnesses []facts.Witness
	head      string // the last that was seen
	commits   map[string]bool
	reviews   map[int64]bool
	logUnread bool
	// noTimeline and noEdits leave out what the App asks GitHub for besides.
	noTimeline, noEdits bool
}

func newApp() app {
	return app{commits: map[string]bool{}, reviews: map[int64]bool{}}
}

func (a app) fork() app {
	a.missed, a.witnesses = slices.Clone(a.missed), slices.Clone(a.witnesses)
	a.commits, a.reviews = maps.Clone(a.commits), maps.Clone(a.reviews)
	return a
}

// Log is what becomes of the delivery log when the App is back.
type Log int

// The states of the delivery log.
const (
	LogRead    Log = iota // read back: what was missed is delivered now
	LogOver               // its three days are over: what was missed is lost
	LogPending            // not read yet
)

// Down stops the App; deliveries are missed.
func (h *History) Down() { h.app.down = true }

// Up starts the App again. What it missed is read back, or lost; then it reads the
// pull request as it stands.
func (h *History) Up(log Log) {
	h.tick()
	h.app.down = false
	h.app.logUnread = log == LogPending
	switch log {
	case LogRead:
		h.ReadLog()
	case LogOver:
		h.app.missed = nil
	}
	if h.pull == nil {
		return
	}
	h.app.sawCommits(h, facts.BySeen)
	for _, r := range h.pull.reviews {
		if !h.app.reviews[r.ID] && saysSomething(r) {
			h.app.saw(h, r)
		}
	}
}

// ReadLog reads what was missed back from GitHub's delivery log.
func (h *History) ReadLog() {
	for _, o := range h.app.missed {
		h.app.record(h, o, facts.ByDelivery)
	}
	h.app.missed, h.app.logUnread = nil, false
}

// HideTimeline leaves GitHub's timeline unread.
func (h *History) HideTimeline() { h.app.noTimeline = true }

// HideEdits leaves the question unasked when a review was last edited.
func (h *History) HideEdits() { h.app.noEdits = true }

// Forget loses all witness statements, as if database, check runs and ledger were
// gone; the App reads everything anew.
func (h *History) Forget() {
	down := h.app.down
	h.app = newApp()
	h.app.down = down
}

// Witness adds an observation as it stands, for facts that no honest App makes.
func (h *History) Witness(o facts.Observation) {
	h.app.witnesses = append(h.app.witnesses, facts.Witness{SHA256: digest(fmt.Sprintf("%+v", o)), Observations: []facts.Observation{o}})
}

// deliver is a webhook delivery with one observation: heard now, or missed.
func (a *app) deliver(h *History, o facts.Observation) {
	o.Pull = h.pull.number
	if a.down {
		a.missed = append(a.missed, o)
		return
	}
	a.record(h, o, facts.ByDelivery)
}

// record makes the witness statement.
func (a *app) record(h *History, o facts.Observation, by string) {
	o.Seen = facts.Seen{At: h.Now(), By: by}
	if by == facts.ByDelivery {
		o.Seen.Delivery = fmt.Sprintf("delivery-%d", h.id())
	}
	switch o.Act {
	case facts.ActReview:
		a.reviews[o.ID] = true
	case facts.ActHead:
		a.head = o.Commit
	case facts.ActCommit:
		a.commits[o.Commit] = true
	}
	h.Witness(o)
}

// sawCommits observes the commits, each the first time, and the head, if it is
// another one than before.
func (a *app) sawCommits(h *History, by string) {
	head := h.pull.head
	for _, c := range between(h.tip(), head) {
		if !a.commits[c.ID] && !a.down {
			a.record(h, facts.Observation{Act: facts.ActCommit, Pull: h.pull.number, Commit: c.ID}, by)
		}
	}
	o := facts.Observation{Act: facts.ActHead, Commit: head.ID}
	switch {
	case a.down:
		a.deliver(h, o)
	case a.head != head.ID:
		o.Pull = h.pull.number
		a.record(h, o, by)
	}
}

// saysSomething: only approvals and requests for changes are witnessed; what was
// dismissed before anybody saw it is told by the timeline alone.
func saysSomething(r *review) bool { return r.State == "APPROVED" || r.State == "CHANGES_REQUESTED" }

// heard is the delivery of a submitted review, with what it was given on.
func (a *app) heard(h *History, r *review) {
	if saysSomething(r) {
		a.deliver(h, a.observation(h, r, r.given))
	}
}

// saw is the first reading of a review whose delivery was lost.
func (a *app) saw(h *History, r *review) {
	c := r.given
	if r.CommitID != r.given.ID {
		c = h.pull.head // GitHub moves approvals to the head
	}
	o := a.observation(h, r, c)
	o.Commit, o.State, o.Pull = r.CommitID, r.State, h.pull.number
	a.record(h, o, facts.BySeen)
}

// observation is that of a review bound to c.
func (a *app) observation(h *History, r *review, c *Commit) facts.Observation {
	from := h.from(c).Tree
	return facts.Observation{
		Act: facts.ActReview, ID: r.ID, UserID: r.User.ID, State: r.State, SubmitTime: r.SubmittedAt,
		BodySHA256: digest(r.Body), Commit: c.ID, ContentDigest: digest(contentList(h.root, from, c.Tree)),
	}
}

// Contradict adds a second statement of first sight, by delivery, that binds the
// review to another commit than the first.
func (h *History) Contradict(id int64, other *Commit) {
	r := h.review(id)
	o := h.app.observation(h, r, other)
	o.State, o.Pull = r.was, h.pull.number
	h.app.record(h, o, facts.ByDelivery)
}
