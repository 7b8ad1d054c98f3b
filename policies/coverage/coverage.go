// Package coverage says what the policies know and how well: for reports and for the
// page that hides nothing.
package coverage

import (
	"sort"

	"mingbai/engine"
	"mingbai/policies"
)

// Region is the state of a region's rules on a day.
type Region struct {
	Code     string   `json:"code"`
	Name     Name     `json:"name"`
	Province Name     `json:"province"`
	Pinyin   string   `json:"pinyin"`
	Version  string   `json:"version"`
	InForce  string   `json:"in_force"`
	Schemes  []Scheme `json:"schemes"`

	Figures int            `json:"figures"` // in force on the day
	Unknown int            `json:"unknown"`
	Grades  map[string]int `json:"grades"`
	// Oldest is the earliest month up to which the sources of a figure in force speak.
	Oldest         string     `json:"oldest,omitempty"`
	Ended          []string   `json:"ended"` // past their end, with nothing after
	Sources        int        `json:"sources"`
	WithoutAddress []string   `json:"without_address"`
	Conflicts      []Conflict `json:"conflicts"`
	Missing        []Missing  `json:"missing"`
}

// Name is a text in both languages.
type Name struct {
	Zh string `json:"zh"`
	En string `json:"en"`
}

// Scheme lists the benefits of a scheme.
type Scheme struct {
	ID       string    `json:"id"`
	Benefits []Benefit `json:"benefits"`
}

// Benefit is one benefit's state: complete, partial, unknown or draft.
type Benefit struct {
	ID      string `json:"id"`
	Name    *Name  `json:"name,omitempty"` // of a benefit that has none elsewhere
	Status  string `json:"status"`
	Grade   string `json:"grade,omitempty"` // lowest of its figures in force
	Oldest  string `json:"oldest,omitempty"`
	Unknown int    `json:"unknown"` // figures in force that nobody could find
}

// Conflict is a figure on which sources disagree.
type Conflict struct {
	Key     string `json:"key"`
	Chosen  string `json:"chosen"`
	Against string `json:"against"`
	Why     Name   `json:"why"`
}

// Missing is what was looked for and not found.
type Missing struct {
	Key    string `json:"key"`
	Looked string `json:"looked"`
	Note   *Name  `json:"note,omitempty"`
}

func name(n engine.Name) Name { return Name{n.Zh, n.En} }

func maybe(n engine.Name) *Name {
	if n == (engine.Name{}) {
		return nil
	}
	return &Name{n.Zh, n.En}
}

// Of describes a region's rules on a day.
func Of(p *engine.Policy, day engine.Date) Region {
	r := Region{Code: p.Region.Code, Name: name(p.Region.Name), Province: name(p.Region.Province), Pinyin: p.Region.Pinyin,
		Version: p.Version, InForce: p.From.String(), Grades: map[string]int{}, Sources: len(p.Sources),
		Ended: []string{}, WithoutAddress: []string{}, Conflicts: []Conflict{}, Missing: []Missing{}}
	for _, s := range p.Sources {
		if s.URL == "" {
			r.WithoutAddress = append(r.WithoutAddress, s.ID)
		}
	}
	for _, c := range p.Conflicts {
		r.Conflicts = append(r.Conflicts, Conflict{c.Key, c.Chosen, c.Against, name(c.Why)})
	}
	for _, u := range p.Unknown {
		r.Missing = append(r.Missing, Missing{u.Key, u.Looked, maybe(u.Note)})
	}
	for i, e := range policies.Describe(p).Schemes {
		s := &p.Schemes[i]
		one := Scheme{ID: e.ID, Benefits: []Benefit{}}
		for _, b := range e.Benefits {
			x := Benefit{ID: b.ID, Status: b.Status}
			if b.Grade != 0 {
				x.Grade = string(rune(b.Grade))
			}
			for j := range s.Layers {
				if l := &s.Layers[j]; l.ID == b.ID {
					x.Name = maybe(l.Name)
					if l.Until != 0 && l.Until < day {
						r.Ended = append(r.Ended, s.ID+"."+l.ID)
					}
					part := engine.Scheme{Layers: s.Layers[j : j+1]}
					part.EachTable(func(t *engine.Table) { x.see(t, day) })
				}
			}
			one.Benefits = append(one.Benefits, x)
		}
		r.Schemes = append(r.Schemes, one)
		s.EachTable(func(t *engine.Table) { r.see(t, day) })
	}
	sort.Strings(r.Ended)
	return r
}

