package source

import (
	"fmt"
	"math/bits"
	"strings"

	"github.com/shopspring/decimal"

	"mingbai/engine"
)

// Region is a policy file that holds.
type Region struct {
	Policy   *engine.Policy
	Warnings Errors
}

// National is national.yaml: rules that a region takes over with extends: national.
// Its conditions are read anew with each region's own codes.
type National struct{ root *node }

// Load reads a region's file. The error is of type [Errors] and lists all mistakes.
// National may be nil for a file that does not extend it.
func Load(name string, text []byte, national *National) (*Region, error) {
	b := &builder{p: &engine.Policy{}}
	root := parse(newFile(name, text), text, b.report)
	if root != nil {
		b.region(root, national)
	}
	return b.finish()
}

// LoadNational reads national.yaml.
func LoadNational(name string, text []byte) (*National, Errors, error) {
	b := &builder{p: &engine.Policy{}}
	root := parse(newFile(name, text), text, b.report)
	if root != nil {
		b.nationalOnly(root)
	}
	r, err := b.finish()
	if err != nil {
		return nil, nil, err
	}
	return &National{root}, r.Warnings, nil
}

// builder turns nodes into a policy.
type builder struct {
	reader
	p        *engine.Policy
	from     engine.Date // tables are complete from this day
	sources  map[string]*sourceUse
	order    []*sourceUse
	bases    map[string]*base
	like     [engine.DimItemKind + 1]map[int]int // code → the code it goes with
	shared   map[string]*sharedList
	proofs   []proof
	ranges   []*layerBuilder
	marks    map[*engine.Row]*node
	cells    int // tried by the proofs so far
	national *fields
	named    namedCodes // by any condition
	ownCodes []ownCode
}

// ownCode is a code that the file itself adds.
type ownCode struct {
	dim  engine.Dim
	code int
	at   *node
}

type sourceUse struct {
	src      engine.Source
	at       *node // its key
	used     bool
	national bool
	index    int
}

type base struct {
	at    *node
	used  bool
	name  engine.Name
	years map[int]baseYear
}

type baseYear struct {
	value   decimal.Decimal
	sources []string
	grade   byte
}

type sharedList struct {
	at   *node // its key
	list *node
	used bool
	from string // whose: "shared" in ids
}

func (b *builder) finish() (*Region, error) {
	var bad, doubts Errors
	for _, e := range b.found {
		if e.Warning {
			doubts = append(doubts, e)
		} else {
			bad = append(bad, e)
		}
	}
	bad.sort()
	doubts.sort()
	if len(bad) > 0 {
		return nil, bad
	}
	return &Region{b.p, doubts}, nil
}

func (b *builder) region(root *node, national *National) {
	f := b.fields(root, "", "a region's file", "format", "region", "version", "extends", "in_force", "benefit_year", "sources", "bases",
		"codes", "classify", "exclude", "shared", "schemes", "unknown", "conflicts", "changes")
	if f == nil {
		return
	}
	b.format(f)
	if n := f.get("extends"); n != nil {
		if _, ok := b.choice(n, "extends", "national"); ok {
			if national == nil {
				b.errorf(n, "extends", "extends", "put national.yaml beside the regions", "there are no national rules to extend")
			} else {
				b.national = b.nationalFields(national.root)
			}
		}
	}
	p := b.p
	b.heading(f.need("region", "region: {code, name, pinyin, province}"))
	p.Version = b.date(f.need("version", "version: the day of the last change of this file"), "version").String()
	p.From = b.date(f.need("in_force", "in_force: the day from which every table is complete"), "in_force")
	b.from = max(p.From, 19900101)
	p.YearStarts = 101
	if n := f.get("benefit_year"); n != nil {
		if y := b.fields(n, "benefit_year", "benefit_year", "starts"); y != nil {
			p.YearStarts = b.monthDay(y.need("starts", "benefit_year: {starts: 01-01}"))
		}
	}
	b.codes(f.get("codes"))
	b.readSources(f.need("sources", "every figure rests on a source"), false)
	if b.national != nil {
		b.readSources(b.national.get("sources"), true)
	}
	b.readBases(f.get("bases"))
	b.readShared(f.get("shared"))
	b.exclude(b.own(f, "exclude"))
	b.schemes(f)
	b.unknown(f.get("unknown"))
	b.conflicts(f.get("conflicts"))
	b.changes(f.get("changes"))
	b.close()
}

