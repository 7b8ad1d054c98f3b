package engine

// layer lets one payer act; see Layer for what its parts mean.
func (r *run) layer(l *Layer) {
	e := enter(r, l)
	e.deduct()
	switch {
	case r.err != nil:
		return
	case e.givenAmount():
	case l.Quota != nil:
		e.quota()
	default:
		e.bands()
		e.guarantee()
	}
	if r.err != nil {
		return
	}
	if r.s.followed(l) {
		e.lay()
	}
	e.book()
}

// entry is one layer at work.
type entry struct {
	*run
	l     *Layer
	res   LayerResult
	sorts bool  // the layer sorts what it does not pay
	at    Place // its first bucket
	start [numPlaces]Fen

	in     num // what entered
	cutIn  num // part of it above a cap on what may enter
	duct   num // taken by the deductible
	paid   num // before rounding
	cut    num // what the caps cut off
	room   num // what the caps still allow to pay, where capped
	capped bool
	ladder []rung
	along  []stretch // what is left of what the layer is laid along
}

// rung is one band with the amount that fell into it.
type rung struct {
	row      *Row
	from, to Fen
	base     num
	share    Rate
	paid     num
	adjusted []Adjusted
}

// stretch is a payment of a layer with what the person kept beside it.
type stretch struct {
	layer      string
	paid, kept num
	share      Rate
}

func enter(r *run, l *Layer) *entry {
	e := &r.work
	r.begun++
	if e.ladder == nil {
		e.ladder = make([]rung, 0, 6)
	}
	*e = entry{run: r, l: l, at: l.Enters[0].Bucket, start: r.led, ladder: e.ladder[:0]}
	e.sorts = e.at == InScope || e.at == Separate || e.at == AboveCap
	for _, x := range l.Enters {
		e.in = e.in.add(r.exactly(x.Bucket).times(x.Weight))
	}
	e.res.Layer = l
	e.res.Entered = e.in.fen()
	return e
}

// path names the layer's rules: "employee.inpatient".
func (e *entry) path() string {
	if e.s.layer(e.l.ID) != e.l {
		return e.l.ID // a plan of the person's own
	}
	return e.s.ID + "." + e.l.ID
}

// used sums counters: the layer's own, or those of With, which include what other
// layers booked in this very claim.
func (e *entry) used(s *Span) (sum Counter) {
	own := [1]string{e.l.ID}
	with := s.With
	if len(with) == 0 {
		with = own[:]
	}
	for _, id := range with {
		if c := e.out.Year.find(e.key(id, s)); c != nil {
			sum.Entered.Lo += c.Entered.Lo
			sum.Deduct.Lo += c.Deduct.Lo
			sum.Paid.Lo += c.Paid.Lo
		}
	}
	return sum
}

// key names a counter: "chronic", "chronic/dialysis", "chronic/dialysis@2026-05".
func (e *entry) key(id string, s *Span) string {
	if len(s.By) == 0 && s.Per <= PerYear {
		return id
	}
	b := append(make([]byte, 0, 48), id...)
	for _, d := range s.By {
		b = append(b, '/')
		b = append(b, e.p.codeList(d, e.f.codes[d])...)
	}
	switch s.Per {
	case PerMonth:
		b = append(append(b, '@'), e.c.Date.String()[:7]...)
	case PerQuarter:
		b = append(append(b, '@'), e.c.Date.String()[:4]...)
		b = append(b, "-Q"...)
		b = append(b, byte('1'+(e.c.Date.Month()-1)/3))
	case PerLifetime:
		b = append(b, "@life"...)
	}
	return string(b)
}

func (y Year) find(key string) *Counter {
	for i := range y {
		if y[i].Key == key {
			return &y[i]
		}
	}
	return nil
}

