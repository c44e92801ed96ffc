package githubsim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/vidimus-bot/vidimus/bot/githubsim/wire"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// maxControlBytes bounds a request to the control API.
const maxControlBytes = 1 << 20

// maxAdvance bounds one move of the clock, so that a mistyped unit does not end the calendar.
const maxAdvance = 10 * 365 * 24 * time.Hour

// control is the API below /_sim/, by which people and tests make a world and look at it. Its form is published in
// .github/docs/github-sim.md and does not change.
func (s *Sim) control() http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, act func(*http.Request) (any, error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			found, err := act(r)
			answerControl(w, found, err)
		})
	}
	handle("GET /_sim/world", func(*http.Request) (any, error) {
		written, err := s.World()
		return json.RawMessage(written), err
	})
	handle("POST /_sim/users", s.postUser)
	handle("POST /_sim/tokens", s.postToken)
	handle("POST /_sim/organizations", s.postOrganisation)
	handle("POST /_sim/repositories", s.postRepository)
	handle("POST /_sim/apps", s.postApp)
	handle("POST /_sim/apps/{slug}/installations", s.postInstallation)
	handle("POST /_sim/oauth-clients", s.postOAuthClient)
	handle("POST /_sim/pulls/{owner}/{repo}/{number}", s.postPull)
	handle("GET /_sim/requests", s.getRequests)
	handle("GET /_sim/deliveries", func(r *http.Request) (any, error) { return s.deliveryObjects(r.URL.Query().Get("app")), nil })
	handle("POST /_sim/deliveries/{id}/attempts", s.postAttempt)
	handle("GET /_sim/clock", func(*http.Request) (any, error) { return wire.Object{"now": wire.Time(s.Now())}, nil })
	handle("POST /_sim/clock", s.postClock)
	handle("/_sim/", func(r *http.Request) (any, error) {
		return nil, &world.Refusal{Status: http.StatusNotFound, Message: fmt.Sprintf("there is no %s %s: see .github/docs/github-sim.md", r.Method, r.URL.Path)}
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if reason := stranger(r); reason != "" {
			answerControl(w, nil, world.Forbidden(reason))
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// stranger says why a client may not use the control API: it is on another machine, or a web page of another site
// drives the browser. "" lets it in.
func stranger(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
		return "the control API is for clients on this machine"
	}
	if origin := r.Header.Get("Origin"); origin != "" && origin != "http://"+r.Host {
		return "the control API is not for pages of other sites"
	}
	return ""
}

// answerControl writes an answer, or what is wrong as {"error": "..."}.
func answerControl(w http.ResponseWriter, found any, err error) {
	status := http.StatusOK
	if err != nil {
		status = http.StatusInternalServerError
		if refused, is := world.IsRefusal(err); is {
			status = refused.Status
		}
		found = wire.Object{"error": explain(err)}
	}
	written, err := json.Marshal(found)
	if err != nil {
		status, written = http.StatusInternalServerError, []byte(`{"error":"the answer could not be written"}`)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(append(written, '\n')) // a client that has gone away is no matter
}

// explain turns a refusal into one sentence for a person.
func explain(err error) string {
	refused, is := world.IsRefusal(err)
	if !is {
		return err.Error()
	}
	for _, detail := range refused.Errors {
		switch d := detail.(type) {
		case world.FieldError:
			if d.Message != "" {
				return d.Message
			}
			return fmt.Sprintf("%s: %s", d.Field, d.Code)
		case string:
			return d
		}
	}
	return refused.Message
}

// decodeControl reads the JSON object of a control request. Unknown fields are refused, so that nothing is mistyped
// unseen.
func decodeControl(r *http.Request, request any) error {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxControlBytes+1))
	if err != nil {
		return fmt.Errorf("read request: %w", err)
	}
	if len(body) > maxControlBytes {
		return &world.Refusal{Status: http.StatusRequestEntityTooLarge, Message: fmt.Sprintf("the request is over %d bytes", maxControlBytes)}
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(request); err != nil {
		return &world.Refusal{Status: http.StatusBadRequest, Message: "the request is not the JSON object that is expected: " + err.Error()}
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return &world.Refusal{Status: http.StatusBadRequest, Message: "the request holds more than one JSON object"}
	}
	return nil
}

func (s *Sim) postUser(r *http.Request) (any, error) {
	var n NewUser
	if err := decodeControl(r, &n); err != nil {
		return nil, err
	}
	return s.CreateUser(n)
}

func (s *Sim) postToken(r *http.Request) (any, error) {
	var request struct {
		Login string `json:"login"`
	}
	if err := decodeControl(r, &request); err != nil {
		return nil, err
	}
	token, err := s.CreateToken(request.Login)
	return wire.Object{"token": token}, err
}

func (s *Sim) postOrganisation(r *http.Request) (any, error) {
	var n NewOrganisation
	if err := decodeControl(r, &n); err != nil {
		return nil, err
	}
	id, err := s.CreateOrganisation(n)
	return wire.Object{"id": id}, err
}

func (s *Sim) postRepository(r *http.Request) (any, error) {
	var n NewRepository
	if err := decodeControl(r, &n); err != nil {
		return nil, err
	}
	return s.CreateRepository(n)
}

func (s *Sim) postApp(r *http.Request) (any, error) {
	var n NewApp
	if err := decodeControl(r, &n); err != nil {
		return nil, err
	}
	return s.CreateApp(n)
}

func (s *Sim) postInstallation(r *http.Request) (any, error) {
	var request struct {
		Repositories []string `json:"repositories"`
	}
	if err := decodeControl(r, &request); err != nil {
		return nil, err
	}
	id, err := s.Install(r.PathValue("slug"), request.Repositories...)
	return wire.Object{"installation_id": id}, err
}

func (s *Sim) postPull(r *http.Request) (any, error) {
	var request struct {
		Draft *bool `json:"draft"`
	}
	if err := decodeControl(r, &request); err != nil {
		return nil, err
	}
	number, err := strconv.Atoi(r.PathValue("number"))
	if err != nil || request.Draft == nil {
		return nil, world.Unprocessable(`say {"draft": true} or {"draft": false} to OWNER/REPO/NUMBER`)
	}
	err = s.SetDraft(r.PathValue("owner")+"/"+r.PathValue("repo"), number, *request.Draft)
	return wire.Object{"number": number, "draft": *request.Draft}, err
}

func (s *Sim) getRequests(r *http.Request) (any, error) {
	since := int64(0)
	if text := r.URL.Query().Get("since"); text != "" {
		var err error
		if since, err = strconv.ParseInt(text, 10, 64); err != nil {
			return nil, world.Unprocessable("since is the number of a request")
		}
	}
	return s.Requests(since), nil
}

func (s *Sim) postAttempt(r *http.Request) (any, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || !s.Redeliver(id) {
		return nil, &world.Refusal{Status: http.StatusNotFound, Message: fmt.Sprintf("there is no delivery %s", r.PathValue("id"))}
	}
	return wire.Object{"id": id}, nil
}

func (s *Sim) postClock(r *http.Request) (any, error) {
	var request struct {
		Advance string `json:"advance"`
	}
	if err := decodeControl(r, &request); err != nil {
		return nil, err
	}
	d, err := time.ParseDuration(request.Advance)
	if err != nil || d < 0 || d > maxAdvance {
		return nil, world.Unprocessable(fmt.Sprintf(`advance %q is no duration such as "90s" or "24h", is negative, or over %s`, request.Advance, maxAdvance))
	}
	return wire.Object{"now": wire.Time(s.Advance(d))}, nil
}
