package githubsim_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-github/v60/github"
)

func TestContents_writeReadReplaceRemove(t *testing.T) {
	s := newSite(t)
	const path = "policy/Cloud usage.md"
	get := func() (*github.RepositoryContent, error) {
		file, _, _, err := s.rita.Repositories.GetContents(ctx(), s.owner, s.name, path, nil)
		return file, err
	}
	made, _, err := s.walter.Repositories.CreateFile(ctx(), s.owner, s.name, path, &github.RepositoryContentFileOptions{Message: github.String("Make"), Content: []byte("one\n")})
	if err != nil || made.GetContent().GetPath() != path || made.Commit.GetCommitter().GetEmail() != "noreply@github.com" || made.Commit.GetAuthor().GetEmail() != "walter@example.com" {
		t.Fatalf("CreateFile = %v, %v", made, err)
	}
	file, err := get()
	if err != nil {
		t.Fatal(err)
	}
	if text, err := file.GetContent(); err != nil || text != "one\n" || file.GetSHA() != "5626abf0f72e58d7a153368ba57db4c673c0e171" {
		t.Errorf("content = %q as %s, %v", text, file.GetSHA(), err)
	}
	_, _, err = s.walter.Repositories.UpdateFile(ctx(), s.owner, s.name, path, &github.RepositoryContentFileOptions{Message: github.String("x"), Content: []byte("two\n")})
	refused(t, err, 422, `"sha" wasn't supplied`)
	_, _, err = s.walter.Repositories.UpdateFile(ctx(), s.owner, s.name, path, &github.RepositoryContentFileOptions{Message: github.String("x"), Content: []byte("two\n"), SHA: github.String(strings.Repeat("0", 40))})
	refused(t, err, 409, "does not match")
	must(t)(s.walter.Repositories.UpdateFile(ctx(), s.owner, s.name, path, &github.RepositoryContentFileOptions{Message: github.String("x"), Content: []byte("two\n"), SHA: file.SHA}))
	if file, err = get(); err != nil {
		t.Fatal(err)
	}
	must(t)(s.walter.Repositories.DeleteFile(ctx(), s.owner, s.name, path, &github.RepositoryContentFileOptions{Message: github.String("Remove"), SHA: file.SHA}))
	_, err = get()
	refused(t, err, 404, "Not Found")
	if _, _, _, err := s.rita.Repositories.GetContents(ctx(), s.owner, s.name, "policy", nil); err == nil {
		t.Error("the empty folder is still there")
	}
	_, _, err = s.rita.Repositories.CreateFile(ctx(), s.owner, s.name, "x", &github.RepositoryContentFileOptions{Message: github.String("x"), Content: []byte("x")})
	refused(t, err, 403, "push access")
	_, _, err = s.walter.Repositories.CreateFile(ctx(), s.owner, s.name, ".git/config", &github.RepositoryContentFileOptions{Message: github.String("x"), Content: []byte("x")})
	refused(t, err, 422, "malformed path")
}

func TestContents_foldersRawAndReadme(t *testing.T) {
	s := newSite(t)
	s.write(s.walter, s.branch, "policy/a.md", "a\n")
	s.write(s.walter, s.branch, "policy/deep/b.md", "b\n")
	_, entries, _, err := s.rita.Repositories.GetContents(ctx(), s.owner, s.name, "policy", nil)
	if err != nil || len(entries) != 2 || entries[0].GetType() != "file" || entries[0].GetSize() != 2 || entries[1].GetType() != "dir" || entries[1].GetPath() != "policy/deep" {
		t.Errorf("folder = %v, %v", entries, err)
	}
	if _, entries, _, err = s.rita.Repositories.GetContents(ctx(), s.owner, s.name, "", nil); err != nil || len(entries) != 2 {
		t.Errorf("root = %v, %v", entries, err)
	}
	response := s.Get("/api/v3/repos/northquay/policies/contents/policy/a.md", s.tokens["rita"], http.Header{"Accept": {"application/vnd.github.raw"}})
	if text := body(t, response); text != "a\n" || !strings.HasPrefix(response.Header.Get("Content-Type"), "application/vnd.github.raw") {
		t.Errorf("raw = %q as %s", text, response.Header.Get("Content-Type"))
	}
	readme, _, err := s.rita.Repositories.GetReadme(ctx(), s.owner, s.name, nil)
	if err != nil || readme.GetName() != "README.md" {
		t.Errorf("GetReadme = %v, %v", readme, err)
	}
	_, _, _, err = s.rita.Repositories.GetContents(ctx(), s.owner, s.name, "policy/a.md", &github.RepositoryContentGetOptions{Ref: "nowhere"})
	refused(t, err, 404, "No commit found for the ref nowhere")
}

