package control

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// mention is an exception that a row names, or the row's place if it names none.
type mention struct {
	id  string // "" if the row names no exception
	row string
	at  document.Span
}

// checkContract runs the rules of a contract review on its own (CON001) and notes the exceptions that its rows
// name, for XRF005.
func (pg *page) checkContract() {
	t, ok := pg.doc.Table("Provisions reviewed")
	ref := t.Column("Ref")
	if !ok || ref < 0 || len(t.Rows) == 0 {
		return // TAB001 or TAB002 says so
	}
	for i, name := range document.Provisions() {
		if !slices.ContainsFunc(t.Rows, func(r document.Row) bool { return strings.EqualFold(r.Cell(ref).Text, name) }) {
			pg.add("CON001", document.Span{Line: t.Line}, fmt.Sprintf("add a row %s with the agreed term and its source, or the result Not applicable", name),
				"The provision %s, %s, is missing.", name, provisionName(i))
		}
	}
	result := t.Column("Result")
	for _, row := range t.Rows {
		if result < 0 || !strings.EqualFold(row.Cell(result).Text, "Exception") {
			continue
		}
		pg.noteExceptions(row, ref, result)
	}
}

func (pg *page) noteExceptions(row document.Row, ref, result int) {
	named := false
	for _, cell := range row.Cells {
		for _, id := range exceptionIDs(cell.Text) {
			pg.reading.exceptions = append(pg.reading.exceptions, mention{id: strings.Clone(id), row: strings.Clone(row.Cell(ref).Text), at: cell.Span})
			named = true
		}
	}
	if !named {
		pg.reading.exceptions = append(pg.reading.exceptions, mention{row: strings.Clone(row.Cell(ref).Text), at: row.Cell(result).Span})
	}
}

// provisionName says what P01 to P14 are about (domain-a523.md 2.2).
func provisionName(i int) string {
	return []string{
		"architecture and security standards", "access control", "malware monitoring and protection", "location and jurisdiction",
		"incident support and notification", "subcontracting", "digital evidence", "support for leaving", "backup",
		"return of data and configuration", "encryption and keys", "notice of changes", "breach of personal data", "assurance and audit",
	}[i]
}
