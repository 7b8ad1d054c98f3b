package engine

import "math/bits"

// resolved is a claim's facts in the policy's own terms: one possible world.
type resolved struct {
	codes   [numCodeDims]uint64 // 0: not said
	ints    [numIntDims]int32
	known   [numIntDims]bool
	assumed [numDims]bool // the value is the default, the claim did not say
	asked   [numDims]bool // a rule's outcome hung on it
}

// resolve checks the claim's codes against the policy and takes defaults. A dimension
// with several possible codes keeps the one that pick chooses.
func (r *resolved) resolve(p *Policy, s *Scheme, f *Facts, pick func(d Dim, n int) int) error {
	for d := Dim(0); d < numCodeDims; d++ {
		if d == DimItemClass || d == DimItemKind {
			continue
		}
		codes := f.codes[d]
		if len(codes) == 0 {
			if def := r.fallback(p, d); def != "" {
				r.codes[d] = 1 << p.Code(d, def)
				r.assumed[d] = true
			}
			continue
		}
		for i, c := range codes {
			m, err := p.codeMask(d, c, s.Statuses)
			if err != nil {
				return err
			}
			if d > DimKind && !p.codeFits(d, m, r.codes[DimKind]) {
				continue // a disease of another kind of visit says nothing here
			}
			if d != DimSupplements && len(codes) > 1 && i != pick(d, len(codes)) {
				continue
			}
			r.codes[d] |= m
		}
	}
	for i := range r.ints {
		d := numCodeDims + Dim(i)
		f := f.ints[i]
		switch {
		case f.given && f.lo == f.hi:
			r.ints[i], r.known[i] = f.lo, true
		case f.given:
			cuts := p.cuts(s, d, f.lo, f.hi)
			r.ints[i], r.known[i] = cuts[pick(d, len(cuts))], true
		case dims[d].def != "":
			r.ints[i], r.known[i], r.assumed[d] = int32(dims[d].def[0]-'0'), true, true
		}
	}
	// Away from home without a filing named is care without filing.
	local := uint64(1) << p.Code(DimPlace, "local")
	none := uint64(1) << p.Code(DimFiling, "none")
	switch home := r.codes[DimPlace] == local; {
	case home && r.codes[DimFiling] != none:
		if len(f.codes[DimPlace]) > 1 || len(f.codes[DimFiling]) > 1 {
			return impossible
		}
		return &InputError{Code: NotAllowed, Field: dims[DimFiling].field, Limit: "none"}
	case !home && r.codes[DimFiling] == none:
		r.codes[DimFiling] = 1 << p.Code(DimFiling, "unfiled")
		r.assumed[DimFiling] = true
	}
	return nil
}

// impossible marks a combination of possible codes that cannot be together.
var impossible = &InputError{Code: Contradiction, Field: dims[DimFiling].field, Limit: "none"}

// fallback is the code taken where the claim says none. A disease that only sets some
// patients apart is taken to be another one; a visit that is for the disease must say.
func (r *resolved) fallback(p *Policy, d Dim) string {
	if d == DimDisease && p.Code(d, "other") >= 0 {
		switch k := p.codeList(DimKind, r.codes[DimKind]); k {
		case "chronic", "special_drug", "two_diseases", "delivery":
		default:
			return "other"
		}
	}
	return dims[d].def
}

func (p *Policy) codeMask(d Dim, code string, statuses uint64) (uint64, error) {
	i := p.Code(d, code)
	if i < 0 || d == DimStatus && statuses&(1<<i) == 0 {
		allowed := uint64(1)<<len(p.Codes[d]) - 1
		if d == DimStatus {
			allowed = statuses
		}
		return 0, &InputError{Code: NotAllowed, Field: dims[d].field, Limit: p.codeList(d, allowed)}
	}
	return 1 << i, nil
}

// codeFits reports whether the code can be given for the visit.
func (p *Policy) codeFits(d Dim, mask, kind uint64) bool {
	k := p.Codes[d][bits.TrailingZeros64(mask)].Kinds
	return k == 0 || kind == 0 || k&kind != 0
}

