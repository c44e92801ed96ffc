package decisiontest

import (
	"fmt"
	"strings"
)

// Today is the day at which the documents of scripts are judged.
const Today = "2026-11-24"

// Text is a small document without any finding on [Today]. Its type is a free
// one, topic-policy (folder policy) or record (folder records), so that no
// section, table or other document is demanded.
type Text struct {
	Type    string // topic-policy or record
	ID      string
	Version string
	Status  string // "" is approved
	// Signatories is the front matter field; nil is [ciso].
	Signatories []string
	// Images are shown in that order, by paths relative to the document.
	Images []string
	// Body is a sentence of the text.
	Body string
}

// Bytes writes the document.
func (t Text) Bytes() []byte {
	status, signatories := t.Status, t.Signatories
	if status == "" {
		status = "approved"
	}
	if signatories == nil {
		signatories = []string{"ciso"}
	}
	change := "editorial"
	if strings.HasSuffix(t.Version, ".0") {
		change = "material"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "---\ntype: %s\nid: %s\ntitle: %s\nversion: %q\nstatus: %s\nclassification: internal\nowner: ciso\n",
		t.Type, t.ID, t.title(), t.Version, status)
	fmt.Fprintf(&b, "effective: 2026-10-05\nlast-review: 2026-09-24\nnext-review: 2027-09-23\nsignatories: [%s]\n", strings.Join(signatories, ", "))
	fmt.Fprintf(&b, "change: %s\nchange-summary: The text as it was agreed.\n---\n\n# %s\n\n", change, t.title())
	fmt.Fprintf(&b, "## Text\n\n%s\n", t.Body)
	for _, image := range t.Images {
		fmt.Fprintf(&b, "\n![The picture](%s)\n", image)
	}
	return []byte(b.String())
}

func (t Text) title() string { return "Document " + t.ID }

// Image makes a file that is a PNG image by its first bytes; each variant has
// other bytes.
func Image(variant int) []byte {
	return fmt.Appendf([]byte("\x89PNG\r\n\x1a\n"), "variant %d", variant)
}
