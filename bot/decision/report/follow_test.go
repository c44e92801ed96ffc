package report_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/decisiontest"
	"github.com/vidimus-bot/vidimus/bot/decision/report"
)

// instruction is what one block under "How to sign" tells one person to do.
type instruction struct {
	who   []string // names; any of them
	lines []string
	names string // documents that approving signs
}

var groupHeading = regexp.MustCompile(`(?m)^#### (.*), as .*$`)

// instructions reads "How to sign" as a person would.
func instructions(summary string) []instruction {
	var found []instruction
	at := groupHeading.FindAllStringSubmatchIndex(summary, -1)
	for i, m := range at {
		end := len(summary)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		in := instruction{who: strings.Split(strings.ReplaceAll(summary[m[2]:m[3]], " or ", ", "), ", ")}
		for _, l := range strings.Split(summary[m[1]:end], "\n") {
			if strings.HasPrefix(l, "I sign as") {
				in.lines = append(in.lines, l)
			}
		}
		if _, after, ok := strings.Cut(summary[m[1]:end], "you sign, as the text stands now:"); ok {
			in.names = after
		}
		found = append(found, in)
	}
	return found
}

func slugOf(t *testing.T, name string) string {
	t.Helper()
	for _, p := range decisiontest.Cast() {
		if p.Name == name {
			return p.Slug
		}
	}
	t.Fatalf("the check names %q, who is nobody", name)
	return ""
}

// reported is the decision on a history with what the check says.
func reported(h *decisiontest.History) (decision.Decision, report.Check) {
	s := h.Snapshot()
	d := decision.Evaluate(s)
	return d, report.CheckRun(report.Input{Decision: d, Config: decision.Configuration(s)})
}

// follow does what the check says, one block at a time, and looks at the check again, like people do. Each
// review must be a signature, or the check asked the wrong person for the wrong thing.
func follow(t *testing.T, h *decisiontest.History) {
	t.Helper()
	const enough = 12 // more reviews than any of the changes needs
	for range enough {
		d, c := reported(h)
		if d.State != decision.StateWaiting {
			break
		}
		todo := instructions(c.Summary)
		if len(todo) == 0 {
			t.Fatalf("the change waits, and nobody is told what to do:\n%s", c.Summary)
		}
		who := slugOf(t, todo[0].who[0])
		review := h.Approve(who, todo[0].lines...)
		after, _ := reported(h)
		counts := func(s decision.Signature) bool { return s.Review == review && s.Counts }
		if !slices.ContainsFunc(after.Signatures, counts) {
			t.Fatalf("%s did what the check said, and signed nothing:\n%s\n%+v", who, c.Summary, after.Signatures)
		}
	}
	if d, c := reported(h); d.State != decision.StateSigned || c.Conclusion != decision.Success {
		t.Errorf("everybody did what the check said, and the change is %s:\n%s\n%s", d.State, c.Title, c.Summary)
	}
}

// texts are the documents of the made-up organisations; version raises all of them at once.
func texts(version, body string) []decisiontest.Edit {
	documents := map[string]decisiontest.Text{
		"policy/travel.md":  {Type: "topic-policy", ID: "TOP-TRAVEL", Version: version, Body: body},
		"policy/devices.md": {Type: "topic-policy", ID: "TOP-DEVICES", Version: version, Body: body, Images: []string{"img/diagram.png"}},
		"records/note.md":   {Type: "record", ID: "REC-NOTE", Version: version, Body: body, Signatories: []string{"counsel"}},
		"records/board.md":  {Type: "record", ID: "REC-BOARD", Version: version, Body: body},
	}
	edits := []decisiontest.Edit{decisiontest.Put("policy/img/diagram.png", decisiontest.Image(0))}
	for path, text := range documents {
		edits = append(edits, decisiontest.Put(path, text.Bytes()))
	}
	return edits
}

// travel is the travel policy with another text.
func travel(body string) decisiontest.Edit {
	text := decisiontest.Text{Type: "topic-policy", ID: "TOP-TRAVEL", Version: "1.1", Body: body}
	return decisiontest.Put("policy/travel.md", text.Bytes())
}

