// Package githubsim is an embedded GitHub: real Git repositories behind the REST API, the webhooks and the smart HTTP
// of a GitHub Enterprise Server, in one process and on one address.
//
// State comes first and every answer is read from it, so that an action has the consequences that it has on GitHub: a
// push moves a pull request's head, an update of its branch moves the commit_id of approvals, a merge is signed by the
// host. Clients need not know: go-github's WithEnterpriseURLs and git work unmodified. Tests, the demo and the
// command github-sim start it; strangers drive it over HTTP, see .github/docs/github-sim.md.
//
// It imports nothing else of ours, so that it can judge the product: package world holds state and rules, gitrepo the
// repositories, webflow the host's key, hookshot the webhook queues, wire the JSON, rest and graphql the APIs, web the pages for people.
package githubsim

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/vidimus-bot/vidimus/bot/githubsim/hookshot"
	"github.com/vidimus-bot/vidimus/bot/githubsim/rest"
	"github.com/vidimus-bot/vidimus/bot/githubsim/web"
	"github.com/vidimus-bot/vidimus/bot/githubsim/wire"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// defaultRateLimit is the hourly limit that answers report unless Config says otherwise.
const defaultRateLimit = 5000

// headerTimeout bounds how long a client may take for its request's header.
const headerTimeout = 30 * time.Second

// closeGrace is how long Close waits for requests under way.
const closeGrace = 5 * time.Second

// Exchange is one request to the API and its answer.
type Exchange = rest.Exchange

// HookEvent is one webhook as it is handed to an App's queue.
type HookEvent struct {
	App     string // slug
	GUID    string
	Event   string
	Action  string // "" for events without actions
	Payload []byte
}

// Config says how to start a simulator.
type Config struct {
	// Addr is where to listen, "127.0.0.1:0" for a free port.
	Addr string
	// Dir holds the repositories and the host's signing key. It is made if it does not exist; repositories of an earlier
	// simulator in it are removed.
	Dir string
	// Now is the clock below simulated time, see world.Clock; nil is the wall clock.
	Now func() time.Time
	// Log is told of the simulator's own faults; nil discards.
	Log *slog.Logger
	// RateLimit is the hourly limit that answers report; 0 is GitHub's 5,000.
	RateLimit int
	// Observe is told of every API request when its answer is made and before it is sent; nil for nobody.
	Observe func(Exchange)
	// ObserveHook is told of every webhook as it is queued. It must be quick and must not call the simulator.
	ObserveHook func(HookEvent)
}

// Sim is a running simulator. Its methods are safe for several goroutines.
type Sim struct {
	config   Config
	world    *world.World
	wire     wire.Writer
	rest     *rest.Front
	pages    *web.Site
	server   *http.Server
	requests *requestLog
	oauth    *oauth

	mu    sync.Mutex
	hooks map[*world.App]*hookshot.Hook
}

// Start listens and serves until Close.
func Start(config Config) (*Sim, error) {
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.RateLimit <= 0 {
		config.RateLimit = defaultRateLimit
	}
	listener, err := net.Listen("tcp", config.Addr)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	s := &Sim{config: config, hooks: map[*world.App]*hookshot.Hook{}, requests: &requestLog{}, oauth: newOAuth()}
	if s.world, err = world.New(world.Settings{Dir: config.Dir, Now: config.Now, Emit: s.dispatch}); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	s.wire = wire.Writer{Web: "http://" + listener.Addr().String(), World: s.world}
	s.rest = rest.New(rest.Settings{
		World: s.world, Wire: s.wire, Hook: s.hookOf, RateLimit: config.RateLimit, Record: s.record, Log: config.Log,
	})
	s.pages, err = web.New(web.Settings{World: s.world, Address: s.wire.Web, Hook: s.hookOf, Settle: s.quieten, Log: config.Log})
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	s.server = &http.Server{Handler: s.handler(), ReadHeaderTimeout: headerTimeout, ErrorLog: slog.NewLogLogger(config.Log.Handler(), slog.LevelWarn)}
	go func() {
		if err := s.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			config.Log.Error("serve", "err", err)
		}
	}()
	return s, nil
}

// URL is the site's address without a trailing slash, such as http://127.0.0.1:8080. It is what go-github's
// WithEnterpriseURLs takes.
func (s *Sim) URL() string { return s.wire.Web }

// Now is the present simulated time.
func (s *Sim) Now() time.Time { return s.world.Clock.Now() }

// Advance moves simulated time ahead by d and returns what it is then.
func (s *Sim) Advance(d time.Duration) time.Time {
	s.world.Clock.Advance(d)
	return s.Now()
}

// WebFlowKey is the armoured public key with which the host signs.
func (s *Sim) WebFlowKey() string { return s.world.Key.Public() }

// Close lets requests under way end for a moment, then stops serving, cuts off deliveries under way and forgets those
// still queued. Files stay in Dir.
func (s *Sim) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeGrace)
	defer cancel()
	err := s.server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.server.Close()
	}
	for _, hook := range s.allHooks() {
		hook.Close()
	}
	return err
}

func (s *Sim) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/_sim/", s.control())
	mux.HandleFunc("POST /api/graphql", s.serveGraphQL)
	mux.HandleFunc("GET /web-flow.gpg", func(w http.ResponseWriter, _ *http.Request) { writeText(w, s.WebFlowKey()) })
	mux.HandleFunc("GET /login/oauth/authorize", s.serveAuthorise)
	mux.HandleFunc("POST /login/oauth/authorize", s.serveAuthorised)
	mux.HandleFunc("POST /login/oauth/access_token", s.serveToken)
	mux.HandleFunc("/", s.serveSite)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if underAPI(r.URL.Path) {
			s.rest.ServeHTTP(w, r) // not by the mux, which would tidy paths up
			return
		}
		mux.ServeHTTP(w, r)
	})
}

func underAPI(path string) bool {
	return path == rest.Prefix || len(path) > len(rest.Prefix) && path[:len(rest.Prefix)+1] == rest.Prefix+"/"
}

func (s *Sim) record(e Exchange) {
	s.requests.add(e)
	if s.config.Observe != nil {
		s.config.Observe(e)
	}
}

func (s *Sim) hookOf(app *world.App) *hookshot.Hook {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hooks[app]
}

func (s *Sim) allHooks() map[*world.App]*hookshot.Hook {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make(map[*world.App]*hookshot.Hook, len(s.hooks))
	for app, hook := range s.hooks {
		all[app] = hook
	}
	return all
}

// Settle waits until every webhook that was queued so far has been attempted, or ctx ends.
func (s *Sim) Settle(ctx context.Context) error {
	for _, hook := range s.allHooks() {
		if err := hook.Idle(ctx); err != nil {
			return err
		}
	}
	return nil
}

// How long a page waits, after its visitor has acted, for what Apps do about it: until they have asked nothing for a
// while, since the API cannot tell when an App is done. GitHub's own pages renew themselves by scripts instead.
const (
	quietFor    = 400 * time.Millisecond
	quietWithin = 4 * time.Second
)

// quieten waits until all webhooks have been attempted and Apps have become quiet, or for quietWithin at most.
func (s *Sim) quieten(ctx context.Context) {
	if len(s.allHooks()) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, quietWithin)
	defer cancel()
	_ = s.Settle(ctx) // who does not answer in time has no say in when the page comes
	for last := int64(-1); last != s.requests.number(); {
		last = s.requests.number()
		select {
		case <-time.After(quietFor):
		case <-ctx.Done():
			return
		}
	}
}
