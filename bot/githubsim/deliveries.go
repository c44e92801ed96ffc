package githubsim

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/vidimus-bot/vidimus/bot/githubsim/hookshot"
	"github.com/vidimus-bot/vidimus/bot/githubsim/wire"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// Delivery is one attempt to deliver a webhook.
type Delivery struct {
	ID          int64
	App         string // slug
	GUID        string
	Event       string
	Action      string
	DeliveredAt time.Time
	Redelivery  bool
	// StatusCode is the receiver's, 502 where it could not be reached, 504 where it did not answer in time.
	StatusCode int
	Payload    []byte
}

// Deliveries lists the attempts for the App of that slug, or for all Apps, by id. Attempts older than three days of
// simulated time are gone, as on GitHub.
func (s *Sim) Deliveries(app string) []Delivery {
	var all []Delivery
	s.eachDelivery(app, func(slug string, d hookshot.Delivery) {
		all = append(all, Delivery{
			ID: d.ID, App: slug, GUID: d.GUID, Event: d.Message.Event, Action: d.Message.Action, DeliveredAt: d.DeliveredAt,
			Redelivery: d.Redelivery, StatusCode: d.StatusCode, Payload: d.Message.Payload,
		})
	})
	slices.SortFunc(all, func(a, b Delivery) int { return int(a.ID - b.ID) })
	return all
}

func (s *Sim) eachDelivery(app string, visit func(slug string, d hookshot.Delivery)) {
	for owner, hook := range s.allHooks() {
		if app != "" && owner.Slug != app {
			continue
		}
		for _, d := range hook.Log() {
			visit(owner.Slug, d)
		}
	}
}

// deliveryObjects are the attempts as the control API writes them: GitHub's own objects, with the App's slug.
func (s *Sim) deliveryObjects(app string) []wire.Object {
	objects := []wire.Object{}
	s.eachDelivery(app, func(slug string, d hookshot.Delivery) {
		o := wire.Delivery(d)
		o["app"] = slug
		objects = append(objects, o)
	})
	slices.SortFunc(objects, func(a, b wire.Object) int { return int(a["id"].(int64) - b["id"].(int64)) })
	return objects
}

// Redeliver sends a delivery again under its GUID. It reports false for one that is not in the log.
func (s *Sim) Redeliver(id int64) bool {
	for _, hook := range s.allHooks() {
		if hook.Redeliver(id) {
			return true
		}
	}
	return false
}

// WorldFormat names the form of what World writes.
const WorldFormat = "github-sim-world/1"

// World writes who and what there is, as JSON of the form WorldFormat. It holds no secrets.
func (s *Sim) World() ([]byte, error) {
	s.world.Lock()
	defer s.world.Unlock()
	users, organisations, apps := []wire.Object{}, []wire.Object{}, []wire.Object{}
	for _, a := range s.world.Accounts(world.KindUser) {
		users = append(users, wire.Object{"id": a.ID, "login": a.Login, "name": a.Name, "email": a.CommitEmail()})
	}
	for _, a := range s.world.Accounts(world.KindOrganisation) {
		organisations = append(organisations, organisationObject(a))
	}
	for _, app := range s.world.Apps() {
		apps = append(apps, s.appObject(app))
	}
	repositories := []wire.Object{}
	for _, r := range s.world.Repos() {
		o, err := s.repositoryObject(r)
		if err != nil {
			return nil, err
		}
		repositories = append(repositories, o)
	}
	return json.Marshal(wire.Object{
		"format": WorldFormat, "now": wire.Time(s.Now()), "users": users, "organisations": organisations, "repositories": repositories, "apps": apps,
		"addresses": wire.Object{
			"web": s.URL(), "api": s.wire.API() + "/", "uploads": s.URL() + "/api/uploads/", "graphql": s.URL() + "/api/graphql",
			"git": s.URL() + "/OWNER/REPO.git", "web_flow_key": s.URL() + "/web-flow.gpg",
		},
	})
}

func logins(accounts []*world.Account) []string {
	names := []string{}
	for _, a := range accounts {
		names = append(names, a.Login)
	}
	return names
}

func organisationObject(a *world.Account) wire.Object {
	teams := []wire.Object{}
	for _, t := range a.Teams {
		teams = append(teams, wire.Object{"id": t.ID, "slug": t.Slug, "members": logins(t.Members)})
	}
	return wire.Object{"id": a.ID, "login": a.Login, "name": a.Name, "owners": logins(a.Owners), "members": logins(a.Members), "teams": teams}
}

func (s *Sim) repositoryObject(r *world.Repo) (wire.Object, error) {
	refs, err := r.Git.Refs("refs/heads/")
	if err != nil {
		return nil, err
	}
	branches := map[string]string{}
	for name, id := range refs {
		branches[name[len("refs/heads/"):]] = id
	}
	pulls := []wire.Object{}
	for _, p := range r.Pulls() {
		pulls = append(pulls, wire.Object{
			"number": p.Issue.Number, "title": p.Issue.Title, "author": p.Issue.User.Login, "open": p.Open(), "draft": p.Draft, "merged": p.Merged,
			"head": p.Head, "head_sha": p.HeadSHA, "base": p.Base,
		})
	}
	return wire.Object{
		"id": r.ID, "full_name": r.FullName(), "private": r.Private, "default_branch": r.DefaultBranch, "branches": branches, "pulls": pulls,
		"clone_url": s.URL() + "/" + r.FullName() + ".git",
	}, nil
}

func (s *Sim) appObject(app *world.App) wire.Object {
	installations := []wire.Object{}
	for _, i := range s.world.Installations(app) {
		names := []string{}
		for _, r := range s.world.Repos() {
			if i.Covers(r) {
				names = append(names, r.FullName())
			}
		}
		installations = append(installations, wire.Object{"id": i.ID, "account": i.Account.Login, "repositories": names})
	}
	url := ""
	if hook := s.hookOf(app); hook != nil {
		url = hook.Settings().URL
	}
	return wire.Object{
		"id": app.ID, "slug": app.Slug, "bot_id": app.Bot.ID, "owner": app.Owner.Login, "webhook_url": url, "permissions": app.Permissions,
		"events": append([]string{}, app.Events...), "installations": installations,
	}
}
