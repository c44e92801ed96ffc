package githubsim_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-github/v60/github"
)

// ask sends a GraphQL query and returns the answer without its line breaks.
func (s *site) ask(token, query string, variables map[string]any) string {
	s.t.Helper()
	request, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		s.t.Fatal(err)
	}
	r, err := http.NewRequest(http.MethodPost, s.URL()+"/api/graphql", bytes.NewReader(request))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Authorization", "bearer "+token)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // only read
	data, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(data)
}

func TestGraphQL_lastEditedAtOfAReview(t *testing.T) {
	s := newSite(t)
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	first := s.review(s.olga, pull.GetNumber(), "APPROVE", "I sign.")
	second := s.review(s.rita, pull.GetNumber(), "COMMENT", "Hm.")
	const byID = `query($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on PullRequestReview { databaseId lastEditedAt } } }`
	ids := map[string]any{"ids": []string{first.GetNodeID(), second.GetNodeID()}}
	answer := s.ask(s.tokens["rita"], byID, ids)
	want := `{"data":{"nodes":[{"__typename":"PullRequestReview","databaseId":` + jsonNumber(first.GetID()) + `,"lastEditedAt":null},{"__typename":"PullRequestReview","databaseId":` + jsonNumber(second.GetID()) + `,"lastEditedAt":null}]}}`
	if diff := cmp.Diff(want, answer); diff != "" {
		t.Errorf("before the edit (-want +got):\n%s", diff)
	}
	must(t)(s.olga.PullRequests.UpdateReview(ctx(), s.owner, s.name, pull.GetNumber(), first.GetID(), "I sign it all."))
	edited := s.Now().Format("2006-01-02T15:04:05Z")
	const byPull = `query Reviews($owner: String!, $name: String!, $number: Int!, $after: String) {
		repository(owner: $owner, name: $name) { pullRequest(number: $number) { reviews(first: 1, after: $after) {
			totalCount pageInfo { hasNextPage endCursor } nodes { ...r } edges { node { commit { oid } } }
		} } }
	} # the fragment comes after
	fragment r on PullRequestReview { id edited: lastEditedAt body state author { login ... on User { databaseId } } }`
	variables := map[string]any{"owner": "northquay", "name": "policies", "number": 1}
	answer = s.ask(s.InstallationToken(s.app), byPull, variables)
	for _, part := range []string{`"edited":"` + edited + `"`, `"body":"I sign it all."`, `"state":"APPROVED"`, `"login":"olga"`, `"totalCount":2`, `"hasNextPage":true`, `"oid":"` + first.GetCommitID() + `"`, `"endCursor":"` + first.GetNodeID() + `"`} {
		if !strings.Contains(answer, part) {
			t.Errorf("answer = %s, want %s in it", answer, part)
		}
	}
	variables["after"] = first.GetNodeID()
	if answer = s.ask(s.tokens["rita"], byPull, variables); !strings.Contains(answer, `"edited":null`) || !strings.Contains(answer, `"hasNextPage":false`) {
		t.Errorf("second page = %s", answer)
	}
	read, _, err := s.rita.PullRequests.GetReview(ctx(), s.owner, s.name, pull.GetNumber(), first.GetID())
	if err != nil || read.GetBody() != "I sign it all." || read.GetCommitID() != first.GetCommitID() {
		t.Errorf("GetReview = %v, %v", read, err)
	}
}

func TestGraphQL_draftMutations(t *testing.T) {
	s := newSite(t)
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	const mutation = `mutation($id: ID!) { convertPullRequestToDraft(input: {pullRequestId: $id}) { pullRequest { isDraft } } }`
	id := map[string]any{"id": pull.GetNodeID()}
	if answer := s.ask(s.tokens["rita"], mutation, id); !strings.Contains(answer, "FORBIDDEN") || s.pull(1).GetDraft() {
		t.Errorf("rita: %s", answer)
	}
	if answer := s.ask(s.tokens["walter"], mutation, id); answer != `{"data":{"convertPullRequestToDraft":{"pullRequest":{"isDraft":true}}}}` || !s.pull(1).GetDraft() {
		t.Errorf("walter: %s", answer)
	}
	back := strings.Replace(mutation, "convertPullRequestToDraft", "markPullRequestReadyForReview", 1)
	if answer := s.ask(s.tokens["walter"], back, id); !strings.Contains(answer, `"isDraft":false`) || s.pull(1).GetDraft() {
		t.Errorf("walter: %s", answer)
	}
}

func TestGraphQL_refusals(t *testing.T) {
	s := newSite(t)
	s.propose("change", "policy/cloud.md", "# Cloud\n")
	narrow, _, err := s.AppClient(s.app).Apps.CreateInstallationToken(ctx(), s.app.InstallationID, &github.InstallationTokenOptions{Permissions: &github.InstallationPermissions{Contents: github.String("read")}})
	if err != nil {
		t.Fatal(err)
	}
	s.User("eve")
	eve, err := s.CreateToken("eve")
	if err != nil {
		t.Fatal(err)
	}
	olga := s.tokens["olga"]
	for name, test := range map[string]struct{ token, query, want string }{
		"no token":        {"", `{ viewer { login } }`, "Bad credentials"},
		"no query":        {olga, ``, "Parse error"},
		"unclosed":        {olga, `{ viewer { login `, "Parse error"},
		"unknown field":   {olga, `{ viewer { salary } }`, "Field 'salary' doesn't exist on type 'User'"},
		"subscription":    {olga, `subscription { x }`, "expected a query or a mutation"},
		"unknown node":    {olga, `{ node(id: "x") { id } }`, "Could not resolve to a node with the global id of 'x'."},
		"foreign":         {eve, `{ repository(owner: "northquay", name: "policies") { id } }`, "Could not resolve to a Repository"},
		"without first":   {olga, `{ repository(owner: "northquay", name: "policies") { pullRequest(number: 1) { reviews { totalCount } } } }`, "MISSING_PAGINATION_BOUNDARIES"},
		"too many":        {olga, `{ repository(owner: "northquay", name: "policies") { pullRequest(number: 1) { reviews(first: 101) { totalCount } } } }`, "EXCESSIVE_PAGINATION"},
		"no pull request": {olga, `{ repository(owner: "northquay", name: "policies") { pullRequest(number: 9) { id } } }`, "Could not resolve to a PullRequest"},
		"no permission":   {narrow.GetToken(), `{ viewer { login } }`, "Resource not accessible by integration"},
		"deep":            {olga, strings.Repeat("{a", 40) + strings.Repeat("}", 40), "levels deep"},
		"not defined":     {olga, `{ ...x }`, "Fragment x was used, but not defined"},
	} {
		t.Run(name, func(t *testing.T) {
			if answer := s.ask(test.token, test.query, nil); !strings.Contains(answer, test.want) {
				t.Errorf("answer = %s, want %q in it", answer, test.want)
			}
		})
	}
	if answer := s.ask(olga, `{ me: viewer { login } rateLimit { limit } }`, nil); answer != `{"data":{"me":{"login":"olga"},"rateLimit":{"limit":5000}}}` {
		t.Errorf("answer = %s", answer)
	}
}
