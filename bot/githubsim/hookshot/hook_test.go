package hookshot_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vidimus-bot/vidimus/bot/githubsim/hookshot"
)

// around is a surrounding whose time can be moved.
type around struct {
	ids      atomic.Int64
	unix     atomic.Int64
	patience time.Duration
}

func (a *around) start(t *testing.T, url string) *hookshot.Hook {
	t.Helper()
	hook := hookshot.Start(hookshot.Settings{ID: 1, TargetID: 2, URL: url, Secret: "s"}, hookshot.Surroundings{
		Now:      func() time.Time { return time.Unix(a.unix.Load(), 0).UTC() },
		NextID:   func() int64 { return a.ids.Add(1) },
		Patience: a.patience,
	})
	t.Cleanup(hook.Close)
	return hook
}

func idle(t *testing.T, hook *hookshot.Hook) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := hook.Idle(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestHook_deliversInOrder(t *testing.T) {
	var bodies []string // one delivery at a time: no lock
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies = append(bodies, string(body))
	}))
	defer receiver.Close()
	hook := (&around{}).start(t, receiver.URL)
	for i := range 50 {
		hook.Enqueue(hookshot.Message{Event: "push", Payload: []byte(strconv.Itoa(i))})
	}
	idle(t, hook)
	for i, body := range bodies {
		if body != strconv.Itoa(i) {
			t.Fatalf("delivery %d is %s", i, body)
		}
	}
	if log := hook.Log(); len(bodies) != 50 || len(log) != 50 || log[0].Status != "OK" || log[0].StatusCode != 200 {
		t.Errorf("%d delivered, %d logged", len(bodies), len(hook.Log()))
	}
}

func TestHook_outcomes(t *testing.T) {
	hang := make(chan struct{})
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/slow":
			<-hang
		case "/moved":
			http.Redirect(w, r, "/", http.StatusFound)
		case "/sad":
			w.Header().Set("X-Why", "because")
			http.Error(w, "no", http.StatusTeapot)
		}
	}))
	defer receiver.Close()
	defer close(hang)
	dead := httptest.NewServer(nil)
	dead.Close()
	for url, want := range map[string]struct {
		code   int
		status string
	}{
		receiver.URL + "/slow":  {504, "timed out"},
		receiver.URL + "/moved": {302, "Invalid HTTP Response: 302"},
		receiver.URL + "/sad":   {418, "Invalid HTTP Response: 418"},
		dead.URL:                {502, "failed to connect to host"},
		"nonsense\x00":          {502, "invalid url"},
	} {
		a := &around{}
		if strings.HasSuffix(url, "/slow") {
			a.patience = 50 * time.Millisecond
		}
		hook := a.start(t, url)
		hook.Enqueue(hookshot.Message{Event: "ping", Payload: []byte("{}")})
		idle(t, hook)
		d := hook.Log()[0]
		if d.StatusCode != want.code || d.Status != want.status {
			t.Errorf("%q: %d %s, want %d %s", url, d.StatusCode, d.Status, want.code, want.status)
		}
		if want.code == 418 && (d.ResponsePayload != "no\n" || d.ResponseHeader["X-Why"] != "because") {
			t.Errorf("response = %q %v", d.ResponsePayload, d.ResponseHeader)
		}
	}
}

func TestHook_pagesAndRetention(t *testing.T) {
	receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer receiver.Close()
	a := &around{}
	hook := a.start(t, receiver.URL)
	for range 7 {
		hook.Enqueue(hookshot.Message{Event: "push"})
	}
	idle(t, hook)
	first := hook.Page(0, 3)
	second := hook.Page(first.Older, 3)
	third := hook.Page(second.Older, 3)
	if len(first.Deliveries) != 3 || first.Deliveries[0].ID != 7 || first.Newer != 0 || second.Deliveries[0].ID != 4 || second.Newer != 7 || len(third.Deliveries) != 1 || third.Older != 0 || third.Newer != 4 {
		t.Errorf("pages = %+v, %+v, %+v", first, second, third)
	}
	a.unix.Store(int64(hookshot.Retention/time.Second) + 1)
	if hook.Redeliver(1) {
		t.Error("a delivery past its retention was sent again")
	}
	if page := hook.Page(0, 3); len(page.Deliveries) != 0 {
		t.Errorf("page = %+v, want an empty one", page)
	}
}

func TestHook_configureIsForWhatComesLater(t *testing.T) {
	var paths []string
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { paths = append(paths, r.URL.Path) }))
	defer receiver.Close()
	hook := (&around{}).start(t, receiver.URL+"/old")
	hook.Enqueue(hookshot.Message{Event: "push"})
	idle(t, hook)
	hook.Configure(receiver.URL+"/new", "")
	hook.Enqueue(hookshot.Message{Event: "push"})
	idle(t, hook)
	if len(paths) != 2 || paths[0] != "/old" || paths[1] != "/new" || hook.Settings().Secret != "s" {
		t.Errorf("paths = %v, settings = %+v", paths, hook.Settings())
	}
}

func TestHook_closeCutsOffAndForgets(t *testing.T) {
	started, hang := make(chan struct{}), make(chan struct{})
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(started)
		select {
		case <-hang:
		case <-r.Context().Done():
		}
	}))
	defer receiver.Close()
	defer close(hang)
	hook := hookshot.Start(hookshot.Settings{URL: receiver.URL}, hookshot.Surroundings{Now: time.Now, NextID: func() int64 { return 1 }})
	for range 3 {
		hook.Enqueue(hookshot.Message{Event: "push"})
	}
	<-started
	hook.Close()
	hook.Enqueue(hookshot.Message{Event: "late"})
	if log := hook.Log(); len(log) > 1 {
		t.Errorf("%d deliveries after Close, want at most the one that was cut off", len(log))
	}
}

func TestHook_idleEndsWithItsContext(t *testing.T) {
	hang := make(chan struct{})
	receiver := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hang }))
	defer receiver.Close()
	defer close(hang)
	hook := hookshot.Start(hookshot.Settings{URL: receiver.URL}, hookshot.Surroundings{Now: time.Now, NextID: func() int64 { return 1 }})
	defer hook.Close()
	hook.Enqueue(hookshot.Message{Event: "push"})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := hook.Idle(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Idle = %v, want that it was cancelled", err)
	}
}