// nationalOnly checks national.yaml by itself, with the standard codes.
func (b *builder) nationalOnly(root *node) {
	f := b.nationalFields(root)
	if f == nil {
		return
	}
	b.format(f)
	b.p.Version = b.date(f.need("version", "version: the day of the last change of this file"), "version").String()
	b.p.From, b.from = 20230101, 20230101
	b.codes(f.get("codes"))
	b.readSources(f.need("sources", "every figure rests on a source"), false)
	b.readBases(f.get("bases"))
	b.readShared(f.get("shared"))
	for name, s := range b.shared {
		b.adjust(s.list, "shared."+name, shareAdjust, nil, false)
		s.used = true
	}
	b.exclude(f.get("exclude"))
	b.schemes(f)
	for _, s := range b.order {
		s.used = true // regions cite them
	}
	b.close()
}

func (b *builder) nationalFields(root *node) *fields {
	return b.fields(root, "", "national.yaml", "format", "version", "sources", "bases", "codes", "classify", "exclude", "shared", "schemes")
}

func (b *builder) format(f *fields) {
	if n := f.need("format", "start with format: 1"); n != nil && (n.kind != scalar || n.text != "1") {
		b.errorf(n, "format", "format", "write format: 1", "this program reads format 1, not %s", n.kindName())
	}
}

// own is a region's own section, or the national one.
func (b *builder) own(f *fields, key string) *node {
	if n := f.get(key); n != nil || b.national == nil {
		return n
	}
	return b.national.get(key)
}

func (b *builder) heading(n *node) {
	if n == nil {
		return
	}
	f := b.fields(n, "region", "region", "code", "name", "pinyin", "province", "hotline")
	if f == nil {
		return
	}
	r := &b.p.Region
	if c := f.need("code", `code: "110000"`); c != nil {
		switch {
		case c.kind != scalar || len(c.text) != 6 || !isDigits(c.text):
			b.errorf(c, "type", "region.code", `the six digits of the division code: "110000"`, "code must be six digits, not %s", c.kindName())
		case !c.quoted:
			b.errorf(c, "type", "region.code", `write "`+c.text+`": other readers would take it for a number`, "code must stand in quotes")
		}
		r.Code = c.text
	}
	r.Name = b.name(f.need("name", "name: {zh, en}"), "region.name")
	r.Province = b.name(f.need("province", "province: {zh, en}; of a municipality its own name"), "region.province")
	if s, ok := b.text(f.need("pinyin", "pinyin: bei jing"), "region.pinyin"); ok {
		for _, syllable := range strings.Fields(s) {
			if strings.Trim(syllable, "abcdefghijklmnopqrstuvwxyz") != "" {
				b.errorf(f.get("pinyin"), "type", "region.pinyin", "lower-case syllables without tones, divided by spaces: bei jing", "pinyin must be syllables, not %q", syllable)
				break
			}
			r.Pinyin += syllable
			r.Initials += syllable[:1]
		}
	}
	if h := f.get("hotline"); h != nil {
		r.Hotline, _ = b.text(h, "region.hotline")
	}
}

func (b *builder) monthDay(n *node) int {
	if n == nil {
		return 101
	}
	if n.kind == scalar && len(n.text) == 5 {
		if d, err := engine.ParseDate("", "2001-"+n.text); err == nil {
			return d.MonthDay()
		}
	}
	b.errorf(n, "date", "benefit_year.starts", "write 01-01 for 1 January", "starts must be month and day, not %s", n.kindName())
	return 101
}

