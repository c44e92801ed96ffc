package githubsim_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/vidimus-bot/vidimus/bot/githubsim"
	"github.com/vidimus-bot/vidimus/bot/githubsim/githubsimtest"
)

func TestProtection_strictLinearAndSeveralChecks(t *testing.T) {
	s := newSite(t)
	contexts := []string{"a", "b"}
	s.protect(&github.ProtectionRequest{EnforceAdmins: true, RequireLinearHistory: github.Bool(true), RequiredStatusChecks: &github.RequiredStatusChecks{Strict: true, Contexts: &contexts}})
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	merge := func(method string) error {
		_, _, err := s.olga.PullRequests.Merge(ctx(), s.owner, s.name, pull.GetNumber(), "", &github.PullRequestOptions{MergeMethod: method})
		return err
	}
	refused(t, merge("squash"), 405, "2 of 2 required status checks are expected.")
	status := func(head, context, state string) {
		must(t)(s.walter.Repositories.CreateStatus(ctx(), s.owner, s.name, head, &github.RepoStatus{State: &state, Context: &context}))
	}
	head := pull.GetHead().GetSHA()
	status(head, "a", "success")
	status(head, "b", "failure")
	refused(t, merge("squash"), 405, `Required status check "b" is expected.`)
	status(head, "b", "success")
	refused(t, merge("merge"), 405, "Merge commits are not allowed on this branch.")
	s.protect(&github.ProtectionRequest{RequiredStatusChecks: &github.RequiredStatusChecks{Contexts: &contexts}})
	s.write(s.olga, s.branch, "other.md", "other\n")
	s.protect(&github.ProtectionRequest{EnforceAdmins: true, RequiredStatusChecks: &github.RequiredStatusChecks{Strict: true, Contexts: &contexts}})
	refused(t, merge("squash"), 405, "Head branch is out of date.")
	_, _, _ = s.walter.PullRequests.UpdateBranch(ctx(), s.owner, s.name, pull.GetNumber(), nil) // 202 is an error to go-github
	for _, context := range contexts {
		status(s.pull(pull.GetNumber()).GetHead().GetSHA(), context, "success")
	}
	if err := merge("squash"); err != nil {
		t.Error(err)
	}
}

func TestProtection_signaturesAreAskedOfEveryCommit(t *testing.T) {
	s := newSite(t)
	s.protect(&github.ProtectionRequest{EnforceAdmins: true})
	must(t)(s.olga.Repositories.RequireSignaturesOnProtectedBranch(ctx(), s.owner, s.name, s.branch))
	work := s.clone("walter")
	work.git("checkout", "-q", "-b", "unsigned")
	work.commit("x.md", "x\n")
	work.git("push", "-q", "origin", "unsigned")
	pull, _, err := s.walter.PullRequests.Create(ctx(), s.owner, s.name, &github.NewPullRequest{Title: github.String("x"), Head: github.String("unsigned"), Base: &s.branch})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = s.olga.PullRequests.Merge(ctx(), s.owner, s.name, pull.GetNumber(), "", nil)
	refused(t, err, 405, "Commits must have verified signatures.")
	signed := s.propose("signed", "y.md", "y\n")
	s.merge(signed.GetNumber(), "merge")
}

func TestProtection_forceAndDeletionWhereTheyAreAllowed(t *testing.T) {
	s := newSite(t)
	s.fork(s.olga, s.branch, "release")
	must(t)(s.olga.Repositories.UpdateBranchProtection(ctx(), s.owner, s.name, "release", &github.ProtectionRequest{AllowForcePushes: github.Bool(true), AllowDeletions: github.Bool(true)}))
	work := s.clone("walter", "--branch", "release")
	work.git("commit", "-q", "--amend", "-m", "Other words")
	work.git("push", "-q", "--force", "origin", "release")
	work.git("push", "-q", "origin", ":release")
}

