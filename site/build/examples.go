package main

import (
	"cmp"
	"html/template"
	"path/filepath"
	"slices"
	"strings"
)

// exampleCase is a case to start from: what the form asks, by its paths. The bills are
// made up, near to what such bills are; each example is settled by a test.
type exampleCase struct {
	ID   string
	Case map[string]string
	Link template.URL // fills the form with it (site/src/app/case.mjs reads it)
}

func readExamples(root string, facts factsFile) (list []exampleCase, err error) {
	err = readJSON(filepath.Join(root, "site/src/examples.json"), &list)
	names := map[string]string{}
	for short, path := range facts.Short {
		names[path] = short
	}
	for i := range list {
		var pairs []string
		for path, value := range list[i].Case {
			pairs = append(pairs, cmp.Or(names[path], path)+"-"+value)
		}
		slices.Sort(pairs)
		list[i].Link = template.URL("#c=1." + strings.Join(pairs, "~"))
	}
	return list, err
}
