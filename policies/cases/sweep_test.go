package cases_test

import (
	"errors"
	"math/bits"
	"sort"
	"strings"
	"testing"

	"mingbai/engine"
	"mingbai/policies"
)

// amounts of the sweep: below every deductible, ordinary, dear, above every cap.
var amounts = []engine.Fen{50_00, 3_000_00, 60_000_00, 9_000_000_00}

func everyRegion(t *testing.T, f func(t *testing.T, p *engine.Policy)) {
	for _, e := range policies.Index() {
		t.Run(e.Code, func(t *testing.T) {
			p, err := policies.Load(e.Code)
			if err != nil {
				t.Fatal(err)
			}
			f(t, p)
		})
	}
}

// TestGrid: every claim of a grid settles, or is refused because the benefit is not
// known, and then names it. Nothing else may happen.
func TestGrid(t *testing.T) {
	settled, unknown := 0, 0
	everyRegion(t, func(t *testing.T, p *engine.Policy) {
		for si := range p.Schemes {
			s := &p.Schemes[si]
			for _, c := range grid(p, s) {
				out, err := engine.Settle(p, c)
				var refused *engine.InputError
				switch {
				case err == nil:
					settled++
					if got, want := engine.Funds(&out.Totals)+out.Totals[engine.HospPart]+engine.Person(&out.Totals), c.Bill.Total.Lo; got != want {
						t.Fatalf("%s: payers make %v of %v", say(c), got, want)
					}
				case errors.As(err, &refused) && refused.Code == engine.NotKnown && strings.HasPrefix(refused.Limit, s.ID+"."):
					unknown++
				default:
					t.Fatalf("%s: %v", say(c), err)
				}
			}
		}
	})
	t.Logf("%d claims settled, %d not known here", settled, unknown)
}

// grid crosses status, kind, level and amount, and varies every other dimension alone.
func grid(p *engine.Policy, s *engine.Scheme) []*engine.Claim {
	var out []*engine.Claim
	codes := func(d engine.Dim) (c []string) {
		for i, x := range p.Codes[d] {
			if d != engine.DimStatus || s.Statuses&(1<<i) != 0 {
				c = append(c, x.Code)
			}
		}
		return c
	}
	n := 0
	for _, status := range codes(engine.DimStatus) {
		for ki, kind := range codes(engine.DimKind) {
			for li, level := range codes(engine.DimLevel) {
				if k := p.Codes[engine.DimLevel][li].Kinds; k != 0 && k&(1<<ki) == 0 {
					continue
				}
				diseases := []string{""}
				for _, x := range p.Codes[engine.DimDisease] {
					if x.Kinds == 0 || x.Kinds&(1<<ki) != 0 {
						diseases = append(diseases, x.Code)
					}
				}
				if len(diseases) > 1 {
					diseases = diseases[1:]
				}
				for _, disease := range diseases {
					n++
					base := func() *engine.Claim {
						c := claimOf(p, s, amounts[n%len(amounts)])
						c.Facts.Set(engine.DimStatus, status)
						c.Facts.Set(engine.DimKind, kind)
						c.Facts.Set(engine.DimLevel, level)
						if disease != "" {
							c.Facts.Set(engine.DimDisease, disease)
						}
						return c
					}
					out = append(out, base())
					for _, d := range []engine.Dim{engine.DimAssistance, engine.DimTier, engine.DimPlace, engine.DimReferral, engine.DimEnrolment, engine.DimCause, engine.DimHospital, engine.DimInstitution, engine.DimSupplements} {
						all := codes(d)
						if len(all) == 0 {
							continue
						}
						c := base()
						c.Facts.Set(d, all[n%len(all)])
						if d == engine.DimPlace && all[n%len(all)] != "local" {
							f := codes(engine.DimFiling)
							c.Facts.Set(engine.DimFiling, f[1+n%(len(f)-1)])
						}
						out = append(out, c)
					}
					for _, age := range []int32{0, 17, 59, 69, 70, 80} {
						if n%3 == 0 {
							c := base()
							c.Facts.SetInt(engine.DimAge, age)
							c.Facts.SetInt(engine.DimAdmission, 1+age%4)
							out = append(out, c)
						}
					}
				}
			}
		}
	}
	return out
}

