// Package wasm is the public interface of Mingbai: one function, JSON string in, JSON
// string out. It is plain Go; the few lines that hand it to a browser are in wasm/js.
//
// A request names an operation, {"v":1,"op":"settle",…}. The answer carries the
// operation's result under its own name beside "ok":true, or
//
//	{"v":1,"ok":false,"error":{"code":…,"field":…,"limit":…},"errors":[…]}
//
// where error is the first of errors. Codes and figures cross this boundary, sentences
// do not. Amounts, shares and dates are strings; only ages, ordinals and the like are
// numbers. Unknown fields are refused by name. testdata/requests holds one worked
// request for each operation.
package wasm

import (
	"mingbai/engine"
	"mingbai/wasm/json"
)

// Version is the version of the interface that requests name in "v".
const Version = 1

// Limits of one request in bytes.
const (
	MaxRequest = 1 << 20  // of any operation that names no other limit
	MaxBatch   = 16 << 20 // of those that take a file
)

// Operation answers one kind of request.
type Operation struct {
	Name  string
	Bytes int // longest request; 0 is MaxRequest
	Run   func(*Call)
}

var operations []Operation

// The table is filled here because about lists it.
func init() {
	operations = []Operation{
		{Name: "settle", Run: settle},
		{Name: "validate", Run: validate},
		{Name: "year", Run: year},
		{Name: "compare", Run: compare},
		{Name: "curve", Run: curve},
		{Name: "invert", Run: invert},
		{Name: "reconcile", Run: reconcile},
		{Name: "batch", Bytes: MaxBatch, Run: batch},
		{Name: "regions", Run: regions},
		{Name: "policy", Run: policy},
		{Name: "load_policy", Run: loadPolicy},
		{Name: "about", Run: about},
	}
}

// The codes that only this package gives; the engine has the others.
const (
	BadJSON       engine.Code = "bad_json" // Limit is the reason; line and column say where
	BadVersion    engine.Code = "bad_version"
	UnknownOp     engine.Code = "unknown_op"
	UnknownField  engine.Code = "unknown_field"
	UnknownRegion engine.Code = "unknown_region"
	TooBig        engine.Code = "too_big" // Limit is the longest request in bytes
	Internal      engine.Code = "internal"
	BadPolicy     engine.Code = "bad_policy" // Limit is the loader's code of the mistake
)

// Problem is one reason why a request is refused.
type Problem struct {
	Code    engine.Code
	Field   string
	Limit   string
	Key     string   // not_known and draft: the benefit
	Allowed []string // not_allowed: the codes, even if there are none
	At      *json.Error
	Finding func(*json.Writer) // bad_policy: writes where and what
}

// Call is one request being answered.
type Call struct {
	Request  json.Value
	Out      *json.Writer // the answer's members; what is written is lost if the call is refused
	problems []Problem
	kept     *input // memory for a claim that nobody keeps
}

// maxProblems bounds the list of errors in one answer.
const maxProblems = 50

// Refuse adds a problem. The operation goes on as far as it can, to find the others.
// What is wrong in a part that is read more than once is said once; mistakes in a policy
// are told apart by their places.
func (c *Call) Refuse(p Problem) {
	for i := range c.problems {
		if o := &c.problems[i]; o.Code == p.Code && o.Field == p.Field && p.Finding == nil {
			return
		}
	}
	if len(c.problems) < maxProblems {
		c.problems = append(c.problems, p)
	}
}

// Refused reports whether there is a problem.
func (c *Call) Refused() bool { return len(c.problems) > 0 }

// Handle answers one request. It never panics and always returns a JSON object with the
// members v and ok.
func Handle(request string) (response string) {
	defer func() {
		if recover() != nil {
			response = Panicked()
		}
	}()
	if len(request) > MaxBatch {
		return refusal([]Problem{{Code: TooBig, Limit: itoa(MaxBatch)}})
	}
	root, err := json.Parse(request)
	if err != nil {
		return refusal([]Problem{{Code: BadJSON, Field: err.Path, Limit: string(err.Reason), At: err}})
	}
	c := &Call{Request: root}
	op := c.envelope()
	if op == nil {
		return refusal(c.problems)
	}
	limit := op.Bytes
	if limit == 0 {
		limit = MaxRequest
	}
	if len(request) > limit {
		return refusal([]Problem{{Code: TooBig, Limit: itoa(limit)}})
	}
	c.Out = json.NewWriter(8 << 10)
	c.Out.Object()
	c.Out.Number("v", Version)
	c.Out.Key("ok")
	c.Out.Bool(true)
	op.Run(c)
	if c.Refused() {
		return refusal(c.problems)
	}
	c.Out.EndObject()
	return c.Out.String()
}

// Panicked is the answer to a request that broke the program, not its rules.
func Panicked() string {
	return `{"v":1,"ok":false,"error":{"code":"internal"},"errors":[{"code":"internal"}]}`
}

// envelope checks what every request has and finds the operation.
func (c *Call) envelope() *Operation {
	if c.Request.Kind() != json.Object {
		c.Refuse(Problem{Code: engine.Format, Limit: "object"})
		return nil
	}
	switch v := c.Request.Get("v"); {
	case !v.Given():
		c.Refuse(Problem{Code: engine.Required, Field: "v"})
	case v.Kind() != json.Number:
		c.Refuse(Problem{Code: engine.Format, Field: "v", Limit: "integer"})
	case v.Text() != "1":
		c.Refuse(Problem{Code: BadVersion, Field: "v", Limit: itoa(Version)})
	}
	name := c.Request.Get("op")
	switch {
	case !name.Given():
		c.Refuse(Problem{Code: engine.Required, Field: "op"})
		return nil
	case name.Kind() != json.String:
		c.Refuse(Problem{Code: engine.Format, Field: "op", Limit: "string"})
		return nil
	}
	for i := range operations {
		if operations[i].Name == name.Text() {
			if c.Refused() {
				return nil
			}
			return &operations[i]
		}
	}
	c.Refuse(Problem{Code: UnknownOp, Field: "op", Allowed: operationNames()})
	return nil
}

func operationNames() []string {
	names := make([]string, len(operations))
	for i := range operations {
		names[i] = operations[i].Name
	}
	return names
}

func refusal(problems []Problem) string {
	w := json.NewWriter(512)
	w.Object()
	w.Number("v", Version)
	w.Key("ok")
	w.Bool(false)
	w.Key("error")
	problems[0].write(w)
	writeProblems(w, problems)
	w.EndObject()
	return w.String()
}

func writeProblems(w *json.Writer, problems []Problem) {
	w.ArrayAt("errors")
	for i := range problems {
		problems[i].write(w)
	}
	w.EndArray()
}

func (p *Problem) write(w *json.Writer) {
	w.Object()
	w.Text("code", string(p.Code))
	if p.Field != "" {
		w.Text("field", p.Field)
	}
	switch {
	case p.Allowed != nil:
		w.ArrayAt("limit")
		for _, s := range p.Allowed {
			w.Str(s)
		}
		w.EndArray()
	case p.Limit != "":
		w.Text("limit", p.Limit)
	}
	if p.Key != "" {
		w.Text("key", p.Key)
	}
	if p.At != nil {
		w.Number("line", p.At.Line)
		w.Number("column", p.At.Column)
	}
	if p.Finding != nil {
		p.Finding(w)
	}
	w.EndObject()
}

func itoa(n int) string { return string(json.AppendUint(nil, uint64(n))) }
