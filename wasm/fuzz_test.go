package wasm

import (
	std "encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzHandle holds the promise of Handle for any text at all: no panic, and a JSON
// object that says v and ok, and if it is not ok, why.
func FuzzHandle(f *testing.F) {
	f.Add(request(`{}`))
	f.Add(request(`{"visit":{"level":["tertiary","primary"],"place":"unknown","filing":"long_term"},"person":{"age":{"from":1}},"bill":{"total":"unknown","paid_first":{"to":"5"}}}`))
	f.Add(request(`{"visit":{"kind":"chronic","disease":"unknown"},"year":{"chronic/tumour@2026-05":{"paid":"900","spell":"1"}},"accounts":[{"owner":"self","balance":"1"},{"owner":"family","limit":"unknown"}]}`))
	f.Add(request(`{"given":{"inpatient":"1"},"plans":[{"enters":["copay","self_funded"],"share":"0.5","cap":"10"}],"overrides":{"employee.inpatient.caps[0].table[0]":"none"},"accept":["draft"]}`))
	f.Add(items(`[{"class":"b","kind":"bed","amount":"1.2345","limit":"1","paid_first_share":"0.1","not_covered":true,"separate":false,"name":"床"}]`))
	f.Add(yearRequest(`{"accounts":[{"owner":"self","balance":"unknown"}],"visits":[{"date":"2026-05-01","visit":{"kind":"inpatient","level":["tertiary","primary"]},"bill":{"total":"unknown"},"repeat":{"times":3,"every_days":100}}]}`))
	f.Add(strings.Replace(request(`{"vary":{"visit.level":["tertiary","primary",null],"bill.items[0].class":["a"],"overrides.x":["1"],"year.inpatient.paid":["1",{"to":"2"}],"policy":["sample"]}}`), `"settle"`, `"compare"`, 1))
	f.Add(curveRequest("curve", `{"axis":"year.inpatient.paid","from":"1","to":"200000","year":{"inpatient":{"entered":"unknown"}}}`))
	f.Add(curveRequest("invert", `{"axis":"bill.paid_first","target":{"figure":"self_pay","amount":"9000.00"}}`))
	f.Add(curveRequest("invert", `{"axis":"bill.total","until":"cap"}`))
	f.Add(curveRequest("reconcile", `{"receipt":{"hifp_pay":"52947.50","psn_part_amt":"7052.50"}}`))
	f.Add(curveRequest("compare", `{"vary":{"year..":[1],"bill.":[2]}}`))
	f.Add(`{"v":1,"op":"batch","csv":"policy;date;person.scheme;bill.total.from;accounts[0].balance\nsample;2026-05-01;employee;1;\n=;;;;\n","defaults":{"visit":{"kind":"inpatient"}}}`)
	f.Add(`{"v":1,"op":"load_policy","yaml":"format: 1\nregion: {code: \"999902\", name: {zh: 样, en: S}}\nschemes: {employee: &a {layers: [*a]}}"}`)
	for _, op := range []string{"validate", "policy", "regions", "about", "nothing"} {
		f.Add(`{"v":1,"op":"` + op + `","policy":"sample"}`)
	}
	files, _ := filepath.Glob("testdata/requests/*.json")
	for _, name := range files {
		if b, err := os.ReadFile(name); err == nil {
			f.Add(string(b))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		answer := Handle(text)
		var o obj
		if err := std.Unmarshal([]byte(answer), &o); err != nil {
			t.Fatalf("%v\n%s\n%s", err, text, answer)
		}
		if o["v"] != 1.0 {
			t.Fatalf("no version\n%s\n%s", text, answer)
		}
		switch o["ok"] {
		case true:
			if s, is := o["settlement"].(obj); is && s["range"] == nil {
				checkSums(t, o)
			}
		case false:
			first, _ := o["error"].(obj)
			all, _ := o["errors"].([]any)
			if code, _ := first["code"].(string); code == "" || code == "internal" || len(all) == 0 {
				t.Fatalf("no reason, or a panic\n%s\n%s", text, answer)
			}
		default:
			t.Fatalf("ok is %v\n%s", o["ok"], answer)
		}
		if strings.ContainsAny(answer, "<\u2028\u2029") {
			t.Fatalf("may not stand in a script\n%s", answer)
		}
	})
}

func BenchmarkHandleSettle(b *testing.B) {
	r := request(`{"person":{"status":"retired","age":66},"visit":{"admission":2},"bill":{"total":"30000.00","self_funded":"2000.00","paid_first":"1000.00"},
		"year":{"inpatient":{"entered":"0","deductible":"0","paid":"8240.49"}},"accounts":[{"owner":"self","balance":"1200.00"},{"owner":"family","limit":"300.00"}]}`)
	b.ReportAllocs()
	for b.Loop() {
		Handle(r)
	}
}

// Six things unknown: three amounts, a level, an age, an ordinal.
func BenchmarkHandleRange6(b *testing.B) {
	for _, code := range []string{"110000", "310000", "330100"} {
		r := request(`{"policy":null,"region":"` + code + `","person":{"status":"retired","age":{"from":50,"to":80},"months_enrolled":200},"visit":{"level":["primary","secondary","tertiary"],"admission":{"from":1,"to":3},"days":9},
			"bill":{"total":"30000.00","self_funded":"unknown","paid_first":{"to":"3000"}},"year":{"inpatient":{"paid":{"to":"50000"}}}}`)
		b.Run(code, func(b *testing.B) {
			if o := answerTo(b, r); o["ok"] != true || at(b, o, "settlement", "range") == nil {
				b.Fatal(o["error"])
			}
			for b.Loop() {
				Handle(r)
			}
		})
	}
}

func BenchmarkHandleValidate(b *testing.B) {
	r := strings.Replace(request(`{}`), `"settle"`, `"validate"`, 1)
	b.ReportAllocs()
	for b.Loop() {
		Handle(r)
	}
}
