package source

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"mingbai/engine"
)

// plausible looks for figures that are more often a slip than a rule. Real regions have
// such rules, so these are doubts for the author; a document overrules them.
func (b *builder) plausible() {
	b.codesTold()
	for i := range b.proofs {
		p := &b.proofs[i]
		b.grades(p)
		switch {
		case p.ladder:
			b.compare(p, true)
		case strings.HasSuffix(p.key, ".deductible.table") && p.form.unit == yuan:
			b.compare(p, false)
		}
	}
}

// codesTold looks for codes that no rule tells apart from others. Diseases and
// categories of assistance are also listed for people to find themselves.
func (b *builder) codesTold() {
	for _, c := range b.ownCodes {
		_, follows := b.like[c.dim][c.code]
		if c.dim == engine.DimDisease || c.dim == engine.DimAssistance || follows || b.named[c.dim]&(1<<c.code) != 0 || b.p.Region.Code == "" {
			continue
		}
		b.warnf(c.at, "unused", "codes."+c.dim.String(), "name it in conditions, let it be like another, or drop it", "no condition names the code %s", c.at.text)
	}
}

// grades looks for figures whose sources do not carry their grade.
func (b *builder) grades(p *proof) {
	for i, r := range p.rows {
		official := false
		for _, s := range r.Sources {
			switch b.p.Sources[s].Seen {
			case "official_text", "official_page", "quoted":
				official = true
			}
		}
		switch {
		case official:
		case r.Grade == 'A':
			b.warnf(p.marks[i], "grade", r.ID, "cite the document that was read, or take grade B or C", "grade A, but no source of the figure was read as an official text or page")
		case r.Grade == 'B' && len(r.Sources) < 2:
			b.warnf(p.marks[i], "grade", r.ID, "cite the second source, or take grade C", "grade B, but only one source")
		}
	}
}

// compare looks for pairs of rows that differ in one condition only and are ordered
// otherwise than usual. Higher is better for the person where better is true.
func (b *builder) compare(p *proof, better bool) {
	told := 0
	for i, x := range p.rows {
		for j, y := range p.rows {
			if told == 3 || x.Value.Unknown || y.Value.Unknown || x.To != y.To || !sameDays(x, y) {
				continue
			}
			d, ok := b.onlyDifference(x, y)
			if !ok {
				continue
			}
			// x is the case that usually fares better, or pays the smaller deductible.
			usual := ""
			switch d {
			case engine.DimLevel:
				if lo, hi := b.levels(x), b.levels(y); lo != nil && hi != nil && lo[1] < hi[0] {
					usual = "the lower level"
				}
			case engine.DimStatus:
				if b.are(x, d, "retired") && b.are(y, d, "active") {
					usual = "the retired"
				}
			case engine.DimFiling:
				if b.are(x, d, "none") {
					usual = "care at home"
				}
			case engine.DimPlace:
				if b.are(x, d, "local") {
					usual = "care at home"
				}
			case engine.DimAdmission:
				if cx, cy := cond(x, d), cond(y, d); !better && cx != nil && cy != nil && cy.Hi < cx.Lo {
					usual = "the later admission"
				}
			}
			if usual == "" {
				continue
			}
			what, worse := "share", x.Value.Rate < y.Value.Rate
			if !better {
				what, worse = "deductible", x.Value.Rate > y.Value.Rate
			}
			if worse {
				told++
				than := "lower"
				if !better {
					than = "higher"
				}
				b.warnf(p.marks[i], "unusual", x.ID, "compare with the document; if it says so, all is well", "the %s %s of %s is %s than %s in line %d", what, x.Value.Rate, usual, than, y.Value.Rate, p.marks[j].line)
			}
		}
	}
}

func sameDays(x, y *engine.Row) bool {
	return (x.Until == 0 || y.From <= x.Until) && (y.Until == 0 || x.From <= y.Until)
}

func cond(r *engine.Row, d engine.Dim) *engine.Cond {
	for i := range r.When {
		if r.When[i].Dim == d {
			return &r.When[i]
		}
	}
	return nil
}

// onlyDifference finds the one dimension in which the conditions of two rows differ.
func (b *builder) onlyDifference(x, y *engine.Row) (d engine.Dim, ok bool) {
	n := 0
	for _, dim := range engine.Dims() {
		cx, cy := cond(x, dim), cond(y, dim)
		if cx == nil && cy == nil || cx != nil && cy != nil && *cx == *cy {
			continue
		}
		d = dim
		n++
	}
	return d, n == 1
}

// are reports whether a row asks for just one code.
func (b *builder) are(r *engine.Row, d engine.Dim, code string) bool {
	c := cond(r, d)
	return c != nil && c.Mask == 1<<b.p.Code(d, code)
}

// levels is the lowest and highest standard level of a row; nil if it has none.
func (b *builder) levels(r *engine.Row) *[2]int {
	c := cond(r, engine.DimLevel)
	if c == nil {
		return nil
	}
	var out *[2]int
	for i := range engine.StandardCodes(engine.DimLevel) {
		if c.Mask&(1<<i) != 0 {
			if out == nil {
				out = &[2]int{i, i}
			}
			out[1] = i
		}
	}
	return out
}

