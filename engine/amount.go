package engine

import (
	"math/bits"

	"github.com/shopspring/decimal"
)

// Fen is money at the boundary: whole hundredths of a yuan.
type Fen int64

// MaxFen is the largest amount that any field accepts: 999,999,999.99 yuan.
const MaxFen Fen = 99_999_999_999

// Rate is a share, factor or difference of shares in units of 1e-12.
type Rate int64

// One is the whole: a share of 100 %.
const One Rate = 1_000_000_000_000

// MaxFigure is the largest amount that a figure of policy may have, in yuan.
const MaxFigure = 9_000_000 * One

// num is an amount inside a payer's rule: unsigned fixed point, 1e-18 yuan.
// With amounts below 1e10 yuan and shares of at most six decimals, sums and
// products are exact; a division (where a cap bites) is off by less than 1e-18.
type num struct{ hi, lo uint64 }

const fenUnit = 10_000_000_000_000_000 // 1e16 units of 1e-18 yuan

func fromFen(f Fen) num {
	if f < 0 {
		panic("engine: negative amount inside a rule")
	}
	hi, lo := bits.Mul64(uint64(f), fenUnit)
	return num{hi, lo}
}

func (a num) isZero() bool { return a.hi|a.lo == 0 }

func (a num) less(b num) bool { return a.hi < b.hi || a.hi == b.hi && a.lo < b.lo }

func (a num) add(b num) num {
	lo, c := bits.Add64(a.lo, b.lo, 0)
	hi, _ := bits.Add64(a.hi, b.hi, c)
	return num{hi, lo}
}

// sub is a − b, or zero where b is larger.
func (a num) sub(b num) num {
	if a.less(b) {
		return num{}
	}
	lo, c := bits.Sub64(a.lo, b.lo, 0)
	hi, _ := bits.Sub64(a.hi, b.hi, c)
	return num{hi, lo}
}

func minNum(a, b num) num {
	if b.less(a) {
		return b
	}
	return a
}

func maxNum(a, b num) num {
	if a.less(b) {
		return b
	}
	return a
}

// times is a × r, to the nearest unit. A negative rate counts as zero.
func (a num) times(r Rate) num {
	if r <= 0 {
		return num{}
	}
	if r == One {
		return a
	}
	return a.muldiv(uint64(r), uint64(One))
}

// over is a ÷ r, to the nearest unit; r must be positive.
func (a num) over(r Rate) num { return a.muldiv(uint64(One), uint64(r)) }

func (a num) muldiv(m, d uint64) num {
	h1, l1 := bits.Mul64(a.lo, m)
	h2, l2 := bits.Mul64(a.hi, m)
	l2, c := bits.Add64(l2, h1, 0)
	h2 += c
	// h2:l2:l1 / d, with half of d added for rounding
	l1, c = bits.Add64(l1, d/2, 0)
	l2, c = bits.Add64(l2, 0, c)
	h2 += c
	if h2 >= d {
		panic("engine: amount out of range")
	}
	hi, rem := bits.Div64(h2, l2, d)
	lo, _ := bits.Div64(rem, l1, d)
	return num{hi, lo}
}

func mulRate(a, b Rate) Rate {
	neg := (a < 0) != (b < 0)
	hi, lo := bits.Mul64(abs(a), abs(b))
	lo, c := bits.Add64(lo, uint64(One)/2, 0)
	q, _ := bits.Div64(hi+c, lo, uint64(One))
	if neg {
		return -Rate(q)
	}
	return Rate(q)
}

// plus is a + b, held to what a figure may be.
func (a Rate) plus(b Rate) Rate {
	switch {
	case b > 0 && a > MaxFigure-b:
		return MaxFigure
	case b < 0 && a < -MaxFigure-b:
		return -MaxFigure
	}
	return a + b
}

// each is a × n, held to what a figure may be; n is not negative.
func (a Rate) each(n int32) Rate {
	hi, lo := bits.Mul64(abs(a), uint64(n))
	if hi > 0 || lo > uint64(MaxFigure) {
		lo = uint64(MaxFigure)
	}
	if a < 0 {
		return -Rate(lo)
	}
	return Rate(lo)
}

func abs(r Rate) uint64 {
	if r < 0 {
		return uint64(-r)
	}
	return uint64(r)
}

// ParseFen reads an amount of money as people and receipts write it at the boundary:
// digits with at most two decimals ("1234.56"). The error's code is format, negative or
// too_large; field names the input.
func ParseFen(field, s string) (Fen, error) {
	n, err := parseNumber(field, s, 9, 2, "amount")
	return Fen(n), err
}

// parseLine reads a bill line's amount, which may carry four decimals
// (quantity × unit price).
func parseLine(field, s string) (num, error) {
	n, err := parseNumber(field, s, 9, 4, "line")
	hi, lo := bits.Mul64(uint64(n), fenUnit/100)
	return num{hi, lo}, err
}

// ParseRate reads a share such as "0.85": one digit before the point, at most six after.
func ParseRate(field, s string) (Rate, error) {
	n, err := parseNumber(field, s, 1, 6, "share")
	return Rate(n) * (One / 1_000_000), err
}

// parseNumber reads ^\d{1,whole}(\.\d{1,places})?$ in units of the last place. Nothing
// else reaches decimal, either: a text like 1e30000000 would cost it seconds.
func parseNumber(field, s string, whole, places int, limit string) (int64, error) {
	if len(s) > 1 && s[0] == '-' {
		if _, err := parseNumber(field, s[1:], whole, places, limit); err == nil {
			return 0, &InputError{Code: Negative, Field: field, Limit: "0"}
		}
	}
	var n int64
	digits, after, point := 0, 0, false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '.' && !point && digits > 0:
			point = true
			continue
		case c < '0' || c > '9' || point && after == places:
			return 0, &InputError{Code: Format, Field: field, Limit: limit}
		case point:
			after++
		default:
			digits++
		}
		if digits <= whole {
			n = n*10 + int64(c-'0')
		}
	}
	switch {
	case digits == 0 || point && after == 0:
		return 0, &InputError{Code: Format, Field: field, Limit: limit}
	case digits > whole:
		return 0, &InputError{Code: TooLarge, Field: field, Limit: "999999999.99"[9-whole:]}
	}
	for ; after < places; after++ {
		n *= 10
	}
	return n, nil
}

// String prints yuan with two decimals.
func (f Fen) String() string {
	var b [24]byte
	return string(f.Append(b[:0]))
}

// Append appends the text of String.
func (f Fen) Append(b []byte) []byte {
	u := uint64(f)
	if f < 0 {
		b = append(b, '-')
		u = uint64(-f)
	}
	b = appendUint(b, u/100)
	return append(b, '.', byte('0'+u/10%10), byte('0'+u%10))
}

func appendUint(b []byte, u uint64) []byte {
	var t [20]byte
	i := len(t)
	for {
		i--
		t[i] = byte('0' + u%10)
		u /= 10
		if u == 0 {
			return append(b, t[i:]...)
		}
	}
}

// String prints a rate without trailing zeros: "0.85", "-0.1", "1".
func (r Rate) String() string { return r.Decimal().String() }

// Decimal is the same number, for those who reckon outside the hot path.
func (r Rate) Decimal() decimal.Decimal { return decimal.New(int64(r), -12) }
