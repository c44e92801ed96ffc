package decision_test

import (
	"bytes"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/vidimus-bot/vidimus/bot/decision"
	dt "github.com/vidimus-bot/vidimus/bot/decision/decisiontest"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
)

// update rewrites testdata/sample-1. The format is a promise: do so only before
// the first release, and review what changed.
var update = flag.Bool("update", false, "rewrite the golden samples")

// The sample of version 1: facts.json and decision.json as they are stored, and
// the bytes that the facts name.
func samplePath(name string) string { return filepath.Join("testdata", "sample-1", name) }

// sampleStory is the life that the sample tells: a review edited, one dismissed, an
// objection dismissed, a lost delivery, and a squash that brings something along.
func sampleStory() facts.Snapshot {
	h := northquay()
	h.Open(dt.Ruben, dt.Act{By: dt.Ruben, CoAuthors: []string{dt.Daan}, Edits: []dt.Edit{text(travel, "Travel is booked early.")}},
		dt.Act{By: dt.Bruno, Seal: dt.HostKey, Edits: []dt.Edit{text(note, "Another note.")}})
	h.Edit(h.Approve(dt.Fergal, "So be it."), "So be it, now.")
	h.Dismiss(h.Approve(dt.Deirdre), dt.Daan)
	h.Dismiss(h.Object(dt.Tomasz), dt.Fergal)
	h.Approve(dt.Aoife, h.Line("ciso", travel))
	moveBaseAside(h)
	h.UpdateBranch(dt.Daan)
	h.Down()
	h.Approve(dt.Tomasz, "Thank you.", h.Line("head-of-it", travel))
	h.Up(dt.LogOver)
	h.Wait(time.Hour)
	h.Land(dt.BySquash, dt.Daan, text("records/board.md", "Brought along."))
	return h.Snapshot()
}

func TestSample_version1StaysReadable(t *testing.T) {
	if *update {
		writeSample(t)
	}
	var f facts.Facts
	if err := facts.ReadCanonical(readSample(t, "facts.json"), &f); err != nil {
		t.Errorf("facts.json of version 1: %v", err)
	}
	var d decision.Decision
	if err := facts.ReadCanonical(readSample(t, "decision.json"), &d); err != nil {
		t.Errorf("decision.json of version 1: %v", err)
	}
	if digest := facts.Digest(readSample(t, "facts.json")); d.Facts != digest {
		t.Errorf("decision.json names facts %s, facts.json has %s", d.Facts, digest)
	}
	for what, n := range map[string]int{
		"documents": len(d.Documents), "signatures": len(d.Signatures), "commits": len(d.Commits), "deviations": len(d.Deviations),
		"reviews": len(f.Reviews), "witnesses": len(f.Witnesses), "dismissals": len(f.Dismissals), "signed files": len(f.Governance.Signed),
	} {
		if n == 0 {
			t.Errorf("the sample shows no %s", what)
		}
	}
}

// What was decided on the sample is decided again, byte for byte.
func TestSample_version1IsDecidedAlike(t *testing.T) {
	var f facts.Facts
	if err := facts.ReadCanonical(readSample(t, "facts.json"), &f); err != nil {
		t.Fatal(err)
	}
	s := facts.Snapshot{Facts: f, Blobs: map[string][]byte{}}
	for _, file := range txtar.Parse(readSample(t, "blobs.txtar")).Files {
		s.Blobs[file.Name] = file.Data
	}
	s.Blobs[facts.Digest(dt.Image(0))] = dt.Image(0) // no text, so not in the archive
	want := readSample(t, "decision.json")
	if got := encodedDecision(t, decision.Evaluate(s)); !bytes.Equal(got, want) {
		t.Errorf("Evaluate on the sample =\n%s\nwant\n%s", got, want)
	}
}

// Facts that are spelt otherwise are other facts.
func TestSample_facts1AreReadInOneSpellingOnly(t *testing.T) {
	raw := readSample(t, "facts.json")
	for claim, spelt := range map[string][]byte{
		"a line break at the end": append(slices.Clone(raw), '\n'),
		"a field more":            append([]byte(`{"news":1,`), raw[1:]...),
		"a blank":                 bytes.Replace(raw, []byte(`":`), []byte(`": `), 1),
	} {
		var f facts.Facts
		if err := facts.ReadCanonical(spelt, &f); err == nil {
			t.Errorf("%s: read without an error", claim)
		}
	}
}

func readSample(t *testing.T, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(samplePath(name))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func writeSample(t *testing.T) {
	t.Helper()
	s := sampleStory()
	encoded, err := facts.Canonical(s.Facts)
	if err != nil {
		t.Fatal(err)
	}
	archive := txtar.Archive{Comment: []byte("The bytes that facts.json names, by their SHA-256.\n")}
	for _, digest := range slices.Sorted(maps.Keys(s.Blobs)) {
		if !bytes.Equal(s.Blobs[digest], dt.Image(0)) {
			archive.Files = append(archive.Files, txtar.File{Name: digest, Data: s.Blobs[digest]})
		}
	}
	if err := os.MkdirAll(samplePath(""), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"facts.json": encoded, "decision.json": encodedDecision(t, decision.Evaluate(s)), "blobs.txtar": txtar.Format(&archive),
	} {
		if err := os.WriteFile(samplePath(name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
