package document_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// text joins front matter of a few fields and a body.
func text(body string) []byte {
	return []byte("---\ntype: record\nid: REC-A\ntitle: A\n---\n\n" + body)
}

func rulesOf(findings []document.Finding) []string {
	var rules []string
	for _, f := range findings {
		rules = append(rules, fmt.Sprintf("%s %d:%d-%d", f.Rule, f.Line, f.Column, f.EndColumn))
	}
	return rules
}

func TestParse_fieldsKeepTheirTextAndPlace(t *testing.T) {
	d := document.Parse("register/a.md", []byte(`---
type: cloud-service
id: "SVC-A"
version: "2.10"
residency: [NO, 'DE']
rto-hours: 012
minimum:
  internal: cmk
note: |
  two
  lines
empty:
nothing: ~
effective: 2026-10-05
---
`))
	got := map[string]string{}
	for _, f := range d.Front {
		v := f.Value
		got[f.Key] = fmt.Sprintf("%d %q quoted=%v items=%d fields=%d %d:%d-%d", v.Shape, v.Text, v.Quoted, len(v.Items), len(v.Fields), v.Span.Line, v.Span.Column, v.Span.EndColumn)
	}
	want := map[string]string{
		"type":      `1 "cloud-service" quoted=false items=0 fields=0 2:7-20`,
		"id":        `1 "SVC-A" quoted=true items=0 fields=0 3:5-12`,
		"version":   `1 "2.10" quoted=true items=0 fields=0 4:10-16`,
		"residency": `2 "" quoted=false items=2 fields=0 5:12-22`,
		"rto-hours": `1 "012" quoted=false items=0 fields=0 6:12-15`,
		"minimum":   `3 "" quoted=false items=0 fields=1 8:3-16`,
		"note":      `1 "two\nlines\n" quoted=true items=0 fields=0 9:7-8`,
		"empty":     `0 "" quoted=false items=0 fields=0 12:1-6`,
		"nothing":   `0 "" quoted=false items=0 fields=0 13:1-8`,
		"effective": `1 "2026-10-05" quoted=false items=0 fields=0 14:12-22`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("front matter (-want +got):\n%s", diff)
	}
	if d.ID != "SVC-A" || d.Version != "2.10" || d.Effective.String() != "2026-10-05" || !d.Readable || len(d.Findings) > 0 {
		t.Errorf("document %+v", d)
	}
	if diff := cmp.Diff([]string{"NO", "DE"}, d.Texts("residency")); diff != "" {
		t.Errorf("Texts: %s", diff)
	}
	if f, ok := d.Field("rto"); ok {
		t.Errorf("Field(rto) = %v", f)
	}
}

func TestParse_sectionsAndTablesHaveTheirPlaces(t *testing.T) {
	d := document.Parse("records/a.md", text(`Title
=====

## 2. Scöpe ##

Words.

### Part

| **Ref** | `+"`a`"+` \| b |
| --- | --- |
| x<br>y | _z_ &amp; [w](v.md) |
| only

Next
----
> ## Quoted

- ## In a list
`))
	type section struct {
		Title  string
		Level  int
		Span   document.Span
		Tables int
		Prose  int
		Empty  bool
	}
	var got []section
	for _, s := range d.Sections {
		got = append(got, section{s.Title, s.Level, s.Span, len(s.Tables), len(s.Prose), s.Empty})
	}
	want := []section{
		{"Title", 1, document.Span{Line: 7, Column: 1, EndColumn: 6}, 1, 1, false},
		{"2. Scöpe", 2, document.Span{Line: 10, Column: 4, EndColumn: 12}, 1, 1, false},
		{"Part", 3, document.Span{Line: 14, Column: 5, EndColumn: 9}, 1, 0, false},
		{"Next", 2, document.Span{Line: 21, Column: 1, EndColumn: 5}, 0, 0, false},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sections (-want +got):\n%s", diff)
	}
	table, ok := d.Table("SCÖPE")
	if !ok {
		t.Fatal("no table in the section")
	}
	cells := []document.Cell{table.Header[0], table.Header[1], table.Rows[0].Cell(0), table.Rows[0].Cell(1), table.Rows[1].Cell(0), table.Rows[1].Cell(1), table.Rows[0].Cell(7)}
	wantCells := []document.Cell{
		{Text: "Ref", Source: "**Ref**", Span: document.Span{Line: 16, Column: 3, EndColumn: 10}},
		{Text: "a | b", Source: "`a` \\| b", Span: document.Span{Line: 16, Column: 13, EndColumn: 21}},
		{Text: "x y", Source: "x<br>y", Span: document.Span{Line: 18, Column: 3, EndColumn: 9}},
		{Text: "z & w", Source: "_z_ &amp; [w](v.md)", Span: document.Span{Line: 18, Column: 12, EndColumn: 31}},
		{Text: "only", Source: "only", Span: document.Span{Line: 19, Column: 3, EndColumn: 7}},
		{Span: document.Span{Line: 19}},
		{Span: document.Span{Line: 18}},
	}
	if diff := cmp.Diff(wantCells, cells); diff != "" {
		t.Errorf("cells (-want +got):\n%s", diff)
	}
	if table.Column("ref") != 0 || table.Column("nothing") != -1 {
		t.Errorf("columns are not found by name")
	}
}

