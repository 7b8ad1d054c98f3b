package engine

import "math/bits"

// Bounds of a settlement over a box of unknown amounts and figures (see search.go). Corners
// of the whole box would not do: a later payer may look at less when an earlier one pays
// more, so an extreme may lie in the middle. Within one layer every result is monotone in
// each of its own inputs (what enters, what was used up, each unknown figure), except in
// where a ladder begins, for which every segment in reach is therefore tried for the whole.
// So each layer is run at the corners of its own inputs, and its results enter the next
// layer as intervals. What is lost is how the intervals hang together; the sums of several
// buckets are carried beside them, for money that one bucket loses another gains. The bounds
// hold, and may be wider than need be.

func (s *Amount) add(o Amount) { s.Lo, s.Hi = s.Lo+o.Lo, s.Hi+o.Hi }

// less is one amount less another, but nothing below zero.
func less(a, b Amount) Amount { return Amount{max(0, a.Lo-b.Hi), max(0, a.Hi-b.Lo)} }

func (s *Amount) widen(v Fen) { s.Lo, s.Hi = min(s.Lo, v), max(s.Hi, v) }

// bounder holds the ledger as intervals.
type bounder struct {
	run
	led   [numPlaces]Amount
	own   []Wallet         // what the accounts hold once they paid before all payers
	split [Deducted]Amount // the bill as it was classified
	taken [Deducted]bool   // where somebody paid of it since
	duct  Amount
	year  Year
	was   Year // before the claim
	rng   *Range

	// sums are what any set of the buckets that payers look at holds together, unrounded: what
	// one of them lost another may have gained.
	sums    [1 << len(shared)]nums
	scratch *Settlement // what each run writes to
}

// shared are the buckets out of which sums are made, each a bit of a set of them.
var shared = [...]Place{PaidFirst, InScope, Separate, Deducted, Copay, AboveCap}

// nums is an amount between two ends.
type nums struct{ lo, hi num }

func (a nums) plus(b nums) nums { return nums{a.lo.add(b.lo), a.hi.add(b.hi)} }

func (a nums) meet(b nums) nums { return nums{maxNum(a.lo, b.lo), minNum(a.hi, b.hi)} }

func (a nums) join(b nums) nums { return nums{minNum(a.lo, b.lo), maxNum(a.hi, b.hi)} }

func (a Amount) nums() nums { return nums{fromFen(a.Lo), fromFen(a.Hi)} }

// set is the set of buckets that a layer looks at.
func (l *Layer) set() (set int) {
	for i, p := range shared {
		if l.enters(p) {
			set |= 1 << i
		}
	}
	return set
}

// bounds is the range over the part of the unknowns that is looked at, in the world of
// codes and numbers that choice names.
func (w *worlds) bounds(choice []uint8) (*Range, Year, error) {
	c := *w.c
	c.Year, c.Accounts = append(Year(nil), c.Year...), append([]Wallet(nil), c.Accounts...)
	for i, at := range w.part {
		if i < w.ins && w.vars[i].amount != nil {
			*w.vars[i].amount(&c) = Amount{Fen(at.lo), Fen(at.hi)}
		}
	}
	c.Figures = true
	open := &openRows{rows: w.open, whole: w.rows.whole, costly: w.rows.costly}
	if len(w.part) > w.ins {
		open.parts = w.part[w.ins:]
	}
	b := bounder{run: run{p: w.p, s: w.s, c: &c, listed: w.items(), open: open, out: &Settlement{}}, scratch: &Settlement{}}
	b.was = append(Year(nil), c.Year...)
	b.err = b.f.resolve(w.p, w.s, &c.Facts, w.chooser(choice))
	var rng *Range
	var year Year
	for _, enrolment := range b.enrolments() {
		x := b
		x.f.codes[DimEnrolment] = enrolment
		x.year = append(Year(nil), b.was...)
		if x.chain(); x.err != nil {
			return nil, nil, x.err
		}
		if rng == nil {
			rng, year = x.rng, x.year
		}
		rng.join(x.rng)
		year = year.widen(x.year)
	}
	w.open, w.rows.whole, w.rows.costly = b.open.rows, b.open.whole, b.open.costly
	return rng, year, b.err
}

// enrolments are what a waiting period of unknown length may come to.
func (b *bounder) enrolments() (out []uint64) {
	if b.err != nil {
		return nil
	}
	b.each(nil, func(r *run) {
		r.wait()
		for _, e := range out {
			if e == r.f.codes[DimEnrolment] {
				return
			}
		}
		out = append(out, r.f.codes[DimEnrolment])
	})
	return out
}

