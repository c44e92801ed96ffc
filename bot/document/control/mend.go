package control

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// undecided is what a mended row holds where somebody must decide; it is a placeholder, so it blocks (TAB007).
const undecided = "TODO: decide"

// Edit is one change of a document that has one right answer.
type Edit struct {
	// Rule is the rule whose finding it mends; "" for the layout of a table, which no rule asks for.
	Rule string
	// Line is the line that it changes, or below which it puts one, counted from 1 in the text as it was.
	Line int
	// What says what it does, for people.
	What string

	// The code points from column to end of the line give way to text; end 0 puts text on a line of its own below.
	column, end int
	text        string
}

// Mend returns the edits for those findings of a document that have one right answer: spellings of values, the next
// version, rows that must be there (with "TODO: decide", which still blocks), headings at the wrong level, characters
// that nobody sees, the line under a table's header. Findings of other paths are passed over; so is what would need
// a guess.
func (c *Checker) Mend(d *document.Document, findings []document.Finding) []Edit {
	m := &mender{c: c, doc: d, spec: c.specFor(d), rows: map[string]bool{}}
	if m.spec == nil || !utf8.Valid(d.Raw) || len(d.Raw) > document.MaxDocumentBytes {
		return nil
	}
	for _, f := range findings {
		if f.Path == d.Path && f.Line > 0 {
			m.finding(f)
		}
	}
	return m.edits
}

// Apply returns the text with the edits made. Nothing else changes: byte order mark, line ends and all other lines stay
// as they are. raw is not changed. Edits must be those of raw, and not overlap; of two that do, the first counts.
func Apply(raw []byte, edits []Edit) []byte {
	byLine := map[int][]Edit{}
	for _, e := range edits {
		byLine[e.Line] = append(byLine[e.Line], e)
	}
	var b strings.Builder
	for n, line := range strings.SplitAfter(string(raw), "\n") {
		text := strings.TrimRight(line, "\r\n")
		end := line[len(text):]
		var below []string
		here := byLine[n+1]
		slices.SortStableFunc(here, func(a, b Edit) int { return b.column - a.column }) // from the right, so that columns hold
		limit := utf8.RuneCountInString(text) + 1
		for _, e := range here {
			if e.end == 0 {
				below = append(below, e.text)
			} else if e.column >= 1 && e.column <= e.end && e.end <= limit {
				runes := []rune(text)
				text = string(runes[:e.column-1]) + e.text + string(runes[e.end-1:])
				limit = e.column
			}
		}
		b.WriteString(text)
		for _, s := range below {
			b.WriteString(lineEnd(end, raw) + s)
		}
		b.WriteString(end)
	}
	return []byte(b.String())
}

// lineEnd is a line's own end; of the last line, that of the text.
func lineEnd(own string, raw []byte) string {
	switch {
	case own != "":
		return own
	case strings.Contains(string(raw), "\r\n"):
		return "\r\n"
	default:
		return "\n"
	}
}

// mender collects the edits of one document.
type mender struct {
	c     *Checker
	doc   *document.Document
	spec  *spec
	edits []Edit
	rows  map[string]bool // inserted already, by key
}

// replace puts text in the place of what stands at a span, if it is what is expected there.
func (m *mender) replace(rule string, at document.Span, was, text, what string) {
	end := at.Column + utf8.RuneCountInString(was)
	if at.Line == 1 && strings.HasPrefix(string(m.doc.Raw), "\ufeff") || from(m.rawLine(at.Line), at.Column) == "" && was != "" ||
		!strings.HasPrefix(from(m.rawLine(at.Line), at.Column), was) {
		return
	}
	m.edits = append(m.edits, Edit{Rule: rule, Line: at.Line, What: what, column: at.Column, end: end, text: text})
}

// below puts a line under another one.
func (m *mender) below(rule string, line int, text, what string) {
	m.edits = append(m.edits, Edit{Rule: rule, Line: line, What: what, text: text})
}

func (m *mender) rawLine(n int) string { return m.doc.Line(n) }

// from returns the rest of a line from a column, which counts code points from 1.
func from(line string, column int) string {
	for i := range line {
		if column--; column == 0 {
			return line[i:]
		}
	}
	return ""
}

