package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vidimus-bot/vidimus/bot/service/store"
)

func TestOpen_directoryWithAwkwardName(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a b%20c#d?mode=memory&é", "deeper")
	s := openIn(t, dir)
	if err := s.Writable(t.Context()); err != nil {
		t.Fatalf("Writable: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "vidimus.db")); err != nil {
		t.Errorf("database lies elsewhere: %v", err)
	}
}

func TestOpen_filesAreTheOwnersAlone(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("skipped: Windows has no file modes")
	}
	dir := filepath.Join(t.TempDir(), "data")
	openIn(t, dir)
	for name, want := range map[string]os.FileMode{".": 0o700, "vidimus.db": 0o600, "lock": 0o600} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", name, got, want)
		}
	}
}

func TestOpen_sameDirectoryTwiceInOneProcessIsRefused(t *testing.T) {
	dir := t.TempDir()
	openIn(t, dir)
	if _, err := store.Open(t.Context(), store.Config{Dir: dir}); !errors.Is(err, store.ErrLocked) {
		t.Errorf("second Open = %v, want ErrLocked", err)
	}
}

func TestOpen_badPlaceIsSaidPlainly(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("not a directory"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, dir := range map[string]string{"no directory": "", "a file": file, "below a file": filepath.Join(file, "data")} {
		s, err := store.Open(t.Context(), store.Config{Dir: dir})
		if err == nil {
			t.Errorf("%s: Open worked", name)
			_ = s.Close() // the test has failed already
		}
	}
}

func TestOpen_damagedDatabaseSaysWhatToDo(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "vidimus.db"), []byte(strings.Repeat("this is no database ", 500)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := store.Open(t.Context(), store.Config{Dir: dir})
	if err == nil || !strings.Contains(err.Error(), "move it away") {
		t.Fatalf("Open = %v, want an error that says to move the file away", err)
	}
	if err := os.Remove(filepath.Join(dir, "vidimus.db")); err != nil {
		t.Fatal(err)
	}
	openIn(t, dir) // the failed Open let go of the lock
}

func TestOpen_newerDatabaseIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	withDatabase(t, dir, `INSERT INTO vidimus_migration (version) VALUES (999)`)
	_, err := store.Open(t.Context(), store.Config{Dir: dir})
	if err == nil || !strings.Contains(err.Error(), "version 999") {
		t.Errorf("Open = %v, want an error that names version 999", err)
	}
}

func TestOpen_isInWALAndIntact(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir)
	if _, err := s.Ingest(t.Context(), numbered("0", 0)); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db := database(t, dir)
	for query, want := range map[string]string{"PRAGMA journal_mode": "wal", "PRAGMA integrity_check": "ok"} {
		var got string
		if err := db.QueryRow(query).Scan(&got); err != nil || got != want {
			t.Errorf("%s = %q, %v, want %q", query, got, err, want)
		}
	}
}

// TestSweep_findsWorkWithoutAJob takes away the job of a delivery, as if an
// error of ours or of River's had lost it.
func TestSweep_findsWorkWithoutAJob(t *testing.T) {
	dir := t.TempDir()
	s, err := store.Open(t.Context(), store.Config{Dir: dir, SweepEvery: 20 * time.Millisecond})
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() { _ = s.Close() }) // closing is tested elsewhere
	handed := make(chan store.Work, 10)
	if err := s.Start(t.Context(), store.Workers{
		Drain:   func(_ context.Context, w store.Work) error { handed <- w; return nil },
		Publish: func(context.Context, int64) error { return nil },
	}); err != nil {
		t.Fatalf("Start: %v", err)
	}
	withDatabase(t, dir, `INSERT INTO inbox (delivery_id, repository_id, installation_id, event, action, received, arrived)
		VALUES ('lost', 1, 0, 'push', '', 0, 0)`)
	select {
	case w := <-handed:
		if len(w.Deliveries) != 1 || w.Deliveries[0].ID != "lost" {
			t.Errorf("handed over %+v, want the lost delivery", w.Deliveries)
		}
	case <-time.After(30 * time.Second):
		t.Error("the sweep did not find the delivery")
	}
}

