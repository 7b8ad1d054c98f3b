package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"runtime"
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
	precache     []string // what the first visit puts on the device
	renderers    map[string]*renderer
	examples     map[string]page // the settled example in each language
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
	s := &site{root: root, origin: strings.TrimSuffix(os.Getenv("SITE_ORIGIN"), "/"), files: map[string][]byte{}, assets: map[string]string{}, renderers: map[string]*renderer{}, examples: map[string]page{}}
	hash, err := s.assemble()
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

// assemble makes all files in memory and returns the build's name.
func (s *site) assemble() (string, error) {
	for _, part := range []func() error{s.engine, s.look, s.pages, s.plainPages, s.policyPages, s.embedding, s.manifests, s.entries, s.hosting} {
		if err := part(); err != nil {
			return "", err
		}
	}
	return s.finish()
}

func (s *site) bundler() (*bundler, error) {
	exec, err := wasmExec()
	if err != nil {
		return nil, err
	}
	b := &bundler{src: filepath.Join(s.root, "site", "src"), exec: exec, messages: map[string][]byte{}}
	b.files = map[string]string{"wasmFile": path.Base(s.assets["engine.wasm"]), "workerFile": path.Base(s.assets["worker.js"]), "sheetFile": path.Base(s.assets["sheet.css"]), "workshopFile": path.Base(s.assets["workshop.wasm"])}
	facts, err := readFacts(s.root)
	if err != nil {
		return nil, err
	}
	var families []string
	for _, f := range facts.families() {
		families = append(families, "tf('"+f+"', code)")
	}
	for _, lang := range languages {
		m, err := loadMessages(s.root, lang)
		if err != nil {
			return nil, err
		}
		if err := b.bundleTexts(m, families); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// engine publishes the wasm and the larger one that reads YAML, each with an opaque gzip
// copy for hosts that do not compress, the worker that runs them and the library entry.
func (s *site) engine() error {
	for name, tags := range map[string]string{"engine.wasm": "", "workshop.wasm": "workshop"} {
		wasm, err := buildWasm(s.root, tags)
		if err != nil {
			return err
		}
		s.add(s.addHashed(name, wasm)+".gzip", gzipped(wasm))
	}
	b, err := s.bundler()
	if err != nil {
		return err
	}
	worker, err := b.one("worker.mjs", api.FormatIIFE)
	if err != nil {
		return err
	}
	s.addHashed("worker.js", worker)
	// What a script fetches itself has to be named before the scripts are made.
	sheet, err := b.one("css/sheet.css", api.FormatDefault)
	if err != nil {
		return err
	}
	s.addHashed("sheet.css", sheet)
	if b, err = s.bundler(); err != nil { // now the names of worker and sheet are known
		return err
	}
	files, modules, err := b.pageScripts(scriptViews(), []string{"offline", "plain", "policies", "hosting", "kept"})
	if err != nil {
		return err
	}
	for p, data := range files {
		s.add(p, data)
	}
	s.scripts = modules
	return s.library(b)
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
	// What only some pages need stands beside the sheet that all have.
	for _, name := range []string{"batch.css", "policy.css", "prose.css", "reconcile.css", "whatif.css", "year.css"} {
		data, err := b.one("css/"+name, api.FormatDefault)
		if err != nil {
			return err
		}
		s.addHashed(name, data)
	}
	boot, err := b.one("boot.js", api.FormatIIFE)
	if err != nil {
		return err
	}
	for _, f := range []struct {
		name string
		data []byte
	}{
		{"style.css", css}, {"boot.js", boot}, {"icon.svg", iconSVG()}, {"icon-32.png", iconPNG(32, 14, 1.15)},
		{"icon-180.png", iconPNG(180, 0, 1)}, {"icon-192.png", iconPNG(192, 14, 1)}, {"icon-512.png", iconPNG(512, 14, 1)},
		{"icon-mask.png", iconPNG(512, 0, 0.85)}, {"share.png", iconPNG(600, 0, 0.9)},
	} {
		s.addHashed(f.name, f.data)
	}
	if err := s.shots(); err != nil {
		return err
	}
	return s.embedAssets(b)
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
		s.renderers[lang] = r
		p := s.newPage(m, "", "estimate.title")
		p.load(s.scripts["estimate."+lang])
		s.examples[lang] = page{Facts: facts, Provinces: provinces(w.regions, lang), Chosen: w.code, View: example, shown: map[string]bool{}, viewer: w}
		for _, path := range a.Used {
			s.examples[lang].shown[path] = true
		}
		s.example(p, lang)
		if p.Examples, err = readExamples(s.root, facts); err != nil {
			return err
		}
		html, err := r.render(s.root, "estimate.html", p)
		if err != nil {
			return err
		}
		s.add(home(lang)+"index.html", html)
		if lang == "zh" {
			// A host shows this page at any depth, so its links start at the root.
			lost := *p
			root := s.rootPath()
			lost.Base, lost.Home, lost.OtherLanguage, lost.Offline, lost.Origin, lost.Alternates = root, root, root+"en/", nil, "", nil
			lost.Folder = "404"
			lost.load(s.scripts["plain"])
			lost.Title = m.t("site.not_found") + " · " + m.t("site.name")
			if html, err = r.render(s.root, "404.html", &lost); err != nil {
				return err
			}
			s.add("404.html", html)
		}
		if err := s.casePages(r, p); err != nil {
			return err
		}
	}
	return nil
}

// entries writes what crawlers ask for. The format of the list of pages asks for whole
// addresses; without SITE_ORIGIN the build knows none, and says so in the list.
func (s *site) entries() error {
	type url struct {
		Loc string `xml:"loc"`
	}
	list := struct {
		XMLName xml.Name `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
		Comment string   `xml:",comment"`
		URL     []url    `xml:"url"`
	}{}
	before, robots := s.origin+"/", "User-agent: *\nAllow: /\n"
	if s.origin == "" {
		before, list.Comment = "./", " Built without SITE_ORIGIN: the addresses are relative to this file. Build with SITE_ORIGIN=https://… for whole ones. "
	} else {
		robots += "Sitemap: " + s.origin + "/sitemap.xml\n"
	}
	for _, p := range slices.Sorted(keysOf(s.files)) {
		if path.Base(p) == "index.html" {
			list.URL = append(list.URL, url{before + strings.TrimSuffix(p, "index.html")})
		}
	}
	data, err := xml.MarshalIndent(list, "", " ")
	s.add("sitemap.xml", append([]byte(xml.Header), append(data, '\n')...))
	s.add("robots.txt", []byte(robots))
	return err
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
	worker, err := s.workerSource()
	if err != nil {
		return "", err
	}
	fmt.Fprintf(&list, "%s sw.js\n", contentHash(worker))
	s.precache = s.core()
	hash := contentHash(list.Bytes())[:hashLen]
	entries := []manifestEntry{}
	for _, p := range slices.Sorted(keysOf(s.files)) {
		if path.Ext(p) == ".html" {
			s.files[p] = bytes.ReplaceAll(s.files[p], []byte(buildToken), []byte(hash))
		}
	}
	if err := s.serviceWorker(hash); err != nil {
		return "", err
	}
	for _, p := range slices.Sorted(keysOf(s.files)) {
		entries = append(entries, manifestEntry{p, len(s.files[p]), contentHash(s.files[p])})
	}
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
		return os.WriteFile(file, data, 0o644)
	}
	cache := filepath.Join(s.root, ".cache", "compressed")
	type shrink struct {
		ext     string
		squeeze func([]byte) []byte
	}
	paths, failed := make(chan string), make(chan error, runtime.NumCPU())
	for range runtime.NumCPU() {
		go func() {
			var bad error
			for p := range paths {
				best := shrink{".br", brotlied}
				if strings.Contains("/"+p, "/policies/") {
					best.squeeze = brotliedQuickly
				}
				for _, x := range []shrink{best, {".gz", gzipped}} {
					small, err := cached(cache, s.files[p], x.ext, x.squeeze)
					if err == nil {
						err = put(p+x.ext, small)
					}
					bad = cmp.Or(bad, err)
				}
			}
			failed <- bad
		}()
	}
	for _, p := range slices.Sorted(keysOf(s.files)) {
		count++
		if err = put(p, s.files[p]); err != nil {
			break
		}
		if compressible(p) {
			count += 2
			paths <- p
		}
	}
	close(paths)
	for range runtime.NumCPU() {
		err = cmp.Or(err, <-failed)
	}
	if err != nil {
		return 0, err
	}
	if err := os.Rename(dist, filepath.Join(work, "old")); err != nil && !os.IsNotExist(err) {
		return 0, err
	}
	return count, os.Rename(fresh, dist)
}

func compressible(p string) bool {
	return slices.Contains([]string{".html", ".css", ".js", ".mjs", ".ts", ".json", ".svg", ".wasm", ".webmanifest", ".xml", ".yaml"}, path.Ext(p))
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
