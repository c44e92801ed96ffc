package reviewpage

import (
	"fmt"
	"net/url"
	"strings"
)

// moment is a time "2026-11-24T09:30:00Z", in UTC.
type moment string

// Text is the time as people read it.
func (m moment) Text() string {
	date, clock, ok := strings.Cut(string(m), "T")
	if !ok {
		return string(m)
	}
	return date + " " + strings.TrimSuffix(clock, "Z") + " UTC"
}

// day is a date "2026-11-24"; "" is none.
type day string

// digest is a SHA-256, or another name in hex.
type digest string

// Groups are its digits in groups of eight, to be read aloud and compared.
func (d digest) Groups() []string {
	var found []string
	s := string(d)
	for len(s) > 8 {
		found, s = append(found, s[:8]), s[8:]
	}
	return append(found, s)
}

// Short are the first twelve digits, for people only.
func (d digest) Short() string { return short(string(d)) }

func short(s string) string { return s[:min(12, len(s))] }

// state is a word with icon and colour; docs-templates/site/parts.html.
type state struct{ Class, Icon, Word string }

func good(word string) state    { return state{"ok", "ok", word} }
func waiting(word string) state { return state{"due", "due", word} }
func missing(word string) state { return state{"bad", "bad", word} }
func deviant(word string) state { return state{"bad", "dev", word} }
func inform(word string) state  { return state{"info", "info", word} }
func past(word string) state    { return state{"past", "past", word} }

// banner answers the page's question in one line.
type banner struct {
	State            state
	Text, Href, Link string
}

// fact is one line of a list; docs-templates/site/parts.html.
type fact struct {
	Name, Text, Href, Code, Note string
	Digest                       digest
	Time                         moment
	Day                          day
	State                        *state
}

// many gives a number with its noun.
func many(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

// list is "a", "a and b", "a, b and c".
func list(words []string, last string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " " + last + " " + words[n-1]
	}
	return strings.Join(words, "")
}

// web is an address on the host's pages of the repository.
func (v *view) web(parts ...string) string {
	address := v.Web + "/" + v.d.Repository.Name
	for _, p := range parts {
		address += "/" + (&url.URL{Path: p}).EscapedPath()
	}
	return address
}

// files is where the change is read and reviewed on the host.
func (v *view) files() string { return v.web("pull", fmt.Sprint(v.Pull.Number), "files") }

// blob is a file on the host at a commit.
func (v *view) blob(commit, path string) string { return v.web("blob", commit, path) }
