package policies

import (
	"runtime"
	"strconv"

	"github.com/shopspring/decimal"

	"mingbai/engine"
)

// writes is false in the browser: there the compiler leaves out all that only writes,
// and a region's first use waits for that much less code to be made ready.
const writes = runtime.GOARCH != "wasm"

// codec writes a policy or reads it. One description of the layout serves both, so that
// they cannot disagree: each method writes what its argument points at, or fills it.
//
// Numbers are variable-length; texts are positions in a table that all regions share;
// conditions and provenances (what a row rests on: dates, sources, grade), which repeat
// from row to row, are written at their first use and referred to afterwards.
//
// Reading happens in the browser, and a function costs there what its first call costs:
// lists and parts are walked in place, not by functions that take functions.
type codec struct {
	writing bool
	bytes   []byte // written so far
	in      string // what is read
	at      int    // how far
	bad     bool   // what was read makes no sense

	texts              *texts
	next               int // texts[next] is the first that this part did not see yet
	origin             *sources
	whens              [][]engine.Cond
	provs              []*engine.Row // the first that rests on each
	lastWhen, lastProv int
	known              map[string]int // written conditions and provenances
	key                string         // of the layer, which the ids of its rows begin with
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

func (c *codec) uint(v *uint64) {
	if writes && c.writing {
		x := *v
		for ; x >= 0x80; x >>= 7 {
			c.bytes = append(c.bytes, byte(x)|0x80)
		}
		c.bytes = append(c.bytes, byte(x))
		return
	}
	*v = 0
	for shift := 0; shift < 64 && c.at < len(c.in); shift += 7 {
		b := c.in[c.at]
		c.at++
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
	c.at = len(c.in)
}

func (c *codec) int(v *int) {
	u := uint64(*v)
	c.uint(&u)
	*v = int(u)
}

// small is a number that one byte holds.
func small[T ~uint8](c *codec, v *T) {
	u := uint64(*v)
	c.uint(&u)
	if *v = T(u); u > 255 {
		c.fail()
	}
}

func (c *codec) int32(v *int32) {
	u := uint64(*v)
	c.uint(&u)
	if *v = int32(u); uint64(*v) != u {
		c.fail()
	}
}

func (c *codec) flag(v *bool) {
	*v = c.there(*v)
}

// there writes or reads whether a part is there.
func (c *codec) there(is bool) bool {
	var u uint64
	if is {
		u = 1
	}
	c.uint(&u)
	return u == 1
}

// length writes or reads the number of things that follow; each takes a byte at least.
func (c *codec) length(n int) int {
	c.int(&n)
	if (!writes || !c.writing) && (n < 0 || n > len(c.in)-c.at) {
		c.fail()
		return 0
	}
	return n
}

// fresh writes the length of a list, or reads how long a list to make, to be filled.
func (c *codec) fresh(n int) int {
	n = c.length(n)
	if writes && c.writing {
		return 0
	}
	return n
}

// begins writes whether a part is there, or reads whether to make one, to be filled.
func (c *codec) begins(is bool) bool {
	is = c.there(is)
	return is && (!writes || !c.writing)
}

// text refers to the table: 0 is the next text that was not used before, which is the
// common case as texts stand in the order of their first use.
func (c *codec) text(s *string) {
	var ref int
	if writes && c.writing {
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
	c.int(&ref)
	if ref == 0 {
		ref = c.next + 1
		c.next++
	}
	if writes && c.writing {
		return
	}
	if ref < 1 || ref > len(c.texts.list) {
		c.fail()
		return
	}
	*s = c.texts.list[ref-1]
}

func (c *codec) textList(l *[]string) {
	if n := c.fresh(len(*l)); n > 0 {
		*l = make([]string, n)
	}
	for i := range *l {
		c.text(&(*l)[i])
	}
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
	c.int(&n)
	if writes && c.writing || n == 0 {
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
	if writes && c.writing {
		x := d.Coefficient().Int64()
		v = uint64(x)<<1 ^ uint64(x>>63)
		places = int(-d.Exponent())
	}
	c.uint(&v)
	c.int(&places)
	if writes && c.writing {
		return
	}
	if places < 0 || places > 18 {
		c.fail()
		return
	}
	*d = decimal.New(int64(v>>1)^-int64(v&1), -int32(places))
}

// rate writes the number without the noughts at its end, then how many there were.
func (c *codec) rate(r *engine.Rate) {
	x := *r
	noughts := 0
	for ; x != 0 && x%10 == 0; x /= 10 {
		noughts++
	}
	v := uint64(x)<<1 ^ uint64(x>>63)
	c.uint(&v)
	c.int(&noughts)
	if writes && c.writing {
		return
	}
	x = engine.Rate(v>>1) ^ -engine.Rate(v&1)
	for ; noughts > 0 && x != 0 && !c.bad; noughts-- {
		if x > engine.MaxFigure/10 || x < -engine.MaxFigure/10 {
			c.fail()
		}
		x *= 10
	}
	*r = x
}

func (c *codec) policy(p *engine.Policy) {
	c.p = p
	r := &p.Region
	for _, t := range [...]*string{&r.Code, &r.Pinyin, &r.Initials, &r.Name.Zh, &r.Name.En, &r.Province.Zh, &r.Province.En, &r.Hotline, &p.Version} {
		c.text(t)
	}
	c.date(&p.From)
	c.int(&p.YearStarts)
	if n := c.fresh(len(p.Sources)); n > 0 {
		p.Sources = make([]engine.Source, n)
	}
	for i := range p.Sources {
		c.source(&p.Sources[i])
	}
	for _, d := range engine.Dims() {
		if d.IsCode() {
			c.codes(d)
		}
	}
	if n := c.fresh(len(p.Exclude)); n > 0 {
		p.Exclude = make([]engine.Exclusion, n)
	}
	for i := range p.Exclude {
		x := &p.Exclude[i]
		c.text(&x.Reason)
		c.row(&x.Row)
		c.text(&x.ID)
	}
	if n := c.fresh(len(p.Schemes)); n > 0 {
		p.Schemes = make([]engine.Scheme, n)
	}
	for i := range p.Schemes {
		c.scheme(&p.Schemes[i])
	}
	if n := c.fresh(len(p.Unknown)); n > 0 {
		p.Unknown = make([]engine.Unknown, n)
	}
	for i := range p.Unknown {
		x := &p.Unknown[i]
		for _, t := range [...]*string{&x.Key, &x.Looked, &x.Note.Zh, &x.Note.En} {
			c.text(t)
		}
	}
	if n := c.fresh(len(p.Conflicts)); n > 0 {
		p.Conflicts = make([]engine.Conflict, n)
	}
	for i := range p.Conflicts {
		x := &p.Conflicts[i]
		for _, t := range [...]*string{&x.Key, &x.Chosen, &x.Against} {
			c.text(t)
		}
		c.textList(&x.Sources)
		c.textList(&x.Other)
		c.name(&x.Why)
	}
	if n := c.fresh(len(p.Changes)); n > 0 {
		p.Changes = make([]engine.Change, n)
	}
	for i := range p.Changes {
		x := &p.Changes[i]
		for _, t := range [...]*string{&x.Date, &x.Key, &x.Was, &x.Is} {
			c.text(t)
		}
		c.textList(&x.Sources)
	}
	c.waiting(p)
}

// waiting stands last: a region that has none ends before it.
func (c *codec) waiting(p *engine.Policy) {
	some := c.at < len(c.in)
	for i := range p.Schemes {
		some = some || p.Schemes[i].Waiting != nil
	}
	for i := range p.Schemes {
		if !some {
			return
		}
		if c.begins(p.Schemes[i].Waiting != nil) {
			p.Schemes[i].Waiting = new(engine.Waiting)
		}
		if w := p.Schemes[i].Waiting; w != nil {
			c.key = p.Schemes[i].ID + ".waiting"
			c.table(&w.Fixed, ".fixed")
			c.table(&w.PerMissedYear, ".per_missed_year")
			c.table(&w.PerRepairedYear, ".per_repaired_year")
			c.table(&w.Floor, ".floor")
		}
	}
}

// source is a region's name for a document in the table of all regions.
func (c *codec) source(s *engine.Source) {
	c.text(&s.ID)
	var i int
	if writes && c.writing {
		document := *s
		document.ID = ""
		var ok bool
		if i, ok = c.origin.pos[document]; !ok {
			i = len(c.origin.list)
			c.origin.list = append(c.origin.list, document)
			c.origin.pos[document] = i
		}
	}
	c.int(&i)
	if writes && c.writing {
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

func (c *codec) documents(o *sources) {
	if n := c.fresh(len(o.list)); n > 0 {
		o.list = make([]engine.Source, n)
	}
	for i := range o.list {
		s := &o.list[i]
		for _, t := range [...]*string{&s.Title, &s.Number, &s.Issuer, &s.Published, &s.Effective, &s.URL, &s.Seen, &s.Checked} {
			c.text(t)
		}
	}
}

// codes writes the region's own codes, and standard ones that it says more about.
func (c *codec) codes(d engine.Dim) {
	standard := engine.StandardCodes(d)
	codes := &c.p.Codes[d]
	n := len(*codes) - len(standard)
	c.int(&n)
	if !writes || !c.writing {
		if n < 0 || n+len(standard) > 64 {
			c.fail()
			return
		}
		if n+len(standard) > 0 {
			*codes = make([]engine.Coded, len(standard)+n)
		}
		for i, s := range standard {
			(*codes)[i].Code = s
		}
	}
	for i := range *codes {
		x := &(*codes)[i]
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
	c.key = "classify"
	c.table(&k.PaidFirst, ".paid_first")
	c.table(&k.Limit, ".limit")
	c.rows(&k.Never, ".never")
	if n := c.fresh(len(k.Extra)); n > 0 {
		k.Extra = make([]engine.Adjust, n)
	}
	for i := range k.Extra {
		c.adjust(&k.Extra[i], ".extra")
	}
	if c.begins(s.Account != nil) {
		s.Account = new(engine.Account)
	}
	if a := s.Account; a != nil {
		if n := c.fresh(len(a.Pays)); n > 0 {
			a.Pays = make([]engine.AccountRow, n)
		}
		for i := range a.Pays {
			r := &a.Pays[i]
			c.row(&r.Row)
			c.text(&r.ID)
			c.places(&r.Buckets)
			c.flag(&r.First)
		}
	}
	if n := c.fresh(len(s.Layers)); n > 0 {
		s.Layers = make([]engine.Layer, n)
	}
	for i := range s.Layers {
		c.layer(&s.Layers[i], s.ID)
	}
}

func (c *codec) place(p *engine.Place) {
	if small(c, p); *p > engine.Cash {
		c.fail()
		*p = 0
	}
}

func (c *codec) places(l *[]engine.Place) {
	if n := c.fresh(len(*l)); n > 0 {
		*l = make([]engine.Place, n)
	}
	for i := range *l {
		c.place(&(*l)[i])
	}
}

func (c *codec) layer(l *engine.Layer, scheme string) {
	c.text(&l.ID)
	c.key = scheme + "." + l.ID
	c.place(&l.Payer)
	c.flag(&l.Draft)
	c.name(&l.Name)
	c.date(&l.From)
	c.date(&l.Until)
	c.when(&l.Applies)
	if n := c.fresh(len(l.Enters)); n > 0 {
		l.Enters = make([]engine.Entry, n)
	}
	for i := range l.Enters {
		c.place(&l.Enters[i].Bucket)
		c.rate(&l.Enters[i].Weight)
	}
	if c.begins(l.Deductible != nil) {
		l.Deductible = new(engine.Deductible)
	}
	if d := l.Deductible; d != nil {
		c.span(&d.Span)
		c.table(&d.Table, ".deductible.table")
		c.adjusts(&d.Adjust, ".deductible.adjust")
		if c.begins(d.ShareOf != nil) {
			d.ShareOf = new(engine.Place)
		}
		if p := d.ShareOf; p != nil {
			c.place(p)
		}
		c.table(&d.Floor, ".deductible.floor")
		c.table(&d.Ceiling, ".deductible.ceiling")
		c.when(&d.LessSpell)
		if c.begins(d.Limit != nil) {
			d.Limit = new(engine.Limit)
		}
		if m := d.Limit; m != nil {
			c.textList(&m.With)
			c.table(&m.Table, ".deductible.limit.table")
		}
	}
	if c.begins(l.Bands != nil) {
		l.Bands = new(engine.Bands)
	}
	if b := l.Bands; b != nil {
		c.flag(&b.FromZero)
		c.along(b)
		c.table(&b.Rows, ".bands.table")
	}
	c.adjusts(&l.Adjust, ".adjust")
	if n := c.fresh(len(l.Caps)); n > 0 {
		l.Caps = make([]engine.Cap, n)
	}
	for i := range l.Caps {
		x := &l.Caps[i]
		c.span(&x.Span)
		c.flag(&x.OfEntered)
		c.table(&x.Table, ".caps"+numbered(i)+".table")
	}
	c.table(&l.Quota, ".quota.table")
	c.guarantee(&l.Guarantee, ".guarantee.table")
	c.guarantee(&l.Ceiling, ".ceiling.table")
	if c.begins(l.Split != nil) {
		l.Split = new(engine.Split)
	}
	if s := l.Split; s != nil {
		c.place(&s.Payer)
		c.table(&s.Table, ".split.table")
	}
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
	c.int(&way)
	switch b.Year = way == 1; {
	case way == 2:
		c.textList(&b.PaidBy)
	case way < 0 || way > 2:
		c.fail()
	}
}

func (c *codec) guarantee(p **engine.Guarantee, key string) {
	if c.begins(*p != nil) {
		*p = new(engine.Guarantee)
	}
	if g := *p; g != nil {
		c.places(&g.Of)
		c.table(&g.Table, key)
	}
}

func (c *codec) span(s *engine.Span) {
	small(c, &s.Per)
	if n := c.fresh(len(s.By)); n > 0 {
		s.By = make([]engine.Dim, n)
	}
	for i := range s.By {
		c.dim(&s.By[i])
	}
	c.textList(&s.With)
}

func (c *codec) dim(d *engine.Dim) {
	if small(c, d); int(*d) >= len(engine.Dims()) {
		c.fail()
		*d = 0
	}
}

func (c *codec) adjusts(l *[]engine.Adjust, key string) {
	if n := c.fresh(len(*l)); n > 0 {
		*l = make([]engine.Adjust, n)
	}
	for i := range *l {
		c.adjust(&(*l)[i], key+numbered(i))
	}
}

func (c *codec) adjust(a *engine.Adjust, key string) {
	if small(c, &a.Op); a.Op > engine.PerAdmission {
		c.fail()
		a.Op = 0
	}
	c.int32(&a.Over)
	c.table(&a.Table, key)
}

// table handles one that may be absent; key is where it stands below the layer.
func (c *codec) table(p **engine.Table, key string) {
	if c.begins(*p != nil) {
		*p = new(engine.Table)
	}
	if t := *p; t != nil {
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

func (c *codec) rows(l *[]engine.Row, key string) {
	key = c.key + key
	way := idList
	prefix := key
	if writes && c.writing {
		way, prefix = idWay(*l)
		if prefix == key {
			prefix = ""
		}
	}
	if c.int(&way); way < 0 || way >= idWays {
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
	if n := c.fresh(len(*l)); n > 0 {
		*l = make([]engine.Row, n)
	}
	for i := range *l {
		r := &(*l)[i]
		c.row(r)
		switch {
		case way == idOther:
			c.text(&r.ID)
		case writes && c.writing:
		case way == idSingle:
			r.ID = prefix
		default:
			r.ID = prefix + "[" + strconv.Itoa(i) + "]"
		}
	}
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
			if list[i].ID != prefix+numbered(i) {
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

// numbered is the position of one in a list, as ids have it.
func numbered(n int) string { return "[" + strconv.Itoa(n) + "]" }

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
	if writes && c.writing {
		for i, x := range [...]bool{f.Rate != 0, f.None, f.Unknown, f.Bounded, r.To != 0, r.Note != engine.Name{}, r.Of != nil, f.Open, r.ToOf != nil} {
			if x {
				has |= 1 << i
			}
		}
	}
	if c.int(&has); has < 0 || has >= rowBits {
		c.fail()
		return
	}
	c.when(&r.When)
	f.None, f.Unknown, f.Bounded, f.Open = has&rowNone != 0, has&rowUnknown != 0, has&rowBounded != 0, has&rowOpen != 0
	if has&rowKnown != 0 {
		c.rate(&f.Rate)
	}
	if f.Bounded {
		c.rate(&f.Lo)
		c.rate(&f.Hi)
	}
	if has&rowTo != 0 {
		u := uint64(r.To)
		c.uint(&u)
		r.To = engine.Fen(u)
	}
	c.provenance(r)
	if has&rowNote != 0 {
		c.name(&r.Note)
	}
	if has&rowOf != 0 {
		c.multiple(&r.Of)
	}
	if has&rowToOf != 0 {
		c.multiple(&r.ToOf)
	}
}

func (c *codec) multiple(m **engine.Multiple) {
	if !writes || !c.writing {
		*m = new(engine.Multiple)
	}
	c.decimal(&(*m).Times)
	c.name(&(*m).Base)
	c.int(&(*m).Year)
	c.decimal(&(*m).Amount)
}

// when writes a list of conditions where it is new, else which one it is. Tables of one
// layer tend to have the same conditions in the same order.
func (c *codec) when(l *[]engine.Cond) {
	var key string
	if writes && c.writing {
		key = "w" + whenKey(*l)
	}
	i, old := c.seen(key, len(c.whens), c.lastWhen+1)
	c.lastWhen = i
	if old {
		*l = c.whens[i]
		return
	}
	if n := c.fresh(len(*l)); n > 0 {
		*l = make([]engine.Cond, n)
	}
	for i := range *l {
		x := &(*l)[i]
		c.dim(&x.Dim)
		if x.Dim.IsCode() {
			c.uint(&x.Mask)
			continue
		}
		c.int32(&x.Lo)
		more := x.Hi
		if x.Hi == engine.MaxInt {
			more = -1
		}
		more++
		c.int32(&more)
		if x.Hi = more - 1; more == 0 {
			x.Hi = engine.MaxInt
		}
	}
	c.whens = append(c.whens, *l)
}

func (c *codec) provenance(r *engine.Row) {
	var key string
	if writes && c.writing {
		key = "p" + provKey(r)
	}
	i, old := c.seen(key, len(c.provs), c.lastProv)
	c.lastProv = i
	if old {
		x := c.provs[i]
		r.From, r.Until, r.AsOf, r.Sources, r.Grade = x.From, x.Until, x.AsOf, x.Sources, x.Grade
		return
	}
	c.date(&r.From)
	c.date(&r.Until)
	c.text(&r.AsOf)
	if n := c.fresh(len(r.Sources)); n > 0 {
		r.Sources = make([]uint8, n)
	}
	for i := range r.Sources {
		if small(c, &r.Sources[i]); int(r.Sources[i]) >= len(c.p.Sources) {
			c.fail()
		}
	}
	small(c, &r.Grade)
	c.provs = append(c.provs, r)
}

// seen writes or reads the position of a thing among the count of those so far, counted
// from the one that is likely; 0 says that it is new and follows.
func (c *codec) seen(key string, count, likely int) (i int, old bool) {
	ref := 0
	if writes && c.writing {
		if i, old = c.known[key]; old {
			d := i - likely
			ref = 1 + (d<<1 ^ d>>63)
		} else {
			i = count
			c.known[key] = i
		}
	}
	c.int(&ref)
	if writes && c.writing {
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

func whenKey(l []engine.Cond) string {
	k := codec{writing: true}
	for i := range l {
		x := l[i]
		small(&k, &x.Dim)
		k.uint(&x.Mask)
		k.int32(&x.Lo)
		k.int32(&x.Hi)
	}
	return string(k.bytes)
}

func provKey(r *engine.Row) string {
	k := codec{writing: true}
	from, until := r.From, r.Until
	k.date(&from)
	k.date(&until)
	k.bytes = append(k.bytes, r.AsOf...)
	k.bytes = append(k.bytes, 0, r.Grade)
	k.bytes = append(k.bytes, r.Sources...)
	return string(k.bytes)
}
