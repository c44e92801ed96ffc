package world

import (
	"slices"
	"time"
)

// Bounds of texts. Source: GitHub's own refusals ("body is too long (maximum is 65536 characters)").
const (
	maxTitle = 256
	maxBody  = 65536
)

// Issue is an issue, or what a pull request has of one.
type Issue struct {
	ID     int64
	Repo   *Repo
	Number int
	Title  string
	Body   string
	User   *Account
	// Via is the App through which it was made; nil for none.
	Via    *App
	Open   bool
	Reason string // completed, not_planned, duplicate, reopened, or ""
	Locked bool
	Labels []*Label
	// Pull is the pull request that it is; nil for an issue.
	Pull      *Pull
	Assignees []*Account
	Comments  []*Comment
	Timeline  []Moment
	Created   time.Time
	Updated   time.Time
	Closed    time.Time
	ClosedBy  *Account
}

// Comment is a comment on an issue or in a pull request's conversation.
type Comment struct {
	ID      int64
	Issue   *Issue
	User    *Account
	Via     *App
	Body    string
	Created time.Time
	Updated time.Time
	// Reactions are the contents ("+1", "eyes", ...) and by whom.
	Reactions []Reaction
}

// Reaction is one person's reaction to a comment.
type Reaction struct {
	ID      int64
	User    *Account
	Content string
	Created time.Time
}

// Moment is one entry of an issue's timeline. Which fields are set depends on Event.
type Moment struct {
	Event  string
	ID     int64
	Actor  *Account
	At     time.Time
	Commit string // committed, merged, head_ref_force_pushed
	Review *Review
	// OldState and Message are those of a review_dismissed.
	OldState ReviewState
	Message  string
	Comment  *Comment
	Label    *Label
	Reviewer *Account
	Team     *Team
	From, To string // renamed
}

func (i *Issue) log(m Moment) { i.Timeline = append(i.Timeline, m) }

// logCommits puts the pull request's commits that are new into its timeline, where they stand for the time of the push.
func (w *World) logCommits(p *Pull) error {
	commits, err := p.Commits()
	if err != nil {
		return err
	}
	for _, c := range commits {
		if !slices.ContainsFunc(p.Issue.Timeline, func(m Moment) bool { return m.Event == "committed" && m.Commit == c.ID }) {
			p.Issue.log(Moment{Event: "committed", At: w.stamp, Commit: c.ID})
		}
	}
	return nil
}

func checkText(resource, title, body string) error {
	switch {
	case title == "":
		return Invalid(FieldError{Resource: resource, Field: "title", Code: "missing_field"})
	case len([]rune(title)) > maxTitle:
		return Invalid(FieldError{Resource: resource, Field: "title", Code: "custom", Message: "title is too long (maximum is 256 characters)"})
	case len([]rune(body)) > maxBody:
		return Invalid(FieldError{Resource: resource, Field: "body", Code: "custom", Message: "body is too long (maximum is 65536 characters)"})
	}
	return nil
}

// addIssue makes the issue under everything that has a number; the caller sends the event.
func (w *World) addIssue(actor Actor, r *Repo, title, body string) *Issue {
	i := &Issue{
		ID: w.NextID(), Repo: r, Number: len(r.Issues) + 1, Title: title, Body: body, User: actor.Account, Via: actor.App,
		Open: true, Created: w.stamp, Updated: w.stamp,
	}
	r.Issues = append(r.Issues, i)
	return i
}

// NewIssue is an issue to be opened.
type NewIssue struct {
	Title     string
	Body      string
	Labels    []string
	Assignees []*Account
}

// OpenIssue opens an issue. Labels that do not exist are made, for who may.
func (w *World) OpenIssue(actor Actor, r *Repo, n NewIssue) (*Issue, error) {
	if err := w.Require(actor, r, LevelRead); err != nil {
		return nil, err
	}
	if err := checkText("Issue", n.Title, n.Body); err != nil {
		return nil, err
	}
	labels, err := w.labelsOf(actor, r, n.Labels)
	if err != nil {
		return nil, err
	}
	i := w.addIssue(actor, r, n.Title, n.Body)
	i.Assignees = n.Assignees
	w.emit(Event{Name: "issues", Action: "opened", Repo: r, Sender: actor.Account, Issue: i})
	w.addLabels(actor, i, labels)
	return i, nil
}

// labelsOf finds or makes labels. Who has less than triage sets none; GitHub drops them silently.
func (w *World) labelsOf(actor Actor, r *Repo, names []string) ([]*Label, error) {
	if w.LevelOf(actor, r) < LevelTriage {
		return nil, nil
	}
	var labels []*Label
	for _, name := range names {
		l, err := w.AddLabel(r, name, "ededed", "")
		if err != nil {
			return nil, err
		}
		labels = append(labels, l)
	}
	return labels, nil
}

