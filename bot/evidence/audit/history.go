package audit

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/document"
)

// maxWalk bounds the commits of one governed branch that are walked.
const maxWalk = 2_000_000

// historyFile is the Git history of a bundle.
const historyFile = "repository.bundle"

// checkHistory holds the records against the Git history: commits and governed trees
// are those of the repository, and every change on a governed branch is recorded.
func (a *auditor) checkHistory() {
	const what = "history"
	g, err := readGitBundle(a.files, historyFile)
	if err != nil {
		a.bad(what, historyFile, err.Error())
		return
	}
	for name := range g.references {
		if !strings.HasPrefix(name, "refs/heads/") && !strings.HasPrefix(name, "refs/vidimus/pull/") && !strings.HasPrefix(name, "refs/vidimus/landed/") {
			a.bad(what, historyFile, "has the reference "+name+", which does not belong there")
		}
	}
	h := &history{a: a, g: g, trees: map[string]string{}}
	for _, r := range a.records {
		h.checkCommits(r)
		h.checkTrees(r)
	}
	changes := 0
	for _, b := range a.branches {
		changes += h.checkBranch(b)
	}
	a.ok(what, fmt.Sprintf("%s and %s in Git, every one of them recorded", count(len(a.branches), "branch"), count(changes, "change")))
}

// history compares records with the repository.
type history struct {
	a *auditor
	g *gitBundle
	// trees remembers the governed tree's digest by root and Git's name of the tree.
	trees map[string]string
}

// checkCommits: the raw commits of a record are in the history.
func (h *history) checkCommits(r *record) {
	for _, s := range r.sums {
		id, ok := strings.CutPrefix(s.Path, "commits/")
		if !ok {
			continue
		}
		raw, err := h.a.file(r, s.Path)
		if err == nil && !bytes.Equal(raw, h.g.commits[id]) {
			h.a.bad("history", r.folder+"/"+s.Path, "is not in the Git history")
		}
	}
}

// checkTrees: the governed trees of the facts are those of the commits in the history,
// as far as it has them: commits that were pushed over are gone.
func (h *history) checkTrees(r *record) {
	l := &landing{a: h.a, r: r}
	raw, err := h.a.file(r, "facts.json")
	if err != nil || facts.ReadCanonical(raw, &l.f) != nil {
		return // a record without facts, or reported with its decision
	}
	if raw, err = h.a.file(r, "decision.json"); err != nil || facts.ReadCanonical(raw, &l.d) != nil || !l.configure() {
		return
	}
	for _, c := range l.f.Commits {
		tree, parents, ok := h.g.header(c.ID)
		if !ok {
			continue
		}
		if !slices.Equal(c.Parents, nonNil(parents)) {
			h.a.bad("history", r.folder+"/facts.json", "says of the commit "+c.ID+" that it has other parents than in Git")
		}
		digest, err := h.governedTree(l.config.Root, tree)
		switch {
		case err != nil:
			h.a.bad("history", historyFile, err.Error())
		case digest != c.Tree:
			h.a.bad("history", r.folder+"/facts.json", "says of the commit "+c.ID+" that it holds other governed files than in Git")
		}
	}
}

// governedTree is the digest of the governed files of a Git tree, as facts have it.
func (h *history) governedTree(root, tree string) (string, error) {
	key := root + "\x00" + tree
	if digest, ok := h.trees[key]; ok {
		return digest, nil
	}
	var entries []facts.Entry
	if err := h.collect(root, tree, "", &entries); err != nil {
		return "", err
	}
	sort.Slice(entries, func(i, j int) bool { return entries[i].Path < entries[j].Path })
	h.trees[key] = facts.TreeDigest(entries)
	return h.trees[key], nil
}

// maxDepth bounds the folders below each other.
const maxDepth = 64

