package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// keepDone is how long a finished delivery's id is remembered, to know a
// redelivery. GitHub redelivers for three days, GHES for seven.
const keepDone = 8 * 24 * time.Hour

// ring tells the sweeper that something may have become due at another time
// than it believes.
func (s *Store) ring() {
	select {
	case s.alarm <- struct{}{}:
	default: // it has not looked since the last ring
	}
}

// sweepAlways wakes what waits when its time comes, and looks for forgotten work
// every SweepEvery. Jobs do not wait themselves: a waiting job would hold back
// the deliveries that come meanwhile.
func (s *Store) sweepAlways(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.alarm:
		case <-timer.C:
		}
		wait, err := s.sweep(ctx)
		if err != nil && ctx.Err() == nil {
			s.config.Log.ErrorContext(ctx, "sweep did not work", "err", err)
		}
		timer.Reset(wait)
	}
}

// sweep enqueues the jobs of everything that is due, forgets old deliveries and
// says how long to wait for the next time.
func (s *Store) sweep(ctx context.Context) (wait time.Duration, err error) {
	now := time.Now()
	due, err := s.dueSubjects(ctx, now)
	if err != nil {
		return s.config.SweepEvery, err
	}
	err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, on := range due {
			if err := lockSubject(ctx, tx, on, 0); err != nil {
				return err
			}
			if err := s.insertJob(ctx, tx, on); err != nil {
				return err
			}
		}
		return forgetDone(ctx, tx, now.Add(-keepDone))
	})
	if err != nil {
		return s.config.SweepEvery, fmt.Errorf("enqueue what is due: %w", err)
	}
	return s.nextDue(ctx, now)
}

func (s *Store) dueSubjects(ctx context.Context, now time.Time) ([]subject, error) {
	const query = `SELECT DISTINCT repository_id, 'drain' FROM inbox WHERE state = 'open' AND due <= ?
		UNION SELECT repository_id, kind FROM subject WHERE wanted > done AND due <= ?`
	due, err := list(ctx, s.reader, func(rows *sql.Rows) (on subject, err error) {
		return on, rows.Scan(&on.repositoryID, &on.kind)
	}, query, now.UnixMilli(), now.UnixMilli())
	if err != nil {
		return nil, fmt.Errorf("look for due work: %w", err)
	}
	return due, nil
}

// nextDue is the time until the next thing becomes due, SweepEvery at most.
func (s *Store) nextDue(ctx context.Context, now time.Time) (time.Duration, error) {
	const query = `SELECT min(due) FROM (SELECT min(due) AS due FROM inbox WHERE state = 'open' AND due > ?
		UNION ALL SELECT min(due) FROM subject WHERE wanted > done AND due > ?) AS pending`
	var due sql.NullInt64
	if err := s.reader.QueryRowContext(ctx, query, now.UnixMilli(), now.UnixMilli()).Scan(&due); err != nil {
		return s.config.SweepEvery, fmt.Errorf("look for work to come: %w", err)
	}
	if !due.Valid {
		return s.config.SweepEvery, nil
	}
	return max(0, min(s.config.SweepEvery, time.Until(time.UnixMilli(due.Int64)))), nil
}

func forgetDone(ctx context.Context, tx *sql.Tx, before time.Time) error {
	const forget = `DELETE FROM inbox WHERE state = 'done' AND settled < ?`
	if _, err := tx.ExecContext(ctx, forget, before.UnixMilli()); err != nil {
		return fmt.Errorf("forget old deliveries: %w", err)
	}
	return nil
}