func TestMerge_methodsThatTheRepositoryForbids(t *testing.T) {
	s := newSite(t)
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	must(t)(s.olga.Repositories.Edit(ctx(), s.owner, s.name, &github.Repository{AllowSquashMerge: github.Bool(false), AllowRebaseMerge: github.Bool(false)}))
	merge := func(method string) error {
		_, _, err := s.olga.PullRequests.Merge(ctx(), s.owner, s.name, pull.GetNumber(), "Because.", &github.PullRequestOptions{MergeMethod: method, CommitTitle: "Land it"})
		return err
	}
	refused(t, merge("squash"), 405, "Squash merges are not allowed on this repository.")
	refused(t, merge("rebase"), 405, "Rebase merges are not allowed on this repository.")
	if err := merge("merge"); err != nil {
		t.Fatal(err)
	}
	refused(t, merge("merge"), 405, "Pull Request is not mergeable")
	tip, _, err := s.olga.Repositories.GetCommit(ctx(), s.owner, s.name, "main", nil)
	if err != nil || tip.GetCommit().GetMessage() != "Land it\n\nBecause." {
		t.Errorf("message = %q, %v", tip.GetCommit().GetMessage(), err)
	}
	_, _, err = s.walter.PullRequests.UpdateBranch(ctx(), s.owner, s.name, pull.GetNumber(), nil)
	refused(t, err, 422, "")
	_, _, err = s.walter.PullRequests.Edit(ctx(), s.owner, s.name, pull.GetNumber(), &github.PullRequest{Base: &github.PullRequestBranch{Ref: github.String("change")}})
	refused(t, err, 422, "closed pull request")
	if got := s.pull(pull.GetNumber()); got.GetCommits() != 1 || got.GetChangedFiles() != 1 || got.GetMergeableState() != "unknown" {
		t.Errorf("after the merge: %d commits, %d files, %s", got.GetCommits(), got.GetChangedFiles(), got.GetMergeableState())
	}
}

func TestMerge_rebaseLeavesMergesOfTheBaseOut(t *testing.T) {
	s := newSite(t)
	s.propose("change", "policy/cloud.md", "# Cloud\n")
	s.write(s.olga, s.branch, "other.md", "other\n")
	_, _, _ = s.walter.PullRequests.UpdateBranch(ctx(), s.owner, s.name, 1, nil) // 202 is an error to go-github
	tip := s.merge(1, "rebase")
	if len(tip.Parents) != 1 || tip.GetCommit().GetMessage() != "Write policy/cloud.md" {
		t.Errorf("the tip is %q with %d parents", tip.GetCommit().GetMessage(), len(tip.Parents))
	}
}

func TestMerge_squashOfOneCommitKeepsItsBody(t *testing.T) {
	s := newSite(t)
	work := s.clone("walter")
	work.git("checkout", "-q", "-b", "one")
	work.git("commit", "-q", "--allow-empty", "-m", "Title\n\nThe body.")
	work.git("push", "-q", "origin", "one")
	must(t)(s.walter.PullRequests.Create(ctx(), s.owner, s.name, &github.NewPullRequest{Title: github.String("Title"), Head: github.String("one"), Base: &s.branch}))
	if got := s.merge(1, "squash").GetCommit().GetMessage(); got != "Title (#1)\n\nThe body." {
		t.Errorf("message = %q", got)
	}
}

// Two pull requests land with one push when both heads are in it; a third that is not stays open.
func TestPush_landsSeveralPullRequestsAtOnce(t *testing.T) {
	s := newSite(t)
	s.propose("one", "1.md", "1\n")
	s.propose("two", "2.md", "2\n")
	s.propose("three", "3.md", "3\n")
	work := s.clone("olga")
	work.git("merge", "-q", "--no-ff", "--no-edit", "origin/one")
	work.git("merge", "-q", "--no-ff", "--no-edit", "origin/two")
	work.git("push", "-q", "origin", "main")
	for number, merged := range map[int]bool{1: true, 2: true, 3: false} {
		if got := s.pull(number); got.GetMerged() != merged || (got.GetState() == "closed") != merged {
			t.Errorf("pull request %d: merged %v, %s, want %v", number, got.GetMerged(), got.GetState(), merged)
		}
	}
	if one, two := s.pull(1).GetMergeCommitSHA(), s.pull(2).GetMergeCommitSHA(); one == two || two != work.git("rev-parse", "HEAD") || one != work.git("rev-parse", "HEAD^") {
		t.Errorf("merge commits %s and %s, want each its own", one, two)
	}
}

