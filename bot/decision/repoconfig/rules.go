package repoconfig

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/vidimus-bot/vidimus/bot/signature/approval"
)

// Limits of one requirement. They keep the search for an assignment short.
const (
	maxRequirementDepth  = 5
	maxRequirementLeaves = 24
)

func (r *reader) rules(n *yaml.Node, c *Config) []Rule {
	var rules []Rule
	for i, item := range r.list(n, "rules") {
		rules = append(rules, r.rule(item, c, i))
	}
	return rules
}

// rule reads one entry of rules, or the rule of config (index -1), which has no
// "for": it is for .vidimus.yml and keys/ always.
func (r *reader) rule(n *yaml.Node, c *Config, index int) Rule {
	known := []string{"require", "level", "commits", "self-signing", "several-roles"}
	what := "config"
	if index >= 0 {
		known, what = append(known, "for"), fmt.Sprintf("rule %d", index+1)
	}
	m := r.mapping(n, what, known...)
	rule := Rule{Index: index, Line: n.Line}
	for _, needed := range []string{"for", "require", "level"} {
		if m[needed] == nil && contains(known, needed) && n.Kind == yaml.MappingNode {
			r.fault(n, what+" has no "+needed, "add it; there is no hidden default")
		}
	}
	if v := m["for"]; v != nil {
		rule.For = r.match(v)
	}
	if v := m["require"]; v != nil {
		rule.Require = r.requirement(v, c, 1)
		if leaves := len(rule.Require.Roles()); leaves > maxRequirementLeaves {
			r.fault(v, fmt.Sprintf("%s names %d roles, more than %d", what, leaves, maxRequirementLeaves), "split the rule")
		}
	}
	if v := m["level"]; v != nil {
		rule.Level = r.level(v, what)
	}
	r.strictness(m, what, &rule)
	return rule
}

func (r *reader) level(n *yaml.Node, what string) approval.Level {
	level, _ := approval.ParseLevel(r.oneOf(n, "level", "approval", "statement", "personal-key"))
	if level == approval.LevelPersonalKey {
		r.notYet(n, what+": level personal-key")
	}
	return level
}

// strictness reads what may be loosened; what is left out is strict. LAW 2.1.
func (r *reader) strictness(m map[string]*yaml.Node, what string, rule *Rule) {
	if v := m["commits"]; v != nil {
		rule.HostKeyCommits = r.oneOf(v, "commits", "personal-key", "host-key") == "host-key"
		if rule.HostKeyCommits && rule.Index < 0 {
			r.fault(v, "a commit vouched for by the host is never enough for configuration and keys", "remove commits: host-key from config")
		}
	}
	if v := m["self-signing"]; v != nil && r.oneOf(v, "self-signing", "never", "with-other") == "with-other" {
		r.notYet(v, what+": self-signing with-other")
	}
	if v := m["several-roles"]; v != nil {
		rule.SeveralRoles = r.oneOf(v, "several-roles", "never", "allowed") == "allowed"
	}
}

func (r *reader) match(n *yaml.Node) Match {
	m := r.mapping(n, "for", "type", "path", "id", "criticality")
	if len(m) == 0 && n.Kind == yaml.MappingNode {
		r.fault(n, "for is empty", "write for example {type: exit-plan}; {path: \"**\"} is every document")
	}
	var match Match
	if v := m["type"]; v != nil {
		match.Types = r.words(v, "type")
	}
	if v := m["id"]; v != nil {
		match.IDs = r.words(v, "id")
	}
	if v := m["criticality"]; v != nil {
		match.Criticalities = r.words(v, "criticality")
	}
	if v := m["path"]; v != nil {
		match.Paths = r.words(v, "path")
		for _, pattern := range match.Paths {
			if _, err := path.Match(strings.ReplaceAll(pattern, "**", "x"), "x"); err != nil {
				r.fault(v, fmt.Sprintf("%q is not a pattern", pattern), "write a path, with * for a part of a name and /** for all below a folder")
			}
		}
	}
	return match
}

// requirement reads a role, or a mapping with one of all, any, or count and of.
func (r *reader) requirement(n *yaml.Node, c *Config, depth int) approval.Requirement {
	if depth > maxRequirementDepth {
		r.fault(n, fmt.Sprintf("require is nested deeper than %d", maxRequirementDepth), "write it flatter")
		return approval.Requirement{}
	}
	if n.Kind == yaml.ScalarNode {
		if _, ok := c.Role(n.Value); !ok {
			r.unknown(n, fmt.Sprintf("the role %q is not in roles", n.Value), suggestion(n.Value, "roles", c.RoleIDs()))
		}
		return approval.Requirement{Role: n.Value}
	}
	m := r.mapping(n, "require", "all", "any", "count", "of")
	switch {
	case len(m) == 1 && m["all"] != nil:
		return approval.Requirement{All: r.group(m["all"], c, depth)}
	case len(m) == 1 && m["any"] != nil:
		return approval.Requirement{Any: r.group(m["any"], c, depth)}
	case len(m) == 2 && m["count"] != nil && m["of"] != nil:
		return r.counted(m["count"], m["of"], c, depth)
	}
	if n.Kind == yaml.MappingNode {
		r.fault(n, "require is neither a role, all, any, nor count with of", "write for example {all: [head-of-it, ciso]}")
	}
	return approval.Requirement{}
}

func (r *reader) counted(count, of *yaml.Node, c *Config, depth int) approval.Requirement {
	req := approval.Requirement{Count: int(r.integer(count, "count")), Of: r.group(of, c, depth)}
	if twice := roleTwice(req.Of); twice != "" {
		r.fault(of, "the role "+twice+" stands twice in a counted list, so one signature would count as two", "name each role once")
	}
	if req.Count > len(req.Of) {
		r.fault(count, fmt.Sprintf("count is %s of %d", strconv.Itoa(req.Count), len(req.Of)), "ask for no more than there are")
	}
	return req
}

// roleTwice is a role that more than one member of a counted list names.
func roleTwice(group []approval.Requirement) string {
	seen := map[string]bool{}
	for _, member := range group {
		for _, role := range member.Roles() {
			if seen[role] {
				return role
			}
			seen[role] = true
		}
	}
	return ""
}

func (r *reader) group(n *yaml.Node, c *Config, depth int) []approval.Requirement {
	items := r.list(n, "the list of a requirement")
	if len(items) == 0 && n.Kind == yaml.SequenceNode {
		r.fault(n, "a requirement is empty", "name at least one role; an empty rule would sign nothing")
	}
	var group []approval.Requirement
	for _, item := range items {
		group = append(group, r.requirement(item, c, depth+1))
	}
	return group
}

// Matches says whether the rule is for a document with these properties.
func (m Match) Matches(docType, docPath, id, criticality string) bool {
	return oneMatches(m.Types, docType) && oneMatches(m.IDs, id) &&
		oneMatches(m.Criticalities, criticality) && pathMatches(m.Paths, docPath)
}

func oneMatches(allowed []string, word string) bool {
	return len(allowed) == 0 || contains(allowed, word)
}

func pathMatches(patterns []string, p string) bool {
	if len(patterns) == 0 {
		return true
	}
	for _, pattern := range patterns {
		if pattern == "**" {
			return true
		}
		if folder, below := strings.CutSuffix(pattern, "/**"); below && strings.HasPrefix(p, folder+"/") {
			return true
		}
		if ok, err := path.Match(pattern, p); ok && err == nil {
			return true
		}
	}
	return false
}
