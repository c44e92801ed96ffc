package decision

import (
	"cmp"
	"slices"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/signature/approval"
)

// binding is what the witnesses say of one review.
type binding struct {
	witness approval.Witness
	commit  string // "" when the line binds alone
	content string // digest of the bound commit's content list
	// statement is the digest of the witness statement that tells it.
	statement string
}

// joined is one review with its binding.
type joined struct {
	approval.Review
	binding binding
	raw     facts.Review
}

// joinReviews joins each review with what was witnessed of it. After a landing
// only what came before it counts: reviews submitted, dismissals and edits made
// until then. LAW 5, 6.3, 9.1.
func (e *evaluation) joinReviews() []joined {
	var found []joined
	for _, r := range e.f.Reviews {
		if r.SubmittedAt == "" || !e.before(r.SubmittedAt) {
			continue
		}
		found = append(found, e.joinReview(r))
	}
	// GitHub lists them so; "the latest" must not rest on that.
	slices.SortStableFunc(found, func(a, b joined) int {
		return cmp.Or(cmp.Compare(a.SubmittedAt, b.SubmittedAt), cmp.Compare(a.ID, b.ID))
	})
	return found
}

// before says whether something happened before the landing, if there was one.
// Whole seconds: at the same second counts. Times in this form compare as text.
func (e *evaluation) before(at string) bool {
	return e.f.Landing == nil || at <= e.f.Landing.At
}

func (e *evaluation) joinReview(r facts.Review) joined {
	j := joined{raw: r}
	j.ID, j.SubmittedAt, j.Login = r.ID, r.SubmittedAt, r.User.Login
	j.User = r.User.Type == "User"
	if p, ok := e.config.PersonByID(r.User.ID); ok {
		j.Person = p.Slug
	}
	j.Lines, j.Problems = approval.ParseLines(r.Body)
	seen := e.observed(r)
	unknown := e.unknownBody(r, seen)
	j.Unproven = unknown || !(holdsBody(seen.deliveries, r) || holdsBody(seen.sights, r) || r.LastEdited == "never")
	if unknown {
		j.Lines, j.Problems = nil, nil
		seen.deliveries, seen.sights = nil, nil
	}
	j.State, j.Dismissed = e.state(r, seen.state)
	if j.Dismissed {
		j.DismissalCounts = e.dismissalCounts(r)
	}
	j.Edited = unknown || e.edited(r, seen)
	j.binding = e.bind(r, seen, len(j.Lines) > 0)
	j.Witness = j.binding.witness
	if j.binding.commit != "" {
		e.fillBound(&j)
	}
	return j
}

// observedReview gathers the observations of one review.
type observedReview struct {
	deliveries, sights []facts.Observation
	statements         map[string]string // commit → digest of the statement
	state              string            // as submitted
	edits              []string          // times
}

func (e *evaluation) observed(r facts.Review) observedReview {
	o := observedReview{statements: map[string]string{}}
	for _, w := range e.f.Witnesses {
		for _, seen := range w.Observations {
			if seen.ID != r.ID || !e.ofThisPull(seen) || (seen.Act == facts.ActReview && seen.UserID != r.User.ID) {
				continue
			}
			switch {
			case seen.Act == facts.ActEdit:
				o.edits = append(o.edits, seen.Seen.At)
			case seen.Act == facts.ActReview && seen.Seen.By == facts.ByDelivery:
				o.deliveries = append(o.deliveries, seen)
			case seen.Act == facts.ActReview:
				o.sights = append(o.sights, seen)
			default:
				continue
			}
			if seen.Act == facts.ActReview {
				o.remember(seen, w.SHA256)
			}
		}
	}
	return o
}

func (o *observedReview) remember(seen facts.Observation, statement string) {
	key := seen.Seen.By + " " + seen.Commit
	if o.statements[key] == "" {
		o.statements[key] = statement
	}
	if o.state == "" || seen.Seen.By == facts.ByDelivery {
		o.state = seen.State
	}
}

