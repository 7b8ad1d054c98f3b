package source

import (
	"fmt"
	"math/bits"
	"sort"
	"strings"

	"mingbai/engine"
)

// maxCells bounds the proof of a table, maxAllCells those of a file.
const (
	maxCells    = 200_000
	maxAllCells = 5_000_000
)

// proof is a table of which it must be shown that for every possible claim and day
// exactly one row matches, or in bands one ladder.
//
// Rows tell claims apart only by their conditions, so all claims fall into finitely many
// cells: codes that no row tells apart are one, whole numbers are cut at the bounds that
// rows use, days at their first and last days. Every cell is tried.
type proof struct {
	key    string
	at     *node
	rows   []*engine.Row
	marks  []*node
	gaps   bool
	ladder bool
	asked  *claims
	form   rowForm
}

// axis is one dimension of the cells.
type axis struct {
	dim   engine.Dim
	parts []part
	told  bool // rows ask for it: a message names it
}

// part is a set of values that no row tells apart.
type part struct {
	mask   uint64 // codes; for supplements the set that the person has
	lo, hi int32
	match  []uint64 // which rows' conditions hold here
	out    []uint64 // which exclusions' conditions hold here
}

type era struct {
	from  engine.Date
	until engine.Date
	match []uint64
	out   []uint64
}

type space struct {
	b        *builder
	p        *proof
	axes     []axis
	eras     []era
	excludes []*engine.Exclusion
	words    int
	at       []int // the current cell: part of each axis
}

func (b *builder) prove() {
	for _, l := range b.ranges {
		l.shareRange()
	}
	for i := range b.proofs {
		p := &b.proofs[i]
		s := b.space(p)
		if s == nil {
			continue
		}
		s.check()
	}
}

// space cuts the claims of a proof into cells; nil where there are too many, which is
// an error.
func (b *builder) space(p *proof) *space {
	s := &space{b: b, p: p, words: (len(p.rows) + 63) / 64}
	told := [32]bool{}
	used := [32]bool{}
	for _, r := range p.rows {
		for _, c := range r.When {
			told[c.Dim], used[c.Dim] = true, true
		}
	}
	for _, c := range p.asked.given {
		used[c.Dim] = true
	}
	// A condition on a code that only some visits have makes the visit matter.
	for _, d := range engine.Dims() {
		if d.IsCode() && told[d] && b.byKind(d) {
			used[engine.DimKind] = true
		}
	}
	for i := range b.p.Exclude {
		x := &b.p.Exclude[i]
		inside := true
		for _, c := range x.When {
			inside = inside && used[c.Dim]
		}
		if inside {
			s.excludes = append(s.excludes, x)
		}
	}
	cells := 1
	for _, d := range engine.Dims() {
		if !used[d] {
			continue
		}
		a := axis{dim: d, told: told[d]}
		switch {
		case d == engine.DimSupplements:
			a.parts = s.supplements()
		case d.IsCode():
			a.parts = s.codeParts(d, used[:])
		default:
			a.parts = s.intParts(d)
		}
		if len(a.parts) == 0 {
			return nil // nobody is asked
		}
		for i := range a.parts {
			s.matches(&a, &a.parts[i])
		}
		s.axes = append(s.axes, a)
		cells *= len(a.parts)
		if cells > maxCells {
			break
		}
	}
	s.cutDays()
	if cells *= len(s.eras); cells > maxCells {
		b.errorf(p.at, "too_many", p.key, "split the table: move a condition into applies of two layers, or into adjust", "%s tells more than %d cases apart", p.key, maxCells)
		return nil
	}
	if b.cells += cells; b.cells > maxAllCells {
		b.errorf(p.at, "too_many", p.key, "split the file's tables into fewer cases", "the file tells more than %d cases apart", maxAllCells)
		return nil
	}
	s.at = make([]int, len(s.axes))
	return s
}

// byKind reports whether some code of the dimension belongs to certain visits only.
func (b *builder) byKind(d engine.Dim) bool {
	for _, c := range b.p.Codes[d] {
		if c.Kinds != 0 {
			return true
		}
	}
	return false
}

