package document

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// quickParagraphs is goldmark's reader of paragraphs, but for those of plain text that stand in no list or quote: their
// lines are put aside, so that goldmark does not read them letter by letter for marks, and [quickTexts] gives them back
// with the text that goldmark would have made of them. The same fuzz test as for tables holds that nobody sees a difference.
type quickParagraphs struct{ parser.BlockParser }

// plainParagraph is a paragraph whose lines were put aside.
type plainParagraph struct {
	node  *ast.Paragraph
	lines text.Segments
}

// Close ends a paragraph.
func (q quickParagraphs) Close(node ast.Node, reader text.Reader, pc parser.Context) {
	q.BlockParser.Close(node, reader, pc)
	paragraph, ok := node.(*ast.Paragraph)
	if !ok || node.Parent() == nil || node.Parent().Kind() != ast.KindDocument {
		return // gone, or a list may turn it into something else
	}
	if next, _ := reader.PeekLine(); isUnderline(next) || !isPlainText(paragraph.Lines(), reader.Source()) {
		return // an underline makes a heading of the lines
	}
	r := roomOf(pc)
	r.aside = append(r.aside, plainParagraph{paragraph, *paragraph.Lines()})
	paragraph.SetLines(&text.Segments{})
}

// isUnderline reports lines that may make a heading of the paragraph before them.
func isUnderline(line []byte) bool {
	line = bytes.TrimLeft(line, " ")
	return len(line) > 0 && (line[0] == '=' || line[0] == '-')
}

// isPlainText reports whether no line holds a mark or a carriage return.
func isPlainText(lines *text.Segments, source []byte) bool {
	for i := range lines.Len() {
		line := lines.At(i)
		if line.IsEmpty() || line.Padding != 0 || line.ForceNewline {
			return false
		}
		for _, c := range source[line.Start:line.Stop] {
			if isInlineMark(c) {
				return false
			}
		}
	}
	return true
}

// isInlineMark reports the characters at which goldmark looks for something else than text.
func isInlineMark(c byte) bool {
	switch c {
	case '!', '*', '<', '[', '\\', ']', '_', '`', '~', '\r':
		return true
	}
	return false
}

// write gives the paragraph its lines back, and each a node of text.
func (p *plainParagraph) write(source []byte, r *room) {
	p.node.SetLines(&p.lines)
	texts := r.texts.take(p.lines.Len())
	for i := range texts {
		line := p.lines.At(i)
		texts[i].Segment = line.TrimRightSpace(source)
		if source[line.Stop-1] == '\n' {
			hard := bytes.HasSuffix(source[line.Start:line.Stop], []byte("  \n"))
			texts[i].SetHardLineBreak(hard)
			texts[i].SetSoftLineBreak(!hard)
		}
		p.node.AppendChild(p.node, &texts[i])
	}
}

// quickTexts ends what quickTables and quickParagraphs began.
type quickTexts struct{}

// Transform gives the plain cells and paragraphs of a document their text.
func (quickTexts) Transform(_ *ast.Document, reader text.Reader, pc parser.Context) {
	r := roomOf(pc)
	for i := range r.waiting {
		r.waiting[i].write()
	}
	for i := range r.aside {
		r.aside[i].write(reader.Source(), r)
	}
	r.waiting, r.aside = emptied(r.waiting), emptied(r.aside)
}
