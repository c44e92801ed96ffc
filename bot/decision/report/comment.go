package report

import (
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision"
)

// maxMatrixRoles is how many roles a table has as columns; with more, each role is a row.
const maxMatrixRoles = 4

// commentView fills comment.md.
type commentView struct {
	Other           other
	Signed, Blocked bool
	Mend            bool // there is something to mend, with commands in the check
	Ended           rows[endedGroup]
	Headline, Then  md
	Proposed        md
	Review          md
	Stuck           rows[stuckRow]
	Table           rows[findingRow]
	Commits         rows[commitRow]
	Objections      rows[objectionRow]
	Roles           []md
	Matrix          rows[matrixRow]
	Documents       rows[documentRow]
	Groups          rows[signGroup]
	Refused         rows[refusedRow]
	Warnings        rows[warningRow]
	History         rows[historyRow]
	Now             md
}

// matrixRow is a document with one state for each role.
type matrixRow struct {
	Name, Version md
	States        []md
}

type historyRow struct{ When, What md }

// Comment is the one comment of the pull request, Markdown of at most MaxBodyBytes bytes. It mentions only
// those who must act, and nobody while the pull request is a draft. Where nothing governed changes it says so
// in a sentence, for a comment that stands already; the caller makes no new one for that.
//
// The line that begins with "Last update" is the only one that depends on Now, and is left out without it.
func Comment(in Input) string {
	r := newReporter(&in)
	_, because := and(in.Decision, in.Others)
	v := commentView{Other: otherOf(in.Decision, because), Review: link(in.Links.Review), Now: moment(in.Now)}
	if r.d.State == decision.StateUntouched || r.d.State == decision.StateNotGoverned {
		v.Signed, v.Headline = true, "**Nothing to sign.** This change touches nothing that is governed here."
		return render("comment.md", v, &r.cut, MaxBodyBytes)
	}
	t := tallyOf(r.d)
	v.Warnings, v.Refused, v.History, v.Proposed = r.warningRows(&t), r.refusedRows(r.ended()...), r.history(), r.proposed()
	switch r.d.State {
	case decision.StateSigned:
		v.Signed, v.Headline = true, r.signedHeadline(v.Other)
	case decision.StateWaiting, decision.StateDraft:
		r.fillWaiting(&v)
	default:
		v.Blocked, v.Table, v.Objections = true, rowsOf(&r.cut, findingRows(&t)), r.objectionRows()
		v.Commits = r.commitHelp(&t).Rows
		v.Mend = t.toMend()+len(t.moved)+len(t.commits) > 0
		v.Headline, v.Then = r.blockedCall(&t)
		return render("comment.md", v, &r.cut, MaxBodyBytes)
	}
	r.fillDocuments(&v)
	return render("comment.md", v, &r.cut, MaxBodyBytes)
}

// fillWaiting says who is asked, and what they do.
func (r *reporter) fillWaiting(v *commentView) {
	open, stuck := r.asks()
	v.Stuck = r.stuckRows(stuck)
	if r.in.Proposal.Draft || r.d.State == decision.StateDraft {
		v.Headline = "**This is a draft: nobody is asked to sign, and it does not pass.** When it is ready, choose **Ready for review**."
		return
	}
	v.Ended, v.Groups = r.endedGroups(), r.signGroups(open, false)
	who := joinEntries(r.waitingFor(r.mentionedOnce()))
	if who == "" {
		return
	}
	v.Headline = "**Waiting for** " + md(who)
	if mentioned, ok := strings.CutPrefix(who, "**"); ok {
		v.Headline = "**Waiting for " + md(mentioned)
	}
	if r.in.WaitingSince != "" {
		v.Headline += ", since " + day(r.in.WaitingSince)
	}
	v.Headline += "."
	v.Then = r.vainSentence(r.ended()...)
}

// mentionedOnce labels roles with mentions, but for those who are mentioned already because they have to sign
// again: one mention, one notice.
func (r *reporter) mentionedOnce() label {
	ended := map[string]bool{}
	for _, s := range r.ended() {
		ended[s.Person] = true
	}
	return func(d *decision.Document, role string, choice bool) string {
		if slices.ContainsFunc(r.able(d, role), func(slug string) bool { return ended[slug] }) {
			return string(text(r.named(d, role, choice), maxMessageLength))
		}
		return r.mentioned(d, role, choice)
	}
}

