package gate

import (
	"context"
	"errors"
	"time"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/service/github"
	"github.com/vidimus-bot/vidimus/bot/service/gitstore"
	"github.com/vidimus-bot/vidimus/bot/service/store"
)

// judge reads one pull request anew and says its verdict, if it is open.
func (g *Gate) judge(ctx context.Context, desk *Desk, number int, it *item) error {
	p, err := desk.Hub.Pull(ctx, number)
	if errors.Is(err, github.ErrNotFound) {
		return nil // deleted with its repository, or never a pull request
	}
	if err != nil {
		return err
	}
	if err := g.settled(ctx, desk, p, it); err != nil {
		return err
	}
	before, err := g.Store.Pull(ctx, desk.Store.ID, number)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	c, err := g.Examine(ctx, desk, Inquiry{Pull: p, Hints: it.hints})
	if err != nil {
		return err
	}
	it.landed = p.MergedAt != ""
	if before.Head != "" && (before.Head != p.Head || !p.Open) {
		if err := g.leave(ctx, desk, before); err != nil {
			return err
		}
	}
	if !p.Open {
		return g.close(ctx, desk, c)
	}
	return g.say(ctx, desk, c, it.again)
}

// leave gives a head that a pull request has left its verdict anew, if others
// propose it still: the verdict was the AND with that pull request. LAW 7.2.
func (g *Gate) leave(ctx context.Context, desk *Desk, left store.Pull) error {
	open, err := g.Store.OpenPulls(ctx, desk.Store.ID)
	if err != nil {
		return err
	}
	for _, other := range open {
		if other.Number == left.Number || other.Head != left.Head {
			continue
		}
		p, err := desk.Hub.Pull(ctx, other.Number)
		if err != nil {
			return err
		}
		if !p.Open || p.Head != left.Head {
			continue // its own delivery is on its way
		}
		c, err := g.Examine(ctx, desk, Inquiry{Pull: p})
		if err != nil {
			return err
		}
		return g.say(ctx, desk, c, false) // of all that propose it
	}
	return nil
}

// Inquiry is a question about one pull request, or one landing.
type Inquiry struct {
	// Pull is the pull request as read; its Number is 0 for a direct push.
	Pull github.Pull
	// Hints are the deliveries at hand.
	Hints []Hint
	// Landing is set after a landing, Base then the tip before it.
	Landing *facts.Landing
	Base    string
	Head    string // of a direct push
}

// Case is an inquiry with its facts and the decision on them.
type Case struct {
	Pull     github.Pull
	Known    store.Pull
	Recorded bool // the pull request was in the database
	Snapshot facts.Snapshot
	Decision decision.Decision
	// Witnesses are all statements of the pull request, those that were made just
	// now included; these are in the database already.
	Witnesses []Statement
	// Posted is the last verdict that our check runs carry, when these had to be
	// looked for.
	Posted *evidence.Verdict
	lists  [][]byte // content lists that the new statements name
}

// Examine reads what a decision depends on, witnesses what is seen for the first
// time, and decides. New statements are in the database when it returns.
func (g *Gate) Examine(ctx context.Context, desk *Desk, q Inquiry) (*Case, error) {
	c := &Case{Pull: q.Pull}
	if err := g.remember(ctx, desk, c, q.Hints); err != nil {
		return nil, err
	}
	if err := g.gather(ctx, desk, c, q); err != nil {
		return nil, err
	}
	if err := g.witness(ctx, desk, c, q); err != nil {
		return nil, err
	}
	if err := g.conclude(ctx, desk, c); err != nil {
		return nil, err
	}
	g.recent.keep(desk.Store.ID, c, 0)
	return c, nil
}

// gather reads reviews and Git.
func (g *Gate) gather(ctx context.Context, desk *Desk, c *Case, q Inquiry) error {
	reviews := []facts.Review{}
	var err error
	if q.Pull.Number != 0 {
		if reviews, err = desk.Hub.Reviews(ctx, q.Pull.Number); err != nil {
			return err
		}
	}
	subject, err := g.subject(ctx, desk, q)
	if err != nil {
		return err
	}
	if q.Pull.Open {
		if err := g.caughtUp(ctx, desk, subject); err != nil {
			return err
		}
	}
	subject.Bound = bound(c.Witnesses, q.Hints, reviews)
	if err := g.fetchBound(ctx, desk, subject.Bound); err != nil {
		return err
	}
	if c.Snapshot, err = Gather(desk.Mirror, subject); err != nil {
		return err
	}
	c.Snapshot.Facts.Reviews = reviews
	return nil
}

// conclude reads the rest of what the decision needs, and decides.
func (g *Gate) conclude(ctx context.Context, desk *Desk, c *Case) error {
	if err := g.ask(ctx, desk, c); err != nil {
		return err
	}
	c.Decision = g.evaluate(c)
	return nil
}

// remember reads what the database holds of a pull request; when it holds
// nothing, what our check runs on GitHub carry.
func (g *Gate) remember(ctx context.Context, desk *Desk, c *Case, hints []Hint) error {
	if c.Pull.Number == 0 {
		return nil
	}
	known, err := g.Store.Pull(ctx, desk.Store.ID, c.Pull.Number)
	if errors.Is(err, store.ErrNotFound) {
		return g.recover(ctx, desk, c, hints)
	}
	if err != nil {
		return err
	}
	c.Known, c.Recorded = known, true
	c.Witnesses, err = g.statements(ctx, desk.Store.ID, c.Pull.Number)
	return err
}

