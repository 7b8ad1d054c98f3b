package engine_test

import (
	"math/rand/v2"
	"testing"

	"github.com/shopspring/decimal"

	"mingbai/engine"
)

// open is an unknown figure of a policy with what it lies between.
type open struct {
	row    *engine.Row
	lo, hi int64 // in millionths
}

// unsettled makes up to n figures of a policy unknown: shares within a tenth, a fifth or
// anything; amounts within a part of themselves or from nothing to twice themselves.
func unsettled(g *rand.Rand, p *engine.Policy, n int) []open {
	var rows []*engine.Row
	p.Schemes[0].EachTable(func(t *engine.Table) {
		for i := range t.Rows {
			rows = append(rows, &t.Rows[i])
		}
	})
	g.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	var out []open
	for _, r := range rows[:min(1+g.IntN(n), len(rows))] {
		v := int64(r.Value.Rate) / 1_000_000
		o := open{row: r}
		switch wide := int64(1 + g.IntN(4)); {
		case v < 0: // points
			o.lo, o.hi = v-v/5, v+v/5
			if o.lo > o.hi {
				o.lo, o.hi = o.hi, o.lo
			}
		case v <= 1_000_000: // a share
			o.lo, o.hi = max(0, v-wide*wide*60_000), min(1_000_000, v+wide*wide*60_000)
		default:
			o.lo, o.hi = v-v*wide/4, v+v*wide/4
		}
		f := engine.Figure{Unknown: true, Bounded: true, Lo: engine.Rate(o.lo) * 1_000_000, Hi: engine.Rate(o.hi) * 1_000_000}
		r.Value = f
		out = append(out, o)
	}
	return out
}

// fix gives an unknown figure a value.
func (o *open) fix(millionths int64) { o.row.Value = engine.NewFigure(decimal.New(millionths, -6)) }

// TestRangeOfFigures: whatever the unknown figures of a policy are, no payer, bucket, sum or
// counter leaves the bounds, and the bounds are hardly wider than what can come about.
func TestRangeOfFigures(t *testing.T) {
	policies, samples := 2000, 40
	if testing.Short() {
		policies = 300
	}
	g := rand.New(rand.NewPCG(20261127, 1))
	bounds, reached, exact, ranges := int64(0), int64(0), 0, 0
	for i := 0; i < policies; i++ {
		rs := generate(g)
		p := rs.policy()
		opens := unsettled(g, p, 4)
		c := claim([]string{"active", "retired"}[g.IntN(2)], int32(1+g.IntN(3)), engine.Fen(g.Int64N([]int64{20_000_00, 200_000_00, 900_000_00}[g.IntN(3)])))
		c.Bill.PaidFirst = engine.Exactly(c.Bill.Total.Lo / engine.Fen(3+g.IntN(40)))
		c.Year = engine.Year{{Key: "inpatient", Entered: engine.Exactly(engine.Fen(g.Int64N(50_000_00))), Paid: engine.Exactly(engine.Fen(g.Int64N(50_000_00)))}}
		c.Accounts = []engine.Wallet{{Balance: engine.Exactly(engine.Fen(g.Int64N(3_000_00)))}, {Family: true, Balance: engine.Exactly(1_000_00)}}
		s, err := engine.Settle(p, c)
		if err != nil {
			t.Fatalf("policy %d: %v\n%+v", i, err, rs)
		}
		rng := s.Bounds()
		whole := *c
		seen := [2]engine.Fen{engine.MaxFen, 0}
		for k := 0; k < samples && !t.Failed(); k++ {
			for j := range opens {
				o := &opens[j]
				switch v := o.lo + g.Int64N(o.hi-o.lo+1); g.IntN(3) {
				case 0:
					o.fix([]int64{o.lo, o.hi}[g.IntN(2)])
				default:
					o.fix(v)
				}
			}
			one, err := engine.Settle(p, &whole)
			if err != nil {
				t.Fatal(err)
			}
			within(t, i, s, one, func() any { return rs })
			x := engine.Person(&one.Totals)
			seen = [2]engine.Fen{min(seen[0], x), max(seen[1], x)}
		}
		if t.Failed() {
			for _, o := range opens {
				t.Logf("%s between %d and %d", o.row.ID, o.lo, o.hi)
			}
			t.FailNow()
		}
		if s.Range != nil {
			ranges++
			bounds += int64(rng.PersonSum[1] - rng.PersonSum[0])
			reached += int64(seen[1] - seen[0])
			if rng.PersonSum == seen {
				exact++
			}
		}
	}
	t.Logf("%d ranges, %d of them just what samples reach; all samples fill %.2f %% of the bounds on the person's part", ranges, exact, 100*float64(reached)/float64(bounds))
}

