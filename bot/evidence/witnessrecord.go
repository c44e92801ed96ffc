package evidence

import (
	"errors"
	"fmt"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
)

// WitnessRecord makes the record that puts witness statements of one pull request into
// the ledger before it lands, as they were signed. lists are the content lists that
// they name, by digest; all must be there, since without them nobody could tell later
// which documents a review was bound to.
func WitnessRecord(pull int, statements []Signed, lists map[string][]byte, keys Keys) (Record, error) {
	if len(statements) == 0 {
		return Record{}, errors.New("a witness record without statements")
	}
	r := Record{Kind: KindWitness, Key: KeyOfWitness(pull, statements), Files: map[string][]byte{}}
	for i, signed := range statements {
		if _, err := keys.Verify(signed.Statement, signed.Signature); err != nil {
			return Record{}, fmt.Errorf("witness statement %d: %w", i+1, err)
		}
		s, err := ReadStatement(signed.Statement)
		if err != nil {
			return Record{}, fmt.Errorf("witness statement %d: %w", i+1, err)
		}
		w, ok := s.Predicate.(Witness)
		if !ok {
			return Record{}, fmt.Errorf("statement %d is no witness statement", i+1)
		}
		name := fmt.Sprintf("statements/witness-%d-%d.json", pull, i+1)
		r.Files[name], r.Files[name+".asc"] = signed.Statement, signed.Signature
		if err := r.addLists(w, pull, lists); err != nil {
			return Record{}, fmt.Errorf("witness statement %d: %w", i+1, err)
		}
	}
	return r, nil
}

func (r Record) addLists(w Witness, pull int, lists map[string][]byte) error {
	for _, o := range w.Observations {
		if o.Pull != pull {
			return fmt.Errorf("is about the pull request %d, not %d", o.Pull, pull)
		}
		if o.ContentDigest == "" {
			continue
		}
		raw, ok := lists[o.ContentDigest]
		if !ok || facts.Digest(raw) != o.ContentDigest {
			return fmt.Errorf("the content list %s is not given", o.ContentDigest)
		}
		r.Files[listName(o.ContentDigest)] = raw
	}
	return nil
}
