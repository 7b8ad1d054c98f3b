package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// Browsers at the floor: the oldest web views of HarmonyOS, Safari 15.4, Firefox ESR.
var engines = []api.Engine{{Name: api.EngineChrome, Version: "99"}, {Name: api.EngineSafari, Version: "15.4"}, {Name: api.EngineFirefox, Version: "115"}}

// buildWasm compiles the engine for browsers. Nothing of this machine goes into it, so
// that the same sources give the same bytes everywhere. Inlining is left to the hot path,
// the engine: elsewhere it costs a tenth of the download and nobody would feel it.
func buildWasm(root string) ([]byte, error) {
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
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-gcflags=all=-l", "-gcflags=mingbai/engine=", "-ldflags=-s -w -buildid= -X mingbai/wasm.Build="+hash, "-o", out, "./wasm/js")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if report, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building wasm/js: %w\n%s", err, report)
	}
	return os.ReadFile(out)
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
	messages map[string][]byte // what they may import as messages:zh
}

func (b *bundler) plugin() api.Plugin {
	return api.Plugin{Name: "mingbai", Setup: func(build api.PluginBuild) {
		build.OnResolve(api.OnResolveOptions{Filter: `^go:wasm_exec$`}, func(api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: b.exec, SideEffects: api.SideEffectsTrue}, nil
		})
		build.OnResolve(api.OnResolveOptions{Filter: `^(build|messages|start):`}, func(a api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: a.Path, Namespace: "made"}, nil
		})
		build.OnLoad(api.OnLoadOptions{Filter: `.*`, Namespace: "made"}, func(a api.OnLoadArgs) (api.OnLoadResult, error) {
			var text string
			kind, rest, _ := strings.Cut(a.Path, ":")
			switch kind {
			case "messages":
				text = "export default " + string(b.messages[rest])
			case "start":
				lang, entry, _ := strings.Cut(rest, ":")
				text = fmt.Sprintf("import texts from 'messages:%s'\nimport { start } from './%s'\nstart(texts, %q)\n", lang, entry, lang)
			case "build":
				for _, key := range slices.Sorted(keysOf(b.files)) {
					text += fmt.Sprintf("export const %s = %q\n", key, b.files[key])
				}
			}
			return api.OnLoadResult{Contents: &text, ResolveDir: b.src, Loader: api.LoaderJS}, nil
		})
	}}
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

// pageScripts bundles the entry of each language with what they share as separate files.
// It returns the files by their published names and, for each language, its entry
// followed by what the entry imports.
func (b *bundler) pageScripts(entry string) (files map[string][]byte, modules map[string][]string, err error) {
	o := b.options()
	o.Format, o.Splitting, o.Metafile = api.FormatESModule, true, true
	o.EntryNames, o.ChunkNames = "assets/[name].[hash]", "assets/shared.[hash]"
	name := strings.TrimSuffix(path.Base(entry), ".mjs")
	for _, lang := range languages {
		o.EntryPointsAdvanced = append(o.EntryPointsAdvanced, api.EntryPoint{InputPath: "start:" + lang + ":" + entry, OutputPath: name + "." + lang})
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
		out := meta.Outputs[published]
		if out.EntryPoint == "" {
			continue
		}
		lang := strings.Split(path.Base(published), ".")[1]
		modules[lang] = []string{published}
		for _, i := range out.Imports {
			if i.Kind == "import-statement" {
				modules[lang] = append(modules[lang], i.Path)
			}
		}
	}
	return files, modules, nil
}

// sources reads all scripts of site/src, to find the texts that they use.
func scriptSources(src string) ([]string, error) {
	var out []string
	err := filepath.WalkDir(src, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(p) != ".mjs" {
			return err
		}
		data, err := os.ReadFile(p)
		out = append(out, string(data))
		return err
	})
	return out, err
}
