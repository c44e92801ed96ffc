package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// PullState is whether a pull request is open.
type PullState string

// The states of a pull request.
const (
	PullOpen   PullState = "open"
	PullClosed PullState = "closed" // without a merge
	PullMerged PullState = "merged"
)

// Pull is what is known of a pull request.
type Pull struct {
	Number int
	// Branch is the name of the branch that it is to land on.
	Branch string
	// Head is the tip at our last sight, HeadSeen when that was first the tip.
	Head     string
	HeadSeen time.Time
	State    PullState
	// Comment is our one comment; the zero value is "none yet".
	Comment Comment
}

// Comment is our comment on a pull request.
type Comment struct {
	ID int64
	// Digest is the SHA-256 of its text, Edited when it was last written.
	Digest string
	Edited time.Time
}

func (p Pull) check() error {
	if p.Number <= 0 {
		return fmt.Errorf("pull request has number %d", p.Number)
	}
	if p.Branch == "" || len(p.Branch) > maxTextBytes {
		return fmt.Errorf("branch of pull request %d has %d bytes, wanted 1 to %d", p.Number, len(p.Branch), maxTextBytes)
	}
	if p.State != PullOpen && p.State != PullClosed && p.State != PullMerged {
		return fmt.Errorf("pull request %d has unknown state %.40q", p.Number, p.State)
	}
	if err := checkDigest("digest of the comment", p.Comment.Digest); err != nil {
		return fmt.Errorf("pull request %d: %w", p.Number, err)
	}
	return checkObjectID("head", p.Head)
}

func (p Pull) write(ctx context.Context, tx *sql.Tx, _ *Store, repositoryID int64) error {
	const upsert = `INSERT INTO pull
		(repository_id, number, branch, head, head_seen, state, comment_id, comment_digest, comment_edited)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (repository_id, number) DO UPDATE SET
		branch = excluded.branch, head = excluded.head, head_seen = excluded.head_seen, state = excluded.state,
		comment_id = excluded.comment_id, comment_digest = excluded.comment_digest, comment_edited = excluded.comment_edited`
	_, err := tx.ExecContext(ctx, upsert, repositoryID, p.Number, p.Branch, p.Head, millis(p.HeadSeen), p.State,
		p.Comment.ID, p.Comment.Digest, millis(p.Comment.Edited))
	if err != nil {
		return fmt.Errorf("write pull request %d: %w", p.Number, err)
	}
	return nil
}

// Pull reads one pull request, or ErrNotFound.
func (s *Store) Pull(ctx context.Context, repositoryID int64, number int) (Pull, error) {
	pulls, err := s.pulls(ctx, `number = ?`, repositoryID, number)
	if err == nil && len(pulls) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Pull{}, fmt.Errorf("read pull request %d of repository %d: %w", number, repositoryID, err)
	}
	return pulls[0], nil
}

// OpenPulls reads the open pull requests of a repository, ordered by number.
func (s *Store) OpenPulls(ctx context.Context, repositoryID int64) ([]Pull, error) {
	pulls, err := s.pulls(ctx, `state = ? ORDER BY number`, repositoryID, PullOpen)
	if err != nil {
		return nil, fmt.Errorf("read open pull requests of repository %d: %w", repositoryID, err)
	}
	return pulls, nil
}

func (s *Store) pulls(ctx context.Context, which string, args ...any) ([]Pull, error) {
	const query = `SELECT number, branch, head, head_seen, state, comment_id, comment_digest, comment_edited
		FROM pull WHERE repository_id = ? AND `
	return list(ctx, s.reader, func(rows *sql.Rows) (Pull, error) {
		var p Pull
		var seen, edited int64
		err := rows.Scan(&p.Number, &p.Branch, &p.Head, &seen, &p.State, &p.Comment.ID, &p.Comment.Digest, &edited)
		p.HeadSeen, p.Comment.Edited = instant(seen), instant(edited)
		return p, err
	}, query+which, args...)
}
