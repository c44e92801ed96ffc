package gate

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/decision/report"
	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/service/github"
	"github.com/vidimus-bot/vidimus/bot/service/store"
)

// maxLookBack is how many commits below the head are asked for a check run of
// ours, when the head has none: pushes that came while we were away.
const maxLookBack = 20

// recover learns about a pull request that the database does not know: a new
// one, or one whose database was lost. What the ledger holds, and what our check runs
// on the head, or else on the commits below it, or else on a head that it replaced,
// carry, is taken up word for word. LAW 5.4.
func (g *Gate) recover(ctx context.Context, desk *Desk, c *Case, hints []Hint) error {
	if err := g.recoverComment(ctx, desk, c); err != nil {
		return err
	}
	if err := g.recoverRecorded(ctx, desk, c); err != nil {
		return err
	}
	commits := g.below(desk, c.Pull)
	for _, h := range slices.Backward(hints) {
		if h.Before != "" && !slices.Contains(commits, h.Before) {
			commits = append(commits, h.Before)
		}
	}
	for _, commit := range commits {
		runs, err := desk.Hub.CheckRuns(ctx, commit)
		if errors.Is(err, github.ErrNotFound) || errors.Is(err, github.ErrInvalid) {
			continue // a replaced head that GitHub has let go of
		}
		if err != nil {
			return err
		}
		if took, err := g.takeUp(ctx, desk, c, runs, commit == c.Pull.Head); took || err != nil {
			return err
		}
	}
	return nil
}

// recoverRecorded takes up the statements that were put into the ledger: the check
// runs carry them no more.
func (g *Gate) recoverRecorded(ctx context.Context, desk *Desk, c *Case) error {
	recorded, err := g.witnessed(desk, c.Pull.Number)
	if err != nil {
		return err
	}
	b := store.Batch{RepositoryID: desk.Store.ID}
	for _, w := range recorded {
		s, err := readStatement(w.Signed)
		if err != nil {
			return fmt.Errorf("witness in ledger entry %d: %w", w.Entry, err)
		}
		s.Entry = int64(w.Entry)
		c.Witnesses = append(c.Witnesses, s)
		b.Witnesses = append(b.Witnesses, store.Witness{
			Pull: c.Pull.Number, Statement: s.Statement, Signature: s.Signature, Entry: s.Entry,
		})
	}
	return g.Store.Commit(ctx, b)
}

// below are the head and the commits of the proposal below it, newest first.
func (g *Gate) below(desk *Desk, p github.Pull) []string {
	commits := []string{p.Head}
	base, err := desk.Mirror.Branch(p.Branch)
	if err != nil {
		return commits
	}
	between, err := desk.Mirror.Range(base, p.Head)
	if err != nil {
		return commits
	}
	slices.Reverse(between)
	for _, id := range between {
		if id != p.Head && len(commits) < maxLookBack {
			commits = append(commits, id)
		}
	}
	return commits
}

// takeUp reads the witness blocks of our runs on one commit, and says whether there
// was one. The newest with a readable block stands; a run of another App, another
// key, repository or pull request is no witness.
func (g *Gate) takeUp(ctx context.Context, desk *Desk, c *Case, runs []github.CheckRun, onHead bool) (took bool, err error) {
	origin := evidence.Origin{Keys: g.Key.Public(), Repository: desk.Store.ID, Pull: c.Pull.Number}
	slices.SortFunc(runs, func(a, b github.CheckRun) int { return int(b.ID - a.ID) })
	newest := true // GitHub goes by the newest run: only that can be the verdict that stands
	for _, run := range runs {
		if run.AppID != g.App.ID() {
			continue
		}
		stands := onHead && newest
		newest = false
		signed, err := evidence.ReadWitnessBlock(run.Text)
		if err != nil {
			g.Log.WarnContext(ctx, "check run without a readable witness block", "repo", desk.Store.FullName, "head", run.Head, "err", err)
			continue
		}
		accepted, refused := origin.Accept(signed)
		for _, r := range refused {
			g.Log.WarnContext(ctx, "statement in a check run is no witness", "repo", desk.Store.FullName, "head", run.Head, "err", r.Err)
		}
		if len(accepted) == 0 {
			continue
		}
		return true, g.believe(ctx, desk, c, run, accepted, stands)
	}
	return false, nil
}

// believe stores what a check run of ours carried; stands says whether its verdict is the one that GitHub goes by.
func (g *Gate) believe(ctx context.Context, desk *Desk, c *Case, run github.CheckRun, accepted []evidence.Accepted, stands bool) error {
	b := store.Batch{RepositoryID: desk.Store.ID}
	for _, a := range accepted {
		switch p := a.Read.Predicate.(type) {
		case evidence.Witness:
			s, err := readStatement(a.Signed)
			if err != nil {
				return fmt.Errorf("witness in check run %d: %w", run.ID, err)
			}
			if slices.ContainsFunc(c.Witnesses, func(known Statement) bool { return known.Digest == s.Digest }) {
				continue // the run was written before the ledger had it
			}
			c.Witnesses = append(c.Witnesses, s)
			b.Witnesses = append(b.Witnesses, store.Witness{Pull: c.Pull.Number, Statement: s.Statement, Signature: s.Signature})
		case evidence.Verdict:
			c.Posted = &p
			if stands && p.Head == run.Head {
				b.Verdicts = append(b.Verdicts, store.Verdict{
					Head: run.Head, Number: p.Number, ExternalID: run.ExternalID, CheckRunID: run.ID,
					Conclusion: run.Conclusion, State: store.Posted,
				})
			}
		}
	}
	err := g.Store.Commit(ctx, b)
	if errors.Is(err, store.ErrOlderVerdict) {
		return nil // another pull request with this head knows better
	}
	return err
}

// recoverComment finds our comment again by its marker; it counts only in a
// comment that our App wrote.
func (g *Gate) recoverComment(ctx context.Context, desk *Desk, c *Case) error {
	login, err := g.Login(ctx)
	if err != nil {
		return err
	}
	comments, err := desk.Hub.Comments(ctx, c.Pull.Number)
	if err != nil {
		return err
	}
	for _, comment := range comments {
		if comment.Author == login && hasMarker(comment.Body) {
			c.Known.Comment = store.Comment{ID: comment.ID, Digest: facts.Digest([]byte(withoutUpdate(comment.Body)))}
			return nil
		}
	}
	return nil
}

// Login is the account through which the App writes.
func (g *Gate) Login(ctx context.Context) (string, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.slug == "" {
		slug, err := g.App.Slug(ctx)
		if err != nil {
			return "", err
		}
		g.slug = slug
	}
	return g.slug + "[bot]", nil
}

func hasMarker(body string) bool {
	return len(body) >= len(report.Marker) && body[:len(report.Marker)] == report.Marker
}
