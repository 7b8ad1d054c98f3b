package engine

// The range of a settlement over its unknowns. Every way in which one could go is a box:
// each amount and each figure between two ends. A settlement bends where a threshold is
// reached, a cap bites, a share meets another; between the bends it is a straight line in
// each unknown taken alone, so that its extremes over a box without a bend lie in the
// corners. Whether a box has a bend the corners tell themselves: what is compared is as
// straight, so if all corners go the same way (Regime), everything between them does.
// A box with a bend is cut in two there. What [bounder] says of it holds, if widely; the
// box that might reach furthest beyond what was seen is cut first, and what is left when
// nothing reaches far, or enough was tried, keeps those bounds.

// Limits of the search: the work, in settlements; the unknowns whose corners are looked
// at together; and how far a box may reach beyond what was seen, as a part of that.
const (
	maxTries   = 2500
	exactTries = 1500 // work until which nothing may be left over
	maxCorners = 6
	fineEnough = 512
)

// extent is a range with the counters after it.
type extent struct {
	Range
	year Year
}

func (x *extent) join(o *extent) {
	x.Range.join(&o.Range)
	x.year = x.year.widen(o.year)
}

// box is a part of what is unknown.
type box struct {
	fixed []uint8 // the world of codes and numbers
	at    []span  // of the amounts and figures; those that are missing are looked at whole
	cut   int     // the unknown to cut, -1 for none,
	to    int64   // and where: the first part ends there
	outer *extent
}

type search struct {
	*worlds
	seen, done *extent // what settlements came to; and with the bounds of what is finished
	boxes      []*box
	tries      int
	// worst is the point least favourable for the person among those seen, and what it costs.
	worst   []span
	choice  []uint8
	dearest Fen
}

// search bounds the settlement over all unknowns: the range and the counters. Where it meets
// a point less favourable for the person than out, it settles that instead.
func (w *worlds) search(out *Settlement) (*Settlement, *Range, Year, error) {
	s := &search{worlds: w, dearest: Person(&out.Totals)}
	claim := w.c
	defer func() { w.part, w.c = nil, claim }()
	c := *w.c
	c.Figures, w.c = true, &c
	fixed := make([]uint8, w.ins)
	for {
		if err := s.look(&box{fixed: append([]uint8(nil), fixed...)}); err != nil {
			return nil, nil, nil, err
		}
		i := 0
		for ; i < w.ins; i++ {
			if w.vars[i].amount != nil {
				continue
			}
			if fixed[i]++; int(fixed[i]) < w.vars[i].options {
				break
			}
			fixed[i] = 0
		}
		if i == w.ins {
			break
		}
	}
	for len(s.boxes) > 0 {
		worst, most := 0, Fen(-1)
		for i, b := range s.boxes {
			if far := s.beyond(&b.outer.Range); far > most {
				worst, most = i, far
			}
		}
		if most <= 0 || s.tries > maxTries || w.c.Coarse {
			break
		}
		b := s.boxes[worst]
		s.boxes[worst] = s.boxes[len(s.boxes)-1]
		s.boxes = s.boxes[:len(s.boxes)-1]
		for part := range 2 {
			n := &box{fixed: b.fixed, at: append([]span(nil), b.at...), outer: b.outer}
			if part == 0 {
				n.at[b.cut].hi = b.to
			} else {
				n.at[b.cut].lo = min(b.to+s.unit(b.cut), b.at[b.cut].hi)
			}
			if err := s.look(n); err != nil {
				return nil, nil, nil, err
			}
		}
	}
	for _, b := range s.boxes {
		s.finish(b.outer)
	}
	if s.done == nil {
		return nil, nil, nil, impossible
	}
	if s.seen != nil {
		s.done.join(s.seen)
	}
	if s.worst != nil {
		w.part, w.c = s.worst, claim
		x, err := w.one(s.choice)
		if err != nil {
			return nil, nil, nil, err
		}
		out = x
	}
	return out, &s.done.Range, s.done.year, nil
}

func (s *search) finish(x *extent) {
	if s.done == nil {
		s.done = &extent{x.Range, append(Year(nil), x.year...)}
		return
	}
	s.done.join(x)
}

// beyond says how far a range reaches beyond what was seen; after some work, over what
// does not matter much.
func (s *search) beyond(r *Range) (most Fen) {
	if s.seen == nil {
		return MaxFen
	}
	o := &s.seen.Range
	see := func(a, b, lo, hi Fen) {
		far := max(lo-a, b-hi)
		if s.tries > exactTries {
			far -= (hi-lo)/fineEnough + 1
		}
		most = max(most, far)
	}
	for p := range r.Lo {
		if Place(p) < Deducted || Place(p) > AboveCap { // what is left there no answer shows
			see(r.Lo[p], r.Hi[p], o.Lo[p], o.Hi[p])
		}
	}
	theirs := o.sums()
	for i, x := range r.sums() {
		see(x[0], x[1], theirs[i][0], theirs[i][1])
	}
	return most
}

