package wasm

import (
	"math/big"
	"strings"
	"testing"

	"mingbai/engine"
)

// linear are figures that lie on straight lines between bends.
var linear = []string{"act_pay_dedc", "hifp_pay", "hifob_pay", "hifmi_pay", "cvlserv_pay", "hifes_pay", "maf_pay", "oth_pay", "fund_pay_sumamt", "psn_part_amt", "psn_cash_pay", "self_pay"}

// wobble is by how many fen a figure may stand off its line: each of at most eight
// payments is rounded, and so is each of those before it.
const wobble = 6

// curves asks for curves over real regions along all kinds of axes.
func curves(t *testing.T, n int, look func(base obj, axis string, o obj)) {
	r := newRandom(t, 3)
	for k := 0; k < n; {
		base := r.claim(true)
		axis := pick(r, []string{"bill.total", "bill.total", "bill.paid_first", "bill.self_funded", "year"})
		if axis == "year" {
			s := at(t, settled(t, text(base)), "settlement", "year").(obj)
			for key := range s {
				axis = "year." + key + "." + pick(r, []string{"paid", "entered", "deductible"})
			}
		}
		if axis == "year" {
			continue
		}
		request := with(base, obj{"op": "curve", "axis": axis})
		if axis == "bill.total" {
			request["to"] = "800000"
		}
		o := answerTo(t, text(request))
		if o["ok"] != true {
			if at(t, o, "error", "code") != "contradiction" {
				t.Fatalf("%v\n%s", o["error"], text(request))
			}
			continue // a part of the bill for which nothing is left
		}
		k++
		look(base, axis, o)
	}
}

// point settles a claim with the axis at v.
func point(t *testing.T, base obj, axis string, v engine.Fen) obj {
	one := with(base, obj{})
	if rest, ok := strings.CutPrefix(axis, "year."); ok {
		i := strings.LastIndexByte(rest, '.')
		merge(one, obj{"year": obj{rest[:i]: obj{rest[i+1:]: v.String()}}})
	} else {
		put(one, axis, v.String())
	}
	return at(t, settled(t, text(one)), "settlement").(obj)
}

// TestCurveIsTheSettlement holds curves over real regions to settlements at random points
// and on both sides of every bend, and their slopes to the difference that a sum makes.
func TestCurveIsTheSettlement(t *testing.T) {
	r := newRandom(t, 4)
	points, bends, slopes := 0, 0, 0
	curves(t, 300, func(base obj, axis string, o obj) {
		list := at(t, o, "curve", "bends").([]any)
		value := func(b any, side, name string) engine.Fen { return amountOf(t, at(t, b, side, name)) }
		for i, b := range list {
			x := amountOf(t, at(t, b, "at"))
			sameFigures(t, axis+" after "+x.String(), at(t, b, "after"), point(t, base, axis, x))
			if i > 0 && i+1 < len(list) {
				bends++
				before := point(t, base, axis, x-1)
				sameFigures(t, axis+" before "+x.String(), at(t, b, "before"), before)
			}
			if i+1 == len(list) {
				continue
			}
			end := amountOf(t, at(t, list[i+1], "at"))
			last := end - 1
			if i+2 == len(list) {
				last = end
			}
			for n := 0; n < 30/len(list)+5; n++ {
				points++
				v := x + engine.Fen(r.Int64N(int64(end-x)))
				if n == 0 {
					v = min(x+1, last) // one fen above the bend; one below is before it
				}
				s := point(t, base, axis, v)
				for _, f := range linear {
					y, y0, y1 := amountOf(t, s[f]), value(b, "after", f), value(list[i+1], "before", f)
					off := big.NewInt(int64(y - y0))
					off.Mul(off, big.NewInt(int64(last-x)))
					off.Sub(off, new(big.Int).Mul(big.NewInt(int64(y1-y0)), big.NewInt(int64(v-x))))
					if off.Abs(off).Cmp(big.NewInt(wobble*max(int64(last-x), 1))) > 0 {
						t.Fatalf("%s at %v of %s is %v, off the line from %v (%v) to %v (%v)\n%s", f, v, axis, y, x, y0, last, y1, text(base))
					}
				}
				for f, rate := range at(t, b, "slope").(obj) {
					slopes++
					slope, ok := new(big.Rat).SetString(rate.(string))
					if !ok {
						t.Fatalf("slope %v", rate)
					}
					gain := new(big.Rat).SetInt64(int64(amountOf(t, s[f]) - value(b, "after", f)))
					gain.Sub(gain, slope.Mul(slope, new(big.Rat).SetInt64(int64(v-x))))
					if gain.Abs(gain).Cmp(new(big.Rat).SetInt64(wobble)) > 0 {
						t.Fatalf("%s from %v to %v of %s: off its slope %v by %v\n%s", f, x, v, axis, rate, gain.FloatString(2), text(base))
					}
				}
			}
		}
	})
	if points < 10000 || bends < 500 || slopes < 50000 {
		t.Errorf("only %d points, %d bends, %d slopes", points, bends, slopes)
	}
	t.Logf("%d points, %d bends, %d slopes", points, bends, slopes)
}

