package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/riverqueue/river"
)

// slice is how long a job works on before it goes to the back of the queue: a
// repository that never falls silent must not keep others waiting.
const slice = 5 * time.Second

// Work is what a drain is asked to do.
type Work struct {
	RepositoryID int64
	// Deliveries are open ones, in the order in which they came, at most a
	// hundred. One that has failed before comes alone.
	Deliveries []Delivery
	// Wished says that somebody asked for a look at the whole repository
	// (Enqueue). There may be no deliveries then.
	Wished bool
}

// Workers do the work. They may be called for several repositories at once, but
// never twice at a time for one. Their outside effects must be idempotent: after
// a crash the same work comes again. They should end when ctx does.
type Workers struct {
	// Drain works on Work. It settles deliveries itself, together with what it
	// writes (Commit), or leaves that to its result: nil makes those that were
	// not settled done, an error makes them fail. It has 45 seconds.
	Drain func(ctx context.Context, work Work) error
	// Publish works off all landings of a repository. An error is tried again
	// for ever. It has ten minutes.
	Publish func(ctx context.Context, repositoryID int64) error
}

// job is one run of River's, without its types.
type job struct {
	on subject
	// complete ends the job within tx.
	complete func(ctx context.Context, tx *sql.Tx) error
}

// pass is one call of a worker.
type pass struct {
	work   Work
	wanted int64 // the wish that the pass fulfils
	tried  tried // how the wish has fared
}

// run works passes until nothing is left, then ends the job.
func (s *Store) run(ctx context.Context, workers Workers, j job) error {
	leave, ok := s.lanes.enter(ctx, j.on)
	if !ok {
		return river.JobSnooze(laneWait)
	}
	defer leave()
	for until := time.Now().Add(slice); ; {
		p, err := s.nextPass(ctx, j.on)
		if err != nil {
			return err
		}
		workErr := perform(ctx, workers, j.on, p)
		if workErr != nil && errors.Is(ctx.Err(), context.Canceled) {
			return workErr // we are stopping: nobody's fault, the work stays
		}
		// What was done is written even when ctx has just ended.
		ended, err := s.settle(context.WithoutCancel(ctx), j, p, workErr)
		if err != nil || ended {
			return err
		}
		if time.Now().After(until) || ctx.Err() != nil {
			return river.JobSnooze(0)
		}
	}
}

// nextPass reads what is to be done now. A wish that has failed before comes
// alone, as deliveries do.
func (s *Store) nextPass(ctx context.Context, on subject) (pass, error) {
	p := pass{work: Work{RepositoryID: on.repositoryID}}
	if on.kind == Drain {
		due, err := s.dueDeliveries(ctx, on.repositoryID)
		if err != nil {
			return pass{}, fmt.Errorf("%s repository %d: %w", on.kind, on.repositoryID, err)
		}
		p.work.Deliveries = due
	}
	const query = `SELECT wanted, attempts, waits, since FROM subject
		WHERE repository_id = ? AND kind = ? AND wanted > done AND due <= ?`
	err := s.reader.QueryRowContext(ctx, query, on.repositoryID, on.kind, time.Now().UnixMilli()).
		Scan(&p.wanted, &p.tried.attempts, &p.tried.waits, &p.tried.arrived)
	if errors.Is(err, sql.ErrNoRows) {
		return p, nil
	}
	if err != nil {
		return pass{}, fmt.Errorf("read wish of repository %d: %w", on.repositoryID, err)
	}
	p.work.Wished = len(p.work.Deliveries) == 0 || p.tried.attempts+p.tried.waits == 0 && p.work.fresh()
	return p, nil
}

// fresh says that none of the deliveries has failed before.
func (w Work) fresh() bool {
	return len(w.Deliveries) == 0 || w.Deliveries[0].Attempts+w.Deliveries[0].waits == 0
}

// perform calls the worker. A panic is a failure of the work at hand, with its
// stack, and not the end of the process.
func perform(ctx context.Context, workers Workers, on subject, p pass) (err error) {
	if len(p.work.Deliveries) == 0 && !p.work.Wished {
		return nil
	}
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	if on.kind == Publish {
		return workers.Publish(ctx, on.repositoryID)
	}
	return workers.Drain(ctx, p.work)
}
