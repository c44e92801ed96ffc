package githubsim_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-github/v60/github"
)

// send makes a request below the repository as somebody and returns status and body.
func (s *site) send(token, method, path, request string) (int, string) {
	s.t.Helper()
	r, err := http.NewRequest(method, s.URL()+"/api/v3/"+path, strings.NewReader(request))
	if err != nil {
		s.t.Fatal(err)
	}
	if token != "" {
		r.Header.Set("Authorization", "token "+token)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	return response.StatusCode, body(s.t, response)
}

// try is send for requests that may be so malformed that they cannot be sent: those are 0.
func (s *site) try(token, method, path, request string) (int, string) {
	r, err := http.NewRequest(method, s.URL()+"/api/v3"+path, strings.NewReader(request))
	if err != nil {
		return 0, ""
	}
	r.Header.Set("Authorization", "token "+token)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, ""
	}
	defer response.Body.Close() //nolint:errcheck // only read
	text, _ := io.ReadAll(response.Body)
	return response.StatusCode, string(text)
}

// scene is a site with one of everything, by whose names the tables below write their requests.
type scene struct {
	*site
	names *strings.Replacer
}

func newScene(t *testing.T) scene {
	s := newSite(t)
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	issue, _, err := s.rita.Issues.Create(ctx(), s.owner, s.name, &github.IssueRequest{Title: github.String("Issue")})
	if err != nil {
		t.Fatal(err)
	}
	comment, _, err := s.rita.Issues.CreateComment(ctx(), s.owner, s.name, issue.GetNumber(), &github.IssueComment{Body: github.String("Comment")})
	if err != nil {
		t.Fatal(err)
	}
	review := s.review(s.rita, pull.GetNumber(), "COMMENT", "Hm.")
	approval := s.review(s.olga, pull.GetNumber(), "APPROVE", "")
	file, _, _, err := s.rita.Repositories.GetContents(ctx(), s.owner, s.name, "policy/cloud.md", &github.RepositoryContentGetOptions{Ref: "change"})
	if err != nil {
		t.Fatal(err)
	}
	commit, _, err := s.rita.Git.GetCommit(ctx(), s.owner, s.name, pull.GetHead().GetSHA())
	if err != nil {
		t.Fatal(err)
	}
	head := pull.GetHead().GetSHA()
	must(t)(s.olga.Teams.CreateTeam(ctx(), s.owner, github.NewTeam{Name: "legal"}))
	return scene{s, strings.NewReplacer(
		"R/", "repos/northquay/policies/", "{pull}", fmt.Sprint(pull.GetNumber()), "{issue}", fmt.Sprint(issue.GetNumber()),
		"{comment}", fmt.Sprint(comment.GetID()), "{review}", fmt.Sprint(review.GetID()), "{approval}", fmt.Sprint(approval.GetID()),
		"{head}", head, "{blob}", file.GetSHA(), "{tree}", commit.GetTree().GetSHA(), "{none}", strings.Repeat("1", 40),
		"{run}", fmt.Sprint(s.conclude(head, "success").GetID()), "{long}", strings.Repeat("x", 65537), "{title}", strings.Repeat("x", 257),
	)}
}

// refusal is one request and the answer that it must get.
type refusal struct {
	who, method, path, body string
	status                  int
	text                    string
}

func (s scene) refuses(t *testing.T, table []refusal) {
	t.Helper()
	s.tokens["bot"] = s.InstallationToken(s.app)
	for _, r := range table {
		before := s.Now()
		status, text := s.send(s.tokens[r.who], r.method, s.names.Replace(r.path), s.names.Replace(r.body))
		var said struct{ Message string }
		_ = json.Unmarshal([]byte(text), &said) // an empty body says nothing
		if status != r.status || !strings.Contains(said.Message+text, r.text) {
			t.Errorf("%s: %s %s %.60s = %d %.300s, want %d %q", r.who, r.method, r.path, r.body, status, text, r.status, r.text)
		}
		if !s.Now().Equal(before) {
			t.Errorf("%s %s was refused and took time", r.method, r.path)
		}
	}
}