// claimOf says everything that a rule may ask for.
func claimOf(p *engine.Policy, s *engine.Scheme, total engine.Fen) *engine.Claim {
	c := &engine.Claim{Scheme: s.ID, Date: 20261101, AcceptDraft: true}
	c.Bill.Total = engine.Exactly(total)
	c.Facts.Set(engine.DimStatus, p.Codes[engine.DimStatus][bits.TrailingZeros64(s.Statuses)].Code)
	if t := p.Codes[engine.DimTier]; len(t) > 0 {
		c.Facts.Set(engine.DimTier, t[0].Code)
	}
	c.Facts.SetInt(engine.DimAge, 45)
	c.Facts.SetInt(engine.DimMonthsEnrolled, 60)
	c.Facts.SetInt(engine.DimAdmission, 1)
	c.Facts.SetInt(engine.DimDays, 10)
	return c
}

func say(c *engine.Claim) string {
	s := c.Scheme + " " + c.Bill.Total.Lo.String()
	for _, d := range engine.Dims() {
		if d.IsCode() {
			if v := c.Facts.Get(d); len(v) > 0 {
				s += " " + d.String() + "=" + strings.Join(v, "|")
			}
		}
	}
	return s
}

// TestEveryRow makes, for every row of every table, a claim of its conditions, and finds
// the row in the explanation of the settlement. Rows that say "none", or a ceiling of
// the whole, show nowhere: the claim must settle.
func TestEveryRow(t *testing.T) {
	shown, silent := 0, 0
	var missing []string
	everyRegion(t, func(t *testing.T, p *engine.Policy) {
		for si := range p.Schemes {
			s := &p.Schemes[si]
			seen := map[string]bool{}
			for li := range s.Layers {
				l := &s.Layers[li]
				if l.Until != 0 && l.Until < p.From {
					continue
				}
				for _, t := range tables(l) {
					for ri := range t.Rows {
						r := &t.Rows[ri]
						if seen[r.ID] || r.Until != 0 && r.Until < p.From {
							continue // history before the rules in force
						}
						if reach(p, s, l, r, seen) {
							if r.Value.None {
								silent++
							} else {
								shown++
							}
						} else {
							missing = append(missing, p.Region.Code+" "+r.ID)
						}
					}
				}
			}
		}
	})
	sort.Strings(missing)
	t.Logf("%d rows shown, %d rows of no limit settled", shown, silent)
	if len(missing) > 0 {
		t.Errorf("%d rows were never used:\n%s", len(missing), strings.Join(missing, "\n"))
	}
}

func tables(l *engine.Layer) (out []*engine.Table) {
	one := engine.Scheme{Layers: []engine.Layer{*l}}
	one.EachTable(func(t *engine.Table) { out = append(out, t) })
	return out
}

