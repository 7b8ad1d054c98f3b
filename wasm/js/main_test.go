//go:build js && wasm

package main

import (
	"strings"
	"testing"

	"github.com/hack-pad/safejs"
)

func TestCall(t *testing.T) {
	text := func(v any) safejs.Value {
		x, err := safejs.ValueOf(v)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	for _, tt := range []struct {
		args []safejs.Value
		want string
	}{
		{[]safejs.Value{text(`{"v":1,"op":"about"}`)}, `{"v":1,"ok":true,"about":{`},
		{[]safejs.Value{text(`{"v":1,"op":"about"}`), text(2)}, `{"v":1,"ok":true,"about":{`},
		{nil, `{"v":1,"ok":false,"error":{"code":"bad_json"`},
		{[]safejs.Value{text(1)}, `{"v":1,"ok":false,"error":{"code":"bad_json"`},
		{[]safejs.Value{safejs.Undefined()}, `{"v":1,"ok":false,"error":{"code":"bad_json"`},
	} {
		if got := call(tt.args); !strings.HasPrefix(got, tt.want) {
			t.Errorf("%d arguments: %s", len(tt.args), got)
		}
	}
}

// A page sees the function, and gets strings from it.
func TestRegistered(t *testing.T) {
	if err := register(); err != nil {
		t.Fatal(err)
	}
	got, err := safejs.Global().Call("mingbaiCall", "nonsense")
	if err != nil || got.Type() != safejs.TypeString {
		t.Fatalf("%v, %v", got.Type(), err)
	}
}
