package engine_test

import (
	"math/big"
	"math/rand/v2"
	"sort"
	"testing"

	"mingbai/engine"

	"github.com/shopspring/decimal"
)

// The oracle settles the same claims a second time, written naively over exact
// rationals: no fixed point, no trace, no conditions but the status.

type ruleBand struct {
	to    int64 // yuan, 0: open
	share string
}

type rule struct {
	id, payer   string
	enters      []string
	weight      string // of the second bucket
	deductible  int64
	yearly      bool
	half        bool  // from the second admission
	step, least int64 // added for each further admission, and where that ends
	limit       int64
	bands       []ruleBand
	zero, along bool
	payments    bool   // the bounds of the bands are its own payments of the year
	follows     string // the bounds are what this rule paid in the year, beside the copay
	own         string // retired own share factor
	points      string // added for the retired
	capPaid     int64
	capEntered  int64
	guarantee   string // of in_scope or of what the first bucket held
}

type rules []rule

// piece is what a rule paid at one share, and what the person kept beside it.
type piece struct{ paid, kept, share *big.Rat }

type oracle struct {
	bucket map[string]*big.Rat
	shown  map[string]*big.Rat // the same in whole fen, as the steps move it
	paid   map[string]*big.Rat
	year   map[string][3]*big.Rat // entered, deductible, paid
	pieces map[string][]piece     // of this claim
	before map[string]*big.Rat    // paid in the year before this claim
}

func rat(s string) *big.Rat {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		panic(s)
	}
	return r
}

func yuan(n int64) *big.Rat { return new(big.Rat).SetInt64(n) }

// halfUp rounds to the fen.
func halfUp(r *big.Rat) *big.Rat {
	x := new(big.Rat).Add(new(big.Rat).Mul(r, yuan(100)), big.NewRat(1, 2))
	q := new(big.Int).Quo(x.Num(), x.Denom())
	return new(big.Rat).SetFrac(q, big.NewInt(100))
}

func least(a, b *big.Rat) *big.Rat {
	if a.Cmp(b) < 0 {
		return a
	}
	return b
}

func less(a, b *big.Rat) *big.Rat { // a − b, not below zero
	d := new(big.Rat).Sub(a, b)
	if d.Sign() < 0 {
		return new(big.Rat)
	}
	return d
}

func plus(a, b *big.Rat) *big.Rat  { return new(big.Rat).Add(a, b) }
func times(a, b *big.Rat) *big.Rat { return new(big.Rat).Mul(a, b) }

