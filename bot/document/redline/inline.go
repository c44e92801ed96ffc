package redline

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/util"
)

// inline reads the text of a block as a reader sees it: escapes and entities resolved, blanks and line ends as
// one blank, none at the ends.
func (r *reader) inline(n ast.Node) []span {
	var spans []span
	r.inlines(n, span{}, &spans)
	return trim(join(spans))
}

func (r *reader) inlines(parent ast.Node, look span, spans *[]span) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			r.text(n, look, spans)
		case *ast.String:
			add(spans, look, string(n.Value))
		case *ast.CodeSpan:
			inner := look
			inner.marks |= mono
			r.inlines(n, inner, spans)
		case *ast.Emphasis:
			inner := look
			inner.marks |= emphasis
			if n.Level == 2 {
				inner.marks = inner.marks&^emphasis | strong | look.marks&emphasis
			}
			r.inlines(n, inner, spans)
		case *extast.Strikethrough:
			inner := look
			inner.marks |= struck
			r.inlines(n, inner, spans)
		case *ast.Link:
			inner := look
			inner.link = resolve(n.Destination)
			r.inlines(n, inner, spans)
		case *ast.AutoLink:
			r.autoLink(n, look, spans)
		case *ast.Image:
			r.image(n, look, spans)
		case *ast.RawHTML:
			r.rawHTML(n, look, spans)
		default:
			r.inlines(n, look, spans)
		}
	}
}

// resolve gives the destination of a link, which goldmark leaves with its escapes and entities.
func resolve(destination []byte) string { return string(unescape(destination)) }

// unescape resolves backslash escapes and entities, as a renderer does.
func unescape(s []byte) []byte {
	return util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(s)))
}

func (r *reader) text(n *ast.Text, look span, spans *[]span) {
	value := n.Segment.Value(r.source)
	if !n.IsRaw() && n.Parent().Kind() != ast.KindCodeSpan {
		value = unescape(value)
	}
	add(spans, look, string(value))
	switch {
	case n.HardLineBreak():
		breakLine(spans, look)
	case n.SoftLineBreak():
		add(spans, look, " ")
	}
}

func (r *reader) autoLink(n *ast.AutoLink, look span, spans *[]span) {
	look.link = string(n.URL(r.source))
	if n.AutoLinkType == ast.AutoLinkEmail && !strings.HasPrefix(strings.ToLower(look.link), "mailto:") {
		look.link = "mailto:" + look.link
	}
	add(spans, look, string(n.Label(r.source)))
}

// image is one span, with the text that stands for the picture where it is not seen.
func (r *reader) image(n *ast.Image, look span, spans *[]span) {
	var inner []span
	r.inlines(n, span{}, &inner)
	look.marks |= picture
	look.source = resolve(n.Destination)
	look.text = plain(inner)
	if p, ok := r.version.Document.Resolve(look.source); ok {
		look.bytes = r.version.Images[p]
	}
	*spans = append(*spans, look)
}

// rawHTML is a line break, or shown as the characters that it is.
func (r *reader) rawHTML(n *ast.RawHTML, look span, spans *[]span) {
	tag := string(n.Segments.Value(r.source))
	if isLineBreak(tag) {
		breakLine(spans, look)
		return
	}
	look.marks |= mono
	add(spans, look, tag)
}

// isLineBreak accepts <br>, <br/> and <br /> in any case, without attributes.
func isLineBreak(tag string) bool {
	inner := strings.TrimSuffix(strings.TrimPrefix(strings.ToLower(tag), "<"), ">")
	return strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(inner), "/")) == "br"
}

func add(spans *[]span, look span, text string) {
	look.text = oneLine(visible(text))
	if look.text != "" {
		*spans = append(*spans, look)
	}
}

func breakLine(spans *[]span, look span) {
	*spans = append(*spans, span{marks: look.marks | newline, link: look.link})
}

// oneLine makes one blank of each run of blanks and line ends.
func oneLine(s string) string {
	if !strings.ContainsAny(s, "\t\n\r\f\v") && !strings.Contains(s, "  ") {
		return s
	}
	var b strings.Builder
	blank := false
	for _, c := range s {
		if c == ' ' || c >= '\t' && c <= '\r' {
			blank = true
			continue
		}
		if blank {
			b.WriteByte(' ')
			blank = false
		}
		b.WriteRune(c)
	}
	if blank {
		b.WriteByte(' ')
	}
	return b.String()
}

// visible spells out what a reader would not see, and what would make text read in another order than it is
// stored: control characters, bidirectional controls, characters without width. The joiners U+200C and U+200D
// stay, since Persian, Hindi and emoji are written with them.
func visible(s string) string {
	if strings.IndexFunc(s, isUnseen) < 0 {
		return s
	}
	var b strings.Builder
	for _, c := range s {
		if isUnseen(c) {
			fmt.Fprintf(&b, "[U+%04X]", c)
			continue
		}
		b.WriteRune(c)
	}
	return b.String()
}

func isUnseen(c rune) bool {
	switch {
	case c == '\n' || c == '\t' || c == '\r' || c == 0x200c || c == 0x200d:
		return false
	case unicode.Is(unicode.Prepended_Concatenation_Mark, c): // Arabic number signs, which are seen
		return false
	case unicode.IsControl(c), unicode.Is(unicode.Cf, c), c == 0x2028, c == 0x2029:
		return true
	default:
		return c >= 0xfe00 && c <= 0xfe0d || c >= 0xe0100 && c <= 0xe01ef // variants that no font shows
	}
}

// join puts neighbours of one look together and drops blanks that follow a blank or a line break.
func join(spans []span) []span {
	var joined []span
	for _, s := range spans {
		last := len(joined) - 1
		if s.marks&(picture|newline) == 0 && last >= 0 {
			before := joined[last]
			if strings.HasPrefix(s.text, " ") && (before.marks&newline != 0 || before.marks&picture == 0 && strings.HasSuffix(before.text, " ")) {
				s.text = s.text[1:]
			}
			if before.look() == s.look() {
				joined[last].text += s.text
				continue
			}
		}
		if s.text != "" || s.marks&(picture|newline) != 0 {
			joined = append(joined, s)
		}
	}
	return joined
}

// trim drops blanks and line breaks at both ends.
func trim(spans []span) []span {
	for len(spans) > 0 {
		first := &spans[0]
		if first.marks&picture == 0 {
			first.text = strings.TrimLeft(first.text, " ")
			if first.text == "" {
				spans = spans[1:]
				continue
			}
		}
		break
	}
	for len(spans) > 0 {
		last := &spans[len(spans)-1]
		if last.marks&picture == 0 {
			last.text = strings.TrimRight(last.text, " ")
			if last.text == "" {
				spans = spans[:len(spans)-1]
				continue
			}
		}
		break
	}
	return spans
}

// Visible spells out the characters of s that a reader would not see or that would change the order in which the
// others are read, as "[U+202E]". Pages are passed through it as a whole.
func Visible(s string) string { return visible(s) }
