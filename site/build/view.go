package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A view is a settlement in words, ready to be put into the page's slots. The scripts
// build the same view from each new answer (site/src/app/view.mjs); the browser tests
// hold the two to the same page, character by character.
type view struct {
	Tag, Corrected          string
	CaseLine, Caption       string
	YouYuan, YouFen, YouTo  string
	RangeText               string
	Doubts                  bool // whether figures can be corrected where this is shown
	Means, Fund             string
	Segments                []segment
	Rows                    []row
	Sum                     string
	Groups                  []group
	Counter, Tax            []item
	Ahead, Unknowns         []item
	Assumed, Notes          []item
	Grade, GradeKey, Policy string
}

type segment struct{ Key, X, Width string }

type row struct{ Key, Label, Amount, Percent string }

type group struct {
	Key, Title, Label, Total string
	Lines                    []line
	Zeros                    []line
	ZeroLabel                string
}

type line struct {
	Key, Label, Amount, Word string
	Steps                    []stepView
}

type stepView struct {
	Key, Title, Formula, Because, Adjusted, Valid, Grade, GradeKey, GradeWord, Overridden, Rules string
	Sources                                                                                      []item
}

type item struct{ Key, Text, URL, Action, Rule string }

// receipt is the order of the receipt's lines; scripts and build read the same file.
type receiptPlan struct {
	Funds, Bar, Means []string
	Groups            []groupPlan
}

type groupPlan struct {
	ID, Total string
	Lines     []linePlan
}

// linePlan says where a line's amount comes from: the national field of its name or,
// for what stays with the person, what is left in some buckets; To are the places whose
// incoming steps explain it.
type linePlan struct {
	ID       string
	To, Left []string
}

func (s *settlement) UnmarshalJSON(data []byte) error {
	type plain settlement
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return err
	}
	if err := json.Unmarshal(data, (*plain)(s)); err != nil {
		return err
	}
	s.amounts = map[string]string{}
	for key, raw := range fields {
		var text string
		if json.Unmarshal(raw, &text) == nil && key != "grade" {
			s.amounts[key] = text
		}
	}
	return nil
}

// fen reads an amount that the engine wrote.
func fen(amount string) int64 {
	whole, cents, _ := strings.Cut(amount, ".")
	v, err := strconv.ParseInt(whole+(cents + "00")[:2], 10, 64)
	if err != nil {
		panic(fmt.Errorf("the engine answered with the amount %q", amount))
	}
	return v
}

// money writes 1234567 fen as 12,345.67.
func money(f int64) string {
	yuan, cents := strconv.FormatInt(f/100, 10), fmt.Sprintf(".%02d", f%100)
	for i := len(yuan) - 3; i > 0; i -= 3 {
		yuan = yuan[:i] + "," + yuan[i:]
	}
	return yuan + cents
}

// percentOf writes a share such as 0.855 as 85.5%, without arithmetic.
func percentOf(share string) string {
	sign := ""
	if strings.HasPrefix(share, "-") {
		sign, share = "-", share[1:]
	}
	whole, part, _ := strings.Cut(share, ".")
	for len(part) < 2 {
		part += "0"
	}
	whole = strings.TrimLeft(whole+part[:2], "0")
	if whole == "" {
		whole = "0"
	}
	if rest := strings.TrimRight(part[2:], "0"); rest != "" {
		whole += "." + rest
	}
	return sign + whole + "%"
}

// portion is a part of a whole in percent with one decimal, half up.
func portion(part, whole int64) string {
	if whole == 0 {
		return "0.0%"
	}
	tenths := (part*2000 + whole) / (2 * whole)
	return fmt.Sprintf("%d.%d%%", tenths/10, tenths%10)
}

// viewer turns answers into views in one language.
type viewer struct {
	messages
	plan    receiptPlan
	regions []region
	code    string             // the example's region
	codes   map[string][]coded // codes that this region knows, by dimension
}

// codeName is the name of a code: the region's own, ours, or the code.
func (w viewer) codeName(dim, code string) string {
	for _, c := range w.codes[dim] {
		if own := c.Name.in(w.lang); c.Code == code && own != "" {
			return own
		}
	}
	return w.or(code, dim, code)
}

