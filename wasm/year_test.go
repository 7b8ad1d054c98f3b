package wasm

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"mingbai/engine"
)

var figureNames = []string{"medfee_sumamt", "fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt", "act_pay_dedc",
	"hifp_pay", "hifob_pay", "hifmi_pay", "cvlserv_pay", "hifes_pay", "maf_pay", "oth_pay", "fund_pay_sumamt", "hosp_part_amt",
	"psn_part_amt", "acct_pay", "acct_mulaid_pay", "psn_cash_pay", "self_pay", "self_funded"}

func amountOf(t testing.TB, v any) engine.Fen {
	t.Helper()
	s, _ := v.(string)
	neg := strings.HasPrefix(s, "-")
	f, err := engine.ParseFen("", strings.TrimPrefix(s, "-"))
	if err != nil {
		t.Fatalf("%v is no amount", v)
	}
	if neg {
		return -f
	}
	return f
}

func sameFigures(t *testing.T, what string, got, want any) {
	t.Helper()
	for _, n := range figureNames {
		if g, w := at(t, got, n), at(t, want, n); g != w {
			t.Errorf("%s: %s %v, want %v", what, n, g, w)
		}
	}
}

// A year equals its visits settled one by one, in the order of their dates, the counters
// and the balances carried over by hand.
func TestYearEqualsVisits(t *testing.T) {
	r := newRandom(t, 1)
	visits := 0
	for k := 0; k < 200; k++ {
		first := r.claim(true)
		balance, limit := r.fen(6000), r.fen(900)
		request := obj{"v": 1, "op": "year", "region": first["region"], "person": first["person"], "accept": first["accept"], "detail": pick(r, []string{"full", "totals"}),
			"accounts": []any{obj{"owner": "family", "limit": limit}, obj{"owner": "self", "balance": balance}}}
		var list []any
		for n := 1 + r.IntN(12); n > 0; n-- {
			v := obj{"date": r.day(), "visit": with(first["visit"].(obj), obj{"admission": nil}), "bill": r.bill()}
			if r.IntN(3) == 0 {
				_, v["visit"] = r.facts(first["region"].(string), allKinds...)
			}
			list = append(list, v)
		}
		request["visits"] = list
		o := answerTo(t, text(request))
		if o["ok"] != true {
			continue // one of the visits is of a kind that this region's rules do not know
		}
		type dated struct {
			index int
			visit obj
		}
		var order []dated
		for i, v := range list {
			order = append(order, dated{i, v.(obj)})
		}
		slices.SortStableFunc(order, func(a, b dated) int { return strings.Compare(a.visit["date"].(string), b.visit["date"].(string)) })
		var year any = obj{}
		admissions := 0
		sums := map[string]engine.Fen{}
		settlements := at(t, o, "year", "settlements").([]any)
		if len(settlements) != len(list) {
			t.Fatalf("%d settlements of %d visits", len(settlements), len(list))
		}
		starts := ofRegion(first["region"].(string)).YearStarts
		ends := ""
		for i, d := range order {
			day := d.visit["date"].(string)
			now := "before"
			if day >= "2026-"+two(starts/100)+"-"+two(starts%100) {
				now = "after"
			}
			if ends != "" && ends != now {
				admissions = 0
				for key := range year.(obj) {
					if !strings.HasSuffix(key, "@life") {
						delete(year.(obj), key)
					}
				}
			}
			ends = now
			visit := with(d.visit["visit"].(obj), obj{})
			if visit["kind"] == "inpatient" {
				admissions++
				visit["admission"] = admissions
			}
			single := obj{"v": 1, "op": "settle", "region": first["region"], "person": first["person"], "accept": first["accept"], "date": d.visit["date"],
				"visit": visit, "bill": d.visit["bill"], "year": year, "accounts": []any{obj{"owner": "self", "balance": balance}, obj{"owner": "family", "limit": limit}}}
			one := at(t, settled(t, text(single)), "settlement").(obj)
			got := settlements[i].(obj)
			sameFigures(t, "visit", got, one)
			if !reflect.DeepEqual(got["layers"], one["layers"]) || !reflect.DeepEqual(got["range"], one["range"]) || got["grade"] != one["grade"] {
				t.Errorf("visit %d: layers, range or grade differ", i)
			}
			if request["detail"] == "full" && !reflect.DeepEqual(got["steps"], one["steps"]) {
				t.Errorf("visit %d: steps\n got %v\nwant %v", i, got["steps"], one["steps"])
			}
			if n, _ := got["index"].(interface{ Int64() (int64, error) }).Int64(); int(n) != d.index {
				t.Errorf("visit %d is number %d, want %d", i, n, d.index)
			}
			year = one["year"]
			balance = (amountOf(t, balance) - amountOf(t, one["acct_pay"])).String()
			limit = (amountOf(t, limit) - amountOf(t, one["acct_mulaid_pay"])).String()
			for _, n := range figureNames {
				sums[n] += amountOf(t, one[n])
			}
			visits++
		}
		if got := at(t, o, "year", "year"); !reflect.DeepEqual(got, year) {
			t.Errorf("year\n got %v\nwant %v", got, year)
		}
		for _, n := range figureNames {
			if got := at(t, o, "year", "totals", n); got != sums[n].String() {
				t.Errorf("total of %s %v, want %v", n, got, sums[n])
			}
		}
		if got := at(t, o, "year", "accounts"); !reflect.DeepEqual(got, []any{obj{"owner": "family", "left": limit}, obj{"owner": "self", "left": balance}}) {
			t.Errorf("accounts %v, want %s and %s", got, limit, balance)
		}
	}
	if visits < 150 {
		t.Errorf("only %d visits were compared", visits)
	}
	t.Logf("%d visits", visits)
}

