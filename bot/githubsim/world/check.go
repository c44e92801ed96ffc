package world

import (
	"fmt"
	"slices"
	"time"
)

// Limits of check runs. Source: GitHub's REST description, checks/create and checks/update.
const (
	maxAnnotations     = 50
	maxOutput          = 65535
	maxActions         = 3
	maxActionLabel     = 20
	maxActionText      = 40
	maxAnnotationTitle = 255
	maxAnnotationBytes = 64 << 10
	maxRunsOfName      = 1000
)

// CheckSuite are the runs of one App on one commit.
type CheckSuite struct {
	ID      int64
	Repo    *Repo
	App     *App
	HeadSHA string
	// Branch is the branch whose push asked for it, "" where a run came first.
	Branch  string
	Before  string
	Created time.Time
	Updated time.Time
}

// CheckRun is a check run.
type CheckRun struct {
	ID         int64
	Suite      *CheckSuite
	App        *App
	Name       string
	HeadSHA    string
	ExternalID string
	DetailsURL string // "" is the run's own page
	Status     string
	Conclusion string // "" until completed
	Started    time.Time
	Completed  time.Time // zero until completed
	Output     Output
	Actions    []Action
}

// Output is what a check run shows. Its texts are kept byte for byte.
type Output struct {
	Title       *string
	Summary     *string
	Text        *string
	Annotations []Annotation
}

// Annotation is a remark on lines of a file.
type Annotation struct {
	Path        string  `json:"path"`
	StartLine   int     `json:"start_line"`
	EndLine     int     `json:"end_line"`
	StartColumn *int    `json:"start_column"`
	EndColumn   *int    `json:"end_column"`
	Level       string  `json:"annotation_level"`
	Message     string  `json:"message"`
	Title       *string `json:"title"`
	RawDetails  *string `json:"raw_details"`
}

// Action is a button of a check run.
type Action struct {
	Label       string `json:"label"`
	Description string `json:"description"`
	Identifier  string `json:"identifier"`
}

// RunFields are the fields of a check run that a request sets; nil leaves one as it is.
type RunFields struct {
	Name       *string
	HeadSHA    string // only when a run is made
	ExternalID *string
	DetailsURL *string
	Status     *string
	Conclusion *string
	Started    *time.Time
	Completed  *time.Time
	Output     *Output
	Actions    *[]Action
}

// AddRun makes a check run of the actor's App.
func (w *World) AddRun(actor Actor, r *Repo, f RunFields) (*CheckRun, error) {
	if _, err := r.Git.Commit(f.HeadSHA); err != nil {
		return nil, Unprocessable("No commit found for SHA: " + f.HeadSHA)
	}
	if f.Name == nil || *f.Name == "" {
		return nil, Unprocessable("Invalid request.\n\n\"name\" wasn't supplied.")
	}
	if err := checkRunFields(f); err != nil {
		return nil, err
	}
	suite := w.suite(r, actor.App, f.HeadSHA)
	run := &CheckRun{ID: w.NextID(), Suite: suite, App: actor.App, HeadSHA: f.HeadSHA, Status: "queued", Started: w.stamp}
	w.setRun(run, f)
	r.Runs = append(r.Runs, run)
	r.dropOldest(run)
	w.emit(Event{Name: "check_run", Action: "created", Repo: r, Sender: actor.Account, Run: run})
	if run.Status == "completed" {
		w.completed(actor, run)
	}
	return run, nil
}

// dropOldest keeps at most maxRunsOfName runs of a name in a suite.
func (r *Repo) dropOldest(added *CheckRun) {
	same := func(run *CheckRun) bool { return run.Suite == added.Suite && run.Name == added.Name }
	count := 0
	for _, run := range r.Runs {
		if same(run) {
			count++
		}
	}
	if count > maxRunsOfName {
		oldest := slices.IndexFunc(r.Runs, same)
		r.Runs = slices.Delete(r.Runs, oldest, oldest+1)
	}
}

// suite finds the App's newest suite for the commit, or makes one.
func (w *World) suite(r *Repo, app *App, id string) *CheckSuite {
	for i := len(r.Suites) - 1; i >= 0; i-- {
		if s := r.Suites[i]; s.App == app && s.HeadSHA == id {
			return s
		}
	}
	s := &CheckSuite{ID: w.NextID(), Repo: r, App: app, HeadSHA: id, Created: w.stamp, Updated: w.stamp}
	for _, p := range r.OpenPulls() {
		if p.HeadSHA == id {
			s.Branch = p.Head
		}
	}
	r.Suites = append(r.Suites, s)
	return s
}

// AddSuite makes a suite by request. It reports false where the App has one for the commit already.
func (w *World) AddSuite(actor Actor, r *Repo, id string) (*CheckSuite, bool, error) {
	if _, err := r.Git.Commit(id); err != nil {
		return nil, false, Unprocessable("No commit found for SHA: " + id)
	}
	before := len(r.Suites)
	s := w.suite(r, actor.App, id)
	return s, len(r.Suites) > before, nil
}

