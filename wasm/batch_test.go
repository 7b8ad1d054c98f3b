package wasm

import (
	"encoding/csv"
	"fmt"
	"sort"
	"strings"
	"testing"
)

// leaves are the single values of a request by their paths.
func leaves(o obj, prefix string, out map[string]string) {
	for k, v := range o {
		switch v := v.(type) {
		case obj:
			leaves(v, prefix+k+".", out)
		case []any:
			for i, e := range v {
				leaves(e.(obj), fmt.Sprintf("%s%s[%d].", prefix, k, i), out)
			}
		case string:
			out[prefix+k] = v
		default:
			out[prefix+k] = text(v)
		}
	}
}

func batchOf(t testing.TB, csvText string, more obj) (obj, [][]string) {
	t.Helper()
	o := answerTo(t, text(with(obj{"v": 1, "op": "batch", "csv": csvText}, more)))
	if o["ok"] != true {
		t.Fatalf("refused: %v", o["error"])
	}
	b := at(t, o, "batch").(obj)
	r := csv.NewReader(strings.NewReader(b["csv"].(string)))
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return b, rows
}

// TestBatchEqualsSingleCalls writes random claims over all regions as rows, by the
// standard library's writer, and reads the answer by its reader.
func TestBatchEqualsSingleCalls(t *testing.T) {
	r := newRandom(t, 7)
	var claims []obj
	columns := map[string]bool{}
	for len(claims) < 400 {
		o := r.claim(false)
		delete(o, "accept")
		delete(o, "v")
		delete(o, "op")
		switch r.IntN(8) {
		case 0:
			put(o, "visit.level", "nowhere")
		case 1:
			o["bill"] = obj{"total": obj{"from": "100", "to": r.fen(5000)}}
			if r.IntN(6) == 0 {
				put(o, "visit.level", "nowhere")
			}
		case 2:
			put(o, "year.inpatient.paid", r.fen(90000))
		case 3:
			put(o, "person.age", "unknown")
		}
		claims = append(claims, o)
		l := map[string]string{}
		leaves(o, "", l)
		for k := range l {
			columns[k] = true
		}
	}
	// A bill is said by its total or by its bounds: two sheets.
	for _, ranged := range []bool{false, true} {
		var names []string
		for k := range columns {
			if k == "bill.total" && ranged || strings.HasPrefix(k, "bill.total.") && !ranged {
				continue
			}
			names = append(names, k)
		}
		sort.Strings(names)
		var b strings.Builder
		w := csv.NewWriter(&b)
		_ = w.Write(names)
		var used []obj
		for _, o := range claims {
			if _, is := at(t, o, "bill", "total").(obj); is != ranged {
				continue
			}
			l := map[string]string{}
			leaves(o, "", l)
			var cells []string
			for _, k := range names {
				cells = append(cells, l[k])
			}
			_ = w.Write(cells)
			used = append(used, o)
		}
		w.Flush()
		got, rows := batchOf(t, b.String(), obj{"defaults": obj{"accept": []any{"draft"}}})
		if len(rows) != len(used)+1 || text(got["rows"]) != fmt.Sprint(len(used)) {
			t.Fatalf("%d rows, want %d", len(rows)-1, len(used))
		}
		col := map[string]int{}
		for i, n := range rows[0] {
			col[n] = i
		}
		errors := 0
		for i, o := range used {
			row := rows[i+1]
			one := answerTo(t, text(with(o, obj{"v": 1, "op": "settle", "accept": []any{"draft"}})))
			if row[col["id"]] != fmt.Sprint(i+1) {
				t.Errorf("row %d has id %s", i+1, row[col["id"]])
			}
			if one["ok"] != true {
				errors++
				if e := one["error"].(obj); row[col["error"]] != e["code"] || row[col["field"]] != e["field"] || row[col["psn_part_amt"]] != "" {
					t.Errorf("row %v, alone %v", row, e)
				}
				continue
			}
			s := at(t, one, "settlement").(obj)
			for _, n := range figureNames {
				if row[col[n]] != s[n] {
					t.Errorf("row %d: %s %s, alone %v", i+1, n, row[col[n]], s[n])
				}
			}
			from, to := "", ""
			if s["range"] != nil {
				from, to = s["psn_part_amt"].(string), s["psn_part_amt"].(string)
				if p, ok := s["range"].(obj)["psn_part_amt"].(obj); ok {
					from, to = p["from"].(string), p["to"].(string)
				}
			}
			if row[col["psn_part_from"]] != from || row[col["psn_part_to"]] != to || row[col["error"]] != "" {
				t.Errorf("row %d: from %s to %s, alone %s to %s", i+1, row[col["psn_part_from"]], row[col["psn_part_to"]], from, to)
			}
			if g, _ := s["grade"].(string); row[col["grade"]] != g {
				t.Errorf("row %d: grade %s, alone %s", i+1, row[col["grade"]], g)
			}
		}
		if text(got["errors"]) != fmt.Sprint(errors) || errors == 0 || errors == len(used) {
			t.Errorf("errors %v, want %d of %d", got["errors"], errors, len(used))
		}
	}
}

