package source

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"mingbai/engine"
)

// rowForm says what a row of a list may have.
type rowForm struct {
	what   string
	figure string // the key that gives the figure and its unit; none: ""
	unit   unit
	none   bool // "none" is possible
	to     bool
	items  bool // conditions may ask for class and kind of a bill's items
	extra  []string
}

// unit is what a figure counts.
type unit uint8

const (
	noFigure unit = iota
	yuan          // 0 to 9,000,000
	share         // 0 to 1
	points        // −1 to 1, added to a share
	yuanMore      // yuan, added or taken off
	factor        // 0 to 10
	perYear       // −1 to 1 for each year of age
	months        // whole, 0 to 120
)

// rowMark is a row with its place.
type rowMark struct {
	row   engine.Row
	at    *node
	named namedCodes
}

// namedCodes are the codes that conditions name in so many words.
type namedCodes [engine.DimItemKind + 1]uint64

// row reads a row. The fields are nil where the row cannot be used.
func (b *builder) row(n *node, id string, form rowForm) (rowMark, *fields) {
	allowed := []string{"when", "from", "until", "asof", "source", "grade", "note"}
	if form.figure != "" {
		allowed = append(allowed, form.figure, "between")
	}
	if form.unit == yuan {
		allowed = append(allowed, "multiple_of")
	}
	if form.to {
		allowed = append(allowed, "to", "to_multiple_of")
	}
	before := len(b.found)
	m := rowMark{at: n}
	r := &m.row
	r.ID = id
	f := b.fields(n, id, form.what, append(allowed, form.extra...)...)
	if f == nil {
		return m, nil
	}
	r.When, m.named = b.conditions(f.get("when"), id+".when", form.items)
	asofFrom, asof := b.asof(f.get("asof"), id+".asof")
	r.AsOf = asof
	if f.name["from"] == nil && f.name["asof"] == nil {
		b.errorf(n, "missing", id, "from: the first day; or asof: the month for which the sources speak", "%s has no date", form.what)
	}
	r.From = b.date(f.get("from"), id+".from")
	if r.From == 0 {
		r.From = asofFrom
	}
	r.Until = b.date(f.get("until"), id+".until")
	if r.Until != 0 && r.Until < r.From {
		b.errorf(f.get("until"), "date", id+".until", "until is the last day", "the figure ends on %s, before it begins on %s", r.Until, r.From)
	}
	ids := b.cite(f.need("source", "source: [s1]"), id+".source")
	r.Grade = b.grade(f)
	r.Note = b.name(f.get("note"), id+".note")
	if form.to {
		b.bound(f, r, &ids)
	}
	if form.figure != "" {
		b.figure(f, r, form, &ids)
	}
	for _, s := range ids {
		r.Sources = append(r.Sources, uint8(b.position(s)))
	}
	if len(b.found) != before {
		for _, e := range b.found[before:] {
			if !e.Warning {
				return m, nil
			}
		}
	}
	return m, f
}

// bound reads the upper bound of a segment.
func (b *builder) bound(f *fields, r *engine.Row, ids *[]string) {
	key := r.ID + ".to"
	t, m := f.get("to"), f.get("to_multiple_of")
	var v decimal.Decimal
	ok := false
	switch {
	case t == nil:
		if m != nil && f.name["to"] == nil {
			b.errorf(f.name["to_multiple_of"], "missing", key, "to: 3, to_multiple_of: {wage: 2024}", "to_multiple_of stands without to")
		}
		return
	case m == nil:
		v, ok = b.number(t, key, 2, false)
	default:
		if v, r.ToOf, ok = b.multiple(t, m, r, "to", ids); ok && !v.Shift(2).IsInteger() {
			b.errorf(t, "number", key, "write the bound in yuan, rounded as the document says", "the segment ends at %s yuan, which is not whole fen", v)
			return
		}
	}
	if r.To = engine.Fen(v.Shift(2).IntPart()); ok && r.To == 0 {
		b.errorf(t, "number", key, "the first segment ends above zero", "a segment cannot end at 0")
	}
}

// position is a source's place in b.order, until numberSources.
func (b *builder) position(id string) int {
	for i, s := range b.order {
		if s.src.ID == id {
			return min(i, 255)
		}
	}
	return 0
}

func (b *builder) grade(f *fields) byte {
	g, ok := b.choice(f.need("grade", "grade: A official text, B two sources, C one secondary source, D general knowledge"), f.key+".grade", "A", "B", "C", "D")
	if !ok {
		return 0
	}
	return g[0]
}

