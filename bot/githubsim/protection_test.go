package githubsim_test

import (
	"strings"
	"testing"

	"github.com/google/go-github/v60/github"
)

// protect protects the default branch.
func (s *site) protect(rule *github.ProtectionRequest) *github.Protection {
	s.t.Helper()
	protection, _, err := s.olga.Repositories.UpdateBranchProtection(ctx(), s.owner, s.name, s.branch, rule)
	if err != nil {
		s.t.Fatal(err)
	}
	return protection
}

// requireCheck makes the App's check vidimus required on the default branch.
func (s *site) requireCheck(admins bool) {
	s.t.Helper()
	s.protect(&github.ProtectionRequest{EnforceAdmins: admins, RequiredStatusChecks: &github.RequiredStatusChecks{
		Checks: &[]*github.RequiredStatusCheck{{Context: "vidimus", AppID: &s.app.ID}},
	}})
}

// conclude makes a check run of the App.
func (s *site) conclude(head, conclusion string) *github.CheckRun {
	s.t.Helper()
	run, _, err := s.bot.Checks.CreateCheckRun(ctx(), s.owner, s.name, github.CreateCheckRunOptions{Name: "vidimus", HeadSHA: head, Conclusion: &conclusion})
	if err != nil {
		s.t.Fatal(err)
	}
	return run
}

func TestProtection_mergeWaitsForTheCheckOfThatApp(t *testing.T) {
	s := newSite(t)
	s.requireCheck(false)
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	head := pull.GetHead().GetSHA()
	merge := func(client *github.Client) error {
		_, _, err := client.PullRequests.Merge(ctx(), s.owner, s.name, pull.GetNumber(), "", nil)
		return err
	}
	refused(t, merge(s.walter), 405, `Required status check "vidimus" is expected.`)
	if got := s.pull(pull.GetNumber()).GetMergeableState(); got != "blocked" {
		t.Errorf("mergeable_state = %s, want blocked", got)
	}
	must(t)(s.olga.Repositories.CreateStatus(ctx(), s.owner, s.name, head, &github.RepoStatus{State: github.String("success"), Context: github.String("vidimus")}))
	refused(t, merge(s.walter), 405, "is expected") // the same name, but not by that App
	s.conclude(head, "success")
	s.conclude(head, "failure")
	refused(t, merge(s.walter), 405, "is expected") // the newest run counts
	s.conclude(head, "neutral")
	if err := merge(s.walter); err != nil {
		t.Errorf("merge with a neutral check: %v", err)
	}
}

func TestProtection_administratorsPassUnlessEnforced(t *testing.T) {
	s := newSite(t)
	s.requireCheck(true)
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	_, _, err := s.olga.PullRequests.Merge(ctx(), s.owner, s.name, pull.GetNumber(), "", nil)
	refused(t, err, 405, "is expected")
	s.requireCheck(false)
	must(t)(s.olga.PullRequests.Merge(ctx(), s.owner, s.name, pull.GetNumber(), "", nil))
}

func TestProtection_directPushIsRefusedAndMovesNothing(t *testing.T) {
	s := newSite(t)
	s.requireCheck(false)
	work := s.clone("walter")
	before := work.git("rev-parse", "origin/main")
	work.commit("policy/x.md", "# X\n")
	out, err := work.run("push", "origin", "main", "main:refs/heads/aside")
	if err == nil || !strings.Contains(out, "GH006: Protected branch update failed for refs/heads/main") || !strings.Contains(out, "protected branch hook declined") {
		t.Errorf("push = %v\n%s", err, out)
	}
	if got := work.git("ls-remote", "origin", "refs/heads/main", "refs/heads/aside"); got != before+"\trefs/heads/main" {
		t.Errorf("refs = %q, want main at %s and no other", got, before)
	}
}

func TestProtection_administratorMayPushButNotForce(t *testing.T) {
	s := newSite(t)
	s.requireCheck(false)
	work := s.clone("olga")
	work.commit("policy/x.md", "# X\n")
	work.git("push", "-q", "origin", "main")
	work.git("commit", "-q", "--amend", "-m", "Other")
	out, err := work.run("push", "--force", "origin", "main")
	if err == nil || !strings.Contains(out, "Cannot force-push to this branch") {
		t.Errorf("push --force = %v\n%s", err, out)
	}
	out, err = work.run("push", "origin", ":main")
	if err == nil || !strings.Contains(out, "Cannot delete a protected branch") {
		t.Errorf("push :main = %v\n%s", err, out)
	}
}

