package wasm

import (
	"mingbai/engine"
	"mingbai/wasm/json"
)

// line is a claim as a function of one of its amounts.
type line struct {
	*input
	axis     engine.Axis
	from, to engine.Fen
	own      engine.Fen // the claim's own amount
	said     bool       // it has one
}

// line reads the fields that curve and invert have in common: axis, from, to.
func (c *Call) line(in *input, f []json.Value) *line {
	l := &line{input: in}
	name := c.text(f[0], "axis", true)
	if name == "" {
		if f[0].Kind() == json.String {
			c.form(f[0], "axis")
		}
		return l
	}
	var err error
	if l.axis, err = engine.AxisByName(name); err != nil {
		e := err.(*engine.InputError)
		c.refused(in, &engine.InputError{Code: e.Code, Field: "axis", Limit: e.Limit})
		return l
	}
	steps := pathSteps(name)
	switch {
	case steps[0] == "year":
		if in.policy != nil && !counts(in.policy, steps[1]) {
			c.deny(f[0], UnknownField, "")
			return l
		}
	case in.lines != "":
		c.deny(f[0], engine.Contradiction, "bill."+in.lines)
		return l
	}
	own := l.axis.Of(&in.claim)
	l.own, l.said = own.Lo, own.Lo == own.Hi && (name != "bill.total" || c.Request.Get("bill").Get("total").Given())
	least, most := l.bounds(name, own)
	l.from, l.to = least, most
	if f[1].Given() {
		l.from = c.fen(f[1])
	}
	if f[2].Given() {
		l.to = c.fen(f[2])
	}
	switch {
	case c.Refused():
	case l.from < least:
		c.Refuse(Problem{Code: engine.Contradiction, Field: "from", Limit: least.String()})
	case steps[0] == "bill" && name != "bill.total" && l.to > most:
		c.Refuse(Problem{Code: engine.Contradiction, Field: "to", Limit: most.String()})
	case l.to <= l.from:
		c.Refuse(Problem{Code: engine.Contradiction, Field: "to", Limit: l.from.String()})
	}
	return l
}

// bounds are the least value that an axis can have and one up to which it is of interest;
// for a part of the bill, what the other parts leave.
func (l *line) bounds(name string, own engine.Amount) (least, most engine.Fen) {
	b := &l.claim.Bill
	parts := b.SelfFunded.Hi + b.OverLimit.Hi + b.PaidFirst.Hi + b.Separate.Hi
	switch name {
	case "bill.total":
		return parts, max(parts+100_000_00, min(2*own.Hi, engine.MaxFen))
	case "bill.self_funded", "bill.over_limit", "bill.paid_first", "bill.separate":
		return 0, max(0, b.Total.Lo-(parts-own.Hi))
	}
	return 0, 1_000_000_00
}

// slopeFigures are those of which a curve gives the slope.
var slopeFigures = []string{"psn_part_amt", "psn_cash_pay", "fund_pay_sumamt", "hifp_pay", "hifob_pay", "hifmi_pay", "cvlserv_pay", "hifes_pay", "maf_pay", "oth_pay", "hosp_part_amt"}

// curve answers {"op":"curve"}: the exact amounts at which a settlement changes its
// course, and what the next yuan costs whom between them.
func curve(c *Call) {
	in, f := c.claim("axis", "from", "to")
	l := c.line(in, f)
	if c.Refused() {
		return
	}
	bends, err := engine.Curve(in.policy, l.modest(), l.axis, l.from, l.to)
	if err != nil {
		c.refused(in, err)
		return
	}
	a := answer{Writer: c.Out, in: in, p: in.policy}
	a.ObjectAt("curve")
	l.writeSpan(&a)
	a.ArrayAt("bends")
	for i := range bends {
		b := &bends[i]
		a.Object()
		a.fen("at", b.At)
		a.str("rule", b.Rule)
		if b.Before != nil {
			a.point("before", b.Before)
		}
		a.point("after", b.After)
		if i+1 < len(bends) {
			end := bends[i+1].At - 1
			if i+2 == len(bends) {
				end++
			}
			l.slopes(c, &a, b.At, end)
		}
		a.EndObject()
	}
	a.EndArray()
	for i := range bends {
		if bends[i].After.Range != nil {
			// The line is the case least favourable for the person.
			a.Key("uncertain")
			a.Bool(true)
			break
		}
	}
	l.next(&a)
	a.EndObject()
}

// modest is the claim with a bound on the combinations of unknowns, for it is settled
// hundreds of times.
func (l *line) modest() *engine.Claim {
	l.claim.Worlds = 64
	return &l.claim
}

func (l *line) writeSpan(a *answer) {
	a.Text("axis", l.axis.Name)
	a.fen("from", l.from)
	a.fen("to", l.to)
}

func (a *answer) point(name string, s *engine.Settlement) {
	a.s = s
	a.ObjectAt(name)
	a.figures()
	a.EndObject()
}

func (l *line) slopes(c *Call, a *answer, from, to engine.Fen) {
	list, err := engine.Slopes(l.policy, &l.claim, l.axis, from, to, slopeFigures)
	if err != nil {
		c.refused(l.input, err)
		return
	}
	a.ObjectAt("slope")
	for i, s := range list {
		if s.Known {
			a.rate(slopeFigures[i], s.Rate)
		}
	}
	a.EndObject()
}

