package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"mingbai/engine"
	"mingbai/policies"
	"mingbai/policies/coverage"
)

// The index of all regions, with the table of what is known of which: the same data as
// `make policy-report`.

type indexView struct {
	Provinces []indexProvince
	Columns   []indexColumn
	Rows      []indexRow
	Legend    []indexLegend

	Regions, Figures, Open int
	Grades                 []countView
	Statuses               []option
	Schemes                []option
	Day, Split             string
}

type indexProvince struct {
	Name    string
	Regions []indexRegion
}

type indexRegion struct {
	Code, Name, Keys string
	Figures          int
}

type indexColumn struct{ ID, Name string }

// indexRow is a region with a line of cells for each scheme.
type indexRow struct {
	Code, Name string
	Lines      []indexLine
}

type indexLine struct {
	Scheme, Name string
	Cells        []indexCell
	Others       []indexCell
}

// indexCell is a benefit's state: complete, partial, unknown, draft, or "" for nothing.
type indexCell struct{ ID, Name, Status, Grade, Text string }

type indexLegend struct{ Status, Sign, Word string }

// coverageColumns are the benefits that have a column of their own, in the order of a
// person's life with the insurance; all others are named in the last column.
var coverageColumns = []string{
	"outpatient", "emergency", "pharmacy", "internet", "chronic", "special_outpatient", "special_drug", "two_diseases",
	"inpatient", "day_surgery", "home_bed", "antenatal", "delivery", "maternity_subsidy",
	"large_amount", "outpatient_high_cost", "critical_illness", "supplement", "mutual_aid", "civil_servant",
	"assistance", "assistance_second", "out_of_area", "account", "paid_first",
}

// coverageFrom is the number of schemes from which a benefit gets its own column.
const coverageFrom = 8

// coverageOf describes all regions on the day of the newest one, so that the same sources
// give the same page on any day.
func coverageOf() (list []coverage.Region, day string, err error) {
	index := policies.Index()
	for _, e := range index {
		day = max(day, e.Version)
	}
	on, err := engine.ParseDate("version", day)
	if err != nil {
		return nil, day, err
	}
	for _, e := range index {
		p, err := policies.Load(e.Code)
		if err != nil {
			return nil, day, err
		}
		list = append(list, coverage.Of(p, on))
	}
	return list, day, nil
}

func newIndexView(m messages, list []coverage.Region, pages map[string]*policyView, day string) (v *indexView, err error) {
	defer func() {
		if missing, ok := recover().(missingText); ok {
			v, err = nil, missing
		}
	}()
	v = &indexView{Regions: len(list), Day: day}
	counts := map[string]int{}
	for _, r := range list {
		for _, s := range r.Schemes {
			for _, b := range s.Benefits {
				counts[b.ID]++
			}
		}
	}
	for _, id := range coverageColumns {
		if counts[id] >= coverageFrom {
			v.Columns = append(v.Columns, indexColumn{id, m.tf("coverage.column", id)})
		}
	}
	grades := map[string]int{}
	letters := map[string]string{}
	for _, e := range policies.Index() {
		letters[e.Code] = e.Initials
	}
	for _, r := range list {
		// What several benefits share counts once, as on the region's page.
		own := pages[r.Code]
		v.Figures += own.Figures
		v.Open += own.Open
		for _, g := range own.Counts {
			grades[g.Grade] += g.N
		}
		name := in(m, r.Name)
		province := in(m, r.Province)
		if n := len(v.Provinces); n == 0 || v.Provinces[n-1].Name != province {
			v.Provinces = append(v.Provinces, indexProvince{Name: province})
		}
		one := &v.Provinces[len(v.Provinces)-1]
		keys := r.Pinyin + " " + letters[r.Code] + " " + r.Name.Zh + " " + r.Name.En
		one.Regions = append(one.Regions, indexRegion{r.Code, name, keys, own.Figures})
		row := indexRow{Code: r.Code, Name: name}
		for _, s := range r.Schemes {
			row.Lines = append(row.Lines, v.line(m, s))
		}
		v.Rows = append(v.Rows, row)
	}
	for _, g := range []string{"A", "B", "C", "D"} {
		v.Grades = append(v.Grades, countView{Grade: g, Word: m.tf("coverage.grade", g), N: grades[g], Share: portion(int64(grades[g]), int64(v.Figures))})
	}
	var split []string
	for _, g := range v.Grades {
		split = append(split, g.Grade+"\u00a0"+g.Share)
	}
	v.Split = strings.Join(split, m.t("policy.and"))
	for _, status := range []string{"complete", "partial", "draft", "unknown"} {
		v.Statuses = append(v.Statuses, option{Code: status, Name: m.tf("coverage.status", status)})
		v.Legend = append(v.Legend, indexLegend{status, m.tf("coverage.sign", status, "grade", "B"), m.tf("coverage.word", status)})
	}
	for _, s := range []string{"employee", "resident"} {
		v.Schemes = append(v.Schemes, option{Code: s, Name: m.tf("scheme", s)})
	}
	return v, nil
}

