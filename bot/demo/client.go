package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Client acts on GitHub as one person would, through the REST API.
type Client struct {
	api   string // …/api/v3
	token string
	repo  string // owner/name
}

// maxAnswerBytes bounds an answer of the embedded GitHub.
const maxAnswerBytes = 32 << 20

// Call sends one request and reads the answer into out, if it is not nil. Any
// status of 400 or more is an error that carries GitHub's message.
func (c Client) Call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		encoded, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("%s %s: %w", method, path, err)
		}
		body = bytes.NewReader(encoded)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.api+path, body)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	r.Header.Set("Authorization", "token "+c.token)
	r.Header.Set("User-Agent", "vidimus-demo")
	r.Header.Set("Accept", "application/vnd.github+json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	defer func() { _ = answer.Body.Close() }() // read to its end below
	raw, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswerBytes))
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	if answer.StatusCode >= http.StatusBadRequest {
		return &refusal{method, path, answer.StatusCode, string(raw)}
	}
	if out == nil || len(raw) == 0 {
		return nil
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	return nil
}

// refusal is GitHub's no.
type refusal struct {
	method, path string
	status       int
	body         string
}

func (e *refusal) Error() string {
	return fmt.Sprintf("%s %s: %d %s", e.method, e.path, e.status, e.body)
}

// pull is a pull request.
type Pull struct {
	Number int    `json:"number"`
	State  string `json:"state"`
	Merged bool   `json:"merged"`
	Head   struct {
		SHA string `json:"sha"`
	} `json:"head"`
	MergeCommit string `json:"merge_commit_sha"`
	URL         string `json:"html_url"`
}

// OpenPull opens a pull request from a branch to main.
func (c Client) OpenPull(ctx context.Context, title, branch, body string) (Pull, error) {
	var p Pull
	err := c.Call(ctx, http.MethodPost, "/repos/"+c.repo+"/pulls",
		map[string]any{"title": title, "head": branch, "base": "main", "body": body}, &p)
	return p, err
}

// Pull reads a pull request.
func (c Client) Pull(ctx context.Context, number int) (Pull, error) {
	var p Pull
	err := c.Call(ctx, http.MethodGet, "/repos/"+c.repo+"/pulls/"+strconv.Itoa(number), nil, &p)
	return p, err
}

// review is a review of a pull request.
type Review struct {
	ID    int64  `json:"id"`
	State string `json:"state"`
	Body  string `json:"body"`
}

// Review submits a review: APPROVE, REQUEST_CHANGES or COMMENT.
func (c Client) Review(ctx context.Context, number int, event, body string) (Review, error) {
	var r Review
	err := c.Call(ctx, http.MethodPost, fmt.Sprintf("/repos/%s/pulls/%d/reviews", c.repo, number),
		map[string]any{"event": event, "body": body}, &r)
	return r, err
}

// Merge merges a pull request by a merge commit, if its head is the one named.
func (c Client) Merge(ctx context.Context, number int, head string) error {
	return c.Call(ctx, http.MethodPut, fmt.Sprintf("/repos/%s/pulls/%d/merge", c.repo, number),
		map[string]any{"sha": head, "merge_method": "merge"}, nil)
}

// check is one check run with its texts.
type Check struct {
	ID         int64  `json:"id"`
	ExternalID string `json:"external_id"`
	Status     string `json:"status"`
	Conclusion string `json:"conclusion"`
	App        struct {
		ID int64 `json:"id"`
	} `json:"app"`
	Output struct {
		Title   string `json:"title"`
		Summary string `json:"summary"`
		Text    string `json:"text"`
	} `json:"output"`
}

// Checks reads the runs named Vidimus on a commit, of whatever App, the newest first.
func (c Client) Checks(ctx context.Context, commit string) ([]Check, error) {
	var list struct {
		Runs []Check `json:"check_runs"`
	}
	err := c.Call(ctx, http.MethodGet, fmt.Sprintf("/repos/%s/commits/%s/check-runs?check_name=Vidimus", c.repo, commit), nil, &list)
	return list.Runs, err
}

// comment is a comment on a pull request.
type Comment struct {
	Body string `json:"body"`
	User struct {
		Login string `json:"login"`
	} `json:"user"`
}

// Comments reads the comments of a pull request.
func (c Client) Comments(ctx context.Context, number int) ([]Comment, error) {
	var list []Comment
	err := c.Call(ctx, http.MethodGet, fmt.Sprintf("/repos/%s/issues/%d/comments?per_page=100", c.repo, number), nil, &list)
	return list, err
}

// issue is an issue.
type Issue struct {
	Number int    `json:"number"`
	Title  string `json:"title"`
	Body   string `json:"body"`
	Pull   any    `json:"pull_request"`
}

// Issues reads all issues, open or not, the newest first.
func (c Client) Issues(ctx context.Context) ([]Issue, error) {
	var list []Issue
	err := c.Call(ctx, http.MethodGet, "/repos/"+c.repo+"/issues?state=all&per_page=100", nil, &list)
	issues := list[:0]
	for _, i := range list {
		if i.Pull == nil {
			issues = append(issues, i)
		}
	}
	return issues, err
}

// Branch reads the commit at which a branch stands; "" if there is none.
func (c Client) Branch(ctx context.Context, name string) (string, error) {
	var b struct {
		Commit struct {
			SHA string `json:"sha"`
		} `json:"commit"`
	}
	err := c.Call(ctx, http.MethodGet, "/repos/"+c.repo+"/branches/"+url.PathEscape(name), nil, &b)
	var no *refusal
	if errors.As(err, &no) && no.status == http.StatusNotFound {
		return "", nil
	}
	return b.Commit.SHA, err
}

// patience is how long the demo waits for something to come true. The App needs
// milliseconds; a loaded machine needs more.
const patience = 60 * time.Second

// Await asks until the answer is yes. It looks again often: everything happens on
// this machine.
func Await(ctx context.Context, what string, holds func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(15 * time.Millisecond)
	defer tick.Stop()
	for {
		ok, err := holds()
		if err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
		if ok {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("%s: did not come true within %s", what, patience)
		}
	}
}
