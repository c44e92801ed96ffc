package rest

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/vidimus-bot/vidimus/bot/githubsim/gitrepo"
	"github.com/vidimus-bot/vidimus/bot/githubsim/wire"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// Caps of lists. Source: GitHub's REST description, pulls/list-commits, pulls/list-files, compare.
const (
	maxPullCommits  = 250
	maxPullFiles    = 3000
	maxCompareFiles = 300
)

func commitRoutes() []route {
	const commit = "/repos/{owner}/{repo}/commits"
	return []route{
		{operation: "repos/list-commits", method: "GET", pattern: commit, need: "contents:read", handle: (*call).commits},
		{operation: "repos/list-pull-requests-associated-with-commit", method: "GET", pattern: commit + "/{ref...}/pulls", need: "pull_requests:read", handle: (*call).pullsOfCommit},
		{operation: "checks/list-for-ref", method: "GET", pattern: commit + "/{ref...}/check-runs", need: "checks:read", handle: (*call).runsOfRef},
		{operation: "checks/list-suites-for-ref", method: "GET", pattern: commit + "/{ref...}/check-suites", need: "checks:read", handle: (*call).suitesOfRef},
		{operation: "repos/get-combined-status-for-ref", method: "GET", pattern: commit + "/{ref...}/status", need: "statuses:read", handle: (*call).combinedStatus},
		{operation: "repos/list-commit-statuses-for-ref", method: "GET", pattern: commit + "/{ref...}/statuses", need: "statuses:read", handle: (*call).statuses},
		{operation: "repos/get-commit", method: "GET", pattern: commit + "/{ref...}", need: "contents:read", handle: (*call).commit},
		{operation: "repos/compare-commits-with-basehead", method: "GET", pattern: "/repos/{owner}/{repo}/compare/{basehead...}", need: "contents:read", handle: (*call).compare},
	}
}

// resolve is the commit that the parameter names.
func (c *call) resolve(param string) (*gitrepo.Commit, error) {
	commit, err := c.repo.Resolve(c.params[param])
	if _, refused := world.IsRefusal(err); refused {
		return nil, world.Unprocessable("No commit found for SHA: " + c.params[param])
	}
	return commit, err
}

// empty refuses to answer for a repository without commits.
func (c *call) empty() error {
	refs, err := c.repo.Git.Refs("refs/heads/")
	if err == nil && len(refs) == 0 {
		return &world.Refusal{Status: http.StatusConflict, Message: "Git Repository is empty."}
	}
	return err
}

func (c *call) commits() (answer, error) {
	if err := c.empty(); err != nil {
		return answer{}, err
	}
	head, err := c.repo.Resolve(c.query.Get("sha"))
	if err != nil {
		return answer{}, err
	}
	history, err := c.repo.Git.Range("", head.ID)
	if err != nil {
		return answer{}, err
	}
	slices.Reverse(history)
	if history, err = c.filterCommits(history); err != nil {
		return answer{}, err
	}
	objects := []wire.Object{}
	for _, commit := range pageOf(c, history) {
		objects = append(objects, c.Wire.Commit(c.repo, commit))
	}
	return ok(objects)
}

// filterCommits leaves what the query asks for by path, author, since and until.
func (c *call) filterCommits(history []*gitrepo.Commit) ([]*gitrepo.Commit, error) {
	path, author := strings.Trim(c.query.Get("path"), "/"), c.query.Get("author")
	since, _ := time.Parse(time.RFC3339, c.query.Get("since"))
	until, _ := time.Parse(time.RFC3339, c.query.Get("until"))
	var kept []*gitrepo.Commit
	for _, commit := range history {
		when := commit.Committer.When
		if !since.IsZero() && when.Before(since) || !until.IsZero() && when.After(until) {
			continue
		}
		if author != "" && !c.wroteIt(author, commit) {
			continue
		}
		touches, err := c.touches(commit, path)
		if err != nil {
			return nil, err
		}
		if touches {
			kept = append(kept, commit)
		}
	}
	return kept, nil
}

func (c *call) wroteIt(author string, commit *gitrepo.Commit) bool {
	a := c.World.AccountByEmail(commit.Author.Email)
	return strings.EqualFold(commit.Author.Email, author) || a != nil && strings.EqualFold(a.Login, author)
}

