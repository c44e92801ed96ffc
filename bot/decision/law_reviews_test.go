package decision_test

import (
	"testing"

	"github.com/vidimus-bot/vidimus/bot/decision"
	dt "github.com/vidimus-bot/vidimus/bot/decision/decisiontest"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
)

// LAW 5: the witness.
func TestEvaluate_law5Witness(t *testing.T) {
	run(t, northquay, []scenario{
		{"5.1 delivery and read differ: the delivery as read back from GitHub stands", func(h *dt.History) {
			openNote(h)
			h.Down()
			signNote(h)
			h.Push(dt.Act{By: dt.Ruben, Edits: []dt.Edit{text(note, "Smuggled.")}})
			moveBaseAside(h)
			h.UpdateBranch(dt.Ruben)
			h.Up(dt.LogPending)
			h.ReadLog()
		}, decision.ActionRequired, []string{"SIG003"}},
		{"5.1 seen: the head was another one before the review", func(h *dt.History) {
			openNote(h)
			first := h.Head()
			h.Push(dt.Act{By: dt.Ruben, Edits: []dt.Edit{text(note, "Second.")}})
			h.Down()
			h.ReviewOf(first, dt.Aoife, "APPROVED")
			h.ReviewOf(first, dt.Deirdre, "APPROVED")
			h.PushTo(first)
			h.Up(dt.LogOver)
		}, decision.ActionRequired, nil},
		{"5.1 statement: only of a body that was never edited", func(h *dt.History) {
			openTravel(h)
			h.Down()
			ciso, _ := signTravel(h)
			h.Edit(ciso, h.Line("ciso", travel))
			moveBaseAside(h)
			h.UpdateBranch(dt.Ruben)
			h.Up(dt.LogOver)
		}, decision.ActionRequired, []string{"SIG008"}},
		{"5.1 statement: not when nobody asked whether the body was edited", func(h *dt.History) {
			openTravel(h)
			h.HideEdits()
			h.Down()
			signTravel(h)
			moveBaseAside(h)
			h.UpdateBranch(dt.Ruben)
			h.Up(dt.LogOver)
		}, decision.ActionRequired, []string{"SIG011"}},
		{"5.1 statement does not reach level approval, lines or not (5.2)", func(h *dt.History) {
			openNote(h)
			h.Down()
			h.Approve(dt.Aoife, h.Line("ciso", note))
			h.Approve(dt.Deirdre, h.Line("counsel", note))
			moveBaseAside(h)
			h.UpdateBranch(dt.Ruben)
			h.Up(dt.LogOver)
		}, decision.ActionRequired, []string{"SIG011"}},
		{"5.1 seen: a body that was changed since the first sight is an edited one (6.3)", func(h *dt.History) {
			openTravel(h)
			h.HideEdits()
			h.Down()
			ciso := h.Approve(dt.Aoife, "Looks well.")
			h.Up(dt.LogOver)
			h.Approve(dt.Tomasz, h.Line("head-of-it", travel))
			h.Down()
			h.Edit(ciso, h.Line("ciso", travel)) // as anybody with write access can
			h.Up(dt.LogOver)
		}, decision.ActionRequired, nil},
		{"5.2 level approval needs the person's confirmation that approvals sign", func(h *dt.History) {
			c := dt.Northquay()
			c.ApprovalSigns = []string{dt.Aoife}
			h.MoveBase(dt.Put(dt.ConfigPath, c.YAML()))
			openNote(h)
			signNote(h)
		}, decision.ActionRequired, []string{"SIG006"}},
		{"5.3 until the log is read nothing passes, and nothing is held against anybody", func(h *dt.History) {
			openTravel(h)
			h.HideEdits()
			h.Down()
			signTravel(h)
			moveBaseAside(h)
			h.UpdateBranch(dt.Ruben)
			h.Up(dt.LogPending)
		}, decision.ActionRequired, nil},
		{"5.4 two deliveries that contradict each other are no witness", func(h *dt.History) {
			openTravel(h)
			ciso, _ := signTravel(h)
			h.Contradict(ciso, h.Base())
		}, decision.ActionRequired, []string{"SIG013"}},
		{"5.4 an observation of another pull request is no witness", func(h *dt.History) {
			openNote(h)
			h.Down()
			ciso, counsel := signNote(h)
			head, at := h.Head().ID, h.Now()
			moveBaseAside(h)
			h.UpdateBranch(dt.Ruben)
			h.Up(dt.LogOver)
			for _, id := range []int64{ciso, counsel} {
				h.Witness(facts.Observation{
					Act: facts.ActReview, ID: id, Pull: 8, State: "APPROVED", Commit: head,
					BodySHA256: facts.Digest(nil), Seen: facts.Seen{At: at, By: facts.ByDelivery, Delivery: "of-another-pull"},
				})
			}
		}, decision.ActionRequired, nil},
		{"5.4 a delivery that names another person's account is no witness", func(h *dt.History) {
			openNote(h)
			h.Down()
			ciso, counsel := signNote(h)
			head, at := h.Head().ID, h.Now()
			moveBaseAside(h)
			h.UpdateBranch(dt.Ruben)
			h.Up(dt.LogOver)
			for _, id := range []int64{ciso, counsel} {
				h.Witness(facts.Observation{
					Act: facts.ActReview, ID: id, Pull: 7, UserID: dt.Named(dt.Eve).ID, State: "APPROVED", Commit: head,
					BodySHA256: facts.Digest(nil), Seen: facts.Seen{At: at, By: facts.ByDelivery, Delivery: "of-somebody-else"},
				})
			}
		}, decision.ActionRequired, nil},
	})
}

