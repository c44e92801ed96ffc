package app_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/demo"
	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/service/app"
)

// idle waits until the App has worked everything that GitHub delivered.
func idle(t *testing.T, s *demo.Story) {
	t.Helper()
	if err := s.Sim.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	delivered := func() bool {
		for _, d := range s.Sim.Deliveries("vidimus") {
			if d.StatusCode == 0 {
				return false
			}
		}
		return true
	}
	err := demo.Await(t.Context(), "the App to be idle", func() (bool, error) {
		if !delivered() {
			return false, nil
		}
		return s.App.Idle(t.Context())
	})
	if err != nil {
		t.Fatal(err)
	}
}

// updateBranch merges the base into the proposal, by GitHub's button; the base is
// moved first, by a file that is not governed.
func updateBranch(t *testing.T, s *demo.Story, p demo.Pull, readme string) string {
	t.Helper()
	ctx := t.Context()
	must(s.Push(ctx, "isolheim", "main", "A word for readers", map[string][]byte{"README.md": []byte(readme)}))(t)
	err := s.As("isolheim").Call(ctx, http.MethodPut, "/repos/"+s.Repo.FullName+"/pulls/"+strconv.Itoa(p.Number)+"/update-branch", map[string]any{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return must(s.As("isolheim").Pull(ctx, p.Number))(t).Head.SHA
}

// reviewCommits reads where GitHub says that the approvals point now.
func reviewCommits(t *testing.T, s *demo.Story, p demo.Pull) []string {
	t.Helper()
	var reviews []struct {
		State  string `json:"state"`
		Commit string `json:"commit_id"`
	}
	if err := s.As("isolheim").Call(t.Context(), http.MethodGet, "/repos/"+s.Repo.FullName+"/pulls/"+strconv.Itoa(p.Number)+"/reviews", nil, &reviews); err != nil {
		t.Fatal(err)
	}
	var commits []string
	for _, r := range reviews {
		if r.State == "APPROVED" {
			commits = append(commits, r.Commit)
		}
	}
	return commits
}

// LAW 5.1: GitHub moves the commit_id of approvals when a branch is updated. A
// signature whose document stayed is kept, and one that had ended stays ended.
func TestApp_movedCommitIDNeitherMakesNorLosesASignature(t *testing.T) {
	s := stage(t, nil)
	ctx := t.Context()
	p, head := policyProposed(t, s)
	must(s.Sign(ctx, p.Number, "ciso"))(t)
	must(s.Verdict(ctx, head, func(c demo.Check) bool { return !strings.Contains(c.Output.Title, "Aoife") }))(t)

	head = updateBranch(t, s, p, "Read me.\n")
	c := must(s.Verdict(ctx, head, demo.Concludes("action_required")))(t)
	if got := reviewCommits(t, s, p); len(got) != 1 || got[0] != head {
		t.Fatalf("GitHub's commit_id of the approval = %v, want it moved to %s: the test shows nothing otherwise", got, head)
	}
	if strings.Contains(c.Output.Title, "Aoife") {
		t.Errorf("after the update the check says %q; Aoife's signature was lost", c.Output.Title)
	}

	const path = "policy/cloud-usage-policy.md"
	text := must(s.Read(ctx, "policy", path))(t)
	head = must(s.Push(ctx, "rdevries", "policy", "One word", map[string][]byte{path: append(text, "\nOne more sentence.\n"...)}))(t)
	must(s.Verdict(ctx, head, func(c demo.Check) bool {
		return strings.Contains(c.Output.Title, "Aoife") || strings.Contains(c.Output.Title, "3 people")
	}))(t)
	head = updateBranch(t, s, p, "Read me twice.\n")
	c = must(s.Verdict(ctx, head, demo.Concludes("action_required")))(t)
	if got := reviewCommits(t, s, p); len(got) != 1 || got[0] == head {
		t.Logf("GitHub's commit_id of the approval = %v, head %s", got, head)
	}
	if !strings.Contains(c.Output.Summary+c.Output.Text, "SIG003") {
		t.Errorf("after the second update the check says %q; the ended signature came back", c.Output.Title)
	}
}

// statements reads the witness statements and the verdict out of a check run.
func statements(t *testing.T, s *demo.Story, c demo.Check) (witnesses []string, verdict evidence.Verdict) {
	t.Helper()
	signed, err := evidence.ReadWitnessBlock(c.Output.Text)
	if err != nil {
		t.Fatal(err)
	}
	key, err := evidence.ReadKeys(s.EvidenceKey.Public)
	if err != nil {
		t.Fatal(err)
	}
	accepted, refused := evidence.Origin{Keys: key, Repository: s.Repo.ID}.Accept(signed)
	if len(refused) > 0 {
		t.Fatalf("statement in the check run is refused: %v", refused[0].Err)
	}
	for _, a := range accepted {
		if v, ok := a.Read.Predicate.(evidence.Verdict); ok {
			verdict = v
			continue
		}
		witnesses = append(witnesses, string(a.Statement))
	}
	return witnesses, verdict
}

// With database and mirror deleted a new process comes to the same facts, decision
// and witness statements, byte for byte: it finds nothing to write.
func TestApp_lostDatabaseGivesTheSameBytes(t *testing.T) {
	s := stage(t, nil)
	ctx := t.Context()
	p, head := policyProposed(t, s)
	must(s.Sign(ctx, p.Number, "ciso"))(t)
	before := must(s.Verdict(ctx, head, func(c demo.Check) bool { return !strings.Contains(c.Output.Title, "Aoife") }))(t)
	idle(t, s)
	if err := s.StopApp(); err != nil {
		t.Fatal(err)
	}
	forget(t, s)
	if err := s.RestartApp(ctx); err != nil {
		t.Fatal(err)
	}
	idle(t, s)
	again := must(s.As("isolheim").Checks(ctx, head))(t)
	if diff := cmp.Diff([]demo.Check{before}, again); diff != "" {
		t.Errorf("check run after the database was lost (-before +after):\n%s", diff)
	}
	wantWitnesses, wantVerdict := statements(t, s, before)

	for _, role := range []string{"ceo", "head-of-it"} {
		must(s.Sign(ctx, p.Number, role))(t)
	}
	must(s.Verdict(ctx, head, demo.Concludes("success")))(t)
	idle(t, s)
	final := must(s.As("isolheim").Checks(ctx, head))(t)[0]
	witnesses, verdict := statements(t, s, final)
	if len(witnesses) <= len(wantWitnesses) {
		t.Fatalf("%d witness statements, want more than the %d before", len(witnesses), len(wantWitnesses))
	}
	if diff := cmp.Diff(wantWitnesses, witnesses[:len(wantWitnesses)]); diff != "" {
		t.Errorf("witness statements (-before +after):\n%s", diff)
	}
	if verdict.Number <= wantVerdict.Number {
		t.Errorf("verdict number %d after %d", verdict.Number, wantVerdict.Number)
	}
}

// gap lets webhooks through to the App, or drops them.
type gap struct {
	server *httptest.Server
	to     atomic.Pointer[url.URL]
	closed atomic.Bool
}

func newGap(t *testing.T) *gap {
	g := &gap{}
	g.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		to := g.to.Load()
		if g.closed.Load() || to == nil {
			http.Error(w, "nobody listens", http.StatusBadGateway)
			return
		}
		(&httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(to) }}).ServeHTTP(w, r)
	}))
	t.Cleanup(g.server.Close)
	return g
}

