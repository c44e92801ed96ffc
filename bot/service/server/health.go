package server

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/vidimus-bot/vidimus/bot/service/store"
)

// pulseEvery is how long a look at the database is good for: the addresses are
// open to all, and each look writes.
const pulseEvery = time.Second

// pulse looks at the database, at most once a second.
type pulse struct {
	store Store

	mu   sync.Mutex
	at   time.Time
	last condition
}

// condition is what a look showed.
type condition struct {
	queue store.Queue
	err   error
}

func (p *pulse) take(ctx context.Context) condition {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.at.IsZero() && time.Since(p.at) < pulseEvery {
		return p.last
	}
	// One caller who hangs up must not make the others believe in a failure.
	ctx = context.WithoutCancel(ctx)
	p.last = condition{err: p.store.Writable(ctx)}
	if p.last.err == nil {
		p.last.queue, p.last.err = p.store.Queue(ctx)
	}
	p.at = time.Now()
	return p.last
}

// healthBody is the answer of /healthz.
type healthBody struct {
	Status string `json:"status"` // "ok" or "database does not work"
	// Present when the status is ok.
	Open          *int     `json:"open,omitempty"`
	Waiting       *int     `json:"waiting,omitempty"`
	Dead          *int     `json:"dead,omitempty"`
	OldestSeconds *float64 `json:"oldestSeconds,omitempty"`
}

// health says whether the process does its work. A long queue is no reason to be
// unhealthy: when GitHub is away, a restart does not help.
func (s *Server) health(w http.ResponseWriter, r *http.Request) {
	state := s.pulse.take(r.Context())
	body, status := healthBody{Status: "ok"}, http.StatusOK
	if state.err != nil {
		s.config.Log.ErrorContext(r.Context(), "database does not work", "err", state.err)
		body.Status, status = "database does not work", http.StatusServiceUnavailable
	} else {
		oldest := state.queue.Oldest.Seconds()
		body.Open, body.Waiting, body.Dead, body.OldestSeconds = &state.queue.Open, &state.queue.Waiting, &state.queue.Dead, &oldest
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the reader may be gone
}
