package report

import (
	"slices"
	"strconv"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/document"
)

// blockedView fills check-findings.md.
type blockedView struct {
	Other                  other
	Headline, Then, Review md
	Table                  rows[findingRow]
	Objections             rows[objectionRow]
	MayDismiss             md
	Commits                commitHelp
	Moved                  bool
	Warnings               rows[warningRow]
	// Check are the paths to check on the computer, "" for all.
	HasFindings bool
	Check       md
	Work        work
	Documents   rows[documentRow]
	Refused     rows[refusedRow]
}

// findingRow is a finding, or a problem that reads like one.
type findingRow struct{ Where, Wrong, Mend md }

type warningRow struct{ Where, Text, Mend md }

type objectionRow struct{ Who, Reason md }

func (r *reporter) blockedView(o other) blockedView {
	t := tallyOf(r.d)
	v := blockedView{
		Other: o, Review: link(r.in.Links.Review),
		Table: rowsOf(&r.cut, findingRows(&t)), Objections: r.objectionRows(), MayDismiss: r.mayDismiss(),
		Commits: r.commitHelp(&t), Moved: len(t.moved) > 0,
		Warnings: r.warningRows(&t), HasFindings: len(t.findings) > 0, Check: checkArguments(&t, r.d.Documents), Work: r.work(),
		Documents: r.documentRows(), Refused: r.refusedRows(),
	}
	v.Headline, v.Then = r.blockedHeadline(&t, r.addressed)
	return v
}

// blockedHeadline says who must act first, and what follows; address names a person.
func (r *reporter) blockedHeadline(t *tally, address func(actor) md) (headline, then md) {
	const nobodyAsked = "Nobody is asked to sign before that."
	asked := r.request(r.tasks(t), address)
	switch {
	case len(t.unread) > 0:
		return "Nothing for you to do yet.",
			"Vidimus could not read everything that it needs, and reads again. Until then this change is not signed."
	case len(t.governed) > 0:
		headline = text(r.governedTitle(t.governed[0])+".", maxMessageLength)
		then = r.governors(address) + ": please mend that first; what is wrong stands below. " +
			"Until then the last signed configuration holds, and nothing passes."
		if asked != "" {
			then += " " + asked
		}
		return headline, then
	case asked == "":
		return "Not signed.", "What is missing stands below."
	case len(r.d.Objections) > 0 && t.toMend()+len(t.commits)+len(t.moved) == 0:
		return asked, "It blocks until its author withdraws it or approves."
	}
	return asked, nobodyAsked
}

// request asks the proposer for tasks: "Bruno Carvalhães (@bcarvalhaes-nq), please mend 2 findings."
func (r *reporter) request(tasks []string, address func(actor) md) md {
	if len(tasks) == 0 {
		return ""
	}
	what := text(enumerate(tasks, "and"), maxMessageLength)
	who := r.proposer(r.in.Proposal.Author)
	if who.Name == "" {
		return "Whoever proposed this, please " + what + "."
	}
	return address(who) + ", please " + what + "."
}

// addressed is a person with their login, which GitHub links.
func (r *reporter) addressed(a actor) md {
	if !loginPattern().MatchString(a.Login) {
		return text(a.Name+suffix(a.Role), maxTitleLength)
	}
	if a.Slug == "" {
		return md("@" + a.Login)
	}
	return text(a.Name, maxTitleLength) + md(" (@"+a.Login+")") + text(suffix(a.Role), maxTitleLength)
}

// notified is addressed for the comment: GitHub notifies the person, unless the change is a draft.
func (r *reporter) notified(a actor) md {
	described := a.Name + suffix(a.Role)
	if a.Slug == "" {
		described = "not in the roster"
	}
	if r.in.Proposal.Draft {
		return text(a.Name+suffix(a.Role), maxTitleLength)
	}
	return mention(a.Login, described)
}

// governors are those who sign the configuration, by name and role.
func (r *reporter) governors(address func(actor) md) md {
	var people []string
	for _, role := range r.config.Governance.Require.Roles() {
		found, _ := r.config.Role(role)
		for _, slug := range found.Holders {
			p, _ := r.config.Person(slug)
			people = append(people, string(address(actor{slug, p.Login, r.person(slug), r.role(role)})))
		}
	}
	if len(people) == 0 {
		return "Whoever looks after `.vidimus.yml`"
	}
	return md(joinEntries(distinct(people)))
}