func TestSweep_forgetsOldDoneDeliveriesOnly(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir)
	ago := func(days int) int64 { return time.Now().AddDate(0, 0, -days).UnixMilli() }
	for _, row := range []struct {
		id, state string
		settled   int64
	}{{"old", "done", ago(9)}, {"recent", "done", ago(7)}, {"dead", "dead", ago(100)}} {
		withDatabase(t, dir, fmt.Sprintf(`INSERT INTO inbox
			(delivery_id, repository_id, installation_id, event, action, received, arrived, state, settled)
			VALUES ('%s', 1, 0, 'push', '', 0, 0, '%s', %d)`, row.id, row.state, row.settled))
	}
	if err := s.Start(t.Context(), store.Workers{
		Drain:   func(context.Context, store.Work) error { return nil },
		Publish: func(context.Context, int64) error { return nil },
	}); err != nil {
		t.Fatalf("Start: %v", err)
	}
	db := database(t, dir)
	count := func(id string) (n int) {
		if err := db.QueryRow(`SELECT count(*) FROM inbox WHERE delivery_id = ?`, id).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	deadline, tick := time.After(30*time.Second), time.NewTicker(10*time.Millisecond)
	defer tick.Stop()
	for count("old") > 0 {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("the old delivery was not forgotten")
		}
	}
	if count("recent") != 1 || count("dead") != 1 {
		t.Error("a recent or a dead delivery was forgotten too")
	}
}

// TestWork_rescuedJobDoesNotOverlap gives a running job back to the queue, as
// River's rescuer does with one whose worker hangs: it must not run beside it.
func TestWork_rescuedJobDoesNotOverlap(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir)
	var inside, overlaps atomic.Int32
	entered, leave := make(chan struct{}, 10), make(chan struct{})
	if err := s.Start(t.Context(), store.Workers{
		Drain: func(context.Context, store.Work) error {
			if inside.Add(1) > 1 {
				overlaps.Add(1)
			}
			defer inside.Add(-1)
			entered <- struct{}{}
			<-leave
			return nil
		},
		Publish: func(context.Context, int64) error { return nil },
	}); err != nil {
		t.Fatalf("Start: %v", err)
	}
	if _, err := s.Ingest(t.Context(), numbered("0", 0)); err != nil {
		t.Fatal(err)
	}
	<-entered
	withDatabase(t, dir, `UPDATE river_job SET state = 'available' WHERE state = 'running'`)
	db := database(t, dir)
	deadline, tick := time.After(30*time.Second), time.NewTicker(10*time.Millisecond)
	defer tick.Stop()
	for fetched := 0; fetched == 0; { // until River has begun it a second time
		if err := db.QueryRow(`SELECT count(*) FROM river_job WHERE state = 'running'`).Scan(&fetched); err != nil {
			t.Fatal(err)
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("River did not take the job again")
		}
	}
	close(leave)
	drained(t, s)
	if overlaps.Load() != 0 {
		t.Errorf("%d runs overlapped, want none", overlaps.Load())
	}
}

func TestCommit_payloadIsGoneWhenDone(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir)
	for i := range 2 {
		if _, err := s.Ingest(t.Context(), numbered("0", i*lanesOfTest)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Commit(t.Context(), store.Batch{RepositoryID: 1, Done: []string{numbered("0", 0).ID}}); err != nil {
		t.Fatal(err)
	}
	var left int
	if err := database(t, dir).QueryRow(`SELECT count(*) FROM inbox WHERE payload IS NOT NULL`).Scan(&left); err != nil || left != 1 {
		t.Errorf("%d payloads left, %v, want that of the open delivery alone", left, err)
	}
}

// database opens the file beside the Store, as a person with sqlite3 would.
func database(t *testing.T, dir string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "vidimus.db")+"?_timeout=10000")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() }) // only the test's own
	return db
}

func withDatabase(t *testing.T, dir, statement string) {
	t.Helper()
	if _, err := database(t, dir).Exec(statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}
