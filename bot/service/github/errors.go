package github

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	gh "github.com/google/go-github/v60/github"
)

// ErrNotFound is GitHub's 404: not there, or not for us.
var ErrNotFound = errors.New("GitHub does not know it, or not for this App")

// ErrRefused is a 401 or 403 that another attempt would not change.
var ErrRefused = errors.New("GitHub refuses the App this")

// ErrInvalid is a 4xx for a request that was wrong in itself.
var ErrInvalid = errors.New("GitHub does not take the request")

// ErrElsewhere is a redirect to another host, or from https to http: the token
// does not go there.
var ErrElsewhere = errors.New("GitHub sends the App to another host; check the address of GitHub that is configured")

// ErrTooLarge is an answer over 64 MB, or keys of the host over 1 MB.
var ErrTooLarge = errors.New("GitHub's answer is larger than any that is read")

// ErrAnswer is an answer that is not what GitHub documents.
var ErrAnswer = errors.New("GitHub's answer is not the JSON that it documents; is something else between GitHub and here")

// RetryError says that the same call may succeed later: network, 5xx, a limit.
type RetryError struct {
	After time.Duration // at least
	Cause error
}

// Error tells how long to wait, and why.
func (e *RetryError) Error() string {
	return fmt.Sprintf("try again in %s: %v", e.After, e.Cause)
}

// Unwrap gives the cause.
func (e *RetryError) Unwrap() error { return e.Cause }

// The waits when GitHub names none. Source: GitHub's REST best practices: after a
// secondary limit without Retry-After wait at least a minute.
const (
	shortWait   = 2 * time.Second
	limitWait   = time.Minute
	longestWait = time.Hour
)

// sorted turns an error of go-github into one of ours. what names the call. What
// is neither a limit nor a refusal nor an answer is the network's doing.
func (a *App) sorted(what string, err error) error {
	if err == nil {
		return nil
	}
	var primary *gh.RateLimitError
	var secondary *gh.AbuseRateLimitError
	var answer *gh.ErrorResponse
	var known *RetryError
	switch {
	case errors.As(err, &known), errors.Is(err, ErrRefused), errors.Is(err, ErrNotFound), errors.Is(err, ErrInvalid):
		return fmt.Errorf("%s: %w", what, err) // the token's call was sorted already
	case errors.As(err, &primary):
		return fmt.Errorf("%s: %w", what, &RetryError{bounded(primary.Rate.Reset.Sub(a.Now())), err})
	case errors.As(err, &secondary):
		wait := limitWait
		if secondary.RetryAfter != nil {
			wait = *secondary.RetryAfter
		}
		return fmt.Errorf("%s: %w", what, &RetryError{bounded(wait), err})
	case errors.As(err, &answer):
		return fmt.Errorf("%s: %w", what, a.byStatus(answer))
	case errors.Is(err, ErrElsewhere), errors.Is(err, ErrTooLarge), errors.Is(err, ErrAnswer):
		return fmt.Errorf("%s: %w", what, err)
	case isMalformed(err):
		return fmt.Errorf("%s: %w: %w", what, ErrAnswer, err)
	default:
		return fmt.Errorf("%s: %w", what, &RetryError{shortWait, err})
	}
}

// isMalformed tells JSON that cannot be read from a connection that broke off.
func isMalformed(err error) bool {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	var date *time.ParseError
	return errors.As(err, &syntax) || errors.As(err, &kind) || errors.As(err, &date)
}

func (a *App) byStatus(answer *gh.ErrorResponse) error {
	code := answer.Response.StatusCode
	switch {
	case code == http.StatusNotFound || code == http.StatusGone:
		return fmt.Errorf("%w: %w", ErrNotFound, answer)
	case isLimit(answer):
		return &RetryError{bounded(a.limitEnds(answer.Response)), answer}
	case code >= 500:
		return &RetryError{shortWait, answer}
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return fmt.Errorf("%w: %w", ErrRefused, answer)
	default:
		return fmt.Errorf("%w: %w", ErrInvalid, answer)
	}
}

// isLimit knows the limits that go-github does not: 429 in any form, and a 403
// that says so in its header or only in its words. Source: GitHub Docs, "Rate
// limits for the REST API", "Exceeding the rate limit".
func isLimit(answer *gh.ErrorResponse) bool {
	switch answer.Response.StatusCode {
	case http.StatusTooManyRequests:
		return true
	case http.StatusForbidden:
		return answer.Response.Header.Get("Retry-After") != "" || strings.Contains(strings.ToLower(answer.Message), "rate limit")
	}
	return false
}

// limitEnds is how long a limit lasts: as GitHub says it, in seconds or as a date,
// else until the hour's requests are there again, else a minute.
func (a *App) limitEnds(r *http.Response) time.Duration {
	after := r.Header.Get("Retry-After")
	if seconds, err := strconv.Atoi(after); err == nil && seconds >= 0 {
		return min(time.Duration(seconds), longestWait/time.Second) * time.Second
	}
	if at, err := http.ParseTime(after); err == nil {
		return at.Sub(a.Now())
	}
	reset, err := strconv.ParseInt(r.Header.Get("X-RateLimit-Reset"), 10, 64)
	if err == nil && r.Header.Get("X-RateLimit-Remaining") == "0" {
		return time.Unix(reset, 0).Sub(a.Now())
	}
	return limitWait
}

func bounded(d time.Duration) time.Duration {
	return min(max(d, shortWait), longestWait)
}
