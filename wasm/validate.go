package wasm

import (
	"mingbai/engine"
)

// validate answers {"op":"validate"}: what settle would refuse in a request, which
// fields the case at hand needs and lacks, and which fields matter to it at all. A form
// unfolds by it. A request can be valid and lack a field all the same: the amount is then
// too small to reach the rule that asks for it.
//
//	{"v":1,"ok":true,"valid":false,"errors":[…],"needed":["visit.level"],"used":["date",…]}
func validate(c *Call) {
	in, _ := c.claim()
	if !c.Refused() {
		if _, err := engine.Settle(in.policy, &in.claim); err != nil {
			c.refused(in, err)
		}
	}
	n := in.need()
	problems := c.problems
	c.problems = nil
	for i := range problems {
		if problems[i].Code == engine.Required {
			n.lack(problems[i].Field)
		}
	}
	c.Out.Key("valid")
	c.Out.Bool(len(problems) == 0)
	writeProblems(c.Out, problems)
	n.write(c)
}

// need finds out what a case hangs on by asking of each table which dimensions its rows
// could still be told apart by, given everything else that the request says.
type need struct {
	in       *input
	used     [maxDims]bool
	accounts bool
	enrolled bool
	year     []string
	needed   []string
}

// maxDims is room for all dimensions.
const maxDims = 32

func (in *input) need() *need {
	n := &need{in: in}
	if in.policy == nil || in.scheme == nil {
		return n
	}
	n.scheme(in.scheme)
	for _, d := range engine.Dims() {
		if n.used[d] && d != engine.DimItemClass && d != engine.DimItemKind && d != engine.DimSupplements && d.Default() == "" && !n.said(d) {
			n.lack(d.Field())
		}
	}
	return n
}

func (n *need) lack(field string) {
	if !contains(n.needed, field) {
		n.needed = append(n.needed, field)
	}
}

func (n *need) facts() *engine.Facts { return &n.in.claim.Facts }

// can reports whether the claim may meet a condition.
func (n *need) can(k *engine.Cond) bool {
	d := k.Dim
	if !d.IsCode() {
		lo, hi, given := n.facts().GetInt(d)
		if !given {
			return d.Default() == "" || k.Lo <= int32(d.Default()[0]-'0')
		}
		return lo <= k.Hi && hi >= k.Lo
	}
	p := n.in.policy
	switch codes := n.facts().Get(d); {
	case len(codes) > 0 && !(d == engine.DimFiling && n.away()):
		for _, code := range codes {
			if i := p.Code(d, code); i >= 0 && k.Mask&(1<<i) != 0 {
				return true
			}
		}
		return false
	case d == engine.DimSupplements:
		return false
	case d == engine.DimFiling && n.away():
		// The engine takes care away from home without a filing named as not filed.
		for _, code := range codes {
			if i := p.Code(d, code); code != "none" && i >= 0 && k.Mask&(1<<i) != 0 {
				return true
			}
		}
		return (len(codes) == 0 || contains(codes, "none")) && k.Mask&(1<<p.Code(d, "unfiled")) != 0
	case d.Default() != "":
		return k.Mask&(1<<p.Code(d, d.Default())) != 0
	}
	return true
}

func (n *need) away() bool {
	places := n.facts().Get(engine.DimPlace)
	return len(places) > 0 && !contains(places, "local")
}

// rule marks the dimensions on which a list of conditions hangs: all of them if the
// claim may meet every one, one if that alone stands in the way.
func (n *need) rule(when []engine.Cond) (may bool) {
	fails, at := 0, -1
	for i := range when {
		if !n.can(&when[i]) {
			fails++
			at = i
		}
	}
	switch fails {
	case 0:
		for i := range when {
			n.mark(when[i].Dim)
		}
	case 1:
		n.mark(when[at].Dim)
	}
	return fails == 0
}

// mark notes that a dimension matters. At home there is nothing to file: what hangs on
// the filing hangs on the place.
func (n *need) mark(d engine.Dim) {
	if d == engine.DimFiling {
		n.used[engine.DimPlace] = true
		places := n.facts().Get(engine.DimPlace)
		if len(places) == 0 || len(places) == 1 && places[0] == "local" {
			return
		}
	}
	n.used[d] = true
}

func (n *need) inForce(r *engine.Row) bool {
	d := n.in.claim.Date
	return d == 0 || d >= r.From && (r.Until == 0 || d <= r.Until)
}

func (n *need) table(t *engine.Table) {
	for i := range t.Rows {
		if n.inForce(&t.Rows[i]) {
			n.rule(t.Rows[i].When)
		}
	}
}

