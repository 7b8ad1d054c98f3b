package source

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"mingbai/engine"
)

// benefits are the layers that have a name of their own everywhere.
var benefits = []string{"outpatient", "outpatient_high_cost", "pharmacy", "internet", "chronic", "special_drug", "two_diseases", "inpatient", "day_surgery",
	"antenatal", "delivery", "large_amount", "critical_illness", "supplement", "mutual_aid", "civil_servant", "assistance", "assistance_second", "maternity_subsidy"}

var schemeStatuses = map[string][]string{"employee": {"active", "retired"}, "resident": {"adult", "elder", "student_child"}}

// schemeBuilder reads one scheme.
type schemeBuilder struct {
	*builder
	f, national *fields
	s           engine.Scheme
	layers      []*layerBuilder
}

func (s *schemeBuilder) build(top *fields, nationalFile bool) {
	id := s.s.ID
	if n := s.f.get("statuses"); n != nil {
		for _, x := range s.items(n, "schemes."+id+".statuses") {
			if i := s.code(engine.DimStatus, x, "schemes."+id+".statuses"); i >= 0 {
				s.s.Statuses |= 1 << i
			}
		}
		if s.s.Statuses == 0 {
			s.errorf(n, "missing", "schemes."+id+".statuses", "statuses: [active, retired]", "the scheme %s has nobody", id)
		}
	} else {
		for _, c := range schemeStatuses[id] {
			s.s.Statuses |= 1 << s.p.Code(engine.DimStatus, c)
		}
	}
	s.classify(top)
	account := s.f.get("account")
	if account == nil && s.national != nil {
		account = s.national.get("account")
	}
	s.account(account)
	waiting := s.f.get("waiting")
	if waiting == nil && s.national != nil {
		waiting = s.national.get("waiting")
	}
	s.waiting(waiting)
	if nationalFile {
		return
	}
	n := s.f.need("layers", "layers: a list of who pays, in order")
	nodes := s.items(n, "schemes."+id+".layers")
	// Names first: with may point forward.
	for i, x := range nodes {
		l := &layerBuilder{schemeBuilder: s, at: x, key: fmt.Sprintf("%s.layers[%d]", id, i)}
		if l.open() {
			s.layers = append(s.layers, l)
		}
	}
	for _, l := range s.layers {
		l.build()
		s.s.Layers = append(s.s.Layers, l.l)
	}
	s.flow()
}

// everyone is every claim of the scheme.
func (s *schemeBuilder) everyone(more ...engine.Cond) *claims {
	return &claims{statuses: s.s.Statuses, given: more, from: s.from}
}

// section finds a key of classify: the scheme's, the file's, the national ones. Its id
// says whose it is.
func (s *schemeBuilder) section(top *fields, key string) (n *node, id string) {
	from := func(f *fields, prefix string) {
		if f == nil || n != nil {
			return
		}
		c := f.get("classify")
		if c == nil {
			return
		}
		g := s.fields(c, prefix, "classify", "paid_first", "limit", "never", "extra")
		if g != nil && g.get(key) != nil {
			n, id = g.get(key), prefix+"."+key
		}
	}
	own := s.s.ID + ".classify"
	from(s.f, own)
	from(top, "classify")
	from(s.national, own)
	from(s.builder.national, "classify")
	return n, id
}

func (s *schemeBuilder) classify(top *fields) {
	c := &s.s.Classify
	classB := engine.Cond{Dim: engine.DimItemClass, Mask: 1 << s.p.Code(engine.DimItemClass, "b")}
	n, id := s.section(top, "paid_first")
	c.PaidFirst = s.rows(n, id, tableForm{rowForm: rowForm{what: "a row of paid_first", figure: "share", unit: share, items: true}}, s.everyone(classB))
	n, id = s.section(top, "limit")
	c.Limit = s.rows(n, id, tableForm{rowForm: rowForm{what: "a row of limit", figure: "value", unit: yuan, none: true, items: true}, gaps: true}, s.everyone())
	n, id = s.section(top, "never")
	var named namedCodes
	for i, x := range s.items(n, id) {
		m, f := s.row(x, fmt.Sprintf("%s[%d]", id, i), rowForm{what: "a row of never", items: true})
		if f == nil {
			continue
		}
		if len(m.row.When) == 0 {
			s.errorf(x, "missing", id, "say which items are never in scope", "a row of never without conditions would take the whole bill")
		}
		named.add(&m.named)
		c.Never = append(c.Never, m.row)
	}
	s.followAll(c.Never, &named)
	n, id = s.section(top, "extra")
	if t := s.rows(n, id, tableForm{rowForm: rowForm{what: "a row of extra", figure: "share", unit: share}, gaps: true}, s.everyone()); t != nil {
		c.Extra = []engine.Adjust{{Op: engine.Plus, Table: t}}
	}
}

