package decision_test

import (
	"testing"

	"github.com/vidimus-bot/vidimus/bot/decision"
	dt "github.com/vidimus-bot/vidimus/bot/decision/decisiontest"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
)

// The rows of the pitfalls that the research found in other products, by their
// number there (approval-anchors, section 3), with the law that answers.
func TestEvaluate_pitfallsOfOtherProducts(t *testing.T) {
	run(t, northquay, pitfallsOfBinding())
	run(t, northquay, pitfallsOfPeople())
	run(t, northquay, pitfallsOfFiles())
}

func pitfallsOfBinding() []scenario {
	return []scenario{
		{"1 commit_id moves to bytes that the person never saw: no signature (5.1)", func(h *dt.History) {
			openNote(h)
			signNote(h)
			h.Push(dt.Act{By: dt.Ruben, Edits: []dt.Edit{text(note, "Smuggled.")}})
			moveBaseAside(h)
			h.UpdateBranch(dt.Ruben)
		}, decision.ActionRequired, []string{"SIG003"}},
		{"1 commit_id moves although nothing changed: no signature is lost (5.1)", func(h *dt.History) {
			openNote(h)
			signNote(h)
			moveBaseAside(h)
			h.UpdateBranch(dt.Ruben)
		}, decision.Success, nil},
		{"1 a lost delivery: the commit that was head before and at the first read binds (5.1 seen)", func(h *dt.History) {
			openNote(h)
			h.Down()
			signNote(h)
			h.Up(dt.LogOver)
		}, decision.Success, nil},
		{"1 a lost delivery, and GitHub moved the approval meanwhile: no witness (5.1, 5.3)", func(h *dt.History) {
			openNote(h)
			h.Down()
			signNote(h)
			moveBaseAside(h)
			h.UpdateBranch(dt.Ruben)
			h.Up(dt.LogOver)
		}, decision.ActionRequired, []string{"SIG011"}},
		{"1 a lost delivery, GitHub moved the approval, but its lines name the bytes (5.1 statement)", func(h *dt.History) {
			openTravel(h)
			h.Down()
			signTravel(h)
			moveBaseAside(h)
			h.UpdateBranch(dt.Ruben)
			h.Up(dt.LogOver)
		}, decision.Success, nil},
		{"1 read back from the delivery log, the approval binds as given (5.1)", func(h *dt.History) {
			openNote(h)
			h.Down()
			signNote(h)
			moveBaseAside(h)
			h.UpdateBranch(dt.Ruben)
			h.Up(dt.LogRead)
		}, decision.Success, nil},
		{"2 a push ends the signatures of what it changes, and no others (6.2)", func(h *dt.History) {
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{text(travel, "Early."), text(note, "Noted.")}})
			signTravel(h)
			h.Approve(dt.Deirdre)
			h.Push(dt.Act{By: dt.Ruben, Edits: []dt.Edit{text(note, "Noted otherwise.")}})
			h.Approve(dt.Deirdre)
			h.Approve(dt.Aoife, h.Line("ciso", note))
		}, decision.Success, nil},
		{"3 a commit that existed before the approval and is pushed after it is not approved (6.2)", func(h *dt.History) {
			openTravel(h)
			staged := h.Make(dt.Act{By: dt.Ruben, Edits: []dt.Edit{text(travel, "Staged.")}})
			signTravel(h)
			h.PushTo(staged)
		}, decision.ActionRequired, []string{"SIG003"}},
		{"4 lines of the text that was read, on the text that was approved: void (1.3)", func(h *dt.History) {
			openTravel(h)
			read := h.Line("ciso", travel)
			h.Push(dt.Act{By: dt.Ruben, Edits: []dt.Edit{text(travel, "Pushed meanwhile.")}})
			h.Approve(dt.Aoife, read)
			h.Approve(dt.Tomasz, h.Line("head-of-it", travel))
		}, decision.ActionRequired, []string{"SIG006"}},
		{"8 a forced push to other bytes has its own verdict, and back again the first one (6.2)", func(h *dt.History) {
			openTravel(h)
			signTravel(h)
			signed := h.Head()
			h.PushTo(h.Make(dt.Act{By: dt.Ruben, Edits: []dt.Edit{text(travel, "Other.")}}, h.Base()))
			h.PushTo(signed)
		}, decision.Success, nil},
		{"10 a dismissed approval does not fall back to an older one (6.1, 6.3)", func(h *dt.History) {
			openTravel(h)
			signTravel(h)
			second := h.Approve(dt.Aoife, h.Line("ciso", travel))
			h.Dismiss(second, dt.Daan)
		}, decision.ActionRequired, []string{"SIG008"}},
		{"11 a request for changes withdraws the person's approval and blocks (6.1, 6.4)", func(h *dt.History) {
			openTravel(h)
			signTravel(h)
			h.Object(dt.Aoife)
		}, decision.Failure, []string{"SIG012"}},
		{"12 an edit of the body voids an approval (6.3)", func(h *dt.History) {
			openTravel(h)
			ciso, _ := signTravel(h)
			h.Edit(ciso, h.Line("ciso", travel), "And more.")
		}, decision.ActionRequired, []string{"SIG008"}},
		{"12 an edit that nobody delivered shows by the body that was delivered (6.3)", func(h *dt.History) {
			openTravel(h)
			ciso, _ := signTravel(h)
			h.Down()
			h.Edit(ciso, h.Line("ciso", travel), "And more.")
			h.Up(dt.LogOver)
		}, decision.ActionRequired, []string{"SIG008"}},
		{"12 an edit of the body never lifts an objection (6.3)", func(h *dt.History) {
			openTravel(h)
			signTravel(h)
			objection := h.Object(dt.Fergal)
			h.Object(dt.Tomasz)
			h.Edit(objection, "All is well.")
		}, decision.Failure, []string{"SIG012"}},
		{"35 the same statement of first sight twice says nothing new (5.4)", func(h *dt.History) {
			openTravel(h)
			signTravel(h)
			for _, w := range h.Snapshot().Facts.Witnesses {
				h.Witness(w.Observations[0])
			}
		}, decision.Success, nil},
	}
}

