package rest_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/githubsim/rest"
)

// shared reads one of GitHub's own files, or skips.
func shared(t *testing.T, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "shared", "github", name))
	if err != nil {
		if slices.Contains(strings.Split(os.Getenv("VIDIMUS_REQUIRE"), ","), "shared") {
			t.Fatal(err)
		}
		t.Skip("GitHub's files (../shared/github) are absent")
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

// described are the paths and methods of GitHub's description.
func described(t *testing.T) map[string][2]string {
	t.Helper()
	var doc struct {
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	shared(t, "openapi-subset.json", &doc)
	found := map[string][2]string{}
	for path, methods := range doc.Paths {
		for method, raw := range methods {
			var operation struct {
				ID string `json:"operationId"`
			}
			if json.Unmarshal(raw, &operation) == nil && operation.ID != "" {
				found[operation.ID] = [2]string{strings.ToUpper(method), path}
			}
		}
	}
	return found
}

// beyond are operations of GitHub that its subset does not hold.
func beyond(id string) bool {
	return id == "repos/create-for-authenticated-user" || id == "repos/remove-collaborator"
}

func TestOperations_haveGitHubsNamesMethodsAndPaths(t *testing.T) {
	known := described(t)
	for _, o := range rest.Operations() {
		want, is := known[o.ID]
		if !is {
			if !beyond(o.ID) {
				t.Errorf("%s: GitHub describes no such operation", o.ID)
			}
			continue
		}
		if want[0] != o.Method || shape(want[1]) != shape(o.Pattern) {
			t.Errorf("%s is %s %s, want %s %s", o.ID, o.Method, o.Pattern, want[0], want[1])
		}
	}
}

// shape is a path without the names of its parameters, and without the slash that two spellings of a folder differ in.
func shape(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if strings.HasPrefix(part, "{") {
			parts[i] = "{}"
		}
	}
	joined := strings.TrimSuffix(strings.Join(parts, "/"), "/")
	return strings.TrimSuffix(joined, "/{}")
}

func TestOperations_needThePermissionsThatGitHubPublishes(t *testing.T) {
	var table map[string]map[string]struct {
		Auth string
		Need []map[string]string
	}
	shared(t, "app-permissions.json", &table)
	known := described(t)
	checked := 0
	for _, o := range rest.Operations() {
		at, is := known[o.ID]
		if !is {
			continue
		}
		published := table[at[1]][at[0]]
		want := published.Auth
		if published.Auth == "installation" && len(published.Need) > 0 {
			want = needs(published.Need)
		}
		if got := sorted(o.Need); got != sorted(want) {
			t.Errorf("%s needs %s, want %s", o.ID, got, want)
		}
		checked++
	}
	if checked < 100 {
		t.Errorf("%d operations compared, want over 100", checked)
	}
}

// needs writes GitHub's table in our words: alternatives by |, what is needed together by commas.
func needs(alternatives []map[string]string) string {
	var all []string
	for _, together := range alternatives {
		var parts []string
		for name, level := range together {
			parts = append(parts, name+":"+level)
		}
		all = append(all, strings.Join(parts, ","))
	}
	return strings.Join(all, "|")
}

func sorted(need string) string {
	alternatives := strings.Split(need, "|")
	for i, together := range alternatives {
		parts := strings.Split(together, ",")
		slices.Sort(parts)
		alternatives[i] = strings.Join(parts, ",")
	}
	slices.Sort(alternatives)
	return strings.Join(alternatives, "|")
}

func TestCredentials_schemes(t *testing.T) {
	for header, want := range map[string]string{
		"":                                   "",
		"token abc":                          "abc",
		"Bearer  abc ":                       "abc",
		"Basic eDp5":                         "y", // x:y
		"Basic eDo=":                         "x", // x: as GitHub's older clients send it
		"Basic eDp4LW9hdXRoLWJhc2lj":         "x", // x:x-oauth-basic
		"basic !":                            "!",
		"abc":                                "abc",
		"Basic dXNlcjpwYXNzOndpdGg6Y29sb24=": "pass:with:colon",
	} {
		if got := rest.Credentials(header); got != want {
			t.Errorf("Credentials(%q) = %q, want %q", header, got, want)
		}
	}
}
