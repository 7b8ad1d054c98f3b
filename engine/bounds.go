package engine

// Bounds of a settlement over unknown amounts. Corners of the whole box would not do: a
// later payer may look at less when an earlier one pays more, so an extreme may lie in
// the middle. Within one layer every result is monotone in each of its own inputs (what
// enters, what was used up, each unknown figure), except in where a ladder begins, for
// which every segment in reach is therefore tried for the whole. So each layer is run at the corners of its own
// inputs, and its results enter the next layer as intervals. What is lost is only how
// the intervals hang together: the bounds hold, and may be wider than need be.

func (s *Amount) add(o Amount) { s.Lo, s.Hi = s.Lo+o.Lo, s.Hi+o.Hi }

func (s *Amount) widen(v Fen) { s.Lo, s.Hi = min(s.Lo, v), max(s.Hi, v) }

// bounder holds the ledger as intervals.
type bounder struct {
	run
	led   [numPlaces]Amount
	split [Deducted]Amount // the bill as it was classified
	duct  Amount
	year  Year
	was   Year // before the claim
	rng   *Range
}

// bounds is the range over all amounts in the world of codes and numbers that choice
// names; rows are the unknown figures met so far.
func (w *worlds) bounds(choice []uint8) (*Range, Year, error) {
	c := *w.c
	b := bounder{run: run{p: w.p, s: w.s, c: &c, listed: w.items(), open: &openRows{rows: w.open}, out: &Settlement{}}}
	b.year, b.was = append(Year(nil), w.c.Year...), w.c.Year
	b.err = b.f.resolve(w.p, w.s, &c.Facts, w.chooser(choice))
	var rng *Range
	var year Year
	for _, enrolment := range b.enrolments() {
		x := b
		x.f.codes[DimEnrolment] = enrolment
		x.year = append(Year(nil), w.c.Year...)
		if x.chain(); x.err != nil {
			return nil, nil, x.err
		}
		if rng == nil {
			rng, year = x.rng, x.year
		}
		rng.join(x.rng)
		year = year.widen(x.year)
	}
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

// each runs f at every combination of the corners and of the unknown figures met.
func (b *bounder) each(corners []corner, f func(r *run)) {
	rows := b.open.rows
	for {
		n := 1
		for _, c := range corners {
			n *= c.options
		}
		if n <<= len(rows); n > MaxWorlds {
			b.fail(&InputError{Code: TooMany, Field: "bill", Limit: "12"})
			return
		}
		met := rows
		for i := 0; i < n; i++ {
			open := openRows{rows: rows, choice: make([]uint8, len(rows))}
			c := *b.c
			r := run{p: b.p, s: b.s, c: &c, listed: b.listed, f: b.f, open: &open, out: &Settlement{}}
			r.given = append([]Fen(nil), b.given...)
			k := i
			for _, c := range corners {
				c.set(&r, k%c.options)
				k /= c.options
			}
			for j := range rows {
				open.choice[j] = uint8(k & 1)
				k >>= 1
			}
			f(&r)
			for d, a := range r.f.asked {
				b.f.asked[d] = b.f.asked[d] || a
			}
			if len(open.rows) > len(met) {
				met = open.rows
			}
			if r.err != nil {
				b.fail(r.err)
				return
			}
		}
		if len(met) == len(rows) {
			return
		}
		rows = met // a corner met a figure that none before it had met
	}
}

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
	excluded := b.excluded()
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
			if p < Deducted {
				r.out.Totals[p] = r.led[p]
			}
		}})
	}
	for p := range Deducted {
		if a := b.split[p]; !enters[p] && l.measures(p) {
			corners = append(corners, corner{ends(a), func(r *run, i int) { r.out.Totals[p] = a.end(i) }})
		}
	}
	b.c.Year = append(Year(nil), b.year...)
	corners = append(corners, b.counters(l)...)
	if rows := b.reached(l); len(rows) > 0 {
		corners = append(corners, corner{len(rows), func(r *run, i int) { r.forced = rows[i] }})
	}
	first, duct := true, Amount{}
	var after [numPlaces]Amount
	var year Year
	given := append([]Fen(nil), b.given...)
	b.each(corners, func(r *run) {
		before := r.led
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
		duct.widen(r.out.Deduct)
		year = year.widen(r.out.Year)
		for i := range given {
			given[i] = min(given[i], r.given[i])
		}
		first = false
	})
	b.given = given
	open := false // something that the layer looks at is unknown
	for _, c := range corners {
		open = open || c.options > 1
	}
	if l.Guarantee != nil || l.Ceiling != nil {
		// A floor under the payment may shrink what stays while more enters: what stays
		// is bounded by what the other results leave of it.
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
	for p := range after {
		if (p == int(Copay) || p == int(AboveCap)) && open && after[p].Hi > 0 {
			after[p] = Amount{after[p].Lo - 2, after[p].Hi + 2} // each sorting rounds it for display
		}
		if enters[p] {
			b.led[p] = after[p]
		} else {
			b.led[p].add(after[p])
		}
		b.led[p].Lo = max(0, b.led[p].Lo)
	}
	b.duct.add(duct)
	b.year = merge(b.year, year, l.ID)
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
		if len(c.Key) < len(id) || c.Key[:len(id)] != id || len(c.Key) > len(id) && c.Key[len(id)] != '/' && c.Key[len(id)] != '@' {
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
	join := func(a, b Amount) Amount { return Amount{min(a.Lo, b.Lo), max(a.Hi, b.Hi)} }
	for i := range o {
		have := y.find(o[i].Key)
		if have == nil {
			y = append(y, Counter{Key: o[i].Key})
			have = &y[len(y)-1]
		}
		have.Entered, have.Deduct = join(have.Entered, o[i].Entered), join(have.Deduct, o[i].Deduct)
		have.Paid, have.Spell = join(have.Paid, o[i].Paid), join(have.Spell, o[i].Spell)
	}
	return y
}

// counters are the corners of what was used up before, as far as the layer reads it.
func (b *bounder) counters(l *Layer) []corner {
	var out []corner
	reads := func(key string) bool {
		match := func(id string) bool {
			return len(key) >= len(id) && key[:len(id)] == id && (len(key) == len(id) || key[len(id)] == '/' || key[len(id)] == '@')
		}
		if match(l.ID) {
			return true
		}
		lists := [][]string{}
		if d := l.Deductible; d != nil {
			lists = append(lists, d.With)
			if d.Limit != nil {
				lists = append(lists, d.Limit.With)
			}
		}
		for i := range l.Caps {
			lists = append(lists, l.Caps[i].With)
		}
		for _, ids := range lists {
			for _, id := range ids {
				if match(id) {
					return true
				}
			}
		}
		return false
	}
	start := b.c.Year
	for i := range start {
		c := start[i]
		if !reads(c.Key) {
			// left at its lower end: nothing of this layer hangs on it
			c.Entered, c.Deduct, c.Paid, c.Spell = Exactly(c.Entered.Lo), Exactly(c.Deduct.Lo), Exactly(c.Paid.Lo), Exactly(c.Spell.Lo)
			out = append(out, corner{1, func(r *run, _ int) { r.counter(start)[i] = c }})
			continue
		}
		for _, f := range [...]struct {
			values []Fen
			at     func(*Counter) *Amount
		}{{[]Fen{c.Entered.Lo, c.Entered.Hi}[:ends(c.Entered)], func(c *Counter) *Amount { return &c.Entered }},
			{[]Fen{c.Deduct.Lo, c.Deduct.Hi}[:ends(c.Deduct)], func(c *Counter) *Amount { return &c.Deduct }},
			{[]Fen{c.Paid.Lo, c.Paid.Hi}[:ends(c.Paid)], func(c *Counter) *Amount { return &c.Paid }},
			{[]Fen{c.Spell.Lo, c.Spell.Hi}[:ends(c.Spell)], func(c *Counter) *Amount { return &c.Spell }}} {
			out = append(out, corner{len(f.values), func(r *run, k int) { *f.at(&r.counter(start)[i]) = Exactly(f.values[k]) }})
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
	hosp := b.led[HospPart]
	// what is left, seen from both sides
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
	cash := all
	buckets, _ := b.mayPay()
	for _, p := range buckets {
		may.add(b.led[p])
	}
	may.Hi = min(may.Hi, all.Hi)
	for _, w := range b.c.Accounts {
		to := Acct
		if w.Family {
			to = AcctMulaid
		}
		x := Amount{min(w.Balance.Lo, may.Lo), min(w.Balance.Hi, may.Hi)}
		rng.Lo[to] += x.Lo
		rng.Hi[to] += x.Hi
		cash = Amount{max(0, cash.Lo-x.Hi), max(0, cash.Hi-x.Lo)}
		may = Amount{max(0, may.Lo-w.Balance.Hi), max(0, may.Hi-w.Balance.Lo)}
	}
	rng.Lo[Cash], rng.Hi[Cash] = cash.Lo, cash.Hi
	rng.SelfFund, rng.SelfPay = [2]Fen{self.Lo, self.Hi}, [2]Fen{pay.Lo, pay.Hi}
	rng.FundSum, rng.PersonSum = [2]Fen{fund.Lo, fund.Hi}, [2]Fen{all.Lo, all.Hi}
	rng.Direct, rng.Refund = [2]Fen{cash.Lo, cash.Hi}, rng.FundSum
	rng.Deduct = [2]Fen{b.duct.Lo, b.duct.Hi}
	b.rng = rng
}
