package redline_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/vidimus-bot/vidimus/bot/document/redline"
)

// fate says what is done with the changes of a comparison.
type fate struct {
	drop, keep string // elements: del and ins, or the other way round
	gone       string // class of what goes as a whole
}

var (
	accept = fate{drop: "del", keep: "ins", gone: "removed"}
	reject = fate{drop: "ins", keep: "del", gone: "added"}
)

// outline is HTML as indented lines of elements and words: what is compared.
func outline(t *testing.T, page redline.Page, f fate) string {
	t.Helper()
	context := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	nodes, err := html.ParseFragment(strings.NewReader(string(page.Body)), context)
	if err != nil {
		t.Fatal(err)
	}
	root := &html.Node{Type: html.ElementNode, Data: "root"}
	for _, n := range nodes {
		root.AppendChild(n)
	}
	settle(root, f)
	if f == reject {
		putBack(root)
	}
	tighten(root)
	var lines []string
	describe(root, 0, &lines)
	return strings.Join(lines, "\n")
}

// tighten takes the element of a paragraph away that is alone in its list item: a list is a list, tight or loose.
func tighten(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		tighten(c)
	}
	inner := children(n)
	if n.Data != "li" || len(inner) != 1 || inner[0].Data != "p" || strings.TrimSpace(text(n)) != strings.TrimSpace(text(inner[0])) {
		return
	}
	for c := inner[0].FirstChild; c != nil; {
		next := c.NextSibling
		inner[0].RemoveChild(c)
		n.InsertBefore(c, inner[0])
		c = next
	}
	n.RemoveChild(inner[0])
}

// settle takes changes out of the tree: what goes, and the marks of what stays.
func settle(n *html.Node, f fate) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		switch {
		case c.Type != html.ElementNode:
		case c.Data == f.drop || hasClass(c, f.gone) || hasClass(c, "vh") || hasClass(c, "rowmark") && !isMoved(c):
			n.RemoveChild(c)
		case c.Data == f.keep:
			settle(c, f)
			for inner := c.FirstChild; inner != nil; {
				after := inner.NextSibling
				c.RemoveChild(inner)
				n.InsertBefore(inner, c)
				inner = after
			}
			n.RemoveChild(c)
		default:
			settle(c, f)
		}
		c = next
	}
}

func isMoved(n *html.Node) bool { return strings.HasPrefix(text(n), "moved, was ") }

// putBack moves rows and columns to the places that they had.
func putBack(n *html.Node) {
	if n.Type == html.ElementNode && n.Data == "tbody" {
		reorder(children(n), n)
	}
	if n.Type == html.ElementNode && n.Data == "table" {
		putBackColumns(n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		putBack(c)
	}
}

// reorder puts the moved ones of parts where they were in parent.
func reorder(parts []*html.Node, parent *html.Node) {
	order := oldOrder(parts)
	for _, p := range parts {
		parent.RemoveChild(p)
	}
	for _, i := range order {
		parent.AppendChild(parts[i])
	}
}

// oldOrder gives the indices of parts in their old order: those that moved say where they were.
func oldOrder(parts []*html.Node) []int {
	type moved struct{ was, index int }
	var order []int
	var movers []moved
	for i, p := range parts {
		if was := wasAt(p); was >= 0 {
			movers = append(movers, moved{was, i})
			continue
		}
		order = append(order, i)
	}
	slices.SortFunc(movers, func(a, b moved) int { return a.was - b.was })
	for _, m := range movers {
		order = slices.Insert(order, m.was, m.index)
	}
	return order
}

// wasAt is the old place that a row or head of a column tells of, from 0; -1 if it did not move.
func wasAt(n *html.Node) int {
	found := -1
	walk(n, func(c *html.Node) {
		if hasClass(c, "rowmark") && isMoved(c) {
			words := strings.Fields(text(c))
			was, err := strconv.Atoi(words[len(words)-1])
			if err == nil {
				found = was - 1
			}
		}
	})
	return found
}

func putBackColumns(table *html.Node) {
	var head *html.Node
	var rows []*html.Node
	walk(table, func(n *html.Node) {
		if n.Data == "tr" && n.Parent.Data == "thead" {
			head = n
		} else if n.Data == "tr" {
			rows = append(rows, n)
		}
	})
	order := oldOrder(children(head))
	for _, row := range append(rows, head) {
		cells := children(row)
		for _, c := range cells {
			row.RemoveChild(c)
		}
		for _, i := range order {
			row.AppendChild(cells[i])
		}
	}
}

// describe writes elements with what a reader sees of them. Cells are the same whether they head a row or not.
func describe(n *html.Node, depth int, lines *[]string) {
	words := ""
	flush := func() {
		if w := strings.Join(strings.Fields(words), " "); w != "" {
			*lines = append(*lines, strings.Repeat("  ", depth)+w)
		}
		words = ""
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode:
			words += c.Data
		case c.Data == "span" && hasClass(c, "rowmark"):
		case isInline(c):
			words += inlineText(c)
		default:
			flush()
			name := c.Data
			if name == "th" {
				name = "td"
			}
			if name == "img" {
				name += " " + attribute(c, "src") + " " + attribute(c, "alt")
			}
			*lines = append(*lines, strings.Repeat("  ", depth)+"<"+name+">")
			describe(c, depth+1, lines)
		}
	}
	flush()
}

func isInline(n *html.Node) bool {
	return slices.Contains([]string{"a", "strong", "em", "s", "code", "span", "br"}, n.Data)
}

// inlineText marks each letter's look, so that the same words in another look are not the same.
func inlineText(n *html.Node) string {
	if n.Data == "br" {
		return " <br> "
	}
	var parts []string
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.TextNode {
			parts = append(parts, c.Data)
		} else if hasClass(c, "rowmark") {
			continue
		} else {
			parts = append(parts, inlineText(c))
		}
	}
	inner := strings.Join(parts, "")
	if n.Data == "span" {
		return inner
	}
	var b strings.Builder
	look := n.Data + attribute(n, "href")
	for _, c := range inner { // letter by letter: where an element is opened twice does not matter
		if c == ' ' {
			b.WriteRune(c)
			continue
		}
		b.WriteString("{" + look + ":" + string(c) + "}")
	}
	return b.String()
}

func children(n *html.Node) []*html.Node {
	var found []*html.Node
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode {
			found = append(found, c)
		}
	}
	return found
}

func walk(n *html.Node, visit func(*html.Node)) {
	if n.Type == html.ElementNode {
		visit(n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		walk(c, visit)
	}
}

func text(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	s := ""
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		s += text(c)
	}
	return s
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func hasClass(n *html.Node, name string) bool {
	return n.Type == html.ElementNode && slices.Contains(strings.Fields(attribute(n, "class")), name)
}
