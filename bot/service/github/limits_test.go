package github_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vidimus-bot/vidimus/bot/service/github"
)

// reply answers everything alike.
func reply(status int, header map[string]string, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for name, value := range header {
			w.Header().Set(name, value)
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body)) // who does not read it to its end has said why
	}
}

// Source of the answers: GitHub Docs, "Rate limits for the REST API", and the
// recordings of primary and secondary limits.
func TestLimits_areWaitedFor(t *testing.T) {
	soon := strconv.FormatInt(time.Now().Add(10*time.Minute).Unix(), 10)
	const secondary = `{"message":"You have exceeded a secondary rate limit. Please wait a few minutes before you try again.","documentation_url":"%s"}`
	const known = "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"
	for _, c := range []struct {
		name    string
		answer  http.HandlerFunc
		at      time.Duration
		atLeast time.Duration
	}{
		{"403, the hour's requests are used up", reply(403, map[string]string{
			"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": soon,
		}, `{"message":"API rate limit exceeded"}`), 10 * time.Minute, 9 * time.Minute},
		{"429, the hour's requests are used up", reply(429, map[string]string{
			"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": soon,
		}, `{"message":"API rate limit exceeded"}`), 10 * time.Minute, 9 * time.Minute},
		{"403, secondary, in seconds", reply(403, map[string]string{"Retry-After": "90"}, fmt.Sprintf(secondary, known)), 90 * time.Second, 85 * time.Second},
		{"429, secondary, in seconds", reply(429, map[string]string{"Retry-After": "90"}, fmt.Sprintf(secondary, known)), 90 * time.Second, 85 * time.Second},
		{"403, secondary, without a time", reply(403, nil, fmt.Sprintf(secondary, known)), time.Minute, time.Minute},
		{"429, secondary, without a time", reply(429, nil, fmt.Sprintf(secondary, known)), time.Minute, time.Minute},
		{"403, secondary, under an unknown address", reply(403, nil, fmt.Sprintf(secondary, "https://docs.example/moved")), time.Minute, time.Minute},
		{"403, only the header says so", reply(403, map[string]string{"Retry-After": "30"}, `{"message":"Slow down"}`), 30 * time.Second, 25 * time.Second},
		{"429, as a date", reply(429, map[string]string{
			"Retry-After": time.Now().Add(5 * time.Minute).UTC().Format(http.TimeFormat),
		}, `{}`), 5 * time.Minute, 4 * time.Minute},
		{"429, longer than an hour", reply(429, map[string]string{"Retry-After": "9223372036854775807"}, `{}`), time.Hour, time.Hour},
		{"429, no time at all", reply(429, map[string]string{"Retry-After": "-5"}, `{}`), time.Minute, time.Minute},
		{"500", reply(500, nil, `{"message":"Server Error"}`), 2 * time.Second, 2 * time.Second},
		{"503 with a page", reply(503, nil, `<html>Unicorn!</html>`), 2 * time.Second, 2 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, repo := strange(t, c.answer)
			_, err := repo.Reviews(t.Context(), 5)
			var retry *github.RetryError
			if !errors.As(err, &retry) {
				t.Fatalf("%v, want RetryError", err)
			}
			if retry.After < c.atLeast || retry.After > c.at+2*time.Second {
				t.Errorf("try again in %s, want some %s", retry.After, c.at)
			}
			if !strings.Contains(err.Error(), "list reviews of 5") {
				t.Errorf("%q does not say what was asked", err)
			}
		})
	}
}

// Every call sorts what it gets, and says which call it was.
func TestCalls_nameThemselvesAndSortTheirErrors(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		want   error
	}{
		{"404", reply(404, nil, `{"message":"Not Found"}`), github.ErrNotFound},
		{"410", reply(410, nil, `{"message":"Gone"}`), github.ErrNotFound},
		{"401", reply(401, nil, `{"message":"Bad credentials"}`), github.ErrRefused},
		{"403", reply(403, nil, `{"message":"Resource not accessible by integration"}`), github.ErrRefused},
		{"422", reply(422, nil, `{"message":"Validation Failed"}`), github.ErrInvalid},
		{"a page instead of JSON", reply(200, nil, `<html>Sign in to the hotel's network</html>`), github.ErrAnswer},
		{"another shape", reply(200, nil, `"a string"`), github.ErrAnswer},
	} {
		_, repo := strange(t, c.answer)
		for what, call := range calls(repo) {
			err := call(t.Context())
			if !errors.Is(err, c.want) {
				t.Errorf("%s, %s: %v, want %v", c.name, what, err, c.want)
				continue
			}
			if !strings.HasPrefix(err.Error(), what+": ") {
				t.Errorf("%s: %q does not begin with %q", c.name, err, what)
			}
			if isRetry(err) {
				t.Errorf("%s, %s: %v is to be tried again, want not", c.name, what, err)
			}
		}
	}
}

func TestCalls_brokenConnectionIsTriedAgain(t *testing.T) {
	_, repo := strange(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = w.Write([]byte(`[{"id":1,`)) // and the connection ends
	})
	for what, call := range calls(repo) {
		if err := call(t.Context()); !isRetry(err) {
			t.Errorf("%s: %v, want RetryError", what, err)
		}
	}
}

