package engine

import "strings"

// within refuses a replaced figure that lifts a share of the ladder above 1, as those of
// policy files may not, and says how far it may go.
func (e *entry) within(t *Table) {
	var x *Rate // the figure, of this claim alone: see override
	var was Rate
	id := ""
	for i := range t.Rows {
		row := &t.Rows[i]
		if !row.inForce(e.c.Date) {
			continue
		}
		if ok, err := e.f.holds(row.When); err != nil || !ok {
			continue
		}
		v, met := e.adjust(e.l.Adjust, row.Value.Rate, aShare)
		met = append(met, Adjusted{Row: row, Op: Replace})
		var m *Adjusted
		for j := range met {
			if met[j].Row.Value.Unknown {
				v = 0
			} else if met[j].Row.Overridden && m == nil {
				m = &met[j]
			}
		}
		if v <= One || m == nil || x != nil && id != m.Row.ID {
			continue
		}
		if x == nil {
			x, id = &m.Row.Value.Rate, m.Row.ID
			was = *x
		}
		good := -One // between it and the figure lies the last value that does not
		if m.Row == row {
			good = 0
		}
		for good+One/1_000_000 < *x {
			over := *x
			*x = (good + over) / 2 / (One / 1_000_000) * (One / 1_000_000)
			if v, _ := e.adjust(e.l.Adjust, row.Value.Rate, aShare); v <= One {
				good, *x = *x, over
			}
		}
		*x = good // what a further segment asks may be stricter
	}
	if x == nil {
		return
	}
	for _, o := range e.c.Overrides {
		if part, ok := strings.CutPrefix(o.Rule, id); ok && isFigure(part) {
			e.fail(&InputError{Code: TooLarge, Field: "overrides." + o.Rule, Limit: x.String()})
		}
	}
	*x = was
}
