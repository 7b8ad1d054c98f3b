package engine

// Dim is one thing about a claim that a rule may ask for.
type Dim uint8

// Dimensions whose values are codes. A policy lists the codes it knows for each
// ([Policy.Codes]); the common ones stand in [StandardCodes].
const (
	DimStatus      Dim = iota // person.status: active, retired; adult, elder, student_child
	DimAssistance             // person.assistance: category for medical assistance
	DimTier                   // person.tier: contribution tier, where a region has tiers
	DimEnrolment              // person.enrolment: insured, waiting, arrears
	DimSupplements            // person.supplements: further covers the person has (several)
	DimKind                   // visit.kind: inpatient, outpatient, chronic …
	DimLevel                  // visit.level: level of the institution
	DimPlace                  // visit.place: local, in_province, out_of_province
	DimFiling                 // visit.filing: out-of-area filing (异地就医备案)
	DimReferral               // visit.referral: transfers and interim settlements
	DimDisease                // visit.disease: recognised disease, or way of delivery
	DimCause                  // visit.cause: illness, or a cause that the fund does not pay for
	DimHospital               // visit.hospital: general, tcm
	DimInstitution            // visit.institution: designated or not
	DimItemClass              // item.class: a, b, c
	DimItemKind               // item.kind: drug, exam, treatment, bed, consumable …
	numCodeDims
)

// Dimensions whose values are whole numbers.
const (
	DimAge            = numCodeDims + iota // person.age, completed years
	DimMonthsEnrolled                      // person.months_enrolled, continuous
	DimAdmission                           // visit.admission: ordinal of the admission in the year
	DimDays                                // visit.days: length of the stay
	DimMissedYears                         // person.missed_years: years without insurance before enrolling again
	DimRepairedYears                       // person.repaired_years: of them paid for afterwards
	DimMissedMonths                        // person.missed_months: length of the gap in an employee's contributions
	numDims
)

const numIntDims = int(numDims - numCodeDims)

// MaxInt is "and more" at the end of a whole-number condition.
const MaxInt int32 = 1<<31 - 1

var dims = [numDims]struct {
	field, name string
	def         string // taken when the claim does not say; empty: it must say
	codes       []string
}{
	DimStatus:         {"person.status", "status", "", []string{"active", "retired", "adult", "elder", "student_child"}},
	DimAssistance:     {"person.assistance", "assistance", "none", []string{"none", "destitute", "minimum_living", "low_income", "poverty_monitored", "impoverished_by_illness"}},
	DimTier:           {"person.tier", "tier", "", nil},
	DimEnrolment:      {"person.enrolment", "enrolment", "insured", []string{"insured", "waiting", "arrears"}},
	DimSupplements:    {"person.supplements", "supplements", "", []string{"civil_servant", "enterprise", "retiree", "city_plan"}},
	DimKind:           {"visit.kind", "kind", "", []string{"outpatient", "emergency", "chronic", "special_drug", "pharmacy", "internet", "inpatient", "day_surgery", "home_bed", "antenatal", "delivery", "observation", "two_diseases"}},
	DimLevel:          {"visit.level", "level", "", []string{"community", "primary", "secondary", "tertiary"}},
	DimPlace:          {"visit.place", "place", "local", []string{"local", "in_province", "out_of_province"}},
	DimFiling:         {"visit.filing", "filing", "none", []string{"none", "long_term", "referral", "emergency", "temporary", "unfiled"}},
	DimReferral:       {"visit.referral", "referral", "none", []string{"none", "up", "down", "same", "interim", "readmission"}},
	DimDisease:        {"visit.disease", "disease", "", nil},
	DimCause:          {"visit.cause", "cause", "illness", []string{"illness", "work_injury", "third_party", "public_health", "abroad", "cosmetic"}},
	DimHospital:       {"visit.hospital", "hospital", "general", []string{"general", "tcm"}},
	DimInstitution:    {"visit.institution", "institution", "designated", []string{"designated", "not_designated"}},
	DimItemClass:      {"bill.class", "class", "", []string{"a", "b", "c"}},
	DimItemKind:       {"bill.kind", "item_kind", "other", []string{"other", "drug", "exam", "treatment", "bed", "consumable", "service", "negotiated", "registration", "special_drug"}},
	DimAge:            {"person.age", "age", "", nil},
	DimMonthsEnrolled: {"person.months_enrolled", "months_enrolled", "", nil},
	DimAdmission:      {"visit.admission", "admission", "1", nil},
	DimDays:           {"visit.days", "days", "", nil},
	DimMissedYears:    {"person.missed_years", "missed_years", "0", nil},
	DimRepairedYears:  {"person.repaired_years", "repaired_years", "0", nil},
	DimMissedMonths:   {"person.missed_months", "missed_months", "", nil},
}

// Dims lists all dimensions in a fixed order.
func Dims() []Dim {
	out := make([]Dim, numDims)
	for i := range out {
		out[i] = Dim(i)
	}
	return out
}

// String is the dimension's name in policy files and steps.
func (d Dim) String() string { return dims[d].name }

// Field is the dimension's path in a request.
func (d Dim) Field() string { return dims[d].field }

// IsCode reports whether the values are codes rather than whole numbers.
func (d Dim) IsCode() bool { return d < numCodeDims }

// Default is the value taken when a claim does not say; empty where it must.
func (d Dim) Default() string { return dims[d].def }

// StandardCodes are the codes that every policy knows.
func StandardCodes(d Dim) []string { return dims[d].codes }

// DimByName finds a dimension by its name in policy files.
func DimByName(name string) (Dim, bool) {
	for i := range dims {
		if dims[i].name == name {
			return Dim(i), true
		}
	}
	return 0, false
}

// Facts are what a claim says about person and visit. The zero value says nothing.
type Facts struct {
	codes [numCodeDims][]string
	ints  [numIntDims]intFact
}

type intFact struct {
	given  bool
	lo, hi int32
}

// Set says which codes are possible: one where it is known, several where it is not.
// For DimSupplements all of them hold.
func (f *Facts) Set(d Dim, codes ...string) { f.codes[d] = codes }

// Get returns what Set said.
func (f *Facts) Get(d Dim) []string { return f.codes[d] }

// SetInt says a whole number; SetIntRange what it may be.
func (f *Facts) SetInt(d Dim, v int32) { f.SetIntRange(d, v, v) }

// SetIntRange says that the number lies between lo and hi, both possible.
func (f *Facts) SetIntRange(d Dim, lo, hi int32) {
	f.ints[d-numCodeDims] = intFact{true, lo, hi}
}

// GetInt returns what SetIntRange said, and whether it said anything.
func (f *Facts) GetInt(d Dim) (lo, hi int32, given bool) {
	i := f.ints[d-numCodeDims]
	return i.lo, i.hi, i.given
}
