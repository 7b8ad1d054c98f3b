package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"mingbai/engine"
	"mingbai/policies"
	"mingbai/policies/source"
)

// check prints every mistake and doubt and a line for each region.
func check(f *source.Folder, o options, out io.Writer) error {
	found := f.Errors
	if !o.quiet {
		found = append(append(source.Errors{}, f.Warnings...), f.Errors...)
	}
	for _, e := range found {
		fmt.Fprintf(out, "%v\n\n", e)
	}
	t := table{head: []string{"region", "", "in force", "layers", "figures", "unknown", "A", "B", "C", "D", "ended", "doubts"}}
	ended := 0
	for i, r := range f.Regions {
		p := r.Policy
		c := count(p, o.today)
		ended += len(c.ended)
		t.row(p.Region.Code, p.Region.Name.Zh, p.From, c.layers, c.figures, c.unknown, c.grades[0], c.grades[1], c.grades[2], c.grades[3], len(c.ended), doubts(f, i))
	}
	t.write(out)
	for _, r := range f.Regions {
		for _, e := range count(r.Policy, o.today).ended {
			fmt.Fprintf(out, "%s %s: %s\n", r.Policy.Region.Code, r.Policy.Region.Name.Zh, e)
		}
	}
	fmt.Fprintf(out, "%d regions, %d mistakes, %d doubts, %d figures past their end\n", len(f.Regions), len(f.Errors), len(f.Warnings), ended)
	if len(f.Errors) > 0 {
		return fmt.Errorf("%d mistakes", len(f.Errors))
	}
	return nil
}

func doubts(f *source.Folder, region int) (n int) {
	for _, w := range f.Warnings {
		if w.File == f.Files[region] {
			n++
		}
	}
	return n
}

// compile writes regions.bin.
func compile(f *source.Folder, o options, out io.Writer) error {
	if len(f.Errors) > 0 && !o.skip {
		for _, e := range f.Errors {
			fmt.Fprintf(out, "%v\n\n", e)
		}
		return fmt.Errorf("%d mistakes, nothing written", len(f.Errors))
	}
	var regions []*engine.Policy
	for _, r := range f.Regions {
		regions = append(regions, r.Policy)
	}
	bin := policies.Compile(regions)
	if err := os.WriteFile(filepath.Join(o.dir, "regions.bin"), bin, 0o644); err != nil {
		return err
	}
	fmt.Fprintf(out, "%d regions, %d bytes\n", len(regions), len(bin))
	return nil
}

// counts are a region's figures in numbers.
type counts struct {
	layers, figures, unknown int
	grades                   [4]int
	ended                    []string // what has ended and has no successor
	oldest                   string   // the earliest last month for which sources of a figure in force speak
}

func count(p *engine.Policy, today engine.Date) counts {
	var c counts
	for i := range p.Schemes {
		s := &p.Schemes[i]
		for j := range s.Layers {
			c.layers++
			if l := &s.Layers[j]; l.Until != 0 && l.Until < today {
				c.ended = append(c.ended, fmt.Sprintf("%s.%s ended on %s", s.ID, l.ID, l.Until))
			}
		}
		s.EachTable(func(t *engine.Table) {
			for k := range t.Rows {
				c.add(&t.Rows[k], t, today)
			}
		})
	}
	return c
}

func (c *counts) add(r *engine.Row, t *engine.Table, today engine.Date) {
	c.figures++
	if r.Value.Unknown {
		c.unknown++
	} else if g := r.Grade - 'A'; g < 4 {
		c.grades[g]++
	}
	if r.Until != 0 && r.Until < today && t.Gaps && !followed(r, t) {
		c.ended = append(c.ended, r.ID+" ended on "+r.Until.String())
	}
	if r.From <= today && (r.Until == 0 || r.Until >= today) && r.AsOf != "" {
		if last := r.AsOf[len(r.AsOf)-7:]; c.oldest == "" || last < c.oldest {
			c.oldest = last
		}
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