func TestReview_laterOnesDecideAndDismissedOnesCountForNothing(t *testing.T) {
	s := newSite(t)
	s.protect(&github.ProtectionRequest{RequiredPullRequestReviews: &github.PullRequestReviewsEnforcementRequest{RequiredApprovingReviewCount: 2}})
	_, nora := s.User("nora")
	must(t)(s.olga.Repositories.AddCollaborator(ctx(), s.owner, s.name, "nora", &github.RepositoryAddCollaboratorOptions{Permission: "push"}))
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	merge := func() error {
		_, _, err := s.walter.PullRequests.Merge(ctx(), s.owner, s.name, pull.GetNumber(), "", nil)
		return err
	}
	approval := s.review(s.olga, pull.GetNumber(), "APPROVE", "")
	s.review(s.olga, pull.GetNumber(), "COMMENT", "By the way.") // takes nothing back
	refused(t, merge(), 405, "At least 2 approving reviews are required")
	s.review(nora, pull.GetNumber(), "APPROVE", "")
	_, _, err := s.walter.PullRequests.DismissReview(ctx(), s.owner, s.name, pull.GetNumber(), approval.GetID(), &github.PullRequestReviewDismissalRequest{Message: github.String("m")})
	refused(t, err, 403, "admin rights") // on a protected base
	must(t)(s.olga.PullRequests.DismissReview(ctx(), s.owner, s.name, pull.GetNumber(), approval.GetID(), &github.PullRequestReviewDismissalRequest{Message: github.String("m")}))
	refused(t, merge(), 405, "At least 2 approving reviews are required")
	s.review(s.olga, pull.GetNumber(), "APPROVE", "Again.")
	if err := merge(); err != nil {
		t.Error(err)
	}
	late := s.review(s.rita, pull.GetNumber(), "APPROVE", "After the fact.") // GitHub takes reviews of merged pull requests
	if late.GetState() != "APPROVED" {
		t.Errorf("state = %s", late.GetState())
	}
}

func TestReview_editByAWriterIsAnEdit(t *testing.T) {
	s := newSite(t)
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	review := s.review(s.rita, pull.GetNumber(), "APPROVE", "I sign.")
	edited, _, err := s.walter.PullRequests.UpdateReview(ctx(), s.owner, s.name, pull.GetNumber(), review.GetID(), "I do not.")
	if err != nil || edited.GetBody() != "I do not." || edited.GetUser().GetLogin() != "rita" {
		t.Fatalf("UpdateReview = %v, %v", edited, err)
	}
	s.Flush()
	hooks := s.hooks.all()
	if last := string(hooks[len(hooks)-1].body); !strings.Contains(last, `"changes":{"body":{"from":"I sign."}}`) || !strings.Contains(last, `"state":"approved"`) {
		t.Errorf("the webhook is %.400s", last)
	}
	before := len(hooks)
	must(t)(s.rita.PullRequests.UpdateReview(ctx(), s.owner, s.name, pull.GetNumber(), review.GetID(), "I do not.")) // changes nothing
	s.Flush()
	if after := len(s.hooks.all()); after != before {
		t.Errorf("an edit that changes nothing led to %d webhooks", after-before)
	}
}

func TestAssociation_ofAuthors(t *testing.T) {
	s := newSite(t)
	_, eve := s.User("eve")
	_, adam := s.User("adam")
	must(t)(s.olga.Repositories.Edit(ctx(), s.owner, s.name, &github.Repository{Private: github.Bool(false)}))
	must(t)(s.olga.Repositories.AddCollaborator(ctx(), s.owner, s.name, "adam", &github.RepositoryAddCollaboratorOptions{Permission: "push"}))
	association := func(client *github.Client) string {
		issue, _, err := client.Issues.Create(ctx(), s.owner, s.name, &github.IssueRequest{Title: github.String("x")})
		if err != nil {
			t.Fatal(err)
		}
		return issue.GetAuthorAssociation()
	}
	for want, client := range map[string]*github.Client{"NONE": eve, "COLLABORATOR": adam, "MEMBER": s.rita} {
		if got := association(client); got != want {
			t.Errorf("association = %s, want %s", got, want)
		}
	}
	must(t)(adam.PullRequests.List(ctx(), s.owner, s.name, nil))
	s.fork(adam, s.branch, "adams")
	s.write(adam, "adams", "a.md", "a\n")
	pull, _, err := adam.PullRequests.Create(ctx(), s.owner, s.name, &github.NewPullRequest{Title: github.String("x"), Head: github.String("adams"), Base: &s.branch})
	if err != nil {
		t.Fatal(err)
	}
	s.merge(pull.GetNumber(), "merge")
	_, err = s.olga.Repositories.RemoveCollaborator(ctx(), s.owner, s.name, "adam")
	must(t)(nil, nil, err)
	if got := association(adam); got != "CONTRIBUTOR" {
		t.Errorf("association of somebody whose change was merged = %s", got)
	}
	must(t)(eve.Repositories.Create(ctx(), "", &github.Repository{Name: github.String("own")}))
	own, _, err := eve.Issues.Create(ctx(), "eve", "own", &github.IssueRequest{Title: github.String("x")})
	if err != nil || own.GetAuthorAssociation() != "OWNER" {
		t.Errorf("association of an owner = %s, %v", own.GetAuthorAssociation(), err)
	}
}

