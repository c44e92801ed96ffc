package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/vidimus-bot/vidimus/bot/githubsim/hookshot"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// appView is what the page of an App shows.
type appView struct {
	App           person
	Name          string
	Owner         person
	Permissions   []string
	Events        []string
	Installations []installationView
	// Hook is where its webhooks go, "" for nowhere.
	Hook string
	// Deliveries is the page of what was sent there, "" where the visitor may not see it.
	Deliveries string
}

// installationView is what the page of an installation shows.
type installationView struct {
	App     person
	Account person
	Repos   []link
	Path    string
}

// owns reports whether the visitor may look after the App.
func (v *visit) owns(app *world.App) bool {
	return v.actor.Account != nil && (app.Owner == v.actor.Account || app.Owner.HasOwner(v.actor.Account))
}

// getApp shows an App: what it may do, where it is installed.
func getApp(v *visit) (page, error) {
	app := v.site.World.AppBySlug(v.request.PathValue("slug"))
	if app == nil {
		return page{}, world.NotFound()
	}
	view := appView{App: personOf(app.Bot), Name: app.Name, Owner: personOf(app.Owner), Events: app.Events}
	for name, level := range app.Permissions {
		view.Permissions = append(view.Permissions, name+": "+level)
	}
	slices.Sort(view.Permissions)
	for _, i := range v.site.World.Installations(app) {
		view.Installations = append(view.Installations, v.installation(i))
	}
	if hook := v.site.Hook(app); hook != nil {
		view.Hook = hook.Settings().URL
		if v.owns(app) {
			view.Deliveries = "/apps/" + app.Slug + "/deliveries"
		}
	}
	return page{name: "app", title: app.Name, view: view}, nil
}

func (v *visit) installation(i *world.Installation) installationView {
	view := installationView{App: personOf(i.App.Bot), Account: personOf(i.Account), Path: fmt.Sprintf("/settings/installations/%d", i.ID)}
	if i.Account.Kind == world.KindOrganisation {
		view.Path = "/organizations/" + i.Account.Login + view.Path
	}
	for _, r := range v.site.World.Repos() {
		if i.Covers(r) && v.site.World.LevelOf(v.actor, r) >= world.LevelRead {
			view.Repos = append(view.Repos, link{r.FullName(), "/" + r.FullName()})
		}
	}
	return view
}

// getInstallation shows where an App is installed, to who sees the account.
func getInstallation(v *visit) (page, error) {
	for _, i := range v.site.World.Installations(nil) {
		if i.ID != v.number("id") {
			continue
		}
		if a := v.actor.Account; a == nil || a != i.Account && !i.Account.HasMember(a) && !v.owns(i.App) {
			break
		}
		return page{name: "installation", title: "Installation of " + i.App.Name, view: v.installation(i)}, nil
	}
	return page{}, world.NotFound()
}

// deliveriesView is what the list of deliveries shows, newest first.
type deliveriesView struct {
	App        person
	Hook       string
	Deliveries []deliveryLine
	// Older is the next page, "" for none.
	Older string
}

type deliveryLine struct {
	ID         int64
	GUID       string
	Event      string
	At         moment
	State      mark
	Redelivery bool
	Path       string
	Took       string
}

// deliveriesOnPage bounds one page of the list.
const deliveriesOnPage = 50

// deliveryHook finds App and hook of the path, for the App's owners.
func (v *visit) deliveryHook() (*world.App, *hookshot.Hook, error) {
	app := v.site.World.AppBySlug(v.request.PathValue("slug"))
	if app == nil || !v.owns(app) {
		return nil, nil, world.NotFound()
	}
	hook := v.site.Hook(app)
	if hook == nil {
		return nil, nil, world.NotFound()
	}
	return app, hook, nil
}

func lineOfDelivery(app *world.App, d hookshot.Delivery) deliveryLine {
	line := deliveryLine{
		ID: d.ID, GUID: d.GUID, Event: d.Message.Event, At: moment{d.DeliveredAt}, Redelivery: d.Redelivery,
		State: mark{fmt.Sprintf("%d %s", d.StatusCode, d.Status), "bad"}, Path: fmt.Sprintf("/apps/%s/deliveries/%d", app.Slug, d.ID),
		Took: d.Duration.Round(100_000).String(), // tenths of a millisecond
	}
	if d.Message.Action != "" {
		line.Event += " " + d.Message.Action
	}
	if d.StatusCode/100 == 2 {
		line.State.Class = "ok"
	}
	return line
}

// getDeliveries lists what was sent to an App.
func getDeliveries(v *visit) (page, error) {
	app, hook, err := v.deliveryHook()
	if err != nil {
		return page{}, err
	}
	var cursor int64
	if _, err := fmt.Sscan(v.request.URL.Query().Get("before"), &cursor); err != nil {
		cursor = 0 // the newest
	}
	found := hook.Page(cursor, deliveriesOnPage)
	view := deliveriesView{App: personOf(app.Bot), Hook: hook.Settings().URL}
	for _, d := range found.Deliveries {
		view.Deliveries = append(view.Deliveries, lineOfDelivery(app, d))
	}
	if found.Older != 0 {
		view.Older = fmt.Sprintf("/apps/%s/deliveries?before=%d", app.Slug, found.Older)
	}
	return page{name: "deliveries", title: "Deliveries to " + app.Name, view: view}, nil
}

// deliveryView is what the page of one delivery shows.
type deliveryView struct {
	App      person
	List     string
	Line     deliveryLine
	URL      string
	Request  []header
	Payload  string
	Response []header
	Answer   string
	Again    string
}

type header struct{ Name, Value string }

// getDelivery shows request and answer of one delivery.
func getDelivery(v *visit) (page, error) {
	app, hook, err := v.deliveryHook()
	if err != nil {
		return page{}, err
	}
	d, found := hook.Delivery(v.number("id"))
	if !found {
		return page{}, world.NotFound()
	}
	line := lineOfDelivery(app, d)
	view := deliveryView{
		App: personOf(app.Bot), List: "/apps/" + app.Slug + "/deliveries", Line: line, URL: d.URL, Request: headers(d.RequestHeader),
		Payload: indented(d.Message.Payload), Response: headers(d.ResponseHeader), Answer: d.ResponsePayload, Again: line.Path + "/attempts",
	}
	return page{name: "delivery", title: "Delivery of " + line.Event, view: view}, nil
}

func headers(set map[string]string) []header {
	var all []header
	for name, value := range set {
		all = append(all, header{name, value})
	}
	slices.SortFunc(all, func(a, b header) int {
		if a.Name < b.Name {
			return -1
		}
		return 1
	})
	return all
}

// postAttempt sends a delivery again.
func postAttempt(v *visit) (string, error) {
	app, hook, err := v.deliveryHook()
	if err != nil {
		return "", err
	}
	if !hook.Redeliver(v.number("id")) {
		return "", &world.Refusal{Status: http.StatusNotFound, Message: "The delivery is no longer in the log."}
	}
	return "/apps/" + app.Slug + "/deliveries", nil
}

// indented is JSON for people; what is none stays as it is.
func indented(raw []byte) string {
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", "  "); err != nil {
		return string(raw)
	}
	return out.String()
}
