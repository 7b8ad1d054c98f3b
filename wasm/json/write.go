package json

import "unicode/utf8"

// Writer appends JSON to a buffer and sets the commas. Its methods follow the text that
// they make; calls in an order that is no JSON make no JSON.
//
// Its methods are kept from being inlined: at their many calls the copies would make the
// program that a browser loads a sixth larger.
type Writer struct {
	buf []byte
	sep bool // the next name or value needs a comma before it
}

// NewWriter makes a writer with room for size bytes.
func NewWriter(size int) *Writer { return &Writer{buf: make([]byte, 0, size)} }

// String is what was written so far.
func (w *Writer) String() string { return string(w.buf) }

//go:noinline
func (w *Writer) comma() {
	if w.sep {
		w.buf = append(w.buf, ',')
	}
	w.sep = true
}

// ObjectAt opens a member that is an object.
//
//go:noinline
func (w *Writer) ObjectAt(name string) {
	w.Key(name)
	w.open('{')
}

// ArrayAt opens a member that is an array.
//
//go:noinline
func (w *Writer) ArrayAt(name string) {
	w.Key(name)
	w.open('[')
}

// Object opens an object.
func (w *Writer) Object() { w.open('{') }

// Array opens an array.
func (w *Writer) Array() { w.open('[') }

//go:noinline
func (w *Writer) open(c byte) {
	w.comma()
	w.buf = append(w.buf, c)
	w.sep = false
}

// EndObject closes an object.
func (w *Writer) EndObject() { w.close('}') }

// EndArray closes an array.
func (w *Writer) EndArray() { w.close(']') }

//go:noinline
func (w *Writer) close(c byte) {
	w.buf = append(w.buf, c)
	w.sep = true
}

// Key writes a name that needs no escaping: those of the interface itself.
//
//go:noinline
func (w *Writer) Key(name string) {
	w.comma()
	w.buf = append(w.buf, '"')
	w.buf = append(w.buf, name...)
	w.buf = append(w.buf, '"', ':')
	w.sep = false
}

// Name writes any name.
//
//go:noinline
func (w *Writer) Name(name string) {
	w.comma()
	w.buf = append(AppendString(w.buf, name), ':')
	w.sep = false
}

// Str writes a string.
//
//go:noinline
func (w *Writer) Str(s string) {
	w.comma()
	w.buf = AppendString(w.buf, s)
}

// Text writes a member whose value is a string; the name needs no escaping.
//
//go:noinline
func (w *Writer) Text(name, s string) {
	w.Key(name)
	w.Str(s)
}

// Number writes a member whose value is a whole number.
//
//go:noinline
func (w *Writer) Number(name string, n int) {
	w.Key(name)
	w.Int(int64(n))
}

// Int writes a whole number.
//
//go:noinline
func (w *Writer) Int(n int64) {
	w.comma()
	u := uint64(n)
	if n < 0 {
		w.buf = append(w.buf, '-')
		u = -u
	}
	w.buf = AppendUint(w.buf, u)
}

// Digits writes a number that stands there as text.
func (w *Writer) Digits(s string) {
	w.comma()
	w.buf = append(w.buf, s...)
}

// Bool writes true or false.
//
//go:noinline
func (w *Writer) Bool(t bool) {
	w.comma()
	if t {
		w.buf = append(w.buf, "true"...)
	} else {
		w.buf = append(w.buf, "false"...)
	}
}

// Quoted writes a string by a function that appends text which needs no escaping.
//
//go:noinline
func (w *Writer) Quoted(text func([]byte) []byte) {
	w.comma()
	w.buf = append(text(append(w.buf, '"')), '"')
}

// AppendUint appends a number's decimal digits.
func AppendUint(b []byte, u uint64) []byte {
	var t [20]byte
	i := len(t)
	for {
		i--
		t[i] = byte('0' + u%10)
		if u /= 10; u == 0 {
			return append(b, t[i:]...)
		}
	}
}

const hexDigits = "0123456789abcdef"

// AppendString appends a quoted string. Besides what JSON asks for it escapes < and the
// line separators U+2028 and U+2029, so that the text may stand inside a script element;
// bytes that are no UTF-8 become U+FFFD.
func AppendString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c < utf8.RuneSelf && c != '"' && c != '\\' && c != '<' {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r != '\u2028' && r != '\u2029' && (r != utf8.RuneError || n > 1) {
				i += n
				continue
			}
			b = append(b, s[start:i]...)
			b = append(b, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
			i += n
			start = i
			continue
		}
		b = append(b, s[start:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		i++
		start = i
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}
