package document

import (
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
)

// maxTableRows is LIM002: beyond it nobody reads a table row by row before signing; the largest real matrix,
// in the Cloud Controls Matrix's terms, has 207.
const maxTableRows = 500

// table reads a table. goldmark drops cells beyond the header and pads missing ones, silently, so rows are
// counted in the source line (TAB003).
func (w *walk) table(n *extast.Table) {
	var t Table
	rows := 0
	room, columns := w.r.room, len(n.Alignments)
	t.Rows = room.rows.take(min(n.ChildCount(), maxTableRows))[:0]
	t.keys = room.words.take(columns)[:0]
	w.spare = room.cells.take(columns * min(n.ChildCount(), maxTableRows+1))[:0]
	for child := n.FirstChild(); child != nil; child = child.NextSibling() {
		switch row := child.(type) {
		case *extast.TableHeader:
			t.Header = w.cells(row)
			t.Line = w.at.line(row.Pos())
			for _, cell := range t.Header {
				t.keys = append(t.keys, HeadingKey(cell.Text))
			}
		case *extast.TableRow:
			rows++
			if rows <= maxTableRows {
				t.Rows = append(t.Rows, w.row(row, t))
			}
		}
	}
	if rows > maxTableRows {
		w.r.addf("LIM002", Span{Line: t.Line}, "split the table by subject",
			"The table has %d rows, more than %d; the rest was not read.", rows, maxTableRows)
	}
	w.doc.Tables = append(w.doc.Tables, t)
	w.fill()
}

func (w *walk) row(n *extast.TableRow, t Table) Row {
	row := Row{Cells: w.cells(n)}
	row.Line = w.at.line(n.Pos())
	line, start := w.lineAt(n.Pos())
	if extra, at := extraCells(line, len(t.Header)); extra > 0 {
		w.r.addf("TAB003", w.at.span(start+at, start+len(line)), `write a pipe inside a cell as "\|", or delete the cell`,
			"The row has %d cells, the header has %d; the last %s not shown to any reader: %s.",
			len(t.Header)+extra, len(t.Header), plural(extra, "one is", "ones are"), Quote(strings.Trim(line[at:], " \t|")))
	}
	return row
}

// cells reads the cells of a row; all cells of a table lie in one piece of memory.
func (w *walk) cells(row ast.Node) []Cell {
	begin := len(w.spare)
	line, column := w.at.span(row.Pos(), row.Pos()).Line, 1
	at := w.at.starts[line-w.at.first] // up to where columns are counted
	for n := row.FirstChild(); n != nil; n = n.NextSibling() {
		cell := Cell{Span: Span{Line: line}}
		if lines := n.Lines(); lines != nil && lines.Len() > 0 {
			segment := lines.At(0)
			cell.Source = w.text[segment.Start:segment.Stop]
			cell.Column = column + utf8.RuneCountInString(w.text[at:segment.Start])
			column, at = cell.Column+utf8.RuneCountInString(cell.Source), segment.Stop
			cell.EndColumn = column
			cell.Text = w.inlineText(n)
			w.inlines(n)
		}
		w.spare = append(w.spare, cell)
	}
	return w.spare[begin:len(w.spare):len(w.spare)]
}

// lineAt returns the trimmed line that begins at offset, and where the trimmed text begins.
func (w *walk) lineAt(offset int) (string, int) {
	line, _, _ := strings.Cut(w.text[offset:], "\n")
	trimmed := strings.TrimLeft(line, " \t")
	return strings.TrimRight(trimmed, " \t"), offset + len(line) - len(trimmed)
}

// extraCells counts the cells of a row, split as goldmark splits it, beyond the header's, and says at which
// byte of the line the first of them begins.
func extraCells(line string, columns int) (extra, at int) {
	pos, limit := 0, len(line)
	if limit > 0 && line[0] == '|' {
		pos = 1
	}
	if limit > 0 && line[limit-1] == '|' {
		limit--
	}
	for count := 0; pos < limit; count++ {
		if count == columns {
			at = pos
		}
		if count >= columns {
			extra++
		}
		for pos < limit && (line[pos] != '|' || line[pos-1] == '\\') {
			pos++
		}
		pos++
	}
	return extra, at
}

// isDelimiterRow reports the line under a table's header.
func isDelimiterRow(line []byte) bool {
	dashes, pipes := 0, 0
	for _, c := range line {
		switch c {
		case '-':
			dashes++
		case '|':
			pipes++
		case ':', ' ', '\t', '\n':
		default:
			return false
		}
	}
	return dashes > 2 && pipes > 0
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
