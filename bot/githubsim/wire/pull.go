package wire

import (
	"fmt"

	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// Pull is a pull request in a list.
func (w Writer) Pull(p *world.Pull) Object {
	i, r := p.Issue, p.Repo
	api, web := fmt.Sprintf("%s/pulls/%d", w.repoAPI(r), i.Number), fmt.Sprintf("%s/%s/pull/%d", w.Web, r.FullName(), i.Number)
	issue := fmt.Sprintf("%s/issues/%d", w.repoAPI(r), i.Number)
	o := Object{
		"url": api, "id": p.ID, "node_id": world.NodeID("PullRequest", p.ID), "html_url": web, "diff_url": web + ".diff", "patch_url": web + ".patch",
		"issue_url": issue, "commits_url": api + "/commits", "review_comments_url": api + "/comments",
		"review_comment_url": w.repoAPI(r) + "/pulls/comments{/number}", "comments_url": issue + "/comments",
		"statuses_url": w.repoAPI(r) + "/statuses/" + p.HeadSHA, "number": i.Number, "state": state(i.Open), "locked": i.Locked,
		"title": i.Title, "user": w.User(i.User), "body": text(i.Body), "labels": list(i.Labels, w.labelOf(r)), "milestone": nil,
		"active_lock_reason": nil, "created_at": Time(i.Created), "updated_at": Time(i.Updated), "closed_at": Time(i.Closed),
		"merged_at": Time(p.MergedAt), "merge_commit_sha": text(p.MergeCommit), "assignee": w.assignee(i), "assignees": list(i.Assignees, w.account),
		"requested_reviewers": list(p.Reviewers, w.account), "requested_teams": list(p.Teams, w.Team),
		"author_association": w.World.Association(i.User, r), "auto_merge": nil, "draft": p.Draft,
		"head": w.side(p, p.Head, p.HeadSHA), "base": w.side(p, p.Base, p.BaseSHA),
	}
	href := func(url string) Object { return Object{"href": url} }
	o["_links"] = Object{
		"self": href(api), "html": href(web), "issue": href(issue), "comments": href(issue + "/comments"), "commits": href(api + "/commits"),
		"review_comments": href(api + "/comments"), "review_comment": href(w.repoAPI(r) + "/pulls/comments{/number}"),
		"statuses": href(w.repoAPI(r) + "/statuses/" + p.HeadSHA),
	}
	return o
}

func state(open bool) string {
	if open {
		return "open"
	}
	return "closed"
}

// side is head or base of a pull request.
func (w Writer) side(p *world.Pull, branch, id string) Object {
	return Object{
		"label": p.Repo.Owner.Login + ":" + branch, "ref": branch, "sha": id, "user": w.User(p.Repo.Owner), "repo": w.plainRepo(p.Repo),
	}
}

func (w Writer) assignee(i *world.Issue) any {
	if len(i.Assignees) == 0 {
		return nil
	}
	return w.User(i.Assignees[0])
}

// FullPull is a pull request by itself. Whether it can be merged is computed where open; unknown leaves that out, as
// webhooks do, which are sent before GitHub has computed it.
func (w Writer) FullPull(p *world.Pull, unknown bool) (Object, error) {
	o := w.Pull(p)
	commits, err := p.Commits()
	if err != nil {
		return nil, err
	}
	files, err := p.Files()
	if err != nil {
		return nil, err
	}
	additions, deletions := Sum(files)
	o["merged"], o["merged_by"] = p.Merged, w.User(p.MergedBy)
	o["comments"], o["review_comments"], o["maintainer_can_modify"] = len(p.Issue.Comments), 0, false
	o["commits"], o["additions"], o["deletions"], o["changed_files"] = len(commits), additions, deletions, len(files)
	o["mergeable"], o["rebaseable"], o["mergeable_state"] = nil, nil, "unknown"
	if unknown || !p.Open() {
		return o, nil
	}
	mergeable, err := p.Mergeable()
	if err != nil {
		return nil, err
	}
	word, err := w.World.MergeState(p, mergeable)
	o["mergeable"], o["rebaseable"], o["mergeable_state"] = mergeable, mergeable, word
	return o, err
}

// Review is a review as REST shows it.
func (w Writer) Review(v *world.Review) Object {
	web := fmt.Sprintf("%s/%s/pull/%d", w.Web, v.Pull.Repo.FullName(), v.Pull.Issue.Number)
	api := fmt.Sprintf("%s/pulls/%d", w.repoAPI(v.Pull.Repo), v.Pull.Issue.Number)
	html := fmt.Sprintf("%s#pullrequestreview-%d", web, v.ID)
	o := Object{
		"id": v.ID, "node_id": world.NodeID("PullRequestReview", v.ID), "user": w.User(v.User), "body": v.Body, "state": string(v.State),
		"html_url": html, "pull_request_url": api, "author_association": w.World.Association(v.User, v.Pull.Repo), "commit_id": v.CommitID,
		"_links": Object{"html": Object{"href": html}, "pull_request": Object{"href": api}},
	}
	if !v.Submitted.IsZero() {
		o["submitted_at"] = Time(v.Submitted)
	}
	return o
}

// hookReview is a review as webhooks show it: the state in lower case, an empty body as null.
func (w Writer) hookReview(v *world.Review) Object {
	o := w.Review(v)
	o["state"], o["body"], o["submitted_at"] = v.State.Word(), text(v.Body), Time(v.Submitted)
	o["updated_at"] = Time(v.Submitted)
	if !v.Edited.IsZero() {
		o["updated_at"] = Time(v.Edited)
	}
	return o
}

// RequestedReviewers are those who were asked for a review.
func (w Writer) RequestedReviewers(p *world.Pull) Object {
	return Object{"users": list(p.Reviewers, w.account), "teams": list(p.Teams, w.Team)}
}