// Issue finds an issue or pull request by number; nil for none.
func (r *Repo) Issue(number int) *Issue {
	if number < 1 || number > len(r.Issues) {
		return nil
	}
	return r.Issues[number-1]
}

// editText changes title and body and notes the old values in changes.
func (w *World) editText(actor Actor, i *Issue, title, body *string, changes map[string]any) error {
	newTitle, newBody := i.Title, i.Body
	if title != nil {
		newTitle = *title
	}
	if body != nil {
		newBody = *body
	}
	if err := checkText("Issue", newTitle, newBody); err != nil {
		return err
	}
	if newTitle != i.Title {
		changes["title"] = map[string]any{"from": i.Title}
		i.log(Moment{Event: "renamed", ID: w.NextID(), Actor: actor.Account, At: w.stamp, From: i.Title, To: newTitle})
	}
	if newBody != i.Body {
		changes["body"] = map[string]any{"from": i.Body}
	}
	i.Title, i.Body = newTitle, newBody
	return nil
}

// IssueEdit are the fields of an issue to be changed; nil leaves one as it is.
type IssueEdit struct {
	Title     *string
	Body      *string
	Open      *bool
	Reason    string
	Labels    *[]string
	Assignees *[]*Account
}

// EditIssue changes an issue. Its author may change texts and state, everything takes triage. On a pull request it
// does what EditPull does.
func (w *World) EditIssue(actor Actor, i *Issue, edit IssueEdit) error {
	if !actor.is(i.User) {
		if err := w.Require(actor, i.Repo, LevelTriage); err != nil {
			return err
		}
	}
	if err := w.editIssueLists(actor, i, edit); err != nil {
		return err
	}
	if i.Pull != nil {
		return w.EditPull(actor, i.Pull, PullEdit{Title: edit.Title, Body: edit.Body, Open: edit.Open})
	}
	changes := map[string]any{}
	if err := w.editText(actor, i, edit.Title, edit.Body, changes); err != nil {
		return err
	}
	i.Updated = w.stamp
	if len(changes) > 0 {
		w.emit(Event{Name: "issues", Action: "edited", Repo: i.Repo, Sender: actor.Account, Issue: i, Changes: changes})
	}
	switch {
	case edit.Open == nil || *edit.Open == i.Open:
		return nil
	case *edit.Open:
		w.reopen(actor, i)
		w.emit(Event{Name: "issues", Action: "reopened", Repo: i.Repo, Sender: actor.Account, Issue: i})
		return nil
	}
	if edit.Reason == "" {
		edit.Reason = "completed"
	}
	w.close(actor, i, edit.Reason)
	w.emit(Event{Name: "issues", Action: "closed", Repo: i.Repo, Sender: actor.Account, Issue: i})
	return nil
}

func (w *World) editIssueLists(actor Actor, i *Issue, edit IssueEdit) error {
	if edit.Labels != nil {
		labels, err := w.labelsOf(actor, i.Repo, *edit.Labels)
		if err != nil {
			return err
		}
		for _, l := range slices.Clone(i.Labels) {
			if !slices.Contains(labels, l) {
				w.RemoveLabel(actor, i, l)
			}
		}
		w.addLabels(actor, i, labels)
	}
	if edit.Assignees != nil {
		i.Assignees = *edit.Assignees
	}
	return nil
}

func (w *World) close(actor Actor, i *Issue, reason string) {
	i.Open, i.Reason, i.Closed, i.ClosedBy, i.Updated = false, reason, w.stamp, actor.Account, w.stamp
	i.log(Moment{Event: "closed", ID: w.NextID(), Actor: actor.Account, At: w.stamp})
}

func (w *World) reopen(actor Actor, i *Issue) {
	i.Open, i.Closed, i.ClosedBy, i.Updated = true, time.Time{}, nil, w.stamp
	if i.Pull == nil {
		i.Reason = "reopened"
	}
	i.log(Moment{Event: "reopened", ID: w.NextID(), Actor: actor.Account, At: w.stamp})
}

// SetLabels adds labels to an issue or pull request, making those that do not exist.
func (w *World) SetLabels(actor Actor, i *Issue, names []string) error {
	if err := w.Require(actor, i.Repo, LevelTriage); err != nil {
		return err
	}
	labels, err := w.labelsOf(actor, i.Repo, names)
	if err != nil {
		return err
	}
	w.addLabels(actor, i, labels)
	return nil
}

func (w *World) addLabels(actor Actor, i *Issue, labels []*Label) {
	for _, l := range labels {
		if slices.Contains(i.Labels, l) {
			continue
		}
		i.Labels = append(i.Labels, l)
		i.Updated = w.stamp
		w.labelled(actor, i, "labeled", l)
	}
}

