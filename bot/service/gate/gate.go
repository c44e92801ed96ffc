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
	"sync"
	"time"

	"github.com/vidimus-bot/vidimus/bot/decision/report"
	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/service/github"
	"github.com/vidimus-bot/vidimus/bot/service/gitstore"
	"github.com/vidimus-bot/vidimus/bot/service/store"
	"github.com/vidimus-bot/vidimus/bot/signature/commitsig"
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
	verdicts    *verdicts
	doubts      doubts

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
	return &Gate{
		Config: c, ledgers: ledgers{known: map[int64]*signedState{}}, verdicts: newVerdicts(commitsig.Judge, maxVerdicts),
		doubts: doubts{heads: map[doubt]expected{}},
	}
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
// requests may have changed, and gives each its verdict. What was found out is
// committed even when some of it failed: a delivery whose pull request could not
// be judged fails alone, and comes again.
func (g *Gate) Drain(ctx context.Context, w store.Work) error {
	if w.RepositoryID == 0 {
		return sorted(g.Discover(ctx))
	}
	a := agenda{pulls: map[int]*item{}}
	for _, d := range w.Deliveries {
		a.add(d)
	}
	known, desk, err := g.prepare(ctx, w, &a)
	if err != nil {
		return sorted(err)
	}
	done := outcome{store.Batch{RepositoryID: w.RepositoryID, Publish: len(a.pushes) > 0, Repository: &known, Done: a.idle}}
	for _, p := range a.pushes {
		if l, ok := p.landing(); ok {
			done.Landings = append(done.Landings, l)
		}
	}
	// The wish, and the deliveries that asked for several pull requests, are fulfilled
	// when all of these are.
	together := g.judgeAll(ctx, desk, &a, &done)
	done.settle(a.asked, together)
	if err := g.Store.Commit(context.WithoutCancel(ctx), done.Batch); err != nil {
		return err
	}
	return together
}

// prepare opens the repository, fetches what is at hand and completes the agenda.
func (g *Gate) prepare(ctx context.Context, w store.Work, a *agenda) (store.Repository, *Desk, error) {
	known, err := g.acquaint(ctx, w, a)
	if err != nil {
		return known, nil, err
	}
	desk, err := g.open(known)
	if err != nil {
		return known, nil, err
	}
	announced := a.numbers()
	if err := g.fetch(ctx, desk, announced); err != nil {
		return known, nil, err
	}
	if err := g.collect(ctx, desk, w, a); err != nil {
		return known, nil, err
	}
	if all := a.numbers(); len(all) > len(announced) {
		return known, desk, g.fetch(ctx, desk, all)
	}
	return known, desk, nil
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

// fetchAgain is how soon Git is asked again after a fetch failed. That GitHub's Git
// is away for an hour is nobody's fault here, and uses up no attempt.
const fetchAgain = 10 * time.Second

// fetch brings the mirror up to date, with the heads of the pull requests at hand.
func (g *Gate) fetch(ctx context.Context, desk *Desk, pulls []int) error {
	remote, err := desk.Remote(ctx)
	if err != nil {
		return err
	}
	if err := desk.Mirror.Fetch(ctx, remote, pulls...); err != nil {
		return &store.RetryLater{After: fetchAgain, Cause: err}
	}
	return nil
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
