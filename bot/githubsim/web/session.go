package web

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// cookieName is the cookie of the pages. Ports share cookies, so it must not be a name that an App uses.
const cookieName = "github_sim_session"

// maxSessions bounds the sessions in memory; nobody who plays has more browsers than this. The oldest goes first.
const maxSessions = 1000

// sessions know who each browser is. A session lasts as long as the simulator.
type sessions struct {
	mu    sync.Mutex
	who   map[string]int64 // account by cookie
	order []string
}

func newSessions() *sessions { return &sessions{who: map[string]int64{}} }

// begin makes a session for the account and returns its cookie's value, 256 random bits.
func (s *sessions) begin(account int64) string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // crypto/rand never fails
	value := hex.EncodeToString(b[:])
	s.mu.Lock()
	defer s.mu.Unlock()
	s.who[value] = account
	s.order = append(s.order, value)
	for len(s.order) > maxSessions {
		delete(s.who, s.order[0])
		s.order = s.order[1:]
	}
	return value
}

func (s *sessions) end(value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.who, value)
}

func (s *sessions) account(r *http.Request) (int64, bool) {
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return 0, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id, known := s.who[cookie.Value]
	return id, known
}

// Visitor is whom the browser that sent r has chosen to be; nil for nobody yet. The world's lock must be held. Where
// it is nil, SignIn is where to send the browser.
func (s *Site) Visitor(r *http.Request) *world.Account {
	id, known := s.sessions.account(r)
	if !known {
		return nil
	}
	return s.World.AccountByID(id)
}

// SignIn is the address at which a visitor chooses who to be, to come back to the path and query back after it.
func SignIn(back string) string { return "/login?return_to=" + url.QueryEscape(back) }

// signIn makes a session for the account in place of the one that the browser has.
func (s *Site) signIn(w http.ResponseWriter, r *http.Request, a *world.Account) {
	s.forget(r)
	http.SetCookie(w, &http.Cookie{
		Name: cookieName, Value: s.sessions.begin(a.ID), Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

func (s *Site) signOut(w http.ResponseWriter, r *http.Request) {
	s.forget(r)
	http.SetCookie(w, &http.Cookie{Name: cookieName, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

func (s *Site) forget(r *http.Request) {
	if cookie, err := r.Cookie(cookieName); err == nil {
		s.sessions.end(cookie.Value)
	}
}

// local is the path to come back to if it is one of this site, and "/" for everything else: nobody is led elsewhere.
func local(back string) string {
	if !strings.HasPrefix(back, "/") || strings.HasPrefix(back, "//") || strings.ContainsAny(back, "\\\r\n\t\x00") {
		return "/"
	}
	return back
}
