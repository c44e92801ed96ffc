package decision_test

import (
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/decision"
	dt "github.com/vidimus-bot/vidimus/bot/decision/decisiontest"
)

// LAW 1: what is signed, and by which line.
func TestEvaluate_law1Lines(t *testing.T) {
	signed := func(change func(h *dt.History, line string) string) func(h *dt.History) {
		return func(h *dt.History) {
			openTravel(h)
			h.Approve(dt.Aoife, change(h, h.Line("ciso", travel)))
			h.Approve(dt.Tomasz, h.Line("head-of-it", travel))
		}
	}
	run(t, northquay, []scenario{
		{"1.3 a line with blanks at its end and CRLF is the line", signed(func(_ *dt.History, line string) string {
			return "Fine.\r\n" + line + " \t\r\nThank you."
		}), decision.Success, nil},
		{"1.3 a line in a code fence is the line", signed(func(_ *dt.History, line string) string {
			return "```\n" + line + "\n```"
		}), decision.Success, nil},
		{"1.3 a quoted line is nothing", signed(func(_ *dt.History, line string) string {
			return "> " + line
		}), decision.ActionRequired, nil},
		{"1.3 an indented line is no whole line", signed(func(_ *dt.History, line string) string {
			return "  " + line
		}), decision.ActionRequired, nil},
		{"1.3 a line that begins as one and does not parse voids the review", signed(func(_ *dt.History, line string) string {
			return line + "\nI sign as well."
		}), decision.ActionRequired, []string{"SIG006"}},
		{"1.3 the first digits are not enough", signed(func(_ *dt.History, line string) string {
			return line[:len(line)-52]
		}), decision.ActionRequired, nil},
		{"1.3 another digest voids the review", signed(func(_ *dt.History, line string) string {
			return wrongDigits([]string{line})[0]
		}), decision.ActionRequired, []string{"SIG006"}},
		{"1.3 another version with the right digest voids it too", signed(func(_ *dt.History, line string) string {
			return strings.Replace(line, " 1.1 ", " 1.2 ", 1)
		}), decision.ActionRequired, []string{"SIG006"}},
		{"1.3 one wrong line voids also the right ones", func(h *dt.History) {
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{text(travel, "Early."), text(note, "Noted.")}})
			h.Approve(dt.Aoife, append(wrongDigits([]string{h.Line("ciso", note)}), h.Line("ciso", travel))...)
			h.Approve(dt.Tomasz, h.Line("head-of-it", travel))
			h.Approve(dt.Deirdre)
		}, decision.ActionRequired, []string{"SIG006"}},
		{"1.3 a line that was right for the bound commit ends only its document's signature", func(h *dt.History) {
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{text(travel, "Early."), text(note, "Noted.")}})
			h.Approve(dt.Aoife, h.Line("ciso", travel), h.Line("ciso", note))
			h.Push(dt.Act{By: dt.Ruben, Edits: []dt.Edit{text(note, "Noted otherwise.")}})
			h.Approve(dt.Tomasz, h.Line("head-of-it", travel))
			h.Approve(dt.Deirdre)
		}, decision.Success, []string{"SIG003"}},
		{"1.3 with images the line names them", func(h *dt.History) {
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{text("policy/devices.md", "Locked.")}})
			line, _, _ := strings.Cut(h.Line("ciso", "policy/devices.md"), " images:")
			h.Approve(dt.Aoife, line)
			h.Approve(dt.Tomasz, h.Line("head-of-it", "policy/devices.md"))
		}, decision.ActionRequired, []string{"SIG006"}},
	})
}