// codeParts groups the codes that may occur by which conditions hold for them.
func (s *space) codeParts(d engine.Dim, used []bool) []part {
	b, p := s.b, s.p
	allowed := b.all(d)
	if d == engine.DimStatus {
		allowed = p.asked.statuses
	}
	var masks []uint64
	for _, c := range p.asked.given {
		if c.Dim == d {
			allowed &= c.Mask
		}
	}
	for _, r := range p.rows {
		for _, c := range r.When {
			if c.Dim == d {
				masks = append(masks, c.Mask)
			}
		}
	}
	for _, x := range s.excludes {
		for _, c := range x.When {
			if c.Dim == d {
				masks = append(masks, c.Mask)
			}
		}
	}
	// Values that decide whether a claim is possible at all.
	switch d {
	case engine.DimPlace:
		masks = append(masks, 1<<b.p.Code(d, "local"))
	case engine.DimFiling:
		masks = append(masks, 1<<b.p.Code(d, "none"))
	case engine.DimKind:
		for o := range b.p.Codes {
			if used[o] {
				for _, c := range b.p.Codes[o] {
					if c.Kinds != 0 {
						masks = append(masks, c.Kinds)
					}
				}
			}
		}
	}
	group := map[string]int{}
	var parts []part
	for i := range b.p.Codes[d] {
		if allowed&(1<<i) == 0 {
			continue
		}
		sign := make([]byte, 0, len(masks)+8)
		for _, m := range masks {
			sign = append(sign, byte('0'+m>>i&1))
		}
		if d != engine.DimKind && used[engine.DimKind] {
			sign = fmt.Appendf(sign, "/%x", b.p.Codes[d][i].Kinds)
		}
		g, there := group[string(sign)]
		if !there {
			g = len(parts)
			group[string(sign)] = g
			parts = append(parts, part{})
		}
		parts[g].mask |= 1 << i
	}
	if d != engine.DimKind && d != engine.DimStatus && used[engine.DimKind] && s.someKindWithout(d, allowed) {
		parts = append(parts, part{}) // a visit for which no code of d can be given
	}
	return parts
}

// someKindWithout reports whether there are visits for which none of the codes can be
// given.
func (s *space) someKindWithout(d engine.Dim, allowed uint64) bool {
	var kinds uint64
	for i, c := range s.b.p.Codes[d] {
		if allowed&(1<<i) != 0 {
			if c.Kinds == 0 {
				return false
			}
			kinds |= c.Kinds
		}
	}
	return s.b.all(engine.DimKind)&^kinds != 0
}

// supplements are the sets of supplements that conditions tell apart.
func (s *space) supplements() []part {
	var named, must uint64
	see := func(conds []engine.Cond) {
		for _, c := range conds {
			if c.Dim == engine.DimSupplements {
				named |= c.Mask
			}
		}
	}
	for _, r := range s.p.rows {
		see(r.When)
	}
	for _, x := range s.excludes {
		see(x.When)
	}
	see(s.p.asked.given)
	for _, c := range s.p.asked.given {
		if c.Dim == engine.DimSupplements {
			must = c.Mask
		}
	}
	var parts []part
	for set := uint64(0); ; set = (set - named) & named { // all subsets of named
		if must == 0 || set&must != 0 {
			parts = append(parts, part{mask: set})
		}
		if set == named || len(parts) > maxCells {
			return parts
		}
	}
}

func (s *space) intParts(d engine.Dim) []part {
	lo, hi := int32(0), int32(engine.MaxInt)
	if d == engine.DimAdmission {
		lo = 1
	}
	cuts := []int32{}
	see := func(conds []engine.Cond) {
		for _, c := range conds {
			if c.Dim == d {
				cuts = append(cuts, c.Lo)
				if c.Hi < engine.MaxInt {
					cuts = append(cuts, c.Hi+1)
				}
			}
		}
	}
	for _, r := range s.p.rows {
		see(r.When)
	}
	for _, x := range s.excludes {
		see(x.When)
	}
	for _, c := range s.p.asked.given {
		if c.Dim == d {
			lo, hi = max(lo, c.Lo), min(hi, c.Hi)
		}
	}
	sort.Slice(cuts, func(i, j int) bool { return cuts[i] < cuts[j] })
	var parts []part
	from := lo
	for _, c := range cuts {
		if c > from && c <= hi {
			parts = append(parts, part{lo: from, hi: c - 1})
			from = c
		}
	}
	if from <= hi {
		parts = append(parts, part{lo: from, hi: hi})
	}
	return parts
}

func holds(conds []engine.Cond, d engine.Dim, x *part) bool {
	for _, c := range conds {
		if c.Dim != d {
			continue
		}
		if d.IsCode() && c.Mask&x.mask == 0 || !d.IsCode() && (x.lo < c.Lo || x.hi > c.Hi) {
			return false
		}
	}
	return true
}

// matches notes which rows and exclusions a part satisfies.
func (s *space) matches(a *axis, x *part) {
	x.match = make([]uint64, s.words)
	for i, r := range s.p.rows {
		if holds(r.When, a.dim, x) {
			x.match[i/64] |= 1 << (i % 64)
		}
	}
	x.out = make([]uint64, (len(s.excludes)+63)/64)
	for i, e := range s.excludes {
		if holds(e.When, a.dim, x) {
			x.out[i/64] |= 1 << (i % 64)
		}
	}
}

