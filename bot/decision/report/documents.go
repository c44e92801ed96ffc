package report

import (
	"slices"

	"github.com/vidimus-bot/vidimus/bot/decision"
)

// documentRow is one document with who signs it; for templates.
type documentRow struct {
	Name, Version md
	Roles         rows[roleRow]
}

// roleRow is one role, or several of which some are needed, on one document.
type roleRow struct{ Role, State md }

// documentRows lists the documents of the decision, each with its roles in the order of the rules.
func (r *reporter) documentRows() rows[documentRow] {
	list := make([]documentRow, len(r.d.Documents))
	for i := range r.d.Documents {
		d := &r.d.Documents[i]
		list[i] = documentRow{r.documentName(d), r.versionRow(d), rowsOf(&r.cut, r.roleRows(d))}
	}
	return rowsOf(&r.cut, list)
}

// documentName is the title with the id below it, or the path where a document says neither.
func (r *reporter) documentName(d *decision.Document) md {
	switch {
	case d.ID == d.Path && d.Title != "" && d.Title != "Public key "+d.Path:
		return text(d.Title, maxTitleLength) + "<br>" + code(d.Path)
	case d.ID == d.Path:
		return code(d.Path)
	case d.Title == "":
		return code(d.ID) + "<br>" + code(d.Path)
	}
	return text(d.Title, maxTitleLength) + "<br>" + code(d.ID)
}

// documentLine is the document in one line, for lists.
func (r *reporter) documentLine(d *decision.Document) md {
	name := code(d.ID)
	if d.Version != "" {
		name += " " + text(d.Version, maxNameLength)
	}
	if d.Title != "" && d.ID != d.Path {
		name += ": " + text(d.Title, maxTitleLength)
	}
	if told := r.moved(d.Path); told != "" {
		name += " (" + versionEnd(d) + "; " + told + ")"
	}
	return name
}

// versionEnd says which of the two files of a move this is.
func versionEnd(d *decision.Document) md {
	if d.Change == decision.Deleted {
		return "deleted at its old path"
	}
	return "at its new path"
}

// version says what the change does to the document's version.
func version(d *decision.Document) md {
	was := ""
	if d.Was != nil {
		was = d.Was.Version
	}
	now := text(d.Version, maxNameLength)
	switch {
	case d.Change == decision.Deleted && now == "":
		return "deleted"
	case d.Change == decision.Deleted:
		return now + ", deleted"
	case d.Change == decision.Added && now == "":
		return "new"
	case d.Change == decision.Added:
		return "new, " + now
	case now == "":
		return "changed"
	case was == "" || was == d.Version:
		return now
	}
	return text(was, maxNameLength) + " → " + now
}

// roleRows are the roles of d that are signed or needed.
func (r *reporter) roleRows(d *decision.Document) []roleRow {
	if len(d.Requirements) == 0 {
		return []roleRow{unasked(d)}
	}
	var list []roleRow
	missing := needs(d, r.config)
	var told []string
	for _, q := range d.Requirements {
		if slices.Contains(told, q.Role) {
			continue
		}
		told = append(told, q.Role)
		if outcome(d, q.Role) == "signed" {
			list = append(list, roleRow{text(r.role(q.Role), maxNameLength), r.signedState(d, q.Role)})
			continue
		}
		for i, n := range missing {
			if slices.Contains(n.leaves(), q.Role) {
				list = append(list, r.missingRow(d, n))
				missing = slices.Delete(missing, i, i+1)
				break
			}
		}
	}
	for _, n := range missing { // what no rule names, like a founding's second person
		list = append(list, r.missingRow(d, n))
	}
	return list
}

// unasked is the row of a document that nobody is asked to sign.
func unasked(d *decision.Document) roleRow {
	if d.Level == "" {
		return roleRow{"nobody", "a draft before and after: signed commits are enough"}
	}
	return roleRow{"no rule", "**blocked**, nobody is named who signs it"}
}

func (r *reporter) missingRow(d *decision.Document, n need) roleRow {
	roles := n.sentence(r.role)
	state := md("**waiting** for ")
	if r.in.Proposal.Draft || r.d.State == decision.StateBlocked {
		state = "not asked yet: "
	}
	n, ok := r.possible(d, n)
	if !ok {
		return roleRow{text(roles, maxMessageLength), "**nobody can sign**"}
	}
	who := n.sentence(func(role string) string {
		if role == anotherPerson {
			return "another person, in any role they hold"
		}
		return r.people(r.able(d, role), "or")
	})
	return roleRow{text(roles, maxMessageLength), state + text(who, maxMessageLength) + r.vainState(d, n)}
}

// signedState says by whom and when a role was signed.
func (r *reporter) signedState(d *decision.Document, role string) md {
	for _, q := range d.Requirements {
		if q.Role == role && q.Outcome == "signed" {
			return "**signed** by " + r.signedBy(d, q)
		}
	}
	return ""
}

// signedBy is the person with the time of the review.
func (r *reporter) signedBy(d *decision.Document, q decision.Requirement) md {
	who := text(r.person(q.Person), maxNameLength)
	if s, ok := r.signature(d, q); ok {
		who += ", " + moment(s.SubmittedAt)
	}
	return who
}

// signature is the one that fills q.
func (r *reporter) signature(d *decision.Document, q decision.Requirement) (decision.Signature, bool) {
	for _, s := range r.signatures[d.Path] {
		if s.Counts && s.Review == q.Review && s.Role == q.Role {
			return s, true
		}
	}
	return decision.Signature{}, false
}

// moment is "2026-11-23 15:40 UTC" for "2026-11-23T15:40:11Z"; anything else is shown as it is.
func moment(at string) md {
	if len(at) == len("2026-11-23T15:40:11Z") && at[10] == 'T' && at[19] == 'Z' {
		return text(at[:10]+" "+at[11:16]+" UTC", maxNameLength)
	}
	return text(at, maxNameLength)
}

// day is the date of a time.
func day(at string) md {
	if len(at) >= 10 {
		at = at[:10]
	}
	return text(at, maxNameLength)
}

// short is the first twelve digits of a digest, for people's eyes.
func short(digest string) md {
	if len(digest) > 12 {
		digest = digest[:12]
	}
	return code(digest)
}
