package decision_test

import (
	"testing"

	"github.com/vidimus-bot/vidimus/bot/decision"
	dt "github.com/vidimus-bot/vidimus/bot/decision/decisiontest"
)

// LAW 7: the verdict.
func TestEvaluate_law7Verdict(t *testing.T) {
	run(t, northquay, []scenario{
		{"7.1 MRG001: main has other bytes of a changed document than the merge base", func(h *dt.History) {
			openTravel(h)
			signTravel(h)
			h.MoveBase(text(travel, "On main."))
		}, decision.Failure, []string{"MRG001"}},
		{"7.1 MRG001: the same bytes on main are no better", func(h *dt.History) {
			openTravel(h)
			signTravel(h)
			h.MoveBase(text(travel, "Travel is booked early."))
		}, decision.Failure, []string{"MRG001"}},
		{"7.1, 1.2 MRG001: main has another picture than the changed document shows", func(h *dt.History) {
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{text("policy/devices.md", "Locked.")}})
			h.Approve(dt.Aoife, h.Line("ciso", "policy/devices.md"))
			h.Approve(dt.Tomasz, h.Line("head-of-it", "policy/devices.md"))
			h.MoveBase(dt.Put("policy/img/diagram.png", dt.Image(3)))
		}, decision.Failure, []string{"MRG001"}},
		{"7.1, 1.2 main has a new document that shows the changed picture: it would change unsigned", func(h *dt.History) {
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{dt.Put("policy/img/diagram.png", dt.Image(3))}})
			h.Approve(dt.Aoife, h.Line("ciso", "policy/devices.md"))
			h.Approve(dt.Tomasz, h.Line("head-of-it", "policy/devices.md"))
			other := dt.Text{Type: "topic-policy", ID: "TOP-OTHER", Version: "1.0", Body: "Of others.", Images: []string{"img/diagram.png"}}
			h.MoveBase(dt.Put("policy/other.md", other.Bytes()))
		}, decision.Failure, nil},
		{"7.3 nothing governed changed", func(h *dt.History) {
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Seal: dt.NoKey, Edits: []dt.Edit{dt.Put("README.md", []byte("Hello\n"))}})
		}, decision.Success, nil},
		{"7.1 a configuration that could not be read afterwards blocks", func(h *dt.History) {
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{dt.Put(dt.ConfigPath, []byte("version: 1\n"))}})
			h.Approve(dt.Aoife, h.Line("ciso", dt.ConfigPath))
			h.Approve(dt.Tomasz, h.Line("head-of-it", dt.ConfigPath))
		}, decision.Failure, []string{"CFG001"}},
		{"7.1 so does one with a role that nobody defined", func(h *dt.History) {
			c := dt.Northquay()
			c.Config.Require = "{all: [ciso, chief]}"
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{dt.Put(dt.ConfigPath, c.YAML())}})
			h.Approve(dt.Aoife, h.Line("ciso", dt.ConfigPath))
			h.Approve(dt.Tomasz, h.Line("head-of-it", dt.ConfigPath))
		}, decision.Failure, []string{"CFG003"}},
	})
}

