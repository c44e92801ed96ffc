package audit

import (
	"io/fs"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/evidence"
)

// Options say what to hold the evidence against. The zero value audits a bundle
// without a pinned key.
type Options struct {
	// Primary is the fingerprint of the evidence key that the auditor knows from
	// elsewhere; "" is not pinned, and the report then says whose key it was.
	Primary string
	// Branch: the files are the tree of an evidence branch, which has no list of its
	// own and no Git history beside it.
	Branch bool
	// Render makes the page of a document; nil: pages are not compared.
	Render func(path string, raw []byte) ([]byte, error)
	// Rendering is the word that each page of Render's form holds: a page without it
	// was made by another version and is not compared.
	Rendering string
}

// Verify audits the evidence in files. What cannot be read is a finding like any
// other: Verify always gives a report.
func Verify(files fs.FS, o Options) Report {
	a := &auditor{files: files, o: o, places: map[string]place{}, landed: map[string]bool{}, images: map[string][]string{}}
	a.report.Format, a.report.Branch = ReportFormat, o.Branch
	a.readKeys()
	if o.Branch {
		a.note("list", "an evidence branch has no list of its own; its key is", grouped(a.report.Primary))
	} else {
		a.checkFiles()
	}
	a.readLedger()
	a.readRecords()
	a.checkKeys()
	a.checkLandings()
	if !o.Branch {
		a.checkHistory()
	}
	a.sumUp()
	return a.report
}

// auditor is one audit; its fields are filled step by step by Verify.
type auditor struct {
	files   fs.FS
	o       Options
	report  Report
	keys    evidence.Keys
	entries []entry
	records []*record
	places  map[string]place // of all bytes in records, by digest

	signed     []facts.Entry   // configuration and keys after the last landing
	landed     map[string]bool // first-parent commits that records tell of
	branches   []branch
	roots      []string // governed folders of all configurations
	cache      blobCache
	images     map[string][]string // that a document shows, by path and digest
	fine       []Row
	stated     map[string][]said
	statements tally
}

// tally counts what the report sums up.
type tally struct {
	documents, decisions, commits, good, vouched, signatures, pages, foreignPages int
	levels                                                                        map[string]int
}

// entry is one ledger entry with the digest of its bytes and who signed it.
type entry struct {
	evidence.Entry
	digest string
	signer evidence.Signer
}

// record is one record that was read.
type record struct {
	entry
	folder string
	sums   []evidence.Sum
	digest map[string]string // by name
	// statements are those that could be read, by name; signers who signed them.
	statements map[string]evidence.Statement
}

// place is where bytes stand.
type place struct {
	record *record
	name   string
}

// branch is a governed branch: where its recorded history begins, and its last
// recorded landing.
type branch struct {
	name, from, last string
}

// said is what a record says of one path.
type said struct {
	number    int
	digest    string // of the statement
	sha256    string // of the subject
	deviation bool
	id        string
	version   string
	deleted   bool
	closes    []evidence.Ref
	text, how string
}

func (a *auditor) bad(what, text string, details ...string) { a.report.add(Bad, what, text, details) }

func (a *auditor) note(what, text string, details ...string) { a.report.add(Note, what, text, details) }

// ok says that a part is in order; it is told at the end, if nothing was found in it
// until then.
func (a *auditor) ok(what, text string, details ...string) {
	a.fine = append(a.fine, Row{Result: OK, What: what, Text: text, Details: details})
}
