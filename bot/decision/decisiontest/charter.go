package decisiontest

import (
	"fmt"
	"slices"
	"strings"
)

// ConfigPath is where the configuration lies.
const ConfigPath = ".vidimus.yml"

// Charter is a configuration to be written: who is known, who holds which role,
// who signs what. Requirements and matches are YAML in flow style, as they stand
// in the file.
type Charter struct {
	Root     string   // "" is "."
	Branches []string // nil is [main]
	// People are slugs of the cast; ApprovalSigns those of them whose approving
	// reviews are signatures.
	People        []string
	ApprovalSigns []string
	Roles         []Role
	Rules         []Rule
	Config        Rule // its For is not written
	MayDismiss    []string
	// Bots are slugs of the cast.
	Bots []string
	// Extra are further lines, as they stand.
	Extra string
}

// Role is a role with its holders.
type Role struct {
	ID      string
	Holders []string
}

// Rule is one rule; the zero flags are the strict ones.
type Rule struct {
	For, Require, Level   string
	HostKey, SeveralRoles bool
}

// Northquay is the configuration that most scripts begin with:
//
//	topic policies          ciso and head-of-it, by statement
//	records                 ciso or counsel, by approval, host-key commits
//	REC-BOARD               besides that two of ciso, ceo, counsel, several roles allowed
//	.vidimus.yml and keys/  two of ciso, head-of-it, ceo, by statement
//
// Fergal is ceo and counsel, with Deirdre; may-dismiss is the ceo's.
func Northquay() Charter {
	return Charter{
		People:        []string{Aoife, Tomasz, Deirdre, Fergal, Ruben, Daan, Bruno},
		ApprovalSigns: []string{Aoife, Deirdre, Fergal},
		Roles: []Role{
			{"ciso", []string{Aoife}},
			{"head-of-it", []string{Tomasz}},
			{"counsel", []string{Deirdre, Fergal}},
			{"ceo", []string{Fergal}},
			{"engineering", []string{Bruno}},
		},
		Rules: []Rule{
			{For: "{type: topic-policy}", Require: "{all: [ciso, head-of-it]}", Level: "statement"},
			{For: "{type: record}", Require: "{any: [ciso, counsel]}", Level: "approval", HostKey: true},
			{For: "{id: REC-BOARD}", Require: "{count: 2, of: [ciso, ceo, counsel]}", Level: "approval", HostKey: true, SeveralRoles: true},
		},
		Config:     Rule{Require: "{count: 2, of: [ciso, head-of-it, ceo]}", Level: "statement"},
		MayDismiss: []string{"ceo"},
	}
}

// YAML writes the configuration.
func (c Charter) YAML() []byte {
	var b strings.Builder
	b.WriteString("version: 1\norganisation: Northquay Logistics DAC\n")
	if c.Root != "" {
		fmt.Fprintf(&b, "root: %s\n", c.Root)
	}
	branches := c.Branches
	if branches == nil {
		branches = []string{"main"}
	}
	fmt.Fprintf(&b, "branches: [%s]\npeople:\n", strings.Join(branches, ", "))
	for _, slug := range c.People {
		p := Named(slug)
		fmt.Fprintf(&b, "  %s: {github: %d, login: %s, name: %q, emails: [%s]", slug, p.ID, p.Login, p.Name, p.Email)
		if slices.Contains(c.ApprovalSigns, slug) {
			b.WriteString(", approval-signs: true")
		}
		b.WriteString("}\n")
	}
	b.WriteString("roles:\n")
	for _, r := range c.Roles {
		fmt.Fprintf(&b, "  %s: {title: Title of %s, holders: [%s]}\n", r.ID, r.ID, strings.Join(r.Holders, ", "))
	}
	b.WriteString("rules:\n")
	for _, r := range c.Rules {
		fmt.Fprintf(&b, "  - for: %s\n    %s\n", r.For, strings.Join(r.lines(), "\n    "))
	}
	fmt.Fprintf(&b, "config:\n  %s\n", strings.Join(c.Config.lines(), "\n  "))
	c.writeRest(&b)
	return []byte(b.String())
}

// lines are the keys of a rule besides "for".
func (r Rule) lines() []string {
	lines := []string{"require: " + r.Require, "level: " + r.Level}
	if r.HostKey {
		lines = append(lines, "commits: host-key")
	}
	if r.SeveralRoles {
		lines = append(lines, "several-roles: allowed")
	}
	return lines
}

func (c Charter) writeRest(b *strings.Builder) {
	if len(c.MayDismiss) > 0 {
		fmt.Fprintf(b, "may-dismiss: [%s]\n", strings.Join(c.MayDismiss, ", "))
	}
	if len(c.Bots) > 0 {
		b.WriteString("bots:\n")
	}
	for _, slug := range c.Bots {
		p := Named(slug)
		fmt.Fprintf(b, "  - {github: %d, login: %q, emails: [%q]}\n", p.ID, p.Login, p.Email)
	}
	b.WriteString(c.Extra)
}