// deduct takes the deductible and the part above a cap on what may enter.
func (e *entry) deduct() {
	e.reading(atEntered)
	for i := range e.l.Caps {
		c := &e.l.Caps[i]
		if !c.OfEntered {
			continue
		}
		row := e.pick(c.Table)
		if row == nil {
			continue
		}
		v, none := e.value(row, aCap)
		if none {
			e.regime(false, nil) // as a cap that leaves room
			continue
		}
		used := fromFen(0)
		if c.Per != PerClaim {
			used = fromFen(e.used(&c.Span).Entered.Lo)
		}
		room := v.num().sub(used)
		e.regime(room.isZero(), nil)
		if room.less(e.in.sub(e.cutIn)) {
			e.cutIn = e.in.sub(room)
			e.regime(true, row)
			e.cutStep(row, e.cutIn)
		}
	}
	d := e.l.Deductible
	if d == nil {
		return
	}
	e.reading(atDeductible)
	due, row, adjusted := e.standard(d)
	if row == nil || e.err != nil {
		return
	}
	if d.Per != PerClaim {
		due -= e.used(&d.Span).Deduct.Lo
	}
	if len(d.LessSpell) > 0 {
		ok, err := e.f.holds(d.LessSpell)
		if err != nil {
			e.fail(err)
			return
		}
		if c := e.c.Year.find(e.l.ID); ok && c != nil {
			due -= c.Spell.Lo
		}
	}
	if d.Limit != nil {
		if lim := e.pick(d.Limit.Table); lim != nil {
			v, none := e.value(lim, aCost)
			left := v.fen() - e.used(&Span{With: d.Limit.With, Per: PerYear}).Deduct.Lo
			if !none && left < due {
				due, row = left, lim
			}
		}
	}
	e.duct = minNum(e.in.sub(e.cutIn), fromFen(max(due, 0)))
	e.res.Deductible = e.duct.fen()
	e.regime(due > 0, nil)
	e.regime(e.duct.less(e.in.sub(e.cutIn)), row)
	step := Step{Kind: StepDeductible, Layer: e.l.ID, Base: e.res.Entered, Row: row, Adjusted: adjusted}
	if e.sorts {
		step.From, step.To, step.Amount = e.at, Deducted, min(e.res.Deductible, e.led[e.at])
		e.move(step)
		return
	}
	// A threshold on what earlier layers left over moves nothing: the money stays where
	// it stands, and the step says how much of it the threshold took.
	left := e.res.Deductible
	for i, x := range e.l.Enters {
		step.From, step.To, step.Amount = x.Bucket, x.Bucket, min(left, e.led[x.Bucket])
		left -= step.Amount
		if i == 0 || step.Amount > 0 {
			e.move(step)
		}
	}
}

// standard is the deductible as the tables set it (起付标准), before what was used.
func (e *entry) standard(d *Deductible) (Fen, *Row, []Adjusted) {
	row := e.pick(d.Table)
	if row == nil {
		return 0, nil, nil
	}
	var v Rate
	if d.ShareOf != nil {
		v, _ = e.value(row, aPart)
		base := e.base(*d.ShareOf)
		v = Rate(min(fromFen(base).times(v).fen(), Fen(MaxFigure/(One/100)))) * (One / 100)
		if f := e.pick(d.Floor); f != nil {
			x, _ := e.value(f, aCost)
			e.regime(v < x, f)
			v = max(v, x)
		}
		if c := e.pick(d.Ceiling); c != nil {
			x, _ := e.value(c, aCost)
			e.regime(v > x, c)
			v = min(v, x)
		}
	} else {
		v, _ = e.value(row, aCost)
	}
	v, adjusted := e.adjust(d.Adjust, v, aCost)
	e.regime(v < 0, nil)
	return max(v, 0).fen(), row, adjusted
}

// base is what a bucket held: the bill's parts as they were classified, what earlier
// layers left over as it stood when this layer began.
func (e *entry) base(b Place) Fen {
	if b < Deducted {
		return e.out.Totals[b]
	}
	return e.start[b]
}

// adjust applies the adjustments that match, in order.
func (e *entry) adjust(list []Adjust, v Rate, why purpose) (Rate, []Adjusted) {
	var met []Adjusted
	for i := range list {
		a := &list[i]
		row := e.pick(a.Table)
		if row == nil {
			continue
		}
		x, none := e.value(row, adjustPurpose(a.Op, why))
		if none {
			continue
		}
		switch a.Op {
		case Plus:
			v = v.plus(x)
		case Times:
			v = mulRate(v, x)
		case OwnShareTimes:
			v = One - mulRate(One-v, x)
		case PerYearOfAge:
			if !e.f.known[DimAge-numCodeDims] {
				e.fail(&InputError{Code: Required, Field: dims[DimAge].field})
				return v, met
			}
			v = v.plus(x.each(max(0, e.f.ints[DimAge-numCodeDims]-a.Over)))
		case PerAdmission:
			e.f.asked[DimAdmission] = true
			v = v.plus(x.each(max(0, e.f.ints[DimAdmission-numCodeDims]-a.Over)))
		case AtLeast:
			e.regime(v < x, row)
			v = max(v, x)
		case AtMost:
			e.regime(v > x, row)
			v = min(v, x)
		case Replace:
			v = x
		}
		met = append(met, Adjusted{row, a.Op, x, v})
	}
	return v, met
}

