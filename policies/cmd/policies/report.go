package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"mingbai/policies/coverage"
	"mingbai/policies/source"
)

// columns are the benefits in the order of the report, with their heads.
var columns = [...][2]string{
	{"outpatient", "门诊"}, {"outpatient_high_cost", "高额"}, {"pharmacy", "药店"}, {"internet", "互联"}, {"chronic", "慢特"}, {"special_drug", "特药"},
	{"two_diseases", "两病"}, {"inpatient", "住院"}, {"day_surgery", "日间"}, {"antenatal", "产检"}, {"delivery", "分娩"}, {"large_amount", "大额"},
	{"critical_illness", "大病"}, {"supplement", "补充"}, {"mutual_aid", "互助"}, {"civil_servant", "公务"}, {"assistance", "救助"},
	{"assistance_second", "倾斜"}, {"maternity_subsidy", "生育"},
}

const legend = `A B C D  lowest grade of the figures in force; ~ some of them are unknown; ? looked for, not found; d a draft
oldest   earliest month up to which the sources of a figure in force speak
ended    figures past their end; no url: sources without address
`

// report prints regions × benefits.
func report(f *source.Folder, o options, out io.Writer) error {
	regions := []coverage.Region{}
	for _, r := range f.Regions {
		if o.region == "" || r.Policy.Region.Code == o.region {
			regions = append(regions, coverage.Of(r.Policy, o.today))
		}
	}
	if o.json {
		e := json.NewEncoder(out)
		e.SetIndent("", " ")
		e.SetEscapeHTML(false)
		return e.Encode(regions)
	}
	t := table{head: []string{"region", "", ""}}
	for _, c := range columns {
		t.head = append(t.head, c[1])
	}
	t.head = append(t.head, "other", "figures", "unknown", "oldest", "ended", "no url", "conflicts")
	for _, r := range regions {
		for i, s := range r.Schemes {
			row := []any{"", "", s.ID}
			if i == 0 {
				row[0], row[1] = r.Code, r.Name.Zh
			}
			other := 0
			cells := map[string]string{}
			for _, b := range s.Benefits {
				cells[b.ID] = cell(b)
				if !slices.ContainsFunc(columns[:], func(c [2]string) bool { return c[0] == b.ID }) {
					other++
				}
			}
			for _, c := range columns {
				row = append(row, cells[c[0]])
			}
			row = append(row, blankZero(other))
			if i == 0 {
				row = append(row, r.Figures, r.Unknown, r.Oldest, len(r.Ended), len(r.WithoutAddress), len(r.Conflicts))
			} else {
				row = append(row, "", "", "", "", "", "")
			}
			t.row(row...)
		}
	}
	fmt.Fprint(out, legend, "\n")
	t.write(out)
	total := map[string]int{}
	for _, r := range regions {
		for _, s := range r.Schemes {
			for _, b := range s.Benefits {
				total[b.Status]++
			}
		}
	}
	fmt.Fprintf(out, "\n%d regions; benefits: %d complete, %d partial, %d unknown, %d drafts\n", len(regions), total["complete"], total["partial"], total["unknown"], total["draft"])
	return nil
}

func cell(b coverage.Benefit) string {
	switch b.Status {
	case "unknown":
		return "?"
	case "partial":
		return b.Grade + "~"
	case "draft":
		return "d" + b.Grade
	}
	return b.Grade
}

func blankZero(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

// changes prints the change log.
func changes(f *source.Folder, o options, out io.Writer) error {
	list := []coverage.Change{}
	t := table{head: []string{"date", "region", "", "figure", "was", "is"}}
	for _, r := range f.Regions {
		if o.region != "" && r.Policy.Region.Code != o.region {
			continue
		}
		for _, c := range coverage.Changes(r.Policy, o.since) {
			list = append(list, c)
			t.row(c.Date, c.Region, r.Policy.Region.Name.Zh, c.Key, c.Was, c.Is)
		}
	}
	if o.json {
		e := json.NewEncoder(out)
		e.SetIndent("", " ")
		e.SetEscapeHTML(false)
		return e.Encode(list)
	}
	t.write(out)
	return nil
}
