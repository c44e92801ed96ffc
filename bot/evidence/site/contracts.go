package site

import (
	"fmt"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// contractsPage is what contracts.html is filled with.
type contractsPage struct {
	Lead     string
	Limit    string // hours, "" where no policy says
	Windows  []windowRow
	Services []crumb
	Terms    []termRow
	Without  []string
}

// windowRow is the notification window of one contract.
type windowRow struct {
	Name, Href      string
	Bar             *bar
	Window, Breach  string
	Clock           string
	Late            bool // the clock starts at the provider's declaration
	State           *state
	Clause, NoLimit string
}

// termRow is one term over all contracts.
type termRow struct {
	ID, Term, Policy string
	Cells            []termCell
}

// termCell is what one contract says.
type termCell struct {
	Service, Text, Note string
	State               *state
	Links               []termLink
}

// termLink leads to a document; Until is when it ends.
type termLink struct {
	Text, Href string
	Until      day
}

// provisions count the rows of a contract review.
type provisions struct {
	met, all   int
	exceptions []string
}

// provisionsOf counts the provisions of a contract review; those that do not apply are left out.
func provisionsOf(d *paper) provisions {
	t := tableOf(d.Document, "Provisions reviewed")
	ref, result := t.Column("Ref"), t.Column("Result")
	var p provisions
	for _, r := range t.Rows {
		switch document.HeadingKey(r.Cell(result).Text) {
		case "met", "met by addendum":
			p.met++
			p.all++
		case "exception":
			p.exceptions = append(p.exceptions, r.Cell(ref).Text)
			p.all++
		case "not applicable":
		default:
			p.all++
		}
	}
	return p
}

func (p provisions) text() string {
	text := fmt.Sprintf("%d of %d provisions met", p.met, p.all)
	if len(p.exceptions) > 0 {
		text += ", " + list(p.exceptions) + " under exception"
	}
	return text
}

// policy is the cloud usage policy on the branch; nil if there is none.
func (a *archive) policy() *paper {
	if found := a.papers(typePolicy); len(found) > 0 {
		return found[0]
	}
	return nil
}

// contracts makes the comparison of all contracts.
func (s *site) contracts() error {
	p := s.sheet("contracts.html")
	papers := s.papers(typeContract)
	var data contractsPage
	limit, limited := 0, false
	if policy := s.policy(); policy != nil {
		limit, limited = number(policy.Document, "incident-notification-hours-max")
	}
	if limited {
		data.Limit = fmt.Sprint(limit)
	}
	for _, d := range papers {
		name, href := p.serviceOf(d)
		data.Services = append(data.Services, crumb{name, href})
		data.Windows = append(data.Windows, p.window(d, limit, limited))
	}
	data.Terms = p.terms(papers)
	data.Lead = contractsLead(data.Windows, data.Limit)
	for _, one := range s.servicesInUse() {
		if s.first(typeContract, one.id) == nil {
			data.Without = append(data.Without, one.name()+" is in use and has no contract review.")
		}
	}
	return s.add(page{
		sheet: p, title: "Contracts compared", place: "contracts.html", template: "contracts", data: data,
		crumbs: []crumb{{"Overview", "index.html"}, {"Contracts", ""}},
	})
}

func contractsLead(rows []windowRow, limit string) string {
	if len(rows) == 0 {
		return "No contract review is on the branch."
	}
	within, slow := 0, 0
	for _, r := range rows {
		if r.State != nil && r.State.Class == "ok" {
			within++
		}
		if r.Late {
			slow++
		}
	}
	text := many(len(rows), "contract is", "contracts are") + " compared; no policy on the branch sets a limit for the notification of incidents."
	switch {
	case limit == "":
	case within == len(rows) && within > 1:
		text = fmt.Sprintf("All %d contracts notify incidents within the policy’s %s hours.", within, limit)
	default:
		text = fmt.Sprintf("%d of %s incidents within the policy’s %s hours.", within, many(len(rows), "contract notifies", "contracts notify"), limit)
	}
	if slow > 0 {
		text += " For " + thousands(slow) + " of them the clock starts only when the provider declares an incident."
	}
	return text
}

// serviceOf is the service of a document, with its page.
func (p sheet) serviceOf(d *paper) (name, href string) {
	for _, s := range p.site.inventory {
		if s.id == d.ServiceID {
			return s.shortName(), p.to(s.page())
		}
	}
	return d.ServiceID, ""
}

func (p sheet) window(d *paper, limit int, limited bool) windowRow {
	name, href := p.serviceOf(d)
	row := windowRow{
		Name: name, Href: href, Clock: clockWords(d.Text("incident-clock")), Late: d.Text("incident-clock") == "declaration",
		Clause: d.Text("notification-clause"), Window: "not said", Breach: "not said",
	}
	if breach, ok := number(d.Document, "breach-notification-hours"); ok {
		row.Breach = fmt.Sprintf("%d h", breach)
	}
	hours, ok := number(d.Document, "incident-notification-hours")
	if !ok {
		st := missing("Not said")
		row.State = &st
		return row
	}
	row.Window = fmt.Sprintf("%d h", hours)
	if !limited {
		row.NoLimit = "no limit set"
		return row
	}
	row.Bar = barOf(hours, limit, fmt.Sprintf("%d hours, limit %d hours", hours, limit))
	st := good(fmt.Sprintf("Within %d h", limit))
	if hours > limit {
		st = missing(fmt.Sprintf("Over %d h", limit))
	}
	row.State = &st
	return row
}

// term is a row of the comparison: what the policy asks, and how a cell is made.
type term struct {
	id, name, policy string
	cell             func(*paper) termCell
}

// terms are the terms of all contracts side by side.
func (p sheet) terms(papers []*paper) []termRow {
	if len(papers) == 0 {
		return nil
	}
	var rows []termRow
	for _, t := range p.termList() {
		row := termRow{ID: t.id, Term: t.name, Policy: t.policy}
		for _, d := range papers {
			c := t.cell(d)
			c.Service, _ = p.serviceOf(d)
			if c.Text == "" && c.State == nil && len(c.Links) == 0 {
				c.Note = "not said"
			}
			row.Cells = append(row.Cells, c)
		}
		rows = append(rows, row)
	}
	return rows
}

func (p sheet) termList() []term {
	policy := func(key, text string) string {
		if d := p.site.policy(); d != nil && fieldText(d.Document, key) != "" {
			return strings.ReplaceAll(text, "%", fieldText(d.Document, key))
		}
		return "no policy says"
	}
	return []term{
		{"t-incident", "Incident window", policy("incident-notification-hours-max", "% h at most"), unit("incident-notification-hours", "h")},
		{"t-clock", "Clock starts when", "named", clockCell},
		{"t-breach", "Breach of personal data", policy("breach-notification-hours-max", "% h at most"), unit("breach-notification-hours", "h")},
		{"t-change", "Notice of changes", "named", unit("change-notice-days", "days")},
		{"t-sub", "Notice of sub-processors", "named", unit("subprocessor-notice-days", "days")},
		{"residency", "Countries", policy("residency-countries", "%"), plainCell("residency-committed")},
		{"t-transfer", "Transfer mechanism", "named", p.wordsCell("transfer-mechanism")},
		{"t-keys", "Keys", "by class of data", p.keysCell},
		{"t-law", "Governing law", "named", plainCell("governing-law")},
		{"t-parent", "Parent of provider", "named", plainCell("provider-parent")},
		{"t-basis", "Basis", "no standard terms if critical", p.wordsCell("agreement-basis")},
		{"t-end", "Notice to end", "fits exit plan", unit("termination-notice-days", "days")},
		{"t-access", "Access after the end", "fits exit plan", unit("post-termination-access-days", "days")},
		{"t-deletion", "Deletion within", "named", unit("deletion-days", "days")},
		{"t-until", "Agreement ends", "not in the past", plainCell("agreement-end")},
		{"t-provisions", "Provisions met", "all, or an exception", provisionsCell},
		{"t-review", "Review", "yearly", p.reviewCell},
	}
}

func plainCell(key string) func(*paper) termCell {
	return func(d *paper) termCell { return termCell{Text: fieldText(d.Document, key)} }
}

func (p sheet) wordsCell(key string) func(*paper) termCell {
	return func(d *paper) termCell {
		switch text := fieldText(d.Document, key); text {
		case "scc":
			return termCell{Text: "standard contractual clauses"}
		case "bcr":
			return termCell{Text: "binding corporate rules"}
		default:
			return termCell{Text: strings.ReplaceAll(text, "-", " ")}
		}
	}
}

func unit(key, word string) func(*paper) termCell {
	return func(d *paper) termCell {
		if n, ok := number(d.Document, key); ok {
			return termCell{Text: thousands(n) + " " + word}
		}
		return termCell{}
	}
}

func clockCell(d *paper) termCell {
	word := d.Text("incident-clock")
	if word == "declaration" {
		st := partly(clockWords(word))
		return termCell{State: &st}
	}
	return termCell{Text: clockWords(word)}
}

// keysCell is the level of key management, with the exceptions of the document.
func (p sheet) keysCell(d *paper) termCell {
	c := termCell{Text: fieldText(d.Document, "key-management")}
	for _, e := range p.site.papersOf(typeException, d.ServiceID) {
		for _, rule := range e.Texts("waives") {
			if rule == "REG003" || rule == "CON005" {
				c.Links = append(c.Links, termLink{e.ID, p.to(e.page()), dayOf(e.Date("expires"))})
			}
		}
	}
	return c
}

func provisionsCell(d *paper) termCell {
	p := provisionsOf(d)
	c := termCell{Text: fmt.Sprintf("%d of %d", p.met, p.all)}
	if len(p.exceptions) > 0 {
		c.Note = list(p.exceptions) + " under exception"
	}
	return c
}

func (p sheet) reviewCell(d *paper) termCell {
	if d.version == nil {
		return termCell{Text: d.ID}
	}
	st := p.site.shortState(d)
	return termCell{Links: []termLink{{Text: d.dossier.id() + " " + d.version.label, Href: p.to(d.page())}}, State: &st}
}
