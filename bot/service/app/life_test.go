package app_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vidimus-bot/vidimus/bot/demo"
	"github.com/vidimus-bot/vidimus/bot/githubsim"
	"github.com/vidimus-bot/vidimus/bot/githubsim/githubsimtest"
)

// stage starts Northquay's GitHub and App; every answer and every webhook of the
// embedded GitHub is validated against GitHub's own descriptions. Each test has a world
// of its own and spends half of its time waiting for it, so they run beside each other.
func stage(t *testing.T, change func(*demo.StageConfig)) *demo.Story {
	t.Helper()
	t.Parallel()
	c := demo.StageConfig{Dir: t.TempDir(), GitHub: func(c *githubsim.Config) { githubsimtest.Watch(t, c) }}
	if change != nil {
		change(&c)
	}
	s, err := demo.NewStage(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return demo.NewStory(s, io.Discard)
}

func must[T any](value T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// policyProposed founds the repository and proposes the policy: three signatures
// are asked for.
func policyProposed(t *testing.T, s *demo.Story) (demo.Pull, string) {
	t.Helper()
	ctx := t.Context()
	if err := s.Found(ctx); err != nil {
		t.Fatal(err)
	}
	const path = "policy/cloud-usage-policy.md"
	head := must(s.Push(ctx, "rdevries", "policy", "The policy", map[string][]byte{path: s.Documents[path]}))(t)
	p := must(s.As("rdevries").OpenPull(ctx, "The policy", "policy", ""))(t)
	must(s.Verdict(ctx, head, demo.Concludes("action_required")))(t)
	return p, head
}

// forget deletes database and mirrors of a stopped App.
func forget(t *testing.T, s *demo.Story) {
	t.Helper()
	if err := os.RemoveAll(filepath.Join(s.Dir, "app")); err != nil {
		t.Fatal(err)
	}
}

func TestApp_approvalsWhileItWasDownCount(t *testing.T) {
	s := stage(t, nil)
	ctx := t.Context()
	p, head := policyProposed(t, s)
	must(s.Sign(ctx, p.Number, "ciso"))(t)
	must(s.Verdict(ctx, head, func(c demo.Check) bool { return !strings.Contains(c.Output.Title, "Aoife") }))(t)
	lines := must(s.LinesFor(ctx, p.Number))(t)
	if err := s.StopApp(); err != nil {
		t.Fatal(err)
	}
	for _, role := range []string{"ceo", "head-of-it"} {
		must(s.As(s.Holder(role).Slug).Review(ctx, p.Number, "APPROVE", strings.Join(lines[role], "\n")))(t)
	}
	s.Sim.Advance(2 * time.Hour)
	if err := s.RestartApp(ctx); err != nil {
		t.Fatal(err)
	}
	must(s.Verdict(ctx, head, demo.Concludes("success")))(t)
}

// What the database and the mirror held is taken up again from the check run: the
// signature given before counts, and the later one besides.
func TestApp_lostDatabaseLosesNoSignature(t *testing.T) {
	s := stage(t, nil)
	ctx := t.Context()
	p, head := policyProposed(t, s)
	must(s.Sign(ctx, p.Number, "ciso"))(t)
	before := must(s.Verdict(ctx, head, func(c demo.Check) bool { return !strings.Contains(c.Output.Title, "Aoife") }))(t)
	if err := s.StopApp(); err != nil {
		t.Fatal(err)
	}
	forget(t, s)
	if err := s.RestartApp(ctx); err != nil {
		t.Fatal(err)
	}
	must(s.Sign(ctx, p.Number, "ceo"))(t)
	after := must(s.Verdict(ctx, head, func(c demo.Check) bool { return !strings.Contains(c.Output.Title, "Fergal") }))(t)
	if after.Conclusion != "action_required" || after.ID != before.ID {
		t.Errorf("check %d says %s: %s; want the same run, waiting for Tomasz", after.ID, after.Conclusion, after.Output.Title)
	}
	must(s.Sign(ctx, p.Number, "head-of-it"))(t)
	must(s.Verdict(ctx, head, demo.Concludes("success")))(t)
}

// The latest review of a person decides: with one line in each of two reviews only
// the second counts, and the check says so, also when nobody was listening.
func TestApp_secondReviewReplacesTheFirstWhileItWasDown(t *testing.T) {
	s := stage(t, nil)
	ctx := t.Context()
	p, head := policyProposed(t, s)
	must(s.Sign(ctx, p.Number, "ciso"))(t)
	must(s.Verdict(ctx, head, func(c demo.Check) bool { return !strings.Contains(c.Output.Title, "Aoife") }))(t)
	lines := must(s.LinesFor(ctx, p.Number))(t)
	if err := s.StopApp(); err != nil {
		t.Fatal(err)
	}
	forget(t, s)
	must(s.As("twisniewski").Review(ctx, p.Number, "APPROVE", lines["head-of-it"][0]))(t)
	second := must(s.As("twisniewski").Review(ctx, p.Number, "APPROVE", lines["ceo"][0]))(t)
	if err := s.RestartApp(ctx); err != nil {
		t.Fatal(err)
	}
	c := must(s.Verdict(ctx, head, func(c demo.Check) bool {
		return strings.Contains(c.Output.Text, strings.TrimSpace(lines["ceo"][0])) || c.Conclusion != "action_required" || strings.Contains(c.Output.Text+c.Output.Summary, "SIG004")
	}))(t)
	if c.Conclusion != "action_required" {
		t.Errorf("check says %s, want action_required; review %d", c.Conclusion, second.ID)
	}
}
