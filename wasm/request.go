package wasm

import (
	"strings"

	"mingbai/engine"
	"mingbai/wasm/json"
)

// unknown stands for "could be anything" wherever a value may be uncertain.
const unknown = "unknown"

// Fields sorts the members of an object into out by names, and refuses every other
// member. An absent object has no members. It reports whether v is an object or absent.
func (c *Call) Fields(v json.Value, names []string, out []json.Value) bool {
	if !v.Given() {
		return true
	}
	if v.Kind() != json.Object {
		c.form(v, "object")
		return false
	}
members:
	for m := range v.All {
		for i, n := range names {
			if n == m.Name() {
				out[i] = m
				continue members
			}
		}
		c.deny(m, UnknownField, "")
	}
	return true
}

// object is Fields for a value that must be there.
func (c *Call) object(v json.Value, names []string, out []json.Value) bool {
	if !v.Given() {
		c.form(v, "object")
		return false
	}
	return c.Fields(v, names, out)
}

func (c *Call) form(v json.Value, limit string) { c.deny(v, engine.Format, limit) }

// deny refuses a value that stands in the request.
//
//go:noinline
func (c *Call) deny(v json.Value, code engine.Code, limit string) {
	c.Refuse(Problem{Code: code, Field: v.Path(), Limit: limit})
}

//go:noinline
func (c *Call) notAllowed(v json.Value, allowed []string) {
	c.Refuse(Problem{Code: engine.NotAllowed, Field: v.Path(), Allowed: allowed})
}

//go:noinline
func (c *Call) missing(field string) { c.Refuse(Problem{Code: engine.Required, Field: field}) }

// list checks that v is an array of at most most elements; absent is an empty one.
func (c *Call) list(v json.Value, most int) bool {
	if !v.Given() {
		return true
	}
	if v.Kind() != json.Array {
		c.form(v, "list")
		return false
	}
	return c.few(v, most)
}

func (c *Call) few(v json.Value, most int) bool {
	if v.Len() > most {
		c.deny(v, engine.TooMany, itoa(most))
		return false
	}
	return true
}

// wrong takes over what the engine refuses in the text of v.
func (c *Call) wrong(v json.Value, err error) {
	e, ok := err.(*engine.InputError)
	if !ok {
		panic(err)
	}
	c.deny(v, e.Code, e.Limit)
}

// fen reads a known amount.
func (c *Call) fen(v json.Value) engine.Fen {
	if v.Kind() != json.String {
		c.form(v, "amount")
		return 0
	}
	f, err := engine.ParseFen("", v.Text())
	if err != nil {
		c.wrong(v, err)
	}
	return f
}

var fromTo = []string{"from", "to"}

// amount reads an amount, a range or "unknown", which is anything from nothing to most.
func (c *Call) amount(v json.Value, most engine.Fen) engine.Amount {
	switch {
	case !v.Given():
		return engine.Amount{}
	case v.Kind() == json.Object:
		var f [2]json.Value
		c.Fields(v, fromTo, f[:])
		a := engine.Amount{Hi: most}
		if f[0].Given() {
			a.Lo = c.fen(f[0])
		}
		if f[1].Given() {
			a.Hi = c.fen(f[1])
		}
		if a.Lo > a.Hi {
			c.Refuse(Problem{Code: engine.Contradiction, Field: v.Path() + ".from", Limit: a.Hi.String()})
		}
		return a
	case v.Kind() == json.String && v.Text() == unknown:
		return engine.Amount{Hi: most}
	}
	return engine.Exactly(c.fen(v))
}

// share reads a share of at most one.
func (c *Call) share(v json.Value) engine.Rate {
	if v.Kind() != json.String {
		c.form(v, "share")
		return 0
	}
	r, err := engine.ParseRate("", v.Text())
	if err == nil && r > engine.One {
		err = &engine.InputError{Code: engine.TooLarge, Limit: "1"}
	}
	if err != nil {
		c.wrong(v, err)
	}
	return r
}

// whole reads a whole number between lo and hi.
func (c *Call) whole(v json.Value, lo, hi int32) int32 {
	if v.Kind() != json.Number {
		c.form(v, "integer")
		return lo
	}
	s := v.Text()
	digits := strings.TrimPrefix(s, "-")
	n := int32(0)
	for i := 0; i < len(digits); i++ {
		if digits[i] < '0' || digits[i] > '9' {
			c.form(v, "integer")
			return lo
		}
		if n <= hi {
			n = n*10 + int32(digits[i]-'0')
		}
	}
	if len(digits) < len(s) {
		n = -n
	}
	switch {
	case n < lo:
		c.deny(v, engine.Negative, string(appendInt(nil, lo)))
	case n > hi:
		c.deny(v, engine.TooLarge, string(appendInt(nil, hi)))
	default:
		return n
	}
	return lo
}

// text reads a string; needed says whether it must be there.
func (c *Call) text(v json.Value, field string, needed bool) string {
	switch {
	case !v.Given():
		if needed {
			c.missing(field)
		}
	case v.Kind() != json.String:
		c.form(v, "string")
	default:
		return v.Text()
	}
	return ""
}

// flag reads true or false; absent is false.
func (c *Call) flag(v json.Value) bool {
	if v.Given() && v.Kind() != json.True && v.Kind() != json.False {
		c.form(v, "boolean")
	}
	return v.Kind() == json.True
}

// oneOf reads a code out of a list.
func (c *Call) oneOf(v json.Value, allowed ...string) int {
	if v.Kind() != json.String {
		c.form(v, "code")
		return -1
	}
	for i, a := range allowed {
		if v.Text() == a {
			return i
		}
	}
	c.notAllowed(v, allowed)
	return -1
}

// pathSteps takes a path of the request apart: names, and "[0]" for elements. What names
// a rule, a payment or a counter is one step, whatever characters it has.
func pathSteps(path string) []string {
	first, rest := path, ""
	if i := strings.IndexAny(path, ".["); i >= 0 {
		first, rest = path[:i], path[i:]
	}
	steps := []string{first}
	switch first {
	case "overrides", "given", "year":
		rest = strings.TrimPrefix(rest, ".")
		if i := strings.LastIndexByte(rest, '.'); first == "year" && i >= 0 {
			return append(steps, rest[:i], rest[i+1:])
		}
		if rest != "" {
			steps = append(steps, rest)
		}
		return steps
	}
	for rest != "" {
		from := 0
		if rest[0] == '.' {
			rest = rest[1:]
		} else {
			from = 1 // the bracket belongs to the step
		}
		i := strings.IndexAny(rest[from:], ".[")
		if i < 0 {
			return append(steps, rest)
		}
		steps, rest = append(steps, rest[:from+i]), rest[from+i:]
	}
	return steps
}

func appendInt(b []byte, n int32) []byte {
	if n < 0 {
		return json.AppendUint(append(b, '-'), uint64(-int64(n)))
	}
	return json.AppendUint(b, uint64(n))
}