func (s *schemeBuilder) account(n *node) {
	if n == nil {
		return
	}
	if s.s.ID != "employee" {
		s.errorf(n, "misplaced", "schemes."+s.s.ID+".account", "drop it", "only employees have personal accounts")
		return
	}
	id := s.s.ID + ".account"
	a := &engine.Account{}
	var named namedCodes
	var marks []*node
	items := s.items(n, id)
	for i, x := range items {
		key := fmt.Sprintf("%s[%d]", id, i)
		m, f := s.row(x, key, rowForm{what: "a row of account", extra: []string{"pays", "first"}})
		if f == nil {
			continue
		}
		row := engine.AccountRow{Row: m.row}
		if n := f.get("first"); n != nil {
			word, _ := s.choice(n, key+".first", "true")
			row.First = word == "true"
		}
		for _, p := range s.items(f.need("pays", "pays: the buckets that the account may pay"), key+".pays") {
			if place, ok := s.bucket(p, key+".pays"); ok {
				row.Buckets = append(row.Buckets, place)
			}
		}
		named.add(&m.named)
		a.Pays = append(a.Pays, row)
		marks = append(marks, x)
	}
	var rows []*engine.Row
	for i := range a.Pays {
		s.followConds(a.Pays[i].When, &named)
		rows = append(rows, &a.Pays[i].Row)
	}
	s.s.Account = a
	if len(rows) == len(items) && len(rows) > 0 {
		s.proofs = append(s.proofs, proof{key: id, at: n, rows: rows, marks: marks, asked: s.everyone()})
	}
}

// waiting reads how long people wait who enrolled late or again.
func (s *schemeBuilder) waiting(n *node) {
	if n == nil {
		return
	}
	key := s.s.ID + ".waiting"
	f := s.fields(n, key, "waiting", "fixed", "per_missed_year", "per_repaired_year", "floor")
	if f == nil {
		return
	}
	f.need("fixed", "fixed: rows with the months that everybody waits; 0 for none")
	table := func(name string, gaps bool) *engine.Table {
		return s.rows(f.get(name), key+"."+name, tableForm{rowForm: rowForm{what: "a row of " + name, figure: "value", unit: months}, gaps: gaps}, s.everyone())
	}
	s.s.Waiting = &engine.Waiting{Fixed: table("fixed", false), PerMissedYear: table("per_missed_year", true),
		PerRepairedYear: table("per_repaired_year", true), Floor: table("floor", true)}
}

var buckets = []string{"self_funded", "over_limit", "paid_first", "in_scope", "separate", "deductible", "copay", "above_cap"}

func (b *builder) bucket(n *node, key string, more ...string) (engine.Place, bool) {
	word, ok := b.choice(n, key, append(more, buckets...)...)
	if !ok {
		return 0, false
	}
	return engine.PlaceByName(word)
}

var payers = []string{"hifp_pay", "hifob_pay", "hifmi_pay", "cvlserv_pay", "hifes_pay", "maf_pay", "oth_pay", "hosp_part_amt"}

func (b *builder) payer(n *node, key string) engine.Place {
	word, _ := b.choice(n, key, payers...)
	p, _ := engine.PlaceByName(word)
	return p
}

// layerBuilder reads one layer.
type layerBuilder struct {
	*schemeBuilder
	at     *node
	key    string // "employee.inpatient" once the id is known
	f      *fields
	l      engine.Layer
	asked  *claims
	enters []*node
}

