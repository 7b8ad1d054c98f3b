package source

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"mingbai/engine"
)

// reader collects mistakes. The same mistake at the same place is told once, however
// often an alias repeats it.
type reader struct {
	found Errors
	seen  map[string]bool
}

func (r *reader) report(e *PolicyError) {
	key := fmt.Sprintf("%s:%d:%d %s", e.File, e.Line, e.Col, e.Msg)
	if r.seen == nil {
		r.seen = map[string]bool{}
	}
	if !r.seen[key] {
		r.seen[key] = true
		r.found = append(r.found, e)
	}
}

func (r *reader) errorf(n *node, code, key, hint, format string, args ...any) {
	r.report(n.file.errorAt(n.line, n.col, code, key, fmt.Sprintf(format, args...), hint))
}

func (r *reader) warnf(n *node, code, key, hint, format string, args ...any) {
	e := n.file.errorAt(n.line, n.col, code, key, fmt.Sprintf(format, args...), hint)
	e.Warning = true
	r.report(e)
}

// fields is a mapping whose keys have been checked.
type fields struct {
	*reader
	n         *node
	key, what string
	at        map[string]*node // values; nil where a key has no value
	name      map[string]*node
}

// fields reads a mapping that may have the allowed keys, each once. What it is goes
// into messages.
func (r *reader) fields(n *node, key, what string, allowed ...string) *fields {
	f := r.anyFields(n, key, what)
	if f == nil {
		return nil
	}
	for i, k := range n.keys {
		if f.name[k.text] != k || contains(allowed, k.text) {
			continue
		}
		delete(f.at, k.text)
		if n.items[i].kind == null && strings.ContainsAny(k.text, " /;，。（") {
			continue // told by anyFields
		}
		hint := "allowed here: " + strings.Join(allowed, ", ")
		if home, ok := homes[k.text]; ok {
			r.errorf(k, "misplaced", key, fmt.Sprintf("it stands in %s; %s", home, hint), "%q does not belong in %s", k.text, what)
			continue
		}
		if near := nearest(k.text, allowed); near != "" {
			hint = fmt.Sprintf("did you mean %q?", near)
			if f.name[near] == nil {
				f.name[near] = k // do not complain that it is missing as well
			}
		}
		r.errorf(k, "unknown_key", key, hint, "unknown key %q in %s", k.text, what)
	}
	return f
}

// anyFields reads a mapping with keys of the author's own.
func (r *reader) anyFields(n *node, key, what string) *fields {
	if n.kind != mapping {
		r.errorf(n, "type", key, "write key: value", "%s must be a mapping, not %s", what, n.kindName())
		return nil
	}
	f := &fields{r, n, key, what, map[string]*node{}, map[string]*node{}}
	for i, k := range n.keys {
		if k.kind != scalar || len(k.text) > 80 {
			r.errorf(k, "type", key, "write a word", "a key of %s must be a word, not %s", what, k.kindName())
			continue
		}
		if k.text == "<<" {
			r.errorf(k, "unknown_key", key, "repeat whole tables with an anchor and an alias, or write the keys out", "merge keys are not used in policies")
			continue
		}
		if first, twice := f.name[k.text]; twice {
			r.errorf(k, "duplicate_key", key, fmt.Sprintf("the first stands in line %d; keep one", first.line), "%q stands twice in %s", k.text, what)
			continue
		}
		f.name[k.text] = k
		v := n.items[i]
		if v.kind == null && strings.ContainsAny(k.text, " /;，。（") {
			r.errorf(k, "comma", key, "inside { } a comma ends a text: put the whole text in quotes", "%s is split before %q", what, k.text)
			f.at[k.text] = nil
			continue
		}
		if v.kind == null {
			r.errorf(k, "no_value", key, "write its value or leave the key out", "%q has no value", k.text)
			f.at[k.text] = nil
			continue
		}
		f.at[k.text] = v
	}
	return f
}

// get is a key's value, nil without one.
func (f *fields) get(k string) *node { return f.at[k] }

// need is a key's value; without one that is a mistake.
func (f *fields) need(k, hint string) *node {
	v, there := f.at[k]
	if !there && f.name[k] == nil {
		f.errorf(f.n, "missing", f.key, hint, "%q is missing in %s", k, f.what)
	}
	return v
}

func (n *node) kindName() string {
	switch n.kind {
	case list:
		return "a list"
	case mapping:
		return "a mapping"
	case null:
		return "nothing"
	}
	if len(n.text) > 40 {
		return "a text"
	}
	return fmt.Sprintf("%q", n.text)
}

// text reads a non-empty text.
func (r *reader) text(n *node, key string) (string, bool) {
	switch {
	case n == nil:
		return "", false
	case n.kind != scalar:
		r.errorf(n, "type", key, "write a text", "%s must be a text, not %s", last(key), n.kindName())
	case strings.TrimSpace(n.text) == "":
		r.errorf(n, "type", key, "write it or leave the key out", "%s is empty", last(key))
	case len(n.text) > 2000 || strings.ContainsFunc(n.text, func(c rune) bool { return c < ' ' || c == 0x7F }):
		r.errorf(n, "type", key, "keep it to one line of at most some hundred characters", "%s is too long or has line breaks", last(key))
	default:
		return n.text, true
	}
	return "", false
}

