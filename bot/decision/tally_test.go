package decision_test

import (
	"cmp"
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
)

// The naive tally is a second opinion on LAW.md: it decides from a snapshot alone,
// sentence by sentence and as simply as it can, and shares no code with
// decision.Evaluate. It judges LAW 1, 2, 3.1, 3.4, 3.5, 4 to 8 and 9.1 to 9.3.
// Findings in documents are no part of the law of signing: they are asked of
// package control, by both.
//
// Where a sentence of the law can be read in two ways the tally takes the one that
// fails closed; such places are marked "READING" with the number.

// outcome is what the tally says.
type outcome struct {
	Conclusion string
	// Signatures are those of the assignment that is recorded (LAW 3.5), Valid all
	// that could fill a required role.
	Signatures, Valid []counted
	Unmet             []string // documents that lack signatures
	Twice             []string // documents whose id another file has too
	Deviations        []deviating
}

// counted is a signature that counts.
type counted struct {
	Path, Role, Person string
	Review             int64
}

// deviating is a path that landed other than signed.
type deviating struct{ Path, How string }

// tally is one count. off is the rule that is left out, to see what it decides.
type tally struct {
	s     facts.Snapshot
	f     *facts.Facts
	clerk *clerk
	off   string
	why   map[string]bool // the rules that were a reason, by name

	commits map[string]facts.Commit
	trees   map[string]tree

	founding   bool
	tampered   []string // paths that are not as signed last, LAW 8.3
	unsigned   bool
	law        tree // configuration and keys that govern
	charter    *charter
	unreadable bool

	from, head, base tree // merge base, head, base tip
	docs             []*doc
	content          map[string]bool // paths of the content list
	touches          map[string][]string
	judged           map[string]verdict
	blocked          map[string]bool // paths with a blocking finding
	findings         bool
	moved            map[string]bool
	reviews          []*given
	objected         bool
}

// tree is a governed tree by path.
type tree map[string]facts.Entry

// on says whether a rule holds in this count.
func (t *tally) on(rule string) bool { return t.off != rule }

// because notes a rule as a reason.
func (t *tally) because(rule string) { t.why[rule] = true }

// take counts one snapshot, with one rule left out ("" is none).
func (c *clerk) take(s facts.Snapshot, off string) (outcome, map[string]bool) {
	t := &tally{
		s: s, f: &s.Facts, clerk: c, off: off, why: map[string]bool{},
		commits: map[string]facts.Commit{}, trees: map[string]tree{},
		content: map[string]bool{}, touches: map[string][]string{}, judged: map[string]verdict{},
		blocked: map[string]bool{}, moved: map[string]bool{},
	}
	o := t.decide()
	return o.sorted(), t.why
}

// sorted puts the lists in a fixed order, each item once.
func (o outcome) sorted() outcome {
	for _, list := range []*[]counted{&o.Signatures, &o.Valid} {
		slices.SortFunc(*list, func(a, b counted) int {
			return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Role, b.Role), strings.Compare(a.Person, b.Person), cmp.Compare(a.Review, b.Review))
		})
		*list = slices.Compact(*list)
	}
	slices.SortFunc(o.Deviations, func(a, b deviating) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.How, b.How))
	})
	return o
}

func (t *tally) decide() outcome {
	t.unpack()
	if !t.governs() {
		return outcome{Conclusion: "neutral"}
	}
	if t.charter == nil {
		t.because("CFG001")
		return outcome{Conclusion: "failure"}
	}
	t.listChanges()
	for _, p := range t.tampered {
		// READING 8.3: "until it is restored or signed": the change of what is not
		// as signed can restore or sign it, and is judged.
		t.unsigned = t.unsigned || !t.content[p]
	}
	t.judgeCommits()
	t.judgeMoves()
	t.judgeFindings()
	t.readReviews()
	for _, d := range t.docs {
		t.sign(d)
	}
	t.judgeObjections()
	o := outcome{Conclusion: t.conclusion()}
	for _, d := range t.docs {
		o.Signatures = append(o.Signatures, d.signatures...)
		o.Valid = append(o.Valid, d.valid...)
		if !d.met {
			o.Unmet = append(o.Unmet, d.path)
		}
		if t.twice(d) {
			o.Twice = append(o.Twice, d.path)
		}
	}
	if t.f.Landing != nil {
		t.compareLanding(&o)
	}
	return o
}

