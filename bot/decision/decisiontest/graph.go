package decisiontest

import (
	"slices"
	"strings"
)

// ancestors are all commits that can be reached from c, with c.
func ancestors(c *Commit) map[*Commit]bool {
	seen := map[*Commit]bool{}
	var visit func(*Commit)
	visit = func(c *Commit) {
		if seen[c] {
			return
		}
		seen[c] = true
		for _, p := range c.Parents {
			visit(p)
		}
	}
	visit(c)
	return seen
}

// mergeBases are the best common ancestors of all given commits, by id: those
// common ancestors that no other common ancestor can reach.
func mergeBases(commits ...*Commit) []*Commit {
	common := ancestors(commits[0])
	for _, c := range commits[1:] {
		other := ancestors(c)
		for candidate := range common {
			if !other[candidate] {
				delete(common, candidate)
			}
		}
	}
	var best []*Commit
	for c := range common {
		if !reachableFromAnother(c, common) {
			best = append(best, c)
		}
	}
	slices.SortFunc(best, func(a, b *Commit) int { return strings.Compare(a.ID, b.ID) })
	return best
}

func reachableFromAnother(c *Commit, common map[*Commit]bool) bool {
	for other := range common {
		for _, p := range other.Parents {
			if ancestors(p)[c] {
				return true
			}
		}
	}
	return false
}

// between are the commits that can be reached from head and not from base,
// parents before children, the smallest id first where both orders would do.
func between(base, head *Commit) []*Commit {
	done := ancestors(base)
	open := ancestors(head)
	for c := range done {
		delete(open, c)
	}
	var order []*Commit
	for len(open) > 0 {
		var next *Commit
		for c := range open {
			if allIn(done, c.Parents) && (next == nil || c.ID < next.ID) {
				next = c
			}
		}
		order = append(order, next)
		done[next] = true
		delete(open, next)
	}
	return order
}

func allIn(set map[*Commit]bool, commits []*Commit) bool {
	for _, c := range commits {
		if !set[c] {
			return false
		}
	}
	return true
}

// threeWay merges as Git does for whole files: a file that one side changed is
// taken from it, one that both changed differently is a conflict, for which the
// first side stands.
func threeWay(from, ours, theirs Tree) (merged Tree, conflicts []string) {
	merged = Tree{}
	for _, p := range paths(from, ours, theirs) {
		side := ours
		if ours.Same(from, p) {
			side = theirs
		} else if !theirs.Same(from, p) && !theirs.Same(ours, p) {
			conflicts = append(conflicts, p)
		}
		if f, there := side[p]; there {
			merged[p] = f
		}
	}
	return merged, conflicts
}
