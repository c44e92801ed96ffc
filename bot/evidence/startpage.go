package evidence

import (
	"bytes"
	"fmt"
	"html/template"
	"path"
	"sort"

	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/document"
	docstemplates "github.com/vidimus-bot/vidimus/docs-templates"
)

// startHere is what START-HERE.html is made of.
type startHere struct {
	Organisation string
	Answer       string // the sentence that answers the page's question
	Repository   string
	RepositoryID int64
	Entries      int
	Time         string
	Head         []string // in groups of four digits
	Fingerprint  []string
	Signed       bool
	Site         bool
	Deviations   []startDeviation
	Documents    []startDocument
}

// startDeviation is one deviation; Record is the address of its statement.
type startDeviation struct {
	ID, Version, At, How, Text, Record string
	Open                               bool
	entry                              int
}

// startDocument is the newest state of one document; Page is the address of its page,
// its source or its statement, whichever the bundle has.
type startDocument struct {
	ID, Title, Version, State, SHA256, Page string
	Signatories                             []string
	Bad                                     bool
}

// startPage makes START-HERE.html.
func startPage(l *Ledger, signed, site bool) ([]byte, error) {
	text, err := docstemplates.Bundle.ReadFile("START-HERE.html")
	if err != nil {
		return nil, fmt.Errorf("read START-HERE.html: %w", err)
	}
	t, err := template.New("START-HERE.html").Parse(string(text))
	if err != nil {
		return nil, fmt.Errorf("parse START-HERE.html: %w", err)
	}
	page, err := newStartHere(l)
	if err != nil {
		return nil, err
	}
	page.Signed, page.Site = signed, site
	var b bytes.Buffer
	if err := t.Execute(&b, page); err != nil {
		return nil, fmt.Errorf("fill START-HERE.html: %w", err)
	}
	return b.Bytes(), nil
}

func newStartHere(l *Ledger) (startHere, error) {
	genesis, err := l.genesis()
	if err != nil {
		return startHere{}, err
	}
	number, head := l.Head()
	s := startHere{
		Organisation: organisation(l, genesis), Repository: genesis.Repository.Name, RepositoryID: genesis.Repository.ID, Entries: number,
		Time: l.entries[number-1].Time, Head: groups(head), Fingerprint: groups(genesis.Primary),
	}
	if err := s.addAdopted(l); err != nil {
		return startHere{}, err
	}
	for l.scanned > 0 {
		if err := l.scan(); err != nil {
			return startHere{}, err
		}
	}
	for p, said := range l.stated {
		if err := s.addStated(l, p, said); err != nil {
			return startHere{}, err
		}
	}
	s.finish()
	return s, nil
}

// organisation is what the last signed configuration calls it; the repository's name
// when that cannot be read.
func organisation(l *Ledger, genesis KeyChange) string {
	said, err := l.Stated(repoconfig.Path)
	if err != nil {
		return genesis.Repository.Name
	}
	for _, s := range said {
		if s.Version == nil {
			continue
		}
		raw, err := l.Bytes(s.Subject.Digest.SHA256)
		if err != nil {
			break
		}
		if config, findings := repoconfig.Read(raw); len(findings) == 0 {
			return config.Organisation
		}
	}
	return genesis.Repository.Name
}

func groups(digits string) []string {
	var found []string
	for len(digits) > 4 {
		found = append(found, digits[:4])
		digits = digits[4:]
	}
	return append(found, digits)
}

// addAdopted lists what was there before the founding and has not landed since.
func (s *startHere) addAdopted(l *Ledger) error {
	r, err := l.Record(1)
	if err != nil {
		return err
	}
	founding, err := r.Statement("statements/founding.json")
	if err != nil {
		return err
	}
	f, ok := founding.Predicate.(Founding)
	if !ok {
		return fmt.Errorf("%s tells of no founding", r.folder)
	}
	for _, a := range f.Adopted {
		if _, later, err := l.Last(a.Path); err != nil || later {
			if err != nil {
				return err
			}
			continue
		}
		s.Documents = append(s.Documents, startDocument{
			ID: a.ID, Title: a.Path, Version: a.Version, SHA256: a.SHA256, Page: r.folder + "/statements/founding.json",
			State: "not signed here: it was there before Vidimus, and is due for signature at its next review",
		})
	}
	return nil
}

