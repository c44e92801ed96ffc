package gate

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/decision/report"
	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/service/github"
	"github.com/vidimus-bot/vidimus/bot/service/store"
)

// say writes the verdict on the head into its one check run, and the comment, if
// they are other than what stands there. again: somebody asked for the check.
func (g *Gate) say(ctx context.Context, desk *Desk, c *Case, again bool) error {
	cases, err := g.sameHead(ctx, desk, c)
	if err != nil {
		return err
	}
	if err := g.sayCheck(ctx, desk, cases, again); err != nil {
		return err
	}
	if !slices.Contains(cases, c) { // a draft beside others
		return g.sayComment(ctx, desk, c, nil)
	}
	var all []error
	for _, one := range cases {
		all = append(all, g.sayComment(ctx, desk, one, cases))
	}
	return errors.Join(all...)
}

// sameHead are the cases of all open pull requests with this head, by number: the
// verdict on a commit is the AND of them. Drafts count only if they are alone.
// LAW 7.2.
func (g *Gate) sameHead(ctx context.Context, desk *Desk, c *Case) ([]*Case, error) {
	open, err := g.Store.OpenPulls(ctx, desk.Store.ID)
	if err != nil {
		return nil, err
	}
	cases := []*Case{c}
	for _, other := range open {
		if other.Head != c.Pull.Head || other.Number == c.Pull.Number {
			continue
		}
		p, err := desk.Hub.Pull(ctx, other.Number)
		if err != nil {
			return nil, err
		}
		if !p.Open || p.Head != c.Pull.Head {
			continue
		}
		more, err := g.Examine(ctx, desk, Inquiry{Pull: p})
		if err != nil {
			return nil, err
		}
		cases = append(cases, more)
	}
	sort.Slice(cases, func(i, j int) bool { return cases[i].Pull.Number < cases[j].Pull.Number })
	return withoutDrafts(cases), nil
}

func withoutDrafts(cases []*Case) []*Case {
	var ready []*Case
	for _, c := range cases {
		if !c.Pull.Draft && c.Decision.State != decision.StateNotGoverned {
			ready = append(ready, c)
		}
	}
	if len(ready) == 0 {
		return cases
	}
	return ready
}

// digest names what a verdict says, without what changes by itself: the date, the
// tip of the base, which other people's landings move, and the digest of facts, in
// which GitHub may move a commit id.
func digest(cases []*Case) (string, error) {
	var b strings.Builder
	for _, c := range cases {
		d := c.Decision
		d.Facts, d.AsOf, d.Base = "", "", ""
		encoded, err := facts.Canonical(d)
		if err != nil {
			return "", fmt.Errorf("digest of verdict: %w", err)
		}
		fmt.Fprintf(&b, "decision %s\n", facts.Digest(encoded))
		for _, w := range c.Witnesses {
			fmt.Fprintf(&b, "witness %s\n", w.Digest)
		}
	}
	return facts.Digest([]byte(b.String())), nil
}

// sayCheck writes the check run. Its idempotency key is the external id, which
// holds the number: the intent is in the database before the post, so that after
// a crash between the two the run is found and not made twice.
func (g *Gate) sayCheck(ctx context.Context, desk *Desk, cases []*Case, again bool) error {
	first := cases[0]
	said, err := digest(cases)
	if err != nil {
		return err
	}
	last, err := g.Store.Verdict(ctx, desk.Store.ID, first.Pull.Head)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	unchanged := last.Digest == said || (last.Digest == "" && first.carries(last))
	if last.State == store.Posted && unchanged && !again {
		last.Digest = said
		return g.posted(ctx, desk, last)
	}
	v := store.Verdict{Head: first.Pull.Head, CheckRunID: last.CheckRunID, Digest: said, State: store.Intended}
	if last.State == store.Intended {
		if v, err = g.lookUp(ctx, desk, last); err != nil {
			return err
		}
		if v.State == store.Posted && unchanged && !again {
			return g.posted(ctx, desk, v)
		}
		v.Digest, v.State = said, store.Intended
	}
	above := last.Number
	if first.Posted != nil {
		above = max(above, first.Posted.Number)
	}
	if v.Number, err = g.Store.NextVerdictNumber(ctx, desk.Store.ID, above); err != nil {
		return err
	}
	return g.post(ctx, desk, cases, v)
}

