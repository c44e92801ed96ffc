package redline

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// Field is one field of the front matter in two versions. Label is what people call it, Key what the document
// does. Had and Has say whether the earlier and the later version have the field.
type Field struct {
	Key, Label    string
	Before, After string
	Had, Has      bool
}

// Value is one field of a front matter as a reader sees it: lists with commas, mappings with colons.
type Value struct{ Key, Label, Text string }

// asWritten is the key under which a front matter that could not be read is shown as it is written.
const asWritten = "front matter"

// Values are the fields of a document's front matter in order. A front matter that could not be read is one value
// with all its lines; so is none, where the text was not parsed either and holds it. Comments of YAML come last, as one
// value: they are among the bytes that are signed.
func Values(d *document.Document) []Value {
	if d == nil {
		return nil
	}
	if !d.Readable {
		return unreadValue(d)
	}
	values := make([]Value, 0, len(d.Front))
	for _, f := range d.Front {
		values = append(values, Value{visible(f.Key), Label(f.Key), visible(valueText(f.Value))})
	}
	if notes := frontComments(d); len(notes) > 0 {
		values = append(values, Value{commentsKey, "Comments in the front matter", visible(strings.Join(notes, "; "))})
	}
	return values
}

// unreadValue is the front matter as it is written; none if the whole file is shown so.
func unreadValue(d *document.Document) []Value {
	if !readable(d) || strings.TrimRight(d.Line(1), " \t") != "---" {
		return nil
	}
	var b strings.Builder
	for n := 2; n <= maxFrontLines; n++ {
		line := d.Line(n)
		if strings.TrimRight(line, " \t") == "---" {
			break
		}
		b.WriteString(line + "\n")
	}
	return []Value{{asWritten, "Front matter, as written", visible(strings.TrimSpace(b.String()))}}
}

// maxFrontLines bounds the lines of a front matter that is shown as written: one of document.MaxFrontMatterBytes
// with ten bytes in each.
const maxFrontLines = document.MaxFrontMatterBytes / 10

func valueText(v document.Value) string {
	switch v.Shape {
	case document.Scalar:
		return oneLine(v.Text)
	case document.List:
		parts := make([]string, len(v.Items))
		for i, one := range v.Items {
			parts[i] = bracketed(one)
		}
		return strings.Join(parts, ", ")
	case document.Mapping:
		parts := make([]string, len(v.Fields))
		for i, f := range v.Fields {
			parts[i] = f.Key + ": " + bracketed(f.Value)
		}
		return strings.Join(parts, "; ")
	default:
		return ""
	}
}

// bracketed is a value within another one, so that where it ends can be seen.
func bracketed(v document.Value) string {
	text := valueText(v)
	switch {
	case v.Shape == document.List || v.Shape == document.Mapping:
		return "(" + text + ")"
	case text == "" || strings.ContainsAny(text, ",;:()\""):
		return strconv.Quote(text)
	default:
		return text
	}
}

// compareFields compares the front matter of two versions.
func compareFields(before, after *document.Document) []Field {
	old := map[string]Value{}
	for _, v := range Values(before) {
		old[v.Key] = v
	}
	var fields []Field
	seen := map[string]bool{}
	for _, v := range Values(after) {
		was, had := old[v.Key]
		seen[v.Key] = true
		if !had || was.Text != v.Text {
			fields = append(fields, Field{Key: v.Key, Label: v.Label, Before: was.Text, After: v.Text, Had: had, Has: true})
		}
	}
	for _, v := range Values(before) {
		if !seen[v.Key] {
			fields = append(fields, Field{Key: v.Key, Label: v.Label, Before: v.Text, Had: true})
		}
	}
	return fields
}

// Label is what people call a field of the front matter.
func Label(key string) string {
	switch key {
	case "id":
		return "Id"
	case "effective":
		return "In force from"
	case "change":
		return "Kind of change"
	case "change-summary":
		return "Summary of the change"
	case "service-id":
		return "Service"
	case "sso":
		return "Single sign-on"
	case "mfa-enforced":
		return "MFA enforced"
	case "rto-hours":
		return "Recovery time, hours"
	case "rpo-hours":
		return "Recovery point, hours"
	}
	words := visible(strings.ReplaceAll(key, "-", " "))
	if words == "" {
		return "(without a name)"
	}
	first, size := utf8.DecodeRuneInString(words)
	return string(unicode.ToUpper(first)) + words[size:]
}
