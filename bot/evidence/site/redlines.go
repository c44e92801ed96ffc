package site

import (
	"fmt"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/redline"
)

// redlineData is what redline.html is filled with.
type redlineData struct {
	Title, Lead    string
	Before, After  *versionRef
	Changes        redline.Changes
	Hands          []handView
	Text           redline.Page
	HasText        bool
	BeforeSHA      digest
	AfterSHA       digest
	FieldsUnsigned bool
}

// versionRef is a version with its page.
type versionRef struct{ Label, Href string }

// handView is a responsibility that changes hands.
type handView struct {
	Ref, Area     string
	Before, After redline.Responsibility
	BeforeOwner   string
	AfterOwner    string
}

// redlines makes the comparisons of a document's versions.
func (s *site) redlines(d *dossier) error {
	if d.kind != document.Markdown {
		return nil
	}
	for _, pair := range d.pairs() {
		if err := s.redline(pair.before, pair.after); err != nil {
			return err
		}
	}
	return nil
}

func (s *site) redline(before, after *version) error {
	p := s.sheet(redlinePage(before, after))
	old, err := s.parsed(before)
	if err != nil {
		return err
	}
	now, err := s.parsed(after)
	if err != nil {
		return err
	}
	c := redline.Compare(old, now)
	look := p.look(now.Document)
	look.Taken = []string{"main", "fields", "hands", "text"}
	text, err := c.Folded(look)
	if err != nil {
		return fmt.Errorf("page %s: %w", p.address, err)
	}
	title := fmt.Sprintf("%s, %s to %s", after.title(), before.file, after.file)
	data := redlineData{
		Title: title, Lead: changeLead(after, c), Changes: c, Text: text, HasText: c.Count.Passages+c.Count.Rows > 0,
		Before: &versionRef{before.file, p.to(before.page())}, After: &versionRef{after.file, p.to(after.page())},
		BeforeSHA: before.sha256, AfterSHA: after.sha256,
	}
	for _, h := range c.Hands {
		data.Hands = append(data.Hands, s.hand(h))
	}
	return s.add(page{
		sheet: p, title: title, place: "documents/index.html", template: "redline", data: data,
		crumbs: append(crumbsTo(after.dossier), crumb{after.dossier.id(), after.dossier.history()}, crumb{before.file + " to " + after.file, ""}),
	})
}

func (a *archive) hand(h redline.Hand) handView {
	return handView{
		Ref: h.Ref, Area: h.Area, Before: redline.ResponsibilityOf(h.Before), After: redline.ResponsibilityOf(h.After),
		BeforeOwner: a.ownerName(h.OwnerBefore), AfterOwner: a.ownerName(h.OwnerAfter),
	}
}

// parsed reads a version again.
func (a *archive) parsed(v *version) (redline.Version, error) {
	raw, err := a.ledger.Bytes(string(v.sha256))
	if err != nil {
		return redline.Version{}, fmt.Errorf("version %s: %w", v.page(), err)
	}
	return redline.Version{Document: document.Parse(v.path, raw), Images: v.pictures()}, nil
}

// changeLead sums a comparison up.
func changeLead(after *version, c redline.Changes) string {
	text := ""
	switch after.front.change {
	case "material":
		text = "Material change: "
	case "editorial":
		text = "Editorial change: "
	}
	switch {
	case c.Unseen:
		return text + "nothing that a person sees. The bytes differ in white space or markup only."
	case c.None():
		return text + "nothing."
	}
	var parts []string
	if n := c.Count.Passages; n > 0 {
		parts = append(parts, many(n, "passage", "passages"))
	}
	if n := c.Count.Rows; n > 0 {
		parts = append(parts, many(n, "table row", "table rows"))
	}
	if n := len(c.Fields); n > 0 {
		parts = append(parts, many(n, "field of document control", "fields of document control"))
	}
	text = capital(text + list(parts) + ".")
	if c.Count.Sections > 0 {
		text += fmt.Sprintf(" %d of %d sections are unchanged.", c.Count.Unchanged, c.Count.Sections)
	}
	return text
}
