package control

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/width"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// Align returns the edits that put the pipes of tables under each other again, in tables that are written so and in
// which some rows are not any more. A table that was never aligned is left as it is, and so is one in a list or quote.
func Align(d *document.Document) []Edit {
	var edits []Edit
	for _, t := range d.Tables {
		lines := []string{d.Line(t.Line), d.Line(t.Line + 1)}
		for _, row := range t.Rows {
			lines = append(lines, d.Line(row.Line))
		}
		aligned, ok := alignedLines(lines, len(t.Header))
		if !ok {
			continue
		}
		for i, text := range aligned {
			at := t.Line + i
			if i > 1 {
				at = t.Rows[i-2].Line
			}
			if text != lines[i] {
				edits = append(edits, Edit{Line: at, What: fmt.Sprintf("the pipes of the table on line %d under each other", t.Line), column: 1, end: len([]rune(lines[i])) + 1, text: text})
			}
		}
	}
	return edits
}

// alignedLines lays out a table whose header and line of hyphens are aligned, and most of its rows; ok is false if it is
// none, or if nothing is to be done.
func alignedLines(lines []string, columns int) (aligned []string, ok bool) {
	pipes := pipesOf(lines[0])
	if len(pipes) != columns+1 || !slices.Equal(pipes, pipesOf(lines[1])) {
		return nil, false
	}
	straight := 0
	cells := make([][]string, len(lines))
	for i, line := range lines {
		if cells[i] = cellsOf(line); len(cells[i]) != columns {
			return nil, false
		}
		if slices.Equal(pipesOf(line), pipes) {
			straight++
		}
	}
	if straight == len(lines) || 2*straight < len(lines) {
		return nil, false
	}
	return layOut(cells, columns), true
}

func layOut(cells [][]string, columns int) []string {
	widths := make([]int, columns)
	for i, row := range cells {
		for j, cell := range row {
			if i != 1 {
				widths[j] = max(widths[j], displayWidth(cell), 3)
			}
		}
	}
	var lines []string
	for i, row := range cells {
		var b strings.Builder
		b.WriteString("|")
		for j, cell := range row {
			if i == 1 {
				b.WriteString(" " + hyphens(cell, widths[j]) + " |")
			} else {
				b.WriteString(" " + cell + strings.Repeat(" ", widths[j]-displayWidth(cell)) + " |")
			}
		}
		lines = append(lines, b.String())
	}
	return lines
}

// hyphens is a cell of the line under the header, with its colons.
func hyphens(cell string, width int) string {
	left, right := strings.HasPrefix(cell, ":"), strings.HasSuffix(cell, ":")
	text := strings.Repeat("-", width)
	if left {
		text = ":" + text[1:]
	}
	if right {
		text = text[:width-1] + ":"
	}
	return text
}

// pipesOf returns the columns of the terminal at which a line of a table has its pipes; nil if it does not begin and
// end with one.
func pipesOf(line string) []int {
	if !strings.HasPrefix(line, "|") || !strings.HasSuffix(line, "|") {
		return nil
	}
	var at []int
	column := 0
	before := rune(0)
	for _, r := range line {
		if r == '|' && before != '\\' {
			at = append(at, column)
		}
		column += displayWidth(string(r))
		before = r
	}
	return at
}

// cellsOf cuts a line of a table at its pipes.
func cellsOf(line string) []string {
	if len(pipesOf(line)) < 2 {
		return nil
	}
	var cells []string
	start := 1
	for i := 1; i < len(line); i++ {
		if line[i] == '|' && line[i-1] != '\\' {
			cells = append(cells, strings.TrimSpace(line[start:i]))
			start = i + 1
		}
	}
	return cells
}

// displayWidth counts the columns of the terminal that a text takes.
func displayWidth(s string) int {
	n := 0
	for _, r := range s {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}
