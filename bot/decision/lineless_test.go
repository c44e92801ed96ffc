package decision_test

import (
	"slices"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/decision"
	dt "github.com/vidimus-bot/vidimus/bot/decision/decisiontest"
)

// Who presses Approve and gives no line has signed nothing, and is told so; who
// holds no role, or signed before with lines, is not spoken of. LAW 1.3, 5.2, 6.1.
func TestEvaluate_anApprovalWithoutLinesIsTold(t *testing.T) {
	run(t, northquay, []scenario{
		{"by who should sign", func(h *dt.History) { openTravel(h); h.Approve(dt.Aoife, "Fine by me.") }, decision.ActionRequired, []string{"SIG006"}},
		{"by who holds no role", func(h *dt.History) { openTravel(h); h.Approve(dt.Daan) }, decision.ActionRequired, []string{"-SIG006"}},
		{"after the signature", func(h *dt.History) { openTravel(h); signTravel(h); h.Approve(dt.Aoife, "Still fine.") }, decision.Success, []string{"-SIG006"}},
		{"edited and dismissed, told as what it is", func(h *dt.History) {
			openTravel(h)
			h.Dismiss(h.Approve(dt.Aoife, "Fine by me."), dt.Ruben)
		}, decision.ActionRequired, []string{"SIG008"}},
	})
	h := northquay()
	openTravel(h)
	h.Approve(dt.Aoife)
	d := decision.Evaluate(h.Snapshot())
	if !slices.ContainsFunc(d.Signatures, func(s decision.Signature) bool {
		return s.Person == dt.Aoife && s.Role == "ciso" && s.Path == travel && !s.Counts && s.Line == ""
	}) {
		t.Errorf("the approval of Aoife is not among the signatures: %+v", d.Signatures)
	}
}
