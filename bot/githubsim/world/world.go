// Package world is the state of the embedded GitHub and the rules by which it changes: accounts, Apps, repositories,
// pull requests, reviews, checks, issues, and what follows from each change.
//
// In go actions of an Actor; out come changed state, refusals in GitHub's words (Refusal), and events for webhooks, in
// the order in which GitHub sends them. State comes first and every answer is read from it, so that an edit has
// consequences. It speaks no HTTP and no JSON, checks no token permissions, and reads no clock but its own.
//
// One lock guards everything: whoever calls a method or reads a field of anything in here holds Lock, with the
// exceptions that say so. The slowest thing done under it is one run of git.
package world

import (
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vidimus-bot/vidimus/bot/githubsim/webflow"
)

// firstID is where ids begin: high enough to be seen as ids and not as numbers of issues.
const firstID = 100_000

// World is all of the embedded GitHub's state.
type World struct {
	// Clock is simulated time; it may be read without the lock.
	Clock *Clock
	// Key signs what the host commits in somebody's name; it may be used without the lock.
	Key *webflow.Key

	mu    sync.Mutex
	dir   string
	emit  func(Event)
	ids   atomic.Int64
	stamp time.Time

	accounts      map[int64]*Account
	logins        map[string]*Account
	repos         map[int64]*Repo
	names         map[string]*Repo
	formerNames   map[string]*Repo // of renamed repositories
	apps          []*App
	installations []*Installation
	tokens        map[string]*Token
}

// Settings are what a World is made of.
type Settings struct {
	// Dir holds the bare repositories and the host's signing key.
	Dir string
	// Now is the clock below simulated time.
	Now func() time.Time
	// Emit receives every event, with the lock held: it must not wait and must not call back.
	Emit func(Event)
}

// New makes a world without anybody in it. A dir that an earlier world used keeps its key; its repositories are
// removed, because nothing else of that world is left. A dir with repositories that are not ours is an error.
func New(settings Settings) (*World, error) {
	dir, err := filepath.Abs(settings.Dir) // git's server runs in another working folder
	if err != nil {
		return nil, fmt.Errorf("find folder: %w", err)
	}
	settings.Dir = dir
	repositories, key := filepath.Join(settings.Dir, "repositories"), filepath.Join(settings.Dir, "web-flow.key")
	if _, err := os.Stat(repositories); err == nil {
		if _, err := os.Stat(key); err != nil {
			return nil, fmt.Errorf("%s holds a folder %q that is not the simulator's: choose an empty one", settings.Dir, "repositories")
		}
		if err := os.RemoveAll(repositories); err != nil {
			return nil, fmt.Errorf("remove old repositories: %w", err)
		}
	}
	if err := os.MkdirAll(repositories, 0o700); err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	w := &World{
		Clock: NewClock(settings.Now), dir: settings.Dir, emit: settings.Emit,
		accounts: map[int64]*Account{}, logins: map[string]*Account{},
		repos: map[int64]*Repo{}, names: map[string]*Repo{}, formerNames: map[string]*Repo{}, tokens: map[string]*Token{},
	}
	w.ids.Store(firstID)
	signer, err := webflow.Open(key, w.Clock.Now())
	if err != nil {
		return nil, err
	}
	w.Key = signer
	return w, nil
}

// Lock takes the world for one request.
func (w *World) Lock() { w.mu.Lock() }

// Unlock gives it back.
func (w *World) Unlock() { w.mu.Unlock() }

// Write runs change, one state-changing request: simulated time moves on by a second, unless change refuses.
// The lock must be held.
func (w *World) Write(change func() error) error {
	w.stamp = w.Clock.Tick()
	if err := change(); err != nil {
		w.Clock.Untick(w.stamp)
		return err
	}
	return nil
}

// NextID gives a new id. Unlike everything else it needs no lock.
func (w *World) NextID() int64 { return w.ids.Add(1) }

// NodeID is the id that GraphQL knows the object of that type and number by, in GitHub's older form.
func NodeID(kind string, id int64) string {
	return base64.StdEncoding.EncodeToString([]byte(fmt.Sprintf("0%d:%s%d", len(kind), kind, id)))
}

// ParseNodeID reads a NodeID back.
func ParseNodeID(node string) (kind string, id int64, err error) {
	data, err := base64.StdEncoding.DecodeString(node)
	if err != nil {
		return "", 0, fmt.Errorf("node id %q: %w", node, err)
	}
	_, rest, _ := strings.Cut(string(data), ":")
	kind = strings.TrimRight(rest, "0123456789")
	id, err = strconv.ParseInt(rest[len(kind):], 10, 64)
	if err != nil || kind == "" || NodeID(kind, id) != node {
		return "", 0, fmt.Errorf("node id %q is malformed", node)
	}
	return kind, id, nil
}

// Refusal is a request that GitHub would answer with an error, in its words.
type Refusal struct {
	// Status is the HTTP status.
	Status  int
	Message string
	// Errors are the details of a 422: FieldError or string.
	Errors []any
}

// Error is status and message.
func (r *Refusal) Error() string { return fmt.Sprintf("%d %s", r.Status, r.Message) }

// FieldError is one detail of a refusal.
type FieldError struct {
	Resource string `json:"resource"`
	Field    string `json:"field,omitempty"`
	Code     string `json:"code"`
	Message  string `json:"message,omitempty"`
}

// NotFound is GitHub's answer for what is not there and for what one may not see.
func NotFound() *Refusal { return &Refusal{Status: 404, Message: "Not Found"} }

// Forbidden refuses with a 403.
func Forbidden(message string) *Refusal { return &Refusal{Status: 403, Message: message} }

// Invalid refuses one field.
func Invalid(e FieldError) *Refusal {
	return &Refusal{Status: 422, Message: "Validation Failed", Errors: []any{e}}
}

// Unprocessable refuses a request as a whole, for the given reasons.
func Unprocessable(message string, reasons ...string) *Refusal {
	r := &Refusal{Status: 422, Message: message}
	for _, reason := range reasons {
		r.Errors = append(r.Errors, reason)
	}
	return r
}

// notMember refuses a word that is none of those that a field may hold, as GitHub's schema validator does.
func notMember(word string, words []string) *Refusal {
	return Unprocessable(fmt.Sprintf("Invalid request.\n\n%s is not a member of [\"%s\"].", word, strings.Join(words, `", "`)))
}

// notAllowed is the 405 of a merge that the rules forbid.
func notAllowed(message string) *Refusal { return &Refusal{Status: 405, Message: message} }

func conflict(message string) *Refusal { return &Refusal{Status: 409, Message: message} }

// IsRefusal finds the refusal in err.
func IsRefusal(err error) (*Refusal, bool) {
	var refusal *Refusal
	ok := errors.As(err, &refusal)
	return refusal, ok
}
