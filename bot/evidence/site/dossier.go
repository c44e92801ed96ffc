package site

import (
	"fmt"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/evidence"
)

// dossier is one document, configuration or key with all its versions.
type dossier struct {
	name     string // of its folder below documents/
	path     string // where it lies, or lay last
	kind     document.Kind
	versions []*version // in the order in which their bytes were first seen
	events   []event    // in the order of the ledger
}

// version is one text of a document: its bytes, and the pictures that it shows. It has one page, for ever.
type version struct {
	dossier *dossier
	label   string // as people call it: "2.10", or twelve digits of the digest
	file    string // of its page, without ending: the label, and the digest if another text had the label before
	sha256  digest
	blob    digest // Git's name of the bytes
	images  []evidence.Image
	path    string
	size    int
	front   front
	events  []event
}

// front is what pages need of a version's front matter again and again.
type front struct {
	id, typ, title, version, status, classification, owner string
	service                                                string
	change, summary                                        string
	effective, lastReview, nextReview                      document.Date
	controls                                               []string
}

// page is the address of a version's page.
func (v *version) page() string { return v.dossier.folder() + v.file + ".html" }

// signaturePage is the address of its signatures, for printing.
func (v *version) signaturePage() string { return v.dossier.folder() + v.file + "-signatures.html" }

func (d *dossier) folder() string { return "documents/" + d.name + "/" }

// history is the address of the list of all versions.
func (d *dossier) history() string { return d.folder() + "history.html" }

// redline is the address of the comparison of two versions.
func redlinePage(before, after *version) string {
	return after.dossier.folder() + before.file + ".." + after.file + ".html"
}

// newest is the version that was seen last.
func (d *dossier) newest() *version {
	for i := len(d.events) - 1; i >= 0; i-- {
		if v := d.events[i].version; v != nil {
			return v
		}
	}
	return nil
}

// id is what people call the document.
func (d *dossier) id() string {
	if v := d.newest(); v != nil && v.front.id != "" {
		return v.front.id
	}
	return d.path
}

// title is the newest version's.
func (d *dossier) title() string {
	if v := d.newest(); v != nil {
		return v.title()
	}
	return d.path
}

// title is what the front matter says, else the path.
func (v *version) title() string {
	switch {
	case v.front.title != "":
		return v.front.title
	case v.dossier.kind == document.Configuration:
		return "Configuration"
	case v.dossier.kind == document.Key:
		return "Public key " + v.path
	default:
		return v.path
	}
}

// file sorts the events of a record into dossiers.
func (a *archive) file(r *record) error {
	for i := range r.events {
		e := &r.events[i]
		e.record = r
		d := a.dossier(e, r)
		d.path = e.subject.Name
		if err := a.addVersion(d, e); err != nil {
			return err
		}
		if e.deviation != nil {
			a.addDeviation(e, d)
		}
		if e.published != nil {
			a.repository = e.published.Repository
			a.close(e)
		}
		d.events = append(d.events, *e)
		if e.version != nil {
			e.version.events = append(e.version.events, *e)
		}
	}
	return nil
}

// dossier finds to which document an event belongs: by the name in the record; what has no usable id, by the path
// that a document has.
func (a *archive) dossier(e *event, r *record) *dossier {
	name := nameIn(e.name)
	if e.adopted != nil {
		name = adoptedName(r, *e.adopted)
	}
	if strings.HasPrefix(name, "path-") {
		for _, d := range a.dossiers {
			if d.path == e.subject.Name {
				return d
			}
		}
	}
	if d := a.byName[name]; d != nil {
		return d
	}
	d := &dossier{name: name, kind: document.Classify(a.root(), e.subject.Name)}
	a.byName[name] = d
	a.dossiers = append(a.dossiers, d)
	return d
}

// root is the governed folder.
func (a *archive) root() string {
	if a.config.Root == "" {
		return "."
	}
	return a.config.Root
}

