package web

import (
	"bytes"
	"html"
	"html/template"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Bounds of what is rendered; a text beyond them is shown as it was written. The parser is quadratic in brackets and
// in the depth of quotes, and nothing that people write comes near these.
const (
	maxMarkdown = 300 << 10
	maxBrackets = 8000
	maxQuotes   = 50 // at the beginning of one line
)

// topHeading is the level of a text's highest headings, below those of the page.
const topHeading = 3

// prose is a text in Markdown and where it stands.
type prose struct {
	Text string
	// Base is the address that relative links go out from, "" for the page's own.
	Base string
	// Changed are the lines, counted from 1, that a change has brought; blocks with such lines are marked.
	Changed map[int]bool
	// Top is the level of its highest headings, 0 for topHeading.
	Top int
}

// markdown renders a text as GitHub would, with tables and links and without raw HTML: what is not one of the few
// harmless elements that check runs use is shown as the characters that it is.
func markdown(p prose) template.HTML {
	if len(p.Text) > maxMarkdown || strings.Count(p.Text, "[")+strings.Count(p.Text, "*")+strings.Count(p.Text, "_") > maxBrackets || deepQuote(p.Text) {
		return template.HTML(`<pre class="scroll" tabindex="0">` + html.EscapeString(p.Text) + `</pre>`) // #nosec: escaped
	}
	source := []byte(p.Text)
	engine := goldmark.New(
		goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.Linkify),
		goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(shaper{p}, 0))),
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(elements{}, 0))),
	)
	var out bytes.Buffer
	if err := engine.Convert(source, &out); err != nil {
		return template.HTML(`<pre>` + html.EscapeString(p.Text) + `</pre>`) // #nosec: escaped; unreachable: a buffer takes everything
	}
	return template.HTML(out.String()) // #nosec: goldmark escapes, and elements writes nothing but fixed tags
}

func deepQuote(s string) bool {
	for line := range strings.Lines(s) {
		depth := 0
		for _, c := range line {
			if c != ' ' && c != '\t' && c != '>' && c != '-' && c != '*' && c != '+' {
				break
			}
			if c != ' ' && c != '\t' {
				depth++
			}
		}
		if depth > maxQuotes && strings.ContainsRune(line, '>') {
			return true
		}
	}
	return false
}

// shaper changes the parsed text into what a page can hold.
type shaper struct{ prose prose }

// Transform implements parser.ASTTransformer.
func (s shaper) Transform(document *ast.Document, reader text.Reader, _ parser.Context) {
	source := reader.Source()
	fold(document, source)
	s.order(document)
	_ = ast.Walk(document, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the function never fails
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Link:
			n.Destination = s.resolve(n.Destination)
		case *ast.Image:
			n.Destination = s.resolve(n.Destination)
		}
		if s.changed(n, source) {
			if _, tight := n.(*ast.TextBlock); tight && n.Parent() != nil {
				n = n.Parent() // a tight list's texts have no element of their own
			}
			n.SetAttributeString("class", []byte("changed"))
		}
		return ast.WalkContinue, nil
	})
}

// order moves the headings below those of the page, and lets none stand more than one level below the one before it.
func (s shaper) order(document *ast.Document) {
	top := s.prose.Top
	if top == 0 {
		top = topHeading
	}
	var headings []*ast.Heading
	highest := 6
	_ = ast.Walk(document, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // see above
		if h, is := n.(*ast.Heading); is && entering {
			headings, highest = append(headings, h), min(highest, h.Level)
		}
		return ast.WalkContinue, nil
	})
	before := top - 1
	for _, h := range headings {
		h.Level = min(h.Level-highest+top, before+1, 6)
		before = h.Level
	}
}

// resolve makes a relative destination one below the base.
func (s shaper) resolve(destination []byte) []byte {
	d := string(destination)
	if s.prose.Base == "" || d == "" || strings.ContainsAny(d[:1], "/#?") || strings.Contains(strings.SplitN(d, "/", 2)[0], ":") {
		return destination
	}
	return []byte(s.prose.Base + d)
}

