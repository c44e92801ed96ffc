package demo

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/githubsim"
	"github.com/vidimus-bot/vidimus/bot/service/app"
	"github.com/vidimus-bot/vidimus/bot/service/gitstore"
)

// Northquay's numbers on its GitHub. Source: the example's README.
const (
	organisation   = "northquay"
	organisationID = 61000001
	repositoryName = "cloud-governance"
	repositoryID   = 812640017
	appSlug        = "vidimus"
	appID          = 1043377
	botID          = 61000200
	adminSlug      = "isolheim"
)

// stage is the running GitHub with the App and the people.
type stage struct {
	dir    string
	sim    *githubsim.Sim
	app    *app.App
	web    *http.Server
	appURL string
	made   githubsim.App
	repo   githubsim.Repository
	people map[string]*person
	cast   []*person
	mirror *gitstore.Mirror
	key    evidence.NewKey
	files  map[string][]byte // the example as of today
}

// newStage starts everything below dir, which must not hold anything of value.
func newStage(ctx context.Context, dir string, log *slog.Logger) (*stage, error) {
	s := &stage{dir: dir, people: map[string]*person{}}
	for _, step := range []func() error{
		func() error { return s.clear() },
		func() error { return s.startGitHub() },
		func() error { return s.populate() },
		func() error { return s.startApp(ctx, log) },
		func() error { return s.protect(ctx) },
	} {
		if err := step(); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	return s, nil
}

// parts are the folders and files that the demo makes below its directory; it
// removes those of an earlier run and nothing else.
func parts() []string {
	return []string{"github", "app", "git", "homes", "evidence", "bundle", "world.json"}
}

func (s *stage) clear() error {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return fmt.Errorf("make folder of the demo: %w", err)
	}
	for _, name := range parts() {
		if err := os.RemoveAll(filepath.Join(s.dir, name)); err != nil {
			return fmt.Errorf("remove earlier demo: %w", err)
		}
	}
	return nil
}

func (s *stage) startGitHub() (err error) {
	start := time.Now()
	s.sim, err = githubsim.Start(githubsim.Config{
		Addr: "127.0.0.1:0", Dir: filepath.Join(s.dir, "github"),
		Now: func() time.Time { return start }, // GitHub's clock moves a second with each write
	})
	return err
}

// populate makes accounts, the organisation, the repository and its mirror.
func (s *stage) populate() error {
	var err error
	if s.files, err = example(s.sim.Now()); err != nil {
		return err
	}
	// Keys are a day old, so that no commit comes before its key.
	if s.cast, err = cast(s.sim.Now().Add(-24 * time.Hour)); err != nil {
		return err
	}
	var members []string
	for _, p := range s.cast {
		made, err := s.sim.CreateUser(githubsim.NewUser{ID: p.id, Login: p.login, Name: p.name, Email: p.email})
		if err != nil {
			return fmt.Errorf("account of %s: %w", p.slug, err)
		}
		p.token = made.Token
		s.people[p.slug] = p
		members = append(members, p.login)
	}
	_, err = s.sim.CreateOrganisation(githubsim.NewOrganisation{
		ID: organisationID, Login: organisation, Name: "Northquay Logistics DAC", Owner: s.admin().login, Members: members,
	})
	if err != nil {
		return err
	}
	s.repo, err = s.sim.CreateRepository(githubsim.NewRepository{
		ID: repositoryID, Owner: organisation, Name: repositoryName, Private: true, AutoInit: true,
	})
	if err != nil {
		return err
	}
	s.mirror, err = gitstore.Open(filepath.Join(s.dir, "git")).Mirror(repositoryID)
	return err
}

func (s *stage) admin() *person { return s.people[adminSlug] }

// as acts on GitHub as one person.
func (s *stage) as(slug string) client {
	return client{api: s.sim.URL() + "/api/v3", token: s.people[slug].token, repo: s.repo.FullName}
}

