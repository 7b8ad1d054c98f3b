package main

import (
	"fmt"
	"io"
	"strings"

	"mingbai/policies/source"
)

// table prints aligned columns; Chinese takes two columns a character.
type table struct {
	head []string
	rows [][]string
}

func (t *table) row(cells ...any) {
	row := make([]string, len(cells))
	for i, c := range cells {
		row[i] = fmt.Sprint(c)
	}
	t.rows = append(t.rows, row)
}

func (t *table) write(out io.Writer) {
	width := make([]int, len(t.head))
	all := append([][]string{t.head}, t.rows...)
	right := make([]bool, len(t.head)) // columns of numbers
	for i := range right {
		right[i] = len(t.rows) > 0
	}
	for n, row := range all {
		for i, c := range row {
			width[i] = max(width[i], source.Width(c))
			right[i] = right[i] && (n == 0 || c == "" || isNumber(c))
		}
	}
	for _, row := range all {
		var b strings.Builder
		for i, c := range row {
			if i > 0 {
				b.WriteString("  ")
			}
			pad := strings.Repeat(" ", width[i]-source.Width(c))
			if right[i] {
				b.WriteString(pad + c)
			} else {
				b.WriteString(c + pad)
			}
		}
		fmt.Fprintln(out, strings.TrimRight(b.String(), " "))
	}
}

func isNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