func (o *oracle) settle(rs rules, retired bool, admission int) {
	for _, r := range rs {
		in := new(big.Rat)
		start := map[string]*big.Rat{}
		for k, v := range o.bucket {
			start[k] = v
		}
		for i, b := range r.enters {
			w := yuan(1)
			if i == 1 && r.weight != "" {
				w = rat(r.weight)
			}
			in = plus(in, times(o.bucket[b], w))
		}
		y, ok := o.year[r.id]
		if !ok {
			y = [3]*big.Rat{new(big.Rat), new(big.Rat), new(big.Rat)}
		}
		inside := in
		if r.capEntered > 0 {
			inside = least(in, less(yuan(r.capEntered), y[0]))
		}
		due := yuan(r.deductible)
		if r.half && admission > 1 {
			due = halfUp(times(due, rat("0.5")))
		}
		if r.step != 0 {
			due = plus(due, yuan(r.step*int64(admission-1)))
			if due.Cmp(yuan(r.least)) < 0 {
				due = yuan(r.least)
			}
		}
		if r.yearly {
			due = less(due, y[1])
		}
		if r.limit > 0 {
			due = least(due, less(yuan(r.limit), y[1]))
		}
		d := least(inside, due)
		pos := new(big.Rat)
		if r.payments {
			pos = y[2]
		}
		var along []piece
		if r.follows != "" {
			pos = new(big.Rat) // before this claim: what the steps of the rule add up to comes off
			if f, ok := o.before[r.follows]; ok {
				pos = f
			}
			// The pieces make up the whole: what differs, by rounding, differs at the end.
			over := new(big.Rat).Neg(less(inside, d))
			for _, x := range o.pieces[r.follows] {
				over = plus(over, x.kept)
			}
			for i := len(o.pieces[r.follows]) - 1; i >= 0; i-- {
				x := o.pieces[r.follows][i]
				if x.kept.Sign() > 0 {
					kept := less(x.kept, over)
					over = new(big.Rat).Sub(over, new(big.Rat).Sub(x.kept, kept))
					x.kept = kept
				}
				along = append([]piece{x}, along...)
			}
		}
		if r.along {
			pos = y[0]
			if !r.zero {
				pos = less(y[0], y[1])
			}
		}
		if r.zero {
			pos = plus(pos, d)
		}
		// The payment as a function of the amount above the deductible; a cap is undone by
		// looking from the bottom for the amount at which it is reached.
		left, pay, taken := less(inside, d), new(big.Rat), new(big.Rat)
		var pieces []piece
		whole := left
		capped := false
		room := yuan(0)
		if r.capPaid > 0 {
			room = less(yuan(r.capPaid), y[2])
		}
		sort.Slice(r.bands, func(i, j int) bool {
			return r.bands[i].to != 0 && (r.bands[j].to == 0 || r.bands[i].to < r.bands[j].to)
		})
		for _, b := range r.bands {
			width := left
			if b.to > 0 {
				width = least(left, less(yuan(b.to), pos))
			}
			s := rat(b.share)
			if r.follows != "" {
				// What stands beside payments up to the bound: whole pieces, then a part of one.
				width = new(big.Rat)
				for b.to == 0 || pos.Cmp(yuan(b.to)) < 0 {
					if len(along) == 0 {
						width = left
						break
					}
					x := along[0]
					paid, kept := x.paid, x.kept
					if b.to > 0 && paid.Cmp(less(yuan(b.to), pos)) > 0 {
						paid = less(yuan(b.to), pos)
						kept = least(kept, times(paid, new(big.Rat).Quo(new(big.Rat).Sub(yuan(1), x.share), x.share)))
					}
					width, pos = plus(width, kept), plus(pos, paid)
					along[0] = piece{less(x.paid, paid), less(x.kept, kept), x.share}
					if along[0].paid.Sign() == 0 && along[0].kept.Sign() == 0 {
						along = along[1:]
					}
				}
			}
			if retired && r.points != "" {
				s = plus(s, rat(r.points))
			}
			if retired && r.own != "" {
				s = new(big.Rat).Sub(yuan(1), times(new(big.Rat).Sub(yuan(1), s), rat(r.own)))
			}
			if s.Sign() < 0 {
				s = new(big.Rat)
			}
			s = least(s, yuan(1))
			if r.payments && b.to > 0 {
				width = left
				if reach := less(yuan(b.to), pos); times(left, s).Cmp(reach) > 0 {
					width = new(big.Rat).Quo(reach, s)
				}
			}
			p := times(width, s)
			if r.capPaid > 0 && !capped && plus(pay, p).Cmp(room) > 0 {
				width = new(big.Rat).Quo(new(big.Rat).Sub(room, pay), s)
				p = new(big.Rat).Sub(room, pay)
				capped = true
				pay, taken = plus(pay, p), plus(taken, width)
				pieces = append(pieces, piece{p, new(big.Rat).Sub(width, p), s})
				break
			}
			pay, taken, left = plus(pay, p), plus(taken, width), new(big.Rat).Sub(left, width)
			pieces = append(pieces, piece{p, new(big.Rat).Sub(width, p), s})
			switch {
			case r.payments:
				pos = plus(pos, p)
			case r.follows == "":
				pos = plus(pos, width)
			}
		}
		o.pieces[r.id] = pieces
		cut := plus(new(big.Rat).Sub(in, inside), new(big.Rat).Sub(whole, taken))
		paid := halfUp(pay)
		if r.guarantee != "" {
			g := least(halfUp(times(start[r.enters[0]], rat(r.guarantee))), halfUp(less(inside, d)))
			if r.capPaid > 0 {
				g = least(g, room)
			}
			if g.Cmp(paid) > 0 {
				paid = g
			}
		}
		standing := new(big.Rat)
		for _, b := range r.enters {
			standing = plus(standing, o.shown[b])
		}
		paid = least(paid, standing)
		o.paid[r.payer] = plus(o.paid[r.payer], paid)
		o.before[r.id] = y[2]
		o.year[r.id] = [3]*big.Rat{plus(y[0], halfUp(in)), plus(y[1], halfUp(d)), plus(y[2], paid)}
		first := r.enters[0]
		if first == "in_scope" || first == "above_cap" {
			whole := o.shown[first]
			o.shown[first] = new(big.Rat)
			if first == "above_cap" {
				o.shown[first] = least(halfUp(cut), less(whole, paid))
			} else {
				o.shown["above_cap"] = plus(o.shown["above_cap"], halfUp(cut))
				o.shown["deductible"] = plus(o.shown["deductible"], halfUp(d))
				whole = less(whole, plus(halfUp(d), halfUp(cut)))
			}
			o.shown["copay"] = plus(o.shown["copay"], less(less(whole, paid), o.shown[first]))
			rest := new(big.Rat).Sub(new(big.Rat).Sub(in, paid), plus(halfUp(d), cut))
			o.bucket[first] = new(big.Rat)
			o.bucket["above_cap"] = plus(o.bucket["above_cap"], cut)
			o.bucket["deductible"] = plus(o.bucket["deductible"], halfUp(d))
			o.bucket["copay"] = plus(o.bucket["copay"], rest)
			continue
		}
		for _, b := range r.enters {
			p := least(paid, o.shown[b])
			o.shown[b] = new(big.Rat).Sub(o.shown[b], p)
			o.bucket[b] = less(o.bucket[b], p)
			paid = new(big.Rat).Sub(paid, p)
		}
	}
}

