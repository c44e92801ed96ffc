package world

import (
	"strings"
	"time"
)

// Level is how much an account may do in a repository.
type Level int

// The levels, each with all that the lower ones may.
const (
	LevelNone Level = iota
	LevelRead
	LevelTriage
	LevelWrite
	LevelMaintain
	LevelAdmin
)

// String is the name of the level's role.
func (l Level) String() string {
	return [...]string{"none", "read", "triage", "write", "maintain", "admin"}[l]
}

// ParseLevel reads a role or one of the REST words pull and push.
func ParseLevel(word string) (Level, bool) {
	switch word {
	case "pull", "read":
		return LevelRead, true
	case "triage":
		return LevelTriage, true
	case "push", "write", "":
		return LevelWrite, true
	case "maintain":
		return LevelMaintain, true
	case "admin":
		return LevelAdmin, true
	}
	return LevelNone, false
}

// Actor is who acts: a user, an App through an installation, an App by itself (JWT), or nobody.
type Actor struct {
	// Account is the user or the App's bot; nil for a JWT and for nobody.
	Account *Account
	// App is set for JWT and installation token.
	App *App
	// Token is nil for a JWT and for nobody.
	Token *Token
}

// Installation is the installation that the actor acts through; nil for users, JWT and nobody.
func (a Actor) Installation() *Installation {
	if a.Token == nil {
		return nil
	}
	return a.Token.Installation
}

// Name is how the actor stands in logs.
func (a Actor) Name() string {
	switch {
	case a.Account != nil:
		return a.Account.Login
	case a.App != nil:
		return "app:" + a.App.Slug
	}
	return ""
}

// is reports whether the actor is the account.
func (a Actor) is(account *Account) bool { return account != nil && a.Account == account }

// Token is a user's token or an installation's.
type Token struct {
	Value   string
	Account *Account
	// Installation, Expires, Permissions and Repos are an installation token's.
	Installation *Installation
	Expires      time.Time
	Permissions  map[string]string
	Repos        map[int64]*Repo // nil: all of the installation's
	// NoScopes is an OAuth App's token without scopes: it tells who its user is, reads what is public, writes nothing.
	NoScopes bool
}

// budget is how many requests somebody has made since the count last started anew.
type budget struct {
	used     int
	resetsAt time.Time
}

// budgetOf is the count of the token's installation, whatever token it uses, or of its user.
func (t *Token) budgetOf() *budget {
	if t.Installation != nil {
		return &t.Installation.spent
	}
	return &t.Account.spent
}

// AddToken makes a token that acts as the user.
func (w *World) AddToken(u *Account) (*Token, error) {
	if u.Kind != KindUser {
		return nil, Unprocessable("only users have tokens: " + u.Login + " is of type " + string(u.Kind))
	}
	t := &Token{Value: "ghp_" + secret(18), Account: u}
	w.tokens[t.Value] = t
	return t, nil
}

// TokenOf finds a token that is still good; nil for none.
func (w *World) TokenOf(value string) *Token {
	t := w.tokens[value]
	if t == nil || !t.Expires.IsZero() && !w.Clock.Now().Before(t.Expires) {
		return nil
	}
	return t
}

// Revoke ends a token.
func (w *World) Revoke(t *Token) { delete(w.tokens, t.Value) }

// rateWindow is how long a rate limit counts before it starts anew.
const rateWindow = time.Hour

// Spend counts one request with the token against limit by the hour and reports how many are used and when the count
// starts anew. free requests are not counted. A used-up count starts anew at once: it is reported, never enforced,
// so that a test that polls is not locked out.
func (w *World) Spend(t *Token, limit int, free bool) (used int, resets time.Time) {
	now, b := w.Clock.Now(), t.budgetOf()
	if !now.Before(b.resetsAt) || b.used >= limit-1 {
		b.used, b.resetsAt = 0, now.Add(rateWindow)
	}
	if !free {
		b.used++
	}
	return b.used, b.resetsAt
}

// Level is what the account may do in the repository by ownership, membership, teams and collaboration.
func (w *World) Level(a *Account, r *Repo) Level {
	level := LevelNone
	if !r.Private {
		level = LevelRead
	}
	if a == nil {
		return level
	}
	if a == r.Owner || r.Owner.HasOwner(a) {
		return LevelAdmin
	}
	if r.Owner.HasMember(a) {
		level = max(level, LevelRead)
	}
	level = max(level, r.Collaborators[a.ID])
	for _, t := range r.Owner.Teams {
		for _, member := range t.Members {
			if member == a {
				level = max(level, t.Repos[r.ID])
			}
		}
	}
	return level
}

// LevelOf is what the actor may do in the repository. An installation that covers the repository counts as write: what
// its token may not do has been refused before by the permissions of each operation.
func (w *World) LevelOf(a Actor, r *Repo) Level {
	installation := a.Installation()
	switch {
	case a.Token != nil && a.Token.NoScopes:
		return w.Level(nil, r)
	case installation == nil:
		return w.Level(a.Account, r)
	}
	if !installation.Covers(r) || a.Token.Repos != nil && a.Token.Repos[r.ID] == nil {
		return w.Level(nil, r)
	}
	if a.Token.Permissions["administration"] == "write" {
		return LevelAdmin
	}
	return LevelWrite
}

// Require refuses the actor who has less than level in the repository: 404 to who may not even see it.
func (w *World) Require(a Actor, r *Repo, level Level) error {
	has := w.LevelOf(a, r)
	switch {
	case has == LevelNone:
		return NotFound()
	case has >= level:
		return nil
	case level == LevelAdmin:
		return Forbidden("Must have admin rights to Repository.")
	}
	return Forbidden("Must have " + map[Level]string{LevelTriage: "triage", LevelWrite: "push", LevelMaintain: "maintain"}[level] + " access to repository")
}

// Association is the word for what the account is to the repository, as it stands beside what the account writes.
func (w *World) Association(a *Account, r *Repo) string {
	switch {
	case a == nil:
		return "NONE"
	case a == r.Owner:
		return "OWNER"
	case r.Owner.HasMember(a):
		return "MEMBER"
	case r.Collaborators[a.ID] > LevelNone:
		return "COLLABORATOR"
	case r.contributed[a.ID]:
		return "CONTRIBUTOR"
	}
	return "NONE"
}

// fullName is how a repository is looked up.
func fullName(owner, name string) string { return strings.ToLower(owner + "/" + name) }
