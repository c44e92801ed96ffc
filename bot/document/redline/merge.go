package redline

// threshold is how much of two blocks must be common before they are shown as one that changed. 60 % changed is
// as much as a person can read word by word.
const threshold = 0.4

// merger merges two texts into one with marks.
type merger struct {
	keys    map[string]string // key column of the table in a section, by the section's heading key
	section string
}

// blocks merges two lists of blocks.
func (m *merger) blocks(a, b []block) []block {
	n := names{}
	var merged []block
	i, j := 0, 0
	for _, p := range append(align(blockNumbers(n, a), blockNumbers(n, b)), pair{len(a), len(b)}) {
		merged = append(merged, m.gap(a[i:p.a], b[j:p.b])...)
		if p.a < len(a) {
			m.enter(b[p.b])
			merged = append(merged, b[p.b])
		}
		i, j = p.a+1, p.b+1
	}
	return merged
}

func blockNumbers(n names, blocks []block) []int {
	out := make([]int, len(blocks))
	for i, b := range blocks {
		out[i] = n.of(b.key)
	}
	return out
}

// enter notes under which heading the next tables stand.
func (m *merger) enter(b block) {
	if b.kind == heading {
		m.section = headingKey(plain(kept(b.spans)))
	}
}

// gap merges blocks of which none equals another: those that are alike become one that changed, the others are
// deleted and inserted.
func (m *merger) gap(a, b []block) []block {
	var merged []block
	i, j := 0, 0
	for _, p := range append(alike(a, b), pair{len(a), len(b)}) {
		for ; i < p.a; i++ {
			merged = append(merged, fated(a[i], deleted))
		}
		for ; j < p.b; j++ {
			merged = append(merged, fated(b[j], inserted))
			m.enter(b[j])
		}
		if p.a < len(a) {
			merged = append(merged, m.pair(a[p.a], b[p.b])...)
			m.enter(b[p.b])
			i, j = p.a+1, p.b+1
		}
	}
	return merged
}

// pair merges two blocks of one kind: into one, or into two if too much is different.
func (m *merger) pair(a, b block) []block {
	out := b
	out.op = changed
	switch b.kind {
	case paragraph:
		spans, part := diffWords(a.spans, b.spans)
		if part < threshold {
			return []block{fated(a, deleted), fated(b, inserted)}
		}
		out.spans = spans
	case heading:
		out.spans, _ = diffWords(a.spans, b.spans)
	case code:
		out.spans = diffLines(a.spans, b.spans)
	case table:
		out.grid = m.grid(a.grid, b.grid)
	default:
		out.blocks = m.blocks(a.blocks, b.blocks)
	}
	return []block{out}
}

// fated marks a block and everything in it.
func fated(b block, o op) block {
	b.op = o
	b.spans = with(o, b.spans)
	inner := make([]block, len(b.blocks))
	for i := range b.blocks {
		inner[i] = fated(b.blocks[i], o)
	}
	b.blocks = inner
	if b.grid == nil {
		return b
	}
	g := &grid{}
	for _, c := range b.grid.columns {
		c.op, c.head = o, with(o, c.head)
		g.columns = append(g.columns, c)
	}
	for _, r := range b.grid.rows {
		r.op = o
		cells := make([][]span, len(r.cells))
		for i := range r.cells {
			cells[i] = with(o, r.cells[i])
		}
		r.cells = cells
		g.rows = append(g.rows, r)
	}
	b.grid = g
	return b
}
