package report

import (
	"path"
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/signature/approval"
)

// anotherPerson is the role that a founding lacks when one person signed it alone. LAW 8.2.
const anotherPerson = "another-person"

// names answers who is who, from the roster. Answers are not escaped yet, but for mentions.
type names struct{ config *repoconfig.Config }

// person is somebody's name; the slug, or else "somebody unknown", where the roster has none.
func (n names) person(slug string) string {
	if p, ok := n.config.Person(slug); ok && p.Name != "" {
		return clip(p.Name, maxNameLength)
	}
	if slug == "" {
		return "somebody unknown"
	}
	return clip(slug, maxNameLength)
}

// people joins names with the word "and" or "or".
func (n names) people(slugs []string, word string) string {
	list := make([]string, len(slugs))
	for i, slug := range slugs {
		list[i] = n.person(slug)
	}
	return enumerate(list, word)
}

// role is the title of a role.
func (n names) role(id string) string {
	if r, ok := n.config.Role(id); ok && r.Title != "" {
		return clip(r.Title, maxNameLength)
	}
	switch id {
	case approval.RoleSelf:
		return "owner of the key"
	case anotherPerson:
		return "another person"
	}
	return clip(id, maxNameLength)
}

// roles joins the titles of roles.
func (n names) roles(ids []string, word string) string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = n.role(id)
	}
	return enumerate(list, word)
}

// titled is a person with the first role they hold.
func (n names) titled(slug string) string {
	for _, r := range n.config.Roles {
		if n.config.Holds(slug, r.ID) {
			return n.person(slug) + ", " + n.role(r.ID)
		}
	}
	return n.person(slug)
}

// mention notifies the person; where no login is known it is the bare name, which notifies nobody. Title is
// what follows the name, a role's title, or "".
func (n names) mention(slug, title string) md {
	described := n.person(slug)
	if title != "" {
		described += ", " + title
	}
	p, _ := n.config.Person(slug)
	return mention(p.Login, described)
}

// mention is the login, so that GitHub notifies the person, with who that is.
func mention(login, described string) md {
	if !loginPattern().MatchString(login) {
		return text(described, maxMessageLength)
	}
	return md("**@"+login+"** (") + text(described, maxMessageLength) + ")"
}

// loginPattern is what GitHub lets a person be called; "_" is for managed users.
var loginPattern = lazily(`^[A-Za-z0-9][A-Za-z0-9_-]{0,38}$`)

// actor is who must act first. Slug is "" for somebody outside the roster, Name "" for nobody known, Role ""
// where it does not matter.
type actor struct{ Slug, Login, Name, Role string }

// proposer is who opened the pull request.
func (n names) proposer(a facts.Account) actor {
	if p, ok := n.config.PersonByID(a.ID); ok && a.ID != 0 {
		return actor{Slug: p.Slug, Login: a.Login, Name: n.person(p.Slug)}
	}
	if a.Login == "" {
		return actor{}
	}
	return actor{Login: a.Login, Name: clip(a.Login, maxNameLength)}
}

// owner is the slug of the person whose key file this is.
func owner(file string) string {
	return strings.TrimSuffix(path.Base(file), path.Ext(file))
}

// enumerate is "a", "a and b", "a, b and c"; beyond maxEnumerated "a, b and 5 others".
func enumerate(list []string, word string) string {
	if len(list) > maxEnumerated {
		rest := thousands(len(list)-maxEnumerated+1) + " others"
		return strings.Join(list[:maxEnumerated-1], ", ") + " " + word + " " + rest
	}
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	last := len(list) - 1
	return strings.Join(list[:last], ", ") + " " + word + " " + list[last]
}

// maxEnumerated bounds a list inside a sentence.
const maxEnumerated = 6

// able are the holders of role who may sign d: those who did not contribute to it, and do not fill another
// role on it unless that is allowed. LAW 3.2, 3.4, 3.5.
func (n names) able(d *decision.Document, role string) []string {
	var found []string
	for _, slug := range n.holders(d, role) {
		if !slices.Contains(d.Contributors, slug) && !n.busy(d, slug, role) {
			found = append(found, slug)
		}
	}
	return found
}

// busy says whether the person fills another role on d, and may fill one only.
func (n names) busy(d *decision.Document, slug, role string) bool {
	fillsOther := slices.ContainsFunc(d.Requirements, func(q decision.Requirement) bool {
		return q.Outcome == "signed" && q.Person == slug && q.Role != role
	})
	return fillsOther && !n.severalRoles(d)
}

// severalRoles says whether every rule of d lets a person fill several roles.
func (n names) severalRoles(d *decision.Document) bool {
	allowed := false
	for _, q := range d.Requirements {
		rule, ok := ruleOf(q.Rule, n.config)
		if ok && !rule.SeveralRoles {
			return false
		}
		allowed = allowed || ok
	}
	return allowed
}

// holders are those who hold role, whatever they did. Of a key the owner is self.
func (n names) holders(d *decision.Document, role string) []string {
	switch role {
	case approval.RoleSelf:
		return []string{owner(d.Path)}
	case anotherPerson:
		return n.everybody()
	}
	r, _ := n.config.Role(role)
	return r.Holders
}

// everybody are the slugs of all people.
func (n names) everybody() []string {
	var slugs []string
	for _, p := range n.config.People {
		slugs = append(slugs, p.Slug)
	}
	return slugs
}