func (t *tally) unpack() {
	byDigest := map[string]tree{}
	for _, tr := range t.f.Trees {
		entries := tree{}
		for _, e := range tr.Entries {
			entries[e.Path] = e
		}
		byDigest[tr.Digest] = entries
	}
	for _, c := range t.f.Commits {
		t.commits[c.ID] = c
		t.trees[c.ID] = byDigest[c.Tree]
	}
	t.base, t.head = t.trees[t.f.Base], t.trees[t.f.Head]
}

// governs finds what governs: LAW 8.1 to 8.3. It says false if nothing does.
func (t *tally) governs() bool {
	_, there := t.base[configPath]
	_, proposed := t.head[configPath]
	t.law = governance(t.base)
	switch {
	case !there && !t.f.Governance.Recorded:
		// LAW 8.1: never governed, unless this is the founding pull request, which
		// is judged by its own head (8.2).
		if t.f.Pull == nil || !proposed {
			t.because("8.1 not governed")
			return !t.on("8.1 not governed")
		}
		t.founding = true
		t.law = governance(t.head)
	case !t.f.Governance.Recorded:
		// READING 8.3: a configuration that nobody ever signed is not the last
		// signed one.
		t.unsigned = true
	default:
		t.law = governance(t.signedTree())
		for p := range union(t.law, governance(t.base)) {
			if !same(t.law, t.base, p) {
				t.tampered = append(t.tampered, p)
			}
		}
	}
	config, ok := t.law[configPath]
	if ok {
		t.charter = t.clerk.charter(t.s.Blobs[config.SHA256])
	}
	if t.charter == nil {
		return true
	}
	branch := ""
	if t.f.Pull != nil {
		branch = t.f.Pull.Branch
	} else if t.f.Landing != nil {
		branch = t.f.Landing.Branch
	}
	if !slices.Contains(t.charter.Branches, branch) { // LAW 7.2
		t.because("7.2 other branch")
		return !t.on("7.2 other branch")
	}
	return true
}

// governance is the part of a tree that is configuration and keys.
func governance(all tree) tree {
	part := tree{}
	for p, e := range all {
		if p == configPath || isKeyPath(p) {
			part[p] = e
		}
	}
	return part
}

// conclusion is LAW 7.1 and 7.3.
func (t *tally) conclusion() string {
	missing := false
	failure := t.unsigned && t.on("8.3")
	if t.unsigned {
		t.because("8.3")
	}
	for _, v := range t.judged {
		failure = failure || !v.good
	}
	for _, d := range t.docs {
		failure = failure || (d.noRule && t.on("CFG002"))
		missing = missing || !d.met
	}
	if t.founding && t.foundsMore() {
		t.because("8.2 holds more")
		failure = failure || t.on("8.2 holds more")
	}
	if t.foundsForeignHost() {
		t.because("8.2 host's key")
		failure = failure || t.on("8.2 host's key")
	}
	failure = failure || (len(t.moved) > 0 && t.on("MRG001")) || t.findings || t.unreadable || (t.objected && t.on("SIG012"))
	switch {
	case failure:
		return "failure"
	case missing:
		return "action_required"
	case t.f.Pull != nil && t.f.Pull.Draft && t.f.Landing == nil:
		// READING 7.2: "a draft never passes", also one that changes nothing
		// governed; 7.3 has no word for a draft in order but action_required.
		t.because("7.2 draft")
		if t.on("7.2 draft") {
			return "action_required"
		}
	}
	return "success"
}

// foundsMore: a founding holds only configuration and keys. LAW 8.2.
func (t *tally) foundsMore() bool {
	for _, p := range t.changedPaths(t.from, t.head) {
		if p != configPath && !isKeyPath(p) {
			return true
		}
	}
	return false
}

// foundsForeignHost: keys/web-flow.asc must be the host's own. LAW 8.2.
func (t *tally) foundsForeignHost() bool {
	key, ok := t.head["keys/web-flow.asc"]
	return t.founding && ok && key.SHA256 != t.f.HostKeys
}

func same(a, b tree, p string) bool {
	x, inX := a[p]
	y, inY := b[p]
	return inX == inY && x.Mode == y.Mode && x.SHA256 == y.SHA256
}

func union(trees ...tree) map[string]bool {
	all := map[string]bool{}
	for _, t := range trees {
		for p := range t {
			all[p] = true
		}
	}
	return all
}