// codes takes the standard codes and adds the national and the region's own.
func (b *builder) codes(own *node) {
	for _, d := range engine.Dims() {
		if d.IsCode() {
			for _, c := range engine.StandardCodes(d) {
				b.p.Codes[d] = append(b.p.Codes[d], engine.Coded{Code: c})
			}
		}
	}
	if b.national != nil {
		b.addCodes(b.national.get("codes"), own, false)
	}
	b.addCodes(own, nil, true)
}

// addCodes adds codes except those that a region gives itself.
func (b *builder) addCodes(n, except *node, own bool) {
	if n == nil {
		return
	}
	f := b.anyFields(n, "codes", "codes")
	if f == nil {
		return
	}
	type likeRef struct {
		d    engine.Dim
		code int
		at   *node
	}
	var likes []likeRef
	for _, k := range n.keys {
		dim, ok := engine.DimByName(k.text)
		if v := f.at[k.text]; v == nil || f.name[k.text] != k {
			continue
		}
		if !ok || !dim.IsCode() {
			var all []string
			for _, d := range engine.Dims() {
				if d.IsCode() {
					all = append(all, d.String())
				}
			}
			b.errorf(k, "unknown_key", "codes", b.meant(k.text, all), "%q has no codes", k.text)
			continue
		}
		key := "codes." + k.text
		g := b.anyFields(f.at[k.text], key, key)
		if g == nil {
			continue
		}
		for _, c := range g.n.keys {
			v := g.at[c.text]
			if v == nil || g.name[c.text] != c || except.has(k.text, c.text) {
				continue
			}
			at := key + "." + c.text
			if _, ok := b.word(c, at); !ok {
				continue
			}
			cf := b.fields(v, at, "a code", "name", "like", "kinds")
			if cf == nil {
				continue
			}
			i := b.p.Code(dim, c.text)
			standard := contains(engine.StandardCodes(dim), c.text)
			if i < 0 {
				if len(b.p.Codes[dim]) == 64 {
					b.errorf(c, "too_many", key, "join codes that no table tells apart", "more than 64 codes of %s", k.text)
					break
				}
				i = len(b.p.Codes[dim])
				b.p.Codes[dim] = append(b.p.Codes[dim], engine.Coded{Code: c.text})
				if own {
					b.ownCodes = append(b.ownCodes, ownCode{dim, i, c})
				}
			}
			coded := &b.p.Codes[dim][i]
			if nn := cf.get("name"); nn != nil {
				coded.Name = b.name(nn, at+".name")
			} else if !standard && cf.name["name"] == nil {
				b.errorf(c, "missing", at, "name: {zh, en}", "the code %s has no name", c.text)
			}
			for _, kn := range b.items(cf.get("kinds"), at+".kinds") {
				if j := b.code(engine.DimKind, kn, at+".kinds"); j >= 0 {
					coded.Kinds |= 1 << j
				}
			}
			if l := cf.get("like"); l != nil {
				likes = append(likes, likeRef{dim, i, l})
			}
		}
	}
	for _, l := range likes {
		j := b.code(l.d, l.at, "codes."+l.d.String()+".like")
		if j < 0 {
			continue
		}
		if b.like[l.d] == nil {
			b.like[l.d] = map[int]int{}
		}
		for k, hops := j, 0; ; hops++ {
			if k == l.code || hops > 64 {
				b.errorf(l.at, "like", "codes."+l.d.String(), "let each code follow one that stands for itself", "like goes round in a circle")
				break
			}
			next, more := b.like[l.d][k]
			if !more {
				b.like[l.d][l.code] = j
				break
			}
			k = next
		}
	}
}

// has reports whether a codes section gives a code.
func (n *node) has(dim, code string) bool {
	if n == nil || n.kind != mapping {
		return false
	}
	for i, k := range n.keys {
		if k.text == dim && n.items[i].kind == mapping {
			for _, c := range n.items[i].keys {
				if c.text == code {
					return true
				}
			}
		}
	}
	return false
}

func (b *builder) meant(word string, among []string) string {
	if near := nearest(word, among); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "one of " + strings.Join(among, ", ")
}

