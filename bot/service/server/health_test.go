package server_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/service/server"
	"github.com/vidimus-bot/vidimus/bot/service/store"
)

var update = flag.Bool("update", false, "rewrite golden files")

func getHealth(h http.Handler) *httptest.ResponseRecorder {
	return serve(h, httptest.NewRequest(http.MethodGet, "/healthz", nil))
}

func TestHealth_saysHowLongTheQueueIs(t *testing.T) {
	f := &fakeStore{queue: store.Queue{Open: 5, Waiting: 2, Dead: 1, Oldest: 90 * time.Second}}
	w := getHealth(newServer(f))
	const want = `{"status":"ok","open":5,"waiting":2,"dead":1,"oldestSeconds":90}` + "\n"
	if w.Code != http.StatusOK || w.Body.String() != want || w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("GET /healthz = %d %s, want 200 %s", w.Code, w.Body, want)
	}
}

func TestHealth_emptyQueueIsShownAsZeros(t *testing.T) {
	const want = `{"status":"ok","open":0,"waiting":0,"dead":0,"oldestSeconds":0}` + "\n"
	if w := getHealth(newServer(&fakeStore{})); w.Body.String() != want {
		t.Errorf("GET /healthz = %s, want %s", w.Body, want)
	}
}

func TestHealth_databaseThatTakesNoWritesIsUnhealthy(t *testing.T) {
	f := &fakeStore{broken: errors.New("read-only file system on /secret/path")}
	s := newServer(f)
	w := getHealth(s)
	if w.Code != http.StatusServiceUnavailable || strings.Contains(w.Body.String(), "secret") {
		t.Errorf("GET /healthz = %d %s, want 503 without our inside", w.Code, w.Body)
	}
	text := metricsOf(t, s)
	wantLine(t, text, "vidimus_store_writable 0")
	if strings.Contains(text, "vidimus_queue_open") {
		t.Errorf("metrics give a queue that was not read:\n%s", text)
	}
}

func TestHealth_looksOnceASecondAtMost(t *testing.T) {
	f := &fakeStore{}
	s := newServer(f)
	started := time.Now()
	for range 50 {
		getHealth(s)
		metricsOf(t, s)
	}
	if most := 1 + int(time.Since(started)/time.Second); f.looks < 1 || f.looks > most {
		t.Errorf("looked %d times in %s, want at most %d", f.looks, time.Since(started), most)
	}
}

func TestMetrics_golden(t *testing.T) {
	s := newServer(&fakeStore{queue: store.Queue{Open: 3, Waiting: 1, Dead: 2, Oldest: 1500 * time.Millisecond, Wishes: 4, FailingWishes: 1}})
	serve(s, webhook("pull_request", pull))
	serve(s, webhook("pull_request", pull))
	serve(s, webhook("ping", "{}"))
	serve(s, webhook("star", "{}"))
	serve(s, webhook("push", "{"))
	unsigned := webhook("push", pull)
	unsigned.Header.Del("X-Hub-Signature-256")
	serve(s, unsigned)
	for _, conclusion := range []string{"success", "failure", "failure", "action_required", "neutral", "evil\"} 1\n"} {
		s.CountVerdict(conclusion)
	}
	const golden = "testdata/metrics.txt"
	got := metricsOf(t, s)
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("GET /metrics (-want +got):\n%s", diff)
	}
}

func TestServe_finishesRunningRequestsAndCloses(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	inside, leave := make(chan struct{}), make(chan struct{})
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(inside)
		<-leave
		_, _ = w.Write([]byte("done")) // the test reads it
	})
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx, listener, handler, slog.New(slog.DiscardHandler)) }()

	answer := make(chan string, 1)
	go func() {
		response, err := http.Get("http://" + listener.Addr().String())
		if err != nil {
			answer <- err.Error()
			return
		}
		defer response.Body.Close() //nolint:errcheck // only read
		var body bytes.Buffer
		_, _ = body.ReadFrom(response.Body) // what is missing shows in the comparison
		answer <- body.String()
	}()
	<-inside
	cancel()
	close(leave)
	if got := <-answer; got != "done" {
		t.Errorf("running request got %q, want done", got)
	}
	if err := <-served; err != nil {
		t.Errorf("Serve = %v, want nil at the end of its context", err)
	}
	if _, err := net.Dial("tcp", listener.Addr().String()); err == nil {
		t.Error("the listener still takes connections")
	}
}

func TestServe_brokenListenerIsAnError(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	if err := server.Serve(t.Context(), listener, http.NotFoundHandler(), slog.New(slog.DiscardHandler)); err == nil {
		t.Error("Serve on a closed listener worked")
	}
}

// TestServer_overARealStore sends deliveries from several senders at once over
// HTTP; each is acknowledged, and worked once.
func TestServer_overARealStore(t *testing.T) {
	db, err := store.Open(t.Context(), store.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	worked := make(chan string, 100)
	err = db.Start(t.Context(), store.Workers{
		Drain: func(_ context.Context, w store.Work) error {
			for _, d := range w.Deliveries {
				worked <- d.ID
			}
			return nil
		},
		Publish: func(context.Context, int64) error { return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(server.New(server.Config{Secrets: [][]byte{[]byte(secret)}, Store: db}))
	defer web.Close()
	const senders, each = 4, 5
	var group sync.WaitGroup
	for sender := range senders {
		group.Go(func() {
			for i := range each {
				send(t, web.URL, string(rune('a'+sender))+string(rune('0'+i)))
			}
		})
	}
	group.Wait()
	seen := map[string]bool{}
	for range senders * each {
		select {
		case id := <-worked:
			if seen[id] {
				t.Errorf("delivery %s was worked twice", id)
			}
			seen[id] = true
		case <-time.After(60 * time.Second):
			t.Fatalf("%d deliveries worked, want %d", len(seen), senders*each)
		}
	}
}

// send posts a delivery and expects it to be acknowledged.
func send(t *testing.T, url, id string) {
	r, err := http.NewRequest(http.MethodPost, url+"/webhook", strings.NewReader(pull))
	if err != nil {
		t.Error(err)
		return
	}
	r.Header = webhook("pull_request", pull).Header
	r.Header.Set("X-GitHub-Delivery", id)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Error(err)
		return
	}
	if err := response.Body.Close(); err != nil || response.StatusCode != http.StatusAccepted {
		t.Errorf("delivery %s: status %d, %v, want 202", id, response.StatusCode, err)
	}
}
