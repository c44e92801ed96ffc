package world

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/vidimus-bot/vidimus/bot/githubsim/gitrepo"
	"github.com/vidimus-bot/vidimus/bot/githubsim/webflow"
)

// Verification is what the host says about a commit's signature.
type Verification struct {
	Reason webflow.Reason
	// At is when it was first found valid; zero where it was not. Once valid, a commit stays so.
	At time.Time
}

// Verify judges the signature of a commit, by the keys that are uploaded now.
func (w *World) Verify(r *Repo, c *gitrepo.Commit) Verification {
	if v, known := r.verified[c.ID]; known {
		return v
	}
	var owner *webflow.Owner
	if a := w.AccountByEmail(c.Committer.Email); a != nil {
		owner = &webflow.Owner{}
		for _, k := range a.Keys {
			owner.Keys = append(owner.Keys, k.Public)
		}
	}
	now := w.Clock.Now()
	reason := w.Key.Judge(webflow.Commit{Signature: c.Signature, Payload: c.Payload, Email: c.Committer.Email}, owner, now)
	if reason != webflow.Valid {
		return Verification{Reason: reason}
	}
	r.verified[c.ID] = Verification{Reason: reason, At: now}
	return r.verified[c.ID]
}

// person is the account as it stands in a commit made now.
func (w *World) person(a *Account) gitrepo.Ident {
	return gitrepo.Ident{Name: a.Name, Email: a.CommitEmail(), When: w.stamp}
}

// CommitDraft is a commit that somebody wants the host to make.
type CommitDraft struct {
	Tree    string
	Parents []string
	Message string
	// Author and Committer are nil where the request named none. A zero When is now.
	Author    *gitrepo.Ident
	Committer *gitrepo.Ident
	// Signature is the requester's own, over the commit as it will be; "" for none.
	Signature string
	// Vouch makes the host commit and sign in the actor's name where no committer is named: what web editor and buttons do.
	Vouch bool
	// Sign makes the committer's own signature over the commit as it will be; nil for none.
	Sign func(payload []byte) (string, error)
}

// WriteCommit makes a commit. The host signs with its own key, as committer, what a page or button made (Vouch), and
// what an installation made without naming anybody. Source: GitHub docs, "About commit signature verification".
func (w *World) WriteCommit(actor Actor, r *Repo, d CommitDraft) (*gitrepo.Commit, error) {
	draft := gitrepo.Draft{Tree: d.Tree, Parents: d.Parents, Message: d.Message, Author: w.person(actor.Account)}
	if d.Author != nil {
		draft.Author = w.dated(*d.Author)
	}
	byHost := d.Committer == nil && d.Signature == "" && d.Sign == nil && (d.Vouch || actor.Installation() != nil && d.Author == nil)
	switch {
	case byHost:
		draft.Committer = gitrepo.Ident{Name: webflow.Name, Email: webflow.Email, When: w.stamp}
	case d.Committer != nil:
		draft.Committer = w.dated(*d.Committer)
	default:
		draft.Committer = draft.Author
	}
	payload := draft.Payload()
	signature, err := d.Signature, error(nil)
	switch {
	case byHost:
		signature, err = w.Key.Sign(payload, w.stamp)
	case d.Sign != nil:
		signature, err = d.Sign(payload)
	}
	if err != nil {
		return nil, err
	}
	return r.Git.WriteCommit(payload, signature)
}

func (w *World) dated(i gitrepo.Ident) gitrepo.Ident {
	if i.When.IsZero() {
		i.When = w.stamp
	}
	return i
}

// FileChange is one file to be written or removed by a commit on a branch.
type FileChange struct {
	Path    string
	Content []byte
	Remove  bool
	// Blob is the blob that the requester believes to be there, "" for none.
	Blob      string
	Branch    string // "" is the default branch
	Message   string
	Author    *gitrepo.Ident
	Committer *gitrepo.Ident
	// OwnKey: the actor commits and signs with the key that their account has, as their own git would.
	OwnKey bool
}

// FileResult is what a FileChange led to.
type FileResult struct {
	Commit  *gitrepo.Commit
	Blob    string // "" for a removed file
	Created bool
}

