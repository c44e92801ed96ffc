package repoconfig

import (
	"regexp"

	"go.yaml.in/yaml/v4"
)

// extras reads the keys that may be absent. What this version does not judge is
// remembered as Later, and blocks: it never passes silently.
func (r *reader) extras(m map[string]*yaml.Node, c *Config) {
	if n := m["may-dismiss"]; n != nil {
		for _, item := range r.list(n, "may-dismiss") {
			if _, ok := c.Role(item.Value); !ok {
				r.unknown(item, "may-dismiss names the role \""+item.Value+"\", which is not in roles", suggestion(item.Value, "roles", c.RoleIDs()))
				continue
			}
			c.MayDismiss = append(c.MayDismiss, item.Value)
		}
	}
	if n := m["evidence"]; n != nil {
		c.Evidence = r.evidence(n)
	}
	if n := m["severities"]; n != nil {
		c.Severities = r.severities(n)
	}
	if n := m["bots"]; n != nil {
		for _, item := range r.list(n, "bots") {
			c.Bots = append(c.Bots, r.bot(item))
		}
	}
	if n := m["types"]; n != nil {
		c.Types = r.ownTypes(n, c)
	}
	for _, key := range []string{"receipts", "emergency"} {
		if n := m[key]; n != nil && len(n.Content) > 0 {
			r.notYet(n, key)
		}
	}
}

func (r *reader) evidence(n *yaml.Node) Evidence {
	e := Evidence{Branch: "evidence"}
	m := r.mapping(n, "evidence", "branch", "publish", "publish-names")
	if v := m["branch"]; v != nil {
		e.Branch = r.text(v, "evidence.branch")
		if !branchPattern().MatchString(e.Branch) {
			r.fault(v, "evidence.branch is not a branch name that is taken here", "use letters, digits, - and /")
		}
	}
	if v := m["publish"]; v != nil && r.oneOf(v, "evidence.publish", "branch", "private-pages", "public", "directory", "repository") != "branch" {
		r.notYet(v, "evidence.publish: "+v.Value)
	}
	if v := m["publish-names"]; v != nil && r.boolean(v, "evidence.publish-names") {
		r.notYet(v, "evidence.publish-names")
	}
	return e
}

func branchPattern() *regexp.Regexp { return compiledBranch }

var compiledBranch = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]*(/[A-Za-z0-9][A-Za-z0-9-]*)*$`)

func (r *reader) bot(n *yaml.Node) Bot {
	m := r.mapping(n, "a bot", "github", "login", "emails")
	var b Bot
	if v := m["github"]; v != nil {
		b.GitHub = r.integer(v, "github (the numeric account id)")
	} else if n.Kind == yaml.MappingNode {
		r.fault(n, "a bot has no github (the numeric account id)", "add it")
	}
	if v := m["login"]; v != nil {
		b.Login = r.text(v, "login")
	}
	if v := m["emails"]; v != nil {
		b.Emails = r.emails(v)
	}
	return b
}
