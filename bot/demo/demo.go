package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"
)

// Config says how much is played.
type Config struct {
	// Dir is where everything lies; it stays afterwards.
	Dir string
	// Auto plays everything to the end. Without it the story stops before the
	// first signature of pull request 3, and everything keeps running until ctx
	// ends.
	Auto bool
	// Empty stops after pull request 2.
	Empty bool
	// Out is told the story.
	Out io.Writer
	// Log gets the App's own lines; nil is silence.
	Log *slog.Logger
}

// ErrNotStarted says that nothing could be played: no folder, no git.
var ErrNotStarted = errors.New("start the demo")

// Run plays the demo. An error means that something which must hold does not, or
// that it could not be played.
func Run(ctx context.Context, c Config) (err error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	began := time.Now()
	say := &narrator{out: c.Out}
	say.printf("This is Northquay Logistics, a made-up company, on a GitHub of its own that\nruns inside this program. Nothing leaves your computer.\n")
	stage, err := NewStage(ctx, StageConfig{Dir: c.Dir, Log: c.Log})
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNotStarted, err)
	}
	defer func() { err = errors.Join(err, stage.Close()) }()
	s := &Story{stage, say}
	if err := s.homes(ctx); err != nil {
		return err
	}
	if err := s.begin(ctx); err != nil {
		return err
	}
	if c.Empty {
		if err := s.writeWorld(); err != nil {
			return err
		}
		return s.stay(ctx, s.Sim.URL()+"/"+s.Repo.FullName, firstTries())
	}
	l, err := s.Propose(ctx)
	if err != nil {
		return err
	}
	if err := s.writeWorld(); err != nil {
		return err
	}
	if !c.Auto {
		return s.stay(ctx, l.Pull.URL, tries())
	}
	if err := l.play(ctx); err != nil {
		return err
	}
	if err := s.audit(ctx); err != nil {
		return err
	}
	say.printf("\nDone in %.1f s; every expectation held. It stays in %s:\n", time.Since(began).Seconds(), c.Dir)
	say.printf("  evidence/   the evidence branch, as Git has it\n  bundle/     what an auditor takes home; VERIFY.md tells how to verify it\n  world.json  addresses, people and tokens of this made-up GitHub\n")
	return nil
}

// begin plays pull requests 1 and 2: before the story, the company gets its
// governance.
func (s *Story) begin(ctx context.Context) error {
	s.say.chapter("Northquay puts its cloud governance into Git")
	if err := s.Found(ctx); err != nil {
		return fmt.Errorf("founding: %w", err)
	}
	if err := s.Bring(ctx); err != nil {
		return fmt.Errorf("documents: %w", err)
	}
	return nil
}
