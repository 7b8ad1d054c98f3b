package wasm

import (
	"mingbai/engine"
	"mingbai/wasm/json"
)

// settle answers {"op":"settle"} with the settlement and what it rests on.
func settle(c *Call) {
	in, _ := c.claim()
	if c.Refused() {
		return
	}
	s, err := engine.Settle(in.policy, &in.claim)
	if err != nil {
		c.refused(in, err)
		return
	}
	a := answer{Writer: c.Out, in: in, p: in.policy, s: s}
	a.settlement("settlement")
	a.policy()
}

// answer writes one settlement.
type answer struct {
	*json.Writer
	in   *input
	p    *engine.Policy
	s    *engine.Settlement
	used [4]uint64 // sources that the settlement rests on, by position
	// brief leaves out what each of many settlements would repeat.
	brief bool
}

func (a *answer) fen(name string, f engine.Fen) {
	a.Key(name)
	a.Quoted(f.Append)
}

func (a *answer) str(name, s string) {
	if s != "" {
		a.Text(name, s)
	}
}

func (a *answer) rate(name string, r engine.Rate) {
	a.Key(name)
	a.Quoted(func(b []byte) []byte { return appendRate(b, r) })
}

// appendRate writes a rate without trailing zeros; it is Rate.String without the detour
// over decimal.
func appendRate(b []byte, r engine.Rate) []byte {
	u := uint64(r)
	if r < 0 {
		b = append(b, '-')
		u = -u
	}
	b = json.AppendUint(b, u/uint64(engine.One))
	frac := u % uint64(engine.One)
	if frac == 0 {
		return b
	}
	b = append(b, '.')
	for unit := uint64(engine.One) / 10; frac > 0; unit /= 10 {
		b = append(b, byte('0'+frac/unit))
		frac %= unit
	}
	return b
}

// bucketFields are the national fields of the bill's split.
var bucketFields = [...]struct {
	name string
	of   engine.Place
}{
	{"fulamt_ownpay_amt", engine.SelfFunded},
	{"overlmt_selfpay", engine.OverLimit},
	{"preselfpay_amt", engine.PaidFirst},
}

func (a *answer) settlement(name string) {
	a.ObjectAt(name)
	a.figures()
	a.rest()
	a.EndObject()
}

// figures writes the national fields and the receipt's lines.
func (a *answer) figures() {
	s := a.s
	a.fen("medfee_sumamt", s.Totals[engine.Bill])
	for _, f := range bucketFields {
		a.fen(f.name, s.Totals[f.of])
	}
	a.fen("inscp_scp_amt", s.Totals[engine.InScope]+s.Totals[engine.Separate])
	a.fen("act_pay_dedc", s.Deduct)
	for p := engine.Hifp; p <= engine.Oth; p++ {
		a.fen(p.String(), s.Totals[p])
	}
	a.fen("fund_pay_sumamt", engine.Funds(&s.Totals))
	a.fen("hosp_part_amt", s.Totals[engine.HospPart])
	a.fen("psn_part_amt", engine.Person(&s.Totals))
	for p := engine.Acct; p <= engine.Cash; p++ {
		a.fen(p.String(), s.Totals[p])
	}
	a.fen("self_pay", s.SelfPay)
	a.fen("self_funded", s.SelfFund)
}

// rest writes what a settlement has besides its figures.
func (a *answer) rest() {
	s := a.s
	a.ObjectAt("counter")
	a.fen("direct", s.Direct)
	a.fen("manual", s.Totals[engine.Bill])
	a.fen("refund", s.Refund)
	a.EndObject()
	a.layers()
	a.steps()
	a.ahead()
	a.notes()
	writeGrade(a.Writer, s.Grade)
	a.yearAfter()
	if s.Range != nil {
		a.ranges(s.Range)
		a.unknowns()
	}
}