// policy turns the rules into the engine's form.
func (rs rules) policy() *engine.Policy {
	p := beijing()
	one := func(id, v string, when ...engine.Cond) *engine.Table {
		return &engine.Table{Gaps: len(when) > 0, Rows: []engine.Row{{ID: id, Value: engine.NewFigure(decimal.RequireFromString(v)), When: when, From: 20000101, Grade: 'A'}}}
	}
	n := func(v int64) string { return decimal.NewFromInt(v).String() }
	retired := engine.Cond{Dim: engine.DimStatus, Mask: 1 << p.Code(engine.DimStatus, "retired")}
	later := engine.Cond{Dim: engine.DimAdmission, Lo: 2, Hi: engine.MaxInt}
	s := &p.Schemes[0]
	s.Layers = nil
	for _, r := range rs {
		payer, _ := engine.PlaceByName(r.payer)
		l := engine.Layer{ID: r.id, Payer: payer}
		for i, b := range r.enters {
			at, _ := engine.PlaceByName(b)
			w := engine.One
			if i == 1 && r.weight != "" {
				w, _ = engine.ParseRate("", r.weight)
			}
			l.Enters = append(l.Enters, engine.Entry{Bucket: at, Weight: w})
		}
		if r.deductible > 0 {
			d := &engine.Deductible{Table: one(r.id+".d", n(r.deductible))}
			if r.yearly {
				d.Per = engine.PerYear
			}
			if r.half {
				d.Adjust = []engine.Adjust{{Op: engine.Times, Table: one(r.id+".h", "0.5", later)}}
			}
			if r.step != 0 {
				d.Adjust = append(d.Adjust, engine.Adjust{Op: engine.PerAdmission, Over: 1, Table: one(r.id+".s", n(r.step))},
					engine.Adjust{Op: engine.AtLeast, Table: one(r.id+".l", n(r.least))})
			}
			if r.limit > 0 {
				d.Limit = &engine.Limit{Table: one(r.id+".m", n(r.limit))}
			}
			l.Deductible = d
		}
		l.Bands = &engine.Bands{FromZero: r.zero, Year: r.along, Rows: &engine.Table{}}
		switch {
		case r.payments:
			l.Bands.PaidBy = []string{r.id}
		case r.follows != "":
			l.Bands.PaidBy = []string{r.follows}
		}
		for i, b := range r.bands {
			row := one(r.id+".b"+n(int64(i)), b.share).Rows[0]
			row.To = engine.Fen(b.to * 100)
			l.Bands.Rows.Rows = append(l.Bands.Rows.Rows, row)
		}
		if r.points != "" {
			l.Adjust = append(l.Adjust, engine.Adjust{Op: engine.Plus, Table: one(r.id+".p", r.points, retired)})
		}
		if r.own != "" {
			l.Adjust = append(l.Adjust, engine.Adjust{Op: engine.OwnShareTimes, Table: one(r.id+".o", r.own, retired)})
		}
		if r.capPaid > 0 {
			l.Caps = append(l.Caps, engine.Cap{Span: engine.Span{Per: engine.PerYear}, Table: one(r.id+".c", n(r.capPaid))})
		}
		if r.capEntered > 0 {
			l.Caps = append(l.Caps, engine.Cap{Span: engine.Span{Per: engine.PerYear}, OfEntered: true, Table: one(r.id+".e", n(r.capEntered))})
		}
		if r.guarantee != "" {
			l.Guarantee = &engine.Guarantee{Of: []engine.Place{l.Enters[0].Bucket}, Table: one(r.id+".g", r.guarantee)}
		}
		s.Layers = append(s.Layers, l)
	}
	return p
}

