// Package engine settles medical bills under China's basic medical insurance.
//
// [Settle] takes a policy, one claim and the year so far, and says to the fen who
// pays what. It reads no clock and no file, keeps no state and knows no region:
// every figure it uses comes with the [Policy], every fact with the [Claim].
//
// # How a bill is settled
//
// The bill is first split into buckets: self_funded (全自费), over_limit (超限价),
// paid_first (先行自付) and in_scope (符合政策范围). Then the scheme's layers follow in
// order. A [Layer] is one payer's rule: what enters it, a deductible, bands of shares,
// adjustments, caps. It moves money from the buckets to its payer and sorts the rest into
// deductible, copay and above_cap, where the next layer may find it. What is left is
// the person's: own account, relatives' shared accounts, cash.
//
// Every movement is a [Step]; replaying the steps from the bill gives every total,
// so the explanation is the calculation.
//
// # Exactness
//
// Money at the boundary is whole fen ([Fen]). Inside one payer's rule amounts stay
// unrounded fixed-point numbers with eighteen decimals; each payer's payment is
// rounded once, half up, and the next payer starts from the rounded payment. See
// round.go for the places where rounding happens: there are no others.
//
// # Not knowing
//
// A figure that nobody could find is a row marked unknown, an input may be a range or
// a list. Settle then returns bounds beside every figure and names what matters most.
package engine
