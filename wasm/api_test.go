package wasm

import (
	std "encoding/json"
	"math/big"
	"os"
	"reflect"
	"strings"
	"testing"

	"mingbai/engine"
	"mingbai/wasm/json"
)

func TestMain(m *testing.M) {
	Keep("sample", sample())
	os.Exit(m.Run())
}

// obj is a JSON object as the standard codec reads it: an independent look at the text.
type obj = map[string]any

func answerTo(t testing.TB, request string) obj {
	t.Helper()
	text := Handle(request)
	d := std.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var o obj
	if err := d.Decode(&o); err != nil {
		t.Fatalf("%v in the answer %s", err, text)
	}
	if o["v"] != std.Number("1") {
		t.Fatalf("no version in the answer %s", text)
	}
	// The standard codec takes a name twice; the own reader does not.
	if _, err := json.Parse(text); err != nil && err.Reason != json.TooMany {
		t.Fatalf("%v in the answer %s", err, text)
	}
	return o
}

// at follows names and indices: at(o, "settlement", "layers", 0, "paid").
func at(t testing.TB, v any, path ...any) any {
	t.Helper()
	for i, p := range path {
		switch p := p.(type) {
		case string:
			o, ok := v.(obj)
			if !ok {
				t.Fatalf("%v: not an object before %v: %v", path, path[i], v)
			}
			v = o[p]
		case int:
			l, ok := v.([]any)
			if !ok || p >= len(l) {
				t.Fatalf("%v: no element %d in %v", path, p, v)
			}
			v = l[p]
		}
	}
	return v
}

func settled(t testing.TB, request string) obj {
	t.Helper()
	o := answerTo(t, request)
	if o["ok"] != true {
		t.Fatalf("refused: %v\n%s", o["error"], request)
	}
	return o
}

func want(t *testing.T, o any, figures map[string]string) {
	t.Helper()
	for name, w := range figures {
		if got := at(t, o, name); got != w {
			t.Errorf("%s = %v, want %v", name, got, w)
		}
	}
}

// request is a settle request with members replaced or added; a member null is left out.
func request(changes string) string {
	o := parsed(`{"v":1,"op":"settle","policy":"sample","date":"2026-05-01",
		"person":{"scheme":"employee","status":"active"},
		"visit":{"kind":"inpatient","level":"tertiary","admission":1},
		"bill":{"total":"60000.00","self_funded":"0","over_limit":"0","paid_first":"0"}}`)
	merge(o, parsed(changes))
	b, err := std.Marshal(o)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func parsed(text string) obj {
	d := std.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var o obj
	if err := d.Decode(&o); err != nil {
		panic(err)
	}
	return o
}

// merge is a JSON merge patch (RFC 7386).
func merge(o, changes obj) {
	for k, v := range changes {
		old, _ := o[k].(obj)
		switch new, isObj := v.(obj); {
		case v == nil:
			delete(o, k)
		case isObj && old != nil:
			merge(old, new)
		default:
			o[k] = v
		}
	}
}

// The amounts are arithmetic by hand.
func TestSettle(t *testing.T) {
	tests := []struct {
		why, changes string
		want         map[string]string
	}{
		{"28,700 × 0.85 + 10,000 × 0.90 + 20,000 × 0.95 = 24,395 + 9,000 + 19,000", `{}`, map[string]string{
			"medfee_sumamt": "60000.00", "fulamt_ownpay_amt": "0.00", "overlmt_selfpay": "0.00", "preselfpay_amt": "0.00", "inscp_scp_amt": "60000.00",
			"act_pay_dedc": "1300.00", "hifp_pay": "52395.00", "hifob_pay": "0.00", "hifmi_pay": "0.00", "cvlserv_pay": "0.00", "hifes_pay": "0.00", "maf_pay": "0.00", "oth_pay": "0.00",
			"fund_pay_sumamt": "52395.00", "hosp_part_amt": "0.00", "psn_part_amt": "7605.00", "acct_pay": "0.00", "acct_mulaid_pay": "0.00", "psn_cash_pay": "7605.00",
			"self_pay": "7605.00", "self_funded": "0.00", "grade": "B"}},
		{"in scope 30,000 − 2,000 − 1,000 = 27,000; (27,000 − 650) × (1 − 0.15 × 0.6) = 26,350 × 0.91; own 30,000 − 23,978.50, of it 1,200 and 300 from accounts",
			`{"person":{"status":"retired","age":66,"assistance":"none","months_enrolled":120,"tier":null},
			 "visit":{"admission":2,"place":"local","filing":"none","referral":"none","cause":"illness"},
			 "bill":{"total":"30000.00","self_funded":"2000.00","over_limit":"0.00","paid_first":"1000.00"},
			 "year":{"inpatient":{"entered":"0","deductible":"0","paid":"8240.49"}},
			 "accounts":[{"owner":"family","relation":"child","limit":"300.00"},{"owner":"self","balance":"1200.00"}]}`,
			map[string]string{"fulamt_ownpay_amt": "2000.00", "preselfpay_amt": "1000.00", "inscp_scp_amt": "27000.00", "act_pay_dedc": "650.00",
				"hifp_pay": "23978.50", "psn_part_amt": "6021.50", "acct_pay": "1200.00", "acct_mulaid_pay": "300.00", "psn_cash_pay": "4521.50",
				"self_pay": "4021.50", "self_funded": "2000.00"}},
		{"the same with a deductible of 700 by override: 26,300 × 0.91",
			`{"person":{"status":"retired"},"visit":{"admission":2},"bill":{"total":"30000.00","self_funded":"2000.00","paid_first":"1000.00"},
			 "overrides":{"employee.inpatient.deductible.table[1].value":"700"}}`,
			map[string]string{"act_pay_dedc": "700.00", "hifp_pay": "23933.00"}},
		{"a relative allows 300 and still holds 120",
			`{"accounts":[{"owner":"family","limit":"300.00","balance":"120.00"}]}`,
			map[string]string{"acct_pay": "0.00", "acct_mulaid_pay": "120.00", "psn_cash_pay": "7485.00"}},
		{"given by the receipt: 52,000.00 of the pooled fund", `{"given":{"hifp_pay":"52000.00"}}`, map[string]string{"hifp_pay": "52000.00", "psn_part_amt": "8000.00"}},
		{"own plan: of the 6,305 above the deductible (1,300 stays apart) what exceeds 5,000 at 80 %: 1,305 × 0.8", `{"plans":[{"enters":["copay"],"deductible":"5000","share":"0.8"}]}`,
			map[string]string{"oth_pay": "1044.00", "psn_part_amt": "6561.00"}},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			o := settled(t, request(tt.changes))
			want(t, o["settlement"], tt.want)
			checkSums(t, o)
		})
	}
}

