package wasm

import (
	std "encoding/json"
	"math/rand/v2"
	"strconv"
	"testing"

	"mingbai/engine"
	"mingbai/policies"
)

// random makes requests that some region's rules are asked to settle.
type random struct {
	*rand.Rand
	t       testing.TB
	regions []string
}

func newRandom(t testing.TB, seed uint64) *random {
	r := &random{Rand: rand.New(rand.NewPCG(20261123, seed)), t: t}
	for _, e := range policies.Index() {
		r.regions = append(r.regions, e.Code)
	}
	return r
}

func pick[T any](r *random, list []T) T { return list[r.IntN(len(list))] }

func (r *random) fen(most int64) string { return engine.Fen(r.Int64N(most * 100)).String() }

// code picks one of the codes that a policy knows in a dimension for a kind of visit.
func (r *random) code(p *engine.Policy, d engine.Dim, kind string, allowed uint64) string {
	var may []string
	for i, k := range p.Codes[d] {
		if allowed&(1<<i) != 0 && (k.Kinds == 0 || k.Kinds&(1<<p.Code(engine.DimKind, kind)) != 0) {
			may = append(may, k.Code)
		}
	}
	if len(may) == 0 {
		return ""
	}
	return pick(r, may)
}

// facts are a person and a visit of a random kind; what most rules ask for is said.
func (r *random) facts(region string, kinds ...string) (person, visit obj) {
	p := ofRegion(region)
	s := &p.Schemes[r.IntN(len(p.Schemes))]
	kind := pick(r, kinds)
	person = obj{"scheme": s.ID, "status": r.code(p, engine.DimStatus, kind, s.Statuses), "age": 1 + r.IntN(95), "months_enrolled": r.IntN(200)}
	visit = obj{"kind": kind, "level": r.code(p, engine.DimLevel, kind, ^uint64(0)), "days": 1 + r.IntN(30)}
	// Not a map: in another order the same seed would make other claims.
	for _, d := range []engine.Dim{engine.DimTier, engine.DimAssistance} {
		if k := r.code(p, d, kind, ^uint64(0)); k != "" {
			person[d.String()] = k
		}
	}
	if k := r.code(p, engine.DimDisease, kind, ^uint64(0)); k != "" {
		visit["disease"] = k
	}
	if r.IntN(4) == 0 {
		visit["place"] = pick(r, []string{"in_province", "out_of_province"})
		visit["filing"] = pick(r, []string{"long_term", "referral", "emergency", "temporary", "unfiled"})
	}
	return person, visit
}

func (r *random) bill() obj {
	total := int64(1 + r.IntN([]int{3_000, 40_000, 400_000}[r.IntN(3)]))
	b := obj{"total": engine.Fen(total * 100).String()}
	for _, part := range []string{"self_funded", "over_limit", "paid_first"} {
		if r.IntN(3) == 0 {
			b[part] = r.fen(total/4 + 1)
		}
	}
	return b
}

var allKinds = []string{"inpatient", "inpatient", "outpatient", "outpatient", "chronic", "emergency", "special_drug", "day_surgery", "delivery"}

// claim is a request that settles, without anything unknown if known is set.
func (r *random) claim(known bool, kinds ...string) obj {
	if len(kinds) == 0 {
		kinds = allKinds
	}
	for {
		region := pick(r, r.regions)
		o := obj{"v": 1, "op": "settle", "region": region, "date": r.day(), "accept": []any{"draft"}, "bill": r.bill()}
		o["person"], o["visit"] = r.facts(region, kinds...)
		if r.IntN(2) == 0 {
			o["accounts"] = []any{obj{"owner": "self", "balance": r.fen(4000)}, obj{"owner": "family", "limit": r.fen(900)}}
		}
		if o["visit"].(obj)["kind"] == "inpatient" {
			o["visit"].(obj)["admission"] = 1 + r.IntN(3)
		}
		if got := answerTo(r.t, text(o)); got["ok"] == true && !(known && got["settlement"].(obj)["range"] != nil) {
			return o
		}
	}
}

func (r *random) day() string {
	return "2026-" + two(1+r.IntN(11)) + "-" + two(1+r.IntN(28))
}

func two(n int) string { return strconv.Itoa(100 + n)[1:] }

func text(o any) string {
	b, err := std.Marshal(o)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// with is a copy of a request with members merged into it.
func with(o obj, changes obj) obj {
	c := parsed(text(o))
	merge(c, parsed(text(changes)))
	return c
}