// codeList joins the codes of a mask with commas.
func (p *Policy) codeList(d Dim, mask uint64) string {
	var b []byte
	for i, c := range p.Codes[d] {
		if mask&(1<<i) != 0 {
			if len(b) > 0 {
				b = append(b, ',')
			}
			b = append(b, c.Code...)
		}
	}
	return string(b)
}

// cuts are representatives of the intervals between lo and hi that rules tell apart,
// both ends among them.
func (p *Policy) cuts(s *Scheme, d Dim, lo, hi int32) []int32 {
	c := cutter{d: d, lo: lo, hi: hi, graded: s.graded(d), out: []int32{lo}}
	for i := range p.Exclude {
		c.see(p.Exclude[i].When)
	}
	for i := range s.Layers {
		c.see(s.Layers[i].Applies)
		if d := s.Layers[i].Deductible; d != nil {
			c.see(d.LessSpell)
		}
	}
	s.EachTable(func(t *Table) {
		for i := range t.Rows {
			c.see(t.Rows[i].When)
		}
	})
	if s.Account != nil {
		for i := range s.Account.Pays {
			c.see(s.Account.Pays[i].When)
		}
	}
	for i := range s.Classify.Never {
		c.see(s.Classify.Never[i].When)
	}
	c.add(hi)
	return c.out
}

type cutter struct {
	d      Dim
	lo, hi int32
	graded bool
	out    []int32
}

func (c *cutter) add(v int32) {
	if v <= c.lo || v > c.hi {
		return
	}
	for _, o := range c.out {
		if o == v {
			return
		}
	}
	c.out = append(c.out, v)
}

func (c *cutter) see(conds []Cond) {
	for _, k := range conds {
		if k.Dim == c.d {
			c.add(k.Lo)
			if k.Hi < MaxInt {
				c.add(k.Hi + 1)
			}
			if c.graded {
				c.add(k.Lo - 1)
				c.add(k.Hi)
			}
		}
	}
}

// graded reports whether some figure changes with every single value of a dimension, so
// that both ends of an interval matter.
func (s *Scheme) graded(d Dim) bool {
	is := func(list []Adjust) bool {
		for i := range list {
			if list[i].Op == PerYearOfAge && d == DimAge || list[i].Op == PerAdmission && d == DimAdmission {
				return true
			}
		}
		return false
	}
	for i := range s.Layers {
		l := &s.Layers[i]
		if is(l.Adjust) || l.Deductible != nil && is(l.Deductible.Adjust) {
			return true
		}
	}
	return false
}

// holds reports whether all conditions hold. A condition on something that the claim
// does not say is an error, but only where it decides.
func (r *resolved) holds(conds []Cond) (bool, error) {
	missing := Dim(numDims)
	for i := range conds {
		c := &conds[i]
		if c.Dim < numCodeDims {
			have := r.codes[c.Dim]
			if have == 0 && c.Dim != DimSupplements {
				missing = c.Dim
				continue
			}
			if have&c.Mask == 0 {
				return false, nil
			}
			continue
		}
		i := c.Dim - numCodeDims
		if !r.known[i] {
			missing = c.Dim
			continue
		}
		if v := r.ints[i]; v < c.Lo || v > c.Hi {
			return false, nil
		}
	}
	if missing != numDims {
		return false, &InputError{Code: Required, Field: dims[missing].field}
	}
	for i := range conds {
		r.asked[conds[i].Dim] = true
	}
	return true, nil
}

func (row *Row) inForce(d Date) bool {
	return d >= row.From && (row.Until == 0 || d <= row.Until)
}

// Met is a condition with the value that the claim has.
type Met struct {
	Dim   Dim
	Codes string // for code dimensions
	Int   int32
}

// EachTable visits every table of a scheme in a fixed order.
func (s *Scheme) EachTable(f func(*Table)) {
	s.mapTables(func(t *Table, _ measure) *Table { f(t); return t })
}

