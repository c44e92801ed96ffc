package site

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/evidence"
)

// verifyPage is what verify.html is filled with.
type verifyPage struct {
	Key string
	Raw string // the fingerprint without blanks
	// KeyFile is the evidence key, by its path from the top of the bundle or branch.
	KeyFile string
	Head    digest
	Number  int
	Entry   string // path of the newest entry
	Record  string // its folder
	Sample  *sample
}

// sample is the document with which the page shows how one is verified.
type sample struct {
	Title, Href          string
	Source, Statement    string // paths from the top of the bundle or branch
	SHA256               digest
	Review, ReviewFile   string
	Name, Role           string
	Line                 string
	SignatureFile, Entry string
}

// verify makes the page that says why all this should be believed.
func (s *site) verify() error {
	p := s.sheet("verify.html")
	number, head := s.ledger.Head()
	primary := s.evidenceKey().Primary
	data := verifyPage{
		Key: fingerprint(primary), Raw: primary, Head: digest(head), Number: number, Entry: evidence.EntryPath(number),
		Record: evidence.RecordPath(number), Sample: p.sample(), KeyFile: s.keyFile(),
	}
	return s.add(page{
		sheet: p, title: "Verify this yourself", place: "verify.html", template: "verify", data: data,
		crumbs: []crumb{{"Overview", "index.html"}, {"Verify", ""}},
	})
}

// keyFile is where the newest evidence key stands.
func (a *archive) keyFile() string {
	for i := len(a.records) - 1; i >= 0; i-- {
		if a.records[i].key != nil && a.records[i].Digest("keys/vidimus.asc") != "" {
			return evidence.RecordPath(i+1) + "/keys/vidimus.asc"
		}
	}
	return "keys/vidimus.asc"
}

// plainLine takes statement lines in which no shell sees anything; the page offers its commands for copying.
var plainLine = regexp.MustCompile(`^[A-Za-z0-9 .:-]+$`)

// sample is the first document that is on the branch as it was signed; nil if there is none. A policy comes first,
// since it is what most people look for.
func (p sheet) sample() *sample {
	for _, d := range p.site.markdown() {
		v := p.site.current(d)
		if v == nil || !p.site.countsAsSigned(d) || d.kind != document.Markdown {
			continue
		}
		e := v.publication()
		place, held, err := p.site.ledger.Holds(string(v.sha256))
		if e == nil || err != nil || !held {
			continue
		}
		for _, one := range signings(e) {
			review := fmt.Sprintf("github/review-%d.json", one.signature.Act.ID)
			if !plainLine.MatchString(one.line) || e.record.Digest(review) == "" {
				continue
			}
			folder := evidence.RecordPath(e.record.Entry.Number) + "/"
			return &sample{
				Title: v.title() + " " + v.label, Href: p.to(v.page()), SHA256: v.sha256, Statement: folder + e.name,
				Source: evidence.RecordPath(place.Entry) + "/" + place.Name, ReviewFile: folder + review,
				SignatureFile: folder + one.signature.name, Name: one.who(), Role: one.roleNames(), Line: strings.TrimSpace(one.line),
				Review: fmt.Sprint(one.signature.Act.ID),
			}
		}
	}
	return nil
}
