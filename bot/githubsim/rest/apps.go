package rest

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/githubsim/hookshot"
	"github.com/vidimus-bot/vidimus/bot/githubsim/wire"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

func appRoutes() []route {
	return []route{
		{operation: "apps/get-authenticated", method: "GET", pattern: "/app", need: "jwt", handle: (*call).app},
		{operation: "apps/get-webhook-config-for-app", method: "GET", pattern: "/app/hook/config", need: "jwt", handle: (*call).hookConfig},
		{operation: "apps/update-webhook-config-for-app", method: "PATCH", pattern: "/app/hook/config", need: "jwt", handle: (*call).setHookConfig},
		{operation: "apps/list-webhook-deliveries", method: "GET", pattern: "/app/hook/deliveries", need: "jwt", handle: (*call).deliveries},
		{operation: "apps/get-webhook-delivery", method: "GET", pattern: "/app/hook/deliveries/{delivery}", need: "jwt", handle: (*call).delivery},
		{operation: "apps/redeliver-webhook-delivery", method: "POST", pattern: "/app/hook/deliveries/{delivery}/attempts", need: "jwt", handle: (*call).redeliver},
		{operation: "apps/list-installations", method: "GET", pattern: "/app/installations", need: "jwt", handle: (*call).installations},
		{operation: "apps/get-installation", method: "GET", pattern: "/app/installations/{installation}", need: "jwt", handle: (*call).installation},
		{operation: "apps/create-installation-access-token", method: "POST", pattern: "/app/installations/{installation}/access_tokens", need: "jwt", handle: (*call).createToken},
		{operation: "apps/get-by-slug", method: "GET", pattern: "/apps/{slug}", need: "any", handle: (*call).appBySlug},
		{operation: "apps/get-org-installation", method: "GET", pattern: "/orgs/{account}/installation", need: "jwt", handle: (*call).accountInstallation},
		{operation: "apps/get-user-installation", method: "GET", pattern: "/users/{account}/installation", need: "jwt", handle: (*call).accountInstallation},
		{operation: "apps/get-repo-installation", method: "GET", pattern: "/repos/{owner}/{repo}/installation", need: "jwt", handle: (*call).repoInstallation},
		{operation: "apps/list-repos-accessible-to-installation", method: "GET", pattern: "/installation/repositories", need: "installation", handle: (*call).installationRepos},
		{operation: "apps/revoke-installation-access-token", method: "DELETE", pattern: "/installation/token", need: "installation", handle: (*call).revokeToken},
	}
}

func (c *call) app() (answer, error) { return ok(c.Wire.OwnApp(c.actor.App)) }

func (c *call) appBySlug() (answer, error) {
	app := c.World.AppBySlug(c.params["slug"])
	if app == nil {
		return answer{}, world.NotFound()
	}
	return ok(c.Wire.App(app))
}

// hook is the webhook of the asking App.
func (c *call) hook() (*hookshot.Hook, error) {
	hook := c.Hook(c.actor.App)
	if hook == nil {
		return nil, world.NotFound()
	}
	return hook, nil
}

func configOf(hook *hookshot.Hook) wire.Object {
	settings := hook.Settings()
	o := wire.Object{"content_type": "json", "insecure_ssl": "0", "url": settings.URL}
	if settings.Secret != "" {
		o["secret"] = "********"
	}
	return o
}

func (c *call) hookConfig() (answer, error) {
	hook, err := c.hook()
	if err != nil {
		return answer{}, err
	}
	return ok(configOf(hook))
}

func (c *call) setHookConfig() (answer, error) {
	hook, err := c.hook()
	if err != nil {
		return answer{}, err
	}
	var request struct {
		URL    string `json:"url"`
		Secret string `json:"secret"`
	}
	if err := c.decode(&request); err != nil {
		return answer{}, err
	}
	hook.Configure(request.URL, request.Secret)
	return ok(configOf(hook))
}

// cursorPrefix begins the cursors of the delivery list.
const cursorPrefix = "v1_"

