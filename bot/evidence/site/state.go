package site

import (
	"fmt"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/evidence"
)

// state is a word with its icon and colour, in this order of weight. What is not proven is never ok.
type state struct {
	Class string // ok, due, bad, info, past
	Icon  string
	Word  string
}

// The words of states.
const (
	wordInForce    = "In force"
	wordSigned     = "Signed"
	wordCovered    = "Covered"
	wordPartly     = "Partly"
	wordMissing    = "Missing"
	wordOverdue    = "Overdue"
	wordDue        = "Due"
	wordDeviation  = "Deviation"
	wordDraft      = "Draft"
	wordSuperseded = "Superseded"
	wordRetired    = "Retired"
	wordDeleted    = "Deleted"
	wordAdopted    = "Not signed here"
)

func good(word string) state    { return state{"ok", "ok", word} }
func partly(word string) state  { return state{"due", "part", word} }
func due(word string) state     { return state{"due", "due", word} }
func late(word string) state    { return state{"bad", "due", word} }
func deviant(word string) state { return state{"bad", "dev", word} }
func missing(word string) state { return state{"bad", "bad", word} }
func draft(word string) state   { return state{"info", "draft", word} }
func past(word string) state    { return state{"past", "past", word} }
func notApplicable() state      { return state{"past", "none", "Not applicable"} }

func sha256Of(b []byte) digest { return digest(facts.Digest(b)) }

// signed says whether the bytes of a version landed as a change that was signed, or restored what was.
func (v *version) signed() bool {
	for _, e := range v.events {
		if e.published != nil && e.published.Decision.Outcome != evidence.OutcomeNotNeeded {
			return true
		}
	}
	return false
}

// openDeviation is the newest deviation at the document's path that nothing has mended.
func (a *archive) openDeviation(d *dossier) *deviation {
	for i := len(a.deviations) - 1; i >= 0; i-- {
		v := a.deviations[i]
		if v.closed == nil && v.subject.Name == d.path {
			return v
		}
	}
	return nil
}

// current is the version that the branch holds; nil if it holds none that is known here.
func (a *archive) current(d *dossier) *version {
	var found *version
	for _, e := range d.events {
		if e.version != nil && a.branch.holds(e.version) {
			found = e.version
		}
	}
	return found
}

// overdue says whether a rule finds something overdue at a path, and dueSoon whether within 30 days.
func (a *archive) overdue(path string) bool { return a.finds(path, "DAT001") }
func (a *archive) dueSoon(path string) bool { return a.finds(path, "DAT004") }

func (a *archive) finds(path, rule string) bool {
	for _, f := range a.branch.findings {
		if f.Path == path && f.Rule == rule {
			return true
		}
	}
	return false
}

// state is the state of a document: of what the branch holds at its path, worst first.
func (a *archive) state(d *dossier) state {
	v := a.current(d)
	switch {
	case a.openDeviation(d) != nil:
		return deviant(wordDeviation)
	case v == nil:
		return past(wordDeleted)
	case d.kind != document.Markdown:
		return a.stateOfGovernance(v)
	case v.front.status == document.Draft:
		return draft(wordDraft)
	case v.front.status == document.Retired:
		return past(wordRetired)
	case !v.signed():
		return partly(wordAdopted)
	case a.overdue(d.path):
		return late(wordOverdue)
	case a.dueSoon(d.path):
		return due(wordDue)
	case v.front.effective.After(a.today):
		return good(wordSigned)
	default:
		return good(wordInForce)
	}
}

// stateOfGovernance is the state of configuration and keys, which have no dates.
func (a *archive) stateOfGovernance(v *version) state {
	if v.signed() {
		return good(wordInForce)
	}
	return partly(wordAdopted)
}

// countsAsSigned says whether the branch holds a text of the document that was signed, and nothing else.
func (a *archive) countsAsSigned(d *dossier) bool {
	v := a.current(d)
	return v != nil && v.signed() && a.openDeviation(d) == nil
}

// successor is the next text after a version that landed as it was signed; nil if there is none.
func (v *version) successor() *event {
	events := v.dossier.events
	last := -1
	for i := range events {
		if events[i].version == v {
			last = i
		}
	}
	for i := last + 1; i < len(events) && last >= 0; i++ {
		if events[i].published != nil {
			return &events[i]
		}
	}
	return nil
}

// stateOf is the state of one version, which may be an old one.
func (a *archive) stateOf(v *version) state {
	d := v.dossier
	if a.current(d) == v {
		return a.state(d)
	}
	next := v.successor()
	switch {
	case next == nil:
		return deviant(wordDeviation) // something else stands in its place that was not signed
	case next.version == nil:
		return past(wordDeleted)
	case v.signed() && next.version.front.effective.After(a.today) && v.front.status == document.Approved:
		return good(wordInForce)
	default:
		return past(wordSuperseded)
	}
}

