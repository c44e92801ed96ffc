package decision_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/decision"
	dt "github.com/vidimus-bot/vidimus/bot/decision/decisiontest"
	"github.com/vidimus-bot/vidimus/bot/document"
)

// trips is where travel moves to.
const trips = "policy/trips.md"

// moveTravel moves it as it is.
func moveTravel() []dt.Edit {
	return []dt.Edit{dt.Remove(travel), dt.Put(trips, library()[travel].Bytes())}
}

// LAW 1.1: a rename is a deletion and an addition, and each is signed; it is told as
// one document that moved.
func TestMoves_aRenamedDocumentIsOneThatMoved(t *testing.T) {
	changed := library()[travel]
	changed.Version, changed.Body = "1.1", "Travel is booked early."
	for _, c := range []struct {
		claim string
		edits []dt.Edit
		want  []decision.Move
	}{
		{"as it is", moveTravel(), []decision.Move{{ID: "TOP-TRAVEL", From: travel, To: trips, Unchanged: true}}},
		{"with another text", []dt.Edit{dt.Remove(travel), dt.Put(trips, changed.Bytes())}, []decision.Move{{ID: "TOP-TRAVEL", From: travel, To: trips}}},
		{"to two paths", append(moveTravel(), dt.Put("policy/more.md", library()[travel].Bytes())), nil},
		{"only changed", []dt.Edit{text(travel, "Travel is booked early.")}, nil},
		{"only deleted", []dt.Edit{dt.Remove(travel)}, nil},
		{"one goes and another comes", []dt.Edit{dt.Remove(travel), dt.Put(trips, dt.Text{Type: "topic-policy", ID: "TOP-TRIPS", Version: "1.0"}.Bytes())}, nil},
		{"a key", []dt.Edit{dt.Remove(dt.KeyPath(dt.Daan)), dt.Put("keys/other.asc", northquay().Keys().Public(dt.Daan))}, nil},
	} {
		h := northquay()
		h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: c.edits})
		d := decision.Evaluate(h.Snapshot())
		if diff := cmp.Diff(c.want, d.Moves()); diff != "" {
			t.Errorf("%s: moves (-want +got):\n%s", c.claim, diff)
		}
	}
}

// A move that lands past the check is two deviations and one move. What its issue
// advises works: taken back, and signed at both paths, nothing is against it, and the
// same move can then be signed.
func TestDeviatingMoves_takenBackAndMovedAgainIsSigned(t *testing.T) {
	h := northquay()
	h.DirectPush(dt.Ruben, dt.Act{By: dt.Ruben, Edits: moveTravel()})
	d := decision.Evaluate(h.Snapshot())
	if diff := cmp.Diff([]decision.Move{{ID: "TOP-TRAVEL", From: travel, To: trips, Unchanged: true}}, d.DeviatingMoves()); diff != "" {
		t.Errorf("deviating moves (-want +got):\n%s", diff)
	}
	if len(d.Deviations) != 2 {
		t.Errorf("%d deviations, want one for each path", len(d.Deviations))
	}

	back := northquay()
	back.Tamper(moveTravel()...)
	signMove(t, back, dt.Remove(trips), dt.Put(travel, library()[travel].Bytes()))
	again := northquay()
	signMove(t, again, moveTravel()...)
}

// signMove proposes edits, signs both paths, and wants the change signed.
func signMove(t *testing.T, h *dt.History, edits ...dt.Edit) {
	t.Helper()
	h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: edits})
	h.Approve(dt.Aoife, h.Line("ciso", travel), h.Line("ciso", trips))
	h.Approve(dt.Tomasz, h.Line("head-of-it", travel), h.Line("head-of-it", trips))
	if d := decision.Evaluate(h.Snapshot()); d.Conclusion != decision.Success || len(d.Moves()) != 1 {
		t.Errorf("Evaluate = %s (%s) with %d moves, want success with one; told: %v", d.Conclusion, d.State, len(d.Moves()), told(d))
	}
}

func TestDeviatingMoves_onlyWhereBothEndsDeviate(t *testing.T) {
	went := decision.Deviation{ID: "A", Path: "policy/a.md", SHA256: "1", Deleted: true, Mode: document.ModeDeleted}
	came := decision.Deviation{ID: "A", Path: "policy/b.md", SHA256: "1", Mode: document.ModeRegular}
	for _, c := range []struct {
		claim      string
		documents  []decision.Document
		deviations []decision.Deviation
		want       int
	}{
		{"both", nil, []decision.Deviation{went, came}, 1},
		{"the old path was signed", nil, []decision.Deviation{came}, 0},
		{"the new path was signed", nil, []decision.Deviation{went}, 0},
		{
			"the other was there before",
			[]decision.Document{{ID: "A", Path: came.Path, Change: decision.Modified}},
			[]decision.Deviation{went, came},
			0,
		},
		{"two came", nil, []decision.Deviation{went, came, {ID: "A", Path: "policy/c.md", Mode: document.ModeRegular}}, 0},
	} {
		d := decision.Decision{Documents: c.documents, Deviations: c.deviations}
		if got := len(d.DeviatingMoves()); got != c.want {
			t.Errorf("%s: %d moves, want %d", c.claim, got, c.want)
		}
	}
}

// What is recorded of a merge past the check names roles as people call them.
func TestEvaluate_aDeviationNamesRolesByTheirTitles(t *testing.T) {
	h := northquay()
	openTravel(h)
	h.Approve(dt.Aoife, h.Line("ciso", travel))
	h.Land(dt.ByMerge, dt.Ruben)
	d := decision.Evaluate(h.Snapshot())
	const want = "TOP-TRAVEL was changed by a merge past the check, without the signature of the Title of head-of-it."
	if len(d.Deviations) != 1 || d.Deviations[0].Text != want {
		t.Errorf("deviations %+v, want the text %q", d.Deviations, want)
	}
}
