package evidence_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/evidence/evidencetest"
)

const origin1 = "github.com/northquay/cloud-governance/evidence"

// tinyLedger is a ledger of n entries whose records hold one file each.
func tinyLedger(t *testing.T, k *evidence.Key, n int) fstest.MapFS {
	t.Helper()
	branch := fstest.MapFS{}
	for i := range n {
		l, err := evidence.Open(branch)
		if err != nil {
			t.Fatal(err)
		}
		a, err := l.Append(tinyRecord(i+1), origin1, signed.Add(time.Duration(i)*time.Minute), k)
		if err != nil {
			t.Fatal(err)
		}
		for name, b := range a.Files {
			branch[name] = &fstest.MapFile{Data: b}
		}
	}
	return branch
}

func tinyRecord(n int) evidence.Record {
	return evidence.Record{
		Kind: evidence.KindWitness, Key: fmt.Sprintf("witness:%d:a", n), Files: map[string][]byte{"content.txt": fmt.Appendf(nil, "record %d\n", n)},
	}
}

func TestAppend_chainsEntriesThatOpenReads(t *testing.T) {
	_, k := newKey(t, "one")
	l, err := evidence.Open(tinyLedger(t, k, 40))
	if err != nil {
		t.Fatal(err)
	}
	if err := l.VerifySignatures(k.Public(), 0); err != nil {
		t.Error(err)
	}
	entries := l.Entries()
	if len(entries) != 40 || entries[0].Previous != strings.Repeat("0", 64) || entries[0].Root != facts.Digest(nil) {
		t.Errorf("%d entries, the first is %+v", len(entries), entries[0])
	}
	roots := map[string]bool{}
	for _, e := range entries {
		roots[e.Root] = true
		if e.Log != origin1 {
			t.Errorf("entry %d belongs to %s", e.Number, e.Log)
		}
	}
	if len(roots) != 40 {
		t.Errorf("%d roots of 40 trees", len(roots))
	}
	if e, ok := l.Find("witness:7:a"); !ok || e.Number != 7 {
		t.Errorf("Find = %+v, %v", e, ok)
	}
	if _, ok := l.Find("witness:41:a"); ok {
		t.Error("Find found what is not there")
	}
}

