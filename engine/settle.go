package engine

import (
	"math/bits"
	"strings"
	"sync"

	"github.com/shopspring/decimal"
)

// Limits on what one claim may carry.
const (
	MaxLines     = 1000
	MaxCounters  = 64
	MaxAccounts  = 8
	MaxPlans     = 4
	MaxOverrides = 64
	maxSweep     = 256  // of them, of the ends of amounts
	MaxWorlds    = 4096 // combinations of unknowns that a settlement looks at
)

// Settle computes how one encounter is shared among the payers.
//
// It reads no clock and keeps no state: equal arguments give equal results. The Year
// returned is the claim's Year with this encounter booked; pass it to the next call.
//
// There are three outcomes: a settlement; a settlement with Range and Unknowns, whose
// plain figures are the case least favourable for the person; an error, always an
// [*InputError].
func Settle(p *Policy, c *Claim) (*Settlement, error) {
	s, err := check(p, c)
	if err != nil {
		return nil, err
	}
	w := scratch.Get().(*worlds)
	w.p, w.s, w.c = p, s, c
	out, err := w.settle()
	w.clear()
	scratch.Put(w)
	return out, err
}

func (w *worlds) settle() (*Settlement, error) {
	w.inputs()
	if len(w.vars) == 0 {
		out, err := w.one(nil)
		if err != nil {
			return nil, err
		}
		if len(w.open) == 0 {
			return out, nil
		}
		w.spare = out
	}
	return w.all()
}

// Reuse gives back a settlement whose figures have been read: a later one takes its memory.
func Reuse(s *Settlement) {
	w := scratch.Get().(*worlds)
	w.spare = s
	scratch.Put(w)
}

// scratch keeps memory, never figures, from one settlement to the next: a batch or a curve
// settles thousands of times. It stands behind Settle rather than among its arguments,
// because no caller could do anything with it but pass it on. That nothing carries over, not even side by side, is tested
// (TestNothingCarriesOver).
var scratch = sync.Pool{New: func() any { return new(worlds) }}

// clear forgets the claim.
func (w *worlds) clear() {
	accounts, r := w.claim.Accounts[:0], &w.run
	*w = worlds{vars: w.vars[:0], open: w.open[:0], choice: w.choice[:0], spare: w.spare,
		run:  run{work: entry{ladder: r.work.ladder[:0]}, given: r.given[:0]},
		rows: openRows{choice: w.rows.choice[:0]}}
	w.claim.Accounts = accounts
}

// check looks at what does not depend on the unknowns.
func check(p *Policy, c *Claim) (*Scheme, error) {
	s := p.Scheme(c.Scheme)
	if s == nil {
		var names []byte
		for i := range p.Schemes {
			if i > 0 {
				names = append(names, ',')
			}
			names = append(names, p.Schemes[i].ID...)
		}
		return nil, &InputError{Code: NotAllowed, Field: "person.scheme", Limit: string(names)}
	}
	if c.Date < p.From {
		return nil, &InputError{Code: NoRules, Field: "date", Limit: p.From.String()}
	}
	for _, n := range [...]struct {
		field    string
		has, max int
	}{{"bill.items", len(c.Bill.Lines), MaxLines}, {"year", len(c.Year), MaxCounters}, {"accounts", len(c.Accounts), MaxAccounts}, {"plans", len(c.Plans), MaxPlans}, {"overrides", len(c.Overrides), MaxOverrides}} {
		if n.has > n.max {
			return nil, &InputError{Code: TooMany, Field: n.field, Limit: string(appendUint(nil, uint64(n.max)))}
		}
	}
	for i := range c.Plans {
		pl := &c.Plans[i]
		const most = Fen(MaxFigure / (One / 100))
		if pl.Deductible > most || pl.Cap > most || pl.Share > One {
			return nil, &InputError{Code: TooLarge, Field: "plans[" + string(appendUint(nil, uint64(i))) + "]", Limit: most.String()}
		}
	}
	if len(c.Overrides) > 0 {
		return s.override(c.Overrides)
	}
	return s, nil
}