// corner is one choice to be tried: setting it makes the scratch run use option i.
type corner struct {
	options int
	set     func(r *run, i int)
}

// each runs f at every combination of the corners and of the unknown figures that f reads.
func (b *bounder) each(corners []corner, f func(r *run)) {
	reads := uint64(0)
	for {
		n := 1
		for _, c := range corners {
			n *= c.options
		}
		if n <<= bits.OnesCount64(reads); n > MaxWorlds || n == 0 {
			b.fail(tooWide)
			return
		}
		b.open.met = 0
		for i := 0; i < n; i++ {
			c := *b.c
			*b.scratch = Settlement{Year: b.scratch.Year[:0], Layers: b.scratch.Layers[:0]}
			r := run{p: b.p, s: b.s, c: &c, listed: b.listed, f: b.f, open: b.open, begun: b.begun, out: b.scratch}
			r.given = append([]Fen(nil), b.given...)
			k := i
			for _, c := range corners {
				c.set(&r, k%c.options)
				k /= c.options
			}
			for j := range b.open.choice {
				b.open.choice[j] = 0
				if reads&(1<<min(j, 63)) != 0 {
					b.open.choice[j] = uint8(k & 1)
					k >>= 1
				}
			}
			f(&r)
			for d, a := range r.f.asked {
				b.f.asked[d] = b.f.asked[d] || a
			}
			if r.err != nil {
				b.fail(r.err)
				return
			}
		}
		if b.open.met&^reads == 0 {
			return
		}
		reads |= b.open.met
	}
}

// tooWide says that a layer hangs on more unknowns than can be looked at together.
var tooWide = &InputError{Code: TooMany, Field: "bill", Limit: "12"}

func ends(a Amount) int {
	if a.Lo == a.Hi {
		return 1
	}
	return 2
}

func (a Amount) end(i int) Fen {
	if i == 0 {
		return a.Lo
	}
	return a.Hi
}

func (b *bounder) chain() {
	for i := range b.led {
		b.led[i] = Amount{}
	}
	b.bill()
	copy(b.split[:], b.led[:Deducted])
	b.own = append([]Wallet(nil), b.c.Accounts...)
	excluded := b.excluded()
	if !excluded {
		b.accountFirst()
	}
	b.sum()
	b.given = make([]Fen, len(b.c.Given))
	for i, g := range b.c.Given {
		b.given[i] = g.Amount
	}
	if b.err == nil && !excluded {
		for i := range b.s.Layers {
			l := &b.s.Layers[i]
			if b.c.Date < l.From || l.Until != 0 && b.c.Date > l.Until || l.Draft && !b.c.AcceptDraft {
				continue
			}
			ok, err := b.f.holds(l.Applies)
			if err != nil {
				b.fail(err)
			}
			if ok {
				b.layer(l)
			}
		}
		for i := range b.c.Plans {
			l := b.c.Plans[i].layer(i)
			b.layer(l)
		}
	}
	if b.err == nil {
		b.person()
	}
}

// bill bounds the buckets.
func (b *bounder) bill() {
	v := &b.c.Bill
	if len(v.Lines) > 0 {
		first := true
		b.each(nil, func(r *run) {
			r.classify()
			for p := Bill; p <= Separate; p++ {
				x := r.out.Totals[p]
				if first {
					b.led[p] = Amount{x, x}
				}
				b.led[p].widen(x)
			}
			first = false
		})
		return
	}
	parts := [...]struct {
		p Place
		a Amount
	}{{SelfFunded, v.SelfFunded}, {OverLimit, v.OverLimit}, {PaidFirst, v.PaidFirst}, {Separate, v.Separate}}
	b.led[Bill] = Amount{v.Total.Lo, v.Total.Hi}
	in := b.led[Bill]
	for i, x := range parts {
		most := v.Total.Hi // what the other parts leave at least
		for j, o := range parts {
			if j != i {
				most -= o.a.Lo
			}
		}
		b.led[x.p] = Amount{x.a.Lo, max(x.a.Lo, min(x.a.Hi, most))}
		in.Lo, in.Hi = in.Lo-x.a.Hi, in.Hi-x.a.Lo
	}
	b.led[InScope] = Amount{max(0, in.Lo), max(0, in.Hi)}
	if len(b.s.Classify.Extra) == 0 {
		return
	}
	scope := b.led[InScope]
	first := true
	var taken Amount
	b.each([]corner{{2, func(r *run, i int) { r.led[InScope] = scope.end(i) }}}, func(r *run) {
		r.extra()
		x := r.led[PaidFirst]
		if first {
			taken, b.led[InScope] = Amount{x, x}, Amount{r.led[InScope], r.led[InScope]}
		}
		taken.widen(x)
		b.led[InScope].widen(r.led[InScope])
		first = false
	})
	b.led[PaidFirst].add(taken)
}