// LAW 2: who must sign.
func TestEvaluate_law2Rules(t *testing.T) {
	run(t, northquay, []scenario{
		{"2.1 the level of the strictest rule stands: an approval alone does not sign a policy", func(h *dt.History) {
			openTravel(h)
			h.Approve(dt.Aoife)
			h.Approve(dt.Tomasz)
		}, decision.ActionRequired, nil},
		{"2.2 a role that the front matter adds must sign", func(h *dt.History) {
			openNote(h)
			h.Approve(dt.Aoife)
		}, decision.ActionRequired, nil},
		{"2.2 taking it out of the front matter does not help: the base's counts too", func(h *dt.History) {
			changed := library()[note]
			changed.Version, changed.Signatories = "1.1", []string{"ciso"}
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{dt.Put(note, changed.Bytes())}})
			h.Approve(dt.Aoife)
		}, decision.ActionRequired, nil},
		{"2.2 a role that nobody holds can never sign", func(h *dt.History) {
			changed := library()[note]
			changed.Version, changed.Signatories = "1.1", []string{"counsel", "nobody-s-role"}
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{dt.Put(note, changed.Bytes())}})
			signNote(h)
		}, decision.Failure, nil},
		{"2.3 a document without a rule blocks", func(h *dt.History) {
			loose := dt.Text{Type: "topic-policy", ID: "TOP-LOOSE", Version: "1.0", Body: "Loose."}
			c := dt.Northquay()
			c.Rules = c.Rules[1:]
			h.MoveBase(dt.Put(dt.ConfigPath, c.YAML()))
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{dt.Put("policy/loose.md", loose.Bytes())}})
		}, decision.Failure, []string{"CFG002"}},
		{"2.3 a draft without a rule blocks too", func(h *dt.History) {
			loose := dt.Text{Type: "topic-policy", ID: "TOP-LOOSE", Version: "0.1", Status: "draft", Body: "Loose."}
			c := dt.Northquay()
			c.Rules = c.Rules[1:]
			h.MoveBase(dt.Put(dt.ConfigPath, c.YAML()))
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{dt.Put("policy/loose.md", loose.Bytes())}})
		}, decision.Failure, []string{"CFG002"}},
		{"2.3 a draft needs good commits only", func(h *dt.History) {
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{text("policy/idea.md", "A better idea.")}})
		}, decision.Success, nil},
		{"2.3 and without good commits it does not pass", func(h *dt.History) {
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Seal: dt.NoKey, Edits: []dt.Edit{text("policy/idea.md", "A better idea.")}})
		}, decision.Failure, []string{"SIG009"}},
		{"2.3 approving a draft needs signatures", func(h *dt.History) {
			idea := library()["policy/idea.md"]
			idea.Version, idea.Status = "1.0", "approved"
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{dt.Put("policy/idea.md", idea.Bytes())}})
		}, decision.ActionRequired, nil},
		{"2.3 so does leaving approved", func(h *dt.History) {
			retired := library()[travel]
			retired.Version, retired.Status = "1.1", "draft"
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{dt.Put(travel, retired.Bytes())}})
		}, decision.ActionRequired, nil},
	})
}

