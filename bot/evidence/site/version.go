package site

import (
	"fmt"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/redline"
	"github.com/vidimus-bot/vidimus/bot/evidence"
)

// versionPage is what version.html is filled with.
type versionPage struct {
	Title    string // for the h1, where the text has none
	Banner   banner
	Label    string // what the sheet holds, in words
	Nearby   []crumb
	Text     redline.Page
	Code     string // the bytes of what is no Markdown
	Fields   []redline.Value
	Control  []fact
	Take     []crumb
	Sections []redline.Heading // of the page, for its contents

	Signatures []signatureView
	Missing    []missingView
	Uncounted  []uncountedView
	NoneNeeded string // why nobody had to sign

	Deviations []deviationLink
	Findings   []findingView
	Engine     string

	Landings []landingView
}

// fact is a line of a list of facts. One of the values is set, and Note may follow.
type fact struct {
	Name   string
	Text   string
	Code   string
	Digest digest
	Time   moment
	Day    day
	State  *state
	Href   string // where Text leads
	Note   string
}

// deviationLink leads from a version to a deviation.
type deviationLink struct {
	ID, Href, Text string
	State          state
}

// findingView is a finding as it was at the publication.
type findingView struct {
	Rule, Severity, Text string
	Line                 int
	State                state
}

// dossiers makes the pages of all versions, their histories, comparisons and signature pages.
func (s *site) dossiers() error {
	for _, d := range s.archive.dossiers {
		if !d.hasPages() {
			continue // shown with the documents that show them, and as deviations
		}
		for _, v := range d.versions {
			if err := s.version(v); err != nil {
				return err
			}
			if err := s.signaturePage(v); err != nil {
				return err
			}
		}
		if err := s.history(d); err != nil {
			return err
		}
		if err := s.redlines(d); err != nil {
			return err
		}
	}
	return nil
}

// hasPages says whether versions have pages: documents, configuration and keys do, pictures and strange files do not.
func (d *dossier) hasPages() bool {
	return d.kind == document.Markdown || d.kind == document.Configuration || d.kind == document.Key
}

// takenIDs are the ids that the frame of a version's page uses.
func takenIDs() []string {
	return []string{"main", "text", "control", "fields", "signatures", "uncounted", "findings", "record"}
}

// version makes the page of one version.
func (s *site) version(v *version) error {
	p := s.sheet(v.page())
	data := versionPage{
		Title: v.title(), Banner: p.banner(v), Nearby: p.nearby(v), Control: p.control(v), Take: p.take(v),
		Label: v.sheetLabel(),
	}
	if err := p.text(v, &data); err != nil {
		return err
	}
	p.signatures(v, &data)
	p.findings(v, &data)
	for i := len(v.events) - 1; i >= 0; i-- {
		data.Landings = append(data.Landings, p.landing(&v.events[i]))
	}
	data.Sections = append(data.Text.Headings,
		redline.Heading{Text: "Signatures", ID: "signatures"}, redline.Heading{Text: "Findings and deviations", ID: "findings"},
		redline.Heading{Text: "Record", ID: "record"})
	return s.add(page{
		sheet: p, title: v.dossier.id() + " " + v.label + " · " + v.title(), place: placeOf(v.dossier), template: "version", data: data,
		crumbs: append(crumbsTo(v.dossier), crumb{v.dossier.id(), v.dossier.history()}, crumb{v.label, ""}),
	})
}

// placeOf is the item of the navigation to which a dossier belongs.
func placeOf(d *dossier) string {
	if d.kind == document.Markdown {
		return "documents/index.html"
	}
	return "people.html"
}

func crumbsTo(d *dossier) []crumb {
	if d.kind == document.Markdown {
		return []crumb{{"Overview", "index.html"}, {"Documents", "documents/index.html"}}
	}
	return []crumb{{"Overview", "index.html"}, {"People and keys", "people.html"}}
}

// text fills in the text, or the bytes of what is no document.
func (p sheet) text(v *version, data *versionPage) error {
	raw, err := p.site.ledger.Bytes(string(v.sha256))
	if err != nil {
		return fmt.Errorf("page %s: %w", p.address, err)
	}
	if v.dossier.kind != document.Markdown {
		data.Code = string(raw)
		return nil
	}
	d := document.Parse(v.path, raw)
	look := p.look(d)
	look.Titled, look.Self, look.Taken = true, true, takenIDs()
	data.Fields = redline.Values(d)
	data.Text, err = redline.Text(redline.Version{Document: d, Images: v.pictures()}, look)
	if err != nil {
		return fmt.Errorf("page %s: %w", p.address, err)
	}
	return nil
}

// pictures are the digests of what a version shows, by path.
func (v *version) pictures() map[string]string {
	found := map[string]string{}
	for _, i := range v.images {
		found[i.Path] = i.SHA256
	}
	return found
}

