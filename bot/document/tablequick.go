package document

import (
	"bytes"
	"slices"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// Half of what Markdown costs here is tables: goldmark makes three objects in memory for each cell and reads its text
// letter by letter for marks that it nearly never holds. quickTables makes the same nodes, those of one kind in one
// piece of memory, and leaves only cells that hold a mark to goldmark. Whatever is not obviously a table that begins
// with its paragraph, without a backslash in it, is left to goldmark as a whole; a fuzz test holds that the two agree.
type quickTables struct{}

// plainCells are the cells of one table, and which of them hold plain text. They get it when goldmark has read the
// marks of all blocks: a cell without lines costs it nothing.
type plainCells struct {
	cells  []extast.TableCell
	places text.Segments // of all cells, one for each
	plain  []int         // indexes in cells
	room   *room
}

// tableSource is a paragraph that is a table, before it is read.
type tableSource struct {
	source     []byte
	lines      *text.Segments
	alignments []extast.Alignment
}

// Transform turns a paragraph that is a table into one.
func (quickTables) Transform(node *ast.Paragraph, reader text.Reader, pc parser.Context) {
	s := tableSource{source: reader.Source(), lines: node.Lines()}
	if !s.quick() {
		return
	}
	table := extast.NewTable()
	table.Alignments = s.alignments
	table.SetPos(node.Pos())
	r := roomOf(pc)
	r.waiting = append(r.waiting, s.fill(table, r))
	parent := node.Parent()
	parent.InsertAfter(parent, node, table)
	parent.RemoveChild(parent, node)
	s.lines.Clear()
}

// quick reports whether the paragraph is a table of the ordinary form, and reads its second line.
func (s *tableSource) quick() bool {
	if s.lines.Len() < 2 {
		return false
	}
	delimiter := s.lines.At(1)
	if s.alignments = delimiterAlignments(s.source[delimiter.Start:delimiter.Stop]); s.alignments == nil {
		return false
	}
	for i := range s.lines.Len() {
		if line := s.lines.At(i); line.Padding != 0 || line.ForceNewline {
			return false // the paragraph stands in a list or quote and is indented with tabs
		}
	}
	if bytes.IndexByte(s.source[s.lines.At(0).Start:s.lines.At(s.lines.Len()-1).Stop], '\\') >= 0 {
		return false // a pipe behind it parts no cells
	}
	columns := 0
	at, limit := s.bounds(s.lines.At(0))
	for ; at < limit; columns++ {
		at = s.cellEnd(at, limit) + 1
	}
	return columns == len(s.alignments)
}

// bounds returns where the text of a row begins and ends without its outer blanks and pipes.
func (s *tableSource) bounds(line text.Segment) (at, limit int) {
	line = line.TrimLeftSpace(s.source)
	line = line.TrimRightSpace(s.source)
	at, limit = line.Start, line.Stop
	if line.IsEmpty() {
		return at, limit
	}
	if s.source[at] == '|' {
		at++
	}
	if s.source[limit-1] == '|' {
		limit--
	}
	return at, limit
}

// cellEnd returns the offset of the pipe behind the cell that begins at an offset, or limit.
func (s *tableSource) cellEnd(at, limit int) int {
	if i := bytes.IndexByte(s.source[at:limit], '|'); i >= 0 {
		return at + i
	}
	return limit
}

// delimiterAlignments reads the line below a table's header; nil if it is none, or one without pipes or with tabs.
func delimiterAlignments(line []byte) []extast.Alignment {
	line = bytes.TrimRight(line, " \n")
	if bytes.HasPrefix(line, []byte("    ")) || bytes.IndexByte(line, '|') < 0 {
		return nil
	}
	line = bytes.TrimPrefix(bytes.TrimLeft(line, " "), []byte{'|'})
	line = bytes.TrimSuffix(line, []byte{'|'})
	alignments := make([]extast.Alignment, 0, bytes.Count(line, []byte{'|'})+1)
	for more := true; more; {
		var cell []byte
		cell, line, more = bytes.Cut(line, []byte{'|'})
		alignment := delimiterAlignment(bytes.Trim(cell, " "))
		if alignment == 0 {
			return nil
		}
		alignments = append(alignments, alignment)
	}
	return alignments
}

// delimiterAlignment reads hyphens with a colon at either end; 0 for anything else.
func delimiterAlignment(cell []byte) extast.Alignment {
	hyphens, left := bytes.CutPrefix(cell, []byte{':'})
	hyphens, right := bytes.CutSuffix(hyphens, []byte{':'})
	switch {
	case len(hyphens) == 0 || len(bytes.Trim(hyphens, "-")) > 0:
		return 0
	case left && right:
		return extast.AlignCenter
	case left:
		return extast.AlignLeft
	case right:
		return extast.AlignRight
	}
	return extast.AlignNone
}

// indent counts the blanks before a row.
func (s *tableSource) indent(line text.Segment) int {
	trimmed := line.TrimLeftSpace(s.source)
	return trimmed.Start - line.Start
}

// fill makes the table's rows and cells.
func (s *tableSource) fill(table *extast.Table, r *room) plainCells {
	columns, rows := len(s.alignments), s.lines.Len()-2
	size := columns * (rows + 1)
	p := plainCells{cells: r.tableCells.take(size), places: r.places.take(size), plain: r.plain.take(size)[:0], room: r}
	header := &extast.TableHeader{}
	s.row(header, 0, &p, 0)
	table.AppendChild(table, header)
	nodes := r.tableRows.take(rows)
	for i := range nodes {
		nodes[i].Alignments = s.alignments
		s.row(&nodes[i], i+2, &p, columns*(i+1))
		table.AppendChild(table, &nodes[i])
	}
	return p
}

// row makes the cells of one line, from index first of p on.
func (s *tableSource) row(row ast.Node, line int, p *plainCells, first int) {
	segment := s.lines.At(line)
	row.SetPos(segment.Start)
	indent := s.indent(segment)
	at, limit := s.bounds(segment)
	for i := first; i < first+len(s.alignments); i++ {
		cell := &p.cells[i]
		cell.Alignment = extast.AlignNone
		if at < limit {
			cell.Alignment = s.alignments[i-first]
			cell.SetPos(at - indent) // as goldmark counts
			stop := s.cellEnd(at, limit)
			s.cell(p, i, text.NewSegment(at, stop))
			at = stop + 1
		}
		row.AppendChild(row, cell)
	}
}

// cell gives cell i of p the place of its text.
func (s *tableSource) cell(p *plainCells, i int, place text.Segment) {
	place = place.TrimLeftSpace(s.source)
	place = place.TrimRightSpace(s.source)
	p.places.Set(i, place)
	if place.IsEmpty() || slices.ContainsFunc(s.source[place.Start:place.Stop], isInlineMark) {
		p.cells[i].SetLines(p.lines(i))
		return
	}
	p.plain = append(p.plain, i)
}

// lines are the lines of cell i, which are one.
func (p *plainCells) lines(i int) *text.Segments {
	lines := p.places
	lines.SetSliced(i, i+1)
	return &lines
}

// write gives the plain cells their text.
func (p *plainCells) write() {
	texts := p.room.texts.take(len(p.plain))
	for n, i := range p.plain {
		cell := &p.cells[i]
		cell.SetLines(p.lines(i))
		texts[n].Segment = p.places.At(i)
		cell.AppendChild(cell, &texts[n])
	}
}
