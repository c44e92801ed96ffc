package wire

import (
	"net/url"
	"strings"
	"time"

	"github.com/vidimus-bot/vidimus/bot/githubsim/gitrepo"
	"github.com/vidimus-bot/vidimus/bot/githubsim/webflow"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

func escapePath(path string) string {
	parts := strings.Split(path, "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return strings.Join(parts, "/")
}

func escapeQuery(text string) string { return url.QueryEscape(text) }

func ident(i gitrepo.Ident) Object {
	return Object{"name": i.Name, "email": i.Email, "date": Time(i.When)}
}

// message is a commit's message as GitHub shows it: without the line feeds at its end.
func message(c *gitrepo.Commit) string { return strings.TrimRight(c.Message, "\n") }

// Verification is what the host says about a commit's signature.
func (w Writer) Verification(r *world.Repo, c *gitrepo.Commit) Object {
	v := w.World.Verify(r, c)
	o := Object{"verified": v.Reason == webflow.Valid, "reason": string(v.Reason), "signature": nil, "payload": nil, "verified_at": Time(v.At)}
	if c.Signature != "" {
		o["signature"], o["payload"] = c.Signature, string(c.Payload)
	}
	return o
}

// Commit is a commit as the repository's history shows it, without its files.
func (w Writer) Commit(r *world.Repo, c *gitrepo.Commit) Object {
	api, web := w.repoAPI(r), w.Web+"/"+r.FullName()
	return Object{
		"sha": c.ID, "node_id": gitNode("Commit", r, c.ID), "url": api + "/commits/" + c.ID, "html_url": web + "/commit/" + c.ID,
		"comments_url": api + "/commits/" + c.ID + "/comments",
		"commit": Object{
			"url": api + "/git/commits/" + c.ID, "author": ident(c.Author), "committer": ident(c.Committer), "message": message(c),
			"comment_count": 0, "tree": Object{"sha": c.Tree, "url": api + "/git/trees/" + c.Tree}, "verification": w.Verification(r, c),
		},
		"author": w.User(w.World.AccountByEmail(c.Author.Email)), "committer": w.committer(c),
		"parents": list(c.Parents, func(id string) Object {
			return Object{"sha": id, "url": api + "/commits/" + id, "html_url": web + "/commit/" + id}
		}),
	}
}

// committer is the account of the committer; the host's own is nobody's.
func (w Writer) committer(c *gitrepo.Commit) any {
	return w.User(w.World.AccountByEmail(c.Committer.Email))
}

// CommitWithFiles is a commit with what it changed against its first parent.
func (w Writer) CommitWithFiles(r *world.Repo, c *gitrepo.Commit, changes []gitrepo.Change) Object {
	o := w.Commit(r, c)
	additions, deletions := Sum(changes)
	o["stats"] = Object{"additions": additions, "deletions": deletions, "total": additions + deletions}
	o["files"] = list(changes, func(f gitrepo.Change) Object { return w.ChangedFile(r, c.ID, f) })
	return o
}

// Sum adds the lines of all changes up.
func Sum(changes []gitrepo.Change) (additions, deletions int) {
	for _, f := range changes {
		additions, deletions = additions+f.Additions, deletions+f.Deletions
	}
	return additions, deletions
}

// ChangedFile is one changed file of a commit, comparison or pull request; at is the commit that it stands in.
func (w Writer) ChangedFile(r *world.Repo, at string, f gitrepo.Change) Object {
	web, path := w.Web+"/"+r.FullName(), escapePath(f.Path)
	o := Object{
		"sha": f.ID, "filename": f.Path, "status": f.Status, "additions": f.Additions, "deletions": f.Deletions,
		"changes": f.Additions + f.Deletions, "blob_url": web + "/blob/" + at + "/" + path, "raw_url": web + "/raw/" + at + "/" + path,
		"contents_url": w.repoAPI(r) + "/contents/" + path + "?ref=" + at,
	}
	if f.Patch != "" {
		o["patch"] = f.Patch
	}
	if f.Previous != "" {
		o["previous_filename"] = f.Previous
	}
	return o
}

// GitCommit is a commit as the Git data API shows it.
func (w Writer) GitCommit(r *world.Repo, c *gitrepo.Commit) Object {
	api, web := w.repoAPI(r), w.Web+"/"+r.FullName()
	return Object{
		"sha": c.ID, "node_id": gitNode("Commit", r, c.ID), "url": api + "/git/commits/" + c.ID, "html_url": web + "/commit/" + c.ID,
		"author": ident(c.Author), "committer": ident(c.Committer), "message": message(c),
		"tree": Object{"sha": c.Tree, "url": api + "/git/trees/" + c.Tree}, "verification": w.Verification(r, c),
		"parents": list(c.Parents, func(id string) Object {
			return Object{"sha": id, "url": api + "/git/commits/" + id, "html_url": web + "/commit/" + id}
		}),
	}
}

// SimpleCommit is a commit inside of webhooks and check suites.
func (w Writer) SimpleCommit(c *gitrepo.Commit) Object {
	return Object{
		"id": c.ID, "tree_id": c.Tree, "message": message(c), "timestamp": c.Committer.When.Format(time.RFC3339),
		"author":    Object{"name": c.Author.Name, "email": c.Author.Email},
		"committer": Object{"name": c.Committer.Name, "email": c.Committer.Email},
	}
}

// Comparison is what the compare API knows of two commits.
type Comparison struct {
	Base, Head, Fork *gitrepo.Commit
	Ahead            []*gitrepo.Commit
	Behind           int
	Changes          []gitrepo.Change
}

// Status is how the two stand to each other, in GitHub's word.
func (c Comparison) Status() string {
	switch {
	case c.Base.ID == c.Head.ID:
		return "identical"
	case c.Behind == 0:
		return "ahead"
	case len(c.Ahead) == 0:
		return "behind"
	}
	return "diverged"
}

// Comparison is the comparison of two commits; page is the part of its commits to show.
func (w Writer) Comparison(r *world.Repo, basehead string, c Comparison, page []*gitrepo.Commit) Object {
	web := w.Web + "/" + r.FullName() + "/compare/" + basehead
	return Object{
		"url": w.repoAPI(r) + "/compare/" + basehead, "html_url": web, "permalink_url": web, "diff_url": web + ".diff", "patch_url": web + ".patch",
		"base_commit": w.Commit(r, c.Base), "merge_base_commit": w.Commit(r, c.Fork), "status": c.Status(), "ahead_by": len(c.Ahead),
		"behind_by": c.Behind, "total_commits": len(c.Ahead),
		"commits": list(page, func(g *gitrepo.Commit) Object { return w.Commit(r, g) }),
		"files":   list(c.Changes, func(f gitrepo.Change) Object { return w.ChangedFile(r, c.Head.ID, f) }),
	}
}