// touches reports whether the commit differs at path from its first parent; path "" is everything.
func (c *call) touches(commit *gitrepo.Commit, path string) (bool, error) {
	if path == "" {
		return true, nil
	}
	at := func(tree string) string {
		entry, err := c.repo.Git.Lookup(tree, path)
		if err != nil {
			return ""
		}
		return entry.Mode + entry.ID
	}
	if len(commit.Parents) == 0 {
		return at(commit.Tree) != "", nil
	}
	parent, err := c.repo.Git.Commit(commit.Parents[0])
	if err != nil {
		return false, err
	}
	return at(commit.Tree) != at(parent.Tree), nil
}

func (c *call) commit() (answer, error) {
	if err := c.empty(); err != nil {
		return answer{}, err
	}
	commit, err := c.resolve("ref")
	if err != nil {
		return answer{}, err
	}
	parent := ""
	if len(commit.Parents) > 0 {
		parent = commit.Parents[0]
	}
	if c.accepts("diff") {
		return c.diff(parent, commit.ID)
	}
	if c.accepts("sha") {
		return answer{status: http.StatusOK, raw: []byte(commit.ID), mediaType: "application/vnd.github.sha; charset=utf-8"}, nil
	}
	changes, err := c.repo.Git.Changes(parent, commit.ID)
	if err != nil {
		return answer{}, err
	}
	return ok(c.Wire.CommitWithFiles(c.repo, commit, changes[:min(len(changes), maxPullFiles)]))
}

// diff answers with a unified diff.
func (c *call) diff(from, to string) (answer, error) {
	if from == "" {
		from = gitrepo.EmptyTree
	}
	patch, err := c.repo.Git.Patch(from, to)
	return answer{status: http.StatusOK, raw: patch, mediaType: "application/vnd.github.diff; charset=utf-8"}, err
}

// accepts reports whether the request wants GitHub's media type of that name, such as raw or diff.
func (c *call) accepts(name string) bool {
	for _, accepted := range strings.Split(c.request.Header.Get("Accept"), ",") {
		accepted, _, _ = strings.Cut(strings.TrimSpace(accepted), ";")
		accepted = strings.TrimSuffix(strings.Replace(accepted, ".v3", "", 1), "+json")
		if accepted == "application/vnd.github."+name {
			return true
		}
	}
	return false
}

func (c *call) pullsOfCommit() (answer, error) {
	commit, err := c.resolve("ref")
	if err != nil {
		return answer{}, err
	}
	var pulls []*world.Pull
	for _, p := range c.repo.Pulls() {
		commits, err := p.Commits()
		if err != nil {
			return answer{}, err
		}
		holds := slices.ContainsFunc(commits, func(g *gitrepo.Commit) bool { return g.ID == commit.ID })
		if holds || p.MergeCommit == commit.ID {
			pulls = append(pulls, p)
		}
	}
	objects := []wire.Object{}
	for _, p := range pageOf(c, pulls) {
		objects = append(objects, c.Wire.Pull(p))
	}
	return ok(objects)
}

func (c *call) compare() (answer, error) {
	base, head, found := strings.Cut(c.params["basehead"], "...")
	if !found {
		return answer{}, world.NotFound()
	}
	var compared wire.Comparison
	var err error
	if compared.Base, err = c.repo.Resolve(base); err != nil {
		return answer{}, err
	}
	if compared.Head, err = c.repo.Resolve(head); err != nil {
		return answer{}, err
	}
	git := c.repo.Git
	fork, err := git.MergeBase(compared.Base.ID, compared.Head.ID)
	if err != nil {
		return answer{}, err
	}
	if fork == "" {
		return answer{}, &world.Refusal{Status: 404, Message: "No common ancestor between " + base + " and " + head + "."}
	}
	if compared.Fork, err = git.Commit(fork); err != nil {
		return answer{}, err
	}
	if compared.Ahead, err = git.Range(compared.Base.ID, compared.Head.ID); err != nil {
		return answer{}, err
	}
	behind, err := git.Range(compared.Head.ID, compared.Base.ID)
	if err != nil {
		return answer{}, err
	}
	compared.Behind = len(behind)
	if c.accepts("diff") {
		return c.diff(fork, compared.Head.ID)
	}
	if compared.Changes, err = git.Changes(fork, compared.Head.ID); err != nil {
		return answer{}, err
	}
	compared.Changes = compared.Changes[:min(len(compared.Changes), maxCompareFiles)]
	page := compared.Ahead[:min(len(compared.Ahead), maxPullCommits)]
	if c.query.Has("page") || c.query.Has("per_page") {
		page = pageOf(c, compared.Ahead)
	}
	return ok(c.Wire.Comparison(c.repo, base+"..."+head, compared, page))
}
