package main

import (
	"cmp"
	"maps"
)

// caseView is a view beside the Estimate that asks for a case by the same form.
type caseView struct {
	name, title string
	blank       bool // begins without the example's bill
	styles      []string
	folder      string // where it stands, unless under its name
}

// at is the folder that the view stands in.
func (v caseView) at() string { return cmp.Or(v.folder, v.name+"/") }

var caseViews = []caseView{
	{"year", "ledger.title", true, []string{"year.css"}, ""},
	{"whatif", "whatif.title", false, []string{"year.css", "whatif.css"}, ""},
	{"reconcile", "check.title", true, []string{"prose.css", "year.css", "reconcile.css"}, "receipt/"},
}

// scriptViews are the scripts that have an entry for each language.
func scriptViews() []string {
	names := []string{"estimate", "embed", "embedding", "batch"}
	for _, v := range caseViews {
		names = append(names, v.name)
	}
	return names
}

// casePages writes these views in the renderer's language. They are made from what the
// Estimate's page knows: the example, its questions, the regions.
func (s *site) casePages(r *renderer, estimate *page) error {
	for _, v := range caseViews {
		p := s.newPage(r.messages, v.at(), v.title)
		p.load(s.scripts[v.name+"."+r.lang])
		p.Styles = v.styles
		p.Facts, p.Provinces, p.Chosen, p.View, p.shown, p.viewer = estimate.Facts, estimate.Provinces, estimate.Chosen, estimate.View, estimate.shown, estimate.viewer
		if v.blank {
			p.Facts.Example = maps.Clone(p.Facts.Example)
			delete(p.Facts.Example, "bill")
		}
		html, err := r.render(s.root, v.name+".html", p)
		if err != nil {
			return err
		}
		s.add(p.Path+"index.html", html)
	}
	return nil
}
