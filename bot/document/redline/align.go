package redline

import (
	"slices"
	"sort"
)

// Bounds of the alignment. Lists that differ by more than maxEdits without a common element that stands once in
// each are called different as a whole, which is also what a reader would say; maxDepth bounds the work where
// every part of a list has just one such element.
const (
	maxEdits = 500
	maxDepth = 64
)

// pair are the places of one element in two lists.
type pair struct{ a, b int }

// align pairs equal elements of two lists, both in order. Elements that stand once in each list come first, since
// they are what a reader goes by; between them the pairing has as many elements as there can be.
func align(a, b []int) []pair {
	al := &aligner{a: a, b: b}
	al.part(0, len(a), 0, len(b), maxDepth)
	sort.Slice(al.pairs, func(i, j int) bool { return al.pairs[i].a < al.pairs[j].a })
	return al.pairs
}

type aligner struct {
	a, b  []int
	pairs []pair
}

// part aligns a[a0:a1] and b[b0:b1].
func (al *aligner) part(a0, a1, b0, b1, depth int) {
	for a0 < a1 && b0 < b1 && al.a[a0] == al.b[b0] {
		al.pairs = append(al.pairs, pair{a0, b0})
		a0, b0 = a0+1, b0+1
	}
	for a0 < a1 && b0 < b1 && al.a[a1-1] == al.b[b1-1] {
		a1, b1 = a1-1, b1-1
		al.pairs = append(al.pairs, pair{a1, b1})
	}
	if a0 == a1 || b0 == b1 {
		return
	}
	anchors := al.anchors(a0, a1, b0, b1)
	if len(anchors) == 0 || depth == 0 {
		al.shortest(a0, a1, b0, b1)
		return
	}
	for _, at := range anchors {
		al.part(a0, at.a, b0, at.b, depth-1)
		al.pairs = append(al.pairs, at)
		a0, b0 = at.a+1, at.b+1
	}
	al.part(a0, a1, b0, b1, depth-1)
}

// anchors are the elements that stand exactly once in each part, as many as keep one order.
func (al *aligner) anchors(a0, a1, b0, b1 int) []pair {
	type counted struct{ inA, inB, a, b int }
	found := map[int]*counted{}
	for i := a0; i < a1; i++ {
		c := found[al.a[i]]
		if c == nil {
			c = &counted{}
			found[al.a[i]] = c
		}
		c.inA, c.a = c.inA+1, i
	}
	for j := b0; j < b1; j++ {
		if c := found[al.b[j]]; c != nil {
			c.inB, c.b = c.inB+1, j
		}
	}
	var once []pair
	for i := a0; i < a1; i++ {
		if c := found[al.a[i]]; c.inA == 1 && c.inB == 1 {
			once = append(once, pair{c.a, c.b})
		}
	}
	return rising(once)
}

// rising keeps as many pairs as can be kept with b rising; a rises already. It is patience sorting.
func rising(pairs []pair) []pair {
	var tops []int // index of the pair on top of each pile
	before := make([]int, len(pairs))
	for i, p := range pairs {
		pile := sort.Search(len(tops), func(k int) bool { return pairs[tops[k]].b >= p.b })
		before[i] = -1
		if pile > 0 {
			before[i] = tops[pile-1]
		}
		if pile == len(tops) {
			tops = append(tops, i)
		} else {
			tops[pile] = i
		}
	}
	if len(tops) == 0 {
		return nil
	}
	var kept []pair
	for i := tops[len(tops)-1]; i >= 0; i = before[i] {
		kept = append(kept, pairs[i])
	}
	slices.Reverse(kept)
	return kept
}

// shortest pairs by the shortest list of edits, if it has at most maxEdits. Source: E. W. Myers, "An O(ND)
// Difference Algorithm and Its Variations", Algorithmica 1 (1986).
func (al *aligner) shortest(a0, a1, b0, b1 int) {
	n, m := a1-a0, b1-b0
	limit := min(n+m, maxEdits)
	reach := map[int]int{1: 0} // farthest x on each diagonal k = x - y
	var trace []map[int]int
	for d := 0; d <= limit; d++ {
		now := make(map[int]int, d+1)
		for k := -d; k <= d; k += 2 {
			x := step(reach, k, d)
			for x < n && x-k < m && x-k >= 0 && al.a[a0+x] == al.b[b0+x-k] {
				x++
			}
			now[k] = x
			if x >= n && x-k >= m {
				al.backtrack(pair{a0, b0}, pair{n, m}, append(trace, reach))
				return
			}
		}
		trace = append(trace, reach)
		reach = now
	}
}

// step is where an edit leads on diagonal k: down, an insertion, or right, a deletion.
func step(reach map[int]int, k, d int) int {
	if k == -d || (k != d && reach[k-1] < reach[k+1]) {
		return reach[k+1]
	}
	return reach[k-1] + 1
}

// backtrack walks the edits back from the end and notes the diagonals, which are the pairs.
func (al *aligner) backtrack(from, end pair, trace []map[int]int) {
	x, y := end.a, end.b
	for d := len(trace) - 1; d >= 0; d-- {
		k := x - y
		start := step(trace[d], k, d)
		if d == 0 {
			start = 0
		}
		for x > start && y > 0 {
			x, y = x-1, y-1
			al.pairs = append(al.pairs, pair{from.a + x, from.b + y})
		}
		if d == 0 {
			return
		}
		if k == -d || (k != d && trace[d][k-1] < trace[d][k+1]) {
			x, y = start, start-k-1
		} else {
			x, y = start-1, start-k
		}
	}
}

// names gives equal strings equal numbers.
type names map[string]int

func (n names) of(s string) int {
	if number, ok := n[s]; ok {
		return number
	}
	n[s] = len(n)
	return len(n) - 1
}
