package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/vidimus-bot/vidimus/bot/demo"
)

// fourDays is longer than GitHub keeps deliveries.
const fourDays = 4 * 24 * time.Hour

// updateByButton merges the base, which was moved, into a proposal.
func updateByButton(t *testing.T, s *demo.Story, p *proposal) {
	t.Helper()
	moveBase(t, s, p)
	api(t, s, "isolheim", http.MethodPut, fmt.Sprintf("/pulls/%d/update-branch", p.Number), map[string]any{}, nil)
	p.head = must(s.As("isolheim").Pull(t.Context(), p.Number))(t).Head.SHA
}

// moveBase changes a file on main that is not governed.
func moveBase(t *testing.T, s *demo.Story, p *proposal) {
	t.Helper()
	must(s.Push(t.Context(), "isolheim", "main", "A word for readers", map[string][]byte{"README.md": []byte("After " + p.head + "\n")}))(t)
}

// rebase replaces the proposal by one commit with the same files on top of the
// moved base: the patch is the same, and the old head is gone.
func rebase(t *testing.T, s *demo.Story, p *proposal) {
	t.Helper()
	ctx := t.Context()
	text := must(s.Read(ctx, p.branch, servicePath))(t)
	moveBase(t, s, p)
	scratch := "scratch-" + p.head[:12]
	id := must(s.Push(ctx, "rdevries", scratch, "The same, anew", map[string][]byte{servicePath: text}))(t)
	api(t, s, "rdevries", http.MethodPatch, "/git/refs/heads/"+p.branch, map[string]any{"sha": id, "force": true}, nil)
	api(t, s, "rdevries", http.MethodDelete, "/git/refs/heads/"+scratch, nil, nil)
	p.head = id
}

// moved makes sure that GitHub has moved the approval's commit_id to the head:
// otherwise a test about that shows nothing.
func moved(t *testing.T, s *demo.Story, p *proposal) {
	t.Helper()
	commits := reviewCommits(t, s, p.Pull)
	if len(commits) != 1 || commits[0] != p.head {
		t.Fatalf("commit_id of the approval is %v, want it moved to %s", commits, p.head)
	}
}

// survives moves the head in both ways in which GitHub moves the commit_id of
// approvals. The signature holds; one that has ended stays ended.
func survives(t *testing.T, s *demo.Story, p *proposal) {
	t.Helper()
	for name, move := range moves() {
		move(t, s, p)
		moved(t, s, p)
		c := verdict(t, s, p.head, func(demo.Check) bool { return true })
		if c.Conclusion != "success" {
			t.Errorf("after %s the check says %s: %s; the signature was lost", name, c.Conclusion, c.Output.Title)
		}
	}
	text := must(s.Read(t.Context(), p.branch, servicePath))(t)
	p.head = must(s.Push(t.Context(), "rdevries", p.branch, "One word", map[string][]byte{servicePath: append(text, "\nOne more sentence.\n"...)}))(t)
	verdict(t, s, p.head, says("action_required", "SIG003"))
	for name, move := range moves() {
		move(t, s, p)
		c := verdict(t, s, p.head, func(demo.Check) bool { return true })
		if c.Conclusion != "action_required" {
			t.Errorf("after %s the check says %s: %s; the ended signature came back", name, c.Conclusion, c.Output.Title)
		}
	}
}

func moves() map[string]func(*testing.T, *demo.Story, *proposal) {
	return map[string]func(*testing.T, *demo.Story, *proposal){"update-branch": updateByButton, "a force-push of the same patch": rebase}
}

// LAW 5.1, `delivery`: the App heard the review.
func TestApp_deliveryHoldsASignatureOverMovedCommitIDs(t *testing.T) {
	s := stage(t, nil)
	found(t, s)
	p := proposeService(t, s, "service")
	approve(t, s, p, "head-of-it", "")
	verdict(t, s, p.head, demo.Concludes("success"))
	survives(t, s, p)
}

// LAW 5.1, `seen`: the review's delivery is gone for good; the App had seen the
// head before the review, and it still was the head when the App read the review.
func TestApp_sightHoldsASignatureOverMovedCommitIDs(t *testing.T) {
	g := newGap(t)
	s := stageBehind(t, g)
	found(t, s)
	p := proposeService(t, s, "service")
	idle(t, s)
	g.closed.Store(true)
	approve(t, s, p, "head-of-it", "")
	if err := s.Sim.Settle(t.Context()); err != nil { // the delivery was tried, and lost
		t.Fatal(err)
	}
	s.Sim.Advance(fourDays)
	g.closed.Store(false)
	must(s.As("zaydin").Review(t.Context(), p.Number, "COMMENT", "Somebody says something."))(t)
	c := verdict(t, s, p.head, demo.Concludes("success"))
	if witnesses, _ := statements(t, s, c); !strings.Contains(strings.Join(witnesses, "\n"), `"by":"seen"`) {
		t.Errorf("no witness statement tells of the sight:\n%s", strings.Join(witnesses, "\n"))
	}
	survives(t, s, p)
}

// LAW 5.4: database, mirror and GitHub's log are gone; the check run carries the
// witness. It is found on the ancestors of a merged head, and on the head that a
// force-push replaced.
func TestApp_checkRunHoldsASignatureOverMovedCommitIDs(t *testing.T) {
	s := stage(t, nil)
	found(t, s)
	p := proposeService(t, s, "service")
	approve(t, s, p, "head-of-it", "")
	verdict(t, s, p.head, demo.Concludes("success"))
	for name, move := range moves() {
		idle(t, s)
		stop(t, s)
		lose(t, s)
		move(t, s, p)
		moved(t, s, p)
		start(t, s)
		c := verdict(t, s, p.head, func(demo.Check) bool { return true })
		if c.Conclusion != "success" {
			t.Errorf("after %s, unseen, the check says %s: %s; the signature was lost", name, c.Conclusion, c.Output.Title)
		}
	}
	survives(t, s, p)
}

// Nobody saw to what the review was bound, and GitHub has moved it to the head: it
// is none, and the check asks for it again.
func TestApp_movedCommitIDMakesNoSignatureWithoutAWitness(t *testing.T) {
	s := stage(t, nil)
	found(t, s)
	p := proposeService(t, s, "service")
	idle(t, s)
	stop(t, s)
	text := must(s.Read(t.Context(), p.branch, servicePath))(t)
	p.head = must(s.Push(t.Context(), "rdevries", p.branch, "One word", map[string][]byte{servicePath: append(text, "\nOne more sentence.\n"...)}))(t)
	approve(t, s, p, "head-of-it", "")
	updateByButton(t, s, p)
	moved(t, s, p)
	s.Sim.Advance(fourDays)
	start(t, s)
	verdict(t, s, p.head, says("action_required", "SIG011"))
	approve(t, s, p, "head-of-it", "Again.")
	verdict(t, s, p.head, demo.Concludes("success"))
}