// accountFirst is what the own account pays before any payer.
func (b *bounder) accountFirst() {
	row := b.mayPay()
	if row == nil || !row.First {
		return
	}
	for i := range b.own {
		w := &b.own[i].Balance
		if b.own[i].Family {
			continue
		}
		b.taken[InScope] = true
		in, has := b.led[InScope], *w
		b.led[Acct].add(Amount{min(in.Lo, has.Lo), min(in.Hi, has.Hi)})
		b.led[InScope], *w = less(in, has), less(has, in)
	}
}

// layer runs one layer at the corners of its inputs.
func (b *bounder) layer(l *Layer) {
	if b.err != nil {
		return
	}
	var corners []corner
	enters := [numPlaces]bool{}
	for _, e := range l.Enters {
		p := e.Bucket
		enters[p] = true
		a := b.led[p]
		options := ends(a)
		rounded := (p == Copay || p == AboveCap) && a.Hi > 0
		if rounded {
			options = 4 // unrounded it may stand a fen to either side: two roundings
		}
		corners = append(corners, corner{options, func(r *run, i int) {
			r.led[p] = a.end(i & 1)
			if p == Copay || p == AboveCap {
				r.fine[p] = fromFen(r.led[p])
			}
			switch {
			case rounded && i < 2:
				r.fine[p] = r.fine[p].sub(num{0, fenUnit})
			case rounded:
				r.fine[p] = r.fine[p].add(num{0, fenUnit})
			}
			if p < Deducted && !b.taken[p] {
				r.out.Totals[p] = r.led[p]
			}
		}})
	}
	for p := range Deducted {
		if a := b.split[p]; (!enters[p] || b.taken[p]) && l.measures(p) {
			corners = append(corners, corner{ends(a), func(r *run, i int) { r.out.Totals[p] = a.end(i) }})
		}
	}
	b.c.Year = append(Year(nil), b.year...)
	corners = append(corners, b.counters(l)...)
	if rows := b.reached(l); len(rows) > 0 {
		corners = append(corners, corner{len(rows), func(r *run, i int) { r.forced = rows[i] }})
	}
	all, pool := l.set(), b.pooled(l)
	var change [1 << len(shared)]nums
	first, duct := true, Amount{}
	var after [numPlaces]Amount
	var year Year
	given := append([]Fen(nil), b.given...)
	b.each(corners, func(r *run) {
		before, fine := r.led, r.fine
		r.out.Year = append(Year(nil), r.c.Year...)
		for i := range r.out.Year {
			r.out.Year[i].booked = false
		}
		r.layer(l)
		if r.err != nil {
			return
		}
		for p := range after {
			x := r.led[p]
			if !enters[p] {
				x -= before[p]
			}
			if first {
				after[p] = Amount{x, x}
			}
			after[p].widen(x)
		}
		if first {
			duct, year = Amount{r.out.Deduct, r.out.Deduct}, append(Year(nil), r.out.Year...)
		}
		for set := range change {
			var have, had num
			for i, p := range shared {
				if set&(1<<i) == 0 {
					continue
				}
				have = have.add(r.exactly(p))
				switch {
				case all&(1<<i) != 0:
				case p >= Copay:
					had = had.add(fine[p])
				default:
					had = had.add(fromFen(before[p]))
				}
			}
			x := have.sub(had)
			if first {
				change[set] = nums{x, x}
			}
			change[set] = change[set].join(nums{x, x})
		}
		duct.widen(r.out.Deduct)
		year = year.widen(r.out.Year)
		for i := range given {
			given[i] = min(given[i], r.given[i])
		}
		first = false
	})
	b.given = given
	open := b.open.met != 0 // something that the layer looks at is unknown
	for _, c := range corners {
		open = open || c.options > 1
	}
	shifts := l.Bands != nil && l.Bands.FromZero && len(l.Caps) > 0 && duct.Lo < duct.Hi
	if shifts || l.Guarantee != nil || l.Ceiling != nil {
		// A floor under the payment may shrink what stays while more enters, and a
		// deductible that shifts a ladder under a cap may do either: what stays is bounded
		// by what the other results leave of it.
		in := Amount{}
		for _, e := range l.Enters {
			in.add(b.led[e.Bucket])
		}
		gone := Amount{}
		for p := range after {
			if Place(p) != Copay && !enters[p] {
				gone.add(after[p])
			}
		}
		stay := Amount{max(0, in.Lo-gone.Hi), max(0, in.Hi-gone.Lo)}
		after[Copay] = Amount{min(after[Copay].Lo, stay.Lo), max(after[Copay].Hi, stay.Hi)}
	}
	sums := b.sums
	for set := range sums {
		sums[set] = b.sums[set&^all].plus(change[set])
		copay, others := set&16 != 0, set&(8|32)
		if (l.Guarantee != nil || l.Ceiling != nil) && set&(8|16|32) != 8|16|32 || shifts && (copay && others == 0 || !copay && others == 8|32) {
			sums[set] = nums{hi: num{^uint64(0), 0}} // see above: taken from the buckets below
		}
	}
	if pool != nil {
		for set := range sums {
			if set&all == all {
				sums[set] = sums[set].meet(b.sums[set&^all].plus(pool.left)).meet(nums{b.sums[set].lo.sub(pool.paid.hi), b.sums[set].hi.sub(pool.paid.lo)})
			}
		}
		paid := Amount{pool.paid.lo.floorFen(), pool.paid.hi.floorFen()}
		after[l.Payer] = Amount{max(after[l.Payer].Lo, paid.Lo), min(after[l.Payer].Hi, paid.Hi)}
		for i := range year {
			if c, o := &year[i], pool.year.find(year[i].Key); o != nil && of(c.Key, l.ID) {
				for k := range counterParts {
					a, x := c.part(k), o.part(k)
					a.Lo, a.Hi = max(a.Lo, x.Lo), min(a.Hi, x.Hi)
				}
			}
		}
	}
	for p := range after {
		if (p == int(Copay) || p == int(AboveCap)) && open && after[p].Hi > 0 {
			after[p] = Amount{after[p].Lo - 2, after[p].Hi + 2} // each sorting rounds it for display
		}
		if enters[p] {
			b.led[p] = after[p]
			if p < int(Deducted) {
				b.taken[p] = true
			}
		} else {
			b.led[p].add(after[p])
		}
		b.led[p].Lo = max(0, b.led[p].Lo)
	}
	for set := range sums {
		sums[set] = sums[set].meet(b.together(set))
	}
	b.sums = sums
	b.duct.add(duct)
	b.year = merge(b.year, year, l.ID)
	b.begun++
}