// adoptedName is the name of an adopted document's bytes in the founding's record.
func adoptedName(r *record, d evidence.AdoptedDocument) string {
	for _, s := range r.Sums {
		name, ok := strings.CutPrefix(s.Path, "sources/")
		if ok && s.SHA256 == d.SHA256 && strings.HasSuffix(name, ".md") {
			return strings.TrimSuffix(name, ".md")
		}
	}
	return "path-" + string(sha256Of([]byte(d.Path)))[:32]
}

// addVersion finds or makes the version that an event brought; none for a deletion, or where the bytes are not kept.
func (a *archive) addVersion(d *dossier, e *event) error {
	if e.deletes() || e.notStored() {
		return nil
	}
	images := e.images()
	for _, v := range d.versions {
		if v.sha256 == digest(e.subject.Digest.SHA256) && sameImages(v.images, images) {
			e.version = v
			return nil
		}
	}
	raw, err := a.ledger.Bytes(e.subject.Digest.SHA256)
	if err != nil {
		return fmt.Errorf("%s: %w", e.subject.Name, err)
	}
	v := &version{
		dossier: d, path: e.subject.Name, sha256: digest(e.subject.Digest.SHA256), blob: digest(e.subject.Digest.GitBlob),
		images: images, size: len(raw),
	}
	if d.kind == document.Markdown {
		v.front = readFront(v.path, raw)
	}
	v.name()
	d.versions = append(d.versions, v)
	e.version = v
	return nil
}

func (e *event) deletes() bool {
	return e.published != nil && e.published.Deleted || e.deviation != nil && e.deviation.Deleted
}

func (e *event) notStored() bool {
	return e.deviation != nil && e.deviation.NotStored || e.adopted != nil && e.adopted.NotStored
}

// images are the pictures that the version shows, as far as the statement names them: a deviation does not.
func (e *event) images() []evidence.Image {
	if e.published != nil {
		return e.published.Images
	}
	return nil
}

// sameImages says whether two versions show the same pictures; one that does not name any may show the same.
func sameImages(a, b []evidence.Image) bool {
	if len(a) == 0 || len(b) == 0 {
		return true
	}
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// name gives a version its label and the name of its file. The first text that has a version number has its
// address; others under the same number have their digest besides.
func (v *version) name() {
	v.label = v.sha256.Short()
	if n, err := document.ParseVersion(v.front.version); err == nil {
		v.label = n.String()
	}
	v.file = v.label
	for _, extra := range []string{v.sha256.Short(), sha256Of([]byte(fmt.Sprint(v.images))).Short(), string(v.sha256)} {
		if !v.dossier.has(v.file) {
			return
		}
		v.file = v.label + "+" + extra
	}
}

// has says whether a version has the name.
func (d *dossier) has(file string) bool {
	for _, v := range d.versions {
		if v.file == file {
			return true
		}
	}
	return false
}

func readFront(path string, raw []byte) front {
	d := document.Parse(path, raw)
	return front{
		id: d.ID, typ: d.Type, title: d.Title, version: d.Version, status: d.Status, classification: d.Classification, owner: d.Owner,
		change: d.Change, summary: d.ChangeSummary, effective: d.Effective, lastReview: d.LastReview, nextReview: d.NextReview,
		controls: d.Texts("controls"), service: d.ServiceID,
	}
}

// addDeviation gives a deviation its number, counted within the year in which it landed.
func (a *archive) addDeviation(e *event, d *dossier) {
	year, number := "0000", 1
	if len(e.deviation.Landed.At) >= 4 {
		year = e.deviation.Landed.At[:4]
	}
	for _, before := range a.deviations {
		if strings.HasPrefix(before.id, "DEV-"+year+"-") {
			number++
		}
	}
	e.deviation.id = fmt.Sprintf("DEV-%s-%03d", year, number)
	e.deviation.dossier, e.deviation.version = d, e.version
	a.repository = e.deviation.Repository
	a.deviations = append(a.deviations, e.deviation)
}

// close notes which deviations a version mends.
func (a *archive) close(e *event) {
	for _, ref := range e.published.Closes {
		for _, d := range a.deviations {
			if d.digest == digest(ref.SHA256) && d.closed == nil {
				closing := *e
				d.closed = &closing
			}
		}
	}
}
