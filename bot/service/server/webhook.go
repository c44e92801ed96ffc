package server

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/vidimus-bot/vidimus/bot/service/store"
)

const (
	// smallBody is the size up to which bodies are read without asking for a
	// place. Deliveries have some 10 to 30 KB; a body that nobody has verified
	// yet costs its sender as much as us.
	smallBody = 1 << 20
	// maxLarge bounds the larger bodies in memory: 16 times 25 MB.
	maxLarge = 16
	// placeWait is how long a large body waits for a place. GitHub gives up after
	// ten seconds.
	placeWait = 3 * time.Second
	// storeWait is how long the store may take: with placeWait less than the ten
	// seconds after which GitHub notes the delivery as failed by itself.
	storeWait = 6 * time.Second
)

// outcome is how a delivery ended, as logs and metrics name it.
type outcome string

const (
	accepted  outcome = "accepted"  // on disk
	known     outcome = "known"     // was on disk before
	ignored   outcome = "ignored"   // nothing here works on it
	forged    outcome = "forged"    // no signature, or not by a current secret
	malformed outcome = "malformed" // headers or body are not GitHub's
	tooLarge  outcome = "too_large"
	busy      outcome = "busy"   // too many large bodies at once
	failed    outcome = "failed" // the store did not take it
)

// reply is the answer to one delivery. event and delivery are empty until the
// signature is verified: before that they are anybody's words.
type reply struct {
	outcome  outcome
	status   int
	say      string // the body of the answer, for GitHub's delivery log
	event    string
	delivery string
	repo     int64
	err      error // for our log
}

// webhook takes one delivery in.
func (s *Server) webhook(w http.ResponseWriter, r *http.Request) {
	a := s.receive(w, r)
	s.metrics.delivery(a.event, a.outcome)
	s.logReply(r.Context(), a)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if a.status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", strconv.Itoa(int(placeWait.Seconds())))
	}
	w.WriteHeader(a.status)
	_, _ = io.WriteString(w, a.say+"\n") // the sender may be gone; the delivery is settled
}

// receive believes nothing before the signature is verified, and reads nothing
// that has none.
func (s *Server) receive(w http.ResponseWriter, r *http.Request) reply {
	if r.ContentLength > s.config.MaxBody {
		return reply{outcome: tooLarge, status: http.StatusRequestEntityTooLarge, say: "body is over 25 MB"}
	}
	mac, ok := claimed(r.Header)
	if !ok {
		return forgery()
	}
	if r.ContentLength < 0 || r.ContentLength > smallBody {
		leave, ok := s.place(r.Context())
		if !ok {
			return reply{outcome: busy, status: http.StatusServiceUnavailable, say: "too many large deliveries at once: redeliver later"}
		}
		defer leave()
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, s.config.MaxBody))
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over):
		return reply{outcome: tooLarge, status: http.StatusRequestEntityTooLarge, say: "body is over 25 MB"}
	case err != nil:
		return reply{outcome: malformed, status: http.StatusBadRequest, say: "body could not be read", err: err}
	case !signed(body, mac, s.config.Secrets):
		return forgery()
	}
	return s.accept(r, body)
}

func forgery() reply {
	return reply{
		outcome: forged, status: http.StatusUnauthorized,
		say: "signature is missing, or not made with the webhook secret that is configured here",
	}
}

// accept reads a delivery whose signature is good.
func (s *Server) accept(r *http.Request, body []byte) reply {
	e, err := readEnvelope(r.Header)
	if err != nil {
		return reply{outcome: malformed, status: http.StatusBadRequest, say: err.Error(), err: err}
	}
	a := reply{outcome: ignored, status: http.StatusAccepted, say: "ignored", event: e.event, delivery: e.delivery}
	if !isJSON(r.Header) {
		return a.refuse(http.StatusUnsupportedMediaType, errors.New("set the content type of the webhook to application/json"))
	}
	if !worked(e.event) {
		return a
	}
	p, err := readPayload(body)
	if err != nil {
		return a.refuse(http.StatusBadRequest, err)
	}
	if !wanted(e.event, p.Action) {
		return a
	}
	d, err := e.join(p, body)
	if err != nil {
		return a.refuse(http.StatusBadRequest, err)
	}
	a.repo = d.RepositoryID
	return s.store(r.Context(), a, d)
}

// store puts a delivery on disk. It does so even when GitHub has just hung up:
// what is here need not be looked for in its log.
func (s *Server) store(ctx context.Context, a reply, d store.Delivery) reply {
	d.Received = s.config.Now()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeWait)
	defer cancel()
	fresh, err := s.config.Store.Ingest(ctx, d)
	switch {
	case err != nil:
		a.outcome, a.status, a.say, a.err = failed, http.StatusServiceUnavailable, "not stored: redeliver later", err
	case fresh:
		a.outcome, a.say = accepted, "accepted"
	default:
		a.outcome, a.say = known, "known already"
	}
	return a
}

// refuse is the answer to what is signed and cannot be read.
func (a reply) refuse(status int, err error) reply {
	a.outcome, a.status, a.say, a.err = malformed, status, err.Error(), err
	return a
}

func (s *Server) place(ctx context.Context) (leave func(), ok bool) {
	timer := time.NewTimer(placeWait)
	defer timer.Stop()
	select {
	case s.large <- struct{}{}:
		return func() { <-s.large }, true
	case <-timer.C:
	case <-ctx.Done():
	}
	return nil, false
}

func (s *Server) logReply(ctx context.Context, a reply) {
	level := slog.LevelInfo
	switch a.outcome {
	case ignored:
		level = slog.LevelDebug
	case forged, malformed, tooLarge, busy:
		level = slog.LevelWarn
	case failed:
		level = slog.LevelError
	}
	log := s.config.Log.With("outcome", a.outcome)
	if a.delivery != "" {
		log = log.With("delivery", a.delivery, "event", a.event, "repo", a.repo)
	}
	if a.err != nil {
		log = log.With("err", a.err)
	}
	log.Log(ctx, level, "webhook")
}
