package decision_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/decision"
	dt "github.com/vidimus-bot/vidimus/bot/decision/decisiontest"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
)

// What somebody who reads the law for its gaps would try.

// oneRole is a founding's configuration with a single role, which two people hold.
func oneRole() dt.Charter {
	c := dt.Northquay()
	c.Roles = []dt.Role{{ID: "ciso", Holders: []string{dt.Aoife, dt.Tomasz}}}
	c.Rules = []dt.Rule{{For: "{path: \"**\"}", Require: "ciso", Level: "statement"}}
	c.Config = dt.Rule{Require: "ciso", Level: "statement"}
	c.MayDismiss = []string{"ciso"}
	return c
}

// linesFor are the lines of one role for everything that changed.
func linesFor(h *dt.History, role string) []string {
	var lines []string
	for _, changed := range h.Changed() {
		lines = append(lines, h.Line(role, changed))
	}
	return lines
}

func TestEvaluate_foundingNeedsASecondPersonAlsoWhereThereIsOneRole(t *testing.T) {
	h := dt.Empty(northquay().Keys())
	h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: dt.Foundation(h.Keys(), oneRole())})
	h.Approve(dt.Aoife, linesFor(h, "ciso")...)
	if d := decision.Evaluate(h.Snapshot()); d.Conclusion != decision.ActionRequired {
		t.Errorf("Evaluate = %s (%s), want action_required: one person signed", d.Conclusion, d.State)
	}
	h.Approve(dt.Tomasz, linesFor(h, "ciso")...)
	if d := decision.Evaluate(h.Snapshot()); d.Conclusion != decision.Success {
		t.Errorf("Evaluate = %s (%s), want success: two persons signed", d.Conclusion, d.State)
	}
}

// LAW 8.2: the host's key is the host's own, whatever the ending of its file.
func TestEvaluate_foundingRefusesAnSSHKeyInTheNameOfTheHost(t *testing.T) {
	h := dt.Empty(northquay().Keys())
	const ssh = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHc9HhYKfI5EDBtbkCSBoZHT4ja5WXYqdNWMC3BB1m5r noreply@github.com\n"
	h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: append(dt.Foundation(h.Keys(), dt.Northquay()), dt.Put("keys/web-flow.pub", []byte(ssh)))})
	h.Approve(dt.Aoife, linesFor(h, "ciso")...)
	h.Approve(dt.Fergal, linesFor(h, "ceo")...)
	d := decision.Evaluate(h.Snapshot())
	if d.Conclusion != decision.Failure || !slices.Contains(told(d), "CFG006") {
		t.Errorf("Evaluate = %s, told %v, want failure with CFG006", d.Conclusion, told(d))
	}
}

// LAW 9.2, 9.3: an image that landed with a document that deviates was not signed.
func TestSignedAfter_anImageThatADeviatingDocumentShowsIsNotSigned(t *testing.T) {
	h := northquay()
	was := h.Base().Tree["policy/img/diagram.png"].SHA256
	h.DirectPush(dt.Daan, dt.Act{By: dt.Daan, Edits: []dt.Edit{dt.Put("policy/img/diagram.png", dt.Image(5))}})
	s := h.Snapshot()
	d := decision.Evaluate(s)
	for _, e := range decision.SignedAfter(s, d) {
		if e.Path == "policy/img/diagram.png" && e.SHA256 != was {
			t.Errorf("SignedAfter calls %s signed at %s; deviations: %v", e.SHA256, e.Path, told(d))
		}
	}
}

func TestSignedAfter_anImageThatWasSignedWithItsDocumentIsSigned(t *testing.T) {
	h := northquay()
	h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{dt.Put("policy/img/diagram.png", dt.Image(5))}})
	h.Approve(dt.Aoife, h.Line("ciso", "policy/devices.md"))
	h.Approve(dt.Tomasz, h.Line("head-of-it", "policy/devices.md"))
	h.Land(dt.ByMerge, dt.Daan)
	s := h.Snapshot()
	signed := decision.SignedAfter(s, decision.Evaluate(s))
	want := facts.Digest(dt.Image(5))
	if !slices.ContainsFunc(signed, func(e facts.Entry) bool { return e.Path == "policy/img/diagram.png" && e.SHA256 == want }) {
		t.Errorf("SignedAfter leaves the signed picture %s out", want)
	}
}

func TestEvaluate_lawHasNoGapForPictures(t *testing.T) {
	const devices, plan = "policy/devices.md", "policy/img/plan.png"
	shows := func(images ...string) []byte {
		d := library()[devices]
		d.Version, d.Images = "1.1", images
		return d.Bytes()
	}
	run(t, northquay, []scenario{
		{"1.2, 7.1 a picture that only main has: what lands shows more than what was signed", func(h *dt.History) {
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{dt.Put(devices, shows("img/diagram.png", "img/plan.png"))}})
			h.Approve(dt.Aoife, h.Line("ciso", devices))
			h.Approve(dt.Tomasz, h.Line("head-of-it", devices))
			other := dt.Text{Type: "topic-policy", ID: "TOP-OTHER", Version: "1.0", Body: "Of others.", Images: []string{"img/plan.png"}}
			h.MoveBase(dt.Put("policy/other.md", other.Bytes()), dt.Put(plan, dt.Image(4)))
		}, decision.Failure, []string{"MRG001"}},
		{"9.2 a picture that nobody shows any more, and that the merge changed", func(h *dt.History) {
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{dt.Put(devices, shows()), dt.Remove("policy/img/diagram.png")}})
			h.Approve(dt.Aoife, h.Line("ciso", devices))
			h.Approve(dt.Tomasz, h.Line("head-of-it", devices))
			h.Land(dt.ByMerge, dt.Daan, dt.Put("policy/img/diagram.png", dt.Image(6)))
		}, decision.Failure, []string{"evil-merge policy/img/diagram.png"}},
		{"9.2 one that goes with its last document is no deviation", func(h *dt.History) {
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{dt.Put(devices, shows()), dt.Remove("policy/img/diagram.png")}})
			h.Approve(dt.Aoife, h.Line("ciso", devices))
			h.Approve(dt.Tomasz, h.Line("head-of-it", devices))
			h.Land(dt.ByMerge, dt.Daan)
		}, decision.Success, nil},
	})
}

