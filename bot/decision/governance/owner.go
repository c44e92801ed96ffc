package governance

import (
	"fmt"
	"path"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring"
)

// Consent says who signs the change of a key file. LAW 2.4.
type Consent int

// The kinds of consent. "The rule" is the one that signs configuration and keys.
const (
	// ByRule: the rule alone, for a reserved key and for one that goes with its person.
	ByRule Consent = iota
	// ByRuleAndOwner: the rule, and the owner of the key.
	ByRuleAndOwner
	// ByOneAndOwner: one of the rule, and the owner; for a renewal.
	ByOneAndOwner
	// ByOne: one of the rule; for a revocation.
	ByOne
)

// KeyChange is a key file that differs; a file that is not there has no Mode.
type KeyChange struct {
	Path          string
	Before, After document.File
	// Next is the configuration as the change has it; without Mode if it has none.
	Next document.File
}

// Owner is the slug of the person whose key it is by its name.
func (k KeyChange) Owner() string {
	return strings.TrimSuffix(strings.TrimPrefix(k.Path, document.KeysFolder+"/"), path.Ext(k.Path))
}

// Consent says who signs the change.
func (k KeyChange) Consent() Consent {
	switch owner := k.Owner(); {
	case owner == keyring.HostSlug, owner == keyring.BotSlug:
		return ByRule
	case k.After.Mode == "":
		if k.stays(owner) {
			return ByRuleAndOwner
		}
		return ByRule
	case k.Before.Mode == "":
		return ByRuleAndOwner
	}
	switch keyring.Compare(k.Before.Bytes, k.After.Bytes) {
	case keyring.Revocation:
		return ByOne
	case keyring.Renewal:
		return ByOneAndOwner
	}
	return ByRuleAndOwner
}

// stays says whether a person is still in people after the change.
func (k KeyChange) stays(slug string) bool {
	if k.Next.Mode == "" {
		return true
	}
	config, findings := repoconfig.Read(k.Next.Bytes)
	_, there := config.Person(slug)
	return len(findings) > 0 || there
}

// Ownerless is the finding about a changed key whose owner would have to sign, and
// is nobody whom the configuration before the change knows; ok is false without one.
func (k KeyChange) Ownerless(before repoconfig.Config) (f document.Finding, ok bool) {
	if c := k.Consent(); c == ByRule || c == ByOne {
		return f, false
	}
	if _, known := before.Person(k.Owner()); known {
		return f, false
	}
	f = fault(RuleUnknown, fmt.Sprintf("%s is nobody's key: %s is not in people on the governed branch", k.Path, k.Owner()),
		"add the person to people first, in a signed change of its own; then propose the key")
	f.Path = k.Path
	return f, true
}