// Many people do many things at once: nothing is lost, no two writes have the same second, and the refs are sound.
func TestSim_manyAtOnce(t *testing.T) {
	s := newSite(t)
	const people, each = 8, 5
	var wait sync.WaitGroup
	for p := range people {
		branch := fmt.Sprintf("branch-%d", p)
		s.fork(s.walter, s.branch, branch)
		wait.Go(func() {
			for i := range each {
				path := fmt.Sprintf("%d/%d.md", p, i)
				options := &github.RepositoryContentFileOptions{Message: &path, Content: []byte(path), Branch: &branch}
				if _, _, err := s.walter.Repositories.CreateFile(context.Background(), s.owner, s.name, path, options); err != nil {
					t.Error(err)
				}
				if _, _, err := s.rita.Issues.Create(context.Background(), s.owner, s.name, &github.IssueRequest{Title: &path}); err != nil {
					t.Error(err)
				}
				if _, _, err := s.olga.PullRequests.List(context.Background(), s.owner, s.name, nil); err != nil {
					t.Error(err)
				}
			}
			work := s.clone("olga", "--branch", branch)
			work.commit("pushed.md", branch)
			work.git("push", "-q", "origin", branch)
		})
	}
	wait.Wait()
	seen := map[time.Time]bool{}
	issues, _, err := s.rita.Issues.ListByRepo(ctx(), s.owner, s.name, &github.IssueListByRepoOptions{ListOptions: github.ListOptions{PerPage: 100}})
	if err != nil || len(issues) != people*each {
		t.Fatalf("%d issues, %v, want %d", len(issues), err, people*each)
	}
	for _, i := range issues {
		if seen[i.GetCreatedAt().Time] {
			t.Errorf("two issues at %s", i.GetCreatedAt())
		}
		seen[i.GetCreatedAt().Time] = true
	}
	for p := range people {
		compared, _, err := s.rita.Repositories.CompareCommits(ctx(), s.owner, s.name, "main", fmt.Sprintf("branch-%d", p), nil)
		if err != nil || compared.GetAheadBy() != each+1 {
			t.Errorf("branch %d is %d ahead, %v, want %d", p, compared.GetAheadBy(), err, each+1)
		}
	}
	s.clone("rita", "--mirror").git("fsck", "--strict")
}

