package source

import (
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// What a file may cost. A region takes about a tenth of it.
const (
	maxBytes = 1 << 20
	maxNodes = 200_000 // with aliases written out
	maxDepth = 24
)

type kind uint8

const (
	scalar kind = iota
	list
	mapping
	null
)

// node is a YAML node with its place. An alias is the aliased node itself, so that a
// mistake in a repeated table is reported once, where it stands.
//
// Walking nodes, instead of decoding into structs, keeps line and column of everything
// and the literal text of numbers; and yaml's own check for unknown keys is lost as
// soon as a type decodes itself.
type node struct {
	file      *file
	line, col int
	kind      kind
	text      string
	quoted    bool
	keys      []*node // of a mapping, parallel to items
	items     []*node // of a list or a mapping
}

// file is a source text by lines.
type file struct {
	name  string
	lines []string
}

func newFile(name string, text []byte) *file {
	return &file{name, splitLines(string(text))}
}

// splitLines breaks lines where YAML does.
func splitLines(s string) []string {
	var out []string
	start := 0
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch r {
		case '\r':
			if i+1 < len(s) && s[i+1] == '\n' {
				n = 2
			}
			fallthrough
		case '\n', 0x85, 0x2028, 0x2029:
			out = append(out, s[start:i])
			start = i + n
		}
		i += n
	}
	return append(out, s[start:])
}

// parse reads a file's one document. It returns nil where the text is not YAML.
func parse(f *file, text []byte, report func(*PolicyError)) (root *node) {
	fail := func(line, col int, code, msg, hint string) {
		report(f.errorAt(line, col, code, "", msg, hint))
	}
	if len(text) > maxBytes {
		fail(1, 1, "too_large", "the file is larger than 1 MB", "a region has one file of some dozen kilobytes")
		return nil
	}
	if !utf8.Valid(text) {
		line := 1 + strings.Count(string(text[:invalidAt(text)]), "\n")
		fail(line, 1, "syntax", "the text is not UTF-8", "save the file as UTF-8")
		return nil
	}
	if line, col, deep := tooDeep(f.lines); deep {
		fail(line, col, "too_large", "nested too deeply", "no rule needs so many levels")
		return nil
	}
	doc, err := decode(text)
	if err != nil {
		line, msg := yamlError(f, err)
		fail(line, 1, "syntax", "not valid YAML: "+msg, "look at this line and the one before: indentation, a missing quote, bracket or comma")
		return nil
	}
	if doc == nil {
		fail(1, 1, "syntax", "the file is empty", "start with format: 1")
		return nil
	}
	c := converter{file: f, fail: fail, done: map[*yaml.Node]*node{}, size: map[*yaml.Node]int{}}
	root = c.convert(doc, 0)
	if c.failed {
		return nil
	}
	return root
}

// tooDeep finds nesting far beyond what any file has, before the reader walks into it: in a
// browser's small stack some thousand levels would end the whole engine. Quotes and
// comments are not told apart, therefore the limit is generous.
func tooDeep(lines []string) (line, col int, deep bool) {
	const limit = 20 * maxDepth
	open := 0
	for n, text := range lines {
		if begin := len(text) - len(strings.TrimLeft(text, " -?:")); begin > limit {
			return n + 1, limit + 1, true
		}
		for i := 0; i < len(text); i++ {
			switch text[i] {
			case '[', '{':
				if open++; open > limit {
					return n + 1, i + 1, true
				}
			case ']', '}':
				open = max(open-1, 0)
			}
		}
	}
	return 0, 0, false
}

func invalidAt(text []byte) int {
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return len(text)
}

type yamlProblem string

func (p yamlProblem) Error() string { return string(p) }

