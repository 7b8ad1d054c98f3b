package json

import "strings"

// Edit puts a value where a path of names and "[0]" steps leads. Objects that are missing
// on the way are made, and elements that follow on the last one of an array.
type Edit struct {
	Path []string
	To   Value
}

// Edited is a copy of an object with its member drop left out and the edits made.
func Edited(root Value, drop string, edits []Edit) Value {
	b := builder{doc: &Doc{nodes: make([]node, 0, 64)}, drop: drop}
	b.copy(root, -1, "", edits, 0)
	return Value{b.doc, 0}
}

type builder struct {
	doc  *Doc
	drop string
}

func (b *builder) copy(v Value, parent int32, key string, edits []Edit, depth int) {
	rest := edits[:0:0]
	for _, e := range edits {
		if len(e.Path) > depth {
			rest = append(rest, e)
			continue
		}
		v, rest = e.To, rest[:0] // a later edit above a place replaces what earlier ones did in it
	}
	me := int32(len(b.doc.nodes))
	n := node{key: key, parent: parent, kind: v.Kind()}
	if v.doc != nil {
		n.text = v.node().text
	}
	if n.kind <= Null && len(rest) > 0 {
		n.kind = Object
		if strings.HasPrefix(rest[0].Path[depth], "[") {
			n.kind = Array
		}
	}
	b.doc.nodes = append(b.doc.nodes, n)
	count := int32(0)
	for c := range v.All {
		name, step := c.Name(), c.Name()
		if n.kind == Array {
			step = element(count)
		} else if parent < 0 && name == b.drop {
			continue
		}
		b.copy(c, me, name, leading(rest, step, depth), depth+1)
		count++
	}
	if n.kind == Array {
		for _, e := range rest {
			if step := element(count); e.Path[depth] == step {
				b.copy(Value{}, me, "", leading(rest, step, depth), depth+1)
				count++
			}
		}
	}
	if n.kind == Object {
		for i, e := range rest {
			name := e.Path[depth]
			if v.Get(name).doc != nil || len(leading(rest[:i], name, depth)) > 0 {
				continue
			}
			b.copy(Value{}, me, name, leading(rest, name, depth), depth+1)
			count++
		}
	}
	b.doc.nodes[me].n, b.doc.nodes[me].end = count, int32(len(b.doc.nodes))
}

// element is the step to the nth element of an array.
func element(n int32) string { return "[" + string(AppendUint(nil, uint64(n))) + "]" }

// leading are the edits whose path goes through a step.
func leading(edits []Edit, step string, depth int) (out []Edit) {
	for _, e := range edits {
		if e.Path[depth] == step {
			out = append(out, e)
		}
	}
	return out
}

// At follows a path of names and "[0]" steps; the zero Value where it leads nowhere.
func (v Value) At(path []string) Value {
	for _, step := range path {
		if v.Kind() != Array {
			v = v.Get(step)
			continue
		}
		var found Value
		i := int32(0)
		for e := range v.All {
			if step == element(i) {
				found = e
			}
			i++
		}
		v = found
	}
	return v
}

// Value writes a value as it was read, without the members of some names.
func (w *Writer) Value(v Value, without ...string) {
	switch v.Kind() {
	case Object:
		w.Object()
	members:
		for m := range v.All {
			for _, name := range without {
				if m.Name() == name {
					continue members
				}
			}
			w.Name(m.Name())
			w.Value(m, without...)
		}
		w.EndObject()
	case Array:
		w.Array()
		for e := range v.All {
			w.Value(e, without...)
		}
		w.EndArray()
	case String:
		w.Str(v.Text())
	case Number:
		w.Digits(v.Text())
	case True, False:
		w.Bool(v.Kind() == True)
	default:
		w.comma()
		w.buf = append(w.buf, "null"...)
	}
}
