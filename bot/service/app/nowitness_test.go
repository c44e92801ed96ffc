package app_test

import (
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/demo"
	"github.com/vidimus-bot/vidimus/bot/githubsim"
	"github.com/vidimus-bot/vidimus/bot/service/github"
)

// A flipped byte in the block, another App's run and another pull request's run are
// no witness. The App's own, unharmed, is one: nothing else was missing.
func TestApp_whatIsNoWitness(t *testing.T) {
	s := stage(t, nil)
	found(t, s)
	p := proposeService(t, s, "service")
	approve(t, s, p, "head-of-it", "")
	genuine := verdict(t, s, p.head, demo.Concludes("success"))
	other := propose(t, s, "other", map[string][]byte{servicePath: s.Documents[servicePath]})
	approve(t, s, other, "head-of-it", "")
	foreign := verdict(t, s, other.head, demo.Concludes("success"))
	idle(t, s)

	ours := asApp(t, s, s.Made.ID, s.Made.InstallationID, s.Made.PrivateKey)
	another, err := s.Sim.CreateApp(githubsim.NewApp{
		Slug: "another", Permissions: map[string]string{"metadata": "read", "checks": "write"},
		WebhookURL: "http://127.0.0.1:1/nobody", Repositories: []string{s.Repo.FullName},
	})
	if err != nil {
		t.Fatal(err)
	}
	theirs := asApp(t, s, another.ID, another.InstallationID, another.PrivateKey)

	for _, c := range []struct {
		name, want string
		by         *github.Repository
		id         int64
		text       string
	}{
		{"a flipped byte", "action_required", ours, genuine.ID, flipped(t, genuine.Output.Text)},
		{"another App's run", "action_required", theirs, 0, genuine.Output.Text},
		{"another pull request's run", "action_required", ours, 0, foreign.Output.Text},
		{"our own run", "success", ours, 0, genuine.Output.Text},
	} {
		stop(t, s)
		lose(t, s)
		id := must(c.by.WriteCheckRun(t.Context(), github.CheckRun{
			ID: c.id, Head: p.head, ExternalID: genuine.ExternalID, Conclusion: "success", Title: "Signed", Summary: "Signed.", Text: c.text,
		}))(t)
		start(t, s)
		idle(t, s)
		after := verdict(t, s, p.head, func(r demo.Check) bool {
			return r.Conclusion == c.want && (r.ID != id || r.Output.Title != "Signed" || c.want == "success")
		})
		if c.want != "success" && !strings.Contains(after.Output.Summary+after.Output.Text, "SIG011") {
			t.Errorf("with %s the check says %s: %s, without SIG011", c.name, after.Conclusion, after.Output.Title)
		}
	}
}

// flipped changes one digit of each statement: those that say when a head was seen
// would bind the review as well.
func flipped(t *testing.T, text string) string {
	t.Helper()
	forged := strings.ReplaceAll(text, `"at":"2`, `"at":"3`)
	if forged == text {
		t.Fatal("no statement says when something was seen")
	}
	return forged
}
