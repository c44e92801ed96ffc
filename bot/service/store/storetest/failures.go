package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/service/store"
)

type poison struct {
	log
	id  string
	err func() error
}

func (p *poison) drain(ctx context.Context, w store.Work) error {
	_ = p.log.drain(ctx, w) // never fails
	for _, d := range w.Deliveries {
		if d.ID == p.id {
			return p.err()
		}
	}
	return nil
}

func drainPoisonedDeliveryTakesNobodyWithIt(t *testing.T, open Open) {
	s := opened(t, open, quickRetry())
	ingest(t, s, delivery("a", 1), delivery("bad", 1), delivery("c", 1))
	p := &poison{id: "bad", err: func() error { return errors.New("cannot be read") }}
	start(t, s, store.Workers{Drain: p.drain})
	idle(t, s)
	dead := readDead(t, s)
	if len(dead) != 1 || dead[0].ID != "bad" || dead[0].Attempts != 3 || dead[0].Error != "cannot be read" {
		t.Errorf("dead = %+v, want the delivery bad after 3 attempts with its error", dead)
	}
	if q := queue(t, s); q.Open != 0 || q.Dead != 1 {
		t.Errorf("Queue = %+v, want one dead and the others done", q)
	}
	// Once together, then alone: a and c once more, bad two more times.
	count := map[string]int{}
	for _, d := range p.of(1) {
		count[d.ID]++
	}
	if diff := cmp.Diff(map[string]int{"a": 2, "bad": 3, "c": 2}, count); diff != "" {
		t.Errorf("times handed over (-want +got):\n%s", diff)
	}
}

func drainPanicIsAFailure(t *testing.T, open Open) {
	s := opened(t, open, quickRetry())
	ingest(t, s, delivery("bad", 1))
	p := &poison{id: "bad", err: func() error { panic("index out of range") }}
	start(t, s, store.Workers{Drain: p.drain})
	idle(t, s)
	dead := readDead(t, s)
	if len(dead) != 1 || !strings.HasPrefix(dead[0].Error, "panic: index out of range") {
		t.Errorf("dead = %+v, want the delivery with its panic", dead)
	}
	ingest(t, s, delivery("good", 1))
	idle(t, s)
}

func drainSettledByCommitIsNotSettledAgain(t *testing.T, open Open) {
	config := quickRetry()
	config.Retry.First, config.Retry.Max = time.Hour, time.Hour
	s := opened(t, open, config)
	ingest(t, s, delivery("done", 1), delivery("failed", 1), delivery("later", 1), delivery("left", 1))
	settled := make(chan error, 1)
	start(t, s, store.Workers{Drain: func(ctx context.Context, w store.Work) error {
		settled <- s.Commit(ctx, store.Batch{
			RepositoryID: 1,
			Done:         []string{"done"},
			Failed: []store.Failure{
				{DeliveryID: "failed", Err: errors.New("no luck")},
				{DeliveryID: "later", Err: &store.RetryLater{After: time.Hour}},
			},
		})
		return nil
	}})
	if err := receive(t, "commit", settled); err != nil {
		t.Fatalf("Commit in the worker: %v", err)
	}
	eventually(t, "two waiting deliveries and nothing else", func() bool {
		q := queue(t, s)
		return q.Open == 2 && q.Waiting == 2 && q.Dead == 0
	})
}

func drainRetryLaterUsesUpNoAttempt(t *testing.T, open Open) {
	s := opened(t, open, quickRetry())
	ingest(t, s, delivery("a", 1))
	var calls atomic.Int32
	start(t, s, store.Workers{Drain: func(_ context.Context, w store.Work) error {
		for _, d := range w.Deliveries {
			if d.Attempts != 0 {
				t.Errorf("delivery %s has %d attempts, want none", d.ID, d.Attempts)
			}
		}
		if calls.Add(1) < 5 { // two more than there are attempts
			cause := errors.New("head is older than announced")
			return fmt.Errorf("read pull request 1: %w", &store.RetryLater{After: time.Millisecond, Cause: cause})
		}
		return nil
	}})
	idle(t, s)
	if q := queue(t, s); q.Dead != 0 || calls.Load() != 5 {
		t.Errorf("%d dead after %d calls, want none after 5", q.Dead, calls.Load())
	}
}