func TestRefusals_pullsAndReviews(t *testing.T) {
	newScene(t).refuses(t, []refusal{
		{"rita", "GET", "R/pulls/99", ``, 404, "Not Found"},
		{"rita", "GET", "R/pulls/x", ``, 404, "Not Found"},
		{"rita", "GET", "R/pulls/{issue}", ``, 404, "Not Found"},
		{"rita", "GET", "R/pulls/99/files", ``, 404, "Not Found"},
		{"rita", "GET", "R/pulls/99/commits", ``, 404, "Not Found"},
		{"rita", "GET", "R/pulls/99/merge", ``, 404, "Not Found"},
		{"rita", "GET", "R/pulls/99/comments", ``, 404, "Not Found"},
		{"rita", "GET", "R/pulls/99/requested_reviewers", ``, 404, "Not Found"},
		{"olga", "PUT", "R/pulls/99/merge", `{}`, 404, "Not Found"},
		{"olga", "PUT", "R/pulls/99/update-branch", `{}`, 404, "Not Found"},
		{"olga", "PATCH", "R/pulls/99", `{}`, 404, "Not Found"},
		{"walter", "POST", "R/pulls", `{"title":"{title}","head":"change","base":"main"}`, 422, "title is too long (maximum is 256 characters)"},
		{"walter", "POST", "R/pulls", `{"title":"t","body":"{long}","head":"change","base":"main"}`, 422, "body is too long (maximum is 65536 characters)"},
		{"walter", "POST", "R/pulls", `{"title":"t","head":"northquay:change","base":"main"}`, 422, "A pull request already exists for northquay:change."},
		{"walter", "PATCH", "R/pulls/{pull}", `{"title":""}`, 422, "missing_field"},
		{"walter", "PATCH", "R/pulls/{pull}", `{"state":"merged"}`, 422, "not a member of"},
		{"walter", "PATCH", "R/pulls/{pull}", `{"title":7}`, 422, "is not a string"},
		{"walter", "PUT", "R/pulls/{pull}/merge", `{"sha":7}`, 422, "is not a string"},
		{"walter", "PUT", "R/pulls/{pull}/update-branch", `{"expected_head_sha":"{none}"}`, 422, "expected head sha"},
		{"rita", "PUT", "R/pulls/{pull}/update-branch", `{}`, 403, "push access"},
		{"rita", "POST", "R/pulls/{pull}/requested_reviewers", `{"reviewers":["olga"]}`, 403, "triage"},
		{"walter", "POST", "R/pulls/{pull}/requested_reviewers", `{"reviewers":["nobody"]}`, 422, "not a collaborator"},
		{"walter", "POST", "R/pulls/{pull}/requested_reviewers", `{"team_reviewers":["nobody"]}`, 422, "not a collaborator"},
		{"walter", "POST", "R/pulls/99/requested_reviewers", `{}`, 404, "Not Found"},
		{"rita", "GET", "R/pulls/99/reviews", ``, 404, "Not Found"},
		{"rita", "GET", "R/pulls/{pull}/reviews/1", ``, 404, "Not Found"},
		{"rita", "GET", "R/pulls/{pull}/reviews/1/comments", ``, 404, "Not Found"},
		{"olga", "POST", "R/pulls/99/reviews", `{}`, 404, "Not Found"},
		{"olga", "POST", "R/pulls/{pull}/reviews", `{"event":"PRAISE","body":"x"}`, 422, "provided invalid value"},
		{"olga", "POST", "R/pulls/{pull}/reviews", `{"event":"COMMENT"}`, 422, "Body can't be blank"},
		{"olga", "POST", "R/pulls/{pull}/reviews", `{"event":"REQUEST_CHANGES"}`, 422, "Body can't be blank"},
		{"olga", "POST", "R/pulls/{pull}/reviews", `{"event":"APPROVE","body":"{long}"}`, 422, "too long"},
		{"olga", "POST", "R/pulls/{pull}/reviews", `{"event":"APPROVE","commit_id":"{none}"}`, 422, "not part of the pull request"},
		{"olga", "POST", "R/pulls/{pull}/reviews", `{"event":"APPROVE","comments":[{"path":"x","body":"y"}]}`, 422, "not simulated"},
		{"olga", "POST", "R/pulls/{pull}/reviews/{approval}/events", `{"event":"APPROVE"}`, 422, "not pending"},
		{"olga", "PUT", "R/pulls/{pull}/reviews/{approval}/dismissals", `{}`, 422, `"message" wasn't supplied`},
		{"rita", "PUT", "R/pulls/{pull}/reviews/{approval}", `{"body":"mine"}`, 403, "push access"},
		{"rita", "PUT", "R/pulls/{pull}/reviews/{review}", `{"body":""}`, 422, "Body can't be blank"},
		{"rita", "PUT", "R/pulls/{pull}/reviews/{review}", `{"body":"{long}"}`, 422, "too long"},
		{"rita", "PUT", "R/pulls/{pull}/reviews/1", `{"body":"x"}`, 404, "Not Found"},
		{"olga", "POST", "R/pulls/{pull}/comments", `{"body":"x"}`, 501, "not simulated"},
	})
}

