package world

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/vidimus-bot/vidimus/bot/githubsim/webflow"
)

// Kind is the type of an account, in GitHub's words.
type Kind string

// The kinds of accounts.
const (
	KindUser         Kind = "User"
	KindOrganisation Kind = "Organization"
	KindBot          Kind = "Bot"
)

// Limits of names, from GitHub's own forms.
const (
	maxLogin = 39
	maxName  = 255
)

// Account is a user, an organisation, or the bot of an App.
type Account struct {
	ID      int64
	Login   string
	Name    string
	Email   string
	Kind    Kind
	Created time.Time
	Keys    []*Key // a user's
	// Note is what the pages say of a user beside the name, "" for nothing; Lead: the pages offer to be them everywhere.
	Note string
	Lead bool
	// Sign is what the user's own git would sign a commit with, as an armoured signature made at that time; nil where
	// nobody plays with the user's key.
	Sign func(payload []byte, at time.Time) ([]byte, error)

	Owners  []*Account // an organisation's; they are Members too
	Members []*Account
	Teams   []*Team

	spent budget
}

// Key is an OpenPGP key that a user uploaded.
type Key struct {
	ID      int64
	Name    string
	Created time.Time
	Public  *webflow.UserKey
}

// Team is a team of an organisation.
type Team struct {
	ID          int64
	Org         *Account
	Slug        string
	Name        string
	Description string
	Secret      bool
	Created     time.Time
	Updated     time.Time
	Maintainers []*Account // they are Members too
	Members     []*Account
	Repos       map[int64]Level
}

// NewAccount is a user or organisation to be made.
type NewAccount struct {
	// ID is 0 for the next free one.
	ID    int64
	Login string
	Name  string
	// Email of a user may be empty: then the account has only its noreply address.
	Email string
	Kind  Kind
}

// AddAccount makes a user or organisation. Login, id and e-mail must be free on the whole site.
func (w *World) AddAccount(n NewAccount) (*Account, error) {
	if !validLogin(n.Login) {
		return nil, Invalid(FieldError{Resource: "User", Field: "login", Code: "invalid", Message: fmt.Sprintf("login %q may hold letters, digits and single hyphens, at most %d", n.Login, maxLogin)})
	}
	if len(n.Name) > maxName || len(n.Email) > maxName || strings.ContainsAny(n.Name+n.Email, "<>\n\x00") {
		return nil, Invalid(FieldError{Resource: "User", Field: "name", Code: "invalid", Message: "name or e-mail is too long or holds < > or line feeds"})
	}
	if w.Account(n.Login) != nil {
		return nil, Invalid(FieldError{Resource: "User", Field: "login", Code: "already_exists", Message: fmt.Sprintf("login %q is taken", n.Login)})
	}
	if n.Email != "" && w.AccountByEmail(n.Email) != nil {
		return nil, Invalid(FieldError{Resource: "User", Field: "email", Code: "already_exists", Message: fmt.Sprintf("e-mail %q is taken", n.Email)})
	}
	id, err := w.accountID(n.ID)
	if err != nil {
		return nil, err
	}
	if n.Name == "" {
		n.Name = n.Login
	}
	a := &Account{ID: id, Login: n.Login, Name: n.Name, Email: n.Email, Kind: n.Kind, Created: w.stamp}
	w.accounts[a.ID] = a
	w.logins[strings.ToLower(a.Login)] = a
	return a, nil
}

// accountID is the wanted id if it is free, or a new one for 0.
func (w *World) accountID(wanted int64) (int64, error) {
	if wanted < 0 || w.accounts[wanted] != nil {
		return 0, Invalid(FieldError{Resource: "User", Field: "id", Code: "already_exists", Message: fmt.Sprintf("account id %d is taken or negative", wanted)})
	}
	for wanted == 0 {
		if id := w.NextID(); w.accounts[id] == nil {
			wanted = id
		}
	}
	return wanted, nil
}

func validLogin(login string) bool {
	if login == "" || len(login) > maxLogin || strings.Trim(login, "-") != login || strings.Contains(login, "--") {
		return false
	}
	return strings.IndexFunc(login, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-'
	}) < 0
}

// Account finds an account by its login, without regard to case; nil for none.
func (w *World) Account(login string) *Account { return w.logins[strings.ToLower(login)] }

// AccountByID finds an account by its number; nil for none.
func (w *World) AccountByID(id int64) *Account { return w.accounts[id] }

// Accounts lists all accounts of a kind by id.
func (w *World) Accounts(kind Kind) []*Account {
	var all []*Account
	for _, a := range w.accounts {
		if a.Kind == kind {
			all = append(all, a)
		}
	}
	slices.SortFunc(all, func(a, b *Account) int { return int(a.ID - b.ID) })
	return all
}

