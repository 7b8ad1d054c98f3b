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
	r.move(Step{Rule: classifyRules[to], Kind: StepClassify, From: Bill, To: to, Base: a, Amount: a})
}

var classifyRules = [...]string{SelfFunded: "bill.self_funded", OverLimit: "bill.over_limit", PaidFirst: "bill.paid_first", InScope: "bill.in_scope", Separate: "bill.separate"}

// extra takes the share of the in-scope amount that the person bears first, where a
// region has one (out of area, say).
func (r *run) extra() {
	base := r.led[InScope]
	for i := range r.s.Classify.Extra {
		row := r.pick(r.s.Classify.Extra[i].Table)
		if row == nil {
			continue
		}
		r.reading(atExtra + i)
		share, _ := r.value(row, aPart)
		a := fromFen(base).times(share).fen()
		if base > 0 {
			r.grade(row) // also where it says that nothing is borne first
		}
		r.regime(a > r.led[InScope], nil)
		r.move(Step{Kind: StepClassify, From: InScope, To: PaidFirst, Base: base, Share: share, HasShare: true, Amount: min(a, r.led[InScope]), Row: row})
	}
}

// items are the lines of a bill, read once for all worlds.
type items struct {
	lines  []item
	groups []group // the class and kind of each group
	total  num
	err    error
}

// item is a line in the engine's own terms.
type item struct {
	amount, limit   num
	limited         bool
	share           Rate // paid first, where own
	own             bool
	separate, never bool
	group           int
}

// group is what one world's rules say of a class and a kind; each is asked once.
type group struct {
	class, kind         uint64
	isC, isB            bool
	asked               bool // whether never has been asked
	never               bool
	limitAsked, limited bool
	limit               num
	firstAsked          bool
	first               Rate
}

// items reads the bill's lines.
func (w *worlds) items() *items {
	if len(w.c.Bill.Lines) == 0 {
		return nil
	}
	if w.bill == nil {
		w.bill = &items{lines: make([]item, len(w.c.Bill.Lines))}
		for i := range w.c.Bill.Lines {
			if w.bill.err = w.bill.read(w.p, i, &w.c.Bill.Lines[i]); w.bill.err != nil {
				break
			}
		}
	}
	return w.bill
}

func (b *items) read(p *Policy, i int, l *Line) (err error) {
	at := func(field string) string { return "bill.lines[" + string(appendUint(nil, uint64(i))) + "]." + field }
	x := &b.lines[i]
	if x.amount, err = parseLine("", l.Amount); err != nil {
		return placed(err, at("amount"))
	}
	b.total = b.total.add(x.amount)
	if l.LimitAmount != "" {
		if x.limit, err = parseLine("", l.LimitAmount); err != nil {
			return placed(err, at("limit"))
		}
		x.limited = true
	}
	if l.PaidFirst != "" {
		x.share, err = ParseRate("", l.PaidFirst)
		if err == nil && x.share > One {
			err = &InputError{Code: TooLarge, Limit: "1"}
		}
		if err != nil {
			return placed(err, at("paid_first_share"))
		}
		x.own = true
	}
	kind := l.Kind
	if kind == "" {
		kind = dims[DimItemKind].def
	}
	class, k := p.Code(DimItemClass, l.Class), p.Code(DimItemKind, kind)
	switch {
	case class < 0:
		return &InputError{Code: NotAllowed, Field: at("class"), Limit: p.codeList(DimItemClass, ^uint64(0))}
	case k < 0:
		return &InputError{Code: NotAllowed, Field: at("kind"), Limit: p.codeList(DimItemKind, ^uint64(0))}
	}
	x.separate, x.never = l.Separate, l.NotCovered
	g := group{class: 1 << class, kind: 1 << k, isC: l.Class == "c", isB: l.Class == "b"}
	for x.group = 0; x.group < len(b.groups); x.group++ {
		if o := &b.groups[x.group]; o.class == g.class && o.kind == g.kind {
			return nil
		}
	}
	b.groups = append(b.groups, g)
	return nil
}

// placed names the field of an error.
func placed(err error, field string) error {
	e := *err.(*InputError)
	e.Field = field
	return &e
}

// lines classifies items. The sum of the lines is rounded to the fen as a whole; each
// line's share paid first is rounded by itself; what is left of the whole is in scope.
func (r *run) lines() {
	var sum [Separate + 1]num
	if r.listed.err != nil {
		r.fail(r.listed.err)
		return
	}
	r.led[Bill] = r.listed.total.fen()
	if r.led[Bill] > MaxFen {
		r.fail(&InputError{Code: TooLarge, Field: "bill", Limit: MaxFen.String()})
		return
	}
	groups := append(make([]group, 0, 16), r.listed.groups...)
	for i := range r.listed.lines {
		l := &r.listed.lines[i]
		g, a := &groups[l.group], l.amount
		r.f.codes[DimItemClass], r.f.codes[DimItemKind] = g.class, g.kind
		if g.isC || l.never || r.never(g) {
			sum[SelfFunded] = sum[SelfFunded].add(a)
			continue
		}
		limit, limited := l.limit, l.limited
		if !limited {
			limit, limited = r.limit(g)
		}
		r.regime(limited && limit.less(a), nil)
		if limited && limit.less(a) {
			sum[OverLimit] = sum[OverLimit].add(a.sub(limit))
			a = limit
		}
		share := l.share
		if !l.own {
			share = r.first(g)
		}
		if r.err != nil {
			return
		}
		first := fromFen(a.times(share).fen())
		sum[PaidFirst] = sum[PaidFirst].add(first)
		if l.separate {
			sum[Separate] = sum[Separate].add(a.sub(first))
		}
	}
	for _, to := range [...]Place{SelfFunded, OverLimit, PaidFirst, Separate} {
		r.classified(to, min(sum[to].fen(), r.led[Bill]))
	}
	r.classified(InScope, r.led[Bill])
}

// never reports whether a group is out of scope whatever its class.
func (r *run) never(g *group) bool {
	if g.asked {
		return g.never
	}
	g.asked = true
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
			g.never = true
			break
		}
	}
	return g.never
}

// limit is the price limit of a line of the group.
func (r *run) limit(g *group) (num, bool) {
	if g.limitAsked {
		return g.limit, g.limited
	}
	g.limitAsked = true
	if row := r.pick(r.s.Classify.Limit); row != nil {
		r.reading(atLimit)
		v, none := r.value(row, aCap)
		if days := DimDays - numCodeDims; !none && !r.f.known[days] {
			r.fail(&InputError{Code: Required, Field: dims[DimDays].field})
		} else if !none {
			g.limit, g.limited = v.num().muldiv(uint64(r.f.ints[days]), 1), true
			r.grade(row)
		}
	}
	return g.limit, g.limited
}

// first is the share of a line of the group that the person bears first.
func (r *run) first(g *group) Rate {
	if !g.isB || g.firstAsked {
		return g.first
	}
	g.firstAsked = true
	row := r.pick(r.s.Classify.PaidFirst)
	if r.err != nil {
		return 0
	}
	if row != nil {
		r.grade(row)
	} else {
		row = &unknownFirst
	}
	r.reading(atFirst)
	g.first, _ = r.value(row, aPart)
	return g.first
}

// unknownFirst stands for the share paid first of a region that names none.
var unknownFirst = Row{ID: "classify.paid_first", Value: Figure{Unknown: true}, Overridden: true}
