package rest

import (
	"net/http"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// absentRoutes are operations of GitHub that an App of our kind may try and that this host does not have: they answer
// 501 with a word about it, so that nobody takes a missing feature for a missing object.
func absentRoutes() []route {
	var routes []route
	for _, line := range []string{
		"GET /app-manifests/{code}", "POST /app-manifests/{code}/conversions", "POST /markdown", "GET /search/{kind}",
		"DELETE /app/installations/{id}", "PUT /app/installations/{id}/suspended", "DELETE /app/installations/{id}/suspended",
		"DELETE /repos/{owner}/{repo}", "POST /repos/{owner}/{repo}/forks", "POST /repos/{owner}/{repo}/merges",
		"GET /repos/{owner}/{repo}/codeowners/errors", "POST /repos/{owner}/{repo}/pulls/{number}/comments",
		"POST /repos/{owner}/{repo}/branches/{branch}/protection/{part...}", "PATCH /repos/{owner}/{repo}/branches/{branch}/protection/{part...}",
		"DELETE /repos/{owner}/{repo}/branches/{branch}/protection/{part...}",
		"POST /repos/{owner}/{repo}/rulesets", "PATCH /repos/{owner}/{repo}/check-suites/preferences",
		"GET /repos/{owner}/{repo}/deployments", "POST /repos/{owner}/{repo}/deployments", "GET /repos/{owner}/{repo}/hooks", "POST /repos/{owner}/{repo}/hooks",
		"GET /repos/{owner}/{repo}/pages/{part...}", "POST /repos/{owner}/{repo}/pages", "PUT /repos/{owner}/{repo}/pages", "POST /repos/{owner}/{repo}/pages/{part...}",
		"GET /repos/{owner}/{repo}/releases", "POST /repos/{owner}/{repo}/releases", "GET /repos/{owner}/{repo}/releases/{part...}",
	} {
		method, pattern, _ := strings.Cut(line, " ")
		routes = append(routes, route{method: method, pattern: pattern, need: "any", handle: (*call).absent})
	}
	return routes
}

func (c *call) absent() (answer, error) {
	return answer{}, &world.Refusal{Status: http.StatusNotImplemented, Message: c.request.Method + " " + c.route.pattern + " is not simulated."}
}