func (l *layerBuilder) open() bool {
	l.f = l.fields(l.at, l.key, "a layer", "id", "name", "payer", "status", "from", "until", "applies", "enters", "deductible", "bands", "quota", "adjust",
		"cap", "caps", "guarantee", "ceiling", "split")
	if l.f == nil {
		return false
	}
	n := l.f.need("id", "id: the benefit, such as inpatient")
	id, ok := l.word(n, l.key+".id")
	if !ok {
		return false
	}
	for _, o := range l.layers {
		if o.l.ID == id {
			l.errorf(n, "duplicate_id", l.key, "join them, or give the second another id and a name", "the layer %s stands twice (first in line %d)", id, o.at.line)
			return false
		}
	}
	l.l.ID = id
	l.key = l.s.ID + "." + id
	if nn := l.f.get("name"); nn != nil {
		l.l.Name = l.name(nn, l.key+".name")
	} else if !contains(benefits, id) && l.f.name["name"] == nil {
		hint := "name: {zh, en}; benefits with a name everywhere: " + strings.Join(benefits, ", ")
		if near := nearest(id, benefits); near != "" {
			hint = fmt.Sprintf("did you mean %q? another benefit needs a name: {zh, en}", near)
		}
		l.errorf(n, "missing", l.key, hint, "the layer %s has no name", id)
	}
	return true
}

func (l *layerBuilder) build() {
	f, key := l.f, l.key
	l.l.Payer = l.payer(f.need("payer", "payer: hifp_pay for the pooled fund"), key+".payer")
	if n := f.get("status"); n != nil {
		word, _ := l.choice(n, key+".status", "current", "draft")
		l.l.Draft = word == "draft"
	}
	l.l.From = l.date(f.get("from"), key+".from")
	l.l.Until = l.date(f.get("until"), key+".until")
	if l.l.Until != 0 && l.l.Until < l.l.From {
		l.errorf(f.get("until"), "date", key+".until", "until is the last day", "the layer ends before it begins")
	}
	conds, named := l.conditions(f.need("applies", "applies: {kind: inpatient}; {} is every claim"), key+".applies", false)
	l.followConds(conds, &named)
	l.l.Applies = conds
	for _, c := range conds {
		if c.Dim == engine.DimStatus && c.Mask&l.s.Statuses == 0 {
			l.errorf(f.get("applies"), "nobody", key+".applies", "the scheme's statuses are "+l.statusList(), "nobody in %s satisfies applies", l.s.ID)
		}
	}
	l.asked = &claims{statuses: l.s.Statuses, given: conds, from: max(l.from, l.l.From), until: l.l.Until}
	l.readEnters(f.need("enters", "enters: [in_scope]"))
	l.deductible(f.get("deductible"))
	l.bands(f)
	l.l.Adjust = l.adjust(f.get("adjust"), key+".adjust", shareAdjust, l.asked, true)
	l.caps(f)
	l.ranges = append(l.ranges, l)
	if n := f.get("guarantee"); n != nil {
		l.l.Guarantee = l.guarantee(n, key+".guarantee")
	}
	if n := f.get("ceiling"); n != nil {
		l.l.Ceiling = l.guarantee(n, key+".ceiling")
	}
	if n := f.get("split"); n != nil {
		if g := l.fields(n, key+".split", "split", "payer", "table"); g != nil {
			l.l.Split = &engine.Split{Payer: l.payer(g.need("payer", "payer: who bears the rest"), key+".split.payer")}
			l.l.Split.Table = l.table(g, key+".split", share, false)
			if l.l.Split.Payer == l.l.Payer && l.l.Payer != 0 {
				l.errorf(g.get("payer"), "not_allowed", key+".split.payer", "name the other payer", "split names the layer's own payer")
			}
		}
	}
}

func (s *schemeBuilder) statusList() string {
	var out []string
	for i, c := range s.p.Codes[engine.DimStatus] {
		if s.s.Statuses&(1<<i) != 0 {
			out = append(out, c.Code)
		}
	}
	return strings.Join(out, ", ")
}

// table reads the part's rows under the key table.
func (l *layerBuilder) table(f *fields, key string, u unit, none bool) *engine.Table {
	return l.rows(f.need("table", "table: a list of rows"), key+".table", l.form(key, u, none), l.asked)
}