// next writes who would pay a hundred yuan more than the claim's own amount.
func (l *line) next(a *answer) {
	const more = 100_00
	if !l.said || l.own > engine.MaxFen-more {
		return
	}
	now, err := engine.Settle(l.policy, l.axis.With(&l.claim, l.own))
	if err != nil {
		return
	}
	then, err := engine.Settle(l.policy, l.axis.With(&l.claim, l.own+more))
	if err != nil {
		return
	}
	a.ObjectAt("next_100")
	a.fen("at", l.own)
	a.fen("person", engine.Person(&then.Totals)-engine.Person(&now.Totals))
	a.fen("funds", engine.Funds(&then.Totals)-engine.Funds(&now.Totals))
	a.fen("cash", then.Totals[engine.Cash]-now.Totals[engine.Cash])
	a.EndObject()
}

var targetFields = []string{"figure", "amount"}

// untilCodes are the thresholds that invert finds the way to.
var untilCodes = []string{"deductible", "cap", "band", "critical"}

// invert answers {"op":"invert"}: the amounts at which a figure of the settlement has a
// given value, or at which a threshold of the year is reached.
func invert(c *Call) {
	in, f := c.claim("axis", "from", "to", "target", "until")
	l := c.line(in, f)
	target, until := f[3], f[4]
	var t [2]json.Value
	figure, amount, code := "", engine.Fen(0), -1
	switch {
	case target.Given() && until.Given():
		c.deny(until, engine.Contradiction, "target")
	case until.Given():
		code = c.oneOf(until, untilCodes...)
	case !target.Given():
		c.missing("target")
	case c.Fields(target, targetFields, t[:]):
		if figure = c.text(t[0], "target.figure", true); !t[1].Given() {
			c.missing("target.amount")
		} else {
			amount = c.fen(t[1])
		}
		if t[0].Kind() == json.String && !contains(figuresOf, figure) {
			c.notAllowed(t[0], figuresOf)
		}
	}
	if c.Refused() {
		return
	}
	a := answer{Writer: c.Out, in: in, p: in.policy}
	a.ObjectAt("invert")
	l.writeSpan(&a)
	if code >= 0 {
		a.Text("until", untilCodes[code])
		l.until(c, &a, untilCodes[code])
	} else {
		a.ObjectAt("target")
		a.Text("figure", figure)
		a.fen("amount", amount)
		a.EndObject()
		l.answers(c, &a, figure, amount)
	}
	a.EndObject()
}

// figuresOf are the figures that may be a target or stand on a receipt.
var figuresOf = []string{"medfee_sumamt", "fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt", "act_pay_dedc",
	"hifp_pay", "hifob_pay", "hifmi_pay", "cvlserv_pay", "hifes_pay", "maf_pay", "oth_pay", "fund_pay_sumamt", "hosp_part_amt",
	"psn_part_amt", "acct_pay", "acct_mulaid_pay", "psn_cash_pay", "self_pay", "self_funded"}

func (l *line) answers(c *Call, a *answer, figure string, amount engine.Fen) {
	bends, err := engine.Curve(l.policy, l.modest(), l.axis, l.from, l.to)
	if err != nil {
		c.refused(l.input, err)
		return
	}
	found, err := engine.InvertBends(l.policy, &l.claim, l.axis, bends, figure, amount)
	if err != nil {
		c.refused(l.input, err)
		return
	}
	a.ArrayAt("answers")
	for _, v := range found {
		a.Object()
		a.fen("from", v.From)
		a.fen("to", v.To)
		a.EndObject()
	}
	a.EndArray()
	// Between bends the figure is a straight line: but for rounding it is nowhere beyond
	// what it is at them.
	least, most := engine.MaxFen, -engine.MaxFen
	for i := range bends {
		for _, s := range [...]*engine.Settlement{bends[i].Before, bends[i].After} {
			if s != nil {
				v, _ := s.Figure(figure)
				least, most = min(least, v), max(most, v)
			}
		}
	}
	a.ObjectAt("reach")
	a.fen("from", least)
	a.fen("to", most)
	a.EndObject()
}

// until writes at which amount each threshold of the year is reached. It starts from the
// claim's own amount, where the axis has one, else from the least.
func (l *line) until(c *Call, a *answer, code string) {
	start := l.from
	if l.said && l.own > start && l.own < l.to {
		start = l.own
	}
	at := func(v engine.Fen) []engine.Ahead {
		s, err := engine.Settle(l.policy, l.axis.With(l.modest(), v))
		if err != nil {
			c.refused(l.input, err)
			return nil
		}
		return s.Ahead
	}
	now := at(start)
	a.ArrayAt("answers")
	for _, h := range now {
		if h.Code != code || c.Refused() {
			continue
		}
		reached := func(v engine.Fen) bool {
			for _, x := range at(v) {
				if x.Code == h.Code && x.Rule == h.Rule && x.Layer == h.Layer {
					return false
				}
			}
			return true
		}
		a.Object()
		a.Text("layer", h.Layer)
		a.Text("rule", h.Rule)
		a.fen("remaining", h.Amount)
		if lo, hi := start, l.to; reached(hi) {
			for hi-lo > 1 {
				if m := lo + (hi-lo)/2; reached(m) {
					hi = m
				} else {
					lo = m
				}
			}
			a.fen("from", hi)
			a.fen("more", hi-start)
		}
		a.EndObject()
	}
	a.EndArray()
}
