package evidence

import (
	"fmt"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
)

// Place is where a file stands in the ledger.
type Place struct {
	Entry int
	Name  string // within the record
}

// Holds finds a file of any record by its digest, the earliest of several. It reads
// the lists of all records, once.
func (l *Ledger) Holds(digest string) (Place, bool, error) {
	for ; l.indexed < len(l.entries); l.indexed++ {
		r, err := l.Record(l.indexed + 1)
		if err != nil {
			return Place{}, false, err
		}
		for _, s := range r.Sums {
			if _, ok := l.places[s.SHA256]; !ok {
				l.places[s.SHA256] = Place{r.Entry.Number, s.Path}
			}
		}
	}
	p, ok := l.places[digest]
	return p, ok, nil
}

// Stated is what a record says of one governed path: a version that landed signed, or
// a deviation; one of both is set. SHA256 is the statement's digest.
type Stated struct {
	Place
	SHA256    string
	Subject   Subject
	Version   *DocumentVersion
	Deviation *Deviation
}

// Stated lists what was said of a path, newest first. It reads the statements of all
// records, once; Last is enough to know where a path stands.
func (l *Ledger) Stated(path string) ([]Stated, error) {
	for l.scanned > 0 {
		if err := l.scan(); err != nil {
			return nil, err
		}
	}
	return l.stated[path], nil
}

// Last is what was said last of a path. It reads records backwards only as far as it
// must.
func (l *Ledger) Last(path string) (Stated, bool, error) {
	for len(l.stated[path]) == 0 && l.scanned > 0 {
		if err := l.scan(); err != nil {
			return Stated{}, false, err
		}
	}
	if len(l.stated[path]) == 0 {
		return Stated{}, false, nil
	}
	return l.stated[path][0], true, nil
}

// scan reads the statements about paths of the newest record that was not scanned.
func (l *Ledger) scan() error {
	r, err := l.Record(l.scanned)
	if err != nil {
		return err
	}
	l.scanned--
	for _, name := range r.Statements() {
		if !strings.HasPrefix(name, "statements/document-") && !strings.HasPrefix(name, "statements/deviation-") {
			continue
		}
		s, err := r.Statement(name)
		if err != nil {
			return err
		}
		said := Stated{Place: Place{r.Entry.Number, name}, SHA256: r.Digest(name)}
		switch p := s.Predicate.(type) {
		case DocumentVersion:
			said.Version = &p
		case Deviation:
			said.Deviation = &p
		default:
			continue
		}
		said.Subject = s.Subject[0]
		l.stated[said.Subject.Name] = append(l.stated[said.Subject.Name], said)
	}
	return nil
}

// Governance is the state of configuration and keys that signed changes gave, as the
// last landing left it. Entry is the ledger's last, so that facts tell on which state
// of the ledger they rest. LAW 8.3.
func (l *Ledger) Governance() (facts.Governance, error) {
	g := facts.Governance{Recorded: len(l.entries) > 0, Entry: len(l.entries), Signed: []facts.Entry{}}
	for n := len(l.entries); n > 0; n-- {
		r, err := l.Record(n)
		if err != nil {
			return facts.Governance{}, err
		}
		f, d, ok, err := r.Decision()
		if err != nil {
			return facts.Governance{}, err
		}
		if ok {
			g.Signed = append(g.Signed, decision.SignedAfter(facts.Snapshot{Facts: f}, d)...)
			return g, nil
		}
	}
	return g, nil
}

// LastLanding is the newest recorded landing on a branch; ok is false if there is none.
func (l *Ledger) LastLanding(branch string) (landing facts.Landing, ok bool, err error) {
	for n := len(l.entries); n > 0; n-- {
		r, err := l.Record(n)
		if err != nil {
			return facts.Landing{}, false, err
		}
		f, _, found, err := r.Decision()
		if err != nil {
			return facts.Landing{}, false, err
		}
		if found && f.Landing != nil && f.Landing.Branch == branch {
			return *f.Landing, true, nil
		}
	}
	return facts.Landing{}, false, nil
}

// Bytes reads a file of any record by its digest.
func (l *Ledger) Bytes(digest string) ([]byte, error) {
	p, ok, err := l.Holds(digest)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("no record holds bytes with the digest %s", digest)
	}
	r, err := l.Record(p.Entry)
	if err != nil {
		return nil, err
	}
	return r.File(p.Name)
}
