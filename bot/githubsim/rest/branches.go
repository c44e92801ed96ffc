package rest

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/githubsim/wire"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

func branchRoutes() []route {
	const branch = "/repos/{owner}/{repo}/branches/{branch...}"
	return []route{
		{operation: "repos/list-branches", method: "GET", pattern: "/repos/{owner}/{repo}/branches", need: "contents:read", handle: (*call).branches},
		{operation: "repos/get-branch-protection", method: "GET", pattern: branch + "/protection", need: "administration:read", handle: (*call).protection},
		{operation: "repos/update-branch-protection", method: "PUT", pattern: branch + "/protection", need: "administration:write", handle: (*call).protect},
		{operation: "repos/delete-branch-protection", method: "DELETE", pattern: branch + "/protection", need: "administration:write", handle: (*call).unprotect},
		{operation: "repos/get-status-checks-protection", method: "GET", pattern: branch + "/protection/required_status_checks", need: "administration:read", handle: (*call).requiredChecks},
		{operation: "repos/get-pull-request-review-protection", method: "GET", pattern: branch + "/protection/required_pull_request_reviews", need: "administration:read", handle: (*call).requiredReviews},
		{operation: "repos/get-commit-signature-protection", method: "GET", pattern: branch + "/protection/required_signatures", need: "administration:read", handle: (*call).requiredSignatures},
		{operation: "repos/create-commit-signature-protection", method: "POST", pattern: branch + "/protection/required_signatures", need: "administration:write", handle: (*call).requireSignatures},
		{operation: "repos/delete-commit-signature-protection", method: "DELETE", pattern: branch + "/protection/required_signatures", need: "administration:write", handle: (*call).dropSignatures},
		{operation: "repos/get-branch", method: "GET", pattern: branch, need: "contents:read", handle: (*call).branch},
	}
}

func (c *call) branches() (answer, error) {
	refs, err := c.repo.Git.Refs("refs/heads/")
	if err != nil {
		return answer{}, err
	}
	names := make([]string, 0, len(refs))
	for name := range refs {
		branch := strings.TrimPrefix(name, "refs/heads/")
		wanted := c.query.Get("protected")
		if wanted == "" || (wanted == "true") == (c.repo.Protection[branch] != nil) {
			names = append(names, branch)
		}
	}
	slices.Sort(names)
	objects := []wire.Object{}
	for _, name := range pageOf(c, names) {
		objects = append(objects, c.Wire.ShortBranch(c.repo, name, refs["refs/heads/"+name]))
	}
	return ok(objects)
}

func (c *call) branch() (answer, error) {
	name := c.params["branch"]
	tip, err := c.repo.Tip(name)
	if err != nil {
		return answer{}, err
	}
	if tip == "" {
		return answer{}, &world.Refusal{Status: 404, Message: "Branch not found"}
	}
	commit, err := c.repo.Git.Commit(tip)
	if err != nil {
		return answer{}, err
	}
	return ok(c.Wire.Branch(c.repo, name, commit))
}

// rule is the protection of the branch of the path, for administrators.
func (c *call) rule() (*world.Protection, error) {
	if err := c.World.Require(c.actor, c.repo, c.readAdministration()); err != nil {
		return nil, err
	}
	rule := c.repo.Protection[c.params["branch"]]
	if rule == nil {
		return nil, &world.Refusal{Status: 404, Message: "Branch not protected"}
	}
	return rule, nil
}

// readAdministration is the level that reading protection takes: an App has shown its permission already.
func (c *call) readAdministration() world.Level {
	if c.actor.Installation() != nil {
		return world.LevelRead
	}
	return world.LevelAdmin
}

func (c *call) protection() (answer, error) {
	rule, err := c.rule()
	if err != nil {
		return answer{}, err
	}
	return ok(c.Wire.Protection(c.repo, rule))
}

func (c *call) requiredChecks() (answer, error) {
	rule, err := c.rule()
	if err != nil {
		return answer{}, err
	}
	if rule.Checks == nil {
		return answer{}, &world.Refusal{Status: 404, Message: "Required status checks not enabled"}
	}
	return ok(c.Wire.CheckRule(c.repo, rule))
}

// part is one member of the protection object; a rule that is not set is a 404.
func (c *call) part(name string) (answer, error) {
	rule, err := c.rule()
	if err != nil {
		return answer{}, err
	}
	part, has := c.Wire.Protection(c.repo, rule)[name]
	if !has {
		return answer{}, world.NotFound()
	}
	return ok(part)
}

