package control

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// checkTables holds the tables against the type: TAB001, TAB002, TAB004 to TAB007, and MAT003 in passing.
func (pg *page) checkTables() {
	judged := map[int]bool{} // header lines of the tables that a rule describes
	for _, rule := range pg.spec.tables {
		section, found := pg.doc.Section(rule.sectionKey)
		if !found {
			continue // STR001 says so
		}
		if len(section.Tables) == 0 {
			if !rule.Optional {
				pg.missingTable(rule, section)
			}
			continue
		}
		t := section.Tables[0]
		judged[t.Line] = true
		pg.checkTable(rule, t)
	}
	for _, t := range pg.doc.Tables {
		if !judged[t.Line] {
			pg.checkFreeTable(t)
		}
	}
}

func (pg *page) missingTable(rule tableSpec, s document.Section) {
	var columns []string
	for _, c := range rule.Columns {
		columns = append(columns, c.Name)
	}
	fix := fmt.Sprintf("add a table with the columns %s", list(columns, "and"))
	if s.CodeTable > 0 {
		pg.add("TAB001", document.Span{Line: s.CodeTable}, "take the table out of the code block",
			"The table of the section %s stands in a code block, where it is only text.", document.Quote(s.Title))
		return
	}
	if b, found := brokenTable(s); found {
		pg.add("TAB001", document.Span{Line: b.line}, b.mend(), "The section %s has no table: %s.", document.Quote(s.Title), b.what())
		return
	}
	pg.add("TAB001", s.Span, fix, "The section %s has no table.", document.Quote(s.Title))
}

func (pg *page) checkTable(rule tableSpec, t document.Table) {
	columns := make([]int, len(rule.Columns))
	for i := range rule.Columns {
		columns[i] = pg.findColumn(rule, i, t)
	}
	if len(t.Rows) == 0 && !rule.MayBeEmpty {
		pg.add("TAB001", document.Span{Line: t.Line}, "write at least one row", "The table of the section %s has no row.", document.Quote(rule.Section))
	}
	var keys map[string]int // lines
	if rule.Key != "" {
		keys = make(map[string]int, len(t.Rows))
	}
	for _, row := range t.Rows {
		if blankRow(row) {
			pg.add("TAB004", document.Span{Line: row.Line}, "fill the row, or delete it", "The row is blank.")
			continue
		}
		if pg.overlong(row) {
			continue // TAB003 says so; its cells may stand one too far to the right
		}
		pg.checkShortRow(rule, columns, row)
		for i, c := range rule.Columns {
			if columns[i] < 0 || isPadding(row.Cell(columns[i])) {
				continue
			}
			pg.checkCell(c, row, columns[i])
			if c.Name == rule.Key {
				pg.checkKey(c.Name, row.Cell(columns[i]), keys)
			}
		}
		pg.checkOtherCells(row, columns)
	}
}

// overlong reports a row with more cells than the header.
func (pg *page) overlong(row document.Row) bool {
	return slices.ContainsFunc(pg.doc.Findings, func(f document.Finding) bool { return f.Rule == "TAB003" && f.Line == row.Line })
}

// checkShortRow reports a row that ends before all its required cells: a pipe is missing, or text follows the
// table without a blank line.
func (pg *page) checkShortRow(rule tableSpec, columns []int, row document.Row) {
	var missing []string
	for i, c := range rule.Columns {
		if columns[i] >= 0 && !c.Blank && isPadding(row.Cell(columns[i])) {
			missing = append(missing, document.Quote(c.Name))
		}
	}
	if len(missing) > 0 {
		pg.add("TAB004", document.Span{Line: row.Line}, "fill the row; if the line is none, put a blank line before it",
			"The row that begins with %s ends early: %s %s blank.", document.Quote(row.Cell(0).Text), list(missing, "and"), plural(len(missing), "is", "are"))
	}
}

// isPadding reports a cell that is not in the source: GFM adds it where a row is short.
func isPadding(cell document.Cell) bool { return cell.Column == 0 }

