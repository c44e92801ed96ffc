package wire

import (
	"encoding/base64"
	"encoding/json"
	"strconv"

	"github.com/vidimus-bot/vidimus/bot/githubsim/hookshot"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

func number(id int64) string { return strconv.FormatInt(id, 10) }

func base64Of(data []byte) string { return base64.StdEncoding.EncodeToString(data) }

// App is an App.
func (w Writer) App(a *world.App) Object {
	events := a.Events
	if events == nil {
		events = []string{}
	}
	return Object{
		"id": a.ID, "slug": a.Slug, "client_id": "Iv1." + number(a.ID), "node_id": world.NodeID("App", a.ID), "owner": w.User(a.Owner),
		"name": a.Name, "description": "", "external_url": w.Web + "/apps/" + a.Slug, "html_url": w.Web + "/apps/" + a.Slug,
		"created_at": Time(a.Created), "updated_at": Time(a.Created), "permissions": a.Permissions, "events": events,
	}
}

// OwnApp is an App as it sees itself.
func (w Writer) OwnApp(a *world.App) Object {
	o := w.App(a)
	o["installations_count"] = len(w.World.Installations(a))
	return o
}

// Installation is an installation.
func (w Writer) Installation(i *world.Installation) Object {
	api := w.API() + "/app/installations/" + number(i.ID)
	web := w.Web + "/settings/installations/"
	if i.Account.Kind == world.KindOrganisation {
		web = w.Web + "/organizations/" + i.Account.Login + "/settings/installations/"
	}
	app := w.App(i.App)
	return Object{
		"id": i.ID, "account": w.User(i.Account), "repository_selection": "selected", "access_tokens_url": api + "/access_tokens",
		"repositories_url": w.API() + "/installation/repositories", "html_url": web + number(i.ID), "app_id": i.App.ID, "client_id": app["client_id"],
		"app_slug": i.App.Slug, "target_id": i.Account.ID, "target_type": string(i.Account.Kind), "permissions": i.App.Permissions,
		"events": app["events"], "created_at": Time(i.Created), "updated_at": Time(i.Updated), "single_file_name": nil,
		"has_multiple_single_files": false, "single_file_paths": []string{}, "suspended_by": nil, "suspended_at": nil,
	}
}

// Token is a new installation token.
func (w Writer) Token(t *world.Token) Object {
	o := Object{
		"token": t.Value, "expires_at": Time(t.Expires), "permissions": t.Permissions, "repository_selection": "selected",
	}
	if t.Repos != nil {
		o["repositories"] = list(t.ReposOf(), func(r *world.Repo) Object { return w.Repo(r, world.Actor{Token: t, Account: t.Account}) })
	}
	return o
}

// DeliveryItem is an entry of a hook's log in a list.
func DeliveryItem(d hookshot.Delivery) Object {
	o := Object{
		"id": d.ID, "guid": d.GUID, "delivered_at": Time(d.DeliveredAt), "redelivery": d.Redelivery,
		"duration": d.Duration.Seconds(), "status": d.Status, "status_code": d.StatusCode, "event": d.Message.Event,
		"action": text(d.Message.Action), "installation_id": nil, "repository_id": nil, "throttled_at": nil,
		"url": "", // GitHub names it only in the delivery by itself
	}
	if d.Message.InstallationID != 0 {
		o["installation_id"] = d.Message.InstallationID
	}
	if d.Message.RepositoryID != 0 {
		o["repository_id"] = d.Message.RepositoryID
	}
	return o
}

// Delivery is an entry of a hook's log with what was sent and answered.
func Delivery(d hookshot.Delivery) Object {
	o := DeliveryItem(d)
	o["url"] = d.URL
	o["request"] = Object{"headers": d.RequestHeader, "payload": json.RawMessage(d.Message.Payload)}
	response := Object{"headers": nil, "payload": nil}
	if d.ResponseHeader != nil {
		response = Object{"headers": d.ResponseHeader, "payload": d.ResponsePayload}
	}
	o["response"] = response
	return o
}
