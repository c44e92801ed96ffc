package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-github/v60/github"
)

// reviews are those of pull request 1.
func (s *site) reviews() []*github.PullRequestReview {
	s.t.Helper()
	reviews, _, err := s.clients["olga"].PullRequests.ListReviews(ctx(), owner, name, 1, nil)
	s.must(err)
	return reviews
}

func TestReview_isAboutWhatThePageShowed(t *testing.T) {
	s := newSite(t)
	head := s.propose("sooner").GetHead().GetSHA()
	b := s.as("rita")
	page := b.get(repo+"/pull/1/files").reads(t, "Review changes", "Approve", "Request changes", "Submit review", "It is about commit "+head[:12])
	form := page.byID("review")
	if form == nil || attribute(form, "action") != repo+"/pull/1/reviews" {
		t.Fatal("there is no form to review")
	}
	s.put("walter", "sooner", "other.md", "pushed meanwhile\n")
	done := b.post(attribute(form, "action"), "event", "APPROVE", "body", "Read.\r\n\r\nI sign.", "head", head)
	review := s.reviews()[0]
	if done.path != fmt.Sprintf("%s/pull/1#pullrequestreview-%d", repo, review.GetID()) {
		t.Errorf("led to %s", done.path)
	}
	if review.GetCommitID() != head || review.GetState() != "APPROVED" || review.GetUser().GetLogin() != "rita" || review.GetBody() != "Read.\r\n\r\nI sign." {
		t.Errorf("review = %v, want Rita's approval of %s with the line ends of browsers", review, head)
	}
	done.reads(t, "Name of rita reviewed Approved", "I sign.")
}

func TestReview_refusals(t *testing.T) {
	s := newSite(t)
	s.propose("sooner")
	own := s.as("walter").get(repo+"/pull/1/files").reads(t, "nobody can approve what they proposed")
	for _, input := range own.all("input") {
		if v := attribute(input, "value"); v == "APPROVE" || v == "REQUEST_CHANGES" {
			t.Errorf("the proposer is offered %s", v)
		}
	}
	path := repo + "/pull/1/reviews"
	s.as("walter").post(path, "event", "APPROVE").refuses(t, http.StatusUnprocessableEntity, "Can not approve your own pull request")
	rita := s.as("rita")
	rita.post(path, "event", "REQUEST_CHANGES").refuses(t, http.StatusUnprocessableEntity, "Body can't be blank")
	rita.post(path, "body", "x").refuses(t, http.StatusUnprocessableEntity, "Choose one of Comment, Approve and Request changes")
	rita.post(path, "event", "SIGN", "body", "x").refuses(t, http.StatusUnprocessableEntity, "invalid value")
	rita.post(path, "event", "APPROVE", "head", strings.Repeat("a", 40)).refuses(t, http.StatusUnprocessableEntity, "not part of the pull request")
	rita.post(repo+"/pull/99/reviews", "event", "APPROVE").refuses(t, http.StatusNotFound, "Not Found")
	rita.post(repo+"/pull/99999999999999999999/reviews", "event", "APPROVE").refuses(t, http.StatusNotFound, "Not Found")
	if got := s.reviews(); len(got) != 0 {
		t.Errorf("refused reviews are there: %v", got)
	}
}

func TestReview_thatWasBegunByTheAPIIsSubmitted(t *testing.T) {
	s := newSite(t)
	s.propose("sooner")
	_, _, err := s.clients["rita"].PullRequests.CreateReview(ctx(), owner, name, 1, &github.PullRequestReviewRequest{Body: github.String("half a thought")})
	s.must(err)
	rita := s.as("rita")
	rita.get(repo+"/pull/1").reads(t, "Not submitted", "half a thought")
	if text := s.as("olga").get(repo + "/pull/1").text(); strings.Contains(text, "half a thought") {
		t.Error("others see a review that was not submitted")
	}
	rita.post(repo+"/pull/1/reviews", "event", "COMMENT", "body", "a whole one").reads(t, "a whole one")
	if got := s.reviews(); len(got) != 1 || got[0].GetState() != "COMMENTED" || got[0].GetBody() != "a whole one" {
		t.Errorf("reviews = %v, want the one that was begun", got)
	}
}

