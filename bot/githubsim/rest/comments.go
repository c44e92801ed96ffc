package rest

import (
	"net/http"
	"time"

	"github.com/vidimus-bot/vidimus/bot/githubsim/wire"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

func commentRoutes() []route {
	const issue = "/repos/{owner}/{repo}/issues"
	const read, write = "issues:read|pull_requests:read", "issues:write|pull_requests:write"
	return []route{
		{operation: "issues/list-comments", method: "GET", pattern: issue + "/{number}/comments", need: read, handle: (*call).comments},
		{operation: "issues/create-comment", method: "POST", pattern: issue + "/{number}/comments", need: write, handle: (*call).createComment},
		{operation: "issues/get-comment", method: "GET", pattern: issue + "/comments/{comment}", need: read, handle: (*call).getComment},
		{operation: "issues/update-comment", method: "PATCH", pattern: issue + "/comments/{comment}", need: write, handle: (*call).editComment},
		{operation: "issues/delete-comment", method: "DELETE", pattern: issue + "/comments/{comment}", need: write, handle: (*call).deleteComment},
		{operation: "reactions/create-for-issue-comment", method: "POST", pattern: issue + "/comments/{comment}/reactions", need: write, handle: (*call).react},
	}
}

func (c *call) comments() (answer, error) {
	i, err := c.issue()
	if err != nil {
		return answer{}, err
	}
	since, _ := time.Parse(time.RFC3339, c.query.Get("since"))
	var comments []*world.Comment
	for _, comment := range i.Comments {
		if !comment.Updated.Before(since) {
			comments = append(comments, comment)
		}
	}
	objects := []wire.Object{}
	for _, comment := range pageOf(c, comments) {
		objects = append(objects, c.Wire.Comment(comment))
	}
	return ok(objects)
}

func (c *call) commentBody() (string, error) {
	var request struct {
		Body string `json:"body"`
	}
	err := c.decode(&request)
	return request.Body, err
}

func (c *call) createComment() (answer, error) {
	i, err := c.issue()
	if err != nil {
		return answer{}, err
	}
	body, err := c.commentBody()
	if err != nil {
		return answer{}, err
	}
	comment, err := c.World.AddComment(c.actor, i, body)
	if err != nil {
		return answer{}, err
	}
	return created(c.Wire.Comment(comment))
}

func (c *call) comment() (*world.Comment, error) {
	comment := c.repo.Comment(c.id("comment"))
	if comment == nil {
		return nil, world.NotFound()
	}
	return comment, c.permitIssue(comment.Issue)
}

func (c *call) getComment() (answer, error) {
	comment, err := c.comment()
	if err != nil {
		return answer{}, err
	}
	return ok(c.Wire.Comment(comment))
}

func (c *call) editComment() (answer, error) {
	comment, err := c.comment()
	if err != nil {
		return answer{}, err
	}
	body, err := c.commentBody()
	if err != nil {
		return answer{}, err
	}
	if err := c.World.EditComment(c.actor, comment, body); err != nil {
		return answer{}, err
	}
	return ok(c.Wire.Comment(comment))
}

func (c *call) deleteComment() (answer, error) {
	comment, err := c.comment()
	if err != nil {
		return answer{}, err
	}
	if err := c.World.DeleteComment(c.actor, comment); err != nil {
		return answer{}, err
	}
	return noContent()
}

func (c *call) react() (answer, error) {
	comment, err := c.comment()
	if err != nil {
		return answer{}, err
	}
	var request struct {
		Content string `json:"content"`
	}
	if err := c.decode(&request); err != nil {
		return answer{}, err
	}
	reaction, made, err := c.World.React(c.actor, comment, request.Content)
	if err != nil {
		return answer{}, err
	}
	status := http.StatusOK
	if made {
		status = http.StatusCreated
	}
	return answer{status: status, body: c.Wire.Reaction(reaction)}, nil
}
