package control

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// checkIdentity finds ids, and the register's service-ids, that stand twice (XRF001). Drafts and retired
// documents count: an id is for ever.
func (x *across) checkIdentity() {
	ids, services := map[string]*document.Document{}, map[string]*document.Document{}
	for _, d := range x.set.Documents() {
		if !d.Readable {
			continue
		}
		x.claim(ids, d, "id", d.ID)
		if x.typeOf(d) == "cloud-service" {
			x.claim(services, d, "service-id", d.ServiceID)
		}
	}
}

func (x *across) claim(taken map[string]*document.Document, d *document.Document, key, id string) {
	if id == "" {
		return
	}
	folded := strings.ToLower(id)
	first, twice := taken[folded]
	if !twice {
		taken[folded] = d
		return
	}
	x.add("XRF001", d, d.At(key), fmt.Sprintf("give one of the two its own %s", key),
		"The %s %s is taken by %s: every reference to it would mean both.", key, document.Quote(id), place(first, key))
}

// checkPolicyExists asks for an approved policy as soon as a service is in use (XRF003).
func (x *across) checkPolicyExists() {
	if len(x.policies()) > 0 || x.unreadable["policy"] {
		return
	}
	for _, d := range x.byType["cloud-service"] {
		if d.Approved() && inUse(d) {
			x.add("XRF003", d, d.At("lifecycle"), "write the cloud usage policy in policy/ and have it approved",
				"The service %s is %s, and no approved cloud usage policy says under which rules.", d.ServiceID, d.Text("lifecycle"))
			return
		}
	}
}

func inUse(d *document.Document) bool {
	return d.Text("lifecycle") == "active" || d.Text("lifecycle") == "exiting"
}

// checkService asks that the service of a document is in the register (XRF002).
func (x *across) checkService(d *document.Document) {
	if x.typeOf(d) == "cloud-service" || !isSlug(d.ServiceID) {
		return // FM004 or FM005 says so where the field is required
	}
	status := ""
	for _, entry := range x.set.OfService(d.ServiceID) {
		if x.typeOf(entry) != "cloud-service" {
			continue
		}
		if status = entry.Status; status != document.Draft || d.Status == document.Draft {
			return
		}
	}
	switch {
	case status == document.Draft:
		x.add("XRF002", d, d.At("service-id"), "have the register entry approved first, or in the same change",
			"The register has the service %s only as a draft.", document.Quote(d.ServiceID))
	case !x.unreadable["register"]:
		x.add("XRF002", d, d.At("service-id"), x.serviceMend(d.ServiceID), "The register has no service %s.", document.Quote(d.ServiceID))
	}
}

// maxGuesses bounds how often all service-ids are compared with a wrong one.
const maxGuesses = 100

func (x *across) serviceMend(wrong string) string {
	if x.guesses++; x.guesses <= maxGuesses {
		var known []string
		for _, entry := range x.byType["cloud-service"] {
			if isSlug(entry.ServiceID) {
				known = append(known, entry.ServiceID)
			}
		}
		if meant := nearest(wrong, known); meant != "" {
			return "write " + meant
		}
	}
	return "add the register entry of the service, or correct the name"
}

// checkSignatories asks that nobody who signs by default is left out (FM009).
func (x *across) checkSignatories(d *document.Document) {
	f, found := d.Field("signatories")
	if !found || f.Value.Shape != document.List || len(d.Signatories) == 0 {
		return // FM004 or FM005 says so
	}
	for _, role := range x.missingSignatories(d) {
		x.add("FM009", d, f.Value.Span, "add "+role.name, "The role %s must sign and is not among the signatories: %s.", role.name, role.why)
	}
}

// duty is a role that must sign, and why.
type duty struct{ name, why string }

// missingSignatories returns the roles that sign a document by default (domain-a523.md 3.4) and that it does not
// name. Reasons are put into words for these alone: in almost every document nobody is missing.
func (x *across) missingSignatories(d *document.Document) []duty {
	s := x.readings[d.Path].spec
	roles, configured := x.c.p.DefaultSignatories[s.Name]
	if !configured {
		roles = s.Signatories
	}
	var duties []duty
	add := func(role string, why func() string) {
		if isSlug(role) && !slices.Contains(d.Signatories, role) && !slices.ContainsFunc(duties, func(have duty) bool { return have.name == role }) {
			duties = append(duties, duty{role, why()})
		}
	}
	for _, role := range roles {
		add(role, func() string { return "it signs every " + s.Title })
	}
	entry, registered := x.approved("cloud-service", d.ServiceID)
	switch {
	case s.Name == "contract-review" && registered && x.holdsPersonalData(entry):
		add("dpo", func() string {
			return fmt.Sprintf("%s holds personal data (%s)", d.ServiceID, place(entry, "personal-data"))
		})
	case s.Name == "exit-plan" && registered:
		add(entry.Text("business-owner"), func() string {
			return fmt.Sprintf("it owns the business of %s (%s)", d.ServiceID, place(entry, "business-owner"))
		})
	case s.Name == "exception":
		add(d.Text("risk-owner"), func() string { return "it owns the risk" })
		if d.Text("risk-rating") == "high" {
			add("ceo", func() string { return "the residual risk is high" })
		}
	}
	return duties
}

// holdsPersonalData asks front matter and table, so that neither can be forgotten.
func (x *across) holdsPersonalData(entry *document.Document) bool {
	if kind := entry.Text("personal-data"); kind != "" && kind != "none" {
		return true
	}
	return slices.ContainsFunc(x.readings[entry.Path].data, func(s dataSet) bool { return s.personal != "" && s.personal != "none" })
}
