package main

import (
	"slices"
	"strconv"
	"strings"
)

// A region's page. It reads like a printed regulation: schemes, their benefits, and below
// each benefit its figures, every one with its condition, time, grade and documents.

type policyView struct {
	Code, Title, Name, Province, Hotline string
	Version, From, YearStarts            string
	Lead                                 string
	Estimate                             string
	Counts                               []countView
	Figures, Open                        int
	Schemes                              []schemeView
	Common                               []benefitView
	Disputes                             []disputeView // of nothing that stands above
	Missing                              []missingView
	Changes                              []changeView
	Documents                            []documentView

	anchors map[string]*benefitView
}

type countView struct {
	Grade, Word, Share string
	N                  int
}

type schemeView struct {
	ID, Ordinal, Name, Estimate string
	Statuses                    string
	Benefits                    []benefitView
	Missing                     []missingView
}

// benefitView is a benefit, or one of the rules that all benefits share.
type benefitView struct {
	Anchor, Ordinal, Name string
	Draft                 bool
	Grade, GradeWord      string
	Facts                 []factLine
	How, Word             string // how it computes, or what it is
	Blocks                []blockView
	Disputes              []disputeView
	Missing               []missingView
}

type factLine struct{ Label, Text string }

// blockView is one part of a rule: the deductible, the shares, a cap.
type blockView struct {
	Anchor, Title string
	Lead          string
	Groups        []groupView
	See           []linkView
}

type linkView struct{ Text, Anchor string }

// groupView is a ladder of segments under its conditions, or a plain list of figures.
// Where all its figures rest on the same, that is said once.
type groupView struct {
	Head    string
	Support *supportView
	Figures []figureView
}

// supportView is what figures rest on: grade, time, documents.
type supportView struct {
	Grade, GradeWord, Valid string
	Refs                    []refView
}

type figureView struct {
	Anchor, Label, Value, Between, Derived, Note string
	Unknown, Past, Coming                        bool
	Support                                      *supportView // nil where the group says it
	grade, gradeWord                             string
}

type refView struct {
	N    int
	ID   string
	Name string
}

type disputeView struct {
	Key, Chosen, Against, Why string
	Sources, Other            []refView
}

type missingView struct{ Key, Looked, Note string }

type changeView struct {
	Date, Key, Was, Is string
	Refs               []refView
}

type documentView struct {
	N int
	document
	ID, SeenWord string
}

// policyBook writes a region's view.
type policyBook struct {
	ruleWords
	view  *policyView
	cited []string        // sources in the order in which the page cites them
	told  map[string]bool // figures that stand on the page already
}

func newPolicyView(m messages, r rules) (v *policyView, err error) {
	defer func() {
		if missing, ok := recover().(missingText); ok {
			v, err = nil, missing
		}
	}()
	b := &policyBook{ruleWords: ruleWords{messages: m, rules: r}, told: map[string]bool{}}
	b.view = &policyView{Code: r.Region.Code, Name: r.Region.Name.in(m.lang), Province: r.Region.Province.in(m.lang), Hotline: r.Region.Hotline,
		Version: r.Version, From: r.From, Estimate: "#c=1.r-" + r.Region.Code}
	b.view.Title = m.t("policy.title", "region", b.view.Name)
	b.view.Lead = m.t("policy.lead", "region", b.view.Name)
	if r.YearStarts != "01-01" {
		b.view.YearStarts = r.YearStarts
	}
	missing := map[int]bool{}
	disputed := map[int]bool{}
	for i := range r.Schemes {
		b.view.Schemes = append(b.view.Schemes, b.schemeView(i, missing, disputed))
	}
	b.scheme = nil
	b.common(missing, disputed)
	b.view.Missing = b.missing("", missing)
	b.view.Disputes = b.disputes("", disputed)
	b.changes()
	b.documents()
	b.count()
	return b.view, nil
}

