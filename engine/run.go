package engine

import "math/bits"

// run settles one possible world: every input exact, every unknown figure at one of
// its ends.
type run struct {
	p      *Policy
	s      *Scheme
	c      *Claim // amounts exact
	f      resolved
	listed *items
	open   *openRows
	led    [numPlaces]Fen    // money now standing in each place
	fine   [AboveCap + 1]num // what led[Copay] and led[AboveCap] are before rounding
	given  []Fen             // left of each of c.Given
	// forced is the segment that a ladder takes for everything; only bounds sets it.
	forced *Row
	begun  int       // how many layers have begun
	laid   []stretch // what layers paid in this claim that others are laid along
	work   entry     // the layer at work
	out    *Settlement
	err    error
}

// openRows are the unknown figures met so far and the end at which this world has them.
type openRows struct {
	rows   []*Row
	choice []uint8
	whole  []span // what each figure lies between, and
	costly []bool // whether its upper end is the unfavourable one
	parts  []span // of that, the part that is looked at, where not the whole
	part   []int  // the part of the chain that reads each figure
	now    int    // the part of the chain at work, counted from 1; 0: not of the settlement itself
	tied   bool   // two parts read the same figure
	met    uint64 // which of the first 64 were read
}

// span is what an unknown lies between: an amount in fen, or a figure as a Rate.
type span struct{ lo, hi int64 }

func (s span) end(i uint8) int64 {
	if i == 0 {
		return s.lo
	}
	return s.hi
}

// unbounded is the upper end of a cap of which there may be none.
const unbounded = int64(MaxFigure + One)

// purpose says which end of an unknown figure is unfavourable for the person and what
// bounds it where the row names none.
type purpose uint8

const (
	aShare purpose = iota // 0 to 1, low is unfavourable
	aPoint                // −1 to 1, low is unfavourable
	aCost                 // an amount or factor that the person bears: high is unfavourable
	aPart                 // a share that the person bears, 0 to 1: high is unfavourable
	aSum                  // an amount that is paid: low is unfavourable
	aCap                  // an amount that bounds a payment: low is unfavourable
)

// fail keeps the first error.
func (r *run) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// pick finds the row of a table that matches the claim, nil if none does.
func (r *run) pick(t *Table) *Row {
	if t == nil || r.err != nil {
		return nil
	}
	for i := range t.Rows {
		row := &t.Rows[i]
		if !row.inForce(r.c.Date) {
			continue
		}
		ok, err := r.f.holds(row.When)
		if err != nil {
			r.fail(err)
			return nil
		}
		if ok {
			return row
		}
	}
	return nil
}

// value is a row's figure in this world; none reports an express "none".
func (r *run) value(row *Row, why purpose) (v Rate, none bool) {
	f := &row.Value
	if !f.Unknown {
		return f.Rate, f.None
	}
	i := r.open.find(row, why)
	at := r.open.whole[i]
	if i < len(r.open.parts) {
		at = r.open.parts[i]
	}
	side := r.open.choice[i] // 0 is the unfavourable end
	if r.open.costly[i] {
		side = 1 - side
	}
	if x := at.end(side); x < unbounded {
		return Rate(x), false
	}
	return MaxFigure, true
}

// between is what an unknown figure lies between.
func (f *Figure) between(why purpose) span {
	s := span{int64(f.Lo), int64(f.Hi)}
	if !f.Bounded {
		switch why {
		case aShare, aPart:
			return span{0, int64(One)}
		case aPoint:
			return span{-int64(One), int64(One)}
		}
		s = span{0, int64(MaxFigure)}
	}
	if why == aCap && (f.Open || !f.Bounded) {
		s.hi = unbounded
	}
	return s
}