func TestRefusals_issuesAndComments(t *testing.T) {
	newScene(t).refuses(t, []refusal{
		{"rita", "GET", "R/issues/0", ``, 404, "Not Found"},
		{"rita", "GET", "R/issues/99/labels", ``, 404, "Not Found"},
		{"rita", "GET", "R/issues/99/timeline", ``, 404, "Not Found"},
		{"rita", "GET", "R/issues/99/comments", ``, 404, "Not Found"},
		{"rita", "POST", "R/issues/99/comments", `{"body":"x"}`, 404, "Not Found"},
		{"rita", "PATCH", "R/issues/99", `{}`, 404, "Not Found"},
		{"rita", "POST", "R/issues", `{"title":"{title}"}`, 422, "title is too long"},
		{"rita", "POST", "R/issues", `{"title":"x","body":"{long}"}`, 422, "body is too long"},
		{"rita", "POST", "R/issues", `{"title":"x","labels":[7]}`, 422, "A label is a string"},
		{"rita", "POST", "R/issues", `{"title":"x","assignees":["nobody"]}`, 422, "assignees"},
		{"walter", "POST", "R/issues", `{"title":"x","labels":[""]}`, 422, "Label"},
		{"rita", "PATCH", "R/issues/{issue}", `{"state":"lost"}`, 422, "not a member of"},
		{"rita", "PATCH", "R/issues/{issue}", `{"title":""}`, 422, "missing_field"},
		{"rita", "PATCH", "R/issues/{issue}", `{"labels":[false]}`, 422, "A label is a string"},
		{"rita", "PATCH", "R/issues/{issue}", `{"assignees":["nobody"]}`, 422, "assignees"},
		{"walter", "POST", "R/issues/{issue}/labels", `{}`, 422, `"labels" wasn't supplied`},
		{"walter", "POST", "R/issues/{issue}/labels", `{"labels":[7]}`, 422, "A label is a string"},
		{"walter", "POST", "R/issues/99/labels", `["x"]`, 404, "Not Found"},
		{"walter", "DELETE", "R/issues/99/labels/x", ``, 404, "Not Found"},
		{"rita", "DELETE", "R/issues/{issue}/labels/x", ``, 403, "triage"},
		{"rita", "POST", "R/labels", `{"name":"x"}`, 403, "push access"},
		{"walter", "POST", "R/labels", `{"name":""}`, 422, "Label"},
		{"rita", "POST", "R/issues/{issue}/comments", `{"body":""}`, 422, "missing_field"},
		{"rita", "POST", "R/issues/{issue}/comments", `{"body":"{long}"}`, 422, "too long"},
		{"rita", "GET", "R/issues/comments/1", ``, 404, "Not Found"},
		{"rita", "PATCH", "R/issues/comments/1", `{"body":"x"}`, 404, "Not Found"},
		{"rita", "DELETE", "R/issues/comments/1", ``, 404, "Not Found"},
		{"rita", "POST", "R/issues/comments/1/reactions", `{"content":"eyes"}`, 404, "Not Found"},
		{"rita", "POST", "R/issues/comments/{comment}/reactions", `{"content":"love"}`, 422, "Reaction"},
		{"", "POST", "R/issues/{issue}/comments", `{"body":"x"}`, 404, "Not Found"},
	})
}