func inForce(r *engine.Row, day engine.Date) bool {
	return r.From <= day && (r.Until == 0 || r.Until >= day)
}

// lastMonth is the month up to which a figure's sources speak, "" where it is not said.
func lastMonth(r *engine.Row) string {
	if len(r.AsOf) < 7 {
		return ""
	}
	return r.AsOf[len(r.AsOf)-7:]
}

func earlier(a, b string) string {
	if a == "" || b != "" && b < a {
		return b
	}
	return a
}

func (b *Benefit) see(t *engine.Table, day engine.Date) {
	for i := range t.Rows {
		if r := &t.Rows[i]; inForce(r, day) {
			b.Oldest = earlier(b.Oldest, lastMonth(r))
			if r.Value.Unknown {
				b.Unknown++
			}
		}
	}
}

func (x *Region) see(t *engine.Table, day engine.Date) {
	for i := range t.Rows {
		r := &t.Rows[i]
		if !inForce(r, day) {
			if r.Until != 0 && r.Until < day && t.Gaps && !followed(r, t) {
				x.Ended = append(x.Ended, r.ID)
			}
			continue
		}
		x.Figures++
		x.Oldest = earlier(x.Oldest, lastMonth(r))
		if r.Value.Unknown {
			x.Unknown++
			continue
		}
		x.Grades[string(rune(r.Grade))]++
	}
}

// followed reports whether a later row of the table takes over.
func followed(r *engine.Row, t *engine.Table) bool {
	for i := range t.Rows {
		if t.Rows[i].From > r.Until {
			return true
		}
	}
	return false
}

// Change is an entry of the log: written by hand, or a figure that follows another.
type Change struct {
	Date   string `json:"date"`
	Region string `json:"region"`
	Key    string `json:"key"`
	Was    string `json:"was"`
	Is     string `json:"is"`
}

// Changes lists what changed in a region since a day, by date.
func Changes(p *engine.Policy, since engine.Date) []Change {
	var out []Change
	told := map[Change]bool{}
	add := func(c Change) {
		if c.Date >= since.String() && !told[c] {
			told[c] = true
			out = append(out, c)
		}
	}
	for _, c := range p.Changes {
		add(Change{c.Date, p.Region.Code, c.Key, c.Was, c.Is})
	}
	for i := range p.Schemes {
		p.Schemes[i].EachTable(func(t *engine.Table) {
			for j := range t.Rows {
				for k := range t.Rows {
					was, is := &t.Rows[j], &t.Rows[k]
					if was.Until != 0 && was.Until < is.From && is.From > p.From && was.To == is.To && same(was.When, is.When) && next(t, was) == is {
						add(Change{is.From.String(), p.Region.Code, is.ID, Figure(&was.Value), Figure(&is.Value)})
					}
				}
			}
		})
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Date < out[j].Date })
	return out
}

// next is the row that follows another in time, for the same case.
func next(t *engine.Table, r *engine.Row) *engine.Row {
	var best *engine.Row
	for i := range t.Rows {
		x := &t.Rows[i]
		if x.From > r.Until && x.To == r.To && same(x.When, r.When) && (best == nil || x.From < best.From) {
			best = x
		}
	}
	return best
}

func same(a, b []engine.Cond) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// Figure is a value as text.
func Figure(f *engine.Figure) string {
	switch {
	case f.None:
		return "none"
	case f.Open:
		return f.Lo.String() + " –"
	case f.Bounded:
		return f.Lo.String() + " – " + f.Hi.String()
	case f.Unknown:
		return "unknown"
	}
	return f.Rate.String()
}
