package keyring

import (
	"strconv"
	"strings"
)

// Person is somebody in the roster, `people:` of .vidimus.yml.
type Person struct {
	// Slug names the person in the configuration and their files keys/<slug>.asc and .pub.
	Slug string
	// GitHub is the account's numeric id, which identifies it; 0 is no account. Login is for display.
	GitHub int64
	Login  string
	Name   string
	// Emails are the addresses the person commits from.
	Emails []string
}

// noReplyDomain is the domain of the addresses that GitHub gives to accounts.
const noReplyDomain = "@users.noreply.github.com"

// HostAddress is the committer of what GitHub's own editor and buttons commit.
const HostAddress = "noreply@github.com"

// roster finds people by slug, address and account. An address that two people claim finds nobody.
type roster struct {
	people    []Person
	bySlug    map[string]int
	byAddress map[string]int
	byAccount map[int64]int
}

// nobody marks an address or account that more than one person claims.
const nobody = -1

// newRoster indexes people; the first of two with one slug stands.
func newRoster(people []Person) roster {
	r := roster{
		people: people, bySlug: map[string]int{}, byAddress: map[string]int{}, byAccount: map[int64]int{},
	}
	for i, p := range people {
		if _, taken := r.bySlug[p.Slug]; !taken {
			r.bySlug[p.Slug] = i
		}
		if p.GitHub != 0 {
			claim(r.byAccount, p.GitHub, i)
		}
		for _, address := range p.Emails {
			claim(r.byAddress, lower(address), i)
		}
	}
	return r
}

// claim gives key to person i, or to nobody when another has it.
func claim[K comparable](index map[K]int, key K, i int) {
	if old, taken := index[key]; taken && old != i {
		i = nobody
	}
	index[key] = i
}

// person gives the person whose address this is. An account's address is that account's, whoever else
// lists it.
func (r roster) person(address string) (Person, bool) {
	address = lower(address)
	i, found := 0, false
	if id, ok := account(address); ok {
		i, found = r.byAccount[id]
	}
	if !found {
		i, found = r.byAddress[address]
	}
	if !found || i == nobody || address == "" {
		return Person{}, false
	}
	return r.people[i], true
}

// account reads the numeric id in {id}+{login}@users.noreply.github.com. The older form without an id
// names a login, which may have been given to somebody else since, so it says nothing.
func account(address string) (int64, bool) {
	local, ok := strings.CutSuffix(address, noReplyDomain)
	if !ok {
		return 0, false
	}
	digits, _, ok := strings.Cut(local, "+")
	if !ok || len(digits) > 18 || strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	id, err := strconv.ParseInt(digits, 10, 64)
	return id, err == nil && id > 0
}

// lower folds ASCII letters only: no look-alike from another script becomes an address of the roster.
func lower(address string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, address)
}