// The same words are the same document, however they are stored; the digest stays that of the bytes.
func TestParse_lineEndsAndByteOrderMarkChangeNothingButTheDigest(t *testing.T) {
	plain := text("# A\n\n## B\n\n| C | D |\n| - | - |\n| ü \u200b | E |\n")
	crlf := bytes.ReplaceAll(plain, []byte("\n"), []byte("\r\n"))
	marked := append([]byte("\ufeff"), crlf...)
	want := document.Parse("records/a.md", plain)
	for name, raw := range map[string][]byte{"CRLF": crlf, "BOM and CRLF": marked} {
		got := document.Parse("records/a.md", raw)
		if diff := cmp.Diff(want.Front, got.Front); diff != "" {
			t.Errorf("%s: front matter: %s", name, diff)
		}
		if diff := cmp.Diff(want.Tables[0].Rows, got.Tables[0].Rows); diff != "" {
			t.Errorf("%s: table: %s", name, diff)
		}
		if diff := cmp.Diff(rulesOf(want.Findings), rulesOf(got.Findings)); diff != "" {
			t.Errorf("%s: findings: %s", name, diff)
		}
		if got.Digest() != document.Digest(raw) || got.Digest() == want.Digest() {
			t.Errorf("%s: the digest is not that of the bytes", name)
		}
	}
	if got := document.Digest([]byte("abc")); got != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" { // FIPS 180-2, B.1
		t.Errorf("Digest(abc) = %q", got)
	}
}

func TestParse_columnsCountCodePoints(t *testing.T) {
	d := document.Parse("records/a.md", text("é漢\u0301\t<!-- x -->\n"))
	if diff := cmp.Diff([]string{"HID001 7:5-15"}, rulesOf(d.Findings)); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	d = document.Parse("records/a.md", []byte("\ufeff\u202e---\n"))
	if got := rulesOf(d.Findings); got[len(got)-1] != "ENC003 1:2-3" {
		t.Errorf("behind a byte order mark: %q, want ENC003 in column 2", got)
	}
}

func TestParse_imagesAreRepositoryPathsInLinkOrder(t *testing.T) {
	d := document.Parse("policy/sub/a.md", text("![b](b.png) ![a](../a%20b.png#x) ![b](./b.png) [c](c.png)\n\n![out](../../../x.png) ![root](/exit/r.gif) ![r][1] ![web](https://h/x.png)\n\n[1]: <d e.png>\n"))
	want := []string{"policy/sub/b.png", "policy/a b.png", "exit/r.gif", "policy/sub/d e.png"}
	if diff := cmp.Diff(want, d.Images()); diff != "" {
		t.Errorf("images (-want +got):\n%s", diff)
	}
}

func TestParse_linkDestinationsAreResolved(t *testing.T) {
	d := document.Parse("policy/a.md", text("[a](b\\_c.md) [d](e&#46;md) <f@g.example> <https://h.example> [i]\n\n[i]: j.md\n"))
	var got []string
	for _, l := range d.Links {
		got = append(got, fmt.Sprintf("%s %d:%d", l.Destination, l.Span.Line, l.Span.Column))
	}
	want := []string{"b_c.md 7:1", "e.md 7:14", "mailto:f@g.example 7:28", "https://h.example 7:42", "j.md 7:62"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("links (-want +got):\n%s", diff)
	}
}

