package site

import (
	"bytes"
	"fmt"
	"html/template"
	"regexp"
	"sort"
	"sync"

	"github.com/vidimus-bot/vidimus/bot/document/redline"
	docstemplates "github.com/vidimus-bot/vidimus/docs-templates"
)

// frame is what stands around every page; docs-templates/site/frame.html is made for it.
type frame struct {
	Title        string // of the window
	Root         string // from the page to site/
	Organisation string
	Repository   string
	AsOf         moment
	Entry        int
	Nav          []navigation
	Crumbs       []crumb
	Icons        []string
	Main         template.HTML
	Branch       string
	Tip          digest
	TipHref      string
	Key          string
}

// navigation is an item of the main navigation.
type navigation struct {
	Text, Href string
	Current    string // what aria-current says: "page", "true" for a page below it, ""
}

// crumb is a step of the way to a page; the last one has no Href.
type crumb struct{ Text, Href string }

// places are the items of the main navigation, with their addresses.
func places() []crumb {
	return []crumb{
		{"Overview", "index.html"},
		{"Documents", "documents/index.html"},
		{"Register", "register.html"},
		{"Responsibilities", "matrices.html"},
		{"Contracts", "contracts.html"},
		{"Receipts", "receipts.html"},
		{"Deviations", "deviations.html"},
		{"Ledger", "ledger.html"},
		{"People and keys", "people.html"},
		{"Verify", "verify.html"},
	}
}

// page is one page to be made.
type page struct {
	sheet
	title    string
	place    string // address of the item of the navigation to which it belongs; "" for none
	crumbs   []crumb
	template string
	data     any
}

// add makes a page.
func (s *site) add(p page) error {
	var main bytes.Buffer
	if err := s.templates.ExecuteTemplate(&main, p.template, p.data); err != nil {
		return fmt.Errorf("page %s: %w", p.address, err)
	}
	f := s.frame(p)
	f.Main = template.HTML(main.String()) //nolint:gosec // made by html/template
	f.Icons = icons(main.Bytes())
	var whole bytes.Buffer
	if err := s.templates.ExecuteTemplate(&whole, "page", f); err != nil {
		return fmt.Errorf("page %s: %w", p.address, err)
	}
	if _, twice := s.files[p.address]; twice {
		return fmt.Errorf("page %s is made twice", p.address)
	}
	s.files[p.address] = []byte(redline.Visible(whole.String()))
	return nil
}

func (s *site) frame(p page) frame {
	f := frame{
		Title: p.title, Root: p.root, Organisation: s.organisation(), Repository: s.repository.Name,
		AsOf: moment(s.last.Time), Entry: s.last.Number, Branch: s.branch.name, Tip: digest(s.branch.tip),
		TipHref: p.web("commit", s.branch.tip), Key: fingerprint(s.evidenceKey().Primary),
	}
	for _, at := range places() {
		n := navigation{Text: at.Text, Href: p.to(at.Href)}
		switch {
		case at.Href == p.address:
			n.Current = "page"
		case at.Href == p.place:
			n.Current = "true"
		}
		f.Nav = append(f.Nav, n)
	}
	for _, c := range p.crumbs {
		f.Crumbs = append(f.Crumbs, crumb{c.Text, p.to(c.Href)})
	}
	return f
}

// usedIcon finds the icons that a page uses. What comes from outside is escaped and can hold no quotation mark.
var usedIcon = regexp.MustCompile(`<use href="#i-([a-z-]+)">`)

// icons are the names of the icons that a page uses, and the seal of the frame.
func icons(main []byte) []string {
	used := map[string]bool{"seal": true}
	for _, m := range usedIcon.FindAllSubmatch(main, -1) {
		used[string(m[1])] = true
	}
	names := make([]string, 0, len(used))
	for name := range used {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// templates are all templates of the site but those of a document's text.
type templates = *template.Template

// parseTemplates parses them once; html/template works out on first use where what is escaped how, and a set that
// has been used may be used by many at once.
var parseTemplates = sync.OnceValues(func() (templates, error) {
	t, err := template.New("site").ParseFS(docstemplates.Site, "site/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse the templates of the site: %w", err)
	}
	return t, nil
})
