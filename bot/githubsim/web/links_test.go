package web_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-github/v60/github"
	"golang.org/x/net/html"
)

// livelySite is a site in which there is one of everything that has a page, and what a hostile person would put there.
func livelySite(t *testing.T) *site {
	t.Helper()
	s := newSite(t)
	s.addApp(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, hostile) }))
	p := s.propose("sooner")
	head := p.GetHead().GetSHA()
	_, _, err := s.clients["olga"].Teams.CreateTeam(ctx(), owner, github.NewTeam{Name: "Legal", Description: github.String(hostile), RepoNames: []string{owner + "/" + name}})
	s.must(err)
	_, _, err = s.clients["rita"].Issues.CreateComment(ctx(), owner, name, 1, &github.IssueComment{Body: github.String(hostile)})
	s.must(err)
	_, _, err = s.clients["rita"].PullRequests.CreateReview(ctx(), owner, name, 1, &github.PullRequestReviewRequest{Body: github.String(hostile), Event: github.String("APPROVE")})
	s.must(err)
	_, _, err = s.clients["rita"].Issues.Create(ctx(), owner, name, &github.IssueRequest{Title: github.String(hostile[:200]), Body: github.String(hostile)})
	s.must(err)
	_, _, err = s.bot.Checks.CreateCheckRun(ctx(), owner, name, github.CreateCheckRunOptions{
		Name: hostile[:100], HeadSHA: head, Conclusion: github.String("failure"),
		Output: &github.CheckRunOutput{
			Title: github.String(hostile[:100]), Summary: github.String(hostile), Text: github.String(hostile),
			Annotations: []*github.CheckRunAnnotation{{
				Path: github.String("policy.md"), StartLine: github.Int(1), EndLine: github.Int(2), AnnotationLevel: github.String("failure"),
				Title: github.String(hostile[:100]), Message: github.String(hostile),
			}},
		},
	})
	s.must(err)
	s.put("walter", "sooner", `"><img src=x onerror=alert(1)>.md`, hostile)
	return s
}

// hostile would run or load something if a page let it.
const hostile = "<script>alert(1)</script><img src=x onerror=alert(1)><svg/onload=alert(1)> [a](javascript:alert(1)) ![b](http://evil.example/p.png) " +
	"[c](data:text/html,x) <a href=\"javascript:alert(1)\">d</a>\n\n# heading one\n\n<details open ontoggle=alert(1)>\n<summary>x</summary>\n\n</details>\n\n" +
	"<details>\n<summary>fold</summary>\n\ninside\n\n<iframe src=\"http://evil.example\"></iframe>\n\n<style>*{display:none}</style>\n\n```\n</code></pre><script>alert(2)</script>\n```\n\n| a | b |\n| --- | --- |\n| <b onclick=x>1</b> | `x` |\n"

// addresses collects what the API says people can open.
func addresses(value any, into map[string]bool) {
	switch v := value.(type) {
	case map[string]any:
		for key, field := range v {
			text, is := field.(string)
			switch {
			case is && (key == "html_url" || key == "blob_url" || key == "raw_url" || key == "blob_href" || key == "diff_url" || key == "patch_url" || key == "avatar_url" || key == "details_url"):
				into[text] = true
			default:
				addresses(field, into)
			}
		}
	case []any:
		for _, element := range v {
			addresses(element, into)
		}
	}
}

