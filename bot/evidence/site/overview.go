package site

import (
	"fmt"
	"strings"
)

// overviewPage is what index.html is filled with.
type overviewPage struct {
	Verdict, Lead string
	Measures      []measure
	Steps         []coverage
	Todo          []todo
	Timeline      *timeline
	Dates         []dateRow
	Guidance      []coverage
	Latest        []latestRow
}

// measure is one figure.
type measure struct {
	Name, Value, Of string
	Units           *units
	Note            string
	Links           []crumb
}

// todo is something that somebody must do.
type todo struct {
	State      state
	Text, Href string
	Who        string
	When, Then string
}

// latestRow is one of the last entries of the ledger.
type latestRow struct {
	Time moment
	Href string
	What []entryLine
}

// Bounds of lists on the overview: what is beyond is counted, and stands on the page that it is about.
const (
	maxTodo   = 20
	maxLatest = 5
	maxDates  = 40
)

// overview makes the first page.
func (s *site) overview() error {
	p := s.sheet("index.html")
	dates := s.dates()
	data := overviewPage{Steps: p.checklist(), Guidance: p.guidance(), Todo: p.todoList(), Dates: p.dateRows(dates)}
	data.Timeline = s.timelineOf(data.Dates)
	data.Verdict = verdictOf(data.Steps)
	data.Lead = s.overviewLead(len(data.Todo))
	data.Measures = p.measures(data.Dates)
	if n := len(data.Dates); n > maxDates {
		data.Dates = append(data.Dates[:maxDates:maxDates], dateRow{What: many(n-maxDates, "more date", "more dates"), Href: p.to("documents/index.html")})
	}
	for i := len(s.records) - 1; i >= 0 && len(data.Latest) < maxLatest; i-- {
		r := s.records[i]
		data.Latest = append(data.Latest, latestRow{moment(r.Entry.Time), p.to(s.entryHref(r.Entry.Number)), shorten(p.entryLines(r))})
	}
	return s.add(page{sheet: p, title: "Overview", place: "index.html", template: "overview", data: data})
}

// shorten keeps the first lines of an entry.
func shorten(lines []entryLine) []entryLine {
	const shown = 3
	if len(lines) <= shown {
		return lines
	}
	return append(lines[:shown:shown], entryLine{Text: fmt.Sprintf("and %d more", len(lines)-shown)})
}

// verdictOf is the answer to: are we all right?
func verdictOf(steps []coverage) string {
	covered, not := 0, 0
	for _, s := range steps {
		switch s.State.Class {
		case "ok":
			covered++
		case "past":
			not++
		}
	}
	open := len(steps) - covered - not
	text := fmt.Sprintf("%d of %d steps are covered.", covered, len(steps)-not)
	switch {
	case open == 0:
		return text
	case open == 1:
		return text + " 1 needs action."
	default:
		return text + fmt.Sprintf(" %d need action.", open)
	}
}

// overviewLead says what is behind the verdict.
func (a *archive) overviewLead(todo int) string {
	var parts []string
	if n := a.openDeviations(); n > 0 {
		parts = append(parts, many(n, "deviation is", "deviations are")+" open")
	}
	if n := a.count(wordOverdue); n > 0 {
		parts = append(parts, many(n, "document is", "documents are")+" overdue")
	}
	if n := a.tally().adopted; n > 0 {
		parts = append(parts, many(n, "document was", "documents were")+" there before Vidimus and "+verb(n, "is", "are")+" not signed here")
	}
	if n := a.missingDocuments(); n > 0 {
		parts = append(parts, many(n, "document is", "documents are")+" missing")
	}
	if n := a.receiptsAsked(); n > 0 {
		parts = append(parts, many(n, "receipt of the policy is", "receipts of the policy are")+" not recorded")
	}
	if ends := a.acceptedRisks(); ends != "" {
		parts = append(parts, ends)
	}
	if len(parts) == 0 {
		if todo == 0 {
			return "Nothing is missing, overdue or unsigned."
		}
		return "Nothing is overdue or unsigned; what follows needs somebody."
	}
	return sentence(list(parts))
}

// count counts the documents in a state.
func (a *archive) count(word string) int {
	n := 0
	for _, d := range a.markdown() {
		if a.state(d).Word == word {
			n++
		}
	}
	return n
}

// missingDocuments counts what services in use need and do not have.
func (a *archive) missingDocuments() int {
	n := 0
	for _, s := range a.servicesInUse() {
		for _, want := range demands(s.entry.Criticality) {
			if want.must && a.first(want.typ, s.id) == nil {
				n++
			}
		}
	}
	if a.policy() == nil {
		n++
	}
	return n
}

// acceptedRisks says until when risks are accepted.
func (a *archive) acceptedRisks() string {
	exceptions := a.papers(typeException)
	switch len(exceptions) {
	case 0:
		return ""
	case 1:
		return "1 risk is accepted until " + exceptions[0].Text("expires")
	default:
		return many(len(exceptions), "risk is", "risks are") + " accepted for a time"
	}
}