// adjustPurpose says which end of an unknown adjustment is unfavourable.
func adjustPurpose(op Op, why purpose) purpose {
	if why == aCost || op == OwnShareTimes {
		return aCost
	}
	if op == Plus || op == PerYearOfAge {
		return aPoint
	}
	return aShare
}

// bands lays the shares along what is left and cuts off what a cap does not pay.
func (e *entry) bands() {
	b := e.l.Bands
	if b == nil {
		return
	}
	left := e.in.sub(e.cutIn).sub(e.duct)
	var pos num
	if len(b.PaidBy) > 0 {
		pos = e.stood(b, left)
	}
	if b.Year {
		y := e.used(&Span{Per: PerYear})
		pos = fromFen(y.Entered.Lo)
		if !b.FromZero {
			pos = pos.sub(fromFen(y.Deduct.Lo))
			e.regime(pos.isZero(), nil)
		}
	}
	if b.FromZero {
		pos = pos.add(e.duct)
	}
	e.reading(atBands)
	if len(e.c.Overrides) > 0 {
		e.within(b.Rows)
	}
	e.climb(b, pos, left)
	if e.err != nil {
		return
	}
	for i := range e.ladder {
		e.paid = e.paid.add(e.ladder[i].paid)
	}
	e.capPaid()
}

