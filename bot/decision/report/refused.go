package report

import (
	"slices"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/signature/approval"
)

// refusedRow is an approval that is no signature: whose, on what, why, and what to do now.
type refusedRow struct{ Who, Documents, Why, Now md }

// refusedRows tells of every approval that does not count and why, each review and reason once; but for those
// in told.
func (r *reporter) refusedRows(told ...decision.Signature) rows[refusedRow] {
	type reason struct {
		review       int64
		code, reason string
	}
	documents := map[reason][]string{}
	var order []decision.Signature
	for _, s := range r.d.Signatures {
		if s.Counts || slices.Contains(told, s) {
			continue
		}
		k := reason{s.Review, s.Code, s.Reason}
		if documents[k] == nil {
			order = append(order, s)
		}
		if !slices.Contains(documents[k], s.Document) {
			documents[k] = append(documents[k], s.Document)
		}
	}
	list := make([]refusedRow, len(order))
	for i, s := range order {
		list[i] = refusedRow{
			Who:       text(r.reviewer(s), maxNameLength) + ", " + moment(s.SubmittedAt),
			Documents: text(enumerate(documents[reason{s.Review, s.Code, s.Reason}], "and"), maxMessageLength),
			Why:       stated(s.Reason, s.Code),
			Now:       whatNow(s.Code),
		}
	}
	return rowsOf(&r.cut, list)
}

// reviewer is the name of who approved; of somebody outside the roster the login.
func (r *reporter) reviewer(s decision.Signature) string {
	if s.Person == "" {
		return s.Login
	}
	return r.person(s.Person)
}

// endedRow is a signature that counted and does not any more, while the role is missing. Signed and Now are
// the first digits of both texts.
type endedRow struct {
	Document, Signed, Now md
}

// endedGroup is what one person, who has to sign again, signed before.
type endedGroup struct {
	Who       md // mentioned, for the comment
	Date      md
	Count     int
	Name      md // of the document, if it is one
	Why       md
	Documents rows[endedRow]
}

// endedGroups are the signatures that ended, by person. LAW 6.2, 6.3.
func (r *reporter) endedGroups() rows[endedGroup] {
	var order []string
	ended := map[string][]decision.Signature{}
	for _, s := range r.ended() {
		key := s.Person + " " + s.Code
		if ended[key] == nil {
			order = append(order, key)
		}
		ended[key] = append(ended[key], s)
	}
	list := make([]endedGroup, len(order))
	for i, key := range order {
		list[i] = r.endedGroup(ended[key])
	}
	return rowsOf(&r.cut, list)
}

func (r *reporter) endedGroup(ended []decision.Signature) endedGroup {
	first := ended[0]
	g := endedGroup{
		Who: r.mention(first.Person, r.role(first.Role)), Date: day(first.SubmittedAt), Count: len(ended), Why: endedBecause(first.Code),
	}
	if r.in.Proposal.Draft {
		g.Who = text(r.person(first.Person)+", "+r.role(first.Role), maxMessageLength)
	}
	var list []endedRow
	for _, s := range ended {
		d := r.documents[s.Path]
		name, now := code(s.Document), md("")
		if d != nil {
			name, now = r.documentName(d), short(d.SHA256)
		}
		list = append(list, endedRow{name, short(s.SHA256), now})
	}
	g.Name = text(first.Document, maxNameLength)
	if d := r.documents[first.Path]; d != nil && d.Version != "" {
		g.Name += " " + text(d.Version, maxNameLength)
	}
	g.Documents = rowsOf(&r.cut, list)
	return g
}

// endedBecause is why a signature ended, in plain words.
func endedBecause(code string) md {
	switch code {
	case approval.CodeBytesMoved:
		return "because the text changed after it"
	case approval.CodeEdited:
		return "because the approval was edited or dismissed after it was given"
	case "":
		return "because the approval is gone"
	}
	return md("because the approval does not count any more (" + text(code, maxNameLength) + ")")
}

// ended are the signatures that ended, as they were given, with the code of their end: those that the decision
// finds bound to other bytes, edited or dismissed, and those that counted in the previous decision. Left out is
// what was signed again or is not missing.
func (r *reporter) ended() []decision.Signature {
	var found []decision.Signature
	told := map[string]bool{}
	add := func(s decision.Signature) {
		key := s.Path + "\x00" + s.Person + "\x00" + s.Role
		if !told[key] && r.mustSignAgain(s) {
			found = append(found, s)
		}
		told[key] = true
	}
	for _, s := range r.d.Signatures {
		if !s.Counts && (s.Code == approval.CodeBytesMoved || s.Code == approval.CodeEdited) {
			add(s)
		}
	}
	if r.in.Previous == nil {
		return found
	}
	for _, s := range r.in.Previous.Signatures {
		if s.Counts {
			s.Code = r.codeOf(s)
			add(s)
		}
	}
	return found
}

// mustSignAgain says whether the role of s is missing and the person can still fill it.
func (r *reporter) mustSignAgain(s decision.Signature) bool {
	d := r.documents[s.Path]
	return d != nil && s.Person != "" && slices.Contains(r.wanted(d), s.Role) && slices.Contains(r.able(d, s.Role), s.Person)
}

// codeOf is why the review of s does not count now; "" when the decision does not know it any more.
func (r *reporter) codeOf(s decision.Signature) string {
	for _, now := range r.signatures[s.Path] {
		if now.Review == s.Review && now.Role == s.Role {
			return now.Code
		}
	}
	return ""
}
