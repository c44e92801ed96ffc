package site

import (
	"slices"

	"github.com/vidimus-bot/vidimus/bot/evidence"
)

// signing is what one person's review signed of a version: one signature for people, in one or more roles.
type signing struct {
	signature *signature
	roles     []role
	line      string // as found in the body; empty at level approval
	text      string // the sentence
	level     string
}

// role is a role with its title.
type role struct{ id, title string }

func (r role) String() string {
	if r.title != "" {
		return r.title
	}
	return r.id
}

// publication is the newest event that published a version; nil if none did.
func (v *version) publication() *event {
	for i := len(v.events) - 1; i >= 0; i-- {
		if v.events[i].published != nil {
			return &v.events[i]
		}
	}
	return nil
}

// required are the roles that had to sign an event's version, each once, in the order of the rules.
func required(e *event) []string {
	var roles []string
	if e == nil || e.published == nil {
		return nil
	}
	for _, r := range e.published.Requirements {
		if r.Outcome != "not-needed" && !slices.Contains(roles, r.Role) {
			roles = append(roles, r.Role)
		}
	}
	return roles
}

// signings are the signatures that count for an event's version, in the order of the rules: each review once.
func signings(e *event) []signing {
	if e == nil || e.published == nil {
		return nil
	}
	var found []signing
	for _, r := range e.published.Requirements {
		if r.Outcome != evidence.OutcomeSigned || r.Signature == nil {
			continue
		}
		s := e.record.signature(digest(r.Signature.SHA256))
		if s == nil {
			continue // unreachable: a record holds the statements that it names
		}
		at := slices.IndexFunc(found, func(one signing) bool { return one.signature == s })
		if at < 0 {
			found = append(found, signing{signature: s})
			at = len(found) - 1
		}
		found[at].add(r.Role, e.subject.Name)
	}
	return found
}

// add adds a role in which the review signed a path.
func (s *signing) add(id, path string) {
	for _, r := range s.roles {
		if r.id == id {
			return
		}
	}
	one := role{id: id}
	for _, d := range s.signature.Statements {
		if d.Path == path && d.Role == id {
			one.title = d.RoleTitle
			s.line, s.text, s.level = d.Line, d.Text, d.Level
		}
	}
	s.roles = append(s.roles, one)
}

// signature finds a signature statement of the record by its digest.
func (r *record) signature(d digest) *signature {
	for i := range r.signatures {
		if r.signatures[i].digest == d {
			return &r.signatures[i]
		}
	}
	return nil
}

// signatories are the people who signed a version, with their roles.
func (v *version) signatories() []string {
	var names []string
	for _, s := range signings(v.publication()) {
		names = append(names, s.who()+", "+s.roleNames())
	}
	return names
}

// who is the person's name as the roster had it, else the login.
func (s *signing) who() string {
	return nameOf(s.signature.Signatory.Name, s.signature.Signatory.Login)
}

func (s *signing) roleNames() string {
	names := make([]string, len(s.roles))
	for i, r := range s.roles {
		names[i] = r.String()
	}
	return list(names)
}

func nameOf(name, login string) string {
	if name != "" {
		return name
	}
	if login != "" {
		return "@" + login
	}
	return "somebody unknown"
}

// uncounted is a review that was given for a version's path in the record of an event and does not count.
type uncounted struct {
	signature *signature
	item      evidence.SignedDocument
}

// notCounted are the reviews for the event's path that do not count, with the reasons, in the order of the record.
func notCounted(e *event) []uncounted {
	var found []uncounted
	for i := range e.record.signatures {
		s := &e.record.signatures[i]
		for _, item := range s.Statements {
			if item.Path == e.subject.Name && !item.Counts {
				found = append(found, uncounted{s, item})
			}
		}
	}
	return found
}

// roleTitle is what the configuration calls a role.
func (a *archive) roleTitle(id string) string {
	if id == "self" {
		return "owner of the key"
	}
	if r, ok := a.config.Role(id); ok && r.Title != "" {
		return r.Title
	}
	return id
}

// holders are the names of who holds a role.
func (a *archive) holders(id string) []string {
	r, ok := a.config.Role(id)
	if !ok {
		return nil
	}
	var names []string
	for _, slug := range r.Holders {
		if p, ok := a.config.Person(slug); ok {
			names = append(names, nameOf(p.Name, p.Login))
		}
	}
	return names
}
