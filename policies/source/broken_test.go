package source

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sections splits a txtar file: a comment, then parts headed by "-- name --".
func sections(t *testing.T, name string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	at := ""
	for _, line := range strings.SplitAfter(string(text), "\n") {
		if head, ok := strings.CutPrefix(line, "-- "); ok && strings.HasSuffix(head, " --\n") {
			at = strings.TrimSuffix(head, " --\n")
			if _, twice := out[at]; twice {
				t.Fatalf("%s: section %s stands twice", name, at)
			}
			out[at] = ""
			continue
		}
		out[at] += line
	}
	return out
}

// Each file in broken/ changes small.yaml in one place and says the whole message that
// follows. The messages are written by hand: they are what an author reads.
func TestBrokenPoliciesAreExplained(t *testing.T) {
	base, err := os.ReadFile("testdata/small.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if r, err := Load("small.yaml", base, nil); err != nil || len(r.Warnings) > 0 {
		t.Fatalf("small.yaml itself: %v %v", err, r)
	}
	names, _ := filepath.Glob("testdata/broken/*.txtar")
	if len(names) < 50 {
		t.Fatalf("%d files", len(names))
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			s := sections(t, name)
			for k := range s {
				switch k {
				case "", "replace", "with", "file", "want", "doubts":
				default:
					t.Fatalf("unknown section %s", k)
				}
			}
			text, whole := s["file"]
			if !whole {
				if n := strings.Count(string(base), s["replace"]); n != 1 {
					t.Fatalf("what is to be replaced stands %d times in small.yaml", n)
				}
				text = strings.Replace(string(base), s["replace"], s["with"], 1)
			}
			r, err := Load("small.yaml", []byte(text), nil)
			got := ""
			switch {
			case err != nil:
				got = err.Error()
			default:
				got = r.Warnings.Error()
			}
			want, isError := s["want"]
			if !isError {
				want = s["doubts"]
			}
			if isError != (err != nil) {
				t.Errorf("the file is refused: %v, but should be: %v", err != nil, isError)
			}
			if strings.TrimSpace(got) != strings.TrimSpace(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}
