package githubsim_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-github/v60/github"

	"github.com/vidimus-bot/vidimus/bot/githubsim"
)

const (
	callback = "http://vidimus.example/review/signed-in"
	verifier = "a-verifier-of-enough-length-for-rfc-7636-123456"
)

// flow is a client in its dealings with the site.
type flow struct {
	t      *testing.T
	s      *site
	client githubsim.OAuthClient
}

func newFlow(t *testing.T) flow {
	t.Helper()
	s := newSite(t)
	client, err := s.CreateOAuthClient(githubsim.NewOAuthClient{Name: "Vidimus", CallbackURL: callback})
	if err != nil {
		t.Fatal(err)
	}
	return flow{t, s, client}
}

func (f flow) query() url.Values {
	sum := sha256.Sum256([]byte(verifier))
	return url.Values{
		"client_id": {f.client.ClientID}, "redirect_uri": {callback}, "state": {"s-1"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
	}
}

// authorise answers the page as one user, and gives where that leads.
func (f flow) authorise(query url.Values, login string) (*http.Response, *url.URL) {
	f.t.Helper()
	return f.answer(query, login, "1")
}

func (f flow) answer(query url.Values, login, yes string) (*http.Response, *url.URL) {
	f.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		f.t.Fatal(err)
	}
	client := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	post := func(path string, form url.Values) *http.Response {
		response, err := client.PostForm(f.s.URL()+path, form)
		if err != nil {
			f.t.Fatal(err)
		}
		body(f.t, response)
		return response
	}
	if login != "" {
		post("/login", url.Values{"login": {login}})
	}
	response := post("/login/oauth/authorize?"+query.Encode(), url.Values{"authorize": {yes}})
	to, err := url.Parse(response.Header.Get("Location"))
	if err != nil {
		f.t.Fatal(err)
	}
	return response, to
}

func (f flow) form(code string) url.Values {
	return url.Values{
		"client_id": {f.client.ClientID}, "client_secret": {f.client.Secret}, "code": {code},
		"redirect_uri": {callback}, "code_verifier": {verifier},
	}
}

func (f flow) exchange(form url.Values) map[string]string {
	f.t.Helper()
	r, err := http.NewRequest(http.MethodPost, f.s.URL()+"/login/oauth/access_token", strings.NewReader(form.Encode()))
	if err != nil {
		f.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		f.t.Fatal(err)
	}
	answer := map[string]string{}
	if text := body(f.t, response); json.Unmarshal([]byte(text), &answer) != nil {
		f.t.Fatalf("%d %s", response.StatusCode, text)
	}
	return answer
}

func TestOAuth_codeBecomesATokenOnce(t *testing.T) {
	f := newFlow(t)
	_, to := f.authorise(f.query(), "olga")
	if to.Query().Get("state") != "s-1" || !strings.HasPrefix(to.String(), callback+"?") {
		t.Fatalf("led to %s", to)
	}
	form := f.form(to.Query().Get("code"))
	answer := f.exchange(form)
	if answer["token_type"] != "bearer" || answer["scope"] != "" || answer["access_token"] == "" {
		t.Fatalf("answer = %v", answer)
	}
	user, _, err := f.s.Client(answer["access_token"]).Users.Get(ctx(), "")
	if err != nil || user.GetLogin() != "olga" {
		t.Errorf("the token is %v's: %v", user.GetLogin(), err)
	}
	if again := f.exchange(form); again["error"] != "bad_verification_code" {
		t.Errorf("the same code again: %v", again)
	}
}

// A client without scopes must be able to do nothing: this is what lets the operator
// of the review page approve for nobody.
func TestOAuth_tokenSeesNothingPrivateAndWritesNothing(t *testing.T) {
	f := newFlow(t)
	_, to := f.authorise(f.query(), "olga")
	token := f.exchange(f.form(to.Query().Get("code")))["access_token"]
	if r := f.s.Get("/api/v3/repos/northquay/policies", token, nil); r.StatusCode != http.StatusNotFound {
		t.Errorf("private repository: %d", r.StatusCode)
	}
	if _, _, err := f.s.Client(token).Repositories.Create(ctx(), "", &github.Repository{Name: github.String("mine")}); err == nil {
		t.Error("a token without scopes made a repository")
	}
}

