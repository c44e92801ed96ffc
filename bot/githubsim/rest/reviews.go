package rest

import (
	"github.com/vidimus-bot/vidimus/bot/githubsim/wire"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

func reviewRoutes() []route {
	const review = "/repos/{owner}/{repo}/pulls/{number}/reviews"
	return []route{
		{operation: "pulls/list-reviews", method: "GET", pattern: review, need: "pull_requests:read", handle: (*call).reviews},
		{operation: "pulls/create-review", method: "POST", pattern: review, need: "pull_requests:write", handle: (*call).createReview},
		{operation: "pulls/get-review", method: "GET", pattern: review + "/{review}", need: "pull_requests:read", handle: (*call).getReview},
		{operation: "pulls/update-review", method: "PUT", pattern: review + "/{review}", need: "pull_requests:write", handle: (*call).editReview},
		{operation: "pulls/delete-pending-review", method: "DELETE", pattern: review + "/{review}", need: "pull_requests:write", handle: (*call).deleteReview},
		{operation: "pulls/submit-review", method: "POST", pattern: review + "/{review}/events", need: "pull_requests:write", handle: (*call).submitReview},
		{operation: "pulls/dismiss-review", method: "PUT", pattern: review + "/{review}/dismissals", need: "pull_requests:write", handle: (*call).dismissReview},
		{operation: "pulls/list-comments-for-review", method: "GET", pattern: review + "/{review}/comments", need: "pull_requests:read", handle: (*call).reviewComments},
		{operation: "pulls/list-review-comments", method: "GET", pattern: "/repos/{owner}/{repo}/pulls/{number}/comments", need: "pull_requests:read", handle: (*call).pullComments},
	}
}

func (c *call) reviews() (answer, error) {
	p, err := c.pull()
	if err != nil {
		return answer{}, err
	}
	objects := []wire.Object{}
	for _, v := range pageOf(c, p.VisibleReviews(c.actor)) {
		objects = append(objects, c.Wire.Review(v))
	}
	return ok(objects)
}

func (c *call) createReview() (answer, error) {
	p, err := c.pull()
	if err != nil {
		return answer{}, err
	}
	var request struct {
		CommitID string           `json:"commit_id"`
		Body     string           `json:"body"`
		Event    string           `json:"event"`
		Comments []map[string]any `json:"comments"`
	}
	if err := c.decode(&request); err != nil {
		return answer{}, err
	}
	if len(request.Comments) > 0 {
		return answer{}, world.Unprocessable("Unprocessable Entity", "Comments on lines are not simulated: leave \"comments\" out")
	}
	v, err := c.World.AddReview(c.actor, p, world.NewReview{Body: request.Body, Event: request.Event, CommitID: request.CommitID})
	if err != nil {
		return answer{}, err
	}
	return ok(c.Wire.Review(v))
}

func (c *call) review() (*world.Review, error) {
	p, err := c.pull()
	if err != nil {
		return nil, err
	}
	if v := p.Review(c.actor, c.id("review")); v != nil {
		return v, nil
	}
	return nil, world.NotFound()
}

func (c *call) getReview() (answer, error) {
	v, err := c.review()
	if err != nil {
		return answer{}, err
	}
	return ok(c.Wire.Review(v))
}

// changeReview runs change on the review of the path with the fields of the request, and answers with what it is then.
func (c *call) changeReview(change func(v *world.Review, f reviewFields) error) (answer, error) {
	v, err := c.review()
	if err != nil {
		return answer{}, err
	}
	var fields reviewFields
	if err := c.decode(&fields); err != nil {
		return answer{}, err
	}
	if err := change(v, fields); err != nil {
		return answer{}, err
	}
	return ok(c.Wire.Review(v))
}

type reviewFields struct {
	Body    string `json:"body"`
	Event   string `json:"event"`
	Message string `json:"message"`
}

func (c *call) editReview() (answer, error) {
	return c.changeReview(func(v *world.Review, f reviewFields) error { return c.World.EditReview(c.actor, v, f.Body) })
}

func (c *call) submitReview() (answer, error) {
	return c.changeReview(func(v *world.Review, f reviewFields) error { return c.World.SubmitReview(c.actor, v, f.Body, f.Event) })
}

func (c *call) dismissReview() (answer, error) {
	return c.changeReview(func(v *world.Review, f reviewFields) error { return c.World.DismissReview(c.actor, v, f.Message) })
}

func (c *call) deleteReview() (answer, error) {
	return c.changeReview(func(v *world.Review, _ reviewFields) error { return c.World.DropReview(v) })
}

// reviewComments is always empty: there are no comments on lines here.
func (c *call) reviewComments() (answer, error) {
	if _, err := c.review(); err != nil {
		return answer{}, err
	}
	return ok([]wire.Object{})
}

func (c *call) pullComments() (answer, error) {
	if _, err := c.pull(); err != nil {
		return answer{}, err
	}
	return ok([]wire.Object{})
}