func (l *layerBuilder) form(key string, u unit, none bool) tableForm {
	figure := "value"
	if u == share {
		figure = "share"
	}
	part := last(key)
	if i := strings.IndexByte(part, '['); i > 0 {
		part = part[:i]
	}
	return tableForm{rowForm: rowForm{what: "a row of " + part, figure: figure, unit: u, none: none}}
}

func (l *layerBuilder) readEnters(n *node) {
	key := l.key + ".enters"
	if n != nil && n.kind == list && len(n.items) == 0 {
		l.errorf(n, "missing", key, "enters: [in_scope]", "nothing enters the layer")
	}
	for _, x := range l.items(n, key) {
		e := engine.Entry{Weight: engine.One}
		name := x
		if x.kind == mapping {
			if len(x.keys) != 1 || x.keys[0].kind != scalar {
				l.errorf(x, "type", key, "{paid_first: 0.5}", "a weighted bucket is one key and its weight")
				continue
			}
			name = x.keys[0]
			w, ok := l.measured(x.items[0], key, share)
			if !ok {
				continue
			}
			if w.IsZero() {
				l.errorf(x.items[0], "number", key, "drop the bucket", "a bucket with weight 0 does not enter")
			}
			e.Weight = engine.NewFigure(w).Rate
		}
		var ok bool
		if e.Bucket, ok = l.bucket(name, key); !ok {
			continue
		}
		for _, o := range l.l.Enters {
			if o.Bucket == e.Bucket {
				l.errorf(x, "duplicate_id", key, "name each bucket once", "%s enters twice", e.Bucket)
			}
		}
		if main := e.Bucket == engine.InScope || e.Bucket == engine.Separate; main && len(l.l.Enters) > 0 {
			l.errorf(x, "enters_order", key, "put it first: it decides what becomes of the rest", "%s enters after another bucket", e.Bucket)
		}
		l.l.Enters = append(l.l.Enters, e)
		l.enters = append(l.enters, x)
	}
}

var pers = map[string]engine.Per{"admission": engine.PerClaim, "claim": engine.PerClaim, "year": engine.PerYear, "month": engine.PerMonth,
	"quarter": engine.PerQuarter, "lifetime": engine.PerLifetime}

// span reads per, by and with.
func (l *layerBuilder) readSpan(f *fields, key string) (s engine.Span) {
	word, _ := l.choice(f.need("per", "per: admission, year, quarter, month or lifetime"), key+".per", "admission", "claim", "year", "quarter", "month", "lifetime")
	s.Per = pers[word]
	if by := f.get("by"); by != nil {
		for _, x := range l.items(by, key+".by") {
			d, ok := engine.DimByName(x.text)
			if x.kind != scalar || !ok || !d.IsCode() || d == engine.DimItemClass || d == engine.DimItemKind || d == engine.DimSupplements {
				l.errorf(x, "not_allowed", key+".by", "by: [disease], or another dimension of codes", "by cannot be %s", x.kindName())
				continue
			}
			s.By = append(s.By, d)
		}
		if s.Per == engine.PerClaim && word != "" {
			l.errorf(by, "misplaced", key+".by", "drop by, or say per year or month", "by has no meaning per %s", word)
		}
	}
	if w := f.get("with"); w != nil {
		s.With = l.with(w, key+".with")
		if s.Per == engine.PerClaim && word != "" {
			l.errorf(w, "misplaced", key+".with", "drop with, or say per year", "with has no meaning per %s", word)
		}
	}
	return s
}

// with reads the layers whose counters are added to the layer's own.
func (l *layerBuilder) with(n *node, key string) []string {
	out := l.named(n, key)
	if len(out) > 0 && !contains(out, l.l.ID) {
		out = append([]string{l.l.ID}, out...)
	}
	return out
}

// named reads a list of layers of the scheme.
func (l *layerBuilder) named(n *node, key string) []string {
	var out []string
	for _, x := range l.items(n, key) {
		var known []string
		there := false
		for _, o := range l.layers {
			known = append(known, o.l.ID)
			there = there || x.kind == scalar && o.l.ID == x.text
		}
		switch {
		case !there:
			hint := last(key) + " names layers of the scheme"
			if x.kind == scalar {
				hint = l.meant(x.text, known)
			}
			l.errorf(x, "unknown_layer", key, hint, "%s has no layer %s", l.s.ID, x.kindName())
		case contains(out, x.text):
			l.errorf(x, "duplicate_id", key, "name each layer once", "%s stands twice", x.text)
		default:
			out = append(out, x.text)
		}
	}
	return out
}

