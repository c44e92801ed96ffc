package githubsim_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/githubsim"
	"github.com/vidimus-bot/vidimus/bot/githubsim/githubsimtest"
)

func TestSite_whatIsNoGitRequestIsAPageOrNotFound(t *testing.T) {
	s := newSite(t)
	for path, status := range map[string]int{
		"/": http.StatusOK, "/northquay": http.StatusOK, "/web-flow.key": http.StatusNotFound,
		"/northquay/policies.git/info/refs": http.StatusNotFound, "/northquay/policies.git/info/refs?service=git-shell": http.StatusNotFound,
		"/northquay/policies.git/x/info/refs?service=git-upload-pack": http.StatusNotFound, "/northquay/policies.git/git-upload-pack": http.StatusNotFound,
		"/northquay/policies.git/objects/info/packs": http.StatusNotFound, "/northquay/policies.git/HEAD": http.StatusNotFound,
	} {
		request, err := http.NewRequest(http.MethodGet, s.URL()+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultTransport.RoundTrip(request) // what is not there for nobody leads to the page on which to choose
		if err != nil {
			t.Fatal(err)
		}
		text := body(t, response)
		led := response.StatusCode == http.StatusSeeOther && strings.HasPrefix(response.Header.Get("Location"), "/login?")
		if response.StatusCode != status && !(status == http.StatusNotFound && led) {
			t.Errorf("%s = %d %.100s, want %d", path, response.StatusCode, text, status)
		}
		if strings.Contains(text, "# service=") {
			t.Errorf("%s is answered by git", path)
		}
	}
}

func TestSite_gitAsksForATokenFirst(t *testing.T) {
	s := newSite(t)
	const path = "/northquay/policies.git/info/refs?service="
	for _, service := range []string{"git-upload-pack", "git-receive-pack"} {
		response := s.Get(path+service, "", nil)
		if body(t, response); response.StatusCode != http.StatusUnauthorized || response.Header.Get("WWW-Authenticate") != `Basic realm="GitHub"` {
			t.Errorf("%s without a token: %d %q", service, response.StatusCode, response.Header.Get("WWW-Authenticate"))
		}
	}
	response := s.Get(path+"git-upload-pack", s.tokens["rita"], nil)
	if text := body(t, response); response.StatusCode != http.StatusOK || !strings.HasPrefix(text, "001e# service=git-upload-pack\n") {
		t.Errorf("with a token: %d %.60q", response.StatusCode, text)
	}
	response = s.Get("/northquay/nowhere.git/info/refs?service=git-upload-pack", s.tokens["rita"], nil)
	if text := body(t, response); response.StatusCode != http.StatusNotFound || !strings.Contains(text, "Repository not found.") {
		t.Errorf("a repository that is not there: %d %s", response.StatusCode, text)
	}
	response = s.Get(path+"git-receive-pack", s.tokens["rita"], nil)
	if text := body(t, response); response.StatusCode != http.StatusForbidden || !strings.Contains(text, "Permission to northquay/policies.git denied to rita.") {
		t.Errorf("without write: %d %s", response.StatusCode, text)
	}
}

// post sends bytes to a service of git.
func (s *site) post(service string, body []byte, header http.Header) (int, string) {
	s.t.Helper()
	request, err := http.NewRequest(http.MethodPost, s.URL()+"/northquay/policies.git/"+service, bytes.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	for name, values := range header {
		request.Header[name] = values
	}
	request.Header.Set("Content-Type", "application/x-"+service+"-request")
	request.SetBasicAuth("x", s.tokens["walter"])
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // only read
	var text bytes.Buffer
	if _, err := text.ReadFrom(response.Body); err != nil {
		s.t.Fatal(err)
	}
	return response.StatusCode, text.String()
}

func TestSite_gitRequestsMayBeZipped(t *testing.T) {
	s := newSite(t)
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	if _, err := w.Write([]byte("0014command=ls-refs\n0000")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	status, text := s.post("git-upload-pack", zipped.Bytes(), http.Header{"Content-Encoding": {"gzip"}, "Git-Protocol": {"version=2"}})
	if status != http.StatusOK || !strings.Contains(text, "refs/heads/main") {
		t.Errorf("ls-refs = %d %q", status, text)
	}
	if status, text := s.post("git-upload-pack", []byte("no gzip"), http.Header{"Content-Encoding": {"gzip"}}); status != http.StatusBadRequest {
		t.Errorf("a body that is not zipped = %d %s, want 400", status, text)
	}
}

func TestSite_brokenPushesMoveNothing(t *testing.T) {
	s := newSite(t)
	tip, _, err := s.walter.Git.GetRef(ctx(), s.owner, s.name, "heads/main")
	if err != nil {
		t.Fatal(err)
	}
	before := s.Now()
	command := func(old, id, ref string) string {
		line := old + " " + id + " " + ref + "\x00 report-status"
		return "00" + string("0123456789abcdef"[(len(line)+4)>>4]) + string("0123456789abcdef"[(len(line)+4)&15]) + line + "0000"
	}
	old, none := tip.GetObject().GetSHA(), strings.Repeat("0", 40)
	for name, body := range map[string]string{
		"no commands":        "",
		"nonsense":           "zzzz",
		"broken pack":        command(old, strings.Repeat("1", 40), "refs/heads/main") + "PACKxxxx",
		"stale":              command(strings.Repeat("1", 40), none, "refs/heads/main"),
		"outside of refs":    command(none, old, "HEAD"),
		"a path upwards":     command(none, old, "refs/heads/../../config"),
		"the host's own":     command(none, old, "refs/pull/7/head"),
		"the default branch": command(old, none, "refs/heads/main"),
	} {
		status, text := s.post("git-receive-pack", []byte(body), nil)
		if status == http.StatusOK && !strings.Contains(text, "ng ") {
			t.Errorf("%s: %d %q, want a refusal", name, status, text)
		}
		if status >= 500 {
			t.Errorf("%s: %d %q", name, status, text)
		}
	}
	refs, _, err := s.walter.Git.ListMatchingRefs(ctx(), s.owner, s.name, nil)
	if err != nil || len(refs) != 1 || refs[0].GetObject().GetSHA() != old {
		t.Errorf("refs = %v, %v, want main at %s alone", refs, err, old)
	}
	if !s.Now().Equal(before) {
		t.Errorf("pushes that moved nothing took %s", s.Now().Sub(before))
	}
}

func TestSim_requestLogKeepsOrderAndNumbers(t *testing.T) {
	s := newSite(t)
	for range 3 {
		s.pull(s.propose("b"+jsonNumber(int64(len(s.Requests(0)))), "x"+jsonNumber(int64(len(s.Requests(0)))), "x").GetNumber())
	}
	all := s.Requests(0)
	for i, r := range all {
		if r.Number != int64(i+1) {
			t.Fatalf("request %d has number %d", i, r.Number)
		}
	}
	if rest := s.Requests(all[len(all)-3].Number); len(rest) != 2 {
		t.Errorf("%d requests after the third last, want 2", len(rest))
	}
	if none := s.Requests(all[len(all)-1].Number); len(none) != 0 {
		t.Errorf("requests after the last = %v", none)
	}
}

func TestStart_observersSeeWhatTheClientSees(t *testing.T) {
	t.Parallel()
	var seen []githubsim.Exchange // one client, one request at a time
	s := githubsimtest.Start(t, githubsimtest.WithObserve(func(e githubsim.Exchange) { seen = append(seen, e) }), githubsimtest.WithCoverage(&coverage))
	_, olga := s.User("olga")
	must(t)(olga.Users.Get(ctx(), ""))
	s.Get("/api/graphql", "", nil).Body.Close() //nolint:errcheck // only read
	if len(seen) != 1 || seen[0].Operation != "users/get-authenticated" || seen[0].Actor != "olga" || !bytes.Contains(seen[0].ResponseBody, []byte(`"login":"olga"`)) {
		t.Errorf("seen = %+v", seen)
	}
}

func TestStart_refusals(t *testing.T) {
	s := githubsimtest.Start(t)
	taken := strings.TrimPrefix(s.URL(), "http://")
	if sim, err := githubsim.Start(githubsim.Config{Addr: taken, Dir: t.TempDir()}); err == nil {
		_ = sim.Close() // the test has failed already
		t.Error("two simulators on one address")
	}
	if sim, err := githubsim.Start(githubsim.Config{Addr: "127.0.0.1:0", Dir: "/dev/null/x"}); err == nil {
		_ = sim.Close() // the test has failed already
		t.Error("a simulator in a folder that cannot be")
	}
}