// measure is what the figures of a table count.
type measure uint8

const (
	ofShare     measure = iota // 0 to 1
	ofPoints                   // −1 to 1, added to a share
	ofFactor                   // 0 to 10
	ofMonths                   // whole, 0 to 120
	ofYuan                     // 0 to 9,000,000
	ofYuanMore                 // yuan, added or taken off
	ofYuanLimit                // yuan, or expressly none
)

// measureOf is what the figures of an adjustment count; of is what it adjusts.
func (o Op) measureOf(of measure) measure {
	switch o {
	case Times, OwnShareTimes:
		return ofFactor
	case Plus, PerYearOfAge, PerAdmission:
		if of == ofYuan {
			return ofYuanMore
		}
		return ofPoints
	}
	return of
}

// mapTables replaces every table by what f makes of it. It writes to s: give it a copy.
func (s *Scheme) mapTables(f func(*Table, measure) *Table) {
	at := func(t **Table, of measure) {
		if *t != nil {
			if n := f(*t, of); n != *t {
				*t = n
			}
		}
	}
	adjusts := func(a []Adjust, of measure) {
		for i := range a {
			at(&a[i].Table, a[i].Op.measureOf(of))
		}
	}
	if w := s.Waiting; w != nil {
		at(&w.Fixed, ofMonths)
		at(&w.PerMissedYear, ofMonths)
		at(&w.PerRepairedYear, ofMonths)
		at(&w.Floor, ofMonths)
	}
	at(&s.Classify.PaidFirst, ofShare)
	at(&s.Classify.Limit, ofYuanLimit)
	adjusts(s.Classify.Extra, ofShare)
	for i := range s.Layers {
		l := &s.Layers[i]
		if d := l.Deductible; d != nil {
			of := ofYuan
			if d.ShareOf != nil {
				of = ofShare
			}
			at(&d.Table, of)
			adjusts(d.Adjust, ofYuan)
			at(&d.Floor, ofYuanLimit)
			at(&d.Ceiling, ofYuanLimit)
			if d.Limit != nil {
				at(&d.Limit.Table, ofYuanLimit)
			}
		}
		if l.Bands != nil {
			at(&l.Bands.Rows, ofShare)
		}
		adjusts(l.Adjust, ofShare)
		for j := range l.Caps {
			at(&l.Caps[j].Table, ofYuanLimit)
		}
		at(&l.Quota, ofYuan)
		if l.Guarantee != nil {
			at(&l.Guarantee.Table, ofShare)
		}
		if l.Ceiling != nil {
			at(&l.Ceiling.Table, ofShare)
		}
		if l.Split != nil {
			at(&l.Split.Table, ofShare)
		}
	}
}

// copyOf is a copy of the scheme whose tables may be replaced.
func (s *Scheme) copyOf() *Scheme {
	c := *s
	if s.Waiting != nil {
		w := *s.Waiting
		c.Waiting = &w
	}
	c.Classify.Extra = append([]Adjust(nil), s.Classify.Extra...)
	c.Layers = append([]Layer(nil), s.Layers...)
	for i := range c.Layers {
		l := &c.Layers[i]
		if l.Deductible != nil {
			d := *l.Deductible
			d.Adjust = append([]Adjust(nil), d.Adjust...)
			if d.Limit != nil {
				m := *d.Limit
				d.Limit = &m
			}
			l.Deductible = &d
		}
		if l.Bands != nil {
			b := *l.Bands
			l.Bands = &b
		}
		l.Adjust = append([]Adjust(nil), l.Adjust...)
		l.Caps = append([]Cap(nil), l.Caps...)
		if l.Guarantee != nil {
			g := *l.Guarantee
			l.Guarantee = &g
		}
		if l.Ceiling != nil {
			g := *l.Ceiling
			l.Ceiling = &g
		}
		if l.Split != nil {
			x := *l.Split
			l.Split = &x
		}
	}
	return &c
}