func generate(g *rand.Rand) rules {
	shares := []string{"0.5", "0.55", "0.6", "0.65", "0.7", "0.733", "0.75", "0.78", "0.8", "0.8125", "0.85", "0.87", "0.9", "0.92", "0.95", "0.97", "1"}
	share := func() string { return shares[g.IntN(len(shares))] }
	some := func(of int) bool { return g.IntN(of) == 0 }
	bands := func() []ruleBand {
		var b []ruleBand
		to := int64(0)
		for range g.IntN(4) {
			to += 1000 * int64(1+g.IntN(40))
			b = append(b, ruleBand{to, share()})
		}
		return append(b, ruleBand{0, share()})
	}
	basic := rule{id: "inpatient", payer: "hifp_pay", enters: []string{"in_scope"}, bands: bands(), zero: some(2), along: some(3)}
	if !some(4) {
		basic.deductible = int64(1 + g.IntN(2000))
		basic.yearly, basic.half = some(3), some(2)
		if some(3) {
			basic.step, basic.least = int64(g.IntN(400)-300), int64(g.IntN(200))
		}
		if some(2) {
			basic.limit = basic.deductible + int64(g.IntN(1500))
		}
	}
	if some(2) {
		basic.own = []string{"0.5", "0.6", "0.7", "0.8"}[g.IntN(4)]
	} else if some(2) {
		basic.points = []string{"0.02", "0.05", "-0.1", "0.035"}[g.IntN(4)]
	}
	if !some(3) {
		basic.capPaid = int64(500 + g.IntN(200000))
	}
	if some(4) {
		basic.capEntered = int64(5000 + g.IntN(200000))
	}
	if some(6) {
		basic.guarantee = []string{"0.25", "0.45", "0.6"}[g.IntN(3)]
	}
	if some(4) {
		basic.payments, basic.zero, basic.along = true, false, false
	}
	rs := rules{basic}
	if some(4) {
		r := rule{id: "supplement", payer: "hifes_pay", enters: []string{"copay"}, follows: "inpatient", bands: bands()}
		if some(3) {
			r.capPaid = int64(1 + g.IntN(20000))
		}
		rs = append(rs, r)
	}
	if some(2) {
		r := rule{id: "large_amount", payer: "hifob_pay", enters: []string{"above_cap"}, bands: bands()}
		if some(2) {
			r.capPaid = int64(10000 + g.IntN(400000))
		}
		rs = append(rs, r)
	}
	if !some(3) {
		r := rule{id: "critical_illness", payer: "hifmi_pay", enters: []string{"deductible", "copay"}, deductible: int64(1000 + g.IntN(20000)), yearly: true, bands: bands(), zero: some(2), along: true}
		if some(2) {
			r.enters = []string{"copay", "paid_first"}
			r.weight = []string{"1", "0.5"}[g.IntN(2)]
		}
		rs = append(rs, r)
	}
	if some(3) {
		rs = append(rs, rule{id: "assistance", payer: "maf_pay", enters: []string{"deductible", "copay"}, deductible: int64(g.IntN(3000)), yearly: true, bands: bands(), capPaid: int64(1 + g.IntN(50000))})
	}
	return rs
}