// changed reports whether the block's own lines hold one that a change has brought. Rows of tables are such blocks,
// whole tables and lists are not.
func (s shaper) changed(n ast.Node, source []byte) bool {
	if len(s.prose.Changed) == 0 {
		return false
	}
	switch n.(type) {
	case *extast.TableRow, *extast.TableHeader:
		at := -1
		for cell := n.FirstChild(); cell != nil && at < 0; cell = cell.NextSibling() {
			if cell.Lines().Len() > 0 {
				at = cell.Lines().At(0).Start
			}
		}
		return at >= 0 && s.prose.Changed[1+bytes.Count(source[:at], []byte{'\n'})]
	case *ast.Paragraph, *ast.Heading, *ast.TextBlock, *ast.FencedCodeBlock, *ast.CodeBlock:
		for i := range n.Lines().Len() {
			if s.prose.Changed[1+bytes.Count(source[:n.Lines().At(i).Start], []byte{'\n'})] {
				return true
			}
		}
	}
	return false
}

// Elements that texts of check runs and comments fold parts away with.
var (
	detailsOpen  = regexp.MustCompile(`(?i)^\s*<details>\s*(?:<summary>([^<]*)</summary>)?\s*$`)
	detailsClose = regexp.MustCompile(`(?i)^\s*</details>\s*$`)
	lineBreak    = regexp.MustCompile(`(?i)^<br ?/?>$`)
	remark       = regexp.MustCompile(`(?s)^\s*<!--.*-->\s*$`)
)

// kindFolded is a part of a text that is folded away.
var kindFolded = ast.NewNodeKind("Folded")

// folded is such a part, with the words that stand in its place.
type folded struct {
	ast.BaseBlock
	summary string
}

// Kind implements ast.Node.
func (*folded) Kind() ast.NodeKind { return kindFolded }

// Dump implements ast.Node.
func (f *folded) Dump(source []byte, level int) { ast.DumpHelper(f, source, level, nil, nil) }

// fold puts what stands between <details> and </details>, as blocks of their own at the top of the text, into a folded
// part. A tag without its partner stays and is shown as it is.
func fold(document *ast.Document, source []byte) {
	var open []*ast.HTMLBlock
	for n := document.FirstChild(); n != nil; {
		next := n.NextSibling()
		if block, is := n.(*ast.HTMLBlock); is {
			written := htmlOf(block, source)
			switch {
			case detailsOpen.MatchString(written):
				open = append(open, block)
			case detailsClose.MatchString(written) && len(open) > 0:
				foldBetween(document, open[len(open)-1], block, source)
				open = open[:len(open)-1]
			}
		}
		n = next
	}
}

func foldBetween(document *ast.Document, from, to *ast.HTMLBlock, source []byte) {
	part := &folded{summary: "Details"}
	if m := detailsOpen.FindStringSubmatch(htmlOf(from, source)); m[1] != "" {
		part.summary = html.UnescapeString(m[1])
	}
	document.InsertBefore(document, from, part)
	for n := from.NextSibling(); n != nil && n != ast.Node(to); {
		next := n.NextSibling()
		part.AppendChild(part, n)
		n = next
	}
	document.RemoveChild(document, from)
	document.RemoveChild(document, to)
}

func htmlOf(block *ast.HTMLBlock, source []byte) string {
	var out strings.Builder
	for i := range block.Lines().Len() {
		segment := block.Lines().At(i)
		out.Write(segment.Value(source))
	}
	if block.HasClosure() {
		out.Write(block.ClosureLine.Value(source))
	}
	return out.String()
}

// elements renders what goldmark must not, or not as it would.
type elements struct{}

// RegisterFuncs implements renderer.NodeRenderer.
func (e elements) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(kindFolded, e.folded)
	r.Register(ast.KindHTMLBlock, e.block)
	r.Register(ast.KindRawHTML, e.inline)
	r.Register(ast.KindImage, e.image)
	r.Register(ast.KindCodeBlock, e.code)
	r.Register(ast.KindFencedCodeBlock, e.code)
	r.Register(extast.KindTable, e.table)
	r.Register(extast.KindTableHeader, e.tableHeader)
}