// LAW 8: founding, and configuration that nobody signed.
func TestEvaluate_law8Founding(t *testing.T) {
	empty := func() *dt.History { return dt.Empty(foundedWorlds()[0].founded.Keys()) }
	found := func(c dt.Charter, signers map[string]string, more ...dt.Edit) func(h *dt.History) {
		return func(h *dt.History) {
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: append(dt.Foundation(h.Keys(), c), more...)})
			for _, person := range []string{dt.Aoife, dt.Tomasz, dt.Fergal} {
				role, signs := signers[person]
				if !signs {
					continue
				}
				var lines []string
				for _, changed := range h.Changed() {
					lines = append(lines, h.Line(role, changed))
				}
				h.Approve(person, lines...)
			}
		}
	}
	anyOne := dt.Northquay()
	anyOne.Config.Require = "{any: [ciso, ceo]}"
	two := map[string]string{dt.Aoife: "ciso", dt.Fergal: "ceo"}
	run(t, empty, []scenario{
		{"8.1 without configuration nothing is governed", func(h *dt.History) {
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{text(travel, "Early.")}})
		}, decision.Neutral, nil},
		{"8.2 two of its own rule found it", found(dt.Northquay(), two), decision.Success, nil},
		{"8.2 two persons, whatever its own rule says", found(anyOne, map[string]string{dt.Aoife: "ciso"}), decision.ActionRequired, nil},
		{"8.2 the second need not be of the rule", found(anyOne, map[string]string{dt.Aoife: "ciso", dt.Tomasz: "head-of-it"}), decision.Success, nil},
		{"8.2 nobody signs as self then", found(dt.Northquay(), two), decision.Success, []string{"-SIG001"}},
		{"8.2 it holds only configuration and keys", found(dt.Northquay(), two, text(travel, "Early.")), decision.Failure, []string{"CFG006"}},
		{"8.2 the host's key is the host's own", func(h *dt.History) {
			found(dt.Northquay(), two, dt.Put(dt.KeyPath(dt.Host), h.Keys().Public(dt.Eve)))(h)
		}, decision.Failure, []string{"CFG006"}},
		{"8.2 vouched commits are enough", func(h *dt.History) {
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Seal: dt.HostKey, Edits: dt.Foundation(h.Keys(), dt.Northquay())})
		}, decision.ActionRequired, []string{"-SIG009"}},
		{"8.2 unsigned ones are not", func(h *dt.History) {
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Seal: dt.NoKey, Edits: dt.Foundation(h.Keys(), dt.Northquay())})
		}, decision.Failure, []string{"SIG009"}},
		{"8.2 main may move by something else meanwhile", func(h *dt.History) {
			found(dt.Northquay(), two)(h)
			moveBaseAside(h)
		}, decision.Success, []string{"-CFG006"}},
		{"8.1, 8.3 a configuration on main that nobody founded governs nothing, and nothing passes", func(h *dt.History) {
			h.Tamper(dt.Foundation(h.Keys(), dt.Northquay())...)
			openTravel(h)
		}, decision.Failure, []string{"CFG005"}},
	})
	run(t, northquay, []scenario{
		{"8.1 a configuration that is gone is missed, once founded", func(h *dt.History) {
			h.Tamper(dt.Remove(dt.ConfigPath))
			openTravel(h)
			signTravel(h)
		}, decision.Failure, []string{"CFG005"}},
		{"8.3 under a tampered configuration every verdict is failure", func(h *dt.History) {
			c := dt.Northquay()
			c.Roles[0].Holders = []string{dt.Daan}
			h.Tamper(dt.Put(dt.ConfigPath, c.YAML()))
			openTravel(h)
			signTravel(h)
		}, decision.Failure, []string{"CFG005", "-SIG004"}},
		{"8.3 under a tampered key too", func(h *dt.History) {
			h.Tamper(dt.Put(dt.KeyPath(dt.Ruben), h.Keys().Public(dt.Eve)))
			openTravel(h)
			signTravel(h)
		}, decision.Failure, []string{"CFG005", "-SIG009"}},
		{"8.3 and by the last signed rules the tampered one can be signed", func(h *dt.History) {
			c := dt.Northquay()
			c.Extra = "# tampered\n"
			h.Tamper(dt.Put(dt.ConfigPath, c.YAML()))
			c.Extra = "# and proposed\n"
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{dt.Put(dt.ConfigPath, c.YAML())}})
			h.Approve(dt.Aoife, h.Line("ciso", dt.ConfigPath))
			h.Approve(dt.Tomasz, h.Line("head-of-it", dt.ConfigPath))
		}, decision.Success, nil},
		{"8.3 proposing something else mends nothing", func(h *dt.History) {
			h.Tamper(dt.Put(dt.KeyPath(dt.Fergal), h.Keys().Public(dt.Eve)))
			c := dt.Northquay()
			c.Extra = "# proposed\n"
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{dt.Put(dt.ConfigPath, c.YAML())}})
			h.Approve(dt.Aoife, h.Line("ciso", dt.ConfigPath))
			h.Approve(dt.Tomasz, h.Line("head-of-it", dt.ConfigPath))
		}, decision.Failure, []string{"CFG005"}},
	})
}

// LAW 9.1: the decision is as of merged_at.
func TestEvaluate_law9LaterActsUnmakeNothing(t *testing.T) {
	landed := func(late func(h *dt.History, ciso, headOfIT int64)) func(h *dt.History) {
		return func(h *dt.History) {
			openTravel(h)
			ciso, headOfIT := signTravel(h)
			h.Land(dt.ByMerge, dt.Daan)
			late(h, ciso, headOfIT)
		}
	}
	run(t, northquay, []scenario{
		{"9.1 a later dismissal", landed(func(h *dt.History, ciso, _ int64) { h.Dismiss(ciso, dt.Daan) }), decision.Success, nil},
		{"9.1 a later edit", landed(func(h *dt.History, ciso, _ int64) { h.Edit(ciso, "No.") }), decision.Success, nil},
		{"9.1 a later objection", landed(func(h *dt.History, _, _ int64) { h.Object(dt.Aoife) }), decision.Success, nil},
		{"9.1 a later dismissal of which only the first sight after it is known", func(h *dt.History) {
			openTravel(h)
			h.Down()
			ciso, _ := signTravel(h)
			h.Land(dt.ByMerge, dt.Daan)
			h.Dismiss(ciso, dt.Daan)
			h.Up(dt.LogOver)
		}, decision.Success, nil},
		{"9.1 nor do they make anything: lines that were put in afterwards", func(h *dt.History) {
			openTravel(h)
			h.Down()
			ciso := h.Approve(dt.Aoife, "Looks well.")
			h.Approve(dt.Tomasz, h.Line("head-of-it", travel))
			line := h.Line("ciso", travel)
			h.Land(dt.ByMerge, dt.Daan)
			h.Edit(ciso, line)
			h.Up(dt.LogOver)
		}, decision.Failure, []string{"bypass-merge " + travel}},
		{"9.1 but a later signature comes too late", func(h *dt.History) {
			openTravel(h)
			h.Approve(dt.Aoife, h.Line("ciso", travel))
			h.Land(dt.ByMerge, dt.Daan)
			h.Approve(dt.Tomasz, h.Line("head-of-it", travel))
		}, decision.Failure, []string{"bypass-merge " + travel}},
		{"9.1 and a later dismissal lifts no objection", func(h *dt.History) {
			openTravel(h)
			signTravel(h)
			objection := h.Object(dt.Fergal)
			second := h.Object(dt.Tomasz)
			h.Land(dt.ByMerge, dt.Daan)
			h.Dismiss(objection, dt.Fergal)
			h.Dismiss(second, dt.Fergal)
		}, decision.Failure, []string{"SIG012", "withdrawn-before-merge " + travel}},
	})
}

