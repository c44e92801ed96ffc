package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/control"
)

const (
	// rolesPath is a table of roles, for who has no configuration yet.
	rolesPath = "roles.tsv"
	// maxRolesBytes bounds it; a role has some 80 bytes.
	maxRolesBytes = 1 << 20
)

// checkSetting is what documents are judged by, but for the day.
type checkSetting struct {
	layout     document.Layout
	params     control.Params
	zone       *time.Location
	governance checkGovernance
	findings   []document.Finding // of configuration and keys
	notes      []string
	worktree   bool
	base       string // commit that the work tree is compared with, "" for none
}

// configurationFor finds what the documents of a folder are judged by: in a Git work tree the configuration of
// the merge base with origin/HEAD, or with base; else the folder's own; else roles.tsv.
func configurationFor(ctx context.Context, root, base string) (checkSetting, error) {
	s := checkSetting{layout: document.Layout{Root: "."}, zone: time.UTC}
	own, err := readGoverning(root)
	if err != nil {
		return s, err
	}
	b, err := findCheckBase(ctx, root, base)
	if err != nil {
		return s, err
	}
	s.worktree, s.base, s.notes = b.worktree, b.commit, b.notes
	var changed []baseEntry
	if b.commit != "" {
		if changed, err = b.changed(ctx); err != nil {
			return s, err
		}
	}
	if s.governance, err = newCheckGovernance(ctx, b, own, changed); err != nil {
		return s, err
	}
	s.notes = append(s.notes, s.governance.notes...)
	if config, ok := s.governance.configuration(); ok {
		s.layout, s.zone = config.Layout(), config.TimeZone
		s.params.Roles, s.params.Severities = config.RoleIDs(), config.Overrides()
	} else if err := s.readRoles(root); err != nil {
		return s, err
	}
	if b.commit == "" {
		return s, nil
	}
	return s, s.compare(ctx, b, changed)
}

// readRoles reads roles and heads of departments from roles.tsv, if there is one: a table with a header line,
// of which the columns role and department_head count.
func (s *checkSetting) readRoles(root string) error {
	raw, err := readBounded(filepath.Join(root, rolesPath), maxRolesBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read roles: %w", err)
	}
	lines := strings.Split(strings.TrimSpace(strings.ReplaceAll(string(raw), "\r\n", "\n")), "\n")
	header := strings.Split(lines[0], "\t")
	role, head := slices.Index(header, "role"), slices.Index(header, "department_head")
	if role < 0 {
		return &hintedError{fmt.Errorf("read roles: roles.tsv has no column role"), "begin it with a line: role, then other columns, parted by tabs"}
	}
	s.params.Roles = []string{}
	for _, line := range lines[1:] {
		cells := strings.Split(line, "\t")
		if role >= len(cells) || cells[role] == "" {
			continue
		}
		s.params.Roles = append(s.params.Roles, cells[role])
		if head >= 0 && head < len(cells) && cells[head] == "yes" {
			s.params.DepartmentHeads = append(s.params.DepartmentHeads, cells[role])
		}
	}
	return nil
}

// compare makes the change known: what it touches, what stood there before, and what the base's tip has
// changed meanwhile.
func (s *checkSetting) compare(ctx context.Context, b checkBase, changed []baseEntry) error {
	s.params.Touched = map[string]bool{}
	var governed []baseEntry
	for _, e := range changed {
		s.params.Touched[e.path] = true
		if s.layout.Classify(e.path) != document.NotGoverned {
			governed = append(governed, e)
		}
	}
	before, err := b.files(ctx, governed)
	if err != nil {
		return err
	}
	s.params.Base = s.layout.NewSet(before)
	s.params.MovedBase, err = b.moved(ctx)
	return err
}

// isWorktreeTop reports whether the folder is the top of a Git work tree.
func isWorktreeTop(root string) bool {
	_, err := os.Lstat(filepath.Join(root, ".git"))
	return err == nil
}
