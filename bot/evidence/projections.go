package evidence

import (
	"fmt"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
)

// ReviewProjection is the part of GitHub's answer about a review that is kept, by
// GitHub's own names; values are untouched. Source: GitHub REST API, "Reviews".
type ReviewProjection struct {
	Body        string            `json:"body"`
	CommitID    string            `json:"commit_id"`
	HTMLURL     string            `json:"html_url"`
	ID          int64             `json:"id"`
	NodeID      string            `json:"node_id"`
	State       string            `json:"state"`
	SubmittedAt string            `json:"submitted_at"`
	User        AccountProjection `json:"user"`
}

// AccountProjection is the part of an account that is kept.
type AccountProjection struct {
	ID    int64  `json:"id"`
	Login string `json:"login"`
	Type  string `json:"type"`
}

// PullProjection is the part of GitHub's answer about a pull request that is kept.
// Source: GitHub REST API, "Pulls".
type PullProjection struct {
	Base struct {
		Ref string `json:"ref"`
		SHA string `json:"sha"`
	} `json:"base"`
	Draft bool `json:"draft"`
	Head  struct {
		SHA string `json:"sha"`
	} `json:"head"`
	MergeCommitSHA string            `json:"merge_commit_sha"`
	MergedAt       string            `json:"merged_at"`
	MergedBy       AccountProjection `json:"merged_by"`
	Number         int               `json:"number"`
	Title          string            `json:"title"`
	User           AccountProjection `json:"user"`
}

// ProjectReview reduces a review of the facts to its projection.
func ProjectReview(r facts.Review) ReviewProjection {
	return ReviewProjection{
		Body: r.Body, CommitID: r.CommitID, HTMLURL: r.URL, ID: r.ID, NodeID: r.NodeID, State: r.State,
		SubmittedAt: r.SubmittedAt, User: AccountProjection(r.User),
	}
}

// ProjectPull reduces a landed pull request of the facts to its projection; nil for a
// direct push.
func ProjectPull(f facts.Facts) *PullProjection {
	if f.Pull == nil || f.Landing == nil || len(f.Landing.Commits) == 0 {
		return nil
	}
	p := &PullProjection{
		Draft: f.Pull.Draft, MergeCommitSHA: f.Landing.Commits[len(f.Landing.Commits)-1], MergedAt: f.Landing.At,
		MergedBy: AccountProjection(f.Landing.By), Number: f.Pull.Number, Title: f.Pull.Title, User: AccountProjection(f.Pull.Author),
	}
	p.Base.Ref, p.Base.SHA, p.Head.SHA = f.Pull.Branch, f.Base, f.Head
	return p
}

// addProjections files what GitHub said of the pull request and of every review.
func (b *builder) addProjections() error {
	if p := ProjectPull(*b.f); p != nil {
		raw, err := facts.Canonical(p)
		if err != nil {
			return fmt.Errorf("pull request: %w", err)
		}
		b.files[fmt.Sprintf("github/pull-%d.json", p.Number)] = raw
	}
	for _, r := range b.f.Reviews {
		raw, err := facts.Canonical(ProjectReview(r))
		if err != nil {
			return fmt.Errorf("review %d: %w", r.ID, err)
		}
		b.files[fmt.Sprintf("github/review-%d.json", r.ID)] = raw
	}
	return nil
}
