package web

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/githubsim/gitrepo"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// editView is what the form shows that changes a file, or makes one.
type editView struct {
	Head   repoHead
	Branch string
	Path   string
	Text   string
	// Blob is what the visitor edits, "" for a new file.
	Blob   string
	Action string
	// Proposal is the name that a new branch would get.
	Proposal string
	// Default: it is the branch that everything goes into.
	Default bool
	// OwnKey: the visitor's own key is at hand.
	OwnKey bool
	// Pulls are the open pull requests that a commit to the branch would become part of.
	Pulls []link
}

// getEdit shows the form to change a file of a branch, or to make one in a folder of it.
func (v *visit) editPage(fresh bool) (page, error) {
	at, err := v.locate(v.request.PathValue("where"))
	if err != nil {
		return page{}, err
	}
	if err := v.mayEdit(at); err != nil {
		return page{}, err
	}
	view := editView{
		Head: v.head("code"), Branch: at.ref, Path: at.path, Action: v.request.URL.EscapedPath(), Default: at.ref == v.repo.DefaultBranch,
		Proposal: v.freeBranch(), OwnKey: v.actor.Account.Sign != nil,
	}
	for _, p := range v.repo.OpenPulls() {
		if p.Head == at.ref {
			view.Pulls = append(view.Pulls, link{fmt.Sprintf("#%d %s", p.Issue.Number, p.Issue.Title), pathOfIssue(p.Issue)})
		}
	}
	if fresh {
		if at.path != "" {
			view.Path = at.path + "/"
		}
		return page{name: "edit", title: "New file · " + v.repo.FullName(), view: view}, nil
	}
	entry, data, err := v.editable(at)
	if err != nil {
		return page{}, err
	}
	view.Blob, view.Text = entry.ID, string(data)
	return page{name: "edit", title: "Edit " + at.path + " · " + v.repo.FullName(), view: view}, nil
}

func getEdit(v *visit) (page, error) { return v.editPage(false) }

func getNew(v *visit) (page, error) { return v.editPage(true) }

// mayEdit refuses who cannot write. On GitHub they would be given a fork.
func (v *visit) mayEdit(at place) error {
	switch {
	case !at.branch:
		return world.Unprocessable("Only the newest state of a branch can be edited, and " + at.ref + " is none.")
	case v.repo.Archived:
		return world.Forbidden("This repository was archived: it is read-only.")
	case v.level() < world.LevelWrite:
		return world.Forbidden("Editing takes write access, and you have: " + v.level().String() + ". Somebody else may propose it, or you ask in an issue.")
	}
	return nil
}

// editable reads the file at the place, if a form can hold it.
func (v *visit) editable(at place) (gitrepo.Entry, []byte, error) {
	entry, err := v.lookup(at)
	if err != nil {
		return entry, nil, err
	}
	if entry.Kind() != gitrepo.KindBlob || entry.Mode == gitrepo.ModeLink {
		return entry, nil, world.Unprocessable(at.path + " is no file that can be edited here.")
	}
	_, data, err := v.repo.Git.Object(entry.ID)
	if err == nil && (!readable(data) || len(data) > maxEdited) {
		err = world.Unprocessable(fmt.Sprintf("%s is no UTF-8 text, or over %d bytes. Use git.", at.path, maxEdited))
	}
	return entry, data, err
}

// freeBranch is a name for a new branch that nobody has taken.
func (v *visit) freeBranch() string {
	login := "visitor"
	if v.actor.Account != nil {
		login = v.actor.Account.Login
	}
	for n := 1; ; n++ {
		name := fmt.Sprintf("%s-patch-%d", login, n)
		if tip, err := v.repo.Tip(name); err != nil || tip == "" {
			return name
		}
	}
}

