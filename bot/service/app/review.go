package app

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/decision/report"
	"github.com/vidimus-bot/vidimus/bot/service/gate"
	"github.com/vidimus-bot/vidimus/bot/service/github"
	"github.com/vidimus-bot/vidimus/bot/service/reviewpage"
	"github.com/vidimus-bot/vidimus/bot/service/server"
	"github.com/vidimus-bot/vidimus/bot/service/store"
)

// SignIn is what the review page needs. All of it, or nothing: then there is no page.
type SignIn struct {
	// ClientID and Secret are those of an OAuth App, or of a GitHub App of its own,
	// without any permission.
	ClientID, Secret string
	// PublicURL is where people reach the App: https, or http on this machine.
	PublicURL string
}

func (s SignIn) none() bool { return s == SignIn{} }

// problems says what is missing of a sign-in that somebody wants.
func (s SignIn) problems() []error {
	if s.none() {
		return nil
	}
	var problems []error
	for _, part := range []struct{ value, name string }{
		{s.ClientID, "client id of the OAuth App"}, {s.Secret, "secret of the OAuth App"}, {s.PublicURL, "public address"},
	} {
		if part.value == "" {
			problems = append(problems, fmt.Errorf("the review page is asked for, and no %s is given", part.name))
		}
	}
	return problems
}

// address is the public address without a slash at its end.
func (s SignIn) address() string { return strings.TrimSuffix(s.PublicURL, "/") }

// links leads the texts on GitHub to the review page.
func (s SignIn) links(fullName string, pull int) report.Links {
	return report.Links{Review: fmt.Sprintf("%s/review/%s/%d", s.address(), fullName, pull)}
}

// enable adds the review page to the server. Cookies are sealed with a key made from the
// client's secret, so that all replicas have it and a new secret ends all sessions.
func (s SignIn) enable(web *server.Server, hub *github.App, judge *gate.Gate) error {
	key, err := hkdf.Key(sha256.New, []byte(s.Secret), nil, "vidimus review cookies v1", 32)
	if err != nil {
		return fmt.Errorf("key of the cookies: %w", err)
	}
	err = web.EnableReview(server.ReviewConfig{
		Reviews: &reviews{hub, judge}, PublicURL: s.address(), Key: key,
		Asker: hub.SignIn(github.SignInConfig{ClientID: s.ClientID, Secret: s.Secret, Redirect: s.address() + server.SignedInPath}),
	})
	if err != nil {
		return fmt.Errorf("review page: %w", err)
	}
	return nil
}

// reviews gives the server what the gate knows.
type reviews struct {
	hub  *github.App
	gate *gate.Gate
}

// MayRead asks GitHub with the App's own authority: the person's token could not see a
// private repository, because its client has no permission.
func (r *reviews) MayRead(ctx context.Context, fullName string, who facts.Account) (bool, error) {
	desk, err := r.gate.Find(ctx, fullName)
	if errors.Is(err, gate.ErrUnseen) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return desk.MayRead(ctx, who)
}

// Review is a pull request with its last decision.
func (r *reviews) Review(ctx context.Context, fullName string, number int) (reviewpage.Subject, error) {
	desk, err := r.gate.Find(ctx, fullName)
	if err != nil {
		return reviewpage.Subject{}, edge(err)
	}
	s, err := r.gate.Look(ctx, desk, number)
	if err != nil {
		return reviewpage.Subject{}, edge(err)
	}
	return reviewpage.Subject{
		Input: s.Input, Snapshot: s.Snapshot, Web: strings.TrimSuffix(r.hub.WebURL(""), "/"),
		Pull: reviewpage.Pull{
			Number: number, Title: s.Now.Title, Open: s.Now.Open, MergedAt: s.Now.MergedAt, Behind: s.Behind(), Entry: s.Entry,
		},
	}, nil
}

// edge sorts an error for the server.
func edge(err error) error {
	var retry *github.RetryError
	var later *store.RetryLater
	switch {
	case errors.Is(err, gate.ErrUnseen), errors.Is(err, github.ErrNotFound):
		return fmt.Errorf("%w: %w", server.ErrNoReview, err)
	case errors.As(err, &retry), errors.As(err, &later):
		return &server.NotYetError{Cause: err}
	}
	return err
}
