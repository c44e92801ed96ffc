package control

import (
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// checkFootnotes finds footnotes that nothing refers to (HID005). Our pages show them where they stand; GitHub, where
// signatories read too, shows a footnote only if a number leads to it.
func (pg *page) checkFootnotes() {
	for _, p := range pg.doc.Prose {
		source := p.Source()
		if !strings.Contains(source, "[^") {
			continue
		}
		start := 0
		for line := range strings.SplitAfterSeq(source, "\n") {
			label, ok := footnoteLabel(line)
			if ok && !pg.refersTo(label) {
				stop := start + len(strings.TrimRight(line, "\n"))
				pg.add("HID005", p.Span(start, stop), "delete it, or write what it says into the text",
					"Nothing refers to the footnote %s, so GitHub does not show it: %s.", document.Quote(label), document.Quote(strings.TrimSpace(source[start:stop])))
			}
			start += len(line)
		}
	}
}

// footnoteLabel returns the label, with its brackets, of the footnote that a line begins.
func footnoteLabel(line string) (string, bool) {
	trimmed := strings.TrimLeft(line, " ")
	end := strings.Index(trimmed, "]:")
	if !strings.HasPrefix(trimmed, "[^") || end <= len("[^") || strings.ContainsAny(trimmed[:end], " \t\n") {
		return "", false
	}
	return trimmed[:end+1], true
}

// refersTo reports whether a text, a heading or a cell names the footnote; labels differ not by case.
func (pg *page) refersTo(label string) bool {
	text := strings.ToLower(string(pg.doc.Raw))
	label = strings.ToLower(label)
	for {
		_, rest, found := strings.Cut(text, label)
		if !found {
			return false
		}
		if !strings.HasPrefix(rest, ":") {
			return true
		}
		text = rest
	}
}
