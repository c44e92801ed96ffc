package gate

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/decision/report"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/service/github"
	"github.com/vidimus-bot/vidimus/bot/service/store"
)

// ErrUnseen is returned for a repository or pull request that the App does not look
// after.
var ErrUnseen = errors.New("the App does not look after it")

// Sight is what can be shown of a pull request: its last decision with its facts, and
// the words of the check run for it.
type Sight struct {
	Input    report.Input
	Snapshot facts.Snapshot
	// Judged is the pull request when the decision was made, Now as GitHub shows it at
	// this moment.
	Judged, Now github.Pull
	// Entry is the number of the ledger's entry that records it, 0 for none yet.
	Entry int
}

// Behind says whether GitHub shows another head, branch or state than what was
// judged: then a newer decision is on its way.
func (s *Sight) Behind() bool { return !sameState(s.Judged, s.Now) }

func sameState(a, b github.Pull) bool {
	return a.Head == b.Head && a.Branch == b.Branch && a.Open == b.Open && a.Draft == b.Draft && a.MergedAt == b.MergedAt
}

// Find opens a repository by its present full name, in any case of letters;
// ErrUnseen if the App does not know it.
func (g *Gate) Find(ctx context.Context, fullName string) (*Desk, error) {
	all, err := g.Store.Repositories(ctx)
	if err != nil {
		return nil, fmt.Errorf("find repository: %w", err)
	}
	for _, known := range all {
		if strings.EqualFold(known.FullName, fullName) && known.InstallationID != 0 {
			return g.open(known)
		}
	}
	return nil, fmt.Errorf("find repository: %w", ErrUnseen)
}

// Look shows a pull request. It witnesses and announces nothing, so it may be called at
// any time, beside the work on the same repository. What was decided last is
// shown as long as it is remembered; a landing as the ledger has it; everything else is
// read and decided anew.
func (g *Gate) Look(ctx context.Context, desk *Desk, number int) (*Sight, error) {
	now, err := desk.Hub.Pull(ctx, number)
	if errors.Is(err, github.ErrNotFound) || (err == nil && now.Repository != desk.Store.ID) {
		return nil, fmt.Errorf("look at pull request: %w", ErrUnseen)
	}
	if err != nil {
		return nil, err
	}
	c, entry := g.recent.find(desk.Store.ID, number)
	if now.MergedAt != "" && (entry == 0 || !sameState(c.Pull, now)) {
		landed, at, err := g.recorded(desk, now)
		if err != nil {
			return nil, err
		}
		if landed != nil {
			c, entry = landed, at
		}
	}
	if c == nil || (!now.Open && !sameState(c.Pull, now)) {
		if c, err = g.reread(ctx, desk, now); err != nil {
			return nil, err
		}
	}
	s := &Sight{Input: g.input(desk, c), Snapshot: c.Snapshot, Judged: c.Pull, Now: now, Entry: entry}
	v, err := g.Store.Verdict(ctx, desk.Store.ID, c.Pull.Head)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	s.Input.Number = int(v.Number)
	return s, nil
}

// reread decides anew on what is known, without witnessing: what is seen here first
// is witnessed by the work on its delivery.
func (g *Gate) reread(ctx context.Context, desk *Desk, p github.Pull) (*Case, error) {
	if have, err := desk.Mirror.PullHead(p.Number); err != nil || have != p.Head {
		if err := g.fetch(ctx, desk, []int{p.Number}); err != nil {
			return nil, err
		}
	}
	c := &Case{Pull: p}
	var err error
	if c.Witnesses, err = g.statements(ctx, desk.Store.ID, p.Number); err != nil {
		return nil, err
	}
	if err := g.gather(ctx, desk, c, Inquiry{Pull: p}); err != nil {
		return nil, err
	}
	for _, s := range c.Witnesses {
		c.Snapshot.Facts.Witnesses = append(c.Snapshot.Facts.Witnesses, facts.Witness{SHA256: s.Digest, Observations: s.Observations})
	}
	if err := g.conclude(ctx, desk, c); err != nil {
		return nil, err
	}
	g.recent.keep(desk.Store.ID, c, 0)
	return c, nil
}

// recorded is a landed pull request as its record in the ledger has it, with the number
// of the entry; nil if none has.
func (g *Gate) recorded(desk *Desk, now github.Pull) (*Case, int, error) {
	book, err := g.bookOfOwn(desk)
	if err != nil || book == nil {
		return nil, 0, err
	}
	for n := len(book.Entries()); n > 0; n-- {
		if e := book.Entries()[n-1]; n > 1 && !strings.HasPrefix(e.Key, fmt.Sprintf("publication:%d:", now.Number)) {
			continue
		}
		r, err := book.Record(n)
		if err != nil {
			return nil, 0, fmt.Errorf("record %d: %w", n, err)
		}
		f, d, ok, err := r.Decision()
		if err != nil {
			return nil, 0, fmt.Errorf("record %d: %w", n, err)
		}
		if !ok || d.Pull != now.Number {
			continue
		}
		c := &Case{Pull: now, Decision: d}
		if c.Snapshot, err = remembered(book.Ledger, f); err != nil {
			return nil, 0, fmt.Errorf("record %d: %w", n, err)
		}
		g.recent.keep(desk.Store.ID, c, n)
		return c, n, nil
	}
	return nil, 0, nil
}

// bookOfOwn opens the ledger for this look alone, since a ledger that is read is not for
// two at once; entries whose signatures were checked are not checked again.
func (g *Gate) bookOfOwn(desk *Desk) (*Book, error) {
	g.ledgers.mu.Lock()
	var known *Book
	if state := g.ledgers.known[desk.Store.ID]; state != nil {
		known = state.book
	}
	g.ledgers.mu.Unlock()
	if known == nil {
		return g.OpenBook(desk, nil)
	}
	branches, err := desk.Mirror.Branches()
	if err != nil {
		return nil, err
	}
	return g.openBranch(desk, known.Branch, branches[known.Branch], known)
}

// remembered joins recorded facts with the configuration and the documents at base,
// head and landing, as far as any record holds their bytes.
func remembered(l *evidence.Ledger, f facts.Facts) (facts.Snapshot, error) {
	s := facts.Snapshot{Facts: f, Blobs: map[string][]byte{}}
	wanted := []string{}
	for _, e := range f.Governance.Signed {
		if e.Path == repoconfig.Path {
			wanted = append(wanted, e.SHA256)
		}
	}
	for _, t := range f.Trees {
		for _, e := range t.Entries {
			if e.Size <= document.MaxDocumentBytes {
				wanted = append(wanted, e.SHA256)
			}
		}
	}
	for _, digest := range wanted {
		if _, have := s.Blobs[digest]; have {
			continue
		}
		if _, held, err := l.Holds(digest); err != nil {
			return s, err
		} else if !held {
			continue
		}
		raw, err := l.Bytes(digest)
		if err != nil {
			return s, err
		}
		s.Blobs[digest] = raw
	}
	return s, nil
}

// MayRead says whether an account may read the repository now.
func (d *Desk) MayRead(ctx context.Context, who facts.Account) (bool, error) {
	return d.Hub.MayRead(ctx, who)
}