func TestPages_everyAddressOfTheAPIIsThere(t *testing.T) {
	s := livelySite(t)
	s.as("walter").post(repo+"/issues/2/comments", "body", "x")
	found := map[string]bool{}
	token, err := s.CreateToken("olga")
	s.must(err)
	head := s.pull(1).GetHead().GetSHA()
	paths := []string{
		"/users/rita", "/orgs/northquay", "/orgs/northquay/teams/legal", "/repos/northquay/policies", "/repos/northquay/policies/pulls", "/repos/northquay/policies/pulls/1",
		"/repos/northquay/policies/pulls/1/reviews", "/repos/northquay/policies/pulls/1/files", "/repos/northquay/policies/pulls/1/commits", "/repos/northquay/policies/issues?state=all",
		"/repos/northquay/policies/issues/1/comments", "/repos/northquay/policies/issues/2/comments", "/repos/northquay/policies/issues/1/timeline",
		"/repos/northquay/policies/commits", "/repos/northquay/policies/commits/" + head, "/repos/northquay/policies/commits/" + head + "/check-runs",
		"/repos/northquay/policies/commits/" + s.pull(1).GetBase().GetSHA() + "...", "/repos/northquay/policies/contents/?ref=sooner", "/repos/northquay/policies/branches/sooner",
		"/repos/northquay/policies/compare/main...sooner", "/apps/scribe", "/repos/northquay/policies/git/commits/" + head,
	}
	for _, path := range paths {
		var value any
		answer := s.Get("/api/v3"+path, token, http.Header{"User-Agent": {"test"}})
		err := json.NewDecoder(answer.Body).Decode(&value)
		_ = answer.Body.Close()
		if err == nil && answer.StatusCode == http.StatusOK {
			addresses(value, found)
		}
	}
	installation, _, err := s.AppClient(s.app).Apps.GetInstallation(ctx(), s.app.InstallationID)
	s.must(err)
	found[installation.GetHTMLURL()] = true
	if len(found) < 25 {
		t.Fatalf("only %d addresses: %v", len(found), found)
	}
	b := s.as("olga")
	for address := range found {
		path, ours := strings.CutPrefix(address, s.URL())
		if !ours {
			t.Errorf("%s is elsewhere", address)
			continue
		}
		page := b.get(path)
		_, anchor, anchored := strings.Cut(path, "#")
		if page.status != http.StatusOK || anchored && page.byID(anchor) == nil {
			t.Errorf("%s = %d, anchor there: %v", path, page.status, page.byID(anchor) != nil)
		}
	}
}

// pagesOf lists a page of every kind.
func (s *site) pagesOf() []string {
	head := s.pull(1).GetHead().GetSHA()
	runs, _, err := s.bot.Checks.ListCheckRunsForRef(ctx(), owner, name, s.pull(1).GetBase().GetRef(), nil)
	s.must(err)
	commits, _, err := s.clients["olga"].PullRequests.ListCommits(ctx(), owner, name, 1, nil)
	s.must(err)
	if runs.GetTotal() == 0 {
		runs, _, err = s.bot.Checks.ListCheckRunsForRef(ctx(), owner, name, commits[0].GetSHA(), nil)
		s.must(err)
	}
	s.Flush()
	deliveries := s.Deliveries("scribe")
	return []string{
		"/", "/login", "/northquay", "/rita", "/olga", "/orgs/northquay/teams/legal", "/apps/scribe", "/apps/scribe/deliveries",
		fmt.Sprintf("/apps/scribe/deliveries/%d", deliveries[len(deliveries)-1].ID), fmt.Sprintf("/organizations/northquay/settings/installations/%d", s.app.InstallationID),
		repo, repo + "/tree/sooner", repo + "/blob/sooner/policy.md", repo + "/blob/sooner/%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E.md", repo + "/edit/sooner/policy.md",
		repo + "/new/sooner", repo + "/commits/sooner", repo + "/commit/" + head, repo + "/compare", repo + "/compare/main...sooner", repo + "/pulls", repo + "/issues",
		repo + "/issues/2", repo + "/pull/1", repo + "/pull/1/commits", repo + "/pull/1/files", repo + "/pull/1/checks", fmt.Sprintf("%s/runs/%d", repo, runs.CheckRuns[0].GetID()),
		repo + "/issues/99",
	}
}

func TestPages_hostileTextHarmsNobody(t *testing.T) {
	s := livelySite(t)
	b := s.as("olga")
	for _, path := range s.pagesOf() {
		page := b.get(path)
		if want := http.StatusOK; page.status != want && !strings.HasSuffix(path, "/99") {
			t.Errorf("%s = %d: %.300s", path, page.status, page.text())
		}
		for n := range page.root.Descendants() {
			if n.Type == html.ElementNode {
				checkElement(t, path, n)
			}
		}
		if policy := page.header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q", path, policy)
		}
	}
}

