// Package wire writes the embedded GitHub's state as GitHub's JSON: the objects of REST answers and the payloads of
// webhooks, which are mostly the same objects.
//
// In go objects of package world; out come maps for encoding/json. It decides nothing, changes nothing, and needs the
// world's lock like everybody who reads there. Source of the shapes: GitHub's REST and webhook descriptions.
package wire

import (
	"strings"
	"time"

	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// Object is a JSON object.
type Object = map[string]any

// Writer writes objects with the addresses of one simulator.
type Writer struct {
	// Web is the site's address without a trailing slash: http://127.0.0.1:8080.
	Web   string
	World *world.World
}

// API is the address of the REST API without a trailing slash.
func (w Writer) API() string { return w.Web + "/api/v3" }

// Time is a time as GitHub writes it; the zero time is null.
func Time(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}

// text is s, or null for "".
func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// list maps every element; it is never null in JSON.
func list[T any](all []T, write func(T) Object) []Object {
	objects := make([]Object, 0, len(all))
	for _, one := range all {
		objects = append(objects, write(one))
	}
	return objects
}

// addresses adds links to o: "NAME suffix" becomes NAME_url: prefix+suffix.
func addresses(o Object, prefix string, links ...string) {
	for _, link := range links {
		name, suffix, _ := strings.Cut(link, " ")
		o[name+"_url"] = prefix + suffix
	}
}

// User is a user, organisation or bot where it stands beside something else; nil is null.
func (w Writer) User(a *world.Account) any {
	if a == nil {
		return nil
	}
	return w.account(a)
}

func (w Writer) account(a *world.Account) Object {
	o := Object{
		"login": a.Login, "id": a.ID, "node_id": world.NodeID(string(a.Kind), a.ID), "gravatar_id": "",
		"avatar_url": w.Web + "/avatars/" + a.Login, "type": string(a.Kind), "site_admin": false, "user_view_type": "public",
	}
	name := a.Login
	if a.Kind == world.KindBot {
		name = strings.TrimSuffix(a.Login, "[bot]")
		o["html_url"] = w.Web + "/apps/" + name
		name += "%5Bbot%5D"
	} else {
		o["html_url"] = w.Web + "/" + name
	}
	o["url"] = w.API() + "/users/" + name
	addresses(o, w.API()+"/users/"+name,
		"followers /followers", "following /following{/other_user}", "gists /gists{/gist_id}", "starred /starred{/owner}{/repo}",
		"subscriptions /subscriptions", "organizations /orgs", "repos /repos", "events /events{/privacy}", "received_events /received_events")
	return o
}

// PublicUser is an account by itself.
func (w Writer) PublicUser(a *world.Account) Object {
	o := w.account(a)
	repos := 0
	for _, r := range w.World.Repos() {
		if r.Owner == a && !r.Private {
			repos++
		}
	}
	for _, name := range []string{"company", "blog", "location", "hireable", "bio", "twitter_username"} {
		o[name] = nil
	}
	o["name"], o["email"] = text(a.Name), text(a.Email)
	o["public_repos"], o["public_gists"], o["followers"], o["following"] = repos, 0, 0, 0
	o["created_at"], o["updated_at"] = Time(a.Created), Time(a.Created)
	return o
}

// PrivateUser is a user as it sees itself.
func (w Writer) PrivateUser(a *world.Account) Object {
	o := w.PublicUser(a)
	o["user_view_type"] = "private"
	for _, name := range []string{"private_gists", "total_private_repos", "owned_private_repos", "disk_usage", "collaborators"} {
		o[name] = 0
	}
	o["two_factor_authentication"] = true
	return o
}

// Organisation is an organisation where it stands beside something else.
func (w Writer) Organisation(a *world.Account) Object {
	o := Object{
		"login": a.Login, "id": a.ID, "node_id": world.NodeID(string(a.Kind), a.ID), "url": w.API() + "/orgs/" + a.Login,
		"avatar_url": w.Web + "/avatars/" + a.Login, "description": "",
	}
	addresses(o, w.API()+"/orgs/"+a.Login,
		"repos /repos", "events /events", "hooks /hooks", "issues /issues", "members /members{/member}", "public_members /public_members{/member}")
	return o
}

// FullOrganisation is an organisation by itself.
func (w Writer) FullOrganisation(a *world.Account) Object {
	o := w.Organisation(a)
	full := w.PublicUser(a)
	for _, name := range []string{"public_repos", "public_gists", "followers", "following", "html_url", "type", "created_at", "updated_at"} {
		o[name] = full[name]
	}
	o["name"], o["archived_at"] = a.Name, nil
	o["has_organization_projects"], o["has_repository_projects"] = false, false
	o["default_repository_permission"] = "read"
	o["members_can_create_repositories"] = false
	return o
}

// OrgMembership is what a user is in an organisation.
func (w Writer) OrgMembership(org, u *world.Account) Object {
	role := "member"
	if org.HasOwner(u) {
		role = "admin"
	}
	return Object{
		"url": w.API() + "/orgs/" + org.Login + "/memberships/" + u.Login, "state": "active", "role": role, "direct_membership": true,
		"organization_url": w.API() + "/orgs/" + org.Login, "organization": w.Organisation(org), "user": w.User(u),
		"enterprise_teams_providing_indirect_membership": []string{},
	}
}

// Team is a team where it stands beside something else.
func (w Writer) Team(t *world.Team) Object {
	privacy := "closed"
	if t.Secret {
		privacy = "secret"
	}
	api := w.API() + "/organizations/" + number(t.Org.ID) + "/team/" + number(t.ID)
	return Object{
		"id": t.ID, "node_id": world.NodeID("Team", t.ID), "name": t.Name, "slug": t.Slug, "description": text(t.Description),
		"privacy": privacy, "notification_setting": "notifications_enabled", "permission": "pull", "parent": nil,
		"url": api, "html_url": w.Web + "/orgs/" + t.Org.Login + "/teams/" + t.Slug, "members_url": api + "/members{/member}",
		"repositories_url": api + "/repos", "type": "organization", "organization_id": t.Org.ID,
	}
}

// FullTeam is a team by itself.
func (w Writer) FullTeam(t *world.Team) Object {
	o := w.Team(t)
	o["members_count"], o["repos_count"] = len(t.Members), len(t.Repos)
	o["created_at"], o["updated_at"] = Time(t.Created), Time(t.Updated)
	o["organization"] = w.FullOrganisation(t.Org)
	return o
}

// TeamMembership is what a user is in a team.
func (w Writer) TeamMembership(t *world.Team, u *world.Account) Object {
	role := "member"
	for _, m := range t.Maintainers {
		if m == u {
			role = "maintainer"
		}
	}
	return Object{"url": w.Team(t)["url"].(string) + "/memberships/" + u.Login, "role": role, "state": "active"}
}

// Key is an OpenPGP key of a user.
func (w Writer) Key(k *world.Key) Object {
	d := k.Public.Details()
	o := Object{
		"id": k.ID, "name": k.Name, "primary_key_id": nil, "key_id": d.KeyID, "public_key": base64Of(d.Packets),
		"can_sign": d.Signs, "can_encrypt_comms": d.Encrypt, "can_encrypt_storage": d.Encrypt, "can_certify": d.Certify,
		"created_at": Time(d.Created), "expires_at": Time(d.Expires), "revoked": false, "raw_key": k.Public.Armored,
	}
	o["emails"] = list(d.Emails, func(email string) Object { return Object{"email": email, "verified": true} })
	var subkeys []Object
	for i, s := range d.Subkeys {
		subkeys = append(subkeys, Object{
			"id": k.ID*100 + int64(i) + 1, "primary_key_id": k.ID, "key_id": s.KeyID, "public_key": base64Of(s.Packets), "emails": []Object{},
			"can_sign": s.Signs, "can_encrypt_comms": s.Encrypt, "can_encrypt_storage": s.Encrypt, "can_certify": false,
			"created_at": Time(s.Created), "expires_at": Time(s.Expires), "raw_key": nil, "revoked": false, "subkeys": []Object{},
		})
	}
	o["subkeys"] = subkeys
	if subkeys == nil {
		o["subkeys"] = []Object{}
	}
	return o
}
