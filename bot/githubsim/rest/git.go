package rest

import (
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/vidimus-bot/vidimus/bot/githubsim/gitrepo"
	"github.com/vidimus-bot/vidimus/bot/githubsim/wire"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// maxTreeEntries bounds a listing of a tree. Source: GitHub's REST description, git/get-tree.
const maxTreeEntries = 100_000

func gitRoutes() []route {
	const git = "/repos/{owner}/{repo}/git"
	return []route{
		{operation: "git/create-blob", method: "POST", pattern: git + "/blobs", need: "contents:write", handle: (*call).createBlob},
		{operation: "git/get-blob", method: "GET", pattern: git + "/blobs/{id}", need: "contents:read", handle: (*call).blob},
		{operation: "git/create-commit", method: "POST", pattern: git + "/commits", need: "contents:write", handle: (*call).createCommit},
		{operation: "git/get-commit", method: "GET", pattern: git + "/commits/{id}", need: "contents:read", handle: (*call).gitCommit},
		{operation: "git/create-tree", method: "POST", pattern: git + "/trees", need: "contents:write", handle: (*call).createTree},
		{operation: "git/get-tree", method: "GET", pattern: git + "/trees/{id...}", need: "contents:read", handle: (*call).tree},
		{operation: "git/create-tag", method: "POST", pattern: git + "/tags", need: "contents:write", handle: (*call).createTag},
		{operation: "git/get-tag", method: "GET", pattern: git + "/tags/{id}", need: "contents:read", handle: (*call).tag},
	}
}

func (c *call) mayWrite() error { return c.World.Require(c.actor, c.repo, world.LevelWrite) }

func (c *call) createBlob() (answer, error) {
	if err := c.mayWrite(); err != nil {
		return answer{}, err
	}
	var request struct {
		Content  *string `json:"content"`
		Encoding string  `json:"encoding"`
	}
	if err := c.decode(&request); err != nil {
		return answer{}, err
	}
	if request.Content == nil {
		return answer{}, world.Unprocessable("Invalid request.\n\n\"content\" wasn't supplied.")
	}
	data := []byte(*request.Content)
	switch request.Encoding {
	case "", "utf-8":
	case "base64":
		var err error
		if data, err = base64.StdEncoding.DecodeString(strings.Join(strings.Fields(*request.Content), "")); err != nil {
			return answer{}, world.Unprocessable("content is not valid Base64")
		}
	default:
		return answer{}, world.Unprocessable("Invalid encoding: " + request.Encoding)
	}
	id, err := c.repo.Git.Write(gitrepo.KindBlob, data)
	if err != nil {
		return answer{}, err
	}
	return created(wire.Object{"sha": id, "url": c.Wire.Blob(c.repo, id, nil)["url"]})
}

// object reads the object of the path, if it is of that kind.
func (c *call) object(kind gitrepo.Kind) (string, []byte, error) {
	id := c.params["id"]
	found, data, err := c.repo.Git.Object(id)
	if err != nil || found != kind {
		return "", nil, world.NotFound()
	}
	return id, data, nil
}

func (c *call) blob() (answer, error) {
	id, data, err := c.object(gitrepo.KindBlob)
	if err != nil {
		return answer{}, err
	}
	if c.accepts("raw") {
		return answer{status: 200, raw: data, mediaType: "application/vnd.github.raw; charset=utf-8"}, nil
	}
	return ok(c.Wire.Blob(c.repo, id, data))
}

func (c *call) gitCommit() (answer, error) {
	commit, err := c.repo.Git.Commit(c.params["id"])
	if err != nil {
		return answer{}, err
	}
	return ok(c.Wire.GitCommit(c.repo, commit))
}

func (c *call) createCommit() (answer, error) {
	if err := c.mayWrite(); err != nil {
		return answer{}, err
	}
	var request struct {
		Message   string   `json:"message"`
		Tree      string   `json:"tree"`
		Parents   []string `json:"parents"`
		Author    *person  `json:"author"`
		Committer *person  `json:"committer"`
		Signature string   `json:"signature"`
	}
	if err := c.decode(&request); err != nil {
		return answer{}, err
	}
	draft := world.CommitDraft{Tree: request.Tree, Parents: request.Parents, Message: request.Message, Signature: request.Signature}
	var err error
	if draft.Author, err = request.Author.ident(); err != nil {
		return answer{}, err
	}
	if draft.Committer, err = request.Committer.ident(); err != nil {
		return answer{}, err
	}
	if request.Tree != gitrepo.EmptyTree && !c.repo.Git.Has(request.Tree, gitrepo.KindTree) {
		return answer{}, world.Unprocessable("Tree SHA does not exist")
	}
	for _, parent := range request.Parents {
		if !c.repo.Git.Has(parent, gitrepo.KindCommit) {
			return answer{}, world.Unprocessable("Parent SHA does not exist or is not a commit object")
		}
	}
	commit, err := c.World.WriteCommit(c.actor, c.repo, draft)
	if err != nil {
		return answer{}, err
	}
	return created(c.Wire.GitCommit(c.repo, commit))
}

func (c *call) tree() (answer, error) {
	id := c.params["id"]
	if !c.repo.Git.Has(id, gitrepo.KindTree) && id != gitrepo.EmptyTree {
		commit, err := c.repo.Resolve(id)
		if err != nil {
			return answer{}, err
		}
		id = commit.Tree
	}
	list := c.repo.Git.Tree
	if c.query.Has("recursive") {
		list = c.repo.Git.Walk
	}
	entries, err := list(id)
	if err != nil {
		return answer{}, err
	}
	return ok(c.treeObject(id, entries))
}

func (c *call) treeObject(id string, entries []gitrepo.Entry) wire.Object {
	api := fmt.Sprintf("%s/repos/%s/git", c.Wire.API(), c.repo.FullName())
	objects := []wire.Object{}
	for _, e := range entries[:min(len(entries), maxTreeEntries)] {
		o := wire.Object{"path": e.Path, "mode": e.Mode, "type": string(e.Kind()), "sha": e.ID}
		switch e.Kind() {
		case gitrepo.KindBlob:
			o["url"] = api + "/blobs/" + e.ID
			if _, data, err := c.repo.Git.Object(e.ID); err == nil {
				o["size"] = len(data)
			}
		case gitrepo.KindTree:
			o["url"] = api + "/trees/" + e.ID
		}
		objects = append(objects, o)
	}
	return wire.Object{"sha": id, "url": api + "/trees/" + id, "tree": objects, "truncated": len(entries) > maxTreeEntries}
}

// treeEntry is one entry of a tree to be made. A null sha removes; content makes a blob.
type treeEntry struct {
	Path    string  `json:"path"`
	Mode    string  `json:"mode"`
	Type    string  `json:"type"`
	SHA     *string `json:"sha"`
	Content *string `json:"content"`
}

func (c *call) createTree() (answer, error) {
	if err := c.mayWrite(); err != nil {
		return answer{}, err
	}
	var request struct {
		Base string      `json:"base_tree"`
		Tree []treeEntry `json:"tree"`
	}
	if err := c.decode(&request); err != nil {
		return answer{}, err
	}
	if len(request.Tree) == 0 {
		return answer{}, world.Unprocessable("Invalid tree info")
	}
	tree := gitrepo.EmptyTree
	if request.Base != "" {
		if tree = request.Base; !c.repo.Git.Has(tree, gitrepo.KindTree) {
			commit, err := c.repo.Git.Commit(tree)
			if err != nil {
				return answer{}, world.Unprocessable("base_tree is not a valid tree oid")
			}
			tree = commit.Tree
		}
	}
	for _, e := range request.Tree {
		entry, err := c.entry(e)
		if err != nil {
			return answer{}, err
		}
		if tree, err = c.repo.Git.Place(tree, entry); err != nil {
			return answer{}, world.Unprocessable("tree." + e.Path + " contains a malformed path component")
		}
	}
	entries, err := c.repo.Git.Tree(tree)
	if err != nil {
		return answer{}, err
	}
	return created(c.treeObject(tree, entries))
}

// entry checks one entry of a tree to be made and writes its content.
func (c *call) entry(e treeEntry) (gitrepo.Entry, error) {
	entry := gitrepo.Entry{Path: e.Path, Mode: e.Mode}
	switch e.Mode {
	case gitrepo.ModeFile, gitrepo.ModeExecutable, gitrepo.ModeLink, gitrepo.ModeTree, gitrepo.ModeSubmodule:
	default:
		return entry, world.Unprocessable("tree.mode contains an invalid value: " + e.Mode)
	}
	switch {
	case e.Content != nil && e.SHA != nil:
		return entry, world.Unprocessable("Must supply either tree.sha or tree.content")
	case e.Content != nil:
		id, err := c.repo.Git.Write(gitrepo.KindBlob, []byte(*e.Content))
		entry.ID = id
		return entry, err
	case e.SHA == nil:
		return entry, nil
	}
	entry.ID = *e.SHA
	if entry.Kind() != gitrepo.KindCommit && !c.repo.Git.Has(entry.ID, entry.Kind()) {
		return entry, world.Unprocessable("tree.sha " + entry.ID + " is not a valid " + string(entry.Kind()))
	}
	return entry, nil
}

func (c *call) createTag() (answer, error) {
	if err := c.mayWrite(); err != nil {
		return answer{}, err
	}
	var request struct {
		Tag     string  `json:"tag"`
		Message string  `json:"message"`
		Object  string  `json:"object"`
		Type    string  `json:"type"`
		Tagger  *person `json:"tagger"`
	}
	if err := c.decode(&request); err != nil {
		return answer{}, err
	}
	tagger, err := request.Tagger.ident()
	if err != nil {
		return answer{}, err
	}
	if tagger == nil {
		tagger = &gitrepo.Ident{Name: c.actor.Account.Name, Email: c.actor.Account.CommitEmail()}
	}
	if tagger.When.IsZero() {
		tagger.When = c.World.Clock.Now()
	}
	if !gitrepo.ValidRef("refs/tags/"+request.Tag) || !c.repo.Git.Has(request.Object, gitrepo.Kind(request.Type)) {
		return answer{}, world.Unprocessable("Object does not exist or the tag name is malformed")
	}
	raw := fmt.Sprintf("object %s\ntype %s\ntag %s\ntagger %s\n\n%s", request.Object, request.Type, request.Tag, tagger, request.Message)
	id, err := c.repo.Git.Write(gitrepo.KindTag, []byte(raw))
	if err != nil {
		return answer{}, err
	}
	o, err := c.tagObject(id, []byte(raw))
	if err != nil {
		return answer{}, err
	}
	return created(o)
}

func (c *call) tag() (answer, error) {
	id, data, err := c.object(gitrepo.KindTag)
	if err != nil {
		return answer{}, err
	}
	o, err := c.tagObject(id, data)
	if err != nil {
		return answer{}, err
	}
	return ok(o)
}

func (c *call) tagObject(id string, raw []byte) (wire.Object, error) {
	tag, err := gitrepo.ParseTag(raw)
	if err != nil {
		return nil, err
	}
	if !utf8.ValidString(tag.Message) {
		tag.Message = strings.ToValidUTF8(tag.Message, "\uFFFD")
	}
	return c.Wire.Tag(c.repo, id, tag), nil
}
