package gate

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/vidimus-bot/vidimus/bot/service/github"
	"github.com/vidimus-bot/vidimus/bot/service/store"
)

// agenda is what the deliveries at hand ask for.
type agenda struct {
	pulls    map[int]*item
	pushes   []push   // of branches that moved
	heads    []string // whose check is asked for again
	asked    []string // deliveries behind pushes and heads
	idle     []string // deliveries that ask for nothing
	fullName string
	branch   string // default branch, as a payload said it
	install  int64
}

// push is a branch that moved, and when we heard of it.
type push struct {
	Push
	at time.Time
}

// landing is what the publisher is told of a push: who, when, from where to where.
// A branch that was made or deleted is none.
func (p push) landing() (store.Landing, bool) {
	none := strings.Repeat("0", len(p.After))
	return store.Landing{
		Commit: p.After, Before: p.Before, Branch: p.Branch, State: store.LandingWanted, Landed: p.at,
		ActorID: p.Actor.ID, Actor: p.Actor.Login,
	}, p.After != none && p.Before != none
}

// item is one pull request of the agenda.
type item struct {
	hints      []Hint
	deliveries []string
	again      bool // somebody asked for the check again
	landed     bool // filled by judge: it was merged
}

func (a *agenda) add(d store.Delivery) {
	h, err := ReadHint(Delivery{ID: d.ID, Event: d.Event, Action: d.Action, Received: d.Received, Payload: d.Payload})
	if err != nil {
		a.idle = append(a.idle, d.ID) // GitHub signed it, so it is an event that we do not know
		return
	}
	if h.FullName != "" {
		a.fullName, a.branch, a.install = h.FullName, h.DefaultBranch, d.InstallationID
	}
	switch {
	case h.Pull > 0:
		it := a.item(h.Pull)
		it.hints = append(it.hints, h)
		it.deliveries = append(it.deliveries, d.ID)
	case h.Push.Branch != "":
		a.pushes = append(a.pushes, push{h.Push, d.Received})
		a.asked = append(a.asked, d.ID)
	case h.RunHead != "":
		a.heads = append(a.heads, h.RunHead)
		a.asked = append(a.asked, d.ID)
	default:
		a.idle = append(a.idle, d.ID)
	}
}

func (a *agenda) item(number int) *item {
	if a.pulls[number] == nil {
		a.pulls[number] = &item{}
	}
	return a.pulls[number]
}

func (a *agenda) moved(branch string) bool {
	return slices.ContainsFunc(a.pushes, func(p push) bool { return p.Branch == branch })
}

func (a *agenda) numbers() []int {
	numbers := make([]int, 0, len(a.pulls))
	for n := range a.pulls {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	return numbers
}

// maxTogether is how many pull requests a wish or a moved branch has judged within
// its own work: each takes up to a second, and all of them must fit into the 45 of
// a drain. More become deliveries of their own, each with its own attempts.
const maxTogether = 20

// collect adds the pull requests that a moved branch, a wish or a request for the
// check concerns. Only branches on which pull requests land matter; the list is
// one request.
func (g *Gate) collect(ctx context.Context, desk *Desk, w store.Work, a *agenda) error {
	if len(a.pushes) == 0 && len(a.heads) == 0 && !w.Wished {
		return nil
	}
	governs, err := g.governs(desk, a.branch)
	if err != nil {
		return err
	}
	a.pushes = slices.DeleteFunc(a.pushes, func(p push) bool { return !governs(p.Branch) })
	if len(a.pushes) == 0 && len(a.heads) == 0 && !w.Wished {
		return nil
	}
	open, err := desk.Hub.OpenPulls(ctx)
	if err != nil {
		return err
	}
	var concerned []int
	for _, p := range open {
		if slices.Contains(a.heads, p.Head) {
			a.item(p.Number).again = true
		} else if w.Wished || a.moved(p.Branch) {
			concerned = append(concerned, p.Number)
		}
	}
	if len(concerned) > maxTogether {
		return g.spread(ctx, desk, concerned)
	}
	for _, n := range concerned {
		a.item(n)
	}
	return nil
}

// spread puts a hint about each pull request into the inbox.
func (g *Gate) spread(ctx context.Context, desk *Desk, pulls []int) error {
	for _, n := range pulls {
		_, err := g.Store.Ingest(ctx, store.Delivery{
			ID: "look-" + rand.Text(), Event: "pull_request", RepositoryID: desk.Store.ID, InstallationID: desk.Store.InstallationID,
			Received: g.App.Now(), Payload: fmt.Appendf(nil, `{"pull_request":{"number":%d}}`, n),
		})
		if err != nil {
			return fmt.Errorf("put off pull request %d: %w", n, err)
		}
	}
	return nil
}

// outcome is what a drain commits.
type outcome struct{ store.Batch }

// settle notes how deliveries ended.
func (o *outcome) settle(deliveries []string, err error) {
	for _, id := range deliveries {
		if err == nil {
			o.Done = append(o.Done, id)
		} else {
			o.Failed = append(o.Failed, store.Failure{DeliveryID: id, Err: err})
		}
	}
}

// commitTime is what is kept of a drain's time to write down what was done.
const commitTime = 8 * time.Second

// late says that the time is nearly over.
func late(ctx context.Context) bool {
	end, bounded := ctx.Deadline()
	return bounded && time.Until(end) < commitTime
}

// judgeAll judges the pull requests of the agenda and settles their own deliveries.
// together is the first error of a pull request that nobody but a wish, a moved
// branch or a request for the check asked for. When the time is over, what was not
// begun stays open.
func (g *Gate) judgeAll(ctx context.Context, desk *Desk, a *agenda, done *outcome) (together error) {
	for _, number := range a.numbers() {
		if late(ctx) {
			return &store.RetryLater{Cause: context.DeadlineExceeded}
		}
		it := a.pulls[number]
		err := sorted(g.judge(ctx, desk, number, it))
		var held *heldBackError
		switch {
		case errors.As(err, &held) && len(it.deliveries) > 0:
			// One of its deliveries comes back for the comment; the others are done.
			last := len(it.deliveries) - 1
			done.settle(it.deliveries[:last], nil)
			done.settle(it.deliveries[last:], &store.RetryLater{After: held.until, Cause: err})
		default:
			done.settle(it.deliveries, err)
		}
		if err != nil && len(it.deliveries) == 0 && together == nil {
			together = fmt.Errorf("pull request %d: %w", number, err)
		}
		done.Publish = done.Publish || it.landed
	}
	return together
}

// heldBackError says that all is judged and only the comment waits, because it was
// edited a moment ago.
type heldBackError struct{ until time.Duration }

func (e *heldBackError) Error() string {
	return fmt.Sprintf("the comment was edited a moment ago and is edited again in %s", e.until)
}

// sorted turns an error of the edge into the store's word for "later".
func sorted(err error) error {
	var retry *github.RetryError
	if errors.As(err, &retry) {
		return &store.RetryLater{After: retry.After, Cause: err}
	}
	var held *heldBackError
	if errors.As(err, &held) {
		return &store.RetryLater{After: held.until, Cause: err}
	}
	return err
}

// Sorted is sorted, for the publisher.
func Sorted(err error) error { return sorted(err) }
