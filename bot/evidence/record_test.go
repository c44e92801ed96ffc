package evidence_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/evidence/evidencetest"
)

func open(t *testing.T, w *evidencetest.World) *evidence.Ledger {
	t.Helper()
	l, err := evidence.Open(w.Branch)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// without is the branch as it was before entry n.
func without(w *evidencetest.World, n int) fstest.MapFS {
	before := maps.Clone(w.Branch)
	for name := range before {
		if strings.HasPrefix(name, evidence.RecordPath(n)+"/") || strings.HasPrefix(name, evidence.EntryPath(n)) {
			delete(before, name)
		}
	}
	return before
}

func lastRecord(t *testing.T, w *evidencetest.World) *evidence.StoredRecord {
	t.Helper()
	l := open(t, w)
	n, _ := l.Head()
	r, err := l.Record(n)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// predicate reads a statement of a record as a P.
func predicate[P evidence.Predicate](t *testing.T, r *evidence.StoredRecord, name string) (P, evidence.Statement) {
	t.Helper()
	s, err := r.Statement(name)
	if err != nil {
		t.Fatal(err)
	}
	p, ok := s.Predicate.(P)
	if !ok {
		t.Fatalf("%s is a %T", name, s.Predicate)
	}
	return p, s
}

// namesOf lists a record's files, with ids and digests made plain.
func namesOf(r *evidence.StoredRecord) []string {
	long := regexp.MustCompile(`\b(?:[0-9a-f]{64}|[0-9a-f]{40})\b`)
	var names []string
	for _, s := range r.Sums {
		names = append(names, long.ReplaceAllString(s.Path, "ID"))
	}
	return names
}

func TestRecord_foundingHoldsEverythingItRestsOn(t *testing.T) {
	w := evidencetest.New(".")
	w.Found()
	r := lastRecord(t, w)
	want := strings.Fields(`
		commits/ID commits/ID content.txt content/ID.txt decision.json facts.json
		github/pull-1.json github/review-2871034401.json github/review-2871034402.json keys/vidimus.asc
		sources/TOP-OLD.md sources/configuration.yml sources/key-abrannigan.asc sources/key-dmulder.pub sources/key-rdevries.asc
		sources/key-twisniewski.asc sources/key-web-flow.asc`)
	for _, name := range []string{
		"commits-1", "document-configuration", "document-key-abrannigan", "document-key-dmulder.pub", "document-key-rdevries",
		"document-key-twisniewski", "document-key-web-flow", "founding", "key-genesis",
		"signature-2871034401", "signature-2871034402", "witness-1-1", "witness-1-2", "witness-1-3",
	} {
		want = append(want, "statements/"+name+".json", "statements/"+name+".json.asc")
	}
	if diff := cmp.Diff(want, namesOf(r)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if r.Entry.Kind != evidence.KindKey || r.Entry.Key != evidence.KeyOfGenesis(w.Bot.Primary()) || r.Entry.Number != 1 {
		t.Errorf("entry %+v", r.Entry)
	}
	f, _ := predicate[evidence.Founding](t, r, "statements/founding.json")
	if len(f.Founders) != 2 || f.Founders[0].Person != evidencetest.Ciso || f.Founders[0].Signature.SHA256 != r.Digest("statements/signature-2871034401.json") {
		t.Errorf("founders %+v", f.Founders)
	}
	if len(f.Adopted) != 1 || f.Adopted[0].ID != "TOP-OLD" || f.Adopted[0].SHA256 != r.Digest("sources/TOP-OLD.md") {
		t.Errorf("adopted %+v", f.Adopted)
	}
	if len(f.Keys) != 5 || !strings.HasPrefix(f.Keys[1].Fingerprints[0], "SHA256:") || len(f.Keys[2].Fingerprints[0]) != 40 {
		t.Errorf("keys %+v", f.Keys)
	}
	g, s := predicate[evidence.KeyChange](t, r, "statements/key-genesis.json")
	if g.Primary != w.Bot.Primary() || g.Log != r.Entry.Log || s.Subject[0].Digest.SHA256 != r.Digest("keys/vidimus.asc") {
		t.Errorf("genesis %+v", g)
	}
}

func TestRecord_versionNamesItsSignaturesAndThePast(t *testing.T) {
	w := evidencetest.Story(".")
	l := open(t, w)
	first, err := l.Record(2)
	if err != nil {
		t.Fatal(err)
	}
	v, s := predicate[evidence.DocumentVersion](t, first, "statements/document-TOP-CLOUD.json")
	if v.Decision.Outcome != evidence.OutcomeSigned || v.Supersedes != nil || len(v.Closes) != 0 || v.Landed.Method != "squash" {
		t.Errorf("first version: outcome %s, supersedes %v, closes %v", v.Decision.Outcome, v.Supersedes, v.Closes)
	}
	if s.Subject[0].Digest.SHA256 != first.Digest("sources/TOP-CLOUD.md") || len(v.Images) != 1 || v.ImagesDigest == "" {
		t.Errorf("subject %v, images %v", s.Subject, v.Images)
	}
	for _, q := range v.Requirements {
		signature, _ := predicate[evidence.Signature](t, first, "statements/signature-"+map[string]string{
			evidencetest.Ciso: "2871034404", evidencetest.IT: "2871034405",
		}[q.Person]+".json")
		if q.Outcome != "signed" || q.Signature == nil || signature.Signatory.Person != q.Person || signature.Binding.Source != "delivery" {
			t.Errorf("requirement %+v, signature by %s", q, signature.Signatory.Person)
		}
		item := signature.Statements[0]
		if !item.Counts || !strings.Contains(item.Text, item.SHA256) || item.SHA256 != s.Subject[0].Digest.SHA256 || item.Template != "approve/1" || item.Capacity != "holder" {
			t.Errorf("signed %+v", item)
		}
	}
	deviation, err := l.Record(4)
	if err != nil {
		t.Fatal(err)
	}
	d, _ := predicate[evidence.Deviation](t, deviation, "statements/deviation-TOP-CLOUD.json")
	if d.How != "direct-push" || d.Signed == nil || d.Signed.Statement.SHA256 != first.Digest("statements/document-TOP-CLOUD.json") || d.Actor.Person != evidencetest.Admin {
		t.Errorf("deviation %+v", d)
	}
	mended, err := l.Record(5)
	if err != nil {
		t.Fatal(err)
	}
	v, _ = predicate[evidence.DocumentVersion](t, mended, "statements/document-TOP-CLOUD.json")
	closed := deviation.Digest("statements/deviation-TOP-CLOUD.json")
	if len(v.Closes) != 1 || v.Closes[0].SHA256 != closed || v.Supersedes.Statement.SHA256 != closed || v.Supersedes.Version != "1.0" {
		t.Errorf("mended version closes %v, supersedes %+v", v.Closes, v.Supersedes)
	}
}

func TestRecord_holdsEveryByteThatAReplayNeeds(t *testing.T) {
	for _, root := range []string{".", "governance/cloud"} {
		l := open(t, evidencetest.Story(root))
		for _, e := range l.Entries() {
			r, err := l.Record(e.Number)
			if err != nil {
				t.Fatal(err)
			}
			f, d, ok, err := r.Decision()
			if err != nil {
				t.Fatal(err)
			}
			if !ok {
				continue
			}
			s := facts.Snapshot{Facts: f, Blobs: map[string][]byte{}}
			for _, digest := range evidence.Needed(f) {
				p, held, err := l.Holds(digest)
				if err != nil || !held || p.Entry > e.Number {
					t.Fatalf("entry %d: %s is held %v, by entry %d, %v", e.Number, digest, held, p.Entry, err)
				}
				if s.Blobs[digest], err = l.Bytes(digest); err != nil {
					t.Fatal(err)
				}
			}
			again, err := facts.Canonical(decision.Evaluate(s))
			recorded, _ := facts.Canonical(d)
			if err != nil || !bytes.Equal(again, recorded) {
				t.Errorf("entry %d: the decision from the records' bytes is another (-recorded +again):\n%s", e.Number, cmp.Diff(string(recorded), string(again)))
			}
		}
	}
}

func TestRecord_sameLandingGivesTheSameBytes(t *testing.T) {
	w := evidencetest.New(".")
	w.Found()
	w.PublishPolicy()
	want := lastRecord(t, w)
	for range 3 {
		l, err := evidence.Open(without(w, 2))
		if err != nil {
			t.Fatal(err)
		}
		r, err := w.Last.Record(l, w.Bot)
		if err != nil {
			t.Fatal(err)
		}
		if r.Key != want.Entry.Key || r.Key != w.Last.Key(w.Bot) || len(r.Files) != len(want.Sums) {
			t.Errorf("record %s of %d files, want %s of %d", r.Key, len(r.Files), want.Entry.Key, len(want.Sums))
		}
		for name, b := range r.Files {
			if facts.Digest(b) != want.Digest(name) {
				t.Errorf("%s differs", name)
			}
		}
	}
}

// What the ledger says was signed last is what the decision's own rule says, at each
// step. LAW 8.3.
func TestGovernance_followsSignedChanges(t *testing.T) {
	w := evidencetest.New(".")
	check := func(step string) {
		t.Helper()
		l := open(t, w)
		g, err := l.Governance()
		if err != nil {
			t.Fatal(err)
		}
		n, _ := l.Head()
		want := facts.Governance{Recorded: true, Entry: n, Signed: decision.SignedAfter(w.Last.Snapshot, w.Last.Decision)}
		if diff := cmp.Diff(want, g); diff != "" {
			t.Errorf("after %s (-want +got):\n%s", step, diff)
		}
	}
	empty, err := open(t, w).Governance()
	if diff := cmp.Diff(facts.Governance{Signed: []facts.Entry{}}, empty); diff != "" || err != nil {
		t.Errorf("before the founding: %s%v", diff, err)
	}
	w.Found()
	check("the founding")
	w.PublishPolicy()
	check("a publication")
	w.ChangeConfiguration(evidencetest.Admin, false)
	check("an unsigned change of the configuration")
	w.RestoreConfiguration()
	check("its restoration")
	w.ChangeConfiguration(evidencetest.Author, true)
	check("a signed change of the configuration")
}

func TestRecord_restoredBytesNeedNoSignature(t *testing.T) {
	w := evidencetest.New(".")
	w.Found()
	founding := w.Main
	w.ChangeConfiguration(evidencetest.Admin, false)
	d, _ := predicate[evidence.Deviation](t, lastRecord(t, w), "statements/deviation-configuration.json")
	if d.How != "direct-push" || d.Signed == nil {
		t.Errorf("the change: %+v", d)
	}
	w.RestoreConfiguration()
	r := lastRecord(t, w)
	v, _ := predicate[evidence.DocumentVersion](t, r, "statements/document-configuration.json")
	if v.Decision.Outcome != evidence.OutcomeRestored || len(v.Requirements) != 0 || len(v.Closes) != 1 || v.Governs == nil {
		t.Errorf("the restoration: outcome %s, requirements %v, closes %v", v.Decision.Outcome, v.Requirements, v.Closes)
	}
	// While the branch holds another configuration, the roster is where it was signed.
	p := w.Propose(9, evidencetest.Author, evidencetest.Files{"policy/a.md": evidencetest.Document("TOP-A", "1.0", "Text.")})
	p.Approve(evidencetest.Ciso, "ciso")
	w.ChangeConfiguration(evidencetest.Admin, false)
	p.Push(w.Main, evidencetest.Files{"policy/a.md": evidencetest.Document("TOP-A", "1.0", "Text.")})
	p.Approve(evidencetest.Ciso, "ciso")
	p.Land("merge", evidencetest.Ciso, nil)
	r = lastRecord(t, w)
	s, _ := predicate[evidence.Signature](t, r, "statements/"+signatureName(t, r))
	if s.Signatory.Roster.Commit == founding || s.Signatory.Roster.SHA256 != governing(t, w) {
		t.Errorf("roster %+v, want the restored one by its own landing", s.Signatory.Roster)
	}
}

func governing(t *testing.T, w *evidencetest.World) string {
	t.Helper()
	for _, e := range w.Last.Snapshot.Facts.Governance.Signed {
		if e.Path == ".vidimus.yml" {
			return e.SHA256
		}
	}
	t.Fatal("no configuration is signed")
	return ""
}

func signatureName(t *testing.T, r *evidence.StoredRecord) string {
	t.Helper()
	for _, name := range r.Statements() {
		if rest, ok := strings.CutPrefix(name, "statements/"); ok && strings.HasPrefix(rest, "signature-") {
			return rest
		}
	}
	t.Fatal("the record has no signature")
	return ""
}

func TestRecord_imageAloneMakesANewStatementOfItsDocument(t *testing.T) {
	w := evidencetest.New(".")
	w.Found()
	w.PublishPolicy()
	p := w.Propose(7, evidencetest.Author, evidencetest.Files{"policy/picture.png": evidencetest.Picture("two")})
	p.ApproveDocuments(evidencetest.Ciso, "ciso", "policy/cloud usage.md")
	p.ApproveDocuments(evidencetest.IT, "head-of-it", "policy/cloud usage.md")
	p.Land("merge", evidencetest.IT, nil)
	r := lastRecord(t, w)
	v, s := predicate[evidence.DocumentVersion](t, r, "statements/document-TOP-CLOUD.json")
	if v.Supersedes == nil || v.Supersedes.SHA256 != s.Subject[0].Digest.SHA256 || v.Decision.Outcome != evidence.OutcomeSigned {
		t.Errorf("outcome %s, supersedes %+v, subject %v", v.Decision.Outcome, v.Supersedes, s.Subject)
	}
	if r.Digest("assets/"+v.Images[0].SHA256+".png") == "" {
		t.Errorf("the record does not hold the image: %v", namesOf(r))
	}
}

func draft(id, version, body string) evidencetest.File {
	f := evidencetest.Document(id, version, body)
	f.Bytes = bytes.Replace(f.Bytes, []byte("status: approved"), []byte("status: draft"), 1)
	return f
}

func TestRecord_draftsMovesAndDeletionsAreStated(t *testing.T) {
	w := evidencetest.New(".")
	w.Found()
	w.Propose(2, evidencetest.Author, evidencetest.Files{"policy/a.md": draft("TOP-A", "0.1", "Text.")}).Land("rebase", evidencetest.IT, nil)
	first := lastRecord(t, w)
	v, _ := predicate[evidence.DocumentVersion](t, first, "statements/document-TOP-A.json")
	if v.Decision.Outcome != evidence.OutcomeNotNeeded || v.Document.Status != "draft" {
		t.Errorf("a draft: outcome %s, status %s", v.Decision.Outcome, v.Document.Status)
	}
	w.Propose(3, evidencetest.Author, evidencetest.Files{"policy/a.md": {}, "policy/b.md": draft("TOP-A", "0.1", "Text.")}).Land("merge", evidencetest.IT, nil)
	moved := lastRecord(t, w)
	v, _ = predicate[evidence.DocumentVersion](t, moved, "statements/document-TOP-A.json")
	if v.Landed.Path != "policy/b.md" || v.Supersedes == nil || v.Supersedes.Statement == nil || v.Supersedes.Statement.SHA256 != first.Digest("statements/document-TOP-A.json") {
		t.Errorf("a document that moved: %s supersedes %+v", v.Landed.Path, v.Supersedes)
	}
	gone := ""
	for _, name := range moved.Statements() {
		if strings.HasPrefix(name, "statements/document-path-") {
			gone = name
		}
	}
	v, s := predicate[evidence.DocumentVersion](t, moved, gone)
	if !v.Deleted || v.Landed.Mode != "000000" || s.Subject[0].Name != "policy/a.md" || v.Document.ID != "TOP-A" {
		t.Errorf("where it was: %+v about %v", v.Landed, s.Subject)
	}
}

// Names of files are ours, whatever documents are called.
func TestRecord_namesFilesThatEveryShellAndArchiveCanHold(t *testing.T) {
	w := evidencetest.New(".")
	w.Found()
	long := "TOP-" + strings.Repeat("A", 60)
	w.Propose(0, evidencetest.Admin, evidencetest.Files{
		"policy/a.md":    evidencetest.Document("TOP-TWICE", "1.0", "One."),
		"policy/b.md":    evidencetest.Document("TOP-TWICE", "1.0", "Two."),
		"policy/long.md": evidencetest.Document(long, "1.0", "Long."),
		"policy/none.md": evidencetest.Text("No front matter.\n"),
		"policy/" + strings.Repeat("deep/", 40) + "a.md": evidencetest.Document("TOP-DEEP", "1.0", "Deep."),
		"policy/line\nbreak; rm -rf.md":                  evidencetest.Document("TOP-ODD", "1.0", "Odd."),
		"keys/not a slug.asc":                            evidencetest.Text("no key\n"),
		"policy/alone.png":                               evidencetest.Picture("alone"),
	}).Land("direct", evidencetest.Admin, nil)
	r := lastRecord(t, w)
	name := regexp.MustCompile(`^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$`)
	for _, s := range r.Sums {
		if whole := evidence.RecordPath(r.Entry.Number) + "/" + s.Path; !name.MatchString(whole) || len(whole) >= 100 {
			t.Errorf("%q has %d bytes", whole, len(whole))
		}
	}
	stated := map[string]string{}
	for _, n := range r.Statements() {
		if strings.HasPrefix(n, "statements/deviation-") {
			_, s := predicate[evidence.Deviation](t, r, n)
			stated[s.Subject[0].Name] = n
		}
	}
	if len(stated) != 8 || stated["policy/a.md"] != "statements/deviation-TOP-TWICE.json" || !strings.Contains(stated["policy/b.md"], "path-") {
		t.Errorf("statements: %v", stated)
	}
}

func TestRecord_filesOverTheLimitAreNamedAndNotKept(t *testing.T) {
	w := evidencetest.New(".")
	w.Found()
	w.Propose(0, evidencetest.Admin, evidencetest.Files{
		"policy/huge.md": {Mode: "100644", Bytes: bytes.Repeat([]byte("x"), facts.MaxBlobBytes+1)},
	}).Land("direct", evidencetest.Admin, nil)
	r := lastRecord(t, w)
	for _, n := range r.Statements() {
		if !strings.HasPrefix(n, "statements/deviation-") {
			continue
		}
		d, s := predicate[evidence.Deviation](t, r, n)
		if !d.NotStored || s.Subject[0].Digest.GitBlob != "" || s.Subject[0].Digest.SHA256 == "" {
			t.Errorf("deviation %+v about %v", d, s.Subject)
		}
	}
}

// Two commits that cancel each other out landed all the same.
func TestRecord_landingWithoutNetChangeIsRecorded(t *testing.T) {
	w := evidencetest.New(".")
	w.Found()
	p := w.Propose(0, evidencetest.Admin, evidencetest.Files{"policy/old.md": evidencetest.Document("TOP-OLD", "1.0", "Changed.")})
	p.Push(p.Head, evidencetest.Files{"policy/old.md": evidencetest.Document("TOP-OLD", "1.0", "It was here before.")})
	p.Land("direct", evidencetest.Admin, nil)
	r := lastRecord(t, w)
	f, _, ok, err := r.Decision()
	if err != nil || !ok || len(f.Landing.Commits) != 2 {
		t.Fatalf("facts tell of %v, %v", f.Landing, err)
	}
	for _, n := range r.Statements() {
		if strings.Contains(n, "document-") || strings.Contains(n, "deviation-") {
			t.Errorf("%s tells of a change", n)
		}
	}
}

func TestRecord_refusesWhatDoesNotBelongTogether(t *testing.T) {
	w := evidencetest.New(".")
	w.Found()
	w.PublishPolicy()
	before, err := evidence.Open(without(w, 2))
	if err != nil {
		t.Fatal(err)
	}
	empty, err := evidence.Open(fstest.MapFS{})
	if err != nil {
		t.Fatal(err)
	}
	clone := func(change func(*evidence.Publication)) evidence.Publication {
		p := w.Last
		p.Snapshot.Blobs = maps.Clone(p.Snapshot.Blobs)
		p.Commits = maps.Clone(p.Commits)
		p.Witnesses = slices.Clone(p.Witnesses)
		change(&p)
		return p
	}
	policy := w.Last.Decision.Documents[0].SHA256
	for name, c := range map[string]struct {
		p    evidence.Publication
		l    *evidence.Ledger
		want string
	}{
		"other facts":         {clone(func(p *evidence.Publication) { p.Snapshot.Facts.AsOf = "2026-01-01" }), before, "other facts"},
		"no landing":          {clone(func(p *evidence.Publication) { p.Snapshot.Facts.Landing = nil }), before, "no landing"},
		"no engine":           {clone(func(p *evidence.Publication) { p.Engine = "" }), before, "engine"},
		"before the founding": {w.Last, empty, "founding"},
		"not governed":        {clone(func(p *evidence.Publication) { p.Decision.State = decision.StateNotGoverned }), before, "not governed"},
		"bytes missing":       {clone(func(p *evidence.Publication) { delete(p.Snapshot.Blobs, policy) }), before, policy},
		"commit missing":      {clone(func(p *evidence.Publication) { clear(p.Commits) }), before, "not given"},
		"other commit":        {clone(func(p *evidence.Publication) { p.Commits[w.Main] = []byte("tree x\n") }), before, "another"},
		"witness missing":     {clone(func(p *evidence.Publication) { p.Witnesses = p.Witnesses[1:] }), before, "witness statements"},
		"witness of another":  {clone(func(p *evidence.Publication) { p.Witnesses[0] = p.Witnesses[1] }), before, "witness statement 1"},
		"witness not signed":  {clone(func(p *evidence.Publication) { p.Witnesses[0].Signature = p.Witnesses[1].Signature }), before, "witness statement 1"},
		"time before the key": {clone(func(p *evidence.Publication) { p.At = p.At.AddDate(-1, 0, 0) }), before, "before the key"},
	} {
		if _, err := c.p.Record(c.l, w.Bot); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error = %v, want one that says %q", name, err, c.want)
		}
	}
}

func TestRecord_unsignedFoundingFoundsNothing(t *testing.T) {
	w := evidencetest.New(".")
	w.Found()
	p := w.Last
	p.Decision.State = decision.StateWaiting
	empty, err := evidence.Open(fstest.MapFS{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Record(empty, w.Bot); !errors.Is(err, evidence.ErrNotSigned) {
		t.Errorf("error = %v, want ErrNotSigned", err)
	}
	if _, err := w.Last.Record(open(t, w), w.Bot); err == nil || !strings.Contains(err.Error(), "founded already") {
		t.Errorf("a second founding: error = %v", err)
	}
}

// A signature may be bound to a list that the facts no longer give; then it must be
// handed in.
func TestRecord_needsTheListsThatSignaturesAreBoundTo(t *testing.T) {
	w := evidencetest.New(".")
	w.Found()
	w.PublishPolicy()
	before, err := evidence.Open(without(w, 2))
	if err != nil {
		t.Fatal(err)
	}
	list := []byte("vidimus-content/1\n100644 " + sha + " policy/elsewhere.md\n")
	p := w.Last
	p.Snapshot.Facts.Witnesses = slices.Clone(p.Snapshot.Facts.Witnesses)
	p.Witnesses = slices.Clone(p.Witnesses)
	last := len(p.Witnesses) - 1
	seen := slices.Clone(p.Snapshot.Facts.Witnesses[last].Observations)
	seen[0].ContentDigest = facts.Digest(list)
	if p.Witnesses[last], err = evidence.Sign(evidence.NewWitness(w.Repository(), seen), w.Bot, p.At); err != nil {
		t.Fatal(err)
	}
	p.Snapshot.Facts.Witnesses[last] = facts.Witness{SHA256: facts.Digest(p.Witnesses[last].Statement), Observations: seen}
	p.Decision = decision.Evaluate(p.Snapshot)
	if _, err := p.Record(before, w.Bot); err == nil || !strings.Contains(err.Error(), facts.Digest(list)) {
		t.Errorf("without the list: error = %v", err)
	}
	p.ContentLists = map[string][]byte{facts.Digest(list): list}
	r, err := p.Record(before, w.Bot)
	if err != nil || !bytes.Equal(r.Files["content/"+facts.Digest(list)+".txt"], list) {
		t.Errorf("with the list: %v", err)
	}
}

func TestProjectReview_keepsGitHubsValues(t *testing.T) {
	r := facts.Review{
		ID: 7, NodeID: "PRR_7", User: facts.Account{ID: 1, Login: "a", Type: "User"}, Body: "é\r\n<b>", State: "APPROVED",
		SubmittedAt: "2026-09-29T07:55:10Z", CommitID: commitA, URL: "https://github.com/x",
	}
	got, err := facts.Canonical(evidence.ProjectReview(r))
	want := fmt.Sprintf(`{"body":"é\r\n<b>","commit_id":%q,"html_url":"https://github.com/x","id":7,"node_id":"PRR_7","state":"APPROVED",`+
		`"submitted_at":"2026-09-29T07:55:10Z","user":{"id":1,"login":"a","type":"User"}}`, commitA)
	if err != nil || string(got) != want {
		t.Errorf("ProjectReview = %s, %v\nwant %s", got, err, want)
	}
	if evidence.ProjectPull(facts.Facts{}) != nil {
		t.Error("a direct push has a pull request")
	}
}

// A review that does not count is stated all the same, with the reason and what ended
// it.
func TestRecord_tellsWhyASignatureDoesNotCount(t *testing.T) {
	w := evidencetest.New(".")
	w.Found()
	text := evidencetest.Files{"policy/a.md": evidencetest.Document("TOP-A", "1.0", "Text.")}
	p := w.Propose(2, evidencetest.Author, text)
	p.Approve(evidencetest.Ciso, "ciso")
	p.Edit("Read.\n\nAnd more.")
	p.Approve(evidencetest.IT, "head-of-it")
	p.Dismiss(evidencetest.Ciso)
	p.Approve(evidencetest.Author, "ciso")
	p.Land("merge", evidencetest.IT, nil)
	r := lastRecord(t, w)
	for review, want := range map[int64]evidence.SignedDocument{
		2871034403: {Role: "ciso", Counts: false, Reason: "SIG008", EndedBy: "edit"},
		2871034404: {Role: "head-of-it", Counts: false, Reason: "SIG008", EndedBy: "dismissal"},
		2871034405: {Role: "ciso", Counts: false, Reason: "SIG002", EndedBy: ""},
	} {
		s, _ := predicate[evidence.Signature](t, r, fmt.Sprintf("statements/signature-%d.json", review))
		got := s.Statements[0]
		if got.Role != want.Role || got.Counts || got.Reason != want.Reason || got.EndedBy != want.EndedBy || got.Why == "" {
			t.Errorf("review %d: %+v, want %+v", review, got, want)
		}
	}
	d, _ := predicate[evidence.Deviation](t, r, "statements/deviation-TOP-A.json")
	if len(d.Missing) != 2 || d.Signed != nil {
		t.Errorf("deviation %+v", d)
	}
}

func TestRecord_editedSignatureKeepsItsLineAndCountsNoMore(t *testing.T) {
	w := evidencetest.New(".")
	w.Found()
	p := w.Propose(2, evidencetest.Author, evidencetest.Files{"policy/a.md": evidencetest.Document("TOP-A", "1.0", "Text.")})
	p.Approve(evidencetest.Ciso, "ciso")
	p.Edit(p.Body() + "\n\nOn second thought.")
	p.Land("merge", evidencetest.IT, nil)
	s, _ := predicate[evidence.Signature](t, lastRecord(t, w), "statements/signature-2871034403.json")
	got := s.Statements[0]
	if got.Counts || got.EndedBy != "edit" || got.Reason != "SIG008" || !strings.HasPrefix(got.Line, "I sign as ciso: TOP-A 1.0") {
		t.Errorf("signed %+v", got)
	}
}

func TestRecord_pushEndsASignatureOnOtherBytes(t *testing.T) {
	w := evidencetest.New(".")
	w.Found()
	p := w.Propose(2, evidencetest.Author, evidencetest.Files{"policy/a.md": evidencetest.Document("TOP-A", "1.0", "Text.")})
	p.Approve(evidencetest.Ciso, "ciso")
	p.Push(p.Head, evidencetest.Files{"policy/a.md": evidencetest.Document("TOP-A", "1.0", "Another text.")})
	p.Land("merge", evidencetest.IT, nil)
	r := lastRecord(t, w)
	s, statement := predicate[evidence.Signature](t, r, "statements/signature-2871034403.json")
	if got := s.Statements[0]; got.Counts || got.EndedBy != "push" || got.Reason != "SIG003" {
		t.Errorf("signed %+v", got)
	}
	if statement.Subject[0].Digest.SHA256 == r.Digest("sources/TOP-A.md") || statement.Subject[0].Digest.GitBlob == "" {
		t.Errorf("subject %v, want the bytes that were signed and not those that landed", statement.Subject)
	}
	// What was signed and did not land is held all the same.
	if _, held, err := open(t, w).Holds(statement.Subject[0].Digest.SHA256); err != nil || !held {
		t.Errorf("the signed bytes are held: %v, %v", held, err)
	}
}

func TestRecord_approvingReviewSignsWithoutALine(t *testing.T) {
	w := evidencetest.New(".")
	w.Found()
	w.PublishRecord()
	r := lastRecord(t, w)
	s, _ := predicate[evidence.Signature](t, r, "statements/signature-2871034404.json")
	got := s.Statements[0]
	if !got.Counts || got.Level != "approval" || got.Line != "" || !strings.Contains(got.Text, got.SHA256) {
		t.Errorf("signed %+v", got)
	}
	v, _ := predicate[evidence.DocumentVersion](t, r, "statements/document-REC-DECISION.json")
	if v.Landed.Method != "rebase" || v.Requirements[0].Level != "approval" || v.Requirements[0].Outcome != "signed" {
		t.Errorf("version %+v", v)
	}
}

// Restoring the last signed bytes of a document needs no new version. LAW 9.3.
func TestRecord_restoredDocumentClosesItsDeviation(t *testing.T) {
	w := evidencetest.ShortStory()
	policy := lastRecord(t, w)
	w.Propose(0, evidencetest.Admin, evidencetest.Files{
		"policy/cloud usage.md": evidencetest.Document("TOP-CLOUD", "1.0", "Clouds are used with care.", "picture.png"),
	}).Land("direct", evidencetest.Admin, nil)
	v, _ := predicate[evidence.DocumentVersion](t, lastRecord(t, w), "statements/document-TOP-CLOUD.json")
	if v.Decision.Outcome != evidence.OutcomeRestored || len(v.Closes) != 1 || v.Closes[0].SHA256 != policy.Digest("statements/deviation-TOP-CLOUD.json") {
		t.Errorf("outcome %s, closes %v", v.Decision.Outcome, v.Closes)
	}
}
