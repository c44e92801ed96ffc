package control

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// minSide is how many characters of a side's part in a shared responsibility are a description.
const minSide = 10

// minimumRows are the control areas without which a matrix says nothing (MAT001); the others up to SR-24 are
// recommended (MAT002). Source: domain-a523.md 2.6.
func minimumRows() []string {
	return []string{rowRef(patchingRow), rowRef(applicationRow), rowRef(identityRow)}
}

// Rows that rules know, as places in [controlAreas].
const (
	patchingRow = iota
	applicationRow
	identityRow
	dataRow
)

// controlAreas returns what the rows SR-01 to SR-24 are about.
func controlAreas() []string {
	return []string{
		"Operating system patching", "Application security", "Identity and access management", "Data classification and handling",
		"Encryption at rest", "Encryption in transit", "Key management", "Network controls", "Configuration and hardening",
		"Logging and monitoring", "Vulnerability management", "Malware protection", "Backup and restore", "Availability and continuity",
		"Incident detection and response", "Client devices", "Virtualisation and host systems", "Physical hosts and network",
		"Data centre and facilities", "Change management", "Data residency", "Data deletion and media disposal",
		"Sub-processors and supply chain", "Compliance evidence and legal requests",
	}
}

func rowRef(i int) string {
	n := i + 1
	return string([]byte{'S', 'R', '-', byte('0' + n/10), byte('0' + n%10)}) // for each row, so without fmt
}

// matrixColumns are the columns that the rules of the matrix read; -1 where the table has none.
type matrixColumns struct{ ref, area, accountable, split, owner int }

// checkMatrix runs the rules of a shared-responsibility matrix on its own: MAT001, MAT002, MAT004 to MAT006.
func (pg *page) checkMatrix() {
	t, ok := pg.doc.Table("Responsibility matrix")
	if !ok || len(t.Rows) == 0 {
		return // STR001 or TAB001 says so
	}
	columns := matrixColumns{t.Column("Ref"), t.Column("Control area"), t.Column("Accountable"), t.Column("Who does what"), t.Column("Internal owner")}
	if columns.ref >= 0 {
		pg.checkRows(t, columns.ref)
	}
	if columns.accountable < 0 {
		return // TAB002 says so
	}
	for _, row := range t.Rows {
		pg.checkSplit(row, columns)
		pg.checkRowOwner(row, columns)
		pg.checkPossible(row, columns)
	}
	pg.checkNotAllProvider(t, columns)
}

func (pg *page) checkRows(t document.Table, ref int) {
	var recommended []string
	for i, area := range controlAreas() {
		name := rowRef(i)
		if slices.ContainsFunc(t.Rows, func(r document.Row) bool { return strings.EqualFold(r.Cell(ref).Text, name) }) {
			continue
		}
		if !slices.Contains(minimumRows(), name) {
			recommended = append(recommended, name+" "+area)
			continue
		}
		pg.add("MAT001", document.Span{Line: t.Line}, fmt.Sprintf("add a row %s that says who answers for it", name), "The row %s, %s, is missing.", name, area)
	}
	if len(recommended) > 0 {
		pg.add("MAT002", document.Span{Line: t.Line}, "add "+plural(len(recommended), "it", "them")+", also where nothing is ours: then it says so",
			"%s of the 24 control areas %s missing: %s.", fmt.Sprint(len(recommended)), plural(len(recommended), "is", "are"), list(recommended, "and"))
	}
}

// checkSplit asks a shared row for both sides in writing (MAT004).
func (pg *page) checkSplit(row document.Row, c matrixColumns) {
	cell, at := row.Cell(c.split), row.Cell(c.accountable).Span
	if c.split < 0 || !accountableIs(row, c, "Shared") || isBlank(cell.Text) {
		return // TAB002 or TAB004 says so
	}
	var missing, thin []string
	split := strings.ReplaceAll(strings.ReplaceAll(strings.ToLower(cell.Text), " :", ":"), "：", ":")
	for _, side := range []string{"provider", "customer"} {
		switch text, found := sideText(split, side); {
		case !found:
			missing = append(missing, sideName(side))
		case text == "":
			thin = append(thin, fmt.Sprintf("the %s says nothing", sideName(side)))
		case utf8.RuneCountInString(text) < minSide || isPlaceholder(text) || isNoTask(text):
			thin = append(thin, fmt.Sprintf("the %s is only %s", sideName(side), document.Quote(text)))
		}
	}
	fix := `write "Provider: ..." and "Customer: ..." in the cell "Who does what"`
	switch {
	case len(missing) == 2:
		pg.add("MAT004", at, fix, "%s is Shared, which needs both sides in writing; neither \"Provider:\" nor \"Customer:\" stands in %s.", pg.refOf(row, c), document.Quote(cell.Text))
	case len(missing) == 1:
		pg.add("MAT004", at, fix, "%s is Shared, which needs both sides in writing; the %s is missing in %s.", pg.refOf(row, c), missing[0], document.Quote(cell.Text))
	case len(thin) > 0:
		pg.add("MAT004", at, fmt.Sprintf("say what each side does, in at least %d characters; if one does nothing, the row is not Shared", minSide),
			"%s is Shared, which needs both sides in writing; %s.", pg.refOf(row, c), list(thin, "and"))
	}
}

func sideName(side string) string { return side + "'s side" }