func (w viewer) settlementView(req map[string]any, regionName string, a answer) view {
	s := a.Settlement
	total := fen(s.amounts["medfee_sumamt"])
	you := s.amounts["psn_part_amt"]
	fund := fen(s.amounts["fund_pay_sumamt"])
	v := view{
		CaseLine: w.caseLine(req, regionName, total),
		YouYuan:  strings.TrimSuffix(money(fen(you)), you[len(you)-3:]),
		YouFen:   you[len(you)-3:],
		Means:    w.meansText(s),
		Sum:      money(total),
		Caption:  w.t("result.bar_title"),
		Doubts:   true,
		Policy:   w.t("result.policy", "region", regionName, "version", a.Policy.Version),
	}
	v.Fund = w.t("result.fund", "amount", money(fund), "percent", portion(fund, total))
	if fund == 0 {
		v.Fund = w.t("result.fund_none")
	}
	if r, ok := s.Range["psn_part_amt"]; ok {
		from, to := money(fen(r.From)), money(fen(r.To))
		v.RangeText = w.t("result.range", "from", from, "to", to)
		// Where the rules themselves are not known, what the person pays is a range and nothing else.
		if slices.ContainsFunc(s.Unknowns, func(u doubt) bool { return u.Rule != "" && fen(u.Matters) > 0 }) {
			v.YouYuan, v.YouFen, v.YouTo, v.Means = from[:len(from)-3], from[len(from)-3:], "–"+to, ""
			v.RangeText = w.t("result.range_leads")
			v.Caption += w.t("result.bar_worst")
			if f, ok := s.Range["fund_pay_sumamt"]; ok {
				v.Fund = w.t("result.fund_range", "from", money(fen(f.From)), "to", money(fen(f.To)))
			}
		}
	}
	v.Segments, v.Rows = w.bar(s, total)
	for _, g := range w.plan.Groups {
		v.Groups = append(v.Groups, w.group(g, s, a.Policy))
	}
	v.Counter = append(v.Counter, item{Key: "direct", Text: w.t("result.counter_direct", "amount", money(fen(s.Counter.Direct)))})
	if s.Counter.Refund != "" && fen(s.Counter.Refund) > 0 {
		v.Counter = append(v.Counter, item{Key: "manual", Text: w.t("result.counter_manual", "amount", money(fen(s.Counter.Manual)), "refund", money(fen(s.Counter.Refund)))})
	}
	if own := fen(s.amounts["self_pay"]); own > 0 {
		v.Tax = append(v.Tax, item{Key: "tax", Text: w.t("result.tax", "amount", money(own))})
	}
	for i, x := range s.Ahead {
		amount := x.Remaining
		if amount == "" {
			amount = x.Amount
		}
		v.Ahead = append(v.Ahead, item{Key: strconv.Itoa(i), Text: w.tf("ahead", x.Code, "layer", w.layerName(s, x.Layer), "amount", money(fen(amount)))})
	}
	for _, x := range s.Unknowns {
		if x.Field == "" && fen(x.Matters) == 0 {
			continue // a rule that changes nothing here
		}
		text := w.t("result.unknown", "field", w.doubtName(s, x.Rule, x.Field), "amount", money(fen(x.Matters)))
		if find := w.whereToFind(x.Field); find != "" {
			text += w.t("result.stop") + find
		}
		v.Unknowns = append(v.Unknowns, item{Key: x.Rule + x.Field, Rule: x.Rule, Text: text})
	}
	for _, n := range s.Notes {
		switch n.Code {
		case "assumed":
			v.Assumed = append(v.Assumed, item{Key: n.Field, Text: w.assumed(n), URL: "#f-" + n.Field, Action: w.t("result.change")})
		default:
			code := n.Code
			if code == "waiting" && n.Until == "" {
				code = "waiting_open"
			}
			v.Notes = append(v.Notes, item{Key: n.Code + n.Key + n.Reason, Text: w.tf("note", code, "key", w.benefitName(n.Key),
				"reason", w.or(n.Reason, "excluded", n.Reason), "months", n.Months, "until", n.Until)})
		}
	}
	if s.Grade != "" {
		v.Grade, v.GradeKey = w.tf("grade", s.Grade), s.Grade
	}
	return v
}

