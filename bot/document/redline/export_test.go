package redline

// Alignment exposes align for tests of its law.
func Alignment(a, b []int) [][2]int {
	var out [][2]int
	for _, p := range align(a, b) {
		out = append(out, [2]int{p.a, p.b})
	}
	return out
}

// Bounds of the alignment, for tests that go beyond them.
const (
	MaxEdits = maxEdits
	MaxPairs = maxPairs
)
