package wire

import (
	"sync"
	"sync/atomic"
)

// A table of multiples of a point P has rows of d·2^(row·width)·P for d from 1 to 2^(width-1). With it a
// multiple of P is a sum of one point a row, without a doubling.

// multiplesOf makes the table of p for scalars of so many bits, row after row. add gives a new point.
func multiplesOf[P any](p P, bits, width int, add func(a, b P) P) []P {
	half := 1 << (width - 1)
	rows := bits/width + 1 // the last digit takes the carry
	points := make([]P, 0, rows*half)
	first := p
	for range rows {
		multiple := first
		for range half {
			points = append(points, multiple)
			multiple = add(multiple, first)
		}
		last := points[len(points)-1]
		first = add(last, last)
	}
	return points
}

// addMultiple adds the scalar's multiple of a table's point: it calls add with each place in the table
// that belongs to the sum, which has so many points. The scalar is little-endian.
func addMultiple(scalar []byte, points, width int, add func(place int, negative bool)) {
	half := 1 << (width - 1)
	carry := 0
	for row := 0; row*half < points; row++ {
		digit := bitsAt(scalar, row*width, width) + carry
		carry = 0
		if digit > half { // one of the next row, less what is too much
			digit -= 2 * half
			carry = 1
		}
		switch {
		case digit > 0:
			add(row*half+digit-1, false)
		case digit < 0:
			add(row*half-digit-1, true)
		}
	}
}

// bitsAt reads n bits, at most 8, of a little-endian number; above its end there are zeros.
func bitsAt(number []byte, at, n int) int {
	i := at / 8
	if i >= len(number) {
		return 0
	}
	window := int(number[i])
	if i+1 < len(number) {
		window |= int(number[i+1]) << 8
	}
	return window >> (at % 8) & (1<<n - 1)
}

// tableAfter is how many signatures of a key are verified without a table of its multiples: making one takes
// as long as five or six verifications, and most keys of a ring sign little of what is judged.
const tableAfter = 8

// usage counts how often a key was used, until it was used often enough for a table.
type usage struct {
	seen atomic.Uint32
	once sync.Once
}

// often tells whether the key was used tableAfter times before, and has prepare run once when it first was.
func (u *usage) often(prepare func()) bool {
	if u.seen.Load() < tableAfter {
		u.seen.Add(1)
		return false
	}
	u.once.Do(prepare)
	return true
}
