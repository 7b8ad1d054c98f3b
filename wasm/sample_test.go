package wasm

import (
	"mingbai/engine"

	"github.com/shopspring/decimal"
)

// sample is a small region that has something of every kind: segments whose bounds
// include the deductible, a yearly deductible, a monthly limit by disease, a draft, an
// unknown figure, a changed figure, an account, an exclusion.
func sample() *engine.Policy {
	p := &engine.Policy{
		Region: engine.Region{Code: "999900", Name: engine.Name{Zh: "示例市", En: "Example"}, Pinyin: "shilishi", Initials: "sls",
			Province: engine.Name{Zh: "示例省", En: "Example Province"}, Hotline: "12393"},
		Version: "2026-11-22", From: 20230101, YearStarts: 101,
		Sources: []engine.Source{
			{ID: "s1", Title: "示例市基本医疗保险规定", Number: "示例令第1号", Issuer: "示例市人民政府", Published: "2022-12-01", Effective: "2023-01-01", Seen: "official_text", Checked: "2026-11-22"},
			{ID: "s2", Title: "门诊 <待遇>", URL: "https://example.org/a?b=1&c=2", Seen: "secondary"},
			{ID: "s3", Title: "没有引用", Seen: "recalled"},
		},
		Unknown:   []engine.Unknown{{Key: "employee.assistance", Looked: "2026-11-22", Note: engine.Name{Zh: "未见", En: "not seen"}}},
		Conflicts: []engine.Conflict{{Key: "employee.inpatient.caps[0].table[0]", Chosen: "100000", Against: "500000", Sources: []string{"s1"}, Other: []string{"s2"}, Why: engine.Name{Zh: "原文", En: "the text itself"}}},
		Changes:   []engine.Change{{Date: "2026-01-01", Key: "employee.outpatient.deductible", Was: "2000", Is: "1800", Sources: []string{"s2"}}},
	}
	for _, d := range engine.Dims() {
		if d.IsCode() {
			for _, c := range engine.StandardCodes(d) {
				p.Codes[d] = append(p.Codes[d], engine.Coded{Code: c})
			}
		}
	}
	chronic := uint64(1) << p.Code(engine.DimKind, "chronic")
	p.Codes[engine.DimDisease] = []engine.Coded{
		{Code: "dialysis", Name: engine.Name{Zh: "透析", En: "dialysis"}, Kinds: chronic},
		{Code: "tumour", Name: engine.Name{Zh: "肿瘤", En: "tumour"}, Kinds: chronic},
	}
	is := func(d engine.Dim, codes ...string) engine.Cond {
		k := engine.Cond{Dim: d}
		for _, c := range codes {
			k.Mask |= 1 << p.Code(d, c)
		}
		return k
	}
	between := func(d engine.Dim, lo, hi int32) engine.Cond { return engine.Cond{Dim: d, Lo: lo, Hi: hi} }
	row := func(id, v string, grade byte, source uint8, when ...engine.Cond) engine.Row {
		r := engine.Row{ID: id, When: when, From: 20010101, Grade: grade, Sources: []uint8{source}}
		if v != "" {
			r.Value = engine.NewFigure(decimal.RequireFromString(v))
		}
		return r
	}
	table := func(rows ...engine.Row) *engine.Table { return &engine.Table{Rows: rows} }
	some := func(rows ...engine.Row) *engine.Table { return &engine.Table{Rows: rows, Gaps: true} }
	band := func(r engine.Row, to engine.Fen) engine.Row { r.To = to; return r }
	inScope := []engine.Entry{{Bucket: engine.InScope, Weight: engine.One}}

	tertiary, lower := is(engine.DimLevel, "tertiary"), is(engine.DimLevel, "community", "primary", "secondary")
	unknownFirst := row("classify.paid_first[2]", "", 'D', 1, is(engine.DimItemClass, "b"), is(engine.DimItemKind, "bed"))
	unknownFirst.Value = engine.Figure{Unknown: true, Bounded: true, Lo: engine.One / 20, Hi: engine.One / 5}
	old := row("employee.outpatient.deductible.table[0]", "2000", 'C', 1)
	old.Until = 20251231
	now := row("employee.outpatient.deductible.table[1]", "1800", 'B', 1, is(engine.DimStatus, "active"))
	now.From, now.AsOf = 20260101, "2026-03"
	retired := row("employee.outpatient.deductible.table[2]", "1300", 'B', 1, is(engine.DimStatus, "retired"))
	retired.From = 20260101

	p.Schemes = []engine.Scheme{{
		ID: "employee", Statuses: 1<<p.Code(engine.DimStatus, "active") | 1<<p.Code(engine.DimStatus, "retired"),
		Classify: engine.Classify{
			PaidFirst: table(
				row("classify.paid_first[0]", "0.10", 'B', 0, is(engine.DimItemClass, "b"), is(engine.DimItemKind, "drug")),
				row("classify.paid_first[1]", "0.08", 'B', 0, is(engine.DimItemClass, "b"), is(engine.DimItemKind, "exam", "treatment")),
				unknownFirst),
			Never: []engine.Row{row("classify.never[0]", "", 'A', 0, is(engine.DimItemKind, "registration"))},
		},
		Account: &engine.Account{Pays: []engine.AccountRow{{Row: row("employee.account[0]", "", 'A', 0), Buckets: []engine.Place{engine.PaidFirst, engine.Deducted, engine.Copay, engine.AboveCap}}}},
		Layers: []engine.Layer{
			{ID: "inpatient", Payer: engine.Hifp, Applies: []engine.Cond{is(engine.DimKind, "inpatient")}, Enters: inScope,
				Deductible: &engine.Deductible{Table: table(
					row("employee.inpatient.deductible.table[0]", "1300", 'B', 0, between(engine.DimAdmission, 1, 1)),
					row("employee.inpatient.deductible.table[1]", "650", 'B', 0, between(engine.DimAdmission, 2, engine.MaxInt)))},
				Bands: &engine.Bands{FromZero: true, Rows: table(
					band(row("employee.inpatient.bands.table[0]", "0.85", 'A', 0, tertiary), 3000000),
					band(row("employee.inpatient.bands.table[1]", "0.90", 'A', 0, tertiary), 4000000),
					row("employee.inpatient.bands.table[2]", "0.95", 'A', 0, tertiary),
					row("employee.inpatient.bands.table[3]", "0.97", 'C', 0, lower))},
				Adjust: []engine.Adjust{
					{Op: engine.OwnShareTimes, Table: some(row("employee.inpatient.adjust[0]", "0.6", 'A', 0, is(engine.DimStatus, "retired")))},
					{Op: engine.Plus, Table: some(row("employee.inpatient.adjust[1]", "-0.1", 'D', 0, is(engine.DimFiling, "unfiled")))}},
				Caps: []engine.Cap{{Span: engine.Span{Per: engine.PerYear}, Table: table(row("employee.inpatient.caps[0].table[0]", "100000", 'B', 0))}}},
			{ID: "outpatient", Payer: engine.Hifp, Applies: []engine.Cond{is(engine.DimKind, "outpatient", "emergency")}, Enters: inScope,
				Deductible: &engine.Deductible{Span: engine.Span{Per: engine.PerYear}, Table: table(old, now, retired)},
				Bands: &engine.Bands{Rows: table(
					row("employee.outpatient.bands.table[0]", "0.70", 'B', 1, tertiary),
					row("employee.outpatient.bands.table[1]", "0.90", 'B', 1, lower))}},
			{ID: "chronic", Payer: engine.Hifp, Applies: []engine.Cond{is(engine.DimKind, "chronic")}, Enters: inScope,
				Bands: &engine.Bands{Rows: table(row("employee.chronic.bands.table[0]", "0.80", 'B', 0))},
				Caps: []engine.Cap{{Span: engine.Span{Per: engine.PerMonth, By: []engine.Dim{engine.DimDisease}}, Table: table(
					row("employee.chronic.caps[0].table[0]", "4000", 'B', 0, is(engine.DimDisease, "dialysis")),
					row("employee.chronic.caps[0].table[1]", "1000", 'B', 0, is(engine.DimDisease, "tumour")))}}},
			{ID: "large_amount", Payer: engine.Hifob, Enters: []engine.Entry{{Bucket: engine.AboveCap, Weight: engine.One}},
				Bands: &engine.Bands{Rows: table(row("employee.large_amount.bands.table[0]", "0.85", 'B', 0))},
				Caps:  []engine.Cap{{Span: engine.Span{Per: engine.PerYear}, Table: table(row("employee.large_amount.caps[0].table[0]", "400000", 'B', 0))}}},
		},
	}, {
		ID: "resident", Statuses: 7 << p.Code(engine.DimStatus, "adult"),
		Layers: []engine.Layer{
			{ID: "inpatient", Payer: engine.Hifp, Draft: true, Applies: []engine.Cond{is(engine.DimKind, "inpatient")}, Enters: inScope,
				Bands: &engine.Bands{Rows: table(row("resident.inpatient.bands.table[0]", "0.60", 'D', 1))}},
		},
	}}
	for _, cause := range []string{"work_injury", "third_party"} {
		p.Exclude = append(p.Exclude, engine.Exclusion{Row: row("exclude["+itoa(len(p.Exclude))+"]", "", 'A', 0, is(engine.DimCause, cause)), Reason: cause})
	}
	return p
}
