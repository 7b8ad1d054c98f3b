package cases_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"mingbai/engine"
)

// TestEveryRegionHasCases: at least three by hand that settle, among them a stay for each
// scheme that pays stays and an outpatient visit where outpatient care is paid.
func TestEveryRegionHasCases(t *testing.T) {
	stays := []string{"inpatient", "day_surgery", "observation"}
	visits := []string{"outpatient", "emergency"}
	everyRegion(t, func(t *testing.T, p *engine.Policy) {
		text, err := os.ReadFile(p.Region.Code + ".txtar")
		if err != nil {
			t.Fatal(err)
		}
		ar := txtar.Parse(text)
		want := map[string]string{}
		for _, f := range ar.Files {
			want[f.Name] = string(f.Data)
		}
		settled := 0
		seen := map[string]bool{}
		for _, f := range ar.Files {
			name, is := strings.CutSuffix(f.Name, ".json")
			if !is || strings.HasPrefix(want[name+".want"], "error") {
				continue
			}
			var r struct {
				Region string
				Person struct{ Scheme string }
				Visit  struct{ Kind string }
			}
			if err := json.Unmarshal(f.Data, &r); err != nil {
				t.Fatal(err)
			}
			if r.Region != p.Region.Code {
				t.Errorf("%s is of region %s", f.Name, r.Region)
			}
			settled++
			seen[r.Person.Scheme+" "+r.Visit.Kind] = true
		}
		if settled < 3 {
			t.Errorf("%d cases settle, want three at least", settled)
		}
		any := func(scheme string, kinds []string) bool {
			for _, k := range kinds {
				if seen[scheme+" "+k] {
					return true
				}
			}
			return false
		}
		outpatient := false
		for i := range p.Schemes {
			s := &p.Schemes[i]
			for j := range s.Layers {
				switch s.Layers[j].ID {
				case "inpatient":
					if !any(s.ID, stays) {
						t.Errorf("no stay of the scheme %s", s.ID)
					}
				case "outpatient":
					outpatient = true
				}
			}
		}
		if outpatient && !any("employee", visits) && !any("resident", visits) {
			t.Error("no outpatient visit")
		}
	})
}
