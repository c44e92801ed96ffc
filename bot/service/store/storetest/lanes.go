package storetest

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vidimus-bot/vidimus/bot/service/store"
)

func drainNeverTwiceAtATimeForOneRepository(t *testing.T, open Open) {
	s := opened(t, open, noSweep())
	var inside, most, handed atomic.Int32
	start(t, s, store.Workers{Drain: func(_ context.Context, w store.Work) error {
		if now := inside.Add(1); now > most.Load() {
			most.Store(now)
		}
		defer inside.Add(-1)
		handed.Add(int32(len(w.Deliveries)))
		return nil
	}})
	const deliveries = 20
	for i := range deliveries {
		ingest(t, s, delivery(fmt.Sprint(i), 1))
	}
	idle(t, s)
	if most.Load() != 1 || handed.Load() != deliveries {
		t.Errorf("at most %d at a time, %d deliveries, want 1 and %d", most.Load(), handed.Load(), deliveries)
	}
}

// drainRepositoriesRunSideBySide ends only if three are inside at once.
func drainRepositoriesRunSideBySide(t *testing.T, open Open) {
	s := opened(t, open, noSweep())
	arrived, leave := make(chan int64, 3), make(chan struct{})
	start(t, s, store.Workers{Drain: func(_ context.Context, w store.Work) error {
		arrived <- w.RepositoryID
		<-leave
		return nil
	}})
	ingest(t, s, delivery("a", 1), delivery("b", 2), delivery("c", 3))
	for range 3 {
		receive(t, "three repositories at once", arrived)
	}
	close(leave)
	idle(t, s)
}

func drainIsNotHeldBackByPublication(t *testing.T, open Open) {
	s := opened(t, open, noSweep())
	publishing, drained, leave := make(chan struct{}), make(chan struct{}), make(chan struct{})
	start(t, s, store.Workers{
		Publish: func(context.Context, int64) error {
			close(publishing)
			<-leave
			return nil
		},
		Drain: func(context.Context, store.Work) error {
			close(drained)
			return nil
		},
	})
	if err := s.Enqueue(context.Background(), store.Publish, 1); err != nil {
		t.Fatalf("Enqueue: %v", err)
	}
	receive(t, "publication", publishing)
	ingest(t, s, delivery("a", 1))
	receive(t, "verdict during the publication", drained)
	close(leave)
	idle(t, s)
}

// poison fails on one delivery, and records what was handed over.
func stopLeavesUnfinishedWorkOpen(t *testing.T, open Open) {
	config := noSweep()
	config.Grace = 20 * time.Millisecond
	s, err := open(config)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	inside := make(chan struct{}, 1)
	start(t, s, store.Workers{Drain: func(ctx context.Context, _ store.Work) error {
		inside <- struct{}{}
		<-ctx.Done()
		return ctx.Err()
	}})
	ingest(t, s, delivery("a", 1))
	receive(t, "work", inside)
	if err := s.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	again := opened(t, open, noSweep())
	var seen log
	start(t, again, store.Workers{Drain: seen.drain})
	idle(t, again)
	got := seen.of(1)
	if len(got) != 1 || got[0].ID != "a" || got[0].Attempts != 0 {
		t.Errorf("handed over %+v, want a once, with no attempt used up", got)
	}
}

func stopLetsRunningWorkFinish(t *testing.T, open Open) {
	s := opened(t, open, noSweep())
	inside, leave, result := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	start(t, s, store.Workers{Drain: func(ctx context.Context, _ store.Work) error {
		close(inside)
		<-leave
		result <- ctx.Err()
		return nil
	}})
	ingest(t, s, delivery("a", 1))
	receive(t, "work", inside)
	impatient, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	wantErr(t, "Stop while work is going on", s.Stop(impatient), context.DeadlineExceeded)
	close(leave)
	if err := s.Stop(context.Background()); err != nil {
		t.Errorf("Stop = %v, want nil", err)
	}
	if err := receive(t, "end of work", result); err != nil {
		t.Errorf("context of the work = %v, want it alive until the work is done", err)
	}
	if q := queue(t, s); q.Open != 0 {
		t.Errorf("%d open after the stop, want the delivery done", q.Open)
	}
}

func startOncePerStore(t *testing.T, open Open) {
	s := opened(t, open, noSweep())
	if err := s.Start(context.Background(), store.Workers{}); err == nil {
		t.Error("Start without workers worked")
	}
	start(t, s, store.Workers{})
	workers := store.Workers{
		Drain:   func(context.Context, store.Work) error { return nil },
		Publish: func(context.Context, int64) error { return nil },
	}
	wantErr(t, "second Start", s.Start(context.Background(), workers), store.ErrBusy)
}

func startFindsWhatCameBefore(t *testing.T, open Open) {
	s := opened(t, open, noSweep())
	ingest(t, s, delivery("a", 1), delivery("b", 2))
	var seen log
	start(t, s, store.Workers{Drain: seen.drain})
	idle(t, s)
	if len(seen.of(1)) != 1 || len(seen.of(2)) != 1 {
		t.Errorf("handed over %v and %v, want one each", seen.of(1), seen.of(2))
	}
}
