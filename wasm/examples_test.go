package wasm

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"mingbai/policies"
)

func example(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile("testdata/requests/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// The requests that the documentation shows, against the shipped rules of Beijing. The
// amounts are arithmetic by hand over the figures of that region.
func TestExamples(t *testing.T) {
	for _, tt := range []struct {
		file, why string
		want      map[string]string
	}{
		{"settle", "27,000 in scope − 700 (override); 26,300 × (1 − 0.15 × 0.6) = 26,300 × 0.91", map[string]string{
			"medfee_sumamt": "30000.00", "fulamt_ownpay_amt": "2000.00", "preselfpay_amt": "1000.00", "inscp_scp_amt": "27000.00", "act_pay_dedc": "700.00",
			"hifp_pay": "23933.00", "fund_pay_sumamt": "23933.00", "psn_part_amt": "6067.00", "acct_pay": "1200.00", "acct_mulaid_pay": "300.00",
			"psn_cash_pay": "4567.00", "self_pay": "4067.00", "self_funded": "2000.00"}},
		{"settle-first-admission", "28,700 × 0.85 + 10,000 × 0.90 + 20,000 × 0.95 = 24,395 + 9,000 + 19,000", map[string]string{
			"hifp_pay": "52395.00", "fund_pay_sumamt": "52395.00", "psn_cash_pay": "7605.00"}},
		{"settle-classes", "first 80 + 80; in scope 3,500 − 200 − 160 = 3,140; (3,140 − 1,800) × 0.7", map[string]string{
			"medfee_sumamt": "3500.00", "fulamt_ownpay_amt": "200.00", "preselfpay_amt": "160.00", "inscp_scp_amt": "3140.00", "act_pay_dedc": "1800.00",
			"hifob_pay": "938.00", "psn_cash_pay": "2562.00"}},
		{"settle-items", "total 2,212.3459 → 2,212.35; own 100; over the limit 20; first 1.23459 → 1.23 and 80 × 0.05 = 4; in scope 2,212.35 − 125.23 = 2,087.12; 287.12 × 0.7 = 200.984",
			map[string]string{"medfee_sumamt": "2212.35", "fulamt_ownpay_amt": "100.00", "overlmt_selfpay": "20.00", "preselfpay_amt": "5.23",
				"inscp_scp_amt": "2087.12", "hifob_pay": "200.98", "psn_cash_pay": "2011.37"}},
		{"settle-unknown-bill", "worst: 25,000 in scope, 1,300: 23,700 × 0.85", map[string]string{"hifp_pay": "20145.00", "psn_part_amt": "9855.00"}},
		{"settle-out-of-area", "worst: ten points off: 28,700 × 0.75 + 10,000 × 0.80 + 20,000 × 0.85 = 21,525 + 8,000 + 17,000", map[string]string{
			"hifp_pay": "46525.00", "psn_part_amt": "13475.00"}},
		{"settle-critical-illness", "198,700 × 0.75 = 149,025; own 50,975 − 15,202 = 35,773 × 0.65 = 23,252.45", map[string]string{
			"hifp_pay": "149025.00", "hifmi_pay": "23252.45", "psn_part_amt": "27722.55"}},
		{"settle-own-plan", "given 50,000; copay 61,000 − 1,300 − 50,000 = 9,700; of the plan's 2,000 are 500 used; (9,700 − 1,500) × 0.7 = 5,740; own 5,260, of it 250.50 from the spouse",
			map[string]string{"hifp_pay": "50000.00", "oth_pay": "5740.00", "psn_part_amt": "5260.00", "acct_mulaid_pay": "250.50", "psn_cash_pay": "5009.50"}},
		{"settle-draft", "5,000 × 0.8, no deductible; worst: the yearly cap is not known", map[string]string{"hifob_pay": "0.00", "psn_cash_pay": "5000.00", "grade": "C"}},
	} {
		t.Run(tt.file, func(t *testing.T) {
			t.Log(tt.why)
			o := settled(t, example(t, tt.file))
			want(t, o["settlement"], tt.want)
			checkSums(t, o)
			checkSources(t, o)
		})
	}
	o := settled(t, example(t, "settle-unknown-bill"))
	// Best: 28,000 in scope, second admission: 27,350 × 0.85 = 23,247.50.
	if got, w := at(t, o, "settlement", "range", "hifp_pay"), any(parsed(`{"from":"20145.00","to":"23247.50"}`)); !reflect.DeepEqual(got, w) {
		t.Errorf("range of hifp_pay %v, want %v", got, w)
	}
	o = settled(t, example(t, "settle-draft"))
	if got, w := at(t, o, "settlement", "range", "hifob_pay"), any(parsed(`{"from":"0.00","to":"4000.00"}`)); !reflect.DeepEqual(got, w) {
		t.Errorf("range of hifob_pay %v, want %v", got, w)
	}
	o = settled(t, example(t, "settle-out-of-area"))
	if got, w := at(t, o, "settlement", "range", "hifp_pay"), any(parsed(`{"from":"46525.00","to":"52395.00"}`)); !reflect.DeepEqual(got, w) {
		t.Errorf("range of hifp_pay %v, want %v", got, w)
	}
	o = settled(t, example(t, "year"))
	// Below 1,800 nothing; 60,000 as the first admission 52,395; the third outpatient bill
	// meets the last 200 of the deductible: 600 × 0.7; second admission: 26,350 × 0.85.
	for i, w := range []string{"0.00", "0.00", "52395.00", "420.00", "22397.50"} {
		if got := at(t, o, "year", "settlements", i, "fund_pay_sumamt"); got != w {
			t.Errorf("settlement %d: funds %v, want %s", i, got, w)
		}
	}
	// 800 of the account on the first visit, 800 on the second, 400 on the third.
	want(t, at(t, o, "year", "totals"), map[string]string{"acct_pay": "2000.00", "fund_pay_sumamt": "75212.50"})
	want(t, at(t, o, "year", "next_admission"), map[string]string{"deductible": "650.00"})
	o = settled(t, example(t, "year-members"))
	// Father: nothing of the deductible is left, 85 % of the retired: 300 own; then 600, of it
	// 200 own and 400 of the daughter's. Daughter: 100 above 900 at 90 %: 910 of her own.
	for i, w := range []map[string]string{{"acct_pay": "300.00", "psn_cash_pay": "0.00"}, {"acct_pay": "910.00", "hifob_pay": "90.00"}, {"acct_pay": "200.00", "acct_mulaid_pay": "400.00"}} {
		want(t, at(t, o, "year", "settlements", i), w)
	}
	want(t, at(t, o, "year", "accounts", 1), map[string]string{"left": "1690.00", "limit_left": "600.00"})
}

// checkSources looks that every source named stands beside the settlement, and no other.
func checkSources(t *testing.T, o obj) {
	t.Helper()
	named := map[string]bool{}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case obj:
			if list, ok := v["sources"].([]any); ok {
				for _, s := range list {
					named[s.(string)] = true
				}
			}
			for _, x := range v {
				walk(x)
			}
		case []any:
			for _, x := range v {
				walk(x)
			}
		}
	}
	walk(o["settlement"])
	listed := at(t, o, "policy", "sources").(obj)
	for id := range named {
		if listed[id] == nil {
			t.Errorf("source %s is named and not listed", id)
		}
	}
	if len(listed) != len(named) {
		t.Errorf("%d sources listed, %d named", len(listed), len(named))
	}
}