// look says where links and pictures of a document lead from this page: to the newest version of the document that
// they mean, as the branch holds it, and to the picture in the record.
func (p sheet) look(d *document.Document) redline.Look {
	return redline.Look{
		Link: func(destination string) (string, bool) {
			at, ok := d.Resolve(destination)
			if !ok {
				return "", false
			}
			other := p.site.byPath[at]
			if other == nil || other.newest() == nil || !other.hasPages() {
				return "", false
			}
			return p.to(other.newest().page()), true
		},
		Image: func(_, digest string) (string, bool) {
			place, held, err := p.site.ledger.Holds(digest)
			if err != nil || !held || digest == "" {
				return "", false
			}
			return p.record(place.Entry, place.Name), true
		},
	}
}

// sheetLabel says what the sheet holds.
func (v *version) sheetLabel() string {
	what := "rendered from " + many(v.size, "byte", "bytes") + " of Markdown"
	if v.dossier.kind != document.Markdown {
		what = many(v.size, "byte", "bytes") + " as they are"
	}
	switch {
	case v.front.status == document.Draft:
		return "A draft, " + what
	case v.signed():
		return "The signed text, " + what
	default:
		return "Not the signed text: what landed, " + what
	}
}

// nearby are the pages around a version: its history, what changed before it and after it.
func (p sheet) nearby(v *version) []crumb {
	near := []crumb{{"All versions", p.to(v.dossier.history())}}
	if v.dossier.kind != document.Markdown {
		return near
	}
	for _, pair := range v.dossier.pairs() {
		switch v {
		case pair.after:
			near = append(near, crumb{"Changes since " + pair.before.file, p.to(redlinePage(pair.before, pair.after))})
		case pair.before:
			near = append(near, crumb{"Changes to " + pair.after.file, p.to(redlinePage(pair.before, pair.after))})
		}
	}
	return near
}

// control are the facts of document control.
func (p sheet) control(v *version) []fact {
	f := v.front
	st := p.site.stateOf(v)
	facts := []fact{{Name: "Id", Text: v.dossier.id()}, {Name: "State", State: &st}}
	if v.dossier.kind == document.Markdown {
		kind := v.label
		if f.change != "" {
			kind += ", " + f.change
		}
		facts = []fact{{Name: "Id", Text: v.dossier.id()}, {Name: "Version", Text: kind}, {Name: "State", State: &st}}
		facts = appendText(facts, "Owner", p.site.roleTitle(f.owner))
		facts = appendDay(facts, "In force from", f.effective)
		facts = appendDay(facts, "Last review", f.lastReview)
		facts = appendDay(facts, "Next review", f.nextReview)
		facts = appendText(facts, "Class", f.classification)
	}
	return append(facts, fact{Name: "SHA-256", Digest: v.sha256})
}

func appendText(facts []fact, name, text string) []fact {
	if text == "" {
		return facts
	}
	return append(facts, fact{Name: name, Text: text})
}

func appendDay(facts []fact, name string, d document.Date) []fact {
	if d.IsZero() {
		return facts
	}
	return append(facts, fact{Name: name, Day: dayOf(d)})
}

// take are the files that somebody may take along.
func (p sheet) take(v *version) []crumb {
	var files []crumb
	if place, held, err := p.site.ledger.Holds(string(v.sha256)); err == nil && held {
		files = append(files, crumb{"The bytes themselves", p.record(place.Entry, place.Name)})
	}
	if v.publication() != nil {
		files = append(files, crumb{"Signature page", p.to(v.signaturePage())})
	}
	for i := len(v.events) - 1; i >= 0; i-- {
		e := v.events[i]
		at := fmt.Sprintf(" (entry %d)", e.record.Entry.Number)
		if len(v.events) == 1 {
			at = ""
		}
		files = append(files, crumb{"Statement" + at, p.record(e.record.Entry.Number, e.name)},
			crumb{"Signature of the statement" + at, p.record(e.record.Entry.Number, e.name+".asc")})
	}
	return files
}

// findings fills in what the rules found when the version landed, and its deviations.
func (p sheet) findings(v *version, data *versionPage) {
	for i := range v.events {
		if d := v.events[i].deviation; d != nil {
			data.Deviations = append(data.Deviations, p.deviationLink(d))
		}
	}
	e := v.publication()
	if e == nil {
		return
	}
	data.Engine = e.published.Decision.Engine
	for _, f := range e.published.Findings {
		data.Findings = append(data.Findings, findingView{f.Rule, f.Severity, f.Text, f.Line, severityState(f)})
	}
}

func severityState(f evidence.FindingCopy) state {
	if f.Severity == string(document.Block) {
		return missing("Blocks")
	}
	return partly("Warning")
}

func (p sheet) deviationLink(d *deviation) deviationLink {
	return deviationLink{ID: d.id, Href: p.to("deviations.html#" + d.id), Text: sentence(d.Text), State: d.state()}
}

// state says whether a deviation is open.
func (d *deviation) state() state {
	if d.closed != nil {
		return past("Closed")
	}
	return deviant("Open")
}
