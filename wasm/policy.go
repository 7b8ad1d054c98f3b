package wasm

import (
	"strings"

	"mingbai/engine"
	"mingbai/wasm/json"
)

var policyFields = []string{"v", "op", "region", "policy"}

// policy answers {"op":"policy"} with a region's rules as readable rows, and with the
// codes and visits from which a form can be built.
func policy(c *Call) {
	var f [4]json.Value
	c.Fields(c.Request, policyFields, f[:])
	p := c.whose(f[2], f[3])
	if c.Refused() {
		return
	}
	c.Out.Key("policy")
	w := book{c.Out, p}
	w.policy()
}

// book writes a policy.
type book struct {
	*json.Writer
	p *engine.Policy
}

func (w book) str(name, s string) {
	if s != "" {
		w.Text(name, s)
	}
}

func (w book) policy() {
	p := w.p
	w.Object()
	w.ObjectAt("region")
	w.str("code", p.Region.Code)
	writeName(w.Writer, "name", p.Region.Name)
	writeName(w.Writer, "province", p.Region.Province)
	w.str("pinyin", p.Region.Pinyin)
	w.str("initials", p.Region.Initials)
	w.str("hotline", p.Region.Hotline)
	w.EndObject()
	w.str("version", p.Version)
	w.str("from", p.From.String())
	w.Key("year_starts")
	w.Quoted(func(b []byte) []byte {
		m, d := p.YearStarts/100, p.YearStarts%100
		return append(b, byte('0'+m/10), byte('0'+m%10), '-', byte('0'+d/10), byte('0'+d%10))
	})
	w.ObjectAt("codes")
	for _, d := range engine.Dims() {
		if d.IsCode() && len(p.Codes[d]) > 0 {
			w.coded(d)
		}
	}
	w.EndObject()
	w.ArrayAt("schemes")
	for i := range p.Schemes {
		w.scheme(&p.Schemes[i])
	}
	w.EndArray()
	w.ArrayAt("exclude")
	for i := range p.Exclude {
		x := &p.Exclude[i]
		w.Object()
		w.row(&x.Row, "")
		w.str("reason", x.Reason)
		w.EndObject()
	}
	w.EndArray()
	w.gaps()
	w.ObjectAt("sources")
	for i := range p.Sources {
		writeSource(w.Writer, &p.Sources[i])
	}
	w.EndObject()
	w.EndObject()
}

// coded lists the codes of a dimension with the region's names for its own.
func (w book) coded(d engine.Dim) {
	w.Key(d.String())
	w.Array()
	for i := range w.p.Codes[d] {
		k := &w.p.Codes[d][i]
		w.Object()
		w.str("code", k.Code)
		writeName(w.Writer, "name", k.Name)
		if k.Kinds != 0 {
			w.Key("kinds")
			writeCodes(w.Writer, w.p, engine.DimKind, k.Kinds)
		}
		w.EndObject()
	}
	w.EndArray()
}

// gaps writes what is not known, disputed or was changed.
func (w book) gaps() {
	w.ArrayAt("unknown")
	for i := range w.p.Unknown {
		u := &w.p.Unknown[i]
		w.Object()
		w.str("key", u.Key)
		w.str("looked", u.Looked)
		writeName(w.Writer, "note", u.Note)
		w.EndObject()
	}
	w.EndArray()
	w.ArrayAt("conflicts")
	for i := range w.p.Conflicts {
		x := &w.p.Conflicts[i]
		w.Object()
		w.str("key", x.Key)
		w.str("chosen", x.Chosen)
		w.texts("sources", x.Sources)
		w.str("against", x.Against)
		w.texts("other", x.Other)
		writeName(w.Writer, "why", x.Why)
		w.EndObject()
	}
	w.EndArray()
	w.ArrayAt("changes")
	for i := range w.p.Changes {
		x := &w.p.Changes[i]
		w.Object()
		w.str("date", x.Date)
		w.str("key", x.Key)
		w.str("was", x.Was)
		w.str("is", x.Is)
		w.texts("sources", x.Sources)
		w.EndObject()
	}
	w.EndArray()
}

func (w book) waiting(x *engine.Waiting) {
	if x == nil {
		return
	}
	w.ObjectAt("waiting")
	w.table("fixed", x.Fixed, "months")
	w.table("per_missed_year", x.PerMissedYear, "months")
	w.table("per_repaired_year", x.PerRepairedYear, "months")
	w.table("floor", x.Floor, "months")
	w.EndObject()
}

func (w book) texts(name string, list []string) {
	if len(list) == 0 {
		return
	}
	w.ArrayAt(name)
	for _, s := range list {
		w.Str(s)
	}
	w.EndArray()
}

