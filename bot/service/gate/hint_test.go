package gate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/service/gate"
	"github.com/vidimus-bot/vidimus/bot/service/store"
)

// heard is when deliveries of these tests came, in a zone of their own.
func heard() time.Time { return time.Date(2026, 11, 24, 11, 0, 0, 5, time.FixedZone("", 3600)) }

func hint(t *testing.T, event, action, payload string) gate.Hint {
	t.Helper()
	h, err := gate.ReadHint(gate.Delivery{ID: "d1", Event: event, Action: action, Received: heard(), Payload: []byte(payload)})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

const reviewPayload = `{"sender":{"id":3},"pull_request":{"number":7,"head":{"sha":"ffff"}},
	"review":{"id":9,"commit_id":"aaaa","state":"STATE","body":"Fine.","submitted_at":"2026-11-24T10:59:58+01:00","user":{"id":61000102}}}`

// A payload never decides: of a review it testifies what GitHub said that it pointed at,
// and what was done to it, and announces no head. LAW 5.1.
func TestReadHint_aReviewTestifies(t *testing.T) {
	seen := facts.Seen{At: "2026-11-24T10:00:00Z", By: facts.ByDelivery, Delivery: "d1"}
	body := facts.Digest([]byte("Fine."))
	submitted := facts.Observation{
		Act: facts.ActReview, ID: 9, Pull: 7, UserID: 61000102, Commit: "aaaa", State: "APPROVED", BodySHA256: body,
		SubmitTime: "2026-11-24T09:59:58Z", Seen: seen,
	}
	objection := submitted
	objection.State = "CHANGES_REQUESTED"
	for _, c := range []struct {
		action, state string
		want          *facts.Observation
	}{
		{"submitted", "approved", &submitted},
		{"submitted", "changes_requested", &objection},
		{"submitted", "commented", nil},
		{"submitted", "pending", nil},
		{"edited", "approved", &facts.Observation{Act: facts.ActEdit, ID: 9, Pull: 7, UserID: 61000102, Actor: 3, BodySHA256: body, Seen: seen}},
		{"dismissed", "dismissed", &facts.Observation{Act: facts.ActDismissal, ID: 9, Pull: 7, UserID: 61000102, Actor: 3, Seen: seen}},
		{"something_new", "approved", nil},
	} {
		h := hint(t, "pull_request_review", c.action, strings.Replace(reviewPayload, "STATE", c.state, 1))
		if diff := cmp.Diff(c.want, h.Testimony); diff != "" {
			t.Errorf("%s, %s: testimony (-want +got):\n%s", c.action, c.state, diff)
		}
		if h.Pull != 7 || h.Head != "" {
			t.Errorf("%s: pull request %d and head %q, want 7 and none", c.action, h.Pull, h.Head)
		}
	}
}

func TestReadHint_whatEachEventAsksFor(t *testing.T) {
	for _, c := range []struct {
		claim, event, action, payload string
		want                          gate.Hint
	}{
		{"a push to a proposal", "pull_request", "synchronize", `{"before":"aa","pull_request":{"number":7,"head":{"sha":"bb"}}}`, gate.Hint{Pull: 7, Head: "bb", Before: "aa"}},
		{
			"a branch that moved", "push", "", `{"ref":"refs/heads/main","before":"aa","after":"bb","sender":{"id":3,"login":"x","type":"User"}}`,
			gate.Hint{Push: gate.Push{Branch: "main", Before: "aa", After: "bb", Actor: facts.Account{ID: 3, Login: "x", Type: "User"}}},
		},
		{"a tag", "push", "", `{"ref":"refs/tags/v1","before":"aa","after":"bb"}`, gate.Hint{}},
		{"a check asked for again", "check_run", "rerequested", `{"check_run":{"head_sha":"cc"}}`, gate.Hint{RunHead: "cc"}},
		{"a suite asked for again", "check_suite", "rerequested", `{"check_suite":{"head_sha":"cc"}}`, gate.Hint{RunHead: "cc"}},
		{"a check that was made", "check_run", "created", `{"check_run":{"head_sha":"cc"}}`, gate.Hint{}},
		{"a review of nothing", "pull_request_review", "submitted", `{"pull_request":{"number":7,"head":{"sha":"bb"}}}`, gate.Hint{Pull: 7}},
		{"another event", "star", "created", `{"repository":{"full_name":"a/b","default_branch":"main"}}`, gate.Hint{FullName: "a/b", DefaultBranch: "main"}},
	} {
		got := hint(t, c.event, c.action, c.payload)
		got.Seen = facts.Seen{}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.claim, diff)
		}
	}
}

func TestReadHint_noObjectIsAnError(t *testing.T) {
	for _, payload := range []string{"", "[]", `{"pull_request":7}`, `{"review":{"submitted_at":"yesterday"}}`, "\x00"} {
		if _, err := gate.ReadHint(gate.Delivery{ID: "d1", Event: "pull_request", Payload: []byte(payload)}); err == nil || !strings.Contains(err.Error(), "d1") {
			t.Errorf("ReadHint(%q) = %v, want an error that names the delivery", payload, err)
		}
	}
}

func TestAgenda_deliveriesAreSortedByWhatTheyAskFor(t *testing.T) {
	none := strings.Repeat("0", 40)
	delivery := func(id, event, action, payload string) store.Delivery {
		return store.Delivery{ID: id, Event: event, Action: action, Payload: []byte(payload), Received: heard()}
	}
	pulls, landings, heads, idle := gate.Agenda(
		delivery("1", "pull_request", "opened", `{"pull_request":{"number":12,"head":{"sha":"a"}}}`),
		delivery("2", "pull_request_review", "submitted", `{"pull_request":{"number":7}}`),
		delivery("3", "pull_request", "synchronize", `{"pull_request":{"number":12,"head":{"sha":"b"}}}`),
		delivery("4", "push", "", `{"ref":"refs/heads/main","before":"`+strings.Repeat("a", 40)+`","after":"`+strings.Repeat("b", 40)+`","sender":{"id":3,"login":"x"}}`),
		delivery("5", "push", "", `{"ref":"refs/heads/made","before":"`+none+`","after":"`+strings.Repeat("b", 40)+`"}`),
		delivery("6", "push", "", `{"ref":"refs/heads/gone","before":"`+strings.Repeat("b", 40)+`","after":"`+none+`"}`),
		delivery("7", "check_run", "rerequested", `{"check_run":{"head_sha":"cc"}}`),
		delivery("8", "star", "created", `{}`),
		delivery("9", "pull_request", "opened", `no JSON`),
	)
	want := []store.Landing{{
		Commit: strings.Repeat("b", 40), Before: strings.Repeat("a", 40), Branch: "main", State: store.LandingWanted, Landed: heard(), ActorID: 3, Actor: "x",
	}}
	if diff := cmp.Diff(want, landings); diff != "" {
		t.Errorf("landings (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([][]string{{"cc"}, {"8", "9"}}, [][]string{heads, idle}); diff != "" {
		t.Errorf("heads and idle deliveries (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int{7, 12}, pulls); diff != "" {
		t.Errorf("pull requests (-want +got):\n%s", diff)
	}
}
