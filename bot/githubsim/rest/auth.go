package rest

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v4"

	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// Bounds of an App's JWT. Source: GitHub docs, "Generating a JSON Web Token (JWT) for a GitHub App".
const (
	maxTokenAhead = 10 * time.Minute
	clockSkew     = 60 * time.Second
)

func unauthorised(message string) *world.Refusal {
	return &world.Refusal{Status: http.StatusUnauthorized, Message: message}
}

// Credentials takes the token out of an Authorization header: of the schemes token, Bearer and Basic, of which only the
// password counts. "" is none.
func Credentials(header string) string {
	scheme, value, _ := strings.Cut(header, " ")
	switch strings.ToLower(scheme) {
	case "token", "bearer":
		return strings.TrimSpace(value)
	case "basic":
		plain, err := base64.StdEncoding.DecodeString(strings.TrimSpace(value))
		if err != nil {
			return value
		}
		login, password, _ := strings.Cut(string(plain), ":")
		if password == "" || password == "x-oauth-basic" {
			return login
		}
		return password
	}
	return header
}

// authenticate finds out who asks. Credentials that are not good are refused even where none are needed.
func (c *call) authenticate() error {
	header := c.request.Header.Get("Authorization")
	value := Credentials(header)
	wantsJWT := c.route != nil && c.route.need == "jwt"
	switch {
	case header == "" && wantsJWT:
		return unauthorised("A JSON web token could not be decoded")
	case header == "":
		return nil
	case wantsJWT:
		app, err := c.appOf(value)
		c.actor.App = app
		return err
	}
	token := c.World.TokenOf(value)
	if token == nil {
		return unauthorised("Bad credentials")
	}
	c.actor = ActorOf(token)
	return nil
}

// ActorOf is who acts with the token.
func ActorOf(t *world.Token) world.Actor {
	actor := world.Actor{Account: t.Account, Token: t}
	if t.Installation != nil {
		actor.App = t.Installation.App
	}
	return actor
}

// appOf checks an App's JWT. It is judged by simulated time and, where that refuses its dates, by the time that was
// handed in: a foreign App signs by its own clock, which nobody can move along with the simulated one.
func (c *call) appOf(token string) (*world.App, error) {
	parser := jwt.NewParser(jwt.WithValidMethods([]string{"RS256"}), jwt.WithoutClaimsValidation())
	claims := jwt.MapClaims{}
	var app *world.App
	_, err := parser.ParseWithClaims(token, claims, func(*jwt.Token) (any, error) {
		if app = c.issuer(claims["iss"]); app == nil {
			return nil, jwt.ErrTokenInvalidIssuer
		}
		return app.Key, nil
	})
	if err != nil {
		return nil, unauthorised("A JSON web token could not be decoded")
	}
	reason := badDates(claims, c.World.Clock.Now())
	if reason != "" && badDates(claims, c.World.Clock.Outside()) != "" {
		return nil, unauthorised(reason)
	}
	return app, nil
}

// issuer finds an App by the iss claim: its id, as number or text, or its client id.
func (c *call) issuer(claim any) *world.App {
	switch iss := claim.(type) {
	case float64:
		return c.World.AppByID(int64(iss))
	case string:
		return c.World.AppByID(parseID(strings.TrimPrefix(iss, "Iv1.")))
	}
	return nil
}

// badDates says in GitHub's words what is wrong with the dates of a JWT at the time now; "" is nothing.
func badDates(claims jwt.MapClaims, now time.Time) string {
	issued, hasIssued := claims["iat"].(float64)
	expires, hasExpires := claims["exp"].(float64)
	switch {
	case !hasIssued:
		return "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
	case !hasExpires, int64(expires) <= now.Unix():
		return "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires"
	case int64(issued) > now.Add(clockSkew).Unix():
		return "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
	case int64(expires) > now.Add(maxTokenAhead+clockSkew).Unix():
		return "'Expiration time' claim ('exp') is too far in the future"
	}
	return ""
}

// admit refuses whoever may not ask for the route, and finds the repository of routes that have one.
func (c *call) admit() error {
	if name, has := c.params["repo"]; has && c.params["owner"] != "" {
		c.repo = c.World.Repo(c.params["owner"], name)
		if former := c.World.FormerRepo(c.params["owner"], name); c.repo == nil && former != nil && c.World.LevelOf(c.actor, former) > world.LevelNone {
			return c.movedTo(former)
		}
		if c.repo == nil || c.route.need != "jwt" && c.World.LevelOf(c.actor, c.repo) == world.LevelNone {
			return world.NotFound()
		}
	}
	if c.actor.Token != nil && c.actor.Token.NoScopes && c.request.Method != http.MethodGet && c.request.Method != http.MethodHead {
		return world.NotFound() // as GitHub answers where a scope is missing
	}
	if c.repo != nil && c.repo.Archived && c.request.Method != http.MethodGet && c.route.operation != "repos/update" {
		return world.Forbidden("Repository was archived so is read-only.")
	}
	installation := c.actor.Installation()
	switch c.route.need {
	case "any", "jwt":
		return nil
	case "user":
		if installation != nil {
			return world.Forbidden("Resource not accessible by integration")
		}
		return c.needToken()
	case "installation":
		if c.actor.Account != nil && installation == nil {
			return world.Forbidden("You must authenticate with an installation access token in order to access this endpoint")
		}
		return c.needToken()
	}
	if installation != nil {
		return c.permit()
	}
	if c.request.Method != http.MethodGet && c.request.Method != http.MethodHead {
		return c.needToken()
	}
	return nil
}

// movedTo sends the client of a renamed repository to its number: 301 for reading, 307 for everything else.
func (c *call) movedTo(r *world.Repo) error {
	path := strings.SplitN(strings.TrimPrefix(c.request.URL.EscapedPath(), Prefix+"/repos/"), "/", 3)
	location := fmt.Sprintf("%s/repositories/%d", c.Wire.API(), r.ID)
	if len(path) == 3 {
		location += "/" + path[2]
	}
	if query := c.request.URL.RawQuery; query != "" {
		location += "?" + query
	}
	c.header.Set("Location", location)
	status := http.StatusMovedPermanently
	if c.request.Method != http.MethodGet && c.request.Method != http.MethodHead {
		status = http.StatusTemporaryRedirect
	}
	return &world.Refusal{Status: status, Message: "Moved Permanently"}
}

func (c *call) needToken() error {
	if c.actor.Account == nil {
		return unauthorised("Requires authentication")
	}
	return nil
}

const acceptedHeader = "X-Accepted-GitHub-Permissions"

// permit checks the installation token's permissions and repositories.
func (c *call) permit() error {
	c.header[acceptedHeader] = []string{strings.NewReplacer(":", "=", "|", "; ").Replace(c.route.need)}
	granted := false
	for _, all := range strings.Split(c.route.need, "|") {
		granted = granted || c.grants(all)
	}
	if !granted || c.writes() && c.repo != nil && !c.covers() {
		return world.Forbidden("Resource not accessible by integration")
	}
	return nil
}

func (c *call) writes() bool { return strings.HasSuffix(c.route.need, ":write") }

// covers reports whether the repository is one of the token's.
func (c *call) covers() bool {
	for _, r := range c.actor.Token.ReposOf() {
		if r == c.repo {
			return true
		}
	}
	return false
}

// grants reports whether the token has all permissions of a list such as "members:read,administration:write".
func (c *call) grants(needs string) bool {
	for _, need := range strings.Split(needs, ",") {
		name, level, _ := strings.Cut(need, ":")
		if !world.Grants(c.actor.Token.Permissions, name, level) {
			return false
		}
	}
	return true
}