// AccountByEmail finds whose address it is, the one an account was made with or its noreply address: who GitHub shows
// for a commit's author or committer. Nil is nobody.
func (w *World) AccountByEmail(email string) *Account {
	for _, a := range w.accounts {
		if a.Email != "" && strings.EqualFold(a.Email, email) || strings.EqualFold(a.noreply(), email) {
			return a
		}
	}
	return nil
}

func (a *Account) noreply() string {
	return fmt.Sprintf("%d+%s@users.noreply.github.com", a.ID, a.Login)
}

// CommitEmail is the address under which the host commits for the account.
func (a *Account) CommitEmail() string {
	if a.Email != "" {
		return a.Email
	}
	return a.noreply()
}

// HasMember reports whether u is a member of the organisation a.
func (a *Account) HasMember(u *Account) bool { return slices.Contains(a.Members, u) }

// HasOwner reports whether u owns the organisation a.
func (a *Account) HasOwner(u *Account) bool { return slices.Contains(a.Owners, u) }

// SetMember makes u a member of the organisation, as an owner or not.
func (a *Account) SetMember(u *Account, owner bool) {
	a.Owners = without(a.Owners, u)
	if !a.HasMember(u) {
		a.Members = append(a.Members, u)
	}
	if owner {
		a.Owners = append(a.Owners, u)
	}
}

// RemoveMember takes u out of the organisation and all of its teams.
func (a *Account) RemoveMember(u *Account) {
	a.Owners, a.Members = without(a.Owners, u), without(a.Members, u)
	for _, t := range a.Teams {
		t.RemoveMember(u)
	}
}

func without(all []*Account, u *Account) []*Account {
	return slices.DeleteFunc(slices.Clone(all), func(a *Account) bool { return a == u })
}

// AddTeam makes a team in org under a free name.
func (w *World) AddTeam(org *Account, name, description string) (*Team, error) {
	slug := slugOf(name)
	if slug == "" || len(name) > maxName {
		return nil, Invalid(FieldError{Resource: "Team", Field: "name", Code: "invalid", Message: "a team needs a name with letters or digits"})
	}
	if org.Team(slug) != nil {
		return nil, Invalid(FieldError{Resource: "Team", Field: "name", Code: "already_exists", Message: "Name must be unique for this org"})
	}
	t := &Team{ID: w.NextID(), Org: org, Slug: slug, Name: name, Description: description, Created: w.stamp, Updated: w.stamp, Repos: map[int64]Level{}}
	org.Teams = append(org.Teams, t)
	return t, nil
}

func slugOf(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(c rune) bool { return (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' })
	return strings.Join(words, "-")
}

// Team finds a team of the organisation by its slug; nil for none.
func (a *Account) Team(slug string) *Team {
	for _, t := range a.Teams {
		if strings.EqualFold(t.Slug, slug) {
			return t
		}
	}
	return nil
}

// SetMember makes u, a member of the organisation or a new one, a member of the team.
func (t *Team) SetMember(u *Account, maintainer bool) {
	if !t.Org.HasMember(u) {
		t.Org.SetMember(u, false)
	}
	t.Maintainers = without(t.Maintainers, u)
	if !slices.Contains(t.Members, u) {
		t.Members = append(t.Members, u)
	}
	if maintainer {
		t.Maintainers = append(t.Maintainers, u)
	}
}

// RemoveMember takes u out of the team.
func (t *Team) RemoveMember(u *Account) {
	t.Maintainers, t.Members = without(t.Maintainers, u), without(t.Members, u)
}

// AddKey keeps an OpenPGP key that u uploads.
func (w *World) AddKey(u *Account, name, armoured string) (*Key, error) {
	public, err := webflow.ParseUserKey(armoured)
	if err != nil {
		return nil, Invalid(FieldError{Resource: "GpgKey", Field: "armored_public_key", Code: "custom", Message: "We got an error doing that: " + err.Error()})
	}
	id := public.Details().KeyID
	for _, a := range w.accounts {
		for _, k := range a.Keys {
			if k.Public.Details().KeyID == id {
				return nil, Invalid(FieldError{Resource: "GpgKey", Field: "key_id", Code: "already_exists", Message: "key_id already exists"})
			}
		}
	}
	k := &Key{ID: w.NextID(), Name: name, Created: w.stamp, Public: public}
	u.Keys = append(u.Keys, k)
	return k, nil
}

// NewSecret is a random webhook secret.
func NewSecret() string { return secret(20) }

// secret is a random word of n bytes in hexadecimal, for tokens and hook secrets.
func secret(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // crypto/rand never fails
	return hex.EncodeToString(b)
}
