package policies

import (
	"github.com/shopspring/decimal"

	"mingbai/engine"
)

// codec writes a policy or reads it. One description of the layout serves both, so that
// they cannot disagree: each method writes what its argument points at, or fills it.
//
// Numbers are variable-length; texts are positions in a table that all regions share;
// conditions and provenances (dates, sources, grade), which repeat from row to row, are
// written at their first use and referred to afterwards.
type codec struct {
	writing bool
	bytes   []byte // written so far
	in      string // left to read
	bad     bool   // what was read makes no sense

	texts              *texts
	next               int // texts[next] is the first that this part did not see yet
	origin             *sources
	whens              [][]engine.Cond
	provs              []provenance
	lastWhen, lastProv int
	known              map[string]int // written conditions and provenances
	p                  *engine.Policy
}

// texts is the table of all texts; position 0 is the empty one.
type texts struct {
	list []string
	pos  map[string]int // writing only
}

// sources is the table of all documents.
type sources struct {
	list []engine.Source
	pos  map[engine.Source]int // writing only
}

// provenance is what a row rests on.
type provenance struct {
	from, until engine.Date
	asof        string
	sources     []uint8
	grade       byte
}

func (c *codec) uint(v *uint64) {
	if c.writing {
		x := *v
		for ; x >= 0x80; x >>= 7 {
			c.bytes = append(c.bytes, byte(x)|0x80)
		}
		c.bytes = append(c.bytes, byte(x))
		return
	}
	*v = 0
	for shift := 0; shift < 64; shift += 7 {
		if len(c.in) == 0 {
			break
		}
		b := c.in[0]
		c.in = c.in[1:]
		*v |= uint64(b&0x7F) << shift
		if b < 0x80 {
			return
		}
	}
	c.fail()
}

// fail makes everything that follows read as zero, so that reading ends soon.
func (c *codec) fail() {
	c.bad = true
	c.in = ""
}

func whole[T ~int | ~int32 | ~int64 | ~uint8 | ~uint64](c *codec, v *T) {
	u := uint64(*v)
	c.uint(&u)
	*v = T(u)
	if !c.writing && uint64(*v) != u {
		c.fail()
	}
}

func (c *codec) flag(v *bool) {
	var u uint64
	if *v {
		u = 1
	}
	c.uint(&u)
	*v = u == 1
}

// length writes or reads the number of things that follow; each takes a byte at least.
func (c *codec) length(n int) int {
	whole(c, &n)
	if !c.writing && (n < 0 || n > len(c.in)) {
		c.fail()
		return 0
	}
	return n
}

func each[T any](c *codec, list *[]T, one func(*T)) {
	n := c.length(len(*list))
	if !c.writing && n > 0 {
		*list = make([]T, n)
	}
	for i := range *list {
		one(&(*list)[i])
	}
}

// maybe handles a part that may be absent.
func maybe[T any](c *codec, p **T, one func(*T)) {
	there := *p != nil
	if c.flag(&there); !there {
		return
	}
	if !c.writing {
		*p = new(T)
	}
	one(*p)
}

// text refers to the table: 0 is the next text that was not used before, which is the
// common case as texts stand in the order of their first use.
func (c *codec) text(s *string) {
	var ref int
	if c.writing {
		i, old := c.texts.pos[*s]
		if !old {
			i = len(c.texts.list)
			c.texts.list = append(c.texts.list, *s)
			c.texts.pos[*s] = i
		}
		if ref = i + 1; i == c.next {
			ref = 0
		}
	}
	whole(c, &ref)
	if ref == 0 {
		ref = c.next + 1
		c.next++
	}
	if c.writing {
		return
	}
	if ref < 1 || ref > len(c.texts.list) {
		c.fail()
		return
	}
	*s = c.texts.list[ref-1]
}

func (c *codec) name(n *engine.Name) {
	c.text(&n.Zh)
	c.text(&n.En)
}

