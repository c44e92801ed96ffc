package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

const (
	// MaxPayload bounds a stored payload. GitHub sends none over 25 MB.
	MaxPayload = 25 << 20
	// maxNameBytes bounds delivery id, event and action: GitHub's are a GUID of
	// 36 digits and words of up to some 40.
	maxNameBytes = 100
)

// Delivery is one webhook delivery. The payload testifies, it never decides:
// the worker reads the state again.
type Delivery struct {
	// ID is the GUID of X-GitHub-Delivery; a redelivery has the same one.
	ID string
	// Event and Action are GitHub's words; Action may be empty.
	Event, Action string
	// RepositoryID is 0 for what concerns the App and no single repository
	// (installations, organisations); such deliveries have a lane of their own.
	RepositoryID int64
	// InstallationID is 0 if the payload names none.
	InstallationID int64
	// Received is when we had it, by the clock handed in; milliseconds are kept.
	Received time.Time
	// Payload is the body as it was signed, at most MaxPayload.
	Payload []byte

	// Seq orders the deliveries of all repositories; Attempts is how often this
	// one has failed. Both are set by the store and ignored by Ingest.
	Seq      int64
	Attempts int

	waits int
}

func (d Delivery) check() error {
	switch {
	case d.ID == "" || len(d.ID) > maxNameBytes:
		return fmt.Errorf("delivery id has %d bytes, wanted 1 to %d", len(d.ID), maxNameBytes)
	case d.Event == "" || len(d.Event) > maxNameBytes:
		return fmt.Errorf("event of delivery %s has %d bytes, wanted 1 to %d", d.ID, len(d.Event), maxNameBytes)
	case len(d.Action) > maxNameBytes:
		return fmt.Errorf("action of delivery %s has %d bytes, wanted at most %d", d.ID, len(d.Action), maxNameBytes)
	case d.RepositoryID < 0 || d.InstallationID < 0:
		return fmt.Errorf("delivery %s names a negative id", d.ID)
	case len(d.Payload) > MaxPayload:
		return fmt.Errorf("payload of delivery %s has %d bytes, wanted at most %d", d.ID, len(d.Payload), MaxPayload)
	}
	return nil
}

// Ingest stores a delivery together with the job that works on it. When it
// returns without an error the delivery is on disk: the caller may acknowledge
// it. fresh is false if the delivery was known; that is no error, it is done or
// will be. A dead delivery that GitHub sends again is opened again and fresh.
func (s *Store) Ingest(ctx context.Context, d Delivery) (fresh bool, err error) {
	if err := d.check(); err != nil {
		return false, fmt.Errorf("ingest: %w", err)
	}
	err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		// The subject first: its row's lock is what settle waits for.
		if err := lockSubject(ctx, tx, subject{d.RepositoryID, Drain}, 1); err != nil {
			return err
		}
		if fresh, err = insertDelivery(ctx, tx, d); err != nil || !fresh {
			return err
		}
		return s.insertJob(ctx, tx, subject{d.RepositoryID, Drain})
	})
	if err != nil {
		return false, fmt.Errorf("ingest delivery %s: %w", d.ID, err)
	}
	return fresh, nil
}

func insertDelivery(ctx context.Context, tx *sql.Tx, d Delivery) (fresh bool, err error) {
	const insert = `INSERT INTO inbox
		(delivery_id, repository_id, installation_id, event, action, received, arrived, payload)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (delivery_id) DO NOTHING`
	fresh, err = changed(tx.ExecContext(ctx, insert, d.ID, d.RepositoryID, d.InstallationID, d.Event, d.Action,
		millis(d.Received), time.Now().UnixMilli(), d.Payload))
	if err != nil || fresh {
		return fresh, err
	}
	return reopen(ctx, tx, d.ID)
}

// reopen gives a dead delivery its attempts back, and says whether it was dead.
func reopen(ctx context.Context, tx *sql.Tx, deliveryID string) (bool, error) {
	const update = `UPDATE inbox SET state = 'open', attempts = 0, waits = 0, due = 0, arrived = ?
		WHERE delivery_id = ? AND state = 'dead'`
	return changed(tx.ExecContext(ctx, update, time.Now().UnixMilli(), deliveryID))
}

// Knows says whether a delivery with this id was ingested, whatever became of it.
func (s *Store) Knows(ctx context.Context, deliveryID string) (bool, error) {
	var found int
	err := s.reader.QueryRowContext(ctx, `SELECT 1 FROM inbox WHERE delivery_id = ?`, deliveryID).Scan(&found)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for delivery %.100s: %w", deliveryID, err)
	}
	return true, nil
}
