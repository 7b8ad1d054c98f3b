package engine

// Code says what is wrong with an input. Codes cross the boundary, sentences do not.
type Code string

// The codes an input may be refused with.
const (
	Required      Code = "required"      // the field is needed for this case
	NotAllowed    Code = "not_allowed"   // Limit lists what is
	Format        Code = "format"        // Limit names the form: amount, line, share, date, integer
	Negative      Code = "negative"      // Limit is the smallest value allowed
	TooLarge      Code = "too_large"     // Limit is the largest value allowed
	TooMany       Code = "too_many"      // Limit is the largest number allowed
	Contradiction Code = "contradiction" // amounts that cannot hold together; Limit is what Field may reach
	NoRules       Code = "no_rules"      // the policy has no rules at that date; Limit is its first date
	NotKnown      Code = "not_known"     // the benefit is not known in this region; Limit is its key
	Draft         Code = "draft"         // the benefit is a draft and was not accepted; Limit is its key
	UnknownRule   Code = "unknown_rule"  // an override names no figure of the policy
)

// InputError refuses an input: what is wrong, where, and what is allowed.
type InputError struct {
	Code  Code
	Field string // path in the request: "bill.self_funded", "visit.level"
	Limit string // what is allowed, in the form that Code says
}

func (e *InputError) Error() string {
	s := string(e.Code) + ": " + e.Field
	if e.Limit != "" {
		s += " (" + e.Limit + ")"
	}
	return s
}