func TestOAuth_refusesInGitHubsWords(t *testing.T) {
	f := newFlow(t)
	for name, test := range map[string]struct {
		change func(url.Values)
		want   string
	}{
		"verifier": {func(v url.Values) { v.Set("code_verifier", "another") }, "bad_verification_code"},
		"no proof": {func(v url.Values) { v.Del("code_verifier") }, "bad_verification_code"},
		"secret":   {func(v url.Values) { v.Set("client_secret", "x") }, "incorrect_client_credentials"},
		"address":  {func(v url.Values) { v.Set("redirect_uri", "http://other.example/") }, "redirect_uri_mismatch"},
		"client":   {func(v url.Values) { v.Set("client_id", "x") }, "Not Found"},
		"code":     {func(v url.Values) { v.Set("code", "0123") }, "bad_verification_code"},
	} {
		_, to := f.authorise(f.query(), "olga")
		form := f.form(to.Query().Get("code"))
		test.change(form)
		if answer := f.exchange(form); answer["error"] != test.want || answer["access_token"] != "" {
			t.Errorf("%s: answer = %v, want error %s", name, answer, test.want)
		}
	}
	_, to := f.authorise(f.query(), "olga")
	f.s.Advance(11 * time.Minute)
	if answer := f.exchange(f.form(to.Query().Get("code"))); answer["error"] != "bad_verification_code" {
		t.Errorf("a code of eleven minutes: %v", answer)
	}
}

func TestOAuth_sendsNobodyToAForeignAddress(t *testing.T) {
	f := newFlow(t)
	for _, foreign := range []string{
		"http://evil.example/review/signed-in", "https://vidimus.example/review/signed-in", "http://vidimus.example/other",
		"http://vidimus.example/review/signed-in/../../x", "http://vidimus.example@evil.example/review/signed-in", "javascript:alert(1)",
	} {
		query := f.query()
		query.Set("redirect_uri", foreign)
		response, to := f.authorise(query, "olga")
		if response.StatusCode != http.StatusBadRequest || to.String() != "" {
			t.Errorf("%s: %d, led to %q", foreign, response.StatusCode, to)
		}
	}
	query := f.query()
	query.Set("client_id", "nobody's")
	if response, _ := f.authorise(query, "olga"); response.StatusCode != http.StatusNotFound {
		t.Errorf("unknown client: %d", response.StatusCode)
	}
	if _, to := f.authorise(f.query(), ""); !strings.HasPrefix(to.String(), "/login?return_to=") {
		t.Errorf("nobody in particular is led to %s, want the page to choose who to be", to)
	}
}

func TestOAuth_refusalLeadsBack(t *testing.T) {
	f := newFlow(t)
	_, to := f.answer(f.query(), "olga", "0")
	got := map[string]string{"error": to.Query().Get("error"), "state": to.Query().Get("state"), "code": to.Query().Get("code")}
	if diff := cmp.Diff(map[string]string{"error": "access_denied", "state": "s-1", "code": ""}, got); diff != "" {
		t.Error(diff)
	}
}

func TestOAuth_pageNamesClientAndVisitor(t *testing.T) {
	f := newFlow(t)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	query := f.query()
	query.Set("state", `"><script>alert(1)</script>`)
	back := "/login/oauth/authorize?" + query.Encode()
	response, err := client.PostForm(f.s.URL()+"/login", url.Values{"login": {"olga"}, "return_to": {back}})
	if err != nil {
		t.Fatal(err)
	}
	page := body(t, response)
	for _, want := range []string{"Authorize Vidimus", "Authorize as olga", "It asks for no permission"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not hold %q: %s", want, page)
		}
	}
	if strings.Contains(page, "<script") {
		t.Error("the state became markup")
	}
	if csp := response.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "form-action 'self' http://vidimus.example;") {
		t.Errorf("policy = %s", csp)
	}
}

func TestControl_makesAnOAuthClient(t *testing.T) {
	s := newSite(t)
	var made struct {
		ID     string `json:"client_id"`
		Secret string `json:"client_secret"`
	}
	if code := control(t, s.Sim, "POST", "oauth-clients", `{"name":"Vidimus","callback_url":"https://vidimus.example/"}`, &made); code != 200 || made.ID == "" || made.Secret == "" {
		t.Errorf("%d %+v", code, made)
	}
	var refused struct{ Error string }
	if code := control(t, s.Sim, "POST", "oauth-clients", `{"name":"Vidimus","callback_url":"vidimus.example"}`, &refused); code != 422 || !strings.Contains(refused.Error, "vidimus.example") {
		t.Errorf("%d %+v", code, refused)
	}
}
