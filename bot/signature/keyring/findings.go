package keyring

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// Rules about keys and their people.
const (
	RuleUnreadable = "KEY001" // no key can be read from the file: blocks
	RuleSecret     = "KEY002" // a secret key stands in the repository: blocks
	RuleCannotSign = "KEY003" // no key of the file can sign: warns
	RuleWeak       = "KEY004" // a key is of a refused kind, size or digest: warns
	RuleTwoOwners  = "KEY005" // one key stands in the files of two owners: blocks
	RuleNobody     = "KEY006" // the file's name is no slug of the roster: warns
	RuleExpiry     = "KEY007" // the last key that can sign expires, or has expired: warns
	RuleTwoClaims  = "KEY008" // two people claim one address or account: blocks
	RulePassedOver = "KEY009" // a part of the file is passed over: warns
)

const (
	// rosterPath is the file that holds the roster.
	rosterPath = ".vidimus.yml"
	// maxProblems bounds the findings about parts of one file: more say nothing new.
	maxProblems = 5
	// exportCommand writes a key file.
	exportCommand = "gpg --armor --export-options export-minimal --export FINGERPRINT > "
)

// judgeFile gives the findings about one file.
func (x *index) judgeFile(f File, c contents) []document.Finding {
	findings := judgeContents(f, c)
	if x.role(f.slug()) == RoleNobody {
		findings = append(findings, finding(f.Path, RuleNobody,
			fmt.Sprintf("No person of the roster is called %q, so the key belongs to nobody.", f.slug()),
			"name the file after a person in people:, or remove it"))
	}
	return findings
}

// severity is what a rule's findings do.
func severity(rule string) document.Severity {
	switch rule {
	case RuleUnreadable, RuleSecret, RuleTwoOwners, RuleTwoClaims:
		return document.Block
	}
	return document.Warn
}

// finding makes a finding about a whole file.
func finding(path, rule, message, fix string) document.Finding {
	return document.Finding{Rule: rule, Severity: severity(rule), Path: path, Message: message, Fix: fix}
}

// judgeContents gives the findings about what a file holds, whose ever it is.
func judgeContents(f File, c contents) (findings []document.Finding) {
	add := func(rule, message, fix string) { findings = append(findings, finding(f.Path, rule, message, fix)) }
	switch {
	case c.secret:
		add(RuleSecret, "The file holds a secret key.",
			"revoke the key now, since whoever can read the repository has it; then commit the public key of a new one")
		return findings
	case len(c.keys) == 0:
		add(RuleUnreadable, fmt.Sprintf("No public key can be read: %s.", reasons(c.problems)), readableFix(f))
		return findings
	}
	for _, problem := range c.problems[:min(len(c.problems), maxProblems)] {
		add(RulePassedOver, upperFirst(problem)+".", readableFix(f))
	}
	if why, none := nothingSigns(c.keys); none {
		add(RuleCannotSign, fmt.Sprintf("No key in the file can sign: %s.", why), "commit a key that can sign")
	}
	for _, k := range c.keys {
		if k.weak != "" && k.unfit == "" && len(k.revocations) == 0 {
			add(RuleWeak, fmt.Sprintf("The key %s is weak: %s.", k.Fingerprint, k.weak), "make a new key, Ed25519 or RSA 3072, and commit that")
		}
	}
	return findings
}

// readableFix says how to write a file of that name.
func readableFix(f File) string {
	if strings.HasSuffix(f.Path, ".pub") {
		return "write one line as ssh-keygen does: cp ~/.ssh/id_ed25519.pub " + f.Path
	}
	return "export the key: " + exportCommand + f.Path
}

// upperFirst begins a clause as a sentence.
func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// reasons joins the first problems to one clause.
func reasons(problems []string) string {
	if len(problems) == 0 {
		return "the file holds no key block"
	}
	return strings.Join(problems[:min(len(problems), maxProblems)], "; ")
}

// nothingSigns tells whether no key can sign at any time, and why the first one cannot.
func nothingSigns(keys []Key) (why string, none bool) {
	if slices.ContainsFunc(keys, Key.usable) {
		return "", false
	}
	_, why = keys[0].At(keys[0].Created)
	return why, true
}

// usable tells whether the key can sign at some time.
func (k Key) usable() bool {
	return k.weak == "" && k.unfit == "" && !k.RevokedForGood()
}

// judgeAll gives the findings that need all files and the roster.
func (x *index) judgeAll() []document.Finding {
	var findings []document.Finding
	for _, places := range x.byFingerprint {
		first := x.keys[places[0]]
		for _, i := range places[1:] {
			k := x.keys[i]
			if k.Slug == first.Slug || !k.usable() || !first.usable() {
				continue // a subkey that another claims without its consent is its owner's alone
			}
			findings = append(findings, finding(k.Path, RuleTwoOwners,
				fmt.Sprintf("The key %s stands in %s too. A key belongs to one owner, so it counts for neither.", k.Fingerprint, first.Path),
				"remove it from one of the files; two people need two keys"))
		}
	}
	return append(findings, x.roster.contradictions()...)
}

// contradictions gives a finding for each address and account that two people claim.
func (r roster) contradictions() []document.Finding {
	var findings []document.Finding
	add := func(what string) {
		findings = append(findings, finding(rosterPath, RuleTwoClaims, "Two people claim "+what+", so it is nobody's.",
			"leave it with the one whose it is"))
	}
	for address, i := range r.byAddress {
		if i == nobody {
			add("the address " + address)
		}
	}
	for id, i := range r.byAccount {
		if i == nobody {
			add(fmt.Sprintf("the GitHub account %d", id))
		}
	}
	return findings
}

// Expiring gives a finding for each file whose last key that can sign expires within 90 days of asOf,
// or has expired; the message says from which of 90, 30 and 7 days on. Files of nobody are left out.
func (r Ring) Expiring(asOf time.Time) []document.Finding {
	if r.index == nil {
		return nil
	}
	last := map[string]Key{}
	for _, k := range r.index.keys {
		if k.Role == RoleNobody || !k.usable() || len(k.revocations) > 0 {
			continue
		}
		if old, seen := last[k.Path]; !seen || later(k.expires, old.expires) {
			last[k.Path] = k
		}
	}
	var findings []document.Finding
	for _, k := range last {
		if message := expiry(k, asOf); message != "" {
			findings = append(findings, finding(k.Path, RuleExpiry, message, renewal(k)))
		}
	}
	document.SortFindings(findings)
	return findings
}

// later tells whether an end at a comes after one at b; zero is never.
func later(a, b time.Time) bool {
	return !b.IsZero() && (a.IsZero() || a.After(b))
}

// expiry says what there is to say about k's end at asOf, "" for nothing.
func expiry(k Key, asOf time.Time) string {
	if k.expires.IsZero() {
		return ""
	}
	left := k.expires.Sub(asOf)
	if left <= 0 {
		return fmt.Sprintf("The key %s expired on %s.", k.Primary, day(k.expires))
	}
	days := int(left / (24 * time.Hour))
	for _, notice := range [...]int{7, 30, 90} {
		if left <= time.Duration(notice)*24*time.Hour {
			return fmt.Sprintf("The key %s expires on %s, in %d days (notice at %d).", k.Primary, day(k.expires), days,
				notice)
		}
	}
	return ""
}

// renewal gives the commands that extend k and commit it.
func renewal(k Key) string {
	return fmt.Sprintf("gpg --quick-set-expire %[1]s 2y; gpg --quick-set-expire %[1]s 2y '*'; gpg --armor --export %[1]s > %[2]s", k.Primary, k.Path)
}