// code finds a code of a dimension, or -1.
func (b *builder) code(d engine.Dim, n *node, key string) int {
	if n.kind != scalar {
		b.errorf(n, "type", key, "write a code", "a code of %s cannot be %s", d, n.kindName())
		return -1
	}
	i := b.p.Code(d, n.text)
	if i < 0 {
		known := make([]string, len(b.p.Codes[d]))
		for j, c := range b.p.Codes[d] {
			known[j] = c.Code
		}
		hint := b.meant(n.text, known)
		if len(known) == 0 {
			hint = "list the codes of " + d.String() + " under codes"
		} else if nearest(n.text, known) == "" {
			hint += "; the region's own stand under codes"
		}
		b.errorf(n, "unknown_code", key, hint, "%q is not a code of %s", n.text, d)
	}
	return i
}

// readSources reads sources; of the national ones those stay that something cites.
func (b *builder) readSources(n *node, national bool) {
	if n == nil {
		return
	}
	f := b.anyFields(n, "sources", "sources")
	if f == nil {
		return
	}
	if b.sources == nil {
		b.sources = map[string]*sourceUse{}
	}
	for _, k := range n.keys {
		v := f.at[k.text]
		if v == nil || f.name[k.text] != k {
			continue
		}
		key := "sources." + k.text
		id, ok := b.word(k, key)
		if !ok {
			continue
		}
		if twin := b.sources[id]; twin != nil {
			if national {
				b.errorf(twin.at, "duplicate_id", key, "call the region's own source otherwise", "%s is a national source", id)
			}
			continue
		}
		g := b.fields(v, key, "a source", "title", "number", "issuer", "published", "effective", "url", "seen", "checked")
		if g == nil {
			continue
		}
		s := &sourceUse{at: k, national: national, index: -1}
		s.src.ID = id
		s.src.Title, _ = b.text(g.need("title", "title: the document's name"), key+".title")
		s.src.Number, _ = b.text(g.get("number"), key+".number")
		s.src.Issuer, _ = b.text(g.get("issuer"), key+".issuer")
		s.src.Published = b.partDate(g.get("published"), key+".published")
		s.src.Effective = b.partDate(g.get("effective"), key+".effective")
		if u := g.get("url"); u != nil {
			s.src.URL, _ = b.text(u, key+".url")
			if u.kind == scalar && !(strings.HasPrefix(u.text, "https://") || strings.HasPrefix(u.text, "http://")) || strings.ContainsAny(s.src.URL, " \"<>") {
				b.errorf(u, "type", key+".url", "one address that begins with https:// or http://", "url must be an address, not %s", u.kindName())
			}
		}
		s.src.Seen, _ = b.choice(g.need("seen", "seen: how the document was read"), key+".seen", "official_text", "official_page", "quoted", "secondary", "recalled")
		s.src.Checked = b.date(g.need("checked", "checked: the day on which it was read"), key+".checked").String()
		b.sources[id] = s
		b.order = append(b.order, s)
	}
}

// cite reads a list of source ids.
func (b *builder) cite(n *node, key string) []string {
	if n == nil {
		return nil
	}
	if n.kind == list && len(n.items) == 0 {
		b.errorf(n, "missing", key, "name at least one source", "%s is empty", last(key))
	}
	var out []string
	for _, x := range b.items(n, key) {
		if x.kind != scalar {
			b.errorf(x, "type", key, "write source ids: [s1, s2]", "a source cannot be %s", x.kindName())
			continue
		}
		s := b.sources[x.text]
		if s == nil {
			var ids []string
			for _, o := range b.order {
				ids = append(ids, o.src.ID)
			}
			hint := "add it to sources"
			if near := nearest(x.text, ids); near != "" {
				hint = fmt.Sprintf("did you mean %s? otherwise add it to sources", near)
			}
			b.errorf(x, "unknown_source", key, hint, "there is no source %s", x.text)
			continue
		}
		if contains(out, x.text) {
			b.errorf(x, "duplicate_id", key, "name each source once", "%s stands twice", x.text)
			continue
		}
		s.used = true
		out = append(out, x.text)
	}
	return out
}

