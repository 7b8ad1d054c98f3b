package wasm

import (
	"mingbai/engine"
	"mingbai/policies"
	"mingbai/wasm/json"
)

// regions answers {"op":"regions"} with the index: which regions there are, under which
// names they are found, and what is known of each benefit.
func regions(c *Call) {
	var f [2]json.Value
	c.Fields(c.Request, bareFields, f[:])
	w := c.Out
	w.ArrayAt("regions")
	for _, e := range policies.Index() {
		w.Object()
		w.Text("code", e.Code)
		writeName(w, "name", e.Name)
		writeName(w, "province", e.Province)
		w.Text("pinyin", e.Pinyin)
		w.Text("initials", e.Initials)
		w.Text("version", e.Version)
		w.Text("from", e.From.String())
		writeGrade(w, e.Grade)
		w.ObjectAt("schemes")
		for i := range e.Schemes {
			s := &e.Schemes[i]
			w.ObjectAt(s.ID)
			for _, b := range s.Benefits {
				w.ObjectAt(b.ID)
				switch b.Status {
				case "complete":
					w.Text("status", "current")
				case "partial":
					// It settles, but some of its figures are not known.
					w.Text("status", "current")
					w.Key("partial")
					w.Bool(true)
				default:
					w.Text("status", b.Status)
				}
				writeGrade(w, b.Grade)
				w.EndObject()
			}
			w.EndObject()
		}
		w.EndObject()
		w.EndObject()
	}
	w.EndArray()
}

// bareFields are those of a request that asks for nothing in particular.
var bareFields = []string{"v", "op"}

func writeGrade(w *json.Writer, g byte) {
	if g != 0 {
		w.Text("grade", string(rune(g)))
	}
}

// ofRegion loads the rules of a region, nil if there is none of that code.
func ofRegion(code string) *engine.Policy {
	p, err := policies.Load(code)
	if err == nil {
		return p
	}
	if e, ok := err.(*engine.InputError); ok && e.Code == UnknownRegion {
		return nil
	}
	panic(err)
}
