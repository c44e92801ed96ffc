package control

import (
	"strconv"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// checkExit runs the rules of an exit plan on its own: EXI001, EXI004, and DAT003 for the test record.
func (pg *page) checkExit() {
	d := pg.doc
	estimate, okEstimate := number(d, "estimated-exit-days")
	tolerable, okTolerable := number(d, "max-tolerable-exit-days")
	if okEstimate && okTolerable && estimate > tolerable {
		pg.add("EXI001", d.At("estimated-exit-days"), "shorten the exit, or have the business accept a longer one under max-tolerable-exit-days",
			"The exit takes %s, longer than the %d that are tolerable (line %d).", days(estimate), tolerable, d.At("max-tolerable-exit-days").Line)
	}
	pg.checkRowDates("Test record", "Result", pg.c.p.AsOf)
	t, ok := d.Table("Exit steps")
	column := t.Column("Days")
	if !ok || !okEstimate || column < 0 {
		return
	}
	sum := 0
	for _, row := range t.Rows {
		if n, err := strconv.Atoi(row.Cell(column).Text); err == nil && n >= 0 && n <= maxStepDays {
			sum += n // other cells are TAB005
		}
	}
	if sum > estimate {
		pg.add("EXI004", d.At("estimated-exit-days"), "correct the estimate, or the days of the steps; steps side by side share their days",
			"The steps take %s together, longer than the estimate of %d.", days(sum), estimate)
	}
}

// maxStepDays keeps a sum of days inside an int; a longer step is a slip of the pen.
const maxStepDays = 100_000

// number returns a whole number of the front matter, if the field holds one that FM005 accepts.
func number(d *document.Document, key string) (int, bool) {
	f, found := d.Field(key)
	if !found || f.Value.Shape != document.Scalar || numberProblem(document.FieldRule{}, f.Value).what != "" {
		return 0, false
	}
	n, err := strconv.Atoi(f.Value.Text)
	return n, err == nil
}