// look finishes a box or adds it to those to be cut.
func (s *search) look(b *box) error {
	smooth, err := s.corners(b)
	if err != nil || smooth {
		return err
	}
	outer, err := s.widely(b)
	switch {
	case err == nil:
	case contradiction(err):
		return nil // this world cannot be
	case err == tooWide && !s.amounts():
		outer = s.anything()
	default:
		return err
	}
	if b.outer != nil {
		outer.meet(&b.outer.Range)
	}
	b.outer = outer
	if s.beyond(&outer.Range) <= 0 || b.cut < 0 {
		s.finish(outer)
		return nil
	}
	s.boxes = append(s.boxes, b)
	return nil
}

// widely bounds a box layer by layer.
func (s *search) widely(b *box) (*extent, error) {
	s.part = s.points(b)
	rng, year, err := s.bounds(b.fixed)
	s.part = nil
	s.tries += 60
	if err != nil {
		return nil, err
	}
	return &extent{*rng, year}, nil
}

// points are the ends of all unknowns in a box; codes and numbers have none.
func (s *search) points(b *box) []span {
	s.vars = s.vars[:s.ins]
	for _, row := range s.open {
		s.vars = append(s.vars, variable{row: row, options: 2})
	}
	for i := len(b.at); i < len(s.vars); i++ {
		switch v := &s.vars[i]; {
		case v.amount != nil:
			a := v.amount(s.c)
			b.at = append(b.at, span{int64(a.Lo), int64(a.Hi)})
		case v.row != nil:
			b.at = append(b.at, s.rows.whole[i-s.ins])
		default:
			b.at = append(b.at, span{})
		}
	}
	return b.at
}

// outcome is what one corner came to.
type outcome struct {
	extent
	possible, tied bool
	regime         uint64
	layers         []LayerResult
}

// settleAt settles one corner.
func (s *search) settleAt(choice []uint8, o *outcome) error {
	s.tries++
	out, err := s.one(choice)
	if err != nil {
		if contradiction(err) {
			return nil
		}
		return err
	}
	*o = outcome{extent{*newRange(out), append(Year(nil), out.Year...)}, true, s.rows.tied, out.Regime, append([]LayerResult(nil), out.Layers...)}
	s.spare = out
	if x := Person(&out.Totals); x > s.dearest {
		s.dearest, s.worst, s.choice = x, append(s.worst[:0], s.part...), append(s.choice[:0], choice...)
	}
	if s.seen == nil {
		s.seen = &extent{o.Range, append(Year(nil), o.year...)}
	}
	s.seen.join(&o.extent)
	return nil
}

// corners settles the corners of a box and reports whether the extremes lie there; if so,
// the box is finished, else it says where to cut.
func (s *search) corners(b *box) (smooth bool, err error) {
	for {
		known := len(s.open)
		at := s.points(b)
		free := make([]int, 0, len(at))
		for i, x := range at {
			if x.lo < x.hi {
				free = append(free, i)
			}
		}
		if len(free) > maxCorners || s.overfull(at) {
			s.halve(b, free)
			return false, nil
		}
		all, err := s.each(b, free)
		switch {
		case err != nil:
			return false, err
		case len(s.open) > known:
			continue // a corner met a figure that none before it had met
		case alike(all):
			x := &all[0].extent
			for k := range all[1:] {
				x.join(&all[k+1].extent)
			}
			seen := x.Range
			if loosen(x, all); x.Range != seen {
				// what is said of the layers may leave less room
				if b.outer == nil {
					if b.outer, err = s.widely(b); err != nil && err != tooWide {
						return false, err
					}
				}
				if b.outer != nil {
					x.meet(&b.outer.Range)
					x.Range.join(&seen)
				}
			}
			s.finish(x)
			return true, nil
		}
		return false, s.bend(b, free, all)
	}
}

// each settles all corners; the bits of an outcome's number say the ends of free.
func (s *search) each(b *box, free []int) ([]outcome, error) {
	all := make([]outcome, 1<<len(free))
	s.part = b.at
	for k := range all {
		if err := s.settleAt(s.choose(b, free, k), &all[k]); err != nil {
			return nil, err
		}
	}
	s.part = nil
	return all, nil
}

func (s *search) choose(b *box, free []int, k int) []uint8 {
	choice := append(make([]uint8, 0, len(s.vars)), b.fixed...)
	choice = choice[:len(s.vars)]
	for j, i := range free {
		choice[i] = uint8(k >> j & 1)
		if s.vars[i].row != nil {
			choice[i] ^= s.favours(i)
		}
	}
	return choice
}