// requestSuites makes a suite for every App that may write checks, and asks it to fill it.
func (w *World) requestSuites(actor Actor, r *Repo, m Move) {
	for _, i := range w.installations {
		if !i.Covers(r) || !Grants(i.App.Permissions, "checks", "write") {
			continue
		}
		before := len(r.Suites)
		s := w.suite(r, i.App, m.After)
		if len(r.Suites) == before {
			continue // another branch brought this commit before
		}
		s.Branch, s.Before = m.branch(), m.Before
		w.emit(Event{Name: "check_suite", Action: "requested", Repo: r, Sender: actor.Account, To: i.App, Suite: s})
	}
}

// EditRun changes a check run. Only the App that made it may.
func (w *World) EditRun(actor Actor, run *CheckRun, f RunFields) error {
	if actor.App != run.App {
		return Forbidden("Invalid app_id `" + fmt.Sprint(actor.App.ID) + "` - check run can only be modified by the GitHub App that created it.")
	}
	if err := checkRunFields(f); err != nil {
		return err
	}
	was := run.Status
	w.setRun(run, f)
	run.Suite.Updated = w.stamp
	if run.Status == "completed" && was != "completed" {
		w.completed(actor, run)
	}
	return nil
}

func (w *World) completed(actor Actor, run *CheckRun) {
	w.emit(Event{Name: "check_run", Action: "completed", Repo: run.Suite.Repo, Sender: actor.Account, Run: run})
}

// setRun takes over the fields of a request. A conclusion completes the run; its annotations are added to those there.
func (w *World) setRun(run *CheckRun, f RunFields) {
	set(&run.Name, f.Name)
	set(&run.ExternalID, f.ExternalID)
	set(&run.DetailsURL, f.DetailsURL)
	set(&run.Started, f.Started)
	set(&run.Actions, f.Actions)
	if f.Status != nil {
		run.Status = *f.Status
		if run.Status != "completed" {
			run.Conclusion, run.Completed = "", time.Time{}
		}
	}
	if f.Conclusion != nil {
		run.Status, run.Conclusion = "completed", *f.Conclusion
		if f.Completed == nil && run.Completed.IsZero() {
			run.Completed = w.stamp
		}
	}
	set(&run.Completed, f.Completed)
	if f.Output == nil {
		return
	}
	if f.Output.Title != nil {
		run.Output.Title = f.Output.Title
	}
	if f.Output.Summary != nil {
		run.Output.Summary = f.Output.Summary
	}
	if f.Output.Text != nil {
		run.Output.Text = f.Output.Text
	}
	run.Output.Annotations = append(run.Output.Annotations, f.Output.Annotations...)
}

func set[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}

// checkRunFields refuses what GitHub refuses, in the words of its schema validator.
func checkRunFields(f RunFields) error {
	statuses := []string{"queued", "in_progress", "completed", "waiting", "requested", "pending"}
	conclusions := []string{"success", "failure", "neutral", "cancelled", "skipped", "timed_out", "action_required"}
	switch {
	case f.Status != nil && !slices.Contains(statuses, *f.Status):
		return notMember(*f.Status, statuses)
	case f.Conclusion != nil && !slices.Contains(conclusions, *f.Conclusion):
		return notMember(*f.Conclusion, conclusions)
	case f.Conclusion == nil && f.Status != nil && *f.Status == "completed":
		return Unprocessable("Invalid request.\n\nNo subschema in \"anyOf\" matched.\n\"conclusion\" wasn't supplied.\ncompleted is not a member of [\"queued\", \"in_progress\"].")
	}
	if err := checkActions(f.Actions); err != nil || f.Output == nil {
		return err
	}
	return checkOutput(*f.Output)
}

func checkActions(actions *[]Action) error {
	if actions == nil {
		return nil
	}
	if len(*actions) > maxActions {
		return Unprocessable(fmt.Sprintf("Invalid request.\n\nNo more than %d items are allowed; %d were supplied.", maxActions, len(*actions)))
	}
	for _, a := range *actions {
		if a.Label == "" || a.Identifier == "" || a.Description == "" {
			return Unprocessable("Invalid request.\n\n\"label\", \"description\", \"identifier\" weren't supplied.")
		}
		if len([]rune(a.Label)) > maxActionLabel || len([]rune(a.Identifier)) > maxActionLabel || len([]rune(a.Description)) > maxActionText {
			return Unprocessable(fmt.Sprintf("Invalid request.\n\nOnly %d characters are allowed for label and identifier, %d for description.", maxActionLabel, maxActionText))
		}
	}
	return nil
}

