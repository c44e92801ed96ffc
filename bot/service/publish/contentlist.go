package publish

import (
	"context"
	"errors"
	"fmt"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/service/gate"
	"github.com/vidimus-bot/vidimus/bot/service/gitstore"
	"github.com/vidimus-bot/vidimus/bot/service/store"
)

// maxBases bounds how many ancestors of a reviewed commit are tried as the merge base
// that it had when it was reviewed.
const maxBases = 64

// contentLists finds the content lists that witness statements name, by digest: as the
// gate kept them, else worked out again from Git. What cannot be found is left out.
func (p *Publisher) contentLists(ctx context.Context, desk *gate.Desk, statements []evidence.Signed) (map[string][]byte, error) {
	lists := map[string][]byte{}
	for _, s := range statements {
		named, err := observations(s)
		if err != nil {
			return nil, err
		}
		for _, o := range named {
			if _, have := lists[o.ContentDigest]; have || o.ContentDigest == "" {
				continue
			}
			list, err := p.Gate.Store.Body(ctx, desk.Store.ID, o.ContentDigest)
			if errors.Is(err, store.ErrNotFound) {
				list, err = p.workOut(desk, o)
			}
			if err != nil {
				return nil, fmt.Errorf("content list %s: %w", o.ContentDigest, err)
			}
			if list != nil {
				lists[o.ContentDigest] = list
			}
		}
	}
	return lists, nil
}

// observations reads what a witness statement observed.
func observations(s evidence.Signed) ([]evidence.Observation, error) {
	read, err := evidence.ReadStatement(s.Statement)
	if err != nil {
		return nil, fmt.Errorf("witness statement: %w", err)
	}
	w, ok := read.Predicate.(evidence.Witness)
	if !ok {
		return nil, fmt.Errorf("statement of the type %s is no witness", read.PredicateType)
	}
	return w.Observations, nil
}

// missingList is the first list that a statement names and lists do not hold.
func missingList(s evidence.Signed, lists map[string][]byte) (digest string, err error) {
	named, err := observations(s)
	for _, o := range named {
		if _, have := lists[o.ContentDigest]; o.ContentDigest != "" && !have {
			return o.ContentDigest, nil
		}
	}
	return "", err
}

// workOut makes the content list of a reviewed commit anew; nil if none of the commits
// below it, taken as the merge base, gives the digest. Where the two part may have
// moved since: a proposal on which this one stood has landed.
func (p *Publisher) workOut(desk *gate.Desk, o evidence.Observation) ([]byte, error) {
	if o.Commit == nil {
		return nil, nil
	}
	head := o.Commit.Digest.GitCommit
	subject := gate.Subject{Head: head, Now: p.Gate.App.Now()}
	var err error
	if subject.Governance, err = p.Gate.Governance(desk); err != nil {
		return nil, err
	}
	for id, tries := head, 0; tries < maxBases; tries++ {
		c, err := desk.Mirror.Commit(id)
		if errors.Is(err, gitstore.ErrNotFound) {
			return nil, nil
		}
		if err != nil || len(c.Parents) == 0 {
			return nil, err
		}
		for _, base := range c.Parents {
			subject.Base = base
			s, err := gate.Gather(desk.Mirror, subject)
			if err != nil {
				return nil, err
			}
			list := document.FormatContentList(decision.ContentOf(s, head))
			if facts.Digest(list) == o.ContentDigest {
				return list, nil
			}
		}
		id = c.Parents[0]
	}
	return nil, nil
}
