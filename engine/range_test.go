package engine_test

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/shopspring/decimal"

	"mingbai/engine"
)

// TestRange: no sample inside the unknowns leaves the bounds.
func TestRange(t *testing.T) {
	g := rand.New(rand.NewPCG(20261123, 6))
	n, samples, width, sampled := 300, 0, int64(1), int64(0)
	for i := 0; i < n; i++ {
		rs := generate(g)
		p := rs.policy()
		c := claim("active", 1, engine.Fen(1_000_00+g.Int64N(400_000_00)))
		total := c.Bill.Total.Lo
		between := func(most engine.Fen) engine.Amount {
			a, b := engine.Fen(g.Int64N(int64(most)+1)), engine.Fen(g.Int64N(int64(most)+1))
			return engine.Amount{Lo: min(a, b), Hi: max(a, b)}
		}
		c.Bill.SelfFunded, c.Bill.PaidFirst = between(total/3), between(total/3)
		c.Year = engine.Year{{Key: "inpatient", Entered: engine.Exactly(50_000_00), Paid: between(150_000_00), Deduct: between(2_000_00)}, {Key: "critical_illness", Deduct: between(20_000_00)}}
		if g.IntN(2) == 0 {
			c.Facts.Set(engine.DimStatus, "active", "retired")
		}
		c.Facts.SetIntRange(engine.DimAdmission, 1, 3)
		s, err := engine.Settle(p, c)
		if err != nil {
			t.Fatal(err)
		}
		replay(t, s)
		if s.Range == nil {
			t.Fatal("no range")
		}
		if got := engine.Person(&s.Totals); got > s.Range.PersonSum[1] || got < s.Range.PersonSum[0] {
			t.Errorf("plain figures %v outside %v\n%+v\n%+v\n%v\n%v\n%v", got, s.Range.PersonSum, c, rs, s.Totals, s.Range.Lo, s.Range.Hi)
		}
		pick := func(a engine.Amount) engine.Amount {
			return engine.Exactly(a.Lo + engine.Fen(g.Int64N(int64(a.Hi-a.Lo)+1)))
		}
		width += int64(s.Range.PersonSum[1] - s.Range.PersonSum[0])
		seen := [2]engine.Fen{engine.MaxFen, 0}
		for k := 0; k < 60; k++ {
			x := *c
			x.Bill.SelfFunded, x.Bill.PaidFirst = pick(c.Bill.SelfFunded), pick(c.Bill.PaidFirst)
			x.Year = append(engine.Year(nil), c.Year...)
			for j := range x.Year {
				y := &x.Year[j]
				y.Entered, y.Deduct, y.Paid = pick(y.Entered), pick(y.Deduct), pick(y.Paid)
			}
			x.Facts.Set(engine.DimStatus, c.Facts.Get(engine.DimStatus)[g.IntN(len(c.Facts.Get(engine.DimStatus)))])
			x.Facts.SetInt(engine.DimAdmission, int32(1+g.IntN(3)))
			one, err := engine.Settle(p, &x)
			if err != nil {
				t.Fatal(err)
			}
			samples++
			seen = [2]engine.Fen{min(seen[0], engine.Person(&one.Totals)), max(seen[1], engine.Person(&one.Totals))}
			for at, v := range one.Totals {
				if v < s.Range.Lo[at] || v > s.Range.Hi[at] {
					t.Fatalf("claim %d: %v is %v, outside %v to %v\n%+v\n%+v", i, engine.Place(at), v, s.Range.Lo[at], s.Range.Hi[at], x, rs)
				}
			}
			for _, b := range []struct {
				name string
				v    engine.Fen
				in   [2]engine.Fen
			}{{"person", engine.Person(&one.Totals), s.Range.PersonSum}, {"funds", engine.Funds(&one.Totals), s.Range.FundSum}, {"self pay", one.SelfPay, s.Range.SelfPay}, {"deductible", one.Deduct, s.Range.Deduct}} {
				if b.v < b.in[0] || b.v > b.in[1] {
					t.Fatalf("claim %d: %s is %v, outside %v\n%+v\n%+v", i, b.name, b.v, b.in, x, rs)
				}
			}
		}
		sampled += int64(seen[1] - seen[0])
	}
	t.Logf("%d samples; the samples fill %d %% of the bounds on the person's part", samples, sampled*100/width)
}