func TestSettleByItems(t *testing.T) {
	// Class a 1,000.00. Class b drug 800.00: 10 % first, 80.00. Class b exam 12.3456: 8 %
	// is 0.987648, first 0.99. Class c 50.00 and the registration fee 5.00: own. Drug of
	// 3.00 with a price limit of 2.50: 0.50 over the limit, 10 % of 2.50 first. Total
	// 1,870.3456, to the fen 1,870.35. In scope 1,870.35 − 55.00 − 0.50 − 81.24 = 1,733.61.
	// Outpatient, active, 2026: below the deductible of 1,800; 66.39 are left of it.
	items := `[{"name":"西药","class":"a","kind":"drug","amount":"1000.00"},{"class":"b","kind":"drug","amount":"800.00"},
		{"class":"b","kind":"exam","amount":"12.3456"},{"class":"c","amount":"50"},{"class":"a","kind":"registration","amount":"5.00"},
		{"class":"b","kind":"drug","amount":"3.00","limit":"2.50"}]`
	for _, form := range []string{"items", "classes"} {
		o := settled(t, request(`{"visit":{"kind":"outpatient"},"bill":{"total":null,"self_funded":null,"over_limit":null,"paid_first":null,"`+form+`":`+items+`}}`))
		want(t, o["settlement"], map[string]string{"medfee_sumamt": "1870.35", "fulamt_ownpay_amt": "55.00", "overlmt_selfpay": "0.50", "preselfpay_amt": "81.24",
			"inscp_scp_amt": "1733.61", "act_pay_dedc": "1733.61", "fund_pay_sumamt": "0.00", "psn_cash_pay": "1870.35"})
		want(t, at(t, o, "settlement", "ahead", 0), map[string]string{"code": "deductible", "layer": "outpatient", "remaining": "66.39", "rule": "employee.outpatient.deductible.table[1]"})
		checkSums(t, o)
	}
}

// checkSums replays the steps of an answer and checks the national identities, all in
// exact rationals over the texts of the answer.
func checkSums(t *testing.T, o obj) {
	t.Helper()
	s := at(t, o, "settlement").(obj)
	f := func(names ...string) *big.Rat {
		sum := new(big.Rat)
		for _, n := range names {
			r, ok := new(big.Rat).SetString(s[n].(string))
			if !ok {
				t.Fatalf("%s = %v", n, s[n])
			}
			sum.Add(sum, r)
		}
		return sum
	}
	funds := []string{"hifp_pay", "hifob_pay", "hifmi_pay", "cvlserv_pay", "hifes_pay", "maf_pay", "oth_pay"}
	means := []string{"acct_pay", "acct_mulaid_pay", "psn_cash_pay"}
	for _, id := range [][2]*big.Rat{
		{f("medfee_sumamt"), f("fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt")},
		{f("medfee_sumamt"), f("fund_pay_sumamt", "psn_part_amt", "hosp_part_amt")},
		{f("fund_pay_sumamt"), f(funds...)},
		{f("psn_part_amt"), f(means...)},
		{f("psn_part_amt"), f("self_pay", "self_funded")},
		{f("self_funded"), f("fulamt_ownpay_amt", "overlmt_selfpay")},
	} {
		if id[0].Cmp(id[1]) != 0 {
			t.Errorf("identity broken: %v and %v", id[0].FloatString(2), id[1].FloatString(2))
		}
	}
	stand := map[string]*big.Rat{"bill": f("medfee_sumamt")}
	for _, x := range s["steps"].([]any) {
		st := x.(obj)
		a, ok := new(big.Rat).SetString(st["amount"].(string))
		if !ok {
			t.Fatalf("step amount %v", st["amount"])
		}
		from, to := st["from"].(string), st["to"].(string)
		for _, p := range []string{from, to} {
			if stand[p] == nil {
				stand[p] = new(big.Rat)
			}
		}
		stand[from].Sub(stand[from], a)
		stand[to].Add(stand[to], a)
		if stand[from].Sign() < 0 {
			t.Errorf("step %v overdraws %s", st["rule"], from)
		}
	}
	for _, p := range append(append(funds, means...), "hosp_part_amt") {
		if stand[p] == nil {
			stand[p] = new(big.Rat)
		}
		if stand[p].Cmp(f(p)) != 0 {
			t.Errorf("the steps bring %s to %s, not %v", p, stand[p].FloatString(2), s[p])
		}
		delete(stand, p)
	}
	for p, left := range stand {
		if left.Sign() != 0 {
			t.Errorf("the steps leave %s in %s", left.FloatString(2), p)
		}
	}
}