func (b *builder) readBases(n *node) {
	if n == nil {
		return
	}
	f := b.anyFields(n, "bases", "bases")
	if f == nil {
		return
	}
	b.bases = map[string]*base{}
	for _, k := range n.keys {
		v := f.at[k.text]
		if v == nil || f.name[k.text] != k {
			continue
		}
		key := "bases." + k.text
		id, ok := b.word(k, key)
		g := b.fields(v, key, "a base", "name", "years")
		if !ok || g == nil {
			continue
		}
		x := &base{at: k, years: map[int]baseYear{}, name: b.name(g.need("name", "name: {zh, en}"), key+".name")}
		b.bases[id] = x
		ys := g.need("years", "years: {2024: {value, source, grade}}")
		if ys == nil {
			continue
		}
		yf := b.anyFields(ys, key+".years", "years")
		if yf == nil {
			continue
		}
		for _, y := range ys.keys {
			row := yf.at[y.text]
			if row == nil || yf.name[y.text] != y {
				continue
			}
			year, ok := b.whole(y, key+".years", 1990, 2099)
			at := key + ".years." + y.text
			r := b.fields(row, at, "a year's figure", "value", "source", "grade")
			if r == nil {
				continue
			}
			amount, _ := b.number(r.need("value", "value: yuan"), at+".value", 2, false)
			by := baseYear{amount, b.cite(r.need("source", "source: [s1]"), at+".source"), b.grade(r)}
			if ok {
				x.years[year] = by
			}
		}
	}
}

func (b *builder) readShared(own *node) {
	b.shared = map[string]*sharedList{}
	add := func(n *node, national bool) {
		if n == nil {
			return
		}
		f := b.anyFields(n, "shared", "shared")
		if f == nil {
			return
		}
		for _, k := range n.keys {
			v := f.at[k.text]
			if v == nil || f.name[k.text] != k {
				continue
			}
			if _, ok := b.word(k, "shared"); ok {
				b.shared[k.text] = &sharedList{at: k, list: v, used: national}
			}
		}
	}
	if b.national != nil {
		add(b.national.get("shared"), true)
	}
	add(own, false)
}

func (b *builder) exclude(n *node) {
	for i, x := range b.items(n, "exclude") {
		key := fmt.Sprintf("exclude[%d]", i)
		row, f := b.row(x, key, rowForm{what: "a row of exclude", extra: []string{"reason"}})
		if f == nil {
			continue
		}
		reason, _ := b.word(f.need("reason", "reason: a code such as work_injury"), key+".reason")
		if len(row.row.When) == 0 && f.name["when"] == nil {
			b.errorf(x, "missing", key, "say when the funds pay nothing", "a row of exclude without conditions would exclude every claim")
		}
		b.followConds(row.row.When, &row.named)
		b.p.Exclude = append(b.p.Exclude, engine.Exclusion{Row: row.row, Reason: reason})
	}
}

var standardSchemes = []string{"employee", "resident"}

func (b *builder) schemes(f *fields) {
	n := f.get("schemes")
	nationalFile := b.p.Region.Code == "" && f.what == "national.yaml"
	if n == nil {
		if nationalFile {
			n = &node{file: f.n.file, kind: mapping, line: f.n.line, col: f.n.col}
		} else {
			f.need("schemes", "schemes: {employee: …, resident: …}")
			return
		}
	}
	sf := b.fields(n, "schemes", "schemes", standardSchemes...)
	if sf == nil {
		return
	}
	// A classify section of the file is proved even where no scheme follows it.
	for _, id := range standardSchemes {
		v := sf.get(id)
		if v == nil && !nationalFile {
			continue
		}
		if v == nil {
			v = &node{file: f.n.file, kind: mapping, line: f.n.line, col: f.n.col}
		}
		allowed := []string{"statuses", "classify", "account", "waiting", "layers"}
		if nationalFile {
			allowed = []string{"classify", "account", "waiting"}
		}
		g := b.fields(v, "schemes."+id, "a scheme", allowed...)
		if g == nil {
			continue
		}
		s := &schemeBuilder{builder: b, f: g, s: engine.Scheme{ID: id}}
		if b.national != nil {
			if ns := b.national.get("schemes"); ns != nil && ns.kind == mapping {
				for i, k := range ns.keys {
					if k.text == id && ns.items[i].kind == mapping {
						s.national = b.fields(ns.items[i], "schemes."+id, "a scheme", "classify", "account", "waiting")
					}
				}
			}
		}
		s.build(f, nationalFile)
		b.p.Schemes = append(b.p.Schemes, s.s)
	}
}

