package storetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/vidimus-bot/vidimus/bot/service/store"
)

// log records what was handed to Drain, by repository.
type log struct {
	mu     sync.Mutex
	handed map[int64][]store.Delivery
	wishes map[int64]int
}

func (l *log) drain(_ context.Context, w store.Work) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.handed == nil {
		l.handed, l.wishes = map[int64][]store.Delivery{}, map[int64]int{}
	}
	l.handed[w.RepositoryID] = append(l.handed[w.RepositoryID], w.Deliveries...)
	if w.Wished {
		l.wishes[w.RepositoryID]++
	}
	return nil
}

func (l *log) of(repositoryID int64) []store.Delivery {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.handed[repositoryID])
}

func (l *log) wished(repositoryID int64) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.wishes[repositoryID]
}

func ingestSameDeliveryIsWorkedOnce(t *testing.T, open Open) {
	s := opened(t, open, noSweep())
	var seen log
	start(t, s, store.Workers{Drain: seen.drain})
	ingest(t, s, delivery("a", 1))
	for range 3 { // before, while and after it is worked
		if fresh, err := s.Ingest(context.Background(), delivery("a", 1)); err != nil || fresh {
			t.Errorf("Ingest of a known delivery = %t, %v, want false, no error", fresh, err)
		}
		idle(t, s)
	}
	ingest(t, s, delivery("b", 1))
	idle(t, s)
	if diff := cmp.Diff([]string{"a", "b"}, ids(seen.of(1))); diff != "" {
		t.Errorf("handed over (-want +got):\n%s", diff)
	}
}

func ingestRefusesWhatIsOutOfBounds(t *testing.T, open Open) {
	s := opened(t, open, noSweep())
	for name, change := range map[string]func(*store.Delivery){
		"no id":                 func(d *store.Delivery) { d.ID = "" },
		"long id":               func(d *store.Delivery) { d.ID = strings.Repeat("x", 101) },
		"no event":              func(d *store.Delivery) { d.Event = "" },
		"long event":            func(d *store.Delivery) { d.Event = strings.Repeat("x", 101) },
		"long action":           func(d *store.Delivery) { d.Action = strings.Repeat("x", 101) },
		"negative repository":   func(d *store.Delivery) { d.RepositoryID = -1 },
		"negative installation": func(d *store.Delivery) { d.InstallationID = -1 },
		"payload over 25 MB":    func(d *store.Delivery) { d.Payload = make([]byte, store.MaxPayload+1) },
	} {
		d := delivery("a", 1)
		change(&d)
		if fresh, err := s.Ingest(context.Background(), d); err == nil || fresh {
			t.Errorf("%s: Ingest = %t, %v, want an error", name, fresh, err)
		}
	}
	if q := queue(t, s); q.Open != 0 {
		t.Errorf("%d deliveries stored, want none", q.Open)
	}
}

func ingestKeepsWhatItWasGiven(t *testing.T, open Open) {
	s := opened(t, open, noSweep())
	want := store.Delivery{
		ID: "guid", Event: "installation", Action: "created", RepositoryID: 0, InstallationID: 99,
		Received: time.Date(2026, 11, 24, 10, 0, 0, 123e6, time.UTC), Payload: []byte("{\"a\":\"\u2028\x00\"}"), Seq: 1,
	}
	ingest(t, s, want)
	var seen log
	start(t, s, store.Workers{Drain: seen.drain})
	idle(t, s)
	if diff := cmp.Diff([]store.Delivery{want}, seen.of(0), cmpopts.IgnoreUnexported(store.Delivery{})); diff != "" {
		t.Errorf("handed over (-want +got):\n%s", diff)
	}
}

func ingestConcurrentDeliveriesKeepTheirOrder(t *testing.T, open Open) {
	const senders, each, repositories = 6, 12, 3
	s := opened(t, open, noSweep())
	var seen log
	start(t, s, store.Workers{Drain: seen.drain})
	var group sync.WaitGroup
	for sender := range senders {
		group.Go(func() {
			for i := range each {
				d := delivery(fmt.Sprintf("%d-%d", sender, i), int64(1+i%repositories))
				if fresh, err := s.Ingest(context.Background(), d); err != nil || !fresh {
					t.Errorf("Ingest(%s) = %t, %v, want fresh", d.ID, fresh, err)
				}
			}
		})
	}
	group.Wait()
	idle(t, s)
	all := map[string]bool{}
	for repository := range int64(repositories) {
		last := int64(0)
		for _, d := range seen.of(repository + 1) {
			if d.Seq <= last {
				t.Errorf("repository %d: delivery %d came after %d", repository+1, d.Seq, last)
			}
			if all[d.ID] {
				t.Errorf("delivery %s was handed over twice", d.ID)
			}
			last, all[d.ID] = d.Seq, true
		}
	}
	if len(all) != senders*each {
		t.Errorf("%d deliveries handed over, want %d", len(all), senders*each)
	}
}

// ingestWhileJobEndsIsNotLost sends the next delivery in the moment in which the
// worker is done with the last and its job looks whether it may end.
func ingestWhileJobEndsIsNotLost(t *testing.T, open Open) {
	const deliveries = 25
	s := opened(t, open, noSweep())
	handed := make(chan string, deliveries)
	start(t, s, store.Workers{Drain: func(_ context.Context, w store.Work) error {
		for _, d := range w.Deliveries {
			handed <- d.ID
		}
		return nil
	}})
	for i := range deliveries {
		id := fmt.Sprint(i)
		ingest(t, s, delivery(id, 1))
		if got := receive(t, "delivery "+id, handed); got != id {
			t.Fatalf("delivery %s handed over, want %s", got, id)
		}
	}
}

