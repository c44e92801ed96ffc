package evidence

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
)

// Witnessed is a witness statement that the ledger holds, and in which entry first.
type Witnessed struct {
	Signed
	Entry int
}

// Witnesses lists the witness statements of a pull request that any record holds, each
// once, in the order in which they were recorded. It reads only the records of the
// pull request itself, and its signatures are not checked here: the entries' are.
func (l *Ledger) Witnesses(pull int) ([]Witnessed, error) {
	var found []Witnessed
	known := map[string]bool{}
	for _, e := range l.entries {
		if !mayWitness(e, pull) {
			continue
		}
		r, err := l.Record(e.Number)
		if err != nil {
			return nil, err
		}
		for _, name := range r.witnesses(pull) {
			s, err := r.signed(name)
			if err != nil {
				return nil, err
			}
			if digest := facts.Digest(s.Statement); !known[digest] {
				known[digest] = true
				found = append(found, Witnessed{s, e.Number})
			}
		}
	}
	return found, nil
}

// mayWitness says by an entry's key whether its record may hold statements about a
// pull request. The founding's key does not name one.
func mayWitness(e Entry, pull int) bool {
	return e.Number == 1 || strings.HasPrefix(e.Key, fmt.Sprintf("witness:%d:", pull)) ||
		strings.HasPrefix(e.Key, fmt.Sprintf("publication:%d:", pull))
}

// witnesses are the names of the record's witness statements about a pull request, in
// the order of their numbers.
func (r *StoredRecord) witnesses(pull int) []string {
	prefix := fmt.Sprintf("statements/witness-%d-", pull)
	numbers := map[string]int{}
	var names []string
	for _, name := range r.Statements() {
		rest, ok := strings.CutPrefix(name, prefix)
		if n, err := strconv.Atoi(strings.TrimSuffix(rest, ".json")); ok && err == nil {
			names, numbers[name] = append(names, name), n
		}
	}
	slices.SortFunc(names, func(a, b string) int { return numbers[a] - numbers[b] })
	return names
}

// signed reads a statement of the record and its signature.
func (r *StoredRecord) signed(name string) (s Signed, err error) {
	if s.Statement, err = r.File(name); err != nil {
		return s, err
	}
	s.Signature, err = r.File(name + ".asc")
	return s, err
}
