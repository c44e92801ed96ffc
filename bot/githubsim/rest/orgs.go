package rest

import (
	"net/http"
	"slices"

	"github.com/vidimus-bot/vidimus/bot/githubsim/wire"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

func orgRoutes() []route {
	return []route{
		{operation: "orgs/get", method: "GET", pattern: "/orgs/{org}", need: "metadata:read", handle: (*call).organisation},
		{operation: "orgs/list-members", method: "GET", pattern: "/orgs/{org}/members", need: "metadata:read", handle: (*call).members},
		{operation: "orgs/check-membership-for-user", method: "GET", pattern: "/orgs/{org}/members/{login}", need: "metadata:read", handle: (*call).isMember},
		{operation: "orgs/get-membership-for-user", method: "GET", pattern: "/orgs/{org}/memberships/{login}", need: "members:read", handle: (*call).membership},
		{operation: "orgs/set-membership-for-user", method: "PUT", pattern: "/orgs/{org}/memberships/{login}", need: "members:write", handle: (*call).setMembership},
		{operation: "orgs/remove-membership-for-user", method: "DELETE", pattern: "/orgs/{org}/memberships/{login}", need: "members:write", handle: (*call).removeMembership},
		{operation: "repos/list-for-org", method: "GET", pattern: "/orgs/{org}/repos", need: "metadata:read", handle: (*call).orgRepos},
		{operation: "repos/create-in-org", method: "POST", pattern: "/orgs/{org}/repos", need: "administration:write", handle: (*call).createOrgRepo},
		{operation: "repos/get-org-rulesets", method: "GET", pattern: "/orgs/{org}/rulesets", need: "organization_administration:write", handle: (*call).orgRulesets},
	}
}

func teamRoutes() []route {
	return []route{
		{operation: "teams/list", method: "GET", pattern: "/orgs/{org}/teams", need: "members:read", handle: (*call).teams},
		{operation: "teams/create", method: "POST", pattern: "/orgs/{org}/teams", need: "members:write", handle: (*call).createTeam},
		{operation: "teams/get-by-name", method: "GET", pattern: "/orgs/{org}/teams/{team}", need: "members:read", handle: (*call).team},
		{operation: "teams/list-members-in-org", method: "GET", pattern: "/orgs/{org}/teams/{team}/members", need: "members:read", handle: (*call).teamMembers},
		{operation: "teams/get-membership-for-user-in-org", method: "GET", pattern: "/orgs/{org}/teams/{team}/memberships/{login}", need: "members:read", handle: (*call).teamMembership},
		{operation: "teams/add-or-update-membership-for-user-in-org", method: "PUT", pattern: "/orgs/{org}/teams/{team}/memberships/{login}", need: "members:write", handle: (*call).setTeamMembership},
		{operation: "teams/remove-membership-for-user-in-org", method: "DELETE", pattern: "/orgs/{org}/teams/{team}/memberships/{login}", need: "members:write", handle: (*call).removeTeamMembership},
		{operation: "teams/list-repos-in-org", method: "GET", pattern: "/orgs/{org}/teams/{team}/repos", need: "members:read", handle: (*call).teamRepos},
		{operation: "teams/check-permissions-for-repo-in-org", method: "GET", pattern: "/orgs/{org}/teams/{team}/repos/{owner}/{repo}", need: "members:read", handle: (*call).teamRepo},
		{operation: "teams/add-or-update-repo-permissions-in-org", method: "PUT", pattern: "/orgs/{org}/teams/{team}/repos/{owner}/{repo}", need: "members:read,administration:write", handle: (*call).setTeamRepo},
		{operation: "teams/list-child-in-org", method: "GET", pattern: "/orgs/{org}/teams/{team}/teams", need: "members:read", handle: (*call).childTeams},
	}
}

// org is the organisation of the path.
func (c *call) org() (*world.Account, error) {
	o, err := c.account("org")
	if err != nil || o.Kind != world.KindOrganisation {
		return nil, world.NotFound()
	}
	return o, nil
}

// insideOrg refuses whoever may not look into the organisation: members and the Apps installed there may.
func (c *call) insideOrg() (*world.Account, error) {
	o, err := c.org()
	if err != nil {
		return nil, err
	}
	if i := c.actor.Installation(); i != nil && i.Account == o || o.HasMember(c.actor.Account) {
		return o, nil
	}
	return nil, world.NotFound()
}

// owningOrg refuses whoever may not change the organisation.
func (c *call) owningOrg() (*world.Account, error) {
	o, err := c.insideOrg()
	if err != nil {
		return nil, err
	}
	if c.actor.Installation() == nil && !o.HasOwner(c.actor.Account) {
		return nil, world.Forbidden("You must be an admin of this organization.")
	}
	return o, nil
}

func (c *call) organisation() (answer, error) {
	o, err := c.org()
	if err != nil {
		return answer{}, err
	}
	return ok(c.Wire.FullOrganisation(o))
}

func (c *call) members() (answer, error) {
	o, err := c.insideOrg()
	if err != nil {
		return answer{}, err
	}
	return c.accounts(o.Members)
}

func (c *call) accounts(all []*world.Account) (answer, error) {
	users := []any{}
	for _, u := range pageOf(c, all) {
		users = append(users, c.Wire.User(u))
	}
	return ok(users)
}

func (c *call) isMember() (answer, error) {
	o, err := c.org()
	if err != nil {
		return answer{}, err
	}
	if _, err := c.insideOrg(); err != nil {
		return answer{status: http.StatusFound, location: c.Wire.API() + "/orgs/" + o.Login + "/public_members/" + c.params["login"]}, nil
	}
	if u, err := c.account("login"); err == nil && o.HasMember(u) {
		return noContent()
	}
	return answer{}, &world.Refusal{Status: http.StatusNotFound, Message: "User does not exist or is not a member of the organization"}
}

// orgUser is organisation and user of the path, where the user is a member.
func (c *call) orgUser(org func() (*world.Account, error)) (o, u *world.Account, err error) {
	if o, err = org(); err != nil {
		return nil, nil, err
	}
	if u, err = c.account("login"); err != nil || !o.HasMember(u) {
		return nil, nil, world.NotFound()
	}
	return o, u, nil
}

func (c *call) membership() (answer, error) {
	o, u, err := c.orgUser(c.insideOrg)
	if err != nil {
		return answer{}, err
	}
	return ok(c.Wire.OrgMembership(o, u))
}

func (c *call) setMembership() (answer, error) {
	o, err := c.owningOrg()
	if err != nil {
		return answer{}, err
	}
	u, err := c.account("login")
	if err != nil || u.Kind != world.KindUser {
		return answer{}, world.NotFound()
	}
	var request struct {
		Role string `json:"role"`
	}
	if err := c.decode(&request); err != nil {
		return answer{}, err
	}
	if !slices.Contains([]string{"", "member", "admin"}, request.Role) {
		return answer{}, world.Unprocessable("Invalid request.\n\n" + request.Role + " is not a member of [\"admin\", \"member\"].")
	}
	o.SetMember(u, request.Role == "admin")
	return ok(c.Wire.OrgMembership(o, u))
}

func (c *call) removeMembership() (answer, error) {
	o, u, err := c.orgUser(c.owningOrg)
	if err != nil {
		return answer{}, err
	}
	if o.HasOwner(u) && len(o.Owners) == 1 {
		return answer{}, world.Forbidden("Cannot remove the last owner")
	}
	o.RemoveMember(u)
	return noContent()
}

func (c *call) orgRepos() (answer, error) {
	o, err := c.org()
	if err != nil {
		return answer{}, err
	}
	visible := slices.DeleteFunc(c.World.Repos(), func(r *world.Repo) bool {
		return r.Owner != o || c.World.LevelOf(c.actor, r) == world.LevelNone
	})
	repos := []wire.Object{}
	for _, r := range pageOf(c, visible) {
		repos = append(repos, c.Wire.Repo(r, c.actor))
	}
	return ok(repos)
}

// orgRulesets is always empty: there are no rulesets here.
func (c *call) orgRulesets() (answer, error) {
	if _, err := c.insideOrg(); err != nil {
		return answer{}, err
	}
	return ok([]wire.Object{})
}

func (c *call) teams() (answer, error) {
	o, err := c.insideOrg()
	if err != nil {
		return answer{}, err
	}
	teams := []wire.Object{}
	for _, t := range pageOf(c, o.Teams) {
		teams = append(teams, c.Wire.Team(t))
	}
	return ok(teams)
}

func (c *call) createTeam() (answer, error) {
	o, err := c.owningOrg()
	if err != nil {
		return answer{}, err
	}
	var request struct {
		Name        string   `json:"name"`
		Description string   `json:"description"`
		Privacy     string   `json:"privacy"`
		Maintainers []string `json:"maintainers"`
	}
	if err := c.decode(&request); err != nil {
		return answer{}, err
	}
	t, err := c.World.AddTeam(o, request.Name, request.Description)
	if err != nil {
		return answer{}, err
	}
	t.Secret = request.Privacy == "secret"
	for _, login := range request.Maintainers {
		if u := c.World.Account(login); u != nil {
			t.SetMember(u, true)
		}
	}
	return created(c.Wire.FullTeam(t))
}

// teamOf is the team of the path, for who passes org.
func (c *call) teamOf(org func() (*world.Account, error)) (*world.Team, error) {
	o, err := org()
	if err != nil {
		return nil, err
	}
	t := o.Team(c.params["team"])
	if t == nil {
		return nil, world.NotFound()
	}
	return t, nil
}

func (c *call) team() (answer, error) {
	t, err := c.teamOf(c.insideOrg)
	if err != nil {
		return answer{}, err
	}
	return ok(c.Wire.FullTeam(t))
}

func (c *call) teamMembers() (answer, error) {
	t, err := c.teamOf(c.insideOrg)
	if err != nil {
		return answer{}, err
	}
	return c.accounts(t.Members)
}

func (c *call) teamUser(org func() (*world.Account, error)) (*world.Team, *world.Account, error) {
	t, err := c.teamOf(org)
	if err != nil {
		return nil, nil, err
	}
	u, err := c.account("login")
	return t, u, err
}

func (c *call) teamMembership() (answer, error) {
	t, u, err := c.teamUser(c.insideOrg)
	if err != nil || !slices.Contains(t.Members, u) {
		return answer{}, world.NotFound()
	}
	return ok(c.Wire.TeamMembership(t, u))
}

func (c *call) setTeamMembership() (answer, error) {
	t, u, err := c.teamUser(c.owningOrg)
	if err != nil {
		return answer{}, err
	}
	var request struct {
		Role string `json:"role"`
	}
	if err := c.decode(&request); err != nil {
		return answer{}, err
	}
	t.SetMember(u, request.Role == "maintainer")
	return ok(c.Wire.TeamMembership(t, u))
}

func (c *call) removeTeamMembership() (answer, error) {
	t, u, err := c.teamUser(c.owningOrg)
	if err != nil {
		return answer{}, err
	}
	t.RemoveMember(u)
	return noContent()
}

func (c *call) teamRepos() (answer, error) {
	t, err := c.teamOf(c.insideOrg)
	if err != nil {
		return answer{}, err
	}
	var repos []*world.Repo
	for _, r := range c.World.Repos() {
		if t.Repos[r.ID] > world.LevelNone {
			repos = append(repos, r)
		}
	}
	objects := []wire.Object{}
	for _, r := range pageOf(c, repos) {
		objects = append(objects, c.Wire.Repo(r, c.actor))
	}
	return ok(objects)
}

func (c *call) teamRepo() (answer, error) {
	t, err := c.teamOf(c.insideOrg)
	if err != nil || t.Repos[c.repo.ID] == world.LevelNone {
		return answer{}, world.NotFound()
	}
	return noContent()
}

func (c *call) setTeamRepo() (answer, error) {
	t, err := c.teamOf(c.owningOrg)
	if err != nil {
		return answer{}, err
	}
	var request struct {
		Permission string `json:"permission"`
	}
	if err := c.decode(&request); err != nil {
		return answer{}, err
	}
	level, known := world.ParseLevel(request.Permission)
	if !known {
		return answer{}, world.Unprocessable("`" + request.Permission + "` is not a valid permission.")
	}
	t.Repos[c.repo.ID] = level
	return noContent()
}

// childTeams is always empty: teams do not nest here.
func (c *call) childTeams() (answer, error) {
	if _, err := c.teamOf(c.insideOrg); err != nil {
		return answer{}, err
	}
	return ok([]wire.Object{})
}
