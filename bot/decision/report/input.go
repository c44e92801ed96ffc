package report

import (
	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
)

// Name is the name of the check run, which a ruleset requires.
const Name = "Vidimus"

// Marker begins the comment. It only helps to find the comment again when its stored id was lost, and counts
// only in a comment of the App.
const Marker = "<!-- vidimus:comment v1 -->"

// Limits of what is posted. GitHub takes 65,535 bytes of a summary or text, 65,536 characters of a comment or
// issue and 50 annotations a request; source: GitHub's OpenAPI, checks/create, and design/github/README.md.
const (
	MaxBodyBytes      = 60_000 // summary, text, comment, issue body
	MaxTitle          = 80     // of a check run, in code points
	MaxIssueTitle     = 120    // in code points
	MaxAnnotations    = 1_000  // in all; what is beyond stands in the summary's count only
	MaxAnnotationText = 60_000 // bytes of one message, where GitHub takes 64 KB
)

// Input is everything that the texts about one pull request are made from. Only Decision is needed; what is
// left out of the rest is left out of the texts.
type Input struct {
	Decision decision.Decision
	// Config is the governing configuration, for names, titles and logins; zero when it is unreadable.
	Config repoconfig.Config
	// Previous is the decision that was posted before for the same pull request; nil for the first, or when it
	// is not at hand. What it counted and Decision does not has ended, whatever the reason.
	Previous *decision.Decision
	// Others are the decisions on the other open pull requests with the same head that count (LAW 7.2): the
	// check run's conclusion is the AND of all.
	Others   []decision.Decision
	Proposal Proposal
	Links    Links
	// Number is the number of this verdict. LAW 7.2.
	Number int
	// Now is when the texts are made, "YYYY-MM-DDThh:mm:ssZ", and WaitingSince the date, "YYYY-MM-DD", since
	// which somebody is asked.
	Now, WaitingSince string
	// Reserve is how many bytes of Check.Text the caller needs for the witness block.
	Reserve int
}

// Proposal is what GitHub says of the pull request besides the facts of the decision.
type Proposal struct {
	Author facts.Account
	// OpenedAt is "YYYY-MM-DDThh:mm:ssZ".
	OpenedAt string
	// Branch is the branch that is proposed, Base the one that it is to land on.
	Branch, Base string
	// Fork: Branch is in another repository.
	Fork  bool
	Draft bool
}

// Links are addresses, absolute and http(s); "" for what does not exist. Anything else is taken as "", for
// no text holds a dead link.
type Links struct {
	Review  string // where the change is read and signed
	Details string // the check run's "Details"; "" is Review
	Site    string // the evidence site
}

// Check is one check run, completed.
type Check struct {
	Title      string // plain text, MaxTitle
	Conclusion decision.Conclusion
	Summary    string // Markdown, MaxBodyBytes
	// Text is the details, Markdown, at most MaxBodyBytes less Input.Reserve. The caller appends the witness
	// block.
	Text string
	// Annotations are blocking ones first; GitHub takes 50 a request, the rest as updates.
	Annotations []Annotation
	Details     string // URL, "" for none
}

// Level is how GitHub shows an annotation.
type Level string

// The levels.
const (
	Notice  Level = "notice"
	Warning Level = "warning"
	Fail    Level = "failure"
)

// Annotation stands at a place under "Files changed". Lines and columns count from 1; columns are 0 when the
// whole line is meant, and EndColumn is the last marked one. Title and Message are plain text.
type Annotation struct {
	Path                   string
	StartLine, EndLine     int
	StartColumn, EndColumn int
	Level                  Level
	Title, Message         string
}
