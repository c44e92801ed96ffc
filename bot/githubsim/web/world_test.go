package web_test

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-github/v60/github"
	"golang.org/x/net/html"

	"github.com/vidimus-bot/vidimus/bot/githubsim"
	"github.com/vidimus-bot/vidimus/bot/githubsim/githubsimtest"
)

const (
	owner = "northquay"
	name  = "policies"
	repo  = "/northquay/policies"
)

func ctx() context.Context { return context.Background() }

// site is a simulator with a private repository of an organisation: Olga owns it, Walter writes, Rita reads, Stan is
// nobody there.
type site struct {
	*githubsimtest.Sim
	t       *testing.T
	clients map[string]*github.Client
	app     githubsim.App
	bot     *github.Client
}

func newSite(t *testing.T) *site {
	t.Helper()
	t.Parallel()
	s := &site{Sim: githubsimtest.Start(t), t: t, clients: map[string]*github.Client{}}
	for _, login := range []string{"olga", "walter", "rita", "stan"} {
		_, s.clients[login] = s.User(login)
	}
	_, err := s.CreateOrganisation(githubsim.NewOrganisation{Login: owner, Owner: "olga", Members: []string{"walter", "rita"}})
	s.must(err)
	_, err = s.CreateRepository(githubsim.NewRepository{Owner: owner, Name: name, Private: true, AutoInit: true})
	s.must(err)
	_, _, err = s.clients["olga"].Repositories.AddCollaborator(ctx(), owner, name, "walter", &github.RepositoryAddCollaboratorOptions{Permission: "push"})
	s.must(err)
	return s
}

func (s *site) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// addApp installs an App that may write checks; hook is where its webhooks go, nil for nowhere.
func (s *site) addApp(hook http.Handler) {
	s.t.Helper()
	n := githubsim.NewApp{
		Slug: "scribe", Repositories: []string{owner + "/" + name}, Key: githubsimtest.AppKey(),
		Permissions: map[string]string{"contents": "write", "pull_requests": "write", "checks": "write", "issues": "write", "statuses": "write"},
		Events:      []string{"push", "pull_request", "issues"},
	}
	if hook != nil {
		receiver := httptest.NewServer(hook)
		s.t.Cleanup(receiver.Close)
		n.WebhookURL = receiver.URL
	}
	app, err := s.CreateApp(n)
	s.must(err)
	s.app, s.bot = app, s.Client(s.InstallationToken(app))
}

// put writes a file on a branch, which it makes if need be, and gives the commit.
func (s *site) put(login, branch, path, content string) string {
	s.t.Helper()
	client := s.clients[login]
	if _, _, err := client.Git.GetRef(ctx(), owner, name, "heads/"+branch); err != nil {
		main, _, err := client.Git.GetRef(ctx(), owner, name, "heads/main")
		s.must(err)
		_, _, err = client.Git.CreateRef(ctx(), owner, name, &github.Reference{Ref: github.String("refs/heads/" + branch), Object: main.Object})
		s.must(err)
	}
	options := &github.RepositoryContentFileOptions{Message: github.String("Write " + path), Content: []byte(content), Branch: &branch}
	if file, _, _, err := client.Repositories.GetContents(ctx(), owner, name, path, &github.RepositoryContentGetOptions{Ref: branch}); err == nil {
		options.SHA = file.SHA
	}
	made, _, err := client.Repositories.CreateFile(ctx(), owner, name, path, options)
	s.must(err)
	return made.GetSHA()
}

// read gives a file of a branch.
func (s *site) read(branch, path string) string {
	s.t.Helper()
	file, _, _, err := s.clients["olga"].Repositories.GetContents(ctx(), owner, name, path, &github.RepositoryContentGetOptions{Ref: branch})
	s.must(err)
	content, err := file.GetContent()
	s.must(err)
	return content
}

