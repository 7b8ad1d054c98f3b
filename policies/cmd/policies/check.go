package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"mingbai/engine"
	"mingbai/policies"
	"mingbai/policies/coverage"
	"mingbai/policies/source"
)

// check prints every doubt, a line for each region, and last, where they are seen, the
// mistakes.
func check(f *source.Folder, o options, out io.Writer) error {
	if !o.quiet {
		for _, e := range f.Warnings {
			fmt.Fprintf(out, "%v\n\n", e)
		}
	}
	t := table{head: []string{"region", "", "in force", "layers", "figures", "unknown", "A", "B", "C", "D", "ended", "doubts"}}
	ended := 0
	var past []coverage.Region
	for i, r := range f.Regions {
		p := r.Policy
		c := coverage.Of(p, o.today)
		past = append(past, c)
		ended += len(c.Ended)
		layers := 0
		for j := range p.Schemes {
			layers += len(p.Schemes[j].Layers)
		}
		t.row(p.Region.Code, p.Region.Name.Zh, p.From, layers, c.Figures, c.Unknown, c.Grades["A"], c.Grades["B"], c.Grades["C"], c.Grades["D"], len(c.Ended), doubts(f, i))
	}
	t.write(out)
	for _, c := range past {
		for _, e := range c.Ended {
			fmt.Fprintf(out, "%s %s: %s is past its end, with nothing after it\n", c.Code, c.Name.Zh, e)
		}
	}
	for _, e := range f.Errors {
		fmt.Fprintf(out, "\n%v\n\n", e)
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