func TestReview_editAndDismiss(t *testing.T) {
	s := newSite(t)
	s.propose("sooner")
	rita := s.as("rita")
	rita.post(repo+"/pull/1/reviews", "event", "APPROVE", "body", "fine")
	path := fmt.Sprintf("%s/pull/1/reviews/%d", repo, s.reviews()[0].GetID())
	rita.post(path, "body", "fine, with doubts").reads(t, "fine, with doubts", "edited")
	if strings.Contains(rita.get(repo+"/pull/1").body, path+"/dismiss") {
		t.Error("who only reads is offered to dismiss")
	}
	rita.post(path+"/dismiss", "body", "no").refuses(t, http.StatusForbidden, "push access")
	olga := s.as("olga")
	if !strings.Contains(olga.get(repo+"/pull/1").body, path+"/dismiss") {
		t.Error("the owner is not offered to dismiss")
	}
	olga.post(path+"/dismiss").refuses(t, http.StatusUnprocessableEntity, "wasn't supplied")
	olga.post(path+"/dismiss", "body", "the text is another").reads(t, "Dismissed", "dismissed the review of Name of rita, which was: Approved", "the text is another")
	if got := s.reviews()[0]; got.GetState() != "DISMISSED" || got.GetBody() != "fine, with doubts" {
		t.Errorf("review = %v", got)
	}
	s.as("stan").post(path, "body", "x").refuses(t, http.StatusNotFound, "Not Found")
}

func TestMerge_eachWay(t *testing.T) {
	for method, committer := range map[string]string{"merge": "GitHub", "squash": "GitHub", "rebase": "Name of walter"} {
		t.Run(method, func(t *testing.T) {
			s := newSite(t)
			head := s.propose("sooner").GetHead().GetSHA()
			b := s.as("walter")
			b.get(repo+"/pull/1").reads(t, "Can be merged", "Merge commit", "Squash", "Rebase")
			b.post(repo+"/pull/1/merge", "method", method, "head", head).reads(t, "Merged by Name of walter", "merged this into main")
			commit, _, err := s.clients["olga"].Git.GetCommit(ctx(), owner, name, s.pull(1).GetMergeCommitSHA())
			s.must(err)
			if commit.GetCommitter().GetName() != committer {
				t.Errorf("the committer is %s, want %s", commit.GetCommitter().GetName(), committer)
			}
			word := map[string]string{"GitHub": "Verified", "Name of walter": "Unsigned"}[committer]
			b.get(repo+"/commit/"+commit.GetSHA()).reads(t, word, "policy.md")
			b.post(repo+"/pull/1/merge", "method", method).refuses(t, http.StatusMethodNotAllowed, "not mergeable")
		})
	}
}

func TestMerge_onlyWhatWasSeen(t *testing.T) {
	s := newSite(t)
	seen := s.propose("sooner").GetHead().GetSHA()
	s.put("walter", "sooner", "other.md", "pushed meanwhile\n")
	s.as("walter").post(repo+"/pull/1/merge", "method", "merge", "head", seen).refuses(t, http.StatusConflict, "Head branch was modified")
	s.as("rita").post(repo+"/pull/1/merge", "method", "merge").refuses(t, http.StatusForbidden, "push access")
	s.as("rita").get(repo+"/pull/1").reads(t, "merging takes write access")
	if s.pull(1).GetMerged() {
		t.Error("it is merged")
	}
}

// protect demands the App's check on main, of everybody but administrators.
func (s *site) protect() {
	s.t.Helper()
	_, _, err := s.clients["olga"].Repositories.UpdateBranchProtection(ctx(), owner, name, "main", &github.ProtectionRequest{
		RequiredStatusChecks: &github.RequiredStatusChecks{Checks: &[]*github.RequiredStatusCheck{{Context: "Scribe", AppID: &s.app.ID}}},
	})
	s.must(err)
}

