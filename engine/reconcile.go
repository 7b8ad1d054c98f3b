package engine

// ReceiptLine is a figure of a real receipt, named as [Settlement.Figure] names it.
type ReceiptLine struct {
	Name   string
	Amount Fen
}

// Deviation is a line on which receipt and settlement differ.
type Deviation struct {
	Name          string
	Receipt, Ours Fen
}

// Explanation is a single change of the claim after which all lines agree.
type Explanation struct {
	Field string // path in the request
	Value string // a code or number; for an amount the smallest value that fits
	To    string // for an amount the largest one
	// Within is the largest difference that remains: 0, or one fen (rounding).
	Within Fen
}

// Reconciliation compares a real receipt with a settlement.
type Reconciliation struct {
	Ours         *Settlement
	Deviations   []Deviation
	Explanations []Explanation // exact ones first, simple facts before amounts
}

// Reconcile looks for the single fact that would explain why a receipt differs from the
// settlement of the claim: another code, another ordinal, another amount used up
// before. No explanation is an answer, too.
func Reconcile(p *Policy, c *Claim, receipt []ReceiptLine) (*Reconciliation, error) {
	s, err := Settle(p, c)
	if err != nil {
		return nil, err
	}
	out := &Reconciliation{Ours: s}
	for _, l := range receipt {
		ours, ok := s.Figure(l.Name)
		if !ok {
			return nil, &InputError{Code: NotAllowed, Field: "receipt." + l.Name, Limit: "medfee_sumamt,hifp_pay,fund_pay_sumamt,psn_part_amt,psn_cash_pay,act_pay_dedc,self_pay,self_funded"}
		}
		if ours != l.Amount {
			out.Deviations = append(out.Deviations, Deviation{l.Name, l.Amount, ours})
		}
	}
	if len(out.Deviations) == 0 {
		return out, nil
	}
	r := reconciler{p: p, c: c.plain(), receipt: receipt, out: out, most: 1}
	if w, ok := r.within(s); ok {
		r.add(Explanation{Field: "rounding", Within: w})
		r.most = 0 // another fact must do better than that
	}
	r.codes()
	r.numbers()
	r.amounts(s)
	return out, nil
}

type reconciler struct {
	p       *Policy
	c       *Claim
	receipt []ReceiptLine
	out     *Reconciliation
	most    Fen // the difference that an explanation may leave
}

// within is the largest difference between a settlement and the receipt, if it is at
// most a fen.
func (r *reconciler) within(s *Settlement) (Fen, bool) {
	var w Fen
	for _, l := range r.receipt {
		v, _ := s.Figure(l.Name)
		d := max(v-l.Amount, l.Amount-v)
		if d > 1 {
			return 0, false
		}
		w = max(w, d)
	}
	return w, true
}

// add keeps explanations in order: exact before rounded, else as they came.
func (r *reconciler) add(e Explanation) {
	l := append(r.out.Explanations, e)
	for i := len(l) - 1; i > 0 && l[i-1].Within > e.Within; i-- {
		l[i-1], l[i] = l[i], l[i-1]
	}
	r.out.Explanations = l
}

func (r *reconciler) try(e Explanation, c *Claim) {
	s, err := Settle(r.p, c)
	if err != nil || s.Range != nil {
		return
	}
	if w, ok := r.within(s); ok && w <= r.most {
		e.Within = w
		r.add(e)
	}
}

// codes tries every other code of person and visit.
func (r *reconciler) codes() {
	s := r.p.Scheme(r.c.Scheme)
	for _, d := range [...]Dim{DimLevel, DimStatus, DimFiling, DimReferral, DimAssistance, DimTier, DimHospital, DimDisease, DimPlace, DimEnrolment, DimKind} {
		have := r.c.Facts.codes[d]
		for i, c := range r.p.Codes[d] {
			if len(have) == 1 && have[0] == c.Code || len(have) == 0 && c.Code == dims[d].def || d == DimStatus && s.Statuses&(1<<i) == 0 {
				continue
			}
			x := *r.c
			x.Facts.codes[d] = []string{c.Code}
			r.try(Explanation{Field: dims[d].field, Value: c.Code}, &x)
		}
	}
}

// numbers tries other ordinals of the admission and the ages that rules tell apart.
func (r *reconciler) numbers() {
	s := r.p.Scheme(r.c.Scheme)
	for _, n := range [...]struct {
		d      Dim
		values []int32
	}{{DimAdmission, []int32{1, 2, 3, 4, 5}}, {DimAge, r.p.cuts(s, DimAge, 0, 120)}} {
		d, have := n.d, r.c.Facts.ints[n.d-numCodeDims]
		for _, v := range n.values {
			if have.given && have.lo == v || !have.given && (d == DimAge || v == 1) {
				continue
			}
			x := *r.c
			x.Facts.SetInt(d, v)
			r.try(Explanation{Field: dims[d].field, Value: string(appendUint(nil, uint64(v)))}, &x)
		}
	}
}

// amounts looks for the value of one amount at which the first deviating line agrees,
// and keeps it if the others do.
func (r *reconciler) amounts(s *Settlement) {
	axes := []string{"bill.paid_first", "bill.self_funded", "bill.over_limit"}
	if len(r.c.Bill.Lines) > 0 {
		axes = nil
	}
	for i := range s.Layers {
		k := "year." + s.Layers[i].Layer.ID
		axes = append(axes, k+".deductible", k+".paid", k+".entered")
	}
	// The lines that differ narrow an axis down most.
	lines := make([]ReceiptLine, 0, len(r.receipt))
	for _, d := range r.out.Deviations {
		lines = append(lines, ReceiptLine{d.Name, d.Receipt})
	}
	for _, l := range r.receipt {
		if v, _ := s.Figure(l.Name); v == l.Amount {
			lines = append(lines, l)
		}
	}
	for _, name := range axes {
		a, err := AxisByName(name)
		if err != nil {
			continue
		}
		to := Fen(1_000_000_00)
		if name[0] == 'b' {
			x := *r.c
			b := &x.Bill
			to = b.Total.Lo - b.SelfFunded.Lo - b.OverLimit.Lo - b.PaidFirst.Lo - b.Separate.Lo + a.at(&x).Lo
		}
		if to > 0 {
			r.narrow(a, Interval{0, to}, lines)
		}
	}
}

// few is the width up to which an interval is looked through value by value.
const few = 64

// narrow keeps the parts of an interval on which all of the lines agree.
func (r *reconciler) narrow(a Axis, v Interval, lines []ReceiptLine) {
	if v.To-v.From > few && len(lines) > 0 {
		found, err := Invert(r.p, r.c, a, v.From, v.To, lines[0].Name, lines[0].Amount)
		if err != nil {
			return
		}
		for _, u := range found {
			r.narrow(a, u, lines[1:])
		}
		return
	}
	if len(lines) == 0 {
		r.add(Explanation{Field: a.Name, Value: v.From.String(), To: v.To.String()})
		return
	}
	for x := v.From; x <= v.To; x++ {
		from := x
		for x <= v.To && r.fits(a, x) {
			x++
		}
		if x > from {
			r.add(Explanation{Field: a.Name, Value: from.String(), To: (x - 1).String()})
		}
	}
}

func (r *reconciler) fits(a Axis, x Fen) bool {
	s, err := Settle(r.p, a.With(r.c, x))
	if err != nil || s.Range != nil {
		return false
	}
	w, ok := r.within(s)
	return ok && w == 0
}
