package audit_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/evidence/audit"
	"github.com/vidimus-bot/vidimus/bot/evidence/evidencetest"
)

// Names in the records of a short story: the founding, a publication, a deviation.
const (
	founding      = "statements/founding.json"
	genesis       = "statements/key-genesis.json"
	version       = "statements/document-TOP-CLOUD.json"
	configuration = "statements/document-configuration.json"
	signature     = "statements/signature-2871034404.json"
	witness       = "statements/witness-2-4.json"
	commits       = "statements/commits-2.json"
	deviation     = "statements/deviation-TOP-CLOUD.json"
	review        = "github/review-2871034404.json"
)

// in changes one record, after which everything is signed and chained anew.
func in(number int, change func(files map[string][]byte)) func(*evidencetest.World) {
	return func(w *evidencetest.World) {
		w.Forge(func(n int, files map[string][]byte) {
			if n == number {
				change(files)
			}
		})
	}
}

func edit[P evidence.Predicate](number int, name string, change func(*P)) func(*evidencetest.World) {
	return in(number, func(files map[string][]byte) {
		evidencetest.EditStatement(files, name, func(_ *evidence.Statement, p *P) { change(p) })
	})
}

func subject[P evidence.Predicate](number int, name string, change func(*evidence.Statement)) func(*evidencetest.World) {
	return in(number, func(files map[string][]byte) {
		evidencetest.EditStatement(files, name, func(s *evidence.Statement, _ *P) { change(s) })
	})
}

func editFacts(number int, change func(*facts.Facts)) func(*evidencetest.World) {
	return in(number, func(files map[string][]byte) { evidencetest.EditJSON(files, "facts.json", change) })
}

func editDecision(number int, change func(*decision.Decision)) func(*evidencetest.World) {
	return in(number, func(files map[string][]byte) { evidencetest.EditJSON(files, "decision.json", change) })
}

// redecide changes facts and lets everything in the record follow from them.
func redecide(number int, change func(*facts.Facts)) func(*evidencetest.World) {
	return func(w *evidencetest.World) {
		blobs := w.AllBlobs()
		in(number, func(files map[string][]byte) { evidencetest.Redecide(files, blobs, change) })(w)
	}
}

func remove(number int, names ...string) func(*evidencetest.World) {
	return in(number, func(files map[string][]byte) {
		for _, name := range names {
			delete(files, name)
			delete(files, name+".asc")
		}
	})
}

const other = "c0ffeec0ffeec0ffeec0ffeec0ffeec0ffeec0ffeec0ffeec0ffeec0ffeec0ff"

