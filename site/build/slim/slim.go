// Package slim makes a Go program in WebAssembly lighter to download, by a sixth, and
// leaves it the same program.
//
// It takes out what only the text of a traceback needs: the names of functions, files
// and lines, which the linker's -s and -w leave in. They stand in the runtime's function
// table (pclntab). What a running program needs of that table, above all how to walk a
// stack and where its pointers are, stays as it is. A program that dies prints no names;
// to read its traceback, build without this step.
//
// And it joins the segments of the memory. The linker leaves out every few noughts, tens
// of thousands of times, but noughts compress to nothing and the segments' addresses do
// not.
//
// The table is the toolchain's own business and may change with it. So everything in it
// is checked, and what is not exactly as expected is an error: the caller then keeps
// the program as it was.
package slim

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
)

// Strip returns the module without what only tracebacks read.
func Strip(wasm []byte) ([]byte, error) {
	head, data, tail, err := split(wasm)
	if err != nil {
		return nil, err
	}
	memory, err := load(data)
	if err != nil {
		return nil, err
	}
	if err := strip(memory); err != nil {
		return nil, err
	}
	data = store(memory)
	out := append([]byte(nil), head...)
	out = append(out, sectionData)
	out = binary.AppendUvarint(out, uint64(len(data)))
	out = append(out, data...)
	return append(out, tail...), nil
}

const sectionData = 11

// split finds the data section.
func split(wasm []byte) (head, data, tail []byte, err error) {
	r := reader{rest: wasm}
	if string(r.bytes(8)) != "\x00asm\x01\x00\x00\x00" {
		return nil, nil, nil, errors.New("slim: this is no WebAssembly of version 1")
	}
	for len(r.rest) > 0 && !r.bad {
		start := len(wasm) - len(r.rest)
		id := r.byte()
		body := r.bytes(r.uint())
		if id == sectionData && !r.bad {
			return wasm[:start], body, r.rest, nil
		}
	}
	return nil, nil, nil, errors.New("slim: no data section")
}

// maxMemory is far above what a linker lays out; the zeroed rest is not part of it.
const maxMemory = 64 << 20

// load lays the segments out as the program finds them in memory.
func load(data []byte) ([]byte, error) {
	var memory []byte
	r := reader{rest: data}
	for n := r.uint(); n > 0 && !r.bad; n-- {
		mode, op := r.byte(), r.byte()
		at, end := r.int(), r.byte()
		bytes := r.bytes(r.uint())
		if mode != 0 || op != i32Const || end != opEnd || at > maxMemory-len(bytes) {
			return nil, errors.New("slim: a data segment is not as Go's linker makes them")
		}
		if grow := at + len(bytes) - len(memory); grow > 0 {
			memory = append(memory, make([]byte, grow)...)
		}
		copy(memory[at:], bytes)
	}
	if r.bad || len(r.rest) > 0 {
		return nil, errors.New("slim: the data section is cut off")
	}
	return memory, nil
}

const (
	i32Const = 0x41
	opEnd    = 0x0B
	// gap noughts in a row end a segment: fewer compress to less than a segment's address.
	gap = 64
)

// store writes memory as segments, leaving out what is nought anyway.
func store(memory []byte) []byte {
	var segments []byte
	count := uint64(0)
	for at := 0; at < len(memory); {
		if memory[at] == 0 {
			at++
			continue
		}
		end, noughts := at, 0
		for i := at; i < len(memory) && noughts < gap; i++ {
			if memory[i] == 0 {
				noughts++
				continue
			}
			noughts = 0
			end = i + 1
		}
		segments = append(segments, 0, i32Const)
		segments = appendInt(segments, at)
		segments = append(segments, opEnd)
		segments = binary.AppendUvarint(segments, uint64(end-at))
		segments = append(segments, memory[at:end]...)
		count++
		at = end
	}
	return append(binary.AppendUvarint(nil, count), segments...)
}

