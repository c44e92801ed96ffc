package report

import (
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/signature/approval"
)

// reporter makes one text: the input, the names in it, and the cut that its lists share.
type reporter struct {
	names
	in         *Input
	d          *decision.Decision
	documents  map[string]*decision.Document   // by path
	signatures map[string][]decision.Signature // by path
	moves      map[string]decision.Move        // by both paths
	cut        cut
}

func newReporter(in *Input) *reporter {
	r := &reporter{
		names: names{&in.Config}, in: in, d: &in.Decision,
		documents: map[string]*decision.Document{}, signatures: map[string][]decision.Signature{}, moves: indexMoves(&in.Decision),
	}
	for i := range in.Decision.Documents {
		d := &in.Decision.Documents[i]
		r.documents[d.Path] = d
	}
	for _, s := range in.Decision.Signatures {
		r.signatures[s.Path] = append(r.signatures[s.Path], s)
	}
	return r
}

// ask is a role in which somebody must still sign some documents, and who can.
type ask struct {
	role      string
	able      []string // slugs
	documents []*decision.Document
}

// asks are the roles that are needed, each once for each group of people who can fill it, in the order of the
// documents. stuck are those that nobody can fill; able is then who holds them.
func (r *reporter) asks() (open, stuck []ask) {
	for i := range r.d.Documents {
		d := &r.d.Documents[i]
		for _, role := range r.wanted(d) {
			open = r.addAsk(open, ask{role: role, able: r.able(d, role)}, d)
		}
		for _, n := range needs(d, r.config) {
			if _, ok := r.possible(d, n); ok {
				continue
			}
			for _, role := range n.leaves() {
				if len(r.able(d, role)) == 0 {
					stuck = r.addAsk(stuck, ask{role: role, able: r.holders(d, role)}, d)
				}
			}
		}
	}
	return open, stuck
}

// possible is a need on d without what nobody can fill.
func (r *reporter) possible(d *decision.Document, n need) (need, bool) {
	return n.possible(func(role string) bool { return len(r.able(d, role)) > 0 })
}

func (r *reporter) addAsk(asks []ask, a ask, d *decision.Document) []ask {
	i := slices.IndexFunc(asks, func(b ask) bool { return b.role == a.role && slices.Equal(b.able, a.able) })
	if i < 0 {
		i, asks = len(asks), append(asks, a)
	}
	asks[i].documents = append(asks[i].documents, d)
	return asks
}

// wanted are the roles in which somebody can help d, each once.
func (r *reporter) wanted(d *decision.Document) []string {
	var roles []string
	for _, n := range needs(d, r.config) {
		for _, role := range n.leaves() {
			switch {
			case role == anotherPerson:
				roles = append(roles, r.otherRoles(d)...)
			case len(r.able(d, role)) > 0:
				roles = append(roles, role)
			}
		}
	}
	return distinct(roles)
}

// otherRoles are those in which a founding's second person can sign d: any that somebody holds who has not
// signed it. LAW 8.2.
func (r *reporter) otherRoles(d *decision.Document) []string {
	var roles []string
	for _, role := range r.config.Roles {
		signed := outcome(d, role.ID) == "signed"
		if !signed && slices.ContainsFunc(r.able(d, role.ID), func(slug string) bool { return !r.hasSigned(d.Path, slug) }) {
			roles = append(roles, role.ID)
		}
	}
	return roles
}

// hasSigned says whether the person has a signature that counts on the document at path.
func (r *reporter) hasSigned(path, slug string) bool {
	return slices.ContainsFunc(r.signatures[path], func(s decision.Signature) bool { return s.Counts && s.Person == slug })
}

// distinct keeps the first of those that are equal.
func distinct[T ~string](words []T) []T {
	var found []T
	for _, w := range words {
		if !slices.Contains(found, w) {
			found = append(found, w)
		}
	}
	return found
}

// line is what a person copies to sign d in role; false when there is none, because the document has no id
// or version that could be named.
func line(d *decision.Document, role string) (string, bool) {
	l := approval.Line{
		Role: role, ID: d.ID, Version: d.Version,
		Deleted: d.Mode == document.ModeDeleted, SHA256: d.SHA256, Images: d.Images,
	}
	if d.ID == d.Path { // configuration and keys
		l.ID, l.Version, l.Path = "", "", d.Path
	}
	_, ok := approval.ParseLine(l.String())
	return l.String(), ok
}

// byApproval says whether the approving review is the act for d, so that no line is needed. LAW 5.2.
func byApproval(d *decision.Document) bool { return d.Level == approval.LevelApproval.String() }

// signGroup is what the people of one ask do; for templates.
type signGroup struct {
	Who, Role md
	Documents int
	// Lines are to be copied, Approve the documents for which approving is the act.
	Lines, Approve, Sentences rows[md]
	// Unconfirmed are the people whose approvals are no signatures yet. LAW 5.2.
	Unconfirmed md
}

