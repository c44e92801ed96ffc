package control

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// step is one field of the front matter that a change gives another value, as a clause: "lowering a from 72 to 24".
type step struct {
	text string
	at   document.Span // where findings in other documents point
	mark document.Span // what to show of it
}

func texts(steps []step) []string {
	var texts []string
	for _, s := range steps {
		texts = append(texts, s.text)
	}
	return texts
}

// steps compares the fields that the rules across documents read.
func steps(was, is *document.Document) []step {
	var found []step
	for _, key := range acrossFields() {
		before, existed := was.Field(key)
		after, exists := is.Field(key)
		switch {
		case !existed && !exists:
		case !exists:
			found = append(found, step{text: "leaving out " + key, at: document.Span{Line: 1}, mark: document.Span{Line: 1}})
		case !existed:
			found = append(found, step{text: "adding " + key, at: after.Value.Span, mark: after.Value.Span})
		default:
			if text := stepOf(key, before.Value, after.Value); text != "" {
				found = append(found, step{text, after.Value.Span, placeOfStep(before.Value, after.Value)})
			}
		}
	}
	return found
}

// stepOf says how a value changed; "" if it did not.
func stepOf(key string, before, after document.Value) string {
	switch {
	case before.Shape == document.List && after.Shape == document.List:
		return listStep(key, itemTexts(before), itemTexts(after))
	case before.Shape == document.Mapping && after.Shape == document.Mapping:
		return mappingStep(key, before.Fields, after.Fields)
	case before.Shape != after.Shape:
		return "changing " + key
	case before.Text == after.Text:
		return ""
	}
	verb := "changing"
	a, errA := strconv.Atoi(before.Text)
	b, errB := strconv.Atoi(after.Text)
	if errA == nil && errB == nil {
		verb = "raising"
		if b < a {
			verb = "lowering"
		}
	}
	return fmt.Sprintf("%s %s from %s to %s", verb, key, plainly(before.Text), plainly(after.Text))
}

// placeOfStep is where a value changed: in a mapping, at its first other entry.
func placeOfStep(before, after document.Value) document.Span {
	if before.Shape != document.Mapping || after.Shape != document.Mapping {
		return after.Span
	}
	was := map[string]string{}
	for _, f := range before.Fields {
		was[f.Key] = f.Value.Text
	}
	for _, f := range after.Fields {
		if old, existed := was[f.Key]; !existed || old != f.Value.Text {
			return f.Value.Span
		}
	}
	return after.Span // an entry is gone
}

func listStep(key string, before, after []string) string {
	var parts []string
	if gone := without(before, after); len(gone) > 0 {
		parts = append(parts, fmt.Sprintf("taking %s out of %s", list(gone, "and"), key))
	}
	if added := without(after, before); len(added) > 0 {
		parts = append(parts, fmt.Sprintf("adding %s to %s", list(added, "and"), key))
	}
	return strings.Join(parts, " and ")
}

func mappingStep(key string, before, after []document.Field) string {
	was := map[string]string{}
	for _, f := range before {
		was[f.Key] = f.Value.Text
	}
	var parts []string
	for _, f := range after {
		switch old, existed := was[f.Key]; {
		case !existed:
			parts = append(parts, fmt.Sprintf("adding %s to %s", plainly(f.Key), key))
		case old != f.Value.Text:
			parts = append(parts, fmt.Sprintf("changing %s for %s from %s to %s", key, plainly(f.Key), plainly(old), plainly(f.Value.Text)))
		}
		delete(was, f.Key)
	}
	for _, f := range before {
		if _, gone := was[f.Key]; gone {
			parts = append(parts, fmt.Sprintf("taking %s out of %s", plainly(f.Key), key))
		}
	}
	return strings.Join(parts, " and ")
}

func itemTexts(v document.Value) []string {
	var texts []string
	for _, item := range v.Items {
		texts = append(texts, plainly(item.Text))
	}
	return texts
}

// plainly shows a value in a sentence: a word as it is, anything else in quotes.
func plainly(s string) string {
	if s != "" && len(s) <= 40 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == "" {
		return s
	}
	return document.Quote(s)
}

func without(words, others []string) []string {
	var rest []string
	for _, w := range words {
		if !slices.Contains(others, w) {
			rest = append(rest, w)
		}
	}
	return rest
}

// decisive keeps the steps at whose lines the findings point; all of them if they point at none.
func decisive(steps []step, path string, findings []document.Finding) []step {
	var pointed []step
	for _, s := range steps {
		place := fmt.Sprintf("%s:%d", path, s.at.Line)
		for _, f := range findings {
			_, rest, found := strings.Cut(f.Message, place)
			if found && (rest == "" || rest[0] < '0' || rest[0] > '9') {
				pointed = append(pointed, s)
				break
			}
		}
	}
	if len(pointed) > 0 {
		return pointed
	}
	return steps
}
