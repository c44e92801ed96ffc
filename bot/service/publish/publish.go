// Package publish works off landings: what came to a governed branch is compared
// with what was signed, recorded, chained into the ledger and committed to the
// evidence branch, signed. It judges nothing itself; the gate gathers the facts,
// decision.Evaluate compares, evidence makes the bytes.
//
// Each landing has an idempotency key in the ledger: what is there is done, after
// whatever crash. The push is compare-and-swap; on any refusal the branch is read
// again and the entry made anew on what is there. Nothing is ever forced.
package publish

import (
	"context"
	"fmt"
	"log/slog"
	"sort"
	"sync"
	"time"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/evidence/site"
	"github.com/vidimus-bot/vidimus/bot/service/gate"
	"github.com/vidimus-bot/vidimus/bot/service/gitstore"
	"github.com/vidimus-bot/vidimus/bot/service/store"
)

// Config is what a Publisher works with.
type Config struct {
	Gate *gate.Gate
	Log  *slog.Logger
	// Engine is product and version, for evidence.
	Engine string
}

// Publisher publishes. It may be called at once for different repositories.
type Publisher struct {
	Config

	mu    sync.Mutex
	books map[int64]*gate.Book
}

// New makes a publisher.
func New(c Config) *Publisher { return &Publisher{Config: c, books: map[int64]*gate.Book{}} }

// Publish works off all landings of a repository, oldest first.
func (p *Publisher) Publish(ctx context.Context, repository int64) error {
	return gate.Sorted(p.publish(ctx, repository))
}

func (p *Publisher) publish(ctx context.Context, repository int64) error {
	desk, err := p.Gate.Open(ctx, repository)
	if err != nil {
		return err
	}
	if err := p.fetch(ctx, desk); err != nil {
		return err
	}
	if err := p.checkDeleted(ctx, desk); err != nil {
		return err
	}
	branches, err := p.governed(desk)
	if err != nil {
		return err
	}
	for _, branch := range branches {
		if err := p.branch(ctx, desk, branch); err != nil {
			return fmt.Errorf("publish branch %s: %w", branch, err)
		}
	}
	if err := p.witnesses(ctx, desk); err != nil {
		return fmt.Errorf("publish witnesses: %w", err)
	}
	if err := p.view(ctx, desk); err != nil {
		return err
	}
	return p.remember(ctx, desk)
}

func (p *Publisher) fetch(ctx context.Context, desk *gate.Desk, pulls ...int) error {
	remote, err := desk.Remote(ctx)
	if err != nil {
		return err
	}
	return desk.Mirror.Fetch(ctx, remote, pulls...)
}

// governed are the branches to look at: those of the signed configuration; before
// a founding those that hold a configuration which names them.
func (p *Publisher) governed(desk *gate.Desk) ([]string, error) {
	governance, err := p.Gate.Governance(desk)
	if err != nil {
		return nil, err
	}
	for _, e := range governance.Signed {
		if config, findings := repoconfig.Read(governance.Blobs[e.SHA256]); e.Path == repoconfig.Path && len(findings) == 0 {
			return config.Branches, nil
		}
	}
	all, err := desk.Mirror.Branches()
	if err != nil {
		return nil, err
	}
	var found []string
	for name, tip := range all {
		config, ok, err := configurationAt(desk.Mirror, tip)
		if err != nil {
			return nil, err
		}
		if ok && config.GovernsBranch(name) {
			found = append(found, name)
		}
	}
	sort.Strings(found)
	return found, nil
}

// configurationAt reads the configuration of a commit; ok is false if there is
// none that can be read.
func configurationAt(mirror *gitstore.Mirror, commit string) (c repoconfig.Config, ok bool, err error) {
	files, err := mirror.Files(commit, func(path string) bool { return path == repoconfig.Path })
	if err != nil || len(files) == 0 {
		return c, false, err
	}
	raw, whole, err := mirror.Blob(files[0].Blob, repoconfig.MaxBytes)
	if err != nil || !whole {
		return c, false, err
	}
	c, findings := repoconfig.Read(raw)
	return c, len(findings) == 0, nil
}

// branch works off the landings of one branch.
func (p *Publisher) branch(ctx context.Context, desk *gate.Desk, branch string) error {
	tip, err := desk.Mirror.Branch(branch)
	if err != nil {
		return err
	}
	book, err := p.book(ctx, desk)
	if err != nil {
		return err
	}
	landings, err := p.landings(ctx, desk, book, branch, tip)
	if err != nil {
		return err
	}
	published := 0
	for _, l := range landings {
		done, err := p.land(ctx, desk, branch, l)
		if err != nil {
			return err
		}
		if done {
			published++
		}
	}
	if err := p.processed(ctx, desk, branch, tip); err != nil {
		return err
	}
	if published > 0 {
		// Other open pull requests stand on a new base, perhaps under new rules.
		return p.Gate.Store.Enqueue(ctx, store.Drain, desk.Store.ID)
	}
	return nil
}

