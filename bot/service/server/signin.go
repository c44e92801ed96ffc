package server

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/vidimus-bot/vidimus/bot/service/reviewpage"
)

// attempt is a sign-in that has begun; it stands sealed in a cookie, so that what GitHub
// sends back is bound to the browser that began it.
type attempt struct {
	State    string  `json:"s"`
	Verifier string  `json:"v"` // PKCE
	To       address `json:"t"`
	Since    bool    `json:"c,omitempty"`
	Ends     int64   `json:"e"`
}

// attemptLife is how long somebody may take at GitHub; its code lives as long.
const attemptLife = 10 * time.Minute

// Bounds of what GitHub sends back.
const (
	maxCode  = 200
	maxState = 100
)

// signIn sends a person to GitHub. Where they come back to is one of our own pages.
func (r *reviews) signIn(w http.ResponseWriter, q *http.Request) {
	if !r.others.allow(peer(q)) {
		r.slowDown(w)
		return
	}
	to, since, ok := readTarget(q.URL.Query().Get("to"))
	if !ok {
		r.notFound(w, q, session{})
		return
	}
	a := attempt{State: random(), Verifier: random(), To: to, Since: since, Ends: r.server.config.Now().Add(attemptLife).Unix()}
	if err := r.setCookie(w, attemptCookie, a); err != nil {
		r.fault(w, q, to, err)
		return
	}
	sum := sha256.Sum256([]byte(a.Verifier))
	http.Redirect(w, q, r.Asker.Address(a.State, base64.RawURLEncoding.EncodeToString(sum[:])), http.StatusSeeOther)
}

// readTarget reads the address of a review.
func readTarget(to string) (at address, since, ok bool) {
	path, query, _ := strings.Cut(to, "?")
	parts := strings.Split(path, "/")
	if len(parts) != 5 || parts[0] != "" || parts[1] != "review" {
		return at, false, false
	}
	at, ok = readAddress(parts[2], parts[3], parts[4])
	return at, query == "since=signed", ok
}

// random is 256 random bits as text; RFC 7636 §4.1 asks for 43 characters at least.
func random() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// signedIn is where GitHub sends a person back to. The attempt counts once in this
// browser, whatever comes of it.
func (r *reviews) signedIn(w http.ResponseWriter, q *http.Request) {
	if !r.others.allow(peer(q)) {
		r.slowDown(w)
		return
	}
	var a attempt
	known := r.cookie(q, attemptCookie, &a) && r.server.config.Now().Unix() < a.Ends
	r.dropCookie(w, attemptCookie)
	state, code := q.URL.Query().Get("state"), q.URL.Query().Get("code")
	same := len(state) <= maxState && subtle.ConstantTimeCompare([]byte(state), []byte(a.State)) == 1
	switch {
	case !known || !same || a.State == "":
		r.signInFailed(w, address{}, "This answer of GitHub belongs to no sign-in that this browser began, or came too late.")
		return
	case q.URL.Query().Get("error") != "":
		r.signInFailed(w, a.To, "GitHub was not allowed to tell Vidimus who you are.")
		return
	case code == "" || len(code) > maxCode:
		r.signInFailed(w, a.To, "GitHub’s answer holds no code.")
		return
	}
	who, err := r.Asker.Account(q.Context(), code, a.Verifier)
	if err != nil || who.ID == 0 || who.Type != "User" {
		r.server.config.Log.WarnContext(q.Context(), "sign-in failed", "repo", a.To.Repo, "pull", a.To.Number, "err", err)
		r.signInFailed(w, a.To, "GitHub did not tell who you are.")
		return
	}
	s := session{ID: who.ID, Login: who.Login, Key: random(), Ends: r.server.config.Now().Add(sessionLife).Unix()}
	if err := r.setCookie(w, sessionCookie, s); err != nil {
		r.fault(w, q, a.To, err)
		return
	}
	r.logPage(q, a.To, s, "signed in")
	target := a.To.path()
	if a.Since {
		target += "?since=signed"
	}
	http.Redirect(w, q, target, http.StatusSeeOther)
}

func (r *reviews) signInFailed(w http.ResponseWriter, to address, why string) {
	n := reviewpage.Notice{Heading: "You are not signed in", Text: []string{why}}
	if to.Number != 0 {
		n.Href, n.Link = "/review/sign-in?"+url.Values{"to": {to.path()}}.Encode(), "Sign in with GitHub again"
	} else {
		n.Notes = []string{"Open the review again from the pull request, and sign in there."}
	}
	writeNotice(w, http.StatusBadRequest, n)
}

// signOut ends the session; a page of another site cannot do it.
func (r *reviews) signOut(w http.ResponseWriter, q *http.Request) {
	if err := r.guard.Check(q); err != nil {
		writeNotice(w, http.StatusForbidden, reviewpage.Notice{
			Heading: "Not signed out", Text: []string{"The request came from a page of another site."},
		})
		return
	}
	if s, ok := r.session(q); ok {
		r.ended.put(s.Key, true, r.server.config.Now(), sessionLife)
	}
	r.dropCookie(w, sessionCookie)
	http.Redirect(w, q, "/review/signed-out", http.StatusSeeOther)
}

func (r *reviews) signedOut(w http.ResponseWriter, _ *http.Request) {
	writeNotice(w, http.StatusOK, reviewpage.Notice{
		Heading: "You are signed out", Text: []string{"Vidimus does not know any more who uses this browser."},
		Notes: []string{"GitHub still does: sign out there too if others use this browser."},
	})
}

// peer is who sends a request, as far as its address tells; of IPv6 the network, since
// one person has many addresses in it.
func peer(q *http.Request) string {
	host, _, err := net.SplitHostPort(q.RemoteAddr)
	if err != nil {
		return "unknown"
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return "unknown"
	}
	if ip = ip.Unmap(); ip.Is6() {
		network, err := ip.WithZone("").Prefix(64)
		if err != nil {
			return "unknown" // unreachable: 64 bits fit
		}
		return network.String()
	}
	return ip.String()
}
