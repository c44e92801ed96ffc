package redline

import "github.com/vidimus-bot/vidimus/bot/document"

// Hand is a row of a shared-responsibility matrix in which somebody else answers than before, or has become the
// owner on our side. Before and After are the words of the column Accountable; "" where the version has no such
// row. Owners are role ids as written.
type Hand struct {
	Ref, Area                string
	Before, After            string
	OwnerBefore, OwnerAfter  string
	Accountable, OwnerChange bool // which of the two changed
}

// duty is one row of a matrix.
type duty struct{ ref, area, accountable, owner string }

// compareHands compares the matrices of two versions, row by row.
func compareHands(before, after *document.Document) []Hand {
	old := map[string]duty{}
	for _, d := range duties(before) {
		if _, twice := old[d.ref]; !twice {
			old[d.ref] = d
		}
	}
	var hands []Hand
	seen := map[string]bool{}
	for _, d := range duties(after) {
		if seen[d.ref] {
			continue // TAB006: the key stands twice, and the first row counts
		}
		seen[d.ref] = true
		hands = appendHand(hands, old[d.ref], d)
	}
	for _, d := range duties(before) {
		if !seen[d.ref] {
			seen[d.ref] = true
			hands = appendHand(hands, d, duty{ref: d.ref, area: d.area})
		}
	}
	return hands
}

func appendHand(hands []Hand, was, is duty) []Hand {
	h := Hand{
		Ref: is.ref, Area: is.area, Before: was.accountable, After: is.accountable, OwnerBefore: was.owner, OwnerAfter: is.owner,
		Accountable: headingKey(was.accountable) != headingKey(is.accountable), OwnerChange: was.owner != is.owner,
	}
	if !h.Accountable && !h.OwnerChange {
		return hands
	}
	return append(hands, h)
}

// duties are the rows of a matrix; none for other documents.
func duties(d *document.Document) []duty {
	if d == nil || d.Type != "shared-responsibility-matrix" {
		return nil
	}
	t, ok := d.Table("Responsibility matrix")
	if !ok {
		return nil
	}
	ref, area, accountable, owner := t.Column("Ref"), t.Column("Control area"), t.Column("Accountable"), t.Column("Internal owner")
	rows := make([]duty, 0, len(t.Rows))
	for _, r := range t.Rows {
		rows = append(rows, duty{
			visible(r.Cell(ref).Text), visible(r.Cell(area).Text), visible(r.Cell(accountable).Text), visible(r.Cell(owner).Text),
		})
	}
	return rows
}