func (b *policyBook) schemeView(i int, missing, disputed map[int]bool) schemeView {
	s := &b.Schemes[i]
	b.scheme = s
	v := schemeView{ID: s.ID, Ordinal: b.tf("policy.chapter", strconv.Itoa(i+1)), Name: b.tf("scheme", s.ID), Statuses: b.codeNames("status", s.Statuses),
		Estimate: b.view.Estimate + "~s-" + s.ID}
	for j := range s.Layers {
		b.layer = &s.Layers[j]
		one := b.benefitView(s.ID+"."+b.layer.ID, missing, disputed)
		one.Ordinal = b.t("policy.clause", "n", b.numeral(j+1))
		v.Benefits = append(v.Benefits, one)
	}
	b.layer = nil
	v.Missing = b.missing(s.ID, missing)
	return v
}

// numeral counts as a printed regulation does.
func (b *policyBook) numeral(n int) string {
	if b.lang != "zh" {
		return strconv.Itoa(n)
	}
	ones := []rune("零一二三四五六七八九")
	switch {
	case n < 10:
		return string(ones[n])
	case n == 10:
		return "十"
	case n < 20:
		return "十" + string(ones[n-10])
	case n%10 == 0:
		return string(ones[n/10]) + "十"
	}
	return string(ones[n/10]) + "十" + string(ones[n%10])
}

func (b *policyBook) benefitView(key string, missing, disputed map[int]bool) benefitView {
	l := b.layer
	v := benefitView{Anchor: key, Name: b.benefit(b.scheme.ID, l.ID), Draft: l.Status == "draft"}
	v.fact(b.t("policy.payer"), b.tf("payer", l.Payer))
	bare := *b
	bare.layer = nil
	if text := bare.when(l.Applies); text != "" {
		v.fact(b.t("policy.applies"), text)
	}
	switch {
	case l.From != "" && l.Until != "":
		v.fact(b.t("policy.life"), b.t("policy.valid.from", "day", l.From)+b.t("policy.semicolon")+b.t("policy.valid.until", "day", l.Until))
	case l.From != "":
		v.fact(b.t("policy.life"), b.t("policy.valid.from", "day", l.From))
	case l.Until != "":
		v.fact(b.t("policy.life"), b.t("policy.valid.until", "day", l.Until))
	}
	v.How = b.how()
	b.deductible(&v)
	b.bands(&v)
	if l.Quota != nil {
		v.add(b.block(key+".quota", "quota", l.Quota.Rows))
	}
	b.adjusts(&v, key+".adjust", "adjust", l.Adjust)
	for i, c := range l.Caps {
		block := b.block(key+".cap"+suffix(i), "cap", c.Rows)
		leads := b.span(c.ruleSpan, "cap")
		if c.Of == "entered" {
			leads = append(leads, b.t("policy.cap_entered"))
		}
		block.Lead = b.sentences(leads)
		v.add(block)
	}
	if g := l.Guarantee; g != nil {
		block := b.block(key+".guarantee", "guarantee", g.Rows)
		block.Lead = b.t("policy.guarantee", "of", b.buckets(g.Of))
		v.add(block)
	}
	if g := l.Ceiling; g != nil {
		block := b.block(key+".ceiling", "ceiling", g.Rows)
		block.Lead = b.t("policy.ceiling", "of", b.buckets(g.Of))
		v.add(block)
	}
	if l.Split != nil {
		block := b.block(key+".split", "split", l.Split.Rows)
		block.Lead = b.t("policy.split", "payer", b.tf("payer", l.Payer), "other", b.tf("payer", l.Split.Payer))
		v.add(block)
	}
	v.Missing = b.missing(key, missing)
	v.Disputes = b.disputes(key, disputed)
	v.grade()
	return v
}

// suffix tells several blocks of a kind apart; the first needs nothing.
func suffix(i int) string {
	if i == 0 {
		return ""
	}
	return "." + strconv.Itoa(i)
}

func (v *benefitView) fact(label, text string) { v.Facts = append(v.Facts, factLine{label, text}) }

func (v *benefitView) add(b blockView) {
	if len(b.Groups) > 0 || len(b.See) > 0 || b.Lead != "" {
		v.Blocks = append(v.Blocks, b)
	}
}

// grade takes over the lowest grade of the figures that still hold.
func (v *benefitView) grade() {
	for _, b := range v.Blocks {
		for _, g := range b.Groups {
			for _, f := range g.Figures {
				if !f.Unknown && !f.Past && f.grade > v.Grade {
					v.Grade, v.GradeWord = f.grade, f.gradeWord
				}
			}
		}
	}
}

