package server_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vidimus-bot/vidimus/bot/service/server"
	"github.com/vidimus-bot/vidimus/bot/service/store"
)

// fakeStore keeps deliveries in memory, or fails.
type fakeStore struct {
	mu     sync.Mutex
	kept   []store.Delivery
	err    error // of Ingest
	broken error // of Writable
	queue  store.Queue
	looks  int
}

func (f *fakeStore) Ingest(ctx context.Context, d store.Delivery) (bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := errors.Join(f.err, ctx.Err()); err != nil {
		return false, err
	}
	for _, k := range f.kept {
		if k.ID == d.ID {
			return false, nil
		}
	}
	f.kept = append(f.kept, d)
	return true, nil
}

func (f *fakeStore) Queue(context.Context) (store.Queue, error) { return f.queue, nil }

func (f *fakeStore) Writable(context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.looks++
	return f.broken
}

func (f *fakeStore) deliveries() []store.Delivery {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.kept
}

const secret = "It's a Secret to Everybody"

func noon() time.Time { return time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC) }

func newServer(f *fakeStore) *server.Server {
	return server.New(server.Config{Secrets: [][]byte{[]byte(secret)}, Store: f, Now: noon})
}

func sign(key, body string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(body))
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

// webhook makes a delivery as GitHub would, signed with secret.
func webhook(event, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/webhook", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "GitHub-Hookshot/044aadd")
	r.Header.Set("X-GitHub-Delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958")
	r.Header.Set("X-GitHub-Event", event)
	r.Header.Set("X-Hub-Signature-256", sign(secret, body))
	return r
}

func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func metricsOf(t *testing.T, h http.Handler) string {
	t.Helper()
	w := serve(h, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("GET /metrics = %d", w.Code)
	}
	return w.Body.String()
}

func wantLine(t *testing.T, text, line string) {
	t.Helper()
	if !strings.Contains("\n"+text, "\n"+line+"\n") {
		t.Errorf("metrics lack the line %s\n%s", line, text)
	}
}