func (a *answer) layers() {
	a.ArrayAt("layers")
	for i := range a.s.Layers {
		r := &a.s.Layers[i]
		a.Object()
		a.Text("id", r.Layer.ID)
		a.Text("payer", r.Layer.Payer.String())
		a.name("name", r.Layer.Name)
		if r.Layer.Draft {
			a.Key("draft")
			a.Bool(true)
		}
		a.fen("entered", r.Entered)
		a.fen("deductible", r.Deductible)
		a.ArrayAt("bands")
		for _, b := range r.Bands {
			a.Object()
			a.fen("from", b.From)
			if b.To != 0 {
				a.fen("to", b.To)
			}
			a.fen("base", b.Base)
			a.rate("share", b.Share)
			a.fen("paid", b.Paid)
			a.EndObject()
		}
		a.EndArray()
		a.fen("cap_cut", r.CapCut)
		a.fen("paid", r.Paid)
		if r.Layer.Split != nil {
			a.ObjectAt("split")
			a.Text("payer", r.Layer.Split.Payer.String())
			a.fen("paid", r.SplitPaid)
			a.EndObject()
		}
		a.EndObject()
	}
	a.EndArray()
}

func (a *answer) name(key string, n engine.Name) { writeName(a.Writer, key, n) }

func writeName(w *json.Writer, key string, n engine.Name) {
	if n.Zh == "" && n.En == "" {
		return
	}
	w.ObjectAt(key)
	w.Text("zh", n.Zh)
	w.Text("en", n.En)
	w.EndObject()
}

func (a *answer) steps() {
	a.ArrayAt("steps")
	for i := range a.s.Steps {
		st := &a.s.Steps[i]
		a.Object()
		a.Text("rule", st.Rule)
		a.Text("kind", st.Kind.String())
		a.str("layer", st.Layer)
		a.Text("from", st.From.String())
		a.Text("to", st.To.String())
		a.fen("base", st.Base)
		if st.HasShare {
			a.rate("share", st.Share)
		}
		a.fen("amount", st.Amount)
		if st.Row != nil {
			a.basis(st.Row)
		}
		if len(st.Adjusted) > 0 {
			a.adjusted(st)
		}
		a.EndObject()
	}
	a.EndArray()
}

// adjusted lists the changes that a share, or a deductible, went through.
func (a *answer) adjusted(st *engine.Step) {
	a.ArrayAt("adjusted")
	for i := range st.Adjusted {
		d := &st.Adjusted[i]
		a.Object()
		a.Text("rule", d.Row.ID)
		a.Text("op", d.Op.String())
		a.rate("value", d.Value)
		if st.Kind == engine.StepDeductible {
			a.rate("amount", d.Share)
		} else {
			a.rate("share", d.Share)
		}
		a.basis(d.Row)
		a.EndObject()
	}
	a.EndArray()
}

// basis says why a row held and what it rests on.
func (a *answer) basis(r *engine.Row) {
	if len(r.When) > 0 {
		a.ArrayAt("because")
		for i := range r.When {
			a.met(&r.When[i])
		}
		a.EndArray()
	}
	if r.Overridden {
		// The person's own figure rests on no document.
		a.Key("overridden")
		a.Bool(true)
		return
	}
	if len(r.Sources) > 0 {
		a.ArrayAt("sources")
		for _, s := range r.Sources {
			a.used[s/64] |= 1 << (s % 64)
			a.Str(a.p.Sources[s].ID)
		}
		a.EndArray()
	}
	writeGrade(a.Writer, r.Grade)
	if r.From != 0 || r.Until != 0 || r.AsOf != "" {
		a.Key("valid")
		writeValid(a.Writer, r)
	}
}

func writeValid(w *json.Writer, r *engine.Row) {
	w.Object()
	if r.From != 0 {
		w.Text("from", r.From.String())
	}
	if r.Until != 0 {
		w.Text("until", r.Until.String())
	}
	if r.AsOf != "" {
		w.Text("asof", r.AsOf)
	}
	w.EndObject()
}

// met writes a condition with the value by which this claim meets it.
func (a *answer) met(cond *engine.Cond) {
	d := cond.Dim
	a.Object()
	a.Text("cond", d.String())
	a.Key("is")
	if d.IsCode() {
		a.metCode(cond)
	} else {
		a.metInt(cond)
	}
	a.EndObject()
}

