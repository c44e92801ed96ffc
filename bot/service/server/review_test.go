package server_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/service/server"
)

func wantPage(t *testing.T, w *httptest.ResponseRecorder, status int, words string) {
	t.Helper()
	if w.Code != status || !strings.Contains(w.Body.String(), words) {
		t.Errorf("answer = %d %s, want %d with %q", w.Code, w.Body, status, words)
	}
}

func TestReview_nobodySeesAnythingBeforeSignIn(t *testing.T) {
	b := openTab(t, newOffice())
	for _, path := range []string{review, "/review/northquay/policies/62", "/review/nobody/nothing/1"} {
		w := b.get(path)
		wantPage(t, w, http.StatusOK, "Sign in with GitHub")
		if strings.Contains(w.Body.String(), "title") && strings.Contains(w.Body.String(), "A &lt;b") {
			t.Errorf("%s shows the review", path)
		}
		same := strings.ReplaceAll(w.Body.String(), url.QueryEscape(path), "")
		first := strings.ReplaceAll(b.get(review).Body.String(), url.QueryEscape(review), "")
		if diff := cmp.Diff(first, same); diff != "" {
			t.Errorf("%s is told apart before sign-in: %s", path, diff)
		}
	}
	if w := b.get(review + "/images/" + facts.Digest(nil)); w.Code != http.StatusNotFound {
		t.Errorf("a picture without sign-in = %d", w.Code)
	}
}

