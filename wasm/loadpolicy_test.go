package wasm

import (
	std "encoding/json"
	"fmt"
	"strings"
	"testing"
)

// own is the example's policy, changed.
func own(t *testing.T, was, is string) string {
	t.Helper()
	var r struct{ YAML string }
	if err := std.Unmarshal([]byte(example(t, "load_policy")), &r); err != nil {
		t.Fatal(err)
	}
	if was != "" && strings.Count(r.YAML, was) != 1 {
		t.Fatalf("%q stands %d times in the example", was, strings.Count(r.YAML, was))
	}
	return strings.Replace(r.YAML, was, is, 1)
}

func load(t *testing.T, yaml string) obj {
	t.Helper()
	text, err := std.Marshal(obj{"v": 1, "op": "load_policy", "yaml": yaml})
	if err != nil {
		t.Fatal(err)
	}
	return answerTo(t, string(text))
}

func handleOf(t *testing.T, yaml string) string {
	t.Helper()
	o := load(t, yaml)
	if o["ok"] != true {
		t.Fatalf("refused: %v", o["errors"])
	}
	return at(t, o, "load_policy", "handle").(string)
}

// stayUnder is a stay settled by the rules of a handle.
func stayUnder(handle, total string) string {
	return fmt.Sprintf(`{"v":1,"op":"settle","policy":%q,"date":"2026-05-01","person":{"scheme":"employee","status":"active"},"visit":{"kind":"inpatient","level":"tertiary"},"bill":{"total":%q}}`, handle, total)
}

func TestLoadPolicy(t *testing.T) {
	h := handleOf(t, own(t, "", ""))
	if again := handleOf(t, own(t, "", "")); again != h {
		t.Errorf("the same text has the handles %s and %s", h, again)
	}
	// (10,000 − 800) × 0.8 + 10,000 × 0.9 = 7,360 + 9,000
	o := settled(t, stayUnder(h, "20000.00"))
	want(t, o["settlement"], map[string]string{"act_pay_dedc": "800.00", "hifp_pay": "16360.00", "psn_part_amt": "3640.00", "grade": "A"})
	if got := at(t, o, "policy", "region"); got != "999903" {
		t.Errorf("settled by the rules of %v", got)
	}

	other := handleOf(t, own(t, "value: 800", "value: 500"))
	// (10,000 − 500) × 0.8 + 10,000 × 0.9 = 7,600 + 9,000
	want(t, settled(t, stayUnder(other, "20000.00"))["settlement"], map[string]string{"hifp_pay": "16600.00"})
	want(t, settled(t, stayUnder(h, "20000.00"))["settlement"], map[string]string{"hifp_pay": "16360.00"})
	if o := answerTo(t, fmt.Sprintf(`{"v":1,"op":"policy","policy":%q}`, h)); at(t, o, "policy", "region", "code") != "999903" {
		t.Errorf("the loaded rules do not show: %v", o)
	}

	refusedWith(t, stayUnder("999903-0", "1"), `{"code":"unknown_region","field":"policy"}`)
	// A loaded file does not take the place of a shipped region.
	beijing := handleOf(t, own(t, `"999903"`, `"110000"`))
	want(t, settled(t, stayUnder(beijing, "20000.00"))["settlement"], map[string]string{"hifp_pay": "16360.00"})
	shippedRules := strings.Replace(stayUnder("x", "20000.00"), `"policy":"x"`, `"region":"110000"`, 1)
	// (20,000 − 1,300) × 0.85
	want(t, settled(t, shippedRules)["settlement"], map[string]string{"hifp_pay": "15895.00"})
}

