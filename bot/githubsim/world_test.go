package githubsim_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-github/v60/github"

	"github.com/vidimus-bot/vidimus/bot/githubsim"
	"github.com/vidimus-bot/vidimus/bot/githubsim/githubsimtest"
)

// site is a small organisation that most tests start from: northquay with the repository policies, owned by olga, where
// walter may write and rita reads, and the App scribe.
type site struct {
	*githubsimtest.Sim
	t                   *testing.T
	olga, walter, rita  *github.Client
	tokens              map[string]string
	app                 githubsim.App
	bot                 *github.Client // an installation token of the App
	hooks               *receiver
	owner, name, branch string
}

func newSite(t *testing.T, options ...githubsimtest.Option) *site {
	t.Helper()
	t.Parallel()
	options = append(options, githubsimtest.WithCoverage(&coverage))
	s := &site{Sim: githubsimtest.Start(t, options...), t: t, tokens: map[string]string{}, owner: "northquay", name: "policies", branch: "main"}
	for login, client := range map[string]**github.Client{"olga": &s.olga, "walter": &s.walter, "rita": &s.rita} {
		u, c := s.User(login)
		s.tokens[login], *client = u.Token, c
	}
	if _, err := s.CreateOrganisation(githubsim.NewOrganisation{Login: s.owner, Name: "Northquay", Owner: "olga", Members: []string{"walter", "rita"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.CreateRepository(githubsim.NewRepository{Owner: s.owner, Name: s.name, Private: true, AutoInit: true}); err != nil {
		t.Fatal(err)
	}
	must(t)(s.olga.Repositories.AddCollaborator(context.Background(), s.owner, s.name, "walter", &github.RepositoryAddCollaboratorOptions{Permission: "push"}))
	s.hooks = newReceiver(t)
	s.addApp()
	return s
}

func (s *site) addApp() {
	s.t.Helper()
	app, err := s.CreateApp(githubsim.NewApp{
		Slug: "scribe", WebhookURL: s.hooks.URL, Repositories: []string{s.owner + "/" + s.name}, Key: githubsimtest.AppKey(),
		Permissions: map[string]string{"contents": "write", "pull_requests": "write", "checks": "write", "issues": "write", "statuses": "write", "members": "read"},
		Events:      []string{"push", "create", "delete", "pull_request", "pull_request_review", "issues", "issue_comment", "repository"},
	})
	if err != nil {
		s.t.Fatal(err)
	}
	s.app, s.bot = app, s.Client(s.InstallationToken(app))
}

// must fails the test on an error; the first value is returned untouched by its callers' own types.
func must(t *testing.T) func(any, *github.Response, error) {
	t.Helper()
	return func(_ any, _ *github.Response, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
}

func ctx() context.Context { return context.Background() }

// refused fails the test unless err is GitHub's refusal with that status and part of its text.
func refused(t *testing.T, err error, status int, text string) {
	t.Helper()
	response, ok := err.(*github.ErrorResponse) //nolint:errorlint // go-github returns it unwrapped
	if !ok {
		t.Fatalf("error = %v, want a refusal with %d %q", err, status, text)
	}
	if response.Response.StatusCode != status || !strings.Contains(err.Error(), text) {
		t.Fatalf("error = %v, want %d %q", err, status, text)
	}
}

// read gets JSON that go-github has no type for.
func (s *site) read(client *github.Client, path string, into any) {
	s.t.Helper()
	request, err := client.NewRequest(http.MethodGet, path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := client.Do(ctx(), request, into); err != nil {
		s.t.Fatal(err)
	}
}

// write puts a file on a branch by the contents API and returns the commit.
func (s *site) write(client *github.Client, branch, path, content string) string {
	s.t.Helper()
	options := &github.RepositoryContentFileOptions{Message: github.String("Write " + path), Content: []byte(content), Branch: &branch}
	if file, _, _, err := client.Repositories.GetContents(ctx(), s.owner, s.name, path, &github.RepositoryContentGetOptions{Ref: branch}); err == nil {
		options.SHA = file.SHA
	}
	done, _, err := client.Repositories.CreateFile(ctx(), s.owner, s.name, path, options)
	if err != nil {
		s.t.Fatal(err)
	}
	return done.GetSHA()
}

// fork makes a branch where another one is.
func (s *site) fork(client *github.Client, from, branch string) {
	s.t.Helper()
	ref, _, err := client.Git.GetRef(ctx(), s.owner, s.name, "heads/"+from)
	if err != nil {
		s.t.Fatal(err)
	}
	ref.Ref = github.String("refs/heads/" + branch)
	must(s.t)(client.Git.CreateRef(ctx(), s.owner, s.name, ref))
}

// propose opens a pull request by walter from a new branch that writes a file.
func (s *site) propose(branch, path, content string) *github.PullRequest {
	s.t.Helper()
	s.fork(s.walter, s.branch, branch)
	s.write(s.walter, branch, path, content)
	pull, _, err := s.walter.PullRequests.Create(ctx(), s.owner, s.name, &github.NewPullRequest{
		Title: github.String("Change " + path), Head: &branch, Base: &s.branch, Body: github.String("Please read."),
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return pull
}

// review submits a review of the pull request.
func (s *site) review(client *github.Client, number int, event, body string) *github.PullRequestReview {
	s.t.Helper()
	review, _, err := client.PullRequests.CreateReview(ctx(), s.owner, s.name, number, &github.PullRequestReviewRequest{Event: &event, Body: &body})
	if err != nil {
		s.t.Fatal(err)
	}
	return review
}

// pull reads the pull request anew.
func (s *site) pull(number int) *github.PullRequest {
	s.t.Helper()
	pull, _, err := s.walter.PullRequests.Get(ctx(), s.owner, s.name, number)
	if err != nil {
		s.t.Fatal(err)
	}
	return pull
}

// reviews lists the reviews of the pull request as olga sees them.
func (s *site) reviews(number int) []*github.PullRequestReview {
	s.t.Helper()
	reviews, _, err := s.olga.PullRequests.ListReviews(ctx(), s.owner, s.name, number, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return reviews
}

// remote is the repository's address with the user's token in it.
func (s *site) remote(login string) string {
	return strings.Replace(s.URL(), "http://", "http://x:"+s.tokens[login]+"@", 1) + "/" + s.owner + "/" + s.name + ".git"
}

// clone clones the repository by a real git and returns its working folder.
func (s *site) clone(login string, args ...string) workTree {
	s.t.Helper()
	dir := filepath.Join(s.t.TempDir(), "work")
	w := workTree{s.t, dir}
	out, err := w.run(append(append([]string{"clone", "-q"}, args...), s.remote(login), dir)...)
	if err != nil {
		s.t.Fatalf("clone: %v\n%s", err, out)
	}
	return w
}

// workTree is a clone of a repository.
type workTree struct {
	t   *testing.T
	dir string
}

func (w workTree) run(args ...string) (string, error) {
	cmd := exec.Command("git", args...)
	if _, err := os.Stat(w.dir); err == nil {
		cmd.Dir = w.dir
	}
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0",
		"GIT_AUTHOR_NAME=Walter", "GIT_AUTHOR_EMAIL=walter@example.com", "GIT_COMMITTER_NAME=Walter", "GIT_COMMITTER_EMAIL=walter@example.com",
		"GIT_AUTHOR_DATE=2026-11-02T08:00:00Z", "GIT_COMMITTER_DATE=2026-11-02T08:00:00Z")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// git runs git in the clone and returns its trimmed output; an error fails the test.
func (w workTree) git(args ...string) string {
	w.t.Helper()
	out, err := w.run(args...)
	if err != nil {
		w.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(out)
}

// commit writes a file and commits it.
func (w workTree) commit(path, content string) string {
	w.t.Helper()
	full := filepath.Join(w.dir, path)
	if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(content), 0o600); err != nil {
		w.t.Fatal(err)
	}
	w.git("add", "-A")
	w.git("commit", "-q", "-m", "Write "+path)
	return w.git("rev-parse", "HEAD")
}

// receiver takes webhooks and keeps them.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	taken  []taken
	status int
}

type taken struct {
	header http.Header
	body   []byte
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{status: http.StatusAccepted}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, _ := io.ReadAll(request.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.taken = append(r.taken, taken{request.Header.Clone(), body})
	w.WriteHeader(r.status)
}

func (r *receiver) all() []taken {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]taken(nil), r.taken...)
}

// names lists the webhooks taken so far as "event action".
func (r *receiver) names() []string {
	var names []string
	for _, h := range r.all() {
		var payload struct{ Action string }
		_ = json.Unmarshal(h.body, &payload) // checked when it was sent
		names = append(names, strings.TrimSpace(h.header.Get("X-GitHub-Event")+" "+payload.Action))
	}
	return names
}
