package site

import (
	"fmt"
	"strings"
	"time"

	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/signature/approval"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring"
)

// peoplePage is what people.html is filled with.
type peoplePage struct {
	Lead     string
	People   []personRow
	Roles    []roleRow
	Rules    []ruleRow
	Machines []keyRow
	Former   []formerRow
	Files    []crumb
	Commit   string
	Unread   bool // the configuration cannot be read by this version
}

// personRow is one person of the roster.
type personRow struct {
	Name, Account, Department string
	Roles                     []string
	Keys                      []keyRow
}

// keyRow is one key.
type keyRow struct {
	Name, Use   string
	Fingerprint string
	Algorithm   string
	State       state
	Expires     day
	Note        string
	Href        string
}

// roleRow is one role with its holders.
type roleRow struct {
	Title, ID, Holders string
	Receipts           bool
}

// ruleRow is one rule of signing.
type ruleRow struct {
	For, Require, Level, Commits, Several string
}

// formerRow is a person or key that the roster had once.
type formerRow struct{ What, Until, Href string }

// people makes the page of who may sign.
func (s *site) people() error {
	p := s.sheet("people.html")
	data := peoplePage{Unread: s.config.Organisation == ""}
	keys := map[string][]keyRow{}
	for _, k := range s.keys() {
		if ofPerson(k) {
			keys[k.Slug] = append(keys[k.Slug], p.keyRow(k))
		}
	}
	for _, one := range s.roster() {
		data.People = append(data.People, p.personRow(one, keys[one.Slug]))
	}
	for _, r := range s.config.Roles {
		data.Roles = append(data.Roles, roleRow{Title: s.roleTitle(r.ID), ID: r.ID, Holders: list(s.holders(r.ID)), Receipts: s.owesReceipts(r.ID)})
	}
	for _, r := range s.config.Rules {
		data.Rules = append(data.Rules, s.ruleRow(r))
	}
	if !data.Unread {
		data.Rules = append(data.Rules, s.ruleRow(s.config.Governance))
	}
	data.Machines, data.Former, data.Files = p.machines(), p.former(), p.governanceFiles()
	data.Commit = s.branch.tip
	data.Lead = s.peopleLead(data.People)
	return s.add(page{
		sheet: p, title: "People and keys", place: "people.html", template: "people", data: data,
		crumbs: []crumb{{"Overview", "index.html"}, {"People and keys", ""}},
	})
}

// ofPerson says whether a key is the primary key of somebody, not of the host or of Vidimus.
func ofPerson(k keyring.Key) bool {
	return k.Slug != keyring.HostSlug && k.Slug != keyring.BotSlug && k.Fingerprint == k.Primary
}

// roster are the people: those with a role first, in the order of the roles.
func (a *archive) roster() []repoconfig.Person {
	var found []repoconfig.Person
	seen := map[string]bool{}
	add := func(slug string) {
		if p, ok := a.config.Person(slug); ok && !seen[slug] {
			seen[slug] = true
			found = append(found, p)
		}
	}
	for _, r := range a.config.Roles {
		for _, slug := range r.Holders {
			add(slug)
		}
	}
	for _, p := range a.config.People {
		add(p.Slug)
	}
	return found
}

func (a *archive) peopleLead(people []personRow) string {
	roles, keyed, soon := 0, 0, 0
	for _, p := range people {
		if len(p.Roles) > 0 {
			roles++
		}
		if len(p.Keys) > 0 {
			keyed++
		}
		for _, k := range p.Keys {
			if k.State.Class == "due" {
				soon++
			}
		}
	}
	text := fmt.Sprintf("%s. %s. ", many(roles, "person holds a role", "people hold a role"), many(keyed, "has a key", "have a key"))
	if soon > 0 {
		return text + many(soon, "key expires", "keys expire") + fmt.Sprintf(" within %d days.", keyDays)
	}
	return text + fmt.Sprintf("No key expires within %d days.", keyDays)
}

// keyDays is how many days before its end a key is shown as due.
const keyDays = 60

func (p sheet) personRow(one repoconfig.Person, keys []keyRow) personRow {
	row := personRow{
		Name: nameOf(one.Name, one.Login), Account: fmt.Sprintf("@%s, id %d", one.Login, one.GitHub), Department: one.Department, Keys: keys,
	}
	for _, r := range p.site.config.Roles {
		if p.site.config.Holds(one.Slug, r.ID) {
			row.Roles = append(row.Roles, p.site.roleTitle(r.ID))
		}
	}
	return row
}

// keyRow is a key as it is at the time of the last entry.
func (p sheet) keyRow(k keyring.Key) keyRow {
	row := keyRow{Fingerprint: fingerprint(k.Fingerprint), Algorithm: k.Algorithm, Href: p.to(p.site.pageAt(k.Path))}
	now := p.site.last.When()
	st, why := k.At(now)
	row.State, row.Note = missing(capital(string(st))), why
	if st == keyring.Fit {
		row.State, row.Note = good("Valid"), ""
	}
	expires := k.Expires()
	if expires.IsZero() {
		return row
	}
	row.Expires = day(expires.UTC().Format(time.DateOnly))
	if left := document.DateOf(expires).DaysSince(p.site.today); st == keyring.Fit && left <= keyDays {
		row.State = due("Expires " + distance(p.site.today, document.DateOf(expires)))
	}
	return row
}

