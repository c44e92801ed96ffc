package gitrepo

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// maxCachedDiffs bounds the comparisons that are kept.
const maxCachedDiffs = 500

// Change is what happened to one file between two trees.
type Change struct {
	Path string
	// Previous is the old path of a renamed file, else "".
	Previous string
	// Status is in GitHub's words: added, removed, modified, renamed, changed (only the mode).
	Status    string
	ID        string // the new blob, the old one of a removed file
	Additions int
	Deletions int
	// Patch are the hunks without the header, "" for a binary file or a pure rename.
	Patch string
}

type diffKey struct{ from, to string }

// Changes compares two trees, or commits by their trees, with renames found, ordered by path. From "" is the empty tree.
func (r *Repository) Changes(from, to string) ([]Change, error) {
	if from == "" {
		from = EmptyTree
	}
	key := diffKey{from, to}
	r.mu.Lock()
	changes, cached := r.changes[key]
	r.mu.Unlock()
	if cached {
		return changes, nil
	}
	out, err := r.diffTree(key, "--raw", "--numstat", "--patch", "-z")
	if err != nil {
		return nil, err
	}
	if changes, err = parseChanges(string(out)); err != nil {
		return nil, fmt.Errorf("compare %s with %s: %w", from, to, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.changes) >= maxCachedDiffs {
		clear(r.changes)
	}
	r.changes[key] = changes
	return changes, nil
}

// Patch is the whole unified diff between two trees or commits, as git prints it.
func (r *Repository) Patch(from, to string) ([]byte, error) {
	return r.diffTree(diffKey{from, to}, "--patch")
}

// PatchID names the change from one commit to another without its line numbers, so that the same change on another
// base has the same name. Like git patch-id it looks at the paths and at the changed lines with what is around them.
func (r *Repository) PatchID(from, to string) (string, error) {
	patch, err := r.Patch(from, to)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	for _, line := range bytes.SplitAfter(patch, []byte("\n")) {
		switch {
		case bytes.HasPrefix(line, []byte("index ")):
		case bytes.HasPrefix(line, []byte("@@ ")):
			sum.Write([]byte("@@\n"))
		default:
			sum.Write(line)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func (r *Repository) diffTree(key diffKey, format ...string) ([]byte, error) {
	args := append([]string{"diff-tree", "-r", "-M", "--no-color", "--full-index"}, format...)
	out, err := run(command{args: r.args(append(args, key.from, key.to)...)})
	if err != nil {
		return nil, fmt.Errorf("compare %s with %s: %w", key.from, key.to, err)
	}
	return out, nil
}

// parseChanges reads the output of diff-tree --raw --numstat --patch -z: first all raw records, then all counts in the
// same order, then, after an empty field, the patches.
func parseChanges(out string) ([]Change, error) {
	fields := strings.Split(out, "\x00")
	var changes []Change
	at := 0
	next := func() string {
		if at >= len(fields) {
			return ""
		}
		at++
		return fields[at-1]
	}
	for at < len(fields) && strings.HasPrefix(fields[at], ":") {
		record := strings.Fields(next())
		if len(record) != 5 {
			return nil, errors.New("malformed raw record")
		}
		c := Change{Status: statusWord(record[4]), ID: record[3], Path: next()}
		switch {
		case c.Status == "renamed":
			c.Previous, c.Path = c.Path, next()
		case c.Status == "removed":
			c.ID = record[2]
		case c.Status == "modified" && record[2] == record[3]:
			c.Status = "changed"
		}
		changes = append(changes, c)
	}
	for i := range changes {
		counts := strings.SplitN(next(), "\t", 3)
		if len(counts) != 3 {
			return nil, errors.New("malformed counts")
		}
		if counts[2] == "" { // a rename: both paths follow
			next()
			next()
		}
		changes[i].Additions, _ = strconv.Atoi(counts[0]) // "-" for a binary file, which GitHub counts as 0
		changes[i].Deletions, _ = strconv.Atoi(counts[1])
	}
	next()
	addPatches(changes, strings.Join(fields[min(at, len(fields)):], "\x00"))
	return changes, nil
}

func statusWord(letter string) string {
	switch letter[0] {
	case 'A':
		return "added"
	case 'D':
		return "removed"
	case 'R':
		return "renamed"
	case 'T':
		return "changed"
	}
	return "modified"
}

// addPatches cuts a unified diff into its files, which stand in the same order as changes.
func addPatches(changes []Change, diff string) {
	files := strings.Split("\n"+diff, "\ndiff --git ")[1:]
	for i := range min(len(changes), len(files)) {
		if at := strings.Index(files[i], "\n@@ "); at >= 0 {
			changes[i].Patch = strings.TrimSuffix(files[i][at+1:], "\n")
		}
	}
}

// Touched lists the paths that differ between two trees without looking for renames, ordered by path: the
// added, removed and modified lists of a push. From or to "" is the empty tree.
func (r *Repository) Touched(from, to string) (added, removed, modified []string, err error) {
	old, err := r.files(from)
	if err != nil {
		return nil, nil, nil, err
	}
	now, err := r.files(to)
	if err != nil {
		return nil, nil, nil, err
	}
	for path, entry := range now {
		before, was := old[path]
		switch {
		case !was:
			added = append(added, path)
		case before != entry:
			modified = append(modified, path)
		}
	}
	for path := range old {
		if _, is := now[path]; !is {
			removed = append(removed, path)
		}
	}
	slices.Sort(added)
	slices.Sort(removed)
	slices.Sort(modified)
	return added, removed, modified, nil
}

func (r *Repository) files(tree string) (map[string]Entry, error) {
	if tree == "" {
		return nil, nil
	}
	entries, err := r.Walk(tree)
	if err != nil {
		return nil, err
	}
	files := make(map[string]Entry, len(entries))
	for _, e := range entries {
		if e.Mode != ModeTree {
			files[e.Path] = e
		}
	}
	return files, nil
}
