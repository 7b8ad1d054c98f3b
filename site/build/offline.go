package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
)

// serviceWorker writes sw.js: the script of site/src/sw.js with the list of this build.
//
// The core is fetched with the first visit. The other pages are kept when they are
// visited, or all at once when the person asks for it.
func (s *site) serviceWorker(build string) error {
	data, err := s.workerData(build)
	if err != nil {
		return err
	}
	b, err := s.bundler()
	if err != nil {
		return err
	}
	b.data = data
	script, err := b.plain("sw.js")
	s.add("sw.js", script)
	return err
}

// core is what the first visit puts on the device: the engine with all regions and every
// view of the navigation in both languages, with the scripts and style sheets that they
// name. A view joins by its line in the navigation.
func (s *site) core() []string {
	out := []string{s.asset("engine.wasm"), s.asset("worker.js"), s.asset("icon.svg"), s.asset("icon-192.png")}
	for _, lang := range languages {
		for _, file := range []string{"manifest.webmanifest", "offline.html", "embed.html"} {
			out = append(out, home(lang)+file)
		}
		for _, v := range navigation {
			out = append(out, home(lang)+v.Folder+"index.html")
		}
	}
	// What these load, what that loads in turn, and so on. Names with a hash are found wherever they stand.
	for at := 0; at < len(out); at++ {
		if path.Ext(out[at]) != ".html" && path.Ext(out[at]) != ".js" {
			continue
		}
		for p := range s.files {
			if ext := path.Ext(p); (ext == ".js" || ext == ".css") && !slices.Contains(out, p) && bytes.Contains(s.files[out[at]], []byte(path.Base(p))) {
				out = append(out, p)
			}
		}
	}
	slices.Sort(out)
	return out
}

// otherPages are all pages that the first visit does not fetch, with what they load
// beyond the core.
func (s *site) otherPages() []string {
	var out []string
	for p := range s.files {
		if slices.Contains([]string{".html", ".css", ".js", ".wasm"}, path.Ext(p)) && path.Base(p) != "404.html" && !slices.Contains(s.precache, p) {
			out = append(out, p)
		}
	}
	slices.Sort(out)
	return out
}

func (s *site) workerData(build string) ([]byte, error) {
	kinds := []map[string]string{}
	kindOf := func(p string) int {
		kind := map[string]string{}
		for _, h := range headersFor("/" + p) {
			if h.name != "Cache-Control" {
				kind[h.name] = h.value
			}
		}
		for i, k := range kinds {
			if fmt.Sprint(k) == fmt.Sprint(kind) { // maps print in the order of their keys
				return i
			}
		}
		kinds = append(kinds, kind)
		return len(kinds) - 1
	}
	list := func(paths []string) (map[string][2]any, error) {
		out := map[string][2]any{}
		for _, p := range paths {
			data, ok := s.files[p]
			if !ok {
				return nil, fmt.Errorf("to be kept for offline use, but not built: %s", p)
			}
			out[p] = [2]any{contentHash(data), kindOf(p)}
		}
		return out, nil
	}
	others := s.otherPages()
	core, err := list(s.precache)
	if err != nil {
		return nil, err
	}
	pages, err := list(others)
	if err != nil {
		return nil, err
	}
	sizes, types := map[string]int{}, map[string]string{}
	for _, p := range others {
		sizes[p] = len(gzipped(s.files[p]))
	}
	for _, p := range slices.Concat(s.precache, others) {
		types[path.Ext(p)] = contentTypes[path.Ext(p)]
	}
	var text bytes.Buffer
	for _, x := range []struct {
		name  string
		value any
	}{{"build", build}, {"core", core}, {"pages", pages}, {"sizes", sizes}, {"kinds", kinds}, {"types", types}} {
		value, err := json.MarshalIndent(x.value, "", " ")
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&text, "export const %s = %s\n", x.name, value)
	}
	return text.Bytes(), nil
}

// workerSource is what of the service worker does not follow from the other files.
func (s *site) workerSource() ([]byte, error) {
	return os.ReadFile(filepath.Join(s.root, "site", "src", "sw.js"))
}