// find is the position of an unknown figure; one that is new stands at its unfavourable end.
func (o *openRows) find(row *Row, why purpose) int {
	i := 0
	for i < len(o.rows) && o.rows[i] != row {
		i++
	}
	if i == len(o.rows) {
		o.rows = append(o.rows, row)
	}
	for len(o.choice) <= i {
		o.choice = append(o.choice, 0)
	}
	if i == len(o.whole) {
		o.whole, o.costly = append(o.whole, row.Value.between(why)), append(o.costly, why == aCost || why == aPart)
	}
	for len(o.part) <= i {
		o.part = append(o.part, 0)
	}
	if o.now != 0 && o.part[i] != 0 && o.part[i] != o.now {
		o.tied = true
	}
	if o.now != 0 {
		o.part[i] = o.now
	}
	o.met |= 1 << min(i, 63)
	return i
}

// The parts of the chain that read figures; those of a layer count from its own number on.
const (
	atNothing = iota
	atWait
	atFirst
	atLimit
	atEntered
	atDeductible
	atBands
	atCaps
	atQuota
	atFloor
	atCeiling
	atSplit
	atExtra
	partsOfLayer = 16
)

// reading says which part of the chain reads the figures that follow.
func (r *run) reading(part int) { r.open.now = r.begun*partsOfLayer + part }

func (v Rate) fen() Fen { return Fen((v + One/200) / (One / 100)) }

func (v Rate) num() num {
	if v <= 0 {
		return num{}
	}
	hi, lo := bits.Mul64(uint64(v), 1_000_000)
	return num{hi, lo}
}

func (r *run) grade(row *Row) {
	if row.Grade > r.out.Grade && !row.Overridden {
		r.out.Grade = row.Grade
	}
}

// move books a step and the money it moves.
func (r *run) move(s Step) {
	if s.Amount == 0 && s.Kind != StepDeductible && s.Kind != StepShare {
		return
	}
	if s.From != s.To {
		r.led[s.From] -= s.Amount
		r.led[s.To] += s.Amount
		if s.From == Copay || s.From == AboveCap {
			r.fine[s.From] = r.fine[s.From].sub(fromFen(s.Amount))
		}
		if s.To == Copay || s.To == AboveCap {
			r.fine[s.To] = r.fine[s.To].add(fromFen(s.Amount))
		}
	}
	if s.Row != nil {
		r.grade(s.Row)
		s.Rule = s.Row.ID
	}
	for i := range s.Adjusted {
		r.grade(s.Adjusted[i].Row)
	}
	if r.c.Figures {
		return
	}
	r.out.Steps = append(r.out.Steps, s)
}

// regime mixes what rules the settlement hangs on into one number: two claims that
// differ in a single amount and agree in it lie on one straight line.
func (r *run) regime(bit bool, row *Row) {
	h := r.out.Regime*31 + 7
	if bit {
		h++
	}
	if row != nil {
		for i := 0; i < len(row.ID); i++ {
			h = (h ^ uint64(row.ID[i])) * 1099511628211
		}
	}
	r.out.Regime = h
}

// exactly is what stands in a bucket, before it was rounded for display.
func (r *run) exactly(b Place) num {
	if b == Copay || b == AboveCap {
		return r.fine[b]
	}
	return fromFen(r.led[b])
}

func (r *run) note(n Note) {
	if r.c.Figures {
		return
	}
	r.out.Notes = append(r.out.Notes, n)
}

// settle runs the whole chain.
func (r *run) settle() {
	r.wait()
	r.classify()
	excluded := r.excluded()
	for _, g := range r.c.Given {
		r.given = append(r.given, g.Amount)
	}
	if !excluded {
		r.accountFirst()
		r.layers()
	}
	if r.err != nil {
		return
	}
	for i, left := range r.given {
		if left > 0 {
			g := r.c.Given[i]
			r.fail(&InputError{Code: Contradiction, Field: "given." + g.Name, Limit: (g.Amount - left).String()})
			return
		}
	}
	r.person()
	r.assumptions()
}

