package evidence_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/evidence/evidencetest"
)

func sampleEntry() evidence.Entry {
	return evidence.Entry{
		Format: evidence.LedgerFormat, Key: evidence.KeyOfPublication(412, commitB), Kind: evidence.KindPublication,
		Log: "github.com/northquay/cloud-governance/evidence", Number: 4, Previous: sha, Record: sha2, Root: sha, Time: "2026-10-02T09:47:44Z",
	}
}

func TestReadEntry_readsTheSampleOfVersion1(t *testing.T) {
	encoded, err := sampleEntry().Encode()
	if err != nil {
		t.Fatal(err)
	}
	read, err := evidence.ReadEntry(golden(t, "ledger-entry.json", encoded))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sampleEntry(), read); diff != "" {
		t.Errorf("entry (-want +got):\n%s", diff)
	}
	if want := time.Date(2026, 10, 2, 9, 47, 44, 0, time.UTC); !read.When().Equal(want) {
		t.Errorf("When() = %s, want %s", read.When(), want)
	}
}

// The entry of the trial keeps its form: what was published once stays readable.
func TestReadEntry_readsThePapersExample(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(evidencetest.Shared(t, "research/evidence-examples/canonical"), "ledger-000004.json"))
	if err != nil {
		t.Fatal(err)
	}
	e, err := evidence.ReadEntry(raw)
	if err != nil || e.Number != 4 || e.Key != "publication:412:7bf3402c226466198abdd9e454befc3a034be614" {
		t.Errorf("ReadEntry = %+v, %v", e, err)
	}
}

func TestReadEntry_refusesWhatIsNotExactlyOne(t *testing.T) {
	encoded, err := sampleEntry().Encode()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ old, by string }{
		"another format number":  {"vidimus-ledger/1", "vidimus-ledger/2"},
		"number 0":               {`"number":4`, `"number":0`},
		"number beyond the last": {`"number":4`, `"number":1000000`},
		"digest too short":       {sha2, sha2[:62]},
		"time with an offset":    {"09:47:44Z", "09:47:44+00:00"},
		"key with a space":       {"publication:412", "publication: 412"},
		"key without parts":      {"publication:412:" + commitB, "publication"},
		"log with a space":       {"cloud-governance/", "cloud governance/"},
		"unknown field":          {`"kind"`, `"kinds":"x","kind"`},
		"line break at the end":  {`Z"}`, "Z\"}\n"},
		"kind of several words":  {`"kind":"publication"`, `"kind":"Two words"`},
	} {
		bad := strings.Replace(string(encoded), c.old, c.by, 1)
		if bad == string(encoded) {
			t.Errorf("%s: the case changes nothing", name)
		}
		if _, err := evidence.ReadEntry([]byte(bad)); !errors.Is(err, evidence.ErrEntry) {
			t.Errorf("%s: error = %v, want ErrEntry", name, err)
		}
	}
	if _, err := evidence.ReadEntry(bytes.Repeat([]byte(" "), evidence.MaxEntryBytes+1)); !errors.Is(err, evidence.ErrEntry) {
		t.Errorf("too large: error = %v, want ErrEntry", err)
	}
}

func TestReadEntry_readsAnUnknownKind(t *testing.T) {
	e := sampleEntry()
	e.Kind, e.Key = "celebration", "celebration:1"
	encoded, err := e.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if read, err := evidence.ReadEntry(encoded); err != nil || read.Kind.Known() {
		t.Errorf("ReadEntry = %+v, %v, want it read and not known", read, err)
	}
}

func TestKeys_areUniqueForWhatTheyNameOnce(t *testing.T) {
	a, b := evidence.Signed{Statement: []byte("a")}, evidence.Signed{Statement: []byte("b")}
	keys := []string{
		evidence.KeyOfPublication(0, commitA), evidence.KeyOfPublication(1, commitA), evidence.KeyOfPublication(1, commitB),
		evidence.KeyOfDeviation(commitA), evidence.KeyOfGenesis(bot),
		evidence.KeyOfWitness(1, []evidence.Signed{a, b}), evidence.KeyOfWitness(1, []evidence.Signed{b, a}), evidence.KeyOfWitness(2, []evidence.Signed{a, b}),
	}
	seen := map[string]bool{}
	for _, k := range keys {
		e := sampleEntry()
		e.Key = k
		if _, err := e.Encode(); err != nil || seen[k] {
			t.Errorf("key %q: %v, or it is there twice", k, err)
		}
		seen[k] = true
	}
}

func TestPaths_sortAsTheirNumbers(t *testing.T) {
	for number, want := range map[int]string{1: "ledger/0000/000001.json", 999: "ledger/0000/000999.json", 1000: "ledger/0001/001000.json", 123456: "ledger/0123/123456.json"} {
		if got := evidence.EntryPath(number); got != want {
			t.Errorf("EntryPath(%d) = %s, want %s", number, got, want)
		}
	}
	if got := evidence.RecordPath(123456); got != "records/0123/123456" {
		t.Errorf("RecordPath = %s", got)
	}
}

func FuzzReadEntry(f *testing.F) {
	encoded, err := sampleEntry().Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(encoded)
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := evidence.ReadEntry(data)
		if err != nil {
			return
		}
		if again, err := e.Encode(); err != nil || !bytes.Equal(again, data) {
			t.Errorf("read %q, wrote %q, %v", data, again, err)
		}
	})
}
