package control

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// list joins words for a sentence: "a", "a and b", "a, b and c".
func list(words []string, and string) string {
	switch len(words) {
	case 0:
		return "nothing"
	case 1:
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + and + " " + words[len(words)-1]
}

// isBlank reports an empty cell or value: nothing, or only dashes of any length.
func isBlank(s string) bool {
	s = strings.TrimSpace(s)
	switch s {
	case "", "-", "–", "—":
		return true
	}
	return (s[0] == '-' || s[0] >= utf8.RuneSelf) && strings.TrimFunc(s, isDash) == ""
}

func isDash(r rune) bool { return unicode.Is(unicode.Pd, r) || r == '−' || r == ' ' }

// nearest returns the candidate that s was probably meant to be, or "" if none is near.
func nearest(s string, candidates []string) string {
	return closest(s, candidates, 1+len(s)/5)
}

// nearestTitle is nearest for headings and column names, which people word more freely.
func nearestTitle(s string, candidates []string) string {
	return closest(s, candidates, 1+len(s)/3)
}

// closest returns none where two candidates are equally near: that would be a guess.
func closest(s string, candidates []string, limit int) string {
	best, bestDistance, tie := "", limit, false
	for _, candidate := range candidates {
		if strings.EqualFold(candidate, s) {
			return candidate
		}
		switch d := distance(strings.ToLower(s), strings.ToLower(candidate), bestDistance+1); {
		case d > bestDistance:
		case best == "" || d < bestDistance:
			best, bestDistance, tie = candidate, d, false
		default:
			tie = tie || candidate != best
		}
	}
	if tie {
		return ""
	}
	return best
}

// distance counts the letters to insert, delete, change or swap with a neighbour that turn a into b; limit or
// more is not told apart.
func distance(a, b string, limit int) int {
	if len(a) > 100 || len(b) > 100 || abs(len(a)-len(b)) >= limit {
		return limit
	}
	before, row := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		twoBefore := before
		before, row = row, make([]int, len(b)+1)
		row[0] = i + 1
		for j := range len(b) {
			change := before[j]
			if a[i] != b[j] {
				change++
			}
			row[j+1] = min(change, before[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], twoBefore[j-1]+1)
			}
		}
	}
	return row[len(b)]
}

func abs(n int) int { return max(n, -n) }

// oneOf says which words are allowed, and which was probably meant.
func oneOf(value string, allowed []string) string {
	if alike := document.DescribeLookAlike(value); alike != "" {
		return "type the word again with plain letters: " + list(allowed, "or")
	}
	if meant := nearest(value, allowed); meant != "" {
		return fmt.Sprintf("write %s", meant)
	}
	return "write " + list(allowed, "or")
}

// alikeNote adds to a message which letter only looks right.
func alikeNote(value string) string {
	if alike := document.DescribeLookAlike(value); alike != "" {
		return " In it, " + alike + "."
	}
	return ""
}

// article puts "a" or "an" before a noun.
func article(noun string) string {
	if noun != "" && strings.IndexByte("aeio", noun[0]) >= 0 {
		return "an " + noun
	}
	return "a " + noun
}

// exceptionIDs returns the ids of exceptions that a text names, each once.
func exceptionIDs(text string) []string {
	var ids []string
	for _, id := range exceptionPattern.FindAllString(text, -1) {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

var exceptionPattern = regexp.MustCompile(`\bEXC(-[A-Z0-9]+)+\b`)