func TestMerge_pastTheRulesOnlyByWhoSaysSo(t *testing.T) {
	s := newSite(t)
	s.addApp(nil)
	s.protect()
	s.propose("sooner")
	s.as("walter").get(repo+"/pull/1").reads(t, "Blocked", `main is protected: Required status check "Scribe" is expected.`)
	s.as("walter").post(repo+"/pull/1/merge", "bypass", "true").refuses(t, http.StatusMethodNotAllowed, "is expected")
	olga := s.as("olga")
	olga.get(repo+"/pull/1").reads(t, "Blocked", "Merge past the rules")
	olga.post(repo+"/pull/1/merge", "method", "merge").refuses(t, http.StatusMethodNotAllowed, "say so in the form")
	olga.post(repo+"/pull/1/merge", "method", "merge", "bypass", "true").reads(t, "Merged by Name of olga")
}

func TestChecks_summaryAnnotationsAndRunAgain(t *testing.T) {
	s := newSite(t)
	asked := make(chan string, 100)
	s.addApp(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked <- r.Header.Get("X-GitHub-Event") }))
	head := s.propose("sooner").GetHead().GetSHA()
	run, _, err := s.bot.Checks.CreateCheckRun(ctx(), owner, name, github.CreateCheckRunOptions{
		Name: "Scribe", HeadSHA: head, Conclusion: github.String("action_required"),
		Output: &github.CheckRunOutput{
			Title: github.String("Waiting for Rita"), Summary: github.String("Copy:\n\n```text\nI sign as ciso: X 1.0 sha256:abc\n```\n"), Text: github.String("| | |\n| --- | --- |\n| a | b |\n"),
			Annotations: []*github.CheckRunAnnotation{{
				Path: github.String("policy.md"), StartLine: github.Int(3), EndLine: github.Int(3), AnnotationLevel: github.String("warning"),
				Title: github.String("DAT005"), Message: github.String("Better: <b>later</b>"),
			}},
		},
	})
	s.must(err)
	b := s.as("walter")
	b.get(repo+"/pull/1").reads(t, "Action required Scribe : Waiting for Rita")
	checks := b.get(repo+"/pull/1/checks").reads(t, "I sign as ciso: X 1.0 sha256:abc", "policy.md line 3", "Better: <b>later</b>")
	if strings.Contains(checks.body, "<th></th>") {
		t.Error("a table without a header has an empty one")
	}
	files := b.get(repo+"/pull/1/files").reads(t, "Warning Scribe: DAT005")
	if !strings.Contains(files.text(), "Patch within 14 days. Warning") {
		t.Errorf("the remark does not stand at its line: %.3000s", files.text())
	}
	s.Flush()
	for len(asked) > 0 {
		<-asked
	}
	path := fmt.Sprintf("%s/runs/%d", repo, run.GetID())
	b.get(path).reads(t, "Waiting for Rita", "Run the check again", "Patch sooner #1")
	if done := b.post(path + "/again"); done.path != path || len(asked) != 1 || <-asked != "check_run" {
		t.Errorf("led to %s, and the App was not asked once more", done.path)
	}
	s.as("rita").post(path+"/again").refuses(t, http.StatusForbidden, "push access")
	b.get(repo+"/runs/1").refuses(t, http.StatusNotFound, "Not Found")
}

func TestStatuses_standBesideChecks(t *testing.T) {
	s := newSite(t)
	head := s.propose("sooner").GetHead().GetSHA()
	for _, state := range []string{"pending", "success"} {
		_, _, err := s.clients["walter"].Repositories.CreateStatus(ctx(), owner, name, head, &github.RepoStatus{
			State: &state, Context: github.String("ci/build"), Description: github.String("it is " + state),
		})
		s.must(err)
	}
	page := s.as("rita").get(repo+"/pull/1").reads(t, "Success ci/build : it is success")
	if strings.Contains(page.text(), "it is pending") {
		t.Error("an older status of the same context is shown")
	}
}

func TestUpdateBranch_bringsTheBaseIn(t *testing.T) {
	s := newSite(t)
	head := s.propose("sooner").GetHead().GetSHA()
	b := s.as("walter")
	if strings.Contains(b.get(repo+"/pull/1").text(), "Update branch") {
		t.Error("offered although the base has not moved")
	}
	s.put("olga", "main", "news.md", "news\n")
	b.get(repo+"/pull/1").reads(t, "main has moved on", "Update branch")
	b.post(repo+"/pull/1/update-branch", "head", head).reads(t, "Merge branch 'main' into sooner")
	if now := s.pull(1).GetHead().GetSHA(); now == head {
		t.Error("the head has not moved")
	}
	b.post(repo+"/pull/1/update-branch", "head", head).refuses(t, http.StatusUnprocessableEntity, "expected head sha")
}

