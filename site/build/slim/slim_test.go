package slim

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// program is testdata/program, compiled as the engine is.
var program = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "mingbai-slim-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	out := filepath.Join(dir, "program.wasm")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", out, "./testdata/program")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if report, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, report)
	}
	return os.ReadFile(out)
})

func both(t *testing.T) (full, light []byte) {
	t.Helper()
	full, err := program()
	if err != nil {
		t.Fatal(err)
	}
	light, err = Strip(append([]byte(nil), full...))
	if err != nil {
		t.Fatal(err)
	}
	return full, light
}

// The numbers follow from the program: 0+1+…+3000, 51 frames with two deferred calls
// each, 0+…+10, five times 0+…+200 and so on up to 219.
func TestRuns(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("needs Node; the browser tests run the engine in any case")
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	glue := filepath.Join(strings.TrimSpace(string(root)), "lib", "wasm", "wasm_exec_node.js")
	var together []string
	for n := 200; n < 220; n++ {
		together = append(together, fmt.Sprint(5*n*(n+1)/2))
	}
	want := "deep 4501500\n102 deep\nruntime error: index out of range [2] with length 2\n" +
		"method ababc\nmade sum 55\ntogether [" + strings.Join(together, " ") + "]\n"
	full, light := both(t)
	for _, tt := range []struct {
		name, end string
		wasm      []byte
	}{{"as linked", "names true\n", full}, {"stripped", "names false\n", light}} {
		file := filepath.Join(t.TempDir(), "program.wasm")
		if err := os.WriteFile(file, tt.wasm, 0o644); err != nil {
			t.Fatal(err)
		}
		got, err := exec.Command(node, "--stack-size=4000", glue, file).CombinedOutput()
		if err != nil || string(got) != want+tt.end {
			t.Errorf("%s: %v\n%s", tt.name, err, got)
		}
	}
}

// Code and everything else but the memory stays byte for byte, and of the memory all but
// the function table.
func TestOnlyTheTable(t *testing.T) {
	full, light := both(t)
	head, data, tail, err := split(full)
	if err != nil {
		t.Fatal(err)
	}
	head2, data2, tail2, err := split(light)
	if err != nil {
		t.Fatal(err)
	}
	if string(head) != string(head2) || string(tail) != string(tail2) {
		t.Error("something beside the data section has changed")
	}
	was, _ := load(data)
	is, err := load(data2)
	if err != nil {
		t.Fatal(err)
	}
	at, err := find(was)
	if err != nil {
		t.Fatal(err)
	}
	if string(is[:at]) != string(was[:at]) {
		t.Error("the memory before the function table has changed")
	}
	for _, name := range []string{"main.deep", "fmt.Println", "site/build/slim", "panic.go"} {
		if !strings.Contains(string(was[at:]), name) || strings.Contains(string(is[at:]), name) {
			t.Errorf("%q is not taken out, or was not there", name)
		}
	}
	for name := range known {
		if !strings.Contains(string(is[at:]), name) {
			t.Errorf("%q, which the runtime looks for, is lost", name)
		}
	}
	if again, err := Strip(append([]byte(nil), light...)); err != nil || string(again) != string(light) {
		t.Errorf("a second time changes something: %v", err)
	}
}

// A layout that is not the known one is an error, never a broken program.
func TestRefuses(t *testing.T) {
	full, _ := both(t)
	_, data, _, _ := split(full)
	fresh := func() []byte { m, _ := load(data); return m }
	at, err := find(fresh())
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(table []byte){
		"other magic":           func(b []byte) { b[0]++ },
		"parts in other order":  func(b []byte) { copy(b[headerPCTab:], b[headerNames:headerNames+8]) },
		"more functions":        func(b []byte) { b[headerFuncs+3] = 0x7F },
		"text that starts late": func(b []byte) { b[headerText] = 1 },
	} {
		memory := fresh()
		change(memory[at:])
		if err := strip(memory); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := Strip([]byte("\x00asm\x01\x00\x00\x00")); err == nil {
		t.Error("a program without memory: no error")
	}
	if _, err := Strip([]byte("#!/bin/sh")); err == nil {
		t.Error("no program at all: no error")
	}
}

// Whatever stands in the table, reading it ends with a result or an error.
func TestDamaged(t *testing.T) {
	full, _ := both(t)
	_, data, _, _ := split(full)
	memory, _ := load(data)
	at, err := find(memory)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		damaged := append([]byte(nil), memory...)
		for range 1 + r.IntN(20) {
			damaged[at+r.IntN(len(damaged)-at)] = byte(r.Uint32())
		}
		_ = strip(damaged)
	}
	for range 200 {
		_, _ = Strip(full[:r.IntN(len(full))])
	}
}
