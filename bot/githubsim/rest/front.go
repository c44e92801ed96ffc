// Package rest is the embedded GitHub's REST API, in the shape of GitHub Enterprise Server: everything under /api/v3.
//
// In go HTTP requests; out come answers with GitHub's headers, and one Exchange for each. It reads and changes package
// world, under its lock for the length of one request, and writes with package wire. It checks who asks, what a token
// may do, and the form of a request; what follows from it is the world's matter.
package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/vidimus-bot/vidimus/bot/githubsim/hookshot"
	"github.com/vidimus-bot/vidimus/bot/githubsim/wire"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// Prefix is where the API lives on a GitHub Enterprise Server.
const Prefix = "/api/v3"

// maxRequestBytes bounds a request body: a blob of 25 MB in base64, GitHub's limit for one made through the API, fits.
const maxRequestBytes = 40 << 20

// Settings are what a Front is made of.
type Settings struct {
	World *world.World
	Wire  wire.Writer
	// Hook finds the webhook of an App; nil where it has none. It is called with the world's lock held.
	Hook func(*world.App) *hookshot.Hook
	// RateLimit is the hourly limit that answers report.
	RateLimit int
	// Record is told of every request when its answer is made and not yet sent, without the world's lock.
	Record func(Exchange)
	// Log is told of faults of the simulator itself.
	Log *slog.Logger
}

// Exchange is one request and its answer.
type Exchange struct {
	// Operation is GitHub's operationId; "" for a route that does not exist.
	Operation string
	Method    string
	// Path is the path with its query, as it was asked for.
	Path   string
	Actor  string // login, app:SLUG for a JWT, "" for nobody
	Status int

	RequestHeader  http.Header
	RequestBody    []byte
	ResponseHeader http.Header
	ResponseBody   []byte
}

// Front answers REST requests.
type Front struct {
	Settings
	routes []route
}

// New makes the API over a world.
func New(settings Settings) *Front {
	return &Front{Settings: settings, routes: routes()}
}

// call is one request on its way through.
type call struct {
	*Front
	request *http.Request
	route   *route
	params  map[string]string
	query   url.Values
	body    []byte
	actor   world.Actor
	repo    *world.Repo // of routes below /repos/{owner}/{repo}
	header  http.Header // of the answer
}

// answer is what a handler found.
type answer struct {
	status int
	body   any // written as JSON; nil is no body
	// raw is a body that is no JSON, of the media type.
	raw       []byte
	mediaType string
	location  string
}

func ok(body any) (answer, error) { return answer{status: http.StatusOK, body: body}, nil }

func noContent() (answer, error) { return answer{status: http.StatusNoContent}, nil }

// created is a 201 whose Location is the url of the object.
func created(o wire.Object) (answer, error) {
	location, _ := o["url"].(string)
	return answer{status: http.StatusCreated, body: o, location: location}, nil
}

// ServeHTTP answers one request below Prefix.
func (f *Front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRequestBytes+1))
	c := &call{Front: f, request: r, query: r.URL.Query(), body: body, header: http.Header{}}
	if err == nil && len(body) > maxRequestBytes {
		err = &world.Refusal{Status: http.StatusRequestEntityTooLarge, Message: fmt.Sprintf("Request body is over %d bytes", maxRequestBytes)}
	}
	status, content := c.serve(err)
	f.record(c, status, content) // before the client sees it: who then looks into the log finds it there
	for name, values := range c.header {
		w.Header()[name] = values
	}
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(content) // a client that has gone away is no matter
	}
}

// serve makes the answer under the world's lock; unread is why the request could not be read.
func (c *call) serve(unread error) (status int, content []byte) {
	c.World.Lock()
	defer c.World.Unlock()
	if unread != nil {
		return c.finish(answer{}, unread)
	}
	return c.finish(c.answer())
}

func (f *Front) record(c *call, status int, content []byte) {
	e := Exchange{
		Method: c.request.Method, Path: c.request.URL.RequestURI(), Actor: c.actor.Name(), Status: status,
		RequestHeader: c.request.Header, RequestBody: c.body, ResponseHeader: c.header, ResponseBody: content,
	}
	if c.route != nil {
		e.Operation = c.route.operation
	}
	f.Record(e)
}

// answer finds route and actor and runs the handler. A write moves simulated time.
func (c *call) answer() (answer, error) {
	if c.request.UserAgent() == "" {
		return answer{}, world.Forbidden("Request forbidden by administrative rules. Please make sure your request has a User-Agent header (https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required). Check https://developer.github.com for other possible causes.")
	}
	if version := c.request.Header.Get(versionHeader); version != "" && !knownVersion(version) {
		return answer{}, &world.Refusal{Status: http.StatusBadRequest, Message: fmt.Sprintf("%s is not a supported version of the API.", version)}
	}
	method := c.request.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	segments := c.segments()
	c.route, c.params = find(c.routes, method, segments)
	if err := c.authenticate(); err != nil {
		return answer{}, err
	}
	if c.route == nil {
		return answer{}, world.NotFound()
	}
	if err := c.admit(); err != nil {
		return answer{}, err
	}
	if method == http.MethodGet {
		return c.route.handle(c)
	}
	var found answer
	err := c.World.Write(func() (err error) {
		found, err = c.route.handle(c)
		return err
	})
	return found, err
}

// segments cuts the path below Prefix, still escaped, and follows /repositories/ID and /organizations/ID.
func (c *call) segments() []string {
	path := strings.TrimPrefix(c.request.URL.EscapedPath(), Prefix)
	segments := strings.Split(strings.TrimPrefix(path, "/"), "/")
	if len(segments) < 2 {
		return segments
	}
	switch segments[0] {
	case "repositories":
		if r := c.World.RepoByID(parseID(segments[1])); r != nil {
			return append([]string{"repos", r.Owner.Login, r.Name}, segments[2:]...)
		}
	case "organizations":
		if o := c.World.AccountByID(parseID(segments[1])); o != nil && len(segments) > 2 {
			return append([]string{"orgs", o.Login}, segments[2:]...)
		}
	}
	return segments
}

// decode reads the JSON object of the body into request. No body, or null, is an empty object.
func (c *call) decode(request any) error {
	body := bytes.TrimSpace(c.body)
	if len(body) == 0 || string(body) == "null" {
		return nil
	}
	if !json.Valid(body) {
		return &world.Refusal{Status: http.StatusBadRequest, Message: "Problems parsing JSON"}
	}
	if body[0] != '{' {
		return &world.Refusal{Status: http.StatusBadRequest, Message: "Body should be a JSON object"}
	}
	err := json.Unmarshal(body, request)
	var mismatch *json.UnmarshalTypeError
	if errors.As(err, &mismatch) {
		return world.Unprocessable(fmt.Sprintf("Invalid request.\n\nFor 'properties/%s', a %s is not a %s.", mismatch.Field, mismatch.Value, mismatch.Type))
	}
	var badTime *time.ParseError
	if errors.As(err, &badTime) {
		return world.Unprocessable(fmt.Sprintf("Invalid request.\n\n%s is not a valid date-time.", badTime.Value))
	}
	if err != nil {
		return world.Unprocessable("Invalid request.\n\n" + err.Error())
	}
	return nil
}
