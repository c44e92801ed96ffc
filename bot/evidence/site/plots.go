package site

import (
	"fmt"
	"strconv"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/redline"
)

// Widths of plots, in the units of their view boxes. Sizes are attributes of SVG, since the site has no styles of
// its own in elements.
const barWidth = 240

// split is who answers for how many control areas: a bar in three parts.
type split struct {
	ID                               string // of the hatching, unique on a page
	Customer, Shared, Provider, None int
	// Where the three parts begin, and how wide they are.
	CustomerWidth, SharedAt, SharedWidth, ProviderAt, ProviderWidth int
	Text                                                            string
}

// splitOf counts a matrix.
func splitOf(d *paper) *split {
	s := &split{ID: "h-" + anchorOf(d)}
	for _, r := range rowsOf(d) {
		switch redline.ResponsibilityOf(r.accountable).Class {
		case "customer":
			s.Customer++
		case "shared":
			s.Shared++
		case "provider":
			s.Provider++
		default:
			s.None++
		}
	}
	total := max(1, s.Customer+s.Shared+s.Provider)
	s.SharedAt = barWidth * s.Customer / total
	s.ProviderAt = barWidth * (s.Customer + s.Shared) / total
	s.CustomerWidth, s.SharedWidth, s.ProviderWidth = gap(s.SharedAt), gap(s.ProviderAt-s.SharedAt), gap(barWidth-s.ProviderAt)
	s.Text = fmt.Sprintf("%d Customer, %d Shared, %d Provider", s.Customer, s.Shared, s.Provider)
	if s.None > 0 {
		s.Text += fmt.Sprintf(", %d not applicable", s.None)
	}
	return s
}

// gap leaves two units between parts.
func gap(width int) int { return max(0, width-2) }

// bar is a length against a limit.
type bar struct {
	Width, LimitAt int
	Over           bool
	Text           string
}

// barOf draws a value against its limit, which stands at three quarters; a value beyond the bar fills it.
func barOf(value, limit int, text string) *bar {
	b := &bar{LimitAt: barWidth * 3 / 4, Over: value > limit, Text: text}
	b.Width = min(barWidth, b.LimitAt*value/max(1, limit))
	return b
}

// exitBar is how long leaving takes against how long it may; nil where the plan does not say.
func exitBar(d *paper) *bar {
	days, okDays := number(d.Document, "estimated-exit-days")
	limit, okLimit := number(d.Document, "max-tolerable-exit-days")
	if !okDays || !okLimit {
		return nil
	}
	return barOf(days, limit, fmt.Sprintf("%d of at most %d days", days, limit))
}

// number is a whole number in the front matter, not negative.
func number(d *document.Document, key string) (int, bool) {
	n, err := strconv.Atoi(d.Text(key))
	if err != nil || n < 0 || n > maxNumber {
		return 0, false
	}
	return n, true
}

// maxNumber is the largest number that a field may hold; more would only be a slip of the pen.
const maxNumber = 100_000

// units are squares, one for each thing that is counted.
type units struct {
	Width int
	Text  string
	Cells []unitCell
}

type unitCell struct {
	X  int
	OK bool
}

// maxUnits is how many squares somebody can still see; more are left out and the number stands for itself.
const maxUnits = 40

// unitsOf draws ok of all; none where there is nothing, or more than can be seen.
func unitsOf(ok, all int, text string) *units {
	if all == 0 || all > maxUnits {
		return nil
	}
	u := &units{Width: 11*all - 1, Text: text}
	for i := range all {
		x := 11 * i
		if i >= ok {
			x++
		}
		u.Cells = append(u.Cells, unitCell{X: x, OK: i < ok})
	}
	return u
}