// date writes days since 1989-12, months of 31 and years of 372 days.
func (c *codec) date(d *engine.Date) {
	var n int
	if *d != 0 {
		n = (d.Year()-1990)*372 + d.Month()*31 + int(*d)%100
	}
	whole(c, &n)
	if c.writing || n == 0 {
		return
	}
	n -= 32
	if n < 0 || n >= 110*372 {
		c.fail()
		return
	}
	*d = engine.Date((1990+n/372)*10000 + (n%372/31+1)*100 + n%31 + 1)
}

func (c *codec) decimal(d *decimal.Decimal) {
	var v uint64
	var places int
	if c.writing {
		x := d.Coefficient().Int64()
		v = uint64(x)<<1 ^ uint64(x>>63)
		places = int(-d.Exponent())
	}
	c.uint(&v)
	whole(c, &places)
	if !c.writing {
		if places < 0 || places > 18 {
			c.fail()
			return
		}
		*d = decimal.New(int64(v>>1)^-int64(v&1), -int32(places))
	}
}

func (c *codec) rate(r *engine.Rate) {
	v := uint64(*r)<<1 ^ uint64(*r>>63)
	c.uint(&v)
	*r = engine.Rate(v>>1) ^ -engine.Rate(v&1)
}

func (c *codec) policy(p *engine.Policy) {
	c.p = p
	c.text(&p.Region.Code)
	c.text(&p.Region.Pinyin)
	c.text(&p.Region.Initials)
	c.name(&p.Region.Name)
	c.name(&p.Region.Province)
	c.text(&p.Region.Hotline)
	c.text(&p.Version)
	c.date(&p.From)
	whole(c, &p.YearStarts)
	each(c, &p.Sources, c.source)
	for _, d := range engine.Dims() {
		if d.IsCode() {
			c.codes(d)
		}
	}
	each(c, &p.Exclude, func(x *engine.Exclusion) {
		c.text(&x.Reason)
		c.row(&x.Row)
		c.text(&x.ID)
	})
	each(c, &p.Schemes, c.scheme)
	each(c, &p.Unknown, func(u *engine.Unknown) { c.text(&u.Key); c.text(&u.Looked); c.name(&u.Note) })
	each(c, &p.Conflicts, func(x *engine.Conflict) {
		c.text(&x.Key)
		c.text(&x.Chosen)
		c.text(&x.Against)
		each(c, &x.Sources, c.text)
		each(c, &x.Other, c.text)
		c.name(&x.Why)
	})
	each(c, &p.Changes, func(x *engine.Change) {
		c.text(&x.Date)
		c.text(&x.Key)
		c.text(&x.Was)
		c.text(&x.Is)
		each(c, &x.Sources, c.text)
	})
	c.waiting(p)
}

// waiting stands last: a region that has none ends before it.
func (c *codec) waiting(p *engine.Policy) {
	some := len(c.in) > 0
	for i := range p.Schemes {
		some = some || p.Schemes[i].Waiting != nil
	}
	for i := range p.Schemes {
		if !some {
			return
		}
		key := p.Schemes[i].ID + ".waiting"
		maybe(c, &p.Schemes[i].Waiting, func(w *engine.Waiting) {
			maybe(c, &w.Fixed, c.table(key+".fixed"))
			maybe(c, &w.PerMissedYear, c.table(key+".per_missed_year"))
			maybe(c, &w.PerRepairedYear, c.table(key+".per_repaired_year"))
			maybe(c, &w.Floor, c.table(key+".floor"))
		})
	}
}

// source is a region's name for a document in the table of all regions.
func (c *codec) source(s *engine.Source) {
	c.text(&s.ID)
	var i int
	if c.writing {
		document := *s
		document.ID = ""
		var ok bool
		if i, ok = c.origin.pos[document]; !ok {
			i = len(c.origin.list)
			c.origin.list = append(c.origin.list, document)
			c.origin.pos[document] = i
		}
	}
	whole(c, &i)
	if c.writing {
		return
	}
	if i < 0 || i >= len(c.origin.list) {
		c.fail()
		return
	}
	id := s.ID
	*s = c.origin.list[i]
	s.ID = id
}

