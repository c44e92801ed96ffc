package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
)

// commitSummary counts what came out.
type commitSummary struct {
	total, counted int
	accepted       int // of those that count, the ones whose verdict alone does not
	oldest         time.Time
	started        time.Time
	trust          string
	// missing are the first commits that do not count, place says where they stand.
	missing []judgedCommit
	place   commitPlace
	// config names whom to ask about what has landed, nil without a configuration.
	config *repoconfig.Config
}

// maxMissing bounds the commits whose mend the summary gives: after ten it says how many more.
const maxMissing = 10

// add counts one commit.
func (s *commitSummary) add(c judgedCommit) {
	s.total++
	if c.accepted != "" {
		s.accepted++
	}
	if c.counts {
		s.counted++
	} else if len(s.missing) < maxMissing {
		s.missing = append(s.missing, c)
	}
	if when := c.committer.When; !when.IsZero() && (s.oldest.IsZero() || when.Before(s.oldest)) {
		s.oldest = when
	}
}

// text says what came out; the last line is the verdict, or what to do.
func (s *commitSummary) text(took time.Duration) string {
	switch {
	case s.total == 0:
		return s.trust + "\n0 commits: there is nothing to judge\n"
	case s.counted == s.total:
		since := ""
		if !s.oldest.IsZero() {
			since = ", since " + s.oldest.UTC().Format(time.DateOnly)
		}
		all := "all good"
		if s.accepted > 0 {
			all = fmt.Sprintf("%s good, %s accepted as they are", thousands(s.total-s.accepted), thousands(s.accepted))
		}
		return fmt.Sprintf("%s\n%s, %s%s, %s\n", s.trust, commitCount(s.total), all, since, duration(took))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s of %s count, %s not:\n", s.trust, thousands(s.counted), commitCount(s.total), thousands(s.total-s.counted))
	for _, c := range s.missing {
		lines := wrapped(printable(strings.TrimSuffix(string(c.verdict.Word)+": "+s.place.mend(c), ": ")), 64)
		fmt.Fprintf(&b, "  %.12s  %s\n", c.id, strings.Join(lines, "\n                "))
	}
	if more := s.total - s.counted - len(s.missing); more > 0 {
		fmt.Fprintf(&b, "  and %s more\n", thousands(more))
	}
	return b.String() + s.place.advice(s.missing)
}

// duration writes a time that something took.
func duration(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// commitCount writes "1 commit" or "1,204 commits".
func commitCount(n int) string {
	if n == 1 {
		return "1 commit"
	}
	return thousands(n) + " commits"
}

// thousands writes n with separators.
func thousands(n int) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
