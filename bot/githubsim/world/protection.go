package world

import (
	"fmt"
	"strings"
)

// Protection are the rules of one protected branch.
type Protection struct {
	Branch string
	// Checks is nil where no checks are required.
	Checks *CheckRule
	// Reviews is nil where no reviews are required.
	Reviews          *ReviewRule
	EnforceAdmins    bool
	LinearHistory    bool
	AllowForcePushes bool
	AllowDeletions   bool
	Signatures       bool
}

// CheckRule are the checks that a head needs before it may be merged.
type CheckRule struct {
	// Strict: the head must hold the base's tip.
	Strict   bool
	Required []RequiredCheck
}

// RequiredCheck is one check by its name, and by its App where AppID is not 0.
type RequiredCheck struct {
	Context string
	AppID   int64
}

// ReviewRule are the approvals that a pull request needs.
type ReviewRule struct {
	Count        int
	DismissStale bool
	CodeOwners   bool
	LastPush     bool
}

// RefuseMove says why the rules of a protected branch forbid a move outside of a pull request, "" if they do not. The
// objects that the move names must be there.
func (w *World) RefuseMove(actor Actor, r *Repo, m Move) (string, error) {
	rule := r.Protection[m.branch()]
	if rule == nil || !m.isBranch() || m.created() {
		return "", nil
	}
	if m.deleted() {
		if rule.AllowDeletions {
			return "", nil
		}
		return "Cannot delete a protected branch", nil
	}
	forced, err := w.forced(r, m)
	if err != nil {
		return "", err
	}
	if forced && !rule.AllowForcePushes {
		return "Cannot force-push to this branch", nil
	}
	if !rule.EnforceAdmins && w.LevelOf(actor, r) == LevelAdmin {
		return "", nil
	}
	if rule.Reviews != nil {
		return "Changes must be made through a pull request.", nil
	}
	if reason := w.missingChecks(r, rule, m.After); reason != "" {
		return reason, nil
	}
	if rule.Signatures {
		return w.unsignedCommits(r, m)
	}
	return "", nil
}

func (w *World) unsignedCommits(r *Repo, m Move) (string, error) {
	commits, err := r.Git.Range(m.Before, m.After)
	if err != nil {
		return "", err
	}
	for _, c := range commits {
		if w.Verify(r, c).At.IsZero() {
			return "Commits must have verified signatures.", nil
		}
	}
	return "", nil
}

// missingChecks names the required checks that the commit does not have, "" if it has all.
func (w *World) missingChecks(r *Repo, rule *Protection, id string) string {
	if rule.Checks == nil {
		return ""
	}
	var missing []RequiredCheck
	for _, required := range rule.Checks.Required {
		if !r.passes(id, required) {
			missing = append(missing, required)
		}
	}
	switch len(missing) {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("Required status check %q is expected.", missing[0].Context)
	}
	return fmt.Sprintf("%d of %d required status checks are expected.", len(missing), len(rule.Checks.Required))
}

// passes reports whether the newest run of the check on the commit, or its newest status of that context, satisfies
// the requirement: success, neutral or skipped. Source: GitHub docs, "About protected branches".
func (r *Repo) passes(id string, required RequiredCheck) bool {
	for i := len(r.Runs) - 1; i >= 0; i-- {
		run := r.Runs[i]
		if run.HeadSHA == id && run.Name == required.Context && (required.AppID == 0 || run.App.ID == required.AppID) {
			return run.Conclusion == "success" || run.Conclusion == "neutral" || run.Conclusion == "skipped"
		}
	}
	for i := len(r.Statuses) - 1; i >= 0; i-- {
		if s := r.Statuses[i]; s.SHA == id && s.Context == required.Context && required.AppID == 0 {
			return s.State == "success"
		}
	}
	return false
}

// Blocked says why the rules of the base forbid the actor to merge, "" if they do not. The actor without an account is
// somebody whom all rules bind.
func (w *World) Blocked(actor Actor, p *Pull) (string, error) {
	rule := p.Repo.Protection[p.Base]
	if rule == nil || !rule.EnforceAdmins && w.LevelOf(actor, p.Repo) == LevelAdmin {
		return "", nil
	}
	if reason := w.missingReviews(p, rule); reason != "" {
		return reason, nil
	}
	if reason := w.missingChecks(p.Repo, rule, p.HeadSHA); reason != "" {
		return reason, nil
	}
	if rule.Checks != nil && rule.Checks.Strict {
		tip, err := p.Repo.Tip(p.Base)
		if err != nil {
			return "", err
		}
		if current, err := p.Repo.Git.IsAncestor(tip, p.HeadSHA); err != nil || !current {
			return "Head branch is out of date. Review and try the merge again.", err
		}
	}
	if rule.Signatures {
		base, err := p.rangeBase()
		if err != nil {
			return "", err
		}
		return w.unsignedCommits(p.Repo, Move{Before: base, After: p.HeadSHA})
	}
	return "", nil
}

func (w *World) missingReviews(p *Pull, rule *Protection) string {
	if rule.Reviews == nil {
		return ""
	}
	approvals := 0
	for reviewer, state := range p.standing() {
		if w.Level(reviewer, p.Repo) < LevelWrite && reviewer.Kind == KindUser {
			continue
		}
		if state == ChangesRequested {
			return "Changes have been requested."
		}
		approvals++
	}
	if approvals >= rule.Reviews.Count {
		return ""
	}
	noun := "review is"
	if rule.Reviews.Count > 1 {
		noun = "reviews are"
	}
	return fmt.Sprintf("At least %d approving %s required by reviewers with write access.", rule.Reviews.Count, noun)
}

// Protect sets the rules of a branch, which must exist; nil lifts them.
func (w *World) Protect(r *Repo, branch string, rule *Protection) error {
	tip, err := r.Tip(branch)
	if err != nil {
		return err
	}
	if tip == "" || strings.Contains(branch, "*") {
		return &Refusal{Status: 404, Message: "Branch not found"}
	}
	if rule == nil {
		delete(r.Protection, branch)
		return nil
	}
	rule.Branch = branch
	r.Protection[branch] = rule
	return nil
}
