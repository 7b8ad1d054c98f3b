package main

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// ruleWords says a region's rules in words.
type ruleWords struct {
	messages
	rules
	scheme *ruleScheme // nil where a rule holds for both
	layer  *ruleLayer  // nil outside a benefit
}

// condOrder is the order in which conditions are read.
var condOrder = []string{
	"kind", "class", "item_kind", "disease", "tier", "level", "hospital", "institution", "admission", "days", "referral",
	"status", "age", "assistance", "months_enrolled", "supplements", "enrolment", "place", "filing", "cause",
}

// conds are conditions in words, each one a phrase; those that always hold here are left out.
func (w ruleWords) conds(list []ruleCond) []string {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b ruleCond) int { return slices.Index(condOrder, a.Cond) - slices.Index(condOrder, b.Cond) })
	var out []string
	for _, c := range list {
		text := ""
		if c.In != nil {
			text = w.codes(c, list)
		} else {
			text = w.number(c)
		}
		if text != "" {
			out = append(out, text)
		}
	}
	return out
}

func (w ruleWords) when(list []ruleCond) string {
	return w.spaced(strings.Join(w.conds(list), w.t("policy.also")))
}

// spaced sets a space between Chinese characters and figures, as a printer does.
func (w ruleWords) spaced(text string) string {
	if w.lang != "zh" {
		return text
	}
	figure := func(r rune) bool { return r >= '0' && r <= '9' || r == '%' }
	var out strings.Builder
	last := ' '
	for _, r := range text {
		if isHan(last) && figure(r) || figure(last) && isHan(r) {
			out.WriteByte(' ')
		}
		out.WriteRune(r)
		last = r
	}
	return out.String()
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

// hasHan reports whether a text is Chinese, whatever the page's language.
func hasHan(text string) bool { return strings.ContainsFunc(text, isHan) }

// capital begins a line as English does.
func (w ruleWords) capital(text string) string {
	if text == "" || text[0] < 'a' || text[0] > 'z' {
		return text
	}
	return string(text[0]-'a'+'A') + text[1:]
}

// number says a condition on a whole number: 70 and above, under 60, 60 to 69, the 2nd.
func (w ruleWords) number(c ruleCond) string {
	from, to := 0, 0
	if c.From != nil {
		from = *c.From
	}
	form := "from"
	switch {
	case c.To == nil && from == 0:
		return ""
	case c.To == nil:
	case from == *c.To:
		form = "one"
	case from == 0:
		form, to = "below", *c.To+1
	default:
		form, to = "span", *c.To
	}
	return w.tf("policy.number", c.Cond+"."+form, "from", strconv.Itoa(from), "to", strconv.Itoa(to))
}

// codes says which codes a condition takes: by naming them, or those it does not take
// where these are fewer.
func (w ruleWords) codes(c ruleCond, all []ruleCond) string {
	possible := w.possible(c.Cond, all)
	var in, out []string
	for _, code := range possible {
		if slices.Contains(c.In, code) {
			in = append(in, code)
		} else {
			out = append(out, code)
		}
	}
	if len(out) == 0 && len(in) > 0 {
		return ""
	}
	if len(in) == 0 {
		in = c.In // a row that no visit of this benefit can meet: said as it stands
	}
	if slices.Contains(out, "none") {
		if len(out) == 1 {
			return w.tf("policy.any", c.Cond)
		}
		return w.codeNames(c.Cond, in) // whoever is nothing is no exception to be named
	}
	if len(in) > 3 && len(out) <= 3 {
		return w.t("policy.except", "list", w.codeNames(c.Cond, out))
	}
	return w.codeNames(c.Cond, in)
}

// possible are the codes that can occur where the condition stands: those that the benefit
// sees, the statuses of its scheme, the diseases of its kinds of visit.
func (w ruleWords) possible(dim string, all []ruleCond) []string {
	taken := func(of string) []string {
		var codes []string
		if w.layer != nil {
			codes = condCodes(w.layer.Applies, of)
		}
		if of == dim {
			return codes
		}
		if own := condCodes(all, of); own != nil {
			return own
		}
		return codes
	}
	seen, kinds := taken(dim), taken("kind")
	away := dim == "filing" && taken("place") != nil && !slices.Contains(taken("place"), "local")
	var out []string
	for _, k := range w.Codes[dim] {
		switch {
		case seen != nil && !slices.Contains(seen, k.Code),
			dim == "status" && w.scheme != nil && !slices.Contains(w.scheme.Statuses, k.Code),
			away && k.Code == "none",
			kinds != nil && k.Kinds != nil && !slices.ContainsFunc(k.Kinds, func(one string) bool { return slices.Contains(kinds, one) }):
			continue
		}
		out = append(out, k.Code)
	}
	return out
}

func condCodes(list []ruleCond, dim string) []string {
	for _, c := range list {
		if c.Cond == dim {
			return c.In
		}
	}
	return nil
}

func (w ruleWords) codeNames(dim string, codes []string) string {
	var out []string
	for _, c := range codes {
		out = append(out, w.codeName(dim, c))
	}
	return strings.Join(out, w.t("policy.and"))
}

// codeName is a code's name: the region's own, the one for a sentence, the one of the form.
func (w ruleWords) codeName(dim, code string) string {
	for _, k := range w.Codes[dim] {
		if own := k.Name.in(w.lang); k.Code == code && own != "" {
			return own
		}
	}
	key := dim + "." + code
	if text := w.or("", "policy.code", key); text != "" {
		return text
	}
	return w.t(key)
}

// yuan writes an amount. Chinese counts large round amounts in 万.
func (w ruleWords) yuan(amount string) string {
	sign := ""
	if strings.HasPrefix(amount, "-") {
		sign, amount = "-", amount[1:]
	}
	whole, part, _ := strings.Cut(amount, ".")
	part = strings.TrimRight(part, "0")
	if len(part) == 1 {
		part += "0"
	}
	if w.lang == "zh" && part == "" && len(whole) > 4 && strings.HasSuffix(whole, "000") {
		n := whole[:len(whole)-4]
		if thousands := whole[len(whole)-4]; thousands != '0' {
			n += "." + string(thousands)
		}
		return sign + w.t("policy.wan", "n", n)
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if part != "" {
		whole += "." + part
	}
	return sign + w.t("policy.yuan", "n", whole)
}

// value writes a known figure in its unit.
func (w ruleWords) value(v, unit string) string {
	switch unit {
	case "CNY":
		return w.yuan(v)
	case "months":
		return w.t("policy.months", "n", v)
	}
	return percentOf(v)
}

// change writes what an adjustment does.
func (w ruleWords) change(a ruleAdjust, v, unit string) string {
	if a.Op != "plus" && a.Op != "per_year_of_age" && a.Op != "per_admission" {
		return w.tf("policy.op", a.Op, "value", w.value(v, unit))
	}
	form, digits := a.Op+".more", v
	if strings.HasPrefix(v, "-") {
		form, digits = a.Op+".less", v[1:]
	}
	if strings.Trim(v, "0.-") == "" {
		return w.t("policy.op.same")
	}
	if a.Op == "per_year_of_age" && a.Over == 0 {
		form = "any_age" + strings.TrimPrefix(form, a.Op)
	}
	text := w.value(digits, unit)
	if unit == "points" {
		n := strings.TrimSuffix(text, "%")
		text = w.t("policy.points", "n", n)
		if n == "1" {
			text = w.t("policy.point")
		}
	}
	return w.tf("policy.op", form, "value", text, "over", strconv.Itoa(a.Over))
}

// valid says for which time a figure holds. A figure known only by the months of its
// sources holds from the first of these years' January on, which no document says.
func (w ruleWords) valid(r ruleRow) string {
	first, last, spans := strings.Cut(r.Valid.AsOf, "/")
	var out []string
	if r.Valid.From != "" && (first == "" || r.Valid.From != first[:4]+"-01-01") {
		out = append(out, w.t("policy.valid.from", "day", r.Valid.From))
	}
	if r.Valid.Until != "" {
		out = append(out, w.t("policy.valid.until", "day", r.Valid.Until))
	}
	switch {
	case spans:
		out = append(out, w.t("policy.valid.months", "first", first, "last", last))
	case first != "":
		out = append(out, w.t("policy.valid.month", "month", first))
	}
	return strings.Join(out, w.t("policy.semicolon"))
}

// key says in words what an unknown or disputed figure or a change speaks of; of what
// stands below an anchor only the rest.
func (w ruleWords) key(key, anchor string) string {
	rest := key
	if r, ok := strings.CutPrefix(key, anchor+"."); ok {
		rest = r
	}
	scheme, _, _ := strings.Cut(key, ".")
	var out []string
	for part := range strings.SplitSeq(rest, ".") {
		switch part, _, _ = strings.Cut(part, "["); part {
		case "table":
		case "employee", "resident":
			out = append(out, w.tf("scheme", part))
		default:
			out = append(out, w.benefit(scheme, part))
		}
	}
	return strings.Join(out, w.t("policy.of"))
}

// benefit names a benefit or an aspect of one.
func (w ruleWords) benefit(scheme, id string) string {
	for _, s := range w.Schemes {
		for _, l := range s.Layers {
			if own := l.Name.in(w.lang); l.ID == id && own != "" && (scheme == "" || s.ID == scheme) {
				return own
			}
		}
	}
	if text := w.or("", "policy.benefit", id); text != "" {
		return text
	}
	if text := w.or("", "policy.part", id); text != "" {
		return text
	}
	plain := strings.ReplaceAll(id, "_", " ")
	return w.or(plain, "cond", id)
}

// stated shows a value of the lists of conflicts and changes, which are written by hand:
// a plain number in the unit that its key asks for, anything else as it stands.
func (w ruleWords) stated(key, v string) string {
	if text := w.or("", "policy.stated", strings.ReplaceAll(v, " ", "_")); text != "" {
		return text
	}
	abs := strings.TrimPrefix(v, "-")
	if abs == "" || strings.Trim(abs, "0123456789.") != "" || strings.Count(abs, ".") > 1 {
		return v
	}
	about := func(parts ...string) bool {
		return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(key, p) })
	}
	amount := about("deductible", "cap", "quota", "limit")
	switch {
	case strings.HasPrefix(abs, "0."), !amount && (abs == "0" || abs == "1"):
		return percentOf(v)
	case amount, about("bands", "adjust"):
		return w.yuan(v)
	}
	return v
}
