package githubsim_test

import (
	"testing"

	"github.com/google/go-github/v60/github"
)

func TestSim_lifeOfAPullRequest(t *testing.T) {
	s := newSite(t)
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	review := s.review(s.olga, pull.GetNumber(), "APPROVE", "Fine.")
	if review.GetCommitID() != pull.GetHead().GetSHA() {
		t.Errorf("commit_id = %s, want the head %s", review.GetCommitID(), pull.GetHead().GetSHA())
	}
	run, _, err := s.bot.Checks.CreateCheckRun(ctx(), s.owner, s.name, github.CreateCheckRunOptions{
		Name: "vidimus", HeadSHA: pull.GetHead().GetSHA(), Conclusion: github.String("success"),
		Output: &github.CheckRunOutput{Title: github.String("Signed"), Summary: github.String("All signed."), Text: github.String("x")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if run.GetStatus() != "completed" {
		t.Errorf("status = %s, want completed", run.GetStatus())
	}
	merged, _, err := s.walter.PullRequests.Merge(ctx(), s.owner, s.name, pull.GetNumber(), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if after := s.pull(pull.GetNumber()); !after.GetMerged() || after.GetMergeCommitSHA() != merged.GetSHA() {
		t.Errorf("merged = %v by %s, want true by %s", after.GetMerged(), after.GetMergeCommitSHA(), merged.GetSHA())
	}
	work := s.clone("walter")
	if head := work.git("rev-parse", "HEAD"); head != merged.GetSHA() {
		t.Errorf("the clone is at %s, want the merge %s", head, merged.GetSHA())
	}
	work.git("checkout", "-q", "-b", "second")
	second := work.commit("policy/second.md", "# Second\n")
	work.git("push", "-q", "origin", "second")
	if ref, _, err := s.rita.Git.GetRef(ctx(), s.owner, s.name, "heads/second"); err != nil || ref.GetObject().GetSHA() != second {
		t.Errorf("GetRef = %v, %v, want %s", ref, err, second)
	}
	s.Flush()
	var events []string
	for _, h := range s.hooks.all() {
		events = append(events, h.header.Get("X-GitHub-Event"))
	}
	t.Log(events)
}
