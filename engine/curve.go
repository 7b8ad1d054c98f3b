package engine

// An Axis is one amount of a claim that is varied.
type Axis struct {
	Name string // the request's path: bill.total, bill.paid_first, year.inpatient.paid …
	at   func(c *Claim) *Amount
}

// AxisByName finds an amount of a claim by its path. Year counters that the claim does
// not have start at nothing.
func AxisByName(name string) (Axis, error) {
	for i, n := range billAxes {
		if n == name {
			return Axis{name, func(c *Claim) *Amount { return c.Bill.part(i) }}, nil
		}
	}
	dot := len(name) - 1
	for dot > 5 && name[dot] != '.' {
		dot--
	}
	if dot > 5 && name[:5] == "year." {
		key := name[5:dot]
		for i, n := range counterParts {
			if n != name[dot+1:] {
				continue
			}
			return Axis{name, func(c *Claim) *Amount {
				have := c.Year.find(key)
				if have == nil {
					c.Year = append(c.Year, Counter{Key: key})
					have = &c.Year[len(c.Year)-1]
				}
				return have.part(i)
			}}, nil
		}
	}
	return Axis{}, badAxis
}

// billAxes and counterParts name the amounts of a bill and of a counter.
var (
	billAxes     = [...]string{"bill.total", "bill.self_funded", "bill.over_limit", "bill.paid_first", "bill.separate"}
	counterParts = [...]string{"entered", "deductible", "paid", "spell"}
)

func (b *Invoice) part(i int) *Amount {
	return [...]*Amount{&b.Total, &b.SelfFunded, &b.OverLimit, &b.PaidFirst, &b.Separate}[i]
}

func (c *Counter) part(i int) *Amount {
	return [...]*Amount{&c.Entered, &c.Deduct, &c.Paid, &c.Spell}[i]
}

func (a *Amount) known() bool { return a.Lo == a.Hi }

var badAxis = &InputError{Code: NotAllowed, Field: "axis",
	Limit: "bill.total,bill.self_funded,bill.over_limit,bill.paid_first,bill.separate,year.<layer>.entered,year.<layer>.deductible,year.<layer>.paid"}

// Of is the amount in a claim; nothing where it does not say.
func (a Axis) Of(c *Claim) Amount {
	x := *c
	x.Year = append(make(Year, 0, len(c.Year)+1), c.Year...)
	return *a.at(&x)
}

// With is a copy of the claim with the amount set.
func (a Axis) With(c *Claim, v Fen) *Claim {
	x := *c
	x.Year = append(make(Year, 0, len(c.Year)+1), c.Year...)
	*a.at(&x) = Exactly(v)
	return &x
}

// Bend is a point at which a settlement changes its course: up to At−0.01 one set of
// rules holds, from At on another.
type Bend struct {
	At     Fen
	Rule   string      // the rule that makes the difference, or ""
	Before *Settlement // at At − 0.01; nil for the first bend
	After  *Settlement // at At
}

// plain is the claim for who settles it many times and wants its figures alone.
func (c *Claim) plain() *Claim {
	x := *c
	x.Figures, x.Worlds = true, 64
	return &x
}

// MaxBends bounds a curve.
const MaxBends = 200

// Curve finds the exact points, between two values of an axis, at which the settlement
// bends; between neighbouring bends every figure is a straight line but for the
// rounding of payments. The first bend is from itself, the last one to.
func Curve(p *Policy, c *Claim, a Axis, from, to Fen) ([]Bend, error) {
	if to <= from {
		return nil, &InputError{Code: Contradiction, Field: "to", Limit: from.String()}
	}
	plain := c.plain()
	at := func(v Fen) (*Settlement, error) { return Settle(p, a.With(plain, v)) }
	whole := func(v Fen) (*Settlement, error) { return Settle(p, a.With(c, v)) }
	first, err := whole(from)
	if err != nil {
		return nil, err
	}
	last, err := whole(to)
	if err != nil {
		return nil, err
	}
	bends := []Bend{{At: from, After: first}}
	var walk func(lo, hi Fen, a, b *Settlement) error
	walk = func(lo, hi Fen, a, b *Settlement) error {
		if a.Regime == b.Regime {
			return nil
		}
		if len(bends) >= MaxBends {
			return &InputError{Code: TooMany, Field: "axis", Limit: "200"}
		}
		if hi-lo == 1 {
			if a, err = whole(lo); err == nil {
				b, err = whole(hi)
			}
			if err != nil {
				return err
			}
			bends = append(bends, Bend{At: hi, Rule: Difference(a, b), Before: a, After: b})
			return nil
		}
		mid := lo + (hi-lo)/2
		m, err := at(mid)
		if err != nil {
			return err
		}
		if err := walk(lo, mid, a, m); err != nil {
			return err
		}
		return walk(mid, hi, m, b)
	}
	if err := walk(from, to, first, last); err != nil {
		return nil, err
	}
	if end := bends[len(bends)-1]; end.At != to {
		bends = append(bends, Bend{At: to, Before: last, After: last})
	}
	return bends, nil
}

