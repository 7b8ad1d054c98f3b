// Package policies holds the compiled rules of all regions.
//
// The rules are written as YAML (FORMAT.md), read and proved by package source, and
// compiled into regions.bin, which is linked into the program. [Index] lists the
// regions without decoding any; [Load] decodes one. Neither knows YAML.
package policies

import (
	_ "embed"
	"sync"

	"mingbai/engine"
)

//go:embed regions.bin
var compiled string

// National is the text of the file that regions extend. The linker leaves it out of a
// program that loads no YAML.
//
//go:embed national.yaml
var National string

// UnknownRegion is the code of the error of [Load] for a region that is not covered.
const UnknownRegion engine.Code = "unknown_region"

// Entry describes a region in the index.
type Entry struct {
	Code, Pinyin, Initials string
	Name, Province         engine.Name
	Version                string
	From                   engine.Date // no earlier claim can be settled
	Grade                  byte        // lowest among the figures in force at Version
	Schemes                []SchemeEntry
}

// SchemeEntry lists what is known of a scheme.
type SchemeEntry struct {
	ID       string
	Benefits []Benefit
}

// Benefit is one benefit's state: complete, partial (figures in force are unknown),
// unknown (looked for and not found), or draft.
type Benefit struct {
	ID, Status string
	Grade      byte // lowest among its figures in force, 0 where there are none
}

// store is the opened set with what has been decoded so far.
var store struct {
	sync.Mutex
	opened  bool
	err     error
	set     *Set
	decoded map[string]*engine.Policy
}

// open opens the set once; the caller holds the lock.
func open() (*Set, error) {
	if !store.opened {
		store.set, store.err = Open(compiled)
		store.decoded = map[string]*engine.Policy{}
		store.opened = true
	}
	return store.set, store.err
}

// Index lists all regions by code. Callers leave it alone.
func Index() []Entry {
	store.Lock()
	defer store.Unlock()
	set, err := open()
	if err != nil {
		return nil
	}
	return set.Index
}

// Load returns a region's rules, decoded at the first call. The error is an
// [engine.InputError] with code [UnknownRegion] where there are none.
func Load(code string) (*engine.Policy, error) {
	store.Lock()
	defer store.Unlock()
	if p := store.decoded[code]; p != nil {
		return p, nil
	}
	set, err := open()
	if err != nil {
		return nil, err
	}
	p, err := set.Load(code)
	if err != nil {
		return nil, err
	}
	store.decoded[code] = p
	return p, nil
}