func drainWaitingDeliveryHoldsNobodyBack(t *testing.T, open Open) {
	config := noSweep()
	config.Retry = store.Retry{First: time.Hour, Max: time.Hour, Attempts: 5}
	s := opened(t, open, config)
	p := &poison{id: "bad", err: func() error { return errors.New("no luck") }}
	start(t, s, store.Workers{Drain: p.drain})
	ingest(t, s, delivery("bad", 1))
	eventually(t, "a waiting delivery", func() bool { return queue(t, s).Waiting == 1 })
	ingest(t, s, delivery("b", 1), delivery("c", 1))
	eventually(t, "b and c done", func() bool { return queue(t, s).Open == 1 })
	if diff := cmp.Diff([]string{"bad", "b", "c"}, ids(p.of(1))); diff != "" {
		t.Errorf("handed over (-want +got):\n%s", diff)
	}
}

func drainFailedComesAfterFresh(t *testing.T, open Open) {
	config := noSweep()
	config.Retry = store.Retry{First: time.Millisecond, Max: time.Millisecond, Attempts: 1000}
	s := opened(t, open, config)
	ingest(t, s, delivery("bad", 1), delivery("worse", 1))
	commit(t, s, store.Batch{RepositoryID: 1, Failed: failures(errors.New("no luck"), "bad", "worse")})
	ingest(t, s, delivery("a", 1), delivery("b", 1))
	eventually(t, "nothing waiting", func() bool { return queue(t, s).Waiting == 0 })
	passes := make(chan string, 10)
	start(t, s, store.Workers{Drain: func(_ context.Context, w store.Work) error {
		passes <- strings.Join(ids(w.Deliveries), "+")
		return nil
	}})
	idle(t, s)
	for _, want := range []string{"a+b", "bad", "worse"} {
		if got := receive(t, "pass", passes); got != want {
			t.Errorf("handed over %s, want %s", got, want)
		}
	}
}

func publishIsTriedUntilItWorks(t *testing.T, open Open) {
	s := opened(t, open, quickRetry())
	var calls atomic.Int32
	start(t, s, store.Workers{Publish: func(context.Context, int64) error {
		if calls.Add(1) < 6 { // twice as often as a delivery is tried
			return errors.New("push was refused")
		}
		return nil
	}})
	if err := s.Enqueue(context.Background(), store.Publish, 1); err != nil {
		t.Fatalf("Enqueue: %v", err)
	}
	idle(t, s)
	if calls.Load() != 6 {
		t.Errorf("published %d times, want 6", calls.Load())
	}
}

func deadIsVisibleAndRevives(t *testing.T, open Open) {
	s := opened(t, open, quickRetry())
	fail := atomic.Bool{}
	fail.Store(true)
	p := &poison{id: "bad", err: func() error {
		if fail.Load() {
			return errors.New(strings.Repeat("é", 2000)) // over what is kept
		}
		return nil
	}}
	start(t, s, store.Workers{Drain: p.drain})
	ingest(t, s, delivery("bad", 1))
	eventually(t, "a dead delivery", func() bool { return queue(t, s).Dead == 1 })
	dead := readDead(t, s)
	if len(dead) != 1 || len(dead[0].Error) > 2010 || !strings.HasSuffix(dead[0].Error, "é …") || dead[0].Payload != nil {
		t.Errorf("dead = %+v, want one with a cut error and no payload", dead)
	}
	wantErr(t, "Revive(unknown)", s.Revive(context.Background(), "unknown"), store.ErrNotFound)
	fail.Store(false)
	if err := s.Revive(context.Background(), "bad"); err != nil {
		t.Fatalf("Revive: %v", err)
	}
	idle(t, s)
	if q := queue(t, s); q.Dead != 0 {
		t.Errorf("%d dead, want none", q.Dead)
	}
	handed := p.of(1)
	if last := handed[len(handed)-1]; last.Attempts != 0 || string(last.Payload) != `{"number":1}` {
		t.Errorf("revived delivery has %d attempts and payload %q, want a new start with its payload", last.Attempts, last.Payload)
	}
	wantErr(t, "Revive(done)", s.Revive(context.Background(), "bad"), store.ErrNotFound)
}

