package document

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Nearly all front matter is plain lines: "key: value", "key: [a, b]", one level of mapping. Reading those here
// instead of through the YAML library saves half of the time of a whole check (measured over 10,000 documents).
// Whatever is not obviously such a line sends the whole front matter to the YAML library; a fuzz test holds that
// the two agree.

// quickFront reads front matter of plain lines; ok is false if it holds anything else. line is the document's
// line of its first; memory is where they go.
func quickFront(text string, line int, memory *slab[Field]) (fields []Field, ok bool) {
	fields = memory.take(strings.Count(text, "\n"))[:0]
	for rest := text; rest != ""; line++ {
		var s string
		s, rest, ok = strings.Cut(rest, "\n")
		if !ok {
			return nil, false // the closing fence stands on a line of its own, so this cannot be
		}
		if indented, nested := strings.CutPrefix(s, "  "); nested {
			if !addNested(fields, indented, line) {
				return nil, false
			}
			continue
		}
		f, ok := quickField(s, line, 0)
		if !ok || hasKey(fields, f.Key) || len(fields) > 0 && isOpenMapping(&fields[len(fields)-1]) {
			return nil, false
		}
		fields = append(fields, f)
	}
	if len(fields) == 0 || isOpenMapping(&fields[len(fields)-1]) {
		return nil, false
	}
	return fields, true
}

// isOpenMapping reports a key without a value of its own, whose mapping has not begun.
func isOpenMapping(f *Field) bool { return f.Value.Shape == Blank }

// addNested adds a line with two blanks before it to the mapping that the last field began.
func addNested(fields []Field, s string, line int) bool {
	if len(fields) == 0 {
		return false
	}
	parent := &fields[len(fields)-1].Value
	if parent.Shape != Blank && parent.Shape != Mapping {
		return false
	}
	f, ok := quickField(s, line, 2)
	if !ok || f.Value.Shape == Blank || hasKey(parent.Fields, f.Key) {
		return false
	}
	if parent.Shape == Blank {
		// YAML's mapping begins at its first key and is marked to the end of that line.
		parent.Shape, parent.Span = Mapping, Span{Line: line, Column: 3, EndColumn: 3 + utf8.RuneCountInString(s)}
	}
	parent.Fields = append(parent.Fields, f)
	return true
}

func hasKey(fields []Field, key string) bool {
	for i := range fields {
		if fields[i].Key == key {
			return true
		}
	}
	return false
}

// maxQuickKey is shorter than the 1024 characters to which YAML looks ahead for a colon.
const maxQuickKey = 100

// quickField reads one line without its indentation; a field without a value has the shape Blank.
func quickField(s string, line, indent int) (Field, bool) {
	end := strings.IndexByte(s, ':')
	if end <= 0 || end > maxQuickKey || !isQuickKey(s[:end]) {
		return Field{}, false
	}
	f := Field{Key: s[:end], KeySpan: Span{Line: line, Column: indent + 1, EndColumn: indent + 1 + end}}
	f.Value.Span = f.KeySpan
	if end+1 == len(s) {
		return f, true
	}
	text := strings.TrimLeft(s[end+1:], " ")
	if s[end+1] != ' ' || text == "" {
		return Field{}, false
	}
	column := indent + 1 + len(s) - len(text) // all before is ASCII
	ok := false
	f.Value, ok = quickValue(text, Span{Line: line, Column: column, EndColumn: column + utf8.RuneCountInString(text)})
	return f, ok
}

func isQuickKey(key string) bool {
	for i := range len(key) {
		c := key[i]
		if (c < 'a' || c > 'z') && (i == 0 || c != '-' && (c < '0' || c > '9')) {
			return false
		}
	}
	return !isNullWord(key)
}

func quickValue(text string, span Span) (Value, bool) {
	switch text[0] {
	case '[':
		return quickList(text, span)
	case '"':
		return quickQuoted(text, span)
	}
	if !isQuickPlain(text) {
		return Value{}, false
	}
	return Value{Shape: Scalar, Text: text, Span: span}, true
}

func quickQuoted(text string, span Span) (Value, bool) {
	if len(text) < 2 || text[len(text)-1] != '"' || !isQuickText(text[1:len(text)-1], `"\`) {
		return Value{}, false
	}
	return Value{Shape: Scalar, Text: text[1 : len(text)-1], Quoted: true, Span: span}, true
}

// quickList reads a list in brackets whose items are parted by ", ".
func quickList(text string, span Span) (Value, bool) {
	inner, closed := strings.CutSuffix(text[1:], "]")
	if !closed || inner == "" {
		return Value{}, false
	}
	v := Value{Shape: List, Span: span, Items: make([]Value, 0, strings.Count(inner, ",")+1)}
	column, end := span.Column+1, span.EndColumn
	for first := true; first || inner != ""; first = false {
		var item string
		var more bool
		item, inner, more = strings.Cut(inner, ", ")
		if item == "" || more && inner == "" {
			return Value{}, false
		}
		length := utf8.RuneCountInString(item)
		value, ok := quickItem(item, Span{Line: span.Line, Column: column, EndColumn: column + length})
		if !ok {
			return Value{}, false
		}
		if value.Quoted {
			value.Span.EndColumn = end // as for any value that is not plain, to the end of the line
		}
		v.Items = append(v.Items, value)
		column += length + len(", ")
	}
	return v, true
}

func quickItem(item string, span Span) (Value, bool) {
	if item[0] == '"' {
		return quickQuoted(item, span)
	}
	if !isQuickPlain(item) || strings.ContainsAny(item, ",:?[]{}#") {
		return Value{}, false
	}
	return Value{Shape: Scalar, Text: item, Span: span}, true
}

// isQuickPlain accepts plain scalars that begin with a letter or digit and mean their own text.
func isQuickPlain(s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	if !unicode.IsLetter(first) && !unicode.IsDigit(first) || s[len(s)-1] == ' ' || s[len(s)-1] == ':' || isNullWord(s) {
		return false
	}
	return isQuickText(s, "") && !strings.Contains(s, ": ") && !strings.Contains(s, " #")
}

// isQuickText accepts printable ASCII but the forbidden characters, and letters and digits of all alphabets.
func isQuickText(s, forbidden string) bool {
	for _, r := range s {
		if r >= utf8.RuneSelf {
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
				return false
			}
		} else if r < ' ' || r == 0x7f || forbidden != "" && strings.IndexByte(forbidden, byte(r)) >= 0 {
			return false
		}
	}
	return true
}

// isNullWord reports the plain words that YAML reads as no value.
func isNullWord(s string) bool { return s == "null" || s == "Null" || s == "NULL" }
