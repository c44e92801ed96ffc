package githubsim_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/githubsim/githubsimtest"
	"github.com/vidimus-bot/vidimus/bot/githubsim/rest"
)

// coverage is what the tests of this package have had checked against GitHub's descriptions.
var coverage githubsimtest.Coverage

// TestMain runs the tests and then looks at them as a whole: was every operation and every webhook exercised, and does
// every answer have the fields that recordings of the real GitHub have?
func TestMain(m *testing.M) {
	code := m.Run()
	if code == 0 && whole() {
		code = report()
	}
	os.Exit(code)
}

// whole reports whether all tests ran and were checked.
func whole() bool {
	for _, name := range []string{"test.run", "test.skip", "test.list", "test.bench"} {
		if f := flag.Lookup(name); f != nil && f.Value.String() != "" {
			return false
		}
	}
	return len(coverage.Counts()) > 0
}

func report() int {
	problems := append(unexercised(), unlikeRecordings()...)
	for _, p := range problems {
		fmt.Println("FAIL:", p)
	}
	counts := coverage.Counts()
	fmt.Printf("exercised against GitHub's description: %d of %d operations, %d webhooks\n", len(operations())-len(missing(counts)), len(operations()), hooks(counts))
	return min(len(problems), 1)
}

func operations() []string {
	var ids []string
	for _, o := range rest.Operations() {
		if !slices.Contains(ids, o.ID) {
			ids = append(ids, o.ID)
		}
	}
	return ids
}

func missing(counts map[string]int) []string {
	return slices.DeleteFunc(operations(), func(id string) bool { return counts[id] > 0 })
}

func hooks(counts map[string]int) int {
	n := 0
	for what := range counts {
		if strings.HasPrefix(what, "webhook ") {
			n++
		}
	}
	return n
}

// webhooks are those that the simulator promises.
func webhooks() []string {
	return []string{
		"ping", "installation created", "installation_repositories added", "push", "create", "delete",
		"pull_request opened", "pull_request synchronize", "pull_request edited", "pull_request closed", "pull_request reopened",
		"pull_request ready_for_review", "pull_request converted_to_draft", "pull_request review_requested", "pull_request review_request_removed",
		"pull_request_review submitted", "pull_request_review edited", "pull_request_review dismissed",
		"issue_comment created", "issue_comment edited", "issue_comment deleted",
		"issues opened", "issues edited", "issues closed", "issues reopened",
		"repository renamed", "repository archived",
		"check_suite requested", "check_suite rerequested", "check_run created", "check_run completed", "check_run rerequested",
	}
}

func unexercised() []string {
	counts := coverage.Counts()
	var problems []string
	for _, id := range missing(counts) {
		problems = append(problems, "no test exercised the operation "+id)
	}
	for _, name := range webhooks() {
		if counts["webhook "+name] == 0 {
			problems = append(problems, "no test exercised the webhook "+name)
		}
	}
	return problems
}

// fields lists the fields of a JSON value, "head.repo.id"; a list's elements count as one.
func fields(value any, prefix string, into map[string]string) {
	switch v := value.(type) {
	case map[string]any:
		for name, field := range v {
			if k := kind(field); k != "null" || into[prefix+name] == "" {
				into[prefix+name] = k
			}
			fields(field, prefix+name+".", into)
		}
	case []any:
		for _, element := range v {
			fields(element, prefix+"[].", into)
		}
	}
}

func kind(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case string:
		return "string"
	case float64:
		return "number"
	case bool:
		return "boolean"
	case []any:
		return "list"
	}
	return "object"
}

// recordedSince is the year from which recordings are compared: older ones lack fields and hold dropped ones.
const recordedSince = 2023

// unlikeRecordings compares the fields of our answers with those of recordings of the real GitHub.
func unlikeRecordings() []string {
	files, _ := filepath.Glob(filepath.Join("..", "..", "..", "shared", "github", "recorded", "*.json"))
	var problems []string
	for _, file := range files {
		operation := strings.Replace(strings.TrimSuffix(filepath.Base(file), ".json"), ".", "/", 1)
		samples := coverage.Samples(operation)
		if len(samples) == 0 {
			continue
		}
		ours := map[string]string{}
		for _, sample := range samples {
			var value any
			if json.Unmarshal(sample, &value) == nil {
				fields(value, "", ours)
			}
		}
		for _, name := range recordedFields(file) {
			if _, has := ours[name]; !has && inside(name, ours) && !leftOut(operation, name) {
				problems = append(problems, operation+" lacks the field "+name)
			}
		}
	}
	return problems
}

// inside reports whether what the field would stand in is an object in our answers: what is null has no fields.
func inside(field string, ours map[string]string) bool {
	at := strings.LastIndex(field, ".")
	if at < 0 {
		return true
	}
	parent := strings.TrimSuffix(field[:at], ".[]")
	return parent == "[]" || ours[parent] == "object" || ours[parent] == "list"
}

// recordedFields are the fields of the successful answers of a recording.
func recordedFields(file string) []string {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	var exchanges []struct {
		Year     int
		Response struct {
			Status int
			Body   any
		}
	}
	if err := json.Unmarshal(data, &exchanges); err != nil {
		return []string{err.Error()}
	}
	found := map[string]string{}
	for _, e := range exchanges {
		if e.Year >= recordedSince && e.Response.Status/100 == 2 {
			fields(e.Response.Body, "", found)
		}
	}
	names := make([]string, 0, len(found))
	for name := range found {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// leftOut are fields that the simulator leaves out on purpose: maps whose names are data, and what belongs to parts of
// GitHub that it does not have.
func leftOut(operation, field string) bool {
	for _, part := range []string{
		"permissions.", "request.payload.", "headers.", // names that are data
		"sub_issues_summary", "issue_dependencies_summary", "issue_field_values", "pinned_comment", // newer parts of issues
		"security_and_analysis", // secret scanning and its kin
	} {
		if strings.Contains(field, part) {
			return true
		}
	}
	switch operation {
	case "orgs/get":
		return true // an owner's recording: some forty settings that nobody can change here
	case "users/get-by-id":
		return strings.HasPrefix(field, "[]") // a recording of /user/ID/repos under a wrong name
	case "repos/get-branch-rules", "pulls/list-review-comments":
		return true // there are no rulesets, and no comments on lines
	case "repos/get":
		return field == "parent" || field == "source" // forks
	case "issues/create", "issues/update":
		return field == "type" // issue types
	case "users/get-authenticated":
		return field == "plan" || field == "notification_email"
	}
	return false
}