// TestImpossibleTogether: with the place unknown, a way of filing can go with care away
// from home only; the worlds at home in which something was filed do not count. At home
// means exactly one thing, away three: as filed, and two ways unfiled.
func TestImpossibleTogether(t *testing.T) {
	p := beijing()
	unfiled := engine.Cond{Dim: engine.DimFiling, Mask: 1 << p.Code(engine.DimFiling, "unfiled")}
	l := &p.Schemes[0].Layers[0]
	l.Adjust = append(l.Adjust, engine.Adjust{Op: engine.Plus, Table: &engine.Table{Gaps: true, Rows: []engine.Row{{ID: "a1", Value: engine.NewFigure(decimal.RequireFromString("-0.1")), When: []engine.Cond{unfiled}, From: 20010101}}}})
	for _, x := range []struct {
		why           string
		place, filing []string
		from, to      engine.Fen // what the pooled fund pays
	}{
		// 700 × 0.85; 700 × 0.75
		{"at home or away, filed or not", []string{"local", "out_of_province"}, []string{"none", "referral"}, 52500, 59500},
		{"at home or away with a filing", []string{"local", "out_of_province"}, []string{"referral"}, 59500, 59500},
		{"at home whatever was filed", []string{"local"}, []string{"none", "referral", "unfiled"}, 59500, 59500},
	} {
		c := claim("active", 1, 2000_00)
		c.Facts.Set(engine.DimPlace, x.place...)
		c.Facts.Set(engine.DimFiling, x.filing...)
		for _, known := range []bool{true, false} {
			if !known {
				c.Bill.PaidFirst = engine.Amount{Hi: 1}
			}
			s, err := engine.Settle(p, c)
			if err != nil {
				t.Errorf("%s: %v", x.why, err)
				continue
			}
			got := engine.Amount{Lo: s.Totals[engine.Hifp], Hi: s.Totals[engine.Hifp]}
			if s.Range != nil {
				got = engine.Amount{Lo: s.Range.Lo[engine.Hifp], Hi: s.Range.Hi[engine.Hifp]}
			}
			if w := (engine.Amount{Lo: x.from, Hi: x.to}); known && got != w || !known && (got.Lo < w.Lo-1 || got.Lo > w.Lo || got.Hi != w.Hi) {
				t.Errorf("%s: %v, want %v", x.why, got, w)
			}
		}
	}
	c := claim("active", 1, 2000_00)
	c.Facts.Set(engine.DimFiling, "referral", "unfiled")
	if _, err := engine.Settle(p, c); err == nil {
		t.Error("at home with one of two filings: settled")
	}
}

// TestNoEmptySplit: a share between two payers shows nothing where nothing entered.
func TestNoEmptySplit(t *testing.T) {
	p := beijing()
	l := &p.Schemes[0].Layers[0]
	l.Split = &engine.Split{Payer: engine.Cvlserv, Table: &engine.Table{Rows: []engine.Row{{ID: "s0", Value: engine.NewFigure(decimal.RequireFromString("0.8")), From: 20010101}}}}
	for _, x := range []struct {
		total engine.Fen
		split int
	}{{1300_00, 0}, {1301_00, 1}} {
		s, err := engine.Settle(p, claim("active", 1, x.total))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, st := range s.Steps {
			if st.Rule == "s0" {
				n++
			}
		}
		if n != x.split {
			t.Errorf("%v: %d steps of the split, want %d", x.total, n, x.split)
		}
	}
}

// intervals makes unknown amounts up to one, and picks a value of such an amount.
func intervals(g *rand.Rand) (between func(engine.Fen) engine.Amount, pick func(engine.Amount) engine.Amount) {
	upTo := func(most engine.Fen) engine.Fen { return engine.Fen(g.Int64N(int64(most) + 1)) }
	between = func(most engine.Fen) engine.Amount {
		a, b := upTo(most), upTo(most)
		return engine.Amount{Lo: min(a, b), Hi: max(a, b)}
	}
	pick = func(a engine.Amount) engine.Amount { return engine.Exactly(a.Lo + upTo(a.Hi-a.Lo)) }
	return between, pick
}

