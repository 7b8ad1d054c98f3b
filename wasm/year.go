package wasm

import (
	"mingbai/engine"
	"mingbai/wasm/json"
)

// Bounds of a year.
const (
	MaxVisits   = 1000 // with repetitions
	MaxMembers  = 8
	sharpVisits = 20 // visits whose bounds are looked for with much work; later ones are bounded at less cost
	MaxOpen     = 50 // visits with amounts that are not known: what they leave open stays so for all later ones
)

// The income-tax deduction for serious illness (大病医疗专项附加扣除): what a person bore of
// a calendar year's bills within the catalogue, above and up to these amounts (State
// Council notice 国发〔2018〕41号, article 11).
const (
	taxAbove engine.Fen = 15_000_00
	taxLimit engine.Fen = 80_000_00
)

var (
	yearFields   = []string{"v", "op", "region", "policy", "person", "year", "accounts", "plans", "overrides", "accept", "detail", "visits", "members"}
	memberFields = []string{"id", "person", "year", "visits"}
	stayFields   = []string{"date", "visit", "bill", "person", "given", "overrides", "repeat", "label"}
	repeatFields = []string{"times", "every_days"}
	purseFields  = []string{"owner", "relation", "balance", "limit"}
)

// household is one person's visits, or those of several who share accounts.
type household struct {
	policy  *engine.Policy
	members []member
	stays   []*stay
	purses  []purse
	several bool
}

// member is a person with a year.
type member struct {
	id     string
	course engine.Course
	before engine.Year // what the request says of it
	stays  []*stay     // settled, in time order
}

// stay is one visit; a repeated one stands several times, with the same input.
type stay struct {
	in      *input
	member  int
	index   int // in the list of visits that the request has
	nth     int // of a repeated one, from 1
	label   string
	date    engine.Date
	ends    int // benefit year
	s       *engine.Settlement
	ordinal int32
}

// purse is an account that the household shares. What relatives may take of it together
// can be limited.
type purse struct {
	owner          int // which member; -1: somebody else
	balance, limit engine.Amount
	limited        bool
}

// year answers {"op":"year"}: visits in the order of their dates, each seeing what the
// ones before it have used up.
func year(c *Call) {
	h := household{}
	full := h.read(c)
	if c.Refused() {
		return
	}
	h.settle(c)
	if c.Refused() {
		return
	}
	a := answer{Writer: c.Out, p: h.policy, brief: !full}
	h.write(&a, full)
	a.policy()
}

func (h *household) read(c *Call) (full bool) {
	var f [13]json.Value
	c.Fields(c.Request, yearFields, f[:])
	h.policy = c.whose(f[2], f[3])
	if f[10].Given() {
		full = c.oneOf(f[10], "totals", "full") == 1
	}
	visits, members := f[11], f[12]
	if !members.Given() {
		if !visits.Given() {
			c.missing("visits")
		}
		h.member(c, &f, c.Request, f[4:6], visits)
		h.own(c, f[6])
		return full
	}
	h.several = true
	for _, v := range [...]json.Value{f[5], visits} {
		if v.Given() {
			c.deny(v, engine.Contradiction, "members")
		}
	}
	if !c.list(members, MaxMembers) {
		return full
	}
	if members.Len() == 0 {
		c.deny(members, engine.Required, "")
	}
	for v := range members.All {
		var m [4]json.Value
		if !c.object(v, memberFields, m[:]) {
			continue
		}
		if !m[3].Given() {
			c.missing(v.Path() + ".visits")
		}
		h.member(c, &f, v, m[1:3], m[3])
		one := &h.members[len(h.members)-1]
		if one.id = c.text(m[0], v.Path()+".id", true); len(one.id) > 64 {
			c.deny(m[0], engine.TooMany, "64")
		}
		for i := range h.members[:len(h.members)-1] {
			if h.members[i].id == one.id && one.id != "" {
				c.deny(m[0], engine.Contradiction, "")
			}
		}
	}
	h.shared(c, f[6])
	return full
}