func deadOpensAgainWhenRedelivered(t *testing.T, open Open) {
	config := quickRetry()
	config.Retry.Attempts = 1
	s := opened(t, open, config)
	ingest(t, s, delivery("a", 1))
	commit(t, s, store.Batch{RepositoryID: 1, Failed: failures(errors.New("no luck"), "a")})
	if q := queue(t, s); q.Dead != 1 {
		t.Fatalf("%d dead, want 1", q.Dead)
	}
	ingest(t, s, delivery("a", 1))
	if q := queue(t, s); q.Dead != 0 || q.Open != 1 {
		t.Errorf("Queue = %+v, want it open", q)
	}
}

func readDead(t *testing.T, s *store.Store) []store.DeadDelivery {
	t.Helper()
	dead, err := s.Dead(context.Background())
	if err != nil {
		t.Fatalf("Dead: %v", err)
	}
	return dead
}

func drainFailedByCommitIsTriedAgain(t *testing.T, open Open) {
	s := opened(t, open, quickRetry())
	ingest(t, s, delivery("a", 1))
	var calls atomic.Int32
	start(t, s, store.Workers{Drain: func(ctx context.Context, w store.Work) error {
		b := store.Batch{RepositoryID: 1, Done: ids(w.Deliveries)}
		if calls.Add(1) == 1 {
			b = store.Batch{RepositoryID: 1, Failed: failures(errors.New("no luck"), ids(w.Deliveries)...)}
		}
		return s.Commit(ctx, b)
	}})
	idle(t, s)
	if calls.Load() != 2 {
		t.Errorf("handed over %d times, want twice", calls.Load())
	}
}

func drainOutOfTimeBlamesNobodyWhileItGetsOn(t *testing.T, open Open) {
	s := opened(t, open, quickRetry())
	ingest(t, s, delivery("a", 1), delivery("b", 1), delivery("c", 1))
	start(t, s, store.Workers{Drain: func(ctx context.Context, w store.Work) error {
		for _, d := range w.Deliveries {
			if d.Attempts != 0 {
				t.Errorf("delivery %s has %d attempts, want none", d.ID, d.Attempts)
			}
		}
		first := w.Deliveries[0].ID
		if err := s.Commit(ctx, store.Batch{RepositoryID: 1, Done: []string{first}}); err != nil {
			return err
		}
		return fmt.Errorf("fetch: %w", context.DeadlineExceeded)
	}})
	idle(t, s)
	if q := queue(t, s); q.Dead != 0 {
		t.Errorf("%d dead, want none", q.Dead)
	}
}

func drainOutOfTimeWithoutGettingOnIsAFailure(t *testing.T, open Open) {
	s := opened(t, open, quickRetry())
	ingest(t, s, delivery("slow", 1))
	p := &poison{id: "slow", err: func() error { return context.DeadlineExceeded }}
	start(t, s, store.Workers{Drain: p.drain})
	idle(t, s)
	if dead := readDead(t, s); len(dead) != 1 || dead[0].Error != context.DeadlineExceeded.Error() {
		t.Errorf("dead = %+v, want the delivery that always runs out of time", dead)
	}
}

func drainWaitsTwiceAsLongEachTime(t *testing.T, open Open) {
	config := noSweep()
	config.Retry = store.Retry{First: 40 * time.Millisecond, Max: 100 * time.Millisecond, Attempts: 4}
	s := opened(t, open, config)
	calls := make(chan time.Time, 10)
	start(t, s, store.Workers{Drain: func(context.Context, store.Work) error {
		calls <- time.Now()
		return errors.New("no luck")
	}})
	ingest(t, s, delivery("a", 1))
	idle(t, s)
	close(calls)
	last := <-calls
	for _, atLeast := range []time.Duration{40, 80, 100} { // ms; the last is Max
		now, ok := <-calls
		if gap := now.Sub(last); !ok || gap < atLeast*time.Millisecond {
			t.Errorf("tried again after %s, want at least %d ms", gap, atLeast)
		}
		last = now
	}
	if _, more := <-calls; more {
		t.Error("tried more often than Attempts")
	}
}
