package githubsim_test

import (
	"fmt"
	"testing"

	"github.com/google/go-github/v60/github"
)

// threeReviews gives the pull request an approval by olga and a comment and requested changes by rita and again olga's
// colleague nora, all at the present head.
func threeReviews(t *testing.T, s *site, number int) {
	t.Helper()
	_, nora := s.User("nora")
	must(t)(s.olga.Repositories.AddCollaborator(ctx(), s.owner, s.name, "nora", &github.RepositoryAddCollaboratorOptions{Permission: "push"}))
	s.review(s.olga, number, "APPROVE", "I sign.")
	s.review(s.rita, number, "COMMENT", "A remark.")
	s.review(nora, number, "REQUEST_CHANGES", "Not yet.")
}

// wantCommits fails the test unless the approval points at approved and the other two reviews at others.
func wantCommits(t *testing.T, s *site, number int, approved, others string) {
	t.Helper()
	for _, review := range s.reviews(number) {
		want := others
		if review.GetState() == "APPROVED" {
			want = approved
		}
		if review.GetCommitID() != want {
			t.Errorf("commit_id of the %s review = %s, want %s", review.GetState(), review.GetCommitID(), want)
		}
	}
}

func TestReview_updateBranchMovesApprovalsAlone(t *testing.T) {
	s := newSite(t)
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	threeReviews(t, s, pull.GetNumber())
	s.write(s.walter, s.branch, "other.md", "other\n")
	old := pull.GetHead().GetSHA()
	_, _, err := s.walter.PullRequests.UpdateBranch(ctx(), s.owner, s.name, pull.GetNumber(), &github.PullRequestBranchUpdateOptions{ExpectedHeadSHA: &old})
	if _, accepted := err.(*github.AcceptedError); !accepted { //nolint:errorlint // go-github returns it unwrapped
		t.Fatalf("UpdateBranch = %v, want 202", err)
	}
	head := s.pull(pull.GetNumber()).GetHead().GetSHA()
	if head == old {
		t.Fatal("the head did not move")
	}
	wantCommits(t, s, pull.GetNumber(), head, old)
	commit, _, err := s.walter.Git.GetCommit(ctx(), s.owner, s.name, head)
	if err != nil {
		t.Fatal(err)
	}
	if !commit.GetVerification().GetVerified() || commit.GetCommitter().GetEmail() != "noreply@github.com" || commit.GetAuthor().GetEmail() != "walter@example.com" {
		t.Errorf("the merge of the base is %v by %s for %s, want it signed by the host for walter", commit.GetVerification().GetReason(), commit.GetCommitter().GetEmail(), commit.GetAuthor().GetEmail())
	}
}

func TestReview_patchIdenticalForcePushMovesApprovalsAlone(t *testing.T) {
	s := newSite(t)
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	threeReviews(t, s, pull.GetNumber())
	s.write(s.walter, s.branch, "other.md", "other\n")
	work := s.clone("walter")
	work.git("checkout", "-q", "change")
	work.git("rebase", "-q", "origin/main")
	work.git("push", "-q", "--force", "origin", "change")
	head := work.git("rev-parse", "HEAD")
	wantCommits(t, s, pull.GetNumber(), head, pull.GetHead().GetSHA())
}

func TestReview_otherForcePushMovesNothing(t *testing.T) {
	s := newSite(t)
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	threeReviews(t, s, pull.GetNumber())
	work := s.clone("walter")
	work.git("checkout", "-q", "change")
	work.git("reset", "-q", "--hard", "origin/main")
	work.commit("policy/cloud.md", "# Something else\n")
	work.git("push", "-q", "--force", "origin", "change")
	old := pull.GetHead().GetSHA()
	wantCommits(t, s, pull.GetNumber(), old, old)
}

func TestReview_ordinaryPushMovesNothing(t *testing.T) {
	s := newSite(t)
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	threeReviews(t, s, pull.GetNumber())
	old := pull.GetHead().GetSHA()
	s.write(s.walter, "change", "policy/cloud.md", "# Cloud\n\nMore.\n")
	wantCommits(t, s, pull.GetNumber(), old, old)
}

// A merge of the base that somebody makes at home is an ordinary push.
func TestReview_ownMergeOfTheBaseMovesNothing(t *testing.T) {
	s := newSite(t)
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	threeReviews(t, s, pull.GetNumber())
	s.write(s.walter, s.branch, "other.md", "other\n")
	work := s.clone("walter")
	work.git("checkout", "-q", "change")
	work.git("merge", "-q", "--no-edit", "origin/main")
	work.git("push", "-q", "origin", "change")
	old := pull.GetHead().GetSHA()
	wantCommits(t, s, pull.GetNumber(), old, old)
}