// An empty answer is no empty list: an objection could be among what is missing.
func TestReviews_emptyAnswerIsNoEmptyList(t *testing.T) {
	for _, body := range []string{"", "null"} {
		_, repo := strange(t, reply(200, nil, body))
		if list, err := repo.Reviews(t.Context(), 5); !errors.Is(err, github.ErrAnswer) {
			t.Errorf("answer %q gives %v, %v; want ErrAnswer", body, list, err)
		}
		if p, err := repo.Pull(t.Context(), 5); !errors.Is(err, github.ErrAnswer) {
			t.Errorf("answer %q gives %v, %v; want ErrAnswer", body, p, err)
		}
	}
	_, repo := strange(t, reply(200, nil, "[]"))
	if list, err := repo.Reviews(t.Context(), 5); err != nil || list == nil || len(list) != 0 {
		t.Errorf("answer [] gives %v, %v; want an empty list", list, err)
	}
}

func TestPull_anotherNumberIsNotTheOneAskedFor(t *testing.T) {
	_, repo := strange(t, reply(200, nil, `{"number":6,"head":{"sha":"0622e31aae362f8deefb6698ffc7dffb522a75f2"}}`))
	if p, err := repo.Pull(t.Context(), 5); !errors.Is(err, github.ErrAnswer) {
		t.Errorf("Pull(5) = %v, %v; want ErrAnswer", p, err)
	}
}

// The token never leaves GitHub.
func TestRedirect_toAnotherHostIsNotFollowed(t *testing.T) {
	var asked atomic.Int32
	var token atomic.Value
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		token.Store(r.Header.Get("Authorization"))
		_, _ = w.Write([]byte(`[]`))
	}))
	t.Cleanup(elsewhere.Close)
	for _, status := range []int{301, 302, 307, 308} {
		_, repo := strange(t, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL+r.URL.Path, status)
		})
		for what, call := range calls(repo) {
			err := call(t.Context())
			if !errors.Is(err, github.ErrElsewhere) || isRetry(err) {
				t.Errorf("%d, %s: %v, want ErrElsewhere", status, what, err)
			}
		}
	}
	if asked.Load() != 0 {
		t.Errorf("the other host was asked %d times, with %q", asked.Load(), token.Load())
	}
}

// A renamed repository is known by its number: GitHub redirects there, on its own
// host, and a write keeps its method.
func TestRedirect_onGitHubItselfIsFollowed(t *testing.T) {
	var methods []string
	_, repo := strange(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/v3/repos/") {
			http.Redirect(w, r, "/api/v3/repositories/5"+strings.TrimPrefix(r.URL.Path, "/api/v3/repos/northquay/policies"), http.StatusTemporaryRedirect)
			return
		}
		methods = append(methods, r.Method)
		if r.Method == http.MethodPost {
			w.WriteHeader(http.StatusCreated)
			_, _ = w.Write([]byte(`{"id":12}`))
			return
		}
		_, _ = w.Write([]byte(`[]`))
	})
	if _, err := repo.Reviews(t.Context(), 5); err != nil {
		t.Error(err)
	}
	if id, err := repo.WriteComment(t.Context(), 5, 0, "x"); err != nil || id != 12 {
		t.Errorf("WriteComment = %d, %v; want 12", id, err)
	}
	if got, want := strings.Join(methods, " "), "GET POST"; got != want {
		t.Errorf("methods %s, want %s", got, want)
	}
}

// spaces writes a JSON list with n blanks in it.
func spaces(n int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		piece := []byte(strings.Repeat(" ", 1<<20))
		_, _ = w.Write([]byte("["))
		for ; n > 0; n -= len(piece) {
			if _, err := w.Write(piece[:min(n, len(piece))]); err != nil {
				return // the reader has enough
			}
		}
		_, _ = w.Write([]byte("]"))
	}
}

func TestAnswer_over64MBIsRefused(t *testing.T) {
	const limit = 64 << 20
	_, repo := strange(t, spaces(limit-2))
	if _, err := repo.Reviews(t.Context(), 5); err != nil {
		t.Errorf("an answer of exactly 64 MB: %v", err)
	}
	_, repo = strange(t, spaces(limit-1))
	if _, err := repo.Reviews(t.Context(), 5); !errors.Is(err, github.ErrTooLarge) || isRetry(err) {
		t.Errorf("an answer of 64 MB and a byte: %v, want ErrTooLarge", err)
	}
}

func TestHostKeys_areTheHostsOwnAndWhole(t *testing.T) {
	elsewhere := httptest.NewServer(reply(200, nil, "another host's keys"))
	t.Cleanup(elsewhere.Close)
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		want   error
		retry  bool
	}{
		{"good", reply(200, nil, "keys"), nil, false},
		{"another host's", http.RedirectHandler(elsewhere.URL, http.StatusFound).ServeHTTP, github.ErrElsewhere, false},
		{"too many", reply(200, nil, strings.Repeat("k", 1<<20+1)), github.ErrTooLarge, false},
		{"a mishap", reply(502, nil, "keys"), nil, true},
	} {
		app, _ := strange(t, c.answer)
		keys, err := app.HostKeys(t.Context())
		if isRetry(err) != c.retry || (c.want != nil && !errors.Is(err, c.want)) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		if (err == nil) != (string(keys) == "keys") {
			t.Errorf("%s: %d bytes and %v", c.name, len(keys), err)
		}
	}
}