// Whoever holds the key can sign anything; what contradicts itself is found all the
// same. Each case changes one thing and has everything signed and chained anew with the
// true key.
func TestVerify_findsWhatContradictsItselfUnderTheTrueKey(t *testing.T) {
	t.Parallel()
	story := evidencetest.ShortStory()
	for name, c := range map[string]struct {
		forge func(*evidencetest.World)
		want  string
	}{
		// Facts.
		"a fact changed":                          {editFacts(2, func(f *facts.Facts) { f.AsOf = "2026-11-21" }), "decisions"},
		"a fact changed and decided again":        {redecide(2, func(f *facts.Facts) { f.Reviews[1].User.ID++ }), "signatures"},
		"a review's state, decided again":         {redecide(2, func(f *facts.Facts) { f.Reviews[2].State = "COMMENTED" }), "signatures"},
		"a review's text, decided again":          {redecide(2, func(f *facts.Facts) { f.Reviews[2].Body += "\nWith reservations." }), "signatures"},
		"a review left out, decided again":        {redecide(2, func(f *facts.Facts) { f.Reviews = f.Reviews[:2] }), "signatures"},
		"a witness changed, decided again":        {redecide(2, func(f *facts.Facts) { f.Witnesses[3].Observations[0].UserID++ }), "signatures"},
		"a witness left out, decided again":       {redecide(2, func(f *facts.Facts) { f.Witnesses = f.Witnesses[1:] }), "signatures"},
		"a first sight moved, decided again":      {redecide(2, func(f *facts.Facts) { f.Witnesses[0].Observations[1].Seen.At = "2026-11-20T09:00:00Z" }), "signatures"},
		"a parent changed, decided again":         {redecide(2, func(f *facts.Facts) { commit(f, f.Head).Parents = []string{f.Base} }), "commits"},
		"governance made up, decided again":       {redecide(2, func(f *facts.Facts) { f.Governance.Signed[1].SHA256 = other }), "decisions"},
		"the ledger's number made up":             {redecide(2, func(f *facts.Facts) { f.Governance.Entry = 7 }), "decisions"},
		"the pull request's title, decided again": {redecide(2, func(f *facts.Facts) { f.Pull.Title = "Harmless" }), "signatures"},
		"who merged, decided again":               {redecide(2, func(f *facts.Facts) { f.Landing.By.ID++ }), "statements"},
		"when it landed, decided again":           {redecide(2, func(f *facts.Facts) { f.Landing.At = "2026-11-20T23:00:00Z" }), "statements"},
		"a tree that is not Git's": {redecide(2, func(f *facts.Facts) {
			for i := range f.Trees {
				if f.Trees[i].Digest == commit(f, f.Base).Tree {
					f.Trees[i].Entries = f.Trees[i].Entries[:3]
					old := f.Trees[i].Digest
					f.Trees[i].Digest = facts.TreeDigest(f.Trees[i].Entries)
					for j := range f.Commits {
						if f.Commits[j].Tree == old {
							f.Commits[j].Tree = f.Trees[i].Digest
						}
					}
				}
			}
		}), "history"},
		"facts that are none":     {in(2, func(files map[string][]byte) { files["facts.json"] = []byte("{}") }), "decisions"},
		"facts without a landing": {editFacts(2, func(f *facts.Facts) { f.Landing = nil }), "decisions"},
		"facts left out":          {remove(2, "facts.json"), "decisions"},

		// Decision.
		"a decision's conclusion":      {editDecision(2, func(d *decision.Decision) { d.Conclusion = decision.Failure }), "decisions"},
		"a missing role called signed": {editDecision(3, func(d *decision.Decision) { d.Documents[0].Requirements[0].Outcome = "signed" }), "decisions"},
		"a deviation left out":         {editDecision(3, func(d *decision.Decision) { d.Deviations = []decision.Deviation{} }), "decisions"},
		"a finding left out":           {editDecision(2, func(d *decision.Decision) { d.Findings = nil }), "decisions"},
		"a commit called good":         {editDecision(3, func(d *decision.Decision) { d.Commits[0].Verdict = "good" }), "decisions"},
		"another law":                  {editDecision(2, func(d *decision.Decision) { d.Law, d.Catalogue = 7, "old" }), "decisions"},
		"an outcome under an old catalogue": {editDecision(3, func(d *decision.Decision) {
			d.Catalogue, d.Conclusion, d.State = "old", decision.Success, decision.StateSigned
		}), "decisions"},
		"a decision left out": {remove(2, "decision.json"), "decisions"},

		// Bytes.
		"a source edited":           {in(2, func(f map[string][]byte) { f["sources/TOP-CLOUD.md"] = append(f["sources/TOP-CLOUD.md"], '\n') }), "statements"},
		"a source left out":         {remove(2, "sources/TOP-CLOUD.md"), "statements"},
		"a page edited":             {in(2, func(f map[string][]byte) { f["rendered/TOP-CLOUD.html"] = []byte("<p>Harmless.") }), "pages"},
		"a raw commit edited":       {in(2, func(f map[string][]byte) { f[rawCommit(f)] = append(bytes.Clone(f[rawCommit(f)]), '!') }), "commits"},
		"a raw commit left out":     {in(2, func(f map[string][]byte) { delete(f, rawCommit(f)) }), "commits"},
		"content.txt edited":        {in(2, func(f map[string][]byte) { f["content.txt"] = []byte("vidimus-content/1\n") }), "statements"},
		"content.txt left out":      {remove(2, "content.txt"), "statements"},
		"a list under another name": {in(2, func(f map[string][]byte) { f["content/"+other+".txt"] = []byte("vidimus-content/1\n") }), "statements"},
		"the lists left out": {in(2, func(f map[string][]byte) {
			for name := range f {
				if strings.HasPrefix(name, "content/") {
					delete(f, name)
				}
			}
		}), "signatures"},

		// Reviews and witnesses.
		"a stored review edited":        {in(2, func(f map[string][]byte) { f[review] = bytes.Replace(f[review], []byte("Read."), []byte("Seen."), 1) }), "signatures"},
		"a stored review left out":      {remove(2, review), "signatures"},
		"a review nobody decided about": {in(2, func(f map[string][]byte) { f["github/review-1.json"] = f[review] }), "signatures"},
		"the pull request edited": {in(2, func(f map[string][]byte) {
			f["github/pull-2.json"] = bytes.Replace(f["github/pull-2.json"], []byte("Change 2"), []byte("Change 3"), 1)
		}), "signatures"},
		"a witness statement left out":    {remove(2, witness), "signatures"},
		"a witness statement edited":      {edit(2, witness, func(w *evidence.Witness) { w.Observations[0].UserID++ }), "signatures"},
		"a witness of another repository": {edit(2, witness, func(w *evidence.Witness) { w.Repository.ID++ }), "statements"},
		"a witness of another pull":       {edit(2, witness, func(w *evidence.Witness) { w.Observations[0].Pull++ }), "statements"},
		"a verdict among the statements": {in(2, func(f map[string][]byte) {
			v, err := evidence.NewVerdict(evidence.Verdict{
				Head: strings.Repeat("a", 40), Conclusion: "success", Facts: evidence.Ref{SHA256: other}, Decision: evidence.Ref{SHA256: other},
			}).Encode()
			if err != nil {
				panic(err)
			}
			f["statements/verdict-1.json"], f["statements/verdict-1.json.asc"] = v, []byte("to be signed")
		}), "statements"},

		// Signature statements.
		"a signature left out":              {remove(2, signature), "signatures"},
		"a signature by another person":     {edit(2, signature, func(s *evidence.Signature) { s.Signatory.ID++ }), "signatures"},
		"a signature with another name":     {edit(2, signature, func(s *evidence.Signature) { s.Signatory.Name = "Somebody Else" }), "signatures"},
		"a signature of another roster":     {edit(2, signature, func(s *evidence.Signature) { s.Signatory.Roster.SHA256 = other }), "signatures"},
		"a signature at another time":       {edit(2, signature, func(s *evidence.Signature) { s.Act.SubmittedAt = "2026-11-20T00:00:00Z" }), "signatures"},
		"a signature over another text":     {edit(2, signature, func(s *evidence.Signature) { s.Act.BodySHA256 = other }), "signatures"},
		"a signature bound otherwise":       {edit(2, signature, func(s *evidence.Signature) { s.Binding.Commit.Digest.GitCommit = strings.Repeat("a", 40) }), "signatures"},
		"a signature seen earlier":          {edit(2, signature, func(s *evidence.Signature) { s.Binding.FirstSeenAt = "2026-11-20T00:00:00Z" }), "signatures"},
		"a signature without its witness":   {edit(2, signature, func(s *evidence.Signature) { s.Binding.Witness = nil }), "signatures"},
		"a signature in another role":       {edit(2, signature, func(s *evidence.Signature) { s.Statements[0].Role = "head-of-it" }), "signatures"},
		"a signature at another level":      {edit(2, signature, func(s *evidence.Signature) { s.Statements[0].Level = "personal-key" }), "signatures"},
		"a signature with another sentence": {edit(2, signature, func(s *evidence.Signature) { s.Statements[0].Text = "I have read nothing." }), "signatures"},
		"a signature that counts no more":   {edit(2, signature, func(s *evidence.Signature) { s.Statements[0].Counts = false }), "signatures"},
		"a signature twice":                 {edit(2, signature, func(s *evidence.Signature) { s.Statements = append(s.Statements, s.Statements[0]) }), "signatures"},
		"a signature about another subject": {subject[evidence.Signature](2, signature, func(s *evidence.Statement) { s.Subject[0].Name = "policy/other.md" }), "signatures"},
		"a signature that nobody gave": {in(2, func(f map[string][]byte) {
			f["statements/signature-1.json"], f["statements/signature-1.json.asc"] = f[signature], []byte("x")
		}), "signatures"},

		// Document versions.
		"a version left out": {remove(2, version), "statements"},
		"a version twice": {in(2, func(f map[string][]byte) {
			f["statements/document-X.json"], f["statements/document-X.json.asc"] = f[version], f[version+".asc"]
		}), "statements"},
		"a version of other bytes":        {subject[evidence.DocumentVersion](2, version, func(s *evidence.Statement) { s.Subject[0].Digest.SHA256 = other }), "statements"},
		"a version of another blob":       {subject[evidence.DocumentVersion](2, version, func(s *evidence.Statement) { s.Subject[0].Digest.GitBlob = strings.Repeat("a", 40) }), "statements"},
		"a version at another path":       {subject[evidence.DocumentVersion](2, version, func(s *evidence.Statement) { s.Subject[0].Name = "policy/other.md" }), "statements"},
		"a version with other facts":      {edit(2, version, func(v *evidence.DocumentVersion) { v.Decision.Facts.SHA256 = other }), "statements"},
		"a version with another outcome":  {edit(2, version, func(v *evidence.DocumentVersion) { v.Decision.Outcome = evidence.OutcomeNotNeeded }), "statements"},
		"a version called restored":       {edit(2, version, func(v *evidence.DocumentVersion) { v.Decision.Outcome = evidence.OutcomeRestored }), "statements"},
		"a version of another repository": {edit(2, version, func(v *evidence.DocumentVersion) { v.Repository.ID++ }), "statements"},
		"a requirement left out":          {edit(2, version, func(v *evidence.DocumentVersion) { v.Requirements = v.Requirements[1:] }), "statements"},
		"a requirement by another":        {edit(2, version, func(v *evidence.DocumentVersion) { v.Requirements[0].Person = evidencetest.IT }), "statements"},
		"a requirement's signature":       {edit(2, version, func(v *evidence.DocumentVersion) { v.Requirements[0].Signature.SHA256 = other }), "statements"},
		"another title":                   {edit(2, version, func(v *evidence.DocumentVersion) { v.Document.Title = "Harmless" }), "statements"},
		"another commit":                  {edit(2, version, func(v *evidence.DocumentVersion) { v.Landed.Commit.Digest.GitCommit = strings.Repeat("a", 40) }), "statements"},
		"another branch":                  {edit(2, version, func(v *evidence.DocumentVersion) { v.Landed.BaseBranch = "other" }), "statements"},
		"other images":                    {edit(2, version, func(v *evidence.DocumentVersion) { v.ImagesDigest = other }), "statements"},
		"a past that never was": {edit(2, version, func(v *evidence.DocumentVersion) {
			v.Supersedes = &evidence.Superseded{SHA256: other, Statement: &evidence.Ref{SHA256: other}}
		}), "statements"},
		"a deviation closed that is none": {edit(2, version, func(v *evidence.DocumentVersion) { v.Closes = []evidence.Ref{{SHA256: other}} }), "statements"},
		"branches that are not governed":  {edit(1, configuration, func(v *evidence.DocumentVersion) { v.Governs.Branches = []string{"other"} }), "statements"},
		"folders that are not governed":   {edit(1, configuration, func(v *evidence.DocumentVersion) { v.Governs.Paths = append(v.Governs.Paths, "src") }), "statements"},
		"folders left out":                {edit(1, configuration, func(v *evidence.DocumentVersion) { v.Governs.Paths = v.Governs.Paths[:3] }), "statements"},
		"a configuration by another name": {edit(1, configuration, func(v *evidence.DocumentVersion) { v.Document.Type = "key" }), "statements"},
		"a key by another name":           {edit(1, "statements/document-key-rdevries.json", func(v *evidence.DocumentVersion) { v.Document.ID = "x" }), "statements"},

		// Deviations.
		"a deviation's statement left out": {remove(3, deviation), "statements"},
		"a deviation told otherwise":       {edit(3, deviation, func(d *evidence.Deviation) { d.How = "bypass-merge" }), "statements"},
		"a deviation with other roles":     {edit(3, deviation, func(d *evidence.Deviation) { d.Missing = append(d.Missing, evidence.MissingRole{Role: "ceo"}) }), "statements"},
		"a deviation not kept":             {edit(3, deviation, func(d *evidence.Deviation) { d.NotStored = true }), "statements"},
		"a deviation with other facts":     {edit(3, deviation, func(d *evidence.Deviation) { d.Facts.SHA256 = other }), "statements"},
		"a deviation that is none": {in(2, func(f map[string][]byte) {
			evidencetest.EditStatement(f, version, func(s *evidence.Statement, v *evidence.DocumentVersion) {
				d := evidence.Deviation{
					Repository: v.Repository, How: "direct-push", Document: evidence.DeviatedDocument{ID: "TOP-CLOUD"}, Landed: v.Landed,
					DetectedAt: v.Landed.At, Facts: v.Decision.Facts, Decision: v.Decision.Decision,
				}
				made, err := (evidence.Statement{Subject: s.Subject, Predicate: d}).Encode()
				if err != nil {
					panic(err)
				}
				f[deviation], f[deviation+".asc"] = made, []byte("x")
			})
			delete(f, version)
			delete(f, version+".asc")
		}), "statements"},

		// Commits.
		"commits left out":        {remove(2, commits), "commits"},
		"a verdict changed":       {edit(2, commits, func(c *evidence.Commits) { c.Verdicts[0].Verdict = "vouched" }), "commits"},
		"a fingerprint changed":   {edit(2, commits, func(c *evidence.Commits) { c.Verdicts[0].Fingerprint = strings.Repeat("A", 40) }), "commits"},
		"a key's owner changed":   {edit(2, commits, func(c *evidence.Commits) { c.Verdicts[0].PersonID++ }), "commits"},
		"a key changed":           {edit(2, commits, func(c *evidence.Commits) { c.Verdicts[0].Key.SHA256 = other }), "commits"},
		"a verdict left out":      {edit(2, commits, func(c *evidence.Commits) { c.Verdicts = c.Verdicts[1:] }), "commits"},
		"commits of another head": {edit(2, commits, func(c *evidence.Commits) { c.Head = c.Base }), "commits"},
		"a commit's digest":       {subject[evidence.Commits](2, commits, func(s *evidence.Statement) { s.Subject[0].Digest.SHA256 = other }), "commits"},

		// Founding and key.
		"another founder":              {edit(1, founding, func(f *evidence.Founding) { f.Founders[0].Person = evidencetest.Author }), "statements"},
		"a founder left out":           {edit(1, founding, func(f *evidence.Founding) { f.Founders = f.Founders[1:] }), "statements"},
		"another merge commit":         {edit(1, founding, func(f *evidence.Founding) { f.MergeCommit.Digest.GitCommit = strings.Repeat("a", 40) }), "statements"},
		"another founding text":        {edit(1, founding, func(f *evidence.Founding) { f.Configuration.SHA256 = other }), "statements"},
		"another bot key":              {edit(1, founding, func(f *evidence.Founding) { f.BotKey.Primary = strings.Repeat("A", 40) }), "statements"},
		"another key file":             {edit(1, founding, func(f *evidence.Founding) { f.Keys[0].SHA256 = other }), "statements"},
		"an adopted document changed":  {edit(1, founding, func(f *evidence.Founding) { f.Adopted[0].SHA256 = other }), "statements"},
		"an adopted document left out": {edit(1, founding, func(f *evidence.Founding) { f.Adopted = nil }), "statements"},
		"the genesis of another log":   {edit(1, genesis, func(k *evidence.KeyChange) { k.Log = "github.com/elsewhere" }), "ledger"},
		"the genesis of another key":   {edit(1, genesis, func(k *evidence.KeyChange) { k.Primary = strings.Repeat("A", 40) }), "ledger"},
		"a key revoked before": {edit(1, genesis, func(k *evidence.KeyChange) {
			k.Action, k.LastEntry = "revoke", 2
		}), "ledger"},
		"a key retired before": {edit(1, genesis, func(k *evidence.KeyChange) { k.Retires = k.Signing }), "ledger"},

		// Ledger and history.
		"the last entry cut":      {in(3, func(f map[string][]byte) { clear(f) }), "history"},
		"an entry in between cut": {in(2, func(f map[string][]byte) { clear(f) }), "history"},
		"a change on main that no record tells of": {func(w *evidencetest.World) {
			branch := clone(w.Branch)
			w.Litter()
			w.Branch = branch
		}, "history"},
		"main moved back": {func(w *evidencetest.World) { w.Main = w.Parent(w.Main) }, "history"},
	} {
		t.Run(name, func(t *testing.T) {
			w := story.Clone()
			c.forge(w)
			r := verifyForged(w)
			if r.Whole || !slices.Contains(findingsOf(r), c.want) {
				t.Errorf("whole %v, findings in %v, want in %s:\n%s", r.Whole, findingsOf(r), c.want, strings.Join(rows(r), "\n"))
			}
			for _, part := range []string{"files", "list", "records"} {
				if slices.Contains(findingsOf(r), part) {
					t.Errorf("findings in %s: the case is not forged well\n%s", part, strings.Join(rows(r), "\n"))
				}
			}
		})
	}
}