func TestProtection_apiWritesAreRefusedToo(t *testing.T) {
	s := newSite(t)
	s.protect(&github.ProtectionRequest{RequiredPullRequestReviews: &github.PullRequestReviewsEnforcementRequest{RequiredApprovingReviewCount: 1}})
	_, _, err := s.walter.Repositories.CreateFile(ctx(), s.owner, s.name, "x.md", &github.RepositoryContentFileOptions{Message: github.String("x"), Content: []byte("x")})
	refused(t, err, 409, "Changes must be made through a pull request.")
	s.fork(s.walter, s.branch, "side")
	id := s.write(s.walter, "side", "x.md", "x")
	_, _, err = s.walter.Git.UpdateRef(ctx(), s.owner, s.name, &github.Reference{Ref: github.String("heads/main"), Object: &github.GitObject{SHA: &id}}, false)
	refused(t, err, 422, "Changes must be made through a pull request.")
	_, err = s.walter.Git.DeleteRef(ctx(), s.owner, s.name, "heads/main")
	refused(t, err, 422, "")
}

func TestProtection_reviewsAreCountedByWhoMayWrite(t *testing.T) {
	s := newSite(t)
	s.protect(&github.ProtectionRequest{RequiredPullRequestReviews: &github.PullRequestReviewsEnforcementRequest{RequiredApprovingReviewCount: 1}})
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	merge := func() error {
		_, _, err := s.walter.PullRequests.Merge(ctx(), s.owner, s.name, pull.GetNumber(), "", nil)
		return err
	}
	s.review(s.rita, pull.GetNumber(), "APPROVE", "")
	refused(t, merge(), 405, "At least 1 approving review is required by reviewers with write access.")
	s.review(s.olga, pull.GetNumber(), "REQUEST_CHANGES", "No.")
	refused(t, merge(), 405, "Changes have been requested")
	s.review(s.olga, pull.GetNumber(), "APPROVE", "")
	if err := merge(); err != nil {
		t.Error(err)
	}
}

func TestProtection_isReadBackAndLifted(t *testing.T) {
	s := newSite(t)
	_, _, err := s.olga.Repositories.GetBranchProtection(ctx(), s.owner, s.name, s.branch)
	if err == nil || !strings.Contains(err.Error(), "branch is not protected") {
		t.Errorf("GetBranchProtection = %v, want that there is none", err)
	}
	s.requireCheck(true)
	_, _, err = s.walter.Repositories.GetBranchProtection(ctx(), s.owner, s.name, s.branch)
	refused(t, err, 403, "admin rights")
	protection, _, err := s.olga.Repositories.GetBranchProtection(ctx(), s.owner, s.name, s.branch)
	if err != nil || !protection.GetEnforceAdmins().Enabled || (*protection.GetRequiredStatusChecks().Checks)[0].GetAppID() != s.app.ID {
		t.Errorf("GetBranchProtection = %v, %v", protection, err)
	}
	branch, _, err := s.rita.Repositories.GetBranch(ctx(), s.owner, s.name, s.branch, 0)
	if err != nil || !branch.GetProtected() {
		t.Errorf("GetBranch = %v, %v, want protected", branch, err)
	}
	checks, _, err := s.olga.Repositories.GetRequiredStatusChecks(ctx(), s.owner, s.name, s.branch)
	if err != nil || len(*checks.Checks) != 1 {
		t.Errorf("GetRequiredStatusChecks = %v, %v", checks, err)
	}
	_, _, err = s.olga.Repositories.GetPullRequestReviewEnforcement(ctx(), s.owner, s.name, s.branch)
	refused(t, err, 404, "")
	must(t)(s.olga.Repositories.RequireSignaturesOnProtectedBranch(ctx(), s.owner, s.name, s.branch))
	signatures, _, err := s.olga.Repositories.GetSignaturesProtectedBranch(ctx(), s.owner, s.name, s.branch)
	if err != nil || !signatures.GetEnabled() {
		t.Errorf("GetSignaturesProtectedBranch = %v, %v", signatures, err)
	}
	_, err = s.olga.Repositories.OptionalSignaturesOnProtectedBranch(ctx(), s.owner, s.name, s.branch)
	must(t)(nil, nil, err)
	_, err = s.olga.Repositories.RemoveBranchProtection(ctx(), s.owner, s.name, s.branch)
	must(t)(nil, nil, err)
	branches, _, err := s.rita.Repositories.ListBranches(ctx(), s.owner, s.name, &github.BranchListOptions{Protected: github.Bool(true)})
	if err != nil || len(branches) != 0 {
		t.Errorf("protected branches = %v, %v, want none", branches, err)
	}
}

func TestProtection_unsignedCommitsAreKeptOut(t *testing.T) {
	s := newSite(t)
	s.protect(&github.ProtectionRequest{EnforceAdmins: true})
	must(t)(s.olga.Repositories.RequireSignaturesOnProtectedBranch(ctx(), s.owner, s.name, s.branch))
	work := s.clone("olga")
	work.commit("policy/x.md", "# X\n")
	out, err := work.run("push", "origin", "main")
	if err == nil || !strings.Contains(out, "Commits must have verified signatures.") {
		t.Errorf("push = %v\n%s", err, out)
	}
	s.write(s.olga, s.branch, "policy/x.md", "# X\n") // the host signs what its editor makes
}
