package github_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/service/github"
)

// counter is a host that answers a code with a body, and tells what it was asked.
func counter(t *testing.T, status int, body string) (*github.SignIn, *[]url.Values) {
	t.Helper()
	var asked []url.Values
	host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/login/oauth/access_token":
			if err := r.ParseForm(); err != nil {
				t.Error(err)
			}
			asked = append(asked, r.PostForm)
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		case "/api/v3/user":
			if got := r.Header.Get("Authorization"); got != "Bearer gho_1" {
				t.Errorf("Authorization = %q", got)
			}
			_, _ = w.Write([]byte(`{"id":61000102,"login":"abrannigan-nq","type":"User"}`))
		default:
			t.Errorf("asked for %s", r.URL.Path)
		}
	}))
	t.Cleanup(host.Close)
	app, err := github.New(github.Config{URL: host.URL, AppID: 1, Key: privateKey()})
	if err != nil {
		t.Fatal(err)
	}
	return app.SignIn(github.SignInConfig{ClientID: "id", Secret: "hush", Redirect: "https://vidimus.example/review/signed-in"}), &asked
}

func TestSignIn_accountOfACode(t *testing.T) {
	s, asked := counter(t, http.StatusOK, `{"access_token":"gho_1","token_type":"bearer","scope":""}`)
	who, err := s.Account(t.Context(), "c0de", "verifier")
	if err != nil || who.ID != 61000102 || who.Login != "abrannigan-nq" || who.Type != "User" {
		t.Fatalf("Account = %+v, %v", who, err)
	}
	form := (*asked)[0]
	for name, want := range map[string]string{
		"client_id": "id", "client_secret": "hush", "code": "c0de", "code_verifier": "verifier", "redirect_uri": "https://vidimus.example/review/signed-in",
	} {
		if form.Get(name) != want {
			t.Errorf("%s = %q, want %q", name, form.Get(name), want)
		}
	}
}

func TestSignIn_refusals(t *testing.T) {
	var retry *github.RetryError
	for name, test := range map[string]struct {
		status int
		body   string
		want   func(error) bool
	}{
		"bad code":    {200, `{"error":"bad_verification_code"}`, func(err error) bool { return errors.Is(err, github.ErrRefused) }},
		"no JSON":     {200, `access_token=gho_1`, func(err error) bool { return errors.Is(err, github.ErrInvalid) }},
		"away":        {502, ``, func(err error) bool { return errors.As(err, &retry) }},
		"limited":     {429, ``, func(err error) bool { return errors.As(err, &retry) }},
		"without end": {200, `{"error":"` + strings.Repeat("x", 1<<20) + `"}`, func(err error) bool { return errors.Is(err, github.ErrInvalid) }},
	} {
		s, _ := counter(t, test.status, test.body)
		who, err := s.Account(t.Context(), "c0de", "verifier")
		if !test.want(err) || who.ID != 0 {
			t.Errorf("%s: Account = %+v, %v", name, who, err)
		}
		if err != nil && strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: the error tells the secret", name)
		}
	}
}

func TestSignIn_addressAsksForNoScope(t *testing.T) {
	s, _ := counter(t, 200, "")
	u, err := url.Parse(s.Address("st&te", "challenge"))
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if q.Get("state") != "st&te" || q.Get("code_challenge") != "challenge" || q.Get("code_challenge_method") != "S256" || q.Has("scope") {
		t.Errorf("address = %s", u)
	}
}
