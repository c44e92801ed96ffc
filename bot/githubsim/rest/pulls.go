package rest

import (
	"net/http"
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/githubsim/wire"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

func pullRoutes() []route {
	const pull = "/repos/{owner}/{repo}/pulls"
	return []route{
		{operation: "pulls/list", method: "GET", pattern: pull, need: "pull_requests:read", handle: (*call).pulls},
		{operation: "pulls/create", method: "POST", pattern: pull, need: "pull_requests:write", handle: (*call).openPull},
		{operation: "pulls/get", method: "GET", pattern: pull + "/{number}", need: "pull_requests:read", handle: (*call).getPull},
		{operation: "pulls/update", method: "PATCH", pattern: pull + "/{number}", need: "pull_requests:write", handle: (*call).editPull},
		{operation: "pulls/list-commits", method: "GET", pattern: pull + "/{number}/commits", need: "pull_requests:read", handle: (*call).pullCommits},
		{operation: "pulls/list-files", method: "GET", pattern: pull + "/{number}/files", need: "pull_requests:read", handle: (*call).pullFiles},
		{operation: "pulls/check-if-merged", method: "GET", pattern: pull + "/{number}/merge", need: "pull_requests:read", handle: (*call).isMerged},
		{operation: "pulls/merge", method: "PUT", pattern: pull + "/{number}/merge", need: "contents:write", handle: (*call).mergePull},
		{operation: "pulls/update-branch", method: "PUT", pattern: pull + "/{number}/update-branch", need: "pull_requests:write", handle: (*call).updateBranch},
		{operation: "pulls/list-requested-reviewers", method: "GET", pattern: pull + "/{number}/requested_reviewers", need: "pull_requests:read", handle: (*call).requestedReviewers},
		{operation: "pulls/request-reviewers", method: "POST", pattern: pull + "/{number}/requested_reviewers", need: "pull_requests:write", handle: (*call).requestReviewers},
		{operation: "pulls/remove-requested-reviewers", method: "DELETE", pattern: pull + "/{number}/requested_reviewers", need: "pull_requests:write", handle: (*call).unrequestReviewers},
	}
}

func (c *call) pull() (*world.Pull, error) {
	if p := c.repo.Pull(int(c.id("number"))); p != nil {
		return p, nil
	}
	return nil, world.NotFound()
}

func (c *call) pulls() (answer, error) {
	state, base := c.query.Get("state"), c.query.Get("base")
	owner, head, qualified := strings.Cut(c.query.Get("head"), ":")
	wrongOwner := qualified && !strings.EqualFold(owner, c.repo.Owner.Login)
	if !qualified {
		head = "" // GitHub ignores a head without its owner
	}
	pulls := slices.DeleteFunc(c.repo.Pulls(), func(p *world.Pull) bool {
		return wrongOwner || head != "" && p.Head != head || base != "" && p.Base != base ||
			(state == "" || state == "open") && !p.Open() || state == "closed" && p.Open()
	})
	c.sortPulls(pulls)
	objects := []wire.Object{}
	for _, p := range pageOf(c, pulls) {
		objects = append(objects, c.Wire.Pull(p))
	}
	return ok(objects)
}

// sortPulls sorts by the query's sort and direction: newest first unless something else is asked for.
func (c *call) sortPulls(pulls []*world.Pull) {
	by, direction := c.query.Get("sort"), c.query.Get("direction")
	ascending := direction == "asc" || direction == "" && by != "" && by != "created"
	slices.SortStableFunc(pulls, func(a, b *world.Pull) int {
		order := a.Issue.Number - b.Issue.Number
		if updated := a.Issue.Updated.Compare(b.Issue.Updated); by == "updated" && updated != 0 {
			order = updated
		}
		if !ascending {
			return -order
		}
		return order
	})
}

func (c *call) openPull() (answer, error) {
	var request struct {
		Title string `json:"title"`
		Body  string `json:"body"`
		Head  string `json:"head"`
		Base  string `json:"base"`
		Draft bool   `json:"draft"`
	}
	if err := c.decode(&request); err != nil {
		return answer{}, err
	}
	p, err := c.World.OpenPull(c.actor, c.repo, world.NewPull{
		Title: request.Title, Body: request.Body, Head: request.Head, Base: request.Base, Draft: request.Draft,
	})
	if err != nil {
		return answer{}, err
	}
	o, err := c.Wire.FullPull(p, true)
	if err != nil {
		return answer{}, err
	}
	return created(o)
}

func (c *call) getPull() (answer, error) {
	p, err := c.pull()
	if err != nil {
		return answer{}, err
	}
	if c.accepts("diff") {
		return c.pullDiff(p)
	}
	return c.fullPull(p)
}

func (c *call) pullDiff(p *world.Pull) (answer, error) {
	fork, err := p.Fork()
	if err != nil {
		return answer{}, err
	}
	return c.diff(fork, p.HeadSHA)
}

func (c *call) fullPull(p *world.Pull) (answer, error) {
	o, err := c.Wire.FullPull(p, false)
	if err != nil {
		return answer{}, err
	}
	return ok(o)
}

func (c *call) editPull() (answer, error) {
	p, err := c.pull()
	if err != nil {
		return answer{}, err
	}
	var request struct {
		Title *string `json:"title"`
		Body  *string `json:"body"`
		State *string `json:"state"`
		Base  *string `json:"base"`
	}
	if err := c.decode(&request); err != nil {
		return answer{}, err
	}
	edit := world.PullEdit{Title: request.Title, Body: request.Body, Base: request.Base}
	if edit.Open, err = openOf(request.State); err != nil {
		return answer{}, err
	}
	if err := c.World.EditPull(c.actor, p, edit); err != nil {
		return answer{}, err
	}
	return c.fullPull(p)
}

// openOf reads a state that a request sets.
func openOf(state *string) (*bool, error) {
	if state == nil {
		return nil, nil
	}
	open := *state == "open"
	if !open && *state != "closed" {
		return nil, world.Unprocessable("Invalid request.\n\n" + *state + " is not a member of [\"open\", \"closed\"].")
	}
	return &open, nil
}

func (c *call) pullCommits() (answer, error) {
	p, err := c.pull()
	if err != nil {
		return answer{}, err
	}
	commits, err := p.Commits()
	if err != nil {
		return answer{}, err
	}
	objects := []wire.Object{}
	for _, commit := range pageOf(c, commits[:min(len(commits), maxPullCommits)]) {
		objects = append(objects, c.Wire.Commit(c.repo, commit))
	}
	return ok(objects)
}

func (c *call) pullFiles() (answer, error) {
	p, err := c.pull()
	if err != nil {
		return answer{}, err
	}
	files, err := p.Files()
	if err != nil {
		return answer{}, err
	}
	objects := []wire.Object{}
	for _, f := range pageOf(c, files[:min(len(files), maxPullFiles)]) {
		objects = append(objects, c.Wire.ChangedFile(c.repo, p.HeadSHA, f))
	}
	return ok(objects)
}

func (c *call) isMerged() (answer, error) {
	p, err := c.pull()
	if err != nil || !p.Merged {
		return answer{}, world.NotFound()
	}
	return noContent()
}

func (c *call) mergePull() (answer, error) {
	p, err := c.pull()
	if err != nil {
		return answer{}, err
	}
	var request struct {
		Title   string `json:"commit_title"`
		Message string `json:"commit_message"`
		SHA     string `json:"sha"`
		Method  string `json:"merge_method"`
	}
	if err := c.decode(&request); err != nil {
		return answer{}, err
	}
	id, err := c.World.MergePull(c.actor, p, world.MergeOrder{
		Method: request.Method, Title: request.Title, Message: request.Message, Head: request.SHA,
	})
	if err != nil {
		return answer{}, err
	}
	return ok(wire.Object{"sha": id, "merged": true, "message": "Pull Request successfully merged"})
}

func (c *call) updateBranch() (answer, error) {
	p, err := c.pull()
	if err != nil {
		return answer{}, err
	}
	var request struct {
		Expected string `json:"expected_head_sha"`
	}
	if err := c.decode(&request); err != nil {
		return answer{}, err
	}
	if err := c.World.UpdateBranch(c.actor, p, request.Expected); err != nil {
		return answer{}, err
	}
	url, _ := c.Wire.Pull(p)["url"].(string)
	return answer{status: http.StatusAccepted, body: wire.Object{"message": "Updating pull request branch.", "url": url}, location: url}, nil
}

func (c *call) requestedReviewers() (answer, error) {
	p, err := c.pull()
	if err != nil {
		return answer{}, err
	}
	return ok(c.Wire.RequestedReviewers(p))
}

// reviewers reads the users and teams of a request. Names that nobody bears are refused as GitHub refuses them.
func (c *call) reviewers() (users []*world.Account, teams []*world.Team, err error) {
	var request struct {
		Reviewers []string `json:"reviewers"`
		Teams     []string `json:"team_reviewers"`
	}
	if err := c.decode(&request); err != nil {
		return nil, nil, err
	}
	refused := world.Unprocessable("Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the " + c.repo.FullName() + " repository.")
	for _, login := range request.Reviewers {
		u := c.World.Account(login)
		if u == nil {
			return nil, nil, refused
		}
		users = append(users, u)
	}
	for _, slug := range request.Teams {
		t := c.repo.Owner.Team(slug)
		if t == nil {
			return nil, nil, refused
		}
		teams = append(teams, t)
	}
	return users, teams, nil
}

func (c *call) requestReviewers() (answer, error) {
	p, users, teams, err := c.reviewersOf()
	if err != nil {
		return answer{}, err
	}
	if err := c.World.RequestReviewers(c.actor, p, users, teams); err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusCreated, body: c.Wire.Pull(p)}, nil
}

// reviewersOf is the pull request of the path and who its request is about, for who may ask.
func (c *call) reviewersOf() (*world.Pull, []*world.Account, []*world.Team, error) {
	p, err := c.pull()
	if err != nil {
		return nil, nil, nil, err
	}
	if c.actor.Account != p.Issue.User {
		if err := c.World.Require(c.actor, c.repo, world.LevelTriage); err != nil {
			return nil, nil, nil, err
		}
	}
	users, teams, err := c.reviewers()
	return p, users, teams, err
}

func (c *call) unrequestReviewers() (answer, error) {
	p, users, teams, err := c.reviewersOf()
	if err != nil {
		return answer{}, err
	}
	c.World.UnrequestReviewers(c.actor, p, users, teams)
	return ok(c.Wire.Pull(p))
}
