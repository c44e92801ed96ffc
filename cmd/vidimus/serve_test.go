package main

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/demo"
	"github.com/vidimus-bot/vidimus/bot/githubsim"
	"github.com/vidimus-bot/vidimus/bot/githubsim/githubsimtest"
)

// between stands between GitHub and an App that runs as a process of its own, and
// kills it at the moment that a test chooses.
type between struct {
	t     *testing.T
	story *demo.Story
	hooks *httptest.Server // GitHub → App
	api   *httptest.Server // App → GitHub

	mu        sync.Mutex
	process   *exec.Cmd
	app       *url.URL
	onHook    func(*http.Request) moment
	onRequest func(*http.Request) moment
}

// moment says when to kill while a request goes by.
type moment int

const (
	never moment = iota
	before
	after
)

func newBetween(t *testing.T) *between {
	b := &between{t: t}
	b.hooks = httptest.NewServer(http.HandlerFunc(b.hook))
	t.Cleanup(b.hooks.Close)
	s, err := demo.NewStage(t.Context(), demo.StageConfig{
		Dir: t.TempDir(), WebhookURL: b.hooks.URL + "/webhook",
		GitHub: func(c *githubsim.Config) { githubsimtest.Watch(t, c) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		b.kill()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	b.story = demo.NewStory(s, io.Discard)
	b.api = httptest.NewServer(http.HandlerFunc(b.request))
	t.Cleanup(b.api.Close)
	return b
}

// start runs vidimus serve and waits for its address.
func (b *between) start() {
	b.t.Helper()
	dir := b.story.Dir
	for name, data := range map[string][]byte{"app.pem": []byte(b.story.Made.PrivateKey), "evidence.asc": b.story.EvidenceKey.Server} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			b.t.Fatal(err)
		}
	}
	c := exec.Command(os.Args[0], "serve", "--addr", "127.0.0.1:0", "--data", filepath.Join(dir, "app"), "--github-url", b.api.URL,
		"--app-id", strconv.FormatInt(b.story.Made.ID, 10), "--app-key", filepath.Join(dir, "app.pem"), "--evidence-key", filepath.Join(dir, "evidence.asc"))
	c.Env = append(os.Environ(), asVidimus+"=1", "VIDIMUS_WEBHOOK_SECRET="+b.story.Made.WebhookSecret)
	out, err := c.StdoutPipe()
	if err != nil {
		b.t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		b.t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.t.Fatalf("serve did not start: %v", err)
	}
	address, err := url.Parse(strings.TrimSpace(line))
	if err != nil {
		b.t.Fatal(err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.process, b.app = c, address
}

// kill ends the process as a power cut would.
func (b *between) kill() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.process != nil {
		_ = b.process.Process.Kill() // it may have ended
		_ = b.process.Wait()         // it was killed
		b.process, b.app = nil, nil
	}
}

// arm says what to do with the next requests, until a kill.
func (b *between) arm(onHook, onRequest func(*http.Request) moment) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.onHook, b.onRequest = onHook, onRequest
}

func (b *between) hook(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	app, ask := b.app, b.onHook
	b.mu.Unlock()
	b.pass(w, r, app, ask)
}

func (b *between) request(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	ask := b.onRequest
	b.mu.Unlock()
	github, err := url.Parse(b.story.Sim.URL())
	if err != nil {
		b.t.Error(err)
		return
	}
	b.pass(w, r, github, ask)
}

func (b *between) pass(w http.ResponseWriter, r *http.Request, to *url.URL, ask func(*http.Request) moment) {
	when := never
	if ask != nil {
		when = ask(r)
	}
	if when == before {
		b.arm(nil, nil)
		b.kill()
		to = nil
	}
	if to == nil {
		http.Error(w, "nobody listens", http.StatusBadGateway)
		return
	}
	answer := httptest.NewRecorder()
	(&httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(to) }}).ServeHTTP(answer, r)
	if when == after {
		b.arm(nil, nil)
		b.kill()
	}
	for name, values := range answer.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes()) // who was killed does not read it
}

// isReview kills around the delivery of the next review.
func isReview(when moment) func(*http.Request) moment {
	return func(r *http.Request) moment {
		if r.Header.Get("X-GitHub-Event") == "pull_request_review" {
			return when
		}
		return never
	}
}

// writesCheck kills after the next check run was written, before the App hears.
func writesCheck(method string) func(*http.Request) moment {
	return func(r *http.Request) moment {
		if r.Method == method && strings.Contains(r.URL.Path, "/check-runs") {
			return after
		}
		return never
	}
}

// died waits until the process was killed.
func (b *between) died() {
	b.t.Helper()
	err := demo.Await(b.t.Context(), "the kill", func() (bool, error) {
		b.mu.Lock()
		defer b.mu.Unlock()
		return b.process == nil, nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// The App is killed before a delivery is on disk, after it is, and between writing
// the check run and recording that: nothing is lost and nothing is there twice.
func TestServe_killedAtAnyMomentLosesNothing(t *testing.T) {
	b := newBetween(t)
	b.start()
	s, ctx := b.story, t.Context()
	if err := s.Found(ctx); err != nil {
		t.Fatal(err)
	}
	const path = "policy/cloud-usage-policy.md"
	head, err := s.Push(ctx, "rdevries", "policy", "The policy", map[string][]byte{path: s.Documents[path]})
	if err != nil {
		t.Fatal(err)
	}
	b.arm(nil, writesCheck(http.MethodPost))
	p, err := s.As("rdevries").OpenPull(ctx, "The policy", "policy", "")
	if err != nil {
		t.Fatal(err)
	}
	b.died()
	b.start()
	b.expect(head, "action_required", "")
	steps := []struct {
		role, gone string
		hook       func(*http.Request) moment
		request    func(*http.Request) moment
		conclusion string
	}{
		{"ciso", "Aoife", isReview(before), nil, "action_required"},
		{"ceo", "Fergal", isReview(after), nil, "action_required"},
		{"head-of-it", "Tomasz", nil, writesCheck(http.MethodPatch), "success"},
	}
	for _, step := range steps {
		lines, err := s.Offered(ctx, p.Number, step.role)
		if err != nil {
			t.Fatal(err)
		}
		b.arm(step.hook, step.request)
		if _, err := s.As(s.Holder(step.role).Slug).Review(ctx, p.Number, "APPROVE", strings.Join(lines, "\n")); err != nil {
			t.Fatal(err)
		}
		b.died()
		b.start()
		b.expect(head, step.conclusion, step.gone)
	}
	if _, err := s.Land(ctx, "rdevries", p); err != nil {
		t.Fatal(err)
	}
}

// expect waits for the one check run on head to say conclusion without waiting for
// gone any more, and holds that there is one run with its own external id.
func (b *between) expect(head, conclusion, gone string) {
	b.t.Helper()
	c, err := b.story.Verdict(b.t.Context(), head, func(c demo.Check) bool {
		return c.Conclusion == conclusion && (gone == "" || conclusion == "success" || !strings.Contains(c.Output.Title, gone))
	})
	if err != nil {
		b.t.Fatal(err)
	}
	if want := fmt.Sprintf("v1:%d:%s:", b.story.Repo.ID, head); !strings.HasPrefix(c.ExternalID, want) {
		b.t.Errorf("external id %s, want one that begins with %s", c.ExternalID, want)
	}
}
