package world

import (
	"slices"
	"strings"
	"time"
)

// ReviewState is the state of a review, as REST writes it.
type ReviewState string

// The states of a review.
const (
	Pending          ReviewState = "PENDING"
	Commented        ReviewState = "COMMENTED"
	Approved         ReviewState = "APPROVED"
	ChangesRequested ReviewState = "CHANGES_REQUESTED"
	Dismissed        ReviewState = "DISMISSED"
)

// Review is a review of a pull request.
type Review struct {
	ID   int64
	Pull *Pull
	User *Account
	Body string
	// State of a review that nobody has submitted yet is Pending: only its author sees it.
	State ReviewState
	// CommitID is what the review points at now. GitHub moves it for approvals, see carryApprovals.
	CommitID  string
	Created   time.Time
	Submitted time.Time // zero while pending
	// Edited is when the body was last edited, zero for never: GraphQL's lastEditedAt.
	Edited time.Time
}

// NewReview is a review to be begun.
type NewReview struct {
	Body string
	// Event is APPROVE, REQUEST_CHANGES or COMMENT, or "" to leave the review pending.
	Event string
	// CommitID is "" for the present head.
	CommitID string
}

// AddReview begins a review and, with an event, submits it.
func (w *World) AddReview(actor Actor, p *Pull, n NewReview) (*Review, error) {
	if err := w.Require(actor, p.Repo, LevelRead); err != nil {
		return nil, err
	}
	if len([]rune(n.Body)) > maxBody {
		return nil, Unprocessable("Unprocessable Entity", "Body is too long (maximum is 65536 characters)")
	}
	if w.pendingOf(actor.Account, p) != nil {
		return nil, Unprocessable("Unprocessable Entity", "User can only have one pending review per pull request")
	}
	if n.CommitID == "" {
		n.CommitID = p.HeadSHA
	}
	if belongs, err := p.holds(n.CommitID); err != nil || !belongs {
		if err == nil {
			err = Unprocessable("Unprocessable Entity", "The commit "+n.CommitID+" is not part of the pull request")
		}
		return nil, err
	}
	review := &Review{
		ID: w.NextID(), Pull: p, User: actor.Account, Body: n.Body, State: Pending, CommitID: n.CommitID, Created: w.stamp,
	}
	if n.Event != "" {
		if err := w.submit(actor, review, n.Event); err != nil {
			return nil, err
		}
	}
	p.Reviews = append(p.Reviews, review)
	if review.State != Pending {
		w.submitted(actor, review)
	}
	return review, nil
}

// holds reports whether id is one of the pull request's commits.
func (p *Pull) holds(id string) (bool, error) {
	if id == p.HeadSHA {
		return true, nil
	}
	commits, err := p.Commits()
	if err != nil {
		return false, err
	}
	for _, c := range commits {
		if c.ID == id {
			return true, nil
		}
	}
	return false, nil
}

func (w *World) pendingOf(a *Account, p *Pull) *Review {
	return find(p.Reviews, func(r *Review) bool { return r.User == a && r.State == Pending })
}

// Review finds a review of the pull request that the actor may see; nil for none.
func (p *Pull) Review(actor Actor, id int64) *Review {
	return find(p.Reviews, func(r *Review) bool { return r.ID == id && r.visible(actor) })
}

// VisibleReviews lists the reviews that the actor may see in the order of their submission; a pending one is last.
func (p *Pull) VisibleReviews(actor Actor) []*Review {
	visible := slices.DeleteFunc(slices.Clone(p.Reviews), func(r *Review) bool { return !r.visible(actor) })
	slices.SortStableFunc(visible, func(a, b *Review) int {
		switch {
		case a.State == Pending:
			return 1
		case b.State == Pending:
			return -1
		}
		return a.Submitted.Compare(b.Submitted)
	})
	return visible
}

func (r *Review) visible(actor Actor) bool { return r.State != Pending || actor.is(r.User) }

// SubmitReview submits a pending review. A body that is not "" replaces the one it has.
func (w *World) SubmitReview(actor Actor, review *Review, body, event string) error {
	if review.State != Pending {
		return Unprocessable("Unprocessable Entity", "Could not submit review: it is not pending")
	}
	before := *review
	if body != "" {
		review.Body = body
	}
	if err := w.submit(actor, review, event); err != nil {
		*review = before
		return err
	}
	w.submitted(actor, review)
	return nil
}

