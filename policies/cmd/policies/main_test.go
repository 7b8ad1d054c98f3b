package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mingbai/policies"
	"mingbai/policies/coverage"
)

// dir makes a policies folder of the sample region; edit changes its text.
func dir(t *testing.T, edit func(string) string) string {
	t.Helper()
	d := t.TempDir()
	copyTo := func(from, to string, edit func(string) string) {
		text, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if edit != nil {
			text = []byte(edit(string(text)))
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(d, to)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(d, to), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	copyTo("../../source/testdata/national.yaml", "national.yaml", nil)
	copyTo("../../source/testdata/999901-quan.yaml", "regions/999901-quanyang.yaml", edit)
	return d
}

func lines(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := run(args, &out)
	return out.String(), err
}

func TestCheck(t *testing.T) {
	out, err := lines(t, "check", "-dir", dir(t, nil), "-today", "2026-11-22")
	if err != nil {
		t.Fatal(err, out)
	}
	for _, want := range []string{"999901  全样市", "1 regions, 0 mistakes, 0 doubts, 0 figures past their end"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in\n%s", want, out)
		}
	}
	out, err = lines(t, "-today", "2030-03-01", "check", "-dir", dir(t, nil))
	if err != nil || !strings.Contains(out, "999901 全样市: employee.delivery is past its end, with nothing after it") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestCheckFailsOnMistakes(t *testing.T) {
	d := dir(t, func(s string) string { return strings.Replace(s, "grade: A", "grade: Z", 1) })
	out, err := lines(t, "check", "-dir", d)
	if err == nil || !strings.Contains(out, `grade cannot be "Z"`) {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err = lines(t, "compile", "-dir", d); err == nil {
		t.Errorf("compiled all the same\n%s", out)
	}
	if _, err := os.Stat(filepath.Join(d, "regions.bin")); err == nil {
		t.Error("a file was written")
	}
}

func TestFileNameAndCodeAgree(t *testing.T) {
	d := dir(t, nil)
	if err := os.Rename(filepath.Join(d, "regions/999901-quanyang.yaml"), filepath.Join(d, "regions/999900-quanyang.yaml")); err != nil {
		t.Fatal(err)
	}
	out, err := lines(t, "check", "-dir", d)
	if err == nil || !strings.Contains(out, "call it regions/999901-quanyang.yaml") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestCompile(t *testing.T) {
	d := dir(t, nil)
	if out, err := lines(t, "compile", "-dir", d); err != nil {
		t.Fatal(err, out)
	}
	bin, err := os.ReadFile(filepath.Join(d, "regions.bin"))
	if err != nil {
		t.Fatal(err)
	}
	set, err := policies.Open(string(bin))
	if err != nil || len(set.Index) != 1 || set.Index[0].Code != "999901" {
		t.Errorf("%v %+v", err, set)
	}
}

func TestReport(t *testing.T) {
	out, err := lines(t, "report", "-dir", dir(t, nil), "-today", "2026-11-22")
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(out, "\n")
	head, first := "", ""
	for i, r := range rows {
		if strings.HasPrefix(r, "region ") {
			head, first = r, rows[i+1]
		}
	}
	// Chinese heads take two columns: the cell of inpatient care stands under its head.
	at := column(head, "住院")
	if got := strings.Fields(cut(first, at))[0]; got != "C~" {
		t.Errorf("under 住院 stands %q\n%s\n%s", got, head, first)
	}
	out, err = lines(t, "report", "-json", "-dir", dir(t, nil))
	var list []coverage.Region
	if err != nil || json.Unmarshal([]byte(out), &list) != nil || len(list) != 1 || list[0].Schemes[0].Benefits[2].Status != "partial" {
		t.Errorf("%v\n%s", err, out)
	}
}

// column is the display column at which a word begins; each Chinese character before it
// counts twice.
func column(line, word string) int {
	n := 0
	for _, r := range line[:strings.Index(line, word)] {
		if n++; r > 0x2E80 {
			n++
		}
	}
	return n
}

// cut drops that many display columns.
func cut(line string, columns int) string {
	for i, r := range line {
		if columns <= 0 {
			return line[i:]
		}
		if columns--; r > 0x2E80 {
			columns--
		}
	}
	return ""
}

func TestChanges(t *testing.T) {
	out, err := lines(t, "changes", "-dir", dir(t, nil), "-since", "2026-01-01")
	if err != nil || !strings.Contains(out, "employee.large_amount.cap.table[1]") || strings.Count(out, "\n") != 4 {
		t.Errorf("%v\n%s", err, out)
	}
	out, err = lines(t, "changes", "-dir", dir(t, nil), "-region", "110000")
	if err != nil || strings.Count(out, "\n") != 1 {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestWrongCommands(t *testing.T) {
	for _, args := range [][]string{{}, {"chek"}, {"check", "report"}, {"check", "-today", "heute"}, {"check", "-nonsense"}, {"check", "-dir", t.TempDir()}} {
		if out, err := lines(t, args...); err == nil {
			t.Errorf("%v: %s", args, out)
		}
	}
}
