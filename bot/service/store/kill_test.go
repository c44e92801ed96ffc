package store_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/vidimus-bot/vidimus/bot/service/store"
)

// The helper process is this test binary, started with these variables.
const (
	helperVar = "VIDIMUS_STORE_HELPER" // what to do: "deliver" or "hang"
	dirVar    = "VIDIMUS_STORE_DIR"
	roundVar  = "VIDIMUS_STORE_ROUND"
)

// lanesOfTest is how many repositories the helper writes to.
const lanesOfTest = 3

func TestMain(m *testing.M) {
	if role := os.Getenv(helperVar); role != "" {
		if err := help(role, os.Getenv(dirVar), os.Getenv(roundVar)); err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// help works in a directory until it is killed. It prints a line for each
// delivery after it was acknowledged ("deliver"), or when its worker was called
// and never returns ("hang").
func help(role, dir, round string) error {
	ctx := context.Background()
	s, err := store.Open(ctx, store.Config{Dir: dir, SweepEvery: time.Hour})
	if err != nil {
		return err
	}
	workers := store.Workers{Drain: leaveEffects(s), Publish: func(context.Context, int64) error { return nil }}
	if role == "hang" {
		workers.Drain = func(context.Context, store.Work) error {
			fmt.Println("handed")
			select {}
		}
	}
	if err := s.Start(ctx, workers); err != nil {
		return err
	}
	for i := 0; ; i++ {
		d := numbered(round, i)
		if fresh, err := s.Ingest(ctx, d); err != nil || !fresh {
			return fmt.Errorf("ingest %s: fresh %t, %w", d.ID, fresh, err)
		}
		if role == "hang" {
			select {}
		}
		fmt.Println(d.ID)
	}
}

func numbered(round string, i int) store.Delivery {
	return store.Delivery{
		ID: fmt.Sprintf("%s-%06d", round, i), Event: "push", RepositoryID: int64(1 + i%lanesOfTest),
		Received: time.Now(), Payload: []byte(strings.Repeat("x", 2000)),
	}
}

// leaveEffects writes one row for each delivery, together with its end. The row
// holds a random word: worked twice, a delivery leaves two.
func leaveEffects(s *store.Store) func(context.Context, store.Work) error {
	return func(ctx context.Context, w store.Work) error {
		for _, d := range w.Deliveries {
			err := s.Commit(ctx, store.Batch{
				RepositoryID: w.RepositoryID,
				Done:         []string{d.ID},
				Witnesses:    []store.Witness{{Pull: 1, Statement: []byte(d.ID + " " + rand.Text())}},
			})
			if err != nil {
				return err
			}
		}
		return nil
	}
}

// startHelper starts the helper; its lines come out of the scanner.
func startHelper(t *testing.T, role, dir, round string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), helperVar+"="+role, dirVar+"="+dir, roundVar+"="+round)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { kill(cmd) })
	return cmd, bufio.NewScanner(out)
}

// kill is kill -9; a process that is gone already is fine.
func kill(cmd *exec.Cmd) {
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
}

// deliverAndKill kills the helper in the middle of its work, after at least n
// acknowledgements, and gives all that were heard.
func deliverAndKill(t *testing.T, dir, round string, n int) []string {
	t.Helper()
	cmd, lines := startHelper(t, "deliver", dir, round)
	var acknowledged []string
	for len(acknowledged) < n && lines.Scan() {
		acknowledged = append(acknowledged, lines.Text())
	}
	if len(acknowledged) < n {
		t.Fatalf("round %s: helper ended after %v: %v", round, acknowledged, lines.Err())
	}
	_ = cmd.Process.Kill() // what it had still printed is read below
	for lines.Scan() {
		if len(lines.Text()) == len(acknowledged[0]) { // not a torn last line
			acknowledged = append(acknowledged, lines.Text())
		}
	}
	_ = cmd.Wait() // it was killed
	return acknowledged
}

