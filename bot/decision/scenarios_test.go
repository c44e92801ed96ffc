package decision_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/decision"
	dt "github.com/vidimus-bot/vidimus/bot/decision/decisiontest"
	"github.com/vidimus-bot/vidimus/bot/document"
)

// foundedWorlds are made once for all scenarios, which begin with copies.
var foundedWorlds = sync.OnceValue(worlds)

// northquay begins a scenario in the organisation of decisiontest.Northquay, with
// the documents of library.
func northquay() *dt.History { return foundedWorlds()[0].founded.Fork() }

// The documents of most scenarios: travel is signed by ciso (Aoife) and head-of-it
// (Tomasz) with lines, note by ciso and counsel (Deirdre, Fergal) with approvals.
const (
	travel = "policy/travel.md"
	note   = "records/note.md"
)

// text is the next version of a document of the library, with that body.
func text(path, body string) dt.Edit {
	t := library()[path]
	major, _, _ := strings.Cut(t.Version, ".")
	t.Version, t.Body = major+".1", body
	if t.Status == "draft" {
		t.Version = "0.2"
	}
	return dt.Put(path, t.Bytes())
}

// openTravel opens a pull request by Ruben that changes travel.
func openTravel(h *dt.History) {
	h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{text(travel, "Travel is booked early.")}})
}

// openNote opens one that changes the note.
func openNote(h *dt.History) {
	h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{text(note, "Another note.")}})
}

func signTravel(h *dt.History) (ciso, headOfIT int64) {
	return h.Approve(dt.Aoife, h.Line("ciso", travel)), h.Approve(dt.Tomasz, h.Line("head-of-it", travel))
}

// signNote signs at level approval: without lines.
func signNote(h *dt.History) (ciso, counsel int64) {
	return h.Approve(dt.Aoife), h.Approve(dt.Deirdre)
}

// scenario is one short history with what the law says of it.
type scenario struct {
	claim string
	play  func(h *dt.History)
	want  decision.Conclusion
	// codes must all be told, "-CODE" must not; deviations are "how path".
	codes []string
}

// run judges the scenarios, each in an organisation of its own.
func run(t *testing.T, begin func() *dt.History, scenarios []scenario) {
	t.Helper()
	for _, s := range scenarios {
		t.Run(s.claim, func(t *testing.T) {
			h := begin()
			s.play(h)
			d := decision.Evaluate(h.Snapshot())
			if d.Conclusion != s.want {
				t.Errorf("Evaluate = %s (%s), want %s; told: %v", d.Conclusion, d.State, s.want, told(d))
			}
			for _, code := range s.codes {
				absent, unwanted := strings.CutPrefix(code, "-")
				if slices.Contains(told(d), absent) == unwanted {
					t.Errorf("Evaluate tells %v, want %s", told(d), code)
				}
			}
		})
	}
}

// told are the codes and deviations that a decision names.
func told(d decision.Decision) []string {
	var all []string
	for _, p := range d.Problems {
		all = append(all, p.Code)
	}
	for _, f := range d.Findings {
		if f.Severity == document.Block {
			all = append(all, f.Rule)
		}
	}
	for _, s := range d.Signatures {
		if !s.Counts {
			all = append(all, s.Code)
		}
	}
	if len(d.Objections) > 0 {
		all = append(all, "SIG012")
	}
	for _, v := range d.Deviations {
		all = append(all, string(v.How)+" "+v.Path)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
