// Package json reads and writes the JSON of the public interface without reflection:
// the standard codec would weigh more than the whole engine in the browser.
//
// The reader is stricter than usual. Besides RFC 8259 it refuses names that occur twice
// in one object, invalid UTF-8 and lone surrogates, and it bounds size, depth and number
// of values, so that a hostile text costs no more than a long one. Numbers stay text:
// nothing here makes a binary float of them.
package json

import "unicode/utf8"

// Kind is what a value is.
type Kind uint8

// The kinds. The zero Value is Absent.
const (
	Absent Kind = iota
	Null
	False
	True
	Number
	String
	Array
	Object
)

// MaxDepth bounds the nesting of arrays and objects, MaxNodes the values of one text.
const (
	MaxDepth = 32
	MaxNodes = 1 << 17
)

// Reason says why a text is not accepted.
type Reason string

// The reasons.
const (
	Syntax    Reason = "syntax"    // a character that cannot stand there
	End       Reason = "end"       // the text ends too early
	Trailing  Reason = "trailing"  // something follows the value
	BadNumber Reason = "number"    // not a JSON number
	BadString Reason = "string"    // a control character or an unknown escape
	BadUTF8   Reason = "utf8"      // invalid UTF-8, or half a surrogate pair
	Duplicate Reason = "duplicate" // the object has this name already
	TooDeep   Reason = "depth"
	TooMany   Reason = "nodes"
)

// Error is a text that was refused, and where.
type Error struct {
	Reason       Reason
	Path         string // of the value that was being read
	Offset       int    // bytes before it
	Line, Column int    // from 1; columns count characters
}

func (e *Error) Error() string { return "json: " + string(e.Reason) + " at " + e.Path }

type node struct {
	key    string
	text   string // of strings, unescaped; of numbers, as written
	parent int32
	end    int32 // index behind the last node of this subtree
	n      int32 // members or elements
	kind   Kind
}

// Doc is a text that has been read: all its values in the order in which they stand.
type Doc struct{ nodes []node }

// Value is one value of a Doc. It is small and meant to be copied.
type Value struct {
	doc *Doc
	i   int32
}

// Parse reads one JSON value and nothing besides it. The values share the text's memory.
func Parse(text string) (Value, *Error) {
	guess := len(text) / 16
	if guess > 256 {
		guess = 256
	}
	p := parser{s: text, doc: &Doc{nodes: make([]node, 0, guess+8)}}
	p.space()
	if !p.value(-1, "", 0) {
		return Value{}, p.fail()
	}
	p.space()
	if p.i < len(p.s) {
		p.why = Trailing
		p.at = 0
		return Value{}, p.fail()
	}
	return Value{p.doc, 0}, nil
}

type parser struct {
	s   string
	i   int
	doc *Doc
	why Reason
	at  int32 // node that was being read when it failed
}

func (p *parser) fail() *Error {
	e := &Error{Reason: p.why, Offset: p.i, Line: 1, Column: 1}
	if len(p.doc.nodes) > 0 {
		e.Path = Value{p.doc, p.at}.Path()
	}
	for _, c := range p.s[:p.i] {
		if e.Column++; c == '\n' {
			e.Line++
			e.Column = 1
		}
	}
	return e
}

func (p *parser) stop(why Reason) bool {
	p.why = why
	return false
}

func (p *parser) space() {
	for p.i < len(p.s) {
		switch p.s[p.i] {
		case ' ', '\t', '\n', '\r':
			p.i++
		default:
			return
		}
	}
}