// figure reads a row's value and what belongs to it.
func (b *builder) figure(f *fields, r *engine.Row, form rowForm, ids *[]string) {
	id := r.ID
	n := f.get(form.figure)
	if n == nil {
		if f.name[form.figure] == nil {
			hint := form.figure + ": " + unitHint[form.unit]
			for _, other := range [...]string{"value", "share"} {
				if f.name[other] != nil {
					hint = fmt.Sprintf("the key gives the unit: here it is %s, %s", form.figure, unitHint[form.unit])
				}
			}
			b.errorf(f.n, "missing", id, hint, "%s has no %s", form.what, form.figure)
		}
		return
	}
	at := id + "." + form.figure
	between := f.get("between")
	switch {
	case n.kind == scalar && n.text == "unknown":
		r.Value.Unknown = true
		if between == nil {
			return
		}
		ends := b.items(between, id+".between")
		if between.kind == list && len(ends) != 2 {
			b.errorf(between, "type", id+".between", "between: [0.4, 0.6]", "between has %d ends", len(ends))
		}
		if len(ends) != 2 {
			return
		}
		lo, ok1 := b.measured(ends[0], id+".between", form.unit)
		hi, ok2 := most, true
		if r.Value.Open = form.unit == yuan && ends[1].kind == scalar && ends[1].text == "none"; !r.Value.Open {
			hi, ok2 = b.measured(ends[1], id+".between", form.unit)
		}
		if ok1 && ok2 {
			if !lo.LessThan(hi) {
				b.errorf(between, "number", id+".between", "the lower end first; equal ends are a known figure", "between runs from %s to %s", lo, hi)
			}
			r.Value.Bounded, r.Value.Lo, r.Value.Hi = true, engine.NewFigure(lo).Rate, engine.NewFigure(hi).Rate
		}
		return
	case n.kind == scalar && n.text == "none":
		if !form.none {
			b.errorf(n, "not_allowed", at, "an absent limit is none; an amount that is nil is 0; what nobody could find is unknown", "%s cannot be none", form.what)
		}
		r.Value.None = true
	default:
		if m := f.get("multiple_of"); m != nil {
			if v, of, ok := b.multiple(n, m, r, "value", ids); ok {
				r.Value, r.Of = engine.NewFigure(v), of
			}
		} else if v, ok := b.measured(n, at, form.unit); ok {
			r.Value = engine.NewFigure(v)
		}
	}
	if between != nil {
		b.errorf(between, "misplaced", id+".between", "write unknown as the figure, or drop between", "between stands beside a figure that is known")
	}
	if m := f.get("multiple_of"); m != nil && r.Value.None {
		b.errorf(m, "misplaced", id+".multiple_of", "drop one of them", "multiple_of stands beside none")
	}
}

var unitHint = map[unit]string{
	yuan: "an amount in yuan, such as 1300", share: "a share of one, such as 0.85", points: "points as a share, such as 0.05 or -0.1",
	yuanMore: "yuan more or less, such as -100", factor: "a factor, such as 0.5", perYear: "points for each year, such as 0.002", months: "whole months, such as 3",
}

// measured reads a number within the bounds of its unit.
func (b *builder) measured(n *node, key string, u unit) (decimal.Decimal, bool) {
	places, signed := 6, false
	lo, hi := decimal.Zero, decimal.NewFromInt(1)
	switch u {
	case yuan:
		places, hi = 2, most
	case yuanMore:
		places, signed, hi = 2, true, most
	case points, perYear:
		signed = true
	case factor:
		hi = decimal.NewFromInt(10)
	case months:
		places, hi = 0, decimal.NewFromInt(120)
	}
	if signed {
		lo = hi.Neg()
	}
	v, ok := b.number(n, key, places, signed)
	if !ok {
		return v, false
	}
	if v.LessThan(lo) || v.GreaterThan(hi) {
		hint := unitHint[u]
		if u == share && v.LessThanOrEqual(decimal.NewFromInt(100)) {
			hint = fmt.Sprintf("a share of one: %s for %s%%", v.Shift(-2), v)
		}
		if u == yuan {
			hint = "an absent limit is none"
		}
		b.errorf(n, "number", key, hint, "%s is outside %s to %s", v, lo, hi)
		return v, false
	}
	return v, true
}

// most is the largest amount of a figure.
var most = decimal.NewFromInt(9_000_000)