func (c *codec) document(s *engine.Source) {
	for _, t := range [...]*string{&s.Title, &s.Number, &s.Issuer, &s.Published, &s.Effective, &s.URL, &s.Seen, &s.Checked} {
		c.text(t)
	}
}

// codes writes the region's own codes, and standard ones that it says more about.
func (c *codec) codes(d engine.Dim) {
	standard := engine.StandardCodes(d)
	list := &c.p.Codes[d]
	n := len(*list) - len(standard)
	whole(c, &n)
	if !c.writing {
		if n < 0 || n+len(standard) > 64 {
			c.fail()
			return
		}
		if n+len(standard) > 0 {
			*list = make([]engine.Coded, len(standard)+n)
		}
		for i, s := range standard {
			(*list)[i].Code = s
		}
	}
	for i := range *list {
		x := &(*list)[i]
		if i >= len(standard) {
			c.text(&x.Code)
		}
		c.name(&x.Name)
		c.uint(&x.Kinds)
	}
}

func (c *codec) scheme(s *engine.Scheme) {
	c.text(&s.ID)
	c.uint(&s.Statuses)
	k := &s.Classify
	maybe(c, &k.PaidFirst, c.table("classify.paid_first"))
	maybe(c, &k.Limit, c.table("classify.limit"))
	c.rows(&k.Never, "classify.never")
	each(c, &k.Extra, func(a *engine.Adjust) { c.adjust(a, "classify.extra") })
	maybe(c, &s.Account, func(a *engine.Account) {
		each(c, &a.Pays, func(r *engine.AccountRow) {
			c.row(&r.Row)
			c.text(&r.ID)
			each(c, &r.Buckets, c.place)
		})
	})
	each(c, &s.Layers, func(l *engine.Layer) { c.layer(l, s.ID) })
}

func (c *codec) place(p *engine.Place) {
	whole(c, p)
	if !c.writing && *p > engine.Cash {
		c.fail()
		*p = 0
	}
}

func (c *codec) layer(l *engine.Layer, scheme string) {
	c.text(&l.ID)
	key := scheme + "." + l.ID
	c.place(&l.Payer)
	c.flag(&l.Draft)
	c.name(&l.Name)
	c.date(&l.From)
	c.date(&l.Until)
	c.when(&l.Applies)
	each(c, &l.Enters, func(e *engine.Entry) { c.place(&e.Bucket); c.rate(&e.Weight) })
	maybe(c, &l.Deductible, func(d *engine.Deductible) {
		c.span(&d.Span)
		maybe(c, &d.Table, c.table(key+".deductible.table"))
		c.adjusts(&d.Adjust, key+".deductible.adjust")
		maybe(c, &d.ShareOf, c.place)
		maybe(c, &d.Floor, c.table(key+".deductible.floor"))
		maybe(c, &d.Ceiling, c.table(key+".deductible.ceiling"))
		c.when(&d.LessSpell)
		maybe(c, &d.Limit, func(m *engine.Limit) {
			each(c, &m.With, c.text)
			maybe(c, &m.Table, c.table(key+".deductible.limit.table"))
		})
	})
	maybe(c, &l.Bands, func(b *engine.Bands) {
		c.flag(&b.FromZero)
		c.along(b)
		maybe(c, &b.Rows, c.table(key+".bands.table"))
	})
	c.adjusts(&l.Adjust, key+".adjust")
	n := 0
	each(c, &l.Caps, func(x *engine.Cap) {
		c.span(&x.Span)
		c.flag(&x.OfEntered)
		maybe(c, &x.Table, c.table(key+".caps["+digits(n)+"].table"))
		n++
	})
	maybe(c, &l.Quota, c.table(key+".quota.table"))
	maybe(c, &l.Guarantee, func(g *engine.Guarantee) { c.guarantee(g, key+".guarantee.table") })
	maybe(c, &l.Ceiling, func(g *engine.Guarantee) { c.guarantee(g, key+".ceiling.table") })
	maybe(c, &l.Split, func(s *engine.Split) {
		c.place(&s.Payer)
		maybe(c, &s.Table, c.table(key+".split.table"))
	})
}