// subject fills in what Git has to say about the question.
func (g *Gate) subject(ctx context.Context, desk *Desk, q Inquiry) (Subject, error) {
	s := Subject{
		Repository: facts.Repository{Host: g.App.Host(), ID: desk.Store.ID, Name: desk.Store.FullName},
		Landing:    q.Landing, Base: q.Base, Head: q.Head, Now: g.App.Now(),
	}
	var err error
	if s.Governance, err = g.Governance(desk); err != nil {
		return s, err
	}
	if q.Pull.Number != 0 {
		p := q.Pull
		s.Pull = &facts.Pull{Number: p.Number, Author: p.Author, Branch: p.Branch, Draft: p.Draft, Title: p.Title}
		s.Head = p.Head
	}
	if s.Base == "" {
		s.Base, err = baseOf(desk.Mirror, q.Pull)
	}
	return s, err
}

// baseOf is the tip of the branch on which a pull request is to land; when it has
// landed already, the newest commit of that branch that does not hold it: what
// was reviewed was reviewed against that. It is looked for from the merge on, not
// through all that came to the branch since.
func baseOf(mirror *gitstore.Mirror, p github.Pull) (string, error) {
	id, err := mirror.Branch(p.Branch)
	if err != nil || p.MergedAt == "" {
		return id, err
	}
	if held, err := mirror.Reaches(id, p.MergeID); err == nil && held {
		id = p.MergeID
	}
	for {
		holds, err := mirror.Reaches(id, p.Head)
		if err != nil || !holds {
			return id, err
		}
		c, err := mirror.Commit(id)
		if err != nil {
			return "", err
		}
		if len(c.Parents) == 0 {
			return id, nil // the proposal began the branch
		}
		id = c.Parents[0]
	}
}

// caughtUp waits for the publisher when configuration or keys on the governed
// branch are not those that the ledger calls signed, and the publisher has not
// looked at that tip yet: a signed change of them takes a moment to be recorded.
// Afterwards the difference is real, and nothing passes. LAW 8.3.
func (g *Gate) caughtUp(ctx context.Context, desk *Desk, s Subject) error {
	if config, ok := signedConfig(s.Governance); !ok || !config.GovernsBranch(s.Pull.Branch) {
		return nil // the publisher does not look at that branch
	}
	same, err := governedAsSigned(desk.Mirror, s.Base, s.Governance.Signed)
	if err != nil || same {
		return err
	}
	at, err := g.Store.Branch(ctx, desk.Store.ID, s.Pull.Branch)
	if err == nil && at.Commit == s.Base {
		return nil
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err := g.Store.Enqueue(ctx, store.Publish, desk.Store.ID); err != nil {
		return err
	}
	return &store.RetryLater{After: time.Second, Cause: errors.New("the landing of a new configuration is not recorded yet")}
}

// fetchBound brings reviewed commits that no reference holds any more. One that
// GitHub does not give binds nothing; that is no error.
func (g *Gate) fetchBound(ctx context.Context, desk *Desk, commits []string) error {
	for _, id := range commits {
		if _, err := desk.Mirror.Commit(id); err == nil {
			continue
		}
		remote, err := desk.Remote(ctx)
		if err != nil {
			return err
		}
		if err := desk.Mirror.FetchCommit(ctx, remote, id); err != nil && !errors.Is(err, gitstore.ErrNotFound) {
			return err
		}
	}
	return nil
}

// ask reads the rest of GitHub's word, only as far as the decision needs it.
func (g *Gate) ask(ctx context.Context, desk *Desk, c *Case) error {
	f := &c.Snapshot.Facts
	if !f.Governance.Recorded && g.evaluate(c).Founding {
		keys, err := g.App.HostKeys(ctx)
		if err != nil {
			return err
		}
		f.HostKeys = facts.Digest(keys)
		c.Snapshot.Blobs[f.HostKeys] = keys
	}
	if c.Pull.Number == 0 {
		f.DeliveryLogRead = true
		return nil
	}
	if err := g.askEdits(ctx, desk, f); err != nil {
		return err
	}
	if needsTimeline(f) {
		dismissals, err := desk.Hub.Dismissals(ctx, c.Pull.Number)
		if err != nil {
			return err
		}
		f.Dismissals = dismissals
	}
	read, err := g.deliveryLog.coversReviews(ctx, g, f)
	f.DeliveryLogRead = read
	return err
}

// evaluate decides on the facts as they are in hand. Commits that were judged before are
// not judged again: of a proposal with hundreds of them, that would be most of the work.
func (g *Gate) evaluate(c *Case) decision.Decision {
	return decision.EvaluateBy(c.Snapshot, g.verdicts.Judge)
}

// needsTimeline: a dismissed review that was, or may have been, an objection; or
// any dismissed review after a landing, where only the timeline says when.
func needsTimeline(f *facts.Facts) bool {
	for _, r := range f.Reviews {
		if r.State == "DISMISSED" && (f.Landing != nil || observedState(f, r.ID) != "APPROVED") {
			return true
		}
	}
	return false
}