// multiple works out six times the average wage, for the figure or the bound of a row.
// What the base rests on, the row rests on as well.
func (b *builder) multiple(n, m *node, r *engine.Row, figure string, ids *[]string) (v decimal.Decimal, of *engine.Multiple, ok bool) {
	at := r.ID + ".multiple_of"
	if figure == "to" {
		at = r.ID + ".to_multiple_of"
	}
	times, ok := b.number(n, r.ID+"."+figure, 6, false)
	if m.kind != mapping || len(m.keys) != 1 || m.keys[0].kind != scalar {
		b.errorf(m, "type", at, last(at)+": {wage: 2024}", "%s must name one base and its year, not %s", last(at), m.kindName())
		return v, nil, false
	}
	k := m.keys[0]
	x := b.bases[k.text]
	if x == nil {
		var known []string
		for id := range b.bases {
			known = append(known, id)
		}
		hint := "add it under bases"
		if near := nearest(k.text, known); near != "" {
			hint = fmt.Sprintf("did you mean %s?", near)
		}
		b.errorf(k, "unknown_base", at, hint, "there is no base %s", k.kindName())
		return v, nil, false
	}
	x.used = true
	year, yok := b.whole(m.items[0], at, 1990, 2099)
	if !yok || !ok {
		return v, nil, false
	}
	y, there := x.years[year]
	if !there {
		b.errorf(m.items[0], "unknown_base", at, "add the year under bases, or make the figure unknown", "the base %s has no figure for %d", k.text, year)
		return v, nil, false
	}
	if v = times.Mul(y.value); v.GreaterThan(most) {
		b.errorf(n, "number", at, "an absent limit is none", "%s × %s is above 9000000 yuan", times, y.value)
		return v, nil, false
	}
	r.Grade = max(r.Grade, y.grade)
	for _, s := range y.sources {
		if !contains(*ids, s) {
			*ids = append(*ids, s)
		}
	}
	return v, &engine.Multiple{Times: times, Base: x.name, Year: year, Amount: y.value}, true
}

// conditions reads when, applies and less_spell. Codes that are like another follow it,
// where none of named names them: tables do that over all their rows, see [follow].
func (b *builder) conditions(n *node, key string, items bool) (conds []engine.Cond, named namedCodes) {
	if n == nil {
		return nil, named
	}
	f := b.anyFields(n, key, last(key))
	if f == nil {
		return nil, named
	}
	for _, k := range n.keys {
		v := f.at[k.text]
		if v == nil || f.name[k.text] != k {
			continue
		}
		d, ok := engine.DimByName(k.text)
		if !ok {
			var all []string
			for _, d := range engine.Dims() {
				all = append(all, d.String())
			}
			hint := b.meant(k.text, all)
			if home, there := homes[k.text]; there {
				hint = "it stands in " + home
			}
			b.errorf(k, "unknown_key", key, hint, "%q is not a condition", k.text)
			continue
		}
		if (d == engine.DimItemClass || d == engine.DimItemKind) && !items {
			b.errorf(k, "misplaced", key, "it stands in classify.paid_first, limit and never", "%s is a condition on items of a bill", k.text)
			continue
		}
		c := engine.Cond{Dim: d}
		if d.IsCode() {
			c.Mask, named[d] = b.codesOf(d, v, key+"."+k.text)
			b.named[d] |= named[d]
			if c.Mask == 0 {
				continue
			}
		} else if c.Lo, c.Hi, ok = b.span(d, v, key+"."+k.text); !ok {
			continue
		}
		conds = append(conds, c)
	}
	return conds, named
}

// codesOf reads tertiary, [primary, secondary], "not tertiary" or {not: [a, b]}.
func (b *builder) codesOf(d engine.Dim, n *node, key string) (mask, named uint64) {
	not := false
	codes := []*node{n}
	switch n.kind {
	case scalar:
		if rest, ok := strings.CutPrefix(n.text, "not "); ok {
			one := *n
			one.text = strings.TrimSpace(rest)
			not, codes = true, []*node{&one}
		}
	case list:
		codes = n.items
	case mapping:
		f := b.fields(n, key, "a condition", "not")
		if f == nil {
			return 0, 0
		}
		x := f.need("not", "{not: [a, b]}")
		if x == nil {
			return 0, 0
		}
		not = true
		if codes = []*node{x}; x.kind == list {
			codes = x.items
		}
	}
	for _, x := range codes {
		i := b.code(d, x, key)
		if i < 0 {
			return 0, 0
		}
		if named&(1<<i) != 0 {
			b.errorf(x, "duplicate_id", key, "name each code once", "%s stands twice", x.text)
		}
		named |= 1 << i
	}
	mask = named
	if not {
		if d == engine.DimSupplements {
			b.errorf(n, "not_allowed", key, "a person may have several supplements: give those who have it their own layer, or an adjust entry", "supplements cannot be negated")
			return 0, 0
		}
		mask = b.all(d) &^ named
	}
	if mask == 0 {
		b.errorf(n, "not_allowed", key, "name the codes for which the row holds", "no code of %s is left", d)
	}
	return mask, named
}