func (w book) scheme(s *engine.Scheme) {
	w.Object()
	w.str("id", s.ID)
	w.Key("statuses")
	writeCodes(w.Writer, w.p, engine.DimStatus, s.Statuses)
	w.ArrayAt("kinds")
	for i, k := range w.p.Codes[engine.DimKind] {
		status, grade := coverage(s, 1<<i)
		if status == "" {
			continue
		}
		w.Object()
		w.str("code", k.Code)
		w.str("status", status)
		writeGrade(w.Writer, grade)
		w.EndObject()
	}
	w.EndArray()
	w.ObjectAt("classify")
	w.table("paid_first", s.Classify.PaidFirst, "share")
	w.table("limit", s.Classify.Limit, "CNY")
	if len(s.Classify.Never) > 0 {
		w.rows("never", s.Classify.Never, "")
	}
	w.adjusts("extra", s.Classify.Extra, "share")
	w.EndObject()
	if s.Account != nil {
		w.ArrayAt("account")
		for i := range s.Account.Pays {
			r := &s.Account.Pays[i]
			w.Object()
			w.row(&r.Row, "")
			w.places("pays", r.Buckets)
			if r.First {
				w.Name("first")
				w.Bool(true)
			}
			w.EndObject()
		}
		w.EndArray()
	}
	w.waiting(s.Waiting)
	w.ArrayAt("layers")
	for i := range s.Layers {
		w.layer(&s.Layers[i])
	}
	w.EndArray()
	w.EndObject()
}

// coverage says whether a scheme settles a kind of visit: "current", "draft" or not at
// all, and the lowest grade among the figures of the layers that enter the bill itself.
func coverage(s *engine.Scheme, kind uint64) (status string, grade byte) {
	for i := range s.Layers {
		l := &s.Layers[i]
		if l.Enters[0].Bucket != engine.InScope || !sees(l, kind) {
			continue
		}
		if status == "" || l.Draft {
			// One draft among the layers of a visit keeps the visit from settling.
			status = "current"
			if l.Draft {
				status = "draft"
			}
		}
		grade = max(grade, layerGrade(l))
	}
	return status, grade
}

func sees(l *engine.Layer, kind uint64) bool {
	for _, c := range l.Applies {
		if c.Dim == engine.DimKind && c.Mask&kind == 0 {
			return false
		}
	}
	return true
}

// layerGrade is the lowest grade of a layer's figures. Grades go down from A to D, so
// the lowest is the greatest letter.
func layerGrade(l *engine.Layer) (grade byte) {
	one := engine.Scheme{Layers: []engine.Layer{*l}}
	one.EachTable(func(t *engine.Table) {
		for i := range t.Rows {
			grade = max(grade, t.Rows[i].Grade)
		}
	})
	return grade
}

var perNames = [...]string{"claim", "year", "month", "quarter", "lifetime"}

func (w book) layer(l *engine.Layer) {
	w.Object()
	w.str("id", l.ID)
	writeName(w.Writer, "name", l.Name)
	w.str("payer", l.Payer.String())
	w.Key("status")
	if l.Draft {
		w.Str("draft")
	} else {
		w.Str("current")
	}
	writeGrade(w.Writer, layerGrade(l))
	w.str("from", l.From.String())
	w.str("until", l.Until.String())
	w.conds("applies", l.Applies)
	w.ArrayAt("enters")
	for _, e := range l.Enters {
		w.Object()
		w.str("bucket", e.Bucket.String())
		if e.Weight != engine.One {
			w.Key("weight")
			w.Quoted(func(b []byte) []byte { return appendRate(b, e.Weight) })
		}
		w.EndObject()
	}
	w.EndArray()
	w.deductible(l.Deductible)
	if b := l.Bands; b != nil {
		w.ObjectAt("bands")
		if len(b.PaidBy) > 0 {
			w.str("along", "paid")
			w.texts("paid_by", b.PaidBy)
		} else {
			w.choice("counted_from", b.FromZero, "zero", "deductible")
			w.choice("along", b.Year, "year", "claim")
		}
		w.table("rows", b.Rows, "share")
		w.EndObject()
	}
	w.adjusts("adjust", l.Adjust, "share")
	if len(l.Caps) > 0 {
		w.ArrayAt("caps")
		for i := range l.Caps {
			k := &l.Caps[i]
			w.Object()
			w.choice("of", k.OfEntered, "entered", "paid")
			w.span(&k.Span)
			w.table("rows", k.Table, "CNY")
			w.EndObject()
		}
		w.EndArray()
	}
	if l.Quota != nil {
		w.ObjectAt("quota")
		w.table("rows", l.Quota, "CNY")
		w.EndObject()
	}
	w.guarantee("guarantee", l.Guarantee)
	w.guarantee("ceiling", l.Ceiling)
	if l.Split != nil {
		w.ObjectAt("split")
		w.str("payer", l.Split.Payer.String())
		w.table("rows", l.Split.Table, "share")
		w.EndObject()
	}
	w.EndObject()
}

func (w book) choice(name string, is bool, yes, no string) {
	if !is {
		yes = no
	}
	w.str(name, yes)
}

func (w book) span(s *engine.Span) {
	w.str("per", perNames[s.Per])
	if len(s.By) > 0 {
		w.ArrayAt("by")
		for _, d := range s.By {
			w.Str(d.String())
		}
		w.EndArray()
	}
	w.texts("with", s.With)
}