func TestMergeBox_conflict(t *testing.T) {
	s := newSite(t)
	s.put("olga", "main", "policy.md", "one\n")
	s.put("walter", "sooner", "other.md", "x\n")
	s.put("walter", "sooner", "policy.md", "two\n")
	s.put("olga", "main", "policy.md", "three\n")
	_, _, err := s.clients["walter"].PullRequests.Create(ctx(), owner, name, &github.NewPullRequest{Title: github.String("x"), Head: github.String("sooner"), Base: github.String("main")})
	s.must(err)
	page := s.as("walter").get(repo+"/pull/1").reads(t, "Conflict", "change the same lines")
	if strings.Contains(page.text(), "Merge pull request") || strings.Contains(page.text(), "Update branch") {
		t.Error("what conflicts is offered to be merged")
	}
}

func TestPull_closeReopenDraftAndText(t *testing.T) {
	s := newSite(t)
	s.propose("sooner")
	b := s.as("walter")
	b.post(repo+"/pull/1/state", "state", "closed").reads(t, "Closed", "Reopen this pull request", "closed this")
	b.post(repo+"/pull/1/state", "state", "open").reads(t, "Open", "Close this pull request", "reopened this")
	b.post(repo+"/pull/1/draft", "draft", "true").reads(t, "Draft", "Ready for review", "made this a draft")
	b.post(repo+"/pull/1/draft", "draft", "false").reads(t, "said that this is ready for review")
	b.post(repo+"/pull/1/text", "title", "Patch much sooner", "body", "New **words**.").reads(t, "Patch much sooner", "New words .", "changed the title from “Patch sooner”")
	s.as("rita").post(repo+"/pull/1/state", "state", "closed").refuses(t, http.StatusForbidden, "triage access")
	s.as("rita").post(repo+"/pull/1/text", "title", "x").refuses(t, http.StatusForbidden, "triage access")
}

func TestPull_conversationTellsWhatHappened(t *testing.T) {
	s := newSite(t)
	p := s.propose("sooner")
	_, _, err := s.clients["olga"].PullRequests.RequestReviewers(ctx(), owner, name, 1, github.ReviewersRequest{Reviewers: []string{"rita"}})
	s.must(err)
	_, _, err = s.clients["olga"].Issues.AddLabelsToIssue(ctx(), owner, name, 1, []string{"policy"})
	s.must(err)
	other := s.put("walter", "apart", "policy.md", "another text\n")
	_, _, err = s.clients["walter"].Git.UpdateRef(ctx(), owner, name, &github.Reference{Ref: github.String("refs/heads/sooner"), Object: &github.GitObject{SHA: &other}}, true)
	s.must(err)
	page := s.as("rita").get(repo+"/pull/1").reads(t,
		"Because of last year .", "asked Name of rita for a review", "added the label policy", "force-pushed the branch", "Name of rita Asked", "Write policy.md")
	if p.GetHead().GetSHA() == other {
		t.Fatal("nothing was pushed")
	}
	if page.byID("commit-"+other) == nil {
		t.Error("the new commit has no place in the conversation")
	}
	s.as("rita").get(repo+"/pull/1/commits").reads(t, "Write policy.md", other[:12])
	s.as("rita").get(repo+"/pull/1.diff").reads(t, "+another text")
	s.as("rita").get(repo+"/pull/x.diff").refuses(t, http.StatusNotFound, "no such page")
}