func TestSettleExplains(t *testing.T) {
	o := settled(t, request(`{"person":{"status":"retired"},"visit":{"place":"out_of_province"}}`))
	s := at(t, o, "settlement").(obj)
	var step obj
	for _, x := range s["steps"].([]any) {
		if x.(obj)["rule"] == "employee.inpatient.bands.table[1]" {
			step = x.(obj)
		}
	}
	// Retired: 1 − (1 − 0.90) × 0.6 = 0.94; not filed: 0.94 − 0.10 = 0.84; 10,000 × 0.84.
	wantStep := parsed(`{"rule":"employee.inpatient.bands.table[1]","kind":"share","layer":"inpatient","from":"in_scope","to":"hifp_pay",
		"base":"10000.00","share":"0.84","amount":"8400.00","because":[{"cond":"level","is":"tertiary"}],"sources":["s1"],"grade":"A","valid":{"from":"2001-01-01"},
		"adjusted":[
			{"rule":"employee.inpatient.adjust[0]","op":"own_share_times","value":"0.6","share":"0.94","because":[{"cond":"status","is":"retired"}],"sources":["s1"],"grade":"A","valid":{"from":"2001-01-01"}},
			{"rule":"employee.inpatient.adjust[1]","op":"plus","value":"-0.1","share":"0.84","because":[{"cond":"filing","is":"unfiled"}],"sources":["s1"],"grade":"D","valid":{"from":"2001-01-01"}}]}`)
	if !reflect.DeepEqual(step, wantStep) {
		t.Errorf("step\n got %v\nwant %v", step, wantStep)
	}
	if s["grade"] != "D" {
		t.Errorf("grade %v: the lowest among the figures used is D", s["grade"])
	}
	// 28,700 × 0.81 = 23,247; 8,400; 20,000 × 0.87 = 17,400; together 49,047.
	layer := parsed(`{"id":"inpatient","payer":"hifp_pay","entered":"60000.00","deductible":"1300.00","cap_cut":"0.00","paid":"49047.00","bands":[
		{"from":"1300.00","to":"30000.00","base":"28700.00","share":"0.81","paid":"23247.00"},
		{"from":"30000.00","to":"40000.00","base":"10000.00","share":"0.84","paid":"8400.00"},
		{"from":"40000.00","base":"20000.00","share":"0.87","paid":"17400.00"}]}`)
	if got := at(t, s, "layers", 0); !reflect.DeepEqual(got, any(layer)) {
		t.Errorf("layer\n got %v\nwant %v", got, layer)
	}
	note := parsed(`{"code":"assumed","field":"visit.filing","value":"unfiled"}`)
	if !hasElement(s["notes"], note) {
		t.Errorf("no note %v in %v", note, s["notes"])
	}
	wantPolicy := parsed(`{"region":"999900","version":"2026-11-22","sources":{"s1":{"title":"示例市基本医疗保险规定","number":"示例令第1号","issuer":"示例市人民政府",
		"published":"2022-12-01","effective":"2023-01-01","seen":"official_text","checked":"2026-11-22"}}}`)
	if !reflect.DeepEqual(o["policy"], any(wantPolicy)) {
		t.Errorf("policy\n got %v\nwant %v", o["policy"], wantPolicy)
	}
	checkSums(t, o)
}

func hasElement(list any, e obj) bool {
	for _, x := range list.([]any) {
		if reflect.DeepEqual(x, any(e)) {
			return true
		}
	}
	return false
}

// The bound of a band can be replaced, too.
func TestSettleOverriddenBound(t *testing.T) {
	o := settled(t, request(`{"overrides":{"employee.inpatient.bands.table[0].to":"20000"}}`))
	// (20,000 − 1,300) × 0.85 + 20,000 × 0.9 + 20,000 × 0.95 = 15,895 + 18,000 + 19,000
	want(t, o["settlement"], map[string]string{"hifp_pay": "52895.00"})
	// Both bounds moved past where the second stood: (45,000 − 1,300) × 0.85 + 5,000 × 0.9 + 10,000 × 0.95 = 37,145 + 4,500 + 9,500
	o = settled(t, request(`{"overrides":{"employee.inpatient.bands.table[0].to":"45000","employee.inpatient.bands.table[1].to":"50000"}}`))
	want(t, o["settlement"], map[string]string{"hifp_pay": "51145.00"})
}

// A figure that the person replaced does not rest on the document of the one it replaced.
func TestSettleOverridden(t *testing.T) {
	o := settled(t, request(`{"overrides":{"employee.inpatient.deductible.table[0].value":"1000"}}`))
	// (30,000 − 1,000) × 0.85 + 9,000 + 19,000 = 24,650 + 28,000
	want(t, o["settlement"], map[string]string{"hifp_pay": "52650.00", "grade": "A"})
	// As far as a share may go: unfiled 5 points more, up to 100 %: 28,700 × 0.9 + 10,000 × 0.95 + 20,000 × 1 = 25,830 + 9,500 + 20,000
	far := settled(t, request(`{"visit":{"place":"out_of_province","filing":"unfiled"},"overrides":{"employee.inpatient.adjust[1].plus":"0.05"}}`))
	want(t, far["settlement"], map[string]string{"hifp_pay": "55330.00"})
	step := parsed(`{"rule":"employee.inpatient.deductible.table[0]","kind":"deductible","layer":"inpatient","from":"in_scope","to":"deductible",
		"base":"60000.00","amount":"1000.00","because":[{"cond":"admission","is":1}],"overridden":true}`)
	if steps := at(t, o, "settlement", "steps"); !hasElement(steps, step) {
		t.Errorf("no step %v in %v", step, steps)
	}
}

func TestSettleAssumed(t *testing.T) {
	o := settled(t, request(`{"bill":{"self_funded":null,"over_limit":null,"paid_first":null},"visit":{"admission":null}}`))
	for _, n := range []string{
		`{"code":"assumed","field":"bill.self_funded","value":"0.00"}`,
		`{"code":"assumed","field":"bill.over_limit","value":"0.00"}`,
		`{"code":"assumed","field":"bill.paid_first","value":"0.00"}`,
		`{"code":"assumed","field":"visit.admission","value":"1"}`,
	} {
		if notes := at(t, o, "settlement", "notes"); !hasElement(notes, parsed(n)) {
			t.Errorf("no note %s in %v", n, notes)
		}
	}
	if r := at(t, o, "settlement", "range"); r != nil {
		t.Errorf("range %v though nothing is unknown", r)
	}
}