// last is the end of a key: what messages call the thing.
func last(key string) string {
	return key[strings.LastIndexByte(key, '.')+1:]
}

// name reads {zh: …, en: …}; both are needed.
func (r *reader) name(n *node, key string) engine.Name {
	var out engine.Name
	if n == nil {
		return out
	}
	f := r.fields(n, key, last(key), "zh", "en")
	if f == nil {
		return out
	}
	out.Zh, _ = r.text(f.need("zh", "names and notes stand in Chinese and English"), key+".zh")
	out.En, _ = r.text(f.need("en", "names and notes stand in Chinese and English"), key+".en")
	if strings.ContainsFunc(out.En, func(c rune) bool { return c >= 0x4E00 && c <= 0x9FFF }) {
		r.errorf(f.get("en"), "type", key, "translate it", "the English text of %s is Chinese", last(key))
	}
	return out
}

// word reads an identifier: lower-case letters, digits, underscores.
func (r *reader) word(n *node, key string) (string, bool) {
	if n == nil {
		return "", false
	}
	if n.kind != scalar || !isWord(n.text) {
		r.errorf(n, "type", key, "lower-case letters, digits and underscores, a letter first: tertiary_top", "%s must be a code, not %s", last(key), n.kindName())
		return "", false
	}
	return n.text, true
}

func isWord(s string) bool {
	for i, c := range s {
		if !(c >= 'a' && c <= 'z' || i > 0 && (c >= '0' && c <= '9' || c == '_')) {
			return false
		}
	}
	return s != "" && len(s) <= 40
}

// isDotted accepts "resident.inpatient.cap", with indexes.
func isDotted(s string) bool {
	for _, part := range strings.Split(s, ".") {
		part, index, has := strings.Cut(part, "[")
		if !isWord(part) || has && (len(index) < 2 || len(index) > 4 || strings.Trim(index[:len(index)-1], "0123456789") != "" || index[len(index)-1] != ']') {
			return false
		}
	}
	return len(s) <= 120
}

// choice reads one of a few words.
func (r *reader) choice(n *node, key string, among ...string) (string, bool) {
	if n == nil {
		return "", false
	}
	if n.kind == scalar && contains(among, n.text) {
		return n.text, true
	}
	hint := "one of " + strings.Join(among, ", ")
	if n.kind == scalar {
		if near := nearest(n.text, among); near != "" {
			hint = fmt.Sprintf("did you mean %q? (%s)", near, hint)
		}
	}
	r.errorf(n, "not_allowed", key, hint, "%s cannot be %s", last(key), n.kindName())
	return "", false
}

// items reads a list.
func (r *reader) items(n *node, key string) []*node {
	if n == nil {
		return nil
	}
	if n.kind != list {
		hint := "write it as a list"
		if n.kind == scalar {
			hint = "write [" + n.text + "]"
		}
		r.errorf(n, "type", key, hint, "%s must be a list, not %s", last(key), n.kindName())
		return nil
	}
	return n.items
}

// date reads a day.
func (r *reader) date(n *node, key string) engine.Date {
	if n == nil {
		return 0
	}
	if n.kind == scalar {
		if d, err := engine.ParseDate("", n.text); err == nil {
			return d
		}
	}
	if n.kind == scalar && dayShaped(n.text) {
		r.errorf(n, "date", key, "days run from 1990-01-01 to 2099-12-31", "%s: there is no day %s", last(key), n.text)
	} else {
		r.errorf(n, "date", key, "write 2026-01-31", "%s must be a day, not %s", last(key), n.kindName())
	}
	return 0
}

