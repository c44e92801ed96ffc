package control

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// checkFields holds the front matter against the type: FM004 to FM008, EXC002.
func (pg *page) checkFields() {
	pg.checkType()
	for _, rule := range pg.spec.fields {
		f, found := pg.doc.Field(rule.Key)
		switch {
		case rule.Key == "type" && found && f.Value.Shape == document.Scalar:
			// judged by checkType
		case !found && !rule.Optional:
			pg.missingField(rule)
		case found:
			pg.checkField(rule, f.Value)
		}
	}
	pg.checkUnknown()
}

// checkType judges the type alone: whether it exists, and whether it may lie here (FM005, FM008).
func (pg *page) checkType() {
	f, found := pg.doc.Field("type")
	if !found || f.Value.Shape != document.Scalar {
		return
	}
	name, at := f.Value.Text, f.Value.Span
	here, named := pg.c.folderTypes(pg.doc), pg.c.specNamed(name)
	switch {
	case isPlaceholder(name):
		pg.add("FM007", at, "write "+list(here, "or"), "The type is still a placeholder, %s.", document.Quote(name))
	case named == nil:
		fix := oneOf(name, pg.c.typeNames())
		if nearest(name, pg.c.typeNames()) == "" {
			fix = fmt.Sprintf("write %s, the type of this folder", list(here, "or"))
		}
		pg.add("FM005", at, fix, "There is no type %s.%s", document.Quote(name), alikeNote(name))
	case !slices.Contains(here, name):
		pg.add("FM008", at, fmt.Sprintf("move the file to %s/, or write %s", named.Folder, list(here, "or")),
			"%s belongs into %s/, not here: the folder decides who signs.", upperFirst(article(named.Title)), named.Folder)
	}
}

func (pg *page) missingField(rule document.FieldRule) {
	for _, f := range pg.doc.Front {
		if !pg.spec.known[f.Key] && nearest(f.Key, []string{rule.Key}) != "" {
			pg.add("FM004", document.Span{Line: 1}, fmt.Sprintf("write %q there", rule.Key),
				"The field %q is missing; line %d has %s instead.", rule.Key, f.KeySpan.Line, document.Quote(f.Key))
			return
		}
	}
	pg.add("FM004", document.Span{Line: 1}, fmt.Sprintf("add %s (%s)", document.Quote(rule.Key+": "+pg.example(rule)), lowerFirst(rule.About)),
		"The field %q is missing.", rule.Key)
}

// example returns what a field of this document could hold.
func (pg *page) example(rule document.FieldRule) string {
	if rule.Key == "id" {
		return exampleID(rule.Key, pg.spec)
	}
	return example(rule)
}

// checkUnknown warns of fields that nothing reads (FM006).
func (pg *page) checkUnknown() {
	for _, f := range pg.doc.Front {
		if pg.spec.known[f.Key] {
			continue
		}
		fix := "delete it, or write it into the text"
		if meant := nearest(f.Key, pg.spec.keys()); meant != "" {
			fix = fmt.Sprintf("write %q", meant)
		}
		pg.add("FM006", f.KeySpan, fix, "Nothing reads the field %s of %s.%s", document.Quote(f.Key), article(pg.spec.Title), alikeNote(f.Key))
	}
}

// checkField judges one field that is there.
func (pg *page) checkField(rule document.FieldRule, v document.Value) {
	if isEmpty(v) {
		pg.add("FM004", v.Span, valueMend(rule), "The field %q is empty.", rule.Key)
		return
	}
	if v.Shape == document.Scalar && isPlaceholder(v.Text) {
		pg.placeholder(rule, v)
		return
	}
	switch text, fillIn := bracketed(v); {
	case fillIn:
		pg.add("FM007", v.Span, "decide, and "+valueMend(rule), "The field %q is still a placeholder, %s.", rule.Key, document.Quote(text))
	case rule.Form == document.Levels:
		pg.checkLevels(rule, v)
	case rule.List:
		pg.checkList(rule, v)
	case v.Shape != document.Scalar:
		pg.add("FM005", v.Span, fmt.Sprintf("write one value, for example %s", example(rule)), "%q must be one value; here it is %s.", rule.Key, shapeName(v.Shape))
	default:
		pg.checkScalar(rule, v)
	}
}

