package web

import (
	"strings"
	"time"

	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// person is an account as pages name it.
type person struct {
	Login string
	Name  string
	// Note is what part somebody plays, "" where nobody has said.
	Note string
	Bot  bool
	// Path is the page of the account.
	Path string
	// Initials stand in for a picture, Hue is one of six colours.
	Initials string
	Hue      int
	// Current: it is the visitor.
	Current bool
}

// First is how a friend would call them.
func (p person) First() string {
	first, _, _ := strings.Cut(p.Name, " ")
	return first
}

// hues is how many colours the pictures of people have.
const hues = 6

// personOf is the account as pages name it; nobody for nil.
func personOf(a *world.Account) person {
	if a == nil {
		return person{Login: "ghost", Name: "nobody", Path: "/", Initials: "?"}
	}
	p := person{Login: a.Login, Name: a.Name, Note: a.Note, Bot: a.Kind == world.KindBot, Path: "/" + a.Login, Hue: int(a.ID % hues), Initials: initials(a.Name)}
	if p.Bot {
		p.Path = "/apps/" + strings.TrimSuffix(a.Login, "[bot]")
	}
	return p
}

// initials are the first letters of the first and the last word of a name.
func initials(name string) string {
	words := strings.FieldsFunc(name, func(c rune) bool { return c == ' ' || c == '-' || c == '[' || c == ']' })
	if len(words) == 0 {
		return "?"
	}
	letters := []rune(words[0])[:1]
	if len(words) > 1 {
		letters = append(letters, []rune(words[len(words)-1])[0])
	}
	return strings.ToUpper(string(letters))
}

func peopleOf(accounts []*world.Account) []person {
	people := make([]person, 0, len(accounts))
	for _, a := range accounts {
		people = append(people, personOf(a))
	}
	return people
}

// moment is a time as pages write it.
type moment struct{ time.Time }

// Machine is the time for the datetime attribute.
func (m moment) Machine() string { return m.UTC().Format(time.RFC3339) }

// Words is the time for people.
func (m moment) Words() string { return m.UTC().Format("2006-01-02 15:04:05 UTC") }
