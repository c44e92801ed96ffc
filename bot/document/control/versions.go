package control

import (
	"bytes"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// checkVersion compares a document with itself in the base: VER001 to VER003, DAT005.
func (pg *page) checkVersion() {
	d := pg.doc
	if pg.c.p.Base == nil {
		return
	}
	old, found := before(pg.c.p.Base, d)
	if !found {
		pg.checkEffective()
		return
	}
	if old.ID != d.ID && old.ID != "" {
		pg.add("VER003", d.At("id"), "write "+old.ID, "The id was %s and is now %s: whoever signed or referred to the old one would lose it.", document.Quote(old.ID), document.Quote(d.ID))
	}
	if old.ServiceID != d.ServiceID && old.ServiceID != "" {
		pg.add("VER003", d.At("service-id"), "write "+old.ServiceID+"; another service gets documents of its own",
			"The service-id was %s and is now %s.", document.Quote(old.ServiceID), document.Quote(d.ServiceID))
	}
	wasDraft := old.Status == document.Draft // nobody has signed its text
	if bytes.Equal(old.Raw, d.Raw) || wasDraft || pg.c.p.Restored[d.Path] {
		return
	}
	pg.checkStep(old)
}

// before returns the document in the base: at the same path, or moved under the same id.
func before(base *document.Set, d *document.Document) (*document.Document, bool) {
	if old, ok := base.Document(d.Path); ok {
		return old, old.Readable
	}
	for _, old := range base.WithID(d.ID) {
		if d.ID != "" {
			return old, old.Readable
		}
	}
	return nil, false
}

// checkStep asks that changed content has a higher version, by the step that its change asks for.
func (pg *page) checkStep(old *document.Document) {
	d := pg.doc
	was, errWas := document.ParseVersion(old.Version)
	is, errIs := document.ParseVersion(d.Version)
	if errWas != nil || errIs != nil {
		return // FM005 says so, and nothing was approved under the old one
	}
	material := document.Version{Major: was.Major + 1}
	editorial := document.Version{Major: was.Major, Minor: was.Minor + 1}
	next := editorial
	if d.Change == "material" {
		next = material
	}
	switch {
	case is.Compare(was) <= 0:
		pg.add("VER001", d.At("version"), `write version: "`+next.String()+`"`,
			"The content differs from %s %s in the base, and the version is %s: one version would have two texts.", old.ID, was, is)
		return
	case d.Change == "material" && is.Major == was.Major:
		pg.add("VER002", d.At("version"), `write version: "`+material.String()+`", or change: editorial`,
			"The change is material, which raises the first number; the version goes from %s to %s.", was, is)
	case d.Change == "editorial" && is.Major != was.Major:
		pg.add("VER002", d.At("version"), `write version: "`+editorial.String()+`", or change: material`,
			"The change is editorial, which raises the second number; the version goes from %s to %s.", was, is)
	}
	pg.checkEffective()
}

// checkEffective warns of a new version that would have applied before anybody signed it (DAT005).
func (pg *page) checkEffective() {
	d := pg.doc
	touched := pg.c.p.Touched == nil || pg.c.p.Touched[d.Path]
	if touched && d.Status == document.Approved && !d.Effective.IsZero() && d.Effective.Before(pg.c.p.AsOf) {
		pg.add("DAT005", d.At("effective"), "write "+pg.c.p.AsOf.String()+" or a later day",
			"This version would apply since %s, before it is signed and merged: today is %s.", d.Effective, pg.c.p.AsOf)
	}
}

// checkBase finds approved documents that the change deletes (VER004), and files that the base's tip has
// meanwhile changed (MRG001).
func (x *across) checkBase() {
	if x.c.p.Base != nil {
		for _, old := range x.c.p.Base.Documents() {
			_, kept := x.set.Document(old.Path)
			if !old.Approved() || kept || len(x.set.WithID(old.ID)) > 0 {
				continue
			}
			x.add("VER004", old, document.Span{}, "restore it and write status: retired",
				"The approved document %s %s is deleted; who looks for it would find neither text nor end.", old.ID, old.Version)
		}
	}
	for _, item := range x.set.Items() {
		if x.c.p.MovedBase[item.Path] && x.c.p.Touched[item.Path] {
			x.findings = append(x.findings, finding("MRG001", item.Path, document.Span{}, "merge the base into the branch; signatures for other files stay",
				"The base has changed %s since this branch left it: what is signed here would not be what is merged.", document.Quote(item.Path)))
		}
	}
}
