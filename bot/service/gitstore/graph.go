package gitstore

import (
	"container/heap"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// maxCommitBytes bounds a commit object that is read. Git itself has no limit; a
// commit with a thousand parents and a long message has 100 KiB.
const maxCommitBytes = 8 << 20

// maxWalk bounds a walk over the history; beyond it the answer is an error, so
// that nothing is decided on half a history.
const maxWalk = 2_000_000

// node is one commit in the graph.
type node struct {
	parents []string
	tree    string
}

// Commit is one commit object. Raw is the object without its "commit N\x00"
// header; its Git id is ID.
type Commit struct {
	ID      string
	Parents []string
	Raw     []byte
}

// Commit reads one commit.
func (m *Mirror) Commit(id string) (Commit, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	raw, err := m.commitBytes(id)
	if err != nil {
		return Commit{}, err
	}
	n, err := m.remember(id, raw)
	if err != nil {
		return Commit{}, err
	}
	return Commit{ID: id, Parents: slices.Clone(n.parents), Raw: raw}, nil
}

func (m *Mirror) commitBytes(id string) ([]byte, error) {
	if !plumbing.IsHash(id) {
		return nil, fmt.Errorf("commit %q is no object id: %w", id, ErrNotFound)
	}
	raw, whole, err := m.raw(plumbing.CommitObject, plumbing.NewHash(id), maxCommitBytes)
	if err != nil {
		return nil, err
	}
	if !whole {
		return nil, fmt.Errorf("commit %s has more than %d bytes", id, maxCommitBytes)
	}
	return raw, nil
}

// remember parses the header lines that Git itself goes by: tree and parents
// stand first and in this order.
func (m *Mirror) remember(id string, raw []byte) (node, error) {
	n := node{}
	rest := string(raw)
	for first := true; ; first = false {
		line, after, _ := strings.Cut(rest, "\n")
		word, value, _ := strings.Cut(line, " ")
		switch {
		case first && word == "tree" && plumbing.IsHash(value):
			n.tree = value
		case !first && word == "parent" && plumbing.IsHash(value):
			n.parents = append(n.parents, value)
		case first:
			return n, fmt.Errorf("commit %s does not begin with its tree", id)
		default:
			m.graph[id] = n
			return n, nil
		}
		rest = after
	}
}

// node reads a commit's place in the graph, once. The caller holds the lock.
func (m *Mirror) node(id string) (node, error) {
	if n, ok := m.graph[id]; ok {
		return n, nil
	}
	raw, err := m.commitBytes(id)
	if err != nil {
		return node{}, err
	}
	return m.remember(id, raw)
}

// ancestors are all commits reachable from id, itself included.
func (m *Mirror) ancestors(ids ...string) (map[string]bool, error) {
	seen := map[string]bool{}
	open := slices.Clone(ids)
	for len(open) > 0 {
		id := open[len(open)-1]
		open = open[:len(open)-1]
		if seen[id] {
			continue
		}
		if len(seen) == maxWalk {
			return nil, fmt.Errorf("the history has more than %d commits", maxWalk)
		}
		seen[id] = true
		n, err := m.node(id)
		if err != nil {
			return nil, err
		}
		open = append(open, n.parents...)
	}
	return seen, nil
}

// MergeBases are the best common ancestors of all commits given, sorted; none
// when their histories are unrelated.
func (m *Mirror) MergeBases(ids ...string) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var common map[string]bool
	for _, id := range ids {
		reached, err := m.ancestors(id)
		if err != nil {
			return nil, fmt.Errorf("merge base of %s: %w", strings.Join(ids, " "), err)
		}
		if common != nil {
			for c := range reached {
				if !common[c] {
					delete(reached, c)
				}
			}
		}
		common = reached
	}
	return m.withoutChildren(common), nil
}

// withoutChildren are the members of a set, closed under ancestry, that are no
// parent of another member: its best ones.
func (m *Mirror) withoutChildren(set map[string]bool) []string {
	parent := map[string]bool{}
	for id := range set {
		for _, p := range m.graph[id].parents {
			parent[p] = true
		}
	}
	best := []string{}
	for id := range set {
		if !parent[id] {
			best = append(best, id)
		}
	}
	sort.Strings(best)
	return best
}

// Reaches says whether ancestor is reachable from id.
func (m *Mirror) Reaches(id, ancestor string) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	reached, err := m.ancestors(id)
	if err != nil {
		return false, fmt.Errorf("history of %s: %w", id, err)
	}
	return reached[ancestor], nil
}

// Range lists the commits reachable from head and not from base, parents before
// children, ties by id, so that the same range always has the same order.
func (m *Mirror) Range(base, head string) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	old, err := m.ancestors(base)
	if err != nil {
		return nil, fmt.Errorf("history of %s: %w", base, err)
	}
	all, err := m.ancestors(head)
	if err != nil {
		return nil, fmt.Errorf("history of %s: %w", head, err)
	}
	for id := range all {
		if old[id] {
			delete(all, id)
		}
	}
	return m.parentsFirst(all), nil
}

// parentsFirst orders a set topologically (Kahn's algorithm with a heap).
func (m *Mirror) parentsFirst(set map[string]bool) []string {
	waiting := map[string]int{}
	children := map[string][]string{}
	ready := &ids{}
	for id := range set {
		for _, p := range m.graph[id].parents {
			if set[p] {
				waiting[id]++
				children[p] = append(children[p], id)
			}
		}
		if waiting[id] == 0 {
			heap.Push(ready, id)
		}
	}
	order := []string{}
	for ready.Len() > 0 {
		id := heap.Pop(ready).(string)
		order = append(order, id)
		for _, c := range children[id] {
			if waiting[c]--; waiting[c] == 0 {
				heap.Push(ready, c)
			}
		}
	}
	return order
}

// ids is a heap of object ids, the smallest first.
type ids []string

func (h ids) Len() int           { return len(h) }
func (h ids) Less(i, j int) bool { return h[i] < h[j] }
func (h ids) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *ids) Push(x any)        { *h = append(*h, x.(string)) }
func (h *ids) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}

// FirstParents lists the first-parent commits after (not including) since up to
// tip, oldest first. With since "" it goes to the root. An error when since is
// not on that line: the branch was rewritten.
func (m *Mirror) FirstParents(since, tip string) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	line := []string{}
	for id := tip; id != since; {
		if len(line) == maxWalk {
			return nil, fmt.Errorf("the history has more than %d commits", maxWalk)
		}
		line = append(line, id)
		n, err := m.node(id)
		if err != nil {
			return nil, err
		}
		if len(n.parents) == 0 {
			if since != "" {
				return nil, fmt.Errorf("%s is not on the first-parent line of %s: %w", since, tip, ErrRewritten)
			}
			break
		}
		id = n.parents[0]
	}
	slices.Reverse(line)
	return line, nil
}

// ErrRewritten is returned when a commit that was on a branch is not any more.
var ErrRewritten = fmt.Errorf("the branch was rewritten")
