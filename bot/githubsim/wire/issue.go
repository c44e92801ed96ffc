package wire

import (
	"fmt"
	"net/url"

	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// Label is a label of the repository.
func (w Writer) Label(r *world.Repo, l *world.Label) Object {
	return Object{
		"id": l.ID, "node_id": world.NodeID("Label", l.ID), "url": w.repoAPI(r) + "/labels/" + url.PathEscape(l.Name), "name": l.Name,
		"color": l.Colour, "default": false, "description": text(l.Description),
	}
}

func (w Writer) labelOf(r *world.Repo) func(*world.Label) Object {
	return func(l *world.Label) Object { return w.Label(r, l) }
}

// Labels lists the labels of an issue or pull request.
func (w Writer) Labels(i *world.Issue) []Object { return list(i.Labels, w.labelOf(i.Repo)) }

// Issue is an issue, or a pull request as one.
func (w Writer) Issue(i *world.Issue) Object {
	api, kind, web := fmt.Sprintf("%s/issues/%d", w.repoAPI(i.Repo), i.Number), "Issue", "issues"
	if i.Pull != nil {
		kind, web = "PullRequest", "pull"
	}
	html := fmt.Sprintf("%s/%s/%s/%d", w.Web, i.Repo.FullName(), web, i.Number)
	o := Object{
		"id": i.ID, "node_id": world.NodeID(kind, i.ID), "url": api, "repository_url": w.repoAPI(i.Repo), "labels_url": api + "/labels{/name}",
		"comments_url": api + "/comments", "events_url": api + "/events", "html_url": html, "timeline_url": api + "/timeline", "number": i.Number,
		"state": state(i.Open), "state_reason": text(i.Reason), "title": i.Title, "body": text(i.Body), "user": w.User(i.User),
		"labels": w.Labels(i), "assignee": w.assignee(i), "assignees": list(i.Assignees, w.account), "milestone": nil, "locked": i.Locked,
		"active_lock_reason": nil, "comments": len(i.Comments), "closed_at": Time(i.Closed), "created_at": Time(i.Created),
		"updated_at": Time(i.Updated), "author_association": w.World.Association(i.User, i.Repo), "reactions": reactions(api, nil),
		"performed_via_github_app": w.via(i.Via),
	}
	if p := i.Pull; p != nil {
		pull := fmt.Sprintf("%s/pulls/%d", w.repoAPI(i.Repo), i.Number)
		o["pull_request"] = Object{"url": pull, "html_url": html, "diff_url": html + ".diff", "patch_url": html + ".patch", "merged_at": Time(p.MergedAt)}
		o["draft"] = p.Draft
	}
	return o
}

// FullIssue is an issue by itself.
func (w Writer) FullIssue(i *world.Issue) Object {
	o := w.Issue(i)
	o["closed_by"] = w.User(i.ClosedBy)
	return o
}

func (w Writer) via(app *world.App) any {
	if app == nil {
		return nil
	}
	return w.App(app)
}

// reactions sums the reactions of something up.
func reactions(api string, all []world.Reaction) Object {
	o := Object{"url": api + "/reactions", "total_count": len(all)}
	for _, content := range []string{"+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes"} {
		count := 0
		for _, r := range all {
			if r.Content == content {
				count++
			}
		}
		o[content] = count
	}
	return o
}

// Reaction is one reaction.
func (w Writer) Reaction(r world.Reaction) Object {
	return Object{
		"id": r.ID, "node_id": world.NodeID("Reaction", r.ID), "user": w.User(r.User), "content": r.Content, "created_at": Time(r.Created),
	}
}

// Comment is a comment on an issue or pull request.
func (w Writer) Comment(c *world.Comment) Object {
	api := fmt.Sprintf("%s/issues/comments/%d", w.repoAPI(c.Issue.Repo), c.ID)
	issue := w.Issue(c.Issue)
	return Object{
		"id": c.ID, "node_id": world.NodeID("IssueComment", c.ID), "url": api, "html_url": fmt.Sprintf("%s#issuecomment-%d", issue["html_url"], c.ID),
		"issue_url": issue["url"], "body": c.Body, "user": w.User(c.User), "created_at": Time(c.Created), "updated_at": Time(c.Updated),
		"author_association": w.World.Association(c.User, c.Issue.Repo), "performed_via_github_app": w.via(c.Via), "reactions": reactions(api, c.Reactions),
	}
}

// Moment is one entry of a timeline. A commit that has left the pull request is nil.
func (w Writer) Moment(i *world.Issue, m world.Moment) (Object, error) {
	switch m.Event {
	case "committed":
		return w.committed(i, m)
	case "reviewed":
		o := w.Review(m.Review)
		o["event"], o["state"] = "reviewed", m.Review.State.Word()
		return o, nil
	case "commented":
		o := w.Comment(m.Comment)
		o["event"], o["actor"] = "commented", w.User(m.Actor)
		return o, nil
	}
	o := Object{
		"id": m.ID, "node_id": world.NodeID("Event", m.ID), "url": fmt.Sprintf("%s/issues/events/%d", w.repoAPI(i.Repo), m.ID),
		"actor": w.User(m.Actor), "event": m.Event, "commit_id": nil, "commit_url": nil, "created_at": Time(m.At), "performed_via_github_app": nil,
	}
	if m.Commit != "" {
		o["commit_id"], o["commit_url"] = m.Commit, w.repoAPI(i.Repo)+"/commits/"+m.Commit
	}
	w.details(o, i, m)
	return o, nil
}

// details adds what only some moments have.
func (w Writer) details(o Object, i *world.Issue, m world.Moment) {
	switch m.Event {
	case "closed":
		o["state_reason"] = text(i.Reason)
	case "renamed":
		o["rename"] = Object{"from": m.From, "to": m.To}
	case "labeled", "unlabeled":
		o["label"] = Object{"name": m.Label.Name, "color": m.Label.Colour}
	case "review_dismissed":
		o["dismissed_review"] = Object{"review_id": m.Review.ID, "state": m.OldState.Word(), "dismissal_message": text(m.Message)}
	case "review_requested", "review_request_removed":
		o["review_requester"] = w.User(m.Actor)
		if m.Team != nil {
			o["requested_team"] = w.Team(m.Team)
		} else {
			o["requested_reviewer"] = w.User(m.Reviewer)
		}
	}
}

func (w Writer) committed(i *world.Issue, m world.Moment) (Object, error) {
	commits, err := i.Pull.Commits()
	if err != nil {
		return nil, err
	}
	for _, c := range commits {
		if c.ID == m.Commit {
			o := w.GitCommit(i.Repo, c)
			o["event"] = "committed"
			return o, nil
		}
	}
	return nil, nil
}
