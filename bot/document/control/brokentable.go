package control

import (
	"fmt"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// broken is what was meant as a table and is text to every reader, because the line under the header does not have the
// header's columns (GFM 4.10).
type broken struct {
	line            int // of the line under the header; of the header if there is none
	header, columns int
}

// brokenTable looks in a section's text for the beginning of a table.
func brokenTable(s document.Section) (broken, bool) {
	for _, p := range s.Prose {
		lines := strings.Split(p.Source(), "\n")
		for i, line := range lines {
			switch {
			case i > 0 && isDelimiter(line) && columnsOf(lines[i-1]) != columnsOf(line):
				return broken{p.Line + i, columnsOf(lines[i-1]), columnsOf(line)}, true
			case i == 0 && len(lines) > 1 && strings.HasPrefix(line, "|") && strings.HasPrefix(lines[1], "|") && !isDelimiter(lines[1]):
				return broken{p.Line, columnsOf(line), 0}, true
			}
		}
	}
	return broken{}, false
}

func (b broken) what() string {
	if b.columns == 0 {
		return fmt.Sprintf("no line of hyphens stands under the header on line %d", b.line)
	}
	return fmt.Sprintf("the line under its header has %d columns, the header has %d", b.columns, b.header)
}

func (b broken) mend() string {
	return fmt.Sprintf("write %q under the header", b.delimiter())
}

// delimiter is the line that belongs under the header.
func (b broken) delimiter() string { return "|" + strings.Repeat(" --- |", b.header) }

// isDelimiter reports a line of hyphens, colons and pipes.
func isDelimiter(line string) bool {
	return strings.Contains(line, "-") && strings.Contains(line, "|") && strings.Trim(line, "|-: \t") == ""
}

// columnsOf counts the columns of a line of a table.
func columnsOf(line string) int {
	line = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(line), "|"), "|")
	return strings.Count(line, "|") - strings.Count(line, `\|`) + 1
}