// moveBaseAside lands something that does not touch the pull request's documents.
func moveBaseAside(h *dt.History) {
	other := dt.Text{Type: "record", ID: "REC-OTHER", Version: "1.0", Body: "Of others."}
	h.MoveBase(dt.Put("records/other.md", other.Bytes()))
}

func pitfallsOfPeople() []scenario {
	return []scenario{
		{"13 an account that nobody in the roster has signs nothing (3.1)", func(h *dt.History) {
			openTravel(h)
			h.Approve(dt.Eve, h.Line("ciso", travel))
			h.Approve(dt.Tomasz, h.Line("head-of-it", travel))
		}, decision.ActionRequired, nil},
		{"14 an author's address that belongs to nobody blocks (3.4)", func(h *dt.History) {
			h.Open(dt.Ruben, dt.Act{By: "who@elsewhere.example", Committer: dt.Ruben, Edits: []dt.Edit{text(travel, "Early.")}})
			signTravel(h)
		}, decision.Failure, []string{"SIG010"}},
		{"14 a co-author's trailer excludes (3.4)", func(h *dt.History) {
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, CoAuthors: []string{dt.Aoife}, Edits: []dt.Edit{text(travel, "Early.")}})
			signTravel(h)
		}, decision.ActionRequired, []string{"SIG002"}},
		{"14 an account's noreply address is that account (3.4)", func(h *dt.History) {
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, CoAuthors: []string{"61000102+any-name@users.noreply.github.com"}, Edits: []dt.Edit{text(travel, "Early.")}})
			signTravel(h)
		}, decision.ActionRequired, []string{"SIG002"}},
		{"14 a contributor on a side branch that was merged in is one (4.1)", func(h *dt.History) {
			openTravel(h)
			side := h.Make(dt.Act{By: dt.Aoife, Edits: []dt.Edit{text(travel, "By the side.")}})
			h.PushTo(h.Make(dt.Act{By: dt.Ruben}, h.Head(), side))
			signTravel(h)
		}, decision.ActionRequired, []string{"SIG002"}},
		{"14 an unsigned commit on a side branch blocks (4.1, 4.2)", func(h *dt.History) {
			openTravel(h)
			side := h.Make(dt.Act{By: dt.Daan, Seal: dt.NoKey, Edits: []dt.Edit{text(travel, "By the side.")}})
			h.PushTo(h.Make(dt.Act{By: dt.Ruben}, h.Head(), side))
			signTravel(h)
		}, decision.Failure, []string{"SIG009"}},
		{"15 who opened the pull request signs nothing in it (3.4)", func(h *dt.History) {
			h.Open(dt.Aoife, dt.Act{By: dt.Ruben, Edits: []dt.Edit{text(travel, "Early.")}})
			signTravel(h)
		}, decision.ActionRequired, []string{"SIG002"}},
		{"16 who no longer holds the role when it is judged does not fill it (3.2)", func(h *dt.History) {
			openTravel(h)
			signTravel(h)
			c := dt.Northquay()
			c.Roles[0].Holders = []string{dt.Deirdre}
			h.MoveBase(dt.Put(dt.ConfigPath, c.YAML()))
		}, decision.ActionRequired, []string{"SIG004"}},
		{"18 a configuration in the proposal gives nobody a role (2.1)", func(h *dt.History) {
			c := dt.Northquay()
			c.Roles[0].Holders = []string{dt.Daan}
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{dt.Put(dt.ConfigPath, c.YAML()), text(travel, "Early.")}})
			h.Approve(dt.Daan, h.Line("ciso", travel), h.Line("ciso", dt.ConfigPath))
			h.Approve(dt.Tomasz, h.Line("head-of-it", travel), h.Line("head-of-it", dt.ConfigPath))
		}, decision.ActionRequired, []string{"SIG004"}},
		{"19 a pull request into a branch that nobody governs is not judged (7.2)", func(h *dt.History) {
			openTravel(h)
			h.Retarget("playground")
		}, decision.Neutral, nil},
		{"29 an App's approval signs nothing (3.1)", func(h *dt.History) {
			openTravel(h)
			h.Approve(dt.Robot, h.Line("ciso", travel))
			h.Approve(dt.Tomasz, h.Line("head-of-it", travel))
		}, decision.ActionRequired, []string{"SIG007"}},
		{"33 a draft never passes (7.2)", func(h *dt.History) {
			openTravel(h)
			h.Draft(true)
			signTravel(h)
		}, decision.ActionRequired, nil},
		{"33 what was signed while it was a draft counts once it is ready (6.2)", func(h *dt.History) {
			openTravel(h)
			h.Draft(true)
			signTravel(h)
			h.Draft(false)
		}, decision.Success, nil},
	}
}