func (w book) deductible(d *engine.Deductible) {
	if d == nil {
		return
	}
	w.ObjectAt("deductible")
	w.span(&d.Span)
	unit := "CNY"
	if d.ShareOf != nil {
		unit = "share"
		w.str("share_of", d.ShareOf.String())
	}
	w.table("rows", d.Table, unit)
	w.table("floor", d.Floor, "CNY")
	w.table("ceiling", d.Ceiling, "CNY")
	w.adjusts("adjust", d.Adjust, "CNY")
	if len(d.LessSpell) > 0 {
		w.conds("less_spell", d.LessSpell)
	}
	if d.Limit != nil {
		w.ObjectAt("limit")
		w.texts("with", d.Limit.With)
		w.table("rows", d.Limit.Table, "CNY")
		w.EndObject()
	}
	w.EndObject()
}

func (w book) guarantee(name string, g *engine.Guarantee) {
	if g == nil {
		return
	}
	w.ObjectAt(name)
	w.places("of", g.Of)
	w.table("rows", g.Table, "share")
	w.EndObject()
}

func (w book) places(name string, list []engine.Place) {
	w.ArrayAt(name)
	for _, p := range list {
		w.Str(p.String())
	}
	w.EndArray()
}

// adjusts writes changes of a figure whose unit is unit.
func (w book) adjusts(name string, list []engine.Adjust, unit string) {
	if len(list) == 0 {
		return
	}
	w.ArrayAt(name)
	for i := range list {
		a := &list[i]
		w.Object()
		w.str("op", a.Op.String())
		of := unit
		switch a.Op {
		case engine.Plus, engine.PerYearOfAge:
			if unit == "share" {
				of = "points"
			}
		case engine.Times, engine.OwnShareTimes:
			of = "factor"
		}
		if a.Op == engine.PerYearOfAge || a.Op == engine.PerAdmission {
			w.Number("over", int(a.Over))
		}
		w.table("rows", a.Table, of)
		w.EndObject()
	}
	w.EndArray()
}

func (w book) table(name string, t *engine.Table, unit string) {
	if t != nil {
		w.rows(name, t.Rows, unit)
	}
}

func (w book) rows(name string, rows []engine.Row, unit string) {
	w.ArrayAt(name)
	for i := range rows {
		w.Object()
		w.row(&rows[i], unit)
		w.EndObject()
	}
	w.EndArray()
}

// row writes a figure with its conditions and what it rests on; no unit: it has none.
func (w book) row(r *engine.Row, unit string) {
	w.str("id", r.ID)
	w.conds("when", r.When)
	if unit != "" {
		w.figure(&r.Value, unit)
	}
	if r.To != 0 {
		w.Key("to")
		w.Quoted(r.To.Append)
	}
	w.multiple("multiple", r.Of)
	w.multiple("to_multiple", r.ToOf)
	w.Key("valid")
	writeValid(w.Writer, r)
	w.ArrayAt("sources")
	for _, s := range r.Sources {
		w.Str(w.p.Sources[s].ID)
	}
	w.EndArray()
	writeGrade(w.Writer, r.Grade)
	writeName(w.Writer, "note", r.Note)
}

// multiple says how a figure was worked out from another.
func (w book) multiple(name string, m *engine.Multiple) {
	if m == nil {
		return
	}
	w.ObjectAt(name)
	w.str("times", m.Times.String())
	writeName(w.Writer, "base", m.Base)
	w.Number("year", m.Year)
	w.str("amount", m.Amount.StringFixed(2))
	w.EndObject()
}

// figure writes a value, "none" for a limit that expressly is not, or "unknown".
func (w book) figure(f *engine.Figure, unit string) {
	w.Key("value")
	switch {
	case f.Unknown:
		w.Str(unknown)
		if f.Bounded {
			w.ObjectAt("between")
			w.value("from", f.Lo, unit)
			if !f.Open {
				w.value("to", f.Hi, unit)
			}
			w.EndObject()
		}
	case f.None:
		w.Str("none")
	default:
		w.Quoted(func(b []byte) []byte { return appendValue(b, f.Rate, unit) })
	}
	w.str("unit", unit)
}

func (w book) value(name string, r engine.Rate, unit string) {
	w.Key(name)
	w.Quoted(func(b []byte) []byte { return appendValue(b, r, unit) })
}

// appendValue writes amounts with two decimals at least and everything else as it is.
func appendValue(b []byte, r engine.Rate, unit string) []byte {
	at := len(b)
	b = appendRate(b, r)
	if unit != "CNY" {
		return b
	}
	switch i := strings.IndexByte(string(b[at:]), '.'); {
	case i < 0:
		return append(b, ".00"...)
	case len(b)-at-i == 2:
		return append(b, '0')
	}
	return b
}

// conds writes conditions; none is an empty list.
func (w book) conds(name string, list []engine.Cond) {
	w.ArrayAt(name)
	for i := range list {
		k := &list[i]
		w.Object()
		w.str("cond", k.Dim.String())
		if k.Dim.IsCode() {
			w.Key("in")
			writeCodes(w.Writer, w.p, k.Dim, k.Mask)
		} else {
			w.Number("from", int(k.Lo))
			if k.Hi != engine.MaxInt {
				w.Number("to", int(k.Hi))
			}
		}
		w.EndObject()
	}
	w.EndArray()
}
