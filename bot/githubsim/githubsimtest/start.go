// Package githubsimtest starts the embedded GitHub for tests and holds it to GitHub's own description while they run:
// every answer of the REST API and every webhook is checked, and one that does not fit fails the test.
//
// In go a testing.TB and options; out come a running simulator and clients for it. Where GitHub's descriptions
// (../shared/github) are absent, the checks are skipped, and the test's log says so; VIDIMUS_REQUIRE=shared makes
// that a failure.
package githubsimtest

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/vidimus-bot/vidimus/bot/githubsim"
)

// Epoch is the time that a simulator stands at when it starts, unless an option says otherwise: 2 November 2026, 09:00 UTC.
func Epoch() time.Time { return time.Date(2026, time.November, 2, 9, 0, 0, 0, time.UTC) }

// patience bounds every wait for webhooks.
const patience = 30 * time.Second

// Option changes how a simulator is started.
type Option func(*setup)

type setup struct {
	githubsim.Config
	coverage *Coverage
}

// WithNow makes now the clock below simulated time, instead of one that stands at Epoch.
func WithNow(now func() time.Time) Option {
	return func(s *setup) { s.Now = now }
}

// WithObserve tells observe of every API request, beside the checks of this package.
func WithObserve(observe func(githubsim.Exchange)) Option {
	return func(s *setup) { s.Observe = observe }
}

// WithLog makes the simulator tell log of its own faults.
func WithLog(log *slog.Logger) Option {
	return func(s *setup) { s.Log = log }
}

// Sim is a simulator of a test.
type Sim struct {
	*githubsim.Sim
	t testing.TB
}

// Start starts a simulator and stops it at the end of the test.
func Start(t testing.TB, options ...Option) *Sim {
	t.Helper()
	s := &setup{Config: githubsim.Config{Addr: "127.0.0.1:0", Dir: t.TempDir(), Now: Epoch}, coverage: &Coverage{}}
	for _, option := range options {
		option(s)
	}
	watch(t, s)
	sim, err := githubsim.Start(s.Config)
	if err != nil {
		t.Fatalf("start the simulator: %v", err)
	}
	t.Cleanup(func() {
		if err := sim.Close(); err != nil {
			t.Errorf("close the simulator: %v", err)
		}
	})
	return &Sim{Sim: sim, t: t}
}

// Watch has every answer and webhook of the simulator that is started with c checked while the test runs.
func Watch(t testing.TB, c *githubsim.Config) {
	t.Helper()
	s := &setup{Config: *c, coverage: &Coverage{}}
	watch(t, s)
	*c = s.Config
}

// watch has every answer and webhook checked while the test runs.
func watch(t testing.TB, s *setup) {
	t.Helper()
	descriptions, err := load()
	if IsAbsent(err) {
		if slices.Contains(strings.Split(os.Getenv("VIDIMUS_REQUIRE"), ","), "shared") {
			t.Fatalf("%v", err)
		}
		t.Logf("answers are not checked: %v", err)
		return
	}
	if err != nil {
		t.Fatalf("read GitHub's descriptions: %v", err)
	}
	fail, also := failer(t), s.Observe
	s.Observe = func(e githubsim.Exchange) {
		if also != nil {
			also(e)
		}
		if !strings.HasPrefix(e.Path, "/api/v3") {
			return
		}
		s.coverage.count(e.Operation)
		s.coverage.keep(e)
		if err := descriptions.Answer(e); err != nil {
			fail("%s %s: %d does not fit %s: %v\n%s", e.Method, e.Path, e.Status, e.Operation, err, excerpt(e.ResponseBody))
		}
	}
	s.ObserveHook = func(e githubsim.HookEvent) {
		s.coverage.count(strings.TrimSpace("webhook " + e.Event + " " + e.Action))
		if err := descriptions.Hook(e); err != nil {
			fail("webhook: %v\n%s", err, excerpt(e.Payload))
		}
	}
}

// failer is t.Errorf until the test is over, when it may not be called any more.
func failer(t testing.TB) func(format string, arguments ...any) {
	var mu sync.Mutex
	over := false
	t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		over = true
	})
	return func(format string, arguments ...any) {
		mu.Lock()
		defer mu.Unlock()
		if !over {
			t.Errorf(format, arguments...)
		}
	}
}

// excerpt is the beginning of a body, enough to know it by.
func excerpt(body []byte) []byte { return body[:min(len(body), 300)] }

// Coverage counts the operations and webhooks that tests have had checked. The zero value is ready; it is safe for
// several goroutines.
type Coverage struct {
	mu      sync.Mutex
	counts  map[string]int
	samples map[string][][]byte
}

// maxSamples bounds the answers of one operation that are kept: enough to meet objects in several states.
const maxSamples = 8

func (c *Coverage) count(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.counts == nil {
		c.counts, c.samples = map[string]int{}, map[string][][]byte{}
	}
	c.counts[what]++
}

// keep takes a successful answer as a sample of its operation.
func (c *Coverage) keep(e githubsim.Exchange) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e.Status/100 != 2 {
		return
	}
	kept := append(c.samples[e.Operation], e.ResponseBody)
	slices.SortFunc(kept, func(a, b []byte) int { return len(b) - len(a) }) // long ones hold most
	c.samples[e.Operation] = kept[:min(len(kept), maxSamples)]
}

// Samples are some successful answers of the operation.
func (c *Coverage) Samples(operation string) [][]byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.samples[operation]
}

// Counts is how often each has been checked so far, by operationId or "webhook EVENT ACTION". It is empty where
// GitHub's descriptions are absent.
func (c *Coverage) Counts() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.counts)
}

// WithCoverage counts what is checked into c, which several tests may do.
func WithCoverage(c *Coverage) Option {
	return func(s *setup) { s.coverage = c }
}

// Client is a client of the REST API with the token; "" is nobody's.
func (s *Sim) Client(token string) *github.Client {
	s.t.Helper()
	client, err := github.NewClient(nil).WithEnterpriseURLs(s.URL(), s.URL())
	if err != nil {
		s.t.Fatalf("make a client: %v", err)
	}
	if token == "" {
		return client
	}
	return client.WithAuthToken(token)
}

// User makes a user with an address at example.com and returns it with a client.
func (s *Sim) User(login string) (githubsim.User, *github.Client) {
	s.t.Helper()
	u, err := s.CreateUser(githubsim.NewUser{Login: login, Name: "Name of " + login, Email: login + "@example.com"})
	if err != nil {
		s.t.Fatalf("make user %s: %v", login, err)
	}
	return u, s.Client(u.Token)
}

// AppKey is a key for Apps, made once in a process because that takes long.
var AppKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err) // unreachable: crypto/rand never fails
	}
	return key
})

// Flush waits until every webhook that was queued so far has been attempted.
func (s *Sim) Flush() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := s.Settle(ctx); err != nil {
		s.t.Fatalf("wait for webhooks: %v", err)
	}
}

// Get is a plain request without go-github, for headers and statuses. The caller closes the body.
func (s *Sim) Get(path, token string, header http.Header) *http.Response {
	s.t.Helper()
	request, err := http.NewRequest(http.MethodGet, s.URL()+path, nil)
	if err != nil {
		s.t.Fatalf("make a request: %v", err)
	}
	for name, values := range header {
		request.Header[name] = values
	}
	if token != "" {
		request.Header.Set("Authorization", "token "+token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatalf("get %s: %v", path, err)
	}
	return response
}