// addStated adds what was said of one path, newest first.
func (s *startHere) addStated(l *Ledger, p string, said []Stated) error {
	open := true
	for _, one := range said {
		if one.Version != nil {
			open = false
			continue
		}
		d := one.Deviation
		s.Deviations = append(s.Deviations, startDeviation{
			ID: d.Document.ID, Version: d.Document.Version, At: d.Landed.At, How: d.How, Text: d.Text, Open: open,
			Record: RecordPath(one.Entry) + "/" + one.Name, entry: one.Entry,
		})
	}
	kind := document.Classify(".", p)
	if kind == document.Configuration || kind == document.Key {
		return nil
	}
	doc, ok, err := newStartDocument(l, said[0])
	if ok {
		s.Documents = append(s.Documents, doc)
	}
	return err
}

// newStartDocument is the newest state of a path; none for a deleted one.
func newStartDocument(l *Ledger, last Stated) (startDocument, bool, error) {
	d := startDocument{SHA256: last.Subject.Digest.SHA256, Title: last.Subject.Name}
	deleted := false
	if v := last.Version; v != nil {
		deleted = v.Deleted
		d.ID, d.Version, d.State = v.Document.ID, v.Document.Version, stateText(v)
		if v.Document.Title != "" {
			d.Title = v.Document.Title
		}
		for _, r := range v.Requirements {
			if r.Outcome == OutcomeSigned {
				d.addSignatory(r.Person + ", " + r.Role)
			}
		}
	} else {
		deleted = last.Deviation.Deleted
		d.ID, d.Version, d.Bad = last.Deviation.Document.ID, last.Deviation.Document.Version, true
		d.State = "deviation: " + last.Deviation.How
	}
	if deleted && last.Version != nil {
		return d, false, nil
	}
	page, err := pageOf(l, last)
	d.Page = page
	return d, true, err
}

func (d *startDocument) addSignatory(who string) {
	for _, have := range d.Signatories {
		if have == who {
			return
		}
	}
	d.Signatories = append(d.Signatories, who)
}

func stateText(v *DocumentVersion) string {
	switch {
	case v.Document.Status == document.Draft:
		return "draft, not in force"
	case v.Decision.Outcome == OutcomeSigned:
		return "signed, in force from " + v.Document.Effective
	default:
		return "in force, without a signature of its own (" + v.Decision.Outcome + ")"
	}
}

// pageOf is the rendered page of a statement's document, else the statement.
func pageOf(l *Ledger, s Stated) (string, error) {
	r, err := l.Record(s.Entry)
	if err != nil {
		return "", err
	}
	_, name, _ := cutStatementName(s.Name)
	if page := "rendered/" + name + ".html"; r.Digest(page) != "" {
		return r.folder + "/" + page, nil
	}
	return r.folder + "/" + s.Name, nil
}

// cutStatementName parts "statements/KIND-NAME.json".
func cutStatementName(p string) (kind, name string, ok bool) {
	base := path.Base(p)
	for _, kind := range []string{"document", "deviation"} {
		if len(base) > len(kind)+len("-.json") && base[:len(kind)+1] == kind+"-" {
			return kind, base[len(kind)+1 : len(base)-len(".json")], true
		}
	}
	return "", "", false
}

// finish orders the page and writes its first sentence.
func (s *startHere) finish() {
	sort.Slice(s.Documents, func(i, j int) bool {
		a, b := s.Documents[i], s.Documents[j]
		if a.ID != b.ID {
			return a.ID < b.ID
		}
		return a.Title < b.Title
	})
	sort.Slice(s.Deviations, func(i, j int) bool {
		a, b := s.Deviations[i], s.Deviations[j]
		if a.entry != b.entry {
			return a.entry > b.entry
		}
		return a.ID < b.ID
	})
	open, signed := 0, 0
	for _, d := range s.Deviations {
		if d.Open {
			open++
		}
	}
	for _, d := range s.Documents {
		if len(d.Signatories) > 0 {
			signed++
		}
	}
	s.Answer = fmt.Sprintf("%d of %d documents stand as they were signed; %d of %d deviations are open.", signed, len(s.Documents), open, len(s.Deviations))
}
