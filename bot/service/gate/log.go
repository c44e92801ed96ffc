package gate

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/service/github"
	"github.com/vidimus-bot/vidimus/bot/service/store"
)

// logWindow is how far back GitHub's delivery log is read. LAW 5.3.
const logWindow = 72 * time.Hour

// logAhead is how far a reading of the log covers what came after it began: the
// clocks have whole seconds.
const logAhead = time.Second

// deliveryLog remembers until when GitHub's log was read to the last known
// delivery.
type deliveryLog struct {
	mu   sync.Mutex
	read time.Time // by GitHub's clock; zero: not in this process
}

// Events are those whose deliveries are taken in; GitHub's log holds others too.
func relevant(event string) bool {
	switch event {
	case "pull_request", "pull_request_review", "push", "check_run", "check_suite":
		return true
	}
	return false
}

// ReadLog takes in what GitHub's delivery log holds and we do not: deliveries
// that failed while we were away. They are worked like any other; what is known
// already is known by its id. It says for which repositories something was found.
func (g *Gate) ReadLog(ctx context.Context) (map[int64]bool, error) {
	g.deliveryLog.mu.Lock()
	defer g.deliveryLog.mu.Unlock()
	if g.deliveryLog.read.IsZero() {
		if err := g.revive(ctx); err != nil {
			return nil, err
		}
	}
	began := g.App.Now()
	cursor, err := g.Store.Cursor(ctx, g.App.ID())
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	missed, newest, err := g.missed(ctx, cursor, began)
	if err != nil {
		return nil, err
	}
	found := map[int64]bool{}
	for i := len(missed) - 1; i >= 0; i-- { // oldest first, as they would have come
		fresh, err := g.takeIn(ctx, missed[i])
		if err != nil {
			return found, err
		}
		if fresh {
			found[missed[i].Repository] = true
		}
	}
	if newest.ID != 0 {
		next := store.Cursor{DeliveryID: newest.ID, GUID: newest.GUID, Delivered: newest.At}
		if err := g.Store.SetCursor(ctx, g.App.ID(), next); err != nil {
			return found, err
		}
	}
	g.deliveryLog.read = began
	return found, nil
}

// revive opens the deliveries that were set aside, once in a process: a newer
// version, or a permission that was given back, may mend what they failed of. What
// they testify is kept until then.
func (g *Gate) revive(ctx context.Context) error {
	dead, err := g.Store.Dead(ctx)
	if err != nil {
		return err
	}
	for _, d := range dead {
		if err := g.Store.Revive(ctx, d.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	if len(dead) > 0 {
		g.Log.InfoContext(ctx, "deliveries that were set aside are tried again", "deliveries", len(dead))
	}
	return nil
}

// missed lists the deliveries after the cursor, newest first.
func (g *Gate) missed(ctx context.Context, cursor store.Cursor, now time.Time) (missed []github.Delivery, newest github.Delivery, err error) {
	err = g.App.Deliveries(ctx, func(d github.Delivery) bool {
		if newest.ID == 0 {
			newest = d
		}
		if d.ID == cursor.DeliveryID || now.Sub(d.At) > logWindow {
			return false
		}
		if relevant(d.Event) {
			missed = append(missed, d)
		}
		return true
	})
	return missed, newest, err
}

// takeIn reads one delivery with its payload into the inbox. One that was
// delivered and is known needs no payload.
func (g *Gate) takeIn(ctx context.Context, d github.Delivery) (bool, error) {
	known, err := g.Store.Knows(ctx, d.GUID)
	if err != nil || known {
		return false, err
	}
	full, err := g.App.Delivery(ctx, d.ID)
	if errors.Is(err, github.ErrNotFound) {
		return false, nil // too old by now
	}
	if err != nil {
		return false, err
	}
	fresh, err := g.Store.Ingest(ctx, store.Delivery{
		ID: d.GUID, Event: d.Event, Action: d.Action, RepositoryID: d.Repository, InstallationID: d.Installation,
		Received: g.App.Now(), Payload: full.Payload,
	})
	if err != nil {
		return false, fmt.Errorf("take in delivery %s: %w", d.GUID, err)
	}
	return fresh, nil
}

// coversReviews says whether every review whose delivery nobody saw was looked
// for in GitHub's log. It reads the log when that is needed; when something was
// found there, it comes as a delivery of its own, and until then nothing is
// called unwitnessed. LAW 5.3.
func (l *deliveryLog) coversReviews(ctx context.Context, g *Gate, f *facts.Facts) (bool, error) {
	latest := ""
	for _, r := range f.Reviews {
		if judged(r.State) && !delivered(f, r.ID) {
			latest = max(latest, r.SubmittedAt)
		}
	}
	if latest == "" {
		return true, nil
	}
	at, err := time.Parse(time.RFC3339, latest)
	if err != nil {
		return false, fmt.Errorf("time of a review: %w", err)
	}
	l.mu.Lock()
	read := l.read
	l.mu.Unlock()
	if !read.IsZero() && read.Add(logAhead).After(at) {
		return true, nil
	}
	found, err := g.ReadLog(ctx)
	if err != nil {
		return false, err
	}
	return !found[f.Repository.ID], nil
}