// member reads one person's visits. root are the fields of the request, own the person
// and the year.
func (h *household) member(c *Call, root *[13]json.Value, at json.Value, own []json.Value, visits json.Value) {
	me := len(h.members)
	h.members = append(h.members, member{course: engine.Course{Policy: h.policy}})
	first := input{policy: h.policy, within: []json.Value{at, at, c.Request}}
	c.person(&first, root[4], own[0])
	c.year(&first, own[1])
	h.members[me].course.Year, h.members[me].before = first.claim.Year, first.claim.Year
	if !c.list(visits, MaxVisits) {
		return
	}
	if visits.Given() && visits.Len() == 0 {
		c.deny(visits, engine.Required, "")
	}
	index := -1
	for v := range visits.All {
		index++
		var f [8]json.Value
		if !c.object(v, stayFields, f[:]) {
			continue
		}
		in := &input{policy: h.policy, within: []json.Value{v, at, c.Request}}
		in.claim.Date = c.date(in, f[0])
		c.person(in, root[4], own[0], f[3])
		c.visit(in, f[1])
		c.bill(in, f[2])
		c.given(in, f[4])
		c.plans(in, root[7])
		c.overrides(in, root[8])
		c.overrides(in, f[5])
		c.accept(in, root[9])
		s := stay{in: in, member: me, index: index, date: in.claim.Date}
		if s.label = c.text(f[7], "", false); len(s.label) > 400 {
			c.deny(f[7], engine.TooMany, "400")
		}
		h.repeat(c, s, f[6])
	}
}

// repeat adds a visit as often as it took place.
func (h *household) repeat(c *Call, s stay, v json.Value) {
	times, every := int32(1), 0
	if v.Given() {
		var f [2]json.Value
		if !c.Fields(v, repeatFields, f[:]) {
			return
		}
		for i, x := range f {
			if !x.Given() {
				c.missing(v.Path() + "." + repeatFields[i])
				return
			}
		}
		times, every = c.whole(f[0], 1, MaxVisits), int(c.whole(f[1], 1, 366))
		s.nth = 1
	}
	for ; times > 0; times-- {
		switch {
		case len(h.stays) == MaxVisits:
			c.Refuse(Problem{Code: engine.TooMany, Field: "visits", Limit: itoa(MaxVisits)})
			return
		case s.date == 0 && s.in.claim.Date != 0:
			c.deny(v, engine.TooLarge, "2099-12-31")
			return
		}
		one := s
		h.stays = append(h.stays, &one)
		if s.date != 0 {
			s.date = s.date.Add(every)
		}
		s.nth++
	}
}

// own reads the accounts of a single person, as settle takes them.
func (h *household) own(c *Call, v json.Value) {
	in := &input{}
	c.accounts(in, v)
	h.purses = make([]purse, len(in.claim.Accounts))
	for i, w := range in.claim.Accounts {
		p := purse{owner: 0, balance: w.Balance}
		if w.Family {
			p.owner = -1
		}
		h.purses[in.wallet[i]] = p
	}
}

// shared reads the accounts of a household: each belongs to a member, whose own visits it
// pays first, or to another relative.
func (h *household) shared(c *Call, v json.Value) {
	if !c.list(v, engine.MaxAccounts) {
		return
	}
	owners := make([]string, 0, len(h.members)+1)
	for i := range h.members {
		owners = append(owners, h.members[i].id)
	}
	owners = append(owners, "family")
	for e := range v.All {
		var f [4]json.Value
		if !c.object(e, purseFields, f[:]) {
			continue
		}
		p := purse{limited: f[3].Given(), limit: c.amount(f[3], engine.MaxFen), balance: engine.Exactly(engine.MaxFen)}
		if !f[0].Given() {
			c.missing(e.Path() + ".owner")
			continue
		}
		p.owner = c.oneOf(f[0], owners...)
		if p.owner == len(h.members) {
			p.owner = -1
		} else {
			for _, o := range h.purses {
				if o.owner == p.owner {
					c.deny(f[0], engine.Contradiction, "")
				}
			}
		}
		if f[1].Given() {
			c.oneOf(f[1], relations...)
		}
		switch {
		case f[2].Given():
			p.balance = c.amount(f[2], engine.MaxFen)
		case p.owner >= 0 || !p.limited:
			c.missing(e.Path() + ".balance")
		}
		h.purses = append(h.purses, p)
	}
}

// wallets are the purses as one member may use them, the own one first, and which they are.
func (h *household) wallets(me int) (list []engine.Wallet, of []int) {
	for own := 1; own >= 0; own-- {
		for i, p := range h.purses {
			if (p.owner == me) != (own == 1) {
				continue
			}
			w := engine.Wallet{Family: own == 0, Balance: p.balance}
			if w.Family && p.limited {
				w.Balance = engine.Amount{Lo: min(p.balance.Lo, p.limit.Lo), Hi: min(p.balance.Hi, p.limit.Hi)}
			}
			list, of = append(list, w), append(of, i)
		}
	}
	return list, of
}

