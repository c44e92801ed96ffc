package report

import "sort"

// cut says how many rows of each list stand in a text. All lists of one view share one cut, so that the
// longest text that fits can be searched for.
type cut struct{ rows, longest int }

// rows is a list in a view, of which a text shows the first ones. The zero value is an empty list.
type rows[T any] struct {
	all []T
	cut *cut
}

// rowsOf makes a list under c.
func rowsOf[T any](c *cut, all []T) rows[T] {
	c.longest = max(c.longest, len(all))
	return rows[T]{all, c}
}

// Shown are the rows that fit; for templates.
func (r rows[T]) Shown() []T { return r.all[:len(r.all)-r.Left()] }

// Left is how many rows were cut off.
func (r rows[T]) Left() int {
	if r.cut == nil {
		return 0
	}
	return max(0, len(r.all)-r.cut.rows)
}

// Len is the number of all rows.
func (r rows[T]) Len() int { return len(r.all) }

// moreLink says how many rows were cut off, and where all of them are.
type moreLink struct {
	Left   int
	Review md
}

// For is what stands below a table that was cut; for templates.
func (r rows[T]) For(review md) moreLink { return moreLink{r.Left(), review} }

// fit renders with as many rows as limit bytes allow; "" when it does not even fit without any.
func (c *cut) fit(limit int, render func() string) string {
	c.rows = c.longest
	if whole := render(); len(whole) <= limit {
		return whole
	}
	tooLong := sort.Search(c.longest, func(n int) bool {
		c.rows = n
		return len(render()) > limit
	})
	if tooLong == 0 {
		return ""
	}
	c.rows = tooLong - 1
	return render()
}
