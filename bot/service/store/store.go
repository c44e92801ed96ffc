package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
)

// writeTimeout bounds one transaction, waiting for the writer included: no writer
// may hold up all others for ever. Callers with less time bring their own bound.
const writeTimeout = 30 * time.Second

// closeTimeout is how long Close waits for workers whose context was cancelled.
const closeTimeout = 20 * time.Second

// ErrNotFound says that there is no such row.
var ErrNotFound = errors.New("not found")

// ErrLocked says that another process works in the data directory.
var ErrLocked = errors.New("data directory is in use")

// ErrBusy says that this Store already runs its workers, or has been closed.
var ErrBusy = errors.New("workers were started before")

// Config says where the database lies and what the store takes from outside.
type Config struct {
	// Dir is the data directory; it is created with mode 0700. One process at a
	// time may use it.
	Dir string
	// Now dates our rows; nil is the system's clock. Waiting (backoff, sweep)
	// always follows the system's clock, so that a clock that stands still in a
	// test holds nothing back.
	Now func() time.Time
	// Log gets one line per delivery or wish that failed; nil is silence.
	Log *slog.Logger
	// Retry says when something that failed is tried again.
	Retry Retry
	// SweepEvery is how often forgotten work is looked for; zero is a minute.
	SweepEvery time.Duration
	// Grace is how long Stop lets running work finish before it cancels its
	// context; zero is ten seconds.
	Grace time.Duration
}

// Store is an open database. All methods may be called concurrently.
type Store struct {
	config   Config
	lock     *dirLock
	writer   *sql.DB // one connection: SQLite has one writer at a time
	reader   *sql.DB // read-only
	inserter *river.Client[*sql.Tx]
	lanes    *lanes
	alarm    chan struct{}

	mu      sync.Mutex
	started bool
	runner  *runner // nil until Start
}

// Open locks the directory, opens or creates DIR/vidimus.db, brings its tables
// up to date and releases the jobs that a killed process was running. It fails
// with ErrLocked if another process has the directory.
func Open(ctx context.Context, config Config) (*Store, error) {
	config = config.withDefaults()
	if config.Dir == "" {
		return nil, errors.New("open store: no data directory given")
	}
	dir, err := filepath.Abs(config.Dir)
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", config.Dir, err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	lock, err := lockDir(dir)
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", dir, err)
	}
	s := &Store{config: config, lock: lock, lanes: newLanes(), alarm: make(chan struct{}, 1)}
	if err := s.open(ctx, filepath.Join(dir, "vidimus.db")); err != nil {
		return nil, errors.Join(fmt.Errorf("open store %s: %w", dir, err), s.Close())
	}
	return s, nil
}

func (c Config) withDefaults() Config {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.SweepEvery <= 0 {
		c.SweepEvery = time.Minute
	}
	if c.Grace <= 0 {
		c.Grace = 10 * time.Second
	}
	c.Retry = c.Retry.withDefaults()
	return c
}

func (s *Store) open(ctx context.Context, file string) error {
	var err error
	if s.writer, err = openWriter(ctx, file); err != nil {
		return err
	}
	driver := riversqlite.New(s.writer)
	quiet := quietLogger(s.config.Log)
	if err := migrate(ctx, s.writer, driver, quiet); err != nil {
		return err
	}
	if err := releaseOrphans(ctx, s.writer); err != nil {
		return err
	}
	if s.reader, err = openReader(file); err != nil {
		return err
	}
	s.inserter, err = river.NewClient(driver, &river.Config{Logger: quiet, FetchCooldown: fetchCooldown})
	if err != nil {
		return fmt.Errorf("set up job queue: %w", err)
	}
	return nil
}

// Close stops the workers, closes the database and releases the directory.
func (s *Store) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), s.config.Grace+closeTimeout)
	defer cancel()
	errs := []error{s.Stop(ctx)}
	for _, db := range []*sql.DB{s.reader, s.writer} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	if err := errors.Join(append(errs, s.lock.release())...); err != nil {
		return fmt.Errorf("close store: %w", err)
	}
	return nil
}

// write runs do in one transaction on the writer. do must use tx and nothing
// else of the database: with one connection, asking the pool inside of a
// transaction waits for itself.
func (s *Store) write(ctx context.Context, do func(context.Context, *sql.Tx) error) error {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin transaction: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit this does nothing
	if err := do(ctx, tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit transaction: %w", err)
	}
	return nil
}