func (h *household) settle(c *Call) {
	sorted := make([]*stay, len(h.stays))
	for i, j := range inOrder(len(h.stays), func(i, j int) bool { return h.stays[i].date < h.stays[j].date }) {
		sorted[i] = h.stays[j]
	}
	h.stays = sorted
	open := 0
	for _, s := range h.stays {
		m := &h.members[s.member]
		list, of := h.wallets(s.member)
		m.course.Accounts = list
		claim := s.in.claim
		claim.Date = s.date
		claim.Coarse = len(m.stays) >= sharpVisits
		if !certain(&claim.Bill, m.before, list) {
			if open++; open > MaxOpen {
				c.Refuse(Problem{Code: engine.TooMany, Field: s.in.within[0].Path(), Limit: itoa(MaxOpen)})
				return
			}
		}
		out, err := m.course.Settle(&claim)
		if err != nil {
			c.refused(s.in, err)
			return
		}
		for j, w := range m.course.Accounts {
			p := &h.purses[of[j]]
			p.balance = less(p.balance, list[j].Balance.Lo-w.Balance.Lo)
			if w.Family && p.limited {
				p.limit = less(p.limit, list[j].Balance.Lo-w.Balance.Lo)
			}
		}
		s.s, s.ends, s.ordinal = out, h.policy.BenefitYear(s.date), m.course.Admissions
		m.stays = append(m.stays, s)
	}
}

// certain reports whether all amounts are known.
func certain(b *engine.Invoice, y engine.Year, w []engine.Wallet) bool {
	known := true
	see := func(list ...engine.Amount) {
		for _, a := range list {
			known = known && a.Lo == a.Hi
		}
	}
	see(b.Total, b.SelfFunded, b.OverLimit, b.PaidFirst, b.Separate)
	for i := range y {
		see(y[i].Entered, y[i].Deduct, y[i].Paid, y[i].Spell)
	}
	for i := range w {
		see(w[i].Balance)
	}
	return known
}

func less(a engine.Amount, x engine.Fen) engine.Amount {
	a.Lo -= x
	return engine.Amount{Lo: a.Lo, Hi: max(a.Hi-x, a.Lo)}
}

func (h *household) write(a *answer, full bool) {
	a.ObjectAt("year")
	a.ArrayAt("settlements")
	for _, s := range h.stays {
		h.stay(a, s, full)
	}
	a.EndArray()
	if h.several {
		a.ArrayAt("members")
		for i := range h.members {
			a.Object()
			a.Text("id", h.members[i].id)
			h.members[i].write(a)
			a.EndObject()
		}
		a.EndArray()
		a.totals(h.stays)
	} else {
		h.members[0].write(a)
	}
	if len(h.purses) > 0 {
		a.ArrayAt("accounts")
		for _, p := range h.purses {
			a.Object()
			switch {
			case p.owner < 0:
				a.Text("owner", "family")
			case h.several:
				a.Text("owner", h.members[p.owner].id)
			default:
				a.Text("owner", "self")
			}
			a.between("left", p.balance)
			if p.limited {
				a.between("limit_left", p.limit)
			}
			a.EndObject()
		}
		a.EndArray()
	}
	a.EndObject()
}

func (h *household) stay(a *answer, s *stay, full bool) {
	in := *s.in
	a.in, a.s = &in, s.s
	a.Object()
	a.Number("index", s.index)
	if s.nth > 0 {
		a.Number("nth", s.nth)
	}
	if h.several {
		a.Text("member", h.members[s.member].id)
	}
	a.Text("date", s.date.String())
	a.str("label", s.label)
	if s.admitted() {
		a.Number("admission", int(s.ordinal))
		in.claim.Facts.SetInt(engine.DimAdmission, s.ordinal) // counted, where the request does not say
	}
	a.figures()
	if full {
		a.rest()
	} else {
		a.layers()
		a.notes()
		writeGrade(a.Writer, s.s.Grade)
		if s.s.Range != nil {
			a.ranges(s.s.Range)
		}
	}
	a.EndObject()
}

func (s *stay) admitted() bool {
	k := s.in.claim.Facts.Get(engine.DimKind)
	return len(k) == 1 && k[0] == "inpatient"
}