func TestExampleValidate(t *testing.T) {
	o := answerTo(t, example(t, "validate"))
	if o["ok"] != true || o["valid"] != false {
		t.Fatalf("%v", o)
	}
	// Beijing's outpatient shares hang on the level and, of the retired, on the age.
	if got, w := o["needed"], any([]any{"person.age", "visit.level"}); !sameElements(got, w) {
		t.Errorf("needed %v, want %v", got, w)
	}
}

func sameElements(a, b any) bool {
	x, y := a.([]any), b.([]any)
	for _, e := range x {
		found := false
		for _, f := range y {
			found = found || e == f
		}
		if !found {
			return false
		}
	}
	return len(x) == len(y)
}

func TestExampleRegions(t *testing.T) {
	o := answerTo(t, example(t, "regions"))
	list := at(t, o, "regions").([]any)
	if len(list) != len(policies.Index()) || len(list) == 0 {
		t.Fatalf("%d regions, want %d", len(list), len(policies.Index()))
	}
	for _, x := range list {
		r := x.(obj)
		if r["code"] != "110000" {
			continue
		}
		want(t, r, map[string]string{"pinyin": "beijing", "initials": "bj", "from": "2025-01-01"})
		if !reflect.DeepEqual(r["name"], any(parsed(`{"zh":"北京市","en":"Beijing"}`))) {
			t.Errorf("name %v", r["name"])
		}
		if got := at(t, r, "schemes", "employee", "inpatient", "status"); got != "current" {
			t.Errorf("employee.inpatient is %v", got)
		}
		if got := at(t, r, "schemes", "employee", "special_drug", "status"); got != "draft" {
			t.Errorf("employee.special_drug is %v", got)
		}
		if got := at(t, r, "schemes", "resident", "assistance", "status"); got != "unknown" {
			t.Errorf("resident.assistance is %v", got)
		}
	}
}

