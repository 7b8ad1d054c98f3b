package main

// The parts of the engine's answers that the build reads. See the contract in wasm.

type answer struct {
	OK         bool        `json:"ok"`
	Error      *problem    `json:"error"`
	Settlement *settlement `json:"settlement"`
	Policy     policyInfo  `json:"policy"`
	Regions    []region    `json:"regions"`
	Used       []string    `json:"used"`
}

type problem struct {
	Code  string `json:"code"`
	Field string `json:"field"`
	Limit any    `json:"limit"`
}

type name struct {
	Zh string `json:"zh"`
	En string `json:"en"`
}

func (n name) in(lang string) string {
	if lang == "en" && n.En != "" {
		return n.En
	}
	return n.Zh
}

type region struct {
	Code     string `json:"code"`
	Name     name   `json:"name"`
	Pinyin   string `json:"pinyin"`
	Initials string `json:"initials"`
	Province name   `json:"province"`
}

// policyInfo is the policy beside a settlement, or a whole region's rules. The region is
// its code there and an object here.
type policyInfo struct {
	Region  any                `json:"region"`
	Codes   map[string][]coded `json:"codes"`
	Version string             `json:"version"`
	Sources map[string]source  `json:"sources"`
}

type coded struct {
	Code string `json:"code"`
	Name name   `json:"name"`
}

type source struct {
	Title  string `json:"title"`
	Number string `json:"number"`
	Issuer string `json:"issuer"`
	URL    string `json:"url"`
}

// settlement keeps the amounts by their national names, as in the answer itself.
type settlement struct {
	amounts map[string]string
	Counter struct {
		Direct string `json:"direct"`
		Manual string `json:"manual"`
		Refund string `json:"refund"`
	} `json:"counter"`
	Range map[string]struct {
		From string `json:"from"`
		To   string `json:"to"`
	} `json:"range"`
	Unknowns []doubt `json:"unknowns"`
	Layers   []layer `json:"layers"`
	Steps    []step  `json:"steps"`
	Ahead    []struct {
		Code      string `json:"code"`
		Layer     string `json:"layer"`
		Remaining string `json:"remaining"`
		Amount    string `json:"amount"`
	} `json:"ahead"`
	Notes []note `json:"notes"`
	Grade string `json:"grade"`
}

type doubt struct {
	Rule    string `json:"rule"`
	Field   string `json:"field"`
	Matters string `json:"matters"`
}

type layer struct {
	ID    string `json:"id"`
	Payer string `json:"payer"`
	Name  name   `json:"name"`
}

type step struct {
	Rule    string `json:"rule"`
	Kind    string `json:"kind"`
	Layer   string `json:"layer"`
	From    string `json:"from"`
	To      string `json:"to"`
	Base    string `json:"base"`
	Share   string `json:"share"`
	Amount  string `json:"amount"`
	Because []struct {
		Cond string `json:"cond"`
		Is   any    `json:"is"`
	} `json:"because"`
	Adjusted []struct {
		Rule   string `json:"rule"`
		Op     string `json:"op"`
		Value  string `json:"value"`
		Share  string `json:"share"`
		Amount string `json:"amount"`
	} `json:"adjusted"`
	Sources []string `json:"sources"`
	Grade   string   `json:"grade"`
	Valid   struct {
		From  string `json:"from"`
		Until string `json:"until"`
		AsOf  string `json:"asof"`
	} `json:"valid"`
	Overridden bool `json:"overridden"`
}

type note struct {
	Code   string `json:"code"`
	Field  string `json:"field"`
	Value  string `json:"value"`
	Key    string `json:"key"`
	Reason string `json:"reason"`
	Months string `json:"months"`
	Until  string `json:"until"`
}
