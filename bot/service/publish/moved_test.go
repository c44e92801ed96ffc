package publish_test

import (
	"context"
	"errors"
	"os/exec"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/demo"
	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/service/gitstore"
	"github.com/vidimus-bot/vidimus/bot/service/publish"
)

// gitAt runs git in the repository of the embedded GitHub, as its operator could.
func gitAt(t *testing.T, s *demo.Story, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "git", append([]string{"-C", bare(s)}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// pushReadme puts a commit of an administrator onto the evidence branch.
func pushReadme(t *testing.T, s *demo.Story, text string) string {
	t.Helper()
	return must(s.Push(t.Context(), "isolheim", "evidence", text, map[string][]byte{"README.md": []byte(text + "\n")}))(t)
}

// changed pushes a change of the policy straight onto main: something to publish.
func changed(t *testing.T, s *demo.Story, word string) {
	t.Helper()
	must(s.Push(t.Context(), "isolheim", "main", word, map[string][]byte{
		policyPath: append(s.Documents[policyPath], "\n"+word+"\n"...),
	}))(t)
}

// What somebody else puts onto the evidence branch is kept, and the entry made anew on
// it; also when it came after the branch was read and before it was pushed.
func TestPublish_branchThatMovedMeanwhileIsBuiltOn(t *testing.T) {
	s := founded(t)
	stopped(t, s)
	p := newPress(t, s)
	changed(t, s, "first")
	readme := pushReadme(t, s, "before")
	try(t, p.run(t))
	l, tip := ledger(t, s)
	if len(l.Entries()) != 2 || !must(s.Mirror.Reaches(tip, readme))(t) {
		t.Fatalf("%d entries at %s, want 2 on top of %s", len(l.Entries()), tip, readme)
	}

	changed(t, s, "second")
	p.between = func() { readme = pushReadme(t, s, "between") }
	try(t, p.run(t))
	l, tip = ledger(t, s)
	if p.between != nil || len(l.Entries()) != 3 || !must(s.Mirror.Reaches(tip, readme))(t) {
		t.Fatalf("%d entries at %s, want 3 on top of %s", len(l.Entries()), tip, readme)
	}
	try(t, l.VerifySignatures(must(evidence.ReadKeys(s.EvidenceKey.Public))(t), 0))
}

// A branch that lost entries stops everything with a word that says what is to be done;
// nothing is pushed, and when it was put back, what waited is published once.
func TestPublish_branchThatLostEntriesStopsIt(t *testing.T) {
	s := founded(t)
	stopped(t, s)
	_, first := ledger(t, s)
	p := newPress(t, s)
	changed(t, s, "first")
	try(t, p.run(t))
	_, tip := ledger(t, s)
	changed(t, s, "second")

	empty := strings.TrimSpace(gitAt(t, s, "hash-object", "-t", "tree", "-w", "/dev/null"))
	orphan := gitAt(t, s, "-c", "user.name=x", "-c", "user.email=x@x.example", "commit-tree", "-m", "Nothing.", empty)
	for name, lose := range map[string][]string{
		"forced back":       {"update-ref", "refs/heads/evidence", first},
		"another beginning": {"update-ref", "refs/heads/evidence", orphan},
		"deleted":           {"update-ref", "-d", "refs/heads/evidence"},
	} {
		gitAt(t, s, lose...)
		for range 2 { // for the process that saw it, and for one that starts
			err := p.run(t)
			if !errors.Is(err, publish.ErrRewound) {
				t.Errorf("%s: Publish = %v, want ErrRewound", name, err)
			} else if !strings.Contains(err.Error(), "evidence") {
				t.Errorf("%s: %v does not name the branch", name, err)
			}
			p = p.reopened(t)
		}
		if now := gitAt(t, s, "for-each-ref", "--format=%(objectname)", "refs/heads/evidence"); now == tip {
			t.Errorf("%s: the branch was put back by itself", name)
		}
		// The commit that the mirror kept is what is put back.
		kept := gitstore.Open(s.Dir + "/app/git")
		at := must(kept.Mirror(s.Repo.ID))(t)
		if _, err := at.Commit(tip); err != nil {
			t.Errorf("%s: the mirror does not hold what was lost: %v", name, err)
		}
		gitAt(t, s, "update-ref", "refs/heads/evidence", tip)
	}
	try(t, p.run(t))
	try(t, p.run(t))
	l, now := ledger(t, s)
	if len(l.Entries()) != 3 || !must(s.Mirror.Reaches(now, tip))(t) {
		t.Errorf("%d entries at %s, want 3 on top of %s", len(l.Entries()), now, tip)
	}
}

// A branch that moves at every attempt is given up for this time, with the reason.
func TestPublish_pushThatIsNeverTakenIsSaid(t *testing.T) {
	s := founded(t)
	stopped(t, s)
	p := newPress(t, s)
	changed(t, s, "first")
	var again func()
	again = func() { pushReadme(t, s, "again "+s.Sim.Now().String()); p.between = again }
	p.between = again
	err := p.run(t)
	if !errors.Is(err, gitstore.ErrRejected) || !strings.Contains(err.Error(), "attempts") {
		t.Fatalf("Publish = %v, want ErrRejected after attempts", err)
	}
	p.between = nil
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.Publish(ctx, s.Repo.ID); !errors.Is(err, context.Canceled) {
		t.Errorf("Publish with an ended context = %v", err)
	}
	try(t, p.run(t))
	if l, _ := ledger(t, s); len(l.Entries()) != 2 {
		t.Errorf("%d entries, want 2", len(l.Entries()))
	}
}
