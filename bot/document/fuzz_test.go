package document_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// FuzzParse holds that any bytes give a document that changes nothing of them, gives the same when read again,
// and whose places exist.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"", "---\n", "---\n---\n", "\ufeff---\r\ntype: record\r\n---\r\n# A\r\n", "---\na: [b, c\n---\n",
		"---\ntype: x\n---\n# A\n\n## B\n\n| a | b |\n|---|---|\n| 1 | 2 | 3 |\n| `x\\|y`\n\n> - ## C\n\n[//]: # (x)\n![i](../a.png) <!-- c --> &#x202e; <br>\n",
		"a\n|b|\n|-|\n|c|\n", "|a\\|\n|-|\n", "a | b\n:-|-:\n|\n", "# \n#\n===\n", "    code | code\n    ---|---\n", "```\n|a|\n|---|---|\n", "<div>\n<!-- \n", "x\ry\x00\u200b\n",
		"[a]: <b> 'c\nd'\n[a]\n", "* [x]\n\n  | a |\n  | - |\n  | b |\n", "\ufeff---\r\ntype:\r\r\r\r\r\rd[\r\n---\r\n", "---\na:\r\r\r- &b\r- c\n---\n", "~~a~~ **b** ![c][d] [e](f \"g\")\n\n[d]: h\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		before := document.Digest(raw)
		d := document.Parse("policy/a.md", raw)
		if d.Digest() != before {
			t.Fatal("parsing changed the bytes")
		}
		again := document.Parse("policy/a.md", raw)
		if diff := cmp.Diff(d, again, cmpopts.EquateComparable(document.Date{}), cmpopts.IgnoreUnexported(document.Document{}, document.Section{}, document.Table{}, document.Prose{})); diff != "" {
			t.Fatalf("read twice: %s", diff)
		}
		checkPlaces(t, d)
		for _, p := range d.Prose {
			if source := p.Source(); p.Span(0, len(source)).Line != p.Line || !utf8.ValidString(p.Text()) {
				t.Errorf("prose %q on line %d", source, p.Line)
			}
		}
		for _, image := range d.Images() {
			if strings.HasPrefix(image, "../") || strings.HasPrefix(image, "/") || image == ".." {
				t.Errorf("the image %q lies outside the repository", image)
			}
		}
		d.Slim(nil)
	})
}

// checkPlaces holds that every place is one of the document, and that cells hold what stands there.
func checkPlaces(t *testing.T, d *document.Document) {
	t.Helper()
	lines := strings.Count(string(d.Raw), "\n") + 1
	inside := func(line, column, end int) bool {
		return line >= 0 && line <= lines && column >= 0 && (end == 0 || end >= column)
	}
	for _, f := range d.Findings {
		if !inside(f.Line, f.Column, f.EndColumn) || f.Message == "" || f.Fix == "" || f.Path != d.Path {
			t.Errorf("finding %+v in %d lines", f, lines)
		}
	}
	for _, s := range d.Sections {
		if !inside(s.Span.Line, s.Span.Column, s.Span.EndColumn) || s.Level < 1 || s.Level > 6 {
			t.Errorf("section %q at %v", s.Title, s.Span)
		}
	}
	for _, table := range d.Tables {
		for _, row := range append([]document.Row{{Line: table.Line, Cells: table.Header}}, table.Rows...) {
			if len(row.Cells) != len(table.Header) || row.Line < 1 || row.Line > lines {
				t.Errorf("row on line %d has %d cells, the header %d", row.Line, len(row.Cells), len(table.Header))
			}
			for _, cell := range row.Cells {
				if cell.Column > 0 && !strings.HasPrefix(from(d.Line(cell.Line), cell.Column), cell.Source) {
					t.Errorf("cell %q does not stand at %v of %q", cell.Source, cell.Span, d.Line(cell.Line))
				}
			}
		}
	}
}

// from returns the rest of a line from a column, which counts code points from 1.
func from(line string, column int) string {
	for i := range line {
		if column--; column == 0 {
			return line[i:]
		}
	}
	return ""
}

// FuzzPathProblem holds that a path without a problem is one that every system can store under that name.
func FuzzPathProblem(f *testing.F) {
	for _, seed := range []string{"policy/cloud.md", "a/../b", "con", "ａ", "рау/x", "a\u0301", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, path string) {
		if document.PathProblem(path) != "" {
			return
		}
		if path == "" || strings.ContainsAny(path, "\\:*?\"<>|\x00\n") || strings.Contains("/"+path+"/", "/../") || !utf8.ValidString(path) {
			t.Errorf("PathProblem(%q) sees none", path)
		}
	})
}
