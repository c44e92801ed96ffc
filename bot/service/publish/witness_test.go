package publish_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/demo"
	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/service/store"
)

// keys are the keys of the ledger's entries, without digests.
func keys(l *evidence.Ledger) []string {
	var words []string
	for _, e := range l.Entries() {
		word := e.Key[:strings.LastIndex(e.Key, ":")]
		words = append(words, string(e.Kind)+" "+word)
	}
	return words
}

// reviewedPolicy proposes the policy and has the CISO sign it: a pull request with
// witness statements.
func reviewedPolicy(t *testing.T, s *demo.Story) demo.Pull {
	t.Helper()
	p, head := propose(t, s, "policy", map[string][]byte{policyPath: s.Documents[policyPath]})
	must(s.Verdict(t.Context(), head, demo.Concludes("action_required")))(t)
	must(s.Sign(t.Context(), p.Number, "ciso"))(t)
	idle(t, s)
	return p
}

func closePull(t *testing.T, s *demo.Story, number int) {
	t.Helper()
	try(t, s.As("rdevries").Call(t.Context(), http.MethodPatch, fmt.Sprintf("/repos/%s/pulls/%d", s.Repo.FullName, number),
		map[string]any{"state": "closed"}, nil))
}

// observed lists what the ledger's statements about a pull request saw.
func observed(t *testing.T, l *evidence.Ledger, pull int) []string {
	t.Helper()
	var acts []string
	for _, w := range must(l.Witnesses(pull))(t) {
		s := must(evidence.ReadStatement(w.Statement))(t)
		for _, o := range s.Predicate.(evidence.Witness).Observations {
			acts = append(acts, o.Act)
		}
	}
	slices.Sort(acts)
	return acts
}