func (p *parser) value(parent int32, key string, depth int) bool {
	if len(p.doc.nodes) == MaxNodes {
		return p.stop(TooMany)
	}
	me := int32(len(p.doc.nodes))
	p.at = me
	p.doc.nodes = append(p.doc.nodes, node{key: key, parent: parent, end: me + 1})
	if p.i == len(p.s) {
		return p.stop(End)
	}
	var ok bool
	switch c := p.s[p.i]; {
	case c == '"':
		var text string
		text, ok = p.str()
		p.doc.nodes[me].kind, p.doc.nodes[me].text = String, text
	case c == '-' || c >= '0' && c <= '9':
		start := p.i
		ok = p.number()
		p.doc.nodes[me].kind, p.doc.nodes[me].text = Number, p.s[start:p.i]
	case c == '{':
		p.doc.nodes[me].kind = Object
		ok = p.object(me, depth+1)
	case c == '[':
		p.doc.nodes[me].kind = Array
		ok = p.array(me, depth+1)
	case c == 't':
		p.doc.nodes[me].kind = True
		ok = p.word("true")
	case c == 'f':
		p.doc.nodes[me].kind = False
		ok = p.word("false")
	case c == 'n':
		p.doc.nodes[me].kind = Null
		ok = p.word("null")
	default:
		return p.stop(Syntax)
	}
	p.doc.nodes[me].end = int32(len(p.doc.nodes))
	return ok
}

func (p *parser) word(w string) bool {
	for j := 0; j < len(w); j++ {
		if p.i == len(p.s) {
			return p.stop(End)
		}
		if p.s[p.i] != w[j] {
			return p.stop(Syntax)
		}
		p.i++
	}
	return true
}

func (p *parser) object(me int32, depth int) bool {
	if depth > MaxDepth {
		return p.stop(TooDeep)
	}
	p.i++
	p.space()
	if p.i < len(p.s) && p.s[p.i] == '}' {
		p.i++
		return true
	}
	// A short object compares its names one by one, a long one keeps a set.
	var seen map[string]struct{}
	for {
		p.at = me
		if p.i == len(p.s) {
			return p.stop(End)
		}
		if p.s[p.i] != '"' {
			return p.stop(Syntax)
		}
		start := p.i
		key, ok := p.str()
		if !ok {
			return false
		}
		n := p.doc.nodes[me].n
		dup := false
		if n < 16 {
			for c, left := me+1, n; left > 0; c, left = p.doc.nodes[c].end, left-1 {
				dup = dup || p.doc.nodes[c].key == key
			}
		} else {
			if seen == nil {
				seen = make(map[string]struct{}, 64)
				for c, left := me+1, n; left > 0; c, left = p.doc.nodes[c].end, left-1 {
					seen[p.doc.nodes[c].key] = struct{}{}
				}
			}
			_, dup = seen[key]
			seen[key] = struct{}{}
		}
		if dup {
			// The path names the second of the two, which gets no node of its own kind.
			p.i = start
			p.at = int32(len(p.doc.nodes))
			p.doc.nodes = append(p.doc.nodes, node{key: key, parent: me})
			return p.stop(Duplicate)
		}
		p.space()
		if p.i == len(p.s) {
			return p.stop(End)
		}
		if p.s[p.i] != ':' {
			return p.stop(Syntax)
		}
		p.i++
		p.space()
		if !p.value(me, key, depth) {
			return false
		}
		p.doc.nodes[me].n++
		p.at = me
		p.space()
		if p.i == len(p.s) {
			return p.stop(End)
		}
		switch p.s[p.i] {
		case ',':
			p.i++
			p.space()
		case '}':
			p.i++
			return true
		default:
			return p.stop(Syntax)
		}
	}
}

func (p *parser) array(me int32, depth int) bool {
	if depth > MaxDepth {
		return p.stop(TooDeep)
	}
	p.i++
	p.space()
	if p.i < len(p.s) && p.s[p.i] == ']' {
		p.i++
		return true
	}
	for {
		if !p.value(me, "", depth) {
			return false
		}
		p.doc.nodes[me].n++
		p.at = me
		p.space()
		if p.i == len(p.s) {
			return p.stop(End)
		}
		switch p.s[p.i] {
		case ',':
			p.i++
			p.space()
		case ']':
			p.i++
			return true
		default:
			return p.stop(Syntax)
		}
	}
}

func (p *parser) digits() bool {
	start := p.i
	for p.i < len(p.s) && p.s[p.i] >= '0' && p.s[p.i] <= '9' {
		p.i++
	}
	return p.i > start || p.stop(BadNumber)
}

