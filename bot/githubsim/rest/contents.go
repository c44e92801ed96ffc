package rest

import (
	"encoding/base64"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/vidimus-bot/vidimus/bot/githubsim/gitrepo"
	"github.com/vidimus-bot/vidimus/bot/githubsim/wire"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// maxFolder bounds a listing of a folder. Source: GitHub's REST description, repos/get-content.
const maxFolder = 1000

func contentRoutes() []route {
	const file = "/repos/{owner}/{repo}/contents/{path...}"
	return []route{
		{operation: "repos/get-content", method: "GET", pattern: file, need: "contents:read|single_file:read", handle: (*call).content},
		{operation: "repos/get-content", method: "GET", pattern: "/repos/{owner}/{repo}/contents", need: "contents:read|single_file:read", handle: (*call).content},
		{operation: "repos/get-content", method: "GET", pattern: "/repos/{owner}/{repo}/contents/", need: "contents:read|single_file:read", handle: (*call).content},
		{operation: "repos/create-or-update-file-contents", method: "PUT", pattern: file, need: "contents:write|single_file:write", handle: (*call).putContent},
		{operation: "repos/delete-file", method: "DELETE", pattern: file, need: "contents:write|single_file:write", handle: (*call).deleteContent},
		{operation: "repos/get-readme", method: "GET", pattern: "/repos/{owner}/{repo}/readme", need: "contents:read", handle: (*call).readme},
	}
}

// at is the commit of the query's ref, and its name.
func (c *call) at() (*gitrepo.Commit, string, error) {
	ref := c.query.Get("ref")
	if ref == "" {
		ref = c.repo.DefaultBranch
	}
	commit, err := c.repo.Resolve(ref)
	if err == nil {
		return commit, ref, nil
	}
	if c.empty() != nil {
		return nil, "", &world.Refusal{Status: http.StatusNotFound, Message: "This repository is empty."}
	}
	return nil, "", &world.Refusal{Status: http.StatusNotFound, Message: "No commit found for the ref " + ref}
}

func (c *call) content() (answer, error) {
	commit, ref, err := c.at()
	if err != nil {
		return answer{}, err
	}
	entry, err := c.repo.Git.Lookup(commit.Tree, strings.Trim(c.params["path"], "/"))
	if err != nil {
		return answer{}, err
	}
	if entry.Mode == gitrepo.ModeTree {
		return c.folder(ref, entry)
	}
	return c.file(ref, entry)
}

func (c *call) folder(ref string, folder gitrepo.Entry) (answer, error) {
	entries, err := c.repo.Git.Tree(folder.ID)
	if err != nil {
		return answer{}, err
	}
	objects := []wire.Object{}
	for _, e := range entries[:min(len(entries), maxFolder)] {
		size := 0
		if e.Kind() == gitrepo.KindBlob {
			_, data, err := c.repo.Git.Object(e.ID)
			if err != nil {
				return answer{}, err
			}
			size = len(data)
		}
		e.Path = path.Join(folder.Path, e.Path)
		objects = append(objects, c.Wire.Entry(c.repo, ref, e, size))
	}
	return ok(objects)
}

func (c *call) file(ref string, entry gitrepo.Entry) (answer, error) {
	if entry.Kind() != gitrepo.KindBlob {
		o := c.Wire.Entry(c.repo, ref, entry, 0)
		o["submodule_git_url"] = nil
		return ok(o)
	}
	_, data, err := c.repo.Git.Object(entry.ID)
	if err != nil {
		return answer{}, err
	}
	if c.accepts("raw") {
		return answer{status: http.StatusOK, raw: data, mediaType: "application/vnd.github.raw; charset=utf-8"}, nil
	}
	o := c.Wire.File(c.repo, ref, entry, data)
	if entry.Mode == gitrepo.ModeLink {
		delete(o, "content")
		delete(o, "encoding")
		o["target"] = string(data)
	}
	return ok(o)
}

func (c *call) readme() (answer, error) {
	commit, ref, err := c.at()
	if err != nil {
		return answer{}, err
	}
	entries, err := c.repo.Git.Tree(commit.Tree)
	if err != nil {
		return answer{}, err
	}
	for _, e := range entries {
		name, _, _ := strings.Cut(e.Path, ".")
		if strings.EqualFold(name, "readme") && e.Kind() == gitrepo.KindBlob {
			return c.file(ref, e)
		}
	}
	return answer{}, world.NotFound()
}

// person is an author or committer that a request names.
type person struct {
	Name  string     `json:"name"`
	Email string     `json:"email"`
	Date  *time.Time `json:"date"`
}

// ident is the person as it will stand in a commit; nil where the request names none.
func (p *person) ident() (*gitrepo.Ident, error) {
	if p == nil {
		return nil, nil
	}
	if p.Name == "" || p.Email == "" {
		return nil, world.Unprocessable("Invalid request.\n\n\"email\", \"name\" weren't supplied.")
	}
	i := &gitrepo.Ident{Name: p.Name, Email: p.Email}
	if p.Date != nil {
		i.When = *p.Date
	}
	return i, nil
}

type contentRequest struct {
	Message   string  `json:"message"`
	Content   *string `json:"content"`
	SHA       string  `json:"sha"`
	Branch    string  `json:"branch"`
	Author    *person `json:"author"`
	Committer *person `json:"committer"`
}

func (c *call) putContent() (answer, error) {
	var request contentRequest
	if err := c.decode(&request); err != nil {
		return answer{}, err
	}
	if request.Content == nil {
		return answer{}, world.Unprocessable("Invalid request.\n\n\"content\" wasn't supplied.")
	}
	data, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(*request.Content), ""))
	if err != nil {
		return answer{}, world.Unprocessable("content is not valid Base64")
	}
	return c.change(request, world.FileChange{Content: data})
}

func (c *call) deleteContent() (answer, error) {
	request := contentRequest{Message: c.query.Get("message"), SHA: c.query.Get("sha"), Branch: c.query.Get("branch")}
	if err := c.decode(&request); err != nil {
		return answer{}, err
	}
	if request.SHA == "" {
		return answer{}, world.Unprocessable("Invalid request.\n\n\"sha\" wasn't supplied.")
	}
	return c.change(request, world.FileChange{Remove: true})
}

// change makes the commit that a contents request asks for.
func (c *call) change(request contentRequest, change world.FileChange) (answer, error) {
	if err := c.World.Require(c.actor, c.repo, world.LevelWrite); err != nil {
		return answer{}, err
	}
	if request.Message == "" {
		return answer{}, world.Unprocessable("Invalid request.\n\n\"message\" wasn't supplied.")
	}
	var err error
	if change.Author, err = request.Author.ident(); err != nil {
		return answer{}, err
	}
	if change.Committer, err = request.Committer.ident(); err != nil {
		return answer{}, err
	}
	change.Path, change.Blob, change.Branch, change.Message = c.params["path"], request.SHA, request.Branch, request.Message
	result, err := c.World.CommitFile(c.actor, c.repo, change)
	if err != nil {
		return answer{}, err
	}
	o := wire.Object{"content": nil, "commit": c.Wire.GitCommit(c.repo, result.Commit)}
	if result.Blob != "" {
		ref := request.Branch
		if ref == "" {
			ref = c.repo.DefaultBranch
		}
		o["content"] = c.Wire.Entry(c.repo, ref, gitrepo.Entry{Path: change.Path, Mode: gitrepo.ModeFile, ID: result.Blob}, len(change.Content))
	}
	status := http.StatusOK
	if result.Created {
		status = http.StatusCreated
	}
	return answer{status: status, body: o}, nil
}
