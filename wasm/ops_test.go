package wasm

import (
	std "encoding/json"
	"reflect"
	"strings"
	"testing"

	"mingbai/engine"
)

func TestValidate(t *testing.T) {
	tests := []struct {
		why, changes string
		valid        bool
		errors       []string
		needed       []string
		used         []string // among others
		unused       []string
	}{
		{"complete", `{}`, true, nil, nil,
			[]string{"date", "person.scheme", "person.status", "visit.kind", "visit.level", "visit.admission", "visit.cause", "visit.place", "bill.total", "bill.paid_first", "year.inpatient", "year.large_amount", "accounts"},
			[]string{"visit.disease", "person.age", "person.tier", "visit.days", "visit.filing", "year.outpatient"}},
		{"no level: needed, and nothing else", `{"visit":{"level":null}}`, false, []string{"required visit.level"}, []string{"visit.level"}, []string{"visit.level"}, nil},
		{"no level and no status", `{"visit":{"level":null},"person":{"status":null}}`, false, []string{"required person.status", "required visit.level"}, []string{"person.status", "visit.level"}, nil, nil},
		{"away from home the filing matters", `{"visit":{"place":"out_of_province"}}`, true, nil, nil, []string{"visit.filing"}, nil},
		{"chronic needs the disease", `{"visit":{"kind":"chronic","level":null,"admission":null}}`, false, []string{"required visit.disease"}, []string{"visit.disease"},
			[]string{"visit.disease", "year.chronic"}, []string{"visit.admission", "year.inpatient", "visit.level"}},
		{"outpatient: the status only from 2026 on", `{"visit":{"kind":"outpatient"},"date":"2026-02-01"}`, true, nil, nil, []string{"person.status", "year.outpatient"}, []string{"visit.admission"}},
		{"outpatient before 2026", `{"visit":{"kind":"outpatient"},"date":"2025-02-01","person":{"status":null}}`, true, nil, nil, []string{"year.outpatient"}, []string{"person.status"}},
		{"no total, no scheme", `{"bill":null,"person":null}`, false, []string{"required person.scheme", "required bill.total"}, []string{"person.scheme", "bill.total"}, nil, []string{"date"}},
		{"wrong in shape", `{"visit":{"levle":"tertiary"}}`, false, []string{"unknown_field visit.levle"}, nil, nil, nil},
		{"the bill is too small", `{"bill":{"self_funded":"70000"}}`, false, []string{"contradiction bill.self_funded"}, nil, nil, nil},
		{"below the deductible the level decides nothing yet", `{"visit":{"level":null},"bill":{"total":"1000"}}`, true, nil, []string{"visit.level"}, []string{"visit.level"}, nil},
		{"draft", `{"person":{"scheme":"resident","status":"adult"}}`, false, []string{"draft visit.kind"}, nil, nil, []string{"visit.level"}},
	}
	for _, tt := range tests {
		t.Run(tt.why, func(t *testing.T) {
			o := answerTo(t, strings.Replace(request(tt.changes), `"settle"`, `"validate"`, 1))
			if o["ok"] != true {
				t.Fatalf("refused: %v", o["error"])
			}
			if o["valid"] != tt.valid {
				t.Errorf("valid = %v: %v", o["valid"], o["errors"])
			}
			var errors []string
			for _, e := range o["errors"].([]any) {
				errors = append(errors, e.(obj)["code"].(string)+" "+e.(obj)["field"].(string))
			}
			if !sameSet(errors, tt.errors) {
				t.Errorf("errors %v, want %v", errors, tt.errors)
			}
			var needed []string
			for _, f := range o["needed"].([]any) {
				needed = append(needed, f.(string))
			}
			if !sameSet(needed, tt.needed) {
				t.Errorf("needed %v, want %v", needed, tt.needed)
			}
			var used []string
			for _, f := range o["used"].([]any) {
				used = append(used, f.(string))
			}
			for _, f := range tt.used {
				if !contains(used, f) {
					t.Errorf("%s is not among the used %v", f, used)
				}
			}
			for _, f := range tt.unused {
				if contains(used, f) {
					t.Errorf("%s is among the used %v", f, used)
				}
			}
		})
	}
}

func sameSet(a, b []string) bool {
	for _, x := range a {
		if !contains(b, x) {
			return false
		}
	}
	return len(a) == len(b)
}

