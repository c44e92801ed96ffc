package evidencetest

import (
	"strings"
	"testing/fstest"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/evidence"
)

// Forge is what a thief of the evidence key can do: every record may be changed, and
// all is signed and chained anew with the true key. change gets the number and the
// files of each record.
func (w *World) Forge(change func(number int, files map[string][]byte)) {
	old, err := evidence.Open(w.Branch)
	must(err)
	branch := fstest.MapFS{}
	for _, e := range old.Entries() {
		files := w.recordFiles(e.Number)
		change(e.Number, files)
		if len(files) == 0 {
			continue
		}
		w.signAgain(files, e)
		l, err := evidence.Open(branch)
		must(err)
		a, err := l.Append(evidence.Record{Kind: e.Kind, Key: e.Key, Files: files}, e.Log, e.When(), w.Bot)
		must(err)
		for name, b := range a.Files {
			branch[name] = &fstest.MapFile{Data: b, Mode: 0o644}
		}
	}
	w.Branch = branch
}

func (w *World) recordFiles(number int) map[string][]byte {
	files := map[string][]byte{}
	for name, f := range w.Branch {
		if inside, ok := strings.CutPrefix(name, evidence.RecordPath(number)+"/"); ok && inside != "SHA256SUMS" {
			files[inside] = f.Data
		}
	}
	return files
}

func (w *World) signAgain(files map[string][]byte, e evidence.Entry) {
	for name, b := range files {
		if _, signed := files[name+".asc"]; signed && w.Bot != nil {
			if _, err := w.Bot.Public().Verify(b, files[name+".asc"]); err == nil {
				continue
			}
			sig, err := w.Bot.Sign(b, e.When())
			must(err)
			files[name+".asc"] = sig
		}
	}
}

// EditJSON decodes a canonical file, changes it, and encodes it again.
func EditJSON[T any](files map[string][]byte, name string, change func(*T)) {
	var v T
	must(facts.ReadCanonical(files[name], &v))
	change(&v)
	b, err := facts.Canonical(v)
	must(err)
	files[name] = b
}

// EditStatement decodes a statement with a predicate of the type P, changes both, and
// encodes it again.
func EditStatement[P evidence.Predicate](files map[string][]byte, name string, change func(*evidence.Statement, *P)) {
	s, err := evidence.ReadStatement(files[name])
	must(err)
	p, ok := s.Predicate.(P)
	if !ok {
		panic("evidencetest: " + name + " is of another type")
	}
	change(&s, &p)
	s.Predicate = p
	b, err := s.Encode()
	must(err)
	files[name] = b
}

// Replace gives every statement, list and file that names old by digest the new
// digest instead: what a careful forger would do.
func Replace(files map[string][]byte, old, by string) {
	for name, b := range files {
		if strings.HasSuffix(name, ".json") && strings.Contains(string(b), old) {
			files[name] = []byte(strings.ReplaceAll(string(b), old, by))
		}
	}
}

// Redecide changes the facts, decides again from them, and makes every file of the
// record name the new facts and the new decision.
func Redecide(files map[string][]byte, blobs map[string][]byte, change func(*facts.Facts)) {
	oldFacts, oldDecision := facts.Digest(files["facts.json"]), facts.Digest(files["decision.json"])
	var f facts.Facts
	EditJSON(files, "facts.json", func(v *facts.Facts) {
		change(v)
		f = *v
	})
	b, err := facts.Canonical(decision.Evaluate(facts.Snapshot{Facts: f, Blobs: blobs}))
	must(err)
	files["decision.json"] = b
	Replace(files, oldFacts, facts.Digest(files["facts.json"]))
	Replace(files, oldDecision, facts.Digest(b))
}

// AllBlobs are all bytes that any commit holds, and all raw commits, by digest.
func (w *World) AllBlobs() map[string][]byte {
	blobs := map[string][]byte{}
	for _, o := range w.repo.objects {
		if o.Type != "tree" {
			blobs[facts.Digest(o.Raw)] = o.Raw
		}
	}
	host := w.people[host].publicKey()
	blobs[facts.Digest(host)] = host
	return blobs
}