// banner is the state of a version as the top of its page says it.
type banner struct {
	State state
	Text  string
	// Link leads to what Text speaks of last; none if Href is "".
	Href, Link string
}

// banner says in which state a version is, in sentences.
func (p sheet) banner(v *version) banner {
	a := p.site.archive
	d := v.dossier
	open := a.openDeviation(d)
	if a.current(d) != v {
		return p.bannerOfOld(v, open)
	}
	b := banner{State: a.state(d)}
	switch {
	case open != nil:
		b.State.Word = "On the branch with a deviation"
		b.Text = sentence(open.Text) + " It does not count as signed."
		b.Href, b.Link = p.to("deviations.html#"+open.id), open.id
	case b.State.Word == wordAdopted:
		b.Text = "It was there before Vidimus and has not been signed here. It is due for signature at its next review."
	case b.State.Word == wordDraft:
		b.Text = "Not in force. A draft needs no signature."
	case b.State.Word == wordRetired:
		b.Text = "Withdrawn; it is kept for the record. " + signedBy(v.signatories())
	case b.State.Word == wordSigned:
		b.Text = fmt.Sprintf("In force from %s, %s. %s", v.front.effective, distance(a.today, v.front.effective), signedBy(v.signatories()))
	default:
		b.Text = a.inForce(v) + signedBy(v.signatories())
		b.Href, b.Link = "#signatures", "Words and proof of each signature"
		b.State.Word = map[string]string{wordOverdue: "In force, overdue", wordDue: "In force, due"}[b.State.Word]
		if b.State.Word == "" {
			b.State.Word = wordInForce
		}
	}
	return b
}

// inForce says since when, and what is due.
func (a *archive) inForce(v *version) string {
	text := ""
	landed := v.landedOn()
	switch from := v.front.effective.String(); {
	case from == "":
	case landed != "" && landed > from: // nothing is in force before it is there
		text = fmt.Sprintf("Since %s, when it landed; its own date is %s. ", landed, from)
	default:
		text = fmt.Sprintf("Since %s. ", from)
	}
	for _, f := range a.branch.findingsAt(v.dossier.path) {
		if f.Rule == "DAT001" || f.Rule == "DAT004" {
			text += f.Message + " "
		}
	}
	return text
}

// landedOn is the day, in UTC, on which a version landed as it was signed first; "" if it did not.
func (v *version) landedOn() string {
	for _, e := range v.events {
		if e.published != nil {
			return string(moment(e.published.Landed.At).Day())
		}
	}
	return ""
}

// bannerOfOld is the banner of a version that the branch does not hold.
func (p sheet) bannerOfOld(v *version, open *deviation) banner {
	a := p.site.archive
	b := banner{State: a.stateOf(v)}
	next := v.successor()
	switch {
	case next == nil && open != nil:
		b.State.Word = "Replaced without signatures"
		b.Text = fmt.Sprintf("This text is the last one that was signed. Since %s the branch holds another one.", moment(open.Landed.At).Day())
		b.Href, b.Link = p.to("deviations.html#"+open.id), open.id
	case next == nil:
		b.State, b.Text = past(wordDeleted), "The branch does not hold this document."
	case next.version == nil:
		b.Text = fmt.Sprintf("Deleted on %s by a signed change. Kept so that what was in force can be proven.", moment(next.published.Landed.At).Day())
	default:
		p.superseded(&b, v, next)
	}
	return b
}

// superseded says by which version a version was replaced, or will be.
func (p sheet) superseded(b *banner, v *version, next *event) {
	b.Href, b.Link = p.to(next.version.page()), "Version "+next.version.label
	if b.State.Class == "ok" {
		b.Text = fmt.Sprintf("Until %s, when version %s takes effect.", next.version.front.effective, next.version.label)
		return
	}
	when := next.version.front.effective.String()
	if when == "" || next.version.front.effective.After(p.site.today) {
		when = string(moment(next.published.Landed.At).Day())
	}
	b.Text = fmt.Sprintf("By version %s on %s. Do not work from this text. It is kept so that what was there before can be proven.", next.version.label, when)
	if !v.signed() {
		b.Text = "It reached the branch without its signatures. " + b.Text
	}
}

// sentence ends a text with a full stop and begins it with a capital.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	if last := s[len(s)-1]; last != '.' && last != '!' && last != '?' {
		s += "."
	}
	return capital(s)
}

// signedBy names who signed a version that landed as it was signed.
func signedBy(names []string) string {
	if len(names) == 0 {
		return ""
	}
	if len(names) > 1 {
		return fmt.Sprintf("Signed by all %d who must: %s.", len(names), strings.Join(names, "; "))
	}
	return "Signed by " + names[0] + "."
}
