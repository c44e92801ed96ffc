package github

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	gh "github.com/google/go-github/v60/github"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
)

// SignInConfig is the client through which people say who they are: an OAuth App, or
// a GitHub App of its own. It needs no permission and no scope, so that whoever runs
// Vidimus can approve for nobody.
type SignInConfig struct {
	ClientID string
	Secret   string
	// Redirect is where GitHub sends people back to, absolute; it is registered there.
	Redirect string
}

// SignIn is GitHub's sign-in. Its methods may be called at once.
type SignIn struct {
	app    *App // for its host, clock and transport; never with its authority
	config SignInConfig
}

// maxTokenAnswer bounds GitHub's answer to a code: a token and three words.
const maxTokenAnswer = 64 << 10

// SignIn is GitHub's sign-in for a client on the App's host.
func (a *App) SignIn(c SignInConfig) *SignIn { return &SignIn{app: a, config: c} }

// Address is where a person is sent to say who they are. state and challenge are
// opaque; challenge is the S256 of a verifier. Source: GitHub Docs, "Authorizing
// OAuth apps"; RFC 7636 §4.3.
func (s *SignIn) Address(state, challenge string) string {
	q := url.Values{
		"client_id": {s.config.ClientID}, "redirect_uri": {s.config.Redirect}, "state": {state},
		"code_challenge": {challenge}, "code_challenge_method": {"S256"}, "allow_signup": {"false"},
	}
	return s.app.WebURL("login/oauth/authorize") + "?" + q.Encode()
}

// Account exchanges a code for the account that gave it. The token lives for this one
// question and is kept nowhere. ErrRefused: GitHub does not take the code.
func (s *SignIn) Account(ctx context.Context, code, verifier string) (facts.Account, error) {
	token, err := s.token(ctx, code, verifier)
	if err != nil {
		return facts.Account{}, fmt.Errorf("exchange sign-in code: %w", err)
	}
	client, err := s.app.newClient(&transport{
		base: s.app.base, origin: s.app.origin(), clock: s.app.clock,
		bearer: func(bool, *http.Request) (string, error) { return token, nil },
	})
	if err != nil {
		return facts.Account{}, err
	}
	user, _, err := client.Users.Get(ctx, "")
	if err != nil {
		return facts.Account{}, s.app.sorted("read who signed in", err)
	}
	return account(user), nil
}

func (s *SignIn) token(ctx context.Context, code, verifier string) (string, error) {
	form := url.Values{
		"client_id": {s.config.ClientID}, "client_secret": {s.config.Secret}, "code": {code},
		"redirect_uri": {s.config.Redirect}, "code_verifier": {verifier},
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.app.WebURL("login/oauth/access_token"), strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "vidimus")
	answer, err := (&http.Client{Transport: s.app.base, Timeout: callTimeout, CheckRedirect: refuseRedirect}).Do(r)
	if err != nil {
		return "", &RetryError{shortWait, err}
	}
	defer func() { _ = answer.Body.Close() }() // the body is read to its end or given up
	if answer.StatusCode >= http.StatusInternalServerError || answer.StatusCode == http.StatusTooManyRequests {
		return "", &RetryError{shortWait, errors.New(answer.Status)}
	}
	var said struct {
		Token string `json:"access_token"`
		Error string `json:"error"`
	}
	err = json.NewDecoder(io.LimitReader(answer.Body, maxTokenAnswer)).Decode(&said)
	switch {
	case err != nil:
		return "", fmt.Errorf("answer %s: %w", answer.Status, errors.Join(ErrInvalid, err))
	case said.Token == "":
		return "", fmt.Errorf("%w: %s", ErrRefused, said.Error)
	}
	return said.Token, nil
}

// refuseRedirect keeps the client's secret at the address that was configured.
func refuseRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// MayRead says whether an account may read the repository now, on the App's own word.
// The account is known by its number: a login may be somebody else's by now, and then
// the answer is no. Source: GitHub REST, repos/get-collaborator-permission-level.
func (r *Repository) MayRead(ctx context.Context, who facts.Account) (bool, error) {
	level, _, err := r.in.client.Repositories.GetPermissionLevel(ctx, r.owner, r.name, who.Login)
	err = r.app.sorted("read who may see the repository", err)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return reads(level) && who.ID != 0 && level.GetUser().GetID() == who.ID, nil
}

// reads fails closed on a word that is not known.
func reads(level *gh.RepositoryPermissionLevel) bool {
	switch level.GetPermission() {
	case "admin", "write", "read":
		return true
	}
	return false
}