// how tells in plain sentences how the benefit computes.
func (b *policyBook) how() string {
	l := b.layer
	var from []string
	for _, e := range l.Enters {
		one := b.tf("policy.bucket", e.Bucket)
		if e.Weight != "" {
			one = b.t("policy.weighted", "of", one, "share", percentOf(e.Weight))
		}
		from = append(from, one)
	}
	out := []string{b.t("policy.how.enters", "of", strings.Join(from, b.t("policy.plus")))}
	switch d := l.Deductible; {
	case d != nil:
		out = append(out, b.tf("policy.how_deductible", d.Per))
	case l.Quota == nil:
		out = append(out, b.t("policy.how.no_deductible"))
	}
	if l.Quota != nil {
		out = append(out, b.t("policy.how.quota"))
	}
	if l.Bands != nil {
		if segmented(l.Bands.Rows) {
			out = append(out, b.t("policy.how.segments"))
		} else {
			out = append(out, b.t("policy.how.share"))
		}
	}
	if len(l.Adjust) > 0 {
		out = append(out, b.t("policy.how.adjust"))
	}
	if l.Guarantee != nil {
		out = append(out, b.t("policy.how.guarantee"))
	}
	if l.Ceiling != nil {
		out = append(out, b.t("policy.how.ceiling"))
	}
	if len(l.Caps) > 0 {
		out = append(out, b.t("policy.how.cap"))
	}
	if l.Split != nil {
		out = append(out, b.t("policy.how.split"))
	}
	return b.sentences(out)
}

// sentences joins whole sentences.
func (w ruleWords) sentences(list []string) string {
	if w.lang == "zh" {
		return strings.Join(list, "")
	}
	return strings.Join(list, " ")
}

func segmented(rows []ruleRow) bool {
	return slices.ContainsFunc(rows, func(r ruleRow) bool { return r.To != "" })
}

func (b *policyBook) buckets(list []string) string {
	var out []string
	for _, p := range list {
		out = append(out, b.tf("policy.bucket", p))
	}
	return strings.Join(out, b.t("policy.plus"))
}

// span says for how long something is counted, for what separately and with what together.
func (b *policyBook) span(s ruleSpan, of string) []string {
	out := []string{b.tf("policy.span", of+"."+s.Per)}
	if len(s.By) > 0 {
		var dims []string
		for _, d := range s.By {
			dims = append(dims, b.tf("cond", d))
		}
		out = append(out, b.t("policy.span_by", "of", strings.Join(dims, b.t("policy.and"))))
	}
	return append(out, b.with(s.With)...)
}

func (b *policyBook) with(layers []string) []string {
	var others []string
	for _, id := range layers {
		if id != b.layer.ID {
			others = append(others, b.benefit(b.scheme.ID, id))
		}
	}
	if len(others) == 0 {
		return nil
	}
	return []string{b.t("policy.span_with", "list", strings.Join(others, b.t("policy.and")))}
}

func (b *policyBook) deductible(v *benefitView) {
	d := b.layer.Deductible
	if d == nil {
		return
	}
	key := v.Anchor + ".deductible"
	main := b.block(key, "deductible", d.Rows)
	leads := b.span(d.ruleSpan, "deductible")
	if d.ShareOf != "" {
		leads = append(leads, b.t("policy.share_of", "of", b.tf("policy.bucket", d.ShareOf)))
	}
	if len(d.LessSpell) > 0 {
		leads = append(leads, b.t("policy.less_spell", "when", b.when(d.LessSpell)))
	}
	main.Lead = b.sentences(leads)
	v.add(main)
	v.add(b.block(key+".floor", "floor", d.Floor))
	v.add(b.block(key+".ceiling", "deductible_ceiling", d.Ceiling))
	b.adjusts(v, key+".adjust", "deductible_adjust", d.Adjust)
	if d.Limit != nil {
		limit := b.block(key+".limit", "deductible_limit", d.Limit.Rows)
		limit.Lead = b.sentences(b.with(d.Limit.With))
		v.add(limit)
	}
}

