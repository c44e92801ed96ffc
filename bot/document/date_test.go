package document_test

import (
	"testing"
	"time"

	"github.com/vidimus-bot/vidimus/bot/document"
)

func TestParseDate_onlyCalendarDaysInOneForm(t *testing.T) {
	for text, ok := range map[string]bool{
		"2026-11-24": true, "2028-02-29": true, "0001-01-01": true, "9999-12-31": true,
		"2026-02-29": false, "2026-13-01": false, "2026-00-10": false, "0000-01-01": false, "2026-1-1": false, "2026-11-24 ": false,
		"26-11-24": false, "2026/11/24": false, "2026-11-2x": false, "": false, "２026-11-24": false, "-026-11-24": false, "2026-11-+1": false,
	} {
		date, err := document.ParseDate(text)
		if (err == nil) != ok {
			t.Errorf("ParseDate(%q) = %v, %v; want ok %v", text, date, err, ok)
		}
		if err == nil && date.String() != text {
			t.Errorf("ParseDate(%q).String() = %q", text, date)
		}
		if err != nil && !date.IsZero() {
			t.Errorf("ParseDate(%q) = %v with an error, want no date", text, date)
		}
	}
}

func TestDate_arithmetic(t *testing.T) {
	day := document.NewDate(2026, time.November, 24)
	for _, c := range []struct{ got, want string }{
		{day.AddDays(7).String(), "2026-12-01"},
		{day.AddDays(-366).String(), "2025-11-23"},
		{day.AddMonths(12).String(), "2027-11-24"},
		{day.AddMonths(-24).String(), "2024-11-24"},
		{document.NewDate(2026, time.January, 31).AddMonths(1).String(), "2026-02-28"},
		{document.NewDate(2028, time.February, 29).AddMonths(12).String(), "2029-02-28"},
		{document.NewDate(2028, time.February, 29).AddMonths(-24).String(), "2026-02-28"},
		{document.NewDate(9999, time.December, 31).AddDays(1).String(), ""},
		{document.Date{}.AddDays(3).String(), ""},
		{document.Date{}.AddMonths(3).String(), ""},
		{document.DateOf(time.Date(2026, 11, 24, 23, 59, 0, 0, time.FixedZone("", 3600))).String(), "2026-11-24"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
	if n := day.DaysSince(document.NewDate(2025, time.November, 24)); n != 365 {
		t.Errorf("DaysSince = %d, want 365", n)
	}
	if n := document.NewDate(1, 1, 1).DaysSince(day); n >= 0 {
		t.Errorf("DaysSince = %d, want a negative number", n)
	}
	if !day.Before(day.AddDays(1)) || !day.After(document.Date{}) || day.Compare(day) != 0 {
		t.Error("dates are not ordered")
	}
}

func TestVersion_tenIsLaterThanNine(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"2.10", "2.9", 1}, {"2.9", "2.10", -1}, {"3.0", "2.99", 1}, {"1.1", "1.1", 0}, {"0.1", "0.0", 1}} {
		a, errA := document.ParseVersion(c.a)
		b, errB := document.ParseVersion(c.b)
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		if got := a.Compare(b); got != c.want {
			t.Errorf("%s compared with %s = %d, want %d", a, b, got, c.want)
		}
	}
}

func TestParseVersion_refusesOtherForms(t *testing.T) {
	for _, text := range []string{"", "1", "1.", ".1", "1.2.3", "01.2", "1.02", "v1.2", "1.2 ", "-1.2", "+1.2", "1,2", "1.١", "1234567.0", "1.1234567"} {
		if v, err := document.ParseVersion(text); err == nil {
			t.Errorf("ParseVersion(%q) = %v, want an error", text, v)
		}
	}
}