// span reads 70+, 60-69, <60 or 1.
func (b *builder) span(d engine.Dim, n *node, key string) (lo, hi int32, ok bool) {
	least, most := int32(0), int32(150)
	switch d {
	case engine.DimMonthsEnrolled:
		most = 1200
	case engine.DimAdmission:
		least, most = 1, 100
	case engine.DimDays:
		most = 1000
	case engine.DimMissedYears, engine.DimRepairedYears:
		most = 99
	case engine.DimMissedMonths:
		most = 1200
	}
	num := func(s string) (int32, bool) {
		if !isDigits(s) || len(s) > 4 {
			return 0, false
		}
		v := int32(0)
		for _, c := range s {
			v = v*10 + int32(c-'0')
		}
		return v, v >= least && v <= most
	}
	if n.kind == scalar {
		s := n.text
		if x, plus := strings.CutSuffix(s, "+"); plus {
			lo, ok = num(x)
			hi = engine.MaxInt
		} else if x, below := strings.CutPrefix(s, "<"); below {
			hi, ok = num(x)
			lo, hi = least, hi-1
			ok = ok && hi >= lo
		} else if x, y, dash := strings.Cut(s, "-"); dash {
			var ok2 bool
			lo, ok = num(x)
			hi, ok2 = num(y)
			ok = ok && ok2 && lo <= hi
		} else {
			lo, ok = num(s)
			hi = lo
		}
	}
	if !ok {
		b.errorf(n, "type", key, fmt.Sprintf("write 70+, 60-69, <60 or one whole number, from %d to %d", least, most), "%s cannot be %s", d, n.kindName())
	}
	return lo, hi, ok
}

// tableForm is a rowForm with what its table is for.
type tableForm struct {
	rowForm
	gaps   bool
	ladder bool
}

// claims are those for which a table is asked.
type claims struct {
	statuses    uint64
	given       []engine.Cond
	from, until engine.Date
}

// rows reads a table. For each claim among asked one row must match; the proof follows
// when the whole file is read.
func (b *builder) rows(n *node, id string, form tableForm, asked *claims) *engine.Table {
	if n == nil {
		return nil
	}
	items := b.items(n, id)
	if n.kind == list && len(items) == 0 {
		b.errorf(n, "missing", id, "write its rows or leave it out", "%s is empty", id)
	}
	if len(items) > 1000 {
		b.errorf(items[1000], "too_many", id, "join rows", "%s has more than 1000 rows", id)
		return nil
	}
	t := &engine.Table{Gaps: form.gaps}
	whole := len(items) > 0
	var named namedCodes
	var marks []*node
	for i, x := range items {
		m, f := b.row(x, fmt.Sprintf("%s[%d]", id, i), form.rowForm)
		if f == nil {
			whole = false
			continue
		}
		named.add(&m.named)
		t.Rows = append(t.Rows, m.row)
		marks = append(marks, m.at)
	}
	b.followAll(t.Rows, &named)
	b.mark(t, marks)
	if whole {
		b.proofs = append(b.proofs, proof{key: id, at: n, rows: rowsOf(t), marks: marks, gaps: form.gaps, ladder: form.ladder, asked: asked, form: form.rowForm})
	}
	return t
}

// mark remembers where rows stand.
func (b *builder) mark(t *engine.Table, marks []*node) {
	if b.marks == nil {
		b.marks = map[*engine.Row]*node{}
	}
	for i := range t.Rows {
		b.marks[&t.Rows[i]] = marks[i]
	}
}

func rowsOf(t *engine.Table) []*engine.Row {
	out := make([]*engine.Row, len(t.Rows))
	for i := range t.Rows {
		out[i] = &t.Rows[i]
	}
	return out
}

func (n *namedCodes) add(more *namedCodes) {
	for d := range n {
		n[d] |= more[d]
	}
}

func (b *builder) followAll(rows []engine.Row, named *namedCodes) {
	for i := range rows {
		b.followConds(rows[i].When, named)
	}
}

func (b *builder) followConds(conds []engine.Cond, named *namedCodes) {
	for j := range conds {
		if c := &conds[j]; c.Dim.IsCode() {
			c.Mask = b.follow(c.Dim, c.Mask, named[c.Dim])
		}
	}
}
