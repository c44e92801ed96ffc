package site

import (
	"fmt"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/evidence"
)

// signatureView is one signature that counts.
type signatureView struct {
	Name, Role   string
	At           moment
	Said, Line   string
	What         string // which document and how many bytes
	SHA256       digest
	How          string
	Account      string
	Review       int64
	ReviewHref   string // on the host
	Pull         int
	FirstSeen    moment
	Independence string
	Steps        []step
	Entry        int
}

// step is one step by which a signature can be followed by hand.
type step struct {
	Text string
	// Href leads to the file; Name is its name, Note what to look for in it.
	Href, Name, Note string
	Digest           digest
	Command          string
}

// missingView is a signature that should be there.
type missingView struct {
	Role, Names, Why string
	Since            moment
}

// uncountedView is a review that does not count.
type uncountedView struct {
	Name, Role, Reason, Code string
	At                       moment
	Href                     string
	Review                   int64
}

// signatures fills in who signed a version, who should have, and whose review does not count.
func (p sheet) signatures(v *version, data *versionPage) {
	for i := len(v.events) - 1; i >= 0; i-- {
		e := &v.events[i]
		for _, s := range signings(e) {
			data.Signatures = append(data.Signatures, p.signature(v, e, s))
		}
		if e.deviation != nil {
			data.Missing = append(data.Missing, p.missing(e)...)
		}
		for _, u := range notCounted(e) {
			data.Uncounted = append(data.Uncounted, p.uncounted(u))
		}
	}
	data.NoneNeeded = noneNeeded(v)
}

// noneNeeded says why a version has no signatures; "" where that is told otherwise.
func noneNeeded(v *version) string {
	e := v.publication()
	switch {
	case e == nil && len(v.events) > 0 && v.events[0].adopted != nil:
		return "This text was there before Vidimus. Nobody has signed it here."
	case e == nil:
		return ""
	case e.published.Decision.Outcome == evidence.OutcomeNotNeeded:
		return "A draft needs signed commits and no signatures."
	case e.published.Decision.Outcome == evidence.OutcomeRestored && len(signings(e)) == 0:
		return "Exactly the bytes that were signed last came back; their signatures stand with the landing that brought them first."
	default:
		return ""
	}
}

func (p sheet) signature(v *version, e *event, s signing) signatureView {
	act := s.signature.Act
	view := signatureView{
		Name: s.who(), Role: s.roleNames(), At: moment(act.SubmittedAt), Said: s.text, Line: s.line,
		What: v.dossier.id() + " " + v.label + ", " + many(v.size, "byte", "bytes"), SHA256: v.sha256, How: how(s.level),
		Account: fmt.Sprintf("@%s, GitHub id %d", s.signature.Signatory.Login, s.signature.Signatory.ID),
		Review:  act.ID, ReviewHref: hostAddress(act.URL), Pull: act.Pull, FirstSeen: moment(s.signature.Binding.FirstSeenAt),
		Independence: independence(e, s), Steps: p.steps(v, e, s), Entry: e.record.Entry.Number,
	}
	return view
}

// hostAddress is an address that a record has from the host; "" if it is none of the web.
func hostAddress(address string) string {
	if checkAddress(strings.SplitN(address, "#", 2)[0]) != nil {
		return ""
	}
	return address
}

// how says by what a person signed.
func how(level string) string {
	switch level {
	case "approval":
		return "Approving review; the person confirmed by a signed change that approving reviews here are signatures"
	case "statement":
		return "Statement in the body of an approving review"
	case "personal-key":
		return "Statement in the body of an approving review, and the person's own key over the statement file"
	default:
		return "Approving review"
	}
}

// independence says whether the person took part in the commits, as far as the record tells.
func independence(e *event, s signing) string {
	c := e.record.commits
	if c == nil {
		return ""
	}
	person := s.signature.Signatory.ID
	judged := 0
	for _, v := range c.Verdicts {
		if !touches(v, e.subject.Name) {
			continue
		}
		judged++
		if v.Author != nil && v.Author.ID == person || v.Committer != nil && v.Committer.ID == person {
			return "Took part in a commit that brought this text"
		}
	}
	if judged == 0 {
		return ""
	}
	return "Neither author nor committer of " + verb(judged, "the commit", "any of the "+thousands(judged)+" commits") + " that brought this text"
}

