package document

import (
	"bytes"
	"strings"
	"sync"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Parser returns the one Markdown parser of the product: CommonMark with tables and struck text. Whoever
// renders must render what it makes, so that what is checked, signed and shown is the same. It is safe for
// concurrent use.
func Parser() parser.Parser { return sharedParser() }

var sharedParser = sync.OnceValue(func() parser.Parser {
	return goldmark.New(
		goldmark.WithExtensions(extension.Table, extension.Strikethrough),
		goldmark.WithParserOptions(
			parser.WithBlockParsers(util.Prioritized(quickParagraphs{parser.NewParagraphParser()}, 999)), // instead of goldmark's own, at 1000
			parser.WithParagraphTransformers(util.Prioritized(quickTables{}, 150)),                       // before goldmark's own, at 200
			parser.WithASTTransformers(util.Prioritized(quickTexts{}, 0)),
		),
	).Parser()
})

// readBody parses the text below the front matter and walks it once.
func (r *reader) readBody() {
	if r.bodyLost {
		return
	}
	body := r.source[r.body:]
	if t, found := findTangle(body); found {
		r.addf("LIM004", Span{Line: t.line + r.bodyLine - 1}, "write it plainly, or split it over several documents",
			"This line %s; the text was not read.", t.what)
		return
	}
	d := r.doc
	d.source = d.Raw[len(d.Raw)-len(body):] // the parser changes nothing of what it reads
	if r.rewritten {
		d.source = []byte(body)
	}
	d.tree = Parser().Parse(text.NewReader(d.source), parser.WithContext(r.room.context()))
	d.Whole = !r.conflicted
	w := &walk{r: r, doc: d, text: body, at: newLineIndex(body, r.bodyLine, r.room.starts)}
	r.room.begin(w, min(strings.Count(body, "\n#"), usualSections))
	w.blocks(d.tree, true)
	r.room.keep(w)
	w.closeSections()
	w.checkDefinitions()
	w.placeEntities()
}

// usualSections is room for the headings of all but the longest documents; a hostile one gets no more at first.
const usualSections = 20

// walk reads the syntax tree in document order.
type walk struct {
	r           *reader
	doc         *Document
	text        string
	at          *lineIndex
	definitions []*ast.LinkReferenceDefinition
	used        map[string]bool // labels that a link or image refers to
	marks       []sectionMarks
	entities    []entityHit
	spare       []Cell          // room for the cells of the table that is being read
	opened      map[string]bool // elements of raw HTML that were reported
}

// sectionMarks are where a section's tables and prose begin.
type sectionMarks struct{ tables, prose int }

// blocks walks the children of a block; outermost says that they stand in no list or quote.
func (w *walk) blocks(parent ast.Node, outermost bool) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Heading:
			w.heading(n, outermost)
		case *ast.Paragraph, *ast.TextBlock:
			w.paragraph(n)
		case *extast.Table:
			w.table(n)
		case *ast.CodeBlock, *ast.FencedCodeBlock:
			w.code(n)
		case *ast.HTMLBlock:
			w.htmlBlock(n)
		case *ast.LinkReferenceDefinition:
			w.definitions = append(w.definitions, n)
		case *ast.ThematicBreak:
		default:
			w.blocks(n, false)
		}
	}
}

func (w *walk) heading(n *ast.Heading, outermost bool) {
	title := w.inlineText(n)
	w.inlines(n)
	if !outermost {
		w.fill() // a heading in a quote or list structures nothing; it is text to a reader
		return
	}
	span := w.spanOf(n.Lines())
	if span.Line == 0 { // a heading without text has no segment
		span = w.at.span(n.Pos(), n.Pos())
	}
	w.doc.Sections = append(w.doc.Sections, Section{Title: title, Level: n.Level, Span: span, Empty: true, key: HeadingKey(title)})
	w.marks = append(w.marks, sectionMarks{len(w.doc.Tables), len(w.doc.Prose)})
}

func (w *walk) paragraph(n ast.Node) {
	w.inlines(n)
	lines := n.Lines()
	if lines.Len() == 0 {
		return
	}
	start, stop := lines.At(0).Start, lines.At(lines.Len()-1).Stop
	w.doc.Prose = append(w.doc.Prose, Prose{Line: w.at.line(start), start: start, stop: stop, node: n, doc: w.doc})
	if hasWord(n, w.doc.source) {
		w.fill()
	}
}

func (w *walk) code(n ast.Node) {
	lines := n.Lines()
	rows := 0
	for i := range lines.Len() {
		segment := lines.At(i)
		line := segment.Value(w.doc.source)
		if isDelimiterRow(line) {
			rows++
		}
		if len(bytes.TrimSpace(line)) > 0 {
			w.fill()
		}
	}
	if last := len(w.doc.Sections) - 1; rows > 0 && last >= 0 && w.doc.Sections[last].CodeTable == 0 {
		w.doc.Sections[last].CodeTable = w.at.line(lines.At(0).Start)
	}
}

// fill notes that the section in which the walk stands has something to read.
func (w *walk) fill() {
	if last := len(w.doc.Sections) - 1; last >= 0 {
		w.doc.Sections[last].Empty = false
	}
}

// closeSections gives each section what stands under its subheadings too.
func (w *walk) closeSections() {
	sections := w.doc.Sections
	for i := range sections {
		s := &sections[i]
		end := sectionMarks{len(w.doc.Tables), len(w.doc.Prose)}
		for j := i + 1; j < len(sections); j++ {
			if sections[j].Level <= s.Level {
				end = w.marks[j]
				break
			}
			s.Empty = s.Empty && sections[j].Empty
			if s.CodeTable == 0 {
				s.CodeTable = sections[j].CodeTable
			}
		}
		s.Tables = w.doc.Tables[w.marks[i].tables:end.tables]
		s.Prose = w.doc.Prose[w.marks[i].prose:end.prose]
	}
}

// spanOf returns the place of the text of lines; of the first line if there are several.
func (w *walk) spanOf(lines *text.Segments) Span {
	if lines.Len() == 0 {
		return Span{}
	}
	first := lines.At(0)
	return w.at.span(first.Start, first.Stop)
}