// alike reports whether everything between some corners goes the way that they go.
func alike(all []outcome) bool {
	for k := range all {
		if o := &all[k]; !o.possible || o.tied || o.regime != all[0].regime {
			return false
		}
	}
	// What is laid along payments that are themselves open is no straight line.
	for i := range all[0].layers {
		if b := all[0].layers[i].Layer.Bands; b != nil && len(b.PaidBy) > 0 {
			for j := range all[0].layers[:i] {
				if contains(b.PaidBy, all[0].layers[j].Layer.ID) && varies(all, j, func(r *LayerResult) Fen { return r.Paid }, func(r *LayerResult) Fen { return r.CapCut }, func(r *LayerResult) Fen { return r.Entered - r.Deductible }) {
					return false
				}
			}
		}
	}
	return true
}

// varies reports whether some figure of a layer differs from corner to corner.
func varies(all []outcome, layer int, of ...func(r *LayerResult) Fen) bool {
	for k := range all {
		for _, f := range of {
			if f(&all[k].layers[layer]) != f(&all[0].layers[layer]) {
				return true
			}
		}
	}
	return false
}

// loosen allows for rounding. A payment is rounded once and each by itself, so it never
// turns back while an unknown moves on; but where a payer looks at what hangs on such a
// payment and on something else besides, or where two payments move against each other,
// a fen more or less may come about between the corners than in them.
func loosen(x *extent, all []outcome) {
	if x.Lo == x.Hi {
		return
	}
	rough, moving := Fen(0), Fen(0) // by how much sums may be off; how many payments moved so far
	before := make([]Fen, len(all)) // what was paid so far
	by := func(p Place, n Fen, always bool) {
		if always || x.Lo[p] < x.Hi[p] {
			x.Lo[p], x.Hi[p] = max(0, x.Lo[p]-n), min(x.Hi[p]+n, x.Hi[Bill])
		}
	}
	both := Fen(1) // what the ledger shows of the buckets is rounded by itself
	for i := range all[0].layers {
		l := all[0].layers[i].Layer
		paid := varies(all, i, func(r *LayerResult) Fen { return r.Paid })
		cut := varies(all, i, func(r *LayerResult) Fen { return r.CapCut })
		duct := varies(all, i, func(r *LayerResult) Fen { return r.Deductible })
		apart := false // whether it looks at something besides what was paid so far
		for k := range all {
			apart = apart || all[k].layers[i].Entered+before[k] != all[0].layers[i].Entered+before[0]
			before[k] += all[k].layers[i].Paid
		}
		m := rough
		if apart && (l.enters(Copay) || l.enters(AboveCap) && i > 0 && all[0].layers[i-1].Layer.enters(AboveCap)) {
			m += moving
		}
		by(l.Payer, m, x.Hi[l.Payer] > 0)
		if l.Split != nil {
			by(l.Split.Payer, m+1, false)
		}
		for j := range x.year {
			if c := &x.year[j]; of(c.Key, l.ID) {
				for k := range counterParts {
					if a := c.part(k); a.Hi > 0 {
						a.Lo, a.Hi = max(0, a.Lo-m), a.Hi+m
					}
				}
			}
		}
		if paid && apart && moving > 0 {
			rough++
		}
		if paid {
			moving++
		}
		if cut && (duct || paid) {
			both++
		}
	}
	for _, p := range [...]Place{Deducted, Copay, AboveCap} {
		by(p, both, true)
		by(p, moving, false)
	}
	if rough == 0 {
		return
	}
	by(Acct, rough, false)
	by(AcctMulaid, rough, false)
	by(Cash, rough, true)
	for _, a := range [...]*[2]Fen{&x.SelfPay, &x.FundSum, &x.PersonSum, &x.Direct, &x.Refund} {
		a[0], a[1] = max(0, a[0]-rough), min(a[1]+rough, x.Hi[Bill])
	}
	// What all payers pay at most, or at least, bounds the sums, too.
	rest := [2]Fen{x.Lo[Bill], x.Hi[Bill]}
	for p := Hifp; p <= HospPart; p++ {
		rest[0] -= x.Hi[p]
		rest[1] -= x.Lo[p]
	}
	x.PersonSum = [2]Fen{max(x.PersonSum[0], rest[0]), min(x.PersonSum[1], rest[1])}
}

func (l *Layer) enters(p Place) bool {
	for i := range l.Enters {
		if l.Enters[i].Bucket == p {
			return true
		}
	}
	return false
}

// of reports whether a counter is one of a layer's.
func of(key, layer string) bool {
	n := len(layer)
	return len(key) >= n && key[:n] == layer && (len(key) == n || key[n] == '/' || key[n] == '@')
}