func (b *builder) unknown(n *node) {
	for i, x := range b.items(n, "unknown") {
		at := fmt.Sprintf("unknown[%d]", i)
		f := b.fields(x, at, "an entry of unknown", "key", "looked", "note")
		if f == nil {
			continue
		}
		u := engine.Unknown{Key: b.dotted(f.need("key", "key: employee.assistance"), at+".key")}
		u.Looked = b.date(f.need("looked", "looked: the day of the search"), at+".looked").String()
		u.Note = b.name(f.get("note"), at+".note")
		if s, l, ok := strings.Cut(u.Key, "."); ok {
			if scheme := b.p.Scheme(s); scheme != nil {
				for j := range scheme.Layers {
					if scheme.Layers[j].ID == l && onlyByKind(scheme.Layers[j].Applies) {
						b.warnf(f.get("key"), "unknown_present", at, "name the figure that is missing, or drop the entry", "%s is said to be unknown, but the layer is there", u.Key)
					}
				}
			}
		}
		b.p.Unknown = append(b.p.Unknown, u)
	}
}

// onlyByKind reports whether a layer serves everyone on such visits.
func onlyByKind(conds []engine.Cond) bool {
	for _, c := range conds {
		if c.Dim != engine.DimKind {
			return false
		}
	}
	return true
}

func (b *builder) dotted(n *node, key string) string {
	if n == nil {
		return ""
	}
	if n.kind != scalar || !isDotted(n.text) {
		b.errorf(n, "type", key, "scheme, benefit and part with points between them: resident.inpatient.cap", "key must be the name of a rule, not %s", n.kindName())
		return ""
	}
	return n.text
}

func (b *builder) conflicts(n *node) {
	ids := b.ids()
	for i, x := range b.items(n, "conflicts") {
		at := fmt.Sprintf("conflicts[%d]", i)
		f := b.fields(x, at, "a conflict", "key", "chosen", "source", "against", "other", "why")
		if f == nil {
			continue
		}
		c := engine.Conflict{Key: b.dotted(f.need("key", "key: employee.inpatient.cap"), at+".key")}
		c.Chosen, _ = b.text(f.need("chosen", "chosen: the value that the tables have"), at+".chosen")
		c.Against, _ = b.text(f.need("against", "against: the other value"), at+".against")
		c.Sources = b.cite(f.need("source", "source: those of the chosen value"), at+".source")
		c.Other = b.cite(f.need("other", "other: the sources of the other value"), at+".other")
		c.Why = b.name(f.need("why", "why: {zh, en}"), at+".why")
		if c.Key != "" && !anyPrefix(ids, c.Key) {
			b.warnf(f.get("key"), "conflict_key", at, "name the rule or a part of its name", "no figure has a name that begins with %s", c.Key)
		}
		b.p.Conflicts = append(b.p.Conflicts, c)
	}
}

func (b *builder) changes(n *node) {
	for i, x := range b.items(n, "changes") {
		at := fmt.Sprintf("changes[%d]", i)
		f := b.fields(x, at, "a change", "date", "key", "was", "is", "source")
		if f == nil {
			continue
		}
		c := engine.Change{Date: b.date(f.need("date", "date: the day from which it holds"), at+".date").String()}
		c.Key = b.dotted(f.need("key", "key: resident.inpatient.cap"), at+".key")
		c.Was, _ = b.text(f.need("was", "was: the value before"), at+".was")
		c.Is, _ = b.text(f.need("is", "is: the value since"), at+".is")
		c.Sources = b.cite(f.need("source", "source: [s1]"), at+".source")
		b.p.Changes = append(b.p.Changes, c)
	}
}

