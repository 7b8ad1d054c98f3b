package source

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// The proof is held against plain trying: random tables, every claim one by one, with an
// own reading of the conditions.

var trial = struct {
	codes map[string][]string
	dims  []string
	ages  []int
	days  []string
}{
	codes: map[string][]string{
		"status": {"active", "retired"},
		"level":  {"community", "primary", "secondary", "tertiary", "top"},
		"place":  {"local", "in_province", "out_of_province"},
		"filing": {"none", "long_term", "referral", "emergency", "temporary", "unfiled"},
	},
	dims: []string{"status", "level", "place", "filing", "age", "day"},
	ages: []int{0, 1, 39, 40, 41, 59, 60, 61, 79, 80, 150},
	days: []string{"2023-01-01", "2023-06-30", "2023-07-01", "2024-02-28", "2024-02-29", "2024-03-01", "2025-12-31", "2026-01-01", "2030-05-05"},
}

// tried is a row: which codes, ages and days it holds for.
type tried struct {
	codes       map[string][]string // all of the dimension where it is not asked
	young, old  int
	from, until string
}

func everywhere() tried {
	r := tried{codes: map[string][]string{}, old: 999, from: "2023-01-01", until: "2099-12-31"}
	for d, c := range trial.codes {
		r.codes[d] = c
	}
	return r
}

func (r tried) copy() tried {
	codes := map[string][]string{}
	for d, c := range r.codes {
		codes[d] = c
	}
	r.codes = codes
	return r
}

// split cuts a row in two along a dimension; ok is false where it cannot.
func (r tried) split(rnd *rand.Rand, dim string) (a, b tried, ok bool) {
	a, b = r.copy(), r.copy()
	switch dim {
	case "age":
		cut := trial.ages[1+rnd.IntN(len(trial.ages)-2)]
		a.old, b.young = cut-1, cut
		return a, b, cut > r.young && cut <= r.old
	case "day":
		i := 1 + rnd.IntN(len(trial.days)-1)
		for i > 0 && !consecutive(trial.days[i-1], trial.days[i]) {
			i--
		}
		if i == 0 || trial.days[i] <= r.from || trial.days[i] > r.until {
			return a, b, false
		}
		a.until, b.from = trial.days[i-1], trial.days[i]
		return a, b, true
	}
	all := r.codes[dim]
	if len(all) < 2 {
		return a, b, false
	}
	n := 1 + rnd.IntN(len(all)-1)
	perm := rnd.Perm(len(all))
	var x, y []string
	for i, p := range perm {
		if i < n {
			x = append(x, all[p])
		} else {
			y = append(y, all[p])
		}
	}
	a.codes[dim], b.codes[dim] = x, y
	return a, b, true
}

func consecutive(a, b string) bool {
	switch a + b {
	case "2023-06-302023-07-01", "2024-02-282024-02-29", "2024-02-292024-03-01", "2025-12-312026-01-01":
		return true
	}
	return false
}

func (r tried) yaml() string {
	var when []string
	for _, d := range trial.dims[:4] {
		if len(r.codes[d]) < len(trial.codes[d]) {
			when = append(when, d+": ["+strings.Join(r.codes[d], ", ")+"]")
		}
	}
	switch {
	case r.young == 0 && r.old == 999:
	case r.old == 999:
		when = append(when, fmt.Sprintf("age: %d+", r.young))
	case r.young == 0:
		when = append(when, fmt.Sprintf("age: <%d", r.old+1))
	default:
		when = append(when, fmt.Sprintf("age: %d-%d", r.young, r.old))
	}
	until := ""
	if r.until != "2099-12-31" {
		until = ", until: " + r.until
	}
	return fmt.Sprintf("            - {when: {%s}, value: 1, from: %s%s, source: [s1], grade: A}\n", strings.Join(when, ", "), r.from, until)
}

func (r tried) holds(codes map[string]string, age int, day string) bool {
	for d, c := range codes {
		if !contains(r.codes[d], c) {
			return false
		}
	}
	return age >= r.young && age <= r.old && day >= r.from && day <= r.until
}

