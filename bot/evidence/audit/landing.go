package audit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/evidence"
)

// landing is a record with facts and decision, while it is judged.
type landing struct {
	a *auditor
	r *record
	f facts.Facts
	d decision.Decision
	// factsDigest and decisionDigest are those of the files.
	factsDigest, decisionDigest string
	config                      repoconfig.Config
	base, tip                   map[string]facts.Entry
	snapshot                    facts.Snapshot
}

// checkLandings judges every record by what its kind promises, in order: each rests
// on the state that those before it left.
func (a *auditor) checkLandings() {
	a.stated = map[string][]said{}
	a.statements.levels = map[string]int{}
	last := 0 // number of the landing before
	for _, r := range a.records {
		a.checkWitnesses(r)
		if r.Kind == evidence.KindWitness {
			a.checkWitnessRecord(r)
			continue
		}
		l := a.readLanding(r)
		if l == nil {
			continue
		}
		l.checkKey()
		l.checkGovernance(last)
		l.checkFacts()
		l.replay()
		l.checkStatements()
		l.remember()
		last = r.Number
	}
}

func (l *landing) bad(what, name, text string, details ...string) {
	l.a.bad(what, l.r.folder+"/"+name, slices.Concat([]string{text}, details)...)
}

// readLanding reads facts and decision; nil when the record cannot be judged without.
func (a *auditor) readLanding(r *record) *landing {
	l := &landing{a: a, r: r, factsDigest: r.digest["facts.json"], decisionDigest: r.digest["decision.json"]}
	for name, into := range map[string]any{"facts.json": &l.f, "decision.json": &l.d} {
		raw, err := a.file(r, name)
		if err == nil {
			err = facts.ReadCanonical(raw, into)
		}
		if err != nil {
			l.bad("decisions", name, err.Error())
			return nil
		}
	}
	if l.f.Landing == nil || len(l.f.Landing.Commits) == 0 {
		l.bad("decisions", "facts.json", "tells of no landing")
		return nil
	}
	if !l.configure() {
		l.bad("decisions", "facts.json", "the configuration that governed the landing cannot be read")
		return nil
	}
	l.base, l.tip = l.tree(l.f.Base), l.tree(l.tipCommit())
	return l
}

func (l *landing) tipCommit() string { return l.f.Landing.Commits[len(l.f.Landing.Commits)-1] }

// configure reads the configuration that governs: the one signed last, or a founding's
// own.
func (l *landing) configure() bool {
	signed := l.f.Governance.Signed
	if l.d.Founding {
		for _, e := range l.tree(l.f.Head) {
			signed = append(signed, e)
		}
	}
	for _, e := range signed {
		if e.Path != repoconfig.Path {
			continue
		}
		raw, ok := l.a.blob(e.SHA256)
		config, findings := repoconfig.Read(raw)
		l.config = config
		return ok && len(findings) == 0
	}
	return false
}

// tree is the governed tree of a commit of the facts, by path.
func (l *landing) tree(commit string) map[string]facts.Entry {
	found := map[string]facts.Entry{}
	for _, c := range l.f.Commits {
		if c.ID != commit {
			continue
		}
		for _, t := range l.f.Trees {
			if t.Digest != c.Tree {
				continue
			}
			for _, e := range t.Entries {
				found[e.Path] = e
			}
		}
	}
	return found
}

// checkKey holds the entry's kind and key against the landing.
func (l *landing) checkKey() {
	want := evidence.KeyOfPublication(l.d.Pull, l.tipCommit())
	kind := evidence.KindPublication
	switch {
	case l.d.Founding:
		want, kind = evidence.KeyOfGenesis(l.a.report.Primary), evidence.KindKey
	case l.r.Kind == evidence.KindDeviation:
		want, kind = evidence.KeyOfDeviation(l.tipCommit()), evidence.KindDeviation
	}
	if l.r.Key != want || l.r.Kind != kind {
		l.a.bad("ledger", evidence.EntryPath(l.r.Number), "stands as "+string(l.r.Kind)+" "+l.r.Key, "its record is "+string(kind)+" "+want)
	}
	if l.d.Founding != (l.r.Number == 1) {
		l.a.bad("ledger", evidence.EntryPath(l.r.Number), "the first entry, and no other, is the founding")
	}
}

// checkGovernance: the facts rest on the configuration and keys that the landing
// before left signed, and on a ledger that held it. LAW 8.3.
func (l *landing) checkGovernance(last int) {
	g := l.f.Governance
	if !slices.Equal(g.Signed, l.a.signed) {
		l.bad("decisions", "facts.json", "does not rest on the configuration and keys that were signed last")
	}
	if g.Recorded != (l.r.Number > 1) || g.Entry < last || g.Entry >= max(l.r.Number, 1) {
		l.bad("decisions", "facts.json", fmt.Sprintf("rests on a ledger of %s, the landing before has the number %d", entries(g.Entry), last))
	}
}

// checkFacts holds the facts against the files beside them that say the same in other
// words: raw commits, what GitHub said.
func (l *landing) checkFacts() {
	for _, c := range l.f.Commits {
		if c.SHA256 != "" && l.r.digest["commits/"+c.ID] != c.SHA256 {
			l.bad("commits", "commits/"+c.ID, "the facts name another object of the commit")
		}
	}
	for _, id := range l.f.Landing.Commits {
		if l.r.digest["commits/"+id] == "" {
			l.bad("commits", "commits/"+id, "the landing's commit is not in the record")
		}
	}
	for name := range l.r.digest {
		if id, ok := strings.CutPrefix(name, "commits/"); ok {
			l.checkRawCommit(id)
		}
	}
	l.checkProjections()
}

// checkProjections: every review and the pull request, exactly as the facts have them.
func (l *landing) checkProjections() {
	expected := map[string]any{}
	if p := evidence.ProjectPull(l.f); p != nil {
		expected[fmt.Sprintf("github/pull-%d.json", p.Number)] = p
	}
	for _, r := range l.f.Reviews {
		expected[fmt.Sprintf("github/review-%d.json", r.ID)] = evidence.ProjectReview(r)
	}
	for name, v := range expected {
		raw, err := facts.Canonical(v)
		if err != nil || l.r.digest[name] != facts.Digest(raw) {
			l.bad("signatures", name, "is not what the facts say of it")
		}
	}
	for name := range l.r.digest {
		if _, ok := expected[name]; strings.HasPrefix(name, "github/") && !ok {
			l.bad("signatures", name, "the facts do not know it")
		}
	}
}

// governed are the paths that have statements of their own: documents, configuration,
// keys.
func (l *landing) governed(path string) bool {
	switch document.Classify(l.config.Root, path) {
	case document.Markdown, document.Configuration, document.Key:
		return true
	default:
		return false
	}
}

// remember carries over what later landings rest on.
func (l *landing) remember() {
	a := l.a
	a.signed = decision.SignedAfter(facts.Snapshot{Facts: l.f}, l.d)
	for _, id := range l.f.Landing.Commits {
		a.landed[id] = true
	}
	i := slices.IndexFunc(a.branches, func(b branch) bool { return b.name == l.f.Landing.Branch })
	if i < 0 {
		i = len(a.branches)
		a.branches = append(a.branches, branch{name: l.f.Landing.Branch, from: l.f.Base})
	}
	a.branches[i].last = l.tipCommit()
	if !slices.Contains(a.roots, l.config.Root) {
		a.roots = append(a.roots, l.config.Root)
	}
	a.report.Organisation, a.report.Repository = l.config.Organisation, l.f.Repository.Name
}