// LAW 6: which review counts.
func TestEvaluate_law6Reviews(t *testing.T) {
	run(t, northquay, []scenario{
		{"6.1 a comment with the right lines signs nothing", func(h *dt.History) {
			openTravel(h)
			h.Review(dt.Aoife, "COMMENTED", h.Line("ciso", travel))
			h.Approve(dt.Tomasz, h.Line("head-of-it", travel))
		}, decision.ActionRequired, nil},
		{"6.1 a later approval of other documents leaves a statement alone", func(h *dt.History) {
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{text(travel, "Early."), text(note, "Noted.")}})
			signTravel(h)
			h.Approve(dt.Aoife, h.Line("ciso", note))
			h.Approve(dt.Deirdre)
		}, decision.Success, nil},
		{"6.1 a later approval with a wrong digest is the last word on its document", func(h *dt.History) {
			openTravel(h)
			signTravel(h)
			h.Approve(dt.Aoife, wrongDigits([]string{h.Line("ciso", travel)})...)
		}, decision.ActionRequired, []string{"SIG006"}},
		{"6.1, 6.3 taking the lines out of a later approval does not bring the older one back", func(h *dt.History) {
			openTravel(h)
			signTravel(h)
			again := h.Approve(dt.Aoife, h.Line("ciso", travel))
			h.Edit(again, "I take my signature back.")
		}, decision.ActionRequired, nil},
		{"6.1 a dismissed objection ends the approval before it", func(h *dt.History) {
			openTravel(h)
			signTravel(h)
			h.Dismiss(h.Object(dt.Aoife), dt.Aoife)
		}, decision.ActionRequired, nil},
		{"6.2 bytes that return revive the signature", func(h *dt.History) {
			openTravel(h)
			signTravel(h)
			signed := h.Head().Tree[travel]
			h.Push(dt.Act{By: dt.Ruben, Edits: []dt.Edit{text(travel, "Otherwise.")}})
			h.Push(dt.Act{By: dt.Ruben, Edits: []dt.Edit{dt.Put(travel, signed.Bytes)}})
		}, decision.Success, nil},
	})
}

