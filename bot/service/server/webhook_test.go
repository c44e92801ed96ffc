package server_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/vidimus-bot/vidimus/bot/service/server"
	"github.com/vidimus-bot/vidimus/bot/service/store"
)

const pull = `{"action":"opened","number":412,"repository":{"id":186853002,"full_name":"northquay/policies"},"installation":{"id":7}}`

func TestWebhook_signedDeliveryIsStoredAsSent(t *testing.T) {
	f := &fakeStore{}
	body := " " + pull + "\n"
	if w := serve(newServer(f), webhook("pull_request", body)); w.Code != http.StatusAccepted {
		t.Fatalf("status %d, want 202: %s", w.Code, w.Body)
	}
	want := []store.Delivery{{
		ID: "72d3162e-cc78-11e3-81ab-4c9367dc0958", Event: "pull_request", Action: "opened",
		RepositoryID: 186853002, InstallationID: 7, Received: noon(), Payload: []byte(body),
	}}
	if diff := cmp.Diff(want, f.deliveries(), cmpopts.IgnoreUnexported(store.Delivery{})); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
}

// TestWebhook_githubsOwnVector uses the example of GitHub Docs, "Validating
// webhook deliveries". Its body is no JSON: a good signature is told from a bad
// one by 400 instead of 401.
func TestWebhook_githubsOwnVector(t *testing.T) {
	const published = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
	for signature, want := range map[string]int{
		published: http.StatusBadRequest,
		strings.Replace(published, "757107ea", "757107eb", 1): http.StatusUnauthorized,
	} {
		r := webhook("push", "Hello, World!")
		r.Header.Set("X-Hub-Signature-256", signature)
		if w := serve(newServer(&fakeStore{}), r); w.Code != want {
			t.Errorf("%s: status %d, want %d", signature, w.Code, want)
		}
	}
}

func TestWebhook_whatIsNotSignedIsNotBelieved(t *testing.T) {
	good := sign(secret, pull)
	for name, change := range map[string]func(*http.Request){
		"missing":            func(r *http.Request) { r.Header.Del("X-Hub-Signature-256") },
		"empty":              func(r *http.Request) { r.Header.Set("X-Hub-Signature-256", "") },
		"other secret":       func(r *http.Request) { r.Header.Set("X-Hub-Signature-256", sign("other", pull)) },
		"empty secret":       func(r *http.Request) { r.Header.Set("X-Hub-Signature-256", sign("", pull)) },
		"other body":         func(r *http.Request) { r.Header.Set("X-Hub-Signature-256", sign(secret, pull+" ")) },
		"one bit":            func(r *http.Request) { r.Header.Set("X-Hub-Signature-256", flip(good)) },
		"cut":                func(r *http.Request) { r.Header.Set("X-Hub-Signature-256", good[:len(good)-2]) },
		"longer":             func(r *http.Request) { r.Header.Set("X-Hub-Signature-256", good+"00") },
		"no hex":             func(r *http.Request) { r.Header.Set("X-Hub-Signature-256", good[:len(good)-1]+"g") },
		"without its prefix": func(r *http.Request) { r.Header.Set("X-Hub-Signature-256", strings.TrimPrefix(good, "sha256=")) },
		"twice":              func(r *http.Request) { r.Header.Add("X-Hub-Signature-256", good) },
		"only SHA-1": func(r *http.Request) {
			r.Header.Del("X-Hub-Signature-256")
			r.Header.Set("X-Hub-Signature", "sha1=03d27f2e1b9b1e8f9f1b6d1e0f9b7f3f1d6a9b0c")
		},
	} {
		f := &fakeStore{}
		s := newServer(f)
		r := webhook("pull_request", pull)
		change(r)
		if w := serve(s, r); w.Code != http.StatusUnauthorized {
			t.Errorf("%s: status %d, want 401", name, w.Code)
		}
		if len(f.deliveries()) != 0 {
			t.Errorf("%s: stored", name)
		}
		wantLine(t, metricsOf(t, s), `vidimus_deliveries_total{event="other",outcome="forged"} 1`)
	}
}

// flip changes one bit of the last digit.
func flip(signature string) string {
	last := signature[len(signature)-1]
	if last == '0' {
		return signature[:len(signature)-1] + "1"
	}
	return signature[:len(signature)-1] + "0"
}

func TestWebhook_eitherSecretCountsWhileItIsChanged(t *testing.T) {
	f := &fakeStore{}
	s := server.New(server.Config{Secrets: [][]byte{[]byte("new"), nil, []byte("old")}, Store: f})
	for key, want := range map[string]int{"new": 202, "old": 202, "older": 401, "": 401} {
		r := webhook("pull_request", pull)
		r.Header.Set("X-Hub-Signature-256", sign(key, pull))
		if w := serve(s, r); w.Code != want {
			t.Errorf("secret %q: status %d, want %d", key, w.Code, want)
		}
	}
}

