package publish

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/vidimus-bot/vidimus/bot/evidence/site"
	"github.com/vidimus-bot/vidimus/bot/service/gate"
	"github.com/vidimus-bot/vidimus/bot/service/gitstore"
)

// view rebuilds the pages out of the ledger, when the branch's last commit is not
// their being built after its last entry: so a process that was killed between the two
// is made up for. They are committed apart from entries, since they are a view and no
// entry covers them.
func (p *Publisher) view(ctx context.Context, desk *gate.Desk) error {
	book, err := p.book(ctx, desk)
	if err != nil || book == nil {
		return err
	}
	number, _ := book.Head()
	message := fmt.Sprintf("Site after entry %d\n", number)
	tip, err := desk.Mirror.Commit(book.Tip)
	if err != nil {
		return fmt.Errorf("evidence branch: %w", err)
	}
	if bytes.HasSuffix(tip.Raw, []byte("\n\n"+message)) {
		return nil
	}
	web, err := site.RecordedWeb(book.Ledger)
	if err != nil {
		return fmt.Errorf("evidence site: %w", err)
	}
	pages, err := site.Files(book.Ledger, site.Options{Web: web})
	if err != nil {
		return fmt.Errorf("evidence site: %w", err)
	}
	files := make(map[string][]byte, len(pages))
	for name, page := range pages {
		files["site/"+name] = page
	}
	_, err = p.commit(ctx, desk, gitstore.Change{
		Parent: book.Tip, Emptied: []string{"site/"}, Files: files, Message: message,
	}, book.Branch)
	if errors.Is(err, gitstore.ErrRejected) {
		p.Log.WarnContext(ctx, "site was not pushed", "repo", desk.Store.FullName, "err", err)
		return nil // another replica was faster; its site, or the next one, stands
	}
	return err
}