// checkElement fails the test on an element that runs or fetches something from elsewhere.
func checkElement(t *testing.T, path string, n *html.Node) {
	t.Helper()
	if slices.Contains([]string{"script", "iframe", "object", "embed", "style", "svg", "base", "audio", "video"}, n.Data) {
		t.Errorf("%s has an element %s", path, n.Data)
	}
	for _, a := range n.Attr {
		value := strings.ToLower(strings.TrimSpace(a.Val))
		switch {
		case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "srcset", a.Key == "formaction":
			t.Errorf("%s: %s has the attribute %s", path, n.Data, a.Key)
		case a.Key == "src" && !strings.HasPrefix(value, "/"), a.Key == "src" && strings.HasPrefix(value, "//"):
			t.Errorf("%s: %s fetches %s", path, n.Data, a.Val)
		case (a.Key == "href" || a.Key == "action") && (strings.HasPrefix(value, "javascript:") || strings.HasPrefix(value, "data:")):
			t.Errorf("%s: %s leads to %s", path, n.Data, a.Val)
		}
	}
}

func TestPages_areWellBuilt(t *testing.T) {
	s := livelySite(t)
	for _, login := range []string{"olga", "walter", "rita"} {
		b := s.as(login)
		for _, path := range s.pagesOf() {
			page := b.get(path)
			ids := map[string]bool{}
			for n := range page.root.Descendants() {
				if id := attribute(n, "id"); id != "" && ids[id] {
					t.Errorf("%s: the id %s stands twice", path, id)
				} else if id != "" {
					ids[id] = true
				}
			}
			if len(page.all("h1")) != 1 {
				t.Errorf("%s has %d first headings", path, len(page.all("h1")))
			}
			for _, form := range page.all("form") {
				if attribute(form, "action") == "" {
					t.Errorf("%s has a form that goes nowhere", path)
				}
			}
			for _, label := range page.all("label") {
				if !ids[attribute(label, "for")] {
					t.Errorf("%s: the label %q belongs to nothing", path, textOf(label))
				}
			}
			if !ids["main"] || page.all("title")[0].FirstChild == nil {
				t.Errorf("%s lacks its main part or its title", path)
			}
		}
	}
}

func TestApps_deliveriesAreForOwnersAndCanBeSentAgain(t *testing.T) {
	s := newSite(t)
	down := true
	seen := make(chan string, 100)
	s.addApp(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen <- r.Header.Get("X-GitHub-Delivery")
		if down {
			w.WriteHeader(http.StatusTeapot)
		}
	}))
	s.Flush()
	first := s.Deliveries("scribe")[0]
	olga := s.as("olga")
	olga.get("/apps/scribe").reads(t, "checks: write", "on northquay", "Deliveries of its webhook")
	olga.get("/apps/scribe/deliveries").reads(t, "418 Invalid HTTP Response: 418", "ping")
	path := fmt.Sprintf("/apps/scribe/deliveries/%d", first.ID)
	olga.get(path).reads(t, "X-Hub-Signature-256", first.GUID, `"hook_id"`)
	down = false
	for len(seen) > 0 {
		<-seen
	}
	olga.post(path+"/attempts").reads(t, "sent again", "200 OK")
	s.Flush()
	if guid := <-seen; guid != first.GUID {
		t.Errorf("sent again as %s, want %s", guid, first.GUID)
	}
	olga.post("/apps/scribe/deliveries/1/attempts").refuses(t, http.StatusNotFound, "no longer in the log")
	rita := s.as("rita")
	rita.get("/apps/scribe").reads(t, "for the owners of the App")
	rita.get(path).refuses(t, http.StatusNotFound, "no such page")
	rita.post(path+"/attempts").refuses(t, http.StatusNotFound, "Not Found")
	rita.get("/apps/nobody").refuses(t, http.StatusNotFound, "no such page")
	s.as("stan").get(fmt.Sprintf("/settings/installations/%d", s.app.InstallationID)).refuses(t, http.StatusNotFound, "no such page")
}