func (a *answer) metCode(cond *engine.Cond) {
	d := cond.Dim
	var mask uint64
	for _, code := range a.in.claim.Facts.Get(d) {
		if i := a.p.Code(d, code); i >= 0 {
			mask |= 1 << i
		}
	}
	mask &= cond.Mask
	if mask == 0 {
		// The claim does not say: the engine took a value and noted it.
		mask = cond.Mask
		value := d.Default()
		for i := range a.s.Notes {
			if n := &a.s.Notes[i]; n.Code == "assumed" && n.Field == d.Field() {
				value = n.Value
			}
		}
		if i := a.p.Code(d, value); i >= 0 && cond.Mask&(1<<i) != 0 {
			mask = 1 << i
		}
	}
	a.codes(d, mask)
}

// codes writes one code as a string, several as a list.
func (a *answer) codes(d engine.Dim, mask uint64) {
	if mask&(mask-1) == 0 {
		for i, k := range a.p.Codes[d] {
			if mask == 1<<i {
				a.Str(k.Code)
				return
			}
		}
	}
	writeCodes(a.Writer, a.p, d, mask)
}

func writeCodes(w *json.Writer, p *engine.Policy, d engine.Dim, mask uint64) {
	w.Array()
	for i, k := range p.Codes[d] {
		if mask&(1<<i) != 0 {
			w.Str(k.Code)
		}
	}
	w.EndArray()
}

func (a *answer) metInt(cond *engine.Cond) {
	lo, hi, given := a.in.claim.Facts.GetInt(cond.Dim)
	if !given {
		lo = int32(cond.Dim.Default()[0] - '0')
		hi = lo
	}
	lo, hi = max(lo, cond.Lo), min(hi, cond.Hi)
	if lo == hi {
		a.Int(int64(lo))
		return
	}
	a.Object()
	a.Number("from", int(lo))
	a.Number("to", int(hi))
	a.EndObject()
}

func (a *answer) ahead() { a.thresholds(a.s.Ahead) }

func (a *answer) thresholds(list []engine.Ahead) {
	a.ArrayAt("ahead")
	for i := range list {
		h := &list[i]
		a.Object()
		a.Text("code", h.Code)
		a.Text("rule", h.Rule)
		a.Text("layer", h.Layer)
		if h.Code == "next_deductible" {
			a.fen("amount", h.Amount)
		} else {
			a.fen("remaining", h.Amount)
		}
		a.EndObject()
	}
	a.EndArray()
}

func (a *answer) notes() {
	a.ArrayAt("notes")
	for _, f := range a.in.silent {
		if a.brief {
			break
		}
		a.Object()
		a.Text("code", "assumed")
		a.Text("field", "bill."+f)
		a.fen("value", 0)
		a.EndObject()
	}
	for i := range a.s.Notes {
		n := &a.s.Notes[i]
		if a.brief && n.Code == "assumed" {
			continue
		}
		a.Object()
		a.Text("code", n.Code)
		a.str("field", n.Field)
		a.str(noteValue(n.Code), n.Value)
		if n.Row != nil {
			a.str("rule", n.Row.ID)
			a.basis(n.Row)
		}
		if n.Wait != nil {
			a.wait(n.Wait)
		}
		a.EndObject()
	}
	a.EndArray()
}

// wait says how long a person waits, what would shorten it, and by which figures.
func (a *answer) wait(w *engine.Wait) {
	if w.Known {
		a.Text("months", itoa(int(w.Months)))
	}
	a.str("until", w.Until.String())
	if w.RepairYears > 0 {
		a.ObjectAt("repair")
		a.Text("years", itoa(int(w.RepairYears)))
		a.Text("months", itoa(int(w.RepairMonths)))
		a.str("until", w.RepairUntil.String())
		a.EndObject()
	}
	a.ArrayAt("rules")
	for _, r := range w.Rows {
		a.Object()
		a.Text("rule", r.ID)
		if !r.Value.Unknown {
			a.rate("value", r.Value.Rate)
		}
		a.basis(r)
		a.EndObject()
	}
	a.EndArray()
}

func noteValue(code string) string {
	switch code {
	case "not_known", "draft":
		return "key"
	case "excluded":
		return "reason"
	}
	return "value"
}