// carries says whether the verdict that our check run on this head was found to
// carry is the one we came to.
func (c *Case) carries(v store.Verdict) bool {
	if c.Posted == nil || v.Number != c.Posted.Number {
		return false
	}
	encoded, err := facts.Canonical(c.Decision)
	return err == nil && c.Posted.Decision.SHA256 == facts.Digest(encoded)
}

func (g *Gate) posted(ctx context.Context, desk *Desk, v store.Verdict) error {
	err := g.Store.Commit(ctx, store.Batch{RepositoryID: desk.Store.ID, Verdicts: []store.Verdict{v}})
	if errors.Is(err, store.ErrOlderVerdict) {
		return nil // a later one stands there: this one is never posted over it
	}
	return err
}

// lookUp finds out whether an intended verdict was posted.
func (g *Gate) lookUp(ctx context.Context, desk *Desk, v store.Verdict) (store.Verdict, error) {
	runs, err := desk.Hub.CheckRuns(ctx, v.Head)
	if err != nil {
		return v, err
	}
	for _, run := range runs {
		if run.AppID != g.App.ID() {
			continue
		}
		v.CheckRunID = run.ID
		if run.ExternalID == v.ExternalID {
			v.State = store.Posted
			return v, nil
		}
	}
	return v, nil
}

func (g *Gate) post(ctx context.Context, desk *Desk, cases []*Case, v store.Verdict) error {
	v.ExternalID = fmt.Sprintf("v1:%d:%s:%d", desk.Store.ID, v.Head, v.Number)
	run, err := g.render(desk, cases, v)
	if err != nil {
		return err
	}
	v.Conclusion = run.Conclusion
	if err := g.Store.Commit(ctx, store.Batch{RepositoryID: desk.Store.ID, Verdicts: []store.Verdict{v}}); err != nil {
		return err
	}
	v.CheckRunID, err = desk.Hub.WriteCheckRun(ctx, run)
	if errors.Is(err, github.ErrNotFound) && run.ID != 0 {
		run.ID = 0 // GitHub deletes runs after some 400 days
		v.CheckRunID, err = desk.Hub.WriteCheckRun(ctx, run)
	}
	if err != nil {
		return err
	}
	v.State = store.Posted
	g.Observe(v.Conclusion)
	g.Log.InfoContext(ctx, "verdict posted", "repo", desk.Store.FullName, "pull", cases[0].Pull.Number,
		"head", v.Head, "verdict", v.Number, "conclusion", v.Conclusion)
	return g.posted(ctx, desk, v)
}

// others are the decisions about the same head besides that about c.
func others(cases []*Case, c *Case) []decision.Decision {
	var found []decision.Decision
	for _, other := range cases {
		if other != c {
			found = append(found, other.Decision)
		}
	}
	return found
}

// render puts the decision into words and appends the witness block: all
// statements that are not in the ledger yet, and the verdict's own.
func (g *Gate) render(desk *Desk, cases []*Case, v store.Verdict) (github.CheckRun, error) {
	block, err := g.block(cases, v)
	if err != nil {
		return github.CheckRun{}, err
	}
	worst := worst(cases)
	in := g.input(desk, worst)
	in.Number, in.Reserve = int(v.Number), len(block)+2
	in.Others = others(cases, worst)
	check := report.CheckRun(in)
	run := github.CheckRun{
		ID: v.CheckRunID, Head: v.Head, ExternalID: v.ExternalID, Conclusion: string(check.Conclusion), Title: check.Title,
		Summary: check.Summary, Text: strings.TrimRight(check.Text, "\n") + "\n\n" + block, Details: check.Details,
	}
	for _, a := range check.Annotations {
		run.Annotations = append(run.Annotations, github.Annotation{
			Path: a.Path, StartLine: a.StartLine, EndLine: a.EndLine, StartColumn: a.StartColumn, EndColumn: a.EndColumn,
			Level: string(a.Level), Title: a.Title, Message: a.Message,
		})
	}
	if run.ID != 0 {
		run.Annotations = nil // GitHub appends; what stands there belongs to the same bytes
	}
	return run, nil
}

