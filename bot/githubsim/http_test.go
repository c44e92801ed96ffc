package githubsim_test

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-github/v60/github"
)

// body reads and closes an answer.
func body(t *testing.T, response *http.Response) string {
	t.Helper()
	defer response.Body.Close() //nolint:errcheck // only read
	data, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestAnswer_headers(t *testing.T) {
	s := newSite(t)
	response := s.Get("/api/v3/repos/northquay/policies", s.tokens["olga"], nil)
	body(t, response)
	for name, want := range map[string]string{
		"X-Github-Request-Id":           `^[0-9A-F]{4}:[0-9A-F]{4}:[0-9A-F]{5}:[0-9A-F]{5}:[0-9A-F]{8}$`,
		"X-Github-Media-Type":           `^github\.v3; format=json$`,
		"X-Github-Api-Version-Selected": `^2022-11-28$`,
		"Cache-Control":                 `^private, max-age=60, s-maxage=60$`,
		"Content-Type":                  `^application/json; charset=utf-8$`,
		"Etag":                          `^W/"[0-9a-f]{64}"$`,
		"Date":                          `^Mon, 02 Nov 2026 09:00:0`,
		"X-Ratelimit-Limit":             `^5000$`,
		"X-Ratelimit-Remaining":         `^49\d\d$`,
		"X-Ratelimit-Resource":          `^core$`,
		"Deprecation":                   `^Tue, 10 Mar 2026 00:00:00 GMT$`,
		"Sunset":                        `^Fri, 10 Mar 2028 00:00:00 GMT$`,
	} {
		if got := response.Header.Get(name); !regexp.MustCompile(want).MatchString(got) {
			t.Errorf("%s = %q, want %s", name, got, want)
		}
	}
	response = s.Get("/api/v3/zen", "", http.Header{"X-Github-Api-Version": {"2026-03-10"}})
	body(t, response)
	if response.Header.Get("X-Github-Api-Version-Selected") != "2026-03-10" || response.Header.Get("Deprecation") != "" {
		t.Errorf("headers of the new version = %v", response.Header)
	}
}

func TestAnswer_conditionalRequestIs304AndCostsNothing(t *testing.T) {
	s := newSite(t)
	const path = "/api/v3/repos/northquay/policies/pulls"
	remaining := func(r *http.Response) int {
		n, err := strconv.Atoi(r.Header.Get("X-RateLimit-Remaining"))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	first := s.Get(path, s.tokens["olga"], nil)
	body(t, first)
	tag := http.Header{"If-None-Match": {first.Header.Get("ETag")}}
	second := s.Get(path, s.tokens["olga"], tag)
	if text := body(t, second); second.StatusCode != http.StatusNotModified || text != "" || remaining(second) != remaining(first) {
		t.Errorf("%d %q, %d remaining, want 304 without body and %d", second.StatusCode, text, remaining(second), remaining(first))
	}
	other := s.Get(path, s.tokens["walter"], tag) // GitHub's tags depend on the token
	body(t, other)
	if other.StatusCode != http.StatusOK {
		t.Errorf("with another token: %d, want 200", other.StatusCode)
	}
	s.propose("change", "policy/cloud.md", "# Cloud\n")
	third := s.Get(path, s.tokens["olga"], tag)
	body(t, third)
	if third.StatusCode != http.StatusOK || third.Header.Get("ETag") == first.Header.Get("ETag") {
		t.Errorf("after a change: %d %s, want 200 and another tag", third.StatusCode, third.Header.Get("ETag"))
	}
}

func TestAnswer_pages(t *testing.T) {
	s := newSite(t)
	for i := range 7 {
		must(t)(s.olga.Issues.Create(ctx(), s.owner, s.name, &github.IssueRequest{Title: github.String("Issue " + strconv.Itoa(i+1))}))
	}
	var titles []string
	options := &github.IssueListByRepoOptions{Direction: "asc", ListOptions: github.ListOptions{PerPage: 3}}
	for {
		page, response, err := s.rita.Issues.ListByRepo(ctx(), s.owner, s.name, options)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range page {
			titles = append(titles, i.GetTitle())
		}
		if response.LastPage != 3 && response.NextPage != 0 {
			t.Errorf("last page = %d, want 3", response.LastPage)
		}
		if response.NextPage == 0 {
			if response.PrevPage != 2 || response.FirstPage != 1 {
				t.Errorf("the last page points at %d and %d, want 2 and 1", response.PrevPage, response.FirstPage)
			}
			break
		}
		options.Page = response.NextPage
	}
	if len(titles) != 7 || titles[0] != "Issue 1" || titles[6] != "Issue 7" {
		t.Errorf("titles = %v", titles)
	}
	response := s.Get("/api/v3/repos/northquay/policies/issues?per_page=3&page=2", s.tokens["olga"], nil)
	body(t, response)
	link := response.Header.Get("Link")
	next := regexp.MustCompile(`<([^>]*)>; rel="next"`).FindStringSubmatch(link)
	if next == nil || !strings.Contains(next[1], "/repositories/") {
		t.Fatalf("Link = %q, want a next page by the repository's number", link)
	}
	followed := s.Get(strings.TrimPrefix(next[1], s.URL()), s.tokens["olga"], nil)
	if text := body(t, followed); followed.StatusCode != http.StatusOK || !strings.Contains(text, `"title":"Issue 1"`) {
		t.Errorf("the next page is %d %.100s", followed.StatusCode, text)
	}
}

func TestAnswer_errors(t *testing.T) {
	s := newSite(t)
	token := s.tokens["olga"]
	for name, test := range map[string]struct {
		method, path, body string
		header             http.Header
		status             int
		message            string
	}{
		"unknown route":    {"GET", "/api/v3/nowhere", "", nil, 404, "Not Found"},
		"trailing slash":   {"GET", "/api/v3/repos/northquay/policies/", "", nil, 404, "Not Found"},
		"unknown method":   {"PATCH", "/api/v3/zen", "", nil, 404, "Not Found"},
		"no user agent":    {"GET", "/api/v3/zen", "", http.Header{"User-Agent": {""}}, 403, "User-Agent"},
		"unknown version":  {"GET", "/api/v3/zen", "", http.Header{"X-Github-Api-Version": {"2001-01-01"}}, 400, "not a supported version"},
		"broken JSON":      {"POST", "/api/v3/repos/northquay/policies/issues", "{", nil, 400, "Problems parsing JSON"},
		"a list":           {"POST", "/api/v3/repos/northquay/policies/issues", "[]", nil, 400, "Body should be a JSON object"},
		"a wrong type":     {"POST", "/api/v3/repos/northquay/policies/issues", `{"title":3}`, nil, 422, "For 'properties/title', a number is not a string."},
		"a wrong date":     {"POST", "/api/v3/repos/northquay/policies/git/commits", `{"author":{"name":"a","email":"b","date":"x"}}`, nil, 422, "date"},
		"a missing field":  {"POST", "/api/v3/repos/northquay/policies/issues", `{}`, nil, 422, "Validation Failed"},
		"not simulated":    {"POST", "/api/v3/repos/northquay/policies/releases", `{}`, nil, 501, "is not simulated"},
		"a path upwards":   {"GET", "/api/v3/repos/northquay/policies/contents/..%2f..%2fweb-flow.key", "", nil, 404, "Not Found"},
		"a slash too many": {"GET", "/api/v3//repos/northquay/policies", "", nil, 404, "Not Found"},
	} {
		t.Run(name, func(t *testing.T) {
			request, err := http.NewRequest(test.method, s.URL()+test.path, strings.NewReader(test.body))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Authorization", "token "+token)
			for header, values := range test.header {
				request.Header[header] = values
			}
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			var e struct {
				Message       string `json:"message"`
				Documentation string `json:"documentation_url"`
				Status        string `json:"status"`
			}
			text := body(t, response)
			if err := json.Unmarshal([]byte(text), &e); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			if response.StatusCode != test.status || !strings.Contains(e.Message, test.message) || e.Status != strconv.Itoa(test.status) || !strings.HasPrefix(e.Documentation, "https://docs.github.com/rest") {
				t.Errorf("%d %s, want %d %q", response.StatusCode, text, test.status, test.message)
			}
		})
	}
}

func TestAnswer_headHasNoBody(t *testing.T) {
	s := newSite(t)
	request, err := http.NewRequest(http.MethodHead, s.URL()+"/api/v3/repos/northquay/policies", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "token "+s.tokens["olga"])
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if text := body(t, response); response.StatusCode != http.StatusOK || text != "" || response.Header.Get("ETag") == "" {
		t.Errorf("%d %q %v", response.StatusCode, text, response.Header)
	}
}

func TestMeta(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"", "/", "/meta", "/versions", "/zen"} {
		response := s.Get("/api/v3"+path, "", nil)
		if text := body(t, response); response.StatusCode != http.StatusOK {
			t.Errorf("%s: %d %s", path, response.StatusCode, text)
		}
	}
	limits, _, err := s.olga.RateLimit.Get(ctx())
	if err != nil || limits.GetCore().Limit != 5000 || limits.GetCore().Remaining == 5000 {
		t.Errorf("RateLimit = %v, %v", limits, err)
	}
	if response := s.Get("/web-flow.gpg", "", nil); body(t, response) != s.WebFlowKey() {
		t.Error("/web-flow.gpg is not the host's key")
	}
	if response := s.Get("/nobody.gpg", "", nil); response.StatusCode != http.StatusNotFound {
		t.Errorf("/nobody.gpg: %d", response.StatusCode)
	}
}