// An approval of an earlier head does not point at what an update brings: its reader never saw what came between.
func TestReview_updateBranchLeavesOlderApprovals(t *testing.T) {
	s := newSite(t)
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	s.review(s.olga, pull.GetNumber(), "APPROVE", "")
	old := pull.GetHead().GetSHA()
	s.write(s.walter, "change", "policy/cloud.md", "# Cloud\n\nMore.\n")
	s.write(s.walter, s.branch, "other.md", "other\n")
	_, _, _ = s.walter.PullRequests.UpdateBranch(ctx(), s.owner, s.name, pull.GetNumber(), nil) // 202 is an error to go-github
	if got := s.reviews(pull.GetNumber())[0].GetCommitID(); got != old {
		t.Errorf("commit_id = %s, want %s", got, old)
	}
}

func TestReview_ownPullRequestIsNotApproved(t *testing.T) {
	s := newSite(t)
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	for event, text := range map[string]string{
		"APPROVE": "Can not approve your own pull request", "REQUEST_CHANGES": "Can not request changes on your own pull request",
	} {
		_, _, err := s.walter.PullRequests.CreateReview(ctx(), s.owner, s.name, pull.GetNumber(), &github.PullRequestReviewRequest{Event: &event, Body: github.String("x")})
		refused(t, err, 422, text)
	}
	if review := s.review(s.walter, pull.GetNumber(), "COMMENT", "I sign as author."); review.GetState() != "COMMENTED" {
		t.Errorf("state = %s, want COMMENTED", review.GetState())
	}
}

func TestReview_commitMustBelongToThePullRequest(t *testing.T) {
	s := newSite(t)
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	first := pull.GetHead().GetSHA()
	s.write(s.walter, "change", "policy/cloud.md", "# Cloud 2\n")
	approve := func(id string) (*github.PullRequestReview, error) {
		review, _, err := s.olga.PullRequests.CreateReview(ctx(), s.owner, s.name, pull.GetNumber(), &github.PullRequestReviewRequest{Event: github.String("APPROVE"), CommitID: &id})
		return review, err
	}
	review, err := approve(first)
	if err != nil || review.GetCommitID() != first {
		t.Errorf("a review of an earlier commit = %v, %v, want it at %s", review, err, first)
	}
	_, err = approve(s.pull(pull.GetNumber()).GetBase().GetSHA())
	refused(t, err, 422, "is not part of the pull request")
}

func TestReview_pendingIsItsAuthorsAlone(t *testing.T) {
	s := newSite(t)
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	number := pull.GetNumber()
	pending, _, err := s.olga.PullRequests.CreateReview(ctx(), s.owner, s.name, number, &github.PullRequestReviewRequest{Body: github.String("Later.")})
	if err != nil || pending.GetState() != "PENDING" || pending.SubmittedAt != nil {
		t.Fatalf("CreateReview = %v, %v, want PENDING without a date", pending, err)
	}
	if reviews, _, _ := s.rita.PullRequests.ListReviews(ctx(), s.owner, s.name, number, nil); len(reviews) != 0 {
		t.Errorf("rita sees %v", reviews)
	}
	_, _, err = s.olga.PullRequests.CreateReview(ctx(), s.owner, s.name, number, &github.PullRequestReviewRequest{Event: github.String("APPROVE")})
	refused(t, err, 422, "one pending review")
	submitted, _, err := s.olga.PullRequests.SubmitReview(ctx(), s.owner, s.name, number, pending.GetID(), &github.PullRequestReviewRequest{Event: github.String("APPROVE")})
	if err != nil || submitted.GetState() != "APPROVED" || submitted.GetBody() != "Later." {
		t.Fatalf("SubmitReview = %v, %v", submitted, err)
	}
	if lines, _, err := s.rita.PullRequests.ListReviewComments(ctx(), s.owner, s.name, number, pending.GetID(), nil); err != nil || len(lines) != 0 {
		t.Errorf("ListReviewComments = %v, %v", lines, err)
	}
	if lines, _, err := s.rita.PullRequests.ListComments(ctx(), s.owner, s.name, number, nil); err != nil || len(lines) != 0 {
		t.Errorf("ListComments = %v, %v", lines, err)
	}
	got, _, err := s.rita.PullRequests.GetReview(ctx(), s.owner, s.name, number, pending.GetID())
	if err != nil || got.GetState() != "APPROVED" || got.GetAuthorAssociation() != "MEMBER" {
		t.Errorf("GetReview = %v, %v", got, err)
	}
	_, _, err = s.olga.PullRequests.DeletePendingReview(ctx(), s.owner, s.name, number, pending.GetID())
	refused(t, err, 422, "non-pending")
}