// reach settles claims that meet the conditions of the layer and the row, until the row
// shows in steps, thresholds or unknowns.
func reach(p *engine.Policy, s *engine.Scheme, l *engine.Layer, r *engine.Row, seen map[string]bool) bool {
	date := max(p.From, r.From, l.From)
	for _, kind := range p.Codes[engine.DimKind] {
		for try := 0; try < 12; try++ {
			c := claimOf(p, s, amounts[len(amounts)-1])
			c.Date = date
			c.Facts.Set(engine.DimKind, kind.Code)
			c.Facts.Set(engine.DimLevel, p.Codes[engine.DimLevel][try%len(p.Codes[engine.DimLevel])].Code)
			ok := true
			place := ""
			for _, cond := range append(append([]engine.Cond(nil), l.Applies...), r.When...) {
				if !cond.Dim.IsCode() {
					c.Facts.SetInt(cond.Dim, cond.Lo)
					continue
				}
				mask := cond.Mask
				if cond.Dim == engine.DimStatus {
					mask &= s.Statuses
				}
				if have := c.Facts.Get(cond.Dim); len(have) == 1 && mask&(1<<p.Code(cond.Dim, have[0])) != 0 {
					continue
				}
				for _, c2 := range append(append([]engine.Cond(nil), l.Applies...), r.When...) {
					if c2.Dim == cond.Dim {
						mask &= c2.Mask
					}
				}
				for i, x := range p.Codes[cond.Dim] {
					if x.Kinds != 0 && cond.Dim != engine.DimKind && x.Kinds&(1<<p.Code(engine.DimKind, kind.Code)) == 0 {
						mask &^= 1 << i
					}
				}
				if mask == 0 || cond.Dim == engine.DimKind && mask&(1<<p.Code(engine.DimKind, kind.Code)) == 0 {
					ok = false
					break
				}
				for n := try % bits.OnesCount64(mask); n > 0; n-- {
					mask &= mask - 1
				}
				code := p.Codes[cond.Dim][bits.TrailingZeros64(mask)].Code
				if cond.Dim == engine.DimPlace && code != "local" {
					place = code
				}
				c.Facts.Set(cond.Dim, code)
			}
			if !ok {
				break
			}
			away := len(c.Facts.Get(engine.DimFiling)) == 1 && c.Facts.Get(engine.DimFiling)[0] != "none"
			switch {
			case away && place == "" && len(c.Facts.Get(engine.DimPlace)) == 0:
				c.Facts.Set(engine.DimPlace, "out_of_province")
			case place != "" && !away:
				c.Facts.Set(engine.DimFiling, "long_term")
			}
			if len(c.Facts.Get(engine.DimDisease)) == 0 {
				for i, d := range p.Codes[engine.DimDisease] {
					if ki := p.Code(engine.DimKind, kind.Code); i >= try && (d.Kinds == 0 || d.Kinds&(1<<ki) != 0) {
						c.Facts.Set(engine.DimDisease, d.Code)
						break
					}
				}
			}
			for _, total := range amounts {
				c.Bill.Total = engine.Exactly(total)
				if len(l.Enters) == 1 && l.Enters[0].Bucket == engine.PaidFirst {
					c.Bill.PaidFirst = engine.Exactly(total / 2) // what the layer looks at must be on the bill
				}
				for _, used := range []engine.Fen{0, 1_900_00, 400_000_00} {
					c.Year = nil
					if used > 0 {
						c.Year = engine.Year{{Key: l.ID, Deduct: engine.Exactly(min(used, 1_900_00)), Entered: engine.Exactly(used)}}
					}
					c.Overrides = nil
					out, err := engine.Settle(p, c)
					if err != nil {
						continue
					}
					// an unknown deductible may take all, an unknown share give nothing: with
					// a value the rows behind them come into play
					for _, d := range out.Unknowns {
						switch {
						case strings.Contains(d.Rule, ".deductible.adjust"):
							c.Overrides = append(c.Overrides, engine.Override{Rule: d.Rule, Value: "1"})
						case strings.Contains(d.Rule, ".deductible."):
							c.Overrides = append(c.Overrides, engine.Override{Rule: d.Rule, Value: "100"})
						case strings.Contains(d.Rule, ".bands."):
							c.Overrides = append(c.Overrides, engine.Override{Rule: d.Rule, Value: "0.8"})
						}
					}
					if len(c.Overrides) > 0 {
						note(out, seen)
						if out, err = engine.Settle(p, c); err != nil {
							continue
						}
					}
					if r.Value.None || r.Value.Rate == engine.One && strings.Contains(r.ID, ".ceiling.") {
						return true
					}
					note(out, seen)
					if seen[r.ID] {
						return true
					}
				}
			}
		}
	}
	return false
}

// note collects the rows that a settlement names.
func note(s *engine.Settlement, seen map[string]bool) {
	for _, st := range s.Steps {
		if st.Row != nil {
			seen[st.Row.ID] = true
		}
		for _, a := range st.Adjusted {
			seen[a.Row.ID] = true
		}
	}
	for _, a := range s.Ahead {
		seen[a.Rule] = true
	}
	for _, d := range s.Unknowns {
		seen[d.Rule] = true
	}
}