const batchHeader = "policy,date,person.scheme,person.status,visit.kind,visit.level,visit.admission,bill.total"
const batchRow = "sample,2026-05-01,employee,active,inpatient,tertiary,1,60000.00"

// Spreadsheets write many things.
func TestBatchForms(t *testing.T) {
	quoted := `"` + strings.ReplaceAll(batchRow, ",", `","`) + `"`
	for _, tt := range []struct{ why, csv string }{
		{"plain", batchHeader + "\n" + batchRow + "\n"},
		{"no line end at the end", batchHeader + "\n" + batchRow},
		{"CRLF", batchHeader + "\r\n" + batchRow + "\r\n"},
		{"CR", batchHeader + "\r" + batchRow + "\r"},
		{"byte order mark", "\ufeff" + batchHeader + "\n" + batchRow},
		{"semicolons", strings.ReplaceAll(batchHeader+"\n"+batchRow, ",", ";")},
		{"tabs", strings.ReplaceAll(batchHeader+"\n"+batchRow, ",", "\t")},
		{"quoted", `"` + strings.ReplaceAll(batchHeader, ",", `","`) + "\"\r\n" + quoted + "\r\n"},
		{"spaces", strings.ReplaceAll(batchHeader+"\n"+batchRow, ",", " , ")},
		{"blank lines", batchHeader + "\n\n,,,,,,,\n" + batchRow + "\n\n"},
	} {
		b, rows := batchOf(t, strings.ReplaceAll(tt.csv, "\t", "\t"), nil)
		if tt.why == "semicolons" || tt.why == "tabs" {
			sep := map[string]rune{"semicolons": ';', "tabs": '\t'}[tt.why]
			r := csv.NewReader(strings.NewReader(b["csv"].(string)))
			r.Comma = sep
			var err error
			if rows, err = r.ReadAll(); err != nil {
				t.Fatal(err)
			}
		}
		if len(rows) != 2 || rows[1][16] != "7605.00" || rows[0][16] != "psn_part_amt" {
			t.Errorf("%s: %v", tt.why, rows)
		}
	}
}

