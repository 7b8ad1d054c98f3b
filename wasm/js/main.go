//go:build js && wasm

// Program js gives a page the global function mingbaiCall, which takes and returns JSON
// text (see package wasm), and calls mingbaiReady, if the page has it, once it is there.
package main

import (
	"github.com/hack-pad/safejs"

	"mingbai/wasm"
)

func main() {
	if err := register(); err != nil {
		panic(err)
	}
	if ready, err := safejs.Global().Get("mingbaiReady"); err == nil && ready.Type() == safejs.TypeFunction {
		_, _ = ready.Invoke()
	}
	select {} // the function answers as long as the program runs
}

func register() error {
	f, err := safejs.FuncOf(func(_ safejs.Value, args []safejs.Value) any { return call(args) })
	if err != nil {
		return err
	}
	return safejs.Global().Set("mingbaiCall", f)
}

// call never panics: a panic that leaves a callback ends the program. What is not text
// is answered like empty text.
func call(args []safejs.Value) (response string) {
	defer func() {
		if recover() != nil {
			response = wasm.Panicked()
		}
	}()
	var request string
	if len(args) > 0 && args[0].Type() == safejs.TypeString {
		request, _ = args[0].String()
	}
	return wasm.Handle(request)
}
