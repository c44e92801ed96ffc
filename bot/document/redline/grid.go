package redline

import (
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// sameRow is how much of two rows must be common before a row whose key changed counts as the same one.
const sameRow = 0.6

func headingKey(s string) string { return document.HeadingKey(s) }

// grid merges two tables: columns by their names, rows by their keys, cells word by word.
func (m *merger) grid(a, b *grid) *grid {
	out := &grid{}
	columns := matchColumns(a.columns, b.columns)
	places := weave(columns, len(b.columns))
	for _, p := range places {
		out.columns = append(out.columns, mergeColumn(a.columns, b.columns, p))
	}
	rows := m.matchRows(a, b)
	for _, p := range weave(rows, len(b.rows)) {
		out.rows = append(out.rows, mergeRow(a.rows, b.rows, p, places))
	}
	return out
}

// place is where something stood and stands; -1 is nowhere.
type place struct {
	was, now int
	moved    bool
}

// weave lines up what is matched: match gives for each of the earlier ones its place among n later ones, or -1.
// The later order leads; what is gone stands after the one that it followed. Of those that changed places as few
// as possible count as moved.
func weave(match []int, n int) []place {
	was := make([]int, n)
	for j := range was {
		was[j] = -1
	}
	for i, j := range match {
		if j >= 0 {
			was[j] = i
		}
	}
	var matched []pair
	for j, i := range was {
		if i >= 0 {
			matched = append(matched, pair{j, i})
		}
	}
	stays := map[int]bool{}
	for _, p := range rising(matched) {
		stays[p.b] = true
	}
	gone := map[int][]place{} // by the one that stays before them
	anchor := -1
	for i, j := range match {
		switch {
		case j < 0:
			gone[anchor] = append(gone[anchor], place{was: i, now: -1})
		case stays[i]:
			anchor = i
		}
	}
	out := append([]place(nil), gone[-1]...)
	for j, i := range was {
		out = append(out, place{was: i, now: j, moved: i >= 0 && !stays[i]})
		if i >= 0 {
			out = append(out, gone[i]...)
		}
	}
	return out
}

// matchColumns matches columns by name, and those without a namesake between the same neighbours in order, as
// renamed.
func matchColumns(a, b []column) []int {
	keysA, keysB := make([]string, len(a)), make([]string, len(b))
	for i, c := range a {
		keysA[i] = headingKey(plain(c.head))
	}
	for j, c := range b {
		keysB[j] = headingKey(plain(c.head))
	}
	match := matchKeys(keysA, keysB)
	fillGaps(match, len(b), func(gapA, gapB []int) []pair {
		if len(gapA) != len(gapB) {
			return nil
		}
		pairs := make([]pair, len(gapA))
		for k := range gapA {
			pairs[k] = pair{k, k}
		}
		return pairs
	})
	return match
}

// matchKeys matches equal keys; the second of one key matches the second of the other.
func matchKeys(a, b []string) []int {
	at := map[string][]int{}
	for j, k := range b {
		at[k] = append(at[k], j)
	}
	match := make([]int, len(a))
	for i, k := range a {
		match[i] = -1
		if places := at[k]; len(places) > 0 {
			match[i] = places[0]
			at[k] = places[1:]
		}
	}
	return match
}

// fillGaps lets pick match what is unmatched on both sides between the same matched neighbours.
func fillGaps(match []int, n int, pick func(gapA, gapB []int) []pair) {
	taken := make([]bool, n)
	for _, j := range match {
		if j >= 0 {
			taken[j] = true
		}
	}
	for i := 0; i < len(match); {
		if match[i] >= 0 {
			i++
			continue
		}
		end := i
		var gapA, gapB []int
		for ; end < len(match) && match[end] < 0; end++ {
			gapA = append(gapA, end)
		}
		from := 0
		if i > 0 {
			from = match[i-1] + 1
		}
		for j := from; j < n && !taken[j]; j++ {
			gapB = append(gapB, j)
		}
		for _, p := range pick(gapA, gapB) {
			match[gapA[p.a]] = gapB[p.b]
			taken[gapB[p.b]] = true
		}
		i = end
	}
}

func mergeColumn(a, b []column, p place) column {
	switch {
	case p.now < 0:
		c := a[p.was]
		c.op, c.head, c.was, c.now = deleted, with(deleted, c.head), p.was, -1
		return c
	case p.was < 0:
		c := b[p.now]
		c.op, c.head, c.was, c.now = inserted, with(inserted, c.head), -1, p.now
		return c
	}
	c := b[p.now]
	c.was, c.now, c.moved = p.was, p.now, p.moved
	c.head, _ = diffWords(a[p.was].head, c.head)
	if touched(c.head) {
		c.op = changed
	}
	return c
}

// matchRows matches rows by their keys; one whose key changed, by what else it says.
func (m *merger) matchRows(a, b *grid) []int {
	name := m.keys[m.section]
	match := matchKeys(rowKeys(a, name), rowKeys(b, name))
	fillGaps(match, len(b.rows), func(gapA, gapB []int) []pair {
		if len(gapA)*len(gapB) > maxPairs {
			return nil
		}
		bagsA, bagsB := rowBags(a, gapA), rowBags(b, gapB)
		return best(len(gapA), len(gapB), func(i, j int) float64 {
			if part := inCommon(bagsA[i], bagsB[j]); part >= sameRow {
				return part
			}
			return 0
		})
	})
	return match
}

func rowBags(g *grid, rows []int) []bag {
	out := make([]bag, len(rows))
	for i, r := range rows {
		out[i] = bag{words: map[string]int{}}
		out[i].addRow(g.rows[r])
	}
	return out
}

// rowKeys are the words of the key column of each row; of the first column, where no column has the name.
func rowKeys(g *grid, name string) []string {
	at := 0
	for i, c := range g.columns {
		if name != "" && headingKey(plain(c.head)) == name {
			at = i
			break
		}
	}
	keys := make([]string, len(g.rows))
	for i, r := range g.rows {
		if at < len(r.cells) {
			keys[i] = strings.ToLower(plain(r.cells[at]))
		}
	}
	return keys
}

// mergeRow merges two rows, cell by cell in the merged columns.
func mergeRow(a, b []row, p place, columns []place) row {
	r := row{was: p.was, now: p.now, moved: p.moved, cells: make([][]span, len(columns))}
	for i, c := range columns {
		var before, after []span
		if p.was >= 0 && c.was >= 0 {
			before = a[p.was].cells[c.was]
		}
		if p.now >= 0 && c.now >= 0 {
			after = b[p.now].cells[c.now]
		}
		r.cells[i] = mergeCell(before, after)
		if touched(r.cells[i]) {
			r.op = changed
		}
	}
	switch {
	case p.was < 0:
		r.op = inserted
	case p.now < 0:
		r.op = deleted
	}
	return r
}

func mergeCell(before, after []span) []span {
	merged, part := diffWords(before, after)
	if part < threshold {
		return wholly(before, after)
	}
	return merged
}
