package publish_test

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/vidimus-bot/vidimus/bot/demo"
	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/githubsim"
	"github.com/vidimus-bot/vidimus/bot/githubsim/githubsimtest"
	"github.com/vidimus-bot/vidimus/bot/service/gate"
	"github.com/vidimus-bot/vidimus/bot/service/github"
	"github.com/vidimus-bot/vidimus/bot/service/gitstore"
	"github.com/vidimus-bot/vidimus/bot/service/publish"
	"github.com/vidimus-bot/vidimus/bot/service/store"
)

const policyPath = "policy/cloud-usage-policy.md"

// founded starts Northquay's GitHub and App, and founds the repository. Every answer of
// the embedded GitHub is validated. Tests with a GitHub of their own run side by side.
func founded(t *testing.T) *demo.Story {
	t.Helper()
	if testing.Short() {
		t.Skip("plays a whole life; not with -short")
	}
	t.Parallel()
	s, err := demo.NewStage(t.Context(), demo.StageConfig{
		Dir: t.TempDir(), GitHub: func(c *githubsim.Config) { githubsimtest.Watch(t, c) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	story := demo.NewStory(s, io.Discard)
	try(t, story.Found(t.Context()))
	return story
}

func must[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		try(t, err)
		return value
	}
}

func try(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// idle waits until the App has worked everything that GitHub delivered.
func idle(t *testing.T, s *demo.Story) {
	t.Helper()
	try(t, demo.Await(t.Context(), "the App to be idle", func() (bool, error) {
		for _, d := range s.Sim.Deliveries("vidimus") {
			if d.StatusCode == 0 {
				return false, nil
			}
		}
		return s.App.Idle(t.Context())
	}))
}

// stopped ends the App when it has worked everything: from here on only the test
// publishes.
func stopped(t *testing.T, s *demo.Story) {
	t.Helper()
	idle(t, s)
	try(t, s.StopApp())
}

// press is a publisher over the data of a stopped App; its runs are the test's own.
type press struct {
	*publish.Publisher
	store *store.Store
	s     *demo.Story
	// between is called once when the next commit is about to be pushed: after the
	// branch was fetched, before it is moved.
	between func()
}

// newPress opens it, as a process that starts. It is closed with close.
func newPress(t *testing.T, s *demo.Story) *press {
	t.Helper()
	p := &press{s: s}
	c := s.AppConfig()
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	hub := must(github.New(github.Config{URL: c.GitHubURL, AppID: c.AppID, Key: c.AppKey, Now: p.now}))(t)
	// A git process that another test is just starting may hold the lock for a moment.
	try(t, demo.Await(t.Context(), "the lock of the data directory", func() (ok bool, err error) {
		p.store, err = store.Open(t.Context(), store.Config{Dir: c.Data, Now: hub.Now})
		if errors.Is(err, store.ErrLocked) {
			return false, nil
		}
		return err == nil, err
	}))
	key := must(evidence.ReadKey(c.EvidenceKey))(t)
	judge := gate.New(gate.Config{Store: p.store, App: hub, Git: gitstore.Open(filepath.Join(c.Data, "git")), Key: key, Log: log})
	p.Publisher = publish.New(publish.Config{Gate: judge, Log: log, Engine: "vidimus test"})
	t.Cleanup(func() { _ = p.store.Close() }) // closed twice does no harm
	return p
}

// now is GitHub's clock. The publisher asks for it when it makes a commit, which is
// between the fetch and the push.
func (p *press) now() time.Time {
	if p.between != nil && calledBy("publish.(*Publisher).commit") {
		between := p.between
		p.between = nil
		between()
	}
	return p.s.Sim.Now()
}

func calledBy(function string) bool {
	pcs := make([]uintptr, 16)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	for {
		f, more := frames.Next()
		if strings.HasSuffix(f.Function, function) {
			return true
		}
		if !more {
			return false
		}
	}
}

func (p *press) run(t *testing.T) error {
	t.Helper()
	return p.Publish(t.Context(), p.s.Repo.ID)
}

// reopened is the press of a process that starts after this one ended.
func (p *press) reopened(t *testing.T) *press {
	t.Helper()
	try(t, p.store.Close())
	return newPress(t, p.s)
}

// ledger is the evidence branch as GitHub has it now.
func ledger(t *testing.T, s *demo.Story, pulls ...int) (*evidence.Ledger, string) {
	t.Helper()
	l, tip, err := s.Ledger(t.Context(), pulls...)
	try(t, err)
	return l, tip
}

// merge lands a pull request as an administrator, past the check if it must be.
func merge(t *testing.T, s *demo.Story, number int, method string) {
	t.Helper()
	try(t, s.As("isolheim").Call(t.Context(), http.MethodPut, fmt.Sprintf("/repos/%s/pulls/%d/merge", s.Repo.FullName, number),
		map[string]any{"merge_method": method}, nil))
}

// propose opens a pull request of commits, one for each set of files.
func propose(t *testing.T, s *demo.Story, branch string, commits ...map[string][]byte) (demo.Pull, string) {
	t.Helper()
	head := ""
	for i, files := range commits {
		head = must(s.Push(t.Context(), "rdevries", branch, fmt.Sprintf("%s %d", branch, i+1), files))(t)
	}
	return must(s.As("rdevries").OpenPull(t.Context(), branch, branch, ""))(t), head
}

// edited is a file of main with one text put for another.
func edited(t *testing.T, s *demo.Story, path, old, by string) []byte {
	t.Helper()
	text := must(s.Read(t.Context(), "main", path))(t)
	if !strings.Contains(string(text), old) {
		t.Fatalf("%s does not hold %q", path, old)
	}
	return []byte(strings.Replace(string(text), old, by, 1))
}

// bare is the folder of the repository on the embedded GitHub.
func bare(s *demo.Story) string {
	return filepath.Join(s.Dir, "github", "repositories", fmt.Sprintf("%d.git", s.Repo.ID))
}

// signedPolicy proposes the policy and has everybody sign it.
func signedPolicy(t *testing.T, s *demo.Story) demo.Pull {
	t.Helper()
	p, head := propose(t, s, "policy", map[string][]byte{policyPath: s.Documents[policyPath]})
	must(s.SignAll(t.Context(), p.Number, head))(t)
	return p
}

// snapshotOf copies the App's database aside and gives a function that puts it back: as
// if the process had been killed before it wrote what came after.
func snapshotOf(t *testing.T, p *press) (restore func()) {
	t.Helper()
	try(t, p.store.Close())
	data := filepath.Join(p.s.Dir, "app")
	aside := filepath.Join(t.TempDir(), "aside")
	copied := func(from, to string) {
		t.Helper()
		try(t, os.MkdirAll(to, 0o700))
		for _, e := range must(os.ReadDir(from))(t) {
			if strings.HasPrefix(e.Name(), "vidimus.db") {
				try(t, os.WriteFile(filepath.Join(to, e.Name()), must(os.ReadFile(filepath.Join(from, e.Name())))(t), 0o600))
			}
		}
	}
	copied(data, aside)
	return func() {
		for _, e := range must(os.ReadDir(data))(t) {
			if strings.HasPrefix(e.Name(), "vidimus.db") {
				try(t, os.Remove(filepath.Join(data, e.Name())))
			}
		}
		copied(aside, data)
	}
}

// forget deletes database and mirrors of a stopped App.
func forget(t *testing.T, s *demo.Story) {
	t.Helper()
	try(t, os.RemoveAll(filepath.Join(s.Dir, "app")))
}
