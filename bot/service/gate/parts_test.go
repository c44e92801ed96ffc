package gate_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/decision/report"
	"github.com/vidimus-bot/vidimus/bot/service/gate"
	"github.com/vidimus-bot/vidimus/bot/service/github"
	"github.com/vidimus-bot/vidimus/bot/service/store"
)

// about is the case of a pull request.
func about(number int, conclusion decision.Conclusion, state decision.State, draft bool) *gate.Case {
	return &gate.Case{Pull: github.Pull{Number: number, Draft: draft, Open: true}, Decision: decision.Decision{Conclusion: conclusion, State: state}}
}

// LAW 7.2: the verdict on a head is the AND of the pull requests that propose it; drafts
// count only if they are alone.
func TestGate_theVerdictOnAHeadIsTheWorst(t *testing.T) {
	signed := about(1, decision.Success, decision.StateSigned, false)
	waiting := about(2, decision.ActionRequired, decision.StateWaiting, false)
	blocked := about(3, decision.Failure, decision.StateBlocked, false)
	draft := about(4, decision.Failure, decision.StateBlocked, true)
	elsewhere := about(5, decision.Neutral, decision.StateNotGoverned, false)
	for _, c := range []struct {
		claim  string
		cases  []*gate.Case
		counts int
		worst  int
	}{
		{"alone", []*gate.Case{signed}, 1, 1},
		{"waiting beside signed", []*gate.Case{signed, waiting}, 2, 2},
		{"blocked beside waiting", []*gate.Case{waiting, blocked, signed}, 3, 3},
		{"the first of equals", []*gate.Case{about(8, decision.Failure, decision.StateBlocked, false), blocked}, 2, 8},
		{"a draft beside signed", []*gate.Case{signed, draft}, 1, 1},
		{"a draft alone", []*gate.Case{draft}, 1, 4},
		{"into another branch too", []*gate.Case{elsewhere, waiting}, 1, 2},
		{"into other branches only", []*gate.Case{elsewhere}, 1, 5},
	} {
		counted := gate.WithoutDrafts(c.cases)
		if len(counted) != c.counts {
			t.Errorf("%s: %d count, want %d", c.claim, len(counted), c.counts)
		}
		if got := gate.Worst(counted).Pull.Number; got != c.worst {
			t.Errorf("%s: #%d decides, want #%d", c.claim, got, c.worst)
		}
	}
}