// ids are the names of all figures.
func (b *builder) ids() []string {
	var out []string
	rows := func(t *engine.Table) {
		for i := range t.Rows {
			out = append(out, t.Rows[i].ID)
		}
	}
	for i := range b.p.Schemes {
		b.p.Schemes[i].EachTable(rows)
	}
	return out
}

func anyPrefix(ids []string, key string) bool {
	for _, id := range ids {
		if strings.HasPrefix(id, key) && (len(id) == len(key) || id[len(key)] == '.' || id[len(key)] == '[') {
			return true
		}
	}
	return false
}

// close proves the tables and looks for what nothing uses.
func (b *builder) close() {
	for _, s := range b.order {
		if !s.used && !s.national {
			b.errorf(s.at, "unused_source", "sources."+s.src.ID, "cite it beside the figures that rest on it, or drop it", "nothing cites the source %s", s.src.ID)
		}
	}
	for name, x := range b.bases {
		if !x.used {
			b.warnf(x.at, "unused", "bases."+name, "use it with multiple_of, or drop it", "no figure is a multiple of %s", name)
		}
	}
	for name, x := range b.shared {
		if !x.used {
			b.warnf(x.at, "unused", "shared."+name, "name it in adjust with use, or drop it", "no layer uses the shared list %s", name)
			b.adjust(x.list, "shared."+name, shareAdjust, nil, false)
		}
	}
	b.numberSources()
	wrong := false
	for _, e := range b.found {
		wrong = wrong || !e.Warning
	}
	b.prove()
	if !wrong {
		b.plausible()
	}
}

// numberSources fixes the sources' positions: those that are used, in the order of the
// file. Rows have kept positions in b.order until now.
func (b *builder) numberSources() {
	for _, s := range b.order {
		if s.used || !s.national {
			s.index = len(b.p.Sources)
			b.p.Sources = append(b.p.Sources, s.src)
		}
	}
	if len(b.order) > 255 {
		b.errorf(b.order[255].at, "too_many", "sources", "join sources", "more than 255 sources")
		return
	}
	renumber := func(r *engine.Row) {
		for i, o := range r.Sources {
			r.Sources[i] = uint8(b.order[o].index)
		}
	}
	for i := range b.p.Exclude {
		renumber(&b.p.Exclude[i].Row)
	}
	for i := range b.p.Schemes {
		s := &b.p.Schemes[i]
		s.EachTable(func(t *engine.Table) {
			for j := range t.Rows {
				renumber(&t.Rows[j])
			}
		})
		for j := range s.Classify.Never {
			renumber(&s.Classify.Never[j])
		}
		if s.Account != nil {
			for j := range s.Account.Pays {
				renumber(&s.Account.Pays[j].Row)
			}
		}
	}
}

// all is the mask of a dimension's codes.
func (b *builder) all(d engine.Dim) uint64 {
	if n := len(b.p.Codes[d]); n < 64 {
		return 1<<n - 1
	}
	return ^uint64(0)
}

// follow lets codes that are like another go with it in rows that do not name them.
func (b *builder) follow(d engine.Dim, mask, named uint64) uint64 {
	for c := range b.like[d] {
		if named&(1<<c) != 0 {
			continue
		}
		to := b.like[d][c]
		for hops := 0; hops < 64 && named&(1<<to) == 0; hops++ {
			next, more := b.like[d][to]
			if !more {
				break
			}
			to = next
		}
		mask = mask&^(1<<c) | mask>>to&1<<c
	}
	return mask
}

// oneBit is the position of a mask's only bit.
func oneBit(mask uint64) int { return bits.TrailingZeros64(mask) }