func TestProofAgreesWithTrying(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(1, 2))
	verdicts := map[string]int{}
	for range 600 {
		rows := []tried{everywhere()}
		for range rnd.IntN(6) {
			i := rnd.IntN(len(rows))
			if a, b, ok := rows[i].split(rnd, trial.dims[rnd.IntN(len(trial.dims))]); ok {
				rows = append(append(rows[:i:i], a, b), rows[i+1:]...)
			}
		}
		for range rnd.IntN(3) {
			switch i := rnd.IntN(len(rows)); rnd.IntN(3) {
			case 0: // lose a row
				if len(rows) > 1 {
					rows = append(rows[:i:i], rows[i+1:]...)
				}
			case 1: // widen a row
				d := trial.dims[rnd.IntN(4)]
				rows[i] = rows[i].copy()
				rows[i].codes[d] = trial.codes[d]
			case 2: // add a narrower twin
				if a, _, ok := rows[i].split(rnd, trial.dims[rnd.IntN(len(trial.dims))]); ok {
					rows = append(rows, a)
				}
			}
		}
		at := everywhere().codes
		applies := "kind: inpatient"
		if rnd.IntN(3) == 0 {
			at["place"] = []string{"local"}
			applies += ", place: local"
		}
		if rnd.IntN(3) == 0 {
			at["status"] = []string{"retired"}
			applies += ", status: retired"
		}

		gap, overlap := false, false
		for _, status := range at["status"] {
			for _, level := range at["level"] {
				for _, place := range at["place"] {
					for _, filing := range at["filing"] {
						if (place == "local") != (filing == "none") {
							continue
						}
						claim := map[string]string{"status": status, "level": level, "place": place, "filing": filing}
						for _, age := range trial.ages {
							for _, day := range trial.days {
								n := 0
								for _, r := range rows {
									if r.holds(claim, age, day) {
										n++
									}
								}
								gap, overlap = gap || n == 0, overlap || n > 1
							}
						}
					}
				}
			}
		}

		text := `format: 1
region: {code: "999903", name: {zh: 试, en: Trial}, pinyin: shi, province: {zh: 试, en: Trial}}
version: 2026-11-22
in_force: 2023-01-01
sources: {s1: {title: 试, seen: official_text, checked: 2026-11-22}}
codes: {level: {top: {name: {zh: 顶, en: Top}}}}
schemes:
  employee:
    layers:
      - id: inpatient
        payer: hifp_pay
        applies: {` + applies + `}
        enters: [in_scope]
        quota:
          table:
`
		for _, r := range rows {
			text += r.yaml()
		}
		_, err := Load("trial.yaml", []byte(text), nil)
		var list Errors
		errors.As(err, &list)
		toldGap, toldOverlap := false, false
		for _, e := range list {
			switch e.Code {
			case "gap":
				toldGap = true
			case "overlap":
				toldOverlap = true
			default:
				t.Fatalf("%v\n%s", e, text)
			}
		}
		if gap != toldGap || overlap != toldOverlap {
			t.Fatalf("trying finds gap %v, overlap %v; the proof %v, %v\n%s\n%v", gap, overlap, toldGap, toldOverlap, text, err)
		}
		verdicts[fmt.Sprint(gap, overlap)]++
	}
	for _, v := range []string{"false false", "true false", "false true", "true true"} {
		if verdicts[v] < 20 {
			t.Errorf("only %d tables of the kind gap, overlap = %s", verdicts[v], v)
		}
	}
}

// A code that is like another follows it only in tables that do not name it.
func TestLikeFollows(t *testing.T) {
	const head = `format: 1
region: {code: "999903", name: {zh: 试, en: Trial}, pinyin: shi, province: {zh: 试, en: Trial}}
version: 2026-11-22
in_force: 2023-01-01
sources: {s1: {title: 试, seen: official_text, checked: 2026-11-22}}
codes: {level: {top: {like: tertiary, name: {zh: 顶, en: Top}}, best: {like: top, name: {zh: 极, en: Best}}}}
schemes:
  employee:
    layers:
      - {id: inpatient, payer: hifp_pay, applies: {kind: inpatient}, enters: [in_scope], quota: {table: [`
	row := func(level string) string {
		return "{when: {level: " + level + "}, value: 1, from: 2023-01-01, source: [s1], grade: A}"
	}
	for _, c := range []struct{ rows, gap string }{
		{row("tertiary") + "," + row("not tertiary"), ""},
		{row("[community, primary, secondary, tertiary]"), ""},
		{row("[community, primary, secondary, tertiary]") + "," + row("top"), ""},
		{row("[community, primary, secondary, tertiary]") + "," + row("best"), ""},
		{row("not [top]"), "syntax"},
		{row("{not: [top]}"), "level top"},
		{row("{not: [top, community]}") + "," + row("community"), "level top"},
		{row("[community, primary, secondary]"), "level tertiary"},
	} {
		_, err := Load("like.yaml", []byte(head+c.rows+"]}}\n"), nil)
		switch {
		case c.gap == "":
			if err != nil {
				t.Errorf("%s: %v", c.rows, err)
			}
		case err == nil || c.gap != "syntax" && !strings.Contains(err.Error(), c.gap+" on 2023-01-01"):
			t.Errorf("%s: got %v, want a gap at %s", c.rows, err, c.gap)
		}
	}
}

