package engine

import (
	"regexp"
	"testing"

	"github.com/shopspring/decimal"
)

var forms = []struct {
	pattern *regexp.Regexp
	places  int32
	read    func(s string) (decimal.Decimal, error)
}{
	{regexp.MustCompile(`^\d{1,9}(\.\d{1,2})?$`), 2, func(s string) (decimal.Decimal, error) {
		f, err := ParseFen("", s)
		return decimal.New(int64(f), -2), err
	}},
	{regexp.MustCompile(`^\d{1,9}(\.\d{1,4})?$`), 4, func(s string) (decimal.Decimal, error) {
		n, err := parseLine("", s)
		return decimal.NewFromUint64(n.hi).Mul(decimal.NewFromUint64(1 << 32)).Mul(decimal.NewFromUint64(1 << 32)).Add(decimal.NewFromUint64(n.lo)).Shift(-18), err
	}},
	{regexp.MustCompile(`^\d(\.\d{1,6})?$`), 6, func(s string) (decimal.Decimal, error) {
		r, err := ParseRate("", s)
		return decimal.New(int64(r), -12), err
	}},
	{regexp.MustCompile(`^-?(\d{1,7})(\.\d{1,6})?$`), 6, func(s string) (decimal.Decimal, error) {
		f, err := parseFigure("", s, ofPoints)
		return f.Rate.Decimal(), err
	}},
}

// FuzzNumbers holds the reading of numbers to decimal, and what is admitted to a pattern.
func FuzzNumbers(f *testing.F) {
	for _, s := range []string{"0", "1234.56", "999999999.99", "1000000000", "1.", ".5", "-1", "-1.5", "1.234", "1.2345", "0.123456", "00.10", "1e3", "", "-", "12,3", "１"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for i, form := range forms {
			got, err := form.read(s)
			if ok := form.pattern.MatchString(s); ok != (err == nil) {
				e, is := err.(*InputError)
				if i == 3 && is && e.Code == TooLarge {
					continue // more than a whole
				}
				t.Fatalf("form %d of %q: %v", i, s, err)
			}
			if err != nil {
				continue
			}
			if want := decimal.RequireFromString(s); !got.Equal(want) {
				t.Fatalf("form %d of %q: %v", i, s, got)
			}
		}
	})
}
