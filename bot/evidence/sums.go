package evidence

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
)

// MaxSumsBytes bounds a list of files that is read: at a hundred bytes a line, 10,000
// documents in one landing, or a bundle of 300,000 files.
const MaxSumsBytes = 32 << 20

// ErrSums is the cause when bytes are not a list of files as we write them.
var ErrSums = errors.New("not a SHA256SUMS list")

// Sum is one line of a list of files: "sha256 SP SP path LF", as sha256sum writes it.
type Sum struct {
	SHA256 string
	Path   string
}

// FormatSums writes a list of files, sorted by the bytes of the paths.
func FormatSums(sums []Sum) []byte {
	sorted := slices.Clone(sums)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i].Path < sorted[j].Path })
	var b strings.Builder
	for _, s := range sorted {
		b.WriteString(s.SHA256 + "  " + s.Path + "\n")
	}
	return []byte(b.String())
}

// sumsOf lists the files of a map by their bytes.
func sumsOf(files map[string][]byte) []Sum {
	sums := make([]Sum, 0, len(files))
	for p, b := range files {
		sums = append(sums, Sum{facts.Digest(b), p})
	}
	return sums
}

// sumLine takes the names that we give. A hyphen or dot never begins one, so that no
// program takes a name for an option or overlooks it.
var sumLine = lazily(`^([0-9a-f]{64})  ([A-Za-z0-9][A-Za-z0-9._+-]*(?:/[A-Za-z0-9][A-Za-z0-9._+-]*)*)$`)

// ReadSums reads what FormatSums writes and refuses everything else: other names
// than ours, lines out of order or twice, a missing last line end. Errors wrap
// ErrSums.
func ReadSums(data []byte) ([]Sum, error) {
	if len(data) > MaxSumsBytes {
		return nil, fmt.Errorf("%d bytes, more than %d: %w", len(data), MaxSumsBytes, ErrSums)
	}
	var sums []Sum
	rest := string(data)
	for number := 1; rest != ""; number++ {
		line, after, ended := strings.Cut(rest, "\n")
		m := sumLine().FindStringSubmatch(line)
		if m == nil || !ended {
			return nil, fmt.Errorf("line %d: %w", number, ErrSums)
		}
		if n := len(sums); n > 0 && sums[n-1].Path >= m[2] {
			return nil, fmt.Errorf("line %d is out of order: %w", number, ErrSums)
		}
		sums = append(sums, Sum{m[1], m[2]})
		rest = after
	}
	return sums, nil
}
