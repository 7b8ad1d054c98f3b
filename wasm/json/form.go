package json

// Form is an object in which some places are filled in again and again, without reading
// or copying the rest anew.
type Form struct {
	root   Value
	fields []field
	groups []group // objects and arrays that are there for the fields alone
}

type field struct {
	at    int32
	empty node // what stands there where nothing is filled in
	in    []int
}

type group struct {
	at   int32
	kind Kind
	n    int32
	used bool
}

// NewForm makes a form of an object and the paths of its fields. A field that is not
// filled in is what the object says there, if that is a single value.
func NewForm(root Value, paths [][]string) *Form {
	edits := make([]Edit, len(paths))
	for i, p := range paths {
		edits[i] = Edit{Path: p, To: root.At(p)}
	}
	f := &Form{root: Edited(root, "", edits), fields: make([]field, len(paths))}
	for i, p := range paths {
		v := f.root.At(p)
		if v.doc == nil {
			f.fields[i].at = -1
			continue
		}
		f.fields[i].at, f.fields[i].empty = v.i, *v.node()
		for k := 1; k < len(p); k++ {
			if !root.At(p[:k]).Given() {
				f.fields[i].in = append(f.fields[i].in, f.group(f.root.At(p[:k])))
			}
		}
	}
	return f
}

func (f *Form) group(v Value) int {
	for i := range f.groups {
		if f.groups[i].at == v.i {
			return i
		}
	}
	f.groups = append(f.groups, group{at: v.i, kind: v.Kind(), n: v.node().n})
	return len(f.groups) - 1
}

// Has reports whether there is a place for a field: not where an element of an array
// stands after a gap.
func (f *Form) Has(i int) bool { return f.fields[i].at >= 0 }

// Set fills a field in; kind Absent leaves it empty.
func (f *Form) Set(i int, kind Kind, text string) {
	n := &f.root.doc.nodes[f.fields[i].at]
	if kind == Absent {
		*n = f.fields[i].empty
		return
	}
	n.kind, n.text = kind, text
}

// Filled is the form as it stands. It is true until the next Set. Objects in which
// nothing is filled in are null, and arrays end with the last element in which something is.
func (f *Form) Filled() Value {
	nodes := f.root.doc.nodes
	for i := range f.groups {
		f.groups[i].used = false
	}
	for i := range f.fields {
		if x := &f.fields[i]; x.at >= 0 && nodes[x.at].kind > Null {
			for _, g := range x.in {
				f.groups[g].used = true
			}
		}
	}
	for i := range f.groups {
		g := &f.groups[i]
		n := &nodes[g.at]
		n.kind, n.n = Null, 0
		if g.used {
			n.kind, n.n = g.kind, g.n
		}
	}
	for i := range f.groups {
		g := &f.groups[i]
		if g.used && g.kind == Array {
			last := int32(0)
			at := int32(0)
			for e := range (Value{f.root.doc, g.at}).All {
				if at++; e.Given() {
					last = at
				}
			}
			nodes[g.at].n = last
		}
	}
	return f.root
}

// Open is the form with all its objects and arrays and nothing filled in.
func (f *Form) Open() Value {
	f.Filled()
	for i := range f.groups {
		g := &f.groups[i]
		n := &f.root.doc.nodes[g.at]
		n.kind, n.n = g.kind, g.n
	}
	return f.root
}
