package document

import (
	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// room is memory in which documents are read one after the other: each begins where the one before it began. Memory
// that is touched for the first time costs more than all that a check does with it: a tenth of the time of ten
// thousand documents went into it. A document with a room of its own is read into memory of just the size it needs.
type room struct {
	tableCells slab[extast.TableCell]
	tableRows  slab[extast.TableRow]
	texts      slab[ast.Text]
	places     placeSlab
	plain      slab[int]
	waiting    []plainCells     // of the document that is being parsed
	aside      []plainParagraph // likewise

	cells  slab[Cell]
	rows   slab[Row]
	words  slab[string]
	fields slab[Field]

	sections []Section
	marks    []sectionMarks
	tables   []Table
	prose    []Prose
	starts   []int
}

// roomKey is where a parser's context holds the room, *room.
var roomKey = parser.NewContextKey()

// roomOf returns the room of a parser's context, which gets one if it has none.
func roomOf(pc parser.Context) *room {
	r, ok := pc.Get(roomKey).(*room)
	if !ok {
		r = &room{}
		pc.Set(roomKey, r)
	}
	return r
}

// context returns a parser's context that holds the room.
func (r *room) context() parser.Context {
	pc := parser.NewContext()
	pc.Set(roomKey, r)
	return pc
}

// reset lets the next document begin. Nobody may use what lies in the room any more.
func (r *room) reset() {
	r.tableCells.reset()
	r.tableRows.reset()
	r.texts.reset()
	r.places.reset()
	r.plain.reset()
	r.cells.reset()
	r.rows.reset()
	r.words.reset()
	r.fields.reset()
	r.sections, r.marks, r.tables, r.prose = emptied(r.sections), emptied(r.marks), emptied(r.tables), emptied(r.prose)
	r.starts = r.starts[:0]
}

// begin gives a walk the room's lists to append to; headings is how many sections there seem to be.
func (r *room) begin(w *walk, headings int) {
	if cap(r.sections) < headings {
		r.sections, r.marks = make([]Section, 0, headings), make([]sectionMarks, 0, headings)
	}
	w.doc.Sections, w.marks, w.doc.Tables, w.doc.Prose = r.sections, r.marks, r.tables, r.prose
}

// keep takes the lists back, grown.
func (r *room) keep(w *walk) {
	r.sections, r.marks, r.tables, r.prose, r.starts = w.doc.Sections, w.marks, w.doc.Tables, w.doc.Prose, w.at.starts
}

// slab is memory for values of one kind, of which pieces are handed out. An empty one hands out memory of just the
// size that is asked for; what a document asked for in all is kept ready for the next.
type slab[T any] struct {
	memory       []T
	used, wanted int
}

// maxKept is how many values are kept from one document to the next: enough for nearly all, but not the hundred
// thousand cells of a hostile one.
const maxKept = 8192

// take hands out n zero values, behind which nothing can be appended in place.
func (s *slab[T]) take(n int) []T {
	s.wanted += n
	if s.used+n > len(s.memory) {
		return make([]T, n)
	}
	piece := s.memory[s.used : s.used+n : s.used+n]
	s.used += n
	return piece
}

// reset takes back all pieces.
func (s *slab[T]) reset() {
	clear(s.memory[:s.used])
	if s.wanted > len(s.memory) && s.wanted <= maxKept {
		s.memory = make([]T, s.wanted+s.wanted/2)
	}
	s.used, s.wanted = 0, 0
}

// placeSlab is a slab of places in a text, in the form that goldmark's nodes take.
type placeSlab struct {
	memory       text.Segments
	used, wanted int
}

// take hands out n places, which hold anything.
func (s *placeSlab) take(n int) text.Segments {
	s.wanted += n
	piece, from := s.memory, s.used
	if s.used+n > s.memory.Len() {
		piece, from = text.Segments{}, 0
		piece.AppendAll(make([]text.Segment, n))
	} else {
		s.used += n
	}
	piece.SetSliced(from, from+n)
	return piece
}

// reset takes back all pieces.
func (s *placeSlab) reset() {
	if missing := s.wanted + s.wanted/2 - s.memory.Len(); s.wanted > s.memory.Len() && s.wanted <= maxKept {
		s.memory.AppendAll(make([]text.Segment, missing))
	}
	s.used, s.wanted = 0, 0
}

// emptied returns the list without its values, unless it is so long that its memory is better given back.
func emptied[T any](list []T) []T {
	if cap(list) > maxKept {
		return nil
	}
	clear(list)
	return list[:0]
}
