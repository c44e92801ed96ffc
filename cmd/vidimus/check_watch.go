package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
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
	for {
		if err := o.print(stdout, s.result()); err != nil {
			return fmt.Errorf("write findings: %w", err)
		}
		for changed := false; !changed; {
			select {
			case <-ctx.Done():
				return nil
			case now := <-ticks:
				if changed, err = s.refresh(ctx, o, now); err != nil {
					return err
				}
			}
		}
	}
}

// refresh reads what has changed since the last look, and nothing else, and reports whether anything has. Only another
// configuration, base or day makes it read everything again.
func (s *checkSession) refresh(ctx context.Context, o checkOptions, now time.Time) (bool, error) {
	start := time.Now()
	entries, err := s.list()
	if err != nil {
		return false, err
	}
	changed := s.changed(entries)
	day, err := o.day(now, s.setting.zone)
	if err != nil || len(changed) == 0 && day == s.params.AsOf {
		return false, err
	}
	before := *s
	if err := s.configure(ctx, o, now); err != nil {
		return false, err
	}
	if changed[document.ConfigurationPath] || s.params.AsOf != before.params.AsOf || s.setting.base != before.setting.base {
		clear(s.stamps)
		err = s.readAll(ctx)
	} else {
		err = s.readChanged(entries, s.withOtherTouch(changed, before))
	}
	s.took = time.Since(start)
	return true, err
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

func (s *checkSession) readChanged(entries map[string]fs.DirEntry, changed map[string]bool) error {
	for path := range changed {
		entry, there := entries[path]
		if !there {
			delete(s.readings, path)
			delete(s.stamps, path)
			continue
		}
		s.stamps[path] = stampOf(entry)
		if err := s.read(path, entry); errors.Is(err, fs.ErrNotExist) {
			s.stamps[path] = fileStamp{} // the next look sees what an editor put in its place, or that it is gone
		} else if err != nil {
			return err
		}
	}
	return nil
}