// LAW 6.4: objections.
func TestEvaluate_law6Objections(t *testing.T) {
	objected := func(then func(h *dt.History, objection int64)) func(h *dt.History) {
		return func(h *dt.History) {
			openTravel(h)
			objection := h.Object(dt.Tomasz)
			then(h, objection)
			h.Approve(dt.Aoife, h.Line("ciso", travel))
		}
	}
	again := func(h *dt.History) { h.Approve(dt.Tomasz, h.Line("head-of-it", travel)) }
	run(t, northquay, []scenario{
		{"6.4 it blocks", objected(func(*dt.History, int64) {}), decision.Failure, []string{"SIG012"}},
		{"6.4 its author's approval lifts it", objected(func(h *dt.History, _ int64) { again(h) }), decision.Success, nil},
		{"6.4 its author's void approval does not", objected(func(h *dt.History, _ int64) {
			h.Approve(dt.Tomasz, h.Line("head-of-it", travel), "I sign as everybody")
		}), decision.Failure, []string{"SIG012"}},
		{"6.4 nor one that was edited", objected(func(h *dt.History, _ int64) {
			h.Edit(h.Approve(dt.Tomasz, h.Line("head-of-it", travel)), "No.")
		}), decision.Failure, []string{"SIG012"}},
		{"6.4 nor one that was dismissed", objected(func(h *dt.History, _ int64) {
			h.Dismiss(h.Approve(dt.Tomasz, h.Line("head-of-it", travel)), dt.Daan)
		}), decision.Failure, []string{"SIG012"}},
		{"6.4 nor one of which our own witnesses contradict each other (5.4)", objected(func(h *dt.History, _ int64) {
			h.Contradict(h.Approve(dt.Tomasz, h.Line("head-of-it", travel)), h.Base())
		}), decision.Failure, []string{"SIG012"}},
		{"6.4 its author's dismissal lifts it, by delivery", objected(func(h *dt.History, objection int64) {
			h.HideTimeline()
			h.Dismiss(objection, dt.Tomasz)
		}), decision.ActionRequired, nil},
		{"6.4 or by the timeline", objected(func(h *dt.History, objection int64) {
			h.Down()
			h.Dismiss(objection, dt.Tomasz)
			h.Up(dt.LogOver)
		}), decision.ActionRequired, nil},
		{"6.4 a may-dismiss person's dismissal lifts it", objected(func(h *dt.History, objection int64) {
			h.Dismiss(objection, dt.Fergal)
		}), decision.ActionRequired, nil},
		{"6.4 anybody else's does not", objected(func(h *dt.History, objection int64) {
			h.Dismiss(objection, dt.Daan)
		}), decision.Failure, []string{"SIG012"}},
		{"6.4 nor one by nobody knows whom", objected(func(h *dt.History, objection int64) {
			h.HideTimeline()
			h.Down()
			h.Dismiss(objection, dt.Tomasz)
			h.Up(dt.LogOver)
		}), decision.Failure, []string{"SIG012"}},
		{"6.4 a dismissed review that nobody ever saw may have been one", func(h *dt.History) {
			openTravel(h)
			signTravel(h)
			h.HideTimeline()
			h.Down()
			h.Dismiss(h.Object(dt.Fergal), dt.Daan)
			h.Dismiss(h.Object(dt.Tomasz), dt.Daan)
			h.Up(dt.LogOver)
		}, decision.Failure, []string{"SIG012"}},
		{"6.4 who may fill no required role blocks nothing", func(h *dt.History) {
			openTravel(h)
			signTravel(h)
			h.Object(dt.Deirdre)
			h.Object(dt.Eve)
		}, decision.Success, nil},
		{"6.4 a contributor who could fill a role blocks", func(h *dt.History) {
			h.Open(dt.Ruben, dt.Act{By: dt.Tomasz, Edits: []dt.Edit{text(travel, "Early.")}})
			h.Object(dt.Tomasz)
		}, decision.Failure, []string{"SIG012"}},
		{"6.4 a new push does not lift it", objected(func(h *dt.History, _ int64) {
			h.Push(dt.Act{By: dt.Ruben, Edits: []dt.Edit{text(travel, "As you wished.")}})
		}), decision.Failure, []string{"SIG012"}},
	})
}
