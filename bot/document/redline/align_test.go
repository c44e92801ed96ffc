package redline_test

import (
	"math/rand/v2"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/document/redline"
)

// checkAlignment holds that pairs are equal elements, in order in both lists, none twice.
func checkAlignment(t *testing.T, a, b []int) int {
	t.Helper()
	pairs := redline.Alignment(a, b)
	lastA, lastB := -1, -1
	for _, p := range pairs {
		if p[0] <= lastA || p[1] <= lastB {
			t.Fatalf("align(%v, %v) = %v is not in order", a, b, pairs)
		}
		if a[p[0]] != b[p[1]] {
			t.Fatalf("align(%v, %v) pairs %d with %d", a, b, a[p[0]], b[p[1]])
		}
		lastA, lastB = p[0], p[1]
	}
	return len(pairs)
}

// longest is the length of the longest common subsequence, by the textbook.
func longest(a, b []int) int {
	row := make([]int, len(b)+1)
	for _, x := range a {
		diagonal := 0
		for j, y := range b {
			above := row[j+1]
			row[j+1] = max(row[j+1], row[j])
			if x == y {
				row[j+1] = diagonal + 1
			}
			diagonal = above
		}
	}
	return row[len(b)]
}

func TestAlign_pairsEqualElementsInOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	for range 3000 {
		letters := 1 + r.IntN(20)
		list := func() []int {
			l := make([]int, r.IntN(30))
			for i := range l {
				l[i] = r.IntN(letters)
			}
			return l
		}
		a, b := list(), list()
		got := checkAlignment(t, a, b)
		if most := longest(a, b); got > most || most > 0 && got == 0 {
			t.Fatalf("align(%v, %v) has %d pairs, the longest common subsequence %d", a, b, got, most)
		}
	}
}

// Without an element that stands once in each list, the pairing is a longest common subsequence.
func TestAlign_isShortestWhereNothingStandsOnce(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	for range 2000 {
		double := func() []int {
			l := make([]int, 0, 40)
			for range 4 + r.IntN(16) {
				x := r.IntN(3)
				l = append(l, x, x)
			}
			return l
		}
		a, b := double(), double()
		if got, want := checkAlignment(t, a, b), longest(a, b); got != want {
			t.Fatalf("align(%v, %v) has %d pairs, want %d", a, b, got, want)
		}
	}
}

func TestAlign_givesUpWhereNothingIsAlike(t *testing.T) {
	n := 4 * redline.MaxEdits
	a, b := make([]int, n), make([]int, n)
	for i := range n {
		a[i], b[i] = i%2, 2+i%2 // nothing in common, nothing once
	}
	if got := checkAlignment(t, a, b); got != 0 {
		t.Errorf("%d pairs of lists that have nothing in common", got)
	}
	for i := range n {
		b[i] = a[n-1-i]
	}
	checkAlignment(t, a, b)
}

func TestAlign_keepsWhatEndsAreAlike(t *testing.T) {
	n := 10 * redline.MaxEdits
	a, b := make([]int, n), make([]int, n)
	for i := range n {
		a[i], b[i] = i/2, i/2
	}
	b[n/2] = -1
	if got := checkAlignment(t, a, b); got != n-1 {
		t.Errorf("one of %d elements differs, and %d are paired", n, got)
	}
}

func BenchmarkAlign_manyChanges(b *testing.B) {
	r := rand.New(rand.NewPCG(9, 9))
	x, y := make([]int, 20_000), make([]int, 20_000)
	for i := range x {
		x[i], y[i] = r.IntN(400), r.IntN(400)
	}
	for b.Loop() {
		redline.Alignment(x, y)
	}
}
