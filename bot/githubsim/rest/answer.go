package rest

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/githubsim/gitrepo"
	"github.com/vidimus-bot/vidimus/bot/githubsim/wire"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// Versions of the API that answer. Source: GitHub docs, "API versions".
const (
	versionHeader = "X-GitHub-Api-Version"
	oldVersion    = "2022-11-28"
	newVersion    = "2026-03-10"
)

func knownVersion(version string) bool { return version == oldVersion || version == newVersion }

// mediaType is what answers are made of, as GitHub repeats it in a header.
const mediaType = "application/json; charset=utf-8"

// finish writes the answer or the refusal out and sets the headers. The world's lock is held.
func (c *call) finish(found answer, err error) (status int, content []byte) {
	if err != nil {
		found = c.refusal(err)
	}
	switch {
	case found.raw != nil:
		content = found.raw
		c.header.Set("Content-Type", found.mediaType)
	case found.body != nil:
		if content, err = json.Marshal(found.body); err != nil {
			// unreachable: wire writes nothing that JSON cannot hold
			found.status, content = http.StatusInternalServerError, []byte(`{"message":"`+err.Error()+`"}`)
		}
		c.header.Set("Content-Type", mediaType)
	}
	if found.location != "" {
		c.header.Set("Location", found.location)
	}
	c.setHeaders()
	status = found.status
	if status == http.StatusOK || status == http.StatusCreated {
		if status = c.setETag(status, content); status == http.StatusNotModified {
			content = nil
			c.header.Del("Content-Type")
		}
	}
	c.setRate(status)
	return status, content
}

// refusal writes an error as GitHub does. What is not a refusal is a fault of the simulator.
func (c *call) refusal(err error) answer {
	refused, is := world.IsRefusal(err)
	switch {
	case is:
	case errors.Is(err, gitrepo.ErrNotFound):
		refused = world.NotFound()
	default:
		c.Log.Error("request failed", "path", c.request.URL.Path, "err", err)
		refused = &world.Refusal{Status: http.StatusInternalServerError, Message: "The simulator failed: " + err.Error()}
	}
	o := wire.Object{"message": refused.Message, "documentation_url": c.documentation(), "status": strconv.Itoa(refused.Status)}
	if len(refused.Errors) > 0 {
		o["errors"] = refused.Errors
	}
	if location := c.header.Get("Location"); location != "" {
		o["url"] = location
	}
	return answer{status: refused.Status, body: o}
}

// documentation is where GitHub would send the reader.
func (c *call) documentation() string {
	const docs = "https://docs.github.com/rest"
	if c.route == nil {
		return docs
	}
	category, name, _ := strings.Cut(c.route.operation, "/")
	return docs + "/" + category + "#" + name
}

// setHeaders sets what every answer carries.
func (c *call) setHeaders() {
	version := c.request.Header.Get(versionHeader)
	if !knownVersion(version) {
		version = oldVersion
	}
	for name, value := range map[string]string{
		"Date":                          c.World.Clock.Now().Format(http.TimeFormat),
		"Server":                        "GitHub.com",
		"X-GitHub-Request-Id":           requestID(),
		"X-GitHub-Media-Type":           "github.v3; format=json",
		"X-GitHub-Api-Version-Selected": version,
		"Cache-Control":                 "private, max-age=60, s-maxage=60",
		"Vary":                          "Accept, Authorization, Cookie, X-GitHub-OTP,Accept-Encoding, Accept, X-Requested-With",
		"X-Content-Type-Options":        "nosniff",
	} {
		c.header[name] = []string{value}
	}
	if version == oldVersion {
		c.header.Set("Deprecation", "Tue, 10 Mar 2026 00:00:00 GMT")
		c.header.Set("Sunset", "Fri, 10 Mar 2028 00:00:00 GMT")
	}
}

