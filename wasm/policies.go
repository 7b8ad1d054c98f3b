package wasm

import (
	"sync"

	"mingbai/engine"
)

// handles are the policies that a request names by "policy" instead of "region".
var handles struct {
	sync.RWMutex
	m map[string]*engine.Policy
}

// Keep makes a policy known under a handle, or forgets the handle if p is nil. Handles
// are apart from region codes: a loaded policy never takes the place of a shipped one.
func Keep(handle string, p *engine.Policy) {
	handles.Lock()
	defer handles.Unlock()
	if p == nil {
		delete(handles.m, handle)
		return
	}
	if handles.m == nil {
		handles.m = map[string]*engine.Policy{}
	}
	handles.m[handle] = p
}

func kept(handle string) *engine.Policy {
	handles.RLock()
	defer handles.RUnlock()
	return handles.m[handle]
}
