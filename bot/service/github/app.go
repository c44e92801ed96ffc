package github

import (
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v4"
	gh "github.com/google/go-github/v60/github"
)

// Config says which App speaks to which GitHub.
type Config struct {
	// URL is the host's web address: https://github.com, or that of an Enterprise
	// Server, whose API lies below /api/v3.
	URL   string
	AppID int64
	Key   []byte // private key, PEM
	// Now is our clock; nil is the system's.
	Now func() time.Time
	// Base sends the requests; nil is http.DefaultTransport.
	Base http.RoundTripper
}

// App is a GitHub App. All methods may be called at once.
type App struct {
	url    *url.URL
	id     int64
	key    *rsa.PrivateKey
	clock  *clock
	base   http.RoundTripper
	client *gh.Client // with the App's own authority

	mu            sync.Mutex
	installations map[int64]*installation
}

// New makes an App; it sends nothing yet.
func New(c Config) (*App, error) {
	u, err := url.Parse(strings.TrimSuffix(c.URL, "/"))
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
		return nil, fmt.Errorf("GitHub's address %q is not one such as https://github.com", c.URL)
	}
	key, err := jwt.ParseRSAPrivateKeyFromPEM(c.Key)
	if err != nil {
		return nil, fmt.Errorf("private key of the App: %w", err)
	}
	a := &App{
		url: u, id: c.AppID, key: key, clock: &clock{now: c.Now}, base: c.Base,
		installations: map[int64]*installation{},
	}
	if a.base == nil {
		a.base = http.DefaultTransport
	}
	if c.Now == nil {
		a.clock.now = time.Now
	}
	a.client, err = a.newClient(&transport{
		base: a.base, origin: a.origin(), clock: a.clock, bearer: func(bool, *http.Request) (string, error) { return a.jwt() },
	})
	return a, err
}

// Now is the time by GitHub's clock, in UTC and whole seconds.
func (a *App) Now() time.Time { return a.clock.Now() }

// ID is the App's number; its check runs carry it.
func (a *App) ID() int64 { return a.id }

// Slug asks GitHub for the App's short name; it writes as the account SLUG[bot].
func (a *App) Slug(ctx context.Context) (string, error) {
	self, _, err := a.client.Apps.Get(ctx, "")
	if err != nil {
		return "", a.sorted("read the App", err)
	}
	return self.GetSlug(), nil
}

// Host is the host's name, for evidence.
func (a *App) Host() string { return a.url.Host }

// WebURL is an address on the host's web pages.
func (a *App) WebURL(path string) string { return a.url.String() + "/" + path }

// origin is where the API lies.
func (a *App) origin() *url.URL {
	if a.url.Host == publicHost {
		return &url.URL{Scheme: a.url.Scheme, Host: "api." + publicHost}
	}
	return &url.URL{Scheme: a.url.Scheme, Host: a.url.Host}
}

// publicHost is GitHub itself; every other host is an Enterprise Server.
const publicHost = "github.com"

// userAgent names us to GitHub, which refuses requests without one.
const userAgent = "vidimus"

// callTimeout bounds one call; GitHub itself ends them after ten seconds.
const callTimeout = 30 * time.Second

func (a *App) newClient(t http.RoundTripper) (*gh.Client, error) {
	client := gh.NewClient(&http.Client{Transport: t, Timeout: callTimeout})
	client.UserAgent = userAgent
	if a.url.Host == publicHost {
		return client, nil
	}
	client, err := client.WithEnterpriseURLs(a.url.String(), a.url.String())
	if err != nil {
		return nil, fmt.Errorf("address of GitHub: %w", err)
	}
	return client, nil
}

// jwt is the App's own authority: ten minutes by GitHub's clock, begun a minute
// ago. Source: GitHub Docs, "Generating a JSON Web Token (JWT) for a GitHub App".
func (a *App) jwt() (string, error) {
	now := a.clock.Now()
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.RegisteredClaims{
		Issuer:    strconv.FormatInt(a.id, 10),
		IssuedAt:  jwt.NewNumericDate(now.Add(-time.Minute)),
		ExpiresAt: jwt.NewNumericDate(now.Add(8 * time.Minute)),
	})
	signed, err := token.SignedString(a.key)
	if err != nil {
		return "", fmt.Errorf("sign token of the App: %w", err)
	}
	return signed, nil
}

// installation is the authority over one organisation's repositories.
type installation struct {
	app     *App
	id      int64
	client  *gh.Client
	mu      sync.Mutex
	token   string
	expires time.Time
}

func (a *App) installation(id int64) (*installation, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if i, ok := a.installations[id]; ok {
		return i, nil
	}
	i := &installation{app: a, id: id}
	client, err := a.newClient(&transport{
		base: a.base, origin: a.origin(), clock: a.clock, cache: &answers{known: map[string]*cached{}},
		bearer: func(fresh bool, r *http.Request) (string, error) { return i.bearer(r.Context(), fresh) },
	})
	if err != nil {
		return nil, err
	}
	i.client = client
	a.installations[id] = i
	return i, nil
}

// renewal is how long before its end a token is not used any more.
const renewal = 2 * time.Minute

func (i *installation) bearer(ctx context.Context, fresh bool) (string, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if !fresh && i.token != "" && i.app.Now().Before(i.expires.Add(-renewal)) {
		return i.token, nil
	}
	t, _, err := i.app.client.Apps.CreateInstallationToken(ctx, i.id, nil)
	if err != nil {
		return "", i.app.sorted("token of installation "+strconv.FormatInt(i.id, 10), err)
	}
	i.token, i.expires = t.GetToken(), t.GetExpiresAt().Time
	return i.token, nil
}

// maxHostKeys bounds the host's keys; GitHub's own have some 6 KB.
const maxHostKeys = 1 << 20

// HostKeys reads the commit signing keys that the host publishes.
func (a *App) HostKeys(ctx context.Context) ([]byte, error) {
	keys, err := a.hostKeys(ctx)
	if err != nil {
		return nil, fmt.Errorf("the host's keys: %w", err)
	}
	return keys, nil
}

func (a *App) hostKeys(ctx context.Context) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, a.WebURL("web-flow.gpg"), nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("User-Agent", userAgent)
	client := http.Client{Transport: a.base, Timeout: callTimeout, CheckRedirect: func(next *http.Request, _ []*http.Request) error {
		if !sameOrigin(a.url, next.URL) {
			return ErrElsewhere // another host's keys are not this host's
		}
		return nil
	}}
	answer, err := client.Do(r)
	if errors.Is(err, ErrElsewhere) {
		return nil, err
	}
	if err != nil {
		return nil, &RetryError{shortWait, err}
	}
	defer func() { _ = answer.Body.Close() }() // the body is read to its end or given up
	if answer.StatusCode != http.StatusOK {
		return nil, &RetryError{shortWait, errors.New(answer.Status)}
	}
	keys, err := io.ReadAll(&boundedBody{ReadCloser: answer.Body, left: maxHostKeys})
	if err != nil && !errors.Is(err, ErrTooLarge) {
		return nil, &RetryError{shortWait, err}
	}
	return keys, err
}