func TestContents_appCommitsAreSignedUnlessTheyNameSomebody(t *testing.T) {
	s := newSite(t)
	bot := func(options *github.RepositoryContentFileOptions) *github.RepositoryContentResponse {
		made, _, err := s.bot.Repositories.CreateFile(ctx(), s.owner, s.name, options.GetMessage()+".md", options)
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	signed := bot(&github.RepositoryContentFileOptions{Message: github.String("a"), Content: []byte("x")})
	commit, _, err := s.rita.Git.GetCommit(ctx(), s.owner, s.name, signed.GetSHA())
	if err != nil || !commit.GetVerification().GetVerified() || commit.GetAuthor().GetName() != "scribe[bot]" {
		t.Errorf("commit = %v by %v, %v", commit.GetVerification(), commit.GetAuthor(), err)
	}
	named := bot(&github.RepositoryContentFileOptions{Message: github.String("b"), Content: []byte("x"), Author: &github.CommitAuthor{Name: github.String("Ada"), Email: github.String("ada@example.com")}})
	commit, _, err = s.rita.Git.GetCommit(ctx(), s.owner, s.name, named.GetSHA())
	if err != nil || commit.GetVerification().GetReason() != "unsigned" || commit.GetCommitter().GetEmail() != "ada@example.com" {
		t.Errorf("commit = %v by %v, %v", commit.GetVerification(), commit.GetCommitter(), err)
	}
}

func TestContents_emptyRepository(t *testing.T) {
	s := newSite(t)
	must(t)(s.olga.Repositories.Create(ctx(), s.owner, &github.Repository{Name: github.String("fresh"), Private: github.Bool(true)}))
	_, _, _, err := s.olga.Repositories.GetContents(ctx(), s.owner, "fresh", "", nil)
	refused(t, err, 404, "This repository is empty.")
	_, _, err = s.olga.Repositories.ListCommits(ctx(), s.owner, "fresh", nil)
	refused(t, err, 409, "Git Repository is empty.")
	must(t)(s.olga.Repositories.CreateFile(ctx(), s.owner, "fresh", "first.md", &github.RepositoryContentFileOptions{Message: github.String("First"), Content: []byte("1")}))
	list, _, err := s.olga.Repositories.ListCommits(ctx(), s.owner, "fresh", nil)
	if err != nil || len(list) != 1 || len(list[0].Parents) != 0 {
		t.Errorf("ListCommits = %v, %v", list, err)
	}
}

func TestCommits_listIsFiltered(t *testing.T) {
	s := newSite(t)
	s.write(s.walter, s.branch, "policy/a.md", "a\n")
	middle := s.Now()
	s.write(s.olga, s.branch, "b.md", "b\n")
	for name, test := range map[string]struct {
		options *github.CommitsListOptions
		want    int
	}{
		"all":       {nil, 3},
		"path":      {&github.CommitsListOptions{Path: "policy"}, 1},
		"author":    {&github.CommitsListOptions{Author: "walter"}, 1},
		"address":   {&github.CommitsListOptions{Author: "olga@example.com"}, 2},
		"since":     {&github.CommitsListOptions{Since: middle.Add(time.Second)}, 1},
		"until":     {&github.CommitsListOptions{Until: middle}, 2},
		"elsewhere": {&github.CommitsListOptions{Path: "nowhere"}, 0},
	} {
		list, _, err := s.rita.Repositories.ListCommits(ctx(), s.owner, s.name, test.options)
		if err != nil || len(list) != test.want {
			t.Errorf("%s: %d commits, %v, want %d", name, len(list), err, test.want)
		}
	}
}

func TestCommits_compareAndFiles(t *testing.T) {
	s := newSite(t)
	pull := s.propose("feature/long-name", "policy/cloud.md", "one\ntwo\n")
	s.write(s.olga, s.branch, "b.md", "b\n")
	c, _, err := s.rita.Repositories.CompareCommits(ctx(), s.owner, s.name, "main", "feature/long-name", nil)
	if err != nil || c.GetStatus() != "diverged" || c.GetAheadBy() != 1 || c.GetBehindBy() != 1 || len(c.Files) != 1 || c.Files[0].GetPatch() != "@@ -0,0 +1,2 @@\n+one\n+two" {
		t.Errorf("CompareCommits = %v, %v", c, err)
	}
	same, _, err := s.rita.Repositories.CompareCommits(ctx(), s.owner, s.name, "main", "main", nil)
	if err != nil || same.GetStatus() != "identical" {
		t.Errorf("CompareCommits with itself = %v, %v", same.GetStatus(), err)
	}
	files, _, err := s.rita.PullRequests.ListFiles(ctx(), s.owner, s.name, pull.GetNumber(), nil)
	if err != nil || len(files) != 1 || files[0].GetStatus() != "added" || files[0].GetAdditions() != 2 {
		t.Errorf("ListFiles = %v, %v", files, err)
	}
	commits, _, err := s.rita.PullRequests.ListCommits(ctx(), s.owner, s.name, pull.GetNumber(), nil)
	if err != nil || len(commits) != 1 || commits[0].GetSHA() != pull.GetHead().GetSHA() {
		t.Errorf("ListCommits = %v, %v", commits, err)
	}
	diff, _, err := s.rita.PullRequests.GetRaw(ctx(), s.owner, s.name, pull.GetNumber(), github.RawOptions{Type: github.Diff})
	if err != nil || !strings.HasPrefix(diff, "diff --git a/policy/cloud.md b/policy/cloud.md\n") {
		t.Errorf("GetRaw = %.100q, %v", diff, err)
	}
	id, _, err := s.rita.Repositories.GetCommitSHA1(ctx(), s.owner, s.name, "feature/long-name", "")
	if err != nil || id != pull.GetHead().GetSHA() {
		t.Errorf("GetCommitSHA1 = %s, %v", id, err)
	}
	_, _, err = s.rita.Repositories.GetCommit(ctx(), s.owner, s.name, strings.Repeat("a", 40), nil)
	refused(t, err, 422, "No commit found for SHA")
}

func TestPulls_listIsFilteredAndSorted(t *testing.T) {
	s := newSite(t)
	s.propose("one", "1.md", "1")
	s.propose("two", "2.md", "2")
	s.propose("three", "3.md", "3")
	s.merge(2, "merge")
	must(t)(s.rita.Issues.CreateComment(ctx(), s.owner, s.name, 1, &github.IssueComment{Body: github.String("x")}))
	for name, test := range map[string]struct {
		options *github.PullRequestListOptions
		want    []int
	}{
		"open":           {nil, []int{3, 1}},
		"closed":         {&github.PullRequestListOptions{State: "closed"}, []int{2}},
		"all, ascending": {&github.PullRequestListOptions{State: "all", Direction: "asc"}, []int{1, 2, 3}},
		"by update":      {&github.PullRequestListOptions{State: "all", Sort: "updated", Direction: "desc"}, []int{1, 2, 3}},
		"by head":        {&github.PullRequestListOptions{Head: "northquay:three"}, []int{3}},
		"by other head":  {&github.PullRequestListOptions{Head: "olga:three"}, nil},
		"by base":        {&github.PullRequestListOptions{Base: "nowhere"}, nil},
	} {
		list, _, err := s.rita.PullRequests.List(ctx(), s.owner, s.name, test.options)
		if err != nil {
			t.Fatal(err)
		}
		var got []int
		for _, p := range list {
			got = append(got, p.GetNumber())
		}
		if len(got) != len(test.want) || len(got) > 0 && (got[0] != test.want[0] || got[len(got)-1] != test.want[len(got)-1]) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

func TestPulls_openingIsRefused(t *testing.T) {
	s := newSite(t)
	s.propose("change", "policy/cloud.md", "# Cloud\n")
	s.fork(s.walter, s.branch, "same")
	open := func(title, head, base string) error {
		_, _, err := s.walter.PullRequests.Create(ctx(), s.owner, s.name, &github.NewPullRequest{Title: &title, Head: &head, Base: &base})
		return err
	}
	refused(t, open("x", "change", "main"), 422, "A pull request already exists for northquay:change.")
	refused(t, open("x", "same", "main"), 422, "No commits between main and same")
	refused(t, open("x", "nowhere", "main"), 422, "head")
	refused(t, open("x", "change", "nowhere"), 422, "base")
	refused(t, open("x", "rita:change", "main"), 422, "head")
	refused(t, open("", "change", "same"), 422, "title")
	_, _, err := s.walter.PullRequests.Edit(ctx(), s.owner, s.name, 1, &github.PullRequest{Base: &github.PullRequestBranch{Ref: github.String("nowhere")}})
	refused(t, err, 422, "Proposed base branch 'nowhere' was not found")
	moved, _, err := s.walter.PullRequests.Edit(ctx(), s.owner, s.name, 1, &github.PullRequest{Base: &github.PullRequestBranch{Ref: github.String("same")}})
	if err != nil || moved.GetBase().GetRef() != "same" {
		t.Errorf("Edit = %v, %v", moved.GetBase(), err)
	}
	_, _, err = s.rita.PullRequests.Edit(ctx(), s.owner, s.name, 1, &github.PullRequest{Title: github.String("Mine")})
	refused(t, err, 403, "")
}

func TestContents_largeFileIsRawOnly(t *testing.T) {
	s := newSite(t)
	content := strings.Repeat("0123456789abcdef", 100_000) // 1.6 MB: over what stands inside an answer
	s.write(s.walter, s.branch, "big.txt", content)
	response := s.Get("/api/v3/repos/northquay/policies/contents/big.txt", s.tokens["rita"], http.Header{"Accept": {"application/vnd.github.raw+json"}})
	defer response.Body.Close() //nolint:errcheck // only read
	n, err := io.Copy(io.Discard, response.Body)
	if err != nil || n != int64(len(content)) {
		t.Errorf("%d bytes, %v, want %d", n, err, len(content))
	}
	file, _, _, err := s.rita.Repositories.GetContents(ctx(), s.owner, s.name, "big.txt", nil)
	if err != nil || file.GetEncoding() != "none" || file.GetSize() != len(content) {
		t.Errorf("GetContents = %s, %d, %v, want none", file.GetEncoding(), file.GetSize(), err)
	}
}