// sum makes the sums of the bill's buckets: where all but in_scope are known, it is the rest,
// less what the account paid of it.
func (b *bounder) sum() {
	for set := range b.sums {
		b.sums[set] = b.together(set)
		if len(b.c.Bill.Lines) > 0 || set&2 == 0 {
			continue
		}
		gone := b.led[Acct]
		for p := SelfFunded; p <= Separate; p++ {
			in := p == InScope
			for i, q := range shared {
				in = in || q == p && set&(1<<i) != 0
			}
			if !in {
				gone.add(b.split[p])
			}
		}
		whole := b.led[Bill].nums()
		b.sums[set] = b.sums[set].meet(nums{whole.lo.sub(fromFen(gone.Hi)), whole.hi.sub(fromFen(gone.Lo))})
	}
}

// together is the sum of a set of buckets as far as each of them tells. What the ledger shows
// of copay and above_cap is rounded.
func (b *bounder) together(set int) (sum nums) {
	for i, p := range shared {
		if set&(1<<i) == 0 {
			continue
		}
		x := b.led[p].nums()
		if p >= Copay && b.led[p].Hi > 0 {
			x = nums{x.lo.sub(num{0, fenUnit}), x.hi.add(num{0, fenUnit})}
		}
		sum = sum.plus(x)
	}
	return sum
}

// pool is what a layer does to the whole of what it looks at.
type pool struct {
	left, paid nums
	year       Year
}

