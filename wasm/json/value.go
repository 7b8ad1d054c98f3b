package json

import "unicode/utf8"

func (v Value) node() *node { return &v.doc.nodes[v.i] }

// Kind is Absent for the zero Value.
func (v Value) Kind() Kind {
	if v.doc == nil {
		return Absent
	}
	return v.node().kind
}

// Given reports whether the value stands there and is not null.
func (v Value) Given() bool { return v.Kind() > Null }

// Text is a string's text or a number as it was written.
func (v Value) Text() string {
	if v.doc == nil {
		return ""
	}
	return v.node().text
}

// Name is the value's name in its object.
func (v Value) Name() string {
	if v.doc == nil {
		return ""
	}
	return v.node().key
}

// Len is the number of members or elements.
func (v Value) Len() int {
	if v.doc == nil {
		return 0
	}
	return int(v.node().n)
}

// All goes through the members or elements in the order in which they stand.
func (v Value) All(yield func(Value) bool) {
	if v.doc == nil {
		return
	}
	c := v.i + 1
	for left := v.node().n; left > 0; left-- {
		if !yield(Value{v.doc, c}) {
			return
		}
		c = v.doc.nodes[c].end
	}
}

// Get finds a member by its name; the zero Value where there is none.
func (v Value) Get(name string) Value {
	if v.Kind() != Object {
		return Value{}
	}
	c := v.i + 1
	for left := v.node().n; left > 0; left-- {
		if v.doc.nodes[c].key == name {
			return Value{v.doc, c}
		}
		c = v.doc.nodes[c].end
	}
	return Value{}
}

// longest bounds a name inside a path: paths are shown to people and sent back.
const longest = 80

// Path names the value from the root: "bill.items[3].amount".
func (v Value) Path() string {
	if v.doc == nil {
		return ""
	}
	return string(v.appendPath(nil))
}

func (v Value) appendPath(b []byte) []byte {
	n := v.node()
	if n.parent < 0 {
		return b
	}
	up := Value{v.doc, n.parent}
	b = up.appendPath(b)
	if up.node().kind == Array {
		i := uint(0)
		for c := up.i + 1; c < v.i; c = v.doc.nodes[c].end {
			i++
		}
		b = append(b, '[')
		b = AppendUint(b, uint64(i))
		return append(b, ']')
	}
	if len(b) > 0 {
		b = append(b, '.')
	}
	key := n.key
	if len(key) > longest {
		cut := longest
		for !utf8.RuneStart(key[cut]) {
			cut--
		}
		return append(append(b, key[:cut]...), "…"...)
	}
	return append(b, key...)
}