func (v *indexView) line(m messages, s coverage.Scheme) indexLine {
	l := indexLine{Scheme: s.ID, Name: m.tf("scheme", s.ID)}
	for _, c := range v.Columns {
		cell := indexCell{ID: c.ID, Name: c.Name}
		if at := slices.IndexFunc(s.Benefits, func(b coverage.Benefit) bool { return b.ID == c.ID }); at >= 0 {
			cell = m.cell(s.Benefits[at], c.Name)
		}
		l.Cells = append(l.Cells, cell)
	}
	for _, b := range s.Benefits {
		if slices.ContainsFunc(v.Columns, func(c indexColumn) bool { return c.ID == b.ID }) {
			continue
		}
		plain := strings.ReplaceAll(b.ID, "_", " ")
		name := m.or(plain, "coverage.column", b.ID)
		if b.Name != nil {
			name = in(m, *b.Name)
		}
		l.Others = append(l.Others, m.cell(b, name))
	}
	return l
}

func (m messages) cell(b coverage.Benefit, name string) indexCell {
	return indexCell{b.ID, name, b.Status, b.Grade, m.tf("coverage.sign", b.Status, "grade", b.Grade)}
}

func in(m messages, n coverage.Name) string { return name(n).in(m.lang) }

// policyPages writes a page for each region, the index, and the pages about all of them.
func (s *site) policyPages() error {
	list, day, err := coverageOf()
	if err != nil {
		return err
	}
	counts := map[string]*policyView{}
	for _, x := range list {
		if counts[x.Code], err = s.regionPages(x.Code); err != nil {
			return fmt.Errorf("the page of %s: %w", x.Code, err)
		}
	}
	for _, lang := range languages {
		r := s.renderers[lang]
		index, err := newIndexView(r.messages, list, counts, day)
		if err != nil {
			return err
		}
		p := s.newPage(r.messages, "policies/", "coverage.title")
		p.Description = r.t("coverage.description", "n", strconv.Itoa(index.Regions))
		p.Data, p.Styles = index, []string{"policy.css"}
		p.load(s.scripts["policies"])
		if err := s.publish(r, "policies.html", p); err != nil {
			return err
		}
		for _, about := range []struct{ folder, template, title, description string }{
			{"about/", "about.html", "about.title", r.t("about.description")},
			{"about/method/", "about-method.html", "about.method.title", r.t("about.method.description")},
			{"about/accessibility/", "about-access.html", "about.access.title", r.t("about.access.description")},
		} {
			p := s.newPage(r.messages, about.folder, about.title)
			p.Description, p.Data, p.Styles = about.description, index, []string{"prose.css"}
			if err := s.publish(r, about.template, p); err != nil {
				return err
			}
		}
	}
	return s.policySources()
}

// regionPages writes what is known of a region in both languages, and the answer of the
// public interface that both are made of.
func (s *site) regionPages(code string) (v *policyView, err error) {
	rules, answer, err := askPolicy(code)
	if err != nil {
		return nil, err
	}
	folder := "policies/" + code + "/"
	s.add(folder+code+".json", []byte(answer+"\n"))
	for _, lang := range languages {
		r := s.renderers[lang]
		if v, err = newPolicyView(r.messages, rules); err != nil {
			return nil, err
		}
		p := s.newPage(r.messages, folder, "coverage.title")
		p.Title = v.Title + " · " + r.t("site.name")
		p.Description = r.t("policy.description", "region", v.Name, "version", v.Version)
		p.Data, p.Styles = v, []string{"policy.css"}
		if err := s.publish(r, "policy.html", p); err != nil {
			return nil, err
		}
	}
	return v, nil
}

func (s *site) publish(r *renderer, template string, p *page) error {
	html, err := r.render(s.root, template, p)
	s.add(p.Path+"index.html", html)
	return err
}

// policySources publishes the files that the rules are written in.
func (s *site) policySources() error {
	folder := filepath.Join(s.root, "policies", "regions")
	files, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, f := range files {
		code, _, ok := strings.Cut(f.Name(), "-")
		if !ok || filepath.Ext(f.Name()) != ".yaml" {
			continue
		}
		data, err := os.ReadFile(filepath.Join(folder, f.Name()))
		if err != nil {
			return err
		}
		s.add("policies/"+code+"/"+code+".yaml", data)
	}
	national, err := os.ReadFile(filepath.Join(s.root, "policies", "national.yaml"))
	s.add("policies/national.yaml", national)
	return err
}
