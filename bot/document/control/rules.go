package control

import (
	"github.com/vidimus-bot/vidimus/bot/document"
)

// Rule is one rule of the catalogue, as people read it.
type Rule struct {
	// ID is family and number, such as MAT004. It never changes its meaning.
	ID string
	// Severity is the rule's own, before an organisation's override.
	Severity document.Severity
	// Finds says what the rule finds, as a noun phrase.
	Finds string
	// Serves are the requirements: steps of the A 5.23 checklist, clauses of ISO/IEC 27001 and 27002:2022.
	Serves []string
	// Why is one sentence for who asks why.
	Why string
	// Mend says what to do, beginning in lower case.
	Mend string
	// Failing and Passing are short examples, in Markdown or YAML as they would stand in a document.
	Failing, Passing string
}

// Rules returns the whole catalogue in the order of the families. The slice is the caller's.
func Rules() []Rule {
	var rules []Rule
	for _, family := range [][]Rule{
		encodingRules(), hiddenRules(), fileRules(), fieldRules(), dateRules(), structureRules(), tableRules(),
		policyRules(), matrixRules(), contractRules(), registerRules(), exitRules(), referenceRules(), changeRules(),
	} {
		rules = append(rules, family...)
	}
	for i := range rules {
		rules[i].Severity = severityOf(rules[i].ID)
	}
	return rules
}

// RuleNamed returns the rule with that id, and whether there is one.
func RuleNamed(id string) (Rule, bool) {
	for _, r := range Rules() {
		if r.ID == id {
			return r, true
		}
	}
	return Rule{}, false
}

// What most rules of a family serve.
const (
	documented = "ISO/IEC 27001:2022 7.5.2 creating and updating"
	controlled = "ISO/IEC 27001:2022 7.5.3 control of documented information"
	policyStep = "step 1 cloud usage policy"
	contracts  = "step 2 contracts"
	sharedStep = "step 3 shared responsibility"
	residency  = "step 5 data residency"
	assurance  = "step 6 provider assurance"
	exitStep   = "step 7 exit strategy"
	mfaStep    = "step 8 MFA for administrators"
)
