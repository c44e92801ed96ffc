package redline

import (
	"bytes"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// Changes is what a person sees changed between two versions of a document.
type Changes struct {
	// Fields are the fields of the front matter that changed, in the order of the later version, removed ones last.
	Fields []Field
	// Hands are the responsibilities that change hands, in the order of the later version, removed ones last; only
	// shared-responsibility matrices have some.
	Hands []Hand
	// Count sums the changes of the text up.
	Count Count
	// Unseen says that the bytes differ and nothing that a person sees does: blanks, markup, comments.
	Unseen bool

	body []block
}

// Count counts changes.
type Count struct {
	// Passages are paragraphs, headings, blocks of code and the like that changed, were added or removed.
	Passages int
	// Rows are the rows of tables that changed, were added, removed or moved.
	Rows int
	// Sections are the sections of level 2 of the later version; Unchanged are those of them in which nothing did.
	Sections, Unchanged int
}

// None says that nothing at all changed in what a person sees.
func (c Changes) None() bool {
	return len(c.Fields) == 0 && c.Count.Passages == 0 && c.Count.Rows == 0
}

// Compare compares two versions of a document. Either may be none: then everything is inserted, or deleted.
func Compare(before, after Version) Changes {
	m := &merger{keys: keyColumns(after.Document)}
	c := Changes{
		Fields: compareFields(before.Document, after.Document),
		Hands:  compareHands(before.Document, after.Document),
		body:   m.blocks(read(before), read(after)),
	}
	c.Count = countChanges(c.body)
	if before.Document != nil && after.Document != nil {
		c.Unseen = c.None() && !bytes.Equal(before.Document.Raw, after.Document.Raw)
	}
	return c
}

// keyColumns are the key columns of the tables of a document's type, by section.
func keyColumns(d *document.Document) map[string]string {
	keys := map[string]string{}
	if d == nil {
		return keys
	}
	t, _ := document.TypeNamed(d.Type)
	for _, rule := range t.Tables {
		if rule.Key != "" {
			keys[headingKey(rule.Section)] = headingKey(rule.Key)
		}
	}
	return keys
}

// Folded is the comparison as HTML in which what did not change is folded into lines that name it.
func (c Changes) Folded(l Look) (Page, error) { return render(c.body, l, true) }

// Whole is the comparison as HTML with the whole text.
func (c Changes) Whole(l Look) (Page, error) { return render(c.body, l, false) }

// countChanges counts in merged blocks.
func countChanges(blocks []block) Count {
	var c Count
	c.add(blocks)
	for _, s := range sections(blocks) {
		if s.title == "" || s.gone {
			continue
		}
		c.Sections++
		if s.same {
			c.Unchanged++
		}
	}
	return c
}

func (c *Count) add(blocks []block) {
	for i, b := range blocks {
		switch {
		case b.op == same:
		case b.kind == table:
			c.addTable(b)
		case b.kind == list || b.kind == quote || b.kind == item:
			c.add(b.blocks)
		case b.op == inserted && i > 0 && blocks[i-1].op == deleted && blocks[i-1].kind == b.kind:
			// rewritten: counted with what it replaces
		default:
			c.Passages++
		}
	}
}

func (c *Count) addTable(b block) {
	rows := c.Rows
	for _, r := range b.grid.rows {
		if r.op != same || r.moved {
			c.Rows++
		}
	}
	if c.Rows == rows {
		c.Passages++ // only its header changed
	}
}
