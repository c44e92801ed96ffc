package gate

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
)

// Delivery is one webhook delivery out of the inbox. Received is when we had it,
// by our clock.
type Delivery struct {
	ID       string
	Event    string
	Action   string
	Received time.Time
	Payload  []byte
}

// Hint is what a delivery is good for: it says that something may have changed,
// and it testifies what a review pointed at when it was submitted. It never
// decides anything.
type Hint struct {
	FullName      string
	DefaultBranch string
	Pull          int        // 0 if none
	Head          string     // announced head of the pull request
	Before        string     // the head that it replaced, "" if none
	Push          Push       // a branch that moved
	RunHead       string     // a commit whose check is asked for again
	Seen          facts.Seen // how this delivery was seen
	Testimony     *facts.Observation
	Body          string // of the review that the testimony is about
}

// Push is a branch that moved, and by whom.
type Push struct {
	Branch        string
	Before, After string
	Actor         facts.Account
}

// payload is the part of GitHub's payloads that is read. Source: GitHub Docs,
// "Webhook events and payloads".
type payload struct {
	Repository struct {
		FullName      string `json:"full_name"`
		DefaultBranch string `json:"default_branch"`
	} `json:"repository"`
	Sender struct {
		ID    int64  `json:"id"`
		Login string `json:"login"`
		Type  string `json:"type"`
	} `json:"sender"`
	Ref         string `json:"ref"`
	Before      string `json:"before"`
	After       string `json:"after"`
	PullRequest *struct {
		Number int `json:"number"`
		Head   struct {
			SHA string `json:"sha"`
		} `json:"head"`
	} `json:"pull_request"`
	Review *struct {
		ID          int64     `json:"id"`
		CommitID    string    `json:"commit_id"`
		State       string    `json:"state"`
		Body        string    `json:"body"`
		SubmittedAt time.Time `json:"submitted_at"`
		User        struct {
			ID int64 `json:"id"`
		} `json:"user"`
	} `json:"review"`
	CheckRun *struct {
		HeadSHA string `json:"head_sha"`
	} `json:"check_run"`
	CheckSuite *struct {
		HeadSHA string `json:"head_sha"`
	} `json:"check_suite"`
}

// ReadHint reads a delivery. An event that says nothing to us gives a Hint that
// asks for nothing; only what is no JSON object is an error.
func ReadHint(d Delivery) (Hint, error) {
	var p payload
	if err := json.Unmarshal(d.Payload, &p); err != nil {
		return Hint{}, fmt.Errorf("payload of delivery %s: %w", d.ID, err)
	}
	h := Hint{
		FullName: p.Repository.FullName, DefaultBranch: p.Repository.DefaultBranch,
		Seen: facts.Seen{At: d.Received.UTC().Format(time.RFC3339), By: facts.ByDelivery, Delivery: d.ID},
	}
	switch d.Event {
	case "pull_request":
		h.readPull(p)
		h.Before = p.Before
	case "pull_request_review":
		h.readPull(p)
		h.Head = "" // a review announces no head
		h.readReview(d, p)
	case "push":
		if branch, ok := strings.CutPrefix(p.Ref, "refs/heads/"); ok {
			h.Push = Push{Branch: branch, Before: p.Before, After: p.After, Actor: facts.Account(p.Sender)}
		}
	case "check_run", "check_suite":
		if d.Action == "rerequested" {
			h.RunHead = p.rerequested()
		}
	}
	return h, nil
}

func (h *Hint) readPull(p payload) {
	if p.PullRequest != nil {
		h.Pull, h.Head = p.PullRequest.Number, p.PullRequest.Head.SHA
	}
}

func (p payload) rerequested() string {
	if p.CheckRun != nil {
		return p.CheckRun.HeadSHA
	}
	if p.CheckSuite != nil {
		return p.CheckSuite.HeadSHA
	}
	return ""
}

// readReview makes the testimony. The commit is what GitHub said when it sent
// the delivery; later reads may say otherwise. LAW 5.1.
func (h *Hint) readReview(d Delivery, p payload) {
	if p.Review == nil || p.Review.ID == 0 {
		return
	}
	o := facts.Observation{
		ID: p.Review.ID, Pull: h.Pull, UserID: p.Review.User.ID, BodySHA256: facts.Digest([]byte(p.Review.Body)),
		Seen: h.Seen,
	}
	switch d.Action {
	case "submitted":
		o.Act, o.State, o.Commit = facts.ActReview, strings.ToUpper(p.Review.State), p.Review.CommitID
		o.SubmitTime = p.Review.SubmittedAt.UTC().Format(time.RFC3339)
		if o.State != "APPROVED" && o.State != "CHANGES_REQUESTED" {
			return // a comment says nothing that is judged
		}
	case "edited":
		o.Act, o.Actor = facts.ActEdit, p.Sender.ID
	case "dismissed":
		o.Act, o.Actor, o.BodySHA256 = facts.ActDismissal, p.Sender.ID, ""
	default:
		return
	}
	h.Testimony, h.Body = &o, p.Review.Body
}
