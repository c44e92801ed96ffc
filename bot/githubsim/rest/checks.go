package rest

import (
	"slices"
	"time"

	"github.com/vidimus-bot/vidimus/bot/githubsim/wire"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

func checkRoutes() []route {
	const run = "/repos/{owner}/{repo}/check-runs"
	return []route{
		{operation: "checks/create", method: "POST", pattern: run, need: "checks:write", handle: (*call).createRun},
		{operation: "checks/get", method: "GET", pattern: run + "/{run}", need: "checks:read", handle: (*call).run},
		{operation: "checks/update", method: "PATCH", pattern: run + "/{run}", need: "checks:write", handle: (*call).updateRun},
		{operation: "checks/list-annotations", method: "GET", pattern: run + "/{run}/annotations", need: "checks:read", handle: (*call).annotations},
		{operation: "checks/rerequest-run", method: "POST", pattern: run + "/{run}/rerequest", need: "checks:write", handle: (*call).rerequestRun},
	}
}

// onlyApps refuses users: nobody but an App writes checks.
func (c *call) onlyApps() error {
	if c.actor.Installation() == nil {
		return world.Forbidden("You must authenticate via a GitHub App.")
	}
	return nil
}

// runRequest is the body of checks/create and checks/update.
type runRequest struct {
	Name       *string         `json:"name"`
	HeadSHA    string          `json:"head_sha"`
	ExternalID *string         `json:"external_id"`
	DetailsURL *string         `json:"details_url"`
	Status     *string         `json:"status"`
	Conclusion *string         `json:"conclusion"`
	Started    *time.Time      `json:"started_at"`
	Completed  *time.Time      `json:"completed_at"`
	Output     *outputRequest  `json:"output"`
	Actions    *[]world.Action `json:"actions"`
}

type outputRequest struct {
	Title       *string            `json:"title"`
	Summary     *string            `json:"summary"`
	Text        *string            `json:"text"`
	Annotations []world.Annotation `json:"annotations"`
}

func (c *call) runFields() (world.RunFields, error) {
	var r runRequest
	if err := c.decode(&r); err != nil {
		return world.RunFields{}, err
	}
	fields := world.RunFields{
		Name: r.Name, HeadSHA: r.HeadSHA, ExternalID: r.ExternalID, DetailsURL: r.DetailsURL, Status: r.Status, Conclusion: r.Conclusion,
		Started: r.Started, Completed: r.Completed, Actions: r.Actions,
	}
	if r.Output != nil {
		fields.Output = &world.Output{Title: r.Output.Title, Summary: r.Output.Summary, Text: r.Output.Text, Annotations: r.Output.Annotations}
	}
	return fields, nil
}

func (c *call) createRun() (answer, error) {
	if err := c.onlyApps(); err != nil {
		return answer{}, err
	}
	fields, err := c.runFields()
	if err != nil {
		return answer{}, err
	}
	run, err := c.World.AddRun(c.actor, c.repo, fields)
	if err != nil {
		return answer{}, err
	}
	return created(c.Wire.CheckRun(run))
}

func (c *call) findRun() (*world.CheckRun, error) {
	if run := c.repo.Run(c.id("run")); run != nil {
		return run, nil
	}
	return nil, world.NotFound()
}

func (c *call) run() (answer, error) {
	run, err := c.findRun()
	if err != nil {
		return answer{}, err
	}
	return ok(c.Wire.CheckRun(run))
}

func (c *call) updateRun() (answer, error) {
	if err := c.onlyApps(); err != nil {
		return answer{}, err
	}
	run, err := c.findRun()
	if err != nil {
		return answer{}, err
	}
	fields, err := c.runFields()
	if err != nil {
		return answer{}, err
	}
	if err := c.World.EditRun(c.actor, run, fields); err != nil {
		return answer{}, err
	}
	return ok(c.Wire.CheckRun(run))
}

func (c *call) annotations() (answer, error) {
	run, err := c.findRun()
	if err != nil {
		return answer{}, err
	}
	objects := []wire.Object{}
	for _, a := range pageOf(c, run.Output.Annotations) {
		objects = append(objects, c.Wire.Annotation(run, a))
	}
	return ok(objects)
}

func (c *call) rerequestRun() (answer, error) {
	run, err := c.findRun()
	if err != nil {
		return answer{}, err
	}
	if err := c.World.RerequestRun(c.actor, run); err != nil {
		return answer{}, err
	}
	return answer{status: 201, body: wire.Object{}}, nil
}

// runList answers with the runs that the query asks for: by name and status, and of each name the newest unless all
// are wanted.
func (c *call) runList(suites []*world.CheckSuite) (answer, error) {
	var runs []*world.CheckRun
	for _, s := range suites {
		runs = append(runs, s.RunsOf(c.query.Get("filter") != "all")...)
	}
	name, status := c.query.Get("check_name"), c.query.Get("status")
	runs = slices.DeleteFunc(runs, func(run *world.CheckRun) bool {
		return name != "" && run.Name != name || status != "" && run.Status != status
	})
	slices.SortFunc(runs, func(a, b *world.CheckRun) int { return int(b.ID - a.ID) })
	objects := []wire.Object{}
	for _, run := range pageOf(c, runs) {
		objects = append(objects, c.Wire.CheckRun(run))
	}
	return ok(wire.Object{"total_count": len(runs), "check_runs": objects})
}

// suitesFor are the suites of the commit that the path names; an app_id in the query leaves one App's.
func (c *call) suitesFor() ([]*world.CheckSuite, error) {
	commit, err := c.resolve("ref")
	if err != nil {
		return nil, err
	}
	app := parseID(c.query.Get("app_id"))
	return slices.DeleteFunc(slices.Clone(c.repo.Suites), func(s *world.CheckSuite) bool {
		return s.HeadSHA != commit.ID || app != 0 && s.App.ID != app
	}), nil
}

func (c *call) runsOfRef() (answer, error) {
	suites, err := c.suitesFor()
	if err != nil {
		return answer{}, err
	}
	return c.runList(suites)
}
