package source

import (
	"strings"
	"testing"

	"mingbai/engine"
)

// Variants of small.yaml that hold, without a doubt.
func TestVariantsThatHold(t *testing.T) {
	base := read(t, "testdata/small.yaml")
	const (
		row     = ", from: 2023-01-01, source: [s1], grade: A}"
		retired = "- {when: {status: retired}, own_share_times: 0.6" + row
		high    = "- {share: 0.9" + row
		low     = "- {to: 30000, share: 0.85" + row
		third   = "- {when: {level: tertiary}, value: 1000" + row
		other   = "- {when: {level: not tertiary}, value: 500" + row
		cap100  = "- {value: 100000, from: 2023-01-01, source: [s1, s2], grade: A}"
	)
	for name, c := range map[string][]string{
		"a share of one":                     {high, "- {share: 1" + row},
		"lifted to one exactly":              {retired, "- {when: {status: retired}, plus: 0.1" + row},
		"lifted above one and held":          {retired, "- {when: {status: retired}, plus: 0.2" + row + "\n          - {at_most: 1" + row},
		"held only where it is lifted":       {retired, "- {when: {status: retired}, plus: 0.2" + row + "\n          - {when: {status: retired}, at_most: 1" + row},
		"points where the share is low":      {low, "- {when: {enrolment: not waiting}, to: 30000, share: 0.85" + row, high, "- {when: {enrolment: not waiting}, share: 0.95" + row + "\n            - {when: {enrolment: waiting}, share: 0.8" + row, retired, "- {when: {enrolment: waiting}, plus: 0.2" + row},
		"points that end before":             {low, "- {to: 30000, share: 0.85, from: 2025-01-01, source: [s1], grade: A}\n            - {share: 0.8, from: 2023-01-01, until: 2024-12-31, source: [s1], grade: A}", high, "- {share: 0.95, from: 2025-01-01, source: [s1], grade: A}", retired, "- {when: {status: retired}, plus: 0.2, from: 2023-01-01, until: 2024-12-31, source: [s1], grade: A}"},
		"age to the whole at 110":            {retired, "- {per_year_of_age: 0.002, over: 60" + row + "\n          - {at_most: 1" + row},
		"age from nought":                    {low, "- {to: 30000, share: 0.75" + row, high, "- {share: 0.75" + row, retired, "- {per_year_of_age: 0.002, over: 0" + row},
		"each entry for its own":             {retired, "- {when: {status: retired}, plus: 0.01" + row + "\n          - {plus: 0.06" + row},
		"what is settled separately":         {"        enters: [in_scope]", "        enters: [separate]"},
		"age over 150":                       {retired, "- {per_year_of_age: 0.002, over: 150" + row},
		"an unknown share is not lifted":     {high, "- {share: unknown" + row, retired, "- {when: {status: retired}, plus: 0.15" + row},
		"unknown points lift nothing":        {retired, "- {when: {status: retired}, plus: unknown, between: [0, 0.5]" + row},
		"the largest amount":                 {cap100, "- {value: 9000000, from: 2023-01-01, source: [s1, s2], grade: A}"},
		"fen":                                {third, strings.Replace(third, "1000", "1000.05", 1)},
		"six decimals":                       {high, "- {share: 0.912345" + row},
		"no deductible":                      {third, strings.Replace(third, "1000", "500", 1)},
		"equal shares of levels":             {high, "- {when: {level: [community, primary]}, share: 0.9" + row + "\n            - {when: {level: {not: [community, primary]}}, share: 0.9" + row},
		"a step for each admission":          {other, other + "\n          adjust:\n            - {per_admission: -50, over: 1" + row + "\n            - {at_least: 100" + row},
		"a bound of three wages":             {low, "- {to: 3, to_multiple_of: {wage: 2024}, share: 0.85" + row, "schemes:\n", "bases: {wage: {name: {zh: 工资, en: wage}, years: {2024: {value: 75000.33, source: [s1], grade: A}}}}\nschemes:\n"},
		"a cap without an upper end":         {cap100, "- {value: unknown, between: [100000, none], from: 2023-01-01, source: [s1, s2], grade: A}"},
		"one age by itself":                  {other, "- {when: {level: not tertiary, age: <60}, value: 500" + row + "\n            - {when: {level: not tertiary, age: 60}, value: 400" + row + "\n            - {when: {level: not tertiary, age: 61+}, value: 300" + row},
		"rising with the years":              {third, strings.Replace(third, "from: 2023-01-01", "from: 2023-01-01, until: 2024-02-29", 1) + "\n            " + strings.Replace(third, "2023-01-01", "2024-03-01", 1)},
		"lower levels dearer at other times": {third, strings.Replace(third, "from: 2023-01-01", "from: 2023-01-01, until: 2024-12-31", 1) + "\n            " + strings.Replace(strings.Replace(third, "2023-01-01", "2025-01-01", 1), "1000", "2000", 1), other, strings.Replace(other, "from: 2023-01-01", "from: 2023-01-01, until: 2024-12-31", 1) + "\n            " + strings.Replace(strings.Replace(other, "2023-01-01", "2025-01-01", 1), "500", "1500", 1)},
		"the table may end with the layer":   {"        payer: hifob_pay\n", "        payer: hifob_pay\n        until: 2024-12-31\n", "- {share: 0.8, from: 2023-01-01,", "- {share: 0.8, from: 2023-01-01, until: 2024-12-31,"},
		"and begin with it":                  {"        payer: hifob_pay\n", "        payer: hifob_pay\n        from: 2024-07-01\n", "- {share: 0.8, from: 2023-01-01,", "- {share: 0.8, from: 2024-07-01,"},
		"a conflict on a figure":             {"schemes:\n", "conflicts: [{key: \"employee.inpatient.cap.table[0]\", chosen: \"1\", source: [s1], against: \"2\", other: [s2], why: {zh: 原文, en: text}}]\nschemes:\n"},
		"a conflict on a part":               {"schemes:\n", "conflicts: [{key: employee.inpatient.deductible, chosen: \"1\", source: [s1], against: \"2\", other: [s2], why: {zh: 原文, en: text}}]\nschemes:\n"},
		"unknown parts of a benefit":         {"schemes:\n", "unknown: [{key: employee.inpatient.guarantee, looked: 2026-11-22}, {key: employee.chronic, looked: 2026-11-22}]\nschemes:\n"},
		"unknown where few are served":       {"        applies: {kind: inpatient}\n        enters: [in_scope]", "        applies: {kind: inpatient, age: 18+}\n        enters: [in_scope]", "schemes:\n", "unknown: [{key: employee.inpatient, looked: 2026-11-22}]\nschemes:\n"},
		"retired pay a lower deductible":     {other, "- {when: {level: not tertiary, status: active}, value: 500" + row + "\n            - {when: {level: not tertiary, status: retired}, value: 400" + row},
		"a later admission pays less":        {other, "- {when: {level: not tertiary, admission: 1}, value: 500" + row + "\n            - {when: {level: not tertiary, admission: 2+}, value: 400" + row},
		"rules for others come first":        {retired, "- partial: true\n            plus:\n              - {when: {place: not local, filing: referral}, value: -0.1" + row + "\n              - {when: {filing: [temporary, unfiled]}, value: -0.2" + row},
		"aliases":                            {"            - {share: 0.8" + row, "            - &most {share: 0.8" + row, cap100, cap100 + "\n        guarantee: {of: [in_scope], table: [{share: 0.5" + row + "]}"},
		"comments and quotes":                {"hifob_pay", `"hifob_pay" # 职工大额`},
		"windows lines":                      {"\n", "\r\n"},
	} {
		text := base
		for i := 0; i < len(c); i += 2 {
			if !strings.Contains(text, c[i]) {
				t.Fatalf("%s: %q is not in the file", name, c[i])
			}
			text = strings.ReplaceAll(text, c[i], c[i+1])
		}
		r, err := Load("small.yaml", []byte(text), nil)
		if err != nil {
			t.Errorf("%s:\n%v", name, err)
			continue
		}
		if len(r.Warnings) > 0 {
			t.Errorf("%s:\n%v", name, r.Warnings)
		}
	}
}

func TestSameDays(t *testing.T) {
	rows := func(a, b, c, d engine.Date) bool {
		return sameDays(&engine.Row{From: a, Until: b}, &engine.Row{From: c, Until: d})
	}
	if !rows(20230101, 20231231, 20231231, 0) || !rows(20231231, 0, 20230101, 20231231) || !rows(20230101, 0, 20240101, 0) {
		t.Error("rows that share a day are told apart")
	}
	if rows(20230101, 20231230, 20231231, 0) || rows(20231231, 0, 20230101, 20231230) {
		t.Error("rows that share no day are taken together")
	}
}

func TestNextDay(t *testing.T) {
	for d, want := range map[engine.Date]engine.Date{20240228: 20240229, 20240229: 20240301, 20230228: 20230301, 20231231: 20240101, 20240430: 20240501, 20240115: 20240116} {
		if got := nextDay(d); got != want {
			t.Errorf("after %s comes %s, want %s", d, got, want)
		}
	}
}
