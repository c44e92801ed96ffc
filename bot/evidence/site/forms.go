package site

import (
	"fmt"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// moment is a time as records write it, "2026-11-24T06:00:00Z"; "" is none.
type moment string

// Text is the time as people read it.
func (m moment) Text() string {
	day, clock, ok := strings.Cut(string(m), "T")
	if !ok {
		return string(m)
	}
	return day + " " + strings.TrimSuffix(clock, "Z") + " UTC"
}

// Day is the date of the time, in UTC.
func (m moment) Day() day {
	date, _, _ := strings.Cut(string(m), "T")
	return day(date)
}

// day is a date "2026-11-24"; "" is none.
type day string

func dayOf(d document.Date) day { return day(d.String()) }

// digest is a SHA-256, or another name in hex, in lower case.
type digest string

// Groups are its digits in groups of eight, to be read aloud and compared.
func (d digest) Groups() []string { return groups(string(d), 8) }

// Short are the first twelve digits, for people only.
func (d digest) Short() string { return string(d)[:min(12, len(d))] }

func groups(s string, size int) []string {
	var found []string
	for len(s) > size {
		found, s = append(found, s[:size]), s[size:]
	}
	return append(found, s)
}

// fingerprint is the name of a key as gpg or ssh-keygen show it; OpenPGP ones in groups of four digits.
func fingerprint(s string) string {
	if strings.HasPrefix(s, "SHA256:") {
		return s
	}
	return strings.Join(groups(s, 4), " ")
}

// many gives a number with its noun, one of two.
func many(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + more
}

// thousands writes a number with separators.
func thousands(n int) string {
	if n < 0 {
		return "-" + thousands(-n)
	}
	s := fmt.Sprint(n)
	for at := len(s) - 3; at > 0; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}

// distance says how far a date is from today: "in 6 days", "today", "36 days ago".
func distance(today, date document.Date) string {
	switch n := date.DaysSince(today); {
	case n == 0:
		return "today"
	case n > 0:
		return "in " + many(n, "day", "days")
	default:
		return many(-n, "day", "days") + " ago"
	}
}

// list joins names: "a", "a and b", "a, b and c".
func list(names []string) string {
	switch n := len(names); n {
	case 0:
		return ""
	case 1:
		return names[0]
	default:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
}

// verb agrees with a number.
func verb(n int, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}

// capital writes the first letter large.
func capital(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// lower writes the first letter small.
func lower(s string) string {
	if s == "" || s[0] < 'A' || s[0] > 'Z' {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
