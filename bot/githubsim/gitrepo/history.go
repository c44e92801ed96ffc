package gitrepo

import (
	"cmp"
	"fmt"
	"slices"
)

// Ancestors is the set of the commit id and everything that it comes from.
func (r *Repository) Ancestors(id string) (map[string]bool, error) {
	return r.reach(id, nil)
}

// reach walks from id along all parents, past nothing that is in stop.
func (r *Repository) reach(id string, stop map[string]bool) (map[string]bool, error) {
	seen := map[string]bool{}
	queue := []string{id}
	for len(queue) > 0 {
		at := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if seen[at] || stop[at] {
			continue
		}
		commit, err := r.Commit(at)
		if err != nil {
			return nil, fmt.Errorf("walk from %s: %w", id, err)
		}
		seen[at] = true
		queue = append(queue, commit.Parents...)
	}
	return seen, nil
}

// IsAncestor reports whether descendant is ancestor or comes from it.
func (r *Repository) IsAncestor(ancestor, descendant string) (bool, error) {
	reached, err := r.Ancestors(descendant)
	return reached[ancestor], err
}

// MergeBase is a best common ancestor of a and b, or "" where they have none. Where there are several, the first by
// object id is taken, so that the answer is always the same.
func (r *Repository) MergeBase(a, b string) (string, error) {
	ofA, err := r.Ancestors(a)
	if err != nil {
		return "", err
	}
	if ofA[b] {
		return b, nil
	}
	ofB, err := r.reach(b, ofA)
	if err != nil {
		return "", err
	}
	candidates := map[string]bool{}
	for id := range ofB {
		commit, err := r.Commit(id)
		if err != nil {
			return "", err
		}
		for _, parent := range commit.Parents {
			if ofA[parent] {
				candidates[parent] = true
			}
		}
	}
	return r.best(candidates)
}

// best is the first of candidates that none of the others comes from.
func (r *Repository) best(candidates map[string]bool) (string, error) {
	ids := make([]string, 0, len(candidates))
	for id := range candidates {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		reached := false
		for _, other := range ids {
			if other == id {
				continue
			}
			is, err := r.IsAncestor(id, other)
			if err != nil {
				return "", err
			}
			reached = reached || is
		}
		if !reached {
			return id, nil
		}
	}
	return "", nil
}

// Range lists the commits that head has and base has not, parents before their children and older ones first, as
// GitHub lists the commits of a pull request. Base "" excludes nothing.
func (r *Repository) Range(base, head string) ([]*Commit, error) {
	var excluded map[string]bool
	if base != "" {
		var err error
		if excluded, err = r.Ancestors(base); err != nil {
			return nil, err
		}
	}
	reached, err := r.reach(head, excluded)
	if err != nil {
		return nil, err
	}
	commits := make([]*Commit, 0, len(reached))
	for id := range reached {
		commit, err := r.Commit(id)
		if err != nil {
			return nil, err
		}
		commits = append(commits, commit)
	}
	return parentsFirst(commits), nil
}

// parentsFirst orders commits so that each stands after its parents; among those that could stand next the one with
// the oldest committer date does.
func parentsFirst(commits []*Commit) []*Commit {
	missing, children := map[string]int{}, map[string][]*Commit{}
	for _, c := range commits {
		missing[c.ID] = 0
	}
	var ready, ordered []*Commit
	for _, c := range commits {
		for _, parent := range c.Parents {
			if _, inside := missing[parent]; inside {
				missing[c.ID]++
				children[parent] = append(children[parent], c)
			}
		}
		if missing[c.ID] == 0 {
			ready = append(ready, c)
		}
	}
	for len(ready) > 0 {
		slices.SortFunc(ready, byDate)
		next := ready[0]
		ready = ready[1:]
		ordered = append(ordered, next)
		for _, child := range children[next.ID] {
			if missing[child.ID]--; missing[child.ID] == 0 {
				ready = append(ready, child)
			}
		}
	}
	return ordered
}

func byDate(a, b *Commit) int {
	if c := a.Committer.When.Compare(b.Committer.When); c != 0 {
		return c
	}
	return cmp.Compare(a.ID, b.ID)
}

// FirstParents lists the commits of head's first-parent line, newest first, up to but without the commit until.
// Until "" goes to the root.
func (r *Repository) FirstParents(until, head string) ([]*Commit, error) {
	var line []*Commit
	for id := head; id != until; {
		commit, err := r.Commit(id)
		if err != nil {
			return nil, err
		}
		line = append(line, commit)
		if len(commit.Parents) == 0 {
			return line, nil
		}
		id = commit.Parents[0]
	}
	return line, nil
}
