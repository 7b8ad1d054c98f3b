package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/evanw/esbuild/pkg/api"
)

// buildToken stands in the pages for the build's hash until all files are known.
const buildToken = "0000build0000"

// site collects the published files by their path.
type site struct {
	root, origin string
	files        map[string][]byte
	assets       map[string]string // plain name -> published path
	scripts      map[string][]string
	precache     []string // paths that a page needs to work without a network
}

func (s *site) add(path string, data []byte) { s.files[path] = data }

// addHashed publishes a file that may be kept for ever, because its name changes with
// its content.
func (s *site) addHashed(name string, data []byte) string {
	stem, ext, _ := strings.Cut(name, ".")
	p := "assets/" + stem + "." + contentHash(data)[:hashLen] + "." + ext
	s.assets[name] = p
	s.add(p, data)
	return p
}

func (s *site) asset(name string) string {
	p, ok := s.assets[name]
	if !ok {
		panic(missingText("no asset is called " + name))
	}
	return p
}

func buildSite(root string) error {
	began := time.Now()
	s := &site{root: root, origin: strings.TrimSuffix(os.Getenv("SITE_ORIGIN"), "/"), files: map[string][]byte{}, assets: map[string]string{}}
	for _, part := range []func() error{s.engine, s.look, s.pages, s.entries, s.hosting} {
		if err := part(); err != nil {
			return err
		}
	}
	hash, err := s.finish()
	if err != nil {
		return err
	}
	n, err := s.write(distFolder(root))
	if err != nil {
		return err
	}
	fmt.Printf("site: %d files, build %s, %.1f s\n", n, hash, time.Since(began).Seconds())
	return nil
}