// pageAt is the address of what the branch holds at a path; "" if it has no page.
func (a *archive) pageAt(path string) string {
	d := a.byPath[path]
	if d == nil || !d.hasPages() {
		return ""
	}
	if v := a.current(d); v != nil {
		return v.page()
	}
	return d.history()
}

// owesReceipts says whether the policy asks a role to confirm receipt.
func (a *archive) owesReceipts(role string) bool {
	d := a.policy()
	if d == nil {
		return false
	}
	for _, r := range d.Texts("receipt-roles") {
		if r == role {
			return true
		}
	}
	return false
}

func (a *archive) ruleRow(r repoconfig.Rule) ruleRow {
	row := ruleRow{For: ruleFor(r), Require: a.requirement(r.Require), Level: r.Level.String(), Commits: "signed by a personal key", Several: "one role for each person"}
	if r.HostKeyCommits {
		row.Commits = "signed by a personal key, or vouched for by GitHub"
	}
	if r.SeveralRoles {
		row.Several = "several roles for one person allowed"
	}
	return row
}

// ruleFor says for which documents a rule is.
func ruleFor(r repoconfig.Rule) string {
	if r.Index < 0 {
		return "the configuration and all keys"
	}
	var parts []string
	for _, typ := range r.For.Types {
		parts = append(parts, lower(typeTitle(typ)))
	}
	for _, at := range r.For.Paths {
		parts = append(parts, "path "+at)
	}
	for _, id := range r.For.IDs {
		parts = append(parts, "id "+id)
	}
	for _, word := range r.For.Criticalities {
		parts = append(parts, "criticality "+word)
	}
	if len(parts) == 0 {
		return "every document"
	}
	return strings.Join(parts, "; ")
}

// requirement puts a requirement into words.
func (a *archive) requirement(r approval.Requirement) string {
	words := func(parts []approval.Requirement) []string {
		out := make([]string, len(parts))
		for i, one := range parts {
			out[i] = a.requirement(one)
		}
		return out
	}
	switch {
	case r.Role != "":
		return a.roleTitle(r.Role)
	case len(r.All) > 0:
		return list(words(r.All))
	case len(r.Any) > 0:
		return "one of (" + strings.Join(words(r.Any), ", ") + ")"
	case len(r.Of) > 0:
		return fmt.Sprintf("%d of (%s)", r.Count, strings.Join(words(r.Of), ", "))
	default:
		return "nothing that can be met"
	}
}

// machines are the evidence key and the keys of the host.
func (p sheet) machines() []keyRow {
	key := p.site.evidenceKey()
	rows := []keyRow{{
		Name: "Vidimus", Use: "signs this evidence; never compare it with this page alone", Fingerprint: fingerprint(key.Primary), State: good("In use"),
		Note: "since " + string(moment(key.ValidFrom).Day()),
	}}
	for _, k := range p.site.keys() {
		if k.Slug == keyring.HostSlug && k.Fingerprint == k.Primary {
			row := p.keyRow(k)
			row.Name, row.Use = "GitHub", "signs what is made with its buttons and its editor"
			rows = append(rows, row)
		}
	}
	return rows
}

// governanceFiles are the signed configuration and key files, with their histories; documents have their own page.
func (p sheet) governanceFiles() []crumb {
	var files []crumb
	for _, e := range p.site.governing {
		if d := p.site.byPath[e.Path]; d != nil && d.hasPages() && d.kind != document.Markdown {
			files = append(files, crumb{e.Path, p.to(d.history())})
		}
	}
	return files
}

// former are the people and keys that earlier signed configurations and key files had.
func (p sheet) former() []formerRow {
	var rows []formerRow
	seen := map[string]bool{}
	for _, one := range p.site.config.People {
		seen[fmt.Sprint("person ", one.GitHub)] = true
	}
	for _, k := range p.site.keys() {
		seen["key "+k.Fingerprint] = true
	}
	for _, d := range p.site.archive.dossiers {
		for i := len(d.versions) - 1; i >= 0; i-- {
			rows = append(rows, p.formerIn(d.versions[i], seen)...)
		}
	}
	return rows
}

// formerIn are the people and keys of one earlier version that are not seen anywhere later.
func (p sheet) formerIn(v *version, seen map[string]bool) []formerRow {
	if !v.signed() || v.dossier.kind != document.Configuration && v.dossier.kind != document.Key {
		return nil
	}
	raw, err := p.site.ledger.Bytes(string(v.sha256))
	if err != nil {
		return nil // unreachable: versions are made of bytes that were read
	}
	until := "until the change of this file"
	if next := v.successor(); next != nil {
		until = "until " + string(moment(next.published.Landed.At).Day())
	}
	var rows []formerRow
	add := func(key, what string) {
		if !seen[key] {
			seen[key] = true
			rows = append(rows, formerRow{what, until, p.to(v.page())})
		}
	}
	if v.dossier.kind == document.Key {
		for _, k := range keyring.Read(keyring.File{Path: v.path, Bytes: raw}) {
			if k.Fingerprint == k.Primary {
				add("key "+k.Fingerprint, "Key "+fingerprint(k.Fingerprint)+" of "+v.path)
			}
		}
		return rows
	}
	config, findings := repoconfig.Read(raw)
	if len(findings) > 0 {
		return nil
	}
	for _, one := range config.People {
		add(fmt.Sprint("person ", one.GitHub), fmt.Sprintf("%s, @%s, id %d", nameOf(one.Name, one.Login), one.Login, one.GitHub))
	}
	return rows
}