// suffix is what follows a name: ", Head of IT".
func suffix(role string) string {
	if role == "" {
		return ""
	}
	return ", " + role
}

func findingRows(t *tally) []findingRow {
	var table []findingRow
	for _, p := range t.inTable() {
		row := findingRow{place(p.Path, p.Line), stated(p.Text, p.Code), text(capital(p.Mend), maxMessageLength)}
		if p.Code == decision.CodeMoved {
			row.Mend = whatNow(p.Code) // with commands below, where the decision names a button
		}
		table = append(table, row)
	}
	for _, f := range t.findings {
		table = append(table, findingRow{place(f.Path, f.Line), stated(f.Message, f.Rule), text(capital(f.Fix), maxMessageLength)})
	}
	return table
}

// stated is what is wrong, with the code at its end.
func stated(s, code string) md {
	return text(capital(strings.TrimSuffix(s, ".")), maxMessageLength) + " (" + text(code, maxNameLength) + ")"
}

// place is a path with its line.
func place(path string, line int) md {
	switch {
	case path == "":
		return "the whole change"
	case line > 0:
		return code(path) + md(" line "+strconv.Itoa(line))
	}
	return code(path)
}

func (r *reporter) warningRows(t *tally) rows[warningRow] {
	var list []warningRow
	for _, f := range t.warnings {
		list = append(list, warningRow{place(f.Path, f.Line), stated(f.Message, f.Rule), text(f.Fix, maxMessageLength)})
	}
	return rowsOf(&r.cut, list)
}

func (r *reporter) objectionRows() rows[objectionRow] {
	var list []objectionRow
	for _, o := range r.d.Objections {
		list = append(list, objectionRow{text(r.titled(o.Person), maxMessageLength), text(o.Reason, maxMessageLength)})
	}
	return rowsOf(&r.cut, list)
}

// mayDismiss names the roles that may dismiss somebody else's objection. LAW 6.4.
func (r *reporter) mayDismiss() md {
	return text(r.roles(r.config.MayDismiss, "or"), maxMessageLength)
}

// checkArguments are the paths with findings, for `vidimus check`; "" where they are many, cannot be pasted, or
// the change deletes one, since without arguments everything is checked.
func checkArguments(t *tally, documents []decision.Document) md {
	var paths []string
	for _, f := range t.findings {
		deleted := slices.ContainsFunc(documents, func(d decision.Document) bool {
			return d.Path == f.Path && d.Change == decision.Deleted
		})
		if deleted || safe(f.Path, pathPattern()) == "" {
			return ""
		}
		paths = append(paths, f.Path)
	}
	slices.Sort(paths)
	if paths = slices.Compact(paths); len(paths) > 3 {
		return ""
	}
	return md(strings.Join(paths, " "))
}

// annotations are the findings at their lines: those that block first, at most MaxAnnotations.
func annotations(d *decision.Decision) []Annotation {
	t := tallyOf(d)
	var found []Annotation
	for _, p := range t.proposed {
		if p.Path != "" && p.Line > 0 {
			found = append(found, annotation(document.Finding{
				Rule: p.Code, Severity: document.Block, Path: p.Path, Line: p.Line, Message: p.Text, Fix: p.Mend,
			}))
		}
	}
	for _, f := range slices.Concat(t.findings, t.warnings) {
		found = append(found, annotation(f))
	}
	return found[:min(len(found), MaxAnnotations)]
}

func annotation(f document.Finding) Annotation {
	a := Annotation{
		Path: f.Path, StartLine: max(f.Line, 1), EndLine: max(f.Line, 1), Level: Fail,
		Title:   clip(visible(f.Rule), MaxTitle),
		Message: clipBytes(visible(f.Message)+"\nMend: "+visible(f.Fix), MaxAnnotationText),
	}
	if f.Severity == document.Warn {
		a.Level = Warning
	}
	if f.Line > 0 && f.Column > 0 {
		a.StartColumn, a.EndColumn = f.Column, max(f.Column, f.EndColumn-1)
	}
	return a
}

// clipBytes cuts s to limit bytes, between two characters.
func clipBytes(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit-len("…")], "") + "…"
}
