package decision_test

import (
	"testing"

	"github.com/vidimus-bot/vidimus/bot/decision"
	dt "github.com/vidimus-bot/vidimus/bot/decision/decisiontest"
)

// A commit that renames a text does not make those who wrote it strangers to it.
// LAW 3.4, 4.1.
func TestEvaluate_aRenameHidesNoContributor(t *testing.T) {
	const first, rules = "policy/first.md", "policy/rules.md"
	written := func(path, id, body string) dt.Edit {
		return dt.Put(path, dt.Text{Type: "topic-policy", ID: id, Version: "1.0", Body: body}.Bytes())
	}
	open := func(h *dt.History, author string, earlier, later dt.Edit) {
		h.Open(dt.Ruben, dt.Act{By: author, Edits: []dt.Edit{earlier}},
			dt.Act{By: dt.Ruben, Edits: []dt.Edit{dt.Remove(first), later}})
		h.Approve(dt.Aoife, h.Line("ciso", rules))
		h.Approve(dt.Tomasz, h.Line("head-of-it", rules))
	}
	text := written(first, "TOP-RULES", "Rules are few.")
	run(t, northquay, []scenario{
		{"who wrote nothing of it signs", func(h *dt.History) {
			open(h, dt.Ruben, text, written(rules, "TOP-RULES", "Rules are few."))
		}, decision.Success, []string{"-SIG002"}},
		{"its author does not, under the same bytes", func(h *dt.History) {
			open(h, dt.Aoife, text, written(rules, "TOP-RULES", "Rules are few."))
		}, decision.ActionRequired, []string{"SIG002"}},
		{"nor with a word changed by the one who renamed it", func(h *dt.History) {
			open(h, dt.Aoife, text, written(rules, "TOP-RULES", "Rules are very few."))
		}, decision.ActionRequired, []string{"SIG002"}},
		{"another text of hers is no matter", func(h *dt.History) {
			open(h, dt.Aoife, written(first, "TOP-OTHER", "Others."), written(rules, "TOP-RULES", "Rules are few."))
		}, decision.Success, []string{"-SIG002"}},
		{"the picture that she drew stays hers", func(h *dt.History) {
			h.Open(dt.Ruben, dt.Act{By: dt.Aoife, Edits: []dt.Edit{dt.Put("policy/img/old.png", dt.Image(9))}},
				dt.Act{By: dt.Ruben, Edits: []dt.Edit{
					dt.Remove("policy/img/old.png"), dt.Put("policy/img/new.png", dt.Image(9)),
					dt.Put(rules, dt.Text{Type: "topic-policy", ID: "TOP-RULES", Version: "1.0", Images: []string{"img/new.png"}, Body: "Rules."}.Bytes()),
				}})
			h.Approve(dt.Aoife, h.Line("ciso", rules))
			h.Approve(dt.Tomasz, h.Line("head-of-it", rules))
		}, decision.ActionRequired, []string{"SIG002"}},
	})
}
