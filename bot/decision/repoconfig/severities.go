package repoconfig

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/control"
)

// maxReason bounds, in code points, why a rule is lowered: it is shown wherever the rule would have spoken.
const maxReason = 300

// severities reads the organisation's own severities. A rule that LAW 7.4 protects can be raised and not lowered;
// whoever lowers another one says why.
func (r *reader) severities(n *yaml.Node) map[string]Severity {
	found := map[string]Severity{}
	entries := r.mapping(n, "severities")
	for _, key := range keys(n) {
		if v := entries[key.Value]; v != nil {
			found[key.Value] = r.severity(key, v)
		}
	}
	return found
}

func (r *reader) severity(key, n *yaml.Node) Severity {
	m := r.mapping(n, "a severity", "to", "reason")
	var s Severity
	if m["to"] == nil {
		r.fault(key, key.Value+" has no to", "write to: block, warn or off")
	} else {
		s.To = r.oneOf(m["to"], "to", string(document.Block), string(document.Warn), string(control.Off))
	}
	if m["reason"] != nil {
		if s.Reason = r.text(m["reason"], "reason"); utf8.RuneCountInString(s.Reason) > maxReason {
			r.fault(m["reason"], fmt.Sprintf("the reason for %s has more than %d characters", key.Value, maxReason), "say it in a sentence")
		}
	}
	switch _, known := control.RuleNamed(key.Value); {
	case !known:
		r.fault(key, fmt.Sprintf("there is no rule %q", key.Value), ruleSuggestion(key.Value))
	case s.To != string(document.Block) && control.Protected(key.Value):
		r.fault(key, key.Value+" cannot be lowered: without it nobody would know what was signed, or by whom", "take it out")
	case s.To != string(document.Block) && s.Reason == "":
		r.fault(key, key.Value+" is lowered without a reason", "write reason: why; it stands in the evidence")
	}
	return s
}

// ruleSuggestion names the nearest rule; there are too many to name all.
func ruleSuggestion(id string) string {
	if s := suggestion(id, "rules", ruleIDs()); !strings.HasPrefix(s, "known ") {
		return s
	}
	return "write a rule's id, for example WSL001; vidimus rules lists them"
}

func ruleIDs() []string {
	var ids []string
	for _, rule := range control.Rules() {
		ids = append(ids, rule.ID)
	}
	return ids
}

// Overrides are the severities as the rules take them.
func (c *Config) Overrides() map[string]control.Override {
	overrides := map[string]control.Override{}
	for rule, s := range c.Severities {
		overrides[rule] = control.Override{To: document.Severity(s.To), Reason: s.Reason}
	}
	return overrides
}

// Layout says which paths are governed, and which types of document there are.
func (c *Config) Layout() document.Layout { return document.Layout{Root: c.Root, Types: c.Types} }
