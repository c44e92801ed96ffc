package redline

import (
	"strconv"
	"strings"
)

// The values that docs-templates/site/text.html is filled with. They hold plain text; the template escapes it.

// node is one block.
type node struct {
	Kind  string // heading, paragraph, code, list, item, quote, table, rule, same, sameitem
	Level int
	ID    string
	Self  string // a heading's own words, where it links to itself
	Class string
	Gone  bool // a heading that only the earlier version has
	Runs  []run
	Lines []line
	Nodes []node
	// Ordered, Start and Number are a list's and its items'; Tight items hold one paragraph, without its element.
	Ordered, Tight bool
	Start, Number  int
	Note           string // words of ours: what is folded, added, removed
	Table          *tableView
}

// run is a stretch of text to which one thing happened: "" nothing, "ins", "del".
type run struct {
	Op    string
	Links []linked
}

// linked is a stretch with one destination: Href leads there; where nothing does, Address says it in words.
type linked struct {
	Href, Address string
	Pieces        []piece
}

// piece is text in one look, or a picture with Src and its Text, or a line break.
type piece struct {
	Text                           string
	Strong, Emphasis, Code, Struck bool
	Break, Picture                 bool
	Src                            string
}

// line is a line of code.
type line struct {
	Op   string
	Text string
}

// tableView is a table.
type tableView struct {
	Caption string
	Stack   bool // may become a list of records on a phone
	Columns []columnView
	Rows    []rowView
	Folded  string // words for the rows that are left out
}

type columnView struct {
	Runs        []run
	Note, Class string
	Blank       bool
}

type rowView struct {
	Note, Class string
	Cells       []cellView
}

type cellView struct {
	Runs         []run
	Label, Class string
	Head         bool
}

// printer turns blocks into nodes.
type printer struct {
	look    Look
	anchors map[string]string
	titled  bool   // the page's h1 was printed
	caption string // words of the last heading
	folded  bool   // leave out what did not change
}

func (p *printer) nodes(blocks []block) []node {
	nodes := make([]node, 0, len(blocks))
	for i := 0; i < len(blocks); i++ {
		b := &blocks[i]
		if p.folded && b.op == same && b.kind != heading {
			end := i + 1
			for end < len(blocks) && blocks[end].op == same && blocks[end].kind != heading {
				end++
			}
			nodes = append(nodes, node{Kind: "same", Note: unchangedBlocks(blocks[i:end])})
			i = end - 1
			continue
		}
		nodes = append(nodes, p.node(b))
	}
	return nodes
}

func (p *printer) node(b *block) node {
	n := node{Level: b.level, Class: class(b.op)}
	switch b.kind {
	case heading:
		p.heading(b, &n)
	case paragraph:
		n.Kind, n.Runs = "paragraph", p.runs(b.spans)
	case code:
		n.Kind, n.Lines = "code", lines(b.spans)
	case list:
		n.Kind, n.Ordered, n.Start, n.Class = "list", b.ordered, b.start, whole(b.op)
		n.Nodes = p.items(b)
	case quote:
		n.Kind, n.Nodes, n.Class = "quote", p.nodes(b.blocks), whole(b.op)
	case table:
		n.Kind, n.Class = "table", whole(b.op)
		n.Table = p.table(b)
	case rule:
		n.Kind, n.Note = "rule", ruleNote(b.op)
	}
	return n
}

// class marks what changed with a bar at the edge, and what is new or gone as a whole.
func class(o op) string {
	switch o {
	case changed:
		return "chg"
	case inserted:
		return "added chg"
	case deleted:
		return "removed chg"
	default:
		return ""
	}
}

// whole marks what is new or gone as a whole, for blocks whose parts have bars of their own.
func whole(o op) string {
	switch o {
	case inserted:
		return "added"
	case deleted:
		return "removed"
	default:
		return ""
	}
}

func ruleNote(o op) string {
	switch o {
	case inserted:
		return "+ dividing line added"
	case deleted:
		return "− dividing line removed"
	default:
		return ""
	}
}

func (p *printer) heading(b *block, n *node) {
	n.Kind, n.ID, n.Runs, n.Gone = "heading", b.anchor, p.runs(b.spans), b.op == deleted
	if b.op != deleted {
		p.caption = plain(kept(b.spans))
	}
	if b.level == 1 && p.look.Titled && !p.titled && b.op != deleted {
		p.titled = true
		return
	}
	if b.level == 1 { // not the page's
		n.Level, n.Class = 2, joinClass(n.Class, "big")
	}
	if b.level == 2 && p.look.Self {
		n.Self = p.caption
	}
}

