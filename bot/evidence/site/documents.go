package site

import (
	"fmt"
	"sort"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// documentsPage is what documents.html is filled with.
type documentsPage struct {
	Lead   string
	Groups []documentsGroup
	Gone   []documentRow
}

// documentsGroup are the documents of one type.
type documentsGroup struct {
	ID, Title string
	Rows      []documentRow
	typ       string
}

// documentRow is one document in the state in which the branch holds it.
type documentRow struct {
	Title, ID, Type string
	Href, History   string
	Version         string
	State           state
	Signatures      string
	NextReview      day
	SHA256          digest
}

// markdown are the dossiers of documents, ordered by type and id.
func (a *archive) markdown() []*dossier {
	var found []*dossier
	for _, d := range a.dossiers {
		if d.kind == document.Markdown {
			found = append(found, d)
		}
	}
	sort.SliceStable(found, func(i, j int) bool {
		x, y := typeRank(found[i].typ()), typeRank(found[j].typ())
		if x != y {
			return x < y
		}
		return found[i].id() < found[j].id()
	})
	return found
}

// typ is the newest version's type.
func (d *dossier) typ() string {
	if v := d.newest(); v != nil {
		return v.front.typ
	}
	return ""
}

// typeRank orders types as the standard ones stand; others come last.
func typeRank(name string) int {
	types := document.Types()
	for i, t := range types {
		if t.Name == name {
			return i
		}
	}
	return len(types)
}

// typeTitle is what people call a type.
func typeTitle(name string) string {
	switch t, ok := document.TypeNamed(name); {
	case ok:
		return capital(t.Title)
	case name == "":
		return "Type not known"
	default:
		return name
	}
}

// typePlural is what people call several documents of a type.
func typePlural(name string) string {
	title := typeTitle(name)
	if _, ok := document.TypeNamed(name); !ok {
		return title
	}
	for _, ending := range [][2]string{{"policy", "policies"}, {"entry", "entries"}, {"matrix", "matrices"}} {
		if stem, ok := strings.CutSuffix(title, ending[0]); ok {
			return stem + ending[1]
		}
	}
	return title + "s"
}

// documents makes the list of all documents.
func (s *site) documents() error {
	p := s.sheet("documents/index.html")
	data := documentsPage{Lead: s.documentsLead()}
	for _, d := range s.markdown() {
		row := p.documentRow(d)
		if s.current(d) == nil && s.openDeviation(d) == nil {
			data.Gone = append(data.Gone, row)
			continue
		}
		if n := len(data.Groups); n == 0 || data.Groups[n-1].typ != d.typ() {
			data.Groups = append(data.Groups, documentsGroup{ID: fmt.Sprintf("t-%d", n+1), Title: row.Type, typ: d.typ()})
		}
		g := &data.Groups[len(data.Groups)-1]
		if g.Rows = append(g.Rows, row); len(g.Rows) > 1 {
			g.Title = typePlural(d.typ())
		}
	}
	return s.add(page{
		sheet: p, title: "Documents", place: "documents/index.html", template: "documents", data: data,
		crumbs: []crumb{{"Overview", "index.html"}, {"Documents", ""}},
	})
}

func (p sheet) documentRow(d *dossier) documentRow {
	a := p.site.archive
	row := documentRow{
		Title: d.title(), ID: d.id(), Type: typeTitle(d.typ()), State: a.state(d), History: p.to(d.history()), Href: p.to(d.history()),
		Signatures: a.signatureCount(d),
	}
	v := a.current(d)
	if v == nil {
		v = d.newest()
	}
	if v != nil {
		row.Title, row.Href, row.Version, row.SHA256 = v.title(), p.to(v.page()), v.label, v.sha256
		row.NextReview = dayOf(v.front.nextReview)
	}
	return row
}

// signatureCount says how many of the roles that must sign have signed what the branch holds.
func (a *archive) signatureCount(d *dossier) string {
	if open := a.openDeviation(d); open != nil {
		return many(len(open.Missing), "is missing", "are missing")
	}
	v := a.current(d)
	switch {
	case v == nil:
		return "none"
	case v.publication() == nil:
		return "before Vidimus"
	}
	roles := required(v.publication())
	signed := 0
	for _, s := range signings(v.publication()) {
		signed += len(s.roles)
	}
	if len(roles) == 0 {
		return "none needed"
	}
	return fmt.Sprintf("%d of %d", signed, len(roles))
}

// tally counts documents on the branch by what stands behind them. Drafts need no signature and are counted apart.
type tally struct{ all, signed, deviant, adopted, drafts int }

func (a *archive) tally() tally {
	var t tally
	for _, d := range a.markdown() {
		v := a.current(d)
		switch {
		case a.openDeviation(d) != nil:
			t.all++
			t.deviant++
		case v == nil:
		case v.front.status == document.Draft:
			t.drafts++
		case v.signed():
			t.all++
			t.signed++
		default:
			t.all++
			t.adopted++
		}
	}
	return t
}

func (s *site) documentsLead() string {
	t := s.tally()
	text := many(t.all, "document is", "documents are") + " on the branch. " + many(t.signed, "is", "are") + " signed by everyone who must"
	if t.deviant > 0 {
		text += "; " + many(t.deviant, "has a deviation", "have a deviation")
	}
	if t.adopted > 0 {
		text += "; " + many(t.adopted, "was", "were") + " there before Vidimus and " + verb(t.adopted, "is", "are") + " not signed here"
	}
	text += "."
	if t.drafts > 0 {
		text += " " + many(t.drafts, "draft", "drafts") + " besides " + verb(t.drafts, "is", "are") + " not in force."
	}
	return text
}
