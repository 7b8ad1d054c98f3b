package wasm

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"mingbai/engine"
)

// put sets a member of a request by its path, by hand.
func put(o obj, path string, v any) {
	if rest, ok := strings.CutPrefix(path, "overrides."); ok {
		with, _ := o["overrides"].(obj)
		if with == nil {
			with = obj{}
		}
		with[rest], o["overrides"] = v, with
		return
	}
	steps := strings.Split(path, ".")
	for _, s := range steps[:len(steps)-1] {
		next, _ := o[s].(obj)
		if next == nil {
			next = obj{}
			o[s] = next
		}
		o = next
	}
	o[steps[len(steps)-1]] = v
}

// A comparison equals its cases asked one by one, and is in the order of what the person pays.
func TestCompareEqualsSingleCalls(t *testing.T) {
	r := newRandom(t, 2)
	cases, refused := 0, 0
	for k := 0; k < 60; k++ {
		base := r.claim(false, "inpatient", "outpatient", "chronic")
		vary := obj{}
		for _, a := range []struct {
			path   string
			values []any
		}{{"visit.level", []any{"primary", "secondary", "tertiary"}}, {"visit.admission", []any{1, 2, 3}}, {"date", []any{"2026-03-01", "2025-03-01"}},
			{"person.status", []any{"active", "retired", "adult"}}, {"bill.self_funded", []any{"0", "10.00"}}, {"region", []any{pick(r, r.regions), pick(r, r.regions)}},
			{"year.inpatient.paid", []any{"50000", "0"}}, {"visit.place", []any{"local", "out_of_province"}}} {
			if product := 2 << (2 * len(vary)); product < 32 && r.IntN(3) == 0 {
				vary[a.path] = a.values
			}
		}
		if len(vary) == 0 {
			continue
		}
		o := answerTo(t, text(with(base, obj{"op": "compare", "vary": vary})))
		if o["ok"] != true {
			t.Fatalf("%v\n%s\n%s", o["error"], text(base), text(vary))
		}
		own := amountOf(t, at(t, o, "compare", "base", "psn_part_amt"))
		sameFigures(t, "base", at(t, o, "compare", "base"), at(t, settled(t, text(base)), "settlement"))
		last, failed := engine.Fen(-1), false
		list := at(t, o, "compare", "cases").([]any)
		want := 1
		for _, v := range vary {
			want *= len(v.([]any))
		}
		if len(list) != want {
			t.Fatalf("%d cases, want %d", len(list), want)
		}
		for _, x := range list {
			cases++
			got := x.(obj)
			single := with(base, obj{})
			for path, v := range got["set"].(obj) {
				put(single, path, v)
			}
			one := answerTo(t, text(single))
			if one["ok"] != true {
				refused++
				failed = true
				if !reflect.DeepEqual(got["error"], one["error"]) {
					t.Errorf("error %v, alone %v", got["error"], one["error"])
				}
				continue
			}
			s := at(t, one, "settlement").(obj)
			sameFigures(t, fmt.Sprint(got["set"]), got, s)
			pays := amountOf(t, got["psn_part_amt"])
			if pays < last || failed {
				t.Errorf("cases out of order at %v", got["set"])
			}
			last = pays
			if d := amountOf(t, got["difference"]); d != pays-own {
				t.Errorf("difference %v, want %v", d, pays-own)
			}
			if !reflect.DeepEqual(got["range"], s["range"]) || got["grade"] != s["grade"] {
				t.Errorf("%v: range or grade differ from a single call", got["set"])
			}
		}
		saves := list[0].(obj)["psn_part_amt"] != nil && amountOf(t, list[0].(obj)["psn_part_amt"]) < own
		if m := at(t, o, "compare", "most_saved"); saves != (m != nil) {
			t.Errorf("most_saved %v", m)
		}
	}
	if cases < 200 || refused*2 > cases {
		t.Errorf("%d cases, of them %d refused", cases, refused)
	}
	t.Logf("%d cases, of them %d refused", cases, refused)
}

