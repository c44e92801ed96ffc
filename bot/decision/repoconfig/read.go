package repoconfig

import (
	"fmt"
	"regexp"
	"sort"
	"strings"
	"time"
	_ "time/tzdata" // the same zones on every machine, so that a date is the same everywhere

	"go.yaml.in/yaml/v4"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/signature/approval"
)

// Read reads the configuration. Every blocking finding makes it unreadable: then
// the Config must not be used. Rules CFG001 (unreadable) and CFG003 (unknown
// person or role). LAW 2.3, 8.
func Read(raw []byte) (Config, []document.Finding) {
	top, faults := parseYAML(raw)
	if faults != nil {
		return Config{}, faults
	}
	r := &reader{}
	c := r.config(top)
	document.SortFindings(r.findings)
	c.Later = r.later
	return c, r.findings
}

func (r *reader) config(top *yaml.Node) Config {
	m := r.mapping(top, "the configuration", "version", "organisation", "root", "branches", "time-zone", "law", "people", "roles",
		"types", "rules", "config", "receipts", "emergency", "may-dismiss", "evidence", "severities", "bots")
	c := Config{Root: ".", TimeZone: time.UTC, TimeZoneName: "UTC", Law: 1, Evidence: Evidence{Branch: "evidence"}}
	for _, key := range []string{"version", "organisation", "branches", "people", "roles", "rules", "config"} {
		if m[key] == nil && top.Kind == yaml.MappingNode {
			r.fault(top, "the key "+key+" is missing", "add it; the page on the configuration shows one")
		}
	}
	r.general(m, &c)
	if n := m["people"]; n != nil {
		c.People = r.people(n)
	}
	if n := m["roles"]; n != nil {
		c.Roles = r.roles(n, &c)
	}
	if n := m["rules"]; n != nil {
		c.Rules = r.rules(n, &c)
	}
	if n := m["config"]; n != nil {
		c.Governance = r.rule(n, &c, -1)
	}
	r.extras(m, &c)
	return c
}

func (r *reader) general(m map[string]*yaml.Node, c *Config) {
	if n := m["version"]; n != nil {
		r.oneOf(n, "version", "1")
	}
	if n := m["law"]; n != nil {
		r.oneOf(n, "law", "1")
	}
	if n := m["organisation"]; n != nil {
		c.Organisation = r.text(n, "organisation")
	}
	if n := m["root"]; n != nil {
		c.Root = r.root(n)
	}
	if n := m["branches"]; n != nil {
		c.Branches = r.words(n, "branches")
		if len(c.Branches) == 0 {
			r.fault(n, "branches is empty", "name the governed branch, for example [main]")
		}
	}
	if n := m["time-zone"]; n != nil {
		c.TimeZoneName = r.text(n, "time-zone")
		zone, err := time.LoadLocation(c.TimeZoneName)
		if err != nil || c.TimeZoneName == "Local" {
			r.fault(n, fmt.Sprintf("time-zone %q is not known", n.Value), "write a name of the IANA list, for example Europe/Dublin")
			zone = time.UTC
		}
		c.TimeZone = zone
	}
}

func (r *reader) root(n *yaml.Node) string {
	root := r.text(n, "root")
	if root == "." {
		return root
	}
	for _, part := range strings.Split(root, "/") {
		if part == "" || part == "." || part == ".." || part == ".git" {
			r.fault(n, fmt.Sprintf("root %q is not a folder of the repository", root), "write . or a path such as governance/cloud")
			return "."
		}
	}
	return root
}

func slugPattern() *regexp.Regexp { return compiledSlug }

var compiledSlug = regexp.MustCompile(`^[a-z][a-z0-9-]{0,63}$`)

func (r *reader) slug(n *yaml.Node, what string) string {
	if !slugPattern().MatchString(n.Value) {
		r.fault(n, fmt.Sprintf("%s %q is not a short name", what, n.Value), "use a to z, 0 to 9 and -, beginning with a letter")
		return ""
	}
	return n.Value
}

func (r *reader) people(n *yaml.Node) []Person {
	entries := r.mapping(n, "people")
	ids, addresses := map[int64]string{}, map[string]string{}
	var people []Person
	for _, key := range keys(n) {
		if entries[key.Value] == nil {
			continue
		}
		p := r.person(key, entries[key.Value])
		if other, twice := ids[p.GitHub]; twice && p.GitHub != 0 {
			r.fault(key, fmt.Sprintf("%s and %s have the same GitHub id", other, p.Slug), "one person, one entry")
		}
		ids[p.GitHub] = p.Slug
		for _, e := range p.Emails {
			if other, twice := addresses[lowerASCII(e)]; twice {
				r.fault(key, fmt.Sprintf("%s and %s have the address %s", other, p.Slug, e), "an address belongs to one person")
			}
			addresses[lowerASCII(e)] = p.Slug
		}
		people = append(people, p)
	}
	sort.Slice(people, func(i, j int) bool { return people[i].Slug < people[j].Slug })
	return people
}