func TestContents_linksAndSubmodules(t *testing.T) {
	s := newSite(t)
	head, _, err := s.walter.Git.GetRef(ctx(), s.owner, s.name, "heads/main")
	if err != nil {
		t.Fatal(err)
	}
	entry := func(path, mode, kind string) *github.TreeEntry {
		return &github.TreeEntry{Path: &path, Mode: &mode, Type: &kind}
	}
	link, module := entry("link", "120000", "blob"), entry("module", "160000", "commit")
	link.Content, module.SHA = github.String("README.md"), github.String(strings.Repeat("1", 40))
	tree, _, err := s.walter.Git.CreateTree(ctx(), s.owner, s.name, head.GetObject().GetSHA(), []*github.TreeEntry{link, module})
	if err != nil {
		t.Fatal(err)
	}
	commit, _, err := s.walter.Git.CreateCommit(ctx(), s.owner, s.name, &github.Commit{Message: github.String("m"), Tree: tree, Parents: []*github.Commit{{SHA: head.GetObject().SHA}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	must(t)(s.walter.Git.UpdateRef(ctx(), s.owner, s.name, &github.Reference{Ref: github.String("heads/main"), Object: &github.GitObject{SHA: commit.SHA}}, false))
	_, entries, _, err := s.rita.Repositories.GetContents(ctx(), s.owner, s.name, "", nil)
	if err != nil || len(entries) != 3 || entries[1].GetType() != "symlink" || entries[2].GetType() != "submodule" {
		t.Errorf("entries = %v, %v", entries, err)
	}
	file, _, _, err := s.rita.Repositories.GetContents(ctx(), s.owner, s.name, "link", nil)
	if err != nil || file.GetType() != "symlink" || file.GetTarget() != "README.md" {
		t.Errorf("link = %v, %v", file, err)
	}
}

func TestCommits_diffsAndComparisons(t *testing.T) {
	s := newSite(t)
	first := s.write(s.walter, s.branch, "a.md", "a\n")
	s.write(s.walter, s.branch, "b.md", "b\n")
	diff, _, err := s.rita.Repositories.GetCommitRaw(ctx(), s.owner, s.name, first, github.RawOptions{Type: github.Diff})
	if err != nil || !strings.HasPrefix(diff, "diff --git a/a.md b/a.md\n") {
		t.Errorf("GetCommitRaw = %.80q, %v", diff, err)
	}
	compared, _, err := s.rita.Repositories.CompareCommitsRaw(ctx(), s.owner, s.name, first, "main", github.RawOptions{Type: github.Diff})
	if err != nil || !strings.HasPrefix(compared, "diff --git a/b.md b/b.md\n") {
		t.Errorf("CompareCommitsRaw = %.80q, %v", compared, err)
	}
	for pair, want := range map[[2]string]string{{first, "main"}: "ahead", {"main", first}: "behind"} {
		c, _, err := s.rita.Repositories.CompareCommits(ctx(), s.owner, s.name, pair[0], pair[1], &github.ListOptions{PerPage: 1})
		if err != nil || c.GetStatus() != want {
			t.Errorf("%v: %s, %v, want %s", pair, c.GetStatus(), err, want)
		}
	}
	work := s.clone("walter")
	work.git("checkout", "-q", "--orphan", "stranger")
	work.commit("s.md", "s\n")
	work.git("push", "-q", "origin", "stranger")
	_, _, err = s.rita.Repositories.CompareCommits(ctx(), s.owner, s.name, "main", "stranger", nil)
	refused(t, err, 404, "No common ancestor")
	work.git("mv", "s.md", "t.md")
	work.git("commit", "-q", "-m", "Rename")
	work.git("push", "-q", "origin", "stranger")
	commit, _, err := s.rita.Repositories.GetCommit(ctx(), s.owner, s.name, "stranger", nil)
	if err != nil || commit.Files[0].GetStatus() != "renamed" || commit.Files[0].GetPreviousFilename() != "s.md" || commit.GetStats().GetTotal() != 0 {
		t.Errorf("GetCommit = %v, %v", commit.Files, err)
	}
}

func BenchmarkSim_life(b *testing.B) {
	sim, err := githubsim.Start(githubsim.Config{Addr: "127.0.0.1:0", Dir: b.TempDir(), Now: githubsimtest.Epoch})
	if err != nil {
		b.Fatal(err)
	}
	defer sim.Close() //nolint:errcheck // nothing is lost
	clients := map[string]*github.Client{}
	for _, login := range []string{"olga", "walter"} {
		u, err := sim.CreateUser(githubsim.NewUser{Login: login})
		if err != nil {
			b.Fatal(err)
		}
		client, err := github.NewClient(nil).WithAuthToken(u.Token).WithEnterpriseURLs(sim.URL(), sim.URL())
		if err != nil {
			b.Fatal(err)
		}
		clients[login] = client
	}
	if _, err := sim.CreateRepository(githubsim.NewRepository{Owner: "olga", Name: "r", AutoInit: true}); err != nil {
		b.Fatal(err)
	}
	olga, walter := clients["olga"], clients["walter"]
	if _, _, err := olga.Repositories.AddCollaborator(ctx(), "olga", "r", "walter", nil); err != nil {
		b.Fatal(err)
	}
	check := func(_ any, _ *github.Response, err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	for i := 0; b.Loop(); i++ {
		branch := fmt.Sprintf("b%d", i)
		main, _, err := walter.Git.GetRef(ctx(), "olga", "r", "heads/main")
		check(nil, nil, err)
		main.Ref = github.String("refs/heads/" + branch)
		check(walter.Git.CreateRef(ctx(), "olga", "r", main))
		check(walter.Repositories.CreateFile(ctx(), "olga", "r", branch+".md", &github.RepositoryContentFileOptions{Message: &branch, Content: []byte(branch), Branch: &branch}))
		pull, _, err := walter.PullRequests.Create(ctx(), "olga", "r", &github.NewPullRequest{Title: &branch, Head: &branch, Base: github.String("main")})
		check(nil, nil, err)
		check(olga.PullRequests.CreateReview(ctx(), "olga", "r", pull.GetNumber(), &github.PullRequestReviewRequest{Event: github.String("APPROVE")}))
		check(olga.PullRequests.Merge(ctx(), "olga", "r", pull.GetNumber(), "", nil))
	}
}
