package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/githubsim"
)

func TestLogin_nobodyChoosesFirstAndIsLedOn(t *testing.T) {
	s := newSite(t)
	b := s.nobody()
	page := b.get(repo + "/pulls?x=1")
	if page.path != "/login?return_to=%2Fnorthquay%2Fpolicies%2Fpulls%3Fx%3D1" {
		t.Fatalf("led to %s, want the page on which to choose", page.path)
	}
	page.reads(t, "Who are you?", "Name of olga", "Name of stan")
	if back := b.post("/login", "login", "rita", "return_to", repo+"/pulls?x=1"); back.path != repo+"/pulls?x=1" {
		t.Errorf("led on to %s", back.path)
	} else {
		back.reads(t, "You are Name of rita", "Pull requests")
	}
}

func TestLogin_switchingComesBackToThePage(t *testing.T) {
	s := newSite(t)
	b := s.as("walter")
	page := b.get(repo + "/issues")
	form := url.Values{}
	for _, input := range page.all("input") {
		if attribute(input, "name") == "return_to" {
			form.Set("return_to", attribute(input, "value"))
		}
	}
	if got := b.post("/login", "login", "rita", "return_to", form.Get("return_to")); got.path != repo+"/issues" {
		t.Errorf("switching leads to %s, want back to the page", got.path)
	} else {
		got.reads(t, "You are Name of rita")
	}
	b.get("/").reads(t, "You are Name of rita")
	if gone := b.post("/logout"); gone.path != "/login" || strings.Contains(gone.text(), "You are Name") {
		t.Errorf("after leaving: %s %.200s", gone.path, gone.text())
	}
}

func TestLogin_leadsNowhereElse(t *testing.T) {
	s := newSite(t)
	for _, back := range []string{"//evil.example/", `/\evil.example`, "https://evil.example/", "", "javascript:alert(1)", "/\tx", "/x\r\nSet-Cookie: a=b"} {
		if got := s.nobody().post("/login", "login", "rita", "return_to", back); got.path != "/" || got.status != http.StatusOK {
			t.Errorf("return_to %q leads to %s (%d), want /", back, got.path, got.status)
		}
	}
}

func TestLogin_onlyUsers(t *testing.T) {
	s := newSite(t)
	s.addApp(nil)
	for _, login := range []string{"", "ghost", owner, "scribe[bot]"} {
		s.nobody().post("/login", "login", login).refuses(t, http.StatusUnprocessableEntity, "Nobody has the login")
	}
}

func TestLogin_cookieIsKeptFromScriptsAndOtherSites(t *testing.T) {
	s := newSite(t)
	b := s.nobody()
	b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	cookies := []string{}
	for range 2 {
		cookie := b.post("/login", "login", "rita").header.Get("Set-Cookie")
		if !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Lax") || !strings.Contains(cookie, "Path=/") {
			t.Errorf("cookie %q", cookie)
		}
		cookies = append(cookies, cookie)
	}
	if cookies[0] == cookies[1] {
		t.Error("two sessions have one cookie")
	}
	old, _ := http.ParseSetCookie(cookies[0])
	request, err := http.NewRequest(http.MethodGet, s.URL()+repo, nil)
	s.must(err)
	request.AddCookie(&http.Cookie{Name: old.Name, Value: old.Value})
	if got := s.nobody().do(request); !strings.HasPrefix(got.path, "/login") {
		t.Errorf("a session that was replaced still opens %s", got.path)
	}
}

func TestSite_privateThingsAreNotThereForOthers(t *testing.T) {
	s := newSite(t)
	p := s.propose("sooner")
	b := s.as("stan")
	for _, path := range []string{repo, repo + "/pull/1", repo + "/commit/" + p.GetHead().GetSHA(), repo + "/raw/main/README.md", repo + "/pull/1.diff", "/northquay/nowhere"} {
		b.get(path).refuses(t, http.StatusNotFound, "There is no such page here")
	}
	b.get("/").reads(t, "1 more repository is private")
	b.post(repo+"/pull/1/reviews", "event", "APPROVE").refuses(t, http.StatusNotFound, "That was not done")
	if reviews, _, err := s.clients["olga"].PullRequests.ListReviews(ctx(), owner, name, 1, nil); err != nil || len(reviews) != 0 {
		t.Errorf("reviews = %v, %v; want none", reviews, err)
	}
}

func TestSite_formsOfOtherSitesDoNothing(t *testing.T) {
	s := newSite(t)
	s.propose("sooner")
	for what, header := range map[string]http.Header{
		"another site":        {"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://evil.example"}},
		"another port":        {"Sec-Fetch-Site": {"same-site"}, "Origin": {"http://127.0.0.1:1"}},
		"an old browser":      {"Origin": {"https://evil.example"}},
		"a page without name": {"Origin": {"null"}},
	} {
		b := s.as("olga")
		request, err := http.NewRequest(http.MethodPost, s.URL()+repo+"/pull/1/merge", strings.NewReader("method=merge"))
		s.must(err)
		request.Header = header.Clone()
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		b.do(request).refuses(t, http.StatusForbidden, "another site")
		if s.pull(1).GetMerged() {
			t.Fatalf("%s has merged", what)
		}
	}
}

func TestSite_answersToNoNameOfOthers(t *testing.T) {
	s := newSite(t)
	for host, status := range map[string]int{"evil.example": 403, "evil.example:80": 403, "127.0.0.1.evil.example": 403, "localhost": 200, "[::1]:8080": 200, "demo.localhost:80": 200} {
		request, err := http.NewRequest(http.MethodGet, s.URL()+"/login", nil)
		s.must(err)
		request.Host = host
		if got := s.nobody().do(request); got.status != status {
			t.Errorf("host %q = %d, want %d", host, got.status, status)
		}
	}
}

func TestSite_nobodyActs(t *testing.T) {
	s := newSite(t)
	s.nobody().post("/apps/scribe/deliveries/1/attempts").refuses(t, http.StatusUnauthorized, "Choose who you are first")
	s.nobody().post(repo+"/issues", "title", "x").refuses(t, http.StatusUnauthorized, "Choose who you are first")
}

func TestSite_formsAreBounded(t *testing.T) {
	s := newSite(t)
	b := s.as("walter")
	b.post(repo+"/issues", "title", "x", "body", strings.Repeat("x", 5<<20)).refuses(t, http.StatusRequestEntityTooLarge, "over 4194304 bytes")
	b.post(repo+"/issues", "title", "x", "body", "\xff").refuses(t, http.StatusUnprocessableEntity, "not UTF-8")
	long := strings.Repeat("word ", 20_000)
	page := b.post(repo+"/issues", "title", "x", "body", long)
	page.refuses(t, http.StatusUnprocessableEntity, "body is too long")
	if !strings.Contains(page.body, long) {
		t.Error("what was written is lost when it is refused")
	}
}

func TestLogin_offersThoseWhoPlayTheMainPartsOnEveryPage(t *testing.T) {
	s := newSite(t)
	_, err := s.CreateUser(githubsim.NewUser{Login: "aoife", Name: "Aoife Brannigan", Note: "CISO", Lead: true})
	s.must(err)
	page := s.as("rita").get("/")
	var offered []string
	for _, button := range page.all("button") {
		if attribute(button, "name") == "login" {
			offered = append(offered, textOf(button))
		}
	}
	if len(offered) != 1 || offered[0] != "Be Aoife CISO" {
		t.Errorf("offered %q, want Aoife with her role", offered)
	}
	s.nobody().get("/login").reads(t, "The main parts", "Everybody else")
}
