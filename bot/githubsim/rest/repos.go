package rest

import (
	"net/http"
	"slices"

	"github.com/vidimus-bot/vidimus/bot/githubsim/wire"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

func repoRoutes() []route {
	return []route{
		{operation: "repos/get", method: "GET", pattern: "/repos/{owner}/{repo}", need: "metadata:read", handle: (*call).getRepo},
		{operation: "repos/update", method: "PATCH", pattern: "/repos/{owner}/{repo}", need: "administration:write", handle: (*call).updateRepo},
		{operation: "repos/list-teams", method: "GET", pattern: "/repos/{owner}/{repo}/teams", need: "administration:read", handle: (*call).repoTeams},
		{operation: "repos/list-collaborators", method: "GET", pattern: "/repos/{owner}/{repo}/collaborators", need: "metadata:read", handle: (*call).collaborators},
		{operation: "repos/check-collaborator", method: "GET", pattern: "/repos/{owner}/{repo}/collaborators/{login}", need: "metadata:read", handle: (*call).isCollaborator},
		{operation: "repos/add-collaborator", method: "PUT", pattern: "/repos/{owner}/{repo}/collaborators/{login}", need: "administration:write", handle: (*call).addCollaborator},
		{operation: "repos/remove-collaborator", method: "DELETE", pattern: "/repos/{owner}/{repo}/collaborators/{login}", need: "administration:write", handle: (*call).removeCollaborator},
		{operation: "repos/get-collaborator-permission-level", method: "GET", pattern: "/repos/{owner}/{repo}/collaborators/{login}/permission", need: "metadata:read", handle: (*call).permission},
		{operation: "repos/get-branch-rules", method: "GET", pattern: "/repos/{owner}/{repo}/rules/branches/{branch...}", need: "metadata:read", handle: (*call).noRulesets},
		{operation: "repos/get-repo-rulesets", method: "GET", pattern: "/repos/{owner}/{repo}/rulesets", need: "metadata:read", handle: (*call).noRulesets},
		{operation: "repos/custom-properties-for-repos-get-repository-values", method: "GET", pattern: "/repos/{owner}/{repo}/properties/values", need: "metadata:read", handle: (*call).noRulesets},
	}
}

// repoRequest are the fields of a repository that a request sets.
type repoRequest struct {
	Name          string  `json:"name"`
	Description   *string `json:"description"`
	Private       *bool   `json:"private"`
	AutoInit      bool    `json:"auto_init"`
	Archived      *bool   `json:"archived"`
	DefaultBranch *string `json:"default_branch"`
	Merge         *bool   `json:"allow_merge_commit"`
	Squash        *bool   `json:"allow_squash_merge"`
	Rebase        *bool   `json:"allow_rebase_merge"`
	DeleteBranch  *bool   `json:"delete_branch_on_merge"`
}

func (c *call) createOwnRepo() (answer, error) { return c.createRepo(c.actor.Account) }

func (c *call) createOrgRepo() (answer, error) {
	o, err := c.insideOrg()
	if err != nil {
		return answer{}, err
	}
	if c.actor.Installation() == nil && !o.HasOwner(c.actor.Account) {
		return answer{}, world.Forbidden("You need admin access to the organization before adding a repository to it.")
	}
	return c.createRepo(o)
}

func (c *call) createRepo(owner *world.Account) (answer, error) {
	var request repoRequest
	if err := c.decode(&request); err != nil {
		return answer{}, err
	}
	n := world.NewRepo{Owner: owner, Name: request.Name, Private: request.Private != nil && *request.Private}
	if request.Description != nil {
		n.Description = *request.Description
	}
	if request.AutoInit {
		n.Init = c.actor.Account
	}
	r, err := c.World.AddRepo(n)
	if err != nil {
		return answer{}, err
	}
	return created(c.Wire.FullRepo(r, c.actor))
}

func (c *call) getRepo() (answer, error) { return ok(c.Wire.FullRepo(c.repo, c.actor)) }

func (c *call) updateRepo() (answer, error) {
	if err := c.World.Require(c.actor, c.repo, world.LevelAdmin); err != nil {
		return answer{}, err
	}
	var request repoRequest
	if err := c.decode(&request); err != nil {
		return answer{}, err
	}
	r := c.repo
	if request.Name != "" {
		if err := c.World.Rename(c.actor, r, request.Name); err != nil {
			return answer{}, err
		}
	}
	if request.Archived != nil {
		c.World.Archive(c.actor, r, *request.Archived)
	}
	if request.DefaultBranch != nil {
		if err := c.World.SetDefaultBranch(r, *request.DefaultBranch); err != nil {
			return answer{}, err
		}
	}
	assign(&r.Description, request.Description)
	assign(&r.Private, request.Private)
	assign(&r.Merge.Merge, request.Merge)
	assign(&r.Merge.Squash, request.Squash)
	assign(&r.Merge.Rebase, request.Rebase)
	assign(&r.Merge.DeleteBranch, request.DeleteBranch)
	r.Updated = c.World.Clock.Now()
	return ok(c.Wire.FullRepo(r, c.actor))
}

func assign[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}

func (c *call) repoTeams() (answer, error) {
	teams := []wire.Object{}
	for _, t := range c.repo.Owner.Teams {
		if t.Repos[c.repo.ID] > world.LevelNone {
			teams = append(teams, c.Wire.Team(t))
		}
	}
	return ok(pageOf(c, teams))
}

// everybody lists the users who may do something in the repository beyond what everybody may.
func (c *call) everybody() []*world.Account {
	return slices.DeleteFunc(c.World.Accounts(world.KindUser), func(u *world.Account) bool {
		return c.World.Association(u, c.repo) == "NONE" || c.World.Level(u, c.repo) == world.LevelNone
	})
}

func (c *call) collaborators() (answer, error) {
	if err := c.World.Require(c.actor, c.repo, world.LevelWrite); err != nil {
		return answer{}, err
	}
	users := []wire.Object{}
	for _, u := range pageOf(c, c.everybody()) {
		users = append(users, c.Wire.Collaborator(c.repo, u))
	}
	return ok(users)
}

func (c *call) isCollaborator() (answer, error) {
	u, err := c.account("login")
	if err != nil || !slices.Contains(c.everybody(), u) {
		return answer{}, world.NotFound()
	}
	return noContent()
}

// addCollaborator lets the user in at once: there is nobody here to accept an invitation.
func (c *call) addCollaborator() (answer, error) {
	if err := c.World.Require(c.actor, c.repo, world.LevelAdmin); err != nil {
		return answer{}, err
	}
	u, err := c.account("login")
	if err != nil || u.Kind != world.KindUser {
		return answer{}, world.NotFound()
	}
	var request struct {
		Permission string `json:"permission"`
	}
	if err := c.decode(&request); err != nil {
		return answer{}, err
	}
	level, known := world.ParseLevel(request.Permission)
	if !known {
		return answer{}, world.Unprocessable("`{\"permission\"=>\"" + request.Permission + "\"}` is not a valid permission.")
	}
	c.repo.Collaborators[u.ID] = level
	return noContent()
}

func (c *call) removeCollaborator() (answer, error) {
	if err := c.World.Require(c.actor, c.repo, world.LevelAdmin); err != nil {
		return answer{}, err
	}
	u, err := c.account("login")
	if err != nil {
		return answer{}, err
	}
	delete(c.repo.Collaborators, u.ID)
	return noContent()
}

func (c *call) permission() (answer, error) {
	if err := c.World.Require(c.actor, c.repo, world.LevelWrite); err != nil {
		return answer{}, &world.Refusal{Status: http.StatusForbidden, Message: "Must have push access to view collaborator permission."}
	}
	u, err := c.account("login")
	if err != nil {
		return answer{}, err
	}
	return ok(c.Wire.Permission(c.repo, u))
}

// noRulesets is an empty list: there are no rulesets and no custom properties here, only classic protection.
func (c *call) noRulesets() (answer, error) { return ok([]wire.Object{}) }
