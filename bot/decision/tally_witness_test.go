package decision_test

import (
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
)

// dismissed finds what a dismissed review was, and takes back a dismissal that
// came after the landing. LAW 9.1.
func (t *tally) dismissed(g *given) {
	if g.state != "DISMISSED" {
		return
	}
	at := "" // READING 9.1: only the timeline shows that a dismissal came later
	for _, o := range t.observations(facts.ActReview, g.r.ID) {
		if o.State != "DISMISSED" {
			g.was = strings.ToUpper(o.State)
		}
	}
	for _, d := range t.f.Dismissals {
		if d.Review == g.r.ID {
			at, g.was = d.At, strings.ToUpper(d.State)
		}
	}
	if t.f.Landing != nil && at > t.f.Landing.At && g.was != "" {
		t.because("9.1 later dismissal")
		if t.on("9.1 later dismissal") {
			g.state = g.was
		}
	}
}

// observations of one act about one review of this pull request, in order.
func (t *tally) observations(act string, id int64) []facts.Observation {
	var found []facts.Observation
	for _, w := range t.f.Witnesses {
		for _, o := range w.Observations {
			if o.Act == act && o.ID == id && t.f.Pull != nil && o.Pull == t.f.Pull.Number {
				found = append(found, o)
			}
		}
	}
	return found
}

// bind is LAW 5.1 and 5.4.
func (t *tally) bind(g *given) {
	var deliveries, sights []facts.Observation
	for _, o := range t.observations(facts.ActReview, g.r.ID) {
		if o.Seen.By == facts.ByDelivery {
			deliveries = append(deliveries, o)
		} else {
			sights = append(sights, o)
		}
	}
	// Delivery and read differ: the delivery stands. Two deliveries, or two
	// sights, that differ contradict.
	decisive := deliveries
	if len(deliveries) == 0 {
		decisive = sights
	}
	for _, o := range decisive {
		if o.Commit != decisive[0].Commit || o.BodySHA256 != decisive[0].BodySHA256 {
			g.void = "SIG013"
			if !t.on("SIG013") {
				g.void = ""
			}
		}
	}
	switch {
	case len(deliveries) > 0:
		g.witness, g.commit = "delivery", deliveries[0].Commit
		if len(sights) > 0 && sights[0].Commit != g.commit {
			t.because("5.1 delivery stands")
			if !t.on("5.1 delivery stands") {
				g.commit = sights[0].Commit
			}
		}
	case len(sights) > 0 && t.wasHead(sights[0], g.r.SubmittedAt):
		g.witness, g.commit = "seen", sights[0].Commit
	case g.r.LastEdited == "never":
		g.witness = "statement"
	}
	if g.commit != "" && g.r.CommitID != g.commit {
		t.because("5.1 commit_id moved")
		if !t.on("5.1 commit_id moved") {
			g.commit = g.r.CommitID // as GitHub shows it now
		}
	}
	if g.witness != "" && !t.on("witness "+g.witness) {
		g.witness, g.commit = "", ""
	}
	if g.witness == "" && !t.on("SIG011") {
		g.witness, g.commit = "delivery", g.r.CommitID
	}
}

// wasHead: the commit was the head at our last sight before the review, and still
// at the first read. LAW 5.1. READING: a head that was seen again after another
// must have been seen again in the witnesses.
func (t *tally) wasHead(o facts.Observation, submitted string) bool {
	before, atRead := "", ""
	for _, w := range t.f.Witnesses {
		for _, h := range w.Observations {
			if h.Act != facts.ActHead || h.Pull != o.Pull {
				continue
			}
			if h.Seen.At <= submitted {
				before = h.Commit
			}
			if h.Seen.At <= o.Seen.At {
				atRead = h.Commit
			}
		}
	}
	return before == o.Commit && atRead == o.Commit
}

// edited is LAW 6.3, and after a landing 9.1.
func (t *tally) edited(g *given) bool {
	var when []string
	for _, o := range t.observations(facts.ActEdit, g.r.ID) {
		when = append(when, o.Seen.At)
	}
	if g.r.LastEdited != "" && g.r.LastEdited != "never" {
		when = []string{g.r.LastEdited}
	}
	for _, o := range t.observations(facts.ActReview, g.r.ID) {
		if o.BodySHA256 != facts.Digest([]byte(g.r.Body)) {
			when = append(when, "") // at a time that nobody knows
		}
	}
	for _, at := range when {
		// READING 9.1: a later edit unmakes nothing, and makes nothing: the body must
		// be one that was witnessed before it.
		if t.f.Landing != nil && at > t.f.Landing.At && t.bodyBefore(g, at) {
			t.because("9.1 later edit")
			if t.on("9.1 later edit") {
				continue
			}
		}
		if t.on("SIG008 edit") {
			return true
		}
		t.because("SIG008 edit")
	}
	return false
}

// bodyBefore: a first sight from before that time has the review's body.
func (t *tally) bodyBefore(g *given, at string) bool {
	for _, o := range t.observations(facts.ActReview, g.r.ID) {
		if o.Seen.At < at && o.BodySHA256 == facts.Digest([]byte(g.r.Body)) {
			return true
		}
	}
	return false
}
