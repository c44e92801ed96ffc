package gate

import (
	"context"
	"errors"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/service/store"
)

// observeEdits witnesses the text of a review that is another than the one that
// was seen first, though no delivery told of an edit: somebody may change it back
// before we look again. LAW 6.3.
func (w *watch) observeEdits() {
	for _, r := range w.snapshot.Facts.Reviews {
		now := facts.Digest([]byte(r.Body))
		same := func(o facts.Observation) bool {
			return o.ID == r.ID && (o.Act == facts.ActReview || o.Act == facts.ActEdit) && o.BodySHA256 == now
		}
		seen := false
		w.all(func(o facts.Observation) { seen = seen || same(o) })
		if !seen && w.hasReview(r.ID) {
			w.add(facts.Observation{Act: facts.ActEdit, ID: r.ID, BodySHA256: now, Seen: facts.Seen{At: w.now, By: facts.BySeen}})
		}
	}
}

// bodies are the texts of reviews that observations name by digest: after a
// landing a text may be edited, and then GitHub gives the old one to nobody.
func bodies(reviews []facts.Review, hints []Hint) [][]byte {
	var found [][]byte
	for _, r := range reviews {
		if r.State == "APPROVED" || r.State == "CHANGES_REQUESTED" {
			found = append(found, []byte(r.Body))
		}
	}
	for _, h := range hints {
		if h.Testimony != nil && h.Testimony.Act == facts.ActReview {
			found = append(found, []byte(h.Body))
		}
	}
	return found
}

// firstSight is how a review was seen first; a delivery stands before a read.
func firstSight(f *facts.Facts, review int64) (facts.Observation, bool) {
	var first facts.Observation
	for _, w := range f.Witnesses {
		for _, o := range w.Observations {
			if o.Act != facts.ActReview || o.ID != review {
				continue
			}
			if first.ID == 0 || (o.Seen.By == facts.ByDelivery && first.Seen.By != facts.ByDelivery) {
				first = o
			}
		}
	}
	return first, first.ID != 0
}

// delivered says whether the delivery of a review was witnessed.
func delivered(f *facts.Facts, review int64) bool {
	first, _ := firstSight(f, review)
	return first.Seen.By == facts.ByDelivery
}

// needsEdits: only where nobody saw the delivery of an approval, which may have been
// dismissed since, does it matter when it was edited last; and after a landing where
// the text is not what it was.
func needsEdits(f *facts.Facts, r facts.Review) bool {
	first, known := firstSight(f, r.ID)
	if (r.State == "APPROVED" || r.State == "DISMISSED") && !delivered(f, r.ID) {
		return true
	}
	return f.Landing != nil && known && first.BodySHA256 != facts.Digest([]byte(r.Body))
}

// askEdits asks GraphQL when reviews were edited last, and puts back the text
// that a review had at the landing when it was edited after it.
func (g *Gate) askEdits(ctx context.Context, desk *Desk, f *facts.Facts) error {
	var nodes []string
	for _, r := range f.Reviews {
		if needsEdits(f, r) {
			nodes = append(nodes, r.NodeID)
		}
	}
	if len(nodes) == 0 {
		return nil
	}
	edited, err := desk.Hub.LastEdited(ctx, nodes)
	if err != nil {
		return err
	}
	for i := range f.Reviews {
		r := &f.Reviews[i]
		r.LastEdited = edited[r.NodeID]
		if err := g.restoreBody(ctx, desk, f, r); err != nil {
			return err
		}
	}
	return nil
}

func (g *Gate) restoreBody(ctx context.Context, desk *Desk, f *facts.Facts, r *facts.Review) error {
	first, known := firstSight(f, r.ID)
	later := f.Landing != nil && r.LastEdited != "never" && r.LastEdited > f.Landing.At
	if !later || !known || first.Seen.At > f.Landing.At || editedTwice(f, *r) {
		return nil
	}
	body, err := g.Store.Body(ctx, desk.Store.ID, first.BodySHA256)
	if errors.Is(err, store.ErrNotFound) {
		return nil // then what it said at the landing is not known, and it signs nothing
	}
	if err == nil {
		r.Body = string(body)
	}
	return err
}

// editedTwice: an edit was told that left another text than there is now, so there
// were two at least. GitHub says when the last one was; the one before may have been
// before the landing, and told only after it. LAW 6.3, 9.1.
func editedTwice(f *facts.Facts, r facts.Review) bool {
	now := facts.Digest([]byte(r.Body))
	for _, w := range f.Witnesses {
		for _, o := range w.Observations {
			if o.Act == facts.ActEdit && o.ID == r.ID && o.BodySHA256 != now {
				return true
			}
		}
	}
	return false
}
