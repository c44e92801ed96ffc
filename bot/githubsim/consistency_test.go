package githubsim_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-github/v60/github"
)

// links collects every address of the API in a JSON value that is no template, by the field it stands in.
func links(value any, api string, into map[string]string) {
	switch v := value.(type) {
	case map[string]any:
		for name, field := range v {
			if text, is := field.(string); is && strings.HasPrefix(text, api) && !strings.Contains(text, "{") {
				into[text] = name
			}
			links(field, api, into)
		}
	case []any:
		for _, element := range v {
			links(element, api, into)
		}
	}
}

// leadsNowhere are links that GitHub's objects have and that this host does not answer: what they lead to is not simulated.
func leadsNowhere(field, path string) bool {
	for _, name := range []string{
		"followers_url", "subscriptions_url", "organizations_url", "received_events_url", "forks_url", "hooks_url", "events_url", "tags_url",
		"languages_url", "stargazers_url", "contributors_url", "subscribers_url", "subscription_url", "merges_url", "downloads_url", "deployments_url",
		"issues_url", "contexts_url",
	} {
		if field == name {
			return true
		}
	}
	return strings.HasSuffix(path, "/comments") && strings.Contains(path, "/commits/") || strings.Contains(path, "/issues/events/") ||
		strings.HasSuffix(path, "/reactions") || strings.HasPrefix(path, "users/") && strings.HasSuffix(path, "/repos") || strings.Contains(path, "/git/refs/") ||
		strings.Contains(path, "/labels/") || strings.HasSuffix(path, "/protection") || strings.HasSuffix(path, "/enforce_admins") ||
		strings.HasSuffix(path, "/access_tokens") || strings.HasSuffix(path, "/installation/repositories") || strings.Contains(path, "/team/") ||
		strings.HasSuffix(path, "/teams") || strings.Contains(path, "/git/tags/") || strings.Contains(path, "/statuses/")
}

func TestAnswers_linksLeadToWhatTheyName(t *testing.T) {
	s := newScene(t)
	s.merge(1, "merge")
	seen := map[string]string{}
	for _, path := range []string{
		"repos/northquay/policies", "R/pulls?state=all", "R/pulls/{pull}", "R/pulls/{pull}/reviews", "R/pulls/{pull}/commits", "R/pulls/{pull}/files",
		"R/issues?state=all", "R/issues/{issue}", "R/issues/{issue}/comments", "R/issues/{pull}/timeline", "R/commits", "R/commits/main", "R/branches/main",
		"R/contents/", "R/contents/README.md", "R/git/trees/main?recursive=1", "R/git/ref/heads/main", "R/commits/{head}/check-runs",
		"R/commits/{head}/check-suites", "R/commits/{head}/status", "users/rita", "orgs/northquay", "R/compare/main...change",
	} {
		status, text := s.send(s.tokens["olga"], http.MethodGet, s.names.Replace(path), "")
		var value any
		if status != http.StatusOK || json.Unmarshal([]byte(text), &value) != nil {
			t.Fatalf("%s: %d %.200s", path, status, text)
		}
		links(value, s.URL()+"/api/v3/", seen)
	}
	followed := 0
	for link, field := range seen {
		path := strings.TrimPrefix(link, s.URL()+"/api/v3/")
		if leadsNowhere(field, path) {
			continue
		}
		if status, text := s.send(s.tokens["olga"], http.MethodGet, path, ""); status != http.StatusOK {
			t.Errorf("%s: %s = %d %.150s", field, path, status, text)
		}
		followed++
	}
	if followed < 30 {
		t.Errorf("%d links followed, want over 30", followed)
	}
}

// payload is the newest webhook of that name, decoded.
func (s *site) payload(event, action string) map[string]any {
	s.t.Helper()
	s.Flush()
	hooks := s.hooks.all()
	slices.Reverse(hooks)
	for _, h := range hooks {
		var value map[string]any
		if err := json.Unmarshal(h.body, &value); err != nil {
			s.t.Fatal(err)
		}
		if h.header.Get("X-GitHub-Event") == event && (action == "" || value["action"] == action) {
			return value
		}
	}
	s.t.Fatalf("no webhook %s %s", event, action)
	return nil
}