// LAW 9.2: what landed is compared with what was signed.
func TestEvaluate_law9Deviations(t *testing.T) {
	c := dt.Northquay()
	c.Root = "governance"
	run(t, northquay, []scenario{
		{"9.2 a dismissal before the merge: withdrawn", func(h *dt.History) {
			openTravel(h)
			ciso, _ := signTravel(h)
			h.Dismiss(ciso, dt.Daan)
			h.Land(dt.ByMerge, dt.Daan)
		}, decision.Failure, []string{"withdrawn-before-merge " + travel}},
		{"9.2 an objection to what nobody signed: bypassed, not withdrawn", func(h *dt.History) {
			openTravel(h)
			h.Object(dt.Tomasz)
			h.Land(dt.ByMerge, dt.Daan)
		}, decision.Failure, []string{"bypass-merge " + travel}},
		{"9.2 other bytes of an unsigned document: the merge is evil before it is a bypass", func(h *dt.History) {
			openTravel(h)
			h.Land(dt.ByMerge, dt.Daan, text(travel, "Other."))
		}, decision.Failure, []string{"evil-merge " + travel}},
		{"9.2 a squash that brings a document along which the pull request does not touch", func(h *dt.History) {
			openTravel(h)
			signTravel(h)
			h.Land(dt.BySquash, dt.Daan, text(note, "Brought along."))
		}, decision.Failure, []string{"edited-squash " + note, "-edited-squash " + travel}},
		{"9.2 a merge that drops the change lands nothing unsigned", func(h *dt.History) {
			openTravel(h)
			signTravel(h)
			was := library()[travel]
			h.Land(dt.ByMerge, dt.Daan, dt.Put(travel, was.Bytes()))
		}, decision.Success, nil},
		{"9.2 the configuration is deleted", func(h *dt.History) {
			h.DirectPush(dt.Daan, dt.Act{By: dt.Daan, Edits: []dt.Edit{dt.Remove(dt.ConfigPath)}})
		}, decision.Failure, []string{"configuration-missing .vidimus.yml"}},
		{"9.2 what is governed shrinks: the documents that leave deviate", func(h *dt.History) {
			h.DirectPush(dt.Daan, dt.Act{By: dt.Daan, Edits: []dt.Edit{dt.Put(dt.ConfigPath, c.YAML())}})
		}, decision.Failure, []string{"direct-push .vidimus.yml", "ungoverned " + travel, "ungoverned " + note}},
		{"9.2 another picture is another document", func(h *dt.History) {
			h.DirectPush(dt.Daan, dt.Act{By: dt.Daan, Edits: []dt.Edit{dt.Put("policy/img/diagram.png", dt.Image(5))}})
		}, decision.Failure, []string{"direct-push policy/devices.md"}},
		{"9.2 a file that nobody would sign is one too", func(h *dt.History) {
			h.DirectPush(dt.Daan, dt.Act{By: dt.Daan, Edits: []dt.Edit{dt.Put("policy/notes.txt", []byte("stray"))}})
		}, decision.Failure, []string{"direct-push policy/notes.txt"}},
		{"9.2 restoring the last signed bytes directly is no deviation", func(h *dt.History) {
			was := h.Base().Tree[travel]
			h.Tamper(dt.Put(travel, []byte("tampered with")))
			h.DirectPush(dt.Daan, dt.Act{By: dt.Daan, Edits: []dt.Edit{dt.Put(travel, was.Bytes)}})
		}, decision.ActionRequired, []string{"-direct-push " + travel}},
		{"9.2 signed documents do not deviate because another one does", func(h *dt.History) {
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{text(travel, "Early."), text(note, "Noted.")}})
			signTravel(h)
			h.Land(dt.ByMerge, dt.Daan)
		}, decision.Failure, []string{"bypass-merge " + note, "-bypass-merge " + travel}},
		{"8.2 a founding that holds more founds nothing", func(h *dt.History) {
			*h = *dt.Empty(h.Keys())
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: append(dt.Foundation(h.Keys(), dt.Northquay()), text(travel, "Early."))})
			h.Land(dt.ByMerge, dt.Daan)
		}, decision.Failure, []string{"bypass-merge .vidimus.yml", "bypass-merge " + travel}},
	})
}
