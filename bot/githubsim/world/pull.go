package world

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/vidimus-bot/vidimus/bot/githubsim/gitrepo"
)

// Pull is a pull request. What it has in common with an issue stands in Issue.
type Pull struct {
	ID    int64
	Repo  *Repo
	Issue *Issue
	Head  string // branch
	Base  string // branch
	// HeadSHA is the head, also after the branch is gone; BaseSHA the base's tip when the head last moved.
	HeadSHA string
	BaseSHA string
	Draft   bool

	Merged      bool
	MergedAt    time.Time
	MergedBy    *Account
	MergeCommit string
	// closedBase is the base's tip before the merge, or when it was closed; "" while it is open.
	closedBase string

	Reviewers []*Account // asked for a review that has not come yet
	Teams     []*Team
	Reviews   []*Review // in the order in which they were begun
}

func (p *Pull) ref() string { return fmt.Sprintf("refs/pull/%d/head", p.Issue.Number) }

// Open reports whether it is open.
func (p *Pull) Open() bool { return p.Issue.Open }

// NewPull is a pull request to be opened.
type NewPull struct {
	Title string
	Body  string
	// Head is a branch, or OWNER:BRANCH of the same repository.
	Head  string
	Base  string
	Draft bool
}

// OpenPull opens a pull request.
func (w *World) OpenPull(actor Actor, r *Repo, n NewPull) (*Pull, error) {
	if err := w.Require(actor, r, LevelRead); err != nil {
		return nil, err
	}
	if owner, branch, ok := strings.Cut(n.Head, ":"); ok {
		if !strings.EqualFold(owner, r.Owner.Login) {
			return nil, Invalid(FieldError{Resource: "PullRequest", Field: "head", Code: "invalid"})
		}
		n.Head = branch
	}
	if err := checkText("PullRequest", n.Title, n.Body); err != nil {
		return nil, err
	}
	head, err := r.Tip(n.Head)
	if err != nil {
		return nil, err
	}
	base, err := r.Tip(n.Base)
	if err != nil {
		return nil, err
	}
	if err := w.checkBranches(r, n, head, base); err != nil {
		return nil, err
	}
	issue := w.addIssue(actor, r, n.Title, n.Body)
	p := &Pull{ID: w.NextID(), Repo: r, Issue: issue, Head: n.Head, Base: n.Base, Draft: n.Draft}
	issue.Pull = p
	if err := w.setHead(p, head); err != nil {
		return nil, err
	}
	if err := w.logCommits(p); err != nil {
		return nil, err
	}
	w.emit(Event{Name: "pull_request", Action: "opened", Repo: r, Sender: actor.Account, Pull: p})
	return p, nil
}

func (w *World) checkBranches(r *Repo, n NewPull, head, base string) error {
	switch {
	case head == "":
		return Invalid(FieldError{Resource: "PullRequest", Field: "head", Code: "invalid"})
	case base == "":
		return Invalid(FieldError{Resource: "PullRequest", Field: "base", Code: "invalid"})
	}
	for _, p := range r.OpenPulls() {
		if p.Head == n.Head && p.Base == n.Base {
			return Invalid(FieldError{Resource: "PullRequest", Code: "custom", Message: fmt.Sprintf("A pull request already exists for %s:%s.", r.Owner.Login, n.Head)})
		}
	}
	contained, err := r.Git.IsAncestor(head, base)
	if err != nil {
		return err
	}
	if contained {
		return Invalid(FieldError{Resource: "PullRequest", Code: "custom", Message: fmt.Sprintf("No commits between %s and %s", n.Base, n.Head)})
	}
	return nil
}

// Pull finds a pull request by number; nil for none.
func (r *Repo) Pull(number int) *Pull {
	if issue := r.Issue(number); issue != nil {
		return issue.Pull
	}
	return nil
}

// Pulls lists all pull requests by number.
func (r *Repo) Pulls() []*Pull {
	var all []*Pull
	for _, issue := range r.Issues {
		if issue.Pull != nil {
			all = append(all, issue.Pull)
		}
	}
	return all
}

// OpenPulls lists the open pull requests by number.
func (r *Repo) OpenPulls() []*Pull {
	return slices.DeleteFunc(r.Pulls(), func(p *Pull) bool { return !p.Open() })
}

