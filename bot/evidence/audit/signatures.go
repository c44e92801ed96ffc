package audit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/signature/approval"
)

// checkSignatures holds the statement of each review against the review, the decision
// and what was witnessed, and makes sure that none is missing.
func (l *landing) checkSignatures() {
	known := map[string]bool{}
	for _, r := range l.f.Reviews {
		items := l.itemsOf(r.ID)
		name := fmt.Sprintf("statements/signature-%d.json", r.ID)
		s, there := l.r.statements[name]
		if len(items) == 0 {
			continue
		}
		known[name] = true
		p, ok := s.Predicate.(evidence.Signature)
		if !there || !ok {
			l.bad("signatures", name, "is missing, and the decision knows the signature")
			continue
		}
		l.checkAct(name, p, r)
		l.checkBinding(name, p, items[0], r)
		l.checkItems(name, s, p, items)
	}
	for _, name := range l.r.names("signature-") {
		if !known[name] {
			l.bad("signatures", name, "is of a review that the decision does not know")
		}
	}
}

// itemsOf are the decision's signatures of a review that name bytes.
func (l *landing) itemsOf(review int64) []decision.Signature {
	var items []decision.Signature
	for _, s := range l.d.Signatures {
		if s.Review == review && s.SHA256 != "" {
			items = append(items, s)
		}
	}
	return items
}

// checkAct: who did what, when, with which body.
func (l *landing) checkAct(name string, p evidence.Signature, r facts.Review) {
	a := p.Act
	if a.Kind != "review" || a.ID != r.ID || a.Pull != l.d.Pull || a.State != r.State || a.SubmittedAt != r.SubmittedAt || a.URL != r.URL {
		l.bad("signatures", name, "tells of another act than the review")
	}
	if a.BodySHA256 != facts.Digest([]byte(r.Body)) {
		l.bad("signatures", name, "names another text than the review has")
	}
	person, _ := l.config.PersonByID(r.User.ID)
	if p.Signatory.ID != r.User.ID || p.Signatory.Login != r.User.Login || p.Signatory.Person != person.Slug || p.Signatory.Name != person.Name {
		l.bad("signatures", name, "names another signatory than the review and the roster")
	}
	if _, ok := l.a.blob(p.Signatory.Roster.SHA256); !ok || p.Repository != l.f.Repository {
		l.bad("signatures", name, "names another roster or repository")
	}
}

// checkBinding: to what the review was bound, and by which witness.
func (l *landing) checkBinding(name string, p evidence.Signature, s decision.Signature, r facts.Review) {
	b := p.Binding
	commit, witness := "", ""
	if b.Commit != nil {
		commit = b.Commit.Digest.GitCommit
	}
	if b.Witness != nil {
		witness = b.Witness.SHA256
	}
	if b.Source != s.Witness || commit != s.Commit || b.ContentDigest != s.ContentDigest || witness != s.WitnessSHA256 {
		l.bad("signatures", name, "is bound otherwise than the decision says")
	}
	if witness == "" {
		return
	}
	seen, ok := l.witnessed(witness, r.ID, commit)
	switch {
	case !ok:
		l.bad("signatures", name, "no witness statement in the record tells of the review")
	case seen.ContentDigest != b.ContentDigest || seen.UserID != r.User.ID || seen.SubmitTime != r.SubmittedAt || seen.Seen.At != b.FirstSeenAt:
		l.bad("signatures", name, "the witness tells of the review otherwise")
	case s.Counts && seen.BodySHA256 != p.Act.BodySHA256:
		l.bad("signatures", name, "the witness saw another text than the review has")
	}
}

// witnessed finds the observation of a review in a witness statement of the record,
// read from its own bytes and not from the facts.
func (l *landing) witnessed(statement string, review int64, commit string) (facts.Observation, bool) {
	for _, name := range l.r.names("witness-") {
		w, ok := l.r.statements[name].Predicate.(evidence.Witness)
		if !ok || l.r.digest[name] != statement {
			continue
		}
		for _, o := range w.Facts() {
			if o.Act == facts.ActReview && o.ID == review && o.Commit == commit {
				return o, true
			}
		}
	}
	return facts.Observation{}, false
}

// checkItems: each document in each role as the decision has it, in its order.
func (l *landing) checkItems(name string, s evidence.Statement, p evidence.Signature, items []decision.Signature) {
	if len(p.Statements) != len(items) {
		l.bad("signatures", name, fmt.Sprintf("signs %d times, the decision knows %d", len(p.Statements), len(items)))
		return
	}
	for i, got := range p.Statements {
		want := items[i]
		if got.Document != want.Document || got.Path != want.Path || got.SHA256 != want.SHA256 || got.Role != want.Role ||
			got.Line != want.Line || got.Counts != want.Counts || got.Reason != want.Code || got.Why != want.Reason {
			l.bad("signatures", name, "signs "+got.Document+" otherwise than the decision says")
			continue
		}
		subject := slices.ContainsFunc(s.Subject, func(s evidence.Subject) bool { return s.Name == got.Path && s.Digest.SHA256 == got.SHA256 })
		if !subject {
			l.bad("signatures", name, "does not name "+got.Path+" as its subject")
		}
		if got.Counts {
			l.checkCounting(name, p, got)
		}
	}
}

