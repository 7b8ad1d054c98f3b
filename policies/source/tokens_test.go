package source

import (
	"os"
	"reflect"
	"regexp"
	"testing"
)

// No word of a file goes unread: replacing any by another thing is refused or gives
// another policy.
func TestEveryWordMatters(t *testing.T) {
	t.Parallel()
	nat, err := os.ReadFile("testdata/national.yaml")
	if err != nil {
		t.Fatal(err)
	}
	national, _, err := LoadNational("national.yaml", nat)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("testdata/999901-quan.yaml")
	if err != nil {
		t.Fatal(err)
	}
	whole, err := Load("f.yaml", text, national)
	if err != nil {
		t.Fatal(err)
	}
	junk := []string{"xyz", "[]", "{}", "~", "-1", "2024-01-01", `"7"`}
	words := regexp.MustCompile(`[^\s,{}\[\]:]+`).FindAllIndex(text, -1)
	refused, other := 0, 0
	for i, w := range words {
		if text[w[0]] == '#' || lineIsComment(text, w[0]) {
			continue
		}
		j := junk[i%len(junk)]
		switch word := string(text[w[0]:w[1]]); {
		case dayShaped(word):
			j = "2022-12-13"
		case isDigits(word):
			j = "123"
		case regexp.MustCompile(`^0\.\d+$`).MatchString(word):
			j = "0.123"
		}
		r, err := Load("f.yaml", []byte(string(text[:w[0]])+j+string(text[w[1]:])), national)
		switch {
		case err != nil:
			refused++
		case reflect.DeepEqual(r.Policy, whole.Policy):
			t.Errorf("%s for %s makes no difference", j, around(text, w))
		default:
			other++
		}
	}
	if refused < 700 || other < 50 {
		t.Errorf("%d refused, %d otherwise", refused, other)
	}
}

func lineIsComment(text []byte, at int) bool {
	for at > 0 && text[at-1] != '\n' {
		at--
	}
	return text[at] == '#'
}

func around(text []byte, w []int) string {
	return string(text[max(0, w[0]-30):w[0]]) + "»" + string(text[w[0]:w[1]]) + "«" + string(text[w[1]:min(len(text), w[1]+20)])
}
