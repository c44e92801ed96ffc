package world

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/githubsim/gitrepo"
)

func isConflict(err error) bool { return errors.Is(err, gitrepo.ErrConflict) }

// MergeOrder is what the merge button is told.
type MergeOrder struct {
	// Method is merge, squash or rebase; "" is merge.
	Method string
	// Title and Message replace the ones that the host would write; "" keeps them.
	Title   string
	Message string
	// Head is what the head is expected to be; "" expects nothing.
	Head string
}

// MergePull merges the pull request and returns the commit that the base points at then.
func (w *World) MergePull(actor Actor, p *Pull, order MergeOrder) (string, error) {
	if err := w.Require(actor, p.Repo, LevelWrite); err != nil {
		return "", err
	}
	base, err := w.mayMerge(actor, p, order)
	if err != nil {
		return "", err
	}
	var id string
	switch order.Method {
	case "", "merge":
		id, err = w.mergeCommit(actor, p, base, order)
	case "squash":
		id, err = w.squash(actor, p, base, order)
	case "rebase":
		id, err = w.rebase(actor, p, base)
	}
	if isConflict(err) {
		return "", notAllowed("Pull Request is not mergeable")
	}
	if err != nil {
		return "", err
	}
	return id, w.finishMerge(actor, p, base, id)
}

// finishMerge moves the base, and deletes the head's branch where the repository wants that.
func (w *World) finishMerge(actor Actor, p *Pull, base, id string) error {
	if err := w.MoveRefs(actor, p.Repo, Move{Ref: "refs/heads/" + p.Base, Before: base, After: id, Merges: p}); err != nil {
		return err
	}
	if tip, err := p.Repo.Tip(p.Head); err != nil || tip != p.HeadSHA || !p.Repo.Merge.DeleteBranch || p.Head == p.Repo.DefaultBranch {
		return err
	}
	return w.MoveRefs(actor, p.Repo, Move{Ref: "refs/heads/" + p.Head, Before: p.HeadSHA, After: gitrepo.NoID})
}

// mayMerge refuses what GitHub refuses, and returns the base's tip.
func (w *World) mayMerge(actor Actor, p *Pull, order MergeOrder) (string, error) {
	settings := p.Repo.Merge
	switch {
	case !p.Open():
		return "", notAllowed("Pull Request is not mergeable")
	case order.Head != "" && order.Head != p.HeadSHA:
		return "", conflict("Head branch was modified. Review and try the merge again.")
	case p.Draft:
		return "", notAllowed("Pull Request is still a draft")
	case order.Method != "" && !slices.Contains([]string{"merge", "squash", "rebase"}, order.Method):
		return "", notMember(order.Method, []string{"merge", "squash", "rebase"})
	case (order.Method == "" || order.Method == "merge") && !settings.Merge:
		return "", notAllowed("Merge commits are not allowed on this repository.")
	case order.Method == "squash" && !settings.Squash:
		return "", notAllowed("Squash merges are not allowed on this repository.")
	case order.Method == "rebase" && !settings.Rebase:
		return "", notAllowed("Rebase merges are not allowed on this repository.")
	}
	reason, err := w.Blocked(actor, p)
	if err != nil {
		return "", err
	}
	if rule := p.Repo.Protection[p.Base]; reason == "" && rule != nil && rule.LinearHistory && (order.Method == "" || order.Method == "merge") {
		reason = "Merge commits are not allowed on this branch."
	}
	if reason != "" {
		return "", notAllowed(reason)
	}
	return p.Repo.Tip(p.Base)
}

// mergeCommit joins base and head by a commit in the actor's name that the host signs.
func (w *World) mergeCommit(actor Actor, p *Pull, base string, order MergeOrder) (string, error) {
	tree, err := p.Repo.Git.MergeTree(base, p.HeadSHA)
	if err != nil {
		return "", err
	}
	title := order.Title
	if title == "" {
		title = fmt.Sprintf("Merge pull request #%d from %s/%s", p.Issue.Number, p.Repo.Owner.Login, p.Head)
	}
	message := order.Message
	if message == "" {
		message = p.Issue.Title
	}
	commit, err := w.WriteCommit(actor, p.Repo, CommitDraft{Tree: tree, Parents: []string{base, p.HeadSHA}, Message: join(title, message), Vouch: true})
	if err != nil {
		return "", err
	}
	return commit.ID, nil
}

