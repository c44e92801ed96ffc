package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
)

// Times of the job queue. At River's own poll of a second, one delivery in a
// hundred waits that long (measured); at a fifth of one the queue costs about
// two hundredths of a core when idle.
const (
	drainTimeout   = 45 * time.Second
	publishTimeout = 10 * time.Minute
	// rescueAfter must exceed drainTimeout; River holds it against each worker's
	// own timeout, so that publications have their ten minutes.
	rescueAfter   = 60 * time.Second
	fetchPoll     = 200 * time.Millisecond
	fetchCooldown = 20 * time.Millisecond
	keepCompleted = 24 * time.Hour
	// maxRetry bounds the pause after the store itself failed: while it lasts
	// the whole repository waits.
	maxRetry = 30 * time.Second
)

// Workers at once, for each kind. They wait for GitHub more than they compute.
const (
	drainWorkers   = 16
	publishWorkers = 4
)

// runner is what Start starts.
type runner struct {
	client *river.Client[*sql.Tx]
	cancel context.CancelFunc
	swept  chan struct{} // closed when the sweeper has ended
}

// Start runs the workers until Stop, or until ctx ends. A Store starts once;
// after that, ErrBusy.
func (s *Store) Start(ctx context.Context, workers Workers) error {
	if workers.Drain == nil || workers.Publish == nil {
		return errors.New("start workers: both Drain and Publish must be given")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.started {
		return fmt.Errorf("start workers: %w", ErrBusy)
	}
	client, err := s.newClient(workers)
	if err != nil {
		return fmt.Errorf("start workers: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	if err := client.Start(ctx); err != nil {
		cancel()
		return fmt.Errorf("start workers: %w", err)
	}
	s.started = true
	swept := make(chan struct{})
	s.runner = &runner{client: client, cancel: cancel, swept: swept}
	go func() {
		defer close(swept)
		s.sweepAlways(ctx)
	}()
	return nil
}

// Stop lets running work finish for Config.Grace, then cancels its context, and
// returns when all of it has ended, or when ctx has. What was not finished is
// worked at the next start. A Store that was not started stops at once.
func (s *Store) Stop(ctx context.Context) error {
	s.mu.Lock()
	r := s.runner
	s.started = true // a Store that was stopped does not start again
	s.mu.Unlock()
	if r == nil {
		return nil
	}
	r.cancel()
	if err := r.client.Stop(ctx); err != nil {
		return fmt.Errorf("stop workers: %w", err)
	}
	select {
	case <-r.client.Stopped():
	case <-ctx.Done():
		return fmt.Errorf("stop workers: %w", ctx.Err())
	}
	<-r.swept
	return nil
}

func (s *Store) newClient(workers Workers) (*river.Client[*sql.Tx], error) {
	registry := river.NewWorkers()
	drain := &jobWorker[drainArgs]{store: s, workers: workers, timeout: drainTimeout}
	publish := &jobWorker[publishArgs]{store: s, workers: workers, timeout: publishTimeout}
	if err := errors.Join(river.AddWorkerSafely(registry, drain), river.AddWorkerSafely(registry, publish)); err != nil {
		return nil, err
	}
	return river.NewClient(riversqlite.New(s.writer), &river.Config{
		Logger:  quietLogger(s.config.Log),
		Workers: registry,
		Queues: map[string]river.QueueConfig{
			string(Drain):   {MaxWorkers: drainWorkers},
			string(Publish): {MaxWorkers: publishWorkers},
		},
		FetchPollInterval:           fetchPoll,
		FetchCooldown:               fetchCooldown,
		JobTimeout:                  drainTimeout,
		RescueStuckJobsAfter:        rescueAfter,
		SoftStopTimeout:             s.config.Grace,
		CompletedJobRetentionPeriod: keepCompleted,
		// A worker that does not end with its context keeps its own repository
		// waiting (lanes), but not the others.
		JobStuckHandler: func(context.Context, river.JobStuckHandlerParams) river.JobStuckHandlerResult {
			return river.JobStuckHandlerResult{AddWorkerSlot: true}
		},
	})
}

// jobWorker hands River's jobs of one kind to run.
type jobWorker[T interface {
	river.JobArgs
	subject() subject
}] struct {
	river.WorkerDefaults[T]
	store   *Store
	workers Workers
	timeout time.Duration
}

// Work runs one job.
func (w *jobWorker[T]) Work(ctx context.Context, riverJob *river.Job[T]) error {
	return w.store.run(ctx, w.workers, job{
		on: riverJob.Args.subject(),
		complete: func(ctx context.Context, tx *sql.Tx) error {
			if _, err := river.JobCompleteTx[*riversqlite.Driver](ctx, tx, riverJob); err != nil {
				return fmt.Errorf("complete job: %w", err)
			}
			return nil
		},
	})
}

// Timeout bounds one run.
func (w *jobWorker[T]) Timeout(*river.Job[T]) time.Duration { return w.timeout }

// NextRetry paces a job whose store failed; failures of the work itself never
// come here.
func (w *jobWorker[T]) NextRetry(riverJob *river.Job[T]) time.Time {
	pace := Retry{First: time.Second, Max: maxRetry}
	return time.Now().Add(pace.wait(riverJob.Attempt))
}
