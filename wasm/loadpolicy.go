//go:build !js || workshop

package wasm

import (
	"crypto/sha256"
	"encoding/hex"
	"sync"

	"mingbai/policies"
	"mingbai/policies/source"
	"mingbai/wasm/json"
)

// MaxLoaded is how many loaded policies are kept at once. The one loaded longest ago makes
// room for another; loading its text again gives the same handle.
const MaxLoaded = 16

// loaded are the handles that load_policy has given, the latest last.
var loaded struct {
	sync.Mutex
	handles []string
}

// shipped is the national file that regions extend.
var shipped = sync.OnceValues(func() (*source.National, error) {
	n, _, err := source.LoadNational("national.yaml", []byte(policies.National))
	return n, err
})

var loadFields = []string{"v", "op", "yaml"}

// loadPolicy answers {"op":"load_policy"}: it reads the YAML text of a region, proves it,
// and keeps the rules under a handle that requests name by "policy". The handle tells the
// text, so that the same text has the same one in every program.
func loadPolicy(c *Call) {
	var f [3]json.Value
	c.Fields(c.Request, loadFields, f[:])
	text := c.text(f[2], "yaml", true)
	if c.Refused() {
		return
	}
	national, err := shipped()
	if err != nil {
		panic(err) // it was proved when the program was built
	}
	region, err := source.Load("yaml", []byte(text), national)
	if err != nil {
		for _, e := range err.(source.Errors) {
			c.Refuse(Problem{Code: BadPolicy, Field: "yaml", Limit: e.Code, Finding: finding(e)})
		}
		return
	}
	sum := sha256.Sum256([]byte(text))
	handle := region.Policy.Region.Code + "-" + hex.EncodeToString(sum[:16])
	remember(handle)
	Keep(handle, region.Policy)
	w := c.Out
	w.ObjectAt("load_policy")
	w.Text("handle", handle)
	e := policies.Describe(region.Policy)
	w.ObjectAt("region")
	w.Text("code", e.Code)
	writeName(w, "name", e.Name)
	w.EndObject()
	w.Text("version", e.Version)
	w.ArrayAt("warnings")
	for _, e := range region.Warnings {
		w.Object()
		w.Text("code", e.Code)
		finding(e)(w)
		w.EndObject()
	}
	w.EndArray()
	w.EndObject()
}

// remember notes a handle as the latest and forgets those beyond the limit.
func remember(handle string) {
	loaded.Lock()
	defer loaded.Unlock()
	for i, h := range loaded.handles {
		if h == handle {
			loaded.handles = append(loaded.handles[:i], loaded.handles[i+1:]...)
			break
		}
	}
	loaded.handles = append(loaded.handles, handle)
	for len(loaded.handles) > MaxLoaded {
		Keep(loaded.handles[0], nil)
		loaded.handles = loaded.handles[1:]
	}
}

// finding writes where in the text a mistake is and what the loader says of it. Its words
// are for authors of policies, the same that `make check-policies` prints.
func finding(e *source.PolicyError) func(*json.Writer) {
	return func(w *json.Writer) {
		w.Number("line", e.Line)
		w.Number("column", e.Col)
		for _, m := range [...]struct{ name, text string }{{"key", e.Key}, {"message", e.Msg}, {"hint", e.Hint}, {"excerpt", e.Excerpt}} {
			if m.text != "" {
				w.Text(m.name, m.text)
			}
		}
		if e.Other != nil {
			w.ObjectAt("other")
			w.Number("line", e.Other.Line)
			w.Number("column", e.Other.Col)
			w.Text("excerpt", e.Other.Excerpt)
			w.EndObject()
		}
	}
}
