package source

import (
	"errors"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"mingbai/engine"
)

func read(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func nationalOf(t testing.TB, text string) *National {
	t.Helper()
	n, _, err := LoadNational("national.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// full is the region that uses every part of the format.
func full(t testing.TB, edits ...string) *engine.Policy {
	t.Helper()
	text := read(t, "testdata/999901-quan.yaml")
	for i := 0; i < len(edits); i += 2 {
		if strings.Count(text, edits[i]) != 1 {
			t.Fatalf("%q stands %d times", edits[i], strings.Count(text, edits[i]))
		}
		text = strings.Replace(text, edits[i], edits[i+1], 1)
	}
	r, err := Load("999901-quan.yaml", []byte(text), nationalOf(t, read(t, "testdata/national.yaml")))
	if err != nil {
		t.Fatal(err)
	}
	return r.Policy
}

func layerOf(p *engine.Policy, scheme, id string) *engine.Layer {
	s := p.Scheme(scheme)
	for i := range s.Layers {
		if s.Layers[i].ID == id {
			return &s.Layers[i]
		}
	}
	return nil
}

// What the file says is what the engine gets; read off the file by hand.
func TestEveryPartArrives(t *testing.T) {
	p := full(t)
	in := layerOf(p, "employee", "inpatient")
	bit := func(d engine.Dim, codes ...string) (m uint64) {
		for _, c := range codes {
			m |= 1 << p.Code(d, c)
		}
		return m
	}
	check := func(what string, got, want any) {
		t.Helper()
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %v, want %v", what, got, want)
		}
	}
	check("year", p.YearStarts, 701)
	check("from", p.From, engine.Date(20230101))
	check("hotline", p.Region.Hotline, "0000-12393")
	check("statuses", p.Scheme("employee").Statuses, bit(engine.DimStatus, "active", "retired", "veteran"))
	check("kinds of a code", p.Codes[engine.DimDisease][0].Kinds, bit(engine.DimKind, "chronic"))
	check("applies", in.Applies, []engine.Cond{{Dim: engine.DimKind, Mask: bit(engine.DimKind, "inpatient", "day_surgery", "observation")}})
	check("payer", in.Payer, engine.Hifp)

	d := in.Deductible
	check("per", d.Per, engine.PerClaim)
	check("less spell", d.LessSpell, []engine.Cond{{Dim: engine.DimReferral, Mask: bit(engine.DimReferral, "up", "readmission")}})
	check("limit with", d.Limit.With, []string{"inpatient", "chronic"})
	check("community goes with primary", d.Table.Rows[0].When[0].Mask, bit(engine.DimLevel, "primary", "community"))
	check("tertiary_top is named", d.Table.Rows[2].When[0].Mask, bit(engine.DimLevel, "tertiary"))
	check("unknown", d.Table.Rows[1].Value, engine.Figure{Unknown: true, Bounded: true, Lo: 400 * engine.One, Hi: 60050 * (engine.One / 100)})
	check("minus", d.Adjust[0].Table.Rows[1].Value.Rate, -100*engine.One)
	check("gaps of a table", d.Adjust[0].Table.Gaps, false)
	check("gaps of an entry", d.Adjust[1].Table.Gaps, true)
	check("op", d.Adjust[1].Op, engine.AtLeast)

	check("from zero", []bool{in.Bands.FromZero, in.Bands.Year}, []bool{true, false})
	check("tertiary_top follows", in.Bands.Rows.Rows[1].When[0].Mask, bit(engine.DimLevel, "secondary", "tertiary", "tertiary_top"))
	check("to", in.Bands.Rows.Rows[1].To, engine.Fen(3000000))
	check("share", in.Bands.Rows.Rows[1].Value.Rate, 85*(engine.One/100))

	check("retired and veterans", in.Adjust[0].Table.Rows[0].When[0].Mask, bit(engine.DimStatus, "retired", "veteran"))
	check("over", in.Adjust[1].Over, int32(60))
	check("ages", in.Adjust[2].Table.Rows[0].When, []engine.Cond{{Dim: engine.DimAge, Lo: 80, Hi: 89}, {Dim: engine.DimMonthsEnrolled, Lo: 120, Hi: engine.MaxInt}})
	check("days", in.Adjust[2].Table.Rows[1].When[1], engine.Cond{Dim: engine.DimDays, Lo: 0, Hi: 29})
	check("shared", in.Adjust[3].Table.Rows[1].ID, "shared.out_of_area[0].plus[1]")
	check("after shared", in.Adjust[4].Table.Rows[0].ID, "employee.inpatient.adjust[4]")

	row := in.Caps[0].Table.Rows[0]
	check("six times 75000.50", row.Value.Rate.String(), "450003")
	check("derivation", []string{row.Of.Times.String(), row.Of.Amount.String(), row.Of.Base.En}, []string{"6", "75000.5", "average wage of the year before"})
	check("grade of the worse", row.Grade, byte('C'))
	check("sources of both", []string{p.Sources[row.Sources[0]].ID, p.Sources[row.Sources[1]].ID}, []string{"s1", "s2"})
	check("asof", []any{row.AsOf, row.From}, []any{"2022-12", engine.Date(20220101)})
	check("id", row.ID, "employee.inpatient.cap.table[0]")
	check("with itself", in.Caps[0].With, []string{"inpatient", "chronic"})
	check("with, own first", layerOf(p, "employee", "chronic").Caps[1].With, []string{"chronic", "inpatient"})
	check("by", layerOf(p, "employee", "chronic").Caps[0].By, []engine.Dim{engine.DimDisease})
	check("none", layerOf(p, "employee", "chronic").Caps[0].Table.Rows[1].Value, engine.Figure{None: true})
	check("guarantee", in.Guarantee.Of, []engine.Place{engine.InScope})
	check("ceiling", in.Ceiling.Of, []engine.Place{engine.Bill})
	check("split", in.Split.Payer, engine.Oth)

	out := layerOf(p, "employee", "outpatient")
	check("quarter", out.Deductible.Per, engine.PerQuarter)
	check("entered", out.Caps[0].OfEntered, true)
	check("note", out.Adjust[1].Table.Rows[0].Note, engine.Name{Zh: "中医院", En: "hospitals of traditional medicine"})
	check("until", out.Caps[0].Table.Rows[0].Until, engine.Date(20251231))

	big := layerOf(p, "employee", "large_amount")
	check("weights", big.Enters, []engine.Entry{{Bucket: engine.AboveCap, Weight: engine.One}, {Bucket: engine.PaidFirst, Weight: engine.One / 2}})
	check("share of the bill", *big.Deductible.ShareOf, engine.Bill)
	check("floor", big.Deductible.Floor.Rows[0].Value.Rate, 2000*engine.One)
	check("lifetime", big.Caps[0].Per, engine.PerLifetime)

	birth := layerOf(p, "employee", "delivery")
	check("life", []engine.Date{birth.From, birth.Until}, []engine.Date{20250301, 20300228})
	check("quota", birth.Quota.Rows[1].Value.Rate, 6000*engine.One)
	grave := layerOf(p, "resident", "critical_illness")
	check("op by admission", []any{grave.Deductible.Adjust[0].Op, grave.Deductible.Adjust[0].Over, grave.Deductible.Adjust[0].Table.Rows[0].Value.Rate}, []any{engine.PerAdmission, int32(1), -50 * engine.One})
	bound := grave.Bands.Rows.Rows[1]
	check("one and a half times 75000.50", bound.To, engine.Fen(112500_75))
	check("derivation of a bound", []any{bound.ToOf.Times.String(), bound.ToOf.Year, bound.Of == nil}, []any{"1.5", 2024, true})
	check("sources of bound and share", []string{p.Sources[bound.Sources[0]].ID, p.Sources[bound.Sources[1]].ID}, []string{"s3", "s2"})
	check("a bound's base does not better the grade", bound.Grade, byte('D'))
	check("open above", grave.Caps[0].Table.Rows[0].Value, engine.Figure{Unknown: true, Bounded: true, Open: true, Lo: 650000 * engine.One, Hi: engine.MaxFigure})
	check("along what others paid", *layerOf(p, "resident", "supplement").Bands, engine.Bands{PaidBy: []string{"inpatient"}, Rows: layerOf(p, "resident", "supplement").Bands.Rows})
	check("along its own payments", layerOf(p, "resident", "mutual_aid").Bands.PaidBy, []string{"mutual_aid"})
	wait := p.Scheme("resident").Waiting
	check("own waiting", wait.Fixed.Rows[0].Value.Rate, 4*engine.One)
	check("two a year", wait.PerMissedYear.Rows[0].When, []engine.Cond{{Dim: engine.DimMissedYears, Lo: 2, Hi: engine.MaxInt}})
	check("one less", wait.PerRepairedYear.Rows[0].Value.Rate, engine.One)
	check("floor", []any{wait.Floor.Rows[0].ID, wait.Floor.Rows[0].When[1]}, []any{"resident.waiting.floor[0]", engine.Cond{Dim: engine.DimRepairedYears, Lo: 0, Hi: 8}})
	check("national waiting", p.Scheme("employee").Waiting.Fixed.Rows[1].ID, "employee.waiting.fixed[1]")
	check("draft", layerOf(p, "resident", "assistance").Draft, true)
	check("name", layerOf(p, "resident", "assistance").Name.En, "Medical assistance")

	check("national exclusion", p.Exclude[0].Reason, "not_insured")
	check("national account", len(p.Scheme("employee").Account.Pays), 2)
	check("national never", p.Scheme("resident").Classify.Never[0].ID, "classify.never[0]")
	check("extra of the file", p.Scheme("employee").Classify.Extra[0].Table.Rows[0].ID, "classify.extra[0]")
	check("extra of the scheme", p.Scheme("resident").Classify.Extra[0].Table.Rows[0].ID, "resident.classify.extra[0]")
	check("national code", p.Code(engine.DimCause, "suicide") > p.Code(engine.DimCause, "cosmetic"), true)
	check("sources", len(p.Sources), 5) // n3 is cited by nothing
	check("conflict", p.Conflicts[0].Against, "1200")
	check("change", p.Changes[0].Date, "2026-01-01")
}

// A region's own sections replace the national ones, key by key.
func TestOwnSectionsReplaceNationalOnes(t *testing.T) {
	const row = ", from: 2023-01-01, source: [s1], grade: A}"
	own := full(t, "classify:\n  paid_first:", `exclude:
  - {when: {cause: abroad}, reason: abroad`+row+`
shared:
  out_of_area:
    - {when: {filing: unfiled}, plus: -0.3`+row+`
classify:
  never:
    - {when: {item_kind: service}`+row+`
  paid_first:`,
		"    statuses: [active, retired, veteran]\n", `    statuses: [active, retired, veteran]
    account:
      - {pays: [copay]`+row+`
`,
		"codes:\n", "codes:\n  cause: {suicide: {name: {zh: 另名, en: Renamed}}}\n")
	if len(own.Exclude) != 1 || own.Exclude[0].Reason != "abroad" {
		t.Errorf("exclude: %+v", own.Exclude)
	}
	if n := own.Scheme("employee").Classify.Never; len(n) != 1 || n[0].From != 20230101 {
		t.Errorf("never: %+v", n)
	}
	if a := own.Scheme("employee").Account.Pays; len(a) != 1 {
		t.Errorf("account: %+v", a)
	}
	if a := layerOf(own, "employee", "inpatient").Adjust[3]; a.Table.Rows[0].ID != "shared.out_of_area[0]" || a.Table.Rows[0].Value.Rate != -30*(engine.One/100) {
		t.Errorf("shared: %+v", a)
	}
	if c := own.Codes[engine.DimCause][own.Code(engine.DimCause, "suicide")]; c.Name.En != "Renamed" {
		t.Errorf("code: %+v", c)
	}
}

func TestNationalMistakesAreThoseOfItsFile(t *testing.T) {
	text := read(t, "testdata/national.yaml")
	for _, c := range []struct{ old, new, want string }{
		{"reason: not_insured", "reasn: not_insured", `national.yaml:12:72: unknown key "reasn" in a row of exclude`},
		{"format: 1", "format: 1\nregion: {}", `national.yaml:3:1: unknown key "region" in national.yaml`},
		{"kind: pharmacy}", "kind: inpatient}", "two rows of employee.account hold for kind inpatient on 2023-01-01"},
		{"value: unknown, between: [-0.1, 0]", "value: 0.1%", `value must be a plain decimal, not "0.1%"`},
		{"    - partial: true\n", "    - use: away\n    - partial: true\n", "a shared list cannot use another"},
		{"  employee:\n", "  employee:\n    layers: []\n", `"layers" does not belong in a scheme`},
	} {
		if strings.Count(text, c.old) != 1 {
			t.Fatalf("%q stands %d times", c.old, strings.Count(text, c.old))
		}
		_, _, err := LoadNational("national.yaml", []byte(strings.Replace(text, c.old, c.new, 1)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.new, err, c.want)
		}
	}
}

func TestNationalSourceOfTheSameName(t *testing.T) {
	n := nationalOf(t, strings.NewReplacer("n1", "s1").Replace(read(t, "testdata/national.yaml")))
	_, err := Load("999901-quan.yaml", []byte(read(t, "testdata/999901-quan.yaml")), n)
	if err == nil || !strings.Contains(err.Error(), "999901-quan.yaml:9:3: s1 is a national source") {
		t.Errorf("got %v", err)
	}
}

func TestFolder(t *testing.T) {
	region := read(t, "testdata/999901-quan.yaml")
	dir := func(more ...string) fstest.MapFS {
		d := fstest.MapFS{"national.yaml": {Data: []byte(read(t, "testdata/national.yaml"))}, "regions/999901-quanyang.yaml": {Data: []byte(region)}}
		for i := 0; i < len(more); i += 2 {
			d[more[i]] = &fstest.MapFile{Data: []byte(more[i+1])}
		}
		return d
	}
	f, err := LoadFolder(dir())
	if err != nil || len(f.Regions) != 1 || len(f.Errors) != 0 || f.Files[0] != "regions/999901-quanyang.yaml" {
		t.Fatalf("%v %+v", err, f)
	}
	f, _ = LoadFolder(dir("regions/999901-twin.yaml", region))
	if len(f.Regions) != 1 || len(f.Errors) != 1 || !strings.Contains(f.Errors[0].Msg, "999901 has a file already") {
		t.Errorf("%v", f.Errors)
	}
	f, _ = LoadFolder(dir("regions/999902-broken.yaml", "format: 1\nregion: ["))
	if len(f.Regions) != 1 || len(f.Errors) != 1 || f.Errors[0].File != "regions/999902-broken.yaml" || f.Errors[0].Line != 2 {
		t.Errorf("%v", f.Errors)
	}
	f, _ = LoadFolder(dir("national.yaml", "format: 2"))
	if len(f.Regions) != 0 || len(f.Errors) == 0 || f.Errors[0].File != "national.yaml" {
		t.Errorf("%v", f.Errors)
	}
	if _, err = LoadFolder(fstest.MapFS{}); err == nil {
		t.Error("an empty folder is taken")
	}
}

func TestErrorsAreFoundByType(t *testing.T) {
	_, err := Load("x.yaml", []byte("formt: 1\n"), nil)
	var one *PolicyError
	if !errors.As(err, &one) || one.File != "x.yaml" || one.Line != 1 || one.Col != 1 {
		t.Errorf("got %#v", one)
	}
	var all Errors
	if !errors.As(err, &all) || len(all) < 4 {
		t.Errorf("not all mistakes at once: %v", err)
	}
}

func TestExcerpt(t *testing.T) {
	f := newFile("x", []byte("a\tb中文c\r\n第二行\u2028third\n"+strings.Repeat("长", 80)+"end"))
	for _, c := range []struct {
		line, col int
		want      string
	}{
		{1, 3, "  | a\tb中文c\n  |  \t^"},
		{1, 6, "  | a\tb中文c\n  |  \t     ^"},
		{2, 3, "  | 第二行\n  |     ^"},
		{3, 1, "  | third\n  | ^"},
		{4, 81, "  | …" + strings.Repeat("长", 27) + "end\n  |  " + strings.Repeat("  ", 27) + "^"},
		{4, 1, "  | " + strings.Repeat("长", 55) + "…\n  | ^"},
		{9, 9, "  | \n  | ^"},
	} {
		if got := f.excerpt(c.line, c.col); got != c.want {
			t.Errorf("%d:%d: got\n%s\nwant\n%s", c.line, c.col, got, c.want)
		}
	}
	if got := newFile("x", []byte("a\x1b[31m\u202eb")).excerpt(1, 1); got != "  | a?[31m?b\n  | ^" {
		t.Errorf("a terminal would obey %q", got)
	}
}

func TestWidth(t *testing.T) {
	for s, want := range map[string]int{"": 0, "abc": 3, "医保": 4, "（）": 4, "é": 1, "e\u0301": 1, "·—": 2, "🏥": 2, "ｱ": 1, "한": 2, "あ": 2} {
		if got := Width(s); got != want {
			t.Errorf("%q is %d wide, want %d", s, got, want)
		}
	}
}

func TestDidYouMean(t *testing.T) {
	words := []string{"value", "share", "grade", "own_share_times"}
	for typed, want := range map[string]string{"valeu": "value", "vale": "value", "values": "value", "shear": "", "own_shar_time": "own_share_times", "xyzzy": "", "gr": "", "grads": "grade"} {
		if got := nearest(typed, words); got != want {
			t.Errorf("%s: got %q, want %q", typed, got, want)
		}
	}
}

// What settles bills must not carry a YAML parser: only this package, and here only one
// file, imports it.
func TestOnlyOneFileKnowsYAML(t *testing.T) {
	for _, dir := range []string{".", "..", "../coverage"} {
		names, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(names) == 0 {
			t.Fatal(dir, err)
		}
		for _, name := range names {
			f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			test := strings.HasSuffix(name, "_test.go")
			for _, i := range f.Imports {
				if strings.Contains(i.Path.Value, "yaml") && name != "yaml.go" || !test && strings.HasSuffix(i.Path.Value, `/policies/source"`) {
					t.Errorf("%s imports %s", name, i.Path.Value)
				}
			}
		}
	}
}
