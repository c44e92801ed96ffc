package control

import (
	"fmt"
	"slices"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// maxPerRule bounds the findings of one rule in one document; nobody mends more in one go.
const maxPerRule = 50

// Check judges a set and returns the findings of [Judge].
func Check(set *document.Set, p Params) []document.Finding { return Judge(set, p).Findings }

// Checker judges documents one by one and then all together, so that a large repository need not be in
// memory at once and a change of one file need not read the others again. It never changes after [New]; it
// is safe for concurrent use.
type Checker struct {
	layout    document.Layout
	p         Params
	specs     []*spec
	overrides map[string]Override // those that hold
	roles     map[string]bool
}

// New prepares the rules for one run.
func New(layout document.Layout, p Params) *Checker {
	c := &Checker{layout: layout, p: p, overrides: holding(p.Severities)}
	for _, t := range append(document.Types(), layout.Types...) {
		c.specs = append(c.specs, newSpec(t))
	}
	if p.Roles != nil {
		c.roles = map[string]bool{}
		for _, role := range p.Roles {
			c.roles[role] = true
		}
	}
	return c
}

// Layout returns what the checker was made for.
func (c *Checker) Layout() document.Layout { return c.layout }

// Reading is what one file says on its own, and what the rules across documents need of its text.
type Reading struct {
	// Item is the file; its document may be slim ([document.Item.Slim]).
	Item document.Item

	spec       *spec
	findings   []document.Finding
	exceptions []mention // exceptions that rows of a contract review name
	data       []dataSet // rows of a register entry's data
}

// Slim returns the reading without bytes, text and syntax tree, which [Checker.Judge] does not need.
func (r Reading) Slim() Reading {
	r.Item = r.Item.Slim(acrossFields())
	return r
}

// acrossFields are the front matter fields that the rules across documents read or point at.
func acrossFields() []string {
	return []string{
		"id", "status", "service-id", "signatories", "exceptions", "lifecycle", "criticality", "business-owner", "service-model",
		"data-classification", "personal-data", "residency", "key-management",
		"service-models", "residency-countries", "key-management-minimum", "incident-notification-hours-max", "breach-notification-hours-max",
		"agreement-basis", "agreement-end", "provider-parent", "residency-committed", "transfer-mechanism", "outcome",
		"incident-notification-hours", "breach-notification-hours", "termination-notice-days", "post-termination-access-days",
		"estimated-exit-days", "last-tested", "test-type", "waives", "risk-rating", "risk-owner", "expires",
	}
}

// Read judges one file on its own.
func (c *Checker) Read(item document.Item) Reading {
	r := Reading{Item: item}
	d := item.Document
	if d == nil {
		return r
	}
	r.spec = c.specFor(d)
	r.findings = append(r.findings, d.Findings...)
	pg := &page{c: c, doc: d, spec: r.spec, reading: &r}
	pg.judge()
	pg.close()
	return r
}

// Judge adds the rules across documents and returns all findings, sorted.
func (c *Checker) Judge(readings []Reading) []document.Finding { return c.Conclude(readings).Findings }

// page is one document while its own rules run.
type page struct {
	c       *Checker
	doc     *document.Document
	spec    *spec
	reading *Reading
	perRule map[string]int
	last    map[string]int // index of each rule's last finding in reading.findings
}

// judge runs the rules of one document, in the order of the catalogue.
func (pg *page) judge() {
	if pg.spec == nil {
		return // unreachable: a document lies in a folder, and every folder has a type
	}
	if pg.doc.Readable {
		pg.checkFields()
		pg.checkDates()
		pg.checkVersion()
	}
	unfenced := slices.ContainsFunc(pg.doc.Findings, func(f document.Finding) bool { return f.Rule == "FM001" })
	if !pg.doc.Whole || unfenced {
		return // the fields would be judged as text; one finding says what to mend first
	}
	pg.checkSections()
	pg.checkTables()
	pg.checkWording()
	pg.checkFootnotes()
	pg.checkAnchors()
	switch pg.spec.Name {
	case "cloud-usage-policy":
		pg.checkPolicy()
	case "cloud-service":
		pg.checkRegister()
	case "contract-review":
		pg.checkContract()
	case "shared-responsibility-matrix":
		pg.checkMatrix()
	case "exit-plan":
		pg.checkExit()
	case "exception":
		pg.checkException()
	}
}

// add reports a finding; format is the message, fix the mend.
func (pg *page) add(rule string, at document.Span, fix, format string, args ...any) {
	if pg.perRule == nil {
		pg.perRule, pg.last = map[string]int{}, map[string]int{}
	}
	pg.perRule[rule]++
	if pg.perRule[rule] > maxPerRule {
		return
	}
	pg.last[rule] = len(pg.reading.findings)
	pg.reading.findings = append(pg.reading.findings, finding(rule, pg.doc.Path, at, fix, format, args...))
}

// close says at each rule's last finding how many more there were.
func (pg *page) close() {
	for rule, total := range pg.perRule {
		if total > maxPerRule {
			f := &pg.reading.findings[pg.last[rule]]
			f.Message += document.MoreLikeIt(total - maxPerRule)
		}
	}
}

func finding(rule, path string, at document.Span, fix, format string, args ...any) document.Finding {
	return document.Finding{
		Rule: rule, Severity: severityOf(rule), Path: path, Line: at.Line, Column: at.Column, EndColumn: at.EndColumn,
		Message: fmt.Sprintf(format, args...), Fix: fix,
	}
}

// severityOf returns a rule's own severity.
func severityOf(rule string) document.Severity {
	if slices.Contains(warnings(), rule) {
		return document.Warn
	}
	return document.Block
}

// warnings are the rules that stop nothing; all others block (domain-a523.md 3.5 and 3.6).
func warnings() []string {
	return []string{
		"ENC005", "FM006", "DAT004", "DAT005", "STR002", "STR006", "MAT002", "EXI002", "EXI003", "EXI004", "XRF004", "XRF006", "WSL001",
	}
}
