package server

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/vidimus-bot/vidimus/bot/service/store"
)

// Store is what the server needs of bot/service/store.
type Store interface {
	// Ingest puts a delivery on disk; fresh is false if it was known.
	Ingest(ctx context.Context, d store.Delivery) (fresh bool, err error)
	// Queue reads how much is to be done.
	Queue(ctx context.Context) (store.Queue, error)
	// Writable says whether the database takes writes.
	Writable(ctx context.Context) error
}

// Config says what the server needs.
type Config struct {
	// Secrets are the webhook secrets that count: one, or two while it is being
	// changed. Empty ones are left out; without any, every delivery is a forgery.
	Secrets [][]byte
	Store   Store
	// Log gets one line per delivery; nil is silence.
	Log *slog.Logger
	// Now dates deliveries; nil is the system's clock.
	Now func() time.Time
	// MaxBody bounds a delivery in bytes; zero is GitHub's own 25 MB.
	MaxBody int64
}

// Server answers all requests. It may be used by many at once.
type Server struct {
	config  Config
	mux     *http.ServeMux
	large   chan struct{} // a place for each large body in memory
	metrics metrics
	pulse   pulse
}

// New makes a Server.
func New(config Config) *Server {
	config.Secrets = usable(config.Secrets)
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.MaxBody <= 0 {
		config.MaxBody = store.MaxPayload
	}
	s := &Server{config: config, mux: http.NewServeMux(), large: make(chan struct{}, maxLarge)}
	s.pulse.store = config.Store
	s.mux.HandleFunc("POST /webhook", s.webhook)
	s.mux.HandleFunc("GET /healthz", s.health)
	s.mux.HandleFunc("GET /metrics", s.measure)
	return s
}

// ServeHTTP answers one request. Nothing here is for browsers to keep, frame or
// run.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	s.mux.ServeHTTP(w, r)
}

// CountVerdict counts a verdict that was posted, by GitHub's word for it.
func (s *Server) CountVerdict(conclusion string) { s.metrics.verdict(conclusion) }