func (w viewer) caseLine(req map[string]any, regionName string, total int64) string {
	person, _ := req["person"].(map[string]any)
	visit, _ := req["visit"].(map[string]any)
	code := func(m map[string]any, key string) string { s, _ := m[key].(string); return s }
	parts := []string{regionName, w.tf("scheme", code(person, "scheme")), w.codeName("status", code(person, "status")), w.codeName("kind", code(visit, "kind"))}
	if level := code(visit, "level"); level != "" {
		parts = append(parts, w.codeName("level", level))
	}
	if place := code(visit, "place"); place != "" && place != "local" {
		parts = append(parts, w.codeName("place", place))
	}
	parts = append(parts, w.t("result.total_of", "amount", money(total)), code(req, "date"))
	return strings.Join(parts, w.t("result.caseline_sep"))
}

func (w viewer) meansText(s *settlement) string {
	var parts []string
	for _, id := range w.plan.Means {
		if f := fen(s.amounts[id]); f > 0 {
			parts = append(parts, w.t("result.mean", "label", w.tf("payer", id), "amount", money(f)))
		}
	}
	if len(parts) < 2 {
		return w.t("result.all_cash")
	}
	return w.t("result.means", "parts", strings.Join(parts, w.t("result.join")))
}

// bar lays the payers side by side on a line of ten thousand units.
func (w viewer) bar(s *settlement, total int64) (segments []segment, rows []row) {
	var before int64
	for _, id := range w.plan.Bar {
		f := fen(s.amounts[id])
		if f == 0 {
			continue
		}
		x, end := before*10000/total, (before+f)*10000/total
		before += f
		segments = append(segments, segment{Key: id, X: strconv.FormatInt(x, 10), Width: strconv.FormatInt(end-x, 10)})
		rows = append(rows, row{Key: id, Label: w.tf("payer", id), Amount: money(f), Percent: portion(f, total)})
	}
	return segments, rows
}

func (w viewer) group(plan groupPlan, s *settlement, p policyInfo) group {
	g := group{Key: plan.ID, Title: w.tf("group", plan.ID), Label: w.tf("line", plan.Total), Total: money(fen(s.amounts[plan.Total]))}
	for _, lp := range plan.Lines {
		amount := left(s, lp.Left)
		if lp.Left == nil {
			amount = fen(s.amounts[lp.ID])
		}
		l := line{Key: lp.ID, Label: w.tf("line", lp.ID), Word: w.tf("word", lp.ID), Amount: money(amount)}
		if amount == 0 {
			if lp.Left == nil || lp.To != nil { // a line without steps of its own is rare
				g.Zeros = append(g.Zeros, l)
			}
			continue
		}
		var sum int64
		rule := ""
		for i, st := range s.Steps {
			// A later payer's deductible may stay where it was: that moved nothing.
			if !slices.Contains(lp.To, st.To) || st.From == st.To || fen(st.Amount) == 0 {
				continue
			}
			// What one share pays out of several buckets is one payment.
			if st.Share != "" && st.Rule == rule {
				l.Steps = l.Steps[:len(l.Steps)-1]
			} else {
				sum = 0
			}
			rule = st.Rule
			sum += fen(st.Amount)
			l.Steps = append(l.Steps, w.stepView(i, st, sum, s, p))
		}
		g.Lines = append(g.Lines, l)
	}
	if len(g.Zeros) > 0 {
		g.ZeroLabel = w.t("result.zero", "n", strconv.Itoa(len(g.Zeros)))
	}
	return g
}

// left is what stays in the buckets for the person: everything that went in, less what
// payers took out again.
func left(s *settlement, buckets []string) (sum int64) {
	for _, st := range s.Steps {
		if st.Kind == "account" || st.Kind == "cash" {
			continue
		}
		if slices.Contains(buckets, st.To) {
			sum += fen(st.Amount)
		}
		if slices.Contains(buckets, st.From) {
			sum -= fen(st.Amount)
		}
	}
	return sum
}

