package gate

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/service/store"
)

// Statement is one witness statement with its signature and what it observed.
type Statement struct {
	evidence.Signed
	Digest       string
	Observations []facts.Observation
	// Entry is the number of the ledger's entry that holds it, 0 before.
	Entry int64
}

// size is what the statement takes in a witness block.
func (s Statement) size() int { return len(s.Statement) + len(s.Signature) + 1 }

// statements reads the witness statements of a pull request out of the database.
func (g *Gate) statements(ctx context.Context, repository int64, pull int) ([]Statement, error) {
	stored, err := g.Store.Witnesses(ctx, repository, pull)
	if err != nil {
		return nil, err
	}
	found := make([]Statement, 0, len(stored))
	for _, w := range stored {
		s, err := readStatement(evidence.Signed{Statement: w.Statement, Signature: w.Signature})
		if err != nil {
			return nil, fmt.Errorf("witness statement %s: %w", w.Digest, err)
		}
		s.Entry = w.Entry
		found = append(found, s)
	}
	return found, nil
}

func readStatement(signed evidence.Signed) (Statement, error) {
	read, err := evidence.ReadStatement(signed.Statement)
	if err != nil {
		return Statement{}, err
	}
	w, ok := read.Predicate.(evidence.Witness)
	if !ok {
		return Statement{}, fmt.Errorf("%s is no witness", read.PredicateType)
	}
	return Statement{Signed: signed, Digest: facts.Digest(signed.Statement), Observations: w.Facts()}, nil
}

// bound are the commits that reviews were, or may have been, bound to.
func bound(witnesses []Statement, hints []Hint, reviews []facts.Review) []string {
	var commits []string
	add := func(id string) {
		if id != "" && !slices.Contains(commits, id) {
			commits = append(commits, id)
		}
	}
	for _, w := range witnesses {
		for _, o := range w.Observations {
			if o.Act == facts.ActReview {
				add(o.Commit)
			}
		}
	}
	for _, h := range hints {
		if h.Testimony != nil {
			add(h.Testimony.Commit)
		}
	}
	for _, r := range reviews {
		if judged(r.State) {
			add(r.CommitID)
		}
	}
	slices.Sort(commits)
	return commits
}

// judged says whether a review in this state can matter to a verdict.
func judged(state string) bool {
	return state == "APPROVED" || state == "CHANGES_REQUESTED" || state == "DISMISSED"
}

// witness makes a statement of what is seen for the first time, stores it, and
// puts all statements into the facts.
func (g *Gate) witness(ctx context.Context, desk *Desk, c *Case, q Inquiry) error {
	w := watch{known: c.Witnesses, snapshot: c.Snapshot, pull: c.Pull.Number, now: g.App.Now().Format(time.RFC3339)}
	fresh := w.observe(c.Pull.Head, c.Pull.Open, q.Hints)
	c.lists = w.lists
	if len(fresh) > 0 {
		signed, err := evidence.Sign(evidence.NewWitness(c.Snapshot.Facts.Repository, fresh), g.Key, g.App.Now())
		if err != nil {
			return fmt.Errorf("witness statement: %w", err)
		}
		s, err := readStatement(signed)
		if err != nil {
			return fmt.Errorf("witness statement: %w", err)
		}
		c.Witnesses = append(c.Witnesses, s)
	}
	for _, s := range c.Witnesses {
		c.Snapshot.Facts.Witnesses = append(c.Snapshot.Facts.Witnesses, facts.Witness{SHA256: s.Digest, Observations: s.Observations})
	}
	return g.keep(ctx, desk, c, q.Hints)
}

// keep stores statements and review bodies before anything is said about them.
func (g *Gate) keep(ctx context.Context, desk *Desk, c *Case, hints []Hint) error {
	if c.Pull.Number == 0 {
		return nil
	}
	b := store.Batch{RepositoryID: desk.Store.ID}
	for _, s := range c.Witnesses {
		b.Witnesses = append(b.Witnesses, store.Witness{Pull: c.Pull.Number, Statement: s.Statement, Signature: s.Signature, Entry: s.Entry})
	}
	b.Bodies = append(bodies(c.Snapshot.Facts.Reviews, hints), c.lists...)
	known := &c.Known
	if known.Head != c.Pull.Head || known.HeadSeen.IsZero() {
		known.Head, known.HeadSeen = c.Pull.Head, g.App.Now()
	}
	known.Number, known.Branch, known.State = c.Pull.Number, c.Pull.Branch, store.PullOpen
	switch {
	case c.Pull.MergedAt != "":
		known.State = store.PullMerged
	case !c.Pull.Open:
		known.State = store.PullClosed
	}
	b.Pulls = []store.Pull{*known}
	return g.Store.Commit(ctx, b)
}