func TestParse_treeIsWhatTheRulesRead(t *testing.T) {
	raw := text("# A\n\nWords.\n")
	d := document.Parse("records/a.md", raw)
	tree, source := d.Tree()
	if tree == nil || tree.ChildCount() != 2 || !bytes.HasSuffix(raw, source) {
		t.Errorf("tree %v over %q", tree, source)
	}
	if d.Line(7) != "# A" || d.Line(1) != "---" || d.Line(0) != "" || d.Line(99) != "" {
		t.Errorf("lines %q, %q, %q, %q", d.Line(7), d.Line(1), d.Line(0), d.Line(99))
	}
	p := d.Prose[0]
	if p.Text() != "Words." || p.Source() != "Words." || p.Span(0, 5) != (document.Span{Line: 9, Column: 1, EndColumn: 6}) {
		t.Errorf("prose %q, %q, %v", p.Text(), p.Source(), p.Span(0, 5))
	}
}

func TestParse_slimKeepsWhatIsNamed(t *testing.T) {
	d := document.Parse("records/a.md", []byte("---\ntype: record\nid: REC-A\ntitle: A\nsignatories: [ciso]\nmin: {a: b}\n---\n\n# A\n\n[x](y.md) <!-- z -->\n"))
	s := d.Slim([]string{"signatories", "min"})
	if tree, source := s.Tree(); tree != nil || source != nil || s.Raw != nil || s.Sections != nil {
		t.Error("a slim document keeps its text")
	}
	if s.ID != "REC-A" || s.Type != "record" || s.Title != "" || len(s.Links) != 1 || len(s.Findings) != 1 || !s.Readable || !s.Whole {
		t.Errorf("slim document %+v", s)
	}
	all := d.Slim(nil)
	for i, want := range d.Front {
		got, kept := s.Field(want.Key)
		if diff := cmp.Diff(want, got); kept != (i >= 3) || kept && diff != "" {
			t.Errorf("field %s kept %v (-want +got):\n%s", want.Key, kept, diff)
		}
		if got, _ = all.Field(want.Key); !cmp.Equal(want, got) {
			t.Errorf("Slim(nil) keeps %+v, want %+v", got, want)
		}
	}
	if len(s.Front) != 0 || !slices.Equal(s.Signatories, []string{"ciso"}) || s.Links[0].Destination != "y.md" {
		t.Errorf("slim document %+v", s)
	}
	if s.Line(1) != "" || s.Digest() == d.Digest() {
		t.Error("a slim document has no lines and not the digest of the bytes")
	}
}

