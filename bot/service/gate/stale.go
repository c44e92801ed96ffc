package gate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/service/github"
	"github.com/vidimus-bot/vidimus/bot/service/gitstore"
	"github.com/vidimus-bot/vidimus/bot/service/store"
)

// settled makes sure that GitHub shows the head that was announced, and that Git
// has it. Otherwise the state may be older than the hint, and judging it would be
// judging the past. GitHub is known to send webhooks before its API shows what they
// tell (palantir/policy-bot, issue 47).
func (g *Gate) settled(ctx context.Context, desk *Desk, p github.Pull, it *item) error {
	have, err := desk.Mirror.PullHead(p.Number)
	if err != nil && !errors.Is(err, gitstore.ErrNotFound) {
		return err
	}
	if have != p.Head {
		return &store.RetryLater{After: time.Second, Cause: fmt.Errorf("git has %s and the pull request %s", have, p.Head)}
	}
	awaited, err := g.awaited(ctx, desk, p, it)
	if err != nil || awaited == "" {
		g.doubts.settle(doubt{desk.Store.ID, p.Number})
		return err
	}
	if g.doubts.last(doubt{desk.Store.ID, p.Number}, awaited) {
		return &store.RetryLater{After: time.Second, Cause: fmt.Errorf("head %s was announced and GitHub still shows %s", awaited, p.Head)}
	}
	return nil
}

// awaited is the head that was announced last, if GitHub does not show it yet; ""
// if what GitHub shows is that head or came after it. A head that was seen before,
// or lies below the one that is shown, is of the past: deliveries come late and
// twice.
func (g *Gate) awaited(ctx context.Context, desk *Desk, p github.Pull, it *item) (string, error) {
	announced := ""
	for _, h := range it.hints {
		if h.Head == p.Head {
			return "", nil
		}
		if h.Head != "" {
			announced = h.Head
		}
	}
	if announced == "" || !p.Open {
		return "", nil
	}
	below, err := desk.Mirror.Reaches(p.Head, announced)
	if below || (err != nil && !errors.Is(err, gitstore.ErrNotFound)) {
		return "", err
	}
	statements, err := g.statements(ctx, desk.Store.ID, p.Number)
	if err != nil {
		return "", err
	}
	seen := slices.ContainsFunc(statements, func(s Statement) bool {
		return slices.ContainsFunc(s.Observations, func(o facts.Observation) bool {
			return o.Act == facts.ActHead && o.Commit == announced
		})
	})
	if seen {
		return "", nil
	}
	return announced, nil
}

// maxDoubt is how long an announced head is waited for. GitHub's lag is seconds; a
// head that never shows was replaced before anybody looked.
const maxDoubt = 20 * time.Second

// doubt is a pull request of which GitHub may show the past.
type doubt struct {
	repository int64
	pull       int
}

// doubts remembers since when, by the system's clock: it is waiting, and no fact
// depends on it. After a restart the waiting begins anew.
type doubts struct {
	mu    sync.Mutex
	heads map[doubt]expected
}

type expected struct {
	head  string
	since time.Time
}

// last says whether a head is still to be waited for, and begins to wait.
func (d *doubts) last(x doubt, head string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.heads[x].head != head {
		d.heads[x] = expected{head, time.Now()}
	}
	return time.Since(d.heads[x].since) < maxDoubt
}

func (d *doubts) settle(x doubt) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.heads, x)
}