func yearRequest(changes string) string {
	o := parsed(`{"v":1,"op":"year","policy":"sample","person":{"scheme":"employee","status":"active"},
		"visits":[{"date":"2026-05-01","visit":{"kind":"inpatient","level":"tertiary"},"bill":{"total":"60000.00"}}]}`)
	merge(o, parsed(changes))
	return text(o)
}

// The amounts are arithmetic by hand over the figures of the sample policy.
func TestYear(t *testing.T) {
	o := settled(t, yearRequest(`{"visits":[
		{"date":"2026-12-20","visit":{"kind":"inpatient","level":"tertiary"},"bill":{"total":"60000.00"},"label":"second"},
		{"date":"2026-05-01","visit":{"kind":"inpatient","level":"tertiary"},"bill":{"total":"60000.00"}},
		{"date":"2026-06-01","visit":{"kind":"outpatient","level":"tertiary"},"bill":{"total":"1000.00"},"repeat":{"times":3,"every_days":15}},
		{"date":"2027-02-01","visit":{"kind":"inpatient","level":"tertiary"},"bill":{"total":"1000.00"}}]}`))
	y := at(t, o, "year")
	var seen []string
	for _, x := range at(t, y, "settlements").([]any) {
		s := x.(obj)
		line := text(s["index"]) + " " + s["date"].(string) + " " + s["hifp_pay"].(string)
		if s["nth"] != nil {
			line += " nth " + text(s["nth"])
		}
		if s["admission"] != nil {
			line += " admission " + text(s["admission"])
		}
		if s["label"] != nil {
			line += " " + s["label"].(string)
		}
		seen = append(seen, line)
	}
	// First: 28,700 × 0.85 + 10,000 × 0.90 + 20,000 × 0.95 = 52,395. Outpatient: 1,800 − 1,000 = 800
	// of the second are below the deductible, 200 × 0.7, then 1,000 × 0.7. Second admission:
	// 29,350 × 0.85 + 28,000 = 52,947.50, of it 100,000 − 52,395 = 47,605 by the pooled fund.
	want := []string{"1 2026-05-01 52395.00 admission 1", "2 2026-06-01 0.00 nth 1", "2 2026-06-16 140.00 nth 2", "2 2026-07-01 700.00 nth 3",
		"0 2026-12-20 47605.00 admission 2 second", "3 2027-02-01 0.00 admission 1"}
	if !reflect.DeepEqual(seen, want) {
		t.Errorf("settlements\n got %v\nwant %v", seen, want)
	}
	// Cut off: 5,342.50 ÷ 0.95 = 5,623.68…; × 0.85 = 4,780.13 by large_amount.
	// Own: 7,605 + 1,000 + 860 + 300 + (60,000 − 47,605 − 4,780.13 = 7,614.87) = 17,379.87 in 2026.
	years := at(t, y, "years").([]any)
	if len(years) != 2 {
		t.Fatalf("%d years", len(years))
	}
	want26 := map[string]string{"psn_part_amt": "17379.87", "hifp_pay": "100840.00", "hifob_pay": "4780.13", "medfee_sumamt": "123000.00"}
	for name, w := range want26 {
		if got := at(t, years[0], "totals", name); got != w {
			t.Errorf("2026: %s %v, want %v", name, got, w)
		}
	}
	if got, w := at(t, years[0], "tax_deduction"), any(parsed(`{"year":2026,"self_pay":"17379.87","above":"15000.00","deductible":"2379.87","limit":"80000.00"}`)); !reflect.DeepEqual(got, w) {
		t.Errorf("tax %v, want %v", got, w)
	}
	if got, w := at(t, y, "tax_deduction"), any(parsed(`{"year":2027,"self_pay":"1000.00","above":"15000.00","deductible":"0.00","limit":"80000.00"}`)); !reflect.DeepEqual(got, w) {
		t.Errorf("tax %v, want %v", got, w)
	}
	if got, w := at(t, y, "year"), any(parsed(`{"inpatient":{"entered":"1000.00","deductible":"1000.00","paid":"0.00","spell":"1000.00"},"large_amount":{"entered":"0.00","deductible":"0.00","paid":"0.00"}}`)); !reflect.DeepEqual(got, w) {
		t.Errorf("counters %v, want %v", got, w)
	}
	if got, w := at(t, y, "next_admission"), any(parsed(`{"admission":2,"index":3,"deductible":"650.00","rule":"employee.inpatient.deductible.table[1]","layer":"inpatient"}`)); !reflect.DeepEqual(got, w) {
		t.Errorf("next admission %v, want %v", got, w)
	}
	ahead := []any{any(parsed(`{"code":"cap","rule":"employee.inpatient.caps[0].table[0]","layer":"inpatient","remaining":"100000.00"}`)),
		any(parsed(`{"code":"cap","rule":"employee.large_amount.caps[0].table[0]","layer":"large_amount","remaining":"400000.00"}`))}
	if got := at(t, y, "ahead"); !reflect.DeepEqual(got, any(ahead)) {
		t.Errorf("ahead %v, want %v", got, ahead)
	}
}

