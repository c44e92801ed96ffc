package redline

import "fmt"

// table lays a table out. Folded, it keeps the rows that changed.
func (p *printer) table(b *block) *tableView {
	g := b.grid
	t := &tableView{Caption: p.caption, Stack: len(g.rows) > 0}
	if t.Caption == "" {
		t.Caption = "Table"
	}
	labels := make([]string, len(g.columns))
	for i, c := range g.columns {
		labels[i] = plain(kept(c.head))
		if labels[i] == "" {
			labels[i] = plain(c.head)
		}
		t.Columns = append(t.Columns, p.column(c, b.op))
	}
	left := 0
	for _, r := range g.rows {
		if p.folded && r.op == same && !r.moved && b.op == changed {
			left++
			continue
		}
		t.Rows = append(t.Rows, p.row(r, g.columns, labels))
	}
	if left > 0 {
		t.Folded = count(left, "row") + " unchanged"
	}
	return t
}

func (p *printer) column(c column, tableOp op) columnView {
	v := columnView{Runs: p.runs(c.head), Class: class(c.op), Blank: len(c.head) == 0}
	switch {
	case tableOp != changed:
		v.Class = ""
	case c.op == inserted:
		v.Note = "+ column added"
	case c.op == deleted:
		v.Note = "− column removed"
	case c.moved:
		v.Note = fmt.Sprintf("moved, was column %d", c.was+1)
	}
	if c.right {
		v.Class = joinClass(v.Class, "num")
	}
	return v
}

func (p *printer) row(r row, columns []column, labels []string) rowView {
	v := rowView{Class: whole(r.op)}
	switch {
	case r.op == inserted:
		v.Note = "+ row added"
	case r.op == deleted:
		v.Note = "− row removed"
	case r.moved:
		v.Class, v.Note = joinClass(v.Class, "moved"), fmt.Sprintf("moved, was row %d", r.was+1)
	}
	for i, cell := range r.cells {
		c := cellView{Runs: p.runs(cell), Label: labels[i], Head: i == 0 && len(cell) > 0}
		switch {
		case columns[i].op == inserted || columns[i].op == deleted:
			c.Class = class(columns[i].op)
		case i == 0 && v.Note != "" || r.op == changed && touched(cell):
			c.Class = "chg"
		}
		if columns[i].right {
			c.Class = joinClass(c.Class, "num")
		}
		v.Cells = append(v.Cells, c)
	}
	return v
}

func joinClass(a, b string) string {
	if a == "" {
		return b
	}
	return a + " " + b
}

// touched says whether something was inserted or deleted.
func touched(spans []span) bool {
	for _, s := range spans {
		if s.op != same {
			return true
		}
	}
	return false
}
