package site

import "github.com/vidimus-bot/vidimus/bot/document/redline"

// componentsPage is what components.html is filled with: the meaning of every mark.
type componentsPage struct {
	States           []meaning
	Responsibilities []responsibilityMeaning
	Banners          []banner
}

// meaning is what a state means.
type meaning struct {
	State state
	Text  string
}

// responsibilityMeaning is what a responsibility means.
type responsibilityMeaning struct {
	Resp redline.Responsibility
	Text string
}

// components makes the page "Meaning of the marks".
func (s *site) components() error {
	p := s.sheet("components.html")
	data := componentsPage{
		States: []meaning{
			{good(wordInForce), "merged as it was signed by all who must sign, and its date has come"},
			{good(wordSigned), "merged as it was signed; its date has not come yet"},
			{good(wordCovered), "a requirement with everything in place"},
			{good("Good"), "a commit whose signature verifies with the person’s own key"},
			{partly("Vouched"), "a commit that GitHub vouches for; no personal key"},
			{state{"info", "info", "Witness"}, "something was seen and put on record before it landed"},
			{draft(wordDraft), "status draft, not in force"},
			{partly(wordPartly), "something is there, something is missing"},
			{partly(wordAdopted), "it was there before Vidimus, or nothing says that it was signed"},
			{due(wordDue), "within 30 days"},
			{late(wordOverdue), "the date has passed"},
			{deviant(wordDeviation), "a governed branch holds what was not signed"},
			{missing(wordMissing), "a required document, row or signature is absent"},
			{missing("Blocks"), "a finding that stops the merge"},
			{past(wordSuperseded), "a later version was signed"},
			{past(wordRetired), "withdrawn, nothing follows"},
			{past(wordDeleted), "the branch does not hold it any more"},
			{notApplicable(), "not demanded here"},
		},
		Responsibilities: []responsibilityMeaning{
			{redline.ResponsibilityOf("Customer"), s.organisation() + " answers for it"},
			{redline.ResponsibilityOf("Shared"), "both; the split is written down"},
			{redline.ResponsibilityOf("Provider"), "the provider answers for it"},
			{redline.ResponsibilityOf("Not applicable"), "nobody needs to, and the matrix says why"},
		},
		Banners: []banner{
			{State: draft(wordDraft), Text: "Not in force. A draft needs no signature."},
			{State: good(wordInForce), Text: "The line below the word says since when, and who signed."},
			{State: due("In force, due"), Text: "A review, a report or an exception ends within 30 days."},
			{State: late("In force, overdue"), Text: "A review, a report or an exception has passed its date."},
			{State: deviant("On the branch with a deviation"), Text: "Something landed without its signatures. It does not count as signed."},
			{State: past(wordSuperseded), Text: "A later version replaces this text. It is kept for the record."},
			{State: past(wordRetired), Text: "Withdrawn, and nothing follows it. It is kept for the record."},
		},
	}
	return s.add(page{
		sheet: p, title: "Meaning of the marks", template: "components", data: data,
		crumbs: []crumb{{"Overview", "index.html"}, {"Meaning of the marks", ""}},
	})
}

// notFoundPage is what 404.html is filled with. Its links lead to the configured address of the site, since it is
// shown in place of any page.
type notFoundPage struct {
	Documents, Register, Ledger, Overview string
	Example                               string // address of a version on the site; "" while there is none
}

// notFound makes the page for what does not exist.
func (s *site) notFound() error {
	p := s.sheet("404.html")
	if s.options.Address != "" {
		p.root = trimSlash(s.options.Address) + "/"
	}
	data := notFoundPage{Documents: p.to("documents/index.html"), Register: p.to("register.html"), Ledger: p.to("ledger.html"), Overview: p.to("index.html")}
	for _, d := range s.markdown() {
		if v := s.current(d); v != nil {
			data.Example = v.page()
			break
		}
	}
	return s.add(page{sheet: p, title: "There is no such page", template: "notfound", data: data})
}

func trimSlash(s string) string {
	for len(s) > 0 && s[len(s)-1] == '/' {
		s = s[:len(s)-1]
	}
	return s
}