// bind finds the commit that a review was bound to. A delivery stands before a
// sight; two deliveries, or two sights without one, that differ contradict each
// other. LAW 5.1, 5.4.
func (e *evaluation) bind(r facts.Review, seen observedReview, lines bool) binding {
	for _, group := range [][]facts.Observation{seen.deliveries, e.provenSights(r, seen.sights)} {
		if len(group) == 0 {
			continue
		}
		first := group[0]
		for _, other := range group[1:] {
			if other.Commit != first.Commit || other.BodySHA256 != first.BodySHA256 {
				return binding{witness: approval.WitnessContradicted}
			}
		}
		return binding{
			witness: approval.Witness(first.Seen.By), commit: first.Commit, content: first.ContentDigest,
			statement: seen.statements[first.Seen.By+" "+first.Commit],
		}
	}
	if lines && (r.LastEdited == "never" || holdsBody(seen.deliveries, r)) {
		return binding{witness: approval.WitnessStatement}
	}
	return binding{}
}

// holdsBody: the body is one that was observed.
func holdsBody(observed []facts.Observation, r facts.Review) bool {
	for _, o := range observed {
		if o.BodySHA256 == facts.Digest([]byte(r.Body)) {
			return true
		}
	}
	return false
}

// ofThisPull: an observation of another pull request is no witness here. LAW 5.4.
func (e *evaluation) ofThisPull(o facts.Observation) bool {
	return e.f.Pull != nil && o.Pull == e.f.Pull.Number
}

// provenSights are the sights that bind: the commit was the head at our last
// sight before the review was submitted, and still was when we read it first.
func (e *evaluation) provenSights(r facts.Review, sights []facts.Observation) []facts.Observation {
	var proven []facts.Observation
	for _, s := range sights {
		if e.headAt(r.SubmittedAt) == s.Commit && e.headAt(s.Seen.At) == s.Commit && !e.headMoved(r.SubmittedAt, s.Seen.At) {
			proven = append(proven, s)
		}
	}
	return proven
}

// headAt is the head that was seen last at or before a time, "" if none was.
func (e *evaluation) headAt(at string) string {
	head, when := "", ""
	e.heads(func(o facts.Observation) {
		if o.Seen.At <= at && o.Seen.At >= when {
			head, when = o.Commit, o.Seen.At
		}
	})
	return head
}

// headMoved says whether another head was seen after from, until to.
func (e *evaluation) headMoved(from, to string) bool {
	moved := false
	e.heads(func(o facts.Observation) {
		moved = moved || (o.Seen.At > from && o.Seen.At <= to)
	})
	return moved
}

func (e *evaluation) heads(visit func(facts.Observation)) {
	for _, w := range e.f.Witnesses {
		for _, o := range w.Observations {
			if o.Act == facts.ActHead && e.ofThisPull(o) {
				visit(o)
			}
		}
	}
}

// state is what a review said when it was submitted, and whether it was
// dismissed. Of a dismissed review nobody has seen it is not known what it said:
// then it is taken for an objection, because losing one is as bad as inventing
// an approval.
func (e *evaluation) state(r facts.Review, observed string) (approval.State, bool) {
	if r.State != "DISMISSED" {
		return stateWord(r.State), false
	}
	if stateWord(observed) == approval.StateOther {
		observed = e.timelineState(r.ID) // nobody saw it before it was dismissed
	}
	was := stateWord(observed)
	if was == approval.StateOther {
		was = approval.StateChangesRequested
	}
	return was, !e.dismissedAfterLanding(r.ID)
}

func stateWord(word string) approval.State {
	switch word {
	case "APPROVED", "approved":
		return approval.StateApproved
	case "CHANGES_REQUESTED", "changes_requested":
		return approval.StateChangesRequested
	default:
		return approval.StateOther
	}
}

func (e *evaluation) timelineState(review int64) string {
	for _, d := range e.f.Dismissals {
		if d.Review == review {
			return d.State
		}
	}
	return ""
}

// dismissedAfterLanding needs the timeline's word: what is not shown to be later
// counts as before.
func (e *evaluation) dismissedAfterLanding(review int64) bool {
	for _, d := range e.f.Dismissals {
		if d.Review == review {
			return !e.before(d.At)
		}
	}
	return false
}