// decode returns the content of the only document. The parser is not ours: what it
// panics on, if anything, is a syntax error too.
func decode(text []byte) (content *yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			content, err = nil, yamlProblem("yaml: cannot be read")
		}
	}()
	d := yaml.NewDecoder(strings.NewReader(string(text)))
	var doc, more yaml.Node
	if err := d.Decode(&doc); err == io.EOF {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	if err := d.Decode(&more); err == nil {
		return nil, yamlProblem("yaml: line " + strconv.Itoa(more.Line) + ": a second document begins")
	} else if err != io.EOF {
		return nil, err
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 {
		return nil, nil
	}
	return doc.Content[0], nil
}

// yamlError finds the line of a syntax error. The parser's own is where the structure
// around it begins, which may be far above, and off by one at that. So the line is the
// one after the longest beginning of the file that can be read.
func yamlError(f *file, err error) (line int, msg string) {
	msg = strings.TrimPrefix(err.Error(), "yaml: ")
	if rest, ok := strings.CutPrefix(msg, "line "); ok {
		if no, text, ok := strings.Cut(rest, ": "); ok {
			if line, err := strconv.Atoi(no); err == nil && len(f.lines) > 0 {
				return f.firstBad(min(max(line, 1), len(f.lines))), text
			}
		}
	}
	return f.firstBad(1), msg
}

// firstBad looks for the line at which reading fails; guess is what the parser said.
func (f *file) firstBad(guess int) int {
	size := 0
	for _, l := range f.lines {
		size += len(l)
	}
	if size > 200_000 {
		return guess
	}
	good := func(lines int) bool {
		_, err := decode([]byte(strings.Join(f.lines[:lines], "\n")))
		return err == nil
	}
	lo, hi := 0, len(f.lines)
	for tries := 0; tries < 8; tries++ {
		for hi-lo > 1 {
			if mid := (lo + hi) / 2; good(mid) {
				lo = mid
			} else {
				hi = mid
			}
		}
		// Braces over several lines look broken until they close.
		next := 0
		for n := hi + 1; n <= min(hi+12, len(f.lines)-1) && next == 0; n++ {
			if good(n) {
				next = n
			}
		}
		if next == 0 {
			break
		}
		lo, hi = next, len(f.lines)
	}
	return lo + 1
}

type converter struct {
	file   *file
	fail   func(line, col int, code, msg, hint string)
	done   map[*yaml.Node]*node // nil while a node is being converted
	size   map[*yaml.Node]int
	failed bool
}

func (c *converter) stop(y *yaml.Node, code, msg, hint string) *node {
	if !c.failed {
		c.failed = true
		c.fail(y.Line, y.Column, code, msg, hint)
	}
	return &node{file: c.file, line: y.Line, col: y.Column, kind: null}
}

func (c *converter) convert(y *yaml.Node, depth int) *node {
	here := y
	if y.Kind == yaml.AliasNode {
		if y.Alias == nil {
			return c.stop(y, "syntax", "an alias of nothing", "name an anchor that stands before")
		}
		y = y.Alias
	}
	if n, ok := c.done[y]; ok {
		if n == nil {
			return c.stop(here, "syntax", "an anchor that contains its own alias", "write the table out")
		}
		return n
	}
	if depth > maxDepth {
		return c.stop(y, "too_large", "nested too deeply", "no rule needs so many levels")
	}
	c.done[y] = nil
	n := &node{file: c.file, line: y.Line, col: y.Column}
	size := 1
	switch y.Kind {
	case yaml.ScalarNode:
		n.text = y.Value
		n.quoted = y.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0
		switch tag := y.ShortTag(); {
		case y.Style&yaml.TaggedStyle != 0:
			return c.stop(y, "syntax", "a tag ("+tag+")", "leave it out")
		case tag == "!!null" && !n.quoted:
			n.kind = null
		}
	case yaml.SequenceNode, yaml.MappingNode:
		if y.Style&yaml.TaggedStyle != 0 {
			return c.stop(y, "syntax", "a tag ("+y.ShortTag()+")", "leave it out")
		}
		n.kind = list
		if y.Kind == yaml.MappingNode {
			n.kind = mapping
		}
		for i, x := range y.Content {
			k := c.convert(x, depth+1)
			if n.kind == mapping && i%2 == 0 {
				n.keys = append(n.keys, k)
			} else {
				n.items = append(n.items, k)
			}
			if x.Kind == yaml.AliasNode && x.Alias != nil {
				x = x.Alias
			}
			size += c.size[x]
			if size > maxNodes {
				return c.stop(y, "too_large", "too much in one file, aliases written out", "split it, or use fewer aliases")
			}
			if c.failed {
				return n
			}
		}
	default:
		return c.stop(y, "syntax", "cannot be read", "write plain YAML")
	}
	c.size[y] = size
	c.done[y] = n
	return n
}
