package audit_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/evidence/audit"
	"github.com/vidimus-bot/vidimus/bot/evidence/evidencetest"
)

func folder(files map[string][]byte) fstest.MapFS {
	f := fstest.MapFS{}
	for name, raw := range files {
		f[name] = &fstest.MapFile{Data: raw, Mode: 0o644}
	}
	return f
}

func render(path string, raw []byte) ([]byte, error) { return evidencetest.Render(path, raw) }

// verify audits the bundle of a world with its key pinned.
func verify(w *evidencetest.World) audit.Report {
	return audit.Verify(folder(evidencetest.Unpack(w.Bundle())), audit.Options{Primary: w.Bot.Primary(), Render: render})
}

func rows(r audit.Report) []string {
	var lines []string
	for _, row := range r.Rows {
		lines = append(lines, fmt.Sprintf("%s %s: %s", row.Result, row.What, row.Text))
	}
	return lines
}

// findingsOf are the parts in which something speaks against the evidence, each once.
func findingsOf(r audit.Report) []string {
	var parts []string
	for _, row := range r.Findings() {
		if !slices.Contains(parts, row.What) {
			parts = append(parts, row.What)
		}
	}
	return parts
}

func TestVerify_wholeBundleIsToldOfRowByRow(t *testing.T) {
	t.Parallel()
	w := evidencetest.Story(".")
	r := verify(w)
	_, head := ledger(t, w).Head()
	want := []string{
		"ok files: 192 files, all as listed, none besides",
		"ok list: SHA256SUMS signed by the evidence key",
		"ok ledger: 7 entries, chain unbroken, head " + head[:12],
		"ok records: 7 records, each with its list and nothing besides",
		"ok statements: 13 document statements, each bound to its bytes in the records",
		"ok decisions: 6 replayed from their facts, 6 the same",
		"ok commits: 7 commits, 5 good, 2 neither; deviations tell what became of them",
		"ok history: 1 branch and 6 changes in Git, every one of them recorded",
		"note signatures: 17 signatures:",
		"ok pages: 3 pages rendered again, the same bytes",
		"note deviation: TOP-CLOUD 1.0: TOP-CLOUD was changed on the governed branch by a direct push, without a pull request that anybody signed.",
		`bad deviation: policy/no \xff text.txt: policy/no \xff text.txt was changed on the governed branch by a direct push, without a pull request that anybody signed.`,
		`bad deviation: policy/notes "q" ü.txt: policy/notes "q" ü.txt was changed on the governed branch by a direct push, without a pull request that anybody signed.`,
		"bad deviation: TOP-OLD 1.0: TOP-OLD was deleted on the governed branch by a direct push, without a pull request that anybody signed.",
	}
	if diff := cmp.Diff(want, rows(r)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if !r.Whole || !r.Pinned || r.Primary != w.Bot.Primary() || r.Entries != 7 || r.Head != head || r.Documents != 5 || r.Signed != 2 {
		t.Errorf("report %+v", r)
	}
	if want := "The bundle is whole and says of itself: 2 of 5 documents are signed."; r.Sentence() != want {
		t.Errorf("Sentence = %q, want %q", r.Sentence(), want)
	}
}

func ledger(t *testing.T, w *evidencetest.World) *evidence.Ledger {
	t.Helper()
	l, err := evidence.Open(w.Branch)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestVerify_everyKindOfLandingIsWhole(t *testing.T) {
	t.Parallel()
	for name, play := range map[string]func(w *evidencetest.World){
		"founding alone":       func(*evidencetest.World) {},
		"one publication":      (*evidencetest.World).PublishPolicy,
		"configuration change": func(w *evidencetest.World) { w.ChangeConfiguration(evidencetest.Author, true) },
		"configuration pushed past the rules and restored": func(w *evidencetest.World) {
			w.ChangeConfiguration(evidencetest.Admin, false)
			w.RestoreConfiguration()
		},
		"commits that cancel each other out": func(w *evidencetest.World) {
			p := w.Propose(0, evidencetest.Admin, evidencetest.Files{"policy/old.md": evidencetest.Document("TOP-OLD", "1.0", "Changed.")})
			p.Push(p.Head, evidencetest.Files{"policy/old.md": evidencetest.Document("TOP-OLD", "1.0", "It was here before.")})
			p.Land("direct", evidencetest.Admin, nil)
		},
		"a change between that nobody governs": func(w *evidencetest.World) {
			w.Ungoverned()
			w.PublishPolicy()
		},
		"a review edited, one dismissed, one by its author": func(w *evidencetest.World) {
			p := w.Propose(2, evidencetest.Author, evidencetest.Files{"policy/a.md": evidencetest.Document("TOP-A", "1.0", "Text.")})
			p.Approve(evidencetest.Ciso, "ciso")
			p.Edit(p.Body() + "\n\nOn second thought.")
			p.Approve(evidencetest.IT, "head-of-it")
			p.Dismiss(evidencetest.Ciso)
			p.Approve(evidencetest.Author, "ciso")
			p.Land("merge", evidencetest.IT, nil)
		},
		"a signature ended by a push": func(w *evidencetest.World) {
			p := w.Propose(2, evidencetest.Author, evidencetest.Files{"policy/a.md": evidencetest.Document("TOP-A", "1.0", "Text.")})
			p.Approve(evidencetest.Ciso, "ciso")
			p.Push(p.Head, evidencetest.Files{"policy/a.md": evidencetest.Document("TOP-A", "1.0", "Another text.")})
			p.Land("merge", evidencetest.IT, nil)
		},
		"a record approved without a line": (*evidencetest.World).PublishRecord,
		"a document restored": func(w *evidencetest.World) {
			w.PublishPolicy()
			w.Deviate()
			w.Propose(0, evidencetest.Admin, evidencetest.Files{
				"policy/cloud usage.md": evidencetest.Document("TOP-CLOUD", "1.0", "Clouds are used with care.", "picture.png"),
			}).Land("direct", evidencetest.Admin, nil)
		},
		"a draft that moves": func(w *evidencetest.World) {
			text := evidencetest.Document("TOP-A", "0.1", "Text.")
			text.Bytes = bytes.Replace(text.Bytes, []byte("status: approved"), []byte("status: draft"), 1)
			w.Propose(2, evidencetest.Author, evidencetest.Files{"policy/a.md": text}).Land("rebase", evidencetest.IT, nil)
			w.Propose(3, evidencetest.Author, evidencetest.Files{"policy/a.md": {}, "policy/b.md": text}).Land("merge", evidencetest.IT, nil)
		},
		"a file over the limit": func(w *evidencetest.World) {
			w.Propose(0, evidencetest.Admin, evidencetest.Files{
				"policy/huge.md": {Mode: "100644", Bytes: bytes.Repeat([]byte("x"), facts.MaxBlobBytes+1)},
			}).Land("direct", evidencetest.Admin, nil)
		},
		"links and executable files": func(w *evidencetest.World) {
			w.Propose(0, evidencetest.Admin, evidencetest.Files{
				"policy/link.md": {Mode: "120000", Bytes: []byte("../README.md")},
				"policy/run.md":  {Mode: "100755", Bytes: []byte("#!/bin/sh\n")},
			}).Land("direct", evidencetest.Admin, nil)
		},
		"the configuration deleted": func(w *evidencetest.World) {
			w.Propose(0, evidencetest.Admin, evidencetest.Files{".vidimus.yml": {}}).Land("direct", evidencetest.Admin, nil)
			w.RestoreConfiguration()
		},
		"a squash with other content": func(w *evidencetest.World) {
			p := w.Propose(2, evidencetest.Author, evidencetest.Files{"policy/a.md": evidencetest.Document("TOP-A", "1.0", "Signed.")})
			p.Approve(evidencetest.Ciso, "ciso")
			p.Approve(evidencetest.IT, "head-of-it")
			p.Land("squash", evidencetest.IT, evidencetest.Files{"policy/a.md": evidencetest.Document("TOP-A", "1.0", "Not what was signed.")})
		},
	} {
		w := evidencetest.New(".")
		w.Found()
		play(w)
		if r := verify(w); !r.Whole {
			t.Errorf("%s:\n%s", name, strings.Join(rows(r), "\n"))
		}
	}
}

func TestVerify_withoutPinSaysWhatToCompare(t *testing.T) {
	t.Parallel()
	w := evidencetest.Story(".")
	files := folder(evidencetest.Unpack(w.Bundle()))
	r := audit.Verify(files, audit.Options{})
	if !r.Whole || r.Pinned || !strings.Contains(r.Sentence(), "Compare the fingerprint above with what Northquay Logistics DAC told you another way.") {
		t.Errorf("whole %v, pinned %v, %q", r.Whole, r.Pinned, r.Sentence())
	}
	for _, pin := range []string{strings.Repeat("0", 40), "nonsense"} {
		r = audit.Verify(files, audit.Options{Primary: pin})
		if r.Whole || r.Pinned || !slices.Contains(findingsOf(r), "list") {
			t.Errorf("pinned %s: whole %v, findings in %v", pin, r.Whole, findingsOf(r))
		}
	}
	spaced := w.Bot.Primary()[:4] + " " + strings.ToLower(w.Bot.Primary()[4:])
	if r = audit.Verify(files, audit.Options{Primary: spaced}); !r.Whole || !r.Pinned {
		t.Errorf("pinned as people write it: %v", rows(r))
	}
}

func TestVerify_branchHasNoListOfItsOwn(t *testing.T) {
	t.Parallel()
	w := evidencetest.Story("governance/cloud")
	w.Branch["site/index.html"] = &fstest.MapFile{Data: []byte("<!doctype html>")}
	r := audit.Verify(w.Branch, audit.Options{Primary: w.Bot.Primary(), Branch: true})
	if !r.Whole || !strings.Contains(strings.Join(rows(r), "\n"), "an evidence branch has no list of its own") {
		t.Errorf("rows:\n%s", strings.Join(rows(r), "\n"))
	}
	if r = audit.Verify(w.Branch, audit.Options{}); r.Whole {
		t.Error("a branch passes as a bundle")
	}
}

// Writers: whatever of an entry's files is left after a failed write, the auditor does
// not call it whole, but for none of them and all.
func TestVerify_halfAnEntryIsNotWhole(t *testing.T) {
	t.Parallel()
	w := evidencetest.New(".")
	w.Found()
	before := maps.Clone(w.Branch)
	w.PublishPolicy()
	var added []string
	for name := range w.Branch {
		if _, there := before[name]; !there {
			added = append(added, name)
		}
	}
	slices.Sort(added)
	for n := range added {
		branch := maps.Clone(before)
		for _, name := range added[:n] {
			branch[name] = w.Branch[name]
		}
		if r := audit.Verify(branch, audit.Options{Branch: true}); r.Whole != (n == 0) {
			t.Errorf("%d of %d files, the last %s: whole %v", n, len(added), added[max(0, n-1)], r.Whole)
		}
	}
}

func TestVerify_reportKeepsItsForm(t *testing.T) {
	t.Parallel()
	w := evidencetest.New(".")
	w.Found()
	raw, err := json.Marshal(verify(w))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	var keys []string
	for k := range got {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	want := []string{"branch", "documents", "entries", "format", "head", "organisation", "pinned", "primary", "repository", "rows", "signed", "whole"}
	if diff := cmp.Diff(want, keys); diff != "" || got["format"] != "vidimus-verify/1" {
		t.Errorf("format %v, keys (-want +got):\n%s", got["format"], diff)
	}
	row, _ := got["rows"].([]any)[0].(map[string]any)
	if row["result"] != "ok" || row["what"] != "files" || row["text"] == "" {
		t.Errorf("first row %v", row)
	}
}

// A flipped byte in any file of a bundle is found, by the list and by whatever else
// rests on the file.
func TestVerify_findsEveryFlippedByte(t *testing.T) {
	t.Parallel()
	w := evidencetest.ShortStory()
	files := evidencetest.Unpack(w.Bundle())
	for name, raw := range files {
		if len(raw) == 0 {
			continue
		}
		bad := bytes.Clone(raw)
		bad[len(bad)/2] ^= 1
		tampered := folder(files)
		tampered[name] = &fstest.MapFile{Data: bad, Mode: 0o644}
		r := audit.Verify(tampered, audit.Options{Primary: w.Bot.Primary()})
		found := findingsOf(r)
		if r.Whole || len(found) == 0 {
			t.Errorf("%s: a flipped byte was not found", name)
		}
		if strings.HasPrefix(name, "records/") && !slices.Contains(found, "records") {
			t.Errorf("%s: found in %v, want in records, too", name, found)
		}
		if strings.HasPrefix(name, "ledger/") && !slices.Contains(found, "ledger") {
			t.Errorf("%s: found in %v, want in ledger, too", name, found)
		}
	}
}

func TestVerify_findsWhatWasAddedRemovedOrExchanged(t *testing.T) {
	t.Parallel()
	const source = "records/0000/000002/sources/TOP-CLOUD.md"
	w := evidencetest.ShortStory()
	unpacked := evidencetest.Unpack(w.Bundle())
	for name, c := range map[string]struct {
		change func(f fstest.MapFS)
		want   string
	}{
		"file added":               {func(f fstest.MapFS) { f["more.txt"] = &fstest.MapFile{} }, "files"},
		"hidden file added":        {func(f fstest.MapFS) { f["records/.hidden"] = &fstest.MapFile{} }, "records"},
		"file added to a record":   {func(f fstest.MapFS) { f["records/0000/000002/more.md"] = &fstest.MapFile{} }, "records"},
		"record without entry":     {func(f fstest.MapFS) { f["records/0000/000077/SHA256SUMS"] = &fstest.MapFile{} }, "records"},
		"empty folder":             {func(f fstest.MapFS) { f["records/0000/000002/empty"] = &fstest.MapFile{Mode: 0o755 | 1<<31} }, "files"},
		"link":                     {func(f fstest.MapFS) { f[source].Mode = 0o777 | 1<<27 }, "files"},
		"file beside entries":      {func(f fstest.MapFS) { f["ledger/0000/notes.txt"] = &fstest.MapFile{} }, "ledger"},
		"token without its entry":  {func(f fstest.MapFS) { f["ledger/0000/000099.json.tsr"] = &fstest.MapFile{} }, "ledger"},
		"file removed":             {func(f fstest.MapFS) { delete(f, source) }, "records"},
		"list removed":             {func(f fstest.MapFS) { delete(f, "SHA256SUMS") }, "files"},
		"list's signature removed": {func(f fstest.MapFS) { delete(f, "SHA256SUMS.asc") }, "list"},
		"key removed":              {func(f fstest.MapFS) { delete(f, "keys/vidimus.asc") }, "list"},
		"history removed":          {func(f fstest.MapFS) { delete(f, "repository.bundle") }, "history"},
		"last entry removed": {func(f fstest.MapFS) {
			delete(f, "ledger/0000/000003.json")
		}, "records"},
		"first entry removed": {func(f fstest.MapFS) { delete(f, "ledger/0000/000001.json") }, "ledger"},
		"sources exchanged": {func(f fstest.MapFS) {
			const other = "records/0000/000003/sources/TOP-CLOUD.md"
			f[source], f[other] = f[other], f[source]
		}, "records"},
		"statement signatures exchanged": {func(f fstest.MapFS) {
			const a, b = "records/0000/000002/statements/signature-2871034404.json.asc", "records/0000/000002/statements/signature-2871034405.json.asc"
			f[a], f[b] = f[b], f[a]
		}, "statements"},
		"everything removed": {func(f fstest.MapFS) { clear(f) }, "ledger"},
	} {
		files := folder(unpacked)
		c.change(files)
		r := audit.Verify(files, audit.Options{Primary: w.Bot.Primary()})
		if r.Whole || !slices.Contains(findingsOf(r), c.want) {
			t.Errorf("%s: whole %v, findings in %v, want in %s", name, r.Whole, findingsOf(r), c.want)
		}
	}
}

func TestSentence_saysNotToRelyOnIt(t *testing.T) {
	w := evidencetest.ShortStory()
	files := folder(evidencetest.Unpack(w.Bundle()))
	delete(files, "VERIFY.md")
	r := audit.Verify(files, audit.Options{})
	if want := "Do not rely on this bundle: 1 finding. Keep it: it is evidence of the change."; r.Sentence() != want {
		t.Errorf("Sentence = %q, want %q", r.Sentence(), want)
	}
	if diff := cmp.Diff([]string{"listed  " + digestOf(t, files, "VERIFY.md"), "found   nothing: the file is missing"}, r.Findings()[0].Details); diff != "" {
		t.Errorf("details (-want +got):\n%s", diff)
	}
}

func TestSentence_namesTheFilesThatWereChanged(t *testing.T) {
	w := evidencetest.ShortStory()
	files := folder(evidencetest.Unpack(w.Bundle()))
	files["VERIFY.md"] = &fstest.MapFile{Data: []byte("changed")}
	r := audit.Verify(files, audit.Options{})
	if want := "Do not rely on this bundle. 1 file was changed after it was signed: VERIFY.md. Keep it: it is evidence of the change."; r.Sentence() != want {
		t.Errorf("Sentence = %q, want %q", r.Sentence(), want)
	}
}

func digestOf(t *testing.T, files fstest.MapFS, name string) string {
	t.Helper()
	sums, err := evidence.ReadSums(files["SHA256SUMS"].Data)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sums {
		if s.Path == name {
			return s.SHA256[:12]
		}
	}
	t.Fatalf("%s is not listed", name)
	return ""
}
