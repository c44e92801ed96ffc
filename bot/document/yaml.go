package document

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

const (
	// maxFrontDepth is one more than the deepest field, key-management-minimum, needs.
	maxFrontDepth = 4
	// maxFrontValues bounds what is walked; 16 KiB of front matter could hold 8,000 one-letter values.
	maxFrontValues = 2000
)

// frontWalk turns YAML nodes into fields. Aliases are refused before they are followed: yaml.Node does not
// refuse an alias bomb (domain-a523.md 3.9).
type frontWalk struct {
	r      *reader
	line   int // line of the document before the YAML's first
	lines  []string
	values int
	broken bool
	linked int // last line with a finding FM003
}

// readYAML parses the text between the fences, which begins on the document's given line, and reports
// whether the document's fields are known.
func (r *reader) readYAML(text string, line int) bool {
	if fields, ok := quickFront(text, line, &r.room.fields); ok {
		r.doc.Front = fields
		return true
	}
	if at := conflictMarker(text); at >= 0 {
		return false // STR005 says so; YAML would only report what follows from it
	}
	return r.readSlowYAML(text, line)
}

// readSlowYAML is readYAML by the YAML library.
func (r *reader) readSlowYAML(text string, line int) bool {
	w := &frontWalk{r: r, line: line - 1, lines: strings.Split(text, "\n")}
	var root yaml.Node
	if err := yaml.Load([]byte(text), &root); err != nil {
		w.refuse(text, err)
		return false
	}
	if root.Kind != yaml.DocumentNode || len(root.Content) != 1 || root.Content[0].Kind != yaml.MappingNode {
		r.add("FM002", Span{Line: line}, "The front matter is not a list of fields.", `write each field as "key: value" on a line of its own`)
		return false
	}
	top := root.Content[0]
	w.checkNode(top)
	fields := w.fields(top, 1)
	if w.broken {
		return false
	}
	r.doc.Front = fields
	return true
}

// refuse turns the YAML reader's refusal into a finding at its line.
func (w *frontWalk) refuse(text string, err error) {
	if strings.TrimSpace(text) == "" {
		w.r.add("FM001", Span{Line: 1}, "The front matter is empty.", "write the fields: type, id, title, version ...")
		return
	}
	var load *yaml.LoadError
	if !errors.As(err, &load) || load.Mark.Line == 0 {
		w.r.add("FM002", w.documentMark(), "The front matter is more than one YAML document, or none.", `write each field as "key: value", without "..."`)
		return
	}
	line, column := load.Mark.Line, max(load.Mark.Column, 1)
	if load.ContextMark.Line > 0 && load.Stage == "parser" || strings.Contains(load.ContextMsg, "quoted scalar") {
		line, column = load.ContextMark.Line, load.ContextMark.Column // where the list or quotation that never ends begins
	}
	line = w.known(line)
	at := Span{Line: line + w.line, Column: column, EndColumn: max(column+1, utf8.RuneCountInString(w.text(line))+1)}
	if strings.Contains(load.Message, "unknown anchor") {
		w.refuseAt(at, "An alias to nothing")
		return
	}
	what, fix := explainYAML(load.Message, w.text(line))
	w.r.addf("FM002", at, fix, "The front matter is not YAML: %s. Line %d reads %s.", what, line+w.line, Quote(strings.TrimSpace(w.text(line))))
}

// documentMark returns the place of the line that ends the first YAML document.
func (w *frontWalk) documentMark() Span {
	for i, text := range w.lines {
		if strings.HasPrefix(text, "...") {
			return Span{Line: w.line + i + 1, Column: 1, EndColumn: 4}
		}
	}
	return Span{Line: w.line + 1}
}

// explainYAML says in a writer's words what the YAML reader found, and the mend.
func explainYAML(message, line string) (what, fix string) {
	switch {
	case strings.HasPrefix(strings.TrimLeft(line, " "), "\t"):
		return "the line begins with a tab", "indent with blanks"
	case strings.Contains(message, "mapping values are not allowed"):
		return "a value holds a second colon, or the line is indented wrongly", "put the value in quotes, or indent the line like its neighbours"
	case strings.Contains(message, "expected ',' or ']'"), strings.Contains(message, "expected ',' or '}'"), strings.Contains(message, "expected node content"):
		return "a list or mapping in brackets is not closed", "close the bracket"
	case strings.Contains(message, "unexpected end of stream"):
		return "a quotation is not closed", "close the quotes"
	case strings.Contains(message, "could not find expected ':'"), strings.Contains(message, "did not find expected key"):
		return "the line is no field", `write "key: value", and put a value with quotes or brackets inside into quotes of its own`
	case strings.Contains(message, "cannot start any token"):
		return "a value begins with a character that means something in YAML", "put the value in quotes"
	}
	return message, `put the value in quotes, and write each field as "key: value"`
}