func (r *run) excluded() bool {
	for i := range r.p.Exclude {
		x := &r.p.Exclude[i]
		if !x.inForce(r.c.Date) {
			continue
		}
		ok, err := r.f.holds(x.When)
		if err != nil {
			r.fail(err)
			return false
		}
		if ok {
			r.grade(&x.Row)
			r.regime(true, &x.Row)
			r.note(Note{Code: "excluded", Value: x.Reason, Row: &x.Row})
			return true
		}
	}
	return false
}

// layers lets every payer act in the order of the scheme.
func (r *run) layers() {
	scoped, separate := false, r.led[Separate] == 0
	for i := range r.s.Layers {
		l := &r.s.Layers[i]
		if r.c.Date < l.From || l.Until != 0 && r.c.Date > l.Until {
			continue
		}
		ok, err := r.f.holds(l.Applies)
		if err != nil {
			r.fail(err)
			return
		}
		if !ok {
			continue
		}
		basic := l.Enters[0].Bucket == InScope || l.Enters[0].Bucket == Separate
		if l.Draft {
			key := r.s.ID + "." + l.ID
			if !r.c.AcceptDraft && basic {
				r.fail(&InputError{Code: Draft, Field: "visit.kind", Limit: key})
				return
			}
			r.note(Note{Code: "draft", Value: key})
			if !r.c.AcceptDraft {
				continue
			}
		}
		scoped = scoped || l.Enters[0].Bucket == InScope
		separate = separate || l.Enters[0].Bucket == Separate
		r.layer(l)
		if r.err != nil {
			return
		}
	}
	if !scoped || !separate {
		key := "special_drug"
		if !scoped {
			key = r.p.codeList(DimKind, r.f.codes[DimKind])
		}
		r.fail(&InputError{Code: NotKnown, Field: "visit.kind", Limit: r.s.ID + "." + key})
		return
	}
	for i := range r.c.Plans {
		l := r.c.Plans[i].layer(i)
		r.layer(l)
	}
	for _, u := range r.p.Unknown {
		if l := len(r.s.ID); len(u.Key) > l && u.Key[:l] == r.s.ID && u.Key[l] == '.' && r.s.layer(u.Key[l+1:]) == nil && isPayerBenefit(u.Key[l+1:]) {
			r.note(Note{Code: "not_known", Value: u.Key})
		}
	}
}

// isPayerBenefit names the benefits that may pay on top of any visit.
func isPayerBenefit(id string) bool {
	switch id {
	case "large_amount", "critical_illness", "assistance", "assistance_second", "civil_servant", "supplement", "mutual_aid":
		return true
	}
	return false
}

func (s *Scheme) layer(id string) *Layer {
	for i := range s.Layers {
		if s.Layers[i].ID == id {
			return &s.Layers[i]
		}
	}
	return nil
}

// layer makes the payer that the person described into a layer.
func (p *Plan) layer(i int) *Layer {
	id := "plans[" + string(appendUint(nil, uint64(i))) + "]"
	row := func(key string, v Rate) *Table {
		return &Table{Rows: []Row{{ID: id + "." + key, Value: Figure{Rate: v}, Overridden: true}}}
	}
	l := &Layer{ID: id, Payer: Oth,
		Deductible: &Deductible{Span: Span{Per: PerYear}, Table: row("deductible", Rate(p.Deductible)*(One/100))},
		Bands:      &Bands{Rows: row("share", p.Share)}}
	for _, b := range p.Enters {
		l.Enters = append(l.Enters, Entry{b, One})
	}
	if p.Cap > 0 {
		l.Caps = []Cap{{Span: Span{Per: PerYear}, Table: row("cap", Rate(p.Cap)*(One/100))}}
	}
	return l
}

var personal = [...]Place{SelfFunded, OverLimit, PaidFirst, InScope, Separate, Deducted, Copay, AboveCap}

