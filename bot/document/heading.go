package document

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// HeadingKey returns what headings and column names are compared by: Unicode form NFKC, without case,
// leading numbers ("1.", "2.3", "4)"), closing number signs and doubled blanks (domain-a523.md 3.3).
func HeadingKey(heading string) string {
	if isKey(heading) {
		return heading
	}
	if isWords(heading) {
		return strings.ToLower(heading)
	}
	s := strings.Join(strings.Fields(norm.NFKC.String(heading)), " ") // NFKC of ASCII costs next to nothing
	s = strings.TrimRight(strings.TrimRight(s, "#"), " ")
	s = strings.Map(unicode.ToLower, dropNumber(s))
	return s
}

// isWords reports a heading that only needs lower case: ASCII words with single blanks, as nearly all are.
func isWords(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		if (c < 'a' || c > 'z') && (s[i] != ' ' || i == 0 || i == len(s)-1 || s[i-1] == ' ') {
			return false
		}
	}
	return true
}

// isKey reports whether a heading is its own key: lower-case ASCII words with single blanks.
func isKey(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c != ' ' || i == 0 || i == len(s)-1 || s[i-1] == ' ') {
			return false
		}
	}
	return true
}

// dropNumber drops a leading "3", "3.", "3.1", "3)" or "§ 3." with the blank behind it, if text follows.
func dropNumber(s string) string {
	rest := strings.TrimLeft(strings.TrimPrefix(s, "§"), " ")
	end := 0
	for end < len(rest) {
		c, size := utf8.DecodeRuneInString(rest[end:])
		if !unicode.IsDigit(c) && c != '.' && c != ')' {
			break
		}
		end += size
	}
	after := strings.TrimLeft(rest[end:], " ")
	if end == 0 || after == "" || !unicode.IsDigit([]rune(rest)[0]) || len(after) == len(rest[end:]) {
		return s
	}
	return after
}
