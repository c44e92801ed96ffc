package app_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/demo"
)

// nextVersion proposes the service's document under its next version.
func nextVersion(t *testing.T, s *demo.Story, branch, from, to string) *proposal {
	t.Helper()
	text := edited(t, must(s.Read(t.Context(), "main", servicePath))(t), `version: "`+from+`"`, `version: "`+to+`"`, "change-summary: ", "change-summary: In "+to+", ")
	p := propose(t, s, branch, map[string][]byte{servicePath: text})
	verdict(t, s, p.head, demo.Concludes("action_required"))
	return p
}

// clean fails unless an entry tells of no deviation.
func clean(t *testing.T, s *demo.Story, number int, how string) {
	t.Helper()
	if d := deviations(t, entry(t, s, number)); len(d) > 0 {
		t.Errorf("%s is published as %v, want no deviation", how, d)
	}
}

// LAW 9: how a signed change lands makes no difference, what happens after it
// unmakes nothing, and what lands past the check is published as such. LAW 8.3: a
// signed change of the rules holds from its landing on.
func TestApp_landings(t *testing.T) {
	s := stage(t, nil)
	ctx := t.Context()
	found(t, s)

	p := proposeService(t, s, "squashed")
	signed(t, s, p)
	merge(t, s, "rdevries", p, "squash")
	clean(t, s, 2, "a squash")

	p = nextVersion(t, s, "rebased", "1.0", "2.0")
	text := must(s.Read(ctx, p.branch, servicePath))(t)
	p.head = must(s.Push(ctx, "rdevries", p.branch, "Two", map[string][]byte{servicePath: append(text, "\nOne more sentence.\n"...)}))(t)
	verdict(t, s, p.head, demo.Concludes("action_required"))
	signed(t, s, p)
	moveBase(t, s, p)
	merge(t, s, "rdevries", p, "rebase")
	clean(t, s, 3, "a rebase of two commits")

	// The App is down at the landing, and the approval's text is another afterwards.
	p = nextVersion(t, s, "edited", "2.0", "3.0")
	r := signed(t, s, p)
	idle(t, s)
	stop(t, s)
	merge(t, s, "rdevries", p, "merge")
	api(t, s, s.Holder("head-of-it").Slug, http.MethodPut, fmt.Sprintf("/pulls/%d/reviews/%d", p.Number, r.ID), map[string]any{"body": "I have not read it."}, nil)
	start(t, s)
	clean(t, s, 4, "a review edited after the landing")

	text = edited(t, must(s.Read(ctx, "main", servicePath))(t), `version: "3.0"`, `version: "4.0"`)
	tip := must(s.Push(ctx, "isolheim", "main", "Past the check", map[string][]byte{servicePath: text}))(t)
	if got := deviations(t, entry(t, s, 5)); !slices.Equal(got, []string{"direct-push"}) {
		t.Errorf("a push past the check is published as %v, want direct-push", got)
	}
	verdict(t, s, tip, demo.Concludes("failure"))
	if issues := must(s.As("isolheim").Issues(ctx))(t); len(issues) != 1 {
		t.Errorf("%d issues tell of it, want 1", len(issues))
	}
	newRules(t, s)
}

// newRules lands a signed change of the configuration: an open pull request that
// was signed under the old rules now needs one more person.
func newRules(t *testing.T, s *demo.Story) {
	t.Helper()
	ctx := t.Context()
	waiting := nextVersion(t, s, "waiting", "4.0", "5.0")
	signed(t, s, waiting)
	const old, strict = "type: cloud-service}\n    require: head-of-it\n", "type: cloud-service}\n    require: {all: [head-of-it, ciso]}\n"
	config := edited(t, must(s.Read(ctx, "main", ".vidimus.yml"))(t), old, strict)
	p := propose(t, s, "rules", map[string][]byte{".vidimus.yml": config})
	verdict(t, s, p.head, demo.Concludes("action_required"))
	for _, role := range []string{"ciso", "head-of-it"} {
		must(s.Sign(ctx, p.Number, role))(t)
	}
	verdict(t, s, p.head, demo.Concludes("success"))
	merge(t, s, "rdevries", p, "merge")
	clean(t, s, 6, "a signed configuration")
	c := verdict(t, s, waiting.head, demo.Concludes("action_required"))
	if !strings.Contains(c.Output.Title, "Aoife") {
		t.Errorf("under the new rules the check says %q, want it to wait for Aoife", c.Output.Title)
	}
}
