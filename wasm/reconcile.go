package wasm

import (
	"strings"

	"mingbai/engine"
	"mingbai/wasm/json"
)

// reconcile answers {"op":"reconcile"}: where a real receipt differs from the settlement
// of its claim, and which single fact, were it another, would explain all of it.
func reconcile(c *Call) {
	in, f := c.claim("receipt")
	receipt := c.receipt(f[0])
	if c.Refused() {
		return
	}
	r, err := engine.Reconcile(in.policy, &in.claim, receipt)
	if err != nil {
		c.refused(in, err)
		return
	}
	a := answer{Writer: c.Out, in: in, p: in.policy, s: r.Ours}
	a.ObjectAt("reconcile")
	a.ArrayAt("differences")
	for _, d := range r.Deviations {
		a.Object()
		a.Text("field", d.Name)
		a.fen("receipt", d.Receipt)
		a.fen("ours", d.Ours)
		a.EndObject()
	}
	a.EndArray()
	a.ArrayAt("explanations")
	for i := range r.Explanations {
		a.explanation(&r.Explanations[i])
	}
	a.EndArray()
	a.settlement("settlement")
	a.Text("case", caseText(c.Request, receipt))
	a.EndObject()
	a.policy()
}

// receipt reads the figures of a receipt.
func (c *Call) receipt(v json.Value) (list []engine.ReceiptLine) {
	if !v.Given() {
		c.missing("receipt")
		return nil
	}
	if v.Kind() != json.Object {
		c.form(v, "object")
		return nil
	}
	for m := range v.All {
		if !contains(figuresOf, m.Name()) {
			c.deny(m, UnknownField, "")
		} else if m.Given() {
			list = append(list, engine.ReceiptLine{Name: m.Name(), Amount: c.fen(m)})
		}
	}
	if len(list) == 0 && !c.Refused() {
		c.deny(v, engine.Required, "")
	}
	return list
}

func (a *answer) explanation(e *engine.Explanation) {
	a.Object()
	a.Text("field", e.Field)
	switch {
	case e.Value == "":
	case e.Field == engine.DimAdmission.Field(), e.Field == engine.DimAge.Field():
		a.Key("value")
		a.Digits(e.Value)
	default:
		a.Text("value", e.Value)
	}
	a.str("to", e.To)
	a.fen("within", e.Within)
	a.EndObject()
}

// caseText is the receipt as a test case of policies/cases: the request without its free
// texts, and what the receipt says.
func caseText(request json.Value, receipt []engine.ReceiptLine) string {
	var b strings.Builder
	b.WriteString("一张收据，预期的数字是收据上的，不来自程序。\nA receipt: the expected figures are the receipt's own, never from the program.\n\n# receipt\n\n-- receipt.json --\n{\n")
	b.WriteString("  \"v\": 1, \"op\": \"settle\"")
	for m := range request.All {
		switch m.Name() {
		case "v", "op", "receipt":
			continue
		}
		w := json.NewWriter(256)
		w.Name(m.Name())
		if m.Name() == "policy" {
			w.Str("published") // a handle means nothing elsewhere
		} else {
			w.Value(m, "name")
		}
		b.WriteString(",\n  ")
		b.WriteString(w.String())
	}
	b.WriteString("\n}\n-- receipt.want --\n")
	for _, l := range receipt {
		b.WriteString(l.Name + " " + l.Amount.String() + "\n")
	}
	return b.String()
}
