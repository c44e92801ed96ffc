package world

// Event is something that happened, for webhooks. Which fields are set depends on Name; the objects are as they were
// left by what happened, and must be read before the lock is given back.
type Event struct {
	Name   string
	Action string // "" for push, create, delete
	Repo   *Repo
	Sender *Account
	// To is the only App that learns of it; nil: all that have subscribed.
	To *App

	Installation *Installation
	Added        []*Repo // repositories of an installation event

	Pull    *Pull
	Review  *Review
	Issue   *Issue
	Comment *Comment
	Run     *CheckRun
	Suite   *CheckSuite
	Push    *Push
	// Changes are the old values of an edit: {"title": {"from": "..."}}.
	Changes map[string]any
	// Before and After are the heads of a synchronize.
	Before string
	After  string
	// Reviewer or Team was asked for a review.
	Reviewer *Account
	Team     *Team
	// Label was put on or taken off.
	Label *Label
	// OldState is the state that a dismissed review had.
	OldState string
}

// Push is one ref that moved.
type Push struct {
	Ref    string // refs/heads/main, refs/tags/v1
	Before string
	After  string
	// Forced: the new commit does not come from the old one.
	Forced bool
}