// labelled tells that a label came or went.
func (w *World) labelled(actor Actor, i *Issue, event string, l *Label) {
	i.log(Moment{Event: event, ID: w.NextID(), Actor: actor.Account, At: w.stamp, Label: l})
	name := "issues"
	if i.Pull != nil {
		name = "pull_request"
	}
	w.emit(Event{Name: name, Action: event, Repo: i.Repo, Sender: actor.Account, Issue: i, Pull: i.Pull, Label: l})
}

// RemoveLabel takes a label off an issue or pull request.
func (w *World) RemoveLabel(actor Actor, i *Issue, l *Label) {
	i.Labels = slices.DeleteFunc(i.Labels, func(other *Label) bool { return other == l })
	i.Updated = w.stamp
	w.labelled(actor, i, "unlabeled", l)
}

// AddComment comments on an issue or pull request.
func (w *World) AddComment(actor Actor, i *Issue, body string) (*Comment, error) {
	if err := w.Require(actor, i.Repo, LevelRead); err != nil {
		return nil, err
	}
	if err := checkComment(body); err != nil {
		return nil, err
	}
	c := &Comment{ID: w.NextID(), Issue: i, User: actor.Account, Via: actor.App, Body: body, Created: w.stamp, Updated: w.stamp}
	i.Comments = append(i.Comments, c)
	i.Updated = w.stamp
	i.log(Moment{Event: "commented", ID: c.ID, Actor: actor.Account, At: w.stamp, Comment: c})
	w.emit(Event{Name: "issue_comment", Action: "created", Repo: i.Repo, Sender: actor.Account, Issue: i, Comment: c})
	return c, nil
}

func checkComment(body string) error {
	switch {
	case body == "":
		return Invalid(FieldError{Resource: "IssueComment", Field: "body", Code: "missing_field"})
	case len([]rune(body)) > maxBody:
		return Invalid(FieldError{Resource: "IssueComment", Field: "body", Code: "custom", Message: "body is too long (maximum is 65536 characters)"})
	}
	return nil
}

// Comment finds a comment in the repository by its id; nil for none.
func (r *Repo) Comment(id int64) *Comment {
	for _, i := range r.Issues {
		if c := find(i.Comments, func(c *Comment) bool { return c.ID == id }); c != nil {
			return c
		}
	}
	return nil
}

// mayChange refuses who is neither the comment's author nor may write.
func (w *World) mayChange(actor Actor, c *Comment) error {
	if actor.is(c.User) {
		return nil
	}
	return w.Require(actor, c.Issue.Repo, LevelWrite)
}

// EditComment changes the text of a comment.
func (w *World) EditComment(actor Actor, c *Comment, body string) error {
	if err := w.mayChange(actor, c); err != nil {
		return err
	}
	if err := checkComment(body); err != nil {
		return err
	}
	if body == c.Body {
		return nil
	}
	old := c.Body
	c.Body, c.Updated, c.Issue.Updated = body, w.stamp, w.stamp
	w.emit(Event{
		Name: "issue_comment", Action: "edited", Repo: c.Issue.Repo, Sender: actor.Account, Issue: c.Issue, Comment: c,
		Changes: map[string]any{"body": map[string]any{"from": old}},
	})
	return nil
}

// DeleteComment deletes a comment, also from the timeline.
func (w *World) DeleteComment(actor Actor, c *Comment) error {
	if err := w.mayChange(actor, c); err != nil {
		return err
	}
	i := c.Issue
	i.Comments = slices.DeleteFunc(i.Comments, func(other *Comment) bool { return other == c })
	i.Timeline = slices.DeleteFunc(i.Timeline, func(m Moment) bool { return m.Comment == c })
	i.Updated = w.stamp
	w.emit(Event{Name: "issue_comment", Action: "deleted", Repo: i.Repo, Sender: actor.Account, Issue: i, Comment: c})
	return nil
}

// React adds the actor's reaction to a comment, or finds the one that is there.
func (w *World) React(actor Actor, c *Comment, content string) (reaction Reaction, created bool, err error) {
	known := []string{"+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"}
	if !slices.Contains(known, content) {
		return Reaction{}, false, Invalid(FieldError{Resource: "Reaction", Field: "content", Code: "invalid"})
	}
	for _, r := range c.Reactions {
		if r.User == actor.Account && r.Content == content {
			return r, false, nil
		}
	}
	reaction = Reaction{ID: w.NextID(), User: actor.Account, Content: content, Created: w.stamp}
	c.Reactions = append(c.Reactions, reaction)
	return reaction, true, nil
}
