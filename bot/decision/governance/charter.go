// Package governance judges what everything else is judged by: .vidimus.yml and
// keys/. The files of one commit go in; the configuration, the keys of its people
// and findings come out, and what a change makes of them. The App asks it about a
// proposal, vidimus check about a work tree, so that both say the same. Who signs
// such a change is weighed by bot/decision; here is only what kind of change it is.
package governance

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring"
)

// Rules of the configuration, besides those of its reader. LAW 11.
const (
	RuleUnreadable = "CFG001"
	RuleUnruled    = "CFG002"
	RuleUnknown    = "CFG003"
	RuleLater      = "CFG004" // asks for what this version does not judge
	RuleFounding   = "CFG006" // a founding holds configuration and keys only
)

// Charter is the configuration and the keys of one commit, read. The zero Charter
// is unreadable and knows nobody.
type Charter struct {
	// Config must not be used unless the charter is Readable.
	Config   repoconfig.Config
	Readable bool
	// Ring has the keys for the people of Config.
	Ring keyring.Ring
	// Faults say at their lines why the configuration cannot be read (CFG001,
	// CFG003) or, if it can, what it asks for that this version does not judge
	// (CFG004). Each blocks.
	Faults []document.Finding
	// KeyFindings say what is wrong with the keys, but for those whose end
	// approaches ([keyring.Ring.Expiring]); none of an unreadable charter.
	KeyFindings []document.Finding

	files []document.File
}

// Read reads configuration and keys; other files are passed over, and so are keys
// that are no regular files, which is a finding elsewhere. File bytes are kept.
func Read(files []document.File) Charter {
	c := Charter{files: governing(files)}
	own, there := document.FileAt(c.files, repoconfig.Path)
	if !there || own.Mode != document.ModeRegular {
		c.Faults = []document.Finding{fault(RuleUnreadable, "there is no configuration that is a regular file", "write .vidimus.yml as a regular file")}
		return c
	}
	config, faults := repoconfig.Read(own.Bytes)
	c.Config, c.Readable, c.Faults = config, len(faults) == 0, faults
	if !c.Readable {
		return c
	}
	c.Faults = later(config)
	c.Ring, c.KeyFindings = readKeys(c.files, config)
	return c
}

// Roleless judges keys where there is no configuration: what a file is, not whose.
func Roleless(files []document.File) []document.Finding {
	_, findings := readKeys(files, repoconfig.Config{})
	return slices.DeleteFunc(findings, func(f document.Finding) bool { return f.Rule == keyring.RuleNobody })
}

// later says what a configuration asks for that this version does not judge.
func later(config repoconfig.Config) []document.Finding {
	var findings []document.Finding
	for _, l := range config.Later {
		f := fault(RuleLater, "the configuration asks for what this version of Vidimus does not judge: "+l.Feature,
			"take it out of the configuration, or use a version that judges it")
		f.Line = l.Line
		findings = append(findings, f)
	}
	return findings
}

// readKeys reads the regular key files for the people of a configuration.
func readKeys(files []document.File, config repoconfig.Config) (keyring.Ring, []document.Finding) {
	var keys []keyring.File
	for _, f := range files {
		if document.Classify(".", f.Path) == document.Key && f.Mode == document.ModeRegular {
			keys = append(keys, keyring.File{Path: f.Path, Bytes: f.Bytes})
		}
	}
	people := make([]keyring.Person, len(config.People))
	for i, p := range config.People {
		people[i] = keyring.Person{Slug: p.Slug, GitHub: p.GitHub, Login: p.Login, Name: p.Name, Emails: p.Emails}
	}
	return keyring.New(keys, people)
}

// governing are the configuration and the keys among files, by path.
func governing(files []document.File) []document.File {
	var part []document.File
	for _, f := range files {
		if k := document.Classify(".", f.Path); k == document.Configuration || k == document.Key {
			part = append(part, f)
		}
	}
	slices.SortStableFunc(part, func(a, b document.File) int { return strings.Compare(a.Path, b.Path) })
	return part
}

// same says whether two files have the same bytes and mode.
func same(a, b document.File) bool {
	return a.Path == b.Path && a.Mode == b.Mode && bytes.Equal(a.Bytes, b.Bytes)
}

// fault is a finding that blocks, about the configuration.
func fault(rule, message, fix string) document.Finding {
	return document.Finding{Rule: rule, Severity: document.Block, Path: repoconfig.Path, Message: message, Fix: fix}
}

// midnight is the beginning of a day in UTC; to a key that expires, the zone of
// an organisation makes no difference that a finding days ahead would show.
func midnight(d document.Date) time.Time {
	t, _ := time.Parse(time.DateOnly, d.String()) // a Date always has this form
	return t
}
