package site

import (
	"fmt"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// certificate is what signatures.html is filled with: the signatures of one version on paper.
type certificate struct {
	Organisation, Title string
	Back                string
	Banner              banner
	Facts               []fact
	Signatures          []signatureView
	Path                string
	Statement           string
	Key                 string
	Entry               int
	Address             string
}

// signaturePage makes the page of a version's signatures, where a change of it was published.
func (s *site) signaturePage(v *version) error {
	e := v.publication()
	if e == nil {
		return nil
	}
	p := s.sheet(v.signaturePage())
	data := certificate{
		Organisation: s.organisation(), Title: v.title() + versionWord(v), Back: p.to(v.page()), Banner: s.certificateBanner(v, e),
		Facts: p.certificateFacts(v, e), Path: e.subject.Name, Statement: e.name, Key: fingerprint(s.evidenceKey().Primary),
		Entry: e.record.Entry.Number, Address: v.page(),
	}
	for _, one := range signings(e) {
		data.Signatures = append(data.Signatures, p.signature(v, e, one))
	}
	return s.add(page{
		sheet: p, title: "Signatures of " + v.dossier.id() + " " + v.label, place: placeOf(v.dossier), template: "certificate", data: data,
		crumbs: append(crumbsTo(v.dossier), crumb{v.dossier.id(), v.dossier.history()}, crumb{v.label, v.page()}, crumb{"Signatures", ""}),
	})
}

func versionWord(v *version) string {
	if v.dossier.kind != document.Markdown {
		return ""
	}
	return ", version " + v.label
}

func (a *archive) certificateBanner(v *version, e *event) banner {
	roles := required(e)
	switch {
	case len(roles) == 0:
		return banner{State: draft("No signature needed"), Text: noneNeeded(v)}
	case a.openDeviation(v.dossier) != nil && a.current(v.dossier) != v:
		return banner{State: deviant("Signed, and replaced by something that was not"), Text: "The branch holds another text now. The signatures below are bound to the digest on this page."}
	}
	word := fmt.Sprintf("Signed in all %d roles that must sign", len(roles))
	if len(roles) == 1 {
		word = "Signed in the one role that must sign"
	}
	return banner{State: good(word), Text: "The signatures below are bound to the digest on this page. A text with another digest is not the text that was signed."}
}

func (p sheet) certificateFacts(v *version, e *event) []fact {
	what := v.dossier.id() + ", " + v.title()
	if v.dossier.kind == document.Markdown {
		what += ", version " + v.label
		if v.front.change != "" {
			what += " (" + v.front.change + ")"
		}
	}
	facts := []fact{
		{Name: "Document", Text: what},
		{Name: "Signed bytes", Text: many(v.size, "byte", "bytes") + " of", Code: e.subject.Name},
		{Name: "SHA-256", Digest: v.sha256},
	}
	facts = appendDay(facts, "In force from", v.front.effective)
	facts = append(facts, fact{Name: "Merged", Time: moment(e.published.Landed.At), Note: strings.ToLower(merged(e.published.Decision.Outcome)[:1]) + merged(e.published.Decision.Outcome)[1:]})
	findings := "None"
	if n := len(e.published.Findings); n > 0 {
		findings = many(n, "warning", "warnings")
	}
	return append(facts, fact{Name: "Findings", Text: findings})
}
