package policies

import (
	"errors"

	"mingbai/engine"
)

// Set is a compiled set of regions, opened.
type Set struct {
	Index  []Entry
	bodies []string
	texts  *texts
	origin *sources
}

var errDamaged = errors.New("policies: the compiled regions are damaged")

// Open reads the index of a compiled set; regions are decoded one by one.
func Open(compiled string) (*Set, error) {
	if len(compiled) < len(magic) || compiled[:len(magic)] != magic {
		return nil, errDamaged
	}
	c := codec{in: compiled[len(magic):], texts: &texts{}, origin: &sources{}}
	t := c.texts
	n := c.length(0)
	sizes := make([]int, n)
	sum := 0
	for i := range sizes {
		sizes[i] = c.length(0)
		sum += sizes[i]
	}
	if c.bad || sum > len(c.in) {
		return nil, errDamaged
	}
	t.list = make([]string, n)
	for i, size := range sizes {
		t.list[i], c.in = c.in[:size], c.in[size:]
	}
	s := &Set{texts: t, origin: c.origin}
	n = c.length(0)
	s.Index = make([]Entry, n)
	sizes = make([]int, n)
	for i := range s.Index {
		c.entry(&s.Index[i])
		sizes[i] = c.length(0)
	}
	each(&c, &s.origin.list, c.document)
	for _, size := range sizes {
		if size > len(c.in) {
			c.fail()
		}
		if c.bad {
			return nil, errDamaged
		}
		s.bodies = append(s.bodies, c.in[:size])
		c.in = c.in[size:]
	}
	if c.bad || c.in != "" {
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
		c := codec{in: s.bodies[i], texts: s.texts, origin: s.origin}
		p := &engine.Policy{}
		c.policy(p)
		if c.bad || c.in != "" {
			return nil, errDamaged
		}
		return p, nil
	}
	return nil, &engine.InputError{Code: UnknownRegion, Field: "region"}
}