func (b *policyBook) bands(v *benefitView) {
	l := b.layer
	if l.Bands == nil {
		return
	}
	block := blockView{Anchor: v.Anchor + ".bands", Title: b.tf("policy.block", "bands")}
	if !segmented(l.Bands.Rows) {
		block.Groups = b.figures(l.Bands.Rows)
		v.add(block)
		return
	}
	leads := []string{b.tf("policy.along", l.Bands.Along)}
	if len(l.Bands.PaidBy) > 0 && !slices.Contains(l.Bands.PaidBy, l.ID) {
		var payers []string
		for _, id := range l.Bands.PaidBy {
			payers = append(payers, b.benefit(b.scheme.ID, id))
		}
		leads = []string{b.t("policy.along_paid_by", "list", strings.Join(payers, b.t("policy.and")))}
	}
	if l.Deductible != nil && l.Bands.CountedFrom != "" {
		leads = append(leads, b.tf("policy.counted_from", l.Bands.CountedFrom))
	}
	block.Lead = b.sentences(leads)
	// Rows with the same conditions form a ladder; ladders keep the order of the file.
	var heads []string
	ladders := map[string][]ruleRow{}
	for _, r := range l.Bands.Rows {
		head := b.when(r.When)
		if ladders[head] == nil {
			heads = append(heads, head)
		}
		ladders[head] = append(ladders[head], r)
	}
	for _, head := range heads {
		rows := ladders[head]
		var figures []figureView
		for _, r := range rows {
			figures = append(figures, b.figure(r, b.segment(r, rows), nil))
		}
		block.Groups = append(block.Groups, b.group(head, figures))
	}
	v.add(block)
}

// segment names the stretch of a row in its ladder. Where the bounds below it changed
// while the row held, it is named by its upper bound alone.
func (b *policyBook) segment(r ruleRow, ladder []ruleRow) string {
	first, last := span(r)
	if r.Valid.From < b.From {
		first = b.From
	}
	from := below(r, ladder, first)
	changed := below(r, ladder, last) != from
	switch {
	case changed && r.To == "":
		return b.t("policy.segment.rest")
	case changed, r.To != "" && from == "":
		return b.spaced(b.t("policy.segment.first", "to", b.yuan(r.To)))
	case from == "":
		return b.t("policy.segment.all")
	case r.To == "":
		return b.spaced(b.t("policy.segment.last", "from", b.yuan(from)))
	}
	return b.spaced(b.t("policy.segment.middle", "from", b.yuan(from), "to", b.yuan(r.To)))
}

const never = "9999-12-31"

func span(r ruleRow) (first, last string) {
	first, last = r.Valid.From, r.Valid.Until
	if last == "" {
		last = never
	}
	return first, last
}

// below is the greatest bound under a row's own on a day.
func below(r ruleRow, ladder []ruleRow, day string) (bound string) {
	for _, x := range ladder {
		first, last := span(x)
		if x.To == "" || first > day || last < day || r.To != "" && !less(x.To, r.To) {
			continue
		}
		if bound == "" || less(bound, x.To) {
			bound = x.To
		}
	}
	return bound
}

// less compares two amounts that the engine wrote.
func less(a, b string) bool { return fen(a) < fen(b) }

// block is a table of figures, each under its own conditions.
func (b *policyBook) block(anchor, title string, rows []ruleRow) blockView {
	return blockView{Anchor: anchor, Title: b.tf("policy.block", title), Groups: b.figures(rows)}
}

func (b *policyBook) figures(rows []ruleRow) []groupView {
	var figures []figureView
	for _, r := range rows {
		if !b.told[r.ID] {
			figures = append(figures, b.figure(r, b.label(r), nil))
		}
	}
	if figures == nil {
		return nil
	}
	return []groupView{b.group("", figures)}
}

// label is a figure's conditions, or that it has none.
func (b *policyBook) label(r ruleRow) string {
	if text := b.when(r.When); text != "" {
		return text
	}
	return b.t("policy.always")
}

// adjusts lists changes of a share or a deductible. Those that several benefits share
// stand once on the page and are referred to.
func (b *policyBook) adjusts(v *benefitView, anchor, title string, list []ruleAdjust) {
	block := blockView{Anchor: anchor, Title: b.tf("policy.block", title)}
	var figures []figureView
	for _, a := range list {
		for _, r := range a.Rows {
			if name, ok := shared(r.ID); ok {
				see := linkView{b.shared(name), "shared." + name}
				if !slices.Contains(block.See, see) {
					block.See = append(block.See, see)
				}
			} else if !b.told[r.ID] {
				figures = append(figures, b.figure(r, b.label(r), &a))
			}
		}
	}
	if figures != nil {
		block.Groups = []groupView{b.group("", figures)}
	}
	v.add(block)
}

