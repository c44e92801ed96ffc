package githubsim_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-github/v60/github"
)

func TestPush_headMovesWithItsBranch(t *testing.T) {
	s := newSite(t)
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	work := s.clone("walter", "--branch", "change")
	id := work.commit("policy/more.md", "# More\n")
	work.git("push", "-q", "origin", "change")
	if got := s.pull(pull.GetNumber()); got.GetHead().GetSHA() != id || got.GetCommits() != 2 || got.GetChangedFiles() != 2 {
		t.Errorf("head %s, %d commits, %d files, want %s, 2, 2", got.GetHead().GetSHA(), got.GetCommits(), got.GetChangedFiles(), id)
	}
	if got := work.git("ls-remote", "origin", "refs/pull/1/head"); got != id+"\trefs/pull/1/head" {
		t.Errorf("refs/pull/1/head = %q, want %s", got, id)
	}
}

func TestPush_mergeAtHomeClosesThePullRequest(t *testing.T) {
	s := newSite(t)
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	work := s.clone("walter")
	work.commit("first.md", "first\n")
	work.git("merge", "-q", "--no-ff", "--no-edit", "origin/change")
	merge := work.git("rev-parse", "HEAD")
	work.commit("last.md", "last\n")
	work.git("push", "-q", "origin", "main")
	got := s.pull(pull.GetNumber())
	if got.GetState() != "closed" || !got.GetMerged() || got.GetMergeCommitSHA() != merge || got.GetMergedBy().GetLogin() != "walter" {
		t.Errorf("%s, merged %v by %s as %s, want the merge %s", got.GetState(), got.GetMerged(), got.GetMergedBy().GetLogin(), got.GetMergeCommitSHA(), merge)
	}
	if got.GetCommits() != 1 {
		t.Errorf("%d commits, want its own one", got.GetCommits())
	}
}

func TestPush_deletedBranchClosesThePullRequest(t *testing.T) {
	s := newSite(t)
	pull := s.propose("change", "policy/cloud.md", "# Cloud\n")
	work := s.clone("walter")
	work.git("push", "-q", "origin", ":change")
	if got := s.pull(pull.GetNumber()); got.GetState() != "closed" || got.GetMerged() {
		t.Errorf("%s, merged %v, want closed and not merged", got.GetState(), got.GetMerged())
	}
	_, _, err := s.walter.PullRequests.Edit(ctx(), s.owner, s.name, pull.GetNumber(), &github.PullRequest{State: github.String("open")})
	refused(t, err, 422, "cannot be reopened")
	work.git("push", "-q", "origin", pull.GetHead().GetSHA()+":refs/heads/change")
	if got, _, err := s.walter.PullRequests.Edit(ctx(), s.owner, s.name, pull.GetNumber(), &github.PullRequest{State: github.String("open")}); err != nil || got.GetState() != "open" {
		t.Errorf("Edit = %v, %v, want it open again", got, err)
	}
}

func TestPush_takesWriteAccess(t *testing.T) {
	s := newSite(t)
	work := s.clone("rita")
	work.commit("x.md", "x\n")
	out, err := work.run("push", "origin", "main")
	if err == nil || !strings.Contains(out, "403") {
		t.Errorf("push = %v\n%s", err, out)
	}
	out, err = work.run("push", strings.Replace(s.remote("rita"), s.tokens["rita"], "wrong", 1), "main")
	if err == nil || !strings.Contains(out, "Authentication failed") && !strings.Contains(out, "401") {
		t.Errorf("push with a wrong token = %v\n%s", err, out)
	}
}

func TestPush_appPushesAsItsBot(t *testing.T) {
	s := newSite(t)
	s.tokens["app"] = s.InstallationToken(s.app)
	work := s.clone("app")
	id := work.commit("evidence.md", "x\n")
	work.git("push", "-q", "origin", "main:refs/heads/evidence")
	s.Flush()
	for _, h := range s.hooks.all() {
		if h.header.Get("X-GitHub-Event") == "push" && strings.Contains(string(h.body), id) && !strings.Contains(string(h.body), `"login":"scribe[bot]"`) {
			t.Errorf("push = %.300s, want it by the bot", h.body)
		}
	}
	narrow, _, err := s.AppClient(s.app).Apps.CreateInstallationToken(ctx(), s.app.InstallationID, &github.InstallationTokenOptions{Permissions: &github.InstallationPermissions{Contents: github.String("read")}})
	if err != nil {
		t.Fatal(err)
	}
	s.tokens["narrow"] = narrow.GetToken()
	if out, err := work.run("push", s.remote("narrow"), "main:refs/heads/more"); err == nil {
		t.Errorf("a token without contents: write pushed\n%s", out)
	}
	work.git("fetch", "-q", s.remote("narrow"), "evidence")
}

