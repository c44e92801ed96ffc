package gate

import (
	"errors"
	"time"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/service/store"
)

// What the tests look at from outside.
var (
	EditedTwice   = editedTwice
	NeedsEdits    = needsEdits
	BranchOf      = branchOf
	NewVerdicts   = newVerdicts
	Worst         = worst
	WithoutDrafts = withoutDrafts
	WithoutUpdate = withoutUpdate
	HasMarker     = hasMarker
	Bound         = bound
	VerdictDigest = digest
)

// MaxRecent and MaxDoubt are bounds that tests reach.
const (
	MaxRecent      = maxRecent
	MaxRecentBytes = maxRecentBytes
	MaxDoubt       = maxDoubt
)

// Agenda is what deliveries ask for: pull requests, landings, heads whose check is asked
// for again, and deliveries that ask for nothing.
func Agenda(deliveries ...store.Delivery) (pulls []int, landings []store.Landing, heads, idle []string) {
	a := agenda{pulls: map[int]*item{}}
	for _, d := range deliveries {
		a.add(d)
	}
	for _, p := range a.pushes {
		if l, ok := p.landing(); ok {
			landings = append(landings, l)
		}
	}
	return a.numbers(), landings, a.heads, a.idle
}

// HeldBack is the error of a comment that waits.
func HeldBack(until time.Duration) error { return &heldBackError{until} }

// Recent remembers cases, as the review page has them.
type Recent struct{ recent }

// Keep remembers c; Find gives it back.
func (r *Recent) Keep(repository int64, c *Case, entry int) { r.keep(repository, c, entry) }

// Find is the last case and its entry.
func (r *Recent) Find(repository int64, number int) (*Case, int) { return r.find(repository, number) }

// Doubts waits for announced heads of one pull request.
type Doubts struct{ d *doubts }

// NewDoubts has none.
func NewDoubts() Doubts { return Doubts{&doubts{heads: map[doubt]expected{}}} }

// Last says whether head is still to be waited for.
func (d Doubts) Last(head string) bool { return d.d.last(doubt{1, 7}, head) }

// Settle ends the waiting.
func (d Doubts) Settle() { d.d.settle(doubt{1, 7}) }

// Waits is for how long an error is put off by the store, false for one that is not.
func Waits(err error) (time.Duration, bool) {
	var later *store.RetryLater
	if errors.As(sorted(err), &later) {
		return later.After, true
	}
	return 0, false
}

// NeedsTimeline is needsTimeline.
func NeedsTimeline(f facts.Facts) bool { return needsTimeline(&f) }
