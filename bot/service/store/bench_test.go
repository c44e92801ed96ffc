package store_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/vidimus-bot/vidimus/bot/service/store"
)

// BenchmarkIngest is what GitHub waits for: a delivery of 12 KiB, synced. The
// 99th percentile is reported besides.
func BenchmarkIngest(b *testing.B) {
	s, err := store.Open(b.Context(), store.Config{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() }) // closing is tested elsewhere
	payload := make([]byte, 12<<10)
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		start := time.Now()
		d := store.Delivery{ID: fmt.Sprint(i), Event: "push", RepositoryID: int64(i % 50), Payload: payload}
		if fresh, err := s.Ingest(b.Context(), d); err != nil || !fresh {
			b.Fatalf("Ingest = %t, %v", fresh, err)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}

// BenchmarkPickUp is the time from the acknowledgement of a delivery to the call
// of its worker, on an idle service.
func BenchmarkPickUp(b *testing.B) {
	s, err := store.Open(b.Context(), store.Config{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() }) // closing is tested elsewhere
	handed := make(chan struct{}, 1)
	if err := s.Start(context.Background(), store.Workers{
		Drain:   func(context.Context, store.Work) error { handed <- struct{}{}; return nil },
		Publish: func(context.Context, int64) error { return nil },
	}); err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		if _, err := s.Ingest(b.Context(), store.Delivery{ID: fmt.Sprint(i), Event: "push", RepositoryID: int64(i)}); err != nil {
			b.Fatal(err)
		}
		<-handed
	}
}
