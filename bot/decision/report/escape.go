package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// md is Markdown that GitHub shows as it is meant: made by [text] and [code] from values that come from
// outside, or written here. The views that templates are filled from hold no plain string.
type md string

// Lengths at which a single value is cut, in code points. A title or name beyond them is not read by
// anybody, and thousands of rows must fit.
const (
	maxNameLength    = 80
	maxTitleLength   = 160
	maxMessageLength = 600
)

// zeroWidth stands between the characters of what GitHub would turn into a mention, a reference or a link.
// It is the only means that works: GitHub looks for them in the finished text, so that neither a backslash
// nor an entity hides them (github/cmark-gfm issue 389), and bots that quote strangers use it.
const zeroWidth = "&#8203;"

// text escapes s, one value from outside, for any place in Markdown: a sentence, a table cell, bold, the
// beginning of a paragraph, list item or quotation. What it holds is shown and nothing of it works: no mention, reference, closing word,
// link, picture, HTML, formula, emoji or markup. White space of any kind becomes one blank; what cannot be
// seen is written out (see [visible]). A value of more than limit code points is cut, with "…".
//
// Characters with a meaning become entities, because those are never structure (CommonMark 6.4), while a
// backslash before "|" is read in two ways. A dollar sign becomes U+FF04: GitHub makes formulas of "$…$" at
// a place where entities have gone.
func text(s string, limit int) md {
	s = visible(clip(s, limit))
	marker := blockMarker(s)
	var b strings.Builder
	for i, r := range s {
		switch e := entity(r); {
		case i == marker:
			fmt.Fprintf(&b, "&#%d;", r)
		case e != "":
			b.WriteString(e)
		default:
			b.WriteRune(r)
		}
		if breaksAfter(s, i, r) {
			b.WriteString(zeroWidth)
		}
	}
	return md(b.String())
}

// blockMarker is where s has the character that would make it a heading, list, rule or table at the beginning
// of a line; -1 if it has none.
func blockMarker(s string) int {
	rest := strings.TrimLeft(s, "0123456789")
	switch digits := len(s) - len(rest); {
	case s == "":
		return -1
	case strings.Contains("#+-=:", s[:1]):
		return 0
	case digits > 0 && (rest == "." || rest == ")" || strings.HasPrefix(rest, ". ") || strings.HasPrefix(rest, ") ")):
		return digits
	}
	return -1
}

// entity is what stands for r; "" for r itself.
func entity(r rune) string {
	switch {
	case r == '$':
		return "＄"
	case r == '&':
		return "&amp;"
	case r == '<':
		return "&lt;"
	case r == '>':
		return "&gt;"
	case strings.ContainsRune("\\`*_~|[]{}^", r):
		return fmt.Sprintf("&#%d;", r)
	}
	return ""
}

// breaksAfter says whether a zero-width space belongs behind r, which stands at s[i].
func breaksAfter(s string, i int, r rune) bool {
	rest := s[i+utf8.RuneLen(r):]
	switch r {
	case '@':
		return true // @person, @org/team, owner/repo@commit, mail addresses
	case '#':
		return startsWithDigit(rest) // #1, owner/repo#1
	case '-':
		return startsWithDigit(rest) && endsWithFold(s[:i], "gh") // GH-1
	case 'w', 'W':
		return strings.HasPrefix(rest, ".") && endsWithFold(s[:i], "ww")
	case ':':
		return strings.HasPrefix(rest, "//") || emojiPattern().MatchString(rest)
	}
	return false
}

// emojiPattern is what follows the first colon of :tada:. Of digits alone there are two; 15:40:11 is none.
var emojiPattern = lazily(`^([A-Za-z0-9_+-]*[A-Za-z_+-][A-Za-z0-9_+-]*|100|1234):`)

func startsWithDigit(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

func endsWithFold(s, end string) bool {
	return len(s) >= len(end) && strings.EqualFold(s[len(s)-len(end):], end)
}

// code shows s, a path or an id, as code. One with a character that code cannot hold everywhere (a backtick,
// a pipe, what cannot be seen) is shown as escaped text instead.
func code(s string) md {
	if s == "" {
		return ""
	}
	if len(s) > maxTitleLength || strings.TrimSpace(s) != s || strings.ContainsAny(s, "`|\\") || visible(s) != s {
		return text(s, maxTitleLength)
	}
	return md("`" + s + "`")
}

// plain makes s fit for titles, which GitHub shows without most of its Markdown: one line, everything to be
// seen, no mention, no code.
func plain(s string, limit int) string {
	return strings.NewReplacer("@", "(at)", "`", "'").Replace(visible(clip(s, limit)))
}

// clip cuts s to limit code points, the last of them "…" if any was cut.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	n := 0
	for i := range s {
		if n == limit-1 && utf8.RuneCountInString(s[i:]) > 1 {
			return s[:i] + "…"
		}
		n++
	}
	return s
}

// maxMarks is how many combining marks stand on one letter in any living language, generously.
const maxMarks = 4

// visible makes s one line in which everything can be seen: white space of any kind becomes single blanks,
// none at the ends; controls, bidirectional and other invisible characters, unassigned and private ones
// become \u202e, bytes that are no UTF-8 \xff; combining marks beyond the fourth on one letter too.
func visible(s string) string {
	if !strings.ContainsFunc(s, unusual) && !strings.Contains(s, "  ") && strings.TrimSpace(s) == s {
		return s
	}
	var b strings.Builder
	marks, blank := 0, false
	for i, r := range s {
		if unicode.IsSpace(r) {
			blank, marks = true, 0
			continue
		}
		if blank && b.Len() > 0 {
			b.WriteByte(' ')
		}
		blank = false
		marks = countMarks(marks, r)
		b.WriteString(seen(s[i:], r, marks))
	}
	return b.String()
}

// unusual is all but printable ASCII: what has to be looked at.
func unusual(r rune) bool { return r < ' ' || r > '~' }

func countMarks(marks int, r rune) int {
	if unicode.Is(unicode.M, r) {
		return marks + 1
	}
	return 0
}

// seen is r, the first character of rest, or how it is written out.
func seen(rest string, r rune, marks int) string {
	if r == utf8.RuneError && !strings.HasPrefix(rest, string(utf8.RuneError)) {
		return fmt.Sprintf(`\x%02x`, rest[0])
	}
	if marks <= maxMarks && !hidden(r) {
		return string(r)
	}
	if r > 0xffff {
		return fmt.Sprintf(`\U%08x`, r)
	}
	return fmt.Sprintf(`\u%04x`, r)
}

// hidden reports what most programs show as nothing, or not at its place.
func hidden(r rune) bool {
	return !unicode.IsGraphic(r) || r == 0x2800 || // blank Braille is a symbol to Unicode
		unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}