func pitfallsOfFiles() []scenario {
	return []scenario{
		{"5 a conflict resolved in a merge is a contribution, and ends what it changes (4.1, 6.2)", func(h *dt.History) {
			openTravel(h)
			signTravel(h)
			h.MoveBase(text(travel, "On main meanwhile."))
			resolved := library()[travel]
			resolved.Version, resolved.Body = "1.2", "Resolved."
			h.MergeMain(dt.Act{By: dt.Aoife, Edits: []dt.Edit{dt.Put(travel, resolved.Bytes())}})
			signTravel(h)
		}, decision.ActionRequired, []string{"SIG002"}},
		{"5 a merge that takes one side contributes nothing (4.1)", func(h *dt.History) {
			openTravel(h)
			moveBaseAside(h)
			h.MergeMain(dt.Act{By: dt.Aoife, Seal: dt.NoKey})
			signTravel(h)
		}, decision.Success, nil},
		{"6 what a merge made of the text is not what was signed (9.2)", func(h *dt.History) {
			openTravel(h)
			signTravel(h)
			h.Land(dt.ByMerge, dt.Daan, text(travel, "Made of it."))
		}, decision.Failure, []string{"evil-merge " + travel}},
		{"6 a squash with other content (9.2)", func(h *dt.History) {
			openTravel(h)
			signTravel(h)
			h.Land(dt.BySquash, dt.Daan, text(travel, "Made of it."))
		}, decision.Failure, []string{"edited-squash " + travel}},
		{"7 a squash of the signed bytes is no deviation, whoever signed its commit (9.2)", func(h *dt.History) {
			openTravel(h)
			signTravel(h)
			h.Land(dt.BySquash, dt.Daan)
		}, decision.Success, nil},
		{"7 nor is a rebase, whose commits nobody signed (9.2)", func(h *dt.History) {
			openTravel(h)
			signTravel(h)
			h.Land(dt.ByRebase, dt.Daan)
		}, decision.Success, nil},
		{"22 who merges past the check leaves a deviation (9.2)", func(h *dt.History) {
			openTravel(h)
			h.Land(dt.ByMerge, dt.Daan)
		}, decision.Failure, []string{"bypass-merge " + travel}},
		{"23 a direct push is one (9.2)", func(h *dt.History) {
			h.DirectPush(dt.Daan, dt.Act{By: dt.Daan, Edits: []dt.Edit{text(travel, "Pushed.")}})
		}, decision.Failure, []string{"direct-push " + travel}},
		{"25 a rename is a deletion and an addition, and one review signs both (1.1, 1.3)", func(h *dt.History) {
			moved := h.Base().Tree[note]
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{dt.Remove(note), dt.Put("records/renamed.md", moved.Bytes)}})
			h.Approve(dt.Aoife, h.Line("ciso", note), h.Line("ciso", "records/renamed.md"))
			h.Approve(dt.Deirdre, h.Line("counsel", note), h.Line("counsel", "records/renamed.md"))
		}, decision.Success, nil},
		{"25 an approved document that is deleted blocks (2.3)", func(h *dt.History) {
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{dt.Remove(note)}})
			h.Approve(dt.Aoife, h.Line("ciso", note))
			h.Approve(dt.Deirdre, h.Line("counsel", note))
		}, decision.Failure, []string{"VER004"}},
		{"26 a path that only looks like another one blocks (7.4 GIT002)", func(h *dt.History) {
			t := dt.Text{Type: "topic-policy", ID: "TOP-TRAVEL-TWO", Version: "1.0", Body: "Other."}
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{dt.Put("policy/Travel.md", t.Bytes())}})
			h.Approve(dt.Aoife, h.Line("ciso", "policy/Travel.md"))
			h.Approve(dt.Tomasz, h.Line("head-of-it", "policy/Travel.md"))
		}, decision.Failure, []string{"GIT002"}},
		{"27 a symbolic link in place of a document blocks (7.4 GIT001)", func(h *dt.History) {
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{dt.PutMode("policy/link.md", "120000", []byte("travel.md"))}})
		}, decision.Failure, []string{"GIT001"}},
		{"27 the executable bit is a change, and blocks (1.1, 7.4)", func(h *dt.History) {
			t := library()[note]
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{dt.PutMode(note, "100755", t.Bytes())}})
		}, decision.Failure, []string{"GIT001"}},
		{"28 another picture is another document (1.2)", func(h *dt.History) {
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{text("policy/devices.md", "Locked.")}})
			h.Approve(dt.Aoife, h.Line("ciso", "policy/devices.md"))
			h.Approve(dt.Tomasz, h.Line("head-of-it", "policy/devices.md"))
			h.Push(dt.Act{By: dt.Ruben, Edits: []dt.Edit{dt.Put("policy/img/diagram.png", dt.Image(9))}})
		}, decision.ActionRequired, []string{"SIG003"}},
		{"28 who changes the picture contributes to the document (1.2)", func(h *dt.History) {
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{text("policy/devices.md", "Locked.")}},
				dt.Act{By: dt.Tomasz, Edits: []dt.Edit{dt.Put("policy/img/diagram.png", dt.Image(9))}})
			h.Approve(dt.Aoife, h.Line("ciso", "policy/devices.md"))
			h.Approve(dt.Tomasz, h.Line("head-of-it", "policy/devices.md"))
		}, decision.ActionRequired, []string{"SIG002"}},
		{"28 a picture that nobody shows blocks (1.2)", func(h *dt.History) {
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{dt.Put("policy/img/alone.png", dt.Image(9))}})
		}, decision.Failure, []string{"HID006"}},
	}
}

// Logins are for display: a person who renames the account stays who they are, and
// who takes the old login over is nobody. Pitfall 17, LAW 3.1.
func TestEvaluate_identityIsTheNumericID(t *testing.T) {
	h := northquay()
	openTravel(h)
	signTravel(h)
	s := h.Snapshot()
	s.Facts.Reviews[0].User.Login = "aoife-was-renamed"
	if d := decision.Evaluate(s); d.Conclusion != decision.Success {
		t.Errorf("renamed: Evaluate = %s, want success; told %v", d.Conclusion, told(d))
	}
	s.Facts.Reviews[0].User = facts.Account{ID: 61999999, Login: "abrannigan-nq", Type: "User"}
	if d := decision.Evaluate(s); d.Conclusion != decision.ActionRequired {
		t.Errorf("login taken over: Evaluate = %s, want action_required; told %v", d.Conclusion, told(d))
	}
}