// override is the scheme with single figures replaced.
func (s *Scheme) override(list []Override) (*Scheme, error) {
	c := s.copyOf()
	for _, o := range list {
		var failed error
		found := false
		c.mapTables(func(t *Table, of measure) *Table {
			for i := range t.Rows {
				part, ok := strings.CutPrefix(o.Rule, t.Rows[i].ID)
				bound := part == ".to" && t.Rows[i].To != 0
				if !ok || !bound && !isFigure(part) {
					continue
				}
				found = true
				if bound {
					of = ofYuan
				}
				v, err := parseFigure("overrides."+o.Rule, o.Value, of)
				if err == nil && bound && v.Rate == 0 {
					err = &InputError{Code: Negative, Field: "overrides." + o.Rule, Limit: "0.01"}
				}
				if err != nil {
					failed = err
					return t
				}
				n := *t
				n.Rows = append([]Row(nil), t.Rows...)
				row := &n.Rows[i]
				row.Overridden = true
				if bound {
					row.To = Fen(v.Rate / (One / 100))
				} else {
					row.Value = v
				}
				return &n
			}
			return t
		})
		if failed != nil {
			return nil, failed
		}
		if !found {
			return nil, &InputError{Code: UnknownRule, Field: "overrides." + o.Rule}
		}
	}
	var failed error
	c.mapTables(func(t *Table, _ measure) *Table {
		if err := t.unsorted(); err != nil && failed == nil {
			failed = err
		}
		return t
	})
	return c, failed
}

// unsorted refuses a replaced bound that leaves its place between its neighbours, as the
// segments of policy files, which stand in ascending order, may not.
func (t *Table) unsorted() error {
	for i := range t.Rows {
		for j := i + 1; j < len(t.Rows); j++ {
			a, b := &t.Rows[i], &t.Rows[j]
			if b.To == 0 || a.To < b.To || !a.Overridden && !b.Overridden || !a.together(b) {
				continue
			}
			if a.Overridden {
				return &InputError{Code: TooLarge, Field: "overrides." + a.ID + ".to", Limit: (b.To - 1).String()}
			}
			return &InputError{Code: Negative, Field: "overrides." + b.ID + ".to", Limit: (a.To + 1).String()}
		}
	}
	return nil
}

// together reports whether a claim may meet the conditions of both rows on some day.
func (r *Row) together(o *Row) bool {
	if r.Until != 0 && r.Until < o.From || o.Until != 0 && o.Until < r.From {
		return false
	}
	for _, x := range r.When {
		for _, y := range o.When {
			if x.Dim == y.Dim && (x.Dim.IsCode() && x.Mask&y.Mask == 0 || !x.Dim.IsCode() && (x.Hi < y.Lo || y.Hi < x.Lo)) {
				return false
			}
		}
	}
	return true
}

// isFigure reports whether what follows a row's id in a rule names its figure: nothing,
// or the key under which policy files have it.
func isFigure(part string) bool {
	switch part {
	case "", ".value", ".share", ".plus", ".times", ".own_share_times", ".per_year_of_age", ".per_admission", ".at_least", ".at_most", ".replace", ".extra_share":
		return true
	}
	return false
}

// parseFigure reads a figure that replaces one of the policy, within the bounds that
// hold for figures of policies.
func parseFigure(field, s string, of measure) (Figure, error) {
	if s == "none" && of == ofYuanLimit {
		return Figure{None: true}, nil
	}
	places, most := 6, int64(1)
	switch of {
	case ofFactor:
		most = 10
	case ofMonths:
		places, most = 0, 120
	case ofYuan, ofYuanMore, ofYuanLimit:
		places, most = 2, 9_000_000
	}
	neg := len(s) > 1 && s[0] == '-'
	if neg {
		s = s[1:]
	}
	tooLarge := &InputError{Code: TooLarge, Field: field, Limit: string(appendUint(nil, uint64(most)))}
	n, err := parseNumber(field, s, 7, places, "figure")
	if e, ok := err.(*InputError); ok && e.Code == TooLarge {
		err = tooLarge
	}
	if err != nil {
		return Figure{}, err
	}
	d := decimal.New(n, int32(-places))
	if neg && n != 0 {
		if of != ofPoints && of != ofYuanMore {
			return Figure{}, &InputError{Code: Negative, Field: field, Limit: "0"}
		}
		d = d.Neg()
	}
	f := NewFigure(d)
	if f.Rate > Rate(most)*One || -f.Rate > Rate(most)*One {
		return Figure{}, tooLarge
	}
	return f, nil
}

