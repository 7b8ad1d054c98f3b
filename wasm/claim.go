package wasm

import (
	"strings"

	"mingbai/engine"
	"mingbai/wasm/json"
)

// Bounds of whole numbers in a claim.
var intBounds = [...]struct {
	dim    engine.Dim
	lo, hi int32
}{
	{engine.DimAge, 0, 150},
	{engine.DimMonthsEnrolled, 0, 1200},
	{engine.DimAdmission, 1, 99},
	{engine.DimDays, 0, 3660},
	{engine.DimMissedYears, 0, 99},
	{engine.DimRepairedYears, 0, 99},
	{engine.DimMissedMonths, 0, 1200},
}

// maxCodes bounds lists of codes: a policy knows at most as many in one dimension.
const maxCodes = 64

var (
	claimFields = []string{"v", "op", "region", "policy", "date", "person", "visit", "bill", "year", "accounts", "given", "plans", "overrides", "accept"}

	// The fields of person and visit are the engine's dimensions; what is none stands first.
	personFields, personDims = dimFields("person", "scheme", "enrolled")
	visitFields, visitDims   = dimFields("visit")

	billFields    = []string{"total", "self_funded", "over_limit", "paid_first", "separate", "classes", "items"}
	itemFields    = []string{"class", "kind", "amount", "limit", "paid_first_share", "not_covered", "separate", "name"}
	counterFields = []string{"entered", "deductible", "paid", "spell"}
	accountFields = []string{"owner", "relation", "balance", "limit"}
	planFields    = []string{"enters", "deductible", "share", "cap"}

	relations = []string{"spouse", "parent", "child", "sibling", "grandparent", "grandchild"}
	planPlace = []string{"self_funded", "over_limit", "paid_first", "deductible", "copay", "above_cap"}
)

func dimFields(object string, first ...string) ([]string, []engine.Dim) {
	names, dims := first, make([]engine.Dim, len(first))
	for _, d := range engine.Dims() {
		if name, ok := strings.CutPrefix(d.Field(), object+"."); ok {
			names, dims = append(names, name), append(dims, d)
		}
	}
	return names, dims
}

// input is a request for one settlement, read.
type input struct {
	policy *engine.Policy
	scheme *engine.Scheme // nil where the request does not name one that exists
	claim  engine.Claim
	lines  string       // "items" or "classes" where the bill is given so
	silent []string     // fields of the bill taken as nil because the request does not say
	wallet []int        // where in the request each of the claim's accounts stands
	within []json.Value // the objects that make up the request, innermost first; nil: the request itself
}

// claim reads what settle, validate and the operations built on them have in common.
// What is wrong has been refused when it returns; the rest of the input is usable. The
// values of further fields that the operation knows are returned in their order.
func (c *Call) claim(further ...string) (*input, []json.Value) {
	in := c.kept
	if in == nil {
		in = &input{}
	} else {
		*in = input{claim: engine.Claim{Year: in.claim.Year[:0]}, silent: in.silent[:0]}
	}
	names := claimFields
	if len(further) > 0 {
		names = append(names[:len(names):len(names)], further...)
	}
	var room [20]json.Value
	f := room[:len(names)]
	c.Fields(c.Request, names, f)
	in.policy = c.whose(f[2], f[3])
	in.claim.Date = c.date(in, f[4])
	c.person(in, f[5])
	c.visit(in, f[6])
	c.bill(in, f[7])
	c.year(in, f[8])
	c.accounts(in, f[9])
	c.given(in, f[10])
	c.plans(in, f[11])
	c.overrides(in, f[12])
	c.accept(in, f[13])
	return in, f[len(claimFields):]
}

func (c *Call) accept(in *input, v json.Value) {
	if c.list(v, maxCodes) {
		for e := range v.All {
			in.claim.AcceptDraft = c.oneOf(e, "draft") == 0 || in.claim.AcceptDraft
		}
	}
}

// whose finds the policy that a request names by region or by handle.
func (c *Call) whose(region, handle json.Value) *engine.Policy {
	if region.Given() && handle.Given() {
		c.Refuse(Problem{Code: engine.Contradiction, Field: "policy", Limit: "region"})
		return nil
	}
	if handle.Given() {
		name := c.text(handle, "policy", true)
		p := kept(name)
		if p == nil && handle.Kind() == json.String {
			c.Refuse(Problem{Code: UnknownRegion, Field: "policy"})
		}
		return p
	}
	code := c.text(region, "region", true)
	if code == "" && region.Kind() != json.String {
		return nil
	}
	p := ofRegion(code)
	if p == nil {
		c.Refuse(Problem{Code: UnknownRegion, Field: "region"})
	}
	return p
}