// Slope is what one unit more of an axis adds to a figure; Known is false where the
// stretch is too short to tell.
type Slope struct {
	Rate  Rate
	Known bool
}

// Slopes says what each of some figures gains for each yuan of an axis between two values
// without a bend between them. Payments are rounded, so the slope does not show between
// neighbours: over a distance that is a round number the rounding falls out, and the gain
// must be the same wherever in the stretch the distance lies.
func Slopes(p *Policy, c *Claim, a Axis, from, to Fen, figures []string) ([]Slope, error) {
	c = c.plain()
	out := make([]Slope, len(figures))
	const probes = 5
	left := len(figures)
	for tried, h := 0, longest(to-from); left > 0 && h.by > 0 && tried < 3; tried, h = tried+1, h.shorter() {
		gain := make([]Fen, len(figures))
		same := make([]bool, len(figures))
		for i := range Fen(probes) {
			at := from + (to-from-h.by)*i/(probes-1)
			x, err := Settle(p, a.With(c, at))
			if err != nil {
				return nil, err
			}
			y, err := Settle(p, a.With(c, at+h.by))
			if err != nil {
				return nil, err
			}
			for j, name := range figures {
				before, ok := x.Figure(name)
				after, _ := y.Figure(name)
				if i == 0 {
					gain[j], same[j] = after-before, ok
				}
				same[j] = same[j] && after-before == gain[j]
			}
		}
		for j := range out {
			if same[j] && !out[j].Known {
				out[j] = Slope{Rate(gain[j]) * (One / Rate(h.by/h.times)) / Rate(h.times), true}
				left--
			}
		}
	}
	return out, nil
}

// distance is times × a power of ten.
type distance struct{ by, times Fen }

// longest is the longest distance to measure within a stretch that leaves room for some
// probes; nothing where the stretch is a few fen.
func longest(stretch Fen) distance {
	d := distance{8_000_000_000, 8}
	for d.by > 0 && d.by+4 > stretch {
		d = d.shorter()
	}
	return d
}

func (d distance) shorter() distance {
	unit := d.by / d.times
	switch d.times {
	case 8:
		return distance{5 * unit, 5}
	case 5:
		return distance{4 * unit, 4}
	case 4:
		return distance{2 * unit, 2}
	case 2:
		return distance{unit, 1}
	}
	if unit <= 10 {
		return distance{0, 1}
	}
	return distance{8 * unit / 10, 8}
}

// Difference names the rule that makes two settlements differ: among the figures that
// one used and the other did not, the one that moved most money; where both used the
// same, the one whose amount changed most; "" if none did.
func Difference(a, b *Settlement) string {
	best, most := "", Fen(-1)
	look := func(x, y *Settlement) {
		for i := range x.Steps {
			s := &x.Steps[i]
			if s.Row == nil {
				continue
			}
			if !y.uses(s.Row.ID) && s.Amount > most {
				best, most = s.Row.ID, s.Amount
			}
			for _, d := range s.Adjusted {
				if !y.uses(d.Row.ID) && s.Amount > most {
					best, most = d.Row.ID, s.Amount
				}
			}
		}
	}
	look(b, a)
	look(a, b)
	if best != "" {
		return best
	}
	most = 0
	for i := range b.Steps {
		s := &b.Steps[i]
		if s.Row == nil {
			continue
		}
		d := s.Amount
		for j := range a.Steps {
			if o := &a.Steps[j]; o.Row != nil && o.Row.ID == s.Row.ID && o.To == s.To && o.From == s.From {
				d -= o.Amount
				break
			}
		}
		if d = max(d, -d); d > most {
			best, most = s.Row.ID, d
		}
	}
	return best
}

func (s *Settlement) uses(id string) bool {
	for i := range s.Steps {
		st := &s.Steps[i]
		if st.Row != nil && st.Row.ID == id {
			return true
		}
		for _, d := range st.Adjusted {
			if d.Row.ID == id {
				return true
			}
		}
	}
	return false
}