func (p *parser) number() bool {
	if p.s[p.i] == '-' {
		p.i++
	}
	if p.i < len(p.s) && p.s[p.i] == '0' {
		p.i++
		if p.i < len(p.s) && p.s[p.i] >= '0' && p.s[p.i] <= '9' {
			return p.stop(BadNumber)
		}
	} else if !p.digits() {
		return false
	}
	if p.i < len(p.s) && p.s[p.i] == '.' {
		p.i++
		if !p.digits() {
			return false
		}
	}
	if p.i < len(p.s) && (p.s[p.i] == 'e' || p.s[p.i] == 'E') {
		p.i++
		if p.i < len(p.s) && (p.s[p.i] == '+' || p.s[p.i] == '-') {
			p.i++
		}
		return p.digits()
	}
	return true
}

// str reads a string from its opening quote. A string without escapes is a part of the text.
func (p *parser) str() (string, bool) {
	p.i++
	start := p.i
	ascii := true
	for p.i < len(p.s) {
		switch c := p.s[p.i]; {
		case c == '"':
			s := p.s[start:p.i]
			if !ascii && !p.utf8(start, s) {
				return "", false
			}
			p.i++
			return s, true
		case c == '\\':
			s := p.s[start:p.i]
			if !ascii && !p.utf8(start, s) {
				return "", false
			}
			return p.escaped(append(make([]byte, 0, len(s)+16), s...))
		case c < ' ':
			return "", p.stop(BadString)
		case c >= utf8.RuneSelf:
			ascii = false
		}
		p.i++
	}
	return "", p.stop(End)
}

// utf8 checks a run of text and leaves the position at the first bad byte.
func (p *parser) utf8(start int, s string) bool {
	if utf8.ValidString(s) {
		return true
	}
	for j := 0; j < len(s); {
		r, n := utf8.DecodeRuneInString(s[j:])
		if r == utf8.RuneError && n == 1 {
			p.i = start + j
			break
		}
		j += n
	}
	return p.stop(BadUTF8)
}

// escaped goes on with a string from its first backslash.
func (p *parser) escaped(b []byte) (string, bool) {
	for p.i < len(p.s) {
		c := p.s[p.i]
		if c == '"' {
			p.i++
			return string(b), true
		}
		if c != '\\' {
			start := p.i
			for p.i < len(p.s) && p.s[p.i] != '"' && p.s[p.i] != '\\' {
				if p.s[p.i] < ' ' {
					return "", p.stop(BadString)
				}
				p.i++
			}
			if !p.utf8(start, p.s[start:p.i]) {
				return "", false
			}
			b = append(b, p.s[start:p.i]...)
			continue
		}
		if p.i+1 == len(p.s) {
			p.i++
			return "", p.stop(End)
		}
		p.i++
		switch c = p.s[p.i]; c {
		case '"', '\\', '/':
			b = append(b, c)
		case 'b':
			b = append(b, '\b')
		case 'f':
			b = append(b, '\f')
		case 'n':
			b = append(b, '\n')
		case 'r':
			b = append(b, '\r')
		case 't':
			b = append(b, '\t')
		case 'u':
			r, ok := p.hex()
			if !ok {
				return "", false
			}
			if r >= 0xd800 && r <= 0xdfff {
				if r >= 0xdc00 || p.i+2 >= len(p.s) || p.s[p.i+1] != '\\' || p.s[p.i+2] != 'u' {
					return "", p.stop(BadUTF8)
				}
				p.i += 2
				low, ok := p.hex()
				if !ok {
					return "", false
				}
				if low < 0xdc00 || low > 0xdfff {
					return "", p.stop(BadUTF8)
				}
				r = 0x10000 + (r-0xd800)<<10 + (low - 0xdc00)
			}
			b = utf8.AppendRune(b, r)
		default:
			return "", p.stop(BadString)
		}
		p.i++
	}
	return "", p.stop(End)
}

// hex reads the four digits behind the u at the position and stops on the last of them.
func (p *parser) hex() (rune, bool) {
	var r rune
	for j := 0; j < 4; j++ {
		p.i++
		if p.i == len(p.s) {
			return 0, p.stop(End)
		}
		c := p.s[p.i]
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, p.stop(BadString)
		}
	}
	return r, true
}
