package site

import (
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/redline"
)

// servicePage is what service.html is filled with.
type servicePage struct {
	Eyebrow, Title string
	Banner         banner
	Answers        []answer
	Cards          []serviceCard
	Exceptions     []serviceCard
	Others         []crumb
}

// answer is what an auditor asks about a sampled service.
type answer struct {
	Question, Answer string
	State            *state
	Where            []crumb
}

// serviceCard is one document of a service with its key fields.
type serviceCard struct {
	ID, Title, Href string
	State           state
	Split           *split
	Bar             *bar
	Facts           []fact
	SignedBy        []signer
	Unsigned        *state // why nobody's signature counts for what the branch holds; nil if one does, or none is needed
	Awaited         string // who must sign
}

// signer is one signature in a line.
type signer struct {
	Who string
	On  day
}

// services makes one page for each service that the register has, or had.
func (s *site) services() error {
	for _, one := range s.inventory {
		p := s.sheet(one.page())
		data := p.servicePage(one)
		err := s.add(page{
			sheet: p, title: data.Title, place: "register.html", template: "service", data: data,
			crumbs: []crumb{{"Overview", "index.html"}, {"Register", "register.html"}, {one.shortName(), ""}},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (p sheet) servicePage(s *service) servicePage {
	data := servicePage{Eyebrow: "Service " + s.id, Title: s.name(), Banner: p.serviceBanner(s)}
	for _, other := range p.site.inventory {
		if other != s {
			data.Others = append(data.Others, crumb{other.name(), p.to(other.page())})
		}
	}
	if s.entry == nil {
		return data
	}
	data.Eyebrow += " · " + s.entry.Text("service-model") + " · " + s.entry.Criticality + " · " + s.lifecycle()
	data.Title = s.entry.Title
	if data.Title == "" {
		data.Title = s.name()
	}
	data.Answers = p.answers(s)
	data.Cards = append(data.Cards, p.card(s.entry))
	for _, typ := range []string{typeContract, typeMatrix, typeExit, typeAssurance} {
		for _, d := range p.site.papersOf(typ, s.id) {
			data.Cards = append(data.Cards, p.card(d))
		}
	}
	for _, d := range p.site.papersOf(typeException, s.id) {
		data.Exceptions = append(data.Exceptions, p.card(d))
	}
	return data
}

func (p sheet) serviceBanner(s *service) banner {
	if s.entry == nil {
		return banner{
			State: past("No longer in the register"), Text: "The branch holds no register entry for this service.",
			Href: p.to(s.dossier.history()), Link: "All versions of its entry",
		}
	}
	lacks := p.site.lacks(s)
	deviant := p.site.deviants(s)
	switch {
	case len(deviant) > 0:
		return p.deviantBanner(s, deviant, len(lacks))
	case !s.inUse():
		return banner{State: past("Not in use"), Text: "The register says: " + s.lifecycle() + ". No documents are demanded."}
	case len(lacks) == 0:
		return banner{State: good("Complete"), Text: "Every document that a service rated " + s.entry.Criticality + " needs is signed and in date, and meets the rules."}
	default:
		return banner{State: partly("Not complete"), Text: sentence(list(lacks))}
	}
}

// deviants are the documents of a service that have an open deviation.
func (a *archive) deviants(s *service) []*paper {
	papers := []*paper{s.entry}
	for _, typ := range []string{typeContract, typeMatrix, typeExit, typeAssurance, typeException} {
		papers = append(papers, a.papersOf(typ, s.id)...)
	}
	var found []*paper
	for _, d := range papers {
		if d.dossier != nil && a.openDeviation(d.dossier) != nil {
			found = append(found, d)
		}
	}
	return found
}

// deviantBanner stands before every other state: a reader must not take the service for merely unfinished. lacks
// counts what keeps it from being complete.
func (p sheet) deviantBanner(s *service, papers []*paper, lacks int) banner {
	b := banner{State: deviant("One document has a deviation"), Href: p.to("deviations.html"), Link: "All deviations"}
	if len(papers) > 1 {
		b.State = deviant(thousands(len(papers)) + " documents have a deviation")
	}
	var what []string
	for _, d := range papers {
		open := p.site.openDeviation(d.dossier)
		what = append(what, "the "+strings.ToLower(typeTitle(d.Type))+" was "+howWord(open.How)+" ("+open.id+")")
	}
	if len(papers) == 1 {
		open := p.site.openDeviation(papers[0].dossier)
		b.Href, b.Link = p.to("deviations.html#"+open.id), open.id
		what[0] = strings.TrimSuffix(what[0], " ("+open.id+")") + p.site.without(open)
	}
	b.Text = sentence(list(what))
	if s.inUse() && lacks <= len(papers) {
		b.Text += " All other documents that the service needs are signed and in date."
	}
	return b
}

// without says whose signatures what landed lacks; "" if none.
func (a *archive) without(d *deviation) string {
	if len(d.Missing) == 0 {
		return ""
	}
	var roles []string
	for _, m := range d.Missing {
		roles = append(roles, "the "+a.roleTitle(m.Role))
	}
	return ", without the signature of " + list(roles)
}

// answers are the questions of an auditor who sampled the service.
func (p sheet) answers(s *service) []answer {
	e := s.entry
	approved := answer{Question: "Approved before use?", Answer: "Register entry in state " + s.lifecycle(), Where: p.where(e)}
	if since := e.Text("in-service-since"); since != "" {
		approved.Answer += ", in service since " + since
	}
	answers := []answer{approved, {Question: "Who answers for it?", Answer: p.owners(e), Where: p.where(e)}}
	for _, q := range []struct {
		question, typ string
		answer        func(*paper) string
	}{
		{"Were the terms checked?", typeContract, func(d *paper) string { return provisionsOf(d).text() }},
		{"Who does what?", typeMatrix, func(d *paper) string { return many(len(rowsOf(d)), "control area", "control areas") }},
		{"Is the provider assured?", typeAssurance, func(d *paper) string { return "Reports valid until " + d.Text("valid-until") }},
		{"Can we leave?", typeExit, exitText},
	} {
		answers = append(answers, p.answer(s, q.question, q.typ, q.answer))
	}
	return answers
}

// answer is one answer that a document gives; a missing document is the answer too.
func (p sheet) answer(s *service, question, typ string, text func(*paper) string) answer {
	d := p.site.first(typ, s.id)
	if d != nil {
		a := answer{Question: question, Answer: text(d), Where: p.where(d)}
		if problem := p.site.problem(d); problem != "" {
			words := "The " + strings.ToLower(typeTitle(typ)) + " " + problem
			st := partly(words)
			if d.dossier != nil && p.site.openDeviation(d.dossier) != nil {
				st = deviant(words)
			}
			a.State = &st
		}
		return a
	}
	a := answer{Question: question}
	st := notApplicable()
	st.Word = "Not demanded"
	if wanted, must := s.demanded(typ); wanted {
		st = partly("No " + strings.ToLower(typeTitle(typ)) + ", which is recommended")
		if must {
			st = missing("No " + strings.ToLower(typeTitle(typ)))
		}
	}
	a.State = &st
	return a
}

func (p sheet) where(d *paper) []crumb {
	if d.version == nil {
		return nil
	}
	return []crumb{{d.dossier.id() + " " + d.version.label, p.to(d.page())}}
}

// owners are the holders of the owner roles of an entry.
func (p sheet) owners(d *paper) string {
	var names []string
	for _, key := range []string{"business-owner", "technical-owner"} {
		role := d.Text(key)
		if role == "" {
			continue
		}
		who := list(p.site.holders(role))
		if who == "" {
			who = "nobody holds it"
		}
		names = append(names, p.site.roleTitle(role)+" ("+who+")")
	}
	return list(names)
}

func exitText(d *paper) string {
	text := "In " + d.Text("estimated-exit-days") + " days"
	switch tested := d.Text("last-tested"); tested {
	case "", "never":
		return text + ", never tested"
	default:
		return text + ", tested " + tested
	}
}

// card shows a document with the fields that matter most for its type.
func (p sheet) card(d *paper) serviceCard {
	card := serviceCard{ID: "k-" + anchorOf(d), Title: typeTitle(d.Type), Href: p.to(d.page()), State: missing("Not on record")}
	if d.dossier != nil {
		card.State = p.site.state(d.dossier)
		card.Unsigned, card.Awaited = p.unsigned(d.dossier)
	}
	for _, key := range cardFields(d.Type) {
		if text := fieldText(d.Document, key); text != "" {
			card.Facts = append(card.Facts, fact{Name: redline.Label(key), Text: p.fieldWords(key, text)})
		}
	}
	switch d.Type {
	case typeMatrix:
		card.Split = splitOf(d)
	case typeExit:
		card.Bar = exitBar(d)
	}
	if v := d.version; v != nil {
		card.Facts = append(card.Facts, fact{Name: "Version", Text: v.dossier.id() + " " + v.label + ", SHA-256", Code: v.sha256.Short()})
		for _, s := range signings(v.publication()) {
			card.SignedBy = append(card.SignedBy, signer{s.who() + ", " + s.roleNames(), moment(s.signature.Act.SubmittedAt).Day()})
		}
	}
	if !d.NextReview.IsZero() {
		card.Facts = append(card.Facts, fact{Name: "Next review", Day: dayOf(d.NextReview), Note: distance(p.site.today, d.NextReview)})
	}
	return card
}

// unsigned says who must sign what landed in an open deviation; nil where nothing is missing.
func (p sheet) unsigned(d *dossier) (*state, string) {
	open := p.site.openDeviation(d)
	if open == nil || len(open.Missing) == 0 {
		return nil, ""
	}
	var who []string
	for _, m := range open.Missing {
		who = append(who, p.site.withHolders(m.Role))
	}
	st := deviant("Not signed")
	return &st, "Waiting for " + strings.Join(who, "; ")
}

// anchorOf is an id for a document on a page.
func anchorOf(d *paper) string {
	if d.dossier != nil {
		return d.dossier.name
	}
	return sha256Of([]byte(d.Path)).Short()
}

// cardFields are the fields of the front matter that a card shows.
func cardFields(typ string) []string {
	switch typ {
	case typeService:
		return []string{"service-model", "provider-entity", "data-classification", "personal-data", "residency", "key-management", "mfa-enforced", "sso", "rto-hours", "rpo-hours", "in-service-since", "business-owner", "technical-owner"}
	case typeContract:
		return []string{"provider-entity", "agreement-basis", "incident-notification-hours", "incident-clock", "breach-notification-hours", "agreement-end", "outcome"}
	case typeMatrix:
		return []string{"provider-model", "provider-model-checked"}
	case typeExit:
		return []string{"last-tested", "test-type", "exit-target", "deletion-evidence"}
	case typeAssurance:
		return []string{"evidence-types", "valid-until", "scope-covers-service", "exceptions-noted"}
	case typeException:
		return []string{"waives", "risk-rating", "risk-owner", "expires"}
	default:
		return nil
	}
}

// fieldText is a field as a reader sees it; "" for none.
func fieldText(d *document.Document, key string) string {
	for _, v := range redline.Values(d) {
		if v.Key == key {
			return v.Text
		}
	}
	return ""
}

// fieldWords put a value into words, where people do not use the word of the field.
func (p sheet) fieldWords(key, text string) string {
	switch key {
	case "business-owner", "technical-owner", "risk-owner":
		if who := list(p.site.holders(text)); who != "" {
			return who + " (" + p.site.roleTitle(text) + ")"
		}
		return p.site.roleTitle(text)
	case "personal-data":
		return personalData(text)
	case "mfa-enforced", "sso", "scope-covers-service":
		return yesNo(text)
	case "incident-clock":
		return clockWords(text)
	case "evidence-types":
		return evidenceWords(text)
	case "test-type", "agreement-basis", "outcome", "deletion-evidence":
		return strings.ReplaceAll(text, "-", " ")
	default:
		return text
	}
}

func yesNo(text string) string {
	switch text {
	case "true":
		return "yes"
	case "false":
		return "no"
	default:
		return text
	}
}

// evidenceWords are the names that the reports of providers go by.
func evidenceWords(text string) string {
	return strings.NewReplacer(
		"iso27001-certificate", "ISO/IEC 27001 certificate", "iso27017-certificate", "ISO/IEC 27017 certificate",
		"iso27018-certificate", "ISO/IEC 27018 certificate", "soc1-type2", "SOC 1 type 2", "soc2-type2", "SOC 2 type 2",
		"soc3", "SOC 3", "csa-star", "CSA STAR", "c5", "C5",
	).Replace(text)
}

// clockWords say when a notification window begins.
func clockWords(word string) string {
	switch word {
	case "awareness":
		return "provider is aware"
	case "confirmation":
		return "provider confirms"
	case "declaration":
		return "provider declares"
	default:
		return word
	}
}
