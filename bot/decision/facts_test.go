package decision_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/decision"
	dt "github.com/vidimus-bot/vidimus/bot/decision/decisiontest"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
)

// signedSnapshot is a pull request that is signed in every way, with a merge in
// it, as facts.
func signedSnapshot(t *testing.T) facts.Snapshot {
	t.Helper()
	h := northquay()
	h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{text(travel, "Early."), text("policy/devices.md", "Locked.")}})
	moveBaseAside(h)
	h.UpdateBranch(dt.Daan)
	h.Push(dt.Act{By: dt.Daan, Edits: []dt.Edit{text(note, "Noted.")}})
	var ciso, headOfIT []string
	for _, changed := range []string{travel, "policy/devices.md"} {
		ciso, headOfIT = append(ciso, h.Line("ciso", changed)), append(headOfIT, h.Line("head-of-it", changed))
	}
	h.Approve(dt.Aoife, ciso...)
	h.Approve(dt.Tomasz, headOfIT...)
	h.Approve(dt.Deirdre)
	s := h.Snapshot()
	if d := decision.Evaluate(s); d.Conclusion != decision.Success {
		t.Fatalf("the untouched facts are %s (%s), told %v", d.Conclusion, d.State, told(d))
	}
	return s
}

// copied gives facts that can be changed without changing s.
func copied(t *testing.T, s facts.Snapshot) facts.Snapshot {
	t.Helper()
	encoded, err := facts.Canonical(s.Facts)
	if err != nil {
		t.Fatal(err)
	}
	var f facts.Facts
	if err := facts.ReadCanonical(encoded, &f); err != nil {
		t.Fatal(err)
	}
	return facts.Snapshot{Facts: f, Blobs: maps.Clone(s.Blobs)}
}