func TestAppend_neverGoesBackInTimeAndNeverTwice(t *testing.T) {
	_, k := newKey(t, "one")
	l, err := evidence.Open(tinyLedger(t, k, 3))
	if err != nil {
		t.Fatal(err)
	}
	a, err := l.Append(tinyRecord(4), "github.com/elsewhere", signed.Add(-time.Hour), k)
	if err != nil {
		t.Fatal(err)
	}
	if a.Entry.Time != l.Entries()[2].Time || a.Entry.Log != origin1 || a.Entry.Number != 4 {
		t.Errorf("entry %+v, want the time and log of the one before", a.Entry)
	}
	if raw := a.Files[evidence.EntryPath(4)]; facts.Digest(raw) != a.Digest || len(a.Files) != 4 {
		t.Errorf("digest %s of %s, %d files", a.Digest, raw, len(a.Files))
	}
	if _, err := l.Append(tinyRecord(2), origin1, signed, k); err == nil || !strings.Contains(err.Error(), "entry 2") {
		t.Errorf("a key that is there: error = %v", err)
	}
	for name, r := range map[string]evidence.Record{"key": {Kind: "witness", Key: "two words"}, "kind": {Kind: "Two words", Key: "a:b"}} {
		if _, err := l.Append(r, origin1, signed, k); !errors.Is(err, evidence.ErrEntry) {
			t.Errorf("bad %s: error = %v, want ErrEntry", name, err)
		}
	}
	empty, err := evidence.Open(fstest.MapFS{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := empty.Append(tinyRecord(1), "", signed, k); !errors.Is(err, evidence.ErrEntry) {
		t.Errorf("a ledger without origin: error = %v, want ErrEntry", err)
	}
	if n, head := empty.Head(); n != 0 || head != strings.Repeat("0", 64) {
		t.Errorf("Head of an empty ledger = %d, %s", n, head)
	}
}

func TestOpen_refusesEveryBrokenChain(t *testing.T) {
	_, k := newKey(t, "one")
	whole := tinyLedger(t, k, 5)
	entry := func(branch fstest.MapFS, n int, change func(*evidence.Entry)) {
		e, err := evidence.ReadEntry(branch[evidence.EntryPath(n)].Data)
		if err != nil {
			t.Fatal(err)
		}
		change(&e)
		raw, err := e.Encode()
		if err != nil {
			t.Fatal(err)
		}
		branch[evidence.EntryPath(n)] = &fstest.MapFile{Data: raw}
	}
	for name, break_ := range map[string]func(fstest.MapFS){
		"a hole":            func(b fstest.MapFS) { delete(b, evidence.EntryPath(3)) },
		"the first missing": func(b fstest.MapFS) { delete(b, evidence.EntryPath(1)) },
		"two swapped": func(b fstest.MapFS) {
			b[evidence.EntryPath(2)], b[evidence.EntryPath(3)] = b[evidence.EntryPath(3)], b[evidence.EntryPath(2)]
		},
		"not an entry": func(b fstest.MapFS) { b[evidence.EntryPath(4)] = &fstest.MapFile{Data: []byte("{}")} },
		"too large": func(b fstest.MapFS) {
			b[evidence.EntryPath(4)] = &fstest.MapFile{Data: make([]byte, evidence.MaxEntryBytes+1)}
		},
		"a file beside":      func(b fstest.MapFS) { b["ledger/0000/000009.json"] = b[evidence.EntryPath(5)] },
		"other previous":     func(b fstest.MapFS) { entry(b, 3, func(e *evidence.Entry) { e.Previous = sha }) },
		"other root":         func(b fstest.MapFS) { entry(b, 5, func(e *evidence.Entry) { e.Root = sha }) },
		"other log":          func(b fstest.MapFS) { entry(b, 5, func(e *evidence.Entry) { e.Log = "github.com/elsewhere" }) },
		"an earlier time":    func(b fstest.MapFS) { entry(b, 5, func(e *evidence.Entry) { e.Time = "2020-01-01T00:00:00Z" }) },
		"a key twice":        func(b fstest.MapFS) { entry(b, 5, func(e *evidence.Entry) { e.Key = "witness:2:a" }) },
		"an entry rewritten": func(b fstest.MapFS) { entry(b, 2, func(e *evidence.Entry) { e.Record = sha }) },
	} {
		branch := maps.Clone(whole)
		break_(branch)
		if _, err := evidence.Open(branch); !errors.Is(err, evidence.ErrLedger) && !strings.Contains(fmt.Sprint(err), "more than") {
			t.Errorf("%s: error = %v, want ErrLedger", name, err)
		}
	}
	if _, err := evidence.Open(whole); err != nil {
		t.Errorf("the whole ledger: %v", err)
	}
}

func TestVerifySignatures_looksAtEachEntryAboveTheNumber(t *testing.T) {
	_, k := newKey(t, "one")
	_, other := newKey(t, "two")
	branch := tinyLedger(t, k, 3)
	branch[evidence.EntryPath(2)+".asc"] = branch[evidence.EntryPath(3)+".asc"]
	l, err := evidence.Open(branch)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.VerifySignatures(k.Public(), 0); !errors.Is(err, evidence.ErrBadSignature) {
		t.Errorf("a swapped signature: error = %v, want ErrBadSignature", err)
	}
	if err := l.VerifySignatures(k.Public(), 2); err != nil {
		t.Errorf("above it: %v", err)
	}
	if err := l.VerifySignatures(other.Public(), 2); !errors.Is(err, evidence.ErrBadSignature) {
		t.Errorf("another key: error = %v, want ErrBadSignature", err)
	}
	delete(branch, evidence.EntryPath(3)+".asc")
	if err := l.VerifySignatures(k.Public(), 2); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no signature: error = %v, want ErrNotExist", err)
	}
}

func TestStoredRecord_givesOnlyWhatItsListNames(t *testing.T) {
	_, k := newKey(t, "one")
	branch := tinyLedger(t, k, 2)
	l, err := evidence.Open(branch)
	if err != nil {
		t.Fatal(err)
	}
	r, err := l.Record(1)
	if err != nil {
		t.Fatal(err)
	}
	if raw, err := r.File("content.txt"); err != nil || string(raw) != "record 1\n" {
		t.Errorf("File = %q, %v", raw, err)
	}
	if _, err := r.File("SHA256SUMS"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that the list does not name: error = %v", err)
	}
	branch["records/0000/000001/content.txt"] = &fstest.MapFile{Data: []byte("record 2\n")}
	if _, err := r.File("content.txt"); err == nil || !strings.Contains(err.Error(), "listed digest") {
		t.Errorf("a changed file: error = %v", err)
	}
	branch["records/0000/000002/SHA256SUMS"] = branch["records/0000/000001/SHA256SUMS"]
	if _, err := l.Record(2); err == nil || !strings.Contains(err.Error(), "entry 2") {
		t.Errorf("another record's list: error = %v", err)
	}
	for _, n := range []int{0, -1, 3} {
		if _, err := l.Record(n); err == nil {
			t.Errorf("Record(%d) succeeded", n)
		}
	}
	if _, _, ok, err := r.Decision(); ok || err != nil {
		t.Errorf("a record without facts: %v, %v", ok, err)
	}
}

func TestStated_tellsTheStoryOfAPath(t *testing.T) {
	l := open(t, evidencetest.Story("."))
	const path = "policy/cloud usage.md"
	last, ok, err := l.Last(path)
	if err != nil || !ok || last.Version == nil || last.Version.Document.Version != "1.1" || last.Entry != 5 {
		t.Errorf("Last = %+v, %v, %v", last.Place, ok, err)
	}
	said, err := l.Stated(path)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range said {
		kind := "deviation"
		if s.Version != nil {
			kind = "version " + s.Version.Document.Version
		}
		got = append(got, fmt.Sprintf("%d %s", s.Entry, kind))
	}
	if diff := cmp.Diff([]string{"5 version 1.1", "4 deviation", "2 version 1.0"}, got); diff != "" {
		t.Errorf("Stated (-want +got):\n%s", diff)
	}
	if _, ok, err := l.Last("policy/nothing.md"); ok || err != nil {
		t.Errorf("a path of which nothing is said: %v, %v", ok, err)
	}
	landing, ok, err := l.LastLanding("main")
	if err != nil || !ok || landing.Method != "direct" {
		t.Errorf("LastLanding = %+v, %v, %v", landing, ok, err)
	}
	if _, ok, err := l.LastLanding("other"); ok || err != nil {
		t.Errorf("LastLanding of another branch: %v, %v", ok, err)
	}
}

func TestBytes_findsWhatAnyRecordHolds(t *testing.T) {
	w := evidencetest.Story(".")
	l := open(t, w)
	raw, err := l.Bytes(l.Entries()[0].Record)
	if err == nil {
		t.Errorf("a list is no file of a record: %q", raw)
	}
	r, err := l.Record(2)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range r.Sums {
		raw, err := l.Bytes(s.SHA256)
		if err != nil || facts.Digest(raw) != s.SHA256 {
			t.Errorf("Bytes of %s: %v", s.Path, err)
		}
	}
	if _, err := l.Bytes(sha); err == nil || !strings.Contains(err.Error(), sha) {
		t.Errorf("unknown bytes: error = %v", err)
	}
}

// The index reads lists and no bytes, and the last statement needs the newest records
// only: what a publisher asks before each append must not read the whole branch.
func TestLast_readsOnlyWhatItMust(t *testing.T) {
	w := evidencetest.Story(".")
	counted := &counting{files: w.Branch, opened: map[string]int{}}
	l, err := evidence.Open(counted)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok, err := l.Last("policy/old.md"); err != nil || !ok {
		t.Fatalf("Last = %v, %v", ok, err)
	}
	if _, err := l.Governance(); err != nil {
		t.Fatal(err)
	}
	for name := range counted.opened {
		if strings.HasPrefix(name, "records/") && !strings.HasPrefix(name, "records/0000/000007/") {
			t.Errorf("%s was read", name)
		}
	}
	if _, _, err := l.Holds(sha); err != nil {
		t.Fatal(err)
	}
	for name, n := range counted.opened {
		if strings.HasPrefix(name, "records/0000/000001/") && !strings.HasSuffix(name, "/SHA256SUMS") {
			t.Errorf("%s was read %d times", name, n)
		}
	}
}

// counting counts which files are opened.
type counting struct {
	files  fs.FS
	opened map[string]int
}

func (c *counting) Open(name string) (fs.File, error) {
	c.opened[name]++
	return c.files.Open(name)
}

// ReadDir keeps listing folders from counting.
func (c *counting) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(c.files, name) }

func BenchmarkOpen(b *testing.B) {
	made, err := evidence.MakeKey(evidencetest.Random("one"), "x", made)
	if err != nil {
		b.Fatal(err)
	}
	k, err := evidence.ReadKey(made.Server)
	if err != nil {
		b.Fatal(err)
	}
	branch := fstest.MapFS{}
	l, err := evidence.Open(branch)
	if err != nil {
		b.Fatal(err)
	}
	for i := range 300 {
		a, err := l.Append(tinyRecord(i+1), origin1, signed, k)
		if err != nil {
			b.Fatal(err)
		}
		for name, raw := range a.Files {
			branch[name] = &fstest.MapFile{Data: bytes.Clone(raw)}
		}
		if l, err = evidence.Open(branch); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if _, err := evidence.Open(branch); err != nil {
			b.Fatal(err)
		}
	}
}
