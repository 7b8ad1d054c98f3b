package main

import "strings"

// navigation names the site's views in the order in which every page links them; Head
// says which also stand at the top. A view joins by one line here and its text nav.<name>.
var navigation = []struct {
	Folder, Name string
	Head         bool
}{
	{"", "estimate", true},
	{"year/", "year", true},
	{"whatif/", "whatif", true},
	{"receipt/", "check", true},
	{"policies/", "policies", true},
	{"about/", "about", true},
	{"about/method/", "method", false},
	{"about/accessibility/", "accessibility", false},
	{"privacy/", "privacy", false},
	{"batch/", "batch", false},
	{"embedding/", "embedding", false},
	{"hosting/", "hosting", false},
}

type viewLink struct {
	Folder, Name string
	Head         bool
	Current      string // "page" on the view itself, "true" on a page below it
}

// Views are the links of the page's navigation, the way to the page marked.
func (p *page) Views() []viewLink {
	var out []viewLink
	for _, v := range navigation {
		link := viewLink{v.Folder, v.Name, v.Head, ""}
		switch {
		case p.Folder == v.Folder:
			link.Current = "page"
		case v.Folder != "" && v.Head && strings.HasPrefix(p.Folder, v.Folder):
			link.Current = "true"
		}
		out = append(out, link)
	}
	return out
}
