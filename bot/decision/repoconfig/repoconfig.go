// Package repoconfig reads .vidimus.yml: who is known, who holds which role, and
// who must sign what. Bytes go in, the domain's values and findings come out;
// the package never looks at a clock, a disk or GitHub. A configuration with a
// blocking finding is unreadable, and an unreadable configuration signs nothing.
package repoconfig

import (
	"time"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/signature/approval"
)

// Path is where the configuration lies, at the repository's root always.
const Path = ".vidimus.yml"

// Limits of what is read; a roster of a thousand people fits many times over.
const (
	MaxBytes    = 512 << 10
	maxDepth    = 24
	maxNodes    = 50_000
	maxListSize = 2_000
)

// Config is one readable configuration, version 1.
type Config struct {
	Organisation string
	Root         string // "." or a folder without slashes at its ends
	Branches     []string
	TimeZone     *time.Location
	TimeZoneName string
	Law          int
	People       []Person // by slug
	Roles        []Role   // in the order of the file
	Rules        []Rule   // in the order of the file
	// Governance is the rule that signs .vidimus.yml and keys/.
	Governance Rule
	MayDismiss []string // role ids
	Evidence   Evidence
	Severities map[string]Severity
	Types      []document.Type // an organisation's own, in the order of the file
	Bots       []Bot
	// Later are the features that the configuration asks for and this version
	// does not judge; each is named in the check and blocks.
	Later []Later
}

// Person is one entry of people. Identity is the numeric GitHub id.
type Person struct {
	Slug       string
	GitHub     int64
	Login      string
	Name       string
	Emails     []string
	Department string
	// ApprovalSigns: the person confirmed by a signed change that approving
	// reviews here are signatures. LAW 5.2.
	ApprovalSigns bool
}

// Role is one entry of roles. Holders are slugs of people.
type Role struct {
	ID      string
	Title   string
	Holders []string
}

// Rule says for which documents who must sign, and how.
type Rule struct {
	// Index is the rule's place in the file, from 0; -1 for the config rule.
	Index   int
	For     Match
	Require approval.Requirement
	Level   approval.Level
	// HostKeyCommits: commits vouched for by GitHub are enough.
	HostKeyCommits bool
	// SeveralRoles: one person may fill several roles on one document.
	SeveralRoles bool
	Line         int
}

// Match selects documents; every field that is given must match. An empty Match
// selects every document.
type Match struct {
	Types         []string
	Paths         []string // patterns of path.Match; "dir/**" is all below dir
	IDs           []string
	Criticalities []string
}

// Evidence says where evidence goes.
type Evidence struct {
	Branch string
}

// Severity is a changed severity of one rule, with its reason when lowered.
type Severity struct {
	To     string // block, warn, off
	Reason string
}

// Bot is an App that may author commits; it never signs.
type Bot struct {
	GitHub int64
	Login  string
	Emails []string
}

// Later is a feature that is not judged yet, with the line that asks for it.
type Later struct {
	Feature string
	Line    int
}

// Role finds a role by id.
func (c *Config) Role(id string) (Role, bool) {
	for _, r := range c.Roles {
		if r.ID == id {
			return r, true
		}
	}
	return Role{}, false
}

// Person finds a person by slug.
func (c *Config) Person(slug string) (Person, bool) {
	for _, p := range c.People {
		if p.Slug == slug {
			return p, true
		}
	}
	return Person{}, false
}

// PersonByID finds the person of a GitHub account.
func (c *Config) PersonByID(id int64) (Person, bool) {
	for _, p := range c.People {
		if p.GitHub == id {
			return p, true
		}
	}
	return Person{}, false
}

// Holds says whether the person holds the role.
func (c *Config) Holds(slug, role string) bool {
	r, ok := c.Role(role)
	if !ok {
		return false
	}
	for _, h := range r.Holders {
		if h == slug {
			return true
		}
	}
	return false
}

// RoleIDs are all role ids in the order of the file.
func (c *Config) RoleIDs() []string {
	ids := make([]string, len(c.Roles))
	for i, r := range c.Roles {
		ids[i] = r.ID
	}
	return ids
}

// GovernsBranch says whether pull requests into branch are judged.
func (c *Config) GovernsBranch(branch string) bool {
	for _, b := range c.Branches {
		if b == branch {
			return true
		}
	}
	return false
}

// Problem makes a finding of the configuration.
func problem(rule string, line, column int, text, mend string) document.Finding {
	return document.Finding{
		Rule: rule, Severity: document.Block, Path: Path,
		Line: line, Column: column, Message: text, Fix: mend,
	}
}