// fillDocuments tables the documents: roles as columns where they are few and each is needed for itself.
func (r *reporter) fillDocuments(v *commentView) {
	roles, simple := r.columns()
	if !simple {
		v.Documents = r.documentRows()
		return
	}
	for _, role := range roles {
		v.Roles = append(v.Roles, text(r.role(role), maxNameLength))
	}
	list := make([]matrixRow, len(r.d.Documents))
	for i := range r.d.Documents {
		d := &r.d.Documents[i]
		list[i] = matrixRow{Name: r.documentName(d), Version: r.versionRow(d)}
		for _, role := range roles {
			list[i].States = append(list[i].States, r.matrixState(d, role))
		}
	}
	v.Matrix = rowsOf(&r.cut, list)
}

// columns are the roles of all documents that are signed or needed; false when they do not fit a table.
func (r *reporter) columns() (roles []string, simple bool) {
	for i := range r.d.Documents {
		d := &r.d.Documents[i]
		for _, n := range needs(d, r.config) {
			if n.role == "" || n.role == anotherPerson {
				return nil, false
			}
		}
		for _, q := range d.Requirements {
			if outcome(d, q.Role) != "not-needed" && q.Rule != foundingRule && !slices.Contains(roles, q.Role) {
				roles = append(roles, q.Role)
			}
		}
		if len(roles) > maxMatrixRoles {
			return nil, false
		}
	}
	return roles, len(roles) > 0
}

func (r *reporter) matrixState(d *decision.Document, role string) md {
	switch outcome(d, role) {
	case "signed":
		for _, s := range r.signatures[d.Path] {
			if s.Counts && s.Role == role {
				return "**signed** " + day(s.SubmittedAt)
			}
		}
		return "**signed**"
	case "missing":
		switch {
		case len(r.able(d, role)) == 0:
			return "**nobody can sign**"
		case r.in.Proposal.Draft:
			return "not asked yet"
		}
		if s, ok := r.vain(d, role); ok {
			return "**waiting**<br>approved, but it does not count" + anyMore(s.Code) + " (" + text(s.Code, maxNameLength) + ")"
		}
		return "**waiting**"
	}
	return "not needed"
}

// proposed says who proposes how much.
func (r *reporter) proposed() md {
	if len(r.d.Documents) == 0 {
		return ""
	}
	who := r.proposer(r.in.Proposal.Author).Name
	moves := r.movesSentence()
	if moves != "" {
		moves = " " + moves
	}
	what := md(plural(len(r.d.Documents)-len(r.d.Moves()), "document", "documents")) // a move is two rows and one document
	if r.d.Founding {
		what = "the founding: who may sign here, and by which rules"
		if who != "" {
			return text(who, maxNameLength) + " proposes " + what + "."
		}
		return "This is " + what + "."
	}
	if who == "" {
		return "This changes " + what + "." + moves
	}
	return text(who, maxNameLength) + " proposes to change " + what + "." + moves
}

// history is what happened so far, in order of time.
func (r *reporter) history() rows[historyRow] {
	type event struct {
		at   string
		what md
	}
	var events []event
	if who := r.proposer(r.in.Proposal.Author).Name; who != "" && r.in.Proposal.OpenedAt != "" {
		events = append(events, event{r.in.Proposal.OpenedAt, "Proposed by " + text(who, maxNameLength)})
	}
	for _, s := range r.d.Signatures {
		e := event{s.SubmittedAt, "Signed by " + text(r.reviewer(s)+", "+r.role(s.Role), maxMessageLength)}
		if !s.Counts {
			e.what = "Approved by " + text(r.reviewer(s), maxNameLength) + "; does not count (" + text(s.Code, maxNameLength) + ")"
		}
		events = append(events, e)
	}
	slices.SortStableFunc(events, func(a, b event) int { return strings.Compare(a.at, b.at) })
	var list []historyRow
	for i, e := range slices.Compact(events) {
		if i < maxHistory {
			list = append(list, historyRow{md(strings.TrimSuffix(string(moment(e.at)), " UTC")), e.what})
		}
	}
	return rowsOf(&r.cut, list)
}

// maxHistory bounds the history; the decision's own table tells the state.
const maxHistory = 100

// blockedCall is the headline of a blocked change, with mentions of those who must act.
func (r *reporter) blockedCall(t *tally) (headline, then md) {
	headline, then = r.blockedHeadline(t, r.notified)
	if len(t.unread)+len(t.governed) > 0 {
		return "**" + headline + "**", then
	}
	return headline, then
}