// TestOracle compares claims along a year, payer by payer and counter by counter, until
// the last fen.
func TestOracle(t *testing.T) {
	n := 6000
	if testing.Short() {
		n = 500
	}
	g := rand.New(rand.NewPCG(20261123, 1))
	claims := 0
	for i := 0; i < n; i++ {
		rs := generate(g)
		p := rs.policy()
		o := &oracle{year: map[string][3]*big.Rat{}}
		var year engine.Year
		for visit := 1; visit <= 1+g.IntN(4); visit++ {
			total := engine.Fen(g.Int64N([]int64{500_00, 20_000_00, 900_000_00}[g.IntN(3)]))
			c := claim([]string{"active", "retired"}[g.IntN(2)], int32(visit), total)
			own, first := total/engine.Fen(3+g.IntN(40)), total/engine.Fen(3+g.IntN(40))
			c.Bill.SelfFunded, c.Bill.PaidFirst = engine.Exactly(own), engine.Exactly(first)
			c.Year = year
			s, err := engine.Settle(p, c)
			if err != nil {
				t.Fatalf("policy %d visit %d: %v\n%+v", i, visit, err, rs)
			}
			claims++
			replay(t, s)
			year = s.Year
			o.bucket = map[string]*big.Rat{"in_scope": big.NewRat(int64(total-own-first), 100), "paid_first": big.NewRat(int64(first), 100),
				"deductible": new(big.Rat), "copay": new(big.Rat), "above_cap": new(big.Rat)}
			o.pieces, o.before = map[string][]piece{}, map[string]*big.Rat{}
			o.shown = map[string]*big.Rat{}
			for k, v := range o.bucket {
				o.shown[k] = v
			}
			o.paid = map[string]*big.Rat{}
			for _, r := range rs {
				o.paid[r.payer] = new(big.Rat)
			}
			o.settle(rs, c.Facts.Get(engine.DimStatus)[0] == "retired", visit)
			for _, r := range rs {
				at, _ := engine.PlaceByName(r.payer)
				if got, want := s.Totals[at].String(), o.paid[r.payer].FloatString(2); got != want {
					t.Fatalf("policy %d visit %d (%v of %v): %s %s, want %s\n%+v", i, visit, total, c.Bill, r.payer, got, want, rs)
				}
				for _, y := range s.Year {
					if y.Key != r.id {
						continue
					}
					w := o.year[r.id]
					if y.Entered.Lo.String() != w[0].FloatString(2) || y.Deduct.Lo.String() != w[1].FloatString(2) || y.Paid.Lo.String() != w[2].FloatString(2) {
						t.Fatalf("policy %d visit %d: year of %s is %v %v %v, want %s %s %s\n%+v", i, visit, r.id, y.Entered.Lo, y.Deduct.Lo, y.Paid.Lo, w[0].FloatString(2), w[1].FloatString(2), w[2].FloatString(2), rs)
					}
				}
			}
			if t.Failed() {
				t.Fatalf("policy %d visit %d: %+v", i, visit, rs)
			}
		}
	}
	t.Logf("%d claims", claims)
}
