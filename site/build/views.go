package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image/png"
	"net/url"
	"slices"
	"strings"
)

// home is the folder of a language below the site's own.
func home(lang string) string {
	return map[string]string{"zh": "", "en": "en/"}[lang]
}

// newPage is the frame of a page in a folder of its language, such as "privacy/"; the
// Estimate stands in "".
func (s *site) newPage(m messages, folder, title string) *page {
	path := home(m.lang) + folder
	up := strings.Repeat("../", strings.Count(path, "/"))
	other := languages[1-slices.Index(languages, m.lang)]
	p := &page{
		Path: path, Base: up, Home: strings.Repeat("../", strings.Count(folder, "/")), Title: m.t(title) + " · " + m.t("site.name"),
		CSP: cspOf("/" + path), Build: buildToken, Origin: s.origin, OtherLanguage: up + home(other) + folder, Offline: s.scripts["offline"],
		OEmbed: s.origin != "" && folder == "", Folder: folder, Description: m.t("site.description"),
	}
	p.load(s.scripts["plain"])
	if p.Home == "" {
		p.Home = "./"
	}
	for _, l := range languages {
		if s.origin == "" {
			break // search engines take only whole addresses of a page in another language
		}
		p.Alternates = append(p.Alternates, struct{ Tag, Path string }{map[string]string{"zh": "zh-CN", "en": "en"}[l], home(l) + folder})
	}
	return p
}

// Link is the address of another page of the site.
func (p *page) Link(path string) string {
	switch {
	case p.Origin != "":
		return p.Origin + "/" + path
	case p.Base+path == "":
		return "./"
	}
	return p.Base + path
}

// example puts the form with the settled example into a page.
func (s *site) example(p *page, lang string) {
	from := s.examples[lang]
	p.Facts, p.Provinces, p.Chosen, p.View, p.shown, p.viewer = from.Facts, from.Provinces, from.Chosen, from.View, from.shown, from.viewer
}

// load names a page's own script, followed by what it imports.
func (p *page) load(modules []string) { p.Script, p.Modules = modules[0], modules[1:] }

// Preload lists what the page's scripts import, each once.
func (p *page) Preload() []string {
	out := slices.Clone(p.Modules)
	for _, m := range p.Offline[min(1, len(p.Offline)):] {
		if !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	return out
}

// OfflineScript is the script that every page has.
func (p *page) OfflineScript() string {
	if len(p.Offline) == 0 {
		return ""
	}
	return p.Offline[0]
}

// rootPath is where the site stands on its host, as SITE_ORIGIN says; "/" without.
func (s *site) rootPath() string {
	if u, err := url.Parse(s.origin); err == nil {
		return u.Path + "/"
	}
	return "/"
}

// plainPage is a view without the form of a case.
type plainPage struct {
	folder, template, title, script string
	data                            any
	styles                          []string
}

var plainViews = []plainPage{
	{folder: "privacy/", template: "privacy.html", title: "privacy.title", script: "kept"},
	{folder: "hosting/", template: "hosting.html", title: "hosting.title", script: "hosting", data: hostingSamples()},
	{folder: "embedding/", template: "embedding.html", title: "embed.title", script: "embedding"},
	{folder: "batch/", template: "batch.html", title: "batch.title", script: "batch", styles: []string{"year.css", "batch.css"}},
}

func (s *site) plainPages() error {
	for _, v := range plainViews {
		for _, lang := range languages {
			r := s.renderers[lang]
			p := s.newPage(r.messages, v.folder, v.title)
			p.Data, p.Styles = v.data, append([]string{"prose.css"}, v.styles...)
			if modules, ok := s.scripts[v.script]; ok {
				p.load(modules)
			} else if modules, ok := s.scripts[v.script+"."+lang]; ok {
				s.example(p, lang)
				p.load(modules)
			}
			html, err := r.render(s.root, v.template, p)
			if err != nil {
				return err
			}
			s.add(p.Path+"index.html", html)
		}
	}
	return s.offlinePages()
}

// offlinePages are what is shown instead of a page that is not on the device. The service
// worker sends the visitor to them, so that their links stay true.
func (s *site) offlinePages() error {
	for _, lang := range languages {
		r := s.renderers[lang]
		p := s.newPage(r.messages, "", "offline.page_title")
		p.Origin, p.Alternates, p.OtherLanguage = "", nil, p.Base+home(languages[1-slices.Index(languages, lang)])
		html, err := r.render(s.root, "offline.html", p)
		if err != nil {
			return err
		}
		s.add(p.Path+"offline.html", html)
	}
	return nil
}

// manifests describe the site as an app, one for each language.
func (s *site) manifests() error {
	for _, lang := range languages {
		m, folder := s.renderers[lang].messages, home(lang)
		up := strings.Repeat("../", strings.Count(folder, "/"))
		icon := func(name, size, purpose string) map[string]string {
			return map[string]string{"src": up + s.asset(name), "sizes": size, "type": "image/png", "purpose": purpose}
		}
		shortcuts := []map[string]any{}
		for _, x := range []struct{ folder, title string }{{"", "offline.shortcut"}, {"year/", "ledger.title"}, {"whatif/", "whatif.title"}, {"receipt/", "check.title"}, {"privacy/", "privacy.title"}, {"embedding/", "embed.title"}} {
			if _, ok := s.files[folder+x.folder+"index.html"]; ok {
				shortcuts = append(shortcuts, map[string]any{"name": m.t(x.title), "url": "./" + x.folder, "icons": []map[string]string{icon("icon-192.png", "192x192", "any")}})
			}
		}
		// Without an id of its own an app is known by its start address, which holds the folder too.
		data, err := json.MarshalIndent(map[string]any{
			"name": m.t("site.name"), "short_name": m.t("site.short_name"), "description": m.t("site.description"), "lang": m.t("lang.tag"), "dir": "ltr",
			"start_url": "./", "scope": up + "./", "display": "standalone", "background_color": "#f6f1e7", "theme_color": "#f6f1e7",
			"categories": []string{"health", "finance", "utilities"}, "shortcuts": shortcuts, "screenshots": s.screenshots(m, up),
			"icons": []map[string]string{icon("icon-192.png", "192x192", "any"), icon("icon-512.png", "512x512", "any"), icon("icon-mask.png", "512x512", "maskable")},
		}, "", " ")
		if err != nil {
			return err
		}
		s.add(folder+"manifest.webmanifest", append(data, '\n'))
	}
	return nil
}

// screenshots are shown by systems that ask before they install the app. They are made by
// `npm run shots` in site/test and kept with the sources.
func (s *site) screenshots(m messages, up string) []map[string]string {
	out := []map[string]string{}
	for _, form := range []string{"narrow", "wide"} {
		name := "shot-" + form + "-" + m.lang + ".png"
		if p, ok := s.assets[name]; ok {
			out = append(out, map[string]string{"src": up + p, "sizes": pngSize(s.files[p]), "type": "image/png", "form_factor": form, "label": m.t("site.name")})
		}
	}
	return out
}

func pngSize(data []byte) string {
	c, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		panic(err) // the picture came through the build's own check
	}
	return fmt.Sprintf("%dx%d", c.Width, c.Height)
}