// signGroups are what is to be done for each ask, with the sentences if they are wanted.
func (r *reporter) signGroups(asks []ask, sentences bool) rows[signGroup] {
	groups := make([]signGroup, len(asks))
	for i, a := range asks {
		if groups[i] = r.signGroup(a); !sentences {
			groups[i].Sentences = rows[md]{}
		}
	}
	return rowsOf(&r.cut, groups)
}

func (r *reporter) signGroup(a ask) signGroup {
	var lines, approve, sentences []md
	beyond := 0
	for _, d := range a.documents {
		copied, ok := line(d, a.role)
		switch {
		case byApproval(d):
			approve = append(approve, r.documentLine(d))
		case ok:
			lines = append(lines, md(copied)) // only what a statement line can hold
		}
		if len(sentences) < maxSentences {
			sentences = append(sentences, r.sentences(d, a)...)
		} else {
			beyond += len(a.able)
		}
	}
	g := signGroup{
		Who: text(r.people(a.able, "or"), maxMessageLength), Role: text(r.role(a.role), maxNameLength), Documents: len(a.documents),
		Lines: rowsOf(&r.cut, lines), Approve: rowsOf(&r.cut, approve), Sentences: rowsOf(&r.cut, sentences),
	}
	g.Sentences.beyond = beyond
	if len(approve) > 0 {
		g.Unconfirmed = text(r.people(r.unconfirmed(a.able), "and"), maxMessageLength)
	}
	return g
}

// unconfirmed are those whose approving reviews are no signatures, because no signed change says so.
func (r *reporter) unconfirmed(slugs []string) []string {
	var found []string
	for _, slug := range slugs {
		if p, ok := r.config.Person(slug); ok && !p.ApprovalSigns {
			found = append(found, slug)
		}
	}
	return found
}

// sentences are what the line stands for, for each person who can sign. One that lacks a value, because the
// document or the roster does not say it, is left out. LAW 1.4.
func (r *reporter) sentences(d *decision.Document, a ask) []md {
	var found []md
	for _, slug := range a.able {
		if s := r.sentence(d, a.role, slug); s != "" {
			found = append(found, text(s, maxSentenceLength))
		}
	}
	return found
}

// sentence is what a person declares who signs d in role; "" where a value is not known.
func (r *reporter) sentence(d *decision.Document, roleID, slug string) string {
	// Names and titles stand whole here, since this is the sentence that is stored.
	role, _ := r.config.Role(roleID)
	person, _ := r.config.Person(slug)
	values := approval.SentenceValues{
		Name: person.Name, Role: role.Title, Organisation: r.config.Organisation, Title: d.Title, ID: d.ID, Version: d.Version,
		Path: d.Path, SHA256: d.SHA256, Images: d.Images, Effective: d.Effective, Expires: d.Expires,
	}
	if roleID == approval.RoleSelf {
		values.Role = r.role(roleID)
	}
	s, err := approval.Sentence(templateOf(d, roleID), values)
	if err != nil {
		return ""
	}
	return s
}

// templateOf is the wording of LAW 1.4 that a signature on d in role stands for.
func templateOf(d *decision.Document, role string) approval.Template {
	if d.Change == decision.Deleted && d.ID != d.Path {
		return approval.TemplateDelete
	}
	return approval.TemplateFor(d.Type, role)
}

// maxSentenceLength lets every sentence of LAW 1.4 stand whole, with the longest names and titles.
const maxSentenceLength = 2_000

// maxSentences is more than fit into any text: each has the 64 digits and some forty letters.
const maxSentences = MaxBodyBytes / 100

// label names one role on a document; choice says that it is one of several.
type label func(d *decision.Document, role string, choice bool) string

// waitingFor says, for each need once, who can meet it. What nobody can meet is left out.
func (r *reporter) waitingFor(name label) []string {
	var found []string
	for i := range r.d.Documents {
		d := &r.d.Documents[i]
		for _, n := range needs(d, r.config) {
			if n, ok := r.possible(d, n); ok {
				found = append(found, n.sentence(func(role string) string { return name(d, role, n.role == "") }))
			}
		}
	}
	return distinct(found)
}

// named labels a role with those who can sign d in it: "Tomasz Wiśniewski, Head of IT".
func (r *reporter) named(d *decision.Document, role string, choice bool) string {
	switch people := r.people(r.able(d, role), "or"); {
	case role == anotherPerson:
		return "another person, in any role they hold"
	case choice:
		return people + " (" + r.role(role) + ")"
	default:
		return people + ", " + r.role(role)
	}
}

// mentioned is named for the comment, where GitHub notifies those who must act.
func (r *reporter) mentioned(d *decision.Document, role string, choice bool) string {
	able := r.able(d, role)
	if role == anotherPerson || len(able) > maxEnumerated {
		return string(text(r.named(d, role, choice), maxMessageLength))
	}
	list := make([]string, len(able))
	for i, slug := range able {
		list[i] = string(r.mention(slug, r.role(role)))
	}
	return strings.Join(list, " or ")
}
