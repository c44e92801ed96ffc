package rest

import (
	"slices"
	"strings"
	"time"

	"github.com/vidimus-bot/vidimus/bot/githubsim/wire"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

func issueRoutes() []route {
	const issue = "/repos/{owner}/{repo}/issues"
	const read, write = "issues:read|pull_requests:read", "issues:write|pull_requests:write"
	return []route{
		{operation: "issues/list-for-repo", method: "GET", pattern: issue, need: "issues:read", handle: (*call).issues},
		{operation: "issues/create", method: "POST", pattern: issue, need: "issues:write", handle: (*call).openIssue},
		{operation: "issues/get", method: "GET", pattern: issue + "/{number}", need: read, handle: (*call).getIssue},
		{operation: "issues/update", method: "PATCH", pattern: issue + "/{number}", need: write, handle: (*call).editIssue},
		{operation: "issues/list-labels-on-issue", method: "GET", pattern: issue + "/{number}/labels", need: read, handle: (*call).labels},
		{operation: "issues/add-labels", method: "POST", pattern: issue + "/{number}/labels", need: write, handle: (*call).addLabels},
		{operation: "issues/remove-label", method: "DELETE", pattern: issue + "/{number}/labels/{label}", need: write, handle: (*call).removeLabel},
		{operation: "issues/list-events-for-timeline", method: "GET", pattern: issue + "/{number}/timeline", need: read, handle: (*call).timeline},
		{operation: "issues/create-label", method: "POST", pattern: "/repos/{owner}/{repo}/labels", need: write, handle: (*call).createLabel},
	}
}

// issue is the issue or pull request of the path. What an App may do with issues it may not do with pull requests by
// the other permission alone, and the other way round.
func (c *call) issue() (*world.Issue, error) {
	i := c.repo.Issue(int(c.id("number")))
	if i == nil {
		return nil, world.NotFound()
	}
	return i, c.permitIssue(i)
}

// permitIssue refuses an App that has pull_requests alone and asks for a plain issue.
func (c *call) permitIssue(i *world.Issue) error {
	if c.actor.Installation() == nil || i.Pull != nil {
		return nil
	}
	need, _, _ := strings.Cut(c.route.need, "|")
	if !c.grants(need) {
		return world.Forbidden("Resource not accessible by integration")
	}
	return nil
}

func (c *call) issues() (answer, error) {
	state, creator := c.query.Get("state"), c.query.Get("creator")
	since, _ := time.Parse(time.RFC3339, c.query.Get("since"))
	var labels []string
	if names := c.query.Get("labels"); names != "" {
		labels = strings.Split(names, ",")
	}
	issues := slices.DeleteFunc(slices.Clone(c.repo.Issues), func(i *world.Issue) bool {
		return (state == "" || state == "open") && !i.Open || state == "closed" && i.Open || i.Updated.Before(since) ||
			creator != "" && !strings.EqualFold(i.User.Login, creator) || !hasLabels(i, labels)
	})
	c.sortIssues(issues)
	objects := []wire.Object{}
	for _, i := range pageOf(c, issues) {
		objects = append(objects, c.Wire.Issue(i))
	}
	return ok(objects)
}

func hasLabels(i *world.Issue, names []string) bool {
	for _, name := range names {
		if !slices.ContainsFunc(i.Labels, func(l *world.Label) bool { return strings.EqualFold(l.Name, strings.TrimSpace(name)) }) {
			return false
		}
	}
	return true
}

func (c *call) sortIssues(issues []*world.Issue) {
	by, ascending := c.query.Get("sort"), c.query.Get("direction") == "asc"
	slices.SortStableFunc(issues, func(a, b *world.Issue) int {
		order := a.Number - b.Number
		if updated := a.Updated.Compare(b.Updated); by == "updated" && updated != 0 {
			order = updated
		}
		if !ascending {
			return -order
		}
		return order
	})
}

// issueRequest is the body of issues/create and issues/update.
type issueRequest struct {
	Title     *string   `json:"title"`
	Body      *string   `json:"body"`
	State     *string   `json:"state"`
	Reason    *string   `json:"state_reason"`
	Labels    *[]any    `json:"labels"`
	Assignees *[]string `json:"assignees"`
}

// labelNames reads labels that stand as names or as objects with a name.
func (r issueRequest) labelNames() (*[]string, error) {
	if r.Labels == nil {
		return nil, nil
	}
	names := []string{}
	for _, label := range *r.Labels {
		switch l := label.(type) {
		case string:
			names = append(names, l)
		case map[string]any:
			name, _ := l["name"].(string)
			names = append(names, name)
		default:
			return nil, world.Unprocessable("Invalid request.\n\nA label is a string or an object with a name.")
		}
	}
	return &names, nil
}

// assignees finds the accounts; names that nobody bears are refused.
func (c *call) assignees(r issueRequest) (*[]*world.Account, error) {
	if r.Assignees == nil {
		return nil, nil
	}
	accounts := []*world.Account{}
	for _, login := range *r.Assignees {
		a := c.World.Account(login)
		if a == nil {
			return nil, world.Invalid(world.FieldError{Resource: "Issue", Field: "assignees", Code: "invalid"})
		}
		accounts = append(accounts, a)
	}
	return &accounts, nil
}

func (c *call) openIssue() (answer, error) {
	var request issueRequest
	if err := c.decode(&request); err != nil {
		return answer{}, err
	}
	names, err := request.labelNames()
	if err != nil {
		return answer{}, err
	}
	assignees, err := c.assignees(request)
	if err != nil {
		return answer{}, err
	}
	n := world.NewIssue{}
	assign(&n.Title, request.Title)
	assign(&n.Body, request.Body)
	assign(&n.Labels, names)
	assign(&n.Assignees, assignees)
	i, err := c.World.OpenIssue(c.actor, c.repo, n)
	if err != nil {
		return answer{}, err
	}
	return created(c.Wire.FullIssue(i))
}

func (c *call) getIssue() (answer, error) {
	i, err := c.issue()
	if err != nil {
		return answer{}, err
	}
	return ok(c.Wire.FullIssue(i))
}

func (c *call) editIssue() (answer, error) {
	i, err := c.issue()
	if err != nil {
		return answer{}, err
	}
	var request issueRequest
	if err := c.decode(&request); err != nil {
		return answer{}, err
	}
	edit := world.IssueEdit{Title: request.Title, Body: request.Body}
	assign(&edit.Reason, request.Reason)
	if edit.Open, err = openOf(request.State); err != nil {
		return answer{}, err
	}
	if edit.Labels, err = request.labelNames(); err != nil {
		return answer{}, err
	}
	if edit.Assignees, err = c.assignees(request); err != nil {
		return answer{}, err
	}
	if err := c.World.EditIssue(c.actor, i, edit); err != nil {
		return answer{}, err
	}
	return ok(c.Wire.FullIssue(i))
}

func (c *call) labels() (answer, error) {
	i, err := c.issue()
	if err != nil {
		return answer{}, err
	}
	return ok(pageOf(c, c.Wire.Labels(i)))
}

func (c *call) addLabels() (answer, error) {
	i, err := c.issue()
	if err != nil {
		return answer{}, err
	}
	request := issueRequest{}
	if err := c.decodeLabels(&request); err != nil {
		return answer{}, err
	}
	names, err := request.labelNames()
	if err != nil {
		return answer{}, err
	}
	if names == nil {
		return answer{}, world.Unprocessable("Invalid request.\n\n\"labels\" wasn't supplied.")
	}
	if err := c.World.SetLabels(c.actor, i, *names); err != nil {
		return answer{}, err
	}
	return ok(c.Wire.Labels(i))
}

// decodeLabels reads {"labels": [...]} or, as this operation alone allows, a bare list.
func (c *call) decodeLabels(request *issueRequest) error {
	if body := strings.TrimSpace(string(c.body)); strings.HasPrefix(body, "[") {
		c.body = []byte(`{"labels":` + body + `}`)
	}
	return c.decode(request)
}

func (c *call) removeLabel() (answer, error) {
	i, err := c.issue()
	if err != nil {
		return answer{}, err
	}
	if err := c.World.Require(c.actor, c.repo, world.LevelTriage); err != nil {
		return answer{}, err
	}
	l := c.repo.Label(c.params["label"])
	if l == nil || !slices.Contains(i.Labels, l) {
		return answer{}, &world.Refusal{Status: 404, Message: "Label does not exist"}
	}
	c.World.RemoveLabel(c.actor, i, l)
	return ok(c.Wire.Labels(i))
}

func (c *call) createLabel() (answer, error) {
	if err := c.mayWrite(); err != nil {
		return answer{}, err
	}
	var request struct {
		Name        string `json:"name"`
		Colour      string `json:"color"`
		Description string `json:"description"`
	}
	if err := c.decode(&request); err != nil {
		return answer{}, err
	}
	if c.repo.Label(request.Name) != nil {
		return answer{}, world.Invalid(world.FieldError{Resource: "Label", Field: "name", Code: "already_exists"})
	}
	if request.Colour == "" {
		request.Colour = "ededed"
	}
	l, err := c.World.AddLabel(c.repo, request.Name, request.Colour, request.Description)
	if err != nil {
		return answer{}, err
	}
	return created(c.Wire.Label(c.repo, l))
}

func (c *call) timeline() (answer, error) {
	i, err := c.issue()
	if err != nil {
		return answer{}, err
	}
	moments := []wire.Object{}
	for _, m := range i.Timeline {
		o, err := c.Wire.Moment(i, m)
		if err != nil {
			return answer{}, err
		}
		if o != nil {
			moments = append(moments, o)
		}
	}
	return ok(pageOf(c, moments))
}