func (s *site) bundler() (*bundler, error) {
	exec, err := wasmExec()
	if err != nil {
		return nil, err
	}
	b := &bundler{src: filepath.Join(s.root, "site", "src"), exec: exec, messages: map[string][]byte{}}
	b.files = map[string]string{"wasmFile": path.Base(s.assets["engine.wasm"]), "workerFile": path.Base(s.assets["worker.js"])}
	sources, err := scriptSources(b.src)
	if err != nil {
		return nil, err
	}
	facts, err := readFacts(s.root)
	if err != nil {
		return nil, err
	}
	for _, f := range facts.families() {
		sources = append(sources, "tf('"+f+"', code)")
	}
	for _, lang := range languages {
		m, err := loadMessages(s.root, lang)
		if err != nil {
			return nil, err
		}
		if b.messages[lang], err = m.selectTexts(sources); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// engine publishes the wasm, an opaque gzip copy for hosts that do not compress, the
// worker that runs it and the library entry.
func (s *site) engine() error {
	wasm, err := buildWasm(s.root)
	if err != nil {
		return err
	}
	published := s.addHashed("engine.wasm", wasm)
	s.add(published+".gzip", gzipped(wasm))
	b, err := s.bundler()
	if err != nil {
		return err
	}
	worker, err := b.one("worker.mjs", api.FormatIIFE)
	if err != nil {
		return err
	}
	s.addHashed("worker.js", worker)
	if b, err = s.bundler(); err != nil { // now the worker's name is known
		return err
	}
	library, err := b.one("mingbai.mjs", api.FormatESModule)
	if err != nil {
		return err
	}
	s.add("mingbai.mjs", library)
	types, err := os.ReadFile(filepath.Join(b.src, "mingbai.d.ts"))
	if err != nil {
		return err
	}
	s.add("mingbai.d.ts", types)
	files, modules, err := b.pageScripts("app/estimate.mjs")
	if err != nil {
		return err
	}
	for p, data := range files {
		s.add(p, data)
	}
	s.scripts = modules
	s.precache = append(s.precache, s.assets["engine.wasm"], s.assets["worker.js"])
	s.precache = append(s.precache, slices.Sorted(keysOf(files))...)
	return nil
}

// look publishes style sheet, start script and icons.
func (s *site) look() error {
	b, err := s.bundler()
	if err != nil {
		return err
	}
	css, err := b.one("css/style.css", api.FormatDefault)
	if err != nil {
		return err
	}
	boot, err := b.one("boot.js", api.FormatIIFE)
	if err != nil {
		return err
	}
	for _, f := range []struct {
		name string
		data []byte
		keep bool
	}{
		{"style.css", css, true}, {"boot.js", boot, true}, {"icon.svg", iconSVG(), true}, {"icon-32.png", iconPNG(32, 14, 1.15), false},
		{"icon-180.png", iconPNG(180, 0, 1), false}, {"icon-192.png", iconPNG(192, 14, 1), true}, {"icon-512.png", iconPNG(512, 14, 1), false},
		{"icon-mask.png", iconPNG(512, 0, 0.85), false},
	} {
		p := s.addHashed(f.name, f.data)
		if f.keep {
			s.precache = append(s.precache, p)
		}
	}
	return nil
}

// pages writes the HTML of every view in both languages, with a case settled by the
// same engine that visitors run.
func (s *site) pages() error {
	facts, err := readFacts(s.root)
	if err != nil {
		return err
	}
	var plan receiptPlan
	if err := readJSON(filepath.Join(s.root, "site/src/receipt.json"), &plan); err != nil {
		return err
	}
	folders := map[string]string{"zh": "", "en": "en/"}
	for _, lang := range languages {
		m, err := loadMessages(s.root, lang)
		if err != nil {
			return err
		}
		w, example, a, err := settledExample(viewer{messages: m, plan: plan}, facts)
		if err != nil {
			return err
		}
		r, err := newRenderer(s.root, w, s.asset)
		if err != nil {
			return err
		}
		other := map[string]string{"zh": "en/", "en": "../"}[lang]
		base := strings.Repeat("../", strings.Count(folders[lang], "/"))
		p := &page{
			Path: folders[lang], Base: base, Title: m.t("estimate.title") + " · " + m.t("site.name"), CSP: cspPage, Build: buildToken,
			Origin: s.origin, OtherLanguage: other, Script: s.scripts[lang][0], Modules: s.scripts[lang][1:],
			Facts: facts, Provinces: provinces(w.regions, lang), Chosen: w.code, View: example, shown: map[string]bool{}, viewer: w,
		}
		for _, l := range languages {
			p.Alternates = append(p.Alternates, struct{ Tag, Path string }{map[string]string{"zh": "zh-CN", "en": "en"}[l], folders[l]})
		}
		for _, path := range a.Used {
			p.shown[path] = true
		}
		html, err := r.render(s.root, "estimate.html", p)
		if err != nil {
			return err
		}
		s.add(folders[lang]+"index.html", html)
		if lang == "zh" {
			// A host shows this page at any depth, so its links start at the root.
			lost := *p
			lost.Base, lost.Home, lost.OtherLanguage, lost.Script, lost.Origin = "/", "/", "/en/", "", ""
			lost.Title = m.t("site.not_found") + " · " + m.t("site.name")
			if html, err = r.render(s.root, "404.html", &lost); err != nil {
				return err
			}
			s.add("404.html", html)
		}
		if err := s.manifest(folders[lang], base, m); err != nil {
			return err
		}
		s.precache = append(s.precache, folders[lang]+"index.html", folders[lang]+"manifest.webmanifest")
	}
	return nil
}

func (s *site) manifest(folder, base string, m messages) error {
	icon := func(name, size, purpose string) map[string]string {
		return map[string]string{"src": base + s.asset(name), "sizes": size, "type": "image/png", "purpose": purpose}
	}
	data, err := json.MarshalIndent(map[string]any{
		"id": "./", "name": m.t("site.name"), "short_name": m.t("site.short_name"), "description": m.t("site.description"), "lang": m.t("lang.tag"),
		"start_url": "./", "scope": "./", "display": "standalone", "background_color": "#f6f1e7", "theme_color": "#f6f1e7",
		"icons": []map[string]string{icon("icon-192.png", "192x192", "any"), icon("icon-512.png", "512x512", "any"), icon("icon-mask.png", "512x512", "maskable")},
	}, "", " ")
	s.add(folder+"manifest.webmanifest", append(data, '\n'))
	return err
}

// entries writes what crawlers ask for.
func (s *site) entries() error {
	robots := "User-agent: *\nAllow: /\n"
	if s.origin != "" {
		type url struct {
			Loc string `xml:"loc"`
		}
		var urls []url
		for _, p := range slices.Sorted(keysOf(s.files)) {
			if path.Base(p) == "index.html" {
				urls = append(urls, url{s.origin + "/" + strings.TrimSuffix(p, "index.html")})
			}
		}
		data, err := xml.MarshalIndent(struct {
			XMLName xml.Name `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
			URL     []url    `xml:"url"`
		}{URL: urls}, "", " ")
		if err != nil {
			return err
		}
		s.add("sitemap.xml", append([]byte(xml.Header), append(data, '\n')...))
		robots += "Sitemap: " + s.origin + "/sitemap.xml\n"
	}
	s.add("robots.txt", []byte(robots))
	return nil
}

func (s *site) hosting() error {
	s.add("_headers", []byte(headersFile()))
	s.add("hosting/nginx.conf.txt", []byte(nginxSample()))
	s.add("hosting/Caddyfile.txt", []byte(caddySample()))
	return nil
}

// manifestEntry describes a published file; the service worker and anybody who wants to
// compare two builds read these.
type manifestEntry struct {
	Path   string `json:"path"`
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// finish names the build by the hash of all its files, writes that name into the pages
// and adds build.json.
func (s *site) finish() (string, error) {
	var list bytes.Buffer
	for _, p := range slices.Sorted(keysOf(s.files)) {
		fmt.Fprintf(&list, "%s %s\n", contentHash(s.files[p]), p)
	}
	hash := contentHash(list.Bytes())[:hashLen]
	entries := []manifestEntry{}
	for _, p := range slices.Sorted(keysOf(s.files)) {
		if path.Ext(p) == ".html" {
			s.files[p] = bytes.ReplaceAll(s.files[p], []byte(buildToken), []byte(hash))
		}
		entries = append(entries, manifestEntry{p, len(s.files[p]), contentHash(s.files[p])})
	}
	slices.Sort(s.precache)
	data, err := json.MarshalIndent(map[string]any{"build": hash, "precache": s.precache, "files": entries}, "", " ")
	s.add("build.json", append(data, '\n'))
	return hash, err
}

// distFolder is where the site goes: site/dist, or the folder that SITE_DIST names.
func distFolder(root string) string {
	if dist := os.Getenv("SITE_DIST"); dist != "" {
		return dist
	}
	return filepath.Join(root, "site", "dist")
}

// write replaces the folder by the new files, each with its compressed neighbours. The
// old folder stays until the new one is complete.
func (s *site) write(dist string) (int, error) {
	if err := os.MkdirAll(filepath.Dir(dist), 0o755); err != nil {
		return 0, err
	}
	work, err := os.MkdirTemp(filepath.Dir(dist), ".dist-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(work)
	fresh := filepath.Join(work, "new")
	count := 0
	put := func(p string, data []byte) error {
		file := filepath.Join(fresh, filepath.FromSlash(p))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		count++
		return os.WriteFile(file, data, 0o644)
	}
	cache := filepath.Join(s.root, ".cache", "compressed")
	for p, data := range s.files {
		if err := put(p, data); err != nil {
			return 0, err
		}
		if !compressible(p) {
			continue
		}
		for ext, squeeze := range map[string]func([]byte) []byte{".br": brotlied, ".gz": gzipped} {
			small, err := cached(cache, data, ext, squeeze)
			if err != nil {
				return 0, err
			}
			if err := put(p+ext, small); err != nil {
				return 0, err
			}
		}
	}
	if err := os.Rename(dist, filepath.Join(work, "old")); err != nil && !os.IsNotExist(err) {
		return 0, err
	}
	return count, os.Rename(fresh, dist)
}

func compressible(p string) bool {
	return slices.Contains([]string{".html", ".css", ".js", ".mjs", ".ts", ".json", ".svg", ".wasm", ".webmanifest", ".xml"}, path.Ext(p))
}

// cached keeps compressed bytes by content: the best Brotli of the engine takes many
// seconds, and most builds change only a page.
func cached(dir string, data []byte, ext string, make func([]byte) []byte) ([]byte, error) {
	file := filepath.Join(dir, contentHash(data)+ext)
	if old, err := os.ReadFile(file); err == nil {
		return old, nil
	} else if !os.IsNotExist(err) {
		return nil, err
	}
	small := make(data)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	temp, err := os.CreateTemp(dir, "new-")
	if err != nil {
		return nil, err
	}
	if _, err = temp.Write(small); err == nil {
		err = temp.Close()
	}
	if err != nil {
		return nil, err
	}
	return small, os.Rename(temp.Name(), file)
}

func readFacts(root string) (factsFile, error) {
	var f factsFile
	err := readJSON(filepath.Join(root, "site", "src", "facts.json"), &f)
	return f, err
}

// families are the message families that codes of a case are looked up in, where the
// family's name is not in the script but in the data.
func (f factsFile) families() []string {
	out := []string{"fact", "supplements", "class", "item_kind", "scheme"}
	for _, s := range f.Sections {
		for _, fact := range s.Facts {
			if fact.Type == "choice" {
				out = append(out, fact.family())
			}
		}
	}
	return out
}