// TestUntilIsReached: at the amount that invert names the threshold is no longer ahead,
// one fen below it still is.
func TestUntilIsReached(t *testing.T) {
	r := newRandom(t, 13)
	reached, never := 0, 0
	ahead := func(s obj, code string, x any) bool {
		for _, h := range s["ahead"].([]any) {
			if at(t, h, "code") == code && at(t, h, "layer") == at(t, x, "layer") && at(t, h, "rule") == at(t, x, "rule") {
				return true
			}
		}
		return false
	}
	for k := 0; k < 500; k++ {
		base := r.claim(true)
		own := amountOf(t, base["bill"].(obj)["total"])
		for _, code := range untilCodes {
			o := settled(t, text(with(base, obj{"op": "invert", "axis": "bill.total", "to": "3000000", "until": code})))
			for _, x := range at(t, o, "invert", "answers").([]any) {
				if x.(obj)["from"] == nil {
					never++
					if !ahead(point(t, base, "bill.total", 3_000_000_00), code, x) {
						t.Errorf("%s %v is reached after all\n%s", code, x, text(base))
					}
					continue
				}
				reached++
				from := amountOf(t, at(t, x, "from"))
				if more := amountOf(t, at(t, x, "more")); from-more != own {
					t.Errorf("%s: %v more than %v is not %v", code, more, own, from)
				}
				if ahead(point(t, base, "bill.total", from), code, x) || !ahead(point(t, base, "bill.total", from-1), code, x) {
					t.Errorf("%s is not reached at %v, or before it\n%v\n%s", code, from, x, text(base))
				}
			}
		}
	}
	if reached < 200 || never < 10 {
		t.Errorf("only %d thresholds reached, %d not", reached, never)
	}
	t.Logf("%d thresholds reached, %d not", reached, never)
}

// TestInvertFindsTheBill asks for the bill that has a payment which a known bill has.
func TestInvertFindsTheBill(t *testing.T) {
	r := newRandom(t, 5)
	for k := 0; k < 60; k++ {
		base := r.claim(true)
		least := engine.Fen(0)
		for part, v := range base["bill"].(obj) {
			if part != "total" {
				least += amountOf(t, v)
			}
		}
		x := least + engine.Fen(r.Int64N(400_000_00))
		figure := pick(r, []string{"psn_part_amt", "fund_pay_sumamt", "psn_cash_pay", "hifp_pay", "self_pay"})
		wanted := point(t, base, "bill.total", x)[figure]
		request := with(base, obj{"op": "invert", "axis": "bill.total", "to": "500000", "target": obj{"figure": figure, "amount": wanted}})
		o := settled(t, text(request))
		hit := false
		list := at(t, o, "invert", "answers").([]any)
		for i, a := range list {
			from, to := amountOf(t, at(t, a, "from")), amountOf(t, at(t, a, "to"))
			hit = hit || from <= x && x <= to
			if i > 5 && i < len(list)-5 {
				continue
			}
			for _, v := range []struct {
				at engine.Fen
				in bool
			}{{from - 1, false}, {from, true}, {to, true}, {to + 1, false}} {
				if v.at >= least && v.at <= 500_000_00 {
					if got := point(t, base, "bill.total", v.at)[figure]; (got == wanted) != v.in {
						t.Errorf("%s at %v is %v, wanted %v between %v and %v\n%s", figure, v.at, got, wanted, from, to, text(base))
					}
				}
			}
		}
		if !hit {
			t.Errorf("%s = %v at %v is not among %v\n%s", figure, wanted, x, list, text(base))
		}
		reach := at(t, o, "invert", "reach")
		if v := amountOf(t, wanted); v < amountOf(t, at(t, reach, "from"))-wobble || v > amountOf(t, at(t, reach, "to"))+wobble {
			t.Errorf("%v is beyond the reach %v", wanted, reach)
		}
	}
}

