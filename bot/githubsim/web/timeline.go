package web

import (
	"fmt"

	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// item is one entry of a conversation: the description, a comment, a review, or something that happened.
type item struct {
	// Anchor is its id on the page; addresses of the API lead to it.
	Anchor string
	By     person
	// Says is what they did, in words that follow the name.
	Says string
	At   moment
	// State is a review's, nil for other entries.
	State *mark
	Body  *prose
	// Speech: it is a text in a box of its own; everything else is one line.
	Speech bool
	Edited *moment
	Commit *commitLine
	// Seen is the commit that a review is about.
	Seen *link
	// Edit, Delete and Dismiss are where their forms go, "" where the visitor may not.
	Edit    string
	Delete  string
	Dismiss string
	// Titled is the title that the description's form can change.
	Titled string
}

// timeline is the conversation of an issue or pull request, the description first.
func (v *visit) timeline(i *world.Issue) ([]item, error) {
	first := item{
		Anchor: fmt.Sprintf("issue-%d", i.ID), By: personOf(i.User), Says: "wrote", At: moment{i.Created}, Speech: true, Body: proseOf(&i.Body),
	}
	if i.User == v.actor.Account || v.actor.Account != nil && v.level() >= world.LevelTriage {
		first.Edit, first.Titled = pathOfIssue(i)+"/text", i.Title
	}
	items := []item{first}
	pending := v.pending(i)
	for _, m := range i.Timeline {
		entry, shown, err := v.entry(i, m)
		if err != nil {
			return nil, err
		}
		if shown {
			items = append(items, entry)
		}
	}
	if pending != nil {
		entry := v.reviewItem(pending, moment{pending.Created})
		items = append(items, entry)
	}
	return items, nil
}

// pending is the visitor's own review that has not been submitted; nil for none.
func (v *visit) pending(i *world.Issue) *world.Review {
	if i.Pull == nil || v.actor.Account == nil {
		return nil
	}
	for _, r := range i.Pull.VisibleReviews(v.actor) {
		if r.State == world.Pending {
			return r
		}
	}
	return nil
}

// entry shows one moment of the timeline.
func (v *visit) entry(i *world.Issue, m world.Moment) (item, bool, error) {
	switch m.Event {
	case "commented":
		return v.commentItem(m.Comment), true, nil
	case "reviewed":
		return v.reviewItem(m.Review, moment{m.At}), true, nil
	case "committed":
		return v.commitItem(m)
	}
	e := item{Anchor: fmt.Sprintf("event-%d", m.ID), By: personOf(m.Actor), At: moment{m.At}}
	e.Says = sayings(i, m)
	if m.Commit != "" && m.Event != "head_ref_force_pushed" {
		e.Seen = &link{m.Commit[:min(len(m.Commit), shortID)], v.address("commit", m.Commit, "")}
	}
	if m.Event == "review_dismissed" && m.Message != "" {
		e.Body, e.Speech = proseOf(&m.Message), true
	}
	return e, e.Says != "", nil
}

// sayings are the words for what happened; "" for what is not told.
func sayings(i *world.Issue, m world.Moment) string {
	switch m.Event {
	case "merged":
		return "merged this into " + i.Pull.Base + " by commit"
	case "closed":
		return "closed this"
	case "reopened":
		return "reopened this"
	case "renamed":
		return fmt.Sprintf("changed the title from “%s” to “%s”", m.From, m.To)
	case "labeled":
		return "added the label " + m.Label.Name
	case "unlabeled":
		return "took the label " + m.Label.Name + " off"
	case "review_requested":
		return "asked " + nameOf(m) + " for a review"
	case "review_request_removed":
		return "no longer asks " + nameOf(m) + " for a review"
	case "review_dismissed":
		return fmt.Sprintf("dismissed the review of %s, which was: %s", personOf(m.Review.User).Name, markOfReview(m.OldState).Word)
	case "ready_for_review":
		return "said that this is ready for review"
	case "convert_to_draft":
		return "made this a draft"
	case "head_ref_force_pushed":
		return "force-pushed the branch: earlier commits are no longer part of it"
	case "head_ref_deleted":
		return "deleted the branch"
	case "base_ref_changed":
		return "changed the branch that this goes into"
	}
	return ""
}

func nameOf(m world.Moment) string {
	if m.Team != nil {
		return "the team " + m.Team.Name
	}
	return personOf(m.Reviewer).Name
}

func (v *visit) commitItem(m world.Moment) (item, bool, error) {
	c, err := v.repo.Git.Commit(m.Commit)
	if err != nil {
		return item{}, false, fmt.Errorf("commit of a timeline: %w", err)
	}
	line := v.lineOfCommit(c)
	return item{Anchor: "commit-" + m.Commit, By: line.Author, Says: "committed", At: moment{m.At}, Commit: &line}, true, nil
}

func (v *visit) commentItem(c *world.Comment) item {
	e := item{
		Anchor: fmt.Sprintf("issuecomment-%d", c.ID), By: personOf(c.User), Says: "commented", At: moment{c.Created}, Speech: true, Body: proseOf(&c.Body),
	}
	if c.Updated.After(c.Created) {
		e.Edited = &moment{c.Updated}
	}
	if v.actor.Account != nil && (c.User == v.actor.Account || v.level() >= world.LevelWrite) {
		e.Edit = fmt.Sprintf("%s/comments/%d", pathOfIssue(c.Issue), c.ID)
		e.Delete = e.Edit + "/delete"
	}
	return e
}

// markOfReview is the state of a review in words.
func markOfReview(s world.ReviewState) mark {
	switch s {
	case world.Approved:
		return mark{"Approved", "ok"}
	case world.ChangesRequested:
		return mark{"Changes requested", "bad"}
	case world.Dismissed:
		return mark{"Dismissed", "past"}
	case world.Pending:
		return mark{"Not submitted", "due"}
	}
	return mark{"Comment", "info"}
}

func (v *visit) reviewItem(r *world.Review, at moment) item {
	state := markOfReview(r.State)
	e := item{
		Anchor: fmt.Sprintf("pullrequestreview-%d", r.ID), By: personOf(r.User), Says: "reviewed", At: at, Speech: true, State: &state, Body: proseOf(&r.Body),
		Seen: &link{r.CommitID[:shortID], v.address("commit", r.CommitID, "")},
	}
	if !r.Edited.IsZero() {
		e.Edited = &moment{r.Edited}
	}
	form := fmt.Sprintf("%s/reviews/%d", pathOfIssue(r.Pull.Issue), r.ID)
	if v.actor.Account != nil && (r.User == v.actor.Account || v.level() >= world.LevelWrite) {
		e.Edit = form
	}
	if v.mayDismiss(r) {
		e.Dismiss = form + "/dismiss"
	}
	return e
}

// mayDismiss reports whether the visitor finds a button to dismiss the review; the world decides when it is pressed.
func (v *visit) mayDismiss(r *world.Review) bool {
	needs := world.LevelWrite
	if v.repo.Protection[r.Pull.Base] != nil {
		needs = world.LevelAdmin
	}
	return (r.State == world.Approved || r.State == world.ChangesRequested) && v.actor.Account != nil && v.level() >= needs
}
