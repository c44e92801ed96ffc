package app_test

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/vidimus-bot/vidimus/bot/demo"
	"github.com/vidimus-bot/vidimus/bot/githubsim"
)

// browser is a person's browser without scripts: it keeps cookies and follows links.
type browser struct {
	t      *testing.T
	s      *demo.Story
	client *http.Client
}

func newBrowser(t *testing.T, s *demo.Story) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t, s, &http.Client{Jar: jar}}
}

// seen is what the browser shows.
type seen struct {
	status int
	header http.Header
	url    *url.URL
	page   string
}

// text is the page without its markup, entities resolved, blanks as one.
func (s seen) text() string {
	text := regexp.MustCompile(`(?s)<textarea.*?</textarea>|<[^>]*>`).ReplaceAllString(s.page, " ")
	return strings.Join(strings.Fields(html.UnescapeString(text)), " ")
}

// lines are what is to be copied.
func (s seen) lines() string {
	m := regexp.MustCompile(`(?s)<textarea[^>]*>(.*?)</textarea>`).FindStringSubmatch(s.page)
	if m == nil {
		return ""
	}
	return html.UnescapeString(m[1])
}

// link is where the first link with the words leads.
func (s seen) link(t *testing.T, words string) string {
	t.Helper()
	m := regexp.MustCompile(`<a[^>]* href="([^"]*)"[^>]*>` + regexp.QuoteMeta(words)).FindStringSubmatch(s.page)
	if m == nil {
		t.Fatalf("no link %q on %s", words, s.url)
	}
	to, err := s.url.Parse(html.UnescapeString(m[1]))
	if err != nil {
		t.Fatal(err)
	}
	return to.String()
}

