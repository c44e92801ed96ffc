package site

import "github.com/vidimus-bot/vidimus/bot/document/redline"

// componentsPage is what components.html is filled with: the meaning of every mark.
type componentsPage struct {
	Organisation     string
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
		Organisation: s.organisation(),
		States: []meaning{
			{good(wordInForce), "merged as it was signed by all who must, and its date has come"},
			{good(wordSigned), "merged as it was signed; its date has not come yet"},
			{good(wordCovered), "a requirement with everything in place"},
			{good("Good"), "a commit whose signature verifies with the person’s own key"},
			{partly("Vouched"), "a commit that GitHub vouches for; no personal key"},
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
			{state{"info", "info", "Witness"}, "something was seen and put on record before it landed"},
		},
		Responsibilities: []responsibilityMeaning{
			{redline.ResponsibilityOf("Customer"), "we answer for it"},
			{redline.ResponsibilityOf("Shared"), "both; the split is written down"},
			{redline.ResponsibilityOf("Provider"), "the provider answers for it"},
			{redline.ResponsibilityOf("Not applicable"), "nobody needs to, and the matrix says why"},
		},
		Banners: []banner{
			{State: draft(wordDraft), Text: "Not in force. A draft needs no signature."},
			{State: good(wordInForce), Text: "Since a date; who signed is named here."},
			{State: due("In force, due"), Text: "A review, report or exception ends within 30 days."},
			{State: late("In force, overdue"), Text: "A review, report or exception has ended."},
			{State: deviant("On the branch with a deviation"), Text: "Something landed without its signatures. It does not count as signed."},
			{State: past(wordSuperseded), Text: "A later version replaces this text. It is kept for the record."},
		},
	}
	return s.add(page{
		sheet: p, title: "Meaning of the marks", template: "components", data: data,
		crumbs: []crumb{{"Overview", "index.html"}, {"Meaning of the marks", ""}},
	})
}

// notFoundPage is what 404.html is filled with. Its links lead to the configured address of the site, since it is
// shown in place of any page.
type notFoundPage struct{ Links []crumb }

// notFound makes the page for what does not exist.
func (s *site) notFound() error {
	p := s.sheet("404.html")
	if s.options.Address != "" {
		p.root = trimSlash(s.options.Address) + "/"
	}
	var data notFoundPage
	for _, at := range places() {
		data.Links = append(data.Links, crumb{at.Text, p.to(at.Href)})
	}
	return s.add(page{sheet: p, title: "There is no such page", template: "notfound", data: data})
}

func trimSlash(s string) string {
	for len(s) > 0 && s[len(s)-1] == '/' {
		s = s[:len(s)-1]
	}
	return s
}
