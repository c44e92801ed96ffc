package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/control"
)

// maxRolesBytes bounds roles.tsv; a role has some 80 bytes.
const maxRolesBytes = 1 << 20

// checkSetting is what documents are judged by, but for the day.
type checkSetting struct {
	layout   document.Layout
	params   control.Params
	zone     *time.Location
	findings []document.Finding // of the configuration
	notes    []string
	worktree bool
	base     string // commit that the work tree is compared with, "" for none
}

// configurationFor finds what the documents of a folder are judged by: in a Git work tree the configuration of
// the merge base with origin/HEAD, or with base; else the folder's own; else roles.tsv.
func configurationFor(ctx context.Context, root, base string) (checkSetting, error) {
	s := checkSetting{layout: document.Layout{Root: "."}, zone: time.UTC}
	own, err := readOwnConfiguration(root)
	if err != nil {
		return s, err
	}
	b, err := findCheckBase(ctx, root, base)
	if err != nil {
		return s, err
	}
	s.worktree, s.base = b.worktree, b.commit
	s.notes = append(s.notes, b.notes...)
	judgedBy := own
	if b.configuration != nil {
		judgedBy = b.configuration
	}
	if judgedBy != nil {
		s.configure(judgedBy)
	} else if err := s.readRoles(root); err != nil {
		return s, err
	}
	if own != nil && !bytes.Equal(own, judgedBy) {
		_, findings := repoconfig.Read(own) // what the change makes of the configuration must be readable too
		s.findings = append(s.findings, findings...)
	}
	if b.commit == "" {
		return s, nil
	}
	return s, s.compare(ctx, b)
}

func readOwnConfiguration(root string) ([]byte, error) {
	own, err := readBounded(filepath.Join(root, document.ConfigurationPath), repoconfig.MaxBytes+1)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	return own, nil
}

// configure takes roles, root, own types, time zone and severities out of a configuration; an unreadable one is a finding
// and leaves the defaults.
func (s *checkSetting) configure(raw []byte) {
	config, findings := repoconfig.Read(raw)
	s.findings = append(s.findings, findings...)
	if document.Blocking(findings) {
		return
	}
	s.layout, s.zone = config.Layout(), config.TimeZone
	s.params.Roles, s.params.Severities = config.RoleIDs(), config.Overrides()
}

// readRoles reads roles and heads of departments from roles.tsv, if there is one: a table with a header line,
// of which the columns role and department_head count.
func (s *checkSetting) readRoles(root string) error {
	raw, err := readBounded(filepath.Join(root, "roles.tsv"), maxRolesBytes)
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
func (s *checkSetting) compare(ctx context.Context, b checkBase) error {
	changed, err := b.changed(ctx)
	if err != nil {
		return err
	}
	s.params.Touched = map[string]bool{}
	for _, path := range changed {
		s.params.Touched[path] = true
	}
	before, err := b.files(ctx, s.layout, s.params.Touched)
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
