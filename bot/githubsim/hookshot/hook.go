// Package hookshot delivers webhooks as GitHub does: one ordered queue for each hook, ten seconds for an answer, no
// retry, and a log of every attempt with its request and response, from which a delivery can be sent again.
//
// In go events with finished payloads; out go HTTP requests and log entries. It never looks into a payload, and
// nothing that a receiver does can hold up whoever enqueues.
package hookshot

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// answerTimeout is how long a receiver may take. Source: GitHub docs, "Best practices for using webhooks".
const answerTimeout = 10 * time.Second

// Retention is how long a delivery can be read back and sent again, by simulated time.
// Source: GitHub docs, "Redelivering webhooks".
const Retention = 3 * 24 * time.Hour

// maxLog bounds the log of one hook in memory; the oldest entries go first.
const maxLog = 10_000

// Message is one event for one hook.
type Message struct {
	Event  string
	Action string // "" for events without actions
	// InstallationID and RepositoryID are 0 where the event has none.
	InstallationID int64
	RepositoryID   int64
	Payload        []byte
}

// Delivery is one attempt to deliver a Message, as the log keeps it. It is never changed once it stands there.
type Delivery struct {
	ID          int64
	GUID        string // the same for an event and all its redeliveries
	DeliveredAt time.Time
	Redelivery  bool
	Duration    time.Duration
	// Status is GitHub's word for the outcome, "OK" for an answer of 2xx.
	Status string
	// StatusCode is the receiver's, 502 where it could not be reached, 504 where it did not answer in time.
	StatusCode int
	URL        string
	Message    Message

	RequestHeader   map[string]string
	ResponseHeader  map[string]string
	ResponsePayload string
}

// Settings are what a hook is made of.
type Settings struct {
	ID int64
	// TargetID is the id of the App that owns the hook.
	TargetID int64
	URL      string
	Secret   string
}

// Surroundings are what a hook needs from the simulator.
type Surroundings struct {
	// Now is simulated time; it is read when an attempt begins.
	Now func() time.Time
	// NextID gives ids to deliveries, increasing over all hooks. It is called from several goroutines.
	NextID func() int64
	// Patience is how long a receiver may take; 0 is GitHub's ten seconds.
	Patience time.Duration
}

// Hook delivers to one address. All methods are safe for several goroutines.
type Hook struct {
	around Surroundings
	client *http.Client
	stop   context.CancelFunc

	mu       sync.Mutex
	changed  *sync.Cond
	settings Settings
	queue    []job
	busy     bool
	closed   bool
	log      []Delivery
}

type job struct {
	guid       string
	message    Message
	redelivery bool
}

// Start makes a hook and its delivering goroutine, which runs until Close.
func Start(settings Settings, around Surroundings) *Hook {
	if around.Patience == 0 {
		around.Patience = answerTimeout
	}
	ctx, stop := context.WithCancel(context.Background())
	h := &Hook{around: around, settings: settings, stop: stop, client: &http.Client{
		Timeout:       around.Patience,
		Transport:     &http.Transport{MaxIdleConnsPerHost: 1},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	h.changed = sync.NewCond(&h.mu)
	go h.run(ctx)
	return h
}

// Close abandons what is still queued and ends the goroutine; an attempt under way is cut off.
func (h *Hook) Close() {
	h.stop()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	h.queue = nil
	h.changed.Broadcast()
	for h.busy {
		h.changed.Wait()
	}
	h.client.CloseIdleConnections()
}

// Settings are the hook's present address and secret.
func (h *Hook) Settings() Settings {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.settings
}

// Configure changes address and secret for what is delivered from now on. Empty values change nothing.
func (h *Hook) Configure(url, secret string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if url != "" {
		h.settings.URL = url
	}
	if secret != "" {
		h.settings.Secret = secret
	}
}

// Enqueue hands over a message and returns at once with the GUID that its delivery will have.
func (h *Hook) Enqueue(message Message) string {
	guid := newGUID()
	h.enqueue(job{guid: guid, message: message})
	return guid
}

func (h *Hook) enqueue(j job) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return
	}
	h.queue = append(h.queue, j)
	h.changed.Broadcast()
}

// Redeliver sends the delivery id again under its GUID. It reports whether the log still holds it.
func (h *Hook) Redeliver(id int64) bool {
	delivery, found := h.Delivery(id)
	if found {
		h.enqueue(job{guid: delivery.GUID, message: delivery.Message, redelivery: true})
	}
	return found
}

// Idle waits until everything that was enqueued so far has been attempted, or ctx ends.
func (h *Hook) Idle(ctx context.Context) error {
	wake := context.AfterFunc(ctx, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.changed.Broadcast()
	})
	defer wake()
	h.mu.Lock()
	defer h.mu.Unlock()
	for (h.busy || len(h.queue) > 0) && ctx.Err() == nil {
		h.changed.Wait()
	}
	return ctx.Err()
}

// run delivers one message after the other until the hook is closed.
func (h *Hook) run(ctx context.Context) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for {
		for len(h.queue) == 0 && !h.closed {
			h.changed.Wait()
		}
		if h.closed {
			return
		}
		next := h.queue[0]
		h.queue = h.queue[1:]
		h.busy = true
		settings := h.settings
		h.mu.Unlock()
		delivery := h.attempt(ctx, settings, next)
		h.mu.Lock()
		h.busy = false
		h.log = append(h.log, delivery)
		if len(h.log) > maxLog {
			h.log = h.log[len(h.log)-maxLog:]
		}
		h.changed.Broadcast()
	}
}
