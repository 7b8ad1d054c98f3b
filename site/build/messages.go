package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// messages holds all texts of one language, by key. The pages, the scripts and the
// example that is settled at build time all draw from the same file, so that no
// sentence exists twice.
type messages struct {
	lang  string
	texts map[string]string
}

var languages = []string{"zh", "en"}

func loadMessages(root, lang string) (messages, error) {
	m := messages{lang: lang}
	path := filepath.Join(root, "site", "src", "locales", lang+".json")
	data, err := os.ReadFile(path)
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(data, &m.texts); err != nil {
		return m, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// t is the text of a key; pairs are names and values for its {placeholders}. A missing
// key stops the build: a page must not go out with a hole in it.
func (m messages) t(key string, pairs ...string) string {
	text, ok := m.texts[key]
	if !ok {
		panic(missingText(m.lang + ".json has no text for " + key))
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		text = strings.ReplaceAll(text, "{"+pairs[i]+"}", pairs[i+1])
	}
	return text
}

// tf is the text of a code in a family of codes, such as level.tertiary.
func (m messages) tf(family, code string, pairs ...string) string {
	return m.t(family+"."+code, pairs...)
}

// or is like tf, for codes that a region may add: these have no text of ours, and the
// fall-back is what the policy itself calls them.
func (m messages) or(fallback, family, code string) string {
	if text, ok := m.texts[family+"."+code]; ok {
		return text
	}
	return fallback
}

type missingText string

func (e missingText) Error() string { return string(e) }

// usedKeys finds the keys that a source file names: t(key) names one text and
// tf(family, …), or(…, family, …) all of a family.
func usedKeys(source string) (keys, families []string) {
	for _, m := range keyCall.FindAllStringSubmatch(source, -1) {
		keys = append(keys, m[1])
	}
	for _, m := range familyCall.FindAllStringSubmatch(source, -1) {
		families = append(families, m[1])
	}
	return keys, families
}

var (
	keyCall    = regexp.MustCompile(`\bt[ (]\(?["'\x60]([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*)["'\x60]`)
	familyCall = regexp.MustCompile(`\b(?:tf[ (]|or\((?:''|""|[^'"\x60()]*), )["'\x60]([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*)["'\x60]`)
)

// selectTexts are the texts that the scripts use.
func (m messages) selectTexts(scripts []string) map[string]string {
	var keys, families []string
	for _, s := range scripts {
		k, f := usedKeys(s)
		keys, families = append(keys, k...), append(families, f...)
	}
	chosen := map[string]string{}
	for key, text := range m.texts {
		if slices.Contains(keys, key) || slices.ContainsFunc(families, func(f string) bool { return strings.HasPrefix(key, f+".") }) {
			chosen[key] = text
		}
	}
	return chosen
}