// While the App runs: a pull request that is closed without a merge has its statements
// in the ledger, with the content list that was approved, and they bind when it is
// opened again with the database lost.
func TestWitness_closedPullRequestIsInTheLedger(t *testing.T) {
	s := founded(t)
	p := reviewedPolicy(t, s)
	closePull(t, s, p.Number)
	var l *evidence.Ledger
	try(t, demo.Await(t.Context(), "the witness entry", func() (bool, error) {
		l, _ = ledger(t, s)
		return len(l.Entries()) == 2, nil
	}))
	if diff := cmp.Diff([]string{"key genesis", fmt.Sprintf("witness witness:%d", p.Number)}, keys(l)); diff != "" {
		t.Fatalf("entries (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"commit", "head", "review"}, observed(t, l, p.Number)); diff != "" {
		t.Errorf("observations (-want +got):\n%s", diff)
	}
	idle(t, s)
	try(t, s.StopApp())
	forget(t, s)
	try(t, s.RestartApp(t.Context()))
	try(t, s.As("rdevries").Call(t.Context(), http.MethodPatch, fmt.Sprintf("/repos/%s/pulls/%d", s.Repo.FullName, p.Number),
		map[string]any{"state": "open"}, nil))
	must(s.Verdict(t.Context(), p.Head.SHA, func(c demo.Check) bool {
		return c.Conclusion == "action_required" && !strings.Contains(c.Output.Title, "Aoife")
	}))(t)
	idle(t, s)
	if l, _ := ledger(t, s); len(l.Entries()) != 2 {
		t.Errorf("%d entries after the loss of the database, want 2: %v", len(l.Entries()), keys(l))
	}
}

// A day after the first sight the statements stand in the ledger; a day less a minute
// they do not. Killed before it is noted, nothing is recorded twice. What is recorded
// leaves the check run and still counts.
func TestWitness_dayOldStatementsAreInTheLedger(t *testing.T) {
	s := founded(t)
	pull := reviewedPolicy(t, s)
	stopped(t, s)
	p := newPress(t, s)
	s.Sim.Advance(24*time.Hour - 2*time.Minute)
	try(t, p.run(t))
	if l, _ := ledger(t, s); len(l.Entries()) != 1 {
		t.Fatalf("entries before the day is over: %v", keys(l))
	}
	s.Sim.Advance(2 * time.Minute)
	restore := snapshotOf(t, p)
	p = newPress(t, s)
	try(t, p.run(t))
	l, tip := ledger(t, s)
	if diff := cmp.Diff([]string{"key genesis", fmt.Sprintf("witness witness:%d", pull.Number)}, keys(l)); diff != "" {
		t.Fatalf("entries (-want +got):\n%s", diff)
	}
	try(t, p.store.Close())
	restore()
	p = newPress(t, s)
	try(t, p.run(t))
	if again, now := ledger(t, s); now != tip {
		t.Errorf("after the kill the branch moved from %s to %s: %v", tip, now, keys(again))
	}
	if left := must(p.store.UnpublishedWitnesses(t.Context(), s.Repo.ID, s.Sim.Now().AddDate(1, 0, 0)))(t); len(left) != 0 {
		t.Errorf("%d statements are taken for unpublished", len(left))
	}

	try(t, p.store.Close())
	try(t, s.RestartApp(t.Context()))
	must(s.Sign(t.Context(), pull.Number, "ceo"))(t)
	must(s.Sign(t.Context(), pull.Number, "head-of-it"))(t)
	c := must(s.Verdict(t.Context(), pull.Head.SHA, demo.Concludes("success")))(t)
	signed := must(evidence.ReadWitnessBlock(c.Output.Text))(t)
	recorded := must(l.Witnesses(pull.Number))(t)
	for _, w := range recorded {
		if slices.ContainsFunc(signed, func(s evidence.Signed) bool { return string(s.Statement) == string(w.Statement) }) {
			t.Errorf("the check run still carries a statement that entry %d holds", w.Entry)
		}
	}
	must(s.Land(t.Context(), "rdevries", must(s.As("rdevries").Pull(t.Context(), pull.Number))(t)))(t)
	l, _ = ledger(t, s)
	if got := told(t, l); got != "3, publication, merge, 1, signed" {
		t.Errorf("the landing's entry says %q", got)
	}
	if all := must(l.Witnesses(pull.Number))(t); len(all) <= len(recorded) || all[0].Entry != 2 {
		t.Errorf("%d statements in the ledger, want more than the %d that entry 2 holds first", len(all), len(recorded))
	}
}

// Statements that outgrow a check run go into the ledger at once.
func TestWitness_largeBlockIsRecordedAtOnce(t *testing.T) {
	s := founded(t)
	stopped(t, s)
	p := newPress(t, s)
	key := must(evidence.ReadKey(s.EvidenceKey.Server))(t)
	repository := facts.Repository{Host: "127.0.0.1", ID: s.Repo.ID, Name: s.Repo.FullName}
	_, tip := ledger(t, s)
	add := func(from, to int) {
		t.Helper()
		b := store.Batch{RepositoryID: s.Repo.ID, Pulls: []store.Pull{{Number: 7, Branch: "main", Head: tip, HeadSeen: s.Sim.Now(), State: store.PullOpen}}}
		for i := from; i < to; i++ {
			seen := facts.Observation{
				Act: facts.ActEdit, ID: int64(i + 1), Pull: 7, BodySHA256: facts.Digest(fmt.Append(nil, i)),
				Seen: facts.Seen{At: s.Sim.Now().UTC().Format(time.RFC3339), By: facts.ByDelivery, Delivery: fmt.Sprint(i)},
			}
			w := must(evidence.Sign(evidence.NewWitness(repository, []facts.Observation{seen}), key, s.Sim.Now()))(t)
			b.Witnesses = append(b.Witnesses, store.Witness{Pull: 7, Statement: w.Statement, Signature: w.Signature})
		}
		try(t, p.store.Commit(t.Context(), b))
	}
	add(0, 10)
	try(t, p.run(t))
	if l, _ := ledger(t, s); len(l.Entries()) != 1 {
		t.Fatalf("ten statements are recorded at once: %v", keys(l))
	}
	add(10, 300)
	try(t, p.run(t))
	l, _ := ledger(t, s)
	if diff := cmp.Diff([]string{"key genesis", "witness witness:7", "witness witness:7"}, keys(l)); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
	if all := must(l.Witnesses(7))(t); len(all) != 300 || !strings.Contains(string(all[299].Statement), `"delivery":"299"`) {
		t.Errorf("%d statements in the ledger, want 300 in their order", len(all))
	}
}