// along says what the bounds of bands measure: the claim, the year, payments.
func (c *codec) along(b *engine.Bands) {
	way := 0
	switch {
	case len(b.PaidBy) > 0:
		way = 2
	case b.Year:
		way = 1
	}
	whole(c, &way)
	switch b.Year = way == 1; {
	case way == 2:
		each(c, &b.PaidBy, c.text)
	case way < 0 || way > 2:
		c.fail()
	}
}

func (c *codec) guarantee(g *engine.Guarantee, key string) {
	each(c, &g.Of, c.place)
	maybe(c, &g.Table, c.table(key))
}

func (c *codec) span(s *engine.Span) {
	whole(c, &s.Per)
	each(c, &s.By, func(d *engine.Dim) { c.dim(d) })
	each(c, &s.With, c.text)
}

func (c *codec) dim(d *engine.Dim) {
	whole(c, d)
	if !c.writing && int(*d) >= len(engine.Dims()) {
		c.fail()
		*d = 0
	}
}

func (c *codec) adjusts(list *[]engine.Adjust, key string) {
	n := 0
	each(c, list, func(a *engine.Adjust) { c.adjust(a, key+"["+digits(n)+"]"); n++ })
}

func (c *codec) adjust(a *engine.Adjust, key string) {
	whole(c, &a.Op)
	if !c.writing && a.Op > engine.PerAdmission {
		c.fail()
		a.Op = 0
	}
	whole(c, &a.Over)
	maybe(c, &a.Table, c.table(key))
}

func (c *codec) table(key string) func(*engine.Table) {
	return func(t *engine.Table) {
		c.flag(&t.Gaps)
		c.rows(&t.Rows, key)
	}
}

// The ways in which rows get their ids.
const (
	idList   = iota // key[0], key[1] …
	idSingle        // the one row is the key itself
	idOther         // each row says its own
	idWays
)

func (c *codec) rows(list *[]engine.Row, key string) {
	way := idList
	prefix := key
	if c.writing {
		way, prefix = idWay(*list)
		if prefix == key {
			prefix = ""
		}
	}
	if whole(c, &way); way < 0 || way >= idWays {
		c.fail()
		return
	}
	if way != idOther {
		own := prefix
		c.text(&own)
		if prefix = own; own == "" {
			prefix = key
		}
	}
	n := 0
	each(c, list, func(r *engine.Row) {
		c.row(r)
		switch {
		case way == idOther:
			c.text(&r.ID)
		case c.writing:
		case way == idSingle:
			r.ID = prefix
		default:
			r.ID = prefix + "[" + digits(n) + "]"
		}
		n++
	})
}

// idWay finds how the ids of rows follow from one key.
func idWay(list []engine.Row) (way int, prefix string) {
	if len(list) == 0 {
		return idList, ""
	}
	first := list[0].ID
	if n := len(first) - 3; n > 0 && first[n:] == "[0]" {
		prefix, way = first[:n], idList
		for i := range list {
			if list[i].ID != prefix+"["+digits(i)+"]" {
				way = idOther
			}
		}
		if way == idList {
			return way, prefix
		}
	}
	if len(list) == 1 {
		return idSingle, first
	}
	return idOther, ""
}

func digits(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return digits(n/10) + string(rune('0'+n%10))
}

// What a row has, in the bits of one number.
const (
	rowKnown = 1 << iota
	rowNone
	rowUnknown
	rowBounded
	rowTo
	rowNote
	rowOf
	rowOpen
	rowToOf
	rowBits
)

