package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/service/reviewpage"
)

// ErrNoReview says that there is no such pull request, or none that the App looks after.
var ErrNoReview = errors.New("there is no such review")

// NotYetError says that the state is being read, or GitHub does not answer: the same
// page can be shown later.
type NotYetError struct{ Cause error }

// Error names the cause.
func (e *NotYetError) Error() string { return "not yet: " + e.Cause.Error() }

// Unwrap gives the cause.
func (e *NotYetError) Unwrap() error { return e.Cause }

// Reviews is where the review page has its content from.
type Reviews interface {
	// MayRead says whether an account may read a repository at this moment; a
	// repository that the App does not look after is read by nobody.
	MayRead(ctx context.Context, fullName string, who facts.Account) (bool, error)
	// Review gives a pull request as it stands; the viewer is filled in by the page.
	// ErrNoReview, or a NotYetError.
	Review(ctx context.Context, fullName string, number int) (reviewpage.Subject, error)
}

// Asker asks GitHub who somebody is.
type Asker interface {
	// Address is where a person is sent; state and challenge are opaque.
	Address(state, challenge string) string
	// Account is who gave a code.
	Account(ctx context.Context, code, verifier string) (facts.Account, error)
}

// ReviewConfig is what the review page needs.
type ReviewConfig struct {
	Reviews Reviews
	Asker   Asker
	// PublicURL is where people reach the server: https, or http on this machine.
	PublicURL string
	// Key seals the cookies: 32 random bytes, the same in all replicas.
	Key []byte
}

// SignedInPath is where GitHub sends people back to, below the public address.
const SignedInPath = "/review/signed-in"

// Bounds of the pages.
const (
	// accessLife is how long GitHub's word that somebody may read a repository, or may
	// not, is good for.
	accessLife    = 2 * time.Minute
	refusalLife   = 15 * time.Second
	maxAccess     = 10_000
	maxAtOnce     = 4 // pages that are being made; each compares documents
	pageWait      = 5 * time.Second
	pageTime      = 20 * time.Second // for everything that GitHub is asked for one page
	maxPullNumber = 1<<31 - 1
)

// reviews serves the pages.
type reviews struct {
	ReviewConfig
	server *Server
	origin string // scheme and host
	seal   *seal
	places chan struct{}
	access *remembered
	ended  *remembered // sessions that were signed out of
	people *limiter    // by account
	others *limiter    // by address, before sign-in
	guard  *http.CrossOriginProtection
}

// checkPublicURL says what is wrong with the public address.
func checkPublicURL(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || (u.Path != "" && u.Path != "/") || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("public address %q is not one such as https://vidimus.example.com", address)
	}
	local := u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1" || u.Hostname() == "::1"
	if u.Scheme != "https" && (u.Scheme != "http" || !local) {
		return nil, fmt.Errorf("public address %q must begin with https://: people sign in there", address)
	}
	return u, nil
}

// EnableReview adds the review page; it is called once, before the server serves.
func (s *Server) EnableReview(c ReviewConfig) error {
	u, err := checkPublicURL(c.PublicURL)
	if err != nil {
		return err
	}
	sealed, err := newSeal(c.Key)
	if err != nil {
		return err
	}
	r := &reviews{
		ReviewConfig: c, server: s, origin: u.Scheme + "://" + u.Host, seal: sealed, places: make(chan struct{}, maxAtOnce),
		access: newRemembered(maxAccess), ended: newRemembered(maxAccess), people: newLimiter(perAccount()), others: newLimiter(perAddress()),
		guard: http.NewCrossOriginProtection(),
	}
	if err := r.guard.AddTrustedOrigin(r.origin); err != nil {
		return fmt.Errorf("public address: %w", err)
	}
	s.mux.HandleFunc("GET /review/{owner}/{repo}/{number}", r.page)
	s.mux.HandleFunc("GET /review/{owner}/{repo}/{number}/images/{digest}", r.picture)
	s.mux.HandleFunc("GET /review/assets/{name}", asset)
	s.mux.HandleFunc("GET /review/sign-in", r.signIn)
	s.mux.HandleFunc("GET "+SignedInPath, r.signedIn)
	s.mux.HandleFunc("POST /review/sign-out", r.signOut)
	s.mux.HandleFunc("GET /review/signed-out", r.signedOut)
	return nil
}

// address names one review.
type address struct {
	Repo   string `json:"r"` // owner and name
	Number int    `json:"n"`
}

func (a address) path() string { return fmt.Sprintf("/review/%s/%d", a.Repo, a.Number) }

