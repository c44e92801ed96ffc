package site

import (
	"fmt"
	"sort"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/evidence"
)

// entriesPerPage is how many entries ledger.html shows; with more, it shows the newest, and each year has a page.
const entriesPerPage = 200

// ledgerPage is what ledger.html is filled with.
type ledgerPage struct {
	Title, Lead string
	Head        digest
	HeadHref    string
	Log         string
	Years       []crumb
	Entries     []entryView
}

// entryView is one entry.
type entryView struct {
	ID       string
	Number   int
	Time     moment
	State    state
	Lines    []entryLine
	Digest   digest
	Href     string // of the entry's file
	Record   string
	Previous digest // "" in the first
}

// entryLine is one thing that an entry tells of.
type entryLine struct{ Before, Text, Href, After string }

// entryHref is the address of an entry on the pages of the ledger.
func (a *archive) entryHref(number int) string {
	if number > a.last.Number-entriesPerPage {
		return fmt.Sprintf("ledger.html#e%d", number)
	}
	return fmt.Sprintf("ledger-%s.html#e%d", a.year(number), number)
}

func (a *archive) year(number int) string { return a.records[number-1].Entry.Time[:4] }

// ledgerPages make ledger.html, and a page for each year when the ledger is long.
func (s *site) ledgerPages() error {
	p := s.sheet("ledger.html")
	number, head := s.ledger.Head()
	data := ledgerPage{
		Title: "Ledger", Head: digest(head), HeadHref: p.entry(number), Log: s.last.Log,
		Lead: many(number, "entry", "entries") + ", newest first. Each names the digest of the one before, so nothing can be taken out or put in later.",
	}
	byYear := map[string][]*record{}
	for i := number - 1; i >= 0; i-- {
		r := s.records[i]
		byYear[s.year(i+1)] = append(byYear[s.year(i+1)], r)
		if len(data.Entries) < entriesPerPage {
			data.Entries = append(data.Entries, p.entryView(r))
		}
	}
	if number > entriesPerPage {
		years := make([]string, 0, len(byYear))
		for year := range byYear {
			years = append(years, year)
		}
		sort.Sort(sort.Reverse(sort.StringSlice(years)))
		data.Lead = fmt.Sprintf("%s, of which the newest %d stand here. ", many(number, "entry", "entries"), entriesPerPage) + "Each names the digest of the one before."
		for _, year := range years {
			data.Years = append(data.Years, crumb{year, p.to("ledger-" + year + ".html")})
			if err := s.ledgerYear(year, byYear[year]); err != nil {
				return err
			}
		}
	}
	return s.add(page{
		sheet: p, title: "Ledger", place: "ledger.html", template: "ledger", data: data,
		crumbs: []crumb{{"Overview", "index.html"}, {"Ledger", ""}},
	})
}

// ledgerYear makes the page of one year's entries.
func (s *site) ledgerYear(year string, records []*record) error {
	p := s.sheet("ledger-" + year + ".html")
	number, head := s.ledger.Head()
	data := ledgerPage{
		Title: "Ledger of " + year, Head: digest(head), HeadHref: p.entry(number), Log: s.last.Log,
		Lead: many(len(records), "entry", "entries") + " of " + year + ", newest first.",
	}
	for _, r := range records {
		data.Entries = append(data.Entries, p.entryView(r))
	}
	return s.add(page{
		sheet: p, title: data.Title, place: "ledger.html", template: "ledger", data: data,
		crumbs: []crumb{{"Overview", "index.html"}, {"Ledger", "ledger.html"}, {year, ""}},
	})
}

func (p sheet) entryView(r *record) entryView {
	n := r.Entry.Number
	v := entryView{
		ID: fmt.Sprintf("e%d", n), Number: n, Time: moment(r.Entry.Time), Digest: r.digest, Href: p.entry(n), Record: p.record(n, "SHA256SUMS"),
		State: r.state(), Lines: p.entryLines(r),
	}
	if n > 1 {
		v.Previous = digest(r.Entry.Previous)
	}
	return v
}

// state is the word for what an entry is about.
func (r *record) state() state {
	switch {
	case r.deviates():
		return deviant(wordDeviation)
	case r.founding != nil:
		return good("Founding")
	case r.Entry.Kind == evidence.KindKey:
		return good("Evidence key")
	case r.Entry.Kind == evidence.KindPublication:
		return good("Publication")
	case r.Entry.Kind == evidence.KindWitness:
		return state{"info", "info", "Witness"}
	default:
		return past(capital(string(r.Entry.Kind)))
	}
}

func (r *record) deviates() bool {
	for _, e := range r.events {
		if e.deviation != nil {
			return true
		}
	}
	return false
}

// maxEntryLines is how many documents an entry names before it only counts them.
const maxEntryLines = 30

// entryLines say in words what an entry tells of.
func (p sheet) entryLines(r *record) []entryLine {
	var lines []entryLine
	if f := r.founding; f != nil {
		lines = append(lines, entryLine{Text: p.foundingText(*f)})
	}
	shown := 0
	for i := range r.events {
		e := &r.events[i]
		if e.adopted != nil || r.founding != nil && e.published != nil {
			continue
		}
		if shown++; shown <= maxEntryLines {
			lines = append(lines, p.eventLine(e))
		}
	}
	if shown > maxEntryLines {
		lines = append(lines, entryLine{Text: fmt.Sprintf("and %s more", many(shown-maxEntryLines, "document", "documents"))})
	}
	if r.Entry.Kind == evidence.KindWitness {
		lines = append(lines, entryLine{Text: fmt.Sprintf("%s of pull request %d put on record before it landed", many(r.seen, "observation", "observations"), r.pull())})
	}
	if len(lines) == 0 {
		lines = append(lines, entryLine{Text: "Commits landed that change no document."})
	}
	return lines
}

func (p sheet) foundingText(f evidence.Founding) string {
	var names []string
	for _, who := range f.Founders {
		names = append(names, nameOf(who.Name, who.Login))
	}
	before := "no document was"
	if n := len(f.Adopted); n > 0 {
		before = many(n, "document was", "documents were")
	}
	return fmt.Sprintf("Founded by %s with %s; %s there before", list(names), many(len(f.Keys), "key file", "key files"), before)
}

// eventLine says what happened to one document.
func (p sheet) eventLine(e *event) entryLine {
	l := entryLine{Text: e.subject.Name}
	if v := e.version; v != nil {
		l.Text = v.title()
		if v.dossier.kind == document.Markdown {
			l.Text = v.dossier.id() + " " + v.label
		}
		if v.dossier.hasPages() {
			l.Href = p.to(v.page())
		}
	}
	switch {
	case e.deviation != nil:
		l.Before, l.After = e.deviation.id+": ", ": "+howWord(e.deviation.How)
		l.Href = p.to("deviations.html#" + e.deviation.id)
	case e.published.Deleted:
		l.After = ": deleted by a signed change"
	case len(e.published.Closes) > 0:
		l.After = ": landed as it was signed, and mends " + many(len(e.published.Closes), "deviation", "deviations")
	default:
		l.After = ": landed, " + outcome(e.published.Decision.Outcome)
	}
	return l
}
