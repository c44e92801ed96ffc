package audit_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/evidence/audit"
	"github.com/vidimus-bot/vidimus/bot/evidence/evidencetest"
)

// The auditor works out the roots by itself: over every size of tree up to 70 they are
// those of the library with which entries are made. RFC 6962 §2.1.
func TestVerify_rootsAgreeAtEverySize(t *testing.T) {
	t.Parallel()
	w := evidencetest.New(".")
	w.Found()
	for n := range 70 {
		w.AppendRecord(evidence.Record{
			Kind: evidence.KindWitness, Key: fmt.Sprintf("witness:%d:x", n+100), Files: map[string][]byte{"content.txt": fmt.Appendf(nil, "%d\n", n)},
		}, w.Now())
	}
	r := audit.Verify(w.Branch, audit.Options{Branch: true, Primary: w.Bot.Primary()})
	if !r.Whole || r.Entries != 71 {
		t.Errorf("%d entries: %v", r.Entries, rows(r))
	}
}

// entryEdit changes an entry of a story's branch and signs it again; the entries behind
// it are left as they are.
func entryEdit(t *testing.T, w *evidencetest.World, number int, change func(*evidence.Entry)) {
	t.Helper()
	e, err := evidence.ReadEntry(w.Branch[evidence.EntryPath(number)].Data)
	if err != nil {
		t.Fatal(err)
	}
	change(&e)
	raw, err := e.Encode()
	if err != nil {
		t.Fatal(err)
	}
	sig, err := w.Bot.Sign(raw, e.When())
	if err != nil {
		t.Fatal(err)
	}
	w.Branch[evidence.EntryPath(number)] = &fstest.MapFile{Data: raw}
	w.Branch[evidence.EntryPath(number)+".asc"] = &fstest.MapFile{Data: sig}
}

func TestVerify_findsEveryBrokenEntryUnderTheTrueKey(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*evidence.Entry)
		want   string
	}{
		"previous":     {func(e *evidence.Entry) { e.Previous = other }, "as the entry before it"},
		"root":         {func(e *evidence.Entry) { e.Root = other }, "does not have the root"},
		"log":          {func(e *evidence.Entry) { e.Log = "github.com/elsewhere" }, "belongs to the ledger"},
		"time":         {func(e *evidence.Entry) { e.Time = "2026-11-20T08:00:01Z" }, "older than the entry before"},
		"key":          {func(e *evidence.Entry) { e.Key = "witness:1:x" }, "its record is publication"},
		"kind":         {func(e *evidence.Entry) { e.Kind = evidence.KindDeviation }, "its record is deviation"},
		"unknown kind": {func(e *evidence.Entry) { e.Kind = "celebration" }, "does not judge"},
		"reserved":     {func(e *evidence.Entry) { e.Kind = evidence.KindVolume }, "does not judge"},
		"record":       {func(e *evidence.Entry) { e.Record = other }, "found"},
	} {
		w := evidencetest.ShortStory()
		entryEdit(t, w, 3, c.change)
		r := audit.Verify(w.Branch, audit.Options{Branch: true, Primary: w.Bot.Primary()})
		text := fmt.Sprint(r.Findings())
		if r.Whole || !strings.Contains(text, c.want) {
			t.Errorf("%s: findings %s, want one that says %q", name, text, c.want)
		}
	}
}

func TestVerify_witnessRecordHoldsNothingElse(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(files map[string][]byte){
		"its list left out": func(files map[string][]byte) {
			for n := range files {
				if strings.HasPrefix(n, "content/") {
					delete(files, n)
				}
			}
		},
		"another statement": func(files map[string][]byte) {
			s, err := evidence.NewVerdict(evidence.Verdict{
				Head: strings.Repeat("a", 40), Conclusion: "success", Facts: evidence.Ref{SHA256: other}, Decision: evidence.Ref{SHA256: other},
			}).Encode()
			if err != nil {
				panic(err)
			}
			files["statements/verdict.json"], files["statements/verdict.json.asc"] = s, []byte("to be signed")
		},
	} {
		w := evidencetest.New(".")
		w.Found()
		w.WitnessOnly()
		in(2, change)(w)
		r := audit.Verify(w.Branch, audit.Options{Branch: true, Primary: w.Bot.Primary()})
		if r.Whole || !slices.Contains(findingsOf(r), "statements") {
			t.Errorf("%s: %v", name, rows(r))
		}
	}
}

// Two signing keys in turns: a change of keys is never undone.
func TestVerify_findsAKeyThatComesBack(t *testing.T) {
	t.Parallel()
	w := evidencetest.ShortStory()
	two := w.SecondSubkey()
	w.Branch["records/0000/000001/keys/vidimus.asc"] = &fstest.MapFile{Data: two.PublicArmour()}
	// Entry 2 by the other subkey, entries 1 and 3 by the first.
	raw := w.Branch[evidence.EntryPath(2)].Data
	sig, err := two.Sign(raw, w.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	w.Branch[evidence.EntryPath(2)+".asc"] = &fstest.MapFile{Data: sig}
	r := audit.Verify(w.Branch, audit.Options{Branch: true, Primary: w.Bot.Primary()})
	if text := fmt.Sprint(r.Findings()); !strings.Contains(text, "which another key had replaced after entry 1") {
		t.Errorf("findings %s", text)
	}
}

func BenchmarkVerify(b *testing.B) {
	w := evidencetest.Story(".")
	files := folder(evidencetest.Unpack(w.Bundle()))
	for b.Loop() {
		if r := audit.Verify(files, audit.Options{}); !r.Whole {
			b.Fatal(r.Sentence())
		}
	}
}
