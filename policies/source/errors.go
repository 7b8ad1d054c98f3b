package source

import (
	"fmt"
	"sort"
	"strings"
)

// PolicyError is one mistake in a policy file, or a doubt about it.
type PolicyError struct {
	Code      string // stable name of the kind of mistake
	File      string
	Line, Col int    // from 1; columns count characters
	Key       string // where in the rules: "employee.inpatient.bands.table[1]"
	Msg       string
	Excerpt   string // the line with a caret under the place
	Other     *Mark  // the second row of an overlap
	Hint      string // what to do
	Warning   bool   // a doubt: nothing stops for it
}

// Mark is a further place that an error speaks of.
type Mark struct {
	File      string
	Line, Col int
	Excerpt   string
}

// Error prints the mistake on several lines.
func (e *PolicyError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d:%d: ", e.File, e.Line, e.Col)
	if e.Warning {
		b.WriteString("warning: ")
	}
	b.WriteString(e.Msg)
	b.WriteString("\n" + e.Excerpt)
	if e.Other != nil {
		fmt.Fprintf(&b, "\n%s:%d:%d: the other row\n%s", e.Other.File, e.Other.Line, e.Other.Col, e.Other.Excerpt)
	}
	if e.Hint != "" {
		b.WriteString("\n  hint: " + e.Hint)
	}
	return b.String()
}

// Errors are all mistakes of a file.
type Errors []*PolicyError

func (e Errors) Error() string {
	parts := make([]string, len(e))
	for i, x := range e {
		parts[i] = x.Error()
	}
	return strings.Join(parts, "\n\n")
}

// Unwrap lets errors.As find the single mistakes.
func (e Errors) Unwrap() []error {
	out := make([]error, len(e))
	for i, x := range e {
		out[i] = x
	}
	return out
}

func (e Errors) sort() {
	sort.SliceStable(e, func(i, j int) bool {
		a, b := e[i], e[j]
		switch {
		case a.File != b.File:
			return a.File < b.File
		case a.Line != b.Line:
			return a.Line < b.Line
		}
		return a.Col < b.Col
	})
}

func (f *file) errorAt(line, col int, code, key, msg, hint string) *PolicyError {
	return &PolicyError{Code: code, File: f.name, Line: line, Col: col, Key: key, Msg: msg, Excerpt: f.excerpt(line, col), Hint: hint}
}

// maxShown is how many columns of a line an excerpt shows; figures stand on long lines.
const maxShown = 110

// excerpt is a line and a caret under its col-th character. A long line is cut around it.
func (f *file) excerpt(line, col int) string {
	var text []rune
	if line >= 1 && line <= len(f.lines) {
		text = []rune(f.lines[line-1])
	}
	at := min(max(col-1, 0), len(text))
	from, to := 0, len(text)
	if Width(string(text)) > maxShown {
		from, to = at, at
		used := 0
		for ; from > 0 && used+runeWidth(text[from-1]) <= maxShown/2; from-- {
			used += runeWidth(text[from-1])
		}
		for ; to < len(text) && used+runeWidth(text[to]) <= maxShown; to++ {
			used += runeWidth(text[to])
		}
	}
	shown, pad := "", ""
	if from > 0 {
		shown, pad = "…", " "
	}
	for _, r := range text[from:at] {
		if r == '\t' {
			pad += "\t"
			continue
		}
		pad += "  "[:runeWidth(r)]
	}
	shown += string(text[from:to])
	if to < len(text) {
		shown += "…"
	}
	return "  | " + printable(shown) + "\n  | " + pad + "^"
}

// printable replaces what would disturb a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7F || r >= 0x80 && r < 0xA0 || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 {
			return '?'
		}
		return r
	}, s)
}

// nearest finds the word that was probably meant, or "".
func nearest(word string, among []string) string {
	best, least := "", min(len(word)/3, 3)
	for _, w := range among {
		if d := distance(word, w); d <= least && (best == "" || d < distance(word, best)) {
			best = w
		}
	}
	return best
}

// distance is the number of letters to insert, drop, exchange or swap with a neighbour.
func distance(a, b string) int {
	if len(a) > 60 || len(b) > 60 {
		return 60
	}
	two := make([]int, len(b)+1)
	one := make([]int, len(b)+1)
	for j := range one {
		one[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(one[j]+1, row[j-1]+1, one[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], two[j-2]+1)
			}
		}
		two, one = one, row
	}
	return one[len(b)]
}
