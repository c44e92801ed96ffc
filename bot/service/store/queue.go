package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// maxDead bounds one answer of Dead.
const maxDead = 1000

// Queue is the state of the inbox and of the wishes.
type Queue struct {
	// Open deliveries are to be worked; Waiting of them have failed and are
	// tried again later. Dead ones are worked no more.
	Open, Waiting, Dead int
	// Oldest is how long the oldest open delivery has been here; 0 if there is
	// none.
	Oldest time.Duration
	// Wishes are repositories that somebody asked to be drained or published
	// and that were not since; FailingWishes of them have failed.
	Wishes, FailingWishes int
}

// Queue reads the state of the queue.
func (s *Store) Queue(ctx context.Context) (Queue, error) {
	const inbox = `SELECT count(*), coalesce(sum(CASE WHEN due > ? THEN 1 ELSE 0 END), 0), coalesce(min(arrived), 0)
		FROM inbox WHERE state = 'open'`
	const dead = `SELECT count(*) FROM inbox WHERE state = 'dead'`
	const wishes = `SELECT count(*), coalesce(sum(CASE WHEN attempts + waits > 0 THEN 1 ELSE 0 END), 0)
		FROM subject WHERE wanted > done`
	var q Queue
	var arrived int64
	if err := s.reader.QueryRowContext(ctx, inbox, time.Now().UnixMilli()).Scan(&q.Open, &q.Waiting, &arrived); err != nil {
		return Queue{}, fmt.Errorf("count open deliveries: %w", err)
	}
	if err := s.reader.QueryRowContext(ctx, dead).Scan(&q.Dead); err != nil {
		return Queue{}, fmt.Errorf("count dead deliveries: %w", err)
	}
	if err := s.reader.QueryRowContext(ctx, wishes).Scan(&q.Wishes, &q.FailingWishes); err != nil {
		return Queue{}, fmt.Errorf("count wishes: %w", err)
	}
	if q.Open > 0 {
		q.Oldest = max(0, time.Since(instant(arrived)))
	}
	return q, nil
}

// Writable writes a row and says whether that worked: a full disk, a file system
// that became read-only.
func (s *Store) Writable(ctx context.Context) error {
	const upsert = `INSERT INTO heartbeat (id, beat) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET beat = excluded.beat`
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, upsert, time.Now().UnixMilli())
		return err
	})
	if err != nil {
		return fmt.Errorf("write to the database: %w", err)
	}
	return nil
}

// DeadDelivery is a delivery that failed too often.
type DeadDelivery struct {
	Delivery
	// Error is what its last attempt ended with, at most 2000 bytes.
	Error string
}

// Dead reads dead deliveries, the oldest first, a thousand at most. Their
// payloads stay in the database and are not read.
func (s *Store) Dead(ctx context.Context) ([]DeadDelivery, error) {
	const query = `SELECT seq, delivery_id, repository_id, installation_id, event, action, received, attempts, error
		FROM inbox WHERE state = 'dead' ORDER BY seq LIMIT ?`
	dead, err := list(ctx, s.reader, func(rows *sql.Rows) (DeadDelivery, error) {
		var d DeadDelivery
		var received int64
		err := rows.Scan(&d.Seq, &d.ID, &d.RepositoryID, &d.InstallationID, &d.Event, &d.Action, &received, &d.Attempts, &d.Error)
		d.Received = instant(received)
		return d, err
	}, query, maxDead)
	if err != nil {
		return nil, fmt.Errorf("read dead deliveries: %w", err)
	}
	return dead, nil
}

// Revive opens a dead delivery again, with all its attempts. ErrNotFound: there
// is no such dead delivery.
func (s *Store) Revive(ctx context.Context, deliveryID string) error {
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		const query = `SELECT repository_id FROM inbox WHERE delivery_id = ? AND state = 'dead'`
		on := subject{kind: Drain}
		if err := tx.QueryRowContext(ctx, query, deliveryID).Scan(&on.repositoryID); err != nil {
			return notFound(err)
		}
		if err := lockSubject(ctx, tx, on, 0); err != nil {
			return err
		}
		if _, err := reopen(ctx, tx, deliveryID); err != nil {
			return err
		}
		return s.insertJob(ctx, tx, on)
	})
	if err != nil {
		return fmt.Errorf("revive delivery %.100s: %w", deliveryID, err)
	}
	return nil
}
