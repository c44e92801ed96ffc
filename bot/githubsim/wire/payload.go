package wire

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/vidimus-bot/vidimus/bot/githubsim/gitrepo"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// maxPushCommits bounds the commits of a push payload. Source: GitHub docs, "Webhook events and payloads", push.
const maxPushCommits = 2048

// Payload is the JSON body of the webhook that tells the App of the installation of the event. installation is nil
// for events that have none, such as ping.
func (w Writer) Payload(e world.Event, installation *world.Installation) ([]byte, error) {
	o, err := w.body(e)
	if err != nil {
		return nil, fmt.Errorf("payload of %s: %w", e.Name, err)
	}
	if e.Action != "" {
		o["action"] = e.Action
	}
	if e.Sender != nil {
		o["sender"] = w.User(e.Sender)
	}
	if _, own := o["repository"]; e.Repo != nil && !own {
		o["repository"] = w.hookRepo(e.Repo)
	}
	if e.Repo != nil && e.Repo.Owner.Kind == world.KindOrganisation {
		o["organization"] = w.Organisation(e.Repo.Owner)
	}
	if _, own := o["installation"]; installation != nil && !own {
		o["installation"] = Object{"id": installation.ID, "node_id": world.NodeID("IntegrationInstallation", installation.ID)}
	}
	if len(e.Changes) > 0 {
		o["changes"] = e.Changes
	}
	return json.Marshal(o)
}

// body is what only this kind of event has.
func (w Writer) body(e world.Event) (Object, error) {
	switch e.Name {
	case "ping":
		return w.ping(e.To), nil
	case "installation", "installation_repositories":
		return w.installed(e), nil
	case "push":
		return w.push(e)
	case "create", "delete":
		return w.refEvent(e), nil
	case "repository":
		return Object{}, nil
	case "pull_request":
		return w.pullEvent(e)
	case "pull_request_review":
		pull := w.Pull(e.Pull)
		w.hookSides(pull, e.Pull, false)
		return Object{"review": w.hookReview(e.Review), "pull_request": pull}, nil
	case "issues":
		return w.withLabel(Object{"issue": w.Issue(e.Issue)}, e), nil
	case "issue_comment":
		return Object{"issue": w.Issue(e.Issue), "comment": w.Comment(e.Comment)}, nil
	case "check_run":
		run, err := w.hookRun(e.Run)
		return Object{"check_run": run}, err
	case "check_suite":
		suite, err := w.suite(e.Suite)
		return Object{"check_suite": suite}, err
	}
	return nil, fmt.Errorf("unknown event %q", e.Name) // unreachable: world emits no other
}

func (w Writer) ping(app *world.App) Object {
	events := app.Events
	if events == nil {
		events = []string{}
	}
	return Object{
		"zen": "Keep it logically awesome.", "hook_id": app.HookID,
		"hook": Object{
			"type": "App", "id": app.HookID, "name": "web", "active": true, "app_id": app.ID, "events": events,
			"config":     Object{"content_type": "json", "insecure_ssl": "0", "secret": "********", "url": w.Web},
			"created_at": Time(app.Created), "updated_at": Time(app.Created), "deliveries_url": w.API() + "/app/hook/deliveries",
		},
	}
}

func (w Writer) installed(e world.Event) Object {
	repositories := list(e.Added, func(r *world.Repo) Object {
		return Object{"id": r.ID, "node_id": world.NodeID("Repository", r.ID), "name": r.Name, "full_name": r.FullName(), "private": r.Private}
	})
	installation := w.Installation(e.Installation)
	installation["created_at"], installation["updated_at"] = e.Installation.Created.Unix(), e.Installation.Updated.Unix()
	if e.Name == "installation" {
		return Object{"installation": installation, "repositories": repositories}
	}
	return Object{
		"installation": installation, "repository_selection": "selected", "repositories_added": repositories,
		"repositories_removed": []Object{}, "requester": nil,
	}
}

func (w Writer) refEvent(e world.Event) Object {
	kind, name := "branch", strings.TrimPrefix(e.Push.Ref, "refs/heads/")
	if tag, is := strings.CutPrefix(e.Push.Ref, "refs/tags/"); is {
		kind, name = "tag", tag
	}
	o := Object{"ref": name, "ref_type": kind, "pusher_type": "user"}
	if e.Name == "create" {
		o["master_branch"], o["description"] = e.Repo.DefaultBranch, text(e.Repo.Description)
	}
	return o
}

func (w Writer) pullEvent(e world.Event) (Object, error) {
	pull, err := w.FullPull(e.Pull, true)
	if err != nil {
		return nil, err
	}
	w.hookSides(pull, e.Pull, true)
	o := Object{"number": e.Pull.Issue.Number, "pull_request": pull}
	if e.Before != "" {
		o["before"], o["after"] = e.Before, e.After
	}
	if e.Reviewer != nil {
		o["requested_reviewer"] = w.User(e.Reviewer)
	}
	if e.Team != nil {
		o["requested_team"] = w.Team(e.Team)
	}
	return w.withLabel(o, e), nil
}

