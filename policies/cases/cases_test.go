// Package cases_test settles the cases of this folder through the public interface.
//
// A case file is a txtar archive. Its comment says where the expected figures come from:
// a published example, or arithmetic by hand; they never come from the program. A
// section NAME.json is a request, NAME.want what must come of it, one line each:
//
//	hifp_pay 52395.00                     a figure of the settlement
//	layers.inpatient.deductible 1300.00   of a layer; bands[1].paid of a band
//	range.hifp_pay 0.00 100.00            its bounds
//	year.inpatient.paid 52395.00          a counter of the year after the claim
//	counter.refund 52395.00               what is paid at the counter and what comes back
//	ahead next_deductible 650.00          a threshold ahead
//	grade C                               the lowest grade used
//	note assumed visit.place              a note, with its field, value, key or reason
//	note waiting months=4 repair.years=1  a note with members by name
//	error not_known visit.kind            the claim is refused, for this field
//
// A section policy.yaml is a region of its own, which requests name as policy
// "published".
package cases_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"mingbai/policies/source"
	"mingbai/wasm"
)

func TestCases(t *testing.T) {
	count := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".txtar") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		ar := txtar.Parse(text)
		if !strings.Contains(string(ar.Comment), "#") {
			t.Errorf("%s: the comment must say where the expected figures come from", path)
		}
		sections := map[string]string{}
		for _, f := range ar.Files {
			if sections[f.Name] != "" {
				t.Errorf("%s: section %s stands there twice", path, f.Name)
			}
			sections[f.Name] = string(f.Data)
		}
		for _, f := range ar.Files {
			name, isCase := strings.CutSuffix(f.Name, ".json")
			want, ok := sections[name+".want"]
			switch {
			case f.Name == "policy.yaml", strings.HasSuffix(f.Name, ".want") && sections[strings.TrimSuffix(f.Name, "want")+"json"] != "":
			case !isCase || !ok:
				t.Errorf("%s: section %s belongs to no case", path, f.Name)
			default:
				count++
				t.Run(strings.TrimSuffix(path, ".txtar")+"/"+name, func(t *testing.T) {
					if yaml := sections["policy.yaml"]; yaml != "" {
						load(t, path, yaml)
					}
					settle(t, f.Data, want)
				})
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d cases", count)
}

func load(t *testing.T, path, yaml string) {
	t.Helper()
	region, err := source.Load(path, []byte(yaml), nil)
	if err != nil {
		t.Fatal(err)
	}
	wasm.Keep("published", region.Policy)
}

// settle runs one case and checks every line of want, the identities and the replay.
func settle(t *testing.T, request []byte, want string) {
	t.Helper()
	var r struct {
		OK    bool
		Error struct{ Code, Field string }
		S     map[string]any `json:"settlement"`
	}
	answer := wasm.Handle(string(request))
	if err := json.Unmarshal([]byte(answer), &r); err != nil {
		t.Fatalf("%v in %s", err, answer)
	}
	checked := 0
	for _, line := range strings.Split(strings.TrimSpace(want), "\n") {
		w := strings.Fields(line)
		if len(w) < 2 {
			t.Fatalf("bad line %q", line)
		}
		checked++
		if w[0] == "error" {
			if r.Error.Code != w[1] || len(w) > 2 && r.Error.Field != w[2] {
				t.Errorf("%s: got error %v", line, r.Error)
			}
			continue
		}
		if !r.OK {
			t.Fatalf("refused: %s", answer)
		}
		if got := look(r.S, w); got != strings.Join(w[1:], " ") {
			t.Errorf("%s: got %s", line, got)
		}
	}
	if r.OK {
		identities(t, r.S)
	}
	if checked == 0 {
		t.Error("nothing is expected")
	}
}

// TestReceiptBecomesACase: what the check of a real receipt gives away is a case of this
// folder as it stands.
func TestReceiptBecomesACase(t *testing.T) {
	// A second stay of a retired employee (110000.txtar has the first): 91 % of (27,000 − 650) = 23,978.50;
	// 30,000 − 23,978.50 = 6,021.50, of which an account of 1,000.00 pays its part.
	request := `{"v":1,"op":"reconcile","region":"110000","date":"2026-05-01","person":{"scheme":"employee","status":"retired","age":68},` +
		`"visit":{"kind":"inpatient","level":"tertiary","admission":2,"place":"local"},"bill":{"total":"30000.00","self_funded":"2000.00","over_limit":"0.00","paid_first":"1000.00"},` +
		`"year":{"inpatient":{"paid":"23387.00"}},"accounts":[{"owner":"self","balance":"1000.00"}],"receipt":{"hifp_pay":"23978.50","psn_part_amt":"6021.50","acct_pay":"1000.00","psn_cash_pay":"5021.50"}}`
	var r struct {
		OK        bool
		Reconcile struct {
			Differences []any
			Case        string
		}
	}
	if err := json.Unmarshal([]byte(wasm.Handle(request)), &r); err != nil || !r.OK || len(r.Reconcile.Differences) != 0 {
		t.Fatalf("%v %+v", err, r)
	}
	ar := txtar.Parse([]byte(r.Reconcile.Case))
	if len(ar.Files) != 2 || ar.Files[0].Name != "receipt.json" || ar.Files[1].Name != "receipt.want" || !strings.Contains(string(ar.Comment), "#") {
		t.Fatalf("not a case of this folder: %s", r.Reconcile.Case)
	}
	settle(t, ar.Files[0].Data, string(ar.Files[1].Data))
}

// look finds what a line of want speaks of and prints it in the same form.
func look(s map[string]any, w []string) string {
	switch {
	case w[0] == "note" || w[0] == "ahead":
		list := "notes"
		if w[0] == "ahead" {
			list = "ahead"
		}
		var seen []string
		for _, x := range s[list].([]any) {
			n := x.(map[string]any)
			got := []string{str(n["code"])}
			for _, v := range w[2:] {
				k, is, named := strings.Cut(v, "=")
				at, deep, inner := strings.Cut(k, ".")
				member := n[at]
				if inner {
					o, _ := member.(map[string]any)
					member = o[deep]
				}
				if named && str(member) == is {
					got = append(got, v)
				}
			}
			for _, k := range []string{"field", "value", "key", "reason", "remaining", "amount"} {
				for _, v := range w[2:] {
					if str(n[k]) == v {
						got = append(got, v)
					}
				}
			}
			if strings.Join(got, " ") == strings.Join(w[1:], " ") {
				return strings.Join(w[1:], " ")
			}
			b, _ := json.Marshal(n)
			seen = append(seen, string(b))
		}
		return strings.Join(seen, " ")
	case strings.HasPrefix(w[0], "range."):
		m, _ := s["range"].(map[string]any)
		r, _ := m[w[0][6:]].(map[string]any)
		return str(r["from"]) + " " + str(r["to"])
	case strings.HasPrefix(w[0], "counter."):
		m, _ := s["counter"].(map[string]any)
		return str(m[w[0][8:]])
	case strings.HasPrefix(w[0], "year."):
		i := strings.LastIndexByte(w[0], '.')
		m, _ := s["year"].(map[string]any)
		c, _ := m[w[0][5:i]].(map[string]any)
		return str(c[w[0][i+1:]])
	case strings.HasPrefix(w[0], "layers."):
		p := strings.SplitN(w[0], ".", 3)
		for _, x := range s["layers"].([]any) {
			l := x.(map[string]any)
			if l["id"] != p[1] {
				continue
			}
			if rest, ok := strings.CutPrefix(p[2], "bands["); ok {
				n, key, _ := strings.Cut(rest, "].")
				i, err := strconv.Atoi(n)
				bands, _ := l["bands"].([]any)
				if err != nil || i >= len(bands) {
					return "no such band"
				}
				return str(bands[i].(map[string]any)[key])
			}
			return str(l[p[2]])
		}
		return "no such layer"
	}
	return str(s[w[0]])
}

func str(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	if v == nil {
		return "nothing"
	}
	b, _ := json.Marshal(v)
	return string(b)
}

// fen reads an amount of the interface.
func fen(t *testing.T, v any) int64 {
	t.Helper()
	s := str(v)
	n, err := strconv.ParseInt(strings.Replace(s, ".", "", 1), 10, 64)
	if i := strings.IndexByte(s, '.'); err != nil || i != len(s)-3 {
		t.Fatalf("%q is no amount", s)
	}
	return n
}

// identities checks what must hold in every settlement, and that its steps replay to it.
func identities(t *testing.T, s map[string]any) {
	t.Helper()
	sum := func(names ...string) (n int64) {
		for _, f := range names {
			n += fen(t, s[f])
		}
		return n
	}
	funds := []string{"hifp_pay", "hifob_pay", "hifmi_pay", "cvlserv_pay", "hifes_pay", "maf_pay", "oth_pay"}
	for _, x := range []struct {
		name        string
		left, right int64
	}{
		{"bill", sum("medfee_sumamt"), sum("fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt")},
		{"funds", sum("fund_pay_sumamt"), sum(funds...)},
		{"payers", sum("medfee_sumamt"), sum("fund_pay_sumamt", "psn_part_amt", "hosp_part_amt")},
		{"person", sum("psn_part_amt"), sum("acct_pay", "acct_mulaid_pay", "psn_cash_pay")},
		{"receipt", sum("psn_part_amt"), sum("self_pay", "self_funded")},
	} {
		if x.left != x.right {
			t.Errorf("identity %s: %d and %d", x.name, x.left, x.right)
		}
	}
	at := map[string]int64{"bill": sum("medfee_sumamt")}
	for _, x := range s["steps"].([]any) {
		st := x.(map[string]any)
		n := fen(t, st["amount"])
		at[str(st["from"])] -= n
		at[str(st["to"])] += n
		if n < 0 || at[str(st["from"])] < 0 {
			t.Errorf("step %v overdraws", st)
		}
	}
	for place, left := range at {
		want := int64(0)
		if _, ok := s[place]; ok && place != "self_funded" {
			want = sum(place)
		}
		if left != want {
			t.Errorf("the steps leave %d in %s, want %d", left, place, want)
		}
	}
}

// TestShapesAlongTime: benefit years that do not begin in January, a stay cut at the year's
// end, and past and coming rules side by side. The policies are those of shapes.
func TestShapesAlongTime(t *testing.T) {
	stay := func(date, total, visit string) string {
		return `{"date":"` + date + `","visit":{"kind":"inpatient"` + visit + `},"bill":{"total":"` + total + `","self_funded":"0.00","over_limit":"0.00","paid_first":"0.00"}}`
	}
	for _, x := range []struct{ file, why, visits, want string }{
		{"dates", "80 %, at most 450000 a year from 1 September: 360000, then 480000 of which 90000 are left, the cap anew on 1 September and not on 1 January",
			stay("2025-10-01", "450000.00", `,"level":"primary"`) + "," + stay("2026-01-02", "600000.00", `,"level":"primary"`) + "," + stay("2026-08-31", "1000.00", `,"level":"primary"`) + "," +
				stay("2026-09-01", "10000.00", `,"level":"primary"`), "1 360000.00, 2 90000.00, 3 0.00, 1 8000.00"},
		{"long-stay", "29000 x 80 %; the same stay after the year's end: 20000 x 80 %, the deductible is borne and the cap of 30000 begins anew; then a stay of its own: 10000 x 80 %, 14000 of the cap were left",
			stay("2025-12-31", "30000.00", `,"level":"tertiary","days":31`) + "," + stay("2026-01-31", "20000.00", `,"level":"tertiary","days":31,"referral":"interim"`) + "," +
				stay("2026-05-01", "11000.00", `,"level":"tertiary","days":9`), "1 23200.00, 1 16000.00, 2 8000.00"},
	} {
		loadShape(t, x.file)
		var r struct {
			OK   bool
			Year struct {
				Settlements []struct {
					Admission int
					Paid      string `json:"hifp_pay"`
				}
			}
		}
		answer := wasm.Handle(`{"v":1,"op":"year","policy":"published","person":{"scheme":"employee","status":"active"},"visits":[` + x.visits + `]}`)
		if err := json.Unmarshal([]byte(answer), &r); err != nil || !r.OK {
			t.Fatalf("%s: %v %s", x.file, err, answer)
		}
		var got []string
		for _, s := range r.Year.Settlements {
			got = append(got, strconv.Itoa(s.Admission)+" "+s.Paid)
		}
		if s := strings.Join(got, ", "); s != x.want {
			t.Errorf("%s: %s: got %s, want %s", x.file, x.why, s, x.want)
		}
	}
	// 70 % to 80 % until 2026, 85 % from 2027 on: 7000 and 8500 of 10000.
	loadShape(t, "unknown")
	var r struct {
		Compare struct {
			Cases []struct {
				Set  map[string]string
				Paid string `json:"hifp_pay"`
			}
		}
	}
	answer := wasm.Handle(`{"v":1,"op":"compare","policy":"published","person":{"scheme":"employee","status":"active"},"vary":{"date":["2026-12-31","2027-01-01"]},` + stay("2026-12-31", "10000.00", `,"level":"tertiary"`)[1:])
	if err := json.Unmarshal([]byte(answer), &r); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, c := range r.Compare.Cases {
		got[c.Set["date"]] = c.Paid
	}
	if len(got) != 2 || got["2026-12-31"] != "7000.00" || got["2027-01-01"] != "8500.00" {
		t.Errorf("side by side: %s", answer)
	}
}

// loadShape makes the policy of a file of shapes the one named "published".
func loadShape(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile("shapes/" + file + ".txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range txtar.Parse(text).Files {
		if f.Name == "policy.yaml" {
			load(t, file, string(f.Data))
		}
	}
}

// TestPolicySaysTheShapes: the rows that the interface shows of a policy carry what the
// less common shapes are made of.
func TestPolicySaysTheShapes(t *testing.T) {
	for _, x := range []struct{ file, scheme, path, want string }{
		{"segments-by-wage", "employee", "layers.0.bands.rows.0.to", "180001.50"},
		{"segments-by-wage", "employee", "layers.0.bands.rows.0.to_multiple.times", "3"},
		{"segments-by-wage", "employee", "layers.0.bands.rows.0.to_multiple.amount", "60000.50"},
		{"segments-by-payments", "employee", "layers.0.bands.along", "paid"},
		{"segments-by-payments", "employee", "layers.0.bands.counted_from", "nothing"},
		{"segments-by-payments", "employee", "layers.0.bands.paid_by.0", "day_surgery"},
		{"segments-by-payments", "employee", "layers.2.bands.paid_by.0", "inpatient"},
		{"deductible-step", "employee", "layers.1.deductible.adjust.0.op", "per_admission"},
		{"deductible-step", "employee", "layers.1.deductible.adjust.0.over", "1"},
		{"deductible-step", "employee", "layers.1.deductible.adjust.0.rows.0.unit", "CNY"},
		{"deductible-step", "employee", "layers.1.deductible.adjust.0.rows.0.value", "-50.00"},
		{"unknown-above", "employee", "layers.0.caps.0.rows.0.between.from", "650000.00"},
		{"unknown-above", "employee", "layers.0.caps.0.rows.0.between.to", "nothing"},
		{"dates", "employee", "layers.0.caps.0.rows.0.value", "450000.00"},
		{"dates", "employee", "layers.0.caps.0.rows.0.multiple.times", "6"},
		{"dates", "employee", "layers.0.caps.0.rows.0.multiple.amount", "75000.00"},
		{"dates", "employee", "layers.0.caps.0.rows.0.multiple.year", "2024"},
		{"waiting", "resident", "waiting.floor.0.value", "6"},
		{"waiting", "resident", "waiting.floor.0.unit", "months"},
		{"waiting", "employee", "waiting.fixed.1.value", "unknown"},
	} {
		loadShape(t, x.file)
		var r struct {
			Policy struct{ Schemes []any }
		}
		if err := json.Unmarshal([]byte(wasm.Handle(`{"v":1,"op":"policy","policy":"published"}`)), &r); err != nil {
			t.Fatal(err)
		}
		var at any
		for _, s := range r.Policy.Schemes {
			if s.(map[string]any)["id"] == x.scheme {
				at = s
			}
		}
		for _, step := range strings.Split(x.path, ".") {
			switch v := at.(type) {
			case map[string]any:
				at = v[step]
			case []any:
				i, err := strconv.Atoi(step)
				if err != nil || i >= len(v) {
					t.Fatalf("%s: no %s in %v", x.path, step, v)
				}
				at = v[i]
			}
		}
		if got := str(at); got != x.want {
			t.Errorf("%s: %s is %s, want %s", x.file, x.path, got, x.want)
		}
	}
}
