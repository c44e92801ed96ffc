package document

import (
	"slices"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// Document is one Markdown file of the governed repository, read once. What could not be read is absent,
// and Findings says why; every method works on any document.
type Document struct {
	// Path is the file's path from the repository's root.
	Path string
	// Raw are the file's bytes as they were given, the bytes that people sign. Nobody may change them.
	Raw []byte
	// Front are the front matter's fields in order; none if it is absent or unreadable.
	Front []Field
	// Readable says that the front matter was read: an absent field is absent then, not unknown.
	Readable bool
	// Whole says that the text below the front matter was read, and that it is one text: no conflict marker
	// stands in it.
	Whole bool

	// The fields that every type of document has, and two that most have; "" or no date where the front
	// matter has none or something else. Version is as written: [ParseVersion] compares.
	Type, ID, Title, Version, Status, Classification, Owner string
	Effective, LastReview, NextReview                       Date
	Signatories                                             []string
	Change, ChangeSummary                                   string
	ServiceID, Criticality                                  string

	// Sections are the headings of the document's outermost level of nesting, in order.
	Sections []Section
	// Tables are all tables in order, wherever they stand.
	Tables []Table
	// Prose are the paragraphs and list items outside tables and code, in order.
	Prose []Prose
	// Links are the links and images in order.
	Links []Link
	// Findings are what reading found; ENC, LIM, FM001 to FM003, STR005, TAB003, HID001 to HID003, HID005.
	Findings []Finding

	kept   []keptField // of a slim document, instead of Front
	text   string      // the whole text as it was read: without byte order mark, with LF line ends
	tree   ast.Node
	source []byte // what tree's segments point into
}

// Status words that rules ask for.
const (
	Draft    = "draft"
	Approved = "approved"
	Retired  = "retired"
)

// Section is a heading and what stands below it, up to the next heading of the same or a higher level.
type Section struct {
	// Title is the heading's text after inline rendering.
	Title string
	// Level is 1 to 6.
	Level int
	// Span is where the heading's text stands.
	Span Span
	// Tables and Prose are those below the heading, also under its subheadings.
	Tables []Table
	Prose  []Prose
	// CodeTable is the line of a code block in the section that seems to hold a table; 0 if none does.
	CodeTable int
	// Empty says that nothing stands below the heading that a reader could read.
	Empty bool

	key string // Title under the reading rules of headings
}

// Table is a GFM table.
type Table struct {
	// Line is the line of the header row.
	Line   int
	Header []Cell
	Rows   []Row

	keys []string // the header's texts under the reading rules of headings
}

// Row is a row of a table below its header. It has as many cells as the header; where the source has
// fewer, the last are blank (GFM 4.10).
type Row struct {
	Line  int
	Cells []Cell
}

// Cell is a table cell.
type Cell struct {
	// Text is the cell's text after inline rendering, trimmed: emphasis, code marks and <br> are gone,
	// entities and escapes resolved. Struck text keeps its "~~", so that it equals no word.
	Text string
	// Source is the text between the pipes, trimmed.
	Source string
	Span
}

// Prose is the text of a paragraph or list item.
type Prose struct {
	// Line is where it begins.
	Line int

	start, stop int // offsets in the body
	node        ast.Node
	doc         *Document
}

// Link is a link or image, with its destination after escapes and entities are resolved.
type Link struct {
	Destination string
	Image       bool
	Span        Span
}

// Key returns the heading under the reading rules of headings ([HeadingKey]).
func (s Section) Key() string { return s.key }

// Digest returns the SHA-256 of the document's bytes in hex, as sha256sum shows it.
func (d *Document) Digest() string { return Digest(d.Raw) }

// Approved reports whether the document counts in rules across documents.
func (d *Document) Approved() bool { return d.Readable && d.Status == Approved }

// Tree returns the parsed Markdown below the front matter and the source that its segments point into.
// Both are shared: nobody may change them. The tree is nil if the text was not read, or after [Document.Slim].
func (d *Document) Tree() (ast.Node, []byte) { return d.tree, d.source }

// Line returns the raw text of a line, counted from 1, without its line end; "" if there is none.
func (d *Document) Line(n int) string {
	if n < 1 {
		return ""
	}
	rest := d.text
	for ; n > 1; n-- {
		var more bool
		if _, rest, more = strings.Cut(rest, "\n"); !more {
			return ""
		}
	}
	line, _, _ := strings.Cut(rest, "\n")
	return line
}

// Section returns the first section of level 2 with that heading, under the reading rules of headings
// ([HeadingKey]), and whether there is one.
func (d *Document) Section(heading string) (Section, bool) {
	key := HeadingKey(heading)
	for _, s := range d.Sections {
		if s.Level == 2 && s.key == key {
			return s, true
		}
	}
	return Section{}, false
}

// Table returns the first table of the section with that heading, and whether there is one.
func (d *Document) Table(heading string) (Table, bool) {
	s, ok := d.Section(heading)
	if !ok || len(s.Tables) == 0 {
		return Table{}, false
	}
	return s.Tables[0], true
}

// Column returns the index of the first column with that name under the reading rules of headings; -1 if
// the table has none.
func (t Table) Column(name string) int { return t.ColumnAfter(name, -1) }

// ColumnAfter is [Table.Column] for the columns behind the one with index i.
func (t Table) ColumnAfter(name string, i int) int {
	next := slices.Index(t.keys[i+1:], HeadingKey(name))
	if next < 0 {
		return -1
	}
	return i + 1 + next
}

// Cell returns the row's cell in column i; a blank cell at the row's line if there is no such column.
func (r Row) Cell(i int) Cell {
	if i < 0 || i >= len(r.Cells) {
		return Cell{Span: Span{Line: r.Line}}
	}
	return r.Cells[i]
}

// Images returns the repository paths of the images that the document shows from the repository, in link
// order, each once. Whether they exist is judged by [Set].
func (d *Document) Images() []string {
	var images []string
	for _, link := range d.Links {
		if p, ok := d.Resolve(link.Destination); link.Image && ok {
			images = appendNew(images, p)
		}
	}
	return images
}
