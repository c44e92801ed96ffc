package app_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/demo"
)

// Deliveries that come twice, in another order, or again to an App that has lost
// everything change nothing: same run, same number, same comment.
func TestApp_deliveriesAgainAndReorderedChangeNothing(t *testing.T) {
	s := stage(t, nil)
	found(t, s)
	p := proposeService(t, s, "service")
	updateByButton(t, s, p)
	signed(t, s, p)
	rebase(t, s, p)
	before := verdict(t, s, p.head, demo.Concludes("success"))
	idle(t, s)
	comments := must(s.As("isolheim").Comments(t.Context(), p.Number))(t)
	same := func(when string) {
		t.Helper()
		idle(t, s)
		if diff := cmp.Diff([]demo.Check{before}, must(s.As("isolheim").Checks(t.Context(), p.head))(t)); diff != "" {
			t.Errorf("check %s (-before +after):\n%s", when, diff)
		}
		if diff := cmp.Diff(comments, must(s.As("isolheim").Comments(t.Context(), p.Number))(t)); diff != "" {
			t.Errorf("comments %s (-before +after):\n%s", when, diff)
		}
	}
	again := func() {
		t.Helper()
		deliveries := s.Sim.Deliveries("vidimus")
		slices.Reverse(deliveries)
		for _, d := range deliveries {
			if !s.Sim.Redeliver(d.ID) {
				t.Fatalf("GitHub does not know delivery %d", d.ID)
			}
		}
	}
	again()
	same("after all deliveries came again")
	stop(t, s)
	forget(t, s)
	again()
	start(t, s)
	same("after they came while nobody listened, and the database was lost")
	again()
	same("after they came again")

	sameHead(t, s, p)
	idle(t, s)
	foreignDeliveries(t, s)
}

// sameHead: LAW 7.2, the verdict on a commit is that of all pull requests which
// propose it.
func sameHead(t *testing.T, s *demo.Story, p *proposal) {
	t.Helper()
	api(t, s, "rdevries", http.MethodPost, "/git/refs", map[string]any{"ref": "refs/heads/twin", "sha": p.head}, nil)
	twin := &proposal{branch: "twin", head: p.head}
	twin.Pull = must(s.As("rdevries").OpenPull(t.Context(), "The same commit again", "twin", ""))(t)
	verdict(t, s, p.head, demo.Concludes("action_required"))
	approve(t, s, twin, "head-of-it", "")
	verdict(t, s, p.head, demo.Concludes("success"))
	api(t, s, s.Holder("head-of-it").Slug, http.MethodPost, fmt.Sprintf("/pulls/%d/reviews", p.Number), map[string]any{"event": "REQUEST_CHANGES", "body": "No."}, nil)
	verdict(t, s, p.head, demo.Concludes("failure"))
	api(t, s, "rdevries", http.MethodPatch, fmt.Sprintf("/pulls/%d", p.Number), map[string]any{"state": "closed"}, nil)
	verdict(t, s, p.head, demo.Concludes("success"))
}

// foreignDeliveries: what GitHub did not sign is not stored, what nobody works on is
// counted.
func foreignDeliveries(t *testing.T, s *demo.Story) {
	t.Helper()
	post := func(event string, body []byte) int {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.AppURL+"/webhook", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-GitHub-Event", event)
		r.Header.Set("X-GitHub-Delivery", "00000000-0000-0000-0000-000000000001")
		r.Header.Set("X-Hub-Signature-256", "sha256="+strings.Repeat("0", 64))
		r.Header.Set("Content-Type", "application/json")
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close() // only the status is of interest
		return answer.StatusCode
	}
	if got := post("push", []byte("{}")); got != http.StatusUnauthorized {
		t.Errorf("a forged delivery is answered by %d, want 401", got)
	}
	if got := post("push", make([]byte, 25<<20+1)); got != http.StatusRequestEntityTooLarge {
		t.Errorf("a delivery over 25 MB is answered by %d, want 413", got)
	}
	if ok := must(s.App.Idle(t.Context()))(t); !ok {
		t.Error("something was stored")
	}
}

// With database and mirror lost, and the evidence of a landing with them, the same
// landing is published anew with the same decision, content lists and witnesses,
// byte for byte.
func TestApp_sameLandingGivesTheSameBytes(t *testing.T) {
	s := stage(t, nil)
	ctx := t.Context()
	found(t, s)
	p := proposeService(t, s, "service")
	signed(t, s, p)
	idle(t, s)
	founded := must(s.As("isolheim").Branch(ctx, "evidence"))(t)
	merge(t, s, "rdevries", p, "merge")
	entry(t, s, 2)
	idle(t, s)
	first := recorded(t, s)
	stop(t, s)
	forget(t, s)
	api(t, s, "isolheim", http.MethodPatch, "/git/refs/heads/evidence", map[string]any{"sha": founded, "force": true}, nil)
	start(t, s)
	entry(t, s, 2)
	idle(t, s)
	second := recorded(t, s)
	if len(first) < 3 {
		t.Fatalf("only %d files of the record are compared", len(first))
	}
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("the record (-first +second):\n%s", diff)
	}
}

// recorded are the files of record 2 that hold what was decided on what.
func recorded(t *testing.T, s *demo.Story) map[string]string {
	t.Helper()
	_, tip, err := s.Ledger(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	files := must(s.Mirror.FS(tip))(t)
	found := map[string]string{}
	err = fs.WalkDir(files, "records", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.Contains(name, "2") {
			return err
		}
		base := path.Base(name)
		if base == "decision.json" || base == "facts.json" || strings.Contains(name, "/content") || strings.Contains(name, "witness") {
			raw, err := fs.ReadFile(files, name)
			found[name] = string(raw)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