func (w Writer) withLabel(o Object, e world.Event) Object {
	if e.Label != nil {
		o["label"] = w.Label(e.Repo, e.Label)
	}
	return o
}

// hookRepo is a repository as webhooks show it.
func (w Writer) hookRepo(r *world.Repo) Object {
	o := w.plainRepo(r)
	o["custom_properties"] = Object{}
	return o
}

// hookSides gives head and base of a pull request their repositories as webhooks show them; those of pull_request
// events have the merge settings too.
func (w Writer) hookSides(pull Object, p *world.Pull, settings bool) {
	for _, side := range []string{"head", "base"} {
		repo := w.hookRepo(p.Repo)
		if settings {
			mergeSettings(repo, p.Repo)
		}
		pull[side].(Object)["repo"] = repo
	}
}

func (w Writer) push(e world.Event) (Object, error) {
	p, web := e.Push, w.Web+"/"+e.Repo.FullName()
	created, deleted := p.Before == gitrepo.NoID, p.After == gitrepo.NoID
	o := Object{
		"ref": p.Ref, "before": p.Before, "after": p.After, "created": created, "deleted": deleted, "forced": p.Forced, "base_ref": nil,
		"compare": web + "/compare/" + p.Before[:12] + "..." + p.After[:12], "commits": []Object{}, "head_commit": nil,
		"pusher":     Object{"name": e.Sender.Login, "email": e.Sender.CommitEmail()},
		"repository": w.pushedRepo(e.Repo),
	}
	if deleted {
		return o, nil
	}
	if e.Repo.Git.Has(p.After, gitrepo.KindTag) {
		return o, nil
	}
	commits, err := w.pushed(e.Repo, p)
	if err != nil {
		return nil, err
	}
	var written []Object
	for _, c := range commits {
		one, err := w.pushCommit(e.Repo, c)
		if err != nil {
			return nil, err
		}
		written = append(written, one)
	}
	if len(written) > 0 {
		o["commits"] = written
	}
	head, err := e.Repo.Git.Commit(p.After)
	if err != nil {
		return nil, err
	}
	o["head_commit"], err = w.pushCommit(e.Repo, head)
	return o, err
}

// pushed lists the commits that a push brought: against the ref's old place, or, for a new branch, the default branch.
func (w Writer) pushed(r *world.Repo, p *world.Push) ([]*gitrepo.Commit, error) {
	base := p.Before
	if base == gitrepo.NoID {
		base = ""
		if p.Ref != "refs/heads/"+r.DefaultBranch {
			var err error
			if base, err = r.Tip(r.DefaultBranch); err != nil {
				return nil, err
			}
		}
	}
	commits, err := r.Git.Range(base, p.After)
	if len(commits) > maxPushCommits {
		commits = commits[len(commits)-maxPushCommits:]
	}
	return commits, err
}

func (w Writer) pushCommit(r *world.Repo, c *gitrepo.Commit) (Object, error) {
	parent := ""
	if len(c.Parents) > 0 {
		first, err := r.Git.Commit(c.Parents[0])
		if err != nil {
			return nil, err
		}
		parent = first.Tree
	}
	added, removed, modified, err := r.Git.Touched(parent, c.Tree)
	if err != nil {
		return nil, err
	}
	person := func(i gitrepo.Ident) Object {
		o := Object{"name": i.Name, "email": i.Email, "date": i.When.Format(time.RFC3339)}
		if a := w.World.AccountByEmail(i.Email); a != nil {
			o["username"] = a.Login
		}
		return o
	}
	return Object{
		"id": c.ID, "tree_id": c.Tree, "distinct": true, "message": message(c), "timestamp": c.Committer.When.Format(time.RFC3339),
		"url": w.Web + "/" + r.FullName() + "/commit/" + c.ID, "author": person(c.Author), "committer": person(c.Committer),
		"added": strs(added), "removed": strs(removed), "modified": strs(modified),
	}, nil
}

// strs is never null in JSON.
func strs(all []string) []string { return append([]string{}, all...) }

// pushedRepo is the repository of a push payload: an old form, with numbers for times and a named owner.
func (w Writer) pushedRepo(r *world.Repo) Object {
	o := w.plainRepo(r)
	owner := w.account(r.Owner)
	owner["name"], owner["email"] = r.Owner.Login, text(r.Owner.Email)
	o["owner"], o["created_at"], o["pushed_at"] = owner, r.Created.Unix(), r.Pushed.Unix()
	o["custom_properties"] = Object{}
	o["stargazers"], o["master_branch"] = 0, r.DefaultBranch
	if r.Owner.Kind == world.KindOrganisation {
		o["organization"] = r.Owner.Login
	}
	return o
}