func TestPush_pullRefsAreReadOnly(t *testing.T) {
	s := newSite(t)
	s.propose("change", "policy/cloud.md", "# Cloud\n")
	work := s.clone("olga")
	for _, ref := range []string{"refs/pull/1/head", "refs/pull/9/head"} {
		out, err := work.run("push", "--force", "origin", "main:"+ref)
		if err == nil || !strings.Contains(out, "deny updating a hidden ref") {
			t.Errorf("push %s = %v\n%s", ref, err, out)
		}
	}
	_, _, err := s.olga.Git.UpdateRef(ctx(), s.owner, s.name, &github.Reference{Ref: github.String("pull/1/head"), Object: &github.GitObject{SHA: github.String(work.git("rev-parse", "HEAD"))}}, true)
	refused(t, err, 422, "read-only")
}

func TestFetch_shallowPartialAndByObjectID(t *testing.T) {
	s := newSite(t)
	first := s.write(s.walter, s.branch, "a.md", "one\n")
	s.write(s.walter, s.branch, "a.md", "two\n")
	shallow := s.clone("rita", "--depth=1")
	if got := shallow.git("rev-list", "--count", "HEAD"); got != "1" {
		t.Errorf("the shallow clone has %s commits, want 1", got)
	}
	partial := s.clone("rita", "--filter=blob:none", "--no-checkout")
	if got := partial.git("rev-list", "--objects", "--missing=print", "HEAD"); !strings.Contains(got, "?") {
		t.Errorf("the partial clone misses nothing:\n%s", got)
	}
	shallow.git("fetch", "-q", "--depth=1", "origin", first)
	if got := shallow.git("show", "FETCH_HEAD:a.md"); got != "one" {
		t.Errorf("the commit asked for by its id has %q, want one", got)
	}
	old := s.clone("rita", "-c", "protocol.version=0")
	if got := old.git("rev-list", "--count", "HEAD"); got != "3" {
		t.Errorf("by protocol 0 there are %s commits, want 3", got)
	}
}

func TestFetch_privateRepositoryNeedsAToken(t *testing.T) {
	s := newSite(t)
	anonymous := workTree{t, t.TempDir()}
	out, err := anonymous.run("ls-remote", s.URL()+"/"+s.owner+"/"+s.name)
	if err == nil {
		t.Errorf("a stranger lists a private repository\n%s", out)
	}
	s.User("eve")
	eve, _, err := s.olga.Users.Get(ctx(), "eve")
	if err != nil || eve.GetType() != "User" {
		t.Fatal(eve, err)
	}
	token, err := s.CreateToken("eve")
	if err != nil {
		t.Fatal(err)
	}
	s.tokens["eve"] = token
	if out, err := anonymous.run("ls-remote", s.remote("eve")); err == nil || !strings.Contains(out, "not found") {
		t.Errorf("somebody without access sees %v\n%s, want that there is nothing", err, out)
	}
	must(t)(s.olga.Repositories.Edit(ctx(), s.owner, s.name, &github.Repository{Private: github.Bool(false)}))
	anonymous.git("ls-remote", s.URL()+"/"+s.owner+"/"+s.name+".git")
}

func TestPush_largeOneComesInChunks(t *testing.T) {
	s := newSite(t)
	work := s.clone("walter")
	random, err := exec.Command("sh", "-c", "head -c 3000000 /dev/urandom | base64").Output()
	if err != nil {
		t.Skip("sh, head and base64 are missing")
	}
	id := work.commit("big.txt", string(random))
	work.git("-c", "http.postBuffer=65536", "push", "-q", "origin", "main")
	if got := work.git("ls-remote", "origin", "main"); !strings.HasPrefix(got, id) {
		t.Errorf("main = %s, want %s", got, id)
	}
}

func TestPush_firstBranchBecomesTheDefault(t *testing.T) {
	s := newSite(t)
	must(t)(s.olga.Repositories.Create(ctx(), "", &github.Repository{Name: github.String("fresh"), Private: github.Bool(true)}))
	work := s.clone("olga")
	work.git("checkout", "-q", "-b", "trunk")
	work.git("push", "-q", strings.Replace(s.remote("olga"), "northquay/policies", "olga/fresh", 1), "trunk")
	repo, _, err := s.olga.Repositories.Get(ctx(), "olga", "fresh")
	if err != nil || repo.GetDefaultBranch() != "trunk" {
		t.Errorf("default branch = %s, %v, want trunk", repo.GetDefaultBranch(), err)
	}
}

func TestPush_tagsAreToldToo(t *testing.T) {
	s := newSite(t)
	work := s.clone("walter")
	work.git("tag", "-a", "v1", "-m", "First")
	work.git("push", "-q", "origin", "v1")
	tag, _, err := s.rita.Git.GetRef(ctx(), s.owner, s.name, "tags/v1")
	if err != nil || tag.GetObject().GetType() != "tag" {
		t.Errorf("GetRef = %v, %v", tag, err)
	}
	if _, _, err := s.rita.Git.GetTag(ctx(), s.owner, s.name, tag.GetObject().GetSHA()); err != nil {
		t.Error(err)
	}
	work.git("push", "-q", "origin", ":v1")
	s.Flush()
	events := ""
	for _, h := range s.hooks.all() {
		if strings.Contains(string(h.body), `"ref":"v1"`) || strings.Contains(string(h.body), "refs/tags/v1") {
			events += h.header.Get("X-GitHub-Event") + " "
		}
	}
	if events != "create push push delete " {
		t.Errorf("webhooks about the tag = %s, want create push push delete", events)
	}
}
