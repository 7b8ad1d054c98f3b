package wasm

import (
	"strings"

	"mingbai/engine"
	"mingbai/wasm/json"
)

// MaxRows bounds the rows of one call. A longer file is sent in slices, each with the header.
const MaxRows = 10_000

// BadCSV says that a row is no record of the file's form; Limit is the number of its
// columns, or "quote".
const BadCSV engine.Code = "bad_csv"

var batchFields = []string{"v", "op", "csv", "defaults", "first_row", "template"}

// templateColumns are those of the form that a clerk fills in.
var templateColumns = []string{"id", "region", "date", "person.scheme", "person.status", "person.age", "visit.kind", "visit.level", "visit.admission",
	"visit.place", "visit.filing", "visit.disease", "bill.total", "bill.self_funded", "bill.over_limit", "bill.paid_first", "year.inpatient.paid"}

var templateRow = []string{"1", "110000", "2026-05-01", "employee", "retired", "66", "inpatient", "tertiary", "2",
	"local", "none", "", "30000.00", "2000.00", "0.00", "1000.00", "8240.49"}

// batch answers {"op":"batch"}: one claim a row of a CSV text, whose header names the
// request's fields by their paths. A row that is refused says why in its last columns and
// stops none of the others.
func batch(c *Call) {
	var f [6]json.Value
	c.Fields(c.Request, batchFields, f[:])
	if c.flag(f[5]) {
		if f[2].Given() {
			c.deny(f[2], engine.Contradiction, "template")
			return
		}
		b := sheet{sep: ','}
		b.record(templateColumns...)
		b.record(templateRow...)
		b.write(c.Out)
		return
	}
	text := c.text(f[2], "csv", true)
	first := int32(1)
	if f[4].Given() {
		first = c.whole(f[4], 1, 100_000_000)
	}
	b := sheet{row: int(first), out: make([]byte, 0, len(text)+240*strings.Count(text, "\n"))}
	if b.header(c, text, f[3]); c.Refused() {
		return
	}
	if first == 1 {
		b.titles()
	}
	b.fill(c)
	if !c.Refused() {
		b.write(c.Out)
	}
}

// sheet is a table being read and the one being written.
type sheet struct {
	in           *csvReader
	sep          byte
	id           int // its column, or -1
	columns      []string
	whole        []bool // columns of whole numbers
	form         *json.Form
	claim        input
	row          int // number of the next row
	rows, errors int
	out          []byte
	started      bool // the record has a cell
}

// header reads the first record and makes the form that the rows fill in.
func (b *sheet) header(c *Call, text string, defaults json.Value) {
	if c.Refused() {
		return
	}
	b.in, b.id = readCSV(text), -1
	b.sep = b.in.sep
	cells, good, more := b.in.next()
	if !more || !good {
		c.Refuse(Problem{Code: BadCSV, Field: "csv", Limit: "header"})
		return
	}
	b.columns = append(b.columns, cells...)
	var paths [][]string
	for i, name := range b.columns {
		for _, o := range b.columns[:i] {
			if o == name || strings.HasPrefix(name, o+".") || strings.HasPrefix(o, name+".") {
				c.Refuse(Problem{Code: engine.Contradiction, Field: "csv." + name})
			}
		}
		path := pathSteps(name)
		if name == "id" {
			b.id, path = i, claimFields[:1] // never filled in
		} else if !contains(claimFields[2:], path[0]) || strings.Contains(name, "..") || strings.HasSuffix(name, ".") {
			c.Refuse(Problem{Code: UnknownField, Field: "csv." + name})
		}
		paths = append(paths, path)
		b.whole = append(b.whole, wholeColumn(name))
	}
	if defaults.Given() {
		var f [12]json.Value
		c.Fields(defaults, claimFields[2:], f[:])
	}
	if c.Refused() {
		return
	}
	b.form = json.NewForm(defaults, paths)
	for i, name := range b.columns {
		if !b.form.Has(i) {
			c.Refuse(Problem{Code: UnknownField, Field: "csv." + name})
		}
	}
	// What no row could have a place for is wrong with the header, or with the defaults.
	probe := Call{Request: b.form.Open()}
	probe.claim()
	for _, p := range probe.problems {
		if p.Code == UnknownField {
			if contains(b.columns, p.Field) {
				p.Field = "csv." + p.Field
			} else {
				p.Field = "defaults." + p.Field
			}
			c.Refuse(p)
		}
	}
}