func (b *browser) do(r *http.Request) seen {
	b.t.Helper()
	answer, err := b.client.Do(r.WithContext(b.t.Context()))
	if err != nil {
		b.t.Fatal(err)
	}
	defer answer.Body.Close() //nolint:errcheck // only read
	page, err := io.ReadAll(answer.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return seen{answer.StatusCode, answer.Header, answer.Request.URL, string(page)}
}

func (b *browser) get(address string) seen {
	b.t.Helper()
	if !strings.HasPrefix(address, "http") {
		address = b.s.AppURL + address
	}
	r, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(r)
}

func (b *browser) post(address string, form url.Values) seen {
	b.t.Helper()
	r, err := http.NewRequest(http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", "http://"+r.URL.Host)
	return b.do(r)
}

// be makes the browser somebody at GitHub.
func (b *browser) be(slug string) {
	b.t.Helper()
	b.post(b.s.Sim.URL()+"/login", url.Values{"login": {b.s.People[slug].Login}})
}

// signIn opens a review as one person, by the page's own link and GitHub's.
func (b *browser) signIn(slug, review string) seen {
	b.t.Helper()
	b.be(slug)
	asked := b.get(b.get(review).link(b.t, "Sign in with GitHub"))
	return b.post(asked.url.String(), url.Values{"authorize": {"1"}})
}

// reviewOf is the address of a review, as the comment on GitHub gives it.
func reviewOf(t *testing.T, s *demo.Story, pull int) string {
	t.Helper()
	address := ""
	link := regexp.MustCompile(`\((http[^)]*/review/[^)]*)\)`)
	err := demo.Await(t.Context(), "a comment that leads to the review page", func() (bool, error) {
		comments, err := s.As("isolheim").Comments(t.Context(), pull)
		for _, c := range comments {
			if m := link.FindStringSubmatch(c.Body); m != nil {
				address = m[1]
			}
		}
		return address != "", err
	})
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// await loads a page until it says something.
func (b *browser) await(address, what string) seen {
	b.t.Helper()
	var last seen
	err := demo.Await(b.t.Context(), what, func() (bool, error) {
		last = b.get(address)
		return strings.Contains(last.text(), what), nil
	})
	if err != nil {
		b.t.Fatalf("%v; it says: %s", err, last.text())
	}
	return last
}

func holds(t *testing.T, s seen, words ...string) {
	t.Helper()
	text := s.text()
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("the page does not say %q: %s", w, text)
		}
	}
}

func TestReview_signingByWhatThePageSays(t *testing.T) {
	s := stage(t, nil)
	p, _ := policyProposed(t, s)
	address := reviewOf(t, s, p.Number)
	b := newBrowser(t, s)
	page := b.signIn("abrannigan", address)
	if page.status != http.StatusOK || page.url.String() != address {
		t.Fatalf("%d at %s, want the review %s: %s", page.status, page.url, address, page.text())
	}
	holds(t, page, "Waiting for you", "You sign as Chief Information Security Officer", "What you sign",
		"I, Aoife Brannigan, acting as Chief Information Security Officer", "Continue to GitHub to sign", "I do not agree: request changes")
	if to := page.link(t, "Continue to GitHub to sign"); to != s.Sim.URL()+"/northquay/cloud-governance/pull/"+strings.TrimPrefix(address[strings.LastIndex(address, "/"):], "/")+"/files" {
		t.Errorf("signing leads to %s", to)
	}
	must(s.As("abrannigan").Review(t.Context(), p.Number, "APPROVE", page.lines()))(t)
	after := b.await(address, "Waiting for others")
	holds(t, after, "You have signed what is yours", "Statement in the review, as GitHub delivered it", "Nothing for you to sign")
}

func TestReview_onlyWhoMayReadTheRepositoryNow(t *testing.T) {
	s := stage(t, nil)
	p, _ := policyProposed(t, s)
	address := reviewOf(t, s, p.Number)
	must(s.Sim.CreateUser(githubsim.NewUser{Login: "stranger", Name: "A Stranger", Email: "stranger@elsewhere.example"}))(t)
	s.People["stranger"] = &demo.Person{Login: "stranger"}
	b := newBrowser(t, s)
	refused := b.signIn("stranger", address)
	if refused.status != http.StatusNotFound {
		t.Errorf("a stranger = %d: %s", refused.status, refused.text())
	}
	for _, other := range []string{"/review/northquay/cloud-governance/999", "/review/northquay/elsewhere/1", "/review/nobody/nothing/1"} {
		if again := b.get(other); again.status != http.StatusNotFound || again.page != refused.page {
			t.Errorf("%s = %d, and is told apart from a review that exists", other, again.status)
		}
	}

	member := newBrowser(t, s)
	holds(t, member.signIn("zaydin", address), "Signed in as Zeynep", "You are not asked to sign this change")
	// GitHub's numbers decide, and letters' case does not.
	holds(t, member.get("/review/NorthQuay/Cloud-Governance/"+strconv.Itoa(p.Number)), "Signed in as Zeynep")
	if missing := member.get("/review/northquay/cloud-governance/999"); missing.status != http.StatusNotFound {
		t.Errorf("a pull request that does not exist = %d", missing.status)
	}
	err := s.As("isolheim").Call(t.Context(), http.MethodDelete, "/orgs/northquay/memberships/"+s.People["zaydin"].Login, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.Sim.Advance(3 * time.Minute)
	if after := member.get(address); after.status != http.StatusNotFound {
		t.Errorf("who was put out of the organisation = %d: %s", after.status, after.text())
	}
}

func TestReview_noHostileWordsClosingAndDeviation(t *testing.T) {
	s := stage(t, nil)
	ctx := t.Context()
	p, _ := policyProposed(t, s)
	address := reviewOf(t, s, p.Number)
	b := newBrowser(t, s)
	page := b.signIn("forourke", address)
	holds(t, page, "Waiting for you", "To say no, choose Request changes")
	must(s.As("forourke").Review(ctx, p.Number, "REQUEST_CHANGES", "Not <b>yet</b>."))(t)
	holds(t, b.await(address, "Blocked"), "Changes requested by Fergal O'Rourke", "Not <b>yet</b>.")

	const evil = `<script>alert(1)</script>`
	head := must(s.Push(ctx, "rdevries", `evil"><script>`, evil, map[string][]byte{
		"policy/cloud-usage-policy.md": []byte(strings.Replace(string(s.Documents["policy/cloud-usage-policy.md"]), "## Purpose", evil+"\n\n## Purpose", 1)),
	}))(t)
	other := must(s.As("rdevries").OpenPull(ctx, evil+`"'><img src=x onerror=alert(1)>`, `evil"><script>`, evil))(t)
	must(s.Verdict(ctx, head, func(c demo.Check) bool { return c.Status == "completed" }))(t)
	shown := b.get("/review/northquay/cloud-governance/" + strconv.Itoa(other.Number))
	holds(t, shown, evil)
	if n := strings.Count(shown.page, "<script"); n > 1 || strings.Contains(shown.page, "<img") {
		t.Errorf("hostile words became markup: %s", shown.page)
	}
	err := s.As("rdevries").Call(ctx, http.MethodPatch, "/repos/northquay/cloud-governance/pulls/"+strconv.Itoa(other.Number), map[string]any{"state": "closed"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	closed := b.await("/review/northquay/cloud-governance/"+strconv.Itoa(other.Number), "closed without being merged")
	if closed.lines() != "" {
		t.Error("a closed pull request offers lines")
	}

	must(s.Land(ctx, "isolheim", p))(t)
	holds(t, b.await(address, "Merged with a deviation"), "Ledger entry 2 holds the record", "bypass-merge")
}