func join(title, message string) string {
	if message == "" {
		return title
	}
	return title + "\n\n" + message
}

// squash puts the whole change on the base as one commit of the pull request's author, which the host signs. Other
// authors stand as co-authors in its message.
func (w *World) squash(actor Actor, p *Pull, base string, order MergeOrder) (string, error) {
	tree, err := p.Repo.Git.MergeTree(base, p.HeadSHA)
	if err != nil {
		return "", err
	}
	commits, err := p.Commits()
	if err != nil {
		return "", err
	}
	title := order.Title
	if title == "" {
		title = fmt.Sprintf("%s (#%d)", p.Issue.Title, p.Issue.Number)
	}
	author := w.person(p.Issue.User)
	message := order.Message
	if message == "" {
		message = squashMessage(commits)
	}
	message = strings.TrimSpace(message + "\n\n" + coAuthors(commits, author.Email))
	commit, err := w.WriteCommit(actor, p.Repo, CommitDraft{Tree: tree, Parents: []string{base}, Message: join(title, message), Author: &author, Vouch: true})
	if err != nil {
		return "", err
	}
	return commit.ID, nil
}

// squashMessage lists the messages of several commits; a single one needs no list.
func squashMessage(commits []*gitrepo.Commit) string {
	if len(commits) == 1 {
		_, body, _ := strings.Cut(commits[0].Message, "\n\n")
		return strings.TrimSpace(body)
	}
	var b strings.Builder
	for _, c := range commits {
		fmt.Fprintf(&b, "* %s\n\n", strings.TrimSpace(c.Message))
	}
	return strings.TrimSpace(b.String())
}

func coAuthors(commits []*gitrepo.Commit, author string) string {
	var lines []string
	for _, c := range commits {
		line := fmt.Sprintf("Co-authored-by: %s <%s>", c.Author.Name, c.Author.Email)
		if !strings.EqualFold(c.Author.Email, author) && !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// rebase makes every commit of the pull request anew on top of the base: its author stays, its committer is the actor,
// and nobody signs it. Source: GitHub docs, "About commit signature verification", rebase and merge.
func (w *World) rebase(actor Actor, p *Pull, base string) (string, error) {
	commits, err := p.Commits()
	if err != nil {
		return "", err
	}
	onto := base
	for _, c := range commits {
		if len(c.Parents) > 1 {
			continue // merges of the base vanish in a rebase
		}
		tree, err := p.Repo.Git.Replay(c, onto)
		if err != nil {
			return "", err
		}
		committer := w.person(actor.Account)
		made, err := w.WriteCommit(actor, p.Repo, CommitDraft{Tree: tree, Parents: []string{onto}, Message: c.Message, Author: &c.Author, Committer: &committer})
		if err != nil {
			return "", err
		}
		onto = made.ID
	}
	return onto, nil
}

// UpdateBranch merges the base into the pull request's branch, as its button does. expected is the head that the
// requester believes in, "" for any.
func (w *World) UpdateBranch(actor Actor, p *Pull, expected string) error {
	if err := w.Require(actor, p.Repo, LevelWrite); err != nil {
		return err
	}
	base, err := p.Repo.Tip(p.Base)
	if err != nil {
		return err
	}
	if expected != "" && expected != p.HeadSHA {
		return Unprocessable("expected head sha didn’t match current head ref.")
	}
	current, err := p.Repo.Git.IsAncestor(base, p.HeadSHA)
	switch {
	case err != nil:
		return err
	case !p.Open():
		return Unprocessable("Pull request is closed.")
	case current:
		return Unprocessable("There are no new commits on the base branch.")
	}
	tree, err := p.Repo.Git.MergeTree(p.HeadSHA, base)
	if isConflict(err) {
		return Unprocessable("merge conflict between base and head")
	}
	if err != nil {
		return err
	}
	message := fmt.Sprintf("Merge branch '%s' into %s", p.Base, p.Head)
	commit, err := w.WriteCommit(actor, p.Repo, CommitDraft{Tree: tree, Parents: []string{p.HeadSHA, base}, Message: message, Vouch: true})
	if err != nil {
		return err
	}
	return w.MoveRefs(actor, p.Repo, Move{Ref: "refs/heads/" + p.Head, Before: p.HeadSHA, After: commit.ID, Updates: true})
}
