package engine_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"mingbai/engine"
)

// figures are those a curve is drawn of.
var figures = []string{"hifp_pay", "hifob_pay", "hifmi_pay", "maf_pay", "psn_part_amt", "self_pay"}

// TestCurve holds the curve to settlements at random points: between two bends the rules
// are those of the bend before, and every figure lies on the straight line, but for the
// rounding of at most four payments.
func TestCurve(t *testing.T) {
	g := rand.New(rand.NewPCG(20261123, 2))
	points := 0
	axes := []string{"bill.total", "bill.paid_first", "year.inpatient.paid", "year.critical_illness.deductible"}
	for i := 0; i < 120; i++ {
		rs := generate(g)
		p := rs.policy()
		a, err := engine.AxisByName(axes[i%len(axes)])
		if err != nil {
			t.Fatal(err)
		}
		c := claim("retired", int32(1+g.IntN(3)), engine.Fen(300_000_00+g.IntN(100_000_00)))
		to := c.Bill.Total.Lo
		bends, err := engine.Curve(p, c, a, 0, to)
		if err != nil {
			t.Fatalf("policy %d: %v", i, err)
		}
		for k := 0; k < 100; k++ {
			x := engine.Fen(g.Int64N(int64(to)))
			s, err := engine.Settle(p, a.With(c, x))
			if err != nil {
				t.Fatal(err)
			}
			j := 0
			for j+1 < len(bends) && bends[j+1].At <= x {
				j++
			}
			lo, hi := bends[j], bends[j+1]
			if s.Regime != lo.After.Regime {
				t.Fatalf("policy %d: at %v of %s the rules are not those from %v on\n%+v", i, x, a.Name, lo.At, rs)
			}
			end := hi.At - 1
			if j+2 == len(bends) {
				end = hi.At
			}
			for _, f := range figures {
				y0, _ := lo.After.Figure(f)
				y1, _ := hi.Before.Figure(f)
				y, _ := s.Figure(f)
				// (y − y0)·(end − at) against (y1 − y0)·(x − at), in whole fen
				d := int64(y-y0)*int64(end-lo.At) - int64(y1-y0)*int64(x-lo.At)
				if w := 4 * int64(max(end-lo.At, 1)); d > w || d < -w {
					t.Fatalf("policy %d: %s at %v of %s is %v, off the line from %v (%v) to %v (%v)\n%+v", i, f, x, a.Name, y, lo.At, y0, end, y1, rs)
				}
			}
			points++
		}
		for _, b := range bends[1 : len(bends)-1] {
			if b.Before.Regime == b.After.Regime {
				t.Errorf("policy %d: no bend at %v", i, b.At)
			}
		}
	}
	t.Logf("%d points", points)
}

// TestInvert asks which bill gives a payment that a known bill gives.
func TestInvert(t *testing.T) {
	g := rand.New(rand.NewPCG(20261123, 3))
	a, _ := engine.AxisByName("bill.total")
	for i := 0; i < 150; i++ {
		rs := generate(g)
		p := rs.policy()
		c := claim("active", 1, 0)
		const most = 400_000_00
		x := engine.Fen(g.Int64N(most))
		for _, f := range []string{"psn_part_amt", "fund_pay_sumamt"} {
			s, err := engine.Settle(p, a.With(c, x))
			if err != nil {
				t.Fatal(err)
			}
			want, _ := s.Figure(f)
			found, err := engine.Invert(p, c, a, 0, most, f, want)
			if err != nil {
				t.Fatal(err)
			}
			hit := false
			for _, v := range found {
				hit = hit || v.From <= x && x <= v.To
				for _, y := range []struct {
					at engine.Fen
					in bool
				}{{v.From - 1, false}, {v.From, true}, {v.To, true}, {v.To + 1, false}} {
					if y.at < 0 || y.at > most {
						continue
					}
					s, err := engine.Settle(p, a.With(c, y.at))
					if err != nil {
						t.Fatal(err)
					}
					if got, _ := s.Figure(f); (got == want) != y.in {
						t.Fatalf("policy %d: %s at %v is %v, target %v, interval %v\n%+v", i, f, y.at, got, want, v, rs)
					}
				}
			}
			if !hit {
				t.Fatalf("policy %d: %s = %v at %v is not among %v\n%+v", i, f, want, x, found, rs)
			}
		}
	}
}

// TestYear: a year equals its visits settled one by one.
func TestYear(t *testing.T) {
	g := rand.New(rand.NewPCG(20261123, 4))
	for i := 0; i < 300; i++ {
		p := generate(g).policy()
		var claims []engine.Claim
		for k := 0; k < 2+g.IntN(6); k++ {
			c := *claim("retired", 1, engine.Fen(g.Int64N(100_000_00)))
			c.Facts = engine.Facts{}
			c.Facts.Set(engine.DimStatus, "retired")
			c.Facts.Set(engine.DimKind, "inpatient")
			claims = append(claims, c)
		}
		claims[0].Accounts = []engine.Wallet{{Balance: engine.Exactly(5000_00)}}
		got, err := engine.SettleYear(p, claims)
		if err != nil {
			t.Fatal(err)
		}
		var year engine.Year
		balance := engine.Fen(5000_00)
		for k := range claims {
			c := claims[k]
			c.Year = year
			c.Facts.SetInt(engine.DimAdmission, int32(k+1))
			c.Accounts = []engine.Wallet{{Balance: engine.Exactly(balance)}}
			s, err := engine.Settle(p, &c)
			if err != nil {
				t.Fatal(err)
			}
			if s.Totals != got[k].Totals {
				t.Fatalf("policy %d visit %d: %v, alone %v", i, k, got[k].Totals, s.Totals)
			}
			year, balance = s.Year, balance-s.Totals[engine.Acct]
		}
	}
}

// TestDateAdd holds the addition of days to the calendar of the standard library.
func TestDateAdd(t *testing.T) {
	g := rand.New(rand.NewPCG(20261123, 8))
	for i := 0; i < 2000; i++ {
		day := time.Date(1990+g.IntN(109), time.January, 1+g.IntN(365), 0, 0, 0, 0, time.UTC)
		n := g.IntN(400)
		d, err := engine.ParseDate("", day.Format(time.DateOnly))
		if err != nil {
			t.Fatal(err)
		}
		if got, want := d.Add(n).String(), day.AddDate(0, 0, n).Format(time.DateOnly); got != want {
			t.Fatalf("%v and %d days: %s, want %s", d, n, got, want)
		}
	}
	if d := engine.Date(20991230); d.Add(1) != 20991231 || d.Add(2) != 0 {
		t.Errorf("the calendar ends with 2099: %v, %v", d.Add(1), d.Add(2))
	}
}
