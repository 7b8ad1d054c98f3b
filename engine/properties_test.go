package engine_test

import (
	"math/rand/v2"
	"testing"

	"mingbai/engine"
)

// TestMoreCost: a dearer bill never lowers what the person pays, nor what the funds pay;
// a fen more costs the two together just a fen more. (A guaranteed floor of the whole
// in-scope cost is left out: beside a cap on what may enter, the cost above the cap
// raises the floor of what is below it, and a second fund pays it as well.)
func TestMoreCost(t *testing.T) {
	g := rand.New(rand.NewPCG(20261123, 7))
	for i := 0; i < 1500; i++ {
		rs := generate(g)
		rs[0].guarantee = ""
		p := rs.policy()
		total := engine.Fen(g.Int64N(300_000_00))
		step := engine.Fen(1)
		if i%2 == 0 {
			step += engine.Fen(g.Int64N(100_000_00))
		}
		var person, funds [2]engine.Fen
		for k := range person {
			c := claim([]string{"active", "retired"}[i%2], int32(1+i%3), total+engine.Fen(k)*step)
			s, err := engine.Settle(p, c)
			if err != nil {
				t.Fatal(err)
			}
			person[k], funds[k] = engine.Person(&s.Totals), engine.Funds(&s.Totals)
		}
		if person[1] < person[0] || funds[1] < funds[0] {
			t.Errorf("policy %d: %v more than %v: person %v, funds %v\n%+v", i, step, total, person, funds, rs)
		}
	}
}

// TestThresholds looks at both sides of every bend: no fen of cost is worth more than a
// fen, so nothing jumps at a threshold.
func TestThresholds(t *testing.T) {
	g := rand.New(rand.NewPCG(20261123, 8))
	a, _ := engine.AxisByName("bill.total")
	bends := 0
	for i := 0; i < 200; i++ {
		rs := generate(g)
		found, err := engine.Curve(rs.policy(), claim("retired", 1, 0), a, 0, 500_000_00)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range found[1 : len(found)-1] {
			bends++
			for _, f := range figures {
				x, _ := b.Before.Figure(f)
				y, _ := b.After.Figure(f)
				if y-x > 1 || x-y > 1 {
					t.Errorf("policy %d: %s jumps from %v to %v at %v\n%+v", i, f, x, y, b.At, rs)
				}
			}
		}
	}
	t.Logf("%d bends", bends)
}

// TestSplitClaims: where all of a policy counts by the year, a bill settled in two parts
// comes to the same but for the rounding of the payments.
func TestSplitClaims(t *testing.T) {
	g := rand.New(rand.NewPCG(20261123, 9))
	for i := 0; i < 1500; i++ {
		rs := generate(g)
		for k := range rs {
			rs[k].yearly, rs[k].along, rs[k].half, rs[k].guarantee = true, !rs[k].payments && rs[k].follows == "", false, ""
		}
		p := rs.policy()
		total := engine.Fen(g.Int64N(400_000_00))
		cut := engine.Fen(g.Int64N(int64(total) + 1))
		whole, err := engine.Settle(p, claim("active", 1, total))
		if err != nil {
			t.Fatal(err)
		}
		parts, err := engine.SettleYear(p, []engine.Claim{*claim("active", 1, cut), *claim("active", 1, total-cut)})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range []string{"hifp_pay", "hifob_pay", "psn_part_amt"} {
			w, _ := whole.Figure(f)
			x, _ := parts[0].Figure(f)
			y, _ := parts[1].Figure(f)
			if d := x + y - w; d > 4 || d < -4 {
				t.Fatalf("policy %d: %s of %v is %v, of its parts %v and %v it is %v and %v\n%+v", i, f, total, w, cut, total-cut, x, y, rs)
			}
		}
	}
}

func FuzzParseFen(f *testing.F) {
	for _, s := range []string{"0", "1234.56", "1e30000000", "-1", "999999999.99", "1000000000", "1.", ".5", "1.234", "１２"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := engine.ParseFen("x", s)
		if err != nil {
			return
		}
		if v < 0 || v > engine.MaxFen {
			t.Fatalf("%q is %d", s, v)
		}
		if again, err := engine.ParseFen("x", v.String()); err != nil || again != v {
			t.Fatalf("%q is %v, printed and read again %v, %v", s, v, again, err)
		}
	})
}
