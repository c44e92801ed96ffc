package document_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	mdtext "github.com/yuin/goldmark/text"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// markdownSeeds are tables and paragraphs of the form that is read quickly, and some that must be left to goldmark.
func markdownSeeds() []string {
	return []string{
		"| A | B |\n| --- | :-: |\n| 1 | **2** |\n| <br> | `x` |\n", "A|B\n-|-\n1\n2|3|4\n", "|A|\n|:-|\n||\n|\n| |\n", "|A||\n|-|\n|b|\n", "|A||\n|-|-|\n|b|\n",
		"|\n|-|\n", "a\n|b|\n|-|\n|c|\n", "|a\\|b|\n|-|\n|`c\\|d`|\n", "> | A |\n> | - |\n> | 1 |\nlazy | b\n", "- | A |\n  |---|\n\t| x |\n", "1.\t| A |\n\t| - |\n\t| b |\n",
		"\t| A |\n\t| - |\n", "| A |\n    | - |\n", "| A |\n   | - |\n     | b |\n", "| A |\n|\t-|\n|\tb\t|\n", "| A |\r\n| - |\r\n| b |\r\n", "|A|\n|-|\n===\n", "|A|\n|-|\n---\n", "|A|\n|-|\n-\n|b|\n|-|\n",
		"|A|B|\n|-|-|-|\n|c|d|\n", "|A|\n|--||\n", "||A|\n||-|\n", "|A|\n|::|\n", "|A|\n|:|\n", "|A|\n|- -|\n", "[a]: b\n|A|\n|-|\n|c|\n", "| a_b | c*d | ~~e~~ | [f](g) | ![h](i) | &amp; | http://j |\n|-|-|-|-|-|-|-|\n|k|\n",
		"|A|\n|-|\n|b|\n\n|C|\n|-|\n|d|", "| 漢字 | e\u0301 |\n|---|---|\n| \u200b | \u00a0x |\n", "# A\n|B|\n|-|\n# C\n", "|A|\n|-|\n| b | <!-- |\n|c| -->|\n", "A\n\n-|-\n", "|A|\n|-|\n\n    code\n",
		"Words and more,\nin two lines  \nand hard\\\nbreaks.\n\nA *b* _c_ `d` [e][f] <g@h.i> &amp; \\*\n\n[f]: j\n", "A\n===\nB\n---\n\nC\n", "A\n\n* B\n* C\n\n  D\n", "> A\nB\n\nC \n", "A\n# B\nC\n```\nD\n```\nE\n", " A\n  B\n   C  \n\tD\t\n",
		"A\r\nB  \r\nC\\\r\n\r\nD\r\n", "A\x00B\n\x0b\nC\n", "A  ", "A\\", "  \n \nA\n  \n", "A\n<div>\nB\n", "1) A\n2) B\n", "A\n- B\n", "A\n    B\n",
	}
}

// FuzzParser holds that the product's Markdown parser makes what goldmark makes without what is made quickly here.
func FuzzParser(f *testing.F) {
	for _, seed := range markdownSeeds() {
		f.Add(seed)
	}
	plain := goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough)).Parser()
	f.Fuzz(func(t *testing.T, source string) {
		want := treeOf(plain.Parse(mdtext.NewReader([]byte(source))), []byte(source))
		got := treeOf(document.Parser().Parse(mdtext.NewReader([]byte(source))), []byte(source))
		if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
			t.Errorf("tree of %q (-goldmark +quick):\n%s", source, diff)
		}
	})
}

// treeOf writes down all that a syntax tree says, a node a line.
func treeOf(n ast.Node, source []byte) string {
	var b strings.Builder
	writeTree(&b, n, source, "")
	return b.String()
}

func writeTree(b *strings.Builder, n ast.Node, source []byte, indent string) {
	fmt.Fprintf(b, "%s%s at %d, %d children", indent, n.Kind(), n.Pos(), n.ChildCount())
	if n.Type() != ast.TypeInline {
		fmt.Fprintf(b, ", blank %v", n.HasBlankPreviousLines())
		for i := range n.Lines().Len() {
			line := n.Lines().At(i)
			fmt.Fprintf(b, ", %+v %q", line, line.Value(source))
		}
	}
	switch n := n.(type) {
	case *ast.Text:
		fmt.Fprintf(b, ", %+v %q, soft %v, hard %v, raw %v", n.Segment, n.Segment.Value(source), n.SoftLineBreak(), n.HardLineBreak(), n.IsRaw())
	case *ast.Link:
		fmt.Fprintf(b, ", %q %q", n.Destination, n.Title)
	case *ast.Heading:
		fmt.Fprintf(b, ", level %d", n.Level)
	case *extast.Table:
		fmt.Fprintf(b, ", %v", n.Alignments)
	case *extast.TableHeader:
		fmt.Fprintf(b, ", %v", n.Alignments)
	case *extast.TableRow:
		fmt.Fprintf(b, ", %v", n.Alignments)
	case *extast.TableCell:
		fmt.Fprintf(b, ", %v", n.Alignment)
	}
	b.WriteString("\n")
	last := n.LastChild()
	for child := n.FirstChild(); child != nil; child = child.NextSibling() {
		if child.Parent() != n || child.NextSibling() == nil && child != last || child.NextSibling() != nil && child.NextSibling().PreviousSibling() != child {
			fmt.Fprintf(b, "%s  not linked with its neighbours\n", indent)
		}
		writeTree(b, child, source, indent+"  ")
	}
}

// The quick way is worth its lines only if real tables take it, and their text is the same.
func TestParser_makesOfTheExampleDocumentsWhatGoldmarkMakes(t *testing.T) {
	plain := goldmark.New(goldmark.WithExtensions(extension.Table, extension.Strikethrough)).Parser()
	for _, f := range exampleFiles(t) {
		want := treeOf(plain.Parse(mdtext.NewReader(f.Bytes)), f.Bytes)
		got := treeOf(document.Parser().Parse(mdtext.NewReader(f.Bytes)), f.Bytes)
		if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
			t.Errorf("tree of %s (-goldmark +quick):\n%s", f.Path, diff)
		}
	}
}
