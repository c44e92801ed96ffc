package governance

import (
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/control"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring"
)

// What the rules serve.
const (
	responsibilities = "ISO/IEC 27001:2022 5.3 roles, responsibilities and authorities"
	identities       = "ISO/IEC 27002:2022 5.16 identity management"
	authentication   = "ISO/IEC 27002:2022 5.17 authentication information"
	changes          = "ISO/IEC 27001:2022 7.5.3 control of documented information"
)

// Rules are those about configuration and keys, in the form of [control.Rules], by
// id. Nobody can change their severity. The slice is the caller's.
func Rules() []control.Rule {
	rules := append(configurationRules(), keyRules()...)
	for i := range rules {
		rules[i].Severity = severityOf(rules[i].ID)
	}
	return rules
}

// RuleNamed finds a rule of [Rules].
func RuleNamed(id string) (control.Rule, bool) {
	for _, r := range Rules() {
		if r.ID == id {
			return r, true
		}
	}
	return control.Rule{}, false
}

// severityOf is what a rule's findings do.
func severityOf(rule string) document.Severity {
	switch rule {
	case keyring.RuleCannotSign, keyring.RuleWeak, keyring.RuleNobody, keyring.RuleExpiry, keyring.RulePassedOver:
		return document.Warn
	}
	return document.Block
}

func configurationRules() []control.Rule {
	serves := []string{responsibilities, changes}
	return []control.Rule{
		{
			ID: RuleUnreadable, Finds: "a configuration that cannot be read, or is deleted", Serves: serves,
			Why: "Who signs what must be plain, or nothing is signed.", Mend: "mend the line that is named",
			Failing: "version: one", Passing: "version: 1",
		},
		{
			ID: RuleUnruled, Finds: "a document for which no rule says who signs it", Serves: serves,
			Why: "A text that nobody has to sign would pass by itself.", Mend: "have a rule added by a signed change, or move the document to where one applies",
			Failing: "records/note.md, and no rule for record", Passing: "rules: [{for: {type: record}, require: ciso, level: statement}]",
		},
		{
			ID: RuleUnknown, Finds: "a person or role that the configuration does not have, also as the owner of a key", Serves: serves,
			Why: "Nobody can sign in the name of whom nobody knows.", Mend: "add them to people or roles first, or correct the name",
			Failing: "ciso: {title: CISO, holders: [abranigan]}", Passing: "ciso: {title: CISO, holders: [abrannigan]}",
		},
		{
			ID: RuleLater, Finds: "what this version of Vidimus does not judge", Serves: serves,
			Why: "What is asked for and not judged must not look as if it held.", Mend: "take it out, or use a version that judges it",
			Failing: "receipts: {roles: [head-of-finance], due-days: 14}", Passing: "(no receipts)",
		},
		{
			ID: "CFG005", Finds: "a configuration or key on the governed branch that is not the one signed last; told on GitHub only", Serves: serves,
			Why: "What landed past the check must not decide who signs.", Mend: "restore the signed text, or have the new one signed",
			Failing: "a direct push of .vidimus.yml", Passing: "a signed change of .vidimus.yml",
		},
		{
			ID: RuleFounding, Finds: "a founding that holds something else than configuration and keys", Serves: serves,
			Why: "Who founds says who signs, and signs nothing else yet.", Mend: "take it out, and propose it after the founding",
			Failing: ".vidimus.yml, keys/abrannigan.asc, policy/cloud.md", Passing: ".vidimus.yml, keys/abrannigan.asc",
		},
		{
			ID: "CFG007", Finds: "facts that are incomplete or contradict themselves; told on GitHub only", Serves: []string{changes},
			Why: "A decision on half of the facts would be none.", Mend: "nothing: Vidimus reads again; if this stays, tell the administrator",
			Failing: "a commit that GitHub did not deliver yet", Passing: "all commits are there",
		},
	}
}

func keyRules() []control.Rule {
	proof := []string{authentication, identities}
	return []control.Rule{
		{
			ID: keyring.RuleUnreadable, Finds: "a file in keys/ of which no key can be read", Serves: proof,
			Why: "Nobody's signature could be checked with it.", Mend: "export the key again, armoured",
			Failing: "keys/abrannigan.asc: half a key block", Passing: "gpg --armor --export FINGERPRINT > keys/abrannigan.asc",
		},
		{
			ID: keyring.RuleSecret, Finds: "a secret key in the repository", Serves: []string{authentication},
			Why: "Whoever can read the repository can sign with it.", Mend: "revoke that key now, and commit the public key of a new one",
			Failing: "-----BEGIN PGP PRIVATE KEY BLOCK-----", Passing: "-----BEGIN PGP PUBLIC KEY BLOCK-----",
		},
		{
			ID: keyring.RuleCannotSign, Finds: "a file whose keys cannot sign", Serves: proof,
			Why: "Its owner's commits would not count.", Mend: "commit a key that can sign",
			Failing: "a key for encryption only", Passing: "an Ed25519 key, usage [SC]",
		},
		{
			ID: keyring.RuleWeak, Finds: "a key of a refused kind, size or digest", Serves: proof,
			Why: "Its signatures can be forged.", Mend: "make a new key, Ed25519 or RSA 3072, and commit that",
			Failing: "RSA 1024", Passing: "Ed25519",
		},
		{
			ID: keyring.RuleTwoOwners, Finds: "one key in the files of two owners", Serves: proof,
			Why: "It would not say whose signature it is, so it counts for neither.", Mend: "remove it from one of the files; two people need two keys",
			Failing: "cp keys/bcarvalhaes.asc keys/twisniewski.asc", Passing: "keys/twisniewski.asc holds a key of its own",
		},
		{
			ID: keyring.RuleNobody, Finds: "a file that is named after nobody in people", Serves: proof,
			Why: "The key belongs to nobody, so it proves nothing.", Mend: "name the file after a person in people, or remove it",
			Failing: "keys/aoife.asc", Passing: "keys/abrannigan.asc",
		},
		{
			ID: keyring.RuleExpiry, Finds: "the last key of a person that ends within 90 days, or has ended", Serves: proof,
			Why: "Commits made after its end do not count.", Mend: "extend the key, and have the extended one taken into keys/",
			Failing: "expires: in 6 days", Passing: "expires: in 2 years",
		},
		{
			ID: keyring.RuleTwoClaims, Finds: "an address or account that two people claim", Serves: []string{identities},
			Why: "It would not say whose commit it is, so it is nobody's.", Mend: "leave it with the one whose it is",
			Failing: "emails: [it@northquay.example] (of two people)", Passing: "emails: [tomasz@northquay.example]",
		},
		{
			ID: keyring.RulePassedOver, Finds: "a part of a key file that is passed over", Serves: proof,
			Why: "What is not read does not count, and its author should know.", Mend: "export the key again, and nothing else",
			Failing: "text around the key blocks", Passing: "key blocks only",
		},
	}
}