func TestRefusals_contentsAndGitData(t *testing.T) {
	newScene(t).refuses(t, []refusal{
		{"walter", "PUT", "R/contents/x.md", `{"message":"m"}`, 422, `"content" wasn't supplied`},
		{"walter", "PUT", "R/contents/x.md", `{"message":"m","content":"!"}`, 422, "not valid Base64"},
		{"walter", "PUT", "R/contents/x.md", `{"content":"eA=="}`, 422, `"message" wasn't supplied`},
		{"walter", "PUT", "R/contents/x.md", `{"message":"m","content":"eA==","branch":"nowhere"}`, 404, "Branch nowhere not found"},
		{"walter", "PUT", "R/contents/x.md", `{"message":"m","content":"eA==","author":{"name":"x"}}`, 422, "weren't supplied"},
		{"walter", "PUT", "R/contents/x.md", `{"message":"m","content":"eA==","committer":{"email":"x"}}`, 422, "weren't supplied"},
		{"walter", "PUT", "R/contents/policy", `{"message":"m","content":"eA==","branch":"change"}`, 422, "is a directory"},
		{"walter", "PUT", "R/contents/a%2F..%2Fb", `{"message":"m","content":"eA=="}`, 422, "malformed path"},
		{"walter", "DELETE", "R/contents/x.md", `{"message":"m"}`, 422, `"sha" wasn't supplied`},
		{"walter", "DELETE", "R/contents/x.md", `{"message":"m","sha":"{blob}"}`, 404, "Not Found"},
		{"walter", "DELETE", "R/contents/policy/cloud.md", `{"message":"m","sha":"{none}","branch":"change"}`, 409, "does not match"},
		{"rita", "GET", "R/contents/README.md/below", ``, 404, "Not Found"},
		{"rita", "GET", "R/compare/main", ``, 404, "Not Found"},
		{"rita", "GET", "R/compare/main...nowhere", ``, 404, "Not Found"},
		{"rita", "GET", "R/compare/nowhere...main", ``, 404, "Not Found"},
		{"rita", "GET", "R/commits?sha=nowhere", ``, 404, "Not Found"},
		{"rita", "GET", "R/commits/nowhere/pulls", ``, 422, "No commit found"},
		{"rita", "GET", "R/branches/nowhere", ``, 404, "Branch not found"},
		{"rita", "POST", "R/git/blobs", `{"content":"x"}`, 403, "push access"},
		{"walter", "POST", "R/git/blobs", `{}`, 422, `"content" wasn't supplied`},
		{"walter", "POST", "R/git/blobs", `{"content":"!","encoding":"base64"}`, 422, "not valid Base64"},
		{"walter", "POST", "R/git/blobs", `{"content":"x","encoding":"rot13"}`, 422, "Invalid encoding"},
		{"rita", "GET", "R/git/blobs/{none}", ``, 404, "Not Found"},
		{"rita", "GET", "R/git/blobs/{tree}", ``, 404, "Not Found"},
		{"rita", "GET", "R/git/tags/{blob}", ``, 404, "Not Found"},
		{"rita", "GET", "R/git/trees/{none}", ``, 404, "Not Found"},
		{"rita", "GET", "R/git/commits/{blob}", ``, 404, "Not Found"},
		{"rita", "POST", "R/git/trees", `{}`, 403, "push access"},
		{"walter", "POST", "R/git/trees", `{}`, 422, "Invalid tree info"},
		{"walter", "POST", "R/git/trees", `{"base_tree":"{none}","tree":[{"path":"x","mode":"100644","type":"blob","sha":"{blob}"}]}`, 422, "base_tree is not a valid tree oid"},
		{"walter", "POST", "R/git/trees", `{"tree":[{"path":"x","mode":"777","type":"blob","sha":"{blob}"}]}`, 422, "tree.mode"},
		{"walter", "POST", "R/git/trees", `{"tree":[{"path":"x","mode":"100644","type":"blob","sha":"{blob}","content":"x"}]}`, 422, "either tree.sha or tree.content"},
		{"walter", "POST", "R/git/trees", `{"tree":[{"path":"x","mode":"100644","type":"blob","sha":"{tree}"}]}`, 422, "is not a valid blob"},
		{"walter", "POST", "R/git/trees", `{"tree":[{"path":"a/../b","mode":"100644","type":"blob","content":"x"}]}`, 422, "malformed path component"},
		{"rita", "POST", "R/git/commits", `{}`, 403, "push access"},
		{"walter", "POST", "R/git/commits", `{"message":"m","tree":"{none}"}`, 422, "Tree SHA does not exist"},
		{"walter", "POST", "R/git/commits", `{"message":"m","tree":"{tree}","parents":["{blob}"]}`, 422, "Parent SHA does not exist"},
		{"walter", "POST", "R/git/commits", `{"message":"m","tree":"{tree}","author":{}}`, 422, "weren't supplied"},
		{"walter", "POST", "R/git/commits", `{"message":"m","tree":"{tree}","committer":{}}`, 422, "weren't supplied"},
		{"rita", "POST", "R/git/tags", `{}`, 403, "push access"},
		{"walter", "POST", "R/git/tags", `{"tag":"v 1","object":"{head}","type":"commit"}`, 422, "malformed"},
		{"walter", "POST", "R/git/tags", `{"tag":"v1","object":"{none}","type":"commit"}`, 422, "does not exist"},
		{"walter", "POST", "R/git/tags", `{"tag":"v1","object":"{head}","type":"commit","tagger":{}}`, 422, "weren't supplied"},
		{"rita", "POST", "R/git/refs", `{}`, 403, "push access"},
		{"rita", "PATCH", "R/git/refs/heads/main", `{}`, 403, "push access"},
		{"walter", "PATCH", "R/git/refs/heads/nowhere", `{}`, 422, "Reference does not exist"},
		{"walter", "PATCH", "R/git/refs/heads/main", `{"sha":"{none}"}`, 422, "Object does not exist"},
		{"walter", "PATCH", "R/git/refs/heads/a..b", `{"sha":"{head}"}`, 422, "not well formed"},
		{"walter", "POST", "R/git/refs", `{"ref":"refs/tags/v1","sha":"{none}"}`, 422, "Object does not exist"},
	})
}

