package wire

import (
	"encoding/base64"

	"github.com/vidimus-bot/vidimus/bot/githubsim/gitrepo"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// MinimalRepo is a repository where it stands beside something else.
func (w Writer) MinimalRepo(r *world.Repo) Object {
	o := Object{
		"id": r.ID, "node_id": world.NodeID("Repository", r.ID), "name": r.Name, "full_name": r.FullName(), "private": r.Private,
		"owner": w.User(r.Owner), "html_url": w.Web + "/" + r.FullName(), "description": text(r.Description), "fork": false,
		"url": w.repoAPI(r),
	}
	addresses(o, w.repoAPI(r),
		"forks /forks", "keys /keys{/key_id}", "collaborators /collaborators{/collaborator}", "teams /teams", "hooks /hooks",
		"issue_events /issues/events{/number}", "events /events", "assignees /assignees{/user}", "branches /branches{/branch}", "tags /tags",
		"blobs /git/blobs{/sha}", "git_tags /git/tags{/sha}", "git_refs /git/refs{/sha}", "trees /git/trees{/sha}", "statuses /statuses/{sha}",
		"languages /languages", "stargazers /stargazers", "contributors /contributors", "subscribers /subscribers", "subscription /subscription",
		"commits /commits{/sha}", "git_commits /git/commits{/sha}", "comments /comments{/number}", "issue_comment /issues/comments{/number}",
		"contents /contents/{+path}", "compare /compare/{base}...{head}", "merges /merges", "archive /{archive_format}{/ref}", "downloads /downloads",
		"issues /issues{/number}", "pulls /pulls{/number}", "milestones /milestones{/number}", "notifications /notifications{?since,all,participating}",
		"labels /labels{/name}", "releases /releases{/id}", "deployments /deployments")
	return o
}

func (w Writer) repoAPI(r *world.Repo) string { return w.API() + "/repos/" + r.FullName() }

// plainRepo is a repository without what depends on who looks.
func (w Writer) plainRepo(r *world.Repo) Object {
	o := w.MinimalRepo(r)
	visibility := "public"
	if r.Private {
		visibility = "private"
	}
	open := 0
	for _, i := range r.Issues {
		if i.Open {
			open++
		}
	}
	web := w.Web + "/" + r.FullName()
	for name, value := range (Object{
		"git_url": "git:" + web[len("http:"):] + ".git", "ssh_url": "git@" + w.Web[len("http://"):] + ":" + r.FullName() + ".git",
		"clone_url": web + ".git", "svn_url": web, "mirror_url": nil, "homepage": nil, "language": nil, "license": nil,
		"forks_count": 0, "forks": 0, "stargazers_count": 0, "watchers_count": 0, "watchers": 0, "size": 0,
		"default_branch": r.DefaultBranch, "open_issues_count": open, "open_issues": open, "is_template": false, "topics": []string{},
		"has_issues": true, "has_projects": true, "has_wiki": true, "has_pages": false, "has_downloads": true, "has_discussions": false,
		"archived": r.Archived, "disabled": false, "visibility": visibility, "pushed_at": Time(r.Pushed), "created_at": Time(r.Created),
		"updated_at": Time(r.Updated), "allow_forking": true, "web_commit_signoff_required": false,
	}) {
		o[name] = value
	}
	return o
}

// Repo is a repository as the actor sees it.
func (w Writer) Repo(r *world.Repo, actor world.Actor) Object {
	o := w.plainRepo(r)
	o["permissions"] = permissions(w.World.LevelOf(actor, r))
	return o
}

func permissions(level world.Level) Object {
	return Object{
		"admin": level >= world.LevelAdmin, "maintain": level >= world.LevelMaintain, "push": level >= world.LevelWrite,
		"triage": level >= world.LevelTriage, "pull": level >= world.LevelRead,
	}
}

// FullRepo is a repository by itself.
func (w Writer) FullRepo(r *world.Repo, actor world.Actor) Object {
	o := w.Repo(r, actor)
	o["network_count"], o["subscribers_count"] = 0, 0
	o["temp_clone_token"] = nil
	if r.Owner.Kind == world.KindOrganisation {
		o["organization"], o["custom_properties"] = w.User(r.Owner), Object{}
	}
	if w.World.LevelOf(actor, r) >= world.LevelWrite {
		mergeSettings(o, r)
	}
	return o
}

func mergeSettings(o Object, r *world.Repo) {
	o["allow_merge_commit"], o["allow_squash_merge"], o["allow_rebase_merge"] = r.Merge.Merge, r.Merge.Squash, r.Merge.Rebase
	o["delete_branch_on_merge"], o["allow_auto_merge"], o["allow_update_branch"] = r.Merge.DeleteBranch, false, true
	o["use_squash_pr_title_as_default"] = false
	o["squash_merge_commit_title"], o["squash_merge_commit_message"] = "COMMIT_OR_PR_TITLE", "COMMIT_MESSAGES"
	o["merge_commit_title"], o["merge_commit_message"] = "MERGE_MESSAGE", "PR_TITLE"
}

// Collaborator is a user with what it may do in the repository.
func (w Writer) Collaborator(r *world.Repo, u *world.Account) Object {
	o := w.account(u)
	level := w.World.Level(u, r)
	o["permissions"], o["role_name"] = permissions(level), level.String()
	return o
}

// Permission is the answer to the question what a user may do. The word for maintain is write, for triage read.
func (w Writer) Permission(r *world.Repo, u *world.Account) Object {
	level := w.World.Level(u, r)
	word := level.String()
	switch level {
	case world.LevelMaintain:
		word = "write"
	case world.LevelTriage:
		word = "read"
	}
	return Object{"permission": word, "role_name": level.String(), "user": w.Collaborator(r, u)}
}

// ShortBranch is a branch in a list.
func (w Writer) ShortBranch(r *world.Repo, name, id string) Object {
	return Object{
		"name": name, "commit": Object{"sha": id, "url": w.repoAPI(r) + "/commits/" + id}, "protected": r.Protection[name] != nil,
		"protection": branchProtection(r.Protection[name]), "protection_url": w.repoAPI(r) + "/branches/" + name + "/protection",
	}
}

// Branch is a branch by itself.
func (w Writer) Branch(r *world.Repo, name string, tip *gitrepo.Commit) Object {
	api := w.repoAPI(r) + "/branches/" + name
	rule := r.Protection[name]
	o := Object{
		"name": name, "commit": w.Commit(r, tip), "protected": rule != nil, "protection_url": api + "/protection",
		"_links": Object{"self": api, "html": w.Web + "/" + r.FullName() + "/tree/" + name},
	}
	o["protection"] = branchProtection(rule)
	return o
}

// branchProtection is what everybody who sees a branch may know of its rules; nil are no rules.
func branchProtection(rule *world.Protection) Object {
	status := Object{"enforcement_level": "off", "contexts": []string{}, "checks": []Object{}}
	if rule != nil && rule.Checks != nil {
		status = Object{"enforcement_level": enforcement(rule), "contexts": contexts(rule.Checks), "checks": checks(rule.Checks)}
	}
	return Object{"enabled": rule != nil, "required_status_checks": status}
}

func enforcement(rule *world.Protection) string {
	if rule.EnforceAdmins {
		return "everyone"
	}
	return "non_admins"
}

func contexts(rule *world.CheckRule) []string {
	names := []string{}
	for _, c := range rule.Required {
		names = append(names, c.Context)
	}
	return names
}

func checks(rule *world.CheckRule) []Object {
	return list(rule.Required, func(c world.RequiredCheck) Object {
		if c.AppID == 0 {
			return Object{"context": c.Context, "app_id": nil}
		}
		return Object{"context": c.Context, "app_id": c.AppID}
	})
}

// Protection are the rules of a protected branch.
func (w Writer) Protection(r *world.Repo, rule *world.Protection) Object {
	api := w.repoAPI(r) + "/branches/" + rule.Branch + "/protection"
	enabled := func(on bool) Object { return Object{"enabled": on} }
	o := Object{
		"url":                              api,
		"required_signatures":              Object{"url": api + "/required_signatures", "enabled": rule.Signatures},
		"enforce_admins":                   Object{"url": api + "/enforce_admins", "enabled": rule.EnforceAdmins},
		"required_linear_history":          enabled(rule.LinearHistory),
		"allow_force_pushes":               enabled(rule.AllowForcePushes),
		"allow_deletions":                  enabled(rule.AllowDeletions),
		"block_creations":                  enabled(false),
		"required_conversation_resolution": enabled(false),
		"lock_branch":                      enabled(false),
		"allow_fork_syncing":               enabled(false),
	}
	if rule.Checks != nil {
		o["required_status_checks"] = w.CheckRule(r, rule)
	}
	if rule.Reviews != nil {
		o["required_pull_request_reviews"] = Object{
			"url": api + "/required_pull_request_reviews", "dismiss_stale_reviews": rule.Reviews.DismissStale,
			"require_code_owner_reviews": rule.Reviews.CodeOwners, "required_approving_review_count": rule.Reviews.Count,
			"require_last_push_approval": rule.Reviews.LastPush,
		}
	}
	return o
}

// CheckRule are the required checks of a protected branch.
func (w Writer) CheckRule(r *world.Repo, rule *world.Protection) Object {
	api := w.repoAPI(r) + "/branches/" + rule.Branch + "/protection/required_status_checks"
	return Object{
		"url": api, "strict": rule.Checks.Strict, "contexts": contexts(rule.Checks), "contexts_url": api + "/contexts", "checks": checks(rule.Checks),
	}
}

// Entry is a file or folder in a listing of a folder.
func (w Writer) Entry(r *world.Repo, ref string, e gitrepo.Entry, size int) Object {
	kinds := map[string]string{gitrepo.ModeTree: "dir", gitrepo.ModeLink: "symlink", gitrepo.ModeSubmodule: "submodule"}
	kind := kinds[e.Mode]
	if kind == "" {
		kind = "file"
	}
	name := e.Path
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == '/' {
			name = name[i+1:]
			break
		}
	}
	api := w.repoAPI(r) + "/contents/" + escapePath(e.Path) + "?ref=" + escapeQuery(ref)
	folder, object := "/blob/", "/git/blobs/"
	if kind == "dir" {
		folder, object = "/tree/", "/git/trees/"
	}
	html := w.Web + "/" + r.FullName() + folder + ref + "/" + escapePath(e.Path)
	o := Object{
		"type": kind, "size": size, "name": name, "path": e.Path, "sha": e.ID, "url": api, "html_url": html,
		"git_url": w.repoAPI(r) + object + e.ID, "download_url": nil,
	}
	if kind == "file" {
		o["download_url"] = w.Web + "/" + r.FullName() + "/raw/" + ref + "/" + escapePath(e.Path)
	}
	o["_links"] = Object{"self": api, "git": o["git_url"], "html": html}
	return o
}

