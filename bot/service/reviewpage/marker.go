package reviewpage

import (
	"fmt"
	"regexp"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/redline"
)

// maxComparedBytes bounds what is compared for one page, before and after together: the
// example organisation as a whole has 200 KB. A document beyond it is named, not shown,
// and is read on the host.
const maxComparedBytes = 3 << 20

// marker marks what changes, document by document.
type marker struct {
	*view
	taken []string // ids that the page uses
	left  int      // bytes that may still be compared
	base  string   // commit with the text before
}

// fixedIDs are those of docs-templates/review.
func fixedIDs() []string {
	return []string{
		"main", "changes", "findings", "impact", "redline", "sign", "sign-h", "lines", "copy", "copied", "signatures", "deviations", "record",
	}
}

func (v *view) newMarker() *marker {
	m := &marker{view: v, taken: fixedIDs(), left: maxComparedBytes, base: v.d.Base}
	if bases := v.Snapshot.Facts.MergeBases; len(bases) > 0 {
		m.base = bases[0]
	}
	for i := range v.d.Documents {
		m.taken = append(m.taken, fmt.Sprintf("d%d", i+1))
	}
	return m
}

// mark fills in the redline of one document.
func (m *marker) mark(d *decision.Document, one *documentView) error {
	one.Label = labelOf(one)
	before, hadBefore := "", d.Was != nil
	if hadBefore {
		before = d.Was.SHA256
	}
	if d.Change == decision.Deleted {
		before, hadBefore = d.SHA256, true
	}
	if signed, ok := m.signedBefore(d); ok && m.Since {
		before, hadBefore, one.since = signed.SHA256, true, true
		one.Label += ", since you signed on " + dayOf(signed.SubmittedAt)
	}
	old, now := m.version(d.Path, before, m.base), redline.Version{}
	if d.Change != decision.Deleted {
		now = m.version(d.Path, d.SHA256, m.d.Head)
	}
	switch size := bytesOf(old) + bytesOf(now); {
	case (hadBefore && old.Document == nil) || (d.Change != decision.Deleted && now.Document == nil):
		one.Note = "The bytes of this document are not at hand, so that it is not shown here. Read it on GitHub before you sign."
		return nil
	case size > m.left:
		one.Note = "This change is too large to be shown on one page. Read this document on GitHub before you sign."
		return nil
	default:
		m.left -= size
	}
	if d.Change == decision.Added && !one.since {
		return m.show(d, one, now)
	}
	return m.compare(d, one, old, now)
}

// show sets a new document as it will be read: marking all of it as inserted would help
// nobody.
func (m *marker) show(d *decision.Document, one *documentView, now redline.Version) error {
	look := m.look(d, now)
	look.Taken = m.taken
	text, err := redline.Text(now, look)
	if err != nil {
		return err
	}
	m.take(text)
	one.Values, one.Body, one.hands = redline.Values(now.Document), text.Body, redline.Compare(redline.Version{}, now).Hands
	one.Counted = "new: you sign all of it"
	one.tell(now.Document)
	return nil
}

// take keeps ids from being used twice on the page.
func (m *marker) take(text redline.Page) {
	for _, id := range idPattern.FindAllStringSubmatch(string(text.Body), -1) {
		m.taken = append(m.taken, id[1])
	}
}

// tell takes over what the document says of its change.
func (one *documentView) tell(doc *document.Document) {
	if doc == nil || !doc.Readable {
		return
	}
	if doc.Change != "" {
		one.Kind = doc.Change
	}
	one.Summary = doc.ChangeSummary
}

func (m *marker) compare(d *decision.Document, one *documentView, old, now redline.Version) error {
	c := redline.Compare(old, now)
	look := m.look(d, now)
	look.Taken = m.taken
	text, err := c.Folded(look)
	if err != nil {
		return err
	}
	m.take(text)
	one.Fields, one.Body, one.hands = c.Fields, text.Body, c.Hands
	one.Counted = counted(c)
	one.tell(now.Document)
	switch {
	case one.since && c.None() && !c.Unseen:
		one.Note, one.Body = "Nothing has changed in this document since you signed it.", ""
	case c.Unseen:
		one.Note, one.Body = "Nothing that a person sees: the bytes differ in white space or markup only.", ""
	case c.Count.Passages+c.Count.Rows == 0:
		one.Note, one.Body = "The text below document control is the same.", ""
	}
	return nil
}

