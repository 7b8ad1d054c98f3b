package cases_test

import (
	"math/rand/v2"
	"testing"

	"mingbai/engine"
)

// TestBoundsOfRegions: where a region has figures of which only is known what they lie
// between, nothing that they may be leads out of the bounds, and the bounds on the person's
// part are hardly wider than what the ends and some points between them come to.
func TestBoundsOfRegions(t *testing.T) {
	g := rand.New(rand.NewPCG(20261127, 3))
	claims, samples, wide, reached := 0, 0, engine.Fen(0), engine.Fen(0)
	everyRegion(t, func(t *testing.T, p *engine.Policy) {
		for si := range p.Schemes {
			s := &p.Schemes[si]
			between := map[string]engine.Figure{}
			s.EachTable(func(x *engine.Table) {
				for i := range x.Rows {
					if f := x.Rows[i].Value; f.Unknown && f.Bounded && !f.Open {
						between[x.Rows[i].ID] = f
					}
				}
			})
			if len(between) == 0 {
				continue
			}
			for i, c := range grid(p, s) {
				if i%11 > 0 {
					continue
				}
				all, err := engine.Settle(p, c)
				if err != nil || all.Range == nil {
					continue
				}
				bounded := true
				for _, u := range all.Unknowns {
					_, ok := between[u.Rule]
					bounded = bounded && ok
				}
				if !bounded || len(all.Unknowns) > 6 {
					continue
				}
				claims++
				seen := [2]engine.Fen{engine.MaxFen, 0}
				ends := 1 << len(all.Unknowns)
				for k := range ends + 12 {
					x := *c
					for j, u := range all.Unknowns {
						f := between[u.Rule]
						v := []engine.Rate{f.Lo, f.Hi}[k>>j&1]
						if k >= ends {
							place := engine.One / 10_000 // of a share; of an amount a fen
							if f.Hi > 2*engine.One {
								place = engine.One / 100
							}
							v = f.Lo + place*engine.Rate(g.Int64N(int64((f.Hi-f.Lo)/place)+1))
						}
						x.Overrides = append(x.Overrides, engine.Override{Rule: u.Rule, Value: v.String()})
					}
					one, err := engine.Settle(p, &x)
					if err != nil {
						t.Fatalf("%s: %v", say(c), err)
					}
					samples++
					for at, v := range one.Totals {
						if v < all.Range.Lo[at] || v > all.Range.Hi[at] {
							t.Fatalf("%s: %v is %v, outside %v to %v with %v", say(c), engine.Place(at), v, all.Range.Lo[at], all.Range.Hi[at], x.Overrides)
						}
					}
					own := engine.Person(&one.Totals)
					if own < all.Range.PersonSum[0] || own > all.Range.PersonSum[1] {
						t.Fatalf("%s: the person pays %v, outside %v with %v", say(c), own, all.Range.PersonSum, x.Overrides)
					}
					seen = [2]engine.Fen{min(seen[0], own), max(seen[1], own)}
				}
				wide += all.Range.PersonSum[1] - all.Range.PersonSum[0]
				reached += seen[1] - seen[0]
			}
		}
	})
	t.Logf("%d claims, %d samples: they fill %.2f %% of the bounds on the person's part", claims, samples, 100*float64(reached)/float64(wide))
	if claims == 0 || reached*100 < wide*99 {
		t.Errorf("the bounds are %v wide in all, the samples reach %v", wide, reached)
	}
}
