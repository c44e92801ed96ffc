package web

import (
	"fmt"

	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// issueLine is an issue or pull request in a list.
type issueLine struct {
	Number   int
	Title    string
	Path     string
	By       person
	At       moment
	State    mark
	Labels   []string
	Comments int
}

func pathOfIssue(i *world.Issue) string {
	kind := "issues"
	if i.Pull != nil {
		kind = "pull"
	}
	return fmt.Sprintf("/%s/%s/%d", i.Repo.FullName(), kind, i.Number)
}

func markOfIssue(i *world.Issue) mark {
	switch {
	case i.Pull != nil && i.Pull.Merged:
		return mark{"Merged", "ok"}
	case i.Open && i.Pull != nil && i.Pull.Draft:
		return mark{"Draft", "past"}
	case i.Open:
		return mark{"Open", "info"}
	case i.Reason == "not_planned":
		return mark{"Not planned", "past"}
	}
	return mark{"Closed", "past"}
}

func lineOfIssue(i *world.Issue) issueLine {
	line := issueLine{
		Number: i.Number, Title: i.Title, Path: pathOfIssue(i), By: personOf(i.User), At: moment{i.Created}, State: markOfIssue(i), Comments: len(i.Comments),
	}
	for _, l := range i.Labels {
		line.Labels = append(line.Labels, l.Name)
	}
	return line
}

// maxListed bounds a list of issues or pull requests; nobody plays with more.
const maxListed = 500

// listView is what the lists of pull requests and issues show.
type listView struct {
	Head   repoHead
	Open   []issueLine
	Closed []issueLine
	// May: the visitor may open one.
	May bool
}

func (v *visit) list(pulls bool) listView {
	view := listView{May: v.actor.Account != nil && !v.repo.Archived}
	for n := len(v.repo.Issues) - 1; n >= 0 && len(view.Open)+len(view.Closed) < maxListed; n-- {
		i := v.repo.Issues[n]
		switch {
		case (i.Pull != nil) != pulls:
		case i.Open:
			view.Open = append(view.Open, lineOfIssue(i))
		default:
			view.Closed = append(view.Closed, lineOfIssue(i))
		}
	}
	return view
}

// getPulls lists the pull requests.
func getPulls(v *visit) (page, error) {
	view := v.list(true)
	view.Head = v.head("pulls")
	return page{name: "pulls", title: "Pull requests · " + v.repo.FullName(), view: view}, nil
}

// getIssues lists the issues, with a form for a new one.
func getIssues(v *visit) (page, error) {
	view := v.list(false)
	view.Head = v.head("issues")
	return page{name: "issues", title: "Issues · " + v.repo.FullName(), view: view}, nil
}

// issueView is what the page of an issue shows.
type issueView struct {
	Head   repoHead
	Number int
	Path   string
	Title  string
	State  mark
	Open   bool
	By     person
	At     moment
	Labels []string
	Items  []item
	// MayClose: the visitor may close and reopen.
	MayClose bool
	MaySpeak bool
}

// getIssue shows an issue; a pull request has its own page.
func getIssue(v *visit) (page, error) {
	i := v.repo.Issue(int(v.number("number")))
	if i == nil {
		return page{}, world.NotFound()
	}
	if i.Pull != nil {
		return page{status: 303, title: pathOfIssue(i)}, nil
	}
	line := lineOfIssue(i)
	view := issueView{
		Head: v.head("issues"), Number: i.Number, Path: line.Path, Title: i.Title, State: line.State, Open: i.Open, By: line.By, At: line.At,
		Labels: line.Labels, MayClose: i.User == v.actor.Account || v.level() >= world.LevelTriage, MaySpeak: v.actor.Account != nil,
	}
	var err error
	if view.Items, err = v.timeline(i); err != nil {
		return page{}, err
	}
	return page{name: "issue", title: i.Title + " · " + v.repo.FullName(), view: view}, nil
}

// postIssue opens an issue.
func postIssue(v *visit) (string, error) {
	var i *world.Issue
	err := v.write(func() (err error) {
		i, err = v.site.World.OpenIssue(v.actor, v.repo, world.NewIssue{Title: v.field("title"), Body: v.field("body")})
		return err
	})
	if err != nil {
		return "", err
	}
	return pathOfIssue(i), nil
}

// issue finds the issue or pull request of the path.
func (v *visit) issue() (*world.Issue, error) {
	if i := v.repo.Issue(int(v.number("number"))); i != nil {
		return i, nil
	}
	return nil, world.NotFound()
}

// postComment comments on an issue or pull request.
func postComment(v *visit) (string, error) {
	i, err := v.issue()
	if err != nil {
		return "", err
	}
	var c *world.Comment
	err = v.write(func() (err error) {
		c, err = v.site.World.AddComment(v.actor, i, v.field("body"))
		return err
	})
	if err != nil {
		return "", err
	}
	return anchored(i, "issuecomment", c.ID), nil
}

func anchored(i *world.Issue, kind string, id int64) string {
	return fmt.Sprintf("%s#%s-%d", pathOfIssue(i), kind, id)
}

// comment finds the comment of the path below its issue.
func (v *visit) comment() (*world.Comment, error) {
	c := v.repo.Comment(v.number("id"))
	if c == nil || c.Issue.Number != int(v.number("number")) {
		return nil, world.NotFound()
	}
	return c, nil
}

// postCommentEdit changes a comment.
func postCommentEdit(v *visit) (string, error) {
	c, err := v.comment()
	if err != nil {
		return "", err
	}
	return anchored(c.Issue, "issuecomment", c.ID), v.write(func() error { return v.site.World.EditComment(v.actor, c, v.field("body")) })
}

// postCommentDelete deletes a comment.
func postCommentDelete(v *visit) (string, error) {
	c, err := v.comment()
	if err != nil {
		return "", err
	}
	return pathOfIssue(c.Issue), v.write(func() error { return v.site.World.DeleteComment(v.actor, c) })
}

// postState closes or reopens an issue or pull request.
func postState(v *visit) (string, error) {
	i, err := v.issue()
	if err != nil {
		return "", err
	}
	open := v.field("state") == "open"
	return pathOfIssue(i), v.write(func() error {
		return v.site.World.EditIssue(v.actor, i, world.IssueEdit{Open: &open})
	})
}

// postText changes title and description of an issue or pull request.
func postText(v *visit) (string, error) {
	i, err := v.issue()
	if err != nil {
		return "", err
	}
	title, body := v.field("title"), v.field("body")
	return pathOfIssue(i), v.write(func() error {
		return v.site.World.EditIssue(v.actor, i, world.IssueEdit{Title: &title, Body: &body})
	})
}