func (p *Publisher) processed(ctx context.Context, desk *gate.Desk, branch, tip string) error {
	return p.Gate.Store.Commit(ctx, store.Batch{
		RepositoryID: desk.Store.ID, Branches: []store.Branch{{Name: branch, Commit: tip}},
	})
}

// land publishes one landing; done says whether it made an entry.
func (p *Publisher) land(ctx context.Context, desk *gate.Desk, branch string, l landing) (done bool, err error) {
	c, err := p.Gate.Examine(ctx, desk, l.inquiry)
	if err != nil {
		return false, fmt.Errorf("landing %s: %w", l.tip(), err)
	}
	if c.Decision.State == decision.StateNotGoverned || !touchesGoverned(c.Snapshot.Facts) {
		return false, nil
	}
	if c.Decision.Founding && (c.Decision.State != decision.StateSigned || len(c.Decision.Deviations) > 0) {
		p.Log.WarnContext(ctx, "founding landed without its signatures", "repo", desk.Store.FullName, "commit", l.tip())
		return false, nil
	}
	issues, err := p.issues(ctx, desk, c)
	if err != nil {
		return false, err
	}
	if err := p.tell(ctx, desk, c, l, issues); err != nil {
		return false, err
	}
	publication, err := p.publication(ctx, desk, c, issues)
	if err != nil {
		return false, err
	}
	entry, err := p.append(ctx, desk, addition{
		branch: decision.Configuration(c.Snapshot).Evidence.Branch, origin: publication.Log, at: publication.At,
		record: func(l *evidence.Ledger) (evidence.Record, error) { return publication.Record(l, p.Gate.Key) },
	})
	if err != nil {
		return false, err
	}
	return true, p.record(ctx, desk, c, branch, l, entry)
}

// touchesGoverned says whether any commit of the landing changed a governed file,
// even if another changed it back.
func touchesGoverned(f facts.Facts) bool {
	trees := map[string]string{}
	for _, c := range f.Commits {
		trees[c.ID] = c.Tree
	}
	before := trees[f.Base]
	for _, id := range f.Landing.Commits {
		if trees[id] != before {
			return true
		}
	}
	return false
}

// publication gathers what the record needs besides facts and decision.
func (p *Publisher) publication(ctx context.Context, desk *gate.Desk, c *gate.Case, issues map[string]int) (evidence.Publication, error) {
	branch := ""
	if c.Decision.Founding {
		branch = decision.Configuration(c.Snapshot).Evidence.Branch
	}
	pub := evidence.Publication{
		Snapshot: c.Snapshot, Decision: c.Decision, Commits: map[string][]byte{}, Render: site.Document, Issues: issues,
		Engine: p.Engine, Log: p.Gate.App.Host() + "/" + desk.Store.FullName + "/" + branch, At: p.Gate.App.Now(),
	}
	for _, w := range c.Witnesses {
		pub.Witnesses = append(pub.Witnesses, w.Signed)
	}
	var err error
	if pub.ContentLists, err = p.contentLists(ctx, desk, pub.Witnesses); err != nil {
		return pub, err
	}
	for _, id := range c.Snapshot.Facts.Landing.Commits {
		commit, err := desk.Mirror.Commit(id)
		if err != nil {
			return pub, fmt.Errorf("landed commit: %w", err)
		}
		pub.Commits[id] = commit.Raw
	}
	return pub, nil
}

// record writes down that the landing is in the ledger; all of it can be found
// out again from there.
func (p *Publisher) record(ctx context.Context, desk *gate.Desk, c *gate.Case, branch string, l landing, entry int) error {
	b := store.Batch{RepositoryID: desk.Store.ID}
	if !desk.Store.Founded {
		desk.Store.Founded = true
		b.Repository = &desk.Store
	}
	at, err := time.Parse(time.RFC3339, c.Snapshot.Facts.Landing.At)
	if err != nil {
		return fmt.Errorf("time of landing: %w", err)
	}
	b.Landings = []store.Landing{{
		Commit: l.tip(), Before: c.Snapshot.Facts.Base, Branch: branch, Pull: c.Pull.Number,
		State: store.LandingDone, Entry: int64(entry), Landed: at,
		ActorID: c.Snapshot.Facts.Landing.By.ID, Actor: c.Snapshot.Facts.Landing.By.Login,
	}}
	if c.Pull.Number != 0 {
		for _, w := range c.Witnesses {
			b.Witnesses = append(b.Witnesses, store.Witness{
				Pull: c.Pull.Number, Statement: w.Statement, Signature: w.Signature, Entry: int64(entry),
			})
		}
	}
	return p.Gate.Store.Commit(ctx, b)
}
