// Command build makes the static site, serves it, prints a settled sample case and
// weighs what visitors have to download.
//
//	go run ./site/build site     build site/dist
//	go run ./site/build serve    serve site/dist on PORT
//	go run ./site/build sample   settle one case and print it
//	go run ./site/build size     weigh, and fail above the budgets
//
// It needs nothing but Go: bundling, compression, pages and icons are done in here, so
// that anybody can rebuild the published bytes and compare them.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	commands := map[string]func(root string) error{
		"site":   buildSite,
		"serve":  serveSite,
		"sample": func(string) error { return printSample(os.Stdout) },
		"size":   weigh,
	}
	run := commands[strings.Join(os.Args[1:], " ")]
	if run == nil {
		fmt.Fprintln(os.Stderr, "usage: go run ./site/build site | serve | sample | size")
		os.Exit(2)
	}
	root, err := findRoot()
	if err == nil {
		err = run(root)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

// findRoot walks up to the folder of this project's go.mod, so that the command works
// from any folder inside it.
func findRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.HasPrefix(string(mod), "module mingbai\n") {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("run this inside the project: no go.mod of module mingbai found here or above")
		}
		dir = parent
	}
}