// The counted ordinal is the one that the explanation names.
func TestYearExplainsTheOrdinal(t *testing.T) {
	o := settled(t, yearRequest(`{"detail":"full","visits":[{"date":"2026-05-01","visit":{"kind":"inpatient","level":"tertiary"},"bill":{"total":"60000.00"},"repeat":{"times":2,"every_days":30}}]}`))
	step := at(t, o, "year", "settlements", 1, "steps", 1).(obj)
	if step["rule"] != "employee.inpatient.deductible.table[1]" || text(step["because"]) != `[{"cond":"admission","is":2}]` {
		t.Errorf("%v", step)
	}
	if at(t, o, "policy", "sources", "s1") == nil {
		t.Error("the full form names no sources")
	}
}

// What is not known of one visit leaves the sums open by as much.
func TestYearRange(t *testing.T) {
	o := settled(t, yearRequest(`{"visits":[
		{"date":"2026-05-01","visit":{"kind":"inpatient","level":["tertiary","secondary"]},"bill":{"total":"60000.00"}},
		{"date":"2026-06-01","visit":{"kind":"outpatient","level":"tertiary"},"bill":{"total":"2000.00"}}]}`))
	// Tertiary 52,395 of the fund, secondary 58,700 × 0.97 = 56,939; outpatient 200 × 0.7.
	totals := at(t, o, "year", "totals")
	want(t, totals, map[string]string{"hifp_pay": "52535.00", "psn_part_amt": "9465.00"})
	wantOf(t, at(t, totals, "range", "hifp_pay"), `{"from":"52535.00","to":"57079.00"}`)
	wantOf(t, at(t, totals, "range", "psn_part_amt"), `{"from":"4921.00","to":"9465.00"}`)
	// An amount that is not known leaves the counters open, and with them the later visits:
	// the cap has 47,605 left after the whole 60,000, or all of it after nothing. Together the
	// two pay 52,947.50 at least, and what the cap allows at most.
	o = settled(t, yearRequest(`{"visits":[
		{"date":"2026-05-01","visit":{"kind":"inpatient","level":"tertiary"},"bill":{"total":"60000.00","paid_first":"unknown"}},
		{"date":"2026-06-01","visit":{"kind":"inpatient","level":"tertiary"},"bill":{"total":"60000.00"}}]}`))
	wantOf(t, at(t, o, "year", "settlements", 1, "range", "hifp_pay"), `{"from":"47605.00","to":"52947.50"}`)
	wantOf(t, at(t, o, "year", "year", "inpatient", "paid"), `{"from":"52947.50","to":"100000.00"}`)
}

