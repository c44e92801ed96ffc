package document

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// lineIndex turns byte offsets of a text into lines and columns.
type lineIndex struct {
	text   string
	first  int   // number of the text's first line
	starts []int // offsets at which lines begin

	// Where columns were last counted to. A walk goes forward, so that even a line of a million bytes with a
	// hundred thousand links is counted once and not once for each of them.
	row, offset, column int
}

// newLineIndex finds the lines of a text, into memory that may be nil.
func newLineIndex(text string, first int, memory []int) *lineIndex {
	if lines := strings.Count(text, "\n") + 1; cap(memory) < lines {
		memory = make([]int, 0, lines)
	}
	starts := append(memory, 0)
	for at := 0; ; {
		i := strings.IndexByte(text[at:], '\n')
		if i < 0 {
			return &lineIndex{text: text, first: first, starts: starts, column: 1}
		}
		at += i + 1
		starts = append(starts, at)
	}
}

// line returns the number of the line that holds offset.
func (x *lineIndex) line(offset int) int { return x.first + x.find(offset) }

// find returns the index in starts of the line that holds offset.
func (x *lineIndex) find(offset int) int {
	row, found := slices.BinarySearch(x.starts, offset)
	if !found {
		row--
	}
	return row
}

// span returns the place of the bytes from start to stop, cut at the end of its first line.
func (x *lineIndex) span(start, stop int) Span {
	start = min(max(start, 0), len(x.text))
	if row := x.find(start); row != x.row || start < x.offset {
		x.row, x.offset, x.column = row, x.starts[row], 1
	}
	x.column += utf8.RuneCountInString(x.text[x.offset:start])
	x.offset = start
	marked := x.text[start:min(max(start, stop), len(x.text))]
	if i := strings.IndexByte(marked, '\n'); i >= 0 {
		marked = marked[:i]
	}
	return Span{Line: x.first + x.row, Column: x.column, EndColumn: x.column + utf8.RuneCountInString(marked)}
}