// sideText returns what stands in a lower-case text behind "provider:" or "customer:", up to the next label.
func sideText(lower, side string) (string, bool) {
	at := labelIndex(lower, side+":")
	if at < 0 {
		return "", false
	}
	part := lower[at+len(side)+1:]
	for _, other := range []string{"provider:", "customer:"} {
		if i := labelIndex(part, other); i >= 0 {
			part = part[:i]
		}
	}
	return strings.TrimFunc(part, isEdge), true
}

// labelIndex finds a label that is a word of its own: "sub-provider:" is somebody else.
func labelIndex(text, label string) int {
	for from := 0; ; {
		i := strings.Index(text[from:], label)
		if i < 0 {
			return -1
		}
		before, _ := utf8.DecodeLastRuneInString(text[:from+i])
		if from+i == 0 || before != '-' && !unicode.IsLetter(before) {
			return from + i
		}
		from += i + len(label)
	}
}

// isNoTask reports words that give a side nothing to do: then the row is the other's alone.
func isNoTask(lower string) bool {
	switch lower {
	case "nothing at all", "none at all", "not applicable", "no tasks at all", "no responsibility", "no responsibilities", "same as above", "the same as above",
		"see contract", "see the contract", "see agreement", "see provider", "see the provider", "see customer":
		return true
	}
	return false
}

// checkRowOwner asks a row of ours for a role that answers for it (MAT005).
func (pg *page) checkRowOwner(row document.Row, c matrixColumns) {
	cell, who := row.Cell(c.owner), row.Cell(c.accountable).Text
	if c.owner < 0 || !(accountableIs(row, c, "Customer") || accountableIs(row, c, "Shared")) || isPlaceholder(cell.Text) {
		return // TAB002 or TAB007 says so
	}
	if isBlank(cell.Text) {
		pg.add("MAT005", cell.Span, "write a role from the roster, for example "+pg.anyRole(), "%s is %s, so it needs an owner on our side; the cell is blank.", pg.refOf(row, c), who)
		return
	}
	if several := strings.FieldsFunc(cell.Text, func(r rune) bool { return strings.ContainsRune(",;/&+ ", r) }); len(several) > 1 && pg.c.roleProblem(several[0]).what == "" {
		pg.add("MAT005", cell.Span, "write the one role that answers for it", "The owner of %s is %s; one role must answer for it.", pg.refOf(row, c), document.Quote(cell.Text))
		return
	}
	if p := pg.c.roleProblem(cell.Text); p.what != "" {
		pg.add("MAT005", cell.Span, p.mend, "The owner of %s is %s, %s.%s", pg.refOf(row, c), document.Quote(cell.Text), p.what, alikeNote(cell.Text))
	}
}

// anyRole returns a role to show as an example: the document's owner, if it is one.
func (pg *page) anyRole() string {
	if pg.c.roleProblem(pg.doc.Owner).what == "" && pg.doc.Owner != "" {
		return pg.doc.Owner
	}
	return "head-of-it"
}

// checkPossible refuses splits that no provider can carry (MAT006). A row is known by its ref and by its control area,
// so that two names which changed places hide nothing.
func (pg *page) checkPossible(row document.Row, c matrixColumns) {
	ref, cell := pg.refOf(row, c), row.Cell(c.accountable)
	provider := accountableIs(row, c, "Provider")
	is := func(i int) bool {
		return ref == rowRef(i) || c.area >= 0 && strings.EqualFold(row.Cell(c.area).Text, controlAreas()[i])
	}
	switch {
	case provider && is(identityRow):
		pg.add("MAT006", cell.Span, "write Customer, or Shared and who does what", "%s, identity and access, cannot be the provider's: we decide who may do what.", ref)
	case provider && is(dataRow):
		pg.add("MAT006", cell.Span, "write Customer, or Shared and who does what", "%s, our data, cannot be the provider's: only we know what it is worth.", ref)
	case provider && is(patchingRow) && pg.doc.Text("service-model") == "IaaS":
		pg.add("MAT006", cell.Span, "write Customer, or correct the service model in register and matrix",
			"%s, patching, cannot be the provider's under IaaS: guest operating systems are patched by whoever runs them.", ref)
	case accountableIs(row, c, "Not applicable") && (is(patchingRow) || is(applicationRow) || is(identityRow)):
		pg.add("MAT006", cell.Span, "write who answers for it", "%s cannot be Not applicable: every cloud service has it.", ref)
	}
}

func (pg *page) checkNotAllProvider(t document.Table, c matrixColumns) {
	if len(t.Rows) < 2 {
		return
	}
	for _, row := range t.Rows {
		if !accountableIs(row, c, "Provider") {
			return
		}
	}
	pg.add("MAT006", t.Header[c.accountable].Span, "compare with the provider's published model, and write what is ours",
		"All %d rows are the provider's: a service that leaves nothing to its customer does not exist.", len(t.Rows))
}

func accountableIs(row document.Row, c matrixColumns, party string) bool {
	return strings.EqualFold(row.Cell(c.accountable).Text, party)
}

// refOf names a row by its ref, in capitals; by its line if it has none.
func (pg *page) refOf(row document.Row, c matrixColumns) string {
	if ref := row.Cell(c.ref).Text; c.ref >= 0 && !isBlank(ref) {
		return strings.ToUpper(ref)
	}
	return fmt.Sprintf("The row on line %d", row.Line)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
