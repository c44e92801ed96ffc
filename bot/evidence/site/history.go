package site

import (
	"fmt"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// historyPage is what history.html is filled with.
type historyPage struct {
	Title, Lead string
	Rows        []historyRow
}

// historyRow is one event: a version that landed, or the end of the document.
type historyRow struct {
	Version, Href string
	State         state
	Effective     day
	Landed        moment
	Entry         int
	EntryHref     string
	Kind, Change  string
	Signatures    string
	SHA256        digest
	Redlines      []crumb
}

// versionPair are two texts that followed each other.
type versionPair struct{ before, after *version }

// pairs are the texts that followed each other, and besides those that were signed one after the other where
// something unsigned stood between them; each once, in order.
func (d *dossier) pairs() []versionPair {
	var found []versionPair
	var last, lastSigned *version
	seen := map[string]bool{}
	add := func(before, after *version) {
		if before == nil || before == after || seen[redlinePage(before, after)] {
			return
		}
		seen[redlinePage(before, after)] = true
		found = append(found, versionPair{before, after})
	}
	for i := range d.events {
		v := d.events[i].version
		if v == nil {
			continue
		}
		add(last, v)
		if d.events[i].published != nil {
			add(lastSigned, v)
			lastSigned = v
		}
		last = v
	}
	return found
}

// history makes the list of all versions of a document.
func (s *site) history(d *dossier) error {
	p := s.sheet(d.history())
	data := historyPage{Title: d.title() + ", all versions", Lead: s.historyLead(d)}
	for i := len(d.events) - 1; i >= 0; i-- {
		data.Rows = append(data.Rows, p.historyRow(d, &d.events[i]))
	}
	return s.add(page{
		sheet: p, title: data.Title, place: placeOf(d), template: "history", data: data,
		crumbs: append(crumbsTo(d), crumb{d.id() + ", all versions", ""}),
	})
}

func (a *archive) historyLead(d *dossier) string {
	const permanent = "Each version has a page whose address never changes."
	v := a.current(d)
	open := a.openDeviation(d)
	switch {
	case open != nil:
		return "The branch holds a text that was not signed: " + open.id + ". " + permanent
	case v == nil:
		return "The branch does not hold this document any more. " + permanent
	case a.state(d).Word == wordInForce:
		return "Version " + v.label + " is in force. " + permanent
	case a.state(d).Class == "ok" || a.state(d).Word == wordDue || a.state(d).Word == wordOverdue:
		return "Version " + v.label + " is on the branch, signed. " + permanent
	default:
		return fmt.Sprintf("Version %s is on the branch: %s. %s", v.label, a.state(d).Word, permanent)
	}
}

func (p sheet) historyRow(d *dossier, e *event) historyRow {
	row := historyRow{Entry: e.record.Entry.Number, EntryHref: p.to(p.site.entryHref(e.record.Entry.Number)), Landed: landedAt(e)}
	v := e.version
	if v == nil {
		row.Version, row.State = "none", past(wordDeleted)
		if e.deviation != nil {
			row.State = deviant(wordDeviation)
		}
		if e.notStored() {
			row.Version = "not kept"
		}
		return row
	}
	row.Version, row.Href, row.SHA256, row.Effective = v.file, p.to(v.page()), v.sha256, dayOf(v.front.effective)
	row.Kind, row.Change, row.State = v.front.change, v.front.summary, p.site.stateOf(v)
	row.Signatures = eventSignatures(e)
	if e.deviation != nil && e.deviation.closed != nil {
		row.State = past("Deviation, closed")
	}
	if d.kind != document.Markdown {
		return row
	}
	for _, pair := range d.pairs() {
		if pair.after == v {
			row.Redlines = append(row.Redlines, crumb{"since " + pair.before.file, p.to(redlinePage(pair.before, pair.after))})
		}
	}
	return row
}

func landedAt(e *event) moment {
	switch {
	case e.published != nil:
		return moment(e.published.Landed.At)
	case e.deviation != nil:
		return moment(e.deviation.Landed.At)
	default:
		return moment(e.record.Entry.Time)
	}
}

// eventSignatures says in one cell who signed.
func eventSignatures(e *event) string {
	switch {
	case e.adopted != nil:
		return "before Vidimus"
	case e.deviation != nil:
		return "none that count"
	}
	roles := required(e)
	if len(roles) == 0 {
		return "none needed"
	}
	signed := 0
	for _, s := range signings(e) {
		signed += len(s.roles)
	}
	return fmt.Sprintf("%d of %d", signed, len(roles))
}
