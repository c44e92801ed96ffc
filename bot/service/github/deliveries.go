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

// maxLogPages bounds the delivery log: 50,000 deliveries in GitHub's three days.
const maxLogPages = 500

// Deliveries visits GitHub's delivery log, the newest first, until visit says
// stop or the log ends. GitHub keeps three days.
func (a *App) Deliveries(ctx context.Context, visit func(Delivery) (more bool)) error {
	cursor := ""
	for range maxLogPages {
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
	return fmt.Errorf("delivery log has more than %d pages", maxLogPages)
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

// Repositories lists all repositories of all installations in which the App can
// do something: suspended installations and archived repositories are left out.
func (a *App) Repositories(ctx context.Context) ([]Installed, error) {
	var installations []*gh.Installation
	err := a.pages("list installations", func(page int) (*gh.Response, error) {
		list, answer, err := a.client.Apps.ListInstallations(ctx, &gh.ListOptions{Page: page, PerPage: 100})
		installations = append(installations, list...)
		return answer, err
	})
	if err != nil {
		return nil, err
	}
	var found []Installed
	for _, i := range installations {
		if i.SuspendedAt != nil {
			continue
		}
		more, err := a.installed(ctx, i.GetID())
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	return found, nil
}

func (a *App) installed(ctx context.Context, id int64) ([]Installed, error) {
	in, err := a.installation(id)
	if err != nil {
		return nil, err
	}
	var found []Installed
	err = a.pages(fmt.Sprintf("list repositories of installation %d", id), func(page int) (*gh.Response, error) {
		list, answer, err := in.client.Apps.ListRepos(ctx, &gh.ListOptions{Page: page, PerPage: 100})
		if list != nil {
			for _, r := range list.Repositories {
				if !r.GetArchived() {
					found = append(found, Installed{id, r.GetID(), r.GetFullName(), r.GetDefaultBranch()})
				}
			}
		}
		return answer, err
	})
	return found, err
}
