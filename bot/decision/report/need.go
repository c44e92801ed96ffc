package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/signature/approval"
)

// foundingRule names the rule that LAW 8.2 adds to a founding: two persons, in any role.
const foundingRule = "founding"

// need is what is still missing of a rule: a role, or count of several.
type need struct {
	role  string
	count int
	of    []need
}

// residual is what r still needs when some roles are filled, and whether it needs anything.
func residual(r approval.Requirement, filled func(role string) bool) (need, bool) {
	if r.Role != "" {
		return need{role: r.Role}, !filled(r.Role)
	}
	children, count := r.Of, r.Count
	switch {
	case len(r.All) > 0:
		children, count = r.All, len(r.All)
	case len(r.Any) > 0:
		children, count = r.Any, 1
	}
	n := need{}
	for _, child := range children {
		if rest, missing := residual(child, filled); missing {
			n.of = append(n.of, rest)
		} else {
			count--
		}
	}
	n.count = min(count, len(n.of))
	if len(n.of) == 1 && n.count == 1 {
		return n.of[0], true
	}
	return n, n.count > 0
}

// flat takes apart what is needed as a whole.
func (n need) flat() []need {
	if n.role != "" || n.count < len(n.of) {
		return []need{n}
	}
	var found []need
	for _, child := range n.of {
		found = append(found, child.flat()...)
	}
	return found
}

// leaves are the roles in n, in order.
func (n need) leaves() []string {
	if n.role != "" {
		return []string{n.role}
	}
	var found []string
	for _, child := range n.of {
		found = append(found, child.leaves()...)
	}
	return found
}

// sentence is n in words, each role named by label: "2 of CISO, Head of IT and CEO".
func (n need) sentence(label func(role string) string) string {
	if n.role != "" {
		return label(n.role)
	}
	parts := make([]string, len(n.of))
	for i, child := range n.of {
		parts[i] = child.sentence(label)
		if child.role == "" {
			parts[i] = "(" + parts[i] + ")"
		}
	}
	switch n.count {
	case len(n.of):
		return joined(parts, "and")
	case 1:
		return "one of " + joined(parts, "or")
	}
	return strconv.Itoa(n.count) + " of " + joined(parts, "and")
}

// joined is every part, whatever their number: a need is told whole. The configuration bounds it.
func joined(parts []string, word string) string {
	last := len(parts) - 1
	if last == 0 {
		return parts[0]
	}
	return strings.Join(parts[:last], ", ") + " " + word + " " + parts[last]
}

// possible is n without the roles that nobody can fill, and whether n can still be met.
func (n need) possible(able func(role string) bool) (need, bool) {
	if n.role != "" {
		return n, able(n.role)
	}
	left := need{count: n.count}
	for _, child := range n.of {
		if rest, ok := child.possible(able); ok {
			left.of = append(left.of, rest)
		}
	}
	return left, len(left.of) >= n.count
}

// key tells needs apart.
func (n need) key() string { return n.sentence(func(role string) string { return role }) }

// needs is what is still to be signed on d, in the order of its rules: what one rule asks for as a whole
// stands alone, and what another need implies is left out.
func needs(d *decision.Document, config *repoconfig.Config) []need {
	var found []need
	for _, rule := range rulesOf(d) {
		rest, missing := residual(requirement(d, rule, config), func(role string) bool { return outcome(d, role) == "signed" })
		if missing {
			found = append(found, rest.flat()...)
		}
	}
	return withoutImplied(found, missingRoles(d))
}

// rulesOf are the rules of d, each once. The founding's own stands for itself only when nothing else is
// missing: whoever meets the others nearly always meets it.
func rulesOf(d *decision.Document) []string {
	var rules []string
	others := false
	for _, r := range d.Requirements {
		if !slices.Contains(rules, r.Rule) {
			rules = append(rules, r.Rule)
		}
		others = others || (r.Rule != foundingRule && r.Outcome == "missing")
	}
	if others {
		rules = slices.DeleteFunc(rules, func(rule string) bool { return rule == foundingRule })
	}
	return rules
}

// requirement is what a rule asks for, as the configuration has it. Where that is not known, everything that
// is missing is needed; never less.
func requirement(d *decision.Document, rule string, config *repoconfig.Config) approval.Requirement {
	if rule == foundingRule {
		return approval.Requirement{Role: anotherPerson}
	}
	if r, ok := ruleOf(rule, config); ok && len(r.Require.Roles()) > 0 {
		return r.Require
	}
	all := approval.Requirement{}
	for _, r := range d.Requirements {
		if r.Rule == rule && r.Outcome != "not-needed" {
			all.All = append(all.All, approval.Requirement{Role: r.Role})
		}
	}
	return all
}

// ruleOf is the rule of the configuration that a decision calls name: "config" or "rules[N]".
func ruleOf(name string, config *repoconfig.Config) (repoconfig.Rule, bool) {
	if name == "config" {
		return config.Governance, true
	}
	var index int
	if _, err := fmt.Sscanf(name, "rules[%d]", &index); err != nil || index < 0 || index >= len(config.Rules) {
		return repoconfig.Rule{}, false
	}
	return config.Rules[index], true
}

// withoutImplied drops what is said twice, what another need includes, and what the decision does not miss.
func withoutImplied(all []need, missing []string) []need {
	var kept []need
	alone, seen := map[string]bool{}, map[string]bool{}
	for _, n := range all {
		alone[n.role] = true
	}
	for _, n := range all {
		leaves := n.leaves()
		implied := n.count == 1 && slices.ContainsFunc(leaves, func(role string) bool { return alone[role] })
		wanted := slices.ContainsFunc(leaves, func(role string) bool { return slices.Contains(missing, role) })
		if !seen[n.key()] && !implied && (wanted || n.role == anotherPerson) {
			kept = append(kept, n)
		}
		seen[n.key()] = true
	}
	return kept
}

// outcome is how a role of d stands over all rules: signed before missing before not-needed; "" when no rule
// names it.
func outcome(d *decision.Document, role string) string {
	found := ""
	for _, r := range d.Requirements {
		switch {
		case r.Role != role:
		case r.Outcome == "signed":
			return "signed"
		case found != "missing":
			found = r.Outcome
		}
	}
	return found
}

// missingRoles are the roles of d that are missing, each once.
func missingRoles(d *decision.Document) []string {
	var roles []string
	for _, r := range d.Requirements {
		if outcome(d, r.Role) == "missing" && !slices.Contains(roles, r.Role) {
			roles = append(roles, r.Role)
		}
	}
	return roles
}
