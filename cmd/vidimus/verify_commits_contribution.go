package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// governedTree is mode and object of each governed file of a commit, by path.
type governedTree map[string]string

// contributes lists the governed paths to which a commit contributes, by the layout of its parents'
// configurations. A merge contributes where it does not merely take the one side that changed a file
// since the merge base. Source: LAW.md 4.1.
func (c *chain) contributes(ctx context.Context, j judgedCommit) ([]string, error) {
	governed := func(path string) bool {
		return slices.ContainsFunc(j.parents, func(parent string) bool {
			t := c.trust(ctx, parent)
			return t.config == nil || document.Classify(t.config.Root, path) != document.NotGoverned
		})
	}
	result, err := c.v.repo.governed(ctx, j.id, governed)
	if err != nil {
		return nil, err
	}
	parents, err := c.v.repo.governedAll(ctx, j.parents, governed)
	if err != nil {
		return nil, err
	}
	if len(parents) == 1 {
		return differing(result, parents[0]), nil
	}
	ids, err := c.v.repo.mergeBases(ctx, j.parents)
	if err != nil {
		return nil, err
	}
	bases, err := c.v.repo.governedAll(ctx, ids, governed)
	if err != nil {
		return nil, err
	}
	return ownContent(result, parents, bases), nil
}

// differing lists the paths that differ between two trees.
func differing(a, b governedTree) []string {
	var paths []string
	for path, entry := range a {
		if b[path] != entry {
			paths = append(paths, path)
		}
	}
	for path := range b {
		if _, both := a[path]; !both {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return paths
}

// ownContent lists the paths in which a merge has content of its own.
func ownContent(result governedTree, parents, bases []governedTree) []string {
	all := map[string]bool{}
	for _, t := range slices.Concat([]governedTree{result}, parents, bases) {
		for path := range t {
			all[path] = true
		}
	}
	var paths []string
	for path := range all {
		if !taken(path, result, parents, bases) {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return paths
}

// taken tells whether a merge left path as it was, or took it from the one side that changed it. Without
// a merge base, or with some that disagree, it never did.
func taken(path string, result governedTree, parents, bases []governedTree) bool {
	if len(bases) == 0 {
		return false
	}
	base := bases[0][path]
	for _, other := range bases[1:] {
		if other[path] != base {
			return false
		}
	}
	changes, want := 0, base
	for _, parent := range parents {
		if parent[path] != base {
			changes, want = changes+1, parent[path]
		}
	}
	return changes < 2 && result[path] == want
}

// governed lists the governed files of a commit.
func (r commitRepository) governed(ctx context.Context, commit string, keep func(path string) bool) (governedTree, error) {
	listing, err := r.output(ctx, "ls-tree", "-r", "-z", "--full-tree", commit)
	if err != nil {
		return nil, err
	}
	t := governedTree{}
	for entry := range strings.SplitSeq(strings.TrimSuffix(listing, "\x00"), "\x00") {
		if head, path, ok := strings.Cut(entry, "\t"); ok && keep(path) {
			t[path] = head
		}
	}
	return t, nil
}

// governedAll is governed for several commits.
func (r commitRepository) governedAll(ctx context.Context, commits []string, keep func(path string) bool) ([]governedTree,
	error,
) {
	trees := make([]governedTree, len(commits))
	for i, commit := range commits {
		var err error
		if trees[i], err = r.governed(ctx, commit, keep); err != nil {
			return nil, err
		}
	}
	return trees, nil
}

// mergeBases gives the best common ancestors of all commits; none where their histories are unrelated.
func (r commitRepository) mergeBases(ctx context.Context, commits []string) ([]string, error) {
	text, err := r.output(ctx, append([]string{"merge-base", "--octopus", "--all"}, commits...)...)
	if err != nil && text == "" && strings.HasSuffix(err.Error(), "exit status 1") {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find merge bases: %w", err)
	}
	return strings.Fields(text), nil
}
