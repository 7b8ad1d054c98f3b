package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"mingbai/wasm"
)

// The answer of the `policy` operation, as far as the policy pages read it. The pages say
// what the public interface says, and nothing that it does not.

type rules struct {
	Region struct {
		Code, Pinyin, Initials, Hotline string
		Name, Province                  name
	}
	Version    string
	From       string
	YearStarts string `json:"year_starts"`
	Codes      map[string][]struct {
		Code  string
		Name  name
		Kinds []string
	}
	Schemes []ruleScheme
	Exclude []ruleRow
	Unknown []struct {
		Key, Looked string
		Note        name
	}
	Conflicts []struct {
		Key, Chosen, Against string
		Sources, Other       []string
		Why                  name
	}
	Changes []struct {
		Date, Key, Was, Is string
		Sources            []string
	}
	Sources map[string]document
}

type document struct {
	Title, Number, Issuer, Published, Effective, URL, Seen, Checked string
}

type ruleScheme struct {
	ID       string
	Statuses []string
	Classify struct {
		PaidFirst []ruleRow `json:"paid_first"`
		Limit     []ruleRow
		Never     []ruleRow
		Extra     []ruleAdjust
	}
	Account []ruleRow
	Waiting *struct {
		Fixed           []ruleRow
		PerMissedYear   []ruleRow `json:"per_missed_year"`
		PerRepairedYear []ruleRow `json:"per_repaired_year"`
		Floor           []ruleRow
	}
	Layers []ruleLayer
}

type ruleLayer struct {
	ID, Payer, Status, From, Until string
	Name                           name
	Applies                        []ruleCond
	Enters                         []struct{ Bucket, Weight string }
	Deductible                     *struct {
		ruleSpan
		ShareOf              string `json:"share_of"`
		Rows, Floor, Ceiling []ruleRow
		Adjust               []ruleAdjust
		LessSpell            []ruleCond `json:"less_spell"`
		Limit                *struct {
			With []string
			Rows []ruleRow
		}
	}
	Bands *struct {
		CountedFrom string `json:"counted_from"`
		Along       string
		PaidBy      []string `json:"paid_by"`
		Rows        []ruleRow
	}
	Adjust []ruleAdjust
	Caps   []struct {
		ruleSpan
		Of   string
		Rows []ruleRow
	}
	Quota              *struct{ Rows []ruleRow }
	Guarantee, Ceiling *struct {
		Of   []string
		Rows []ruleRow
	}
	Split *struct {
		Payer string
		Rows  []ruleRow
	}
}

type ruleSpan struct {
	Per      string
	By, With []string
}

type ruleAdjust struct {
	Op   string
	Over int
	Rows []ruleRow
}

type ruleRow struct {
	ID          string
	When        []ruleCond
	Value, Unit string
	Between     *struct{ From, To string }
	To          string
	Multiple    *ruleMultiple
	ToMultiple  *ruleMultiple `json:"to_multiple"`
	Valid       struct{ From, Until, AsOf string }
	Sources     []string
	Grade       string
	Note        name
	Reason      string   // of an exclusion
	Pays        []string // of an account
	First       bool     // it pays before all others
}

// ruleMultiple is how a figure was worked out from another.
type ruleMultiple struct {
	Times, Amount string
	Base          name
	Year          int
}

type ruleCond struct {
	Cond string
	In   []string
	From *int
	To   *int
}

// askPolicy returns a region's rules, with the answer as it is published.
func askPolicy(code string) (rules, string, error) {
	reply := wasm.Handle(fmt.Sprintf(`{"v":1,"op":"policy","region":%q}`, code))
	var a struct {
		OK     bool
		Policy rules
	}
	if err := json.Unmarshal([]byte(reply), &a); err != nil {
		return a.Policy, reply, fmt.Errorf("the policy of %s is not readable: %w", code, err)
	}
	if !a.OK {
		return a.Policy, reply, fmt.Errorf("the engine refused the policy of %s: %s", code, reply)
	}
	return a.Policy, reply, nil
}

// policyAnchor is the id of a figure on its region's page: the brackets of its rule, which
// an address may not hold, become dots. site/src/app/policylink.mjs says the same.
func policyAnchor(rule string) string {
	return strings.NewReplacer("[", ".", "]", "").Replace(rule)
}
