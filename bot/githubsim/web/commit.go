package web

import (
	"fmt"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/githubsim/gitrepo"
	"github.com/vidimus-bot/vidimus/bot/githubsim/webflow"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// shortID is how many digits of a commit are shown where the whole name is a link away.
const shortID = 12

// maxHistory bounds a list of commits.
const maxHistory = 250

// commitLine is a commit in a list.
type commitLine struct {
	ID      string
	Short   string
	Path    string
	Subject string
	Author  person
	At      moment
	Badge   mark
}

// badge says in a word what the host found about a commit's signature, and why in a sentence.
func badge(v world.Verification) (m mark, why string) {
	switch v.Reason {
	case webflow.Valid:
		return mark{"Verified", "ok"}, "The signature is good, by a key of the committer's account or of this GitHub."
	case webflow.Unsigned:
		return mark{"Unsigned", "past"}, "The commit bears no signature."
	case webflow.UnknownKey:
		return mark{"Unverified", "due"}, "It is signed with a key that the committer has not uploaded to this GitHub (unknown_key). An App may know the key nevertheless."
	case webflow.NoUser:
		return mark{"Unverified", "due"}, "Nobody here has the committer's e-mail address (no_user)."
	case webflow.BadEmail:
		return mark{"Unverified", "due"}, "The key does not bear the committer's e-mail address (bad_email)."
	}
	return mark{"Unverified", "bad"}, "The signature was not found good (" + string(v.Reason) + ")."
}

// authorOf is the account of a commit's author, or what the commit itself says.
func (v *visit) authorOf(i gitrepo.Ident) person {
	if a := v.site.World.AccountByEmail(i.Email); a != nil {
		return personOf(a)
	}
	return person{Name: i.Name, Initials: initials(i.Name)}
}

func (v *visit) lineOfCommit(c *gitrepo.Commit) commitLine {
	subject, _, _ := strings.Cut(strings.TrimSpace(c.Message), "\n")
	m, _ := badge(v.site.World.Verify(v.repo, c))
	return commitLine{
		ID: c.ID, Short: c.ID[:shortID], Path: v.address("commit", c.ID, ""), Subject: subject, Author: v.authorOf(c.Author),
		At: moment{c.Committer.When}, Badge: m,
	}
}

func (v *visit) commitLines(commits []*gitrepo.Commit) []commitLine {
	var lines []commitLine
	for _, c := range commits {
		lines = append(lines, v.lineOfCommit(c))
	}
	return lines
}

// commitView is what the page of a commit shows.
type commitView struct {
	Head      repoHead
	Line      commitLine
	Body      string
	Committer string
	// Why is what the badge means, Signature the signature itself.
	Why       string
	Signature string
	Parents   []link
	Tree      string
	Pulls     []link
	Checks    []checkLine
	Diff      diffView
}

// getCommit shows a commit with its signature and what it changed.
func getCommit(v *visit) (page, error) {
	c, err := v.repo.Resolve(v.request.PathValue("id"))
	if err != nil {
		return page{}, err
	}
	_, body, _ := strings.Cut(strings.TrimSpace(c.Message), "\n")
	view := commitView{
		Head: v.head("code"), Line: v.lineOfCommit(c), Body: strings.TrimSpace(body), Signature: c.Signature,
		Committer: fmt.Sprintf("%s <%s>", c.Committer.Name, c.Committer.Email), Tree: v.address("tree", c.ID, ""), Checks: v.checkLines(c.ID),
	}
	_, view.Why = badge(v.site.World.Verify(v.repo, c))
	from := ""
	for _, parent := range c.Parents {
		view.Parents = append(view.Parents, link{parent[:shortID], v.address("commit", parent, "")})
	}
	if len(c.Parents) > 0 {
		from = c.Parents[0]
	}
	changes, err := v.repo.Git.Changes(from, c.ID)
	if err != nil {
		return page{}, err
	}
	if view.Diff, err = v.diff(changes, c.ID, nil); err != nil {
		return page{}, err
	}
	for _, p := range v.repo.Pulls() {
		if held, err := holds(p, c.ID); err == nil && held {
			view.Pulls = append(view.Pulls, link{fmt.Sprintf("#%d %s", p.Issue.Number, p.Issue.Title), pathOfIssue(p.Issue)})
		}
	}
	return page{name: "commit", title: view.Line.Subject + " · " + c.ID[:shortID], view: view}, nil
}

func holds(p *world.Pull, id string) (bool, error) {
	if p.MergeCommit == id {
		return true, nil
	}
	commits, err := p.Commits()
	for _, c := range commits {
		if c.ID == id {
			return true, nil
		}
	}
	return false, err
}

// historyView is what the page of a branch's history shows.
type historyView struct {
	Head    repoHead
	Ref     string
	Commits []commitLine
	// Left: there are older ones.
	Left bool
}

// getHistory shows the commits of a branch along its first parents, the newest first.
func getHistory(v *visit) (page, error) {
	where := v.request.PathValue("where")
	if where == "" {
		where = v.repo.DefaultBranch
	}
	at, err := v.locate(where)
	if err != nil {
		return page{}, err
	}
	commits, err := v.repo.Git.FirstParents("", at.commit.ID)
	if err != nil {
		return page{}, err
	}
	view := historyView{Head: v.head("code"), Ref: at.ref, Left: len(commits) > maxHistory}
	view.Commits = v.commitLines(commits[:min(len(commits), maxHistory)])
	return page{name: "history", title: "History of " + at.ref + " · " + v.repo.FullName(), view: view}, nil
}

// compareView is what the page shows that compares two branches, and on which a pull request is opened.
type compareView struct {
	Head     repoHead
	Base     string
	Compared string
	Branches []branchLine
	// Ready: both are given and differ.
	Ready   bool
	Commits []commitLine
	Diff    diffView
	// Existing is the open pull request of the two.
	Existing *link
	// MayOpen: both are branches and the visitor may propose.
	MayOpen bool
	Title   string
}

// getCompare compares BASE...HEAD, or offers branches to compare.
func getCompare(v *visit) (page, error) {
	view := compareView{Head: v.head("pulls"), Base: v.repo.DefaultBranch}
	var err error
	if view.Branches, err = v.branches(""); err != nil {
		return page{}, err
	}
	if patch, is, err := v.comparedPatch(); is || err != nil {
		return patch, err
	}
	query := v.request.URL.Query()
	if base, head, given := strings.Cut(v.request.PathValue("basehead"), "..."); given {
		view.Base, view.Compared = base, head
	} else if query.Get("base") != "" {
		view.Base, view.Compared = query.Get("base"), query.Get("head")
	}
	if view.Compared != "" {
		if err := v.compare(&view); err != nil {
			return page{}, err
		}
	}
	return page{name: "compare", title: "Compare · " + v.repo.FullName(), view: view}, nil
}

// comparedPatch is the comparison as git prints it, where the path ends with .diff or .patch and no branch does.
func (v *visit) comparedPatch() (page, bool, error) {
	path := v.request.PathValue("basehead")
	plain := strings.TrimSuffix(strings.TrimSuffix(path, ".diff"), ".patch")
	base, head, given := strings.Cut(plain, "...")
	if !given || plain == path {
		return page{}, false, nil
	}
	if tip, err := v.repo.Tip(head + strings.TrimPrefix(path, plain)); err != nil || tip != "" {
		return page{}, false, err
	}
	from, err := v.repo.Resolve(base)
	if err != nil {
		return page{}, false, err
	}
	to, err := v.repo.Resolve(head)
	if err != nil {
		return page{}, false, err
	}
	fork, err := v.repo.Git.MergeBase(from.ID, to.ID)
	if err != nil {
		return page{}, false, err
	}
	patch, err := v.repo.Git.Patch(fork, to.ID)
	return plainText(patch), true, err
}

// plainText sends bytes as they are, never as a page.
func plainText(content []byte) page {
	return page{content: append([]byte{}, content...), media: "text/plain; charset=utf-8"}
}

func (v *visit) compare(view *compareView) error {
	base, err := v.repo.Resolve(view.Base)
	if err != nil {
		return err
	}
	head, err := v.repo.Resolve(view.Compared)
	if err != nil {
		return err
	}
	commits, err := v.repo.Git.Range(base.ID, head.ID)
	if err != nil {
		return err
	}
	fork, err := v.repo.Git.MergeBase(base.ID, head.ID)
	if err != nil {
		return err
	}
	changes, err := v.repo.Git.Changes(fork, head.ID)
	if err != nil {
		return err
	}
	if view.Diff, err = v.diff(changes, head.ID, nil); err != nil {
		return err
	}
	view.Ready, view.Commits = len(commits) > 0, v.commitLines(commits[:min(len(commits), maxHistory)])
	if len(commits) > 0 {
		view.Title, _, _ = strings.Cut(strings.TrimSpace(commits[len(commits)-1].Message), "\n")
	}
	for _, p := range v.repo.OpenPulls() {
		if p.Base == view.Base && p.Head == view.Compared {
			view.Existing = &link{fmt.Sprintf("#%d %s", p.Issue.Number, p.Issue.Title), pathOfIssue(p.Issue)}
		}
	}
	baseTip, err := v.repo.Tip(view.Base)
	if err != nil {
		return err
	}
	headTip, err := v.repo.Tip(view.Compared)
	view.MayOpen = view.Ready && view.Existing == nil && baseTip != "" && headTip != "" && v.actor.Account != nil
	return err
}

// postPull opens a pull request.
func postPull(v *visit) (string, error) {
	var p *world.Pull
	err := v.write(func() (err error) {
		p, err = v.site.World.OpenPull(v.actor, v.repo, world.NewPull{
			Title: v.field("title"), Body: v.field("body"), Head: v.field("head"), Base: v.field("base"), Draft: v.field("draft") != "",
		})
		return err
	})
	if err != nil {
		return "", err
	}
	return pathOfIssue(p.Issue), nil
}