// LAW 2.4: keys follow the config rule, and their owner.
func TestEvaluate_law2Keys(t *testing.T) {
	propose := func(path string, content func(h *dt.History) []byte, sign func(h *dt.History, path string)) func(h *dt.History) {
		return func(h *dt.History) {
			edit := dt.Remove(path)
			if c := content(h); c != nil {
				edit = dt.Put(path, c)
			}
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{edit}})
			sign(h, path)
		}
	}
	two := func(h *dt.History, path string) {
		h.Approve(dt.Aoife, h.Line("ciso", path))
		h.Approve(dt.Fergal, h.Line("ceo", path))
	}
	one := func(h *dt.History, path string) { h.Approve(dt.Fergal, h.Line("ceo", path)) }
	owner := func(slug string) func(h *dt.History, path string) {
		return func(h *dt.History, path string) { h.Approve(slug, h.Line("self", path)) }
	}
	both := func(signs ...func(h *dt.History, path string)) func(h *dt.History, path string) {
		return func(h *dt.History, path string) {
			for _, sign := range signs {
				sign(h, path)
			}
		}
	}
	bruno, daan := dt.KeyPath(dt.Bruno), dt.KeyPath(dt.Daan)
	public := func(slug string) func(h *dt.History) []byte {
		return func(h *dt.History) []byte { return h.Keys().Public(slug) }
	}
	renewed := func(h *dt.History) []byte { return h.Keys().Renewed(dt.Daan) }
	revoked := func(h *dt.History) []byte { return h.Keys().Revoked(dt.Daan) }
	run(t, northquay, []scenario{
		{"2.4 a new key needs the rule and its owner", propose(bruno, public(dt.Bruno), both(two, owner(dt.Bruno))), decision.Success, nil},
		{"2.4 without its owner it is not signed", propose(bruno, public(dt.Bruno), two), decision.ActionRequired, nil},
		{"2.4 nobody else is its owner", propose(bruno, public(dt.Bruno), both(two, owner(dt.Tomasz))), decision.ActionRequired, []string{"SIG004"}},
		{"2.4 the owner alone is not enough", propose(bruno, public(dt.Bruno), owner(dt.Bruno)), decision.ActionRequired, nil},
		{"2.4 a renewal needs its owner and one of the rule", propose(daan, renewed, both(one, owner(dt.Daan))), decision.Success, nil},
		{"2.4 without its owner a renewal is not signed", propose(daan, renewed, two), decision.ActionRequired, nil},
		{"2.4 a revocation needs one of the rule", propose(daan, revoked, one), decision.Success, nil},
		{"2.4 but one at least", propose(daan, revoked, owner(dt.Daan)), decision.ActionRequired, nil},
		{"2.4 a revocation that brings another key along is a new key", propose(daan, func(h *dt.History) []byte {
			return append(h.Keys().Revoked(dt.Daan), h.Keys().Public(dt.Eve)...)
		}, two), decision.ActionRequired, nil},
		{"2.4 another key in the place of the old one is a new key", propose(daan, public(dt.Eve), two), decision.ActionRequired, nil},
		{"2.4 the key of a person who is not on the base's roster is nobody's", propose("keys/newcomer.asc", public(dt.Eve), two), decision.Failure, []string{"CFG003"}},
		{"2.4 the host's key is nobody's own", propose(dt.KeyPath(dt.Host), public(dt.Eve), two), decision.Success, nil},
	})
}

// LAW 3.5: an assignment of persons to roles.
func TestEvaluate_law3Assignment(t *testing.T) {
	small := func() *dt.History { return foundedWorlds()[1].founded.Fork() }
	run(t, small, []scenario{
		{"3.5 two who hold both roles fill them, whoever comes first", func(h *dt.History) {
			openTravel(h)
			h.Approve(dt.Aoife)
			h.Approve(dt.Tomasz)
		}, decision.Success, nil},
		{"3.5 the other way round as well", func(h *dt.History) {
			openTravel(h)
			h.Approve(dt.Tomasz)
			h.Approve(dt.Aoife)
		}, decision.Success, nil},
		{"3.5 one person does not fill two roles", func(h *dt.History) {
			openTravel(h)
			h.Approve(dt.Aoife, h.Line("ciso", travel), h.Line("head-of-it", travel))
		}, decision.ActionRequired, []string{"SIG005"}},
		{"3.5 a line fixes the role it names, even where both hold it", func(h *dt.History) {
			openTravel(h)
			h.Approve(dt.Aoife, h.Line("ciso", travel))
			h.Approve(dt.Tomasz, h.Line("ciso", travel))
		}, decision.ActionRequired, nil},
		{"3.5 all rules together: the nested one and the count", func(h *dt.History) {
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{text("records/board.md", "The board met again.")}})
			h.Approve(dt.Fergal, h.Line("ceo", "records/board.md"))
			h.Approve(dt.Aoife, h.Line("ciso", "records/board.md"))
		}, decision.ActionRequired, nil},
		{"3.5 and when all are met it is signed", func(h *dt.History) {
			h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{text("records/board.md", "The board met again.")}})
			h.Approve(dt.Fergal, h.Line("ceo", "records/board.md"))
			h.Approve(dt.Aoife, h.Line("ciso", "records/board.md"))
			h.Approve(dt.Tomasz, h.Line("head-of-it", "records/board.md"))
		}, decision.Success, nil},
	})
}

