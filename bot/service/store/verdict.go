package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// ErrOlderVerdict says that the head has a verdict with a higher number, or that
// the same one was already posted: what is to be written is out of date.
var ErrOlderVerdict = errors.New("a later verdict is recorded")

// VerdictState is whether a verdict is known to be on GitHub.
type VerdictState string

// The states of a verdict. The intent is written before the post, so that after
// a crash between the two the check run is looked for by its external id.
const (
	Intended VerdictState = "intended"
	Posted   VerdictState = "posted"
)

// Verdict is the last verdict on a head.
type Verdict struct {
	Head string
	// Number grows with each verdict of the repository (LAW 7.2).
	Number     int64
	ExternalID string
	// CheckRunID is 0 until it is known.
	CheckRunID int64
	// Digest is the SHA-256 of what was, or is to be, posted.
	Digest string
	// Conclusion is GitHub's word: success, failure, action_required, neutral.
	Conclusion string
	State      VerdictState

	// Written is when the row was; set when read.
	Written time.Time
}

func (v Verdict) check() error {
	switch {
	case v.Number <= 0:
		return fmt.Errorf("verdict on %.64s has number %d", v.Head, v.Number)
	case v.State != Intended && v.State != Posted:
		return fmt.Errorf("verdict on %.64s has unknown state %.40q", v.Head, v.State)
	case len(v.ExternalID) > maxTextBytes || len(v.Conclusion) > maxTextBytes:
		return fmt.Errorf("external id or conclusion of the verdict on %.64s is over %d bytes", v.Head, maxTextBytes)
	}
	if err := checkDigest("digest of the verdict", v.Digest); err != nil {
		return err
	}
	return checkObjectID("head", v.Head)
}

func (v Verdict) write(ctx context.Context, tx *sql.Tx, s *Store, repositoryID int64) error {
	// A verdict found in a check run, after the database was lost, makes its
	// number known too.
	if err := raiseNumber(ctx, tx, repositoryID, v.Number); err != nil {
		return err
	}
	const upsert = `INSERT INTO verdict
		(repository_id, head, number, external_id, check_run_id, digest, conclusion, state, written)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (repository_id, head) DO UPDATE SET
		number = excluded.number, external_id = excluded.external_id, check_run_id = excluded.check_run_id,
		digest = excluded.digest, conclusion = excluded.conclusion, state = excluded.state, written = excluded.written
		WHERE excluded.number > verdict.number
		OR (excluded.number = verdict.number AND (excluded.state = 'posted' OR verdict.state = 'intended'))`
	written, err := changed(tx.ExecContext(ctx, upsert, repositoryID, v.Head, v.Number, v.ExternalID, v.CheckRunID,
		v.Digest, v.Conclusion, v.State, millis(s.config.Now())))
	if err == nil && !written {
		err = ErrOlderVerdict
	}
	if err != nil {
		return fmt.Errorf("write verdict %d on %s: %w", v.Number, v.Head, err)
	}
	return nil
}

func raiseNumber(ctx context.Context, tx *sql.Tx, repositoryID, atLeast int64) error {
	const upsert = `INSERT INTO verdict_number (repository_id, highest) VALUES (?, ?)
		ON CONFLICT (repository_id) DO UPDATE SET highest =
		CASE WHEN verdict_number.highest < excluded.highest THEN excluded.highest ELSE verdict_number.highest END`
	if _, err := tx.ExecContext(ctx, upsert, repositoryID, atLeast); err != nil {
		return fmt.Errorf("raise verdict number: %w", err)
	}
	return nil
}

// NextVerdictNumber takes the next number of a repository, higher than all that
// were taken or recorded and than above, the highest that check runs on GitHub
// show. It is never given again, used or not.
func (s *Store) NextVerdictNumber(ctx context.Context, repositoryID, above int64) (number int64, err error) {
	err = s.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := raiseNumber(ctx, tx, repositoryID, max(above, 0)); err != nil {
			return err
		}
		const take = `UPDATE verdict_number SET highest = highest + 1 WHERE repository_id = ? RETURNING highest`
		return tx.QueryRowContext(ctx, take, repositoryID).Scan(&number)
	})
	if err != nil {
		return 0, fmt.Errorf("take verdict number of repository %d: %w", repositoryID, err)
	}
	return number, nil
}

// Verdict reads the last verdict on a head, or ErrNotFound.
func (s *Store) Verdict(ctx context.Context, repositoryID int64, head string) (Verdict, error) {
	verdicts, err := s.verdicts(ctx, `head = ?`, repositoryID, head)
	if err == nil && len(verdicts) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Verdict{}, fmt.Errorf("read verdict on %.64s of repository %d: %w", head, repositoryID, err)
	}
	return verdicts[0], nil
}

// IntendedVerdicts reads the verdicts of a repository of which it is not known
// whether they were posted, in the order of their numbers.
func (s *Store) IntendedVerdicts(ctx context.Context, repositoryID int64) ([]Verdict, error) {
	verdicts, err := s.verdicts(ctx, `state = 'intended' ORDER BY number`, repositoryID)
	if err != nil {
		return nil, fmt.Errorf("read intended verdicts of repository %d: %w", repositoryID, err)
	}
	return verdicts, nil
}

func (s *Store) verdicts(ctx context.Context, which string, args ...any) ([]Verdict, error) {
	const query = `SELECT head, number, external_id, check_run_id, digest, conclusion, state, written
		FROM verdict WHERE repository_id = ? AND `
	return list(ctx, s.reader, func(rows *sql.Rows) (Verdict, error) {
		var v Verdict
		var written int64
		err := rows.Scan(&v.Head, &v.Number, &v.ExternalID, &v.CheckRunID, &v.Digest, &v.Conclusion, &v.State, &written)
		v.Written = instant(written)
		return v, err
	}, query+which, args...)
}