// Nothing that was typed into a cell comes out as a formula, and nothing breaks a row.
func TestBatchHostileCells(t *testing.T) {
	evil := []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", `a"b`, "a,b", "a\nb", "=HYPERLINK(\"x\",\"y\")", "'ok", "中文"}
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write(append([]string{"id"}, strings.Split(batchHeader, ",")...))
	for _, e := range evil {
		_ = w.Write(append([]string{e}, strings.Split(batchRow, ",")...))
	}
	w.Flush()
	_, rows := batchOf(t, b.String(), nil)
	for i, e := range evil {
		got := rows[i+1][0]
		if strings.ContainsRune("=+-@\t\r", rune(got[0])) {
			t.Errorf("%q came out as %q", e, got)
		}
		e = strings.TrimSpace(strings.ReplaceAll(e, "\r\n", "\n"))
		if strings.TrimPrefix(strings.TrimSpace(strings.TrimPrefix(got, "'")), "'") != strings.TrimPrefix(e, "'") {
			t.Errorf("%q came out as %q", e, got)
		}
		if rows[i+1][16] != "7605.00" {
			t.Errorf("%q: %v", e, rows[i+1])
		}
	}
	// A value in a place where it cannot be, too.
	_, rows = batchOf(t, batchHeader+"\n"+strings.Replace(batchRow, "60000.00", "=1+1", 1), nil)
	if got := rows[1][len(rows[1])-3:]; got[0] != "format" || got[1] != "bill.total" || got[2] != "amount" {
		t.Errorf("%v", got)
	}
}

// A row that is wrong says why and stops none of the others.
func TestBatchRows(t *testing.T) {
	bad := func(old, new string) string { return strings.Replace(batchRow, old, new, 1) }
	list := []struct{ row, code, field, limit string }{
		{batchRow, "", "", ""},
		{bad("sample", "nobody's"), "unknown_region", "policy", ""},
		{bad("2026-05-01", "2026-02-30"), "format", "date", "date"},
		{bad("2026-05-01", ""), "required", "date", ""},
		{bad("employee", ""), "required", "person.scheme", ""},
		{bad("active", "adult"), "not_allowed", "person.status", "active|retired"},
		{bad("tertiary", ""), "required", "visit.level", ""},
		{bad(",1,", ",0,"), "negative", "visit.admission", "1"},
		{bad(",1,", ",1.5,"), "format", "visit.admission", "integer"},
		{bad("60000.00", ""), "required", "bill.total", ""},
		{bad("60000.00", "1e9"), "format", "bill.total", "amount"},
		{bad("inpatient", "pharmacy"), "not_known", "visit.kind", "employee.pharmacy"},
		{batchRow + ",1", "bad_csv", "", "8"},
		{"sample,2026-05-01", "bad_csv", "", "8"},
		{`"sample"x,2026-05-01,employee,active,inpatient,tertiary,1,60000.00`, "bad_csv", "", "quote"},
		{bad(",1,", ",,"), "", "", ""},
		{bad("60000.00", "unknown"), "", "", ""},
		{`"sample`, "bad_csv", "", "quote"},
	}
	var b strings.Builder
	b.WriteString(batchHeader + "\n")
	errors := 0
	for _, x := range list {
		b.WriteString(x.row + "\n")
		if x.code != "" {
			errors++
		}
	}
	o, rows := batchOf(t, b.String(), nil)
	if len(rows) != len(list)+1 || text(o["errors"]) != fmt.Sprint(errors) {
		t.Fatalf("%d rows, errors %v, want %d and %d", len(rows)-1, o["errors"], len(list), errors)
	}
	for i, x := range list {
		row := rows[i+1]
		if n := len(row); row[0] != fmt.Sprint(i+1) || row[n-3] != x.code || row[n-2] != x.field || row[n-1] != x.limit {
			t.Errorf("%s\n got %v\nwant %v", x.row, row, x)
		}
		if settled := row[1] != ""; settled != (x.code == "") {
			t.Errorf("%s: %v", x.row, row)
		}
	}
}

func TestBatchDefaultsAndSlices(t *testing.T) {
	defaults := obj{"policy": "sample", "person": obj{"scheme": "employee", "status": "active"}, "visit": obj{"kind": "inpatient", "level": "tertiary"}, "date": "2026-05-01"}
	o, rows := batchOf(t, "bill.total,visit.level,accounts[0].owner,accounts[0].balance,overrides.employee.inpatient.deductible.table[0].value\n60000,,,,\n60000,secondary,self,100.00,1000\n", obj{"defaults": defaults})
	// Secondary with a deductible of 1,000: 59,000 × 0.97 = 57,230; own 2,770, of it 100 by the account.
	if rows[1][16] != "7605.00" || rows[2][16] != "2770.00" || rows[2][17] != "100.00" || text(o["errors"]) != "0" {
		t.Errorf("%v", rows)
	}
	// A later slice numbers on and has no second header.
	o, rows = batchOf(t, "bill.total\n60000\n60001\n", obj{"defaults": defaults, "first_row": 501})
	if len(rows) != 2 || rows[0][0] != "501" || rows[1][0] != "502" || text(o["rows"]) != "2" {
		t.Errorf("%v", rows)
	}
	// The template is a sheet that settles.
	o = settled(t, `{"v":1,"op":"batch","template":true}`)
	_, rows = batchOf(t, at(t, o, "batch", "csv").(string), nil)
	if len(rows) != 2 || rows[1][len(rows[1])-3] != "" {
		t.Errorf("%v", rows)
	}
}