// verifyForged audits the bundle, or the branch where it is so broken that no bundle can
// be made of it.
func verifyForged(w *evidencetest.World) audit.Report {
	l, err := evidence.Open(w.Branch)
	if err == nil {
		_, err = evidence.References(l)
	}
	if err == nil {
		_, err = evidence.NewBundle(w.Branch, w.History(), w.Bot)
	}
	if err != nil {
		return audit.Verify(w.Branch, audit.Options{Branch: true, Primary: w.Bot.Primary(), Render: render})
	}
	return verify(w)
}

// Without founding or genesis no bundle is made; a branch without them is not whole.
func TestVerify_foundingAndGenesisAreNeeded(t *testing.T) {
	t.Parallel()
	for _, name := range []string{founding, genesis} {
		w := evidencetest.ShortStory()
		remove(1, name)(w)
		r := audit.Verify(w.Branch, audit.Options{Branch: true, Primary: w.Bot.Primary()})
		if r.Whole || !slices.Contains(findingsOf(r), "ledger") {
			t.Errorf("without %s: findings in %v, want in ledger", name, findingsOf(r))
		}
	}
}

func clone[M ~map[K]V, K comparable, V any](m M) M {
	c := M{}
	for k, v := range m {
		c[k] = v
	}
	return c
}