// Figure names a result that Invert and Reconcile look at: a place's code, or
// psn_part_amt, fund_pay_sumamt, self_pay, self_funded, act_pay_dedc.
func (s *Settlement) Figure(name string) (Fen, bool) {
	switch name {
	case "medfee_sumamt":
		return s.Totals[Bill], true
	case "fulamt_ownpay_amt":
		return s.Totals[SelfFunded], true
	case "overlmt_selfpay":
		return s.Totals[OverLimit], true
	case "preselfpay_amt":
		return s.Totals[PaidFirst], true
	case "inscp_scp_amt":
		return s.Totals[InScope] + s.Totals[Separate], true
	case "psn_part_amt":
		return Person(&s.Totals), true
	case "fund_pay_sumamt":
		return Funds(&s.Totals), true
	case "self_pay":
		return s.SelfPay, true
	case "self_funded":
		return s.SelfFund, true
	case "act_pay_dedc":
		return s.Deduct, true
	}
	if p, ok := PlaceByName(name); ok && p >= Hifp {
		return s.Totals[p], true
	}
	return 0, false
}

// Interval is a set of neighbouring amounts, both ends included.
type Interval struct{ From, To Fen }

// A figure climbs or falls along a stretch without a bend, but not strictly: where two
// payers share a payment each part is rounded, and the one loses a fen when the other
// gains one. dip is by how many fen it may stand back behind what it had reached, near
// how many values are then looked at one by one.
const (
	dip  = 2
	near = 1 << 12
)

// Invert finds all values of an axis between two bounds at which a figure of the
// settlement equals target to the fen: no interval, one or several. A figure that gains
// so little that it stays about target for more than near fen is taken to climb without
// falling back.
func Invert(p *Policy, c *Claim, a Axis, from, to Fen, figure string, target Fen) ([]Interval, error) {
	bends, err := Curve(p, c, a, from, to)
	if err != nil {
		return nil, err
	}
	return InvertBends(p, c, a, bends, figure, target)
}

// InvertBends is Invert over a curve that is known.
func InvertBends(p *Policy, c *Claim, a Axis, bends []Bend, figure string, target Fen) ([]Interval, error) {
	if _, ok := bends[0].After.Figure(figure); !ok {
		return nil, &InputError{Code: NotAllowed, Field: "target.figure", Limit: "psn_part_amt,psn_cash_pay,fund_pay_sumamt,self_pay"}
	}
	c = c.plain()
	value := func(v Fen) (Fen, error) {
		s, err := Settle(p, a.With(c, v))
		if err != nil {
			return 0, err
		}
		f, _ := s.Figure(figure)
		return f, nil
	}
	var out []Interval
	add := func(lo, hi Fen) {
		if n := len(out); n > 0 && out[n-1].To+1 >= lo {
			out[n-1].To = max(out[n-1].To, hi)
			return
		}
		out = append(out, Interval{lo, hi})
	}
	for i := 0; i+1 < len(bends); i++ {
		lo, hi := bends[i].At, bends[i+1].At-1
		if i+2 == len(bends) {
			hi = bends[i+1].At
		}
		flo, _ := bends[i].After.Figure(figure)
		fhi, err := value(hi)
		if err != nil {
			return nil, err
		}
		up := fhi >= flo
		// first is the smallest value from lo on at which the figure has reached f.
		first := func(f Fen) (Fen, error) {
			l, h := lo, hi+1
			for l < h {
				m := l + (h-l)/2
				v, err := value(m)
				if err != nil {
					return 0, err
				}
				if up && v >= f || !up && v <= f {
					h = m
				} else {
					l = m + 1
				}
			}
			return l, nil
		}
		step := Fen(1)
		if !up {
			step = -1
		}
		l, err := first(target - dip*step)
		if err != nil {
			return nil, err
		}
		h, err := first(target + (dip+1)*step)
		if err != nil {
			return nil, err
		}
		if h-l <= near {
			for ; l < h; l++ {
				v, err := value(l)
				if err != nil {
					return nil, err
				}
				if v == target {
					add(l, l)
				}
			}
			continue
		}
		if l, err = first(target); err != nil {
			return nil, err
		}
		if h, err = first(target + step); err != nil {
			return nil, err
		}
		if l < h {
			add(l, h-1)
		}
	}
	return out, nil
}
