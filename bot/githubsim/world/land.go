package world

import (
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/githubsim/gitrepo"
)

// Move is one ref that moves, and why.
type Move struct {
	Ref    string
	Before string // gitrepo.NoID: the ref is made
	After  string // gitrepo.NoID: the ref is deleted
	// Merges is the pull request that this move of its base merges.
	Merges *Pull
	// Updates: the move brings the base into a pull request's branch by the update-branch button.
	Updates bool
}

func (m Move) branch() string { return strings.TrimPrefix(m.Ref, "refs/heads/") }

func (m Move) isBranch() bool { return strings.HasPrefix(m.Ref, "refs/heads/") }

func (m Move) created() bool { return m.Before == gitrepo.NoID }

func (m Move) deleted() bool { return m.After == gitrepo.NoID }

// MoveRefs moves refs for the API and lets everything follow. The rules of protected branches have been asked before.
func (w *World) MoveRefs(actor Actor, r *Repo, moves ...Move) error {
	updates := make([]gitrepo.RefUpdate, 0, len(moves))
	for _, m := range moves {
		updates = append(updates, gitrepo.RefUpdate{Name: m.Ref, Old: m.Before, New: m.After})
	}
	if err := r.Git.UpdateRefs(updates...); err != nil {
		return err
	}
	return w.Landed(actor, r, moves)
}

// Landed lets follow what follows from refs that have moved: events, pull requests whose head or base moved, check
// suites. The order is GitHub's natural one: push, synchronize or closed, dismissed, check_suite.
func (w *World) Landed(actor Actor, r *Repo, moves []Move) error {
	for _, m := range moves {
		if err := w.landed(actor, r, m); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) landed(actor Actor, r *Repo, m Move) error {
	r.Pushed = w.stamp
	if m.created() && m.isBranch() {
		if err := w.adoptDefault(r, m.branch()); err != nil {
			return err
		}
	}
	if !m.isBranch() && !strings.HasPrefix(m.Ref, "refs/tags/") {
		return nil // GitHub tells nobody of other refs
	}
	forced, err := w.forced(r, m)
	if err != nil {
		return err
	}
	push := &Push{Ref: m.Ref, Before: m.Before, After: m.After, Forced: forced}
	if m.created() {
		w.emit(Event{Name: "create", Repo: r, Sender: actor.Account, Push: push})
	}
	w.emit(Event{Name: "push", Repo: r, Sender: actor.Account, Push: push})
	if m.deleted() {
		w.emit(Event{Name: "delete", Repo: r, Sender: actor.Account, Push: push})
	}
	if !m.isBranch() {
		return nil
	}
	if err := w.movePulls(actor, r, m, forced); err != nil {
		return err
	}
	if !m.deleted() {
		w.requestSuites(actor, r, m)
	}
	return nil
}

// adoptDefault makes the first branch of an empty repository its default branch.
func (w *World) adoptDefault(r *Repo, branch string) error {
	tip, err := r.Tip(r.DefaultBranch)
	if err != nil || tip != "" {
		return err
	}
	return w.SetDefaultBranch(r, branch)
}

func (w *World) forced(r *Repo, m Move) (bool, error) {
	if m.created() || m.deleted() || !m.isBranch() {
		return false, nil
	}
	linear, err := r.Git.IsAncestor(m.Before, m.After)
	return !linear, err
}

// movePulls looks at every open pull request whose head or base the branch is.
func (w *World) movePulls(actor Actor, r *Repo, m Move, forced bool) error {
	for _, p := range r.OpenPulls() {
		var err error
		switch {
		case p.Head == m.branch() && m.deleted(), p.Base == m.branch() && m.deleted():
			w.closePull(actor, p)
		case p.Head == m.branch():
			err = w.headMoved(actor, p, m, forced)
		case p.Base == m.branch():
			err = w.baseMoved(actor, p, m)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// headMoved brings a pull request to its new head. Approvals follow where GitHub lets them follow.
func (w *World) headMoved(actor Actor, p *Pull, m Move, forced bool) error {
	carried := m.Updates
	if forced {
		var err error
		if carried, err = w.samePatch(p, m.Before, m.After); err != nil {
			return err
		}
	}
	if err := w.setHead(p, m.After); err != nil {
		return err
	}
	if carried {
		p.carryApprovals(m.Before, m.After)
	}
	if forced {
		p.Issue.log(Moment{Event: "head_ref_force_pushed", ID: w.NextID(), Actor: actor.Account, At: w.stamp, Commit: m.After})
	}
	if err := w.logCommits(p); err != nil {
		return err
	}
	p.Issue.Updated = w.stamp
	w.emit(Event{Name: "pull_request", Action: "synchronize", Repo: p.Repo, Sender: actor.Account, Pull: p, Before: m.Before, After: m.After})
	if rule := p.Repo.Protection[p.Base]; rule != nil && rule.Reviews != nil && rule.Reviews.DismissStale && !carried {
		w.dismissStale(actor, p)
	}
	return nil
}

// setHead points the pull request and its ref at the commit.
func (w *World) setHead(p *Pull, id string) error {
	ref := p.ref()
	old, err := p.Repo.Git.Ref(ref)
	if err != nil {
		return err
	}
	if err := p.Repo.Git.UpdateRefs(gitrepo.RefUpdate{Name: ref, Old: orNone(old), New: id}); err != nil {
		return err
	}
	p.HeadSHA = id
	if tip, err := p.Repo.Tip(p.Base); err != nil || tip != "" {
		p.BaseSHA = tip
		return err
	}
	return nil
}

// samePatch reports whether two heads of the pull request change the same against the base: what GitHub looks at when
// it decides whether a force-push leaves approvals standing.
func (w *World) samePatch(p *Pull, before, after string) (bool, error) {
	base, err := p.rangeBase()
	if err != nil {
		return false, err
	}
	var names [2]string
	for i, head := range []string{before, after} {
		fork, err := p.Repo.Git.MergeBase(base, head)
		if err != nil || fork == "" {
			return false, err
		}
		if names[i], err = p.Repo.Git.PatchID(fork, head); err != nil {
			return false, err
		}
	}
	return names[0] == names[1], nil
}

// carryApprovals moves commit_id of the approving reviews of the old head to the new one. GitHub does so for approvals
// alone: comments and requested changes stay where they were made.
func (p *Pull) carryApprovals(before, after string) {
	for _, review := range p.Reviews {
		if review.State == Approved && review.CommitID == before {
			review.CommitID = after
		}
	}
}

// baseMoved closes a pull request as merged when its head has become part of the base.
func (w *World) baseMoved(actor Actor, p *Pull, m Move) error {
	if m.Merges == p {
		w.merged(actor, p, m, m.After)
		return nil
	}
	reached, err := p.Repo.Git.IsAncestor(p.HeadSHA, m.After)
	if err != nil || !reached {
		return err
	}
	id, err := w.broughtBy(p, m)
	if err != nil {
		return err
	}
	w.merged(actor, p, m, id)
	return nil
}

// broughtBy is the first commit on the base's own line that holds the pull request's head.
func (w *World) broughtBy(p *Pull, m Move) (string, error) {
	line, err := p.Repo.Git.FirstParents(m.Before, m.After)
	if err != nil {
		return "", err
	}
	slices.Reverse(line)
	for _, c := range line {
		holds, err := p.Repo.Git.IsAncestor(p.HeadSHA, c.ID)
		if err != nil {
			return "", err
		}
		if holds {
			return c.ID, nil
		}
	}
	return m.After, nil
}
