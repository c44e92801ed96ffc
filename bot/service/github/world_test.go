package github_test

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	gh "github.com/google/go-github/v60/github"

	"github.com/vidimus-bot/vidimus/bot/githubsim"
	"github.com/vidimus-bot/vidimus/bot/githubsim/githubsimtest"
	"github.com/vidimus-bot/vidimus/bot/service/github"
)

// site is an embedded GitHub with an App, a repository, and people who act in it.
type site struct {
	*githubsimtest.Sim
	t       *testing.T
	app     githubsim.App
	repo    githubsim.Repository
	owner   *gh.Client // walter, who owns northquay/policies
	visitor *gh.Client // olga, who reviews
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{Sim: githubsimtest.Start(t), t: t}
	_, s.owner = s.User("walter")
	_, s.visitor = s.User("olga")
	_, err := s.CreateOrganisation(githubsim.NewOrganisation{Login: "northquay", Owner: "walter", Members: []string{"olga"}})
	if err != nil {
		t.Fatal(err)
	}
	s.repo, err = s.CreateRepository(githubsim.NewRepository{Owner: "northquay", Name: "policies", Private: true, AutoInit: true})
	if err != nil {
		t.Fatal(err)
	}
	s.app, err = s.CreateApp(githubsim.NewApp{
		Slug: "vidimus", WebhookURL: "http://127.0.0.1:1/nobody", Repositories: []string{s.repo.FullName},
		Permissions: map[string]string{"metadata": "read", "contents": "write", "checks": "write", "pull_requests": "write", "issues": "write"},
		Events:      []string{"pull_request", "pull_request_review"},
	})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = s.owner.Repositories.AddCollaborator(t.Context(), "northquay", "policies", "olga", &gh.RepositoryAddCollaboratorOptions{Permission: "push"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// client is ours, through base.
func (s *site) client(base http.RoundTripper) (*github.App, *github.Repository) {
	s.t.Helper()
	return open(s.t, github.Config{
		URL: s.URL(), AppID: s.app.ID, Key: []byte(s.app.PrivateKey), Now: s.Now, Base: base,
	}, s.app.InstallationID)
}

func open(t *testing.T, c github.Config, installation int64) (*github.App, *github.Repository) {
	t.Helper()
	app, err := github.New(c)
	if err != nil {
		t.Fatal(err)
	}
	repo, err := app.Repository(installation, "northquay/policies")
	if err != nil {
		t.Fatal(err)
	}
	return app, repo
}

// propose opens a pull request with one file, by walter.
func (s *site) propose(branch string) *gh.PullRequest {
	s.t.Helper()
	ctx := s.t.Context()
	main, _, err := s.owner.Git.GetRef(ctx, "northquay", "policies", "heads/main")
	if err != nil {
		s.t.Fatal(err)
	}
	ref := &gh.Reference{Ref: gh.String("refs/heads/" + branch), Object: main.Object}
	if _, _, err := s.owner.Git.CreateRef(ctx, "northquay", "policies", ref); err != nil {
		s.t.Fatal(err)
	}
	_, _, err = s.owner.Repositories.CreateFile(ctx, "northquay", "policies", branch+".md", &gh.RepositoryContentFileOptions{
		Message: gh.String("A file"), Content: []byte("# A file\n"), Branch: &branch,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	p, _, err := s.owner.PullRequests.Create(ctx, "northquay", "policies", &gh.NewPullRequest{Title: gh.String("A file"), Head: &branch, Base: gh.String("main")})
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

func (s *site) review(number int, event, body string) *gh.PullRequestReview {
	s.t.Helper()
	r, _, err := s.visitor.PullRequests.CreateReview(s.t.Context(), "northquay", "policies", number, &gh.PullRequestReviewRequest{Event: &event, Body: &body})
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// wire counts what goes over it, and may change requests.
type wire struct {
	change func(*http.Request)

	mu       sync.Mutex
	requests []*http.Request
	answers  []int
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	if w.change != nil {
		r = r.Clone(r.Context())
		w.change(r)
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.requests = append(w.requests, r)
	status := 0
	if err == nil {
		status = answer.StatusCode
	}
	w.answers = append(w.answers, status)
	return answer, err
}

// statuses are those of the requests whose path contains part.
func (w *wire) statuses(part string) []int {
	w.mu.Lock()
	defer w.mu.Unlock()
	var found []int
	for i, r := range w.requests {
		if strings.Contains(r.URL.Path, part) {
			found = append(found, w.answers[i])
		}
	}
	return found
}

// strange is a host that answers as GitHub seldom does: the token is given as
// usual, all else by answer.
func strange(t *testing.T, answer http.HandlerFunc) (*github.App, *github.Repository) {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v3/app/installations/{id}/access_tokens", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusCreated)
		_, _ = w.Write([]byte(`{"token":"ghs_16C7e42F292c6912E7710c838347Ae178B4a","expires_at":"2126-11-24T22:00:00Z"}`))
	})
	mux.HandleFunc("/", answer)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return open(t, github.Config{URL: server.URL, AppID: 1, Key: privateKey()}, 7)
}

func privateKey() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(githubsimtest.AppKey())})
}

// calls are all reads and writes of a repository, each by its name in errors.
func calls(r *github.Repository) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"read pull request 5":       func(ctx context.Context) error { _, err := r.Pull(ctx, 5); return err },
		"list open pull requests":   func(ctx context.Context) error { _, err := r.OpenPulls(ctx); return err },
		"list pull requests of abc": func(ctx context.Context) error { _, err := r.PullsOf(ctx, "abc"); return err },
		"list reviews of 5":         func(ctx context.Context) error { _, err := r.Reviews(ctx, 5); return err },
		"ask for edits of reviews":  func(ctx context.Context) error { _, err := r.LastEdited(ctx, []string{"x"}); return err },
		"read timeline of 5":        func(ctx context.Context) error { _, err := r.Dismissals(ctx, 5); return err },
		"list check runs of abc":    func(ctx context.Context) error { _, err := r.CheckRuns(ctx, "abc"); return err },
		"create check run on abc": func(ctx context.Context) error {
			_, err := r.WriteCheckRun(ctx, github.CheckRun{Head: "abc"})
			return err
		},
		"update check run 9":     func(ctx context.Context) error { _, err := r.WriteCheckRun(ctx, github.CheckRun{ID: 9}); return err },
		"list comments of 5":     func(ctx context.Context) error { _, err := r.Comments(ctx, 5); return err },
		"comment on 5":           func(ctx context.Context) error { _, err := r.WriteComment(ctx, 5, 0, "x"); return err },
		"edit comment 9":         func(ctx context.Context) error { _, err := r.WriteComment(ctx, 5, 9, "x"); return err },
		"open issue":             func(ctx context.Context) error { _, err := r.OpenIssue(ctx, "x", "y", nil); return err },
		"list issues labelled x": func(ctx context.Context) error { _, err := r.Issues(ctx, "x"); return err },
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// created is the answer to a request for a token.
func created(r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	w.WriteHeader(http.StatusCreated)
	_, _ = w.WriteString(`{"token":"ghs_x","expires_at":"2126-11-24T22:00:00Z"}`)
	answer := w.Result()
	answer.Request = r
	return answer
}