// postEdit commits a change to the branch, or to a new branch from which it opens a pull request.
func postEdit(v *visit) (string, error) {
	at, err := v.locate(v.request.PathValue("where"))
	if err != nil {
		return "", err
	}
	if err := v.mayEdit(at); err != nil {
		return "", err
	}
	change, err := v.change(at)
	if err != nil {
		return "", err
	}
	if v.field("as") != "proposal" {
		err := v.write(func() error {
			_, err := v.site.World.CommitFile(v.actor, v.repo, change)
			return err
		})
		return v.address("blob", change.Branch, change.Path), err
	}
	return v.propose(at, change)
}

// change reads the form of an edit.
func (v *visit) change(at place) (world.FileChange, error) {
	change := world.FileChange{
		Path: strings.Trim(v.field("path"), "/"), Blob: v.field("blob"), Branch: at.ref, Message: strings.TrimSpace(v.field("message")),
		OwnKey: v.field("key") == "own",
	}
	if change.Path == "" || change.Message == "" {
		return change, world.Unprocessable("A change needs the file's path and words that say what it does.")
	}
	if change.Blob != "" {
		change.Path = at.path
	}
	text := v.field("text")
	if len(text) > maxEdited*2 {
		return change, world.Unprocessable(fmt.Sprintf("The text is over %d bytes. Use git.", maxEdited))
	}
	entry, err := v.repo.Git.Lookup(at.commit.Tree, change.Path)
	if err != nil && !errors.Is(err, gitrepo.ErrNotFound) {
		return change, err
	}
	if entry.ID != change.Blob {
		return change, &world.Refusal{Status: 409, Message: change.Path + " has been changed by somebody else, or made, since you opened the form."}
	}
	var old []byte
	if change.Blob != "" {
		if _, old, err = v.editable(place{ref: at.ref, branch: true, commit: at.commit, path: change.Path}); err != nil {
			return change, err
		}
	}
	change.Content = asWritten(text, string(old))
	if change.Blob != "" && string(change.Content) == string(old) {
		return change, world.Unprocessable("Nothing is changed: the text is as it was.")
	}
	return change, nil
}

// asWritten undoes what a browser does to a text: it sends every line feed as CR LF. A file that had CR LF keeps it.
func asWritten(sent, old string) []byte {
	text := strings.ReplaceAll(sent, "\r\n", "\n")
	if strings.Contains(old, "\r\n") && strings.Count(old, "\r\n") == strings.Count(old, "\n") {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	if text != "" && !strings.HasSuffix(text, "\n") && (old == "" || strings.HasSuffix(old, "\n")) {
		text += "\n"
	}
	return []byte(text)
}

// propose makes a branch, commits the change to it, and opens a pull request, as three writes.
func (v *visit) propose(at place, change world.FileChange) (string, error) {
	branch := strings.TrimSpace(v.field("branch"))
	ref := "refs/heads/" + branch
	if !gitrepo.ValidRef(ref) {
		return "", world.Unprocessable(fmt.Sprintf("%q is no name for a branch.", branch))
	}
	if tip, err := v.repo.Tip(branch); err != nil {
		return "", err
	} else if tip != "" {
		return "", world.Unprocessable(fmt.Sprintf("There is a branch %q already.", branch))
	}
	w := v.site.World
	if err := v.write(func() error {
		return w.MoveRefs(v.actor, v.repo, world.Move{Ref: ref, Before: gitrepo.NoID, After: at.commit.ID})
	}); err != nil {
		return "", err
	}
	change.Branch = branch
	if err := v.write(func() error {
		_, err := w.CommitFile(v.actor, v.repo, change)
		return err
	}); err != nil {
		return "", err
	}
	title, body, _ := strings.Cut(change.Message, "\n")
	var p *world.Pull
	err := v.write(func() (err error) {
		p, err = w.OpenPull(v.actor, v.repo, world.NewPull{Title: strings.TrimSpace(title), Body: strings.TrimSpace(body), Head: branch, Base: at.ref})
		return err
	})
	if err != nil {
		return "", err
	}
	return path.Clean(pathOfIssue(p.Issue)), nil
}