// person lets the accounts pay what they may; cash is the rest.
func (r *run) person() {
	o := r.out
	for p := Deducted; p < numPlaces; p++ {
		o.Totals[p] = r.led[p]
	}
	o.SelfFund = r.led[SelfFunded] + r.led[OverLimit]
	o.SelfPay = r.led[Acct]
	for _, b := range personal[2:] {
		o.SelfPay += r.led[b]
	}
	if len(r.c.Accounts) > 0 {
		r.accounts()
	}
	for _, b := range personal {
		r.move(Step{Rule: "cash", Kind: StepCash, From: b, To: Cash, Base: r.led[b], Amount: r.led[b]})
	}
	for p := Acct; p <= Cash; p++ {
		o.Totals[p] = r.led[p]
	}
	o.Direct = r.led[Cash]
	o.Refund = Funds(&r.led)
}

// Funds is fund_pay_sumamt, the sum of all funds.
func Funds(totals *[numPlaces]Fen) (sum Fen) {
	for p := Hifp; p <= Oth; p++ {
		sum += totals[p]
	}
	return sum
}

// Person is psn_part_amt: what the person bears from own account, relatives' accounts
// and cash.
func Person(totals *[numPlaces]Fen) Fen { return totals[Acct] + totals[AcctMulaid] + totals[Cash] }

// accountDefault are the buckets that accounts may pay where nothing is known of it.
var accountDefault = []Place{PaidFirst, Deducted, Copay, AboveCap}

// mayPay says what accounts may pay for this visit; nil where no row does.
func (r *run) mayPay() *AccountRow {
	if r.s.Account != nil {
		for i := range r.s.Account.Pays {
			a := &r.s.Account.Pays[i]
			if !a.inForce(r.c.Date) {
				continue
			}
			ok, err := r.f.holds(a.When)
			if err != nil {
				r.fail(err)
			}
			if ok {
				return a
			}
		}
	}
	return nil
}

// accountFirst lets the own account pay before any payer, where the region has it so. What it pays
// no layer sees; the person's balance is taken for what may pay so (credit of this year).
func (r *run) accountFirst() {
	row := r.mayPay()
	if row == nil || !row.First {
		return
	}
	for i := range r.c.Accounts {
		w := &r.c.Accounts[i]
		if w.Family {
			continue
		}
		a := min(w.Balance.Lo, r.led[InScope])
		r.regime(a < w.Balance.Lo, nil)
		r.move(Step{Rule: "account", Kind: StepAccountFirst, From: InScope, To: Acct, Base: r.led[InScope], Amount: a, Row: &row.Row})
		w.Balance = Exactly(w.Balance.Lo - a)
	}
	r.note(Note{Code: "account_first", Row: &row.Row})
}

func (r *run) accounts() {
	may, row := accountDefault, (*Row)(nil)
	if x := r.mayPay(); x != nil {
		may, row = x.Buckets, &x.Row
	} else {
		r.note(Note{Code: "no_account_rule"})
	}
	for _, w := range r.c.Accounts {
		left, to := w.Balance.Lo, Acct
		if w.Family {
			to = AcctMulaid
		}
		for _, b := range may {
			a := min(left, r.led[b])
			r.move(Step{Rule: "account", Kind: StepAccount, From: b, To: to, Base: r.led[b], Amount: a, Row: row})
			left -= a
		}
		r.regime(left == 0, nil)
	}
}

// assumptions names the defaults that a rule's outcome hung on.
func (r *run) assumptions() {
	if r.c.Figures {
		return
	}
	for d := Dim(0); d < numDims; d++ {
		if r.f.assumed[d] && r.f.asked[d] {
			v := dims[d].def
			if d.IsCode() {
				v = r.p.codeList(d, r.f.codes[d])
			}
			r.note(Note{Code: "assumed", Field: dims[d].field, Value: v})
		}
	}
	if i := DimDays - numCodeDims; r.f.known[i] && r.f.ints[i] > 90 {
		r.note(Note{Code: "long_stay"})
	}
}
