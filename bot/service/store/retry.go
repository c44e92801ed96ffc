package store

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	// patience is how long RetryLater may put a delivery off without using up an
	// attempt. GitHub keeps its delivery log as long; what it has not shown by
	// then, it will not show.
	patience = 72 * time.Hour
	// minWait and maxWait bound RetryLater: no busy loop, nothing forgotten.
	minWait = 100 * time.Millisecond
	maxWait = time.Hour
	// maxErrorBytes bounds the error text kept with a row: GitHub's HTML error
	// pages are not worth storing.
	maxErrorBytes = 2000
)

// Retry says when failed work is tried again: after First, twice as long each
// time, at most Max. A delivery is dead after Attempts failures; a wish is tried
// for ever. Zero fields are 2 s, 10 min and 10, which gives up after 17 minutes.
type Retry struct {
	First, Max time.Duration
	Attempts   int
}

func (r Retry) withDefaults() Retry {
	if r.First <= 0 {
		r.First = 2 * time.Second
	}
	if r.Max <= 0 {
		r.Max = 10 * time.Minute
	}
	if r.Attempts <= 0 {
		r.Attempts = 10
	}
	return r
}

// wait is the pause after the given number of failures, at least one.
func (r Retry) wait(failures int) time.Duration {
	wait := r.First
	for range failures - 1 {
		if wait >= r.Max {
			break
		}
		wait *= 2
	}
	return min(wait, r.Max)
}

// RetryLater is the error with which a worker says that the cause lies outside
// and will pass: GitHub does not show the data yet, a rate limit, no network.
// The work is handed over again after After (100 ms to an hour) and no attempt
// is used up, for three days at most. Cause is for the log; it may be nil.
type RetryLater struct {
	After time.Duration
	Cause error
}

// Error says what is waited for and how long.
func (e *RetryLater) Error() string {
	if e.Cause == nil {
		return fmt.Sprintf("try again in %s", e.After)
	}
	return fmt.Sprintf("try again in %s: %v", e.After, e.Cause)
}

// Unwrap gives the cause.
func (e *RetryLater) Unwrap() error { return e.Cause }

// next is what a failure does to a row that has been tried before.
type next struct {
	attempts, waits int
	due             int64 // Unix milliseconds
	dead            bool
}

// after decides what cause does to a row that arrived at the time arrived, in
// Unix milliseconds.
func (r Retry) after(cause error, row tried, now time.Time) next {
	var later *RetryLater
	if errors.As(cause, &later) && now.Sub(time.UnixMilli(row.arrived)) < patience {
		wait := min(max(later.After, minWait), maxWait)
		return next{attempts: row.attempts, waits: row.waits + 1, due: now.Add(wait).UnixMilli()}
	}
	attempts := row.attempts + 1
	return next{
		attempts: attempts,
		waits:    row.waits,
		due:      now.Add(r.wait(attempts)).UnixMilli(),
		dead:     attempts >= r.Attempts,
	}
}

// tried is what the store knows of earlier attempts at a row.
type tried struct {
	attempts, waits int
	arrived         int64 // Unix milliseconds of the system's clock
}

// errorText is what is kept of an error: bounded, valid UTF-8, without NUL.
func errorText(err error) string {
	text := strings.ReplaceAll(strings.ToValidUTF8(err.Error(), "�"), "\x00", "�")
	if len(text) <= maxErrorBytes {
		return text
	}
	cut := maxErrorBytes
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + " …"
}
