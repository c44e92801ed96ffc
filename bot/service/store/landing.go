package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// LandingState is whether a landing is in the ledger.
type LandingState string

// The states of a landing.
const (
	LandingWanted LandingState = "wanted"
	LandingDone   LandingState = "done"
)

// Landing is a change of a governed branch that is to be compared and recorded.
type Landing struct {
	// Commit is the branch's tip after the landing, Before the one before it.
	Commit, Before string
	Branch         string
	// Pull is 0 for a direct push.
	Pull  int
	State LandingState
	// Entry is the number of its ledger entry, 0 while wanted.
	Entry int64
	// Landed is when, as GitHub or our first sight says.
	Landed time.Time
	// ActorID and Actor are who pushed, as the delivery said: account id and
	// login; 0 and "" when no delivery told.
	ActorID int64
	Actor   string
}

func (l Landing) check() error {
	switch {
	case l.Pull < 0 || l.Entry < 0 || l.ActorID < 0:
		return fmt.Errorf("landing %.64s has a negative pull request, entry or actor", l.Commit)
	case len(l.Actor) > maxTextBytes:
		return fmt.Errorf("actor of landing %.64s has %d bytes, wanted at most %d", l.Commit, len(l.Actor), maxTextBytes)
	case l.Branch == "" || len(l.Branch) > maxTextBytes:
		return fmt.Errorf("branch of landing %.64s has %d bytes, wanted 1 to %d", l.Commit, len(l.Branch), maxTextBytes)
	case l.State != LandingWanted && l.State != LandingDone:
		return fmt.Errorf("landing %.64s has unknown state %.40q", l.Commit, l.State)
	}
	if err := checkObjectID("tip before the landing", l.Before); err != nil {
		return err
	}
	return checkObjectID("landing", l.Commit)
}

func (l Landing) write(ctx context.Context, tx *sql.Tx, _ *Store, repositoryID int64) error {
	// A landing that is done stays done: it may be seen again, by a push and by
	// the pull request that closes, and must not be published twice.
	const upsert = `INSERT INTO landing (repository_id, commit_id, seq, before_id, branch, pull, state, entry, landed, actor_id, actor)
		SELECT ?, ?, coalesce(max(seq), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ? FROM landing WHERE repository_id = ?
		ON CONFLICT (repository_id, commit_id) DO UPDATE SET before_id = excluded.before_id, branch = excluded.branch,
		pull = excluded.pull, state = excluded.state, entry = excluded.entry, landed = excluded.landed,
		actor_id = excluded.actor_id, actor = excluded.actor
		WHERE landing.state = 'wanted'`
	_, err := tx.ExecContext(ctx, upsert, repositoryID, l.Commit, l.Before, l.Branch, l.Pull, l.State, l.Entry,
		millis(l.Landed), l.ActorID, l.Actor, repositoryID)
	if err != nil {
		return fmt.Errorf("write landing %s: %w", l.Commit, err)
	}
	return nil
}

// WantedLandings reads the landings of a repository that are to be published, in
// the order in which they were written.
func (s *Store) WantedLandings(ctx context.Context, repositoryID int64) ([]Landing, error) {
	landings, err := s.landings(ctx, `state = 'wanted' ORDER BY seq`, repositoryID)
	if err != nil {
		return nil, fmt.Errorf("read wanted landings of repository %d: %w", repositoryID, err)
	}
	return landings, nil
}

// Landing reads the landing that ended at commit, or ErrNotFound.
func (s *Store) Landing(ctx context.Context, repositoryID int64, commit string) (Landing, error) {
	landings, err := s.landings(ctx, `commit_id = ?`, repositoryID, commit)
	if err == nil && len(landings) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Landing{}, fmt.Errorf("read landing %.64s of repository %d: %w", commit, repositoryID, err)
	}
	return landings[0], nil
}

func (s *Store) landings(ctx context.Context, which string, args ...any) ([]Landing, error) {
	const query = `SELECT commit_id, before_id, branch, pull, state, entry, landed, actor_id, actor FROM landing WHERE repository_id = ? AND `
	return list(ctx, s.reader, func(rows *sql.Rows) (Landing, error) {
		var l Landing
		var landed int64
		err := rows.Scan(&l.Commit, &l.Before, &l.Branch, &l.Pull, &l.State, &l.Entry, &landed, &l.ActorID, &l.Actor)
		l.Landed = instant(landed)
		return l, err
	}, query+which, args...)
}
