package coverage

import (
	"os"
	"reflect"
	"testing"

	"mingbai/engine"
	"mingbai/policies/source"
)

func sample(t *testing.T) *engine.Policy {
	t.Helper()
	nat, err := os.ReadFile("../source/testdata/national.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../source/testdata/999901-quan.yaml")
	if err != nil {
		t.Fatal(err)
	}
	n, _, err := source.LoadNational("national.yaml", nat)
	if err != nil {
		t.Fatal(err)
	}
	r, err := source.Load("f.yaml", text, n)
	if err != nil {
		t.Fatal(err)
	}
	return r.Policy
}

// What is expected was counted in the sample file by hand.
func TestCoverageOfTheSample(t *testing.T) {
	p := sample(t)
	r := Of(p, 20261122)
	var got []Benefit
	for _, s := range r.Schemes {
		for _, b := range s.Benefits {
			b.Name = nil
			got = append(got, b)
		}
	}
	want := []Benefit{
		{ID: "outpatient", Status: "complete", Grade: "B", Oldest: "2026-03"},
		{ID: "chronic", Status: "complete", Grade: "C", Oldest: "2022-12"},
		{ID: "inpatient", Status: "partial", Grade: "C", Oldest: "2022-12", Unknown: 3},
		{ID: "large_amount", Status: "complete", Grade: "B"},
		{ID: "delivery", Status: "complete", Grade: "A"},
		{ID: "assistance", Status: "unknown"},
		{ID: "inpatient", Status: "complete", Grade: "B"},
		{ID: "critical_illness", Status: "partial", Grade: "D", Unknown: 1},
		{ID: "supplement", Status: "complete", Grade: "C"},
		{ID: "mutual_aid", Status: "complete", Grade: "C"},
		{ID: "assistance", Status: "draft", Grade: "C"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if !reflect.DeepEqual(r.WithoutAddress, []string{"s2", "s3", "n1", "n2"}) || r.Sources != 5 {
		t.Errorf("sources without address: %v of %d", r.WithoutAddress, r.Sources)
	}
	if len(r.Conflicts) != 1 || len(r.Missing) != 1 || r.Oldest != "2022-12" || len(r.Ended) != 0 {
		t.Errorf("%+v", r)
	}
	if after := Of(p, 20300301); !reflect.DeepEqual(after.Ended, []string{"employee.delivery"}) {
		t.Errorf("ended by 2030-03-01: %v", after.Ended)
	}
}

func TestChangesOfTheSample(t *testing.T) {
	want := []Change{
		{"2026-01-01", "999901", "employee.outpatient.cap", "5000", "6000"},
		{"2026-01-01", "999901", "employee.outpatient.cap.table[1]", "5000", "6000"},
		{"2026-01-01", "999901", "employee.large_amount.cap.table[1]", "300000", "none"},
	}
	if got := Changes(sample(t), 20250101); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	if got := Changes(sample(t), 20260102); len(got) != 0 {
		t.Errorf("got %+v", got)
	}
}
