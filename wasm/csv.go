package wasm

import "strings"

// csvReader reads records as RFC 4180 describes them and as spreadsheets write them: with
// a byte order mark, with semicolons or tabs, with any line ends.
type csvReader struct {
	s     string
	sep   byte
	cells []string
}

// readCSV starts at the header, by which it tells the separator.
func readCSV(s string) *csvReader {
	r := &csvReader{s: strings.TrimPrefix(s, "\ufeff"), sep: ','}
	best, quoted := 0, false
	var n [128]int
	for i := 0; i < len(r.s); i++ {
		c := r.s[i]
		if c == '"' {
			quoted = !quoted
		}
		if !quoted && (c == '\n' || c == '\r') {
			break
		}
		if !quoted && (c == ',' || c == ';' || c == '\t') {
			if n[c]++; n[c] > best {
				best, r.sep = n[c], c
			}
		}
	}
	return r
}

// next reads a record that is not blank. The cells are true until the next call; good is
// false where a quoted cell does not end as it should.
func (r *csvReader) next() (cells []string, good, more bool) {
	for r.s != "" {
		r.cells, good = r.cells[:0], true
		blank := true
		for end := false; !end; {
			var cell string
			var ok bool
			cell, ok, end = r.cell()
			good = good && ok
			blank = blank && cell == ""
			r.cells = append(r.cells, cell)
		}
		if !blank || !good {
			return r.cells, good, true
		}
	}
	return nil, true, false
}

// cell reads one cell and what follows it; end is true at the end of the record.
func (r *csvReader) cell() (cell string, good, end bool) {
	s := r.s
	start := 0
	for start < len(s) && s[start] == ' ' {
		start++
	}
	if start == len(s) || s[start] != '"' {
		i := start
		for i < len(s) && s[i] != r.sep && s[i] != '\n' && s[i] != '\r' {
			i++
		}
		r.s = s[i:]
		return strings.TrimRight(s[start:i], " "), true, r.after()
	}
	i := start + 1
	twice := false
	for {
		q := strings.IndexByte(s[i:], '"')
		if q < 0 {
			r.s = ""
			return s[start+1:], false, true
		}
		i += q + 1
		if i == len(s) || s[i] != '"' {
			break
		}
		twice = true
		i++
	}
	cell = s[start+1 : i-1]
	if twice {
		cell = strings.ReplaceAll(cell, `""`, `"`)
	}
	good = true
	for i < len(s) && s[i] != r.sep && s[i] != '\n' && s[i] != '\r' {
		good = good && s[i] == ' '
		i++
	}
	r.s = s[i:]
	return cell, good, r.after()
}

// after goes over the separator, or over the line end; end says which.
func (r *csvReader) after() (end bool) {
	switch {
	case r.s == "":
		return true
	case r.s[0] == r.sep:
		r.s = r.s[1:]
		return false
	case strings.HasPrefix(r.s, "\r\n"):
		r.s = r.s[2:]
	default:
		r.s = r.s[1:]
	}
	return true
}

// appendCell writes a cell that a spreadsheet takes for a text or a number, never for a
// formula.
func appendCell(b []byte, s string, sep byte) []byte {
	formula := s != "" && strings.IndexByte("=+-@\t\r", s[0]) >= 0
	if !formula && strings.IndexByte(s, sep) < 0 && strings.IndexAny(s, "\"\r\n") < 0 {
		return append(b, s...)
	}
	b = append(b, '"')
	if formula {
		b = append(b, '\'')
	}
	for i := 0; i < len(s); i++ {
		if s[i] == '"' {
			b = append(b, '"')
		}
		b = append(b, s[i])
	}
	return append(b, '"')
}
