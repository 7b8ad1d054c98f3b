// A program that leans on the function table wherever a running program does: stacks
// that grow, are moved and searched for pointers, panics that are caught at some depth,
// calls that reflection makes up, goroutines, and the collector in between.
package main

import (
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"sync"
)

type node struct {
	next *node
	n    int
}

// deep keeps a pointer in each frame while the stack grows and the collector runs.
func deep(n int) *node {
	x := &node{n: n}
	if n%100 == 0 {
		runtime.GC()
	}
	if n > 0 {
		x.next = deep(n - 1)
	}
	return x
}

func sum(x *node) (total int) {
	for ; x != nil; x = x.next {
		total += x.n
	}
	return total
}

var errDeep = errors.New("deep")

// caught panics n calls down, past deferred calls in each frame, and reports how many ran.
func caught(n int) (ran int, err any) {
	defer func() { err = recover() }()
	var fall func(int)
	fall = func(k int) {
		for range 2 {
			defer func() { ran++ }()
		}
		if k == 0 {
			panic(errDeep)
		}
		fall(k - 1)
	}
	fall(n)
	return
}

func outside(list []int, i int) (err any) {
	defer func() { err = recover() }()
	return list[i]
}

type text struct{ s *string }

func (t text) Twice(other *string) string {
	runtime.GC()
	return strings.Repeat(*t.s, 2) + *other
}

func word(s string) *string {
	b := []byte(s)
	t := string(b)
	return &t
}

func main() {
	fmt.Println("deep", sum(deep(3000)))

	fmt.Println(caught(50))
	fmt.Println(outside([]int{1, 2}, 2))

	// The runtime knows the functions through which these two calls go by their names.
	method := reflect.ValueOf(text{word("ab")}).Method(0).Interface().(func(*string) string)
	fmt.Println("method", method(word("c")))
	made := reflect.MakeFunc(reflect.TypeFor[func(*string, *node) *string](), func(args []reflect.Value) []reflect.Value {
		runtime.GC()
		s := *args[0].Interface().(*string) + fmt.Sprint(sum(args[1].Interface().(*node)))
		return []reflect.Value{reflect.ValueOf(&s)}
	}).Interface().(func(*string, *node) *string)
	fmt.Println("made", *made(word("sum "), deep(10)))

	var wait sync.WaitGroup
	totals := make([]int, 20)
	for i := range totals {
		wait.Go(func() {
			for range 5 {
				runtime.Gosched()
				totals[i] += sum(deep(200 + i))
			}
		})
	}
	wait.Wait()
	fmt.Println("together", totals)

	stack := make([]byte, 1<<16)
	stack = stack[:runtime.Stack(stack, true)]
	fmt.Println("names", strings.Contains(string(stack), "main.main"))
}