// A delivery that is lost and gone from GitHub's log leaves what we saw: the head
// before the review, which still was the head when we read it. LAW 5.1, `seen`.
func TestApp_sightBindsWhenTheDeliveryIsGone(t *testing.T) {
	g := newGap(t)
	s := stageBehind(t, g)
	ctx := t.Context()
	p, head := policyProposed(t, s)
	lines := must(s.Offered(ctx, p.Number, "ciso"))(t)
	idle(t, s)
	g.closed.Store(true)
	must(s.As("abrannigan").Review(ctx, p.Number, "APPROVE", strings.Join(lines, "\n")))(t)
	if err := s.Sim.Settle(ctx); err != nil { // the delivery was tried, and lost
		t.Fatal(err)
	}
	s.Sim.Advance(4 * 24 * time.Hour) // GitHub's log keeps three days
	g.closed.Store(false)
	must(s.As("zaydin").Review(ctx, p.Number, "COMMENT", "Somebody says something."))(t)
	c := must(s.Verdict(ctx, head, func(c demo.Check) bool {
		return !strings.Contains(c.Output.Title, "3 people") && !strings.Contains(c.Output.Title, "Aoife")
	}))(t)
	witnesses, _ := statements(t, s, c)
	if !strings.Contains(strings.Join(witnesses, "\n"), `"act":"review"`) || !strings.Contains(strings.Join(witnesses, "\n"), `"by":"seen"`) {
		t.Errorf("the witness statements tell of no sight of the review:\n%s", strings.Join(witnesses, "\n"))
	}
}

// stageBehind starts a stage whose webhooks go through the gap.
func stageBehind(t *testing.T, g *gap) *demo.Story {
	t.Helper()
	s := stage(t, func(c *demo.StageConfig) { c.WebhookURL = g.server.URL + "/webhook" })
	a, err := app.Open(t.Context(), s.AppConfig())
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(a.Handler())
	t.Cleanup(server.Close)
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	address, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	g.to.Store(address)
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.App = a
	t.Cleanup(func() { s.App = nil }) // closed here, not by the stage
	return s
}
