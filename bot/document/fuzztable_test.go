package document_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// FuzzTable puts any text into a section, and holds for the tables that are read there: every row has the header's
// cells, what GFM drops from a row is reported, and the text around stays in its place.
func FuzzTable(f *testing.F) {
	for _, seed := range []string{
		"| A | B |\n| --- | --- |\n| 1 | 2 |", "A | B\n--- | ---\n1 | 2", "| A |\n| - |\n| 1 | 2 | 3 |", "|A|B|\n|:-|-:|\n|`a\\|b`|c|", "| A | B |\n| --- |\n| 1 | 2 |",
		"| A | B |\r\n|---|---|\r\n| 1 |\r\n", "> | A |\n> | - |\n> | 1 | 2 |", "- | A | B |\n  | - | - |\n  | 1 |", "| A |\n| - |\n| <br> | &#124; | x |", "||\n|-|\n||||",
		"| 漢字 | e\u0301 |\n|---|---|\n| \u200b | ~~x~~ |", "|a\\|\n|-|\n|\\\\|b|", "\t| A |\n\t| - |", "| A | B |\n| --- | --- |\n\n| 1 | 2 |", "| A | B |\n| --- | --- |\ntext | and | more",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		const before, after = "---\ntype: record\n---\n# A\n\n## B\n\n", "\n\n## C\n\nEnd.\n"
		d := document.Parse("records/a.md", []byte(before+text+after))
		dropped := 0
		for _, table := range d.Tables {
			for _, row := range table.Rows {
				if len(row.Cells) != len(table.Header) {
					t.Errorf("row on line %d has %d cells, the header %d", row.Line, len(row.Cells), len(table.Header))
				}
				if plainCells(d.Line(row.Line)) > len(table.Header) {
					dropped++
				}
			}
		}
		reported := slices.ContainsFunc(d.Findings, func(f document.Finding) bool { return f.Rule == "TAB003" })
		if dropped > 0 && !reported && !strings.ContainsAny(text, ">*-+\\\t0123456789") {
			t.Errorf("%d rows have more cells than their header, and nothing says so: %+v", dropped, d.Findings)
		}
		checkPlaces(t, d)
	})
}

// plainCells counts the cells of a line that begins and ends with a pipe, and in which nothing is escaped.
func plainCells(line string) int {
	line = strings.Trim(line, " ")
	if len(line) < 2 || line[0] != '|' || line[len(line)-1] != '|' || strings.Contains(line, `\`) {
		return 0
	}
	return strings.Count(line, "|") - 1
}
