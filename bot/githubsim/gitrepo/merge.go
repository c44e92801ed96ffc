package gitrepo

import (
	"errors"
	"fmt"
	"strings"
)

// ErrConflict says that two sides cannot be merged without a person.
var ErrConflict = errors.New("merge conflict")

// MergeTree merges the commits ours and theirs and returns the tree of the result. Sides that conflict are ErrConflict.
func (r *Repository) MergeTree(ours, theirs string) (string, error) {
	key := diffKey{ours, theirs}
	r.mu.Lock()
	tree, cached := r.merges[key]
	r.mu.Unlock()
	if !cached {
		var err error
		if tree, err = r.mergeTree(key); err != nil {
			return "", err
		}
	}
	if tree == "" {
		return "", fmt.Errorf("merge %s into %s: %w", theirs, ours, ErrConflict)
	}
	return tree, nil
}

// mergeTree has git merge and keeps the result; "" are sides that conflict.
func (r *Repository) mergeTree(key diffKey) (string, error) {
	const conflicted = 1 // git-merge-tree(1), EXIT STATUS
	out, err := run(command{args: r.args("merge-tree", "--write-tree", "--no-messages", "--name-only", key.from, key.to), quiet: conflicted})
	if err != nil {
		return "", fmt.Errorf("merge %s into %s: %w", key.to, key.from, err)
	}
	tree, rest, _ := strings.Cut(string(out), "\n")
	if strings.TrimSpace(rest) != "" || !ValidID(tree) {
		tree = ""
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.merges) >= maxCachedDiffs {
		clear(r.merges)
	}
	r.merges[key] = tree
	return tree, nil
}

// Replay writes the change that the commit made to its first parent onto the commit onto, and returns the tree of the
// result. It merges with the commit's parent as base: that base is forced by a throw-away commit with onto's tree on
// top of that parent, because git before 2.40 lets nobody name the base.
func (r *Repository) Replay(commit *Commit, onto string) (string, error) {
	if len(commit.Parents) != 1 {
		return "", fmt.Errorf("replay %s: it has %d parents", commit.ID, len(commit.Parents))
	}
	base, err := r.Commit(onto)
	if err != nil {
		return "", err
	}
	throwAway := Draft{
		Tree: base.Tree, Parents: commit.Parents,
		Author: commit.Author, Committer: commit.Committer, Message: "replay\n",
	}
	ours, err := r.WriteCommit(throwAway.Payload(), "")
	if err != nil {
		return "", err
	}
	return r.MergeTree(ours.ID, commit.ID)
}
