package decisiontest_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/vidimus-bot/vidimus/bot/decision"
	dt "github.com/vidimus-bot/vidimus/bot/decision/decisiontest"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/signature/commitsig"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring"
)

// founded is the repository of these tests, with one record.
func founded() *dt.History {
	return dt.Founded(dt.NewKeys(), dt.Northquay(), record("records/note.md", "1.0"))
}

func record(path, version string) dt.Edit {
	t := dt.Text{Type: "record", ID: "REC-NOTE", Version: version, Body: "Version " + version + "."}
	return dt.Put(path, t.Bytes())
}

func TestCharter_isReadable(t *testing.T) {
	if _, findings := repoconfig.Read(dt.Northquay().YAML()); len(findings) > 0 {
		t.Errorf("Northquay's configuration has findings: %+v", findings)
	}
}

func TestHistory_theSameScriptGivesTheSameBytes(t *testing.T) {
	play := func() []byte {
		h := founded()
		h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{record("records/note.md", "1.1")}})
		h.Approve(dt.Aoife)
		encoded, err := facts.Canonical(h.Snapshot().Facts)
		if err != nil {
			t.Fatal(err)
		}
		return encoded
	}
	if a, b := play(), play(); !bytes.Equal(a, b) {
		t.Errorf("two plays differ:\n%s\n%s", a, b)
	}
}

func TestHistory_aForkGoesItsOwnWay(t *testing.T) {
	h := founded()
	h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{record("records/note.md", "1.1")}})
	id := h.Approve(dt.Aoife)
	before, err := facts.Canonical(h.Snapshot().Facts)
	if err != nil {
		t.Fatal(err)
	}
	fork := h.Fork()
	fork.Dismiss(id, dt.Daan)
	fork.MoveBase(record("records/note.md", "1.2"))
	fork.Land(dt.ByMerge, dt.Daan)
	if after, err := facts.Canonical(h.Snapshot().Facts); err != nil || !bytes.Equal(before, after) {
		t.Errorf("what the fork did shows in the original (error %v)", err)
	}
}

// Commits are real ones: Git's name, and a signature that the product verifies.
func TestMake_commitsAreSigned(t *testing.T) {
	h := founded()
	people := []keyring.Person{}
	for _, p := range dt.Cast() {
		if p.Type == "User" && p.Slug != dt.Host && p.Slug != dt.Eve {
			people = append(people, keyring.Person{Slug: p.Slug, GitHub: p.ID, Emails: []string{p.Email}})
		}
	}
	var files []keyring.File
	for _, slug := range []string{dt.Aoife, dt.Ruben, dt.Daan, dt.Host} {
		files = append(files, keyring.File{Path: dt.KeyPath(slug), Bytes: h.Keys().Public(slug)})
	}
	ring, findings := keyring.New(files, people)
	if document.Blocking(findings) {
		t.Fatalf("the key files have findings: %+v", findings)
	}
	for seal, want := range map[dt.Seal]commitsig.Word{
		dt.OwnKey: commitsig.Good, dt.HostKey: commitsig.Vouched, dt.NoKey: commitsig.Unsigned,
		dt.StrayKey: commitsig.UnknownKey, dt.OtherKey: commitsig.WrongPerson, dt.BrokenKey: commitsig.Bad,
	} {
		c := h.Make(dt.Act{By: dt.Ruben, Seal: seal, Edits: []dt.Edit{record("records/note.md", "1.1")}})
		at := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
		if v := commitsig.Verify(c.Raw, ring, at); v.Word != want {
			t.Errorf("seal %d: verdict %s (%s), want %s", seal, v.Word, v.Text, want)
		}
		parsed, err := commitsig.Parse(c.Raw)
		if err != nil || !slices.Equal(parsed.Parents, []string{h.Base().ID}) {
			t.Errorf("seal %d: parents %v, error %v; want %s", seal, parsed.Parents, err, h.Base().ID)
		}
	}
}

// Keys renew and are revoked so that the product takes them for that. LAW 2.4.
func TestKeys_changesAreWhatTheyClaim(t *testing.T) {
	keys := dt.NewKeys()
	for name, c := range map[string]struct {
		after []byte
		want  keyring.Change
	}{
		"renewed": {keys.Renewed(dt.Daan), keyring.Renewal},
		"revoked": {keys.Revoked(dt.Daan), keyring.Revocation},
	} {
		if got := keyring.Compare(keys.Public(dt.Daan), c.after); got != c.want {
			t.Errorf("%s: Compare = %v, want %v", name, got, c.want)
		}
	}
}

