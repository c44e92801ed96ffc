package redline

import (
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// Version is one version of a document.
type Version struct {
	// Document is as document.Parse gives it; nil stands for a version that does not exist.
	Document *document.Document
	// Images are the SHA-256 of the pictures that it shows, by path in the repository. Without them two pictures
	// with one path count as the same.
	Images map[string]string
}

// read turns a version into blocks. A text that could not be parsed is one block of code with its bytes, so that
// nothing that was signed is left out.
func read(v Version) []block {
	if v.Document == nil {
		return nil
	}
	tree, source := v.Document.Tree()
	if tree == nil {
		return []block{unread(v.Document)}
	}
	r := &reader{source: source, version: v}
	return r.children(tree)
}

// readable says whether the text below the front matter was parsed.
func readable(d *document.Document) bool {
	tree, _ := d.Tree()
	return tree != nil
}

// unread shows the raw bytes; what is not UTF-8 is shown as replacement characters.
func unread(d *document.Document) block {
	b := block{kind: code}
	text := strings.ReplaceAll(strings.ToValidUTF8(string(d.Raw), "\uFFFD"), "\r\n", "\n")
	for line := range strings.Lines(text) {
		b.spans = append(b.spans, span{text: visible(strings.TrimSuffix(line, "\n")), marks: mono})
	}
	b.seal()
	return b
}

// reader reads one syntax tree.
type reader struct {
	source  []byte
	version Version
}

func (r *reader) children(parent ast.Node) []block {
	var blocks []block
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		if b, ok := r.block(n); ok {
			b.seal()
			blocks = append(blocks, b)
		}
	}
	return blocks
}

// block reads one block; ok is false for what a reader never sees.
func (r *reader) block(n ast.Node) (b block, ok bool) {
	switch n := n.(type) {
	case *ast.Heading:
		return block{kind: heading, level: n.Level, spans: r.inline(n)}, true
	case *ast.Paragraph, *ast.TextBlock:
		spans := r.inline(n)
		return block{kind: paragraph, spans: spans}, len(spans) > 0 // one that only held reference definitions is empty
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		return block{kind: code, spans: r.lines(n)}, true
	case *ast.HTMLBlock:
		spans := r.lines(n)
		if n.HasClosure() {
			spans = append(spans, codeLine(n.ClosureLine.Value(r.source)))
		}
		return block{kind: code, spans: spans}, true
	case *ast.List:
		return r.list(n), true
	case *ast.Blockquote:
		return block{kind: quote, blocks: r.children(n)}, true
	case *extast.Table:
		return block{kind: table, grid: r.table(n)}, true
	case *ast.ThematicBreak:
		return block{kind: rule}, true
	case *ast.LinkReferenceDefinition:
		return block{}, false // shown where it is used; HID005 finds those that are not
	default:
		return block{kind: quote, blocks: r.children(n)}, true // unreachable: the parser makes no other block
	}
}

func (r *reader) list(n *ast.List) block {
	b := block{kind: list, ordered: n.IsOrdered(), start: n.Start}
	number := n.Start
	for child := n.FirstChild(); child != nil; child = child.NextSibling() {
		one := block{kind: item, blocks: r.children(child)}
		one.seal() // before its number, which is none of its content
		one.number = number
		number++
		b.blocks = append(b.blocks, one)
	}
	return b
}

// lines are the lines of a block that is shown as it stands.
func (r *reader) lines(n ast.Node) []span {
	var spans []span
	segments := n.Lines()
	for i := range segments.Len() {
		segment := segments.At(i)
		spans = append(spans, codeLine(segment.Value(r.source)))
	}
	return spans
}

func codeLine(line []byte) span {
	return span{text: visible(strings.TrimRight(string(line), "\r\n")), marks: mono}
}

func (r *reader) table(n *extast.Table) *grid {
	g := &grid{}
	for child := n.FirstChild(); child != nil; child = child.NextSibling() {
		switch part := child.(type) {
		case *extast.TableHeader:
			for i, head := range r.cells(part) {
				right := i < len(n.Alignments) && n.Alignments[i] == extast.AlignRight
				g.columns = append(g.columns, column{head: head, right: right, was: i, now: i})
			}
		case *extast.TableRow:
			cells := r.cells(part)
			for len(cells) < len(g.columns) {
				cells = append(cells, nil) // GFM 4.10: missing cells are blank
			}
			at := len(g.rows)
			g.rows = append(g.rows, row{cells: cells[:len(g.columns)], was: at, now: at})
		}
	}
	return g
}

func (r *reader) cells(row ast.Node) [][]span {
	var cells [][]span
	for n := row.FirstChild(); n != nil; n = n.NextSibling() {
		cells = append(cells, r.inline(n))
	}
	return cells
}