// totals writes the sum of every figure. Its range is the sum of the visits' own ranges.
func (a *answer) totals(stays []*stay) {
	sum, rng, open := &engine.Settlement{}, &engine.Range{}, false
	for _, x := range stays {
		s := x.s
		for p, v := range s.Totals {
			sum.Totals[p] += v
		}
		sum.Deduct += s.Deduct
		sum.SelfPay += s.SelfPay
		sum.SelfFund += s.SelfFund
		rng.Sum(s.Bounds())
		open = open || s.Range != nil
	}
	a.s = sum
	a.ObjectAt("totals")
	a.figures()
	if open {
		a.ranges(rng)
	}
	a.EndObject()
}

// write writes what a person's visits come to.
func (m *member) write(a *answer) {
	last := m.stays[len(m.stays)-1]
	a.counters("year", m.course.Year)
	a.totals(m.stays)
	a.tax(m.stays, last.date.Year())
	ahead, next := m.ahead()
	a.thresholds(ahead)
	if next != nil {
		a.ObjectAt("next_admission")
		a.Number("admission", int(m.course.Admissions)+1)
		a.Number("index", next.as.index)
		a.fen("deductible", next.Amount)
		a.str("rule", next.Rule)
		a.str("layer", next.Layer)
		a.EndObject()
	}
	a.ArrayAt("years")
	for from := 0; from < len(m.stays); {
		to := from
		for to < len(m.stays) && m.stays[to].ends == m.stays[from].ends {
			to++
		}
		list := m.stays[from:to]
		a.Object()
		starts := engine.Date(list[0].ends*10000 + m.course.Policy.YearStarts)
		a.Number("year", list[0].ends)
		a.Text("from", starts.String())
		a.Number("visits", len(list))
		a.totals(list)
		a.counters("counters", list[len(list)-1].s.Year)
		if starts.MonthDay() == 101 {
			a.tax(list, list[0].ends)
		}
		a.EndObject()
		from = to
	}
	a.EndArray()
}

// tax writes what the self-paid part of a calendar year's visits lowers the income tax by.
func (a *answer) tax(stays []*stay, year int) {
	var self engine.Fen
	for _, s := range stays {
		if s.date.Year() == year {
			self += s.s.SelfPay
		}
	}
	a.ObjectAt("tax_deduction")
	a.Number("year", year)
	a.fen("self_pay", self)
	a.fen("above", taxAbove)
	a.fen("deductible", min(max(self-taxAbove, 0), taxLimit))
	a.fen("limit", taxLimit)
	a.EndObject()
}

func stands(list []engine.Ahead, h engine.Ahead) bool {
	for _, o := range list {
		if o == h {
			return true
		}
	}
	return false
}

// admission is the deductible of the next one, at the hospital of a former one.
type admission struct {
	engine.Ahead
	as *stay
}

// ahead lists the thresholds that stand before the person at the end of the visits: those
// of each kind of visit that there was in the last benefit year, asked anew, because what
// came later may count towards them, too.
func (m *member) ahead() (list []engine.Ahead, next *admission) {
	last := m.stays[len(m.stays)-1]
	for _, h := range last.s.Ahead {
		if h.Code == "band" {
			list = append(list, h)
		}
	}
	var seen []string
	for i := len(m.stays) - 1; i >= 0 && m.stays[i].ends == last.ends; i-- {
		s := m.stays[i]
		claim := s.in.claim
		claim.Date, claim.Bill, claim.Year, claim.Given = last.date, engine.Invoice{}, m.course.Year, nil
		kind := ""
		for _, d := range [...]engine.Dim{engine.DimKind, engine.DimDisease} {
			for _, k := range claim.Facts.Get(d) {
				kind += k + ","
			}
		}
		if contains(seen, kind) {
			continue
		}
		seen = append(seen, kind)
		if s.admitted() {
			claim.Facts.SetInt(engine.DimAdmission, m.course.Admissions)
		}
		out, err := engine.Settle(m.course.Policy, &claim)
		if err != nil {
			continue
		}
		for _, h := range out.Ahead {
			if h.Code == "next_deductible" {
				next = &admission{h, s}
			} else if !stands(list, h) {
				list = append(list, h)
			}
		}
		if s.admitted() && next == nil {
			// None is named where there is none: a large bill tells it from an unknown one.
			claim.Facts.SetInt(engine.DimAdmission, min(m.course.Admissions, 98)+1)
			claim.Bill.Total = engine.Exactly(1_000_000_00)
			if out, err = engine.Settle(m.course.Policy, &claim); err == nil && out.Range == nil && out.Deduct == 0 {
				next = &admission{as: s}
			}
		}
	}
	return list, next
}