func (n *need) scheme(s *engine.Scheme) {
	n.used[engine.DimKind] = true
	p := n.in.policy
	for i := range p.Exclude {
		if n.inForce(&p.Exclude[i].Row) {
			n.rule(p.Exclude[i].When)
		}
	}
	one := engine.Scheme{Classify: engine.Classify{Extra: s.Classify.Extra}}
	if n.in.lines != "" {
		one.Classify = s.Classify
		for i := range s.Classify.Never {
			n.rule(s.Classify.Never[i].When)
		}
		// A price limit counts for each day of the stay.
		if t := s.Classify.Limit; t != nil && len(t.Rows) > 0 {
			n.used[engine.DimDays] = true
		}
	}
	if w := s.Waiting; w != nil && n.can(&engine.Cond{Dim: engine.DimEnrolment, Mask: 1 << p.Code(engine.DimEnrolment, "waiting")}) {
		one.Waiting = w
		n.enrolled = true
		n.used[engine.DimMissedYears] = n.used[engine.DimMissedYears] || w.PerMissedYear != nil
		n.used[engine.DimRepairedYears] = n.used[engine.DimRepairedYears] || w.PerRepairedYear != nil
	}
	for i := range s.Layers {
		l := &s.Layers[i]
		d := n.in.claim.Date
		if d != 0 && (d < l.From || l.Until != 0 && d > l.Until) || !n.rule(l.Applies) {
			continue
		}
		one.Layers = append(one.Layers, *l)
		n.layer(l)
	}
	one.EachTable(n.table)
	if s.Account != nil {
		for i := range s.Account.Pays {
			if r := &s.Account.Pays[i]; n.inForce(&r.Row) && len(r.Buckets) > 0 {
				could := true
				for j := range r.When {
					could = could && n.can(&r.When[j])
				}
				n.accounts = n.accounts || could
				if len(n.in.claim.Accounts) > 0 {
					n.rule(r.When)
				}
			}
		}
	}
}

// layer marks what the parts of a layer read besides their tables.
func (n *need) layer(l *engine.Layer) {
	ages := func(list []engine.Adjust) {
		for i := range list {
			switch list[i].Op {
			case engine.PerYearOfAge:
				n.used[engine.DimAge] = true
			case engine.PerAdmission:
				n.used[engine.DimAdmission] = true
			}
		}
	}
	ages(l.Adjust)
	if d := l.Deductible; d != nil {
		ages(d.Adjust)
		n.span(l, &d.Span)
		n.rule(d.LessSpell)
		if len(d.LessSpell) > 0 {
			n.counter(l.ID)
		}
		if d.Limit != nil {
			n.span(l, &engine.Span{Per: engine.PerYear, With: d.Limit.With})
		}
	}
	if l.Bands != nil && l.Bands.Year {
		n.counter(l.ID)
	}
	if l.Bands != nil {
		for _, id := range l.Bands.PaidBy {
			n.counter(id)
		}
	}
	for i := range l.Caps {
		n.span(l, &l.Caps[i].Span)
	}
}

func (n *need) span(l *engine.Layer, s *engine.Span) {
	if s.Per == engine.PerClaim {
		return
	}
	for _, d := range s.By {
		n.used[d] = true
	}
	if len(s.With) == 0 {
		n.counter(l.ID)
	}
	for _, id := range s.With {
		n.counter(id)
	}
}

func (n *need) counter(id string) {
	if !contains(n.year, id) {
		n.year = append(n.year, id)
	}
}

func (n *need) said(d engine.Dim) bool {
	if d.IsCode() {
		return len(n.facts().Get(d)) > 0
	}
	_, _, given := n.facts().GetInt(d)
	return given
}

// write writes needed and used.
func (n *need) write(c *Call) {
	c.Out.ArrayAt("needed")
	for _, f := range n.needed {
		c.Out.Str(f)
	}
	c.Out.EndArray()
	c.Out.ArrayAt("used")
	if n.in.scheme != nil {
		c.Out.Str("date")
		c.Out.Str("person.scheme")
		for _, d := range engine.Dims() {
			if n.used[d] && d != engine.DimItemClass && d != engine.DimItemKind {
				c.Out.Str(d.Field())
			}
		}
		if n.enrolled {
			c.Out.Str("person.enrolled")
		}
		for _, f := range billFields[:4] {
			c.Out.Str("bill." + f)
		}
		for _, id := range n.year {
			c.Out.Str("year." + id)
		}
		if n.accounts {
			c.Out.Str("accounts")
		}
	}
	c.Out.EndArray()
}
