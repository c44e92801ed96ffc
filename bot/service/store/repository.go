package store

import (
	"context"
	"database/sql"
	"fmt"
)

// Repository is what is known of a repository. Identity is the numeric id, which
// the batch or the question names; the name is for display and for addresses.
type Repository struct {
	ID int64 // set when read; a batch has it for all rows
	// InstallationID is 0 while the App is not installed there.
	InstallationID int64
	// FullName is "owner/name" as GitHub said it last.
	FullName string
	// Founded says that a configuration was once recorded: its absence is a
	// deviation from then on (LAW 8.1).
	Founded bool
}

func (r Repository) check() error {
	if r.FullName == "" || len(r.FullName) > maxTextBytes {
		return fmt.Errorf("repository name has %d bytes, wanted 1 to %d", len(r.FullName), maxTextBytes)
	}
	return nil
}

func (r Repository) write(ctx context.Context, tx *sql.Tx, _ *Store, repositoryID int64) error {
	// What was founded stays so: forgetting it would let a repository go back to
	// "not governed" without a sound.
	const upsert = `INSERT INTO repository (id, installation_id, full_name, founded) VALUES (?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET installation_id = excluded.installation_id, full_name = excluded.full_name,
		founded = CASE WHEN repository.founded = 1 THEN 1 ELSE excluded.founded END`
	founded := 0
	if r.Founded {
		founded = 1
	}
	if _, err := tx.ExecContext(ctx, upsert, repositoryID, r.InstallationID, r.FullName, founded); err != nil {
		return fmt.Errorf("write repository: %w", err)
	}
	return nil
}

// Repository reads one repository, or ErrNotFound.
func (s *Store) Repository(ctx context.Context, repositoryID int64) (Repository, error) {
	all, err := s.repositories(ctx, `WHERE id = ?`, repositoryID)
	if err == nil && len(all) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Repository{}, fmt.Errorf("read repository %d: %w", repositoryID, err)
	}
	return all[0], nil
}

// Repositories reads all repositories, ordered by id.
func (s *Store) Repositories(ctx context.Context) ([]Repository, error) {
	all, err := s.repositories(ctx, `ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("read repositories: %w", err)
	}
	return all, nil
}

func (s *Store) repositories(ctx context.Context, rest string, args ...any) ([]Repository, error) {
	const query = `SELECT id, installation_id, full_name, founded FROM repository `
	return list(ctx, s.reader, func(rows *sql.Rows) (r Repository, err error) {
		return r, rows.Scan(&r.ID, &r.InstallationID, &r.FullName, &r.Founded)
	}, query+rest, args...)
}

// Branch is how far a governed branch has been worked.
type Branch struct {
	Name string
	// Commit is the tip that was processed last: what came before it is
	// published or reported.
	Commit string
}

func (b Branch) check() error {
	if b.Name == "" || len(b.Name) > maxTextBytes {
		return fmt.Errorf("branch name has %d bytes, wanted 1 to %d", len(b.Name), maxTextBytes)
	}
	return checkObjectID("processed commit", b.Commit)
}

func (b Branch) write(ctx context.Context, tx *sql.Tx, _ *Store, repositoryID int64) error {
	const upsert = `INSERT INTO branch (repository_id, name, commit_id) VALUES (?, ?, ?)
		ON CONFLICT (repository_id, name) DO UPDATE SET commit_id = excluded.commit_id`
	if _, err := tx.ExecContext(ctx, upsert, repositoryID, b.Name, b.Commit); err != nil {
		return fmt.Errorf("write branch %s: %w", b.Name, err)
	}
	return nil
}

// Branch reads one branch of a repository, or ErrNotFound.
func (s *Store) Branch(ctx context.Context, repositoryID int64, name string) (Branch, error) {
	const query = `SELECT commit_id FROM branch WHERE repository_id = ? AND name = ?`
	b := Branch{Name: name}
	if err := s.reader.QueryRowContext(ctx, query, repositoryID, name).Scan(&b.Commit); err != nil {
		return Branch{}, fmt.Errorf("read branch %s of repository %d: %w", name, repositoryID, notFound(err))
	}
	return b, nil
}
