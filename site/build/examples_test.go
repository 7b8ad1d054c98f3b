package main

import (
	"strconv"
	"strings"
	"testing"
)

// What the person pays in each example, worked out by hand from the region's figures.
var exampleSums = map[string]string{
	// Hangzhou: 48000 − 2600 − 3800 = 41600, less 800; pensioners in tertiary hospitals 86 % up to 40000 and 92 % above,
	// the deductible counted in: 39200 × 86 % = 33712 and 1600 × 92 % = 1472; 48000 − 35184.
	"knee": "12816.00",
	// Nanjing: 5600 − 60 − 200 = 5340 × 92 % = 4912.80, no deductible for dialysis.
	"dialysis": "687.20",
	// Shenyang: 7800 − 600 − 300 = 6900 × 93 % = 6417.
	"birth": "1383.00",
	// Xi'an: 5200 − 260 − 340 − 400 = 4200 × 70 % = 2940.
	"child": "2260.00",
	// Kunming, an emergency counted as filed: 68000 − 4200 − 5600 − 880 × 0.5 = 57760 × 89 % = 51406.40.
	"stroke": "16593.60",
}

func TestExamplesSettle(t *testing.T) {
	root := testRoot(t)
	facts, err := readFacts(root)
	if err != nil {
		t.Fatal(err)
	}
	list, err := readExamples(root, facts)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != len(exampleSums) {
		t.Fatalf("%d examples, %d sums", len(list), len(exampleSums))
	}
	for _, e := range list {
		request := map[string]any{"op": "settle", "date": facts.Example["date"]}
		for path, value := range e.Case {
			head, name, nested := strings.Cut(path, ".")
			if path == "bill.form" {
				continue
			}
			if !nested {
				request[head] = value
				continue
			}
			if request[head] == nil {
				request[head] = map[string]any{}
			}
			var v any = value
			if n, err := strconv.Atoi(value); err == nil && head != "bill" {
				v = n
			}
			request[head].(map[string]any)[name] = v
		}
		a, err := ask(request)
		if err != nil {
			t.Errorf("%s: %v", e.ID, err)
			continue
		}
		s := a.Settlement
		if got := s.amounts["psn_part_amt"]; got != exampleSums[e.ID] {
			t.Errorf("%s: the person pays %s, by hand %s", e.ID, got, exampleSums[e.ID])
		}
		if len(s.Range) > 0 || s.Grade == "" || s.Grade > "C" {
			t.Errorf("%s: range %v, grade %s", e.ID, s.Range, s.Grade)
		}
	}
}
