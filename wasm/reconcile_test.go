package wasm

import (
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"mingbai/engine"
)

// TestReconcileFindsPlantedErrors enters a claim of some region with one fact wrong beside
// the receipt of the true one, and asks for the fact.
func TestReconcileFindsPlantedErrors(t *testing.T) {
	r := newRandom(t, 6)
	asked := map[string]int{}
	for k := 0; k < 2000; k++ {
		truth := r.claim(true, "inpatient", "inpatient", "outpatient")
		delete(truth, "accounts")
		visit, person, bill := truth["visit"].(obj), truth["person"].(obj), truth["bill"].(obj)
		if visit["place"] == nil && r.IntN(2) == 0 {
			visit["place"], visit["filing"] = pick(r, []string{"in_province", "out_of_province"}), pick(r, []string{"long_term", "referral", "unfiled"})
		}
		p := ofRegion(truth["region"].(string))
		entered := with(truth, obj{})
		other := func(d engine.Dim, have any, allowed uint64) string {
			for range 20 {
				if c := r.code(p, d, visit["kind"].(string), allowed); c != "" && c != have {
					return c
				}
			}
			return ""
		}
		field := pick(r, []string{"visit.level", "visit.admission", "person.status", "visit.filing", "year", "bill.paid_first", "rounding"})
		if visit["filing"] != nil && r.IntN(4) > 0 {
			field = "visit.filing"
		}
		var want string // the true value
		switch field {
		case "visit.level":
			want, _ = visit["level"].(string)
			put(entered, field, other(engine.DimLevel, want, ^uint64(0)))
		case "visit.admission":
			if visit["admission"] == nil {
				continue
			}
			n := visit["admission"].(int)
			want = itoa(n)
			put(entered, field, n%3+1)
		case "person.status":
			want = person["status"].(string)
			put(entered, field, other(engine.DimStatus, want, p.Scheme(person["scheme"].(string)).Statuses))
		case "visit.filing":
			if visit["filing"] == nil {
				continue
			}
			want = visit["filing"].(string)
			wrong := other(engine.DimFiling, want, ^uint64(0))
			if wrong == "none" {
				continue
			}
			put(entered, field, wrong)
		case "bill.paid_first":
			if bill["paid_first"] == nil {
				continue
			}
			want = bill["paid_first"].(string)
			put(entered, field, "0")
		case "year":
			layer := visit["kind"].(string)
			if p.Scheme(person["scheme"].(string)) == nil || !counts(p, layer) {
				continue
			}
			what := pick(r, []string{"paid", "deductible"})
			want = r.fen(map[string]int64{"paid": 300_000, "deductible": 1500}[what])
			field = "year." + layer + "." + what
			truth = with(truth, obj{"year": obj{layer: obj{what: want}}})
		}
		o := answerTo(t, text(truth))
		if o["ok"] != true || at(t, o, "settlement", "range") != nil {
			continue
		}
		receipt := obj{}
		for _, n := range []string{"hifp_pay", "hifob_pay", "hifmi_pay", "maf_pay", "psn_part_amt"} {
			receipt[n] = at(t, o, "settlement", n)
		}
		if field == "rounding" {
			// The fund paid a fen more than here and the person a fen less.
			if amountOf(t, receipt["psn_part_amt"]) == 0 {
				continue
			}
			receipt["hifp_pay"] = (amountOf(t, receipt["hifp_pay"]) + 1).String()
			receipt["psn_part_amt"] = (amountOf(t, receipt["psn_part_amt"]) - 1).String()
		}
		o = answerTo(t, text(with(entered, obj{"op": "reconcile", "receipt": receipt})))
		if o["ok"] != true {
			continue // entered so, it lacks something or is of no kind that the region knows
		}
		differences := at(t, o, "reconcile", "differences").([]any)
		for _, d := range differences {
			if n := at(t, d, "field").(string); at(t, d, "receipt") != receipt[n] || at(t, d, "ours") != at(t, o, "reconcile", "settlement", n) || at(t, d, "ours") == receipt[n] {
				t.Errorf("difference %v", d)
			}
		}
		if len(differences) == 0 || at(t, o, "reconcile", "settlement", "range") != nil {
			continue // the error makes no difference here
		}
		found := false
		for _, e := range at(t, o, "reconcile", "explanations").([]any) {
			e := e.(obj)
			// What a layer has paid counts with what others have where they share a cap.
			if field == "rounding" && e["field"] == field && e["within"] == "0.01" {
				found = true
			}
			same := e["field"] == field || strings.HasPrefix(field, "year.") && strings.HasSuffix(e["field"].(string), field[strings.LastIndexByte(field, '.'):])
			if !same || e["within"] != "0.00" {
				continue
			}
			if to, ok := e["to"].(string); ok {
				found = found || amountOf(t, e["value"]) <= amountOf(t, want) && amountOf(t, want) <= amountOf(t, to)
			} else {
				found = found || strings.Trim(text(e["value"]), `"`) == want
			}
		}
		asked[strings.SplitN(field, ".", 2)[0]+"."+field[strings.LastIndexByte(field, '.')+1:]]++
		if !found {
			t.Errorf("%s = %s is not among %v\n%s\n%s", field, want, at(t, o, "reconcile", "explanations"), text(entered), text(receipt))
		}
	}
	for _, f := range []string{"visit.level", "visit.admission", "person.status", "visit.filing", "year.paid", "year.deductible", "bill.paid_first", "rounding.rounding"} {
		if asked[f] < 5 {
			t.Errorf("only %d planted errors in %s made a difference", asked[f], f)
		}
	}
	t.Logf("%v", asked)
}

