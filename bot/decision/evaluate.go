package decision

import (
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/decision/governance"
	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/control"
	"github.com/vidimus-bot/vidimus/bot/signature/approval"
	"github.com/vidimus-bot/vidimus/bot/signature/commitsig"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring"
)

// Law is the newest version of the rules of signing. Every published law stays
// in the code; the governing configuration says which one holds.
const Law = 1

// evaluation is one run over one snapshot. Its fields are filled step by step by
// Evaluate, top to bottom; none outlives it.
type evaluation struct {
	s       facts.Snapshot
	f       *facts.Facts
	judge   Judge
	commits map[string]facts.Commit
	trees   map[string]tree
	parsed  map[facts.Entry]*document.Document
	items   map[facts.Entry]document.Item
	// lastSigned is what the ledger says was signed last, by path.
	lastSigned tree

	config   repoconfig.Config // the governing one: of the base, of a founding's head, or the last signed
	readable bool
	root     string
	ring     keyring.Ring
	// governing is the tree of configuration and keys that charter was read from, and
	// config and ring are its.
	governing tree
	charter   governance.Charter
	opener    string // slug of who opened the pull request

	base, mergeBase, head, result view // result: base tip + change
	contributors                  map[string]map[string]bool
	ancestry                      ancestry
	asked                         approval.Question // about the documents that need signatures
	d                             Decision
}

// Judge gives the verdict on one raw commit: commitsig.Judge, or a memory of what it
// said. The same input must have the same verdict, or decisions cannot be replayed.
type Judge func(raw []byte, ring keyring.Ring, terms commitsig.Terms) commitsig.Verdict

// Evaluate decides on one pull request, one direct push or one landing. It never
// fails: what cannot be read or proven is a problem in the decision, and the
// conclusion is then Failure.
func Evaluate(s facts.Snapshot) Decision { return EvaluateBy(s, commitsig.Judge) }

// EvaluateBy is Evaluate for who judges the same commits again and again: judge stands
// in for commitsig.Judge. It is called once for each contributing commit that can be
// parsed, one after the other.
func EvaluateBy(s facts.Snapshot, judge Judge) Decision {
	e := newEvaluation(s)
	e.judge = judge
	e.d.Facts = e.factsDigest()
	if !e.checkFacts() {
		return e.conclude()
	}
	switch e.govern() {
	case notGoverned:
		e.d.Conclusion, e.d.State = Neutral, StateNotGoverned
		return e.d
	case ungovernable:
		return e.conclude()
	}
	e.lookAround()
	e.judgeCommits()
	e.checkDocuments()
	e.checkMoved()
	e.judgeSignatures()
	if e.f.Landing != nil {
		e.compareLanding()
	}
	return e.conclude()
}

func newEvaluation(s facts.Snapshot) *evaluation {
	e := &evaluation{
		s: s, f: &s.Facts, root: ".",
		commits: map[string]facts.Commit{}, trees: map[string]tree{},
		parsed: map[facts.Entry]*document.Document{}, items: map[facts.Entry]document.Item{},
		contributors: map[string]map[string]bool{}, ancestry: ancestry{map[string][]string{}, map[string][]string{}}, lastSigned: tree{},
	}
	for _, entry := range s.Facts.Governance.Signed {
		e.lastSigned[entry.Path] = entry
	}
	for _, c := range s.Facts.Commits {
		e.commits[c.ID] = c
	}
	for _, t := range s.Facts.Trees {
		entries := make(tree, len(t.Entries))
		for _, entry := range t.Entries {
			entries[entry.Path] = entry
		}
		e.trees[t.Digest] = entries
	}
	e.d = Decision{
		Format: Format, Law: Law, Catalogue: control.Catalogue,
		Repository: s.Facts.Repository, AsOf: s.Facts.AsOf, Base: s.Facts.Base, Head: s.Facts.Head,
	}
	if s.Facts.Pull != nil {
		e.d.Pull = s.Facts.Pull.Number
	}
	return e
}

// factsDigest is the digest of facts.json; "" when the facts have no canonical
// form, which checkFacts reports.
func (e *evaluation) factsDigest() string {
	encoded, err := facts.Canonical(e.f)
	if err != nil {
		return ""
	}
	return facts.Digest(encoded)
}

// problem adds what blocks and is no finding in a document.
func (e *evaluation) problem(p Problem) { e.d.Problems = append(e.d.Problems, p) }

// treeOf is the governed tree of a commit; checkFacts made sure it is there.
func (e *evaluation) treeOf(commit string) tree { return e.trees[e.commits[commit].Tree] }

func (e *evaluation) treesOf(commits []string) []tree {
	found := make([]tree, len(commits))
	for i, id := range commits {
		found[i] = e.treeOf(id)
	}
	return found
}

func (e *evaluation) viewOf(commit string) view { return view{e, e.treeOf(commit)} }

// parse parses a document once. Bytes that were not read, because they are over
// the limit, give nil.
func (e *evaluation) parse(entry facts.Entry) *document.Document {
	if d, ok := e.parsed[entry]; ok {
		return d
	}
	var d *document.Document
	if raw, ok := e.s.Blobs[entry.SHA256]; ok {
		if d = e.item(entry).Document; d == nil { // no regular file, which blocks
			d = document.Parse(entry.Path, raw)
		}
	}
	e.parsed[entry] = d
	return d
}

// lookAround opens the trees that everything else looks at.
func (e *evaluation) lookAround() {
	e.base, e.head = e.viewOf(e.f.Base), e.viewOf(e.f.Head)
	e.mergeBase = view{e, tree{}}
	if len(e.f.MergeBases) > 0 {
		e.mergeBase = e.viewOf(e.f.MergeBases[0])
	}
	e.result = view{e, apply(e.base.tree, e.changesOfProposal())}
	e.d.Content = facts.Digest(document.FormatContentList(e.contentList(e.mergeBase, e.head)))
	if e.f.Pull == nil {
		return
	}
	if p, ok := e.config.PersonByID(e.f.Pull.Author.ID); ok {
		e.opener = p.Slug
	}
}

// conclude draws the conclusion and puts every list into its order. LAW 7.3.
func (e *evaluation) conclude() Decision {
	d := &e.d
	d.sort()
	switch {
	case len(d.Deviations) > 0:
		d.Conclusion, d.State = Failure, StateDeviation
	case d.Blocks():
		d.Conclusion, d.State = Failure, StateBlocked
	case len(d.MissingRoles()) > 0:
		d.Conclusion, d.State = ActionRequired, StateWaiting
	case e.f.Landing == nil && !d.allSigned():
		d.Conclusion, d.State = ActionRequired, StateWaiting // whatever the reason: it is not signed
	case e.f.Pull != nil && e.f.Pull.Draft && e.f.Landing == nil:
		d.Conclusion, d.State = ActionRequired, StateDraft
	case len(d.Documents) == 0:
		d.Conclusion, d.State = Success, StateUntouched
	default:
		d.Conclusion, d.State = Success, StateSigned
	}
	return *d
}