func curveRequest(op, changes string) string {
	return strings.Replace(request(changes), `"settle"`, `"`+op+`"`, 1)
}

// The amounts are arithmetic by hand over the figures of the sample policy.
func TestCurve(t *testing.T) {
	o := settled(t, curveRequest("curve", `{"axis":"bill.total","from":"1000","to":"150000"}`))
	type bend struct{ at, rule, person, slope string }
	var got []bend
	for _, b := range at(t, o, "curve", "bends").([]any) {
		x := bend{at: at(t, b, "at").(string), person: at(t, b, "after", "psn_part_amt").(string)}
		x.rule, _ = b.(obj)["rule"].(string)
		if s, ok := b.(obj)["slope"].(obj); ok {
			x.slope = s["psn_part_amt"].(string)
		}
		got = append(got, x)
	}
	// The pooled fund's 100,000 are reached at 40,000 + (100,000 − 33,395) ÷ 0.95 = 110,110.526….
	want := []bend{{"1000.00", "", "1000.00", "1"}, {"1300.01", "employee.inpatient.bands.table[0]", "1300.00", "0.15"},
		{"30000.01", "employee.inpatient.bands.table[1]", "5605.00", "0.1"}, {"40000.01", "employee.inpatient.bands.table[2]", "6605.00", "0.05"},
		{"110110.53", "employee.large_amount.bands.table[0]", "10110.53", "0.15"}, {"150000.00", "", "16093.95", ""}}
	if len(got) != len(want) {
		t.Fatalf("bends\n got %v\nwant %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("bend %d\n got %v\nwant %v", i, got[i], want[i])
		}
	}
	wantOf(t, at(t, o, "curve", "next_100"), `{"at":"60000.00","person":"5.00","funds":"95.00","cash":"5.00"}`)
	// Half of a yuan of paid_first more is 0.85 of it less from the fund.
	o = settled(t, curveRequest("curve", `{"axis":"bill.paid_first","bill":{"total":"20000","self_funded":"1000"}}`))
	b := at(t, o, "curve", "bends").([]any)
	wantOf(t, at(t, b[0], "slope"), `{"psn_part_amt":"0.85","psn_cash_pay":"0.85","fund_pay_sumamt":"-0.85","hifp_pay":"-0.85","hifob_pay":"0","hifmi_pay":"0","cvlserv_pay":"0","hifes_pay":"0","maf_pay":"0","oth_pay":"0","hosp_part_amt":"0"}`)
	if end := at(t, b[len(b)-1], "at"); end != "19000.00" {
		t.Errorf("the axis ends at %v", end)
	}
	// With something unknown the line is the worst case.
	o = settled(t, curveRequest("curve", `{"axis":"bill.total","visit":{"level":["tertiary","primary"]}}`))
	if at(t, o, "curve", "uncertain") != true {
		t.Error("nothing says that the line is not certain")
	}
	wantOf(t, at(t, o, "curve", "next_100"), `{"at":"60000.00","person":"5.00","funds":"95.00","cash":"5.00"}`)
}

func wantOf(t *testing.T, got any, want string) {
	t.Helper()
	if g, w := text(got), text(parsed(want)); g != w {
		t.Errorf("got %s, want %s", g, w)
	}
}

func TestInvert(t *testing.T) {
	o := settled(t, curveRequest("invert", `{"axis":"bill.total","from":"0","to":"200000","target":{"figure":"hifp_pay","amount":"52395.00"}}`))
	// 0.95 a yuan: 52,395.00 to the fen from 52,394.995 on, 59,999.9947… to 60,000.0052….
	wantOf(t, at(t, o, "invert", "answers", 0), `{"from":"60000.00","to":"60000.00"}`)
	o = settled(t, curveRequest("invert", `{"axis":"bill.total","from":"0","to":"200000","target":{"figure":"hifp_pay","amount":"100000.01"}}`))
	if n := len(at(t, o, "invert", "answers").([]any)); n != 0 {
		t.Errorf("%d answers beyond the cap", n)
	}
	wantOf(t, at(t, o, "invert", "reach"), `{"from":"0.00","to":"100000.00"}`)
	o = settled(t, curveRequest("invert", `{"axis":"bill.total","bill":null,"to":"1000000","until":"cap"}`))
	// 100,000 of the pooled fund, see TestCurve; then 400,000 ÷ 0.85 = 470,588.235… more: 580,698.761….
	wantOf(t, at(t, o, "invert", "answers", 0), `{"layer":"inpatient","rule":"employee.inpatient.caps[0].table[0]","remaining":"100000.00","from":"110110.53","more":"110110.53"}`)
	wantOf(t, at(t, o, "invert", "answers", 1), `{"layer":"large_amount","rule":"employee.large_amount.caps[0].table[0]","remaining":"400000.00","from":"580698.76","more":"580698.76"}`)
	o = settled(t, curveRequest("invert", `{"axis":"bill.total","to":"100000","until":"cap"}`))
	wantOf(t, at(t, o, "invert", "answers", 0), `{"layer":"inpatient","rule":"employee.inpatient.caps[0].table[0]","remaining":"47605.00"}`)
	o = settled(t, curveRequest("invert", `{"axis":"bill.total","to":"100000","until":"critical"}`))
	if n := len(at(t, o, "invert", "answers").([]any)); n != 0 {
		t.Errorf("%d ways to a threshold that there is not", n)
	}
}

