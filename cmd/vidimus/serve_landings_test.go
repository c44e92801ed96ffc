package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/demo"
	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/evidence/audit"
	"github.com/vidimus-bot/vidimus/bot/evidence/site"
)

// governedPath is the document that lands again and again.
const governedPath = "policy/cloud-usage-policy.md"

// atRequest kills around the n-th request of the App from now on.
func atRequest(n int64, when moment) func(*http.Request) moment {
	var seen atomic.Int64
	return func(*http.Request) moment {
		if seen.Add(1) == n {
			return when
		}
		return never
	}
}

// opensIssue kills after the next issue was opened, before the App hears its number.
func opensIssue(r *http.Request) moment {
	if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/issues") {
		return after
	}
	return never
}

// pushesEvidence kills around the next push to the evidence branch.
func pushesEvidence(when moment) func(*http.Request) moment {
	return func(r *http.Request) moment {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/git-receive-pack") {
			return when
		}
		return never
	}
}

// pushPast pushes the document, with a word more, straight onto main.
func (b *between) pushPast(word string) string {
	b.t.Helper()
	text, err := b.story.Read(b.t.Context(), "main", governedPath)
	if err != nil {
		b.t.Fatal(err)
	}
	tip, err := b.story.Push(b.t.Context(), "isolheim", "main", word, map[string][]byte{governedPath: append(text, "\n"+word+"\n"...)})
	if err != nil {
		b.t.Fatal(err)
	}
	return tip
}

// mergePolicy proposes the document, has it signed, and merges it.
func (b *between) mergePolicy() {
	b.t.Helper()
	s, ctx := b.story, b.t.Context()
	head, err := s.Push(ctx, "rdevries", "policy", "The policy", map[string][]byte{governedPath: s.Documents[governedPath]})
	if err != nil {
		b.t.Fatal(err)
	}
	p, err := s.As("rdevries").OpenPull(ctx, "The policy", "policy", "")
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := s.SignAll(ctx, p.Number, head); err != nil {
		b.t.Fatal(err)
	}
	b.arm(nil, atRequest(1+rand.Int64N(soon), after))
	if err := s.As("rdevries").Merge(ctx, p.Number, head); err != nil {
		b.t.Fatal(err)
	}
}

// soon is less than any landing asks of GitHub, so that a kill before that many requests
// always comes.
const soon = 6

// recorded waits until the ledger has so many entries, and gives it.
func (b *between) recorded(entries int) *evidence.Ledger {
	b.t.Helper()
	var l *evidence.Ledger
	read := ""
	err := demo.Await(b.t.Context(), fmt.Sprintf("entry %d of the ledger", entries), func() (bool, error) {
		tip, err := b.story.As("isolheim").Branch(b.t.Context(), "evidence")
		if err != nil || tip == read {
			return false, err
		}
		read = tip
		l, _, err = b.story.Ledger(b.t.Context())
		return err == nil && len(l.Entries()) >= entries, err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return l
}

// The App is killed while landings are published, each time at another moment: between
// any two requests, when the issue is there and its number is not, and around the push
// that is the entry. Afterwards each landing has its entry, once, and its issue, once,
// and the auditor finds the branch whole.
func TestServe_killedDuringLaterLandingsLeavesACompleteLedger(t *testing.T) {
	if testing.Short() {
		t.Skip("plays six landings; not with -short")
	}
	b := newBetween(t)
	b.start()
	if err := b.story.Found(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.mergePolicy()
	b.died()
	b.start()
	b.recorded(2)

	n, when := 1+rand.Int64N(soon), []moment{before, after}[rand.IntN(2)]
	t.Logf("random kill: around request %d (%d)", n, when)
	var tips []string
	for _, kill := range []func(*http.Request) moment{
		opensIssue, pushesEvidence(before), pushesEvidence(after), atRequest(n, when),
	} {
		b.arm(nil, kill)
		tips = append(tips, b.pushPast(fmt.Sprintf("Past the check, %d.", len(tips)+1)))
		b.died()
		b.start()
		b.recorded(2 + len(tips))
	}
	b.deviatesOnce(tips)
	b.whole(2 + len(tips))
}

// deviatesOnce holds that each landed commit has one check that fails, and one issue.
func (b *between) deviatesOnce(tips []string) {
	b.t.Helper()
	s, ctx := b.story, b.t.Context()
	for _, tip := range tips {
		if _, err := s.Verdict(ctx, tip, demo.Concludes("failure")); err != nil { // of the one run
			b.t.Error(err)
		}
	}
	issues, err := s.As("isolheim").Issues(ctx)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, tip := range tips {
		about := 0
		for _, i := range issues {
			if strings.HasPrefix(i.Body, "<!-- vidimus:deviation v1 "+tip) {
				about++
			}
		}
		if about != 1 {
			b.t.Errorf("%d issues are about the landing of %s, want 1", about, tip)
		}
	}
}

// whole ends the App and has the auditor judge the evidence branch.
func (b *between) whole(entries int) {
	b.t.Helper()
	b.kill()
	l, tip, err := b.story.Ledger(b.t.Context())
	files, err2 := b.story.Mirror.FS(tip)
	if err := errors.Join(err, err2); err != nil {
		b.t.Fatal(err)
	}
	if n := len(l.Entries()); n != entries {
		b.t.Errorf("the ledger has %d entries, want %d", n, entries)
	}
	keys, err := evidence.ReadKeys(b.story.EvidenceKey.Public)
	if err != nil {
		b.t.Fatal(err)
	}
	report := audit.Verify(files, audit.Options{Primary: keys.Primaries()[0], Branch: true, Render: site.Document, Rendering: site.Rendering})
	if !report.Whole {
		b.t.Errorf("the auditor says: %s\n%+v", report.Sentence(), report.Rows)
	}
}