// startApp makes the App on GitHub and starts it on a port of its own.
func (s *stage) startApp(ctx context.Context, log *slog.Logger) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen for webhooks: %w", err)
	}
	s.appURL = "http://" + listener.Addr().String()
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails
	s.made, err = s.sim.CreateApp(githubsim.NewApp{
		ID: appID, BotID: botID, Slug: appSlug, WebhookURL: s.appURL + "/webhook", WebhookSecret: hex.EncodeToString(secret),
		Permissions: map[string]string{
			"metadata": "read", "contents": "write", "checks": "write", "statuses": "write",
			"pull_requests": "write", "issues": "write", "members": "read",
		},
		Events: []string{"pull_request", "pull_request_review", "push", "issue_comment"}, Repositories: []string{s.repo.FullName},
	})
	if err != nil {
		return err
	}
	if s.key, err = evidence.MakeKey(rand.Reader, s.repo.FullName, s.sim.Now().Add(-24*time.Hour)); err != nil {
		return err
	}
	s.app, err = app.Open(ctx, app.Config{
		Data: filepath.Join(s.dir, "app"), GitHubURL: s.sim.URL(), AppID: s.made.ID, AppKey: []byte(s.made.PrivateKey),
		WebhookSecrets: [][]byte{[]byte(s.made.WebhookSecret)}, EvidenceKey: s.key.Server, Engine: "vidimus demo",
		Clock: s.sim.Now, Log: log,
	})
	if err != nil {
		return err
	}
	s.web = &http.Server{Handler: s.app.Handler(), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.web.Serve(listener) }() // ends with Close
	return s.app.Start(ctx)
}

// protect lets those with a key push, and makes the check required, as an
// administrator would; administrators may still go past it.
func (s *stage) protect(ctx context.Context) error {
	for _, p := range s.cast {
		if p.key == nil {
			continue
		}
		err := s.as(adminSlug).call(ctx, http.MethodPut, "/repos/"+s.repo.FullName+"/collaborators/"+p.login,
			map[string]any{"permission": "push"}, nil)
		if err != nil {
			return err
		}
	}
	return s.as(adminSlug).call(ctx, http.MethodPut, "/repos/"+s.repo.FullName+"/branches/main/protection", map[string]any{
		"required_status_checks": map[string]any{
			"strict": false, "contexts": []string{}, "checks": []map[string]any{{"context": "Vidimus", "app_id": s.made.ID}},
		},
		"enforce_admins": false, "required_pull_request_reviews": nil, "restrictions": nil,
	}, nil)
}

// Close ends everything; the files stay.
func (s *stage) Close() error {
	var errs []error
	if s.web != nil {
		errs = append(errs, s.web.Close())
	}
	if s.app != nil {
		errs = append(errs, s.app.Close())
	}
	if s.sim != nil {
		errs = append(errs, s.sim.Close())
	}
	return errors.Join(errs...)
}

// push commits files to a branch as one person, signed with their key, on top of
// where the branch stands, or main for a new one. It gives the commit.
func (s *stage) push(ctx context.Context, slug, branch, message string, files map[string][]byte) (string, error) {
	p := s.people[slug]
	remote := gitstore.Remote{URL: s.repo.CloneURL, Token: p.token}
	if err := s.mirror.Fetch(ctx, remote); err != nil {
		return "", err
	}
	parent, err := s.mirror.Branch(branch)
	if errors.Is(err, gitstore.ErrNotFound) {
		parent, err = s.mirror.Branch("main")
	}
	if err != nil {
		return "", err
	}
	now := s.sim.Now()
	id, err := s.mirror.Write(gitstore.Change{
		Parent: parent, Files: files, Message: message, Author: gitstore.Author{Name: p.name, Email: p.email, When: now},
		Sign: func(payload []byte) ([]byte, error) { return p.sign(payload, now) },
	})
	if err != nil {
		return "", err
	}
	if err := s.mirror.Push(ctx, remote, branch, id); err != nil {
		return "", err
	}
	return id, s.mirror.Fetch(ctx, remote)
}

// read gives a file of a branch as it stands now.
func (s *stage) read(ctx context.Context, branch, path string) ([]byte, error) {
	if err := s.mirror.Fetch(ctx, gitstore.Remote{URL: s.repo.CloneURL, Token: s.admin().token}); err != nil {
		return nil, err
	}
	tip, err := s.mirror.Branch(branch)
	if err != nil {
		return nil, err
	}
	files, err := s.mirror.Files(tip, func(p string) bool { return p == path || len(p) < len(path) && path[:len(p)] == p })
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if f.Path == path {
			raw, _, err := s.mirror.Blob(f.Blob, 1<<20)
			return raw, err
		}
	}
	return nil, fmt.Errorf("%s is not on %s", path, branch)
}