func (m *mender) finding(f document.Finding) {
	switch f.Rule {
	case "FM005":
		m.value(f)
	case "TAB005":
		m.cell(f)
	case "VER001":
		m.version(f)
	case "STR001":
		m.heading(f)
	case "ENC004", "ENC005":
		m.invisible(f)
	case "TAB001":
		m.delimiter(f)
	case "MAT001", "MAT002", "CON001", "POL002", "POL003":
		m.missingRows(f)
	}
}

// value mends a value of the front matter that is spelt otherwise than its form asks.
func (m *mender) value(f document.Finding) {
	for _, field := range m.doc.Front {
		i := slices.IndexFunc(m.spec.fields, func(r document.FieldRule) bool { return r.Key == field.Key })
		if i < 0 {
			continue
		}
		rule, values := m.spec.fields[i], []document.Value{field.Value}
		if rule.List && field.Value.Shape == document.List {
			values = field.Value.Items
		}
		for _, v := range values {
			if v.Shape != document.Scalar || v.Span.Line != f.Line || v.Span.Column != f.Column {
				continue
			}
			if text, ok := spelling(rule, v, field.Value.Shape); ok {
				m.replace(f.Rule, v.Span, sourceOf(v), text, fmt.Sprintf("%s: %s instead of %s", field.Key, text, document.Quote(sourceOf(v))))
			}
		}
	}
}

// sourceOf is a scalar as it must stand in its line to be mended.
func sourceOf(v document.Value) string {
	if v.Quoted {
		return `"` + v.Text + `"`
	}
	return v.Text
}

// cell mends a date in a table.
func (m *mender) cell(f document.Finding) {
	for _, t := range m.doc.Tables {
		for _, row := range t.Rows {
			for _, cell := range row.Cells {
				if cell.Line != f.Line || cell.Column != f.Column || cell.Text != cell.Source {
					continue
				}
				if day, ok := onlyDay(cell.Text); ok && strings.Contains(f.Message, "date") {
					m.replace(f.Rule, cell.Span, cell.Source, day, fmt.Sprintf("%s instead of %s", day, document.Quote(cell.Text)))
				}
			}
		}
	}
}

// version writes the version that the change asks for.
func (m *mender) version(f document.Finding) {
	field, _ := m.doc.Field("version")
	_, rest, _ := strings.Cut(f.Fix, `"`)
	next, _, _ := strings.Cut(rest, `"`)
	if _, err := document.ParseVersion(next); err == nil && m.doc.Change != "" {
		m.replace(f.Rule, field.Value.Span, sourceOf(field.Value), `"`+next+`"`, fmt.Sprintf("version: %q instead of %q", next, field.Value.Text))
	}
}

// heading gives a required section its level.
func (m *mender) heading(f document.Finding) {
	for _, s := range m.doc.Sections {
		if s.Span.Line != f.Line || s.Level == 2 || !slices.Contains(m.spec.sectionKeys, s.Key()) {
			continue
		}
		marks := strings.Repeat("#", s.Level)
		if line := m.rawLine(f.Line); strings.HasPrefix(line, marks+" ") {
			m.replace(f.Rule, document.Span{Line: f.Line, Column: 1}, marks, "##", fmt.Sprintf("## %s instead of level %d", s.Title, s.Level))
		}
	}
}

// invisible deletes characters that nobody sees; what is written as an entity or escape is not touched.
func (m *mender) invisible(f document.Finding) {
	runes := []rune(from(m.rawLine(f.Line), f.Column))
	length := f.EndColumn - f.Column
	if length < 1 || length > len(runes) || slices.ContainsFunc(runes[:length], func(r rune) bool { return r < 0x80 }) {
		return
	}
	m.replace(f.Rule, document.Span{Line: f.Line, Column: f.Column}, string(runes[:length]), "", fmt.Sprintf("without U+%04X", runes[0]))
}

// delimiter writes the line under a table's header.
func (m *mender) delimiter(f document.Finding) {
	for _, s := range m.doc.Sections {
		b, found := brokenTable(s)
		if !found || b.line != f.Line || s.Level != 2 {
			continue
		}
		if b.columns == 0 {
			m.below(f.Rule, b.line, b.delimiter(), "a line of hyphens under the header")
		} else {
			m.replace(f.Rule, document.Span{Line: b.line, Column: 1}, m.rawLine(b.line), b.delimiter(), fmt.Sprintf("%d columns under the header instead of %d", b.header, b.columns))
		}
	}
}