func touches(v evidence.CommitVerdict, path string) bool {
	for _, p := range v.Paths {
		if p == path {
			return true
		}
	}
	return false
}

// steps lead from the page to the merged bytes: statement, review, witness, content list, bytes, Git's blob.
func (p sheet) steps(v *version, e *event, s signing) []step {
	number := e.record.Entry.Number
	sig := s.signature
	steps := []step{{
		Text: "The statement about this signature, signed by the evidence key", Href: p.record(number, sig.name), Name: sig.name,
		Note: "beside it its signature, ending in .asc", Digest: sig.digest, Command: "gpg --verify " + base(sig.name) + ".asc",
	}}
	review := fmt.Sprintf("github/review-%d.json", sig.Act.ID)
	if e.record.Digest(review) != "" {
		steps = append(steps, step{
			Text: "The review as GitHub gave it", Href: p.record(number, review), Name: review,
			Note: "its id, its author, and the body with the line above; SHA-256 of the body:", Digest: digest(sig.Act.BodySHA256),
		})
	}
	steps = append(steps, p.bindingSteps(e, sig.Binding)...)
	if place, held, err := p.site.ledger.Holds(string(v.sha256)); err == nil && held {
		steps = append(steps, step{
			Text: "The bytes of the document", Href: p.record(place.Entry, place.Name), Name: place.Name, Digest: v.sha256,
			Command: "sha256sum " + base(place.Name),
		})
	}
	if blob := e.subject.Digest.GitBlob; blob != "" {
		steps = append(steps, step{
			Text: "The same bytes as they were merged, out of Git", Digest: digest(blob), Command: "git cat-file blob " + blob + " | sha256sum",
		})
	}
	return steps
}

// bindingSteps are the witness, and the list of what the review was bound to.
func (p sheet) bindingSteps(e *event, b evidence.Binding) []step {
	var steps []step
	if b.Witness != nil {
		if place, ok := p.find(e.record, b.Witness.SHA256); ok {
			steps = append(steps, step{
				Text: "What was first seen of the review: " + source(b.Source), Href: p.record(place.Entry, place.Name), Name: place.Name,
				Digest: digest(b.Witness.SHA256), Note: "it names the review, the commit and the list that follows",
			})
		}
	}
	if b.ContentDigest != "" {
		if place, ok := p.find(e.record, b.ContentDigest); ok {
			steps = append(steps, step{
				Text: "The list of documents to which the review was bound", Href: p.record(place.Entry, place.Name), Name: place.Name,
				Digest: digest(b.ContentDigest), Note: "it has a line with the path and the digest of this document",
			})
		}
	}
	return steps
}

// source says what bound a review.
func source(word string) string {
	switch word {
	case "delivery":
		return "the delivery in which GitHub announced it"
	case "seen":
		return "the commit that was the head before and after it"
	case "statement":
		return "its own lines, never edited"
	default:
		return word
	}
}

// find is where a file stands: in the same record, if it has it, else in an earlier one.
func (p sheet) find(r *record, sha256 string) (evidence.Place, bool) {
	for _, s := range r.Sums {
		if s.SHA256 == sha256 {
			return evidence.Place{Entry: r.Entry.Number, Name: s.Path}, true
		}
	}
	place, held, err := p.site.ledger.Holds(sha256)
	return place, held && err == nil
}

// base is the name of a file without its folder.
func base(name string) string {
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == '/' {
			return name[i+1:]
		}
	}
	return name
}

// missing are the signatures that a deviation lacks.
func (p sheet) missing(e *event) []missingView {
	d := e.deviation
	var found []missingView
	for _, m := range d.Missing {
		why := "Landed without this signature."
		if d.closed != nil {
			why = "Landed without this signature; a later signed version mended it."
		}
		found = append(found, missingView{
			Role: p.site.roleTitle(m.Role), Names: list(p.site.holders(m.Role)), Why: why, Since: moment(d.Landed.At),
		})
	}
	return found
}

func (p sheet) uncounted(u uncounted) uncountedView {
	title := u.item.RoleTitle
	if title == "" {
		title = u.item.Role
	}
	return uncountedView{
		Name: nameOf(u.signature.Signatory.Name, u.signature.Signatory.Login), Role: title, At: moment(u.signature.Act.SubmittedAt),
		Reason: sentence(u.item.Why), Code: u.item.Reason, Review: u.signature.Act.ID,
		Href: p.record(u.signature.record.Entry.Number, u.signature.name),
	}
}