// Facts that lack something, or contradict themselves, sign nothing: what cannot be
// proven is not signed.
func TestEvaluate_incompleteOrContradictingFactsFailClosed(t *testing.T) {
	whole := signedSnapshot(t)
	for _, c := range []struct {
		claim string
		spoil func(s *facts.Snapshot)
	}{
		{"another format", func(s *facts.Snapshot) { s.Facts.Format = "vidimus-facts/2" }},
		{"no date", func(s *facts.Snapshot) { s.Facts.AsOf = "" }},
		{"a commit of the range is missing", func(s *facts.Snapshot) { dropCommit(s, s.Facts.Range[0]) }},
		{"the base is missing", func(s *facts.Snapshot) { dropCommit(s, s.Facts.Base) }},
		{"the merge base is missing", func(s *facts.Snapshot) { dropCommit(s, s.Facts.MergeBases[0]) }},
		{"a tree is missing", func(s *facts.Snapshot) { s.Facts.Trees = s.Facts.Trees[1:] }},
		{"a tree's entry was changed", func(s *facts.Snapshot) { s.Facts.Trees[0].Entries[0].Mode = "100755" }},
		{"a path stands twice in a tree", func(s *facts.Snapshot) {
			tr := &s.Facts.Trees[treeOf(s, s.Facts.Head)]
			tr.Entries = append(tr.Entries, tr.Entries[len(tr.Entries)-1])
			rename(s, tr)
		}},
		{"the bytes of a commit are missing", func(s *facts.Snapshot) { delete(s.Blobs, commitOf(s, s.Facts.Range[0]).SHA256) }},
		{"the bytes of a commit are those of another one", func(s *facts.Snapshot) {
			commitOf(s, s.Facts.Range[0]).SHA256 = commitOf(s, s.Facts.Range[len(s.Facts.Range)-1]).SHA256
		}},
		{"a commit's parents are not those of its bytes", func(s *facts.Snapshot) {
			c := commitOf(s, s.Facts.Range[0])
			c.Parents = []string{s.Facts.Base}
		}},
		{"bytes of a document at the head are missing", func(s *facts.Snapshot) { delete(s.Blobs, entryOf(s, s.Facts.Head, travel).SHA256) }},
		{"bytes of a document on the base are missing", func(s *facts.Snapshot) { delete(s.Blobs, entryOf(s, s.Facts.Base, travel).SHA256) }},
		{"bytes that are others than their digest says", func(s *facts.Snapshot) {
			s.Blobs[entryOf(s, s.Facts.Head, travel).SHA256] = []byte("others")
		}},
		{"the configuration's bytes are missing", func(s *facts.Snapshot) { delete(s.Blobs, entryOf(s, s.Facts.Base, dt.ConfigPath).SHA256) }},
		{"when a commit was first seen is not known", func(s *facts.Snapshot) { dropActs(s, facts.ActCommit) }},
		{"what reviews were given on is not known", func(s *facts.Snapshot) { dropActs(s, facts.ActReview) }},
		{"nothing was ever signed", func(s *facts.Snapshot) { s.Facts.Governance.Signed = []facts.Entry{} }},
		{"it was never founded", func(s *facts.Snapshot) { s.Facts.Governance.Recorded = false }},
		{"the head is its own merge base, though it has commits", func(s *facts.Snapshot) { s.Facts.MergeBases = []string{s.Facts.Head} }},
		{"a merge base that lies in the range", func(s *facts.Snapshot) { s.Facts.MergeBases = []string{s.Facts.Range[0]} }},
		{"no merge base at all", func(s *facts.Snapshot) { s.Facts.MergeBases = []string{} }},
		{"the range leaves its own head out", func(s *facts.Snapshot) { s.Facts.Range = s.Facts.Range[:len(s.Facts.Range)-1] }},
		{"the range leaves a commit out that descends from the merge base", func(s *facts.Snapshot) {
			h := northquay()
			openTravel(h)
			signTravel(h)
			h.Push(dt.Act{By: dt.Ruben, Edits: []dt.Edit{text("policy/idea.md", "A better idea.")}})
			*s = copied(t, h.Snapshot())
			s.Facts.Range = s.Facts.Range[1:]
		}},
		{"the range is empty", func(s *facts.Snapshot) { s.Facts.Range = []string{} }},
		{"a review's commit has no merge base", func(s *facts.Snapshot) { commitOf(s, s.Facts.Head).FromBase = "" }},
		{"a review's merge base is not in the facts", func(s *facts.Snapshot) {
			commitOf(s, s.Facts.Head).FromBase = "0123456789012345678901234567890123456789"
		}},
		{"a review's merge base is the reviewed commit itself", func(s *facts.Snapshot) { commitOf(s, s.Facts.Head).FromBase = s.Facts.Head }},
		{"neither a pull request nor a landing", func(s *facts.Snapshot) { s.Facts.Pull = nil }},
		{"it landed on the governed branch, from a pull request into another one", func(s *facts.Snapshot) {
			h := northquay()
			openTravel(h)
			h.Land(dt.ByMerge, dt.Daan)
			*s = copied(t, h.Snapshot())
			s.Facts.Pull.Branch = "playground"
		}},
		{"a file is said to be larger than its bytes", func(s *facts.Snapshot) {
			tr := &s.Facts.Trees[treeOf(s, s.Facts.Base)]
			for i := range tr.Entries {
				if tr.Entries[i].Path == travel {
					tr.Entries[i].Size = facts.MaxBlobBytes + 1
				}
			}
			rename(s, tr)
		}},
		{"two reviews with one id", func(s *facts.Snapshot) {
			again := s.Facts.Reviews[0]
			again.State = "DISMISSED"
			s.Facts.Reviews = append([]facts.Review{again}, s.Facts.Reviews...)
		}},
		{"a review's time is none", func(s *facts.Snapshot) { s.Facts.Reviews[0].SubmittedAt = "yesterday" }},
	} {
		t.Run(c.claim, func(t *testing.T) {
			s := copied(t, whole)
			c.spoil(&s)
			if d := decision.Evaluate(s); d.Conclusion == decision.Success || d.Conclusion == decision.Neutral {
				t.Errorf("Evaluate = %s (%s), want failure or action_required", d.Conclusion, d.State)
			}
		})
	}
}

func commitOf(s *facts.Snapshot, id string) *facts.Commit {
	i := slices.IndexFunc(s.Facts.Commits, func(c facts.Commit) bool { return c.ID == id })
	return &s.Facts.Commits[i]
}