// dismissalCounts: by the review's author, or a person who may dismiss; by the
// timeline's word, or before the landing by the delivery's. LAW 6.4, 9.1.
func (e *evaluation) dismissalCounts(r facts.Review) bool {
	may := func(account int64) bool {
		if account == r.User.ID {
			return true
		}
		p, ok := e.config.PersonByID(account)
		return ok && e.mayDismiss(p.Slug)
	}
	for _, d := range e.f.Dismissals {
		if d.Review == r.ID {
			return e.before(d.At) && may(d.By.ID)
		}
	}
	if e.f.Landing != nil {
		return false
	}
	for _, w := range e.f.Witnesses {
		for _, o := range w.Observations {
			if o.Act == facts.ActDismissal && o.ID == r.ID && e.ofThisPull(o) {
				return may(o.Actor)
			}
		}
	}
	return false
}

// edited: an edit was delivered, GitHub shows one, or the body is another than
// the delivered one, or without a delivery the one that was seen first. After a
// landing only edits until then. LAW 6.3, 9.1.
func (e *evaluation) edited(r facts.Review, seen observedReview) bool {
	if slices.ContainsFunc(edits(r, seen), e.before) {
		return true
	}
	first := seen.deliveries
	if len(first) == 0 {
		first = seen.sights
	}
	return len(first) > 0 && !holdsBody(first, r)
}

// edits are the times of the edits of a review that were told.
func edits(r facts.Review, seen observedReview) []string {
	if r.LastEdited != "" && r.LastEdited != "never" {
		return append(slices.Clone(seen.edits), r.LastEdited)
	}
	return seen.edits
}

// unknownBody: the body was edited after the landing, and nobody saw before that
// what it is now. A later edit makes nothing either. LAW 9.1.
func (e *evaluation) unknownBody(r facts.Review, seen observedReview) bool {
	all := slices.Concat(seen.deliveries, seen.sights)
	return slices.ContainsFunc(edits(r, seen), func(at string) bool {
		earlier := slices.DeleteFunc(slices.Clone(all), func(o facts.Observation) bool { return o.Seen.At >= at })
		return !e.before(at) && !holdsBody(earlier, r)
	})
}

// fillBound gives a review what the bound commit holds: its content list, and
// for each line the document that it names there.
func (e *evaluation) fillBound(j *joined) {
	c, ok := e.commits[j.binding.commit]
	if !ok || (c.FromBase == "" && len(e.f.MergeBases) > 0) {
		j.binding = binding{}
		j.Witness = approval.WitnessNone
		return
	}
	at := e.viewOf(c.ID)
	from := view{e, tree{}}
	if c.FromBase != "" {
		from = e.viewOf(c.FromBase)
	}
	j.Content = map[string]approval.Bound{}
	for _, t := range e.documentsTouched(from, at) {
		j.Content[t.path] = e.bound(t)
	}
	j.Named = map[approval.Line]approval.Bound{}
	for _, l := range j.Lines {
		if b, ok := e.named(l, from, at); ok {
			j.Named[l] = b
		}
	}
}

// named finds what a line names at the bound commit, changed there or not.
func (e *evaluation) named(l approval.Line, from, at view) (approval.Bound, bool) {
	where := at
	if l.Deleted {
		where = from
	}
	for _, path := range where.tree.paths() {
		entry := where.tree[path]
		if entry.SHA256 != l.SHA256 || !e.isNamed(l, where, path) {
			continue
		}
		b := approval.Bound{Mode: entry.Mode, SHA256: entry.SHA256, Path: path, Images: document.ImagesDigest(where.images(path))}
		if l.Deleted {
			if _, still := at.tree[path]; still {
				continue
			}
			b.Mode, b.Images = document.ModeDeleted, ""
		}
		if b.Images == l.Images {
			return b, true
		}
	}
	return approval.Bound{}, false
}

func (e *evaluation) isNamed(l approval.Line, v view, path string) bool {
	if l.ID == "" {
		return l.Path == path
	}
	d := v.document(path)
	return d != nil && d.ID == l.ID && d.Version == l.Version
}