func checkOutput(o Output) error {
	if o.Summary == nil {
		return Unprocessable("Invalid request.\n\n\"summary\" wasn't supplied.")
	}
	for name, text := range map[string]*string{"summary": o.Summary, "text": o.Text} {
		if text != nil && len([]rune(*text)) > maxOutput {
			return Unprocessable(fmt.Sprintf("Invalid request.\n\nOnly %d characters are allowed for %s; %d were supplied.", maxOutput, name, len([]rune(*text))))
		}
	}
	if len(o.Annotations) > maxAnnotations {
		return Unprocessable(fmt.Sprintf("Invalid request.\n\nNo more than %d items are allowed; %d were supplied.", maxAnnotations, len(o.Annotations)))
	}
	for _, a := range o.Annotations {
		if err := checkAnnotation(a); err != nil {
			return err
		}
	}
	return nil
}

func checkAnnotation(a Annotation) error {
	switch {
	case a.Path == "" || a.Message == "" || a.StartLine < 1 || a.EndLine < a.StartLine:
		return Unprocessable("Invalid request.\n\nAn annotation needs path, message, start_line and an end_line that is not before it.")
	case !slices.Contains([]string{"notice", "warning", "failure"}, a.Level):
		return notMember(a.Level, []string{"notice", "warning", "failure"})
	case a.StartLine != a.EndLine && (a.StartColumn != nil || a.EndColumn != nil):
		return Unprocessable("Invalid request.\n\nstart_column and end_column need start_line and end_line to be the same.")
	case len(a.Message) > maxAnnotationBytes || a.Title != nil && len([]rune(*a.Title)) > maxAnnotationTitle:
		return Unprocessable("Invalid request.\n\nThe title or message of an annotation is too long.")
	}
	return nil
}

// Run finds a check run by its id; nil for none.
func (r *Repo) Run(id int64) *CheckRun {
	return find(r.Runs, func(run *CheckRun) bool { return run.ID == id })
}

// Suite finds a check suite by its id; nil for none.
func (r *Repo) Suite(id int64) *CheckSuite {
	return find(r.Suites, func(s *CheckSuite) bool { return s.ID == id })
}

// RunsOf lists the check runs of the suite, oldest first; latest leaves only the newest of each name.
func (s *CheckSuite) RunsOf(latest bool) []*CheckRun {
	var runs []*CheckRun
	for _, run := range s.Repo.Runs {
		if run.Suite != s {
			continue
		}
		if latest {
			runs = slices.DeleteFunc(runs, func(old *CheckRun) bool { return old.Name == run.Name })
		}
		runs = append(runs, run)
	}
	return runs
}

// Outcome sums the suite's newest runs up: the status and, once all are completed, the conclusion.
func (s *CheckSuite) Outcome() (status, conclusion string) {
	runs := s.RunsOf(true)
	if len(runs) == 0 {
		return "queued", ""
	}
	worst := 0
	order := []string{"skipped", "neutral", "success", "cancelled", "timed_out", "action_required", "failure"}
	for _, run := range runs {
		if run.Status != "completed" {
			return "in_progress", ""
		}
		worst = max(worst, slices.Index(order, run.Conclusion))
	}
	return "completed", order[worst]
}

// RerequestRun asks the App to run its check again.
func (w *World) RerequestRun(actor Actor, run *CheckRun) error {
	if err := w.Require(actor, run.Suite.Repo, LevelWrite); err != nil {
		return err
	}
	w.emit(Event{Name: "check_run", Action: "rerequested", Repo: run.Suite.Repo, Sender: actor.Account, To: run.App, Run: run})
	return nil
}

// RerequestSuite asks the App to run all checks of the suite again.
func (w *World) RerequestSuite(actor Actor, s *CheckSuite) error {
	if err := w.Require(actor, s.Repo, LevelWrite); err != nil {
		return err
	}
	w.emit(Event{Name: "check_suite", Action: "rerequested", Repo: s.Repo, Sender: actor.Account, To: s.App, Suite: s})
	return nil
}

// Status is a commit status.
type Status struct {
	ID          int64
	SHA         string
	State       string
	Context     string
	Description string
	TargetURL   string
	Creator     *Account
	Created     time.Time
}

// AddStatus sets a status of a commit. Nothing is overwritten: the newest of a context counts.
func (w *World) AddStatus(actor Actor, r *Repo, s Status) (*Status, error) {
	if err := w.Require(actor, r, LevelWrite); err != nil {
		return nil, err
	}
	if _, err := r.Git.Commit(s.SHA); err != nil {
		return nil, Unprocessable("No commit found for SHA: " + s.SHA)
	}
	if !slices.Contains([]string{"error", "failure", "pending", "success"}, s.State) {
		return nil, Invalid(FieldError{Resource: "Status", Field: "state", Code: "custom", Message: "state is not included in the list"})
	}
	if s.Context == "" {
		s.Context = "default"
	}
	if len([]rune(s.Description)) > 140 {
		return nil, Invalid(FieldError{Resource: "Status", Field: "description", Code: "custom", Message: "description is too long (maximum is 140 characters)"})
	}
	s.ID, s.Creator, s.Created = w.NextID(), actor.Account, w.stamp
	r.Statuses = append(r.Statuses, &s)
	return &s, nil
}
