package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// What visitors have to download, and how much of it we allow ourselves. A bill must be
// settled on a slow connection in a hospital corridor, so going above fails the build.
type budget struct {
	what         string
	gzip, brotli int // bytes; 0: no limit
	files        func(m builtSite) []string
}

var budgets = []budget{
	{"engine with all regions", 1_060_000, 795_000, func(m builtSite) []string { return m.matching("assets/engine.", ".wasm") }},
	{"engine that reads YAML, fetched on demand", 0, 1_125_000, func(m builtSite) []string { return m.matching("assets/workshop.", ".wasm") }},
	{"Estimate: HTML, CSS, scripts (zh)", 0, 45_000, func(m builtSite) []string { return m.page("") }},
	{"Estimate: HTML, CSS, scripts (en)", 0, 45_000, func(m builtSite) []string { return m.page("en/") }},
	{"script of the tag for other sites", 2048, 2048, func(m builtSite) []string { return []string{"embed.js"} }},
	{"everything kept for offline use", 0, 1_190_000, func(m builtSite) []string { return m.Precache }},
}

// maxRules is what the compiled rules of all regions, a part of the engine, may weigh.
const maxRules = 150_000

// The engine runs in every visitor's browser, so what it may link is limited.
var forbiddenInWasm = map[string]string{
	"gopkg.in/yaml.v3": "policies are compiled before; YAML costs 180 KB and 30 ms a region",
	"encoding/json":    "costs 120 KB; wasm/json reads and writes the contract",
	"net/http":         "costs 1.5 MB, and the engine must not be able to reach a network",
	"text/template":    "keeps the linker from dropping unused methods",
	"html/template":    "keeps the linker from dropping unused methods",
	"log/slog":         "costs 130 KB; the engine does not log",
	"testing":          "belongs to tests",
}

// The engine's own code is a pure function of policy, claim and year.
var forbiddenInEngine = map[string]string{
	"syscall/js":       "the engine knows no browser",
	"os":               "the engine reads no files and no environment",
	"time":             "the engine has no clock; days are engine.Date",
	"gopkg.in/yaml.v3": "policies reach the engine as values",
	"encoding/json":    "the engine knows no wire format",
	"net/http":         "the engine knows no network",
	"mingbai/policies": "policies import the engine, not the other way",
	"mingbai/wasm":     "the interface imports the engine, not the other way",
}

func weigh(root string) error {
	built, err := readBuilt(root)
	if err != nil {
		return err
	}
	var over []string
	t := table{}
	t.add("", "raw", "gzip", "brotli", "limit", "of limit")
	for _, b := range budgets {
		var raw, gz, br int
		for _, f := range b.files(built) {
			r, g, x, err := weights(filepath.Join(distFolder(root), filepath.FromSlash(f)))
			if err != nil {
				return err
			}
			raw, gz, br = raw+r, gz+g, br+x
		}
		if raw == 0 {
			return fmt.Errorf("nothing was built for %q: run `make site`", b.what)
		}
		t.add(b.what, grouped(raw), grouped(gz), grouped(br), "br "+grouped(b.brotli), fmt.Sprintf("%d%%", br*100/b.brotli))
		if br > b.brotli {
			over = append(over, fmt.Sprintf("%s: %s bytes in brotli, %s allowed", b.what, grouped(br), grouped(b.brotli)))
		}
		if b.gzip > 0 && gz > b.gzip {
			over = append(over, fmt.Sprintf("%s: %s bytes in gzip, %s allowed", b.what, grouped(gz), grouped(b.gzip)))
		}
	}
	rules, err := os.ReadFile(filepath.Join(root, "policies", "regions.bin"))
	if err != nil {
		return err
	}
	br := len(brotlied(rules))
	t.add("rules of all regions, within the engine", grouped(len(rules)), grouped(len(gzipped(rules))), grouped(br), "br "+grouped(maxRules), fmt.Sprintf("%d%%", br*100/maxRules))
	if br > maxRules {
		over = append(over, fmt.Sprintf("the rules of all regions: %s bytes in brotli, %s allowed", grouped(br), grouped(maxRules)))
	}
	p := &printer{out: os.Stdout}
	p.table(t, "bytes on the wire", "<>>>>>")
	for _, gate := range []struct {
		pkg       string
		forbidden map[string]string
		direct    bool
	}{
		{"./wasm/js", forbiddenInWasm, false},
		{"./engine", forbiddenInEngine, true},
	} {
		found, err := imported(root, gate.pkg, gate.direct)
		if err != nil {
			return err
		}
		bad := 0
		for pkg, why := range gate.forbidden {
			if found[pkg] {
				over = append(over, fmt.Sprintf("%s links %s: %s", gate.pkg, pkg, why))
				bad++
			}
		}
		p.line(fmt.Sprintf("%s: %d packages, %d of %d forbidden ones among them", gate.pkg, len(found), bad, len(gate.forbidden)))
	}
	if p.err != nil {
		return p.err
	}
	if len(over) > 0 {
		return errors.New("too heavy:\n  " + strings.Join(over, "\n  "))
	}
	return nil
}

