// Command policies checks, compiles and reports on the policy files.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"mingbai/engine"
	"mingbai/policies/source"
)

const usage = `usage: policies [-dir policies] [-today 2026-01-31] command

  check      read every file, prove its tables complete, name what is doubtful (-quiet: mistakes only)
  compile    write regions.bin; with -skip leave out regions with mistakes
  report     regions × benefits: coverage, grades, dates, conflicts (-json as data, -region 110000 one)
  changes    the change log by region (-region 110000, -since 2026-01-01, -json)
`

func main() {
	out := bufio.NewWriter(os.Stdout)
	err := run(os.Args[1:], out)
	out.Flush()
	if err != nil {
		fmt.Fprintln(os.Stderr, "policies:", err)
		os.Exit(1)
	}
}

// options are what the flags say.
type options struct {
	dir, region string
	today       engine.Date
	since       engine.Date
	json, quiet bool
	skip        bool
}

func run(args []string, out io.Writer) error {
	var o options
	var today, since string
	set := flag.NewFlagSet("policies", flag.ContinueOnError)
	set.Usage = func() { fmt.Fprint(set.Output(), usage) }
	set.StringVar(&o.dir, "dir", "policies", "")
	set.StringVar(&today, "today", time.Now().Format(time.DateOnly), "")
	set.StringVar(&since, "since", "1990-01-01", "")
	set.StringVar(&o.region, "region", "", "")
	set.BoolVar(&o.json, "json", false, "")
	set.BoolVar(&o.quiet, "quiet", false, "")
	set.BoolVar(&o.skip, "skip", false, "")
	var command string
	for len(args) > 0 {
		if err := set.Parse(args); err != nil {
			return err
		}
		if args = set.Args(); len(args) > 0 {
			if command != "" {
				return fmt.Errorf("one command at a time, not %s and %s", command, args[0])
			}
			command, args = args[0], args[1:]
		}
	}
	var err error
	if o.today, err = engine.ParseDate("-today", today); err != nil {
		return err
	}
	if o.since, err = engine.ParseDate("-since", since); err != nil {
		return err
	}
	do, ok := map[string]func(*source.Folder, options, io.Writer) error{"check": check, "compile": compile, "report": report, "changes": changes}[command]
	if !ok {
		fmt.Fprint(os.Stderr, usage)
		return fmt.Errorf("no command %q", command)
	}
	folder, err := source.LoadFolder(os.DirFS(o.dir))
	if err != nil {
		return err
	}
	return do(folder, o, out)
}