// rangeBase is what the pull request's commits are counted from: the base's present tip while it is open, the one of
// its end afterwards.
func (p *Pull) rangeBase() (string, error) {
	if p.closedBase != "" {
		return p.closedBase, nil
	}
	tip, err := p.Repo.Tip(p.Base)
	if tip == "" {
		tip = p.BaseSHA
	}
	return tip, err
}

// Commits lists the pull request's commits, parents before children.
func (p *Pull) Commits() ([]*gitrepo.Commit, error) {
	base, err := p.rangeBase()
	if err != nil {
		return nil, err
	}
	return p.Repo.Git.Range(base, p.HeadSHA)
}

// Fork is the commit where the pull request left its base; "" where the two have nothing in common.
func (p *Pull) Fork() (string, error) {
	base, err := p.rangeBase()
	if err != nil {
		return "", err
	}
	return p.Repo.Git.MergeBase(base, p.HeadSHA)
}

// Files lists what the pull request changes against where it left the base.
func (p *Pull) Files() ([]gitrepo.Change, error) {
	fork, err := p.Fork()
	if err != nil {
		return nil, err
	}
	return p.Repo.Git.Changes(fork, p.HeadSHA)
}

// Mergeable reports whether head and base merge without conflict.
func (p *Pull) Mergeable() (bool, error) {
	base, err := p.rangeBase()
	if err != nil {
		return false, err
	}
	if linear, err := p.Repo.Git.IsAncestor(base, p.HeadSHA); err != nil || linear {
		return linear, err
	}
	_, err = p.Repo.Git.MergeTree(base, p.HeadSHA)
	if isConflict(err) {
		return false, nil
	}
	return err == nil, err
}

// MergeState is GitHub's word for what stands between the pull request and its merge by the actor.
func (w *World) MergeState(p *Pull, mergeable bool) (string, error) {
	blocked, err := w.Blocked(Actor{}, p)
	switch {
	case err != nil:
		return "", err
	case !p.Open():
		return "unknown", nil
	case !mergeable:
		return "dirty", nil
	case p.Draft:
		return "draft", nil
	case blocked != "":
		return "blocked", nil
	}
	return "clean", nil
}

// PullEdit are the fields of a pull request to be changed; nil leaves one as it is.
type PullEdit struct {
	Title *string
	Body  *string
	Base  *string
	// Open reopens or closes.
	Open *bool
}

// EditPull changes title, body or base, closes or reopens.
func (w *World) EditPull(actor Actor, p *Pull, edit PullEdit) error {
	if !actor.is(p.Issue.User) {
		if err := w.Require(actor, p.Repo, LevelTriage); err != nil {
			return err
		}
	}
	changes := map[string]any{}
	if err := w.retarget(p, edit, changes); err != nil {
		return err
	}
	if err := w.editText(actor, p.Issue, edit.Title, edit.Body, changes); err != nil {
		return err
	}
	if len(changes) > 0 {
		p.Issue.Updated = w.stamp
		w.emit(Event{Name: "pull_request", Action: "edited", Repo: p.Repo, Sender: actor.Account, Pull: p, Changes: changes})
	}
	switch {
	case edit.Open == nil || *edit.Open == p.Open():
		return nil
	case *edit.Open:
		return w.reopenPull(actor, p)
	}
	w.closePull(actor, p)
	return nil
}

func (w *World) retarget(p *Pull, edit PullEdit, changes map[string]any) error {
	if edit.Base == nil || *edit.Base == p.Base {
		return nil
	}
	tip, err := p.Repo.Tip(*edit.Base)
	if err != nil {
		return err
	}
	if tip == "" {
		return Invalid(FieldError{Resource: "PullRequest", Field: "base", Code: "invalid", Message: fmt.Sprintf("Proposed base branch '%s' was not found", *edit.Base)})
	}
	if !p.Open() {
		return Invalid(FieldError{Resource: "PullRequest", Field: "base", Code: "invalid", Message: "Cannot change the base branch of a closed pull request."})
	}
	changes["base"] = map[string]any{"ref": map[string]any{"from": p.Base}, "sha": map[string]any{"from": p.BaseSHA}}
	p.Base, p.BaseSHA = *edit.Base, tip
	return nil
}

func (w *World) closePull(actor Actor, p *Pull) {
	p.closedBase, _ = p.rangeBase() // unreadable: Landed has just read the same ref
	w.close(actor, p.Issue, "")
	w.emit(Event{Name: "pull_request", Action: "closed", Repo: p.Repo, Sender: actor.Account, Pull: p})
}