func (l *layerBuilder) deductible(n *node) {
	if n == nil {
		return
	}
	key := l.key + ".deductible"
	f := l.fields(n, key, "a deductible", "per", "by", "with", "table", "share_of", "floor", "ceiling", "adjust", "less_spell", "limit")
	if f == nil {
		return
	}
	d := &engine.Deductible{Span: l.readSpan(f, key)}
	l.l.Deductible = d
	u := yuan
	if so := f.get("share_of"); so != nil {
		if p, ok := l.bucket(so, key+".share_of", "bill"); ok {
			d.ShareOf = &p
		}
		u = share
	}
	d.Table = l.table(f, key, u, false)
	for _, end := range [...]struct {
		name string
		to   **engine.Table
	}{{"floor", &d.Floor}, {"ceiling", &d.Ceiling}} {
		x := f.get(end.name)
		if x == nil {
			continue
		}
		if u != share {
			l.errorf(f.name[end.name], "misplaced", key+"."+end.name, "for an amount use adjust with at_least or at_most", "%s stands beside share_of", end.name)
			continue
		}
		form := l.form(key, yuan, true)
		form.what = "a row of " + end.name
		*end.to = l.rows(x, key+"."+end.name, form, l.asked)
	}
	d.Adjust = l.adjust(f.get("adjust"), key+".adjust", yuanAdjust, l.asked, true)
	if s := f.get("less_spell"); s != nil {
		var named namedCodes
		d.LessSpell, named = l.conditions(s, key+".less_spell", false)
		l.followConds(d.LessSpell, &named)
		if s.kind == mapping && len(s.keys) == 0 {
			l.errorf(s, "missing", key+".less_spell", "less_spell: {referral: up}", "less_spell names no claims")
		}
	}
	if x := f.get("limit"); x != nil {
		if g := l.fields(x, key+".limit", "limit", "with", "table"); g != nil {
			d.Limit = &engine.Limit{Table: l.table(g, key+".limit", yuan, true)}
			if w := g.get("with"); w != nil {
				d.Limit.With = l.with(w, key+".limit.with")
			}
		}
	}
}

func (l *layerBuilder) bands(f *fields) {
	key := l.key
	b, q := f.get("bands"), f.get("quota")
	switch {
	case f.name["bands"] == nil && f.name["quota"] == nil:
		l.errorf(l.at, "missing", key, "bands: {counted_from, along, table} or quota: {table}", "the layer %s has neither bands nor a quota", l.l.ID)
	case b != nil && q != nil:
		l.errorf(f.name["quota"], "misplaced", key+".quota", "a quota stands instead of bands", "the layer %s has both bands and a quota", l.l.ID)
	}
	if b != nil {
		if g := l.fields(b, key+".bands", "bands", "counted_from", "along", "paid_by", "table"); g != nil {
			x := &engine.Bands{}
			word, _ := l.choice(g.need("along", "along: claim, year for year-to-date segments, or paid where bounds are payments"), key+".bands.along", "claim", "year", "paid")
			x.Year = word == "year"
			if word == "paid" {
				l.alongPaid(g, x)
			} else {
				word, _ = l.choice(g.need("counted_from", "counted_from: zero, or deductible where bounds begin above it"), key+".bands.counted_from", "zero", "deductible")
				x.FromZero = word == "zero"
				if p := g.name["paid_by"]; p != nil {
					l.errorf(p, "misplaced", key+".bands.paid_by", "say along: paid, or drop paid_by", "paid_by stands beside along: paid")
				}
			}
			form := l.form(key+".bands", share, false)
			form.to, form.ladder = true, true
			x.Rows = l.rows(g.need("table", "table: a list of rows"), key+".bands.table", form, l.asked)
			l.l.Bands = x
		}
	}
	if q != nil {
		if g := l.fields(q, key+".quota", "quota", "table"); g != nil {
			l.l.Quota = l.table(g, key+".quota", yuan, false)
		}
	}
}

