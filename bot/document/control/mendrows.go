package control

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// missingRows inserts the rows that a finding misses, in their order, with everything but their names undecided.
func (m *mender) missingRows(f document.Finding) {
	switch f.Rule {
	case "MAT001", "MAT002":
		var rows []namedRow
		for i, area := range controlAreas() {
			minimum := slices.Contains(minimumRows(), rowRef(i))
			rows = append(rows, namedRow{rowRef(i), area, minimum != (f.Rule == "MAT001")})
		}
		m.insert(f, "Responsibility matrix", "Ref", "Control area", rows)
	case "CON001":
		var rows []namedRow
		for i, name := range document.Provisions() {
			rows = append(rows, namedRow{key: name, about: upperFirst(provisionName(i))})
		}
		m.insert(f, "Provisions reviewed", "Ref", "Provision", rows)
	case "POL002":
		m.insert(f, modelsSection, "Service model", "", unnamed(document.ServiceModels()))
	case "POL003":
		m.insert(f, settingsSection, "Topic", "", unnamed(document.Topics()))
	}
}

// namedRow is a row that must be there: its key, and what it is about. One of another rule only says where it stands.
type namedRow struct {
	key, about string
	another    bool
}

func unnamed(keys []string) []namedRow {
	var rows []namedRow
	for _, key := range keys {
		rows = append(rows, namedRow{key: key})
	}
	return rows
}

// insert puts those rows into a section's table that are not there, each below the last one that stands before it in
// order. Only tables at the margin are mended, and only for a finding of the whole table.
func (m *mender) insert(f document.Finding, section, keyColumn, aboutColumn string, rows []namedRow) {
	t, ok := m.doc.Table(section)
	key := t.Column(keyColumn)
	header := m.rawLine(t.Line)
	if !ok || key < 0 || f.Line != t.Line || f.Column != 0 || header != strings.TrimSpace(header) || strings.HasPrefix(header, ">") {
		return
	}
	line := t.Line + 1 // under the line of hyphens
	for _, want := range rows {
		at := slices.IndexFunc(t.Rows, func(r document.Row) bool {
			return document.HeadingKey(r.Cell(key).Text) == document.HeadingKey(want.key)
		})
		if at >= 0 {
			line = t.Rows[at].Line
			continue
		}
		if want.another || m.rows[section+"|"+want.key] {
			continue // another finding of the same table asks for it, or has
		}
		m.rows[section+"|"+want.key] = true
		m.below(f.Rule, line, rowText(t, header, key, t.Column(aboutColumn), want), fmt.Sprintf("a row %s with %q", want.key, undecided))
	}
}

func rowText(t document.Table, header string, key, about int, want namedRow) string {
	cells := make([]string, len(t.Header))
	for i := range cells {
		switch {
		case i == key:
			cells[i] = want.key
		case i == about && want.about != "":
			cells[i] = want.about
		default:
			cells[i] = undecided
		}
	}
	text := strings.Join(cells, " | ")
	if strings.HasPrefix(header, "|") {
		text = "| " + text + " |"
	}
	return text
}