// within holds one settlement to the bounds of another.
func within(t *testing.T, i int, s, one *engine.Settlement, say func() any) {
	t.Helper()
	rng := s.Bounds()
	for at, v := range one.Totals {
		if v < rng.Lo[at] || v > rng.Hi[at] {
			t.Errorf("policy %d: %v is %v, outside %v to %v\n%+v", i, engine.Place(at), v, rng.Lo[at], rng.Hi[at], say())
		}
	}
	for _, b := range []struct {
		name string
		v    engine.Fen
		in   [2]engine.Fen
	}{{"person", engine.Person(&one.Totals), rng.PersonSum}, {"funds", engine.Funds(&one.Totals), rng.FundSum}, {"self pay", one.SelfPay, rng.SelfPay},
		{"self funded", one.SelfFund, rng.SelfFund}, {"deductible", one.Deduct, rng.Deduct}, {"direct", one.Direct, rng.Direct}, {"refund", one.Refund, rng.Refund}} {
		if b.v < b.in[0] || b.v > b.in[1] {
			t.Errorf("policy %d: %s is %v, outside %v\n%+v", i, b.name, b.v, b.in, say())
		}
	}
	for _, y := range one.Year {
		for _, b := range s.Year {
			if b.Key != y.Key {
				continue
			}
			for _, x := range [][2]engine.Amount{{y.Entered, b.Entered}, {y.Deduct, b.Deduct}, {y.Paid, b.Paid}, {y.Spell, b.Spell}} {
				if x[0].Lo < x[1].Lo || x[0].Hi > x[1].Hi {
					t.Errorf("policy %d: counter %s %v outside %v\n%+v", i, y.Key, y, b, say())
					break
				}
			}
		}
	}
}

// TestBetweenTheEnds: an unknown cap whose worst lies between its ends. Of 30,000 the pooled
// fund pays 50 % up to 10,000 and 90 % above, at most a cap between 2,500 and 14,000; a second
// fund pays 70 % of what the cap cuts off; what is kept of both, above 9,500, a third at 60 %.
//
//	cap  2,500: reached at  5,000; kept 2,500 + 25,000 × 30 % = 10,000; the third pays 300; own part 9,700
//	cap  5,000: reached at 10,000; kept 5,000 + 20,000 × 30 % = 11,000; the third pays 900; own part 10,100
//	cap 14,000: reached at 20,000; kept 6,000 + 10,000 × 30 % = 9,000; the third pays nothing; own part 9,000
func TestBetweenTheEnds(t *testing.T) {
	p := rules{
		{id: "inpatient", payer: "hifp_pay", enters: []string{"in_scope"}, bands: []ruleBand{{10000, "0.5"}, {0, "0.9"}}, capPaid: 5000},
		{id: "large_amount", payer: "hifob_pay", enters: []string{"above_cap"}, bands: []ruleBand{{0, "0.7"}}},
		{id: "critical_illness", payer: "hifmi_pay", enters: []string{"copay"}, deductible: 9500, bands: []ruleBand{{0, "0.6"}}},
	}.policy()
	p.Schemes[0].Layers[0].Caps[0].Table.Rows[0].Value = engine.Figure{Unknown: true, Bounded: true, Lo: 2500 * engine.One, Hi: 14000 * engine.One}
	s, err := engine.Settle(p, claim("active", 1, 30000_00))
	if err != nil {
		t.Fatal(err)
	}
	const fens = 5 // the payments are rounded each by itself
	at := func(x engine.Place) [2]engine.Fen { return [2]engine.Fen{s.Range.Lo[x], s.Range.Hi[x]} }
	for _, x := range []struct {
		name      string
		got, want [2]engine.Fen
	}{
		{"hifp_pay", at(engine.Hifp), [2]engine.Fen{2500_00, 14000_00}},
		{"hifob_pay", at(engine.Hifob), [2]engine.Fen{7000_00, 17500_00}},
		{"hifmi_pay", at(engine.Hifmi), [2]engine.Fen{0, 900_00}},
		{"psn_part_amt", s.Range.PersonSum, [2]engine.Fen{9000_00, 10100_00}},
		{"psn_part_amt as it stands, the least favourable", [2]engine.Fen{engine.Person(&s.Totals), engine.Person(&s.Totals)}, [2]engine.Fen{10100_00, 10100_00}},
	} {
		if x.got[0] > x.want[0] || x.got[0] < x.want[0]-fens || x.got[1] < x.want[1] || x.got[1] > x.want[1]+fens {
			if x.got[0] != x.got[1] || x.got[0] < x.want[0] || x.got[0] > x.want[0]+fens {
				t.Errorf("%s: %v, want %v", x.name, x.got, x.want)
			}
		}
	}
	if len(s.Unknowns) != 1 || s.Unknowns[0].Rule != "inpatient.c" {
		t.Errorf("what matters: %+v", s.Unknowns)
	}
}
