package github

import (
	"context"
	"fmt"

	gh "github.com/google/go-github/v60/github"
)

// CheckName is the name of our check.
const CheckName = "Vidimus"

// maxAnnotations is how many GitHub takes with one request.
const maxAnnotations = 50

// Annotation is one mark at a line. Level is notice, warning or failure; columns
// are 0 where none is known, and only count on one line.
type Annotation struct {
	Path                   string
	StartLine, EndLine     int
	StartColumn, EndColumn int
	Level, Title, Message  string
}

// CheckRun is one of our check runs. ID is 0 before it was created.
type CheckRun struct {
	ID          int64
	AppID       int64
	Head        string
	ExternalID  string
	Conclusion  string
	Title       string
	Summary     string
	Text        string
	Details     string
	Annotations []Annotation
}

// CheckRuns reads the runs of our name on a commit, all of them, the newest
// first as GitHub gives them. AppID tells whose they are.
func (r *Repository) CheckRuns(ctx context.Context, commit string) ([]CheckRun, error) {
	var found []CheckRun
	err := r.app.pages("list check runs of "+commit, func(page int) (*gh.Response, error) {
		list, answer, err := r.in.client.Checks.ListCheckRunsForRef(ctx, r.owner, r.name, commit, &gh.ListCheckRunsOptions{
			CheckName: gh.String(CheckName), Filter: gh.String("all"), AppID: gh.Int64(r.app.id),
			ListOptions: gh.ListOptions{Page: page, PerPage: 100},
		})
		if list != nil {
			for _, c := range list.CheckRuns {
				found = append(found, checkRun(c))
			}
		}
		return answer, err
	})
	return found, err
}

func checkRun(c *gh.CheckRun) CheckRun {
	return CheckRun{
		ID: c.GetID(), AppID: c.GetApp().GetID(), Head: c.GetHeadSHA(), ExternalID: c.GetExternalID(), Conclusion: c.GetConclusion(),
		Title: c.GetOutput().GetTitle(), Summary: c.GetOutput().GetSummary(), Text: c.GetOutput().GetText(), Details: c.GetDetailsURL(),
	}
}

// WriteCheckRun creates the run, or updates it when it has an ID, and gives the
// ID. Annotations beyond fifty follow with further updates; GitHub appends them.
// The idempotency key is ExternalID: after a crash the caller looks for it.
func (r *Repository) WriteCheckRun(ctx context.Context, c CheckRun) (int64, error) {
	rest := c.Annotations
	first := rest[:min(len(rest), maxAnnotations)]
	rest = rest[len(first):]
	id, err := r.writeRun(ctx, c, first)
	if err != nil {
		return 0, err
	}
	for len(rest) > 0 {
		next := rest[:min(len(rest), maxAnnotations)]
		rest = rest[len(next):]
		c.ID = id
		if _, err := r.writeRun(ctx, c, next); err != nil {
			return id, err
		}
	}
	return id, nil
}

func (r *Repository) writeRun(ctx context.Context, c CheckRun, marks []Annotation) (int64, error) {
	output := &gh.CheckRunOutput{Title: &c.Title, Summary: &c.Summary, Text: &c.Text, Annotations: annotations(marks)}
	done := &gh.Timestamp{Time: r.app.Now()}
	var details *string
	if c.Details != "" {
		details = &c.Details
	}
	if c.ID != 0 {
		run, _, err := r.in.client.Checks.UpdateCheckRun(ctx, r.owner, r.name, c.ID, gh.UpdateCheckRunOptions{
			Name: CheckName, DetailsURL: details, ExternalID: &c.ExternalID, Status: gh.String("completed"),
			Conclusion: &c.Conclusion, CompletedAt: done, Output: output,
		})
		return run.GetID(), r.app.sorted(fmt.Sprintf("update check run %d", c.ID), err)
	}
	run, _, err := r.in.client.Checks.CreateCheckRun(ctx, r.owner, r.name, gh.CreateCheckRunOptions{
		Name: CheckName, HeadSHA: c.Head, DetailsURL: details, ExternalID: &c.ExternalID, Status: gh.String("completed"),
		// Without StartedAt GitHub takes its own clock, and a run of ours could end before it began.
		Conclusion: &c.Conclusion, StartedAt: done, CompletedAt: done, Output: output,
	})
	return run.GetID(), r.app.sorted("create check run on "+c.Head, err)
}

