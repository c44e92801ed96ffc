package control

import (
	"fmt"
	"slices"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// demand is a type of document that a service needs, by its criticality.
type demand struct {
	typeName string
	rule     string // XRF003 if it blocks, XRF004 if it warns
}

// demands returns what a service of that criticality needs (domain-a523.md 3.3).
func demands(criticality string) []demand {
	switch criticality {
	case "critical":
		return []demand{{"contract-review", "XRF003"}, {"shared-responsibility-matrix", "XRF003"}, {"exit-plan", "XRF003"}, {"assurance-review", "XRF004"}}
	case "important":
		return []demand{{"contract-review", "XRF003"}, {"shared-responsibility-matrix", "XRF003"}, {"exit-plan", "XRF004"}}
	case "standard":
		return []demand{{"contract-review", "XRF004"}}
	}
	return nil
}

// checkDuties asks for the documents that a service in use needs (XRF003, XRF004).
func (x *across) checkDuties(d *document.Document) {
	if !d.Approved() || !inUse(d) || !isSlug(d.ServiceID) {
		return // FM005 judges the name
	}
	for _, want := range demands(d.Criticality) {
		s := x.c.specNamed(want.typeName)
		if _, ok := x.approved(want.typeName, d.ServiceID); ok || x.unreadable[s.Folder] {
			continue
		}
		needs := "needs"
		if want.rule == "XRF004" {
			needs = "should have"
		}
		x.add(want.rule, d, d.At("criticality"), x.demandMend(s, d.ServiceID),
			"The service %s is %s and %s an approved %s; %s.", d.ServiceID, d.Criticality, needs, s.Title, x.whatIsThere(s, d.ServiceID))
	}
}

func (x *across) demandMend(s *spec, service string) string {
	for _, d := range x.set.OfService(service) {
		if x.typeOf(d) != s.Name {
			continue
		}
		if d.Status == document.Retired {
			return fmt.Sprintf("write another %s of the service and have it approved, or set %s approved again", s.Title, d.Path)
		}
		return fmt.Sprintf("finish %s and have it approved", d.Path)
	}
	return fmt.Sprintf("write %s/%s.md and have it approved", s.Folder, service)
}

func (x *across) whatIsThere(s *spec, service string) string {
	for _, d := range x.set.OfService(service) {
		if x.typeOf(d) == s.Name {
			return fmt.Sprintf("%s has the status %q", d.Path, d.Status)
		}
	}
	return fmt.Sprintf("there is none in %s/", s.Folder)
}

// checkEntry holds a register entry against the policy (REG002 to REG004).
func (x *across) checkEntry(d *document.Document) {
	for _, policy := range x.policies() {
		x.checkPermitted(d, policy)
		if !x.waived("REG002", d.ServiceID) {
			x.checkResidency(d, policy)
		}
		if !x.waived("REG003", d.ServiceID) {
			x.checkKeyLevel(d, policy)
		}
	}
}

// checkPermitted asks that the policy permits the service's model. What is on its way out may end as it is.
func (x *across) checkPermitted(d, policy *document.Document) {
	permitted, model := policy.Texts("service-models"), d.Text("service-model")
	leaves := d.Text("lifecycle") == "exiting" || d.Text("lifecycle") == "retired"
	if len(permitted) == 0 || leaves || !slices.Contains(document.ServiceModels(), model) || slices.Contains(permitted, model) {
		return // FM004 or FM005 says what is missing or is no model
	}
	x.add("REG004", d, d.At("service-model"), "have "+model+" permitted by the policy, or set the service exiting",
		"The service %s is %s, a model that the policy does not permit: %s", d.ServiceID, model, place(policy, "service-models"))
}

func (x *across) checkResidency(d, policy *document.Document) {
	allowed := policy.Texts("residency-countries")
	if len(allowed) == 0 {
		return // FM004 of the policy says so
	}
	fix := "keep the data in " + list(allowed, "or") + ", or ask for an exception that waives REG002"
	residency, _ := d.Field("residency")
	for _, country := range residency.Value.Items {
		if isCountry(country.Text) && !slices.Contains(allowed, country.Text) {
			x.add("REG002", d, country.Span, fix, "Data of %s lies in %s, which the policy does not allow: %s", d.ServiceID, country.Text, place(policy, "residency-countries"))
		}
	}
	for _, set := range x.readings[d.Path].data {
		for _, country := range set.countries {
			if !slices.Contains(allowed, country) && !slices.Contains(d.Texts("residency"), country) {
				x.add("REG002", d, set.countriesAt, fix, "The data set %s lies in %s, which the policy does not allow: %s",
					document.Quote(set.name), country, place(policy, "residency-countries"))
			}
		}
	}
}

// checkKeyLevel asks for keys as strong as the highest class of data needs. A class that the policy leaves out
// needs what the classes below it need.
func (x *across) checkKeyLevel(d, policy *document.Document) {
	class, at, who := d.Text("data-classification"), d.At("key-management"), "data-classification"
	for _, set := range x.readings[d.Path].data {
		if rank(document.Classifications(), set.classification) > rank(document.Classifications(), class) {
			class, who = set.classification, "the data set "+document.Quote(set.name)
		}
	}
	level := d.Text("key-management")
	minimum, minimumFor := minimumKeys(policy, class)
	if !slices.Contains(document.KeyLevels(), level) || rank(document.KeyLevels(), level) >= rank(document.KeyLevels(), minimum) {
		return
	}
	x.add("REG003", d, at, fmt.Sprintf("use %s or better, or ask for an exception that waives REG003", minimum),
		"The keys of %s are %s; %s is %s, for which the policy asks at least %s%s: %s",
		d.ServiceID, level, who, class, minimum, minimumFor, place(policy, "key-management-minimum"))
}

// minimumKeys returns the weakest key management that the policy allows for a class, and a remark if another
// class says so.
func minimumKeys(policy *document.Document, class string) (level, remark string) {
	f, _ := policy.Field("key-management-minimum")
	from := ""
	for _, entry := range f.Value.Fields {
		of := rank(document.Classifications(), entry.Key) // -1 is FM005
		lower := of >= 0 && of <= rank(document.Classifications(), class)
		if lower && rank(document.KeyLevels(), entry.Value.Text) > rank(document.KeyLevels(), level) {
			level, from = entry.Value.Text, entry.Key
		}
	}
	if from != "" && from != class {
		remark = " (as for " + from + ")"
	}
	return level, remark
}

// rank returns a word's place in a rising order; -1 if it is not in it.
func rank(order []string, word string) int { return slices.Index(order, word) }

// checkModel compares a matrix with the register (MAT007).
func (x *across) checkModel(d *document.Document) {
	entry, ok := x.approved("cloud-service", d.ServiceID)
	model, registered := d.Text("service-model"), ""
	if ok {
		registered = entry.Text("service-model")
	}
	if ok && model != registered && slices.Contains(document.ServiceModels(), model) && slices.Contains(document.ServiceModels(), registered) {
		x.add("MAT007", d, d.At("service-model"), "write the same in both, and check the split of each row",
			"The matrix is for %s, the register has %s as %s: %s", model, d.ServiceID, registered, place(entry, "service-model"))
	}
}

// checkLeaving holds an exit plan against contract and register (EXI002, EXI003).
func (x *across) checkLeaving(d *document.Document) {
	estimate, known := number(d, "estimated-exit-days")
	if contract, ok := x.approved("contract-review", d.ServiceID); ok && known {
		notice, okNotice := number(contract, "termination-notice-days")
		access, okAccess := number(contract, "post-termination-access-days")
		if okNotice && okAccess && estimate > notice+access {
			x.add("EXI002", d, d.At("estimated-exit-days"), "shorten the exit, agree on a longer notice or access, or begin early",
				"The exit takes %s; the contract gives %d: notice %d and access %d, %s", days(estimate), notice+access, notice, access, place(contract, "termination-notice-days"))
		}
	}
	entry, ok := x.approved("cloud-service", d.ServiceID)
	if !ok || entry.Criticality != "critical" || x.c.p.AsOf.IsZero() {
		return
	}
	tested := d.Date("last-tested")
	switch oldest := x.c.p.AsOf.AddMonths(-maxTestMonths); {
	case d.Text("last-tested") == "never":
		x.add("EXI003", d, d.At("last-tested"), "test it, at least at a table, and write the day", "The service %s is critical, and leaving it was never tested.", d.ServiceID)
	case !tested.IsZero() && d.Text("test-type") == "none":
		x.add("EXI003", d, d.At("test-type"), "write what was tested, or last-tested: never",
			"The service %s is critical; its plan says that it was tested on %s (line %d), and that nothing was.", d.ServiceID, tested, d.At("last-tested").Line)
	case !tested.IsZero() && tested.Before(oldest):
		x.add("EXI003", d, d.At("last-tested"), "test it again, and write the day",
			"The service %s is critical, and leaving it was last tested on %s, more than %d months before %s.", d.ServiceID, tested, maxTestMonths, x.c.p.AsOf)
	}
}