// TestStore_killedAgainAndAgainLosesAndDoublesNothing kills the process in the
// middle of taking in and working off, some at their first deliveries, some
// later.
func TestStore_killedAgainAndAgainLosesAndDoublesNothing(t *testing.T) {
	dir := t.TempDir()
	var acknowledged []string
	for round, n := range []int{1, 20, 7, 60, 12} {
		acknowledged = append(acknowledged, deliverAndKill(t, dir, fmt.Sprint(round), n)...)
	}
	s := openIn(t, dir)
	left, err := s.Queue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(t.Context(), store.Workers{
		Drain:   leaveEffects(s),
		Publish: func(context.Context, int64) error { return nil },
	}); err != nil {
		t.Fatalf("Start: %v", err)
	}
	drained(t, s)

	effects := map[string]int{}
	for repository := range int64(lanesOfTest) {
		last := ""
		for _, w := range readWitnesses(t, s, repository+1) {
			id, _, _ := strings.Cut(string(w.Statement), " ")
			if id <= last {
				t.Errorf("repository %d: %s was worked after %s", repository+1, id, last)
			}
			last = id
			effects[id]++
		}
	}
	for _, id := range acknowledged {
		if effects[id] != 1 {
			t.Errorf("acknowledged delivery %s was worked %d times, want once", id, effects[id])
		}
	}
	t.Logf("%d acknowledged, %d worked, 5 kills, %d open after the last", len(acknowledged), len(effects), left.Open)
}

func TestStore_restartWorksOnWhatWasRunning(t *testing.T) {
	dir := t.TempDir()
	cmd, lines := startHelper(t, "hang", dir, "0")
	if !lines.Scan() || lines.Text() != "handed" {
		t.Fatalf("helper said %q, want that its worker runs", lines.Text())
	}
	kill(cmd)

	s := openIn(t, dir)
	handed := make(chan store.Work, 1)
	start := time.Now()
	if err := s.Start(t.Context(), store.Workers{
		Drain:   func(_ context.Context, w store.Work) error { handed <- w; return nil },
		Publish: func(context.Context, int64) error { return nil },
	}); err != nil {
		t.Fatalf("Start: %v", err)
	}
	select {
	case w := <-handed:
		if len(w.Deliveries) != 1 || w.Deliveries[0].ID != numbered("0", 0).ID {
			t.Errorf("handed over %+v, want the one delivery", w.Deliveries)
		}
		t.Logf("handed over again %s after the start", time.Since(start).Round(time.Millisecond))
	case <-time.After(30 * time.Second): // River by itself takes over a minute
		t.Error("the job of the killed process was not run again")
	}
	drained(t, s)
}

func TestOpen_secondProcessIsRefused(t *testing.T) {
	dir := t.TempDir()
	cmd, lines := startHelper(t, "hang", dir, "0")
	if !lines.Scan() {
		t.Fatal("helper did not start")
	}
	_, err := store.Open(t.Context(), store.Config{Dir: dir})
	if !errors.Is(err, store.ErrLocked) {
		t.Fatalf("Open = %v, want ErrLocked", err)
	}
	if pid := fmt.Sprintf("process %d", cmd.Process.Pid); !strings.Contains(err.Error(), pid) || !strings.Contains(err.Error(), dir) {
		t.Errorf("Open = %v, want it to name %s and the directory", err, pid)
	}
	kill(cmd)
	openIn(t, dir) // the kernel let go of the lock
}

func openIn(t *testing.T, dir string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Config{Dir: dir, SweepEvery: time.Hour})
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

// drained waits until no delivery is open.
func drained(t *testing.T, s *store.Store) {
	t.Helper()
	deadline, tick := time.After(2*time.Minute), time.NewTicker(10*time.Millisecond)
	defer tick.Stop()
	for {
		q, err := s.Queue(context.Background())
		if err != nil {
			t.Fatalf("Queue: %v", err)
		}
		if q.Open == 0 {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("still open after two minutes: %+v", q)
		}
	}
}

func readWitnesses(t *testing.T, s *store.Store, repositoryID int64) []store.Witness {
	t.Helper()
	witnesses, err := s.Witnesses(context.Background(), repositoryID, 1)
	if err != nil {
		t.Fatalf("Witnesses: %v", err)
	}
	return witnesses
}