// checkCounting judges a signature that counts by its own bytes: the line, the
// sentence, the list.
func (l *landing) checkCounting(name string, p evidence.Signature, s evidence.SignedDocument) {
	l.a.statements.signatures++
	l.a.statements.levels[s.Level]++
	d := l.decided(s.Path)
	if d == nil || d.Level != s.Level {
		l.bad("signatures", name, "gives "+s.Document+" another level than the decision")
	}
	line, ok := approval.ParseLine(s.Line)
	if s.Level != approval.LevelApproval.String() && (!ok || line.SHA256 != s.SHA256 || line.Role != s.Role) {
		l.bad("signatures", name, "its line does not name the bytes of "+s.Document)
	}
	if !strings.Contains(s.Text, s.SHA256) || s.Template == "" {
		l.bad("signatures", name, "its sentence does not name the bytes of "+s.Document)
	}
	if p.Binding.ContentDigest == "" {
		return
	}
	raw, err := l.a.file(l.r, "content/"+p.Binding.ContentDigest+".txt")
	if err != nil {
		l.bad("signatures", name, "the content list that it is bound to is not in the record")
		return
	}
	lines, err := document.ReadContentList(raw)
	listed := slices.ContainsFunc(lines, func(line document.ContentLine) bool { return line.Path == s.Path && line.SHA256 == s.SHA256 })
	if err != nil || (!listed && s.Line == "") {
		l.bad("signatures", name, "the content list that it is bound to does not hold "+s.Document)
	}
}

// checkWitnesses: witness statements are about this repository, and their file names
// about the pull request that they tell of.
func (a *auditor) checkWitnesses(r *record) {
	for _, name := range r.names("witness-") {
		w, ok := r.statements[name].Predicate.(evidence.Witness)
		if !ok {
			a.bad("statements", r.folder+"/"+name, "is no witness statement")
			continue
		}
		if len(a.records) > 0 && a.repositoryOf() != 0 && w.Repository.ID != a.repositoryOf() {
			a.bad("statements", r.folder+"/"+name, "is about another repository")
		}
		for _, o := range w.Observations {
			if pull := strings.Split(strings.TrimPrefix(name, "statements/witness-"), "-")[0]; pull != pullName(o.Pull) {
				a.bad("statements", r.folder+"/"+name, fmt.Sprintf("tells of the pull request %d", o.Pull))
			}
		}
	}
}

func pullName(n int) string {
	if n == 0 {
		return "direct"
	}
	return fmt.Sprint(n)
}

// repositoryOf is the number of the repository that was founded.
func (a *auditor) repositoryOf() int64 {
	f, _ := a.records[0].statements["statements/founding.json"].Predicate.(evidence.Founding)
	return f.Repository.ID
}

// checkWitnessRecord: a record of the kind witness holds witness statements and the
// lists that they name, and nothing else.
func (a *auditor) checkWitnessRecord(r *record) {
	lists := map[string]bool{}
	for _, name := range r.names("") {
		w, ok := r.statements[name].Predicate.(evidence.Witness)
		if !ok {
			a.bad("statements", r.folder+"/"+name, "does not belong into a record of the kind witness")
		}
		for _, o := range w.Observations {
			lists["content/"+o.ContentDigest+".txt"] = o.ContentDigest != ""
		}
	}
	for list, named := range lists {
		if digest := strings.TrimSuffix(strings.TrimPrefix(list, "content/"), ".txt"); named && r.digest[list] != digest {
			a.bad("statements", r.folder+"/"+list, "is named by a witness and not in the record")
		}
	}
}

// checkFactWitnesses: the witnesses of the facts are statements of the record, word by
// word.
func (l *landing) checkFactWitnesses() {
	said := map[string][]facts.Observation{}
	for _, name := range l.r.names("witness-") {
		if w, ok := l.r.statements[name].Predicate.(evidence.Witness); ok {
			said[l.r.digest[name]] = w.Facts()
		}
	}
	for _, w := range l.f.Witnesses {
		seen, ok := said[w.SHA256]
		if !ok || !slices.Equal(seen, w.Observations) {
			l.bad("signatures", "facts.json", "tells of a witness statement otherwise than the statement: "+short(w.SHA256))
		}
		delete(said, w.SHA256)
	}
	for digest := range said {
		l.bad("signatures", "facts.json", "leaves out the witness statement "+short(digest))
	}
}
