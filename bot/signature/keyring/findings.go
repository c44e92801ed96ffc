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
	RuleUnreadable  = "KEY001" // no key can be read from the file
	RuleSecret      = "KEY002" // a secret key stands in the repository
	RuleCannotSign  = "KEY003" // no key of the file can sign
	RuleWeak        = "KEY004" // a key is of a refused kind, size or digest
	RuleTwoOwners   = "KEY005" // one key stands in the files of two owners
	RuleNobody      = "KEY006" // the file's name is no slug of the roster
	RuleExpiry      = "KEY007" // the last key that can sign expires, or has expired
	RuleTwoClaims   = "KEY008" // two people claim one address or account
	RulePassedOver  = "KEY009" // a part of the file is passed over
	rosterPath      = ".vidimus.yml"
	maxProblems     = 5 // per file: more say nothing new
	exportArguments = "gpg --armor --export-options export-minimal --export FINGERPRINT > "
)

// judgeFile gives the findings about one file.
func (x *index) judgeFile(f File, c contents) []document.Finding {
	var findings []document.Finding
	add := func(rule string, severity document.Severity, fix, format string, args ...any) {
		findings = append(findings, document.Finding{
			Rule: rule, Severity: severity, Path: f.Path, Message: fmt.Sprintf(format, args...), Fix: fix,
		})
	}
	if c.secret {
		add(RuleSecret, document.Block,
			"Revoke the key now: whoever can read the repository has it. Then commit the public key only",
			"the file holds a secret key")
	}
	if x.role(f.slug()) == RoleNobody {
		add(RuleNobody, document.Warn, "Name the file after a person in people:, or remove it",
			"no person of the roster has the name %q, so the key belongs to nobody", f.slug())
	}
	if len(c.keys) == 0 {
		add(RuleUnreadable, document.Block, readableFix(f), "no public key can be read: %s", reasons(c.problems))
		return findings
	}
	for _, problem := range c.problems[:min(len(c.problems), maxProblems)] {
		add(RulePassedOver, document.Warn, "Export the key again: "+exportArguments+f.Path, "%s", problem)
	}
	if why, none := nothingSigns(c.keys); none {
		add(RuleCannotSign, document.Warn, "Commit a key that can sign", "no key in the file can sign: %s", why)
	}
	for _, k := range c.keys {
		if k.weak != "" && k.unfit == "" && len(k.revocations) == 0 {
			add(RuleWeak, document.Warn, "Make a new key, Ed25519 or RSA 3072, and commit that", "%s: %s", k.Fingerprint, k.weak)
		}
	}
	return findings
}

// readableFix says how to write a file of that name.
func readableFix(f File) string {
	if strings.HasSuffix(f.Path, ".pub") {
		return "Write one line as ssh-keygen does: cp ~/.ssh/id_ed25519.pub " + f.Path
	}
	return "Export the key: " + exportArguments + f.Path
}

// reasons joins the first problems to one clause.
func reasons(problems []string) string {
	if len(problems) == 0 {
		return "the file holds no key block"
	}
	return strings.Join(problems[:min(len(problems), maxProblems)], "; ")
}

// nothingSigns tells whether no key can sign at any time, and why the first cannot.
func nothingSigns(keys []Key) (why string, none bool) {
	for _, k := range keys {
		if k.usable() {
			return "", false
		}
	}
	for _, k := range keys {
		if _, reason := k.At(keys[0].Created); reason != "" {
			return reason, true
		}
	}
	return "all are revoked", true
}

// usable tells whether the key can sign at some time.
func (k Key) usable() bool {
	hard := slices.ContainsFunc(k.revocations, func(r revocation) bool { return r.hard })
	return k.weak == "" && k.unfit == "" && !hard
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
			findings = append(findings, document.Finding{
				Rule: RuleTwoOwners, Severity: document.Block, Path: k.Path,
				Message: fmt.Sprintf("the key %s stands in %s too; a key belongs to one owner, so it counts for neither", k.Fingerprint, first.Path),
				Fix:     "Remove it from one of the files; two people need two keys",
			})
		}
	}
	return append(findings, x.roster.contradictions()...)
}

// contradictions gives a finding for each address and account that two people claim.
func (r roster) contradictions() []document.Finding {
	var findings []document.Finding
	add := func(what string) {
		findings = append(findings, document.Finding{
			Rule: RuleTwoClaims, Severity: document.Block, Path: rosterPath,
			Message: "two people claim " + what + ", so it is nobody's",
			Fix:     "Leave it with the one whose it is",
		})
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
			findings = append(findings, document.Finding{
				Rule: RuleExpiry, Severity: document.Warn, Path: k.Path, Message: message, Fix: renewal(k),
			})
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
		return fmt.Sprintf("the key %s expired on %s", k.Primary, day(k.expires))
	}
	days := int(left / (24 * time.Hour))
	for _, notice := range [...]int{7, 30, 90} {
		if left <= time.Duration(notice)*24*time.Hour {
			return fmt.Sprintf("the key %s expires on %s, in %d days (notice at %d)", k.Primary, day(k.expires), days, notice)
		}
	}
	return ""
}

// renewal gives the commands that extend k and commit it.
func renewal(k Key) string {
	return fmt.Sprintf("gpg --quick-set-expire %s 2y '*'; gpg --quick-set-expire %s 2y; gpg --armor --export %s > %s", k.Primary, k.Primary, k.Primary, k.Path)
}
