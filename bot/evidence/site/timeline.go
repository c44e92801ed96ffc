package site

import (
	"fmt"
	"time"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// Measures of the time line, in the units of its view box.
const (
	lineLeft   = 20
	lineWidth  = 920
	laneHeight = 24
	firstLane  = 34
	// letterWidth is how wide a letter of a label is at most, on average.
	letterWidth = 7
	// maxLanes is how many lanes the time line has; what finds no room stands in the table alone.
	maxLanes = 8
)

// timeline is what falls due in twelve months, on one axis.
type timeline struct {
	Height, Axis, TextY int
	TodayX              string
	Today               string
	Months              []monthMark
	Items               []lineItem
	Title               string
	LeftOut             int
}

// monthMark is the beginning of a month.
type monthMark struct{ X, TextX, Text string }

// lineItem is a mark on the line: a square for what is overdue, a diamond for what needs somebody, a dot for what is
// planned.
type lineItem struct {
	Shape, Class string
	X, Y         string
	Width        string // of a stretch of days; "" for a point
	Path         string
	TextX, TextY string
	Anchor       string
	Label        string
}

// monthNames are short English names.
func monthName(m time.Month) string { return m.String()[:3] }

// timelineOf lays the rows of the table out; nil where there are none.
func (a *archive) timelineOf(rows []dateRow) *timeline {
	if len(rows) == 0 {
		return nil
	}
	first := monthStart(a.today)
	if at, err := document.ParseDate(string(rows[0].From)); err == nil && at.Before(first) {
		first = monthStart(latest(at, a.today.AddMonths(-3)))
	}
	end := monthStart(a.today).AddMonths(monthsOut + 1)
	t := &timeline{TodayX: position(first, end, a.today), Today: "Today, " + a.today.String()}
	t.Title = fmt.Sprintf("What falls due between %s and %s. The same dates stand in the table below.", first, end.AddDays(-1))
	for m := first; m.Before(end); m = m.AddMonths(1) {
		t.Months = append(t.Months, monthMark{position(first, end, m), position(first, end, m.AddDays(1)), monthText(m, m == first)})
	}
	lanes := a.place(t, rows, first, end)
	t.Axis = firstLane + lanes*laneHeight
	t.Height, t.TextY = t.Axis+28, t.Axis+18
	return t
}

func latest(a, b document.Date) document.Date {
	if a.After(b) {
		return a
	}
	return b
}

func monthText(m document.Date, always bool) string {
	s := m.String()
	month := time.Month(int(s[5]-'0')*10 + int(s[6]-'0'))
	if always || month == time.January {
		return monthName(month) + " " + s[:4]
	}
	return monthName(month)
}

func monthStart(d document.Date) document.Date {
	first, err := document.ParseDate(d.String()[:len("2006-01")] + "-01")
	if err != nil {
		return d // unreachable: every date of the calendar has a first day of its month
	}
	return first
}

// x is where a date stands on the axis.
func x(first, end, at document.Date) float64 {
	return lineLeft + lineWidth*float64(at.DaysSince(first))/float64(max(1, end.DaysSince(first)))
}

func position(first, end, at document.Date) string { return fmt.Sprintf("%.1f", x(first, end, at)) }

// place gives each row a lane in which its mark and label have room, and returns how many lanes it took.
func (a *archive) place(t *timeline, rows []dateRow, first, end document.Date) int {
	var full [maxLanes]float64 // up to where each lane is full
	lanes := 1
	for _, row := range rows {
		at, err := document.ParseDate(string(row.From))
		if err != nil {
			continue // unreachable: rows are made of dates
		}
		from := max(x(first, end, latest(at, first)), lineLeft)
		to := from
		if until, err := document.ParseDate(string(row.To)); err == nil {
			to = x(first, end, until)
		}
		width := float64(len([]rune(row.What)) * letterWidth)
		left, right := from-10, to+14+width
		before := right > lineLeft+lineWidth
		if before {
			left, right = from-14-width, to+10
		}
		lane := 0
		for lane < maxLanes && full[lane] > left {
			lane++
		}
		if lane == maxLanes || left < 0 {
			t.LeftOut++
			continue
		}
		full[lane] = right
		lanes = max(lanes, lane+1)
		t.Items = append(t.Items, mark(row, from, to, lane, before))
	}
	return lanes
}

// mark draws one row.
func mark(row dateRow, from, to float64, lane int, before bool) lineItem {
	y := float64(firstLane + lane*laneHeight)
	item := lineItem{
		Shape: "dot", Class: "f-info", X: fmt.Sprintf("%.1f", from), Y: fmt.Sprintf("%.1f", y), TextX: fmt.Sprintf("%.1f", to+12),
		TextY: fmt.Sprintf("%.1f", y+4), Anchor: "start", Label: row.What,
	}
	if before {
		item.TextX, item.Anchor = fmt.Sprintf("%.1f", from-12), "end"
	}
	switch {
	case row.State != nil && row.State.Class == "bad":
		item.Shape, item.Class = "square", "f-bad"
		item.Path = fmt.Sprintf("M%.1f %.1fh12v12h-12z", from-6, y-6)
	case row.State != nil:
		item.Shape, item.Class = "diamond", "f-due"
		item.Path = fmt.Sprintf("M%.1f %.1fl8 8-8 8-8-8z", from, y-8)
	case to > from+2:
		item.Shape, item.Width = "stretch", fmt.Sprintf("%.1f", to-from+12)
		item.X, item.Y = fmt.Sprintf("%.1f", from-6), fmt.Sprintf("%.1f", y-6)
	}
	return item
}