// same compares the fields that both objects have, but for those named.
func same(t *testing.T, name string, hook, rest any, but ...string) {
	t.Helper()
	h, r := hook.(map[string]any), rest.(map[string]any)
	compared := 0
	for field, value := range h {
		other, has := r[field]
		if !has || slices.Contains(but, field) {
			continue
		}
		if diff := cmp.Diff(other, value); diff != "" {
			t.Errorf("%s.%s differs between REST and the webhook (-rest +hook):\n%s", name, field, diff)
		}
		compared++
	}
	if compared < 5 {
		t.Errorf("%s: %d fields compared", name, compared)
	}
}

// object reads one object by REST.
func (s *site) object(path string) map[string]any {
	s.t.Helper()
	status, text := s.send(s.tokens["olga"], http.MethodGet, path, "")
	var value map[string]any
	if err := json.Unmarshal([]byte(text), &value); err != nil || status != http.StatusOK {
		s.t.Fatalf("%s: %d %.200s", path, status, text)
	}
	return value
}

// What a webhook says is what REST says when it is asked next.
func TestHooks_sayWhatRESTSays(t *testing.T) {
	s := newSite(t)
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	repo := "repos/northquay/policies"
	opened := s.payload("pull_request", "opened")
	same(t, "pull_request", opened["pull_request"], s.object(repo+"/pulls/1"), "mergeable", "mergeable_state", "rebaseable", "head", "base")
	same(t, "repository", opened["repository"], s.object(repo))
	same(t, "sender", opened["sender"], s.object("users/walter"))
	same(t, "organization", opened["organization"], s.object("orgs/northquay"))
	review := s.review(s.olga, 1, "APPROVE", "I sign.")
	same(t, "review", s.payload("pull_request_review", "submitted")["review"], s.object(fmt.Sprintf("%s/pulls/1/reviews/%d", repo, review.GetID())), "state")
	run := s.conclude(pull.GetHead().GetSHA(), "success")
	same(t, "check_run", s.payload("check_run", "completed")["check_run"], s.object(fmt.Sprintf("%s/check-runs/%d", repo, run.GetID())), "check_suite")
	comment, _, err := s.rita.Issues.CreateComment(ctx(), s.owner, s.name, 1, &github.IssueComment{Body: github.String("Hello")})
	if err != nil {
		t.Fatal(err)
	}
	commented := s.payload("issue_comment", "created")
	same(t, "comment", commented["comment"], s.object(fmt.Sprintf("%s/issues/comments/%d", repo, comment.GetID())))
	same(t, "issue", commented["issue"], s.object(repo+"/issues/1"))
	merged := s.merge(1, "merge")
	closed := s.payload("pull_request", "closed")["pull_request"].(map[string]any)
	if closed["merged"] != true || closed["merge_commit_sha"] != merged.GetSHA() || closed["merged_by"].(map[string]any)["login"] != "olga" {
		t.Errorf("closed = merged %v as %v by %v", closed["merged"], closed["merge_commit_sha"], closed["merged_by"])
	}
	push := s.payload("push", "")
	if push["after"] != merged.GetSHA() || push["ref"] != "refs/heads/main" || push["head_commit"].(map[string]any)["id"] != merged.GetSHA() || len(push["commits"].([]any)) != 2 {
		t.Errorf("push = %v %v", push["ref"], push["after"])
	}
}

func TestHooks_deletionOfABranchIsAPushToNothing(t *testing.T) {
	s := newSite(t)
	s.fork(s.walter, s.branch, "gone")
	_, err := s.walter.Git.DeleteRef(ctx(), s.owner, s.name, "heads/gone")
	must(t)(nil, nil, err)
	push, deleted := s.payload("push", ""), s.payload("delete", "")
	if push["deleted"] != true || push["after"] != strings.Repeat("0", 40) || push["head_commit"] != nil || deleted["ref"] != "gone" || deleted["ref_type"] != "branch" {
		t.Errorf("push = %v to %v, delete of %v %v", push["deleted"], push["after"], deleted["ref_type"], deleted["ref"])
	}
}

func TestHooks_forcedPushSaysSo(t *testing.T) {
	s := newSite(t)
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	work := s.clone("walter", "--branch", "change")
	work.git("commit", "-q", "--amend", "-m", "Other words")
	work.git("push", "-q", "--force", "origin", "change")
	push, moved := s.payload("push", ""), s.payload("pull_request", "synchronize")
	if push["forced"] != true || moved["before"] != pull.GetHead().GetSHA() || moved["after"] != work.git("rev-parse", "HEAD") {
		t.Errorf("forced %v, synchronize from %v to %v", push["forced"], moved["before"], moved["after"])
	}
}
