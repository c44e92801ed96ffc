package site

import (
	"fmt"
	"sort"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring"
)

// dated is something that falls due.
type dated struct {
	what   string
	href   string // address on the site
	date   document.Date
	who    string
	review bool // a yearly review, of which many fall on few days
	label  string
}

// Days ahead at which a date becomes due, and how far the overview looks.
const (
	dueDays   = 30
	monthsOut = 12
)

// dates are all dates of documents on the branch and of keys, earliest first.
func (a *archive) dates() []dated {
	var found []dated
	if a.branch.set != nil {
		for _, d := range a.branch.set.Documents() {
			if d.Status == document.Approved {
				found = append(found, a.datesOf(a.paper(d))...)
			}
		}
	}
	found = append(found, a.keyDates()...)
	sort.SliceStable(found, func(i, j int) bool { return found[i].date.Before(found[j].date) })
	return found
}

// datesOf are the dates in one document.
func (a *archive) datesOf(d *paper) []dated {
	who := a.withHolders(d.Owner)
	var found []dated
	add := func(date document.Date, what, who, label string) {
		if !date.IsZero() {
			found = append(found, dated{what: what, href: d.page(), date: date, who: who, label: label})
		}
	}
	if !d.NextReview.IsZero() {
		found = append(found, dated{what: "Review of " + d.ID, href: d.page(), date: d.NextReview, who: who, review: true, label: d.ID})
	}
	switch d.Type {
	case typeException:
		add(d.Date("expires"), "Exception "+d.ID+" ends", a.withHolders(d.Text("risk-owner")), d.ID+" ends")
	case typeAssurance:
		add(d.Date("valid-until"), "Provider reports in "+d.ID+" expire", who, "reports in "+d.ID)
	case typeContract:
		add(d.Date("agreement-end"), "Agreement in "+d.ID+" ends", who, "agreement in "+d.ID)
	}
	return found
}

// withHolders is a role with who holds it.
func (a *archive) withHolders(role string) string {
	if role == "" {
		return ""
	}
	if names := list(a.holders(role)); names != "" {
		return names + ", " + a.roleTitle(role)
	}
	return a.roleTitle(role)
}

// keyDates are when the keys of people expire: one date for each primary key.
func (a *archive) keyDates() []dated {
	var found []dated
	for _, k := range a.keys() {
		if !ofPerson(k) || k.Expires().IsZero() {
			continue
		}
		who := k.Slug
		if p, ok := a.config.Person(k.Slug); ok {
			who = nameOf(p.Name, p.Login)
		}
		found = append(found, dated{
			what: "Key of " + who + " expires", href: "people.html", date: document.DateOf(k.Expires()), who: who, label: "key of " + who,
		})
	}
	return found
}

// keys are the keys in the signed key files, in the order of their files.
func (a *archive) keys() []keyring.Key {
	var found []keyring.Key
	for _, e := range a.governing {
		if document.Classify(a.root(), e.Path) != document.Key {
			continue
		}
		raw, err := a.ledger.Bytes(e.SHA256)
		if err != nil {
			continue // a record that lacks them is told by the audit; here the key is simply not listed
		}
		found = append(found, keyring.Read(keyring.File{Path: e.Path, Bytes: raw})...)
	}
	return found
}

// dateRow is a date in the table of the overview.
type dateRow struct {
	What, Href string
	From, To   day // To for a stretch of days
	State      *state
	In         string
	Who        string
}

// dateRows are the dates of the next twelve months and those that have passed; reviews that are not due yet are put
// together.
func (p sheet) dateRows(dates []dated) []dateRow {
	today := p.site.today
	end := today.AddMonths(monthsOut)
	var rows []dateRow
	var later []dated
	for _, d := range dates {
		switch {
		case d.date.After(end):
		case d.review && d.date.DaysSince(today) > dueDays:
			later = append(later, d)
		default:
			rows = append(rows, p.dateRow(d))
		}
	}
	if n := len(later); n > 0 {
		first, last := later[0].date, later[n-1].date
		row := dateRow{What: many(n, "yearly review", "yearly reviews"), Href: p.to("documents/index.html"), From: dayOf(first), In: distance(today, first), Who: "the owners of the documents"}
		if last != first {
			row.To = dayOf(last)
		}
		rows = append(rows, row)
	}
	return rows
}

func (p sheet) dateRow(d dated) dateRow {
	row := dateRow{What: d.what, Href: p.to(d.href), From: dayOf(d.date), In: distance(p.site.today, d.date), Who: d.who}
	switch days := d.date.DaysSince(p.site.today); {
	case days < 0:
		st := late(many(-days, "day", "days") + " overdue")
		row.State = &st
	case days <= dueDays:
		st := due(fmt.Sprintf("Due %s", distance(p.site.today, d.date)))
		row.State = &st
	}
	return row
}
