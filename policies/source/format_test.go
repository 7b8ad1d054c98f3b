package source

import (
	"os"
	"strings"
	"testing"
)

// example is the region in FORMAT.md.
func example(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("../FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), "## An example")
	if !ok {
		t.Fatal("FORMAT.md has no example")
	}
	_, rest, _ = strings.Cut(rest, "```yaml\n")
	yaml, _, _ := strings.Cut(rest, "```")
	return yaml
}

func TestExampleOfTheReferenceLoads(t *testing.T) {
	r, err := Load("FORMAT.md", []byte(example(t)), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range r.Warnings {
		t.Error(w)
	}
	p := r.Policy
	if p.Region.Pinyin != "shili" || p.Region.Initials != "sl" || len(p.Schemes) != 1 || len(p.Schemes[0].Layers) != 3 {
		t.Errorf("read %+v", p.Region)
	}
}

// A newcomer's copy of the template must pass as it is.
func TestTemplateLoads(t *testing.T) {
	national, err := os.ReadFile("../national.yaml")
	if err != nil {
		t.Fatal(err)
	}
	n, warnings, err := LoadNational("national.yaml", national)
	if err != nil || len(warnings) > 0 {
		t.Fatal(err, warnings)
	}
	text, err := os.ReadFile("../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r, err := Load("template.yaml", text, n)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range r.Warnings {
		t.Error(w)
	}
}
