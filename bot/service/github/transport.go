package github

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Limits of one answer and of what is remembered for conditional requests.
const (
	maxAnswerBytes = 64 << 20
	maxCached      = 2_000
	maxCachedBytes = 1 << 20 // of one answer
)

// apiVersion is sent with every request; GitHub keeps it until March 2028.
const apiVersion = "2022-11-28"

// transport adds what every request needs: authority, version, a condition for
// what was read before, and a bound on the answer. It reads GitHub's clock. It
// speaks to one origin alone.
type transport struct {
	base   http.RoundTripper
	origin *url.URL // scheme and host of the API
	bearer func(fresh bool, r *http.Request) (string, error)
	clock  *clock
	cache  *answers
}

// RoundTrip sends r; a 401 is tried once more with a fresh token, because
// GitHub's clock, not ours, ends tokens.
func (t *transport) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := t.send(r, false)
	if err != nil || answer.StatusCode != http.StatusUnauthorized || (r.Body != nil && r.GetBody == nil) {
		return answer, err
	}
	_, _ = io.Copy(io.Discard, answer.Body) // bounded; so that the connection can be used again
	_ = answer.Body.Close()                 // read to its end; nothing is lost
	return t.send(r, true)
}

func (t *transport) send(original *http.Request, fresh bool) (*http.Response, error) {
	if !sameOrigin(t.origin, original.URL) {
		// A redirect to anywhere else would take the token there.
		return nil, fmt.Errorf("%s %s leads to %s://%s: %w", original.Method, original.URL.Path, original.URL.Scheme, original.URL.Host, ErrElsewhere)
	}
	r := original.Clone(original.Context())
	if original.GetBody != nil {
		body, err := original.GetBody()
		if err != nil {
			return nil, fmt.Errorf("repeat request: %w", err)
		}
		r.Body = body
	}
	bearer, err := t.bearer(fresh, r)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+bearer)
	r.Header.Set("X-GitHub-Api-Version", apiVersion)
	known := t.cache.condition(r)
	answer, err := t.base.RoundTrip(r)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", r.Method, r.URL.Path, err)
	}
	t.clock.read(answer)
	answer.Body = &boundedBody{ReadCloser: answer.Body, left: maxAnswerBytes}
	if answer.StatusCode == http.StatusNotModified && known != nil {
		return known.restore(answer), nil
	}
	return t.cache.remember(r, answer)
}

func sameOrigin(a, b *url.URL) bool { return a.Scheme == b.Scheme && a.Host == b.Host }

// boundedBody ends with ErrTooLarge where more follows than is left: an answer is
// never cut short and taken for whole.
type boundedBody struct {
	io.ReadCloser
	left int64
}

func (b *boundedBody) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.ReadCloser.Read(p)
	if int64(n) > b.left {
		n, err = int(b.left), ErrTooLarge
	}
	b.left -= int64(n)
	return n, err
}

// clock is our clock, moved to GitHub's.
type clock struct {
	now    func() time.Time
	mu     sync.Mutex
	offset time.Duration
}

// tolerance is how far the clocks may be apart before ours is moved: the date of
// an answer has whole seconds and was written a moment ago.
const tolerance = 2 * time.Second

func (c *clock) read(answer *http.Response) {
	at, err := http.ParseTime(answer.Header.Get("Date"))
	if err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	offset := at.Sub(c.now().Truncate(time.Second))
	if difference := offset - c.offset; difference > tolerance || difference < -tolerance {
		c.offset = offset
	}
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now().Add(c.offset).UTC().Truncate(time.Second)
}

// answers remembers answers by address for conditional requests: a 304 costs
// nothing of the limit. It always asks; GitHub's max-age is ignored.
type answers struct {
	mu    sync.Mutex
	known map[string]*cached
}

type cached struct {
	etag   string
	header http.Header
	body   []byte
}

// condition makes a GET conditional and gives what is known of it.
func (c *answers) condition(r *http.Request) *cached {
	if r.Method != http.MethodGet || c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	known := c.known[r.URL.String()]
	if known != nil {
		r.Header.Set("If-None-Match", known.etag)
	}
	return known
}

func (k *cached) restore(answer *http.Response) *http.Response {
	_ = answer.Body.Close() // a 304 has no body
	header := k.header.Clone()
	for name, values := range answer.Header {
		header[name] = values
	}
	restored := *answer
	restored.StatusCode, restored.Status = http.StatusOK, "200 OK"
	restored.Header, restored.Body = header, io.NopCloser(bytes.NewReader(k.body))
	return &restored
}

func (c *answers) remember(r *http.Request, answer *http.Response) (*http.Response, error) {
	etag := answer.Header.Get("ETag")
	if c == nil || r.Method != http.MethodGet || answer.StatusCode != http.StatusOK || etag == "" ||
		strings.Contains(answer.Header.Get("Content-Type"), "octet-stream") {
		return answer, nil
	}
	body, err := io.ReadAll(answer.Body)
	if cerr := answer.Body.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, fmt.Errorf("read answer of %s: %w", r.URL.Path, err)
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	if len(body) > maxCachedBytes {
		return answer, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.known) >= maxCached {
		clear(c.known) // rare, and costs one round of full answers
	}
	c.known[r.URL.String()] = &cached{etag, answer.Header.Clone(), body}
	return answer, nil
}
