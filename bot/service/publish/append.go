package publish

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/service/gate"
	"github.com/vidimus-bot/vidimus/bot/service/gitstore"
)

// attempts is how often an entry is made anew when the push is refused: another
// replica may be faster, but not always.
const attempts = 6

// addition is one record that is to be appended, made anew on every state of the
// ledger. Its record's key is the idempotency key: what the ledger has under it is
// done. A record without a key says that nothing is left to append.
type addition struct {
	branch string // on which a ledger begins
	origin string // of a ledger that begins
	at     time.Time
	record func(*evidence.Ledger) (evidence.Record, error)
}

// append puts a record into the ledger and onto the evidence branch, and gives the
// entry's number, 0 if nothing was left to append. What is there already is left as it
// is.
func (p *Publisher) append(ctx context.Context, desk *gate.Desk, a addition) (int, error) {
	for attempt := range attempts {
		number, err := p.appendOnce(ctx, desk, a)
		if !errors.Is(err, gitstore.ErrRejected) {
			return number, err
		}
		p.Log.WarnContext(ctx, "evidence push was not taken", "repo", desk.Store.FullName, "err", err)
		if err := pause(ctx, attempt); err != nil {
			return 0, err
		}
		if err := p.fetch(ctx, desk); err != nil {
			return 0, err
		}
	}
	return 0, fmt.Errorf("evidence branch: %w after %d attempts", gitstore.ErrRejected, attempts)
}

// pause waits a little longer each time, and not the same for everybody.
func pause(ctx context.Context, attempt int) error {
	longest := 100 * time.Millisecond << attempt
	timer := time.NewTimer(time.Duration(rand.Int64N(int64(longest))))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *Publisher) appendOnce(ctx context.Context, desk *gate.Desk, a addition) (int, error) {
	book, err := p.book(ctx, desk)
	if err != nil {
		return 0, err
	}
	ledger, branch, parent := (*evidence.Ledger)(nil), a.branch, ""
	if book != nil {
		ledger, branch, parent = book.Ledger, book.Branch, book.Tip
	} else if ledger, err = evidence.Open(nothing{}); err != nil {
		return 0, err
	}
	record, err := a.record(ledger)
	if err != nil || record.Key == "" {
		return 0, err
	}
	if e, there := ledger.Find(record.Key); there {
		return e.Number, nil
	}
	added, err := ledger.Append(record, a.origin, a.at, p.Gate.Key)
	if err != nil {
		return 0, err
	}
	message := fmt.Sprintf("Entry %d: %s\n\nLedger head %s\n", added.Entry.Number, added.Entry.Key, added.Digest)
	tip, err := p.commit(ctx, desk, gitstore.Change{Parent: parent, Files: added.Files, Message: message}, branch)
	if err != nil {
		return 0, err
	}
	p.Log.InfoContext(ctx, "evidence published", "repo", desk.Store.FullName, "entry", added.Entry.Number, "commit", tip)
	return added.Entry.Number, nil
}

// commit signs a change of the evidence branch, pushes it and fetches the branch.
func (p *Publisher) commit(ctx context.Context, desk *gate.Desk, c gitstore.Change, branch string) (string, error) {
	login, err := p.Gate.Login(ctx)
	if err != nil {
		return "", err
	}
	now := p.Gate.App.Now()
	c.Author = gitstore.Author{Name: login, Email: login + "@users.noreply.github.com", When: now}
	c.Sign = func(payload []byte) ([]byte, error) { return p.Gate.Key.Sign(payload, now) }
	id, err := desk.Mirror.Write(c)
	if err != nil {
		return "", err
	}
	remote, err := desk.Remote(ctx)
	if err != nil {
		return "", err
	}
	if err := desk.Mirror.Push(ctx, remote, branch, id); err != nil {
		return "", err
	}
	return id, p.fetch(ctx, desk)
}
