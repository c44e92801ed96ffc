package reviewpage

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/report"
	"github.com/vidimus-bot/vidimus/bot/document/redline"
)

// documentView is one document of the change, in the table and as a redline.
type documentView struct {
	Anchor, Name, Path, Title string
	Version, Kind, Summary    string
	You                       string // roles in which the viewer signs it
	Others                    []state
	Nobody                    string // why there are no others
	SHA256, Images            digest
	Deleted                   bool
	WholeHref                 string

	// The redline.
	Label, Counted, Note string
	Fields               []redline.Field
	Values               []redline.Value // of a new document
	Body                 template.HTML
	hands                []redline.Hand
	since                bool // the comparison begins with what the viewer signed
}

func (v *view) documents() ([]documentView, error) {
	marker := v.newMarker()
	found := make([]documentView, 0, len(v.d.Documents))
	for i := range v.d.Documents {
		d := &v.d.Documents[i]
		one := documentView{
			Anchor: fmt.Sprintf("d%d", i+1), Name: name(d), Path: d.Path, Title: d.Title, Version: version(d), Kind: "—",
			SHA256: digest(d.SHA256), Images: digest(d.Images), Deleted: d.Change == decision.Deleted,
			WholeHref: v.blob(v.d.Head, d.Path),
		}
		if one.Title == "" {
			one.Title = d.Path
		}
		if one.Deleted {
			one.WholeHref = v.blob(v.d.Base, d.Path)
		}
		v.who(d, &one)
		if err := marker.mark(d, &one); err != nil {
			return nil, fmt.Errorf("redline of %s: %w", d.Path, err)
		}
		found = append(found, one)
	}
	return found, nil
}

// version says what the change does to a document's version.
func version(d *decision.Document) string {
	was := ""
	if d.Was != nil {
		was = d.Was.Version
	}
	switch {
	case d.Change == decision.Deleted:
		return strings.TrimPrefix(d.Version+", deleted", ", ")
	case d.Change == decision.Added:
		return strings.TrimSuffix("new, "+d.Version, ", ")
	case d.Version == "":
		return "changed"
	case was == "" || was == d.Version:
		return d.Version
	}
	return was + " → " + d.Version
}

// who fills in who signs a document: the viewer, and the others.
func (v *view) who(d *decision.Document, one *documentView) {
	var you []string
	for _, a := range v.mine {
		if slices.ContainsFunc(a.Documents, func(asked report.Asked) bool { return asked.Document.Path == d.Path }) {
			you = append(you, a.Title)
		}
	}
	one.You = list(you, "and")
	var told []string
	for _, q := range d.Requirements {
		if slices.Contains(told, q.Role) || (q.Outcome == "missing" && slices.Contains(you, v.role(q.Role))) {
			continue
		}
		told = append(told, q.Role)
		switch {
		case q.Outcome == "signed" && q.Person == v.slug && v.slug != "":
			one.Others = append(one.Others, good(v.role(q.Role)+" signed, you"))
		case q.Outcome == "signed":
			one.Others = append(one.Others, good(v.role(q.Role)+" signed"))
		case q.Outcome == "missing" && v.Pull.Open:
			one.Others = append(one.Others, waiting(v.role(q.Role)+" not yet"))
		case q.Outcome == "missing":
			one.Others = append(one.Others, missing(v.role(q.Role)+" missing"))
		}
	}
	switch {
	case len(d.Requirements) > 0:
		one.Nobody = "nobody else"
	case d.Level == "":
		one.Nobody = "a draft before and after: signed commits are enough"
	default:
		one.Nobody = "no rule names who signs it"
	}
}

// handView is a responsibility that changes hands.
type handView struct {
	Ref, Area, Document     string
	Before, After           redline.Responsibility
	Moved                   bool
	OwnerBefore, OwnerAfter string
}

// hands are the responsibilities that change hands in all documents.
func (v *view) hands(documents []documentView) []handView {
	var found []handView
	for _, d := range documents {
		for _, h := range d.hands {
			found = append(found, handView{
				Ref: h.Ref, Area: h.Area, Document: d.Name, Before: redline.ResponsibilityOf(h.Before), After: redline.ResponsibilityOf(h.After),
				Moved: h.Accountable, OwnerBefore: v.owner(h.OwnerBefore), OwnerAfter: v.owner(h.OwnerAfter),
			})
		}
	}
	return found
}

// owner is the title of the role that a cell names; "" for a blank cell.
func (v *view) owner(cell string) string {
	switch cell {
	case "", "-", "–", "—":
		return ""
	}
	return v.role(cell)
}
