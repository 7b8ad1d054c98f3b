package main

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
)

// printSample settles the site's worked example and prints it as the page shows it: who
// pays, the receipt's lines, and each step with its rule and its document.
func printSample(out io.Writer) error {
	root, err := findRoot()
	if err != nil {
		return err
	}
	facts, err := readFacts(root)
	if err != nil {
		return err
	}
	var plan receiptPlan
	if err := readJSON(filepath.Join(root, "site/src/receipt.json"), &plan); err != nil {
		return err
	}
	m, err := loadMessages(root, "zh")
	if err != nil {
		return err
	}
	w, v, a, err := settledExample(viewer{messages: m, plan: plan}, facts)
	if err != nil {
		return err
	}
	p := &printer{out: out}
	p.line(v.CaseLine)
	p.line("")
	who := table{}
	for _, r := range v.Rows {
		who.add(r.Label, r.Amount, r.Percent)
	}
	who.add(m.t("result.sum"), v.Sum, "100%")
	p.table(who, m.t("result.bar_title"), "<>>")
	receipt := table{}
	for _, g := range v.Groups {
		for _, l := range g.Lines {
			receipt.add(g.Title, l.Label, l.Amount)
		}
		receipt.add(g.Title, g.Label, g.Total)
	}
	p.table(receipt, m.t("result.receipt_title"), "<<>")
	steps := table{}
	steps.add("rule", "from → to", "base", "share", "amount", "grade", "source")
	for _, st := range a.Settlement.Steps {
		if fen(st.Amount) == 0 {
			continue
		}
		var titles []string
		for _, id := range st.Sources {
			titles = append(titles, a.Policy.Sources[id].Title)
		}
		share := ""
		if st.Share != "" {
			share = percentOf(st.Share)
		}
		steps.add(st.Rule, st.From+" → "+st.To, money(fen(st.Base)), share, money(fen(st.Amount)), st.Grade, clip(strings.Join(titles, "; "), 48))
	}
	p.table(steps, w.t("result.open"), "<<>>><<")
	for _, list := range [][]item{v.Assumed, v.Unknowns, v.Notes, v.Ahead} {
		for _, i := range list {
			p.line("· " + i.Text)
		}
	}
	p.line(v.Policy)
	return p.err
}

type table [][]string

func (t *table) add(cells ...string) { *t = append(*t, cells) }

type printer struct {
	out io.Writer
	err error
}

func (p *printer) line(s string) {
	if p.err == nil {
		_, p.err = fmt.Fprintln(p.out, s)
	}
}

// table prints columns aligned to the left (<) or right (>), whatever script they hold.
func (p *printer) table(t table, title, align string) {
	p.line(title)
	widths := make([]int, len(align))
	for _, row := range t {
		for i, cell := range row {
			widths[i] = max(widths[i], displayWidth(cell))
		}
	}
	for _, row := range t {
		var b strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-displayWidth(cell))
			if align[i] == '>' {
				b.WriteString("  " + pad + cell)
			} else {
				b.WriteString("  " + cell + pad)
			}
		}
		p.line(strings.TrimRight(b.String(), " "))
	}
	p.line("")
}

// displayWidth is how many terminal columns a text takes: Chinese characters, their
// punctuation and full-width forms take two.
func displayWidth(s string) (n int) {
	for _, r := range s {
		n++
		if wide(r) {
			n++
		}
	}
	return n
}

var wideRanges = [][2]rune{{0x1100, 0x115f}, {0x2e80, 0x303e}, {0x3041, 0x33ff}, {0x3400, 0x4dbf}, {0x4e00, 0x9fff}, {0xa000, 0xa4cf}, {0xac00, 0xd7a3}, {0xf900, 0xfaff}, {0xfe30, 0xfe6f}, {0xff00, 0xff60}, {0xffe0, 0xffe6}, {0x20000, 0x3fffd}}

func wide(r rune) bool {
	return slices.ContainsFunc(wideRanges, func(w [2]rune) bool { return r >= w[0] && r <= w[1] })
}

// clip shortens a text to some columns.
func clip(s string, columns int) string {
	if displayWidth(s) <= columns {
		return s
	}
	used := 0
	for i, r := range s {
		if used += displayWidth(string(r)); used > columns-1 {
			return s[:i] + "…"
		}
	}
	return s
}
