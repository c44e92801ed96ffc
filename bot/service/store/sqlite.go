package store

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// readers is how many connections read beside the writer.
const readers = 4

// openWriter opens file for writing, WAL and synced on each commit: a delivery
// that was acknowledged must survive the loss of power, which NORMAL does not
// give. FULL costs 0.2 ms a commit more on a fast disk (measured).
func openWriter(ctx context.Context, file string) (*sql.DB, error) {
	if err := createPrivate(file); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", dataSource(file, url.Values{
		"_txlock":  {"immediate"},
		"_timeout": {"5000"},
		"_journal": {"WAL"},
		"_sync":    {"FULL"},
		"_pragma":  {"journal_size_limit(67108864)"},
	}))
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", file, err)
	}
	db.SetMaxOpenConns(1)
	if err := checkModes(ctx, db); err != nil {
		_ = db.Close() // the first error is the one to report
		return nil, fmt.Errorf("open database %s: %w; if it is damaged, move it away: it is found again on GitHub and in the ledger", file, err)
	}
	return db, nil
}

// createPrivate makes the file readable by its owner alone, before SQLite would
// create it with the process's umask.
func createPrivate(file string) error {
	f, err := os.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("create database: %w", err)
	}
	return f.Close()
}

// checkModes reads back what was asked for: a file system without shared memory
// would silently stay out of WAL.
func checkModes(ctx context.Context, db *sql.DB) error {
	var journal string
	var synchronous int
	if err := db.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&journal); err != nil {
		return fmt.Errorf("read journal mode: %w", err)
	}
	if err := db.QueryRowContext(ctx, "PRAGMA synchronous").Scan(&synchronous); err != nil {
		return fmt.Errorf("read synchronous: %w", err)
	}
	if journal != "wal" || synchronous != 2 {
		return fmt.Errorf("journal mode is %s and synchronous %d, wanted wal and 2 (FULL)", journal, synchronous)
	}
	return nil
}

func openReader(file string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", dataSource(file, url.Values{"mode": {"ro"}, "_timeout": {"5000"}, "_query_only": {"1"}}))
	if err != nil {
		return nil, fmt.Errorf("open database %s for reading: %w", file, err)
	}
	db.SetMaxOpenConns(readers)
	return db, nil
}

// dataSource writes the path as a URI, so that "?", "%" and blanks in it stay
// part of it.
func dataSource(file string, query url.Values) string {
	path := filepath.ToSlash(file)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/… on Windows
	}
	return (&url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: query.Encode()}).String()
}

// releaseOrphans gives back the jobs that a killed process held. Holding the
// directory's lock, we know that nobody is running them; River by itself would
// wait for the rescuer. The lease of the dead leader goes too.
func releaseOrphans(ctx context.Context, db *sql.DB) error {
	const release = `UPDATE river_job SET state = 'available', attempt = max(attempt - 1, 0) WHERE state = 'running'`
	if _, err := db.ExecContext(ctx, release); err != nil {
		return fmt.Errorf("release running jobs: %w", err)
	}
	if _, err := db.ExecContext(ctx, `DELETE FROM river_leader`); err != nil {
		return fmt.Errorf("release leadership: %w", err)
	}
	return nil
}
