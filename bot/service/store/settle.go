package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// settle writes the outcome of a pass and, if nothing more is due, ends the job,
// in one transaction that holds the subject's lock: whoever brings work either
// committed before, and is seen here, or finds the job gone and inserts one.
func (s *Store) settle(ctx context.Context, j job, p pass, workErr error) (ended bool, err error) {
	err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := lockSubject(ctx, tx, j.on, 0); err != nil {
			return err
		}
		if err := s.settleDeliveries(ctx, tx, p.work.Deliveries, workErr); err != nil {
			return err
		}
		if err := s.settleWish(ctx, tx, j.on, p, workErr); err != nil {
			return err
		}
		more, err := workDue(ctx, tx, j.on)
		if err != nil || more {
			return err
		}
		ended = true
		return j.complete(ctx, tx)
	})
	if err != nil {
		return false, fmt.Errorf("settle %s of repository %d: %w", j.on.kind, j.on.repositoryID, err)
	}
	if workErr != nil {
		s.ring() // what failed is due later
	}
	return ended, nil
}

// settleDeliveries settles those that the worker left open.
func (s *Store) settleDeliveries(ctx context.Context, tx *sql.Tx, handed []Delivery, workErr error) error {
	left, err := untouched(ctx, tx, handed)
	if err != nil {
		return err
	}
	if errors.Is(workErr, context.DeadlineExceeded) && len(left) < len(handed) {
		return nil // out of time, but getting on: the rest is nobody's fault
	}
	for _, d := range left {
		if workErr == nil {
			err = s.finishDelivery(ctx, tx, d.RepositoryID, d.ID)
		} else {
			err = s.failDelivery(ctx, tx, d.RepositoryID, Failure{DeliveryID: d.ID, Err: workErr})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) settleWish(ctx context.Context, tx *sql.Tx, on subject, p pass, workErr error) error {
	if !p.work.Wished {
		return nil
	}
	if workErr == nil {
		const fulfil = `UPDATE subject SET done = ?, attempts = 0, waits = 0, since = 0, due = 0, error = ''
			WHERE repository_id = ? AND kind = ?`
		if _, err := tx.ExecContext(ctx, fulfil, p.wanted, on.repositoryID, on.kind); err != nil {
			return fmt.Errorf("fulfil wish: %w", err)
		}
		return nil
	}
	now := time.Now()
	if p.tried.arrived == 0 {
		p.tried.arrived = now.UnixMilli()
	}
	n := s.config.Retry.after(workErr, p.tried, now)
	const put = `UPDATE subject SET attempts = ?, waits = ?, since = ?, due = ?, error = ? WHERE repository_id = ? AND kind = ?`
	_, err := tx.ExecContext(ctx, put, n.attempts, n.waits, p.tried.arrived, n.due, errorText(workErr), on.repositoryID, on.kind)
	if err != nil {
		return fmt.Errorf("put wish off: %w", err)
	}
	s.config.Log.WarnContext(ctx, "wish will be tried again", "kind", on.kind, "repo", on.repositoryID,
		"attempts", n.attempts, "waits", n.waits, "err", workErr)
	return nil
}

// workDue says whether the subject has anything to do now. It is asked within
// the transaction that may end the job: the time is read after the lock is held.
func workDue(ctx context.Context, tx *sql.Tx, on subject) (bool, error) {
	const query = `SELECT EXISTS (SELECT 1 FROM subject WHERE repository_id = ? AND kind = ? AND wanted > done AND due <= ?)
		OR (? = 'drain' AND EXISTS (SELECT 1 FROM inbox WHERE repository_id = ? AND state = 'open' AND due <= ?))`
	now := time.Now().UnixMilli()
	var due bool
	err := tx.QueryRowContext(ctx, query, on.repositoryID, on.kind, now, on.kind, on.repositoryID, now).Scan(&due)
	if err != nil {
		return false, fmt.Errorf("look for more work: %w", err)
	}
	return due, nil
}
