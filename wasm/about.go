package wasm

import (
	"mingbai/engine"
	"mingbai/policies"
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
	c.Fields(c.Request, bareFields, f[:])
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
		{"plans", engine.MaxPlans}, {"overrides", engine.MaxOverrides}, {"visits", MaxVisits}, {"members", MaxMembers}, {"open_visits", MaxOpen}, {"batch_rows", MaxRows}, {"cases", MaxCases},
		{"combinations", engine.MaxWorlds},
	} {
		w.Number(l.name, l.n)
	}
	w.EndObject()
	count(w)
	w.EndObject()
}

// count says how much is covered: regions, their benefits by state, and figures.
func count(w *json.Writer) {
	states := [...]string{"complete", "partial", "draft", "unknown"}
	var benefits [len(states)]int
	figures := 0
	for _, e := range policies.Index() {
		for i := range e.Schemes {
			for _, b := range e.Schemes[i].Benefits {
				for j, s := range states {
					if b.Status == s {
						benefits[j]++
					}
				}
			}
		}
		p := ofRegion(e.Code)
		figures += len(p.Exclude)
		for i := range p.Schemes {
			s := &p.Schemes[i]
			figures += len(s.Classify.Never)
			if s.Account != nil {
				figures += len(s.Account.Pays)
			}
			s.EachTable(func(t *engine.Table) { figures += len(t.Rows) })
		}
	}
	w.ObjectAt("coverage")
	w.Number("regions", len(policies.Index()))
	w.ObjectAt("benefits")
	for j, s := range states {
		w.Number(s, benefits[j])
	}
	w.EndObject()
	w.Number("figures", figures)
	w.EndObject()
}
