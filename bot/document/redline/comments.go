package redline

import (
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// commentsKey stands for the comments of a front matter; no field can have this name.
const commentsKey = "#"

// frontComments returns the comments of a front matter that was read. What stands behind a number sign and in no field is
// one; a text that holds number signs of its own is shown as the field's.
func frontComments(d *document.Document) []string {
	if !strings.Contains(string(d.Raw), "#") || strings.TrimRight(d.Line(1), " \t") != "---" {
		return nil
	}
	var notes []string
	said := ""
	for n := 2; n <= maxFrontLines; n++ {
		line := d.Line(n)
		if strings.TrimRight(line, " \t") == "---" {
			break
		}
		if !strings.Contains(line, "#") {
			continue
		}
		if said == "" {
			said = allFields(d)
		}
		if note := commentOf(line, said); note != "" {
			notes = append(notes, note)
		}
	}
	return notes
}

// allFields is what all fields say.
func allFields(d *document.Document) string {
	var b strings.Builder
	for _, f := range d.Front {
		b.WriteString(f.Key + "\n" + oneLine(valueText(f.Value)) + "\n")
	}
	return b.String()
}

// commentOf returns the comment of one line: from a number sign at its beginning or behind a blank, unless a field says so.
func commentOf(line, said string) string {
	for i := range len(line) {
		if line[i] != '#' || i > 0 && line[i-1] != ' ' && line[i-1] != '\t' {
			continue
		}
		rest := strings.TrimSpace(oneLine(line[i:]))
		first := rest // up to the next number sign, which may begin the comment
		if next := strings.Index(rest[1:], " #"); next >= 0 {
			first = rest[:1+next]
		}
		if strings.Trim(rest, "# ") != "" && !strings.Contains(said, strings.TrimRight(first, "\"' ,]}")) {
			return rest
		}
	}
	return ""
}