// submit gives the review the state that the event leads to.
func (w *World) submit(actor Actor, review *Review, event string) error {
	own := review.Pull.Issue.User == actor.Account
	switch event {
	case "APPROVE":
		if own {
			return Unprocessable("Unprocessable Entity", "Can not approve your own pull request")
		}
		review.State = Approved
	case "REQUEST_CHANGES":
		if own {
			return Unprocessable("Unprocessable Entity", "Can not request changes on your own pull request")
		}
		review.State = ChangesRequested
	case "COMMENT":
		review.State = Commented
	default:
		return Unprocessable("Unprocessable Entity", "Variable $event of type PullRequestReviewEvent was provided invalid value")
	}
	if review.Body == "" && review.State != Approved {
		return Unprocessable("Unprocessable Entity", "Body can't be blank")
	}
	review.Submitted = w.stamp
	return nil
}

// submitted lets follow what follows from a submitted review.
func (w *World) submitted(actor Actor, review *Review) {
	p := review.Pull
	p.Reviewers = without(p.Reviewers, review.User)
	p.Teams = slices.DeleteFunc(p.Teams, func(t *Team) bool { return slices.Contains(t.Members, review.User) })
	p.Issue.Updated = w.stamp
	p.Issue.log(Moment{Event: "reviewed", ID: review.ID, Actor: actor.Account, At: w.stamp, Review: review})
	w.emit(Event{Name: "pull_request_review", Action: "submitted", Repo: p.Repo, Sender: actor.Account, Pull: p, Review: review})
}

// EditReview changes the body of a review. Its author may, and whoever may write.
func (w *World) EditReview(actor Actor, review *Review, body string) error {
	if !actor.is(review.User) {
		if err := w.Require(actor, review.Pull.Repo, LevelWrite); err != nil {
			return err
		}
	}
	switch {
	case body == "" && review.State != Approved && review.State != Pending:
		return Unprocessable("Unprocessable Entity", "Body can't be blank")
	case len([]rune(body)) > maxBody:
		return Unprocessable("Unprocessable Entity", "Body is too long (maximum is 65536 characters)")
	case body == review.Body:
		return nil
	}
	old := review.Body
	review.Body = body
	if review.State == Pending {
		return nil
	}
	review.Edited = w.stamp
	w.emit(Event{
		Name: "pull_request_review", Action: "edited", Repo: review.Pull.Repo, Sender: actor.Account, Pull: review.Pull, Review: review,
		Changes: map[string]any{"body": map[string]any{"from": old}},
	})
	return nil
}

// DropReview deletes a pending review.
func (w *World) DropReview(review *Review) error {
	if review.State != Pending {
		return Unprocessable("Can not delete a non-pending pull request review")
	}
	p := review.Pull
	p.Reviews = slices.DeleteFunc(p.Reviews, func(r *Review) bool { return r == review })
	return nil
}

// DismissReview dismisses an approving review or one that requests changes. It takes write; on a protected base, admin.
func (w *World) DismissReview(actor Actor, review *Review, message string) error {
	p := review.Pull
	level := LevelWrite
	if p.Repo.Protection[p.Base] != nil && actor.Installation() == nil {
		level = LevelAdmin
	}
	if err := w.Require(actor, p.Repo, level); err != nil {
		return err
	}
	if message == "" {
		return Unprocessable("Invalid request.\n\n\"message\" wasn't supplied.")
	}
	if review.State != Approved && review.State != ChangesRequested {
		return Unprocessable("Can not dismiss a " + review.State.Word() + " pull request review")
	}
	w.dismiss(actor, review, message)
	return nil
}

func (w *World) dismiss(actor Actor, review *Review, message string) {
	p, old := review.Pull, review.State
	review.State = Dismissed
	p.Issue.Updated = w.stamp
	p.Issue.log(Moment{Event: "review_dismissed", ID: w.NextID(), Actor: actor.Account, At: w.stamp, Review: review, OldState: old, Message: message})
	w.emit(Event{Name: "pull_request_review", Action: "dismissed", Repo: p.Repo, Sender: actor.Account, Pull: p, Review: review, OldState: old.Word()})
}

// dismissStale dismisses all approvals, after a push that changed what was approved.
func (w *World) dismissStale(actor Actor, p *Pull) {
	for _, review := range p.Reviews {
		if review.State == Approved {
			w.dismiss(actor, review, "")
		}
	}
}

// Word is the state as webhooks and the timeline write it.
func (s ReviewState) Word() string { return strings.ToLower(string(s)) }

// standing is the state of each reviewer's last review that approves or requests changes; dismissed ones count for
// nothing. Source: GitHub docs, "About pull request reviews".
func (p *Pull) standing() map[*Account]ReviewState {
	last := map[*Account]ReviewState{}
	for _, review := range p.VisibleReviews(Actor{}) {
		switch review.State {
		case Approved, ChangesRequested:
			last[review.User] = review.State
		case Dismissed:
			delete(last, review.User)
		}
	}
	return last
}