// shared finds the list that a figure belongs to, "out_of_area" of shared.out_of_area[0].
func shared(id string) (string, bool) {
	rest, ok := strings.CutPrefix(id, "shared.")
	rest, _, _ = strings.Cut(rest, "[")
	return rest, ok
}

func (b *policyBook) shared(name string) string {
	plain := strings.ReplaceAll(name, "_", " ")
	return b.or(plain, "policy.shared", name)
}

// figure puts one row into words; change is the adjustment that it belongs to.
func (b *policyBook) figure(r ruleRow, label string, change *ruleAdjust) figureView {
	b.told[r.ID] = true
	f := figureView{Anchor: policyAnchor(r.ID), Label: b.capital(label), Note: r.Note.in(b.lang), grade: r.Grade, gradeWord: b.tf("grade", r.Grade),
		Past: r.Valid.Until != "" && r.Valid.Until < b.Version, Coming: r.Valid.From > b.Version}
	f.Support = &supportView{f.grade, f.gradeWord, b.valid(r), b.refs(r.Sources)}
	say := func(v string) string {
		if change != nil {
			return b.change(*change, v, r.Unit)
		}
		return b.value(v, r.Unit)
	}
	switch {
	case r.Reason != "":
		f.Value = b.t("policy.not_paid")
		if f.Note == "" {
			f.Note = b.or("", "excluded", r.Reason)
		}
	case r.Pays != nil && len(r.Pays) == 0:
		f.Value = b.t("policy.pays_nothing")
	case r.Pays != nil:
		var places []string
		for _, p := range r.Pays {
			places = append(places, b.tf("policy.pays", p))
		}
		f.Value = strings.Join(places, b.t("policy.and"))
		if r.First {
			f.Value = b.t("policy.pays_first", "then", f.Value)
		}
	case r.Unit == "":
		f.Value = b.t("policy.never")
	case r.Value == "unknown":
		f.Value, f.Unknown = b.t("policy.unknown"), true
		switch {
		case r.Between == nil:
		case r.Between.To == "":
			f.Between = b.t("policy.at_least", "from", say(r.Between.From))
		default:
			f.Between = b.t("policy.between", "from", say(r.Between.From), "to", say(r.Between.To))
		}
	case r.Value == "none":
		f.Value = b.t("policy.none")
	default:
		f.Value = say(r.Value)
	}
	if m := r.Multiple; m != nil {
		f.Derived = b.multiple(*m)
	}
	if m := r.ToMultiple; m != nil {
		f.Derived = b.t("policy.bound", "amount", b.yuan(r.To), "is", b.multiple(*m))
	}
	f.Value, f.Between, f.Derived = b.spaced(f.Value), b.spaced(f.Between), b.spaced(f.Derived)
	return f
}

func (b *policyBook) multiple(m ruleMultiple) string {
	return b.t("policy.multiple", "times", m.Times, "year", strconv.Itoa(m.Year), "base", m.Base.in(b.lang), "amount", b.yuan(m.Amount))
}

// group gathers figures under a head.
func (b *policyBook) group(head string, figures []figureView) groupView {
	g := groupView{Head: b.capital(head), Figures: figures}
	for i := range figures {
		if len(figures) < 2 || !slices.Equal(figures[i].Support.Refs, figures[0].Support.Refs) || figures[i].Support.Valid != figures[0].Support.Valid ||
			figures[i].grade != figures[0].grade || figures[i].Past || figures[i].Coming {
			return g
		}
	}
	g.Support = figures[0].Support
	for i := range figures {
		figures[i].Support = nil
	}
	return g
}

// refs numbers documents in the order in which the page cites them.
func (b *policyBook) refs(ids []string) []refView {
	var out []refView
	for _, id := range ids {
		n := slices.Index(b.cited, id)
		if n < 0 {
			n = len(b.cited)
			b.cited = append(b.cited, id)
		}
		out = append(out, refView{n + 1, "source." + id, b.Sources[id].Title})
	}
	slices.SortFunc(out, func(a, c refView) int { return a.N - c.N })
	return out
}

