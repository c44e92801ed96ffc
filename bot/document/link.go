package document

import (
	"fmt"
	"net/url"
	"path"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
)

// link notes a link or image and judges where it goes. goldmark leaves entities and escapes in the
// destination and resolves them only while rendering, so they are resolved here first.
func (w *walk) link(n ast.Node, destination []byte, reference *ast.ReferenceLink) {
	_, image := n.(*ast.Image)
	if reference != nil {
		if w.used == nil {
			w.used = map[string]bool{}
		}
		w.used[util.ToLinkReference(reference.Value)] = true
	}
	at := w.at.span(n.Pos(), n.Pos()+1)
	w.addLink(Link{Destination: string(unescape(destination)), Image: image, Span: at})
}

func (w *walk) autoLink(n *ast.AutoLink) {
	destination := string(n.URL(w.doc.source))
	if n.AutoLinkType == ast.AutoLinkEmail && !strings.HasPrefix(strings.ToLower(destination), "mailto:") {
		destination = "mailto:" + destination
	}
	w.addLink(Link{Destination: destination, Span: w.at.span(n.Pos(), n.Pos()+1)})
}

func (w *walk) addLink(link Link) {
	w.doc.Links = append(w.doc.Links, link)
	if link.Image {
		return // HID004 judges images, where the repository's files are known
	}
	if problem := schemeProblem(link.Destination); problem != "" {
		w.r.add("HID003", link.Span, problem, "link to http, https, mailto or a path in the repository")
	}
}

// schemeProblem says what is wrong with where a link leads; "" if it is http, https, mailto or relative.
func schemeProblem(destination string) string {
	for _, r := range destination {
		if unicode.IsControl(r) || unicode.IsSpace(r) && r != ' ' || isBidi(r) || isInvisible(r) {
			return fmt.Sprintf("The link %s holds the character U+%04X, which programs skip and readers do not see.", Quote(destination), r)
		}
	}
	trimmed := strings.ReplaceAll(strings.TrimSpace(destination), `\`, "/")
	if strings.HasPrefix(trimmed, "//") {
		return fmt.Sprintf("The link %s leads to another host without saying how.", Quote(destination))
	}
	scheme := schemeOf(trimmed)
	switch strings.ToLower(scheme) {
	case "", "http", "https", "mailto":
		return ""
	}
	return fmt.Sprintf("The link %s has the scheme %q, which may run or open something instead of leading somewhere.", Quote(destination), scheme)
}

// schemeOf returns what stands before the first colon, if no slash, question mark or number sign stands
// before that; a browser takes it for a scheme (RFC 3986, 4.2), also where it is none by the grammar.
func schemeOf(destination string) string {
	i := strings.IndexAny(destination, ":/?#")
	if i < 0 || destination[i] != ':' {
		return ""
	}
	return destination[:i]
}

// Resolve returns the repository path that a relative destination means from this document, without its
// query and fragment; ok is false if it is none, or leaves the repository. A destination that begins with a
// slash counts from the repository's root, as on GitHub.
func (d *Document) Resolve(destination string) (p string, ok bool) {
	destination = strings.TrimSpace(destination)
	if i := strings.IndexAny(destination, "?#"); i >= 0 {
		destination = destination[:i]
	}
	plain, err := url.PathUnescape(destination)
	if err != nil || plain == "" || schemeOf(plain) != "" || strings.HasPrefix(plain, "//") || strings.ContainsAny(plain, "\\\x00") {
		return "", false
	}
	if strings.HasPrefix(plain, "/") {
		p = path.Clean(plain[1:])
	} else {
		p = path.Join(path.Dir(d.Path), plain)
	}
	if p == ".." || strings.HasPrefix(p, "../") {
		return "", false
	}
	return p, true
}

// checkDefinitions reports reference definitions that nothing uses: they are in the bytes and in no
// rendering (HID005).
func (w *walk) checkDefinitions() {
	for _, n := range w.definitions {
		label := util.ToLinkReference(n.Label)
		if w.used[label] {
			delete(w.used, label) // only the first definition of a label is used
			continue
		}
		lines := n.Lines()
		if lines.Len() == 0 {
			continue // unreachable: goldmark gives every definition its lines
		}
		at := w.at.span(lines.At(0).Start, lines.At(0).Stop)
		w.r.addf("HID005", at, "delete it, or write what it says into the text",
			"The reference definition %s is shown nowhere: a reader never sees what it says.", Quote(string(lines.Value(w.doc.source))))
	}
}
