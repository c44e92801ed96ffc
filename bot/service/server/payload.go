package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/service/store"
)

const (
	// maxWordBytes bounds event and action; GitHub's longest has some 40.
	maxWordBytes = 64
	// maxGUIDBytes bounds the delivery's id; GitHub's has 36.
	maxGUIDBytes = 64
)

// envelope is what the headers say of a delivery.
type envelope struct {
	delivery string
	event    string
}

// readEnvelope reads the headers of a delivery. Source: GitHub Docs, "Webhook
// events and payloads", Delivery headers.
func readEnvelope(h http.Header) (envelope, error) {
	e := envelope{delivery: h.Get("X-GitHub-Delivery"), event: h.Get("X-GitHub-Event")}
	if !isGUID(e.delivery) {
		return envelope{}, fmt.Errorf("header X-GitHub-Delivery must be 1 to %d letters, digits and hyphens", maxGUIDBytes)
	}
	if !isWord(e.event) {
		return envelope{}, fmt.Errorf("header X-GitHub-Event must be 1 to %d lower-case letters and underscores", maxWordBytes)
	}
	return e, nil
}

// isJSON says whether the request's content type is JSON. An App's webhook can
// also be set to a form; its deliveries would be unreadable.
func isJSON(h http.Header) bool {
	kind, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	return err == nil && kind == "application/json"
}

// worked says whether something here works on an event. What GitHub sends besides
// is acknowledged and ignored.
func worked(event string) bool {
	return slices.Contains(workedEvents(), event)
}

func workedEvents() []string {
	return []string{
		"check_run", "check_suite", "installation", "installation_repositories", "pull_request", "pull_request_review",
		"push", "repository",
	}
}

// wanted says whether an event that is worked on asks for anything. An App with
// write access to checks is told of each run that it makes itself: only those by
// which a person asks again are wanted, else each verdict would cause the next.
func wanted(event, action string) bool {
	if event == "check_run" || event == "check_suite" {
		return action == "rerequested" || action == "requested_action"
	}
	return true
}

// eventWithoutRepository says which wanted events concern the App and no single
// repository.
func eventWithoutRepository(event string) bool {
	return event == "installation" || event == "installation_repositories"
}

// payload is all that is read of a body here. A payload never decides anything;
// the gate reads the rest of it as testimony.
type payload struct {
	Action     string `json:"action"`
	Repository struct {
		ID int64 `json:"id"`
	} `json:"repository"`
	Installation struct {
		ID int64 `json:"id"`
	} `json:"installation"`
}

// readPayload reads a body that is bounded and signed. It must be one JSON object;
// encoding/json refuses what is nested deeper than 10,000.
func readPayload(body []byte) (payload, error) {
	if !bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("{")) {
		return payload{}, errors.New("body is not a JSON object")
	}
	var p payload
	if err := json.Unmarshal(body, &p); err != nil {
		return payload{}, fmt.Errorf("body: %w", err)
	}
	if p.Action != "" && !isWord(p.Action) {
		return payload{}, fmt.Errorf("action must be at most %d lower-case letters and underscores", maxWordBytes)
	}
	if p.Repository.ID < 0 || p.Installation.ID < 0 {
		return payload{}, errors.New("ids of repository and installation must not be negative")
	}
	return p, nil
}

// join makes a delivery of what headers and body say.
func (e envelope) join(p payload, body []byte) (store.Delivery, error) {
	d := store.Delivery{
		ID: e.delivery, Event: e.event, Action: p.Action,
		RepositoryID: p.Repository.ID, InstallationID: p.Installation.ID, Payload: body,
	}
	if eventWithoutRepository(e.event) {
		d.RepositoryID = 0
	} else if d.RepositoryID == 0 {
		return store.Delivery{}, fmt.Errorf("body of event %s names no repository", e.event)
	}
	return d, nil
}

func isGUID(s string) bool {
	return s != "" && len(s) <= maxGUIDBytes &&
		strings.Trim(s, "-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

func isWord(s string) bool {
	return s != "" && len(s) <= maxWordBytes && strings.Trim(s, "_abcdefghijklmnopqrstuvwxyz") == ""
}