// pooled runs a layer that only pays out of what others left at the ends of the whole that
// it looks at. Nil where a layer does more than that.
func (b *bounder) pooled(l *Layer) *pool {
	in := Copay
	for _, e := range l.Enters {
		if e.Bucket < Deducted && e.Bucket != PaidFirst || e.Weight != One {
			return nil
		}
		if e.Bucket >= Copay {
			in = e.Bucket
		}
	}
	if !l.enters(in) || l.Enters[0].Bucket == AboveCap || l.Guarantee != nil || l.Ceiling != nil || l.Split != nil || l.measures(Deducted) || l.Bands == nil || len(l.Bands.PaidBy) > 0 || len(b.given) > 0 {
		return nil
	}
	b.c.Year = append(Year(nil), b.year...)
	corners := b.counters(l)
	if rows := b.reached(l); len(rows) > 0 {
		corners = append(corners, corner{len(rows), func(r *run, i int) { r.forced = rows[i] }})
	}
	sum := b.sums[l.set()]
	corners = append(corners, corner{2, func(r *run, i int) {
		if r.fine[in] = sum.lo; i == 1 {
			r.fine[in] = sum.hi
		}
		r.led[in] = r.fine[in].fen()
	}})
	var out *pool
	b.each(corners, func(r *run) {
		r.out.Year = append(Year(nil), r.c.Year...)
		for i := range r.out.Year {
			r.out.Year[i].booked = false
		}
		whole := r.fine[in]
		r.layer(l)
		paid := fromFen(r.led[l.Payer])
		left := whole.sub(paid)
		if out == nil {
			out = &pool{nums{left, left}, nums{paid, paid}, append(Year(nil), r.out.Year...)}
		}
		out.left, out.paid, out.year = out.left.join(nums{left, left}), out.paid.join(nums{paid, paid}), out.year.widen(r.out.Year)
	})
	return out
}

// reached are the segments that a ladder may reach where it is not certain at which it
// begins: the whole then takes the share of each of them, and what truly comes of it lies
// between. Nil where the ladder can be climbed.
func (b *bounder) reached(l *Layer) (out []*Row) {
	at, sure := b.position(l)
	if sure {
		return nil
	}
	for _, e := range l.Enters {
		at.Hi += b.led[e.Bucket].Hi
	}
	var rows []*Row
	for i := range l.Bands.Rows.Rows {
		row := &l.Bands.Rows.Rows[i]
		if !row.inForce(b.c.Date) {
			continue
		}
		ok, err := b.f.holds(row.When)
		if err != nil {
			b.fail(err)
			return nil
		}
		if ok {
			rows = append(rows, row)
		}
	}
	for _, row := range rows {
		begins := Fen(0)
		for _, o := range rows {
			if o.To != 0 && (row.To == 0 || o.To < row.To) {
				begins = max(begins, o.To)
			}
		}
		if begins <= at.Hi && (row.To == 0 || row.To > at.Lo) {
			out = append(out, row)
		}
	}
	return out
}

// position bounds where a ladder begins, and says whether that is certain, given what
// the layer's other inputs are.
func (b *bounder) position(l *Layer) (at Amount, sure bool) {
	switch {
	case l.Bands == nil || len(l.Bands.PaidBy) == 0 && !l.Bands.Year:
		return at, true
	case len(l.Bands.PaidBy) == 0:
		if c := b.year.find(l.ID); c != nil {
			at = c.Entered
			if !l.Bands.FromZero {
				at = Amount{max(0, at.Lo-c.Deduct.Hi), max(0, at.Hi-c.Deduct.Lo)}
			}
		}
		return at, at.Lo == at.Hi
	}
	for _, id := range l.Bands.PaidBy {
		if c := b.was.find(id); c != nil {
			at.Lo += c.Paid.Lo
		}
		if c := b.year.find(id); c != nil {
			at.Hi += c.Paid.Hi
		}
	}
	return at, at.Lo == at.Hi && contains(l.Bands.PaidBy, l.ID)
}

// measures reports whether the layer takes a share of the bucket as a base.
func (l *Layer) measures(p Place) bool {
	if l.Deductible != nil && l.Deductible.ShareOf != nil && *l.Deductible.ShareOf == p {
		return true
	}
	for _, g := range [...]*Guarantee{l.Guarantee, l.Ceiling} {
		if g == nil {
			continue
		}
		for _, b := range g.Of {
			if b == p {
				return true
			}
		}
	}
	return false
}

// merge takes over the counters of one layer.
func merge(all, from Year, id string) Year {
	for _, c := range from {
		if !of(c.Key, id) {
			continue
		}
		if have := all.find(c.Key); have != nil {
			*have = c
		} else {
			all = append(all, c)
		}
	}
	return all
}

// widen makes every counter the interval over two years; a counter that only one has
// begins at nothing.
func (y Year) widen(o Year) Year {
	for i := range y {
		if o.find(y[i].Key) == nil {
			y[i].widen(&Counter{})
		}
	}
	for i := range o {
		have := y.find(o[i].Key)
		if have == nil {
			y = append(y, Counter{Key: o[i].Key})
			have = &y[len(y)-1]
		}
		have.widen(&o[i])
	}
	return y
}