// The facts hold the merge bases of criss-cross merges, and the range in its order.
func TestSnapshot_crissCrossMerges(t *testing.T) {
	h := founded()
	h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{record("records/note.md", "1.1")}})
	left := h.Make(dt.Act{By: dt.Ruben, Edits: []dt.Edit{record("records/left.md", "1.0")}})
	right := h.Make(dt.Act{By: dt.Daan, Edits: []dt.Edit{record("records/right.md", "1.0")}})
	a, b := h.Make(dt.Act{By: dt.Ruben}, left, right), h.Make(dt.Act{By: dt.Daan}, right, left)
	top := h.Make(dt.Act{By: dt.Ruben}, a, b)
	h.PushTo(top)
	f := h.Snapshot().Facts
	i := slices.IndexFunc(f.Commits, func(c facts.Commit) bool { return c.ID == top.ID })
	want := []string{left.ID, right.ID}
	slices.Sort(want)
	if !slices.Equal(f.Commits[i].MergeBases, want) {
		t.Errorf("merge bases of the top are %v, want %v", f.Commits[i].MergeBases, want)
	}
	if len(f.Range) != 6 || f.Range[5] != top.ID {
		t.Errorf("the range is %v, want 6 commits that end with %s", f.Range, top.ID)
	}
	for at, id := range f.Range {
		j := slices.IndexFunc(f.Commits, func(c facts.Commit) bool { return c.ID == id })
		for _, parent := range f.Commits[j].Parents {
			if slices.Index(f.Range, parent) > at {
				t.Errorf("%s stands before its parent %s", id, parent)
			}
		}
	}
}

// GitHub moves approvals on Update branch, and leaves other reviews. LAW 5.1.
func TestUpdateBranch_movesApprovalsAlone(t *testing.T) {
	h := founded()
	h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{record("records/note.md", "1.1")}})
	given := h.Head().ID
	approval, comment := h.Approve(dt.Aoife), h.Review(dt.Deirdre, "COMMENTED", "Well.")
	objection := h.Object(dt.Tomasz)
	h.MoveBase(record("records/other.md", "1.0"))
	if !h.UpdateBranch(dt.Ruben) {
		t.Fatal("UpdateBranch = false")
	}
	for id, want := range map[int64]string{approval: h.Head().ID, comment: given, objection: given} {
		if got := h.ReviewNow(id).CommitID; got != want {
			t.Errorf("review %d is at %s, want %s", id, got, want)
		}
	}
	for _, w := range h.Snapshot().Facts.Witnesses {
		for _, o := range w.Observations {
			if o.Act == facts.ActReview && o.Commit != given {
				t.Errorf("the delivery of %d says %s, want %s", o.ID, o.Commit, given)
			}
		}
	}
}

// Content lists and governed trees of this package are those of the product.
func TestSnapshot_digestsAgreeWithTheProduct(t *testing.T) {
	h := founded()
	shows := dt.Text{Type: "topic-policy", ID: "TOP-SHOW", Version: "1.0", Body: "Shown.", Images: []string{"img/a.png", "img/b.png", "img/a.png"}}
	h.MoveBase(dt.Put("policy/img/a.png", dt.Image(1)), dt.Put("policy/img/b.png", dt.Image(2)), dt.Put("policy/show.md", shows.Bytes()))
	h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{dt.Put("policy/img/b.png", dt.Image(3)), dt.Remove("records/note.md")}})
	h.Approve(dt.Aoife, h.Line("ciso", "policy/show.md"))
	s := h.Snapshot()
	for _, tr := range s.Facts.Trees {
		if facts.TreeDigest(tr.Entries) != tr.Digest {
			t.Errorf("a governed tree is called %s, want %s", tr.Digest, facts.TreeDigest(tr.Entries))
		}
	}
	list := document.FormatContentList(decision.ContentOf(s, h.Head().ID))
	for _, w := range s.Facts.Witnesses {
		for _, o := range w.Observations {
			if o.Act == facts.ActReview && o.ContentDigest != facts.Digest(list) {
				t.Errorf("content digest %s, want that of\n%s", o.ContentDigest, list)
			}
		}
	}
	if d := decision.Evaluate(s); d.Content != facts.Digest(list) {
		t.Errorf("the decision has the content digest %s, want %s", d.Content, facts.Digest(list))
	}
}
