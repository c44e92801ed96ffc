package publish

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/service/gate"
	"github.com/vidimus-bot/vidimus/bot/service/store"
)

// recordWithin is how long a statement may stand in a check run alone, which
// somebody with the App's key could take away. LAW 5.4; DESIGN.md, "Approvals".
const recordWithin = 24 * time.Hour

// maxRecorded bounds the statements of one witness record.
const maxRecorded = 256

// witnesses puts into the ledger the statements that no landing will carry soon: of
// pull requests closed without a merge, statements a day old, and those of a pull
// request whose witness block has become too large for its check run. Statements are
// known by their digest, so that nothing is recorded twice, whatever was killed when.
func (p *Publisher) witnesses(ctx context.Context, desk *gate.Desk) error {
	book, err := p.book(ctx, desk)
	if err != nil || book == nil {
		return err // before the founding there is no ledger to hold them
	}
	now := p.Gate.App.Now()
	all, err := p.Gate.Store.UnpublishedWitnesses(ctx, desk.Store.ID, now.AddDate(1, 0, 0))
	if err != nil {
		return err
	}
	// What a record holds already was written down nowhere else when we were killed.
	if all, err = p.noteRecorded(ctx, desk, all); err != nil {
		return err
	}
	for len(all) > 0 {
		pull := all[0].Pull
		end := slices.IndexFunc(all, func(w store.Witness) bool { return w.Pull != pull })
		if end < 0 {
			end = len(all)
		}
		due, err := p.due(ctx, desk, all[:end], now)
		if err != nil {
			return err
		}
		if due {
			if err := p.recordWitnesses(ctx, desk, all[:end]); err != nil {
				return fmt.Errorf("witnesses of pull request %d: %w", pull, err)
			}
		}
		all = all[end:]
	}
	return nil
}

// due says whether the unpublished statements of one pull request, oldest first, can
// wait no longer.
func (p *Publisher) due(ctx context.Context, desk *gate.Desk, unpublished []store.Witness, now time.Time) (bool, error) {
	size := 0
	for _, w := range unpublished {
		size += len(w.Statement) + len(w.Signature) + 1
		if size > evidence.MaxCarriedBytes || now.Sub(w.Recorded) >= recordWithin {
			return true, nil
		}
	}
	known, err := p.Gate.Store.Pull(ctx, desk.Store.ID, unpublished[0].Pull)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return known.State == store.PullClosed, err
}

// recordWitnesses puts statements of one pull request into the ledger and notes where
// they stand. A statement whose content list nobody has any more stays in the check
// run, and is told of.
func (p *Publisher) recordWitnesses(ctx context.Context, desk *gate.Desk, unpublished []store.Witness) error {
	pull := unpublished[0].Pull
	var wanted []evidence.Signed
	lists, err := p.contentLists(ctx, desk, signedOf(unpublished))
	if err != nil {
		return err
	}
	for _, w := range signedOf(unpublished) {
		missing, err := missingList(w, lists)
		if err != nil {
			return err
		}
		if missing != "" {
			p.Log.ErrorContext(ctx, "witness statement cannot be recorded: its content list is lost", "repo", desk.Store.FullName,
				"pull", pull, "statement", facts.Digest(w.Statement), "list", missing)
			continue
		}
		wanted = append(wanted, w)
	}
	for chunk := range slices.Chunk(wanted, maxRecorded) {
		_, err := p.append(ctx, desk, addition{at: p.Gate.App.Now(), record: func(l *evidence.Ledger) (evidence.Record, error) {
			left, err := unrecorded(l, chunk)
			if err != nil || len(left) == 0 {
				return evidence.Record{}, err
			}
			return evidence.WitnessRecord(pull, left, lists, p.Gate.Key.Public())
		}})
		if err != nil {
			return err
		}
	}
	_, err = p.noteRecorded(ctx, desk, unpublished)
	return err
}

func signedOf(witnesses []store.Witness) []evidence.Signed {
	signed := make([]evidence.Signed, len(witnesses))
	for i, w := range witnesses {
		signed[i] = evidence.Signed{Statement: w.Statement, Signature: w.Signature}
	}
	return signed
}

// unrecorded are the statements that no record holds.
func unrecorded(l *evidence.Ledger, statements []evidence.Signed) ([]evidence.Signed, error) {
	var left []evidence.Signed
	for _, s := range statements {
		_, held, err := l.Holds(facts.Digest(s.Statement))
		if err != nil {
			return nil, err
		}
		if !held {
			left = append(left, s)
		}
	}
	return left, nil
}

// noteRecorded writes down which entry holds each statement, as the ledger says, and
// gives those that none holds.
func (p *Publisher) noteRecorded(ctx context.Context, desk *gate.Desk, statements []store.Witness) (left []store.Witness, err error) {
	book, err := p.book(ctx, desk)
	if err != nil || book == nil {
		return statements, err
	}
	b := store.Batch{RepositoryID: desk.Store.ID}
	for _, w := range statements {
		place, held, err := book.Holds(w.Digest)
		if err != nil {
			return nil, err
		}
		if !held {
			left = append(left, w)
			continue
		}
		w.Entry = int64(place.Entry)
		b.Witnesses = append(b.Witnesses, w)
	}
	if len(b.Witnesses) == 0 {
		return left, nil
	}
	return left, p.Gate.Store.Commit(ctx, b)
}
