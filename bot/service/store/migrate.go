package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"strconv"
	"strings"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivermigrate"
)

// migrationFiles are our tables, one file per version, "NNNN_subject.sql". A
// file that was released is never changed: a new one follows it.
//
//go:embed migrations/*.sql
var migrationFiles embed.FS

// migrate brings River's tables and ours up to date. A database of a newer
// version is refused: what its columns mean is not known here.
func migrate(ctx context.Context, db *sql.DB, driver riverdriver.Driver[*sql.Tx], log *slog.Logger) error {
	river, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: log})
	if err != nil {
		return fmt.Errorf("set up job tables: %w", err)
	}
	if _, err := river.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("set up job tables: %w", err)
	}
	files, err := fs.Glob(migrationFiles, "migrations/*.sql")
	if err != nil {
		return fmt.Errorf("list migrations: %w", err)
	}
	version, err := schemaVersion(ctx, db)
	if err != nil {
		return err
	}
	if version > len(files) {
		return fmt.Errorf("database has version %d, this program knows %d: run the newer program, "+
			"or move the file away: what it holds is found again on GitHub and in the ledger", version, len(files))
	}
	for _, file := range files[version:] {
		if err := applyMigration(ctx, db, file); err != nil {
			return fmt.Errorf("apply %s: %w", file, err)
		}
	}
	return nil
}

func schemaVersion(ctx context.Context, db *sql.DB) (int, error) {
	const create = `CREATE TABLE IF NOT EXISTS vidimus_migration (version BIGINT PRIMARY KEY)`
	if _, err := db.ExecContext(ctx, create); err != nil {
		return 0, fmt.Errorf("create migration table: %w", err)
	}
	var version int
	if err := db.QueryRowContext(ctx, `SELECT coalesce(max(version), 0) FROM vidimus_migration`).Scan(&version); err != nil {
		return 0, fmt.Errorf("read schema version: %w", err)
	}
	return version, nil
}

// applyMigration runs one file and notes its number in the same transaction.
func applyMigration(ctx context.Context, db *sql.DB, file string) error {
	name := strings.TrimPrefix(file, "migrations/")
	number, _, _ := strings.Cut(name, "_")
	version, err := strconv.Atoi(number)
	if err != nil {
		return fmt.Errorf("number of migration: %w", err)
	}
	script, err := migrationFiles.ReadFile(file)
	if err != nil {
		return fmt.Errorf("read migration: %w", err)
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin transaction: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit this does nothing
	if _, err := tx.ExecContext(ctx, string(script)); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO vidimus_migration (version) VALUES (?)`, version); err != nil {
		return err
	}
	return tx.Commit()
}
