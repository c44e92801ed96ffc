package app_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/demo"
	"github.com/vidimus-bot/vidimus/bot/githubsim"
)

// spending is what the App asked of GitHub. Reads count whether they were answered
// by 304, which costs nothing of the limit, or in full.
type spending struct {
	reads, free  int // of which free
	checks       int // writes of check runs
	comments     int // writes of the one comment
	other        int // issues and whatever else is written
	asApp        int // with the App's own JWT, outside of the installation's limit
	all          []string
	requestsSeen int64
}

// spend counts what the App asks for because of act, until it is idle again.
func spend(t *testing.T, s *demo.Story, act func()) spending {
	t.Helper()
	idle(t, s)
	var x spending
	if all := s.Sim.Requests(0); len(all) > 0 {
		x.requestsSeen = all[len(all)-1].Number
	}
	act()
	idle(t, s)
	for _, r := range s.Sim.Requests(x.requestsSeen) {
		if r.Actor == "vidimus[bot]" || r.Actor == "app:vidimus" {
			x.add(r)
		}
	}
	return x
}

func (x *spending) add(r githubsim.Request) {
	x.all = append(x.all, r.Method+" "+r.Path)
	switch {
	case r.Actor == "app:vidimus":
		x.asApp++
	case r.Method == http.MethodGet || r.Operation == "graphql":
		x.reads++
		if r.Status == http.StatusNotModified {
			x.free++
		}
	case strings.Contains(r.Path, "/check-runs"):
		x.checks++
	case strings.Contains(r.Path, "/comments"):
		x.comments++
	default:
		x.other++
	}
}

// budget is the most that an event may cost.
type budget struct{ reads, checks, comments, other int }

func (x spending) within(t *testing.T, what string, b budget) {
	t.Helper()
	t.Logf("%-44s %d reads (%d of them 304), %d check writes, %d comment writes, %d other writes, %d as the App",
		what, x.reads, x.free, x.checks, x.comments, x.other, x.asApp)
	if x.reads > b.reads || x.checks > b.checks || x.comments > b.comments || x.other > b.other {
		t.Errorf("%s cost %d reads, %d check writes, %d comment writes and %d others; at most %+v is allowed:\n%s",
			what, x.reads, x.checks, x.comments, x.other, b, strings.Join(x.all, "\n"))
	}
}

// DESIGN, "Budget": for one verdict two reads, and one check write if something
// changed. The comment's edit is counted apart. The figures are read from
// GitHub's own log of requests.
func TestApp_requestBudget(t *testing.T) {
	s := stage(t, nil)
	ctx := t.Context()
	found(t, s)
	idle(t, s)
	var p *proposal
	spend(t, s, func() { p = proposeService(t, s, "service") }).
		within(t, "a pull request is opened", budget{reads: 5, checks: 1, comments: 1})
	spend(t, s, func() {
		must(s.As("zaydin").Review(ctx, p.Number, "COMMENT", "A remark."))(t)
	}).within(t, "a review that changes nothing", budget{reads: 2})
	spend(t, s, func() {
		approve(t, s, p, "head-of-it", "")
		verdict(t, s, p.head, demo.Concludes("success"))
	}).within(t, "a review that changes the verdict", budget{reads: 2, checks: 1, comments: 1})
	spend(t, s, func() {
		for _, d := range s.Sim.Deliveries("vidimus") {
			s.Sim.Redeliver(d.ID)
		}
	}).within(t, "all deliveries once more", budget{})
	spend(t, s, func() {
		text := must(s.Read(ctx, p.branch, servicePath))(t)
		p.head = must(s.Push(ctx, "rdevries", p.branch, "One word", map[string][]byte{servicePath: append(text, "\nOne more sentence.\n"...)}))(t)
		verdict(t, s, p.head, demo.Concludes("action_required"))
	}).within(t, "a push to the proposal", budget{reads: 2, checks: 1, comments: 1})
	spend(t, s, func() {
		must(s.Push(ctx, "rdevries", "elsewhere", "Not proposed", map[string][]byte{"notes.md": []byte("Notes.\n")}))(t)
	}).within(t, "a push to a branch that nothing lands on", budget{})
	approve(t, s, p, "head-of-it", "")
	verdict(t, s, p.head, demo.Concludes("success"))
	spend(t, s, func() { moveBase(t, s, p) }).
		within(t, "a push to main that touches nothing governed", budget{reads: 4, comments: 1})
	spend(t, s, func() {
		merge(t, s, "rdevries", p, "merge")
		entry(t, s, 2)
	}).within(t, "a landing, published", budget{reads: 9})
}
