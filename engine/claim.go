package engine

// Place is where money stands during a settlement: a bucket of the bill, a payer, or
// one of the person's own means.
type Place uint8

// The buckets of a bill.
const (
	Bill       Place = iota // the whole bill, before it is classified
	SelfFunded              // 全自费
	OverLimit               // 超限价
	PaidFirst               // 先行自付
	InScope                 // 符合政策范围
	Separate                // in scope, but outside deductible and segments (单行支付)
	Deducted                // 起付线以下
	Copay                   // the person's share inside the bands
	AboveCap                // 超封顶线
)

// The payers, named by the national settlement fields, and the person's own means.
const (
	Hifp       = AboveCap + 1 + iota // hifp_pay: basic pooled fund
	Hifob                            // hifob_pay: employee large-amount aid
	Hifmi                            // hifmi_pay: resident critical-illness insurance
	Cvlserv                          // cvlserv_pay: civil-servant aid
	Hifes                            // hifes_pay: enterprise supplement
	Maf                              // maf_pay: medical assistance
	Oth                              // oth_pay: other
	HospPart                         // hosp_part_amt: borne by the hospital
	Acct                             // acct_pay: own personal account
	AcctMulaid                       // acct_mulaid_pay: relatives' shared accounts
	Cash                             // psn_cash_pay
	numPlaces
)

var placeNames = [numPlaces]string{"bill", "self_funded", "over_limit", "paid_first", "in_scope", "separate",
	"deductible", "copay", "above_cap", "hifp_pay", "hifob_pay", "hifmi_pay", "cvlserv_pay", "hifes_pay",
	"maf_pay", "oth_pay", "hosp_part_amt", "acct_pay", "acct_mulaid_pay", "psn_cash_pay"}

// String is the place's code at the boundary.
func (p Place) String() string { return placeNames[p] }

// IsFund reports whether the place counts into fund_pay_sumamt.
func (p Place) IsFund() bool { return p >= Hifp && p <= Oth }

// PlaceByName finds a place by its code.
func PlaceByName(name string) (Place, bool) {
	for i, n := range placeNames {
		if n == name {
			return Place(i), true
		}
	}
	return 0, false
}

// Amount is an input amount: known where Lo equals Hi, else anything between.
type Amount struct{ Lo, Hi Fen }

// Exactly is a known amount.
func Exactly(f Fen) Amount { return Amount{f, f} }

// Claim is one encounter to be settled.
type Claim struct {
	Scheme string
	Date   Date // of discharge or of the visit
	Facts  Facts
	// Enrolled is the day on which a person paid who has to wait; 0: not said.
	Enrolled Date
	Bill     Invoice
	Year     Year
	// Accounts in the order in which they pay: the person's own first, then relatives'.
	Accounts []Wallet
	// Given are payments that the receipt already shows, by payer or layer id.
	Given []Given
	// Plans are further payers that the person describes by a few figures.
	Plans []Plan
	// Overrides replace single figures by rule id ("….table[1].value").
	Overrides []Override
	// AcceptDraft lets draft benefits settle.
	AcceptDraft bool
	// Figures asks for the figures alone: no Steps, Ahead, Notes and Unknowns, and Layers
	// without their bands.
	Figures bool
	// Worlds bounds the combinations of unknowns for who settles a claim hundreds of times:
	// Range then only says that something is unknown. 0 is MaxWorlds, and true bounds.
	Worlds int
	// Coarse asks for bounds that hold at less cost, for who settles hundreds of claims whose
	// amounts are open.
	Coarse bool
}

// Invoice is the bill in one of the three degrees in which people know it: by its sums
// (Lines empty), or by lines (a class total is a line too).
type Invoice struct {
	Total, SelfFunded, OverLimit, PaidFirst, Separate Amount
	Lines                                             []Line
}

// Line is an item of the bill or the total of a class.
type Line struct {
	Class, Kind string // Kind may be empty: other
	Amount      string // up to four decimals
	LimitAmount string // price limit of the line; empty: by the policy
	PaidFirst   string // share borne first; empty: by the policy
	NotCovered  bool   // listed, but its restriction (限定支付) does not fit this patient
	Separate    bool   // settled outside deductible and segments (单行支付)
}

// Wallet is a personal account or a relative's shared limit.
type Wallet struct {
	Family  bool
	Balance Amount
}

// Given is a payment already known.
type Given struct {
	Name   string // payer field or layer id
	Amount Fen
}

// Plan is a city's supplementary insurance (惠民保) or another cover, described by its
// few figures: Share of what is left of Enters above Deductible, at most Cap.
type Plan struct {
	ID         string
	Enters     []Place
	Deductible Fen
	Share      Rate
	Cap        Fen // 0: none
}

// Override replaces one figure for this settlement.
type Override struct{ Rule, Value string }

// Year is what has been used up before a claim, one counter a layer. Keys other than a
// layer's id count a narrower span: "chronic/dialysis@2026-05".
// A Year is a value: Settle returns a new one and leaves its argument alone.
type Year []Counter