func TestReview_readerSeesIt(t *testing.T) {
	b := openTab(t, newOffice())
	w := b.signIn("aoifes")
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != review {
		t.Fatalf("signed in = %d to %q, want the review", w.Code, w.Header().Get("Location"))
	}
	page := b.get(review)
	wantPage(t, page, http.StatusOK, "A &lt;b&gt;title&lt;/b&gt;")
	wantPage(t, page, http.StatusOK, "@abrannigan-nq")
	for name, want := range map[string]string{
		"Content-Security-Policy":      "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
		"Referrer-Policy":              "no-referrer",
		"X-Content-Type-Options":       "nosniff",
		"X-Frame-Options":              "DENY",
		"Cache-Control":                "no-store",
		"Content-Type":                 "text/html; charset=utf-8",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Cross-Origin-Opener-Policy":   "same-origin",
	} {
		if got := page.Header().Get(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	for _, forbidden := range []string{" style=", "<style", "onclick", "javascript:"} {
		if strings.Contains(page.Body.String(), forbidden) {
			t.Errorf("the page holds %q", forbidden)
		}
	}
}

func TestReview_cookiesAreForThisHostAlone(t *testing.T) {
	b := openTab(t, newOffice())
	b.begin(review)
	check := func(name string) {
		t.Helper()
		for _, c := range b.last.Cookies() {
			if c.Name != "__Host-"+name {
				continue
			}
			if !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
				t.Errorf("cookie %s = %+v, want Secure, HttpOnly, Lax, for / of this host", name, c)
			}
			if strings.Contains(c.Value, "aoife") || strings.Contains(c.Value, "northquay") {
				t.Errorf("cookie %s can be read: %s", name, c.Value)
			}
			return
		}
		t.Errorf("no cookie __Host-%s among %v", name, b.last.Cookies())
	}
	check("vidimus-sign-in")
	b.signIn("aoifes")
	check("vidimus-review")
	if _, still := b.cookies["__Host-vidimus-sign-in"]; still {
		t.Error("the attempt outlives the sign-in")
	}
}

// The same words, whether the pull request exists or not, the repository is looked after
// or not, the address has a form or not.
func TestReview_strangerIsToldTheSameAsOfWhatDoesNotExist(t *testing.T) {
	b := openTab(t, newOffice())
	b.signIn("strangers")
	first := b.get(review)
	wantPage(t, first, http.StatusNotFound, "There is no such review for you")
	for _, path := range []string{
		"/review/northquay/policies/62", "/review/northquay/other/1", "/review/nobody/nothing/1", "/review/northquay/policies/500",
		review + "/images/" + strings.Repeat("0", 64),
	} {
		w := b.get(path)
		if w.Code != http.StatusNotFound || cmp.Diff(first.Body.String(), w.Body.String()) != "" {
			t.Errorf("%s = %d %s, want the same 404", path, w.Code, w.Body)
		}
	}
	if w := b.get("/review/northquay/policies/061"); w.Code != http.StatusNotFound {
		t.Errorf("a number in another spelling = %d", w.Code)
	}
}

func TestReview_whoLosesAccessLosesSightWithinMinutes(t *testing.T) {
	o := newOffice()
	b := openTab(t, o)
	b.signIn("aoifes")
	b.get(review)
	b.get(review)
	if o.asked != 1 {
		t.Errorf("GitHub was asked %d times for two pages, want once", o.asked)
	}
	o.letIn(aoife().ID, false)
	o.advance(3 * time.Minute)
	wantPage(t, b.get(review), http.StatusNotFound, "There is no such review for you")
	o.letIn(aoife().ID, true)
	o.advance(time.Minute)
	wantPage(t, b.get(review), http.StatusOK, "Review before signing")
}

func TestReview_sessionEnds(t *testing.T) {
	o := newOffice()
	b := openTab(t, o)
	b.signIn("aoifes")
	o.advance(8*time.Hour + time.Second)
	wantPage(t, b.get(review), http.StatusOK, "Sign in with GitHub")
}

func TestReview_stateBindsTheAnswerToThisBrowser(t *testing.T) {
	for name, forge := range map[string]func(t *testing.T, o *office, b *tab) url.Values{
		"another state": func(_ *testing.T, _ *office, b *tab) url.Values {
			b.begin(review)
			return url.Values{"code": {"aoifes"}, "state": {"guessed"}}
		},
		"no state": func(_ *testing.T, _ *office, b *tab) url.Values {
			b.begin(review)
			return url.Values{"code": {"aoifes"}}
		},
		"somebody else's browser": func(t *testing.T, o *office, b *tab) url.Values {
			return url.Values{"code": {"aoifes"}, "state": {openTab(t, o).begin(review)}}
		},
		"begun elsewhere too": func(t *testing.T, o *office, b *tab) url.Values {
			b.begin(review)
			return url.Values{"code": {"aoifes"}, "state": {openTab(t, o).begin(review)}}
		},
		"too late": func(_ *testing.T, o *office, b *tab) url.Values {
			state := b.begin(review)
			o.advance(11 * time.Minute)
			return url.Values{"code": {"aoifes"}, "state": {state}}
		},
		"refused at GitHub": func(_ *testing.T, _ *office, b *tab) url.Values {
			return url.Values{"error": {"access_denied"}, "state": {b.begin(review)}}
		},
		"no code": func(_ *testing.T, _ *office, b *tab) url.Values {
			return url.Values{"state": {b.begin(review)}}
		},
		"a code without end": func(_ *testing.T, _ *office, b *tab) url.Values {
			return url.Values{"code": {strings.Repeat("a", 5000)}, "state": {b.begin(review)}}
		},
		"the session's cookie as attempt": func(_ *testing.T, _ *office, b *tab) url.Values {
			b.signIn("strangers")
			b.cookies["__Host-vidimus-sign-in"] = b.cookies["__Host-vidimus-review"]
			delete(b.cookies, "__Host-vidimus-review")
			return url.Values{"code": {"aoifes"}, "state": {""}}
		},
	} {
		o := newOffice()
		b := openTab(t, o)
		w := b.get("/review/signed-in?" + forge(t, o, b).Encode())
		wantPage(t, w, http.StatusBadRequest, "You are not signed in")
		if _, in := b.cookies["__Host-vidimus-review"]; in {
			t.Errorf("%s: a session was given", name)
		}
	}
}

func TestReview_codeCountsOnce(t *testing.T) {
	o := newOffice()
	b := openTab(t, o)
	state := b.begin(review)
	kept := b.cookies["__Host-vidimus-sign-in"]
	back := "/review/signed-in?" + url.Values{"code": {"aoifes"}, "state": {state}}.Encode()
	if w := b.get(back); w.Code != http.StatusSeeOther {
		t.Fatalf("first = %d", w.Code)
	}
	thief := openTab(t, o)
	wantPage(t, thief.get(back), http.StatusBadRequest, "You are not signed in")
	thief.cookies["__Host-vidimus-sign-in"] = kept
	wantPage(t, thief.get(back), http.StatusBadRequest, "GitHub did not tell who you are")
	if _, in := thief.cookies["__Host-vidimus-review"]; in {
		t.Error("a replayed code gave a session")
	}
}

func TestReview_forgedCookiesAreNone(t *testing.T) {
	b := openTab(t, newOffice())
	b.signIn("aoifes")
	good := b.cookies["__Host-vidimus-review"]
	for name, forged := range map[string]string{
		"flipped": "A" + good[1:], "cut": good[:len(good)-4], "empty": "", "not base64": "***", "huge": strings.Repeat("A", 30_000),
		"plain": "eyJpIjo2MTAwMDEwMn0",
	} {
		if forged == good {
			forged = "B" + good[1:]
		}
		b.cookies["__Host-vidimus-review"] = forged
		if w := b.get(review); !strings.Contains(w.Body.String(), "Sign in with GitHub") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	delete(b.cookies, "__Host-vidimus-review")
	b.cookies["vidimus-review"] = good // without its prefix anybody on a sister host could set it
	wantPage(t, b.get(review), http.StatusOK, "Sign in with GitHub")
}

func TestReview_signInLeadsNowhereElse(t *testing.T) {
	b := openTab(t, newOffice())
	for _, to := range []string{
		"", "/", "https://evil.example/", "//evil.example/review/a/b/1", "/review/../x/1", "/review/a/b/1/c", "/review/a/b/-1", "/review/a/b/1#x",
		"/review/a\r\nX: y/b/1", "/review/a/b/99999999999", "/review/a/../1", "/other/a/b/1", "review/a/b/1",
	} {
		if w := b.get("/review/sign-in?to=" + url.QueryEscape(to)); w.Code != http.StatusNotFound || w.Header().Get("Location") != "" {
			t.Errorf("to %q = %d, leads to %q", to, w.Code, w.Header().Get("Location"))
		}
	}
	state := b.begin(review + "?since=signed")
	w := b.get("/review/signed-in?" + url.Values{"code": {"aoifes"}, "state": {state}}.Encode())
	if got := w.Header().Get("Location"); got != review+"?since=signed" {
		t.Errorf("back to %q, want the page that was asked for", got)
	}
}

func TestReview_signOutEndsTheSessionAndNotByAnotherSite(t *testing.T) {
	b := openTab(t, newOffice())
	b.signIn("aoifes")
	kept := b.cookies["__Host-vidimus-review"]
	foreign := httptest.NewRequest(http.MethodPost, public+"/review/sign-out", nil)
	foreign.Header.Set("Sec-Fetch-Site", "cross-site")
	foreign.Header.Set("Origin", "https://evil.example")
	wantPage(t, b.do(foreign), http.StatusForbidden, "another site")
	wantPage(t, b.get(review), http.StatusOK, "Signed in as")
	own := httptest.NewRequest(http.MethodPost, public+"/review/sign-out", nil)
	own.Header.Set("Sec-Fetch-Site", "same-origin")
	if w := b.do(own); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/review/signed-out" {
		t.Errorf("sign-out = %d to %q", w.Code, w.Header().Get("Location"))
	}
	wantPage(t, b.get("/review/signed-out"), http.StatusOK, "You are signed out")
	b.cookies["__Host-vidimus-review"] = kept
	wantPage(t, b.get(review), http.StatusOK, "Sign in with GitHub")
}

func TestReview_pictures(t *testing.T) {
	b := openTab(t, newOffice())
	b.signIn("aoifes")
	w := b.get(review + "/images/" + facts.Digest([]byte("\x89PNG\r\n\x1a\n and more")))
	if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "image/png" || !strings.Contains(w.Header().Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("picture = %d %v", w.Code, w.Header())
	}
	wantPage(t, b.get(review+"/images/"+facts.Digest([]byte("<script>alert(1)</script>"))), http.StatusNotFound, "no such review")
	wantPage(t, b.get(review+"/images/x"), http.StatusNotFound, "no such review")
}

func TestReview_whatCannotBeShownNow(t *testing.T) {
	o := newOffice()
	b := openTab(t, o)
	b.signIn("aoifes")
	w := b.get("/review/northquay/policies/503")
	wantPage(t, w, http.StatusServiceUnavailable, "This review is being read")
	if w.Header().Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	w = b.get("/review/northquay/policies/500")
	wantPage(t, w, http.StatusInternalServerError, "could not be made")
	if strings.Contains(w.Body.String(), "secret") {
		t.Error("the page shows the fault's words")
	}
	o.advance(3 * time.Minute)
	o.mu.Lock()
	o.err = errors.New("GitHub is away")
	o.mu.Unlock()
	wantPage(t, b.get(review), http.StatusServiceUnavailable, "This review is being read")
}

func TestReview_askingWithoutEndIsSlowedDown(t *testing.T) {
	b := openTab(t, newOffice())
	b.signIn("aoifes")
	for range 500 {
		if w := b.get(review); w.Code == http.StatusTooManyRequests {
			wantPage(t, w, http.StatusTooManyRequests, "Too many requests")
			return
		}
	}
	t.Error("500 pages at once were all shown")
}

func TestReview_signInWithoutEndIsSlowedDown(t *testing.T) {
	b := openTab(t, newOffice())
	for range 500 {
		if w := b.get("/review/sign-in?to=" + url.QueryEscape(review)); w.Code == http.StatusTooManyRequests {
			return
		}
	}
	t.Error("500 sign-ins at once were all begun")
}

func TestReview_proofKeyIsNewEachTime(t *testing.T) {
	o := newOffice()
	b := openTab(t, o)
	first, second := b.begin(review), b.begin(review)
	if first == second || len(first) < 43 || o.proof[first] == o.proof[second] || len(o.proof[first]) != 43 {
		t.Errorf("states %q and %q, challenges %q and %q", first, second, o.proof[first], o.proof[second])
	}
}

func TestReview_assets(t *testing.T) {
	b := openTab(t, newOffice())
	for name, media := range map[string]string{
		"site.css": "text/css; charset=utf-8", "review.css": "text/css; charset=utf-8", "review.js": "text/javascript; charset=utf-8", "seal.svg": "image/svg+xml",
	} {
		if w := b.get("/review/assets/" + name); w.Code != http.StatusOK || w.Header().Get("Content-Type") != media || w.Body.Len() == 0 {
			t.Errorf("%s = %d %s", name, w.Code, w.Header().Get("Content-Type"))
		}
	}
	if w := b.get("/review/assets/frame.html"); w.Code != http.StatusNotFound {
		t.Errorf("a template = %d", w.Code)
	}
}

func TestEnableReview_publicAddress(t *testing.T) {
	for address, ok := range map[string]bool{
		"https://vidimus.example": true, "http://127.0.0.1:8080": true, "http://localhost": true,
		"http://vidimus.example": false, "vidimus.example": false, "": false, "https://vidimus.example/path": false, "https://a@vidimus.example": false,
		"ftp://vidimus.example": false, "https://vidimus.example?x": false,
	} {
		s := server.New(server.Config{Store: &fakeStore{}})
		err := s.EnableReview(server.ReviewConfig{Reviews: newOffice(), Asker: newOffice(), PublicURL: address, Key: make([]byte, 32)})
		if (err == nil) != ok {
			t.Errorf("%q: %v", address, err)
		}
	}
	s := server.New(server.Config{Store: &fakeStore{}})
	if err := s.EnableReview(server.ReviewConfig{PublicURL: public, Key: []byte("short")}); err == nil {
		t.Error("a short key was taken")
	}
	if w := serve(s, httptest.NewRequest(http.MethodGet, review, nil)); w.Code != http.StatusNotFound {
		t.Errorf("without a review page %s = %d", review, w.Code)
	}
}
