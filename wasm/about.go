package wasm

import (
	"mingbai/engine"
	"mingbai/wasm/json"
)

// Release and Build say which program this is. The linker sets them:
// -ldflags "-X mingbai/wasm.Release=… -X mingbai/wasm.Build=…".
var (
	Release = "devel"
	Build   = "" // hash over the sources and policies
)

// about answers {"op":"about"}: which program this is, what it can do and how much.
func about(c *Call) {
	var f [2]json.Value
	c.Fields(c.Request, aboutFields, f[:])
	if c.Refused() {
		return
	}
	w := c.Out
	w.ObjectAt("about")
	w.Number("interface", Version)
	w.Text("release", Release)
	w.Text("build", Build)
	w.ArrayAt("operations")
	for _, name := range operationNames() {
		w.Str(name)
	}
	w.EndArray()
	w.ObjectAt("limits")
	w.Key("amount")
	w.Quoted(engine.MaxFen.Append)
	for _, l := range [...]struct {
		name string
		n    int
	}{
		{"request_bytes", MaxRequest}, {"batch_bytes", MaxBatch}, {"depth", json.MaxDepth}, {"values", json.MaxNodes},
		{"items", engine.MaxLines}, {"counters", engine.MaxCounters}, {"accounts", engine.MaxAccounts},
		{"plans", engine.MaxPlans}, {"overrides", engine.MaxOverrides}, {"combinations", engine.MaxWorlds},
	} {
		w.Number(l.name, l.n)
	}
	w.EndObject()
	w.ObjectAt("coverage")
	coverageCounts(w)
	w.EndObject()
	w.EndObject()
}

var aboutFields = []string{"v", "op"}