// The header of the function table and its records, as package runtime has them
// (symtab.go, pcHeader; runtime2.go, _func) since Go 1.20.
const (
	magic = "\xf1\xff\xff\xff\x00\x00\x01\x08" // with the sizes of an instruction and a pointer

	headerFuncs    = 8
	headerFiles    = 16
	headerText     = 24
	headerNames    = 32
	headerUnits    = 40
	headerFileTab  = 48
	headerPCTab    = 56
	headerFuncTab  = 64
	headerSize     = 72
	recordName     = 4
	recordPCSP     = 16
	recordPCFile   = 20
	recordPCLine   = 24
	recordTables   = 28
	recordUnit     = 32
	recordLine     = 36
	recordFuncData = 43
	recordSize     = 44

	maxTables = 16
)

// What a record's tables and lists are for (internal/abi/symtab.go), where only
// tracebacks and a preemption that WebAssembly does not have ask for them.
var (
	unusedTables = []int{0, 2, 3}    // UnsafePoint, InlTreeIndex, ArgLiveIndex
	unusedLists  = []int{3, 5, 6, 7} // InlTree, ArgInfo, ArgLiveInfo, WrapInfo
)

// known are the functions that the runtime knows by their names (stkframe.go).
var known = map[string]bool{"reflect.makeFuncStub": true, "reflect.methodValueCall": true}

// strip blanks names, files, lines and inlined calls in the function table.
func strip(memory []byte) error {
	at, err := find(memory)
	if err != nil {
		return err
	}
	le := binary.LittleEndian
	head := memory[at:]
	part := func(from, to int) []byte { return head[le.Uint64(head[from:]):le.Uint64(head[to:])] }
	names, tables := part(headerNames, headerUnits), part(headerPCTab, headerFuncTab)
	clear(part(headerUnits, headerFileTab))
	clear(part(headerFileTab, headerPCTab))

	keepNames, keepTables := blank(names), blank(tables)
	funcs := head[le.Uint64(head[headerFuncTab:]):]
	for i := range int(le.Uint64(head[headerFuncs:])) {
		record, err := recordOf(funcs, i)
		if err != nil {
			return err
		}
		name, err := nameAt(names, le.Uint32(record[recordName:]))
		if err != nil {
			return err
		}
		if known[string(name)] {
			keepNames.keep(int(le.Uint32(record[recordName:])), len(name)+1)
		} else {
			le.PutUint32(record[recordName:], 0)
		}
		for _, start := range used(record) {
			size, err := tableSize(tables, start)
			if err != nil {
				return err
			}
			keepTables.keep(int(start), size)
		}
	}
	if keepNames.kept[0] || keepTables.kept[0] {
		return errors.New("slim: the first name or table is in use; it must be empty")
	}
	keepNames.blank()
	keepTables.blank()
	return nil
}

// used blanks what a record says for tracebacks and lists the tables it still needs.
func used(record []byte) (starts []uint32) {
	le := binary.LittleEndian
	for _, field := range []int{recordPCFile, recordPCLine, recordUnit, recordLine} {
		le.PutUint32(record[field:], 0)
	}
	n := int(le.Uint32(record[recordTables:]))
	tables, lists := record[recordSize:recordSize+4*n], record[recordSize+4*n:]
	for _, k := range unusedTables {
		if 4*k < len(tables) {
			le.PutUint32(tables[4*k:], 0)
		}
	}
	for _, k := range unusedLists {
		if 4*k < len(lists) {
			le.PutUint32(lists[4*k:], math.MaxUint32)
		}
	}
	starts = append(starts, le.Uint32(record[recordPCSP:]))
	for ; len(tables) > 0; tables = tables[4:] {
		starts = append(starts, le.Uint32(tables))
	}
	return slices.DeleteFunc(starts, func(start uint32) bool { return start == 0 })
}

// find finds the function table and checks its header.
func find(memory []byte) (int, error) {
	found := -1
	for from := 0; ; {
		i := bytes.Index(memory[from:], []byte(magic))
		if i < 0 {
			break
		}
		from += i + 1
		if at := from - 1; plausible(memory[at:]) {
			if found >= 0 {
				return 0, errors.New("slim: two function tables")
			}
			found = at
		}
	}
	if found < 0 {
		return 0, errors.New("slim: no function table of the known kind")
	}
	return found, nil
}

