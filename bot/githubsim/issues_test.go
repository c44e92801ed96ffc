package githubsim_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-github/v60/github"
)

func TestIssue_labelsAreMadeOnTheFly(t *testing.T) {
	s := newSite(t)
	issue, _, err := s.bot.Issues.Create(ctx(), s.owner, s.name, &github.IssueRequest{Title: github.String("Deviation"), Labels: &[]string{"deviation"}, Assignees: &[]string{"walter"}})
	if err != nil || len(issue.Labels) != 1 && issue.GetUser().GetType() != "Bot" {
		t.Fatalf("Create = %v, %v", issue, err)
	}
	number := issue.GetNumber()
	must(t)(s.walter.Issues.AddLabelsToIssue(ctx(), s.owner, s.name, number, []string{"urgent", "deviation"}))
	labels, _, err := s.rita.Issues.ListLabelsByIssue(ctx(), s.owner, s.name, number, nil)
	if err != nil || len(labels) != 2 {
		t.Errorf("ListLabelsByIssue = %v, %v", labels, err)
	}
	_, err = s.walter.Issues.RemoveLabelForIssue(ctx(), s.owner, s.name, number, "urgent")
	must(t)(nil, nil, err)
	_, err = s.walter.Issues.RemoveLabelForIssue(ctx(), s.owner, s.name, number, "urgent")
	refused(t, err, 404, "Label does not exist")
	_, _, err = s.rita.Issues.AddLabelsToIssue(ctx(), s.owner, s.name, number, []string{"x"})
	refused(t, err, 403, "triage")
	found, _, err := s.rita.Issues.ListByRepo(ctx(), s.owner, s.name, &github.IssueListByRepoOptions{Labels: []string{"deviation"}, Creator: "scribe[bot]"})
	if err != nil || len(found) != 1 || found[0].GetAssignee().GetLogin() != "walter" {
		t.Errorf("ListByRepo = %v, %v", found, err)
	}
	made, _, err := s.walter.Issues.CreateLabel(ctx(), s.owner, s.name, &github.Label{Name: github.String("receipt"), Color: github.String("00ff00")})
	if err != nil || made.GetColor() != "00ff00" {
		t.Errorf("CreateLabel = %v, %v", made, err)
	}
	_, _, err = s.walter.Issues.CreateLabel(ctx(), s.owner, s.name, &github.Label{Name: github.String("receipt")})
	refused(t, err, 422, "already_exists")
	_, _, err = s.walter.Issues.CreateLabel(ctx(), s.owner, s.name, &github.Label{Name: github.String("x"), Color: github.String("green")})
	refused(t, err, 422, "color")
	relabelled, _, err := s.walter.Issues.Edit(ctx(), s.owner, s.name, number, &github.IssueRequest{Labels: &[]string{"receipt"}, State: github.String("closed"), StateReason: github.String("not_planned")})
	if err != nil || len(relabelled.Labels) != 1 || relabelled.Labels[0].GetName() != "receipt" || relabelled.GetStateReason() != "not_planned" || relabelled.GetClosedBy().GetLogin() != "walter" {
		t.Errorf("Edit = %v, %v", relabelled, err)
	}
}

func TestIssue_whoMayChangeIt(t *testing.T) {
	s := newSite(t)
	issue, _, err := s.rita.Issues.Create(ctx(), s.owner, s.name, &github.IssueRequest{Title: github.String("Mine")})
	if err != nil {
		t.Fatal(err)
	}
	_, nora := s.User("nora")
	must(t)(s.olga.Repositories.AddCollaborator(ctx(), s.owner, s.name, "nora", &github.RepositoryAddCollaboratorOptions{Permission: "pull"}))
	change := &github.IssueRequest{Title: github.String("Yours")}
	_, _, err = nora.Issues.Edit(ctx(), s.owner, s.name, issue.GetNumber(), change)
	refused(t, err, 403, "")
	must(t)(s.walter.Issues.Edit(ctx(), s.owner, s.name, issue.GetNumber(), change))
	got, _, err := nora.Issues.Get(ctx(), s.owner, s.name, issue.GetNumber())
	if err != nil || got.GetTitle() != "Yours" || got.GetUser().GetLogin() != "rita" {
		t.Errorf("Get = %v, %v", got, err)
	}
	_, _, err = nora.Issues.Get(ctx(), s.owner, s.name, 99)
	refused(t, err, 404, "Not Found")
}