// A verdict is written again when it says something else, and not when only time, the
// base's tip or GitHub's facts moved.
func TestGate_aVerdictIsNewWhenItSaysSomethingElse(t *testing.T) {
	digest := func(change func(*gate.Case)) string {
		c := about(1, decision.ActionRequired, decision.StateWaiting, false)
		c.Decision.Facts, c.Decision.AsOf, c.Decision.Base = "f", "2026-11-24", "b"
		change(c)
		d, err := gate.VerdictDigest([]*gate.Case{c})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	first := digest(func(*gate.Case) {})
	for _, c := range []struct {
		claim  string
		change func(*gate.Case)
		same   bool
	}{
		{"another day", func(c *gate.Case) { c.Decision.AsOf = "2026-11-25" }, true},
		{"the base moved", func(c *gate.Case) { c.Decision.Base = "c" }, true},
		{"a commit id moved", func(c *gate.Case) { c.Decision.Facts = "g" }, true},
		{"another head", func(c *gate.Case) { c.Decision.Head = "h" }, false},
		{"it is signed", func(c *gate.Case) { c.Decision.Conclusion = decision.Success }, false},
		{"something was witnessed", func(c *gate.Case) { c.Witnesses = []gate.Statement{{Digest: "w"}} }, false},
	} {
		if got := digest(c.change) == first; got != c.same {
			t.Errorf("%s: the same verdict %v, want %v", c.claim, got, c.same)
		}
	}
}

// A comment is edited if its text differs, and not because of the time in it.
func TestGate_theLineOfTheUpdateIsNoText(t *testing.T) {
	const text = report.Marker + "\nWaiting.\n\nLast update 2026-11-24 06:00 UTC. This comment is kept current."
	for _, other := range []string{
		report.Marker + "\nWaiting.\n\nLast update 2026-11-25 07:00 UTC. This comment is kept current.\n",
		report.Marker + "\r\nWaiting.\r\n\r\nLast update 2026-11-24 06:00 UTC. This comment is kept current.",
		report.Marker + "\nWaiting.\n",
	} {
		if gate.WithoutUpdate(other) != gate.WithoutUpdate(text) {
			t.Errorf("%q reads as another text", other)
		}
	}
	if gate.WithoutUpdate(text) == gate.WithoutUpdate(report.Marker+"\nSigned.\n") {
		t.Error("another text reads as the same")
	}
	for body, want := range map[string]bool{text: true, report.Marker: true, "": false, "> " + text: false, report.Marker[:5]: false} {
		if got := gate.HasMarker(body); got != want {
			t.Errorf("HasMarker(%q) = %v, want %v", body, got, want)
		}
	}
}

// What is somebody else's trouble is tried later and uses up no attempt; a bug does.
func TestGate_errorsOfTheEdgeAreSorted(t *testing.T) {
	for _, c := range []struct {
		claim string
		err   error
		after time.Duration
		later bool
	}{
		{"GitHub asks for a pause", fmt.Errorf("read: %w", &github.RetryError{After: time.Minute, Cause: errors.New("limit")}), time.Minute, true},
		{"a comment that waits", errors.Join(gate.HeldBack(7 * time.Second)), 7 * time.Second, true},
		{"put off already", &store.RetryLater{After: time.Hour}, time.Hour, true},
		{"a bug", errors.New("broken"), 0, false},
		{"nothing", nil, 0, false},
	} {
		if after, later := gate.Waits(c.err); after != c.after || later != c.later {
			t.Errorf("%s: put off %v by %s, want %v by %s", c.claim, later, after, c.later, c.after)
		}
	}
}

// LAW 5.1: all commits to which a review may have been bound are fetched, each once.
func TestGate_boundCommitsAreThoseOfEveryWitness(t *testing.T) {
	statement := gate.Statement{Observations: []facts.Observation{
		{Act: facts.ActReview, Commit: "b"}, {Act: facts.ActHead, Commit: "head"}, {Act: facts.ActReview},
	}}
	hints := []gate.Hint{{}, {Testimony: &facts.Observation{Act: facts.ActReview, Commit: "c"}}}
	reviews := []facts.Review{
		{State: "APPROVED", CommitID: "a"}, {State: "COMMENTED", CommitID: "comment"}, {State: "DISMISSED", CommitID: "b"},
	}
	if diff := cmp.Diff([]string{"a", "b", "c"}, gate.Bound([]gate.Statement{statement}, hints, reviews)); diff != "" {
		t.Errorf("bound commits (-want +got):\n%s", diff)
	}
}

// LAW 6.4, 9.1: the timeline is read only where it matters who dismissed a review, and when.
func TestGate_theTimelineIsReadForDismissedObjections(t *testing.T) {
	approval := []facts.Witness{{Observations: []facts.Observation{{Act: facts.ActReview, ID: 9, State: "APPROVED"}}}}
	dismissed := []facts.Review{{ID: 9, State: "DISMISSED"}}
	for _, c := range []struct {
		claim string
		facts facts.Facts
		want  bool
	}{
		{"an approval", facts.Facts{Reviews: []facts.Review{{ID: 9, State: "APPROVED"}}}, false},
		{"dismissed, and nobody knows what", facts.Facts{Reviews: dismissed}, true},
		{"a dismissed approval", facts.Facts{Reviews: dismissed, Witnesses: approval}, false},
		{"after a landing", facts.Facts{Reviews: dismissed, Witnesses: approval, Landing: &facts.Landing{}}, true},
	} {
		if got := gate.NeedsTimeline(c.facts); got != c.want {
			t.Errorf("%s: read %v, want %v", c.claim, got, c.want)
		}
	}
}

func TestSight_isBehindWhenGitHubShowsAnotherState(t *testing.T) {
	judged := github.Pull{Number: 7, Head: "a", Branch: "main", Open: true, Title: "One"}
	for _, c := range []struct {
		claim  string
		change func(*github.Pull)
		want   bool
	}{
		{"the same", func(*github.Pull) {}, false},
		{"another title", func(p *github.Pull) { p.Title = "Two" }, false},
		{"another head", func(p *github.Pull) { p.Head = "b" }, true},
		{"another branch", func(p *github.Pull) { p.Branch = "next" }, true},
		{"closed", func(p *github.Pull) { p.Open = false }, true},
		{"a draft", func(p *github.Pull) { p.Draft = true }, true},
		{"merged", func(p *github.Pull) { p.MergedAt = "2026-11-24T10:00:00Z" }, true},
	} {
		now := judged
		c.change(&now)
		if got := (&gate.Sight{Judged: judged, Now: now}).Behind(); got != c.want {
			t.Errorf("%s: behind %v, want %v", c.claim, got, c.want)
		}
	}
}

// What the review page remembers is bounded by number and by bytes; the last used stay,
// and what is known of a landing is not replaced by what was decided without it.
func TestRecent_theLastUsedStay(t *testing.T) {
	var r gate.Recent
	of := func(number, bytes int) *gate.Case {
		c := about(number, decision.Success, decision.StateSigned, false)
		c.Snapshot.Blobs = map[string][]byte{"x": make([]byte, bytes)}
		return c
	}
	for n := 1; n <= gate.MaxRecent; n++ {
		r.Keep(1, of(n, 1), 0)
	}
	r.Find(1, 1)
	r.Keep(1, of(gate.MaxRecent+1, 1), 0)
	r.Keep(2, of(0, 1), 0) // no pull request
	for number, want := range map[int]bool{0: false, 1: true, 2: false, 3: true, gate.MaxRecent + 1: true} {
		if c, _ := r.Find(1, number); (c != nil) != want {
			t.Errorf("#%d is remembered: %v, want %v", number, c != nil, want)
		}
	}
	r.Keep(1, of(900, gate.MaxRecentBytes+1), 3)
	if c, entry := r.Find(1, 900); c == nil || entry != 3 {
		t.Errorf("the last case is not remembered, or with entry %d", entry)
	}
	if c, _ := r.Find(1, 1); c != nil {
		t.Error("more bytes than allowed are remembered")
	}
	landed := of(7, 1)
	landed.Pull.Open, landed.Snapshot.Facts.Landing = false, &facts.Landing{}
	r.Keep(1, landed, 4)
	closed := of(7, 1)
	closed.Pull.Open = false
	r.Keep(1, closed, 0)
	if c, entry := r.Find(1, 7); c == nil || c.Snapshot.Facts.Landing == nil || entry != 4 {
		t.Errorf("the landing was replaced: entry %d", entry)
	}
}

// An announced head is waited for some seconds; a head that never shows was replaced
// before anybody looked. Another head begins the waiting anew.
func TestDoubts_aHeadIsWaitedForSoLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := gate.NewDoubts()
		step := func(claim, head string, want bool) {
			t.Helper()
			if got := d.Last(head); got != want {
				t.Errorf("%s: waited for %v, want %v", claim, got, want)
			}
		}
		step("announced", "a", true)
		<-time.After(gate.MaxDoubt - time.Second) // in the bubble of synctest
		step("a second before the end", "a", true)
		<-time.After(time.Second) // in the bubble of synctest
		step("at the end", "a", false)
		step("another head", "b", true)
		<-time.After(gate.MaxDoubt) // in the bubble of synctest
		d.Settle()
		step("announced again after it was settled", "b", true)
	})
}