// TestRangeOfTheYear: where a ladder begins is unknown, along costs of the year or along
// payments, with bounds in any order of shares.
func TestRangeOfTheYear(t *testing.T) {
	g := rand.New(rand.NewPCG(20261123, 10))
	between, pick := intervals(g)
	for i := 0; i < 400; i++ {
		rs := generate(g)
		rs[0].along = !rs[0].payments
		p := rs.policy()
		c := claim("active", 1, engine.Fen(1_000_00+g.Int64N(60_000_00)))
		c.Year = engine.Year{{Key: "inpatient", Entered: between(150_000_00), Paid: between(100_000_00), Deduct: between(2_000_00)}}
		s, err := engine.Settle(p, c)
		if err != nil {
			t.Fatal(err)
		}
		bounds := s.Bounds()
		for range 120 {
			x, y := *c, c.Year[0]
			y.Entered, y.Paid, y.Deduct = pick(y.Entered), pick(y.Paid), pick(y.Deduct)
			x.Year = engine.Year{y}
			one, err := engine.Settle(p, &x)
			if err != nil {
				t.Fatal(err)
			}
			for at, v := range one.Totals {
				if v < bounds.Lo[at] || v > bounds.Hi[at] {
					t.Fatalf("claim %d: %v is %v, outside %v to %v\n%+v\n%+v", i, engine.Place(at), v, bounds.Lo[at], bounds.Hi[at], x, rs)
				}
			}
		}
	}
}

// TestFiguresAlone: who asks for the figures alone gets the same ones.
func TestFiguresAlone(t *testing.T) {
	g := rand.New(rand.NewPCG(20261123, 9))
	for i := 0; i < 400; i++ {
		p := generate(g).policy()
		c := claim("active", 1, engine.Fen(1_000_00+g.Int64N(400_000_00)))
		if i%3 == 0 {
			c.Facts.Set(engine.DimStatus, "active", "retired")
			c.Facts.SetIntRange(engine.DimAdmission, 1, 3)
		}
		if i%5 == 0 {
			c.Bill.PaidFirst = engine.Amount{Hi: 1_000_00}
		}
		c.Year = engine.Year{{Key: "inpatient", Paid: engine.Exactly(engine.Fen(g.Int64N(100_000_00)))}}
		c.Accounts = []engine.Wallet{{Balance: engine.Exactly(100_00)}}
		all, err := engine.Settle(p, c)
		if err != nil {
			t.Fatal(err)
		}
		c.Figures = true
		some, err := engine.Settle(p, c)
		if err != nil {
			t.Fatal(err)
		}
		if some.Totals != all.Totals || some.Grade != all.Grade || some.Regime != all.Regime || some.SelfPay != all.SelfPay || some.Deduct != all.Deduct || *some.Bounds() != *all.Bounds() || !reflect.DeepEqual(some.Year, all.Year) {
			t.Fatalf("claim %d: %+v, with everything %+v", i, some, all)
		}
		if len(some.Steps)+len(some.Ahead)+len(some.Notes)+len(some.Unknowns) > 0 {
			t.Fatalf("claim %d: more than figures: %+v", i, some)
		}
	}
}

// accountFirst is the policy with an own account that pays before any payer.
func accountFirst(p *engine.Policy) *engine.Policy {
	p.Schemes[0].Account = &engine.Account{Pays: []engine.AccountRow{{Row: engine.Row{ID: "employee.account[0]", From: 20010101}, First: true,
		Buckets: []engine.Place{engine.PaidFirst, engine.Deducted, engine.Copay}}}}
	return p
}

// TestAccountFirst: what the own account pays first no payer sees: all comes to what a
// bill comes to that is lower by so much, and the account bears the difference.
func TestAccountFirst(t *testing.T) {
	g := rand.New(rand.NewPCG(20261127, 11))
	for i := 0; i < 600; i++ {
		rs := generate(g)
		rs[0].guarantee = "" // of the whole in-scope cost: that is not lower
		total, paidFirst := engine.Fen(1_000_00+g.Int64N(300_000_00)), engine.Fen(g.Int64N(1_000_00))
		balance := engine.Fen(g.Int64N(int64(total) * 5 / 4))
		c := claim("active", 1, total)
		c.Bill.PaidFirst = engine.Exactly(paidFirst)
		c.Accounts = []engine.Wallet{{Balance: engine.Exactly(balance)}, {Family: true, Balance: engine.Exactly(100_00)}}
		s, err := engine.Settle(accountFirst(rs.policy()), c)
		if err != nil {
			t.Fatal(err)
		}
		replay(t, s)
		first := min(balance, total-paidFirst)
		c.Bill.Total = engine.Exactly(total - first)
		c.Accounts[0].Balance = engine.Exactly(balance - first)
		rest, err := engine.Settle(accountLast(rs.policy()), c)
		if err != nil {
			t.Fatal(err)
		}
		for at, v := range s.Totals {
			w := rest.Totals[at]
			switch engine.Place(at) {
			case engine.Bill, engine.InScope, engine.Acct:
				w += first
			}
			if v != w {
				t.Fatalf("claim %d: %v is %v, want %v\n%+v", i, engine.Place(at), v, w, rs)
			}
		}
		if s.SelfPay != rest.SelfPay+first || s.SelfFund != rest.SelfFund || s.SelfPay+s.SelfFund != engine.Person(&s.Totals) || !reflect.DeepEqual(s.Year, rest.Year) {
			t.Fatalf("claim %d: self-pay %v of %v, year %v, want %v more than %v, year %v", i, s.SelfPay, engine.Person(&s.Totals), s.Year, first, rest.SelfPay, rest.Year)
		}
	}
}

