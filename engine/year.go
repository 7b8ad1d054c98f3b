package engine

// SettleYear settles visits in the order given, each seeing what the ones before used
// up. It starts from the first claim's own Year; what a later claim says of its Year is
// replaced. Counters start anew where a claim falls into a later benefit year. Own
// accounts and relatives' limits that all claims share are passed on by balance.
// Where a claim does not say the ordinal of its admission, it is counted.
//
// The first error stops the fold; the settlements before it are returned with it.
func SettleYear(p *Policy, claims []Claim) ([]*Settlement, error) {
	out := make([]*Settlement, 0, len(claims))
	var year Year
	var accounts []Wallet
	var last Date
	admissions := int32(0)
	for i := range claims {
		c := claims[i]
		switch {
		case i == 0:
			year, accounts = c.Year, c.Accounts
		case c.Date < last:
			return out, &InputError{Code: Contradiction, Field: "visits[" + string(appendUint(nil, uint64(i))) + "].date", Limit: last.String()}
		case p.BenefitYear(c.Date) != p.BenefitYear(last):
			year, admissions = year.lifetime(), 0
		}
		last = c.Date
		c.Year, c.Accounts = year, accounts
		if a := &c.Facts.ints[DimAdmission-numCodeDims]; !a.given {
			if k := c.Facts.codes[DimKind]; len(k) == 1 && k[0] == "inpatient" {
				c.Facts.SetInt(DimAdmission, admissions+1)
			}
		}
		s, err := Settle(p, &c)
		if err != nil {
			return out, err
		}
		out = append(out, s)
		year = s.Year
		accounts = spend(accounts, s)
		if k := c.Facts.codes[DimKind]; len(k) == 1 && k[0] == "inpatient" {
			admissions = c.Facts.ints[DimAdmission-numCodeDims].hi
		}
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

// lifetime keeps the counters that no benefit year ends.
func (y Year) lifetime() Year {
	var out Year
	for _, c := range y {
		if n := len(c.Key); n > 5 && c.Key[n-5:] == "@life" {
			out = append(out, c)
		}
	}
	return out
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