// requestID has GitHub's form.
func requestID() string {
	var b [11]byte
	_, _ = rand.Read(b[:]) // crypto/rand never fails
	h := strings.ToUpper(hex.EncodeToString(b[:]))
	return fmt.Sprintf("%s:%s:%s:%s:%s", h[0:4], h[4:8], h[8:13], h[13:18], h[14:22])
}

// setETag names the content and answers a conditional request. GitHub's ETags depend on the token: a request with a
// new one gets the whole answer again. Source: bored-engineer/github-conditional-http-transport.
func (c *call) setETag(status int, content []byte) int {
	if content == nil {
		return status
	}
	sum := sha256.New()
	for _, name := range []string{"Accept", "Authorization", "Cookie"} {
		sum.Write([]byte(c.request.Header.Get(name) + ":"))
	}
	sum.Write(content)
	tag := `"` + hex.EncodeToString(sum.Sum(nil)) + `"`
	reading := c.request.Method == http.MethodGet || c.request.Method == http.MethodHead
	if reading {
		tag = "W/" + tag
	}
	c.header["ETag"] = []string{tag}
	for _, known := range strings.Split(c.request.Header.Get("If-None-Match"), ",") {
		if reading && strings.TrimPrefix(strings.TrimSpace(known), "W/") == strings.TrimPrefix(tag, "W/") {
			return http.StatusNotModified
		}
	}
	return status
}

// setRate counts the request and reports the limit. Answers to a JWT carry none of it; a 304 costs nothing.
func (c *call) setRate(status int) {
	if c.actor.Token == nil {
		return
	}
	free := status == http.StatusNotModified || c.route != nil && c.route.operation == "rate-limit/get"
	used, resets := c.World.Spend(c.actor.Token, c.RateLimit, free)
	for name, value := range map[string]string{
		"X-RateLimit-Limit":     strconv.Itoa(c.RateLimit),
		"X-RateLimit-Remaining": strconv.Itoa(c.RateLimit - used),
		"X-RateLimit-Used":      strconv.Itoa(used),
		"X-RateLimit-Reset":     strconv.FormatInt(resets.Unix(), 10),
		"X-RateLimit-Resource":  "core",
	} {
		c.header[name] = []string{value}
	}
}

// Page sizes. Source: GitHub docs, "Using pagination in the REST API".
const (
	defaultPage = 30
	maxPage     = 100
)

// pageOf cuts the page that was asked for out of all and sets the Link header.
func pageOf[T any](c *call, all []T) []T {
	size, number := c.pageSize(), max(int(parseID(c.query.Get("page"))), 1)
	last := max((len(all)+size-1)/size, 1)
	var links []string
	link := func(page int, rel string) {
		query := url.Values{}
		for name, values := range c.query {
			query[name] = values
		}
		query.Set("page", strconv.Itoa(page))
		links = append(links, fmt.Sprintf("<%s?%s>; rel=%q", c.linkTarget(), query.Encode(), rel))
	}
	if number > 1 {
		link(min(number-1, last), "prev")
	}
	if number < last {
		link(number+1, "next")
		link(last, "last")
	}
	if number > 1 {
		link(1, "first")
	}
	if len(links) > 0 {
		c.header["Link"] = []string{strings.Join(links, ", ")}
	}
	from := min((number-1)*size, len(all))
	return all[from:min(from+size, len(all))]
}

func (c *call) pageSize() int {
	size := int(parseID(c.query.Get("per_page")))
	if size < 1 {
		return defaultPage
	}
	return min(size, maxPage)
}

// linkTarget is the address that Link headers name: GitHub writes repositories by their number there.
func (c *call) linkTarget() string {
	path := strings.TrimPrefix(c.request.URL.EscapedPath(), Prefix)
	if c.repo != nil && strings.HasPrefix(path, "/repos/") {
		parts := strings.SplitN(path, "/", 5)
		path = fmt.Sprintf("/repositories/%d", c.repo.ID)
		if len(parts) == 5 {
			path += "/" + parts[4]
		}
	}
	return c.Wire.API() + path
}