func (r *reader) person(key, n *yaml.Node) Person {
	p := Person{Slug: r.slug(key, "the person")}
	if p.Slug == "vidimus" || p.Slug == "web-flow" {
		r.fault(key, "the name "+p.Slug+" is reserved for a key of the App or of the host", "choose another short name")
	}
	m := r.mapping(n, "a person", "github", "login", "name", "emails", "department", "approval-signs")
	for _, needed := range []string{"github", "login", "name", "emails"} {
		if m[needed] == nil {
			r.fault(key, fmt.Sprintf("%s has no %s", p.Slug, needed), "add it")
		}
	}
	if v := m["github"]; v != nil {
		p.GitHub = r.integer(v, "github (the numeric account id)")
	}
	if v := m["login"]; v != nil {
		p.Login = r.text(v, "login")
	}
	if v := m["name"]; v != nil {
		p.Name = r.text(v, "name")
	}
	if v := m["emails"]; v != nil {
		p.Emails = r.emails(v)
	}
	if v := m["department"]; v != nil {
		p.Department = r.text(v, "department")
	}
	if v := m["approval-signs"]; v != nil {
		p.ApprovalSigns = r.boolean(v, "approval-signs")
	}
	return p
}

func (r *reader) emails(n *yaml.Node) []string {
	found := r.words(n, "emails")
	for _, e := range found {
		if at := strings.IndexByte(e, '@'); e != "" && (at < 1 || at == len(e)-1 || strings.ContainsAny(e, " <>,;")) {
			r.fault(n, fmt.Sprintf("%q is not an e-mail address", e), "write it as it stands in the commits")
		}
	}
	if len(found) == 0 {
		r.fault(n, "emails is empty", "name the addresses that stand in this person's commits")
	}
	return found
}

// lowerASCII folds ASCII letters only: addresses compare so. DESIGN.md, Person.
func lowerASCII(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= 'A' && c <= 'Z' {
			return c + 'a' - 'A'
		}
		return c
	}, s)
}

func (r *reader) roles(n *yaml.Node, c *Config) []Role {
	entries := r.mapping(n, "roles")
	var roles []Role
	for _, key := range keys(n) {
		if entries[key.Value] == nil {
			continue
		}
		role := Role{ID: r.slug(key, "the role")}
		if role.ID == approval.RoleSelf {
			r.fault(key, "the role self is reserved for the owner of a key", "choose another name")
		}
		m := r.mapping(entries[key.Value], "a role", "title", "holders", "team", "deputies")
		r.fillRole(key, m, &role, c)
		roles = append(roles, role)
	}
	return roles
}

func (r *reader) fillRole(key *yaml.Node, m map[string]*yaml.Node, role *Role, c *Config) {
	if v := m["title"]; v != nil {
		role.Title = r.text(v, "title")
	} else {
		r.fault(key, "the role "+role.ID+" has no title", "add it, for example title: Head of IT")
	}
	if v := m["holders"]; v != nil {
		role.Holders = r.holders(v, role.ID, c)
	} else {
		r.fault(key, "the role "+role.ID+" has no holders", "name at least one person of people")
	}
	if v := m["team"]; v != nil {
		r.notYet(v, "roles."+role.ID+".team: teams")
	}
	if v := m["deputies"]; v != nil && len(v.Content) > 0 {
		r.notYet(v, "roles."+role.ID+".deputies: deputies")
	}
}

func (r *reader) holders(n *yaml.Node, role string, c *Config) []string {
	items := r.list(n, "holders")
	var found []string
	for _, item := range items {
		if _, ok := c.Person(item.Value); !ok || item.Kind != yaml.ScalarNode {
			r.unknown(item, fmt.Sprintf("the role %s is held by %q, who is not in people", role, item.Value), "add the person to people, or name another")
			continue
		}
		if contains(found, item.Value) {
			r.fault(item, fmt.Sprintf("%s holds the role %s twice", item.Value, role), "keep one")
			continue
		}
		found = append(found, item.Value)
	}
	if len(items) == 0 && n.Kind == yaml.SequenceNode {
		r.fault(n, "the role "+role+" has no holders", "name at least one person of people")
	}
	return found
}
