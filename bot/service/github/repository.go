package github

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	gh "github.com/google/go-github/v60/github"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
)

// Repository is what the App does in one repository.
type Repository struct {
	app         *App
	in          *installation
	owner, name string
}

// Repository opens a repository of an installation by its present full name.
func (a *App) Repository(installation int64, fullName string) (*Repository, error) {
	owner, name, ok := strings.Cut(fullName, "/")
	if !ok || owner == "" || name == "" || strings.Contains(name, "/") {
		return nil, fmt.Errorf("%q is not the name of a repository", fullName)
	}
	in, err := a.installation(installation)
	if err != nil {
		return nil, err
	}
	return &Repository{app: a, in: in, owner: owner, name: name}, nil
}

// FullName is owner and name.
func (r *Repository) FullName() string { return r.owner + "/" + r.name }

// CloneURL is where Git finds the repository.
func (r *Repository) CloneURL() string { return r.app.WebURL(r.FullName() + ".git") }

// Token is the installation's token, for Git.
func (r *Repository) Token(ctx context.Context) (string, error) { return r.in.bearer(ctx, false) }

// Pull is a pull request as read.
type Pull struct {
	Number     int
	Title      string
	Author     facts.Account
	OpenedAt   string
	Branch     string // on which it is to land
	From       string // the branch that is proposed
	Fork       bool   // From is in another repository
	Head       string
	Draft      bool
	Open       bool
	MergedAt   string // "" if not merged
	MergedBy   facts.Account
	MergeID    string // the commit that the merge made
	Repository int64
}

// Pull reads one pull request.
func (r *Repository) Pull(ctx context.Context, number int) (Pull, error) {
	p, _, err := r.in.client.PullRequests.Get(ctx, r.owner, r.name, number)
	if err != nil {
		return Pull{}, r.app.sorted(fmt.Sprintf("read pull request %d", number), err)
	}
	if p.GetNumber() != number || p.GetHead().GetSHA() == "" {
		return Pull{}, fmt.Errorf("read pull request %d: %w", number, ErrAnswer)
	}
	return pull(p), nil
}

func pull(p *gh.PullRequest) Pull {
	out := Pull{
		Number: p.GetNumber(), Title: p.GetTitle(), Author: account(p.User), Branch: p.GetBase().GetRef(),
		Head: p.GetHead().GetSHA(), From: p.GetHead().GetRef(), OpenedAt: instant(p.GetCreatedAt().Time),
		Fork: p.GetHead().GetRepo().GetID() != p.GetBase().GetRepo().GetID(), Draft: p.GetDraft(), Open: p.GetState() == "open",
		MergedBy: account(p.MergedBy), Repository: p.GetBase().GetRepo().GetID(),
	}
	if p.MergedAt != nil {
		out.MergedAt, out.MergeID = instant(p.GetMergedAt().Time), p.GetMergeCommitSHA()
	}
	return out
}

func account(u *gh.User) facts.Account {
	return facts.Account{ID: u.GetID(), Login: u.GetLogin(), Type: u.GetType()}
}

// instant writes a time in the one form of facts; "" for none.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// maxPages bounds every list: 100 pages of 100.
const maxPages = 100

// pages reads a list to its end. read gets the page's number and gives that of
// the next, 0 at the end. A list longer than maxPages is an error: nothing is
// decided on a part.
func (a *App) pages(what string, read func(page int) (*gh.Response, error)) error {
	page := 1
	for range maxPages {
		answer, err := read(page)
		if err != nil {
			return a.sorted(what, err)
		}
		if page = answer.NextPage; page == 0 {
			return nil
		}
	}
	return fmt.Errorf("%s: more than %d pages", what, maxPages)
}

// OpenPulls reads all open pull requests.
func (r *Repository) OpenPulls(ctx context.Context) ([]Pull, error) {
	var found []Pull
	err := r.app.pages("list open pull requests", func(page int) (*gh.Response, error) {
		list, answer, err := r.in.client.PullRequests.List(ctx, r.owner, r.name, &gh.PullRequestListOptions{
			State: "open", ListOptions: gh.ListOptions{Page: page, PerPage: 100},
		})
		for _, p := range list {
			found = append(found, pull(p))
		}
		return answer, err
	})
	return found, err
}