func enqueueWhileJobEndsIsNotLost(t *testing.T, open Open) {
	s := opened(t, open, noSweep())
	published := make(chan int64, 1)
	start(t, s, store.Workers{Publish: func(_ context.Context, repositoryID int64) error {
		published <- repositoryID
		return nil
	}})
	for range 12 {
		if err := s.Enqueue(context.Background(), store.Publish, 5); err != nil {
			t.Fatalf("Enqueue: %v", err)
		}
		if got := receive(t, "publication", published); got != 5 {
			t.Fatalf("published repository %d, want 5", got)
		}
	}
}

func enqueueWishesNobodyBeganAreOne(t *testing.T, open Open) {
	s := opened(t, open, noSweep())
	for range 5 {
		if err := s.Enqueue(context.Background(), store.Drain, 1); err != nil {
			t.Fatalf("Enqueue: %v", err)
		}
	}
	if q := queue(t, s); q.Wishes != 1 {
		t.Errorf("%d wishes, want 1", q.Wishes)
	}
	var seen log
	start(t, s, store.Workers{Drain: seen.drain})
	idle(t, s)
	if got := seen.wished(1); got != 1 {
		t.Errorf("worked on %d wishes, want 1", got)
	}
}

func enqueueRefusesUnknownKind(t *testing.T, open Open) {
	s := opened(t, open, noSweep())
	if err := s.Enqueue(context.Background(), "dredge", 1); err == nil {
		t.Error("Enqueue of an unknown kind worked")
	}
	if err := s.Enqueue(context.Background(), store.Drain, -1); err == nil {
		t.Error("Enqueue for a negative repository worked")
	}
}

func drainHandsAtMostAHundred(t *testing.T, open Open) {
	s := opened(t, open, noSweep())
	const deliveries = 101
	for i := range deliveries {
		ingest(t, s, delivery(fmt.Sprint(i), 1))
	}
	sizes := make(chan int, deliveries)
	start(t, s, store.Workers{Drain: func(_ context.Context, w store.Work) error {
		sizes <- len(w.Deliveries)
		return nil
	}})
	idle(t, s)
	if first, second := <-sizes, <-sizes; first != 100 || second != 1 {
		t.Errorf("handed over %d and %d deliveries, want 100 and 1", first, second)
	}
}

func drainBoundsPayloadsInMemory(t *testing.T, open Open) {
	s := opened(t, open, noSweep())
	for _, id := range []string{"a", "b"} {
		d := delivery(id, 1)
		d.Payload = make([]byte, 17<<20) // two are over the bound of 32 MiB
		ingest(t, s, d)
	}
	ingest(t, s, delivery("c", 1))
	handed := make(chan string, 3)
	start(t, s, store.Workers{Drain: func(_ context.Context, w store.Work) error {
		handed <- strings.Join(ids(w.Deliveries), "+")
		return nil
	}})
	idle(t, s)
	close(handed)
	var got []string
	for h := range handed {
		got = append(got, h)
	}
	if diff := cmp.Diff([]string{"a", "b+c"}, got); diff != "" {
		t.Errorf("handed over (-want +got):\n%s", diff)
	}
}

func knowsWhatWasIngestedWhateverBecameOfIt(t *testing.T, open Open) {
	config := quickRetry()
	config.Retry.Attempts = 1
	s := opened(t, open, config)
	ctx := context.Background()
	ingest(t, s, delivery("open", 1), delivery("done", 1), delivery("dead", 1))
	commit(t, s, store.Batch{RepositoryID: 1, Done: []string{"done"}, Failed: failures(fmt.Errorf("no luck"), "dead")})
	for id, want := range map[string]bool{"open": true, "done": true, "dead": true, "never": false} {
		if got, err := s.Knows(ctx, id); err != nil || got != want {
			t.Errorf("Knows(%s) = %t, %v, want %t", id, got, err, want)
		}
	}
}

func queueCountsOpenWaitingAndDead(t *testing.T, open Open) {
	config := noSweep()
	config.Retry = store.Retry{First: time.Hour, Max: time.Hour, Attempts: 2}
	s := opened(t, open, config)
	before := time.Now()
	ingest(t, s, delivery("a", 1), delivery("b", 1), delivery("c", 1))
	cause := fmt.Errorf("no luck")
	commit(t, s, store.Batch{RepositoryID: 1, Failed: failures(cause, "a", "b")})
	commit(t, s, store.Batch{RepositoryID: 1, Failed: failures(cause, "a")})
	if err := s.Enqueue(context.Background(), store.Publish, 1); err != nil {
		t.Fatalf("Enqueue: %v", err)
	}
	got := queue(t, s)
	if got.Oldest < 0 || got.Oldest > time.Since(before)+time.Millisecond {
		t.Errorf("oldest is %s old, want at most %s", got.Oldest, time.Since(before))
	}
	got.Oldest = 0
	if diff := cmp.Diff(store.Queue{Open: 2, Waiting: 1, Dead: 1, Wishes: 1}, got); diff != "" {
		t.Errorf("Queue (-want +got):\n%s", diff)
	}
}

func reopenDoneDeliveriesAreStillKnown(t *testing.T, open Open) {
	s, err := open(noSweep())
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	ingest(t, s, delivery("a", 1))
	commit(t, s, store.Batch{RepositoryID: 1, Done: []string{"a"}})
	if err := s.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	again := opened(t, open, noSweep())
	if fresh, err := again.Ingest(context.Background(), delivery("a", 1)); err != nil || fresh {
		t.Errorf("Ingest after the restart = %t, %v, want false, no error", fresh, err)
	}
}