// idPattern finds the ids in what package redline has made.
var idPattern = regexp.MustCompile(` id="([^"]+)"`)

// version reads the bytes with a digest; its Document is nil where they are not at hand.
// Configuration and keys are shown as the lines that they are.
func (m *marker) version(path, sha256, commit string) redline.Version {
	raw, ok := m.Snapshot.Blobs[sha256]
	if sha256 == "" || !ok {
		return redline.Version{}
	}
	v := redline.Version{Images: map[string]string{}}
	for _, e := range m.trees[commit] {
		v.Images[e.Path] = e.SHA256
	}
	layout := m.Input.Config.Layout()
	if layout.Classify(path) == document.Markdown {
		v.Document = document.Parse(path, raw)
	} else {
		v.Document = &document.Document{Path: path, Raw: raw}
	}
	return v
}

func bytesOf(v redline.Version) int {
	if v.Document == nil {
		return 0
	}
	return len(v.Document.Raw)
}

// signedBefore is the viewer's last signature on other bytes of d, if these are at hand.
func (v *view) signedBefore(d *decision.Document) (decision.Signature, bool) {
	var last decision.Signature
	for _, s := range v.d.Signatures {
		_, held := v.Snapshot.Blobs[s.SHA256]
		mine := s.UserID == v.Viewer.ID && s.Path == d.Path
		if mine && held && s.SHA256 != d.SHA256 && s.SubmittedAt >= last.SubmittedAt {
			last = s
		}
	}
	return last, last.Review != 0
}

// look leads links to the host at the head, and pictures to the App, which serves those
// of the repository only.
func (m *marker) look(d *decision.Document, now redline.Version) redline.Look {
	doc := now.Document
	if doc == nil {
		doc = &document.Document{Path: d.Path}
	}
	return redline.Look{
		Link: func(destination string) (string, bool) {
			at, ok := doc.Resolve(destination)
			if !ok {
				return "", false
			}
			return m.blob(m.d.Head, at), true
		},
		Image: func(_, sha256 string) (string, bool) {
			raw, held := m.Snapshot.Blobs[sha256]
			if !held || document.ImageFormat(raw) == "" {
				return "", false
			}
			return fmt.Sprintf("/review/%s/%d/images/%s", m.d.Repository.Name, m.Pull.Number, sha256), true
		},
	}
}

// Picture gives the bytes of a picture that the page may show, with its media type; ok is
// false for everything else.
func Picture(s facts.Snapshot, sha256 string) (raw []byte, media string, ok bool) {
	raw = s.Blobs[sha256]
	format := document.ImageFormat(raw)
	return raw, "image/" + format, format != ""
}

func labelOf(one *documentView) string {
	label := one.Name
	if one.Version != "" && one.Version != "changed" {
		label += ", version " + one.Version
	}
	return label
}

// counted sums a comparison up.
func counted(c redline.Changes) string {
	var parts []string
	if n := c.Count.Rows; n > 0 {
		parts = append(parts, many(n, "table row", "table rows"))
	}
	if n := c.Count.Passages; n > 0 {
		parts = append(parts, many(n, "passage", "passages"))
	}
	if n := len(c.Fields); n > 0 {
		parts = append(parts, many(n, "field", "fields"))
	}
	if len(parts) == 0 {
		return ""
	}
	return list(parts, "and") + " changed"
}

func dayOf(at string) string { return at[:min(10, len(at))] }

// sinceView offers the other comparison.
type sinceView struct{ Text, Href, Link string }

// sinceLink is there when the viewer signed other bytes of a document before.
func (v *view) sinceLink(documents []documentView) *sinceView {
	signed, shown := false, false
	for i := range v.d.Documents {
		_, ok := v.signedBefore(&v.d.Documents[i])
		signed = signed || ok
	}
	for _, d := range documents {
		shown = shown || d.since
	}
	here := fmt.Sprintf("/review/%s/%d", v.d.Repository.Name, v.Pull.Number)
	switch {
	case shown:
		return &sinceView{"Shown is only what changed since you signed.", here + "#redline", "Show the whole change"}
	case signed:
		return &sinceView{"You signed an earlier text of this change.", here + "?since=signed#redline", "Show only what changed since then"}
	}
	return nil
}
