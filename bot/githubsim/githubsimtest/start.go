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
type Option func(*githubsim.Config)

// WithNow makes now the clock below simulated time, instead of one that stands at Epoch.
func WithNow(now func() time.Time) Option {
	return func(c *githubsim.Config) { c.Now = now }
}

// Sim is a simulator of a test.
type Sim struct {
	*githubsim.Sim
	t testing.TB
}

// Start starts a simulator and stops it at the end of the test.
func Start(t testing.TB, options ...Option) *Sim {
	t.Helper()
	config := githubsim.Config{Addr: "127.0.0.1:0", Dir: t.TempDir(), Now: Epoch}
	for _, option := range options {
		option(&config)
	}
	watch(t, &config)
	sim, err := githubsim.Start(config)
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

// watch has every answer and webhook checked while the test runs.
func watch(t testing.TB, config *githubsim.Config) {
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
	var over sync.Once
	ended := make(chan struct{})
	t.Cleanup(func() { over.Do(func() { close(ended) }) })
	failed := func(format string, arguments ...any) {
		select {
		case <-ended: // a test that is over cannot fail any more
		default:
			t.Errorf(format, arguments...)
		}
	}
	observe, observeHook := config.Observe, config.ObserveHook
	config.Observe = func(e githubsim.Exchange) {
		if strings.HasPrefix(e.Path, "/api/v3") {
			if err := descriptions.Answer(e); err != nil {
				failed("%s %s: %d does not fit %s: %v\n%s", e.Method, e.Path, e.Status, e.Operation, err, excerpt(e.ResponseBody))
			}
			count(e.Operation)
		}
		if observe != nil {
			observe(e)
		}
	}
	config.ObserveHook = func(e githubsim.HookEvent) {
		if err := descriptions.Hook(e); err != nil {
			failed("webhook: %v\n%s", err, excerpt(e.Payload))
		}
		count("webhook " + e.Event + " " + e.Action)
		if observeHook != nil {
			observeHook(e)
		}
	}
}

// excerpt is the beginning of a body, enough to know it by.
func excerpt(body []byte) []byte { return body[:min(len(body), 300)] }

// exercised counts the operations and webhooks that tests of this process have had checked.
var exercised = struct {
	sync.Mutex
	counts map[string]int
}{counts: map[string]int{}}

func count(what string) {
	exercised.Lock()
	defer exercised.Unlock()
	exercised.counts[what]++
}

// Exercised is how often each operation and webhook has been checked in this process so far, by operationId or
// "webhook EVENT ACTION". It is empty where the descriptions are absent.
func Exercised() map[string]int {
	exercised.Lock()
	defer exercised.Unlock()
	copied := make(map[string]int, len(exercised.counts))
	for what, n := range exercised.counts {
		copied[what] = n
	}
	return copied
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