func (h *history) collect(root, tree, folder string, into *[]facts.Entry) error {
	entries, err := h.g.entries(tree)
	if err != nil {
		return err
	}
	if strings.Count(folder, "/") > maxDepth {
		return fmt.Errorf("%s lies too deep", folder)
	}
	for _, e := range entries {
		p := path.Join(folder, printable(e.name))
		if e.folder() {
			if mayGovern(root, p) {
				if err := h.collect(root, e.id, p, into); err != nil {
					return err
				}
			}
			continue
		}
		if document.Classify(root, p) == document.NotGoverned {
			continue
		}
		found, err := h.entry(e, p)
		if err != nil {
			return err
		}
		*into = append(*into, found)
	}
	return nil
}

// entry is a file as facts have it: of a submodule the digest of the commit id's text.
func (h *history) entry(e treeEntry, p string) (facts.Entry, error) {
	if e.mode == document.ModeSubmodule {
		return facts.Entry{Mode: e.mode, Path: p, SHA256: facts.Digest([]byte(e.id)), Size: int64(len(e.id))}, nil
	}
	b, ok := h.g.blobs[e.id]
	if !ok {
		return facts.Entry{}, fmt.Errorf("the bytes of %s are not in the history", p)
	}
	return facts.Entry{Mode: e.mode, Path: p, SHA256: b.sha256, Size: b.size}, nil
}

// printable writes bytes that are not UTF-8 as \xNN, as facts name such files.
func printable(name string) string {
	if utf8.ValidString(name) {
		return name
	}
	var b strings.Builder
	for len(name) > 0 {
		r, size := utf8.DecodeRuneInString(name)
		if r == utf8.RuneError && size == 1 {
			fmt.Fprintf(&b, `\x%02x`, name[0])
		} else {
			b.WriteString(name[:size])
		}
		name = name[size:]
	}
	return b.String()
}

// mayGovern says whether a governed file can lie below a folder.
func mayGovern(root, folder string) bool {
	return strings.HasPrefix(root+"/", folder+"/") || document.Classify(root, folder+"/x.md") != document.NotGoverned
}

// checkBranch walks a governed branch from its tip back to where its records begin,
// first parents only, and finds every commit that changes something governed and
// stands in no record. It gives the number of such changes.
func (h *history) checkBranch(b branch) int {
	const what = "history"
	tip := h.g.references["refs/heads/"+b.name]
	if tip == "" {
		h.a.bad(what, historyFile, "does not hold the governed branch "+b.name)
		return 0
	}
	changes, passed := 0, false
	for at, n := tip, 0; at != b.from; n++ {
		passed = passed || at == b.last
		tree, parents, ok := h.g.header(at)
		if !ok || n == maxWalk {
			h.a.bad(what, historyFile, "the history of "+b.name+" does not reach back to where the records begin")
			return changes
		}
		before := ""
		if len(parents) > 0 {
			before, _, _ = h.g.header(parents[0])
		}
		changed, err := h.changed(before, tree)
		if err != nil {
			h.a.bad(what, historyFile, err.Error())
			return changes
		}
		if changed {
			changes++
			if !h.a.landed[at] {
				h.a.bad(what, historyFile, "the commit "+at+" changes governed files of "+b.name+", and no record tells of it")
			}
		}
		if len(parents) == 0 {
			h.a.bad(what, historyFile, "the history of "+b.name+" does not reach back to where the records begin")
			return changes
		}
		at = parents[0]
	}
	if !passed {
		h.a.bad(what, historyFile, "the last recorded landing, "+b.last+", is not on "+b.name)
	}
	return changes
}

// changed says whether two trees differ in what any configuration of the ledger
// governs.
func (h *history) changed(before, after string) (bool, error) {
	for _, root := range h.a.roots {
		digests := [2]string{facts.TreeDigest(nil), facts.TreeDigest(nil)}
		for i, tree := range []string{before, after} {
			if tree == "" {
				continue
			}
			digest, err := h.governedTree(root, tree)
			if err != nil {
				return false, err
			}
			digests[i] = digest
		}
		if digests[0] != digests[1] {
			return true, nil
		}
	}
	return false, nil
}