// PullsOf reads the pull requests that brought a commit, or hold it.
func (r *Repository) PullsOf(ctx context.Context, commit string) ([]Pull, error) {
	var found []Pull
	err := r.app.pages("list pull requests of "+commit, func(page int) (*gh.Response, error) {
		list, answer, err := r.in.client.PullRequests.ListPullRequestsWithCommit(ctx, r.owner, r.name, commit,
			&gh.ListOptions{Page: page, PerPage: 100})
		for _, p := range list {
			found = append(found, pull(p))
		}
		return answer, err
	})
	return found, err
}

// Reviews reads all submitted reviews of a pull request, in GitHub's order.
func (r *Repository) Reviews(ctx context.Context, number int) ([]facts.Review, error) {
	found := []facts.Review{}
	err := r.app.pages(fmt.Sprintf("list reviews of %d", number), func(page int) (*gh.Response, error) {
		list, answer, err := r.in.client.PullRequests.ListReviews(ctx, r.owner, r.name, number,
			&gh.ListOptions{Page: page, PerPage: 100})
		if err == nil && list == nil {
			err = ErrAnswer // an empty answer is not an empty list: objections could be missing
		}
		for _, v := range list {
			if v.GetState() != "PENDING" {
				found = append(found, review(v))
			}
		}
		return answer, err
	})
	return found, err
}

func review(v *gh.PullRequestReview) facts.Review {
	return facts.Review{
		ID: v.GetID(), NodeID: v.GetNodeID(), User: account(v.User), Body: v.GetBody(), State: v.GetState(),
		SubmittedAt: instant(v.GetSubmittedAt().Time), CommitID: v.GetCommitID(), URL: v.GetHTMLURL(),
	}
}

// LastEdited asks GraphQL when the text of each review was edited last; "never"
// for one that was not. Reviews are named by node id.
func (r *Repository) LastEdited(ctx context.Context, nodes []string) (map[string]string, error) {
	query := map[string]any{
		"query":     `query($ids:[ID!]!){nodes(ids:$ids){... on PullRequestReview{id lastEditedAt}}}`,
		"variables": map[string]any{"ids": nodes},
	}
	request, err := r.in.client.NewRequest(http.MethodPost, r.app.graphQL(), query)
	if err != nil {
		return nil, fmt.Errorf("question for edits: %w", err)
	}
	var answer struct {
		Data struct {
			Nodes []struct {
				ID           string     `json:"id"`
				LastEditedAt *time.Time `json:"lastEditedAt"`
			} `json:"nodes"`
		} `json:"data"`
		Errors []struct {
			Message string `json:"message"`
		} `json:"errors"`
	}
	if _, err := r.in.client.Do(ctx, request, &answer); err != nil {
		return nil, r.app.sorted("ask for edits of reviews", err)
	}
	if len(answer.Errors) > 0 {
		return nil, fmt.Errorf("ask for edits of reviews: %w: %s", ErrInvalid, answer.Errors[0].Message)
	}
	edited := map[string]string{}
	for _, n := range answer.Data.Nodes {
		edited[n.ID] = "never"
		if n.LastEditedAt != nil {
			edited[n.ID] = instant(*n.LastEditedAt)
		}
	}
	return edited, nil
}

func (a *App) graphQL() string {
	if a.url.Host == publicHost {
		return "https://api.github.com/graphql"
	}
	return a.WebURL("api/graphql")
}

// Dismissals reads the dismissed reviews that the timeline shows.
func (r *Repository) Dismissals(ctx context.Context, number int) ([]facts.Dismissal, error) {
	found := []facts.Dismissal{}
	err := r.app.pages(fmt.Sprintf("read timeline of %d", number), func(page int) (*gh.Response, error) {
		path := fmt.Sprintf("repos/%s/%s/issues/%d/timeline?per_page=100&page=%d", r.owner, r.name, number, page)
		request, err := r.in.client.NewRequest(http.MethodGet, path, nil)
		if err != nil {
			return nil, err
		}
		var events []struct {
			Event     string    `json:"event"`
			Actor     *gh.User  `json:"actor"`
			CreatedAt time.Time `json:"created_at"`
			Dismissed struct {
				State  string `json:"state"`
				Review int64  `json:"review_id"`
			} `json:"dismissed_review"`
		}
		answer, err := r.in.client.Do(ctx, request, &events)
		for _, e := range events {
			if e.Event == "review_dismissed" {
				found = append(found, facts.Dismissal{
					Review: e.Dismissed.Review, By: account(e.Actor), At: instant(e.CreatedAt), State: e.Dismissed.State,
				})
			}
		}
		return answer, err
	})
	return found, err
}