func TestExamplePolicy(t *testing.T) {
	o := answerTo(t, example(t, "policy"))
	text := Handle(example(t, "policy"))
	if at(t, o, "policy", "region", "code") != "110000" || strings.Count(text, `"id":"employee.inpatient.bands.table[0]"`) != 1 {
		t.Error("Beijing's first inpatient band is not shown once")
	}
}

func TestExampleCompare(t *testing.T) {
	o := settled(t, example(t, "compare"))
	// Own, active and first: 28,700 × 0.15 + 10,000 × 0.10 + 20,000 × 0.05 + 1,300 = 7,605.
	want(t, at(t, o, "compare", "base"), map[string]string{"psn_part_amt": "7605.00"})
	// Retired, second: 650 + 0.6 × (29,350 × 0.15 + 1,000 + 1,000) = 650 + 3,841.50.
	for _, x := range at(t, o, "compare", "cases").([]any) {
		if text(x.(obj)["set"]) == `{"person.status":"retired","visit.admission":2,"visit.level":"tertiary"}` {
			want(t, x, map[string]string{"psn_part_amt": "4491.50", "difference": "-3113.50"})
			return
		}
	}
	t.Error("the case is not among them")
}

func TestExampleCurveAndInvert(t *testing.T) {
	o := settled(t, example(t, "curve"))
	// 28,700 × 0.15 + 10,000 × 0.10 + 1,300 at 40,000; from there 5 % of the next yuan.
	found := false
	for _, b := range at(t, o, "curve", "bends").([]any) {
		if at(t, b, "at") == "40000.01" {
			found = true
			want(t, at(t, b, "before"), map[string]string{"psn_part_amt": "6605.00"})
			want(t, at(t, b, "slope"), map[string]string{"psn_part_amt": "0.05", "hifp_pay": "0.95"})
		}
	}
	if !found {
		t.Error("no bend where the third segment begins")
	}
	// 0.05 a yuan: own 7,605.00 to the fen over twenty fen of the bill.
	o = settled(t, example(t, "invert"))
	want(t, at(t, o, "invert", "answers", 0), map[string]string{"from": "59999.91", "to": "60000.10"})
	// 100,000 − 33,395 = 66,605 ÷ 0.95 above 40,000.
	o = settled(t, example(t, "invert-until"))
	want(t, at(t, o, "invert", "answers", 0), map[string]string{"layer": "inpatient", "remaining": "47605.00", "from": "110110.53", "more": "50110.53"})
}