// worlds are all combinations of what is unknown.
type worlds struct {
	p    *Policy
	s    *Scheme
	c    *Claim
	vars []variable // unknown inputs first, then unknown figures in the order met
	open []*Row
	ins  int // how many of vars are inputs

	// What every world needs anew, and none keeps.
	claim  Claim
	run    run
	rows   openRows
	choice []uint8
	part   []span // the ends of the unknowns where a part of them is looked at; nil: the whole
	spare  *Settlement
	bill   *items
}

// variable is one unknown: an input amount, a code or number, or a figure.
type variable struct {
	field   string
	amount  func(c *Claim) *Amount
	dim     Dim
	row     *Row
	options int
}

func (w *worlds) inputs() {
	c := w.c
	for i, name := range billAxes {
		if !c.Bill.part(i).known() {
			w.amount(name, func(c *Claim) *Amount { return c.Bill.part(i) })
		}
	}
	for i := range c.Year {
		for part, name := range counterParts {
			if !c.Year[i].part(part).known() {
				w.amount("year."+c.Year[i].Key+"."+name, func(c *Claim) *Amount { return c.Year[i].part(part) })
			}
		}
	}
	for i := range c.Accounts {
		if !c.Accounts[i].Balance.known() {
			w.amount("accounts["+string(appendUint(nil, uint64(i)))+"]", func(c *Claim) *Amount { return &c.Accounts[i].Balance })
		}
	}
	for d := Dim(0); d < numCodeDims; d++ {
		if n := len(c.Facts.codes[d]); n > 1 && d != DimSupplements {
			w.vars = append(w.vars, variable{field: dims[d].field, dim: d, options: n})
		}
	}
	for i, f := range c.Facts.ints {
		d := numCodeDims + Dim(i)
		if f.given && f.lo != f.hi {
			w.vars = append(w.vars, variable{field: dims[d].field, dim: d, options: len(w.p.cuts(w.s, d, f.lo, f.hi))})
		}
	}
	w.ins = len(w.vars)
}

func (w *worlds) amount(field string, f func(c *Claim) *Amount) {
	w.vars = append(w.vars, variable{field: field, amount: f, options: 2})
}

// one settles the world in which every unknown takes the option chosen; figures not in
// choice stand at their unfavourable end, and are added to w.open.
func (w *worlds) one(choice []uint8) (*Settlement, error) {
	c, out := &w.claim, w.blank()
	accounts := c.Accounts[:0]
	*c = *w.c
	c.Year = append(out.Year, w.c.Year...)
	for i := range c.Year {
		c.Year[i].booked = false
	}
	out.Year = c.Year
	c.Accounts = append(accounts, w.c.Accounts...)
	for i := 0; i < w.ins; i++ {
		if f := w.vars[i].amount; f != nil {
			a := f(c)
			*a = w.end(i, a, choice[i])
		}
	}
	if w.part == nil {
		w.fit(c, choice)
	}
	open := &w.rows
	*open = openRows{rows: w.open, choice: open.choice[:0], whole: open.whole, costly: open.costly, part: open.part[:0]}
	if w.part != nil {
		open.parts = w.part[w.ins:]
	}
	for i := range w.open {
		var o uint8
		if w.ins+i < len(choice) {
			o = choice[w.ins+i]
		}
		open.choice = append(open.choice, o)
	}
	r := &w.run
	*r = run{p: w.p, s: w.s, c: c, listed: w.items(), open: open, out: out, work: entry{ladder: r.work.ladder[:0]}, given: r.given[:0]}
	c.Year = w.year(choice)
	r.err = r.f.resolve(w.p, w.s, &c.Facts, w.chooser(choice))
	if r.err == nil {
		r.settle()
	}
	w.open = open.rows
	if r.err != nil {
		w.spare = out
		return nil, r.err
	}
	return out, nil
}

// blank is a settlement to fill in: a new one, or one that nobody keeps.
func (w *worlds) blank() *Settlement {
	out := w.spare
	w.spare = nil
	switch {
	case out != nil:
		*out = Settlement{Year: out.Year[:0], Steps: out.Steps[:0], Layers: out.Layers[:0], Ahead: out.Ahead[:0], Notes: out.Notes[:0]}
	case w.c.Figures:
		out = &Settlement{Year: make(Year, 0, len(w.c.Year)+6), Layers: make([]LayerResult, 0, 4)}
	default:
		out = &Settlement{Year: make(Year, 0, len(w.c.Year)+6), Steps: make([]Step, 0, 24), Layers: make([]LayerResult, 0, 4)}
	}
	return out
}

