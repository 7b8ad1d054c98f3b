package engine_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"

	"mingbai/engine"
)

// TestNothingCarriesOver: the memory that settlements take over from those before them
// holds nothing of these: any order, side by side, given back or kept, the same arguments
// come to the same, and leave the arguments and the settlements that are kept as they were.
func TestNothingCarriesOver(t *testing.T) {
	g := rand.New(rand.NewPCG(20261127, 4))
	type job struct {
		p    *engine.Policy
		c    *engine.Claim
		want string
		err  error
	}
	jobs := make([]job, 160)
	for i := range jobs {
		p := generate(g).policy()
		if i%4 == 0 {
			unsettled(g, p, 2)
		}
		c := claim([]string{"active", "retired"}[i%2], int32(1+i%3), engine.Fen(g.Int64N(300_000_00)))
		c.Figures = i%5 == 0
		c.Year = engine.Year{{Key: "inpatient", Paid: engine.Exactly(engine.Fen(g.Int64N(50_000_00)))}}
		switch i % 8 {
		case 3:
			c.Bill.PaidFirst = engine.Amount{Hi: 100_00}
		case 5: // one that is refused halfway
			c.Given = []engine.Given{{Name: "hifp_pay", Amount: engine.MaxFen}}
		case 6:
			c.Accounts = []engine.Wallet{{Balance: engine.Exactly(500_00)}, {Family: true, Balance: engine.Exactly(100_00)}}
		case 7:
			c.Bill.Total = engine.Amount{}
			c.Bill.Lines = []engine.Line{{Class: "a", Amount: "1234.5678"}, {Class: "c", Amount: "10"}}
		}
		jobs[i] = job{p: p, c: c}
		s, err := engine.Settle(p, c)
		jobs[i].want, jobs[i].err = said(s), err
	}
	var wait sync.WaitGroup
	for worker := range 8 {
		g := rand.New(rand.NewPCG(20261127, uint64(worker)))
		wait.Go(func() {
			for range 2 {
				for _, i := range g.Perm(len(jobs)) {
					j := &jobs[i]
					c := *j.c
					got, err := engine.Settle(j.p, &c)
					if !reflect.DeepEqual(err, j.err) || said(got) != j.want {
						t.Errorf("claim %d: %+v, %v; the first time %+v, %v", i, said(got), err, j.want, j.err)
						return
					}
					if !reflect.DeepEqual(&c, j.c) {
						t.Errorf("claim %d: the claim was changed", i)
					}
					if got != nil && g.IntN(2) == 0 {
						engine.Reuse(got)
					}
				}
			}
		})
	}
	wait.Wait()
}

// said is all that a settlement says.
func said(s *engine.Settlement) string {
	if s == nil {
		return ""
	}
	x := *s
	x.Range = nil
	return fmt.Sprintf("%+v %+v %v", x, *s.Bounds(), s.Range == nil)
}