func TestSettleExcluded(t *testing.T) {
	o := settled(t, request(`{"visit":{"cause":"work_injury"}}`))
	want(t, o["settlement"], map[string]string{"fund_pay_sumamt": "0.00", "psn_cash_pay": "60000.00"})
	note := parsed(`{"code":"excluded","reason":"work_injury","rule":"exclude[0]","because":[{"cond":"cause","is":"work_injury"}],"sources":["s1"],"grade":"A","valid":{"from":"2001-01-01"}}`)
	if notes := at(t, o, "settlement", "notes"); !hasElement(notes, note) {
		t.Errorf("no note %v in %v", note, notes)
	}
	checkSums(t, o)
}

func TestSettleRange(t *testing.T) {
	// Class b bed, 1,000: 5 % to 20 % first. Secondary hospital, first admission: in scope
	// 950 down to 800, all below the deductible of 1,300. A further 10,000 of class a:
	// (10,950 − 1,300) × 0.97 = 9,360.50 or (10,800 − 1,300) × 0.97 = 9,215.00.
	o := settled(t, request(`{"visit":{"level":"secondary"},"bill":{"total":null,"self_funded":null,"over_limit":null,"paid_first":null,
		"items":[{"class":"b","kind":"bed","amount":"1000"},{"class":"a","amount":"10000"}]}}`))
	s := at(t, o, "settlement").(obj)
	want(t, s, map[string]string{"preselfpay_amt": "200.00", "hifp_pay": "9215.00", "psn_part_amt": "1785.00"})
	wantRange := parsed(`{"preselfpay_amt":{"from":"50.00","to":"200.00"},"inscp_scp_amt":{"from":"10800.00","to":"10950.00"},
		"hifp_pay":{"from":"9215.00","to":"9360.50"},"fund_pay_sumamt":{"from":"9215.00","to":"9360.50"},
		"psn_part_amt":{"from":"1639.50","to":"1785.00"},"psn_cash_pay":{"from":"1639.50","to":"1785.00"},"self_pay":{"from":"1639.50","to":"1785.00"},
		"counter":{"direct":{"from":"1639.50","to":"1785.00"},"refund":{"from":"9215.00","to":"9360.50"}}}`)
	if !reflect.DeepEqual(s["range"], any(wantRange)) {
		t.Errorf("range\n got %v\nwant %v", s["range"], wantRange)
	}
	unknowns := []any{any(parsed(`{"rule":"classify.paid_first[2]","matters":"145.50"}`))}
	if !reflect.DeepEqual(s["unknowns"], any(unknowns)) {
		t.Errorf("unknowns %v, want %v", s["unknowns"], unknowns)
	}
	checkSums(t, o)
}

func TestSettleUnknownInputs(t *testing.T) {
	// First at a tertiary hospital: (10,000 − 1,300) × 0.85 = 7,395; at a lower one × 0.97 = 8,439.
	// As a second admission the deductible is 650: 7,947.50 and 9,069.50.
	o := settled(t, request(`{"visit":{"level":["tertiary","secondary"],"admission":{"from":1,"to":2}},"bill":{"total":"10000"}}`))
	s := at(t, o, "settlement").(obj)
	want(t, s, map[string]string{"hifp_pay": "7395.00"})
	if got, w := at(t, s, "range", "hifp_pay"), any(parsed(`{"from":"7395.00","to":"9069.50"}`)); !reflect.DeepEqual(got, w) {
		t.Errorf("range of hifp_pay %v, want %v", got, w)
	}
	// Own part 2,605.00; another level saves 1,044.00, another ordinal 552.50.
	if got, w := s["unknowns"], any([]any{any(parsed(`{"field":"visit.level","matters":"1044.00"}`)), any(parsed(`{"field":"visit.admission","matters":"552.50"}`))}); !reflect.DeepEqual(got, w) {
		t.Errorf("unknowns %v, want %v", got, w)
	}

	// Away from home, filed or not: as at home or ten points less, 28,700 × 0.75 + 10,000 × 0.80 + 20,000 × 0.85.
	o = settled(t, request(`{"visit":{"place":"out_of_province","filing":"unknown"}}`))
	if got, w := at(t, o, "settlement", "range", "hifp_pay"), any(parsed(`{"from":"46525.00","to":"52395.00"}`)); !reflect.DeepEqual(got, w) {
		t.Errorf("range of hifp_pay %v, want %v", got, w)
	}
	o = settled(t, request(`{"visit":{"filing":"unknown"}}`))
	if r := at(t, o, "settlement", "range"); r != nil {
		t.Errorf("range %v: at home there is nothing to file", r)
	}

	// 5,000 of a chronic disease not named: 4,000 or 1,000 a month, then 85 % by large_amount of
	// what is left above: (5,000 − 1,000 ÷ 0.8) × 0.85 = 3,187.50, or nothing: 5,000 × 0.8 = 4,000.
	o = settled(t, request(`{"visit":{"kind":"chronic","disease":"unknown"},"bill":{"total":"5000"}}`))
	want(t, o["settlement"], map[string]string{"hifp_pay": "4000.00", "hifob_pay": "0.00", "psn_part_amt": "1000.00"})
	if got, w := at(t, o, "settlement", "range", "psn_part_amt"), any(parsed(`{"from":"812.50","to":"1000.00"}`)); !reflect.DeepEqual(got, w) {
		t.Errorf("range of psn_part_amt %v, want %v", got, w)
	}

	// Paid first unknown: all of the bill at worst.
	o = settled(t, request(`{"bill":{"total":"10000","paid_first":"unknown"}}`))
	want(t, o["settlement"], map[string]string{"preselfpay_amt": "10000.00", "hifp_pay": "0.00"})
	o = settled(t, request(`{"bill":{"total":"10000","paid_first":{"from":"0","to":"3000"}}}`))
	// (7,000 − 1,300) × 0.85 = 4,845.00
	want(t, o["settlement"], map[string]string{"preselfpay_amt": "3000.00", "hifp_pay": "4845.00"})

	// The index of an account is the one of the request, though the own account pays first.
	o = settled(t, request(`{"accounts":[{"owner":"family","limit":"unknown"},{"owner":"self","balance":"10"}]}`))
	if got := at(t, o, "settlement", "unknowns", 0, "field"); got != "accounts[0]" {
		t.Errorf("unknown field %v, want accounts[0]", got)
	}
}