// cutDays divides the days from in_force on where rows begin and end.
func (s *space) cutDays() {
	p := s.p
	cuts := []engine.Date{p.asked.from}
	see := func(r *engine.Row) {
		cuts = append(cuts, r.From)
		if r.Until != 0 {
			cuts = append(cuts, nextDay(r.Until))
		}
	}
	for _, r := range p.rows {
		see(r)
	}
	for _, x := range s.excludes {
		see(&x.Row)
	}
	sort.Slice(cuts, func(i, j int) bool { return cuts[i] < cuts[j] })
	for i, c := range cuts {
		if c < p.asked.from || i > 0 && c == cuts[i-1] || p.asked.until != 0 && c > p.asked.until {
			continue
		}
		e := era{from: c, match: make([]uint64, s.words), out: make([]uint64, (len(s.excludes)+63)/64)}
		for j, r := range p.rows {
			if c >= r.From && (r.Until == 0 || c <= r.Until) {
				e.match[j/64] |= 1 << (j % 64)
			}
		}
		for j, x := range s.excludes {
			if c >= x.From && (x.Until == 0 || c <= x.Until) {
				e.out[j/64] |= 1 << (j % 64)
			}
		}
		s.eras = append(s.eras, e)
	}
}

func nextDay(d engine.Date) engine.Date {
	if n := d + 1; valid(n) {
		return n
	}
	y, m := d.Year(), d.Month()+1
	if m == 13 {
		y, m = y+1, 1
	}
	return engine.Date(y*10000 + m*100 + 1)
}

func valid(d engine.Date) bool {
	_, err := engine.ParseDate("", d.String())
	return err == nil
}

// check tries every cell. Each kind of mistake is told once with its first case, and an
// overlap once for each pair of rows.
func (s *space) check() {
	p := s.p
	hit := make([]uint64, s.words)
	ever := make([]uint64, s.words)
	gaps := 0
	var gapCase string
	pairs := map[[2]int]bool{}
	for {
		if s.possible() {
			for i := range s.eras {
				e := &s.eras[i]
				if s.excluded(e) {
					continue
				}
				count := s.hits(e, hit)
				for w := range hit {
					ever[w] |= hit[w]
				}
				switch {
				case count == 0 && !p.gaps:
					if gaps == 0 {
						gapCase = s.describe(e)
					}
					gaps++
				case p.ladder && count > 0:
					s.ladder(hit, e, pairs)
				case count > 1:
					a := nextBit(hit, 0)
					s.overlap(a, nextBit(hit, a+1), e, pairs)
				}
			}
		}
		if !s.next() {
			break
		}
	}
	if gaps > 0 {
		more := ""
		if gaps > 1 {
			more = fmt.Sprintf(" (and for %d more cases)", gaps-1)
		}
		s.b.errorf(p.at, "gap", p.key, "add a row for it; unknown, if nobody could find the figure", "no row of %s holds for %s%s", p.key, gapCase, more)
	}
	for i := range p.rows {
		if r := p.rows[i]; ever[i/64]&(1<<(i%64)) == 0 && (r.Until == 0 || r.Until >= p.asked.from) && len(pairs) == 0 {
			s.b.warnf(p.marks[i], "never", r.ID, "drop it, or look at its conditions and dates", "%s holds for no possible claim", r.ID)
		}
	}
}

// hits notes which rows hold for the current cell and counts them.
func (s *space) hits(e *era, hit []uint64) (count int) {
	for w := range hit {
		m := e.match[w]
		for k := range s.axes {
			m &= s.axes[k].parts[s.at[k]].match[w]
		}
		hit[w] = m
		count += bits.OnesCount64(m)
	}
	return count
}

// next goes to the following cell.
func (s *space) next() bool {
	for k := range s.at {
		if s.at[k]++; s.at[k] < len(s.axes[k].parts) {
			return true
		}
		s.at[k] = 0
	}
	return false
}

func (s *space) partOf(d engine.Dim) *part {
	for k := range s.axes {
		if s.axes[k].dim == d {
			return &s.axes[k].parts[s.at[k]]
		}
	}
	return nil
}