// What settle misses, validate has named before.
func TestNeededCoversRequired(t *testing.T) {
	for _, changes := range []string{
		`{"visit":{"level":null}}`, `{"visit":{"kind":null}}`, `{"visit":null}`, `{"person":{"status":null}}`,
		`{"visit":{"kind":"chronic"}}`, `{"visit":{"kind":"outpatient","level":null}}`, `{"visit":{"kind":"outpatient"},"person":{"status":null}}`,
		`{"date":null}`, `{"policy":null}`, `{"bill":null}`, `{"person":null}`,
	} {
		o := answerTo(t, request(changes))
		if o["ok"] != false || at(t, o, "error", "code") != "required" {
			t.Errorf("%s: %v", changes, o["error"])
			continue
		}
		field := at(t, o, "error", "field").(string)
		v := answerTo(t, strings.Replace(request(changes), `"settle"`, `"validate"`, 1))
		found := false
		for _, f := range v["needed"].([]any) {
			found = found || f == field
		}
		if !found {
			t.Errorf("%s: settle requires %s, validate needs %v", changes, field, v["needed"])
		}
	}
}

func TestPolicy(t *testing.T) {
	o := answerTo(t, `{"v":1,"op":"policy","policy":"sample"}`)
	if o["ok"] != true {
		t.Fatal(o["error"])
	}
	p := o["policy"].(obj)
	for name, w := range map[string]string{
		"region": `{"code":"999900","name":{"zh":"示例市","en":"Example"},"province":{"zh":"示例省","en":"Example Province"},"pinyin":"shilishi","initials":"sls","hotline":"12393"}`,
	} {
		if !reflect.DeepEqual(p[name], any(parsed(w))) {
			t.Errorf("%s\n got %v\nwant %s", name, p[name], w)
		}
	}
	want(t, p, map[string]string{"version": "2026-11-22", "from": "2023-01-01", "year_starts": "01-01"})
	if got := at(t, p, "sources", "s2", "title"); got != "门诊 <待遇>" {
		t.Errorf("title %v", got)
	}
	if n := len(p["sources"].(obj)); n != 3 {
		t.Errorf("%d sources, want all 3", n)
	}
	for _, x := range []struct {
		path []any
		want string
	}{
		{[]any{"codes", "disease", 0}, `{"code":"dialysis","name":{"zh":"透析","en":"dialysis"},"kinds":["chronic"]}`},
		{[]any{"codes", "level", 0}, `{"code":"community"}`},
		{[]any{"exclude", 1}, `{"id":"exclude[1]","when":[{"cond":"cause","in":["third_party"]}],"valid":{"from":"2001-01-01"},"sources":["s1"],"grade":"A","reason":"third_party"}`},
		{[]any{"unknown", 0}, `{"key":"employee.assistance","looked":"2026-11-22","note":{"zh":"未见","en":"not seen"}}`},
		{[]any{"conflicts", 0}, `{"key":"employee.inpatient.caps[0].table[0]","chosen":"100000","sources":["s1"],"against":"500000","other":["s2"],"why":{"zh":"原文","en":"the text itself"}}`},
		{[]any{"changes", 0}, `{"date":"2026-01-01","key":"employee.outpatient.deductible","was":"2000","is":"1800","sources":["s2"]}`},
		{[]any{"schemes", 0, "kinds", 0}, `{"code":"outpatient","status":"current","grade":"C"}`},
		{[]any{"schemes", 1, "kinds", 0}, `{"code":"inpatient","status":"draft","grade":"D"}`},
		{[]any{"schemes", 0, "account", 0}, `{"id":"employee.account[0]","when":[],"valid":{"from":"2001-01-01"},"sources":["s1"],"grade":"A","pays":["paid_first","deductible","copay","above_cap"]}`},
		{[]any{"schemes", 0, "classify", "paid_first", 2}, `{"id":"classify.paid_first[2]","when":[{"cond":"class","in":["b"]},{"cond":"item_kind","in":["bed"]}],
			"value":"unknown","between":{"from":"0.05","to":"0.2"},"unit":"share","valid":{"from":"2001-01-01"},"sources":["s2"],"grade":"D"}`},
		{[]any{"schemes", 0, "classify", "never", 0}, `{"id":"classify.never[0]","when":[{"cond":"item_kind","in":["registration"]}],"valid":{"from":"2001-01-01"},"sources":["s1"],"grade":"A"}`},
		{[]any{"schemes", 0, "layers", 0, "deductible", "rows", 1}, `{"id":"employee.inpatient.deductible.table[1]","when":[{"cond":"admission","from":2}],"value":"650.00","unit":"CNY","valid":{"from":"2001-01-01"},"sources":["s1"],"grade":"B"}`},
		{[]any{"schemes", 0, "layers", 0, "bands", "rows", 1}, `{"id":"employee.inpatient.bands.table[1]","when":[{"cond":"level","in":["tertiary"]}],"value":"0.9","unit":"share","to":"40000.00","valid":{"from":"2001-01-01"},"sources":["s1"],"grade":"A"}`},
		{[]any{"schemes", 0, "layers", 0, "adjust", 0, "rows", 0}, `{"id":"employee.inpatient.adjust[0]","when":[{"cond":"status","in":["retired"]}],"value":"0.6","unit":"factor","valid":{"from":"2001-01-01"},"sources":["s1"],"grade":"A"}`},
		{[]any{"schemes", 0, "layers", 0, "adjust", 1, "rows", 0}, `{"id":"employee.inpatient.adjust[1]","when":[{"cond":"filing","in":["unfiled"]}],"value":"-0.1","unit":"points","valid":{"from":"2001-01-01"},"sources":["s1"],"grade":"D"}`},
		{[]any{"schemes", 0, "layers", 1, "deductible", "rows", 1}, `{"id":"employee.outpatient.deductible.table[1]","when":[{"cond":"status","in":["active"]}],"value":"1800.00","unit":"CNY","valid":{"from":"2026-01-01","asof":"2026-03"},"sources":["s2"],"grade":"B"}`},
		{[]any{"schemes", 0, "layers", 2, "caps", 0, "rows", 1}, `{"id":"employee.chronic.caps[0].table[1]","when":[{"cond":"disease","in":["tumour"]}],"value":"1000.00","unit":"CNY","valid":{"from":"2001-01-01"},"sources":["s1"],"grade":"B"}`},
	} {
		if got := at(t, p, x.path...); !reflect.DeepEqual(got, any(parsed(x.want))) {
			t.Errorf("%v\n got %v\nwant %s", x.path, got, x.want)
		}
	}
	l := at(t, p, "schemes", 0, "layers", 2).(obj)
	want(t, l, map[string]string{"id": "chronic", "payer": "hifp_pay", "status": "current", "grade": "B"})
	want(t, at(t, l, "caps", 0), map[string]string{"of": "paid", "per": "month"})
	if got := at(t, l, "caps", 0, "by", 0); got != "disease" {
		t.Errorf("cap by %v, want disease", got)
	}
	want(t, at(t, p, "schemes", 0, "layers", 0, "bands"), map[string]string{"counted_from": "zero", "along": "claim"})
	if got := at(t, p, "schemes", 1, "statuses"); !reflect.DeepEqual(got, []any{"adult", "elder", "student_child"}) {
		t.Errorf("statuses %v", got)
	}
}

// Every figure of a policy is among the rows.
func TestPolicyShowsEveryFigure(t *testing.T) {
	text := Handle(`{"v":1,"op":"policy","policy":"sample"}`)
	p := sample()
	for i := range p.Schemes {
		p.Schemes[i].EachTable(func(tb *engine.Table) {
			for _, r := range tb.Rows {
				if strings.Count(text, `"id":"`+r.ID+`"`) != 1 {
					t.Errorf("%s is shown %d times", r.ID, strings.Count(text, `"id":"`+r.ID+`"`))
				}
			}
		})
	}
	if strings.Contains(text, "<") {
		t.Error("the answer holds a < that a script element could end at")
	}
}

func TestAbout(t *testing.T) {
	o := answerTo(t, `{"v":1,"op":"about"}`)
	a := at(t, o, "about").(obj)
	if a["interface"] != std.Number("1") || at(t, a, "limits", "amount") != "999999999.99" || at(t, a, "limits", "request_bytes") != std.Number("1048576") {
		t.Errorf("about %v", a)
	}
}
