package policies

import (
	"errors"
	"strings"

	"mingbai/engine"
)

// Set is a compiled set of regions, opened.
type Set struct {
	Index  []Entry
	bodies []body
	texts  *texts
	origin *sources
}

// body is a region not yet decoded; its new texts begin at first.
type body struct {
	in    string
	first int
}

var errDamaged = errors.New("policies: the compiled regions are damaged")

// Open reads the index of a compiled set; regions are decoded one by one.
func Open(compiled string) (*Set, error) {
	if len(compiled) < len(magic) || compiled[:len(magic)] != magic {
		return nil, errDamaged
	}
	c := codec{in: compiled, at: len(magic), texts: &texts{}, origin: &sources{}, next: 1}
	c.texts.list = make([]string, c.length(0))
	for i := range c.texts.list {
		n := strings.IndexByte(c.in[c.at:], '\n')
		if n < 0 {
			return nil, errDamaged
		}
		c.texts.list[i] = c.in[c.at : c.at+n]
		c.at += n + 1
	}
	s := &Set{texts: c.texts, origin: c.origin}
	s.Index = make([]Entry, c.length(0))
	s.bodies = make([]body, len(s.Index))
	for i := range s.Index {
		c.entry(&s.Index[i])
	}
	sizes := make([]int, len(s.Index))
	for i := range sizes {
		c.int(&s.bodies[i].first)
		sizes[i] = c.length(0)
	}
	c.int(&c.next)
	c.documents(s.origin)
	for i, size := range sizes {
		if c.bad || size > len(c.in)-c.at {
			return nil, errDamaged
		}
		s.bodies[i].in = c.in[c.at : c.at+size]
		c.at += size
	}
	if c.bad || c.at < len(c.in) {
		return nil, errDamaged
	}
	return s, nil
}

// Load decodes a region.
func (s *Set) Load(code string) (*engine.Policy, error) {
	for i := range s.Index {
		if s.Index[i].Code != code {
			continue
		}
		c := codec{in: s.bodies[i].in, next: s.bodies[i].first, texts: s.texts, origin: s.origin}
		p := &engine.Policy{}
		c.policy(p)
		if c.bad || c.at < len(c.in) {
			return nil, errDamaged
		}
		return p, nil
	}
	return nil, &engine.InputError{Code: UnknownRegion, Field: "region"}
}
