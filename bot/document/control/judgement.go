package control

import (
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// Judgement is what the rules say about a set.
type Judgement struct {
	// Findings are sorted ([document.SortFindings]) and hold those of reading too.
	Findings []document.Finding
	// Overrides are the organisation's own severities that hold, by rule id.
	Overrides []Applied
	// Impacts are what the change does to documents that it does not touch, by the path that does it; none
	// without a base.
	Impacts []Impact
}

// Applied is an organisation's own severity for a rule, as it was applied. It is recorded with the decision, so
// that what a rule would have said otherwise can be seen.
type Applied struct {
	Rule string `json:"rule"`
	// From is the rule's own severity, To the organisation's: block, warn or off.
	From   document.Severity `json:"from"`
	To     document.Severity `json:"to"`
	Reason string            `json:"reason,omitempty"`
	// Findings counts those that were changed or, with off, left out.
	Findings int `json:"findings"`
}

// Judge is [Check] with the overrides that were applied and what the change does elsewhere.
func Judge(set *document.Set, p Params) Judgement {
	c := New(set.Layout(), p)
	readings := make([]Reading, 0, len(set.Items()))
	for _, item := range set.Items() {
		readings = append(readings, c.Read(item))
	}
	return c.judge(set, readings)
}

// Conclude is [Judge] for files that were read one by one ([Checker.Read]).
func (c *Checker) Conclude(readings []Reading) Judgement {
	items := make([]document.Item, 0, len(readings))
	for _, r := range readings {
		items = append(items, r.Item)
	}
	return c.judge(c.layout.Assemble(items), readings)
}

func (c *Checker) judge(set *document.Set, readings []Reading) Judgement {
	elsewhere := c.across(set, readings)
	findings := slices.Clone(elsewhere)
	for _, r := range readings {
		findings = append(findings, r.findings...)
	}
	if c.p.AsOf.IsZero() {
		findings = append(findings, document.Finding{
			Rule: "DAT001", Severity: document.Block, Message: "No day was given to judge dates by, so nothing is known to be in date.",
			Fix: "give the day, for example --as-of 2026-11-24",
		})
	}
	j := Judgement{}
	j.Findings, j.Overrides = c.weigh(findings)
	document.SortFindings(j.Findings)
	j.Impacts = c.impacts(set, readings, elsewhere)
	return j
}

// across returns what can only be said about all files together, not weighed.
func (c *Checker) across(set *document.Set, readings []Reading) []document.Finding {
	x := newAcross(c, set, readings)
	x.judge()
	return append(x.findings, set.Findings()...)
}

// weigh applies the organisation's severities, and counts what they change.
func (c *Checker) weigh(findings []document.Finding) ([]document.Finding, []Applied) {
	counts := map[string]int{}
	var kept []document.Finding
	for _, f := range findings {
		o, ok := c.overrides[f.Rule]
		if !ok || o.To == f.Severity {
			kept = append(kept, f)
			continue
		}
		counts[f.Rule]++
		if o.To != Off {
			kept = append(kept, reweighed(f, o))
		}
	}
	var applied []Applied
	for rule, o := range c.overrides {
		applied = append(applied, Applied{Rule: rule, From: severityOf(rule), To: o.To, Reason: o.Reason, Findings: counts[rule]})
	}
	slices.SortFunc(applied, func(a, b Applied) int { return strings.Compare(a.Rule, b.Rule) })
	return kept, applied
}

// reweighed gives a finding the organisation's severity; one that stops no merge any more says why.
func reweighed(f document.Finding, o Override) document.Finding {
	if f.Severity == document.Block {
		f.Message += " This organisation lets it pass: " + document.Quote(o.Reason) + "."
	}
	f.Severity = o.To
	return f
}
