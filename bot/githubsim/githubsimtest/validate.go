package githubsimtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/vidimus-bot/vidimus/bot/githubsim"
)

// Descriptions are GitHub's published descriptions of its API and webhooks, read once. They are safe for several
// goroutines.
type Descriptions struct {
	operations map[string]*openapi3.Operation
	basicError *openapi3.Schema
	newer      *payloads // OpenAPI 3.1
	older      *payloads // JSON Schema of 2024, closed
}

// payloads are the schemas of webhooks out of one document, each compiled when it is first needed.
type payloads struct {
	mu       sync.Mutex
	compiler *jsonschema.Compiler
	places   map[string]string // by event/action
}

// of is the schema for an event/action; nil where the document knows none.
func (p *payloads) of(id string) (*jsonschema.Schema, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	place, known := p.places[id]
	if !known {
		return nil, nil
	}
	return p.compiler.Compile(place)
}

// errAbsent says that the descriptions are not on this machine.
var errAbsent = errors.New("GitHub's descriptions (../shared/github) are absent")

// load reads the descriptions once for all tests of a process: it takes a second.
var load = sync.OnceValues(func() (*Descriptions, error) {
	dir, err := findShared()
	if err != nil {
		return nil, err
	}
	d := &Descriptions{operations: map[string]*openapi3.Operation{}}
	if err := d.loadOperations(filepath.Join(dir, "openapi-subset.json")); err != nil {
		return nil, err
	}
	if d.newer, err = loadNewer(filepath.Join(dir, "webhooks-openapi-subset.json")); err != nil {
		return nil, err
	}
	d.older, err = loadOlder(filepath.Join(dir, "webhooks-schema.json"))
	return d, err
})

// findShared looks for shared/github beside this repository's checkout, from the working folder upwards.
func findShared() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		candidate := filepath.Join(dir, "shared", "github")
		if _, err := os.Stat(filepath.Join(candidate, "openapi-subset.json")); err == nil {
			return candidate, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errAbsent
		}
		dir = parent
	}
}

func (d *Descriptions) loadOperations(path string) error {
	doc, err := openapi3.NewLoader().LoadFromFile(path)
	if err != nil {
		return fmt.Errorf("load %s: %w", path, err)
	}
	for _, item := range doc.Paths.Map() {
		for _, operation := range item.Operations() {
			d.operations[operation.OperationID] = operation
		}
	}
	d.basicError = doc.Components.Schemas["basic-error"].Value
	// GitHub's own list of installations wants each account to be a user and an enterprise at once (allOf); by itself,
	// an installation has one or the other.
	list := d.operations["apps/list-installations"].Responses.Status(http.StatusOK).Value.Content["application/json"]
	list.Schema.Value.Items = doc.Components.Schemas["installation"]
	return nil
}

// loadNewer finds the schemas of OpenAPI 3.1, which are JSON Schema 2020-12, in the document.
func loadNewer(path string) (*payloads, error) {
	compiler, doc, err := compilerFor(path)
	if err != nil {
		return nil, err
	}
	p := &payloads{compiler: compiler, places: map[string]string{}}
	webhooks, _ := doc.(map[string]any)["webhooks"].(map[string]any)
	for name := range webhooks {
		operation, _ := webhooks[name].(map[string]any)["post"].(map[string]any)
		id, _ := operation["operationId"].(string)
		p.places[strings.ReplaceAll(id, "-", "_")] = fmt.Sprintf("%s#/webhooks/%s/post/requestBody/content/application~1json/schema", fileURL(path), name)
	}
	return p, nil
}

func loadOlder(path string) (*payloads, error) {
	compiler, doc, err := compilerFor(path)
	if err != nil {
		return nil, err
	}
	p := &payloads{compiler: compiler, places: map[string]string{}}
	definitions, _ := doc.(map[string]any)["definitions"].(map[string]any)
	for name := range definitions {
		event, action, isEvent := strings.Cut(name, "$")
		if !isEvent {
			continue
		}
		id := event
		if action != "event" {
			id += "/" + action
		}
		p.places[id] = fileURL(path) + "#/definitions/" + name
	}
	return p, nil
}

func fileURL(path string) string { return "file://" + filepath.ToSlash(path) }

