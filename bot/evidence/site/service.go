package site

import (
	"regexp"
	"sort"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// Names of the types of documents that pages speak of.
const (
	typePolicy    = "cloud-usage-policy"
	typeService   = "cloud-service"
	typeContract  = "contract-review"
	typeMatrix    = "shared-responsibility-matrix"
	typeExit      = "exit-plan"
	typeAssurance = "assurance-review"
	typeException = "exception"
)

// service is a cloud service of the register, as the branch holds it; entry is nil where the branch holds none
// any more.
type service struct {
	id      string
	file    string // of its page, without folder and ending
	entry   *paper
	dossier *dossier // of the entry
}

// paper is a document that the branch holds, with its dossier.
type paper struct {
	*document.Document
	dossier *dossier
	version *version // nil where no record tells of these bytes
}

// paper finds the dossier of a document on the branch.
func (a *archive) paper(d *document.Document) *paper {
	p := &paper{Document: d, dossier: a.byPath[d.Path]}
	if p.dossier != nil {
		p.version = a.current(p.dossier)
	}
	return p
}

// papers are the documents of a type on the branch, in the order of their paths, retired ones left out.
func (a *archive) papers(typ string) []*paper {
	var found []*paper
	if a.branch.set == nil {
		return nil
	}
	for _, d := range a.branch.set.OfType(typ) {
		if d.Status != document.Retired {
			found = append(found, a.paper(d))
		}
	}
	return found
}

// papersOf are the documents of a type about one service.
func (a *archive) papersOf(typ, service string) []*paper {
	var found []*paper
	for _, p := range a.papers(typ) {
		if p.ServiceID == service && service != "" {
			found = append(found, p)
		}
	}
	return found
}

// first is the first document of a type about a service; nil if there is none.
func (a *archive) first(typ, service string) *paper {
	if found := a.papersOf(typ, service); len(found) > 0 {
		return found[0]
	}
	return nil
}

// page is the address of the document's text as the branch holds it.
func (p *paper) page() string {
	if p.version == nil {
		return ""
	}
	return p.version.page()
}

// usableService are the service-ids that can name a page.
var usableService = regexp.MustCompile(`^[a-z0-9]+(?:-[a-z0-9]+)*$`)

// maxServiceName keeps the path of a page below what a bundle holds.
const maxServiceName = 48

// readServices finds the services of the register by id, those whose entry is gone too: their pages stay.
func (a *archive) readServices() []*service {
	byFile := map[string]*service{}
	for _, d := range a.dossiers {
		for _, v := range d.versions {
			if v.front.typ != typeService || v.front.service == "" {
				continue
			}
			file := serviceFile(v.front.service)
			if byFile[file] == nil {
				byFile[file] = &service{id: v.front.service, file: file, dossier: d}
			}
		}
	}
	if a.branch.set != nil {
		for _, d := range a.branch.set.OfType(typeService) {
			s := byFile[serviceFile(d.ServiceID)]
			if s != nil && s.entry == nil {
				s.entry = a.paper(d)
				if s.entry.dossier != nil {
					s.dossier = s.entry.dossier
				}
			}
		}
	}
	services := make([]*service, 0, len(byFile))
	for _, s := range byFile {
		services = append(services, s)
	}
	sort.Slice(services, func(i, j int) bool { return services[i].id < services[j].id })
	return services
}

func serviceFile(id string) string {
	if len(id) <= maxServiceName && usableService.MatchString(id) {
		return id
	}
	return "s-" + sha256Of([]byte(id)).Short()
}

// page is the address of a service's page.
func (s *service) page() string { return "services/" + s.file + ".html" }

// name is what people call the service.
func (s *service) name() string {
	if s.entry != nil {
		if name := s.entry.Text("service-name"); name != "" {
			return name
		}
	}
	return s.id
}

// lifecycle is the word of the register; "gone" where the branch has no entry.
func (s *service) lifecycle() string {
	if s.entry == nil {
		return "gone"
	}
	return s.entry.Text("lifecycle")
}

// inUse says whether the service needs its documents.
func (s *service) inUse() bool {
	word := s.lifecycle()
	return word == "active" || word == "exiting"
}

// inUse are the services in use.
func (a *archive) servicesInUse() []*service {
	var found []*service
	for _, s := range a.inventory {
		if s.inUse() {
			found = append(found, s)
		}
	}
	return found
}

// demand is a document that a service needs by its criticality; one that is only recommended warns.
type demand struct {
	typ  string
	must bool
}

// demands are what a service of that criticality needs. Source: the product's rules XRF003 and XRF004, which a test
// holds against this list.
func demands(criticality string) []demand {
	switch criticality {
	case "critical":
		return []demand{{typeContract, true}, {typeMatrix, true}, {typeExit, true}, {typeAssurance, false}}
	case "important":
		return []demand{{typeContract, true}, {typeMatrix, true}, {typeExit, false}}
	case "standard":
		return []demand{{typeContract, false}}
	default:
		return nil
	}
}

// demanded says whether the service needs, or should have, a document of the type.
func (s *service) demanded(typ string) (wanted, must bool) {
	if s.entry == nil {
		return false, false
	}
	for _, d := range demands(s.entry.Criticality) {
		if d.typ == typ {
			return true, d.must
		}
	}
	return false, false
}

// problem says what keeps a document on the branch from counting as evidence; "" if nothing does.
func (a *archive) problem(p *paper) string {
	switch {
	case p.dossier == nil || p.version == nil:
		return "is not on record"
	case a.openDeviation(p.dossier) != nil:
		return "has an open deviation"
	case p.Status == document.Draft:
		return "is a draft"
	case !p.version.signed():
		return "is not signed here"
	case a.overdue(p.Path):
		return "is overdue"
	}
	if rules := a.broken(p.Path); len(rules) > 0 {
		return "breaks " + list(rules)
	}
	return ""
}

// broken are the rules that a file breaks today so that a merge would be blocked, each once.
func (a *archive) broken(path string) []string {
	var rules []string
	seen := map[string]bool{}
	for _, f := range a.branch.findingsAt(path) {
		if f.Severity == document.Block && !seen[f.Rule] {
			seen[f.Rule] = true
			rules = append(rules, f.Rule)
		}
	}
	return rules
}