func TestExampleReconcile(t *testing.T) {
	o := settled(t, example(t, "reconcile"))
	// 27,000 in scope: as the first admission (27,000 − 1,300) × 0.85, as the second − 650.
	wantOf(t, at(t, o, "reconcile", "differences", 0), `{"field":"hifp_pay","receipt":"22397.50","ours":"21845.00"}`)
	wantOf(t, at(t, o, "reconcile", "explanations", 0), `{"field":"visit.admission","value":2,"within":"0.00"}`)
	checkSums(t, obj{"settlement": at(t, o, "reconcile", "settlement")})
}

func TestExampleAbout(t *testing.T) {
	o := answerTo(t, example(t, "about"))
	a := at(t, o, "about", "coverage").(obj)
	for _, name := range []string{"regions", "figures"} {
		if n, ok := a[name].(interface{ Int64() (int64, error) }); !ok {
			t.Errorf("%s is %v", name, a[name])
		} else if i, _ := n.Int64(); i < 1 {
			t.Errorf("%s: %d", name, i)
		}
	}
}

// Every field of a request stands in an example, and every operation has one.
func TestExamplesShowEverything(t *testing.T) {
	files, err := filepath.Glob("testdata/requests/*.json")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(b)
		if o := answerTo(t, string(b)); o["ok"] != true {
			t.Errorf("%s is refused: %v", f, o["error"])
		}
	}
	for _, list := range [][]string{claimFields, personFields, visitFields, billFields, itemFields, counterFields, accountFields, planFields, fromTo, yearFields, memberFields, stayFields, repeatFields, purseFields, targetFields, {"axis", "target", "until", "vary", "receipt"}} {
		for _, name := range list {
			if name == "policy" {
				continue // a handle stands for a policy that was loaded first
			}
			if !strings.Contains(all.String(), `"`+name+`":`) {
				t.Errorf("no example shows %q", name)
			}
		}
	}
	for _, op := range operationNames() {
		if !strings.Contains(all.String(), `"op": "`+op+`"`) {
			t.Errorf("no example of %q", op)
		}
	}
}

// Every region that is shipped can be shown, and its rows are all there.
func TestEveryRegionShows(t *testing.T) {
	for _, e := range policies.Index() {
		o := answerTo(t, `{"v":1,"op":"policy","region":"`+e.Code+`"}`)
		if o["ok"] != true || at(t, o, "policy", "region", "code") != e.Code {
			t.Errorf("%s: %v", e.Code, o["error"])
		}
	}
}

// The types in mingbai.d.ts know every member of every answer to the examples.
func TestTypesKnowEveryMember(t *testing.T) {
	b, err := os.ReadFile("../site/src/mingbai.d.ts")
	if err != nil {
		t.Fatal(err)
	}
	types := string(b)
	files, err := filepath.Glob("testdata/requests/*.json")
	if err != nil {
		t.Fatal(err)
	}
	missing := map[string]bool{}
	// So many levels below these, members are named by codes and ids.
	levels := map[string]int{"year": 1, "counters": 1, "sources": 1, "codes": 1, "schemes": 2, "set": 1, "limits": 1}
	var walk func(v any, codes int)
	walk = func(v any, codes int) {
		switch v := v.(type) {
		case obj:
			for name, x := range v {
				if codes == 0 && !strings.Contains(types, name+":") && !strings.Contains(types, name+"?:") {
					missing[name] = true
				}
				if _, isObj := x.(obj); isObj && codes == 0 {
					walk(x, levels[name])
				} else {
					walk(x, max(codes-1, 0))
				}
			}
		case []any:
			for _, x := range v {
				walk(x, 0)
			}
		}
	}
	for _, f := range files {
		r, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range answerTo(t, string(r)) {
			walk(x, 0)
		}
	}
	for name := range missing {
		t.Errorf("mingbai.d.ts does not know %q", name)
	}
	for _, op := range operationNames() {
		if !strings.Contains(types, "op: '"+op+"'") {
			t.Errorf("mingbai.d.ts does not know the operation %q", op)
		}
	}
}