func TestReview_pendingCanBeDropped(t *testing.T) {
	s := newSite(t)
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	pending, _, err := s.olga.PullRequests.CreateReview(ctx(), s.owner, s.name, pull.GetNumber(), &github.PullRequestReviewRequest{Body: github.String("Later.")})
	if err != nil {
		t.Fatal(err)
	}
	must(t)(s.olga.PullRequests.DeletePendingReview(ctx(), s.owner, s.name, pull.GetNumber(), pending.GetID()))
	if reviews := s.reviews(pull.GetNumber()); len(reviews) != 0 {
		t.Errorf("reviews = %v, want none", reviews)
	}
}

func TestReview_dismissalStandsInTheTimeline(t *testing.T) {
	s := newSite(t)
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	number := pull.GetNumber()
	approval := s.review(s.olga, number, "APPROVE", "I sign.")
	comment := s.review(s.rita, number, "COMMENT", "A remark.")
	_, _, err := s.rita.PullRequests.DismissReview(ctx(), s.owner, s.name, number, approval.GetID(), &github.PullRequestReviewDismissalRequest{Message: github.String("No.")})
	refused(t, err, 403, "")
	_, _, err = s.walter.PullRequests.DismissReview(ctx(), s.owner, s.name, number, comment.GetID(), &github.PullRequestReviewDismissalRequest{Message: github.String("No.")})
	refused(t, err, 422, "Can not dismiss a commented")
	dismissed, _, err := s.walter.PullRequests.DismissReview(ctx(), s.owner, s.name, number, approval.GetID(), &github.PullRequestReviewDismissalRequest{Message: github.String("Outdated.")})
	if err != nil || dismissed.GetState() != "DISMISSED" {
		t.Fatalf("DismissReview = %v, %v", dismissed, err)
	}
	var moments []struct {
		Event     string
		Actor     struct{ Login string }
		Dismissed struct {
			ID      int64  `json:"review_id"`
			State   string `json:"state"`
			Message string `json:"dismissal_message"`
		} `json:"dismissed_review"`
	}
	s.read(s.olga, fmt.Sprintf("repos/%s/%s/issues/%d/timeline", s.owner, s.name, number), &moments)
	last := moments[len(moments)-1]
	if last.Event != "review_dismissed" || last.Actor.Login != "walter" || last.Dismissed.ID != approval.GetID() ||
		last.Dismissed.State != "approved" || last.Dismissed.Message != "Outdated." {
		t.Errorf("the timeline ends with %+v", last)
	}
}

func TestReview_staleApprovalsAreDismissedWhereTheBranchSaysSo(t *testing.T) {
	s := newSite(t)
	s.protect(&github.ProtectionRequest{RequiredPullRequestReviews: &github.PullRequestReviewsEnforcementRequest{DismissStaleReviews: true, RequiredApprovingReviewCount: 1}})
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	s.review(s.olga, pull.GetNumber(), "APPROVE", "I sign.")
	s.write(s.walter, "change", "policy/cloud.md", "# Cloud\n\nMore.\n")
	if got := s.reviews(pull.GetNumber())[0].GetState(); got != "DISMISSED" {
		t.Errorf("state = %s, want DISMISSED", got)
	}
}

func TestReview_requestVanishesWithTheReview(t *testing.T) {
	s := newSite(t)
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	number := pull.GetNumber()
	ask := func(logins ...string) error {
		_, _, err := s.walter.PullRequests.RequestReviewers(ctx(), s.owner, s.name, number, github.ReviewersRequest{Reviewers: logins})
		return err
	}
	s.User("stranger")
	refused(t, ask("olga", "stranger"), 422, "may only be requested from collaborators")
	refused(t, ask("walter"), 422, "pull request author")
	if err := ask("olga", "rita"); err != nil {
		t.Fatal(err)
	}
	s.review(s.olga, number, "APPROVE", "")
	left, _, err := s.walter.PullRequests.ListReviewers(ctx(), s.owner, s.name, number, nil)
	if err != nil || len(left.Users) != 1 || left.Users[0].GetLogin() != "rita" {
		t.Errorf("ListReviewers = %v, %v, want rita", left, err)
	}
	must(t)(nil, nil, func() error {
		_, err := s.walter.PullRequests.RemoveReviewers(ctx(), s.owner, s.name, number, github.ReviewersRequest{Reviewers: []string{"rita"}})
		return err
	}())
	if left, _, _ := s.walter.PullRequests.ListReviewers(ctx(), s.owner, s.name, number, nil); len(left.Users) != 0 {
		t.Errorf("ListReviewers = %v, want nobody", left)
	}
}