// findColumn returns the column's index, or -1 with the finding that says what stands there instead.
func (pg *page) findColumn(rule tableSpec, column int, t document.Table) int {
	c, key := rule.Columns[column], rule.columnKeys[column]
	index := t.Column(key)
	if index >= 0 {
		if twice := t.ColumnAfter(key, index); twice >= 0 {
			pg.add("TAB002", t.Header[twice].Span, "give the columns different names, or delete one", "The column %s stands twice; which one holds?", document.Quote(c.Name))
		}
		return index
	}
	return pg.missingColumn(rule, column, t)
}

// missingColumn says what stands in the place of a column that is not there.
func (pg *page) missingColumn(rule tableSpec, column int, t document.Table) int {
	c, key := rule.Columns[column], rule.columnKeys[column]
	var others []string
	for _, cell := range t.Header {
		if !known(rule, cell.Text) {
			others = append(others, cell.Text)
		}
		if words := document.HeadingKey(cell.Text); strings.Contains(words, key) && words != key && !known(rule, cell.Text) {
			pg.add("TAB002", cell.Span, fmt.Sprintf("write a column %q of its own", c.Name),
				"The column %s is missing from the table of %s; %s seems to hold it together with something else.", document.Quote(c.Name), document.Quote(rule.Section), document.Quote(cell.Text))
			return -1
		}
	}
	if meant := nearestTitle(c.Name, others); meant != "" {
		i := slices.IndexFunc(t.Header, func(cell document.Cell) bool { return cell.Text == meant })
		pg.add("TAB002", t.Header[i].Span, fmt.Sprintf("write %q", c.Name), "The column %s is missing from the table of %s; this one is called %s.%s",
			document.Quote(c.Name), document.Quote(rule.Section), document.Quote(meant), alikeNote(meant))
		return -1
	}
	instead := ""
	if len(others) > 0 {
		instead = fmt.Sprintf(" No rule reads its %s %s.", plural(len(others), "column", "columns"), list(others, "and"))
	}
	pg.add("TAB002", document.Span{Line: t.Line}, fmt.Sprintf("add a column %q", c.Name), "The column %s is missing from the table of %s.%s",
		document.Quote(c.Name), document.Quote(rule.Section), instead)
	return -1
}

func known(rule tableSpec, name string) bool {
	return slices.Contains(rule.columnKeys, document.HeadingKey(name))
}

// checkCell judges one cell of a column that a rule describes (TAB004, TAB005, TAB007).
func (pg *page) checkCell(c document.ColumnRule, row document.Row, column int) {
	cell := row.Cell(column)
	switch {
	case isUnwritten(cell):
		pg.add("TAB007", cell.Span, "decide, and write it", "The cell %s %s is still a placeholder, %s.", document.Quote(c.Name), rowName(row, column), document.Quote(cell.Source))
	case isStruck(cell.Source) && !c.Blank && c.Form != document.Word: // of a word TAB005 says so
		pg.add("TAB004", cell.Span, cellMend(c), "The cell %s %s is struck out, so nothing stands there.", document.Quote(c.Name), rowName(row, column))
	case isBlank(cell.Text):
		if !c.Blank {
			pg.add("TAB004", cell.Span, cellMend(c), "The cell %s %s is blank.", document.Quote(c.Name), rowName(row, column))
		}
	case c.Name == "Accountable" && len(parties(cell.Text)) > 1:
		pg.add("MAT003", cell.Span, "write the one who answers for it, or Shared and who does what",
			"%s names more than one accountable party: %s.", upperFirst(strings.TrimPrefix(rowName(row, column), "of ")), document.Quote(cell.Text))
	default:
		if p := cellProblem(c, cell.Text); p.what != "" {
			pg.add("TAB005", cell.Span, p.mend, "The cell %s %s is %s, %s.%s", document.Quote(c.Name), rowName(row, column), document.Quote(cell.Text), p.what, alikeNote(cell.Text))
		}
	}
}

// isStruck reports text that is struck out as a whole.
func isStruck(source string) bool {
	inner, opens := strings.CutPrefix(source, "~~")
	inner, closes := strings.CutSuffix(inner, "~~")
	return opens && closes && inner != "" && !strings.Contains(inner, "~~")
}

