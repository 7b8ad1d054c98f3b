package wasm

import (
	"strings"

	"mingbai/engine"
	"mingbai/wasm/json"
)

// MaxCases bounds the cases of one comparison.
const MaxCases = 48

// compare answers {"op":"compare"}: the same claim with some of its fields varied, every
// combination of the values given, ordered by what the person pays.
func compare(c *Call) {
	base := outcome{}
	var f []json.Value
	base.in, f = c.claim("vary")
	base.problems, c.problems = c.problems, nil
	axes := c.axes(f[0])
	if c.Refused() {
		c.problems = append(base.problems, c.problems...)
		return
	}
	base.settle()
	cases := c.cases(axes)
	settled := 0
	for i := range cases {
		if cases[i].s != nil {
			settled++
		}
	}
	if settled == 0 {
		// A field that no case knows is a mistake in what to vary; where not even the base
		// settles, what is wrong is wrong with the claim itself.
		for _, p := range cases[0].problems {
			for _, a := range axes {
				if p.Code == UnknownField && p.Field == a.name {
					c.Refuse(Problem{Code: UnknownField, Field: "vary." + a.name})
				}
			}
		}
		if base.s == nil {
			c.problems = append(c.problems, base.problems...)
		}
		if c.Refused() {
			return
		}
	}
	order := inOrder(len(cases), func(i, j int) bool {
		a, b := &cases[i], &cases[j]
		return a.s != nil && (b.s == nil || a.person() < b.person())
	})
	w := c.Out
	w.ObjectAt("compare")
	w.Key("base")
	base.write(w, nil, nil)
	w.ArrayAt("cases")
	for _, i := range order {
		cases[i].write(w, axes, &base)
	}
	w.EndArray()
	if best := &cases[order[0]]; base.s != nil && best.s != nil && best.person() < base.person() {
		w.Number("most_saved", 0)
	}
	w.EndObject()
}

// inOrder sorts the numbers below n; what neither comes before the other stays as it
// stands. The standard library's sort would weigh five kilobytes for each type.
func inOrder(n int, before func(i, j int) bool) []int {
	order := make([]int, n)
	for i := range order {
		at := i
		for ; at > 0 && before(i, order[at-1]); at-- {
			order[at] = order[at-1]
		}
		order[at] = i
	}
	return order
}

// axis is a field with the values to try.
type axis struct {
	name   string
	path   []string
	values []json.Value
}

// axes reads what is to be varied.
func (c *Call) axes(v json.Value) (list []axis) {
	if !v.Given() {
		c.missing("vary")
		return nil
	}
	if v.Kind() != json.Object {
		c.form(v, "object")
		return nil
	}
	if v.Len() == 0 {
		c.deny(v, engine.Required, "")
	}
	product := 1
	for m := range v.All {
		a := axis{name: m.Name(), path: pathSteps(m.Name())}
		known := claimFields[2:]
		switch {
		case !contains(known, a.path[0]), !c.reaches(a.path):
			c.deny(m, UnknownField, "")
		case m.Kind() != json.Array:
			c.form(m, "list")
		case m.Len() == 0:
			c.deny(m, engine.Required, "")
		case m.Len() > MaxCases:
			c.deny(m, engine.TooMany, itoa(MaxCases))
		}
		for e := range m.All {
			a.values = append(a.values, e)
		}
		if product *= len(a.values); product > MaxCases {
			c.deny(v, engine.TooMany, itoa(MaxCases))
			return nil
		}
		list = append(list, a)
	}
	return list
}

// reaches reports whether a path through the request meets every list element it names.
func (c *Call) reaches(path []string) bool {
	for i, step := range path {
		if strings.HasPrefix(step, "[") && (i == 0 || !c.Request.At(path[:i+1]).Given()) {
			return false
		}
	}
	return true
}

// outcome is one case of a comparison.
type outcome struct {
	in       *input
	s        *engine.Settlement
	problems []Problem
	choice   []int // of each axis
}

func (c *Call) cases(axes []axis) (list []outcome) {
	choice := make([]int, len(axes))
	for {
		var edits []json.Edit
		for _, a := range axes {
			// One set of rules takes the place of another, by whichever name.
			switch a.name {
			case "region":
				edits = append(edits, json.Edit{Path: []string{"policy"}})
			case "policy":
				edits = append(edits, json.Edit{Path: []string{"region"}})
			}
		}
		for i, a := range axes {
			edits = append(edits, json.Edit{Path: a.path, To: a.values[choice[i]]})
		}
		one := Call{Request: json.Edited(c.Request, "vary", edits)}
		o := outcome{choice: append([]int(nil), choice...)}
		o.in, _ = one.claim()
		o.problems = one.problems
		o.settle()
		list = append(list, o)
		i := len(axes) - 1
		for ; i >= 0; i-- {
			if choice[i]++; choice[i] < len(axes[i].values) {
				break
			}
			choice[i] = 0
		}
		if i < 0 {
			return list
		}
	}
}

func (o *outcome) settle() {
	if len(o.problems) > 0 {
		return
	}
	s, err := engine.Settle(o.in.policy, &o.in.claim)
	if err != nil {
		var c Call
		c.refused(o.in, err)
		o.problems = c.problems
		return
	}
	o.s = s
}

func (o *outcome) person() engine.Fen { return engine.Person(&o.s.Totals) }

// write writes a case, or the base of all of them.
func (o *outcome) write(w *json.Writer, axes []axis, base *outcome) {
	w.Object()
	if base != nil {
		w.ObjectAt("set")
		for i, a := range axes {
			w.Name(a.name)
			w.Value(a.values[o.choice[i]])
		}
		w.EndObject()
	}
	if o.s == nil {
		w.Key("error")
		o.problems[0].write(w)
		w.EndObject()
		return
	}
	a := answer{Writer: w, in: o.in, p: o.in.policy, s: o.s}
	a.figures()
	if base != nil && base.s != nil {
		a.fen("difference", o.person()-base.person())
		// The ids of two regions' rules have nothing to do with each other.
		if o.in.policy == base.in.policy {
			a.str("rule", engine.Difference(base.s, o.s))
		}
	}
	writeGrade(w, o.s.Grade)
	if o.s.Range != nil {
		a.ranges(o.s.Range)
	}
	w.EndObject()
}
