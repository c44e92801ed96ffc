// Package gate gives verdicts: a hint that something may have changed goes in,
// the state is read anew, decision.Evaluate judges it, and one check run and one
// comment say the answer, if it is newer and other than the last. It decides
// nothing itself and believes no payload; a payload only testifies what a review
// pointed at when it was submitted (LAW 5.1).
//
// Everything it writes outside may happen twice after a crash. The check run is
// found again by its external id, the comment by its id or marker, a witness
// statement is in the database before it is posted.
package gate

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/vidimus-bot/vidimus/bot/decision/report"
	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/service/github"
	"github.com/vidimus-bot/vidimus/bot/service/gitstore"
	"github.com/vidimus-bot/vidimus/bot/service/store"
)

// Config is what a Gate works with.
type Config struct {
	Store *store.Store
	App   *github.App
	Git   *gitstore.Store
	Key   *evidence.Key
	Log   *slog.Logger
	// CommentEvery is how often the comment of one pull request is edited at
	// most; zero is as often as it changes.
	CommentEvery time.Duration
	// Links gives the addresses for one pull request; nil gives none.
	Links func(fullName string, pull int) report.Links
	// Observe is told of every verdict that was written; for metrics. May be nil.
	Observe func(conclusion string)
}

// Gate gives verdicts. Its methods may be called at once for different
// repositories, never for one.
type Gate struct {
	Config
	deliveryLog deliveryLog
	ledgers     ledgers
	recent      recent // for the review page

	mu   sync.Mutex
	slug string // of the App, once it was asked for
}

// New makes a gate.
func New(c Config) *Gate {
	if c.Observe == nil {
		c.Observe = func(string) {}
	}
	if c.Links == nil {
		c.Links = func(string, int) report.Links { return report.Links{} }
	}
	return &Gate{Config: c, ledgers: ledgers{known: map[int64]*signedState{}}}
}

// Desk is one repository with all that is needed to work on it.
type Desk struct {
	Store  store.Repository
	Hub    *github.Repository
	Mirror *gitstore.Mirror
}

// Open opens a repository by what the store knows of it.
func (g *Gate) Open(ctx context.Context, repository int64) (*Desk, error) {
	known, err := g.Store.Repository(ctx, repository)
	if err != nil {
		return nil, fmt.Errorf("open repository: %w", err)
	}
	return g.open(known)
}

func (g *Gate) open(known store.Repository) (*Desk, error) {
	hub, err := g.App.Repository(known.InstallationID, known.FullName)
	if err != nil {
		return nil, fmt.Errorf("open repository: %w", err)
	}
	mirror, err := g.Git.Mirror(known.ID)
	if err != nil {
		return nil, fmt.Errorf("open repository: %w", err)
	}
	return &Desk{Store: known, Hub: hub, Mirror: mirror}, nil
}

// Remote is where the desk's mirror fetches and pushes.
func (d *Desk) Remote(ctx context.Context) (gitstore.Remote, error) {
	token, err := d.Hub.Token(ctx)
	if err != nil {
		return gitstore.Remote{}, fmt.Errorf("token for Git: %w", err)
	}
	return gitstore.Remote{URL: d.Hub.CloneURL(), Token: token}, nil
}

// Drain works on the deliveries of one repository: it finds out which pull
// requests may have changed, and gives each its verdict. A delivery whose pull
// request could not be judged fails alone.
func (g *Gate) Drain(ctx context.Context, w store.Work) error {
	if w.RepositoryID == 0 {
		return sorted(g.Discover(ctx))
	}
	a := agenda{pulls: map[int]*item{}}
	for _, d := range w.Deliveries {
		a.add(d)
	}
	known, err := g.acquaint(ctx, w, &a)
	if err != nil {
		return sorted(err)
	}
	desk, err := g.open(known)
	if err != nil {
		return err
	}
	announced := a.numbers()
	if err := g.fetch(ctx, desk, announced); err != nil {
		return sorted(err)
	}
	if err := g.collect(ctx, desk, w, &a); err != nil {
		return sorted(err)
	}
	if all := a.numbers(); len(all) > len(announced) {
		if err := g.fetch(ctx, desk, all); err != nil {
			return sorted(err)
		}
	}
	done := store.Batch{RepositoryID: w.RepositoryID, Publish: len(a.pushes) > 0, Repository: &known, Done: a.idle}
	for _, p := range a.pushes {
		if l, ok := p.landing(); ok {
			done.Landings = append(done.Landings, l)
		}
	}
	for _, number := range a.numbers() {
		it := a.pulls[number]
		err := g.judge(ctx, desk, number, it)
		for _, id := range it.deliveries {
			if err != nil {
				done.Failed = append(done.Failed, store.Failure{DeliveryID: id, Err: sorted(err)})
			} else {
				done.Done = append(done.Done, id)
			}
		}
		if err != nil && len(it.deliveries) == 0 {
			return sorted(fmt.Errorf("pull request %d: %w", number, err))
		}
		done.Publish = done.Publish || it.landed
	}
	return g.Store.Commit(ctx, done)
}

