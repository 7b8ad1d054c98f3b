//go:build js && !workshop

package wasm

import "mingbai/engine"

// loadPolicy is left to the program with the tag workshop: the YAML loader and the prover
// cost as much to download as all that settles bills.
func loadPolicy(c *Call) {
	c.Refuse(Problem{Code: engine.NotAllowed, Field: "op", Allowed: []string{"workshop"}})
}
