package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

const (
	// maxHanded bounds the deliveries that a worker gets at once. One pull
	// request makes some five at a push; a hundred are a busy repository after a
	// long pause.
	maxHanded = 100
	// maxHandedBytes bounds their payloads in memory: one of the largest always
	// fits.
	maxHandedBytes = 32 << 20
)

// dueDeliveries reads the next open deliveries of a repository that are due, in
// their order. One that has failed before comes after all others and alone, so
// that it can neither take them with it nor, by being due again and again, keep
// them waiting.
func (s *Store) dueDeliveries(ctx context.Context, repositoryID int64) ([]Delivery, error) {
	due, err := s.readInbox(ctx, `attempts + waits = 0`, repositoryID, maxHanded)
	if err == nil && len(due) == 0 {
		due, err = s.readInbox(ctx, `attempts + waits > 0`, repositoryID, 1)
	}
	if err != nil {
		return nil, fmt.Errorf("read inbox: %w", err)
	}
	return due, nil
}

// readInbox reads due deliveries until limit or maxHandedBytes. They come in the
// order of an index: a sort would pull all open payloads into memory first.
func (s *Store) readInbox(ctx context.Context, which string, repositoryID int64, limit int) ([]Delivery, error) {
	const query = `SELECT seq, delivery_id, repository_id, installation_id, event, action, received, attempts, waits, payload
		FROM inbox WHERE repository_id = ? AND state = 'open' AND due <= ? AND %s ORDER BY seq LIMIT ?`
	rows, err := s.reader.QueryContext(ctx, fmt.Sprintf(query, which), repositoryID, time.Now().UnixMilli(), limit)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // reading is over; rows.Err is looked at
	var due []Delivery
	for bytes := 0; rows.Next(); {
		d, err := scanDelivery(rows)
		if err != nil {
			return nil, err
		}
		if bytes += len(d.Payload); len(due) > 0 && bytes > maxHandedBytes {
			break
		}
		due = append(due, d)
	}
	return due, rows.Err()
}

func scanDelivery(rows *sql.Rows) (Delivery, error) {
	var d Delivery
	var received int64
	err := rows.Scan(&d.Seq, &d.ID, &d.RepositoryID, &d.InstallationID, &d.Event, &d.Action, &received,
		&d.Attempts, &d.waits, &d.Payload)
	d.Received = instant(received)
	return d, err
}

// finishDelivery marks a delivery done and lets go of its payload: what it
// testified is kept as witness, and people's words are not stored longer than
// needed.
func (s *Store) finishDelivery(ctx context.Context, tx *sql.Tx, repositoryID int64, id string) error {
	const update = `UPDATE inbox SET state = 'done', settled = ?, error = '', payload = NULL
		WHERE delivery_id = ? AND repository_id = ? AND state <> 'done'`
	found, err := changed(tx.ExecContext(ctx, update, time.Now().UnixMilli(), id, repositoryID))
	if err != nil {
		return fmt.Errorf("finish delivery %s: %w", id, err)
	}
	if found {
		return nil
	}
	return knownDelivery(ctx, tx, repositoryID, id)
}

// failDelivery notes a failure: the delivery waits, or is dead.
func (s *Store) failDelivery(ctx context.Context, tx *sql.Tx, repositoryID int64, f Failure) error {
	row, err := openDelivery(ctx, tx, repositoryID, f.DeliveryID)
	if err != nil || row == nil {
		return err
	}
	n := s.config.Retry.after(f.Err, *row, time.Now())
	state := "open"
	if n.dead {
		state = "dead"
	}
	const update = `UPDATE inbox SET state = ?, attempts = ?, waits = ?, due = ?, error = ? WHERE delivery_id = ?`
	if _, err := tx.ExecContext(ctx, update, state, n.attempts, n.waits, n.due, errorText(f.Err), f.DeliveryID); err != nil {
		return fmt.Errorf("fail delivery %s: %w", f.DeliveryID, err)
	}
	s.logFailure(ctx, repositoryID, f, n)
	return nil
}

func (s *Store) logFailure(ctx context.Context, repositoryID int64, f Failure, n next) {
	log := s.config.Log.With("repo", repositoryID, "delivery", f.DeliveryID, "attempts", n.attempts, "err", f.Err)
	if n.dead {
		log.ErrorContext(ctx, "delivery set aside as dead")
		return
	}
	log.WarnContext(ctx, "delivery will be tried again", "waits", n.waits)
}

// openDelivery reads what is known of an open delivery; nil if it is settled.
func openDelivery(ctx context.Context, tx *sql.Tx, repositoryID int64, id string) (*tried, error) {
	const query = `SELECT attempts, waits, arrived, state FROM inbox WHERE delivery_id = ? AND repository_id = ?`
	var row tried
	var state string
	err := tx.QueryRowContext(ctx, query, id, repositoryID).Scan(&row.attempts, &row.waits, &row.arrived, &state)
	if err != nil {
		return nil, fmt.Errorf("read delivery %s of repository %d: %w", id, repositoryID, notFound(err))
	}
	if state != "open" {
		return nil, nil
	}
	return &row, nil
}

func knownDelivery(ctx context.Context, tx *sql.Tx, repositoryID int64, id string) error {
	_, err := openDelivery(ctx, tx, repositoryID, id)
	return err
}

// untouched are the deliveries that nobody has settled since they were read.
func untouched(ctx context.Context, tx *sql.Tx, handed []Delivery) ([]Delivery, error) {
	var left []Delivery
	for _, d := range handed {
		row, err := openDelivery(ctx, tx, d.RepositoryID, d.ID)
		if err != nil {
			return nil, err
		}
		if row != nil && row.attempts == d.Attempts && row.waits == d.waits {
			left = append(left, d)
		}
	}
	return left, nil
}