func TestRefusals_checksStatusesAndProtection(t *testing.T) {
	newScene(t).refuses(t, []refusal{
		{"bot", "POST", "R/check-runs", `{"head_sha":"{head}"}`, 422, `"name" wasn't supplied`},
		{"bot", "POST", "R/check-runs", `{"name":"x","head_sha":"{head}","started_at":"yesterday"}`, 422, "date"},
		{"bot", "POST", "R/check-runs", `{"name":"x","head_sha":"{head}","actions":[{"label":"a"}]}`, 422, "weren't supplied"},
		{"bot", "POST", "R/check-runs", `{"name":"x","head_sha":"{head}","output":{"title":"t","summary":"s","annotations":[{"path":"a"}]}}`, 422, "An annotation needs"},
		{"bot", "POST", "R/check-runs", `{"name":"x","head_sha":"{head}","output":{"title":"t","summary":"s","annotations":[{"path":"a","start_line":1,"end_line":1,"message":"m","annotation_level":"shout"}]}}`, 422, "shout is not a member of"},
		{"bot", "POST", "R/check-runs", `{"name":"x","head_sha":"{head}","output":{"title":"t","summary":"s","annotations":[{"path":"a","start_line":1,"end_line":1,"message":"m","annotation_level":"notice","title":"{title}"}]}}`, 422, "too long"},
		{"bot", "PATCH", "R/check-runs/{run}", `{"conclusion":"fine"}`, 422, "fine is not a member of"},
		{"bot", "PATCH", "R/check-runs/1", `{}`, 404, "Not Found"},
		{"olga", "PATCH", "R/check-runs/{run}", `{}`, 403, "GitHub App"},
		{"olga", "POST", "R/check-suites", `{}`, 403, "GitHub App"},
		{"bot", "POST", "R/check-suites", `{"head_sha":"{none}"}`, 422, "No commit found"},
		{"rita", "GET", "R/check-suites/1", ``, 404, "Not Found"},
		{"rita", "GET", "R/check-suites/1/check-runs", ``, 404, "Not Found"},
		{"olga", "POST", "R/check-suites/1/rerequest", ``, 404, "Not Found"},
		{"olga", "POST", "R/check-runs/1/rerequest", ``, 404, "Not Found"},
		{"rita", "GET", "R/check-runs/1/annotations", ``, 404, "Not Found"},
		{"rita", "GET", "R/commits/nowhere/check-runs", ``, 422, "No commit found"},
		{"rita", "GET", "R/commits/nowhere/check-suites", ``, 422, "No commit found"},
		{"rita", "GET", "R/commits/nowhere/status", ``, 422, "No commit found"},
		{"rita", "GET", "R/commits/nowhere/statuses", ``, 422, "No commit found"},
		{"rita", "POST", "R/statuses/{head}", `{"state":"success"}`, 403, "push access"},
		{"walter", "POST", "R/statuses/{none}", `{"state":"success"}`, 422, "No commit found"},
		{"walter", "POST", "R/statuses/{head}", `{"state":"success","description":"{title}"}`, 422, "description is too long"},
		{"walter", "PUT", "R/branches/main/protection", `{}`, 403, "admin rights"},
		{"olga", "PUT", "R/branches/main/protection", `{"required_status_checks":null,"enforce_admins":null,"required_pull_request_reviews":null}`, 422, `"restrictions" wasn't supplied`},
		{"olga", "PUT", "R/branches/nowhere/protection", `{"required_status_checks":null,"enforce_admins":null,"required_pull_request_reviews":null,"restrictions":null}`, 404, "Branch not found"},
		{"olga", "DELETE", "R/branches/main/protection", ``, 404, "Branch not protected"},
		{"olga", "GET", "R/branches/main/protection/required_status_checks", ``, 404, "Branch not protected"},
		{"olga", "GET", "R/branches/main/protection/required_signatures", ``, 404, "Branch not protected"},
		{"olga", "POST", "R/branches/main/protection/required_signatures", ``, 404, "Branch not protected"},
		{"walter", "DELETE", "R/branches/main/protection/required_signatures", ``, 403, "admin rights"},
		{"bot", "PUT", "R/branches/main/protection", `{}`, 403, "Resource not accessible by integration"},
		{"olga", "DELETE", "R/branches/main/protection/enforce_admins", ``, 501, "not simulated"},
	})
}