// Diseases belong to some visits only; a visit without any has none.
func TestCodesOfCertainVisits(t *testing.T) {
	const head = `format: 1
region: {code: "999903", name: {zh: 试, en: Trial}, pinyin: shi, province: {zh: 试, en: Trial}}
version: 2026-11-22
in_force: 2023-01-01
sources: {s1: {title: 试, seen: official_text, checked: 2026-11-22}}
codes: {disease: {dialysis: {name: {zh: 透析, en: Dialysis}, kinds: [chronic]}, birth: {name: {zh: 顺产, en: Birth}, kinds: [delivery]}}}
exclude: [{when: {enrolment: arrears}, reason: arrears, from: 2023-01-01, source: [s1], grade: A}]
schemes:
  employee:
    layers:
      - {id: chronic, payer: hifp_pay, applies: {kind: KIND}, enters: [in_scope], quota: {table: [`
	row := func(when string) string {
		return "{when: {" + when + "}, value: 1, from: 2023-01-01, source: [s1], grade: A}"
	}
	for _, c := range []struct{ kind, rows, gap string }{
		{"chronic", row("disease: dialysis"), ""},
		{"[chronic, delivery]", row("disease: dialysis"), "kind delivery, disease birth"},
		{"[chronic, delivery]", row("disease: dialysis") + "," + row("disease: birth"), ""},
		{"[chronic, inpatient]", row("disease: dialysis"), "kind inpatient, no disease"},
		{"[chronic, inpatient]", row("kind: chronic, disease: dialysis") + "," + row("kind: inpatient"), ""},
		// Who is in arrears is excluded before any table is asked.
		{"chronic", row("enrolment: insured") + "," + row("enrolment: waiting"), ""},
		{"chronic", row("enrolment: insured"), "enrolment waiting"},
		{"chronic", row("supplements: civil_servant"), "no supplements"},
		{"chronic", row("") + "," + row("supplements: civil_servant"), "supplements civil_servant"},
	} {
		_, err := Load("visits.yaml", []byte(strings.Replace(head, "KIND", c.kind, 1)+c.rows+"]}}\n"), nil)
		if c.gap == "" && err != nil || c.gap != "" && (err == nil || !strings.Contains(err.Error(), c.gap+" on 2023-01-01")) {
			t.Errorf("%s, %s: got %v, want %q", c.kind, c.rows, err, c.gap)
		}
	}
}

func TestProofsAreBounded(t *testing.T) {
	const head = `format: 1
region: {code: "999903", name: {zh: 试, en: Trial}, pinyin: shi, province: {zh: 试, en: Trial}}
version: 2026-11-22
in_force: 2023-01-01
sources: {s1: {title: 试, seen: official_text, checked: 2026-11-22}}
schemes:
  employee:
    layers:
      - {id: inpatient, payer: hifp_pay, applies: {kind: inpatient}, enters: [in_scope], quota: {table: [`
	var rows []string
	for i := range 60 {
		rows = append(rows, fmt.Sprintf("{when: {age: %d, months_enrolled: %d, admission: %d, days: %d}, value: 1, from: 2023-01-01, source: [s1], grade: A}", i, 2*i, i+1, 3*i))
	}
	_, err := Load("large.yaml", []byte(head+strings.Join(rows, ",")+"]}}\n"), nil)
	var e *PolicyError
	if !errors.As(err, &e) || e.Code != "too_many" {
		t.Errorf("got %v", err)
	}
}