// TestInvertFindsWhatFallsBack: the retirees' supplement in Beijing bears what the mutual-aid
// fund leaves of the nine tenths above the cap. Of a bill in scope the pooled fund pays
// 28,700 × 91 % + 10,000 × 94 % = 35,517, and the other 64,483 of its 100,000 on 64,483 ÷ 97 %
// = 66,477.31958…; above it lies a = total − 106,477.31958…. 0.9 a and 0.8 a are rounded each, the
// supplement is their difference:
//
//	total        0.9 a          0.8 a          supplement
//	119,999.94   12,170.358 36  10,818.096 10  1,352.26
//	119,999.95   12,170.367 37  10,818.104 10  1,352.27
//	119,999.97   12,170.385 39  10,818.120 12  1,352.27
//	119,999.98   12,170.394 39  10,818.128 13  1,352.26
//	119,999.99   12,170.403 40  10,818.136 14  1,352.26
//	120,000.00   12,170.412 41  10,818.144 14  1,352.27
//	120,000.04   12,170.448 45  10,818.176 18  1,352.27
//	120,000.05   12,170.457 46  10,818.184 18  1,352.28
//	120,000.07   12,170.475 48  10,818.200 20  1,352.28
//	120,000.08   12,170.484 48  10,818.208 21  1,352.27
//	120,000.09   12,170.493 49  10,818.216 22  1,352.27
//	120,000.10   12,170.502 50  10,818.224 22  1,352.28
func TestInvertFindsWhatFallsBack(t *testing.T) {
	claim := `"region":"110000","date":"2026-05-01","person":{"scheme":"employee","status":"retired","age":66},"visit":{"kind":"inpatient","level":"tertiary","admission":1,"place":"local"}`
	o := settled(t, `{"v":1,"op":"invert",`+claim+`,"axis":"bill.total","to":"3000000","target":{"figure":"oth_pay","amount":"1352.27"}}`)
	want := []string{`{"from":"119999.95","to":"119999.97"}`, `{"from":"120000.00","to":"120000.04"}`, `{"from":"120000.08","to":"120000.09"}`}
	if got := at(t, o, "invert", "answers").([]any); len(got) != len(want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	for i, w := range want {
		wantOf(t, at(t, o, "invert", "answers", i), w)
	}
	// Every fen of twenty yuan, asked both ways.
	found := map[string]map[engine.Fen]bool{}
	for x := engine.Fen(119_990_00); x < 120_010_00; x++ {
		amount := at(t, settled(t, `{"v":1,"op":"settle",`+claim+`,"bill":{"total":"`+x.String()+`"}}`), "settlement", "oth_pay").(string)
		if found[amount] == nil {
			found[amount] = map[engine.Fen]bool{}
			o := settled(t, `{"v":1,"op":"invert",`+claim+`,"axis":"bill.total","to":"3000000","target":{"figure":"oth_pay","amount":"`+amount+`"}}`)
			for _, a := range at(t, o, "invert", "answers").([]any) {
				for v := amountOf(t, at(t, a, "from")); v <= amountOf(t, at(t, a, "to")); v++ {
					found[amount][v] = true
				}
			}
		}
		if !found[amount][x] {
			t.Errorf("%v at %v is not among the answers", amount, x)
		}
		delete(found[amount], x)
	}
	for amount, left := range found {
		for x := range left {
			if x >= 119_990_00 && x < 120_010_00 {
				t.Errorf("%v is no answer for %v", x, amount)
			}
		}
	}
}

func TestCurveErrors(t *testing.T) {
	axes := "bill.total,bill.self_funded,bill.over_limit,bill.paid_first,bill.separate,year.<layer>.entered,year.<layer>.deductible,year.<layer>.paid"
	for _, tt := range []struct{ op, changes, problem string }{
		{"curve", `{}`, `{"code":"required","field":"axis"}`},
		{"curve", `{"axis":7}`, `{"code":"format","field":"axis","limit":"string"}`},
		{"curve", `{"axis":""}`, `{"code":"format","field":"axis","limit":"axis"}`},
		{"curve", `{"axis":"person.age"}`, `{"code":"not_allowed","field":"axis","limit":["` + strings.ReplaceAll(axes, ",", `","`) + `"]}`},
		{"curve", `{"axis":"year.nobody.paid"}`, `{"code":"unknown_field","field":"axis"}`},
		{"curve", `{"axis":"bill.total","target":{}}`, `{"code":"unknown_field","field":"target"}`},
		{"curve", `{"axis":"bill.total","from":"5","to":"5"}`, `{"code":"contradiction","field":"to","limit":"5.00"}`},
		{"curve", `{"axis":"bill.total","from":1}`, `{"code":"format","field":"from","limit":"amount"}`},
		{"curve", `{"axis":"bill.total","bill":{"self_funded":"10","paid_first":"5"},"from":"14.99"}`, `{"code":"contradiction","field":"from","limit":"15.00"}`},
		{"curve", `{"axis":"bill.paid_first","bill":{"self_funded":"10"},"to":"59990.01"}`, `{"code":"contradiction","field":"to","limit":"59990.00"}`},
		{"curve", `{"axis":"bill.paid_first","bill":{"total":null}}`, `{"code":"required","field":"bill.total"}`},
		{"curve", `{"axis":"bill.total","visit":{"level":null}}`, `{"code":"required","field":"visit.level"}`},
		{"curve", `{"axis":"bill.total","visit":{"admission":{"from":1,"to":2},"level":["community","primary","secondary","tertiary"]},"person":{"status":["active","retired"]},"year":{"inpatient":{"paid":"unknown","entered":"unknown","deductible":"unknown"}}}`, `{"code":"too_many","field":"visit.admission","limit":"6"}`},
		{"curve", `{"axis":"bill.total","bill":{"total":null,"self_funded":null,"over_limit":null,"paid_first":null,"items":[{"class":"a","amount":"1"}]}}`, `{"code":"contradiction","field":"axis","limit":"bill.items"}`},
		{"invert", `{"axis":"bill.total"}`, `{"code":"required","field":"target"}`},
		{"invert", `{"axis":"bill.total","target":{"amount":"1"}}`, `{"code":"required","field":"target.figure"}`},
		{"invert", `{"axis":"bill.total","target":{"figure":"hifp_pay"}}`, `{"code":"required","field":"target.amount"}`},
		{"invert", `{"axis":"bill.total","target":{"figure":"hifp_pay","amount":"1","x":1}}`, `{"code":"unknown_field","field":"target.x"}`},
		{"invert", `{"axis":"bill.total","target":{"figure":"hifp_pay","amount":"1"},"until":"cap"}`, `{"code":"contradiction","field":"until","limit":"target"}`},
		{"invert", `{"axis":"bill.total","until":"doom"}`, `{"code":"not_allowed","field":"until","limit":["deductible","cap","band","critical"]}`},
		{"invert", `{"axis":"bill.total","target":{"figure":"bill","amount":"1"}}`, `{"code":"not_allowed","field":"target.figure","limit":["` + strings.Join(figuresOf, `","`) + `"]}`},
	} {
		refusedWith(t, curveRequest(tt.op, tt.changes), tt.problem)
	}
}

func BenchmarkCurve(b *testing.B) {
	for _, code := range []string{"110000", "310000", "330100"} {
		r := curveRequest("curve", `{"policy":null,"region":"`+code+`","axis":"bill.total","from":"0","to":"800000","person":{"age":50,"months_enrolled":100},"visit":{"days":10}}`)
		b.Run(code, func(b *testing.B) {
			if o := answerTo(b, r); o["ok"] != true {
				b.Fatal(o["error"])
			}
			b.ReportAllocs()
			for b.Loop() {
				Handle(r)
			}
		})
	}
}