// The year that an answer carries is the year of the next request.
func TestYearRoundTrip(t *testing.T) {
	chronic := `{"visit":{"kind":"chronic","disease":"tumour"},"bill":{"total":"1000.00"}}`
	o := settled(t, request(chronic))
	s := at(t, o, "settlement").(obj)
	want(t, s, map[string]string{"hifp_pay": "800.00"})
	key := "chronic/tumour@2026-05"
	if got, w := at(t, s, "year", key), any(parsed(`{"entered":"1000.00","deductible":"0.00","paid":"800.00"}`)); !reflect.DeepEqual(got, w) {
		t.Errorf("year[%s] = %v, want %v", key, got, w)
	}
	again := parsed(chronic)
	again["year"] = s["year"]
	b, _ := std.Marshal(again)
	o = settled(t, request(string(b)))
	// 1,000 a month for this disease: 200 are left.
	want(t, o["settlement"], map[string]string{"hifp_pay": "200.00"})
	other := parsed(`{"date":"2026-06-01","year":null}`)
	other["year"] = at(t, o, "settlement", "year")
	merge(again, other)
	b, _ = std.Marshal(again)
	o = settled(t, request(string(b)))
	// A new month, but what is above the cap went to large_amount; 800 are paid again.
	want(t, o["settlement"], map[string]string{"hifp_pay": "800.00"})
	if n := len(at(t, o, "settlement", "year").(obj)); n != 4 {
		t.Errorf("%d counters, want chronic, two months of it and large_amount: %v", n, at(t, o, "settlement", "year"))
	}
}

func TestDraft(t *testing.T) {
	resident := `{"person":{"scheme":"resident","status":"adult"},"bill":{"total":"1000"}`
	refusedWith(t, request(resident+`}`), `{"code":"draft","field":"visit.kind","key":"resident.inpatient"}`)
	o := settled(t, request(resident+`,"accept":["draft"]}`))
	want(t, o["settlement"], map[string]string{"hifp_pay": "600.00"})
	if notes := at(t, o, "settlement", "notes"); !hasElement(notes, parsed(`{"code":"draft","key":"resident.inpatient"}`)) {
		t.Errorf("no draft note in %v", notes)
	}
	if at(t, o, "settlement", "layers", 0, "draft") != true {
		t.Error("the layer does not say that it is a draft")
	}
}

func refusedWith(t *testing.T, request, problem string) {
	t.Helper()
	o := answerTo(t, request)
	if o["ok"] != false {
		t.Errorf("accepted: %s", request)
		return
	}
	if w := parsed(problem); !reflect.DeepEqual(o["error"], any(w)) {
		t.Errorf("%s\n got %v\nwant %v", request, o["error"], w)
	}
	if first := at(t, o, "errors", 0); !reflect.DeepEqual(first, o["error"]) {
		t.Errorf("error %v is not the first of errors", o["error"])
	}
}