func (p *printer) items(b *block) []node {
	var nodes []node
	for i := 0; i < len(b.blocks); i++ {
		it := &b.blocks[i]
		if p.folded && it.op == same {
			end := i + 1
			for end < len(b.blocks) && b.blocks[end].op == same {
				end++
			}
			nodes = append(nodes, node{Kind: "sameitem", Note: count(end-i, "item") + " unchanged"})
			i = end - 1
			continue
		}
		n := node{Kind: "item", Number: it.number, Ordered: b.ordered, Class: whole(it.op)}
		if len(it.blocks) == 1 && it.blocks[0].kind == paragraph {
			n.Tight, n.Runs, n.Class = true, p.runs(it.blocks[0].spans), class(it.op)
		} else {
			n.Nodes = p.nodes(it.blocks)
		}
		nodes = append(nodes, n)
	}
	return nodes
}

// kept are the spans of the later version.
func kept(spans []span) []span {
	var k []span
	for _, s := range spans {
		if s.op != deleted {
			k = append(k, s)
		}
	}
	return k
}

func lines(spans []span) []line {
	out := make([]line, len(spans))
	for i, s := range spans {
		out[i] = line{Op: element(s.op), Text: s.text}
	}
	return out
}

// element is the HTML element for what happened.
func element(o op) string {
	switch o {
	case inserted:
		return "ins"
	case deleted:
		return "del"
	default:
		return ""
	}
}

// runs groups spans by what happened to them, then by where they lead.
func (p *printer) runs(spans []span) []run {
	var runs []run
	var before span
	for i, s := range p.addressed(spans) {
		e := element(s.op)
		if i == 0 || runs[len(runs)-1].Op != e {
			runs = append(runs, run{Op: e})
			before = span{link: "\x00"}
		}
		last := &runs[len(runs)-1]
		if s.link != before.link || (s.marks|before.marks)&address != 0 {
			last.Links = append(last.Links, linked{Href: p.href(s)})
		}
		at := &last.Links[len(last.Links)-1]
		if s.marks&address != 0 {
			at.Address = s.text
		} else {
			at.Pieces = append(at.Pieces, p.piece(s))
		}
		before = s
	}
	return runs
}

func (p *printer) href(s span) string {
	if s.link == "" || s.marks&address != 0 {
		return ""
	}
	return p.look.href(s.link, p.anchors)
}

// addressed puts the address behind each link that leads nowhere in the page, once for each version that has it.
func (p *printer) addressed(spans []span) []span {
	linkless := true
	for _, s := range spans {
		linkless = linkless && (s.link == "" || p.href(s) != "")
	}
	if linkless {
		return spans
	}
	var out []span
	for i, s := range spans {
		out = append(out, s)
		if s.link == "" || p.href(s) != "" {
			continue
		}
		ended := map[op]bool{}
		for _, other := range []op{deleted, inserted} { // what is deleted stands in the earlier version, inserted in the later
			ended[other] = s.op != deleted+inserted-other && ends(spans, i, deleted+inserted-other)
		}
		switch a := (span{text: visible(s.link), marks: address}); {
		case ended[deleted] && ended[inserted]:
			out = append(out, a)
		case ended[deleted]:
			a.op = deleted
			out = append(out, a)
		case ended[inserted]:
			a.op = inserted
			out = append(out, a)
		}
	}
	return out
}

// ends says whether the link of span i ends with it in the version from which the spans of one fate are absent, and
// its words are not the address themselves.
func ends(spans []span, i int, absent op) bool {
	for _, next := range spans[i+1:] {
		if next.op != absent {
			if next.link == spans[i].link {
				return false
			}
			break
		}
	}
	words := ""
	for j := i; j >= 0; j-- {
		if spans[j].op == absent {
			continue
		}
		if spans[j].link != spans[i].link {
			break
		}
		words = spans[j].text + words
	}
	at := visible(spans[i].link)
	return at != words && at != "mailto:"+words
}

func (p *printer) piece(s span) piece {
	out := piece{
		Text: s.text, Strong: s.marks&strong != 0, Emphasis: s.marks&emphasis != 0, Code: s.marks&mono != 0,
		Struck: s.marks&struck != 0, Break: s.marks&newline != 0, Picture: s.marks&picture != 0,
	}
	if out.Picture {
		if p.look.Image != nil {
			if src, ok := p.look.Image(s.source, s.bytes); ok {
				out.Src = src
			}
		}
		if out.Src == "" {
			out.Text = strings.TrimSpace("Picture: " + s.text + " (" + visible(s.source) + ")")
		}
	}
	return out
}

func itoa(n int) string { return strconv.Itoa(n) }

// count gives a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return itoa(n) + " " + noun + "s"
}
