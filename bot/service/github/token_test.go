package github_test

import (
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/vidimus-bot/vidimus/bot/githubsim"
	"github.com/vidimus-bot/vidimus/bot/service/github"
)

const tokens = "access_tokens"

func TestToken_oneServesAnHour(t *testing.T) {
	s := newSite(t)
	w := &wire{}
	_, repo := s.client(w)
	for range 3 {
		if _, err := repo.OpenPulls(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.statuses(tokens); len(got) != 1 {
		t.Errorf("%d tokens were made for 3 requests, want 1", len(got))
	}
	s.Advance(57 * time.Minute) // not used in its last two minutes
	if _, err := repo.OpenPulls(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := w.statuses(tokens); len(got) != 1 {
		t.Errorf("%d tokens after 57 minutes, want 1", len(got))
	}
	s.Advance(2 * time.Minute)
	if _, err := repo.OpenPulls(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := w.statuses(tokens); len(got) != 2 {
		t.Errorf("%d tokens after 59 minutes, want 2", len(got))
	}
	if got := w.statuses("/pulls"); slices.Contains(got, http.StatusUnauthorized) {
		t.Errorf("statuses %v: a token was used after its end", got)
	}
}

// Our clock stands still while GitHub's goes on, as after a suspended machine: the
// token seems good and is refused. One more token, and the call holds.
func TestToken_refusedOneIsRenewedOnce(t *testing.T) {
	s := newSite(t)
	w := &wire{}
	started := s.Now()
	app, repo := open(t, github.Config{
		URL: s.URL(), AppID: s.app.ID, Key: []byte(s.app.PrivateKey), Base: w, Now: func() time.Time { return started },
	}, s.app.InstallationID)
	if _, err := repo.OpenPulls(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.Advance(3 * time.Hour)
	if _, err := repo.OpenPulls(t.Context()); err != nil {
		t.Fatalf("after the token's end: %v", err)
	}
	if got, want := w.statuses("/pulls"), []int{200, 401, 200}; !slices.Equal(got, want) {
		t.Errorf("statuses %v, want %v", got, want)
	}
	if apart := s.Now().Sub(app.Now()); apart < 0 || apart > 5*time.Second {
		t.Errorf("our clock is %s behind GitHub's after its answer, want it moved", apart)
	}
}

// A write is repeated with its whole body.
func TestToken_renewedForAWriteSendsItsBodyAgain(t *testing.T) {
	s := newSite(t)
	p := s.propose("change")
	started := s.Now()
	_, repo := open(t, github.Config{
		URL: s.URL(), AppID: s.app.ID, Key: []byte(s.app.PrivateKey), Now: func() time.Time { return started },
	}, s.app.InstallationID)
	if _, err := repo.OpenPulls(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.Advance(3 * time.Hour)
	id, err := repo.WriteComment(t.Context(), p.GetNumber(), 0, "Said once.")
	if err != nil {
		t.Fatal(err)
	}
	comments, err := repo.Comments(t.Context(), p.GetNumber())
	if err != nil {
		t.Fatal(err)
	}
	want := []github.Comment{{ID: id, Body: "Said once.", Author: "vidimus[bot]"}}
	if !slices.Equal(comments, want) {
		t.Errorf("comments %+v, want %+v", comments, want)
	}
}

// A JWT that is dated by a clock hours off is refused; its answer tells the time.
func TestClock_hoursOffIsMovedByTheFirstAnswer(t *testing.T) {
	for name, off := range map[string]time.Duration{"behind": -26 * time.Hour, "ahead": 26 * time.Hour, "a minute": time.Minute} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			app, repo := open(t, github.Config{
				URL: s.URL(), AppID: s.app.ID, Key: []byte(s.app.PrivateKey), Now: func() time.Time { return time.Now().Add(off) },
			}, s.app.InstallationID)
			if _, err := repo.OpenPulls(t.Context()); err != nil {
				t.Fatal(err)
			}
			if apart := s.Now().Sub(app.Now()).Abs(); apart > 5*time.Second {
				t.Errorf("clocks are %s apart, want none", apart)
			}
		})
	}
}

// What differs by the length of a request moves nothing: times that we witness do
// not jump.
func TestClock_smallDifferencesMoveNothing(t *testing.T) {
	s := newSite(t)
	now := s.Now().Add(time.Second)
	app, repo := open(t, github.Config{
		URL: s.URL(), AppID: s.app.ID, Key: []byte(s.app.PrivateKey), Now: func() time.Time { return now },
	}, s.app.InstallationID)
	if _, err := repo.OpenPulls(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := app.Now(); !got.Equal(now.Truncate(time.Second)) {
		t.Errorf("Now = %s, want our own %s", got, now)
	}
}

func TestToken_foreignKeyIsRefused(t *testing.T) {
	s := newSite(t)
	other, err := s.CreateApp(githubsim.NewApp{Slug: "other", Owner: "northquay", WebhookURL: "http://127.0.0.1:1/nobody"})
	if err != nil {
		t.Fatal(err)
	}
	_, repo := open(t, github.Config{URL: s.URL(), AppID: s.app.ID, Key: []byte(other.PrivateKey), Now: s.Now}, s.app.InstallationID)
	_, err = repo.OpenPulls(t.Context())
	if !errors.Is(err, github.ErrRefused) {
		t.Errorf("with another App's key: %v, want ErrRefused", err)
	}
	if isRetry(err) {
		t.Errorf("%v is to be tried again, want not", err)
	}
}

func isRetry(err error) bool {
	var retry *github.RetryError
	return errors.As(err, &retry)
}

func TestNew_badConfigurationIsNamed(t *testing.T) {
	for name, c := range map[string]github.Config{
		"no scheme":    {URL: "github.com", Key: privateKey()},
		"not http":     {URL: "ftp://github.com", Key: privateKey()},
		"no host":      {URL: "https://", Key: privateKey()},
		"empty":        {Key: privateKey()},
		"no key":       {URL: "https://github.com"},
		"another file": {URL: "https://github.com", Key: []byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")},
	} {
		if _, err := github.New(c); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestRepository_namesAreOwnerAndName(t *testing.T) {
	app, _ := strange(t, http.NotFound)
	for _, name := range []string{"", "northquay", "/policies", "northquay/", "northquay/policies/more"} {
		if _, err := app.Repository(7, name); err == nil {
			t.Errorf("%q is taken for a repository", name)
		}
	}
}