func commit(f *facts.Facts, id string) *facts.Commit {
	for i := range f.Commits {
		if f.Commits[i].ID == id {
			return &f.Commits[i]
		}
	}
	panic("no commit " + id)
}

func rawCommit(files map[string][]byte) string {
	var names []string
	for name := range files {
		if strings.HasPrefix(name, "commits/") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names[0]
}

// A newer catalogue may judge documents otherwise; that is told and no fault. What the
// law of signing decided must follow all the same.
func TestVerify_otherCatalogueIsANoteUnlessSignaturesDiffer(t *testing.T) {
	t.Parallel()
	w := evidencetest.ShortStory()
	editDecision(2, func(d *decision.Decision) {
		d.Catalogue = "0"
		d.Findings = append(d.Findings, document.Finding{Rule: "OLD001", Severity: document.Warn, Path: "policy/cloud usage.md", Message: "Gone.", Fix: "nothing"})
		document.SortFindings(d.Findings)
	})(w)
	in(2, func(files map[string][]byte) {
		digest := facts.Digest(files["decision.json"])
		evidencetest.EditStatement(files, version, func(_ *evidence.Statement, v *evidence.DocumentVersion) { v.Decision.Decision.SHA256 = digest })
	})(w)
	r := verify(w)
	if !r.Whole || !strings.Contains(fmt.Sprint(r.Rows), "catalogue 0 judged otherwise than catalogue") {
		t.Errorf("whole %v:\n%s", r.Whole, strings.Join(rows(r), "\n"))
	}
}

// What a bundle holds may be anything: nothing of it makes the auditor fall over.
func TestVerify_nonsenseUnderTheTrueKeyIsAFinding(t *testing.T) {
	t.Parallel()
	nonsense := [][]byte{nil, []byte("{}"), []byte("[]"), []byte("null"), []byte(`{"_type":"https://in-toto.io/Statement/v1"}`), bytes.Repeat([]byte("["), 20_000), {0xff, 0xfe}}
	w := evidencetest.ShortStory()
	var names []string
	w.Forge(func(n int, files map[string][]byte) {
		for name := range files {
			if n == 2 && !strings.HasSuffix(name, ".asc") && !strings.HasPrefix(name, "rendered/") {
				names = append(names, name)
			}
		}
	})
	slices.Sort(names)
	for i, name := range names {
		w := w.Clone()
		in(2, func(files map[string][]byte) { files[name] = nonsense[i%len(nonsense)] })(w)
		if r := audit.Verify(w.Branch, audit.Options{Branch: true, Primary: w.Bot.Primary()}); r.Whole {
			t.Errorf("%s is %q, and the evidence is called whole", name, nonsense[i%len(nonsense)])
		}
	}
}

func TestVerify_damagedHistoryIsAFinding(t *testing.T) {
	t.Parallel()
	w := evidencetest.ShortStory()
	files := evidencetest.Unpack(w.Bundle())
	raw := files["repository.bundle"]
	for name, bad := range map[string][]byte{
		"empty":              nil,
		"other version":      bytes.Replace(raw, []byte("# v2"), []byte("# v3"), 1),
		"header cut":         raw[:60],
		"pack cut":           raw[:len(raw)/2],
		"checksum cut":       raw[:len(raw)-3],
		"text after":         append(bytes.Clone(raw), 'x'),
		"prerequisite":       bytes.Replace(raw, []byte("bundle\n"), []byte("bundle\n-"+strings.Repeat("a", 40)+"\n"), 1),
		"reference twice":    bytes.Replace(raw, []byte("bundle\n"), append([]byte("bundle\n"), firstReference(raw)...), 1),
		"strange reference":  bytes.Replace(raw, []byte("refs/vidimus/pull/1/head"), []byte("refs/replace/pull/1/head"), 1),
		"endless line":       append([]byte("# v2 git bundle\n"), bytes.Repeat([]byte("x"), 5_000)...),
		"million of objects": bytes.Replace(raw, []byte("PACK\x00\x00\x00\x02\x00\x00\x00"), []byte("PACK\x00\x00\x00\x02\x7f\xff\xff"), 1),
	} {
		tampered := folder(files)
		tampered["repository.bundle"].Data = bad
		r := audit.Verify(tampered, audit.Options{})
		if !slices.Contains(findingsOf(r), "history") {
			t.Errorf("%s: findings in %v, want in history", name, findingsOf(r))
		}
	}
}

func firstReference(raw []byte) []byte {
	line, _, _ := bytes.Cut(raw[len("# v2 git bundle\n"):], []byte("\n"))
	return append(bytes.Clone(line), '\n')
}
