package site

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/evidence"
)

// archive is everything that pages are made of, read once out of the ledger.
type archive struct {
	ledger     *evidence.Ledger
	options    Options
	records    []*record
	dossiers   []*dossier // in the order in which their documents were first seen
	byName     map[string]*dossier
	byPath     map[string]*dossier // by the path at which the branch holds them
	deviations []*deviation        // in the order of the ledger
	repository facts.Repository
	config     repoconfig.Config // the last signed one
	governing  []facts.Entry     // the last signed configuration and keys
	branch     branch
	inventory  []*service // by id
	last       evidence.Entry
	today      document.Date // of the last entry, in the organisation's time zone
}

// record is one record of the ledger with the statements that pages need.
type record struct {
	*evidence.StoredRecord
	digest     digest // of the entry's bytes
	events     []event
	signatures []signature
	commits    *commits
	founding   *evidence.Founding
	key        *evidence.KeyChange
	seen       int // observations in witness statements
	pulls      map[int]bool
	engine     string
}

// statement is where a statement stands and what its bytes are.
type statement struct {
	record  *record
	name    string // within the record
	digest  digest
	subject evidence.Subject
}

// signature is one review that is, or once was, a signature.
type signature struct {
	statement
	evidence.Signature
}

// commits are the verdicts on the commits of a change.
type commits struct {
	statement
	evidence.Commits
}

// event is something that happened to one document: a version landed as it was signed, or otherwise, or it was
// there before the founding. One of the three is set.
type event struct {
	statement
	published *evidence.DocumentVersion
	deviation *deviation
	adopted   *evidence.AdoptedDocument
	version   *version // nil for a deletion, and where the bytes are not kept
}

// deviation is something that landed other than signed.
type deviation struct {
	statement
	evidence.Deviation
	id      string // DEV-YEAR-NUMBER
	dossier *dossier
	version *version
	closed  *event // the version that mended it
}

// errEmpty says that there is nothing to read; Files never asks then.
var errEmpty = errors.New("the ledger has no entry")

// read reads the whole ledger.
func read(l *evidence.Ledger, o Options) (*archive, error) {
	entries := l.Entries()
	if len(entries) == 0 {
		return nil, errEmpty
	}
	a := &archive{ledger: l, options: o, byName: map[string]*dossier{}, last: entries[len(entries)-1]}
	if err := a.readGovernance(); err != nil {
		return nil, err
	}
	_, head := l.Head()
	for i := range entries {
		r, err := a.readRecord(i + 1)
		if err != nil {
			return nil, err
		}
		r.digest = digest(head)
		if i+1 < len(entries) {
			r.digest = digest(entries[i+1].Previous)
		}
		a.records = append(a.records, r)
		if err := a.file(r); err != nil {
			return nil, fmt.Errorf("record %d: %w", i+1, err)
		}
	}
	if err := a.readBranch(); err != nil {
		return nil, err
	}
	a.byPath = map[string]*dossier{}
	for _, d := range a.dossiers {
		if _, taken := a.byPath[d.path]; !taken || a.current(d) != nil {
			a.byPath[d.path] = d
		}
	}
	a.inventory = a.readServices()
	return a, nil
}

// readGovernance reads the last signed configuration. One that cannot be read any more leaves names and titles
// out; it is an old version's, since none that cannot be read is ever signed.
func (a *archive) readGovernance() error {
	g, err := a.ledger.Governance()
	if err != nil {
		return fmt.Errorf("signed configuration and keys: %w", err)
	}
	a.governing = g.Signed
	zone := time.UTC
	for _, e := range g.Signed {
		if e.Path != repoconfig.Path {
			continue
		}
		raw, err := a.ledger.Bytes(e.SHA256)
		if err != nil {
			return fmt.Errorf("signed configuration: %w", err)
		}
		if config, findings := repoconfig.Read(raw); len(findings) == 0 {
			a.config = config
		}
	}
	if a.config.TimeZone != nil {
		zone = a.config.TimeZone
	}
	a.today = document.DateOf(a.last.When().In(zone))
	return nil
}

// readRecord reads the statements of one record.
func (a *archive) readRecord(number int) (*record, error) {
	stored, err := a.ledger.Record(number)
	if err != nil {
		return nil, err
	}
	r := &record{StoredRecord: stored, pulls: map[int]bool{}}
	for _, name := range stored.Statements() {
		s, err := stored.Statement(name)
		if err != nil {
			return nil, err
		}
		r.take(statement{record: r, name: name, digest: digest(stored.Digest(name)), subject: firstSubject(s)}, s.Predicate)
	}
	return r, nil
}

func firstSubject(s evidence.Statement) evidence.Subject {
	if len(s.Subject) == 0 {
		return evidence.Subject{}
	}
	return s.Subject[0]
}

// take files one statement by what it says. Statements of kinds that this version does not know are left to the
// records; no page speaks of them.
func (r *record) take(at statement, p evidence.Predicate) {
	switch p := p.(type) {
	case evidence.DocumentVersion:
		r.events = append(r.events, event{statement: at, published: &p})
		r.engine = p.Decision.Engine
		r.pulls[p.Landed.Pull] = true
	case evidence.Deviation:
		r.events = append(r.events, event{statement: at, deviation: &deviation{statement: at, Deviation: p}})
		r.pulls[p.Landed.Pull] = true
	case evidence.Signature:
		r.signatures = append(r.signatures, signature{at, p})
	case evidence.Commits:
		r.commits = &commits{at, p}
		r.pulls[p.Pull] = true
	case evidence.Founding:
		r.founding = &p
		r.adopt(at, p)
	case evidence.KeyChange:
		r.key = &p
	case evidence.Witness:
		r.seen += len(p.Observations)
		for _, o := range p.Observations {
			r.pulls[o.Pull] = true
		}
	}
}

// adopt makes an event of each document that was there before the founding.
func (r *record) adopt(at statement, f evidence.Founding) {
	for i := range f.Adopted {
		d := &f.Adopted[i]
		one := at
		one.subject = evidence.Subject{Name: d.Path, Digest: evidence.Digests{SHA256: d.SHA256}}
		r.events = append(r.events, event{statement: one, adopted: d})
	}
}

// pull is the pull request that a record is about; 0 for none.
func (r *record) pull() int {
	for n := range r.pulls {
		if n != 0 {
			return n // a record tells of one landing, or of one pull request that has not landed
		}
	}
	return 0
}

// nameIn is the name under which a record files what a statement is about: statements/KIND-NAME.json.
func nameIn(statementName string) string {
	base := strings.TrimSuffix(statementName[strings.LastIndex(statementName, "/")+1:], ".json")
	_, name, _ := strings.Cut(base, "-")
	return name
}

// evidenceKey is the newest statement about the key that signs evidence.
func (a *archive) evidenceKey() evidence.KeyChange {
	for i := len(a.records) - 1; i >= 0; i-- {
		if k := a.records[i].key; k != nil {
			return *k
		}
	}
	return evidence.KeyChange{}
}

// organisation is what the configuration calls it, else the repository's name.
func (a *archive) organisation() string {
	if a.config.Organisation != "" {
		return a.config.Organisation
	}
	return a.repository.Name
}