func (c *Call) date(in *input, v json.Value) engine.Date {
	if !v.Given() {
		c.missing(in.field("date"))
		return 0
	}
	return c.day(v)
}

func (c *Call) day(v json.Value) engine.Date {
	s := c.text(v, "", false)
	if v.Kind() != json.String {
		return 0
	}
	d, err := engine.ParseDate("", s)
	if err != nil {
		c.wrong(v, err)
	}
	return d
}

// person reads the facts about the person from one object, or from several of which the
// later go above the earlier.
func (c *Call) person(in *input, from ...json.Value) {
	var f [16]json.Value
	for _, v := range from {
		var more [len(f)]json.Value
		c.Fields(v, personFields, more[:])
		for i, x := range more {
			if x.Given() {
				f[i] = x
			}
		}
	}
	switch s := f[0]; {
	case !s.Given():
		c.missing(in.field("person.scheme"))
	case s.Kind() != json.String:
		c.form(s, "code")
	case in.policy != nil:
		in.claim.Scheme = s.Text()
		if in.scheme = in.policy.Scheme(s.Text()); in.scheme == nil {
			c.notAllowed(s, schemes(in.policy))
		}
	}
	if f[1].Given() {
		in.claim.Enrolled = c.day(f[1])
	}
	for i := 2; i < len(personFields); i++ {
		c.fact(in, f[i], personDims[i])
	}
}

func (c *Call) visit(in *input, v json.Value) {
	var f [16]json.Value
	c.Fields(v, visitFields, f[:])
	for i := range visitFields {
		c.fact(in, f[i], visitDims[i])
	}
}

func schemes(p *engine.Policy) []string {
	names := make([]string, len(p.Schemes))
	for i := range p.Schemes {
		names[i] = p.Schemes[i].ID
	}
	return names
}

// codesOf are the codes that a claim may give in a dimension.
func (in *input) codesOf(d engine.Dim) []string {
	names := []string{}
	for i, k := range in.policy.Codes[d] {
		if in.mayBe(d, i) {
			names = append(names, k.Code)
		}
	}
	return names
}

// mayBe reports whether a code can be given: a status of the scheme, a disease or a way of
// delivery that goes with the kind of visit. The tables are complete for no others.
func (in *input) mayBe(d engine.Dim, i int) bool {
	if d == engine.DimStatus {
		return in.scheme == nil || in.scheme.Statuses&(1<<i) != 0
	}
	kinds := in.policy.Codes[d][i].Kinds
	may := kinds == 0
	said := in.claim.Facts.Get(engine.DimKind)
	for _, k := range said {
		at := in.policy.Code(engine.DimKind, k)
		may = may || at >= 0 && kinds&(1<<at) != 0
	}
	return may || len(said) == 0
}

// anyOf are the codes that "unknown" stands for. At home there is nothing to file, and
// away from home care is filed in some way or not.
func (in *input) anyOf(d engine.Dim) []string {
	codes := in.codesOf(d)
	if d != engine.DimFiling {
		return codes
	}
	places := in.claim.Facts.Get(engine.DimPlace)
	home := len(places) == 0 || contains(places, "local")
	if home && len(places) > 1 {
		return codes
	}
	may := codes[:0]
	for _, k := range codes {
		if (k == "none") == home {
			may = append(may, k)
		}
	}
	return may
}

