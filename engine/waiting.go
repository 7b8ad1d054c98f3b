package engine

// wait works out the waiting period of a person who has one, and makes the person insured
// where it is over.
func (r *run) wait() {
	w := r.s.Waiting
	if w == nil || r.err != nil || r.f.codes[DimEnrolment] != 1<<r.p.Code(DimEnrolment, "waiting") {
		return
	}
	missed, repaired := r.f.ints[DimMissedYears-numCodeDims], &r.f.ints[DimRepairedYears-numCodeDims]
	if *repaired > missed {
		r.fail(&InputError{Code: Contradiction, Field: dims[DimRepairedYears].field, Limit: string(appendUint(nil, uint64(missed)))})
		return
	}
	n := &Wait{}
	if n.Months, n.Known = r.months(w, n); r.err != nil {
		// Who does not say when the wait began is not asked how long it is.
		if e := r.err.(*InputError); e.Code == Required && r.c.Enrolled == 0 {
			r.err = nil
		}
		return
	}
	until := func(months int32) Date {
		if r.c.Enrolled == 0 {
			return 0
		}
		return r.c.Enrolled.AddMonths(int(months))
	}
	n.Until = until(n.Months)
	over := n.Known && n.Months == 0 || n.Until != 0 && r.c.Date > n.Until
	have, best := *repaired, n.Months
	for n.Known && *repaired < missed {
		*repaired++
		if m, ok := r.months(w, nil); ok && m < best {
			best, n.RepairYears, n.RepairMonths, n.RepairUntil = m, *repaired-have, m, until(m)
		}
	}
	*repaired = have
	if !n.Known {
		n.Months, n.Until = 0, 0
	}
	code := "waiting"
	if over {
		r.f.codes[DimEnrolment] = 1 << r.p.Code(DimEnrolment, "insured")
		code = "waiting_over"
		n.RepairYears, n.RepairMonths, n.RepairUntil = 0, 0, 0
	}
	if over || n.Until != 0 {
		for _, row := range n.Rows {
			r.grade(row)
		}
	}
	r.note(Note{Code: code, Wait: n})
}

// months is the length of the wait, and whether it is known; n takes the rows used.
func (r *run) months(w *Waiting, n *Wait) (months int32, known bool) {
	known = true
	r.reading(atWait)
	get := func(t *Table, times Dim) (v int32) {
		row := r.pick(t)
		if row == nil {
			return 0
		}
		x, _ := r.value(row, aCost)
		v = int32(x / One)
		if times != numDims {
			r.f.asked[times] = true
			v *= r.f.ints[times-numCodeDims]
		}
		known = known && !row.Value.Unknown
		if n != nil {
			n.Rows = append(n.Rows, row)
		}
		return v
	}
	fixed, more := get(w.Fixed, numDims), get(w.PerMissedYear, DimMissedYears)
	less := int32(0)
	if r.f.ints[DimRepairedYears-numCodeDims] > 0 {
		less = get(w.PerRepairedYear, DimRepairedYears)
	}
	months = fixed + max(0, more-less)
	if less > 0 {
		months = max(months, min(fixed+more, get(w.Floor, numDims)))
	}
	return months, known
}