// Mistakes come with their places, all at once; doubts do not stop anything.
func TestLoadPolicyRefuses(t *testing.T) {
	o := load(t, strings.Replace(own(t, "share: 0.8", "share: 1.8"), "per: year", "per: yearr", 1))
	if o["ok"] != false {
		t.Fatal("a share of 1.8 was taken")
	}
	var got []string
	for _, e := range o["errors"].([]any) {
		e := e.(obj)
		got = append(got, fmt.Sprintf("%v %v %v:%v", e["code"], e["field"], e["line"], e["column"]))
		for _, member := range []string{"limit", "message", "hint", "excerpt"} {
			if e[member] == nil {
				t.Errorf("a mistake without %s: %v", member, e)
			}
		}
		if lines := strings.Split(e["excerpt"].(string), "\n"); len(lines) != 2 || !strings.HasSuffix(lines[1], "^") {
			t.Errorf("no caret: %q", e["excerpt"])
		}
	}
	// Lines and columns counted by hand in the text.
	if w := "[bad_policy yaml 22:34 bad_policy yaml 26:16]"; fmt.Sprint(got) != w {
		t.Errorf("got %v, want %s", got, w)
	}

	gap := load(t, own(t, "{value: 800,", "{when: {level: tertiary}, value: 800,"))
	if e := gap["error"].(obj); gap["ok"] != false || e["code"] != "bad_policy" || e["key"] != "employee.inpatient.deductible.table" {
		t.Errorf("levels without a deductible: %v", gap)
	}
	overlap := load(t, own(t, "            - {value: 800, from: 2026-01-01, source: [s1], grade: A}\n", strings.Repeat("            - {value: 800, from: 2026-01-01, source: [s1], grade: A}\n", 2)))
	if other, _ := overlap["error"].(obj)["other"].(obj); other == nil || other["line"] == nil {
		t.Errorf("the second row of an overlap is not named: %v", overlap["error"])
	}

	refusedWith(t, `{"v":1,"op":"load_policy"}`, `{"code":"required","field":"yaml"}`)
	refusedWith(t, `{"v":1,"op":"load_policy","yaml":1}`, `{"code":"format","field":"yaml","limit":"string"}`)
	refusedWith(t, `{"v":1,"op":"load_policy","yaml":"x","region":"110000"}`, `{"code":"unknown_field","field":"region"}`)
	refusedWith(t, `{"v":1,"op":"load_policy","yaml":"`+strings.Repeat(" ", MaxRequest)+`"}`, `{"code":"too_big","limit":"1048576"}`)
	for _, hostile := range []string{
		"", "\x00", "- 1", "a: &a [*a]", "!!js/function x", "format: 1\nregion: {code: __proto__}",
		"a: &a [x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e]",
		strings.Repeat("[", 10_000),
	} {
		if o := load(t, hostile); o["ok"] != false || o["error"].(obj)["code"] != "bad_policy" {
			t.Errorf("%.30q: %v", hostile, o)
		}
	}
}

func TestLoadPolicyDoubts(t *testing.T) {
	// A higher hospital with a smaller deductible is possible, but worth a second look.
	h := load(t, own(t, "{value: 800, from: 2026-01-01, source: [s1], grade: A}",
		"{when: {level: tertiary}, value: 100, from: 2026-01-01, source: [s1], grade: A}\n            - {when: {level: not tertiary}, value: 800, from: 2026-01-01, source: [s1], grade: A}"))
	if h["ok"] != true {
		t.Fatal(h["errors"])
	}
	warnings := at(t, h, "load_policy", "warnings").([]any)
	if len(warnings) == 0 || warnings[0].(obj)["line"] == nil || warnings[0].(obj)["code"] == nil {
		t.Errorf("no doubt about a deductible that falls with the level: %v", warnings)
	}
}

// The policy loaded longest ago makes room; its text brings it back under the same handle.
func TestLoadPolicyKeepsFew(t *testing.T) {
	first := handleOf(t, own(t, "value: 800", "value: 700"))
	for i := range MaxLoaded {
		handleOf(t, own(t, "value: 800", fmt.Sprintf("value: %d", 900+i)))
	}
	refusedWith(t, stayUnder(first, "20000.00"), `{"code":"unknown_region","field":"policy"}`)
	if again := handleOf(t, own(t, "value: 800", "value: 700")); again != first {
		t.Errorf("the handle was %s and is %s", first, again)
	}
	// (10,000 − 700) × 0.8 + 10,000 × 0.9
	want(t, settled(t, stayUnder(first, "20000.00"))["settlement"], map[string]string{"hifp_pay": "16440.00"})
}