func TestRefusals_peopleAndRepositories(t *testing.T) {
	newScene(t).refuses(t, []refusal{
		{"", "GET", "user", ``, 401, "Requires authentication"},
		{"", "POST", "user/repos", `{"name":"x"}`, 401, "Requires authentication"},
		{"", "GET", "installation/repositories", ``, 401, "Requires authentication"},
		{"", "GET", "app", ``, 401, "could not be decoded"},
		{"olga", "GET", "app", ``, 401, "could not be decoded"},
		{"", "GET", "rate_limit", ``, 404, "Not Found"},
		{"rita", "GET", "apps/nothing", ``, 404, "Not Found"},
		{"rita", "GET", "user/1", ``, 404, "Not Found"},
		{"rita", "GET", "users/nobody/gpg_keys", ``, 404, "Not Found"},
		{"rita", "GET", "users/nobody/ssh_signing_keys", ``, 404, "Not Found"},
		{"rita", "GET", "user/gpg_keys/1", ``, 404, "Not Found"},
		{"rita", "DELETE", "user/gpg_keys/1", ``, 404, "Not Found"},
		{"rita", "GET", "orgs/rita", ``, 404, "Not Found"},
		{"rita", "GET", "orgs/nobody/members", ``, 404, "Not Found"},
		{"rita", "GET", "orgs/nobody/repos", ``, 404, "Not Found"},
		{"rita", "GET", "orgs/northquay/memberships/nobody", ``, 404, "Not Found"},
		{"olga", "PUT", "orgs/northquay/memberships/nobody", `{}`, 404, "Not Found"},
		{"olga", "PUT", "orgs/northquay/memberships/rita", `{"role":"king"}`, 422, "is not a member of"},
		{"walter", "DELETE", "orgs/northquay/memberships/rita", ``, 403, "must be an admin"},
		{"walter", "POST", "orgs/northquay/teams", `{"name":"x"}`, 403, "must be an admin"},
		{"olga", "POST", "orgs/northquay/teams", `{"name":"!"}`, 422, "Team"},
		{"rita", "GET", "orgs/northquay/teams/nobody", ``, 404, "Not Found"},
		{"rita", "GET", "orgs/northquay/teams/nobody/members", ``, 404, "Not Found"},
		{"rita", "GET", "orgs/northquay/teams/nobody/teams", ``, 404, "Not Found"},
		{"rita", "GET", "orgs/northquay/teams/nobody/repos", ``, 404, "Not Found"},
		{"rita", "GET", "orgs/northquay/teams/legal/memberships/rita", ``, 404, "Not Found"},
		{"olga", "PUT", "orgs/northquay/teams/legal/memberships/nobody", `{}`, 404, "Not Found"},
		{"walter", "DELETE", "orgs/northquay/teams/legal/memberships/rita", ``, 403, "must be an admin"},
		{"rita", "GET", "orgs/northquay/teams/legal/repos/northquay/policies", ``, 404, "Not Found"},
		{"olga", "PUT", "orgs/northquay/teams/legal/repos/northquay/policies", `{"permission":"all"}`, 422, "not a valid permission"},
		{"olga", "PUT", "orgs/northquay/teams/nobody/repos/northquay/policies", `{}`, 404, "Not Found"},
		{"olga", "PUT", "R/collaborators/nobody", `{}`, 404, "Not Found"},
		{"olga", "PUT", "R/collaborators/northquay", `{}`, 404, "Not Found"},
		{"olga", "DELETE", "R/collaborators/nobody", ``, 404, "Not Found"},
		{"walter", "DELETE", "R/collaborators/rita", ``, 403, "admin rights"},
		{"walter", "GET", "R/collaborators/nobody/permission", ``, 404, "Not Found"},
		{"rita", "GET", "R/collaborators", ``, 403, "push access"},
		{"olga", "PATCH", "R/", `{"name":"renamed"}`, 404, "Not Found"},
		{"olga", "PATCH", "repos/northquay/policies", `{"name":"a b"}`, 422, "name is invalid"},
		{"olga", "POST", "user/repos", `{"name":"{title}"}`, 422, "name"},
		{"olga", "POST", "orgs/nobody/repos", `{"name":"x"}`, 404, "Not Found"},
		{"bot", "POST", "orgs/northquay/repos", `{"name":"x"}`, 403, "Resource not accessible by integration"},
		{"bot", "GET", "R/teams", ``, 403, "Resource not accessible by integration"},
		{"bot", "PUT", "orgs/northquay/memberships/rita", `{}`, 403, "Resource not accessible by integration"},
		{"bot", "GET", "user/gpg_keys", ``, 403, "Resource not accessible by integration"},
		{"rita", "GET", "search/issues?q=x", ``, 501, "not simulated"},
	})
}