func dayShaped(s string) bool {
	if len(s) != 10 {
		return false
	}
	for i, c := range []byte(s) {
		if dash := i == 4 || i == 7; dash != (c == '-') || !dash && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// partDate reads 2026, 2026-01 or 2026-01-31 as text.
func (r *reader) partDate(n *node, key string) string {
	if n == nil {
		return ""
	}
	if n.kind == scalar && len(n.text) >= 4 && len(n.text) != 5 {
		if _, err := engine.ParseDate("", n.text+"2001-01-01"[min(len(n.text), 10):]); err == nil {
			return n.text
		}
	}
	r.errorf(n, "date", key, "write 2026, 2026-01 or 2026-01-31", "%s must be a date, not %s", last(key), n.kindName())
	return ""
}

// asof reads 2025-12 or 2022-01/2026-03: the first and last month of which sources speak.
func (r *reader) asof(n *node, key string) (first engine.Date, text string) {
	if n == nil {
		return 0, ""
	}
	if n.kind == scalar {
		a, b, two := strings.Cut(n.text, "/")
		from, ok := month(a)
		to := from
		if two {
			var ok2 bool
			to, ok2 = month(b)
			ok = ok && ok2
		}
		if ok && from <= to {
			return engine.Date(from.Year()*10000 + 101), n.text
		}
	}
	r.errorf(n, "date", key, "write 2025-12, or 2022-01/2026-03 for the first and the last month", "asof must be a month or two, not %s", n.kindName())
	return 0, ""
}

func month(s string) (engine.Date, bool) {
	if len(s) != 7 {
		return 0, false
	}
	d, err := engine.ParseDate("", s+"-01")
	return d, err == nil
}

// number reads a plain decimal with at most so many digits after the point.
func (r *reader) number(n *node, key string, places int, signed bool) (decimal.Decimal, bool) {
	if n == nil {
		return decimal.Decimal{}, false
	}
	if n.kind != scalar {
		r.errorf(n, "type", key, "write a number", "%s must be a number, not %s", last(key), n.kindName())
		return decimal.Decimal{}, false
	}
	s, neg := n.text, false
	if strings.HasPrefix(s, "-") {
		s, neg = s[1:], true
	}
	whole, part, point := strings.Cut(s, ".")
	hint := ""
	switch {
	case neg && !signed:
		hint = "a minus stands only where something is added (plus)"
	case strings.HasSuffix(s, "%"):
		hint = "write a share of one: 0.85 for 85%"
	case strings.ContainsAny(s, ",，_"):
		hint = "write it without separators: 30000"
	case strings.ContainsAny(s, "eE") && strings.Trim(s, "0123456789.eE+-") == "":
		hint = "write the number out, without an exponent"
	case !isDigits(whole), point && !isDigits(part):
		hint = "write digits, and a point before decimals: 1300 or 0.85"
	case len(whole) > 9:
		hint = "at most nine digits before the point; an absent limit is none"
	case len(part) > places:
		hint = fmt.Sprintf("at most %d digits after the point", places)
	case len(whole) > 1 && whole[0] == '0':
		hint = "write it without leading zeros"
	default:
		var v int64
		for _, c := range whole + part {
			v = v*10 + int64(c-'0')
		}
		if neg {
			v = -v
		}
		return decimal.New(v, -int32(len(part))), true
	}
	r.errorf(n, "number", key, hint, "%s must be a plain decimal, not %s", last(key), n.kindName())
	return decimal.Decimal{}, false
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// whole reads a small whole number.
func (r *reader) whole(n *node, key string, least, most int) (int, bool) {
	if n == nil {
		return 0, false
	}
	if n.kind == scalar && isDigits(n.text) && len(n.text) <= 6 {
		v := 0
		for _, c := range n.text {
			v = v*10 + int(c-'0')
		}
		if v >= least && v <= most {
			return v, true
		}
	}
	r.errorf(n, "number", key, fmt.Sprintf("a whole number from %d to %d", least, most), "%s cannot be %s", last(key), n.kindName())
	return 0, false
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// homes says where a key stands, for keys that are found elsewhere.
var homes = map[string]string{
	"when": "a row", "value": "a row", "share": "a row of shares", "between": "a row, beside unknown", "grade": "a row",
	"asof": "a row", "until": "a row or a layer", "multiple_of": "a row of amounts", "to": "a row of bands", "to_multiple_of": "a row of bands, beside to",
	"counted_from": "bands", "along": "bands", "paid_by": "bands, beside along: paid",
	"per": "deductible or cap", "by": "deductible or cap", "with": "deductible, limit or cap", "of": "cap, guarantee or ceiling",
	"share_of": "deductible", "floor": "deductible", "less_spell": "deductible", "limit": "deductible or classify",
	"plus": "adjust", "times": "adjust", "own_share_times": "adjust", "per_year_of_age": "adjust", "over": "adjust, beside per_year_of_age or per_admission", "per_admission": "adjust of a deductible",
	"at_least": "adjust", "at_most": "adjust", "replace": "adjust", "partial": "adjust, beside a list of rows", "use": "adjust",
	"payer": "a layer or split", "applies": "a layer", "enters": "a layer", "deductible": "a layer", "bands": "a layer", "adjust": "a layer or deductible",
	"cap": "a layer", "caps": "a layer", "quota": "a layer", "guarantee": "a layer", "ceiling": "a layer or deductible", "split": "a layer",
	"layers": "a scheme", "account": "a scheme", "waiting": "a scheme", "fixed": "waiting", "per_missed_year": "waiting", "per_repaired_year": "waiting", "statuses": "a scheme", "pays": "a row of account", "first": "a row of account", "reason": "a row of exclude",
	"like": "codes", "kinds": "codes", "paid_first": "classify", "never": "classify", "extra": "classify",
	"sources": "the file, at the top", "schemes": "the file, at the top", "classify": "the file, at the top, or a scheme", "in_force": "the file, at the top",
	"status": "a layer, or when", "level": "when", "age": "when", "admission": "when", "place": "when", "filing": "when", "referral": "when", "disease": "when",
	"kind": "when", "assistance": "when", "tier": "when", "enrolment": "when", "supplements": "when", "cause": "when", "hospital": "when", "institution": "when",
	"months_enrolled": "when", "days": "when", "missed_years": "when", "repaired_years": "when", "missed_months": "when", "class": "when, in classify", "item_kind": "when, in classify",
}
