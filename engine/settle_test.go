package engine_test

import (
	"testing"

	"mingbai/engine"

	"github.com/shopspring/decimal"
)

// beijing is the employees' inpatient rule of Beijing as a policy in code: segments
// whose bounds include the deductible, retired own share × 0.6, 100,000 of payments,
// then 85 % by large-amount aid.
func beijing() *engine.Policy {
	p := &engine.Policy{From: 20230101, YearStarts: 101}
	for _, d := range engine.Dims() {
		if d.IsCode() {
			for _, c := range engine.StandardCodes(d) {
				p.Codes[d] = append(p.Codes[d], engine.Coded{Code: c})
			}
		}
	}
	fig := func(s string) engine.Figure { return engine.NewFigure(decimal.RequireFromString(s)) }
	is := func(d engine.Dim, c string) engine.Cond { return engine.Cond{Dim: d, Mask: 1 << p.Code(d, c)} }
	row := func(id, v string, when ...engine.Cond) engine.Row {
		return engine.Row{ID: id, Value: fig(v), When: when, From: 20010101, Grade: 'A'}
	}
	band := func(id, v string, to engine.Fen) engine.Row { r := row(id, v); r.To = to; return r }
	p.Schemes = []engine.Scheme{{ID: "employee", Statuses: 3, Layers: []engine.Layer{
		{ID: "inpatient", Payer: engine.Hifp, Applies: []engine.Cond{is(engine.DimKind, "inpatient")},
			Enters: []engine.Entry{{Bucket: engine.InScope, Weight: engine.One}},
			Deductible: &engine.Deductible{Table: &engine.Table{Rows: []engine.Row{
				row("d0", "1300", engine.Cond{Dim: engine.DimAdmission, Lo: 1, Hi: 1}),
				row("d1", "650", engine.Cond{Dim: engine.DimAdmission, Lo: 2, Hi: engine.MaxInt})}}},
			Bands: &engine.Bands{FromZero: true, Rows: &engine.Table{Rows: []engine.Row{
				band("b0", "0.85", 3000000), band("b1", "0.90", 4000000), band("b2", "0.95", 0)}}},
			Adjust: []engine.Adjust{{Op: engine.OwnShareTimes, Table: &engine.Table{Gaps: true, Rows: []engine.Row{row("a0", "0.6", is(engine.DimStatus, "retired"))}}}},
			Caps:   []engine.Cap{{Span: engine.Span{Per: engine.PerYear}, Table: &engine.Table{Rows: []engine.Row{row("c0", "100000")}}}}},
		{ID: "large_amount", Payer: engine.Hifob, Enters: []engine.Entry{{Bucket: engine.AboveCap, Weight: engine.One}},
			Bands: &engine.Bands{Rows: &engine.Table{Rows: []engine.Row{row("l0", "0.85")}}},
			Caps:  []engine.Cap{{Span: engine.Span{Per: engine.PerYear}, Table: &engine.Table{Rows: []engine.Row{row("c1", "400000")}}}}},
	}}}
	return p
}

func claim(status string, admission int32, total engine.Fen) *engine.Claim {
	c := &engine.Claim{Scheme: "employee", Date: 20260501, Bill: engine.Invoice{Total: engine.Exactly(total)}}
	c.Facts.Set(engine.DimStatus, status)
	c.Facts.Set(engine.DimKind, "inpatient")
	c.Facts.Set(engine.DimLevel, "tertiary")
	c.Facts.SetInt(engine.DimAdmission, admission)
	return c
}

// The expected figures are arithmetic by hand.
func TestBeijingInpatient(t *testing.T) {
	for _, x := range []struct {
		why         string
		status      string
		admission   int32
		total, paid engine.Fen // of the pooled fund already this year
		pool, large engine.Fen
	}{
		{"28,700 × 0.85 + 10,000 × 0.90 + 20,000 × 0.95", "active", 1, 6000000, 0, 5239500, 0},
		{"28,700 × 0.91 + 10,000 × 0.94 + 20,000 × 0.97", "retired", 1, 6000000, 0, 5491700, 0},
		{"29,350 × 0.85 + 10,000 × 0.90 + 20,000 × 0.95", "active", 2, 6000000, 0, 5294750, 0},
		{"below the deductible", "active", 1, 130000, 0, 0, 0},
		{"one fen above it: 0.0085", "active", 1, 130001, 0, 1, 0},
		// room 10,000: 28,700 × 0.85 = 24,395 is too much; 10,000 ÷ 0.85 = 11,764.7058… enters,
		// 60,000 − 1,300 − 11,764.7058… = 46,935.2941… × 0.85 = 39,895.00
		{"the cap bites in the first band", "active", 1, 6000000, 9000000, 1000000, 3989500},
	} {
		c := claim(x.status, x.admission, x.total)
		c.Year = engine.Year{{Key: "inpatient", Paid: engine.Exactly(x.paid)}}
		s, err := engine.Settle(beijing(), c)
		if err != nil {
			t.Errorf("%s: %v", x.why, err)
			continue
		}
		if got := s.Totals[engine.Hifp]; got != x.pool {
			t.Errorf("%s: pool %v, want %v", x.why, got, x.pool)
		}
		if got := s.Totals[engine.Hifob]; got != x.large {
			t.Errorf("%s: large amount %v, want %v", x.why, got, x.large)
		}
		replay(t, s)
	}
}

// replay runs the steps and compares with the totals; it checks the identities too.
func replay(t *testing.T, s *engine.Settlement) {
	t.Helper()
	var led [len(s.Totals)]engine.Fen
	led[engine.Bill] = s.Totals[engine.Bill]
	for _, st := range s.Steps {
		if st.Amount < 0 {
			t.Errorf("step %s moves %v", st.Rule, st.Amount)
		}
		led[st.From] -= st.Amount
		led[st.To] += st.Amount
		if led[st.From] < 0 {
			t.Errorf("step %s overdraws %v", st.Rule, st.From)
		}
	}
	for p := engine.Hifp; p <= engine.Cash; p++ {
		if led[p] != s.Totals[p] {
			t.Errorf("replay of %v: %v, want %v", p, led[p], s.Totals[p])
		}
	}
	for p := engine.Bill; p < engine.Hifp; p++ {
		if led[p] != 0 {
			t.Errorf("replay leaves %v in %v", led[p], p)
		}
	}
	if a, b := s.Totals[engine.Bill], engine.Funds(&s.Totals)+s.Totals[engine.HospPart]+engine.Person(&s.Totals); a != b {
		t.Errorf("total %v, payers %v", a, b)
	}
	if a, b := s.SelfPay+s.SelfFund, engine.Person(&s.Totals); a != b {
		t.Errorf("self pay and self funded %v, person %v", a, b)
	}
}

func BenchmarkSettle(b *testing.B) {
	p, c := beijing(), claim("active", 1, 6000000)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := engine.Settle(p, c); err != nil {
			b.Fatal(err)
		}
	}
}
