package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"mingbai/site/build/slim"
)

// Browsers at the floor: the oldest web views of HarmonyOS, Safari 15.4, Firefox ESR.
var engines = []api.Engine{{Name: api.EngineChrome, Version: "99"}, {Name: api.EngineSafari, Version: "15.4"}, {Name: api.EngineFirefox, Version: "115"}}

// buildWasm compiles the engine for browsers. Nothing of this machine goes into it, so
// that the same sources give the same bytes everywhere. Inlining is left to Go's runtime,
// where it makes a settlement a fifth faster for a hundredth of the download; elsewhere it
// costs a twentieth and nobody would feel it. What only tracebacks read is taken out
// (package slim).
//
// The tag workshop makes the larger engine, which also reads and proves policy files.
func buildWasm(root string, tags string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "mingbai-wasm-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	hash, err := engineHash(root)
	if err != nil {
		return nil, err
	}
	out := filepath.Join(dir, "engine.wasm")
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-gcflags=all=-l", "-gcflags=runtime=", "-ldflags=-s -w -buildid= -X mingbai/wasm.Build="+hash, "-tags="+tags, "-o", out, "./wasm/js")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if report, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building wasm/js: %w\n%s", err, report)
	}
	full, err := os.ReadFile(out)
	if err != nil {
		return nil, err
	}
	light, err := slim.Strip(full)
	if err != nil { // a toolchain that lays out its programs in another way
		fmt.Fprintf(os.Stderr, "The engine is a fifth larger than it could be: %v\n", err)
		return full, nil
	}
	return light, nil
}

// engineHash names the engine by what it is compiled from: its sources, the compiled
// regions, the versions of its modules. Somebody with the same sources gets the same name.
func engineHash(root string) (string, error) {
	var list strings.Builder
	add := func(file string) error {
		data, err := os.ReadFile(filepath.Join(root, file))
		fmt.Fprintf(&list, "%s %s\n", contentHash(data), filepath.ToSlash(file))
		return err
	}
	for _, dir := range []string{"engine", "policies", "wasm"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(p string, d fs.DirEntry, err error) error {
			name := filepath.Base(p)
			if err != nil || d.IsDir() || strings.HasSuffix(name, "_test.go") || path.Ext(name) != ".go" && path.Ext(name) != ".bin" {
				return err
			}
			file, err := filepath.Rel(root, p)
			if err != nil {
				return err
			}
			return add(file)
		})
		if err != nil {
			return "", err
		}
	}
	for _, file := range []string{"go.mod", "go.sum"} {
		if err := add(file); err != nil {
			return "", err
		}
	}
	return contentHash([]byte(list.String()))[:hashLen], nil
}

// wasmExec is the toolchain's own glue. It is taken from the toolchain that compiles the
// engine, never from a copy, so that the two cannot differ.
func wasmExec() (string, error) {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return "", fmt.Errorf("asking go for its GOROOT: %w", err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "lib", "wasm", "wasm_exec.js"), nil
}

// bundler turns the sources of site/src into what browsers load.
type bundler struct {
	src      string
	exec     string            // wasm_exec.js
	files    map[string]string // what scripts may import from build:files
	data     []byte            // a script that they may import as build:worker
	messages map[string][]byte // what they may import as messages:year.zh
}

// plugin gives the made modules names of their own: a path of this machine, or of a
// temporary folder, would go into esbuild's hashes and make every build another.
func (b *bundler) plugin() api.Plugin {
	return api.Plugin{Name: "mingbai", Setup: func(build api.PluginBuild) {
		build.OnResolve(api.OnResolveOptions{Filter: `^(go|build|messages|entry|part):`}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: a.Path, Namespace: "made", SideEffects: api.SideEffectsTrue}, nil
		})
		build.OnLoad(api.OnLoadOptions{Filter: `.*`, Namespace: "made"}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
			kind, name, _ := strings.Cut(a.Path, ":")
			text, err := b.made(kind, name)
			return api.OnLoadResult{Contents: &text, Loader: api.LoaderJS, ResolveDir: b.src}, err
		})
	}}
}

func (b *bundler) made(kind, name string) (text string, err error) {
	switch {
	case kind == "go":
		data, err := os.ReadFile(b.exec)
		return string(data), err
	case kind == "messages":
		return "export default " + string(b.messages[name]), nil
	case kind == "part":
		script, _, _ := strings.Cut(name, ".")
		return fmt.Sprintf("import texts from 'messages:%s'\nimport { addTexts } from './app/texts.mjs'\naddTexts(texts)\nexport * from './app/%s.mjs'\n", name, script), nil
	case kind == "entry":
		script, lang, _ := strings.Cut(name, ".")
		return fmt.Sprintf("import texts from 'messages:%s'\nimport { start } from './app/%s.mjs'\nstart(texts, %q)\n", name, script, lang), nil
	case name == "worker":
		return string(b.data), nil
	default:
		for _, key := range slices.Sorted(keysOf(b.files)) {
			text += fmt.Sprintf("export const %s = %q\n", key, b.files[key])
		}
		return text, nil
	}
}

