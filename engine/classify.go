package engine

// classify splits the bill into its buckets.
func (r *run) classify() {
	b := &r.c.Bill
	if len(b.Lines) > 0 {
		r.lines()
	} else {
		r.led[Bill] = b.Total.Lo
		rest := b.Total.Lo
		for _, x := range [...]struct {
			to Place
			a  Fen
		}{{SelfFunded, b.SelfFunded.Lo}, {OverLimit, b.OverLimit.Lo}, {PaidFirst, b.PaidFirst.Lo}, {Separate, b.Separate.Lo}} {
			if x.a > rest {
				r.fail(&InputError{Code: Contradiction, Field: "bill." + x.to.String(), Limit: rest.String()})
				return
			}
			rest -= x.a
			r.classified(x.to, x.a)
		}
		r.classified(InScope, rest)
	}
	if r.err != nil {
		return
	}
	r.extra()
	copy(r.out.Totals[:Deducted], r.led[:Deducted])
	r.out.Totals[Bill] = r.led[SelfFunded] + r.led[OverLimit] + r.led[PaidFirst] + r.led[InScope] + r.led[Separate]
}

func (r *run) classified(to Place, a Fen) {
	r.move(Step{Rule: "bill." + to.String(), Kind: StepClassify, From: Bill, To: to, Base: a, Amount: a})
}

// extra takes the share of the in-scope amount that the person bears first, where a
// region has one (out of area, say).
func (r *run) extra() {
	base := r.led[InScope]
	for i := range r.s.Classify.Extra {
		row := r.pick(r.s.Classify.Extra[i].Table)
		if row == nil {
			continue
		}
		share, _ := r.value(row, aCost)
		a := fromFen(base).times(share).fen()
		r.move(Step{Kind: StepClassify, From: InScope, To: PaidFirst, Base: base, Share: share, HasShare: true, Amount: min(a, r.led[InScope]), Row: row})
	}
}

// lines classifies items. The sum of the lines is rounded to the fen as a whole; each
// line's share paid first is rounded by itself; what is left of the whole is in scope.
func (r *run) lines() {
	var total num
	var sum [Separate + 1]num
	type line struct {
		amount, limit num
		hasLimit      bool
	}
	lines := make([]line, len(r.c.Bill.Lines))
	for i := range r.c.Bill.Lines {
		l := &r.c.Bill.Lines[i]
		at := "bill.lines[" + string(appendUint(nil, uint64(i))) + "]."
		a, err := parseLine(at+"amount", l.Amount)
		if err == nil && l.LimitAmount != "" {
			lines[i].limit, err = parseLine(at+"limit", l.LimitAmount)
			lines[i].hasLimit = true
		}
		if err != nil {
			r.fail(err)
			return
		}
		lines[i].amount = a
		total = total.add(a)
	}
	r.led[Bill] = total.fen()
	if r.led[Bill] > MaxFen {
		r.fail(&InputError{Code: TooLarge, Field: "bill", Limit: MaxFen.String()})
		return
	}
	for i := range r.c.Bill.Lines {
		l, a := &r.c.Bill.Lines[i], lines[i].amount
		at := "bill.lines[" + string(appendUint(nil, uint64(i))) + "]."
		if !r.item(at, l) {
			return
		}
		if l.Class == "c" || l.NotCovered || r.never() {
			sum[SelfFunded] = sum[SelfFunded].add(a)
			continue
		}
		limit, limited := lines[i].limit, lines[i].hasLimit
		if row := r.pick(r.s.Classify.Limit); row != nil && !limited {
			v, none := r.value(row, aCap)
			if days := DimDays - numCodeDims; !none && !r.f.known[days] {
				r.fail(&InputError{Code: Required, Field: dims[DimDays].field})
			} else if !none {
				limit, limited = v.num().muldiv(uint64(r.f.ints[days]), 1), true
				r.grade(row)
			}
		}
		if limited && limit.less(a) {
			sum[OverLimit] = sum[OverLimit].add(a.sub(limit))
			a = limit
		}
		first := r.first(at, l, a)
		if r.err != nil {
			return
		}
		sum[PaidFirst] = sum[PaidFirst].add(fromFen(first))
		if l.Separate {
			sum[Separate] = sum[Separate].add(a.sub(fromFen(first)))
		}
	}
	for _, to := range [...]Place{SelfFunded, OverLimit, PaidFirst, Separate} {
		r.classified(to, min(sum[to].fen(), r.led[Bill]))
	}
	r.classified(InScope, r.led[Bill])
}

// item makes the line's class and kind facts of the claim.
func (r *run) item(at string, l *Line) bool {
	kind := l.Kind
	if kind == "" {
		kind = dims[DimItemKind].def
	}
	class, kinds := r.p.Code(DimItemClass, l.Class), r.p.Code(DimItemKind, kind)
	switch {
	case class < 0:
		r.fail(&InputError{Code: NotAllowed, Field: at + "class", Limit: r.p.codeList(DimItemClass, ^uint64(0))})
	case kinds < 0:
		r.fail(&InputError{Code: NotAllowed, Field: at + "kind", Limit: r.p.codeList(DimItemKind, ^uint64(0))})
	default:
		r.f.codes[DimItemClass], r.f.codes[DimItemKind] = 1<<class, 1<<kinds
	}
	return r.err == nil
}

func (r *run) never() bool {
	for i := range r.s.Classify.Never {
		row := &r.s.Classify.Never[i]
		if !row.inForce(r.c.Date) {
			continue
		}
		ok, err := r.f.holds(row.When)
		if err != nil {
			r.fail(err)
		}
		if ok {
			r.grade(row)
			return true
		}
	}
	return false
}

// first is the share of a line that the person bears first.
func (r *run) first(at string, l *Line, a num) Fen {
	if l.PaidFirst != "" {
		share, err := ParseRate(at+"paid_first_share", l.PaidFirst)
		if err == nil && share > One {
			err = &InputError{Code: TooLarge, Field: at + "paid_first_share", Limit: "1"}
		}
		if err != nil {
			r.fail(err)
		}
		return a.times(share).fen()
	}
	if l.Class != "b" {
		return 0
	}
	row := r.pick(r.s.Classify.PaidFirst)
	if r.err != nil {
		return 0
	}
	var share Rate
	if row != nil {
		share, _ = r.value(row, aCost)
		r.grade(row)
	} else {
		share, _ = r.value(&unknownFirst, aCost)
	}
	return a.times(share).fen()
}

// unknownFirst stands for the share paid first of a region that names none.
var unknownFirst = Row{ID: "classify.paid_first", Value: Figure{Unknown: true}, Overridden: true}
