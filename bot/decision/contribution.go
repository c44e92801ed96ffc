package decision

import (
	"slices"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
)

// contributes lists the governed paths to which a commit contributes, sorted.
// A commit with one parent, or none, contributes to every file that it changes; a
// merge where it does not merely take the one side that changed a file. LAW 4.1.
func (e *evaluation) contributes(c facts.Commit) []string {
	result := e.treeOf(c.ID)
	if len(c.Parents) < 2 {
		before := tree{}
		if len(c.Parents) == 1 {
			before = e.treeOf(c.Parents[0])
		}
		return changedPaths(before, result)
	}
	parents := e.treesOf(c.Parents)
	bases := e.treesOf(c.MergeBases)
	all := result
	for _, t := range append(slices.Clone(parents), bases...) {
		all = merged(all, t)
	}
	var paths []string
	for _, path := range all.paths() {
		if !trivialMerge(path, result, parents, bases) {
			paths = append(paths, path)
		}
	}
	return paths
}

func changedPaths(before, after tree) []string {
	var paths []string
	for _, c := range changes(before, after) {
		paths = append(paths, c.path)
	}
	return paths
}

// merged is the union of two trees; only its paths matter.
func merged(a, b tree) tree {
	all := make(tree, len(a)+len(b))
	for path, e := range a {
		all[path] = e
	}
	for path, e := range b {
		all[path] = e
	}
	return all
}

// trivialMerge says whether a merge adds nothing of its own to path: nobody
// changed it since the merge base and it still is what it was, or exactly one
// side changed it and the merge took that side. With merge bases that disagree, or
// without any, it is never trivial.
func trivialMerge(path string, result tree, parents, bases []tree) bool {
	if len(bases) == 0 {
		return false
	}
	var base facts.Entry
	for i, b := range bases {
		if i > 0 && differ(b[path], base) {
			return false
		}
		base = b[path]
	}
	changed := 0
	taken := base
	for _, p := range parents {
		if differ(p[path], base) {
			changed++
			taken = p[path]
		}
	}
	return changed < 2 && !differ(result[path], taken)
}

// judgeCommits judges every commit of the range that contributes to something
// governed, and remembers who contributed to what. LAW 3.4, 4.
func (e *evaluation) judgeCommits() {
	for _, id := range e.f.Range {
		c, ok := e.commits[id]
		if !ok {
			continue // reported by checkFacts
		}
		paths := e.contributes(c)
		if len(paths) == 0 {
			continue
		}
		for _, path := range paths {
			e.ancestry.add(path, e.marks(e.treeOf(c.ID)[path]))
		}
		e.judgeCommit(c, paths)
	}
}

// contributed adds a person to the contributors of each path.
func (e *evaluation) contributed(slug string, paths []string) {
	for _, path := range paths {
		if e.contributors[path] == nil {
			e.contributors[path] = map[string]bool{}
		}
		e.contributors[path][slug] = true
	}
}

// contributorsOf are the contributors to a document: to its own bytes, to the
// images it shows before or after, under whatever path these stood in the
// proposal, and the opener of the pull request. LAW 3.4.
func (e *evaluation) contributorsOf(path string, before, after view) map[string]bool {
	found := map[string]bool{}
	own := map[string]facts.Entry{path: after.tree[path]}
	if own[path].Mode == "" {
		own[path] = before.tree[path]
	}
	for _, v := range []view{before, after} {
		for _, image := range v.images(path) {
			own[image.Path] = v.tree[image.Path]
		}
	}
	for p, entry := range own {
		for _, kin := range e.ancestry.kin(p, e.marks(entry)) {
			for slug := range e.contributors[kin] {
				found[slug] = true
			}
		}
	}
	if e.opener != "" {
		found[e.opener] = true
	}
	return found
}
