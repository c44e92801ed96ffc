package github

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	gh "github.com/google/go-github/v60/github"
)

// Delivery is one webhook delivery as GitHub's log holds it. Payload is absent
// in a list.
type Delivery struct {
	ID           int64 // of the attempt
	GUID         string
	Event        string
	Action       string
	At           time.Time
	Delivered    bool
	Installation int64
	Repository   int64
	Payload      []byte
}

// Deliveries visits GitHub's delivery log, the newest first, until visit says
// stop or the log ends. GitHub keeps three days.
func (a *App) Deliveries(ctx context.Context, visit func(Delivery) (more bool)) error {
	cursor := ""
	for range maxPages {
		list, answer, err := a.client.Apps.ListHookDeliveries(ctx, &gh.ListCursorOptions{Cursor: cursor, PerPage: 100})
		if err != nil {
			return a.sorted("read delivery log", err)
		}
		for _, d := range list {
			if !visit(delivery(d)) {
				return nil
			}
		}
		if cursor = answer.Cursor; cursor == "" {
			return nil
		}
	}
	return fmt.Errorf("delivery log has more than %d pages", maxPages)
}

// Delivery reads one delivery with its payload.
func (a *App) Delivery(ctx context.Context, id int64) (Delivery, error) {
	d, _, err := a.client.Apps.GetHookDelivery(ctx, id)
	if err != nil {
		return Delivery{}, a.sorted(fmt.Sprintf("read delivery %d", id), err)
	}
	full := delivery(d)
	if d.Request != nil && d.Request.RawPayload != nil {
		full.Payload = json.RawMessage(*d.Request.RawPayload)
	}
	return full, nil
}

func delivery(d *gh.HookDelivery) Delivery {
	return Delivery{
		ID: d.GetID(), GUID: d.GetGUID(), Event: d.GetEvent(), Action: d.GetAction(), At: d.GetDeliveredAt().Time.UTC(),
		Delivered: d.GetStatusCode() >= 200 && d.GetStatusCode() < 300, Installation: d.GetInstallationID(), Repository: d.GetRepositoryID(),
	}
}

// Installed is one repository of an installation.
type Installed struct {
	Installation int64
	Repository   int64
	FullName     string
	Branch       string // the default branch
}

// Repositories lists all repositories of all installations.
func (a *App) Repositories(ctx context.Context) ([]Installed, error) {
	var found []Installed
	list, _, err := a.client.Apps.ListInstallations(ctx, &gh.ListOptions{PerPage: 100})
	if err != nil {
		return nil, a.sorted("list installations", err)
	}
	for _, i := range list {
		in, err := a.installation(i.GetID())
		if err != nil {
			return nil, err
		}
		r := &Repository{app: a, in: in}
		err = r.pages("list repositories", func(page int) (*gh.Response, error) {
			repos, answer, err := in.client.Apps.ListRepos(ctx, &gh.ListOptions{Page: page, PerPage: 100})
			if repos != nil {
				for _, x := range repos.Repositories {
					found = append(found, Installed{i.GetID(), x.GetID(), x.GetFullName(), x.GetDefaultBranch()})
				}
			}
			return answer, err
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}