func (elements) folded(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = w.WriteString("<details>\n<summary>" + html.EscapeString(n.(*folded).summary) + "</summary>\n") // w keeps its error
	} else {
		_, _ = w.WriteString("</details>\n")
	}
	return ast.WalkContinue, nil
}

func (elements) block(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	written := htmlOf(n.(*ast.HTMLBlock), source)
	if entering && !remark.MatchString(written) {
		_, _ = w.WriteString(`<p class="raw">` + html.EscapeString(written) + "</p>\n")
	}
	return ast.WalkSkipChildren, nil
}

func (elements) inline(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	var written strings.Builder
	segments := n.(*ast.RawHTML).Segments
	for i := range segments.Len() {
		segment := segments.At(i)
		written.Write(segment.Value(source))
	}
	switch {
	case !entering || remark.MatchString(written.String()):
	case lineBreak.MatchString(written.String()):
		_, _ = w.WriteString("<br>")
	default:
		_, _ = w.WriteString(html.EscapeString(written.String()))
	}
	return ast.WalkSkipChildren, nil
}

// image shows pictures of this site and links to all others, which no page fetches.
func (elements) image(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkSkipChildren, nil
	}
	image := n.(*ast.Image)
	words, address := plainWords(image, source), string(util.URLEscape(image.Destination, true))
	switch {
	case strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "//"):
		_, _ = w.WriteString(`<img src="` + html.EscapeString(address) + `" alt="` + html.EscapeString(words) + `">`)
	case strings.HasPrefix(address, "http://") || strings.HasPrefix(address, "https://"):
		_, _ = w.WriteString(`<a href="` + html.EscapeString(address) + `" rel="nofollow noreferrer">Picture: ` + html.EscapeString(words+" ("+address+")") + `</a>`)
	default:
		_, _ = w.WriteString("Picture: " + html.EscapeString(words))
	}
	return ast.WalkSkipChildren, nil
}

// plainWords are the words of a node without their markup.
func plainWords(n ast.Node, source []byte) string {
	var out strings.Builder
	_ = ast.Walk(n, func(d ast.Node, entering bool) (ast.WalkStatus, error) { // the function never fails
		switch d := d.(type) {
		case *ast.Text:
			if entering {
				out.Write(d.Segment.Value(source))
			}
		case *ast.String:
			if entering {
				out.Write(d.Value)
			}
		}
		return ast.WalkContinue, nil
	})
	return out.String()
}

// code shows code in a box that can be reached by the keyboard to scroll, and that is marked whole by one click.
func (elements) code(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkSkipChildren, nil
	}
	_, _ = w.WriteString(`<pre class="copy" tabindex="0"><code>`)
	for i := range n.Lines().Len() {
		segment := n.Lines().At(i)
		_, _ = w.WriteString(html.EscapeString(string(segment.Value(source))))
	}
	_, _ = w.WriteString("</code></pre>\n")
	return ast.WalkSkipChildren, nil
}

// table wraps a table into a box that scrolls, so that a page never does.
func (elements) table(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = w.WriteString(`<div class="scroll" tabindex="0"><table>` + "\n")
	} else {
		_, _ = w.WriteString("</table></div>\n")
	}
	return ast.WalkContinue, nil
}

// tableHeader leaves a header out whose cells are all empty: Markdown cannot write a table without one.
func (elements) tableHeader(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	empty := true
	for cell := n.FirstChild(); cell != nil; cell = cell.NextSibling() {
		empty = empty && cell.ChildCount() == 0
	}
	status := ast.WalkContinue
	switch {
	case empty:
		status = ast.WalkSkipChildren
	case entering:
		_, _ = w.WriteString("<thead>\n<tr>\n")
	default:
		_, _ = w.WriteString("</tr>\n</thead>\n")
	}
	if !entering && n.NextSibling() != nil {
		_, _ = w.WriteString("<tbody>\n")
	}
	return status, nil
}
