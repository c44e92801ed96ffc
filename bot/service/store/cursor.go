package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Cursor is how far GitHub's delivery log of an App has been read.
type Cursor struct {
	// DeliveryID is the log's number of the newest delivery that is known, GUID
	// its X-GitHub-Delivery.
	DeliveryID int64
	GUID       string
	// Delivered is when GitHub sent it.
	Delivered time.Time
}

// Cursor reads the cursor of an App, or ErrNotFound before the first.
func (s *Store) Cursor(ctx context.Context, appID int64) (Cursor, error) {
	const query = `SELECT delivery_id, guid, delivered FROM delivery_cursor WHERE app_id = ?`
	var c Cursor
	var delivered int64
	if err := s.reader.QueryRowContext(ctx, query, appID).Scan(&c.DeliveryID, &c.GUID, &delivered); err != nil {
		return Cursor{}, fmt.Errorf("read delivery cursor of app %d: %w", appID, notFound(err))
	}
	c.Delivered = instant(delivered)
	return c, nil
}

// SetCursor moves the cursor of an App. It may move back: what is read again is
// known by its GUID.
func (s *Store) SetCursor(ctx context.Context, appID int64, c Cursor) error {
	if appID <= 0 || c.DeliveryID < 0 || len(c.GUID) > maxNameBytes {
		return fmt.Errorf("set delivery cursor of app %d: app and delivery must be positive, guid at most %d bytes", appID, maxNameBytes)
	}
	const upsert = `INSERT INTO delivery_cursor (app_id, delivery_id, guid, delivered) VALUES (?, ?, ?, ?)
		ON CONFLICT (app_id) DO UPDATE
		SET delivery_id = excluded.delivery_id, guid = excluded.guid, delivered = excluded.delivered`
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, upsert, appID, c.DeliveryID, c.GUID, millis(c.Delivered))
		return err
	})
	if err != nil {
		return fmt.Errorf("set delivery cursor of app %d: %w", appID, err)
	}
	return nil
}