// CommitFile writes or removes one file by a commit of its own, as the web editor does.
func (w *World) CommitFile(actor Actor, r *Repo, change FileChange) (FileResult, error) {
	if change.Branch == "" {
		change.Branch = r.DefaultBranch
	}
	if !validPath(change.Path) {
		return FileResult{}, Unprocessable("path contains a malformed path component")
	}
	tip, err := r.Tip(change.Branch)
	if err != nil {
		return FileResult{}, err
	}
	if tip == "" && (change.Branch != r.DefaultBranch || change.Remove) {
		return FileResult{}, &Refusal{Status: 404, Message: "Branch " + change.Branch + " not found"}
	}
	draft := CommitDraft{
		Tree: gitrepo.EmptyTree, Message: change.Message, Author: change.Author, Committer: change.Committer,
		Vouch: actor.Installation() == nil,
	}
	if change.OwnKey {
		if draft.Sign, err = w.ownKey(actor); err != nil {
			return FileResult{}, err
		}
	}
	if tip != "" {
		parent, err := r.Git.Commit(tip)
		if err != nil {
			return FileResult{}, err
		}
		draft.Tree, draft.Parents = parent.Tree, []string{tip}
	}
	result, err := w.placeFile(r, &draft, change)
	if err != nil {
		return FileResult{}, err
	}
	if result.Commit, err = w.WriteCommit(actor, r, draft); err != nil {
		return FileResult{}, err
	}
	move := Move{Ref: "refs/heads/" + change.Branch, Before: orNone(tip), After: result.Commit.ID}
	if reason, err := w.RefuseMove(actor, r, move); err != nil || reason != "" {
		return FileResult{}, errors.Join(err, conflictIf(reason))
	}
	return result, w.MoveRefs(actor, r, move)
}

// ownKey signs as the actor's own git would.
func (w *World) ownKey(actor Actor) (func([]byte) (string, error), error) {
	if actor.Account == nil || actor.Account.Sign == nil {
		return nil, Unprocessable("Nobody has given this GitHub a key to sign with as " + actor.Name() + ".")
	}
	return func(payload []byte) (string, error) {
		signature, err := actor.Account.Sign(payload, w.stamp)
		if err != nil {
			return "", fmt.Errorf("sign as %s: %w", actor.Name(), err)
		}
		return string(signature), nil
	}, nil
}

func conflictIf(reason string) error {
	if reason == "" {
		return nil
	}
	return conflict("Could not update file: " + reason)
}

func orNone(id string) string {
	if id == "" {
		return gitrepo.NoID
	}
	return id
}

// placeFile changes the draft's tree, after a look at what is there.
func (w *World) placeFile(r *Repo, draft *CommitDraft, change FileChange) (FileResult, error) {
	there, err := r.Git.Lookup(draft.Tree, change.Path)
	exists := err == nil
	if err != nil && !errors.Is(err, gitrepo.ErrNotFound) {
		return FileResult{}, err
	}
	switch {
	case !exists && change.Remove:
		return FileResult{}, NotFound()
	case exists && there.Mode == gitrepo.ModeTree:
		return FileResult{}, Unprocessable("Invalid request.\n\n" + change.Path + " is a directory.")
	case exists && change.Blob == "":
		return FileResult{}, Unprocessable("Invalid request.\n\n\"sha\" wasn't supplied.")
	case exists && change.Blob != there.ID:
		return FileResult{}, conflict(change.Path + " does not match " + change.Blob)
	}
	entry := gitrepo.Entry{Path: change.Path, Mode: gitrepo.ModeFile}
	if exists {
		entry.Mode = there.Mode
	}
	if !change.Remove {
		if entry.ID, err = r.Git.Write(gitrepo.KindBlob, change.Content); err != nil {
			return FileResult{}, err
		}
	}
	if draft.Tree, err = r.Git.Place(draft.Tree, entry); err != nil {
		return FileResult{}, err
	}
	return FileResult{Blob: entry.ID, Created: !exists}, nil
}

func validPath(path string) bool {
	if path == "" || len(path) > 4096 {
		return false
	}
	for _, part := range strings.Split(path, "/") {
		if part == "" || part == "." || part == ".." || strings.EqualFold(part, ".git") || strings.ContainsRune(part, 0) {
			return false
		}
	}
	return true
}
