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
}

func newLineIndex(text string, first int) lineIndex {
	starts := make([]int, 1, strings.Count(text, "\n")+1)
	for at := 0; ; {
		i := strings.IndexByte(text[at:], '\n')
		if i < 0 {
			return lineIndex{text: text, first: first, starts: starts}
		}
		at += i + 1
		starts = append(starts, at)
	}
}

// line returns the number of the line that holds offset.
func (x lineIndex) line(offset int) int { return x.first + x.row(offset) }

func (x lineIndex) row(offset int) int {
	row, found := slices.BinarySearch(x.starts, offset)
	if !found {
		row--
	}
	return row
}

// span returns the place of the bytes from start to stop, cut at the end of its first line.
func (x lineIndex) span(start, stop int) Span {
	start = min(max(start, 0), len(x.text))
	row := x.row(start)
	marked := x.text[start:min(max(start, stop), len(x.text))]
	if i := strings.IndexByte(marked, '\n'); i >= 0 {
		marked = marked[:i]
	}
	column := utf8.RuneCountInString(x.text[x.starts[row]:start]) + 1
	return Span{Line: x.first + row, Column: column, EndColumn: column + utf8.RuneCountInString(marked)}
}
