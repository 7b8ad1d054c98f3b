package json

import "testing"

func TestEdited(t *testing.T) {
	parse := func(s string) Value {
		v, err := Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	set := func(to string, path ...string) Edit { return Edit{path, parse(to)} }
	for _, tt := range []struct {
		root  string
		edits []Edit
		want  string
	}{
		{`{"op":1,"a":{"b":[1,{"c":"x"}],"d":null},"vary":[2]}`, nil, `{"op":1,"a":{"b":[1,{"c":"x"}],"d":null}}`},
		{`{"a":{"b":[1,{"c":"x"}]}}`, []Edit{set(`"y"`, "a", "b", "[1]", "c")}, `{"a":{"b":[1,{"c":"y"}]}}`},
		{`{"a":{"b":[1,{"c":"x"}]}}`, []Edit{set(`2`, "a", "b", "[1]", "d"), set(`{"x":[]}`, "e", "f"), set(`true`, "e", "g")}, `{"a":{"b":[1,{"c":"x","d":2}]},"e":{"f":{"x":[]},"g":true}}`},
		{`{"a":null}`, []Edit{set(`1`, "a", "b"), set(`2`, "a", "c")}, `{"a":{"b":1,"c":2}}`},
		{`{"a":"text"}`, []Edit{set(`1`, "a", "b")}, `{"a":"text"}`},
		{`{"a":[1]}`, []Edit{set(`1`, "a", "[7]")}, `{"a":[1]}`},
		{`{"a":[1]}`, []Edit{set(`2`, "a", "[1]", "x"), set(`3`, "a", "[1]", "y"), set(`4`, "b", "[0]"), set(`5`, "b", "[1]"), set(`6`, "b", "[3]")}, `{"a":[1,{"x":2,"y":3}],"b":[4,5]}`},
		{`{"a":{"b":1}}`, []Edit{set(`3`, "a", "b"), set(`{"c":4}`, "a")}, `{"a":{"c":4}}`},
		{`{"a":{"b":1}}`, []Edit{set(`null`, "a"), set(`5`, "a", "z")}, `{"a":{"z":5}}`},
	} {
		got := Edited(parse(tt.root), "vary", tt.edits)
		w := NewWriter(0)
		w.Value(got)
		if w.String() != tt.want {
			t.Errorf("%s: got %s, want %s", tt.root, w.String(), tt.want)
		}
		for m := range got.All {
			if m.Path() != m.Name() || got.At([]string{m.Name()}).i != m.i {
				t.Errorf("%s: path %q of %q", tt.root, m.Path(), m.Name())
			}
		}
	}
	v := parse(`{"a":[{"b":1},{"b":[7]}]}`)
	if got := v.At([]string{"a", "[1]", "b", "[0]"}); got.Text() != "7" || got.Path() != "a[1].b[0]" {
		t.Errorf("%q at %q", got.Text(), got.Path())
	}
	if v.At([]string{"a", "[2]", "b"}).Given() || v.At([]string{"a", "b"}).Given() {
		t.Error("a path that leads nowhere leads somewhere")
	}
}

func TestForm(t *testing.T) {
	root, err := Parse(`{"a":{"x":"1"},"d":"default"}`)
	if err != nil {
		t.Fatal(err)
	}
	f := NewForm(root, [][]string{{"a", "y"}, {"b", "from"}, {"b", "to"}, {"c", "[0]", "p"}, {"c", "[1]", "p"}, {"d"}, {"e", "[1]", "q"}})
	show := func(v Value) string {
		w := NewWriter(0)
		w.Value(v)
		return w.String()
	}
	for i, want := range []bool{true, true, true, true, true, true, false} {
		if f.Has(i) != want {
			t.Errorf("field %d: %v", i, !want)
		}
	}
	if got, want := show(f.Open()), `{"a":{"x":"1","y":null},"d":"default","b":{"from":null,"to":null},"c":[{"p":null},{"p":null}],"e":[]}`; got != want {
		t.Errorf("open\n got %s\nwant %s", got, want)
	}
	for range 2 {
		for i, kind := range []Kind{Absent, Absent, Number, String, Absent, Absent} {
			f.Set(i, kind, "7")
		}
		if got, want := show(f.Filled()), `{"a":{"x":"1","y":null},"d":"default","b":{"from":null,"to":7},"c":[{"p":"7"}],"e":[]}`; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		for i, kind := range []Kind{String, Absent, Absent, Absent, String, String} {
			f.Set(i, kind, "8")
		}
		if got, want := show(f.Filled()), `{"a":{"x":"1","y":"8"},"d":"8","b":null,"c":[null,{"p":"8"}],"e":[]}`; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		for i := range 6 {
			f.Set(i, Absent, "")
		}
		if got, want := show(f.Filled()), `{"a":{"x":"1","y":null},"d":"default","b":null,"c":null,"e":[]}`; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