// block is the witness block. Were it too large for a check run, the newest
// statements are left out until the publisher has put the older ones into the ledger:
// what was delivered last can still be read from GitHub's delivery log.
func (g *Gate) block(cases []*Case, v store.Verdict) (string, error) {
	var signed []evidence.Signed
	size := 0
	verdict := evidence.Verdict{Head: v.Head, Number: v.Number, Conclusion: string(worst(cases).Decision.Conclusion), Pulls: []int{}}
	for _, c := range cases {
		verdict.Repository = c.Snapshot.Facts.Repository
		verdict.Pulls = append(verdict.Pulls, c.Pull.Number)
		for _, w := range c.Witnesses {
			if w.Entry != 0 {
				continue // the ledger has it
			}
			if size += w.size(); size <= evidence.MaxPostedBytes {
				signed = append(signed, w.Signed)
			}
		}
	}
	encoded, err := facts.Canonical(cases[0].Decision)
	if err != nil {
		return "", fmt.Errorf("digest of decision: %w", err)
	}
	verdict.Facts.SHA256, verdict.Decision.SHA256 = cases[0].Decision.Facts, facts.Digest(encoded)
	s, err := evidence.Sign(evidence.NewVerdict(verdict), g.Key, g.App.Now())
	if err != nil {
		return "", fmt.Errorf("verdict statement: %w", err)
	}
	return evidence.FormatWitnessBlock(append(signed, s)), nil
}

// worst is the case that decides the AND.
func worst(cases []*Case) *Case {
	rank := map[decision.Conclusion]int{decision.Failure: 3, decision.ActionRequired: 2, decision.Success: 1}
	chosen := cases[0]
	for _, c := range cases[1:] {
		if rank[c.Decision.Conclusion] > rank[chosen.Decision.Conclusion] {
			chosen = c
		}
	}
	return chosen
}

func (g *Gate) input(desk *Desk, c *Case) report.Input {
	p := c.Pull
	return report.Input{
		Decision: c.Decision, Config: decision.Configuration(c.Snapshot), Links: g.Links(desk.Store.FullName, p.Number),
		Proposal: report.Proposal{
			Author: p.Author, OpenedAt: p.OpenedAt, Branch: p.From, Base: p.Branch, Fork: p.Fork, Draft: p.Draft,
		},
		WaitingSince: c.headSince(),
	}
}

// headSince is the date on which the head was seen first: since then people are
// asked.
func (c *Case) headSince() string {
	since := ""
	for _, w := range c.Snapshot.Facts.Witnesses {
		for _, o := range w.Observations {
			if o.Act == facts.ActHead && o.Commit == c.Pull.Head {
				since, _, _ = strings.Cut(o.Seen.At, "T")
			}
		}
	}
	return since
}

// sayComment keeps the one comment current: written if its text differs, at most
// as often as configured. What is held back is a heldBackError: the caller comes
// again when its time has come.
func (g *Gate) sayComment(ctx context.Context, desk *Desk, c *Case, cases []*Case) error {
	silent := c.Decision.State == decision.StateNotGoverned || c.Decision.State == decision.StateUntouched
	if silent && c.Known.Comment.ID == 0 {
		return nil
	}
	in := g.input(desk, c)
	in.Others = others(cases, c)
	text := report.Comment(in)
	said := facts.Digest([]byte(withoutUpdate(text)))
	now := g.App.Now()
	if said == c.Known.Comment.Digest {
		return nil
	}
	if since := now.Sub(c.Known.Comment.Edited); c.Known.Comment.ID != 0 && since < g.CommentEvery {
		return &heldBackError{g.CommentEvery - since}
	}
	in.Now = now.Format(time.RFC3339)
	id, err := desk.Hub.WriteComment(ctx, c.Pull.Number, c.Known.Comment.ID, report.Comment(in))
	if errors.Is(err, github.ErrNotFound) && c.Known.Comment.ID != 0 {
		id, err = desk.Hub.WriteComment(ctx, c.Pull.Number, 0, report.Comment(in)) // somebody deleted it
	}
	if err != nil {
		return err
	}
	c.Known.Comment = store.Comment{ID: id, Digest: said, Edited: now}
	return g.Store.Commit(ctx, store.Batch{RepositoryID: desk.Store.ID, Pulls: []store.Pull{c.Known}})
}

var lastUpdate = regexp.MustCompile(`(?m)^Last update .*$`)

// withoutUpdate is a comment without the line that says when it was written.
func withoutUpdate(text string) string {
	return strings.TrimSpace(lastUpdate.ReplaceAllString(strings.ReplaceAll(text, "\r\n", "\n"), ""))
}

// close notes that a pull request is not open any more, and has the publisher put
// what was seen of it into the ledger: its check runs vanish one day. What was seen
// until now is in the database.
func (g *Gate) close(ctx context.Context, desk *Desk, c *Case) error {
	return g.Store.Commit(ctx, store.Batch{RepositoryID: desk.Store.ID, Pulls: []store.Pull{c.Known}, Publish: true})
}
