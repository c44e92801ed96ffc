package github

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	gh "github.com/google/go-github/v60/github"
)

// ErrNotFound is GitHub's 404: not there, or not for us.
var ErrNotFound = errors.New("GitHub does not know it, or not for this App")

// ErrRefused is a 401 or 403 that another attempt would not change.
var ErrRefused = errors.New("GitHub refuses the App this")

// ErrInvalid is a 4xx for a request that was wrong in itself.
var ErrInvalid = errors.New("GitHub does not take the request")

// RetryError says that the same call may succeed later: network, 5xx, a limit.
type RetryError struct {
	After time.Duration // at least
	Cause error
}

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

// sorted turns an error of go-github into one of ours. what names the call.
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
		return fmt.Errorf("%s: %w", what, &RetryError{bounded(secondary.GetRetryAfter()), err})
	case errors.As(err, &answer):
		return fmt.Errorf("%s: %w", what, a.byStatus(answer))
	default:
		return fmt.Errorf("%s: %w", what, &RetryError{shortWait, err})
	}
}

func (a *App) byStatus(answer *gh.ErrorResponse) error {
	code := answer.Response.StatusCode
	switch {
	case code == http.StatusNotFound || code == http.StatusGone:
		return fmt.Errorf("%w: %w", ErrNotFound, answer)
	case code == http.StatusTooManyRequests:
		return &RetryError{bounded(retryAfter(answer.Response)), answer}
	case code >= 500:
		return &RetryError{shortWait, answer}
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		return fmt.Errorf("%w: %w", ErrRefused, answer)
	default:
		return fmt.Errorf("%w: %w", ErrInvalid, answer)
	}
}

func retryAfter(r *http.Response) time.Duration {
	seconds, err := strconv.Atoi(r.Header.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return limitWait
	}
	return time.Duration(seconds) * time.Second
}

func bounded(d time.Duration) time.Duration {
	return min(max(d, shortWait), longestWait)
}
