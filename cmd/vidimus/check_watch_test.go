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

func (w *watched) write(path, content string) {
	w.t.Helper()
	name := filepath.Join(w.dir, path)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(name+".new", []byte(content), 0o644); err != nil {
		w.t.Fatal(err)
	}
	if err := os.Rename(name+".new", name); err != nil { // as many editors write
		w.t.Fatal(err)
	}
}

// until looks until the findings are those: a look may fall into the middle of an edit, and then says nothing.
func (w *watched) until(what string, want ...string) {
	w.t.Helper()
	found := make(chan []string)
	go func() { found <- w.findings() }()
	for {
		select {
		case w.ticks <- time.Now():
		case got := <-found:
			if slices.Equal(got, want) {
				return
			}
			w.t.Fatalf("%s: %q, want %q", what, got, want)
		}
	}
}

// What governs documents is noticed like documents: roles, the configuration, keys.
func TestCheckWatch_noticesWhatGoverns(t *testing.T) {
	w := newWatched(t)
	if found := w.findings(); len(found) > 0 {
		t.Fatalf("at first: %q", found)
	}
	w.write("roles.tsv", "role\nceo\nciso\ndpo\ngeneral-counsel\nhead-of-it\n")
	if found := w.foundAt("matrices/booking.md"); !slices.Equal(found, []string{"matrices/booking.md MAT005"}) {
		t.Errorf("without the head of harbour: %q", found)
	}
	w.write("roles.tsv", "role\nceo\nciso\ndpo\ngeneral-counsel\nhead-of-it\nhead-of-harbour\n")
	w.until("with the head of harbour")
	w.write(".vidimus.yml", "# soon\n")
	w.until("a configuration that cannot be read", ".vidimus.yml CFG001")
	w.write(".vidimus.yml", watchedConfiguration)
	w.until("one that can")
	w.write("keys/aoife.pub", watchedKey)
	w.until("a key of hers")
	w.write("keys/tomasz.pub", watchedKey)
	w.until("the same as his", "keys/tomasz.pub KEY005")
	if err := os.RemoveAll(filepath.Join(w.dir, "keys")); err != nil {
		t.Fatal(err)
	}
	w.until("no keys")
}

// A folder that is deleted and made again, and one that comes new, are followed.
func TestCheckWatch_followsFoldersThatComeAndGo(t *testing.T) {
	w := newWatched(t)
	if found := w.findings(); len(found) > 0 {
		t.Fatalf("at first: %q", found)
	}
	raw, err := os.ReadFile(filepath.Join(w.dir, "assurance/booking.md"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(w.dir, "assurance")); err != nil {
		t.Fatal(err)
	}
	w.until("without its assurance review", "register/booking.md XRF004")
	w.write("assurance/booking.md", string(raw))
	w.until("with it again")
	w.write("records/2026/note.md", "---\n---\n")
	found := w.foundAt("records/2026/note.md")
	if len(found) == 0 {
		t.Error("a document in a new folder has no finding")
	}
}

// foundAt looks until something is said, and gives the rules about one path.
func (w *watched) foundAt(path string) []string {
	w.t.Helper()
	said := make(chan []string)
	go func() { said <- w.findings() }()
	for {
		select {
		case w.ticks <- time.Now():
		case got := <-said:
			return slices.DeleteFunc(got, func(f string) bool { return !strings.HasPrefix(f, path+" ") })
		}
	}
}

const (
	watchedKey           = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINJ50eC+nGAtJlfGdTme6qk6jomX1CXseGxi/4VdNvS/\n"
	watchedConfiguration = `version: 1
organisation: Kestrel Ferries
branches: [main]
people:
  aoife: {github: 1, login: aoife, name: Aoife, emails: [aoife@kestrel.example]}
  tomasz: {github: 2, login: tomasz, name: Tomasz, emails: [tomasz@kestrel.example]}
roles:
  ceo: {title: Chief Executive Officer, holders: [tomasz]}
  ciso: {title: Chief Information Security Officer, holders: [aoife]}
  dpo: {title: Data Protection Officer, holders: [aoife]}
  general-counsel: {title: General Counsel, holders: [tomasz]}
  head-of-harbour: {title: Head of Harbour, holders: [tomasz]}
  head-of-it: {title: Head of IT, holders: [tomasz]}
rules:
  - for: {path: "**"}
    require: ciso
    level: statement
config: {require: {all: [ciso, head-of-it]}, level: statement}
`
)
