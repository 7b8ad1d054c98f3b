package engine

// Course is a person's visits in time order, each seeing what the ones before used up.
// Its zero value, with a policy, is a year in which nothing happened yet.
type Course struct {
	Policy   *Policy
	Year     Year     // counters after the last visit
	Accounts []Wallet // what is left of the accounts
	// Admissions counts the admissions of the benefit year, as far as the visits show.
	Admissions int32
	last       Date
}

// Settle settles the next visit. What the claim says of its Year and of its accounts is
// replaced by what the visits before have left. Counters start anew where a claim falls
// into a later benefit year; see carried. Where it does not say the ordinal of its admission, it is
// counted. After an error the course stands where it stood.
func (k *Course) Settle(c *Claim) (*Settlement, error) {
	x := *c
	x.Year, x.Accounts = k.Year, k.Accounts
	admissions := k.Admissions
	switch {
	case k.last == 0:
	case c.Date < k.last:
		return nil, &InputError{Code: Contradiction, Field: "date", Limit: k.last.String()}
	case k.Policy.BenefitYear(c.Date) != k.Policy.BenefitYear(k.last):
		x.Year, admissions = k.Policy.carried(k.Year), 0
	}
	if a := &x.Facts.ints[DimAdmission-numCodeDims]; x.admitted() {
		if !a.given {
			x.Facts.SetInt(DimAdmission, min(admissions, 98)+1)
		}
		admissions = a.hi
	}
	s, err := Settle(k.Policy, &x)
	if err != nil {
		return nil, err
	}
	k.Year, k.Accounts, k.Admissions, k.last = s.Year, spend(k.Accounts, s), admissions, c.Date
	return s, nil
}

// admitted reports whether the visit is surely an admission.
func (c *Claim) admitted() bool {
	k := c.Facts.codes[DimKind]
	return len(k) == 1 && k[0] == "inpatient"
}

// SettleYear settles visits in the order given. It starts from the first claim's own Year
// and accounts. The first error stops the fold; the settlements before it are returned
// with it.
func SettleYear(p *Policy, claims []Claim) ([]*Settlement, error) {
	out := make([]*Settlement, 0, len(claims))
	k := Course{Policy: p}
	for i := range claims {
		if i == 0 {
			k.Year, k.Accounts = claims[i].Year, claims[i].Accounts
		}
		s, err := k.Settle(&claims[i])
		if err != nil {
			if e, ok := err.(*InputError); ok && e.Code == Contradiction && e.Field == "date" {
				e.Field = "visits[" + string(appendUint(nil, uint64(i))) + "].date"
			}
			return out, err
		}
		out = append(out, s)
	}
	return out, nil
}

// BenefitYear is the calendar year in which the benefit year of a day began.
func (p *Policy) BenefitYear(d Date) int {
	if d.MonthDay() < p.YearStarts {
		return d.Year() - 1
	}
	return d.Year()
}

// carried is what no benefit year ends: counters of a lifetime, and, where a deductible asks
// for it, what was borne in a spell of illness. A stay that is cut at the year's end goes on.
func (p *Policy) carried(y Year) Year {
	var out Year
	for i := range y {
		c := &y[i]
		switch n := len(c.Key); {
		case n > 5 && c.Key[n-5:] == "@life":
			out = append(out, *c)
		case c.Spell != Amount{} && p.lessSpell(c.Key):
			out = append(out, Counter{Key: c.Key, Spell: c.Spell})
		}
	}
	return out
}

// lessSpell reports whether a layer of this name takes off what was borne in the spell.
func (p *Policy) lessSpell(layer string) bool {
	for i := range p.Schemes {
		for _, l := range p.Schemes[i].Layers {
			if l.ID == layer && l.Deductible != nil && len(l.Deductible.LessSpell) > 0 {
				return true
			}
		}
	}
	return false
}

// spend takes what the accounts paid off their balances, in their order.
func spend(w []Wallet, s *Settlement) []Wallet {
	own, family := s.Totals[Acct], s.Totals[AcctMulaid]
	out := append([]Wallet(nil), w...)
	for i := range out {
		left := &own
		if out[i].Family {
			left = &family
		}
		b := &out[i].Balance
		x := min(*left, b.Lo)
		*left -= x
		b.Lo -= x
		b.Hi = max(b.Hi-x, b.Lo)
	}
	return out
}
