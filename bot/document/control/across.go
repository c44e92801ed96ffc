package control

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// across runs the rules that compare documents. Only approved documents count as what others rely on; a
// document itself is judged unless it is retired.
type across struct {
	c        *Checker
	set      *document.Set
	readings map[string]*Reading             // by path
	byType   map[string][]*document.Document // by the type that the rules take a document for
	findings []document.Finding
	perRule  map[ruleAt]int
	// unreadable are the folders with a document that could not be read: nobody can say that one is missing there.
	unreadable map[string]bool
	guesses    int
}

type ruleAt struct{ rule, path string }

func newAcross(c *Checker, set *document.Set, readings []Reading) *across {
	x := &across{
		c: c, set: set, readings: make(map[string]*Reading, len(readings)), byType: map[string][]*document.Document{}, perRule: map[ruleAt]int{}, unreadable: map[string]bool{},
	}
	for i := range readings {
		r := &readings[i]
		x.readings[r.Item.Path] = r
		if d := r.Item.Document; r.Item.Kind == document.Markdown && (d == nil || !d.Readable) {
			x.unreadable[c.layout.FolderOf(r.Item.Path)] = true
		}
	}
	for _, d := range set.Documents() {
		if s := x.readings[d.Path].spec; s != nil {
			x.byType[s.Name] = append(x.byType[s.Name], d)
		}
	}
	return x
}

// typeOf returns the type that the rules take a document for: of a misspelt one that of its folder.
func (x *across) typeOf(d *document.Document) string {
	if s := x.readings[d.Path].spec; s != nil {
		return s.Name
	}
	return d.Type
}

func (x *across) judge() {
	x.checkIdentity()
	x.checkPolicyExists()
	for _, d := range x.set.Documents() {
		x.checkLinks(d)
		if !d.Readable || d.Status == document.Retired {
			continue
		}
		x.checkSignatories(d)
		x.checkService(d)
		x.checkExceptions(d)
		switch x.readings[d.Path].spec.Name {
		case "cloud-service":
			x.checkDuties(d)
			x.checkEntry(d)
		case "contract-review":
			x.checkTerms(d)
		case "shared-responsibility-matrix":
			x.checkModel(d)
		case "exit-plan":
			x.checkLeaving(d)
		}
	}
	x.checkBase()
}

func (x *across) add(rule string, d *document.Document, at document.Span, fix, format string, args ...any) {
	key := ruleAt{rule, d.Path}
	x.perRule[key]++
	if x.perRule[key] <= maxPerRule {
		x.findings = append(x.findings, finding(rule, d.Path, at, x.comingException(rule, d.ServiceID)+fix, format, args...))
	}
}

// comingException begins a mend with the approved exception that waives the rule for the service from a later day on;
// it is empty if there is none.
func (x *across) comingException(rule, service string) string {
	if !slices.Contains(document.Waivable(), rule) {
		return ""
	}
	for _, d := range x.set.OfService(service) {
		if x.typeOf(d) == "exception" && d.Approved() && d.Effective.After(x.c.p.AsOf) && slices.Contains(d.Texts("waives"), rule) {
			return fmt.Sprintf("give %s an effective date of %s or earlier, for it waives %s only from %s (%s); or ", d.ID, x.c.p.AsOf, rule, d.Effective, d.Path)
		}
	}
	return ""
}

// approved returns the first approved document of a type for a service.
func (x *across) approved(typeName, service string) (*document.Document, bool) {
	if service == "" {
		return nil, false
	}
	for _, d := range x.set.OfService(service) {
		if x.typeOf(d) == typeName && d.Approved() {
			return d, true
		}
	}
	return nil, false
}

// policies returns the approved cloud usage policies; there should be one, and all of them bind.
func (x *across) policies() []*document.Document {
	var policies []*document.Document
	for _, d := range x.byType["cloud-usage-policy"] {
		if d.Approved() {
			policies = append(policies, d)
		}
	}
	return policies
}

// waived reports whether an approved exception, in force on the day, waives the rule for the service. While an exception
// cannot be read, which blocks by itself, nobody can say that it does not.
func (x *across) waived(rule, service string) bool {
	if x.unreadable["exceptions"] {
		return true
	}
	for _, d := range x.set.OfService(service) {
		if x.typeOf(d) != "exception" || !d.Approved() {
			continue
		}
		inForce := !d.Effective.After(x.c.p.AsOf) && !d.Date("expires").Before(x.c.p.AsOf)
		for _, waives := range d.Texts("waives") {
			if waives == rule && inForce {
				return true
			}
		}
	}
	return false
}

// place names a line of another document for a message.
func place(d *document.Document, key string) string {
	var b strings.Builder
	b.WriteString(d.Path)
	if at := d.At(key); at.Line > 0 {
		b.WriteString(":")
		b.WriteString(strconv.Itoa(at.Line))
	}
	return b.String()
}
