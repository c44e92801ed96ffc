// Package app opens the whole service from one Config: store, mirrors, GitHub,
// gate, publisher and server, wired in one straight function. The command serve,
// the demo and the tests start the same thing.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"github.com/vidimus-bot/vidimus/bot/decision/report"
	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/service/gate"
	"github.com/vidimus-bot/vidimus/bot/service/github"
	"github.com/vidimus-bot/vidimus/bot/service/gitstore"
	"github.com/vidimus-bot/vidimus/bot/service/publish"
	"github.com/vidimus-bot/vidimus/bot/service/server"
	"github.com/vidimus-bot/vidimus/bot/service/store"
)

// Config is everything that the service needs. Keys and secrets are values, not
// names of files.
type Config struct {
	Data           string // folder of the database and the mirrors
	GitHubURL      string // web address of the host
	AppID          int64
	AppKey         []byte // PEM
	WebhookSecrets [][]byte
	EvidenceKey    []byte // armoured private key
	Engine         string // product and version, for evidence
	// Clock is our clock; nil is the system's. GitHub's own corrects it.
	Clock func() time.Time
	Log   *slog.Logger
	// CommentEvery is how often the comment of a pull request is edited at most.
	CommentEvery time.Duration
	// LogEvery is how often GitHub's delivery log is read besides at the start;
	// zero is an hour.
	LogEvery time.Duration
	// SignIn lets people sign in to the review page; without it there is none.
	SignIn SignIn
	// Links gives the addresses for a pull request; nil gives that of the review page,
	// if there is one.
	Links func(fullName string, pull int) report.Links
}

// App is the opened service.
type App struct {
	config Config
	store  *store.Store
	gate   *gate.Gate
	server *server.Server

	stop context.CancelFunc
	done sync.WaitGroup
}

// Open opens everything; nothing runs and nothing is sent yet. All problems with
// the configuration are reported at once.
func Open(ctx context.Context, c Config) (*App, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	hub, err := github.New(github.Config{URL: c.GitHubURL, AppID: c.AppID, Key: c.AppKey, Now: c.Clock})
	if err != nil {
		return nil, fmt.Errorf("open app: %w", err)
	}
	key, err := evidence.ReadKey(c.EvidenceKey)
	if err != nil {
		return nil, fmt.Errorf("evidence key: %w", err)
	}
	db, err := store.Open(ctx, store.Config{Dir: c.Data, Now: hub.Now, Log: c.Log})
	if err != nil {
		return nil, fmt.Errorf("open app: %w", err)
	}
	web := server.New(server.Config{Secrets: c.WebhookSecrets, Store: db, Log: c.Log, Now: hub.Now})
	judge := gate.New(gate.Config{
		Store: db, App: hub, Git: gitstore.Open(filepath.Join(c.Data, "git")), Key: key, Log: c.Log,
		CommentEvery: c.CommentEvery, Links: c.Links, Observe: web.CountVerdict,
	})
	if !c.SignIn.none() {
		if err := c.SignIn.enable(web, hub, judge); err != nil {
			return nil, errors.Join(err, db.Close())
		}
	}
	return &App{config: c, store: db, gate: judge, server: web}, nil
}

func (c *Config) check() error {
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.LogEvery == 0 {
		c.LogEvery = time.Hour
	}
	if c.Links == nil && !c.SignIn.none() {
		c.Links = c.SignIn.links
	}
	var problems []error
	missing := func(absent bool, what string) {
		if absent {
			problems = append(problems, errors.New(what))
		}
	}
	missing(c.Data == "", "no data directory is given")
	missing(c.GitHubURL == "", "no address of GitHub is given")
	missing(c.AppID <= 0, "no number of the App is given")
	missing(len(c.AppKey) == 0, "no private key of the App is given")
	missing(len(c.WebhookSecrets) == 0, "no webhook secret is given: every delivery would be a forgery")
	missing(len(c.EvidenceKey) == 0, "no evidence key is given")
	return errors.Join(append(problems, c.SignIn.problems()...)...)
}

// Handler serves webhooks, the review page, health and metrics.
func (a *App) Handler() http.Handler { return a.server }

// Start runs the workers, reads what GitHub tried to deliver while nobody was
// listening, and looks at every repository once. It returns as soon as deliveries
// are worked; what GitHub could not answer is tried again.
func (a *App) Start(ctx context.Context) error {
	publisher := publish.New(publish.Config{Gate: a.gate, Log: a.config.Log, Engine: a.config.Engine})
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	a.stop = stop
	a.catchUp(running)
	err := a.store.Start(running, store.Workers{Drain: a.gate.Drain, Publish: publisher.Publish})
	if err != nil {
		stop()
		return fmt.Errorf("start app: %w", err)
	}
	a.done.Go(func() { a.keepUp(running) })
	return nil
}

// catchUp reads GitHub's delivery log and looks at every repository. LAW 5.3: until
// then nothing is called unwitnessed.
func (a *App) catchUp(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if _, err := a.gate.ReadLog(ctx); err != nil {
		a.config.Log.WarnContext(ctx, "delivery log was not read", "err", err)
		return false
	}
	if err := a.gate.Discover(ctx); err != nil {
		a.config.Log.WarnContext(ctx, "repositories were not discovered", "err", err)
		return false
	}
	return true
}

// retryEvery is how soon the delivery log is read again after that failed.
const retryEvery = 10 * time.Second

func (a *App) keepUp(ctx context.Context) {
	wait := a.config.LogEvery
	for {
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
		wait = a.config.LogEvery
		if !a.catchUp(ctx) {
			wait = retryEvery
		}
	}
}

// Idle says whether everything that came in was worked: no delivery is open and
// no repository is still to be looked at.
func (a *App) Idle(ctx context.Context) (bool, error) {
	q, err := a.store.Queue(ctx)
	if err != nil {
		return false, fmt.Errorf("look at the queue: %w", err)
	}
	return q.Open == 0 && q.Wishes == 0, nil
}

// Close stops the workers and closes everything. What was not finished is worked
// after the next start.
func (a *App) Close() error {
	if a.stop != nil {
		a.stop()
	}
	a.done.Wait()
	if err := a.store.Close(); err != nil {
		return fmt.Errorf("close app: %w", err)
	}
	return nil
}