// Counter is what one layer has seen so far.
type Counter struct {
	Key     string
	Entered Amount // amounts that entered, deductible included
	Deduct  Amount // taken by the deductible
	Paid    Amount
	Spell   Amount // deductible of the spell that the last visit belonged to

	booked bool
}

// Settlement is the answer. Amounts are exact and satisfy the national identities.
type Settlement struct {
	// Totals holds every place's amount: what the bill was split into for the first
	// four buckets, what stayed with the person for Deducted, Copay and AboveCap, what
	// was paid for payers and means. Bill is the total.
	Totals   [numPlaces]Fen
	SelfPay  Fen // 个人自付
	SelfFund Fen // 个人自费
	Direct   Fen // to pay at the counter when settled directly
	Refund   Fen // what comes back when paid in full first and reimbursed by hand
	// Deduct is what the deductibles of the basic layers took (act_pay_dedc).
	Deduct   Fen
	Layers   []LayerResult
	Steps    []Step
	Ahead    []Ahead
	Notes    []Note
	Grade    byte // lowest among the figures used; 0 if none was
	Year     Year
	Unknowns []Doubt
	Range    *Range // nil when everything needed was known
	// Regime tells apart the straight stretches of a settlement as a function of one
	// amount: equal numbers, equal rules.
	Regime uint64
}

// Range bounds what a settlement could be, whatever the unknowns are.
type Range struct {
	Lo, Hi             [numPlaces]Fen
	SelfPay, SelfFund  [2]Fen
	FundSum, PersonSum [2]Fen
	Direct, Refund     [2]Fen
	Deduct             [2]Fen
}

// LayerResult is what one layer did.
type LayerResult struct {
	Layer                   *Layer
	Entered, Deductible     Fen
	Bands                   []BandResult
	CapCut, Paid, SplitPaid Fen
}

// BandResult is one segment of a layer: From and To are positions on the ladder (To 0:
// open), Base what fell into it, Share the share after adjustments, Paid its payment.
type BandResult struct {
	From, To, Base, Paid Fen
	Share                Rate
}

// StepKind says what a step does.
type StepKind uint8

// The kinds of steps.
const (
	StepClassify StepKind = iota
	StepDeductible
	StepShare
	StepCap
	StepQuota
	StepGuarantee
	StepCopay
	StepGiven
	StepAccount
	StepAccountFirst
	StepCash
)

var stepNames = [...]string{"classify", "deductible", "share", "cap", "quota", "guarantee", "copay", "given", "account", "account_first", "cash"}

func (k StepKind) String() string { return stepNames[k] }

// Step moves Amount from one place to another.
type Step struct {
	Rule     string // id of the row, or of the part of the layer that needs no figure
	Kind     StepKind
	Layer    string
	From, To Place
	Base     Fen  // what the rule looked at
	Share    Rate // after adjustments, where HasShare
	HasShare bool
	Amount   Fen
	Row      *Row // the figure, where one was used
	Adjusted []Adjusted
}

// Adjusted is an adjustment that a step's share went through.
type Adjusted struct {
	Row   *Row
	Op    Op
	Value Rate
	Share Rate // after it
}

var opNames = [...]string{"plus", "times", "own_share_times", "per_year_of_age", "at_least", "at_most", "replace", "per_admission"}

// String is the adjustment's name in policy files and steps.
func (o Op) String() string { return opNames[o] }

// OpByName finds an adjustment by its name.
func OpByName(name string) (Op, bool) {
	for i, n := range opNames {
		if n == name {
			return Op(i), true
		}
	}
	return 0, false
}

// Ahead is a threshold that the year has not reached yet.
type Ahead struct {
	Code   string // deductible, cap, band, band_paid (payments are left until there), critical, next_deductible
	Rule   string
	Layer  string
	Amount Fen // what is left until there; for next_deductible the deductible itself
}

// Note is an assumption made or a limit of the data, as a code.
type Note struct {
	Code  string // assumed, not_known, excluded, draft, long_stay, waiting, waiting_over, no_account_rule, account_first …
	Field string // assumed: the request's field
	Value string // assumed: the value; not_known and draft: the key; excluded: the reason
	Row   *Row   // the row behind it, where there is one
	Wait  *Wait  // waiting, waiting_over
}

// Wait is a waiting period worked out for a person.
type Wait struct {
	Months int32
	Until  Date // its last day; 0 where the day of enrolling or the length is not known
	// RepairYears is how many missed years more the person may pay for, and RepairMonths
	// and RepairUntil what the wait then is; 0 where paying changes nothing.
	RepairYears, RepairMonths int32
	RepairUntil               Date
	Known                     bool // the length is known
	Rows                      []*Row
}

// Doubt is something unknown that mattered, and by how much: the largest difference it
// makes to what the person pays.
type Doubt struct {
	Rule    string // a figure, or
	Field   string // an input
	Matters Fen
}
