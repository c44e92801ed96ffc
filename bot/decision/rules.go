package decision

import (
	"fmt"
	"slices"

	"github.com/vidimus-bot/vidimus/bot/decision/governance"
	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/signature/approval"
)

// rulesFor are all rules that apply to the document at path, as it is at the
// base or at the head. LAW 2.1, 2.4.
func (e *evaluation) rulesFor(path string) []repoconfig.Rule {
	if k := document.Classify(e.root, path); k == document.Configuration || k == document.Key {
		return []repoconfig.Rule{e.config.Governance}
	}
	var found []repoconfig.Rule
	for _, r := range e.config.Rules {
		if e.matches(r, e.base, path) || e.matches(r, e.head, path) {
			found = append(found, r)
		}
	}
	return found
}

func (e *evaluation) matches(r repoconfig.Rule, v view, path string) bool {
	_, there := v.tree[path]
	return there && governance.Covers(r, path, v.document(path), v.ofService)
}

// ofService are the documents that name a service.
func (v view) ofService(service string) []*document.Document {
	var found []*document.Document
	for _, path := range v.tree.paths() {
		if d := v.document(path); d != nil && d.ServiceID == service {
			found = append(found, d)
		}
	}
	return found
}

// subject is one touched document with what must be signed on it. needed false:
// good commits are enough.
type subject struct {
	approval.Subject
	touched touched
	kind    document.Kind
	needed  bool
	rules   []repoconfig.Rule
}

// subjects are the documents that the change touches, each with its rules. What
// no rule covers blocks. LAW 2.
func (e *evaluation) subjects() []subject {
	var found []subject
	for _, t := range e.documentsTouched(e.mergeBase, e.head) {
		s := subject{touched: t, kind: document.Classify(e.root, t.path), rules: e.rulesFor(t.path)}
		s.Subject = approval.Subject{
			ID: t.path, Head: e.bound(t),
			Contributors: e.contributorsOf(t.path, e.mergeBase, e.head),
		}
		if d := e.current(t.path); d != nil {
			s.ID, s.Version = d.ID, d.Version
		}
		s.needed = !e.onlyDraft(t.path)
		e.require(&s)
		found = append(found, s)
	}
	return found
}

// current is the document as it is at the head, or at the base when it is gone.
func (e *evaluation) current(path string) *document.Document {
	if d := e.head.document(path); d != nil {
		return d
	}
	if _, there := e.head.tree[path]; there {
		return nil
	}
	return e.mergeBase.document(path)
}

func (e *evaluation) bound(t touched) approval.Bound {
	if t.after.Mode == "" {
		return approval.Bound{Mode: document.ModeDeleted, SHA256: t.before.SHA256, Path: t.path}
	}
	return approval.Bound{Mode: t.after.Mode, SHA256: t.after.SHA256, Path: t.path, Images: t.imagesAfter}
}

// onlyDraft says whether the document is a draft, or absent, at both base and
// head: then good commits are enough. LAW 2.3.
func (e *evaluation) onlyDraft(path string) bool {
	if document.Classify(e.root, path) != document.Markdown {
		return false
	}
	for _, v := range []view{e.base, e.mergeBase, e.head} {
		if _, there := v.tree[path]; !there {
			continue
		}
		if d := v.document(path); d == nil || d.Status != "draft" {
			return false
		}
	}
	return true
}

// require fills in rules, level and looseness: the strictest of all rules.
func (e *evaluation) require(s *subject) {
	if len(s.rules) == 0 {
		e.problems([]document.Finding{governance.Unruled(s.touched.path)})
		return
	}
	s.SeveralRoles = true
	for _, r := range s.rules {
		s.Rules = append(s.Rules, approval.Rule{Name: ruleName(r), Require: r.Require})
		s.Level = max(s.Level, r.Level)
		s.SeveralRoles = s.SeveralRoles && r.SeveralRoles
	}
	if e.d.Founding {
		s.Level = max(s.Level, approval.LevelStatement)
		s.Rules = append(s.Rules, e.foundingRequirement())
		return
	}
	if s.kind == document.Key {
		e.requireOwner(s)
		return
	}
	if roles := e.signatories(s.touched.path); len(roles) > 0 {
		all := approval.Requirement{}
		for _, role := range roles {
			all.All = append(all.All, approval.Requirement{Role: role})
		}
		s.Rules = append(s.Rules, approval.Rule{Name: "signatories", Require: all})
	}
}

// foundingRequirement: persons in any of their roles, as many as a founding
// needs. Nobody signs as self then. LAW 8.2.
func (e *evaluation) foundingRequirement() approval.Rule {
	r := approval.Requirement{Count: min(e.foundersNeeded(), len(e.config.RoleIDs()))} // checkFounders counts persons
	for _, role := range e.config.RoleIDs() {
		r.Of = append(r.Of, approval.Requirement{Role: role})
	}
	return approval.Rule{Name: foundingRule, Require: r}
}

func ruleName(r repoconfig.Rule) string {
	if r.Index < 0 {
		return "config"
	}
	return fmt.Sprintf("rules[%d]", r.Index)
}

// signatories are the roles that the front matter adds, at base or head. LAW 2.2.
func (e *evaluation) signatories(path string) []string {
	var roles []string
	for _, v := range []view{e.base, e.head} {
		d := v.document(path)
		if d == nil {
			continue
		}
		for _, role := range d.Signatories {
			if !slices.Contains(roles, role) {
				roles = append(roles, role)
			}
		}
	}
	return roles
}

// requireOwner adds the owner's own line to a change of their key. A renewal
// needs besides it one of the config rule, a revocation one of the rule alone; a
// key that goes with its person, the rule alone. LAW 2.4.
func (e *evaluation) requireOwner(s *subject) {
	k := governance.KeyChange{
		Path: s.touched.path, Before: e.fileOf(s.touched.before), After: e.fileOf(s.touched.after),
		Next: e.fileOf(e.head.tree[repoconfig.Path]),
	}
	any := approval.Requirement{}
	for _, role := range s.rules[0].Require.Roles() {
		any.Any = append(any.Any, approval.Requirement{Role: role})
	}
	switch k.Consent() {
	case governance.ByRule:
		return
	case governance.ByOne:
		s.Rules[0].Require = any
		return
	case governance.ByOneAndOwner:
		s.Rules[0].Require = any
	}
	s.Self = k.Owner()
	s.Rules = append(s.Rules, approval.Rule{Name: "self", Require: approval.Requirement{Role: approval.RoleSelf}})
	if nobodys, ok := k.Ownerless(e.config); ok {
		e.problems([]document.Finding{nobodys})
	}
}
