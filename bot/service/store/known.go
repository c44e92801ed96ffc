package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

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