func dropCommit(s *facts.Snapshot, id string) {
	s.Facts.Commits = slices.DeleteFunc(s.Facts.Commits, func(c facts.Commit) bool { return c.ID == id })
}

// treeOf is the index of a commit's tree.
func treeOf(s *facts.Snapshot, commit string) int {
	digest := commitOf(s, commit).Tree
	return slices.IndexFunc(s.Facts.Trees, func(t facts.Tree) bool { return t.Digest == digest })
}

func entryOf(s *facts.Snapshot, commit, path string) facts.Entry {
	entries := s.Facts.Trees[treeOf(s, commit)].Entries
	return entries[slices.IndexFunc(entries, func(e facts.Entry) bool { return e.Path == path })]
}

// rename gives a changed tree its right digest, also in the commits that name it.
func rename(s *facts.Snapshot, tr *facts.Tree) {
	was := tr.Digest
	tr.Digest = facts.TreeDigest(tr.Entries)
	for i := range s.Facts.Commits {
		if s.Facts.Commits[i].Tree == was {
			s.Facts.Commits[i].Tree = tr.Digest
		}
	}
}

func dropActs(s *facts.Snapshot, act string) {
	for i := range s.Facts.Witnesses {
		w := &s.Facts.Witnesses[i]
		w.Observations = slices.DeleteFunc(w.Observations, func(o facts.Observation) bool { return o.Act == act })
		if w.Observations == nil {
			w.Observations = []facts.Observation{}
		}
	}
}

// An objection must not be lost because a list has another order than time. LAW 6.1.
func TestEvaluate_theLatestReviewIsTheLatestInTime(t *testing.T) {
	h := northquay()
	openTravel(h)
	signTravel(h)
	h.Object(dt.Tomasz)
	s := h.Snapshot()
	slices.Reverse(s.Facts.Reviews)
	if d := decision.Evaluate(s); d.Conclusion != decision.Failure {
		t.Errorf("Evaluate = %s, want failure: the objection came last, though it stands first", d.Conclusion)
	}
}

// The same facts give the same decision, byte for byte, whatever order maps have.
func TestEvaluate_isDeterministic(t *testing.T) {
	all := foundedWorlds()
	for n := range 60 {
		s := randomHistory(all, 7, n).h.Snapshot()
		sameAgain(t, fmt.Sprintf("history %d", n), s)
	}
	spoilt := signedSnapshot(t)
	for digest := range spoilt.Blobs {
		spoilt.Blobs[digest] = []byte("others")
	}
	sameAgain(t, "facts with many faults", spoilt)
	h := dt.Empty(all[0].founded.Keys())
	two := append(slices.Clone(h.Keys().Public(dt.Eve)), h.Keys().Public(dt.Bruno)...)
	h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: append(dt.Foundation(h.Keys(), dt.Northquay()), dt.Put(dt.KeyPath(dt.Host), two))})
	sameAgain(t, "a founding with two foreign host keys", h.Snapshot())
}

func sameAgain(t *testing.T, what string, s facts.Snapshot) {
	t.Helper()
	first := encodedDecision(t, decision.Evaluate(s))
	for range 4 {
		shuffled := facts.Snapshot{Facts: s.Facts, Blobs: map[string][]byte{}}
		for _, digest := range slices.Collect(maps.Keys(s.Blobs)) {
			shuffled.Blobs[digest] = s.Blobs[digest]
		}
		if again := encodedDecision(t, decision.Evaluate(shuffled)); !bytes.Equal(first, again) {
			at := 0
			for at < min(len(first), len(again)) && first[at] == again[at] {
				at++
			}
			t.Errorf("%s: two decisions on the same facts differ at byte %d: %.200s, and %.200s", what, at, first[at:], again[at:])
			return
		}
	}
}

func encodedDecision(t *testing.T, d decision.Decision) []byte {
	t.Helper()
	encoded, err := facts.Canonical(d)
	if err != nil {
		t.Fatalf("a decision has no canonical form: %v", err)
	}
	return encoded
}

