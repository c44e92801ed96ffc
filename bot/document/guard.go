package document

import (
	"strings"
)

// What the Markdown parser is asked to read is bounded before it is asked. goldmark is quadratic in the
// marks of one block and allocates a node for each cell that GFM pads: measured with v1.8.7, 60 KB of table
// made 200 million nodes in two minutes, 512 KB of "[a](" took 78 seconds. All bounds are far above what a
// readable document holds, and what passes takes under a second.
const (
	// maxCells bounds columns times lines of one table; LIM002's 500 rows of 20 columns are 10,000.
	maxCells = 100_000
	// maxNesting bounds the quotes and lists that one line opens.
	maxNesting = 32
	// maxTangle bounds the sum, over all blocks, of the square of each block's marks; a table of 500 rows
	// with 12 marks in each has 36 million.
	maxTangle = 400_000_000
	// tameMarks is a number of marks in a whole document that can break none of these bounds.
	tameMarks = 1_000
)

// tangle is what stops a text from being parsed: where, and what.
type tangle struct {
	line int
	what string
}

// findTangle looks for the first place of a text that would take too long to parse; ok is false if there is
// none. Lines count from 1.
func findTangle(body string) (tangle, bool) {
	if isTame(body) {
		return tangle{}, false
	}
	var block blockMarks
	total, escapes, line := 0, 0, 0
	for rest := body; rest != ""; {
		var text string
		text, rest, _ = strings.Cut(rest, "\n")
		line++
		if nesting(text) > maxNesting {
			return tangle{line, "opens more quotes and lists inside each other than anybody could read"}, true
		}
		escapes += strings.Count(text, `\|`)
		if strings.TrimSpace(text) == "" {
			total += block.marks * block.marks
			block = blockMarks{}
			continue
		}
		block.add(text)
		if block.columns*block.lines > maxCells {
			return tangle{line, "belongs to a table of more cells than anybody could read"}, true
		}
		if total+block.marks*block.marks+escapes*escapes > maxTangle {
			return tangle{line, "belongs to a text with more brackets, stars and backticks than anybody could read"}, true
		}
	}
	return tangle{}, false
}

// isTame is the quick answer for nearly every document.
func isTame(body string) bool {
	marks := 0
	for _, mark := range []string{"[", "*", "_", "~", "`", "|", ">", "- ", "+ ", ". ", ") "} {
		marks += strings.Count(body, mark)
	}
	return marks <= tameMarks && strings.Count(body, ">") <= maxNesting
}

// blockMarks counts one run of lines without a blank one between them.
type blockMarks struct {
	marks   int
	columns int // widest line of pipes so far
	lines   int // lines since the first of them
}

func (b *blockMarks) add(text string) {
	for i := range len(text) {
		switch text[i] {
		case '[', '*', '_', '~', '`':
			b.marks++
		}
	}
	if pipes := strings.Count(text, "|"); pipes > 0 || b.columns > 0 {
		b.columns = max(b.columns, pipes+1)
		b.lines++
	}
}

// nesting counts the containers that a line opens: quotes, bullets and numbers before its text. A line of
// nothing but hyphens, stars or underscores is a rule and opens none.
func nesting(text string) int {
	if strings.Trim(text, "- \t") == "" || strings.Trim(text, "* \t") == "" {
		return 0
	}
	depth := 0
	for i := 0; i < len(text); i++ {
		blankNext := i+1 == len(text) || text[i+1] == ' ' || text[i+1] == '\t'
		switch c := text[i]; {
		case c == ' ' || c == '\t' || (c >= '0' && c <= '9'):
		case c == '>', blankNext && strings.IndexByte("-+*.)", c) >= 0:
			depth++
		default:
			return depth
		}
	}
	return depth
}
