package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"time"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// watching is how often the files are looked at, without being read: 10,000 take 30 ms.
const watching = 500 * time.Millisecond

// follow checks, and again whenever a file has changed, until the context ends.
func (o checkOptions) follow(ctx context.Context, stdout, stderr io.Writer) error {
	ticker := time.NewTicker(watching)
	defer ticker.Stop()
	return o.followTicks(ctx, ticker.C, stdout, stderr)
}

func (o checkOptions) followTicks(ctx context.Context, ticks <-chan time.Time, stdout, stderr io.Writer) error {
	s, err := o.begin(ctx, time.Now(), stderr)
	if err != nil {
		return err
	}
	s.stampRoles()
	w := checkWatch{o: o, s: s}
	for {
		if err := o.print(stdout, s.result()); err != nil {
			return fmt.Errorf("write findings: %w", err)
		}
		for changed := false; !changed; {
			select {
			case <-ctx.Done():
				return nil
			case now := <-ticks:
				changed = w.look(ctx, now, stderr)
			}
		}
	}
}

// checkWatch is a session that is kept current.
type checkWatch struct {
	o      checkOptions
	s      *checkSession
	unsure bool   // a look failed half-way: what is held may be half old
	told   string // the failure that was said last
}

// look reports whether something has changed. What cannot be read is said once, and looked at again: a folder that is
// deleted and made again, or a file that its owner may not read for a moment, does not end the watch.
func (w *checkWatch) look(ctx context.Context, now time.Time, stderr io.Writer) bool {
	changed, err := w.refresh(ctx, now)
	if err == nil {
		w.unsure, w.told = false, ""
		return changed
	}
	w.unsure = true
	vanished := errors.Is(err, fs.ErrNotExist) // between the look and the reading
	if text := err.Error(); ctx.Err() == nil && !vanished && text != w.told {
		_, _ = fmt.Fprintf(stderr, "error: %s; still watching\n", printable(text)) // talk
		w.told = text
	}
	return false
}

// refresh reads what has changed since the last look, and nothing else, and reports whether anything has. Only another
// configuration, other roles, base or day make it read everything again.
func (w *checkWatch) refresh(ctx context.Context, now time.Time) (bool, error) {
	s, start := w.s, time.Now()
	entries, err := s.list()
	if err != nil {
		return false, err
	}
	changed := s.changed(entries)
	day, err := w.o.day(now, s.setting.zone)
	if err != nil || len(changed) == 0 && day == s.params.AsOf && !w.unsure {
		return false, err
	}
	before := *s
	if err := s.configure(ctx, w.o, now); err != nil {
		return false, err
	}
	anew := changed[document.ConfigurationPath] || changed[rolesPath] || s.params.AsOf != before.params.AsOf || s.setting.base != before.setting.base
	read := true
	if anew || w.unsure {
		clear(s.stamps)
		err = s.readAll(ctx)
		s.stampRoles()
	} else {
		read, err = s.readChanged(entries, s.withOtherTouch(changed, before))
	}
	s.took = time.Since(start)
	return read, err
}

// stampRoles notes how roles.tsv is, which is governed by nothing and decides which roles there are.
func (s *checkSession) stampRoles() {
	if info, err := os.Lstat(filepath.Join(s.scope.root, rolesPath)); err == nil {
		s.stamps[rolesPath] = stampOf(fs.FileInfoToDirEntry(info))
	}
}

// list looks at all governed files without reading them.
func (s *checkSession) list() (map[string]fs.DirEntry, error) {
	entries := map[string]fs.DirEntry{}
	err := s.setting.layout.ListFS(s.scope.fsys(), func(path string, entry fs.DirEntry) error {
		entries[path] = entry
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look at %s: %w", s.scope.root, err)
	}
	if info, err := os.Lstat(filepath.Join(s.scope.root, rolesPath)); err == nil {
		entries[rolesPath] = fs.FileInfoToDirEntry(info)
	}
	return entries, nil
}

// changed are the paths of files that came, went or differ.
func (s *checkSession) changed(entries map[string]fs.DirEntry) map[string]bool {
	changed := map[string]bool{}
	for path, entry := range entries {
		if stamp, known := s.stamps[path]; !known || stamp != stampOf(entry) {
			changed[path] = true
		}
	}
	for path := range s.stamps {
		if _, there := entries[path]; !there {
			changed[path] = true
		}
	}
	return changed
}

// withOtherTouch adds the files that the change touches now and did not before, or the other way round: some of their
// findings weigh otherwise.
func (s *checkSession) withOtherTouch(changed map[string]bool, before checkSession) map[string]bool {
	all := maps.Clone(changed)
	for path := range s.readings {
		if s.params.Touched[path] != before.params.Touched[path] {
			all[path] = true
		}
	}
	return all
}

// readChanged reads files anew and lets go of those that are gone; it reports whether there were any.
func (s *checkSession) readChanged(entries map[string]fs.DirEntry, changed map[string]bool) (bool, error) {
	any := false
	for path := range changed {
		entry, there := entries[path]
		if !there {
			any = true
			delete(s.readings, path)
			delete(s.stamps, path)
			continue
		}
		s.stamps[path] = stampOf(entry)
		switch err := s.read(path, entry); {
		case err == nil:
			any = true
		case errors.Is(err, fs.ErrNotExist):
			s.stamps[path] = fileStamp{} // the next look sees what an editor put in its place, or that it is gone
		default:
			return any, err
		}
	}
	return any, nil
}