// LAW 6.1, 9.1: what nobody saw as it was submitted may have covered everything, so
// no older approval stands in for it.
func TestEvaluate_whatAnUnseenApprovalCoveredIsNotReadOffALaterText(t *testing.T) {
	run(t, northquay, []scenario{
		{"6.1 dismissed while the App was down, and its lines taken out", func(h *dt.History) {
			openTravel(h)
			signTravel(h)
			h.Down()
			again := h.Approve(dt.Aoife, h.Line("ciso", travel))
			h.Dismiss(again, dt.Aoife)
			h.Edit(again, "Never mind.")
			h.Up(dt.LogOver)
		}, decision.ActionRequired, nil},
		{"6.1 the same with an approval that says nothing of the document counts as one of it", func(h *dt.History) {
			openTravel(h)
			signTravel(h)
			h.Down()
			h.Dismiss(h.Approve(dt.Aoife, "Fine."), dt.Aoife)
			h.HideEdits()
			h.Up(dt.LogOver)
		}, decision.ActionRequired, nil},
		{"6.1 but one that was seen without lines covers nothing at level statement", func(h *dt.History) {
			openTravel(h)
			signTravel(h)
			h.Dismiss(h.Approve(dt.Aoife, "Fine."), dt.Aoife)
		}, decision.Success, nil},
		{"9.1 void at the landing, and its lines taken out afterwards", func(h *dt.History) {
			openTravel(h)
			signTravel(h)
			h.Down()
			again := h.Approve(dt.Aoife, h.Line("ciso", travel), "I sign as I please.")
			h.Land(dt.ByMerge, dt.Daan)
			h.Edit(again, "Fine.")
			h.Up(dt.LogOver)
		}, decision.Failure, []string{"withdrawn-before-merge " + travel}},
	})
}

// Times compare as text, so what is none would come before or after everything.
func TestEvaluate_timesThatAreNoneFailClosed(t *testing.T) {
	h := northquay()
	openTravel(h)
	ciso, _ := signTravel(h)
	h.Dismiss(ciso, dt.Daan)
	h.Wait(1)
	h.Land(dt.ByMerge, dt.Daan)
	s := copied(t, h.Snapshot())
	s.Facts.Dismissals[0].At = "yesterday"
	if d := decision.Evaluate(s); d.Conclusion != decision.Failure || !slices.Contains(told(d), "CFG007") {
		t.Errorf("Evaluate = %s, told %v, want failure with CFG007", d.Conclusion, told(d))
	}
	h = northquay()
	openTravel(h)
	h.Down()
	signTravel(h)
	h.Up(dt.LogOver)
	s = copied(t, h.Snapshot())
	for i := range s.Facts.Witnesses {
		for j := range s.Facts.Witnesses[i].Observations {
			s.Facts.Witnesses[i].Observations[j].Seen.At = "now"
		}
	}
	if d := decision.Evaluate(s); !slices.Contains(told(d), "CFG007") {
		t.Errorf("Evaluate = %s, told %v, want CFG007", d.Conclusion, told(d))
	}
}

// LAW 2.1: what the register calls critical needs the signatures for it, whatever
// the document, or a second entry, says.
func TestEvaluate_aDocumentDoesNotMakeItselfLessCritical(t *testing.T) {
	of := func(id, criticality string) []byte {
		d := dt.Text{Type: "record", ID: id, Version: "1.0", Body: "Of the booking."}
		return bytes.Replace(d.Bytes(), []byte("\nowner:"), []byte("\nservice-id: SVC-BOOKING\ncriticality: "+criticality+"\nowner:"), 1)
	}
	charter := dt.Northquay()
	charter.Rules = append(charter.Rules, dt.Rule{For: "{criticality: critical}", Require: "ceo", Level: "statement"})
	h := dt.Founded(northquay().Keys(), charter, dt.Put("records/booking.md", of("REC-BOOKING", "critical")))
	h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{
		dt.Put("records/aside.md", of("REC-ASIDE", "low")), dt.Put("records/plan.md", of("REC-PLAN", "low")),
	}})
	for _, d := range decision.Evaluate(h.Snapshot()).Documents {
		if !slices.ContainsFunc(d.Requirements, func(r decision.Requirement) bool { return r.Role == "ceo" }) {
			t.Errorf("%s asks for %v, want the ceo too: its service is critical", d.Path, d.Requirements)
		}
	}
}
