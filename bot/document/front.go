package document

import (
	"strings"
)

// Shape is what a front matter value is made of.
type Shape int

const (
	// Blank is no value: nothing after the key, null or ~.
	Blank Shape = iota
	// Scalar is one value; its text is as written, whatever YAML would make of it: NO stays "NO".
	Scalar
	// List is a list of values.
	List
	// Mapping is a mapping of keys to values.
	Mapping
)

// Value is one value of the front matter, with its place.
type Value struct {
	Shape Shape
	// Text is a Scalar's text after YAML's quotes and escapes are resolved.
	Text string
	// Quoted says that a Scalar stood in quotes or in a block, so that it is text and no number.
	Quoted bool
	// Items are a List's values in order.
	Items []Value
	// Fields are a Mapping's fields in order; no key stands twice.
	Fields []Field
	// Span is where the value stands; the key's place if the value is Blank.
	Span Span
}

// Field is one key of the front matter and its value.
type Field struct {
	Key     string
	KeySpan Span
	Value   Value
}

// Field returns the front matter field named key, and whether the document has one.
func (d *Document) Field(key string) (Field, bool) {
	for i := range d.Front {
		if d.Front[i].Key == key {
			return d.Front[i], true
		}
	}
	for i := range d.kept {
		if d.kept[i].key == key {
			return d.kept[i].field(), true
		}
	}
	return Field{}, false
}

// Text returns the text of a scalar front matter field, or "" if it is absent or no scalar.
func (d *Document) Text(key string) string {
	f, _ := d.Field(key)
	return f.Value.Text
}

// Texts returns the texts of a list's scalars; nil if the field is absent or no list.
func (d *Document) Texts(key string) []string {
	f, _ := d.Field(key)
	var texts []string
	for _, item := range f.Value.Items {
		if item.Shape == Scalar {
			texts = append(texts, item.Text)
		}
	}
	return texts
}

// Date returns the date in a front matter field, or no date if it is absent or holds none.
func (d *Document) Date(key string) Date {
	text := d.Text(key)
	if text == "" {
		return Date{} // nearly always: most types lack most dates
	}
	date, err := ParseDate(text)
	if err != nil {
		return Date{} // the form is judged by the rules, FM005; here there is simply no date
	}
	return date
}

// At returns the place of a front matter field's value; of its key if the value is blank; the zero Span
// if there is no such field.
func (d *Document) At(key string) Span {
	f, _ := d.Field(key)
	return f.Value.Span
}

// fence is the line that opens and closes front matter.
const fence = "---"

// frontParts is a document cut at its fences. All offsets count bytes of the normalised source.
type frontParts struct {
	yaml      string
	yamlLine  int // line on which yaml begins
	body      int // offset of the body
	bodyLine  int // line on which the body begins
	hasFront  bool
	isClosed  bool
	firstLine string
}

// cutFront finds the front matter: it opens on line 1 with a line "---" and ends before the next such
// line. Blanks after the hyphens are allowed, nothing else.
func cutFront(source string) frontParts {
	first, rest, _ := strings.Cut(source, "\n")
	parts := frontParts{firstLine: first, bodyLine: 1, yamlLine: 2}
	if strings.TrimRight(first, " \t") != fence {
		return parts
	}
	parts.hasFront = true
	start := len(source) - len(rest)
	offset, line := start, 2
	for rest != "" {
		var text string
		text, rest, _ = strings.Cut(rest, "\n")
		end := len(source) - len(rest)
		line++
		if strings.TrimRight(text, " \t") == fence {
			parts.isClosed = true
			parts.yaml, parts.body, parts.bodyLine = source[start:offset], end, line
			return parts
		}
		offset = end
	}
	parts.yaml, parts.body, parts.bodyLine = source[start:], len(source), line
	return parts
}

// readFront fills the document's front matter, or leaves it empty with the finding that says why.
func (r *reader) readFront() {
	parts := cutFront(r.source)
	r.body, r.bodyLine = parts.body, parts.bodyLine
	switch {
	case !parts.hasFront:
		r.noFront(parts.firstLine)
	case !parts.isClosed:
		r.bodyLost = true
		r.add("FM001", Span{Line: 1}, "The front matter opens on line 1 and is never closed.",
			`write a line of three hyphens, "---", after the last field`)
	case len(parts.yaml) > MaxFrontMatterBytes:
		r.addf("LIM003", Span{Line: 1}, "move what is prose into the document's text",
			"The front matter has %d bytes, more than %d; it was not read.", len(parts.yaml), MaxFrontMatterBytes)
	default:
		r.frontKnown = r.readYAML(parts.yaml, parts.yamlLine)
	}
	r.doc.Readable = r.frontKnown
}

func (r *reader) noFront(first string) {
	message := `The document begins with its text instead of front matter.`
	fix := `begin the file with a line "---", the fields (type, id, title, version ...), and another line "---"`
	switch {
	case r.source == "":
		message = "The file is empty."
	case strings.TrimSpace(first) == "":
		message, fix = "Front matter must begin on line 1; here line 1 is blank.", "delete what stands before the first line \"---\""
	case strings.HasPrefix(first, "+++"):
		message, fix = "The front matter is TOML (+++); Vidimus reads YAML.", `write the fields as "key: value" between two lines "---"`
	case strings.TrimSpace(first) == fence || strings.HasPrefix(first, "--"):
		message, fix = "Line 1 is not exactly three hyphens, so no front matter begins.", `write "---" and nothing else on line 1`
	}
	r.add("FM001", Span{Line: 1}, message, fix)
}
