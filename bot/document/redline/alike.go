package redline

// maxPairs bounds the comparisons of every block of a gap with every other; beyond it they are paired in order.
const maxPairs = 2500

// alike pairs blocks of one kind that have much in common, in order, so that what they have in common is most.
func alike(a, b []block) []pair {
	if len(a) == 0 || len(b) == 0 {
		return nil
	}
	bagsA, bagsB := bags(a), bags(b)
	score := func(i, j int) float64 {
		if !mayBecome(a[i], b[j]) {
			return 0
		}
		if part := inCommon(bagsA[i], bagsB[j]); part >= minimum(a[i].kind) {
			return part
		}
		return 0
	}
	if len(a)*len(b) > maxPairs {
		return inOrder(len(a), len(b), score)
	}
	return best(len(a), len(b), score)
}

// mayBecome says whether one of two blocks can have become the other.
func mayBecome(a, b block) bool {
	return a.kind == b.kind && a.level == b.level && a.ordered == b.ordered && a.start == b.start && a.kind != rule
}

// minimum is how much must be common: less for what holds several parts, since each is compared again.
func minimum(k kind) float64 {
	switch k {
	case paragraph, item:
		return threshold
	case heading:
		return 0.3
	default:
		return 0.2
	}
}

// best maximises the sum of the scores of pairs that keep one order.
func best(n, m int, score func(i, j int) float64) []pair {
	sums := make([][]float64, n+1)
	scores := make([][]float64, n)
	sums[n] = make([]float64, m+1)
	for i := n - 1; i >= 0; i-- {
		sums[i], scores[i] = make([]float64, m+1), make([]float64, m)
		for j := m - 1; j >= 0; j-- {
			scores[i][j] = score(i, j)
			sums[i][j] = max(sums[i+1][j], sums[i][j+1], scores[i][j]+sums[i+1][j+1])
		}
	}
	var pairs []pair
	for i, j := 0, 0; i < n && j < m; {
		switch {
		case scores[i][j] > 0 && sums[i][j] == scores[i][j]+sums[i+1][j+1]:
			pairs = append(pairs, pair{i, j})
			i, j = i+1, j+1
		case sums[i][j] == sums[i+1][j]:
			i++
		default:
			j++
		}
	}
	return pairs
}

// inOrder pairs the blocks at the same place.
func inOrder(n, m int, score func(i, j int) float64) []pair {
	var pairs []pair
	for i := range min(n, m) {
		if score(i, i) > 0 {
			pairs = append(pairs, pair{i, i})
		}
	}
	return pairs
}

// bag counts words.
type bag struct {
	words map[string]int
	total int
}

func bags(blocks []block) []bag {
	out := make([]bag, len(blocks))
	for i := range blocks {
		out[i] = bag{words: map[string]int{}}
		out[i].addBlock(blocks[i])
	}
	return out
}

func (b *bag) addBlock(from block) {
	b.add(from.spans)
	for _, inner := range from.blocks {
		b.addBlock(inner)
	}
	if from.grid == nil {
		return
	}
	for _, c := range from.grid.columns {
		b.add(c.head)
	}
	for _, r := range from.grid.rows {
		b.addRow(r)
	}
}

func (b *bag) addRow(r row) {
	for _, cell := range r.cells {
		b.add(cell)
	}
}

func (b *bag) add(spans []span) {
	for _, t := range split(spans) {
		if isBlank(t) {
			continue
		}
		word := t.text
		if t.marks&picture != 0 {
			word = "\x00" + t.source
		}
		b.words[word]++
		b.total++
	}
}

// inCommon is the part of the words of both that is common to both (Sørensen and Dice).
func inCommon(a, b bag) float64 {
	if a.total+b.total == 0 {
		return 0
	}
	common := 0
	for word, n := range a.words {
		common += min(n, b.words[word])
	}
	return 2 * float64(common) / float64(a.total+b.total)
}