// fit keeps the unknown parts of the bill, at their upper ends, within what the other
// parts leave of the total.
func (w *worlds) fit(c *Claim, choice []uint8) {
	if len(c.Bill.Lines) > 0 {
		return
	}
	parts := [...]*Amount{&c.Bill.SelfFunded, &c.Bill.OverLimit, &c.Bill.PaidFirst, &c.Bill.Separate}
	rest := c.Bill.Total.Lo
	var free []*Amount
	for _, a := range parts {
		rest -= a.Lo
	}
	for i := 0; i < w.ins; i++ {
		if f := w.vars[i].amount; f != nil && choice[i] == 1 {
			for _, a := range parts {
				if f(c) == a {
					rest += a.Lo
					free = append(free, a)
				}
			}
		}
	}
	for _, a := range free {
		*a = Exactly(max(0, min(a.Lo, rest)))
		rest -= a.Lo
	}
}

// year is the claim's year in this world, as it was before the claim.
func (w *worlds) year(choice []uint8) Year {
	if w.ins == 0 {
		return w.c.Year
	}
	c := Claim{Year: append(Year(nil), w.c.Year...)}
	for i := 0; i < w.ins; i++ {
		v := &w.vars[i]
		if v.amount == nil || len(v.field) < 5 || v.field[:5] != "year." {
			continue
		}
		a := v.amount(&c)
		*a = w.end(i, a, choice[i])
	}
	return c.Year
}

// end is an end of an unknown amount, or of the part of it that is looked at.
func (w *worlds) end(i int, a *Amount, side uint8) Amount {
	if w.part != nil {
		return Exactly(Fen(w.part[i].end(side)))
	}
	return Exactly(a.end(int(side)))
}

// all looks at every world and returns the one least favourable for the person, with
// the bounds over all.
func (w *worlds) all() (*Settlement, error) {
	for {
		known := len(w.open)
		out, at, rng, err := w.sweep()
		if err != nil {
			return nil, err
		}
		if len(w.open) > known {
			continue // a world met a figure that none before it had met
		}
		out.Range = rng
		if !w.c.Figures {
			out.Unknowns = w.doubts(at, out)
		}
		if w.c.Worlds == 0 {
			var year Year
			doubts := out.Unknowns
			if out, rng, year, err = w.search(out); err != nil {
				return nil, err
			}
			out.Range, out.Year, out.Unknowns = rng, year, doubts
			if len(w.open) > known {
				continue
			}
		}
		if out.Range.Lo == out.Range.Hi {
			out.Range, out.Unknowns = nil, nil // nothing hung on the unknown
		}
		return out, nil
	}
}

// amounts reports whether an input amount is unknown.
func (w *worlds) amounts() bool {
	for i := 0; i < w.ins; i++ {
		if w.vars[i].amount != nil {
			return true
		}
	}
	return false
}

// chooser picks the code or number that a choice names.
func (w *worlds) chooser(choice []uint8) func(d Dim, n int) int {
	return func(d Dim, n int) int {
		for i := 0; i < w.ins; i++ {
			if w.vars[i].amount == nil && w.vars[i].dim == d {
				return int(choice[i])
			}
		}
		return 0
	}
}