func TestBatchErrors(t *testing.T) {
	csvOf := func(s string, more string) string {
		o := obj{"v": 1, "op": "batch", "csv": s}
		merge(o, parsed(more))
		return text(o)
	}
	many := "policy\n" + strings.Repeat("sample\n", MaxRows+1)
	for _, tt := range []struct{ request, problem string }{
		{`{"v":1,"op":"batch"}`, `{"code":"required","field":"csv"}`},
		{`{"v":1,"op":"batch","csv":7}`, `{"code":"format","field":"csv","limit":"string"}`},
		{csvOf("", `{}`), `{"code":"bad_csv","field":"csv","limit":"header"}`},
		{csvOf("\"region", `{}`), `{"code":"bad_csv","field":"csv","limit":"header"}`},
		{csvOf("region,visit.lvl\n", `{}`), `{"code":"unknown_field","field":"csv.visit.lvl"}`},
		{csvOf("region,lvl\n", `{}`), `{"code":"unknown_field","field":"csv.lvl"}`},
		{csvOf("region,v\n", `{}`), `{"code":"unknown_field","field":"csv.v"}`},
		{csvOf("region,\n", `{}`), `{"code":"unknown_field","field":"csv."}`},
		{csvOf("region,year.inpatient.pay\n", `{}`), `{"code":"unknown_field","field":"csv.year.inpatient.pay"}`},
		{csvOf("region,accounts[1].owner\n", `{}`), `{"code":"unknown_field","field":"csv.accounts[1].owner"}`},
		{csvOf("region,date,region\n", `{}`), `{"code":"contradiction","field":"csv.region"}`},
		{csvOf("bill.total,bill.total.from\n", `{}`), `{"code":"contradiction","field":"csv.bill.total.from"}`},
		{csvOf("region\n", `{"defaults":{"vist":{}}}`), `{"code":"unknown_field","field":"defaults.vist"}`},
		{csvOf("region\n", `{"defaults":{"visit":{"lvl":1}}}`), `{"code":"unknown_field","field":"defaults.visit.lvl"}`},
		{csvOf("region\n", `{"defaults":7}`), `{"code":"format","field":"defaults","limit":"object"}`},
		{csvOf("region\n", `{"first_row":0}`), `{"code":"negative","field":"first_row","limit":"1"}`},
		{csvOf("region\n", `{"rows":0}`), `{"code":"unknown_field","field":"rows"}`},
		{csvOf("region\n", `{"template":true}`), `{"code":"contradiction","field":"csv","limit":"template"}`},
		{csvOf(many, `{}`), `{"code":"too_many","field":"csv","limit":"10000"}`},
	} {
		refusedWith(t, tt.request, tt.problem)
	}
}

func FuzzCSV(f *testing.F) {
	f.Add("a,b\r\n1,\"2\"\n")
	f.Add("\ufeff\"a\";b\n\"x\"\"y\";\n\n;;\nz")
	f.Add("a\tb\r\"")
	f.Fuzz(func(t *testing.T, s string) {
		r := readCSV(s)
		var b []byte
		var records [][]string
		for {
			cells, good, more := r.next()
			if !more {
				break
			}
			if !good {
				return
			}
			records = append(records, append([]string(nil), cells...))
			for i, c := range cells {
				if i > 0 {
					b = append(b, r.sep)
				}
				b = append(b, '"')
				b = append(b, strings.ReplaceAll(c, `"`, `""`)...)
				b = append(b, '"')
			}
			b = append(b, '\n')
		}
		// What was read and is written quoted reads back the same, with the same separator.
		again := &csvReader{s: string(b), sep: r.sep}
		for _, want := range records {
			cells, good, more := again.next()
			if !good || !more || strings.Join(cells, "\x00") != strings.Join(want, "\x00") {
				t.Fatalf("%q read back as %q of %q", want, cells, s)
			}
		}
	})
}

func BenchmarkBatch500(b *testing.B) {
	row := "110000,2026-05-01,employee,retired,66,inpatient,tertiary,2,30000.00,2000.00,1000.00,8240.49\n"
	s := "region,date,person.scheme,person.status,person.age,visit.kind,visit.level,visit.admission,bill.total,bill.self_funded,bill.paid_first,year.inpatient.paid\n" + strings.Repeat(row, 500)
	r := text(obj{"v": 1, "op": "batch", "csv": s})
	if o, _ := batchOf(b, s, nil); text(o["errors"]) != "0" {
		b.Fatal(o)
	}
	b.ReportAllocs()
	for b.Loop() {
		Handle(r)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/500, "ns/row")
}