// imported lists what a package imports: itself, or with all that it pulls in. Decimal
// arithmetic brings os and time along, so of the engine only its own imports are judged.
func imported(root, pkg string, direct bool) (map[string]bool, error) {
	args := []string{"list", "-deps", pkg}
	if direct {
		args = []string{"list", "-f", `{{join .Imports "\n"}}`, pkg}
	}
	cmd := exec.Command("go", args...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	var report bytes.Buffer
	cmd.Stderr = &report
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list %s: %w\n%s", pkg, err, &report)
	}
	found := map[string]bool{}
	for line := range strings.FieldsSeq(string(out)) {
		found[line] = true
	}
	return found, nil
}

// builtSite is what build.json says.
type builtSite struct {
	Build    string          `json:"build"`
	Precache []string        `json:"precache"`
	Files    []manifestEntry `json:"files"`
	root     string
}

func readBuilt(root string) (builtSite, error) {
	b := builtSite{root: root}
	data, err := os.ReadFile(filepath.Join(distFolder(root), "build.json"))
	if err != nil {
		return b, errors.New("there is nothing to weigh yet: run `make site` first")
	}
	return b, json.Unmarshal(data, &b)
}

func (m builtSite) matching(prefix, suffix string) (out []string) {
	for _, f := range m.Files {
		if strings.HasPrefix(f.Path, prefix) && strings.HasSuffix(f.Path, suffix) {
			out = append(out, f.Path)
		}
	}
	return out
}

// page lists the page of a folder with the style sheet and scripts that it asks for.
func (m builtSite) page(folder string) []string {
	page := folder + "index.html"
	html, err := os.ReadFile(filepath.Join(distFolder(m.root), page))
	if err != nil {
		return nil
	}
	out := []string{page}
	for _, f := range m.Files {
		if (strings.HasSuffix(f.Path, ".css") || strings.HasSuffix(f.Path, ".js")) && strings.Contains(string(html), f.Path) {
			out = append(out, f.Path)
		}
	}
	return append(out, m.matching("assets/worker.", ".js")...)
}

// weights are a file's bytes as they are, with gzip and with Brotli; a file that does
// not compress travels as it is.
func weights(file string) (raw, gz, br int, err error) {
	size := func(f string) (int, error) {
		info, err := os.Stat(f)
		if err != nil {
			return 0, err
		}
		return int(info.Size()), nil
	}
	if raw, err = size(file); err != nil {
		return 0, 0, 0, err
	}
	if !compressible(file) {
		return raw, raw, raw, nil
	}
	if gz, err = size(file + ".gz"); err == nil {
		br, err = size(file + ".br")
	}
	return raw, gz, br, err
}

// grouped writes 1234567 as 1,234,567.
func grouped(n int) string {
	return strings.TrimSuffix(money(int64(n)*100), ".00")
}
