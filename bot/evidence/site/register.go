package site

import (
	"fmt"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// registerPage is what register.html is filled with.
type registerPage struct {
	Lead   string
	Active []registerRow
	Other  []registerRow
}

// registerRow is one service.
type registerRow struct {
	Name, Href, Provider string
	Model, Criticality   string
	Data, Personal       string
	Countries, Keys      string
	Exceptions           []crumb
	MFA                  state
	Lifecycle            string
	Cells                []demandCell
}

// demandCell is the document of one type that a service has, lacks or does not need.
type demandCell struct {
	Column string
	State  *state
	Href   string
	Note   string
}

// demandColumns are the types of documents that services need, with the headings of their columns.
func demandColumns() []crumb {
	return []crumb{{"Contract", typeContract}, {"Matrix", typeMatrix}, {"Exit plan", typeExit}, {"Assurance", typeAssurance}}
}

// register makes the register of services.
func (s *site) register() error {
	p := s.sheet("register.html")
	var data registerPage
	critical, complete := 0, 0
	for _, one := range s.inventory {
		row := p.registerRow(one)
		if one.lifecycle() != "active" {
			data.Other = append(data.Other, row)
			continue
		}
		data.Active = append(data.Active, row)
		if one.entry.Criticality == "critical" {
			critical++
			if len(s.lacks(one)) == 0 {
				complete++
			}
		}
	}
	data.Lead = registerLead(len(data.Active), critical, complete)
	return s.add(page{
		sheet: p, title: "Register of cloud services", place: "register.html", template: "register", data: data,
		crumbs: []crumb{{"Overview", "index.html"}, {"Register", ""}},
	})
}

func registerLead(active, critical, complete int) string {
	if active == 0 {
		return "No service is active. Anything not listed here is prohibited."
	}
	text := many(active, "service is", "services are") + " active. "
	switch {
	case critical == 0:
		text += "None of them is critical."
	case complete == critical:
		text += many(critical, "is critical and has", "are critical and have") + " every document that a critical service needs, signed and in date."
	default:
		text += fmt.Sprintf("%s critical; %s every document that a critical service needs, signed and in date.",
			many(critical, "is", "are"), many(complete, "has", "have"))
	}
	return text + " Anything not listed here is prohibited."
}

// lacks says what a service in use lacks of the documents that it needs, in words.
func (a *archive) lacks(s *service) []string {
	if s.entry == nil {
		return nil
	}
	var found []string
	if problem := a.problem(s.entry); problem != "" {
		found = append(found, "the register entry "+problem)
	}
	for _, want := range demands(s.entry.Criticality) {
		p := a.first(want.typ, s.id)
		name := "the " + strings.ToLower(typeTitle(want.typ))
		switch {
		case p == nil && want.must:
			found = append(found, name+" is missing")
		case p == nil:
			found = append(found, name+", which is recommended, is missing")
		default:
			if problem := a.problem(p); problem != "" {
				found = append(found, name+" "+problem)
			}
		}
	}
	return found
}

func (p sheet) registerRow(s *service) registerRow {
	row := registerRow{Name: s.name(), Href: p.to(s.page()), Lifecycle: s.lifecycle()}
	e := s.entry
	if e == nil {
		return row
	}
	row.Provider, row.Model, row.Criticality = e.Text("provider"), e.Text("service-model"), e.Criticality
	row.Data, row.Personal = e.Text("data-classification"), personalData(e.Text("personal-data"))
	row.Countries, row.Keys, row.MFA = strings.Join(e.Texts("residency"), ", "), e.Text("key-management"), mfa(e)
	for _, id := range e.Texts("exceptions") {
		row.Exceptions = append(row.Exceptions, crumb{id, p.to(p.site.pageOf(id))})
	}
	for _, column := range demandColumns() {
		row.Cells = append(row.Cells, p.demandCell(s, column))
	}
	return row
}

// pageOf is the address of the document with an id, as the branch holds it; "" if there is none.
func (a *archive) pageOf(id string) string {
	if a.branch.set == nil {
		return ""
	}
	for _, d := range a.branch.set.WithID(id) {
		if p := a.paper(d); p.version != nil {
			return p.page()
		}
	}
	return ""
}

func (p sheet) demandCell(s *service, column crumb) demandCell {
	cell := demandCell{Column: column.Text}
	wanted, must := s.demanded(column.Href)
	found := p.site.first(column.Href, s.id)
	switch {
	case found != nil:
		st := p.site.shortState(found)
		cell.State, cell.Href = &st, p.to(found.page())
	case wanted && must:
		st := missing(wordMissing)
		cell.State = &st
	case wanted:
		st := partly("Recommended")
		cell.State = &st
	default:
		cell.Note = "not demanded"
	}
	return cell
}

// shortState is a version with the word that matters most about it.
func (a *archive) shortState(p *paper) state {
	if p.version == nil {
		return missing("Not on record")
	}
	label := p.version.label + " "
	switch st := a.state(p.dossier); st.Word {
	case wordInForce, wordSigned:
		if len(a.broken(p.Path)) > 0 {
			return partly(label + "with findings")
		}
		return good(label + "signed")
	case wordAdopted:
		return partly(label + "not signed here")
	default:
		st.Word = label + strings.ToLower(st.Word)
		return st
	}
}

func personalData(word string) string {
	switch word {
	case "none":
		return "no personal data"
	case "personal":
		return "personal data"
	case "special-category":
		return "special categories"
	default:
		return word
	}
}

// mfa says whether the register says that a second factor is enforced.
func mfa(d *paper) state {
	switch d.Text("mfa-enforced") {
	case "true":
		return good("Enforced")
	case "false":
		return missing("Not enforced")
	default:
		return missing("Not said")
	}
}

// tableOf is the first table of a section; an empty one if there is none.
func tableOf(d *document.Document, section string) document.Table {
	t, _ := d.Table(section)
	return t
}
