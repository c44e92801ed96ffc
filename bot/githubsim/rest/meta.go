package rest

import (
	"net/http"

	"github.com/vidimus-bot/vidimus/bot/githubsim/wire"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

func metaRoutes() []route {
	return []route{
		{operation: "meta/root", method: "GET", pattern: "/", need: "metadata:read", handle: (*call).root},
		{operation: "meta/get", method: "GET", pattern: "/meta", need: "metadata:read", handle: (*call).meta},
		{operation: "meta/get-all-versions", method: "GET", pattern: "/versions", need: "any", handle: (*call).versions},
		{operation: "meta/get-zen", method: "GET", pattern: "/zen", need: "any", handle: (*call).zen},
		{operation: "rate-limit/get", method: "GET", pattern: "/rate_limit", need: "metadata:read", handle: (*call).rateLimit},
	}
}

// root lists the addresses of the API. The empty path below Prefix is a segment "".
func (c *call) root() (answer, error) {
	api := c.Wire.API()
	return ok(wire.Object{
		"current_user_url": api + "/user", "current_user_authorizations_html_url": c.Wire.Web + "/settings/connections/applications{/client_id}",
		"authorizations_url": api + "/authorizations", "code_search_url": api + "/search/code?q={query}{&page,per_page,sort,order}",
		"commit_search_url": api + "/search/commits?q={query}{&page,per_page,sort,order}", "emails_url": api + "/user/emails",
		"emojis_url": api + "/emojis", "events_url": api + "/events", "feeds_url": api + "/feeds", "followers_url": api + "/user/followers",
		"following_url": api + "/user/following{/target}", "gists_url": api + "/gists{/gist_id}",
		"issue_search_url": api + "/search/issues?q={query}{&page,per_page,sort,order}", "issues_url": api + "/issues", "keys_url": api + "/user/keys",
		"label_search_url":  api + "/search/labels?q={query}&repository_id={repository_id}{&page,per_page}",
		"notifications_url": api + "/notifications", "organization_url": api + "/orgs/{org}",
		"organization_repositories_url": api + "/orgs/{org}/repos{?type,page,per_page,sort}", "organization_teams_url": api + "/orgs/{org}/teams",
		"public_gists_url": api + "/gists/public", "rate_limit_url": api + "/rate_limit", "repository_url": api + "/repos/{owner}/{repo}",
		"repository_search_url":         api + "/search/repositories?q={query}{&page,per_page,sort,order}",
		"current_user_repositories_url": api + "/user/repos{?type,page,per_page,sort}",
		"starred_url":                   api + "/user/starred{/owner}{/repo}",
		"starred_gists_url":             api + "/gists/starred",
		"user_url":                      api + "/users/{user}",
		"user_organizations_url":        api + "/user/orgs",
		"user_repositories_url":         api + "/users/{user}/repos{?type,page,per_page,sort}",
		"user_search_url":               api + "/search/users?q={query}{&page,per_page,sort,order}",
		"topic_search_url":              api + "/search/topics?q={query}{&page,per_page}",
		"hub_url":                       api + "/hub",
	})
}

func (c *call) meta() (answer, error) {
	return ok(wire.Object{
		"verifiable_password_authentication": false, "installed_version": "3.18.0", "domains": wire.Object{"website": []string{c.Wire.Web}},
	})
}

func (c *call) versions() (answer, error) { return ok([]string{newVersion, oldVersion}) }

func (c *call) zen() (answer, error) {
	return answer{status: http.StatusOK, raw: []byte("Keep it logically awesome."), mediaType: "text/plain;charset=utf-8"}, nil
}

func (c *call) rateLimit() (answer, error) {
	if c.actor.Token == nil {
		return answer{}, world.NotFound()
	}
	used, resets := c.World.Spend(c.actor.Token, c.RateLimit, true)
	core := wire.Object{"limit": c.RateLimit, "used": used, "remaining": c.RateLimit - used, "reset": resets.Unix()}
	other := wire.Object{"limit": c.RateLimit, "used": 0, "remaining": c.RateLimit, "reset": resets.Unix()}
	return ok(wire.Object{"resources": wire.Object{"core": core, "search": other, "graphql": other}, "rate": core})
}