// LAW 4: commits.
func TestEvaluate_law4Commits(t *testing.T) {
	with := func(act dt.Act) func(h *dt.History) {
		return func(h *dt.History) {
			act.Edits = []dt.Edit{text(travel, "Early.")}
			h.Open(dt.Ruben, act)
			signTravel(h)
		}
	}
	run(t, northquay, []scenario{
		{"4.2 unsigned", with(dt.Act{By: dt.Ruben, Seal: dt.NoKey}), decision.Failure, []string{"SIG009"}},
		{"4.2 by a key that is not in keys/", with(dt.Act{By: dt.Ruben, Seal: dt.StrayKey}), decision.Failure, []string{"SIG009"}},
		{"4.2 by the key of somebody else than the committer", with(dt.Act{By: dt.Ruben, Seal: dt.OtherKey}), decision.Failure, []string{"SIG009"}},
		{"4.2 over other bytes", with(dt.Act{By: dt.Ruben, Seal: dt.BrokenKey}), decision.Failure, []string{"SIG009"}},
		{"4.2 vouched, where the rule asks for a personal key", with(dt.Act{By: dt.Bruno, Seal: dt.HostKey}), decision.Failure, []string{"SIG009"}},
		{"4.2 vouched, where every rule takes it", func(h *dt.History) {
			h.Open(dt.Ruben, dt.Act{By: dt.Bruno, Seal: dt.HostKey, Edits: []dt.Edit{text(note, "Noted.")}})
			signNote(h)
		}, decision.Success, nil},
		{"4.2 the author of a vouched commit is a contributor, the host is none", func(h *dt.History) {
			h.Open(dt.Ruben, dt.Act{By: dt.Deirdre, Seal: dt.HostKey, Edits: []dt.Edit{text(note, "Noted.")}})
			signNote(h)
		}, decision.ActionRequired, []string{"SIG002", "-SIG010"}},
		{"4.2 vouched for a file that came and went, which no rule covers", func(h *dt.History) {
			openNote(h)
			h.Push(dt.Act{By: dt.Bruno, Seal: dt.HostKey, Edits: []dt.Edit{dt.Put("records/scan.png", dt.Image(1))}},
				dt.Act{By: dt.Ruben, Edits: []dt.Edit{dt.Remove("records/scan.png")}})
			signNote(h)
		}, decision.Failure, []string{"SIG009"}},
		{"4.1 what touches nothing governed is not judged", func(h *dt.History) {
			openTravel(h)
			h.Push(dt.Act{By: "who@elsewhere.example", Seal: dt.NoKey, Edits: []dt.Edit{dt.Put("README.md", []byte("Hello\n"))}})
			signTravel(h)
		}, decision.Success, nil},
		{"4.1 what was changed and taken back is judged", func(h *dt.History) {
			openTravel(h)
			h.Push(dt.Act{By: dt.Ruben, Seal: dt.NoKey, Edits: []dt.Edit{text(note, "Noted.")}})
			was := library()[note]
			h.Push(dt.Act{By: dt.Ruben, Edits: []dt.Edit{dt.Put(note, was.Bytes())}})
			signTravel(h)
		}, decision.Failure, []string{"SIG009"}},
		{"4.1 an ours merge that reverts what came from main contributes", func(h *dt.History) {
			openTravel(h)
			moveBaseAside(h)
			h.MergeMain(dt.Act{By: dt.Ruben, Seal: dt.NoKey, Edits: []dt.Edit{dt.Remove("records/other.md")}})
			signTravel(h)
		}, decision.Failure, []string{"SIG009"}},
		{"4.1 a file that both sides changed alike is the merge's contribution", func(h *dt.History) {
			openTravel(h)
			left := h.Make(dt.Act{By: dt.Ruben, Edits: []dt.Edit{text(note, "Noted.")}})
			right := h.Make(dt.Act{By: dt.Daan, Edits: []dt.Edit{text(note, "Noted.")}})
			h.PushTo(h.Make(dt.Act{By: dt.Deirdre, Committer: dt.Ruben}, left, right))
			signTravel(h)
			signNote(h)
		}, decision.ActionRequired, []string{"SIG002"}},
	})
}
