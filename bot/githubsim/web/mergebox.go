package web

import (
	"fmt"

	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// mergeBox says what stands between a pull request and its merge, and offers what the visitor can do about it.
type mergeBox struct {
	// State sums it up, Why says it in sentences.
	State mark
	Why   []string
	// Path is where the form to merge goes, "" where the visitor cannot merge now.
	Path string
	// Seen is the head that the visitor sees: nothing else is merged.
	Seen    string
	Methods []method
	// Bypass: the visitor is an administrator, whom the rules do not bind, and must say that they go past them.
	Bypass bool
	// Update, Draft and Ready are where those forms go, "" where there is nothing to do or the visitor may not.
	Update string
	Draft  string
	Ready  string
}

// method is one way to merge.
type method struct{ Value, Name, About string }

func (v *visit) mergeBox(p *world.Pull) (mergeBox, error) {
	box := mergeBox{Seen: p.HeadSHA}
	if !p.Open() {
		box.State = markOfIssue(p.Issue)
		if p.Merged {
			box.Why = []string{fmt.Sprintf("Merged by %s at %s.", personOf(p.MergedBy).Name, moment{p.MergedAt}.Words())}
		}
		return box, nil
	}
	mergeable, err := p.Mergeable()
	if err != nil {
		return box, err
	}
	rules, err := v.site.World.Blocked(world.Actor{}, p)
	if err != nil {
		return box, err
	}
	binding, err := v.site.World.Blocked(v.actor, p)
	if err != nil {
		return box, err
	}
	box.judge(p, mergeable, rules)
	if err := v.offerUpdate(&box, p, mergeable); err != nil {
		return box, err
	}
	v.offerMerge(&box, p, mergeable && binding == "")
	box.Bypass = box.Path != "" && rules != ""
	return box, nil
}

// judge says how things stand for everybody.
func (b *mergeBox) judge(p *world.Pull, mergeable bool, rules string) {
	switch {
	case !mergeable:
		b.State = mark{"Conflict", "bad"}
		b.Why = append(b.Why, fmt.Sprintf("%s and %s change the same lines. Merge %s into %s by git, and push.", p.Head, p.Base, p.Base, p.Head))
	case p.Draft:
		b.State = mark{"Draft", "past"}
		b.Why = append(b.Why, "This is a draft: it cannot be merged before it is ready for review.")
	case rules != "":
		b.State = mark{"Blocked", "bad"}
	default:
		b.State = mark{"Can be merged", "ok"}
	}
	if rules != "" {
		b.Why = append(b.Why, fmt.Sprintf("%s is protected: %s", p.Base, rules))
	}
}

// offerUpdate offers to bring the base into the branch where it has moved on.
func (v *visit) offerUpdate(b *mergeBox, p *world.Pull, mergeable bool) error {
	tip, err := v.repo.Tip(p.Base)
	if err != nil || tip == "" {
		return err
	}
	current, err := v.repo.Git.IsAncestor(tip, p.HeadSHA)
	if err != nil || current {
		return err
	}
	b.Why = append(b.Why, fmt.Sprintf("%s has moved on since this branch left it.", p.Base))
	if branch, err := v.repo.Tip(p.Head); err != nil || branch == "" {
		return err
	}
	if mergeable && v.mayWrite() {
		b.Update = pathOfIssue(p.Issue) + "/update-branch"
	}
	return nil
}

func (v *visit) mayWrite() bool {
	return v.actor.Account != nil && v.level() >= world.LevelWrite && !v.repo.Archived
}

// offerMerge offers the ways to merge to who may.
func (v *visit) offerMerge(b *mergeBox, p *world.Pull, free bool) {
	path := pathOfIssue(p.Issue)
	if v.mayWrite() || v.actor.Account == p.Issue.User && v.actor.Account != nil {
		if p.Draft {
			b.Ready = path + "/draft"
		} else {
			b.Draft = path + "/draft"
		}
	}
	switch {
	case v.actor.Account == nil:
		b.Why = append(b.Why, "Choose who you are to do something about it.")
		return
	case !v.mayWrite():
		b.Why = append(b.Why, "You can read here and review; merging takes write access.")
		return
	case p.Draft || !free:
		return
	}
	b.Path = path + "/merge"
	settings := v.repo.Merge
	for _, m := range []struct {
		method
		allowed bool
	}{
		{method{"merge", "Merge commit", "keeps all commits and joins them by one more, which this GitHub signs"}, settings.Merge},
		{method{"squash", "Squash", "makes one new commit of them all"}, settings.Squash},
		{method{"rebase", "Rebase", "makes each commit anew, without its signature"}, settings.Rebase},
	} {
		if m.allowed {
			b.Methods = append(b.Methods, m.method)
		}
	}
}

// pull finds the pull request of the path.
func (v *visit) pull() (*world.Pull, error) {
	if p := v.repo.Pull(int(v.number("number"))); p != nil {
		return p, nil
	}
	return nil, world.NotFound()
}

// postMerge merges. Who goes past the rules must have said so.
func postMerge(v *visit) (string, error) {
	p, err := v.pull()
	if err != nil {
		return "", err
	}
	rules, err := v.site.World.Blocked(world.Actor{}, p)
	if err != nil {
		return "", err
	}
	if binding, err := v.site.World.Blocked(v.actor, p); err != nil {
		return "", err
	} else if rules != "" && binding == "" && v.field("bypass") == "" {
		return "", &world.Refusal{Status: 405, Message: rules + " You may merge nevertheless; say so in the form."}
	}
	return pathOfIssue(p.Issue) + "#merge", v.write(func() error {
		_, err := v.site.World.MergePull(v.actor, p, world.MergeOrder{Method: v.field("method"), Head: v.field("head")})
		return err
	})
}

// postUpdate brings the base into the branch.
func postUpdate(v *visit) (string, error) {
	p, err := v.pull()
	if err != nil {
		return "", err
	}
	return pathOfIssue(p.Issue) + "#merge", v.write(func() error { return v.site.World.UpdateBranch(v.actor, p, v.field("head")) })
}

// postDraft makes a pull request a draft, or ready.
func postDraft(v *visit) (string, error) {
	p, err := v.pull()
	if err != nil {
		return "", err
	}
	return pathOfIssue(p.Issue) + "#merge", v.write(func() error { return v.site.World.SetDraft(v.actor, p, v.field("draft") == "true") })
}

// postReview submits a review of what the visitor has seen, or a review that was begun before.
func postReview(v *visit) (string, error) {
	p, err := v.pull()
	if err != nil {
		return "", err
	}
	review, event, body := v.pending(p.Issue), v.field("event"), v.field("body")
	if event == "" {
		return "", world.Unprocessable("Choose one of Comment, Approve and Request changes.")
	}
	err = v.write(func() (err error) {
		if review != nil {
			return v.site.World.SubmitReview(v.actor, review, body, event)
		}
		review, err = v.site.World.AddReview(v.actor, p, world.NewReview{Body: body, Event: event, CommitID: v.field("head")})
		return err
	})
	if err != nil {
		return "", err
	}
	return anchored(p.Issue, "pullrequestreview", review.ID), nil
}

// review finds the review of the path.
func (v *visit) review() (*world.Review, error) {
	p, err := v.pull()
	if err != nil {
		return nil, err
	}
	if r := p.Review(v.actor, v.number("id")); r != nil {
		return r, nil
	}
	return nil, world.NotFound()
}

// postReviewEdit changes what a review says.
func postReviewEdit(v *visit) (string, error) {
	r, err := v.review()
	if err != nil {
		return "", err
	}
	return anchored(r.Pull.Issue, "pullrequestreview", r.ID), v.write(func() error { return v.site.World.EditReview(v.actor, r, v.field("body")) })
}

// postDismiss dismisses a review.
func postDismiss(v *visit) (string, error) {
	r, err := v.review()
	if err != nil {
		return "", err
	}
	return anchored(r.Pull.Issue, "pullrequestreview", r.ID), v.write(func() error { return v.site.World.DismissReview(v.actor, r, v.field("body")) })
}