// agenda is what the deliveries at hand ask for.
type agenda struct {
	pulls    map[int]*item
	pushes   []push   // of branches that moved
	heads    []string // whose check is asked for again
	idle     []string // deliveries that ask for nothing, or whose wish is noted
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
		return
	case h.Push.Branch != "":
		a.pushes = append(a.pushes, push{h.Push, d.Received})
	case h.RunHead != "":
		a.heads = append(a.heads, h.RunHead)
	}
	a.idle = append(a.idle, d.ID)
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

// acquaint is what is known of the repository, with the name that the newest
// delivery gives.
func (g *Gate) acquaint(ctx context.Context, w store.Work, a *agenda) (store.Repository, error) {
	known, err := g.Store.Repository(ctx, w.RepositoryID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return known, fmt.Errorf("know repository: %w", err)
	}
	known.ID = w.RepositoryID
	if a.fullName != "" {
		known.FullName = a.fullName
	}
	if a.install != 0 {
		known.InstallationID = a.install
	}
	if known.FullName != "" && known.InstallationID != 0 {
		return known, nil
	}
	if err := g.Discover(ctx); err != nil {
		return known, err
	}
	known, err = g.Store.Repository(ctx, w.RepositoryID)
	if err != nil {
		return known, fmt.Errorf("know repository: %w", err)
	}
	return known, nil
}

// collect adds the pull requests that a moved branch, a wish or a request for the
// check concerns. Only branches on which pull requests land matter; the list is
// one request.
func (g *Gate) collect(ctx context.Context, desk *Desk, w store.Work, a *agenda) error {
	if len(a.pushes) == 0 && len(a.heads) == 0 && !w.Wished {
		return nil
	}
	governs, err := g.governs(desk, a)
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
	for _, p := range open {
		again := slices.Contains(a.heads, p.Head)
		if w.Wished || again || a.moved(p.Branch) {
			it := a.item(p.Number)
			it.again = it.again || again
		}
	}
	return nil
}

// fetch brings the mirror up to date, with the heads of the pull requests at hand.
func (g *Gate) fetch(ctx context.Context, desk *Desk, pulls []int) error {
	remote, err := desk.Remote(ctx)
	if err != nil {
		return err
	}
	return desk.Mirror.Fetch(ctx, remote, pulls...)
}

// Discover learns which repositories the App is installed in, and wishes for a
// look at each: after an installation, or when the database was lost.
func (g *Gate) Discover(ctx context.Context) error {
	installed, err := g.App.Repositories(ctx)
	if err != nil {
		return fmt.Errorf("discover repositories: %w", err)
	}
	for _, r := range installed {
		known := store.Repository{ID: r.Repository, InstallationID: r.Installation, FullName: r.FullName}
		if err := g.Store.Commit(ctx, store.Batch{RepositoryID: r.Repository, Repository: &known, Publish: true}); err != nil {
			return fmt.Errorf("discover repositories: %w", err)
		}
		if err := g.Store.Enqueue(ctx, store.Drain, r.Repository); err != nil {
			return fmt.Errorf("discover repositories: %w", err)
		}
	}
	return nil
}

// sorted turns an error of the edge into the store's word for "later".
func sorted(err error) error {
	var retry *github.RetryError
	if errors.As(err, &retry) {
		return &store.RetryLater{After: retry.After, Cause: err}
	}
	return err
}

// Sorted is sorted, for the publisher.
func Sorted(err error) error { return sorted(err) }
