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
	"slices"
	"strings"
	"sync/atomic"
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

// Stage is the running GitHub with Northquay's people, repository and App. Its
// methods act as the people would, through GitHub's API and Git. Tests of the App
// start it too.
type Stage struct {
	Dir string
	Sim *githubsim.Sim
	// App is nil where somebody else runs it (StageConfig.WebhookURL).
	App    *app.App
	AppURL string                // where webhooks go, without a path
	Made   githubsim.App         // the App as GitHub knows it, with its private key
	Client githubsim.OAuthClient // through which people sign in to the review page
	Repo   githubsim.Repository
	Cast   []*Person
	People map[string]*Person // by slug
	Mirror *gitstore.Mirror   // of those who act, not of the App
	// EvidenceKey is the key of the App for its evidence.
	EvidenceKey evidence.NewKey
	// Documents are the example as of today, by path, with its configuration.
	Documents map[string][]byte

	config   StageConfig
	web      *http.Server
	removed  []string    // folders outside of Dir, which go when the stage is closed
	timeRuns atomic.Bool // see LetTimeRun
}

// StageConfig says how to start a Stage.
type StageConfig struct {
	// Dir is where everything lies; parts of an earlier stage in it are replaced.
	Dir string
	Log *slog.Logger
	// WebhookURL is where webhooks go when somebody else runs the App; "" starts it
	// here. Its path is /webhook.
	WebhookURL string
	// App changes the App's configuration before it starts; nil leaves it.
	App func(*app.Config)
	// GitHub changes that of the embedded GitHub; nil leaves it.
	GitHub func(*githubsim.Config)
}

// NewStage starts GitHub, makes people and repository, and starts the App.
func NewStage(ctx context.Context, c StageConfig) (*Stage, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	s := &Stage{Dir: c.Dir, People: map[string]*Person{}, config: c}
	for _, step := range []func() error{
		s.clear, s.startGitHub, s.populate, s.makeKey,
		func() error { return s.makeApp(ctx) },
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

func (s *Stage) clear() error {
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return fmt.Errorf("make folder of the demo: %w", err)
	}
	for _, name := range parts() {
		if err := os.RemoveAll(filepath.Join(s.Dir, name)); err != nil {
			return fmt.Errorf("remove earlier demo: %w", err)
		}
	}
	return nil
}

func (s *Stage) startGitHub() (err error) {
	start := time.Now()
	c := githubsim.Config{
		Addr: "127.0.0.1:0", Dir: filepath.Join(s.Dir, "github"),
		Now: func() time.Time {
			if s.timeRuns.Load() {
				return time.Now()
			}
			return start // GitHub's clock moves a second with each write
		},
	}
	if s.config.GitHub != nil {
		s.config.GitHub(&c)
	}
	s.Sim, err = githubsim.Start(c)
	return err
}

// LetTimeRun ends the time in which GitHub's clock moves with its writes alone: from now on it is never behind
// this computer's. Whoever commits with an own git beside a stage does it by that clock, and a signature that
// is younger than the push that brings it is bad.
func (s *Stage) LetTimeRun() { s.timeRuns.Store(true) }

// populate makes accounts, the organisation, the repository and its mirror.
func (s *Stage) populate() error {
	var err error
	if s.Documents, err = example(s.Sim.Now()); err != nil {
		return err
	}
	// Keys are a day old, so that no commit comes before its key.
	if s.Cast, err = cast(s.Sim.Now().Add(-24 * time.Hour)); err != nil {
		return err
	}
	var members []string
	for _, p := range s.Cast {
		account := githubsim.NewUser{ID: p.ID, Login: p.Login, Name: p.Name, Email: p.Email, Note: p.part(), Lead: slices.Contains(leads(), p.Slug)}
		if p.key != nil {
			account.Sign = p.sign // the pages can then commit as this person's git would
		}
		made, err := s.Sim.CreateUser(account)
		if err != nil {
			return fmt.Errorf("account of %s: %w", p.Slug, err)
		}
		p.Token = made.Token
		s.People[p.Slug] = p
		members = append(members, p.Login)
	}
	_, err = s.Sim.CreateOrganisation(githubsim.NewOrganisation{
		ID: organisationID, Login: organisation, Name: "Northquay Logistics DAC", Owner: s.admin().Login, Members: members,
	})
	if err != nil {
		return err
	}
	s.Repo, err = s.Sim.CreateRepository(githubsim.NewRepository{
		ID: repositoryID, Owner: organisation, Name: repositoryName, Private: true, AutoInit: true,
	})
	if err != nil {
		return err
	}
	s.Mirror, err = gitstore.Open(filepath.Join(s.Dir, "git")).Mirror(repositoryID)
	return err
}

func (s *Stage) admin() *Person { return s.People[adminSlug] }

// As acts on GitHub as one person.
func (s *Stage) As(slug string) Client {
	return Client{api: s.Sim.URL() + "/api/v3", token: s.People[slug].Token, repo: s.Repo.FullName}
}

func (s *Stage) makeKey() (err error) {
	s.EvidenceKey, err = evidence.MakeKey(rand.Reader, s.Repo.FullName, s.Sim.Now().Add(-24*time.Hour))
	return err
}

// makeApp makes the App on GitHub and, unless somebody else does, runs it on a
// port of its own.
func (s *Stage) makeApp(ctx context.Context) (err error) {
	var listener net.Listener
	hook := s.config.WebhookURL
	if hook == "" {
		if listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return fmt.Errorf("listen for webhooks: %w", err)
		}
		hook = "http://" + listener.Addr().String() + "/webhook"
	}
	s.AppURL = strings.TrimSuffix(hook, "/webhook")
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails
	s.Made, err = s.Sim.CreateApp(githubsim.NewApp{
		ID: appID, BotID: botID, Slug: appSlug, WebhookURL: hook, WebhookSecret: hex.EncodeToString(secret),
		Permissions: map[string]string{
			"metadata": "read", "contents": "write", "checks": "write", "statuses": "write",
			"pull_requests": "write", "issues": "write", "members": "read",
		},
		Events: []string{"pull_request", "pull_request_review", "push", "issue_comment"}, Repositories: []string{s.Repo.FullName},
	})
	if err != nil {
		return err
	}
	s.Client, err = s.Sim.CreateOAuthClient(githubsim.NewOAuthClient{Name: "Vidimus", CallbackURL: s.AppURL + "/review/signed-in"})
	if err != nil || listener == nil {
		return err
	}
	return s.startApp(ctx, listener)
}

