package main

import (
	"io"

	"mingbai/policies/source"
)

func report(f *source.Folder, o options, out io.Writer) error  { return nil }
func changes(f *source.Folder, o options, out io.Writer) error { return nil }
