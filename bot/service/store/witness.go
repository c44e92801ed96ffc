package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

const (
	// maxStatementBytes bounds a witness statement or its signature. It must fit
	// into a check run's text of 65,535 characters.
	maxStatementBytes = 256 << 10
	// maxBodyBytes bounds a review body: GitHub takes 65,536 characters, of at
	// most four bytes.
	maxBodyBytes = 256 << 10
)

// Witness is one signed statement of first sight (LAW 5.4). It
// is here from the moment it is made, in our check runs from the next write on,
// and in the ledger at the publication.
type Witness struct {
	Pull int
	// Statement are the exact bytes, Signature the armoured detached signature.
	Statement, Signature []byte
	// Entry is the number of the ledger entry that holds it; 0: not published.
	Entry int64

	// Seq counts the statements of a pull request from 1, in the order in which
	// they were written. Digest is the SHA-256 of Statement, Recorded when it was
	// written. All are set when read and ignored when written.
	Seq      int
	Digest   string
	Recorded time.Time
}

func (w Witness) check() error {
	switch {
	case w.Pull <= 0:
		return fmt.Errorf("witness of pull request number %d", w.Pull)
	case len(w.Statement) == 0 || len(w.Statement) > maxStatementBytes:
		return fmt.Errorf("witness of pull request %d has %d bytes, wanted 1 to %d", w.Pull, len(w.Statement), maxStatementBytes)
	case len(w.Signature) > maxStatementBytes:
		return fmt.Errorf("signature of a witness of pull request %d has %d bytes, wanted at most %d", w.Pull, len(w.Signature), maxStatementBytes)
	case w.Entry < 0:
		return fmt.Errorf("witness of pull request %d names ledger entry %d", w.Pull, w.Entry)
	}
	return nil
}

// write adds the statement. One that is there already only learns its entry.
func (w Witness) write(ctx context.Context, tx *sql.Tx, s *Store, repositoryID int64) error {
	const insert = `INSERT INTO witness (repository_id, pull, seq, digest, entry, recorded, statement, signature)
		SELECT ?, ?, coalesce(max(seq), 0) + 1, ?, ?, ?, ?, ? FROM witness WHERE repository_id = ? AND pull = ?
		ON CONFLICT (repository_id, digest) DO UPDATE
		SET entry = CASE WHEN witness.entry = 0 THEN excluded.entry ELSE witness.entry END`
	_, err := tx.ExecContext(ctx, insert, repositoryID, w.Pull, digest(w.Statement), w.Entry, millis(s.config.Now()),
		w.Statement, notNil(w.Signature), repositoryID, w.Pull)
	if err != nil {
		return fmt.Errorf("write witness of pull request %d: %w", w.Pull, err)
	}
	return nil
}

// Witnesses reads the statements of a pull request, in their order.
func (s *Store) Witnesses(ctx context.Context, repositoryID int64, pull int) ([]Witness, error) {
	all, err := s.witnesses(ctx, `pull = ? ORDER BY seq`, repositoryID, pull)
	if err != nil {
		return nil, fmt.Errorf("read witnesses of pull request %d of repository %d: %w", pull, repositoryID, err)
	}
	return all, nil
}

// UnpublishedWitnesses reads the statements of a repository that were recorded
// before the given time and stand in no ledger entry, ordered by pull request.
func (s *Store) UnpublishedWitnesses(ctx context.Context, repositoryID int64, before time.Time) ([]Witness, error) {
	all, err := s.witnesses(ctx, `entry = 0 AND recorded < ? ORDER BY pull, seq`, repositoryID, millis(before))
	if err != nil {
		return nil, fmt.Errorf("read unpublished witnesses of repository %d: %w", repositoryID, err)
	}
	return all, nil
}

func (s *Store) witnesses(ctx context.Context, which string, args ...any) ([]Witness, error) {
	const query = `SELECT pull, seq, digest, entry, recorded, statement, signature FROM witness WHERE repository_id = ? AND `
	return list(ctx, s.reader, func(rows *sql.Rows) (Witness, error) {
		var w Witness
		var recorded int64
		err := rows.Scan(&w.Pull, &w.Seq, &w.Digest, &w.Entry, &recorded, &w.Statement, &w.Signature)
		w.Recorded = instant(recorded)
		return w, err
	}, query+which, args...)
}

// reviewBody is the text of a review, as GitHub gave it.
type reviewBody []byte

func (b reviewBody) check() error {
	if len(b) > maxBodyBytes {
		return fmt.Errorf("review body has %d bytes, wanted at most %d", len(b), maxBodyBytes)
	}
	return nil
}

func (b reviewBody) write(ctx context.Context, tx *sql.Tx, _ *Store, repositoryID int64) error {
	const insert = `INSERT INTO body (repository_id, digest, body) VALUES (?, ?, ?) ON CONFLICT (repository_id, digest) DO NOTHING`
	if _, err := tx.ExecContext(ctx, insert, repositoryID, digest(b), notNil(b)); err != nil {
		return fmt.Errorf("write review body: %w", err)
	}
	return nil
}

// Body reads a review body by its SHA-256, or ErrNotFound. The bytes are those
// that the digest names: damage is an error.
func (s *Store) Body(ctx context.Context, repositoryID int64, sha256 string) ([]byte, error) {
	const query = `SELECT body FROM body WHERE repository_id = ? AND digest = ?`
	var body []byte
	err := s.reader.QueryRowContext(ctx, query, repositoryID, sha256).Scan(&body)
	if err == nil && digest(body) != sha256 {
		err = errors.New("stored bytes have another digest")
	}
	if err != nil {
		return nil, fmt.Errorf("read review body %.64s of repository %d: %w", sha256, repositoryID, notFound(err))
	}
	return body, nil
}

func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// notNil keeps empty bytes from becoming NULL.
func notNil(content []byte) []byte {
	if content == nil {
		return []byte{}
	}
	return content
}
