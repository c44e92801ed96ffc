package rest

import (
	"net/http"
	"slices"

	"github.com/vidimus-bot/vidimus/bot/githubsim/wire"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

func suiteRoutes() []route {
	const suite = "/repos/{owner}/{repo}/check-suites"
	return []route{
		{operation: "checks/create-suite", method: "POST", pattern: suite, need: "checks:write", handle: (*call).createSuite},
		{operation: "checks/get-suite", method: "GET", pattern: suite + "/{suite}", need: "checks:read", handle: (*call).suite},
		{operation: "checks/list-for-suite", method: "GET", pattern: suite + "/{suite}/check-runs", need: "checks:read", handle: (*call).runsOfSuite},
		{operation: "checks/rerequest-suite", method: "POST", pattern: suite + "/{suite}/rerequest", need: "checks:write", handle: (*call).rerequestSuite},
	}
}

func statusRoutes() []route {
	return []route{
		{operation: "repos/create-commit-status", method: "POST", pattern: "/repos/{owner}/{repo}/statuses/{ref}", need: "statuses:write", handle: (*call).createStatus},
	}
}

func (c *call) createSuite() (answer, error) {
	if err := c.onlyApps(); err != nil {
		return answer{}, err
	}
	var request struct {
		HeadSHA string `json:"head_sha"`
	}
	if err := c.decode(&request); err != nil {
		return answer{}, err
	}
	s, made, err := c.World.AddSuite(c.actor, c.repo, request.HeadSHA)
	if err != nil {
		return answer{}, err
	}
	o, err := c.Wire.CheckSuite(s)
	if err != nil {
		return answer{}, err
	}
	if made {
		return created(o)
	}
	return ok(o)
}

func (c *call) findSuite() (*world.CheckSuite, error) {
	if s := c.repo.Suite(c.id("suite")); s != nil {
		return s, nil
	}
	return nil, world.NotFound()
}

func (c *call) suite() (answer, error) {
	s, err := c.findSuite()
	if err != nil {
		return answer{}, err
	}
	o, err := c.Wire.CheckSuite(s)
	if err != nil {
		return answer{}, err
	}
	return ok(o)
}

func (c *call) runsOfSuite() (answer, error) {
	s, err := c.findSuite()
	if err != nil {
		return answer{}, err
	}
	return c.runList([]*world.CheckSuite{s})
}

func (c *call) rerequestSuite() (answer, error) {
	s, err := c.findSuite()
	if err != nil {
		return answer{}, err
	}
	if err := c.World.RerequestSuite(c.actor, s); err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusCreated, body: wire.Object{}}, nil
}

func (c *call) suitesOfRef() (answer, error) {
	suites, err := c.suitesFor()
	if err != nil {
		return answer{}, err
	}
	objects := []wire.Object{}
	for _, s := range pageOf(c, suites) {
		o, err := c.Wire.CheckSuite(s)
		if err != nil {
			return answer{}, err
		}
		objects = append(objects, o)
	}
	return ok(wire.Object{"total_count": len(suites), "check_suites": objects})
}

func (c *call) createStatus() (answer, error) {
	var request struct {
		State       string `json:"state"`
		TargetURL   string `json:"target_url"`
		Description string `json:"description"`
		Context     string `json:"context"`
	}
	if err := c.decode(&request); err != nil {
		return answer{}, err
	}
	s, err := c.World.AddStatus(c.actor, c.repo, world.Status{
		SHA: c.params["ref"], State: request.State, TargetURL: request.TargetURL, Description: request.Description, Context: request.Context,
	})
	if err != nil {
		return answer{}, err
	}
	return created(c.Wire.Status(c.repo, s))
}

// statusesOf lists the statuses of the commit that the path names, newest first.
func (c *call) statusesOf() (string, []*world.Status, error) {
	commit, err := c.resolve("ref")
	if err != nil {
		return "", nil, err
	}
	all := slices.DeleteFunc(slices.Clone(c.repo.Statuses), func(s *world.Status) bool { return s.SHA != commit.ID })
	slices.Reverse(all)
	return commit.ID, all, nil
}

func (c *call) statuses() (answer, error) {
	_, all, err := c.statusesOf()
	if err != nil {
		return answer{}, err
	}
	objects := []wire.Object{}
	for _, s := range pageOf(c, all) {
		objects = append(objects, c.Wire.Status(c.repo, s))
	}
	return ok(objects)
}

func (c *call) combinedStatus() (answer, error) {
	id, all, err := c.statusesOf()
	if err != nil {
		return answer{}, err
	}
	var newest []*world.Status
	for _, s := range all {
		if !slices.ContainsFunc(newest, func(n *world.Status) bool { return n.Context == s.Context }) {
			newest = append(newest, s)
		}
	}
	return ok(c.Wire.CombinedStatus(c.repo, id, newest, pageOf(c, newest)))
}
