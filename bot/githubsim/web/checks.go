package web

import (
	"fmt"

	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// mark is a state: a word, and the class that gives it its colour.
type mark struct{ Word, Class string }

// markOfRun is the state of a check run in words.
func markOfRun(status, conclusion string) mark {
	switch conclusion {
	case "success":
		return mark{"Success", "ok"}
	case "failure":
		return mark{"Failed", "bad"}
	case "timed_out":
		return mark{"Timed out", "bad"}
	case "action_required":
		return mark{"Action required", "due"}
	case "cancelled":
		return mark{"Cancelled", "past"}
	case "skipped":
		return mark{"Skipped", "past"}
	case "neutral":
		return mark{"Neutral", "past"}
	}
	if status == "in_progress" {
		return mark{"Running", "info"}
	}
	return mark{"Waiting", "info"}
}

func markOfLevel(level string) mark {
	switch level {
	case "failure":
		return mark{"Failure", "bad"}
	case "warning":
		return mark{"Warning", "due"}
	}
	return mark{"Notice", "info"}
}

// markOfStatus is the state of a commit status in words.
func markOfStatus(state string) mark {
	switch state {
	case "success":
		return mark{"Success", "ok"}
	case "pending":
		return mark{"Waiting", "info"}
	}
	return mark{"Failed", "bad"}
}

// checkLine is a check run, or a status, in a list.
type checkLine struct {
	Name  string
	App   string
	State mark
	Title string
	Path  string
}

// newestRuns are the newest runs of each name of each App on a commit, in the order in which they were made.
func (v *visit) newestRuns(id string) []*world.CheckRun {
	var runs []*world.CheckRun
	for _, s := range v.repo.Suites {
		if s.HeadSHA == id {
			runs = append(runs, s.RunsOf(true)...)
		}
	}
	return runs
}

func (v *visit) checkLines(id string) []checkLine {
	var lines []checkLine
	for _, run := range v.newestRuns(id) {
		lines = append(lines, v.lineOfRun(run))
	}
	newest := map[string]*world.Status{}
	var contexts []string
	for _, s := range v.repo.Statuses {
		if s.SHA != id {
			continue
		}
		if newest[s.Context] == nil {
			contexts = append(contexts, s.Context)
		}
		newest[s.Context] = s
	}
	for _, context := range contexts {
		s := newest[context]
		lines = append(lines, checkLine{Name: s.Context, App: s.Creator.Login, State: markOfStatus(s.State), Title: s.Description})
	}
	return lines
}

func (v *visit) lineOfRun(run *world.CheckRun) checkLine {
	line := checkLine{Name: run.Name, App: run.App.Name, State: markOfRun(run.Status, run.Conclusion), Path: v.runPath(run)}
	if run.Output.Title != nil {
		line.Title = *run.Output.Title
	}
	return line
}

func (v *visit) runPath(run *world.CheckRun) string {
	return fmt.Sprintf("/%s/runs/%d", v.repo.FullName(), run.ID)
}

// runView is one check run with all that it says.
type runView struct {
	Line    checkLine
	App     person
	Commit  string
	Path    string // of the commit
	Summary *prose
	Text    *prose
	Remarks []placedRemark
	Started moment
	Ended   *moment
	// Details is the page elsewhere that the App names, "" for none.
	Details string
	// Again asks the App to run once more, "" where the visitor cannot.
	Again string
	// Pulls are the open pull requests whose head the commit is.
	Pulls []link
}

type placedRemark struct {
	remarkLine
	Where string
	Path  string
}

func (v *visit) run(run *world.CheckRun) runView {
	view := runView{
		Line: v.lineOfRun(run), App: personOf(run.App.Bot), Commit: run.HeadSHA, Path: v.address("commit", run.HeadSHA, ""),
		Summary: proseOf(run.Output.Summary), Text: proseOf(run.Output.Text), Started: moment{run.Started}, Details: run.DetailsURL,
	}
	if !run.Completed.IsZero() {
		view.Ended = &moment{run.Completed}
	}
	for _, a := range run.Output.Annotations {
		where := fmt.Sprintf("%s line %d", a.Path, a.StartLine)
		if a.EndLine != a.StartLine {
			where = fmt.Sprintf("%s lines %d to %d", a.Path, a.StartLine, a.EndLine)
		}
		view.Remarks = append(view.Remarks, placedRemark{remarkOf(run, a), where, v.address("blob", run.HeadSHA, a.Path)})
	}
	if v.level() >= world.LevelWrite {
		view.Again = v.runPath(run) + "/again"
	}
	for _, p := range v.repo.OpenPulls() {
		if p.HeadSHA == run.HeadSHA {
			view.Pulls = append(view.Pulls, link{fmt.Sprintf("%s #%d", p.Issue.Title, p.Issue.Number), pathOfIssue(p.Issue)})
		}
	}
	return view
}

func proseOf(text *string) *prose {
	if text == nil || *text == "" {
		return nil
	}
	return &prose{Text: *text}
}

// runPage is a check run's own page.
type runPage struct {
	Head repoHead
	Run  runView
}

// getRun shows a check run.
func getRun(v *visit) (page, error) {
	run := v.repo.Run(v.number("id"))
	if run == nil {
		return page{}, world.NotFound()
	}
	return page{name: "run", title: run.Name + " · " + v.repo.FullName(), view: runPage{v.head("pulls"), v.run(run)}}, nil
}

// postAgain asks the App to run a check once more.
func postAgain(v *visit) (string, error) {
	run := v.repo.Run(v.number("id"))
	if run == nil {
		return "", world.NotFound()
	}
	return v.runPath(run), v.write(func() error { return v.site.World.RerequestRun(v.actor, run) })
}
