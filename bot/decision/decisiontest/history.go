package decisiontest

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
)

// History is one repository with its App and at most one pull request, at one
// moment of a script. It is not safe for concurrent use; [History.Fork] gives an
// independent copy.
type History struct {
	keys *Keys
	root string
	now  time.Time

	base     *Commit // the tip of the governed branch
	recorded bool
	entry    int
	signed   Tree // governed files as they landed signed last

	pull    *pull
	landing *landing
	app     app
	next    int64 // id of the next review or delivery
}

// landing is how the governed branch came to hold its tip.
type landing struct {
	before  *Commit
	commits []*Commit
	at      time.Time
	by      Person
	method  string
	pulled  bool
}

// start is when scripts begin, four days before [Today].
func start() time.Time { return time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC) }

// Empty is a repository that nobody governs yet, with the given files on main.
func Empty(keys *Keys, edits ...Edit) *History {
	h := &History{keys: keys, root: ".", now: start(), next: 9001, signed: Tree{}}
	h.app = newApp()
	h.base = h.made(Act{By: Ruben, Seal: NoKey, Edits: edits})
	return h
}

// Founded is a repository whose configuration, keys and documents are signed and
// on main. The configuration is charter's; keys/ holds those of Aoife, Tomasz,
// Ruben, Daan and the host.
func Founded(keys *Keys, charter Charter, edits ...Edit) *History {
	h := Empty(keys)
	if charter.Root != "" {
		h.root = charter.Root
	}
	h.base = h.made(Act{By: Ruben, Edits: append(Foundation(keys, charter), edits...)}, h.base)
	h.adopt()
	return h
}

// Foundation are the files of a founding: configuration and keys.
func Foundation(keys *Keys, charter Charter) []Edit {
	edits := []Edit{Put(ConfigPath, charter.YAML())}
	for _, slug := range []string{Aoife, Tomasz, Ruben, Daan, Host} {
		edits = append(edits, Put(KeyPath(slug), keys.Public(slug)))
	}
	return edits
}

// adopt takes what is on main for signed.
func (h *History) adopt() {
	h.recorded = true
	h.entry++
	h.signed = Tree{}
	for p, f := range h.base.Tree {
		if isGoverned(h.root, p) {
			h.signed[p] = f
		}
	}
}

// Fork gives an independent copy.
func (h *History) Fork() *History {
	c := *h
	c.signed = maps.Clone(h.signed)
	c.app = h.app.fork()
	if h.pull != nil {
		c.pull = h.pull.fork()
	}
	if h.landing != nil {
		l := *h.landing
		l.commits = slices.Clone(l.commits)
		c.landing = &l
	}
	return &c
}

// Wait lets time pass.
func (h *History) Wait(d time.Duration) { h.now = h.now.Add(d) }

// tick is the minute that each act takes.
func (h *History) tick() { h.now = h.now.Add(time.Minute) }

// Now is the time, as facts write it.
func (h *History) Now() string { return stamp(h.now) }

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

func (h *History) id() int64 {
	h.next++
	return h.next
}

// Base is the tip of the governed branch.
func (h *History) Base() *Commit { return h.base }

// Head is the tip of the pull request.
func (h *History) Head() *Commit { return h.pull.head }

// Keys are those of the cast.
func (h *History) Keys() *Keys { return h.keys }

// Make makes a commit on the given parents and shows it to nobody. Without
// parents it stands on the head of the pull request, or on main before there is
// one. The edits are made on the tree of the first parent; of a merge, on the
// merged tree, in which a conflict holds the first parent's file.
func (h *History) Make(act Act, parents ...*Commit) *Commit {
	h.tick()
	if len(parents) == 0 {
		parents = []*Commit{h.base}
		if h.pull != nil {
			parents = []*Commit{h.pull.head}
		}
	}
	return h.made(act, parents...)
}

// made is Make at the present moment; without parents the commit has none.
func (h *History) made(act Act, parents ...*Commit) *Commit {
	tree := Tree{}
	if len(parents) > 0 {
		tree = parents[0].Tree
	}
	if len(parents) == 2 {
		from := Tree{}
		if bases := mergeBases(parents...); len(bases) > 0 {
			from = bases[0].Tree
		}
		tree, _ = threeWay(from, parents[0].Tree, parents[1].Tree)
	}
	tree = tree.with(act.Edits)
	c := compose(h.keys, act, tree, parents, h.now)
	c.governed = governedTree(h.root, tree)
	return c
}

// MoveBase lands another, signed pull request on main: one commit by Aoife. What
// it does to governed files is recorded as signed.
func (h *History) MoveBase(edits ...Edit) {
	h.tick()
	before := h.base
	h.base = h.made(Act{By: Aoife, Edits: edits}, before)
	h.entry++
	for _, p := range paths(before.Tree, h.base.Tree) {
		if !isGoverned(h.root, p) || before.Tree.Same(h.base.Tree, p) {
			continue
		}
		delete(h.signed, p)
		if f, there := h.base.Tree[p]; there {
			h.signed[p] = f
		}
	}
}

// Tamper changes main without any signature, and nothing is recorded of it.
func (h *History) Tamper(edits ...Edit) {
	h.tick()
	h.base = h.made(Act{By: Daan, Seal: NoKey, Edits: edits}, h.base)
}

// Line is the statement line for the head's document at path, in that role, as
// the check offers it: of a deleted document with the base's digest.
func (h *History) Line(role, path string) string {
	return lineAt(h.from(h.pull.head).Tree, h.pull.head.Tree, role, path)
}

// Changed are the documents, the configuration and the keys that the pull request
// changes, in order.
func (h *History) Changed() []string {
	return changedDocuments(h.root, h.from(h.pull.head).Tree, h.pull.head.Tree)
}

func lineAt(from, to Tree, role, path string) string {
	f, there := to[path]
	mark := ""
	if !there {
		f, there = from[path]
		mark = "deleted "
	}
	if !there {
		panic("decisiontest: there is nothing to sign at " + path)
	}
	target := path
	if isDocument(path) {
		target = field(f, "id") + " " + field(f, "version")
	}
	line := fmt.Sprintf("I sign as %s: %s %ssha256:%s", role, target, mark, f.SHA256)
	if images := imagesDigest(to, path); images != "" && mark == "" && isDocument(path) {
		line += " images:sha256:" + images
	}
	return line
}

// from is the merge base of c with the governed branch.
func (h *History) from(c *Commit) *Commit {
	if bases := mergeBases(h.tip(), c); len(bases) > 0 {
		return bases[0]
	}
	return &Commit{Tree: Tree{}}
}

// tip is the governed branch before the landing, if there was one.
func (h *History) tip() *Commit {
	if h.landing != nil {
		return h.landing.before
	}
	return h.base
}

// account of the facts, by slug.
func account(slug string) facts.Account { return Named(slug).Account() }