func TestComment_authorOrWriterChangesIt(t *testing.T) {
	s := newSite(t)
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	comment, _, err := s.rita.Issues.CreateComment(ctx(), s.owner, s.name, pull.GetNumber(), &github.IssueComment{Body: github.String("/acknowledge")})
	if err != nil || comment.GetAuthorAssociation() != "MEMBER" {
		t.Fatal(comment, err)
	}
	_, nora := s.User("nora")
	must(t)(s.olga.Repositories.AddCollaborator(ctx(), s.owner, s.name, "nora", &github.RepositoryAddCollaboratorOptions{Permission: "pull"}))
	_, _, err = nora.Issues.EditComment(ctx(), s.owner, s.name, comment.GetID(), &github.IssueComment{Body: github.String("no")})
	refused(t, err, 403, "")
	edited, _, err := s.walter.Issues.EditComment(ctx(), s.owner, s.name, comment.GetID(), &github.IssueComment{Body: github.String("/acknowledge!")})
	if err != nil || !edited.GetUpdatedAt().After(edited.GetCreatedAt().Time) {
		t.Errorf("EditComment = %v, %v", edited, err)
	}
	_, _, err = s.rita.Issues.EditComment(ctx(), s.owner, s.name, comment.GetID(), &github.IssueComment{Body: github.String("")})
	refused(t, err, 422, "")
	_, _, err = s.rita.Issues.EditComment(ctx(), s.owner, s.name, comment.GetID(), &github.IssueComment{Body: github.String(strings.Repeat("x", 65537))})
	refused(t, err, 422, "too long")
	must(t)(s.bot.Reactions.CreateIssueCommentReaction(ctx(), s.owner, s.name, comment.GetID(), "eyes"))
	got, _, err := nora.Issues.GetComment(ctx(), s.owner, s.name, comment.GetID())
	if err != nil || got.GetReactions().GetEyes() != 1 {
		t.Errorf("GetComment = %v, %v", got, err)
	}
	since := s.Now().Add(-time.Hour)
	list, _, err := nora.Issues.ListComments(ctx(), s.owner, s.name, pull.GetNumber(), &github.IssueListCommentsOptions{Since: &since})
	if err != nil || len(list) != 1 {
		t.Errorf("ListComments = %v, %v", list, err)
	}
	_, err = s.walter.Issues.DeleteComment(ctx(), s.owner, s.name, comment.GetID())
	must(t)(nil, nil, err)
	_, _, err = nora.Issues.GetComment(ctx(), s.owner, s.name, comment.GetID())
	refused(t, err, 404, "Not Found")
}

func TestTimeline_tellsALife(t *testing.T) {
	s := newSite(t)
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	number := pull.GetNumber()
	must(t)(s.walter.PullRequests.Edit(ctx(), s.owner, s.name, number, &github.PullRequest{Title: github.String("Renamed")}))
	must(t)(s.walter.PullRequests.RequestReviewers(ctx(), s.owner, s.name, number, github.ReviewersRequest{Reviewers: []string{"olga"}}))
	s.review(s.olga, number, "REQUEST_CHANGES", "No.")
	must(t)(s.rita.Issues.CreateComment(ctx(), s.owner, s.name, number, &github.IssueComment{Body: github.String("Hm.")}))
	work := s.clone("walter", "--branch", "change")
	work.git("commit", "-q", "--amend", "-m", "Other words")
	work.git("push", "-q", "--force", "origin", "change")
	s.write(s.walter, "change", "policy/more.md", "# More\n")
	s.wantHooks("labels", func() {
		must(t)(s.walter.Issues.AddLabelsToIssue(ctx(), s.owner, s.name, number, []string{"policy", "x"}))
		_, err := s.walter.Issues.RemoveLabelForIssue(ctx(), s.owner, s.name, number, "x")
		must(t)(nil, nil, err)
	}, "pull_request labeled", "pull_request labeled", "pull_request unlabeled")
	must(t)(nil, nil, s.SetDraft("northquay/policies", number, true))
	must(t)(nil, nil, s.SetDraft("northquay/policies", number, false))
	s.merge(number, "merge")
	var events []string
	moments, _, err := s.rita.Issues.ListIssueTimeline(ctx(), s.owner, s.name, number, &github.ListOptions{PerPage: 100})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range moments {
		events = append(events, m.GetEvent())
	}
	want := []string{
		"renamed", "review_requested", "reviewed", "commented", "head_ref_force_pushed", "committed", "committed", "labeled", "labeled", "unlabeled",
		"convert_to_draft", "ready_for_review", "merged", "closed",
	}
	if diff := cmp.Diff(want, events); diff != "" {
		t.Errorf("timeline (-want +got):\n%s", diff)
	}
	if i := slices.Index(events, "reviewed"); moments[i].GetState() != "changes_requested" || moments[i].GetUser().GetLogin() != "olga" || moments[i].GetCommitID() != pull.GetHead().GetSHA() {
		t.Errorf("reviewed = %v", moments[i])
	}
	if i := slices.Index(events, "head_ref_force_pushed"); moments[i].GetCommitID() != work.git("rev-parse", "HEAD") {
		t.Errorf("head_ref_force_pushed = %v", moments[i])
	}
}

func TestIssue_pullRequestIsOneToo(t *testing.T) {
	s := newSite(t)
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	issue, _, err := s.rita.Issues.Get(ctx(), s.owner, s.name, pull.GetNumber())
	if err != nil || !issue.IsPullRequest() || issue.GetTitle() != pull.GetTitle() {
		t.Errorf("Get = %v, %v", issue, err)
	}
	closed, _, err := s.walter.Issues.Edit(ctx(), s.owner, s.name, pull.GetNumber(), &github.IssueRequest{State: github.String("closed")})
	if err != nil || closed.GetState() != "closed" || s.pull(pull.GetNumber()).GetState() != "closed" {
		t.Errorf("Edit = %v, %v", closed, err)
	}
	must(t)(s.rita.Issues.Create(ctx(), s.owner, s.name, &github.IssueRequest{Title: github.String("x")}))
	all, _, err := s.rita.Issues.ListByRepo(ctx(), s.owner, s.name, &github.IssueListByRepoOptions{State: "all"})
	if err != nil || len(all) != 2 || all[0].GetNumber() != 2 {
		t.Errorf("ListByRepo = %v, %v, want two that share their numbers", all, err)
	}
}
