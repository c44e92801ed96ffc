package rest

import (
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/githubsim/gitrepo"
	"github.com/vidimus-bot/vidimus/bot/githubsim/wire"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

func refRoutes() []route {
	const git = "/repos/{owner}/{repo}/git"
	return []route{
		{operation: "git/get-ref", method: "GET", pattern: git + "/ref/{ref...}", need: "contents:read", handle: (*call).ref},
		{operation: "git/list-matching-refs", method: "GET", pattern: git + "/matching-refs/{ref...}", need: "contents:read", handle: (*call).matchingRefs},
		{operation: "git/list-matching-refs", method: "GET", pattern: git + "/matching-refs/", need: "contents:read", handle: (*call).matchingRefs},
		{operation: "git/create-ref", method: "POST", pattern: git + "/refs", need: "contents:write", handle: (*call).createRef},
		{operation: "git/update-ref", method: "PATCH", pattern: git + "/refs/{ref...}", need: "contents:write", handle: (*call).updateRef},
		{operation: "git/delete-ref", method: "DELETE", pattern: git + "/refs/{ref...}", need: "contents:write", handle: (*call).deleteRef},
	}
}

func (c *call) refObject(name, id string) (wire.Object, error) {
	kind, _, err := c.repo.Git.Object(id)
	if err != nil {
		return nil, err
	}
	return c.Wire.Ref(c.repo, name, id, kind), nil
}

func (c *call) ref() (answer, error) {
	name := "refs/" + c.params["ref"]
	id, err := c.repo.Git.Ref(name)
	if err != nil || id == "" {
		return answer{}, orNotFound(err)
	}
	o, err := c.refObject(name, id)
	if err != nil {
		return answer{}, err
	}
	return ok(o)
}

// orNotFound is err, or NotFound where there is none.
func orNotFound(err error) error {
	if err == nil {
		return world.NotFound()
	}
	return err
}

func (c *call) matchingRefs() (answer, error) {
	refs, err := c.repo.Git.Refs("refs/" + c.params["ref"])
	if err != nil {
		return answer{}, err
	}
	names := make([]string, 0, len(refs))
	for name := range refs {
		names = append(names, name)
	}
	slices.Sort(names)
	objects := []wire.Object{}
	for _, name := range names {
		o, err := c.refObject(name, refs[name])
		if err != nil {
			return answer{}, err
		}
		objects = append(objects, o)
	}
	return ok(objects)
}

// ownRef refuses names that nobody may write: malformed ones, and what the host keeps under refs/pull.
func ownRef(name string) error {
	if !gitrepo.ValidRef(name) {
		return world.Unprocessable("Reference name is not well formed: " + name)
	}
	if strings.HasPrefix(name, "refs/pull/") {
		return world.Unprocessable("Reference cannot be updated: refs/pull is read-only")
	}
	return nil
}

func (c *call) createRef() (answer, error) {
	if err := c.mayWrite(); err != nil {
		return answer{}, err
	}
	var request struct {
		Ref string `json:"ref"`
		SHA string `json:"sha"`
	}
	if err := c.decode(&request); err != nil {
		return answer{}, err
	}
	if err := ownRef(request.Ref); err != nil {
		return answer{}, err
	}
	old, err := c.repo.Git.Ref(request.Ref)
	switch {
	case err != nil:
		return answer{}, err
	case old != "":
		return answer{}, world.Unprocessable("Reference already exists")
	case c.missing(request.Ref, request.SHA):
		return answer{}, world.Unprocessable("Object does not exist")
	}
	if err := c.World.MoveRefs(c.actor, c.repo, world.Move{Ref: request.Ref, Before: gitrepo.NoID, After: request.SHA}); err != nil {
		return answer{}, world.Unprocessable("Reference update failed: " + err.Error())
	}
	o, err := c.refObject(request.Ref, request.SHA)
	if err != nil {
		return answer{}, err
	}
	return created(o)
}

// missing reports whether nothing is there that the ref may point at: branches point at commits alone.
func (c *call) missing(ref, id string) bool {
	if strings.HasPrefix(ref, "refs/heads/") {
		return !c.repo.Git.Has(id, gitrepo.KindCommit)
	}
	_, _, err := c.repo.Git.Object(id)
	return err != nil
}

// move moves an existing ref, unless the rules of its branch forbid it.
func (c *call) move(m world.Move) error {
	reason, err := c.World.RefuseMove(c.actor, c.repo, m)
	if err != nil {
		return err
	}
	if reason != "" {
		return world.Unprocessable(reason)
	}
	return c.World.MoveRefs(c.actor, c.repo, m)
}

// existing is the ref of the path that may be written, and where it points.
func (c *call) existing() (name, id string, err error) {
	if err := c.mayWrite(); err != nil {
		return "", "", err
	}
	name = "refs/" + c.params["ref"]
	if err := ownRef(name); err != nil {
		return "", "", err
	}
	id, err = c.repo.Git.Ref(name)
	if err == nil && id == "" {
		err = world.Unprocessable("Reference does not exist")
	}
	return name, id, err
}

func (c *call) updateRef() (answer, error) {
	name, old, err := c.existing()
	if err != nil {
		return answer{}, err
	}
	var request struct {
		SHA   string `json:"sha"`
		Force bool   `json:"force"`
	}
	if err := c.decode(&request); err != nil {
		return answer{}, err
	}
	if c.missing(name, request.SHA) {
		return answer{}, world.Unprocessable("Object does not exist")
	}
	if !request.Force && strings.HasPrefix(name, "refs/heads/") {
		linear, err := c.repo.Git.IsAncestor(old, request.SHA)
		if err != nil {
			return answer{}, err
		}
		if !linear {
			return answer{}, world.Unprocessable("Update is not a fast forward")
		}
	}
	if old != request.SHA {
		if err := c.move(world.Move{Ref: name, Before: old, After: request.SHA}); err != nil {
			return answer{}, err
		}
	}
	o, err := c.refObject(name, request.SHA)
	if err != nil {
		return answer{}, err
	}
	return ok(o)
}

func (c *call) deleteRef() (answer, error) {
	name, old, err := c.existing()
	if err != nil {
		return answer{}, err
	}
	if name == "refs/heads/"+c.repo.DefaultBranch {
		return answer{}, world.Unprocessable("Cannot delete the default branch")
	}
	if err := c.move(world.Move{Ref: name, Before: old, After: gitrepo.NoID}); err != nil {
		return answer{}, err
	}
	return noContent()
}