// alongPaid reads whose payments the bounds of segments measure.
func (l *layerBuilder) alongPaid(g *fields, x *engine.Bands) {
	key := l.key + ".bands"
	if c := g.name["counted_from"]; c != nil {
		l.errorf(c, "misplaced", key+".counted_from", "drop it: no deductible is part of a payment", "counted_from has no meaning along payments")
	}
	x.PaidBy = []string{l.l.ID}
	n := g.get("paid_by")
	if n == nil {
		return
	}
	if x.PaidBy = l.named(n, key+".paid_by"); n.kind == list && len(n.items) == 0 {
		l.errorf(n, "missing", key+".paid_by", "paid_by: [inpatient]; left out: the layer itself", "paid_by names no layer")
	}
	if contains(x.PaidBy, l.l.ID) {
		return
	}
	after := false // whether the layers of the scheme that follow are reached
	for _, o := range l.layers {
		after = after || o == l
		for _, x := range n.items {
			if after && x.text == o.l.ID {
				l.errorf(x, "cycle", key+".paid_by", "put "+l.l.ID+" after "+x.text, "%s follows what the later layer %s pays", l.l.ID, x.text)
			}
		}
	}
	if e := l.l.Enters; len(x.PaidBy) > 0 && len(e) > 0 && (len(e) > 1 || e[0].Bucket != engine.Copay) {
		l.errorf(l.f.name["enters"], "not_allowed", l.key+".enters", "enters: [copay]; what else it pays, another layer does", "%s follows what %s paid, so it looks at the copay alone", l.l.ID, x.PaidBy[0])
	}
	if d := l.f.name["deductible"]; d != nil {
		l.errorf(d, "misplaced", l.key+".deductible", "drop one of them", "%s follows what others paid and has a deductible", l.l.ID)
	}
}

func (l *layerBuilder) caps(f *fields) {
	one := func(n *node, key string) {
		g := l.fields(n, key, "a cap", "of", "per", "by", "with", "table")
		if g == nil {
			return
		}
		c := engine.Cap{}
		word, _ := l.choice(g.need("of", "of: paid, or entered where the cap bounds eligible costs"), key+".of", "paid", "entered")
		c.OfEntered = word == "entered"
		c.Span = l.readSpan(g, key)
		c.Table = l.table(g, key, yuan, true)
		l.l.Caps = append(l.l.Caps, c)
	}
	if n := f.get("cap"); n != nil {
		if n.kind == list {
			l.errorf(n, "type", l.key+".cap", "several stand under caps", "cap is one cap, not a list")
			return
		}
		one(n, l.key+".cap")
		if f.name["caps"] != nil {
			l.errorf(f.name["caps"], "misplaced", l.key+".caps", "put all under caps", "the layer %s has both cap and caps", l.l.ID)
		}
		return
	}
	for i, n := range l.items(f.get("caps"), l.key+".caps") {
		one(n, fmt.Sprintf("%s.caps[%d]", l.key, i))
	}
}

func (l *layerBuilder) guarantee(n *node, key string) *engine.Guarantee {
	f := l.fields(n, key, last(key), "of", "table")
	if f == nil {
		return nil
	}
	g := &engine.Guarantee{Table: l.table(f, key, share, false)}
	of := f.need("of", "of: the buckets whose sum counts, such as [in_scope]")
	for _, x := range l.items(of, key+".of") {
		if p, ok := l.bucket(x, key+".of", "bill"); ok {
			g.Of = append(g.Of, p)
		}
	}
	if of != nil && of.kind == list && len(of.items) == 0 {
		l.errorf(of, "missing", key+".of", "of: [in_scope]", "of names no bucket")
	}
	return g
}

// adjustKind says what adjustments change.
type adjustKind uint8

const (
	shareAdjust adjustKind = iota
	yuanAdjust
)

var adjustOps = [...][]string{
	shareAdjust: {"plus", "times", "own_share_times", "per_year_of_age", "at_least", "at_most", "replace"},
	yuanAdjust:  {"plus", "times", "per_admission", "at_least", "at_most", "replace"},
}