// fields reads a mapping node.
func (w *frontWalk) fields(n *yaml.Node, depth int) []Field {
	var fields []Field
	first := map[string]Span{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		w.checkNode(key)
		span := w.span(key)
		if key.Kind != yaml.ScalarNode || key.Value == "" {
			w.fail("FM002", span, "A key of the front matter is not a word.", `write "key: value"`)
			continue
		}
		if before, twice := first[key.Value]; twice {
			w.fail("FM002", span, fmt.Sprintf("The key %q stands twice, here and on line %d: readers would disagree which one holds.", key.Value, before.Line),
				"delete the one that is not meant")
			continue
		}
		first[key.Value] = span
		read := w.value(value, depth)
		if read.Shape == Blank {
			read.Span = span
		}
		fields = append(fields, Field{Key: key.Value, KeySpan: span, Value: read})
	}
	return fields
}

// value reads any node below a key.
func (w *frontWalk) value(n *yaml.Node, depth int) Value {
	w.values++
	if depth > maxFrontDepth || w.values > maxFrontValues {
		if !w.broken {
			w.fail("LIM003", w.span(n), fmt.Sprintf("The front matter is nested more than %d deep or holds more than %d values.", maxFrontDepth, maxFrontValues),
				"move what is not a plain field into the document's text")
		}
		return Value{}
	}
	w.checkNode(n)
	v := Value{Span: w.span(n)}
	switch n.Kind {
	case yaml.ScalarNode:
		v.Text = n.Value
		v.Quoted = n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0
		if v.Quoted || n.Tag != "!!null" {
			v.Shape = Scalar
		} else {
			v.Text = ""
		}
		w.checkEscapes(n)
	case yaml.SequenceNode:
		v.Shape = List
		for _, item := range n.Content {
			v.Items = append(v.Items, w.value(item, depth+1))
		}
	case yaml.MappingNode:
		v.Shape = Mapping
		v.Fields = w.fields(n, depth+1)
	}
	return v
}

// checkNode refuses what lets one place of the front matter change another.
func (w *frontWalk) checkNode(n *yaml.Node) {
	span := w.span(n)
	switch {
	case n.Kind == yaml.AliasNode:
		w.refuseAt(span, fmt.Sprintf("The alias *%s", n.Value))
	case n.Anchor != "":
		w.refuseAt(span, fmt.Sprintf("The anchor &%s", n.Anchor))
	case n.Tag == "!!merge":
		w.refuseAt(span, "The merge key <<")
	case n.Style&yaml.TaggedStyle != 0:
		w.refuseAt(span, fmt.Sprintf("The tag %s", n.Tag))
	}
}

// refuseAt reports FM003, once a line: an alias bomb has hundreds.
func (w *frontWalk) refuseAt(span Span, what string) {
	if w.linked == span.Line {
		return
	}
	w.linked = span.Line
	w.fail("FM003", span, what+" makes one value stand in several places or mean something else than it says.",
		"write the value itself, in each place where it is meant")
}

func (w *frontWalk) fail(rule string, span Span, message, fix string) {
	w.broken = true
	w.r.add(rule, span, message, fix)
}

// checkEscapes looks for characters that double quotes can hide as \u200b; written ones are found in the
// source (checkCharacters).
func (w *frontWalk) checkEscapes(n *yaml.Node) {
	if n.Style&yaml.DoubleQuotedStyle == 0 {
		return
	}
	if hits := oddRunes(n.Value); len(hits) > 0 && !strings.ContainsRune(w.text(n.Line), hits[0].r) {
		w.r.odd(hits[0], w.span(n), true, " It is written as an escape.")
	}
}

// span returns the place of a node. yaml counts columns in code points, from 1.
func (w *frontWalk) span(n *yaml.Node) Span {
	end := n.Column
	text := w.text(n.Line)
	length := utf8.RuneCountInString(strings.TrimRight(text, " \t"))
	switch {
	case n.Kind == yaml.ScalarNode && n.Style == 0 && !strings.Contains(n.Value, "\n"):
		end += utf8.RuneCountInString(n.Value)
	default:
		end = length + 1
	}
	return Span{Line: w.known(n.Line) + w.line, Column: n.Column, EndColumn: max(n.Column, min(end, length+1))}
}

// known returns the line, or the last one: YAML counts a carriage return as a line's end, and so more lines than there
// are where one stands in a line (ENC002).
func (w *frontWalk) known(line int) int { return min(line, len(w.lines)) }

func (w *frontWalk) text(line int) string {
	if line < 1 || line > len(w.lines) {
		return ""
	}
	return w.lines[line-1]
}
