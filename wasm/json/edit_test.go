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