func TestErrors(t *testing.T) {
	many := func(n int, e string) string { return "[" + strings.TrimSuffix(strings.Repeat(e+",", n), ",") + "]" }
	for _, tt := range []struct{ request, problem string }{
		// the text
		{``, `{"code":"bad_json","limit":"end","line":1,"column":1}`},
		{"{\"v\":1,\n \"op\":settle}", `{"code":"bad_json","field":"op","limit":"syntax","line":2,"column":7}`},
		{`{"v":1,"op":"settle","visit":{"level":"a","level":"b"}}`, `{"code":"bad_json","field":"visit.level","limit":"duplicate","line":1,"column":43}`},
		{"{\"v\":1,\"op\":\"\xff\"}", `{"code":"bad_json","field":"op","limit":"utf8","line":1,"column":14}`},
		{strings.Repeat(" ", MaxBatch+1), `{"code":"too_big","limit":"16777216"}`},
		{`{"v":1,"op":"about"}` + strings.Repeat(" ", MaxRequest), `{"code":"too_big","limit":"1048576"}`},
		// the envelope
		{`[]`, `{"code":"format","limit":"object"}`},
		{`{"op":"about"}`, `{"code":"required","field":"v"}`},
		{`{"v":null,"op":"about"}`, `{"code":"required","field":"v"}`},
		{`{"v":"1","op":"about"}`, `{"code":"format","field":"v","limit":"integer"}`},
		{`{"v":2,"op":"about"}`, `{"code":"bad_version","field":"v","limit":"1"}`},
		{`{"v":1}`, `{"code":"required","field":"op"}`},
		{`{"v":1,"op":7}`, `{"code":"format","field":"op","limit":"string"}`},
		{`{"v":1,"op":"about","x":1}`, `{"code":"unknown_field","field":"x"}`},
		{`{"v":1,"op":"policy","policy":"sample","date":"2026-01-01"}`, `{"code":"unknown_field","field":"date"}`},
		// region and date
		{request(`{"policy":null}`), `{"code":"required","field":"region"}`},
		{request(`{"policy":"nobody's"}`), `{"code":"unknown_region","field":"policy"}`},
		{request(`{"policy":null,"region":"000001"}`), `{"code":"unknown_region","field":"region"}`},
		{request(`{"policy":null,"region":""}`), `{"code":"unknown_region","field":"region"}`},
		{request(`{"policy":null,"region":110000}`), `{"code":"format","field":"region","limit":"string"}`},
		{request(`{"region":"110000"}`), `{"code":"contradiction","field":"policy","limit":"region"}`},
		{request(`{"date":null}`), `{"code":"required","field":"date"}`},
		{request(`{"date":20260501}`), `{"code":"format","field":"date","limit":"string"}`},
		{request(`{"date":"2026-02-29"}`), `{"code":"format","field":"date","limit":"date"}`},
		{request(`{"date":"2022-12-31"}`), `{"code":"no_rules","field":"date","limit":"2023-01-01"}`},
		// person and visit
		{request(`{"visit":{"foo":1}}`), `{"code":"unknown_field","field":"visit.foo"}`},
		{request(`{"visit":"inpatient"}`), `{"code":"format","field":"visit","limit":"object"}`},
		{request(`{"person":{"scheme":null}}`), `{"code":"required","field":"person.scheme"}`},
		{request(`{"person":{"scheme":["employee"]}}`), `{"code":"format","field":"person.scheme","limit":"code"}`},
		{request(`{"person":{"scheme":"rural"}}`), `{"code":"not_allowed","field":"person.scheme","limit":["employee","resident"]}`},
		{request(`{"person":{"status":"adult"}}`), `{"code":"not_allowed","field":"person.status","limit":["active","retired"]}`},
		{request(`{"person":{"tier":"high"}}`), `{"code":"not_allowed","field":"person.tier","limit":[]}`},
		{request(`{"person":{"age":-1}}`), `{"code":"negative","field":"person.age","limit":"0"}`},
		{request(`{"person":{"age":151}}`), `{"code":"too_large","field":"person.age","limit":"150"}`},
		{request(`{"person":{"age":99999999999999999999}}`), `{"code":"too_large","field":"person.age","limit":"150"}`},
		{request(`{"person":{"age":6.5}}`), `{"code":"format","field":"person.age","limit":"integer"}`},
		{request(`{"person":{"age":1e1}}`), `{"code":"format","field":"person.age","limit":"integer"}`},
		{request(`{"person":{"age":"66"}}`), `{"code":"format","field":"person.age","limit":"integer"}`},
		{request(`{"person":{"age":{"from":70,"to":60}}}`), `{"code":"contradiction","field":"person.age.from","limit":"60"}`},
		{request(`{"visit":{"admission":0}}`), `{"code":"negative","field":"visit.admission","limit":"1"}`},
		{request(`{"visit":{"level":"tertiary_top"}}`), `{"code":"not_allowed","field":"visit.level","limit":["community","primary","secondary","tertiary"]}`},
		{request(`{"visit":{"level":["tertiary","top"]}}`), `{"code":"not_allowed","field":"visit.level[1]","limit":["community","primary","secondary","tertiary"]}`},
		{request(`{"visit":{"level":[]}}`), `{"code":"required","field":"visit.level"}`},
		{request(`{"visit":{"kind":"unknown"}}`), `{"code":"not_allowed","field":"visit.kind","limit":["outpatient","emergency","chronic","special_drug","pharmacy","internet","inpatient","day_surgery","home_bed","antenatal","delivery","observation","two_diseases"]}`},
		{request(`{"visit":{"disease":"tumour"}}`), `{"code":"not_allowed","field":"visit.disease","limit":[]}`},
		{request(`{"visit":{"kind":"chronic","disease":"cold"}}`), `{"code":"not_allowed","field":"visit.disease","limit":["dialysis","tumour"]}`},
		{request(`{"visit":{"level":3}}`), `{"code":"format","field":"visit.level","limit":"code"}`},
		{request(`{"visit":{"level":[3]}}`), `{"code":"format","field":"visit.level[0]","limit":"code"}`},
		{request(`{"visit":{"level":` + many(65, `"tertiary"`) + `}}`), `{"code":"too_many","field":"visit.level","limit":"64"}`},
		{request(`{"visit":{"level":null}}`), `{"code":"required","field":"visit.level"}`},
		{request(`{"visit":{"kind":"pharmacy"}}`), `{"code":"not_known","field":"visit.kind","key":"employee.pharmacy"}`},
		{request(`{"accept":["anything"]}`), `{"code":"not_allowed","field":"accept[0]","limit":["draft"]}`},
		// amounts
		{request(`{"bill":null}`), `{"code":"required","field":"bill.total"}`},
		{request(`{"bill":{"total":60000}}`), `{"code":"format","field":"bill.total","limit":"amount"}`},
		{request(`{"bill":{"total":"60,000"}}`), `{"code":"format","field":"bill.total","limit":"amount"}`},
		{request(`{"bill":{"total":"1.234"}}`), `{"code":"format","field":"bill.total","limit":"amount"}`},
		{request(`{"bill":{"total":"1."}}`), `{"code":"format","field":"bill.total","limit":"amount"}`},
		{request(`{"bill":{"total":""}}`), `{"code":"format","field":"bill.total","limit":"amount"}`},
		{request(`{"bill":{"total":"1e30000000"}}`), `{"code":"format","field":"bill.total","limit":"amount"}`},
		{request(`{"bill":{"total":"-1.00"}}`), `{"code":"negative","field":"bill.total","limit":"0"}`},
		{request(`{"bill":{"total":"1000000000"}}`), `{"code":"too_large","field":"bill.total","limit":"999999999.99"}`},
		{request(`{"bill":{"total":{"from":"2","to":"1"}}}`), `{"code":"contradiction","field":"bill.total.from","limit":"1.00"}`},
		{request(`{"bill":{"total":{"form":"1"}}}`), `{"code":"unknown_field","field":"bill.total.form"}`},
		{request(`{"bill":{"self_funded":"60000.01"}}`), `{"code":"contradiction","field":"bill.self_funded","limit":"60000.00"}`},
		{request(`{"bill":{"self_funded":"50000","paid_first":"10000.01"}}`), `{"code":"contradiction","field":"bill.paid_first","limit":"10000.00"}`},
		{request(`{"bill":{"items":[{"class":"a","amount":"1"}]}}`), `{"code":"contradiction","field":"bill.total","limit":"bill.items"}`},
		{request(`{"bill":{"total":null,"self_funded":null,"over_limit":null,"paid_first":null,"items":[]}}`), `{"code":"required","field":"bill.items"}`},
		{items(`[{"class":"d","amount":"1"}]`), `{"code":"not_allowed","field":"bill.items[0].class","limit":["a","b","c"]}`},
		{items(`[{"class":"a","amount":"1"},{"amount":"1"}]`), `{"code":"required","field":"bill.items[1].class"}`},
		{items(`[{"class":"a"}]`), `{"code":"required","field":"bill.items[0].amount"}`},
		{items(`[{"class":"a","amount":"1.23456"}]`), `{"code":"format","field":"bill.items[0].amount","limit":"line"}`},
		{items(`[{"class":"a","amount":"1.23x4"}]`), `{"code":"format","field":"bill.items[0].amount","limit":"line"}`},
		{items(`[{"class":"a","amount":"-1.2345"}]`), `{"code":"negative","field":"bill.items[0].amount","limit":"0"}`},
		{items(`[{"class":"a","amount":1}]`), `{"code":"format","field":"bill.items[0].amount","limit":"line"}`},
		{items(`[{"class":"a","amount":"1","limit":"x"}]`), `{"code":"format","field":"bill.items[0].limit","limit":"line"}`},
		{items(`[{"class":"b","amount":"1","paid_first_share":"1.1"}]`), `{"code":"too_large","field":"bill.items[0].paid_first_share","limit":"1"}`},
		{items(`[{"class":"b","amount":"1","paid_first_share":"10%"}]`), `{"code":"format","field":"bill.items[0].paid_first_share","limit":"share"}`},
		{items(`[{"class":"a","amount":"1","not_covered":"yes"}]`), `{"code":"format","field":"bill.items[0].not_covered","limit":"boolean"}`},
		{items(`[{"class":"a","amount":"1","price":"1"}]`), `{"code":"unknown_field","field":"bill.items[0].price"}`},
		{items(`[null]`), `{"code":"format","field":"bill.items[0]","limit":"object"}`},
		{items(many(engine.MaxLines+1, `{"class":"a","amount":"1"}`)), `{"code":"too_many","field":"bill.items","limit":"1000"}`},
		{items(`[{"class":"a","amount":"999999999"},{"class":"a","amount":"999999999"}]`), `{"code":"too_large","field":"bill","limit":"999999999.99"}`},
		// year, accounts, given, plans, overrides
		{request(`{"year":{"inpatent":{"paid":"1"}}}`), `{"code":"unknown_field","field":"year.inpatent"}`},
		{request(`{"year":{"plans[9]":{"paid":"1"}}}`), `{"code":"unknown_field","field":"year.plans[9]"}`},
		{request(`{"year":{"inpatient":{"pay":"1"}}}`), `{"code":"unknown_field","field":"year.inpatient.pay"}`},
		{request(`{"year":{"inpatient":"1"}}`), `{"code":"format","field":"year.inpatient","limit":"object"}`},
		{request(`{"year":[]}`), `{"code":"format","field":"year","limit":"object"}`},
		{request(`{"accounts":{}}`), `{"code":"format","field":"accounts","limit":"list"}`},
		{request(`{"accounts":[{"balance":"1"}]}`), `{"code":"required","field":"accounts[0].owner"}`},
		{request(`{"accounts":[{"owner":"self"}]}`), `{"code":"required","field":"accounts[0].balance"}`},
		{request(`{"accounts":[{"owner":"friend","balance":"1"}]}`), `{"code":"not_allowed","field":"accounts[0].owner","limit":["self","family"]}`},
		{request(`{"accounts":[{"owner":"self","balance":"1"},{"owner":"self","balance":"1"}]}`), `{"code":"contradiction","field":"accounts[1].owner","limit":"family"}`},
		{request(`{"accounts":[{"owner":"family","relation":"cousin","limit":"1"}]}`), `{"code":"not_allowed","field":"accounts[0].relation","limit":["spouse","parent","child","sibling","grandparent","grandchild"]}`},
		{request(`{"accounts":[{"owner":"family"}]}`), `{"code":"required","field":"accounts[0].limit"}`},
		{request(`{"accounts":` + many(9, `{"owner":"family","limit":"1"}`) + `}`), `{"code":"too_many","field":"accounts","limit":"8"}`},
		{request(`{"given":{"hifmi_pay":"1"}}`), `{"code":"unknown_field","field":"given.hifmi_pay"}`},
		{request(`{"given":{"hifp_pay":1}}`), `{"code":"format","field":"given.hifp_pay","limit":"amount"}`},
		{request(`{"given":{"hifp_pay":"60000.01"}}`), `{"code":"contradiction","field":"given.hifp_pay","limit":"60000.00"}`},
		{request(`{"plans":[{"share":"0.8"}]}`), `{"code":"required","field":"plans[0].enters"}`},
		{request(`{"plans":[{"enters":["copay"]}]}`), `{"code":"required","field":"plans[0].share"}`},
		{request(`{"plans":[{"enters":["copay","copay"],"share":"0.8"}]}`), `{"code":"contradiction","field":"plans[0].enters[1]"}`},
		{request(`{"plans":[{"enters":["in_scope"],"share":"0.8"}]}`), `{"code":"not_allowed","field":"plans[0].enters[0]","limit":["self_funded","over_limit","paid_first","deductible","copay","above_cap"]}`},
		// Figures of the person keep to the bounds of policies' figures.
		{request(`{"overrides":{"employee.inpatient.bands.table[0]":"85"}}`), `{"code":"too_large","field":"overrides.employee.inpatient.bands.table[0]","limit":"1"}`},
		{request(`{"overrides":{"employee.inpatient.bands.table[0]":"-0.5"}}`), `{"code":"negative","field":"overrides.employee.inpatient.bands.table[0]","limit":"0"}`},
		{request(`{"overrides":{"employee.inpatient.bands.table[0]":"none"}}`), `{"code":"format","field":"overrides.employee.inpatient.bands.table[0]","limit":"figure"}`},
		// Nor may a share come to more than 1 after its adjustments, in any segment of the ladder: unfiled, 95 % and 20 points are too
		// much, 5 points the most; with a segment of 96 % 4 points.
		{request(`{"visit":{"place":"out_of_province","filing":"unfiled"},"overrides":{"employee.inpatient.adjust[1].plus":"0.2"}}`), `{"code":"too_large","field":"overrides.employee.inpatient.adjust[1].plus","limit":"0.05"}`},
		{request(`{"visit":{"place":"out_of_province","filing":"unfiled"},"overrides":{"employee.inpatient.adjust[1]":"0.05","employee.inpatient.bands.table[1].share":"0.96"}}`), `{"code":"too_large","field":"overrides.employee.inpatient.adjust[1]","limit":"0.04"}`},
		{request(`{"overrides":{"employee.inpatient.bands.table[0].to":"0"}}`), `{"code":"negative","field":"overrides.employee.inpatient.bands.table[0].to","limit":"0.01"}`},
		{request(`{"overrides":{"employee.inpatient.bands.table[0].to":"40000"}}`), `{"code":"too_large","field":"overrides.employee.inpatient.bands.table[0].to","limit":"39999.99"}`},
		{request(`{"overrides":{"employee.inpatient.bands.table[1].to":"30000"}}`), `{"code":"negative","field":"overrides.employee.inpatient.bands.table[1].to","limit":"30000.01"}`},
		{request(`{"overrides":{"employee.inpatient.bands.table[1].to":"70000","employee.inpatient.bands.table[0].to":"70000.01"}}`), `{"code":"too_large","field":"overrides.employee.inpatient.bands.table[0].to","limit":"69999.99"}`},
		{request(`{"overrides":{"employee.inpatient.bands.table[2].to":"50000"}}`), `{"code":"unknown_rule","field":"overrides.employee.inpatient.bands.table[2].to"}`},
		{request(`{"overrides":{"employee.inpatient.deductible.table[0]":"none"}}`), `{"code":"format","field":"overrides.employee.inpatient.deductible.table[0]","limit":"figure"}`},
		{request(`{"overrides":{"employee.inpatient.deductible.table[0]":"1300.005"}}`), `{"code":"format","field":"overrides.employee.inpatient.deductible.table[0]","limit":"figure"}`},
		{request(`{"overrides":{"employee.inpatient.deductible.table[0]":"99999999"}}`), `{"code":"too_large","field":"overrides.employee.inpatient.deductible.table[0]","limit":"9000000"}`},
		{request(`{"overrides":{"employee.inpatient.deductible.table[9]":"1"}}`), `{"code":"unknown_rule","field":"overrides.employee.inpatient.deductible.table[9]"}`},
		{request(`{"overrides":{"employee.inpatient.deductible.table[0]":"1%"}}`), `{"code":"format","field":"overrides.employee.inpatient.deductible.table[0]","limit":"figure"}`},
		{request(`{"overrides":{"employee.inpatient.deductible.table[0]":1}}`), `{"code":"format","field":"overrides.employee.inpatient.deductible.table[0]","limit":"figure"}`},
	} {
		refusedWith(t, tt.request, tt.problem)
	}
}

