package redline

import (
	"fmt"
	"strings"
)

// op says what happened to a part of the text.
type op int8

const (
	same op = iota
	changed
	inserted
	deleted
)

// kind is what a block is.
type kind int8

const (
	heading kind = iota
	paragraph
	code
	list
	item
	quote
	table
	rule
)

// block is one block of a text as a reader sees it.
type block struct {
	kind    kind
	op      op
	level   int  // of a heading
	ordered bool // a list with numbers, which begin at start
	start   int
	number  int    // of an item in an ordered list
	spans   []span // of a heading, a paragraph; lines of code
	blocks  []block
	grid    *grid
	key     string // equal for blocks that look the same
	anchor  string // id of a heading
}

// mark says how a span is set.
type mark uint8

const (
	strong mark = 1 << iota
	emphasis
	mono
	struck
	picture // text is its alternative text, source where it lies
	newline // a line break
	address // where a link would lead, in words; only while printing
)

// span is a piece of text in one look.
type span struct {
	text   string
	marks  mark
	link   string // destination; "" for none
	source string // destination of a picture
	bytes  string // digest of a picture, where it is known
	op     op
}

// look is everything about a span but its text and what happened to it.
func (s span) look() span {
	return span{marks: s.marks, link: s.link, source: s.source, bytes: s.bytes}
}

// grid is a table. Cells stand in the order of columns.
type grid struct {
	columns []column
	rows    []row
}

// column is a column of a table; was and now are its places in the two versions, from 0, -1 where it is absent.
type column struct {
	head     []span
	right    bool // set flush right
	op       op
	was, now int
	moved    bool
}

// row is a row of a table, with places like those of a column.
type row struct {
	cells    [][]span
	op       op
	was, now int
	moved    bool
}

// plain is the text of spans without its look, in one line.
func plain(spans []span) string {
	var b strings.Builder
	for _, s := range spans {
		if s.marks&newline != 0 {
			b.WriteByte(' ')
		}
		b.WriteString(s.text)
	}
	return strings.TrimSpace(b.String())
}

// seal fills in the keys of a block, its blocks first.
func (b *block) seal() {
	var k strings.Builder
	fmt.Fprintf(&k, "%d,%d,%t,%d(", b.kind, b.level, b.ordered, b.start)
	writeKey(&k, b.spans)
	for _, inner := range b.blocks {
		k.WriteString(inner.key)
	}
	if b.grid != nil {
		for _, c := range b.grid.columns {
			fmt.Fprintf(&k, "%t", c.right)
			writeKey(&k, c.head)
		}
		for _, r := range b.grid.rows {
			k.WriteString(rowKey(r))
		}
	}
	k.WriteByte(')')
	b.key = k.String()
}

func rowKey(r row) string {
	var k strings.Builder
	for _, cell := range r.cells {
		writeKey(&k, cell)
	}
	return k.String()
}

// writeKey writes spans so that two of them look the same only if they are: the lengths keep texts apart.
func writeKey(k *strings.Builder, spans []span) {
	fmt.Fprintf(k, "[%d:", len(spans))
	for _, s := range spans {
		fmt.Fprintf(k, "%d,%d,%d,%d,%d:%s%s%s%s", s.marks, len(s.text), len(s.link), len(s.source), len(s.bytes), s.text, s.link, s.source, s.bytes)
	}
	k.WriteByte(']')
}
