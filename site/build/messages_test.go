package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mingbai/engine"
)

func testRoot(t *testing.T) string {
	t.Helper()
	root, err := findRoot()
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func allMessages(t *testing.T) map[string]messages {
	t.Helper()
	out := map[string]messages{}
	for _, lang := range languages {
		m, err := loadMessages(testRoot(t), lang)
		if err != nil {
			t.Fatal(err)
		}
		out[lang] = m
	}
	return out
}

func TestLanguagesHaveTheSameTexts(t *testing.T) {
	all := allMessages(t)
	hole := regexp.MustCompile(`\{\w+\}`)
	for _, lang := range languages {
		for _, other := range languages {
			for key, text := range all[lang].texts {
				translated, ok := all[other].texts[key]
				if !ok {
					t.Errorf("%s.json has %s, %s.json has not", lang, key, other)
					continue
				}
				if strings.TrimSpace(text) == "" {
					t.Errorf("%s.json: %s is empty", lang, key)
				}
				a, b := hole.FindAllString(text, -1), hole.FindAllString(translated, -1)
				slices.Sort(a)
				slices.Sort(b)
				if !slices.Equal(slices.Compact(a), slices.Compact(b)) {
					t.Errorf("%s: placeholders %v in %s, %v in %s", key, a, lang, b, other)
				}
			}
		}
	}
}

// Every text is used by a page, a script or the build, and everything that these name
// has a text.
func TestTextsAreUsedAndUsedTextsExist(t *testing.T) {
	root := testRoot(t)
	texts := allMessages(t)["zh"].texts
	facts, err := readFacts(root)
	if err != nil {
		t.Fatal(err)
	}
	families := append(facts.families(), "hint")
	var keys []string
	for _, pattern := range []string{"site/src/*.mjs", "site/src/*.js", "site/src/*/*.mjs", "site/src/pages/*.html", "site/build/*.go"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			k, f := usedKeys(string(data))
			keys, families = append(keys, k...), append(families, f...)
		}
	}
	if len(keys) < 50 || len(families) < 15 {
		t.Fatalf("found only %d keys and %d families in the sources: the search is broken", len(keys), len(families))
	}
	for _, key := range keys {
		if _, ok := texts[key]; !ok {
			t.Errorf("%s is used and has no text", key)
		}
	}
	inFamily := func(key string) bool {
		return slices.ContainsFunc(families, func(f string) bool { return strings.HasPrefix(key, f+".") })
	}
	for key := range texts {
		if !slices.Contains(keys, key) && !inFamily(key) {
			t.Errorf("%s is used nowhere", key)
		}
	}
	for _, f := range families {
		found := false
		for key := range texts {
			found = found || strings.HasPrefix(key, f+".")
		}
		if !found {
			t.Errorf("family %s has no texts", f)
		}
	}
}

// Codes that the engine may say have words in both languages: without, a visitor would
// read the code.
func TestEngineCodesHaveTexts(t *testing.T) {
	for lang, m := range allMessages(t) {
		want := func(family string, codes ...string) {
			for _, code := range codes {
				if _, ok := m.texts[family+"."+code]; !ok {
					t.Errorf("%s.json has no %s.%s", lang, family, code)
				}
			}
		}
		for _, d := range engine.Dims() {
			want("cond", d.String())
			want(d.String(), engine.StandardCodes(d)...)
			if d != engine.DimItemClass && d != engine.DimItemKind {
				want("fact", d.Field())
			}
		}
		for kind := engine.StepClassify; kind <= engine.StepCash; kind++ {
			want("step", kind.String())
		}
		for op := engine.Plus; op <= engine.PerAdmission; op++ {
			want("op", op.String())
		}
		for place := engine.Hifp; place <= engine.Cash; place++ {
			want("payer", place.String())
			want("line", place.String())
			want("word", place.String())
		}
		want("error", "bad_json", "unknown_field", "required", "not_allowed", "format", "negative", "too_large", "too_many",
			"contradiction", "no_rules", "unknown_region", "not_known", "draft", "unknown_rule", "internal", "too_big", "bad_version", "unknown_op")
		want("ahead", "deductible", "cap", "band", "band_paid", "critical", "next_deductible")
		want("grade", "A", "B", "C", "D")
		want("scheme", "employee", "resident")
	}
}

// Explanations stand at the receipt's lines; one for anything else would be read by nobody.
func TestWordsAreShown(t *testing.T) {
	var plan receiptPlan
	if err := readJSON(filepath.Join("..", "src", "receipt.json"), &plan); err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	for _, g := range plan.Groups {
		for _, l := range g.Lines {
			shown["word."+l.ID] = true
		}
	}
	for lang, m := range allMessages(t) {
		for key := range m.texts {
			if strings.HasPrefix(key, "word.") && !shown[key] {
				t.Errorf("%s.json: %s is shown nowhere", lang, key)
			}
		}
	}
}

func TestUsedKeys(t *testing.T) {
	keys, families := usedKeys("x = t('a.b') + tf(\"fam\", c) + or('', 'far', c) + {{t \"c.d\"}} + {{list (t \"e\")}} + at('no.key') + w.or(is, \"cond\", is)")
	if want := []string{"a.b", "c.d", "e"}; !slices.Equal(keys, want) {
		t.Errorf("keys %q, want %q", keys, want)
	}
	if want := []string{"fam", "far", "cond"}; !slices.Equal(families, want) {
		t.Errorf("families %q, want %q", families, want)
	}
}