func keysOf[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func (b *bundler) options() api.BuildOptions {
	return api.BuildOptions{
		AbsWorkingDir: b.src, Outdir: b.src, Bundle: true, Write: false, Engines: engines,
		MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true, Charset: api.CharsetUTF8,
		LegalComments: api.LegalCommentsNone, Plugins: []api.Plugin{b.plugin()}, LogLevel: api.LogLevelSilent,
		// wasm_exec.js is written for Node too and asks for its modules there.
		Platform: api.PlatformBrowser, External: []string{"node:*"},
	}
}

func run(o api.BuildOptions) (api.BuildResult, error) {
	result := api.Build(o)
	if len(result.Errors) > 0 {
		text := api.FormatMessages(result.Errors, api.FormatMessagesOptions{Kind: api.ErrorMessage})
		return result, errors.New("bundling:\n" + strings.Join(text, ""))
	}
	return result, nil
}

// plain bundles a single file and leaves it readable, for scripts that people are asked
// to check.
func (b *bundler) plain(entry string) ([]byte, error) {
	o := b.options()
	o.EntryPoints, o.Format = []string{entry}, api.FormatIIFE
	o.MinifyWhitespace, o.MinifyIdentifiers, o.MinifySyntax = false, false, false
	result, err := run(o)
	if err != nil {
		return nil, err
	}
	return result.OutputFiles[0].Contents, nil
}

// one bundles a single file.
func (b *bundler) one(entry string, format api.Format) ([]byte, error) {
	o := b.options()
	o.EntryPoints, o.Format = []string{entry}, format
	result, err := run(o)
	if err != nil {
		return nil, err
	}
	return result.OutputFiles[0].Contents, nil
}

// pageScripts bundles what pages load, with what they share as separate files: an entry
// for each language of the views named first, and one for all languages of the others.
// It returns the files by their published names and, for each entry such as estimate.zh,
// the file followed by what it imports; what it imports when asked to is not among them.
func (b *bundler) pageScripts(views, neutral []string) (files map[string][]byte, modules map[string][]string, err error) {
	o := b.options()
	o.Format, o.Splitting, o.Metafile = api.FormatESModule, true, true
	o.EntryNames, o.ChunkNames = "assets/[name].[hash]", "assets/shared.[hash]"
	entry := func(input, name string) {
		o.EntryPointsAdvanced = append(o.EntryPointsAdvanced, api.EntryPoint{InputPath: input, OutputPath: name})
	}
	for _, view := range views {
		for _, lang := range languages {
			entry("entry:"+view+"."+lang, view+"."+lang)
		}
	}
	for _, script := range neutral {
		entry("./app/"+script+".mjs", script)
	}
	result, err := run(o)
	if err != nil {
		return nil, nil, err
	}
	var meta struct {
		Outputs map[string]struct {
			EntryPoint string
			Imports    []struct{ Path, Kind string }
		}
	}
	if err := json.Unmarshal([]byte(result.Metafile), &meta); err != nil {
		return nil, nil, err
	}
	files, modules = map[string][]byte{}, map[string][]string{}
	for _, f := range result.OutputFiles {
		published, err := filepath.Rel(b.src, f.Path)
		if err != nil {
			return nil, nil, err
		}
		published = filepath.ToSlash(published)
		files[published] = f.Contents
		// What is imported when asked for is an entry, too, but has no name of its own.
		if entry := meta.Outputs[published].EntryPoint; entry == "" || strings.Contains(entry, "part:") {
			continue
		}
		// estimate.zh.W55GBNMP.js is the entry estimate.zh
		words := strings.Split(path.Base(published), ".")
		name := strings.Join(words[:len(words)-2], ".")
		modules[name] = []string{published}
		for seen, todo := map[string]bool{}, []string{published}; len(todo) > 0; todo = todo[1:] {
			for _, i := range meta.Outputs[todo[0]].Imports {
				if i.Kind == "import-statement" && !seen[i.Path] {
					seen[i.Path] = true
					modules[name] = append(modules[name], i.Path)
					todo = append(todo, i.Path)
				}
			}
		}
	}
	return files, modules, nil
}

// scriptParts are the scripts that views fetch when somebody asks for what they do: they
// import part:<name>.<language>, which brings its texts along.
var scriptParts = []string{"figures", "next", "share", "elder"}

// bundleTexts chooses the texts that each view and each part is bundled with. A part brings
// only those that the views that ask for it do not all have.
func (b *bundler) bundleTexts(m messages, families []string) error {
	var known map[string]string
	put := func(name string, texts map[string]string) (err error) {
		b.messages[name+"."+m.lang], err = json.Marshal(texts)
		return err
	}
	for _, view := range scriptViews() {
		sources, err := scriptSources(b.src, "app/"+view+".mjs")
		if err != nil {
			return err
		}
		texts := m.selectTexts(append(sources, families...))
		if err := put(view, texts); err != nil {
			return err
		}
		if !slices.ContainsFunc(sources, func(text string) bool { return strings.Contains(text, "import('part:") }) {
			continue
		}
		if known == nil {
			known = maps.Clone(texts)
		}
		maps.DeleteFunc(known, func(key, _ string) bool { _, ok := texts[key]; return !ok })
	}
	for _, part := range scriptParts {
		sources, err := scriptSources(b.src, "app/"+part+".mjs")
		if err != nil {
			return err
		}
		texts := m.selectTexts(sources)
		maps.DeleteFunc(texts, func(key, _ string) bool { _, ok := known[key]; return ok })
		if err := put(part, texts); err != nil {
			return err
		}
	}
	return nil
}

// scriptSources reads a script of site/src and all that it imports, to find the texts
// that they use.
func scriptSources(src, entry string) ([]string, error) {
	var out []string
	files := []string{filepath.Join(src, filepath.FromSlash(entry))}
	for n := 0; n < len(files); n++ {
		data, err := os.ReadFile(files[n])
		if err != nil {
			return nil, err
		}
		out = append(out, string(data))
		for _, m := range scriptImport.FindAllStringSubmatch(string(data), -1) {
			if f := filepath.Join(filepath.Dir(files[n]), filepath.FromSlash(m[1])); !slices.Contains(files, f) {
				files = append(files, f)
			}
		}
	}
	return out, nil
}

var scriptImport = regexp.MustCompile(`(?m)^import (?:.* from )?'(\.[^']+\.mjs)'`)