// measures are the four figures of the overview.
func (p sheet) measures(dates []dateRow) []measure {
	a := p.site.archive
	t := a.tally()
	signed := measure{Name: "Documents signed by everyone who must", Value: thousands(t.signed), Of: "of " + thousands(t.all)}
	signed.Units = unitsOf(t.signed, t.all, fmt.Sprintf("%d of %d documents are signed by everyone who must", t.signed, t.all))
	measures := []measure{signed, p.receiptMeasure(), p.provisionMeasure()}
	next := measure{Name: "Next due", Value: "nothing", Note: "within twelve months"}
	if len(dates) > 0 {
		next = measure{Name: "Next due", Value: dates[0].In, Links: []crumb{{dates[0].What, dates[0].Href}}}
	}
	return append(measures, next)
}

func (p sheet) receiptMeasure() measure {
	m := measure{Name: "Receipts of the policy in force", Value: "0", Note: "none is asked for"}
	if p.site.policy() == nil {
		m.Note = "no policy is on the branch"
		return m
	}
	if asked := p.site.receiptsAsked(); asked > 0 {
		m.Of = "of " + thousands(asked)
		m.Note = "this version records none"
		m.Units = unitsOf(0, asked, fmt.Sprintf("0 of %d receipts are recorded", asked))
	}
	return m
}

// receiptsAsked counts the roles that the policy asks to confirm receipt. This version records no receipt.
func (a *archive) receiptsAsked() int {
	d := a.policy()
	if d == nil {
		return 0
	}
	return len(d.Texts("receipt-roles"))
}

func (p sheet) provisionMeasure() measure {
	met, all := 0, 0
	var exceptions int
	for _, d := range p.site.papers(typeContract) {
		one := provisionsOf(d)
		met, all, exceptions = met+one.met, all+one.all, exceptions+len(one.exceptions)
	}
	m := measure{Name: "Contract provisions met", Value: thousands(met), Of: "of " + thousands(all)}
	if exceptions > 0 {
		m.Note = thousands(exceptions) + " under exception"
		for _, d := range p.site.papers(typeException) {
			m.Links = append(m.Links, crumb{d.ID, p.to(d.page())})
		}
	}
	return m
}

// todoList is what somebody must do, worst first.
func (p sheet) todoList() []todo {
	var found []todo
	found = append(found, p.todoDeviations()...)
	found = append(found, p.todoDocuments()...)
	found = append(found, p.todoMissing()...)
	if n := len(found); n > maxTodo {
		found = append(found[:maxTodo:maxTodo], todo{
			State: partly("More"), Text: many(n-maxTodo, "more thing needs action", "more things need action"), Href: p.to("documents/index.html"),
		})
	}
	return found
}

func (p sheet) todoDeviations() []todo {
	var found []todo
	a := p.site.archive
	for i := len(a.deviations) - 1; i >= 0; i-- {
		d := a.deviations[i]
		if d.closed != nil {
			continue
		}
		item := todo{
			State: deviant(wordDeviation), Text: strings.TrimPrefix(d.title(), d.id+": "), Href: p.to("deviations.html#" + d.id),
			Who: "Restore the signed text, or sign a new version.", When: "since " + string(moment(d.Landed.At).Day()),
		}
		var who []string
		for _, m := range d.Missing {
			who = append(who, a.withHolders(m.Role))
		}
		if len(who) > 0 {
			item.Who = list(who) + ", must sign a new version, or the signed text be restored."
		}
		found = append(found, item)
	}
	return found
}

// todoDocuments are documents that are overdue, due, not signed here or break rules.
func (p sheet) todoDocuments() []todo {
	a := p.site.archive
	var late, dueSoon, rest []todo
	for _, d := range a.markdown() {
		v := a.current(d)
		if v == nil || a.openDeviation(d) != nil {
			continue
		}
		item := todo{State: a.state(d), Text: v.title(), Href: p.to(v.page()), Who: a.withHolders(v.front.owner)}
		if !v.front.nextReview.IsZero() {
			item.When, item.Then = "review by "+v.front.nextReview.String(), distance(a.today, v.front.nextReview)
		}
		switch item.State.Word {
		case wordOverdue:
			late = append(late, item)
		case wordDue:
			dueSoon = append(dueSoon, item)
		case wordAdopted:
			item.Text += " is not signed here"
			rest = append(rest, item)
		default:
			if rules := a.broken(d.path); len(rules) > 0 && v.front.status != "draft" {
				item.State, item.Text = partly("Findings"), v.title()+" breaks "+list(rules)
				rest = append(rest, item)
			}
		}
	}
	return append(append(late, dueSoon...), rest...)
}

// todoMissing are documents that services in use need and do not have.
func (p sheet) todoMissing() []todo {
	var found []todo
	for _, s := range p.site.servicesInUse() {
		for _, want := range demands(s.entry.Criticality) {
			if want.must && p.site.first(want.typ, s.id) == nil {
				found = append(found, todo{
					State: missing(wordMissing), Text: typeTitle(want.typ) + " of " + s.shortName(), Href: p.to(s.page()), Who: p.owners(s.entry),
				})
			}
		}
	}
	return found
}