// unitOf is what an operation's figure counts.
func (k adjustKind) unitOf(op engine.Op) unit {
	switch op {
	case engine.Times, engine.OwnShareTimes:
		return factor
	case engine.PerYearOfAge:
		return perYear
	case engine.PerAdmission:
		return yuanMore
	case engine.Plus:
		if k == yuanAdjust {
			return yuanMore
		}
		return points
	}
	if k == yuanAdjust {
		return yuan
	}
	return share
}

// adjust reads a list of adjustments; asked is nil where no layer asks for it.
func (b *builder) adjust(n *node, key string, kind adjustKind, asked *claims, mayUse bool) []engine.Adjust {
	if n == nil {
		return nil
	}
	if asked == nil {
		asked = &claims{statuses: b.all(engine.DimStatus), from: b.from}
	}
	var out []engine.Adjust
	for i, x := range b.items(n, key) {
		id := fmt.Sprintf("%s[%d]", key, i)
		if x.kind != mapping {
			b.errorf(x, "type", id, "{when: …, plus: 0.05, from: …, source: …, grade: …}", "an entry of adjust must be a mapping, not %s", x.kindName())
			continue
		}
		var ops []string
		for _, k := range x.keys {
			if _, is := engine.OpByName(k.text); is && k.kind == scalar {
				ops = append(ops, k.text)
			}
		}
		use := x.key("use")
		switch {
		case use != nil:
			f := b.fields(x, id, "an entry of adjust with use", "use")
			if f == nil || f.get("use") == nil {
				continue
			}
			out = append(out, b.useShared(f.get("use"), id, kind, asked, mayUse)...)
			continue
		case len(ops) == 0:
			f := b.anyFields(x, id, "an entry of adjust")
			hint := "one of " + strings.Join(adjustOps[kind], ", ") + ", or use"
			if f != nil {
				for _, k := range x.keys {
					if near := nearest(k.text, adjustOps[kind]); near != "" {
						hint = fmt.Sprintf("did you mean %q for %q?", near, k.text)
					}
				}
			}
			b.errorf(x, "missing", id, hint, "an entry of adjust names no operation")
			continue
		case len(ops) > 1:
			b.errorf(x, "misplaced", id, "make two entries; they act in order", "an entry of adjust has two operations, %s and %s", ops[0], ops[1])
			continue
		}
		op, _ := engine.OpByName(ops[0])
		if !contains(adjustOps[kind], ops[0]) {
			what := [...]string{shareAdjust: "a share", yuanAdjust: "a deductible"}[kind]
			b.errorf(x.keyNode(ops[0]), "misplaced", id, "on "+what+": "+strings.Join(adjustOps[kind], ", "), "%s does not act on %s", ops[0], what)
			continue
		}
		a := engine.Adjust{Op: op}
		form := tableForm{rowForm: rowForm{what: "an entry of adjust", figure: ops[0], unit: kind.unitOf(op)}, gaps: true}
		var over *fields
		if body := x.key(ops[0]); body.kind == list {
			over = b.fields(x, id, "an entry of adjust with rows", ops[0], "partial", "over")
			form.gaps = false
			if p := over.get("partial"); p != nil {
				word, _ := b.choice(p, id+".partial", "true")
				form.gaps = word == "true"
			}
			form.rowForm.figure, form.rowForm.what = "value", "a row of "+ops[0]
			a.Table = b.rows(body, id+"."+ops[0], form, asked)
		} else {
			form.extra = []string{"over"}
			m, f := b.row(x, id, form.rowForm)
			if f == nil {
				continue
			}
			over = f
			b.followConds(m.row.When, &m.named)
			a.Table = &engine.Table{Rows: []engine.Row{m.row}, Gaps: true}
			b.mark(a.Table, []*node{m.at})
			b.proofs = append(b.proofs, proof{key: id, at: m.at, rows: rowsOf(a.Table), marks: []*node{m.at}, gaps: true, asked: asked})
		}
		switch o := over.get("over"); {
		case op == engine.PerYearOfAge || op == engine.PerAdmission:
			hint, top := "over: the age from which years count; 0 for all", 150
			if op == engine.PerAdmission {
				hint, top = "over: 1 for each admission after the first", 100
			}
			from, ok := b.whole(over.need("over", hint), id+".over", 0, top)
			if !ok {
				continue
			}
			a.Over = int32(from)
		case o != nil:
			b.errorf(over.name["over"], "misplaced", id+".over", "it stands beside per_year_of_age or per_admission", "over has no meaning for %s", ops[0])
		}
		if a.Table != nil {
			out = append(out, a)
		}
	}
	return out
}

