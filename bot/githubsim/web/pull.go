package web

import (
	"fmt"

	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// pullView is what the pages of a pull request show; which parts are set depends on the tab.
type pullView struct {
	Head   repoHead
	Number int
	Path   string
	Title  string
	State  mark
	Open   bool
	By     person
	Base   link
	Branch link
	Labels []string
	// Tab is conversation, commits, files or checks.
	Tab     string
	Commits int
	Files   int
	Checks  []checkLine

	Items     []item
	Reviewers []reviewerLine
	Merge     mergeBox
	Review    *reviewForm
	History   []commitLine
	Diff      diffView
	Runs      []runView
	// MaySpeak: the visitor is somebody. MayClose: they may close and reopen.
	MaySpeak bool
	MayClose bool
}

// reviewerLine is somebody who has reviewed or was asked to.
type reviewerLine struct {
	Who   person
	State mark
}

// reviewForm is the form that submits a review.
type reviewForm struct {
	Path string
	// Seen is the head that the page shows: the review is about it, whatever is pushed meanwhile.
	Seen string
	// Own: the visitor proposed this, and can only comment.
	Own bool
	// Draft is the text of a review that was begun and not submitted.
	Draft string
}

// pullPage gathers what all tabs show.
func (v *visit) pullPage(tab string) (*world.Pull, pullView, error) {
	p := v.repo.Pull(int(v.number("number")))
	if p == nil {
		return nil, pullView{}, world.NotFound()
	}
	line := lineOfIssue(p.Issue)
	view := pullView{
		Head: v.head("pulls"), Number: p.Issue.Number, Path: line.Path, Title: p.Issue.Title, State: line.State, Open: p.Open(), By: line.By,
		Base: link{p.Base, v.address("tree", p.Base, "")}, Branch: link{p.Head, v.address("tree", p.Head, "")}, Labels: line.Labels, Tab: tab,
		Checks: v.checkLines(p.HeadSHA), MaySpeak: v.actor.Account != nil,
		MayClose: v.actor.Account != nil && !p.Merged && (p.Issue.User == v.actor.Account || v.level() >= world.LevelTriage),
	}
	if tip, err := v.repo.Tip(p.Head); err != nil {
		return nil, view, err
	} else if tip == "" {
		view.Branch.Path = v.address("commit", p.HeadSHA, "") // the branch is gone
	}
	commits, err := p.Commits()
	if err != nil {
		return nil, view, err
	}
	files, err := p.Files()
	if err != nil {
		return nil, view, err
	}
	view.Commits, view.Files = len(commits), len(files)
	if v.actor.Account != nil && p.Open() && (tab == "conversation" || tab == "files") {
		view.Review = v.reviewForm(p)
	}
	return p, view, nil
}

func (v *visit) reviewForm(p *world.Pull) *reviewForm {
	form := &reviewForm{Path: pathOfIssue(p.Issue) + "/reviews", Seen: p.HeadSHA, Own: p.Issue.User == v.actor.Account}
	if begun := v.pending(p.Issue); begun != nil {
		form.Draft = begun.Body
	}
	return form
}

func (view pullView) page(part string) page {
	return page{name: "pull", title: fmt.Sprintf("%s%s · #%d", part, view.Title, view.Number), view: view}
}

// getPull shows the conversation with what stands between the pull request and its merge.
func getPull(v *visit) (page, error) {
	p, view, err := v.pullPage("conversation")
	if err != nil {
		return page{}, err
	}
	if view.Items, err = v.timeline(p.Issue); err != nil {
		return page{}, err
	}
	view.Reviewers = v.reviewers(p)
	if view.Merge, err = v.mergeBox(p); err != nil {
		return page{}, err
	}
	return view.page(""), nil
}

// reviewers lists the newest judgement of each reviewer, then who was asked and has not answered.
func (v *visit) reviewers(p *world.Pull) []reviewerLine {
	newest := map[*world.Account]world.ReviewState{}
	var order []*world.Account
	for _, r := range p.VisibleReviews(v.actor) {
		before, known := newest[r.User]
		if !known {
			order = append(order, r.User)
		}
		if !known || r.State != world.Commented || before == world.Commented {
			newest[r.User] = r.State
		}
	}
	var lines []reviewerLine
	for _, a := range order {
		lines = append(lines, reviewerLine{personOf(a), markOfReview(newest[a])})
	}
	for _, a := range p.Reviewers {
		lines = append(lines, reviewerLine{personOf(a), mark{"Asked", "due"}})
	}
	for _, t := range p.Teams {
		lines = append(lines, reviewerLine{person{Name: t.Name, Path: "/orgs/" + t.Org.Login + "/teams/" + t.Slug, Initials: initials(t.Name)}, mark{"Asked", "due"}})
	}
	return lines
}

// getPullCommits shows the commits.
func getPullCommits(v *visit) (page, error) {
	p, view, err := v.pullPage("commits")
	if err != nil {
		return page{}, err
	}
	commits, err := p.Commits()
	if err != nil {
		return page{}, err
	}
	view.History = v.commitLines(commits)
	return view.page("Commits of "), nil
}

// getPullFiles shows the changed files with the remarks of checks, and the form for a review.
func getPullFiles(v *visit) (page, error) {
	p, view, err := v.pullPage("files")
	if err != nil {
		return page{}, err
	}
	changes, err := p.Files()
	if err != nil {
		return page{}, err
	}
	if view.Diff, err = v.diff(changes, p.HeadSHA, v.remarksOn(p.HeadSHA)); err != nil {
		return page{}, err
	}
	return view.page("Files changed by "), nil
}

// getPullChecks shows all that the checks say about the head.
func getPullChecks(v *visit) (page, error) {
	p, view, err := v.pullPage("checks")
	if err != nil {
		return page{}, err
	}
	for _, run := range v.newestRuns(p.HeadSHA) {
		view.Runs = append(view.Runs, v.run(run))
	}
	return view.page("Checks on "), nil
}

// getPatch sends the change as git prints it: /pull/N.diff and /pull/N.patch.
func getPatch(v *visit, number int) (page, error) {
	p := v.repo.Pull(number)
	if p == nil {
		return page{}, world.NotFound()
	}
	fork, err := p.Fork()
	if err != nil {
		return page{}, err
	}
	patch, err := v.repo.Git.Patch(fork, p.HeadSHA)
	if err != nil {
		return page{}, err
	}
	return plainText(patch), nil
}