// widen joins two counters.
func (c *Counter) widen(o *Counter) {
	for i := range counterParts {
		a, b := c.part(i), o.part(i)
		a.Lo, a.Hi = min(a.Lo, b.Lo), max(a.Hi, b.Hi)
	}
}

// counters are the corners of what was used up before, as far as the layer reads it.
func (b *bounder) counters(l *Layer) (out []corner) {
	ids := []string{l.ID}
	if d := l.Deductible; d != nil {
		ids = append(ids, d.With...)
		if d.Limit != nil {
			ids = append(ids, d.Limit.With...)
		}
	}
	for i := range l.Caps {
		ids = append(ids, l.Caps[i].With...)
	}
	start := b.c.Year
	for i := range start {
		reads := false
		for _, id := range ids {
			reads = reads || of(start[i].Key, id)
		}
		for k := range counterParts {
			a := *start[i].part(k)
			if !reads {
				a.Hi = a.Lo // nothing of this layer hangs on it
			}
			out = append(out, corner{ends(a), func(r *run, end int) { *r.counter(start)[i].part(k) = Exactly(a.end(end)) }})
		}
	}
	return out
}

// counter is the run's own copy of the year.
func (r *run) counter(start Year) Year {
	if len(start) > 0 && (len(r.c.Year) == 0 || &r.c.Year[0] == &start[0]) {
		r.c.Year = append(Year(nil), start...)
	}
	return r.c.Year
}

// person bounds what is left and who pays it.
func (b *bounder) person() {
	rng := &Range{}
	var all, fund, may Amount
	for _, p := range personal {
		all.add(b.led[p])
	}
	for p := Hifp; p <= HospPart; p++ {
		if p != HospPart {
			fund.add(b.led[p])
		}
	}
	whole := b.led[Bill]
	hosp, first := b.led[HospPart], b.led[Acct]
	// what is left, seen from all sides
	left := b.sums[len(b.sums)-1]
	all.Lo = max(all.Lo, left.lo.fen()+b.led[SelfFunded].Lo+b.led[OverLimit].Lo) + first.Lo
	all.Hi = min(all.Hi, left.hi.fen()+b.led[SelfFunded].Hi+b.led[OverLimit].Hi) + first.Hi
	all = Amount{max(all.Lo, whole.Lo-fund.Hi-hosp.Hi, 0), min(all.Hi, whole.Hi-fund.Lo-hosp.Lo)}
	fund = Amount{max(fund.Lo, whole.Lo-all.Hi-hosp.Hi, 0), min(fund.Hi, whole.Hi-all.Lo-hosp.Lo)}
	self := Amount{}
	self.add(b.led[SelfFunded])
	self.add(b.led[OverLimit])
	pay := Amount{max(0, all.Lo-self.Hi), all.Hi - self.Lo}
	for p := range b.led {
		rng.Lo[p], rng.Hi[p] = b.led[p].Lo, min(b.led[p].Hi, whole.Hi)
	}
	for i, s := range b.split {
		rng.Lo[i], rng.Hi[i] = s.Lo, s.Hi
	}
	cash := less(all, first)
	buckets := accountDefault
	if row := b.mayPay(); row != nil {
		buckets = row.Buckets
	}
	for _, p := range buckets {
		may.add(b.led[p])
	}
	may.Hi = min(may.Hi, cash.Hi)
	for _, w := range b.own {
		to := Acct
		if w.Family {
			to = AcctMulaid
		}
		x := Amount{min(w.Balance.Lo, may.Lo), min(w.Balance.Hi, may.Hi)}
		rng.Lo[to] += x.Lo
		rng.Hi[to] += x.Hi
		cash, may = less(cash, x), less(may, w.Balance)
	}
	rng.Lo[Cash], rng.Hi[Cash] = cash.Lo, cash.Hi
	rng.SelfFund, rng.SelfPay = [2]Fen{self.Lo, self.Hi}, [2]Fen{pay.Lo, pay.Hi}
	rng.FundSum, rng.PersonSum = [2]Fen{fund.Lo, fund.Hi}, [2]Fen{all.Lo, all.Hi}
	rng.Direct, rng.Refund = [2]Fen{cash.Lo, cash.Hi}, rng.FundSum
	rng.Deduct = [2]Fen{b.duct.Lo, b.duct.Hi}
	b.rng = rng
}