// common lists what holds beside the benefits: how a bill is split, when the funds pay
// nothing, what several benefits share, what the personal account may pay.
func (b *policyBook) common(missing, disputed map[int]bool) {
	add := func(anchor, kind, name string, blocks ...blockView) {
		v := benefitView{Anchor: anchor, Name: name, Word: b.tf("policy.word", kind)}
		for _, block := range blocks {
			v.add(block)
		}
		if len(v.Blocks) == 0 {
			return
		}
		v.Missing, v.Disputes = b.missing(anchor, missing), b.disputes(anchor, disputed)
		v.Ordinal = b.t("policy.clause", "n", b.numeral(len(b.view.Common)+1))
		b.view.Common = append(b.view.Common, v)
	}
	var classify []blockView
	for i := range b.Schemes {
		s := &b.Schemes[i]
		b.scheme = s
		for _, x := range []struct {
			part string
			rows []ruleRow
		}{{"paid_first", s.Classify.PaidFirst}, {"limit", s.Classify.Limit}, {"never", s.Classify.Never}} {
			if len(x.rows) == 0 || b.told[x.rows[0].ID] {
				continue
			}
			b.scope(x.rows[0].ID, s)
			classify = append(classify, b.schemed(b.block(b.prefix(x.rows[0].ID, "classify."+x.part), x.part, x.rows), x.rows[0].ID))
		}
		var extra benefitView
		for _, a := range s.Classify.Extra {
			if len(a.Rows) > 0 && !b.told[a.Rows[0].ID] {
				b.scope(a.Rows[0].ID, s)
				b.adjusts(&extra, b.prefix(a.Rows[0].ID, "classify.extra"), "extra", []ruleAdjust{a})
			}
		}
		classify = append(classify, extra.Blocks...)
	}
	b.scheme = nil
	add("classify", "classify", b.t("policy.classify"), classify...)
	var names []string
	lists := map[string][]figureView{}
	users := map[string][]string{}
	for i := range b.Schemes {
		s := &b.Schemes[i]
		for j := range s.Layers {
			l := &s.Layers[j]
			all := l.Adjust
			if l.Deductible != nil {
				all = slices.Concat(l.Deductible.Adjust, all)
			}
			for _, a := range all {
				for _, r := range a.Rows {
					name, ok := shared(r.ID)
					if !ok {
						continue
					}
					if !slices.Contains(names, name) {
						names = append(names, name)
					}
					if user := s.ID + "." + l.ID; !slices.Contains(users[name], user) {
						users[name] = append(users[name], user)
					}
					if !b.told[r.ID] {
						lists[name] = append(lists[name], b.figure(r, b.label(r), &a))
					}
				}
			}
		}
	}
	slices.Sort(names)
	for _, name := range names {
		add("shared."+name, "shared", b.shared(name), blockView{Anchor: "shared." + name + ".list", Title: b.tf("policy.block", "shared"),
			Groups: []groupView{b.group("", lists[name])}, Lead: b.users(users[name])})
	}
	for i := range b.Schemes {
		if s := &b.Schemes[i]; len(s.Account) > 0 {
			b.scheme = s
			add(s.ID+".account", "account", b.t("policy.account"), blockView{Anchor: s.ID + ".account.list", Title: b.tf("policy.block", "account"), Groups: b.figures(s.Account)})
		}
	}
	for i := range b.Schemes {
		s := &b.Schemes[i]
		if s.Waiting == nil {
			continue
		}
		b.scheme = s
		var blocks []blockView
		for _, x := range []struct {
			part string
			rows []ruleRow
		}{{"fixed", s.Waiting.Fixed}, {"per_missed_year", s.Waiting.PerMissedYear}, {"per_repaired_year", s.Waiting.PerRepairedYear}, {"floor", s.Waiting.Floor}} {
			if len(x.rows) > 0 {
				blocks = append(blocks, b.block(s.ID+".waiting."+x.part, "waiting_"+x.part, x.rows))
			}
		}
		add(s.ID+".waiting", "waiting", b.tf("policy.waiting", s.ID), blocks...)
	}
	b.scheme = nil
	add("exclude", "exclude", b.t("policy.exclude"), blockView{Anchor: "exclude.list", Title: b.tf("policy.block", "exclude"), Groups: b.figures(b.Exclude)})
}