// AppConfig is the App's configuration on this stage.
func (s *Stage) AppConfig() app.Config {
	c := app.Config{
		Data: filepath.Join(s.Dir, "app"), GitHubURL: s.Sim.URL(), AppID: s.Made.ID, AppKey: []byte(s.Made.PrivateKey),
		WebhookSecrets: [][]byte{[]byte(s.Made.WebhookSecret)}, EvidenceKey: s.EvidenceKey.Server, Engine: "vidimus demo",
		Clock: s.Sim.Now, Log: s.config.Log,
		SignIn: app.SignIn{ClientID: s.Client.ClientID, Secret: s.Client.Secret, PublicURL: s.AppURL},
	}
	if s.config.App != nil {
		s.config.App(&c)
	}
	return c
}

func (s *Stage) startApp(ctx context.Context, listener net.Listener) (err error) {
	if s.App, err = app.Open(ctx, s.AppConfig()); err != nil {
		return err
	}
	s.web = &http.Server{Handler: s.App.Handler(), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.web.Serve(listener) }() // ends with StopApp
	return s.App.Start(ctx)
}

// StopApp ends the App as a stop of its process would; GitHub goes on, and its
// deliveries fail.
func (s *Stage) StopApp() error {
	if s.App == nil {
		return nil
	}
	err := errors.Join(s.web.Close(), s.App.Close())
	s.App = nil
	return err
}

// RestartApp starts a stopped App at the same address.
func (s *Stage) RestartApp(ctx context.Context) error {
	listener, err := net.Listen("tcp", strings.TrimPrefix(s.AppURL, "http://"))
	if err != nil {
		return fmt.Errorf("listen for webhooks: %w", err)
	}
	return s.startApp(ctx, listener)
}

// protect lets those with a key push, and makes the check required, as an
// administrator would; administrators may still go past it.
func (s *Stage) protect(ctx context.Context) error {
	for _, p := range s.Cast {
		if p.key == nil {
			continue
		}
		err := s.As(adminSlug).Call(ctx, http.MethodPut, "/repos/"+s.Repo.FullName+"/collaborators/"+p.Login,
			map[string]any{"permission": "push"}, nil)
		if err != nil {
			return err
		}
	}
	return s.As(adminSlug).Call(ctx, http.MethodPut, "/repos/"+s.Repo.FullName+"/branches/main/protection", map[string]any{
		"required_status_checks": map[string]any{
			"strict": false, "contexts": []string{}, "checks": []map[string]any{{"context": "Vidimus", "app_id": s.Made.ID}},
		},
		"enforce_admins": false, "required_pull_request_reviews": nil, "restrictions": nil,
	}, nil)
}

// Close ends everything; the files stay.
func (s *Stage) Close() error {
	err := s.StopApp()
	if s.Sim != nil {
		err = errors.Join(err, s.Sim.Close())
	}
	for _, dir := range s.removed {
		err = errors.Join(err, os.RemoveAll(dir))
	}
	return err
}

// Push commits files to a branch as one person, signed with their key, on top of
// where the branch stands, or main for a new one. It gives the commit.
func (s *Stage) Push(ctx context.Context, slug, branch, message string, files map[string][]byte) (string, error) {
	p := s.People[slug]
	remote := gitstore.Remote{URL: s.Repo.CloneURL, Token: p.Token}
	if err := s.Mirror.Fetch(ctx, remote); err != nil {
		return "", err
	}
	parent, err := s.Mirror.Branch(branch)
	if errors.Is(err, gitstore.ErrNotFound) {
		parent, err = s.Mirror.Branch("main")
	}
	if err != nil {
		return "", err
	}
	now := s.Sim.Now()
	id, err := s.Mirror.Write(gitstore.Change{
		Parent: parent, Files: files, Message: message, Author: gitstore.Author{Name: p.Name, Email: p.Email, When: now},
		Sign: func(payload []byte) ([]byte, error) { return p.sign(payload, now) },
	})
	if err != nil {
		return "", err
	}
	if err := s.Mirror.Push(ctx, remote, branch, id); err != nil {
		return "", err
	}
	return id, s.Mirror.Fetch(ctx, remote)
}

// Read gives a file of a branch as it stands now.
func (s *Stage) Read(ctx context.Context, branch, path string) ([]byte, error) {
	if err := s.Mirror.Fetch(ctx, gitstore.Remote{URL: s.Repo.CloneURL, Token: s.admin().Token}); err != nil {
		return nil, err
	}
	tip, err := s.Mirror.Branch(branch)
	if err != nil {
		return nil, err
	}
	files, err := s.Mirror.Files(tip, func(p string) bool { return p == path || len(p) < len(path) && path[:len(p)] == p })
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if f.Path == path {
			raw, _, err := s.Mirror.Blob(f.Blob, 1<<20)
			return raw, err
		}
	}
	return nil, fmt.Errorf("%s is not on %s", path, branch)
}