// Whatever a person writes or a stranger sends gives a document, quickly; the deadline is generous for a loaded
// machine, the unbounded parser took minutes.
func TestParse_hostileInputIsBounded(t *testing.T) {
	table := strings.Repeat("|a", 4000) + "\n" + strings.Repeat("|-", 4000) + "\n" + strings.Repeat("|\n", 20000)
	for name, c := range map[string]struct{ raw, want string }{
		"ten megabytes":    {strings.Repeat("All of it matters.\n", 600_000), "LIM001"},
		"wide table":       {table, "LIM004"},
		"link openers":     {strings.Repeat("[a](", 200_000), "LIM004"},
		"emphasis":         {strings.Repeat("**a*_", 150_000), "LIM004"},
		"definitions":      {strings.Repeat("[a]: b\n", 140_000), "LIM004"},
		"escaped pipes":    {"|a|\n|-|\n" + strings.Repeat("|`a\\|`|\n", 60_000), "LIM004"},
		"nested quotes":    {strings.Repeat(">", 1_000_000), "LIM004"},
		"nested lists":     {strings.Repeat("- ", 400_000) + "x", "LIM004"},
		"numbered lists":   {strings.Repeat("1. ", 300_000) + "x", "LIM004"},
		"binary":           {strings.Repeat("\x00\xff", 400_000), "ENC001"},
		"control":          {strings.Repeat("\x01 ", 400_000), "ENC002"},
		"zero width":       {strings.Repeat("\u200ba", 250_000), "ENC005"},
		"comments":         {strings.Repeat("<!-- x -->\n\n", 80_000), "HID001"},
		"open comments":    {strings.Repeat("a <!-- ", 140_000), "FM001"},
		"many tags":        {strings.Repeat("<b>", 300_000), "HID002"},
		"conflict markers": {strings.Repeat("<<<<<<< x\n", 90_000), "STR005"},
		"alias bomb":       {"---\na: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n---\n", "FM003"},
		"deep YAML":        {"---\na: " + strings.Repeat("[", 8000) + "\n---\n", "FM002"},
		"deep YAML closed": {"---\na: " + strings.Repeat("[", 4000) + strings.Repeat("]", 4000) + "\n---\n", "LIM003"},
		"wide YAML":        {"---\na: [" + strings.Repeat("x,", 7000) + "x]\n---\n", "LIM003"},
		"long front":       {"---\n" + strings.Repeat("a: b\n", 4000) + "---\n", "LIM003"},
	} {
		start := time.Now()
		d := document.Parse("records/a.md", []byte(c.raw))
		if took := time.Since(start); took > 30*time.Second {
			t.Errorf("%s took %v", name, took)
		}
		if got := strings.Join(rulesOf(d.Findings), ", "); !strings.Contains(got, c.want) {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		if len(d.Findings) > 200 {
			t.Errorf("%s has %d findings: nobody reads so many", name, len(d.Findings))
		}
	}
}

func TestParse_saysHowManyMoreThereAre(t *testing.T) {
	d := document.Parse("records/a.md", text(strings.Repeat("a <b> c\n\n", 60)))
	last := d.Findings[len(d.Findings)-1]
	if len(d.Findings) != 50 || !strings.Contains(last.Message, "10 more like it in this document are not shown") {
		t.Errorf("%d findings, the last is %q", len(d.Findings), last.Message)
	}
}

func TestSortFindings_orderDoesNotDependOnTheInput(t *testing.T) {
	sorted := []document.Finding{
		{Path: "a", Line: 1, Rule: "B"},
		{Path: "a", Line: 2, Column: 1, Rule: "A"},
		{Path: "a", Line: 2, Column: 1, Rule: "B"},
		{Path: "a", Line: 2, Column: 3, Rule: "A"},
		{Path: "b", Rule: "A", Message: "x"},
		{Path: "b", Rule: "A", Message: "y"},
	}
	mixed := []document.Finding{sorted[5], sorted[2], sorted[4], sorted[0], sorted[3], sorted[1]}
	document.SortFindings(mixed)
	if diff := cmp.Diff(sorted, mixed); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func TestBlocking_unknownSeverityBlocks(t *testing.T) {
	for _, c := range []struct {
		severity document.Severity
		want     bool
	}{{document.Block, true}, {document.Warn, false}, {"", true}, {"fatal", true}} {
		if got := document.Blocking([]document.Finding{{Severity: c.severity}}); got != c.want {
			t.Errorf("Blocking(%q) = %v, want %v", c.severity, got, c.want)
		}
	}
	if document.Blocking(nil) {
		t.Error("no finding blocks")
	}
}

func TestHeadingKey_readsAsPeopleDo(t *testing.T) {
	for heading, want := range map[string]string{
		"Purpose and use": "purpose and use", "1. Purpose": "purpose", "2.3 Purpose": "purpose", "4) Purpose": "purpose", "§ 5 Purpose": "purpose",
		"Purpose ##": "purpose", "  Purpose   and\tuse ": "purpose and use", "Ｐｕｒｐｏｓｅ": "purpose", "5.23": "5.23", "2026": "2026", "3D models": "3d models", "": "",
		"Ref": "ref", "purpose": "purpose", "IaaS": "iaas",
	} {
		if got := document.HeadingKey(heading); got != want {
			t.Errorf("HeadingKey(%q) = %q, want %q", heading, got, want)
		}
	}
}

func TestQuote_showsWhatCannotBeSeen(t *testing.T) {
	for s, want := range map[string]string{
		"a":                             `"a"`,
		`say "x"`:                       `'say "x"'`,
		"a\u202eb":                      `"a\u202eb"`,
		"a\x1b[0m":                      `"a\x1b[0m"`,
		"a\n\n  b":                      `"a b"`,
		`a\b`:                           `"a\b"`,
		strings.Repeat("é", 61):         `"` + strings.Repeat("é", 60) + `…"`,
		"\xff":                          `"\xff"`,
		strings.Repeat("a", 60):         `"` + strings.Repeat("a", 60) + `"`,
		"зеро\u200bwidth":               `"зеро\u200bwidth"`,
		"tag\U000e0041":                 `"tag\U000e0041"`,
		"two\twords, one  long   blank": `"two words, one long blank"`,
	} {
		if got := document.Quote(s); got != want {
			t.Errorf("Quote(%q) = %s, want %s", s, got, want)
		}
	}
}
