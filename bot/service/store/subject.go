package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// Kind is what a job does for its repository.
type Kind string

// The two jobs of a repository. They do not wait for each other.
const (
	// Drain works off the inbox and gives verdicts.
	Drain Kind = "drain"
	// Publish works off landings.
	Publish Kind = "publish"
)

// subject is what at most one job works on at a time.
type subject struct {
	repositoryID int64
	kind         Kind
}

func (s subject) check() error {
	if s.kind != Drain && s.kind != Publish {
		return fmt.Errorf("unknown kind of job %q", s.kind)
	}
	if s.repositoryID < 0 {
		return fmt.Errorf("negative repository id %d", s.repositoryID)
	}
	return nil
}

// Enqueue wishes that the repository be worked on, deliveries or not: a sweep, a
// command, a landing. A wish made while the job runs is worked after it; several
// wishes that nobody has begun to work on are one.
func (s *Store) Enqueue(ctx context.Context, kind Kind, repositoryID int64) error {
	on := subject{repositoryID, kind}
	if err := on.check(); err != nil {
		return fmt.Errorf("enqueue: %w", err)
	}
	err := s.write(ctx, func(ctx context.Context, tx *sql.Tx) error { return s.wish(ctx, tx, on) })
	if err != nil {
		return fmt.Errorf("enqueue %s for repository %d: %w", kind, repositoryID, err)
	}
	return nil
}

func (s *Store) wish(ctx context.Context, tx *sql.Tx, on subject) error {
	if err := lockSubject(ctx, tx, on, 0); err != nil {
		return err
	}
	const update = `UPDATE subject SET wanted = wanted + 1 WHERE repository_id = ? AND kind = ?`
	if _, err := tx.ExecContext(ctx, update, on.repositoryID, on.kind); err != nil {
		return fmt.Errorf("note wish: %w", err)
	}
	return s.insertJob(ctx, tx, on)
}

// lockSubject takes the lock of the subject's row until the transaction ends, by
// writing it. SQLite has one writer anyway; with several (Postgres) this is what
// keeps a delivery from slipping in between a job's last look and its end.
func lockSubject(ctx context.Context, tx *sql.Tx, on subject, arrived int) error {
	const upsert = `INSERT INTO subject (repository_id, kind, arrived) VALUES (?, ?, ?)
		ON CONFLICT (repository_id, kind) DO UPDATE SET arrived = subject.arrived + excluded.arrived`
	if _, err := tx.ExecContext(ctx, upsert, on.repositoryID, on.kind, arrived); err != nil {
		return fmt.Errorf("lock subject: %w", err)
	}
	return nil
}

// insertJob adds the subject's job unless there is one.
func (s *Store) insertJob(ctx context.Context, tx *sql.Tx, on subject) error {
	var args river.JobArgs = drainArgs{on.repositoryID}
	if on.kind == Publish {
		args = publishArgs{on.repositoryID}
	}
	_, err := s.inserter.InsertTx(ctx, tx, args, &river.InsertOpts{
		Queue: string(on.kind),
		UniqueOpts: river.UniqueOpts{
			ByArgs: true,
			ByState: []rivertype.JobState{
				rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning,
				rivertype.JobStateScheduled, rivertype.JobStateRetryable,
			},
		},
	})
	if err != nil {
		return fmt.Errorf("insert job: %w", err)
	}
	return nil
}

// drainArgs and publishArgs are the stored arguments of the jobs.
type drainArgs struct {
	RepositoryID int64 `json:"repository_id"`
}

type publishArgs struct {
	RepositoryID int64 `json:"repository_id"`
}

// Kind names the job, as stored.
func (drainArgs) Kind() string { return string(Drain) }

// Kind names the job, as stored.
func (publishArgs) Kind() string { return string(Publish) }

func (a drainArgs) subject() subject   { return subject{a.RepositoryID, Drain} }
func (a publishArgs) subject() subject { return subject{a.RepositoryID, Publish} }
