package engine

import "github.com/shopspring/decimal"

// Policy is one region's rules. It is built by the loader or decoded from the compiled
// form and never changed afterwards, so that one Policy may serve many settlements.
type Policy struct {
	Region  Region
	Version string // day of the last change of the file
	From    Date   // the tables are complete from this day on
	Sources []Source
	// Codes are the codes known for each dimension, the standard ones first.
	// A condition refers to them by position; there are at most 64.
	Codes [numCodeDims][]Coded
	// Exclude says when the funds pay nothing at all, and why. No row: they pay.
	Exclude   []Exclusion
	Schemes   []Scheme
	Unknown   []Unknown
	Conflicts []Conflict
	Changes   []Change
	// YearStarts is the first day of the benefit year as mmdd; 101 is 1 January.
	YearStarts int
}

// Name is a text in Chinese and English.
type Name struct{ Zh, En string }

// Coded is a code with its names; standard codes have none, the site knows them.
type Coded struct {
	Code string
	Name Name
	// Kinds are the visits (positions in DimKind) for which the code can be given, such
	// as a disease of chronic outpatients; 0: all.
	Kinds uint64
}

// Region names the pooling area (统筹地区).
type Region struct {
	Code, Pinyin, Initials string
	Name, Province         Name
	Hotline                string
}

// Source is a document that figures rest on.
type Source struct {
	ID, Title, Number, Issuer string
	Published, Effective      string
	URL                       string
	Seen                      string // official_text, official_page, quoted, secondary, recalled
	Checked                   string
}

// Unknown is a figure that was looked for and not found.
type Unknown struct {
	Key, Looked string
	Note        Name
}

// Conflict keeps both values of a figure on which sources disagree.
type Conflict struct {
	Key, Chosen, Against string
	Sources, Other       []string
	Why                  Name
}

// Change is an entry of the region's change log.
type Change struct {
	Date, Key, Was, Is string
	Sources            []string
}

// Exclusion stops all funds when its conditions hold.
type Exclusion struct {
	Row
	Reason string
}

// Scheme is the rules of one scheme: employee or resident.
type Scheme struct {
	ID       string
	Statuses uint64 // which codes of DimStatus occur in this scheme
	Classify Classify
	Layers   []Layer
	Account  *Account
	Waiting  *Waiting
}

// Waiting (等待期) says how many months a person waits who enrolled late or again. Where
// the tables have no row, nothing is added or taken off.
type Waiting struct {
	Fixed           *Table // in any case
	PerMissedYear   *Table // more for each year without insurance
	PerRepairedYear *Table // less for each of these years paid for afterwards
	Floor           *Table // what paying for them leaves at least
}

// Classify splits a bill given by class or item. A bill given by its sums needs none
// of it.
type Classify struct {
	PaidFirst *Table   // share of a class-b amount that the person bears first
	Limit     *Table   // price limit by item kind, per day of the stay; more is over the limit
	Never     []Row    // never in scope, whatever the class
	Extra     []Adjust // share of the in-scope amount borne first, e.g. out of area (Op Plus)
}

// Account says which buckets the personal account may pay, by visit.
type Account struct{ Pays []AccountRow }

// AccountRow is one answer of Account.
type AccountRow struct {
	Row
	Buckets []Place
	First   bool // the own account pays of in_scope before any payer acts
}

// Layer is one payer's rule; see the package comment.
type Layer struct {
	ID    string
	Payer Place
	Draft bool // a draft benefit settles only for those who accept it
	Name  Name
	// From and Until are the life of the benefit, 0 is open; outside it there is no
	// such layer.
	From, Until Date
	// Applies are the claims that the layer sees; all conditions must hold.
	Applies []Cond
	// Enters are the buckets it looks at, in the order in which it pays from them.
	// A layer that enters in_scope or above_cap also sorts what it does not pay
	// into deductible, copay and above_cap; other buckets keep the rest.
	Enters     []Entry
	Deductible *Deductible
	Bands      *Bands
	Adjust     []Adjust
	Caps       []Cap
	Quota      *Table     // instead of bands: a fixed sum, at most what entered
	Guarantee  *Guarantee // the payment is at least a share of a base
	Ceiling    *Guarantee // the person keeps at most a share of a base
	Split      *Split
}

// Entry is a bucket that enters a layer, weighted (half of paid_first: 0.5).
type Entry struct {
	Bucket Place
	Weight Rate
}

// Per is the span over which a deductible or cap counts.
type Per uint8

// The spans.
const (
	PerClaim    Per = iota // every visit or admission anew
	PerYear                // the benefit year
	PerMonth               // the calendar month
	PerQuarter             // the calendar quarter
	PerLifetime            // never starts anew
)

// Span is a Per with the counters that it reads.
type Span struct {
	Per  Per
	By   []Dim    // one counter for each code of these dimensions, e.g. each disease
	With []string // layers whose counters are added; none: the layer's own
}

