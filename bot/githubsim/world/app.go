package world

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// tokenLife is how long an installation token is good. Source: GitHub docs, "Generating an installation access token".
const tokenLife = time.Hour

// keyBits is the size of an App's key. GitHub makes the same.
const keyBits = 2048

// maxTokenRepos bounds the repositories of a narrowed token. Source: schema of create-installation-access-token.
const maxTokenRepos = 500

// App is a GitHub App.
type App struct {
	ID          int64
	Slug        string
	Name        string
	Owner       *Account
	Bot         *Account
	Key         *rsa.PublicKey
	Permissions map[string]string
	Events      []string
	Created     time.Time
	// HookID is the number of its webhook.
	HookID int64
}

// Installation is an App that an account has let in.
type Installation struct {
	ID      int64
	App     *App
	Account *Account
	Repos   map[int64]*Repo
	Created time.Time
	Updated time.Time

	spent budget
}

// Covers reports whether the installation may see the repository.
func (i *Installation) Covers(r *Repo) bool { return i.Repos[r.ID] != nil }

// NewApp is an App to be made.
type NewApp struct {
	// ID and BotID are 0 for the next free ones.
	ID          int64
	BotID       int64
	Slug        string
	Owner       *Account
	Permissions map[string]string
	Events      []string
	// Key is nil for a new one.
	Key *rsa.PrivateKey
}

// AddApp makes an App with its bot account and its key, which is returned in PEM and kept by nobody.
func (w *World) AddApp(n NewApp) (*App, string, error) {
	if slugOf(n.Slug) != n.Slug || !validLogin(n.Slug) {
		return nil, "", Invalid(FieldError{Resource: "Integration", Field: "slug", Code: "invalid", Message: fmt.Sprintf("slug %q may hold lower-case letters, digits and hyphens, at most %d", n.Slug, maxLogin)})
	}
	if w.AppBySlug(n.Slug) != nil || n.ID < 0 || n.ID > 0 && w.AppByID(n.ID) != nil {
		return nil, "", Invalid(FieldError{Resource: "Integration", Field: "slug", Code: "already_exists", Message: fmt.Sprintf("slug %q or id %d is taken", n.Slug, n.ID)})
	}
	permissions, err := checkPermissions(n.Permissions)
	if err != nil {
		return nil, "", err
	}
	botID, err := w.accountID(n.BotID)
	if err != nil {
		return nil, "", err
	}
	key := n.Key
	if key == nil {
		if key, err = rsa.GenerateKey(rand.Reader, keyBits); err != nil {
			return nil, "", fmt.Errorf("make key of App %s: %w", n.Slug, err)
		}
	}
	bot := &Account{ID: botID, Login: n.Slug + "[bot]", Name: n.Slug + "[bot]", Kind: KindBot, Created: w.stamp}
	w.accounts[bot.ID] = bot
	w.logins[strings.ToLower(bot.Login)] = bot
	app := &App{
		ID: n.ID, Slug: n.Slug, Name: n.Slug, Owner: n.Owner, Bot: bot, Key: &key.PublicKey,
		Permissions: permissions, Events: slices.Clone(n.Events), Created: w.stamp, HookID: w.NextID(),
	}
	if app.ID == 0 {
		app.ID = w.NextID()
	}
	w.apps = append(w.apps, app)
	block := &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}
	return app, string(pem.EncodeToMemory(block)), nil
}

// checkPermissions refuses words that no permission has, and adds metadata: read, which every App has.
func checkPermissions(wanted map[string]string) (map[string]string, error) {
	permissions := map[string]string{"metadata": "read"}
	for name, level := range wanted {
		if rank(level) < 1 || slugOf(name) != name {
			return nil, Invalid(FieldError{Resource: "Integration", Field: "permissions", Code: "invalid", Message: fmt.Sprintf("permission %s: %q is none of read, write, admin", name, level)})
		}
		permissions[name] = level
	}
	return permissions, nil
}

func rank(level string) int { return slices.Index([]string{"", "read", "write", "admin"}, level) }

// Grants reports whether permissions hold name at level or above.
func Grants(permissions map[string]string, name, level string) bool {
	return max(rank(permissions[name]), 0) >= max(rank(level), 1)
}

