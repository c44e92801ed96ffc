package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// maxTextBytes bounds names and identifiers of the cache: Git refuses longer
// ref names on most file systems, GitHub's owner/name has at most 140.
const maxTextBytes = 400

// checkObjectID accepts what Git names objects with: 40 or 64 lower-case hex
// digits.
func checkObjectID(what, id string) error {
	if (len(id) == 40 || len(id) == 64) && isHex(id) {
		return nil
	}
	return fmt.Errorf("%s %.80q is no object id", what, id)
}

// checkDigest accepts a SHA-256 as 64 lower-case hex digits, or nothing.
func checkDigest(what, digest string) error {
	if digest == "" || len(digest) == 64 && isHex(digest) {
		return nil
	}
	return fmt.Errorf("%s %.80q is no sha256", what, digest)
}

func isHex(s string) bool { return strings.Trim(s, "0123456789abcdef") == "" }

// list reads all rows of a query.
func list[T any](ctx context.Context, db *sql.DB, scan func(*sql.Rows) (T, error), query string, args ...any) ([]T, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // reading is over; rows.Err is looked at
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// notFound puts our word in the place of SQL's.
func notFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return err
}

// changed says whether a statement changed a row.
func changed(result sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// millis is the stored form of a time; the zero time is 0.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// instant reads the stored form of a time, in UTC.
func instant(millis int64) time.Time {
	if millis == 0 {
		return time.Time{}
	}
	return time.UnixMilli(millis).UTC()
}
