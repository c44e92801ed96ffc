package redline

import (
	"bytes"
	"fmt"
	"html/template"
	"sync"

	docstemplates "github.com/vidimus-bot/vidimus/docs-templates"
)

// Page is a text as HTML, with what the page around it needs to know.
type Page struct {
	Body template.HTML
	// Headings are those of level 2 that have words, in the outermost level of nesting, in order; of a comparison those of the
	// later version that Body shows.
	Headings []Heading
	// Titled says that Body holds the page's h1.
	Titled bool
	// Unread says that the text could not be parsed and is shown as it is written.
	Unread bool
}

// Heading is a heading with its id.
type Heading struct{ Text, ID string }

// Text renders the whole text of a version, below its front matter. The same version in the same look gives the
// same bytes.
func Text(v Version, l Look) (Page, error) {
	page, err := render(read(v), l, false)
	page.Unread = v.Document != nil && !readable(v.Document)
	return page, err
}

// render prints blocks; folded leaves out what did not change.
func render(blocks []block, l Look, folded bool) (Page, error) {
	p := &printer{look: l, folded: folded, anchors: anchorNames(blocks, l.Taken)}
	nodes := p.nodes(blocks)
	if folded {
		nodes = p.sections(blocks)
	}
	t, err := templates()
	if err != nil {
		return Page{}, err
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "nodes", nodes); err != nil {
		return Page{}, fmt.Errorf("fill text.html: %w", err)
	}
	page := Page{Body: template.HTML(b.String()), Titled: p.titled} //nolint:gosec // made by html/template
	for _, n := range nodes {
		if n.Kind != "heading" || n.Level != 2 || n.Gone {
			continue
		}
		if words := headingText(n); words != "" {
			page.Headings = append(page.Headings, Heading{words, n.ID})
		}
	}
	return page, nil
}

// headingText is what a heading says in the later version.
func headingText(n node) string {
	text := ""
	for _, r := range n.Runs {
		if r.Op == "del" {
			continue
		}
		for _, l := range r.Links {
			for _, p := range l.Pieces {
				text += p.Text
			}
		}
	}
	return text
}

// templates are parsed once; html/template works out on first use where what is escaped how.
var templates = sync.OnceValues(func() (*template.Template, error) {
	text, err := docstemplates.Site.ReadFile("site/text.html")
	if err != nil {
		return nil, fmt.Errorf("read text.html: %w", err)
	}
	t, err := template.New("text.html").Parse(string(text))
	if err != nil {
		return nil, fmt.Errorf("parse text.html: %w", err)
	}
	return t, nil
})
