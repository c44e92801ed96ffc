package app_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/demo"
	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/service/github"
)

// servicePath is a document that one approval signs, without any line: level
// approval, by the Head of IT.
const servicePath = "register/tideboard.md"

// found plays the founding, under a configuration in which a service needs no
// policy: one document then is a whole proposal.
func found(t *testing.T, s *demo.Story) {
	t.Helper()
	if testing.Short() {
		t.Skip("plays a whole life; not with -short")
	}
	s.Documents[".vidimus.yml"] = append(s.Documents[".vidimus.yml"],
		"severities: {XRF003: {to: warn, reason: The policy comes later.}}\n"...)
	if err := s.Found(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// proposal is a pull request with the branch that it proposes.
type proposal struct {
	demo.Pull
	branch string
	head   string
}

// propose pushes files to a new branch and opens a pull request.
func propose(t *testing.T, s *demo.Story, branch string, files map[string][]byte) *proposal {
	t.Helper()
	ctx := t.Context()
	p := &proposal{branch: branch}
	p.head = must(s.Push(ctx, "rdevries", branch, "A proposal", files))(t)
	p.Pull = must(s.As("rdevries").OpenPull(ctx, "A proposal: "+branch, branch, ""))(t)
	return p
}

// proposeService proposes the document of one service and waits until its
// signature is asked for.
func proposeService(t *testing.T, s *demo.Story, branch string) *proposal {
	t.Helper()
	p := propose(t, s, branch, map[string][]byte{servicePath: s.Documents[servicePath]})
	verdict(t, s, p.head, demo.Concludes("action_required"))
	return p
}

// approve approves without a word more than body, as the holder of a role.
func approve(t *testing.T, s *demo.Story, p *proposal, role, body string) demo.Review {
	t.Helper()
	return must(s.As(s.Holder(role).Slug).Review(t.Context(), p.Number, "APPROVE", body))(t)
}

// verdict waits until the newest run of ours on a commit is as wanted.
func verdict(t *testing.T, s *demo.Story, head string, wanted func(demo.Check) bool) demo.Check {
	t.Helper()
	var newest demo.Check
	err := demo.Await(t.Context(), "the check on "+head, func() (bool, error) {
		runs, err := s.As("isolheim").Checks(t.Context(), head)
		runs = slices.DeleteFunc(runs, func(c demo.Check) bool { return c.App.ID != s.Made.ID })
		if err != nil || len(runs) == 0 {
			return false, err
		}
		newest = runs[0]
		return wanted(newest), nil
	})
	if err != nil {
		t.Fatalf("%v; it says %s: %s\n%s", err, newest.Conclusion, newest.Output.Title, newest.Output.Summary)
	}
	return newest
}

// says waits for a conclusion whose texts hold a word, such as a code.
func says(conclusion, word string) func(demo.Check) bool {
	return func(c demo.Check) bool {
		return c.Conclusion == conclusion && strings.Contains(c.Output.Title+c.Output.Summary+c.Output.Text, word)
	}
}

// api is one call to GitHub's API below the repository.
func api(t *testing.T, s *demo.Story, slug, method, path string, in, out any) {
	t.Helper()
	if err := s.As(slug).Call(t.Context(), method, "/repos/"+s.Repo.FullName+path, in, out); err != nil {
		t.Fatal(err)
	}
}

// stop ends the App, start begins it anew.
func stop(t *testing.T, s *demo.Story) {
	t.Helper()
	if err := s.StopApp(); err != nil {
		t.Fatal(err)
	}
}

func start(t *testing.T, s *demo.Story) {
	t.Helper()
	if err := s.RestartApp(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// merge lands a pull request by one of GitHub's methods.
func merge(t *testing.T, s *demo.Story, slug string, p *proposal, method string) {
	t.Helper()
	api(t, s, slug, http.MethodPut, fmt.Sprintf("/pulls/%d/merge", p.Number), map[string]any{"merge_method": method}, nil)
}

// ledger waits until the ledger on the evidence branch is as wanted. It is fetched when
// the branch has moved, and not at every look: that takes Git three processes.
func ledger(t *testing.T, s *demo.Story, what string, wanted func(*evidence.Ledger) bool) *evidence.Ledger {
	t.Helper()
	var l *evidence.Ledger
	read := ""
	err := demo.Await(t.Context(), what, func() (bool, error) {
		tip, err := s.As("isolheim").Branch(t.Context(), "evidence")
		if err != nil || tip == read {
			return false, err
		}
		read = tip
		if l, _, err = s.Ledger(t.Context()); err != nil {
			return false, err
		}
		return wanted(l), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// entry waits until the ledger has a number of entries and reads the last one's
// record.
func entry(t *testing.T, s *demo.Story, number int) *evidence.StoredRecord {
	t.Helper()
	l := ledger(t, s, fmt.Sprintf("entry %d of the ledger", number), func(l *evidence.Ledger) bool { return len(l.Entries()) >= number })
	if n, _ := l.Head(); n != number {
		t.Fatalf("the ledger has %d entries, want %d", n, number)
	}
	return must(l.Record(number))(t)
}

// deviations lists how documents deviate in a record.
func deviations(t *testing.T, r *evidence.StoredRecord) []string {
	t.Helper()
	var how []string
	for _, name := range r.Statements() {
		if p, ok := must(r.Statement(name))(t).Predicate.(evidence.Deviation); ok {
			how = append(how, p.How)
		}
	}
	return how
}

// asApp is what an App may do in the repository, by its own key.
func asApp(t *testing.T, s *demo.Story, id, installation int64, key string) *github.Repository {
	t.Helper()
	a, err := github.New(github.Config{URL: s.Sim.URL(), AppID: id, Key: []byte(key), Now: s.Sim.Now})
	if err != nil {
		t.Fatal(err)
	}
	return must(a.Repository(installation, s.Repo.FullName))(t)
}

// edited is a document with words replaced; each pair must be found.
func edited(t *testing.T, text []byte, pairs ...string) []byte {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if !bytes.Contains(text, []byte(pairs[i])) {
			t.Fatalf("%q is not in the text", pairs[i])
		}
		text = bytes.Replace(text, []byte(pairs[i]), []byte(pairs[i+1]), 1)
	}
	return text
}

// lose deletes database and mirrors of the stopped App, and lets GitHub's delivery
// log forget.
func lose(t *testing.T, s *demo.Story) {
	t.Helper()
	forget(t, s)
	s.Sim.Advance(fourDays)
	if _, err := os.Stat(s.Dir + "/app"); !os.IsNotExist(err) {
		t.Fatalf("the App's data are still there: %v", err)
	}
}

// signed approves as the Head of IT and waits for the check.
func signed(t *testing.T, s *demo.Story, p *proposal) demo.Review {
	t.Helper()
	r := approve(t, s, p, "head-of-it", "I have read it.")
	verdict(t, s, p.head, demo.Concludes("success"))
	return r
}