// yearAfter writes the year with this claim booked, as the next request takes it.
func (a *answer) yearAfter() { a.counters("year", a.s.Year) }

func (a *answer) counters(name string, y engine.Year) {
	a.ObjectAt(name)
	for i := range y {
		n := &y[i]
		a.Name(n.Key)
		a.Object()
		a.between("entered", n.Entered)
		a.between("deductible", n.Deduct)
		a.between("paid", n.Paid)
		if n.Spell != (engine.Amount{}) {
			a.between("spell", n.Spell)
		}
		a.EndObject()
	}
	a.EndObject()
}

func (a *answer) between(name string, x engine.Amount) {
	if x.Lo == x.Hi {
		a.fen(name, x.Lo)
		return
	}
	a.bounds(name, x.Lo, x.Hi)
}

func (a *answer) bounds(name string, lo, hi engine.Fen) {
	if lo == hi {
		return
	}
	a.ObjectAt(name)
	a.fen("from", lo)
	a.fen("to", hi)
	a.EndObject()
}

// ranges writes bounds beside the figures that are not certain; the others are left out.
func (a *answer) ranges(r *engine.Range) {
	a.ObjectAt("range")
	place := func(p engine.Place) { a.bounds(p.String(), r.Lo[p], r.Hi[p]) }
	a.bounds("medfee_sumamt", r.Lo[engine.Bill], r.Hi[engine.Bill])
	for _, f := range bucketFields {
		a.bounds(f.name, r.Lo[f.of], r.Hi[f.of])
	}
	a.bounds("inscp_scp_amt", r.Lo[engine.InScope]+r.Lo[engine.Separate], r.Hi[engine.InScope]+r.Hi[engine.Separate])
	a.bounds("act_pay_dedc", r.Deduct[0], r.Deduct[1])
	for p := engine.Hifp; p <= engine.Oth; p++ {
		place(p)
	}
	a.bounds("fund_pay_sumamt", r.FundSum[0], r.FundSum[1])
	place(engine.HospPart)
	a.bounds("psn_part_amt", r.PersonSum[0], r.PersonSum[1])
	for p := engine.Acct; p <= engine.Cash; p++ {
		place(p)
	}
	a.bounds("self_pay", r.SelfPay[0], r.SelfPay[1])
	a.bounds("self_funded", r.SelfFund[0], r.SelfFund[1])
	if r.Direct[0] != r.Direct[1] || r.Refund[0] != r.Refund[1] || r.Lo[engine.Bill] != r.Hi[engine.Bill] {
		a.ObjectAt("counter")
		a.bounds("direct", r.Direct[0], r.Direct[1])
		a.bounds("manual", r.Lo[engine.Bill], r.Hi[engine.Bill])
		a.bounds("refund", r.Refund[0], r.Refund[1])
		a.EndObject()
	}
	a.EndObject()
}

func (a *answer) unknowns() {
	a.ArrayAt("unknowns")
	for i := range a.s.Unknowns {
		u := &a.s.Unknowns[i]
		a.Object()
		a.str("rule", u.Rule)
		a.str("field", a.in.field(u.Field))
		a.fen("matters", u.Matters)
		a.EndObject()
	}
	a.EndArray()
}

// policy names the region and the documents that the settlement used.
func (a *answer) policy() {
	a.ObjectAt("policy")
	a.Text("region", a.p.Region.Code)
	a.Text("version", a.p.Version)
	a.ObjectAt("sources")
	for i := range a.p.Sources {
		if a.used[i/64]&(1<<(i%64)) != 0 {
			writeSource(a.Writer, &a.p.Sources[i])
		}
	}
	a.EndObject()
	a.EndObject()
}

func writeSource(w *json.Writer, s *engine.Source) {
	w.Name(s.ID)
	w.Object()
	for _, f := range [...]struct{ name, text string }{
		{"title", s.Title}, {"number", s.Number}, {"issuer", s.Issuer}, {"published", s.Published},
		{"effective", s.Effective}, {"url", s.URL}, {"seen", s.Seen}, {"checked", s.Checked},
	} {
		if f.text != "" {
			w.Text(f.name, f.text)
		}
	}
	w.EndObject()
}
