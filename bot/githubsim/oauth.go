package githubsim

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// codeLife is how long a code can be exchanged. Source: GitHub docs, "Authorizing OAuth apps".
const codeLife = 10 * time.Minute

// maxOAuthBytes bounds the form of a request for a token, maxCodes the codes that wait to be exchanged.
const (
	maxOAuthBytes = 16 << 10
	maxCodes      = 1_000
)

// NewOAuthClient is an OAuth App to be made. It asks for no scopes, whatever an authorisation asks for: its tokens tell
// who somebody is and read what is public.
type NewOAuthClient struct {
	Name string `json:"name"`
	// CallbackURL is where GitHub may send people back to: there, or to a path below it.
	CallbackURL string `json:"callback_url"`
}

// OAuthClient is an OAuth App that was made. Its secret is shown this once.
type OAuthClient struct {
	ClientID string `json:"client_id"`
	Secret   string `json:"client_secret"`
}

// oauthClient is a registered OAuth App.
type oauthClient struct {
	NewOAuthClient
	OAuthClient
	callback *url.URL
}

// grant is a code that was given and not exchanged yet.
type grant struct {
	client    *oauthClient
	user      *world.Account
	redirect  string
	challenge string // of PKCE, method S256; "" for none
	ends      time.Time
}

// oauth holds clients by id and grants by code.
type oauth struct {
	mu      sync.Mutex
	clients map[string]*oauthClient
	grants  map[string]grant
}

func newOAuth() *oauth { return &oauth{clients: map[string]*oauthClient{}, grants: map[string]grant{}} }

// CreateOAuthClient makes an OAuth App.
func (s *Sim) CreateOAuthClient(n NewOAuthClient) (OAuthClient, error) {
	callback, err := url.Parse(n.CallbackURL)
	if err != nil || callback.Host == "" || (callback.Scheme != "http" && callback.Scheme != "https") {
		return OAuthClient{}, world.Unprocessable(fmt.Sprintf("callback_url %q is not an address such as https://vidimus.example/review/signed-in", n.CallbackURL))
	}
	id, secret := make([]byte, 8), make([]byte, 20)
	_, _ = rand.Read(id)     // never fails
	_, _ = rand.Read(secret) // never fails
	made := OAuthClient{ClientID: "Ov23li" + hex.EncodeToString(id), Secret: hex.EncodeToString(secret)}
	s.oauth.mu.Lock()
	defer s.oauth.mu.Unlock()
	s.oauth.clients[made.ClientID] = &oauthClient{n, made, callback}
	return made, nil
}

func (o *oauth) client(id string) *oauthClient {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.clients[id]
}

// redirect is where people go back to: the address that the request names, if it is the registered one or below it.
func (c *oauthClient) redirect(asked string) (string, bool) {
	if asked == "" {
		return c.CallbackURL, true
	}
	u, err := url.Parse(asked)
	if err != nil || u.Scheme != c.callback.Scheme || u.User != nil || u.Fragment != "" {
		return "", false
	}
	sameHost := u.Host == c.callback.Host
	if ip := net.ParseIP(u.Hostname()); ip != nil && ip.IsLoopback() {
		sameHost = u.Hostname() == c.callback.Hostname() // any port: GitHub docs, "Loopback redirect urls"
	}
	below := u.Path == c.callback.Path || strings.HasPrefix(u.Path, strings.TrimSuffix(c.callback.Path, "/")+"/")
	return asked, sameHost && below && !strings.Contains(u.Path, "..")
}

// give makes a code for a grant. When too many wait, the ones that have ended go, else all.
func (o *oauth) give(g grant, now time.Time) string {
	raw := make([]byte, 10)
	_, _ = rand.Read(raw) // never fails
	code := hex.EncodeToString(raw)
	o.mu.Lock()
	defer o.mu.Unlock()
	for c, old := range o.grants {
		if now.After(old.ends) || len(o.grants) >= maxCodes {
			delete(o.grants, c)
		}
	}
	o.grants[code] = g
	return code
}

// take gives the grant of a code, once.
func (o *oauth) take(code string) (grant, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	g, ok := o.grants[code]
	delete(o.grants, code)
	return g, ok
}

// oauthProblem is an error of the flow in GitHub's words.
type oauthProblem struct{ Code, Description string }

func badCode() *oauthProblem {
	return &oauthProblem{"bad_verification_code", "The code passed is incorrect or expired."}
}

// serveToken exchanges a code for a token: POST /login/oauth/access_token. Problems are answered with 200, as GitHub
// does; only an unknown client is 404.
func (s *Sim) serveToken(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxOAuthBytes)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "Bad Request", http.StatusBadRequest)
		return
	}
	client := s.oauth.client(r.Form.Get("client_id"))
	if client == nil {
		writeOAuth(w, r, http.StatusNotFound, map[string]string{"error": "Not Found"})
		return
	}
	token, problem := s.exchange(client, r.Form)
	if problem != nil {
		writeOAuth(w, r, http.StatusOK, map[string]string{
			"error": problem.Code, "error_description": problem.Description,
			"error_uri": "/apps/managing-oauth-apps/troubleshooting-oauth-app-access-token-request-errors/",
		})
		return
	}
	writeOAuth(w, r, http.StatusOK, map[string]string{"access_token": token, "token_type": "bearer", "scope": ""})
}

func (s *Sim) exchange(client *oauthClient, form url.Values) (string, *oauthProblem) {
	if subtle.ConstantTimeCompare([]byte(form.Get("client_secret")), []byte(client.Secret)) != 1 {
		return "", &oauthProblem{"incorrect_client_credentials", "The client_id and/or client_secret passed are incorrect."}
	}
	g, ok := s.oauth.take(form.Get("code"))
	if !ok || g.client != client || s.Now().After(g.ends) {
		return "", badCode()
	}
	if asked := form.Get("redirect_uri"); asked != "" && asked != g.redirect {
		return "", &oauthProblem{"redirect_uri_mismatch", "The redirect_uri MUST match the registered callback URL for this application."}
	}
	sum := sha256.Sum256([]byte(form.Get("code_verifier")))
	if g.challenge != "" && base64.RawURLEncoding.EncodeToString(sum[:]) != g.challenge {
		return "", badCode()
	}
	var value string
	err := s.write(func() error {
		token, err := s.world.AddToken(g.user)
		if err != nil {
			return err
		}
		token.NoScopes, value = true, token.Value
		return nil
	})
	if err != nil {
		return "", badCode()
	}
	return value, nil
}

// writeOAuth answers in JSON where that is asked for, else as a form.
func writeOAuth(w http.ResponseWriter, r *http.Request, status int, fields map[string]string) {
	w.Header().Set("Cache-Control", "no-store")
	if strings.Contains(r.Header.Get("Accept"), "json") {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(fields) // a client that has gone away is no matter
		return
	}
	values := url.Values{}
	for name, value := range fields {
		values.Set(name, value)
	}
	w.Header().Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(values.Encode()))
}

func (s *Sim) postOAuthClient(r *http.Request) (any, error) {
	var n NewOAuthClient
	if err := decodeControl(r, &n); err != nil {
		return nil, err
	}
	return s.CreateOAuthClient(n)
}
