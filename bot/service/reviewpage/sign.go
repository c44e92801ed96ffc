package reviewpage

import (
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision"
)

// signBox is what the viewer signs, and how; or why there is nothing for them.
type signBox struct {
	Heading, Text string
	Asked         bool
	Statements    []string
	Lines         []string
	Approve       []string // documents for which approving is the act
	Unconfirmed   string
	MayObject     bool
	Signed        bool // the viewer has a signature that counts
	Href          string
}

// Copied are the lines as they are copied.
func (b signBox) Copied() string { return strings.Join(b.Lines, "\n") }

// maxRows bounds the height of the box that holds the lines; it scrolls.
const maxRows = 16

// Rows is the height of the box: a line of some 110 characters takes two rows at least.
func (b signBox) Rows() int { return min(max(3*len(b.Lines), 3), maxRows) }

// asks says whether anybody is asked to sign what the page shows: when only signatures are
// missing, or nothing but an objection blocks. A signature counts beside an objection, and
// its author takes it back by approving. LAW 6.4.
func (v *view) asks() bool {
	return v.Pull.Open && !v.Pull.Behind && (v.d.State == decision.StateWaiting || v.onlyObjected())
}

// onlyObjected says whether objections are all that blocks.
func (v *view) onlyObjected() bool {
	return v.d.State == decision.StateBlocked && len(v.d.Objections) > 0 && len(v.words.Blocking) == 0
}

// objected says whether the viewer's own objection blocks.
func (v *view) objected() bool {
	return v.slug != "" && slices.ContainsFunc(v.d.Objections, func(o decision.Objection) bool { return o.Person == v.slug })
}

func (v *view) signBox() signBox {
	box := signBox{Heading: "What you sign", Href: v.files(), MayObject: v.Pull.Open && v.mayObject(), Signed: v.hasSigned()}
	switch {
	case !v.Pull.Open && v.Pull.MergedAt != "":
		return signBox{Heading: "Nothing to sign any more", Text: "The change has landed. What is signed and recorded stands below."}
	case !v.Pull.Open:
		return signBox{Heading: "Nothing to sign", Text: "The pull request is closed."}
	case v.Pull.Behind:
		box.Heading, box.Text = "Nothing to sign yet", "Vidimus is reading what was changed a moment ago. Load this page again."
		return box
	case !v.asks():
		box.Heading, box.Text = "Nothing to sign yet", v.notYet()
		return box
	case len(v.mine) == 0:
		box.Heading, box.Text = "Nothing for you to sign", v.notAsked()
		return box
	}
	box.Asked = true
	switch {
	case v.objected():
		box.Text = "You have requested changes. By approving with the lines below you take that back, and sign."
	case v.onlyObjected():
		box.Text = "A signature that you give now counts. The change stays blocked until the objection ends."
	}
	v.fillBox(&box)
	return box
}

// notYet says why nobody is asked.
func (v *view) notYet() string {
	switch v.d.State {
	case decision.StateSigned:
		return "Everyone who must has signed."
	case decision.StateUntouched, decision.StateNotGoverned:
		return "This change touches nothing that is governed here."
	case decision.StateDraft:
		return "This is a draft. Who must sign is asked when it is ready for review."
	}
	return "The change is blocked. What has to be mended stands under Findings; nobody is asked to sign before that."
}

// fillBox adds statements and lines for each document and role of the viewer.
func (v *view) fillBox(box *signBox) {
	person, _ := v.Input.Config.Person(v.slug)
	for _, a := range v.mine {
		me := slices.Index(a.Able, v.slug)
		for _, d := range a.Documents {
			if s := d.Sentences[me]; s != "" {
				box.Statements = append(box.Statements, s)
			}
			switch {
			case d.Approve:
				box.Approve = append(box.Approve, name(d.Document))
			case d.Line != "":
				box.Lines = append(box.Lines, d.Line)
			default:
				box.Text = "For " + d.Document.Path + " there is no line that could name it: its id or version is missing or has characters that a line cannot hold."
			}
		}
	}
	if len(box.Approve) > 0 && !person.ApprovalSigns {
		box.Unconfirmed = "Your approvals alone are no signatures yet: a signed change of .vidimus.yml has to say approval-signs: true for you first (LAW 5.2)."
	}
}

// mayObject says whether a request for changes by the viewer blocks: they may fill a
// required role of any document. LAW 6.4.
func (v *view) mayObject() bool {
	for _, d := range v.d.Documents {
		for _, q := range d.Requirements {
			if v.slug != "" && v.Input.Config.Holds(v.slug, q.Role) {
				return true
			}
		}
	}
	return false
}

// name is a document as lists call it: id and version, or the path.
func name(d *decision.Document) string {
	if d.ID == d.Path || d.ID == "" {
		return d.Path
	}
	if d.Version == "" {
		return d.ID
	}
	return d.ID + " " + d.Version
}