func TestWebhook_withoutASecretEverythingIsForged(t *testing.T) {
	for _, secrets := range [][][]byte{nil, {{}}} {
		s := server.New(server.Config{Secrets: secrets, Store: &fakeStore{}})
		r := webhook("pull_request", pull)
		r.Header.Set("X-Hub-Signature-256", sign("", pull))
		if w := serve(s, r); w.Code != http.StatusUnauthorized {
			t.Errorf("secrets %v: status %d, want 401", secrets, w.Code)
		}
	}
}

func TestWebhook_answers(t *testing.T) {
	const repository = `"repository":{"id":1}`
	for _, c := range []struct {
		name, event, body string
		change            func(http.Header)
		status            int
		outcome           string
		stored            bool
	}{
		{name: "push", event: "push", body: `{"ref":"refs/heads/main",` + repository + `}`, status: 202, outcome: "accepted", stored: true},
		{name: "installation", event: "installation", body: `{"action":"created","installation":{"id":7}}`, status: 202, outcome: "accepted", stored: true},
		{name: "check asked for again", event: "check_run", body: `{"action":"rerequested",` + repository + `}`, status: 202, outcome: "accepted", stored: true},
		{name: "our own check run", event: "check_run", body: `{"action":"created",` + repository + `}`, status: 202, outcome: "ignored"},
		{name: "our own suite", event: "check_suite", body: `{"action":"requested",` + repository + `}`, status: 202, outcome: "ignored"},
		{name: "ping", event: "ping", body: `{"zen":"Speak like a human."}`, status: 202, outcome: "ignored"},
		{name: "unknown event", event: "made_up_tomorrow", body: `not even JSON`, status: 202, outcome: "ignored"},
		{name: "no JSON", event: "push", body: `Hello, World!`, status: 400, outcome: "malformed"},
		{name: "empty", event: "push", body: ``, status: 400, outcome: "malformed"},
		{name: "null", event: "installation", body: `null`, status: 400, outcome: "malformed"},
		{name: "an array", event: "push", body: `[` + pull + `]`, status: 400, outcome: "malformed"},
		{name: "cut", event: "push", body: pull[:50], status: 400, outcome: "malformed"},
		{name: "two objects", event: "push", body: pull + pull, status: 400, outcome: "malformed"},
		{name: "nested too deep", event: "push", body: `{"a":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + `}`, status: 400, outcome: "malformed"},
		{name: "no repository", event: "push", body: `{"installation":{"id":7}}`, status: 400, outcome: "malformed"},
		{name: "negative id", event: "push", body: `{"repository":{"id":-1}}`, status: 400, outcome: "malformed"},
		{name: "id over 64 bits", event: "push", body: `{"repository":{"id":9223372036854775808}}`, status: 400, outcome: "malformed"},
		{name: "fractional id", event: "push", body: `{"repository":{"id":1.5}}`, status: 400, outcome: "malformed"},
		{name: "id as text", event: "push", body: `{"repository":{"id":"1"}}`, status: 400, outcome: "malformed"},
		{name: "odd action", event: "pull_request", body: `{"action":"opened\n",` + repository + `}`, status: 400, outcome: "malformed"},
		{name: "long action", event: "pull_request", body: `{"action":"` + strings.Repeat("a", 65) + `",` + repository + `}`, status: 400, outcome: "malformed"},
		{name: "no delivery id", event: "push", body: pull, change: func(h http.Header) { h.Del("X-GitHub-Delivery") }, status: 400, outcome: "malformed"},
		{name: "long delivery id", event: "push", body: pull, change: func(h http.Header) { h.Set("X-GitHub-Delivery", strings.Repeat("a", 65)) }, status: 400, outcome: "malformed"},
		{name: "odd delivery id", event: "push", body: pull, change: func(h http.Header) { h.Set("X-GitHub-Delivery", "a;b") }, status: 400, outcome: "malformed"},
		{name: "no event", event: "", body: pull, status: 400, outcome: "malformed"},
		{name: "odd event", event: "Push", body: pull, status: 400, outcome: "malformed"},
		{name: "a form", event: "push", body: "payload=%7B%7D", change: func(h http.Header) { h.Set("Content-Type", "application/x-www-form-urlencoded") }, status: 415, outcome: "malformed"},
		{name: "JSON with a charset", event: "push", body: pull, change: func(h http.Header) { h.Set("Content-Type", "application/json; charset=utf-8") }, status: 202, outcome: "accepted", stored: true},
		{name: "no content type", event: "push", body: pull, change: func(h http.Header) { h.Del("Content-Type") }, status: 415, outcome: "malformed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := &fakeStore{}
			s := newServer(f)
			r := webhook(c.event, c.body)
			if c.change != nil {
				c.change(r.Header)
			}
			w := serve(s, r)
			if w.Code != c.status || (len(f.deliveries()) == 1) != c.stored {
				t.Errorf("status %d, %d stored, want %d, stored %t: %s", w.Code, len(f.deliveries()), c.status, c.stored, w.Body)
			}
			if !strings.Contains(metricsOf(t, s), `outcome="`+c.outcome+`"} 1`) {
				t.Errorf("not counted as %s:\n%s", c.outcome, metricsOf(t, s))
			}
		})
	}
}

func TestWebhook_redeliveryIsAcknowledgedAndStoredOnce(t *testing.T) {
	f := &fakeStore{}
	s := newServer(f)
	for _, want := range []string{"accepted\n", "known already\n", "known already\n"} {
		w := serve(s, webhook("pull_request", pull))
		if w.Code != http.StatusAccepted || w.Body.String() != want {
			t.Errorf("answer %d %q, want 202 %q", w.Code, w.Body, want)
		}
	}
	if len(f.deliveries()) != 1 {
		t.Errorf("%d stored, want 1", len(f.deliveries()))
	}
	wantLine(t, metricsOf(t, s), `vidimus_deliveries_total{event="pull_request",outcome="known"} 2`)
}

func TestWebhook_notStoredIsNotAcknowledged(t *testing.T) {
	f := &fakeStore{err: errors.New("disk is full")}
	w := serve(newServer(f), webhook("pull_request", pull))
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("status %d, want 503 with Retry-After", w.Code)
	}
	if strings.Contains(w.Body.String(), "disk") {
		t.Errorf("the answer tells of our inside: %q", w.Body)
	}
}

func TestWebhook_over25MBIsRefused(t *testing.T) {
	s := server.New(server.Config{Secrets: [][]byte{[]byte(secret)}, Store: &fakeStore{}, MaxBody: 2 << 20})
	object := func(size int) string {
		return pull[:len(pull)-1] + `,"a":"` + strings.Repeat("x", size-len(pull)-7) + `"}`
	}
	for size, want := range map[int]int{2 << 20: http.StatusAccepted, 2<<20 + 1: http.StatusRequestEntityTooLarge} {
		body := object(size)
		if len(body) != size {
			t.Fatalf("made %d bytes, want %d", len(body), size)
		}
		announced := webhook("push", body)
		if w := serve(s, announced); w.Code != want {
			t.Errorf("%d bytes: status %d, want %d: %s", size, w.Code, want, w.Body)
		}
		streamed := webhook("push", body)
		streamed.ContentLength = -1
		if w := serve(s, streamed); w.Code != want {
			t.Errorf("%d bytes without a length: status %d, want %d: %s", size, w.Code, want, w.Body)
		}
	}
}

// unread fails the test when somebody reads the body.
type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, io.EOF
}

func TestWebhook_bodyIsNotReadWithoutNeed(t *testing.T) {
	for name, change := range map[string]func(*http.Request){
		"no signature":  func(r *http.Request) { r.Header.Del("X-Hub-Signature-256") },
		"announced big": func(r *http.Request) { r.ContentLength = 1 << 40 },
	} {
		r := webhook("push", pull)
		r.Body = io.NopCloser(unread{t})
		change(r)
		if w := serve(newServer(&fakeStore{}), r); w.Code/100 != 4 {
			t.Errorf("%s: status %d, want it refused", name, w.Code)
		}
	}
}

func TestWebhook_brokenBodyIsRefused(t *testing.T) {
	r := webhook("push", pull)
	r.Body = io.NopCloser(io.MultiReader(strings.NewReader(pull[:20]), brokenReader{}))
	if w := serve(newServer(&fakeStore{}), r); w.Code != http.StatusBadRequest {
		t.Errorf("status %d, want 400", w.Code)
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("connection reset") }

// TestWebhook_largeBodiesWaitForAPlace fills all places with senders that never
// finish: small deliveries still come through, a large one is turned away.
func TestWebhook_largeBodiesWaitForAPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(&fakeStore{})
		const places = 16
		begun, finish := make(chan struct{}, places), make(chan struct{})
		for range places {
			go func() {
				r := webhook("push", pull)
				r.ContentLength = 2 << 20
				r.Body = io.NopCloser(io.MultiReader(signal{begun}, wait{finish}))
				serve(s, r)
			}()
		}
		synctest.Wait()
		if len(begun) != places {
			t.Fatalf("%d large deliveries are read at once, want %d", len(begun), places)
		}
		large := webhook("push", pull)
		large.ContentLength = 2 << 20
		if w := serve(s, large); w.Code != http.StatusServiceUnavailable {
			t.Errorf("large delivery without a place: status %d, want 503", w.Code)
		}
		if w := serve(s, webhook("push", pull)); w.Code != http.StatusAccepted {
			t.Errorf("small delivery: status %d, want 202", w.Code)
		}
		close(finish)
		synctest.Wait()
		if w := serve(s, large); w.Code != http.StatusAccepted {
			t.Errorf("large delivery after the others: status %d, want 202", w.Code)
		}
	})
}

// stuckStore answers when its context ends.
type stuckStore struct{ fakeStore }

func (*stuckStore) Ingest(ctx context.Context, _ store.Delivery) (bool, error) {
	<-ctx.Done()
	return false, ctx.Err()
}

func TestWebhook_answersBeforeGitHubGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := server.New(server.Config{Secrets: [][]byte{[]byte(secret)}, Store: &stuckStore{}})
		begun := time.Now()
		w := serve(s, webhook("push", pull))
		if took := time.Since(begun); w.Code != http.StatusServiceUnavailable || took >= 10*time.Second {
			t.Errorf("status %d after %s, want 503 within ten seconds", w.Code, took)
		}
	})
}

func TestWebhook_isStoredEvenIfGitHubHangsUp(t *testing.T) {
	f := &fakeStore{}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	serve(newServer(f), webhook("push", pull).WithContext(gone))
	if len(f.deliveries()) != 1 {
		t.Error("delivery was read and not stored")
	}
}

// signal says that reading has begun, and gives nothing.
type signal struct{ begun chan<- struct{} }

func (s signal) Read([]byte) (int, error) {
	s.begun <- struct{}{}
	return 0, io.EOF
}

// wait gives nothing until it is released.
type wait struct{ release <-chan struct{} }

func (w wait) Read([]byte) (int, error) {
	<-w.release
	return 0, io.EOF
}

func TestWebhook_logNeverHoldsBodyOrSecret(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	f := &fakeStore{}
	s := server.New(server.Config{Secrets: [][]byte{[]byte(secret)}, Store: f, Log: log})
	const private = "a-private-word"
	requests := []*http.Request{
		webhook("push", `{"repository":{"id":1},"x":"`+private+`"}`), // accepted
		webhook("ping", `{"x":"`+private+`"}`),                       // ignored
		webhook("push", `{"repository":{"id":"`+private+`"}}`),       // malformed
		webhook("push", private),                                     // no JSON
		webhook(private, "{}"),                                       // odd event
	}
	forged := webhook(private, private)
	forged.Header.Set("X-Hub-Signature-256", sign(private, private))
	for _, r := range append(requests, forged) {
		out.Reset()
		serve(s, r)
		if got := strings.Count(out.String(), "\n"); got != 1 {
			t.Errorf("%d lines logged, want 1:\n%s", got, &out)
		}
		for _, word := range []string{private, secret, r.Header.Get("X-Hub-Signature-256")} {
			if strings.Contains(out.String(), word) {
				t.Errorf("%q is in the log:\n%s", word, &out)
			}
		}
	}
}

func TestServer_otherAddressesAndMethods(t *testing.T) {
	s := newServer(&fakeStore{})
	for _, c := range []struct {
		method, path string
		want         int
	}{
		{http.MethodGet, "/webhook", 405},
		{http.MethodPut, "/webhook", 405},
		{http.MethodPost, "/", 404},
		{http.MethodPost, "/webhook/", 404},
		{http.MethodPost, "/healthz", 405},
		{http.MethodGet, "/", 404},
	} {
		w := serve(s, httptest.NewRequest(c.method, c.path, nil))
		if w.Code != c.want {
			t.Errorf("%s %s = %d, want %d", c.method, c.path, w.Code, c.want)
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer",
			"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
		} {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s %s: header %s = %q, want %q", c.method, c.path, name, got, want)
			}
		}
	}
}

// TestWebhook_takesGitHubsExamples sends every example payload that GitHub
// published, as the event that it is of.
func TestWebhook_takesGitHubsExamples(t *testing.T) {
	files, err := filepath.Glob("../../../../shared/github/webhook-examples/*/*.json")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("skipped: GitHub's webhook examples (../shared/github) are not here")
	}
	stored := 0
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		f := &fakeStore{}
		w := serve(newServer(f), webhook(filepath.Base(filepath.Dir(file)), string(body)))
		if w.Code != http.StatusAccepted {
			t.Errorf("%s: status %d: %s", file, w.Code, w.Body)
		}
		stored += len(f.deliveries())
	}
	if stored == 0 {
		t.Errorf("of %d examples none was stored", len(files))
	}
	t.Logf("%d examples, %d stored, the others ignored", len(files), stored)
}