// stood is the position on a ladder whose bounds are payments: what had been paid in the
// year when the layer itself, or what it is laid along, began to pay.
func (e *entry) stood(b *Bands, left num) num {
	paid := e.used(&Span{Per: PerYear, With: b.PaidBy}).Paid.Lo
	if contains(b.PaidBy, e.l.ID) {
		return fromFen(paid)
	}
	for i := range e.out.Layers {
		if r := &e.out.Layers[i]; contains(b.PaidBy, r.Layer.ID) {
			paid -= r.Paid
		}
	}
	for _, x := range e.laid {
		if contains(b.PaidBy, x.layer) {
			e.along = append(e.along, x)
		}
	}
	// Payments are rounded and others may have paid of the copay: what is more or less
	// than was kept is so at the end.
	for i := range e.along {
		x := &e.along[len(e.along)-1-i]
		before := num{}
		for _, y := range e.along[:len(e.along)-1-i] {
			before = before.add(y.kept)
		}
		if rest := left.sub(before); !x.kept.isZero() && (!rest.isZero() || before.isZero()) {
			x.kept = rest
			break
		}
		x.kept = num{}
	}
	return fromFen(paid)
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// followed reports whether another layer is laid along what this one pays.
func (s *Scheme) followed(l *Layer) bool {
	for i := range s.Layers {
		if b := s.Layers[i].Bands; b != nil && len(b.PaidBy) > 0 && s.Layers[i].ID != l.ID && contains(b.PaidBy, l.ID) {
			return true
		}
	}
	return false
}

// lay notes what the layer paid and what the person kept beside it. A payment that the
// receipt shows has no segments: it is taken to be one.
func (e *entry) lay() {
	for i := range e.ladder {
		g := &e.ladder[i]
		e.laid = append(e.laid, stretch{e.l.ID, g.paid, g.base.sub(g.paid), g.share})
	}
	if paid, whole := e.res.Paid, e.res.Entered-e.res.Deductible; len(e.ladder) == 0 && paid > 0 {
		share := Rate(num{0, uint64(paid)}.muldiv(uint64(One), uint64(whole)).lo)
		e.laid = append(e.laid, stretch{e.l.ID, fromFen(paid), fromFen(whole - paid), share})
	}
}

// segment is the row of the ladder in which a position lies. Rows of one ladder stand in
// any order; the next bound above the position is taken.
func (e *entry) segment(t *Table, pos num) *Row {
	if e.forced != nil {
		return e.forced
	}
	var row *Row
	for i := range t.Rows {
		x := &t.Rows[i]
		if !x.inForce(e.c.Date) || x.To != 0 && !pos.less(fromFen(x.To)) || row != nil && row.To != 0 && (x.To == 0 || x.To >= row.To) {
			continue
		}
		ok, err := e.f.holds(x.When)
		if err != nil {
			e.fail(err)
			return nil
		}
		if ok {
			row = x
		}
	}
	if row == nil {
		e.fail(&InputError{Code: NotKnown, Field: "visit.kind", Limit: e.path() + ".bands"})
	}
	return row
}

// climb fills the ladder.
func (e *entry) climb(b *Bands, pos, left num) {
	from := pos.fen()
	for !left.isZero() {
		row := e.segment(b.Rows, pos)
		if row == nil {
			return
		}
		v, _ := e.value(row, aShare)
		v, adjusted := e.adjust(e.l.Adjust, v, aShare)
		if e.err != nil {
			return
		}
		e.regime(v < 0, nil)
		e.regime(v > One, nil)
		v = min(max(v, 0), One)
		base, step := left, left // what falls into the segment, and how far the position goes on
		if bounded := row.To != 0 && e.forced == nil; bounded || len(b.PaidBy) > 0 {
			room := num{^uint64(0), 0}
			if bounded {
				room = fromFen(row.To).sub(pos)
			}
			base, step = e.reach(b, v, left, room)
		}
		left = left.sub(base)
		pos = pos.add(step)
		if base.isZero() {
			from = row.To
			continue
		}
		if n := len(e.ladder); n > 0 && e.ladder[n-1].row == row {
			e.regime(true, row)
			e.ladder[n-1].base = e.ladder[n-1].base.add(base)
			e.ladder[n-1].paid = e.ladder[n-1].paid.add(base.times(v))
		} else {
			e.ladder = append(e.ladder, rung{row, from, row.To, base, v, base.times(v), adjusted})
		}
		from = row.To
	}
}

// reach says how much of an amount a segment with so much room takes, and how far the
// position goes on with it.
func (e *entry) reach(b *Bands, v Rate, left, room num) (base, step num) {
	switch {
	case len(b.PaidBy) == 0:
		base = minNum(left, room)
		return base, base
	case contains(b.PaidBy, e.l.ID):
		if step = left.times(v); room.less(step) {
			return minNum(left, room.over(v)), room
		}
		return left, step
	case len(e.along) == 0:
		return left, num{} // beyond what was paid nothing moves on
	}
	x := &e.along[0]
	if room.less(x.paid) {
		base = minNum(x.kept, room.over(x.share).sub(room))
		x.kept, x.paid = x.kept.sub(base), x.paid.sub(room)
		return minNum(left, base), room
	}
	e.along = e.along[1:]
	return minNum(left, x.kept), x.paid
}

// capPaid bounds the payment by the caps on payments. What a cap does not pay is
// calculated back to the amount whose payment it would have been, from the top.
func (e *entry) capPaid() {
	e.reading(atCaps)
	for i := range e.l.Caps {
		c := &e.l.Caps[i]
		if c.OfEntered {
			continue
		}
		row := e.pick(c.Table)
		if row == nil {
			continue
		}
		v, none := e.value(row, aCap)
		if none {
			if c.Per != PerClaim {
				e.regime(false, nil) // as a cap that leaves room
			}
			continue
		}
		room := v.num()
		if c.Per != PerClaim {
			room = room.sub(fromFen(e.used(&c.Span).Paid.Lo))
			e.regime(room.isZero(), nil)
		}
		lower := e.capped && room.less(e.room)
		if lower || !e.capped {
			e.room, e.capped = room, true
		}
		if e.l.Guarantee != nil || e.l.Ceiling != nil {
			e.regime(lower, nil)
		}
		if !room.less(e.paid) {
			continue
		}
		over := e.paid.sub(room)
		e.paid = room
		var cut num
		for j := len(e.ladder) - 1; j >= 0 && !over.isZero(); j-- {
			g := &e.ladder[j]
			if !over.less(g.paid) {
				over = over.sub(g.paid)
				cut = cut.add(g.base)
				g.base, g.paid = num{}, num{}
				continue
			}
			back := over.over(g.share)
			cut = cut.add(back)
			g.base = g.base.sub(back)
			g.paid = g.paid.sub(over)
			over = num{}
		}
		e.cut = e.cut.add(cut)
		e.regime(true, row)
		e.cutStep(row, cut)
	}
}

func (e *entry) cutStep(row *Row, cut num) {
	to := e.at
	if e.sorts {
		to = AboveCap
	}
	if e.at == AboveCap {
		to = e.at
	}
	before, amount := e.fine[AboveCap], cut.fen()
	if to == AboveCap && e.at != AboveCap {
		amount = max(0, before.add(cut).fen()-e.led[AboveCap]) // two cuts are rounded together
	}
	e.move(Step{Kind: StepCap, Layer: e.l.ID, From: e.at, To: to, Base: e.res.Entered, Amount: min(amount, e.led[e.at]), Row: row})
	if to == AboveCap && e.at != AboveCap {
		e.fine[AboveCap] = before.add(cut)
	}
}

func (e *entry) quota() {
	row := e.pick(e.l.Quota)
	if row == nil {
		return
	}
	e.reading(atQuota)
	v, none := e.value(row, aSum)
	if none {
		return
	}
	e.paid = minNum(v.num(), e.in.sub(e.cutIn).sub(e.duct))
	e.capPaid()
	e.res.Paid = min(e.paid.fen(), e.standing())
	e.regime(e.paid.less(v.num()), row)
	e.pay(Step{Kind: StepQuota, Row: row, Base: v.fen()}, e.res.Paid, e.l.Payer)
}

// standing is the money in the layer's buckets. It can be half a fen less than what
// entered, where an earlier payment was rounded up.
func (e *entry) standing() (sum Fen) {
	for i := range e.l.Enters {
		sum += e.led[e.l.Enters[i].Bucket]
	}
	return sum
}

// guarantee raises the payment to its floor, or until the person keeps no more than
// the ceiling, and pays.
func (e *entry) guarantee() {
	paid := e.payBands(min(e.paid.fen(), e.standing()))
	raise := func(g *Guarantee, ceiling bool) {
		if g == nil || e.err != nil {
			return
		}
		row := e.pick(g.Table)
		if row == nil {
			return
		}
		why := aShare
		e.reading(atFloor)
		if ceiling {
			why = aPart
			e.reading(atCeiling)
		}
		share, none := e.value(row, why)
		if none {
			return
		}
		var base Fen
		for _, b := range g.Of {
			base += e.base(b)
		}
		want := fromFen(base).times(share).fen()
		most := e.in.sub(e.cutIn).sub(e.duct).fen() // a floor gives no deductible back,
		if ceiling {                                // a ceiling on the person's part does
			e.regime(want > e.res.Entered, nil)
			want, most = max(0, e.res.Entered-want), e.res.Entered
		}
		if e.capped && e.room.fen() < most {
			most = e.room.fen()
			e.regime(true, nil)
		}
		e.regime(want > most, nil)
		most = min(most, paid+e.standing()+e.led[Deducted]+e.led[AboveCap])
		e.regime(want > most, nil)
		want = min(want, most)
		e.regime(want > paid, row)
		if want > paid {
			e.pay(Step{Kind: StepGuarantee, Row: row, Base: base, Share: share, HasShare: true}, want-paid, e.l.Payer)
			paid = want
		}
	}
	raise(e.l.Guarantee, false)
	raise(e.l.Ceiling, true)
	e.res.Paid = paid
}

// payBands pays the ladder, band by band, so that the parts add up to the total.
func (e *entry) payBands(total Fen) Fen {
	var splitRow *Row
	var most Rate
	if e.l.Split != nil {
		if splitRow = e.pick(e.l.Split.Table); splitRow != nil {
			e.reading(atSplit)
			// Which of the two pays is the same to the person: in the plain result the first, as far as it can.
			most, _ = e.value(splitRow, aPart)
		}
	}
	var sum, main num
	var sumPaid, mainPaid Fen
	if len(e.ladder) > 0 && !e.c.Figures {
		e.res.Bands = make([]BandResult, 0, len(e.ladder))
	}
	for i := range e.ladder {
		g := &e.ladder[i]
		e.regime(g.base.isZero(), g.row)
		sum = sum.add(g.paid)
		share, exact := g.share, g.paid
		if splitRow != nil {
			e.regime(most < share, splitRow)
		}
		if splitRow != nil && most < share {
			share, exact = most, g.base.times(most)
		}
		main = main.add(exact)
		band, mine := min(sum.fen(), total)-sumPaid, main.fen()-mainPaid
		sumPaid += band
		mine = min(mine, sumPaid-mainPaid)
		mainPaid += mine
		if !e.c.Figures {
			e.res.Bands = append(e.res.Bands, BandResult{g.from, g.to, g.base.fen(), band, g.share})
		}
		e.pay(Step{Kind: StepShare, Row: g.row, Base: g.base.fen(), Share: share, HasShare: true, Adjusted: g.adjusted}, mine, e.l.Payer)
	}
	if splitRow != nil && len(e.ladder) > 0 {
		e.res.SplitPaid = sumPaid - mainPaid
		e.pay(Step{Kind: StepShare, Row: splitRow, Base: e.res.Entered}, e.res.SplitPaid, e.l.Split.Payer)
	}
	return sumPaid
}

// pay moves a payment out of the layer's buckets in their order; where a ceiling
// gives back what was already sorted, out of that.
func (e *entry) pay(s Step, amount Fen, to Place) {
	s.Layer, s.To = e.l.ID, to
	defer func() {
		for _, b := range [...]Place{Deducted, AboveCap} {
			if amount > 0 && e.sorts && b != e.at {
				s.From, s.Amount = b, min(amount, e.led[b])
				amount -= s.Amount
				e.regime(amount > 0, nil)
				e.move(s)
			}
		}
	}()
	for i := range e.l.Enters {
		s.From = e.l.Enters[i].Bucket
		s.Amount = min(amount, e.led[s.From])
		amount -= s.Amount
		if len(e.l.Enters) > 1 {
			e.regime(amount > 0, nil)
		}
		if s.Amount > 0 || i == 0 && amount == 0 {
			e.move(s)
		}
		if amount == 0 {
			return
		}
	}
}

// givenAmount takes the payment that the receipt shows instead of the bands.
func (e *entry) givenAmount() bool {
	found := false
	for i, g := range e.c.Given {
		byLayer := g.Name == e.l.ID
		if !byLayer && g.Name != e.l.Payer.String() {
			continue
		}
		found = true
		room := min(e.in.fen()-e.res.Paid, e.standing()+e.res.Deductible)
		a := min(e.given[i], room)
		e.given[i] -= a
		e.regime(e.given[i] > 0, nil)
		// A payment that reaches into the deductible shows that less was deducted.
		over := a + e.res.Paid + e.res.Deductible - e.in.fen()
		e.regime(over > 0, nil)
		if over > 0 && e.sorts {
			e.move(Step{Rule: "given." + g.Name, Kind: StepGiven, Layer: e.l.ID, From: Deducted, To: e.at, Base: a, Amount: over})
			e.res.Deductible -= over
			e.duct = fromFen(e.res.Deductible)
		}
		e.pay(Step{Rule: "given." + g.Name, Kind: StepGiven, Base: a}, a, e.l.Payer)
		e.res.Paid += a
	}
	return found
}

// book sorts the rest, and writes result and year.
func (e *entry) book() {
	e.res.CapCut = e.cut.add(e.cutIn).fen()
	e.res.CapCut = min(e.res.CapCut, e.res.Entered-e.res.Paid)
	if e.sorts {
		e.sort()
	}
	if e.at == InScope || e.at == Separate {
		e.out.Deduct += e.res.Deductible
	}
	e.out.Layers = append(e.out.Layers, e.res)
	if !e.c.Figures {
		e.ahead()
	}
	e.count(Span{Per: PerYear})
	if d := e.l.Deductible; d != nil {
		e.count(d.Span)
	}
	for i := range e.l.Caps {
		e.count(e.l.Caps[i].Span)
	}
}

// sort leaves what was not paid where later layers find it: what the caps cut off in
// above_cap, what the person keeps of the bands in copay, both unrounded.
func (e *entry) sort() {
	cut := e.cut.add(e.cutIn)
	keep := e.led[e.at]
	if e.at == AboveCap {
		keep = max(0, keep-cut.fen())
		e.fine[AboveCap] = cut
	}
	copay := e.fine[Copay].add(e.in).sub(cut).sub(e.duct).sub(fromFen(e.res.Paid))
	rule := ""
	if !e.c.Figures {
		rule = e.path() + ".copay"
	}
	e.move(Step{Rule: rule, Kind: StepCopay, Layer: e.l.ID, From: e.at, To: Copay, Base: keep, Amount: keep})
	if e.at == AboveCap {
		e.fine[AboveCap] = cut
	}
	e.fine[Copay] = copay
}

// count books the claim under one counter; a counter is booked once.
func (e *entry) count(s Span) {
	if s.Per == PerClaim {
		return
	}
	key := e.key(e.l.ID, &s)
	for i := range e.out.Year {
		if e.out.Year[i].Key == key {
			if e.out.Year[i].booked {
				return
			}
			e.book1(&e.out.Year[i])
			return
		}
	}
	e.out.Year = append(e.out.Year, Counter{Key: key})
	e.book1(&e.out.Year[len(e.out.Year)-1])
}

func (e *entry) book1(c *Counter) {
	c.booked = true
	c.Entered = Exactly(c.Entered.Lo + e.res.Entered)
	c.Deduct = Exactly(c.Deduct.Lo + e.res.Deductible)
	c.Paid = Exactly(c.Paid.Lo + e.res.Paid)
	if e.f.codes[DimReferral] == 1<<e.p.Code(DimReferral, "none") || e.f.codes[DimReferral] == 1<<e.p.Code(DimReferral, "readmission") {
		c.Spell = Amount{}
	}
	c.Spell = Exactly(c.Spell.Lo + e.res.Deductible)
}

// ahead names the yearly thresholds that this layer has still in front of it.
func (e *entry) ahead() {
	regime := e.out.Regime
	e.open.now = atNothing
	defer func() { e.out.Regime = regime }()
	add := func(code string, row *Row, left Fen) {
		if left > 0 && e.err == nil {
			e.out.Ahead = append(e.out.Ahead, Ahead{code, row.ID, e.l.ID, left})
		}
	}
	known := func(t *Table) (*Row, Fen) {
		row := e.pick(t)
		if row == nil || row.Value.Unknown || row.Value.None {
			return nil, 0
		}
		return row, row.Value.Rate.fen()
	}
	if d := e.l.Deductible; d != nil && d.Per == PerYear && d.ShareOf == nil {
		if v, row, _ := e.standard(d); row != nil && !row.Value.Unknown {
			code := "deductible"
			if !e.sorts {
				code = "critical"
			}
			add(code, row, v-e.used(&d.Span).Deduct.Lo-e.res.Deductible)
		}
	}
	for i := range e.l.Caps {
		c := &e.l.Caps[i]
		if c.Per != PerYear {
			continue
		}
		if row, v := known(c.Table); row != nil {
			u, now := e.used(&c.Span), e.res.Paid
			used := u.Paid.Lo
			if c.OfEntered {
				used, now = u.Entered.Lo, e.res.Entered
			}
			add("cap", row, v-used-now)
		}
	}
	if b := e.l.Bands; b != nil && (b.Year || len(b.PaidBy) > 0) && len(e.ladder) > 0 {
		top := e.ladder[len(e.ladder)-1]
		switch {
		case top.to == 0:
		case len(b.PaidBy) > 0:
			paid := e.used(&Span{Per: PerYear, With: b.PaidBy}).Paid.Lo
			if contains(b.PaidBy, e.l.ID) {
				paid += e.res.Paid
			}
			add("band_paid", top.row, top.to-paid)
		default:
			u := e.used(&Span{Per: PerYear})
			pos := u.Entered.Lo + e.res.Entered
			if !b.FromZero {
				pos -= u.Deduct.Lo + e.res.Deductible
			}
			add("band", top.row, top.to-pos)
		}
	}
	e.nextAdmission(add)
}

// nextAdmission says the deductible of the next admission in the year.
func (e *entry) nextAdmission(add func(string, *Row, Fen)) {
	d := e.l.Deductible
	if d == nil || d.Per != PerClaim || d.ShareOf != nil || !e.sorts || e.f.codes[DimKind] != 1<<e.p.Code(DimKind, "inpatient") {
		return
	}
	adm := &e.f.ints[DimAdmission-numCodeDims]
	asked := e.f.asked
	*adm++
	v, row, _ := e.standard(d)
	*adm--
	e.f.asked = asked
	if row == nil || row.Value.Unknown {
		return
	}
	if d.Limit != nil {
		if lim := e.pick(d.Limit.Table); lim != nil && !lim.Value.Unknown && !lim.Value.None {
			left := lim.Value.Rate.fen() - e.used(&Span{With: d.Limit.With, Per: PerYear}).Deduct.Lo - e.res.Deductible
			v = min(v, max(0, left))
		}
	}
	add("next_deductible", row, v)
}