// users names the benefits that use a shared list, by scheme.
func (b *policyBook) users(keys []string) string {
	var out []string
	for _, s := range b.Schemes {
		var own []string
		for _, l := range s.Layers {
			if slices.Contains(keys, s.ID+"."+l.ID) {
				own = append(own, b.benefit(s.ID, l.ID))
			}
		}
		if own != nil {
			out = append(out, b.t("policy.used_by", "scheme", b.tf("scheme", s.ID), "list", strings.Join(own, b.t("policy.and"))))
		}
	}
	return b.sentences(out)
}

// scope reads a rule of both schemes without the statuses of one.
func (b *policyBook) scope(id string, s *ruleScheme) {
	b.scheme = nil
	if strings.HasPrefix(id, s.ID+".") {
		b.scheme = s
	}
}

// prefix is an anchor, within the scheme where the rule belongs to one.
func (b *policyBook) prefix(id, anchor string) string {
	for _, s := range b.Schemes {
		if strings.HasPrefix(id, s.ID+".") {
			return s.ID + "." + anchor
		}
	}
	return anchor
}

// schemed says for which scheme a block holds, where it is only one.
func (b *policyBook) schemed(block blockView, id string) blockView {
	for _, s := range b.Schemes {
		if strings.HasPrefix(id, s.ID+".") {
			block.Title = b.tf("scheme", s.ID) + b.t("policy.of") + block.Title
		}
	}
	return block
}

// about reports whether a key speaks of something under an anchor.
func about(key, anchor string) bool {
	return key == anchor || strings.HasPrefix(key, anchor+".") || strings.HasPrefix(key, anchor+"[")
}

// missing takes what was looked for and not found under an anchor; "" takes the rest.
func (b *policyBook) missing(anchor string, taken map[int]bool) (out []missingView) {
	for i, u := range b.Unknown {
		if !taken[i] && (anchor == "" || about(u.Key, anchor)) {
			taken[i] = true
			out = append(out, missingView{b.key(u.Key, anchor), u.Looked, u.Note.in(b.lang)})
		}
	}
	return out
}

func (b *policyBook) disputes(anchor string, taken map[int]bool) (out []disputeView) {
	for i, x := range b.Conflicts {
		if !taken[i] && (anchor == "" || about(x.Key, anchor)) {
			taken[i] = true
			out = append(out, disputeView{Key: b.key(x.Key, anchor), Chosen: b.stated(x.Key, x.Chosen), Against: b.stated(x.Key, x.Against), Why: x.Why.in(b.lang),
				Sources: b.refs(x.Sources), Other: b.refs(x.Other)})
		}
	}
	return out
}

func (b *policyBook) changes() {
	for _, x := range b.Changes {
		b.view.Changes = append(b.view.Changes, changeView{x.Date, b.key(x.Key, ""), b.stated(x.Key, x.Was), b.stated(x.Key, x.Is), b.refs(x.Sources)})
	}
	slices.SortStableFunc(b.view.Changes, func(x, y changeView) int { return strings.Compare(y.Date, x.Date) })
}

func (b *policyBook) documents() {
	for i, id := range b.cited {
		d := b.Sources[id]
		b.view.Documents = append(b.view.Documents, documentView{i + 1, d, "source." + id, b.tf("policy.seen", d.Seen)})
	}
}

// count counts the page's own figures that still hold, by grade.
func (b *policyBook) count() {
	grades := map[string]int{}
	see := func(list []benefitView) {
		for _, v := range list {
			for _, block := range v.Blocks {
				for _, g := range block.Groups {
					for _, f := range g.Figures {
						switch {
						case f.Past:
						case f.Unknown:
							b.view.Open++
						default:
							b.view.Figures++
							grades[f.grade]++
						}
					}
				}
			}
		}
	}
	for _, s := range b.view.Schemes {
		see(s.Benefits)
	}
	see(b.view.Common)
	for _, g := range []string{"A", "B", "C", "D"} {
		b.view.Counts = append(b.view.Counts, countView{Grade: g, Word: b.tf("grade", g), N: grades[g]})
	}
}
