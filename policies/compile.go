package policies

import (
	"sort"

	"mingbai/engine"
)

// magic begins a compiled set; the last byte is the version of the layout.
const magic = "mingbai\x02"

// Compile writes regions in the compact form, by code. Equal policies give equal bytes.
func Compile(regions []*engine.Policy) []byte {
	if !writes {
		panic("policies: this program only reads")
	}
	regions = append([]*engine.Policy(nil), regions...)
	sort.Slice(regions, func(i, j int) bool { return regions[i].Region.Code < regions[j].Region.Code })
	t := &texts{list: []string{""}, pos: map[string]int{"": 0}}
	o := &sources{pos: map[engine.Source]int{}}
	next := func() *codec {
		return &codec{writing: true, texts: t, next: len(t.list), origin: o, known: map[string]int{}}
	}

	// The index is read by itself, so its texts come first.
	index := next()
	n := len(regions)
	index.int(&n)
	for _, p := range regions {
		e := Describe(p)
		index.entry(&e)
	}
	var bodies [][]byte
	for _, p := range regions {
		body := next()
		first := body.next
		body.policy(p)
		size := len(body.bytes)
		index.int(&first)
		index.int(&size)
		bodies = append(bodies, body.bytes)
	}
	documents := next()
	index.int(&documents.next)
	documents.documents(o)

	out := codec{writing: true, bytes: []byte(magic)}
	n = len(t.list)
	out.int(&n)
	for _, s := range t.list {
		out.bytes = append(append(out.bytes, s...), '\n')
	}
	for _, part := range append([][]byte{index.bytes, documents.bytes}, bodies...) {
		out.bytes = append(out.bytes, part...)
	}
	return out.bytes
}

func (c *codec) entry(e *Entry) {
	for _, t := range [...]*string{&e.Code, &e.Pinyin, &e.Initials, &e.Name.Zh, &e.Name.En, &e.Province.Zh, &e.Province.En, &e.Version} {
		c.text(t)
	}
	c.date(&e.From)
	small(c, &e.Grade)
	if n := c.fresh(len(e.Schemes)); n > 0 {
		e.Schemes = make([]SchemeEntry, n)
	}
	for i := range e.Schemes {
		s := &e.Schemes[i]
		c.text(&s.ID)
		if n := c.fresh(len(s.Benefits)); n > 0 {
			s.Benefits = make([]Benefit, n)
		}
		for j := range s.Benefits {
			b := &s.Benefits[j]
			c.text(&b.ID)
			c.text(&b.Status)
			small(c, &b.Grade)
		}
	}
}

// Describe makes a region's entry in the index. What counts is the state at the day of
// the file's last change.
func Describe(p *engine.Policy) Entry {
	r := &p.Region
	e := Entry{Code: r.Code, Pinyin: r.Pinyin, Initials: r.Initials, Name: r.Name, Province: r.Province, Version: p.Version, From: p.From}
	day, _ := engine.ParseDate("", p.Version)
	for i := range p.Schemes {
		s := &p.Schemes[i]
		x := SchemeEntry{ID: s.ID}
		for j := range s.Layers {
			l := &s.Layers[j]
			b := Benefit{ID: l.ID, Status: "complete"}
			one := engine.Scheme{Layers: s.Layers[j : j+1]}
			one.EachTable(func(t *engine.Table) {
				for k := range t.Rows {
					row := &t.Rows[k]
					if day < row.From || row.Until != 0 && day > row.Until {
						continue
					}
					if row.Value.Unknown {
						b.Status = "partial"
						continue
					}
					b.Grade = max(b.Grade, row.Grade)
				}
			})
			for _, u := range p.Unknown {
				if key := s.ID + "." + l.ID; u.Key == key || len(u.Key) > len(key) && u.Key[:len(key)] == key && u.Key[len(key)] == '.' {
					b.Status = "partial"
				}
			}
			if l.Draft {
				b.Status = "draft"
			}
			e.Grade = max(e.Grade, b.Grade)
			x.Benefits = append(x.Benefits, b)
		}
		for _, u := range p.Unknown {
			id, ok := within(u.Key, s.ID)
			for _, b := range x.Benefits {
				ok = ok && b.ID != id
			}
			if ok {
				x.Benefits = append(x.Benefits, Benefit{ID: id, Status: "unknown"})
			}
		}
		e.Schemes = append(e.Schemes, x)
	}
	return e
}

// within takes the benefit out of "employee.assistance"; parts of benefits are none.
func within(key, scheme string) (id string, ok bool) {
	n := len(scheme) + 1
	if len(key) <= n || key[:n] != scheme+"." {
		return "", false
	}
	for i := n; i < len(key); i++ {
		if key[i] == '.' || key[i] == '[' {
			return "", false
		}
	}
	return key[n:], true
}