// A receipt that agrees needs no explanation, and one that nothing explains has none.
func TestReconcile(t *testing.T) {
	o := settled(t, curveRequest("reconcile", `{"receipt":{"hifp_pay":"52395.00","psn_part_amt":"7605.00","medfee_sumamt":null}}`))
	wantOf(t, at(t, o, "reconcile"), `{"differences":[],"explanations":[],"settlement":`+text(at(t, o, "reconcile", "settlement"))+`,"case":`+text(at(t, o, "reconcile", "case"))+`}`)
	o = settled(t, curveRequest("reconcile", `{"receipt":{"hifp_pay":"1.23","psn_part_amt":"4.56"}}`))
	if n := len(at(t, o, "reconcile", "explanations").([]any)); n != 0 {
		t.Errorf("%d explanations of nonsense", n)
	}
	// One fen is a matter of rounding.
	o = settled(t, curveRequest("reconcile", `{"receipt":{"hifp_pay":"52395.01","psn_part_amt":"7604.99"}}`))
	wantOf(t, at(t, o, "reconcile", "explanations", 0), `{"field":"rounding","within":"0.01"}`)
	// Second admission: 29,350 × 0.85 + 28,000.
	o = settled(t, curveRequest("reconcile", `{"receipt":{"hifp_pay":"52947.50"}}`))
	wantOf(t, at(t, o, "reconcile", "explanations", 0), `{"field":"visit.admission","value":2,"within":"0.00"}`)
	if at(t, o, "policy", "sources", "s1") == nil {
		t.Error("the settlement names no sources")
	}
}

// The case that comes out settles as the claim did, and has no free text.
func TestReconcileCase(t *testing.T) {
	r := strings.Replace(items(`[{"name":"王小明的药","class":"a","amount":"2000"},{"name":"-- evil --","class":"b","kind":"drug","amount":"100.1234"}]`), `"op":"settle"`, `"op":"reconcile","receipt":{"hifp_pay":"1.00","psn_part_amt":"2099.12"}`, 1)
	o := settled(t, r)
	ar := txtar.Parse([]byte(at(t, o, "reconcile", "case").(string)))
	if len(ar.Files) != 2 || ar.Files[0].Name != "receipt.json" || ar.Files[1].Name != "receipt.want" || !strings.Contains(string(ar.Comment), "#") {
		t.Fatalf("%+v", ar)
	}
	if got := string(ar.Files[1].Data); got != "hifp_pay 1.00\npsn_part_amt 2099.12\n" {
		t.Errorf("want section %q", got)
	}
	c := string(ar.Files[0].Data)
	if strings.Contains(c, "小明") || strings.Contains(c, "evil") || strings.Contains(c, "receipt") {
		t.Errorf("the case says too much: %s", c)
	}
	Keep("published", sample())
	defer Keep("published", nil)
	sameFigures(t, "case", at(t, settled(t, c), "settlement"), at(t, o, "reconcile", "settlement"))
}

func TestReconcileErrors(t *testing.T) {
	for _, tt := range []struct{ changes, problem string }{
		{`{}`, `{"code":"required","field":"receipt"}`},
		{`{"receipt":[]}`, `{"code":"format","field":"receipt","limit":"object"}`},
		{`{"receipt":{}}`, `{"code":"required","field":"receipt"}`},
		{`{"receipt":{"hifp_pay":null}}`, `{"code":"required","field":"receipt"}`},
		{`{"receipt":{"hifp":"1"}}`, `{"code":"unknown_field","field":"receipt.hifp"}`},
		{`{"receipt":{"hifp_pay":"1.234"}}`, `{"code":"format","field":"receipt.hifp_pay","limit":"amount"}`},
		{`{"receipt":{"hifp_pay":1}}`, `{"code":"format","field":"receipt.hifp_pay","limit":"amount"}`},
		{`{"receipt":{"hifp_pay":"1"},"visit":{"level":null}}`, `{"code":"required","field":"visit.level"}`},
		{`{"receipt":{"hifp_pay":"1"},"axis":"bill.total"}`, `{"code":"unknown_field","field":"axis"}`},
	} {
		refusedWith(t, curveRequest("reconcile", tt.changes), tt.problem)
	}
}

func BenchmarkReconcile(b *testing.B) {
	r := strings.Replace(curveRequest("reconcile", `{"policy":null,"region":"110000","receipt":{"hifp_pay":"52947.50"}}`), `"v":1`, `"v":1`, 1)
	b.ReportAllocs()
	for b.Loop() {
		Handle(r)
	}
}