// Deductible (起付线) is taken off what enters before any share.
type Deductible struct {
	Span
	Table  *Table
	Adjust []Adjust
	// ShareOf makes the table's figure a share of this bucket (Bill: of the whole
	// bill), between Floor and Ceiling.
	ShareOf *Place
	Floor   *Table
	Ceiling *Table
	// LessSpell takes off what the same spell of illness has borne before, for the
	// referrals that Row.When name (a transfer up pays the difference).
	LessSpell []Cond
	// Limit bounds the sum of deductibles over a year.
	Limit *Limit
}

// Limit is a yearly bound on deductibles.
type Limit struct {
	With  []string
	Table *Table
}

// Bands are shares laid along the amount.
type Bands struct {
	FromZero bool // bounds count from zero, deductible included; else from the deductible
	Year     bool // laid along the year-to-date amount; else along the claim
	// PaidBy makes the bounds payments: those that these layers made in the year. Where
	// the layer itself is among them, its share changes as it pays. Otherwise it looks at
	// what the person keeps (copay), each part of it where the payment stood beside which
	// the person kept it.
	PaidBy []string
	Rows   *Table
}

// Op says how an adjustment changes a share (or a deductible).
type Op uint8

// The adjustments, applied in the order in which they stand.
const (
	Plus          Op = iota // add: points on a share, yuan on a deductible
	Times                   // multiply
	OwnShareTimes           // multiply the person's share: 1 − (1 − s) × f
	PerYearOfAge            // add for each year of age above Over
	AtLeast                 // not below
	AtMost                  // not above
	Replace                 // instead
	PerAdmission            // add for each admission of the year after Over
)

// Adjust changes the shares of a layer, or its deductible, when a row of its table matches.
type Adjust struct {
	Op    Op
	Over  int32 // PerYearOfAge, PerAdmission: where counting begins
	Table *Table
}

// Cap (封顶线) bounds a layer's payments, or the amount that may enter it.
type Cap struct {
	Span
	OfEntered bool
	Table     *Table
}

// Guarantee compares with a share of a sum of buckets: parts of the bill as they were
// classified, what earlier layers left over as it stood when the layer began.
type Guarantee struct {
	Of    []Place
	Table *Table
}

// Split gives part of one published share to a second payer: the layer's payer bears
// the table's share at most, Payer the rest.
type Split struct {
	Payer Place
	Table *Table
}

// Table holds the rows of one figure. For every claim and date exactly one row matches
// (for bands: one ladder), unless Gaps allows that none does.
type Table struct {
	Rows []Row
	Gaps bool // no row: the figure does not apply
}

// Row is one figure with what it rests on.
type Row struct {
	ID      string // "employee.inpatient.deductible.table[1]"
	When    []Cond
	Value   Figure
	To      Fen // bands: upper bound, 0 is open
	From    Date
	Until   Date // last day; 0 is open
	AsOf    string
	Sources []uint8 // positions in Policy.Sources
	Grade   byte    // 'A' to 'D'
	Note    Name
	// Of and ToOf say how the figure and the bound were worked out where they are
	// multiples of another figure.
	Of, ToOf *Multiple
	// Overridden marks a figure that the person replaced for this settlement.
	Overridden bool
}

// Multiple is the derivation of a figure: Times × Amount, the Base of Year, such as six
// times the average wage of 2024.
type Multiple struct {
	Times  decimal.Decimal
	Base   Name
	Year   int
	Amount decimal.Decimal
}

// Figure is a value of policy: an amount in yuan, a share, a factor.
type Figure struct {
	Rate    Rate
	None    bool // expressly none: no cap, no limit
	Unknown bool // nobody could find it; it lies between Lo and Hi where Bounded
	Bounded bool
	Open    bool // Bounded from below only: Hi is MaxFigure, and of a cap there may be none
	Lo, Hi  Rate
}

// NewFigure makes a known figure. Amounts go up to 9,000,000 yuan.
func NewFigure(v decimal.Decimal) Figure {
	return Figure{Rate: Rate(v.Shift(12).IntPart())}
}

// Cond holds when the claim's value is among the codes of Mask, or lies from Lo to Hi.
type Cond struct {
	Dim    Dim
	Mask   uint64
	Lo, Hi int32
}

// Scheme finds a scheme by its code.
func (p *Policy) Scheme(id string) *Scheme {
	for i := range p.Schemes {
		if p.Schemes[i].ID == id {
			return &p.Schemes[i]
		}
	}
	return nil
}

// Code finds the position of a code in a dimension, or -1.
func (p *Policy) Code(d Dim, code string) int {
	for i := range p.Codes[d] {
		if p.Codes[d][i].Code == code {
			return i
		}
	}
	return -1
}
