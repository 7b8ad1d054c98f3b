package engine

import "math/bits"

// Where money is rounded. Nothing else in this package rounds an amount.
//
//  1. classify: the share paid first, on each bill line, half up to the fen
//     (interface records: 4.52 × 5 % = 0.226 → 0.23).
//  2. each payer's payment, once, at the end of its rule, half up; a payment split
//     over bands is shown band by band so that the parts add up to it.
//  3. a deductible computed as a share or factor, half up.
//  4. the stretch that a cap cut off, for display only: the next layer enters it
//     unrounded (one real Beijing settlement comes out to the fen only so).
//
// The person pays the remainder.

// half is half a fen less a thousand units: a division may leave an amount a few
// units under the exact half, and no amount of at most fifteen decimals lies between.
const half = fenUnit/2 + 1000

// fen rounds half up.
func (a num) fen() Fen {
	lo, c := bits.Add64(a.lo, half, 0)
	hi := a.hi + c
	if hi >= fenUnit {
		panic("engine: amount out of range")
	}
	q, _ := bits.Div64(hi, lo, fenUnit)
	return Fen(q)
}

// floorFen rounds down; it serves to test whether an amount is whole fen.
func (a num) floorFen() Fen {
	q, _ := bits.Div64(a.hi, a.lo, fenUnit)
	return Fen(q)
}
