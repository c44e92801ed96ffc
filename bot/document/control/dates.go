package control

import (
	"fmt"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
)

const (
	// maxReviewDays is how long a review may hold: a year, and a day for leap years and weekends.
	maxReviewDays = 366
	// warnDays is how long before a date people are told of it.
	warnDays = 30
	// maxExceptionMonths is how long an exception may last.
	maxExceptionMonths = 12
	// maxTestMonths is how old the last test of a critical exit plan may be.
	maxTestMonths = 24
)

// checkDates judges the dates of a document that is not retired: DAT001 to DAT004.
func (pg *page) checkDates() {
	d := pg.doc
	if d.Status == document.Retired || pg.c.p.AsOf.IsZero() {
		return
	}
	pg.checkReview()
	for _, key := range []string{"valid-until", "expires"} {
		pg.checkDue(key)
	}
	pg.checkPast("last-review", "the last review")
	pg.checkPast("provider-model-checked", "the comparison with the provider's model")
	pg.checkPast("last-tested", "the last test")
	pg.checkPast("received", "the receipt")
	if d.Text("lifecycle") == "active" {
		pg.checkPast("in-service-since", "the first day of productive use of an active service")
	}
	pg.checkOrder("agreement-start", "agreement-end")
	pg.checkOrder("effective", "expires")
	pg.checkOrder("last-review", "next-review")
	if !d.NextReview.Before(d.LastReview) {
		pg.checkOrder("effective", "next-review") // one of the two says enough
	}
	if end := d.Date("agreement-end"); d.Type == "contract-review" {
		pg.warnSoon("agreement-end", end)
	}
}

func (pg *page) checkReview() {
	d := pg.doc
	pg.checkDue("next-review")
	if d.LastReview.IsZero() || d.NextReview.IsZero() {
		return
	}
	if days := d.NextReview.DaysSince(d.LastReview); days > maxReviewDays {
		pg.add("DAT002", d.At("next-review"), fmt.Sprintf("write %s or earlier", d.LastReview.AddDays(maxReviewDays)),
			"The next review, %s, is %d days after the last one of %s; %d are allowed.", d.NextReview, days, d.LastReview, maxReviewDays)
	}
}

// checkDue reports a day that has passed (DAT001) or comes soon (DAT004). Documents that the change does
// not touch only warn: one forgotten date must not stop all work.
func (pg *page) checkDue(key string) {
	day, asOf := pg.doc.Date(key), pg.c.p.AsOf
	if day.IsZero() || !day.Before(asOf) {
		pg.warnSoon(key, day)
		return
	}
	pg.add("DAT001", pg.doc.At(key), dueMend(key), "%s on %s, %s before %s.", dueEvent(key), day, days(asOf.DaysSince(day)), asOf)
	if pg.c.p.Touched != nil && !pg.c.p.Touched[pg.doc.Path] {
		pg.reading.findings[len(pg.reading.findings)-1].Severity = document.Warn
	}
}

func (pg *page) warnSoon(key string, day document.Date) {
	left := day.DaysSince(pg.c.p.AsOf)
	if day.IsZero() || left < 0 || left > warnDays {
		return
	}
	when := "today"
	if left > 0 {
		when = "in " + days(left)
	}
	pg.add("DAT004", pg.doc.At(key), dueMend(key), "%s on %s, %s.", comingEvent(key), day, when)
}

func days(n int) string {
	if n == 1 {
		return "1 day"
	}
	return fmt.Sprintf("%d days", n)
}

func dueEvent(key string) string {
	switch key {
	case "valid-until":
		return "The evidence lost its validity"
	case "expires":
		return "The exception expired"
	default:
		return "The review was due"
	}
}

func comingEvent(key string) string {
	switch key {
	case "valid-until":
		return "The evidence loses its validity"
	case "expires":
		return "The exception expires"
	case "agreement-end":
		return "The agreement ends"
	default:
		return "The review is due"
	}
}

func dueMend(key string) string {
	switch key {
	case "valid-until":
		return "obtain the provider's current evidence, read it, and write its date"
	case "expires":
		return "meet the requirement and set the exception retired, or have a new one signed"
	case "agreement-end":
		return "renew the agreement and review it, or begin the exit"
	default:
		return "review the document, write the day under last-review and the next one under next-review"
	}
}

// checkPast reports an event that a document says has happened and that lies in the future (DAT003).
func (pg *page) checkPast(key, event string) {
	day, asOf := pg.doc.Date(key), pg.c.p.AsOf
	if day.After(asOf) {
		pg.add("DAT003", pg.doc.At(key), "write the day on which it happened",
			"%s, %s, lies in the future: today is %s.", upperFirst(event), day, asOf)
	}
}

// checkRowDates reports rows of a record that tell of a day to come (DAT003), unless they say so.
func (pg *page) checkRowDates(section, result string, latest document.Date) {
	t, ok := pg.doc.Table(section)
	column := t.Column("Date")
	if !ok || column < 0 || latest.IsZero() || pg.doc.Status == document.Retired {
		return
	}
	for _, row := range t.Rows {
		cell := row.Cell(column)
		day, err := document.ParseDate(cell.Text)
		if err != nil || !day.After(latest) || isPlanned(row.Cell(t.Column(result)).Text) {
			continue // TAB005 judges the form
		}
		pg.add("DAT003", cell.Span, "write the day on which it happened",
			"%s has a row of %s, which lies in the future: today is %s.", document.Quote(section), day, pg.c.p.AsOf)
	}
}

// isPlanned reports a result that is still to come.
func isPlanned(result string) bool {
	for _, word := range strings.Fields(strings.ToLower(result)) {
		switch strings.TrimFunc(word, isEdge) {
		case "planned", "scheduled", "due", "pending", "open", "upcoming", "outstanding":
			return true
		}
	}
	return false
}

// checkOrder reports two dates in the wrong order (DAT003).
func (pg *page) checkOrder(first, second string) {
	a, b := pg.doc.Date(first), pg.doc.Date(second)
	if a.IsZero() || b.IsZero() || !b.Before(a) {
		return
	}
	pg.add("DAT003", pg.doc.At(second), "correct the one that is wrong", "%s is %s, before %s, which is %s.", second, b, first, a)
}

func upperFirst(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return string(s[0]-'a'+'A') + s[1:]
}