// possible reports whether a claim can be so: a filing belongs to care away from home,
// a disease to certain visits.
func (s *space) possible() bool {
	place, filing := s.partOf(engine.DimPlace), s.partOf(engine.DimFiling)
	if place != nil && filing != nil {
		local := place.mask&(1<<s.b.p.Code(engine.DimPlace, "local")) != 0
		none := filing.mask&(1<<s.b.p.Code(engine.DimFiling, "none")) != 0
		if local != none {
			return false
		}
	}
	kind := s.partOf(engine.DimKind)
	if kind == nil {
		return true
	}
	for k := range s.axes {
		d := s.axes[k].dim
		if !d.IsCode() || d == engine.DimKind || d == engine.DimSupplements || !s.b.byKind(d) {
			continue
		}
		x := &s.axes[k].parts[s.at[k]]
		var kinds uint64
		if x.mask == 0 {
			for i := range s.axes[k].parts {
				if y := &s.axes[k].parts[i]; y.mask != 0 {
					kinds |= s.b.p.Codes[d][oneBit(y.mask)].Kinds
				}
			}
			if kinds&kind.mask != 0 {
				return false
			}
			continue
		}
		if kinds = s.b.p.Codes[d][oneBit(x.mask)].Kinds; kinds != 0 && kinds&kind.mask == 0 {
			return false
		}
	}
	return true
}

func (s *space) excluded(e *era) bool {
	for w := range e.out {
		m := e.out[w]
		for k := range s.axes {
			m &= s.axes[k].parts[s.at[k]].out[w]
		}
		if m != 0 {
			return true
		}
	}
	return false
}

// ladder checks the segments that hold for a cell: ascending, one open end.
func (s *space) ladder(hit []uint64, e *era, pairs map[[2]int]bool) {
	prev := -1
	for i := nextBit(hit, 0); i >= 0; i = nextBit(hit, i+1) {
		if prev >= 0 {
			a, b := s.p.rows[prev].To, s.p.rows[i].To
			switch {
			case a == b || a == 0:
				s.overlap(prev, i, e, pairs)
				return
			case b != 0 && b < a:
				s.pair(prev, i, pairs, "bands_order", "put the segments in ascending order", "for %s the segment to %s stands after the one to %s", s.describe(e), b, a)
				return
			}
		}
		prev = i
	}
	if last := s.p.rows[prev]; last.To != 0 {
		s.pair(prev, prev, pairs, "open_end", "leave out to in the last segment; what a cap stops may be any share", "for %s the segments end at %s", s.describe(e), last.To)
	}
}

func (s *space) overlap(a, b int, e *era, pairs map[[2]int]bool) {
	what := "two rows"
	if s.p.ladder {
		what = "two segments with the same end"
	}
	s.pair(a, b, pairs, "overlap", "make their conditions exclude each other, or end the older one with until", "%s of %s hold for %s", what, s.p.key, s.describe(e))
}

// pair tells a mistake of two rows, once.
func (s *space) pair(a, b int, pairs map[[2]int]bool, code, hint, format string, args ...any) {
	if pairs[[2]int{a, b}] || len(pairs) >= 20 {
		return
	}
	pairs[[2]int{a, b}] = true
	at, other := s.p.marks[b], s.p.marks[a]
	err := at.file.errorAt(at.line, at.col, code, s.p.key, fmt.Sprintf(format, args...), hint)
	if a != b {
		err.Other = &Mark{other.file.name, other.line, other.col, other.file.excerpt(other.line, other.col)}
	}
	s.b.report(err)
}

func nextBit(set []uint64, from int) int {
	for i := from; i < 64*len(set); i++ {
		if set[i/64]&(1<<(i%64)) != 0 {
			return i
		}
	}
	return -1
}

// describe names the current cell by one claim in it.
func (s *space) describe(e *era) string {
	var parts []string
	for k := range s.axes {
		a := &s.axes[k]
		if !a.told && !(a.dim == engine.DimKind && len(a.parts) > 1) {
			continue
		}
		x := &a.parts[s.at[k]]
		text := a.dim.String() + " "
		switch {
		case a.dim == engine.DimSupplements:
			var has []string
			for i, c := range s.b.p.Codes[a.dim] {
				if x.mask&(1<<i) != 0 {
					has = append(has, c.Code)
				}
			}
			if text += strings.Join(has, "+"); len(has) == 0 {
				text = "no " + a.dim.String()
			}
		case a.dim.IsCode() && x.mask == 0:
			text = "no " + a.dim.String()
		case a.dim.IsCode():
			text += s.b.p.Codes[a.dim][oneBit(x.mask)].Code
		default:
			text += fmt.Sprint(x.lo)
		}
		parts = append(parts, text)
	}
	if len(parts) == 0 {
		parts = []string{"any claim"}
	}
	return strings.Join(parts, ", ") + " on " + e.from.String()
}