func (c *call) requiredReviews() (answer, error) { return c.part("required_pull_request_reviews") }

func (c *call) requiredSignatures() (answer, error) { return c.part("required_signatures") }

// setSignatures sets whether commits of the branch need signatures, for administrators.
func (c *call) setSignatures(required bool) error {
	if err := c.World.Require(c.actor, c.repo, world.LevelAdmin); err != nil {
		return err
	}
	rule, err := c.rule()
	if err == nil {
		rule.Signatures = required
	}
	return err
}

func (c *call) requireSignatures() (answer, error) {
	if err := c.setSignatures(true); err != nil {
		return answer{}, err
	}
	return c.part("required_signatures")
}

func (c *call) dropSignatures() (answer, error) {
	if err := c.setSignatures(false); err != nil {
		return answer{}, err
	}
	return noContent()
}

// protectionRequest is the body of update-branch-protection. Its first four fields must be there, null or not.
type protectionRequest struct {
	Checks           *checksRequest  `json:"required_status_checks"`
	EnforceAdmins    *bool           `json:"enforce_admins"`
	Reviews          *reviewsRequest `json:"required_pull_request_reviews"`
	LinearHistory    bool            `json:"required_linear_history"`
	AllowForcePushes bool            `json:"allow_force_pushes"`
	AllowDeletions   bool            `json:"allow_deletions"`
}

type checksRequest struct {
	Strict   bool     `json:"strict"`
	Contexts []string `json:"contexts"`
	Checks   []struct {
		Context string `json:"context"`
		AppID   *int64 `json:"app_id"`
	} `json:"checks"`
}

type reviewsRequest struct {
	Count        int  `json:"required_approving_review_count"`
	DismissStale bool `json:"dismiss_stale_reviews"`
	CodeOwners   bool `json:"require_code_owner_reviews"`
	LastPush     bool `json:"require_last_push_approval"`
}

func (c *call) protect() (answer, error) {
	if err := c.World.Require(c.actor, c.repo, world.LevelAdmin); err != nil {
		return answer{}, err
	}
	var request protectionRequest
	if err := c.decode(&request); err != nil {
		return answer{}, err
	}
	var given map[string]json.RawMessage
	if err := c.decode(&given); err != nil {
		return answer{}, err
	}
	for _, field := range []string{"required_status_checks", "enforce_admins", "required_pull_request_reviews", "restrictions"} {
		if _, has := given[field]; !has {
			return answer{}, world.Unprocessable("Invalid request.\n\n\"" + field + "\" wasn't supplied.")
		}
	}
	rule := request.rule()
	if old := c.repo.Protection[c.params["branch"]]; old != nil {
		rule.Signatures = old.Signatures
	}
	if err := c.World.Protect(c.repo, c.params["branch"], rule); err != nil {
		return answer{}, err
	}
	return ok(c.Wire.Protection(c.repo, rule))
}

func (p protectionRequest) rule() *world.Protection {
	rule := &world.Protection{
		EnforceAdmins: p.EnforceAdmins != nil && *p.EnforceAdmins, LinearHistory: p.LinearHistory,
		AllowForcePushes: p.AllowForcePushes, AllowDeletions: p.AllowDeletions,
	}
	if p.Checks != nil {
		rule.Checks = &world.CheckRule{Strict: p.Checks.Strict}
		for _, check := range p.Checks.Checks {
			required := world.RequiredCheck{Context: check.Context}
			if check.AppID != nil && *check.AppID > 0 {
				required.AppID = *check.AppID
			}
			rule.Checks.Required = append(rule.Checks.Required, required)
		}
		for _, context := range p.Checks.Contexts {
			if len(p.Checks.Checks) == 0 {
				rule.Checks.Required = append(rule.Checks.Required, world.RequiredCheck{Context: context})
			}
		}
	}
	if p.Reviews != nil {
		rule.Reviews = &world.ReviewRule{
			Count: p.Reviews.Count, DismissStale: p.Reviews.DismissStale, CodeOwners: p.Reviews.CodeOwners, LastPush: p.Reviews.LastPush,
		}
	}
	return rule
}

func (c *call) unprotect() (answer, error) {
	if err := c.World.Require(c.actor, c.repo, world.LevelAdmin); err != nil {
		return answer{}, err
	}
	if _, err := c.rule(); err != nil {
		return answer{}, err
	}
	if err := c.World.Protect(c.repo, c.params["branch"], nil); err != nil {
		return answer{}, err
	}
	return noContent()
}