func (c *call) deliveries() (answer, error) {
	hook, err := c.hook()
	if err != nil {
		return answer{}, err
	}
	cursor := c.query.Get("cursor")
	start := parseID(strings.TrimPrefix(cursor, cursorPrefix))
	if cursor != "" && start == 0 {
		return answer{}, &world.Refusal{Status: http.StatusBadRequest, Message: "Invalid cursor"}
	}
	page := hook.Page(start, c.pageSize())
	var links []string
	for _, neighbour := range []struct {
		rel string
		id  int64
	}{{"next", page.Older}, {"prev", page.Newer}} {
		if neighbour.id != 0 {
			links = append(links, fmt.Sprintf("<%s/app/hook/deliveries?cursor=%s%d&per_page=%d>; rel=%q", c.Wire.API(), cursorPrefix, neighbour.id, c.pageSize(), neighbour.rel))
		}
	}
	if len(links) > 0 {
		c.header["Link"] = []string{strings.Join(links, ", ")}
	}
	items := []wire.Object{}
	for _, d := range page.Deliveries {
		items = append(items, wire.DeliveryItem(d))
	}
	return ok(items)
}

func (c *call) delivery() (answer, error) {
	hook, err := c.hook()
	if err != nil {
		return answer{}, err
	}
	d, found := hook.Delivery(c.id("delivery"))
	if !found {
		return answer{}, world.NotFound()
	}
	return ok(wire.Delivery(d))
}

func (c *call) redeliver() (answer, error) {
	hook, err := c.hook()
	if err != nil {
		return answer{}, err
	}
	if !hook.Redeliver(c.id("delivery")) {
		return answer{}, world.NotFound()
	}
	return answer{status: http.StatusAccepted, body: wire.Object{}}, nil
}

func (c *call) installations() (answer, error) {
	objects := []wire.Object{}
	for _, i := range pageOf(c, c.World.Installations(c.actor.App)) {
		objects = append(objects, c.Wire.Installation(i))
	}
	return ok(objects)
}

// ownInstallation is the installation of the path, if it is the asking App's.
func (c *call) ownInstallation() (*world.Installation, error) {
	for _, i := range c.World.Installations(c.actor.App) {
		if i.ID == c.id("installation") {
			return i, nil
		}
	}
	return nil, world.NotFound()
}

func (c *call) installation() (answer, error) {
	i, err := c.ownInstallation()
	if err != nil {
		return answer{}, err
	}
	return ok(c.Wire.Installation(i))
}

func (c *call) accountInstallation() (answer, error) {
	for _, i := range c.World.Installations(c.actor.App) {
		if strings.EqualFold(i.Account.Login, c.params["account"]) {
			return ok(c.Wire.Installation(i))
		}
	}
	return answer{}, world.NotFound()
}

func (c *call) repoInstallation() (answer, error) {
	i := c.World.InstallationOf(c.actor.App, c.repo)
	if i == nil {
		return answer{}, world.NotFound()
	}
	return ok(c.Wire.Installation(i))
}

func (c *call) createToken() (answer, error) {
	i, err := c.ownInstallation()
	if err != nil {
		return answer{}, err
	}
	var request struct {
		Repositories  []string          `json:"repositories"`
		RepositoryIDs []int64           `json:"repository_ids"`
		Permissions   map[string]string `json:"permissions"`
	}
	if err := c.decode(&request); err != nil {
		return answer{}, err
	}
	token, err := c.World.AddInstallationToken(i, world.Narrowing{
		Permissions: request.Permissions, RepoNames: request.Repositories, RepoIDs: request.RepositoryIDs,
	})
	if err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusCreated, body: c.Wire.Token(token)}, nil
}

func (c *call) installationRepos() (answer, error) {
	all := c.actor.Token.ReposOf()
	repos := []wire.Object{}
	for _, r := range pageOf(c, all) {
		repos = append(repos, c.Wire.Repo(r, c.actor))
	}
	return ok(wire.Object{"total_count": len(all), "repository_selection": "selected", "repositories": repos})
}

func (c *call) revokeToken() (answer, error) {
	c.World.Revoke(c.actor.Token)
	return noContent()
}