// AppBySlug finds an App; nil for none.
func (w *World) AppBySlug(slug string) *App {
	return find(w.apps, func(a *App) bool { return a.Slug == slug })
}

// AppByID finds an App; nil for none.
func (w *World) AppByID(id int64) *App { return find(w.apps, func(a *App) bool { return a.ID == id }) }

// Apps lists all Apps in the order in which they were made.
func (w *World) Apps() []*App { return w.apps }

func find[T any](all []*T, wanted func(*T) bool) *T {
	if i := slices.IndexFunc(all, wanted); i >= 0 {
		return all[i]
	}
	return nil
}

// Installations lists the installations of an App; nil lists all.
func (w *World) Installations(app *App) []*Installation {
	var all []*Installation
	for _, i := range w.installations {
		if app == nil || i.App == app {
			all = append(all, i)
		}
	}
	return all
}

// Install lets the App into the repositories, which belong to one account, or adds them to those it is in already.
// The account's owner is who does it.
func (w *World) Install(app *App, account *Account, repos []*Repo) *Installation {
	i := find(w.installations, func(i *Installation) bool { return i.App == app && i.Account == account })
	sender := account
	if len(account.Owners) > 0 {
		sender = account.Owners[0]
	}
	if i == nil {
		i = &Installation{ID: w.NextID(), App: app, Account: account, Repos: map[int64]*Repo{}, Created: w.stamp, Updated: w.stamp}
		w.installations = append(w.installations, i)
		for _, r := range repos {
			i.Repos[r.ID] = r
		}
		w.emit(Event{Name: "installation", Action: "created", Sender: sender, To: app, Installation: i, Added: repos})
		return i
	}
	var added []*Repo
	for _, r := range repos {
		if !i.Covers(r) {
			i.Repos[r.ID] = r
			added = append(added, r)
		}
	}
	if len(added) > 0 {
		i.Updated = w.stamp
		w.emit(Event{Name: "installation_repositories", Action: "added", Sender: sender, To: app, Installation: i, Added: added})
	}
	return i
}

// InstallationOf is the App's installation that covers the repository; nil for none.
func (w *World) InstallationOf(app *App, r *Repo) *Installation {
	return find(w.installations, func(i *Installation) bool { return i.App == app && i.Covers(r) })
}

// Narrowing is what a new installation token shall be limited to; zero values limit nothing.
type Narrowing struct {
	Permissions map[string]string
	RepoNames   []string
	RepoIDs     []int64
}

// AddInstallationToken makes a token for an hour. More than the installation has is refused.
func (w *World) AddInstallationToken(i *Installation, n Narrowing) (*Token, error) {
	t := &Token{Value: "ghs_" + secret(18), Account: i.App.Bot, Installation: i, Expires: w.stamp.Add(tokenLife)}
	t.Permissions = maps.Clone(i.App.Permissions)
	if n.Permissions != nil {
		t.Permissions = map[string]string{"metadata": "read"}
		for name, level := range n.Permissions {
			if rank(level) < 1 || !Grants(i.App.Permissions, name, level) {
				return nil, Unprocessable("The permissions requested are not granted to this installation.")
			}
			t.Permissions[name] = level
		}
	}
	if len(n.RepoIDs)+len(n.RepoNames) > maxTokenRepos {
		return nil, Unprocessable(fmt.Sprintf("There are more than %d repositories in the request.", maxTokenRepos))
	}
	if n.RepoIDs == nil && n.RepoNames == nil {
		w.tokens[t.Value] = t
		return t, nil
	}
	t.Repos = map[int64]*Repo{}
	for _, r := range i.Repos {
		if slices.Contains(n.RepoIDs, r.ID) || slices.Contains(n.RepoNames, r.Name) {
			t.Repos[r.ID] = r
		}
	}
	if len(t.Repos) != len(n.RepoIDs)+len(n.RepoNames) {
		return nil, Unprocessable("There is at least one repository that does not exist or is not accessible to the parent installation.")
	}
	w.tokens[t.Value] = t
	return t, nil
}

// ReposOf lists the repositories that the token may see, by id.
func (t *Token) ReposOf() []*Repo {
	repos := t.Repos
	if repos == nil {
		repos = t.Installation.Repos
	}
	return slices.SortedFunc(maps.Values(repos), func(a, b *Repo) int { return int(a.ID - b.ID) })
}
