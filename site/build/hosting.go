package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"
)

// Files for those who put the site on a host of their own, or the engine into a program.

// hostingSample is a configuration that the hosting page shows and offers for download.
type hostingSample struct{ ID, File, SaveAs, Text string }

func hostingSamples() []hostingSample {
	return []hostingSample{
		{"headers", "headers.txt", "_headers", headersFile()},
		{"nginx", "nginx.conf.txt", "mingbai.conf", nginxSample()},
		{"caddy", "Caddyfile.txt", "Caddyfile", caddySample()},
	}
}

func (s *site) hosting() error {
	s.add("_headers", []byte(headersFile()))
	for _, sample := range hostingSamples() {
		s.add("hosting/"+sample.File, []byte(sample.Text))
	}
	return nil
}

// packageVersion is that of the npm package; its first number is the interface's.
const packageVersion = "1.0.0"

// library publishes the engine for other sites and for Node: the module with its types
// beside the site's engine, and what makes the folder a package that npm can pack.
func (s *site) library(b *bundler) error {
	module, err := b.one("mingbai.mjs", api.FormatESModule)
	if err != nil {
		return err
	}
	s.add("mingbai.mjs", module)
	for name, source := range map[string]string{"mingbai.d.ts": "mingbai.d.ts", "README.md": "library.md"} {
		data, err := os.ReadFile(filepath.Join(b.src, source))
		if err != nil {
			return err
		}
		s.add(name, data)
	}
	data, err := json.MarshalIndent(struct {
		Name        string            `json:"name"`
		Version     string            `json:"version"`
		Description string            `json:"description"`
		Keywords    []string          `json:"keywords"`
		License     string            `json:"license"`
		Type        string            `json:"type"`
		Main        string            `json:"main"`
		Types       string            `json:"types"`
		Exports     map[string]any    `json:"exports"`
		Files       []string          `json:"files"`
		Engines     map[string]string `json:"engines"`
	}{
		"mingbai", packageVersion, "Settles Chinese medical bills to the fen, with the rule, the figure and the document of every step; without a network.",
		[]string{"医保", "health insurance", "china", "settlement", "wasm"}, "UNLICENSED", "module", "./mingbai.mjs", "./mingbai.d.ts",
		map[string]any{".": struct {
			Types   string `json:"types"`
			Default string `json:"default"`
		}{"./mingbai.d.ts", "./mingbai.mjs"}, "./package.json": "./package.json"},
		[]string{"mingbai.mjs", "mingbai.d.ts", s.asset("engine.wasm"), s.asset("workshop.wasm"), s.asset("worker.js")},
		map[string]string{"node": ">=20"},
	}, "", "  ")
	s.add("package.json", append(data, '\n'))
	return err
}

// shots publishes the pictures that systems show before they install the app. They are
// made by `npm run shots` in site/test.
func (s *site) shots() error {
	files, err := filepath.Glob(filepath.Join(s.root, "site", "src", "shots", "shot-*.png"))
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fmt.Errorf("there are no pictures in site/src/shots: run `npm run shots` in site/test")
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		s.addHashed(path.Base(filepath.ToSlash(file)), data)
	}
	return nil
}
