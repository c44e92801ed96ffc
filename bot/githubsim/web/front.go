package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

func number(n int) string { return strconv.Itoa(n) }

// repoLine is a repository in a list.
type repoLine struct {
	Name      string
	Path      string
	About     string
	Private   bool
	OpenPulls []issueLine
	Issues    int
}

// frontView is what the first page shows.
type frontView struct {
	Repos []repoLine
	Apps  []appLine
	// Hidden counts the repositories that the visitor may not see.
	Hidden int
	Nobody bool
}

// appLine is an App in a list.
type appLine struct{ Name, Path string }

// getFront shows which repositories there are for the visitor.
func getFront(v *visit) (page, error) {
	view := frontView{Nobody: v.actor.Account == nil}
	for _, r := range v.site.World.Repos() {
		if v.site.World.LevelOf(v.actor, r) < world.LevelRead {
			view.Hidden++
			continue
		}
		view.Repos = append(view.Repos, lineOfRepo(r))
	}
	for _, app := range v.site.World.Apps() {
		view.Apps = append(view.Apps, appLine{app.Name, "/apps/" + app.Slug})
	}
	return page{name: "front", title: "Repositories", view: view}, nil
}

func lineOfRepo(r *world.Repo) repoLine {
	line := repoLine{Name: r.FullName(), Path: "/" + r.FullName(), About: r.Description, Private: r.Private}
	for _, i := range r.Issues {
		switch {
		case !i.Open:
		case i.Pull != nil:
			line.OpenPulls = append(line.OpenPulls, lineOfIssue(i))
		default:
			line.Issues++
		}
	}
	return line
}

// accountView is what the page of a user or an organisation shows.
type accountView struct {
	Who     person
	Kind    string
	Email   string
	Repos   []repoLine
	Owners  []person
	Members []person
	Teams   []teamLine
	Orgs    []person
	Keys    []string
	// IsVisitor offers to be nobody again.
	IsVisitor bool
	IsUser    bool
}

type teamLine struct {
	Name string
	Path string
	Size int
}

// getAccount shows a user or an organisation.
func getAccount(v *visit) (page, error) {
	a := v.site.World.Account(v.request.PathValue("owner"))
	if a == nil || a.Kind == world.KindBot {
		return page{}, world.NotFound()
	}
	view := accountView{
		Who: personOf(a), Kind: "Person", Email: a.Email, Owners: peopleOf(a.Owners), IsVisitor: a == v.actor.Account, IsUser: a.Kind == world.KindUser,
	}
	if a.Kind == world.KindOrganisation {
		view.Kind = "Organisation"
	}
	for _, m := range a.Members {
		if !a.HasOwner(m) {
			view.Members = append(view.Members, personOf(m))
		}
	}
	for _, t := range a.Teams {
		view.Teams = append(view.Teams, teamLine{t.Name, "/orgs/" + a.Login + "/teams/" + t.Slug, len(t.Members)})
	}
	for _, r := range v.site.World.Repos() {
		if r.Owner == a && v.site.World.LevelOf(v.actor, r) >= world.LevelRead {
			view.Repos = append(view.Repos, lineOfRepo(r))
		}
	}
	for _, org := range v.site.World.Accounts(world.KindOrganisation) {
		if org.HasMember(a) {
			view.Orgs = append(view.Orgs, personOf(org))
		}
	}
	for _, k := range a.Keys {
		view.Keys = append(view.Keys, k.Public.Details().KeyID)
	}
	return page{name: "account", title: a.Name, view: view}, nil
}

// teamView is what the page of a team shows.
type teamView struct {
	Name    string
	About   string
	Org     person
	Members []person
	Repos   []string
}

// getTeam shows a team to the members of its organisation.
func getTeam(v *visit) (page, error) {
	org := v.site.World.Account(v.request.PathValue("org"))
	if org == nil || !org.HasMember(v.actor.Account) {
		return page{}, world.NotFound()
	}
	t := org.Team(v.request.PathValue("team"))
	if t == nil {
		return page{}, world.NotFound()
	}
	view := teamView{Name: t.Name, About: t.Description, Org: personOf(org), Members: peopleOf(t.Members)}
	for id, level := range t.Repos {
		if r := v.site.World.RepoByID(id); r != nil {
			view.Repos = append(view.Repos, fmt.Sprintf("%s: %s", r.FullName(), level))
		}
	}
	slices.Sort(view.Repos)
	return page{name: "team", title: t.Name, view: view}, nil
}

// getAvatar draws initials, the picture that everybody has here.
func getAvatar(v *visit) (page, error) {
	a := v.site.World.Account(v.request.PathValue("login"))
	if a == nil {
		return page{}, world.NotFound()
	}
	p := personOf(a)
	colour := []string{"#3b3269", "#1f4e5f", "#5b3a1e", "#5a2440", "#2f4a26", "#39414d"}[p.Hue]
	letters := strings.NewReplacer("<", "", ">", "", "&", "").Replace(p.Initials)
	svg := `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" fill="` + colour +
		`"/><text x="20" y="26" font-family="sans-serif" font-size="16" fill="#fff" text-anchor="middle">` + letters + `</text></svg>`
	return page{content: []byte(svg), media: "image/svg+xml", status: http.StatusOK}, nil
}
