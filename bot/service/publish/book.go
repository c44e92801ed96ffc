package publish

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/vidimus-bot/vidimus/bot/service/gate"
	"github.com/vidimus-bot/vidimus/bot/service/store"
)

// ErrRewound says that the evidence branch lost what was on it: it was deleted, or
// forced to another commit. Publishing stops, and nothing is repaired by itself; what
// was lost is still in the mirror, and the error says how it is put back.
var ErrRewound = errors.New("the evidence branch was rewound")

// book opens the ledger; nil before the founding. A branch that lost what we know to
// have been on it, from this process or from the one before, stops everything.
// evidence-format.md 3.2.
func (p *Publisher) book(ctx context.Context, desk *gate.Desk) (*gate.Book, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	known := p.books[desk.Store.ID]
	book, err := p.Gate.OpenBook(desk, known)
	if err != nil {
		return nil, err
	}
	if known != nil && book == known {
		return book, nil
	}
	if err := p.grown(ctx, desk, known, book); err != nil {
		return nil, err
	}
	if book != nil {
		p.books[desk.Store.ID] = book
	}
	return book, nil
}

// grown holds the ledger against what is known of it: the tip that this process saw
// last, else the one that is written down.
func (p *Publisher) grown(ctx context.Context, desk *gate.Desk, known, book *gate.Book) error {
	branch, tip := "", ""
	switch {
	case known != nil:
		branch, tip = known.Branch, known.Tip
	case book != nil:
		written, err := p.Gate.Store.Branch(ctx, desk.Store.ID, book.Branch)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		branch, tip = book.Branch, written.Commit
	case desk.Store.Founded:
		return fmt.Errorf("the repository was founded, and no branch holds its ledger: %w; push the evidence branch back from any clone", ErrRewound)
	default:
		return nil
	}
	if book != nil {
		if kept, err := desk.Mirror.Reaches(book.Tip, tip); err != nil || kept {
			return err
		}
	}
	return fmt.Errorf("%s stood at %s, and that is not behind it any more: %w; put it back with git push --force REMOTE %s:refs/heads/%s, from any clone that has it",
		branch, tip, ErrRewound, tip, branch)
}

// checkDeleted lets the mirror forget the evidence branch when GitHub has it no more:
// a fetch alone leaves what was there before.
func (p *Publisher) checkDeleted(ctx context.Context, desk *gate.Desk) error {
	book, err := p.book(ctx, desk)
	if err != nil || book == nil {
		return err
	}
	remote, err := desk.Remote(ctx)
	if err != nil {
		return err
	}
	return desk.Mirror.Prune(ctx, remote, book.Branch)
}

// remember writes down where the evidence branch stands, for the next process.
func (p *Publisher) remember(ctx context.Context, desk *gate.Desk) error {
	book, err := p.book(ctx, desk)
	if err != nil || book == nil {
		return err
	}
	return p.processed(ctx, desk, book.Branch, book.Tip)
}

// nothing is the file system of a ledger that has not begun.
type nothing struct{}

// Open finds nothing.
func (nothing) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}
