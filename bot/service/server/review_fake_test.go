package server_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/decision/report"
	"github.com/vidimus-bot/vidimus/bot/service/reviewpage"
	"github.com/vidimus-bot/vidimus/bot/service/server"
)

// office is what the page needs, in memory: one repository with one pull request, and
// the accounts that may read it.
type office struct {
	mu      sync.Mutex
	now     time.Time
	readers map[int64]bool
	asked   int // how often GitHub was asked who may read
	err     error
	codes   map[string]facts.Account // good once
	proof   map[string]string        // challenge by state
}

func newOffice() *office {
	return &office{
		now: noon(), readers: map[int64]bool{aoife().ID: true}, proof: map[string]string{},
		codes: map[string]facts.Account{"aoifes": aoife(), "strangers": {ID: 9, Login: "stranger", Type: "User"}},
	}
}

func aoife() facts.Account { return facts.Account{ID: 61000102, Login: "abrannigan-nq", Type: "User"} }

func (o *office) MayRead(_ context.Context, repo string, who facts.Account) (bool, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.asked++
	return strings.EqualFold(repo, "northquay/policies") && o.readers[who.ID], o.err
}

func (o *office) Review(_ context.Context, repo string, number int) (reviewpage.Subject, error) {
	if number == 503 {
		return reviewpage.Subject{}, &server.NotYetError{Cause: errors.New("being read")}
	}
	if number == 500 {
		return reviewpage.Subject{}, errors.New("a fault with a secret in it")
	}
	if number != 61 {
		return reviewpage.Subject{}, server.ErrNoReview
	}
	picture := []byte("\x89PNG\r\n\x1a\n and more")
	script := []byte("<script>alert(1)</script>")
	return reviewpage.Subject{
		Web: "https://github.example", Pull: reviewpage.Pull{Number: 61, Title: "A <b>title</b>", Open: true},
		Input: report.Input{
			Decision: decision.Decision{
				Repository: facts.Repository{Host: "github.example", ID: 7, Name: repo}, Pull: 61, State: decision.StateUntouched,
				Conclusion: decision.Success, Head: strings.Repeat("a", 40), AsOf: "2026-11-24",
			},
			Config: repoconfig.Config{Organisation: "Northquay"},
		},
		Snapshot: facts.Snapshot{Blobs: map[string][]byte{facts.Digest(picture): picture, facts.Digest(script): script}},
	}, nil
}

func (o *office) Address(state, challenge string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.proof[state] = challenge
	return "https://github.example/login/oauth/authorize?state=" + url.QueryEscape(state)
}

func (o *office) Account(_ context.Context, code, _ string) (facts.Account, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	who, ok := o.codes[code]
	delete(o.codes, code)
	if !ok {
		return facts.Account{}, errors.New("bad_verification_code")
	}
	return who, nil
}

func (o *office) clock() time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.now
}

func (o *office) advance(d time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.now = o.now.Add(d)
}

func (o *office) letIn(id int64, in bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.readers[id] = in
}

// tab is a browser: it keeps cookies by name.
type tab struct {
	t       *testing.T
	handler http.Handler
	cookies map[string]string
	last    *http.Response // with the cookies that it set
}

const public = "https://vidimus.example"

func openTab(t *testing.T, o *office) *tab {
	t.Helper()
	s := server.New(server.Config{Secrets: [][]byte{[]byte(secret)}, Store: &fakeStore{}, Now: o.clock})
	err := s.EnableReview(server.ReviewConfig{Reviews: o, Asker: o, PublicURL: public, Key: []byte(strings.Repeat("k", 32))})
	if err != nil {
		t.Fatal(err)
	}
	return &tab{t: t, handler: s, cookies: map[string]string{}}
}

func (b *tab) do(r *http.Request) *httptest.ResponseRecorder {
	b.t.Helper()
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value}) //nolint:gosec // sent by a client
	}
	w := serve(b.handler, r)
	b.last = w.Result()
	for _, c := range b.last.Cookies() {
		b.cookies[c.Name] = c.Value
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	return w
}

func (b *tab) get(path string) *httptest.ResponseRecorder {
	b.t.Helper()
	return b.do(httptest.NewRequest(http.MethodGet, public+path, nil))
}

// begin starts a sign-in and gives its state.
func (b *tab) begin(path string) string {
	b.t.Helper()
	w := b.get("/review/sign-in?to=" + url.QueryEscape(path))
	to, err := url.Parse(w.Header().Get("Location"))
	if err != nil || w.Code != http.StatusSeeOther {
		b.t.Fatalf("sign-in = %d to %q", w.Code, to)
	}
	return to.Query().Get("state")
}

// signIn signs in with a code and gives the answer.
func (b *tab) signIn(code string) *httptest.ResponseRecorder {
	b.t.Helper()
	state := b.begin(review)
	return b.get("/review/signed-in?" + url.Values{"code": {code}, "state": {state}}.Encode())
}

const review = "/review/northquay/policies/61"
