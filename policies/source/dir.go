package source

import (
	"errors"
	"io/fs"
	"sort"
	"strings"
)

// Folder is everything that policies are made of: national.yaml and regions/*.yaml.
type Folder struct {
	Regions  []*Region // those that hold, by code
	Files    []string  // parallel to Regions
	Errors   Errors
	Warnings Errors
}

// LoadFolder reads all policy files. The error is one of reading; mistakes in the files
// are in the Folder.
func LoadFolder(dir fs.FS) (*Folder, error) {
	out := &Folder{}
	fail := func(err error) {
		var list Errors
		if errors.As(err, &list) {
			out.Errors = append(out.Errors, list...)
		}
	}
	var national *National
	switch text, err := fs.ReadFile(dir, "national.yaml"); {
	case err == nil:
		n, doubts, err := LoadNational("national.yaml", text)
		national = n
		out.Warnings = append(out.Warnings, doubts...)
		fail(err)
		if n == nil {
			return out, nil // every region would repeat its mistakes
		}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	names, err := fs.Glob(dir, "regions/*.yaml")
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, errors.New("there are no region files (regions/*.yaml)")
	}
	sort.Strings(names)
	byCode := map[string]string{}
	for _, name := range names {
		text, err := fs.ReadFile(dir, name)
		if err != nil {
			return nil, err
		}
		r, err := Load(name, text, national)
		if err != nil {
			fail(err)
			continue
		}
		g := r.Policy.Region
		f := newFile(name, text)
		if want := "regions/" + g.Code + "-" + g.Pinyin + ".yaml"; !strings.HasPrefix(name, "regions/"+g.Code+"-") {
			out.Errors = append(out.Errors, f.errorAt(1, 1, "file_name", "region", "the file's name does not begin with the region's code", "call it "+want))
		}
		if twin, twice := byCode[g.Code]; twice {
			out.Errors = append(out.Errors, f.errorAt(1, 1, "duplicate_id", "region.code", "the region "+g.Code+" has a file already: "+twin, "keep one file"))
			continue
		}
		byCode[g.Code] = name
		out.Regions = append(out.Regions, r)
		out.Files = append(out.Files, name)
		out.Warnings = append(out.Warnings, r.Warnings...)
	}
	return out, nil
}
