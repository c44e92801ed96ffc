package control

import (
	"fmt"
	"slices"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// checkTerms holds a contract review against policy and register (CON002 to CON006).
func (x *across) checkTerms(d *document.Document) {
	for _, policy := range x.policies() {
		if !x.waived("CON002", d.ServiceID) {
			x.checkWindow(d, policy, "incident-notification-hours")
			x.checkWindow(d, policy, "breach-notification-hours")
		}
		if !x.waived("CON004", d.ServiceID) {
			x.checkCommitted(d, policy)
		}
	}
	entry, registered := x.approved("cloud-service", d.ServiceID)
	if !x.waived("CON004", d.ServiceID) && (!registered || x.holdsPersonalData(entry)) {
		x.checkTransfer(d)
	}
	if !registered {
		return
	}
	if entry.Criticality == "critical" && d.Text("agreement-basis") == "standard-terms" && !x.waived("CON003", d.ServiceID) {
		x.add("CON003", d, d.At("agreement-basis"), "negotiate, or agree on an addendum; or ask for an exception that waives CON003",
			"The service %s is critical (%s) and runs on standard terms, which the provider can change alone.", d.ServiceID, place(entry, "criticality"))
	}
	x.checkKeys(d, entry)
	x.checkInForce(d, entry)
}

// checkWindow compares one notification window with the policy's longest (CON002).
func (x *across) checkWindow(d, policy *document.Document, key string) {
	agreed, ok := number(d, key)
	longest, limited := number(policy, key+"-max")
	if ok && limited && agreed > longest {
		x.add("CON002", d, d.At(key), fmt.Sprintf("agree on %d or less, or ask for an exception that waives CON002", longest),
			"%d hours is longer than the policy allows: %d, %s", agreed, longest, place(policy, key+"-max"))
	}
}

// checkCommitted compares the countries of the agreement with the policy's (CON004).
func (x *across) checkCommitted(d, policy *document.Document) {
	allowed := policy.Texts("residency-countries")
	field, _ := d.Field("residency-committed")
	for _, country := range field.Value.Items {
		if len(allowed) > 0 && isCountry(country.Text) && !slices.Contains(allowed, country.Text) {
			x.add("CON004", d, country.Span, "agree on "+list(allowed, "or")+", or ask for an exception that waives CON004",
				"The agreement allows data in %s, the policy does not: %s", country.Text, place(policy, "residency-countries"))
		}
	}
}

// checkTransfer asks for the ground of transfers out of the European Economic Area (CON004).
func (x *across) checkTransfer(d *document.Document) {
	if d.Text("transfer-mechanism") != "not-needed" {
		return // FM004 and FM005 judge the other values
	}
	mend := "name the ground: " + list([]string{"adequacy", "scc", "bcr", "derogation"}, "or")
	if parent := d.Text("provider-parent"); isCountry(parent) && !isEEA(parent) {
		x.add("CON004", d, d.At("transfer-mechanism"), mend,
			"No transfer mechanism is named, and the provider's parent sits in %s (line %d), outside the EEA.", parent, d.At("provider-parent").Line)
		return
	}
	for _, country := range d.Texts("residency-committed") {
		if isCountry(country) && !isEEA(country) {
			x.add("CON004", d, d.At("transfer-mechanism"), mend,
				"No transfer mechanism is named, and data may lie in %s (line %d), outside the EEA.", country, d.At("residency-committed").Line)
			return
		}
	}
}

// checkKeys compares the key management with the register's (CON005).
func (x *across) checkKeys(d, entry *document.Document) {
	agreed, registered := d.Text("key-management"), entry.Text("key-management")
	if agreed != registered && slices.Contains(document.KeyLevels(), agreed) && slices.Contains(document.KeyLevels(), registered) {
		x.add("CON005", d, d.At("key-management"), "find out which is true, and write it in both",
			"The review says %s, the register says %s: %s", agreed, registered, place(entry, "key-management"))
	}
}

// checkInForce asks that a service in productive use has an agreement that holds (CON006).
func (x *across) checkInForce(d, entry *document.Document) {
	if entry.Text("lifecycle") != "active" {
		return
	}
	if d.Text("outcome") == "rejected" {
		x.add("CON006", d, d.At("outcome"), "agree on other terms, or begin the exit", "The agreement was rejected, and %s is active: %s", d.ServiceID, place(entry, "lifecycle"))
	}
	if end := d.Date("agreement-end"); !end.IsZero() && end.Before(x.c.p.AsOf) {
		x.add("CON006", d, d.At("agreement-end"), "renew the agreement and review it, or begin the exit",
			"The agreement ended on %s, and %s is active: %s", end, d.ServiceID, place(entry, "lifecycle"))
	}
}

// checkExceptions asks that the exceptions on which a document relies exist, hold and are for its service
// (XRF005).
func (x *across) checkExceptions(d *document.Document) {
	field, _ := d.Field("exceptions")
	for _, item := range field.Value.Items {
		x.checkException(d, mention{id: item.Text, at: item.Span})
	}
	for _, m := range x.readings[d.Path].exceptions {
		if m.id == "" {
			x.add("XRF005", d, m.at, "name the exception's id in the row, for example EXC-2026-001 under Source, or change the result",
				"%s has the result Exception and names none.", m.row)
			continue
		}
		x.checkException(d, m)
	}
}

func (x *across) checkException(d *document.Document, m mention) {
	var found *document.Document
	for _, candidate := range x.set.WithID(m.id) {
		if x.typeOf(candidate) == "exception" {
			found = candidate
			break
		}
	}
	switch {
	case len(exceptionIDs(m.id)) == 0:
		return // FM005 says so
	case found == nil:
		if !x.unreadable["exceptions"] {
			x.add("XRF005", d, m.at, "write the exception and have it signed, or remove the reference", "There is no exception %s.", document.Quote(m.id))
		}
	case !found.Approved():
		x.add("XRF005", d, m.at, "have it approved, or remove the reference", "The exception %s has the status %q (%s), so it excuses nothing.", m.id, found.Status, found.Path)
	case found.Date("expires").Before(x.c.p.AsOf) && !found.Date("expires").IsZero():
		x.add("XRF005", d, m.at, "meet the requirement, or have a new exception signed", "The exception %s expired on %s: %s", m.id, found.Date("expires"), place(found, "expires"))
	case d.ServiceID != "" && found.ServiceID != d.ServiceID:
		x.add("XRF005", d, m.at, "have an exception signed for this service, or remove the reference",
			"The exception %s is for the service %s, not for %s: %s", m.id, document.Quote(found.ServiceID), d.ServiceID, place(found, "service-id"))
	}
}