func (w viewer) stepView(i int, st step, amount int64, s *settlement, p policyInfo) stepView {
	v := stepView{Key: strconv.Itoa(i), Title: w.tf("step", st.Kind), Formula: money(amount)}
	if st.Layer != "" {
		v.Title = w.t("step.layer", "layer", w.layerName(s, st.Layer), "step", v.Title)
	} else if part := w.or("", "line", "own_"+st.From); part != "" {
		// Of what stays with the person it is said which part is paid.
		v.Title = w.t("step.layer", "layer", v.Title, "step", part)
	}
	if st.Share != "" && st.Base != "" {
		v.Formula = w.t("step.formula", "base", money(fen(st.Base)), "share", percentOf(st.Share), "amount", money(amount))
	}
	var because, adjusted []string
	for _, b := range st.Because {
		because = append(because, w.or(b.Cond, "cond", b.Cond)+" "+w.condValue(b.Cond, b.Is))
	}
	if len(because) > 0 {
		v.Because = w.t("step.because", "list", strings.Join(because, w.t("result.join")))
	}
	for _, a := range st.Adjusted {
		// A deductible is changed in yuan, a share in points.
		value, after := a.Value, a.Amount
		if after == "" {
			after = percentOf(a.Share)
			if a.Op != "times" && a.Op != "own_share_times" {
				value = percentOf(value)
			}
		}
		adjusted = append(adjusted, w.tf("op", a.Op, "value", value, "share", after))
	}
	if len(adjusted) > 0 {
		v.Adjusted = w.t("step.adjusted", "list", strings.Join(adjusted, w.t("result.join")))
	}
	switch {
	case st.Valid.AsOf != "":
		v.Valid = w.t("valid.asof", "asof", strings.Replace(st.Valid.AsOf, "/", "–", 1))
	case st.Valid.Until != "":
		v.Valid = w.t("valid.span", "from", st.Valid.From, "until", st.Valid.Until)
	case st.Valid.From != "":
		v.Valid = w.t("valid.from", "from", st.Valid.From)
	}
	if st.Grade != "" {
		v.Grade, v.GradeKey, v.GradeWord = w.tf("grade", st.Grade), st.Grade, w.tf("grade_word", st.Grade)
	}
	// What the engine worked out itself rests on no figure.
	if st.Grade != "" || st.Overridden {
		rules := []string{st.Rule}
		for _, a := range st.Adjusted {
			rules = append(rules, a.Rule)
		}
		v.Rules = strings.Join(rules, " ")
	}
	if st.Overridden {
		v.Overridden = w.t("step.overridden")
	}
	for _, id := range st.Sources {
		doc := p.Sources[id]
		text := doc.Title
		if doc.Number != "" {
			text += " " + doc.Number
		}
		v.Sources = append(v.Sources, item{Key: id, Text: text, URL: doc.URL})
	}
	return v
}

func (w viewer) condValue(cond string, is any) string {
	switch x := is.(type) {
	case string:
		return w.codeName(cond, x)
	case []any:
		var all []string
		for _, e := range x {
			all = append(all, w.condValue(cond, e))
		}
		return strings.Join(all, "/")
	case map[string]any:
		return fmt.Sprintf("%v–%v", x["from"], x["to"])
	default:
		return fmt.Sprint(x)
	}
}

func (w viewer) layerName(s *settlement, id string) string {
	for _, l := range s.Layers {
		if l.ID == id {
			if n := l.Name.in(w.lang); n != "" {
				return n
			}
			return w.or(w.tf("payer", l.Payer), "layer", id)
		}
	}
	return w.or(id, "layer", id)
}

func (w viewer) doubtName(s *settlement, rule, field string) string {
	if path := strings.Split(field, "."); path[0] == "year" && len(path) == 3 {
		return w.t("step.layer", "layer", w.layerName(s, path[1]), "step", w.tf("year", path[2]))
	}
	if field != "" {
		return w.or(field, "fact", field)
	}
	parts := strings.Split(rule, ".")
	switch {
	case len(parts) < 2:
		return rule
	case parts[0] == "shared":
		return w.layerName(s, parts[0]) // what several layers share has no layer of its own
	}
	return w.layerName(s, parts[1])
}

// whereToFind says on which line of which paper the answer to a doubt stands.
func (w viewer) whereToFind(field string) string {
	switch {
	case field == "":
		field = "rule"
	case strings.HasPrefix(field, "year."):
		field = "year"
	}
	return w.or("", "find", field)
}

// benefitName is a benefit's key, such as employee.critical_illness.bands, in words.
func (w viewer) benefitName(key string) string {
	var words []string
	for part := range strings.SplitSeq(key, ".") {
		word := w.or("", "scheme", part)
		if word == "" {
			word = w.or("", "benefit", part)
		}
		if word == "" {
			word = w.or(part, "kind", part)
		}
		words = append(words, word)
	}
	return strings.Join(words, w.t("benefit_join"))
}

func (w viewer) assumed(n note) string {
	_, dim, _ := strings.Cut(n.Field, ".")
	return w.t("result.assumed", "field", w.or(n.Field, "fact", n.Field), "value", w.codeName(dim, n.Value))
}