// What one member takes of another's account is gone for the next visit, whoever's it is.
func TestYearOfAHousehold(t *testing.T) {
	visit := func(date, total string) string {
		return `{"date":"` + date + `","visit":{"kind":"outpatient","level":"tertiary"},"bill":{"total":"` + total + `"}}`
	}
	o := settled(t, yearRequest(`{"visits":null,"person":{"status":null},"accounts":[{"owner":"child","balance":"1000.00","limit":"700.00"},{"owner":"father","balance":"100.00"},{"owner":"family","relation":"sibling","limit":"50.00"}],
		"members":[{"id":"father","person":{"status":"retired"},"visits":[`+visit("2026-03-01", "400.00")+`,`+visit("2026-05-01", "900.00")+`]},
			{"id":"child","person":{"status":"active"},"visits":[`+visit("2026-04-01", "500.00")+`]}]}`))
	// All stays below the deductible of 1,300 or 1,800 is the person's. Father, 400: 100 own, 300 of the child's 700.
	// Child, 500: of the own 700 left. Father, 900: of the child's 200 left (400 allowed), then 50.
	y := at(t, o, "year")
	for i, w := range []map[string]string{
		{"member": "father", "acct_pay": "100.00", "acct_mulaid_pay": "300.00", "psn_cash_pay": "0.00"},
		{"member": "child", "acct_pay": "500.00", "acct_mulaid_pay": "0.00", "psn_cash_pay": "0.00"},
		{"member": "father", "acct_pay": "0.00", "acct_mulaid_pay": "250.00", "psn_cash_pay": "650.00"},
	} {
		want(t, at(t, y, "settlements", i), w)
	}
	accounts := []any{any(parsed(`{"owner":"child","left":"0.00","limit_left":"200.00"}`)), any(parsed(`{"owner":"father","left":"0.00"}`)), any(parsed(`{"owner":"family","left":"999999949.99","limit_left":"0.00"}`))}
	if got := at(t, y, "accounts"); !reflect.DeepEqual(got, any(accounts)) {
		t.Errorf("accounts %v, want %v", got, accounts)
	}
	want(t, at(t, y, "totals"), map[string]string{"medfee_sumamt": "1800.00", "psn_cash_pay": "650.00"})
	want(t, at(t, y, "members", 0, "totals"), map[string]string{"medfee_sumamt": "1300.00", "psn_cash_pay": "650.00"})
	want(t, at(t, y, "members", 1, "year", "outpatient"), map[string]string{"deductible": "500.00"})
}