func items(list string) string {
	return request(`{"bill":{"total":null,"self_funded":null,"over_limit":null,"paid_first":null,"items":` + list + `}}`)
}

func TestUnknownOp(t *testing.T) {
	o := answerTo(t, `{"v":1,"op":"divine"}`)
	if at(t, o, "error", "code") != "unknown_op" || at(t, o, "error", "field") != "op" {
		t.Errorf("error %v", o["error"])
	}
	for _, name := range []string{"settle", "validate", "regions", "policy", "about"} {
		found := false
		for _, x := range at(t, o, "error", "limit").([]any) {
			found = found || x == name
		}
		if !found {
			t.Errorf("%s is not among the operations allowed", name)
		}
	}
}

// A page marks every field that is wrong, not only the first.
func TestAllErrorsTogether(t *testing.T) {
	o := answerTo(t, request(`{"date":"tomorrow","person":{"status":"adult","agee":1},"visit":{"level":4},"bill":{"total":"-5","paid_first":"x"}}`))
	var fields []string
	for _, e := range o["errors"].([]any) {
		fields = append(fields, e.(obj)["code"].(string)+" "+e.(obj)["field"].(string))
	}
	w := []string{"format date", "unknown_field person.agee", "not_allowed person.status", "format visit.level", "negative bill.total", "format bill.paid_first"}
	if !reflect.DeepEqual(fields, w) {
		t.Errorf("errors\n got %v\nwant %v", fields, w)
	}
	bad := strings.Repeat(`{"class":"x","amount":"y"},`, 900)
	o = answerTo(t, items("["+strings.TrimSuffix(bad, ",")+"]"))
	if n := len(o["errors"].([]any)); n != maxProblems {
		t.Errorf("%d errors in one answer, want at most %d", n, maxProblems)
	}
}

func TestPanicIsInternal(t *testing.T) {
	before := operations
	defer func() { operations = before }()
	operations = append(before[:len(before):len(before)], Operation{Name: "broken", Run: func(c *Call) { panic("nothing of this may leak") }})
	if got, w := Handle(`{"v":1,"op":"broken"}`), `{"v":1,"ok":false,"error":{"code":"internal"},"errors":[{"code":"internal"}]}`; got != w {
		t.Errorf("got %s", got)
	}
}
