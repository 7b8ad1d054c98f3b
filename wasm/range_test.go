package wasm

import (
	"testing"

	"mingbai/engine"
)

// bounds are what a figure of a settlement may be: its range, or the amount itself.
func bounds(t *testing.T, s any, figure string) (lo, hi engine.Fen) {
	t.Helper()
	if r := at(t, s, "range"); r != nil {
		if b, ok := r.(obj)[figure]; ok {
			return amountOf(t, at(t, b, "from")), amountOf(t, at(t, b, "to"))
		}
	}
	v := amountOf(t, at(t, s, figure))
	return v, v
}

// TestRangeHoldsOverRegions leaves open what people do not know (parts of the bill, the
// hospital's level, the admission, the counters of the year) under the rules of real
// regions: what a sample inside settles to never leaves the bounds.
func TestRangeHoldsOverRegions(t *testing.T) {
	r := newRandom(t, 12)
	claims, samples, wide := 0, 0, 0
	for claims < 250 {
		base := r.claim(false)
		visit, total := base["visit"].(obj), amountOf(t, base["bill"].(obj)["total"])
		// Each doubt with how to draw a value inside it.
		type doubt struct {
			path string
			open any
			draw func() any
		}
		var may []doubt
		part := func(path string, most engine.Fen) doubt {
			a, b := engine.Fen(r.Int64N(int64(most)+1)), engine.Fen(r.Int64N(int64(most)+1))
			lo, hi := min(a, b), max(a, b)
			return doubt{path, obj{"from": lo.String(), "to": hi.String()}, func() any { return (lo + engine.Fen(r.Int64N(int64(hi-lo)+1))).String() }}
		}
		for _, name := range []string{"self_funded", "over_limit", "paid_first"} {
			may = append(may, part("bill."+name, total/4))
		}
		if first, other := visit["level"], r.code(ofRegion(base["region"].(string)), engine.DimLevel, visit["kind"].(string), ^uint64(0)); first != "" && other != first {
			may = append(may, doubt{"visit.level", []any{first, other}, func() any { return pick(r, []any{first, other}) }})
		}
		if visit["kind"] == "inpatient" {
			may = append(may, doubt{"visit.admission", obj{"from": 1, "to": 3}, func() any { return 1 + r.IntN(3) }})
		}
		for _, key := range []string{"inpatient", "outpatient", "critical_illness"} {
			if counts(ofRegion(base["region"].(string)), key) {
				may = append(may, part("year."+key+".paid", 60_000_00), part("year."+key+".deductible", 20_000_00))
			}
		}
		r.Shuffle(len(may), func(i, j int) { may[i], may[j] = may[j], may[i] })
		doubts := may[:1+r.IntN(min(4, len(may)))]
		open := with(base, obj{})
		for _, d := range doubts {
			put(open, d.path, d.open)
		}
		o := answerTo(t, text(open))
		if o["ok"] != true {
			continue // one of the levels is not known here, or there are too many combinations
		}
		claims++
		if at(t, o, "settlement", "range") != nil {
			wide++
		}
		for k := 0; k < 24; k++ {
			one := with(base, obj{})
			for _, d := range doubts {
				put(one, d.path, d.draw())
			}
			got := answerTo(t, text(one))
			if got["ok"] != true {
				t.Fatalf("a sample is refused: %v\n%s\n%s", got["error"], text(one), text(open))
			}
			samples++
			for _, f := range append([]string{"preselfpay_amt", "inscp_scp_amt"}, linear...) {
				lo, hi := bounds(t, o["settlement"], f)
				if from, to := bounds(t, got["settlement"], f); from < lo || to > hi {
					t.Fatalf("%s is %v to %v, outside %v to %v\n%s\n%s", f, from, to, lo, hi, text(one), text(open))
				}
			}
		}
	}
	if samples < 5000 || wide*2 < claims {
		t.Errorf("only %d samples of %d claims, %d of them open", samples, claims, wide)
	}
	t.Logf("%d samples of %d claims, %d of them open", samples, claims, wide)
}