func annotations(marks []Annotation) []*gh.CheckRunAnnotation {
	var found []*gh.CheckRunAnnotation
	for _, m := range marks {
		a := &gh.CheckRunAnnotation{
			Path: &m.Path, StartLine: &m.StartLine, EndLine: &m.EndLine,
			AnnotationLevel: &m.Level, Title: &m.Title, Message: &m.Message,
		}
		if m.StartColumn > 0 && m.StartLine == m.EndLine {
			a.StartColumn, a.EndColumn = &m.StartColumn, &m.EndColumn
		}
		found = append(found, a)
	}
	return found
}

// Comment is a comment on a pull request or issue.
type Comment struct {
	ID     int64
	Body   string
	Author string // login; that of an App ends in "[bot]", which no person's can
}

// Comments reads all comments of a pull request or issue.
func (r *Repository) Comments(ctx context.Context, number int) ([]Comment, error) {
	var found []Comment
	err := r.app.pages(fmt.Sprintf("list comments of %d", number), func(page int) (*gh.Response, error) {
		list, answer, err := r.in.client.Issues.ListComments(ctx, r.owner, r.name, number,
			&gh.IssueListCommentsOptions{ListOptions: gh.ListOptions{Page: page, PerPage: 100}})
		for _, c := range list {
			found = append(found, Comment{ID: c.GetID(), Body: c.GetBody(), Author: c.GetUser().GetLogin()})
		}
		return answer, err
	})
	return found, err
}

// WriteComment creates a comment, or edits the one with the ID, and gives the ID.
func (r *Repository) WriteComment(ctx context.Context, number int, id int64, body string) (int64, error) {
	if id != 0 {
		_, _, err := r.in.client.Issues.EditComment(ctx, r.owner, r.name, id, &gh.IssueComment{Body: &body})
		return id, r.app.sorted(fmt.Sprintf("edit comment %d", id), err)
	}
	c, _, err := r.in.client.Issues.CreateComment(ctx, r.owner, r.name, number, &gh.IssueComment{Body: &body})
	return c.GetID(), r.app.sorted(fmt.Sprintf("comment on %d", number), err)
}

// Issue is one issue that Vidimus wrote.
type Issue struct {
	Number int
	Title  string
	Body   string
	Author string // login
}

// OpenIssue opens an issue and gives its number.
func (r *Repository) OpenIssue(ctx context.Context, title, body string, labels []string) (int, error) {
	i, _, err := r.in.client.Issues.Create(ctx, r.owner, r.name, &gh.IssueRequest{Title: &title, Body: &body, Labels: &labels})
	return i.GetNumber(), r.app.sorted("open issue", err)
}

// Issues reads the issues with a label, open or not, without pull requests.
func (r *Repository) Issues(ctx context.Context, label string) ([]Issue, error) {
	var found []Issue
	err := r.app.pages("list issues labelled "+label, func(page int) (*gh.Response, error) {
		list, answer, err := r.in.client.Issues.ListByRepo(ctx, r.owner, r.name, &gh.IssueListByRepoOptions{
			State: "all", Labels: []string{label}, ListOptions: gh.ListOptions{Page: page, PerPage: 100},
		})
		for _, i := range list {
			if i.PullRequestLinks == nil {
				found = append(found, Issue{Number: i.GetNumber(), Title: i.GetTitle(), Body: i.GetBody(), Author: i.GetUser().GetLogin()})
			}
		}
		return answer, err
	})
	return found, err
}