func TestPull_withoutItsBranchStaysReadable(t *testing.T) {
	s := newSite(t)
	head := s.propose("sooner").GetHead().GetSHA()
	s.as("walter").post(repo+"/pull/1/merge", "method", "merge")
	_, err := s.clients["walter"].Git.DeleteRef(ctx(), owner, name, "heads/sooner")
	s.must(err)
	for _, tab := range []string{"", "/commits", "/files", "/checks"} {
		page := s.as("rita").get(repo+"/pull/1"+tab).reads(t, "Merged", "sooner")
		if !strings.Contains(page.body, `href="`+repo+"/commit/"+head+`"`) {
			t.Errorf("%s does not lead to the head", page.path)
		}
	}
}

func TestPulls_openedFromTheComparisonOfBranches(t *testing.T) {
	s := newSite(t)
	s.put("walter", "topic/one", "policy.md", "text\n")
	b := s.as("walter")
	b.get(repo+"/pulls").reads(t, "Nothing is proposed at the moment", "New pull request")
	b.get(repo+"/compare?base=main&head=topic/one").reads(t, "Compare main with topic/one", "Open pull request", "+ text")
	done := b.post(repo+"/pulls", "base", "main", "head", "topic/one", "title", "One", "body", "why", "draft", "true")
	done.reads(t, "One #1", "Draft", "why")
	b.get(repo+"/compare/main...topic/one").reads(t, "There is a pull request of the two: #1 One")
	b.get(repo+"/compare/main...main").reads(t, "main holds everything that main has")
	b.get(repo+"/compare/main...nowhere").refuses(t, http.StatusNotFound, "no such page")
	b.post(repo+"/pulls", "base", "main", "head", "topic/one", "title", "Two").refuses(t, http.StatusUnprocessableEntity, "A pull request already exists")
	b.get("/").reads(t, "One")
}

func TestIssues_openCommentCloseReopen(t *testing.T) {
	s := newSite(t)
	rita := s.as("rita")
	rita.get(repo+"/issues").reads(t, "No issue is open")
	rita.post(repo+"/issues", "title", "Where is *it*?", "body", "Nobody knows.").reads(t, "Where is *it*? #1", "Nobody knows.", "opened by Name of rita")
	said := s.as("walter").post(repo+"/issues/1/comments", "body", "Here.").reads(t, "Name of walter commented", "Here.")
	_, id, _ := strings.Cut(said.path, "#issuecomment-")
	if said.byID("issuecomment-"+id) == nil {
		t.Fatalf("led to %s, where no such comment is", said.path)
	}
	comment := repo + "/issues/1/comments/" + id
	rita.post(comment, "body", "x").refuses(t, http.StatusForbidden, "push access")
	s.as("walter").post(comment, "body", "There.").reads(t, "There.", "edited")
	s.as("walter").post(repo+"/issues/2/comments/"+id, "body", "x").refuses(t, http.StatusNotFound, "Not Found")
	if page := s.as("walter").post(comment + "/delete"); strings.Contains(page.text(), "There.") || page.path != repo+"/issues/1" {
		t.Errorf("after deleting: %s %.400s", page.path, page.text())
	}
	rita.post(repo+"/issues/1/state", "state", "closed").reads(t, "Closed", "Reopen this issue")
	rita.get(repo+"/issues").reads(t, "No issue is open", "Where is *it*?")
	rita.post(repo+"/issues/1/state", "state", "open").reads(t, "Close this issue")
	rita.post(repo+"/issues/1/comments", "body", "").refuses(t, http.StatusUnprocessableEntity, "missing_field")
	rita.get(repo+"/issues/7").refuses(t, http.StatusNotFound, "no such page")
	s.propose("sooner")
	if page := rita.get(repo + "/issues/2"); page.path != repo+"/pull/2" {
		t.Errorf("the issue of a pull request is at %s", page.path)
	}
}

func TestActs_takeASecondEach(t *testing.T) {
	s := newSite(t)
	s.propose("sooner")
	rita := s.as("rita")
	before := s.Now()
	rita.get(repo + "/pull/1")
	rita.post(repo+"/pull/1/reviews", "event", "REQUEST_CHANGES")
	if now := s.Now(); !now.Equal(before) {
		t.Errorf("reading and a refusal took %s", now.Sub(before))
	}
	rita.post(repo+"/pull/1/comments", "body", "x")
	if took := s.Now().Sub(before); took.Seconds() != 1 {
		t.Errorf("a comment took %s, want a second", took)
	}
}