func (w *World) reopenPull(actor Actor, p *Pull) error {
	head, err := p.Repo.Tip(p.Head)
	if err != nil {
		return err
	}
	if p.Merged || head == "" {
		return Invalid(FieldError{Resource: "PullRequest", Code: "custom", Field: "state", Message: "state cannot be changed. The pull request cannot be reopened."})
	}
	p.closedBase = ""
	if err := w.setHead(p, head); err != nil {
		return err
	}
	w.reopen(actor, p.Issue)
	w.emit(Event{Name: "pull_request", Action: "reopened", Repo: p.Repo, Sender: actor.Account, Pull: p})
	return w.logCommits(p)
}

// SetDraft makes an open pull request a draft or ready for review.
func (w *World) SetDraft(actor Actor, p *Pull, draft bool) error {
	if !actor.is(p.Issue.User) {
		if err := w.Require(actor, p.Repo, LevelWrite); err != nil {
			return err
		}
	}
	if !p.Open() {
		return Unprocessable("The pull request is closed.")
	}
	if p.Draft == draft {
		return nil
	}
	p.Draft = draft
	p.Issue.Updated = w.stamp
	action, event := "ready_for_review", "ready_for_review"
	if draft {
		action, event = "converted_to_draft", "convert_to_draft"
	}
	p.Issue.log(Moment{Event: event, ID: w.NextID(), Actor: actor.Account, At: w.stamp})
	w.emit(Event{Name: "pull_request", Action: action, Repo: p.Repo, Sender: actor.Account, Pull: p})
	return nil
}

// merged closes the pull request as merged by the commit id, which came with the move of its base.
func (w *World) merged(actor Actor, p *Pull, m Move, id string) {
	p.Merged, p.MergedAt, p.MergedBy, p.MergeCommit = true, w.stamp, actor.Account, id
	p.closedBase = m.Before
	p.Repo.contributed[p.Issue.User.ID] = true
	p.Issue.log(Moment{Event: "merged", ID: w.NextID(), Actor: actor.Account, At: w.stamp, Commit: id})
	w.close(actor, p.Issue, "")
	w.emit(Event{Name: "pull_request", Action: "closed", Repo: p.Repo, Sender: actor.Account, Pull: p})
}

// RequestReviewers asks users and teams for a review. A user who is no collaborator, or the author, is refused, and
// nobody of the request is asked then.
func (w *World) RequestReviewers(actor Actor, p *Pull, users []*Account, teams []*Team) error {
	for _, u := range users {
		if u == p.Issue.User {
			return Unprocessable("Review cannot be requested from pull request author.")
		}
		if w.Level(u, p.Repo) < LevelRead || w.Association(u, p.Repo) == "NONE" {
			return Unprocessable(fmt.Sprintf("Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the %s repository.", p.Repo.FullName()))
		}
	}
	for _, u := range users {
		if slices.Contains(p.Reviewers, u) {
			continue
		}
		p.Reviewers = append(p.Reviewers, u)
		w.requested(actor, p, Event{Reviewer: u})
	}
	for _, t := range teams {
		if slices.Contains(p.Teams, t) {
			continue
		}
		p.Teams = append(p.Teams, t)
		w.requested(actor, p, Event{Team: t})
	}
	return nil
}

func (w *World) requested(actor Actor, p *Pull, e Event) {
	p.Issue.Updated = w.stamp
	p.Issue.log(Moment{Event: "review_requested", ID: w.NextID(), Actor: actor.Account, At: w.stamp, Reviewer: e.Reviewer, Team: e.Team})
	e.Name, e.Action, e.Repo, e.Sender, e.Pull = "pull_request", "review_requested", p.Repo, actor.Account, p
	w.emit(e)
}

// UnrequestReviewers takes requests back.
func (w *World) UnrequestReviewers(actor Actor, p *Pull, users []*Account, teams []*Team) {
	for _, u := range users {
		if slices.Contains(p.Reviewers, u) {
			p.Reviewers = without(p.Reviewers, u)
			p.Issue.log(Moment{Event: "review_request_removed", ID: w.NextID(), Actor: actor.Account, At: w.stamp, Reviewer: u})
			w.emit(Event{Name: "pull_request", Action: "review_request_removed", Repo: p.Repo, Sender: actor.Account, Pull: p, Reviewer: u})
		}
	}
	p.Teams = slices.DeleteFunc(p.Teams, func(t *Team) bool { return slices.Contains(teams, t) })
}
