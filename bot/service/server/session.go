package server

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// session is who uses a browser. It stands sealed in a cookie, so that a restart, or
// another replica, knows it; it holds no token and gives no access: that is asked of
// GitHub again and again.
type session struct {
	ID    int64  `json:"i"`
	Login string `json:"l"`
	Key   string `json:"k"` // 256 random bits; by them it can be ended
	Ends  int64  `json:"e"`
}

// sessionLife is how long somebody stays signed in: a working day.
const sessionLife = 8 * time.Hour

// The cookies, by their names without prefix.
const (
	sessionCookie = "vidimus-review"
	attemptCookie = "vidimus-sign-in"
)

// maxCookieBytes bounds a cookie that is opened; ours have some 400.
const maxCookieBytes = 2 << 10

// session reads who uses the browser.
func (r *reviews) session(q *http.Request) (session, bool) {
	var s session
	now := r.server.config.Now()
	if !r.cookie(q, sessionCookie, &s) || s.ID == 0 || now.Unix() >= s.Ends {
		return session{}, false
	}
	if _, over := r.ended.get(s.Key, now); over {
		return session{}, false
	}
	return s, true
}

// secure says whether people reach the server by https.
func (r *reviews) secure() bool { return strings.HasPrefix(r.origin, "https://") }

// cookieName binds a cookie to this very host, where the browser takes that: by https.
// Source: RFC 6265bis, 4.1.3.2.
func (r *reviews) cookieName(name string) string {
	if r.secure() {
		return "__Host-" + name
	}
	return name
}

func (r *reviews) newCookie(name, value string) *http.Cookie {
	return &http.Cookie{
		Name: r.cookieName(name), Value: value, Path: "/", Secure: r.secure(), HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
}

// setCookie seals a value into a cookie that ends with the browser.
func (r *reviews) setCookie(w http.ResponseWriter, name string, value any) error {
	plain, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("seal cookie: %w", err)
	}
	http.SetCookie(w, r.newCookie(name, r.seal.close(name, plain)))
	return nil
}

func (r *reviews) dropCookie(w http.ResponseWriter, name string) {
	c := r.newCookie(name, "")
	c.MaxAge = -1
	http.SetCookie(w, c)
}

// cookie opens a cookie. What we did not seal is no cookie; of several with one name the
// first that we sealed counts.
func (r *reviews) cookie(q *http.Request, name string, into any) bool {
	for _, c := range q.CookiesNamed(r.cookieName(name)) {
		plain, ok := r.seal.open(name, c.Value)
		if ok && json.Unmarshal(plain, into) == nil {
			return true
		}
	}
	return false
}

// seal encrypts and authenticates: AES-256 in GCM with a random nonce, the cookie's name
// as additional data, so that one cookie cannot stand for the other.
type seal struct{ aead cipher.AEAD }

// sealKeyBytes is the length of the key.
const sealKeyBytes = 32

func newSeal(key []byte) (*seal, error) {
	if len(key) != sealKeyBytes {
		return nil, errors.New("the key that seals cookies must have 32 bytes")
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("key that seals cookies: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("key that seals cookies: %w", err)
	}
	return &seal{aead}, nil
}

func (s *seal) close(name string, plain []byte) string {
	return base64.RawURLEncoding.EncodeToString(s.aead.Seal(nil, nil, plain, []byte(name)))
}

func (s *seal) open(name, value string) ([]byte, bool) {
	if len(value) > maxCookieBytes {
		return nil, false
	}
	sealed, err := base64.RawURLEncoding.DecodeString(value)
	if err != nil {
		return nil, false
	}
	plain, err := s.aead.Open(nil, nil, sealed, []byte(name))
	return plain, err == nil
}
