package document

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/util"
)

// inlineText returns a block's text as a reader sees it: without marks, with <br> and line ends as blanks,
// trimmed. Struck text keeps its "~~"; an image counts as its alternative text.
func (w *walk) inlineText(n ast.Node) string {
	only, ok := n.FirstChild().(*ast.Text)
	if ok && only.NextSibling() == nil {
		s := w.text[only.Segment.Start:only.Segment.Stop]
		if strings.IndexByte(s, '\\') < 0 && strings.IndexByte(s, '&') < 0 {
			return strings.TrimSpace(s) // the common case shares the document's memory
		}
	}
	return renderInline(n, w.doc.source)
}

// Text returns the prose as a reader sees it, in one line.
func (p Prose) Text() string {
	if p.node == nil {
		return ""
	}
	return renderInline(p.node, p.doc.source)
}

// Source returns the prose as it is written, with its line ends; lines of a quote or list keep their marks.
func (p Prose) Source() string {
	body := p.doc.text[len(p.doc.text)-len(p.doc.source):]
	return body[p.start:p.stop]
}

// Span returns the place of the bytes from start to stop of [Prose.Source].
func (p Prose) Span(start, stop int) Span {
	line := bytes.Count(p.doc.source[p.start:p.start+start], []byte("\n"))
	begin := bytes.LastIndexByte(p.doc.source[:p.start+start], '\n') + 1
	column := utf8.RuneCount(p.doc.source[begin:p.start+start]) + 1
	length := utf8.RuneCount(p.doc.source[p.start+start : p.start+stop])
	return Span{Line: p.Line + line, Column: column, EndColumn: column + length}
}

func renderInline(n ast.Node, source []byte) string {
	var b strings.Builder
	writeInline(&b, n, source)
	return strings.Join(strings.Fields(b.String()), " ")
}

func writeInline(b *strings.Builder, parent ast.Node, source []byte) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			if n.IsRaw() || parent.Kind() == ast.KindCodeSpan {
				b.Write(n.Segment.Value(source))
			} else {
				b.Write(unescape(n.Segment.Value(source)))
			}
			if n.SoftLineBreak() || n.HardLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(n.Value)
		case *ast.RawHTML:
			b.WriteByte(' ')
		case *ast.AutoLink:
			b.Write(n.Label(source))
		case *extast.Strikethrough:
			b.WriteString("~~")
			writeInline(b, n, source)
			b.WriteString("~~")
		default:
			writeInline(b, n, source)
		}
	}
}

// unescape resolves backslash escapes and entities, as a renderer does.
func unescape(s []byte) []byte {
	if bytes.IndexByte(s, '\\') >= 0 {
		s = util.UnescapePunctuations(s)
	}
	if bytes.IndexByte(s, '&') >= 0 {
		s = util.ResolveEntityNames(util.ResolveNumericReferences(s))
	}
	return s
}

// hasWord reports whether a block shows at least one letter, digit, symbol or image.
func hasWord(n ast.Node, source []byte) bool {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Image, *ast.AutoLink:
			return true
		case *ast.Text:
			if bytes.IndexFunc(unescape(c.Segment.Value(source)), isSeen) >= 0 {
				return true
			}
		default:
			if hasWord(c, source) {
				return true
			}
		}
	}
	return false
}

func isSeen(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsSymbol(r)
}

// inlines walks a block's inline nodes once for links, HTML and entities.
func (w *walk) inlines(parent ast.Node) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			w.checkEntities(n.Segment.Start, n.Segment.Stop)
			continue
		case *ast.CodeSpan:
			continue
		case *ast.RawHTML:
			w.rawHTML(n)
			continue
		case *ast.AutoLink:
			w.autoLink(n)
			continue
		case *ast.Link:
			w.link(n, n.Destination, n.Reference)
		case *ast.Image:
			w.link(n, n.Destination, n.Reference)
		}
		w.inlines(n)
	}
}

// checkEntities looks for characters that an entity hides, such as &#x202e; or &zwj;.
func (w *walk) checkEntities(start, stop int) {
	for at := start; ; {
		i := strings.IndexByte(w.text[at:stop], '&')
		if i < 0 {
			return
		}
		at += i
		end := strings.IndexByte(w.text[at:stop], ';')
		if end < 0 {
			return
		}
		entity := w.text[at : at+end+1]
		if len(entity) <= maxEntity {
			w.checkEntity(entity, at)
		}
		at++
	}
}

// maxEntity is longer than the longest entity of HTML, &CounterClockwiseContourIntegral;.
const maxEntity = 40

func (w *walk) checkEntity(entity string, at int) {
	resolved := string(unescape([]byte(entity)))
	if resolved == entity {
		return
	}
	if hits := oddRunes(resolved); len(hits) > 0 && len(w.entities) < 5*maxPerRule {
		span := w.at.span(at, at+len(entity))
		w.entities = append(w.entities, entityHit{hits[0], span, entity})
	}
}

// entityHit waits until headings and tables are known.
type entityHit struct {
	hit    oddRune
	span   Span
	entity string
}

// placeEntities reports the hidden characters that entities make.
func (w *walk) placeEntities() {
	if len(w.entities) == 0 {
		return
	}
	strict := w.r.strictLines()
	for _, e := range w.entities {
		w.r.odd(e.hit, e.span, strict[e.span.Line], " It is written as "+e.entity+".")
	}
}
