package engine_test

import (
	"math/rand/v2"
	"testing"

	"mingbai/engine"
)

// TestReconcile plants one error in a claim, prints the true receipt, and asks for it.
func TestReconcile(t *testing.T) {
	g := rand.New(rand.NewPCG(20261123, 5))
	asked := 0
	for i := 0; i < 200; i++ {
		p := generate(g).policy()
		truth := claim("active", 1, engine.Fen(2_000_00+g.Int64N(100_000_00)))
		truth.Bill.PaidFirst = engine.Exactly(engine.Fen(g.Int64N(1_000_00)))
		entered := *truth
		var field, value string
		switch i % 4 {
		case 0:
			entered.Facts.SetInt(engine.DimAdmission, 2)
			field, value = "visit.admission", "1"
		case 1:
			entered.Facts.Set(engine.DimStatus, "retired")
			field, value = "person.status", "active"
		case 2:
			entered.Bill.PaidFirst = engine.Exactly(0)
			field, value = "bill.paid_first", truth.Bill.PaidFirst.Lo.String()
		case 3:
			truth.Year = engine.Year{{Key: "inpatient", Paid: engine.Exactly(engine.Fen(g.Int64N(200_000_00)))}}
			field, value = "year.inpatient.paid", truth.Year[0].Paid.Lo.String()
		}
		s, err := engine.Settle(p, truth)
		if err != nil {
			t.Fatal(err)
		}
		var receipt []engine.ReceiptLine
		for _, n := range []string{"hifp_pay", "hifob_pay", "psn_part_amt"} {
			v, _ := s.Figure(n)
			receipt = append(receipt, engine.ReceiptLine{Name: n, Amount: v})
		}
		r, err := engine.Reconcile(p, &entered, receipt)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Deviations) == 0 {
			continue // the planted error makes no difference here
		}
		asked++
		found := false
		for _, e := range r.Explanations {
			if e.Field != field {
				continue
			}
			if e.To == "" {
				found = found || e.Value == value
				continue
			}
			lo, _ := engine.ParseFen("", e.Value)
			hi, _ := engine.ParseFen("", e.To)
			v, _ := engine.ParseFen("", value)
			found = found || lo <= v && v <= hi
		}
		if !found {
			t.Errorf("case %d: %s = %s is not among %v", i, field, value, r.Explanations)
		}
	}
	if asked < 80 {
		t.Errorf("only %d planted errors made a difference", asked)
	}
}
