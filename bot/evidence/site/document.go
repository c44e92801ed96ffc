package site

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"html/template"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/redline"
	docstemplates "github.com/vidimus-bot/vidimus/docs-templates"
)

// Rendering names the form of the pages that [Document] makes; each page says it in its meta element "generator".
// A record keeps its page for ever, so a page can be compared with what Document makes today only if both have the
// same form. A golden file holds the form: whoever changes it raises the number.
const Rendering = "vidimus-document/1"

// documentPage is what document.html is filled with.
type documentPage struct {
	Generator string
	Title     string
	Path      string
	Size      string
	SHA256    digest
	StyleHash string
	Style     template.CSS
	Text      redline.Page
	Fields    []redline.Value
}

// Document is the page of one document as it is rendered at its publication: what a record keeps as
// rendered/NAME.html. path is its path in the repository, raw its bytes, of whatever kind; what cannot be read as
// a document is shown as it is written. The page stands alone: its style is in it, links into the repository are
// shown as the paths that they are, and so are pictures. The same path and bytes give the same page.
func Document(path string, raw []byte) ([]byte, error) {
	t, err := parseTemplates()
	if err != nil {
		return nil, err
	}
	style, err := docstemplates.Site.ReadFile("site/document.css")
	if err != nil {
		return nil, fmt.Errorf("read document.css: %w", err)
	}
	css := strings.TrimSpace(string(style))
	d := document.Parse(path, raw)
	text, err := redline.Text(redline.Version{Document: d}, redline.Look{Titled: true, Taken: []string{"front-matter"}})
	if err != nil {
		return nil, fmt.Errorf("render %s: %w", path, err)
	}
	sum := sha256.Sum256([]byte(css))
	data := documentPage{
		Generator: Rendering, Title: d.Title, Path: path, Size: many(len(raw), "byte", "bytes"), SHA256: sha256Of(raw),
		StyleHash: "sha256-" + base64.StdEncoding.EncodeToString(sum[:]), Style: template.CSS(css), //nolint:gosec // ours
		Text: text, Fields: redline.Values(d),
	}
	if data.Title == "" {
		data.Title = path
	}
	var page bytes.Buffer
	if err := t.ExecuteTemplate(&page, "document", data); err != nil {
		return nil, fmt.Errorf("render %s: %w", path, err)
	}
	return []byte(redline.Visible(page.String())), nil
}