// compilerFor reads a document. Its check of URI templates is replaced: the library's rejects those of RFC 6570.
func compilerFor(path string) (*jsonschema.Compiler, any, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return nil, nil, fmt.Errorf("read %s: %w", path, err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.RegisterFormat(&jsonschema.Format{Name: "uri-template", Validate: func(any) error { return nil }})
	return compiler, doc, compiler.AddResource(fileURL(path), doc)
}

// sameAs are operations that GitHub's subset does not hold and whose answers have the form of another's.
func sameAs(operation string) string {
	switch operation {
	case "repos/create-for-authenticated-user":
		return "repos/create-in-org"
	case "repos/remove-collaborator":
		return "repos/delete-branch-protection" // 204 and nothing else
	}
	return operation
}

// Answer checks a REST answer: its status must be one that GitHub describes for the operation, or an error; its body
// must fit the schema. What cannot be checked is an error too.
func (d *Descriptions) Answer(e githubsim.Exchange) error {
	if e.Status == http.StatusNotModified {
		if len(e.ResponseBody) > 0 {
			return errors.New("a 304 has a body")
		}
		return nil
	}
	if e.Operation == "" || e.Status >= http.StatusInternalServerError {
		return d.isError(e)
	}
	operation := d.operations[sameAs(e.Operation)]
	if operation == nil {
		return fmt.Errorf("GitHub's description has no operation %q", e.Operation)
	}
	response := operation.Responses.Status(e.Status)
	if response == nil && (e.Status == http.StatusMovedPermanently || e.Status == http.StatusTemporaryRedirect) {
		return movedAway(e) // every operation on a repository may answer so; few descriptions say it
	}
	if response == nil {
		if e.Status < http.StatusBadRequest {
			return fmt.Errorf("GitHub's description of %s has no status %d", e.Operation, e.Status)
		}
		return d.isError(e)
	}
	err := d.fits(response.Value, e)
	if err != nil && e.Status >= http.StatusBadRequest && d.isError(e) == nil {
		return nil // errors whose body is not described, or by schemas that exclude each other
	}
	return err
}

// movedAway checks the answer for a renamed repository.
func movedAway(e githubsim.Exchange) error {
	var said struct{ Message, URL string }
	if err := json.Unmarshal(e.ResponseBody, &said); err != nil {
		return fmt.Errorf("not JSON: %w", err)
	}
	if said.Message == "" || said.URL == "" || said.URL != e.ResponseHeader.Get("Location") {
		return errors.New("a redirect without message, url and the same Location")
	}
	return nil
}

// isError checks an error that the operation does not describe: it must have the form that all have.
func (d *Descriptions) isError(e githubsim.Exchange) error {
	if e.Status < http.StatusBadRequest {
		return fmt.Errorf("status %d of no operation", e.Status)
	}
	return visit(d.basicError, e.ResponseBody)
}

func (d *Descriptions) fits(response *openapi3.Response, e githubsim.Exchange) error {
	kind, _, _ := strings.Cut(e.ResponseHeader.Get("Content-Type"), ";")
	switch {
	case len(response.Content) == 0 && len(e.ResponseBody) > 0:
		return fmt.Errorf("GitHub describes no body, this one has %d bytes", len(e.ResponseBody))
	case len(response.Content) == 0:
		return nil
	case kind != "application/json":
		return d.otherMedia(kind)
	}
	media := response.Content["application/json"]
	if media == nil || media.Schema == nil {
		return errors.New("GitHub describes no JSON here")
	}
	return visit(media.Schema.Value, e.ResponseBody)
}

// otherMedia lets through the bodies that no JSON schema describes: raw files, diffs, and zen.
func (d *Descriptions) otherMedia(kind string) error {
	if kind == "text/plain" || strings.HasPrefix(kind, "application/vnd.github.") {
		return nil
	}
	return fmt.Errorf("media type %q", kind)
}

func visit(schema *openapi3.Schema, body []byte) error {
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return fmt.Errorf("not JSON: %w", err)
	}
	return schema.VisitJSON(value, openapi3.MultiErrors(), openapi3.VisitAsResponse(), openapi3.DisableSchemaErrorDetails())
}

// Hook checks the payload of a webhook against both of GitHub's descriptions, as far as they know the event. A hook
// that neither knows is an error.
func (d *Descriptions) Hook(e githubsim.HookEvent) error {
	id := e.Event
	if e.Action != "" {
		id += "/" + e.Action
	}
	newer, err := d.newer.of(id)
	if err != nil {
		return err
	}
	older, err := d.older.of(id)
	if err != nil {
		return err
	}
	if newer == nil && older == nil {
		return fmt.Errorf("GitHub's descriptions know no webhook %s", id)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(e.Payload))
	if err != nil {
		return fmt.Errorf("payload of %s: %w", id, err)
	}
	if newer != nil {
		if err := newer.Validate(contradicted(value)); err != nil {
			return fmt.Errorf("payload of %s against OpenAPI 3.1: %w", id, err)
		}
	}
	if older != nil && e.Event != "ping" { // the older one describes the hooks of repositories alone
		if err := older.Validate(sinceThen(value)); err != nil {
			return fmt.Errorf("payload of %s against the JSON schema: %w", id, err)
		}
	}
	return nil
}

// IsAbsent reports whether err says that the descriptions are not on this machine.
func IsAbsent(err error) bool { return errors.Is(err, errAbsent) || errors.Is(err, fs.ErrNotExist) }
