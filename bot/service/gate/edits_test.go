package gate_test

import (
	"testing"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/service/gate"
)

// seen is one observation of review 9 with that text.
func seen(act, by, body string) facts.Witness {
	o := facts.Observation{Act: act, ID: 9, BodySHA256: facts.Digest([]byte(body)), Seen: facts.Seen{At: "2026-11-24T10:00:00Z", By: by}}
	return facts.Witness{Observations: []facts.Observation{o}}
}

// LAW 6.1, 6.3: where nobody saw what was submitted, GitHub is asked whether it was
// edited, also of an approval that was dismissed since.
func TestGate_editsAreAskedWhereTheDeliveryIsNotKnown(t *testing.T) {
	landing := &facts.Landing{At: "2026-11-24T12:00:00Z"}
	for _, c := range []struct {
		claim   string
		state   string
		landing *facts.Landing
		seen    []facts.Witness
		want    bool
	}{
		{"an approval that nobody saw", "APPROVED", nil, nil, true},
		{"one that was dismissed before anybody saw it", "DISMISSED", nil, nil, true},
		{"one that was only read", "APPROVED", nil, []facts.Witness{seen(facts.ActReview, facts.BySeen, "yes")}, true},
		{"one that was delivered", "APPROVED", nil, []facts.Witness{seen(facts.ActReview, facts.ByDelivery, "yes")}, false},
		{"a request for changes, which no edit voids", "CHANGES_REQUESTED", nil, nil, false},
		{"after a landing, a text that is as delivered", "APPROVED", landing, []facts.Witness{seen(facts.ActReview, facts.ByDelivery, "yes")}, false},
		{"after a landing, one that is another", "APPROVED", landing, []facts.Witness{seen(facts.ActReview, facts.ByDelivery, "no")}, true},
	} {
		f := &facts.Facts{Landing: c.landing, Witnesses: c.seen}
		if got := gate.NeedsEdits(f, facts.Review{ID: 9, State: c.state, Body: "yes"}); got != c.want {
			t.Errorf("%s: asked %v, want %v", c.claim, got, c.want)
		}
	}
}

// LAW 9.1: a text is put back as it was at the landing only if the one edit that was
// told is the last one; an edit told late may have come before the landing.
func TestGate_anEditBetweenTheFirstTextAndTheLastIsNotOverlooked(t *testing.T) {
	first := seen(facts.ActReview, facts.ByDelivery, "one")
	r := facts.Review{ID: 9, State: "APPROVED", Body: "three"}
	for _, c := range []struct {
		claim string
		seen  []facts.Witness
		want  bool
	}{
		{"no edit was told", []facts.Witness{first}, false},
		{"the last edit was told", []facts.Witness{first, seen(facts.ActEdit, facts.ByDelivery, "three")}, false},
		{"one before it was told", []facts.Witness{first, seen(facts.ActEdit, facts.ByDelivery, "two")}, true},
		{"both were told", []facts.Witness{first, seen(facts.ActEdit, facts.ByDelivery, "two"), seen(facts.ActEdit, facts.ByDelivery, "three")}, true},
	} {
		if got := gate.EditedTwice(&facts.Facts{Witnesses: c.seen}, r); got != c.want {
			t.Errorf("%s: edited twice %v, want %v", c.claim, got, c.want)
		}
	}
}

// A ledger belongs to the branch that its origin names, also one with slashes.
func TestGate_theOriginOfALedgerNamesItsBranch(t *testing.T) {
	for log, want := range map[string]string{
		"github.com/northquay/governance/evidence":        "evidence",
		"github.com/northquay/governance/vidimus/ledger":  "vidimus/ledger",
		"127.0.0.1:8080/northquay/cloud-governance/proof": "proof",
		"github.com/northquay/governance":                 "",
		"evidence":                                        "",
	} {
		if got := gate.BranchOf(log); got != want {
			t.Errorf("branch of %q = %q, want %q", log, got, want)
		}
	}
}