// wholeColumn reports whether a column holds whole numbers.
func wholeColumn(name string) bool {
	name = strings.TrimSuffix(strings.TrimSuffix(name, ".from"), ".to")
	for _, d := range intBounds {
		if d.dim.Field() == name {
			return true
		}
	}
	return false
}

func (b *sheet) fill(c *Call) {
	one := Call{}
	for {
		cells, good, more := b.in.next()
		if !more {
			return
		}
		if b.rows == MaxRows {
			c.Refuse(Problem{Code: engine.TooMany, Field: "csv", Limit: itoa(MaxRows)})
			return
		}
		id := ""
		if b.id >= 0 && b.id < len(cells) {
			id = cells[b.id]
		}
		if id == "" {
			id = itoa(b.row)
		}
		b.cell(id)
		one.problems = one.problems[:0]
		switch {
		case !good:
			one.Refuse(Problem{Code: BadCSV, Limit: "quote"})
		case len(cells) != len(b.columns):
			one.Refuse(Problem{Code: BadCSV, Limit: itoa(len(b.columns))})
		default:
			b.settle(&one, cells)
		}
		if one.Refused() {
			b.refused(&one.problems[0])
		}
		b.end()
		b.row++
		b.rows++
	}
}

// settle reads a row as a claim, settles it and writes its figures.
func (b *sheet) settle(c *Call, cells []string) {
	for i, cell := range cells {
		switch {
		case i == b.id || cell == "":
			b.form.Set(i, json.Absent, "")
		case b.whole[i] && digits(strings.TrimPrefix(cell, "-")) && cell != "-":
			b.form.Set(i, json.Number, cell)
		default:
			b.form.Set(i, json.String, cell)
		}
	}
	c.Request, c.kept = b.form.Filled(), &b.claim
	in, _ := c.claim()
	if c.Refused() {
		return
	}
	in.claim.Figures = true
	s, err := engine.Settle(in.policy, &in.claim)
	if err != nil {
		c.refused(in, err)
		return
	}
	for _, name := range figuresOf {
		v, _ := s.Figure(name)
		b.amount(v)
	}
	if r := s.Range; r != nil {
		b.amount(r.PersonSum[0])
		b.amount(r.PersonSum[1])
	} else {
		b.add("", "")
	}
	if s.Grade != 0 {
		b.cell(string(rune(s.Grade)))
	} else {
		b.cell("")
	}
	b.add("", "", "")
	engine.Reuse(s)
}

// titles writes the header of what comes out.
func (b *sheet) titles() {
	b.cell("id")
	b.add(figuresOf...)
	b.record("psn_part_from", "psn_part_to", "grade", "error", "field", "limit")
}

func (b *sheet) refused(p *Problem) {
	for range len(figuresOf) + 3 {
		b.cell("")
	}
	limit := p.Limit
	if p.Allowed != nil {
		limit = strings.Join(p.Allowed, "|")
	}
	if p.Key != "" {
		limit = p.Key
	}
	b.add(string(p.Code), p.Field, limit)
	b.errors++
}

func (b *sheet) next() {
	if b.started {
		b.out = append(b.out, b.sep)
	}
	b.started = true
}

func (b *sheet) cell(s string) {
	b.next()
	b.out = appendCell(b.out, s, b.sep)
}

func (b *sheet) amount(v engine.Fen) {
	b.next()
	b.out = v.Append(b.out)
}

func (b *sheet) end() {
	b.out = append(b.out, '\r', '\n')
	b.started = false
}

// add writes cells of a record, record also its end.
func (b *sheet) add(cells ...string) {
	for _, s := range cells {
		b.cell(s)
	}
}

func (b *sheet) record(cells ...string) {
	b.add(cells...)
	b.end()
}

func (b *sheet) write(w *json.Writer) {
	w.ObjectAt("batch")
	w.Text("csv", string(b.out))
	w.Number("rows", b.rows)
	w.Number("errors", b.errors)
	w.EndObject()
}