var (
	ownerForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,38}$`)
	repoForm  = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)
)

// readAddress reads owner, name and number as they stand in a path.
func readAddress(owner, repo, number string) (address, bool) {
	n, err := strconv.Atoi(number)
	ok := err == nil && n > 0 && n <= maxPullNumber && strconv.Itoa(n) == number &&
		ownerForm.MatchString(owner) && repoForm.MatchString(repo) && repo != "." && repo != ".."
	return address{owner + "/" + repo, n}, ok
}

// page shows one review to who may read the repository.
func (r *reviews) page(w http.ResponseWriter, q *http.Request) {
	at, ok := readAddress(q.PathValue("owner"), q.PathValue("repo"), q.PathValue("number"))
	if !ok {
		r.notFound(w, q, session{})
		return
	}
	who, ok := r.session(q)
	if !ok {
		r.askToSignIn(w, q, at)
		return
	}
	r.open(w, q, at, who, func(s reviewpage.Subject) {
		s.Since = q.URL.Query().Get("since") == "signed"
		html, err := reviewpage.Render(s)
		if err != nil {
			r.fault(w, q, at, err)
			return
		}
		r.logPage(q, at, who, "shown")
		writePage(w, http.StatusOK, html)
	})
}

// picture shows a picture of the repository that the page shows.
func (r *reviews) picture(w http.ResponseWriter, q *http.Request) {
	at, ok := readAddress(q.PathValue("owner"), q.PathValue("repo"), q.PathValue("number"))
	who, in := r.session(q)
	if !ok || !in {
		r.notFound(w, q, who)
		return
	}
	r.open(w, q, at, who, func(s reviewpage.Subject) {
		raw, media, ok := reviewpage.Picture(s.Snapshot, q.PathValue("digest"))
		if !ok {
			r.notFound(w, q, who)
			return
		}
		w.Header().Set("Content-Type", media)
		w.Header().Set("Content-Security-Policy", "default-src 'none'; sandbox")
		_, _ = w.Write(raw) // the reader may be gone
	})
}

// open gives a review to show, if who may see it. Everything else is answered here: 404 in
// the same words for what does not exist and what is not for them.
func (r *reviews) open(w http.ResponseWriter, q *http.Request, at address, who session, show func(reviewpage.Subject)) {
	if !r.people.allow(strconv.FormatInt(who.ID, 10)) {
		r.slowDown(w)
		return
	}
	ctx, cancel := context.WithTimeout(q.Context(), pageTime)
	defer cancel()
	leave, ok := r.place(ctx)
	if !ok {
		r.slowDown(w)
		return
	}
	defer leave()
	may, err := r.mayRead(ctx, at.Repo, who)
	if err != nil {
		r.later(w, q, at, err)
		return
	}
	if !may {
		r.logPage(q, at, who, "not theirs")
		r.notFound(w, q, who)
		return
	}
	s, err := r.Reviews.Review(ctx, at.Repo, at.Number)
	var notYet *NotYetError
	switch {
	case errors.Is(err, ErrNoReview):
		r.notFound(w, q, who)
		return
	case errors.As(err, &notYet):
		r.later(w, q, at, err)
		return
	case err != nil:
		r.fault(w, q, at, err)
		return
	}
	s.Viewer = facts.Account{ID: who.ID, Login: who.Login, Type: "User"}
	show(s)
}

// mayRead asks GitHub, at most once in a while for each account and repository.
func (r *reviews) mayRead(ctx context.Context, repo string, who session) (bool, error) {
	key := strconv.FormatInt(who.ID, 10) + " " + strings.ToLower(repo)
	now := r.server.config.Now()
	if may, known := r.access.get(key, now); known {
		return may, nil
	}
	may, err := r.Reviews.MayRead(ctx, repo, facts.Account{ID: who.ID, Login: who.Login, Type: "User"})
	if err != nil {
		return false, err
	}
	life := accessLife
	if !may {
		life = refusalLife
	}
	r.access.put(key, may, now, life)
	return may, nil
}

func (r *reviews) place(ctx context.Context) (leave func(), ok bool) {
	timer := time.NewTimer(pageWait)
	defer timer.Stop()
	select {
	case r.places <- struct{}{}:
		return func() { <-r.places }, true
	case <-timer.C:
	case <-ctx.Done():
	}
	return nil, false
}

func (r *reviews) logPage(q *http.Request, at address, who session, outcome string) {
	r.server.config.Log.InfoContext(q.Context(), "review page", "repo", at.Repo, "pull", at.Number, "account", who.ID, "outcome", outcome)
}