// isUnwritten reports a cell that still holds a placeholder; <name> in a cell is raw HTML, so its source counts.
func isUnwritten(cell document.Cell) bool {
	return isPlaceholder(cell.Text) || isFillIn(cell.Source) && !strings.HasPrefix(strings.ToLower(cell.Source), "<br")
}

// parties returns the parties that a cell names as accountable.
func parties(text string) []string {
	var named []string
	lower := strings.ToLower(text)
	for _, party := range []string{"provider", "customer", "shared"} {
		if strings.Contains(lower, party) {
			named = append(named, party)
		}
	}
	return named
}

func cellProblem(c document.ColumnRule, text string) problem {
	switch c.Form {
	case document.Word:
		if !slices.ContainsFunc(c.Allowed, func(word string) bool { return strings.EqualFold(word, text) }) {
			return problem{"which is none of " + list(c.Allowed, "or"), oneOf(text, c.Allowed)}
		}
	case document.Day:
		return dayProblem(text, nil)
	case document.Country:
		return countriesProblem(text)
	case document.Edition:
		if _, err := document.ParseVersion(text); err != nil {
			return problem{"which is not two numbers with a dot", "write the version as it was, for example 2.10"}
		}
	case document.Number:
		if n, err := strconv.Atoi(text); err != nil || n < 0 || text[0] == '+' {
			return problem{"which is not a whole number", numberMend(text)}
		}
	}
	return problem{}
}

// countriesProblem asks a cell for the codes of countries: other words would escape the policy's list.
func countriesProblem(text string) problem {
	codes := 0
	for _, word := range countryWords(text) {
		if isCountry(word) {
			codes++
		} else if len(word) == 2 && strings.ToUpper(word) == word {
			return problem{fmt.Sprintf("in which %s is no country code", word), countryMend(word)}
		}
	}
	if codes == 0 {
		return problem{"which names no country by its code", countryMend(text)}
	}
	return problem{}
}

func cellMend(c document.ColumnRule) string {
	switch c.Form {
	case document.Word:
		return "write " + list(c.Allowed, "or")
	case document.Day:
		return "write the day as YYYY-MM-DD"
	case document.Number:
		return "write a number"
	default:
		return "write what holds; a dash counts as blank"
	}
}

func (pg *page) checkKey(column string, cell document.Cell, keys map[string]int) {
	if isBlank(cell.Text) {
		return
	}
	key := strings.ToLower(singleBlanks(cell.Text))
	if first, twice := keys[key]; twice {
		pg.add("TAB006", cell.Span, "merge the two rows, or give one its own "+lowerFirst(column),
			"%s %s stands twice, here and on line %d.", column, document.Quote(cell.Text), first)
		return
	}
	keys[key] = cell.Line
}

// singleBlanks is a text as a page shows it: what is blank between two words, of whatever kind and number, is one.
func singleBlanks(s string) string {
	plain := strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0
	if plain && !strings.Contains(s, "  ") && !strings.HasPrefix(s, " ") && !strings.HasSuffix(s, " ") {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

// checkOtherCells looks for placeholders in the columns that no rule describes.
func (pg *page) checkOtherCells(row document.Row, columns []int) {
	for i, cell := range row.Cells {
		if !slices.Contains(columns, i) && isUnwritten(cell) {
			pg.add("TAB007", cell.Span, "decide, and write it", "A cell %s is still a placeholder, %s.", rowName(row, i), document.Quote(cell.Source))
		}
	}
}

func (pg *page) checkFreeTable(t document.Table) {
	for _, row := range t.Rows {
		pg.checkOtherCells(row, nil)
	}
}

func blankRow(row document.Row) bool {
	return !slices.ContainsFunc(row.Cells, func(c document.Cell) bool { return !isBlank(c.Text) })
}

// rowName says which row a message is about: by its first cell, unless that is the cell in question.
func rowName(row document.Row, column int) string {
	if first := row.Cell(0).Text; column != 0 && !isBlank(first) {
		return "of " + document.Quote(first)
	}
	return fmt.Sprintf("of the row on line %d", row.Line)
}
