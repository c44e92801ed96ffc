package document

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// oddRune is a character that a reader does not see as what it is, and how many of its kind follow each other.
type oddRune struct {
	r      rune
	offset int
	count  int
}

// kind tells bidirectional, control and invisible characters apart.
func (o oddRune) kind() int {
	switch {
	case isBidi(o.r):
		return 0
	case isControl(o.r) || o.r == '\r':
		return 1
	default:
		return 2
	}
}

// oddRunes returns the control, bidirectional and hidden characters of s, at most maxPerRule times five runs
// of them. Text of plain ASCII costs one pass.
func oddRunes(s string) []oddRune {
	var hits []oddRune
	before, end := rune(0), -1 // end is where the last hit ended
	for i := 0; i < len(s); {
		if c := s[i]; c >= 0x20 && c < 0x7f || c == '\n' || c == '\t' {
			before = rune(c)
			i++
			continue
		}
		c, size := utf8.DecodeRuneInString(s[i:])
		if isControl(c) || c == '\r' || isBidi(c) || isInvisible(c) && hiddenAt(s, i, before) {
			if hits = appendOdd(hits, oddRune{c, i, 1}, end == i); len(hits) == 5*maxPerRule {
				return hits
			}
			end = i + size
		}
		before = c
		i += size
	}
	return hits
}

// appendOdd adds a hit, or counts it to the one that it follows without a gap.
func appendOdd(hits []oddRune, hit oddRune, follows bool) []oddRune {
	if last := len(hits) - 1; follows && hits[last].kind() == hit.kind() {
		hits[last].count++
		return hits
	}
	return append(hits, hit)
}

func hiddenAt(s string, i int, before rune) bool {
	c, size := utf8.DecodeRuneInString(s[i:])
	after, _ := utf8.DecodeRuneInString(s[i+size:])
	return isHidden(before, c, after)
}

// checkCharacters finds what is written into the source; conflict markers too. Where a hidden character
// stands decides whether it blocks, so those wait for the text to be read (placeOddRunes).
func (r *reader) checkCharacters() {
	r.hits = oddRunes(r.source)
	for _, at := range conflictMarkers(r.source) {
		line := 1 + strings.Count(r.source[:at], "\n")
		text := r.doc.Line(line)
		r.conflicted = true
		r.addf("STR005", Span{Line: line, Column: 1, EndColumn: 8}, "decide which of the two texts holds, delete the other and the three markers",
			"A merge left its conflict marker %s.", Quote(text))
	}
}

// placeOddRunes reports the odd characters of the source, hidden ones as blocking where a rule reads words:
// in front matter, headings and tables.
func (r *reader) placeOddRunes() {
	if len(r.hits) == 0 {
		return
	}
	strict := r.strictLines()
	line, start, offset := 1, 0, 0
	for _, hit := range r.hits {
		for i := strings.IndexByte(r.source[offset:hit.offset], '\n'); i >= 0; i = strings.IndexByte(r.source[offset:hit.offset], '\n') {
			offset += i + 1
			start = offset
			line++
		}
		column := utf8.RuneCountInString(r.source[start:hit.offset]) + 1
		if line == 1 && strings.HasPrefix(string(r.doc.Raw[:min(3, len(r.doc.Raw))]), byteOrderMark) {
			column++
		}
		r.odd(hit, Span{Line: line, Column: column, EndColumn: column + hit.count}, hit.offset < r.body || strict[line], "")
	}
}

// strictLines returns the lines of headings and tables.
func (r *reader) strictLines() map[int]bool {
	strict := map[int]bool{}
	for _, s := range r.doc.Sections {
		strict[s.Span.Line] = true
	}
	for _, t := range r.doc.Tables {
		strict[t.Line] = true
		for _, row := range t.Rows {
			strict[row.Line] = true
		}
	}
	return strict
}

// odd reports one run of odd characters; strict says that it stands where words decide.
func (r *reader) odd(hit oddRune, at Span, strict bool, how string) {
	name := fmt.Sprintf("U+%04X", hit.r)
	if hit.count > 1 {
		name += fmt.Sprintf(" (and %d more behind it)", hit.count-1)
	}
	switch {
	case hit.kind() == 0:
		r.add("ENC003", at, "The bidirectional control "+name+" makes text read in another order than it is stored."+how, "delete the character")
	case hit.kind() == 1:
		r.add("ENC002", at, "The control character "+name+" has no place in a text."+how, "delete the character")
	case strict:
		r.add("ENC004", at, "The invisible character "+name+" makes a word look like another one here."+how, "delete the character, or type the word again")
	default:
		r.add("ENC005", at, "The invisible character "+name+" cannot be seen by who signs this."+how, "delete the character")
	}
}

// conflictMarkers returns the offsets of the lines that Git writes before a conflict's first side, or, where
// somebody has deleted those, of the lines after them. A line of equals signs may underline a heading and
// does not count.
func conflictMarkers(s string) []int {
	var offsets []int
	for _, marker := range []string{"<<<<<<<", "|||||||", ">>>>>>>"} {
		if len(offsets) > 0 {
			return offsets
		}
		for from := 0; ; {
			i := strings.Index(s[from:], marker)
			if i < 0 {
				break
			}
			at := from + i
			from = at + len(marker)
			begins := at == 0 || s[at-1] == '\n'
			ends := from == len(s) || s[from] == ' ' || s[from] == '\n'
			if begins && ends && len(offsets) < maxPerRule {
				offsets = append(offsets, at)
			}
		}
	}
	return offsets
}

func conflictMarker(s string) int {
	if offsets := conflictMarkers(s); len(offsets) > 0 {
		return offsets[0]
	}
	return -1
}
