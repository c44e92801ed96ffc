package document

import (
	"cmp"
	"fmt"
	"time"
)

// Date is a civil date without time and zone, of the years 1 to 9999. The zero Date is "no date".
type Date struct {
	year  int16
	month int8
	day   int8
}

// NewDate returns the civil date. A date that does not exist (30 February) gives the zero Date.
func NewDate(year int, month time.Month, day int) Date {
	t := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	if year < 1 || year > 9999 || t.Year() != year || t.Month() != month || t.Day() != day {
		return Date{}
	}
	return Date{int16(year), int8(month), int8(day)}
}

// DateOf returns the date that t shows in its own location.
func DateOf(t time.Time) Date { return NewDate(t.Date()) }

// ParseDate reads exactly YYYY-MM-DD (ISO 8601, extended form), nothing shorter, longer or padded.
func ParseDate(s string) (Date, error) {
	var digits [10]int
	if len(s) != len("YYYY-MM-DD") || s[4] != '-' || s[7] != '-' {
		return Date{}, fmt.Errorf("%q is not a date in the form YYYY-MM-DD", s)
	}
	for i := range len(s) {
		digits[i] = int(s[i]) - '0'
		if i != 4 && i != 7 && (digits[i] < 0 || digits[i] > 9) {
			return Date{}, fmt.Errorf("%q is not a date in the form YYYY-MM-DD", s)
		}
	}
	year := digits[0]*1000 + digits[1]*100 + digits[2]*10 + digits[3]
	date := NewDate(year, time.Month(digits[5]*10+digits[6]), digits[8]*10+digits[9])
	if date.IsZero() {
		return Date{}, fmt.Errorf("%q is not a day of the calendar", s)
	}
	return date, nil
}

// IsZero reports whether d is no date.
func (d Date) IsZero() bool { return d == Date{} }

// String returns YYYY-MM-DD, or "" for no date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.year, d.month, d.day)
}

// Compare returns -1, 0 or 1 as d is before, at or after e. No date is before all dates.
func (d Date) Compare(e Date) int {
	return cmp.Or(cmp.Compare(d.year, e.year), cmp.Compare(d.month, e.month), cmp.Compare(d.day, e.day))
}

// Before reports whether d is earlier than e.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// After reports whether d is later than e.
func (d Date) After(e Date) bool { return d.Compare(e) > 0 }

// AddDays returns the date n days later, or no date if that leaves the calendar or d is none.
func (d Date) AddDays(n int) Date {
	if d.IsZero() {
		return Date{}
	}
	return DateOf(d.midnight().AddDate(0, 0, n))
}

// AddMonths returns the same day n months later, or the last day of that month where it has no such day.
func (d Date) AddMonths(n int) Date {
	if d.IsZero() {
		return Date{}
	}
	first := time.Date(int(d.year), time.Month(d.month), 1, 0, 0, 0, 0, time.UTC).AddDate(0, n, 0)
	last := first.AddDate(0, 1, -1).Day()
	return NewDate(first.Year(), first.Month(), min(int(d.day), last))
}

// DaysSince returns how many days d is after e; negative if it is before.
func (d Date) DaysSince(e Date) int {
	return int(d.midnight().Sub(e.midnight()).Hours() / 24)
}

func (d Date) midnight() time.Time {
	return time.Date(int(d.year), time.Month(d.month), int(d.day), 0, 0, 0, 0, time.UTC)
}
