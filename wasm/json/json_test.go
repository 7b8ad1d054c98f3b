package json

import (
	std "encoding/json"
	"io"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestRefused(t *testing.T) {
	tests := []struct {
		text   string
		reason Reason
		path   string
		offset int
		line   int
		column int
	}{
		{``, End, "", 0, 1, 1},
		{`  `, End, "", 2, 1, 3},
		{`{`, End, "", 1, 1, 2},
		{`{"a"`, End, "", 4, 1, 5},
		{`{"a":`, End, "a", 5, 1, 6},
		{`{"a":1`, End, "", 6, 1, 7},
		{`{"a":1,}`, Syntax, "", 7, 1, 8},
		{`{a:1}`, Syntax, "", 1, 1, 2},
		{`{"a" 1}`, Syntax, "", 5, 1, 6},
		{`{"a":1 "b":2}`, Syntax, "", 7, 1, 8},
		{`[1,]`, Syntax, "[1]", 3, 1, 4},
		{`[1 2]`, Syntax, "", 3, 1, 4},
		{`[`, End, "[0]", 1, 1, 2},
		{`nul`, End, "", 3, 1, 4},
		{`nulL`, Syntax, "", 3, 1, 4},
		{`1 2`, Trailing, "", 2, 1, 3},
		{`{}x`, Trailing, "", 2, 1, 3},
		{`01`, BadNumber, "", 1, 1, 2},
		{`-`, BadNumber, "", 1, 1, 2},
		{`.5`, Syntax, "", 0, 1, 1},
		{`+1`, Syntax, "", 0, 1, 1},
		{`1.`, BadNumber, "", 2, 1, 3},
		{`1e`, BadNumber, "", 2, 1, 3},
		{`1e+`, BadNumber, "", 3, 1, 4},
		{`NaN`, Syntax, "", 0, 1, 1},
		{`"a`, End, "", 2, 1, 3},
		{`"\`, End, "", 2, 1, 3},
		{`"\x"`, BadString, "", 2, 1, 3},
		{`"\u12"`, BadString, "", 5, 1, 6},
		{`"\u12`, End, "", 5, 1, 6},
		{"\"a\nb\"", BadString, "", 2, 1, 3},
		{"\"\\t\nb\"", BadString, "", 3, 1, 4},
		{"\"\xff\"", BadUTF8, "", 1, 1, 2},
		{"\"\\n\xc0\x80\"", BadUTF8, "", 3, 1, 4},
		{"\"\xed\xa0\x80\"", BadUTF8, "", 1, 1, 2},
		{`"\ud800"`, BadUTF8, "", 6, 1, 7},
		{`"\udc00\ud800"`, BadUTF8, "", 6, 1, 7},
		{`"\ud800\u0041"`, BadUTF8, "", 12, 1, 13},
		{"\ufeff{}", Syntax, "", 0, 1, 1},
		{"\u00a0{}", Syntax, "", 0, 1, 1},
		{`{"visit":{"level":"tertiary","level":"primary"}}`, Duplicate, "visit.level", 29, 1, 30},
		{`{"a":1,"\u0061":2}`, Duplicate, "a", 7, 1, 8},
		{"{\"bill\":\n {\"items\": [{}, {\"名称\": tru}]}}", Syntax, "bill.items[1].名称", 39, 2, 27},
		{strings.Repeat("[", 33), TooDeep, strings.Repeat("[0]", 32), 32, 1, 33},
	}
	for _, tt := range tests {
		v, err := Parse(tt.text)
		if err == nil {
			t.Errorf("%q: accepted as %v", tt.text, toAny(v))
			continue
		}
		want := Error{tt.reason, tt.path, tt.offset, tt.line, tt.column}
		if *err != want {
			t.Errorf("%q:\n got %+v\nwant %+v", tt.text, *err, want)
		}
	}
}

func TestDuplicateInLongObject(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{`)
	for _, c := range "abcdefghijklmnopqrstuvwxyz" {
		b.WriteString(`"` + string(c) + `":{"x":[1,2]},`)
	}
	ok := b.String() + `"last":0}`
	v, err := Parse(ok)
	if err != nil {
		t.Fatal(err)
	}
	if got := v.Get("z").Get("x").Len(); got != 2 {
		t.Errorf("z.x has %d elements, want 2", got)
	}
	for _, name := range []string{"a", "p", "z"} {
		if _, err := Parse(b.String() + `"` + name + `":0}`); err == nil || err.Reason != Duplicate || err.Path != name {
			t.Errorf("second %q: %v", name, err)
		}
	}
}

func TestBounds(t *testing.T) {
	if _, err := Parse(strings.Repeat("[", MaxDepth) + strings.Repeat("]", MaxDepth)); err != nil {
		t.Errorf("depth %d: %v", MaxDepth, err)
	}
	if _, err := Parse("[" + strings.Repeat("0,", MaxNodes) + "0]"); err == nil || err.Reason != TooMany {
		t.Errorf("%d values: %v", MaxNodes+2, err)
	}
}

func TestValue(t *testing.T) {
	v, err := Parse(` {"s":"中\ud83d\ude00\n","n":-1.50e+2,"null":null,"list":[[],{"deep":true},false]} `)
	if err != nil {
		t.Fatal(err)
	}
	if got := v.Get("s").Text(); got != "中😀\n" {
		t.Errorf("s = %q", got)
	}
	if got := v.Get("n"); got.Kind() != Number || got.Text() != "-1.50e+2" {
		t.Errorf("n = %v %q", got.Kind(), got.Text())
	}
	if v.Get("null").Given() || v.Get("none").Given() || v.Get("null").Kind() != Null || v.Get("none").Kind() != Absent {
		t.Error("null and absent must not count as given")
	}
	var paths []string
	for e := range v.Get("list").All {
		paths = append(paths, e.Path())
	}
	if want := []string{"list[0]", "list[1]", "list[2]"}; !reflect.DeepEqual(paths, want) {
		t.Errorf("paths %v, want %v", paths, want)
	}
	for e := range v.Get("list").All {
		if e.Kind() == Object && e.Get("deep").Path() != "list[1].deep" {
			t.Errorf("path %q", e.Get("deep").Path())
		}
	}
	if got := v.Get("s").Get("x").Kind(); got != Absent {
		t.Errorf("member of a string: %v", got)
	}
	var zero Value
	if zero.Len() != 0 || zero.Text() != "" || zero.Path() != "" || zero.Name() != "" {
		t.Error("the zero Value must answer like an absent one")
	}
	for range zero.All {
		t.Error("the zero Value has no members")
	}
}

func TestLongNameInPath(t *testing.T) {
	v, err := Parse(`{"` + strings.Repeat("医", 1000) + `":1}`)
	if err != nil {
		t.Fatal(err)
	}
	for m := range v.All {
		// 26 characters of three bytes are the most that 80 bytes hold.
		if want := strings.Repeat("医", 26) + "…"; m.Path() != want {
			t.Errorf("path %q, want %q", m.Path(), want)
		}
	}
}

func TestWriter(t *testing.T) {
	w := NewWriter(0)
	w.Object()
	w.Key("a")
	w.Array()
	w.Int(-9223372036854775808)
	w.Bool(true)
	w.Bool(false)
	w.Object()
	w.EndObject()
	w.Array()
	w.EndArray()
	w.Str("</script>\"\\\u2028\x00é\xff")
	w.EndArray()
	w.Name("k\"<")
	w.Quoted(func(b []byte) []byte { return AppendUint(b, 18446744073709551615) })
	w.Text("t", "x")
	w.Number("z", 0)
	w.ObjectAt("o")
	w.ArrayAt("l")
	w.EndArray()
	w.EndObject()
	w.EndObject()
	want := `{"a":[-9223372036854775808,true,false,{},[],"\u003c/script>\"\\\u2028\u0000é\ufffd"],"k\"\u003c":"18446744073709551615","t":"x","z":0,"o":{"l":[]}}`
	if got := w.String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func toAny(v Value) any {
	switch v.Kind() {
	case Null:
		return nil
	case True, False:
		return v.Kind() == True
	case Number:
		return std.Number(v.Text())
	case String:
		return v.Text()
	case Array:
		out := []any{}
		for e := range v.All {
			out = append(out, toAny(e))
		}
		return out
	case Object:
		out := map[string]any{}
		for m := range v.All {
			out[m.Name()] = toAny(m)
		}
		return out
	}
	return "absent"
}

// stricter says whether encoding/json would take a text that this package refuses for
// one of its own reasons. It looks at the tokens, not at this package's code.
func stricter(text string) bool {
	if !utf8.ValidString(text) || strings.Contains(strings.ToLower(text), `\ud`) {
		return true
	}
	d := std.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var names []map[string]bool // nil for arrays
	var key []bool
	depth, values := 0, 0
	for {
		tok, err := d.Token()
		if err != nil {
			return false
		}
		if len(key) > 0 && key[len(key)-1] {
			if s, ok := tok.(string); ok {
				if names[len(names)-1][s] {
					return true
				}
				names[len(names)-1][s] = true
				key[len(key)-1] = false
				continue
			}
		}
		switch tok {
		case std.Delim('{'), std.Delim('['):
			depth++
			if tok == std.Delim('{') {
				names = append(names, map[string]bool{})
			} else {
				names = append(names, nil)
			}
			key = append(key, tok == std.Delim('{'))
		case std.Delim('}'), std.Delim(']'):
			depth--
			names, key = names[:len(names)-1], key[:len(key)-1]
			if len(names) > 0 {
				key[len(key)-1] = names[len(names)-1] != nil
			}
			continue
		default:
			if len(names) > 0 {
				key[len(key)-1] = names[len(names)-1] != nil
			}
		}
		values++
		if depth > MaxDepth || values > MaxNodes {
			return true
		}
	}
}

func compare(t *testing.T, text string) {
	t.Helper()
	d := std.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var want any
	stdErr := d.Decode(&want)
	if stdErr == nil {
		if _, err := d.Token(); err != io.EOF {
			stdErr = err
			if err == nil {
				stdErr = io.ErrUnexpectedEOF
			}
		}
	}
	v, err := Parse(text)
	switch {
	case err == nil && stdErr != nil:
		t.Fatalf("%q: accepted, encoding/json says %v", text, stdErr)
	case err != nil && stdErr == nil:
		if !stricter(text) {
			t.Fatalf("%q: refused: %v", text, err)
		}
	case err == nil:
		if got := toAny(v); !reflect.DeepEqual(got, want) {
			t.Fatalf("%q:\n got %#v\nwant %#v", text, got, want)
		}
	}
	if err != nil && (err.Offset < 0 || err.Offset > len(text) || err.Line < 1 || err.Column < 1) {
		t.Fatalf("%q: position %+v", text, err)
	}
}

var seeds = []string{
	`{"v":1,"op":"settle","bill":{"total":"30000.00"},"accounts":[{"owner":"self"}]}`,
	`[0,-0,1.5e10,1E-2,"\u00e9\ud83d\ude00",true,false,null,{"":{}}]`,
	`{"a":1,"a":2}`, `"\ud800"`, "\"\xff\"", `[[[[[[]]]]]]`, ` "x" `, `1e30000000`, `{"a":[1,{"a":2}],"b":3}`,
	`"\u2028\\\/"`, `{"a":}`, `[1,]`, `01`, `-`, "\t[\r\n]", strings.Repeat("[", 40) + strings.Repeat("]", 40),
}

func TestAgainstStandard(t *testing.T) {
	for _, s := range seeds {
		compare(t, s)
		for i := range s {
			compare(t, s[:i])
			compare(t, s[:i]+s[i+1:])
			compare(t, s[:i]+"\\"+s[i:])
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) { compare(t, text) })
}

func FuzzAppendString(f *testing.F) {
	f.Add("<a>\u2028\u2029\"\\\n\r\t\x00\x1f\x7f医保\xff")
	f.Fuzz(func(t *testing.T, s string) {
		text := string(AppendString(nil, s))
		var got string
		if err := std.Unmarshal([]byte(text), &got); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if want := strings.ToValidUTF8(s, "\ufffd"); utf8.ValidString(s) && got != want {
			t.Fatalf("%q: reads back as %q", s, got)
		}
		if strings.ContainsAny(text, "<\u2028\u2029") {
			t.Fatalf("%q may not stand inside a script", text)
		}
		v, err := Parse(text)
		if err != nil || v.Text() != got {
			t.Fatalf("%q: own reader says %q, %v", text, v.Text(), err)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	text := `{"v":1,"op":"settle","region":"110000","date":"2026-05-01","person":{"scheme":"employee","status":"retired","age":66,"assistance":"none","months_enrolled":120,"tier":null},"visit":{"kind":"inpatient","level":"tertiary","admission":2,"place":"local","filing":"none","referral":"none","disease":null,"cause":"illness"},"bill":{"total":"30000.00","self_funded":"2000.00","over_limit":"0.00","paid_first":"1000.00"},"year":{"inpatient":{"entered":"0","deductible":"0","paid":"8240.49"}},"accounts":[{"owner":"self","balance":"1200.00"},{"owner":"family","relation":"child","limit":"300.00"}]}`
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := Parse(text); err != nil {
			b.Fatal(err)
		}
	}
}