// watch compares what is known with what is seen.
type watch struct {
	known    []Statement
	snapshot facts.Snapshot
	pull     int
	now      string
	fresh    []facts.Observation
	lists    [][]byte // that fresh names by digest
}

// maxKeptList bounds a content list that is kept, as the store bounds a body: two
// thousand documents. A longer one is worked out again from Git.
const maxKeptList = 256 << 10

// observe lists what is seen for the first time: the head, commits that change
// something governed, reviews, edits and dismissals. What a delivery says of a
// review stands before what a later read says.
func (w *watch) observe(head string, open bool, hints []Hint) []facts.Observation {
	if open && w.pull != 0 && w.lastHead() != head {
		w.add(facts.Observation{Act: facts.ActHead, Commit: head, Seen: w.announced(head, hints)})
	}
	for _, id := range w.snapshot.Facts.Range {
		if !w.has(facts.Observation{Act: facts.ActCommit, Commit: id}) && decision.GovernedChanges(w.snapshot, id) {
			w.add(facts.Observation{Act: facts.ActCommit, Commit: id, Seen: w.announced(head, hints)})
		}
	}
	for _, h := range hints {
		if h.Testimony != nil && !w.has(*h.Testimony) {
			w.add(w.filled(*h.Testimony))
		}
	}
	for _, r := range w.snapshot.Facts.Reviews {
		o := facts.Observation{
			Act: facts.ActReview, ID: r.ID, UserID: r.User.ID, State: r.State, SubmitTime: r.SubmittedAt,
			BodySHA256: facts.Digest([]byte(r.Body)), Commit: r.CommitID, Seen: facts.Seen{At: w.now, By: facts.BySeen},
		}
		if (r.State == "APPROVED" || r.State == "CHANGES_REQUESTED") && !w.hasReview(r.ID) {
			w.add(w.filled(o))
		}
	}
	if open {
		w.observeEdits()
	}
	return w.fresh
}

func (w *watch) add(o facts.Observation) {
	o.Pull = w.pull
	w.fresh = append(w.fresh, o)
}

// announced is how a head came to us: by the delivery that announced it, else by
// this read.
func (w *watch) announced(head string, hints []Hint) facts.Seen {
	for _, h := range hints {
		if h.Head == head && h.Seen.At != "" {
			return h.Seen
		}
	}
	return facts.Seen{At: w.now, By: facts.BySeen}
}

// filled adds the content list that an act was bound to, and keeps it: when another
// proposal below this one lands, Git alone does not give it any more.
func (w *watch) filled(o facts.Observation) facts.Observation {
	o.Pull = w.pull
	if o.Act != facts.ActReview {
		return o
	}
	for _, c := range w.snapshot.Facts.Commits {
		if c.ID == o.Commit {
			list := document.FormatContentList(decision.ContentOf(w.snapshot, o.Commit))
			if o.ContentDigest = facts.Digest(list); len(list) <= maxKeptList {
				w.lists = append(w.lists, list)
			}
		}
	}
	return o
}

func (w *watch) all(visit func(facts.Observation)) {
	for _, s := range w.known {
		for _, o := range s.Observations {
			visit(o)
		}
	}
	for _, o := range w.fresh {
		visit(o)
	}
}

func (w *watch) lastHead() string {
	head := ""
	w.all(func(o facts.Observation) {
		if o.Act == facts.ActHead {
			head = o.Commit
		}
	})
	return head
}

// has says whether the same thing was observed, in the same way.
func (w *watch) has(o facts.Observation) bool {
	found := false
	w.all(func(k facts.Observation) {
		same := k.Act == o.Act && k.ID == o.ID && k.Commit == o.Commit
		if o.Act == facts.ActReview {
			same = same && k.Seen.By == o.Seen.By && k.BodySHA256 == o.BodySHA256
		}
		if o.Act == facts.ActEdit {
			same = same && k.BodySHA256 == o.BodySHA256
		}
		found = found || same
	})
	return found
}

func (w *watch) hasReview(id int64) bool {
	found := false
	w.all(func(k facts.Observation) { found = found || (k.Act == facts.ActReview && k.ID == id) })
	return found
}

// observedState is what a review said when it was submitted, "" if nobody saw.
func observedState(f *facts.Facts, review int64) string {
	for _, w := range f.Witnesses {
		for _, o := range w.Observations {
			if o.Act == facts.ActReview && o.ID == review {
				return o.State
			}
		}
	}
	return ""
}
