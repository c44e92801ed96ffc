package githubsim_test

import (
	"strings"
	"testing"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/google/go-github/v60/github"
)

// merge merges the pull request by olga and returns the commit that the base points at then.
func (s *site) merge(number int, method string) *github.RepositoryCommit {
	s.t.Helper()
	result, _, err := s.olga.PullRequests.Merge(ctx(), s.owner, s.name, number, "", &github.PullRequestOptions{MergeMethod: method})
	if err != nil {
		s.t.Fatal(err)
	}
	commit, _, err := s.olga.Repositories.GetCommit(ctx(), s.owner, s.name, result.GetSHA(), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return commit
}

// signedByHost checks the signature of a commit itself, with the key that the host publishes.
func (s *site) signedByHost(commit *github.RepositoryCommit) error {
	s.t.Helper()
	ring, err := openpgp.ReadArmoredKeyRing(strings.NewReader(s.WebFlowKey()))
	if err != nil {
		s.t.Fatal(err)
	}
	v := commit.GetCommit().GetVerification()
	_, err = openpgp.CheckArmoredDetachedSignature(ring, strings.NewReader(v.GetPayload()), strings.NewReader(v.GetSignature()), nil)
	return err
}

func TestMerge_mergeCommitIsTheActorsAndSignedByTheHost(t *testing.T) {
	s := newSite(t)
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	base := s.pull(1).GetBase().GetSHA()
	commit := s.merge(pull.GetNumber(), "merge")
	if err := s.signedByHost(commit); err != nil {
		t.Errorf("signature: %v", err)
	}
	c := commit.GetCommit()
	if c.GetAuthor().GetEmail() != "olga@example.com" || c.GetAuthor().GetName() != "Name of olga" || c.GetCommitter().GetEmail() != "noreply@github.com" || c.GetCommitter().GetName() != "GitHub" {
		t.Errorf("author %v, committer %v", c.GetAuthor(), c.GetCommitter())
	}
	if len(commit.Parents) != 2 || commit.Parents[0].GetSHA() != base || commit.Parents[1].GetSHA() != pull.GetHead().GetSHA() {
		t.Errorf("parents = %v, want base and head", commit.Parents)
	}
	if want := "Merge pull request #1 from northquay/change\n\nChange policy/cloud.md"; c.GetMessage() != want {
		t.Errorf("message = %q, want %q", c.GetMessage(), want)
	}
	if !c.GetVerification().GetVerified() || c.GetVerification().GetReason() != "valid" {
		t.Errorf("verification = %v", c.GetVerification())
	}
}

func TestMerge_squashIsOneSignedCommit(t *testing.T) {
	s := newSite(t)
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	s.write(s.olga, "change", "policy/more.md", "# More\n")
	commit := s.merge(pull.GetNumber(), "squash")
	if err := s.signedByHost(commit); err != nil {
		t.Errorf("signature: %v", err)
	}
	c := commit.GetCommit()
	if len(commit.Parents) != 1 || c.GetAuthor().GetEmail() != "walter@example.com" || c.GetCommitter().GetEmail() != "noreply@github.com" {
		t.Errorf("%d parents, author %v, committer %v", len(commit.Parents), c.GetAuthor(), c.GetCommitter())
	}
	want := "Change policy/cloud.md (#1)\n\n* Write policy/cloud.md\n\n* Write policy/more.md\n\nCo-authored-by: Name of olga <olga@example.com>"
	if c.GetMessage() != want {
		t.Errorf("message = %q, want %q", c.GetMessage(), want)
	}
	if after := s.pull(1); !after.GetMerged() || after.GetMergeCommitSHA() != commit.GetSHA() || after.GetMergedBy().GetLogin() != "olga" {
		t.Errorf("merged %v as %s by %v", after.GetMerged(), after.GetMergeCommitSHA(), after.GetMergedBy())
	}
}

func TestMerge_rebaseMakesUnsignedCommitsOfTheMergingUser(t *testing.T) {
	s := newSite(t)
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	s.write(s.walter, "change", "policy/more.md", "# More\n")
	base := s.write(s.olga, s.branch, "other.md", "other\n")
	commit := s.merge(pull.GetNumber(), "rebase")
	c := commit.GetCommit()
	if c.GetVerification().GetReason() != "unsigned" || c.GetAuthor().GetEmail() != "walter@example.com" || c.GetCommitter().GetEmail() != "olga@example.com" {
		t.Errorf("%s by %v, committer %v", c.GetVerification().GetReason(), c.GetAuthor(), c.GetCommitter())
	}
	list, _, err := s.olga.Repositories.ListCommits(ctx(), s.owner, s.name, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 4 || list[2].GetCommit().GetMessage() != "Write other.md" {
		t.Errorf("%d commits, the third newest %q, want two on top of %s", len(list), list[2].GetCommit().GetMessage(), base)
	}
	for _, path := range []string{"policy/cloud.md", "policy/more.md", "other.md"} {
		if _, _, _, err := s.olga.Repositories.GetContents(ctx(), s.owner, s.name, path, nil); err != nil {
			t.Errorf("%s is not there: %v", path, err)
		}
	}
}

func TestMerge_refusals(t *testing.T) {
	s := newSite(t)
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	merge := func(options *github.PullRequestOptions) error {
		_, _, err := s.walter.PullRequests.Merge(ctx(), s.owner, s.name, pull.GetNumber(), "", options)
		return err
	}
	refused(t, merge(&github.PullRequestOptions{SHA: strings.Repeat("0", 40)}), 409, "Head branch was modified. Review and try the merge again.")
	refused(t, merge(&github.PullRequestOptions{MergeMethod: "octopus"}), 422, "not a member")
	if err := s.SetDraft(s.owner+"/"+s.name, pull.GetNumber(), true); err != nil {
		t.Fatal(err)
	}
	refused(t, merge(nil), 405, "still a draft")
	if err := s.SetDraft(s.owner+"/"+s.name, pull.GetNumber(), false); err != nil {
		t.Fatal(err)
	}
	_, _, err := s.rita.PullRequests.Merge(ctx(), s.owner, s.name, pull.GetNumber(), "", nil)
	refused(t, err, 403, "push access")
	s.write(s.olga, s.branch, "policy/cloud.md", "# Another cloud\n")
	if got := s.pull(pull.GetNumber()); got.GetMergeable() || got.GetMergeableState() != "dirty" {
		t.Errorf("mergeable = %v, %s, want a conflict", got.GetMergeable(), got.GetMergeableState())
	}
	refused(t, merge(nil), 405, "Pull Request is not mergeable")
	_, _, err = s.walter.PullRequests.UpdateBranch(ctx(), s.owner, s.name, pull.GetNumber(), nil)
	refused(t, err, 422, "merge conflict between base and head")
	must(t)(s.olga.Repositories.Edit(ctx(), s.owner, s.name, &github.Repository{AllowMergeCommit: github.Bool(false)}))
	refused(t, merge(nil), 405, "Merge commits are not allowed on this repository.")
}

func TestMerge_updateBranchRefusals(t *testing.T) {
	s := newSite(t)
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	_, _, err := s.walter.PullRequests.UpdateBranch(ctx(), s.owner, s.name, pull.GetNumber(), &github.PullRequestBranchUpdateOptions{ExpectedHeadSHA: github.String(strings.Repeat("0", 40))})
	refused(t, err, 422, "expected head sha didn’t match current head ref.")
	_, _, err = s.walter.PullRequests.UpdateBranch(ctx(), s.owner, s.name, pull.GetNumber(), nil)
	refused(t, err, 422, "There are no new commits on the base branch.")
}

func TestMerge_isSeenByRESTAndGitAlike(t *testing.T) {
	s := newSite(t)
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	number := pull.GetNumber()
	if merged, _, err := s.rita.PullRequests.IsMerged(ctx(), s.owner, s.name, number); err != nil || merged {
		t.Errorf("IsMerged = %v, %v, want false", merged, err)
	}
	commit := s.merge(number, "merge")
	if merged, _, err := s.rita.PullRequests.IsMerged(ctx(), s.owner, s.name, number); err != nil || !merged {
		t.Errorf("IsMerged = %v, %v, want true", merged, err)
	}
	branch, _, err := s.rita.Repositories.GetBranch(ctx(), s.owner, s.name, "main", 0)
	if err != nil || len(branch.GetCommit().Parents) != 2 {
		t.Errorf("GetBranch = %v, %v", branch, err)
	}
	branches, _, err := s.rita.Repositories.ListBranches(ctx(), s.owner, s.name, nil)
	if err != nil || len(branches) != 2 || branches[1].GetCommit().GetSHA() != commit.GetSHA() {
		t.Errorf("ListBranches = %v, %v", branches, err)
	}
	work := s.clone("rita", "--mirror")
	if got := work.git("rev-parse", "refs/heads/main", "refs/pull/1/head"); got != commit.GetSHA()+"\n"+pull.GetHead().GetSHA() {
		t.Errorf("refs = %q", got)
	}
	if got := work.git("log", "-1", "--format=%an <%ae> %cn <%ce>", "refs/heads/main"); got != "Name of olga <olga@example.com> GitHub <noreply@github.com>" {
		t.Errorf("people = %q", got)
	}
	work.git("fsck", "--strict")
	pulls, _, err := s.rita.PullRequests.ListPullRequestsWithCommit(ctx(), s.owner, s.name, commit.GetSHA(), nil)
	if err != nil || len(pulls) != 1 || pulls[0].GetNumber() != number {
		t.Errorf("ListPullRequestsWithCommit = %v, %v", pulls, err)
	}
}

func TestMerge_headBranchGoesWhereTheRepositorySaysSo(t *testing.T) {
	s := newSite(t)
	must(t)(s.olga.Repositories.Edit(ctx(), s.owner, s.name, &github.Repository{DeleteBranchOnMerge: github.Bool(true)}))
	s.propose("change", "policy/cloud.md", "# Cloud\n")
	s.merge(1, "merge")
	_, _, err := s.olga.Repositories.GetBranch(ctx(), s.owner, s.name, "change", 0)
	if err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("GetBranch = %v, want 404", err)
	}
	if got := s.pull(1); !got.GetMerged() || got.GetHead().GetRef() != "change" {
		t.Errorf("the pull request is %v", got)
	}
}
