package policies_test

import (
	"bytes"
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"

	"mingbai/engine"
	"mingbai/policies"
	"mingbai/policies/source"
)

// folder reads what stands beside this file.
func folder(t testing.TB) *source.Folder {
	t.Helper()
	f, err := source.LoadFolder(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// sample is the region of FORMAT.md.
func sample(t testing.TB) *engine.Policy {
	t.Helper()
	text, err := os.ReadFile("source/testdata/999901-quan.yaml")
	if err != nil {
		t.Fatal(err)
	}
	nat, err := os.ReadFile("source/testdata/national.yaml")
	if err != nil {
		t.Fatal(err)
	}
	n, _, err := source.LoadNational("national.yaml", nat)
	if err != nil {
		t.Fatal(err)
	}
	r, err := source.Load("999901-quan.yaml", text, n)
	if err != nil {
		t.Fatal(err)
	}
	return r.Policy
}

// samples are that region and every file of the folder that holds.
func samples(t testing.TB) []*engine.Policy {
	t.Helper()
	out := []*engine.Policy{sample(t)}
	for _, r := range folder(t).Regions {
		out = append(out, r.Policy)
	}
	return out
}

func TestDecodingGivesBackWhatWasCompiled(t *testing.T) {
	all := samples(t)
	bin := policies.Compile(all)
	set, err := policies.Open(string(bin))
	if err != nil {
		t.Fatal(err)
	}
	if len(set.Index) != len(all) {
		t.Fatalf("%d regions of %d", len(set.Index), len(all))
	}
	for _, p := range all {
		got, err := set.Load(p.Region.Code)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, p) {
			t.Errorf("%s came back otherwise%s", p.Region.Code, difference(reflect.ValueOf(*p), reflect.ValueOf(*got), ""))
		}
	}
}

// difference names the first field that is not equal.
func difference(a, b reflect.Value, path string) string {
	switch {
	case reflect.DeepEqual(a.Interface(), b.Interface()):
		return ""
	case a.Kind() == reflect.Struct && a.Type().NumField() > 0 && a.Type().Field(0).IsExported():
		for i := range a.NumField() {
			if d := difference(a.Field(i), b.Field(i), path+"."+a.Type().Field(i).Name); d != "" {
				return d
			}
		}
	case a.Kind() == reflect.Pointer && !a.IsNil() && !b.IsNil():
		return difference(a.Elem(), b.Elem(), path)
	case (a.Kind() == reflect.Slice || a.Kind() == reflect.Array) && a.Len() == b.Len():
		for i := range a.Len() {
			if d := difference(a.Index(i), b.Index(i), path+"[]"); d != "" {
				return d
			}
		}
	}
	return " at " + path
}

func TestCompilingIsDeterministic(t *testing.T) {
	all := samples(t)
	first := policies.Compile(all)
	for i, j := 0, len(all)-1; i < j; i, j = i+1, j-1 {
		all[i], all[j] = all[j], all[i]
	}
	if !bytes.Equal(first, policies.Compile(all)) {
		t.Error("the order of the regions shows in the result")
	}
	if !bytes.Equal(first, policies.Compile(samples(t))) {
		t.Error("reading the files again gives other bytes")
	}
}

func TestDamagedRegionsAreRefused(t *testing.T) {
	p := sample(t)
	bin := string(policies.Compile([]*engine.Policy{p}))
	for n := range len(bin) {
		if set, err := policies.Open(bin[:n]); err == nil {
			t.Fatalf("%d of %d bytes were taken for the whole: %v", n, len(bin), set.Index)
		}
	}
	// A changed byte may give other texts, but never a crash.
	for i := 8; i < len(bin); i++ {
		for _, x := range [...]byte{0x00, 0x7F, 0xFF} {
			if set, err := policies.Open(bin[:i] + string([]byte{x}) + bin[i+1:]); err == nil {
				set.Load(p.Region.Code)
			}
		}
	}
}

// Whatever the bytes are, reading them ends with regions or with an error.
func FuzzOpen(f *testing.F) {
	f.Add(policies.Compile([]*engine.Policy{sample(f)}))
	f.Fuzz(func(t *testing.T, bin []byte) {
		set, err := policies.Open(string(bin))
		if err != nil {
			return
		}
		for i := range set.Index {
			p, err := set.Load(set.Index[i].Code)
			if (p == nil) == (err == nil) {
				t.Fatalf("%s: %v, %v", set.Index[i].Code, p, err)
			}
		}
	})
}

func TestUnknownRegion(t *testing.T) {
	_, err := policies.Load("000001")
	var refused *engine.InputError
	if !errors.As(err, &refused) || refused.Code != policies.UnknownRegion {
		t.Errorf("got %v", err)
	}
}

func TestLinkedRegionsAreThoseOfTheFiles(t *testing.T) {
	f := folder(t)
	if len(f.Errors) > 0 {
		t.Skip("policy files have mistakes: run policies check")
	}
	if got, want := len(policies.Index()), len(f.Regions); got != want {
		t.Fatalf("%d regions are compiled, %d are written: run make policies", got, want)
	}
	for _, r := range f.Regions {
		p, err := policies.Load(r.Policy.Region.Code)
		if err != nil || !reflect.DeepEqual(p, r.Policy) {
			t.Errorf("%s is compiled otherwise than written: run make policies (%v)", r.Policy.Region.Code, err)
		}
	}
}

func TestIndexSaysWhatIsKnown(t *testing.T) {
	set, err := policies.Open(string(policies.Compile([]*engine.Policy{sample(t)})))
	if err != nil {
		t.Fatal(err)
	}
	e := set.Index[0]
	if e.Code != "999901" || e.Name.Zh != "全样市" || e.Pinyin != "quanyang" || e.Initials != "qy" || e.From != 20230101 {
		t.Errorf("entry %+v", e)
	}
	var got []string
	for _, s := range e.Schemes {
		for _, b := range s.Benefits {
			grade := ""
			if b.Grade != 0 {
				grade = string(b.Grade)
			}
			got = append(got, s.ID+"."+b.ID+" "+b.Status+" "+grade)
		}
	}
	// Written down by reading the sample file.
	want := `employee.outpatient complete B
employee.chronic complete C
employee.inpatient partial C
employee.large_amount complete B
employee.delivery complete A
employee.assistance unknown 
resident.inpatient complete B
resident.critical_illness partial D
resident.supplement complete C
resident.mutual_aid complete C
resident.assistance draft C`
	if text := strings.Join(got, "\n"); text != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
}

func BenchmarkDecodeRegion(b *testing.B) {
	all := samples(b)
	set, err := policies.Open(string(policies.Compile(all)))
	if err != nil {
		b.Fatal(err)
	}
	largest := all[0]
	for _, p := range all {
		if len(p.Sources) > len(largest.Sources) {
			largest = p
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := set.Load(largest.Region.Code); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	bin := string(policies.Compile(samples(b)))
	b.SetBytes(int64(len(bin)))
	for b.Loop() {
		if _, err := policies.Open(bin); err != nil {
			b.Fatal(err)
		}
	}
}