// Evaluate does not change what it was given.
func TestEvaluate_leavesTheFactsAlone(t *testing.T) {
	s := signedSnapshot(t)
	before, err := facts.Canonical(s.Facts)
	if err != nil {
		t.Fatal(err)
	}
	decision.Evaluate(s)
	if after, err := facts.Canonical(s.Facts); err != nil || !bytes.Equal(before, after) {
		t.Errorf("Evaluate changed the facts (error %v)", err)
	}
}

// TestEvaluate_hostileFactsNeverPanic breaks facts at random places, as a tampered
// record would, and never sees a panic; and what is signed still has every document
// signed.
func TestEvaluate_hostileFactsNeverPanic(t *testing.T) {
	rounds := 1500
	if raceDetector || testing.Short() {
		rounds = 200
	}
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		t.Run(fmt.Sprintf("worker %d", w), func(t *testing.T) {
			t.Parallel()
			whole := map[int]facts.Snapshot{}
			for n := w; n < rounds; n += workers {
				which := n % (rounds / 8)
				if _, made := whole[which]; !made {
					whole[which] = randomHistory(foundedWorlds(), 5, which).h.Snapshot()
				}
				judgeWithoutPanic(t, n, broken(rand.New(rand.NewPCG(99, uint64(n))), copied(t, whole[which])))
			}
		})
	}
}

// broken is s with one to three things broken, now and then without some bytes.
func broken(rng *rand.Rand, s facts.Snapshot) facts.Snapshot {
	for range 1 + rng.IntN(3) {
		breakSomething(rng, reflect.ValueOf(&s.Facts).Elem())
	}
	if rng.IntN(4) == 0 {
		digests := slices.Sorted(maps.Keys(s.Blobs))
		delete(s.Blobs, digests[rng.IntN(len(digests))])
	}
	return s
}

func judgeWithoutPanic(t *testing.T, n int, s facts.Snapshot) {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			encoded, _ := json.Marshal(s.Facts.Landing)
			t.Errorf("round %d: Evaluate panics: %v (landing %s)", n, r, encoded)
		}
	}()
	d := decision.Evaluate(s)
	decision.SignedAfter(s, d)
	decision.ContentOf(s, s.Facts.Head)
	if d.Conclusion != decision.Success {
		return
	}
	for _, doc := range d.Documents {
		if !doc.Signed {
			t.Errorf("round %d: success, and %s is not signed", n, doc.Path)
		}
	}
}

// breakSomething changes one value somewhere below v: empties it, repeats it, or
// takes it away.
func breakSomething(rng *rand.Rand, v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		breakSomething(rng, v.Field(rng.IntN(v.NumField())))
	case reflect.Pointer:
		if v.IsNil() || rng.IntN(6) == 0 {
			v.SetZero()
			return
		}
		breakSomething(rng, v.Elem())
	case reflect.Slice:
		breakList(rng, v)
	case reflect.String:
		v.SetString([]string{"", "x", v.String() + "0", "DISMISSED", "0000000000000000000000000000000000000000"}[rng.IntN(5)])
	case reflect.Int, reflect.Int64:
		v.SetInt([]int64{0, -1, v.Int() + 1}[rng.IntN(3)])
	case reflect.Bool:
		v.SetBool(!v.Bool())
	}
}

func breakList(rng *rand.Rand, v reflect.Value) {
	n := v.Len()
	switch roll := rng.IntN(8); {
	case n == 0 || roll == 0:
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	case roll == 1: // one less
		i := rng.IntN(n)
		v.Set(reflect.AppendSlice(v.Slice3(0, i, i), v.Slice(i+1, n)))
	case roll == 2: // one twice
		v.Set(reflect.Append(v.Slice3(0, n, n), v.Index(rng.IntN(n))))
	case roll == 3 && n > 1: // two change places
		i, j := rng.IntN(n), rng.IntN(n)
		a := reflect.New(v.Type().Elem()).Elem()
		a.Set(v.Index(i))
		v.Index(i).Set(v.Index(j))
		v.Index(j).Set(a)
	default:
		breakSomething(rng, v.Index(rng.IntN(n)))
	}
}