// accountLast is the same account where it pays of what is left alone.
func accountLast(p *engine.Policy) *engine.Policy {
	accountFirst(p).Schemes[0].Account.Pays[0].First = false
	return p
}

// TestRangeOfAccounts: no sample of accounts that pay first, and of a bill of which parts are
// not known, leaves the bounds.
func TestRangeOfAccounts(t *testing.T) {
	g := rand.New(rand.NewPCG(20261127, 12))
	between, pick := intervals(g)
	width, sampled := int64(1), int64(0)
	for i := 0; i < 300; i++ {
		rs := generate(g)
		p := accountFirst(rs.policy())
		total := engine.Fen(1_000_00 + g.Int64N([]int64{3_000_00, 200_000_00}[i%2]))
		c := claim("active", 1, total)
		c.Coarse = i%3 == 0
		c.Accounts = []engine.Wallet{{Balance: between(total * 5 / 4)}, {Family: true, Balance: between(total / 10)}}
		if i%2 == 0 {
			c.Bill.PaidFirst, c.Bill.SelfFunded = between(total/3), between(total/3)
		}
		c.Year = engine.Year{{Key: "inpatient", Entered: engine.Exactly(50_000_00), Paid: between(150_000_00), Deduct: between(2_000_00)}}
		s, err := engine.Settle(p, c)
		if err != nil {
			t.Fatal(err)
		}
		replay(t, s)
		r := s.Bounds()
		width += int64(r.PersonSum[1] - r.PersonSum[0])
		seen := [2]engine.Fen{engine.MaxFen, 0}
		for range 60 {
			x := *c
			x.Bill.PaidFirst, x.Bill.SelfFunded = pick(c.Bill.PaidFirst), pick(c.Bill.SelfFunded)
			x.Accounts = []engine.Wallet{{Balance: pick(c.Accounts[0].Balance)}, {Family: true, Balance: pick(c.Accounts[1].Balance)}}
			y := c.Year[0]
			y.Deduct, y.Paid = pick(y.Deduct), pick(y.Paid)
			x.Year = engine.Year{y}
			one, err := engine.Settle(p, &x)
			if err != nil {
				t.Fatal(err)
			}
			person := engine.Person(&one.Totals)
			seen = [2]engine.Fen{min(seen[0], person), max(seen[1], person)}
			for at, v := range one.Totals {
				if v < r.Lo[at] || v > r.Hi[at] {
					t.Fatalf("claim %d: %v is %v, outside %v to %v\n%+v\n%+v", i, engine.Place(at), v, r.Lo[at], r.Hi[at], x, rs)
				}
			}
			for _, b := range []struct {
				name string
				v    engine.Fen
				in   [2]engine.Fen
			}{{"person", person, r.PersonSum}, {"funds", engine.Funds(&one.Totals), r.FundSum}, {"self pay", one.SelfPay, r.SelfPay}, {"direct", one.Direct, r.Direct}, {"deductible", one.Deduct, r.Deduct}} {
				if b.v < b.in[0] || b.v > b.in[1] {
					t.Fatalf("claim %d: %s is %v, outside %v\n%+v\n%+v", i, b.name, b.v, b.in, x, rs)
				}
			}
		}
		if s.Range != nil {
			sampled += int64(seen[1] - seen[0])
		}
	}
	t.Logf("the samples fill %d %% of the bounds on the person's part", sampled*100/width)
}