// oldest is the age up to which a formula by age must give a share.
const oldest = 120

// shareRange proves that adjustments never lift a share above the whole or below
// nothing, as far as the figures are known.
func (l *layerBuilder) shareRange() {
	bands := l.l.Bands
	if bands == nil || bands.Rows == nil || !l.mayLeave() {
		return
	}
	p := &proof{key: l.key + ".adjust", at: l.f.get("adjust"), asked: l.asked}
	p.rows = rowsOf(bands.Rows)
	first := make([]int, len(l.l.Adjust))
	for i, a := range l.l.Adjust {
		first[i] = len(p.rows)
		p.rows = append(p.rows, rowsOf(a.Table)...)
	}
	for _, r := range p.rows {
		p.marks = append(p.marks, l.marks[r])
	}
	s := l.space(p)
	if s == nil {
		return
	}
	hit := make([]uint64, s.words)
	for {
		for i := range s.eras {
			e := &s.eras[i]
			if !s.possible() || s.excluded(e) {
				continue
			}
			s.hits(e, hit)
			ages := [2]int32{0, oldest}
			if x := s.partOf(engine.DimAge); x != nil {
				ages = [2]int32{x.lo, min(x.hi, max(oldest, x.lo))}
			}
			for _, age := range ages {
				for band := range bands.Rows.Rows {
					if hit[band/64]&(1<<(band%64)) == 0 || p.rows[band].Value.Unknown {
						continue
					}
					share, by := p.rows[band].Value.Rate.Decimal(), -1
					for j, a := range l.l.Adjust {
						k := nextBit(hit, first[j])
						if k < 0 || k >= first[j]+len(a.Table.Rows) || p.rows[k].Value.Unknown {
							continue
						}
						if next := applied(share, &l.l.Adjust[j], p.rows[k].Value.Rate.Decimal(), age); !next.Equal(share) {
							share, by = next, k
						}
					}
					if by >= 0 && (share.IsNegative() || share.GreaterThan(one)) {
						hint := "end adjust with an at_most of 1"
						if share.IsNegative() {
							hint = "end adjust with an at_least of 0"
						}
						s.pair(band, by, map[[2]int]bool{}, "share_range", hint, "for %s the share comes to %s", s.describeAt(e, a2(l.l.Adjust), age), share)
						return
					}
				}
			}
		}
		if !s.next() {
			return
		}
	}
}

// a2 reports whether the age counts although no condition asks for it.
func a2(list []engine.Adjust) bool {
	for _, a := range list {
		if a.Op == engine.PerYearOfAge {
			return true
		}
	}
	return false
}

func (s *space) describeAt(e *era, byAge bool, age int32) string {
	if x := s.partOf(engine.DimAge); !byAge || x != nil && x.lo == age {
		return s.describe(e)
	}
	return fmt.Sprintf("age %d, %s", age, s.describe(e))
}

// applied is what the engine does with known figures.
func applied(share decimal.Decimal, a *engine.Adjust, v decimal.Decimal, age int32) decimal.Decimal {
	switch a.Op {
	case engine.Plus:
		return share.Add(v)
	case engine.Times:
		return share.Mul(v)
	case engine.OwnShareTimes:
		return one.Sub(one.Sub(share).Mul(v))
	case engine.PerYearOfAge:
		return share.Add(v.Mul(decimal.NewFromInt32(max(0, age-a.Over))))
	case engine.AtLeast:
		return decimal.Max(share, v)
	case engine.AtMost:
		return decimal.Min(share, v)
	}
	return v
}

// mayLeave is a quick bound: false where no combination can leave 0 to 1.
func (l *layerBuilder) mayLeave() bool {
	lo, hi := one, decimal.Zero
	for i := range l.l.Bands.Rows.Rows {
		if v := &l.l.Bands.Rows.Rows[i].Value; !v.Unknown {
			lo, hi = decimal.Min(lo, v.Rate.Decimal()), decimal.Max(hi, v.Rate.Decimal())
		}
	}
	for i := range l.l.Adjust {
		a := &l.l.Adjust[i]
		if a.Table == nil {
			return false // said already
		}
		l2, h2 := lo, hi
		for j := range a.Table.Rows {
			r := &a.Table.Rows[j]
			if r.Value.Unknown {
				continue
			}
			for _, age := range [...]int32{0, oldest} {
				for _, s := range [...]decimal.Decimal{lo, hi} {
					x := applied(s, a, r.Value.Rate.Decimal(), age)
					l2, h2 = decimal.Min(l2, x), decimal.Max(h2, x)
				}
			}
		}
		always := len(a.Table.Rows) == 1 && len(a.Table.Rows[0].When) == 0 && a.Table.Rows[0].From <= l.asked.from && a.Table.Rows[0].Until == 0
		if lo, hi = l2, h2; always && !a.Table.Rows[0].Value.Unknown {
			switch v := a.Table.Rows[0].Value.Rate.Decimal(); a.Op {
			case engine.AtMost:
				hi = decimal.Min(hi, v)
			case engine.AtLeast:
				lo = decimal.Max(lo, v)
			}
		}
	}
	return lo.IsNegative() || hi.GreaterThan(one)
}
