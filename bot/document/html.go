package document

import (
	"strings"

	"github.com/yuin/goldmark/ast"
)

// htmlBlock judges a block of raw HTML: only <br> may stand in it.
func (w *walk) htmlBlock(n *ast.HTMLBlock) {
	lines := n.Lines()
	if lines.Len() == 0 {
		return // unreachable: a block of HTML has the line that opened it
	}
	start, stop := lines.At(0).Start, lines.At(lines.Len()-1).Stop
	if n.HasClosure() {
		stop = max(stop, n.ClosureLine.Stop)
	}
	w.html(start, stop)
	if strings.TrimSpace(dropTags(w.text[start:stop])) != "" {
		w.fill()
	}
}

func (w *walk) rawHTML(n *ast.RawHTML) {
	if n.Segments.Len() == 0 {
		return // unreachable: raw HTML has at least its own segment
	}
	w.html(n.Segments.At(0).Start, n.Segments.At(n.Segments.Len()-1).Stop)
}

// html reports the comments and tags between two offsets, but <br>.
func (w *walk) html(start, stop int) {
	for at := start; at < stop; {
		i := strings.IndexByte(w.text[at:stop], '<')
		if i < 0 {
			return
		}
		at += i
		end := tagEnd(w.text[at:stop])
		w.tag(w.text[at:at+end], at)
		at += end
	}
}

func (w *walk) tag(tag string, at int) {
	switch {
	case strings.HasPrefix(tag, "<!--"):
		if w.r.enough("HID001") {
			return
		}
		w.r.addf("HID001", w.at.span(at, at+len(tag)), "delete it, or write it as text that everybody reads",
			"The HTML comment %s is in the bytes that are signed and not in what the signatory sees.", Quote(tag))
	case isLineBreak(tag) || w.closes(tag) || w.r.enough("HID002"):
	default:
		w.r.addf("HID002", w.at.span(at, at+len(tag)), "write it in Markdown; only <br> is allowed",
			"Raw HTML, %s, can hide or show text otherwise than it stands here.", Quote(tag))
	}
}

// closes reports the end tag of an element whose start tag was reported, and remembers start tags.
func (w *walk) closes(tag string) bool {
	name := strings.ToLower(strings.Trim(tag, "<>/ "))
	if i := strings.IndexAny(name, " \t\n/"); i >= 0 {
		name = name[:i]
	}
	if strings.HasPrefix(tag, "</") {
		return w.opened[name]
	}
	if w.opened == nil {
		w.opened = map[string]bool{}
	}
	w.opened[name] = true
	return false
}

// tagEnd returns the length of the tag or comment at the beginning of s; all of s if it is not closed.
func tagEnd(s string) int {
	closer, from := ">", 1
	if strings.HasPrefix(s, "<!--") {
		closer, from = "-->", len("<!")
	}
	if i := strings.Index(s[from:], closer); i >= 0 {
		return from + i + len(closer)
	}
	return len(s)
}

// isLineBreak accepts <br>, <br/> and <br /> in any case, without attributes.
func isLineBreak(tag string) bool {
	inner := strings.TrimSuffix(strings.TrimPrefix(strings.ToLower(tag), "<"), ">")
	return strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(inner), "/")) == "br"
}

func dropTags(s string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		s = s[i+tagEnd(s[i:]):]
	}
}
