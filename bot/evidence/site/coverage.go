package site

import (
	"fmt"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/control"
	"github.com/vidimus-bot/vidimus/bot/document/redline"
)

// coverage is how far a step of the checklist, or a point of the guidance, is covered.
type coverage struct {
	Number int    // of a step
	Letter string // of a point of the guidance
	Name   string
	Href   string
	State  state
	What   string // what was counted, in a few words
	Kept   []crumb
	parts  []part
}

// part is one thing that must be in order: a document, or what it says about one service.
type part struct {
	subject string
	problem string // "" if it is in order
	missing bool   // there is nothing at all
}

// good counts the parts in order.
func inOrder(parts []part) int {
	n := 0
	for _, p := range parts {
		if p.problem == "" {
			n++
		}
	}
	return n
}

// stateOfParts is Covered only if every part is in order.
func stateOfParts(parts []part) state {
	absent := 0
	for _, p := range parts {
		if p.missing {
			absent++
		}
	}
	switch n := inOrder(parts); {
	case len(parts) == 0:
		return notApplicable()
	case n == len(parts):
		return good(wordCovered)
	case absent == len(parts):
		return missing(wordMissing)
	default:
		return partly(wordPartly)
	}
}

// problems are the parts that are not in order, in words, the first few.
func problems(parts []part) string {
	const shown = 3
	var found []string
	for _, p := range parts {
		if p.problem != "" {
			found = append(found, p.subject+" "+p.problem)
		}
	}
	if len(found) > shown {
		found = append(found[:shown], many(len(found)-shown, "more thing", "more things"))
	}
	return list(found)
}

// documentPart is the document of a type about a service.
func (a *archive) documentPart(typ string, s *service) part {
	d := a.first(typ, s.id)
	if d == nil {
		return part{subject: s.shortName(), problem: "has no " + strings.ToLower(typeTitle(typ)), missing: true}
	}
	return a.paperPart(d)
}

func (a *archive) paperPart(d *paper) part { return part{subject: d.ID, problem: a.problem(d)} }

// needing are the services in use that need, or should have, a document of the type.
func (a *archive) needing(typ string) []*service {
	var found []*service
	for _, s := range a.servicesInUse() {
		if wanted, _ := s.demanded(typ); wanted {
			found = append(found, s)
		}
	}
	return found
}

func (a *archive) documentParts(typ string) []part {
	var parts []part
	for _, s := range a.needing(typ) {
		parts = append(parts, a.documentPart(typ, s))
	}
	return parts
}

// rowParts ask that rows of the matrices have an owner, where the work is ours, and evidence.
func (a *archive) rowParts(refs ...string) []part {
	var parts []part
	for _, s := range a.needing(typeMatrix) {
		p := a.documentPart(typeMatrix, s)
		if p.problem == "" {
			p.problem = rowProblem(rowsOf(a.first(typeMatrix, s.id)), refs)
		}
		parts = append(parts, p)
	}
	return parts
}

func rowProblem(rows []duty, refs []string) string {
	for _, ref := range refs {
		r, ok := row(rows, ref)
		class := redline.ResponsibilityOf(r.accountable).Class
		switch {
		case !ok:
			return "has no row " + ref
		case blank(r.evidence):
			return "names no evidence for " + ref
		case (class == "customer" || class == "shared") && blank(r.owner):
			return "names no owner for " + ref
		}
	}
	return ""
}

func blank(cell string) bool {
	switch cell {
	case "", "-", "–", "—":
		return true
	default:
		return false
	}
}

// servicePart is a service whose register entry, and contract if it has one, break no rule of a step.
func (a *archive) servicePart(s *service, step string) part {
	p := part{subject: s.shortName()}
	for _, d := range append([]*paper{s.entry}, a.papersOf(typeContract, s.id)...) {
		if rules := a.brokenOf(d.Path, step); len(rules) > 0 {
			p.problem = "breaks " + list(rules)
		}
	}
	if problem := a.problem(s.entry); p.problem == "" && problem != "" {
		p.subject, p.problem = s.entry.ID, problem
	}
	return p
}

// brokenOf are the rules of one step that a file breaks, warnings too.
func (a *archive) brokenOf(path, step string) []string {
	var found []string
	seen := map[string]bool{}
	for _, f := range a.branch.findingsAt(path) {
		if !seen[f.Rule] && serves(f.Rule, step) {
			seen[f.Rule] = true
			found = append(found, f.Rule)
		}
	}
	return found
}

// serves says whether a rule serves a step of the checklist.
func serves(rule, step string) bool {
	r, _ := control.RuleNamed(rule)
	for _, s := range r.Serves {
		if strings.HasPrefix(s, step+" ") {
			return true
		}
	}
	return false
}

// of says how many parts are in order.
func of(parts []part, what string) string {
	return fmt.Sprintf("%d of %d %s", inOrder(parts), len(parts), what)
}

// policyParts are the cloud usage policies on the branch; without one, that it is missing.
func (a *archive) policyParts() []part {
	var parts []part
	for _, d := range a.papers(typePolicy) {
		parts = append(parts, a.paperPart(d))
	}
	if len(parts) == 0 {
		parts = append(parts, part{subject: "the cloud usage policy", problem: "is missing", missing: true})
	}
	return parts
}

// openDeviations count those that nothing has mended.
func (a *archive) openDeviations() int {
	n := 0
	for _, d := range a.deviations {
		if d.closed == nil {
			n++
		}
	}
	return n
}

// entryParts are the register entries of the services in use.
func (a *archive) entryParts() []part {
	var parts []part
	for _, s := range a.servicesInUse() {
		parts = append(parts, a.paperPart(s.entry))
	}
	return parts
}

// allParts are all documents on the branch but drafts.
func (a *archive) allParts() []part {
	var parts []part
	if a.branch.set == nil {
		return nil
	}
	for _, d := range a.branch.set.Documents() {
		if d.Status != document.Draft && d.Status != document.Retired {
			parts = append(parts, a.paperPart(a.paper(d)))
		}
	}
	return parts
}