// The amounts are arithmetic by hand over the figures of the sample policy.
func TestCompare(t *testing.T) {
	compare := func(changes string) obj {
		return answerTo(t, strings.Replace(request(changes), `"settle"`, `"compare"`, 1))
	}
	o := compare(`{"vary":{"visit.level":["tertiary","secondary"]}}`)
	// 58,700 × 0.97 = 56,939.00, own 3,061; tertiary own 7,605.
	c := at(t, o, "compare", "cases", 0)
	want(t, c, map[string]string{"hifp_pay": "56939.00", "psn_part_amt": "3061.00", "difference": "-4544.00", "rule": "employee.inpatient.bands.table[3]", "grade": "C"})
	if got := at(t, c, "set"); !reflect.DeepEqual(got, any(parsed(`{"visit.level":"secondary"}`))) {
		t.Errorf("set %v", got)
	}
	want(t, at(t, o, "compare", "cases", 1), map[string]string{"difference": "0.00"})
	if at(t, o, "compare", "cases", 1, "rule") != nil {
		t.Error("a rule makes a difference of nothing")
	}

	// A figure of one's own, and an amount that a list holds.
	o = compare(`{"vary":{"overrides.employee.inpatient.deductible.table[0].value":["1000","2000"],"visit.admission":[1]}}`)
	want(t, at(t, o, "compare", "cases", 0), map[string]string{"difference": "-255.00", "act_pay_dedc": "1000.00", "rule": "employee.inpatient.deductible.table[0]"})
	o = answerTo(t, strings.Replace(items(`[{"class":"a","amount":"10000"},{"class":"b","kind":"drug","amount":"1000"}]`), `"op":"settle"`, `"op":"compare","vary":{"bill.items[1].class":["a","b","c"]}`, 1))
	// In scope 11,000, 10,900 and 10,000 less 1,300, × 0.85.
	for i, w := range []string{"8245.00", "8160.00", "7395.00"} {
		want(t, at(t, o, "compare", "cases", i), map[string]string{"hifp_pay": w})
	}

	// A base that lacks what is varied is no hindrance; cases that are refused say why.
	o = compare(`{"visit":{"level":null},"vary":{"visit.level":["nowhere","tertiary"]}}`)
	if got, w := at(t, o, "compare", "base", "error"), any(parsed(`{"code":"required","field":"visit.level"}`)); !reflect.DeepEqual(got, w) {
		t.Errorf("base %v", got)
	}
	want(t, at(t, o, "compare", "cases", 0), map[string]string{"psn_part_amt": "7605.00"})
	if got, w := at(t, o, "compare", "cases", 1, "error"), any(parsed(`{"code":"not_allowed","field":"visit.level","limit":["community","primary","secondary","tertiary"]}`)); !reflect.DeepEqual(got, w) {
		t.Errorf("error %v", got)
	}
	if at(t, o, "compare", "cases", 0, "difference") != nil || at(t, o, "compare", "most_saved") != nil {
		t.Error("a difference to nothing")
	}

	// The shipped rules instead of the handle's.
	o = compare(`{"vary":{"region":["110000"]}}`)
	want(t, at(t, o, "compare", "cases", 0), map[string]string{"hifp_pay": "52395.00"})
}

func TestCompareErrors(t *testing.T) {
	compare := func(changes string) string {
		return strings.Replace(request(changes), `"settle"`, `"compare"`, 1)
	}
	for _, tt := range []struct{ request, problem string }{
		{compare(`{}`), `{"code":"required","field":"vary"}`},
		{compare(`{"vary":[]}`), `{"code":"format","field":"vary","limit":"object"}`},
		{compare(`{"vary":{}}`), `{"code":"required","field":"vary"}`},
		{compare(`{"vary":{"visit.level":"tertiary"}}`), `{"code":"format","field":"vary.visit.level","limit":"list"}`},
		{compare(`{"vary":{"visit.level":[]}}`), `{"code":"required","field":"vary.visit.level"}`},
		{compare(`{"vary":{"op":["settle"]}}`), `{"code":"unknown_field","field":"vary.op"}`},
		{compare(`{"vary":{"vary":[1]}}`), `{"code":"unknown_field","field":"vary.vary"}`},
		{compare(`{"vary":{"visit.":[1]}}`), `{"code":"unknown_field","field":"vary.visit."}`},
		{compare(`{"vary":{"":[1]}}`), `{"code":"unknown_field","field":"vary."}`},
		{compare(`{"vary":{"bill.items[2].class":["a"]}}`), `{"code":"unknown_field","field":"vary.bill.items[2].class"}`},
		{compare(`{"vary":{"visit.lvl":["a"]}}`), `{"code":"unknown_field","field":"vary.visit.lvl"}`},
		{compare(`{"vary":{"visit.admission":[1,2,3,4,5,6,7],"person.age":[1,2,3,4,5,6,7]}}`), `{"code":"too_many","field":"vary","limit":"48"}`},
		{compare(`{"bill":{"total":"x"},"vary":{"visit.admission":[1,2]}}`), `{"code":"format","field":"bill.total","limit":"amount"}`},
		{compare(`{"bill":{"total":"x"},"vary":{"visit.admission":[]}}`), `{"code":"format","field":"bill.total","limit":"amount"}`},
		{compare(`{"unknown":1,"vary":{"visit.admission":[1]}}`), `{"code":"unknown_field","field":"unknown"}`},
	} {
		refusedWith(t, tt.request, tt.problem)
	}
}

func BenchmarkCompare48(b *testing.B) {
	r := strings.Replace(request(`{"vary":{"visit.level":["community","primary","secondary","tertiary"],"visit.admission":[1,2,3,4],"bill.self_funded":["0","1","2"]}}`), `"settle"`, `"compare"`, 1)
	b.ReportAllocs()
	for b.Loop() {
		Handle(r)
	}
}
