package source

import (
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"

	"mingbai/engine"
	"mingbai/policies"
)

// Whatever the text, loading ends with a policy that survives compiling, or with errors
// that each have a place, a message and an excerpt.
func FuzzLoad(f *testing.F) {
	f.Add(example(f))
	for _, name := range []string{"testdata/small.yaml", "testdata/999901-quan.yaml"} {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Add("a: &a [*a]\nb: {<<: *a}\n")
	f.Add("? [x]\n: {y: !!binary x}\n\t- |2\n  z\u2028\x85")
	f.Add("format: 1\r\nregion: {code: \"1\", ~: ~}\rversion: ")
	text, err := os.ReadFile("testdata/national.yaml")
	if err != nil {
		f.Fatal(err)
	}
	national, _, err := LoadNational("national.yaml", text)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		LoadNational("n.yaml", []byte(text))
		r, err := Load("f.yaml", []byte(text), national)
		if err != nil {
			var list Errors
			if !errors.As(err, &list) || len(list) == 0 {
				t.Fatalf("an error of another type: %v", err)
			}
			for _, e := range list {
				if e.Line < 1 || e.Col < 1 || e.Msg == "" || e.Code == "" || strings.Count(e.Excerpt, "\n") != 1 || !strings.HasSuffix(e.Excerpt, "^") {
					t.Fatalf("an error without its place: %#v", e)
				}
			}
			return
		}
		set, err := policies.Open(string(policies.Compile([]*engine.Policy{r.Policy})))
		if err != nil {
			t.Fatal(err)
		}
		p, err := set.Load(r.Policy.Region.Code)
		if err != nil || !reflect.DeepEqual(p, r.Policy) {
			t.Fatalf("compiled otherwise: %v", err)
		}
	})
}

func TestLargeFilesAreRefused(t *testing.T) {
	for name, text := range map[string]string{
		"bytes":   "# " + strings.Repeat("x", maxBytes),
		"aliases": "a: &a [1,1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n",
		"depth":   strings.Repeat("[", 40) + strings.Repeat("]", 40),
		// These would end the engine in a browser, whose stack is small, while yaml.v3 reads them.
		"brackets": strings.Repeat("{", 5000),
		"mappings": strings.Repeat("{a: [", 2500),
		"dashes":   strings.Repeat("- ", 5000) + "x",
		"keys":     strings.Repeat("? - ", 2500) + "x",
	} {
		_, err := Load("large.yaml", []byte(text), nil)
		var e *PolicyError
		if !errors.As(err, &e) || e.Code != "too_large" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