// plausible reports whether the parts follow each other, as the linker lays them.
func plausible(head []byte) bool {
	if len(head) < headerSize {
		return false
	}
	le := binary.LittleEndian
	last := uint64(headerSize)
	for field := headerNames; field <= headerFuncTab; field += 8 {
		x := le.Uint64(head[field:])
		if x < last || field == headerNames && x != headerSize {
			return false
		}
		last = x
	}
	n := le.Uint64(head[headerFuncs:])
	return n > 0 && n < math.MaxInt32 && le.Uint64(head[headerText:]) == 0 && last < uint64(len(head)) && n < (uint64(len(head))-last)/recordSize
}

// recordOf is what the table says of a function: the record and its tables.
func recordOf(funcs []byte, i int) ([]byte, error) {
	le := binary.LittleEndian
	entry, next, at := le.Uint32(funcs[8*i:]), le.Uint32(funcs[8*i+8:]), uint64(le.Uint32(funcs[8*i+4:]))
	if at+recordSize > uint64(len(funcs)) || next < entry {
		return nil, fmt.Errorf("slim: the record of function %d lies outside the table", i)
	}
	record := funcs[at:]
	n, m := uint64(le.Uint32(record[recordTables:])), uint64(record[recordFuncData])
	size := recordSize + 4*(n+m)
	if n > maxTables || m > maxTables || size > uint64(len(record)) || le.Uint32(record) != entry {
		return nil, fmt.Errorf("slim: the record of function %d is not of the known kind", i)
	}
	return record[:size], nil
}

func nameAt(names []byte, at uint32) ([]byte, error) {
	if uint64(at) < uint64(len(names)) {
		if n := bytes.IndexByte(names[at:], 0); n >= 0 {
			return names[at:][:n], nil
		}
	}
	return nil, errors.New("slim: the name of a function lies outside the names")
}

// tableSize measures a table of pairs, value and distance, that ends with a nought; only
// the first value may be one.
func tableSize(tables []byte, start uint32) (int, error) {
	if uint64(start) >= uint64(len(tables)) {
		return 0, errors.New("slim: a table of a function lies outside the tables")
	}
	r := reader{rest: tables[start:]}
	for first := true; !r.bad; first = false {
		if r.uint() == 0 && !first {
			return len(tables[start:]) - len(r.rest), nil
		}
		r.uint()
	}
	return 0, errors.New("slim: a table of a function does not end")
}

// blanker blanks all bytes but those to keep.
type blanker struct {
	bytes []byte
	kept  []bool
}

func blank(b []byte) blanker { return blanker{b, make([]bool, len(b)+1)} }

func (b blanker) keep(at, size int) {
	for i := at; i < at+size; i++ {
		b.kept[i] = true
	}
}

func (b blanker) blank() {
	for i := range b.bytes {
		if !b.kept[i] {
			b.bytes[i] = 0
		}
	}
}

// reader reads what WebAssembly and the function table are made of. After an error it
// reads noughts.
type reader struct {
	rest []byte
	bad  bool
}

func (r *reader) fail() {
	r.bad, r.rest = true, nil
}

func (r *reader) bytes(n int) []byte {
	if n < 0 || n > len(r.rest) {
		r.fail()
		return nil
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) byte() byte {
	if b := r.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

// uint reads a number of at most 32 bits.
func (r *reader) uint() int {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 || v > math.MaxUint32 {
		r.fail()
		return 0
	}
	r.rest = r.rest[n:]
	return int(v)
}

// int reads a signed number that must not be negative.
func (r *reader) int() int {
	v, shift := 0, 0
	for {
		b := r.byte()
		v |= int(b&0x7F) << shift
		shift += 7
		if b < 0x80 {
			if b&0x40 != 0 || shift > 35 {
				r.fail()
			}
			return v
		}
		if shift > 28 {
			r.fail()
			return 0
		}
	}
}

func appendInt(b []byte, v int) []byte {
	for v >= 0x40 {
		b = append(b, byte(v)|0x80)
		v >>= 7
	}
	return append(b, byte(v))
}