// row handles all of a row but its id.
func (c *codec) row(r *engine.Row) {
	f := &r.Value
	has := 0
	for i, x := range [...]bool{!f.None && !f.Unknown && f.V != decimal.Decimal{}, f.None, f.Unknown, f.Bounded, r.To != 0, r.Note != engine.Name{}, r.Of != nil, f.Open, r.ToOf != nil} {
		if x {
			has |= 1 << i
		}
	}
	if whole(c, &has); has < 0 || has >= rowBits {
		c.fail()
		return
	}
	c.when(&r.When)
	f.None, f.Unknown, f.Bounded, f.Open = has&rowNone != 0, has&rowUnknown != 0, has&rowBounded != 0, has&rowOpen != 0
	if has&rowKnown != 0 {
		v := f.V
		c.decimal(&v)
		if !c.writing {
			*f = engine.NewFigure(v)
		}
	}
	if f.Bounded {
		c.rate(&f.Lo)
		c.rate(&f.Hi)
	}
	if has&rowTo != 0 {
		whole(c, &r.To)
	}
	c.provenance(r)
	if has&rowNote != 0 {
		c.name(&r.Note)
	}
	for _, m := range [...]struct {
		bit int
		of  **engine.Multiple
	}{{rowOf, &r.Of}, {rowToOf, &r.ToOf}} {
		if has&m.bit == 0 {
			continue
		}
		if !c.writing {
			*m.of = new(engine.Multiple)
		}
		c.decimal(&(*m.of).Times)
		c.name(&(*m.of).Base)
		whole(c, &(*m.of).Year)
		c.decimal(&(*m.of).Amount)
	}
}

// when writes a list of conditions where it is new, else which one it is. Tables of one
// layer tend to have the same conditions in the same order.
func (c *codec) when(list *[]engine.Cond) {
	i, old := c.seen(whenKey(*list), 'w', len(c.whens), c.lastWhen+1)
	c.lastWhen = i
	if old {
		*list = c.whens[i]
		return
	}
	each(c, list, func(x *engine.Cond) {
		c.dim(&x.Dim)
		if x.Dim.IsCode() {
			c.uint(&x.Mask)
			return
		}
		whole(c, &x.Lo)
		more := x.Hi
		if x.Hi == engine.MaxInt {
			more = -1
		}
		more++
		whole(c, &more)
		if x.Hi = more - 1; more == 0 {
			x.Hi = engine.MaxInt
		}
	})
	c.whens = append(c.whens, *list)
}

func (c *codec) provenance(r *engine.Row) {
	x := provenance{r.From, r.Until, r.AsOf, r.Sources, r.Grade}
	i, old := c.seen(provKey(&x), 'p', len(c.provs), c.lastProv)
	c.lastProv = i
	if old {
		x = c.provs[i]
	} else {
		c.date(&x.from)
		c.date(&x.until)
		c.text(&x.asof)
		each(c, &x.sources, func(b *uint8) {
			whole(c, b)
			if !c.writing && int(*b) >= len(c.p.Sources) {
				c.fail()
			}
		})
		whole(c, &x.grade)
		c.provs = append(c.provs, x)
	}
	r.From, r.Until, r.AsOf, r.Sources, r.Grade = x.from, x.until, x.asof, x.sources, x.grade
}

// seen writes or reads the position of a thing among the count of those so far, counted
// from the one that is likely; 0 says that it is new and follows.
func (c *codec) seen(key string, class byte, count, likely int) (i int, old bool) {
	ref := 0
	if c.writing {
		key = string(class) + key
		if i, old = c.known[key]; old {
			d := i - likely
			ref = 1 + (d<<1 ^ d>>63)
		} else {
			i = count
			c.known[key] = i
		}
	}
	whole(c, &ref)
	if c.writing {
		return i, old
	}
	if ref == 0 {
		return count, false
	}
	ref--
	if i = likely + (ref>>1 ^ -(ref & 1)); i < 0 || i >= count {
		c.fail()
		return count, false
	}
	return i, true
}

func whenKey(list []engine.Cond) string {
	k := codec{writing: true}
	for i := range list {
		x := list[i]
		whole(&k, &x.Dim)
		k.uint(&x.Mask)
		whole(&k, &x.Lo)
		whole(&k, &x.Hi)
	}
	return string(k.bytes)
}

func provKey(x *provenance) string {
	k := codec{writing: true}
	k.date(&x.from)
	k.date(&x.until)
	k.bytes = append(k.bytes, x.asof...)
	k.bytes = append(k.bytes, 0, x.grade)
	k.bytes = append(k.bytes, x.sources...)
	return string(k.bytes)
}