// isEmpty reports a field that has a key and says nothing.
func isEmpty(v document.Value) bool {
	switch v.Shape {
	case document.Scalar:
		return isBlank(v.Text)
	case document.List:
		return len(v.Items) == 0
	case document.Mapping:
		return len(v.Fields) == 0
	}
	return true
}

// bracketed reports a template's brackets, [insert the date], which YAML takes for a list.
func bracketed(v document.Value) (string, bool) {
	if v.Shape != document.List || len(v.Items) != 1 {
		return "", false
	}
	text := "[" + v.Items[0].Text + "]"
	return text, isFillIn(text)
}

func (pg *page) placeholder(rule document.FieldRule, v document.Value) {
	pg.add("FM007", v.Span, "decide, and "+valueMend(rule),
		"The field %q is still a placeholder, %s.", rule.Key, document.Quote(v.Text))
}

func (pg *page) checkList(rule document.FieldRule, v document.Value) {
	if v.Shape != document.List {
		written, meant := "a mapping", example(rule)
		if v.Shape == document.Scalar {
			written, meant = document.Quote(v.Text), "["+v.Text+"]"
		}
		pg.add("FM005", v.Span, fmt.Sprintf("write %s", meant), "%q must be a list; here it is %s.", rule.Key, written)
		return
	}
	for _, item := range v.Items {
		switch {
		case isEmpty(item):
			pg.add("FM005", item.Span, "delete the item, or "+valueMend(rule), "%q holds an item that is empty.", rule.Key)
		case item.Shape != document.Scalar:
			pg.add("FM005", item.Span, fmt.Sprintf("write %s", example(rule)), "%q holds an item that is not one word but %s.", rule.Key, shapeName(item.Shape))
		case isPlaceholder(item.Text):
			pg.placeholder(rule, item)
		default:
			pg.checkScalar(rule, item)
		}
	}
}

// checkScalar judges one value by its form (FM005, EXC002).
func (pg *page) checkScalar(rule document.FieldRule, v document.Value) {
	if rule.Key == "waives" {
		pg.checkWaiver(v)
		return
	}
	if problem := pg.c.formProblem(rule, v, pg.spec); problem.what != "" {
		pg.add("FM005", v.Span, problem.mend, "%q is %s, %s.%s", rule.Key, document.Quote(v.Text), problem.what, alikeNote(v.Text))
	}
}

func (pg *page) checkLevels(rule document.FieldRule, v document.Value) {
	if v.Shape != document.Mapping {
		pg.add("FM005", v.Span, "write one line for each classification, such as \"  confidential: cmk\"",
			"%q must give a level for each classification; here it is %s.", rule.Key, shapeName(v.Shape))
		return
	}
	for _, f := range v.Fields {
		switch level := f.Value; {
		case !slices.Contains(document.Classifications(), f.Key):
			pg.add("FM005", f.KeySpan, oneOf(f.Key, document.Classifications()), "%q names %s, which is no classification.", rule.Key, document.Quote(f.Key))
		case level.Shape == document.Scalar && isPlaceholder(level.Text):
			pg.placeholder(rule, level)
		case level.Shape != document.Scalar || !slices.Contains(document.KeyLevels(), level.Text):
			pg.add("FM005", level.Span, oneOf(level.Text, document.KeyLevels()), "The level for %s in %q is %s, which is no way of managing keys.",
				f.Key, rule.Key, document.Quote(level.Text))
		}
	}
}

// valueMend says what to write into a field.
func valueMend(rule document.FieldRule) string {
	if rule.Form == document.Text {
		return "write it (" + lowerFirst(rule.About) + ")"
	}
	return "write it, for example " + example(rule)
}

func shapeName(s document.Shape) string {
	switch s {
	case document.Scalar:
		return "one value"
	case document.List:
		return "a list"
	case document.Mapping:
		return "a mapping"
	default:
		return "empty"
	}
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
