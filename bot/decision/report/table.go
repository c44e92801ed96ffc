package report

import "sort"

// cut says how many rows of each list stand in a text. All lists of one view share one cut, so that the
// longest text that fits can be searched for.
type cut struct{ rows, longest int }

// rows is a list in a view, of which a text shows the first ones. The zero value is an empty list.
type rows[T any] struct {
	all []T
	cut *cut
	// beyond are further rows that were not even made, because they cannot fit.
	beyond int
}

// rowsOf makes a list under c.
func rowsOf[T any](c *cut, all []T) rows[T] {
	c.longest = max(c.longest, len(all))
	return rows[T]{all: all, cut: c}
}

// Shown are the rows that fit; for templates.
func (r rows[T]) Shown() []T {
	if r.cut == nil {
		return nil
	}
	return r.all[:min(len(r.all), r.cut.rows)]
}

// Left is how many rows were cut off.
func (r rows[T]) Left() int {
	return r.Len() - len(r.Shown())
}

// Len is the number of all rows.
func (r rows[T]) Len() int { return len(r.all) + r.beyond }

// moreLink says how many rows were cut off, and where all of them are.
type moreLink struct {
	Left   int
	Review md
}

// For is what stands below a table that was cut; for templates.
func (r rows[T]) For(review md) moreLink { return moreLink{r.Left(), review} }

// fit renders with as many rows as fit, which render tells; "" when it does not even fit without any.
func (c *cut) fit(render func() (text string, fits bool)) string {
	c.rows = c.longest
	best, whole := render()
	if whole {
		return best
	}
	best = ""
	sort.Search(c.longest, func(n int) bool {
		c.rows = n
		text, fits := render()
		if fits {
			best = text // each that fits is tried with more rows than the one before
		}
		return !fits
	})
	return best
}