// fact reads one fact about person or visit: a code, a list of codes that are possible,
// a number, a range, or "unknown".
func (c *Call) fact(in *input, v json.Value, d engine.Dim) {
	if !v.Given() {
		return
	}
	if !d.IsCode() {
		c.number(in, v, d)
		return
	}
	switch v.Kind() {
	case json.String:
		if v.Text() == unknown && in.policy != nil && d != engine.DimSupplements && d != engine.DimKind {
			in.claim.Facts.Set(d, in.anyOf(d)...)
		} else if c.code(in, v, d) {
			in.claim.Facts.Set(d, v.Text())
		}
	case json.Array:
		if v.Len() == 0 && d != engine.DimSupplements {
			c.deny(v, engine.Required, "")
			return
		}
		if !c.few(v, maxCodes) {
			return
		}
		codes := make([]string, 0, v.Len())
		for e := range v.All {
			if e.Kind() != json.String {
				c.form(e, "code")
			} else if c.code(in, e, d) && !contains(codes, e.Text()) {
				codes = append(codes, e.Text())
			}
		}
		in.claim.Facts.Set(d, codes...)
	default:
		c.form(v, "code")
	}
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func (c *Call) code(in *input, v json.Value, d engine.Dim) bool {
	if in.policy == nil {
		return false
	}
	if i := in.policy.Code(d, v.Text()); i >= 0 && in.mayBe(d, i) {
		return true
	}
	c.notAllowed(v, in.codesOf(d))
	return false
}

func (c *Call) number(in *input, v json.Value, d engine.Dim) {
	var lo, hi int32
	for _, b := range intBounds {
		if b.dim == d {
			lo, hi = b.lo, b.hi
		}
	}
	switch {
	case v.Kind() == json.String && v.Text() == unknown:
	case v.Kind() == json.Object:
		var f [2]json.Value
		c.Fields(v, fromTo, f[:])
		min, max := lo, hi
		if f[0].Given() {
			lo = c.whole(f[0], min, max)
		}
		if f[1].Given() {
			hi = c.whole(f[1], min, max)
		}
		if lo > hi {
			c.Refuse(Problem{Code: engine.Contradiction, Field: v.Path() + ".from", Limit: string(appendInt(nil, hi))})
			return
		}
	default:
		lo = c.whole(v, lo, hi)
		hi = lo
	}
	in.claim.Facts.SetIntRange(d, lo, hi)
}

// bill reads the bill in one of its three forms: sums, totals of classes, items.
func (c *Call) bill(in *input, v json.Value) {
	var f [7]json.Value
	if !c.Fields(v, billFields, f[:]) {
		return
	}
	classes, items := f[5], f[6]
	if classes.Given() || items.Given() {
		lines, first := items, "items"
		if !items.Given() {
			lines, first = classes, "classes"
		}
		in.lines = first
		for i, other := range f[:6] {
			if other.Given() && !(i == 5 && first == "classes") {
				c.deny(other, engine.Contradiction, v.Path()+"."+first)
			}
		}
		c.items(in, lines)
		return
	}
	// What an operation varies need not be said.
	if !f[0].Given() && c.Request.Get("axis").Text() != "bill.total" {
		c.missing(in.field("bill.total"))
	}
	b := &in.claim.Bill
	b.Total = c.amount(f[0], engine.MaxFen)
	for i, a := range [...]*engine.Amount{&b.SelfFunded, &b.OverLimit, &b.PaidFirst, &b.Separate} {
		if !f[i+1].Given() {
			if i < 3 {
				in.silent = append(in.silent, billFields[i+1])
			}
			continue
		}
		*a = c.amount(f[i+1], b.Total.Hi)
	}
}

// items reads lines of the bill. The engine checks their amounts and codes again when it
// settles; here all of them are checked, so that a page can mark each.
func (c *Call) items(in *input, v json.Value) {
	if !c.list(v, engine.MaxLines) {
		return
	}
	if v.Len() == 0 {
		c.deny(v, engine.Required, "")
		return
	}
	in.claim.Bill.Lines = make([]engine.Line, 0, v.Len())
	for e := range v.All {
		var f [8]json.Value
		if !c.object(e, itemFields, f[:]) {
			continue
		}
		l := engine.Line{NotCovered: c.flag(f[5]), Separate: c.flag(f[6])}
		if !f[0].Given() {
			c.missing(e.Path() + ".class")
		} else {
			l.Class = c.itemCode(in, f[0], engine.DimItemClass)
		}
		if f[1].Given() {
			l.Kind = c.itemCode(in, f[1], engine.DimItemKind)
		}
		if !f[2].Given() {
			c.missing(e.Path() + ".amount")
		} else {
			l.Amount = c.itemAmount(f[2])
		}
		if f[3].Given() {
			l.LimitAmount = c.itemAmount(f[3])
		}
		if f[4].Given() {
			c.share(f[4])
			l.PaidFirst = f[4].Text()
		}
		if name := c.text(f[7], "", false); len(name) > 400 {
			c.deny(f[7], engine.TooMany, "400")
		}
		in.claim.Bill.Lines = append(in.claim.Bill.Lines, l)
	}
}

func (c *Call) itemCode(in *input, v json.Value, d engine.Dim) string {
	if v.Kind() != json.String {
		c.form(v, "code")
		return ""
	}
	c.code(in, v, d)
	return v.Text()
}

// itemAmount reads an amount that may have four decimals.
func (c *Call) itemAmount(v json.Value) string {
	if v.Kind() != json.String {
		c.form(v, "line")
		return ""
	}
	// Money's two decimals are checked as money, up to two more only as digits.
	s := v.Text()
	if i := strings.IndexByte(s, '.') + 3; i > 2 && i < len(s) && len(s) <= i+2 && digits(s[i:]) {
		s = s[:i]
	}
	if _, err := engine.ParseFen("", s); err != nil {
		e := *err.(*engine.InputError)
		if e.Code == engine.Format {
			e.Limit = "line"
		}
		c.wrong(v, &e)
	}
	return v.Text()
}

func digits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// year reads what was used up before: one counter for each layer, or for a narrower
// span ("chronic/dialysis@2026-05").
func (c *Call) year(in *input, v json.Value) {
	if !v.Given() {
		return
	}
	if v.Kind() != json.Object {
		c.form(v, "object")
		return
	}
	if !c.few(v, engine.MaxCounters) {
		return
	}
	if in.claim.Year == nil {
		in.claim.Year = make(engine.Year, 0, v.Len()+4)
	}
	for m := range v.All {
		if in.policy != nil && !counts(in.policy, m.Name()) {
			c.deny(m, UnknownField, "")
			continue
		}
		var f [4]json.Value
		if !c.object(m, counterFields, f[:]) {
			continue
		}
		in.claim.Year = append(in.claim.Year, engine.Counter{Key: m.Name(),
			Entered: c.amount(f[0], engine.MaxFen), Deduct: c.amount(f[1], engine.MaxFen),
			Paid: c.amount(f[2], engine.MaxFen), Spell: c.amount(f[3], engine.MaxFen)})
	}
}

// counts reports whether a layer of the policy keeps this counter. The year of a person
// who changed the scheme has counters of both.
func counts(p *engine.Policy, key string) bool {
	if i := strings.IndexAny(key, "/@"); i >= 0 {
		key = key[:i]
	}
	if strings.HasPrefix(key, "plans[") {
		return len(key) == len("plans[0]") && key[6] >= '0' && key[6] < '0'+engine.MaxPlans && key[7] == ']'
	}
	for i := range p.Schemes {
		for j := range p.Schemes[i].Layers {
			if p.Schemes[i].Layers[j].ID == key {
				return true
			}
		}
	}
	return false
}

// accounts reads the person's own account and relatives' shares; the own one pays first
// wherever it stands in the list.
func (c *Call) accounts(in *input, v json.Value) {
	if !c.list(v, engine.MaxAccounts) || v.Len() == 0 {
		return
	}
	own, at := false, -1
	for e := range v.All {
		at++
		var f [4]json.Value
		if !c.object(e, accountFields, f[:]) {
			continue
		}
		if !f[0].Given() {
			c.missing(e.Path() + ".owner")
			continue
		}
		family := c.oneOf(f[0], "self", "family") == 1
		w := engine.Wallet{Family: family}
		switch {
		case family:
			if f[1].Given() {
				c.oneOf(f[1], relations...)
			}
			if !f[2].Given() && !f[3].Given() {
				c.missing(e.Path() + ".limit")
			}
		default:
			for _, x := range [...]json.Value{f[1], f[3]} {
				if x.Given() {
					c.deny(x, engine.Contradiction, "family")
				}
			}
			if own {
				c.deny(f[0], engine.Contradiction, "family")
			}
			own = true
			if !f[2].Given() {
				c.missing(e.Path() + ".balance")
			}
		}
		// What a relative allows may be more than what the account still holds.
		w.Balance = engine.Exactly(engine.MaxFen)
		for _, x := range f[2:] {
			if x.Given() {
				a := c.amount(x, engine.MaxFen)
				w.Balance = engine.Amount{Lo: min(w.Balance.Lo, a.Lo), Hi: min(w.Balance.Hi, a.Hi)}
			}
		}
		list, wallet := append(in.claim.Accounts, w), append(in.wallet, at)
		if !family {
			copy(list[1:], list)
			copy(wallet[1:], wallet)
			list[0], wallet[0] = w, at
		}
		in.claim.Accounts, in.wallet = list, wallet
	}
}

// given reads payments that the receipt already shows.
func (c *Call) given(in *input, v json.Value) {
	if !v.Given() {
		return
	}
	if v.Kind() != json.Object {
		c.form(v, "object")
		return
	}
	if !c.few(v, maxCodes) {
		return
	}
	for m := range v.All {
		if in.scheme != nil && !contains(payees(in.scheme), m.Name()) {
			c.deny(m, UnknownField, "")
			continue
		}
		in.claim.Given = append(in.claim.Given, engine.Given{Name: m.Name(), Amount: c.fen(m)})
	}
}

// payees are the names under which given may state a payment: the layers of a scheme
// and their payers.
func payees(s *engine.Scheme) []string {
	var names []string
	for i := range s.Layers {
		for _, n := range [...]string{s.Layers[i].ID, s.Layers[i].Payer.String()} {
			if !contains(names, n) {
				names = append(names, n)
			}
		}
	}
	return names
}

// plans reads further covers (a city's supplementary insurance) by their few figures.
func (c *Call) plans(in *input, v json.Value) {
	if !c.list(v, engine.MaxPlans) {
		return
	}
	for e := range v.All {
		var f [4]json.Value
		if !c.object(e, planFields, f[:]) {
			continue
		}
		var p engine.Plan
		if c.list(f[0], len(planPlace)) {
			if f[0].Len() == 0 {
				c.missing(e.Path() + ".enters")
			}
			for b := range f[0].All {
				if i := c.oneOf(b, planPlace...); i >= 0 {
					place, _ := engine.PlaceByName(planPlace[i])
					for _, had := range p.Enters {
						if had == place {
							c.deny(b, engine.Contradiction, "")
						}
					}
					p.Enters = append(p.Enters, place)
				}
			}
		}
		if f[1].Given() {
			p.Deductible = c.fen(f[1])
		}
		if !f[2].Given() {
			c.missing(e.Path() + ".share")
		} else {
			p.Share = c.share(f[2])
		}
		if f[3].Given() {
			p.Cap = c.fen(f[3])
		}
		in.claim.Plans = append(in.claim.Plans, p)
	}
}

// overrides reads figures that replace those of the policy.
func (c *Call) overrides(in *input, v json.Value) {
	if !v.Given() {
		return
	}
	if v.Kind() != json.Object {
		c.form(v, "object")
		return
	}
	if !c.few(v, engine.MaxOverrides) {
		return
	}
	for m := range v.All {
		if m.Kind() != json.String {
			c.form(m, "figure")
			continue
		}
		in.claim.Overrides = append(in.claim.Overrides, engine.Override{Rule: m.Name(), Value: m.Text()})
	}
}

// field is the request's path for one that the engine names.
func (in *input) field(name string) string {
	if in.lines != "" {
		if rest, ok := strings.CutPrefix(name, "bill.lines"); ok {
			name = "bill." + in.lines + rest
		}
	}
	if rest, ok := strings.CutPrefix(name, "accounts["); ok && len(rest) == 2 && int(rest[0]-'0') < len(in.wallet) {
		name = "accounts[" + itoa(in.wallet[rest[0]-'0']) + "]"
	}
	if in.within == nil {
		return name
	}
	return in.whole(name)
}

// whole makes a field's path complete where the request is put together from several
// objects: the innermost that has the field, else the one where it belongs.
func (in *input) whole(name string) string {
	step := pathSteps(name)
	inner, outer := in.within[0], in.within[len(in.within)-1]
	for _, o := range in.within {
		v := o.Get(step[0])
		if v.Given() && (len(step) == 1 || v.Kind() != json.Object || v.Get(step[1]).Given()) {
			return under(o, name)
		}
	}
	switch step[0] {
	case "date", "visit", "bill", "given":
		return under(inner, name)
	case "person", "year":
		return under(in.within[1], name)
	}
	return under(outer, name)
}

func under(o json.Value, name string) string {
	if at := o.Path(); at != "" {
		return at + "." + name
	}
	return name
}

// refused passes on why the engine did not settle.
func (c *Call) refused(in *input, err error) {
	e, ok := err.(*engine.InputError)
	if !ok {
		panic(err)
	}
	p := Problem{Code: e.Code, Field: in.field(e.Field), Limit: e.Limit}
	switch e.Code {
	case engine.NotAllowed:
		p.Limit, p.Allowed = "", strings.Split(e.Limit, ",")
	case engine.NotKnown, engine.Draft:
		p.Limit, p.Key = "", e.Limit
	}
	c.Refuse(p)
	if e.Code == engine.Required {
		// The engine stops at the first; a page wants to mark all.
		for _, f := range in.need().needed {
			if f != e.Field {
				c.missing(f)
			}
		}
	}
}