// charters are organisations with other rules: nested ones, approvals, people with several roles.
func charters() map[string]decisiontest.Charter {
	nested := decisiontest.Northquay()
	nested.Rules = []decisiontest.Rule{
		{For: "{path: policy/*.md}", Require: "{all: [ciso, {any: [head-of-it, counsel]}]}", Level: "statement"},
		{For: "{id: [TOP-DEVICES, TOP-TRAVEL]}", Require: "head-of-it", Level: "statement"},
		{For: "{type: record}", Require: "{count: 2, of: [ciso, counsel, ceo]}", Level: "statement", SeveralRoles: true},
	}
	nested.Config = decisiontest.Rule{Require: "{any: [ciso, ceo]}", Level: "statement"}

	approvals := decisiontest.Northquay()
	approvals.ApprovalSigns = []string{decisiontest.Aoife, decisiontest.Tomasz, decisiontest.Deirdre}
	approvals.Roles = []decisiontest.Role{
		{ID: "ciso", Holders: []string{decisiontest.Aoife, decisiontest.Tomasz}},
		{ID: "head-of-it", Holders: []string{decisiontest.Tomasz, decisiontest.Aoife}},
		{ID: "counsel", Holders: []string{decisiontest.Deirdre}},
		{ID: "ceo", Holders: []string{decisiontest.Fergal}},
		{ID: "engineering", Holders: []string{decisiontest.Bruno}},
	}
	approvals.Rules = []decisiontest.Rule{
		{For: "{type: topic-policy}", Require: "{all: [head-of-it, counsel]}", Level: "approval"},
		{For: "{type: record}", Require: "{any: [{all: [ciso, counsel]}, ceo]}", Level: "statement"},
	}
	overlapping := decisiontest.Northquay() // two people hold the same two roles, and each fills one
	both := []string{decisiontest.Aoife, decisiontest.Tomasz}
	overlapping.Roles[0].Holders, overlapping.Roles[1].Holders = both, both
	return map[string]decisiontest.Charter{"overlapping": overlapping, "northquay": decisiontest.Northquay(), "nested": nested, "approvals": approvals}
}

// TestFollow_doingWhatTheCheckSaysSignsTheChange: the check run alone is enough to sign by.
func TestFollow_doingWhatTheCheckSaysSignsTheChange(t *testing.T) {
	keys := decisiontest.NewKeys()
	for name, charter := range charters() {
		founded := decisiontest.Founded(keys, charter, texts("1.0", "As it was.")...)
		richer := charter
		richer.MayDismiss = append(slices.Clone(charter.MayDismiss), "head-of-it")
		shown := decisiontest.Text{
			Type: "topic-policy", ID: "TOP-DEVICES", Version: "1.1", Body: "As it was.", Images: []string{"img/diagram.png"},
		}
		everything := append(texts("1.1", "As it shall be."), decisiontest.Put(decisiontest.ConfigPath, richer.YAML()),
			decisiontest.Put(decisiontest.KeyPath(decisiontest.Daan), keys.Renewed(decisiontest.Daan)))
		changes := map[string][]decisiontest.Edit{
			"documents":         texts("1.1", "As it shall be."),
			"one policy":        {travel("Other.")},
			"image":             {decisiontest.Put("policy/img/diagram.png", decisiontest.Image(1)), decisiontest.Put("policy/devices.md", shown.Bytes())},
			"configuration":     {decisiontest.Put(decisiontest.ConfigPath, richer.YAML())},
			"renewed key":       {decisiontest.Put(decisiontest.KeyPath(decisiontest.Daan), keys.Renewed(decisiontest.Daan))},
			"revoked key":       {decisiontest.Put(decisiontest.KeyPath(decisiontest.Daan), keys.Revoked(decisiontest.Daan))},
			"another key":       {decisiontest.Put(decisiontest.KeyPath(decisiontest.Fergal), keys.Public(decisiontest.Fergal))},
			"all in one change": everything,
		}
		for change, edits := range changes {
			t.Run(name+", "+change, func(t *testing.T) {
				h := founded.Fork()
				h.Open(decisiontest.Ruben, decisiontest.Act{By: decisiontest.Ruben, Edits: edits})
				follow(t, h)
			})
		}
	}
}

// TestFollow_foundingIsSignedByWhatItsOwnCheckSays: LAW 8.2.
func TestFollow_foundingIsSignedByWhatItsOwnCheckSays(t *testing.T) {
	keys := decisiontest.NewKeys()
	one := decisiontest.Northquay()
	one.Config = decisiontest.Rule{Require: "ceo", Level: "statement"} // then a second person is missing
	for name, charter := range map[string]decisiontest.Charter{"two of three": decisiontest.Northquay(), "one, and another person": one} {
		t.Run(name, func(t *testing.T) {
			h := decisiontest.Empty(keys)
			h.Open(decisiontest.Ruben, decisiontest.Act{By: decisiontest.Ruben, Edits: decisiontest.Foundation(keys, charter)})
			follow(t, h)
		})
	}
}

