package gate

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/evidence"
)

// Book is the opened ledger of one repository, at one tip of its evidence branch.
type Book struct {
	*evidence.Ledger
	Branch, Tip string
	verified    int // entries whose signatures were checked
}

// OpenBook opens the repository's evidence branch, nil before the founding. It is
// the branch that a ledger signed by our key names as its own, whatever the
// configuration on the governed branch says by now: whoever may push can put an
// older copy of it, or something that looks like it, on a branch of another name. A
// ledger that is not whole is an error: nothing is decided or appended on it. known
// may be an earlier answer, which saves work.
func (g *Gate) OpenBook(desk *Desk, known *Book) (*Book, error) {
	branches, err := desk.Mirror.Branches()
	if err != nil {
		return nil, err
	}
	if known != nil && branches[known.Branch] == known.Tip {
		return known, nil
	}
	var broken error
	for _, name := range slices.Sorted(maps.Keys(branches)) {
		book, err := g.openBranch(desk, name, branches[name], known)
		switch {
		case err != nil && known != nil && name == known.Branch:
			return nil, err
		case err != nil:
			broken = errors.Join(broken, err)
		case book != nil:
			return book, nil
		}
	}
	return nil, broken // a broken ledger elsewhere hides no whole one
}

// openBranch is nil when the branch holds no ledger of its own.
func (g *Gate) openBranch(desk *Desk, name, tip string, known *Book) (*Book, error) {
	files, err := desk.Mirror.FS(tip)
	if err != nil {
		return nil, err
	}
	ledger, err := evidence.Open(files)
	if err != nil {
		return nil, fmt.Errorf("evidence branch %s at %s: %w", name, tip, err)
	}
	if len(ledger.Entries()) == 0 || branchOf(ledger.Entries()[0].Log) != name {
		return nil, nil
	}
	book := &Book{Ledger: ledger, Branch: name, Tip: tip}
	if known != nil && known.Branch == name && known.prefixOf(ledger) {
		book.verified = known.verified
	}
	if err := ledger.VerifySignatures(g.Key.Public(), book.verified); err != nil {
		return nil, fmt.Errorf("evidence branch %s at %s: %w", name, tip, err)
	}
	book.verified = len(ledger.Entries())
	return book, nil
}

// branchOf is the branch in the origin of a ledger, "HOST/OWNER/NAME/BRANCH".
func branchOf(log string) string {
	const branch = 3
	parts := strings.SplitN(log, "/", branch+1)
	if len(parts) <= branch {
		return ""
	}
	return parts[branch]
}

// prefixOf says whether a ledger only grew. Entries chain, so the last one of the
// old ledger stands for all before it.
func (b *Book) prefixOf(l *evidence.Ledger) bool {
	old, now := b.Entries(), l.Entries()
	return len(now) >= len(old) && now[len(old)-1] == old[len(old)-1]
}

// ledgers remembers, for each repository, its book and what it says was signed
// last.
type ledgers struct {
	mu    sync.Mutex
	known map[int64]*signedState
}

type signedState struct {
	book *Book
	tip  string
	Governance
}

// Governance is what the ledger says was signed last, with the bytes. Without a
// ledger the database may know that there was one; then nothing passes.
func (g *Gate) Governance(desk *Desk) (Governance, error) {
	g.ledgers.mu.Lock()
	defer g.ledgers.mu.Unlock()
	state := g.ledgers.known[desk.Store.ID]
	var before *Book
	if state != nil {
		before = state.book
	}
	book, err := g.OpenBook(desk, before)
	if err != nil {
		return Governance{}, err
	}
	if book == nil {
		return Governance{Governance: facts.Governance{Recorded: desk.Store.Founded, Signed: []facts.Entry{}}}, nil
	}
	if state != nil && state.tip == book.Tip {
		return state.Governance, nil
	}
	state = &signedState{book: book, tip: book.Tip, Governance: Governance{Blobs: map[string][]byte{}}}
	if state.Governance.Governance, err = book.Governance(); err != nil {
		return Governance{}, fmt.Errorf("signed configuration: %w", err)
	}
	for _, e := range state.Signed {
		if k := document.Classify(".", e.Path); k != document.Configuration && k != document.Key {
			continue
		}
		raw, err := book.Bytes(e.SHA256)
		if err != nil {
			return Governance{}, fmt.Errorf("signed %s: %w", e.Path, err)
		}
		state.Blobs[e.SHA256] = raw
	}
	g.ledgers.known[desk.Store.ID] = state
	return state.Governance, nil
}

// witnessed are the statements about a pull request that the ledger holds.
func (g *Gate) witnessed(desk *Desk, pull int) ([]evidence.Witnessed, error) {
	if _, err := g.Governance(desk); err != nil { // opens the book as it is now
		return nil, err
	}
	g.ledgers.mu.Lock()
	defer g.ledgers.mu.Unlock()
	state := g.ledgers.known[desk.Store.ID]
	if state == nil {
		return nil, nil
	}
	return state.book.Witnesses(pull)
}

// governs tells governed branches from others: by the signed configuration, and
// before a founding the default branch; all of them where that is not known ("").
func (g *Gate) governs(desk *Desk, defaultBranch string) (func(branch string) bool, error) {
	governance, err := g.Governance(desk)
	if err != nil {
		return nil, err
	}
	if config, ok := signedConfig(governance); ok {
		return config.GovernsBranch, nil
	}
	return func(branch string) bool { return defaultBranch == "" || branch == defaultBranch }, nil
}

// signedConfig is the configuration that was signed last.
func signedConfig(governance Governance) (repoconfig.Config, bool) {
	for _, e := range governance.Signed {
		if e.Path == repoconfig.Path {
			config, findings := repoconfig.Read(governance.Blobs[e.SHA256])
			return config, len(findings) == 0
		}
	}
	return repoconfig.Config{}, false
}
