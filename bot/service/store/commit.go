package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// maxBatch bounds the rows of one Batch: everything that a worker can learn in
// its time fits, a loop that never ends does not.
const maxBatch = 10_000

// Batch is what a worker writes in one transaction: what it learned, and which
// deliveries are settled by it. Rows replace those with the same key, so that
// writing a batch twice is as good as once.
type Batch struct {
	// RepositoryID is the repository of all rows.
	RepositoryID int64
	// Done are the ids of deliveries that need no more work. Failed are those
	// that do; each has its own backoff.
	Done   []string
	Failed []Failure

	Repository *Repository
	Branches   []Branch
	Pulls      []Pull
	Witnesses  []Witness
	// Bodies are review bodies, kept by their SHA-256.
	Bodies   [][]byte
	Verdicts []Verdict
	Landings []Landing
	// Publish wishes that the landings be worked off, as Enqueue does.
	Publish bool
}

// Failure is a delivery that could not be worked. Err may be a RetryLater.
type Failure struct {
	DeliveryID string
	Err        error
}

// Commit writes the batch, all of it or nothing. ErrNotFound: it settles a
// delivery that the repository does not have. ErrOlderVerdict: a verdict with a
// higher number is there.
func (s *Store) Commit(ctx context.Context, b Batch) error {
	if err := b.check(); err != nil {
		return fmt.Errorf("commit to repository %d: %w", b.RepositoryID, err)
	}
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := s.writeState(ctx, tx, b); err != nil {
			return err
		}
		for _, id := range b.Done {
			if err := s.finishDelivery(ctx, tx, b.RepositoryID, id); err != nil {
				return err
			}
		}
		for _, f := range b.Failed {
			if err := s.failDelivery(ctx, tx, b.RepositoryID, f); err != nil {
				return err
			}
		}
		if b.Publish {
			return s.wish(ctx, tx, subject{b.RepositoryID, Publish})
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("commit to repository %d: %w", b.RepositoryID, err)
	}
	if len(b.Failed) > 0 {
		s.ring() // what failed is due later
	}
	return nil
}

func (b Batch) check() error {
	rows := len(b.Done) + len(b.Failed) + len(b.Branches) + len(b.Pulls) + len(b.Witnesses) + len(b.Bodies) +
		len(b.Verdicts) + len(b.Landings)
	if rows > maxBatch {
		return fmt.Errorf("batch has %d rows, wanted at most %d", rows, maxBatch)
	}
	settlesOnly := rows == len(b.Done)+len(b.Failed) && b.Repository == nil && !b.Publish
	if b.RepositoryID < 0 || b.RepositoryID == 0 && !settlesOnly {
		return errors.New("batch names no repository")
	}
	for _, f := range b.Failed {
		if f.Err == nil {
			return fmt.Errorf("delivery %s failed without an error", f.DeliveryID)
		}
	}
	return nil
}

// row is a struct of the cache that knows how to write and check itself.
type row interface {
	check() error
	write(ctx context.Context, tx *sql.Tx, s *Store, repositoryID int64) error
}

func (s *Store) writeState(ctx context.Context, tx *sql.Tx, b Batch) error {
	for _, r := range b.rows() {
		if err := r.check(); err != nil {
			return err
		}
		if err := r.write(ctx, tx, s, b.RepositoryID); err != nil {
			return err
		}
	}
	return nil
}

func (b Batch) rows() []row {
	var rows []row
	if b.Repository != nil {
		rows = append(rows, *b.Repository)
	}
	rows = appendRows(rows, b.Branches)
	rows = appendRows(rows, b.Pulls)
	rows = appendRows(rows, b.Witnesses)
	for _, body := range b.Bodies {
		rows = append(rows, reviewBody(body))
	}
	rows = appendRows(rows, b.Verdicts)
	return appendRows(rows, b.Landings)
}

func appendRows[R row](rows []row, more []R) []row {
	for _, r := range more {
		rows = append(rows, r)
	}
	return rows
}
