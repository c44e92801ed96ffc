package main

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// watched runs vidimus check --watch over a copy of Kestrel's documents; next looks at them once and gives what is found.
type watched struct {
	t     *testing.T
	dir   string
	ticks chan time.Time
	out   *json.Decoder
	ended chan error
	stop  context.CancelFunc
}

func newWatched(t *testing.T) *watched {
	t.Helper()
	w := &watched{t: t, dir: t.TempDir(), ticks: make(chan time.Time), ended: make(chan error, 1)}
	if err := os.CopyFS(w.dir, os.DirFS(kestrel)); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	w.stop = stop
	reader, writer, err := os.Pipe() // its buffer takes what nobody has read yet
	if err != nil {
		t.Fatal(err)
	}
	w.out = json.NewDecoder(reader)
	o := checkOptions{args: []string{w.dir}, asOf: "2026-11-24", format: "json", color: "never", watch: true}
	go func() {
		w.ended <- o.followTicks(ctx, w.ticks, writer, io.Discard)
		_ = writer.Close() // the reader sees the end, or has gone
	}()
	t.Cleanup(func() {
		stop()
		_ = reader.Close() // nothing more is read
	})
	return w
}

func (w *watched) findings() []string {
	w.t.Helper()
	var r checkJSON
	if err := w.out.Decode(&r); err != nil {
		w.t.Fatal(err)
	}
	var found []string
	for _, f := range r.Findings {
		found = append(found, f.Path+" "+f.Rule)
	}
	return found
}

// edit replaces words of a file; unseen edits leave size and time as they were.
func (w *watched) edit(path, old, with string, unseen bool) {
	w.t.Helper()
	name := filepath.Join(w.dir, path)
	raw, err := os.ReadFile(name)
	if err != nil || strings.Count(string(raw), old) != 1 {
		w.t.Fatalf("%s: %v, %q stands %d times", path, err, old, strings.Count(string(raw), old))
	}
	info, err := os.Stat(name)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(strings.Replace(string(raw), old, with, 1)), 0o644); err != nil {
		w.t.Fatal(err)
	}
	moved := info.ModTime()
	if !unseen {
		moved = moved.Add(time.Second)
	}
	if err := os.Chtimes(name, moved, moved); err != nil {
		w.t.Fatal(err)
	}
}

// An edit of one file is answered without reading the others: what was changed behind the file system's back in another
// one is not seen.
func TestCheckWatch_readsOnlyWhatChanged(t *testing.T) {
	w := newWatched(t)
	if found := w.findings(); len(found) > 0 {
		t.Fatalf("at first: %q", found)
	}
	w.edit("matrices/booking.md", "SR-10 | Logging and monitoring | Shared", "SR-10 | Logging and monitoring | Sharex", true)
	w.edit("exit/booking.md", "max-tolerable-exit-days: 90", "max-tolerable-exit-days: 30", false)
	w.ticks <- time.Now()
	if found, want := w.findings(), []string{"exit/booking.md EXI001"}; !slices.Equal(found, want) {
		t.Errorf("after an edit: %q, want %q", found, want)
	}
	w.ticks <- time.Now() // nothing has changed: nothing is said
	if err := os.Remove(filepath.Join(w.dir, "assurance/booking.md")); err != nil {
		t.Fatal(err)
	}
	w.ticks <- time.Now()
	if found, want := w.findings(), []string{"exit/booking.md EXI001", "register/booking.md XRF004"}; !slices.Equal(found, want) {
		t.Errorf("after a file is gone: %q, want %q", found, want)
	}
	if err := os.WriteFile(filepath.Join(w.dir, "policy/new.md"), []byte("# New\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	w.ticks <- time.Now()
	if found := w.findings(); !slices.Contains(found, "policy/new.md FM001") {
		t.Errorf("after a file came: %q", found)
	}
	w.stop()
	if err := <-w.ended; err != nil {
		t.Errorf("it ends with %v", err)
	}
}
