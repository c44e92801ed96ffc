package document

import (
	"unicode"
	"unicode/utf8"
)

// isControl reports C0 controls but tab, line feed and carriage return, DEL, and the C1 controls.
func isControl(r rune) bool {
	switch r {
	case '\t', '\n', '\r':
		return false
	}
	return r < 0x20 || (r >= 0x7f && r <= 0x9f)
}

// isBidi reports the embeddings, overrides and isolates that make text read in another order than it is
// stored (Unicode UAX #9; CVE-2021-42574).
func isBidi(r rune) bool {
	return (r >= 0x202a && r <= 0x202e) || (r >= 0x2066 && r <= 0x2069)
}

// isInvisible reports characters that most programs show as nothing: zero width, fillers, soft hyphen,
// variation selectors, tags, line and paragraph separators, interlinear marks, blank Braille.
func isInvisible(r rune) bool {
	switch {
	case r < 0xad:
		return false
	case r == 0xad, r == 0x34f, r == 0x61c, r == 0x115f, r == 0x1160, r == 0x17b4, r == 0x17b5,
		r == 0x3164, r == 0xffa0, r == 0xfeff, r == 0x2800:
		return true
	case r >= 0x180b && r <= 0x180f, r >= 0x200b && r <= 0x200f, r == 0x2028, r == 0x2029,
		r >= 0x2060 && r <= 0x2065, r >= 0x206a && r <= 0x206f, r >= 0xfff0 && r <= 0xfffb:
		return true
	}
	return isSelector(r) || (r >= 0xe0000 && r <= 0xe0fff) || (r >= 0x1d173 && r <= 0x1d17a)
}

// isSelector reports variation selectors (UAX #44); after the character that they vary they can be seen.
func isSelector(r rune) bool {
	return (r >= 0xfe00 && r <= 0xfe0f) || (r >= 0xe0100 && r <= 0xe01ef)
}

// isHidden reports whether r, between before and after, is invisible and changes nothing that one sees:
// a selector after a symbol or a Han character and a joiner between two symbols do draw something else.
func isHidden(before, r, after rune) bool {
	switch {
	case !isInvisible(r):
		return false
	case isSelector(r):
		return !drawn(before) && !unicode.Is(unicode.Han, before) && !keycap(before, after)
	case r == '\u200c' || r == '\u200d':
		joined := (drawn(before) || isSelector(before)) && drawn(after)
		return !joined && !(cursive(before) && cursive(after))
	}
	return true
}

// cursive reports letters of scripts in which a joiner or non-joiner changes the shape that one sees.
func cursive(r rune) bool {
	return unicode.In(r, unicode.Arabic, unicode.Syriac, unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi,
		unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Malayalam, unicode.Sinhala)
}

// drawn reports pictographs, and the modifiers of skin that follow them.
func drawn(r rune) bool {
	return r >= utf8.RuneSelf && (unicode.Is(unicode.So, r) || unicode.Is(unicode.Sk, r) || unicode.Is(unicode.Sm, r) ||
		unicode.Is(unicode.Po, r) || unicode.Is(unicode.Sc, r))
}

// keycap reports the digits that U+FE0F U+20E3 turn into a key.
func keycap(before, after rune) bool {
	return after == 0x20e3 && (before == '#' || before == '*' || (before >= '0' && before <= '9'))
}
