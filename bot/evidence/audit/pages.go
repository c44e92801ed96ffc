package audit

import (
	"bytes"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/evidence"
)

// checkPage renders a document's page again, where a renderer is given, and compares
// it byte for byte with the one that was published.
func (l *landing) checkPage(name string, s evidence.Statement, v evidence.DocumentVersion) {
	if l.a.o.Render == nil {
		return
	}
	page := "rendered/" + strings.TrimSuffix(strings.TrimPrefix(name, "statements/document-"), ".json") + ".html"
	if l.r.digest[page] == "" {
		return
	}
	published, err := l.a.file(l.r, page)
	if err != nil {
		return // reported with its record
	}
	if !bytes.Contains(published, []byte(l.a.o.Rendering)) {
		l.a.statements.foreignPages++
		return
	}
	raw, ok := l.a.blob(s.Subject[0].Digest.SHA256)
	if !ok {
		return // reported with the statement
	}
	again, err := l.a.o.Render(v.Landed.Path, raw)
	switch {
	case err != nil:
		l.bad("pages", page, "cannot be rendered again", err.Error())
	case !bytes.Equal(published, again):
		l.bad("pages", page, "shows something else than the document")
	}
	l.a.statements.pages++
}
