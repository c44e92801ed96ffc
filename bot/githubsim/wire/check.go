package wire

import (
	"fmt"

	"github.com/vidimus-bot/vidimus/bot/githubsim/gitrepo"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// CheckRun is a check run.
func (w Writer) CheckRun(c *world.CheckRun) Object {
	api := fmt.Sprintf("%s/check-runs/%d", w.repoAPI(c.Suite.Repo), c.ID)
	html := fmt.Sprintf("%s/%s/runs/%d", w.Web, c.Suite.Repo.FullName(), c.ID)
	details := html
	if c.DetailsURL != "" {
		details = c.DetailsURL
	}
	return Object{
		"id": c.ID, "node_id": world.NodeID("CheckRun", c.ID), "head_sha": c.HeadSHA, "external_id": c.ExternalID, "url": api, "html_url": html,
		"details_url": details, "status": c.Status, "conclusion": text(c.Conclusion), "started_at": Time(c.Started), "completed_at": Time(c.Completed),
		"name": c.Name, "check_suite": Object{"id": c.Suite.ID}, "app": w.App(c.App), "pull_requests": w.pullsOf(c.Suite),
		"output": Object{
			"title": c.Output.Title, "summary": c.Output.Summary, "text": c.Output.Text, "annotations_count": len(c.Output.Annotations),
			"annotations_url": api + "/annotations",
		},
	}
}

// pullsOf lists the open pull requests whose head the suite's commit is.
func (w Writer) pullsOf(s *world.CheckSuite) []Object {
	var pulls []*world.Pull
	for _, p := range s.Repo.OpenPulls() {
		if p.HeadSHA == s.HeadSHA {
			pulls = append(pulls, p)
		}
	}
	return list(pulls, func(p *world.Pull) Object {
		side := func(branch, id string) Object {
			return Object{"ref": branch, "sha": id, "repo": Object{"id": p.Repo.ID, "url": w.repoAPI(p.Repo), "name": p.Repo.Name}}
		}
		return Object{
			"id": p.ID, "number": p.Issue.Number, "url": fmt.Sprintf("%s/pulls/%d", w.repoAPI(p.Repo), p.Issue.Number),
			"head": side(p.Head, p.HeadSHA), "base": side(p.Base, p.BaseSHA),
		}
	})
}

// hookRun is a check run as webhooks show it: its suite stands inside.
func (w Writer) hookRun(c *world.CheckRun) (Object, error) {
	o := w.CheckRun(c)
	suite, err := w.suite(c.Suite)
	if err != nil {
		return nil, err
	}
	delete(suite, "repository")
	for _, name := range []string{"head_commit", "check_runs_url", "latest_check_runs_count", "rerequestable", "runs_rerequestable"} {
		delete(suite, name)
	}
	o["check_suite"] = suite
	return o, nil
}

// CheckSuite is a check suite.
func (w Writer) CheckSuite(s *world.CheckSuite) (Object, error) {
	o, err := w.suite(s)
	if err != nil {
		return nil, err
	}
	o["repository"] = w.MinimalRepo(s.Repo)
	return o, nil
}

func (w Writer) suite(s *world.CheckSuite) (Object, error) {
	api := fmt.Sprintf("%s/check-suites/%d", w.repoAPI(s.Repo), s.ID)
	head, err := s.Repo.Git.Commit(s.HeadSHA)
	if err != nil {
		return nil, err
	}
	status, conclusion := s.Outcome()
	before := s.Before
	if before == "" {
		before = gitrepo.NoID
	}
	return Object{
		"id": s.ID, "node_id": world.NodeID("CheckSuite", s.ID), "head_branch": text(s.Branch), "head_sha": s.HeadSHA, "status": status,
		"conclusion": text(conclusion), "url": api, "before": before, "after": s.HeadSHA, "pull_requests": w.pullsOf(s), "app": w.App(s.App),
		"created_at": Time(s.Created), "updated_at": Time(s.Updated), "rerequestable": true, "runs_rerequestable": true,
		"latest_check_runs_count": len(s.RunsOf(true)), "check_runs_url": api + "/check-runs", "head_commit": w.SimpleCommit(head),
	}, nil
}

// Annotation is a remark of a check run.
func (w Writer) Annotation(c *world.CheckRun, a world.Annotation) Object {
	return Object{
		"path": a.Path, "start_line": a.StartLine, "end_line": a.EndLine, "start_column": a.StartColumn, "end_column": a.EndColumn,
		"annotation_level": a.Level, "title": a.Title, "message": a.Message, "raw_details": a.RawDetails,
		"blob_href": w.Web + "/" + c.Suite.Repo.FullName() + "/blob/" + c.HeadSHA + "/" + escapePath(a.Path),
	}
}

// Status is a commit status by itself.
func (w Writer) Status(r *world.Repo, s *world.Status) Object {
	o := w.simpleStatus(r, s)
	o["creator"] = w.User(s.Creator)
	return o
}

func (w Writer) simpleStatus(r *world.Repo, s *world.Status) Object {
	return Object{
		"url": w.repoAPI(r) + "/statuses/" + s.SHA, "avatar_url": w.Web + "/avatars/" + s.Creator.Login, "id": s.ID,
		"node_id": world.NodeID("StatusContext", s.ID), "state": s.State, "description": text(s.Description), "target_url": text(s.TargetURL),
		"context": s.Context, "created_at": Time(s.Created), "updated_at": Time(s.Created),
	}
}

// CombinedStatus sums the newest statuses of a commit up, one for each context.
func (w Writer) CombinedStatus(r *world.Repo, id string, newest, page []*world.Status) Object {
	word := "success"
	if len(newest) == 0 {
		word = "pending"
	}
	for _, s := range newest {
		switch {
		case s.State == "failure" || s.State == "error":
			word = "failure"
		case s.State == "pending" && word == "success":
			word = "pending"
		}
	}
	return Object{
		"state": word, "sha": id, "total_count": len(newest), "repository": w.MinimalRepo(r), "commit_url": w.repoAPI(r) + "/commits/" + id,
		"url":      w.repoAPI(r) + "/commits/" + id + "/status",
		"statuses": list(page, func(s *world.Status) Object { return w.simpleStatus(r, s) }),
	}
}