// overfull reports whether the parts of the bill may come to more than the bill.
func (s *search) overfull(at []span) bool {
	if len(s.c.Bill.Lines) > 0 {
		return false
	}
	rest, open := int64(0), false
	for i, name := range billAxes {
		a := *s.c.Bill.part(i)
		x := span{int64(a.Lo), int64(a.Hi)}
		for j := range s.ins {
			if s.vars[j].field == name {
				x, open = at[j], true
			}
		}
		if i == 0 {
			rest = x.lo
		} else {
			rest -= x.hi
		}
	}
	return open && rest < 0
}

// halve cuts the widest unknown of a box in the middle.
func (s *search) halve(b *box, free []int) {
	b.cut = -1
	most := int64(-1)
	for _, i := range free {
		if w := s.width(i, b.at[i]); w > most {
			b.cut, most = i, w
		}
	}
	if b.cut >= 0 {
		b.to = s.middle(b.cut, b.at[b.cut])
	}
}

// unit is what neighbouring values of an unknown are apart: amounts are whole fen, figures
// have at most six decimals.
func (s *search) unit(i int) int64 {
	if s.vars[i].row == nil {
		return 1
	}
	return int64(One) / 1_000_000
}

// middle is a value in the middle, below the upper end.
func (s *search) middle(i int, x span) int64 {
	u := s.unit(i)
	return x.lo + (x.hi-x.lo)/(2*u)*u
}

// width is about what an unknown may matter, in fen.
func (s *search) width(i int, x span) int64 {
	bill := int64(max(s.c.Bill.Total.Hi, 1))
	switch {
	case s.vars[i].row == nil:
		return min(x.hi-x.lo, bill)
	case s.rows.whole[i-s.ins].hi > 2*int64(One):
		return min((x.hi-x.lo)/int64(One/100), bill)
	}
	return int64(num{0, uint64(bill)}.muldiv(uint64(x.hi-x.lo), uint64(One)).lo)
}

// bend cuts a box where the settlement bends: along the edge on which it changes most among
// those whose ends go different ways.
func (s *search) bend(b *box, free []int, all []outcome) error {
	edge, most := -1, Fen(-1)
	differs := false
	for k := range all {
		for j := range free {
			o := k | 1<<j
			if o == k || !all[k].possible || !all[o].possible {
				continue
			}
			d, bends := Fen(0), all[k].regime != all[o].regime
			for p := range all[k].Lo {
				d += max(all[k].Lo[p]-all[o].Lo[p], all[o].Lo[p]-all[k].Lo[p])
			}
			if bends && !differs || bends == differs && d > most {
				edge, most, differs = k*len(free)+j, d, bends
			}
		}
	}
	if edge < 0 {
		s.halve(b, free)
		return nil
	}
	k, j := edge/len(free), edge%len(free)
	i := free[j]
	x := b.at[i]
	b.cut, b.to = i, s.middle(i, x)
	if !differs {
		return nil
	}
	// the last point from below that goes as the lower end does
	lo, hi := x.lo, x.hi
	probe := append([]span(nil), b.at...)
	s.part = probe
	defer func() { s.part = nil }()
	for (hi-lo)/s.unit(i) > 1 {
		m := s.middle(i, span{lo, hi})
		probe[i] = span{m, m}
		o := outcome{}
		if err := s.settleAt(s.choose(b, free, k), &o); err != nil {
			return err
		}
		if o.possible && o.regime == all[k].regime {
			lo = m
		} else {
			hi = m
		}
	}
	if edge := (x.hi - x.lo) / 16; len(free) == 1 || lo-x.lo > edge && x.hi-hi > edge {
		b.to = lo
	}
	return nil
}

// favours is 1 where the upper end of an unknown figure is the unfavourable one.
func (s *search) favours(i int) uint8 {
	if s.rows.costly[i-s.ins] {
		return 1
	}
	return 0
}

// meet narrows a range to what another allows, too.
func (r *Range) meet(o *Range) {
	for p := range r.Lo {
		r.Lo[p], r.Hi[p] = max(r.Lo[p], o.Lo[p]), min(r.Hi[p], o.Hi[p])
	}
	theirs := o.sums()
	for i, x := range r.sums() {
		x[0], x[1] = max(x[0], theirs[i][0]), min(x[1], theirs[i][1])
	}
}

// anything is the range where a layer hangs on more unknown figures than can be looked at.
func (s *search) anything() *extent {
	all := s.c.Bill.Total.Hi
	if s.bill != nil {
		all = s.bill.total.fen()
	}
	r := &Range{}
	for p := range r.Hi {
		r.Hi[p] = all
	}
	r.Lo[Bill] = all
	for _, x := range r.sums() {
		x[1] = all
	}
	year := Year{}
	if s.seen != nil {
		year = append(year, s.seen.year...)
	}
	for i := range year {
		for k := range counterParts {
			if a := year[i].part(k); a.Lo < a.Hi {
				a.Lo, a.Hi = 0, a.Hi+all
			}
		}
	}
	return &extent{*r, year}
}