// TestFollow_afterAPushTheCheckAsksOnlyForWhatChanged: signatures that stay are not asked for again.
func TestFollow_afterAPushTheCheckAsksOnlyForWhatChanged(t *testing.T) {
	h := decisiontest.Founded(decisiontest.NewKeys(), decisiontest.Northquay(), texts("1.0", "As it was.")...)
	h.Open(decisiontest.Ruben, decisiontest.Act{By: decisiontest.Ruben, Edits: texts("1.1", "As it shall be.")})
	follow(t, h)
	s := h.Snapshot()
	before := decision.Evaluate(s)
	h.Push(decisiontest.Act{By: decisiontest.Ruben, Edits: []decisiontest.Edit{travel("On second thoughts.")}})
	d, c := reported(h)
	for _, in := range instructions(c.Summary) {
		for _, l := range in.lines {
			if !strings.Contains(l, "TOP-TRAVEL 1.1") {
				t.Errorf("only the travel policy changed, and %s is asked for %s", in.who, l)
			}
		}
	}
	comment := report.Comment(report.Input{Decision: d, Config: decision.Configuration(h.Snapshot()), Previous: &before})
	for _, login := range []string{"abrannigan-nq", "twisniewski-nq"} {
		if !strings.Contains(comment, fmt.Sprintf("**@%s** (", login)) {
			t.Errorf("%s is not asked to sign again:\n%s", login, comment)
		}
	}
	if n := strings.Count(comment, "please sign again"); n != 2 {
		t.Errorf("%d people are asked to sign again, want 2:\n%s", n, comment)
	}
	follow(t, h)
}

// TestFollow_whatAnApprovalLacksIsSaid: real approvals that do not count, each with its code and what to do.
func TestFollow_whatAnApprovalLacksIsSaid(t *testing.T) {
	founded := decisiontest.Founded(decisiontest.NewKeys(), decisiontest.Northquay(), texts("1.0", "As it was.")...)
	open := func() *decisiontest.History {
		h := founded.Fork()
		h.Open(decisiontest.Ruben, decisiontest.Act{By: decisiontest.Ruben, Edits: []decisiontest.Edit{travel("Other.")}})
		return h
	}
	for code, act := range map[string]func(h *decisiontest.History){
		"SIG002": func(h *decisiontest.History) {
			h.Push(decisiontest.Act{By: decisiontest.Aoife, Edits: []decisiontest.Edit{travel("Hers.")}})
			h.Approve(decisiontest.Aoife, h.Line("ciso", "policy/travel.md"))
		},
		"SIG003": func(h *decisiontest.History) {
			h.Approve(decisiontest.Aoife, h.Line("ciso", "policy/travel.md"))
			h.Push(decisiontest.Act{By: decisiontest.Ruben, Edits: []decisiontest.Edit{travel("Later.")}})
		},
		"SIG004": func(h *decisiontest.History) {
			h.Approve(decisiontest.Deirdre, h.Line("ciso", "policy/travel.md"))
		},
		"SIG006": func(h *decisiontest.History) {
			h.Approve(decisiontest.Aoife, h.Line("ciso", "policy/travel.md"), "I sign as everything")
		},
		"SIG007": func(h *decisiontest.History) { h.Approve(decisiontest.Robot, h.Line("ciso", "policy/travel.md")) },
		"SIG008": func(h *decisiontest.History) {
			h.Edit(h.Approve(decisiontest.Aoife, h.Line("ciso", "policy/travel.md")), "Thank you.", h.Line("ciso", "policy/travel.md"))
		},
		"SIG012": func(h *decisiontest.History) { h.Object(decisiontest.Tomasz) },
	} {
		h := open()
		act(h)
		d, c := reported(h)
		if d.State == decision.StateSigned || !strings.Contains(c.Summary, "("+code+")") {
			t.Errorf("%s: the state is %s, and the check says\n%s", code, d.State, c.Summary)
		}
		if advice := report.Advice(code); code != "SIG012" && !strings.Contains(c.Summary, advice) {
			t.Errorf("%s: the check does not say %q", code, advice)
		}
	}
}

// TestFollow_ownUnknownAddressIsMendedByCommands: the words of the decision, by which an author is told from a
// co-author, are those that the texts look for.
func TestFollow_ownUnknownAddressIsMendedByCommands(t *testing.T) {
	founded := decisiontest.Founded(decisiontest.NewKeys(), decisiontest.Northquay(), texts("1.0", "As it was.")...)
	for _, c := range []struct {
		name string
		act  decisiontest.Act
		want bool
	}{
		{"author", decisiontest.Act{By: "ruben@home.example", Committer: decisiontest.Ruben}, true},
		{"co-author", decisiontest.Act{By: decisiontest.Ruben, CoAuthors: []string{"bob@home.example"}}, false},
	} {
		h := founded.Fork()
		c.act.Edits = []decisiontest.Edit{travel("Other.")}
		h.Open(decisiontest.Ruben, c.act)
		s := h.Snapshot()
		check := report.CheckRun(report.Input{
			Decision: decision.Evaluate(s), Config: decision.Configuration(s),
			Proposal: report.Proposal{Author: s.Facts.Pull.Author, Branch: "travel", Base: "main"},
		})
		if !strings.Contains(check.Summary, "(SIG010)") || strings.Contains(check.Summary, "--reset-author") != c.want {
			t.Errorf("an unknown %s: the author is to be set anew %v:\n%s", c.name, !c.want, check.Summary)
		}
	}
}