// sweep settles every combination of the unknowns known so far.
func (w *worlds) sweep() (worst *Settlement, at []uint8, rng *Range, err error) {
	w.vars = w.vars[:w.ins]
	for _, row := range w.open {
		w.vars = append(w.vars, variable{row: row, options: 2})
	}
	n, most := 1, MaxWorlds
	if w.c.Worlds > 0 {
		most = min(most, w.c.Worlds)
	}
	later := func(v *variable) bool { return v.row != nil || v.amount != nil && w.c.Worlds == 0 }
	for i := range w.vars {
		if v := &w.vars[i]; !later(v) {
			if n *= v.options; n > most {
				return nil, nil, nil, &InputError{Code: TooMany, Field: v.field, Limit: string(appendUint(nil, uint64(bits.Len(uint(most))-1)))}
			}
		}
	}
	for i := range w.vars {
		switch v := &w.vars[i]; {
		case !later(v):
		case n*v.options <= most && (v.row != nil || n < maxSweep):
			n *= v.options
		default:
			v.options = 1 // follows the unknown before it: see next
		}
	}
	w.choice = append(w.choice[:0], make([]uint8, len(w.vars))...)
	choice := w.choice
	var lastErr error
	for {
		out, e := w.one(choice)
		if e == nil {
			if rng == nil {
				rng = newRange(out)
			}
			rng.join(newRange(out))
			w.spare = out
			if worst == nil || Person(&out.Totals) > Person(&worst.Totals) {
				w.spare, worst = worst, out
				at = append(at[:0], choice...)
			}
		} else if lastErr == nil || contradiction(lastErr) {
			lastErr = e
		}
		if !w.next(choice) {
			break
		}
	}
	if worst == nil || lastErr != nil && !contradiction(lastErr) {
		return nil, nil, nil, lastErr
	}
	return worst, at, rng, nil
}

// contradiction reports an error that only says that this combination cannot be.
func contradiction(err error) bool {
	e, ok := err.(*InputError)
	return ok && e.Code == Contradiction
}

// next counts through the worlds. An unknown with one option follows the one before.
func (w *worlds) next(choice []uint8) bool {
	for i := range choice {
		if w.vars[i].options == 1 {
			continue
		}
		choice[i]++
		carry := int(choice[i]) == w.vars[i].options
		if carry {
			choice[i] = 0
		}
		for j := i + 1; j < len(choice) && w.vars[j].options == 1; j++ {
			choice[j] = choice[i]
		}
		if !carry {
			return true
		}
	}
	return false
}

// doubts says how much each unknown alone changes what the person pays.
func (w *worlds) doubts(at []uint8, worst *Settlement) []Doubt {
	var out []Doubt
	for i, v := range w.vars {
		d := Doubt{Field: v.field}
		if v.row != nil {
			d.Rule = v.row.ID
		}
		c := append([]uint8(nil), at...)
		for o := 0; o < max(v.options, 2); o++ {
			c[i] = uint8(o)
			if s, err := w.one(c); err == nil {
				d.Matters = max(d.Matters, Person(&worst.Totals)-Person(&s.Totals))
				w.spare = s
			}
		}
		at := len(out)
		out = append(out, d)
		for ; at > 0 && out[at-1].Matters < d.Matters; at-- {
			out[at] = out[at-1]
		}
		out[at] = d
	}
	return out
}

// Bounds is the settlement's range; where nothing is unknown, both ends are its figures.
func (s *Settlement) Bounds() *Range {
	if s.Range != nil {
		return s.Range
	}
	return newRange(s)
}

func newRange(s *Settlement) *Range {
	two := func(f Fen) [2]Fen { return [2]Fen{f, f} }
	return &Range{Lo: s.Totals, Hi: s.Totals, SelfPay: two(s.SelfPay), SelfFund: two(s.SelfFund),
		FundSum: two(Funds(&s.Totals)), PersonSum: two(Person(&s.Totals)), Direct: two(s.Direct), Refund: two(s.Refund), Deduct: two(s.Deduct)}
}

// sums are the bounds that belong to no single place.
func (r *Range) sums() [7]*[2]Fen {
	return [...]*[2]Fen{&r.SelfPay, &r.SelfFund, &r.FundSum, &r.PersonSum, &r.Direct, &r.Refund, &r.Deduct}
}

// Sum adds the bounds of another settlement.
func (r *Range) Sum(o *Range) {
	for p := range r.Lo {
		r.Lo[p] += o.Lo[p]
		r.Hi[p] += o.Hi[p]
	}
	theirs := o.sums()
	for i, x := range r.sums() {
		x[0] += theirs[i][0]
		x[1] += theirs[i][1]
	}
}

// join widens the range by another.
func (r *Range) join(o *Range) {
	for p := range r.Lo {
		r.Lo[p], r.Hi[p] = min(r.Lo[p], o.Lo[p]), max(r.Hi[p], o.Hi[p])
	}
	theirs := o.sums()
	for i, x := range r.sums() {
		x[0], x[1] = min(x[0], theirs[i][0]), max(x[1], theirs[i][1])
	}
}