// propose opens Walter's pull request from a branch with one changed file.
func (s *site) propose(branch string) *github.PullRequest {
	s.t.Helper()
	s.put("walter", branch, "policy.md", "# Policy\n\nPatch within 14 days.\n\n| Task | Who |\n| --- | --- |\n| Patching | Shared |\n")
	p, _, err := s.clients["walter"].PullRequests.Create(ctx(), owner, name, &github.NewPullRequest{
		Title: github.String("Patch sooner"), Head: &branch, Base: github.String("main"), Body: github.String("Because of *last year*."),
	})
	s.must(err)
	return p
}

func (s *site) pull(number int) *github.PullRequest {
	s.t.Helper()
	p, _, err := s.clients["olga"].PullRequests.Get(ctx(), owner, name, number)
	s.must(err)
	return p
}

// browser is one person's browser: it keeps cookies, and says where it comes from as browsers do.
type browser struct {
	site   *site
	client *http.Client
}

// nobody is a browser whose person has not chosen who to be.
func (s *site) nobody() *browser {
	jar, err := cookiejar.New(nil)
	s.must(err)
	return &browser{s, &http.Client{Jar: jar}}
}

// as is the browser of somebody.
func (s *site) as(login string) *browser {
	s.t.Helper()
	b := s.nobody()
	if got := b.post("/login", "login", login, "return_to", "/"); got.status != http.StatusOK {
		s.t.Fatalf("sign in as %s: %d %s", login, got.status, got.text())
	}
	return b
}

// opened is a page as the browser ended up on it.
type opened struct {
	status int
	path   string // with query and fragment
	header http.Header
	body   string
	root   *html.Node
}

func (b *browser) get(path string) *opened {
	b.site.t.Helper()
	request, err := http.NewRequest(http.MethodGet, b.site.URL()+path, nil)
	b.site.must(err)
	return b.do(request)
}

// post sends a form of names and values as a page of the site would.
func (b *browser) post(path string, fields ...string) *opened {
	b.site.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	request, err := http.NewRequest(http.MethodPost, b.site.URL()+path, strings.NewReader(form.Encode()))
	b.site.must(err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Origin", b.site.URL())
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(request)
}

func (b *browser) do(request *http.Request) *opened {
	b.site.t.Helper()
	response, err := b.client.Do(request)
	b.site.must(err)
	defer func() { _ = response.Body.Close() }() // read to its end
	body, err := io.ReadAll(response.Body)
	b.site.must(err)
	root, err := html.Parse(strings.NewReader(string(body)))
	b.site.must(err)
	return &opened{response.StatusCode, strings.TrimPrefix(response.Request.URL.String(), b.site.URL()), response.Header, string(body), root}
}

// all lists the elements of a tag.
func (o *opened) all(tag string) []*html.Node {
	var found []*html.Node
	for n := range o.root.Descendants() {
		if n.Type == html.ElementNode && n.Data == tag {
			found = append(found, n)
		}
	}
	return found
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// byID finds an element; nil for none.
func (o *opened) byID(id string) *html.Node {
	for n := range o.root.Descendants() {
		if n.Type == html.ElementNode && attribute(n, "id") == id {
			return n
		}
	}
	return nil
}

// text is what a person reads on the page, blanks folded.
func (o *opened) text() string { return textOf(o.root) }

func textOf(n *html.Node) string {
	var out strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode && (d.Parent == nil || d.Parent.Data != "title") {
			out.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(out.String()), " ")
}

// reads fails the test unless the page is there and says all of the words.
func (o *opened) reads(t *testing.T, words ...string) *opened {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(o.text(), w) {
			t.Errorf("%s (%d) does not say %q; it says: %.1500s", o.path, o.status, w, o.text())
		}
	}
	if o.status != http.StatusOK {
		t.Errorf("%s = %d, want 200: %.300s", o.path, o.status, o.text())
	}
	return o
}

// refuses fails the test unless the page is a refusal of that status with those words.
func (o *opened) refuses(t *testing.T, status int, words string) {
	t.Helper()
	if o.status != status || !strings.Contains(o.text(), words) {
		t.Errorf("%s = %d %.600s, want %d %q", o.path, o.status, o.text(), status, words)
	}
}