func TestYearErrors(t *testing.T) {
	visit := func(changes string) string {
		o := parsed(`{"date":"2026-05-01","visit":{"kind":"inpatient","level":"tertiary"},"bill":{"total":"60000.00"}}`)
		merge(o, parsed(changes))
		return text(o)
	}
	visits := func(list ...string) string { return yearRequest(`{"visits":[` + strings.Join(list, ",") + `]}`) }
	fine := visit(`{}`)
	members := func(list string) string { return yearRequest(`{"visits":null,"members":` + list + `}`) }
	for _, tt := range []struct{ request, problem string }{
		{yearRequest(`{"visits":null}`), `{"code":"required","field":"visits"}`},
		{yearRequest(`{"visits":[]}`), `{"code":"required","field":"visits"}`},
		{yearRequest(`{"visits":{}}`), `{"code":"format","field":"visits","limit":"list"}`},
		{yearRequest(`{"bill":{}}`), `{"code":"unknown_field","field":"bill"}`},
		{yearRequest(`{"detail":"all"}`), `{"code":"not_allowed","field":"detail","limit":["totals","full"]}`},
		{yearRequest(`{"person":{"scheme":null}}`), `{"code":"required","field":"person.scheme"}`},
		{yearRequest(`{"person":{"status":null},"visits":[` + visit(`{"date":"2026-05-01","visit":{"kind":"outpatient"}}`) + `]}`), `{"code":"required","field":"person.status"}`},
		{visits(`7`), `{"code":"format","field":"visits[0]","limit":"object"}`},
		{visits(fine, visit(`{"bill":null}`)), `{"code":"required","field":"visits[1].bill.total"}`},
		{visits(fine, visit(`{"date":null}`)), `{"code":"required","field":"visits[1].date"}`},
		{visits(fine, visit(`{"date":"2022-01-01"}`)), `{"code":"no_rules","field":"visits[1].date","limit":"2023-01-01"}`},
		{visits(fine, visit(`{"visit":{"level":null}}`)), `{"code":"required","field":"visits[1].visit.level"}`},
		{visits(fine, visit(`{"visit":{"lvl":1}}`)), `{"code":"unknown_field","field":"visits[1].visit.lvl"}`},
		{visits(fine, visit(`{"when":1}`)), `{"code":"unknown_field","field":"visits[1].when"}`},
		{visits(fine, visit(`{"bill":{"self_funded":"60000.01"}}`)), `{"code":"contradiction","field":"visits[1].bill.self_funded","limit":"60000.00"}`},
		{visits(fine, visit(`{"bill":{"total":null,"items":[{"class":"a","amount":"1"},{"class":"b","kind":"bed","amount":"1","paid_first_share":"2"}]}}`)), `{"code":"too_large","field":"visits[1].bill.items[1].paid_first_share","limit":"1"}`},
		{visits(fine, visit(`{"bill":{"classes":[{"class":"a","amount":"1"}]}}`)), `{"code":"contradiction","field":"visits[1].bill.total","limit":"visits[1].bill.classes"}`},
		{visits(fine, visit(`{"bill":{"total":null,"items":[{"class":"a","amount":"999999999"},{"class":"a","amount":"999999999"}]}}`)), `{"code":"too_large","field":"visits[1].bill","limit":"999999999.99"}`},
		{visits(fine, visit(`{"person":{"status":"adult"}}`)), `{"code":"not_allowed","field":"visits[1].person.status","limit":["active","retired"]}`},
		{visits(fine, visit(`{"given":{"hifp_pay":"60000.01"}}`)), `{"code":"contradiction","field":"visits[1].given.hifp_pay","limit":"60000.00"}`},
		{visits(fine, visit(`{"overrides":{"nothing":"1"}}`)), `{"code":"unknown_rule","field":"visits[1].overrides.nothing"}`},
		{yearRequest(`{"overrides":{"nothing":"1"}}`), `{"code":"unknown_rule","field":"overrides.nothing"}`},
		{yearRequest(`{"year":{"nothing":{}}}`), `{"code":"unknown_field","field":"year.nothing"}`},
		{visits(visit(`{"label":7}`)), `{"code":"format","field":"visits[0].label","limit":"string"}`},
		{visits(visit(`{"label":"` + strings.Repeat("x", 401) + `"}`)), `{"code":"too_many","field":"visits[0].label","limit":"400"}`},
		{visits(visit(`{"repeat":{"times":0,"every_days":1}}`)), `{"code":"negative","field":"visits[0].repeat.times","limit":"1"}`},
		{visits(visit(`{"repeat":{"times":2}}`)), `{"code":"required","field":"visits[0].repeat.every_days"}`},
		{visits(visit(`{"repeat":{"times":2,"every_days":367}}`)), `{"code":"too_large","field":"visits[0].repeat.every_days","limit":"366"}`},
		{visits(fine, visit(`{"repeat":{"times":1000,"every_days":1}}`)), `{"code":"too_many","field":"visits","limit":"1000"}`},
		{visits(visit(`{"date":"2099-12-30","repeat":{"times":3,"every_days":1}}`)), `{"code":"too_large","field":"visits[0].repeat","limit":"2099-12-31"}`},
		{yearRequest(`{"members":[{"id":"a","visits":[` + fine + `]}]}`), `{"code":"contradiction","field":"visits","limit":"members"}`},
		{members(`[]`), `{"code":"required","field":"members"}`},
		{members(`[{"visits":[` + fine + `]}]`), `{"code":"required","field":"members[0].id"}`},
		{members(`[{"id":"a"}]`), `{"code":"required","field":"members[0].visits"}`},
		{members(`[{"id":"a","visits":[` + fine + `]},{"id":"a","visits":[` + fine + `]}]`), `{"code":"contradiction","field":"members[1].id"}`},
		{members(`[{"id":"a","visits":[` + fine + `,` + visit(`{"bill":{"total":"x"}}`) + `]}]`), `{"code":"format","field":"members[0].visits[1].bill.total","limit":"amount"}`},
		{members(`[{"id":"a","person":{"status":null},"visits":[` + visit(`{"visit":{"kind":"outpatient","level":null}}`) + `]}]`), `{"code":"required","field":"members[0].visits[0].visit.level"}`},
		{members(`[{"id":"a","year":{"x":{}},"visits":[` + fine + `]}]`), `{"code":"unknown_field","field":"members[0].year.x"}`},
		{yearRequest(`{"visits":null,"members":[{"id":"a","visits":[` + fine + `]}],"accounts":[{"owner":"b","balance":"1"}]}`), `{"code":"not_allowed","field":"accounts[0].owner","limit":["a","family"]}`},
		{yearRequest(`{"visits":null,"members":[{"id":"a","visits":[` + fine + `]}],"accounts":[{"owner":"a","limit":"1"}]}`), `{"code":"required","field":"accounts[0].balance"}`},
		{yearRequest(`{"visits":null,"members":[{"id":"a","visits":[` + fine + `]}],"accounts":[{"owner":"a","balance":"1"},{"owner":"a","balance":"1"}]}`), `{"code":"contradiction","field":"accounts[1].owner"}`},
	} {
		refusedWith(t, tt.request, tt.problem)
	}
	many := members(`[` + strings.TrimSuffix(strings.Repeat(`{"id":"a","visits":[`+fine+`]},`, MaxMembers+1), ",") + `]`)
	refusedWith(t, many, `{"code":"too_many","field":"members","limit":"8"}`)
	refusedWith(t, visits(fine, visit(`{"bill":{"paid_first":"unknown"},"date":"2026-06-01","repeat":{"times":60,"every_days":1}}`)), `{"code":"too_many","field":"visits[1]","limit":"50"}`)
	// The same mistake in the part that all visits share is said once.
	o := answerTo(t, yearRequest(`{"person":{"status":"adult"},"visits":[`+fine+`,`+fine+`,`+fine+`]}`))
	if n := len(o["errors"].([]any)); n != 1 {
		t.Errorf("%d errors, want 1: %v", n, o["errors"])
	}
}

func BenchmarkYear200(b *testing.B) {
	visit := `{"date":"2026-01-01","visit":{"kind":"outpatient","level":"tertiary"},"bill":{"total":"812.34","self_funded":"10.00"}},`
	r := strings.Replace(yearRequest(`{"policy":null,"region":"110000","visits":null}`), `"v":1`, `"v":1,"visits":[`+strings.Repeat(visit, 199)+strings.TrimSuffix(visit, ",")+`]`, 1)
	if o := answerTo(b, r); o["ok"] != true {
		b.Fatal(o["error"])
	}
	b.ReportAllocs()
	for b.Loop() {
		Handle(r)
	}
}