// useShared takes over a list of shared.
func (b *builder) useShared(n *node, id string, kind adjustKind, asked *claims, mayUse bool) []engine.Adjust {
	var known []string
	for name := range b.shared {
		known = append(known, name)
	}
	switch list := b.shared[n.text]; {
	case !mayUse:
		b.errorf(n, "misplaced", id, "write the entries out", "a shared list cannot use another")
	case kind == yuanAdjust:
		b.errorf(n, "misplaced", id, "shared lists change shares", "a shared list cannot change a deductible")
	case n.kind != scalar || list == nil:
		hint := "lists stand under shared"
		if near := nearest(n.text, known); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
		}
		b.errorf(n, "unknown_shared", id, hint, "there is no shared list %s", n.kindName())
	default:
		list.used = true
		return b.adjust(list.list, "shared."+n.text, kind, asked, false)
	}
	return nil
}

// key finds a key's value without judging the mapping.
func (n *node) key(name string) *node {
	for i, k := range n.keys {
		if k.kind == scalar && k.text == name {
			return n.items[i]
		}
	}
	return nil
}

func (n *node) keyNode(name string) *node {
	for _, k := range n.keys {
		if k.kind == scalar && k.text == name {
			return k
		}
	}
	return n
}

// flow checks that what a layer enters can hold something by then: an error where only
// a later layer makes it or where nothing could ever enter, else a doubt.
func (s *schemeBuilder) flow() {
	for i, l := range s.layers {
		full := 0
		var empty []int
		for j, e := range l.l.Enters {
			before, after := e.Bucket < engine.Deducted, ""
			for k, o := range s.layers {
				if k == i || !o.makes(e.Bucket) {
					continue
				}
				before = before || k < i && meet(o.l.Applies, l.l.Applies)
				if k > i && after == "" && meet(o.l.Applies, l.l.Applies) {
					after = o.l.ID
				}
			}
			switch {
			case before:
				full++
			case after != "":
				s.errorf(l.enters[j], "cycle", l.key+".enters", "put "+l.l.ID+" after "+after, "%s enters %s, which only the later layer %s makes", l.l.ID, e.Bucket, after)
			default:
				empty = append(empty, j)
			}
		}
		for _, j := range empty {
			tell := s.warnf
			if full == 0 {
				tell = s.errorf
			}
			bucket := l.l.Enters[j].Bucket
			tell(l.enters[j], "no_bucket", l.key+".enters", makers[bucket], "nothing before %s puts money into %s for the same claims", l.l.ID, bucket)
		}
	}
}

var makers = map[engine.Place]string{
	engine.Deducted: "an earlier layer that enters in_scope and has a deductible makes it",
	engine.Copay:    "an earlier layer that enters in_scope makes it",
	engine.AboveCap: "an earlier layer that enters in_scope and has a cap makes it",
}

// makes reports whether the layer sorts money into a bucket.
func (l *layerBuilder) makes(p engine.Place) bool {
	if len(l.l.Enters) == 0 {
		return true // said already
	}
	first := l.l.Enters[0].Bucket
	if first != engine.InScope && first != engine.Separate && first != engine.AboveCap {
		return false
	}
	switch p {
	case engine.Deducted:
		return l.f.name["deductible"] != nil
	case engine.AboveCap:
		return first != engine.AboveCap && (l.f.name["cap"] != nil || l.f.name["caps"] != nil)
	}
	return true
}

// meet reports whether one claim can satisfy both.
func meet(a, b []engine.Cond) bool {
	for _, x := range a {
		for _, y := range b {
			if x.Dim != y.Dim || x.Dim == engine.DimSupplements {
				continue
			}
			if x.Dim.IsCode() && x.Mask&y.Mask == 0 || !x.Dim.IsCode() && (x.Hi < y.Lo || y.Hi < x.Lo) {
				return false
			}
		}
	}
	return true
}

var one = decimal.NewFromInt(1)