// maxInline is the largest file that the contents API shows inside its answer. Source: schema of repos/get-content.
const maxInline = 1 << 20

// File is a file with its content.
func (w Writer) File(r *world.Repo, ref string, e gitrepo.Entry, content []byte) Object {
	o := w.Entry(r, ref, e, len(content))
	o["encoding"], o["content"] = "base64", lines(base64Of(content))
	if len(content) > maxInline {
		o["encoding"], o["content"] = "none", ""
	}
	return o
}

// lines breaks base64 after 60 characters, as GitHub does.
func lines(encoded string) string {
	const width = 60
	var b []byte
	for len(encoded) > 0 {
		n := min(width, len(encoded))
		b = append(append(b, encoded[:n]...), '\n')
		encoded = encoded[n:]
	}
	return string(b)
}

// Blob is a blob object.
func (w Writer) Blob(r *world.Repo, id string, content []byte) Object {
	return Object{
		"sha": id, "node_id": gitNode("Blob", r, id), "size": len(content), "url": w.repoAPI(r) + "/git/blobs/" + id,
		"content": lines(base64Of(content)), "encoding": "base64",
	}
}

// gitNode is the GraphQL id of a Git object, in GitHub's older form.
func gitNode(kind string, r *world.Repo, id string) string {
	return base64.StdEncoding.EncodeToString([]byte("0" + number(int64(len(kind))) + ":" + kind + number(r.ID) + ":" + id))
}

// Ref is a ref.
func (w Writer) Ref(r *world.Repo, name, id string, kind gitrepo.Kind) Object {
	return Object{
		"ref": name, "node_id": gitNode("Ref", r, name), "url": w.repoAPI(r) + "/git/" + name,
		"object": Object{"sha": id, "type": string(kind), "url": w.repoAPI(r) + "/git/" + string(kind) + "s/" + id},
	}
}

// Tag is a tag object. The host verifies no signatures on tags.
func (w Writer) Tag(r *world.Repo, id string, t gitrepo.Tag) Object {
	api := w.repoAPI(r) + "/git/"
	return Object{
		"node_id": gitNode("Tag", r, id), "tag": t.Name, "sha": id, "url": api + "tags/" + id, "message": t.Message, "tagger": ident(t.Tagger),
		"object":       Object{"sha": t.Object, "type": string(t.Kind), "url": api + string(t.Kind) + "s/" + t.Object},
		"verification": Object{"verified": false, "reason": "unsigned", "signature": nil, "payload": nil, "verified_at": nil},
	}
}
